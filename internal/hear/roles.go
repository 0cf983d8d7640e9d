package hear

import (
	"strings"
	"time"

	"pulang/internal/casefile"
)

// role is what a place is to the person who needs help.
type role int

const (
	atRole       role = iota // named, nothing more
	actualRole               // "ternyata", "sekarang di", "sampai di": where they are
	nearRole                 // "dekat", "seberang": next to where they are
	viaRole                  // passed through
	promisedRole             // where the job was to be
	originRole               // where they come from
	nextRole                 // where they are about to be taken
	leftRole                 // where they were, before coming home
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
		p.all[i].role = e.role(s, p.all, i, who)
	}
	if !danger && (who == casefile.Info || who == casefile.Spam) {
		return p
	}
	for i := range p.all {
		if better(p.place, &p.all[i]) {
			p.place = &p.all[i]
		}
	}
	return p
}

// weights say which role is more likely where help is needed. Roles that are not
// listed never are.
var weights = map[role]int{actualRole: 3, atRole: 2, nearRole: 1, viaRole: 1}

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
	if a.at.country == b.at.country && (a.role == b.role || b.words.a-a.words.b <= 2 && weights[b.role] > 1) && weights[a.role] > 1 {
		return b.at.rank > a.at.rank
	}
	if weights[a.role] != weights[b.role] {
		return weights[b.role] > weights[a.role]
	}
	return b.role == actualRole && a.role == actualRole || b.at.rank > a.at.rank
}

// role reads the words before a place, the nearest first.
func (e *Ear) role(s *sighting, all []mention, i int, who casefile.Reporter) role {
	m := all[i]
	if m.at.name == "Indonesia" && s.word(m.words.a-1).is != "di" {
		return originRole
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
	if i > 0 && m.words.a-all[i-1].words.b <= 1 && all[i-1].at.country == m.at.country {
		return all[i-1].role // "Sukabumi, Jawa Barat"; "KK Park Myawaddy"
	}
	if !m.at.origin && who == casefile.Returnee {
		return leftRole
	}
	return atRole
}

// dwellings before a home town.
var dwellings = set("rumah", "kampung", "desa", "kota")

// cue reads one word before a place.
func (e *Ear) cue(s *sighting, k int, m mention, who casefile.Reporter) (role, bool) {
	ends := func(concept string) bool {
		for _, x := range e.says(s, concept) {
			if x.a <= k && x.b == k+1 {
				return true
			}
		}
		return false
	}
	switch {
	case m.at.origin && ends("from") && (who == casefile.Returnee || who == casefile.Witness) &&
		(dwellings[s.words[k].is] || s.words[k].is == "di" && dwellings[s.word(k-1).is]):
		return atRole, true // the house somebody tells of, or came home to
	case m.at.origin && who == casefile.Returnee && k == m.words.a-1 && s.words[k].is == "di":
		return atRole, true // "sudah di Bekasi"
	case who == casefile.Returnee && (ends("from") || ends("past") || ends("back")):
		return leftRole, true
	case ends("actual"):
		if e.planned(s, k) {
			return nextRole, true
		}
		return actualRole, true
	case ends("sell"), ends("transfer"):
		if e.planned(s, k) {
			return nextRole, true
		}
		return actualRole, true
	case ends("promise"), ends("offer"), ends("recruiting"):
		return promisedRole, true
	case ends("near"):
		return nearRole, true
	case ends("via"):
		return viaRole, true
	case ends("from"):
		if m.at.origin {
			return originRole, true
		}
		if s.words[k].is == "orang" && k == m.words.a-1 {
			return leftRole, true // "hp orang Myanmar" says whose, not where
		}
		return atRole, s.words[k].is != "dari" && s.words[k].is != "from"
	}
	return atRole, false
}

// planned reports whether the move before word k is still to come.
func (e *Ear) planned(s *sighting, k int) bool {
	moves := e.has(s, "sell", "transfer")
	if !moves {
		return false
	}
	for _, x := range e.says(s, "future") {
		if x.b <= k+1 && x.b >= k-4 && s.words[x.a].is != "ke" {
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
	return len(s.words) > 0 && len(s.words) <= 5 && strings.ContainsFunc(s.text, func(r rune) bool { return r > '9' })
}
