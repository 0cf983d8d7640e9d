package hear

import "strings"

// led reports whether a word that introduces a place stands right before word i.
func (e *Ear) led(s *sighting, i int) bool {
	if i == 0 || s.words[i].pause != flowing {
		return false
	}
	for _, x := range e.says(s, "place_prep") {
		if x.b == i {
			return true
		}
	}
	return introductions[s.words[i-1].is] || prepositions[s.words[i-1].base]
}

// introductions are words after which even an everyday word is the name of a place.
var introductions = set("gedung", "pelabuhan", "penampungan", "pedalaman", "pinggir", "arah", "majikan", "bos", "boss", "agen", "agency", "tkw", "tki", "pmi", "abk", "prt", "art",
	"caregiver", "namanya", "ladang", "kilang", "pabrik", "bandara", "terminal", "hotel", "kantor", "employer", "city", "is", "kota", "kampung", "casino", "kasino")

// prepositions of languages that no lexicon knows: Madurese, Malay, Javanese.
var prepositions = set("e", "kat", "dok", "teng", "wonten", "maring", "ing", "dek")

// prepared reports whether the shy name at word i is meant as a place: it follows a
// preposition or another word that introduces a place, stands alone, is written in
// capitals, or another place of the same country follows.
func (e *Ear) prepared(s *sighting, i, n int, a alias) bool {
	for _, x := range e.says(s, "place_prep") {
		if x.b == i && (s.words[i].pause == flowing || s.words[x.a].is == "lokasi" || s.words[x.a].is == "location") {
			return true
		}
	}
	w, next := s.words[i], s.word(i+n)
	switch {
	case a.words[0] == "boten":
		return false // a no stands alone, too
	case n == len(s.words), stripPrep(w.base) != "" && e.places.whole[w.base].at == nil:
		return true
	case i > 0 && w.pause == flowing && (prepositions[s.words[i-1].base] || !peoples[w.base] && introductions[s.words[i-1].is]):
		return true
	case (i == 0 || w.pause > flowing || w.sep == '#') && (next.pause > flowing || next.is == "sekarang" || next.is == "now"):
		return true
	case len(w.base) <= 3 && e.shouted(s, w):
		return true
	case next.pause == sentence:
		return false
	}
	b, ok := e.places.whole[next.base]
	return ok && b.at.country == a.at.country
}

// shouted reports whether a word alone is written in capitals: "majikan KL".
func (e *Ear) shouted(s *sighting, w word) bool {
	written := s.text[w.from:w.to]
	return written == strings.ToUpper(written) && s.text != strings.ToUpper(s.text)
}

// inked reports whether the few letters of word i are the rest of a word in which one
// was crossed out: "dis!ksa".
func (s *sighting) inked(i int) bool {
	w := s.words[i]
	return i > 0 && len(w.base) <= 3 && w.from == s.words[i-1].to+1 && strings.IndexByte("!|*", w.sep) >= 0
}
