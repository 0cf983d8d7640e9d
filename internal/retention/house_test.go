package retention

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/devstack"
	"pulang/internal/ledger"
	"pulang/internal/seal"
	"pulang/internal/session"
	"pulang/internal/store"
)

var stack *devstack.Stack

func TestMain(m *testing.M) {
	version, err := devstack.VersionOf(store.Migrations)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(devstack.Main(m, devstack.Options{Migrate: store.Migrate, Version: version},
		func(s *devstack.Stack) { stack = s }))
}

const day = 24 * time.Hour

// house is a database of its own, a Redis, a ledger, a clock and two members of staff.
type house struct {
	*testing.T
	f        *Forgetter
	store    *store.Store
	keys     *seal.Keys
	url      string
	sessions *session.Sessions
	ledger   *ledger.Ledger
	db       *pgx.Conn
	log      *bytes.Buffer
	mu       sync.Mutex
	at       time.Time

	siti, budi access.Staff // a supervisor, and an officer
}

func newHouse(t *testing.T) *house {
	t.Parallel()
	keys, err := seal.New()
	check(t, err)
	h := &house{T: t, keys: keys, url: stack.Database(t), log: &bytes.Buffer{}, at: time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)}
	h.ledger, err = ledger.Open(t.TempDir())
	check(t, err)
	h.sessions, err = session.Open(stack.RedisURL, keys, h.now)
	check(t, err)
	t.Cleanup(func() { _ = h.sessions.Close() })
	h.opens(h.url)
	h.siti, h.budi = h.member("siti", access.Supervisor), h.member("budi", access.DutyOfficer)
	return h
}

// opens makes the house work on a database.
func (h *house) opens(url string) {
	h.Helper()
	var err error
	h.store, err = store.Open(store.Options{URL: url, Keys: h.keys, Pool: 4})
	check(h.T, err)
	h.Cleanup(h.store.Close)
	h.db, err = pgx.Connect(h.Context(), url)
	check(h.T, err)
	h.Cleanup(func() { _ = h.db.Close(context.WithoutCancel(h.Context())) })
	h.f = h.with(h.ledger)
}

