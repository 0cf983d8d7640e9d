package access

import (
	"strings"
	"testing"
)

// FuzzParseAgency: an agency is a plain word, so that comparing it can't be fooled
// by letters that look alike.
func FuzzParseAgency(f *testing.F) {
	for _, one := range []string{"police", "Police", "ngo:x", "ngo:", "ngo:../x", "state:a b", "pulang\n", "p\u043Elice"} {
		f.Add(one)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, ok := ParseAgency(s)
		if ok && (string(a) != s || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789:._-") != "" || len(s) > 40) {
			t.Errorf("%q is taken for an agency, %q", s, a)
		}
	})
}
