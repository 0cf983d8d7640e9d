package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/loop"
	"pulang/internal/retention"
	"pulang/internal/session"
	"pulang/internal/store"
)

type forgetCommand struct {
	Due    forgetDueCommand    `cmd:"" help:"Forget everything whose time is over; with --dry-run, only count it."`
	Case   forgetCaseCommand   `cmd:"" help:"Forget one closed case for good."`
	Replay forgetReplayCommand `cmd:"" help:"After a backup was put back: forget again what it brought back. serve does it at start."`
	Policy forgetPolicyCommand `cmd:"" help:"Show how long each kind of data is kept here."`
	Keep   forgetKeepCommand   `cmd:"" help:"Keep a kind of data for another number of days, within its limit."`
	Hold   forgetHoldCommand   `cmd:"" help:"Keep one case past its time, until a day."`
	LetGo  forgetLetGoCommand  `cmd:"" name:"let-go" help:"Let a case go again that somebody keeps: it is forgotten when its time is over."`
}

// forgetEvery is how often serve forgets what is due.
const forgetEvery = time.Hour

// forgetLoop forgets what is due while the line is open; replayed says that the
// tombstones were played already.
func (p *program) forgetLoop(replayed bool) *loop.Runner {
	work := func(ctx context.Context) (bool, error) {
		if !replayed {
			if err := p.replay(ctx); err != nil {
				return false, err
			}
			replayed = true
		}
		return p.forget.Pass(ctx)
	}
	return loop.New(loop.Loop{Name: "forgetting", Every: forgetEvery, Work: work, OnError: func(err error) {
		p.log.Error("loop failed; it tries again by itself", "loop", "forgetting", "error", err)
	}})
}

// replay plays the ledger of tombstones over the database: a backup that was put back
// must not bring back what was forgotten.
func (p *program) replay(ctx context.Context) error {
	done, err := p.forget.Replay(ctx)
	if err != nil {
		return fmt.Errorf("the tombstones in LEDGER_DIR could not be played, so forgotten words may be back: %w", err)
	}
	if done.Again+done.WroteAgain+done.Unreadable > 0 {
		p.log.Warn("tombstones were played over the database", "forgotten_again", done.Again, "kept_because_written_in", done.WroteAgain, "unreadable", done.Unreadable)
	}
	return nil
}

// startForgetting plays the tombstones before the line opens, and starts the loop.
// That they cannot be played closes the line to nobody: the loop tries again.
func (p *program) startForgetting(ctx context.Context) *loop.Runner {
	err := p.replay(ctx)
	if err != nil {
		p.log.Error("the line opens all the same; the tombstones are tried again", "error", err)
	}
	runner := p.forgetLoop(err == nil)
	runner.Start(context.WithoutCancel(ctx))
	return runner
}

// forgetter runs work with what a command forgets with. Without REDIS_URL the hot
// sessions end by themselves within a day.
func forgetter(ctx context.Context, w world, work func(*retention.Forgetter, *store.Store) error) error {
	return withStore(ctx, w, func(s settings, db *store.Store) error {
		outside, err := openLedger(s)
		if err != nil {
			return err
		}
		o := retention.Options{Store: db, Ledger: outside, Now: w.now, Log: w.logger()}
		if s.RedisURL != "" {
			if o.Sessions, err = session.Open(s.RedisURL, db.Keys(), w.now); err != nil {
				return err
			}
			defer func() { _ = o.Sessions.Close() }()
		}
		if outside == nil {
			_, _ = fmt.Fprintln(w.stderr, "LEDGER_DIR is not set: a backup that is put back brings back what is forgotten now.")
		}
		return work(retention.New(o), db)
	})
}

type forgetDueCommand struct {
	DryRun bool `help:"Only count; change nothing."`
}

// Run forgets what is due, and prints counts alone.
func (c forgetDueCommand) Run(ctx context.Context, w world) error {
	return forgetter(ctx, w, func(f *retention.Forgetter, _ *store.Store) error {
		does, head := f.Run, "FORGOTTEN"
		if c.DryRun {
			does, head = f.Due, "WOULD GO"
		}
		report, err := does(ctx)
		return errors.Join(printReport(w.stdout, head, report), err)
	})
}

func printReport(out io.Writer, head string, report retention.Report) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(table, "KIND\t%s\tWHAT\n", head)
	for _, c := range report {
		kept, _ := casefile.KeepingOf(c.Kind)
		_, _ = fmt.Fprintf(table, "%s\t%d\t%s\n", c.Kind, c.N, kept.What)
	}
	return table.Flush()
}

type forgetCaseCommand struct {
	Ref    string `arg:"" help:"The reference of the case."`
	By     string `required:"" help:"Login of who decides it: a supervisor."`
	Reason string `required:"" help:"Why. It stays in the audit, so write no name and no story."`
}

