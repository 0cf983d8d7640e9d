package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// Conversation is one address's conversation as stored, with its data key open.
type Conversation struct {
	ID            casefile.ID
	Channel       casefile.ChannelName
	Address       casefile.Private
	Key           seal.Key
	Turn          int              // the fence
	Session       casefile.Session // the checkpoint; a zero Session before the first turn
	Lang          casefile.Lang
	Case          casefile.ID // zero before the first turn
	TakenBy       casefile.ID // staff who answers; zero: the line does
	TakenAt       time.Time
	StaffWroteAt  time.Time
	PersonWroteAt time.Time // first line of the person that no staff answered, during a takeover
	Unreachable   bool
	LastIn        time.Time
	NumberCountry string // ISO country of the phone number; empty when the channel has none
	Known         bool   // the caller's hot session is the one of this turn; Session is left for it to fill
	Forgotten     bool   // its key is destroyed: Address, Key and Session are empty
	Damaged       bool   // its key does not open: Address, Key and Session are empty
}

// The columns of a conversation. Only LockLanes has another word for the checkpoint:
// it does not fetch one whose session the caller holds already.
const conversationColumns = conversationStart + `c.checkpoint_sealed, false` + conversationEnd

const conversationStart = `
	c.id, c.channel, c.address_sealed, c.wrapped_key, c.turn, `

const conversationEnd = `, c.lang, cc.case_id,
	c.taken_by, c.taken_at, c.staff_wrote_at, c.person_wrote_at, c.unreachable_at IS NOT NULL, c.last_in_at, c.number_country`

func (t *Tx) scanConversation(rows pgx.Rows, to *[]Conversation) error {
	var c Conversation
	var address, wrapped, checkpoint []byte
	err := rows.Scan(&c.ID, &c.Channel, &address, &wrapped, &c.Turn, &checkpoint, &c.Known, &c.Lang, &c.Case,
		&c.TakenBy, clock{&c.TakenAt}, clock{&c.StaffWroteAt}, clock{&c.PersonWroteAt}, &c.Unreachable, clock{&c.LastIn}, &c.NumberCountry)
	if err != nil {
		return err
	}
	if wrapped == nil { // the schema says that nothing sealed is left in such a row
		c.Forgotten = true
		*to = append(*to, c)
		return nil
	}
	if c.Key, err = t.keys.Unwrap(c.ID, wrapped); err != nil {
		c.Damaged = true
		*to = append(*to, c)
		return nil
	}
	if c.Address, err = c.Key.OpenText(addressPlace(c.ID), address); err != nil {
		return err
	}
	if c.Session, err = openSession(c.Key, c.ID, checkpoint); err != nil {
		return err
	}
	*to = append(*to, c)
	return nil
}

func addressPlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "conversations", Column: "address", Row: id}
}

func checkpointPlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "conversations", Column: "checkpoint", Row: id}
}

func openSession(key seal.Key, id casefile.ID, sealed []byte) (casefile.Session, error) {
	if sealed == nil {
		return casefile.Session{Stage: casefile.StageNew}, nil
	}
	plain, err := key.Open(checkpointPlace(id), sealed)
	if err != nil {
		return casefile.Session{}, err
	}
	return seal.DecodeSession(plain)
}

// Found is an address that has a conversation.
type Found struct {
	ID      casefile.ID
	Key     seal.Key
	Address casefile.Address
	Damaged bool // its key does not open: say so with Damage, and start another
}

// FindConversations finds the conversations of addresses. Addresses that never
// wrote are missing from the answer.
func (t *Tx) FindConversations(ctx context.Context, addresses []casefile.Address) ([]Found, error) {
	slots, err := slotsOf(t.keys, addresses)
	if err != nil {
		return nil, err
	}
	var found []Found
	err = t.query(ctx, "find conversations", func(rows pgx.Rows) error {
		var f Found
		var n int
		var wrapped []byte
		if err := rows.Scan(&f.ID, &n, &wrapped); err != nil {
			return err
		}
		var err error
		f.Key, err = t.keys.Unwrap(f.ID, wrapped)
		f.Address, f.Damaged = addresses[n], err != nil
		found = append(found, f)
		return nil
	}, `
		SELECT c.id, w.n, c.wrapped_key
		FROM unnest($1::text[], $2::bytea[], $3::int[]) AS w (channel, ix, n)
		JOIN conversations c ON c.channel = w.channel AND c.address_index = w.ix
		UNION
		SELECT c.id, w.n, c.wrapped_key
		FROM unnest($4::text[], $5::bytea[], $6::int[]) AS w (channel, ix, n)
		JOIN conversations c ON c.channel = w.channel AND c.address_index_next = w.ix`, slots.args()...)
	return found, err
}

