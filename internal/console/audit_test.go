package console

import (
	"html"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/devstack"
	"pulang/internal/retention"
	"pulang/internal/store"
	"pulang/locales"
)

// entries are what a member of staff did, oldest first: action and case.
func (o *officer) entries() (did []string) {
	o.Helper()
	o.Tx(func(tx *store.Tx) error {
		records, err := tx.AuditRecords(o.Context(), store.AuditFilter{Actor: o.id, Limit: 1000})
		did = nil
		for _, r := range slices.Backward(records) {
			did = append(did, strings.TrimSpace(r.Action+" "+r.Ref))
		}
		return err
	})
	return did
}

// deed is one thing done in the console, and what the audit says of it.
type deed struct {
	pattern string // as the mux has it
	do      func() *answer
	status  int
	audited string // actions, in their order; empty: nothing was read of a case, and nothing written
}

// staged is who does the deeds, and what they need.
type staged struct {
	boss  *officer // a supervisor
	budi  *officer // a case worker, who is not there for children
	code  string   // of the alert to boss
	alarm string   // id of an alarm that stands
	lane  string   // id of the conversation of the first case
	photo string   // id of a picture that was sent
	lost  string   // id of one that was given up
}

// deeds are what every route leaves in the audit. A route that is not here fails the
// test. The second case is closed before it is forgotten.
func (h *house) deeds(by staged) []deed {
	boss, ref, quiet := by.boss, "/cases/AAA111", "/cases/BBB222"
	get := func(path string) func() *answer { return func() *answer { return boss.gets(path) } }
	post := func(path string, pairs ...string) func() *answer {
		return func() *answer { return boss.posts(path, formOf(pairs...)) }
	}
	versioned := func(path, act string, pairs ...string) func() *answer {
		return func() *answer {
			version := boss.gets(path, "X-Refresh", "1").field("version")
			return boss.posts(path+act, formOf(append(pairs, "version", version)...))
		}
	}
	return []deed{
		{"GET /{$}", get("/"), 200, ""},
		{"POST /queue/search", post("/queue/search", "q", "BBB222"), 303, "case.searched BBB222"},
		{"GET /events", nil, 0, ""},                      // says only that the queue changed
		{"GET /cases/{ref}/events", nil, 0, ""},          // says only that the page changed
		{"GET /a/{code}", get("/a/" + by.code), 303, ""}, // leads to the page
		{"GET /audit", get("/audit"), 200, "audit.viewed"},
		{"GET /cases/{ref}", get(ref), 200, "case.viewed AAA111"},
		{"POST /cases/{ref}/reveal", post(ref + "/reveal"), 200, "identity.revealed AAA111"},
		{"GET /cases/{ref}/print", get(ref + "/print"), 200, "case.printed AAA111"},
		{"POST /cases/{ref}/print", post(ref + "/print"), 200, "case.printed AAA111, identity.revealed AAA111"},
		{"POST /cases/{ref}/answer-in", func() *answer { // staff answer in it already: it is the only one
			page := boss.gets(ref, "X-Refresh", "1")
			return boss.posts(ref+"/answer-in", formOf("id", by.lane, "version", page.field("version")))
		}, 303, ""},
		{"POST /cases/{ref}/acknowledge", post(ref + "/acknowledge"), 303, "escalation.acknowledged AAA111"},
		{"POST /queue/next", post("/queue/next"), 303, "escalation.acknowledged NNN777, case.taken_next NNN777"},
		{"POST /cases/{ref}/take", post(ref + "/take"), 303, "conversation.taken AAA111"},
		{"POST /cases/{ref}/reply", post(ref+"/reply", "id", casefile.NewID(h.Now()).String(), "text", "Kami baca."), 303, "reply.queued AAA111"},
		{"POST /cases/{ref}/draft", post(ref+"/draft", "text", "Kami ba"), 204, ""}, // nothing was said yet
		{"POST /cases/{ref}/canned", post(ref+"/canned", "canned", "id/received"), 303, ""},
		{"POST /cases/{ref}/hand-back", post(ref + "/hand-back"), 303, "conversation.handed_back AAA111"},
		{"POST /cases/{ref}/media/{id}/show", post(ref + "/media/" + by.photo + "/show"), 200, "media.shown AAA111"},
		{"POST /cases/{ref}/media/{id}/again", post(ref + "/media/" + by.lost + "/again"), 303, "media.asked_again AAA111"},
		{"POST /cases/{ref}/original", post(ref+"/original", "medium", by.photo, "reason", "bukti"), 200, "media.original_taken AAA111"},
		{"POST /cases/{ref}/note", post(ref+"/note", "note", "dicatat"), 303, "case.noted AAA111"},
		{"POST /cases/{ref}/lower", versioned(ref, "/lower", "to", "low", "reason", "aman"), 303, "escalation.ended AAA111, case.lowered AAA111"},
		{"POST /cases/{ref}/exclude", post(ref+"/exclude", "whom", "police", "reason", "oknum"), 303, "wall.excluded AAA111"},
		{"POST /cases/{ref}/lift", post(ref+"/lift", "whom", "police", "reason", "keliru"), 303, "wall.lifted AAA111"},
		{"POST /cases/{ref}/close", versioned(quiet, "/close", "reason", "selesai"), 303, "case.viewed BBB222, case.closed BBB222"},
		{"GET /cases/{ref}/forget", func() *answer { h.Forward(6 * time.Minute); return boss.gets(quiet + "/forget") }, 200, "case.viewed BBB222"},
		{"POST /cases/{ref}/keep", func() *answer {
			page := boss.gets(quiet + "/forget")
			return boss.posts(quiet+"/keep", formOf("mark", page.field("mark"), "until", h.Now().AddDate(0, 1, 0).Format(time.DateOnly), "reason", "sidang"))
		}, 303, "case.kept BBB222"},
		{"POST /cases/{ref}/let-go", func() *answer {
			return boss.posts(quiet+"/let-go", formOf("mark", boss.gets(quiet+"/forget").field("mark"), "reason", "selesai"))
		}, 303, "case.let_go BBB222"},
		{"POST /cases/{ref}/forget", post(quiet+"/forget", "typed", "BBB222", "reason", "diminta"), 303, "case.forgotten BBB222"},
		{"GET /cases/{ref}/timeline", func() *answer { h.Forward(6 * time.Minute); return boss.gets(quiet + "/timeline") }, 200, "case.viewed BBB222"},
		{"POST /alarms/{id}/clear", post("/alarms/" + by.alarm + "/clear"), 303, "alarm.cleared"},
	}
}

