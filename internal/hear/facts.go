package hear

import (
	"strings"

	"pulang/internal/casefile"
)

// factsHeard lists what a text says besides danger.
func (e *Ear) factsHeard(s *sighting, note noter, p places, r casefile.Reading) []casefile.Fact {
	var out []casefile.Fact
	if r.Reporter != casefile.Spam || r.HasDanger() {
		for i := range e.facts {
			rule := &e.facts[i]
			for _, at := range s.find(rule.pattern) {
				if e.holds(s, rule, at) {
					out = append(out, e.meant(s, rule, at, note)...)
					break
				}
			}
		}
		out = append(out, e.hints(s, note, r)...)
		out = append(out, e.howMany(s, note)...)
		if value, phrase := e.lastHeard(s); value != "" && r.Reporter == casefile.Family {
			out = append(out, note.fact(casefile.LastContact, value, phrase))
		}
		out = append(out, e.noReply(s, note)...)
		out = append(out, e.ages(s, note, r)...)
		out = append(out, e.leaves(s, note, r)...)
	}
	out = append(out, p.facts(s, note)...)
	if r.Retracts {
		out = append(out, note.fact(casefile.Retraction, "yes", s.phrase(s.find(e.patterns["retracts"])[0])))
	}
	return out
}

func (e *Ear) meant(s *sighting, r *compiledRule, at span, note noter) []casefile.Fact {
	var out []casefile.Fact
	for _, m := range r.means {
		out = append(out, note.fact(m.key, m.value, s.phrase(at)))
	}
	return out
}

// hints gives the meanings of hints that were too few to be danger: a kept
// passport is worth knowing all the same.
func (e *Ear) hints(s *sighting, note noter, r casefile.Reading) []casefile.Fact {
	if r.HasDanger() || r.Reporter == casefile.Info || r.Reporter == casefile.Spam {
		return nil
	}
	var out []casefile.Fact
	home := e.cameHome(s) && !e.has(s, "still")
	for i := range e.rules {
		rule := &e.rules[i]
		if rule.weight != hint || rule.kind == casefile.BareCry || home && strings.HasPrefix(rule.facts, "freedom=") {
			continue // whoever came home is free to go
		}
		for _, at := range s.find(rule.pattern) {
			if e.holds(s, rule, at) {
				out = append(out, e.meant(s, rule, at, note)...)
				break
			}
		}
	}
	return out
}

func (e *Ear) priced(s *sighting, i int) bool {
	for _, x := range e.says(s, "sum") {
		if x.a == i {
			return true
		}
	}
	return false
}

// asking are words before "do not reply" that leave it a request to us; after any
// other word it is somebody else's: "bos bilang jangan balas".
var asking = set("tolong", "mohon", "minta", "please", "tapi", "dan", "jadi", "ya", "but", "and", "so", "kak", "min", "pak", "bu", "dulu", "sekarang", "now", "nanti", "just")

// noReply hears "jangan balas" in whatever else was written (rule 58).
func (e *Ear) noReply(s *sighting, note noter) []casefile.Fact {
	for _, x := range e.says(s, "noreply") {
		if x.a == 0 || s.words[x.a].pause != flowing || asking[s.word(x.a-1).is] || asking[s.word(x.a-1).base] {
			return []casefile.Fact{note.fact(casefile.SafeNow, "no", s.phrase(x))}
		}
	}
	return nil
}

// ages hears how old the person concerned is: "umur saya 15", "anak saya 16 thn".
// Of a relative of somebody who is held it says nothing.
func (e *Ear) ages(s *sighting, note noter, r casefile.Reading) []casefile.Fact {
	whose := map[casefile.Reporter]person{casefile.Victim: self, casefile.Returnee: self, casefile.Info: self, casefile.Family: relative}
	concerned, ok := whose[r.Reporter]
	if !ok {
		return nil
	}
	for i, w := range s.words {
		next := s.word(i + 1)
		years := yearWords[next.is] && next.pause == flowing && !e.lapse(s, i)
		at := span{i, i + 1}
		switch {
		case w.num < 5 || w.num > 80:
			continue
		case ageWords[s.word(i-1).base]:
			at.a--
		case years, aged[s.word(i-1).is] && w.num < 18 && !countable[next.is]:
		default:
			continue
		}
		if years {
			at.b++
		}
		if who := e.subject(s, at); who == concerned || who == nobody && concerned == self {
			return []casefile.Fact{note.fact(casefile.AgeBand, ageBand(w.num), s.phrase(at))}
		}
	}
	return nil
}

// leaves hears when somebody who asks about an offer is to go.
func (e *Ear) leaves(s *sighting, note noter, r casefile.Reading) []casefile.Fact {
	if r.Reporter != casefile.Info && r.Reporter != casefile.ReporterUnknown {
		return nil
	}
	var out []casefile.Fact
	for _, x := range e.says(s, "agent_holds") {
		out = append(out, note.fact(casefile.OfferSigns, "passport_with_agent", s.phrase(x)))
	}
	for _, x := range e.says(s, "airport") {
		return append(out, note.fact(casefile.Departure, "on_the_way", s.phrase(x)))
	}
	for _, x := range e.says(s, "depart") {
		m, ok := s.moment(x.a-5, x.b+5, note.now, (places{}).zone(""), false)
		if ok && m.days <= 7 && !s.negated(x) {
			return append(out, note.fact(casefile.Departure, "this_week", s.phrase(m.phrase.join(x))))
		}
	}
	return out
}

// band is the option of the question about people for a count.
func band(n int) string {
	switch {
	case n <= 1:
		return "one"
	case n <= 10:
		return "few"
	}
	return "many"
}

// contacts are words for news of somebody; lastDays are the days it came on, and
// lapses the times since.
var (
	contacts = set("telepon", "telp", "telpon", "nelpon", "nelepon", "chat", "wa", "kabar", "kontak", "vc", "called", "call", "text", "texted", "messaged", "phoned")
	lapses   = map[string]string{"seminggu": "weeks", "berminggu": "weeks", "sebulan": "months", "berbulan": "months", "setahun": "months"}
	lastDays = map[string]string{"kemarin": "days", "yesterday": "days", "tadi": "today", "barusan": "today", "semalam": "today"}
)

// lastHeard finds how long somebody has been silent, and the words that tell it.
func (e *Ear) lastHeard(s *sighting) (value, phrase string) {
	for i, w := range s.words {
		for k := i - 2; k <= i+2; k++ {
			if value := lastDays[w.is]; value != "" && k != i && contacts[s.word(k).is] && !negations[s.word(k-1).is] && s.word(i-1).is != "sejak" {
				return value, s.phrase(span{min(i, k), max(i, k) + 1})
			}
		}
	}
	if !e.has(s, "missing") {
		return "", ""
	}
	for i, w := range s.words {
		n := number(w)
		if w.is == "a" {
			n = 1
		}
		phrase := s.phrase(span{i, min(i+2, len(s.words))})
		if value := lapses[w.base]; value != "" {
			return value, s.phrase(span{i, i + 1})
		}
		switch unit := s.word(i + 1).is; {
		case n < 0:
		case dayWords[unit] && n <= 7:
			return "days", phrase
		case dayWords[unit] && n <= 31, unit == "minggu" || unit == "weeks" || unit == "week":
			return "weeks", phrase
		case dayWords[unit], weekWords[unit], yearWords[unit]:
			return "months", phrase
		}
	}
	return "", ""
}
