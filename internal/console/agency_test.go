package console

import (
	"net/http"
	"testing"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// TestWhomAnAgencySendsDecidesNothingForAll walks the pages as a supervisor of the police:
// what holds for every case, also those kept from them, is not theirs to change or count.
func TestWhomAnAgencySendsDecidesNothingForAll(t *testing.T) {
	h := newHouse(t)
	h.hires("budi", access.DutyOfficer, "en")
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	pol := h.hires("pol", access.Supervisor, "en")
	h.Tx(func(tx *store.Tx) error { return tx.PlaceStaff(t.Context(), pol.id, "main", access.Police, false) })
	pol.signsIn()
	h.Tx(func(tx *store.Tx) error { return tx.NoteRun(t.Context(), casefile.KeptCase, 7654, 4321, h.Now()) })
	for path, mark := range map[string]string{"/retention": "4321", "/teams": "no open cases", "/overview": "Messages not taken up"} {
		siti.gets(path).is(http.StatusOK).shows(mark)
		pol.gets(path).is(http.StatusOK).hides(mark)
	}
	pol.gets("/retention").hides(`action="/retention/`, "7654")
	for _, path := range []string{"/retention/case", "/cases/AAA111/lift", "/cases/AAA111/forget", "/cases/AAA111/keep", "/cases/AAA111/let-go",
		"/places", "/canned/retire", "/canned/01890000-0000-7000-8000-000000000000/approve", "/directory/kemlu-pusat/confirm"} {
		pol.posts(path, formOf("days", "1", "mark", "365.0", "reason", "x")).is(http.StatusForbidden)
	}
	pol.gets("/staff/budi").is(http.StatusOK).hides("/staff/budi/duty", "/staff/budi/disable")
	page := siti.gets("/staff/budi")
	for _, act := range []string{"duty", "disable"} {
		pol.posts("/staff/budi/"+act, formOf("mark", page.field("mark"))).is(http.StatusUnprocessableEntity).shows("belongs to another agency")
	}
	pol.posts("/me/colleagues/siti/end", formOf()).is(http.StatusForbidden)
	siti.gets("/me").is(http.StatusOK)
	own := pol.gets("/staff/pol").is(http.StatusOK).hides(`name="phone"`).shows("Only our own staff type a number")
	pol.posts("/staff/pol/phone", formOf("mark", own.field("mark"), "phone", "+62 812 0000 0001")).is(http.StatusUnprocessableEntity).shows("Only our own staff type a number")
	pol.gets("/staff").hides(`name="phone"`)
	siti.gets("/staff").shows("Number for alerts by SMS")
}
