package store_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/devstack"
	"pulang/internal/devstack/testbed"
	"pulang/internal/seal"
	"pulang/internal/store"
)

var stack *devstack.Stack

func TestMain(m *testing.M) { os.Exit(testbed.Main(m, &stack)) }

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

type db struct {
	*store.Store
	t   *testing.T
	bed *testbed.Bed
	url string
}

func open(t *testing.T) db {
	t.Helper()
	bed := testbed.Open(t, stack, testbed.Options{At: noon, Pool: 4})
	return db{bed.Store, t, bed, bed.URL}
}

func (d db) tx(work func(ctx context.Context, tx *store.Tx) error) error {
	ctx := d.t.Context()
	return d.InTx(ctx, func(tx *store.Tx) error { return work(ctx, tx) })
}

func (d db) must(work func(ctx context.Context, tx *store.Tx) error) {
	d.t.Helper()
	if err := d.tx(work); err != nil {
		d.t.Fatal(err)
	}
}

// rina starts a conversation and returns it.
func (d db) rina() store.Found {
	d.t.Helper()
	return d.bed.Starts(casefile.Address{Channel: "telegram", ID: casefile.Hide("771001")})
}

func (d db) says(c store.Found, providerID, text string) casefile.ID {
	d.t.Helper()
	m := store.Message{ID: casefile.NewID(noon), Channel: "telegram", ProviderID: providerID, Conversation: c.ID,
		Kind: casefile.KindText, State: store.Waiting, Text: casefile.Hide(text), ReceivedAt: noon}
	d.must(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.StoreMessages(ctx, []store.Message{m}, map[casefile.ID]seal.Key{c.ID: c.Key})
		return err
	})
	return m.ID
}

func TestAProviderIDIsStoredOnce(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.rina()
	d.says(c, "u1", "tolong")
	d.says(c, "u1", "tolong")
	d.says(c, "u2", "halo")
	d.must(func(ctx context.Context, tx *store.Tx) error {
		lanes, err := tx.LockLanes(ctx, []casefile.ID{c.ID}, nil)
		if err != nil {
			return err
		}
		waiting, err := tx.WaitingMessages(ctx, lanes)
		if err != nil {
			return err
		}
		got := waiting[c.ID]
		if len(got) != 2 || !got[0].Text.Is("tolong") || !got[1].Text.Is("halo") {
			t.Errorf("waiting: %d messages, want tolong and halo once each", len(got))
		}
		return nil
	})
}

func TestALaneIsHeldByOneAtATime(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.rina()
	d.must(func(ctx context.Context, tx *store.Tx) error {
		if lanes, err := tx.LockLanes(ctx, []casefile.ID{c.ID}, nil); err != nil || len(lanes) != 1 {
			t.Fatalf("first: %d lanes, %v", len(lanes), err)
		}
		return d.tx(func(ctx context.Context, other *store.Tx) error {
			lanes, err := other.LockLanes(ctx, []casefile.ID{c.ID}, nil)
			if len(lanes) != 0 {
				t.Error("a second holder got the same lane")
			}
			return err
		})
	})
}

func TestAStaleTurnIsRefused(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.rina()
	var lane store.Conversation
	d.must(func(ctx context.Context, tx *store.Tx) (err error) {
		lane, err = tx.LockLane(ctx, c.ID)
		return err
	})
	next := casefile.Session{Version: 1, Turn: 1, Stage: casefile.StageOpening, Lang: casefile.Indonesian}
	write := func(ctx context.Context, tx *store.Tx) error { return tx.Checkpoint(ctx, lane, next) }
	d.must(write)
	if err := d.tx(write); !errors.Is(err, store.ErrStale) {
		t.Errorf("writing turn 1 twice: %v, want ErrStale", err)
	}
}

func TestAHotSessionIsBelievedOnlyAtItsTurn(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.rina()
	d.must(func(ctx context.Context, tx *store.Tx) error {
		lane, err := tx.LockLane(ctx, c.ID)
		if err != nil {
			return err
		}
		return tx.Checkpoint(ctx, lane, casefile.Session{Version: 1, Turn: 1, Asking: casefile.DangerNow})
	})
	for _, known := range []struct {
		turn int
		want casefile.Key
	}{{1, casefile.Freedom}, {0, casefile.DangerNow}, {2, casefile.DangerNow}} {
		d.must(func(ctx context.Context, tx *store.Tx) error {
			hot := map[casefile.ID]casefile.Session{c.ID: {Turn: known.turn, Asking: casefile.Freedom}}
			lanes, err := tx.LockLanes(ctx, []casefile.ID{c.ID}, hot)
			if err != nil {
				return err
			}
			if got := lanes[0].Session.Asking; got != known.want {
				t.Errorf("hot session of turn %d: asking %q, want %q", known.turn, got, known.want)
			}
			return nil
		})
	}
}

