package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
)

// typedAs makes the console know how numbers are typed here: as they are.
func typedAs(o *Options) {
	o.Cases.Addresses = func(text string) []casefile.Address {
		return []casefile.Address{{Channel: "sms", ID: casefile.Hide(strings.ReplaceAll(text, " ", ""))}}
	}
}

func TestTakingTheNextCaseOpensItAndSaysWhenNothingWaits(t *testing.T) {
	h := newHouse(t)
	h.writes("HIGH01", "sms", "tolong", locked, nobody)
	h.Forward(time.Minute)
	h.writes("CRIT02", "telegram", "tolong", locked, answered(casefile.Violence, "beaten"))
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	page := budi.gets("/").is(http.StatusOK).shows("(2) Queue", "Take the next case", "Alert not answered Critical CRIT02")
	page.hides("Others")
	for _, ref := range []string{"CRIT02", "HIGH01"} {
		to := budi.posts("/queue/next", nil).is(http.StatusSeeOther).header.Get("Location")
		if to != "/cases/"+ref+"?done=taken_next#done" {
			t.Fatalf("led to %s, want %s", to, ref)
		}
		budi.gets(to).is(http.StatusOK).shows("You look after this case now.")
	}
	budi.posts("/queue/next", nil).is(http.StatusConflict).shows("No case waits to be taken.", "Budi has it", "HIGH01")
	h.hires("ani", access.Auditor, "en").signsIn().gets("/").is(http.StatusOK).hides("Take the next case", "Find a case", `action="/queue`)
}

func TestTheFilterStandsInTheAddressAndIsKept(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "sms", "tolong", locked, country)
	h.writes("BBB222", "telegram", "lowongan ini benar?", nobody)
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	page := siti.gets("/?country=MM&urgency=high").is(http.StatusOK).shows("AAA111", "Show all").hides(`class="ref">BBB222`)
	for _, kept := range []string{`<option value="MM" selected>`, `<option value="high" selected>`, `data-page="/?country=MM&amp;urgency=high"`, `data-events="/events?country=MM&amp;mark=`} {
		if !strings.Contains(page.body, kept) {
			t.Errorf("the page has no %s", kept)
		}
	}
	siti.gets("/?country=none").is(http.StatusOK).shows("BBB222").hides(`class="ref">AAA111`)
	siti.gets("/?who=mine").is(http.StatusOK).shows("No case fits this filter.")
	siti.gets("/?list=closed").is(http.StatusOK).shows("Closed").hides(`class="ref">AAA111`)
	for _, bad := range []string{"urgency=x", "who=all", "list=open", "after=x", "flow=x", "after=0.0.x.x", "team=%00", "team=nowhere", "country=Burma", "mine=", "closed=1"} {
		name, _, _ := strings.Cut(bad, "=")
		with := "country=MM"
		if name == "country" {
			with = "urgency=high"
		}
		page := siti.gets("/?"+bad+"&"+with).is(http.StatusOK).shows("not known here and was left out: "+name+"=", "AAA111").hides(`class="ref">BBB222`)
		if !strings.Contains(page.body, `data-page="/?`+with+`"`) {
			t.Errorf("%s is kept", bad)
		}
	}
}

// TestTheFirstPageOfAFullQueueIsSmall, and leads on to what it does not show.
func TestTheFirstPageOfAFullQueueIsSmall(t *testing.T) {
	h := newHouse(t)
	sql := h.SQL()
	for i := range cases.QueueSize + 1 {
		_, err := sql.Exec(t.Context(), `INSERT INTO cases (id, ref, status, urgency, country, flow, queued_at, opened_at, last_in_at)
			VALUES ($1, $2, 'open', 'critical', 'MM', 'victim', $3, $3, $3)`, casefile.NewID(h.Now()), fmt.Sprintf("CASE%02d", i), h.Now())
		if err != nil {
			t.Fatal(err)
		}
	}
	siti := h.hires("siti", access.Supervisor, "id").signsIn()
	page := siti.gets("/").is(http.StatusOK).shows("51 Kritis", "CASE49").hides("CASE50")
	if size := len(page.body); size > 64<<10 {
		t.Errorf("the page is %d bytes", size)
	}
	_, next, _ := strings.Cut(page.body, `<a class="button" href="`)
	next, _, _ = strings.Cut(next, `"`)
	page = siti.gets(strings.ReplaceAll(next, "&amp;", "&")).is(http.StatusOK).shows("CASE50", "Halaman pertama").hides("CASE49")
	if !strings.Contains(page.body, `data-page="/?after=`) {
		t.Error("the page does not renew itself")
	}
}

func TestASearchLeadsToTheCaseAndKeepsNumbersOutOfAddresses(t *testing.T) {
	h := newHouse(t, typedAs)
	rina := h.writes("AAA111", "sms", "tolong", locked)
	h.writes("BBB222", "telegram", "tolong", locked, named)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	agus := h.hires("agus", access.DutyOfficer, "en").sent("main", access.Police).signsIn()
	finds := func(who *officer, typed string) *answer {
		return who.posts("/queue/search", url.Values{"q": {typed}})
	}
	for _, typed := range []string{"aaa111", rina.number} {
		if to := finds(budi, typed).is(http.StatusSeeOther).header.Get("Location"); to != "/cases/AAA111" {
			t.Errorf("%q leads to %q", typed, to)
		}
	}
	finds(budi, "").is(http.StatusUnprocessableEntity).shows("Type a case reference")
	finds(budi, "+62 811").is(http.StatusOK).shows("There is no case that you can open with this.")
	// What is kept from them reads as what is not there.
	kept, none := finds(agus, "BBB222").is(http.StatusOK), finds(agus, "ZZZ999").is(http.StatusOK)
	if plain(kept, "BBB222") != plain(none, "ZZZ999") {
		t.Error("the page tells that the case is there")
	}
	budi.gets("/queue/search?q=AAA111").is(http.StatusMethodNotAllowed)
	if strings.Contains(h.log.String(), rina.number) {
		t.Error("the number is in the log")
	}
}
