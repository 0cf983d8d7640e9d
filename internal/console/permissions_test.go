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
	var rows []string
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, call := range regexp.MustCompile(`\.Handle(?:Func)?\(([^,]*),`).FindAllStringSubmatch(string(source), -1) {
			pattern, readable := strings.CutSuffix(call[1], `"+signin.BackPath`)
			switch quoted := strings.Trim(call[1], `"`); {
			case call[1] == "r.pattern": // those of the table
				continue
			case readable:
				pattern = strings.TrimPrefix(pattern, `"`) + signin.BackPath
			case len(quoted) == len(call[1])-2:
				pattern = quoted
			default:
				t.Errorf("%s: what is served at %s stands in no table; write it out", file, call[1])
			}
			rows = append(rows, fmt.Sprintf("%-50s %-18s anybody", pattern, "-"))
		}
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

// atMost says whose some routes may be, at most. It is no second table of access: it is what
// must not come out of any change of the first, nor of writing routes.txt anew unread.
var atMost = []struct{ what, routes, whose string }{
	{"the door and what is drawn on it are anybody's, and nothing else is", `anybody$`, ""},
	{"cases are read and worked by those who help", `^\S+ /(cases|a|tasks|queue)/|^GET /tasks `, "duty_officer case_worker supervisor"},
	{"what cannot be taken back, or goes against somebody, is decided by a supervisor",
		`/(forget|keep|let-go|lift|approve|retention/\{kind\}|canned/retire|overview|overview/\S+) |^POST /canned/\{id\}/|^POST /directory/\{id\}/`, "supervisor"},
	{"accounts and teams are kept by those who keep them", `^\S+ /(staff|teams|me/colleagues)[ /]`, "supervisor administrator"},
	{"places are heard in every conversation", `^\S+ /places[ /]`, "supervisor administrator"},
	{"the audit is read by those who look over shoulders", `^\S+ /audit`, "supervisor administrator auditor"},
	{"the bell rings in the ears of staff", `^GET /events`, "duty_officer case_worker supervisor administrator auditor"},
}

// doors are the routes that anybody may knock at.
var doors = []string{"/", "GET /sign-in", "GET /sign-in/oidc", "GET /sign-in/oidc/back", "GET /static/{file}", "POST /sign-in", "POST /sign-in/ask",
	"POST /sign-in/code", "POST /sign-in/passkey", "POST /sign-in/recovery", "POST /sign-out"}

func TestNoRouteBecomesSomebodysUnread(t *testing.T) {
	t.Parallel()
	rows := strings.Split(strings.TrimSpace(tableOfRoutes(t)), "\n")
	for _, rule := range atMost {
		routes, held := regexp.MustCompile(rule.routes), 0
		for _, row := range rows {
			if !routes.MatchString(row) {
				continue
			}
			held++
			pattern := strings.TrimSpace(row[:50])
			for _, who := range strings.Fields(row[50:])[1:] {
				if who == "anybody" && slices.Contains(doors, pattern) || slices.Contains(strings.Fields(rule.whose), who) {
					continue
				}
				t.Errorf("%s, but %s is %s's", rule.what, pattern, who)
			}
		}
		if held == 0 {
			t.Errorf("%s: no route is held to it any more", rule.what)
		}
	}
	for _, row := range rows { // an auditor changes nothing but what is their own
		if strings.HasPrefix(row, "POST") && strings.Contains(row, " auditor") && !strings.HasPrefix(row, "POST /me/") {
			t.Errorf("an auditor may do this: %s", row)
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
