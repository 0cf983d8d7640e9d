package console

import (
	"bufio"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/escalation"
	"pulang/internal/signin"
	"pulang/internal/store"
	"pulang/locales"
)

var (
	locked  = heard(casefile.Freedom, "locked", "dskp")
	nobody  = answered(casefile.DeviceWatched, "nobody")
	country = answered(casefile.Country, "MM")
)

// request makes the request of a route, with the least a form needs.
func (o *officer) request(r route, ref, alarm, code string) *answer {
	o.Helper()
	method, path, _ := strings.Cut(r.pattern, " ")
	path = strings.NewReplacer("{$}", "", "{ref}", ref, "{id}", alarm, "{code}", code).Replace(path)
	form := url.Values{"id": {casefile.NewID(o.Now()).String()}, "text": {"halo"}, "note": {"x"}, "reason": {"x"}, "to": {"low"}, "version": {"0"}}
	if strings.HasSuffix(path, "/events") { // a stream that is let in would not end
		response := o.streams(path)
		defer func() { _ = response.Body.Close() }()
		return &answer{o.T, r.pattern, response.StatusCode, response.Header, ""}
	}
	return o.does(method, path, form)
}

func (h *house) codeOf(staff casefile.ID, ref string) string {
	h.Helper()
	code := ""
	h.Tx(func(tx *store.Tx) error {
		file, err := tx.CaseByRef(h.Context(), ref)
		if err != nil {
			return err
		}
		live, err := tx.LiveEscalation(h.Context(), file.ID)
		if err != nil {
			return err
		}
		h.codes++
		code = fmt.Sprintf("T%04d", h.codes)
		return tx.PutAlert(h.Context(), store.Alert{Escalation: live.ID, Staff: staff, Code: code, LastQueuedAt: h.Now(), LastChannel: "sms"})
	})
	return code
}

func TestSigningOutEndsTheSession(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	stolen := budi.http.Jar.Cookies(mustParse(t, h.server.URL))
	budi.posts("/sign-out", nil).is(http.StatusSeeOther)
	for _, c := range stolen {
		if c.Name == sessionCookie {
			budi.gets("/", "Cookie", c.Name+"="+c.Value).is(http.StatusSeeOther)
		}
	}
}

func mustParse(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestTheDoorSaysWhatToDoAndKeepsTheLogin(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en")
	budi.gets("/sign-in", "Accept-Language", "en-GB,en;q=0.8").is(http.StatusOK).shows("Sign in", "Password")
	budi.gets("/sign-in").shows("Masuk", "Kata sandi")
	page := budi.posts("/sign-in", url.Values{"login": {"budi"}, "password": {"wrong"}}, "Accept-Language", "en").is(http.StatusUnauthorized)
	page.shows("Login and password do not match")
	if page.field("login") != "budi" {
		t.Error("the login was lost")
	}
	for range 5 {
		page = budi.posts("/sign-in", url.Values{"login": {"budi"}, "password": {"wrong"}}, "Accept-Language", "en")
	}
	page.is(http.StatusTooManyRequests).shows("Try again in 1 minutes")
	h.Forward(time.Hour)
	page = budi.posts("/sign-in", url.Values{"login": {"budi"}, "password": {budi.enrol.Password}, "next": {"/cases/AAA111"}}).is(http.StatusOK)
	wrong := budi.posts("/sign-in/code", url.Values{"proof": {page.field("proof")}, "code": {"12"}, "next": {page.field("next")}}, "Accept-Language", "en")
	wrong.is(http.StatusUnauthorized).shows("That code does not match")
	if wrong.field("next") != "/cases/AAA111" || wrong.field("proof") == "" {
		t.Error("a wrong code loses the way")
	}
	h.Forward(signin.StepLife)
	budi.posts("/sign-in/code", url.Values{"proof": {page.field("proof")}, "code": {"12"}}, "Accept-Language", "en").shows("The first step is too old", "Password")
}

func TestTheWayOnStaysOnThisSite(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"/cases/AAA111": "/cases/AAA111", "/a/K7Q2": "/a/K7Q2", "/?done=taken": "/?done=taken", "": "/", "//evil.example": "/",
		"https://evil.example/": "/", "/\\evil.example": "/", "/\t/evil.example": "/", "/../sign-in": "/", "/sign-in": "/", "javascript:alert(1)": "/",
	} {
		if got := local(next); got != want {
			t.Errorf("local(%q) = %q, want %q", next, got, want)
		}
	}
}

