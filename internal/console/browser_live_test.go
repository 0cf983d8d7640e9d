package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"pulang/internal/access"
	"pulang/internal/casefile"
)

// streamed says that the stream of a page is open: its first word carries how many alerts
// wait. What waited before that word is not new to whoever opens a page.
const streamed = `document.querySelector("[data-ring] b").textContent !== ""`

func TestAnAlertSoundsOnAnyPageUntilSomebodyTouchesIt(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	ctx, at := budi.browser()
	if err := chromedp.Do(ctx, chromedp.Navigate(at+"/me"), chromedp.Click(chromedp.CSS("main"))); err != nil {
		t.Fatal(err)
	}
	const bar = `document.querySelector("[data-ring]")`
	becomes(t, ctx, "the page listens", streamed+` && document.querySelector('[data-switch="sound"]').textContent === "Sound: on"`)
	h.writes("AAA111", "sms", "tolong", locked)
	h.changed()
	becomes(t, ctx, "the alert is said and sounds", bar+`.checkVisibility() && `+bar+`.innerText.trim() === "Alerts without an answer: 1" && document.title.startsWith("(1) ") && document.body.dataset.rang > 0`)
	first := evaluate[string](t, ctx, `document.body.dataset.rang`)
	if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS("main"))); err != nil {
		t.Fatal(err)
	}
	evaluate[bool](t, ctx, `window.rang = []; new MutationObserver(() => rang.push(document.body.dataset.rang)).observe(document.body, {attributeFilter: ["data-rang"]}); true`)
	h.Forward(time.Minute)
	h.writes("BBB222", "telegram", "lowongan ini benar?") // no alert: nothing more to hear
	h.changed()
	h.writes("CCC333", "sms", "tolong", locked)
	h.changed()
	becomes(t, ctx, "a second alert sounds again", `document.body.dataset.rang > `+first+` && document.title.startsWith("(2) ")`)
	if got := evaluate[string](t, ctx, `rang.join(" ")`); strings.Contains(got, first) {
		t.Errorf("touched, the page sounds for the first alert: %s", got)
	}
	for _, ref := range []string{"AAA111", "CCC333"} {
		budi.posts("/cases/"+ref+"/acknowledge", nil).is(http.StatusSeeOther)
	}
	h.changed()
	becomes(t, ctx, "answered, they are said no more", `!`+bar+`.checkVisibility() && !document.title.startsWith("(")`)
}

func TestASoundThatIsTurnedOffStaysOffAndOneThatIsBlockedSaysSo(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	ctx, at := budi.browser()
	if err := chromedp.Do(ctx, chromedp.Navigate(at+"/")); err != nil {
		t.Fatal(err)
	}
	becomes(t, ctx, "the stream is open", streamed)
	h.writes("AAA111", "sms", "tolong", locked)
	h.changed()
	becomes(t, ctx, "nobody touched the page, and it says that it is silent", `document.querySelector("[data-muted]").checkVisibility() && !document.body.dataset.rang`)
	if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(`[data-switch="sound"]`))); err != nil {
		t.Fatal(err)
	}
	becomes(t, ctx, "touched, it says so no more", `!document.querySelector("[data-muted]").checkVisibility() && document.querySelector('[data-switch="sound"]').textContent === "Sound: off"`)
	if err := chromedp.Do(ctx, chromedp.Navigate(at+"/me"), chromedp.Click(chromedp.CSS("main"))); err != nil {
		t.Fatal(err)
	}
	becomes(t, ctx, "it is off on the next page", `document.querySelector('[data-switch="sound"]').textContent === "Sound: off" && !document.querySelector("[data-ring]").hidden`)
	h.Forward(time.Minute)
	h.writes("BBB222", "sms", "tolong", locked)
	h.changed()
	becomes(t, ctx, "an alert is said", `document.title.startsWith("(2) ")`)
	if got := evaluate[string](t, ctx, `document.body.dataset.rang || "silent"`); got != "silent" {
		t.Error("it sounds, turned off")
	}
}

// TestAnAlertBetweenAPageAndItsStreamSounds: on a slow line the stream opens seconds after
// the page, and what came meanwhile is on no page yet.
func TestAnAlertBetweenAPageAndItsStreamSounds(t *testing.T) {
	h, open := newHouse(t), make(chan struct{})
	inner := h.server.Config.Handler
	h.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/events") {
			select {
			case <-open:
			case <-r.Context().Done():
				return
			}
		}
		inner.ServeHTTP(w, r)
	})
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	ctx, at := budi.browser()
	if err := chromedp.Do(ctx, chromedp.Navigate(at+"/me"), chromedp.Click(chromedp.CSS("main"))); err != nil {
		t.Fatal(err)
	}
	h.Forward(2 * time.Second)
	h.writes("AAA111", "sms", "tolong", locked)
	close(open)
	becomes(t, ctx, "the alert sounds", `document.body.dataset.rang > 0 && document.title.startsWith("(1) ")`)
}

