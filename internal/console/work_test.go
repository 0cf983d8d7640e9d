package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/store"
)

// vocabularyOfWork is what of the texts about working a case is made of data.
func vocabularyOfWork(add func(group string, names ...string)) {
	for _, w := range store.Works {
		add("work", "is_"+string(w))
	}
	for _, t := range store.Tips {
		add("tip", string(t))
	}
	for why := range anchors {
		add("check", string(why))
		add("refused", string(why))
	}
	for _, why := range []cases.Why{cases.NotForThem, cases.BadDate, cases.TooFar, cases.NothingChosen, cases.NoSuchCase, cases.SecondPerson, cases.Gone,
		cases.Walled, cases.Withdrawn, cases.NoConsent, cases.NeedsLead, cases.NotWeighed, cases.NotConfirmed} {
		add("refused", string(why))
	}
	add("task", "done", "dropped", "list_mine", "list_team", "list_all", "empty_mine", "empty_team", "empty_all")
	for _, age := range store.AgeBands {
		add("people", "age_"+age)
	}
	for _, state := range store.PersonStates {
		add("people", "is_"+state)
	}
	for _, kind := range store.LinkKinds {
		add("links", string(kind))
	}
	add("links", "is_proposed", "is_confirmed", "is_declined", "is_undone")
	add("share", cases.Shareable...)
	add("consent", append(slices.Clone(store.ConsentAnswers), store.ConsentWithdrawn, "by_"+cases.ByMessage, "by_"+cases.ByVoice)...)
	add("refer", "is_proposed", "is_sent", "is_accepted", "is_refused", "is_done", "is_revoked", "by_consent", "by_danger", "by_best_interest")
}

// staff is an officer as the desk knows them.
func (o *officer) staff() access.Staff { return access.Staff{ID: o.id, Role: o.role} }

// view is a case as an officer reads it.
func (o *officer) view(ref string) cases.View {
	o.Helper()
	v, err := o.desk.Open(o.Context(), o.staff(), ref)
	if err != nil {
		o.Fatal(err)
	}
	return v
}

// tomorrow is the next day, as a date field has it.
func (h *house) tomorrow() string { return h.Now().Add(24 * time.Hour).Format(time.DateOnly) }

