package hear

import (
	"slices"
	"strings"
)

// vocabulary knows the standard words and finds them behind what was written.
type vocabulary struct {
	short   map[string][]string // spelling -> standard words
	shortIn map[string]tongue
	known   map[string]tongue   // standard words
	telling map[string]bool     // known words that carry a concept
	bones   map[string][]string // consonants -> telling words, for dropped vowels
	long    map[byte][]string   // first letter -> telling words long enough to be misspelt

	// isPlace reports whether a place of several words starts with these, for
	// "di las pinas" is not "dilas".
	isPlace func([]word) bool
}

// minTypo is the length from which a word may be one letter off. Shorter ones
// are too close to each other: "aman" and "Amman", "pasal" and "Pasay".
const minTypo = 7

func newVocabulary() *vocabulary {
	return &vocabulary{
		short: map[string][]string{}, shortIn: map[string]tongue{}, known: map[string]tongue{},
		telling: map[string]bool{}, bones: map[string][]string{}, long: map[byte][]string{},
		isPlace: func([]word) bool { return false },
	}
}

func (v *vocabulary) addShort(spelling, standard string, in tongue) {
	if _, taken := v.short[spelling]; taken {
		return // the first lexicon wins
	}
	v.short[spelling] = strings.Fields(standard)
	v.shortIn[spelling] = in
}

func (v *vocabulary) addKnown(word string, in tongue) { v.known[word] |= in }

func (v *vocabulary) addTelling(word string, in tongue) {
	v.addKnown(word, in)
	if v.telling[word] {
		return
	}
	v.telling[word] = true
	if b := bonesOf(word); len(b) >= 4 {
		v.bones[b] = append(v.bones[b], word)
	}
	if len(word) >= minTypo {
		v.long[word[0]] = append(v.long[word[0]], word)
	}
}

// bonesOf drops the vowels after the first letter: disekap -> dskp.
func bonesOf(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if i > 0 && strings.IndexByte("aiueo", s[i]) >= 0 {
			continue
		}
		out = append(out, s[i])
	}
	return string(out)
}

// resolve finds the standard words behind one spelling, and their language. An
// unknown word comes back as it is.
func (v *vocabulary) resolve(base string) ([]string, tongue) {
	if std, in, ok := v.plain(base); ok {
		return std, in
	}
	for _, variant := range variants(base) {
		if std, in, ok := v.plain(variant); ok {
			return std, in
		}
	}
	if std, ok := v.withoutVowels(base); ok {
		return []string{std}, v.known[std]
	}
	if std, ok := v.misspelt(base); ok {
		return []string{std}, v.known[std]
	}
	if std, in := v.unglued(base); std != nil {
		return std, in
	}
	return []string{base}, 0
}

func (v *vocabulary) plain(s string) ([]string, tongue, bool) {
	if in, ok := v.known[s]; ok {
		return []string{s}, in, true
	}
	if std, ok := v.short[s]; ok {
		return std, v.shortIn[s], true
	}
	return nil, 0, false
}

// digitLetters are digits people write for letters.
var digitLetters = strings.NewReplacer("4", "a", "0", "o", "1", "i", "3", "e", "5", "s", "7", "t", "6", "g", "9", "g")

// suffixes that hang on Indonesian words without changing their meaning for us.
var suffixes = []string{"nyalah", "nya", "lah", "kah", "pun", "ku", "mu", "in", "kan", "an", "i", "x", "ny"}

