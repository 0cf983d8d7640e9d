package hear

import (
	"fmt"
	"strings"
)

// span is a run of words: from word a up to, not including, word b.
type span struct{ a, b int }

func (s span) overlaps(o span) bool { return s.a < o.b && o.a < s.b }

func (s span) join(o span) span { return span{min(s.a, o.a), max(s.b, o.b)} }

// phrase is one entry of a concept: its words, in standard spelling.
type phrase struct {
	words   []string
	concept int
}

// sighting is what was found in one text: its words, and where each concept
// stands in them.
type sighting struct {
	text   string
	words  []word
	at     [][]span  // by concept number
	mute   []bool    // words that belong to a false friend
	places []mention // the places, once they were sought
}

// says lists where a concept stands.
func (e *Ear) says(s *sighting, concept string) []span {
	n, ok := e.concepts[concept]
	if !ok {
		return nil
	}
	return s.at[n]
}

// has reports whether any of the concepts stands anywhere.
func (e *Ear) has(s *sighting, concepts ...string) bool {
	for _, c := range concepts {
		if len(e.says(s, c)) > 0 {
			return true
		}
	}
	return false
}

// look finds every concept in the words of a text.
func (e *Ear) look(text string) *sighting {
	s := &sighting{text: text, words: e.vocabulary.read(split(text)), at: make([][]span, len(e.concepts))}
	s.mute = make([]bool, len(s.words))
	for i := range s.words {
		for _, p := range e.phrases[s.words[i].is] {
			if end, ok := s.follows(i, p.words); ok {
				s.at[p.concept] = append(s.at[p.concept], span{i, end})
			}
		}
	}
	return s
}

// follows reports whether the words of a phrase stand from word i on, in one
// sentence, and where they end.
func (s *sighting) follows(i int, words []string) (int, bool) {
	if i+len(words) > len(s.words) {
		return 0, false
	}
	for k, w := range words {
		here := &s.words[i+k]
		if here.is != w || k > 0 && here.pause == sentence {
			return 0, false
		}
	}
	return i + len(words), true
}

// step is one part of a pattern: one of these concepts, so near to what came
// before it.
type step struct {
	anyOf   []int
	gap     int  // how many words may stand between
	ordered bool // must come after
	across  bool // may stand in the neighbouring sentence
}

// pattern is a way of saying something, as concepts near each other.
//
//	a > b    b after a, at most two words between
//	a >> b   b after a, at most seven words between
//	a & b    in either order, at most four words between
//	a && b   in either order, at most twelve words between, also over a full stop
//	a|b      one or the other
//
// A comma between them counts as two words.
type pattern []step

var reach = map[string]step{
	">": {gap: 2, ordered: true}, ">>": {gap: 7, ordered: true},
	"&": {gap: 4}, "&&": {gap: 12, across: true},
}

// compile reads a pattern as it is written in the rules.
func compile(text string, concepts map[string]int) (pattern, error) {
	var p pattern
	next := step{}
	for i, part := range strings.Fields(text) {
		if op, ok := reach[part]; ok && i%2 == 1 {
			next = op
			continue
		}
		if i%2 == 1 {
			return nil, fmt.Errorf("hear: pattern %q: %q is no operator", text, part)
		}
		for name := range strings.SplitSeq(part, "|") {
			n, ok := concepts[name]
			if !ok {
				return nil, fmt.Errorf("hear: pattern %q: unknown concept %q", text, name)
			}
			next.anyOf = append(next.anyOf, n)
		}
		p = append(p, next)
		next = step{}
	}
	if len(p) == 0 {
		return nil, fmt.Errorf("hear: empty pattern")
	}
	return p, nil
}

// maxTries bounds the work on one pattern, so that a text made of nothing but
// one word repeated is read as quickly as any other.
const maxTries = 400

// find lists where a pattern stands, without overlapping ones.
func (s *sighting) find(p pattern) []span {
	var out []span
	tries := 0
	for _, c := range p[0].anyOf {
		for _, first := range s.at[c] {
			if s.muted(first) {
				continue
			}
			if whole, ok := s.rest(first, first, p[1:], &tries); ok {
				out = append(out, whole)
			}
			if tries > maxTries {
				return out
			}
		}
	}
	return out
}

// rest matches the remaining steps after what stands in whole; last is the step
// matched just before.
func (s *sighting) rest(whole, last span, p pattern, tries *int) (span, bool) {
	if len(p) == 0 {
		return whole, true
	}
	for _, c := range p[0].anyOf {
		for _, next := range s.at[c] {
			if *tries++; *tries > maxTries {
				return span{}, false
			}
			if next.overlaps(whole) || s.muted(next) || !s.near(p[0], whole, last, next) {
				continue
			}
			if found, ok := s.rest(whole.join(next), next, p[1:], tries); ok {
				return found, true
			}
		}
	}
	return span{}, false
}

func (s *sighting) near(st step, whole, last, next span) bool {
	if st.ordered {
		return next.a >= last.b && s.between(last.b, next.a, st.across) <= st.gap
	}
	if next.a >= whole.b {
		return s.between(whole.b, next.a, st.across) <= st.gap
	}
	return s.between(next.b, whole.a, st.across) <= st.gap
}

// far is more words than any step may have between.
const far = 1000

// between counts the words from a up to b; a comma counts as two more.
func (s *sighting) between(a, b int, across bool) int {
	n := b - a
	if n > 12 {
		return far
	}
	for i := a; i <= b && i < len(s.words); i++ {
		switch s.words[i].pause {
		case comma:
			n += 2
		case sentence:
			if !across {
				return far
			}
			n += 2
		}
	}
	return n
}

// muted reports whether a span touches words of a false friend.
func (s *sighting) muted(x span) bool {
	for i := x.a; i < x.b; i++ {
		if s.mute[i] {
			return true
		}
	}
	return false
}

// phrase gives the words of the original text under a span.
func (s *sighting) phrase(x span) string {
	if x.a >= x.b || x.b > len(s.words) {
		return ""
	}
	return s.text[s.words[x.a].from:s.words[x.b-1].to]
}
