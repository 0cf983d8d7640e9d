package stories

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pulang/bot/sms"
	"pulang/bot/telegram"
	"pulang/internal/casefile"
	"pulang/internal/fakes"
	"pulang/internal/store"
)

// handset is what a Telegram and an SMS phone have in common.
type handset interface {
	Shows() []fakes.Shown
	Wait(ctx context.Context, wanted func([]fakes.Shown) bool) error
}

// phone is somebody's phone in a story.
type phone struct {
	t     *testing.T
	h     *house
	name  string
	set   handset
	write func(text string)
	press func(label string) error
	mark  int // how much of the screen the story has dealt with
}

// Telegram is a person's Telegram.
func (h *house) Telegram(name string, chat int64) *phone {
	p := h.telegram.Chat(chat, name)
	return &phone{t: h.t, h: h, name: name, set: p, write: func(s string) { p.Says(s) }, press: p.Presses}
}

// SMS is a person's phone with a number.
func (h *house) SMS(name, number string) *phone {
	p := h.twilio.Phone(number)
	return &phone{t: h.t, h: h, name: name, set: p, write: func(s string) { p.Says(s) }}
}

// Says writes a text.
func (p *phone) Says(text string) *phone {
	p.t.Helper()
	p.mark = len(p.set.Shows())
	p.write(text)
	return p
}

// Presses presses a button.
func (p *phone) Presses(label string) *phone {
	p.t.Helper()
	p.mark = len(p.set.Shows())
	if err := p.press(label); err != nil {
		p.t.Fatalf("%s cannot press %q: %v", p.name, label, err)
	}
	return p
}

// Answers answers with a digit: a button where there is one, else typed.
func (p *phone) Answers(digit string) *phone {
	p.t.Helper()
	if p.press != nil && p.has(digit) {
		return p.Presses(digit)
	}
	return p.Says(digit)
}

func (p *phone) has(label string) bool {
	shows := p.set.Shows()
	if len(shows) == 0 {
		return false
	}
	for _, row := range shows[len(shows)-1].Buttons {
		for _, b := range row {
			if b.Text == label {
				return true
			}
		}
	}
	return false
}

// Hears waits until the line has said, in this order, texts that hold these words.
func (p *phone) Hears(words ...string) *phone {
	p.t.Helper()
	for _, want := range words {
		ctx, cancel := context.WithTimeout(p.t.Context(), patience)
		err := p.set.Wait(ctx, func(shows []fakes.Shown) bool { return heard(shows, p.mark, want) >= 0 })
		cancel()
		if err != nil {
			p.t.Fatalf("%s waits for %q, and sees:\n%s", p.name, want, p.Screen())
		}
		p.mark = heard(p.set.Shows(), p.mark, want) + 1
	}
	return p
}

func heard(shows []fakes.Shown, from int, want string) int {
	for i := from; i < len(shows); i++ {
		if shows[i].FromLine && strings.Contains(shows[i].Text, want) {
			return i
		}
	}
	return -1
}

// HearsNothing waits until nothing is on its way and asks that the line said
// nothing more.
func (p *phone) HearsNothing() *phone {
	p.t.Helper()
	p.h.Settle()
	for _, s := range p.set.Shows()[p.mark:] {
		if s.FromLine {
			p.t.Fatalf("%s should hear nothing more, and sees:\n%s", p.name, p.Screen())
		}
	}
	return p
}

// Said is everything the line said, oldest first.
func (p *phone) Said() []string {
	var said []string
	for _, s := range p.set.Shows() {
		if s.FromLine {
			said = append(said, s.Text)
		}
	}
	return said
}

// Screen is the whole screen, for a failed test.
func (p *phone) Screen() string {
	var b strings.Builder
	for i, s := range p.set.Shows() {
		who := p.name
		if s.FromLine {
			who = "line"
		}
		fmt.Fprintf(&b, "%2d %5s: %s\n", i, who, s.Text)
	}
	return b.String()
}

// member is a member of staff with their phones.
type member struct {
	*phone // Telegram, or SMS when they have no Telegram
	id     casefile.ID
	login  string
	text   *phone // SMS; nil when they have none
}

// staffing says who a member of staff is.
type staffing struct {
	role     string
	chat     int64  // 0: no Telegram
	number   string // "": no SMS
	offDuty  bool
	language casefile.Lang
	name     string // "": the login with a capital
}

// Staff adds a member of staff.
func (h *house) Staff(login string, s staffing) *member {
	h.t.Helper()
	if s.role == "" {
		s.role = "duty_officer"
	}
	if s.language == "" {
		s.language = casefile.Indonesian
	}
	m := &member{id: casefile.NewID(h.clock.Now()), login: login}
	err := h.store.InTx(h.t.Context(), func(tx *store.Tx) error {
		ctx, now := h.t.Context(), h.clock.Now()
		err := tx.AddStaff(ctx, store.Staff{ID: m.id, Login: login, Name: casefile.Hide(cmp.Or(s.name, strings.ToUpper(login[:1])+login[1:])), Role: s.role,
			Team: store.MainTeam, Languages: []string{"id", "en"}, Lang: s.language, CreatedAt: now})
		if err != nil {
			return err
		}
		if _, err := tx.SetDuty(ctx, m.id, !s.offDuty, now); err != nil {
			return err
		}
		if s.chat != 0 {
			if err := tx.SetStaffAddress(ctx, m.id, casefile.Address{Channel: telegram.Name, ID: casefile.Hide(fmt.Sprint(s.chat))}, now); err != nil {
				return err
			}
		}
		if s.number == "" {
			return nil
		}
		return tx.SetStaffAddress(ctx, m.id, casefile.Address{Channel: sms.Name, ID: casefile.Hide(s.number)}, now)
	})
	check(h.t, err)
	if s.number != "" {
		m.text = h.SMS(login, s.number)
		m.phone = m.text
	}
	if s.chat != 0 {
		m.phone = h.Telegram(login, s.chat)
	}
	return m
}

// Code is the code of the newest alert on a phone.
func (p *phone) Code() string {
	p.t.Helper()
	shows := p.set.Shows()
	for i := len(shows) - 1; i >= 0; i-- {
		if at := strings.Index(shows[i].Text, "OK "); shows[i].FromLine && at >= 0 {
			return strings.Trim(strings.Fields(shows[i].Text[at+3:])[0], ".,")
		}
	}
	p.t.Fatalf("%s has no alert with a code:\n%s", p.name, p.Screen())
	return ""
}

// Acknowledges presses the alert's button, or answers OK and its code by text.
func (p *phone) Acknowledges() *phone {
	p.t.Helper()
	if p.press == nil {
		return p.Says("OK " + p.Code())
	}
	code := p.Code()
	p.mark = len(p.set.Shows())
	if err := p.press("ok:" + code); err != nil {
		p.t.Fatalf("%s cannot press OK: %v", p.name, err)
	}
	return p
}

const soon = 5 * time.Minute
