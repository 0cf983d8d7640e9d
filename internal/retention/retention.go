// Package retention forgets: what is due, what a person asked for, and what a
// restored backup brought back.
//
// How long each kind of data stays is casefile.Kept; a deployment may choose other
// days within its limits. A person's words are forgotten by destroying the key that
// seals them, in one transaction with a tombstone that holds ids, times and counts.
// The tombstone also goes to a ledger outside the database, after the commit, and
// Replay plays that ledger over the database when the program starts.
//
// It promises that nothing of an open case, or of one that somebody keeps, is ever
// forgotten, that a dry run changes nothing, that whatever is forgotten names who did
// it and is audited in the same transaction, and that being killed at any moment
// leaves each case whole or gone. It leaves the audit's own pruning to internal/audit, what is deleted where to
// store, and who may ask for it to access.
package retention

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/ledger"
	"pulang/internal/session"
	"pulang/internal/store"
)

// Options are what forgetting works with.
type Options struct {
	Store    *store.Store
	Sessions *session.Sessions // nil: hot sessions are left to end by themselves
	Ledger   *ledger.Ledger    // nil: tombstones stay in the database alone
	Now      func() time.Time
	Log      *slog.Logger
	Changed  func() // called after every commit that changed a case; may be nil
}

// Forgetter forgets. Make one with New.
type Forgetter struct {
	o       Options
	toldAt  time.Time // when Pass last said that something is left
	trouble bool      // whether it did not go well
}

// New makes a forgetter.
func New(o Options) *Forgetter {
	if o.Changed == nil {
		o.Changed = func() {}
	}
	return &Forgetter{o: o, trouble: true} // what another process said may be over
}

// batch is how many cases or rows one pass takes of each kind.
const batch = 50

// Actions, as the audit calls them.
const (
	actionForgotten  = "case.forgotten"
	actionStray      = "conversation.forgotten"
	actionAgain      = "conversation.forgotten_again"
	actionClosed     = "case.closed_itself"
	actionTrimmed    = "facts.forgotten"
	actionSwept      = "rows.forgotten"
	actionRetention  = "retention.changed"
	actionLetGo      = "case.let_go"
	part             = "retention"
	tombstonesLedger = "forgotten"
)

// Count is how much of one kind is due, or went.
type Count struct {
	Kind casefile.Kind
	N    int
}

// Report is what a run did, or a dry run would do, in the order of casefile.Kept.
type Report []Count

// Sum is how much that is together.
func (r Report) Sum() (n int) {
	for _, c := range r {
		n += c.N
	}
	return n
}

// of adds to the count of a kind.
func (r *Report) of(kind casefile.Kind, n int) {
	for i := range *r {
		if (*r)[i].Kind == kind {
			(*r)[i].N += n
			return
		}
	}
	*r = append(*r, Count{kind, n})
}

// blank is a report of everything this package forgets, with nothing in it.
func blank() Report {
	var r Report
	for _, k := range casefile.Kept {
		if Looks(k.Kind) {
			r = append(r, Count{k.Kind, 0})
		}
	}
	return r
}

// deadlines are the moments before which each kind is due.
type deadlines map[casefile.Kind]time.Time

// deadlines reads what the deployment chose, and never keeps longer than the table's
// limit, whatever the database says.
func (f *Forgetter) deadlines(ctx context.Context, now time.Time) (deadlines, error) {
	periods, err := f.Periods(ctx)
	if err != nil {
		return nil, err
	}
	due := deadlines{}
	for kind, days := range periods {
		due[kind] = now.AddDate(0, 0, -int(days))
	}
	return due, nil
}

// Due counts what a run would forget now. It changes nothing. A case that closes
// itself is not yet counted as one to forget.
func (f *Forgetter) Due(ctx context.Context) (Report, error) {
	due, err := f.deadlines(ctx, f.o.Now())
	if err != nil {
		return nil, err
	}
	report := blank()
	err = f.o.Store.InTx(ctx, func(tx *store.Tx) error {
		for i, c := range report {
			n, err := count(ctx, tx, c.Kind, due[c.Kind])
			if err != nil {
				return err
			}
			report[i].N = n
		}
		return nil
	})
	return report, err
}

func count(ctx context.Context, tx *store.Tx, kind casefile.Kind, before time.Time) (int, error) {
	switch kind {
	case casefile.KeptCase:
		return tx.CountCasesDue(ctx, false, before)
	case casefile.KeptEnquiry:
		cases, err := tx.CountCasesDue(ctx, true, before)
		if err != nil {
			return 0, err
		}
		strays, err := tx.CountStraysDue(ctx, before)
		return cases + strays, err
	case casefile.KeptUntouched:
		return tx.CountUntouched(ctx, before)
	case casefile.KeptShortFacts:
		return tx.CountLanesToTrim(ctx, before)
	case casefile.KeptRaw:
		return tx.CountRaw(ctx, before)
	}
	return tx.CountSweep(ctx, kind, before)
}

// Run forgets everything that is due, in small batches, and then cleans the tables.
// What it did before an error stays done, and is in the report.
func (f *Forgetter) Run(ctx context.Context) (Report, error) {
	total := blank()
	for more := true; more; {
		var one Report
		var err error
		one, more, err = f.pass(ctx)
		for _, c := range one {
			total.of(c.Kind, c.N)
		}
		if err != nil {
			return total, errors.Join(err, f.clean(ctx, total))
		}
	}
	return total, errors.Join(f.note(ctx, total, true, f.o.Now()), f.clean(ctx, total))
}

