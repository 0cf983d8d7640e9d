// Package gsm7 is the alphabet and the segments of an SMS.
//
// It is for everyone who must know what a text costs: the person pays for
// each part of a reply, and parts arrive late, twice and out of order, so
// every text of ours fits in one.
//
// It promises the counting of GSM 03.38: the basic alphabet at one septet a
// character, its extension table at two, 160 septets in one message or 153 in
// each part of several; and when a single character is outside both tables,
// UCS-2 for the whole text, with 70 units in one message or 67 in each part.
// A character is never split between two parts.
//
// It leaves to others whether a text may be long, and the words themselves.
package gsm7

import "strings"

// The room in a message that stands alone, and in each part of a longer one,
// where a header takes the rest.
const (
	loneSeptets = 160
	partSeptets = 153
	loneUnits   = 70
	partUnits   = 67
)

// basic is the GSM 03.38 default alphabet without the escape itself.
const basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

// extended is the extension table: each of these is an escape and a septet.
const extended = "\f^{}\\[~]|€"

// Segments says in how many parts the text travels, and whether it has to go
// as UCS-2, where a part holds less than half as much. An empty text has 0.
func Segments(text string) (n int, ucs2 bool) {
	cost, lone, part := septets, loneSeptets, partSeptets
	if _, ok := Septets(text); !ok {
		ucs2 = true
		cost, lone, part = units, loneUnits, partUnits
	}
	total, full, used := 0, 0, 0
	for _, r := range text {
		c := cost(r)
		total += c
		if used+c > part { // the character moves whole to the next part
			full++
			used = 0
		}
		used += c
	}
	switch {
	case total == 0:
		return 0, ucs2
	case total <= lone:
		return 1, ucs2
	}
	return full + 1, ucs2
}

// Septets counts the septets of the text, the extension table's characters
// counting two. The bool is false, and the count 0, when a character is in
// neither table, so that the text cannot be sent in this alphabet.
func Septets(text string) (int, bool) {
	n := 0
	for _, r := range text {
		c := septets(r)
		if c == 0 {
			return 0, false
		}
		n += c
	}
	return n, true
}

// OneSegment says that the text is in the GSM alphabet and fits in a single
// SMS. A short text in UCS-2 does not count: one curly quote turns 160
// characters into 70, and the next edit into three parts.
func OneSegment(text string) bool {
	n, ok := Septets(text)
	return ok && n <= loneSeptets
}

// septets is what a character costs in the GSM alphabet; 0: it is not there.
func septets(r rune) int {
	switch {
	case strings.ContainsRune(basic, r):
		return 1
	case strings.ContainsRune(extended, r):
		return 2
	}
	return 0
}

// units is what a character costs in UCS-2: two for those beyond the basic
// plane, such as most emoji.
func units(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}
