package console

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/store"
)

var (
	wholeForms = regexp.MustCompile(`(?s)<form .*?</form>`)
	draftsAt   = regexp.MustCompile(`data-draft="([^"]*)"`)
)

// did is the end of an act that must succeed.
func (h *house) did(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// formsOf are the forms of a page that somebody writes into at length, by where their
// drafts go.
func (a *answer) formsOf() map[string]string {
	a.Helper()
	forms := map[string]string{}
	for _, form := range wholeForms.FindAllString(a.body, -1) {
		to := draftsAt.FindStringSubmatch(form)
		if to == nil && strings.Contains(form, "<textarea") {
			a.Errorf("%s: a form whose text is lost on a reload: %.200s", a.what, form)
		}
		if to != nil {
			forms[strings.ReplaceAll(to[1], "&amp;", "&")] += form
		}
	}
	return forms
}

// TestWhatIsTypedIntoAnyFormOfACaseIsThereAfterAReload, for whoever typed it and for
// nobody else, until it is sent.
func TestWhatIsTypedIntoAnyFormOfACaseIsThereAfterAReload(t *testing.T) {
	h := newHouse(t)
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	budi := h.hires("budi", access.Supervisor, "en").signsIn()
	h.writes("AAA111", "telegram", "saya melihat", nobody)
	h.writes("BBB222", "telegram", "saya lihat", nobody)
	h.did(h.desk.AddTask(t.Context(), siti.staff(), "AAA111", "telepon", "", h.Now().Add(48*time.Hour)))
	h.did(h.desk.AddPerson(t.Context(), siti.staff(), "AAA111", cases.Known{Name: "Sari", Age: store.AgeBands[0], State: store.PersonUnknown}))
	h.did(h.desk.ProposeLink(t.Context(), budi.staff(), "AAA111", "BBB222", store.LinkKinds[0], "sama"))
	h.did(h.desk.Exclude(t.Context(), siti.staff(), "AAA111", "military", "x"))
	var kept []string
	for _, page := range []string{"/cases/AAA111", "/cases/AAA111/forget"} {
		for to, form := range siti.gets(page).is(http.StatusOK).formsOf() {
			said := url.Values{}
			for _, name := range texts {
				if strings.Contains(form, ` name="`+name+`"`) {
					said.Set(name, "ketikan "+to+" "+name)
				}
			}
			siti.posts(to, said).is(http.StatusNoContent)
			again := siti.gets(page).is(http.StatusOK)
			form = again.formsOf()[to]
			for _, values := range said {
				if !strings.Contains(form, values[0]) {
					t.Errorf("%q is lost on a reload", values[0])
				}
				if strings.Contains(budi.gets(page).body, values[0]) {
					t.Errorf("a colleague reads %q", values[0])
				}
			}
			kept = append(kept, to)
		}
	}
	slices.Sort(kept)
	if len(kept) < 13 {
		t.Errorf("only %d forms: %q", len(kept), kept)
	}
	page := siti.gets("/cases/AAA111")
	siti.posts("/cases/AAA111/snooze", url.Values{"version": {page.field("version")}, "hours": {"2"}, "reason": {"tunggu"}}).is(http.StatusSeeOther)
	siti.gets("/cases/AAA111").hides("form=snooze reason").shows("form=task text")
	siti.posts("/cases/AAA111/draft?form=nothing", url.Values{"reason": {"x"}}).is(http.StatusBadRequest)
	siti.posts("/cases/AAA111/draft?form=task", url.Values{"text": {" "}, "due": {"2026-03-05"}}).is(http.StatusNoContent)
	siti.gets("/cases/AAA111").hides("form=task text")
}

// TestTheReasonOfAnOverrideIsKeptBesideTheReply, and ends with it.
func TestTheReasonOfAnOverrideIsKeptBesideTheReply(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	h.answersAs(budi, "AAA111", locked, nobody)
	h.Forward(casefile.AnswerWindow)
	page := budi.gets("/cases/AAA111")
	budi.posts("/cases/AAA111/draft", url.Values{"text": {"Besok jangan ikut."}, "reason": {"razia besok"}, "first": {"words"}}).is(http.StatusNoContent)
	again := budi.gets("/cases/AAA111")
	if again.area("text") != "Besok jangan ikut." || again.area("reason") != "razia besok" || !strings.Contains(again.body, `value="words" checked`) {
		t.Error("the words, the reason or the choice is lost on a reload")
	}
	budi.posts("/cases/AAA111/override", url.Values{"id": {page.field("id")}, "heard": {page.field("heard")},
		"text": {"Besok jangan ikut."}, "first": {"words"}, "reason": {"razia besok"}}).is(http.StatusSeeOther)
	if again := budi.gets("/cases/AAA111"); again.area("text") != "" || again.area("reason") != "" {
		t.Error("what was sent stands in the form again")
	}
}

// TestAChangeTypedBeforeAColleagueChangedTheRowIsShownFirst: the draft keeps the version
// that was read, and what it covers comes back only after a press.
func TestAChangeTypedBeforeAColleagueChangedTheRowIsShownFirst(t *testing.T) {
	h := newHouse(t)
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	budi := h.hires("budi", access.Supervisor, "en").signsIn()
	h.writes("AAA111", "telegram", "kami berdua", nobody)
	h.did(h.desk.AddPerson(t.Context(), siti.staff(), "AAA111", cases.Known{Name: "Sari", Age: store.AgeBands[0], State: store.PersonUnknown}))
	id := siti.view("AAA111").People[0].ID.String()
	at := "/cases/AAA111/people/" + id
	typed := url.Values{"version": {"1"}, "name": {"Sari Dewi"}, "age": {store.AgeBands[0]}, "state": {store.PersonUnknown}}
	siti.posts("/cases/AAA111/draft?form=person/"+id, typed).is(http.StatusNoContent)
	siti.gets("/cases/AAA111").shows("What you typed is kept.", "Name and place are covered.").hides("Sari Dewi")
	change := url.Values{"version": {"1"}, "name": {"Sri"}, "age": {store.AgeBands[0]}, "state": {store.PersonUnknown}}
	budi.posts(at, change).is(http.StatusSeeOther)
	page := siti.posts("/cases/AAA111/reveal", nil).is(http.StatusOK)
	form := page.formsOf()["/cases/AAA111/draft?form=person/"+id]
	if !strings.Contains(form, `name="version" value="1"`) || !strings.Contains(form, "Sari Dewi") {
		t.Errorf("the form is not as it was typed: %s", form)
	}
	page = siti.posts(at, typed).is(http.StatusConflict).shows("This changed since you read it", "Budi")
	if form = page.formsOf()["/cases/AAA111/draft?form=person/"+id]; !strings.Contains(form, `name="version" value="2"`) || !strings.Contains(form, "Sari Dewi") {
		t.Errorf("what was typed is lost, or cannot be sent: %s", form)
	}
	typed.Set("version", "2")
	siti.posts(at, typed).is(http.StatusSeeOther)
	siti.gets("/cases/AAA111").hides("What you typed is kept.")
}

// TestAReasonTypedInABrowserIsThereAfterAReload: nobody pressed anything to keep it.
func TestAReasonTypedInABrowserIsThereAfterAReload(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "telegram", "halo", nobody)
	ctx, at := h.hires("budi", access.CaseWorker, "en").signsIn().browser()
	const field = `document.getElementById("snooze-reason")`
	open := func() {
		if err := chromedp.Do(ctx, chromedp.Navigate(at+"/cases/AAA111")); err != nil {
			t.Fatal(err)
		}
	}
	open()
	evaluate[bool](t, ctx, field+`.closest("details").open = true; `+field+`.focus(); true`)
	key(t, ctx, "menunggu kabar ibunya")
	becomes(t, ctx, "it says that it is kept", `!`+field+`.form.querySelector("[data-saved]").hidden`)
	open()
	if got := evaluate[string](t, ctx, field+`.value`); got != "menunggu kabar ibunya" {
		t.Errorf("the reason is %q after a reload", got)
	}
	if !evaluate[bool](t, ctx, field+`.checkVisibility()`) {
		t.Error("what was typed is out of sight")
	}
}
