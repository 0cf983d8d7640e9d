package audit

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/devstack"
	"pulang/internal/devstack/testbed"
	"pulang/internal/ledger"
	"pulang/internal/store"
)

var stack *devstack.Stack

func TestMain(m *testing.M) { os.Exit(testbed.Main(m, &stack)) }

// house is a testbed with an audit, a ledger beside it, and one who chains.
type house struct {
	*testbed.Bed
	ledger *ledger.Ledger
	dir    string
	keeper *Keeper
	sql    *pgx.Conn
}

func newHouse(t *testing.T) *house {
	t.Parallel()
	h := &house{Bed: testbed.Open(t, stack, testbed.Options{Pool: 4}), dir: filepath.Join(t.TempDir(), "ledger")}
	var err error
	if h.ledger, err = ledger.Open(h.dir); err != nil {
		t.Fatal(err)
	}
	h.sql = h.SQL()
	h.keeper = h.another()
	return h
}

// another is one more process that chains.
func (h *house) another() *Keeper {
	return New(Options{Store: h.Store, Ledger: h.ledger, Now: h.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
}

// happens writes n entries, each in a transaction of its own.
func (h *house) happens(n int) {
	h.Helper()
	for i := range n {
		err := h.Store.InTx(h.Context(), func(tx *store.Tx) error {
			return tx.Audit(h.Context(), store.Entry{At: h.Now(), Actor: casefile.System("test"), Action: "case.tested",
				Case: casefile.NewID(h.Now()), Detail: casefile.Hide(fmt.Sprint("rahasia ", i))})
		})
		if err != nil {
			h.Fatal(err)
		}
		h.Forward(time.Second)
	}
}

func (h *house) chains(k *Keeper) {
	h.Helper()
	for {
		more, err := k.Pass(h.Context())
		if err != nil {
			h.Fatal(err)
		}
		if !more {
			return
		}
	}
}

// kept writes n entries and chains them, with a head of the last in the ledger.
func (h *house) kept(n int) {
	h.Helper()
	h.happens(n)
	h.Forward(anchorEach)
	h.chains(h.keeper)
}

// meddles works on the database like somebody who owns it: without the triggers.
func (h *house) meddles(sql string, args ...any) {
	h.Helper()
	for _, step := range []string{`ALTER TABLE audit DISABLE TRIGGER USER`, `ALTER TABLE audit_roots DISABLE TRIGGER USER`, sql,
		`ALTER TABLE audit ENABLE TRIGGER USER`, `ALTER TABLE audit_roots ENABLE TRIGGER USER`} {
		given := args
		if step != sql {
			given = nil
		}
		if _, err := h.sql.Exec(h.Context(), step, given...); err != nil {
			h.Fatalf("%s: %v", step, err)
		}
	}
}

func (h *house) verify(known ...Head) Result {
	h.Helper()
	result, err := Check{Store: h.Store, Ledger: h.ledger, Known: known}.Verify(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	return result
}

// finds compares what Verify finds, without times.
func (h *house) finds(want ...Finding) {
	h.Helper()
	var got []Finding
	for _, f := range h.verify().Findings {
		f.At = time.Time{}
		got = append(got, f)
	}
	if !slices.Equal(got, want) {
		h.Errorf("found %+v, want %+v", got, want)
	}
}

func (h *house) alarms() (kinds []store.AlarmKind) {
	h.Helper()
	err := h.Store.InTx(h.Context(), func(tx *store.Tx) error {
		standing, err := tx.Alarms(h.Context())
		for _, a := range standing {
			kinds = append(kinds, a.Kind)
		}
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return kinds
}

// remake makes the whole chain anew after a place, as somebody would who knows how.
func (h *house) remake(after int64) {
	h.Helper()
	err := h.Store.InTx(h.Context(), func(tx *store.Tx) error {
		head := store.Link{Hash: beginning}
		rows, err := tx.ChainedAudit(h.Context(), 0, 10_000)
		for _, row := range rows {
			if row.Link.Seq <= after {
				head = row.Link
			}
		}
		rows = slices.DeleteFunc(rows, func(r store.AuditRow) bool { return r.Link.Seq <= after })
		linkAfter(head, rows)
		for _, row := range rows {
			h.meddles(`UPDATE audit SET chained_seq = $2, hash = $3 WHERE int8send(seq) = $1`, row.Fields[0], row.Link.Seq, row.Link.Hash)
		}
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
}

func TestAnUntouchedAuditIsWhole(t *testing.T) {
	h := newHouse(t)
	h.finds()
	h.kept(5)
	h.happens(2)
	got := h.verify()
	if len(got.Findings) != 0 || got.Rows != 5 || got.First != 1 || got.Head.Seq != 5 || got.Heads != 1 || got.Newest.Seq != 5 || got.Tail != 2 {
		t.Errorf("%+v", got)
	}
	if want := h.Now().Add(-2 * time.Second); !got.Oldest.Equal(want) {
		t.Errorf("the oldest unchained row is of %s, want %s", got.Oldest, want)
	}
	h.chains(h.keeper)
	if got := h.verify(); got.Rows != 7 || got.Tail != 0 || len(got.Findings) != 0 {
		t.Errorf("after the next pass: %+v", got)
	}
}

func TestMoreRowsThanOnePassAreChained(t *testing.T) {
	h := newHouse(t)
	err := h.Store.InTx(t.Context(), func(tx *store.Tx) error {
		for range 2*batch + 1 {
			if err := tx.Audit(t.Context(), store.Entry{At: h.Now(), Actor: casefile.System("test"), Action: "a"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	h.chains(h.keeper)
	if got := h.verify(); got.Rows != 2*batch+1 || len(got.Findings) != 0 {
		t.Errorf("%+v", got)
	}
}

// Each is what somebody does who owns the database, and what Verify says of it.
func TestVerifyFindsWhatWasDone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do   func(*house)
		want []Finding
	}{
		"edited action":  {func(h *house) { h.meddles(`UPDATE audit SET action = 'x' WHERE chained_seq = 4`) }, []Finding{{Kind: Changed, From: 4, To: 4}}},
		"edited detail":  {func(h *house) { h.meddles(`UPDATE audit SET detail_sealed = '\x00' WHERE chained_seq = 4`) }, []Finding{{Kind: Changed, From: 4, To: 4}}},
		"emptied detail": {func(h *house) { h.meddles(`UPDATE audit SET detail_sealed = NULL WHERE chained_seq = 4`) }, []Finding{{Kind: Changed, From: 4, To: 4}}},
		"edited time": {func(h *house) { h.meddles(`UPDATE audit SET at = at + interval '1 microsecond' WHERE chained_seq = 4`) },
			[]Finding{{Kind: Changed, From: 4, To: 4}}},
		"endless time": {func(h *house) { h.meddles(`UPDATE audit SET at = 'infinity' WHERE chained_seq = 4`) }, []Finding{{Kind: Changed, From: 4, To: 4}}},
		"another actor": {func(h *house) {
			h.meddles(`UPDATE audit SET actor_kind = 'staff', actor_id = gen_random_uuid() WHERE chained_seq = 4`)
		}, []Finding{{Kind: Changed, From: 4, To: 4}}},
		"moved text": {func(h *house) {
			h.meddles(`UPDATE audit SET actor_part = 'testc', action = 'ase.tested' WHERE chained_seq = 4`)
		}, []Finding{{Kind: Changed, From: 4, To: 4}}},
		"another case": {func(h *house) { h.meddles(`UPDATE audit SET case_id = NULL WHERE chained_seq = 4`) }, []Finding{{Kind: Changed, From: 4, To: 4}}},
		"edited, with a hash of its own": {func(h *house) {
			h.meddles(`UPDATE audit SET action = 'x', hash = sha256('x') WHERE chained_seq = 4`)
		}, []Finding{{Kind: Changed, From: 4, To: 4}, {Kind: Changed, From: 5, To: 5}}},
		"removed":       {func(h *house) { h.meddles(`DELETE FROM audit WHERE chained_seq IN (4, 5)`) }, []Finding{{Kind: Removed, From: 4, To: 5}}},
		"removed first": {func(h *house) { h.meddles(`DELETE FROM audit WHERE chained_seq <= 2`) }, []Finding{{Kind: Removed, From: 1, To: 2}}},
		"removed, and the rest moved up": {func(h *house) {
			h.meddles(`DELETE FROM audit WHERE chained_seq = 4`)
			for seq := 5; seq <= 9; seq++ {
				h.meddles(`UPDATE audit SET chained_seq = chained_seq - 1 WHERE chained_seq = $1`, seq)
			}
		}, []Finding{{Kind: Changed, From: 4, To: 4}, {Kind: Changed, From: 5, To: 5}, {Kind: Changed, From: 6, To: 6}, {Kind: Rewritten, From: 4, To: 6},
			{Kind: Changed, From: 7, To: 7}, {Kind: Changed, From: 8, To: 8}, {Kind: Cut, From: 9, To: 9}}},
		"reordered": {func(h *house) {
			h.meddles(`UPDATE audit SET chained_seq = 100 WHERE chained_seq = 4`)
			h.meddles(`UPDATE audit SET chained_seq = 4 WHERE chained_seq = 5`)
			h.meddles(`UPDATE audit SET chained_seq = 5 WHERE chained_seq = 100`)
		}, []Finding{{Kind: Changed, From: 4, To: 4}, {Kind: Changed, From: 5, To: 5}, {Kind: Changed, From: 6, To: 6}}},
		"put in": {func(h *house) {
			h.meddles(`INSERT INTO audit (id, at, actor_kind, actor_part, action, chained_seq, hash) VALUES (gen_random_uuid(), '2026-03-01', 'system', 'x', 'x', 10, sha256('x'))`)
		}, []Finding{{Kind: Changed, From: 10, To: 10}}},
		"cut off": {func(h *house) { h.meddles(`DELETE FROM audit WHERE chained_seq >= 8`) }, []Finding{{Kind: Cut, From: 8, To: 9}}},
		"emptied": {func(h *house) { h.meddles(`DELETE FROM audit`) }, []Finding{{Kind: Cut, From: 1, To: 9}}},
		"made anew from the fourth": {func(h *house) {
			h.meddles(`UPDATE audit SET action = 'x' WHERE chained_seq = 4`)
			h.remake(3)
		}, []Finding{{Kind: Rewritten, From: 4, To: 9}}},
		"removed, and made anew": {func(h *house) {
			h.meddles(`DELETE FROM audit WHERE chained_seq = 8`)
			h.remake(6)
		}, []Finding{{Kind: Cut, From: 9, To: 9}}},
		"pruned too early": {func(h *house) {
			h.meddles(`INSERT INTO audit_roots (chained_seq, hash, at) SELECT chained_seq, hash, '2026-03-01' FROM audit WHERE chained_seq = 5`)
			h.meddles(`DELETE FROM audit WHERE chained_seq <= 5`)
		}, []Finding{{Kind: Early, From: 5, To: 5}}},
		"a root made up": {func(h *house) {
			h.meddles(`INSERT INTO audit_roots (chained_seq, hash, at) VALUES (5, sha256('x'), '2046-03-01')`)
			h.meddles(`DELETE FROM audit WHERE chained_seq <= 5`)
		}, []Finding{{Kind: Changed, From: 6, To: 6}}},
		"a line of the ledger changed": {func(h *house) {
			name := filepath.Join(h.dir, Heads+".ledger")
			text, err := os.ReadFile(name)
			if err == nil {
				err = os.WriteFile(name, []byte("x"+string(text)), 0o600)
			}
			if err != nil {
				h.Fatal(err)
			}
		}, []Finding{{Kind: Illegible, From: 1, To: 1}}},
		"the ledger taken away": {func(h *house) {
			if err := os.Remove(filepath.Join(h.dir, Heads+".ledger")); err != nil {
				h.Fatal(err)
			}
		}, []Finding{{Kind: Unkept}}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.kept(3)
			h.kept(3)
			h.kept(3)
			if got := h.verify(); got.Heads != 3 || len(got.Findings) != 0 {
				t.Fatalf("before: %+v", got)
			}
			c.do(h)
			h.finds(c.want...)
		})
	}
}

func TestTheDatabaseRefusesToChangeTheAudit(t *testing.T) {
	h := newHouse(t)
	h.kept(3)
	h.happens(1)
	for _, sql := range []string{
		`UPDATE audit SET action = 'x' WHERE chained_seq = 1`,
		`UPDATE audit SET action = 'x' WHERE chained_seq IS NULL`,
		`UPDATE audit SET action = 'x', chained_seq = 4, hash = sha256('x') WHERE chained_seq IS NULL`,
		`UPDATE audit SET chained_seq = 9 WHERE chained_seq = 3`,
		`UPDATE audit SET hash = sha256('x') WHERE chained_seq = 3`,
		`UPDATE audit SET chained_seq = NULL, hash = NULL WHERE chained_seq = 3`,
		`DELETE FROM audit WHERE chained_seq = 1`,
		`DELETE FROM audit WHERE chained_seq IS NULL`,
		`DELETE FROM audit`,
		`TRUNCATE audit`,
		`INSERT INTO audit (id, at, actor_kind, actor_part, action, chained_seq, hash) VALUES (gen_random_uuid(), '2026-03-01', 'system', 'x', 'x', 4, sha256('x'))`,
		`INSERT INTO audit_roots (chained_seq, hash, at) VALUES (2, sha256('x'), '2026-03-01')`,
		`CREATE TEMP TABLE audit_roots (chained_seq bigint); INSERT INTO audit_roots VALUES (3); DELETE FROM audit WHERE chained_seq = 1`,
	} {
		if _, err := h.sql.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "23001") {
			t.Errorf("%s: %v, want a refusal", sql, err)
		}
	}
	h.finds()
	if got := h.verify(); got.Rows != 3 || got.Tail != 1 {
		t.Errorf("%+v", got)
	}
}

func TestEveryColumnIsChained(t *testing.T) {
	h := newHouse(t)
	rows, err := h.sql.Query(t.Context(), `
		SELECT column_name FROM information_schema.columns WHERE table_name = 'audit' AND table_schema = 'public' ORDER BY ordinal_position`)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(columns)
	// Those that store.AuditRow names, and the two of the chain.
	want := []string{"action", "actor_id", "actor_kind", "actor_part", "at", "case_id", "chained_seq", "conversation_id", "detail_sealed", "hash", "id", "seq"}
	if !slices.Equal(columns, want) {
		t.Errorf("the audit has the columns %q, the chain covers %q: add the new one to store.AuditRow and count audit's version up", columns, want)
	}
}

// Chains made by releases that run must still verify: the encoding is pinned.
func TestHashesStayWhatTheyWere(t *testing.T) {
	t.Parallel()
	fields := [][]byte{{0, 0, 0, 0, 0, 0, 0, 7}, []byte("id"), nil, {}, []byte("case.viewed")}
	const want = "782d00ffba9d52569df99208ecedc6bed2a3e5850f14c459b02b1da69a8940ee"
	if got := hex.EncodeToString(Hash(beginning, 1, fields)); got != want {
		t.Errorf("the hash is %s, want %s", got, want)
	}
	for name, other := range map[string][]byte{
		"place":      Hash(beginning, 2, fields),
		"before":     Hash(slices.Repeat([]byte{1}, 32), 1, fields),
		"null":       Hash(beginning, 1, [][]byte{fields[0], fields[1], {}, {}, fields[4]}),
		"moved text": Hash(beginning, 1, [][]byte{fields[0], []byte("i"), nil, []byte("d"), fields[4]}),
		"one less":   Hash(beginning, 1, fields[:4]),
	} {
		if hex.EncodeToString(other) == want {
			t.Errorf("another %s has the same hash", name)
		}
	}
}

func TestManyProcessesMakeOneChain(t *testing.T) {
	h := newHouse(t)
	var group sync.WaitGroup
	for range 4 {
		keeper := h.another()
		group.Go(func() { h.happens(15) })
		group.Go(func() {
			for range 30 {
				if _, err := keeper.Pass(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	h.chains(h.keeper)
	if got := h.verify(); got.Rows != 60 || got.Head.Seq != 60 || got.Tail != 0 || len(got.Findings) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestOnlyOneLeads(t *testing.T) {
	h := newHouse(t)
	h.happens(1)
	err := h.Store.InTx(t.Context(), func(tx *store.Tx) error {
		if leads, err := tx.LeadAudit(t.Context()); err != nil || !leads {
			t.Errorf("leads %v, %v", leads, err)
		}
		h.chains(h.keeper)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := h.verify(); got.Rows != 0 || got.Tail != 1 {
		t.Errorf("while another leads: %+v", got)
	}
	h.chains(h.keeper)
	if got := h.verify(); got.Rows != 1 || got.Tail != 0 {
		t.Errorf("after that: %+v", got)
	}
}

func TestARowThatCommitsLateIsChainedLate(t *testing.T) {
	h := newHouse(t)
	if err := h.Store.InTx(t.Context(), func(tx *store.Tx) error {
		err := tx.Audit(t.Context(), store.Entry{At: h.Now(), Actor: casefile.System("slow"), Action: "a"})
		if err == nil {
			err = tx.Flush(t.Context())
		}
		h.happens(2)
		h.chains(h.keeper)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	h.chains(h.keeper)
	var part string
	if err := h.sql.QueryRow(t.Context(), `SELECT actor_part FROM audit WHERE chained_seq = 3 AND seq = 1`).Scan(&part); err != nil || part != "slow" {
		t.Errorf("the third in the chain is %q (%v), want the slow one", part, err)
	}
	h.finds()
}

func TestHeadsAreKeptOnceAMinuteAndAtTheEnd(t *testing.T) {
	h := newHouse(t)
	places := func() (got []int64) {
		t.Helper()
		if err := h.ledger.Each(Heads, func(line string) error {
			head, err := ParseHead(line)
			got = append(got, head.Seq)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return got
	}
	h.happens(1)
	h.chains(h.keeper)
	h.happens(1)
	h.chains(h.keeper)
	if got := places(); !slices.Equal(got, []int64{1}) {
		t.Errorf("in the first minute: %v", got)
	}
	h.Forward(anchorEach)
	h.chains(h.keeper)
	h.Forward(anchorEach)
	h.chains(h.keeper)
	if got := places(); !slices.Equal(got, []int64{1, 2}) {
		t.Errorf("after two minutes: %v", got)
	}
	h.happens(1)
	h.chains(h.keeper)
	h.happens(1) // in the same minute
	if err := h.keeper.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := places(); !slices.Equal(got, []int64{1, 2, 3, 4}) {
		t.Errorf("after the stop: %v", got)
	}
	h.Forward(time.Hour)
	h.chains(h.another())
	if got := places(); !slices.Equal(got, []int64{1, 2, 3, 4}) {
		t.Errorf("a new process keeps the same head again: %v", got)
	}
}

func TestAChainThatWentBackIsAnAlarm(t *testing.T) {
	h := newHouse(t)
	h.kept(5)
	h.meddles(`DELETE FROM audit WHERE chained_seq >= 4`)
	h.happens(1)
	h.chains(h.keeper)
	if got := h.alarms(); !slices.Equal(got, []store.AlarmKind{store.AlarmAuditBroken}) {
		t.Errorf("alarms: %v", got)
	}
	h.chains(h.keeper) // said once; the alarm stands until somebody clears it
	var times int
	if err := h.sql.QueryRow(t.Context(), `SELECT sum(times) FROM alarms`).Scan(&times); err != nil || times != 1 {
		t.Errorf("raised %d times (%v)", times, err)
	}
	if got := h.verify(); got.Head.Seq != 4 {
		t.Errorf("chaining did not go on: %+v", got.Head)
	}
}

func TestWhatHappenedWhileNobodyLookedIsAnAlarm(t *testing.T) {
	h := newHouse(t)
	h.kept(5)
	h.meddles(`UPDATE audit SET hash = sha256('x') WHERE chained_seq = 5`)
	h.chains(h.another())
	if got := h.alarms(); !slices.Equal(got, []store.AlarmKind{store.AlarmAuditBroken}) {
		t.Errorf("alarms: %v", got)
	}
}

func TestALedgerThatCannotBeWrittenIsAnAlarmUntilItCan(t *testing.T) {
	h := newHouse(t)
	h.happens(1)
	heads := filepath.Join(h.dir, Heads+".ledger")
	if err := os.Mkdir(heads, 0o700); err != nil { // a folder where the file should be: also root cannot write it
		t.Fatal(err)
	}
	h.chains(h.keeper)
	if got := h.verifyWithout(); got.Rows != 1 {
		t.Errorf("chaining waits for the ledger: %+v", got)
	}
	if got := h.alarms(); !slices.Equal(got, []store.AlarmKind{store.AlarmAuditLoose}) {
		t.Errorf("alarms: %v", got)
	}
	if err := os.Remove(heads); err != nil {
		t.Fatal(err)
	}
	h.Forward(anchorEach)
	h.chains(h.keeper)
	if got := h.alarms(); len(got) != 0 {
		t.Errorf("alarms after it could be written: %v", got)
	}
	h.finds()
}

func TestALedgerThatWasTakenAwayIsAnAlarm(t *testing.T) {
	for name, meanwhile := range map[string]func(*house) *Keeper{
		"while it ran": func(h *house) *Keeper { return h.keeper },
		"before a start": func(h *house) *Keeper {
			var err error
			if h.ledger, err = ledger.Open(h.dir); err != nil { // makes the folder anew
				h.Fatal(err)
			}
			return h.another()
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.kept(3)
			if got := h.alarms(); len(got) != 0 {
				t.Errorf("alarms at the first start: %v", got)
			}
			if err := os.RemoveAll(h.dir); err != nil {
				t.Fatal(err)
			}
			keeper := meanwhile(h)
			h.happens(1)
			h.Forward(anchorEach)
			h.chains(keeper)
			if got := h.alarms(); !slices.Contains(got, store.AlarmAuditBroken) {
				t.Errorf("alarms: %v", got)
			}
		})
	}
}

// verifyWithout verifies without a ledger.
func (h *house) verifyWithout() Result {
	h.Helper()
	result, err := Check{Store: h.Store}.Verify(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	return result
}

func TestPruningLeavesARootAndTheChainWhole(t *testing.T) {
	h := newHouse(t)
	h.kept(4)
	h.Forward(Kept)
	h.kept(2) // prunes: the four are past, and of the two none
	got := h.verify()
	if got.Root.Seq != 4 || got.First != 5 || got.Rows != 2 || len(got.Findings) != 0 || got.Tail != 1 {
		t.Errorf("%+v", got)
	}
	h.chains(h.keeper)
	var pruned int
	if err := h.sql.QueryRow(t.Context(), `SELECT count(*) FROM audit WHERE action = 'audit.pruned'`).Scan(&pruned); err != nil || pruned != 1 {
		t.Errorf("%d prunings in the audit (%v), want 1", pruned, err)
	}
	h.Forward(2 * Kept)
	h.chains(h.keeper)
	got = h.verify()
	if got.Root.Seq != 6 || got.Rows != 1 || len(got.Findings) != 0 {
		t.Errorf("after everything is past: %+v", got)
	}
	h.meddles(`UPDATE audit SET action = 'x' WHERE chained_seq = 7`)
	h.finds(Finding{Kind: Changed, From: 7, To: 7})
}

func TestTheAuditIsKeptAsTheTableOfRetentionSays(t *testing.T) {
	t.Parallel()
	table, _ := casefile.KeepingOf(casefile.KeptAudit)
	if want := time.Duration(table.Days) * 24 * time.Hour; Kept != want || table.Longest != 0 {
		t.Errorf("the audit is kept %s, casefile.Kept says %s", Kept, want)
	}
}

func TestAnOldRowBehindAYoungOneStays(t *testing.T) {
	h := newHouse(t)
	h.Forward(Kept)
	h.happens(1)
	h.Forward(-Kept)
	h.happens(3)
	h.Forward(Kept)
	h.chains(h.keeper)
	if got := h.verify(); got.Rows != 4 || got.Root.Seq != 0 {
		t.Errorf("%+v", got)
	}
}

func TestHeadsFromElsewhereAreCompared(t *testing.T) {
	h := newHouse(t)
	h.kept(3)
	head := h.verify().Head
	h.meddles(`DELETE FROM audit WHERE chained_seq = 3`)
	if err := os.RemoveAll(h.dir); err != nil {
		t.Fatal(err)
	}
	result, err := Check{Store: h.Store, Known: []Head{{Link: head}}}.Verify(t.Context())
	if err != nil || len(result.Findings) != 1 || result.Findings[0].Kind != Cut {
		t.Errorf("%+v, %v", result.Findings, err)
	}
	if got := h.verifyWithout(); len(got.Findings) != 0 || got.Heads != 0 {
		t.Errorf("without any head: %+v", got)
	}
}

func TestARestoredBackupIsMarkedAndNoFindingAfterThat(t *testing.T) {
	h := newHouse(t)
	h.kept(3)
	h.kept(3)
	check := Check{Store: h.Store, Ledger: h.ledger}
	entry := store.Entry{At: h.Now(), Actor: casefile.System("command"), Action: "audit.restored"}
	if _, err := check.MarkRestored(t.Context(), entry, h.Now()); !errors.Is(err, ErrNothingBack) {
		t.Errorf("nothing was put back: %v", err)
	}
	h.meddles(`DELETE FROM audit WHERE chained_seq >= 5`) // the backup was made after the fourth
	h.kept(2)
	h.finds(Finding{Kind: Rewritten, From: 4, To: 6})
	head, err := check.MarkRestored(t.Context(), entry, h.Now())
	if err != nil || head.Seq != 3 || !head.Restored {
		t.Fatalf("%+v, %v", head, err)
	}
	h.finds()
	h.kept(1)
	h.finds()
	got := h.verify()
	if len(got.Restored) != 1 || got.Head.Seq != 8 || got.Rows != 8 {
		t.Errorf("%+v", got)
	}
	h.chains(h.another())
	h.meddles(`DELETE FROM audit WHERE chained_seq = 8`)
	h.finds(Finding{Kind: Cut, From: 8, To: 8})
}

func TestHeadsAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)
	link := store.Link{Seq: 12, Hash: Hash(beginning, 12, nil)}
	for _, want := range []Head{{Link: link, At: at}, {Link: link, At: at, Restored: true}} {
		got, err := ParseHead(want.String())
		if err != nil || got.String() != want.String() || got.Seq != 12 || !got.At.Equal(at) || got.Restored != want.Restored {
			t.Errorf("%s was read as %s (%v)", want, got, err)
		}
	}
	short := hex.EncodeToString(link.Hash)
	for _, bad := range []string{"", "12", "x " + short, "-1 " + short, "12 " + short[:62], "12 zz" + short[2:], "12 " + short + " yesterday", "12 " + short + " 2026-03-01T03:00:00Z x"} {
		if _, err := ParseHead(bad); !errors.Is(err, ErrBadHead) {
			t.Errorf("ParseHead(%q): %v, want ErrBadHead", bad, err)
		}
	}
}

func FuzzParseHead(f *testing.F) {
	f.Add(Head{Link: store.Link{Seq: 1, Hash: beginning}, At: time.Unix(1, 0)}.String())
	f.Add("restored 0 00")
	f.Fuzz(func(t *testing.T, line string) {
		head, err := ParseHead(line)
		if err != nil {
			return
		}
		again, err := ParseHead(head.String())
		if err != nil && !head.At.IsZero() && head.At.Year() <= 9999 && head.At.Year() >= 0 {
			t.Fatalf("%q was read and not read again: %v", line, err)
		}
		if err == nil && again.Seq != head.Seq {
			t.Errorf("%q: %d, then %d", line, head.Seq, again.Seq)
		}
	})
}
