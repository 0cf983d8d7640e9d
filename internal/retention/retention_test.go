package retention

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/seal"
	"pulang/internal/store"
)

func refuses(t *testing.T, err error, why Why) {
	t.Helper()
	var refused *Refused
	if !errors.As(err, &refused) || refused.Why != why {
		t.Errorf("got %v, want a refusal: %s", err, why)
	}
}

func asEnquiry(c *store.Case) {
	c.Urgency, c.QueuedAt, c.Flow = casefile.Low, time.Time{}, casefile.FlowInfo
}

// TestAForgottenCaseLeavesOnlyNumbers looks at every table for what is left.
func TestAForgottenCaseLeavesOnlyNumbers(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("RINA1", casefile.Facts{fact(casefile.Freedom, "locked"), fact(casefile.Place, "Myawaddy")}, nil)
	other := h.writes("BUDI1", casefile.Facts{fact(casefile.Freedom, "locked")}, nil)
	rina.closes()
	before := h.dump()
	if err := h.f.Case(t.Context(), h.siti, "RINA1", " rina1 ", "diminta orangnya"); err != nil {
		t.Fatal(err)
	}
	rina.gone(true, "after a supervisor forgot it")
	other.gone(false, "next to it")
	after := h.dump()
	for name, text := range after {
		if strings.Contains(text, rina.wrapped) {
			t.Errorf("table %s still holds the wrapped key", name)
		}
	}
	if !strings.Contains(before["conversations"], rina.wrapped) {
		t.Error("the key was never there: this test looks for the wrong thing")
	}
	rina.sealedNothing()
	if n := h.number(`SELECT count(*) FROM messages WHERE conversation_id = $1 AND message_ref = '' AND state = 'noted'`, rina.Lane); n != 1 {
		t.Errorf("%d messages left their number behind, want 1: a late repetition must be known", n)
	}
	for _, table := range []string{"facts", "case_notes", "drafts", "outbox", "turns", "watches"} {
		if n := h.number(`SELECT count(*) FROM `+table+` WHERE conversation_id = $1`, rina.Lane); n != 0 {
			t.Errorf("%d rows of %s are left", n, table)
		}
	}
	var urgency, country, flow string
	check(t, h.db.QueryRow(t.Context(), `SELECT urgency, country, flow FROM cases WHERE ref = 'RINA1' AND forgotten_at = $1`, h.Now()).Scan(&urgency, &country, &flow))
	if urgency != "high" || country != "MM" || flow != "victim" {
		t.Errorf("the statistics are %s %s %s", urgency, country, flow)
	}
	if n := h.number(`SELECT count(*) FROM forgotten WHERE conversation_id = $1 AND why = 'by_staff' AND actor_id = $2
		AND turns = 1 AND messages = 1 AND letters = 1 AND facts = 2 AND notes = 1 AND ledgered_at IS NOT NULL`, rina.Lane, h.siti.ID); n != 1 {
		t.Error("the tombstone does not count what there was")
	}
	if n := rina.ledgered(); n != 1 {
		t.Errorf("the ledger has %d lines of it, want 1", n)
	}
	if hot := h.sessions.Load(t.Context(), []casefile.ID{rina.Lane, other.Lane}); len(hot) != 1 {
		t.Errorf("%d hot sessions are left, want that of the other", len(hot))
	}
	var reason casefile.Private
	h.Tx(func(tx *store.Tx) error {
		entries, err := tx.RecordsOf(t.Context(), rina.file, store.Stretch{Oldest: true, Limit: 1000}, store.Actions{})
		for _, e := range entries {
			if e.Action == "case.forgotten" && e.Actor == h.siti.Actor() {
				reason = e.Detail
			}
		}
		return err
	})
	if !reason.Is("diminta orangnya") {
		t.Error("the audit does not say who forgot it, and why")
	}
	if n := h.number(`SELECT vacuum_count FROM pg_stat_user_tables WHERE relname = 'conversations'`); n < 1 {
		t.Error("the old versions of the rows were not cleaned up")
	}
}

