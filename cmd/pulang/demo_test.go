package main

import (
	"bytes"
	"context"
	"flag"
	"image/png"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"pulang/internal/devstack/testbed"
)

var screenshots = flag.Bool("screenshots", false, "write the pictures of docs/img anew")

func TestTheScriptedDemoRunsToItsEnd(t *testing.T) {
	t.Parallel()
	got := pulang(t, nil, "", "demo", "--once")
	for _, want := range []string{"CRITICAL. Waiting 5 min.", "Noted: you have", onceReply, "We have your message.", "The alert came, climbed, was acknowledged"} {
		if got.code != 0 || !strings.Contains(got.out, want) {
			t.Fatalf("the script (status %d) does not show %q:\n%s%s", got.code, want, got.out, got.err)
		}
	}
	if strings.Contains(got.out, "twice") || strings.Contains(got.err, `"level":"ERROR"`) {
		t.Errorf("something went wrong on the way:\n%s", got.err)
	}
}

func TestTheDemoListensOnThisMachineOnly(t *testing.T) {
	t.Parallel()
	if got := pulang(t, nil, "", "demo", "--listen", "0.0.0.0:0"); got.code != 1 || !strings.Contains(got.err, "address of this machine") {
		t.Errorf("got %+v", got)
	}
}

// onStage opens the demo for a test.
func onStage(t *testing.T) *stage {
	t.Helper()
	l, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	st, err := openStage(t.Context(), l, world{stderr: &said, now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- st.run(ctx, func(ctx context.Context) error {
			close(ready)
			<-ctx.Done()
			return nil
		})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the demo ended with: %v", err)
		}
		st.close()
	})
	select {
	case <-ready:
	case err := <-done:
		done <- err
		t.Fatalf("the demo does not open: %v\n%s", err, said.String())
	}
	return st
}

func TestTheDemoAnswersToItsOwnNameOnly(t *testing.T) {
	t.Parallel()
	st := onStage(t)
	for _, c := range []struct {
		method, path, host, origin string
		status                     int
	}{
		{"GET", "/demo", "", "", 200},
		{"GET", "/", "", "", 200},
		{"GET", "/demo/page.js", "", "", 200},
		{"GET", "/demo/%2e%2e%2f", "", "", 404},
		{"GET", "/demo/%2e", "", "", 404},
		{"GET", "/demo/page.html", "", "", 404},
		{"GET", "/demo", "evil.example", "", 303},
		{"GET", "/", "evil.example", "", 303},
		{"POST", "/demo/clock", "evil.example", "", 421},
		{"POST", "/demo/clock", "", "https://evil.example", 403},
		{"POST", "/demo/clock", "", st.url, 400}, // it says nothing understood, but it is let in
	} {
		req, err := http.NewRequest(c.method, st.url+c.path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if c.host != "" {
			req.Host = c.host
		}
		if c.origin != "" {
			req.Header.Set("Origin", c.origin)
		}
		answer, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if answer.StatusCode != c.status {
			t.Errorf("%+v got %d: %.200s", c, answer.StatusCode, body)
		}
	}
}

// browser is a real one, which notes everything the page complains of.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	complaints []string
}

func openBrowserFor(t *testing.T) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("force-prefers-reduced-motion", true))
	for _, name := range []string{"/usr/bin/chromium", "/usr/bin/chromium-browser"} {
		if _, err := os.Stat(name); err == nil {
			options = append(options, chromedp.ExecPath(name))
			break
		}
	}
	limited, cancelLimit := context.WithTimeout(context.Background(), 3*time.Minute)
	allocated, cancelAllocated := chromedp.NewExecAllocator(limited, options...)
	ctx, cancel := chromedp.NewContext(allocated)
	t.Cleanup(func() { cancel(); cancelAllocated(); cancelLimit() })
	b := &browser{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatalf("no browser (scripts/setup test installs one): %v", err)
	}
	return b
}

func (b *browser) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		what := e.ExceptionDetails.Text
		if thrown := e.ExceptionDetails.Exception; thrown != nil {
			what += " " + thrown.Description
		}
		b.complaints = append(b.complaints, what)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			b.complaints = append(b.complaints, e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

func (b *browser) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v\n%s", what, err, b.complained())
	}
}

func (b *browser) complained() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Join(b.complaints, "\n")
}

// sees waits until an expression is true in the page.
func (b *browser) sees(expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](expression, chromedp.WithPollingInterval(50*time.Millisecond))); err != nil {
		b.picture("failed.png", 0, 0)
		b.t.Fatalf("the page does not come to: %s (%v)\n%s", expression, err, b.complained())
	}
}