func TestAnAlertsLinkOpensItsCase(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "sms", "tolong", locked)
	budi := h.hires("budi", access.DutyOfficer, "en")
	code := h.codeOf(budi.id, "AAA111")
	if got := budi.gets("/a/" + code).is(http.StatusSeeOther).header.Get("Location"); got != "/sign-in?next=%2Fa%2F"+code {
		t.Errorf("a stranger is led to %q", got)
	}
	budi.signsIn()
	if got := budi.gets("/a/" + code).is(http.StatusSeeOther).header.Get("Location"); got != "/cases/AAA111" {
		t.Errorf("the link leads to %q", got)
	}
	budi.gets("/a/ZZZZ").is(http.StatusNotFound).shows("There is no such page")
}

func TestHardening(t *testing.T) {
	h := newHouse(t, func(o *Options) { o.PublicURL, o.FrameAncestors = "https://line.example", "'self'" })
	budi := h.hires("budi", access.DutyOfficer, "en")
	for _, path := range []string{"/", "/sign-in", "/static/console.css", "/nothing"} {
		got := budi.gets(path)
		for header, want := range map[string]string{
			"Content-Security-Policy":   "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
			"X-Content-Type-Options":    "nosniff",
			"Referrer-Policy":           "same-origin",
			"Strict-Transport-Security": "max-age=63072000; includeSubDomains",
			"Server":                    "",
			"X-Powered-By":              "",
		} {
			if got.header.Get(header) != want {
				t.Errorf("%s: %s is %q", path, header, got.header.Get(header))
			}
		}
		if path != "/static/console.css" && got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept", path)
		}
		if inline.MatchString(got.body) {
			t.Errorf("%s has inline script or style", path)
		}
	}
	big := strings.Repeat("a", maxBody+1)
	budi.posts("/sign-in", url.Values{"login": {big}}).is(http.StatusRequestEntityTooLarge)
	page := budi.posts("/sign-in", url.Values{"login": {"budi"}, "password": {budi.enrol.Password}})
	code := budi.posts("/sign-in/code", url.Values{"proof": {page.field("proof")}, "code": {totpAt(t, budi)}}).is(http.StatusSeeOther)
	for _, cookie := range code.header.Values("Set-Cookie") {
		for _, part := range []string{"__Host-pulang", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"} {
			if !strings.Contains(cookie, part) {
				t.Errorf("cookie lacks %s", part)
			}
		}
	}
	if len(code.header.Values("Set-Cookie")) != 2 || CookieName("https://line.example") != "__Host-pulang" || CookieName("http://127.0.0.1") != "pulang" {
		t.Error("the cookies are not those that were promised")
	}
}

var inline = regexp.MustCompile(`(?i)<style|<script>|<script [^>]*>[^<]|\sstyle=|\son[a-z]+=|javascript:`)

func TestWritesFromAnotherSiteAreRefused(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", "tolong", locked)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	for _, r := range routes {
		method, path, _ := strings.Cut(r.pattern, " ")
		if method != http.MethodPost {
			continue
		}
		path = strings.NewReplacer("{ref}", rina.Ref, "{id}", casefile.ID{7}.String()).Replace(path)
		budi.posts(path, url.Values{"text": {"x"}}, "Sec-Fetch-Site", "cross-site").is(http.StatusForbidden)
		budi.posts(path, url.Values{"text": {"x"}}, "Sec-Fetch-Site", "", "Origin", "https://evil.example").is(http.StatusForbidden)
	}
}