// sealedNothing looks at every sealed column of every table that names the
// conversation or the case.
func (p *person) sealedNothing() {
	p.Helper()
	rows, err := p.db.Query(p.Context(), `
		SELECT s.table_name, s.column_name, k.column_name FROM information_schema.columns s
		JOIN information_schema.columns k ON k.table_name = s.table_name AND k.table_schema = s.table_schema
		WHERE s.table_schema = 'public' AND s.column_name LIKE '%\_sealed' AND s.table_name <> 'audit'
		  AND (k.column_name = 'conversation_id' OR k.column_name = 'id' AND s.table_name IN ('conversations', 'cases'))`)
	check(p.T, err)
	type column struct{ table, sealed, key string }
	columns, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c column, err error) {
		err = row.Scan(&c.table, &c.sealed, &c.key)
		return c, err
	})
	check(p.T, err)
	if len(columns) < 10 {
		p.Fatalf("only %d sealed columns were looked at", len(columns))
	}
	for _, c := range columns {
		id := p.Lane
		if c.table == "cases" {
			id = p.file
		}
		if n := p.number(fmt.Sprintf(`SELECT count(*) FROM %s WHERE %s = $1 AND octet_length(%s) > 0`, c.table, c.key, c.sealed), id); n != 0 {
			p.Errorf("%s.%s still holds %d sealed values", c.table, c.sealed, n)
		}
	}
}

func TestStaffForgetOnlyAClosedCaseOnPurpose(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("RINA1", nil, nil)
	forget := func(who access.Staff, typed, reason string) error {
		return h.f.Case(t.Context(), who, "RINA1", typed, reason)
	}
	refuses(t, forget(h.siti, "RINA1", "diminta"), IsOpen)
	rina.closes()
	refuses(t, forget(h.siti, "RINA2", "diminta"), WrongRef)
	refuses(t, forget(h.siti, "RINA1", "  "), NoReason)
	for _, role := range access.Roles {
		if role == access.Supervisor {
			continue
		}
		if err := forget(access.Staff{ID: h.budi.ID, Role: role}, "RINA1", "diminta"); !errors.Is(err, access.ErrDenied) {
			t.Errorf("%s: %v, want denied", role, err)
		}
	}
	if err := forget(access.Staff{Role: access.Supervisor}, "RINA1", "diminta"); !errors.Is(err, casefile.ErrMissingActor) {
		t.Errorf("nobody: %v", err)
	}
	for name, busy := range map[string][2]string{
		"a message waits":        {`UPDATE messages SET state = 'waiting', turn = NULL`, `UPDATE messages SET state = 'taken', turn = 1`},
		"a letter is on its way": {`UPDATE outbox SET state = 'queued'`, `UPDATE outbox SET state = 'dropped'`},
	} {
		h.exec(busy[0])
		if err := forget(h.siti, "RINA1", "diminta"); err == nil {
			t.Fatalf("%s: forgotten all the same", name)
		} else {
			refuses(t, err, IsBusy)
		}
		h.exec(busy[1])
	}
	h.Tx(func(tx *store.Tx) error {
		return tx.RaiseAlarm(t.Context(), store.AlarmUndelivered, rina.file, rina.Lane, h.Now())
	})
	refuses(t, forget(h.siti, "RINA1", "diminta"), IsBusy)
	h.exec(`UPDATE alarms SET cleared_at = $1, cleared_by = $2`, h.Now(), h.siti.ID)
	rina.gone(false, "after refusals")
	check(t, forget(h.siti, "RINA1", "diminta"))
	rina.gone(true, "at last")
	refuses(t, forget(h.siti, "RINA1", "diminta"), IsForgotten)
	if err := h.f.Case(t.Context(), h.siti, "NONE", "NONE", "diminta"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a case that is not there: %v", err)
	}
}

