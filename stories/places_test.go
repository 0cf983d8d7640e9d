package stories

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/store"
)

// hears reports whether the line hears a spelling now, as a place in what somebody new
// writes.
func (h *house) hears(name string, chat int64, text string) (place string) {
	h.t.Helper()
	h.Telegram(name, chat).Says(text).Hears("Pesanmu masuk")
	h.Settle()
	check(h.t, h.db.QueryRow(h.t.Context(), `SELECT k.country FROM cases k ORDER BY k.opened_at DESC, k.id DESC LIMIT 1`).Scan(&place))
	return place
}

// heeds waits until the line hears so many added spellings.
func (h *house) heeds(n int) {
	h.t.Helper()
	says := fmt.Sprintf("\npulang_place_spellings %d\n", n)
	h.until(says, func() bool { return strings.Contains(string(h.metricsSpot().data), says) })
}

// TestASpellingAddedOnThePageIsUnderstoodInTheNextConversation, and one that was taken
// away is not.
func TestASpellingAddedOnThePageIsUnderstoodInTheNextConversation(t *testing.T) {
	t.Parallel()
	h := open(t)
	boss := h.Staff("boss", staffing{chat: 9001, role: string(access.Supervisor)})
	desk, who := boss.Console().desk, access.Staff{ID: boss.id, Role: access.Supervisor}
	const cry = "tolong saya disekap di qwelu"
	if got := h.hears("Rina", 1001, cry); got != "" {
		t.Fatalf("before it was added it is in %q", got)
	}
	h.Forward(time.Second)
	check(t, desk.AddSpelling(t.Context(), who, "Qwelu", "Myawaddy"))
	h.heeds(1)
	if got := h.hears("Sari", 1002, cry); got != "MM" {
		t.Errorf("added: the case is in %q, want MM", got)
	}
	h.Forward(time.Second)
	var standing []store.PlaceAlias
	check(t, h.store.InTx(t.Context(), func(tx *store.Tx) (err error) {
		standing, err = tx.PlaceAliases(t.Context(), 0)
		return err
	}))
	check(t, desk.WithdrawSpelling(t.Context(), who, standing[0].ID))
	h.heeds(0)
	if got := h.hears("Dewi", 1003, cry); got != "" {
		t.Errorf("taken away: the case is in %q", got)
	}
}

// TestTheLastKnownSpellingsAreHeardWhileTheDatabaseIsAway, and after it came back.
func TestTheLastKnownSpellingsAreHeardWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	h, w := outage(t, 1<<20)
	boss := h.Staff("boss", staffing{chat: 9001, role: string(access.Supervisor)})
	check(t, boss.Console().desk.AddSpelling(t.Context(), access.Staff{ID: boss.id, Role: access.Supervisor}, "qwelu", "Myawaddy"))
	h.heeds(1)
	w.cut()
	failed := `pulang_loop_failures_total{loop="spellings"}`
	h.until(failed, func() bool { return strings.Contains(string(h.metricsSpot().data), failed) })
	h.heeds(1)
	w.mend()
	if got := h.hears("Rina", 1001, "tolong saya disekap di qwelu"); got != "MM" {
		t.Errorf("after the outage the case is in %q, want MM", got)
	}
}