// StartConversation makes a conversation for an address that has none. Another
// process may have been quicker: call FindConversations again afterwards.
// numberCountry is the ISO country of a phone number, empty when unknown.
func (t *Tx) StartConversation(_ context.Context, a casefile.Address, lang casefile.Lang, numberCountry string, now time.Time) error {
	id := casefile.NewID(now)
	key, wrapped, err := t.keys.NewDataKey(id)
	if err != nil {
		return err
	}
	sealed, err := key.SealText(addressPlace(id), a.ID)
	if err != nil {
		return err
	}
	ix, err := t.keys.AddressIndex(a)
	if err != nil {
		return err
	}
	t.rows(startConversation, id, id, string(a.Channel), ix.Slots[0], ix.Slots[1], sealed, wrapped, string(lang), numberCountry, now)
	return nil
}

var startConversation = &many{rank: 0, op: "start conversation", sql: `
	INSERT INTO conversations (id, channel, address_index, address_index_next, address_sealed, wrapped_key, lang, number_country, created_at)
	SELECT w.id, w.channel, w.ix, w.ix_next, w.sealed, w.wrapped, w.lang, w.country, w.at
	FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[], $7::text[], $8::text[], $9::timestamptz[])
	     AS w (id, channel, ix, ix_next, sealed, wrapped, lang, country, at)
	ORDER BY w.channel, w.ix, w.ix_next -- the same for everybody: two that start the same people must not wait for each other
	ON CONFLICT DO NOTHING`}

// LockLanes locks the lanes of conversations that nobody else holds, until the
// transaction ends, and returns them. The others are being answered elsewhere.
// The lock lets others refer to the row, so that a message can be stored while its
// sender's lane is held. hot are the sessions the caller holds: one whose turn number is still that of the
// conversation is believed, and its checkpoint is not fetched. One whose key does not
// open comes back as Damaged.
func (t *Tx) LockLanes(ctx context.Context, ids []casefile.ID, hot map[casefile.ID]casefile.Session) ([]Conversation, error) {
	turns := make([]int64, len(ids))
	for i, id := range ids {
		turns[i] = -1
		if session, ok := hot[id]; ok {
			turns[i] = int64(session.Turn)
		}
	}
	lanes, err := t.conversations(ctx, "lock lanes", `
		SELECT`+conversationStart+`CASE WHEN c.turn = w.turn THEN NULL ELSE c.checkpoint_sealed END, c.turn = w.turn`+conversationEnd+`
		FROM unnest($1::uuid[], $2::bigint[]) AS w (id, turn)
		JOIN conversations c ON c.id = w.id AND c.forgotten_at IS NULL
		LEFT JOIN case_conversations cc ON cc.conversation_id = c.id
		ORDER BY c.id
		FOR NO KEY UPDATE OF c SKIP LOCKED`, uuids(ids), turns)
	for i := range lanes {
		if lanes[i].Known {
			lanes[i].Session = hot[lanes[i].ID]
		}
	}
	return lanes, err
}

// LockLane locks one lane and waits for it: for staff, who may wait. ErrForgotten
// when its key is destroyed; ErrDamaged, with what is plain of it, when it does not open.
func (t *Tx) LockLane(ctx context.Context, id casefile.ID) (Conversation, error) {
	return t.oneConversation(ctx, `
		SELECT`+conversationColumns+`
		FROM conversations c LEFT JOIN case_conversations cc ON cc.conversation_id = c.id
		WHERE c.id = $1
		FOR NO KEY UPDATE OF c`, id)
}

// CaseOf is the case of a conversation, without opening anything; zero before the
// first turn.
func (t *Tx) CaseOf(ctx context.Context, conversation casefile.ID) (id casefile.ID, err error) {
	err = t.row(ctx, "find case", `
		SELECT case_id FROM case_conversations WHERE conversation_id = $1`, []any{conversation}, &id)
	if errors.Is(err, ErrNotFound) {
		return casefile.ID{}, nil
	}
	return id, err
}

// Conversation reads a conversation without locking it. ErrForgotten when its key is
// destroyed; ErrDamaged when it does not open.
func (t *Tx) Conversation(ctx context.Context, id casefile.ID) (Conversation, error) {
	return t.oneConversation(ctx, `
		SELECT`+conversationColumns+`
		FROM conversations c LEFT JOIN case_conversations cc ON cc.conversation_id = c.id
		WHERE c.id = $1`, id)
}