// Pass is one small batch, for a loop: more when there may be more to do at once. That
// something which is due could not be forgotten is an alarm, until all of it went. One
// goroutine may call it.
func (f *Forgetter) Pass(ctx context.Context) (more bool, err error) {
	report, more, err := f.pass(ctx)
	if report.Sum() > 0 {
		f.o.Log.Info("forgot what was due", "count", report.Sum())
	}
	if err == nil && (!more || report.Sum() > 0) {
		err = f.note(ctx, report, !more, f.o.Now())
	}
	if err != nil || !more {
		err = errors.Join(err, f.tell(ctx, err, f.o.Now()))
	}
	return more && err == nil, errors.Join(err, f.clean(ctx, report))
}

// tellEvery is how often it is said again that something could not be forgotten.
const tellEvery = time.Hour

// tell raises the alarm when something could not be forgotten, and ends it when nothing
// is left. That the database is away is for others to say.
func (f *Forgetter) tell(ctx context.Context, trouble error, now time.Time) error {
	known := trouble == nil && !f.trouble || trouble != nil && f.trouble && !f.toldAt.IsZero() && now.Sub(f.toldAt) < tellEvery
	if known || f.o.Store.Hinders(ctx, trouble) {
		return nil
	}
	err := f.o.Store.InTx(ctx, func(tx *store.Tx) error {
		if trouble == nil {
			return tx.AlarmOver(ctx, store.AlarmUnforgotten, now)
		}
		return tx.RaiseAlarm(ctx, store.AlarmUnforgotten, casefile.ID{}, casefile.ID{}, now)
	})
	if err == nil {
		f.trouble, f.toldAt = trouble != nil, now
		f.o.Changed()
	}
	return err
}

// clean takes the old versions of rows out of the tables, when words were destroyed.
func (f *Forgetter) clean(ctx context.Context, r Report) error {
	for _, c := range r {
		switch c.Kind {
		case casefile.KeptCase, casefile.KeptEnquiry, casefile.KeptRaw, casefile.KeptShortFacts:
			if c.N > 0 {
				return f.o.Store.Vacuum(ctx)
			}
		}
	}
	return nil
}

// pass does one batch of every kind. A kind that fails stands in no other's way, and
// not in that of the ledger: what is forgotten already must get there.
func (f *Forgetter) pass(ctx context.Context) (report Report, more bool, err error) {
	now := f.o.Now()
	due, err := f.deadlines(ctx, now)
	if err != nil {
		return nil, false, err
	}
	if err := f.letGo(ctx, now); err != nil {
		return nil, false, err
	}
	report = blank()
	for _, c := range blank() {
		n, full, failed := f.forget(ctx, c.Kind, due, now)
		report.of(c.Kind, n)
		more = more || full
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("forget %s: %w", c.Kind, failed))
		}
	}
	err = errors.Join(err, f.toLedger(ctx, now))
	return report, more && err == nil, err
}

// forget does one batch of a kind. full says that the batch was a whole one, all of
// which went.
func (f *Forgetter) forget(ctx context.Context, kind casefile.Kind, due deadlines, now time.Time) (n int, full bool, err error) {
	before := due[kind]
	forgetting := store.Forgetting{Why: store.ForgetDue, Actor: casefile.System(part), At: now, Echoes: due[casefile.KeptEchoes]}
	switch kind {
	case casefile.KeptCase, casefile.KeptEnquiry:
		n, full, err = f.cases(ctx, kind == casefile.KeptEnquiry, before, forgetting)
		if kind == casefile.KeptEnquiry {
			strays, failed := f.strays(ctx, before, forgetting)
			return n + strays, full || strays >= batch, errors.Join(err, failed)
		}
		return n, full, err
	case casefile.KeptUntouched:
		n, err = f.closeUntouched(ctx, before, now)
	case casefile.KeptShortFacts:
		n, err = f.trim(ctx, before, now)
	default:
		n, err = f.sweep(ctx, kind, before, now)
	}
	return n, n >= batch, err
}

// sweep deletes rows that go by their age, and says so in the audit in one line.
func (f *Forgetter) sweep(ctx context.Context, kind casefile.Kind, before, now time.Time) (n int, err error) {
	err = f.o.Store.InTx(ctx, func(tx *store.Tx) error {
		if kind == casefile.KeptRaw {
			n, err = tx.ForgetRaw(ctx, before, batch)
		} else {
			n, err = tx.Sweep(ctx, kind, before, batch)
		}
		if err != nil || n == 0 {
			return err
		}
		return tx.Audit(ctx, store.Entry{At: now, Actor: casefile.System(part), Action: actionSwept,
			Detail: casefile.Hide(fmt.Sprintf("%s: %d", kind, n))})
	})
	return n, err
}

// inHand reports whether an error only means: not now.
func inHand(err error) bool {
	return errors.Is(err, store.ErrInHand) || errors.Is(err, store.ErrOpenCase) || errors.Is(err, store.ErrKept) || errors.Is(err, store.ErrStale) ||
		errors.Is(err, store.ErrNotFound)
}
