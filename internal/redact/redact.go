// Package redact is the last line of defence for what people tell us: the
// slog handler every log line passes, and the one place that turns a
// provider's error into our words.
//
// The first line is elsewhere: casefile.Private prints as [private], and the
// code logs only ids, counts, durations and our own words. This package
// assumes that one day somebody forgets. It promises that nothing which looks
// like a phone number, a token, a key, an e-mail address or a login in a URL
// leaves through a log, whatever type carried it, and that a provider's error
// text, which repeats numbers and URLs with tokens, ends here.
//
// It cannot recognise a name or a sentence; it only cuts long texts and drops
// the attributes whose keys speak of people. It would rather spoil a harmless
// line than let a number through.
package redact

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText is how much of one text is kept, in characters.
const maxText = 500

// The shapes that are taken out, in this order: the longer and more exact
// ones first, so that what remains of them is not read as something else.
var shapes = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`/bot[^/\s"']+`), "/bot[token]"},
	{regexp.MustCompile(`\d{3,}:[A-Za-z0-9_-]{20,}`), "[token]"},
	{regexp.MustCompile(`://[^/\s@"']+@`), "://[login]@"},
	{regexp.MustCompile(`(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}`), "$1 [token]"},
	{regexp.MustCompile(`[\pL\pN._%+-]+@[\pL\pN-]+(\.[\pL\pN-]+)+`), "[e-mail]"},
	{regexp.MustCompile(`(?i)[a-z]{0,2}[0-9a-f]{32,}`), "[key]"},
	{regexp.MustCompile(`eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_.-]+`), "[token]"},
}

var (
	// kept passes whole: UUIDs, and times of day with their date.
	kept = regexp.MustCompile(`(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b` +
		`|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?\b`)
	long = regexp.MustCompile(`[A-Za-z0-9+/_=-]{40,}`)
	// number is seven digits or more of any script, with the separators
	// people put between them.
	number = regexp.MustCompile(`[+(]{0,2}\p{Nd}(?:[\s.()/\x{00A0}\x{2010}-\x{2015}-]{0,3}\p{Nd}){6,}`)
)

// Text returns s with every number, token, key, address and login replaced by
// a word in brackets, cut after 500 characters. UUIDs and times pass.
func Text(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if utf8.RuneCountInString(s) > 8*maxText { // enough to see a shape that begins before the cut
		s = string([]rune(s)[:8*maxText])
	}
	var b strings.Builder
	at := 0
	for _, m := range kept.FindAllStringIndex(s, -1) {
		b.WriteString(scrub(s[at:m[0]]))
		b.WriteString(s[m[0]:m[1]])
		at = m[1]
	}
	b.WriteString(scrub(s[at:]))
	return cut(b.String())
}

// scrub takes the shapes out of a text that holds nothing to keep.
func scrub(s string) string {
	for _, shape := range shapes {
		s = shape.pattern.ReplaceAllString(s, shape.with)
	}
	s = long.ReplaceAllStringFunc(s, func(m string) string {
		if words(m) {
			return m
		}
		return "[long]"
	})
	return number.ReplaceAllString(s, "[number]")
}

// words says that a long run is lower-case words with separators between
// them, such as a path or a metric's name, and not something encoded.
func words(s string) bool {
	run := 0
	for _, r := range s {
		if unicode.IsLower(r) {
			if run++; run > 20 {
				return false
			}
			continue
		}
		if !strings.ContainsRune("/_-", r) {
			return false
		}
		run = 0
	}
	return true
}

// cut keeps the beginning of a text that is too long.
func cut(s string) string {
	if utf8.RuneCountInString(s) <= maxText {
		return s
	}
	return string([]rune(s)[:maxText]) + "[cut]"
}