func TestTheQueueShowsWhoWaits(t *testing.T) {
	h := newHouse(t)
	h.writes("CALM22", "telegram", "lowongan ini benar?", nobody)
	h.writes("AAA111", "sms", "tolong", locked, country, answered(casefile.AgeBand, "under18"))
	h.Forward(12 * time.Minute)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	page := budi.gets("/").is(http.StatusOK)
	page.shows("Critical AAA111 waiting 12 min Writing now, phone may be watched The person themselves · Myanmar · SMS · wrote 12 min ago child Nobody has answered the alert",
		"An alert found nobody on duty", "1 Critical")
	if strings.Index(page.body, "AAA111") > strings.Index(page.body, "CALM22") {
		t.Error("the calm case stands first")
	}
	page.hides("tolong", "lowongan")
	h.hires("ani", access.Auditor, "id").signsIn().gets("/").is(http.StatusOK).shows("Kritis AAA111", "Sedang menulis").hides(`href="/cases/AAA111"`, ">anak<", "mungkin diawasi")
}

func TestTheCasePageTellsWhatIsKnownAndWhy(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", "tlg sy dskp", locked)
	rina.hears("HP ini suka dibuka orang lain?", "delivered")
	h.Forward(time.Minute)
	rina.Says("2 <b>jam</b> 6", answered(casefile.DeviceWatched, "sometimes"), heard(casefile.Place, "KK Park", "kk park"))
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	page := budi.gets("/cases/AAA111").is(http.StatusOK)
	page.shows("Nobody has answered this alert yet", "May we write? Yes, now", "Watched others read it", "only they write first",
		"tlg sy dskp", "HP ini suka dibuka orang lain? 03:00 · delivered", "H1 Locked in, or out only with permission or escort. ILO 3, 4",
		"Free to move: locked in or guarded dskp", "Partial indication", "Place KK Park heard in their words kk park · 03:01", "the alert started", "2 <b>jam</b> 6")
	page.hides(rina.number, "ZgotmplZ")
	if strings.Contains(page.body, "<b>jam") {
		t.Error("what a person wrote became markup")
	}
	budi.posts("/cases/AAA111/reveal", nil).is(http.StatusOK).shows(rina.number, "recorded that you saw it")
	budi.gets("/cases/AAA111").hides(rina.number).shows("Budi looked at the number")
}

func TestAWholeAnswerFromAlertToClose(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", "tlg sy dskp", locked)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	act := func(what string, form url.Values, done string) {
		t.Helper()
		to := budi.posts("/cases/AAA111/"+what, form).is(http.StatusSeeOther).header.Get("Location")
		budi.gets(to).is(http.StatusOK).shows(done)
	}
	act("acknowledge", nil, "You have this case now")
	act("take", nil, "You answer now")
	page := budi.gets("/cases/AAA111").shows("Halo, ini Budi. Sekarang bukan otomatis lagi.", "Send now")
	act("reply", url.Values{"id": {page.field("id")}, "text": {"Kami baca semuanya."}}, "Your reply is on its way. Messages: 1.")
	h.Forward(20 * time.Minute)
	page = budi.gets("/cases/AAA111").shows("Not now", "Keep until they write again", "Not sent now, only kept")
	act("reply", url.Values{"id": {page.field("id")}, "text": {"Masih di sini."}}, "It is sent after the person writes again")
	budi.gets("/cases/AAA111").shows("Masih di sini. 03:20 · kept, not sent yet")
	act("note", url.Values{"note": {"ibunya menelepon"}}, "The note was saved")
	act("hand-back", nil, "The automatic line answers again")
	page = budi.gets("/cases/AAA111")
	act("lower", url.Values{"version": {page.field("version")}, "to": {"low"}, "reason": {"sudah di KBRI"}}, "The urgency was lowered")
	page = budi.gets("/cases/AAA111").shows("sudah di KBRI", "ibunya menelepon")
	budi.posts("/cases/AAA111/close", url.Values{"version": {page.field("version")}, "reason": {"selesai"}}).is(http.StatusConflict).
		shows("Messages still on their way 2", "Replies held until the person writes 1")
	if _, err := h.SQL().Exec(t.Context(), `UPDATE outbox SET state = 'sent' WHERE state = 'queued' AND conversation_id IS NOT NULL`); err != nil {
		t.Fatal(err)
	}
	act("take-back", nil, "The held replies were taken back")
	page = budi.gets("/cases/AAA111")
	act("close", url.Values{"version": {page.field("version")}, "reason": {"selesai"}}, "The case was closed")
	budi.gets("/").shows("No case is waiting")
	rina.Says("saya kembali")
	budi.gets("/").shows("AAA111")
}