// TestNothingOfAnOpenCaseIsForgotten: however old it is, by the job or by hand, and
// also where another case shares the conversation.
func TestNothingOfAnOpenCaseIsForgotten(t *testing.T) {
	h := newHouse(t)
	facts := casefile.Facts{fact(casefile.Departure, "this_week"), fact(casefile.Freedom, "locked")}
	open, linked := h.writes("OPEN1", facts, nil), h.writes("LINK1", facts, nil)
	// A second case of the same conversation: linking is not built, forgetting knows it.
	h.exec(`ALTER TABLE case_conversations DROP CONSTRAINT case_conversations_conversation_id_key`)
	h.exec(`INSERT INTO case_conversations (case_id, conversation_id) VALUES ($1, $2)`, open.file, linked.Lane)
	linked.closes()
	h.Forward(10 * 365 * day)
	before := h.dump()
	report, err := h.f.Run(t.Context())
	check(t, err)
	if report[0] != (Count{casefile.KeptCase, 1}) {
		t.Errorf("the closed case itself is due: %v", report)
	}
	open.gone(false, "ten years later")
	linked.gone(false, "while an open case needs it")
	after := h.dump()
	for _, table := range []string{"conversations", "messages", "facts", "outbox", "turns"} {
		if before[table] != after[table] {
			t.Errorf("something of an open case changed in %s", table)
		}
	}
	if n := h.number(`SELECT count(*) FROM cases WHERE ref = 'LINK1' AND forgotten_at IS NOT NULL AND assessment_sealed IS NULL`); n != 1 {
		t.Error("the closed case kept its assessment")
	}
	open.closes()
	h.Forward(366 * day)
	_, err = h.f.Run(t.Context())
	check(t, err)
	open.gone(true, "a year after it closed")
	linked.gone(true, "when nobody needs it any more")
}

// TestEveryKindGoesAtItsTime: one day before its time everything is there, one day
// after it is gone, and the dry run says so beforehand without changing anything.
func TestEveryKindGoesAtItsTime(t *testing.T) {
	h := newHouse(t)
	start := h.Now()
	victim, asked := h.writes("RINA1", casefile.Facts{fact(casefile.Departure, "this_week")}, nil), h.writes("INFO1", nil, asEnquiry)
	quiet := h.writes("SIRI1", nil, asEnquiry)
	victim.closes()
	asked.closes()
	h.rowsOfEachKind(victim)
	type two struct{ due, went int }
	step := func(days int, want map[casefile.Kind]two) {
		t.Helper()
		h.Forward(start.Add(time.Duration(days)*day + time.Minute).Sub(h.Now()))
		before := finger(h.dump())
		due, err := h.f.Due(t.Context())
		check(t, err)
		if finger(h.dump()) != before {
			t.Errorf("day %d: the dry run changed something", days)
		}
		did, err := h.f.Run(t.Context())
		check(t, err)
		for i, c := range due {
			if got := (two{c.N, did[i].N}); got != want[c.Kind] || did[i].Kind != c.Kind {
				t.Errorf("day %d, %s: %+v, want %+v", days, c.Kind, got, want[c.Kind])
			}
		}
	}
	step(0, nil)
	step(1, map[casefile.Kind]two{casefile.KeptChallenges: {1, 1}, casefile.KeptGuesses: {1, 1}, casefile.KeptStatuses: {1, 1}, casefile.KeptSignIns: {1, 1}, casefile.KeptFailures: {1, 1}})
	step(29, nil)
	// The enquiry goes whole before its facts and raw bytes are looked at; the untouched
	// case closes, and then its raw bytes go too.
	step(30, map[casefile.Kind]two{casefile.KeptEnquiry: {1, 1}, casefile.KeptShortFacts: {2, 1}, casefile.KeptUntouched: {1, 1},
		casefile.KeptRaw: {2, 2}, casefile.KeptNobodys: {1, 1}, casefile.KeptDrafts: {3, 2}})
	asked.gone(true, "after 30 days")
	step(59, nil)
	step(61, map[casefile.Kind]two{casefile.KeptEnquiry: {1, 1}, casefile.KeptShortFacts: {1, 0}})
	quiet.gone(true, "30 days after it closed by itself")
	step(89, nil)
	step(90, map[casefile.Kind]two{casefile.KeptStaffLetters: {1, 1}, casefile.KeptAlarms: {1, 1}, casefile.KeptOldKeys: {2, 2}})
	step(364, nil)
	victim.gone(false, "after 364 days")
	step(365, map[casefile.Kind]two{casefile.KeptCase: {1, 1}, casefile.KeptSpentCodes: {1, 1}})
	victim.gone(true, "after a year")
	step(4000, nil)
	if n := h.number(`SELECT count(*) FROM forgotten`); n != 3 {
		t.Errorf("%d tombstones, want 3: they stay for good", n)
	}
}

