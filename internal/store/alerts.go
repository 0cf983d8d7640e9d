package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
)

// Alert is that one member of staff was alerted in one escalation, with the code
// that is theirs for it.
type Alert struct {
	Escalation     casefile.ID
	Staff          casefile.ID
	Code           string
	FirstRung      int
	Times          int
	LastQueuedAt   time.Time
	LastChannel    casefile.ChannelName
	AcknowledgedAt time.Time // zero: the code was not used
}

const alertColumns = `
	a.escalation_id, a.staff_id, a.code, a.first_rung, a.times, a.last_queued_at, a.last_channel, a.acknowledged_at`

func (t *Tx) alerts(ctx context.Context, op, sql string, args ...any) ([]Alert, error) {
	var found []Alert
	err := t.aside(ctx, op, func(rows pgx.Rows) error {
		var a Alert
		err := rows.Scan(&a.Escalation, &a.Staff, &a.Code, &a.FirstRung, &a.Times, clock{&a.LastQueuedAt}, &a.LastChannel, clock{&a.AcknowledgedAt})
		found = append(found, a)
		return err
	}, sql, args...)
	return found, err
}

// Alerts reads who was alerted in an escalation.
func (t *Tx) Alerts(ctx context.Context, escalation casefile.ID) ([]Alert, error) {
	if err := t.flushAlerts(ctx, escalation); err != nil {
		return nil, err
	}
	return t.alerts(ctx, "read alerts", `
		SELECT`+alertColumns+`
		FROM alerts a WHERE a.escalation_id = $1 ORDER BY a.staff_id`, escalation)
}

// flushAlerts flushes when alerts of an escalation are queued, with their letters.
func (t *Tx) flushAlerts(ctx context.Context, escalation casefile.ID) error {
	for _, w := range t.writes {
		for key := range w.keys {
			if who, ok := key.(alerted); ok && who.escalation == escalation {
				return t.Flush(ctx)
			}
		}
	}
	return nil
}

// alerted names one alert.
type alerted struct{ escalation, staff casefile.ID }

// AlertByCode finds the alert a member of staff answers with its code, or with one
// that was replaced: then the alert's code is another. ErrNotFound for a code that
// was never theirs.
func (t *Tx) AlertByCode(ctx context.Context, staff casefile.ID, code string) (Alert, error) {
	if err := t.Flush(ctx); err != nil {
		return Alert{}, err
	}
	found, err := t.alerts(ctx, "find alert by code", `
		SELECT`+alertColumns+`
		FROM alerts a WHERE a.staff_id = $1 AND (a.code = $2 OR a.escalation_id = (
			SELECT s.escalation_id FROM spent_codes s WHERE s.staff_id = $1 AND s.code = $2))`, staff, code)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Alert{}, err
	}
	return found[0], nil
}

// PutAlert notes that somebody is alerted, again or for the first time. A code
// stays the same until it is used; one that is replaced is kept.
func (t *Tx) PutAlert(_ context.Context, a Alert) error {
	who := alerted{a.Escalation, a.Staff}
	t.rows(keepSpentCode, who, a.Escalation, a.Staff, a.Code)
	t.rows(putAlert, who, a.Escalation, a.Staff, a.Code, a.FirstRung, a.LastQueuedAt, string(a.LastChannel))
	return nil
}

var keepSpentCode = &many{rank: 5, op: "keep spent code", sql: `
	INSERT INTO spent_codes (code, escalation_id, staff_id)
	SELECT a.code, a.escalation_id, a.staff_id
	FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS w (escalation_id, staff_id, code)
	JOIN alerts a ON a.escalation_id = w.escalation_id AND a.staff_id = w.staff_id AND a.code <> w.code`}

