package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// What a batch of claimed letters needs to know, each kind in one read.

// ConversationsByID reads conversations without locking them. One that does not open
// is missing and named in broken: it must not hold up the others. A forgotten one is
// there, and empty.
func (t *Tx) ConversationsByID(ctx context.Context, ids []casefile.ID) (found map[casefile.ID]Conversation, broken map[casefile.ID]error, err error) {
	found, broken = map[casefile.ID]Conversation{}, map[casefile.ID]error{}
	if len(ids) == 0 {
		return found, broken, nil
	}
	err = t.query(ctx, "read conversations", func(rows pgx.Rows) error {
		var one []Conversation
		var id casefile.ID
		if err := rows.Scan(append([]any{&id}, skipped(rows)...)...); err != nil {
			return err
		}
		switch err := t.scanConversation(rows, &one); {
		case errors.Is(err, seal.ErrSealed):
			broken[id] = err
		case err != nil:
			return err
		default:
			found[id] = one[0]
		}
		return nil
	}, `
		SELECT`+conversationColumns+`
		FROM conversations c LEFT JOIN case_conversations cc ON cc.conversation_id = c.id
		WHERE c.id = ANY($1)`, uuids(ids))
	return found, broken, err
}

// skipped takes every column of a row but the first, and reads none of them.
func skipped(rows pgx.Rows) []any { return make([]any, len(rows.FieldDescriptions())-1) }

// To is a member of staff on one channel.
type To struct {
	Staff   casefile.ID
	Channel casefile.ChannelName
}

func columnsOfTo(to []To) (staff []casefile.ID, channels []string) {
	for _, one := range to {
		staff, channels = append(staff, one.Staff), append(channels, string(one.Channel))
	}
	return staff, channels
}

// StaffReaches reads where members of staff are reached; who has no address on that
// channel, or is disabled, is missing. The addresses stay locked until the
// transaction ends, so that two processes never both think that they are the first
// to write to somebody.
func (t *Tx) StaffReaches(ctx context.Context, to []To) (map[To]Reach, error) {
	found := map[To]Reach{}
	if len(to) == 0 {
		return found, nil
	}
	staff, channels := columnsOfTo(to)
	err := t.query(ctx, "read staff addresses", func(rows pgx.Rows) error {
		var who To
		var r Reach
		var id casefile.ID
		var sealed []byte
		err := rows.Scan(&who.Staff, &who.Channel, &id, &sealed, &r.Lang)
		if err == nil {
			r.Address, err = t.keys.Own().OpenText(staffAddressPlace(id), sealed)
		}
		found[who] = r
		return err
	}, `
		SELECT a.staff_id, a.channel, a.id, a.address_sealed, s.lang
		FROM staff_addresses a JOIN staff s ON s.id = a.staff_id
		WHERE s.disabled_at IS NULL AND (a.staff_id, a.channel) IN (SELECT * FROM unnest($1::uuid[], $2::text[]))
		ORDER BY a.id
		FOR NO KEY UPDATE OF a`, uuids(staff), channels)
	return found, err
}

// AlertsOf reads what the alerts of letters say. A letter is missing whose alert was
// answered or is over, so that nobody needs to be woken, or for which a newer letter
// says the same to the same person: what piled up while a provider was away is said
// once.
func (t *Tx) AlertsOf(ctx context.Context, letters []Letter) (map[casefile.ID]AlertView, error) {
	found := map[casefile.ID]AlertView{}
	if len(letters) == 0 {
		return found, nil
	}
	var ids []casefile.ID
	for _, l := range letters {
		ids = append(ids, l.ID)
	}
	err := t.query(ctx, "read alerts of letters", func(rows pgx.Rows) error {
		var id casefile.ID
		var urgency string
		var v AlertView
		err := rows.Scan(&id, &v.Code, &urgency, clock{&v.StartedAt}, &v.Case)
		v.Urgency, _ = casefile.ParseUrgency(urgency) // the schema allows no other word
		found[id] = v
		return err
	}, `
		SELECT l.id, a.code, e.urgency, e.started_at, e.case_id
		FROM outbox l
		JOIN alerts a ON a.escalation_id = l.escalation_id AND a.staff_id = l.staff_id
		JOIN escalations e ON e.id = a.escalation_id AND e.state = 'climbing'
		WHERE l.id = ANY($1) AND NOT EXISTS (
			SELECT 1 FROM outbox o
			WHERE o.escalation_id = a.escalation_id AND o.staff_id = a.staff_id AND o.channel = l.channel
			  AND o.seq > l.seq AND o.state IN ('queued', 'claimed', 'unknown'))`, uuids(ids))
	return found, err
}

// ToldTogether is the reason of an alert that was said in one message with others.
const ToldTogether = "told together"

// ToldForSeveral is the reason of the alert whose letter carried that message.
const ToldForSeveral = "told for several"

// Recent is how much one member of staff was alerted of late on one channel.
type Recent struct {
	Messages int       // sent, or on their way
	Last     time.Time // the newest of them; zero: none
}

