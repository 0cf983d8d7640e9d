package console

import (
	"net/http"

	"pulang/internal/access"
)

// keyRow is a key of the keyboard and what it does: a word below console.keys. The
// script knows how to move about; every other key presses what a page marks with
// data-key.
type keyRow struct{ Key, Word string }

// keys are all keys but those of the navigation.
var keys = []keyRow{
	{"?", "help"},
	{"j", "down"},
	{"k", "up"},
	{"o", "open"},
	{"t", "take_next"},
	{"/", "search"},
	{"r", "reply"},
	{"n", "note"},
}

// keysPage is the list of keys, as a page and in the dialog of the script.
type keysPage struct {
	Keys []keyRow
	Go   []navLink // "g" and then the letter
}

func (c *console) keys(v *visit) error {
	c.show(v, http.StatusOK, "keys", keysPage{keys, links(v.staff.May, v.r.URL.Path)})
	return nil
}

// show writes a page for somebody who is signed in.
func (c *console) show(v *visit, status int, name string, page any) {
	c.renderScreen(v.w, screenOf(v, page), status, name)
}

// screenOf is a page with the frame around it, as somebody who is signed in sees it.
func screenOf(v *visit, page any) screen {
	return screen{W: v.words, Staff: v.staff.Login, Nav: links(v.staff.May, v.r.URL.Path), Beside: linksOf(administration, v.staff.May, v.r.URL.Path),
		Rings: v.staff.May(access.Acknowledge), Page: page}
}