// deedsUnreached are those of somebody who does not reach the case.
func (h *house) deedsUnreached(budi *officer) []deed {
	return []deed{
		{"GET /cases/{ref}", func() *answer { return budi.gets("/cases/AAA111") }, 404, "case.not_reached"},
		{"POST /cases/{ref}/glass", func() *answer {
			return budi.posts("/cases/AAA111/glass", formOf("reason", "dia menelepon"))
		}, 303, "glass.broken AAA111"},
		{"GET /cases/{ref}", func() *answer { return budi.gets("/cases/AAA111") }, 200, "case.viewed AAA111"},
	}
}

// deedsOnOverrides are those of writing against the contact policy, on a case that one
// asks about and the other decides.
func (h *house) deedsOnOverrides(by staged) []deed {
	const ref = "/cases/CCC333"
	ask := func(who *officer) string { // returns the way to the override
		page := who.gets(ref)
		who.posts(ref+"/override", formOf("id", page.field("id"), "heard", page.field("heard"), "text", "Besok jangan ikut.", "first", "hello", "reason", "razia"))
		return regexp.MustCompile(ref + `/override/[0-9a-f-]+/`).FindString(who.gets(ref).body)
	}
	return []deed{
		{"POST /cases/{ref}/take", func() *answer { return by.budi.posts(ref+"/take", nil) }, 303, ""},
		{"POST /cases/{ref}/override/{id}/refuse", func() *answer {
			h.Forward(casefile.AnswerWindow)
			return by.boss.posts(ask(by.budi)+"refuse", nil)
		}, 303, "override.refused CCC333"},
		{"POST /cases/{ref}/override/{id}/confirm", func() *answer { return by.boss.posts(ask(by.budi)+"confirm", nil) }, 303, "override.confirmed CCC333"},
		{"POST /cases/{ref}/take", func() *answer { return by.boss.posts(ref+"/take", formOf("holder", by.budi.id.String())) }, 303,
			"conversation.taken CCC333"},
		{"POST /cases/{ref}/override", func() *answer {
			page := by.boss.gets(ref)
			return by.boss.posts(ref+"/override", formOf("id", page.field("id"), "heard", page.field("heard"), "text", "Besok jangan ikut.",
				"first", "hello", "reason", "razia"))
		}, 303, "case.viewed CCC333, override.asked CCC333"},
		{"POST /cases/{ref}/override/{id}/withdraw", func() *answer {
			return by.boss.posts(regexp.MustCompile(ref+`/override/[0-9a-f-]+/`).FindString(by.boss.gets(ref).body)+"withdraw", nil)
		}, 303, "override.withdrawn CCC333"},
	}
}