// deedsAtWork are what working a case leaves in the audit; EEE555 is another one.
func (h *house) deedsAtWork(boss *officer) []deed {
	path := "/cases/DDD444"
	post := func(route string, pairs ...string) func() *answer {
		return func() *answer {
			pairs := append(pairs, "version", strconv.FormatInt(boss.view("DDD444").Case.Version, 10))
			return boss.posts(path+route, formOf(pairs...))
		}
	}
	// on posts to a row: the newest task, person, link or referral.
	on := func(kind string, id func(cases.View) (casefile.ID, int), pairs ...string) func() *answer {
		return func() *answer {
			row, version := id(boss.view("DDD444"))
			tail := ""
			if kind == "approve" {
				kind, tail = "referrals", "/approve"
			}
			return boss.posts(path+"/"+kind+"/"+row.String()+tail, formOf(append(pairs, "version", strconv.Itoa(version))...))
		}
	}
	task := func(v cases.View) (casefile.ID, int) { return v.Casework.Tasks[0].ID, v.Casework.Tasks[0].Version }
	person := func(v cases.View) (casefile.ID, int) { return v.People[0].ID, v.People[0].Version }
	link := func(v cases.View) (casefile.ID, int) { return v.Linked[0].ID, v.Linked[0].Version }
	referral := func(v cases.View) (casefile.ID, int) { return v.Referrals[0].ID, v.Referrals[0].Version }
	day := h.tomorrow()
	return []deed{
		{"GET /cases/{ref}", func() *answer { return boss.gets(path) }, 200, "case.viewed DDD444"},
		{"GET /tasks", func() *answer { return boss.gets("/tasks?whose=all") }, 200, ""},
		{"POST /cases/{ref}/assign", post("/assign", "was", store.MainTeam, "team", store.MainTeam, "to", "budi", "reason", "dia tahu"), 303, "case.assigned DDD444"},
		{"POST /cases/{ref}/status", post("/status", "was", "working", "to", "waiting"), 303, "case.status DDD444"},
		{"POST /cases/{ref}/snooze", post("/snooze", "hours", "24", "reason", "besok"), 303, "case.snoozed DDD444"},
		{"POST /cases/{ref}/wake", post("/wake"), 303, "case.woken DDD444"},
		{"POST /cases/{ref}/danger-over", post("/danger-over", "reason", "aman"), 303, "danger.over DDD444"},
		{"POST /cases/{ref}/tip", post("/tip", "tip", "kept", "reason", "dicocokkan"), 303, "tip.decided DDD444"},
		{"POST /cases/{ref}/take-back", post("/take-back"), 303, ""}, // nothing is held
		{"POST /cases/{ref}/tasks", post("/tasks", "text", "telepon", "due", day), 303, "task.added DDD444"},
		{"POST /cases/{ref}/tasks/{id}", on("tasks", task, "to", "move", "due", day), 303, "task.moved DDD444"},
		{"POST /cases/{ref}/tasks/{id}", on("tasks", task, "to", "done"), 303, "task.done DDD444"},
		{"POST /cases/{ref}/people", post("/people", "name", "Dewi", "age", "adult", "state", "held"), 303, "person.added DDD444"},
		{"POST /cases/{ref}/people/{id}", on("people", person, "name", "Dewi L", "age", "adult", "state", "out"), 303, "person.changed DDD444"},
		{"POST /cases/{ref}/people/{id}", on("people", person, "do", "remove", "reason", "dua kali"), 303, "person.removed DDD444"},
		{"POST /cases/{ref}/links", post("/links", "other", "EEE555", "kind", "same_place", "reason", "gedung sama"), 303, "link.proposed DDD444"},
		{"POST /cases/{ref}/links/{id}", on("links", link, "to", "confirmed", "reason", "benar"), 303, "link.confirmed DDD444"},
		{"POST /cases/{ref}/consent", post("/consent", "to", "kemlu", "answer", "later", "lang", "id", "how", "message"), 303, "consent.recorded DDD444"},
		{"POST /cases/{ref}/referrals", post("/referrals", "to", "kemlu", "text", "jemput", "field", "age", "due", day), 303, "referral.proposed DDD444"},
		{"POST /cases/{ref}/referrals/{id}", on("referrals", referral, "to", "delay", "due", day), 303, "referral.moved DDD444"},
		{"POST /cases/{ref}/referrals/{id}/approve", on("approve", referral, "reason", "gawat"), 303, "referral.approved DDD444"},
		{"POST /cases/{ref}/referrals/{id}", on("referrals", referral, "to", "sent"), 303, "referral.sent DDD444"},
		{"POST /cases/{ref}/referrals/{id}", on("referrals", referral, "to", "revoked", "reason", "selesai sendiri"), 303, "referral.revoked DDD444"},
		{"POST /cases/{ref}/consent", post("/consent", "answer", "withdrawn"), 303, "consent.withdrawn DDD444"},
		{"POST /cases/{ref}/close", post("/close", "reason", "selesai"), 303, "case.closed DDD444"},
		{"POST /cases/{ref}/reopen", post("/reopen", "reason", "masih ada"), 303, "case.reopened DDD444"},
	}
}

