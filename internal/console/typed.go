package console

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

// unprintable reports whether a text has what no page and no form of ours puts
// there, and the database does not take: broken letters and control characters.
func unprintable(s string) bool {
	return !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl)
}

// parseForm reads a form, without broken letters and control characters: nobody
// typed them on purpose, and what staff write goes on to the person's phone.
func parseForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	for _, values := range r.PostForm {
		for i := range values {
			values[i] = strings.Map(func(letter rune) rune {
				if unicode.IsControl(letter) && !strings.ContainsRune("\r\n\t", letter) {
					return -1
				}
				return letter
			}, strings.ToValidUTF8(values[i], ""))
		}
	}
	return nil
}

// typed is the longest text of a form: what its writer would not want to write
// again. It goes back to the browser it came from and nowhere else.
func typed(r *http.Request) string {
	if r.Method != http.MethodPost || parseForm(r) != nil {
		return ""
	}
	longest := ""
	for _, field := range []string{"text", "note", "reason", "weighed", "name"} {
		if said := strings.TrimSpace(r.PostFormValue(field)); len(said) > len(longest) {
			longest = said
		}
	}
	return longest
}
