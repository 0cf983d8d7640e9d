package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// What is sealed with keys that turn over, and how a rotation brings it under the
// current ones: in small batches, oldest first, skipping rows that somebody holds.
// Nothing remembers how far it came, because each row says by itself which key sealed
// it: a rotation that is killed carries on with what is left.

// ownColumn is a column sealed under the line's own key. A row of it is bound to
// table, column and the id in key.
type ownColumn struct {
	table, column string
	key           string // the column with the id that the value is bound to
	where         string // which rows; empty: all
}

// ownColumns are all but audit.detail_sealed: the chain of the audit covers those
// bytes as they are, so they stay, and the key that sealed them stays for reading.
var ownColumns = []ownColumn{
	{"staff", "name_sealed", "id", ""},
	{"staff", "totp_sealed", "id", ""},
	{"staff", "oidc_sealed", "id", ""},
	{"staff_addresses", "address_sealed", "id", ""},
	{"staff_sessions", "from_sealed", "id", ""},
	{"passkeys", "credential_sealed", "id", ""},
	{"passkeys", "name_sealed", "id", ""},
	{"signin_challenges", "asked_sealed", "id", ""},
	{"messages", "text_sealed", "id", "conversation_id IS NULL"},
	{"messages", "media_sealed", "id", "conversation_id IS NULL"},
	{"messages", "raw_sealed", "id", "conversation_id IS NULL"},
	{"outbox", "body_sealed", "id", "conversation_id IS NULL"},
	{"directory_revisions", "note_sealed", "id", ""},
}

func (c ownColumn) place(id casefile.ID) seal.Place {
	return seal.Place{Table: c.table, Column: strings.TrimSuffix(c.column, "_sealed"), Row: id}
}

// stale is the condition for rows that another key than $1 sealed.
func (c ownColumn) stale() string {
	condition := c.column + " IS NOT NULL AND substring(" + c.column + " FROM 1 FOR 5) <> $1"
	if c.where != "" {
		condition += " AND " + c.where
	}
	return condition
}

// Rekeyed is how far a batch came: how many rows it did, and the last of them. Give
// the last one to the next batch; none done means that the end is reached.
type Rekeyed struct {
	Rows int
	Last casefile.ID
}

// beyond is an id to begin after; the zero id, which is NULL elsewhere, is the start.
func beyond(id casefile.ID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: true} }

// RekeyConversations wraps data keys anew under the current key-encryption key, and
// fills the slot of the current index key, for conversations after one.
//
// The rows are locked FOR UPDATE, because the indexed columns change: a weaker lock
// would have to wait for the messages that are being stored, and could meet them.
//
// One whose data key does not open is marked as damaged at now and passed over: no
// rotation can help it, and none waits for it.
func (t *Tx) RekeyConversations(ctx context.Context, after casefile.ID, limit int, now time.Time) (done Rekeyed, err error) {
	var ids, damaged []casefile.ID
	var wraps, slots [][]byte
	column := slotColumns[t.keys.Slot()]
	err = t.query(ctx, "find old data keys", func(rows pgx.Rows) error {
		var channel casefile.ChannelName
		var sealed, wrapped []byte
		if err := rows.Scan(&done.Last, &channel, &sealed, &wrapped); err != nil {
			return err
		}
		if _, err := t.keys.Unwrap(done.Last, wrapped); err != nil {
			damaged = append(damaged, done.Last)
			return nil
		}
		wrap, index, err := t.rekey(done.Last, channel, sealed, wrapped)
		ids, wraps, slots = append(ids, done.Last), append(wraps, wrap), append(slots, index)
		return err
	}, `
		SELECT id, channel, address_sealed, wrapped_key FROM conversations
		WHERE id > $2 AND wrapped_key IS NOT NULL AND damaged_at IS NULL AND (substring(wrapped_key FROM 1 FOR 5) <> $1 OR `+column+` IS NULL)
		ORDER BY id LIMIT $3
		FOR UPDATE SKIP LOCKED`, t.keys.WrapPrefix(), beyond(after), limit)
	if done.Rows = len(ids) + len(damaged); err != nil || done.Rows == 0 {
		return Rekeyed{}, err
	}
	if err := t.Damage(ctx, damaged, now); err != nil {
		return Rekeyed{}, err
	}
	t.later("rekey conversations", int64(len(ids)), `
		UPDATE conversations c SET wrapped_key = w.wrap, `+column+` = w.ix
		FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS w (id, wrap, ix)
		WHERE c.id = w.id`, uuids(ids), wraps, slots)
	return done, nil
}

