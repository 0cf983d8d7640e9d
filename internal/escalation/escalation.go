// Package escalation judges how urgent a report is, and wakes staff until one of
// them answers.
//
// rules.go is the policy on a page: which facts make a report how urgent, written
// in the small language of conditions.go; Assess applies it and is pure.
// ladder.go says who hears, and when. The rest does it: escalation.go starts and
// renews, climb.go alerts, tick.go climbs with the clock, acknowledge.go stops.
//
// It promises that danger and the alert about it are rows of one commit; that an
// escalation is heard by more people with each rung and repeats without a cap
// until a named person acknowledges it; that an acknowledgement without an answer
// does not hold; and that an alert holds nothing of the story. It leaves to bot
// what an alert looks like and how it travels, to store the SQL, and to staff
// every lowering.
package escalation

import (
	"context"
	"errors"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// Escalation starts, renews, climbs and acknowledges.
type Escalation struct {
	Store *store.Store
	// Channels are those that can carry an alert, the preferred one first. Empty:
	// whatever staff have, in the order they gave it.
	Channels []casefile.ChannelName
	// Alarm tells those who hear when everything else fails. It is called outside
	// any transaction, and again half an hour later while the alarm stands, or at
	// the next call of TellAlarms when it returned an error. Nil: nobody.
	Alarm func(ctx context.Context, a store.Alarm) error
	// Failed hears of one escalation that could not be climbed while the others go on.
	// Nil: nobody.
	Failed func(err error)
	// Zone is where night is night; nil: UTC.
	Zone *time.Location
}

// Change is what a turn, or the line itself, changed in a report.
type Change struct {
	Case         casefile.ID
	Conversation casefile.ID
	Team         string
	Lang         casefile.Lang // the language of the person; the first rung speaks it
	Before       Assessment
	After        Assessment
	Known        int  // how many facts Before was made of; a later danger fact is new
	Danger       bool // danger was heard and something was learned: alert, whatever the facts say
	Again        bool // danger was heard, perhaps nothing new: alert if nobody is being woken for it, or was and holds it
	At           time.Time
}

// Raise opens an escalation, or renews the one that lives, when the urgency
// crossed a level or a danger fact is new. It must be called in the transaction
// that stores the facts: no danger without its alert. It reports whether staff are
// alerted now; a MEDIUM one first waits in the queue.
func (e *Escalation) Raise(ctx context.Context, tx *store.Tx, c Change) (raised bool, err error) {
	want := c.After.Urgency
	danger := c.Danger || c.After.HasNewDanger(c.Known)
	if danger {
		want = max(want, casefile.High)
	}
	crossed := c.After.Urgency > c.Before.Urgency && want >= casefile.Medium
	if !danger && !crossed {
		return e.heardAgain(ctx, tx, c)
	}
	return want >= casefile.High, e.raise(ctx, tx, c, want, 0)
}

// heardAgain alerts for danger that is told once more, in a case that nobody looks
// after any more: an old fact is no reason to let them wait.
func (e *Escalation) heardAgain(ctx context.Context, tx *store.Tx, c Change) (raised bool, err error) {
	if !c.Again {
		return false, nil
	}
	live, err := tx.LiveEscalation(ctx, c.Case)
	if errors.Is(err, store.ErrNotFound) || err == nil && live.Urgency < casefile.High {
		return true, e.raise(ctx, tx, c, max(c.After.Urgency, casefile.High), 0)
	}
	return false, err
}

// Renew alerts anew without a new fact, beginning with the second rung: whoever
// held the case is not answering. The ladder is at least that of HIGH.
func (e *Escalation) Renew(ctx context.Context, tx *store.Tx, c Change) error {
	return e.raise(ctx, tx, c, max(c.After.Urgency, casefile.High), 1)
}

func (e *Escalation) raise(ctx context.Context, tx *store.Tx, c Change, want casefile.Urgency, rung int) error {
	fresh := store.Escalation{
		ID: casefile.NewID(c.At), Case: c.Case, Urgency: want, State: store.Climbing, Rung: rung, StartedAt: c.At,
		Team: c.Team, Lang: c.Lang,
	}
	live, err := tx.LiveEscalation(ctx, c.Case)
	if errors.Is(err, store.ErrNotFound) {
		return e.open(ctx, tx, fresh, nil, c, "escalation.opened")
	}
	if err != nil {
		return err
	}
	if live.State == store.Climbing && live.Urgency >= want && rung <= reached(live) {
		return e.again(ctx, tx, live, c)
	}
	var holder []casefile.ID
	if live.State == store.Climbing {
		fresh.StartedAt = live.StartedAt // they have been waiting since then
		fresh.Rung = max(rung, reached(live))
	} else {
		holder = []casefile.ID{live.AcknowledgedBy}
	}
	fresh.Urgency = max(want, live.Urgency)
	if err := e.finish(ctx, tx, live, "renewed", c.At); err != nil {
		return err
	}
	return e.open(ctx, tx, fresh, holder, c, "escalation.renewed")
}

// reached is the highest rung of an escalation that was alerted already, as a rung
// of the urgent ladders; the first when none was.
func reached(e store.Escalation) int {
	switch {
	case e.Urgency < casefile.High:
		return 0
	case e.Rounds > 0:
		return e.Rung
	}
	return max(e.Rung-1, 0)
}

func (e *Escalation) open(ctx context.Context, tx *store.Tx, fresh store.Escalation, holder []casefile.ID, c Change, action string) error {
	due, ok := First(fresh.Urgency, e.local(c.At))
	if !ok {
		return nil
	}
	if fresh.Rung > 0 {
		due = c.At
	}
	fresh.DueAt = due
	if err := tx.OpenEscalation(ctx, fresh); err != nil {
		return err
	}
	err := tx.Audit(ctx, store.Entry{At: c.At, Actor: casefile.System("rules"), Action: action, Case: c.Case, Conversation: c.Conversation})
	if err != nil || due.After(c.At) {
		return err
	}
	return e.climb(ctx, tx, fresh, alerting{rung: fresh.Rung, besides: holder, first: true, now: c.At})
}

// again alerts, once more, those who are being woken for this case already: there
// is new danger, and the ladder climbs on as it was.
func (e *Escalation) again(ctx context.Context, tx *store.Tx, live store.Escalation, c Change) error {
	err := tx.Audit(ctx, store.Entry{At: c.At, Actor: casefile.System("rules"), Action: "escalation.repeated", Case: c.Case, Conversation: c.Conversation})
	if err != nil || live.Urgency < casefile.High {
		return err
	}
	_, err = e.alert(ctx, tx, live, alerting{rung: reached(live), now: c.At})
	return err
}

// End ends the escalation of a case, if one lives: the case was closed, or its
// urgency was lowered, by a named person who has looked at it.
func (e *Escalation) End(ctx context.Context, tx *store.Tx, caseID casefile.ID, why string, by casefile.Actor, now time.Time) error {
	live, err := tx.LiveEscalation(ctx, caseID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := e.finish(ctx, tx, live, why, now); err != nil {
		return err
	}
	return tx.Audit(ctx, store.Entry{At: now, Actor: by, Action: "escalation.ended", Case: caseID})
}

func (e *Escalation) finish(ctx context.Context, tx *store.Tx, live store.Escalation, why string, now time.Time) error {
	live.State, live.EndedAt, live.EndedWhy, live.DueAt = store.Ended, now, why, time.Time{}
	if err := tx.MoveEscalation(ctx, live); err != nil {
		return err
	}
	return tx.DropAlerts(ctx, live.ID, why, now)
}

// local is now where night is night.
func (e *Escalation) local(now time.Time) time.Time {
	if e.Zone == nil {
		return now.UTC()
	}
	return now.In(e.Zone)
}
