package gsm7

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSegmentsCountsLikeTheNetworks(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, text string
		n          int
		ucs2       bool
	}{
		{"empty", "", 0, false},
		{"one letter", "a", 1, false},
		{"160 septets stand alone", strings.Repeat("a", 160), 1, false},
		{"161 make two", strings.Repeat("a", 161), 2, false},
		{"two full parts", strings.Repeat("a", 306), 2, false},
		{"one more makes three", strings.Repeat("a", 307), 3, false},
		{"80 euros stand alone", strings.Repeat("€", 80), 1, false},
		{"81 euros make two", strings.Repeat("€", 81), 2, false},
		{"an escape pair moves whole: 76 in each part of 153", strings.Repeat("€", 152), 2, false},
		{"an escape pair moves whole: one more", strings.Repeat("€", 153), 3, false},
		{"70 units stand alone", strings.Repeat("ဥ", 70), 1, true},
		{"71 make two", strings.Repeat("ဥ", 71), 2, true},
		{"134 make two", strings.Repeat("ဥ", 134), 2, true},
		{"135 make three", strings.Repeat("ဥ", 135), 3, true},
		{"35 emoji stand alone", strings.Repeat("😀", 35), 1, true},
		{"36 emoji make two", strings.Repeat("😀", 36), 2, true},
		{"a surrogate pair moves whole: 33 in each part of 67", strings.Repeat("😀", 66), 2, true},
		{"a surrogate pair moves whole: one more", strings.Repeat("😀", 67), 3, true},
		{"one curly quote turns all to UCS-2", strings.Repeat("a", 70) + "’", 2, true},
		{"small ç is not in the alphabet", "ç", 1, true},
		{"broken UTF-8 counts, never panics", "a\xff", 1, true},
	}
	for _, c := range cases {
		n, ucs2 := Segments(c.text)
		if n != c.n || ucs2 != c.ucs2 {
			t.Errorf("%s: Segments = %d, %v; want %d, %v", c.name, n, ucs2, c.n, c.ucs2)
		}
	}
}

func TestAlphabetIsWhole(t *testing.T) {
	t.Parallel()
	if n := utf8.RuneCountInString(basic); n != 127 {
		t.Errorf("the basic alphabet has %d characters, want 127 (128 without the escape)", n)
	}
	if n := utf8.RuneCountInString(extended); n != 10 {
		t.Errorf("the extension table has %d characters, want 10", n)
	}
	if n, ok := Septets(basic); n != 127 || !ok {
		t.Errorf("Septets(basic) = %d, %v", n, ok)
	}
	if n, ok := Septets(extended); n != 20 || !ok {
		t.Errorf("Septets(extended) = %d, %v", n, ok)
	}
	if n, ok := Septets("`"); n != 0 || ok {
		t.Errorf("the backtick is not in the alphabet, got %d, %v", n, ok)
	}
}

func TestOneSegmentWantsTheAlphabetToo(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"":                        true,
		strings.Repeat("a", 160):  true,
		strings.Repeat("a", 161):  false,
		strings.Repeat("[]", 40):  true,
		strings.Repeat("[]", 41):  false,
		"short but not in GSM: ”": false,
	} {
		if got := OneSegment(text); got != want {
			t.Errorf("OneSegment(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestFoldTakesOnlyWhatItCanSave(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain":                           "plain",
		"“Halo” – kami di sini…":          "\"Halo\" - kami di sini...",
		"it’s\u00a0ok\u200b":              "it's ok",
		"besok\tjam\u202f6":               "besok jam 6",
		"José, garçon":                    "José, garcon",
		"“Halo” 😀":                        "“Halo” 😀",
		"“မင်္ဂလာပါ”":                     "“မင်္ဂလာပါ”",
		"👩\u200d👧":                        "👩\u200d👧",
		"line one\u2028line two\r\nthree": "line one\nline two\r\nthree",
	} {
		if got := Fold(text); got != want {
			t.Errorf("Fold(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestEveryLookAlikeIsInTheAlphabet(t *testing.T) {
	t.Parallel()
	pairs := lookAlikes()
	seen := map[string]bool{}
	for i := 0; i < len(pairs); i += 2 {
		if _, ok := Septets(pairs[i+1]); !ok {
			t.Errorf("%q folds to %q, which is not in the alphabet", pairs[i], pairs[i+1])
		}
		if _, ok := Septets(pairs[i]); ok {
			t.Errorf("%q is in the alphabet and needs no folding", pairs[i])
		}
		if seen[pairs[i]] {
			t.Errorf("%q is in the table twice", pairs[i])
		}
		seen[pairs[i]] = true
	}
}

func FuzzSegments(f *testing.F) {
	for _, s := range []string{"", "a", "€", "😀", "“", strings.Repeat("€", 153), "\xff\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, ucs2 := Segments(text)
		septets, ok := Septets(text)
		if ok == ucs2 {
			t.Fatalf("Septets says GSM %v, Segments says UCS-2 %v", ok, ucs2)
		}
		if (text == "") != (n == 0) {
			t.Fatalf("%d segments for %q", n, text)
		}
		if OneSegment(text) && n > 1 {
			t.Fatalf("OneSegment, yet %d segments", n)
		}
		if ok && n > 1 && (n < (septets+partSeptets-1)/partSeptets || n > septets/(partSeptets-1)+1) {
			t.Fatalf("%d septets in %d segments", septets, n)
		}
		folded := Fold(text)
		if Fold(folded) != folded {
			t.Fatalf("folding %q twice differs from once", text)
		}
		if _, isGSM := Septets(folded); !isGSM && folded != text {
			t.Fatalf("Fold changed %q though it still needs UCS-2", text)
		}
	})
}

// FuzzFold: folding twice is folding once, and a text never needs more SMS for it.
func FuzzFold(f *testing.F) {
	f.Add("\u201Ckami\u201D \u2013 baca\u2026")
	f.Add("\u200D\U0001F600")
	f.Fuzz(func(t *testing.T, text string) {
		folded := Fold(text)
		if Fold(folded) != folded {
			t.Errorf("%q folds twice, to %q and %q", text, folded, Fold(folded))
		}
		is, _ := Segments(folded)
		if was, _ := Segments(text); is > was {
			t.Errorf("%q needs more SMS as %q", text, folded)
		}
	})
}
