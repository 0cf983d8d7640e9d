package hear

import "strings"

// sound is how a name is said, so that different spellings of it are one:
// "Phnom Penh" and "pnompen", "Sihanoukville" and "sihanokvil". Letters written
// for each other in foreign names are one letter, an h that is not heard is
// dropped, two vowels are one, and a silent e at the end is none.
func sound(s string) string {
	if n := len(s); n > 4 && s[n-1] == 'e' && !isVowel(s[n-2]) {
		s = s[:n-1]
	}
	out := make([]byte, 0, len(s)+2)
	for i := range len(s) {
		out = hearLetter(out, s, i)
	}
	return string(out)
}

// blurred is a sound of which e and i, and o and u, are not told apart.
func blurred(sound string) string { return undouble(blur.Replace(sound)) }

var blur = strings.NewReplacer("e", "i", "o", "u")

// alikes are consonants that are written for each other.
var alikes = [256]byte{'q': 'k', 'v': 'f', 'z': 's', 'y': 'i'}

// hearLetter adds the sound of letter i of s to what was heard before it.
func hearLetter(out []byte, s string, i int) []byte {
	next := func(k int) byte {
		if i+k < 0 || i+k >= len(s) {
			return 0
		}
		return s[i+k]
	}
	c := s[i]
	if alikes[c] != 0 {
		c = alikes[c]
	}
	switch {
	case s[i] == 'c' && next(1) != 'h' && next(1) != 'i' && next(1) != 'e':
		c = 'k' // Cambodia; but Chiang is Ciang
	case s[i] == 'h' && i > 0 && !(isVowel(next(-1)) && isVowel(next(1))):
		return out // Phnom, Penh, Thai
	case s[i] == 'd' && next(1) == 'j', s[i] == 'g' && next(-1) == 'n' && !isVowel(next(1)):
		return out // kambodja; Bangkok is Bankok
	case s[i] == 'x' && i > 0:
		return append(out, 'k', 's')
	case s[i] == 'x':
		c = 's'
	case s[i] == 'y' && i == 0 && isVowel(next(1)):
		c = 'y'
	case s[i] == 'w' && i > 0 && isVowel(next(-1)) && (isVowel(next(1)) || next(1) == 'y'):
		c = 'f' // Dawao, Bawet
	case s[i] == 'w' && i > 0:
		c = 'u'
	}
	if n := len(out); n > 0 {
		if melted := melts(out[n-1], c); melted != 0 {
			out[n-1] = melted
			return out
		}
	}
	return append(out, c)
}

// melts says what two sounds in a row are heard as, if they are one.
func melts(a, b byte) byte {
	switch {
	case a == b:
		return a
	case a == 'i' && b == 'a': // Kambodia, Miawadi
		return 'a'
	case a == 'a' && (b == 'i' || b == 'e'), a == 'e' && isVowel(b), a == 'i' && b == 'e': // Mae, Mai, Reap, Rieng
		return 'e'
	case a == 'o' && b != 'i' && isVowel(b): // Soekarno, Houay
		return 'u'
	case a == 'a' && b == 'u':
		return 'o'
	}
	return 0
}

func isVowel(c byte) bool { return c == 'a' || c == 'i' || c == 'u' || c == 'e' || c == 'o' }

// edits counts the letters by which a and b differ, two swapped ones as one; more
// than two are three.
func edits(a, b string) int {
	switch d := len(a) - len(b); {
	case a == b:
		return 0
	case d < -2 || d > 2:
		return 3
	case d >= -1 && d <= 1 && oneOff(a, b):
		return 1
	}
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	a, b = a[i:], b[i:]
	for _, x := range [][2]string{{cut(a, 1), b}, {a, cut(b, 1)}, {cut(a, 1), cut(b, 1)}} {
		d := len(x[0]) - len(x[1])
		if x[0] == x[1] || d >= -1 && d <= 1 && oneOff(x[0], x[1]) {
			return 2
		}
	}
	return 3
}

func cut(s string, n int) string { return s[min(n, len(s)):] }

// slip reports whether a short name was misheard by no more than a vowel, or by a
// letter too many, too few or swapped; not by one consonant for another.
func slip(a, b string) bool {
	if len(a) != len(b) {
		return true
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	return i == len(a) || isVowel(a[i]) && isVowel(b[i]) || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i]
}
