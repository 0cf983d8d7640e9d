package console

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// sight is a page somebody looks at.
type sight struct {
	who    string // a role; empty: nobody is signed in
	path   string
	posted *sending // it answers a form
}

// sights are every page the routes show to those who may see them, and what forms are
// answered with. What stands for a variable of a route is found in the links of the
// other pages.
func (f *furnished) sights() []sight {
	f.Helper()
	var all []sight
	links := map[string]bool{}
	for _, varied := range []bool{false, true} {
		for _, r := range routes {
			method, path, _ := strings.Cut(r.pattern, " ")
			path = strings.NewReplacer("{$}", "", "{ref}", "AAA111").Replace(path)
			if method != http.MethodGet || strings.HasSuffix(path, "/events") || path == "/a/{code}" || strings.Contains(path, "{") != varied {
				continue
			}
			if varied {
				path = f.linked(path, links)
			}
			who := access.Supervisor
			if !access.May(who, r.need) {
				who = r.firstRole()
			}
			page := f.staff[who]["en"].gets(path)
			for _, link := range hrefs.FindAllStringSubmatch(page.body, -1) {
				links[html.UnescapeString(link[1])] = true
			}
			if page.status != http.StatusOK {
				f.Errorf("%s as %s: status %d; furnish what it needs", path, who, page.status)
			} else if strings.HasPrefix(page.header.Get("Content-Type"), "text/html") {
				all = append(all, sight{string(who), path, nil})
			}
		}
	}
	return append(all, f.answers()...)
}

var (
	hrefs    = regexp.MustCompile(`(?:href|src)="(/[^"#]*)"`)
	variable = regexp.MustCompile(`\\\{[a-z]+\\\}`)
)

// linked is a link that fits the path of a route.
func (f *furnished) linked(path string, links map[string]bool) string {
	f.Helper()
	fits := regexp.MustCompile("^" + variable.ReplaceAllString(regexp.QuoteMeta(path), "[^/?]+") + "$")
	for _, link := range slices.Sorted(maps.Keys(links)) {
		static := slices.ContainsFunc(routes, func(r route) bool { return r.pattern == "GET "+link })
		if fits.MatchString(link) && !static {
			return link
		}
	}
	f.Errorf("%s: no page has a link to one; furnish it", path)
	return path
}

func (r route) firstRole() access.Role {
	i := slices.IndexFunc(access.Roles, func(role access.Role) bool { return access.May(role, r.need) })
	return access.Roles[i]
}

// answers are pages no route shows by itself.
func (f *furnished) answers() []sight {
	boss, form := string(access.Supervisor), func(path string, pairs ...string) *sending { return &sending{path, formOf(pairs...)} }
	return []sight{
		{"", "/sign-in", nil},
		{"", "", form("/sign-in", "login", "nobody", "password", "wrong")},
		{"", "", form("/sign-in", "login", f.staff[access.Supervisor]["en"].login, "password", f.staff[access.Supervisor]["en"].enrol.Password)},
		{boss, "/no/such/page", nil},
		{boss, "/cases/CCC333", nil},
		{boss, "/cases/CCC333/forget", nil},
		{boss, "/audit?staff=nobody.at.all", nil},
		{boss, "", form("/cases/AAA111/reveal")},
		{boss, "", form("/cases/AAA111/note", "note", "")},
		{boss, "", form("/cases/AAA111/lower", "to", "low", "reason", "", "version", "0")},
		{boss, "", form("/cases/AAA111/reply", "text", "Rekening 1234567890123456", "id", casefile.NewID(f.Now()).String())},
		{boss, "", form("/me/confirm", "code", "000000")},
		{string(access.Auditor), "/", nil},
		{string(access.Administrator), "/", nil},
		{string(access.DutyOfficer), "/", nil},
		{string(access.DutyOfficer), "/me", nil},
		{string(access.DutyOfficer), "/audit", nil},       // refused
		{string(access.CaseWorker), "/cases/FFF666", nil}, // shut
		{string(access.Auditor), "/cases/AAA111", nil},    // never
	}
}

// furnished is a house with everything in it that a page may show.
type furnished struct {
	*house
	staff map[access.Role]map[casefile.Lang]*officer
}

