package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// MessageState is where a message stands.
//
//	waiting -> taken        answered by the one turn it belongs to
//	waiting -> set_aside    its turn kept failing: a person looks at it
//	noted                   nothing to answer: staff, a status, an unknown kind
type MessageState string

// The states, as drawn above and enforced by the schema.
const (
	Waiting  MessageState = "waiting"
	Taken    MessageState = "taken"
	Recorded MessageState = "noted"
	SetAside MessageState = "set_aside"
)

// Message is one thing a provider delivered.
type Message struct {
	ID           casefile.ID
	Channel      casefile.ChannelName
	ProviderID   string
	Conversation casefile.ID
	Staff        casefile.ID
	Kind         casefile.MessageKind
	Ref          string // the provider's id of the message
	Order        int64
	AnswersTurn  int // of a pressed button: the turn that asked; 0: nobody told
	State        MessageState
	Turn         int
	Attempts     int
	Text         casefile.Private
	Media        casefile.Private
	Raw          casefile.Private
	SentAt       time.Time
	ReceivedAt   time.Time
	Arrival      int64 // the order of commits; zero until it is stored
}

func messagePlace(column string, id casefile.ID) seal.Place {
	return seal.Place{Table: "messages", Column: column, Row: id}
}

// sealedMessages is a batch as columns, ready for unnest.
type sealedMessages struct {
	ids, conversations, staff                []casefile.ID
	channels, providers, kinds, refs, states []string
	orders, answers                          []int64
	texts, media, raws                       [][]byte
	sent, received                           []time.Time
}

func (b *sealedMessages) add(m Message, key seal.Key) error {
	for _, column := range []struct {
		name string
		text casefile.Private
		to   *[][]byte
	}{{"text", m.Text, &b.texts}, {"media", m.Media, &b.media}, {"raw", m.Raw, &b.raws}} {
		sealed, err := key.SealText(messagePlace(column.name, m.ID), column.text)
		if err != nil {
			return err
		}
		*column.to = append(*column.to, sealed)
	}
	b.ids, b.conversations, b.staff = append(b.ids, m.ID), append(b.conversations, m.Conversation), append(b.staff, m.Staff)
	b.channels, b.providers = append(b.channels, string(m.Channel)), append(b.providers, m.ProviderID)
	b.kinds, b.refs = append(b.kinds, string(m.Kind)), append(b.refs, m.Ref)
	b.states, b.orders = append(b.states, string(m.State)), append(b.orders, m.Order)
	b.answers = append(b.answers, int64(m.AnswersTurn))
	b.sent, b.received = append(b.sent, m.SentAt), append(b.received, m.ReceivedAt)
	return nil
}

// StoreMessages stores a batch, each provider id once, and returns the ids that
// were new. keys holds the data key of each conversation; what belongs to none is
// sealed under the line's own key.
func (t *Tx) StoreMessages(ctx context.Context, batch []Message, keys map[casefile.ID]seal.Key) (map[casefile.ID]bool, error) {
	var b sealedMessages
	for _, m := range batch {
		key, ok := keys[m.Conversation]
		if !ok {
			key = t.keys.Own()
		}
		if err := b.add(m, key); err != nil {
			return nil, err
		}
	}
	stored := map[casefile.ID]bool{}
	if len(batch) == 0 {
		return stored, nil
	}
	err := t.query(ctx, "store messages", func(rows pgx.Rows) error {
		var id casefile.ID
		err := rows.Scan(&id)
		stored[id] = true
		return err
	}, `
		INSERT INTO messages (id, conversation_id, staff_id, channel, provider_id, kind, message_ref, state,
		                      provider_order, answers_turn, text_sealed, media_sealed, raw_sealed, sent_at, received_at)
		SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
		                     $9::bigint[], $10::bigint[], $11::bytea[], $12::bytea[], $13::bytea[], $14::timestamptz[], $15::timestamptz[])
		ON CONFLICT (channel, provider_id) DO NOTHING
		RETURNING id`,
		uuids(b.ids), uuids(b.conversations), uuids(b.staff), b.channels, b.providers, b.kinds, b.refs, b.states,
		b.orders, b.answers, b.texts, b.media, b.raws, whens(b.sent), whens(b.received))
	return stored, err
}

// NewMessages says which of some messages are not stored yet; of two with the same
// provider id the first. With the lanes of their conversations locked this holds until
// the transaction ends, but for a copy that is being stored at this moment by somebody
// without the lane: then StoreNew fails.
func (t *Tx) NewMessages(ctx context.Context, messages []Message) (map[casefile.ID]bool, error) {
	fresh := map[casefile.ID]bool{}
	if len(messages) == 0 {
		return fresh, nil
	}
	type delivery struct {
		channel  casefile.ChannelName
		provider string
	}
	seen := map[delivery]bool{}
	channels, providers := make([]string, len(messages)), make([]string, len(messages))
	for i, m := range messages {
		channels[i], providers[i] = string(m.Channel), m.ProviderID
	}
	err := t.query(ctx, "find stored messages", func(rows pgx.Rows) error {
		var d delivery
		err := rows.Scan(&d.channel, &d.provider)
		seen[d] = true
		return err
	}, `
		SELECT m.channel, m.provider_id
		FROM unnest($1::text[], $2::text[]) AS w (channel, provider_id)
		JOIN messages m ON m.channel = w.channel AND m.provider_id = w.provider_id`, channels, providers)
	for _, m := range messages {
		d := delivery{m.Channel, m.ProviderID}
		if !seen[d] {
			fresh[m.ID], seen[d] = true, true
		}
	}
	return fresh, err
}

