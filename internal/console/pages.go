package console

import (
	"html/template"
	"io"
	"slices"
	"sync"
)

// page is one page with the frame around it. It is parsed when it is first shown: a
// process that only answers people, because staff sign in elsewhere, holds none of them.
type page func() (*template.Template, error)

func (p page) execute(w io.Writer, shown screen) error {
	t, err := p()
	if err != nil {
		return err
	}
	return t.ExecuteTemplate(w, "frame", shown)
}

// partsOf names, for files of parts, the pages that are made of them.
var partsOf = map[string][]string{
	"pages/file_*.html":       {"file", "forget", "print", "timeline"},
	"pages/entry_parts.html":  {"directory", "institution"},
	"pages/staff_parts.html":  {"staff", "member"},
	"pages/admin_parts.html":  {"staff", "teams", "roles", "retention"},
	"pages/figure_parts.html": {"overview", "figures"},
}

// pagesByName are all pages.
func pagesByName() map[string]page {
	pages := map[string]page{}
	for _, name := range []string{
		"door", "keys", "me", "queue", "found", "file", "picture", "forget", "print", "timeline", "shut", "audit", "tasks", "directory", "institution",
		"overview", "figures", "staff", "member", "canned", "places", "teams", "roles", "retention", "problem",
	} {
		files := []string{"pages/frame.html", "pages/parts.html", "pages/" + name + ".html"}
		for parts, of := range partsOf {
			if slices.Contains(of, name) {
				files = append(files, parts)
			}
		}
		pages[name] = sync.OnceValues(func() (*template.Template, error) { return template.ParseFS(pageFiles, files...) })
	}
	return pages
}
