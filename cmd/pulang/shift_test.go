package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"pulang/internal/casefile"
	"pulang/internal/devstack/testbed"
)

// desktalk is what staff type in a shift.
type desktalk struct {
	reply, note, purpose, weighed, task, calmer, safe, over string
}

// atWork is what staff of a shift write, by language. Everything is made up.
var atWork = map[string]desktalk{
	"id": {
		reply: "Kami baca semuanya. Kamu tidak salah. Pelan-pelan saja.", note: "Dia berbisik-bisik, jangan telepon. Tanya lagi jam 6.",
		purpose: "Tolong siapkan dokumen perjalanan.", weighed: "Dia tahu siapa yang membaca ini, dan mau.", task: "Tanya kabar dokumen ke Kemlu",
		calmer: "Dia sudah di luar, bersama temannya.", safe: "Dia menulis bahwa dia aman di KBRI.", over: "Sudah di KBRI, Kemlu yang mengurus.",
	},
	"en": {
		reply: "We read all of it. It is not your fault. Take your time.", note: "He can only write at night. Do not phone him.",
		purpose: "Please prepare travel papers.", weighed: "He knows who reads this, and agrees.", task: "Ask the ministry about the papers",
		calmer: "He is out of the compound, with a friend.", safe: "He wrote that he is safe at the embassy.", over: "Safe at the embassy; the ministry goes on.",
	},
}

// form is a form of the case page, by what it does.
func (s *screen) form(act string) string { return fmt.Sprintf(`form[action$="/%s"]`, act) }

// writesNote leaves a note for the next shift.
func (s *screen) writesNote() {
	s.h.Helper()
	s.fills("#note", atWork[s.lang].note)
	s.done("[data-note] > button", "noted")
	s.sees("the note", fmt.Sprintf(`document.getElementById("notes").textContent.includes(%q)`, atWork[s.lang].note))
}

// refers asks the ministry for help, with the person's yes.
func (s *screen) refers() {
	s.h.Helper()
	words, form := atWork[s.lang], s.form("referrals")
	s.unfolds(form)
	s.chooses("#referral-to", "kemlu")
	s.fills("#referral-text", words.purpose)
	s.ticks(form + ` input[value="documents"]`)
	s.fills("#referral-weighed", words.weighed)
	s.done(form+" > button", "referral_proposed")
	s.sees("that it waits for a yes", `document.querySelector("#referrallist .notice.ask") && !document.querySelector('#referrallist button[value="sent"]')`)
	consent := s.form("consent")
	s.unfolds(consent)
	s.chooses("#consent-to", "kemlu")
	s.chooses("#consent-answer", "yes")
	s.done(consent+":has(#consent-to) > button", "consent_recorded")
	s.done(`#referrallist button[value="sent"]`, "referral_changed")
	s.done(`#referrallist button[value="accepted"]`, "referral_changed")
}

// plans writes down what is left to do.
func (s *screen) plans() {
	s.h.Helper()
	form := s.form("tasks")
	s.unfolds(form)
	s.fills("#task-text", atWork[s.lang].task)
	s.done(form+" > button", "task_added")
}

// lowers says why the case is less urgent than it was.
func (s *screen) lowers(to string) {
	s.h.Helper()
	form := s.form("lower")
	s.unfolds(form)
	s.chooses("#lower-to", to)
	s.fills("#lower-reason", atWork[s.lang].calmer)
	s.done(form+" > button", "lowered")
	s.sees("the new urgency", fmt.Sprintf(`document.querySelector("#filehead h1 .urgency.%s")`, to))
}

