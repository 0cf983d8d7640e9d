package hear

import (
	_ "embed" // the list of places
	"encoding/csv"
	"fmt"
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

// shyNames are names that are also everyday words: "bos China" is a person,
// "boten" is Javanese for no, "medan" a field, "kk" a family card.
var shyNames = set("china", "cina", "arab", "boten", "bokor", "clark", "angeles", "medan", "takeo", "kuching", "aranya", "amman", "paan", "udg",
	"sutta", "crb", "bks", "btm", "ptk", "skw", "jmb", "jb", "hk", "kl", "shv", "muse", "kandal", "batam btm", "george town", "tak", "kampot",
	"golden fortune", "dili", "popet", "johor", "taija", "pasay", "kokang", "emirat", "island cove", "jkt", "sby", "bdg", "tgr", "dki", "pnh", "long bay", "three pagoda", "3 pagoda")

// neverNames are spellings that must not be read as a place at all, however
// close: everyday words.
var neverNames = set("tak", "kk", "pp", "palu", "kucing", "aman", "pasal", "kampung", "kendal", "apollo", "muse", "chinatown", "karena", "myanmar2",
	"manila2", "lahan", "bangku", "pasang", "malaria", "tahanan", "manual", "lapor", "kontak", "singkat", "bandang", "batang", "penang2")

// gazetteer finds places in words.
type gazetteer struct {
	byFirst map[string][]alias // by the first word of a spelling
	long    map[byte][]alias   // spellings of one word long enough to be misspelt
	whole   map[string]alias   // spellings of one word
}

type alias struct {
	words []string
	sound string // of a spelling of one word
	at    *place
	shy   bool
}

// minPlaceTypo is the length from which a place may be misspelt by a letter.
const minPlaceTypo = 6

// minPlaceBones is how many consonants a place written without vowels needs.
const minPlaceBones = 4

// sounds are letters that are written for each other in foreign names.
var sounds = strings.NewReplacer("ph", "p", "th", "t", "kh", "k", "sh", "s", "gh", "g", "dh", "d", "bh", "b", "ck", "k", "oe", "u", "oo", "u", "ou", "u", "ee", "i", "dj", "j",
	"y", "i", "w", "u", "v", "f", "c", "k", "q", "k", "x", "ks", "z", "s", "ia", "a", "aa", "a")

// sound is how a name is said, so that different spellings of it are one.
func sound(s string) string { return undouble(sounds.Replace(s)) }

func (e *Ear) learnPlaces() error {
	rows, err := csv.NewReader(strings.NewReader(placesCSV)).ReadAll()
	if err != nil {
		return fmt.Errorf("hear: places.csv: %w", err)
	}
	e.places = &gazetteer{byFirst: map[string][]alias{}, long: map[byte][]alias{}, whole: map[string]alias{}}
	for _, row := range rows[1:] {
		rank, ok := ranks[row[2]]
		if !ok {
			return fmt.Errorf("hear: places.csv: unknown kind %q", row[2])
		}
		p := &place{name: row[0], country: row[4], rank: rank, origin: row[2] == "transit_or_origin" || row[4] == "ID"}
		for _, spelling := range append([]string{row[0]}, strings.Split(row[1], "|")...) {
			e.places.add(p, spelling)
		}
	}
	e.vocabulary.isPlace = e.places.startsLong
	return nil
}

func (g *gazetteer) add(p *place, spelling string) {
	var words []string
	for _, w := range split(spelling) {
		words = append(words, w.base)
	}
	joined := strings.Join(words, " ")
	if len(words) == 0 || neverNames[joined] {
		return
	}
	a := alias{words: words, at: p, shy: shyNames[joined]}
	g.byFirst[words[0]] = append(g.byFirst[words[0]], a)
	one := strings.Join(words, "")
	if _, taken := g.whole[one]; !taken && !neverNames[one] {
		g.whole[one] = alias{words: []string{one}, sound: sound(one), at: p, shy: a.shy}
		if len(one) >= minPlaceTypo && !a.shy {
			g.long[one[0]] = append(g.long[one[0]], g.whole[one])
		}
	}
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

// find lists the places named in a text, the longest name at each word.
func (g *gazetteer) find(e *Ear, s *sighting) []mention {
	var out []mention
	for i := 0; i < len(s.words); {
		a, n := g.at(e, s, i)
		if a.at == nil || a.shy && !e.prepared(s, i) {
			i++
			continue
		}
		out = append(out, mention{at: a.at, words: span{i, i + n}})
		i += n
	}
	return out
}

// at finds the longest place name that starts with word i.
func (g *gazetteer) at(e *Ear, s *sighting, i int) (best alias, n int) {
	for _, a := range g.byFirst[s.words[i].base] {
		if len(a.words) > n && spells(s.words[i:], a.words) {
			best, n = a, len(a.words)
		}
	}
	if n > 0 {
		return best, n
	}
	base := s.words[i].base
	for _, x := range []string{base, undouble(base), stripPrep(base)} {
		if a, ok := g.whole[x]; ok && x != "" && !neverNames[x] {
			return a, 1
		}
	}
	if a, ok := g.misspelt(e, base); ok {
		return a, 1
	}
	if i+1 < len(s.words) && s.words[i+1].pause == flowing && s.words[i+1].num < 0 && len(base) > 1 {
		if a, ok := g.whole[base+s.words[i+1].base]; ok && len(base+s.words[i+1].base) >= minPlaceTypo {
			return a, 2
		}
	}
	return alias{}, 0
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

// stripPrep reads "dikamboja", "kemyawaddy" as the place behind the preposition.
func stripPrep(s string) string {
	for _, prep := range []string{"di", "ke", "dari"} {
		if rest, ok := strings.CutPrefix(s, prep); ok && len(rest) >= 4 {
			return rest
		}
	}
	return ""
}

// misspelt finds a long place name behind a misspelling. Words of any language
// we know are never misspelt places.
func (g *gazetteer) misspelt(e *Ear, s string) (alias, bool) {
	if len(s) < minPlaceBones || len(s) > 24 || neverNames[s] {
		return alias{}, false
	}
	if _, _, known := e.vocabulary.plain(s); known {
		return alias{}, false
	}
	for _, x := range []string{s, stripPrep(s)} {
		if len(x) < minPlaceBones {
			continue
		}
		for _, a := range g.long[x[0]] {
			name := a.words[0]
			if bones := bonesOf(x); len(bones) >= minPlaceBones && len(x) <= len(bones)+1 && bones == bonesOf(name) && isWithin(x, name) {
				return a, true // kmbja
			}
			if len(x) < minPlaceTypo {
				continue
			}
			if sound(x) == a.sound {
				return a, true
			}
			if d := len(name) - len(x); d >= -1 && d <= 1 && oneOff(x, name) {
				return a, true
			}
			if len(name) >= 8 && len(x) < len(name) && len(x) >= len(name)-3 && bonesOf(x) == bonesOf(name) && isWithin(x, name) {
				return a, true
			}
		}
	}
	return alias{}, false
}

// prepared reports whether word i follows a preposition or another word that
// introduces a place.
func (e *Ear) prepared(s *sighting, i int) bool {
	for _, x := range e.says(s, "place_prep") {
		if x.b == i && (s.words[i].pause == flowing || s.words[x.a].is == "lokasi" || s.words[x.a].is == "location") {
			return true
		}
	}
	return len(s.words) == 1 || stripPrep(s.words[i].base) != "" && e.places.whole[s.words[i].base].at == nil
}
