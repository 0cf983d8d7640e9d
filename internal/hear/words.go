package hear

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxRead is how many bytes of one message are read. Telegram stops at 4,096
// characters and an SMS long before; more than this is not a person writing.
const maxRead = 16 << 10

// pause says how a word is divided from the one before it.
type pause int

const (
	flowing  pause = iota // a space, a hyphen
	comma                 // a comma, a colon, a bracket
	sentence              // a full stop, a question mark, a new line
)

// word is one word of a text: how it was written, what it means in standard
// spelling, and where it stands in the original.
type word struct {
	base     string // folded: lower case, look-alikes and stretched letters undone
	is       string // standard spelling, once resolved; else base
	from, to int    // bytes of the original text
	pause    pause  // before this word
	sep      byte   // the last separator before this word, to tell 6.30 from 6 30
	num      int    // the number it writes, or -1
	lang     tongue // the languages it belongs to
}

// lookAlikes are letters of other alphabets that are drawn like Latin ones.
var lookAlikes = map[rune]string{
	'а': "a", 'в': "b", 'е': "e", 'к': "k", 'м': "m", 'н': "h", 'о': "o", 'р': "p", 'с': "c", 'т': "t", 'у': "y", 'х': "x",
	'і': "i", 'ј': "j", 'ѕ': "s", 'ԁ': "d", 'ո': "n", 'ɡ': "g", 'ı': "i", 'ł': "l", 'đ': "d", 'ø': "o", 'ʟ': "l",
	'α': "a", 'ε': "e", 'ι': "i", 'κ': "k", 'ν': "v", 'ο': "o", 'ρ': "p", 'τ': "t", 'υ': "u", 'χ': "x", 'η': "n", 'β': "b",
}

// signs are pictures that say a word, in every language. They stand alone, so that
// a cross beside a word is no "not".
var signs = map[rune]string{
	'🆘': "signsos", '👍': "signyes", '👌': "signyes", '✅': "signyes", '✔': "signyes", '👎': "signno", '❌': "signno", '🚫': "signno", '🤷': "signunsure",
}

var signWords = set("signsos", "signyes", "signno", "signunsure")

// fold gives the plain lower-case letters of one character. skip is true for
// characters nobody sees (zero width, combining marks), which do not end a word.
func fold(r rune) (letters string, skip bool) {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return string(r), false
		}
		return "", false
	}
	if unicode.In(r, unicode.Mn, unicode.Cf, unicode.Me) {
		return "", true
	}
	var out strings.Builder
	for _, d := range norm.NFKD.String(string(r)) {
		d = unicode.ToLower(d)
		plain, similar := lookAlikes[d]
		switch {
		case similar:
			out.WriteString(plain)
		case d < utf8.RuneSelf && (unicode.IsLetter(d) || unicode.IsDigit(d)), d >= utf8.RuneSelf && unicode.IsLetter(d):
			out.WriteRune(d)
		}
	}
	return out.String(), false
}

// splitter cuts a text into words.
type splitter struct {
	text     string
	words    []word
	cur      []byte
	from, to int
	pause    pause
	sep      byte
}

// split cuts the first maxRead bytes of text into words.
func split(text string) []word {
	if len(text) > maxRead {
		text = text[:maxRead]
	}
	s := splitter{text: text, pause: sentence}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		s.take(r, i, i+size)
		i += size
	}
	s.end()
	return s.words
}

func (s *splitter) take(r rune, from, to int) {
	if sign, ok := signs[r]; ok {
		s.end()
		s.pause = sentence
		s.cur, s.from, s.to = append(s.cur, sign...), from, to
		s.end()
		s.pause = sentence
		return
	}
	letters, skip := fold(r)
	if letters == "" {
		letters = s.inside(r, to)
	}
	switch {
	case skip || r == '\'' || r == '’' || r == '`' || letters == "," && len(s.cur) > 0:
		return // an apostrophe, or the dot of 50.000, does not end a word
	case letters == "":
		s.end()
		s.separate(r)
		return
	}
	if len(s.cur) > 0 && allDigits(s.cur) && !isDigit(letters[0]) {
		s.end() // 20jt is a number and a unit
		s.sep = 0
	}
	if len(s.cur) == 0 {
		s.from = from
	}
	s.cur = append(s.cur, letters...)
	s.to = to
}

// inside reads symbols that stand for something only within a word: p@spor,
// di$iksa, and the dot of 50.000.
func (s *splitter) inside(r rune, next int) string {
	if len(s.cur) == 0 || next >= len(s.text) {
		return ""
	}
	after := s.text[next]
	letter := !allDigits(s.cur) && (after|0x20) >= 'a' && (after|0x20) <= 'z'
	switch {
	case r == '@' && letter:
		return "a"
	case r == '$' && letter:
		return "s"
	case (r == '.' || r == ',') && allDigits(s.cur) && threeDigits(s.text[next:]):
		return ","
	}
	return ""
}

func threeDigits(s string) bool {
	return len(s) >= 3 && allDigits([]byte(s[:3])) && (len(s) == 3 || !isDigit(s[3]))
}

func (s *splitter) separate(r rune) {
	p := flowing
	switch r {
	case '.', '!', '?', ';', '\n', '\r', '…':
		p = sentence
	case ',', ':', '(', ')', '"':
		p = comma
	}
	s.pause = max(s.pause, p)
	s.sep = 0
	if r < utf8.RuneSelf {
		s.sep = byte(r) // #nosec G115 -- r is ASCII here
	}
}

func (s *splitter) end() {
	if len(s.cur) == 0 {
		return
	}
	base := unstretch(string(s.cur))
	w := word{base: base, is: base, from: s.from, to: s.to, pause: s.pause, sep: s.sep, num: -1}
	if allDigits(s.cur) {
		w.base = string(s.cur)
		w.is = w.base
		w.num = 1 << 30 // longer than any number we use
		if n, err := strconv.Atoi(w.base); err == nil && len(w.base) < 10 {
			w.num = n
		}
	}
	s.words = append(s.words, w)
	s.cur, s.pause, s.sep = s.cur[:0], flowing, 0
}

// unstretch writes "toloooong" as "tolong": three of the same letter or more are
// one. Two stay, for some words have them.
func unstretch(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && s[j] == s[i] {
			j++
		}
		n := j - i
		if n >= 3 && s[i] >= 'a' && s[i] <= 'z' {
			n = 1
		}
		out.WriteString(s[i : i+n])
		i = j
	}
	return out.String()
}

// undouble writes "toloong" as "tolong".
func undouble(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if i == 0 || s[i] != s[i-1] {
			out = append(out, s[i])
		}
	}
	return string(out)
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func allDigits(b []byte) bool {
	for _, c := range b {
		if !isDigit(c) {
			return false
		}
	}
	return len(b) > 0
}
