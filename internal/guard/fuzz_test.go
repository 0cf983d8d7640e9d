package guard

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzOnlyAs: no way of writing another name is taken for ours.
func FuzzOnlyAs(f *testing.F) {
	for _, host := range []string{"line.example", "LINE.EXAMPLE:443", "line.example.", "line.example:80", "evil.example", "line.example@evil.example", "[::1]", "line.example:0443", ""} {
		f.Add(host)
	}
	own := map[string]bool{"line.example": true, "line.example:443": true, "line.example.": true, "line.example.:443": true, "line.example:": true, "line.example.:": true}
	h := OnlyAs("https://line.example", fine)
	f.Fuzz(func(t *testing.T, host string) {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
		r.Host = host
		h.ServeHTTP(w, r)
		if passed := w.Code == 200; passed && !own[asciiLower(host)] {
			t.Errorf("%q is taken for line.example", host)
		}
	})
}

// asciiLower folds the letters that host names have, and no others: a Turkish or
// Kelvin sign that looks like one must not become one.
func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
