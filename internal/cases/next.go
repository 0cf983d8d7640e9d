package cases

import (
	"context"
	"errors"

	"pulang/internal/access"
	"pulang/internal/store"
)

// mostTries is how often TakeNext reads the queue anew when colleagues were quicker with
// everything it found.
const mostTries = 5

// errQuicker says that somebody else has the case by now.
var errQuicker = errors.New("a colleague was quicker")

// TakeNext gives this member of staff the case that needs somebody most: of those they
// may see, the most urgent whose alert nobody has acknowledged, and when no alert waits
// the first of the queue that nobody looks after. It is theirs then, and its alert is
// acknowledged, in one transaction under the lock of its lane: whoever comes second finds
// it taken and gets the next one. Whoever waits for that lock waits for a colleague's
// transaction or a turn, so that nothing more urgent is passed over because it was busy.
func (d *Desk) TakeNext(ctx context.Context, who access.Staff) (ref string, err error) {
	for range mostTries {
		refs, err := d.waiting(ctx, who)
		if err != nil {
			return "", err
		}
		if len(refs) == 0 {
			break
		}
		for _, ref := range refs {
			err := d.takeIt(ctx, who, ref)
			if err == nil {
				return ref, nil
			}
			// It is taken, or it went, or they were kept from it since the list was read.
			gone := errors.Is(err, errQuicker) || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrForgotten) || errors.Is(err, store.ErrStale)
			if !gone {
				return "", err
			}
		}
	}
	return "", refuse(QueueEmpty)
}

// waiting are the first cases that need somebody, in the order of the queue.
func (d *Desk) waiting(ctx context.Context, who access.Staff) (refs []string, err error) {
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		refs = nil
		me, err := memberOf(ctx, tx, who, access.Acknowledge)
		if err != nil {
			return err
		}
		for _, ask := range []Ask{{}, {Nobody: true}} {
			r, err := d.reader(ctx, tx, me, ask)
			if err != nil {
				return err
			}
			r.keepSteps(func(s step) bool { return (s.shelf == store.ShelfRinging) != ask.Nobody })
			found, _, err := r.gather(ctx, place{})
			if err != nil {
				return err
			}
			for _, s := range found {
				refs = append(refs, s.Ref)
			}
		}
		return nil
	})
	return refs, err
}

// takeIt makes a case theirs, unless somebody looks after it by now.
func (d *Desk) takeIt(ctx context.Context, who access.Staff, ref string) error {
	return d.do(ctx, who, access.Acknowledge, ref, func(a *act) error {
		live, err := a.LiveEscalation(ctx, a.file.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		rings := live.State == store.Climbing
		held := !live.ID.IsZero() || !a.file.AssignedTo.IsZero() || !a.lane.TakenBy.IsZero()
		if a.file.Closed || held && !rings {
			return errQuicker
		}
		if rings {
			if _, err := d.Escalation.AcknowledgeCase(ctx, a.Tx, a.who.ID, a.file.ID, a.now); err != nil {
				return err
			}
		}
		if a.lane.TakenBy.IsZero() || a.lane.TakenBy == a.who.ID { // whoever answers the person keeps them
			if err := a.AssignCase(ctx, a.file.ID, a.who.ID, a.file.Team, a.now); err != nil {
				return err
			}
		}
		return a.record(ctx, actionTakenNext, "")
	})
}
