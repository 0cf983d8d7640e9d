package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/signin"
	"pulang/internal/store"
)

// changesTerm changes how long cases stay, as the page has it now.
func (o *officer) changesTerm(days, reason string) *answer {
	o.Helper()
	return o.posts("/retention/case", formOf("mark", o.termMark("case"), "days", days, "reason", reason))
}

// termMark is the mark of a kind on the page of terms.
func (o *officer) termMark(kind string) string {
	o.Helper()
	_, form, found := strings.Cut(o.gets("/retention").body, `action="/retention/`+kind+`"`)
	if !found {
		o.Fatalf("the page has no form for %s", kind)
	}
	return (&answer{T: o.T, body: form}).field("mark")
}

// deedsOnAdministration is what the list of teams and the terms leave in the audit.
func (h *house) deedsOnAdministration(boss *officer) []deed {
	team := func(act string, version int, pairs ...string) func() *answer {
		return func() *answer {
			return boss.posts("/teams/batam/"+act, formOf(append(pairs, "version", strconv.Itoa(version))...))
		}
	}
	return []deed{
		{"GET /teams", func() *answer { return boss.gets("/teams") }, 200, ""},
		{"POST /teams", func() *answer { return boss.posts("/teams", formOf("word", "batam", "title", "Batam")) }, 303, "team.added"},
		{"POST /teams/{word}/rename", team("rename", 1, "title", "Kantor Batam"), 303, "team.renamed"},
		{"POST /teams/{word}/retire", team("retire", 2), 303, "team.retired"},
		{"POST /teams/{word}/restore", team("restore", 3), 303, "team.restored"},
		{"GET /roles", func() *answer { return boss.gets("/roles") }, 200, ""},
		{"GET /retention", func() *answer { return boss.gets("/retention") }, 200, ""},
		{"POST /retention/{kind}", func() *answer { return boss.changesTerm("300", "diminta") }, 303, "retention.changed"},
	}
}

// TestTheListOfTeamsIsKeptOnItsPage: what was typed comes back, and a refusal says what
// to do.
func TestTheListOfTeamsIsKeptOnItsPage(t *testing.T) {
	h := newHouse(t)
	h.hires("budi", access.DutyOfficer, "en").signsIn().gets("/teams").is(http.StatusForbidden)
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	bad := siti.posts("/teams", formOf("word", "Kantor Batam", "title", "Kantor <b>Batam</b>")).is(http.StatusUnprocessableEntity).shows("Mend the code")
	if bad.field("word") != "kantor batam" || !strings.Contains(bad.body, `value="Kantor &lt;b&gt;Batam&lt;/b&gt;"`) {
		t.Error("what was typed is lost, or not escaped")
	}
	siti.posts("/teams", formOf("word", "batam", "title", "Kantor Batam")).is(http.StatusSeeOther)
	siti.gets("/teams?done=added").shows("The team was added.", "Kantor Batam", "Staff: 0", "no open cases")
	siti.posts("/teams", formOf("word", "batam", "title", "x")).is(http.StatusConflict).shows("on the list already")
	h.Tx(func(tx *store.Tx) error { return tx.PlaceStaff(t.Context(), siti.id, "batam", access.Own, false) })
	siti.posts("/teams/batam/retire", formOf("version", "1")).is(http.StatusConflict).shows("Members of staff in this team: 1", "Move them to another")
	siti.posts("/teams/main/retire", formOf("version", "1")).is(http.StatusUnprocessableEntity).shows("The main team stays")
	siti.gets("/teams").hides("/teams/main/retire")
	lost := siti.posts("/teams/batam/rename", formOf("version", "9", "title", "Batam Raya")).is(http.StatusConflict).shows("Somebody else changed this team")
	if !strings.Contains(lost.body, `value="Batam Raya"`) {
		t.Error("what was typed is lost")
	}
	siti.posts("/teams/nobody/rename", formOf("version", "1", "title", "x")).is(http.StatusNotFound)
	siti.posts("/teams/batam/rename", formOf("version", "x", "title", "x")).is(http.StatusBadRequest)
	siti.gets("/staff/siti").shows("team Kantor Batam")
}

