package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
)

func TestTheTimelinePageMixesFiltersAndTurnsRound(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", "tolong saya", locked)
	rina.hears("Kami membaca.", "sent")
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	h.Forward(time.Minute)
	budi.posts("/cases/AAA111/note", formOf("note", "menelepon ibunya")).is(http.StatusSeeOther)
	h.Forward(time.Minute)
	budi.posts("/cases/AAA111/lower", formOf("to", "low", "reason", "sudah aman", "version", budi.gets("/cases/AAA111").field("version"))).is(http.StatusSeeOther)
	page := budi.follows(budi.gets("/cases/AAA111"), "Whole timeline")
	page.shows("tolong saya", "Kami membaca.", "Budi menelepon ibunya", "Budi lowered the urgency", "→ Low", "sudah aman", "Budi read the case")
	if newest, oldest := strings.Index(page.body, "sudah aman"), strings.Index(page.body, "tolong saya"); newest > oldest {
		t.Error("the oldest stands first")
	}
	turned := budi.follows(page, "Oldest first")
	if newest, oldest := strings.Index(turned.body, "sudah aman"), strings.Index(turned.body, "tolong saya"); newest < oldest {
		t.Error("oldest first, and the newest stands first")
	}
	notes := budi.follows(turned, "Notes").shows("menelepon ibunya", "sudah aman", "Newest first").hides("tolong saya", "Kami membaca.")
	budi.follows(notes, "Messages").shows("tolong saya").hides("Kami membaca.", "menelepon ibunya")
	budi.gets("/cases/AAA111/timeline?kind=nonsense").is(http.StatusBadRequest)
	budi.gets("/cases/AAA111/timeline?from=nonsense").is(http.StatusBadRequest)
}

func TestTheTimelineIsPagedByKey(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", "yang pertama", locked)
	for range cases.TimelineSize {
		rina.Says("lagi")
	}
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	page := budi.gets("/cases/AAA111/timeline?kind=message").is(http.StatusOK).hides("yang pertama", "To the start of the list")
	last := budi.follows(page, "Earlier").shows("yang pertama", "To the start of the list")
	if last.hrefs()["Earlier"] != "" {
		t.Error("there is a page after the last")
	}
}

func TestTheCasePageShowsTheNewestOfTheTimeline(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "telegram", "tolong saya", locked)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	budi.posts("/cases/AAA111/note", formOf("note", "x")).is(http.StatusSeeOther)
	page := budi.gets("/cases/AAA111").is(http.StatusOK).body
	part := text(page[strings.Index(page, `id="timeline"`):])
	if !strings.Contains(part, "Budi read the case") || strings.Contains(part, "tolong saya") {
		t.Errorf("the newest of the timeline: %s", part)
	}
}

func TestTheSameThingAgainIsOneLineAndWhatWasSaidIsNot(t *testing.T) {
	t.Parallel()
	who := casefile.ByStaff(casefile.NewID(time.Unix(1, 0)))
	at := func(kind cases.EventKind, what string, n int64) cases.Event {
		return cases.Event{Kind: kind, What: what, Actor: who, At: time.Unix(n, 0)}
	}
	rows := rowsOf([]cases.Event{at(cases.EventView, "case.viewed", 9), at(cases.EventView, "case.viewed", 8), at(cases.EventView, "case.printed", 7),
		at(cases.EventMessage, "photo", 6), at(cases.EventMessage, "photo", 5)}, cases.Names{})
	if len(rows) != 4 || rows[0].Times != 2 || rows[0].At != time.Unix(9, 0) || rows[2].Times != 1 {
		t.Errorf("got %+v", rows)
	}
}

func TestPaperSaysWhoMadeItWhenAndIsCovered(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", "namaku Dewi Lestari, 0812 3456 7890", locked)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	page := budi.follows(budi.gets("/cases/AAA111"), "Print")
	made := "Case AAA111, made by Budi, " + h.Now().UTC().Format("2 Jan 2006 15:04") + " UTC."
	page.shows(made, "Numbers, names and places are covered.", "Keep it locked away", "namaku •••••••").hides("Dewi", "7890", rina.number)
	if strings.Count(page.body, "made by Budi") != 2 {
		t.Error("who made it does not stand at both ends")
	}
	shown := budi.posts("/cases/AAA111/print", nil).is(http.StatusOK)
	shown.shows(made, "With numbers, names and places.", "Dewi Lestari", rina.number).hides("are covered")
	did := strings.Join(budi.entries(), ", ")
	if !strings.HasSuffix(did, "case.printed AAA111, case.printed AAA111, identity.revealed AAA111") {
		t.Errorf("audited: %s", did)
	}
	auditor := h.hires("arif", access.Auditor, "en").signsIn()
	auditor.gets("/cases/AAA111/print").is(http.StatusForbidden).hides("Dewi")
	budi.gets("/cases/ZZZ999/print").is(http.StatusNotFound)
}