// closesTooEarly tries to close, and is told everything that is left, and where.
func (s *screen) closesTooEarly(left ...string) {
	s.h.Helper()
	s.unfolds(s.form("close"))
	s.fills("#close-reason", atWork[s.lang].over)
	s.submit(s.form("close") + " > button")
	for _, key := range left {
		s.reads(s.word("check." + key))
	}
	s.sees("the way to each", fmt.Sprintf(`document.querySelectorAll("#checklist .checks a").length === %d && [...document.querySelectorAll("#checklist .checks a")].every(a => document.querySelector(a.hash))`, len(left)))
	s.sees("the reason, not lost", fmt.Sprintf(`document.getElementById("close-reason").value === %q`, atWork[s.lang].over))
}

// finishes does what was left.
func (s *screen) finishes(danger bool) {
	s.h.Helper()
	s.done(`#tasklist button[value="done"]`, "task_changed")
	s.done(`#referrallist button[value="done"]`, "referral_changed")
	if danger {
		s.unfolds(s.form("close"))
		s.fills("#over-reason", atWork[s.lang].safe)
		s.done(s.form("danger-over")+" > button", "danger_over")
	}
}

// closes the case for good.
func (s *screen) closes() {
	s.h.Helper()
	s.unfolds(s.form("close"))
	s.reads(s.word("close.ready"))
	s.fills("#close-reason", atWork[s.lang].over)
	s.submit(s.form("close") + " > button")
	s.reads(s.word("done.closed"))
}

// takesOver becomes the one who answers.
func (s *screen) takesOver() {
	s.h.Helper()
	s.done(s.form("take")+" > button", "taken")
}

// replies writes to the person, and waits until the page says that it arrived.
func (s *screen) replies(to *handset, live bool) {
	s.h.Helper()
	words := atWork[s.lang].reply
	s.fills("#text", words)
	s.done("#send button", "replied")
	to.hears(words)
	if live {
		arrived := `document.querySelector("#thread .bubble.staff:last-of-type:is(.is-sent, .is-delivered)")?.textContent.includes(%q)`
		s.sees("the reply, and that it went out", fmt.Sprintf(arrived, words))
	}
}

// TestANightShiftOnAPhone: somebody who is locked in writes on Telegram at three in the
// morning; Dewi works the case from the alert to its end on her phone, in Indonesian, in
// the dark.
func TestANightShiftOnAPhone(t *testing.T) {
	t.Parallel()
	h := newHotline(t, testbed.NewClock(night))
	dewi := staffAddCommand{Login: "dewi", Name: "Dewi", Role: "duty_officer", Team: "main", Lang: both(casefile.Indonesian), OnDuty: true, Phone: "+12025550146"}
	papers := h.hires(dewi)
	h.opens()
	pocket, rina := h.chat("Dewi", 9001), h.chat("Rina", 771001)
	pocket.writes("LINK " + papers.Link)
	pocket.hears("terhubung")

	rina.writes("kak tolong, saya disekap di KK Park, paspor diambil, dipukuli")
	rina.hears("Pesanmu masuk")
	link := pocket.alerted("disekap", "sekap", "KK Park", "paspor", "dipukul", "Rina", "771001", "Myanmar")
	h.settles(2 * time.Minute)

	s := h.sits(dewi, papers, 390, 844, "dark")
	s.ownsAKey()
	s.opens(link)
	s.signsIn()
	s.sees("the case the alert was about", `location.pathname.startsWith("/cases/") && document.querySelector(".alertline.climbing")`)
	ref := strings.TrimPrefix(s.path(), "/cases/")
	s.submit(".brand")
	s.sees("who waits", fmt.Sprintf(`document.querySelector("#queue a.row.critical")?.textContent.includes(%q)`, ref))
	s.picture("console-queue-phone.png", "body")
	s.done(`form[action="/queue/next"] button`, "taken_next")
	s.sees("whose it is", `document.querySelector(".alertline.acknowledged")`)
	s.sees("why it is urgent, in their own words", `[...document.querySelectorAll("#why .because q")].some(q => q.textContent.includes("disekap"))`)
	s.picture("console-case-phone.png", "body")
	s.picture("console-why-phone.png", "#why")

	s.takesOver()
	rina.hears("ini Dewi. Sekarang bukan otomatis lagi.")
	h.settles(time.Minute)
	s.replies(rina, true)
	h.settles(time.Minute)
	rina.writes("makasih kak. aku udah di luar, sama teman. boleh kak, kasih tau mereka")
	s.sees("what they wrote, without a reload", `document.getElementById("thread").textContent.includes("kasih tau mereka")`)
	s.picture("console-answer-phone.png", "#thread")
	s.writesNote()
	s.refers()
	s.plans()
	s.lowers("high")
	s.done(s.form("hand-back")+" > button", "handed_back")
	rina.hears("otomatis lagi")
	h.settles(0)
	s.closesTooEarly("open_danger", "open_referral", "open_task")
	s.picture("console-closing-phone.png", "#closing")
	s.finishes(true)
	s.closes()
	rina.hearsNothing()
	s.submit(".brand")
	s.reads(s.word("queue.empty"))
	s.entersWithAPasskey()
}

