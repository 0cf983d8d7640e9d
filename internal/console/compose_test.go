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
	"pulang/internal/cases"
)

var areas = regexp.MustCompile(`(?s)<textarea[^>]* name="([a-z]+)"[^>]*>(.*?)</textarea>`)

// area is what stands in a field of several lines.
func (a *answer) area(name string) string {
	a.Helper()
	for _, m := range areas.FindAllStringSubmatch(a.body, -1) {
		if m[1] == name {
			return strings.TrimSpace(text(m[2]))
		}
	}
	a.Fatalf("%s has no field %q", a.what, name)
	return ""
}

// answersAs makes an officer answer somebody who wrote.
func (h *house) answersAs(o *officer, ref string, facts ...casefile.Fact) *person {
	h.Helper()
	p := h.writes(ref, "sms", "tolong kami", facts...)
	o.posts("/cases/"+ref+"/take", nil).is(http.StatusSeeOther)
	return p
}

func TestWhatWasTypedIsThereAfterAReloadAndASignIn(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	h.answersAs(budi, "AAA111", locked)
	if got := budi.posts("/cases/AAA111/draft", url.Values{"text": {"Kami di si"}}).is(http.StatusNoContent); got.body != "" {
		t.Errorf("the answer says %q", got.body)
	}
	budi.posts("/cases/AAA111/draft", url.Values{"note": {"ibunya <b>menelepon"}}).is(http.StatusNoContent)
	page := budi.gets("/cases/AAA111")
	if page.area("text") != "Kami di si" || page.area("note") != "ibunya <b>menelepon" {
		t.Errorf("after a reload: %q, %q", page.area("text"), page.area("note"))
	}
	budi.posts("/sign-out", nil).is(http.StatusSeeOther)
	h.Forward(time.Minute) // the same code is not taken twice
	budi.signsIn()
	if got := budi.gets("/cases/AAA111").area("text"); got != "Kami di si" {
		t.Errorf("after a sign-in: %q", got)
	}
	siti.gets("/cases/AAA111").hides("Kami di si", "menelepon")
	page = budi.gets("/cases/AAA111")
	budi.posts("/cases/AAA111/reply", url.Values{"id": {page.field("id")}, "text": {"Kami di sini."}, "shown": {page.field("shown")}}).is(http.StatusSeeOther)
	budi.posts("/cases/AAA111/note", url.Values{"note": {"ibunya menelepon"}}).is(http.StatusSeeOther)
	if page = budi.gets("/cases/AAA111"); page.area("text") != "" || page.area("note") != "" {
		t.Error("what was sent stands in the fields again")
	}
	budi.posts("/cases/AAA111/draft", url.Values{"text": {strings.Repeat("a", 4001)}}).is(http.StatusConflict)
	budi.posts("/cases/NONE99/draft", url.Values{"text": {"x"}}).is(http.StatusNotFound)
	if logged := h.log.String(); strings.Contains(logged, "Kami di si") {
		t.Error("a draft is in the log")
	}
}

func TestTwoWhoTypeAreTold(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	h.answersAs(budi, "AAA111", locked)
	siti.posts("/cases/AAA111/draft", url.Values{"text": {"saya juga"}}).is(http.StatusNoContent)
	budi.gets("/cases/AAA111").shows("Siti is writing a reply too. Agree first who answers.").hides("saya juga")
	siti.gets("/cases/AAA111").hides("writing a reply too")
	h.Forward(time.Minute)
	budi.gets("/cases/AAA111").hides("Siti is writing")
}

func TestARefusedStandingIsShownAndNothingIsLost(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	rina := h.answersAs(budi, "AAA111", locked)
	h.Forward(casefile.AnswerWindow)
	page := budi.gets("/cases/AAA111").shows("Keep until they write again")
	rina.Says("masih di sini")
	form := url.Values{"id": {page.field("id")}, "text": {"Nanti kami kabari."}, "shown": {page.field("shown")}}
	page = budi.posts("/cases/AAA111/reply", form).is(http.StatusConflict).shows("What may be said changed since you read this", "Send now")
	if page.area("text") != "Nanti kami kabari." || page.field("id") != form.Get("id") {
		t.Error("what was typed, or its name, is lost")
	}
	form.Set("shown", page.field("shown"))
	budi.posts("/cases/AAA111/reply", form).is(http.StatusSeeOther)
}

