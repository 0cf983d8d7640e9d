package hear

import "strings"

// People write one letter at a time ("t o l o n g", "d.i.s.e.k.a.p") or leave no
// spaces at all ("sayadisekap"), to be quick or not to be found by a search.

// fewestLetters and longestLetters are how many single letters in a row may be one
// word. No more are looked at: 100 kB of single letters is read quickly too.
const fewestLetters, longestLetters = 3, 20

// letterwise reads single letters from word i on as one word, when that is a word we
// know, and says how many it took.
func (v *vocabulary) letterwise(raw []word, i int) (word, int) {
	var letters strings.Builder
	n, digits := 0, 0
	for n < min(len(raw)-i, longestLetters) && len(raw[i+n].base) == 1 && (n == 0 || raw[i+n].sep != ',') {
		if raw[i+n].num >= 0 {
			digits++
		}
		letters.WriteString(raw[i+n].base)
		n++
	}
	if n < fewestLetters || digits*2 > n {
		return word{}, 0
	}
	for ; n >= fewestLetters; n-- {
		text := letters.String()[:n]
		for _, x := range []string{text, digitLetters.Replace(text)} {
			if std, in, ok := v.plain(x); ok && len(std) == 1 && v.telling[std[0]] {
				w := raw[i]
				w.base, w.is, w.to, w.num, w.lang = x, std[0], raw[i+n-1].to, -1, in
				return w, n
			}
		}
	}
	return word{}, 0
}

const (
	shortestGlued = 9  // letters from which a word may be several without spaces
	longestGlued  = 40 // and to which it is looked at
	gluedPiece    = 3  // the shortest word in it, but for little ones
)

// little are the short words that may be glued to others.
var little = set("di", "ke", "d", "k", "sy", "gw", "ak", "aq", "gk", "ga", "tdk", "bs", "yg", "i", "am", "in", "me", "my")

// unglued reads "sayadisekap" as the words it is made of: all of them known, one of
// them telling.
func (v *vocabulary) unglued(s string) ([]string, tongue) {
	if len(s) < shortestGlued || len(s) > longestGlued {
		return nil, 0
	}
	type best struct {
		from, words int
		ok          bool
	}
	at := make([]best, len(s)+1) // the fewest words that end here
	at[0].ok = true
	for end := 1; end <= len(s); end++ {
		for from := max(0, end-16); from < end; from++ {
			piece := s[from:end]
			if !at[from].ok || len(piece) < gluedPiece && !little[piece] {
				continue
			}
			if _, _, ok := v.plain(piece); ok && (!at[end].ok || at[from].words+1 < at[end].words) {
				at[end] = best{from, at[from].words + 1, true}
			}
		}
	}
	if !at[len(s)].ok || at[len(s)].words < 2 {
		return nil, 0
	}
	var out []string
	var in tongue
	telling := false
	for end := len(s); end > 0; end = at[end].from {
		std, lang, _ := v.plain(s[at[end].from:end])
		out = append(append([]string{}, std...), out...)
		in |= lang
		for _, w := range std {
			telling = telling || v.telling[w] && len(w) >= 5
		}
	}
	if !telling {
		return nil, 0
	}
	return out, in
}