// Run forgets one case in the name of a member of staff.
func (c forgetCaseCommand) Run(ctx context.Context, w world) error {
	return forgetter(ctx, w, func(f *retention.Forgetter, db *store.Store) error {
		who, err := staffMember(ctx, db, c.By)
		if err != nil {
			return err
		}
		c.Ref = strings.ToUpper(c.Ref)
		err = f.Case(ctx, who, c.Ref, c.Ref, c.Reason)
		var refused *retention.Refused
		switch {
		case errors.As(err, &refused):
			return fmt.Errorf("nothing was forgotten: %s", refusals[refused.Why])
		case errors.Is(err, access.ErrDenied):
			return fmt.Errorf("nothing was forgotten: the role of %s may not do this; a supervisor may", c.By)
		case errors.Is(err, store.ErrNotFound):
			return fmt.Errorf("there is no case %s", c.Ref)
		case err != nil:
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "What case %s held is forgotten; its numbers stay.\n", c.Ref)
		return err
	})
}

// refusals say what an operator does about a refusal.
var refusals = map[retention.Why]string{
	retention.IsOpen:      "the case is open; close it in the console first",
	retention.IsBusy:      "a message, a reply or an alarm of it is still in hand; finish it, then try again",
	retention.IsForgotten: "it was forgotten before",
	retention.IsKept:      "somebody keeps it past its time; see: pulang forget let-go",
	retention.NoKind:      "there is no such kind; see: pulang forget policy",
	retention.IsFixed:     "how long that stays is fixed",
	retention.TermChanged: "somebody chose another term at this moment; look at: pulang forget policy",
	retention.NoReason:    "--reason is empty",
	retention.WrongRef:    "the reference is another one",
}

// staffMember is a member of staff who decides something on the command line.
func staffMember(ctx context.Context, db *store.Store, login string) (access.Staff, error) {
	var member store.Staff
	err := db.InTx(ctx, func(tx *store.Tx) (err error) {
		member, err = tx.StaffByLogin(ctx, login)
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && member.Disabled:
		return access.Staff{}, fmt.Errorf("nobody with the login %s works here; see: pulang staff list", login)
	case err != nil:
		return access.Staff{}, err
	}
	return access.Staff{ID: member.ID, Role: access.Role(member.Role)}, nil
}

type forgetReplayCommand struct{}

// Run plays the ledger.
func (forgetReplayCommand) Run(ctx context.Context, w world) error {
	return forgetter(ctx, w, func(f *retention.Forgetter, _ *store.Store) error {
		done, err := f.Replay(ctx)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "tombstones            %d\nforgotten again       %d\nkept, written in since %d\nunreadable lines      %d\n",
			done.Stones, done.Again, done.WroteAgain, done.Unreadable)
		if err == nil && done.WroteAgain > 0 {
			_, err = fmt.Fprintln(w.stdout, "What was written in since stands as an alarm in the console: close it there, and forget it again.")
		}
		return err
	})
}

type forgetPolicyCommand struct{}

// Run shows the table, with what this deployment chose.
func (forgetPolicyCommand) Run(ctx context.Context, w world) error {
	return withStore(ctx, w, func(_ settings, db *store.Store) error {
		periods, err := retention.New(retention.Options{Store: db, Now: w.now}).Periods(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(table, "KIND\tDAYS\tBY ITSELF\tLONGEST\tSINCE")
		for _, k := range casefile.Kept {
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", k.Kind, days(periods[k.Kind], "for good"), days(k.Days, "for good"), days(k.Longest, "fixed"), k.Since)
		}
		return table.Flush()
	})
}

func days(p casefile.Period, none string) string {
	if p == 0 {
		return none
	}
	return fmt.Sprint(int(p))
}

type forgetKeepCommand struct {
	Kind string `arg:"" help:"The kind, as policy names it."`
	Days int    `arg:"" help:"How many days."`

	By     string `required:"" help:"Login of who decides it: a supervisor."`
	Reason string `required:"" help:"Why. It stays in the audit, so write no name and no story."`
}

// Run changes how long a kind is kept.
func (c forgetKeepCommand) Run(ctx context.Context, w world) error {
	return withStore(ctx, w, func(_ settings, db *store.Store) error {
		who, err := staffMember(ctx, db, c.By)
		if err != nil {
			return err
		}
		change := retention.Change{Kind: casefile.Kind(c.Kind), Days: c.Days, Reason: c.Reason}
		f := retention.New(retention.Options{Store: db, Now: w.now})
		terms, err := f.Terms(ctx)
		if err != nil {
			return err
		}
		for _, t := range terms {
			if t.Kind == change.Kind {
				change.Mark = t.Mark
			}
		}
		err = f.Keep(ctx, who, change)
		var refused *retention.Refused
		switch {
		case errors.As(err, &refused) && refused.Why == retention.BeyondLimit:
			return fmt.Errorf("nothing was changed: %s may be kept for 1 to %d days", c.Kind, refused.N)
		case errors.As(err, &refused):
			return fmt.Errorf("nothing was changed: %s", refusals[refused.Why])
		case errors.Is(err, access.ErrDenied):
			return fmt.Errorf("the role of %s may not do this; a supervisor may", c.By)
		case err != nil:
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "%s is kept for %d days from now on.\n", c.Kind, c.Days)
		return err
	})
}
