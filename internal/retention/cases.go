package retention

import (
	"context"
	"errors"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// cases forgets a batch of closed cases whose time is over, each in a transaction of
// its own. One in which something is in hand waits for the next pass.
func (f *Forgetter) cases(ctx context.Context, enquiries bool, before time.Time, how store.Forgetting) (n int, full bool, err error) {
	ids, err := f.list(ctx, func(tx *store.Tx) ([]casefile.ID, error) { return tx.CasesDue(ctx, enquiries, before, batch) })
	if err != nil {
		return 0, false, err
	}
	n, err = each(ctx, ids, func(id casefile.ID) error {
		_, err := f.shred(ctx, func(tx *store.Tx) ([]store.Tombstone, error) { return forgetCase(ctx, tx, id, how, "") })
		return err
	})
	return n, n == batch, err
}

// each does something for each id and counts how often it was done. What is in hand
// waits for the next pass. One that cannot be done stands in nobody's way: it is in the
// error, and the others are done.
func each(ctx context.Context, ids []casefile.ID, do func(casefile.ID) error) (n int, failed error) {
	for _, id := range ids {
		switch err := do(id); {
		case err == nil:
			n++
		case errors.Is(err, store.ErrAway) || ctx.Err() != nil:
			return n, errors.Join(failed, err)
		case !inHand(err):
			failed = errors.Join(failed, err)
		}
	}
	return n, failed
}

// forgetCase forgets one case and audits it.
func forgetCase(ctx context.Context, tx *store.Tx, id casefile.ID, how store.Forgetting, reason string) ([]store.Tombstone, error) {
	stones, err := tx.ForgetCase(ctx, id, how)
	if err != nil {
		return nil, err
	}
	return stones, tx.Audit(ctx, store.Entry{At: how.At, Actor: how.Actor, Action: actionForgotten, Case: id, Detail: casefile.Hide(reason)})
}

// strays forgets conversations that never got a case.
func (f *Forgetter) strays(ctx context.Context, before time.Time, how store.Forgetting) (n int, err error) {
	ids, err := f.list(ctx, func(tx *store.Tx) ([]casefile.ID, error) { return tx.StraysDue(ctx, before, batch) })
	if err != nil {
		return 0, err
	}
	return each(ctx, ids, func(id casefile.ID) error {
		_, err := f.shred(ctx, func(tx *store.Tx) ([]store.Tombstone, error) {
			stones, err := tx.ForgetStray(ctx, id, how)
			if err != nil || len(stones) == 0 {
				return nil, err
			}
			return stones, tx.Audit(ctx, store.Entry{At: how.At, Actor: how.Actor, Action: actionStray, Conversation: id})
		})
		return err
	})
}

func (f *Forgetter) list(ctx context.Context, read func(*store.Tx) ([]casefile.ID, error)) (ids []casefile.ID, err error) {
	err = f.o.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		ids, err = read(tx)
		return err
	})
	return ids, err
}

