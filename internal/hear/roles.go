package hear

import (
	"slices"
	"strings"
	"time"

	"pulang/internal/casefile"
)

// role is what a place is to the person who needs help.
type role int

const (
	atRole        role = iota // named, nothing more
	actualRole                // "ternyata", "sekarang di", "sampai di": where they are
	nearRole                  // "dekat", "seberang": next to where they are
	viaRole                   // passed through
	promisedRole              // where the job was to be
	originRole                // where they come from
	nextRole                  // where they are about to be taken, or to go
	leftRole                  // where they were, or are not: before coming home, "bukan di"
	elsewhereRole             // fled from, or where another was taken; better than nothing
)

// places is what a text says about places.
type places struct {
	all   []mention
	place *mention
}

// placesIn reads the places of a text and the part each plays. In spam and in
// information no place is one of need.
func (e *Ear) placesIn(s *sighting, who casefile.Reporter, danger bool) places {
	p := places{all: e.places.find(e, s)}
	for i := range p.all {
		p.all[i].role = e.role(s, p.all, i, who, danger)
	}
	if !danger && (who == casefile.Info && !s.corrected(p.all) || who == casefile.Spam) {
		return p
	}
	for i := range p.all {
		if better(p.place, &p.all[i]) {
			p.place = &p.all[i]
		}
	}
	if p.place == nil && danger {
		p.place = e.arrived(s, p.all)
	}
	return p
}

// corrected reports whether somebody says where they are, and where not: that is no
// question about either.
func (s *sighting) corrected(all []mention) bool {
	here := func(m mention) bool {
		return m.role == atRole && s.led(m.words.a, static) && s.any(m.words.a-2, m.words.a, selves)
	}
	denied := func(m mention) bool { return m.role == leftRole && s.led(m.words.a, noPlace) }
	return slices.ContainsFunc(all, here) && slices.ContainsFunc(all, denied)
}

// arrived is the place that was promised, if nothing but an arrival is told after
// it: "diajak kerja di tbilisi, pas nyampe paspor diambil".
func (e *Ear) arrived(s *sighting, all []mention) *mention {
	if len(all) == 0 || all[len(all)-1].role != promisedRole || all[len(all)-1].at.origin {
		return nil
	}
	last := &all[len(all)-1]
	for _, w := range s.words[last.words.b:] {
		if arrivals[w.is] {
			return last
		}
	}
	return nil
}

// weights say which role is more likely where help is needed. Roles that are not
// listed never are.
var weights = map[role]int{actualRole: 4, atRole: 3, nearRole: 2, viaRole: 2, elsewhereRole: 1}

// better reports whether b is a better place of need than a.
func better(a, b *mention) bool {
	if weights[b.role] == 0 {
		return false
	}
	if a == nil {
		return true
	}
	if a.at.origin != b.at.origin {
		return a.at.origin // a foreign place outranks a home town
	}
	if a.at.country == b.at.country && (a.role == b.role || b.words.a-a.words.b <= 2 && weights[b.role] >= weights[atRole]) && weights[a.role] >= weights[atRole] {
		return b.at.rank > a.at.rank
	}
	if weights[a.role] != weights[b.role] {
		return weights[b.role] > weights[a.role]
	}
	return b.role == actualRole && a.role == actualRole || b.at.rank > a.at.rank
}

// role reads the words around a place, those before it the nearest first.
func (e *Ear) role(s *sighting, all []mention, i int, who casefile.Reporter, danger bool) role {
	m := all[i]
	if m.at.name == "Indonesia" && s.word(m.words.a-1).is != "di" {
		return originRole
	}
	if r, ok := e.framed(s, all, i, who, danger); ok {
		return r
	}
	limit := max(0, m.words.a-6)
	if i > 0 {
		limit = max(limit, all[i-1].words.b)
	}
	for k := m.words.a - 1; k >= limit; k-- {
		if s.words[k+1].pause == sentence {
			break
		}
		if r, ok := e.cue(s, k, m, who); ok {
			return r
		}
	}
	if i > 0 && m.words.a-all[i-1].words.b <= 1 && all[i-1].at.country == m.at.country && !s.parted(all[i-1], m) {
		return all[i-1].role // "Sukabumi, Jawa Barat"; "KK Park Myawaddy"
	}
	if !m.at.origin && who == casefile.Returnee {
		return leftRole
	}
	return atRole
}

