package cases

import (
	"context"
	"errors"
	"slices"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// Obstacle is one thing that must be seen to before a case is closed.
type Obstacle struct {
	Why Why
	N   int // how many of them; 0: it is not counted
}

// checklist names everything that stands in the way of closing a case: what somebody
// waits for first. Whoever reads it sees only what they may: a proposed link to a case
// that is not there for them stands in nobody's way.
func (d *Desk) checklist(ctx context.Context, tx *store.Tx, me access.Staff, file store.Folder) ([]Obstacle, error) {
	lane := answered(file)
	var open []Obstacle
	if !lane.TakenBy.IsZero() && lane.TakenBy != me.ID {
		open = append(open, Obstacle{Why: TakenByOther})
	}
	waits, err := d.waits(ctx, tx, file)
	if err != nil {
		return nil, err
	}
	open = append(open, waits...)
	// Of a damaged conversation nobody can say what it was about.
	if dangerOpen(file.Case) && !lane.Damaged {
		open = append(open, Obstacle{Why: OpenDanger})
	}
	loose, err := tx.Loose(ctx, file.ID)
	if err != nil {
		return nil, err
	}
	linked, err := d.linked(ctx, tx, me, file.ID)
	if err != nil {
		return nil, err
	}
	proposed := 0
	for _, l := range linked {
		if l.State == store.LinkProposed {
			proposed++
		}
	}
	for _, o := range []Obstacle{{Unsent, loose.Unsent}, {HeldReply, loose.Held}, {OpenReferral, loose.Referrals}, {OpenTask, loose.Tasks}, {OpenLink, proposed}} {
		if o.N > 0 {
			open = append(open, o)
		}
	}
	if tipUndecided(file.Case) {
		open = append(open, Obstacle{Why: TipUndecided})
	}
	return open, nil
}

// waits is what waits for an answer of staff now: messages no turn has read, an
// escalation nobody acknowledged, an alarm about the conversation.
func (d *Desk) waits(ctx context.Context, tx *store.Tx, file store.Folder) ([]Obstacle, error) {
	var open []Obstacle
	unread, err := tx.CountWaiting(ctx, file.ID)
	if err != nil {
		return nil, err
	}
	if unread > 0 {
		open = append(open, Obstacle{Unread, unread})
	}
	live, err := tx.LiveEscalation(ctx, file.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if err == nil && live.State == store.Climbing {
		open = append(open, Obstacle{Why: Unanswered})
	}
	standing, err := tx.Alarms(ctx)
	besides := []store.AlarmKind{store.AlarmGlass, store.AlarmWalled} // they say nothing of the person
	about := func(s store.Alarm) bool {
		return slices.ContainsFunc(file.Conversations, func(c store.Conversation) bool { return c.ID == s.Conversation })
	}
	if slices.ContainsFunc(standing, func(s store.Alarm) bool { return about(s) && !slices.Contains(besides, s.Kind) }) {
		open = append(open, Obstacle{Why: AlarmStands})
	}
	return open, err
}

// dangerOpen reports whether a case is urgent, and nobody has said since they last
// wrote that the danger is over. It need not be lowered for that: whoever is in danger
// again finds the case as urgent as it was.
func dangerOpen(c store.Case) bool {
	return c.Urgency >= casefile.High && (c.DangerOverAt.IsZero() || c.LastIn.After(c.DangerOverAt))
}

// tipUndecided reports whether a witness told something, and nobody has said since
// what becomes of it.
func tipUndecided(c store.Case) bool {
	return c.Flow == casefile.FlowWitness && (c.Tip == store.TipUndecided || c.LastIn.After(c.TipAt))
}
