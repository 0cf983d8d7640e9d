package console

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"pulang/internal/access"
	"pulang/internal/casefile"
)

// browser opens a real Chromium that is signed in as an officer.
func (o *officer) browser() (ctx context.Context, url string) {
	o.Helper()
	url = o.seen("en")
	return openBrowser(o.T), url
}

// seen serves the console to a browser as an officer sees it, and before they sign in
// in a language. Below /posted it serves what a form that was sent is answered with.
func (o *officer) seen(lang casefile.Lang, posted ...sending) (at string) {
	o.Helper()
	cookies := ""
	for _, c := range o.http.Jar.Cookies(mustParse(o.T, o.server.URL)) {
		cookies += c.Name + "=" + c.Value + "; "
	}
	inner := o.server.Config.Handler
	signedIn := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/posted/")); err == nil && n < len(posted) {
			r = httptest.NewRequest(http.MethodPost, posted[n].path, strings.NewReader(posted[n].form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		r.Header.Set("Accept-Language", string(lang))
		r.Header.Set("Cookie", r.Header.Get("Cookie")+"; "+cookies)
		inner.ServeHTTP(w, r)
	}))
	o.Cleanup(func() {
		signedIn.CloseClientConnections()
		signedIn.Close()
	})
	return signedIn.URL
}

// sending is a form that is sent.
type sending struct {
	path string
	form url.Values
}

// openBrowser opens a real Chromium, as wide as a small phone.
func openBrowser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is not installed; install it with: apt-get install chromium")
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-audio-output", true), // a page sounds into nothing: opening a device takes as long as the machine likes
		chromedp.Flag("autoplay-policy", "document-user-activation-required"))...)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		closeTab() // the stream ends with it, and only then the server
		stop()
	})
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(320, 640)); err != nil {
		t.Fatal(err)
	}
	return ctx
}

func evaluate[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestAPageFreshensItselfAndKeepsWhatIsTyped(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", "tolong", locked)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	budi.posts("/cases/AAA111/take", nil).is(http.StatusSeeOther)
	ctx, url := budi.browser()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	err := chromedp.Do(ctx, chromedp.Navigate(url+"/cases/AAA111"),
		chromedp.WaitVisible(chromedp.CSS("#text")),
		chromedp.SendKeys(chromedp.CSS("#text"), "kami membaca semua pesanmu"))
	if err != nil {
		t.Fatal(err)
	}
	many := evaluate[string](t, ctx, `(() => { const f = document.querySelector("[data-composer]"); const t = f.elements.text, was = t.value;
		t.value = "kata ".repeat(70); t.dispatchEvent(new Event("input")); const n = f.elements.parts.value; t.value = was; t.dispatchEvent(new Event("input")); return n; })()`)
	if many != "3" {
		t.Errorf("the composer counts %s SMS, want 3", many)
	}
	evaluate[bool](t, ctx, `document.querySelector("#filehead a").focus(); window.same = document.getElementById("filehead"); true`)
	rina.Says("mereka datang sekarang", answered(casefile.Health, "injured"))
	h.changed()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](`document.getElementById("thread").textContent.includes("mereka datang sekarang")`)); err != nil {
		t.Fatalf("the new message did not appear by itself: %v", err)
	}
	if !evaluate[bool](t, ctx, `document.getElementById("text").value === "kami membaca semua pesanmu"`) {
		t.Error("what was typed is lost")
	}
	if !evaluate[bool](t, ctx, `window.same !== document.getElementById("filehead") && document.activeElement === document.querySelector("#filehead a")`) {
		t.Error("the head of the page was not renewed, or the keyboard lost its place")
	}
}

// TestAReasonIsNotLostToARefresh: somebody typed a reason beside a row and is on its
// button, when a colleague changes the list.
func TestAReasonIsNotLostToARefresh(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", "tolong", locked)
	budi, siti := h.hires("budi", access.CaseWorker, "en").signsIn(), h.hires("siti", access.Supervisor, "en").signsIn()
	siti.posts("/cases/AAA111/tasks", formOf("text", "telepon", "due", h.tomorrow())).is(http.StatusSeeOther)
	ctx, url := budi.browser()
	if err := chromedp.Do(ctx, chromedp.Navigate(url+"/cases/AAA111")); err != nil {
		t.Fatal(err)
	}
	const reason = `document.querySelector('#tasklist input[name="reason"]')`
	evaluate[bool](t, ctx, reason+`.closest("details").open = true; `+reason+`.focus(); true`)
	key(t, ctx, "sudah")
	key(t, ctx, "\t")
	siti.posts("/cases/AAA111/tasks", formOf("text", "surat", "due", h.tomorrow())).is(http.StatusSeeOther)
	rina.Says("mereka datang sekarang", answered(casefile.Health, "injured"))
	h.changed()
	becomes(t, ctx, "the page is renewed", `document.getElementById("thread").textContent.includes("mereka datang sekarang")`)
	if got := evaluate[string](t, ctx, reason+`.value`); got != "sudah" {
		t.Errorf("the reason is %q after a refresh", got)
	}
}

// TestADraftIsKeptOnceTheConnectionIsBack: what was typed while nothing reached the
// server is kept as soon as something does, without another word being typed.
func TestADraftIsKeptOnceTheConnectionIsBack(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "sms", "tolong", locked)
	ctx, url := h.hires("budi", access.CaseWorker, "en").signsIn().browser()
	if err := chromedp.Do(ctx, chromedp.Navigate(url+"/cases/AAA111")); err != nil {
		t.Fatal(err)
	}
	evaluate[bool](t, ctx, `window.real = fetch; window.tried = 0; window.fetch = async () => { tried++; throw new TypeError("away"); };
		document.getElementById("note").focus(); true`)
	key(t, ctx, "setengah")
	becomes(t, ctx, "that nothing reaches the server", `tried > 0 && !document.querySelector("[data-lost]").hidden`)
	evaluate[bool](t, ctx, `window.fetch = real; true`)
	becomes(t, ctx, "the kept note", `!document.querySelector("[data-note] [data-saved]").hidden`)
}
