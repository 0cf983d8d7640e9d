package console

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"pulang/internal/access"
)

// proposal is the form of a canned reply; pairs change it.
func proposal(pairs ...string) url.Values {
	form := formOf("name", "sudah_makan", "disguised", "", "title_id", "Makan", "body_id", "Sudah makan?", "title_en", "Food", "body_en", "Have you eaten?")
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

var cannedDecision = regexp.MustCompile(`/canned/[0-9a-f-]{36}/`)

// decides is the way to what the first proposal waits for.
func (o *officer) decides() string {
	o.Helper()
	way := cannedDecision.FindString(o.gets("/canned").is(http.StatusOK).body)
	if way == "" {
		o.Fatal("nothing waits to be decided")
	}
	return way
}

// retires takes the first reply away that is offered under a name.
func (o *officer) retires(name string) *answer {
	o.Helper()
	_, after, _ := strings.Cut(o.gets("/canned").body, `name="name" value="`+name+`">`)
	mark := regexp.MustCompile(`name="mark" value="([0-9a-f]+)"`).FindStringSubmatch(after)
	if mark == nil {
		o.Fatalf("%s is not offered", name)
	}
	return o.posts("/canned/retire", formOf("name", name, "mark", mark[1]))
}

// deedsOnCanned are what one proposes and the other decides.
func (h *house) deedsOnCanned(boss, budi *officer) []deed {
	propose := func() { budi.posts("/canned", proposal()).is(http.StatusSeeOther) }
	return []deed{
		{"GET /canned", func() *answer { return boss.gets("/canned") }, 200, ""},
		{"POST /canned", func() *answer { return boss.posts("/canned", proposal("name", "lain_hari")) }, 303, "canned.proposed"},
		{"POST /canned/{id}/refuse", func() *answer { return boss.posts(boss.decides()+"refuse", nil) }, 303, "canned.refused"},
		{"POST /canned/{id}/approve", func() *answer { propose(); return boss.posts(boss.decides()+"approve", nil) }, 303, "canned.approved"},
		{"POST /canned/retire", func() *answer { return boss.retires("sudah_makan") }, 303, "canned.retired"},
	}
}

func TestACannedReplyTakesTwoPeople(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	budi.posts("/canned", proposal("disguised", "yes")).is(http.StatusSeeOther)
	budi.gets("/canned?done=proposed").shows("Proposed. It is offered once", "sudah_makan also for a watched phone", "Have you eaten?").hides("/approve", "/canned/retire")
	way := siti.decides()
	budi.posts(way+"approve", nil).is(http.StatusForbidden)
	siti.posts(way+"approve", nil).is(http.StatusSeeOther)
	siti.posts(way+"approve", nil).is(http.StatusConflict).shows("decided or changed meanwhile")
	budi.gets("/canned").shows("Nothing waits to be decided", "sudah_makan")
	siti.posts("/canned", proposal("name", "punya_siti")).is(http.StatusSeeOther)
	mine := siti.decides()
	siti.gets("/canned").shows("You proposed this: somebody else approves it").hides("/approve")
	siti.posts(mine+"approve", nil).is(http.StatusUnprocessableEntity).shows("somebody else approves it")
	siti.posts("/canned/retire", formOf("name", "sudah_makan", "mark", "old")).is(http.StatusConflict)
	siti.retires("sudah_makan").is(http.StatusSeeOther)
	siti.retires("received").is(http.StatusSeeOther) // one of ours
	siti.gets("/canned").hides(`value="received"`, `value="sudah_makan"`)
}

func TestACannedReplyThatBreaksARuleComesBackAsTyped(t *testing.T) {
	h := newHouse(t)
	adi := h.hires("adi", access.Administrator, "en").signsIn()
	for _, bad := range []url.Values{
		proposal("body_en", "Transfer to 1234567890123456"), proposal("body_id", strings.Repeat("panjang ", 40)), proposal("name", "A b"),
		proposal("title_en", ""), proposal("body_en", "\U0001F600"), proposal("body_id", "{nama}"),
	} {
		page := adi.posts("/canned", bad).is(http.StatusUnprocessableEntity).shows("The text does not pass the check")
		if page.field("title_id") != "Makan" {
			t.Error("what was typed is lost")
		}
	}
	adi.gets("/canned").shows("Nothing waits to be decided")
	h.hires("ani", access.Auditor, "en").signsIn().gets("/canned").is(http.StatusForbidden)
}
