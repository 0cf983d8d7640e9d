package retention

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// TestWhatIsInHandStandsBeforeNobody: alarms that nobody clears keep their cases, and
// only those, however many there are.
func TestWhatIsInHandStandsBeforeNobody(t *testing.T) {
	h := newHouse(t)
	for i := range batch + 1 {
		p := h.writes(fmt.Sprintf("BUSY%d", i), nil, nil)
		h.exec(`INSERT INTO alarms (id, kind, conversation_id, at, last_at) VALUES ($1, 'set_aside', $2, $3, $3)`, casefile.NewID(h.Now()), p.Lane, h.Now())
		if i%2 == 0 { // and some never got a case
			h.exec(`DELETE FROM glass WHERE case_id = $1`, p.file)
			h.exec(`DELETE FROM overrides WHERE case_id = $1`, p.file)
			h.exec(`DELETE FROM case_notes WHERE case_id = $1`, p.file)
			h.exec(`DELETE FROM case_conversations WHERE case_id = $1`, p.file)
			h.exec(`DELETE FROM cases WHERE id = $1`, p.file)
			continue
		}
		p.closes()
	}
	h.exec(`INSERT INTO conversations (id, channel, address_index, address_sealed, wrapped_key, created_at)
		SELECT gen_random_uuid(), 'sms', decode(md5(n::text), 'hex'), '\x00', '\x00', $1::timestamptz + n * interval '1 second' FROM generate_series(1, 120) n`, h.Now())
	h.exec(`INSERT INTO alarms (id, kind, conversation_id, at, last_at)
		SELECT gen_random_uuid(), 'set_aside', id, $1, $1 FROM conversations WHERE channel = 'sms' AND created_at <= $1::timestamptz + interval '60 seconds'`, h.Now())
	h.Forward(time.Hour)
	last := h.writes("RINA1", nil, nil)
	last.closes()
	h.Forward(366 * day)
	due, err := h.f.Due(t.Context())
	check(t, err)
	did, err := h.f.Run(t.Context())
	check(t, err)
	last.gone(true, "after a year, behind others that wait")
	if n := h.number(`SELECT count(*) FROM conversations WHERE channel = 'sms' AND forgotten_at IS NOT NULL`); n != 60 {
		t.Errorf("%d of 60 conversations without a case are forgotten", n)
	}
	if n := h.number(`SELECT count(*) FROM conversations c JOIN alarms a ON a.conversation_id = c.id WHERE c.forgotten_at IS NOT NULL`); n != 0 {
		t.Errorf("%d conversations went with an alarm standing", n)
	}
	if due.Sum() == 0 || due[0] != did[0] || due[1] != did[1] {
		t.Errorf("the dry run said %v, and it was %v", due, did)
	}
}

// TestWhatCannotBeForgottenStandsInNobodysWay: one damaged row must not keep everybody
// else's words, nor a tombstone from the ledger.
func TestWhatCannotBeForgottenStandsInNobodysWay(t *testing.T) {
	h := newHouse(t)
	broken := h.writes("BROK1", casefile.Facts{fact(casefile.Departure, "this_week")}, nil)
	broken.closes()
	h.Forward(time.Second)
	rina := h.writes("RINA1", casefile.Facts{fact(casefile.Departure, "this_week")}, nil)
	rina.closes()
	h.exec(`INSERT INTO staff_guesses (staff_id, at) VALUES ($1, $2)`, h.budi.ID, h.Now())
	h.exec(`UPDATE conversations SET wrapped_key = '\x01' WHERE id = $1`, broken.Lane) // its facts cannot be read any more
	h.Forward(31 * day)
	if _, err := h.f.Run(t.Context()); err == nil {
		t.Error("that a row is damaged is not said")
	}
	if n := h.number(`SELECT count(*) FROM conversations WHERE id = $1 AND facts_trimmed_at IS NOT NULL`, rina.Lane); n != 1 {
		t.Error("the facts of the next one stayed")
	}
	if n := h.number(`SELECT count(*) FROM staff_guesses`); n != 0 {
		t.Error("another kind was not looked at")
	}
	h.exec(`CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		IF OLD.wrapped_key = '\x01' THEN RAISE EXCEPTION 'broken'; END IF; RETURN NEW; END $$`)
	h.exec(`CREATE TRIGGER broken BEFORE UPDATE ON conversations FOR EACH ROW EXECUTE FUNCTION broken()`)
	h.Forward(366 * day)
	if more, err := h.f.Pass(t.Context()); err == nil || more {
		t.Errorf("more %t, %v: want an error, so that the loop goes slower", more, err)
	}
	rina.gone(true, "behind one that cannot be forgotten")
	if n := rina.ledgered(); n != 1 {
		t.Errorf("the ledger has %d lines of it, want 1", n)
	}
}

// TestWhatCannotBeForgottenIsAnAlarmUntilItIs: a log line alone is no ending.
func TestWhatCannotBeForgottenIsAnAlarmUntilItIs(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("RINA1", nil, nil)
	rina.closes()
	h.exec(`CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$`)
	h.exec(`CREATE TRIGGER broken BEFORE UPDATE ON conversations FOR EACH ROW EXECUTE FUNCTION broken()`)
	h.Forward(366 * day)
	for range 3 { // the loop tries again within seconds, and says so once an hour
		if _, err := h.f.Pass(t.Context()); err == nil {
			t.Fatal("nothing is broken")
		}
	}
	if n := h.number(`SELECT coalesce(sum(times), 0) FROM alarms WHERE kind = 'unforgotten' AND cleared_at IS NULL`); n != 1 {
		t.Errorf("the alarm was raised %d times, want once", n)
	}
	h.exec(`DROP TRIGGER broken ON conversations`)
	other := h.with(h.ledger) // another process
	for more := true; more; {
		var err error
		more, err = other.Pass(t.Context())
		check(t, err)
	}
	rina.gone(true, "once it could be")
	if n := h.number(`SELECT count(*) FROM alarms WHERE kind = 'unforgotten' AND cleared_at IS NULL`); n != 0 {
		t.Error("the alarm stands, and everything is forgotten")
	}
}

// TestThousandsOfTombstonesAreAskedForTogether: the line opens after they are played, so
// they are not played one by one.
func TestThousandsOfTombstonesAreAskedForTogether(t *testing.T) {
	h := newHouse(t)
	var lines strings.Builder
	for range 2500 {
		lines.WriteString(lineOf(store.Tombstone{Conversation: casefile.NewID(h.Now()), At: h.Now(), Why: store.ForgetDue}) + "\n")
	}
	l := ledgerWith(t, lines.String())
	rina := h.writes("RINA1", nil, nil)
	check(t, l.Append(tombstonesLedger, lineOf(store.Tombstone{Conversation: rina.Lane, Case: rina.file, At: h.Now(), Why: store.ForgetDue})))
	h.Forward(time.Hour)
	commits := 0
	f := h.with(l)
	f.o.Changed = func() { commits++ }
	done, err := f.Replay(t.Context())
	if err != nil || done != (Replay{Stones: 2501, Again: 1}) {
		t.Errorf("%+v, %v", done, err)
	}
	rina.gone(true, "behind thousands")
	if commits != 1 {
		t.Errorf("%d tombstones were played by themselves, want the one that was back", commits)
	}
}