// cue reads one word before a place.
func (e *Ear) cue(s *sighting, k int, m mention, who casefile.Reporter) (role, bool) {
	ends := func(concept string) bool { return e.ends(s, concept, k) }
	word := s.words[k].is
	switch {
	case m.at.origin && who == casefile.Returnee && (ends("back") || k == m.words.a-1 && (word == "di" || word == "ke")):
		return atRole, true // "sudah di Bekasi", "balik ke Bekasi"
	case m.at.origin && stays[word] && m.words.a-k <= 3:
		return actualRole, true
	case m.at.origin && ends("from") && (who == casefile.Returnee || who == casefile.Witness) &&
		(dwellings[word] || word == "di" && dwellings[s.word(k-1).is]):
		return atRole, true // the house somebody tells of, or came home to
	case who == casefile.Returnee && !m.at.origin && static[word] && present[s.word(k-1).is]:
		return actualRole, true // "masih di Mae Sot"
	case who == casefile.Returnee && (ends("from") || ends("past") || ends("back")):
		return leftRole, true
	case who == casefile.Returnee && !m.at.origin && ends("actual"):
		return actualRole, present[word] || present[s.word(k-1).is] // "dulu disekap di"
	case who != casefile.Returnee && !m.at.origin && (static[word] && present[s.word(k-1).is] || enters[word] && onTo[s.word(k+1).is]) && s.flows(k, m.words.a):
		return actualRole, true // "saya masih di", "dimasukin ke"
	case ends("actual"), ends("sell"), ends("transfer"):
		return e.taken(s, k, m, who), true
	case hearsay[word] && present[s.word(k-1).is] && s.words[k].pause == flowing:
		return actualRole, true // "sekarang katanya kerja di"
	case hearsay[word] && k+2 == m.words.a && s.words[k+1].is == "di" && !m.at.origin:
		return atRole, true // "katanya di Dubai"
	case ends("promise"), ends("offer"), ends("recruiting"), adverts[word]:
		return promisedRole, true
	case ends("near"):
		return nearRole, true
	case ends("via"):
		return passed(s, k, m, who)
	case ends("from"):
		return from(s, k, m)
	}
	return atRole, false
}

// ends reports whether a concept stands up to, and with, word k.
func (e *Ear) ends(s *sighting, concept string, k int) bool {
	for _, x := range e.says(s, concept) {
		if x.a <= k && x.b == k+1 {
			return true
		}
	}
	return false
}

// passed reads "lewat" and "bandara": a home town that was only passed through is
// as good as an origin.
func passed(s *sighting, k int, m mention, who casefile.Reporter) (role, bool) {
	switch {
	case who == casefile.Returnee && !m.at.origin:
		return leftRole, true
	case m.at.origin && ways[s.words[k].is]:
		return originRole, true
	}
	return viaRole, true
}

// from reads "dari" and the people and houses one is from.
func from(s *sighting, k int, m mention) (role, bool) {
	word := s.words[k].is
	if m.at.origin && children[word] && k < m.words.a-1 {
		return atRole, false // "anak saya di Batam" is no child of Batam
	}
	if m.at.origin {
		return originRole, m.words.a-k <= 2 || s.bridged(k+1, m.words.a) // "anak muda ke pelabuhan Dumai" are no children of Dumai
	}
	return atRole, word != "dari" && word != "from"
}

// planned reports whether the move to a place, told up to word k, is still to come:
// "besok dijual ke", "tonight 9pm they move us to", "tgl 25 dipindah ke".
func (e *Ear) planned(s *sighting, k int, m mention) bool {
	if !e.has(s, "sell", "transfer") {
		return false
	}
	from := k
	for from > max(0, k-6) && s.words[from].pause != sentence {
		from--
	}
	if s.ahead(from, k, m.words.b) {
		return true
	}
	for _, x := range e.says(s, "future") {
		if x.b <= k+1 && x.a >= from && s.words[x.a].is != "ke" {
			return true
		}
	}
	return false
}

// need is the place where help is needed; nil when none is named.
func (p places) need(s *sighting) *casefile.PlaceHeard {
	if p.place == nil {
		return nil
	}
	return &casefile.PlaceHeard{Name: p.place.at.name, Country: p.place.at.country, Phrase: casefile.Hide(s.phrase(p.place.words))}
}

// hours from UTC, in minutes; the countries we hear of most.
var zones = map[string]int{
	"MM": 390, "TH": 420, "KH": 420, "LA": 420, "VN": 420, "ID": 420, "PH": 480, "MY": 480, "SG": 480, "CN": 480, "TW": 480, "HK": 480,
	"AE": 240, "SA": 180, "IQ": 180, "BY": 180, "ZA": 120, "EG": 120, "SY": 180, "GE": 240, "JO": 180, "TL": 540,
}

// zone is the assumed time zone of the person: that of the place, else western
// Indonesia, Thailand and Cambodia, which share one.
// known is the country they said before.
func (p places) zone(known string) *time.Location {
	minutes, country := 420, known
	if p.place != nil {
		country = p.place.at.country
	}
	if m, ok := zones[country]; ok {
		minutes = m
	}
	return time.FixedZone("", minutes*60)
}

// facts are the places as facts.
func (p places) facts(s *sighting, note noter) []casefile.Fact {
	var out []casefile.Fact
	if p.place != nil {
		phrase := s.phrase(p.place.words)
		out = append(out, note.fact(casefile.Place, p.place.at.name, phrase), note.fact(casefile.Country, p.place.at.country, phrase))
	}
	for _, m := range p.all {
		switch m.role {
		case promisedRole:
			out = append(out, note.fact(casefile.Promised, m.at.name, s.phrase(m.words)))
		case originRole:
			out = append(out, note.fact(casefile.Origin, m.at.name, s.phrase(m.words)))
		}
	}
	return out
}

// typed reports whether a text is short enough to be a place somebody typed.
func typed(s *sighting) bool {
	return len(s.words) > 0 && len(s.words) <= 5 && !negations[s.words[0].is] && strings.ContainsFunc(s.text, func(r rune) bool { return r > '9' })
}