func formOf(pairs ...string) url.Values {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return values
}

func TestEveryRouteIsAudited(t *testing.T) {
	h := newHouse(t, func(o *Options) {
		o.Forget = retention.New(retention.Options{Store: o.Cases.Store, Now: o.Now, Log: o.Log})
	})
	rina := h.writes("AAA111", "sms", "tolong", locked, answered(casefile.AgeBand, "under18"))
	h.writes("BBB222", "telegram", "lowongan ini benar?")
	h.writes("CCC333", "sms", "tolong", locked)
	h.writes("NNN777", "sms", "tolong", locked, answered(casefile.Violence, "beaten"))
	h.writes("DDD444", "telegram", "lihat orang ditahan")
	h.writes("EEE555", "telegram", "lowongan")
	by := staged{boss: h.hires("boss", access.Supervisor, "en"), budi: h.hires("budi", access.CaseWorker, "en")}
	by.photo, by.lost = rina.Sends(casefile.KindPhoto, "", aPhoto(t, "")).String(), rina.SendsInVain(casefile.KindVoice, "gone", time.Time{}).String()
	by.lane = rina.Lane.String()
	by.code = h.codeOf(by.boss.id, "AAA111")
	h.Tx(func(tx *store.Tx) error {
		return tx.RaiseAlarm(t.Context(), store.AlarmUnreadable, casefile.ID{}, casefile.ID{}, h.Now())
	})
	h.Tx(func(tx *store.Tx) error {
		standing, err := tx.Alarms(t.Context())
		by.alarm = standing[slices.IndexFunc(standing, func(a store.Alarm) bool { return a.Kind == store.AlarmUnreadable })].ID.String()
		return err
	})
	unaudited := devstack.Unaudited(t, h.URL)
	by.boss.signsIn()
	by.budi.signsIn()
	known := map[string]bool{}
	does := func(who *officer, deeds []deed) {
		for _, d := range deeds {
			known[d.pattern] = true
			if d.do == nil {
				continue
			}
			before := len(who.entries())
			d.do().is(d.status)
			if got := strings.Join(who.entries()[before:], ", "); got != d.audited {
				t.Errorf("%s left %q in the audit, want %q", d.pattern, got, d.audited)
			}
		}
	}
	does(by.boss, h.deeds(by))
	does(by.boss, h.deedsAtWork(by.boss))
	does(by.budi, h.deedsUnreached(by.budi))
	does(by.boss, h.deedsOnOverrides(by))
	does(by.boss, h.deedsOnFigures(by.boss))
	does(by.boss, h.deedsOnMe(by.boss))
	does(by.boss, h.deedsOnAdministration(by.boss))
	does(by.boss, h.deedsOnStaff(by.boss))
	does(by.boss, h.deedsOnCanned(by.boss, by.budi))
	does(by.boss, h.deedsOnPlaces(by.boss))
	for _, r := range routes {
		if !known[r.pattern] {
			t.Errorf("%s: say in deeds what it leaves in the audit, and do it there", r.pattern)
		}
	}
	by.boss.posts("/sign-out", nil).is(http.StatusSeeOther)
	if last := by.boss.entries(); last[0] != "staff.signed_in" || last[len(last)-1] != "staff.signed_out" {
		t.Errorf("the door left %q", last)
	}
	// Whatever was written, an entry was written with it. A session notes when it was
	// last used, what the door asks a browser is forgotten within minutes, and a draft is
	// nobody's word yet.
	if got := unaudited("staff_sessions", "signin_challenges", "drafts"); len(got) > 0 {
		t.Errorf("written without an entry in the same transaction: %q", got)
	}
}

