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
	AlarmCameBack     AlarmKind = "came_back"      // a restored backup brought back what was forgotten, and the person wrote in it since
	AlarmCopiedKey    AlarmKind = "copied_key"     // a passkey of staff may exist twice
	AlarmAuditBroken  AlarmKind = "audit_broken"   // the audit is not what it was a moment ago
	AlarmAuditLoose   AlarmKind = "audit_loose"    // its head cannot be kept outside the database
	AlarmGlass        AlarmKind = "glass_broken"   // somebody opened a case they do not reach
	AlarmSpool        AlarmKind = "spool"          // messages lie aside in the spool's folder
	AlarmWalled       AlarmKind = "walled"         // everybody of a rung, or every supervisor, is kept from the case
	AlarmFailing      AlarmKind = "failing"        // a watch or an escalation keeps failing; it is tried every minute
	AlarmDamaged      AlarmKind = "damaged"        // the data key of a conversation does not open
	AlarmUnforgotten  AlarmKind = "unforgotten"    // something that is due could not be forgotten
)

// Alarm is one of them, until somebody clears it.
type Alarm struct {
	ID           casefile.ID
	Kind         AlarmKind
	Case         casefile.ID // also of a conversation that has one; zero: about none
	Conversation casefile.ID
	At, LastAt   time.Time
	Times        int
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
		SELECT a.id, a.kind, coalesce(a.case_id, cc.case_id), a.conversation_id, a.at, a.last_at, a.times
		FROM alarms a LEFT JOIN case_conversations cc ON cc.conversation_id = a.conversation_id
		WHERE a.cleared_at IS NULL ORDER BY a.at`)
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
