package hear

import (
	"strings"
	"testing"
	"time"
)

func TestWordsAreReadLetterByLetterAndWithoutSpaces(t *testing.T) {
	t.Parallel()
	for text, danger := range map[string]bool{
		"t o l o n g": true, "T 0 L 0 N G": true, "S O S": true, "d.i.s.e.k.a.p": true, "kak d i s i k s a terus": true,
		"sayadisekapdimess": true, "TOLONGSAYADISEKAP": true, "T0L0NG S4YA D1S3KAP": true, "d1sek4p": true, "s0s": true,
		"1 2 3": false, "a b c": false, "1, 2, 3": false, "i o u": false, "perpustakaannasional": false, "sayamakannasi": false,
	} {
		if r := read(t, text, ""); r.HasDanger() != danger {
			t.Errorf("%q: danger %v, want %v", text, r.HasDanger(), danger)
		}
	}
}

// TestManySingleLettersAreReadQuickly: each is looked at with its next few, not with
// all that follow, in as much of a text as is read. What stands behind them is heard.
func TestManySingleLettersAreReadQuickly(t *testing.T) {
	t.Parallel()
	letters := strings.Repeat("a b c d ", maxRead/8-4)
	heard := make(chan bool, 1)
	go func() { heard <- !read(t, letters, "").HasDanger() && read(t, letters+"saya disekap", "").HasDanger() }()
	select {
	case right := <-heard:
		if !right {
			t.Error("danger behind many single letters is not heard, or is heard in them alone")
		}
	case <-time.After(time.Minute):
		t.Error("a minute was not enough for 16 kB of single letters")
	}
}

// TestDigitsStayAnswers: three digits in a row are three answers, not a word.
func TestDigitsStayAnswers(t *testing.T) {
	t.Parallel()
	e := ear(t)
	for _, text := range []string{"1 2 3", "1 a 2 b", "0 0 7", "1.3.4"} {
		if _, n := e.vocabulary.letterwise(split(text), 0); n > 0 {
			t.Errorf("%q is read as a word", text)
		}
	}
}