func TestAMessageBelongsToOneTurn(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.rina()
	id := d.says(c, "u1", "tolong")
	take := func(ctx context.Context, tx *store.Tx) error { return tx.TakeMessages(ctx, 1, []casefile.ID{id}) }
	d.must(take)
	if err := d.tx(take); !errors.Is(err, store.ErrStale) {
		t.Errorf("taking a message twice: %v, want ErrStale", err)
	}
}

func TestFailingMessagesAreSetAsideAtTheLimit(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.rina()
	d.says(c, "u1", "tolong")
	var aside []int64
	for range 3 {
		d.must(func(ctx context.Context, tx *store.Tx) error {
			n, err := tx.FailMessages(ctx, c.ID, 3)
			aside = append(aside, n)
			return err
		})
	}
	if len(aside) != 3 || aside[0] != 0 || aside[1] != 0 || aside[2] != 1 {
		t.Errorf("set aside after each failure: %v, want [0 0 1]", aside)
	}
}

func letter(c store.Found, at time.Time, priority int) store.Letter {
	return store.Letter{ID: casefile.NewID(at), Conversation: c.ID, Channel: "telegram", Purpose: casefile.ForAnswer,
		Priority: priority, Turn: 1, Body: casefile.Hide("Pesanmu masuk."), QueuedAt: at}
}

// claiming claims so many urgent and so many other letters.
func claiming(claim casefile.ID, limit int, now time.Time) store.Claiming {
	return store.Claiming{Claim: claim, Channels: []casefile.ChannelName{"telegram"}, Urgent: limit, Ordinary: limit, Lease: time.Minute, Now: now}
}

func TestLettersOfOnePersonLeaveInOrderAndOneAtATime(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.rina()
	first, second := letter(c, noon, store.InItsTurn), letter(c, noon, store.DangerFirst)
	d.must(func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.Queue(ctx, first, c.Key), tx.Queue(ctx, second, c.Key))
	})
	claim := func() (got []store.Letter) {
		d.must(func(ctx context.Context, tx *store.Tx) error {
			letters, bodies, err := tx.ClaimLetters(ctx, claiming(casefile.NewID(noon), 10, noon))
			for _, l := range letters {
				if body, err := store.OpenBody(c.Key, l.ID, bodies[l.ID]); err != nil || !body.Is("Pesanmu masuk.") {
					t.Errorf("body does not open: %v", err)
				}
			}
			got = letters
			return err
		})
		return got
	}
	got := claim()
	if len(got) != 1 || got[0].ID != first.ID {
		t.Fatalf("first claim: %d letters, want the first letter alone", len(got))
	}
	if again := claim(); len(again) != 0 {
		t.Fatal("the second letter was claimed while the first was on its way")
	}
	d.must(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Settle(ctx, []store.Settlement{{Letter: first.ID, Claim: got[0].Claim, State: "sent", MessageRef: "9", At: noon}})
		return err
	})
	if got := claim(); len(got) != 1 || got[0].ID != second.ID {
		t.Error("the second letter did not follow the first")
	}
}

func TestAnExpiredClaimHasAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.rina()
	l := letter(c, noon, store.InItsTurn)
	d.must(func(ctx context.Context, tx *store.Tx) error { return tx.Queue(ctx, l, c.Key) })
	d.must(func(ctx context.Context, tx *store.Tx) error {
		_, _, err := tx.ClaimLetters(ctx, claiming(casefile.NewID(noon), 1, noon))
		return err
	})
	later := noon.Add(2 * time.Minute)
	d.must(func(ctx context.Context, tx *store.Tx) error {
		if n, err := tx.ExpireClaims(ctx, later); err != nil || n != 1 {
			t.Errorf("expired %d claims, want 1 (%v)", n, err)
		}
		letters, _, err := tx.ClaimLetters(ctx, claiming(casefile.NewID(later), 1, later))
		if len(letters) != 1 || !letters[0].Unknown {
			t.Error("the letter of a dead process must come back as unknown")
		}
		return err
	})
}

func TestADeliveredLetterStaysDelivered(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.rina()
	l := letter(c, noon, store.InItsTurn)
	claim := casefile.NewID(noon)
	d.must(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.Queue(ctx, l, c.Key); err != nil {
			return err
		}
		if _, _, err := tx.ClaimLetters(ctx, claiming(claim, 1, noon)); err != nil {
			return err
		}
		_, err := tx.Settle(ctx, []store.Settlement{{Letter: l.ID, Claim: claim, State: "sent", MessageRef: "SM1", At: noon}})
		return err
	})
	for _, status := range []struct {
		state string
		hits  int
	}{{"delivered", 1}, {"failed", 0}, {"delivered", 0}} {
		d.must(func(ctx context.Context, tx *store.Tx) error {
			hit, err := tx.NoteStatus(ctx, "telegram", store.Status{MessageRef: "SM1", State: status.state, At: noon})
			if len(hit) != status.hits {
				t.Errorf("%s changed %d letters, want %d", status.state, len(hit), status.hits)
			}
			return err
		})
	}
}

