package retention

import (
	"errors"
	"strings"
	"testing"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// term reads how a kind is kept.
func (h *house) term(kind casefile.Kind) Term {
	h.Helper()
	terms, err := h.f.Terms(h.Context())
	check(h.T, err)
	for _, t := range terms {
		if t.Kind == kind {
			return t
		}
	}
	return Term{}
}

// keeps changes a term as somebody who reads it first.
func (h *house) keeps(who access.Staff, kind casefile.Kind, days int) error {
	h.Helper()
	return h.f.Keep(h.Context(), who, Change{Kind: kind, Days: days, Mark: h.term(kind).Mark, Reason: "diminta"})
}

func refusedAs(t *testing.T, err error, why Why) {
	t.Helper()
	var refused *Refused
	if !errors.As(err, &refused) || refused.Why != why {
		t.Errorf("got %v, want refused: %s", err, why)
	}
}

// TestATermIsChangedAsItWasRead: with a reason, and never over what somebody else chose
// meanwhile.
func TestATermIsChangedAsItWasRead(t *testing.T) {
	h := newHouse(t)
	read := h.term(casefile.KeptCase)
	if read.Stays != casefile.YearAfterClose || !read.Chosen.IsZero() || read.Fixed() {
		t.Fatalf("by itself: %+v", read)
	}
	change := Change{Kind: casefile.KeptCase, Days: 200, Mark: read.Mark}
	refusedAs(t, h.f.Keep(t.Context(), h.siti, change), NoReason)
	change.Reason = "pengadilan"
	check(t, h.f.Keep(t.Context(), h.siti, change))
	change.Days = 100
	refusedAs(t, h.f.Keep(t.Context(), h.siti, change), TermChanged)
	now := h.term(casefile.KeptCase)
	if now.Stays != 200 || now.By != h.siti.ID || !now.Chosen.Equal(h.Now()) {
		t.Errorf("afterwards: %+v", now)
	}
	for kind, why := range map[casefile.Kind]Why{"weather": NoKind, casefile.KeptAudit: IsFixed} {
		refusedAs(t, h.f.Keep(t.Context(), h.siti, Change{Kind: kind, Days: 5, Reason: "x"}), why)
	}
	refusedAs(t, h.keeps(h.siti, casefile.KeptCase, 1826), BeyondLimit)
	var said string
	h.Tx(func(tx *store.Tx) error {
		records, err := tx.AuditRecords(t.Context(), store.AuditFilter{Actor: h.siti.ID, Limit: 10})
		for _, r := range records {
			said += r.Action + " " + r.Detail.Reveal()
		}
		return err
	})
	if !strings.Contains(said, "retention.changed case: 365 to 200 days: pengadilan") {
		t.Errorf("the audit says %q", said)
	}
	h.Tx(func(tx *store.Tx) error { return tx.DisableStaff(t.Context(), h.siti.ID, h.Now()) })
	if err := h.keeps(h.siti, casefile.KeptCase, 300); !errors.Is(err, access.ErrDenied) {
		t.Errorf("somebody disabled: %v", err)
	}
}

// TestWhatIsKeptIsNotForgotten: no word, no fact and no raw body of it goes, neither by
// itself nor by hand, until the day is over; then all of it does.
func TestWhatIsKeptIsNotForgotten(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("RINA1", casefile.Facts{fact(casefile.Departure, "this_week")}, nil)
	rina.closes()
	h.Tx(func(tx *store.Tx) error {
		return tx.KeepCase(t.Context(), rina.file, h.Now().Add(500*day), h.siti.ID, h.Now())
	})
	left := func() [2]int {
		return [2]int{h.number(`SELECT count(*) FROM messages WHERE conversation_id = $1 AND raw_sealed IS NOT NULL`, rina.Lane),
			h.number(`SELECT count(*) FROM conversations WHERE id = $1 AND facts_trimmed_at IS NULL`, rina.Lane)}
	}
	h.Forward(400 * day)
	due, err := h.f.Due(t.Context())
	check(t, err)
	if due[0] != (Count{casefile.KeptCase, 0}) { // it would stand before all others for ever
		t.Errorf("due is %v", due)
	}
	report, err := h.f.Run(t.Context())
	check(t, err)
	rina.gone(false, "while it is kept")
	if left() != [2]int{1, 1} || report.Sum() == 0 {
		t.Errorf("raw bodies and untrimmed facts: %v; %v went", left(), report)
	}
	refusedAs(t, h.f.Case(t.Context(), h.siti, "RINA1", "RINA1", "diminta"), IsKept)
	h.Forward(101 * day)
	_, err = h.f.Run(t.Context())
	check(t, err)
	rina.gone(true, "when the day is over")
	if n := h.number(`SELECT count(*) FROM audit WHERE action = 'case.let_go'`); n != 1 {
		t.Errorf("that it was let go stands %d times in the audit", n)
	}
}

// TestARestoredBackupOfAKeptCaseIsForgottenAgain: it was let go before it was forgotten.
func TestARestoredBackupOfAKeptCaseIsForgottenAgain(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("RINA1", nil, nil)
	rina.closes()
	h.Tx(func(tx *store.Tx) error {
		return tx.KeepCase(t.Context(), rina.file, h.Now().Add(day), h.siti.ID, h.Now())
	})
	h.Forward(day)
	f := h.with(ledgerWith(t, lineOf(store.Tombstone{Conversation: rina.Lane, Case: rina.file, At: h.Now(), Why: store.ForgetByStaff})+"\n"))
	done, err := f.Replay(t.Context())
	check(t, err)
	if done.Again != 1 {
		t.Errorf("replayed: %+v", done)
	}
	rina.gone(true, "after the replay")
}

// TestARunIsWrittenDown: what went and what is due soon, for the page of terms.
func TestARunIsWrittenDown(t *testing.T) {
	h := newHouse(t)
	if run := h.term(casefile.KeptCase).Run; !run.RanAt.IsZero() {
		t.Fatalf("before the first: %+v", run)
	}
	h.writes("RINA1", nil, nil).closes()
	h.Forward(3 * day)
	h.writes("DEWI2", nil, nil).closes()
	h.Forward(363 * day)
	first := h.Now()
	for more := true; more; {
		var err error
		more, err = h.f.Pass(t.Context())
		check(t, err)
	}
	if run := h.term(casefile.KeptCase).Run; run.Went != 1 || run.Soon != 1 || !run.RanAt.Equal(first) || !run.WentAt.Equal(first) {
		t.Errorf("the first: %+v", run)
	}
	h.Forward(day)
	_, err := h.f.Run(t.Context())
	check(t, err)
	if run := h.term(casefile.KeptCase).Run; run.Went != 1 || run.Soon != 1 || !run.WentAt.Equal(first) || !run.RanAt.Equal(h.Now()) {
		t.Errorf("one in which nothing went: %+v", run)
	}
}
