package store

import (
	"context"
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
	Override     casefile.ID // staff decided to write against the contact policy; zero: the gate decides alone
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
	ClaimedUntil time.Time // only for Queue, with a Claim
	Seq          int64
}

func bodyPlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "outbox", Column: "body", Row: id}
}

// Queue puts a letter into the outbox; key seals its body (the conversation's, or
// the line's own for staff). State is "queued" unless the gate said otherwise; one that
// is "claimed" leaves as soon as the transaction is committed, by whoever queued it.
func (t *Tx) Queue(_ context.Context, l Letter, key seal.Key) error {
	sealed, err := key.SealText(bodyPlace(l.ID), l.Body)
	if err != nil {
		return err
	}
	t.rows(queueLetter, l.ID,
		l.ID, l.Conversation, l.Staff, l.WrittenBy, l.Escalation, string(l.Channel), string(l.Purpose), l.Priority, l.Turn,
		l.Position, l.TextKey, sealed, l.Digits, orDefault(l.State, "queued"), plain(l.Reason), orDefault(l.NotBefore, l.QueuedAt), l.QueuedAt, l.Override,
		l.Claim, when(l.ClaimedUntil), l.Attempts)
	return nil
}

// queueLetter keeps the order in which letters were queued: theirs is the order of seq.
var queueLetter = &many{rank: 7, op: "queue letter", exact: true, sql: `
	INSERT INTO outbox (id, conversation_id, staff_id, written_by, escalation_id, channel, purpose, priority, turn,
	                    position, text_key, body_sealed, digits, state, reason, not_before, queued_at, override_id,
	                    claim, claimed_until, attempts)
	SELECT w.id, w.conversation_id, w.staff_id, w.written_by, w.escalation_id, w.channel, w.purpose, w.priority, w.turn,
	       w.position, w.text_key, w.sealed, w.digits, w.state, w.reason, w.not_before, w.queued_at, w.override_id,
	       w.claim, w.claimed_until, w.attempts
	FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::int[], $9::bigint[],
	            $10::int[], $11::text[], $12::bytea[], $13::int[], $14::text[], $15::text[], $16::timestamptz[], $17::timestamptz[], $18::uuid[],
	            $19::uuid[], $20::timestamptz[], $21::int[])
	     AS w (id, conversation_id, staff_id, written_by, escalation_id, channel, purpose, priority, turn,
	           position, text_key, sealed, digits, state, reason, not_before, queued_at, override_id, claim, claimed_until, attempts)`}

// Claiming says what is claimed: on which channels, and how much of it. Claims end
// at Now+Lease.
type Claiming struct {
	Claim    casefile.ID
	Channels []casefile.ChannelName // those of one provider; with Others, all but these
	Others   bool
	Urgent   int // at most so many alerts and replies to danger
	Ordinary int // at most so many others
	Lease    time.Duration
	Now      time.Time
}

// The letters of some channels, or of all others.
const (
	onChannels = `o.channel = ANY($5)`
	elsewhere  = `o.channel <> ALL($5)`
)

// claimOf claims urgent and ordinary letters apart, so that neither takes the other's
// places.
func claimOf(where string) string {
	due := `
			SELECT o.id, o.state = 'unknown' AS was_unknown
			FROM outbox o
			WHERE o.state IN ('queued', 'unknown') AND o.not_before <= $1 AND ` + where + `
			  AND NOT EXISTS (
				SELECT 1 FROM outbox e
				WHERE e.conversation_id = o.conversation_id AND e.seq < o.seq AND e.state IN ('queued', 'claimed', 'unknown'))`
	return `
		WITH urgent AS (` + due + ` AND o.priority <= 1
			ORDER BY o.priority, o.not_before, o.seq
			LIMIT $2
			FOR UPDATE OF o SKIP LOCKED),
		ordinary AS (` + due + ` AND o.priority > 1
			ORDER BY o.priority, o.not_before, o.seq
			LIMIT $6
			FOR UPDATE OF o SKIP LOCKED),
		due AS (SELECT * FROM urgent UNION ALL SELECT * FROM ordinary)
		UPDATE outbox o
		SET state = 'claimed', claim = $3, claimed_until = $4, attempts = o.attempts + 1
		FROM due WHERE o.id = due.id
		RETURNING` + letterColumns + `, due.was_unknown`
}

var claimHere, claimElsewhere = claimOf(onChannels), claimOf(elsewhere)

// ClaimLetters claims what is due, most urgent first, never two of one
// conversation at once and never one ahead of an earlier one. Bodies come back
// sealed in the map, to be opened with OpenBody.
func (t *Tx) ClaimLetters(ctx context.Context, c Claiming) ([]Letter, map[casefile.ID][]byte, error) {
	sql := claimHere
	if c.Others {
		sql = claimElsewhere
	}
	return t.claim(ctx, "claim letters", c.Claim, sql, c.Now, c.Urgent, c.Claim, c.Now.Add(c.Lease), names(c.Channels), c.Ordinary)
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
	o.message_ref, o.queued_at, o.sent_at, o.seq, o.override_id`

func scanLetter(rows pgx.Rows) (Letter, []byte, error) {
	var l Letter
	var body []byte
	dest := []any{&l.ID, &l.Conversation, &l.Staff, &l.WrittenBy, &l.Escalation, &l.Channel, &l.Purpose, &l.Priority, &l.Turn,
		&l.Position, &l.TextKey, &body, &l.Digits, &l.State, &l.Reason, &l.PerhapsTwice, &l.Attempts, clock{&l.NotBefore},
		&l.MessageRef, clock{&l.QueuedAt}, clock{&l.SentAt}, &l.Seq, &l.Override}
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
	return t.lettersIn(ctx, "read letters", c, `o.conversation_id = $1 ORDER BY o.seq`)
}

// Owed tells of conversations in which something said earlier is not settled yet, or
// held: what is said next waits for its turn behind it. With their lanes locked, no
// other turn adds to it.
func (t *Tx) Owed(ctx context.Context, conversations []casefile.ID) (map[casefile.ID]bool, error) {
	owed := map[casefile.ID]bool{}
	if len(conversations) == 0 {
		return owed, nil
	}
	err := t.aside(ctx, "read what is owed", func(rows pgx.Rows) error {
		var id casefile.ID
		err := rows.Scan(&id)
		owed[id] = true
		return err
	}, `
		SELECT DISTINCT o.conversation_id FROM outbox o
		WHERE o.conversation_id = ANY($1) AND o.state IN ('queued', 'claimed', 'unknown', 'held')`, uuids(conversations))
	return owed, err
}

// ReleaseHeld queues the held replies of conversations: they wrote again.
func (t *Tx) ReleaseHeld(ctx context.Context, conversations []casefile.ID, now time.Time) (int64, error) {
	return t.exec(ctx, "release held replies", `
		UPDATE outbox SET state = 'queued', reason = '', not_before = $2, released_at = $2
		WHERE conversation_id = ANY($1) AND state = 'held'`, uuids(conversations), now)
}
