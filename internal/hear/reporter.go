package hear

import (
	"slices"

	"pulang/internal/casefile"
)

// person is who a danger is about.
type person int

const (
	nobody person = iota
	self
	relative
	acquaintance
	stranger
)

// address words call somebody; they name no relative: "bantu pak", "min, kak".
var address = set("pak", "bu", "pa", "bpk", "kak", "bang", "mas", "mbak", "bro", "sis", "om", "tante", "kk", "abang", "kang", "teh", "bapak", "ibu", "kaka", "gan", "bunda")

// subject finds who a match is about: somebody within it, else the nearest
// before it in the sentence, else the nearest after it.
func (e *Ear) subject(s *sighting, at span) person {
	for i := at.b - 1; i >= at.a; i-- {
		if p := e.personAt(s, i); p != nobody && p != stranger {
			return p
		}
	}
	for i := at.a - 1; i >= 0 && i >= at.a-9; i-- {
		if s.words[i+1].pause == sentence {
			break
		}
		if p := e.personAt(s, i); p != nobody {
			return p
		}
	}
	for i := at.b; i < len(s.words) && i < at.b+5 && s.words[i].pause != sentence; i++ {
		if p := e.personAt(s, i); p != nobody && p != stranger {
			return p
		}
	}
	return nobody
}

// personAt says who word i names. "saya" after a relative says
// whose, and names nobody; "my leg" names me.
func (e *Ear) personAt(s *sighting, i int) person {
	w := s.words[i]
	covers := func(concepts ...string) bool {
		for _, c := range concepts {
			for _, x := range e.says(s, c) {
				if x.a <= i && i < x.b {
					return true
				}
			}
		}
		return false
	}
	switch {
	case covers("own_kin"):
		return relative
	case covers("kin") && !(address[w.base] && !ownedBy(s.word(i+1))):
		return relative
	case covers("friend"):
		return acquaintance
	case covers("me", "us"):
		if i > 0 && w.pause == flowing && e.owned(s, i-1) {
			return nobody
		}
		return self
	case covers("people"):
		return stranger
	}
	return nobody
}

func ownedBy(w word) bool { return w.is == "saya" || w.is == "kami" }

// owned reports whether "saya" after word i says whose relative or friend that is.
func (e *Ear) owned(s *sighting, i int) bool {
	for _, c := range []string{"kin", "friend"} {
		for _, x := range e.says(s, c) {
			if x.b == i+1 {
				return true
			}
		}
	}
	return false
}

// vote is one sign of who is writing.
type vote struct {
	reporter casefile.Reporter
	points   int
	when     string
}

// votes are the signs of who is writing. Dangers add their subject besides.
var votes = []vote{
	{casefile.Victim, 20, "self_too"},
	{casefile.Victim, 5, "insider"},
	{casefile.Victim, 4, "us"},
	{casefile.Victim, 1, "me"},
	{casefile.Victim, 2, "captor"},
	{casefile.Victim, 6, "threaten|kill|notpaid && family_word"},
	{casefile.Victim, 4, "me|us & captor|domestic|fishing"},
	{casefile.Victim, 3, "me|us & work_issue"},
	{casefile.Victim, 3, "me|us & passport|unpaid|contract"},
	{casefile.Victim, 3, "want_home"},
	{casefile.Victim, 3, "contract & pay|mustpay|penalty"},
	{casefile.Victim, 2, "passport & held"},
	{casefile.Victim, 2, "borrowed"},
	{casefile.Victim, 2, "work_issue & held"},
	{casefile.Victim, 2, "unpaid"},
	{casefile.Family, 9, "own_kin"},
	{casefile.Family, 6, "family_writer"},
	{casefile.Family, 4, "kin & missing|noreturn|beg|ransom|moneywant"},
	{casefile.Family, 3, "missing & kin"},
	{casefile.Family, 2, "kin"},
	{casefile.Family, 2, "missing"},
	{casefile.Family, 2, "oracle"},
	{casefile.Witness, 4, "saw"},
	{casefile.Witness, 5, "near_me"},
	{casefile.Witness, 6, "friend"},
	{casefile.Witness, 8, "recruiting"},
	{casefile.Witness, 2, "people & confine|beat|sexwork|domestic"},
	{casefile.Returnee, 3, "past & work"},
	{casefile.Returnee, 4, "aftercare"},
	{casefile.Info, 5, "offer"},
	{casefile.Info, 6, "soon|will & depart"},
	{casefile.Info, 9, "me|us & airport"},
	{casefile.Info, 4, "info_words"},
	{casefile.Info, 3, "price"},
	{casefile.Info, 6, "askif"},
	{casefile.Info, 8, "student"},
	{casefile.Info, 6, "scammed_online"},
	{casefile.Info, 4, "fiction & question"},
	{casefile.Victim, 8, "complaint & workplace"},
	{casefile.Victim, 5, "friend && lord|untreated|finger"},
	{casefile.Victim, 4, "knowhome|suffer|visit && kin|family_word"},
	{casefile.Victim, 10, "captor|threaten && ifme"},
	{casefile.Family, 5, "kin > told_us"},
	{casefile.Family, 7, "own_kin >> told_us"},
	{casefile.Family, 6, "own_kin & calledaway|brought"},
	{casefile.Family, 6, "kin & depart|offer"},
	{casefile.Witness, 9, "witness_job"},
	{casefile.Witness, 3, "saw & recruiting|offer"},
	{casefile.Returnee, 10, "me|us > back"},
	{casefile.Info, 5, "askhow"},
	{casefile.Info, 9, "study"},
	{casefile.Info, 6, "oracle"},
	{casefile.Info, 8, "retract"},
	{casefile.Spam, 9, "orders"},
	{casefile.Spam, 9, "advert"},
	{casefile.Spam, 5, "junk"},
	{casefile.Spam, 6, "animal"},
	{casefile.Spam, 2, "figurative"},
	{casefile.Spam, 6, "thing & sell"},
	{casefile.Spam, 5, "household"},
	{casefile.Spam, 5, "weather"},
	{casefile.Spam, 5, "fiction"},
	{casefile.Spam, 5, "laugh|sport|sold_out"},
}

