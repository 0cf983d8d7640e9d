package cases

import (
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// told is a stretch of events as lines: kind, what, text.
func (line Timeline) told() []string {
	var out []string
	for _, e := range line.Events {
		out = append(out, strings.TrimSpace(strings.Join([]string{string(e.Kind), e.What, e.Text.Reveal()}, " ")))
	}
	return out
}

func (p *person) timeline(w Wanted) Timeline {
	p.Helper()
	line, err := p.Timeline(p.Context(), p.budi, p.Ref, w)
	if err != nil {
		p.Fatal(err)
	}
	return line
}

// lived is a case in which something of every kind happened.
func (h *house) lived() *person {
	h.Helper()
	rina := h.writes("AAA111", "telegram", locked)
	step := func(err error) {
		h.Helper()
		if err != nil {
			h.Fatal(err)
		}
		h.Forward(time.Minute)
	}
	h.Forward(time.Minute)
	rina.hears("Kami membaca.", "sent")
	h.Forward(time.Minute)
	_, err := h.OpenAt(h.Context(), h.budi, rina.Ref, Look{})
	step(err)
	step(h.Note(h.Context(), h.budi, rina.Ref, "telepon 0812 3456 7890"))
	file, err := h.OpenAt(h.Context(), h.budi, rina.Ref, Look{})
	step(err)
	step(h.Lower(h.Context(), h.budi, rina.Ref, file.Case.Version, casefile.Low, "sudah aman"))
	return rina
}

func TestTheTimelineMixesEverythingInOneOrder(t *testing.T) {
	h := newHouse(t)
	rina := h.lived()
	want := []string{"message  tolong", "answer  Kami membaca.", "view case.viewed", "note note telepon •••••••",
		"alert escalation.ended", "change case.lowered sudah aman"}
	got := rina.timeline(Wanted{Oldest: true, Most: 50}).told()
	var lines []string
	for _, line := range got { // how it began is the escalation's own business
		if !strings.HasPrefix(line, "alert escalation.opened") && !strings.HasPrefix(line, "alert escalation.alerted") && line != "change case.opened" && line != "alert" {
			lines = append(lines, line)
		}
	}
	same(t, "oldest first", lines, want)
	newest := rina.timeline(Wanted{Most: 50}).told()
	if len(newest) != len(got) || newest[0] != want[len(want)-1] && newest[1] != want[len(want)-1] {
		t.Errorf("newest first: %q", newest)
	}
}

func TestTheTimelineIsPagedWithoutGapOrRepeatInBothOrders(t *testing.T) {
	h := newHouse(t)
	rina := h.lived()
	for _, oldest := range []bool{false, true} {
		whole := rina.timeline(Wanted{Oldest: oldest, Most: 100})
		if whole.More || len(whole.Events) < 6 {
			t.Fatalf("%d events, more: %v", len(whole.Events), whole.More)
		}
		seen := map[string]int{}
		for w, pages := (Wanted{Oldest: oldest, Most: 2}), 0; pages < 50; pages++ {
			line := rina.timeline(w)
			for _, told := range line.told() {
				seen[told]++
			}
			if !line.More {
				break
			}
			w.From = line.Place
		}
		for _, told := range whole.told() {
			if strings.HasPrefix(told, "change case.lowered") { // its reason may stand on the next page
				continue
			}
			if seen[told]--; seen[told] < 0 {
				t.Errorf("oldest %v: %q is missing", oldest, told)
			}
		}
	}
}

func TestTheTimelineIsFilteredByKind(t *testing.T) {
	h := newHouse(t)
	rina := h.lived()
	total := 0
	for _, kind := range EventKinds {
		line := rina.timeline(Wanted{Kinds: []EventKind{kind}, Most: 100})
		if len(line.Events) == 0 && kind != EventAlert {
			t.Errorf("no %s", kind)
		}
		for _, e := range line.Events {
			if e.Kind != kind {
				t.Errorf("asked for %s: %s %s", kind, e.Kind, e.What)
			}
		}
		total += len(line.Events)
	}
	// The reason for lowering stands with the notes when it does not stand with the change.
	if all := len(rina.timeline(Wanted{Most: 100}).Events); total != all+1 {
		t.Errorf("%d events by kind, %d in all", total, all)
	}
}

func TestTheTimelineIsALookAndCoversWhatFindsAPerson(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	rina.Says("namaku Dewi, 0812 3456 7890")
	for range 2 {
		for _, told := range rina.timeline(Wanted{Most: 50}).told() {
			if strings.Contains(told, "Dewi") || strings.Contains(told, "7890") {
				t.Errorf("the timeline shows %q", told)
			}
		}
	}
	if n := h.history(rina.Ref, actionViewed); n != 1 {
		t.Errorf("audited %d times, want once for as long as the look lasts", n)
	}
}

func TestUnreadWordsStayFromOtherAgencies(t *testing.T) {
	h := newHouse(t)
	guest := h.Member("guest", access.Supervisor, func(s *store.Staff) { s.Agency = "ngo:rumah" })
	rina := h.writes("AAA111", "sms", locked)
	rina.Receives("polisi ikut")
	for who, want := range map[access.Staff]bool{h.siti: true, guest: false} {
		line, err := h.Timeline(t.Context(), who, rina.Ref, Wanted{Most: 50})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(line.told(), "\n"), "polisi ikut"); got != want {
			t.Errorf("agency %s reads what no turn has read: %v", who.Agency, got)
		}
	}
}

func TestPaperIsCoveredUntilPressedAndAuditedEachTime(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	covered, err := h.Print(t.Context(), h.budi, rina.Ref, Look{})
	if err != nil || covered.Pressed || !covered.Shown.Address.IsEmpty() || !covered.Conversations[0].Address.IsEmpty() {
		t.Fatalf("covered paper holds the number (%v)", err)
	}
	shown, err := h.PrintRevealed(t.Context(), h.budi, rina.Ref, Look{})
	if err != nil || shown.Shown.Address.IsEmpty() {
		t.Fatalf("pressed, and nothing is shown (%v)", err)
	}
	if n, m := h.history(rina.Ref, actionPrinted), h.history(rina.Ref, actionRevealed); n != 2 || m != 1 {
		t.Errorf("audited %d prints and %d presses, want 2 and 1", n, m)
	}
	auditor := h.Member("auditor", access.Auditor)
	if _, err := h.Print(t.Context(), auditor, rina.Ref, Look{}); err == nil {
		t.Error("an auditor printed a case")
	}
}
