package bot

import (
	"context"
	"errors"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/store"
)

// watchOnce looks at what is due: a silence after a cry, an abandoned intake, a
// takeover nobody answers. Nothing of it sends anything to the person (rule 48).
func (l *Line) watchOnce(ctx context.Context) (more bool, err error) {
	const atOnce = 50
	now := l.now()
	var due []store.Watch
	err = l.store.InTx(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.DueWatches(ctx, now, atOnce)
		return err
	})
	if err != nil {
		return false, err
	}
	done, err := eachAlone(ctx, l, "watches", due, func(ctx context.Context, w store.Watch) error {
		looking, cancel := context.WithTimeout(ctx, turnLimit)
		defer cancel()
		err := l.look(looking, w, now)
		if err == nil || errors.Is(err, store.ErrStale) || l.store.Hinders(ctx, err) {
			return err
		}
		return errors.Join(err, l.putOff(ctx, w, now))
	})
	return len(due) == atOnce && done > 0, err
}

// tryAgain is how long a watch rests that could not be looked at.
const tryAgain = time.Minute

// putOff lets a watch that keeps failing rest, so that those behind it are looked at,
// and says so where staff see it.
func (l *Line) putOff(ctx context.Context, w store.Watch, now time.Time) error {
	err := l.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.PutOffWatch(ctx, w, now.Add(tryAgain)); err != nil {
			return err
		}
		return tx.RaiseAlarm(ctx, store.AlarmFailing, casefile.ID{}, w.Conversation, now)
	})
	l.changed()
	return err
}

// look acts on one due watch: a turn without a message, or the end of a takeover.
func (l *Line) look(ctx context.Context, w store.Watch, now time.Time) error {
	var after afterCommit
	err := l.store.InTx(ctx, func(tx *store.Tx) error {
		after = afterCommit{}
		lane, err := tx.LockLane(ctx, w.Conversation)
		if errors.Is(err, store.ErrDamaged) {
			return tx.Damage(ctx, []casefile.ID{w.Conversation}, now)
		}
		if err != nil {
			return err
		}
		still, err := tx.EndWatch(ctx, w, now)
		if err != nil || !still {
			return err // they wrote meanwhile
		}
		files, err := tx.CasesOf(ctx, []store.Conversation{lane})
		if err != nil {
			return err
		}
		if files[lane.ID].Closed {
			return nil // staff closed the case, and silence opens nothing
		}
		if w.Kind == store.WatchTakeover {
			return l.lapse(ctx, tx, lane, files[lane.ID], now, &after)
		}
		return l.write(ctx, tx, &after, l.noted(lane, files[lane.ID], casefile.Silence, string(w.Kind), now))
	})
	if err == nil {
		l.committed(ctx, after)
	}
	return err
}

// lapse ends a takeover in which the person waits and nobody writes: the line hears
// again, and staff are alerted anew.
func (l *Line) lapse(ctx context.Context, tx *store.Tx, lane store.Conversation, file store.Case, now time.Time, after *afterCommit) error {
	if lane.TakenBy.IsZero() || lane.PersonWroteAt.IsZero() {
		return nil
	}
	if err := tx.HandBack(ctx, lane.ID); err != nil {
		return err
	}
	err := l.escalation.Renew(ctx, tx, escalation.Change{
		Case: file.ID, Conversation: lane.ID, Team: file.Team, Lang: file.Lang,
		After: judging(lane, file)(lane.Session, lane.Session.Facts), At: now,
	})
	if err != nil {
		return err
	}
	after.letters = true
	return tx.Audit(ctx, store.Entry{At: now, Actor: casefile.System("watch"), Action: "takeover.lapsed", Case: file.ID, Conversation: lane.ID})
}