// TestALateRepetitionIsKnownForAWeek: the provider's number of a forgotten message
// stays a while, so that the same message delivered again opens no new case.
func TestALateRepetitionIsKnownForAWeek(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("RINA1", nil, nil)
	old := h.writes("OLDY1", nil, nil)
	old.closes()
	h.exec(`UPDATE messages SET received_at = $2 WHERE conversation_id = $1`, old.Lane, h.Now().Add(-8*day))
	rina.closes()
	check(t, h.f.Case(t.Context(), h.siti, "RINA1", "RINA1", "diminta"))
	check(t, h.f.Case(t.Context(), h.siti, "OLDY1", "OLDY1", "diminta"))
	left := func(p *person) int {
		return h.number(`SELECT count(*) FROM messages WHERE conversation_id = $1`, p.Lane)
	}
	if left(old) != 0 || left(rina) != 1 {
		t.Errorf("left behind: %d old and %d new numbers, want 0 and 1", left(old), left(rina))
	}
	h.Forward(6 * day)
	_, err := h.f.Run(t.Context())
	check(t, err)
	if left(rina) != 1 {
		t.Error("gone after six days")
	}
	h.Forward(2 * day)
	_, err = h.f.Run(t.Context())
	check(t, err)
	if left(rina) != 0 {
		t.Error("still there after eight days")
	}
}

// rowsOfEachKind writes one row of each kind that goes by its age.
func (h *house) rowsOfEachKind(p *person) {
	h.Helper()
	h.Tx(func(tx *store.Tx) error {
		if err := tx.RaiseAlarm(h.Context(), store.AlarmUnreadable, casefile.ID{}, casefile.ID{}, h.Now()); err != nil {
			return err
		}
		nobodys := p.Message("status")
		nobodys.Conversation, nobodys.State = casefile.ID{}, store.Recorded
		if _, err := tx.StoreMessages(h.Context(), []store.Message{nobodys}, map[casefile.ID]seal.Key{}); err != nil {
			return err
		}
		return tx.Queue(h.Context(), store.Letter{ID: casefile.NewID(h.Now()), Staff: h.budi.ID, Channel: "telegram", Purpose: casefile.ForStaff,
			Priority: store.InItsTurn, Body: casefile.Hide("halo"), State: "sent", QueuedAt: h.Now()}, tx.Keys().Own())
	})
	escalation := casefile.NewID(h.Now())
	h.exec(`UPDATE alarms SET cleared_at = $1, cleared_by = $2`, h.Now(), h.budi.ID)
	h.exec(`INSERT INTO escalations (id, case_id, urgency, state, started_at, ended_at) VALUES ($1, $2, 'high', 'ended', $3, $3)`, escalation, p.file, h.Now())
	h.exec(`INSERT INTO spent_codes (code, escalation_id, staff_id) VALUES ('K7Q2', $1, $2)`, escalation, h.budi.ID)
	h.exec(`INSERT INTO staff_guesses (staff_id, at) VALUES ($1, $2)`, h.budi.ID, h.Now())
	h.exec(`INSERT INTO early_statuses (channel, message_ref, state, at) VALUES ('sms', 'SM1', 'delivered', $1)`, h.Now())
	h.exec(`INSERT INTO staff_sessions (token_hash, staff_id, created_at, seen_at, expires_at) VALUES ('x', $1, $2, $2, $2)`, h.budi.ID, h.Now())
	h.exec(`INSERT INTO signin_failures (subject, at) VALUES ('x', $1)`, h.Now())
	h.exec(`INSERT INTO signin_challenges (token_hash, id, kind, asked_sealed, expires_at) VALUES ($1, $2, 'passkey', 'x', $3)`,
		make([]byte, 32), casefile.NewID(h.Now()), h.Now())
	h.exec(`INSERT INTO recovery_codes (staff_id, code_hash, created_at, used_at) VALUES ($1, $2, $3, $3)`, h.budi.ID, make([]byte, 32), h.Now())
	h.exec(`INSERT INTO passkeys (id, staff_id, credential_hash, credential_sealed, created_at, revoked_at) VALUES ($1, $2, $3, 'x', $4, $4)`,
		casefile.NewID(h.Now()), h.budi.ID, make([]byte, 32), h.Now())
}

