package stories

import (
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/fakes"
	"pulang/internal/store"
)

// Wants asks to write to the person against the contact policy.
func (s *shift) Wants(text, first string) casefile.ID {
	s.t.Helper()
	v, err := s.desk.Open(s.t.Context(), s.who, s.ref())
	check(s.t, err)
	id := casefile.NewID(s.h.clock.Now())
	waits, err := s.desk.AskOverride(s.t.Context(), s.who, s.ref(), cases.Asking{ID: id, Text: text, Reason: "razia", First: first, Heard: v.Answering.Heard})
	check(s.t, err)
	if !waits {
		s.t.Error("one person was enough for a phone of which nobody knows who reads it")
	}
	return id
}

// Confirms is the second person.
func (s *shift) Confirms(id casefile.ID) {
	s.t.Helper()
	check(s.t, s.desk.ConfirmOverride(s.t.Context(), s.who, s.ref(), id))
}

// second is a colleague at the console.
func second(m *member) *shift {
	m.t.Helper()
	c := m.Console()
	c.who.Role = access.DutyOfficer
	return c
}

// taken is Rina, who wrote and answered so, the officer who took over a while later, and
// a second one.
func (h *house) taken(answers ...string) (rina *phone, first, other *shift) {
	h.t.Helper()
	budi, siti := h.Staff("budi", staffing{chat: 9001}), h.Staff("siti", staffing{chat: 9002})
	rina = h.Telegram("Rina", 1001)
	rina.Says(plea).Hears("Pesanmu masuk")
	for _, a := range answers {
		rina.Answers(a).Hears("HP ini suka")
	}
	budi.Hears("Balas OK").Acknowledges().Hears("Tercatat")
	h.Forward(16 * time.Minute)
	return rina, budi.Console().Takes(), second(siti)
}

// holds wants the one letter of an override held.
func (h *house) holds(id casefile.ID) {
	h.t.Helper()
	if n := h.count(`SELECT count(*) FROM outbox WHERE override_id = $1 AND state = 'held'`, id); n != 1 {
		h.t.Errorf("%d letters of the override are held, want 1", n)
	}
}

func TestRule13AnOverrideReachesAWatchedPhoneOnlyThroughTwo(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina, first, siti := h.taken()
	id := first.Wants("Besok jangan ikut naik mobil.", store.WordsFirst)
	rina.HearsNothing()
	siti.Confirms(id)
	rina.Hears("Besok jangan ikut naik mobil.").HearsNothing()
}

func TestOnlyTheHelloGoesOutAndTheWordsFollowTheirAnswer(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina, first, siti := h.taken("1")
	siti.Confirms(first.Wants("Besok jangan ikut naik mobil.", store.HelloFirst))
	rina.Hears("Halo, apa kabar?").HearsNothing()
	h.Forward(time.Hour)
	rina.Says("ya?").Hears("Pesanmu masuk").HearsNothing() // the phone may be in other hands
	rina.Answers("1").Hears("Besok jangan ikut naik mobil.")
}

// TestTheirQuietIsStrongerThanAnOverrideOnItsWay: what two people decided was decided on
// what they knew. A word of the person that comes before the letter leaves ends it.
func TestTheirQuietIsStrongerThanAnOverrideOnItsWay(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina, first, siti := h.taken()
	id := first.Wants("Besok jangan ikut naik mobil.", store.WordsFirst)
	h.telegram.Fail(1, fakes.Fault{Method: "sendMessage", Recipient: "1001", Status: 503})
	siti.Confirms(id)
	h.Settle()
	rina.Says("diam").HearsNothing()
	h.Forward(2 * time.Minute)
	rina.HearsNothing()
	h.holds(id)
}

// TestAnOverrideIsOverAfterItsTime: a provider that was down for longer does not send
// in the middle of the night what was decided in the evening.
func TestAnOverrideIsOverAfterItsTime(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina, first, siti := h.taken()
	id := first.Wants("Besok jangan ikut naik mobil.", store.WordsFirst)
	h.telegram.Fail(1, fakes.Fault{Method: "sendMessage", Recipient: "1001", Status: 503})
	siti.Confirms(id)
	h.Settle()
	h.Forward(cases.OverrideHolds)
	rina.HearsNothing()
	h.holds(id)
}
