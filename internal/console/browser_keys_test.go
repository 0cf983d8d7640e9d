package console

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"pulang/internal/access"
	"pulang/internal/casefile"
)

// stops tells how a page is walked with the Tab key: what can get the keyboard at all.
// Of radio buttons only the chosen one can, and what is hidden or closed cannot.
const stops = `[...document.querySelectorAll("a[href],button,input,textarea,select,summary,[tabindex='0'],iframe,audio,video")]
	.filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.tabIndex >= 0 && !e.closest("[inert]")
		&& !(e.type === "radio" && !e.checked && document.querySelector('input[type=radio][name="' + e.name + '"]:checked')))`

// focused is what has the keyboard: whether it is new, on the screen, uncovered and marked.
const focused = `new Promise(requestAnimationFrame).then(() => {
	const e = document.activeElement;
	if (!e || e === document.body || e === document.documentElement) return "left";
	if (e.walked) return e.matches("[type=date],[type=time],[type=datetime-local]") ? "ok" : "again " + e.outerHTML.slice(0, 90);
	e.walked = true;
	const r = e.getBoundingClientRect(), s = getComputedStyle(e);
	const name = e.outerHTML.slice(0, 90);
	if (s.outlineStyle === "none" || parseFloat(s.outlineWidth) < 2) return "no mark on " + name;
	if (r.bottom <= 0 || r.top >= innerHeight || r.right <= 0 || r.left >= innerWidth) return "off the screen: " + name;
	const at = [...e.getClientRects()][0] || r;
	const top = document.elementFromPoint(Math.min(innerWidth - 1, Math.max(1, at.left + Math.min(at.width / 2, 40))), Math.min(innerHeight - 1, Math.max(1, at.top + Math.min(at.height / 2, 20))));
	if (top && !e.contains(top) && !top.contains(e)) return "covered: " + name;
	return "ok";
})`

// TestEveryPageIsWalkedWithTheKeyboardAlone presses Tab until the page is left: the way
// to the content comes first, every stop is reached once, seen and marked, and nothing
// holds the keyboard.
func TestEveryPageIsWalkedWithTheKeyboardAlone(t *testing.T) {
	f, wrong := furnish(t), findings{}
	sights := f.sights()
	pages := f.shown(sights, "en")
	ctx := openBrowser(t)
	for i, page := range pages {
		name := sights[i].String()
		if err := chromedp.Do(ctx, chromedp.Navigate(page)); err != nil {
			t.Fatal(name, err)
		}
		// A page may put the keyboard into its first field: back to the top.
		evaluate[bool](t, ctx, `document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute("tabindex"); window.scrollTo(0, 0); true`)
		want := evaluate[int](t, ctx, stops+`.length`)
		for n := 0; ; n++ {
			key(t, ctx, "\t")
			got, err := chromedp.Run(ctx, chromedp.Evaluate[string](focused, chromedp.EvalAwaitPromise))
			if err != nil {
				t.Fatal(name, err)
			}
			if n == 0 && !evaluate[bool](t, ctx, `document.activeElement.matches(".skip")`) {
				wrong.add("the first stop is not the way to the content", name)
			}
			if got == "left" {
				if n < want {
					wrong.add(fmt.Sprintf("only %d of %d stops are reached: %s", n, want, evaluate[string](t, ctx, stops+`.filter(e => !e.walked).slice(0, 3).map(e => e.outerHTML.slice(0, 90)).join(" ")`)), name)
				}
				break
			}
			if got != "ok" {
				wrong.add(got, name)
			}
			if n > want+15 || strings.HasPrefix(got, "again") {
				wrong.add("the keyboard does not get out of the page", name)
				break
			}
		}
	}
	for _, what := range slices.Sorted(maps.Keys(wrong)) {
		t.Errorf("%s\n\t\ton %s", what, strings.Join(wrong[what], "; "))
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(pages[0])); err != nil {
		t.Fatal(err)
	}
	key(t, ctx, "\t")
	key(t, ctx, "\r")
	if !evaluate[bool](t, ctx, `document.activeElement.id === "main"`) {
		t.Error("the way to the content does not lead there")
	}
}

func key(t *testing.T, ctx context.Context, keys string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.KeyEvent(keys)); err != nil {
		t.Fatal(err)
	}
}

// becomes waits until something is true of the page, also across a navigation. The page
// looks by itself: a look from outside would count as a touch.
func becomes(t *testing.T, ctx context.Context, what, script string) {
	t.Helper()
	limited, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for limited.Err() == nil {
		if _, err := chromedp.Run(limited, chromedp.Evaluate[bool](`new Promise((yes) => {
			const look = () => { try { if (`+script+`) { yes(true); return; } } catch {} setTimeout(look, 40); };
			look();
		})`, chromedp.EvalAwaitPromise)); err == nil {
			return
		} // the page went on to the next one meanwhile: look there
	}
	at, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`[location.href, document.title, "rang " + document.body.dataset.rang,
		...document.querySelectorAll("[data-lost], [data-lock], [data-ring], [data-muted], [data-switch]")].map((e) => e.innerText ? e.innerText + (e.hidden ? " (hidden)" : "") : String(e)).join(" | ") +
		" | " + document.activeElement.outerHTML.slice(0, 200)`))
	t.Fatalf("%s: it does not become so; at %s", what, at)
}

