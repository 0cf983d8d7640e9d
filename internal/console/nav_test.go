package console

import (
	"html/template"
	"io/fs"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pulang/internal/access"
	"pulang/internal/cases"
)

func TestTheNavigationLeadsSomewhereAndOnlyWhoMayGoesThere(t *testing.T) {
	h := newHouse(t)
	letters := map[string]bool{}
	for _, e := range navigation {
		if letters[e.key] || len(e.key) != 1 {
			t.Errorf("%s: the letter %q is not one of its own", e.path, e.key)
		}
		letters[e.key] = true
	}
	for _, role := range access.Roles {
		who := h.hires(strings.ReplaceAll(string(role), "_", "."), role, "en").signsIn()
		keys := who.gets("/keys").is(http.StatusOK)
		for _, e := range navigation {
			status, may := who.gets(e.path).status, access.May(role, e.need)
			if may != (status == http.StatusOK) {
				t.Errorf("%s as %s: status %d, allowed: %v", e.path, role, status, may)
			}
			link := `<a href="` + e.path + `" data-go="` + e.key + `"`
			if may != strings.Contains(keys.body, link) {
				t.Errorf("%s as %s: allowed: %v, shown: %v", e.path, role, may, !may)
			}
			if page := who.gets(e.path); may && !strings.Contains(page.body, link+` aria-current="page">`) {
				t.Errorf("%s does not say that one is there", e.path)
			}
		}
	}
}

func TestAPageBelowSaysWhereItBelongs(t *testing.T) {
	t.Parallel()
	may := func(access.Permission) bool { return true }
	for at, want := range map[string]string{"/": "queue page", "/cases/AAA111": "queue true", "/cases/AAA111/forget": "queue true",
		"/audit": "audit page", "/me": "", "/auditor": "", "/keys": ""} {
		got := ""
		for _, l := range links(may, at) {
			if l.Current != "" {
				got += l.Word + " " + l.Current
			}
		}
		if got != want {
			t.Errorf("at %s the navigation says %q, want %q", at, got, want)
		}
	}
}

var keyOf = regexp.MustCompile(`data-key="([^"]+)"`)

// TestEveryKeyIsListedAndPressesSomething: a key the list names is the script's own or
// stands on a page, and one that stands on a page is named.
func TestEveryKeyIsListedAndPressesSomething(t *testing.T) {
	t.Parallel()
	pages, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil {
		t.Fatal(err)
	}
	pressed := []string{"?", "j", "k", "o"} // the script's own
	for _, page := range pages {
		source, err := fs.ReadFile(pageFiles, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range keyOf.FindAllStringSubmatch(string(source), -1) {
			pressed = append(pressed, found[1])
		}
	}
	for _, k := range keys {
		if !slices.Contains(pressed, k.Key) {
			t.Errorf("the list names %q, and no page has it", k.Key)
		}
	}
	for _, k := range pressed {
		if !slices.ContainsFunc(keys, func(row keyRow) bool { return row.Key == k }) {
			t.Errorf("a page has the key %q, and the list does not name it", k)
		}
	}
}

// The limits of what a page weighs, uncompressed.
const (
	heaviestScript = 10_000
	heaviestStyle  = 24_000
	heaviestPage   = 100_000
)

// TestAFirstPageIsLight: with everything it needs, over a slow line in a village.
func TestAFirstPageIsLight(t *testing.T) {
	h := newHouse(t)
	for i := range cases.QueueSize {
		ref := string([]rune{'A' + rune(i/26), 'A' + rune(i%26), 'A', '2', '3', '4'})
		h.writes(ref, "sms", "tolong", locked, country)
	}
	budi := h.hires("budi", access.Supervisor, "id").signsIn()
	beside := 0
	for file, most := range map[string]int{"console.js": heaviestScript, "console.css": heaviestStyle, "icon.svg": 1000} {
		size := len(budi.gets("/static/" + file).is(http.StatusOK).body)
		if size > most {
			t.Errorf("%s weighs %d, the limit is %d", file, size, most)
		}
		beside += size
	}
	passkeys := len(budi.gets("/static/passkeys.js").body)
	for path, more := range map[string]int{"/sign-in": passkeys, "/": 0, "/cases/AAA234": 0} {
		if size := len(budi.gets(path).is(http.StatusOK).body) + beside + more; size > heaviestPage {
			t.Errorf("%s weighs %d in all, the limit is %d", path, size, heaviestPage)
		}
	}
}

func TestATimeThatGoesOnIsSaidByTheServerToo(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "sms", "tolong", locked)
	c := &console{Options: Options{Book: h.desk.Book, Now: h.Now}}
	var out strings.Builder
	page := template.Must(template.Must(pagesByName()["queue"]()).Clone())
	if err := page.ExecuteTemplate(&out, "since", c.wordsIn("en").With(h.Now().Add(-90*60e9))); err != nil {
		t.Fatal(err)
	}
	if want := `<time datetime="2026-03-01T01:30:00Z" data-since>1 h 30 min</time>`; out.String() != want {
		t.Errorf("got %s, want %s", out.String(), want)
	}
}

func TestEveryPageCanBeParsed(t *testing.T) {
	t.Parallel()
	for name, page := range pagesByName() {
		if _, err := page(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