func TestARefusedFormOfTheWorkKeepsWhatWasTyped(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "telegram", "lowongan ini benar?")
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	for _, c := range []struct {
		path   string
		form   []string
		status int
		says   string
		kept   []string
	}{
		{"/tasks", []string{"text", "telepon KBRI", "due", "2020-01-01"}, 422, "Choose today or later", []string{"telepon KBRI", `value="2020-01-01"`}},
		{"/links", []string{"other", "ZZZ999", "kind", "about", "reason", "gedung sama"}, 422, "no case with that reference", []string{"ZZZ999", "gedung sama"}},
		{"/people", []string{"name", "Dewi", "note", "teman", "age", "x", "state", "held"}, 422, "A choice is missing", []string{`value="Dewi"`, "teman"}},
		{"/referrals", []string{"to", "kemlu", "text", "jemput dia", "field", "place", "due", h.tomorrow()}, 422, "Write down the risk first",
			[]string{"jemput dia", `value="place" checked`, `value="kemlu" selected`}},
		{"/snooze", []string{"version", "0", "hours", "8", "reason", "menunggu kabar"}, 409, "This changed since you read it: a colleague did something, or something came in", []string{"menunggu kabar", `value="8" selected`}},
	} {
		page := siti.posts("/cases/AAA111"+c.path, formOf(c.form...)).is(c.status).shows(c.says)
		for _, kept := range c.kept {
			if !strings.Contains(page.body, kept) {
				t.Errorf("%s loses %q", c.path, kept)
			}
		}
	}
}

func TestClosingNamesEachThingThatIsLeft(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "sms", "tolong", locked)
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	siti.posts("/cases/AAA111/acknowledge", nil).is(http.StatusSeeOther)
	siti.posts("/cases/AAA111/tasks", formOf("text", "telepon", "due", h.tomorrow())).is(http.StatusSeeOther)
	version := func() string { return strconv.FormatInt(siti.view("AAA111").Case.Version, 10) }
	page := siti.posts("/cases/AAA111/close", formOf("reason", "sudah pulang", "version", version())).is(http.StatusConflict)
	page.shows("write down, with a reason, when the danger is over", "Tasks that are not over 1", "sudah pulang")
	for _, link := range []string{`href="#closing"`, `href="#tasks"`, `id="closing"`, `id="tasks"`} {
		if !strings.Contains(page.body, link) {
			t.Errorf("no %s on the page", link)
		}
	}
	siti.posts("/cases/AAA111/danger-over", formOf("reason", "dijemput KBRI", "version", version())).is(http.StatusSeeOther)
	siti.gets("/cases/AAA111?done=danger_over").shows("It is written down that the danger is over", "dijemput KBRI").hides("when the danger is over 1")
}

func TestNamesOfAGroupAreCoveredUntilThePress(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "telegram", "kami bertiga")
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	siti.posts("/cases/AAA111/people", formOf("name", "Dewi Lestari", "age", "adult", "state", "held", "note", "nomornya 081234567890")).is(http.StatusSeeOther)
	siti.gets("/cases/AAA111").shows("Person 1", "•••••••", "held").hides("Dewi Lestari", "081234567890")
	siti.posts("/cases/AAA111/reveal", nil).shows("Dewi Lestari", "081234567890")
}

func TestTasksStandByDayWithTheLateOnesFirst(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "telegram", "kami bertiga")
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	h.hires("budi", access.DutyOfficer, "en")
	siti.gets("/tasks").shows("There is nothing for you to do")
	for _, d := range []struct{ text, to, due string }{{"pertama", "siti", h.Now().Format(time.DateOnly)}, {"kedua", "siti", h.tomorrow()}, {"punya budi", "budi", h.tomorrow()}} {
		siti.posts("/cases/AAA111/tasks", formOf("text", d.text, "to", d.to, "due", d.due)).is(http.StatusSeeOther)
	}
	siti.gets("/tasks").shows("Today", "pertama", "kedua").hides("punya budi", "Overdue")
	siti.gets("/tasks?whose=team").shows("punya budi", "Budi")
	h.Forward(24 * time.Hour)
	siti = h.hires("dewi", access.Supervisor, "en").signsIn()
	page := text(siti.gets("/tasks?whose=all").is(http.StatusOK).body)
	if late, first, today := strings.Index(page, "Overdue"), strings.Index(page, "pertama"), strings.Index(page, "Today"); late < 0 || first < late || today < first {
		t.Errorf("the order of the days: %s", page)
	}
	siti.gets("/tasks?after=x").is(http.StatusBadRequest)
	siti.gets("/tasks?whose=other").is(http.StatusOK)
}