func TestTheAuditIsReadByWhoMay(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "sms", "tolong kami", locked)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	budi.gets("/cases/AAA111").is(http.StatusOK)
	budi.gets("/audit").is(http.StatusForbidden)
	budi.gets("/").hides(`href="/audit"`)
	ani := h.hires("ani", access.Auditor, "en").signsIn()
	ani.gets("/").shows("Audit")
	page := ani.gets("/audit").is(http.StatusOK)
	page.shows("2026-03-01 03:00:00 budi read the case · AAA111 case.viewed", "budi signed in staff.signed_in",
		"The program (command) gave a member of staff a new password and codes staff.enrolled · ani")
	page.hides("tolong kami", `href="/cases/AAA111"`)
	ani.gets("/audit").shows("ani read the audit audit.viewed")
	h.hires("boss", access.Supervisor, "en").signsIn().gets("/audit").shows("AAA111")
	if !strings.Contains(h.hires("bos2", access.Supervisor, "id").signsIn().gets("/audit").shows("budi membaca kasus").body, `href="/cases/AAA111"`) {
		t.Error("a supervisor finds no way to the case")
	}
}

func TestReadingTheAuditIsAuditedOncePerLook(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "sms", "tolong", locked)
	ani := h.hires("ani", access.Auditor, "en").signsIn()
	looks := func() []string {
		return slices.DeleteFunc(ani.entries(), func(e string) bool { return !strings.HasPrefix(e, "audit.viewed") })
	}
	ani.gets("/audit")
	ani.gets("/audit?action=case")
	ani.gets("/audit?case=aaa111")
	ani.gets("/audit?case=AAA111&staff=ani")
	if got := looks(); !slices.Equal(got, []string{"audit.viewed", "audit.viewed AAA111"}) {
		t.Errorf("%q, want one look at all and one at the case", got)
	}
	h.Forward(6 * time.Minute)
	ani.gets("/audit")
	if got := looks(); len(got) != 3 {
		t.Errorf("%q: a look ten minutes later is another one", got)
	}
}

var nextPage = regexp.MustCompile(`href="([^"]+)" rel="next"`)

