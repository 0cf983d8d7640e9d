package console

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"pulang/internal/access"
	"pulang/internal/casefile"
)

// browser opens a real Chromium that is signed in as an officer.
func (o *officer) browser() (ctx context.Context, url string) {
	o.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		o.Fatal("chromium is not installed; install it with: apt-get install chromium")
	}
	cookies := ""
	for _, c := range o.http.Jar.Cookies(mustParse(o.T, o.server.URL)) {
		cookies += c.Name + "=" + c.Value + "; "
	}
	inner := o.server.Config.Handler
	signedIn := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Cookie", cookies)
		inner.ServeHTTP(w, r)
	}))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true))...)
	ctx, closeTab := chromedp.NewContext(ctx)
	o.Cleanup(func() {
		closeTab() // the stream ends with it, and only then the server
		stop()
		signedIn.CloseClientConnections()
		signedIn.Close()
	})
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(320, 640)); err != nil {
		o.Fatal(err)
	}
	return ctx, signedIn.URL
}

func evaluate[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestPagesFitASmallPhone(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", "sayadikurungdanpaspordiambilbossejakbulanlalutolongkamisemua", locked, country)
	rina.hears("HP ini suka dibuka orang lain? 1 Ya 2 Kadang 3 Tidak ada 4 HP pinjam", "delivered")
	for _, lang := range []casefile.Lang{"id", "en"} {
		budi := h.hires("budi."+string(lang), access.Supervisor, lang).signsIn()
		ctx, url := budi.browser()
		for _, page := range []string{"/", "/cases/AAA111", "/sign-in", "/me", "/audit", "/nothing"} {
			if err := chromedp.Do(ctx, chromedp.Navigate(url+page)); err != nil {
				t.Fatal(err)
			}
			if wide := evaluate[int](t, ctx, `document.documentElement.scrollWidth`); wide > 320 {
				t.Errorf("%s in %s is %d wide on a phone of 320", page, lang, wide)
			}
			unlabelled := evaluate[int](t, ctx, `[...document.querySelectorAll("input:not([type=hidden]),textarea,select")].filter(e => !e.labels.length).length`)
			if unlabelled > 0 {
				t.Errorf("%s has %d fields without a label", page, unlabelled)
			}
		}
	}
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
