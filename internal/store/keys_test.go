package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
	"pulang/internal/store"
)

// underDataKeys are the sealed columns of conversations: their data key does not
// change in a rotation, only what wraps it.
var underDataKeys = []string{
	"conversations.address_sealed", "conversations.checkpoint_sealed", "facts.fact_sealed", "cases.assessment_sealed",
	"case_notes.text_sealed", "messages.text_sealed", "messages.media_sealed", "messages.raw_sealed", "outbox.body_sealed",
	"drafts.text_sealed", "overrides.text_sealed", "overrides.reason_sealed", "cases.group_sealed", "case_steps.reason_sealed", "case_people.name_sealed", "case_people.place_sealed", "case_people.note_sealed",
	"case_people.meaning_sealed", "consents.told_sealed", "referrals.plan_sealed", "referrals.purpose_sealed", "referrals.weighed_sealed",
	"referrals.approval_sealed", "tasks.text_sealed", "glass.reason_sealed", "walls.reason_sealed", "walls.subject_sealed",
	"media.ref_sealed", "media.name_sealed", "media.about_sealed", "media.blur_sealed", "media_chunks.chunk_sealed", "media_taken.reason_sealed",
}

func TestARotationKnowsEverySealedColumn(t *testing.T) {
	t.Parallel()
	d := open(t)
	conn, err := pgx.Connect(t.Context(), d.url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	rows, err := conn.Query(t.Context(), `
		SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema = 'public' AND column_name LIKE '%\_sealed' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(columns) < 10 {
		t.Fatalf("columns: %d, %v", len(columns), err)
	}
	for _, c := range columns {
		audit := c == "audit.detail_sealed" // stays as it is: the chain covers the sealed bytes
		if !audit && !slices.Contains(store.OwnSealed(), c) && !slices.Contains(underDataKeys, c) {
			t.Errorf("%s: a rotation would leave it under a key that is dropped; add it to ownColumns in rekey.go, or to underDataKeys here", c)
		}
	}
	for _, c := range slices.Concat(store.OwnSealed(), underDataKeys) {
		if !slices.Contains(columns, c) {
			t.Errorf("%s is no column", c)
		}
	}
}

// process is a program with a keyset file: its own reading of it.
func (d db) process(file string) (*store.Store, *seal.Keys) {
	d.t.Helper()
	keys, err := seal.OpenFile(file, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	s, err := store.Open(store.Options{URL: d.url, Keys: keys, Pool: 4})
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(s.Close)
	return s, keys
}

func keysetFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "keyset")
	if err := seal.Create(file, nil); err != nil {
		t.Fatal(err)
	}
	return file
}

// writes starts a conversation where there is none, and finds it.
func writes(ctx context.Context, s *store.Store, address casefile.Address) (id casefile.ID, err error) {
	err = s.InTx(ctx, func(tx *store.Tx) error {
		for range 2 {
			found, err := tx.FindConversations(ctx, []casefile.Address{address})
			if err != nil || len(found) > 0 {
				if len(found) > 1 {
					return errors.New("two conversations for one address")
				}
				if err == nil {
					id = found[0].ID
				}
				return err
			}
			if err := tx.StartConversation(ctx, address, casefile.Indonesian, "", noon); err != nil {
				return err
			}
		}
		return errors.New("started and not found")
	})
	return id, err
}

func chat(id string) casefile.Address {
	return casefile.Address{Channel: "telegram", ID: casefile.Hide(id)}
}

// steps are the changes of the file in a rotation, in order.
var steps = []func(*seal.Keys) error{
	(*seal.Keys).Introduce, (*seal.Keys).Promote,
	func(k *seal.Keys) error { return k.Retire(nil) }, (*seal.Keys).Finish,
}

func TestProcessesOneStepApartMakeOneConversation(t *testing.T) {
	t.Parallel()
	for n, step := range steps[:2] { // between the later ones everything is re-encrypted: see internal/rekey
		d, file := open(t), keysetFile(t)
		_, rotating := d.process(file)
		for _, before := range steps[:n] {
			if err := before(rotating); err != nil {
				t.Fatal(err)
			}
		}
		behind, old := d.process(file)
		if err := step(rotating); err != nil {
			t.Fatal(err)
		}
		ahead, _ := d.process(file)
		for _, pair := range [][2]*store.Store{{behind, ahead}, {ahead, behind}} {
			address := chat(map[bool]string{true: "7001", false: "7002"}[pair[0] == behind])
			first, err := writes(t.Context(), pair[0], address)
			if err != nil {
				t.Fatal(err)
			}
			second, err := writes(t.Context(), pair[1], address)
			if err != nil || first != second {
				t.Errorf("step %d: the other process does not find the conversation (%v)", n, err)
			}
		}
		if old.Generation() != int64(n) {
			t.Errorf("step %d: the process behind has read the newer file, so nothing was tested", n)
		}
		again := chat("7003") // both look, both find nothing, both start
		err := behind.InTx(t.Context(), func(a *store.Tx) error {
			if err := a.StartConversation(t.Context(), again, "id", "", noon); err != nil {
				return err
			}
			return nil
		})
		if err == nil {
			err = ahead.InTx(t.Context(), func(b *store.Tx) error { return b.StartConversation(t.Context(), again, "id", "", noon) })
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := d.count(`SELECT count(*) FROM conversations`); got != 3 {
			t.Errorf("step %d: %d conversations for three addresses", n, got)
		}
	}
}

func (d db) count(sql string, args ...any) (n int) {
	d.t.Helper()
	conn, err := pgx.Connect(d.t.Context(), d.url)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if err := conn.QueryRow(d.t.Context(), sql, args...).Scan(&n); err != nil {
		d.t.Fatal(err)
	}
	return n
}

func TestASleeperDoesNotWriteWithOldKeys(t *testing.T) {
	t.Parallel()
	d, file := open(t), keysetFile(t)
	awake, rotating := d.process(file)
	asleep, old := d.process(file)
	address := chat("7001")
	first, err := writes(t.Context(), awake, address)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range steps[:2] {
		if err := step(rotating); err != nil {
			t.Fatal(err)
		}
	}
	err = awake.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.RekeyConversations(t.Context(), casefile.ID{}, 10, noon)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := steps[2](rotating); err != nil {
		t.Fatal(err)
	}
	if done, err := awake.RaiseOldest(t.Context(), rotating.Generation(), noon); err != nil || !done {
		t.Fatalf("raising: %t, %v", done, err)
	}
	if done, err := awake.RaiseOldest(t.Context(), 1, noon); err != nil || !done {
		t.Fatalf("raising to less: %t, %v", done, err)
	}
	if err := asleep.CheckKeys(t.Context()); !errors.Is(err, store.ErrOldKeys) {
		t.Errorf("a start with old keys: %v, want ErrOldKeys", err)
	}
	err = asleep.InTx(t.Context(), func(tx *store.Tx) error { // it looked before it fell asleep, and found nobody
		return tx.StartConversation(t.Context(), address, "id", "", noon)
	})
	if !errors.Is(err, store.ErrOldKeys) || !errors.Is(err, store.ErrStale) {
		t.Errorf("the sleeper: %v, want ErrOldKeys, to be tried again", err)
	}
	if old.Generation() != rotating.Generation() {
		t.Error("after it was refused it must know the new keys")
	}
	if again, err := writes(t.Context(), asleep, address); err != nil || again != first {
		t.Errorf("awake again: %v", err)
	}
	if n := d.count(`SELECT count(*) FROM conversations`); n != 1 {
		t.Errorf("%d conversations for one address", n)
	}
}

func TestRaisingWaitsForWhoeverIsCommitting(t *testing.T) {
	t.Parallel()
	d, file := open(t), keysetFile(t)
	s, keys := d.process(file)
	if err := keys.Introduce(); err != nil {
		t.Fatal(err)
	}
	other, err := pgx.Connect(t.Context(), d.url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close(context.Background()) }()
	tx, err := other.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `SELECT pg_advisory_xact_lock_shared($1)`, int64(0x70756c616e670001)); err != nil {
		t.Fatal(err)
	}
	if done, err := s.RaiseOldest(t.Context(), 1, noon); done || err != nil {
		t.Errorf("while somebody commits: %t, %v, want false and no error", done, err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if done, err := s.RaiseOldest(t.Context(), 1, noon); !done || err != nil {
		t.Errorf("afterwards: %t, %v", done, err)
	}
	if oldest, err := s.OldestKeys(t.Context()); oldest != 1 || err != nil {
		t.Errorf("oldest is %d, %v", oldest, err)
	}
}

func TestATransactionUnderwayWithOldKeysDoesNotCommit(t *testing.T) {
	t.Parallel()
	d, file := open(t), keysetFile(t)
	s, _ := d.process(file)
	rotator, keys := d.process(file)
	if err := keys.Introduce(); err != nil {
		t.Fatal(err)
	}
	err := s.InTx(t.Context(), func(tx *store.Tx) error {
		if err := tx.StartConversation(t.Context(), chat("7001"), "id", "", noon); err != nil {
			return err
		}
		_, err := rotator.RaiseOldest(t.Context(), 1, noon)
		return err
	})
	if !errors.Is(err, store.ErrOldKeys) {
		t.Errorf("got %v, want ErrOldKeys", err)
	}
	if n := d.count(`SELECT count(*) FROM conversations`); n != 0 {
		t.Error("it was committed")
	}
}

func TestStaffAreRecognisedThroughARotation(t *testing.T) {
	t.Parallel()
	d, file := open(t), keysetFile(t)
	s, keys := d.process(file)
	staff := casefile.NewID(noon)
	number := casefile.Address{Channel: "sms", ID: casefile.Hide("+12025550144")}
	tx := func(work func(tx *store.Tx) error) {
		t.Helper()
		if err := s.InTx(t.Context(), work); err != nil {
			t.Fatal(err)
		}
	}
	tx(func(tx *store.Tx) error {
		member := store.Staff{ID: staff, Login: "dewi", Name: casefile.Hide("Dewi"), Role: "supervisor", Team: "main", Languages: []string{"id"}, Lang: "id", CreatedAt: noon}
		if err := tx.AddStaff(t.Context(), member); err != nil {
			return err
		}
		return tx.SetStaffAddress(t.Context(), staff, number, noon)
	})
	for i, step := range steps {
		if err := step(keys); err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			tx(func(tx *store.Tx) error {
				for c := range store.OwnColumns() {
					if _, err := tx.RekeyOwn(t.Context(), c, casefile.ID{}, 10); err != nil {
						return err
					}
				}
				return tx.FillStaffSlots(t.Context())
			})
		}
		tx(func(tx *store.Tx) error {
			found, err := tx.FindStaff(t.Context(), []casefile.Address{chat("1"), number})
			if who, ok := found[number]; !ok || len(found) != 1 || !who.Name.Is("Dewi") {
				t.Errorf("after step %d: not recognised", i)
			}
			return err
		})
	}
	tx(func(tx *store.Tx) error {
		_, err := tx.ClearSlots(t.Context(), casefile.ID{}, 10)
		return err
	})
	tx(func(tx *store.Tx) error {
		stale, err := tx.StaleKeys(t.Context())
		if stale != (store.StaleKeys{}) {
			t.Errorf("left: %+v", stale)
		}
		return err
	})
}

// TestAForeignKeysetIsRefused: a keyset that opens nothing of what is there would seal
// everything new beside it. After a rotation that is also so of the keyset and a
// backup from before, whose staff the kept own key still opens.
func TestAForeignKeysetIsRefused(t *testing.T) {
	t.Parallel()
	for name, fill := range map[string]func(context.Context, *store.Store) error{
		"a conversation": func(ctx context.Context, s *store.Store) error { _, err := writes(ctx, s, chat("1")); return err },
		"only staff": func(ctx context.Context, s *store.Store) error {
			return s.InTx(ctx, func(tx *store.Tx) error {
				return tx.AddStaff(ctx, store.Staff{ID: casefile.NewID(noon), Login: "dewi", Name: casefile.Hide("Dewi"), Role: "supervisor",
					Team: "main", Languages: []string{"id"}, Lang: "id", CreatedAt: noon})
			})
		},
	} {
		d := open(t)
		ours, keys := d.process(keysetFile(t))
		foreign, _ := d.process(keysetFile(t))
		for _, s := range []*store.Store{ours, foreign} {
			if err := s.CheckKeys(t.Context()); err != nil {
				t.Errorf("%s: before anything is sealed: %v", name, err)
			}
		}
		if err := fill(t.Context(), ours); err != nil {
			t.Fatal(err)
		}
		if err := foreign.CheckKeys(t.Context()); !errors.Is(err, store.ErrOtherKeys) {
			t.Errorf("%s: a foreign keyset: %v", name, err)
		}
		for _, step := range []func() error{keys.Introduce, keys.Promote} {
			if err := errors.Join(step(), ours.CheckKeys(t.Context())); err != nil {
				t.Errorf("%s: in the middle of a rotation: %v", name, err)
			}
		}
	}
}
