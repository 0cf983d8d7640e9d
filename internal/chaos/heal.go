package main

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"time"
)

// patience is how long a healed line may take until nothing is left: the claims of the
// dead expire after a minute, and what is unknown is tried again after another. In a
// hurry the claims end at once.
func (h *house) patience() time.Duration {
	if h.Hurry {
		return time.Minute
	}
	return 4 * time.Minute
}

// heal ends every fault, and waits until nothing is on its way any more. The error says
// what still is.
func (h *house) heal(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, h.patience())
	defer cancel()
	for _, p := range h.processes {
		p.signal(syscall.SIGCONT)
		_, _ = p.postgres.Start(), p.redis.Start() // most run already
		p.postgres.Toxics.ResetToxics(ctx)
		p.redis.Toxics.ResetToxics(ctx)
	}
	h.telegram.Heal()
	h.twilio.Heal()
	h.telegram.Redeliver(false, false)
	h.twilio.Redeliver(false, false)
	h.telegram.Release(nil)
	h.twilio.Release(nil)
	h.front.lose(0)
	if h.Hurry {
		if err := h.endLeases(ctx); err != nil {
			return err
		}
	}
	for _, p := range h.processes {
		if err := p.open(ctx); err != nil {
			return err
		}
	}
	return h.quiet(ctx)
}

// endLeases kills every process and lets what they had in hand be due at once. A lease
// says "its process has died", and with all of them dead that is so.
func (h *house) endLeases(ctx context.Context) error {
	for _, p := range h.processes {
		p.retire(syscall.SIGKILL)
	}
	_, err := h.db.Exec(ctx, `
		UPDATE outbox SET claimed_until = CASE WHEN state = 'claimed' THEN queued_at END, not_before = queued_at
		WHERE state IN ('queued', 'claimed', 'unknown')`)
	if err != nil {
		return fmt.Errorf("end the leases: %w", err)
	}
	for _, p := range h.processes {
		p.revive()
	}
	return nil
}

// fresh is how old an alert or a rung that is due may be while everything heals: as long as
// staff do not answer, the ladder alerts again and again, and of a thousand climbing
// escalations one always has just done so.
const fresh = 30 * time.Second

// quiet waits until every webhook is settled and nothing is due but alerts and rungs that
// are fresh; and then until these, too, have come to an end. Alerts that began after that
// moment are all that nobody looks at any more.
func (h *house) quiet(ctx context.Context) error {
	if err := h.telegram.Settled(ctx); err != nil {
		return err
	}
	if err := h.twilio.Settled(ctx); err != nil {
		return err
	}
	if err := h.calm(ctx, h.patience(), func() time.Time { return h.Now().Add(-fresh) }); err != nil {
		return err
	}
	last := h.Now()
	if err := h.calm(ctx, fresh, func() time.Time { return last }); err != nil {
		return err
	}
	return h.twilio.Settled(ctx) // the carriers' word on the last of them
}

// calm waits, for so long, until nothing is left three times in a row; of alerts and rungs
// only those count that began by a moment.
func (h *house) calm(ctx context.Context, patience time.Duration, by func() time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for calm := 0; calm < 3; {
		left, err := h.left(ctx, by())
		if err != nil {
			return err
		}
		if calm++; left != "" {
			calm = 0
		}
		select {
		case <-time.After(300 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("after %s something is still on its way: %s", patience, left)
		}
	}
	return nil
}

// left says what is still on its way, in numbers; of alerts and rungs those that began by a
// moment.
func (h *house) left(ctx context.Context, by time.Time) (string, error) {
	var messages, letters, alerts, escalations, watches int
	err := h.db.QueryRow(ctx, `
		SELECT (SELECT count(*) FROM messages WHERE state = 'waiting'),
		       (SELECT count(*) FROM outbox WHERE state IN ('queued', 'claimed', 'unknown') AND purpose <> 'alert'),
		       (SELECT count(*) FROM outbox WHERE state IN ('queued', 'claimed', 'unknown') AND purpose = 'alert' AND queued_at <= $2),
		       (SELECT count(*) FROM escalations WHERE state <> 'ended' AND due_at <= $2),
		       (SELECT count(*) FROM watches WHERE due_at <= $1)`, h.Now(), by).Scan(&messages, &letters, &alerts, &escalations, &watches)
	if err != nil {
		return "", fmt.Errorf("look what is left: %w", err)
	}
	if messages+letters+alerts+escalations+watches == 0 {
		return "", nil
	}
	kinds, err := h.waitingLetters(ctx)
	return fmt.Sprintf("%d messages, %d letters, %d alerts, %d escalations, %d watches%s", messages, letters, alerts, escalations, watches, kinds), err
}

// waitingLetters says of what kinds the letters are that are still on their way.
func (h *house) waitingLetters(ctx context.Context) (string, error) {
	rows, err := h.db.Query(ctx, `
		SELECT channel, purpose, state, reason, count(*), min(extract(epoch FROM coalesce(claimed_until, not_before) - $1))::float8, max(attempts)
		FROM outbox WHERE state IN ('queued', 'claimed', 'unknown') GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC`, h.Now())
	if err != nil {
		return "", fmt.Errorf("look what is left: %w", err)
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var channel, purpose, state, reason string
		var n, attempts int
		var due float64
		if err := rows.Scan(&channel, &purpose, &state, &reason, &n, &due, &attempts); err != nil {
			return "", fmt.Errorf("look what is left: %w", err)
		}
		fmt.Fprintf(&b, "\n        %d %s %s %s %q, due in %.1fs, tried up to %d times", n, channel, purpose, state, reason, due, attempts)
	}
	return b.String(), rows.Err()
}
