package stories

import (
	"log/slog"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/ledger"
	"pulang/internal/retention"
	"pulang/locales"
)

// TestForgetMeFromTheFirstWordToTheLast: an enquirer asks to be forgotten, staff see
// it, close the case and forget it; whoever writes from that phone later is new.
func TestForgetMeFromTheFirstWordToTheLast(t *testing.T) {
	t.Parallel()
	h := open(t)
	siti := h.Staff("siti", staffing{chat: 9002, role: "supervisor"})
	rina := h.Telegram("Rina", 1001)
	rina.Says("halo, mau tanya syarat kerja di taiwan").Hears("Pesanmu masuk").Answers("1")
	h.Settle()
	rina.Says("tolong hapus data saya")
	h.Settle()
	said := rina.Said()
	if last := said[len(said)-1]; last != "Oke, makasih ya." && last != "Permintaan hapus data sudah kami terima. Petugas membacanya dulu; ada yang mungkin masih harus disimpan. Boleh menulis lagi kapan saja." {
		t.Errorf("the request is answered with %q", last)
	}
	var ref string
	check(t, h.db.QueryRow(t.Context(), `SELECT ref FROM cases WHERE queued_at IS NOT NULL AND status = 'open'`).Scan(&ref))

	desk, forgetter := h.desk(), h.forgetter()
	who := access.Staff{ID: siti.id, Role: access.Supervisor}
	view, err := desk.Open(t.Context(), who, ref)
	check(t, err)
	if !view.Facts.Has(casefile.ForgetAsked, "yes") {
		t.Error("staff do not see the request")
	}
	if err := forgetter.Case(t.Context(), who, ref, ref, "diminta"); err == nil {
		t.Fatal("an open case was forgotten")
	}
	h.exec(`UPDATE alarms SET cleared_at = $1, cleared_by = $2`, h.clock.Now(), siti.id)
	view, err = desk.Open(t.Context(), who, ref)
	check(t, err)
	if view.Case.Urgency >= casefile.High {
		check(t, desk.DangerOver(t.Context(), who, ref, view.Case.Version, "selesai"))
		view.Case.Version++
	}
	check(t, desk.Close(t.Context(), who, ref, view.Case.Version, "selesai"))
	check(t, forgetter.Case(t.Context(), who, ref, ref, "diminta"))

	if n := h.count(`SELECT count(*) FROM conversations WHERE wrapped_key IS NULL AND forgotten_at IS NOT NULL`); n != 1 {
		t.Fatalf("%d conversations are forgotten, want 1", n)
	}
	h.Forward(time.Hour)
	rina.Says("halo").Hears("Pesanmu masuk")
	h.Settle()
	if n := h.count(`SELECT count(*) FROM conversations WHERE wrapped_key IS NOT NULL AND turn = 1`); n != 1 {
		t.Errorf("%d new conversations, want 1", n)
	}
	if n := h.count(`SELECT count(*) FROM cases`); n != 2 {
		t.Errorf("%d cases, want the forgotten one and a new one", n)
	}
	if n := h.count(`SELECT count(*) FROM messages WHERE state = 'waiting'`); n != 0 {
		t.Errorf("%d messages wait for ever", n)
	}
}

// TestForgetMeOnAnUrgentCaseAlerts: whoever holds the phone may want the trace gone.
func TestForgetMeOnAnUrgentCaseAlerts(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	rina := h.Telegram("Rina", 1001)
	rina.Says(plea).Hears("Pesanmu masuk")
	budi.Hears("Balas OK").Acknowledges().Hears("Tercatat")
	before := h.count(`SELECT count(*) FROM escalations`)
	rina.Says("hapus data saya").Hears("Oke, makasih ya.")
	h.Settle()
	if after := h.count(`SELECT count(*) FROM escalations`); after <= before {
		t.Errorf("%d escalations before and %d after: nobody was told", before, after)
	}
}

// desk is where staff of this house work.
func (h *house) desk() *cases.Desk {
	h.t.Helper()
	book, err := locales.Open()
	check(h.t, err)
	return cases.New(cases.Options{Store: h.store, Escalation: h.line.Escalation(), Book: book, Now: h.clock.Now, Changed: h.line.Wake})
}

func (h *house) forgetter() *retention.Forgetter {
	h.t.Helper()
	outside, err := ledger.Open(h.t.TempDir())
	check(h.t, err)
	return retention.New(retention.Options{Store: h.store, Sessions: h.sessions, Ledger: outside, Now: h.clock.Now,
		Log: slog.New(slog.NewJSONHandler(h.logs, nil)), Changed: h.line.Wake})
}

// TestAMessageThatMeetsItsForgettingStartsAnew: it arrives, its conversation is found,
// and in that moment the key is destroyed. Nothing accepted is lost.
func TestAMessageThatMeetsItsForgettingStartsAnew(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina := h.Telegram("Rina", 1001)
	rina.Says("halo, mau tanya syarat kerja di taiwan").Hears("Pesanmu masuk")
	h.Settle()
	h.Forward(time.Hour)
	tx, err := h.db.Begin(t.Context())
	check(t, err)
	for _, sql := range []string{
		`LOCK TABLE messages IN SHARE ROW EXCLUSIVE MODE`, // whoever stores a message stops right before it
		`UPDATE cases SET status = 'closed', closed_at = opened_at, assessment_sealed = NULL, forgotten_at = opened_at`,
		`UPDATE conversations SET wrapped_key = NULL, address_sealed = NULL, address_index = NULL, address_index_next = NULL, checkpoint_sealed = NULL,
			forgotten_at = created_at`,
	} {
		_, err := tx.Exec(t.Context(), sql)
		check(t, err)
	}
	rina.Says("saya butuh bantuan")
	deadline := time.Now().Add(patience)
	for waiting := 0; waiting == 0; {
		if time.Now().After(deadline) {
			t.Fatal("the message never came to be stored")
		}
		check(t, tx.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks
			WHERE NOT granted AND relation = 'messages'::regclass AND mode = 'RowExclusiveLock'
			  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&waiting))
	}
	check(t, tx.Commit(t.Context()))
	rina.Hears("Pesanmu masuk")
	h.Settle()
	if n := h.count(`SELECT count(*) FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE c.forgotten_at IS NULL AND m.state = 'taken'`); n != 1 {
		t.Errorf("%d messages were taken in a new conversation, want 1", n)
	}
	if n := h.count(`SELECT count(*) FROM messages WHERE state IN ('waiting', 'set_aside')`); n != 0 {
		t.Errorf("%d messages wait for ever", n)
	}
}