func TestAnOverrideTakesTwoBrowsers(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	h.answersAs(budi, "AAA111", locked)
	budi.gets("/cases/AAA111").hides("Send now all the same")
	h.Forward(casefile.AnswerWindow)
	page := budi.gets("/cases/AAA111").shows("Send now all the same", "A colleague must confirm within 15 minutes")
	ask := func(reason string) *answer {
		return budi.posts("/cases/AAA111/override", url.Values{"id": {page.field("id")}, "heard": {page.field("heard")},
			"text": {"Besok jangan ikut."}, "first": {"words"}, "reason": {reason}})
	}
	refused := ask(" ").is(http.StatusUnprocessableEntity).shows("Write the reason")
	if refused.area("text") != "Besok jangan ikut." || !strings.Contains(refused.body, `value="words" checked`) {
		t.Error("a refusal loses what was typed or chosen")
	}
	to := ask("razia besok").is(http.StatusSeeOther).header.Get("Location")
	page = budi.gets(to).shows("A colleague was asked to confirm. Nothing is sent yet.", "Your request waits for a second person", "Withdraw the request")
	page.hides("Confirm and send")
	siti.gets("/").shows("Budi wants to write all the same, and needs a second person", "AAA111")
	budi.gets("/").hides("needs a second person")
	page = siti.gets("/cases/AAA111").shows("Budi wants to write all the same", "Open until 03:30.", "their last message is 15 minutes old", "razia besok",
		"The words, at once", "Besok jangan ikut.", "Confirm and send", "Refuse, do not send")
	confirm := regexp.MustCompile(`/cases/AAA111/override/[0-9a-f-]+/confirm`).FindString(page.body)
	budi.posts(confirm, nil).is(http.StatusConflict)
	siti.gets(siti.posts(confirm, nil).is(http.StatusSeeOther).header.Get("Location")).shows("You confirmed. It is on its way now.", "Besok jangan ikut. 03:15", "sent although the contact rules said no")
	siti.posts(confirm, nil).is(http.StatusConflict).shows("This request is over")
	siti.gets("/").hides("needs a second person")
	ani := h.hires("ani", access.Auditor, "en").signsIn()
	ani.posts(confirm, nil).is(http.StatusForbidden)
}

// TestWhoAskedHearsThatNothingWasSent: whoever asked to write all the same does not go on
// believing that a colleague still decides, or that the words went out.
func TestWhoAskedHearsThatNothingWasSent(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	h.answersAs(budi, "AAA111", locked)
	h.Forward(casefile.AnswerWindow)
	ask := func() {
		page := budi.gets("/cases/AAA111")
		budi.posts("/cases/AAA111/override", url.Values{"id": {page.field("id")}, "heard": {page.field("heard")},
			"text": {"Besok jangan ikut."}, "first": {"words"}, "reason": {"razia"}}).is(http.StatusSeeOther)
	}
	ask()
	refuse := regexp.MustCompile(`/cases/AAA111/override/[0-9a-f-]+/refuse`).FindString(siti.gets("/cases/AAA111").body)
	siti.posts(refuse, nil).is(http.StatusSeeOther)
	page := budi.gets("/cases/AAA111").shows("Nothing was sent: Siti refused at 03:15.")
	if got := page.area("text"); got != "Besok jangan ikut." {
		t.Errorf("in the field stands %q", got)
	}
	siti.gets("/cases/AAA111").hides("Siti refused at 03:15. Your words")
	h.Forward(time.Minute)
	ask()
	budi.gets("/cases/AAA111").hides("Nothing was sent")
	h.Forward(cases.OverrideHolds)
	budi.gets("/cases/AAA111").shows("Nothing was sent: nobody decided until 03:31.")
}

func TestOneWhoKnowsThePhoneSendsWithAReason(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	h.answersAs(budi, "AAA111", locked, nobody)
	h.Forward(casefile.AnswerWindow)
	page := budi.gets("/cases/AAA111").shows("It is sent at once in your name, and recorded.")
	to := budi.posts("/cases/AAA111/override", url.Values{"id": {page.field("id")}, "heard": {page.field("heard")},
		"text": {"Besok jangan ikut."}, "first": {"hello"}, "reason": {"razia"}}).is(http.StatusSeeOther).header.Get("Location")
	budi.gets(to).shows("It is on its way, although the contact rules say no.", "Halo, apa kabar", "Besok jangan ikut. 03:15 · kept, not sent yet")
}

