package cases

import (
	"context"
	"errors"
	"slices"
	"strings"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// What staff do, as the audit calls it.
const (
	actionViewed     = "case.viewed"
	actionRevealed   = "identity.revealed"
	actionTaken      = "conversation.taken"
	actionHandedBack = "conversation.handed_back"
	actionReplied    = "reply.queued"
	actionHeld       = "reply.held"
	actionLowered    = "case.lowered"
	actionClosed     = "case.closed"
	actionNoted      = "case.noted"
	actionCleared    = "alarm.cleared"
	actionNotReached = "case.not_reached"
	actionGlass      = "glass.broken"
	actionExcluded   = "wall.excluded"
	actionLifted     = "wall.lifted"
	actionTakenNext  = "case.taken_next"
	actionSearched   = "case.searched"
	actionAnsweredIn = "conversation.chosen"
	actionPrinted    = "case.printed"
)

// Note keeps a note beside the case. The person never sees it.
func (d *Desk) Note(ctx context.Context, who access.Staff, ref, text string) error {
	text = strings.TrimSpace(text)
	if text == "" {
		return refuse(NothingToSay)
	}
	return d.do(ctx, who, access.WriteNote, ref, func(a *act) error {
		if err := a.note(ctx, store.PlainNote, text); err != nil {
			return err
		}
		return a.record(ctx, actionNoted, "")
	})
}

// Lower lowers the urgency of a case, with a reason. version is the one that was
// read: what came in later was not weighed. From then on only facts learned later
// raise it again.
func (d *Desk) Lower(ctx context.Context, who access.Staff, ref string, version int64, to casefile.Urgency, reason string) error {
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return refuse(NoReason)
	}
	return d.do(ctx, who, access.Lower, ref, func(a *act) error {
		switch {
		case a.file.Closed:
			return refuse(IsClosed)
		case a.file.Version != version:
			return refuse(Changed)
		case to >= a.file.Urgency:
			return refuse(NotLower)
		}
		if err := a.LowerCase(ctx, a.file.ID, version, to, a.now); err != nil {
			return err
		}
		if err := a.note(ctx, store.Lowered, reason); err != nil {
			return err
		}
		if err := d.Escalation.End(ctx, a.Tx, a.file.ID, "lowered", a.who.Actor(), a.now); err != nil {
			return err
		}
		return a.record(ctx, actionLowered, a.file.Urgency.String()+" to "+to.String())
	})
}

// Close closes a case, with a reason. It is refused while anything stands in the way,
// and names all of it (checklist): danger nobody lowered, messages no turn has read, a
// reply that is not sent, a referral or a task that is not over, a tip nobody decided
// about. It opens again by itself when the person writes.
func (d *Desk) Close(ctx context.Context, who access.Staff, ref string, version int64, reason string) error {
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return refuse(NoReason)
	}
	return d.do(ctx, who, access.CloseCase, ref, func(a *act) error {
		if a.file.Closed {
			return a.closedSo(ctx, reason)
		}
		if a.file.Version != version {
			return refuse(Changed)
		}
		if err := d.mayClose(ctx, a); err != nil {
			return err
		}
		if err := d.handBackAll(ctx, a); err != nil {
			return err
		}
		if err := a.CloseCase(ctx, a.file.ID, version, a.now); err != nil {
			return err
		}
		if err := a.note(ctx, store.Closed, reason); err != nil {
			return err
		}
		if err := d.Escalation.End(ctx, a.Tx, a.file.ID, "closed", a.who.Actor(), a.now); err != nil {
			return err
		}
		return a.record(ctx, actionClosed, "")
	})
}

// closedSo refuses to close a closed case, unless it was the same press twice: the reason
// of whoever closes it second would stand nowhere.
func (a *act) closedSo(ctx context.Context, reason string) error {
	notes, err := a.CaseNotes(ctx, a.file)
	if err != nil {
		return err
	}
	for _, n := range slices.Backward(notes) {
		if n.Kind == store.Closed {
			if n.Staff == a.who.ID && n.Text.Is(reason) {
				return nil
			}
			break
		}
	}
	return refuse(IsClosed)
}

// mayClose names what stands in the way; see checklist.
func (d *Desk) mayClose(ctx context.Context, a *act) error {
	open, err := d.checklist(ctx, a.Tx, a.who, a.file)
	if err != nil || len(open) == 0 {
		return err
	}
	by, _ := takenByOther(a.file, a.who)
	return &Refused{Why: open[0].Why, By: by, Open: open}
}

// handBackAll hands back every conversation of the case in which this member of staff
// answers; nobody else does (mayClose).
func (d *Desk) handBackAll(ctx context.Context, a *act) error {
	for _, c := range a.file.Conversations {
		here := *a
		switch {
		case c.TakenBy.IsZero():
			continue
		case c.ID != a.lane.ID:
			var err error
			if here.lane, err = a.LockLane(ctx, c.ID); err != nil && !errors.Is(err, store.ErrDamaged) {
				return err
			}
		}
		if err := d.handBack(ctx, &here); err != nil {
			return err
		}
	}
	return nil
}

// ClearAlarm says that a member of staff saw to an alarm. One that is over already,
// or that is not theirs to see or to clear, is fine.
func (d *Desk) ClearAlarm(ctx context.Context, who access.Staff, id casefile.ID) error {
	now := d.Now()
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, access.ClearAlarm)
		if err != nil {
			return err
		}
		standing, err := d.alarmsFor(ctx, tx, me)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(standing, func(a Alarm) bool { return a.ID == id })
		if i < 0 || !standing[i].Clear {
			return nil
		}
		if err := tx.ClearAlarm(ctx, id, who.ID, now); err != nil {
			return err
		}
		alarm := standing[i]
		return tx.Audit(ctx, store.Entry{At: now, Actor: who.Actor(), Action: actionCleared, Case: alarm.Case,
			Conversation: alarm.Conversation, Detail: casefile.Hide(string(alarm.Kind))})
	})
	if err == nil {
		d.Changed()
	}
	return err
}
