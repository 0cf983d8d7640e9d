package console

import (
	"html"
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

// texts are the fields that somebody writes into, of all forms.
var texts = []string{"text", "note", "reason", "weighed", "name", "place"}

// left is what was typed into a form that a page does not show any more, because a
// colleague closed the case or ended the row meanwhile. Empty: all of it stands on the
// page, in its fields.
func left(r *http.Request, page string) string {
	page = html.UnescapeString(page)
	var missing []string
	for _, field := range texts {
		for _, said := range r.PostForm[field] {
			if said = strings.TrimSpace(said); said != "" && !strings.Contains(page, said) {
				missing = append(missing, said)
			}
		}
	}
	return strings.Join(missing, "\n\n")
}

// typed is what a form holds that its writer would not want to write again. It goes back
// to the browser it came from and nowhere else.
func typed(r *http.Request) string {
	if r.Method != http.MethodPost || parseForm(r) != nil {
		return ""
	}
	return left(r, "")
}
