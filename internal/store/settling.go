package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
)

// Settlement is how a claimed letter ended, or when it is tried again.
type Settlement struct {
	Letter       casefile.ID
	Claim        casefile.ID
	State        string // sent, failed, unknown, queued (again), held, denied, dropped
	Reason       string
	MessageRef   string
	NotBefore    time.Time // with queued and unknown
	PerhapsTwice bool
	NotTried     bool // the provider was not asked: this counts as no attempt
	Followed     bool // filled by Settle: another letter of the conversation waited behind it
	At           time.Time

	Of          Letter           // the letter as it was claimed
	MovedTo     casefile.Private // the provider says the address moved
	Unreachable bool             // the provider says the address cannot be reached
}

// Settle ends claims, many in one statement, and returns the letters it ended. A
// claim that expired is still settled when nobody took the letter up since: whoever
// slept knows better than "unknown" how it ended. When somebody did, the letter is
// left alone, and marked as perhaps sent twice unless both mean the same message.
func (t *Tx) Settle(ctx context.Context, settlements []Settlement) (map[casefile.ID]bool, error) {
	done := make(map[casefile.ID]bool, len(settlements))
	if len(settlements) == 0 {
		return done, nil
	}
	w := columnsOf(settlements)
	followed := map[casefile.ID]bool{}
	err := t.query(ctx, "settle letters", func(rows pgx.Rows) error {
		var id casefile.ID
		var waits bool
		err := rows.Scan(&id, &waits)
		done[id], followed[id] = true, waits
		return err
	}, `
		UPDATE outbox o
		SET state = w.state, reason = w.reason, message_ref = CASE WHEN w.ref = '' THEN o.message_ref ELSE w.ref END,
		    not_before = coalesce(w.not_before, o.not_before), perhaps_twice = o.perhaps_twice OR w.twice,
		    sent_at = CASE WHEN w.state = 'sent' THEN w.at ELSE o.sent_at END,
		    attempts = o.attempts - CASE WHEN w.not_tried THEN 1 ELSE 0 END,
		    settled_at = w.at, claim = NULL, claimed_until = NULL
		FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::bool[], $8::bool[], $9::timestamptz[], $10::int[])
			AS w (id, claim, state, reason, ref, not_before, twice, not_tried, at, attempts)
		WHERE o.id = w.id AND (o.claim = w.claim OR o.state = 'unknown' AND o.attempts = w.attempts)
		RETURNING o.id, EXISTS (
			SELECT FROM outbox e WHERE e.conversation_id = o.conversation_id AND e.id <> o.id AND e.state IN ('queued', 'unknown'))`, w.args()...)
	if err != nil {
		return nil, err
	}
	for i := range settlements {
		settlements[i].Followed = followed[settlements[i].Letter]
	}
	var twice []casefile.ID
	var refs []string
	for _, s := range settlements {
		if !done[s.Letter] && s.State == "sent" {
			twice, refs = append(twice, s.Letter), append(refs, s.MessageRef)
		}
	}
	if len(twice) > 0 {
		t.later("mark as perhaps twice", anyRows, `
			UPDATE outbox o SET perhaps_twice = true
			FROM unnest($1::uuid[], $2::text[]) AS w (id, ref)
			WHERE o.id = w.id AND o.message_ref <> w.ref`, uuids(twice), refs)
	}
	return done, nil
}

// settlementColumns are settlements as Postgres takes many at once.
type settlementColumns struct {
	ids, claims          []casefile.ID
	states, reasons, ref []string
	notBefore, at        []time.Time
	twice, notTried      []bool
	attempts             []int32
}

func columnsOf(settlements []Settlement) (w settlementColumns) {
	for _, s := range settlements {
		w.ids, w.claims = append(w.ids, s.Letter), append(w.claims, s.Claim)
		w.states, w.reasons, w.ref = append(w.states, s.State), append(w.reasons, plain(s.Reason)), append(w.ref, s.MessageRef)
		w.notBefore, w.at = append(w.notBefore, s.NotBefore), append(w.at, s.At)
		w.twice, w.notTried = append(w.twice, s.PerhapsTwice), append(w.notTried, s.NotTried)
		w.attempts = append(w.attempts, int32(s.Of.Attempts)) // #nosec G115 -- attempts are counted in the same column
	}
	return w
}

func (w settlementColumns) args() []any {
	return []any{uuids(w.ids), uuids(w.claims), w.states, w.reasons, w.ref, whens(w.notBefore), w.twice, w.notTried, whens(w.at), w.attempts}
}

// ExpireClaims finds deliveries whose process died while sending: nobody knows how
// they ended. It returns how many.
func (t *Tx) ExpireClaims(ctx context.Context, now time.Time) (int64, error) {
	return t.exec(ctx, "expire claims", `
		UPDATE outbox SET state = 'unknown', reason = 'process ended while sending', claim = NULL, claimed_until = NULL, not_before = $1
		WHERE state = 'claimed' AND claimed_until < $1`, now)
}

