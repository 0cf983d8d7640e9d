package cases

import (
	"context"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

const (
	actionKept  = "case.kept"
	actionLetGo = "case.let_go"
)

// LongestKept is how many days ahead a case may be kept past its time. Whoever needs
// longer says so again.
const LongestKept = 366

// mostKept is how many kept cases a page shows.
const mostKept = 500

// KeptMark is a text that changes when somebody keeps a case, or lets it go. Whoever
// does that hands back the one they read.
func KeptMark(k store.Kept) string {
	if k.Until.IsZero() {
		return "none"
	}
	return k.At.UTC().Format(time.RFC3339Nano)
}

// Keep keeps a case past its time, until a day, with a reason: nothing of it is
// forgotten before. It may be open or closed. Done again it moves the day.
func (d *Desk) Keep(ctx context.Context, who access.Staff, ref, mark string, until time.Time, reason string) error {
	reason = strings.TrimSpace(reason)
	return d.keeping(ctx, who, ref, mark, reason, func(a *act, _ store.Kept) error {
		switch {
		case !until.After(a.now):
			return refuse(BadDate)
		case until.Sub(a.now) > LongestKept*24*time.Hour:
			return &Refused{Why: TooFar, N: LongestKept}
		}
		if err := a.KeepCase(ctx, a.file.ID, until, a.who.ID, a.now); err != nil {
			return err
		}
		return a.step(ctx, actionKept, casefile.ID{}, reason, until.UTC().Format(time.DateOnly))
	})
}

// LetGo ends it, with a reason: the case is forgotten when its time is over.
func (d *Desk) LetGo(ctx context.Context, who access.Staff, ref, mark, reason string) error {
	reason = strings.TrimSpace(reason)
	return d.keeping(ctx, who, ref, mark, reason, func(a *act, was store.Kept) error {
		if was.Until.IsZero() {
			return refuse(NotKept)
		}
		if err := a.KeepCase(ctx, a.file.ID, time.Time{}, a.who.ID, a.now); err != nil {
			return err
		}
		return a.step(ctx, actionLetGo, casefile.ID{}, reason, "")
	})
}

// keeping works on whether a case is kept, as it was read.
func (d *Desk) keeping(ctx context.Context, who access.Staff, ref, mark, reason string, work func(*act, store.Kept) error) error {
	return d.workingOver(ctx, who, access.KeepCase, ref, func(a *act) error {
		was, err := a.KeptOf(ctx, a.file.ID)
		if err != nil {
			return err
		}
		switch {
		case mark != KeptMark(was):
			return refuse(Changed)
		case reason == "":
			return refuse(NoReason)
		}
		return work(a, was)
	})
}

// IsKept reads whether somebody keeps a case. It tells nothing that was said in it, and
// is no look at the case.
func (d *Desk) IsKept(ctx context.Context, who access.Staff, ref string) (kept store.Kept, err error) {
	err = d.inReach(ctx, who, access.KeepCase, ref, func(tx *store.Tx, _ access.Staff) error {
		file, err := tx.CaseByRef(ctx, ref)
		if err != nil {
			return err
		}
		kept, err = tx.KeptOf(ctx, file.ID)
		return err
	})
	return kept, err
}

// KeptCases reads the cases that somebody keeps, those that end first first: for those
// who may let them go, and of these what they reach.
func (d *Desk) KeptCases(ctx context.Context, who access.Staff) (kept []store.Kept, names Names, err error) {
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, access.SeeRetention)
		if err != nil {
			return err
		}
		staff, err := tx.AllStaff(ctx)
		if err != nil {
			return err
		}
		names = namesOf(staff)
		if !me.May(access.KeepCase) {
			return nil
		}
		all, err := tx.KeptCases(ctx, mostKept)
		if err != nil {
			return err
		}
		for _, k := range all {
			verdict, err := d.weigh(ctx, tx, me, k.Ref)
			if err != nil {
				return err
			}
			if verdict == access.Reached {
				kept = append(kept, k)
			}
		}
		return nil
	})
	return kept, names, err
}