// furnish makes cases, alarms, notes, walls, letters in every state and staff of every
// role and language.
func furnish(t *testing.T) *furnished {
	f := &furnished{newHouse(t), map[access.Role]map[casefile.Lang]*officer{}}
	rina := f.writes("AAA111", "sms", "tolong "+strings.Repeat("disekap", 12)+" di KK Park, Budi 08123456789", locked, country, nobody,
		heard(casefile.Place, "KK Park", "kk park"), answered(casefile.Health, "injured"))
	for _, state := range []string{"delivered", "sent", "queued", "failed", "dropped"} {
		rina.hears("HP ini suka dibuka orang lain? 1 Ya 2 Kadang 3 Tidak ada ("+state+")", state)
	}
	f.writes("BBB222", "telegram", "lowongan ini benar?")
	f.writes("CCC333", "telegram", "sudah pulang")
	f.writes("DDD444", "sms", "umur 16", locked, answered(casefile.AgeBand, "under18"))
	f.writes("FFF666", "sms", "umur 15", locked, answered(casefile.AgeBand, "under18"))
	for _, role := range access.Roles {
		f.staff[role] = map[casefile.Lang]*officer{}
		for _, lang := range []casefile.Lang{"id", "en"} {
			f.staff[role][lang] = f.hires(strings.ReplaceAll(string(role), "_", ".")+"."+string(lang), role, lang).signsIn()
		}
	}
	f.Tx(func(tx *store.Tx) error {
		return tx.RaiseAlarm(t.Context(), store.AlarmUnreadable, casefile.ID{}, casefile.ID{}, f.Now())
	})
	f.Forward(5 * time.Minute)
	boss := f.staff[access.Supervisor]["en"]
	for _, act := range []sending{
		{"/cases/AAA111/acknowledge", nil},
		{"/cases/AAA111/take", nil},
		{"/cases/AAA111/reply", formOf("text", "Kami membaca semua.", "id", casefile.NewID(f.Now()).String())},
		{"/cases/AAA111/note", formOf("note", "Kakaknya menelepon.")},
		{"/cases/AAA111/exclude", formOf("whom", "police", "reason", "oknum")},
		{"/cases/CCC333/take", nil},
		{"/cases/FFF666/acknowledge", nil},
	} {
		boss.posts(act.path, act.form).is(http.StatusSeeOther)
	}
	boss.posts("/cases/CCC333/close", formOf("reason", "selesai", "version", boss.gets("/cases/CCC333").is(http.StatusOK).field("version")))
	f.works(boss, rina)
	return f
}

// works leaves on the first case one of everything that staff leave there, and what
// waits for a second person on the pages of administration.
func (f *furnished) works(boss *officer, rina *person) {
	f.Helper()
	rina.Sends(casefile.KindPhoto, "", aPhoto(f.T, "sebuah foto"))
	rina.SendsInVain(casefile.KindVoice, "gone", time.Time{})
	day, worker := f.tomorrow(), f.staff[access.CaseWorker]["en"]
	for _, act := range []sending{
		{"/cases/AAA111/tasks", formOf("text", "Tanya kabar dokumen ke Kemlu", "due", day, "to", worker.login)},
		{"/cases/AAA111/people", formOf("name", "Dewi L", "age", "under18", "state", "held", "place", "lantai 3", "note", "adiknya")},
		{"/cases/AAA111/people", formOf("name", "", "age", "adult", "state", "out")},
		{"/cases/AAA111/links", formOf("other", "BBB222", "kind", "same_place", "reason", "gedung yang sama")},
		{"/cases/AAA111/consent", formOf("to", "kemlu", "answer", "yes", "lang", "id", "how", "message")},
		{"/cases/AAA111/referrals", formOf("to", "kemlu", "text", "Tolong siapkan dokumen perjalanan.", "field", "documents", "weighed", "Dia tahu dan mau.", "due", day)},
		{"/cases/AAA111/referrals", formOf("to", "lpsk", "text", "Tolong dampingi.", "field", "age", "weighed", "Tidak ada.", "due", day)},
	} {
		boss.posts(act.path, act.form).is(http.StatusSeeOther)
	}
	worker.posts("/canned", proposal()).is(http.StatusSeeOther)
	worker.posts("/directory", entryTyped()).is(http.StatusSeeOther)
}

// shown are the addresses at which a browser sees the pages, in one language.
func (f *furnished) shown(sights []sight, lang casefile.Lang) []string {
	var posted []sending
	for _, s := range sights {
		if s.posted != nil {
			posted = append(posted, *s.posted)
		}
	}
	stranger := f.hires("stranger."+string(lang), access.DutyOfficer, lang) // who never signs in
	at := map[string]string{"": stranger.seen(lang, posted...)}
	for role, staff := range f.staff {
		at[string(role)] = staff[lang].seen(lang, posted...)
	}
	var pages []string
	n := 0
	for _, s := range sights {
		path := s.path
		if s.posted != nil {
			path = "/posted/" + strconv.Itoa(n)
			n++
		}
		pages = append(pages, at[s.who]+path)
	}
	return pages
}

// said collects what the pages of a browser ask for and complain about.
type said struct {
	mu       sync.Mutex
	hosts    map[string]bool
	complain []string
}

func listenTo(ctx context.Context) *said {
	s := &said{hosts: map[string]bool{}}
	requests, console := chromedp.Events(ctx, network.RequestWillBeSent), chromedp.Console(ctx)
	go func() {
		for e, err := range requests {
			if err != nil {
				return
			}
			if u, err := url.Parse(e.Request.URL); err == nil && u.Hostname() != "" { // data: is in the page itself
				s.mu.Lock()
				s.hosts[u.Hostname()] = true
				s.mu.Unlock()
			}
		}
	}()
	go func() {
		for m, err := range console {
			if err != nil {
				return
			}
			s.mu.Lock()
			s.complain = append(s.complain, m.String())
			s.mu.Unlock()
		}
	}()
	return s
}