func TestTheKeysMoveAboutTheQueueAndNeverWhileSomebodyTypes(t *testing.T) {
	h := newHouse(t)
	for _, ref := range []string{"AAA111", "BBB222", "CCC333"} {
		h.writes(ref, "sms", "tolong", locked)
		h.Forward(time.Second)
	}
	budi := h.hires("budi", access.Supervisor, "en").signsIn()
	budi.posts("/cases/BBB222/take", nil).is(http.StatusSeeOther)
	ctx, at := budi.browser()
	if err := chromedp.Do(ctx, chromedp.Navigate(at+"/")); err != nil {
		t.Fatal(err)
	}
	on := func() string {
		return evaluate[string](t, ctx, `document.activeElement.getAttribute("href") || document.activeElement.tagName`)
	}
	rows := strings.Split(evaluate[string](t, ctx, `[...document.querySelectorAll("a.row")].map(a => a.getAttribute("href")).join(" ")`), " ")
	for i, step := range []struct{ key, want string }{{"j", rows[0]}, {"j", rows[1]}, {"j", rows[2]}, {"j", rows[2]}, {"k", rows[1]}, {"x", rows[1]}, {"k", rows[0]}, {"k", rows[0]}, {"j", rows[1]}} {
		key(t, ctx, step.key)
		if got := on(); got != step.want {
			t.Errorf("after %d, %q, the keyboard is on %s, want %s", i, step.key, got, step.want)
		}
	}
	key(t, ctx, "o")
	becomes(t, ctx, "o opens the row", `location.pathname === "`+rows[1]+`" && document.readyState === "complete"`)
	key(t, ctx, "g")
	key(t, ctx, "u")
	becomes(t, ctx, "g u opens the audit", `location.pathname === "/audit" && document.readyState === "complete"`)
	key(t, ctx, "?")
	becomes(t, ctx, "? shows the keys", `document.querySelector("dialog").open && document.querySelector("dialog #keys").textContent.includes("next row")`)
	key(t, ctx, "g")
	key(t, ctx, "q")
	key(t, ctx, "\x1b")
	becomes(t, ctx, "Escape closes the list, and no key leads away from it", `!document.querySelector("dialog").open && location.pathname === "/audit"`)
	evaluate[bool](t, ctx, `document.getElementById("staff").focus(); true`)
	key(t, ctx, "gq?")
	if got := evaluate[string](t, ctx, `location.pathname + document.getElementById("staff").value + document.querySelector("dialog").open`); got != "/auditgq?false" {
		t.Errorf("typed into a field, the keys do %s", got)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(at+"/keys"), chromedp.Click(chromedp.CSS(`[data-switch="keys"]`))); err != nil {
		t.Fatal(err)
	}
	evaluate[bool](t, ctx, `document.activeElement.blur(); true`)
	key(t, ctx, "g")
	key(t, ctx, "u")
	key(t, ctx, "?")
	if got := evaluate[string](t, ctx, `location.pathname + document.querySelector("dialog").open + document.querySelector('[data-switch="keys"]').textContent`); got != "/keysfalseKeys: off" {
		t.Errorf("turned off, the keys do %s", got)
	}
}

// TestARenewedQueueKeepsTheKeyboardOnItsCase: the rows change places, the keyboard stays
// with the case and not with the place.
func TestARenewedQueueKeepsTheKeyboardOnItsCase(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "telegram", "tolong", locked)
	h.Forward(20 * time.Minute)
	budi := h.hires("budi", access.Supervisor, "en").signsIn()
	ctx, at := budi.browser()
	if err := chromedp.Do(ctx, chromedp.Navigate(at+"/")); err != nil {
		t.Fatal(err)
	}
	key(t, ctx, "j")
	h.writes("BBB222", "sms", "kami dipukul, dia sekarat", locked, answered(casefile.Health, "injured"))
	h.changed()
	becomes(t, ctx, "the new case appears", `document.querySelectorAll("a.row").length === 2`)
	if got := evaluate[string](t, ctx, `document.activeElement.getAttribute("href")`); got != "/cases/AAA111" {
		t.Errorf("the keyboard went from the case to %q", got)
	}
	version := budi.gets("/cases/AAA111").field("version")
	lower := url.Values{"to": {"low"}, "reason": {"aman"}, "version": {version}}
	budi.posts("/cases/AAA111/lower", lower).is(http.StatusSeeOther)
	budi.posts("/cases/AAA111/close", url.Values{"reason": {"selesai"}, "version": {budi.gets("/cases/AAA111").field("version")}}).is(http.StatusSeeOther)
	h.changed()
	becomes(t, ctx, "the closed case goes", `document.querySelectorAll("a.row").length === 1`)
	if got := evaluate[string](t, ctx, `document.activeElement.getAttribute("href") || document.activeElement.id`); strings.HasPrefix(got, "/cases/") || got == "" {
		t.Errorf("its case is gone, and the keyboard is on %q", got)
	}
}