// RecentAlerts reads it, since a moment. Alerts said together are one message. Those
// on their way for another claim count as sent when they were claimed, for lease: whoever
// claimed them may have died, and what is new does not wait for that to be known.
func (t *Tx) RecentAlerts(ctx context.Context, to []To, claim casefile.ID, since time.Time, lease time.Duration) (map[To]Recent, error) {
	found := map[To]Recent{}
	staff, channels := columnsOfTo(to)
	err := t.query(ctx, "count recent alerts", func(rows pgx.Rows) error {
		var who To
		var r Recent
		err := rows.Scan(&who.Staff, &who.Channel, &r.Messages, clock{&r.Last})
		found[who] = r
		return err
	}, `
		SELECT w.staff, w.channel, count(*), max(o.at)
		FROM unnest($1::uuid[], $2::text[]) AS w (staff, channel)
		CROSS JOIN LATERAL (
			SELECT s.sent_at AS at FROM outbox s
			WHERE s.purpose = 'alert' AND s.staff_id = w.staff AND s.channel = w.channel AND s.sent_at > $4 AND s.reason <> $6
			UNION ALL
			SELECT c.claimed_until - $5::interval FROM outbox c
			WHERE c.purpose = 'alert' AND c.staff_id = w.staff AND c.channel = w.channel AND c.state = 'claimed' AND c.claim <> $3
			  AND c.claimed_until - $5::interval > $4) o
		GROUP BY w.staff, w.channel`, uuids(staff), channels, claim, since, lease, ToldTogether)
	return found, err
}

// ClaimWaiting claims other alerts that wait for somebody on a channel, also
// one that is not due yet: it is told with the others. unknown says whether one whose
// outcome is unknown is among them.
func (t *Tx) ClaimWaiting(ctx context.Context, to To, claim casefile.ID, until time.Time, unknown bool, limit int) ([]Letter, error) {
	letters, _, err := t.claim(ctx, "claim waiting alerts", claim, `
		UPDATE outbox o
		SET state = 'claimed', claim = $3, claimed_until = $4, attempts = o.attempts + 1
		FROM (
			SELECT q.id, q.state = 'unknown' AS was_unknown FROM outbox q
			WHERE q.purpose = 'alert' AND q.staff_id = $1 AND q.channel = $2 AND (q.state = 'queued' OR $6 AND q.state = 'unknown')
			ORDER BY q.seq
			LIMIT $5
			FOR UPDATE SKIP LOCKED) due
		WHERE o.id = due.id
		RETURNING`+letterColumns+`, due.was_unknown`, to.Staff, string(to.Channel), claim, until, limit, unknown)
	return letters, err
}

// DeferAlerts lets the alerts that wait for somebody on a channel wait until a
// moment.
func (t *Tx) DeferAlerts(ctx context.Context, to To, until time.Time) error {
	_, err := t.exec(ctx, "defer alerts", `
		UPDATE outbox SET not_before = $3
		WHERE id IN (
			SELECT q.id FROM outbox q
			WHERE q.purpose = 'alert' AND q.staff_id = $1 AND q.channel = $2 AND q.state = 'queued' AND q.not_before < $3
			ORDER BY q.seq
			FOR UPDATE SKIP LOCKED)`, to.Staff, string(to.Channel), until)
	return err
}

// AlertsWaiting is how many cases nobody has acknowledged members of staff were
// alerted to. Cases that are kept from anybody are not counted: the number would tell
// those they are kept from.
func (t *Tx) AlertsWaiting(ctx context.Context, staff []casefile.ID) (map[casefile.ID]int, error) {
	found := map[casefile.ID]int{}
	err := t.query(ctx, "count waiting alerts", func(rows pgx.Rows) error {
		var id casefile.ID
		var n int
		err := rows.Scan(&id, &n)
		found[id] = n
		return err
	}, `
		SELECT a.staff_id, count(*) FROM alerts a JOIN escalations e ON e.id = a.escalation_id AND e.state = 'climbing'
		WHERE a.staff_id = ANY($1) AND NOT EXISTS (
			SELECT FROM walls w JOIN case_conversations cc ON cc.conversation_id = w.conversation_id WHERE cc.case_id = e.case_id)
		GROUP BY a.staff_id`, uuids(staff))
	return found, err
}

// OthersSent are the provider's references of other messages that went to the same
// person, or member of staff, since a little before each of these letters was queued.
// The same words are often said twice: none of these is the letter that is looked for.
func (t *Tx) OthersSent(ctx context.Context, letters []casefile.ID) (map[casefile.ID][]string, error) {
	found := map[casefile.ID][]string{}
	if len(letters) == 0 {
		return found, nil
	}
	err := t.query(ctx, "read references of other letters", func(rows pgx.Rows) error {
		var id casefile.ID
		var ref string
		err := rows.Scan(&id, &ref)
		found[id] = append(found[id], ref)
		return err
	}, `
		SELECT l.id, o.message_ref
		FROM outbox l JOIN outbox o ON o.conversation_id = l.conversation_id
		WHERE l.id = ANY($1) AND o.id <> l.id AND o.message_ref <> '' AND o.channel = l.channel AND o.sent_at > l.queued_at - interval '1 minute'
		UNION ALL
		SELECT l.id, o.message_ref
		FROM outbox l JOIN outbox o ON o.staff_id = l.staff_id
		WHERE l.id = ANY($1) AND o.id <> l.id AND o.message_ref <> '' AND o.channel = l.channel AND o.sent_at > l.queued_at - interval '1 minute'`, uuids(letters))
	return found, err
}

// StaffAddressesWork notes that addresses reached their owners.
func (t *Tx) StaffAddressesWork(ctx context.Context, to []To) error {
	if len(to) == 0 {
		return nil
	}
	staff, channels := columnsOfTo(to)
	_, err := t.exec(ctx, "note working staff addresses", `
		UPDATE staff_addresses SET failed_at = NULL
		WHERE failed_at IS NOT NULL AND (staff_id, channel) IN (SELECT * FROM unnest($1::uuid[], $2::text[]))`, uuids(staff), channels)
	return err
}

// names hands channels to Postgres as an array.
func names(channels []casefile.ChannelName) []string {
	out := make([]string, len(channels))
	for i, c := range channels {
		out[i] = string(c)
	}
	return out
}
