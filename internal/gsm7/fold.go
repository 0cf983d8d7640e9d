package gsm7

import "strings"

// Fold replaces what keyboards and word processors put in by themselves -
// curly quotes, long dashes, the ellipsis, hard spaces, accents outside the
// alphabet - by look-alikes from the GSM alphabet, so that a reply typed by
// staff does not cost the person three times as much.
//
// A text that would need UCS-2 all the same (another script, an emoji) comes
// back exactly as it was: there folding gains nothing, and the zero-width
// joiners it would drop carry meaning.
func Fold(text string) string {
	if _, ok := Septets(text); ok {
		return text
	}
	folded := folder.Replace(text)
	if _, ok := Septets(folded); !ok {
		return text
	}
	return folded
}

// folder is safe for use by several goroutines and never changes.
var folder = strings.NewReplacer(lookAlikes()...)

// lookAlikes is the table of Fold as old-new pairs.
func lookAlikes() []string {
	table := []struct{ from, to string }{
		{"\u2018\u2019\u201A\u201B\u2032\u2035\u02BC\u02BB\u00B4\u0060\u2039\u203A", "'"},
		{"\u201C\u201D\u201E\u201F\u2033\u2036\u00AB\u00BB", "\""},
		{"\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022\u2023\u2043\u00B7", "-"},
		{"\u2026", "..."},
		{"\t\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u202F\u205F\u3000", " "},
		{"\u2028\u2029\u0085\v", "\n"},
		{"\u00AD\u200B\u200C\u200D\u200E\u200F\u2060\uFEFF\uFE0E\uFE0F", ""},
		{"\u00D7", "x"}, {"\u00F7\u2044", "/"}, {"\u00A6", "|"},
		{"\u2122", "(TM)"}, {"\u00A9", "(c)"}, {"\u00AE", "(R)"},
		{"\u00BD", "1/2"}, {"\u00BC", "1/4"}, {"\u00BE", "3/4"}, {"\u2192", "->"},
		{"áâãāăą", "a"}, {"ÁÀÂÃĀĂĄ", "A"}, {"çćč", "c"}, {"ĆČ", "C"},
		{"êëēęě", "e"}, {"ÈÊËĒĘĚ", "E"}, {"íîïī", "i"}, {"ÍÌÎÏĪ", "I"},
		{"óôõō", "o"}, {"ÓÒÔÕŌ", "O"}, {"úûū", "u"}, {"ÚÙÛŪ", "U"},
		{"ýÿ", "y"}, {"Ý", "Y"}, {"ńň", "n"}, {"śš", "s"}, {"ŚŠ", "S"}, {"źżž", "z"}, {"ŹŻŽ", "Z"},
		{"ł", "l"}, {"Ł", "L"}, {"đ", "d"}, {"Đ", "D"},
	}
	var pairs []string
	for _, row := range table {
		for _, r := range row.from {
			pairs = append(pairs, string(r), row.to)
		}
	}
	return pairs
}
