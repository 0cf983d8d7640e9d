package hear

import (
	"iter"
	"strings"
)

// minPlaceSound is how many sounds a name needs to be known by its sound, minPlaceTypo
// to be misspelt by a letter as well, minTwoTypos by two. Shorter ones are too close
// to everyday words.
const (
	minPlaceSound = 5
	minPlaceTypo  = 6
	minTwoTypos   = 9
	minPlaceBlur  = 7
)

// minPlaceBones is how many consonants a place written without vowels needs.
const minPlaceBones = 4

// maxNameWords is how many words one name may be broken into, and maxNameLength
// longer than any name with whatever hangs on it.
const (
	maxNameWords  = 3
	maxNameLength = 28
)

// minGlued and maxGlued bound what may be several words written without spaces.
const (
	minGlued = 12
	maxGlued = 80
)

// at finds the longest place name that starts with word i: spelt as in the list,
// else broken into words or joined, else by its sound, else with letters wrong.
func (g *gazetteer) at(e *Ear, s *sighting, i int) (best alias, n int) {
	for _, a := range g.byFirst[s.words[i].base] {
		if len(a.words) > n && spells(s.words[i:], a.words) {
			best, n = a, len(a.words)
		}
	}
	if n > 0 {
		if n == 1 && best.shy {
			if a, n := g.broken(e, s, i); n > 0 {
				return a, n // clark freport
			}
		}
		return best, n
	}
	base := s.words[i].base
	if s.words[i].num >= 0 || len(base) > maxGlued {
		return alias{}, 0
	}
	if len(base) >= minGlued {
		if a, n := g.glued(base, len(s.words) <= maxNameWords); n > 0 {
			return a, n
		}
	}
	for x := range stems(base) {
		if a, ok := g.whole[x]; ok && !neverNames[x] && !neverNames[base] {
			return a, 1
		}
	}
	if a, n := g.broken(e, s, i); n > 0 {
		return a, n
	}
	if a, ok := g.misspelt(e, s, i); ok {
		return a, 1
	}
	return alias{}, 0
}

// glued finds the longest place name in words written without spaces: at the end
// and after a preposition, or anywhere if they are the whole message.
func (g *gazetteer) glued(s string, all bool) (best alias, n int) {
	for name, a := range g.whole {
		if a.shy || len(name) < minPlaceSound || len(name) < len(best.one) {
			continue
		}
		head, ends := strings.CutSuffix(s, name)
		led := ends && (strings.HasSuffix(head, "di") || strings.HasSuffix(head, "ke"))
		if led || all && (ends || len(name) > minPlaceSound && strings.Contains(s, name)) {
			if len(name) > len(best.one) || name < best.one {
				best, n = a, 1
			}
		}
	}
	return best, n
}

// joinedBefore and joinedAfter are what is written as one word with a place.
var (
	joinedBefore = []string{"di", "ke", "dari", "d", "k"}
	joinedAfter  = []string{"nya", "lah", "kah"}
)

// stems yields a spelling as it is, with doubled letters as one, and as the place
// behind or before what hangs on it: "dikamboja", "kemyawaddy", "laosnya".
func stems(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if !yield(s) || !yield(undouble(s)) {
			return
		}
		for _, x := range joinedBefore {
			if rest, ok := strings.CutPrefix(s, x); ok && len(rest) >= 6-len(x) && !yield(rest) {
				return
			}
		}
		for _, x := range joinedAfter {
			if rest, ok := strings.CutSuffix(s, x); ok && len(rest) >= 4 && !yield(rest) {
				return
			}
		}
	}
}

// stripPrep reads "dikamboja", "kemyawaddy" as the place behind the preposition.
func stripPrep(s string) string {
	for _, prep := range joinedBefore[:3] {
		if rest, ok := strings.CutPrefix(s, prep); ok && len(rest) >= 4 {
			return rest
		}
	}
	return ""
}

// broken finds a name that is written in other words than in the list, or of
// several words of which one is misspelt: "poi pet", "svay ring", "clark freport".
func (g *gazetteer) broken(e *Ear, s *sighting, i int) (alias, int) {
	n := 1
	for n < maxNameWords && i+n < len(s.words) && s.words[i+n].pause == flowing && s.words[i+n].num < 0 && len(s.words[i+n].base) <= maxNameLength {
		n++
	}
	for ; n > 1; n-- {
		words := s.words[i : i+n]
		one, strange := "", false
		for _, w := range words {
			one += w.base
			strange = strange || e.strange(w)
		}
		if len(words[0].base) < 2 || len(one) < minPlaceTypo || neverNames[one] {
			continue
		}
		if a, ok := g.whole[one]; ok {
			return a, n
		}
		if !strange {
			continue
		}
		heard := sound(one)
		if a, ok := g.said(heard, len(one)+1); ok && len(heard) >= minPlaceTypo-1 && !a.shy {
			return a, n
		}
		if a, ok := g.wordByWord(e, words, heard); ok {
			return a, n
		}
	}
	return alias{}, 0
}

// wordByWord finds a name of as many words of which one is misspelt and another,
// which is more than "kota" or "park", is not.
func (g *gazetteer) wordByWord(e *Ear, words []word, sound string) (alias, bool) {
	var xs []heard
	for _, a := range g.several[sound[0]] {
		if len(a.words) != len(words) || len(a.one) < minPlaceTypo || a.words[0][0] != words[0].base[0] && a.words[1] != words[1].base {
			continue
		}
		if xs == nil {
			for _, w := range words {
				xs = append(xs, hear(w.base, e.strange(w)))
			}
		}
		if a.spelt(xs) {
			return a, true
		}
	}
	return alias{}, false
}