// variants are other ways to read one spelling, most likely first.
func variants(s string) []string {
	var out []string
	written := s
	add := func(x string) {
		if len(x) >= 3 && x != written && !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	if last := len(s) - 1; last > 2 && s[last] == '2' { // biru2
		s = s[:last]
		out = append(out, s)
	}
	s = digitLetters.Replace(s)
	add(s)
	add(undouble(s))
	for _, suffix := range suffixes {
		if stem, ok := strings.CutSuffix(s, suffix); ok && len(stem) >= 4 {
			add(stem)
			add(undouble(stem))
		}
	}
	if stem, ok := strings.CutPrefix(s, "dipun"); ok { // Javanese, to elders
		add("di" + stem)
	}
	if len(s) > 3 && s[0] == 'd' && strings.IndexByte("aiueo", s[1]) < 0 { // dpukul
		add("di" + s[1:])
		for _, suffix := range suffixes {
			if stem, ok := strings.CutSuffix(s, suffix); ok && len(stem) >= 4 {
				add("di" + stem[1:])
			}
		}
	}
	return out
}

// withoutVowels reads "dskp" and "dsekp" as disekap: the same consonants, every
// letter written is in the word, and something was left out.
func (v *vocabulary) withoutVowels(s string) (string, bool) {
	for _, w := range v.bones[bonesOf(s)] {
		if len(s) < len(w) && len(s)+4 >= len(w) && isWithin(s, w) {
			return w, true
		}
	}
	return "", false
}

// isWithin reports whether the letters of s stand in w in the same order.
func isWithin(s, w string) bool {
	for i := 0; i < len(w) && s != ""; i++ {
		if w[i] == s[0] {
			s = s[1:]
		}
	}
	return s == ""
}

// misspelt reads a long word with one letter wrong, missing, added or swapped.
func (v *vocabulary) misspelt(s string) (string, bool) {
	if len(s) < minTypo-1 || len(s) > 24 {
		return "", false
	}
	for _, w := range v.long[s[0]] {
		if d := len(w) - len(s); d >= -1 && d <= 1 && oneOff(s, w) {
			return w, true
		}
	}
	return "", false
}

// oneOff reports whether a and b differ by one edit, or by two letters swapped.
func oneOff(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) || a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// read resolves the words of a text: shorthand is spelt out, a split prefix is
// joined ("d siksa"), and a repeated word ("teman-teman") is one.
func (v *vocabulary) read(raw []word) []word {
	out := make([]word, 0, len(raw)+8)
	for i := 0; i < len(raw); i++ {
		w := raw[i]
		if spaced, n := v.letterwise(raw, i); n > 0 {
			out = append(out, spaced)
			i += n - 1
			continue
		}
		if w.num >= 0 {
			out = append(out, w)
			continue
		}
		if joined, ok := v.joined(raw, i); ok {
			out = append(out, joined)
			i++
			continue
		}
		std, in := v.resolve(w.base)
		w.lang = in
		if signWords[w.base] {
			w.lang = 0 // a picture tells no language
		}
		for k, s := range std {
			w.is = s
			if k > 0 {
				w.pause, w.lang = flowing, 0
			}
			if n := len(out); n > 0 && k == 0 && w.pause == flowing && w.sep == '-' && out[n-1].is == s {
				out[n-1].to = w.to
				continue
			}
			out = append(out, w)
		}
	}
	return out
}

// joined reads "d siksa" and "di siksa" as disiksa, when that is a telling word.
func (v *vocabulary) joined(raw []word, i int) (word, bool) {
	w := raw[i]
	if w.base != "d" && w.base != "di" && w.base != "ter" && w.base != "dii" || i+1 >= len(raw) {
		return word{}, false
	}
	next := raw[i+1]
	if next.pause != flowing || next.num >= 0 || v.isPlace(raw[i+1:]) {
		return word{}, false
	}
	prefix := "di"
	if w.base == "ter" {
		prefix = "ter"
	}
	std, ok := v.passive(prefix + next.base)
	if !ok {
		return word{}, false
	}
	w.base, w.is, w.to, w.lang = w.base+" "+next.base, std, next.to, v.known[std]
	return w, true
}

// passive finds the telling word behind a joined prefix. Misspellings are not
// considered: "di bawah" (below) is not "dibawa" (taken).
func (v *vocabulary) passive(s string) (string, bool) {
	for _, x := range append([]string{s}, variants(s)...) {
		if std, _, ok := v.plain(x); ok && len(std) == 1 && v.telling[std[0]] && std[0][0] == s[0] {
			return std[0], true
		}
	}
	if strings.ContainsAny(s[2:], "aiueo") {
		return "", false
	}
	return v.withoutVowels(s)
}
