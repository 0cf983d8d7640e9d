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
	err := t.query(ctx, op, func(rows pgx.Rows) error {
		var a Alert
		err := rows.Scan(&a.Escalation, &a.Staff, &a.Code, &a.FirstRung, &a.Times, clock{&a.LastQueuedAt}, &a.LastChannel, clock{&a.AcknowledgedAt})
		found = append(found, a)
		return err
	}, sql, args...)
	return found, err
}

// Alerts reads who was alerted in an escalation.
func (t *Tx) Alerts(ctx context.Context, escalation casefile.ID) ([]Alert, error) {
	return t.alerts(ctx, "read alerts", `
		SELECT`+alertColumns+`
		FROM alerts a WHERE a.escalation_id = $1 ORDER BY a.staff_id`, escalation)
}

// AlertByCode finds the alert a member of staff answers with its code, or with one
// that was replaced: then the alert's code is another. ErrNotFound for a code that
// was never theirs.
func (t *Tx) AlertByCode(ctx context.Context, staff casefile.ID, code string) (Alert, error) {
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
	t.later("keep spent code", anyRows, `
		INSERT INTO spent_codes (code, escalation_id, staff_id)
		SELECT a.code, a.escalation_id, a.staff_id FROM alerts a
		WHERE a.escalation_id = $1 AND a.staff_id = $2 AND a.code <> $3`, a.Escalation, a.Staff, a.Code)
	t.later("put alert", 1, `
		INSERT INTO alerts (escalation_id, staff_id, code, first_rung, last_queued_at, last_channel)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (escalation_id, staff_id) DO UPDATE
		SET times = alerts.times + 1, last_queued_at = excluded.last_queued_at, last_channel = excluded.last_channel,
		    code = excluded.code, acknowledged_at = NULL`,
		a.Escalation, a.Staff, a.Code, a.FirstRung, a.LastQueuedAt, string(a.LastChannel))
	return nil
}

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
	err := t.query(ctx, "look for used codes", func(rows pgx.Rows) error {
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
	told := map[Told]bool{}
	err := t.query(ctx, "read queued alerts", func(rows pgx.Rows) error {
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

// AlertOf reads what the alert of a letter says; live is false when it was answered
// or is over, so that nobody needs to be woken, or when a newer letter says the same
// to the same person: what piled up while a provider was away is said once.
// ErrNotFound when that person was never alerted in that escalation.
func (t *Tx) AlertOf(ctx context.Context, l Letter) (v AlertView, live bool, err error) {
	var urgency string
	err = t.row(ctx, "read alert", `
		SELECT a.code, e.urgency, e.started_at, e.case_id, e.state = 'climbing' AND NOT EXISTS (
			SELECT 1 FROM outbox o
			WHERE o.escalation_id = a.escalation_id AND o.staff_id = a.staff_id AND o.channel = $3
			  AND o.seq > $4 AND o.state IN ('queued', 'claimed', 'unknown'))
		FROM alerts a JOIN escalations e ON e.id = a.escalation_id
		WHERE a.escalation_id = $1 AND a.staff_id = $2`, []any{l.Escalation, l.Staff, string(l.Channel), l.Seq},
		&v.Code, &urgency, clock{&v.StartedAt}, &v.Case, &live)
	v.Urgency, _ = casefile.ParseUrgency(urgency) // the schema allows no other word
	return v, live, err
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
