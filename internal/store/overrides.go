package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// OverrideState says where an override stands.
type OverrideState string

// The states of an override; the schema draws them.
const (
	OverrideWaiting   OverrideState = "waiting"
	OverrideAlone     OverrideState = "alone"
	OverrideConfirmed OverrideState = "confirmed"
	OverrideRefused   OverrideState = "refused"
	OverrideWithdrawn OverrideState = "withdrawn"
	OverrideLapsed    OverrideState = "lapsed"
)

// What goes first of an override.
const (
	HelloFirst = "hello" // the line that says nothing; what staff wrote is held until it is answered
	WordsFirst = "words" // what staff wrote
)

// Override is that a named member of staff writes to a person where the contact
// policy says no.
type Override struct {
	ID           casefile.ID
	Case         casefile.ID
	Conversation casefile.ID // its key seals words and reason
	First        string      // HelloFirst or WordsFirst
	State        OverrideState
	Text         casefile.Private
	Reason       casefile.Private
	HeardAt      time.Time // the person's last message, as it was weighed
	AskedBy      casefile.ID
	AskedAt      time.Time
	DecidedBy    casefile.ID
	DecidedAt    time.Time
	Until        time.Time
}

// Stands reports whether a letter may leave under the override: it was decided, it is
// not over, and the person was not heard since it was weighed.
func (o Override) Stands(heard, now time.Time) bool {
	return (o.State == OverrideAlone || o.State == OverrideConfirmed) && o.HeardAt.Equal(heard) && now.Before(o.Until)
}

// Open reports whether an override can still be decided.
func (o Override) Open(heard, now time.Time) bool {
	return o.State == OverrideWaiting && o.HeardAt.Equal(heard) && now.Before(o.Until)
}

func overridePlace(column string, id casefile.ID) seal.Place {
	return seal.Place{Table: "overrides", Column: column, Row: id}
}

// AddOverride writes an override, sealed under the key of its conversation.
// ErrConflict when it exists, or when another one of the conversation waits.
func (t *Tx) AddOverride(ctx context.Context, o Override, key seal.Key) error {
	text, err := key.SealText(overridePlace("text", o.ID), o.Text)
	if err != nil {
		return err
	}
	reason, err := key.SealText(overridePlace("reason", o.ID), o.Reason)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, "add override", `
		INSERT INTO overrides (id, case_id, conversation_id, goes_first, state, text_sealed, reason_sealed, heard_at, asked_by, asked_at,
		                       decided_by, decided_at, until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		o.ID, o.Case, o.Conversation, o.First, string(o.State), text, reason, o.HeardAt, o.AskedBy, o.AskedAt,
		o.DecidedBy, when(o.DecidedAt), o.Until)
	return err
}

// DecideOverride ends the waiting of an override. ErrStale when it does not wait any
// more.
func (t *Tx) DecideOverride(_ context.Context, id casefile.ID, state OverrideState, by casefile.ID, now, until time.Time) error {
	t.later("decide override", 1, `
		UPDATE overrides SET state = $2, decided_by = $3, decided_at = $4, until = $5
		WHERE id = $1 AND state = 'waiting'`, id, string(state), by, now, until)
	return nil
}

// LapseOverrides ends what waits in a conversation: nobody decides it any more.
func (t *Tx) LapseOverrides(ctx context.Context, conversation casefile.ID, now time.Time) (int64, error) {
	return t.exec(ctx, "lapse overrides", `
		UPDATE overrides SET state = 'lapsed', decided_at = $2 WHERE conversation_id = $1 AND state = 'waiting'`, conversation, now)
}

const overrideColumns = `
	o.id, o.case_id, o.conversation_id, o.goes_first, o.state, o.text_sealed, o.reason_sealed, o.heard_at, o.asked_by, o.asked_at,
	o.decided_by, o.decided_at, o.until`

// overrides reads overrides; without keys their words stay sealed.
func (t *Tx) overrides(ctx context.Context, op string, keys map[casefile.ID]seal.Key, sql string, args ...any) ([]Override, error) {
	var found []Override
	err := t.query(ctx, op, func(rows pgx.Rows) error {
		var o Override
		var text, reason []byte
		err := rows.Scan(&o.ID, &o.Case, &o.Conversation, &o.First, &o.State, &text, &reason, clock{&o.HeardAt}, &o.AskedBy, clock{&o.AskedAt},
			&o.DecidedBy, clock{&o.DecidedAt}, clock{&o.Until})
		if key, ok := keys[o.Conversation]; ok && err == nil {
			o.Text, _ = key.OpenText(overridePlace("text", o.ID), text) // of a damaged one stays who and when
			o.Reason, _ = key.OpenText(overridePlace("reason", o.ID), reason)
		}
		found = append(found, o)
		return err
	}, sql, args...)
	return found, err
}

// CaseOverrides reads the overrides of a case, oldest first.
func (t *Tx) CaseOverrides(ctx context.Context, f Folder) ([]Override, error) {
	keys := map[casefile.ID]seal.Key{}
	for _, c := range f.Conversations {
		keys[c.ID] = c.Key
	}
	return t.overrides(ctx, "read overrides of case", keys, `
		SELECT`+overrideColumns+` FROM overrides o WHERE o.case_id = $1 ORDER BY o.asked_at, o.id`, f.ID)
}

// OverridesByID reads overrides without their words.
func (t *Tx) OverridesByID(ctx context.Context, ids []casefile.ID) (map[casefile.ID]Override, error) {
	byID := map[casefile.ID]Override{}
	if len(ids) == 0 {
		return byID, nil
	}
	found, err := t.overrides(ctx, "read overrides", nil, `
		SELECT`+overrideColumns+` FROM overrides o WHERE o.id = ANY($1)`, uuids(ids))
	for _, o := range found {
		byID[o.ID] = o
	}
	return byID, err
}

// OverridesWaiting reads what waits for a second member of staff, oldest first,
// without its words.
func (t *Tx) OverridesWaiting(ctx context.Context, now time.Time) ([]Override, error) {
	return t.overrides(ctx, "read waiting overrides", nil, `
		SELECT`+overrideColumns+`
		FROM overrides o JOIN conversations c ON c.id = o.conversation_id
		WHERE o.state = 'waiting' AND o.until > $1 AND c.last_in_at = o.heard_at
		ORDER BY o.asked_at, o.id`, now)
}