func TestACaseReadsBackAsWritten(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.rina()
	id := casefile.NewID(noon)
	d.must(func(ctx context.Context, tx *store.Tx) error {
		lane, err := tx.LockLane(ctx, c.ID)
		if err != nil {
			return err
		}
		k := store.Case{ID: id, Ref: "K7Q2MN", Urgency: casefile.High, QueuedAt: noon, Country: "MM", Flow: casefile.FlowVictim,
			Lang: casefile.Indonesian, Team: store.MainTeam, Assessment: []byte(`{"a":1}`), LastIn: noon, OpenedAt: noon}
		if err := tx.OpenCase(ctx, k, lane); err != nil {
			return err
		}
		if lane, err = tx.LockLane(ctx, c.ID); err != nil || lane.Case != id {
			t.Fatalf("the conversation does not know its case: %v", err)
		}
		files, err := tx.CasesOf(ctx, []store.Conversation{lane})
		if got := files[c.ID]; err != nil || got.Ref != k.Ref || got.Urgency != casefile.High || string(got.Assessment) != `{"a":1}` || !got.QueuedAt.Equal(noon) {
			t.Errorf("case came back changed: %v", err)
		}
		return nil
	})
}

func TestNothingPrivateIsPlainInTheDatabase(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.rina()
	d.says(c, "u1", "canary-plea")
	d.must(func(ctx context.Context, tx *store.Tx) error {
		lane, err := tx.LockLane(ctx, c.ID)
		if err != nil {
			return err
		}
		fact := casefile.Fact{Key: casefile.Place, Value: casefile.Hide("canary-place"), How: casefile.Heard, Phrase: casefile.Hide("canary-phrase"), At: noon}
		session := casefile.Session{Version: 1, Turn: 1, Facts: casefile.Facts{fact}}
		l := letter(c, noon, 5)
		l.Body = casefile.Hide("canary-body")
		return errors.Join(tx.LearnFact(ctx, lane, 1, 0, fact), tx.Checkpoint(ctx, lane, session), tx.Queue(ctx, l, c.Key))
	})
	dump := d.dump()
	for _, canary := range []string{"canary-plea", "771001", "canary-place", "canary-phrase", "canary-body"} {
		if strings.Contains(dump, canary) {
			t.Errorf("%s can be read in the database", canary)
		}
	}
	if !strings.Contains(dump, "telegram") {
		t.Error("the dump shows nothing: the search proves nothing")
	}
}

// dump is every row of every table as text.
func (d db) dump() string {
	d.t.Helper()
	ctx := d.t.Context()
	conn, err := pgx.Connect(ctx, d.url)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	rows, err := conn.Query(ctx, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)
	if err != nil {
		d.t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		d.t.Fatal(err)
	}
	var all strings.Builder
	for _, table := range tables {
		rows, err := conn.Query(ctx, `SELECT t::text || encode(convert_to(t::text, 'UTF8'), 'escape') FROM `+pgx.Identifier{table}.Sanitize()+` t`)
		if err != nil {
			d.t.Fatal(err)
		}
		texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			d.t.Fatal(err)
		}
		all.WriteString(strings.Join(texts, "\n"))
	}
	return all.String()
}

func TestADatabaseThatIsDownIsAway(t *testing.T) {
	t.Parallel()
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(store.Options{URL: "postgres://nobody@127.0.0.1:1/none", Keys: keys, ConnectTimeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Ping(t.Context()); !errors.Is(err, store.ErrAway) {
		t.Errorf("ping: %v, want ErrAway", err)
	}
	if err := s.InTx(t.Context(), func(*store.Tx) error { return nil }); !errors.Is(err, store.ErrAway) {
		t.Errorf("transaction: %v, want ErrAway", err)
	}
}

func TestAnAuditWithoutActorIsRefused(t *testing.T) {
	t.Parallel()
	d := open(t)
	err := d.tx(func(ctx context.Context, tx *store.Tx) error {
		return tx.Audit(ctx, store.Entry{At: noon, Action: "case.viewed"})
	})
	if !errors.Is(err, casefile.ErrMissingActor) {
		t.Errorf("audit without actor: %v, want ErrMissingActor", err)
	}
}