// path is where the screen is.
func (s *screen) path() string {
	s.h.Helper()
	path, err := chromedp.Run(s.ctx, chromedp.Evaluate[string](`location.pathname`))
	if err != nil {
		s.fails("where: %v", err)
	}
	return path
}

// entersWithAPasskey adds one, goes, and comes back with nothing else.
func (s *screen) entersWithAPasskey() {
	s.h.Helper()
	s.h.clock.Forward(31 * time.Second) // a code is good once
	s.opens("/me")
	if s.is(`document.querySelector('form[action="/me/confirm"]')`) {
		s.fills("#code", s.code())
		s.submit(`form[action="/me/confirm"] button`)
	}
	s.fills("#name", "telepon")
	s.submit("[data-make] button")
	s.reads("telepon")
	s.submit(".who button")
	s.submit(`[data-passkey="/sign-in/ask"] button`)
	s.sees("who came in", fmt.Sprintf(`document.querySelector(".login")?.textContent === %q`, s.login))
}

// TestADayShiftByKeyboardAlone: somebody writes by SMS, in English; Budi, who uses no
// mouse, works the case on a laptop. A late reply waits until they write again, and one
// that cannot wait goes out only after Sari has agreed.
func TestADayShiftByKeyboardAlone(t *testing.T) {
	t.Parallel()
	h := newHotline(t, testbed.NewClock(night.Add(7*time.Hour)))
	const number = "+12025550147"
	budi := staffAddCommand{Login: "budi", Name: "Budi", Role: "duty_officer", Team: "main", Lang: both(casefile.English), OnDuty: true, Phone: number}
	sari := staffAddCommand{Login: "sari", Name: "Sari", Role: "supervisor", Team: "main", Lang: both(casefile.English)}
	papers, hers := h.hires(budi), h.hires(sari)
	h.opens()
	pocket, john := h.mobile("Budi", number), h.mobile("John", "+12025550173")
	john.writes("please help, they locked us in and took my passport, we are beaten")
	john.hears("We have your message")
	pocket.alerted("help", "lock", "passport", "beat", "John", "5550173")

	s := h.sits(budi, papers, 1280, 900, "light")
	s.keys = true
	s.opens("/")
	s.signsIn()
	s.sees("who waits", `document.querySelector("#queue a.row.critical")`)
	s.onward(func() { s.strikes("t") })
	s.reads(s.word("done.taken_next"))
	s.sees("why it is urgent", `document.querySelectorAll("#why .rules li").length > 0 && document.querySelector("#why .because q")`)
	s.takesOver()
	john.hears("this is Budi")
	s.strikes("r")
	s.sees("that r goes to the reply", `document.activeElement.id === "text"`)
	s.replies(john, true)

	h.settles(casefile.AnswerWindow + time.Minute)
	s.opens(s.path())
	s.reads(s.word("reply.keep"))
	s.fills("#text", "We are still here.")
	s.done("#send button", "held")
	john.hearsNothing()
	s.sees("that it waits", `document.querySelector("#thread .is-held")`)
	s.asksTheOther(h.sits(sari, hers, 1280, 900, "light"), john)

	h.clock.Forward(time.Minute)
	john.writes("hello, are you there?")
	john.hears("Can you chat now?") // the phone may be in other hands
	john.writes("1")
	john.hears("We are still here.")
	s.worksToTheEnd(john)
}