// with is a forgetter on the same database with another ledger, or none.
func (h *house) with(l *ledger.Ledger) *Forgetter {
	return New(Options{Store: h.store, Sessions: h.sessions, Ledger: l, Now: h.now, Log: slog.New(slog.NewTextHandler(h.log, nil))})
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *house) forward(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

func (h *house) tx(work func(*store.Tx) error) {
	h.Helper()
	check(h.T, h.store.InTx(h.Context(), work))
}

func (h *house) member(login string, role access.Role) access.Staff {
	h.Helper()
	id := casefile.NewID(h.now())
	h.tx(func(tx *store.Tx) error {
		return tx.AddStaff(h.Context(), store.Staff{ID: id, Login: login, Name: casefile.Hide(login), Role: string(role),
			Team: "main", Languages: []string{"id"}, Lang: "id", CreatedAt: h.now()})
	})
	return access.Staff{ID: id, Role: role}
}

// number runs a query that gives one number.
func (h *house) number(sql string, args ...any) (n int) {
	h.Helper()
	check(h.T, h.db.QueryRow(h.Context(), sql, args...).Scan(&n))
	return n
}

func (h *house) exec(sql string, args ...any) {
	h.Helper()
	_, err := h.db.Exec(h.Context(), sql, args...)
	check(h.T, err)
}

// dump is every table as text.
func (h *house) dump() map[string]string {
	h.Helper()
	rows, err := h.db.Query(h.Context(), `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)
	check(h.T, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	check(h.T, err)
	all := map[string]string{}
	for _, name := range names {
		var out bytes.Buffer
		_, err := h.db.PgConn().CopyTo(h.Context(), &out, `COPY (SELECT * FROM `+name+` x ORDER BY x::text) TO STDOUT`)
		check(h.T, err)
		all[name] = out.String()
	}
	return all
}

// person is somebody who wrote, with a case.
type person struct {
	*house
	ref     string
	file    casefile.ID
	lane    casefile.ID
	address casefile.Address
	wrapped string // the wrapped key as hex, as it stood
}

// writes makes somebody write, with everything a conversation can hold: a message
// with raw bytes and media, facts, a reply, a note, a wall, a broken glass, a watch, a
// hot session. change may change the case before it is opened.
func (h *house) writes(ref string, facts casefile.Facts, change func(*store.Case)) *person {
	h.Helper()
	p := &person{house: h, ref: ref, file: casefile.NewID(h.now()), address: casefile.Address{Channel: "telegram", ID: casefile.Hide("77" + ref)}}
	h.tx(func(tx *store.Tx) error {
		if err := tx.StartConversation(h.Context(), p.address, "id", "ID", h.now()); err != nil {
			return err
		}
		found, err := tx.FindConversations(h.Context(), []casefile.Address{p.address})
		if err == nil {
			p.lane = found[0].ID
		}
		return err
	})
	p.says("saya disekap", facts, change)
	check(h.T, h.db.QueryRow(h.Context(), `SELECT encode(wrapped_key, 'hex') FROM conversations WHERE id = $1`, p.lane).Scan(&p.wrapped))
	return p
}

// says takes one turn.
func (p *person) says(text string, facts casefile.Facts, change func(*store.Case)) {
	p.Helper()
	p.tx(func(tx *store.Tx) error {
		lane, err := tx.LockLane(p.Context(), p.lane)
		if err != nil {
			return err
		}
		s := lane.Session
		s.Turn, s.Version, s.Stage, s.Lang, s.LastIn = lane.Turn+1, casefile.SessionVersion, casefile.StageAsking, "id", p.now()
		if err := p.turn(tx, lane, s.Turn, text); err != nil {
			return err
		}
		for i, f := range facts {
			f.At = p.now()
			if err := tx.LearnFact(p.Context(), lane, s.Turn, len(lane.Session.Facts)+i, f); err != nil {
				return err
			}
			s.Facts = append(s.Facts, f)
		}
		if err := p.files(tx, lane, change); err != nil {
			return err
		}
		p.sessions.Save(p.Context(), p.lane, s)
		return tx.Checkpoint(p.Context(), lane, s)
	})
}

func (p *person) message(text string) store.Message {
	id := casefile.NewID(p.now())
	return store.Message{ID: id, Channel: p.address.Channel, ProviderID: id.String(), Conversation: p.lane, Kind: casefile.KindText,
		State: store.Waiting, Ref: "ref-" + p.ref, Text: casefile.Hide(text), Media: casefile.Hide("file-id"), Raw: casefile.Hide(`{"raw":1}`), ReceivedAt: p.now()}
}

func (p *person) turn(tx *store.Tx, lane store.Conversation, turn int, text string) error {
	ctx, m := p.Context(), p.message(text)
	if _, err := tx.StoreMessages(ctx, []store.Message{m}, map[casefile.ID]seal.Key{p.lane: lane.Key}); err != nil {
		return err
	}
	if err := tx.Turn(ctx, p.lane, turn, p.now(), ""); err != nil {
		return err
	}
	if err := tx.TakeMessages(ctx, turn, []casefile.ID{m.ID}); err != nil {
		return err
	}
	return tx.Queue(ctx, store.Letter{ID: casefile.NewID(p.now()), Conversation: p.lane, Channel: "telegram", Purpose: casefile.ForAnswer,
		Priority: store.InItsTurn, Turn: turn, Body: casefile.Hide("halo"), State: "dropped", QueuedAt: p.now()}, lane.Key)
}

// files opens the case with the first turn, and writes what staff would.
func (p *person) files(tx *store.Tx, lane store.Conversation, change func(*store.Case)) error {
	ctx := p.Context()
	c := store.Case{ID: p.file, Ref: p.ref, Urgency: casefile.High, QueuedAt: p.now(), Country: "MM", Flow: casefile.FlowVictim, Lang: "id",
		Team: "main", Assessment: []byte(`{}`), LastIn: p.now(), OpenedAt: p.now()}
	if change != nil {
		change(&c)
	}
	if !lane.Case.IsZero() {
		return tx.UpdateCase(ctx, c, lane)
	}
	if err := tx.OpenCase(ctx, c, lane); err != nil {
		return err
	}
	if err := tx.AddNote(ctx, store.Note{ID: casefile.NewID(p.now()), Case: p.file, Conversation: p.lane, Staff: p.budi.ID, Kind: store.PlainNote,
		Text: casefile.Hide("catatan"), At: p.now()}, lane.Key); err != nil {
		return err
	}
	if err := tx.AddWall(ctx, store.Wall{ID: casefile.NewID(p.now()), Conversation: p.lane, Kind: store.WallHeard, Subject: "police", At: p.now()}, lane.Key); err != nil {
		return err
	}
	if err := tx.BreakGlass(ctx, store.Glass{Case: p.file, Conversation: p.lane, Staff: p.budi.ID, Reason: casefile.Hide("alasan"),
		At: p.now(), Until: p.now().Add(time.Hour)}, lane.Key); err != nil {
		return err
	}
	return tx.SetWatches(ctx, p.lane, map[store.WatchKind]time.Time{store.WatchIndicator: p.now().Add(time.Hour)})
}

func (p *person) closes() {
	p.Helper()
	p.exec(`UPDATE cases SET status = 'closed', closed_at = $2 WHERE id = $1`, p.file, p.now())
}

// forgotten reports whether the key is gone.
func (p *person) forgotten() bool {
	p.Helper()
	return p.number(`SELECT count(*) FROM conversations WHERE id = $1 AND wrapped_key IS NULL`, p.lane) == 1
}

func (p *person) gone(want bool, when string) {
	p.Helper()
	if got := p.forgotten(); got != want {
		p.Errorf("%s %s: forgotten %v, want %v", p.ref, when, got, want)
	}
}

// ledgered is how many lines the ledger has about the conversation.
func (p *person) ledgered() (n int) {
	p.Helper()
	lines, err := p.ledger.Lines("forgotten")
	check(p.T, err)
	for _, line := range lines {
		if strings.Contains(line, p.lane.String()) {
			n++
		}
	}
	return n
}

func fact(key casefile.Key, value string) casefile.Fact {
	return casefile.Fact{Key: key, Value: casefile.Hide(value), How: casefile.Answered, Phrase: casefile.Hide("kata " + value)}
}

// finger is a short name of everything the tables hold.
func finger(tables map[string]string) string {
	sum := sha256.New()
	for _, name := range []string{"conversations", "messages", "facts", "cases", "case_notes", "outbox", "turns", "forgotten", "audit", "alarms", "watches"} {
		sum.Write([]byte(name + "\x00" + tables[name]))
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// ledgerWith is a ledger that holds tombstones already.
func ledgerWith(t *testing.T, lines string) *ledger.Ledger {
	t.Helper()
	dir := t.TempDir()
	check(t, os.WriteFile(filepath.Join(dir, tombstonesLedger+".ledger"), []byte(lines), 0o600))
	l, err := ledger.Open(dir)
	check(t, err)
	return l
}
