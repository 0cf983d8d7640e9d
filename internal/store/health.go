package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Health is what is late, and what needs a person. A duration is how long the oldest
// one has waited; zero: nothing waits.
type Health struct {
	Unanswered  time.Duration // a message that no turn took
	Undelivered time.Duration // a letter that is to be said and is not
	Unclimbed   time.Duration // an escalation whose next rung is due
	Unwatched   time.Duration // a silence that is to be looked at
	SetAside    int           // messages whose turn kept failing
	Alarms      int           // alarms that stand
	Damaged     int           // conversations whose data key does not open
	Told        map[string]time.Time
}

// Health looks at everything in one statement. Told is which limits the alarm
// addresses know to be crossed, and since when. now is the caller's clock. ErrAway when
// the database does not answer before ctx ends.
func (s *Store) Health(ctx context.Context, now time.Time) (h Health, err error) {
	h.Told = map[string]time.Time{}
	var message, letter, rung, watch time.Time
	err = s.pool.QueryRow(ctx, `
		SELECT (SELECT min(m.received_at) FROM messages m WHERE m.state = 'waiting'),
		       (SELECT min(greatest(o.queued_at, o.released_at)) FROM outbox o WHERE o.state IN ('queued', 'claimed', 'unknown')),
		       (SELECT min(e.due_at) FROM escalations e WHERE e.state <> 'ended'),
		       (SELECT min(w.due_at) FROM watches w),
		       (SELECT count(*) FROM messages m WHERE m.state = 'set_aside'),
		       (SELECT count(*) FROM alarms a WHERE a.cleared_at IS NULL),
		       (SELECT count(*) FROM conversations c WHERE c.damaged_at IS NOT NULL)`).Scan(
		clock{&message}, clock{&letter}, clock{&rung}, clock{&watch}, &h.SetAside, &h.Alarms, &h.Damaged)
	if err != nil {
		return h, wrong("look at what is late", err)
	}
	h.Unanswered, h.Undelivered = late(message, now), late(letter, now)
	h.Unclimbed, h.Unwatched = late(rung, now), late(watch, now)
	rows, err := s.pool.Query(ctx, `
		SELECT kind, told_at FROM watchdog WHERE told_at IS NOT NULL AND (over_at IS NULL OR over_at < told_at)`)
	if err != nil {
		return h, wrong("read what was told", err)
	}
	var kind string
	var at time.Time
	_, err = pgx.ForEachRow(rows, []any{&kind, clock{&at}}, func() error {
		h.Told[kind] = at
		return nil
	})
	return h, wrong("read what was told", err)
}

func late(since, now time.Time) time.Duration {
	if since.IsZero() {
		return 0
	}
	return max(0, now.Sub(since))
}

// ClaimTelling reports whether the caller is the one who tells the alarm addresses that
// a limit is crossed: nobody did since the moment again, or it was over meanwhile.
func (t *Tx) ClaimTelling(ctx context.Context, kind string, again, now time.Time) (mine bool, err error) {
	n, err := t.exec(ctx, "claim telling", `
		INSERT INTO watchdog (kind, told_at) VALUES ($1, $3)
		ON CONFLICT (kind) DO UPDATE SET told_at = excluded.told_at
		WHERE watchdog.told_at IS NULL OR watchdog.told_at <= $2 OR watchdog.over_at >= watchdog.told_at`, kind, again, now)
	return n > 0, err
}

// NotTold takes back what was claimed at a moment: nobody could be reached.
func (t *Tx) NotTold(_ context.Context, kind string, at time.Time) error {
	t.later("not told", anyRows, `UPDATE watchdog SET told_at = NULL WHERE kind = $1 AND told_at = $2`, kind, at)
	return nil
}

// ClaimOver reports whether the caller is the one who tells that it is over: nobody did
// since it began.
func (t *Tx) ClaimOver(ctx context.Context, kind string, began, now time.Time) (mine bool, err error) {
	n, err := t.exec(ctx, "claim telling the end", `
		INSERT INTO watchdog (kind, over_at) VALUES ($1, $3)
		ON CONFLICT (kind) DO UPDATE SET over_at = excluded.over_at
		WHERE watchdog.over_at IS NULL OR watchdog.over_at < $2`, kind, began, now)
	return n > 0, err
}