// LockRefs keeps what is noted of messages by their provider's references apart from
// the writing down of their sending, until the transaction ends: whoever comes
// second sees what the first wrote. The order is the same for everybody.
func (t *Tx) LockRefs(ctx context.Context, channel casefile.ChannelName, refs []string) error {
	_, err := t.exec(ctx, "lock references", `
		SELECT pg_advisory_xact_lock(hashtextextended(w.ref, 7))
		FROM (SELECT DISTINCT $1 || ':' || r.ref AS ref FROM unnest($2::text[]) AS r (ref) ORDER BY 1) w`, string(channel), refs)
	return err
}

// Status is a provider's word on a message it took earlier.
type Status struct {
	MessageRef  string
	State       string // delivered or failed
	Reason      string // our word for what happened
	Unreachable bool
	At          time.Time
}

// NoteStatus writes the provider's word on the letters one message was for. A status
// never goes backwards: delivered stays delivered. A word on a message nobody has
// written down yet is kept for EarlyStatuses. Call LockRefs before.
func (t *Tx) NoteStatus(ctx context.Context, channel casefile.ChannelName, s Status) ([]Letter, error) {
	var letters []Letter
	err := t.query(ctx, "note status", func(rows pgx.Rows) error {
		l, _, err := scanLetter(rows)
		letters = append(letters, l)
		return err
	}, `
		UPDATE outbox o SET state = $3, settled_at = $5,
		       reason = CASE WHEN $3 = 'delivered' AND o.reason IN ($6, $7) THEN o.reason ELSE $4 END -- how alerts are counted, see RecentAlerts
		WHERE o.channel = $1 AND o.message_ref = $2 AND o.message_ref <> ''
		  AND o.state IN ('sent', 'unknown')
		RETURNING`+letterColumns, string(channel), s.MessageRef, s.State, s.Reason, s.At, ToldTogether, ToldForSeveral)
	if err != nil || len(letters) > 0 {
		return letters, err
	}
	_, err = t.exec(ctx, "keep early status", `
		INSERT INTO early_statuses AS e (channel, message_ref, state, reason, unreachable, at)
		SELECT $1, $2, $3, $4, $5, $6
		WHERE NOT EXISTS (SELECT FROM outbox o WHERE o.channel = $1 AND o.message_ref = $2 AND o.message_ref <> '')
		ON CONFLICT (channel, message_ref) DO UPDATE
		SET state = excluded.state, reason = excluded.reason, unreachable = excluded.unreachable
		WHERE e.state <> 'delivered'`, string(channel), s.MessageRef, s.State, s.Reason, s.Unreachable, s.At)
	return nil, err
}

// EarlyStatuses takes out what a provider said of messages before their sending was
// written down. Call LockRefs before.
func (t *Tx) EarlyStatuses(ctx context.Context, channel casefile.ChannelName, refs []string) ([]Status, error) {
	var early []Status
	err := t.query(ctx, "take early statuses", func(rows pgx.Rows) error {
		var s Status
		err := rows.Scan(&s.MessageRef, &s.State, &s.Reason, &s.Unreachable, clock{&s.At})
		early = append(early, s)
		return err
	}, `
		DELETE FROM early_statuses e WHERE e.channel = $1 AND e.message_ref = ANY($2)
		RETURNING e.message_ref, e.state, e.reason, e.unreachable, e.at`, string(channel), refs)
	return early, err
}

// claim runs a claiming statement and reads what it claimed.
func (t *Tx) claim(ctx context.Context, op string, claim casefile.ID, sql string, args ...any) ([]Letter, map[casefile.ID][]byte, error) {
	bodies := map[casefile.ID][]byte{}
	var letters []Letter
	err := t.query(ctx, op, func(rows pgx.Rows) error {
		l, body, err := scanLetter(rows)
		l.Claim = claim
		letters, bodies[l.ID] = append(letters, l), body
		return err
	}, sql, args...)
	return letters, bodies, err
}

// KeepAsSaid keeps alerts in the words in which they are about to leave: should
// nobody know whether they arrived, they are looked for in these words. Alerts
// belong to staff, so the line's own key seals them.
func (t *Tx) KeepAsSaid(ctx context.Context, said map[casefile.ID]casefile.Private) error {
	if len(said) == 0 {
		return nil
	}
	var ids []casefile.ID
	var bodies [][]byte
	for id, text := range said {
		sealed, err := t.keys.Own().SealText(bodyPlace(id), text)
		if err != nil {
			return err
		}
		ids, bodies = append(ids, id), append(bodies, sealed)
	}
	_, err := t.exec(ctx, "keep alerts as said", `
		UPDATE outbox o SET body_sealed = w.body
		FROM unnest($1::uuid[], $2::bytea[]) AS w (id, body) WHERE o.id = w.id`, uuids(ids), bodies)
	return err
}
