package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// ErrOldKeys says that the keyset turned over while a transaction was at work, or
// while its process was asleep. The newer keys are read by now; do it again.
var ErrOldKeys = fmt.Errorf("the keyset is older than what is written with it: %w", ErrStale)

// The advisory locks of the keys. Whoever writes shares keysInUse until their commit;
// whoever declares a generation too old takes it alone, and so waits for them.
const (
	keysInUse  = 0x70756c616e670001
	keysTurned = 0x70756c616e670002 // held by the one rotation that may be under way
)

func (s *Store) generation() int64 {
	if s.keys == nil {
		return 0
	}
	return s.keys.Generation()
}

// readsOnly tells statements that change nothing from all others.
func readsOnly(sql string) bool { return strings.HasPrefix(strings.TrimSpace(sql), "SELECT") }

// fenceKeys is the last thing of every transaction that wrote: it does not commit when
// the keys it may have sealed with can be gone. Two statements, because the second
// must see what was committed while the first waited.
func (t *Tx) fenceKeys(generation int64) {
	if !t.wrote || t.keys == nil {
		return
	}
	t.later("share keys in use", anyRows, `SELECT pg_advisory_xact_lock_shared($1)`, int64(keysInUse))
	t.single(&write{op: "fence keys", want: 1, stale: ErrOldKeys,
		sql: `SELECT oldest FROM keyset_state WHERE oldest <= $1`, args: []any{generation}})
}

// wake reads the newer keys after a fence did not hold.
func (s *Store) wake(err error) {
	if errors.Is(err, ErrOldKeys) && s.keys != nil {
		_, _ = s.keys.Refresh() // what cannot be read is said by whoever watches the file
	}
}

// ErrOtherKeys says that nothing in the database was sealed with the keyset: it is that
// of another line, or lost the keys of the backup that was put back.
var ErrOtherKeys = errors.New("the keyset is of another database")

