package escalation

import (
	"context"
	"errors"
	"slices"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

const (
	// perTick bounds one pass, so that a flood doesn't keep alarms waiting.
	perTick = 200
	// tellAgain is how often a standing alarm is told again.
	tellAgain = 30 * time.Minute
	// tryAgain is how long an escalation rests that could not be climbed.
	tryAgain = time.Minute
)

// Told are the alarms that the alarm addresses hear of: those that nobody may see in
// the console, and those that mean that somebody is not heard.
var Told = []store.AlarmKind{store.AlarmNobodyOnDuty, store.AlarmNobodyReachable, store.AlarmFailing,
	store.AlarmDamaged, store.AlarmAuditBroken, store.AlarmAuditLoose}

// Tick does everything that is due by the clock: it climbs, and takes back
// acknowledgements that nobody made good. Several processes may tick at once. One
// escalation that fails is put off by a minute, with an alarm, and does not keep the
// others waiting; an error is only what hinders all of them. It reports whether more
// is due.
func (e *Escalation) Tick(ctx context.Context, now time.Time) (more bool, err error) {
	var skip []casefile.ID
	done := 0
	for done < perTick {
		id, err := e.tickOne(ctx, skip, now)
		if id.IsZero() {
			if err != nil {
				return false, err
			}
			break
		}
		if err != nil {
			if e.Store.Hinders(ctx, err) {
				return false, err
			}
			skip = append(skip, id)
			e.failed(errors.Join(err, e.putOff(ctx, id, err, now)))
		}
		done++
	}
	if err := e.watchDuty(ctx, now); e.Store.Hinders(ctx, err) {
		return false, err
	} else if err != nil {
		e.failed(err)
	}
	return done == perTick && done > len(skip), nil
}

func (e *Escalation) failed(err error) {
	if e.Failed != nil {
		e.Failed(err)
	}
}

// putOff lets an escalation rest that cannot be climbed, so that those behind it are
// heard, and says so where somebody hears it. One that only met another transaction is
// due again at once.
func (e *Escalation) putOff(ctx context.Context, id casefile.ID, why error, now time.Time) error {
	if errors.Is(why, store.ErrStale) {
		return nil
	}
	return e.Store.InTx(ctx, func(tx *store.Tx) error {
		caseID, conversation, err := tx.PutOffEscalation(ctx, id, now.Add(tryAgain))
		if err != nil {
			return err
		}
		return tx.RaiseAlarm(ctx, store.AlarmFailing, caseID, conversation, now)
	})
}

// tickOne does what is due for one escalation, in a transaction of its own. The
// id is zero when none is due.
func (e *Escalation) tickOne(ctx context.Context, skip []casefile.ID, now time.Time) (id casefile.ID, err error) {
	err = e.Store.InTx(ctx, func(tx *store.Tx) error {
		id = casefile.ID{}
		x, err := tx.DueEscalation(ctx, skip, now)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		id = x.ID
		switch {
		case x.CaseClosed:
			return e.over(ctx, tx, x, "closed", now)
		case x.State == store.Acknowledged:
			return e.expire(ctx, tx, x, now)
		}
		return e.climb(ctx, tx, x, alerting{rung: x.Rung, now: now})
	})
	return id, err
}

// expire looks what became of an acknowledgement: made good, it ends the
// escalation; otherwise the ladder goes on, and whoever held it hears too.
func (e *Escalation) expire(ctx context.Context, tx *store.Tx, x store.Escalation, now time.Time) error {
	answered, err := tx.Answered(ctx, x)
	if err != nil {
		return err
	}
	if answered {
		return e.over(ctx, tx, x, "answered", now)
	}
	holder := x.AcknowledgedBy
	x.State, x.AcknowledgedBy, x.AcknowledgedAt = store.Climbing, casefile.ID{}, time.Time{}
	err = tx.Audit(ctx, store.Entry{At: now, Actor: casefile.System("ladder"), Action: "escalation.expired", Case: x.Case})
	if err != nil {
		return err
	}
	return e.climb(ctx, tx, x, alerting{rung: x.Rung, besides: []casefile.ID{holder}, now: now})
}

func (e *Escalation) over(ctx context.Context, tx *store.Tx, x store.Escalation, why string, now time.Time) error {
	if err := e.finish(ctx, tx, x, why, now); err != nil {
		return err
	}
	return tx.Audit(ctx, store.Entry{At: now, Actor: casefile.System("ladder"), Action: "escalation.ended", Case: x.Case})
}

// watchDuty keeps the alarm that nobody is on duty true, also while nobody writes.
func (e *Escalation) watchDuty(ctx context.Context, now time.Time) error {
	return e.Store.InTx(ctx, func(tx *store.Tx) error {
		onDuty, err := e.hear(ctx, tx, store.Hearers{OnDuty: true})
		if err != nil {
			return err
		}
		standing, err := tx.Alarms(ctx)
		if err != nil {
			return err
		}
		stands := func(kind store.AlarmKind) bool {
			return slices.ContainsFunc(standing, func(a store.Alarm) bool { return a.Kind == kind })
		}
		if len(onDuty) == 0 {
			if stands(store.AlarmNobodyOnDuty) {
				return nil
			}
			return tx.RaiseAlarm(ctx, store.AlarmNobodyOnDuty, casefile.ID{}, casefile.ID{}, now)
		}
		for _, kind := range []store.AlarmKind{store.AlarmNobodyOnDuty, store.AlarmNobodyReachable} {
			if !stands(kind) {
				continue
			}
			if kind == store.AlarmNobodyReachable {
				if still, err := e.nobodyStill(ctx, tx, standing); err != nil || still {
					return err
				}
			}
			if err := tx.AlarmOver(ctx, kind, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// nobodyStill reports whether an alert that reached nobody still would: everybody who
// could hear it is kept from the case. That others are on duty is no help to it.
func (e *Escalation) nobodyStill(ctx context.Context, tx *store.Tx, standing []store.Alarm) (bool, error) {
	for _, a := range standing {
		if a.Kind != store.AlarmNobodyReachable {
			continue
		}
		walls, err := tx.WallsOf(ctx, a.Case)
		if err != nil || walls.None() {
			return false, err
		}
		live, err := tx.LiveEscalations(ctx, []casefile.ID{a.Case})
		x := live[a.Case]
		if err != nil || x.State != store.Climbing {
			return false, err
		}
		step, _ := Rung(x.Urgency, len(Ladders[x.Urgency].Rungs))
		group := groupOf(step.Who, x)
		group.Walls = walls
		found, err := e.hear(ctx, tx, group)
		if err != nil || len(found) == 0 {
			return err == nil, err
		}
	}
	return false, nil
}

// TellAlarms tells the alarm addresses what stands and they have not heard of for half
// an hour, the same kind once. It takes as long as a provider takes: call it from a
// loop of its own.
func (e *Escalation) TellAlarms(ctx context.Context, now time.Time) error {
	if e.Alarm == nil {
		return nil
	}
	var alarms []store.Alarm
	err := e.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		alarms, err = tx.UntoldAlarms(ctx, Told, now.Add(-tellAgain), now)
		return err
	})
	heard := map[store.AlarmKind]error{}
	for _, a := range alarms {
		failed, told := heard[a.Kind]
		if !told {
			failed = e.Alarm(ctx, a)
			heard[a.Kind] = failed
		}
		if failed == nil {
			continue
		}
		err = errors.Join(err, failed, e.Store.InTx(ctx, func(tx *store.Tx) error { return tx.AlarmNotTold(ctx, a.ID) }))
	}
	return err
}