func TestWhoWritesAgainStartsAnew(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("RINA1", nil, nil)
	rina.closes()
	check(t, h.f.Case(t.Context(), h.siti, "RINA1", "RINA1", "diminta"))
	h.Tx(func(tx *store.Tx) error {
		found, err := tx.FindConversations(t.Context(), []casefile.Address{rina.Address})
		if err != nil || len(found) != 0 {
			t.Errorf("the address still finds %d conversations (%v)", len(found), err)
		}
		return err
	})
	again := h.writes("RINA2", nil, nil)
	again.Address = rina.Address
	h.Tx(func(tx *store.Tx) error {
		if err := tx.StartConversation(t.Context(), rina.Address, "id", "", h.Now()); err != nil {
			return err
		}
		found, err := tx.FindConversations(t.Context(), []casefile.Address{rina.Address})
		if err != nil || len(found) != 1 || found[0].ID == rina.Lane {
			t.Errorf("want a conversation of its own, found %d (%v)", len(found), err)
		}
		return err
	})
	h.Tx(func(tx *store.Tx) error {
		if _, err := tx.LockLane(t.Context(), rina.Lane); !errors.Is(err, store.ErrForgotten) {
			t.Errorf("the old lane: %v, want ErrForgotten", err)
		}
		lanes, err := tx.LockLanes(t.Context(), []casefile.ID{rina.Lane}, nil)
		if err != nil || len(lanes) != 0 {
			t.Errorf("the old lane is taken (%v)", err)
		}
		file, err := tx.CaseByRef(t.Context(), "RINA1")
		if err != nil || file.Forgotten.IsZero() || len(file.Conversations) != 1 || !file.Conversations[0].Forgotten {
			t.Errorf("the forgotten case does not open as one: %v", err)
		}
		if walls, err := tx.WallsOf(t.Context(), rina.file); err != nil || !walls.Unreadable {
			t.Errorf("what kept the police out is open now (%v)", err)
		}
		return err
	})
}