func TestARefusalLosesNothingTyped(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", "tolong", locked)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	siti := h.hires("siti", access.Supervisor, "id").signsIn()
	reply := func(text string) *answer {
		t.Helper()
		return budi.posts("/cases/AAA111/reply", url.Values{"id": {casefile.NewID(h.Now()).String()}, "channel": {"segments"}, "text": {text}})
	}
	reply("belum diambil").is(http.StatusConflict).shows("Take over first", "belum diambil")
	budi.posts("/cases/AAA111/take", nil).is(http.StatusSeeOther)
	reply("kirim ke 1234 5678 90").is(http.StatusUnprocessableEntity).shows("eight digits or more", "kirim ke 1234 5678 90")
	reply("kami di sini \U0001F600").is(http.StatusUnprocessableEntity).shows("An SMS cannot carry: \U0001F600", "kami di sini")
	long := strings.TrimSpace(strings.Repeat("kami membaca semuanya ", 12))
	asked := reply(long).is(http.StatusOK).shows("This will travel as 2 SMS", long)
	budi.posts("/cases/AAA111/reply", url.Values{"id": {asked.field("id")}, "channel": {"segments"}, "parts": {asked.field("parts")}, "text": {long}}).is(http.StatusSeeOther)
	old := budi.gets("/cases/AAA111").field("version")
	rina.Says("satu lagi", answered(casefile.Health, "injured"))
	budi.posts("/cases/AAA111/lower", url.Values{"version": {old}, "to": {"low"}, "reason": {"tampak tenang"}}).is(http.StatusConflict).
		shows("This changed since you read it", "tampak tenang", "satu lagi")
	budi.posts("/cases/AAA111/close", url.Values{"version": {old}, "reason": {" "}}).is(http.StatusUnprocessableEntity).shows("Write the reason")
	siti.posts("/cases/AAA111/take", nil).is(http.StatusConflict).shows("Budi yang memegang ini sekarang", "Ambil alih dari Budi")
	siti.posts("/cases/AAA111/take", url.Values{"holder": {budi.id.String()}}).is(http.StatusSeeOther)
	reply("masih saya?").is(http.StatusConflict).shows("Siti has this now", "masih saya?")
	budi.posts("/cases/AAA111/reply", url.Values{"id": {"x"}}).is(http.StatusBadRequest)
	budi.posts("/cases/ZZZZZZ/note", url.Values{"note": {"x"}}).is(http.StatusNotFound)
}

