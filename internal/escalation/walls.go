package escalation

import (
	"context"
	"errors"
	"slices"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// walledRung raises the alarm when a rung found nobody because the case is kept from
// all of them. The alarm is of the case, and so it is kept from them as well.
func (e *Escalation) walledRung(ctx context.Context, tx *store.Tx, x store.Escalation, group store.Hearers, now time.Time) error {
	if group.Walls.None() {
		return nil
	}
	group.Walls = access.Walls{}
	all, err := e.hear(ctx, tx, group)
	if err != nil || len(all) == 0 {
		return err
	}
	conversation, err := tx.FirstConversation(ctx, x.Case)
	if err != nil {
		return err
	}
	return tx.RaiseAlarm(ctx, store.AlarmWalled, x.Case, conversation, now)
}

// Wall takes a case out of the hands of those it is kept from since a moment ago: their
// alerts that are not sent yet, their acknowledgement, their takeover. Whoever held it,
// or alone had heard of it, is not answering any more, so the next rung hears. It must be called in the
// transaction that put up the wall, with the lane locked; c.After says how urgent the
// case is. It reports whether the lane was taken from somebody.
func (e *Escalation) Wall(ctx context.Context, tx *store.Tx, c Change, takenBy casefile.ID) (handedBack bool, err error) {
	kept, err := e.keptOut(ctx, tx, c.Case)
	if err != nil || len(kept) == 0 {
		return false, err
	}
	ids := make([]casefile.ID, 0, len(kept))
	for id := range kept {
		ids = append(ids, id)
	}
	if err := tx.DropAlertsTo(ctx, c.Case, ids, c.At); err != nil {
		return false, err
	}
	if err := tx.TakeWorkFrom(ctx, c.Case, ids); err != nil {
		return false, err
	}
	held, err := e.theirs(ctx, tx, c.Case, kept)
	if err != nil {
		return false, err
	}
	if handedBack = kept[takenBy]; handedBack {
		if err := tx.HandBack(ctx, c.Conversation); err != nil {
			return false, err
		}
		err := tx.Audit(ctx, store.Entry{At: c.At, Actor: casefile.System("walls"), Action: "takeover.walled", Case: c.Case, Conversation: c.Conversation})
		if err != nil {
			return false, err
		}
	}
	if !held && !handedBack {
		return false, nil
	}
	return handedBack, e.Renew(ctx, tx, c)
}

// theirs reports whether the escalation of a case is in the hands of those it is kept
// from: one of them acknowledged it, or nobody else has heard of it yet.
func (e *Escalation) theirs(ctx context.Context, tx *store.Tx, caseID casefile.ID, kept map[casefile.ID]bool) (bool, error) {
	live, err := tx.LiveEscalation(ctx, caseID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil || live.State == store.Acknowledged {
		return kept[live.AcknowledgedBy], err
	}
	alerts, err := tx.Alerts(ctx, live.ID)
	others := slices.ContainsFunc(alerts, func(a store.Alert) bool { return !kept[a.Staff] })
	return len(alerts) > 0 && !others, err
}

// keptOut is everybody a case is kept from.
func (e *Escalation) keptOut(ctx context.Context, tx *store.Tx, caseID casefile.ID) (map[casefile.ID]bool, error) {
	walls, err := tx.WallsOf(ctx, caseID)
	if err != nil || walls.None() {
		return nil, err
	}
	staff, err := tx.AllStaff(ctx)
	kept := map[casefile.ID]bool{}
	for _, s := range staff {
		if walls.Keep(access.Staff{ID: s.ID, Agency: s.Agency}) {
			kept[s.ID] = true
		}
	}
	return kept, err
}

// keptFrom reports whether a case is kept from one member of staff.
func keptFrom(ctx context.Context, tx *store.Tx, staff, caseID casefile.ID) (bool, error) {
	walls, err := tx.WallsOf(ctx, caseID)
	if err != nil || walls.None() {
		return false, err
	}
	member, err := tx.StaffByID(ctx, staff)
	return err == nil && walls.Keep(access.Staff{ID: member.ID, Agency: member.Agency}), err
}
