package cases

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

func refsOf(lines []Line) (refs []string) {
	for _, l := range lines {
		refs = append(refs, l.Case.Ref)
	}
	return refs
}

// lists is the refs of a list as somebody sees it, all pages of it. What is counted of
// the queue is what stands in it.
func (h *house) lists(who access.Staff, ask Ask) (refs []string, pages int) {
	h.Helper()
	stand := map[casefile.Urgency]int{}
	for ask.After = ""; pages == 0 || ask.After != ""; pages++ {
		q, err := h.List(h.Context(), who, ask)
		if err != nil {
			h.Fatal(err)
		}
		if len(q.Lines) > QueueSize {
			h.Errorf("a page of %d", len(q.Lines))
		}
		refs, ask.After = append(refs, refsOf(q.Lines)...), q.Next
		for _, l := range q.Lines {
			stand[l.Case.Urgency]++
		}
		if ask.After == "" && ask.List == Waiting && !maps.Equal(q.Counts, stand) {
			h.Errorf("%+v: counted are %v, and there stand %v", ask, q.Counts, stand)
		}
	}
	return refs, pages
}

// stored puts n plain cases into the database past the line: in the queue, without a
// conversation that could be opened, each a minute after the one before.
func (h *house) stored(n int, prefix, status, urgency, country, team string) (refs []string) {
	h.Helper()
	sql := h.SQL()
	for i := range n {
		ref := fmt.Sprintf("%s%03d", prefix, i)
		lane := h.Starts(casefile.Address{Channel: "sms", ID: casefile.Hide("+62855" + ref)})
		id, at := casefile.NewID(h.Now()), h.Now().Add(-time.Duration(n-i)*time.Minute)
		closed := any(nil)
		if status == "closed" {
			closed = at
		}
		_, err := sql.Exec(h.Context(), `INSERT INTO cases (id, ref, status, urgency, country, team, queued_at, opened_at, closed_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)`, id, ref, status, urgency, country, team, at, closed)
		if err == nil {
			_, err = sql.Exec(h.Context(), `INSERT INTO case_conversations (case_id, conversation_id) VALUES ($1, $2)`, id, lane.ID)
		}
		if err != nil {
			h.Fatal(err)
		}
		refs = append(refs, ref)
	}
	return refs
}

func TestWhatRingsStandsFirstThenRule61(t *testing.T) {
	h := newHouse(t)
	h.writes("OLDHI1", "sms", locked, nobody)
	h.Forward(time.Minute)
	h.writes("NEWHI2", "sms", locked, nobody)
	h.writes("CHILD3", "sms", locked, nobody, fact(casefile.AgeBand, "under18")) // confined child: critical
	h.Forward(time.Minute)
	h.writes("CRIT04", "sms", locked, beaten, nobody)
	h.writes("ACKED5", "sms", locked, beaten, nobody)
	if _, err := h.Acknowledge(t.Context(), h.siti, "ACKED5"); err != nil {
		t.Fatal(err)
	}
	h.Forward(20 * time.Minute)
	h.writes("WATCH6", "telegram") // writing now, watched, and nothing is known: low
	q, err := h.Queue(t.Context(), h.budi)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "order", refsOf(q.Lines), []string{"CHILD3", "CRIT04", "OLDHI1", "NEWHI2", "WATCH6", "ACKED5"})
	for i, l := range q.Lines {
		if l.Rings() != (i < 4) {
			t.Errorf("%s rings: %v", l.Case.Ref, l.Rings())
		}
	}
}