// since are the complaints since it was last asked, without those about a status that
// was meant.
func (s *said) since() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var left []string
	for _, m := range s.complain {
		if !strings.Contains(m, "Failed to load resource: the server responded with a status of 4") {
			left = append(left, m)
		}
	}
	s.complain = nil
	return left
}

// axe reads the pinned axe-core that scripts/setup has fetched.
func axe(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("..", "..", ".axe", "axe.min.js"))
	if err != nil {
		t.Fatal("axe-core is not there; fetch it with: scripts/setup test")
	}
	setup, err := os.ReadFile(filepath.Join("..", "..", "scripts", "setup"))
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(source); !strings.Contains(string(setup), hex.EncodeToString(sum[:])) {
		t.Fatal(".axe/axe.min.js is not the one scripts/setup names; delete it, and run: scripts/setup test")
	}
	return string(source)
}

// look puts the page of a browser into a size and a theme.
func look(t *testing.T, ctx context.Context, width int64, theme string) {
	t.Helper()
	params := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, params); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800)); err != nil {
		t.Fatal(err)
	}
}

// barriers runs axe over the page. Everything it knows of WCAG 2.2 AA is asked; with
// few, only what depends on size and colours.
func barriers(t *testing.T, ctx context.Context, few bool) []string {
	t.Helper()
	only := `{type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}`
	if few {
		only = `{type: "rule", values: ["color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block"]}`
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`axe.run(document, {runOnly: `+only+`, rules: {"target-size": {enabled: true}}, resultTypes: ["violations"]})
		.then((r) => r.violations.map((v) => v.id + " (" + v.help + "): " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + " " + (n.any[0]?.message || n.all[0]?.message || "")).join(" | ")))`,
		chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestEveryPageIsOpenToEverybody walks all pages, in both languages, light and dark, on
// the smallest phone and a desktop: axe finds nothing, nothing is wider than the screen,
// no other host is asked for anything, and the browser complains about nothing.
func TestEveryPageIsOpenToEverybody(t *testing.T) {
	f, source := furnish(t), axe(t)
	sights, wrong := f.sights(), findings{}
	for _, lang := range []casefile.Lang{"id", "en"} {
		pages := f.shown(sights, lang)
		ctx := openBrowser(t)
		said := listenTo(ctx)
		for i, page := range pages {
			name := string(lang) + " " + sights[i].String()
			look(t, ctx, 320, "light")
			if err := chromedp.Do(ctx, chromedp.Navigate(page)); err != nil {
				t.Fatal(name, err)
			}
			if got := evaluate[string](t, ctx, `document.documentElement.lang`); got != string(lang) {
				wrong.add("the page is in "+got, name)
			}
			evaluate[bool](t, ctx, source+`;true`)
			wrong.atEverySize(t, ctx, name, sights[i].posted != nil)
			for _, complaint := range said.since() {
				wrong.add("the browser says "+complaint, name)
			}
		}
		said.mu.Lock()
		if len(said.hosts) != 1 || !said.hosts["127.0.0.1"] {
			t.Errorf("pages ask other hosts: %v", said.hosts)
		}
		said.mu.Unlock()
	}
	for _, what := range slices.Sorted(maps.Keys(wrong)) {
		t.Errorf("%s\n\t\ton %s", what, strings.Join(wrong[what], "; "))
	}
}

func (s sight) String() string {
	if s.posted != nil {
		return s.who + " after POST " + s.posted.path
	}
	return s.who + " " + s.path
}

// findings are what is wrong, and where.
type findings map[string][]string

func (f findings) add(what, where string) { f[what] = append(f[what], where) }

// atEverySize looks at the page light and dark, on a phone and on a desktop. What a form
// is answered with is mostly the page it was sent from.
func (f findings) atEverySize(t *testing.T, ctx context.Context, name string, posted bool) {
	t.Helper()
	for _, shape := range []struct {
		width int64
		theme string
	}{{320, "light"}, {320, "dark"}, {1280, "dark"}, {1280, "light"}} {
		few := (shape.width == 320) == (shape.theme == "dark")
		if few && posted {
			continue
		}
		look(t, ctx, shape.width, shape.theme)
		at := fmt.Sprintf("%s (%d, %s)", name, shape.width, shape.theme)
		for _, barrier := range barriers(t, ctx, few) {
			f.add(barrier, at)
		}
		if wide := evaluate[int64](t, ctx, `document.documentElement.scrollWidth`); wide > shape.width {
			f.add("wider than the screen: "+evaluate[string](t, ctx, sticksOut), at)
		}
	}
}

// sticksOut names what is beyond the right edge.
const sticksOut = `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(-2).map(e => e.outerHTML.slice(0, 120)).join(" ")`
