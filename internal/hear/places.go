package hear

import (
	_ "embed" // the list of places
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
)

//go:embed places.csv
var placesCSV string

// place is one row of places.csv.
type place struct {
	name    string
	country string
	rank    int  // how exact: a compound is more exact than its country
	origin  bool // a town people come from; never outranks a foreign place
}

// ranks are how exact each kind of place is.
var ranks = map[string]int{
	"country": 1, "state": 2, "province": 2, "river": 3, "area": 3, "city": 4, "town": 4, "transit_or_origin": 4, "border_crossing": 4,
	"airport": 4, "village": 5, "sez": 5, "freeport": 5, "compound": 6,
}

// shyNames are names that are also everyday words, or short for one: "boten" is
// Javanese for no, "medan" a field, "kl" and "pnh" are words without vowels.
var shyNames = set("boten", "bokor", "clark", "angeles", "medan", "takeo", "aranya", "amman", "paan", "udg",
	"sutta", "crb", "bks", "btm", "ptk", "skw", "jmb", "jb", "kl", "muse", "kandal", "tak", "island cove", "jkt", "sby", "bdg", "tgr", "dki", "pnh",
	"long bay", "three pagoda", "3 pagoda", "china", "cina", "arab", "kokang", "segitiga mas", "thai", "lao", "sg", "viet", "malay")

// exactNames are one letter from an everyday word: "kucing" is a cat, "kumpul" to
// gather. They may sound the same, but not nearly.
var exactNames = set("bandung", "bamban", "kuching", "pasay", "kampot", "kompot", "dumai", "bekasi", "porac", "johor", "manila", "pailin", "kawit", "dermayu", "emirat", "cambo", "kambo", "jambi", "mactan", "bitung", "kupang")

// peoples are shy names that also say whose: "bos China" is a person.
var peoples = set("china", "cina", "arab", "thai", "lao", "viet", "malay")

// neverNames are spellings that must not be read as a place at all, however
// close: everyday words.
var neverNames = set("tak", "kk", "pp", "palu", "kucing", "aman", "pasal", "kampung", "kendal", "apollo", "muse", "chinatown", "karena", "myanmar2",
	"manila2", "lahan", "bangku", "pasang", "malaria", "tahanan", "manual", "lapor", "kontak", "singkat", "bandang", "batang", "penang2", "bambang", "cupang", "pumping", "bufet", "dikokang")

// misspellings are spellings of places that no rule reaches, beside those of the list.
var misspellings = map[string][]string{
	"KK Park":       {"kk prk", "kk pak", "kakapark", "kaka park", "kaka prk", "keke park"},
	"Segitiga Emas": {"golden tringle", "golden triangel", "segitiga mas"},
}

// gazetteer finds places in words.
type gazetteer struct {
	list    []*place           // in the order of the list
	byFirst map[string][]alias // by the first word of a spelling
	whole   map[string]alias   // spellings, written as one word
	sounds  map[string]alias   // by how they are said, as one word
	blurred map[string]alias   // the same, blurred
	near    map[byte][]alias   // by the first letter of how they are said; long enough to be misspelt
	several map[byte][]alias   // the same, of several words
}

// alias is one spelling of a place.
type alias struct {
	words []string
	said  []string // how each word is said
	one   string   // all written as one word
	sound string   // how all are said, as one word
	at    *place
	shy   bool

	bones, soundBones string // the consonants
}

func (e *Ear) learnPlaces() error {
	rows, err := csv.NewReader(strings.NewReader(placesCSV)).ReadAll()
	if err != nil {
		return fmt.Errorf("hear: places.csv: %w", err)
	}
	e.places = &gazetteer{byFirst: map[string][]alias{}, whole: map[string]alias{}, sounds: map[string]alias{}, blurred: map[string]alias{}, near: map[byte][]alias{}, several: map[byte][]alias{}}
	for _, row := range rows[1:] {
		rank, ok := ranks[row[2]]
		if !ok {
			return fmt.Errorf("hear: places.csv: unknown kind %q", row[2])
		}
		p := &place{name: row[0], country: row[4], rank: rank, origin: row[2] == "transit_or_origin" || row[4] == "ID"}
		e.places.list = append(e.places.list, p)
		for _, spelling := range slices.Concat([]string{row[0]}, strings.Split(row[1], "|"), misspellings[row[0]]) {
			e.places.add(p, spelling)
		}
	}
	e.vocabulary.isPlace = e.places.startsLong
	return nil
}

func (g *gazetteer) add(p *place, spelling string) {
	a := alias{at: p}
	for _, w := range split(spelling) {
		a.words, a.said = append(a.words, w.base), append(a.said, sound(w.base))
	}
	joined, one := strings.Join(a.words, " "), strings.Join(a.words, "")
	a.one = one
	if len(a.words) == 0 || neverNames[joined] {
		return
	}
	a.shy, a.sound, a.bones = shyNames[joined], sound(one), bonesOf(one)
	a.soundBones = bonesOf(a.sound)
	g.byFirst[a.words[0]] = append(g.byFirst[a.words[0]], a)
	if _, taken := g.whole[one]; taken || neverNames[one] {
		return
	}
	g.whole[one] = a
	if _, taken := g.sounds[a.sound]; !taken {
		g.sounds[a.sound] = a
	}
	if b := blurred(a.sound); g.blurred[b].at == nil {
		g.blurred[b] = a
	}
	if len(a.sound) < minPlaceSound {
		return
	}
	if first := a.sound[0]; len(a.words) > 1 {
		g.several[first] = append(g.several[first], a)
	}
	if first := a.sound[0]; !a.shy && !exactNames[one] && !shortWord(a.words) {
		g.near[first] = append(g.near[first], a)
	}
}

// shortWord reports whether a name has a word so short that a letter off makes it
// something else: "kawasan KK" without the last letter is an area.
func shortWord(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return len(w) <= 3 })
}

// startsLong reports whether a name of several words stands at the start.
func (g *gazetteer) startsLong(words []word) bool {
	for _, a := range g.byFirst[words[0].base] {
		if len(a.words) > 1 && spells(words, a.words) {
			return true
		}
	}
	return false
}

// mention is a place named in a text.
type mention struct {
	at    *place
	words span
	role  role
}

// find lists the places named in a text, the longest name at each word. It looks
// once; the roles in what it gives are the caller's to fill.
func (g *gazetteer) find(e *Ear, s *sighting) []mention {
	if s.places == nil {
		s.places = g.seek(e, s)
	}
	return slices.Clone(s.places)
}

func (g *gazetteer) seek(e *Ear, s *sighting) []mention {
	out := []mention{}
	for i := 0; i < len(s.words); {
		a, n := g.at(e, s, i)
		if a.at == nil || s.inked(i) || a.shy && !e.prepared(s, i, n, a) {
			i++
			continue
		}
		out = append(out, mention{at: a.at, words: span{i, i + n}})
		i += n
	}
	return out
}

func spells(words []word, name []string) bool {
	if len(words) < len(name) {
		return false
	}
	for k, n := range name {
		if words[k].base != n || k > 0 && words[k].pause == sentence {
			return false
		}
	}
	return true
}