// shred runs one forgetting in a transaction, and after its commit removes the hot
// sessions. The ledger hears of it from the tombstones' own rows, so that a process
// that dies here loses nothing.
func (f *Forgetter) shred(ctx context.Context, work func(*store.Tx) ([]store.Tombstone, error)) (stones []store.Tombstone, err error) {
	for range 2 { // two transactions may meet, or the keys turn over: then it is done again
		err = f.o.Store.InTx(ctx, func(tx *store.Tx) (err error) {
			stones, err = work(tx)
			return err
		})
		if !errors.Is(err, store.ErrStale) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	for _, s := range stones {
		if f.o.Sessions != nil {
			f.o.Sessions.Forget(ctx, s.Conversation)
		}
	}
	f.o.Changed()
	return stones, nil
}

// closeUntouched closes cases that never needed a person and fell silent.
func (f *Forgetter) closeUntouched(ctx context.Context, before, now time.Time) (n int, err error) {
	ids, err := f.list(ctx, func(tx *store.Tx) ([]casefile.ID, error) { return tx.Untouched(ctx, before, batch) })
	if err != nil {
		return 0, err
	}
	left := 0 // somebody wrote in it meanwhile
	n, err = each(ctx, ids, func(id casefile.ID) error {
		return f.o.Store.InTx(ctx, func(tx *store.Tx) error {
			closed, err := tx.CloseUntouched(ctx, id, before, now)
			if err != nil {
				return err
			}
			if !closed {
				left++
				return nil
			}
			return tx.Audit(ctx, store.Entry{At: now, Actor: casefile.System(part), Action: actionClosed, Case: id})
		})
	})
	return n - left, err
}

// trim empties the facts that the dictionary keeps for a shorter time than their case.
func (f *Forgetter) trim(ctx context.Context, before, now time.Time) (lanes int, err error) {
	ids, err := f.list(ctx, func(tx *store.Tx) ([]casefile.ID, error) { return tx.LanesToTrim(ctx, before, batch) })
	if err != nil {
		return 0, err
	}
	return each(ctx, ids, func(id casefile.ID) error {
		err := f.o.Store.InTx(ctx, func(tx *store.Tx) error {
			n, err := tx.TrimFacts(ctx, id, isShort, now)
			if err != nil || n == 0 {
				return err
			}
			return tx.Audit(ctx, store.Entry{At: now, Actor: casefile.System(part), Action: actionTrimmed, Conversation: id})
		})
		if err == nil && f.o.Sessions != nil {
			f.o.Sessions.Forget(ctx, id)
		}
		return err
	})
}

// isShort reports whether the dictionary keeps a fact for a shorter time.
func isShort(key casefile.Key) bool {
	entry, ok := casefile.Lookup(key)
	return ok && entry.Forget < casefile.YearAfterClose
}

// Why is the reason for a refusal, in our own word.
type Why string

// The reasons.
const (
	IsOpen      Why = "forget_open"      // the case is open
	IsBusy      Why = "forget_busy"      // something of it is in hand
	IsForgotten Why = "forget_forgotten" // it was forgotten before
	IsKept      Why = "forget_kept"      // somebody keeps it
	NoReason    Why = "forget_no_reason" // a reason is needed
	WrongRef    Why = "forget_wrong_ref" // the reference typed again is another

	NoKind      Why = "term_no_kind" // there is no such kind of data
	IsFixed     Why = "term_fixed"   // nobody may choose its term
	BeyondLimit Why = "term_limit"   // N is the most it may be
	TermChanged Why = "term_changed" // somebody chose another one meanwhile
)

// Refused says that nothing was forgotten, or changed, and why.
type Refused struct {
	Why Why
	N   int // with BeyondLimit
}

// Error names the reason.
func (r *Refused) Error() string { return "refused: " + string(r.Why) }

// Case forgets a closed case because a named member of staff says so; reason is
// theirs, and stays in the audit. typed is the reference typed a second time, so that
// nobody forgets the wrong one. *Refused, access.ErrDenied or store.ErrNotFound
// otherwise. Whether they reach this case is asked by the caller.
func (f *Forgetter) Case(ctx context.Context, who access.Staff, ref, typed, reason string) error {
	if err := who.Check(access.Forget); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	switch {
	case reason == "":
		return &Refused{Why: NoReason}
	case !strings.EqualFold(strings.TrimSpace(typed), ref):
		return &Refused{Why: WrongRef}
	}
	now := f.o.Now()
	due, err := f.deadlines(ctx, now)
	if err != nil {
		return err
	}
	how := store.Forgetting{Why: store.ForgetByStaff, Actor: who.Actor(), At: now, Echoes: due[casefile.KeptEchoes]}
	_, err = f.shred(ctx, func(tx *store.Tx) ([]store.Tombstone, error) {
		file, err := tx.CaseByRef(ctx, ref)
		if err != nil {
			return nil, err
		}
		if !file.Forgotten.IsZero() {
			return nil, &Refused{Why: IsForgotten}
		}
		return forgetCase(ctx, tx, file.ID, how, reason)
	})
	switch {
	case errors.Is(err, store.ErrOpenCase):
		return &Refused{Why: IsOpen}
	case errors.Is(err, store.ErrKept):
		return &Refused{Why: IsKept}
	case errors.Is(err, store.ErrInHand):
		return &Refused{Why: IsBusy}
	case err != nil:
		return err
	}
	return f.after(ctx, now)
}

// after is what follows a forgetting that stands already. That it fails is said in
// the log and made good by the next pass; the person's words are gone all the same.
func (f *Forgetter) after(ctx context.Context, now time.Time) error {
	if err := f.toLedger(ctx, now); err != nil {
		f.o.Log.ErrorContext(ctx, "a tombstone is not in the ledger yet; the next pass writes it", "error", err)
	}
	if err := f.o.Store.Vacuum(ctx); err != nil {
		f.o.Log.ErrorContext(ctx, "old versions of rows are not cleaned up yet; Postgres does it by itself later", "error", err)
	}
	return nil
}

// Remains is what is left of a case: its tombstones, and the login of whoever did it.
func (f *Forgetter) Remains(ctx context.Context, caseID casefile.ID) (left []store.Remains, err error) {
	err = f.o.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		left, err = tx.TombstonesOf(ctx, caseID)
		return err
	})
	return left, err
}