func (t *Tx) rekey(id casefile.ID, channel casefile.ChannelName, sealed, wrapped []byte) (wrap, index []byte, err error) {
	if wrap, err = t.keys.Rewrap(id, wrapped); err != nil {
		return nil, nil, err
	}
	key, err := t.keys.Unwrap(id, wrap)
	if err != nil {
		return nil, nil, err
	}
	address, err := key.OpenText(addressPlace(id), sealed)
	if err != nil {
		return nil, nil, err
	}
	ix, err := t.keys.AddressIndex(casefile.Address{Channel: channel, ID: address})
	return wrap, ix.Current, err
}

// FillStaffSlots fills the slot of the current index key for every staff address.
func (t *Tx) FillStaffSlots(ctx context.Context) error {
	var ids []casefile.ID
	var slots [][]byte
	column := slotColumns[t.keys.Slot()]
	err := t.query(ctx, "find staff addresses without index", func(rows pgx.Rows) error {
		var id casefile.ID
		var a casefile.Address
		var sealed []byte
		if err := rows.Scan(&id, &a.Channel, &sealed); err != nil {
			return err
		}
		var err error
		if a.ID, err = t.keys.Own().OpenText(staffAddressPlace(id), sealed); err != nil {
			return err
		}
		ix, err := t.keys.AddressIndex(a)
		ids, slots = append(ids, id), append(slots, ix.Current)
		return err
	}, `SELECT id, channel, address_sealed FROM staff_addresses WHERE `+column+` IS NULL ORDER BY id FOR UPDATE`)
	if err != nil || len(ids) == 0 {
		return err
	}
	t.later("fill staff addresses", int64(len(ids)), `
		UPDATE staff_addresses a SET `+column+` = w.ix
		FROM unnest($1::uuid[], $2::bytea[]) AS w (id, ix) WHERE a.id = w.id`, uuids(ids), slots)
	return nil
}

// OwnColumns is how many columns RekeyOwn knows.
func OwnColumns() int { return len(ownColumns) }

// RekeyOwn seals values of a column anew under the line's current own key, for rows
// after one.
func (t *Tx) RekeyOwn(ctx context.Context, column int, after casefile.ID, limit int) (done Rekeyed, err error) {
	c := ownColumns[column]
	current, _ := t.keys.OwnPrefixes()
	var ids []casefile.ID
	var values [][]byte
	err = t.query(ctx, "find old values", func(rows pgx.Rows) error {
		var sealed []byte
		if err := rows.Scan(&done.Last, &sealed); err != nil {
			return err
		}
		plain, err := t.keys.Own().Open(c.place(done.Last), sealed)
		if err != nil {
			return err
		}
		again, err := t.keys.Own().Seal(c.place(done.Last), plain)
		ids, values = append(ids, done.Last), append(values, again)
		return err
	}, fmt.Sprintf(`
		SELECT %s, %s FROM %s WHERE %s AND %s > $2
		ORDER BY %s LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED`, c.key, c.column, c.table, c.stale(), c.key, c.key), current, beyond(after), limit)
	if err != nil || len(ids) == 0 {
		return Rekeyed{}, err
	}
	done.Rows = len(ids)
	t.later("rekey own values", int64(len(ids)), fmt.Sprintf(`
		UPDATE %s r SET %s = w.value
		FROM unnest($1::uuid[], $2::bytea[]) AS w (id, value) WHERE r.%s = w.id`, c.table, c.column, c.key), uuids(ids), values)
	return done, nil
}