// TestWhatWasTypedSurvivesTheFormItWasTypedInto: a colleague closes the case meanwhile,
// or ends the row, and the form is gone with it. What was typed stands above the page.
func TestWhatWasTypedSurvivesTheFormItWasTypedInto(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "telegram", "lowongan ini benar?")
	budi, siti := h.hires("budi", access.CaseWorker, "en").signsIn(), h.hires("siti", access.Supervisor, "en").signsIn()
	const path = "/cases/AAA111/"
	siti.posts(path+"people", formOf("name", "Dewi", "age", "adult", "state", "held")).is(http.StatusSeeOther)
	person, read := siti.view("AAA111").People[0].ID.String(), budi.gets("/cases/AAA111").is(http.StatusOK).field("version")
	siti.posts(path+"people/"+person, formOf("do", "remove", "reason", "salah", "version", "1")).is(http.StatusSeeOther)
	budi.posts(path+"people/"+person, formOf("version", "1", "age", "adult", "state", "held", "note", "di lantai tiga")).is(http.StatusConflict).
		shows("This is what you wrote", "di lantai tiga")
	siti.posts(path+"close", formOf("reason", "selesai", "version", siti.gets("/cases/AAA111").field("version"))).is(http.StatusSeeOther)
	for _, c := range []struct {
		act   string
		form  url.Values
		typed []string
	}{
		{"reply", formOf("id", casefile.NewID(h.Now()).String(), "text", `kata "satu" + dua`), []string{`kata "satu" + dua`}},
		{"lower", formOf("version", read, "to", "low", "reason", "kata tiga"), []string{"kata tiga"}},
		{"close", formOf("version", read, "reason", "kata empat"), []string{"kata empat"}},
		{"tasks", formOf("text", "kata lima", "due", h.tomorrow()), []string{"kata lima"}},
		{"referrals", formOf("to", "kemlu", "text", "kata enam", "field", "age", "weighed", "kata tujuh", "due", h.tomorrow()), []string{"kata enam", "kata tujuh"}},
	} {
		budi.posts(path+c.act, c.form).is(http.StatusConflict).shows("This case is closed", "This is what you wrote").shows(c.typed...)
	}
	budi.posts(path+"links", formOf("other", "ZZZ999", "kind", "same_place", "reason", "gedung sama")).is(http.StatusUnprocessableEntity).
		shows("gedung sama").hides("This is what you wrote")
}

// TestWhoEndsTheTaskThatOpenedACaseComesToTheQueue: a task opens a child's case to whoever
// has it; done, the case is not theirs any more, and nothing asks why they want it.
func TestWhoEndsTheTaskThatOpenedACaseComesToTheQueue(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "telegram", "lowongan ini benar?")
	budi, siti := h.hires("budi", access.CaseWorker, "en").signsIn(), h.hires("siti", access.Supervisor, "en").signsIn()
	siti.posts("/cases/AAA111/tasks", formOf("text", "telepon", "due", h.tomorrow(), "to", "budi")).is(http.StatusSeeOther)
	siti.posts("/cases/AAA111/people", formOf("age", "under18", "state", "held")).is(http.StatusSeeOther)
	budi.gets("/cases/AAA111").is(http.StatusOK)
	task := siti.view("AAA111").Tasks[0].ID.String()
	done := budi.posts("/cases/AAA111/tasks/"+task, formOf("version", "1", "to", "done")).is(http.StatusSeeOther)
	if to := done.header.Get("Location"); to != "/" {
		t.Errorf("they are sent to %s", to)
	}
	h.writes("BBB222", "telegram", "lowongan ini benar?")
	told := budi.posts("/cases/BBB222/people", formOf("age", "under18", "state", "held")).is(http.StatusSeeOther)
	if to := told.header.Get("Location"); to != "/" {
		t.Errorf("who writes a child down is sent to %s", to)
	}
}