func TestTheAuditIsSearchedAndPaged(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "sms", "tolong", locked)
	h.writes("BBB222", "sms", "halo", locked)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	ani := h.hires("ani", access.Auditor, "en").signsIn()
	budi.gets("/cases/AAA111")
	budi.gets("/cases/BBB222")
	ani.gets("/audit?staff=budi").is(200).shows("budi read the case · AAA111").hides("ani signed in", "case.opened")
	ani.gets("/audit?case=bbb222").shows("BBB222").hides("AAA111")
	ani.gets("/audit?action=case").shows("case.viewed").hides("staff.signed_in")
	ani.gets("/audit?action=case.viewed&staff=budi&case=AAA111").shows("AAA111").hides("BBB222")
	ani.gets("/audit?staff=nobody").is(200).shows("Nobody has that login").hides("AAA111")
	ani.gets("/audit?case=ZZZ999").is(200).shows("There is no case with that reference").hides("AAA111")
	ani.gets("/audit?action=%25").is(200).shows("Nothing fits that")
	for _, bad := range []string{"/audit?before=x", "/audit?before=-1", "/audit?staff=%00", "/audit?action=%ff"} {
		ani.gets(bad).is(http.StatusBadRequest)
	}
	h.Tx(func(tx *store.Tx) error {
		for i := range 250 {
			entry := store.Entry{At: h.Now(), Actor: casefile.System("test"), Action: "test.entry", Detail: casefile.Hide("<b>no</b> " + strconv.Itoa(i))}
			if err := tx.Audit(t.Context(), entry); err != nil {
				return err
			}
		}
		return nil
	})
	path, seen := "/audit?action=test", 0
	for pages := 0; path != ""; pages++ {
		page := ani.gets(path).is(200).shows("<b>no</b>")
		if strings.Contains(page.body, "<b>no") {
			t.Error("a detail became markup")
		}
		seen += strings.Count(page.body, "<time")
		path = ""
		if next := nextPage.FindStringSubmatch(page.body); next != nil {
			path = html.UnescapeString(next[1])
		}
		if pages > 5 {
			t.Fatal("the pages do not end")
		}
	}
	if seen != 250 {
		t.Errorf("the pages show %d entries, want 250", seen)
	}
	ani.gets("/audit?action=test&before=1").shows("There is nothing older")
}

func TestTheAuditOfACaseThatIsKeptFromSomebodyIsNotThereForThem(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "sms", "tolong", locked)
	h.writes("BBB222", "sms", "halo", locked)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	boss := h.hires("boss", access.Supervisor, "en").signsIn()
	ani := h.hires("ani", access.Auditor, "en").signsIn()
	budi.gets("/cases/AAA111").is(http.StatusOK)
	budi.gets("/cases/BBB222").is(http.StatusOK)
	boss.posts("/cases/AAA111/exclude", formOf("whom", "ani", "reason", "saudara")).is(http.StatusSeeOther)
	boss.gets("/audit").shows("AAA111", "BBB222", "wall.excluded")
	ani.gets("/audit").is(http.StatusOK).shows("budi read the case · BBB222").hides("AAA111", "wall.excluded")
	ani.gets("/audit?case=AAA111").shows("There is no case with that reference").hides("wall.excluded")
	ani.gets("/audit?action=wall").shows("Nothing fits that")
}

func TestADetailThatSomebodyChangedDoesNotHideTheRest(t *testing.T) {
	h := newHouse(t)
	h.Tx(func(tx *store.Tx) error {
		return tx.Audit(t.Context(), store.Entry{At: h.Now(), Actor: casefile.System("test"), Action: "test.entry", Detail: casefile.Hide("asli")})
	})
	ani := h.hires("ani", access.Auditor, "en").signsIn()
	ani.gets("/audit?action=test").shows("asli")
	db := h.SQL()
	for _, sql := range []string{`ALTER TABLE audit DISABLE TRIGGER USER`, `UPDATE audit SET detail_sealed = '\x00' WHERE action = 'test.entry'`} {
		if _, err := db.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	ani.gets("/audit?action=test").is(200).shows("its detail does not open").hides("asli")
}

// entryAction finds the names that the code gives to what the audit tells of.
var entryAction = regexp.MustCompile(`(?:Action:\s*|\baction\w*,? *\w* *:?= *)"([a-z]+\.[a-z_]+)"`)

func TestEveryActionOfTheAuditHasWords(t *testing.T) {
	t.Parallel()
	book, err := locales.Open()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	err = filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range entryAction.FindAllStringSubmatch(string(source), -1) {
			found[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for action := range found {
		for _, lang := range []string{"id", "en"} {
			if key := "console.did." + strings.ReplaceAll(action, ".", "_"); !book.Has(lang, key) {
				t.Errorf("%s.toml lacks %s: the audit and the timeline would show %s", lang, key, action)
			}
		}
	}
	if len(found) < 40 {
		t.Errorf("only %d actions were found in the code", len(found))
	}
}
