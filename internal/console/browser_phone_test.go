package console

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"pulang/internal/access"
	"pulang/internal/casefile"
)

// inSight are the parts of a page that nobody on a phone has to look for after a reply.
const inSight = `["#composer .notice[role]", "#text"].filter(css => {
	const e = document.querySelector(css), r = e?.getBoundingClientRect();
	return !e || !e.checkVisibility() || r.top < 0 || r.bottom > innerHeight;
}).join(" ")`

// stands waits for the page after a press, and says where an officer with a phone stands
// on it: what is out of sight, and what has the keyboard.
func stands(t *testing.T, ctx context.Context, script, comes string) {
	t.Helper()
	evaluate[bool](t, ctx, `window.before = true; `+script+`; true`)
	becomes(t, ctx, comes, `!window.before && document.readyState === "complete" && document.getElementById("main").textContent.includes("`+comes+`")`)
	becomes(t, ctx, "the keyboard is at "+comes, `document.activeElement.matches(".notice") && document.activeElement.textContent.includes("`+comes+`")`)
	if lost := evaluate[string](t, ctx, inSight); lost != "" {
		t.Errorf("%s: out of sight at scroll %d: %s", comes, evaluate[int64](t, ctx, `Math.round(scrollY)`), lost)
	}
}

// TestAfterEveryReplyAPhoneStandsAtTheComposer: the conversation is long, the screen is
// small, and what came of the press is seen where the next reply is written.
func TestAfterEveryReplyAPhoneStandsAtTheComposer(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", "tolong", locked)
	for i := range 29 {
		rina.Says(fmt.Sprintf("pesan %d: mereka mengunci pintu dan kami tidak boleh keluar dari gedung ini", i))
	}
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	budi.gets("/cases/AAA111").is(http.StatusOK)
	ctx, at := budi.browser()
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	look(t, ctx, 390, "light")
	if err := chromedp.Do(ctx, chromedp.Navigate(at+"/cases/AAA111")); err != nil {
		t.Fatal(err)
	}
	if high := evaluate[float64](t, ctx, `document.getElementById("thread").clientHeight / innerHeight`); high > .61 {
		t.Errorf("the conversation is %.1f screens high, the composer is below it", high)
	}
	says := func(words string) string {
		return `document.getElementById("text").value = "` + words + `"; document.querySelector("#send button").click()`
	}
	stands(t, ctx, `document.querySelector('form[action$="/take"] button').click()`, "You answer now.")
	stands(t, ctx, says("kami membaca pesanmu"), "on its way")
	stands(t, ctx, says("   "), "Nothing was written yet")
	evaluate[bool](t, ctx, `window.before = true; document.querySelector('form[action$="/hand-back"] button').click(); true`)
	becomes(t, ctx, "handed back", `!window.before && document.activeElement.matches("#composer .notice")`)
	evaluate[bool](t, ctx, `window.before = true; document.getElementById("note").value = "catatan"; document.querySelector("[data-note] button").click(); true`)
	becomes(t, ctx, "another act tells of itself at the top", `!window.before && document.activeElement.matches("#main > .notice") && !document.querySelector("#composer .notice[role]")`)
}

// TestTheReasonsForTheLevelComeFirst: what would make the case less urgent alone is folded
// below, opens with the keyboard, and stands open on paper.
func TestTheReasonsForTheLevelComeFirst(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "telegram", "tolong", locked, answered(casefile.Health, "injured"), country)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	ctx, at := budi.browser()
	if err := chromedp.Do(ctx, chromedp.Navigate(at+"/cases/AAA111")); err != nil {
		t.Fatal(err)
	}
	const level = `document.querySelector("#filehead .urgency").classList[1]`
	shown := `[...document.querySelectorAll("#why .rule")].filter(e => e.getBoundingClientRect().height && e.checkVisibility({contentVisibilityAuto: true}))`
	all := evaluate[int](t, ctx, `document.querySelectorAll("#why .rule").length`)
	if first := evaluate[int](t, ctx, shown+`.length`); first == 0 || first == all || !evaluate[bool](t, ctx, shown+`.every(e => e.classList.contains(`+level+`))`) {
		t.Fatalf("%d of %d rules come first: %s", first, all, evaluate[string](t, ctx, `document.getElementById("why").innerText`))
	}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
		t.Fatal(err)
	}
	if paper := evaluate[int](t, ctx, shown+`.length`); paper != all {
		t.Errorf("%d of %d rules are on paper", paper, all)
	}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{}); err != nil {
		t.Fatal(err)
	}
	evaluate[bool](t, ctx, `document.querySelector("#why summary").focus(); true`)
	key(t, ctx, "\r")
	becomes(t, ctx, "Enter opens the rest", shown+`.length === `+fmt.Sprint(all))
}