type compiledVote struct {
	vote
	pattern pattern
}

func (e *Ear) learnReporters() error {
	for _, v := range votes {
		p, err := compile(v.when, e.concepts)
		if err != nil {
			return err
		}
		e.reporters = append(e.reporters, compiledVote{v, p})
	}
	return nil
}

// learnPatterns compiles the patterns that code asks for by name.
func (e *Ear) learnPatterns() error {
	for name, text := range map[string]string{
		"backdate": "me|us > home > past_time",
		"backnow":  "past && nowhome",
		"retracts": "retract",
		"demand":   "asks|moneywant & sum|money",
		"handed":   "pay & sum|money",
		"oracle":   "oracle",
	} {
		p, err := compile(text, e.concepts)
		if err != nil {
			return err
		}
		e.patterns[name] = p
	}
	return nil
}

// subjectVotes says who writes when a danger is about somebody.
var subjectVotes = map[person]casefile.Reporter{
	self: casefile.Victim, relative: casefile.Family, acquaintance: casefile.Witness, stranger: casefile.Witness, nobody: casefile.Victim,
}

var subjectWeight = map[person]int{self: 4, relative: 3, acquaintance: 2, stranger: 1, nobody: 2}

// weakWriter are so few points that they are only a guess: "min sy mau tny" tells of
// nobody, and a possible victim must not get the words for people who write from home.
const weakWriter = 3

// onlyAddressed reports whether every relative named is somebody spoken to: "kk aku takut".
func (e *Ear) onlyAddressed(s *sighting) bool {
	return !slices.ContainsFunc(e.says(s, "kin"), func(x span) bool {
		w, next := s.words[x.a], s.word(x.b)
		ofMine := ownedBy(next) || next.is == "nya" || ownedBy(s.word(x.a-1)) && len(w.base) > 3 && x.b < len(s.words) // "saya ibu dari"
		return x.b > x.a+1 || !address[w.base] && w.is != "kakak" || ofMine
	})
}

// addressShort are short forms of address that are also a brother or sister.
var addressShort = set("kk", "kak", "ka", "kaka", "kakk", "bang", "abang", "mbak", "mas", "dek")

// maybeAddressed reports whether the one relative named may be whoever is written to: "kk
// aku takut" is "my sister is afraid", or a girl who is.
func (e *Ear) maybeAddressed(s *sighting) bool {
	return len(s.words) > 1 && addressShort[s.words[0].base] && ownedBy(s.words[1]) &&
		!slices.ContainsFunc(e.says(s, "kin"), func(x span) bool { return x.a > 0 }) &&
		!e.has(s, "missing", "noreturn", "moneywant", "ransom", "told_us", "family_writer", "oracle")
}

// reporter weighs the signs of who is writing, and says how many points told it. Danger
// rules out information and spam; without danger, a doubt stays unknown, so that a
// question asks.
func (e *Ear) reporter(s *sighting, dangers []found) (casefile.Reporter, int) {
	points := map[casefile.Reporter]int{}
	for _, v := range e.reporters {
		if v.when == "kin" && e.onlyAddressed(s) {
			continue
		}
		if v.reporter == casefile.Spam && e.unmuted(s, v.pattern) || len(s.find(v.pattern)) > 0 {
			points[v.reporter] += v.points
		}
	}
	home := e.cameHome(s)
	if home {
		points[casefile.Returnee] += 9
	}
	if slices.Contains(s.mute, true) {
		points[casefile.Spam] += 5
	}
	for _, f := range dangers {
		if f.kind == casefile.BareCry && f.policy == "CRY" && f.subject == nobody {
			continue
		}
		if home && !e.has(s, "still") && (f.subject == self || f.subject == nobody) {
			continue // what is left after coming home followed them there
		}
		points[subjectVotes[f.subject]] += subjectWeight[f.subject]
	}
	order := []casefile.Reporter{casefile.Returnee, casefile.Victim, casefile.Family, casefile.Witness}
	if len(dangers) == 0 {
		order = []casefile.Reporter{casefile.Spam, casefile.Returnee, casefile.Info, casefile.Family, casefile.Victim, casefile.Witness}
	}
	best := slices.MaxFunc(order, func(a, b casefile.Reporter) int {
		return points[a]*10 - slices.Index(order, a) - points[b]*10 + slices.Index(order, b)
	})
	if points[best] == 0 {
		return casefile.ReporterUnknown, 0
	}
	return best, points[best]
}

// unmuted looks for a sign also under false friends, which are signs of spam.
func (e *Ear) unmuted(s *sighting, p pattern) bool {
	free := *s
	free.mute = make([]bool, len(s.words))
	return len(free.find(p)) > 0
}
