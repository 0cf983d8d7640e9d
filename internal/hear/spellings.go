package hear

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"pulang/internal/casefile"
)

// Spelling is a further spelling of a place of the list, as staff added it.
type Spelling struct {
	Text  string // in the form of Folded
	Place string // the name of the place in the list
}

// Place is a place of the list, for those who choose one.
type Place struct {
	Name    string
	Country string // ISO code
}

// Places are the places of the list, by country and name.
func (e *Ear) Places() []Place {
	var all []Place
	for _, p := range e.places.list {
		all = append(all, Place{p.name, p.country})
	}
	slices.SortFunc(all, func(a, b Place) int { return cmp.Or(cmp.Compare(a.Country, b.Country), cmp.Compare(a.Name, b.Name)) })
	return all
}

// Folded is how a spelling is kept and compared: its words in plain small letters.
func Folded(text string) string { return strings.Join(bases(split(text)), " ") }

// With is this Ear and further spellings of places beside the list. They are heard as
// they are written, also behind "di" or "ke" in one word, and no misspelling of them: a
// wrong place is worse than none. A spelling of a place that is not in the list, or that
// the list has already, is left out. e itself never changes.
func (e *Ear) With(extra []Spelling) *Ear {
	out, words := *e, *e.vocabulary
	out.vocabulary, out.places = &words, e.places.clone()
	for _, x := range extra {
		if p := e.places.named(x.Place); p != nil {
			out.places.addExact(p, x.Text, e.everyday(bases(split(x.Text))))
		}
	}
	words.isPlace = out.places.startsLong
	return &out
}

// clone is a gazetteer to which exact spellings may be added.
func (g *gazetteer) clone() *gazetteer {
	out := *g
	out.byFirst, out.whole = maps.Clone(g.byFirst), maps.Clone(g.whole)
	return &out
}

func (g *gazetteer) named(name string) *place {
	for _, p := range g.list {
		if p.name == name {
			return p
		}
	}
	return nil
}

// addExact adds a spelling that is not sought behind other letters.
func (g *gazetteer) addExact(p *place, spelling string, shy bool) {
	a := alias{words: bases(split(spelling)), at: p, shy: shy}
	a.one = strings.Join(a.words, "")
	if _, taken := g.whole[a.one]; taken || len(a.words) == 0 {
		return
	}
	g.whole[a.one] = a
	g.byFirst[a.words[0]] = append(slices.Clip(g.byFirst[a.words[0]]), a)
}

// everyday reports whether every word of a spelling is one we know: then it is a place
// only where something says so, as "di" does.
func (e *Ear) everyday(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool {
		_, _, known := e.vocabulary.plain(w)
		return !known
	})
}

// Misfit is why a spelling is not added.
type Misfit string

// The reasons; empty: there is none.
const (
	NoSuchPlace  Misfit = "no_such_place" // the list has no place of that name
	TooShort     Misfit = "too_short"     // under four letters: too near to other words
	TooLong      Misfit = "too_long"      // no name, but a sentence
	KnownAlready Misfit = "known"         // it is heard as this place already
	OtherPlace   Misfit = "other_place"   // it is, or has in it, the name of another place
	CommonWord   Misfit = "common"        // an everyday word, or heard as one
	SpokenOf     Misfit = "spoken_of"     // the rules of danger, or the line itself, go by that word
	NotHeard     Misfit = "not_heard"     // it would not be heard as it is written
)

// How long a spelling may be.
const (
	minSpelling      = 4
	maxSpellingWords = 5
)

// Fit says whether a spelling may be added beside those that are heard already, and of
// a misfit which place or word it is about.
func (e *Ear) Fit(x Spelling) (Misfit, string) {
	p, words := e.places.named(x.Place), bases(split(x.Text))
	one := strings.Join(words, "")
	switch {
	case p == nil:
		return NoSuchPlace, ""
	case lettersIn(one) < minSpelling:
		return TooShort, ""
	case len(words) > maxSpellingWords || len(one) > maxNameLength:
		return TooLong, ""
	}
	for _, said := range []string{x.Text, "di " + x.Text} {
		if m, what := e.already(said, p); m != "" {
			return m, what
		}
	}
	if misfit, what := e.wordy(x.Text, words); misfit != "" {
		return misfit, what
	}
	return e.With([]Spelling{x}).heardAs(x.Text, p), ""
}

func lettersIn(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// already says that a place is heard in a text already.
func (e *Ear) already(text string, p *place) (misfit Misfit, what string) {
	for _, m := range e.places.find(e, e.look(text)) {
		if m.at != p {
			return OtherPlace, m.at.name
		}
		misfit, what = KnownAlready, m.at.name
	}
	return misfit, what
}

// buildings are concepts of the rules that also stand in names: "Blue Compound".
var buildings = set("bad_place", "door")

// wordy says that a spelling is an everyday word, or one the line goes by.
func (e *Ear) wordy(text string, words []string) (Misfit, string) {
	s := e.look(text)
	for n := range s.at {
		if e.goesBy(n) && !buildings[e.names[n]] {
			for _, x := range s.at[n] {
				if !generic[strings.Join(words[min(x.a, len(words)):min(x.b, len(words))], " ")] {
					return SpokenOf, s.phrase(x)
				}
			}
		}
	}
	r := e.Read(casefile.ID{}, casefile.KindText, casefile.Hide(text), casefile.Hearing{})
	if r.Command != casefile.NoCommand || sure(r) > 0 || len(r.Facts) > 0 {
		return SpokenOf, text
	}
	joined := strings.Join(words, " ")
	if neverNames[joined] || shyNames[joined] || neverNames[strings.Join(words, "")] {
		return CommonWord, joined
	}
	if len(s.words) == 1 && (s.words[0].is != s.words[0].base || e.everyday(words)) {
		return CommonWord, s.words[0].is
	}
	return "", ""
}

// goesBy reports whether a rule of danger goes by a concept.
func (e *Ear) goesBy(concept int) bool {
	return slices.ContainsFunc(e.rules, func(r compiledRule) bool {
		return slices.ContainsFunc(r.pattern, func(st step) bool { return slices.Contains(st.anyOf, concept) })
	})
}

// heardAs says that a spelling is not heard as a place, or that more is heard with it
// than with the name in the list.
func (e *Ear) heardAs(text string, p *place) Misfit {
	read := func(name string) casefile.Reading {
		return e.Read(casefile.ID{}, casefile.KindText, casefile.Hide("saya di "+name), casefile.Hearing{})
	}
	ours, listed := read(text), read(p.name)
	switch {
	case ours.Place == nil || ours.Place.Name != p.name || !utf8.ValidString(text):
		return NotHeard
	case sure(ours) > sure(listed):
		return SpokenOf
	}
	return ""
}

// sure counts the dangers that rules heard: a doubt of the model is no word's fault.
func sure(r casefile.Reading) (n int) {
	for _, d := range r.Dangers {
		if d.Kind != casefile.Doubt {
			n++
		}
	}
	return n
}