// CheckKeys refuses a keyset that is older than the database (ErrOldKeys: a copy from
// before a rotation), and one that none of the staff's names, or none of the newest
// conversations, was sealed with (ErrOtherKeys: it would know nobody, and whatever is
// written with it would open for nobody else).
func (s *Store) CheckKeys(ctx context.Context) error {
	oldest, err := s.OldestKeys(ctx)
	switch {
	case err != nil || s.keys == nil:
		return err
	case oldest > s.generation():
		return ErrOldKeys
	}
	current, known := s.keys.OwnPrefixes()
	var foreign bool
	err = s.pool.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM (SELECT name_sealed AS value FROM staff) s
		               HAVING bool_and(substring(s.value FROM 1 FOR 5) <> ALL($1)))
		    OR EXISTS (SELECT FROM (SELECT wrapped_key AS value FROM conversations WHERE wrapped_key IS NOT NULL ORDER BY id DESC LIMIT 50) c
		               HAVING bool_and(substring(c.value FROM 1 FOR 5) <> ALL($2)))`,
		append(known, current), s.keys.WrapPrefixes()).Scan(&foreign)
	if err == nil && foreign {
		return ErrOtherKeys
	}
	return wrong("compare keys", err)
}

// OldestKeys is the oldest generation of the keyset that may still write.
func (s *Store) OldestKeys(ctx context.Context) (oldest int64, err error) {
	err = s.pool.QueryRow(ctx, `SELECT oldest FROM keyset_state`).Scan(&oldest)
	return oldest, wrong("read key state", err)
}

// RaiseOldest says that keys before a generation write no more. It waits for the
// transactions that are at work, but not long, so that nobody waits long behind it:
// false means that it was not done and is to be tried again.
func (s *Store) RaiseOldest(ctx context.Context, generation int64, now time.Time) (done bool, err error) {
	err = s.InTx(ctx, func(t *Tx) error {
		if _, err := t.exec(ctx, "limit waiting", `SET LOCAL lock_timeout = '300ms'`); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "wait for keys in use", `SELECT pg_advisory_xact_lock($1)`, int64(keysInUse)); err != nil {
			return err
		}
		t.later("raise oldest keys", 1, `
			UPDATE keyset_state SET oldest = greatest(oldest, $1), changed_at = $2`, generation, now)
		return t.Audit(ctx, Entry{At: now, Actor: casefile.System("keys"), Action: "keys.turned"})
	})
	var said *Error
	if errors.As(err, &said) && said.Code == "55P03" { // lock_timeout
		return false, nil
	}
	return err == nil, err
}

// Alone runs work while nobody else runs it against this database. ErrConflict when
// somebody does. It ends with the connection, so a killed process holds nothing.
func (s *Store) Alone(ctx context.Context, work func(context.Context) error) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return wrong("reserve the rotation", err)
	}
	defer conn.Release()
	var alone bool
	if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, int64(keysTurned)).Scan(&alone); err != nil {
		return wrong("reserve the rotation", err)
	}
	if !alone {
		return ErrConflict
	}
	defer func() {
		if _, err := conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(keysTurned)); err != nil {
			_ = conn.Conn().Close(context.WithoutCancel(ctx)) // the lock goes with the connection
		}
	}()
	return work(ctx)
}

// KeysReader is a process that uses the keyset.
type KeysReader struct {
	Process    casefile.ID
	Name       string // machine and process number
	Generation int64  // what it has read
}

// SeeKeys notes which generation a process has read. ErrOldKeys when that one may not
// write any more.
func (s *Store) SeeKeys(ctx context.Context, r KeysReader, now time.Time) error {
	return s.InTx(ctx, func(t *Tx) error {
		t.later("note keys reader", 1, `
			INSERT INTO keyset_readers (process, name, generation, seen_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (process) DO UPDATE SET generation = excluded.generation, seen_at = excluded.seen_at`,
			r.Process, r.Name, r.Generation, now)
		return nil
	})
}

// LeaveKeys forgets a process that stops.
func (s *Store) LeaveKeys(ctx context.Context, process casefile.ID) error {
	return s.InTx(ctx, func(t *Tx) error {
		t.later("forget keys reader", anyRows, `DELETE FROM keyset_readers WHERE process = $1`, process)
		return nil
	})
}

// KeysReaders reads which processes were seen since a moment, and forgets those that
// were not seen for a day before it.
func (s *Store) KeysReaders(ctx context.Context, since time.Time) (found []KeysReader, err error) {
	err = s.InTx(ctx, func(t *Tx) error {
		t.later("forget dead keys readers", anyRows, `DELETE FROM keyset_readers WHERE seen_at < $1`, since.Add(-24*time.Hour))
		return t.query(ctx, "read keys readers", func(rows pgx.Rows) error {
			var r KeysReader
			err := rows.Scan(&r.Process, &r.Name, &r.Generation)
			found = append(found, r)
			return err
		}, `SELECT process, name, generation FROM keyset_readers WHERE seen_at >= $1 ORDER BY name`, since)
	})
	return found, err
}

// The two slots of the blind index, see migration 0002.
var slotColumns = [2]string{"address_index", "address_index_next"}

// addressSlots are addresses to look for, by slot.
type addressSlots [2]struct {
	channels []string
	indexes  [][]byte
	numbers  []int32 // which of the addresses it is
}

// slotsOf prepares addresses for looking in each slot with its own key.
func slotsOf(keys *seal.Keys, addresses []casefile.Address) (slots addressSlots, err error) {
	for n, a := range addresses {
		ix, err := keys.AddressIndex(a)
		if err != nil {
			return slots, err
		}
		for i, index := range ix.Slots {
			if index == nil {
				continue
			}
			s := &slots[i]
			s.channels, s.indexes, s.numbers = append(s.channels, string(a.Channel)), append(s.indexes, index), append(s.numbers, int32(n))
		}
	}
	return slots, nil
}

// args hands the slots to a statement: $1 to $3 are slot 0, $4 to $6 are slot 1.
func (s addressSlots) args() []any {
	return []any{s[0].channels, s[0].indexes, s[0].numbers, s[1].channels, s[1].indexes, s[1].numbers}
}
