package hear

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pulang/internal/casefile"
)

// FuzzRead gives any bytes to the ear, with any question open: it never panics,
// is quick, gives the same reading twice, and every reason is in the text.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"", "\xff\xfe\x00", "tlg sy dskp", "1 2 3", "😀😀😀", "\u200b\u200d", "؟؟؟ مرحبا", "/help", "?", strings.Repeat("a", 300), "besok jam 99 dipindah", "50.000.000", "besok jam 6.", "d", "di", "1.2,3", "jam", "$5", "a\u0301\u0301"} {
		f.Add(seed, uint8(3), uint8(9))
	}
	e, err := New()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, pending, open uint8) {
		h := casefile.Hearing{Now: noon, Pending: casefile.Questions[int(pending)%len(casefile.Questions)], Last: casefile.Questions[int(pending+1)%len(casefile.Questions)]}
		h.Open = casefile.Questions[:int(open)%len(casefile.Questions)]
		r := e.Read(casefile.ID{}, casefile.KindText, casefile.Hide(text), h)
		for _, d := range r.Dangers {
			if !strings.Contains(text, d.Phrase.Reveal()) {
				t.Errorf("reason %q is not in the text", d.Phrase.Reveal())
			}
		}
		if r.Command == casefile.NoCommand && !strings.HasPrefix(strings.TrimSpace(text), "/") && (len(r.Answers) == 0 || !r.Answers[0].Pending) {
			t.Errorf("%q: the pending question was neither answered, skipped nor unread", text)
		}
		seen := map[casefile.Key]bool{}
		for _, a := range r.Answers {
			if seen[a.Key] && a.Key != casefile.Language {
				t.Errorf("%q answers %s twice", text, a.Key)
			}
			seen[a.Key] = true
		}
		again := e.Read(casefile.ID{}, casefile.KindText, casefile.Hide(text), h)
		if len(again.Dangers) != len(r.Dangers) || again.Reporter != r.Reporter || said(again) != said(r) {
			t.Error("the same text is read differently")
		}
		_ = e.Line(text)
	})
}

// TestHugeAndBrokenInputIsReadQuickly measures the worst texts we can think of.
func TestHugeAndBrokenInputIsReadQuickly(t *testing.T) {
	e := ear(t)
	for name, text := range map[string]string{
		"danger repeated": strings.Repeat("disekap ", 13000), "one word": strings.Repeat("x", 100_000), "binary": strings.Repeat("\xff\x00\x1b", 34_000), "digits": strings.Repeat("1 ", 50_000),
		"places": strings.Repeat("myawady ", 12_500), "misspelt": strings.Repeat("disxkap myawxddy ", 6000), "mixed": strings.Repeat("tidak boleh keluar bos pukul saya jam 6 besok ", 2300), "emoji": strings.Repeat("😀", 25_000),
	} {
		start := time.Now()
		r := e.Read(casefile.ID{}, casefile.KindText, casefile.Hide(text), casefile.Hearing{Now: noon, Pending: casefile.Questions[6], Open: casefile.Questions[7:]})
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s: 100 kB took %v", name, took)
		}
		if name == "emoji" && (!r.Empty || r.Lang != casefile.LangUnknown) {
			t.Error("only emoji is not marked as empty and unknown")
		}
	}
	if !utf8.ValidString(e.Line("\xffdisekap\xff").Reasons[0]) {
		t.Error("broken bytes around a word hide it")
	}
}

// BenchmarkRead is the cost of one ordinary message with a flow's questions open.
func BenchmarkRead(b *testing.B) {
	e := ear(b)
	h := casefile.Hearing{Now: noon, Pending: casefile.Questions[6], Open: casefile.Questions[7:18]}
	text := casefile.Hide("tlg sy dskp d myawadi psport d ambil bos, tmn sy dipukul sampe pingsan, besok jam 6 mau d pindah ke kamboja tolong")
	for b.Loop() {
		e.Read(casefile.ID{}, casefile.KindText, text, h)
	}
}