func TestStrangeMessagesAreShownAsTheyCame(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", "tolong", locked)
	for i, m := range []store.Message{
		{Kind: casefile.KindUnreadable, State: store.Recorded}, {Kind: casefile.KindPhoto, State: store.SetAside},
		{Kind: casefile.KindBlocked, State: store.Recorded}, {Kind: casefile.KindEdit, State: store.Waiting, Text: casefile.Hide("\u202Emoc.live")},
	} {
		m.ID, m.Channel, m.ProviderID = casefile.NewID(h.Now()), "telegram", string(rune('a'+i))
		m.Conversation, m.ReceivedAt = rina.Lane, h.Now().Add(time.Duration(i)*time.Second)
		rina.Stores(m)
	}
	h.hires("budi", access.DutyOfficer, "en").signsIn().gets("/cases/AAA111").is(http.StatusOK).
		shows("This message could not be decoded", "sent a photo (kept sealed)", "set aside, please read it", "blocked us", "changed an earlier message", "not read by the line yet")
}

func TestAStreamTellsWhatItsPageMissed(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", "tolong", locked)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	for page, act := range map[string]func(){
		"/":             func() { rina.Says("satu lagi") },
		"/cases/AAA111": func() { rina.Says("dan satu lagi") },
	} {
		_, path, _ := strings.Cut(budi.gets(page).body, `data-events="`)
		path, _, _ = strings.Cut(path, `"`)
		if got := budi.firstEvents(path, 1); got != "ready" {
			t.Errorf("%s: nothing happened, and the stream says %q", page, got)
		}
		act()
		if got := budi.firstEvents(path, 2); got != "ready changed" {
			t.Errorf("%s: a message came before the stream, and it says %q", page, got)
		}
	}
}

// streams opens a stream. The caller closes its body.
func (o *officer) streams(path string) *http.Response {
	o.Helper()
	request, err := http.NewRequestWithContext(o.Context(), http.MethodGet, o.server.URL+path, nil)
	if err != nil {
		o.Fatal(err)
	}
	response, err := o.http.Do(request)
	if err != nil {
		o.Fatal(err)
	}
	return response
}

// firstEvents are the first n events of a stream.
func (o *officer) firstEvents(path string, n int) string {
	o.Helper()
	response := o.streams(path)
	defer func() { _ = response.Body.Close() }()
	var events []string
	for lines := bufio.NewScanner(response.Body); len(events) < n && lines.Scan(); {
		if event, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			events = append(events, event)
		}
	}
	return strings.Join(events, " ")
}

func TestALiveStreamTellsOfChangesAndEndsWithTheSession(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", "tolong", locked)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	siti := h.hires("siti", access.Supervisor, "en")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.server.URL+"/cases/AAA111/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := budi.http.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	lines := bufio.NewScanner(response.Body)
	next := func() string {
		for lines.Scan() {
			if event, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				return event
			}
		}
		return "closed"
	}
	if got := next(); got != "ready" || response.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("the stream begins with %q", got)
	}
	if err := h.desk.Note(t.Context(), access.Staff{ID: siti.id, Role: siti.role}, rina.Ref, "x"); err != nil {
		t.Fatal(err)
	}
	if got := next(); got != "changed" {
		t.Errorf("a note is told as %q", got)
	}
	h.Tx(func(tx *store.Tx) error { return tx.DisableStaff(t.Context(), budi.id, h.Now()) })
	h.changed()
	if got := next(); got != "ended" {
		t.Errorf("a disabled member hears %q", got)
	}
	if got := next(); got != "closed" {
		t.Errorf("and then %q", got)
	}
}

// TestEveryTextOfThePagesExists reads the pages for the texts they ask for.
func TestEveryTextOfThePagesExists(t *testing.T) {
	t.Parallel()
	book, err := locales.Open()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("pages/*.html")
	if err != nil || len(files) < 6 {
		t.Fatal("pages not found", err)
	}
	var keys []string
	asked := regexp.MustCompile(`\.T "([a-z_.]+)"|\$w\.T "([a-z_.]+)"`)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range asked.FindAllStringSubmatch(string(raw), -1) {
			keys = append(keys, m[1]+m[2])
		}
	}
	if len(keys) < 60 {
		t.Fatalf("only %d texts found in the pages", len(keys))
	}
	for _, key := range append(keys, vocabulary()...) {
		for _, lang := range book.Langs() {
			if !book.Has(lang, "console."+key) {
				t.Errorf("%s: console.%s is missing", lang, key)
			}
		}
	}
}