// TestThePageOfRolesSaysTheTable: in both languages, for everybody, and nothing on it
// is a form.
func TestThePageOfRolesSaysTheTable(t *testing.T) {
	h := newHouse(t)
	for _, lang := range []casefile.Lang{"id", "en"} {
		page := h.hires("adi."+string(lang), access.Auditor, lang).signsIn().gets("/roles").is(http.StatusOK)
		page.hides(`action="/roles`)
		body := text(page.body)
		for _, row := range access.Table {
			words, err := h.desk.Book.Text(string(lang), "console.may."+string(row.Permission), nil)
			if err != nil {
				t.Fatal(err)
			}
			// Once for each role that has it, and once in the table.
			if got := strings.Count(body, words); got < len(row.Roles)+1 {
				t.Errorf("%s stands %d times on the page, want %d", row.Permission, got, len(row.Roles)+1)
			}
		}
		for _, role := range access.Roles {
			mine := 0
			for _, row := range access.Table {
				if access.May(role, row.Permission) {
					mine++
				}
			}
			if !strings.Contains(body, fmt.Sprint(mine)) {
				t.Errorf("%s may do %d things, and the page does not say so", role, mine)
			}
		}
	}
}

// TestTermsAreChangedByThoseWhoMayRightAfterProvingWhoTheyAre walks the page of terms.
func TestTermsAreChangedByThoseWhoMayRightAfterProvingWhoTheyAre(t *testing.T) {
	h := newHouse(t)
	h.hires("budi", access.DutyOfficer, "en").signsIn().gets("/retention").is(http.StatusForbidden)
	auditor := h.hires("adi", access.Auditor, "en").signsIn()
	auditor.gets("/retention").is(http.StatusOK).shows("365 days after the case was closed", "For good", "It has not run yet").hides(`action="/retention/`, "/let-go")
	auditor.posts("/retention/case", formOf("days", "1")).is(http.StatusForbidden)
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	stale := siti.termMark("case")
	for days, says := range map[string]string{"1826": "from 1 to 1825", "0": "from 1 to 1825", "setahun": "from 1 to 1825"} {
		page := siti.changesTerm(days, "pengadilan").is(http.StatusUnprocessableEntity).shows(says, "pengadilan")
		if !strings.Contains(page.body, `value="`+days+`" aria-invalid="true"`) {
			t.Errorf("%q is lost, or not marked", days)
		}
	}
	siti.changesTerm("300", " ").is(http.StatusUnprocessableEntity).shows("write the reason")
	siti.changesTerm("300", "pengadilan").is(http.StatusSeeOther)
	siti.gets("/retention?done=changed").shows("The term was changed", "300 days", "Chosen by Siti on", "by itself it is 365 days")
	siti.posts("/retention/case", formOf("mark", stale, "days", "200", "reason", "lagi")).is(http.StatusConflict).shows("Somebody else chose another term", "lagi")
	siti.posts("/retention/audit", formOf("mark", "", "days", "200", "reason", "x")).is(http.StatusUnprocessableEntity).shows("This term is fixed")
	siti.posts("/retention/weather", formOf("days", "200", "reason", "x")).is(http.StatusNotFound)
	h.Forward(signin.ConfirmLife + time.Second)
	siti.changesTerm("100", "pengadilan").is(http.StatusUnprocessableEntity).shows("shortly after you proved who you are", "pengadilan")
	siti.gets("/retention").shows("300 days")
}

// TestACaseIsKeptOnItsPageAndLetGoFromTheList walks it, with what is refused.
func TestACaseIsKeptOnItsPageAndLetGoFromTheList(t *testing.T) {
	h := newHouse(t)
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	rina := h.writes("RINA1", "telegram", "tolong")
	rina.closes(siti.id)
	mark := func() string { return siti.gets("/cases/RINA1/forget").field("mark") }
	keep := func(until, reason string) *answer {
		return siti.posts("/cases/RINA1/keep", formOf("mark", mark(), "until", until, "reason", reason))
	}
	day := func(days int) string { return h.Now().AddDate(0, 0, days).Format(time.DateOnly) }
	siti.gets("/cases/RINA1/forget").shows("Nobody keeps this case")
	keep(day(30), " ").is(http.StatusUnprocessableEntity).shows("write the reason")
	keep(day(-1), "sidang").is(http.StatusUnprocessableEntity).shows("choose a day that lies ahead", "sidang")
	keep("besok", "sidang").is(http.StatusUnprocessableEntity).shows("choose a day that lies ahead")
	page := keep(day(400), "sidang").is(http.StatusUnprocessableEntity).shows("at most 366 days")
	if !strings.Contains(page.body, `value="`+day(400)+`"`) {
		t.Error("the day is lost")
	}
	budi.posts("/cases/RINA1/keep", formOf("mark", "none", "until", day(3), "reason", "x")).is(http.StatusForbidden)
	old := mark()
	keep(day(30), "sidang").is(http.StatusSeeOther)
	siti.gets("/cases/RINA1/forget?done=kept").shows("The case is kept.", "Kept until", "by Siti", "Let it go first").hides(`name="typed"`)
	siti.posts("/cases/RINA1/keep", formOf("mark", old, "until", day(60), "reason", "lagi")).is(http.StatusConflict).shows("Somebody else changed this case", "lagi")
	siti.posts("/cases/RINA1/forget", url.Values{"typed": {"RINA1"}, "reason": {"asked"}}).is(http.StatusConflict).shows("This case is kept")
	siti.gets("/retention").shows("RINA1", "Kept until")
	siti.posts("/cases/RINA1/let-go", formOf("from", "all", "mark", old, "reason", "selesai")).is(http.StatusConflict).shows("Somebody else changed this case", "selesai")
	siti.posts("/cases/RINA1/let-go", formOf("from", "all", "mark", mark(), "reason", "selesai")).is(http.StatusSeeOther)
	siti.gets("/retention?done=let_go").shows("The case is let go.", "No case is kept.").hides("RINA1")
	siti.gets("/cases/RINA1/forget").shows("Type RINA1 once more")
}