func (t *Tx) conversations(ctx context.Context, op, sql string, args ...any) ([]Conversation, error) {
	var found []Conversation
	err := t.query(ctx, op, func(rows pgx.Rows) error { return t.scanConversation(rows, &found) }, sql, args...)
	return found, err
}

func (t *Tx) oneConversation(ctx context.Context, sql string, id casefile.ID) (Conversation, error) {
	found, err := t.conversations(ctx, "read conversation", sql, id)
	if err != nil {
		return Conversation{}, err
	}
	if len(found) == 0 {
		return Conversation{}, ErrNotFound
	}
	if found[0].Forgotten {
		return Conversation{}, ErrForgotten
	}
	if found[0].Damaged {
		return found[0], ErrDamaged
	}
	return found[0], nil
}

// Checkpoint writes the session of a turn. The fence: it only goes from turn-1 to
// turn, otherwise ErrStale.
func (t *Tx) Checkpoint(_ context.Context, c Conversation, s casefile.Session) error {
	plain, err := seal.EncodeSession(s)
	if err != nil {
		return err
	}
	sealed, err := c.Key.Seal(checkpointPlace(c.ID), plain)
	if err != nil {
		return err
	}
	t.rows(checkpoint, c.ID, c.ID, c.Turn, s.Turn, sealed, string(spoken(s.Lang)), string(s.Flow), when(s.LastIn))
	return nil
}

var checkpoint = &many{rank: 9, op: "checkpoint", exact: true, sql: `
	UPDATE conversations c
	SET turn = w.turn, checkpoint_sealed = w.sealed, lang = w.lang, flow = w.flow, last_in_at = w.last_in_at
	FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bytea[], $5::text[], $6::text[], $7::timestamptz[])
	     AS w (id, was, turn, sealed, lang, flow, last_in_at)
	WHERE c.id = w.id AND c.turn = w.was`}

func spoken(l casefile.Lang) casefile.Lang {
	if l == "" {
		return casefile.Indonesian
	}
	return l
}

// TakeOver makes a member of staff the one who answers; the line falls silent.
func (t *Tx) TakeOver(ctx context.Context, conversation, staff casefile.ID, now time.Time) error {
	_, err := t.exec(ctx, "take over", `
		UPDATE conversations SET taken_by = $2, taken_at = $3, staff_wrote_at = $3, person_wrote_at = NULL
		WHERE id = $1`, conversation, staff, now)
	return err
}

// HandBack lets the line answer again.
func (t *Tx) HandBack(ctx context.Context, conversation casefile.ID) error {
	_, err := t.exec(ctx, "hand back", `
		UPDATE conversations SET taken_by = NULL, taken_at = NULL, staff_wrote_at = NULL, person_wrote_at = NULL
		WHERE id = $1`, conversation)
	return err
}

// StaffWrote notes that staff wrote to the person.
func (t *Tx) StaffWrote(_ context.Context, conversation casefile.ID, now time.Time) error {
	t.later("staff wrote", 1, `
		UPDATE conversations SET staff_wrote_at = $2, person_wrote_at = NULL WHERE id = $1`, conversation, now)
	return nil
}

// PersonWrote notes the first line of a person that staff have not answered during
// a takeover.
func (t *Tx) PersonWrote(_ context.Context, conversation casefile.ID, now time.Time) error {
	t.rows(personWrote, conversation, conversation, now)
	return nil
}

var personWrote = &many{rank: 8, op: "person wrote", exact: true, sql: `
	UPDATE conversations c SET person_wrote_at = coalesce(c.person_wrote_at, w.at)
	FROM unnest($1::uuid[], $2::timestamptz[]) AS w (id, at)
	WHERE c.id = w.id`}

// SetUnreachable notes that the channel no longer reaches the person, or does again.
func (t *Tx) SetUnreachable(ctx context.Context, conversation casefile.ID, since time.Time) error {
	_, err := t.exec(ctx, "set unreachable", `
		UPDATE conversations SET unreachable_at = $2 WHERE id = $1`, conversation, when(since))
	return err
}

// MoveAddress gives a conversation the new address its provider told us: a group
// that became a supergroup. ErrConflict when that address already has one.
func (t *Tx) MoveAddress(ctx context.Context, c Conversation, to casefile.Private) error {
	sealed, err := c.Key.SealText(addressPlace(c.ID), to)
	if err != nil {
		return err
	}
	ix, err := t.keys.AddressIndex(casefile.Address{Channel: c.Channel, ID: to})
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, "move address", `
		UPDATE conversations SET address_index = $2, address_index_next = $3, address_sealed = $4
		WHERE id = $1`, c.ID, ix.Slots[0], ix.Slots[1], sealed)
	return err
}
