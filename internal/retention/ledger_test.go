package retention

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// backup copies the house's database as it is, and returns its address.
func (h *house) backup() string {
	h.Helper()
	h.Store.Close()
	check(h.T, h.db.Close(h.Context()))
	at, err := url.Parse(h.URL)
	check(h.T, err)
	name := strings.TrimPrefix(at.Path, "/")
	at.Path = "/postgres"
	admin, err := pgx.Connect(h.Context(), at.String())
	check(h.T, err)
	defer func() { _ = admin.Close(h.Context()) }()
	_, err = admin.Exec(h.Context(), `CREATE DATABASE "`+name+`_backup" TEMPLATE "`+name+`"`)
	check(h.T, err)
	h.opens(h.URL)
	at.Path = "/" + name + "_backup"
	return at.String()
}

// TestARestoredBackupIsForgottenAgain: a backup from before the forgetting is put
// back, with the case open in it, and the ledger is played over it.
func TestARestoredBackupIsForgottenAgain(t *testing.T) {
	h := newHouse(t)
	rina, other := h.writes("RINA1", casefile.Facts{fact(casefile.Freedom, "locked")}, nil), h.writes("BUDI1", nil, nil)
	h.exec(`INSERT INTO escalations (id, case_id, urgency, state, started_at, due_at) VALUES ($1, $2, 'high', 'climbing', $3, $3)`,
		casefile.NewID(h.Now()), rina.file, h.Now())
	old := h.backup()
	h.Forward(time.Hour)
	h.exec(`UPDATE escalations SET state = 'ended', ended_at = $1`, h.Now())
	rina.closes()
	check(t, h.f.Case(t.Context(), h.siti, "RINA1", "RINA1", "diminta"))
	if done, err := h.f.Replay(t.Context()); err != nil || done != (Replay{Stones: 1}) {
		t.Errorf("over the same database: %+v, %v; want nothing to do", done, err)
	}

	h.Store.Close()
	h.opens(old)
	rina.gone(false, "in the backup")
	h.Forward(day)
	done, err := h.f.Replay(t.Context())
	if err != nil || done != (Replay{Stones: 1, Again: 1}) {
		t.Errorf("over the backup: %+v, %v", done, err)
	}
	rina.gone(true, "in the restored backup")
	other.gone(false, "next to it")
	rina.sealedNothing()
	if n := h.number(`SELECT count(*) FROM cases WHERE id = $1 AND status = 'closed' AND forgotten_at IS NOT NULL`, rina.file); n != 1 {
		t.Error("the case that came back is not closed")
	}
	if n := h.number(`SELECT count(*) FROM escalations WHERE state <> 'ended'`); n != 0 {
		t.Error("an escalation of a forgotten case still climbs")
	}
	if n := h.number(`SELECT count(*) FROM audit WHERE action = 'conversation.forgotten_again' AND actor_part = 'retention'`); n != 1 {
		t.Error("the audit does not say so")
	}
	if n := h.number(`SELECT count(*) FROM forgotten WHERE why = 'replayed' AND conversation_id = $1`, rina.Lane); n != 1 {
		t.Error("no tombstone stands in the restored database")
	}
}

// TestWhatCameBackAndLivesIsKept: they wrote in the restored conversation before the
// ledger was played; a person must look.
func TestWhatCameBackAndLivesIsKept(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("RINA1", nil, nil)
	old := h.backup()
	rina.closes()
	h.Forward(time.Hour)
	check(t, h.f.Case(t.Context(), h.siti, "RINA1", "RINA1", "diminta"))
	h.Store.Close()
	h.opens(old)
	h.Forward(time.Hour)
	rina.says("tolong saya", nil, nil)
	done, err := h.f.Replay(t.Context())
	if err != nil || done != (Replay{Stones: 1, WroteAgain: 1}) {
		t.Errorf("%+v, %v", done, err)
	}
	rina.gone(false, "while somebody writes in it")
	if n := h.number(`SELECT count(*) FROM alarms WHERE kind = 'came_back' AND conversation_id = $1 AND case_id = $2`, rina.Lane, rina.file); n != 1 {
		t.Error("no alarm tells staff")
	}
}

// TestADeadProcessLosesNoTombstone: killed between the commit and the ledger, the next
// pass writes it; a line written twice does no harm, and a bad line hides none.
func TestADeadProcessLosesNoTombstone(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("RINA1", nil, nil)
	rina.closes()
	check(t, h.with(nil).Case(t.Context(), h.siti, "RINA1", "RINA1", "diminta")) // as if it had died there
	if n := rina.ledgered(); n != 0 {
		t.Fatalf("%d lines already", n)
	}
	check(t, h.ledger.Append("forgotten", "9 some line of a newer release"))
	for range 2 {
		if _, err := h.f.Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := rina.ledgered(); n != 1 {
			t.Errorf("%d lines, want 1", n)
		}
	}
	h.exec(`UPDATE forgotten SET ledgered_at = NULL`) // killed between the ledger and its note
	if _, err := h.f.Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	done, err := h.f.Replay(t.Context())
	if err != nil || done != (Replay{Stones: 2, Unreadable: 1}) {
		t.Errorf("%+v, %v", done, err)
	}
}

func TestATombstoneReadsBackFromItsLine(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)
	for _, s := range []store.Tombstone{
		{Conversation: casefile.NewID(at), Case: casefile.NewID(at), At: at, Why: store.ForgetDue},
		{Conversation: casefile.NewID(at), At: at, Why: store.ForgetByStaff},
	} {
		if back, err := stoneOf(lineOf(s)); err != nil || back != s {
			t.Errorf("%+v came back as %+v (%v)", s, back, err)
		}
	}
}

func FuzzStoneOf(f *testing.F) {
	f.Add(lineOf(store.Tombstone{Conversation: casefile.NewID(time.Unix(0, 0)), At: time.Unix(0, 0), Why: store.ForgetDue}))
	f.Add("1 a b c d")
	f.Add("")
	f.Fuzz(func(t *testing.T, line string) {
		s, err := stoneOf(line)
		if err != nil {
			if strings.Contains(err.Error(), line) && len(line) > 12 {
				t.Error("the error holds the line")
			}
			return
		}
		if back, err := stoneOf(lineOf(s)); err != nil || back.Conversation != s.Conversation || !back.At.Equal(s.At) || back.Case != s.Case {
			t.Errorf("%q reads as %+v, which does not read back", line, s)
		}
	})
}