// asksTheOther writes against the contact policy, which takes a second person.
func (s *screen) asksTheOther(other *screen, to *handset) {
	s.h.Helper()
	const warning = "Do not get into the car tomorrow."
	s.fills("#text", warning)
	s.press("#against summary")
	s.sees("the choices", `document.getElementById("override-reason").checkVisibility()`)
	s.reach(`input[name="first"]:checked`)
	s.do("arrow", chromedp.KeyEvent(kb.ArrowDown))
	s.sees("that the words go first", `document.querySelector('input[name="first"][value="words"]').checked`)
	s.fills("#override-reason", "A raid is announced for tomorrow.")
	s.done("#against button", "override_asked")
	to.hearsNothing()
	other.keys = true
	other.opens(s.path())
	other.signsIn()
	other.sees("what is asked of them", fmt.Sprintf(`document.getElementById("override").textContent.includes(%q)`, warning))
	other.picture("console-second-person-desktop.png", ".thread")
	other.done(`#override form[action$="/confirm"] button`, "override_confirmed")
	to.hears(warning)
}

// worksToTheEnd is what follows on the answer.
func (s *screen) worksToTheEnd(to *handset) {
	s.h.Helper()
	s.h.settles(0)
	s.opens(s.path())
	if s.is(`document.querySelector('form[action$="/acknowledge"]')`) { // what they wrote was new danger
		s.done(s.form("acknowledge")+" > button", "acknowledged")
	}
	s.strikes("n")
	s.sees("that n goes to the note", `document.activeElement.id === "note"`)
	s.writesNote()
	s.refers()
	s.plans()
	s.lowers("low")
	s.picture("console-case-desktop.png", "body")
	s.done(s.form("hand-back")+" > button", "handed_back")
	to.hears("utomatic")
	s.h.settles(0)
	s.closesTooEarly("open_referral", "open_task")
	s.finishes(false)
	s.closes()
	to.hearsNothing()
}

// TestAShiftWithoutScripts: what a browser without scripts can do against a program in a
// process of its own, by the wall clock: the whole way from the door to the end.
func TestAShiftWithoutScripts(t *testing.T) {
	t.Parallel()
	h := newHotline(t, nil)
	sari := staffAddCommand{Login: "sari", Name: "Sari", Role: "supervisor", Team: "main", Lang: both(casefile.Indonesian), OnDuty: true, Phone: "+12025550146"}
	papers := h.hires(sari)
	serve(t, h.env)
	h.until("Telegram knows the webhook", func() bool { return calls(h.telegram, "setWebhook") > 0 })
	pocket, ibu := h.chat("Sari", 9001), h.chat("Ibu", 771002)
	pocket.writes("LINK " + papers.Link)
	pocket.hears("terhubung")
	ibu.writes("tolong anak saya disekap di myawaddy, dia dipukuli")
	ibu.hears("Pesanmu masuk")
	link := pocket.alerted("anak", "sekap", "myawaddy", "dipukul", "Ibu", "771002")

	s := h.sits(sari, papers, 390, 844, "light").withoutScripts()
	s.opens(link)
	s.signsIn()
	s.submit(".brand")
	s.done(`form[action="/queue/next"] button`, "taken_next")
	s.takesOver()
	ibu.hears("Sari")
	s.replies(ibu, false)
	s.writesNote()
	s.lowers("low")
	s.plans()
	s.done(s.form("hand-back")+" > button", "handed_back")
	h.settles(0)
	s.closesTooEarly("open_task")
	s.done(`#tasklist button[value="done"]`, "task_changed")
	s.closes()
}
