package retention

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// Term is how one kind of data is kept in this deployment, and what forgetting did
// last with it.
type Term struct {
	casefile.Keeping
	Stays  casefile.Period // how long it stays here; 0: for good
	Chosen time.Time       // when somebody chose it; zero: it is what the program brings
	By     casefile.ID
	Mark   string // of the term as it was read; who changes it hands it back
	Run    store.LastRun
}

// Fixed reports whether nobody may choose another term.
func (t Term) Fixed() bool { return t.Longest == 0 }

// Looks reports whether forgetting looks at this kind at all. What it leaves alone goes
// by itself, or stays for good.
func Looks(kind casefile.Kind) bool {
	switch kind {
	case casefile.KeptAudit, casefile.KeptSession, casefile.KeptTombstones:
		return false
	}
	return true
}

// Terms reads all terms, in the order of casefile.Kept.
func (f *Forgetter) Terms(ctx context.Context) (terms []Term, err error) {
	err = f.o.Store.InTx(ctx, func(tx *store.Tx) error {
		terms, err = termsIn(ctx, tx)
		return err
	})
	return terms, err
}

func termsIn(ctx context.Context, tx *store.Tx) ([]Term, error) {
	chosen, err := tx.ChosenTerms(ctx)
	if err != nil {
		return nil, err
	}
	runs, err := tx.LastRuns(ctx)
	var terms []Term
	for _, k := range casefile.Kept {
		t := Term{Keeping: k, Stays: k.Days, Run: runs[k.Kind]}
		if c, ok := chosen[k.Kind]; ok && c.Days > 0 && k.Longest > 0 {
			t.Stays, t.Chosen, t.By = min(casefile.Period(c.Days), k.Longest), c.At, c.By
		}
		t.Mark = fmt.Sprintf("%d.%d", t.Stays, t.Chosen.UnixMicro())
		terms = append(terms, t)
	}
	return terms, err
}

// Periods is how many days each kind stays in this deployment.
func (f *Forgetter) Periods(ctx context.Context) (map[casefile.Kind]casefile.Period, error) {
	terms, err := f.Terms(ctx)
	periods := map[casefile.Kind]casefile.Period{}
	for _, t := range terms {
		periods[t.Kind] = t.Stays
	}
	return periods, err
}

// Change is another term for a kind, as somebody wants it.
type Change struct {
	Kind   casefile.Kind
	Days   int
	Mark   string // Term.Mark of what they read
	Reason string
}

// Keep makes the deployment keep a kind for so many days, within the limit of the
// table, because a named member of staff says so; the reason stays in the audit.
// *Refused or access.ErrDenied otherwise.
func (f *Forgetter) Keep(ctx context.Context, who access.Staff, c Change) error {
	c.Reason = strings.TrimSpace(c.Reason)
	k, known := casefile.KeepingOf(c.Kind)
	switch {
	case !known:
		return &Refused{Why: NoKind}
	case k.Longest == 0:
		return &Refused{Why: IsFixed}
	case c.Days < 1 || casefile.Period(c.Days) > k.Longest:
		return &Refused{Why: BeyondLimit, N: int(k.Longest)}
	case c.Reason == "":
		return &Refused{Why: NoReason}
	}
	now := f.o.Now()
	return f.o.Store.InTx(ctx, func(tx *store.Tx) error {
		if err := mayForget(ctx, tx, who); err != nil {
			return err
		}
		if err := tx.LockTerms(ctx); err != nil {
			return err
		}
		was, err := termOf(ctx, tx, c.Kind)
		if err != nil {
			return err
		}
		if was.Mark != c.Mark {
			return &Refused{Why: TermChanged}
		}
		if err := tx.SetRetention(ctx, c.Kind, c.Days, who.ID, now); err != nil {
			return err
		}
		return tx.Audit(ctx, store.Entry{At: now, Actor: who.Actor(), Action: actionRetention,
			Detail: casefile.Hide(fmt.Sprintf("%s: %d to %d days: %s", c.Kind, was.Stays, c.Days, c.Reason))})
	})
}

func termOf(ctx context.Context, tx *store.Tx, kind casefile.Kind) (Term, error) {
	terms, err := termsIn(ctx, tx)
	for _, t := range terms {
		if t.Kind == kind {
			return t, err
		}
	}
	return Term{}, err
}

// mayForget asks for the role somebody has now: what they carry may be hours old.
func mayForget(ctx context.Context, tx *store.Tx, who access.Staff) error {
	if err := who.Check(access.Forget); err != nil {
		return err
	}
	member, err := tx.StaffByID(ctx, who.ID)
	if errors.Is(err, store.ErrNotFound) {
		return access.ErrDenied
	}
	if err != nil {
		return err
	}
	return member.As().Check(access.Forget)
}

// soonIs how far ahead a run looks: what will be due is told on the page of terms.
const soonIs = 7 * 24 * time.Hour

// letGo ends what was kept until a day that is over.
func (f *Forgetter) letGo(ctx context.Context, now time.Time) error {
	return f.o.Store.InTx(ctx, func(tx *store.Tx) error {
		ids, err := tx.LetGo(ctx, now, batch)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := tx.Audit(ctx, store.Entry{At: now, Actor: casefile.System(part), Action: actionLetGo, Case: id}); err != nil {
				return err
			}
		}
		return nil
	})
}

// note writes down what a pass did, and after the last one what is due within a week.
func (f *Forgetter) note(ctx context.Context, did Report, last bool, now time.Time) error {
	due, err := f.deadlines(ctx, now.Add(soonIs))
	if err != nil {
		return err
	}
	return f.o.Store.InTx(ctx, func(tx *store.Tx) error {
		for _, c := range did {
			soon := store.NotCounted
			if last {
				if soon, err = count(ctx, tx, c.Kind, due[c.Kind]); err != nil {
					return err
				}
			}
			if err := tx.NoteRun(ctx, c.Kind, c.N, soon, now); err != nil {
				return err
			}
		}
		return nil
	})
}