// ClearSlots empties the slot that no index key has, of conversations after one and
// of all staff addresses.
func (t *Tx) ClearSlots(ctx context.Context, after casefile.ID, limit int) (done Rekeyed, err error) {
	column := slotColumns[1-t.keys.Slot()]
	if _, err := t.exec(ctx, "clear staff slots", `
		UPDATE staff_addresses SET `+column+` = NULL WHERE `+column+` IS NOT NULL`); err != nil {
		return Rekeyed{}, err
	}
	var ids []casefile.ID
	err = t.query(ctx, "find old slots", func(rows pgx.Rows) error {
		err := rows.Scan(&done.Last)
		ids = append(ids, done.Last)
		return err
	}, `
		SELECT id FROM conversations WHERE id > $1 AND `+column+` IS NOT NULL
		ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED`, beyond(after), limit)
	if err != nil || len(ids) == 0 {
		return Rekeyed{}, err
	}
	done.Rows = len(ids)
	t.later("clear slots", int64(len(ids)), `
		UPDATE conversations SET `+column+` = NULL WHERE id = ANY($1)`, uuids(ids))
	return done, nil
}

// StaleKeys counts what is not under the current keys yet.
type StaleKeys struct {
	DataKeys int // conversations whose data key an earlier key wraps
	Slots    int // conversations and staff addresses without an index under the current key
	OldSlots int // conversations and staff addresses with one in the other slot
	Own      int // values that an earlier own key sealed, without the audit's
	Damaged  int // conversations whose data key does not open: passed over
}

// Left is what must be done before the earlier keys may go.
func (s StaleKeys) Left() int { return s.DataKeys + s.Slots + s.Own }

// StaleKeys counts over all tables.
func (t *Tx) StaleKeys(ctx context.Context) (s StaleKeys, err error) {
	slot, other := slotColumns[t.keys.Slot()], slotColumns[1-t.keys.Slot()]
	err = t.row(ctx, "count old data keys", `
		SELECT (SELECT count(*) FROM conversations WHERE damaged_at IS NULL AND substring(wrapped_key FROM 1 FOR 5) <> $1),
		       (SELECT count(*) FROM conversations WHERE wrapped_key IS NOT NULL AND damaged_at IS NULL AND `+slot+` IS NULL)
		         + (SELECT count(*) FROM staff_addresses WHERE `+slot+` IS NULL),
		       (SELECT count(*) FROM conversations WHERE `+other+` IS NOT NULL)
		         + (SELECT count(*) FROM staff_addresses WHERE `+other+` IS NOT NULL)`,
		[]any{t.keys.WrapPrefix()}, &s.DataKeys, &s.Slots, &s.OldSlots)
	if err == nil {
		s.Damaged, err = t.CountDamaged(ctx)
	}
	current, _ := t.keys.OwnPrefixes()
	for _, c := range ownColumns {
		if err != nil {
			return s, err
		}
		var n int
		err = t.row(ctx, "count old values", `SELECT count(*) FROM `+c.table+` WHERE `+c.stale(), []any{current}, &n)
		s.Own += n
	}
	return s, err
}

// AuditKeys are the prefixes of those of the line's earlier own keys that details of
// the audit are still sealed with.
func (t *Tx) AuditKeys(ctx context.Context) (used [][]byte, err error) {
	_, older := t.keys.OwnPrefixes()
	for _, prefix := range older {
		var is bool
		if err := t.row(ctx, "look for audit keys", `
			SELECT EXISTS (SELECT FROM audit WHERE substring(detail_sealed FROM 1 FOR 5) = $1)`, []any{prefix}, &is); err != nil {
			return nil, err
		}
		if is {
			used = append(used, prefix)
		}
	}
	return used, nil
}