// StoreNew stores a message that NewMessages called new, in whatever state it is: taken
// by a turn of this transaction, or waiting. ErrConflict when it was stored meanwhile.
func (t *Tx) StoreNew(_ context.Context, m Message, key seal.Key) error {
	var b sealedMessages
	if err := b.add(m, key); err != nil {
		return err
	}
	var turn *int64
	if m.State == Taken {
		n := int64(m.Turn)
		turn = &n
	}
	t.rows(storeNew, m.ID, m.ID, m.Conversation, b.channels[0], m.ProviderID, b.kinds[0], m.Ref, b.states[0], turn,
		m.Order, b.answers[0], b.texts[0], b.media[0], b.raws[0], when(m.SentAt), m.ReceivedAt)
	return nil
}

var storeNew = &many{rank: 3, op: "store new messages", exact: true, sql: `
	INSERT INTO messages (id, conversation_id, channel, provider_id, kind, message_ref, state, turn,
	                      provider_order, answers_turn, text_sealed, media_sealed, raw_sealed, sent_at, received_at)
	SELECT w.id, w.conversation_id, w.channel, w.provider_id, w.kind, w.ref, w.state, w.turn,
	       w.provider_order, w.answers_turn, w.text, w.media, w.raw, w.sent_at, w.received_at
	FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[],
	            $9::bigint[], $10::bigint[], $11::bytea[], $12::bytea[], $13::bytea[], $14::timestamptz[], $15::timestamptz[])
	     AS w (id, conversation_id, channel, provider_id, kind, ref, state, turn,
	           provider_order, answers_turn, text, media, raw, sent_at, received_at)`}

const messageColumns = `
	m.id, m.channel, m.provider_id, m.conversation_id, m.kind, m.message_ref, m.provider_order, m.answers_turn, m.state,
	coalesce(m.turn, 0), m.attempts, m.text_sealed, m.media_sealed, m.sent_at, m.received_at, m.arrival`

func scanMessage(rows pgx.Rows, key func(conversation casefile.ID) seal.Key) (Message, error) {
	var m Message
	var text, media []byte
	err := rows.Scan(&m.ID, &m.Channel, &m.ProviderID, &m.Conversation, &m.Kind, &m.Ref, &m.Order, &m.AnswersTurn, &m.State,
		&m.Turn, &m.Attempts, &text, &media, clock{&m.SentAt}, clock{&m.ReceivedAt}, &m.Arrival)
	if err != nil {
		return Message{}, err
	}
	k := key(m.Conversation)
	if m.Text, err = k.OpenText(messagePlace("text", m.ID), text); err != nil {
		return Message{}, err
	}
	m.Media, err = k.OpenText(messagePlace("media", m.ID), media)
	return m, err
}

// WaitingMessages reads what the given conversations have waiting: in commit
// order, and within what waits by the provider's own order.
func (t *Tx) WaitingMessages(ctx context.Context, of []Conversation) (map[casefile.ID][]Message, error) {
	keys := map[casefile.ID]seal.Key{}
	ids := make([]casefile.ID, len(of))
	for i, c := range of {
		ids[i], keys[c.ID] = c.ID, c.Key
	}
	waiting := map[casefile.ID][]Message{}
	err := t.query(ctx, "read waiting messages", func(rows pgx.Rows) error {
		m, err := scanMessage(rows, func(id casefile.ID) seal.Key { return keys[id] })
		waiting[m.Conversation] = append(waiting[m.Conversation], m)
		return err
	}, `
		SELECT`+messageColumns+`
		FROM messages m
		WHERE m.conversation_id = ANY($1) AND m.state = 'waiting'
		ORDER BY m.conversation_id, m.provider_order, m.arrival`, uuids(ids))
	return waiting, err
}

// TakeMessages gives waiting messages to a turn. Each belongs to one turn only:
// ErrStale when one was taken already.
func (t *Tx) TakeMessages(_ context.Context, turn int, ids []casefile.ID) error {
	for _, id := range ids {
		t.rows(takeMessage, id, id, turn)
	}
	return nil
}

var takeMessage = &many{rank: 3, op: "take messages", exact: true, sql: `
	UPDATE messages m SET state = 'taken', turn = w.turn
	FROM unnest($1::uuid[], $2::bigint[]) AS w (id, turn)
	WHERE m.id = w.id AND m.state = 'waiting'`}

// FailMessages counts a failed turn of a conversation's waiting messages, and sets
// aside those that reached the limit. It returns how many were set aside. It opens
// nothing, because what does not open may be the reason of the failure.
func (t *Tx) FailMessages(ctx context.Context, conversation casefile.ID, limit int) (int64, error) {
	if _, err := t.exec(ctx, "count failed turn", `
		UPDATE messages SET attempts = attempts + 1 WHERE conversation_id = $1 AND state = 'waiting'`, conversation); err != nil {
		return 0, err
	}
	return t.exec(ctx, "set messages aside", `
		UPDATE messages SET state = 'set_aside' WHERE conversation_id = $1 AND state = 'waiting' AND attempts >= $2`, conversation, limit)
}

// ConversationsWaiting lists conversations that have messages waiting, longest
// waiting first, without those to skip.
func (t *Tx) ConversationsWaiting(ctx context.Context, skip []casefile.ID, limit int) ([]casefile.ID, error) {
	var ids []casefile.ID
	err := t.query(ctx, "list waiting conversations", func(rows pgx.Rows) error {
		var id casefile.ID
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}, `
		SELECT conversation_id FROM messages WHERE state = 'waiting' AND conversation_id <> ALL($2)
		GROUP BY conversation_id ORDER BY min(arrival) LIMIT $1`, limit, uuids(skip))
	return ids, err
}