// spelt reports whether words are this name but for one that is misspelt. Here led
// says of a word that it is strange.
func (a alias) spelt(words []heard) bool {
	wrong, anchored := 0, false
	for k, x := range words {
		switch near := min(edits(x.one, a.words[k]), edits(x.sound, a.said[k])); {
		case near == 0:
			anchored = anchored || !generic[x.one]
		case x.led && len(x.one) > 2 && (near == 1 || x.bones == bonesOf(a.words[k]) && voweless(x.one, x.bones, a.words[k], true)):
			wrong++
		default:
			return false
		}
	}
	return wrong <= 1 && anchored
}

// generic are words of names that name no place by themselves.
var generic = set("kota", "city", "provinsi", "propinsi", "prov", "province", "negara", "bagian", "state", "kawasan", "kompleks", "compound", "bandara", "bukit", "gunung", "pulau", "park", "new", "great",
	"casino", "resort", "zone", "border", "perbatasan", "group", "south", "north", "east", "long", "three", "3", "gate", "gerbang", "ban", "bay", "hill", "town", "golden")

// strange reports whether a word is of no language we know. Words we know are
// never misspelt places.
func (e *Ear) strange(w word) bool {
	_, _, known := e.vocabulary.plain(w.base)
	return !known && w.num < 0 && !neverNames[w.base]
}

// misspelt finds a place name behind one misspelt word.
func (g *gazetteer) misspelt(e *Ear, s *sighting, i int) (alias, bool) {
	w := s.words[i]
	if len(w.base) < minPlaceBones || !e.strange(w) {
		return alias{}, false
	}
	for x := range stems(digitLetters.Replace(w.base)) {
		if a, ok := g.whole[x]; ok && !a.shy && x != w.base {
			return a, true // k4mboja
		}
		if _, _, known := e.vocabulary.plain(x); known || neverNames[x] || len(x) < minPlaceBones {
			continue
		}
		whole := len(x) == len(w.base) // "dibimbang" is no place but a verb
		led := whole && e.led(s, i)
		written := len(x)
		if led {
			written++
		}
		if a, ok := g.said(sound(x), written); ok {
			return a, true
		}
		if w.is != w.base && w.is != x {
			if a, ok := g.whole[w.is]; ok {
				return a, true
			}
			continue // "bngkak" is bengkak, not Bngkok
		}
		if a, ok := g.nearest(hear(x, led)); ok && (whole || len(a.sound) > minPlaceTypo+1) {
			return a, true
		}
	}
	return alias{}, false
}

// said finds the place that is said like this; written is how many letters were.
func (g *gazetteer) said(heard string, written int) (alias, bool) {
	if a, ok := g.sounds[heard]; ok && !a.shy && written >= minPlaceSound && (len(heard) >= minPlaceSound || written > minPlaceSound && len(heard) == minPlaceSound-1) {
		return a, true
	}
	a, ok := g.blurred[blurred(heard)]
	return a, ok && !a.shy && written >= minPlaceBlur && len(heard) >= minPlaceBlur-2
}

// heard is a word of a text as a name is sought behind it: as it is written and as it
// is said, and the consonants of both. led says that a word for a place led to it.
type heard struct {
	one, bones        string
	sound, soundBones string
	led               bool
}

func hear(x string, led bool) heard {
	s := sound(x)
	return heard{one: x, bones: bonesOf(x), sound: s, soundBones: bonesOf(s), led: led}
}

// nearest finds the one place whose name is a letter off, or two if it is long, or
// is written without vowels.
func (g *gazetteer) nearest(x heard) (best alias, ok bool) {
	least := 3
	for _, a := range g.near[x.sound[0]] {
		d := a.off(x)
		switch {
		case d < least:
			best, least, ok = a, d, true
		case d < 3 && d == least && a.at != best.at:
			ok = false // as near to another place
		}
	}
	return best, ok
}

// off counts by how many letters x is this name misspelt; three if it is another word.
func (a alias) off(x heard) int {
	byEar, byEye := edits(x.sound, a.sound), edits(x.one, a.one)
	d, size := min(byEar, byEye), min(len(x.sound), len(a.sound))
	switch {
	case d == 1 && (size > minPlaceTypo+1 || size > minPlaceTypo && slip(x.sound, a.sound)):
	case x.led && byEar == 1 && size >= minPlaceTypo && slip(x.sound, a.sound):
	case x.led && byEye == 1 && min(len(x.one), len(a.one)) >= minPlaceTypo-1 && slip(x.one, a.one):
	case d == 2 && size >= minTwoTypos:
	case x.bones == a.bones && voweless(x.one, x.bones, a.one, x.led), x.soundBones == a.soundBones && voweless(x.sound, x.soundBones, a.sound, x.led):
		d = 1 // kmbja
	default:
		d = 3
	}
	return d
}

// voweless reports whether a name of the same consonants is written without some of
// its vowels.
func voweless(x, bones, name string, led bool) bool {
	least, vowels := minPlaceBones, 1
	if led {
		least, vowels = minPlaceBones-1, len(x)
	}
	return len(bones) >= least && len(x) < len(name) && len(x) <= len(bones)+vowels && isWithin(x, name)
}
