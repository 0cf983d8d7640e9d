package cases

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pulang/internal/gsm7"
)

// FuzzSplit: a long reply goes out in texts of one SMS each, and no letter of it is
// lost but the spaces between them.
func FuzzSplit(f *testing.F) {
	f.Add(strings.Repeat("kami baca pesanmu ", 40))
	f.Add(strings.Repeat("x", 400))
	f.Add("\n\n" + strings.Repeat("{[]}", 80))
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !gsm7.OneSegment(string(r)) }) {
			return // refused before it comes here
		}
		parts := split(text)
		for _, part := range parts {
			if !gsm7.OneSegment(part) {
				t.Fatalf("a part of %q needs more than one SMS", text)
			}
		}
		if letters(strings.Join(parts, "")) != letters(text) {
			t.Errorf("%q lost letters: %q", text, parts)
		}
	})
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}
