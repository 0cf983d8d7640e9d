package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// The priorities of the outbox. Alerts go ahead of everything.
const (
	FirstOfAll  = 0 // alerts
	DangerFirst = 1 // replies in a turn that heard danger
	InItsTurn   = 5 // everything else
)

// Letter is a row of the outbox: something to be said, and its delivery.
type Letter struct {
	ID           casefile.ID
	Conversation casefile.ID // to a person, or
	Staff        casefile.ID // to staff
	WrittenBy    casefile.ID // the member of staff who wrote it; zero: the line
	Escalation   casefile.ID
	Channel      casefile.ChannelName
	Purpose      casefile.Purpose
	Priority     int
	Turn         int
	Position     int
	TextKey      string
	Body         casefile.Private // empty for an alert: rendered when it is sent
	Digits       int
	State        string
	Reason       string
	PerhapsTwice bool
	Attempts     int
	NotBefore    time.Time
	MessageRef   string
	QueuedAt     time.Time
	SentAt       time.Time
	Unknown      bool // claimed from the state unknown: look before sending again
	Claim        casefile.ID
	Seq          int64
}

func bodyPlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "outbox", Column: "body", Row: id}
}

// Queue puts a letter into the outbox; key seals its body (the conversation's, or
// the line's own for staff). State is "queued" unless the gate said otherwise.
func (t *Tx) Queue(_ context.Context, l Letter, key seal.Key) error {
	sealed, err := key.SealText(bodyPlace(l.ID), l.Body)
	if err != nil {
		return err
	}
	t.later("queue letter", 1, `
		INSERT INTO outbox (id, conversation_id, staff_id, written_by, escalation_id, channel, purpose, priority, turn,
		                    position, text_key, body_sealed, digits, state, reason, not_before, queued_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		l.ID, l.Conversation, l.Staff, l.WrittenBy, l.Escalation, string(l.Channel), string(l.Purpose), l.Priority, l.Turn,
		l.Position, l.TextKey, sealed, l.Digits, orDefault(l.State, "queued"), plain(l.Reason), orDefault(l.NotBefore, l.QueuedAt), l.QueuedAt)
	return nil
}

// ClaimLetters claims what is due, most urgent first, never two of one
// conversation at once and never one ahead of an earlier one. Claims end at
// now+lease. Bodies come back sealed in the map, to be opened with OpenBody.
func (t *Tx) ClaimLetters(ctx context.Context, claim casefile.ID, limit int, lease time.Duration, now time.Time) ([]Letter, map[casefile.ID][]byte, error) {
	bodies := map[casefile.ID][]byte{}
	var letters []Letter
	err := t.query(ctx, "claim letters", func(rows pgx.Rows) error {
		l, body, err := scanLetter(rows)
		l.Claim = claim
		letters, bodies[l.ID] = append(letters, l), body
		return err
	}, `
		WITH due AS (
			SELECT o.id, o.state = 'unknown' AS was_unknown
			FROM outbox o
			WHERE o.state IN ('queued', 'unknown') AND o.not_before <= $1
			  AND NOT EXISTS (
				SELECT 1 FROM outbox e
				WHERE e.conversation_id = o.conversation_id AND e.seq < o.seq AND e.state IN ('queued', 'claimed', 'unknown'))
			ORDER BY o.priority, o.not_before, o.seq
			LIMIT $2
			FOR UPDATE OF o SKIP LOCKED)
		UPDATE outbox o
		SET state = 'claimed', claim = $3, claimed_until = $4, attempts = o.attempts + 1
		FROM due WHERE o.id = due.id
		RETURNING`+letterColumns+`, due.was_unknown`, now, limit, claim, now.Add(lease))
	return letters, bodies, err
}

// plain is a reason as it may stand in a plain column: that somebody said it is not
// safe is theirs, and stays in the sealed session.
func plain(reason string) string {
	if reason == casefile.ReasonUnsafe {
		return casefile.ReasonQuiet
	}
	return reason
}

const letterColumns = `
	o.id, o.conversation_id, o.staff_id, o.written_by, o.escalation_id, o.channel, o.purpose, o.priority, coalesce(o.turn, 0),
	o.position, o.text_key, o.body_sealed, o.digits, o.state, o.reason, o.perhaps_twice, o.attempts, o.not_before,
	o.message_ref, o.queued_at, o.sent_at, o.seq`

func scanLetter(rows pgx.Rows) (Letter, []byte, error) {
	var l Letter
	var body []byte
	dest := []any{&l.ID, &l.Conversation, &l.Staff, &l.WrittenBy, &l.Escalation, &l.Channel, &l.Purpose, &l.Priority, &l.Turn,
		&l.Position, &l.TextKey, &body, &l.Digits, &l.State, &l.Reason, &l.PerhapsTwice, &l.Attempts, clock{&l.NotBefore},
		&l.MessageRef, clock{&l.QueuedAt}, clock{&l.SentAt}, &l.Seq}
	if len(rows.FieldDescriptions()) > len(dest) {
		dest = append(dest, &l.Unknown)
	}
	err := rows.Scan(dest...)
	return l, body, err
}

// OpenBody opens the body of a letter.
func OpenBody(key seal.Key, id casefile.ID, sealed []byte) (casefile.Private, error) {
	return key.OpenText(bodyPlace(id), sealed)
}

// ConversationLetters reads everything said, or meant to be said, in a
// conversation, oldest first.
func (t *Tx) ConversationLetters(ctx context.Context, c Conversation) ([]Letter, error) {
	var letters []Letter
	err := t.query(ctx, "read letters", func(rows pgx.Rows) error {
		l, body, err := scanLetter(rows)
		if err == nil {
			l.Body, err = OpenBody(c.Key, l.ID, body)
		}
		letters = append(letters, l)
		return err
	}, `
		SELECT`+letterColumns+`
		FROM outbox o WHERE o.conversation_id = $1 ORDER BY o.seq`, c.ID)
	return letters, err
}

// Settlement is how a claimed letter ended, or when it is tried again.
type Settlement struct {
	Letter       casefile.ID
	Claim        casefile.ID
	State        string // sent, failed, unknown, queued (again), held, denied, dropped
	Reason       string
	MessageRef   string
	NotBefore    time.Time // with queued and unknown
	PerhapsTwice bool
	At           time.Time

	Of          Letter           // the letter as it was claimed
	MovedTo     casefile.Private // the provider says the address moved
	Unreachable bool             // the provider says the address cannot be reached
}

// Settle ends claims. A claim that expired meanwhile and belongs to somebody else
// is left alone.
func (t *Tx) Settle(_ context.Context, settlements []Settlement) error {
	for _, s := range settlements {
		t.later("settle letter", anyRows, `
			UPDATE outbox
			SET state = $3, reason = $4, message_ref = CASE WHEN $5 = '' THEN message_ref ELSE $5 END,
			    not_before = coalesce($6, not_before), perhaps_twice = perhaps_twice OR $7,
			    sent_at = CASE WHEN $3 = 'sent' THEN $8 ELSE sent_at END,
			    settled_at = $8, claim = NULL, claimed_until = NULL
			WHERE id = $1 AND claim = $2`,
			s.Letter, s.Claim, s.State, plain(s.Reason), s.MessageRef, when(s.NotBefore), s.PerhapsTwice, s.At)
	}
	return nil
}

// ExpireClaims finds deliveries whose process died while sending: nobody knows how
// they ended. It returns how many.
func (t *Tx) ExpireClaims(ctx context.Context, now time.Time) (int64, error) {
	return t.exec(ctx, "expire claims", `
		UPDATE outbox SET state = 'unknown', reason = 'process ended while sending', claim = NULL, claimed_until = NULL, not_before = $1
		WHERE state = 'claimed' AND claimed_until < $1`, now)
}

// ReleaseHeld queues the held replies of a conversation: they wrote again.
func (t *Tx) ReleaseHeld(ctx context.Context, conversation casefile.ID, now time.Time) (int64, error) {
	return t.exec(ctx, "release held replies", `
		UPDATE outbox SET state = 'queued', reason = '', not_before = $2
		WHERE conversation_id = $1 AND state = 'held'`, conversation, now)
}

// NoteStatus writes the provider's word on a letter it took earlier. A status never
// goes backwards: delivered stays delivered. It returns the letter it belongs to,
// or ErrNotFound.
func (t *Tx) NoteStatus(ctx context.Context, channel casefile.ChannelName, ref, state, reason string, now time.Time) (Letter, error) {
	var l Letter
	err := t.query(ctx, "note status", func(rows pgx.Rows) error {
		var err error
		l, _, err = scanLetter(rows)
		return err
	}, fmt.Sprintf(`
		UPDATE outbox o SET state = $3, reason = $4, settled_at = $5
		WHERE o.channel = $1 AND o.message_ref = $2 AND o.message_ref <> ''
		  AND o.state IN ('sent', 'unknown')
		RETURNING %s`, letterColumns), string(channel), ref, state, reason, now)
	if err == nil && l.ID.IsZero() {
		err = ErrNotFound
	}
	return l, err
}
