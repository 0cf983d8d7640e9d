package cases

import (
	"fmt"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// TestWhatIsKeptFromSomebodyIsInNoneOfTheirFigures: neither counted nor measured, within
// the team or leaving it, whether the report names their agency or they are kept out by
// hand.
func TestWhatIsKeptFromSomebodyIsInNoneOfTheirFigures(t *testing.T) {
	h := newHouse(t)
	sent := h.Member("sent", access.Supervisor, func(s *store.Staff) { s.Agency = access.Police })
	dewi := h.Member("dewi", access.Supervisor)
	walled := h.writes("WWW222", "sms", fact(casefile.Freedom, "locked"), fact(casefile.NamedAgency, "police"))
	byHand := h.writes("HHH222", "sms", fact(casefile.Freedom, "locked"))
	h.does(h.Exclude(t.Context(), h.siti, byHand.Ref, "dewi", "saudara"))
	all := []*person{walled, byHand}
	for i := range Fewest {
		all = append(all, h.writes(fmt.Sprintf("AAA%d%d%d", i+2, i+2, i+2), "sms", fact(casefile.Freedom, "locked")))
	}
	h.Forward(time.Minute)
	for _, p := range all { // looked at, and answered
		if _, err := h.Open(t.Context(), h.siti, p.Ref); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Acknowledge(t.Context(), h.siti, p.Ref); err != nil {
			t.Fatal(err)
		}
	}
	looked := func(waited []store.Waited) (n int) {
		for _, w := range waited {
			n += w.N
		}
		return n
	}
	for name, want := range map[string]int{"siti": Fewest + 2, "sent by the police": Fewest + 1, "dewi": Fewest + 1} {
		who := map[string]access.Staff{"siti": h.siti, "dewi": dewi, "sent by the police": sent}[name]
		o := h.overview(who)
		left, err := h.Leaving(t.Context(), who, h.days(7), "minggu ini")
		if err != nil {
			t.Fatal(err)
		}
		open := 0
		for _, u := range o.Open {
			open += u.N
		}
		got := []int{o.Total, open, looked(o.Looks), looked(o.Answers), left.Total, looked(left.Looks), looked(left.Answers)}
		for i, n := range got {
			if n != want {
				t.Errorf("%s: figure %d of total, open, looks, answers and the three that leave is %d, want %d", name, i, n, want)
			}
		}
	}
}