var putAlert = &many{rank: 6, op: "put alert", exact: true, sql: `
	INSERT INTO alerts (escalation_id, staff_id, code, first_rung, last_queued_at, last_channel)
	SELECT w.escalation_id, w.staff_id, w.code, w.first_rung, w.at, w.channel
	FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::timestamptz[], $6::text[])
	     AS w (escalation_id, staff_id, code, first_rung, at, channel)
	ON CONFLICT (escalation_id, staff_id) DO UPDATE
	SET times = alerts.times + 1, last_queued_at = excluded.last_queued_at, last_channel = excluded.last_channel,
	    code = excluded.code, acknowledged_at = NULL`}

// UseCode notes that the code of an alert was used.
func (t *Tx) UseCode(_ context.Context, escalation, staff casefile.ID, now time.Time) error {
	t.later("use code", anyRows, `
		UPDATE alerts SET acknowledged_at = $3 WHERE escalation_id = $1 AND staff_id = $2 AND acknowledged_at IS NULL`,
		escalation, staff, now)
	return nil
}

// CodesInUse lists those of codes that were ever given out.
func (t *Tx) CodesInUse(ctx context.Context, codes []string) ([]string, error) {
	var used []string
	err := t.aside(ctx, "look for used codes", func(rows pgx.Rows) error {
		var code string
		err := rows.Scan(&code)
		used = append(used, code)
		return err
	}, `
		SELECT a.code FROM alerts a WHERE a.code = ANY($1)
		UNION ALL
		SELECT s.code FROM spent_codes s WHERE s.code = ANY($1)`, codes)
	return used, err
}

// Told is one alert put into the outbox: to whom, and by which channel.
type Told struct {
	Staff   casefile.ID
	Channel casefile.ChannelName
}

// ToldSince lists the alerts of an escalation queued after a moment.
func (t *Tx) ToldSince(ctx context.Context, escalation casefile.ID, after time.Time) (map[Told]bool, error) {
	if err := t.flushAlerts(ctx, escalation); err != nil {
		return nil, err
	}
	told := map[Told]bool{}
	err := t.aside(ctx, "read queued alerts", func(rows pgx.Rows) error {
		var one Told
		err := rows.Scan(&one.Staff, &one.Channel)
		told[one] = true
		return err
	}, `
		SELECT o.staff_id, o.channel FROM outbox o
		WHERE o.escalation_id = $1 AND o.purpose = 'alert' AND o.queued_at > $2`, escalation, after)
	return told, err
}

// DropAlerts takes the alerts of an escalation out of the outbox that are not on
// their way yet: nobody needs to be woken any more.
func (t *Tx) DropAlerts(_ context.Context, escalation casefile.ID, reason string, now time.Time) error {
	t.later("drop alerts", anyRows, `
		UPDATE outbox SET state = 'dropped', reason = $2, settled_at = $3
		WHERE escalation_id = $1 AND purpose = 'alert' AND state = 'queued'`, escalation, reason, now)
	return nil
}

// AlertView is all that an alert may say, as it stands when it is sent. The
// waiting time is told from StartedAt.
type AlertView struct {
	Code      string
	Urgency   casefile.Urgency
	StartedAt time.Time // since when somebody waits
	Case      casefile.ID
}

// NoteGuess counts a code that was not theirs against a member of staff.
func (t *Tx) NoteGuess(_ context.Context, staff casefile.ID, now time.Time) error {
	t.later("note guess", 1, `INSERT INTO staff_guesses (staff_id, at) VALUES ($1, $2)`, staff, now)
	return nil
}

// Guesses counts the wrong codes of a member of staff after a moment.
func (t *Tx) Guesses(ctx context.Context, staff casefile.ID, after time.Time) (int, error) {
	var n int
	err := t.row(ctx, "count guesses", `
		SELECT count(*) FROM staff_guesses WHERE staff_id = $1 AND at > $2`, []any{staff, after}, &n)
	return n, err
}

// ForgetGuesses deletes the wrong codes before a moment.
func (t *Tx) ForgetGuesses(_ context.Context, before time.Time) error {
	t.later("forget guesses", anyRows, `DELETE FROM staff_guesses WHERE at < $1`, before)
	return nil
}
