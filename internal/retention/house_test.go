package retention

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/devstack"
	"pulang/internal/devstack/testbed"
	"pulang/internal/ledger"
	"pulang/internal/session"
	"pulang/internal/store"
)

var stack *devstack.Stack

func TestMain(m *testing.M) { os.Exit(testbed.Main(m, &stack)) }

const day = 24 * time.Hour

// house is a testbed with a Redis, a ledger and two members of staff.
type house struct {
	*testbed.Bed
	f        *Forgetter
	sessions *session.Sessions
	ledger   *ledger.Ledger
	db       *pgx.Conn
	log      *bytes.Buffer

	siti, budi access.Staff // a supervisor, and an officer
}

func newHouse(t *testing.T) *house {
	t.Parallel()
	h := &house{Bed: testbed.Open(t, stack, testbed.Options{Pool: 4}), log: &bytes.Buffer{}}
	var err error
	h.ledger, err = ledger.Open(t.TempDir())
	check(t, err)
	h.sessions, err = session.Open(stack.RedisURL, h.Keys, h.Now)
	check(t, err)
	t.Cleanup(func() { _ = h.sessions.Close() })
	h.worksOn()
	h.siti, h.budi = h.Member("siti", access.Supervisor), h.Member("budi", access.DutyOfficer)
	return h
}

// opens makes the house work on another database.
func (h *house) opens(url string) {
	h.Helper()
	h.Opens(url)
	h.worksOn()
}

func (h *house) worksOn() {
	h.Helper()
	h.db, h.f = h.SQL(), h.with(h.ledger)
}

// with is a forgetter on the same database with another ledger, or none.
func (h *house) with(l *ledger.Ledger) *Forgetter {
	return New(Options{Store: h.Store, Sessions: h.sessions, Ledger: l, Now: h.Now, Log: slog.New(slog.NewTextHandler(h.log, nil))})
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
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
	*testbed.Person
	file    casefile.ID
	wrapped string // the wrapped key as hex, as it stood
}

// writes makes somebody write, with everything a conversation can hold: a message
// with raw bytes and media, facts, a reply, a note, a draft, an override, a wall, a broken glass, a watch, a
// hot session. change may change the case before it is opened.
func (h *house) writes(ref string, facts casefile.Facts, change func(*store.Case)) *person {
	h.Helper()
	p := &person{house: h, file: casefile.NewID(h.Now()), Person: h.Person(ref, casefile.Address{Channel: "telegram", ID: casefile.Hide("77" + ref)})}
	p.Shape = func(m *store.Message) {
		m.Ref, m.Media, m.Raw = "ref-"+ref, casefile.Hide("file-id"), casefile.Hide(`{"raw":1}`)
	}
	p.says("saya disekap", facts, change)
	check(h.T, h.db.QueryRow(h.Context(), `SELECT encode(wrapped_key, 'hex') FROM conversations WHERE id = $1`, p.Lane).Scan(&p.wrapped))
	return p
}

// says takes one turn, with a reply and a hot session.
func (p *person) says(text string, facts casefile.Facts, change func(*store.Case)) {
	p.Helper()
	p.File = func(ctx context.Context, tx *store.Tx, t *testbed.Turn) error {
		err := tx.Queue(ctx, store.Letter{ID: casefile.NewID(p.Now()), Conversation: p.Lane, Channel: "telegram", Purpose: casefile.ForAnswer,
			Priority: store.InItsTurn, Turn: t.Session.Turn, Body: casefile.Hide("halo"), State: "dropped", QueuedAt: p.Now()}, t.Lane.Key)
		if err != nil {
			return err
		}
		return p.files(tx, t.Lane, change)
	}
	p.Says(text, facts...)
	p.sessions.Save(p.Context(), p.Lane, p.Session)
}

// files opens the case with the first turn, and writes what staff would.
func (p *person) files(tx *store.Tx, lane store.Conversation, change func(*store.Case)) error {
	ctx := p.Context()
	c := store.Case{ID: p.file, Ref: p.Ref, Urgency: casefile.High, QueuedAt: p.Now(), Country: "MM", Flow: casefile.FlowVictim, Lang: "id",
		Team: "main", Assessment: []byte(`{}`), LastIn: p.Now(), OpenedAt: p.Now()}
	if change != nil {
		change(&c)
	}
	if !lane.Case.IsZero() {
		return tx.UpdateCase(ctx, c, lane)
	}
	if err := tx.OpenCase(ctx, c, lane); err != nil {
		return err
	}
	if err := tx.AddNote(ctx, store.Note{ID: casefile.NewID(p.Now()), Case: p.file, Conversation: p.Lane, Staff: p.budi.ID, Kind: store.PlainNote,
		Text: casefile.Hide("catatan"), At: p.Now()}, lane.Key); err != nil {
		return err
	}
	if err := tx.AddWall(ctx, store.Wall{ID: casefile.NewID(p.Now()), Conversation: p.Lane, Kind: store.WallHeard, Subject: "police", At: p.Now()}, lane.Key); err != nil {
		return err
	}
	if err := tx.BreakGlass(ctx, store.Glass{Case: p.file, Conversation: p.Lane, Staff: p.budi.ID, Reason: casefile.Hide("alasan"),
		At: p.Now(), Until: p.Now().Add(time.Hour)}, lane.Key); err != nil {
		return err
	}
	if err := tx.KeepDraft(ctx, store.Draft{Conversation: p.Lane, Staff: p.budi.ID, Kind: store.ReplyDraft, Text: casefile.Hide("belum dikirim"),
		TouchedAt: p.Now()}, lane.Key); err != nil {
		return err
	}
	if err := tx.AddOverride(ctx, store.Override{ID: casefile.NewID(p.Now()), Case: p.file, Conversation: p.Lane, First: store.WordsFirst,
		State: store.OverrideWaiting, Text: casefile.Hide("besok jangan keluar"), Reason: casefile.Hide("razia"), HeardAt: p.Now(),
		AskedBy: p.budi.ID, AskedAt: p.Now(), Until: p.Now().Add(time.Minute)}, lane.Key); err != nil {
		return err
	}
	return tx.SetWatches(ctx, p.Lane, map[store.WatchKind]time.Time{store.WatchIndicator: p.Now().Add(time.Hour)})
}

func (p *person) closes() {
	p.Helper()
	p.exec(`UPDATE cases SET status = 'closed', closed_at = $2 WHERE id = $1`, p.file, p.Now())
}

// forgotten reports whether the key is gone.
func (p *person) forgotten() bool {
	p.Helper()
	return p.number(`SELECT count(*) FROM conversations WHERE id = $1 AND wrapped_key IS NULL`, p.Lane) == 1
}

func (p *person) gone(want bool, when string) {
	p.Helper()
	if got := p.forgotten(); got != want {
		p.Errorf("%s %s: forgotten %v, want %v", p.Ref, when, got, want)
	}
}

// ledgered is how many lines the ledger has about the conversation.
func (p *person) ledgered() (n int) {
	p.Helper()
	lines, err := p.ledger.Lines("forgotten")
	check(p.T, err)
	for _, line := range lines {
		if strings.Contains(line, p.Lane.String()) {
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
	for _, name := range []string{"conversations", "messages", "facts", "cases", "case_notes", "outbox", "drafts", "overrides", "turns", "forgotten", "audit", "alarms", "watches"} {
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
