package console

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/signin"
	"pulang/internal/store"
)

// hiring is the form of a new member of staff; pairs change it.
func hiring(pairs ...string) url.Values {
	form := formOf("login", "wati", "name", "Wati", "role", "duty_officer", "team", "main", "agency", "pulang", "children", "", "langs", "id,en", "on_duty", "")
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

// deedsOnStaff is what keeping accounts leaves in the audit.
func (h *house) deedsOnStaff(boss *officer) []deed {
	do := func(act string, pairs ...string) func() *answer {
		return func() *answer {
			page := boss.gets("/staff/wati")
			return boss.posts("/staff/wati/"+act, formOf(append(pairs, "mark", page.field("mark"))...))
		}
	}
	return []deed{
		{"GET /staff", func() *answer { return boss.gets("/staff") }, 200, ""},
		{"POST /staff", func() *answer { return boss.posts("/staff", hiring()) }, 200, "staff.link_code, staff.enrolled, staff.added"},
		{"GET /staff/{login}", func() *answer { return boss.gets("/staff/wati") }, 200, ""},
		{"POST /staff/{login}/duty", do("duty", "on", "yes"), 303, "staff.on_duty"},
		{"POST /staff/{login}/post", do("post", "role", "auditor", "team", "batam", "agency", "ngo:x"), 303, "staff.off_duty, staff.placed"},
		{"POST /staff/{login}/phone", do("phone", "phone", "+62 811 2223 33"), 303, "staff.contact"},
		{"POST /staff/{login}/link", do("link"), 200, "staff.link_code, staff.contact"},
		{"POST /staff/{login}/reset", do("reset"), 200, "staff.enrolled, staff.reset"},
		{"POST /staff/{login}/disable", do("disable"), 303, "staff.disabled"},
		{"POST /staff/{login}/enable", do("enable"), 200, "staff.link_code, staff.enrolled, staff.enabled"},
	}
}

var passwords = regexp.MustCompile(`Password ([a-z2-9-]{19}) .*Secret to type into their authenticator ([A-Z2-7]+)`)

func TestPapersAreShownOnceAndOpenTheDoor(t *testing.T) {
	h := newHouse(t)
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	page := siti.posts("/staff", hiring()).is(http.StatusOK).shows("For wati", "shown once", "LINK ")
	found := passwords.FindStringSubmatch(text(page.body))
	if found == nil {
		t.Fatalf("no papers: %s", text(page.body))
	}
	siti.gets("/staff/wati").is(http.StatusOK).shows("Wati", "Duty officer · team main · our own").hides(found[1], found[2], "LINK ")
	wati := h.hires("other", access.Auditor, "en") // the browser of somebody who was not there yet
	wati.login, wati.enrol = "wati", signin.Enrolment{Password: found[1], Secret: found[2]}
	wati.signsIn().gets("/").is(http.StatusOK)
	siti.posts("/staff/wati/disable", formOf("mark", siti.gets("/staff/wati").field("mark"))).is(http.StatusSeeOther)
	wati.gets("/").is(http.StatusSeeOther)
	again := siti.posts("/staff/wati/enable", formOf("mark", siti.gets("/staff/wati").field("mark"))).is(http.StatusOK)
	fresh := passwords.FindStringSubmatch(text(again.body))
	if fresh == nil || fresh[1] == found[1] {
		t.Error("somebody comes back with the old papers")
	}
}

func TestAccountsAreChangedOnlyRightAfterProvingWhoOneIs(t *testing.T) {
	h := newHouse(t)
	h.hires("budi", access.DutyOfficer, "en")
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	mark := siti.gets("/staff/budi").field("mark")
	h.Forward(signin.ConfirmLife + time.Second)
	page := siti.posts("/staff", hiring("name", "Wati Baru")).is(http.StatusUnprocessableEntity).shows("shortly after you proved who you are")
	if page.field("name") != "Wati Baru" {
		t.Error("what was typed is lost")
	}
	for _, act := range []string{"post", "duty", "disable", "enable", "reset", "link"} {
		siti.posts("/staff/budi/"+act, formOf("mark", mark, "role", "auditor", "team", "main", "agency", "pulang")).is(http.StatusUnprocessableEntity)
	}
	siti.gets("/staff").hides("wati").shows("budi Budi on duty Duty officer")
}

// TestNobodyGivesMoreThanTheyMay: an administrator reads no case, and must not come to
// one by making, or taking over, the account of somebody who does.
func TestNobodyGivesMoreThanTheyMay(t *testing.T) {
	h := newHouse(t)
	h.hires("budi", access.DutyOfficer, "en")
	adi := h.hires("adi", access.Administrator, "en").signsIn()
	for _, role := range []string{"duty_officer", "case_worker", "supervisor"} {
		adi.posts("/staff", hiring("role", role)).is(http.StatusUnprocessableEntity).shows("may do more than your role")
	}
	page := adi.gets("/staff/budi").is(http.StatusOK).hides("/staff/budi/reset", "/staff/budi/link", "/staff/budi/post")
	mark := page.field("mark")
	for _, act := range []string{"reset", "link", "post"} {
		adi.posts("/staff/budi/"+act, formOf("mark", mark, "role", "auditor", "team", "main", "agency", "pulang")).
			is(http.StatusUnprocessableEntity).shows("may do more than your role").hides("LINK ")
	}
	adi.posts("/staff", hiring("login", "ani", "role", "auditor")).is(http.StatusOK)
	self := adi.gets("/staff/adi").is(http.StatusOK).hides("/staff/adi/disable", "/staff/adi/reset").field("mark")
	for _, act := range []string{"reset", "disable"} {
		adi.posts("/staff/adi/"+act, formOf("mark", self)).is(http.StatusUnprocessableEntity).shows("Nobody changes their own role")
	}
	adi.posts("/staff/adi/post", formOf("mark", self, "role", "auditor", "team", "main", "agency", "pulang")).is(http.StatusUnprocessableEntity)
	adi.posts("/staff/ani/post", formOf("mark", adi.gets("/staff/ani").field("mark"), "role", "supervisor", "team", "main", "agency", "pulang")).
		is(http.StatusUnprocessableEntity).shows("may do more than your role")
	adi.posts("/staff/budi/disable", formOf("mark", mark)).is(http.StatusSeeOther) // it gives nobody anything
	adi.posts("/staff/budi/enable", formOf("mark", adi.gets("/staff").is(http.StatusOK).body)).is(http.StatusConflict)
}

func TestAnotherAgencyKeepsOnlyItsOwnAccounts(t *testing.T) {
	h := newHouse(t)
	h.hires("budi", access.DutyOfficer, "en")
	pol := h.hires("pol", access.Supervisor, "en")
	h.Tx(func(tx *store.Tx) error { return tx.PlaceStaff(t.Context(), pol.id, "main", access.Police, false) })
	pol.signsIn()
	pol.posts("/staff", hiring("agency", "pulang")).is(http.StatusUnprocessableEntity).shows("belongs to another agency")
	pol.posts("/staff", hiring("agency", "police")).is(http.StatusOK)
	pol.gets("/staff/budi").hides("/staff/budi/reset")
}

func TestAnAccountThatChangedMeanwhileIsShownAndKept(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en")
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	siti.posts("/teams", formOf("word", "batam", "title", "Kantor Batam")).is(http.StatusSeeOther)
	mark := siti.gets("/staff/budi").field("mark")
	h.Tx(func(tx *store.Tx) error { _, err := tx.SetDuty(t.Context(), budi.id, false, h.Now()); return err })
	page := siti.posts("/staff/budi/post", formOf("mark", mark, "role", "case_worker", "team", "batam", "agency", "pulang")).is(http.StatusConflict)
	page.shows("Somebody else changed this account")
	if !strings.Contains(page.body, `<option value="batam" selected>Kantor Batam</option>`) {
		t.Error("what was chosen is lost")
	}
	bad := siti.posts("/staff", hiring("agency", "Polri?", "login", "wati")).is(http.StatusUnprocessableEntity).shows("There is no such agency")
	if bad.field("login") != "wati" || bad.field("agency") != "polri?" {
		t.Error("what was typed is lost")
	}
	siti.posts("/staff", hiring("login", "budi")).is(http.StatusUnprocessableEntity).shows("Somebody has that login already")
	siti.posts("/staff", hiring("role", "auditor", "on_duty", "yes")).is(http.StatusUnprocessableEntity).shows("Choose No for on duty")
	siti.gets("/staff/nobody").is(http.StatusNotFound)
	h.hires("rina", access.CaseWorker, casefile.English).signsIn().gets("/staff").is(http.StatusForbidden)
}
