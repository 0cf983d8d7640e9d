package locales

import (
	"strings"
	"testing"
)

// FuzzText: whatever a name or a code holds comes out as it is: no braces are filled
// in a second time, and no text fails because of them.
func FuzzText(f *testing.F) {
	book, err := Open()
	if err != nil {
		f.Fatal(err)
	}
	f.Add("Dewi")
	f.Add("{name}{{.}}{link}")
	f.Add("\x00\xff%s$1")
	f.Fuzz(func(t *testing.T, value string) {
		for _, lang := range book.Langs() {
			text, err := book.Text(lang, "all.takeover", map[string]string{"name": value})
			if err != nil || !strings.Contains(text, value) {
				t.Errorf("%s: %q becomes %q (%v)", lang, value, text, err)
			}
		}
	})
}
