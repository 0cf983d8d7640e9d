package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
)

// AlarmKind says what went wrong and needs a person.
type AlarmKind string

// The alarms.
const (
	AlarmNobodyOnDuty AlarmKind = "nobody_on_duty" // an escalation found nobody
	AlarmSetAside     AlarmKind = "set_aside"      // a turn kept failing; its messages are kept
	AlarmUnreadable   AlarmKind = "unreadable"     // a provider sent what nobody can decode
	AlarmUndelivered  AlarmKind = "undelivered"    // a reply could not be sent
	AlarmUnreachable  AlarmKind = "unreachable"    // the person blocked us or opted out
)

// Alarm is one of them, until somebody clears it.
type Alarm struct {
	ID           casefile.ID
	Kind         AlarmKind
	Case         casefile.ID
	Conversation casefile.ID
	At, LastAt   time.Time
	Times        int
}

// RaiseAlarm raises an alarm, or counts it again when it stands already.
func (t *Tx) RaiseAlarm(_ context.Context, kind AlarmKind, caseID, conversation casefile.ID, now time.Time) error {
	t.later("raise alarm", 1, `
		INSERT INTO alarms (id, kind, case_id, conversation_id, at, last_at) VALUES ($1, $2, $3, $4, $5, $5)
		ON CONFLICT (kind, coalesce(conversation_id, '00000000-0000-0000-0000-000000000000'::uuid)) WHERE cleared_at IS NULL
		DO UPDATE SET last_at = excluded.last_at, times = alarms.times + 1`,
		casefile.NewID(now), string(kind), caseID, conversation, now)
	return nil
}

// Alarms lists what stands, oldest first.
func (t *Tx) Alarms(ctx context.Context) ([]Alarm, error) {
	var alarms []Alarm
	err := t.query(ctx, "list alarms", func(rows pgx.Rows) error {
		var a Alarm
		err := rows.Scan(&a.ID, &a.Kind, &a.Case, &a.Conversation, clock{&a.At}, clock{&a.LastAt}, &a.Times)
		alarms = append(alarms, a)
		return err
	}, `
		SELECT id, kind, case_id, conversation_id, at, last_at, times FROM alarms WHERE cleared_at IS NULL ORDER BY at`)
	return alarms, err
}

// ClearAlarm ends an alarm; ErrNotFound when it is over already.
func (t *Tx) ClearAlarm(ctx context.Context, id, staff casefile.ID, now time.Time) error {
	n, err := t.exec(ctx, "clear alarm", `
		UPDATE alarms SET cleared_at = $3, cleared_by = $2 WHERE id = $1 AND cleared_at IS NULL`, id, staff, now)
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}