func TestACannedReplyNeedsNoScript(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	h.answersAs(budi, "AAA111", locked)
	page := budi.gets("/cases/AAA111").shows("Canned reply", "I have read your messages", "Put into the reply").hides("We never ask for money")
	if strings.Index(page.body, `label="Indonesian"`) > strings.Index(page.body, `label="English"`) || !strings.Contains(page.body, `value="en/received"`) {
		t.Error("the person's language does not come first, or the other is missing")
	}
	to := budi.posts("/cases/AAA111/canned", url.Values{"id": {page.field("id")}, "text": {"Halo."}, "canned": {"id/received"}}).
		is(http.StatusSeeOther).header.Get("Location")
	if to != "/cases/AAA111#text" {
		t.Errorf("it leads to %q", to)
	}
	if got := budi.gets("/cases/AAA111").area("text"); got != "Halo. Ini Budi. Pesanmu sudah kubaca semua." {
		t.Errorf("in the field stands %q", got)
	}
	budi.posts("/cases/AAA111/canned", url.Values{"text": {"Halo lagi."}, "canned": {"id/no_money"}}).is(http.StatusUnprocessableEntity).
		shows("That canned reply is not offered for this phone", "Halo lagi.")
	h.answersAs(budi, "BBB2222", nobody)
	budi.gets("/cases/BBB2222").shows("We never ask for money", "I have read your messages")
}

func TestTheSegmentsOfARestoredReplyAreCounted(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	h.answersAs(budi, "AAA111", locked)
	budi.posts("/cases/AAA111/draft", url.Values{"text": {strings.Repeat("kami membaca semuanya ", 12)}}).is(http.StatusNoContent)
	budi.gets("/cases/AAA111").shows("2 SMS, cut between words")
}

// TestANoteLooksLikeNoReply: another shape, another place, other words, and a form that
// leads elsewhere.
func TestANoteLooksLikeNoReply(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	h.answersAs(budi, "AAA111", locked)
	page := budi.gets("/cases/AAA111").shows("Note for the team (the person never sees it)", "Read by staff only. It is never sent.", "Save note", "Your reply")
	forms := regexp.MustCompile(`(?s)<form.*?</form>`).FindAllString(page.body, -1)
	replies, notes := 0, 0
	for _, form := range forms {
		if strings.Contains(form, `action="/cases/AAA111/reply"`) {
			replies++
			if strings.Contains(form, `name="note"`) || strings.Contains(form, "slip") {
				t.Error("the reply's form holds a note")
			}
		}
		if strings.Contains(form, `action="/cases/AAA111/note"`) {
			notes++
			if strings.Contains(form, `name="text"`) || !strings.Contains(form, `class="slip"`) || strings.Contains(form, "primary") {
				t.Error("the note's form looks like a reply's")
			}
		}
	}
	if replies != 1 || notes != 1 || strings.Index(page.body, `id="note"`) < strings.Index(page.body, `id="facts"`) {
		t.Errorf("%d replies and %d notes, or side by side", replies, notes)
	}
	budi.posts("/cases/AAA111/reply", url.Values{"id": {page.field("id")}, "text": {"Catatan: ibunya menelepon"}}).is(http.StatusUnprocessableEntity).
		shows("This reads like a note to the team", "Catatan: ibunya menelepon")
	budi.posts("/cases/AAA111/reply", url.Values{"id": {page.field("id")}, "note": {"ibunya menelepon"}}).is(http.StatusUnprocessableEntity).shows("Nothing was written yet")
}

func TestALapseIsShownBeforeAndAfter(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	rina := h.answersAs(budi, "AAA111", locked)
	budi.gets("/cases/AAA111").hides("The person is waiting.")
	rina.Says("halo?")
	budi.gets("/cases/AAA111").shows("The person is waiting. Without a reply by 03:10 the automatic line answers again")
}

// TestAnAlertThatIsAnsweredDoesNotThreaten: once staff answer, nothing climbs any more,
// and the page says nothing else.
func TestAnAlertThatIsAnsweredDoesNotThreaten(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "sms", "tolong", locked)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	budi.posts("/cases/AAA111/acknowledge", nil).is(http.StatusSeeOther)
	budi.gets("/cases/AAA111").shows("You have this case. The alert goes on at", "unless the person was answered")
	budi.posts("/cases/AAA111/take", nil).is(http.StatusSeeOther)
	budi.gets("/cases/AAA111").shows("You have this case.").hides("The alert goes on at")
}
