package console

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/signin"
	"pulang/internal/store"
)

var updateRoutes = flag.Bool("update", false, "write testdata/routes.txt anew; read the difference before you commit it")

// tableOfRoutes is every route of the console, what it needs, and whose it is.
func tableOfRoutes(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("console.go")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, found := range regexp.MustCompile(`mux\.HandleFunc\("([^"]*)"( \+ signin\.BackPath)?,`).FindAllStringSubmatch(string(source), -1) {
		pattern := found[1]
		if found[2] != "" {
			pattern += signin.BackPath
		}
		rows = append(rows, fmt.Sprintf("%-50s %-18s anybody", pattern, "-"))
	}
	for _, r := range routes {
		var whose []string
		for _, role := range access.Roles {
			if access.May(role, r.need) {
				whose = append(whose, string(role))
			}
		}
		rows = append(rows, fmt.Sprintf("%-50s %-18s %s", r.pattern, r.need, strings.Join(whose, " ")))
	}
	slices.Sort(rows)
	return strings.Join(rows, "\n") + "\n"
}

// TestEveryRouteHasItsRow: who may come where is written down a second time, so that a
// route that is opened to somebody, or that is new, is seen by whoever reads the change.
func TestEveryRouteHasItsRow(t *testing.T) {
	t.Parallel()
	file, now := filepath.Join("testdata", "routes.txt"), tableOfRoutes(t)
	if *updateRoutes {
		if err := os.WriteFile(file, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	was, is := strings.Split(string(written), "\n"), strings.Split(now, "\n")
	for _, row := range is {
		if !slices.Contains(was, row) {
			t.Errorf("a route without its row (go test ./internal/console -run TestEveryRouteHasItsRow -update writes it): %s", row)
		}
	}
	for _, row := range was {
		if !slices.Contains(is, row) {
			t.Errorf("a row without its route: %s", row)
		}
	}
}

// isPage reports whether a route shows a page, and leads a stranger to the door.
func (r route) isPage() bool {
	return strings.HasPrefix(r.pattern, "GET") && !strings.HasSuffix(r.pattern, "/events")
}

// out asks that an answer is what somebody gets who is not signed in.
func (a *answer) out(r route) {
	a.Helper()
	want := http.StatusUnauthorized
	if r.isPage() {
		want = http.StatusSeeOther
	}
	if a.status != want || (r.isPage() && !strings.HasPrefix(a.header.Get("Location"), "/sign-in")) {
		a.Errorf("%s: status %d to %q, want %d", r.pattern, a.status, a.header.Get("Location"), want)
	}
}

// TestEveryRouteForEveryRoleAndForStrangers walks the table: each role gets what is
// theirs and nothing else; a forged form, a stranger, and a session that ended in any
// way get nothing, and none of them is told anything of a case.
func TestEveryRouteForEveryRoleAndForStrangers(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", "tolong kami", locked)
	secrets := []string{"tolong kami", rina.number, `href="/cases/AAA111"`}
	nothing := casefile.ID{7}.String()
	boss := h.hires("boss", access.Supervisor, "en").signsIn()
	for i, role := range access.Roles {
		who := h.hires(strings.ReplaceAll(string(role), "_", "."), role, "en")
		code := h.codeOf(who.id, "AAA111")
		for _, r := range routes {
			got := who.request(r, "AAA111", nothing, code)
			got.out(r)
			got.hides(secrets...)
		}
		who.signsIn()
		for _, r := range routes {
			got := who.request(r, "AAA111", nothing, code)
			allowed := access.May(role, r.need)
			if allowed == (got.status == http.StatusForbidden) || got.status >= 500 || got.status == http.StatusUnauthorized {
				t.Errorf("%s as %s: status %d, allowed: %v", r.pattern, role, got.status, allowed)
			}
			if !allowed {
				got.hides(secrets...)
			}
			if method, path, _ := strings.Cut(r.pattern, " "); method == http.MethodPost {
				who.posts(strings.NewReplacer("{ref}", "AAA111", "{id}", nothing).Replace(path), formOf("text", "x"), "Sec-Fetch-Site", "cross-site").is(http.StatusForbidden).hides(secrets...)
			}
		}
		h.endsSessionOf(who, boss, i)
		for _, r := range routes {
			got := who.request(r, "AAA111", nothing, code)
			got.out(r)
			got.hides(secrets...)
		}
		if got := who.gets("/", "X-Refresh", "1"); got.status != http.StatusUnauthorized {
			t.Errorf("%s: a page that renews itself after the session has ended: status %d", role, got.status)
		}
	}
	boss.gets("/no/such/page").is(http.StatusNotFound)
	boss.gets("/static/").is(http.StatusNotFound)
}

// endsSessionOf ends a session, each time in another way.
func (h *house) endsSessionOf(who, boss *officer, way int) {
	h.Helper()
	switch way % 4 {
	case 0:
		h.Tx(func(tx *store.Tx) error { return tx.DisableStaff(h.Context(), who.id, h.Now()) })
	case 1:
		boss.posts("/me/colleagues/"+who.login+"/end", nil).is(http.StatusSeeOther)
	case 2: // their browser keeps the cookie
		kept := who.http.Jar.Cookies(mustParse(h.T, h.server.URL))
		who.posts("/sign-out", nil).is(http.StatusSeeOther)
		who.http.Jar.SetCookies(mustParse(h.T, h.server.URL), kept)
	case 3:
		h.Forward(signin.SessionIdle)
		boss.signsIn()
	}
}
