package store_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pulang/internal/casefile"
	"pulang/internal/seal"
	"pulang/internal/store"
)

// What two processes do at the same moment.

// waits returns when so many connections of this database wait for a lock.
func waits(t *testing.T, sql *pgx.Conn, want int) {
	t.Helper()
	for n := -1; n < want; {
		err := sql.QueryRow(t.Context(), `
			SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestALaneThatWasWaitedForTellsItsCase: whoever waits for the lane of a first turn finds
// the case that this turn opened, and opens no second one.
func TestALaneThatWasWaitedForTellsItsCase(t *testing.T) {
	t.Parallel()
	d := open(t)
	sql := d.bed.SQL()
	c := d.rina()
	id := casefile.NewID(noon)
	var second sync.WaitGroup
	d.must(func(ctx context.Context, tx *store.Tx) error {
		lane, err := tx.LockLane(ctx, c.ID)
		if err != nil {
			return err
		}
		k := store.Case{ID: id, Ref: "K7Q2MN", Urgency: casefile.High, Flow: casefile.FlowVictim, Lang: casefile.Indonesian,
			Team: store.MainTeam, Assessment: []byte(`{}`), LastIn: noon, OpenedAt: noon}
		if err := tx.OpenCase(ctx, k, lane); err != nil {
			return err
		}
		if err := tx.Checkpoint(ctx, lane, casefile.Session{Version: 1, Turn: 1}); err != nil {
			return err
		}
		if err := tx.Flush(ctx); err != nil {
			return err
		}
		second.Go(func() {
			err := d.tx(func(ctx context.Context, tx *store.Tx) error {
				lane, err := tx.LockLane(ctx, c.ID)
				if err != nil {
					return err
				}
				files, err := tx.CasesOf(ctx, []store.Conversation{lane})
				if lane.Turn != 1 || files[c.ID].ID != id {
					t.Errorf("after turn %d the case is %v, want %v", lane.Turn, files[c.ID].ID, id)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
		waits(t, sql, 1)
		return nil
	})
	second.Wait()
}

// TestPeopleWhoWriteForTheFirstTimeDoNotMeetOnTheWay: two processes that both start the
// conversations of the same people, in whatever order their messages came, do not wait
// for each other.
func TestPeopleWhoWriteForTheFirstTimeDoNotMeetOnTheWay(t *testing.T) {
	t.Parallel()
	d := open(t)
	sql := d.bed.SQL()
	one, other, third := address("1"), address("2"), address("3")
	all := []casefile.Address{one, other, third}
	slices.SortFunc(all, func(a, b casefile.Address) int { return bytes.Compare(d.index(a), d.index(b)) })
	one, held, other := all[0], all[1], all[2]
	var both sync.WaitGroup
	d.must(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.StartConversation(ctx, held, casefile.Indonesian, "", noon); err != nil {
			return err
		}
		if err := tx.Flush(ctx); err != nil {
			return err
		}
		for n, order := range [][]casefile.Address{{one, held, other}, {other, held, one}} {
			both.Go(func() {
				err := d.tx(func(ctx context.Context, tx *store.Tx) error {
					for _, a := range order {
						if err := tx.StartConversation(ctx, a, casefile.Indonesian, "", noon); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Errorf("process %d: %v", n, err)
				}
			})
			waits(t, sql, n+1)
		}
		return nil
	})
	both.Wait()
}

func address(n string) casefile.Address {
	return casefile.Address{Channel: "telegram", ID: casefile.Hide("77100" + n)}
}

// index is what an address is found by.
func (d db) index(a casefile.Address) []byte {
	d.t.Helper()
	ix, err := d.Keys().AddressIndex(a)
	if err != nil {
		d.t.Fatal(err)
	}
	return slices.Concat(ix.Slots[0], ix.Slots[1])
}

// TestABatchThatMeetsAForgettingIsRefusedWhole: one of its conversations is forgotten
// while it is stored; nothing of it is sealed under a key that is gone.
func TestABatchThatMeetsAForgettingIsRefusedWhole(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]string{
		"as it is":                 `SELECT`,
		"by what is counted alone": `ALTER TABLE messages DROP CONSTRAINT messages_conversation_id_fkey`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t)
			sql, other := d.bed.SQL(), d.bed.SQL()
			exec(t, sql, before)
			gone, stays := d.rina(), d.bed.Starts(address("2"))
			tx, err := sql.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			exec(t, tx, `SELECT FROM conversations WHERE id = $1 FOR UPDATE`, gone.ID)
			exec(t, tx, `UPDATE conversations SET wrapped_key = NULL, address_sealed = NULL, address_index = NULL, address_index_next = NULL,
				checkpoint_sealed = NULL, forgotten_at = created_at WHERE id = $1`, gone.ID)
			var batch sync.WaitGroup
			batch.Go(func() {
				err := d.tx(func(ctx context.Context, tx *store.Tx) error {
					var all []store.Message
					for n, of := range []casefile.ID{stays.ID, gone.ID, {}, gone.ID} {
						all = append(all, store.Message{ID: casefile.NewID(noon), Channel: "telegram", ProviderID: string(rune('a' + n)), Conversation: of,
							Kind: casefile.KindText, State: store.Recorded, ReceivedAt: noon})
					}
					_, err := tx.StoreMessages(ctx, all, map[casefile.ID]seal.Key{gone.ID: gone.Key, stays.ID: stays.Key})
					return err
				})
				if !errors.Is(err, store.ErrStale) {
					t.Errorf("%v, want that it is looked at again", err)
				}
			})
			waits(t, other, 1)
			if err := tx.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			batch.Wait()
			d.says(stays, "e", "halo")
			n := -1
			if err := other.QueryRow(t.Context(), `SELECT count(*) FROM messages`).Scan(&n); err != nil || n != 1 {
				t.Errorf("%d messages are stored (%v), want the one of who stays", n, err)
			}
		})
	}
}

func exec(t *testing.T, on interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}, sql string, args ...any) {
	t.Helper()
	if _, err := on.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}
