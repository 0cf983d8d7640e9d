package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/cases"
	"pulang/internal/escalation"
	"pulang/internal/store"
	"pulang/locales"
)

type forgetHoldCommand struct {
	Ref    string `arg:"" help:"The reference of the case."`
	Until  string `required:"" help:"The first day on which it may be forgotten again: YYYY-MM-DD, at most 366 days ahead."`
	By     string `required:"" help:"Login of who decides it: a supervisor."`
	Reason string `required:"" help:"Why. It stands sealed in the case, and goes with it."`
}

// Run keeps a case, by the code of the console's page.
func (c forgetHoldCommand) Run(ctx context.Context, w world) error {
	until, err := time.ParseInLocation(time.DateOnly, c.Until, time.Local)
	if err != nil {
		return errors.New("--until must be a day, such as 2027-03-31")
	}
	return onKept(ctx, w, c.Ref, c.By, "is kept until "+c.Until, func(desk *cases.Desk, who access.Staff, ref, mark string) error {
		return desk.Keep(ctx, who, ref, mark, until, c.Reason)
	})
}

type forgetLetGoCommand struct {
	Ref    string `arg:"" help:"The reference of the case."`
	By     string `required:"" help:"Login of who decides it: a supervisor."`
	Reason string `required:"" help:"Why. It stands sealed in the case, and goes with it."`
}

// Run lets it go.
func (c forgetLetGoCommand) Run(ctx context.Context, w world) error {
	return onKept(ctx, w, c.Ref, c.By, "is forgotten when its time is over", func(desk *cases.Desk, who access.Staff, ref, mark string) error {
		return desk.LetGo(ctx, who, ref, mark, c.Reason)
	})
}

// keptWords say what an operator does about a refusal.
var keptWords = map[cases.Why]string{
	cases.BadDate:  "--until must lie ahead",
	cases.TooFar:   fmt.Sprintf("--until may be at most %d days ahead; say so again then", cases.LongestKept),
	cases.NoReason: "--reason is empty",
	cases.NotKept:  "nobody keeps that case",
	cases.Changed:  "somebody changed the case at this moment; try again",
	cases.Damaged:  "its key is damaged: nothing of it can be read, or kept",
}

// onKept does something about a case that is kept, in the name of a member of staff.
func onKept(ctx context.Context, w world, ref, by, done string, work func(*cases.Desk, access.Staff, string, string) error) error {
	return withStore(ctx, w, func(_ settings, db *store.Store) error {
		who, err := staffMember(ctx, db, by)
		if err != nil {
			return err
		}
		book, err := locales.Open()
		if err != nil {
			return err
		}
		desk := cases.New(cases.Options{Store: db, Escalation: &escalation.Escalation{Store: db}, Book: book, Now: w.now})
		ref = strings.ToUpper(ref)
		kept, err := desk.IsKept(ctx, who, ref)
		if err == nil {
			err = work(desk, who, ref, cases.KeptMark(kept))
		}
		var refused *cases.Refused
		switch {
		case errors.As(err, &refused) && keptWords[refused.Why] != "":
			return fmt.Errorf("nothing was changed: %s", keptWords[refused.Why])
		case errors.Is(err, access.ErrDenied):
			return fmt.Errorf("nothing was changed: the role of %s may not do this; a supervisor may", by)
		case errors.Is(err, store.ErrNotFound):
			return fmt.Errorf("there is no case %s", ref)
		case err != nil:
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "Case %s %s.\n", ref, done)
		return err
	})
}
