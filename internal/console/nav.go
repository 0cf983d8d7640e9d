package console

import (
	"strings"

	"pulang/internal/access"
)

// entry is a page that every page links to, for those who may have it.
type entry struct {
	path string
	need access.Permission
	word string // key below console.nav
	key  string // opens it after a "g"; each letter once
	also string // pages that begin so belong to it; empty: those below path
}

// navigation are the links on top of every page, in their order.
var navigation = []entry{
	{"/", access.SeeQueue, "queue", "q", "/cases/"},
	{"/tasks", access.ReadCase, "tasks", "t", ""},
	{"/overview", access.SeeOverview, "overview", "o", ""},
	{"/directory", access.ReadDirectory, "directory", "d", ""},
	{"/canned", access.ProposeCanned, "replies", "c", ""},
	{"/staff", access.ManageStaff, "staff", "s", ""},
	{"/places", access.KeepPlaces, "places", "p", ""},
	{"/retention", access.SeeRetention, "retention", "r", ""},
	{"/audit", access.ReadAudit, "audit", "u", ""},
}

// navLink is an entry as a page shows it.
type navLink struct {
	Path, Word, Key string
	Current         string // as aria-current has it: "page", or "true" on a page below
}

// administration are the pages that lead to each other, beside the navigation.
var administration = []entry{
	{"/staff", access.ManageStaff, "staff", "", ""},
	{"/teams", access.ManageTeams, "teams", "", ""},
	{"/roles", access.SeeRoles, "roles", "", ""},
	{"/retention", access.SeeRetention, "retention", "", ""},
}

// links are the entries somebody may have, as seen from the page at a path.
func links(may func(access.Permission) bool, at string) []navLink {
	return linksOf(navigation, may, at)
}

func linksOf(entries []entry, may func(access.Permission) bool, at string) []navLink {
	var shown []navLink
	for _, e := range entries {
		if may(e.need) {
			shown = append(shown, navLink{e.path, e.word, e.key, e.current(at)})
		}
	}
	return shown
}

func (e entry) current(at string) string {
	below := e.also
	if below == "" {
		below = e.path + "/"
	}
	switch {
	case at == e.path:
		return "page"
	case strings.HasPrefix(at, below) && below != "//":
		return "true"
	}
	return ""
}