// TestAMessageIsNeverStoredUnderADestroyedKey: whoever stores a message and whoever
// forgets meet, in both orders.
func TestAMessageIsNeverStoredUnderADestroyedKey(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("RINA1", nil, nil)
	rina.closes()
	m := rina.Message("saya lagi")
	forgot := make(chan error, 1)
	h.Tx(func(tx *store.Tx) error { // the message is quicker
		found, err := tx.FindConversations(t.Context(), []casefile.Address{rina.Address})
		if err != nil {
			return err
		}
		if _, err := tx.StoreMessages(t.Context(), []store.Message{m}, map[casefile.ID]seal.Key{rina.Lane: found[0].Key}); err != nil {
			return err
		}
		go func() { forgot <- h.f.Case(t.Context(), h.siti, "RINA1", "RINA1", "diminta") }()
		for h.number(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`) == 0 {
			select {
			case err := <-forgot:
				t.Fatalf("forgetting did not wait: %v", err)
			default:
			}
		}
		return nil
	})
	refuses(t, <-forgot, IsBusy)
	rina.gone(false, "while a message waits")

	h.exec(`UPDATE messages SET state = 'noted' WHERE state = 'waiting'`)
	late := rina.Message("saya lagi")
	err := h.Store.InTx(t.Context(), func(tx *store.Tx) error { // forgetting is quicker
		found, err := tx.FindConversations(t.Context(), []casefile.Address{rina.Address})
		if err != nil || len(found) != 1 {
			return fmt.Errorf("found %d: %w", len(found), err)
		}
		check(t, h.f.Case(t.Context(), h.siti, "RINA1", "RINA1", "diminta"))
		_, err = tx.StoreMessages(t.Context(), []store.Message{late}, map[casefile.ID]seal.Key{rina.Lane: found[0].Key})
		return err
	})
	if !errors.Is(err, store.ErrStale) {
		t.Errorf("a message was stored under a key that is gone: %v, want ErrStale", err)
	}
	if n := h.number(`SELECT count(*) FROM messages WHERE provider_id = $1`, late.ProviderID); n != 0 {
		t.Error("the message is there, and nobody can ever read it")
	}
}

func TestACaseThatCannotBeClosedStandsInNobodysWay(t *testing.T) {
	h := newHouse(t)
	first, second := h.writes("SIRI1", nil, asEnquiry), h.writes("SARI1", nil, asEnquiry)
	h.exec(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poison'; END $$`)
	h.exec(`CREATE TRIGGER refuse BEFORE UPDATE ON cases FOR EACH ROW WHEN (OLD.id = '` + first.file.String() + `') EXECUTE FUNCTION refuse()`)
	h.Forward(31 * day)
	if _, err := h.f.Run(t.Context()); err == nil {
		t.Error("the one that cannot be closed is not reported")
	}
	if n := h.number(`SELECT count(*) FROM cases WHERE id = $1 AND status = 'closed'`, second.file); n != 1 {
		t.Error("the one behind it was not closed")
	}
}

func TestACaseNobodyNeededClosesItself(t *testing.T) {
	h := newHouse(t)
	silent, queued := h.writes("SIRI1", nil, asEnquiry), h.writes("RINA1", nil, nil)
	waiting, taken := h.writes("WAIT1", nil, asEnquiry), h.writes("TAKE1", nil, asEnquiry)
	h.exec(`UPDATE conversations SET taken_by = $2, taken_at = $3 WHERE id = $1`, taken.Lane, h.budi.ID, h.Now())
	h.exec(`UPDATE messages SET state = 'waiting', turn = NULL WHERE conversation_id = $1`, waiting.Lane)
	h.Forward(31 * day)
	report, err := h.f.Run(t.Context())
	check(t, err)
	for _, p := range []*person{silent, queued, waiting, taken} {
		closed := h.number(`SELECT count(*) FROM cases WHERE id = $1 AND status = 'closed'`, p.file) == 1
		if closed != (p == silent) {
			t.Errorf("%s: closed %v (%v)", p.Ref, closed, report)
		}
		p.gone(false, "when it has just closed")
	}
	if n := h.number(`SELECT count(*) FROM audit WHERE action = 'case.closed_itself' AND actor_part = 'retention' AND case_id = $1`, silent.file); n != 1 {
		t.Error("the audit does not say who closed it")
	}
	silent.says("saya lagi", nil, asEnquiry)
	if n := h.number(`SELECT count(*) FROM cases WHERE id = $1 AND status = 'open'`, silent.file); n != 1 {
		t.Error("writing again does not open it")
	}
	h.Forward(31 * day)
	_, err = h.f.Run(t.Context())
	check(t, err)
	h.Forward(31 * day)
	_, err = h.f.Run(t.Context())
	check(t, err)
	silent.gone(true, "a month after it closed")
}

// TestAnEnquiryThatBecameDangerIsKeptAYear: alerted, lowered by staff, or urgent.
func TestAnEnquiryThatBecameDangerIsKeptAYear(t *testing.T) {
	h := newHouse(t)
	alerted, lowered := h.writes("ALRT1", nil, asEnquiry), h.writes("LOWR1", nil, asEnquiry)
	h.exec(`INSERT INTO escalations (id, case_id, urgency, state, started_at, ended_at) VALUES ($1, $2, 'high', 'ended', $3, $3)`,
		casefile.NewID(h.Now()), alerted.file, h.Now())
	h.exec(`UPDATE cases SET lowered_to = 'low', lowered_at = $2 WHERE id = $1`, lowered.file, h.Now())
	needed := h.writes("NEED1", nil, func(c *store.Case) { c.Urgency = casefile.Low })
	only := h.writes("ONLY1", nil, asEnquiry)
	for _, p := range []*person{alerted, lowered, needed, only} {
		p.closes()
	}
	h.Forward(364 * day)
	_, err := h.f.Run(t.Context())
	check(t, err)
	for _, p := range []*person{alerted, lowered, needed, only} {
		p.gone(p == only, "after 364 days")
	}
	h.Forward(2 * day)
	_, err = h.f.Run(t.Context())
	check(t, err)
	for _, p := range []*person{alerted, lowered, needed} {
		p.gone(true, "after a year")
	}
}

// TestFactsWithAShorterLifeGoFirst: in the report, in the checkpoint and in Redis;
// the other facts keep their places.
func TestFactsWithAShorterLifeGoFirst(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("RINA1", casefile.Facts{fact(casefile.Freedom, "locked"), fact(casefile.Departure, "this_week"), fact(casefile.Country, "MM")}, nil)
	rina.closes()
	h.Forward(31 * day)
	rina.sessions.Save(t.Context(), rina.Lane, casefile.Session{Turn: 1})
	_, err := h.f.Run(t.Context())
	check(t, err)
	if hot := h.sessions.Load(t.Context(), []casefile.ID{rina.Lane}); len(hot) != 0 {
		t.Error("the hot session still has it")
	}
	h.Tx(func(tx *store.Tx) error {
		lane, err := tx.Conversation(t.Context(), rina.Lane)
		if err != nil {
			return err
		}
		rows, err := tx.Facts(t.Context(), lane)
		for name, facts := range map[string]casefile.Facts{"report": rows, "checkpoint": lane.Session.Facts} {
			if len(facts) != 3 || !facts[0].Is(casefile.Freedom, "locked") || !facts[2].Is(casefile.Country, "MM") {
				t.Errorf("%s: the other facts are not what they were", name)
			}
			if f := facts[1]; f.Key != casefile.Departure || !f.Value.IsEmpty() || !f.Phrase.IsEmpty() {
				t.Errorf("%s: the departure is still known", name)
			}
		}
		return err
	})
	due, err := h.f.Due(t.Context())
	check(t, err)
	for _, c := range due {
		if c.Kind == casefile.KeptShortFacts && c.N != 0 {
			t.Error("what is done is due again")
		}
	}
}

// TestADeploymentKeepsWithinTheLimits: shorter, longer up to the limit, never beyond
// it, also when somebody writes into the table by hand.
func TestADeploymentKeepsWithinTheLimits(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("RINA1", nil, nil)
	rina.closes()
	for kind, days := range map[casefile.Kind]int{casefile.KeptCase: 1826, casefile.KeptEnquiry: 0, casefile.KeptSession: 1, casefile.KeptAudit: 100, "weather": 5} {
		if err := h.keeps(h.siti, kind, days); err == nil {
			t.Errorf("%s may be kept for %d days", kind, days)
		}
	}
	if err := h.keeps(h.budi, casefile.KeptCase, 10); !errors.Is(err, access.ErrDenied) {
		t.Errorf("an officer: %v", err)
	}
	check(t, h.keeps(h.siti, casefile.KeptCase, 400))
	h.Forward(399 * day)
	_, err := h.f.Run(t.Context())
	check(t, err)
	rina.gone(false, "kept longer")
	check(t, h.keeps(h.siti, casefile.KeptCase, 10))
	if n := h.number(`SELECT count(*) FROM audit WHERE action = 'retention.changed' AND actor_id = $1`, h.siti.ID); n != 2 {
		t.Errorf("%d changes are in the audit, want 2", n)
	}
	h.exec(`UPDATE retention_overrides SET days = 999999`)
	periods, err := h.f.Periods(t.Context())
	check(t, err)
	if periods[casefile.KeptCase] != 1825 {
		t.Errorf("a value written by hand keeps cases for %d days", periods[casefile.KeptCase])
	}
	check(t, h.keeps(h.siti, casefile.KeptCase, 10))
	_, err = h.f.Run(t.Context())
	check(t, err)
	rina.gone(true, "kept shorter")
}

// TestTheSchemaLetsNothingSealedStayInAForgottenRow: what the CHECKs say.
func TestTheSchemaLetsNothingSealedStayInAForgottenRow(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("RINA1", nil, nil)
	for _, sql := range []string{
		`UPDATE conversations SET forgotten_at = created_at`,
		`UPDATE conversations SET wrapped_key = NULL`,
		`UPDATE conversations SET address_sealed = NULL`,
		`UPDATE conversations SET forgotten_at = created_at, wrapped_key = NULL, address_sealed = NULL, address_index_next = NULL, checkpoint_sealed = NULL`,
		`UPDATE cases SET forgotten_at = opened_at`,
	} {
		if _, err := h.db.Exec(t.Context(), sql); err == nil {
			t.Errorf("the schema took: %s", sql)
		}
	}
	rina.closes()
	check(t, h.f.Case(t.Context(), h.siti, "RINA1", "RINA1", "diminta"))
	for _, sql := range []string{
		`UPDATE conversations SET wrapped_key = '\x00', address_sealed = '\x00'`,
		`UPDATE cases SET status = 'open', closed_at = NULL`,
		`UPDATE cases SET assessment_sealed = '\x00'`,
	} {
		if _, err := h.db.Exec(t.Context(), sql); err == nil {
			t.Errorf("the schema took: %s", sql)
		}
	}
	if strings.Contains(h.dump()["conversations"], hex.EncodeToString([]byte("77RINA1"))) {
		t.Error("the address is there in plain")
	}
}