// TestANumberIsTakenAndShownOnNoPage: nor in the log, and only its owner's.
func TestANumberIsTakenAndShownOnNoPage(t *testing.T) {
	h := newHouse(t)
	h.hires("budi", access.DutyOfficer, "en")
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	set := func(login string, pairs ...string) *answer {
		page := siti.gets("/staff/" + login)
		return siti.posts("/staff/"+login+"/phone", formOf(append(pairs, "mark", page.field("mark"))...))
	}
	siti.gets("/staff/budi").shows("No number")
	wrong := set("budi", "phone", "12").is(http.StatusUnprocessableEntity).shows("That is no phone number")
	if wrong.field("phone") != "12" || !strings.Contains(wrong.body, `aria-describedby="phone-hint problem" aria-invalid="true"`) {
		t.Error("what was typed is lost, or not marked")
	}
	set("budi", "phone", "").is(http.StatusUnprocessableEntity).shows("That is no phone number")
	set("budi", "phone", "+62 811 2223 3344").is(http.StatusSeeOther)
	for _, path := range []string{"/staff/budi?done=phone", "/staff", "/audit"} {
		siti.gets(path).is(http.StatusOK).hides("2223", "+62 811")
	}
	siti.gets("/staff/budi").shows("There is a number", "since")
	set("siti", "phone", "+62 811 2223 3344").is(http.StatusUnprocessableEntity).shows("a colleague")
	siti.posts("/staff", hiring("phone", "+62 811 2223 3344")).is(http.StatusUnprocessableEntity).shows("a colleague")
	siti.gets("/staff").hides("wati")
	siti.posts("/staff", hiring("phone", "12")).is(http.StatusUnprocessableEntity).shows("That is no phone number")
	siti.posts("/staff", hiring("phone", "+62 811 2223 3355")).is(http.StatusOK)
	siti.gets("/staff/wati").shows("There is a number")
	set("budi", "remove", "yes").is(http.StatusSeeOther)
	siti.gets("/staff/budi").shows("No number")
	h.Forward(signin.ConfirmLife + time.Second)
	set("budi", "phone", "+62 811 2223 3344").is(http.StatusUnprocessableEntity).shows("shortly after you proved")
	if strings.Contains(h.log.String(), "2223") {
		t.Error("the number is in the log")
	}
}

// TestTheCodeOfTheAuthenticatorIsDrawnOnceAndHere: inside the page, with the secret as
// text beside it, and in no log.
func TestTheCodeOfTheAuthenticatorIsDrawnOnceAndHere(t *testing.T) {
	h := newHouse(t)
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	page := siti.posts("/staff", hiring()).is(http.StatusOK).shows("Scan with their authenticator")
	if strings.Count(page.body, `<svg class="qr"`) != 1 || strings.Contains(page.body, "otpauth") || strings.Contains(page.body, "<img") {
		t.Error("the code is not drawn in the page")
	}
	found := passwords.FindStringSubmatch(text(page.body))
	if found == nil || strings.Contains(h.log.String(), found[2]) || strings.Contains(h.log.String(), "otpauth") {
		t.Error("no secret as text, or it is in the log")
	}
	siti.gets("/staff/wati").hides(`class="qr"`)
	relinked := siti.posts("/staff/wati/link", formOf("mark", siti.gets("/staff/wati").field("mark"))).is(http.StatusOK)
	relinked.hides(`class="qr"`)
}
