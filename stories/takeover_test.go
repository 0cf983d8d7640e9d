package stories

import (
	"testing"
	"time"

	"pulang/bot/sms"
	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/locales"
)

// shift is a member of staff at the console.
type shift struct {
	t    *testing.T
	h    *house
	desk *cases.Desk
	who  access.Staff
	name string
}

// Console signs a member of staff in.
func (m *member) Console() *shift {
	m.t.Helper()
	book, err := locales.Open()
	check(m.t, err)
	h := m.phone.h
	desk := cases.New(cases.Options{
		Store: h.store, Escalation: h.line.Escalation(), Book: book, Now: h.clock.Now, Changed: h.line.Wake,
		OneSegment: func(c casefile.ChannelName) bool { return c == sms.Name },
	})
	return &shift{t: m.t, h: h, desk: desk, who: access.Staff{ID: m.id, Role: "duty_officer"}, name: m.login}
}

// ref is the only case.
func (s *shift) ref() string {
	s.t.Helper()
	s.h.Settle()
	var ref string
	check(s.t, s.h.db.QueryRow(s.t.Context(), `SELECT ref FROM cases`).Scan(&ref))
	return ref
}

// Takes takes the case over.
func (s *shift) Takes() *shift {
	s.t.Helper()
	_, err := s.desk.Open(s.t.Context(), s.who, s.ref())
	check(s.t, err)
	check(s.t, s.desk.Take(s.t.Context(), s.who, s.ref(), casefile.ID{}, s.name))
	return s
}

// Replies writes to the person and returns what became of it.
func (s *shift) Replies(text string) cases.Sent {
	s.t.Helper()
	sent, err := s.desk.Reply(s.t.Context(), s.who, s.ref(), cases.Said{ID: casefile.NewID(s.h.clock.Now()), Text: text})
	check(s.t, err)
	return sent
}

func TestStaffTakeOverAnswerAndHandBack(t *testing.T) {
	t.Parallel()
	for _, channel := range []string{"telegram", "sms"} {
		t.Run(channel, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			budi := h.Staff("budi", staffing{chat: 9001})
			rina := h.Telegram("Rina", 1001)
			if channel == "sms" {
				rina = h.SMS("Rina", "+12025550144")
			}
			rina.Says(plea).Hears("Pesanmu masuk")
			rina.Answers("1").Hears("HP ini suka")
			budi.Hears("Balas OK").Acknowledges().Hears("Tercatat")
			shift := budi.Console().Takes()
			rina.Hears("Sekarang bukan otomatis lagi.")
			rina.Says("siapa ini?").HearsNothing()
			shift.Replies("Kami di sini. Bisa cerita pelan-pelan?")
			rina.Hears("pelan-pelan")
			rina.Says("besok kami mau dijual").HearsNothing()
			budi.Hears("KRITIS") // new danger during a takeover alerts again
			check(t, shift.desk.HandBack(t.Context(), shift.who, shift.ref()))
			h.Settle()
			rina.Says("halo")
			rina.Hears("") // the line answers again
		})
	}
}

func TestAnAnsweredAcknowledgementDoesNotExpire(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	rina := h.Telegram("Rina", 1001)
	rina.Says(plea).Hears("Pesanmu masuk")
	budi.Hears("Balas OK").Acknowledges().Hears("Tercatat")
	shift := budi.Console().Takes()
	shift.Replies("Kami di sini.")
	rina.Hears("Kami di sini.")
	h.Forward(11 * time.Minute)
	budi.HearsNothing()
}

func TestALateReplyIsHeldUntilTheyWriteAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	rina := h.Telegram("Rina", 1001)
	rina.Says(plea).Hears("Pesanmu masuk")
	budi.Hears("Balas OK").Acknowledges().Hears("Tercatat")
	h.Forward(16 * time.Minute)
	shift := budi.Console().Takes()
	shift.Replies("Kami sudah baca.")
	rina.HearsNothing()
	rina.Says("halo").Hears("Pesanmu masuk").HearsNothing()
	rina.Answers("1").Hears("Kami sudah baca.")
}

func TestATakeoverLapsesWhenNobodyAnswersThePerson(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	rina := h.Telegram("Rina", 1001)
	rina.Says("saya mau pulang, paspor saya dipegang bos").Hears("Pesanmu masuk")
	rina.Says("mau bicara sama orang").Hears("Sebentar ya.")
	budi.Console().Takes()
	rina.Hears("Sekarang bukan otomatis lagi.")
	rina.Says("halo?").HearsNothing()
	h.Forward(9 * time.Minute)
	rina.Says("masih ada?").HearsNothing()
	h.Forward(time.Minute)
	budi.Hears("Balas OK") // the next rung hears
	h.Settle()
	if n := h.count(`SELECT count(*) FROM conversations WHERE taken_by IS NOT NULL`); n != 0 {
		t.Error("the takeover did not lapse")
	}
}