func TestALongListIsReadPageByPageAndNothingTwice(t *testing.T) {
	h := newHouse(t)
	var want []string
	want = append(want, h.stored(70, "HI", "open", "high", "MM", "main")...)
	want = append(want, h.stored(260, "ME", "open", "medium", "KH", "main")...)
	want = append(want, h.stored(QueueSize, "LO", "open", "low", "", "main")...)
	h.stored(3, "OT", "open", "critical", "MM", "timur")
	got, pages := h.lists(h.budi, Ask{})
	same(t, "all pages", got, want)
	if pages != 8 {
		t.Errorf("%d pages", pages)
	}
	kh, medium, team := "KH", casefile.Medium, "timur"
	if got, _ := h.lists(h.budi, Ask{Country: &kh}); !slices.Equal(got, want[70:330]) {
		t.Errorf("in one country: %d", len(got))
	}
	if got, _ := h.lists(h.budi, Ask{Country: &kh, Urgency: &medium, Nobody: true}); len(got) != 260 {
		t.Errorf("three filters: %d", len(got))
	}
	if got, _ := h.lists(h.budi, Ask{Team: &team}); got != nil {
		t.Errorf("another team's: %q", got)
	}
	if got, _ := h.lists(h.siti, Ask{Team: &team}); len(got) != 3 {
		t.Errorf("a supervisor sees %q of the other team", got)
	}
	for _, bad := range []string{"x", "1.2.3", "-1.0." + casefile.ID{}.String() + "." + casefile.ID{}.String(), "a.b.c.d"} {
		if _, err := h.List(t.Context(), h.budi, Ask{After: bad}); !errors.Is(err, ErrBadPlace) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestACaseThatLeavesDoesNotHideOthersOnTheNextPage(t *testing.T) {
	h := newHouse(t)
	refs := h.stored(2*QueueSize+10, "HI", "open", "high", "MM", "main")
	q, err := h.Queue(t.Context(), h.budi)
	if err != nil {
		t.Fatal(err)
	}
	last := q.Lines[len(q.Lines)-1].Case
	h.Tx(func(tx *store.Tx) error { return tx.CloseCase(t.Context(), last.ID, last.Version, h.Now()) })
	seen := refsOf(q.Lines)
	for next := q.Next; next != ""; next = q.Next {
		if q, err = h.List(t.Context(), h.budi, Ask{After: next}); err != nil {
			t.Fatal(err)
		}
		seen = append(seen, refsOf(q.Lines)...)
	}
	for _, ref := range refs {
		if !slices.Contains(seen, ref) {
			t.Errorf("%s was on no page", ref)
		}
	}
}

func TestCountsAreExactUpToTheirLimit(t *testing.T) {
	h := newHouse(t)
	h.stored(3, "OT", "open", "critical", "MM", "timur")
	h.stored(7, "HI", "open", "high", "MM", "main")
	rina := h.writes("AAA111", "sms", locked, beaten, nobody, heard("police")) // critical
	agus := h.hire("agus", access.Supervisor, of(access.Police))
	for who, want := range map[access.Staff][2]int{h.budi: {1, 7}, h.siti: {4, 7}, agus: {3, 7}} {
		q, err := h.Queue(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]int{q.Counts[casefile.Critical], q.Counts[casefile.High]}; got != want {
			t.Errorf("%v counts %v, want %v", who.Role, got, want)
		}
	}
	_, err := h.SQL().Exec(t.Context(), `INSERT INTO cases (id, ref, status, urgency, queued_at, opened_at)
		SELECT gen_random_uuid(), 'N' || n, 'open', 'low', $1, $1 FROM generate_series(1, 1200) n`, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []access.Staff{h.budi, h.siti} {
		if q, err := h.Queue(t.Context(), who); err != nil || q.Counts[casefile.Low] != CountedTo+1 {
			t.Errorf("%s counts %d, %v", who.Role, q.Counts[casefile.Low], err)
		}
	}
	boss := h.hire("boss", access.Supervisor, nil)
	if err := h.Exclude(t.Context(), h.siti, rina.Ref, "boss", "x"); err != nil {
		t.Fatal(err)
	}
	if q, err := h.Queue(t.Context(), boss); err != nil || q.Counts[casefile.Critical] != 3 {
		t.Errorf("counted with one that is kept from them by hand: %v, %v", q.Counts, err)
	}
}

func TestWhatIsPutOffLeavesTheQueueUntilItIsTimeOrDangerComes(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", nobody)
	snooze := func(d time.Duration) {
		h.Tx(func(tx *store.Tx) error { return tx.SnoozeCase(t.Context(), rina.open().Case.ID, h.Now().Add(d)) })
	}
	is := func(what string, queue, put []string) {
		t.Helper()
		for _, who := range []access.Staff{h.budi, h.siti} {
			got, _ := h.lists(who, Ask{})
			same(t, what+": queue", got, queue)
			got, _ = h.lists(who, Ask{List: Snoozed})
			same(t, what+": put off", got, put)
		}
	}
	is("at first", []string{"AAA111"}, nil)
	snooze(time.Hour)
	is("put off", nil, []string{"AAA111"})
	h.Forward(time.Hour)
	is("it is time", []string{"AAA111"}, nil)
	snooze(time.Hour)
	rina.Says("masih di sini")
	is("they wrote", []string{"AAA111"}, nil)
	rina.Says("tolong", locked, beaten)
	snooze(time.Hour) // also by hand, a case that rings stays
	is("it rings", []string{"AAA111"}, nil)
}

func TestClosedCasesAreListedForThirtyDays(t *testing.T) {
	h := newHouse(t)
	refs := h.stored(3, "CL", "closed", "high", "MM", "main")
	slices.Reverse(refs)
	h.stored(1, "OT", "closed", "high", "MM", "timur")
	for who, n := range map[access.Staff]int{h.budi: 3, h.siti: 4} {
		if got, _ := h.lists(who, Ask{List: ClosedOff}); len(got) != n {
			t.Errorf("%s: %q", who.Role, got)
		}
	}
	got, _ := h.lists(h.budi, Ask{List: ClosedOff})
	same(t, "the last closed first", got, refs)
	h.Forward(access.OldAfter)
	if got, _ := h.lists(h.budi, Ask{List: ClosedOff}); got != nil {
		t.Errorf("after thirty days: %q", got)
	}
	if got, _ := h.lists(h.siti, Ask{List: ClosedOff}); len(got) != 4 {
		t.Errorf("a supervisor, after thirty days: %q", got)
	}
}

func TestMineAndNobodys(t *testing.T) {
	h := newHouse(t)
	h.stored(2, "HI", "open", "high", "MM", "main")
	taken := h.writes("TAKEN1", "telegram", locked)
	taken.take(h.budi)
	if ref, err := h.TakeNext(t.Context(), h.budi); err != nil || ref != "HI000" {
		t.Fatalf("%s, %v", ref, err)
	}
	for what, want := range map[string][]string{"mine": {"TAKEN1", "HI000"}, "nobody": {"HI001"}, "hers": nil} {
		who := h.budi
		if what == "hers" {
			who = h.siti
		}
		got, _ := h.lists(who, Ask{Mine: what != "nobody", Nobody: what == "nobody"})
		slices.Sort(got)
		slices.Sort(want)
		same(t, what, got, want)
	}
}

func TestTheNextCaseIsTheMostUrgentThatRings(t *testing.T) {
	h := newHouse(t)
	h.writes("HIGH01", "sms", locked, nobody)
	h.Forward(time.Minute)
	h.writes("CRIT02", "sms", locked, beaten, nobody)
	kept := h.writes("KEPT03", "sms", locked, beaten, nobody, heard("police"))
	h.stored(1, "QU", "open", "low", "", "main")
	agus := h.hire("agus", access.DutyOfficer, of(access.Police))
	took := func(who access.Staff, want string) {
		t.Helper()
		ref, err := h.TakeNext(t.Context(), who)
		if err != nil || ref != want {
			t.Errorf("took %q, %v, want %s", ref, err, want)
		}
	}
	took(agus, "CRIT02")
	took(agus, "HIGH01")
	took(agus, "QU000")
	_, err := h.TakeNext(t.Context(), agus)
	wants(t, err, QueueEmpty)
	took(h.siti, kept.Ref)
	v := kept.open()
	if live, ok := v.Live(); !ok || live.State != store.Acknowledged || live.AcknowledgedBy != h.siti.ID || v.Case.AssignedTo != h.siti.ID {
		t.Errorf("not hers: %+v, given to %v", live, v.Case.AssignedTo)
	}
	same(t, "audit", kept.actions()[:4], []string{"escalation.opened", "escalation.alerted", "escalation.acknowledged", actionTakenNext})
	kept.Says("dia datang", fact(casefile.Health, "injured")) // a new danger rings again
	took(h.siti, kept.Ref)
}

// TestNobodyGetsTheCaseOfAnother lets everybody press at once.
func TestNobodyGetsTheCaseOfAnother(t *testing.T) {
	h := newHouse(t)
	for i := range 12 {
		h.writes(fmt.Sprintf("CASE%02d", i), "sms", locked, nobody)
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	var took []string
	for i := range 6 {
		who := h.Member(fmt.Sprintf("officer%d", i), access.DutyOfficer)
		all.Go(func() {
			for range 2 {
				ref, err := h.TakeNext(t.Context(), who)
				mu.Lock()
				if err != nil {
					t.Error(err)
				}
				took = append(took, ref)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	slices.Sort(took)
	if len(slices.Compact(slices.Clone(took))) != 12 {
		t.Errorf("took %q", took)
	}
}

// TestThePageIsTheSameHoweverManyCasesThereAre compares the list with one that is made
// the plain way, over random cases.
func TestThePageIsTheSameHoweverManyCasesThereAre(t *testing.T) {
	h := newHouse(t)
	random := rand.New(rand.NewPCG(7, 11))
	type one struct {
		ref     string
		urgency casefile.Urgency
		at      time.Time
		listed  bool
	}
	var all []one
	sql := h.SQL()
	for i := range 400 {
		o := one{fmt.Sprintf("R%05d", i), urgencies[random.IntN(4)], h.Now().Add(-time.Duration(random.IntN(100)) * time.Minute), true}
		team, country := "main", []string{"MM", "KH"}[random.IntN(2)]
		if random.IntN(4) == 0 {
			team, o.listed = "timur", false
		}
		o.listed = o.listed && country == "KH"
		_, err := sql.Exec(t.Context(), `INSERT INTO cases (id, ref, status, urgency, country, team, queued_at, opened_at) VALUES ($1, $2, 'open', $3, $4, $5, $6, $6)`,
			casefile.NewID(h.Now()), o.ref, o.urgency.String(), country, team, o.at)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, o)
	}
	all = slices.DeleteFunc(all, func(o one) bool { return !o.listed })
	slices.SortFunc(all, func(a, b one) int {
		if a.urgency != b.urgency {
			return int(b.urgency) - int(a.urgency)
		}
		if by := a.at.Compare(b.at); by != 0 {
			return by
		}
		return slices.Compare([]byte(a.ref), []byte(b.ref))
	})
	var want []string
	for _, o := range all {
		want = append(want, o.ref)
	}
	kh := "KH"
	got, _ := h.lists(h.budi, Ask{Country: &kh})
	same(t, "list", got, want)
}