// vocabulary is every text whose name is made of data.
func vocabulary() []string {
	var keys []string
	add := func(group string, names ...string) {
		for _, n := range names {
			keys = append(keys, group+"."+n)
		}
	}
	add("urgency", "low", "medium", "high", "critical")
	add("palermo", string(escalation.Strong), string(escalation.Partial), string(escalation.NotEnough), string(escalation.Yes), string(escalation.Unknown))
	for _, r := range escalation.Rules {
		add("rule", r.ID)
		for _, n := range r.ILO {
			add("ilo", "n"+string(rune('0'+n%10)))
		}
	}
	add("ilo", "n10", "n11")
	for _, e := range casefile.Dictionary {
		add("fact", string(e.Key))
		if e.Key != casefile.Country {
			add("value", e.Values...)
		} else {
			add("country", e.Values...)
		}
	}
	for _, why := range []cases.Why{cases.Changed, cases.IsClosed, cases.NotTaken, cases.TakenByOther, cases.NoReason, cases.NothingToSay, cases.TooLong,
		cases.AccountNumber, cases.NotGSM, cases.Unreachable, cases.NotLower, cases.Unread, cases.Unanswered, cases.AlarmStands, cases.NothingWaits, cases.NobodyNamed, cases.Damaged, cases.QueueEmpty, "several"} {
		add("refused", string(why))
	}
	add("done", doneKeys...)
	vocabularyOfWork(add)
	for _, gate := range gateKeys {
		add("gate", gate)
	}
	add("flag", escalation.FlagCoercion, escalation.FlagChild, escalation.FlagMedical, escalation.FlagSexual, escalation.FlagSelfHarm,
		escalation.FlagDeadline, escalation.FlagGroup, escalation.FlagSupervisor, escalation.FlagConflict)
	add("state", "waiting", "set_aside", "queued", "claimed", "sent", "delivered", "failed", "unknown", "held", "denied", "dropped", "twice")
	add("queue.state", "unanswered", "acknowledged", "answering", "waiting", "assigned", "closed")
	add("queue.list", listNames...)
	add("queue.who", whoNames...)
	for _, f := range []string{fieldList, fieldUrgency, fieldCountry, fieldFlow, fieldTeam, fieldWho} {
		add("queue", "field."+f, "any."+f)
	}
	add("did", "case_taken_next", "case_searched")
	for _, phone := range []string{"unknown", "watched", "borrowed", "free", "was_free"} {
		add("phone", phone, phone+"_next")
	}
	for _, what := range []string{"failed", "denied", "not_found", "too_large", "bad_form", "away", "foreign", "signed_out"} {
		add("problem", what, what+"_next")
	}
	add("door", "wrong", "wrong_code", "start_over", "slow")
	add("how", string(casefile.Answered), string(casefile.Heard), string(casefile.Skipped), string(casefile.Noted))
	add("flow", "victim", "family", "witness", "returnee", "info", "unknown")
	add("note", string(store.PlainNote), string(store.Lowered), string(store.Closed), string(store.TakenOver), string(store.HandedBack))
	add("safety", "send", "hold", "deny")
	for _, c := range access.Conflicts {
		add("agency", c.Named)
	}
	add("walls", string(store.WallHeard), string(store.WallExcluded), string(store.WallLifted))
	add("shut", string(cases.NoReason), "not_opened")
	add("alarm", string(store.AlarmGlass), string(store.AlarmWalled), string(store.AlarmFailing), string(store.AlarmDamaged))
	add("did", "case_not_reached", "glass_broken", "wall_excluded", "wall_lifted", "takeover_walled")
	slices.Sort(keys)
	return slices.Compact(keys)
}