// TestTheBellIsNotForEverybody: no alert is told to those who cannot acknowledge, or
// from whom its case is kept.
func TestTheBellIsNotForEverybody(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "sms", "polisi yang jaga", locked, named)
	h.writes("BBB222", "sms", "tolong", locked, answered(casefile.AgeBand, "under18"))
	for _, c := range []struct {
		who  *officer
		want string
	}{
		{h.hires("budi", access.DutyOfficer, "en"), "2"},
		{h.hires("boss", access.Supervisor, "en"), "2"},
		{h.hires("agus", access.Supervisor, "en").sent("main", access.Police), "1"},
		{h.hires("ani", access.Auditor, "en"), "0"},
		{h.hires("adi", access.Administrator, "en"), "0"},
	} {
		c.who.signsIn()
		if got, _, _ := strings.Cut(c.who.firstData("/events"), " "); got != c.want {
			t.Errorf("%s hears of %q alerts, want %s", c.who.login, got, c.want)
		}
	}
}

// firstData is what the first word of a stream carries.
func (o *officer) firstData(path string) string {
	o.Helper()
	response := o.streams(path)
	defer func() { _ = response.Body.Close() }()
	buffer := make([]byte, 200)
	n, _ := response.Body.Read(buffer)
	_, data, _ := strings.Cut(string(buffer[:n]), "data: ")
	data, _, _ = strings.Cut(data, "\n")
	return data
}

func TestWaitingTimesGoOnByTheClockOfTheServer(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	ctx, at := budi.browser()
	if err := chromedp.Do(ctx, chromedp.Navigate(at+"/me")); err != nil {
		t.Fatal(err)
	}
	evaluate[bool](t, ctx, `(() => {
		const now = Date.parse(document.body.dataset.now);
		for (const minutes of [0, 1, 59, 60, 61, 1439, 1440, 4320]) {
			const e = document.createElement("time");
			e.dateTime = new Date(now - minutes * 6e4).toISOString();
			e.dataset.since = "";
			document.querySelector("main").append(e);
		}
		return true;
	})()`)
	const want = "less than a minute, 1 min, 59 min, 1 h, 1 h 1 min, 23 h 59 min, 1 d, 3 d"
	becomes(t, ctx, "the times are said as the server says them", `[...document.querySelectorAll("time[data-since]")].map(e => e.textContent).join(", ") === "`+want+`"`)
}

// typing puts a form into the page whose draft is kept at /keep, one without a draft,
// and instead of the network a list of what was sent to it.
const typing = `(() => {
	window.kept = []; window.answer = 204;
	window.fetch = async (url, o) => { kept.push(url + "?" + o.body); return new Response(null, {status: answer}); };
	const add = (inner, draft) => {
		const form = document.createElement("form");
		form.method = "post"; form.action = "/none"; form.innerHTML = inner;
		if (draft) form.dataset.draft = draft;
		document.querySelector("main").append(form);
		return form;
	};
	addEventListener("submit", (e) => { window.went = !e.defaultPrevented; e.preventDefault(); });
	window.form = add('<textarea name="text"></textarea><input type="hidden" name="id" value="7"><p data-saved hidden>kept</p><button>send</button>', "/keep");
	window.other = add('<textarea name="reason">was here</textarea><button>send</button>');
	window.leaves = () => dispatchEvent(new Event("beforeunload", {cancelable: true}));
	form.elements.text.focus();
	return leaves();
})()`

// TestWhatIsTypedIsKeptAndNotLeftBehind: a form that says where its draft is kept is sent
// there while somebody types, and not once it was sent; a page with anything typed that
// is not kept is not left without a question; nothing is sent while there is no network.
func TestWhatIsTypedIsKeptAndNotLeftBehind(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	ctx, at := budi.browser()
	if err := chromedp.Do(ctx, chromedp.Navigate(at+"/me")); err != nil {
		t.Fatal(err)
	}
	holds := func(what, script string) {
		t.Helper()
		if !evaluate[bool](t, ctx, script) {
			t.Errorf("%s; kept is %s", what, evaluate[string](t, ctx, `kept.join(" ")`))
		}
	}
	holds("an untouched page asks before it is left", typing)
	key(t, ctx, "kami")
	holds("a page with something typed is left without a question", `!leaves()`)
	becomes(t, ctx, "the draft is kept, and said to be", `!form.querySelector("[data-saved]").hidden`)
	holds("what is sent is not what was typed", `kept.join() === "/keep?text=kami&id=7"`)
	holds("a page whose draft is kept asks", `leaves()`)
	key(t, ctx, " baca")
	holds("what is not kept yet is said to be", `form.querySelector("[data-saved]").hidden && !leaves()`)
	evaluate[bool](t, ctx, `form.querySelector("button").click(); window.from = performance.now(); true`)
	becomes(t, ctx, "two seconds go by", `performance.now() - from > 2000`)
	holds("a draft is kept after the sending", `kept.length === 1 && went`)
	evaluate[bool](t, ctx, `other.elements.reason.focus(); true`)
	key(t, ctx, "!")
	holds("what has no draft is left without a question", `!leaves()`)
	evaluate[bool](t, ctx, `Object.defineProperty(navigator, "onLine", {get: () => false, configurable: true}); other.querySelector("button").click(); true`)
	holds("a form is sent without a network", `!went && document.querySelector("[data-lost]").checkVisibility() && other.elements.reason.value.includes("!")`)
	evaluate[bool](t, ctx, `answer = 401; form.elements.text.focus(); true`)
	key(t, ctx, "?")
	becomes(t, ctx, "the session has ended, and the page is locked", `!document.querySelector("[data-lock]").hidden && document.getElementById("main").hidden`)
	holds("a locked page lost what was typed", `form.elements.text.value === "kami baca?"`)
}