// click presses what a CSS selector finds, as a mouse does.
func (b *browser) click(selector string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		b.t.Fatalf("click %s: %v\n%s", selector, err, b.complained())
	}
}

// runs runs a script in the page.
func (b *browser) runs(script string) {
	b.t.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[chromedp.Void]("{"+script+"}; undefined")); err != nil {
		b.t.Fatalf("%s: %v", script, err)
	}
}

// picture takes a picture of the window and looks whether it has the size; a width
// of 0 is any. Pictures are kept with go test -artifacts.
func (b *browser) picture(name string, width, height int) {
	b.t.Helper()
	shot, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatalf("picture: %v", err)
	}
	seen, err := png.Decode(bytes.NewReader(shot))
	if width > 0 && (err != nil || seen.Bounds().Dx() != width || seen.Bounds().Dy() != height) {
		b.t.Errorf("the picture %s is not %d by %d (%v)", name, width, height, err)
	}
	dir := b.t.ArtifactDir()
	if *screenshots && width > 0 {
		dir = "../../docs/img"
	}
	testbed.Picture(b.t, filepath.Join(dir, name), shot)
}

// fits says that nothing sticks out to the side.
func (b *browser) fits() {
	b.t.Helper()
	b.sees(`document.documentElement.scrollWidth <= innerWidth`)
}

func TestTheDemoPageInARealBrowser(t *testing.T) {
	t.Parallel()
	st, b := onStage(t), openBrowserFor(t)
	b.do("open the page", chromedp.EmulateViewport(1440, 900), chromedp.Navigate(st.url+"/demo"))
	b.sees(`document.body.dataset.ready === "yes"`)
	b.sees(`document.querySelector("#step-write.next") !== null`)

	b.click("#rina .chips button:first-child")
	b.sees(`document.querySelectorAll("#rina .theirs").length === 1`)
	b.sees(`document.querySelector("#dewi .buttons button") !== null && document.querySelector("#step-alert.done") !== null`)
	b.click("#rina .buttons button:first-child")
	b.sees(`document.querySelectorAll("#rina .theirs").length === 2`)
	b.sees(`document.body.dataset.next === "climb"`)
	b.click(`[data-minutes="5"]`)
	b.sees(`document.querySelector("#budi .theirs a") !== null && document.querySelector("#step-climb.done") !== null`)

	b.runs(`const code = document.querySelector("#budi .theirs:last-child").textContent.match(/OK ([A-Z0-9]+)/)[1]; document.querySelector("#budi input").value = "OK " + code`)
	b.click("#budi form button")
	b.sees(`document.querySelector("#step-ack.done") !== null`)

	b.click("#budi .theirs:last-child a")
	b.sees(`document.querySelector("#step-read.done") !== null`)
	b.sees(`frames.desk.document.querySelector('form[action$="/take"] button') !== null`)
	b.runs(`frames.desk.document.querySelector('form[action$="/take"] button').click()`)
	b.sees(`frames.desk.document.querySelector('form[action$="/reply"] textarea') !== null && frames.desk.document.readyState === "complete"`)
	b.runs(`const form = frames.desk.document.querySelector('form[action$="/reply"]'); form.querySelector("textarea").value = "` + onceReply + `"; form.requestSubmit()`)
	b.sees(`document.querySelector("#rina .screen").textContent.includes("` + onceReply + `")`)
	b.sees(`document.querySelectorAll(".steps .done").length === 6`)
	b.click("#ana .chips button:first-child")
	b.sees(`document.querySelectorAll("#ana .theirs").length === 1`)
	b.fits()
	b.picture("demo-desktop.png", 1440, 900)

	b.do("hold it like a phone", chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile), chromedp.Navigate(st.url+"/demo"))
	b.sees(`document.body.dataset.ready === "yes"`)
	b.fits()
	b.click("#tab-case")
	b.sees(`getComputedStyle(document.getElementById("case")).display !== "none" && getComputedStyle(document.getElementById("rina")).display === "none"`)
	b.click("#tab-dewi")
	b.sees(`getComputedStyle(document.getElementById("dewi")).display !== "none"`)
	b.click("#tab-rina")
	b.fits()
	b.picture("demo-phone.png", 390, 844)
	if said := b.complained(); said != "" {
		t.Errorf("the browser complains:\n%s", said)
	}
}
