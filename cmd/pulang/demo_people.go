package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"pulang/internal/fakes"
	"pulang/internal/store"
)

// phone is one phone on the page.
type phone struct {
	ID    string // names it in the page's requests
	Owner string
	Who   string // one line about the owner
	Kind  string // telegram or sms
	Staff bool
	Chips []chip // what the owner might write

	says  func(string)
	press func(label string) error
	shows func() []fakes.Shown
	wait  func(context.Context, func([]fakes.Shown) bool) error
}

// chip is a text offered for writing, with its meaning in English.
type chip struct{ Text, Gloss string }

// The numbers are from the range that Ofcom keeps free for fiction.
const (
	anaNumber  = "+447700900101"
	budiNumber = "+447700900102"
	sariNumber = "+447700900103"
	rinaChat   = 910001
	dewiChat   = 910002
)

// givePhones makes the phones of the page, in its order.
func (st *stage) givePhones() []*phone {
	rina := st.onTelegram("rina", rinaChat, "Rina", "in danger, writes on Telegram")
	rina.Chips = []chip{
		{"kak tolong, saya disekap dan dipukuli di KK Park, paspor diambil", "please help, I am locked up and beaten at KK Park, they took my passport"},
		{"bisa", "yes I can chat"}, {"lewati", "skip"}, {"BANTUAN", "help"},
	}
	ana := st.onSMS("ana", anaNumber, "Ana", "asks by SMS, in English")
	ana.Chips = []chip{{"please help my sister, she is locked in a compound in Cambodia and they beat her", ""}, {"1", ""}, {"STOP", ""}}
	dewi := st.onTelegram("dewi", dewiChat, "Dewi", "duty officer, on duty")
	budi := st.onSMS("budi", budiNumber, "Budi", "officer of the other team, on duty")
	dewi.Staff, budi.Staff = true, true
	dewi.Chips = []chip{{"OFF", "go off duty"}, {"ON", "come on duty"}}
	return []*phone{rina, ana, dewi, budi}
}

func (st *stage) onTelegram(id string, chat int64, owner, who string) *phone {
	p := st.telegram.Chat(chat, owner)
	return &phone{ID: id, Owner: owner, Who: who, Kind: "telegram",
		says: func(text string) { p.Says(text) }, press: p.Presses, shows: p.Shows, wait: p.Wait}
}

func (st *stage) onSMS(id, number, owner, who string) *phone {
	p := st.twilio.Phone(number)
	return &phone{ID: id, Owner: owner, Who: who, Kind: "sms",
		says:  func(text string) { p.Says(text) },
		press: func(string) error { return errors.New("an SMS has no buttons") },
		shows: p.Shows, wait: p.Wait}
}

// phone finds a phone of the page; nil when there is none.
func (st *stage) phone(id string) *phone {
	for _, p := range st.phones {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// fingerprint changes with anything on any screen.
func (st *stage) fingerprint() string {
	var b strings.Builder
	for _, p := range st.phones {
		for _, s := range p.shows() {
			_, _ = fmt.Fprintf(&b, "%s%d%v%v%d;", p.ID, s.MessageID, s.Edited, s.Deleted, len(s.Buttons))
		}
	}
	return b.String()
}

// seedTime is how long a step of the seeding or of the script may take.
const seedTime = 30 * time.Second

// until waits until a screen is as wanted, and says in its error what was awaited.
func (p *phone) until(ctx context.Context, what string, wanted func([]fakes.Shown) bool) error {
	ctx, cancel := context.WithTimeoutCause(ctx, seedTime, fmt.Errorf("%s did not see %s in %s", p.Owner, what, seedTime))
	defer cancel()
	return p.wait(ctx, wanted)
}

// seedStaff makes three invented members of staff, two of them on duty, in two teams.
func (st *stage) seedStaff(ctx context.Context) error {
	if err := st.store.InTx(ctx, func(tx *store.Tx) error { return clerk(tx, st.clock.Now()).AddTeam(ctx, "night", "Tim malam") }); err != nil {
		return fmt.Errorf("seed teams: %w", err)
	}
	both := []string{"en", "id"}
	for _, one := range []staffAddCommand{
		{Login: "dewi.demo", Name: "Dewi", Role: "duty_officer", Team: "main", Lang: both, OnDuty: true},
		{Login: "budi.demo", Name: "Budi", Role: "duty_officer", Team: "night", Lang: both, Phone: budiNumber, OnDuty: true},
		{Login: "sari.demo", Name: "Sari", Role: "supervisor", Team: "main", Lang: both, Phone: sariNumber},
	} {
		made, err := one.add(ctx, st.store, settings{}, st.clock.Now())
		if err != nil {
			return fmt.Errorf("seed staff: %w", err)
		}
		if st.login == "" {
			st.officer, st.login = made, one.Login
		}
	}
	return nil
}

// seed is what happened before the page opens, the way it happens in life: Dewi
// links her Telegram with the code she was given, and a few people write.
func (st *stage) seed(ctx context.Context) error {
	dewi := st.phone("dewi")
	dewi.says("LINK " + st.officer.Link)
	if err := dewi.until(ctx, "that the phone is linked", func(screen []fakes.Shown) bool { return fromLine(screen) > 0 }); err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	return st.seedCases(ctx)
}

// seedCases lets others write before the page opens, so that the queue is not empty.
func (st *stage) seedCases(ctx context.Context) error {
	for i, says := range [][]string{
		{"halo kak, ini loker admin di kamboja beneran ga ya? katanya pakai visa turis dulu", "1"},
		{"adik saya kerja di thailand, paspornya dipegang agen, sudah 2 minggu jarang kabar", "1", "2"},
		{"saya sudah pulang dari myanmar bulan lalu, gaji saya tidak dibayar, butuh bantuan dokumen", "1"},
		{"teman saya kerja di kapal, gajinya ditahan majikan", "1", "2"},
	} {
		p := st.onTelegram("", 920001+int64(i), "Tamu", "")
		for n, text := range says {
			p.says(text)
			if err := p.until(ctx, "an answer", func(screen []fakes.Shown) bool { return fromLine(screen) > n }); err != nil {
				return fmt.Errorf("seed: %w", err)
			}
			if err := st.forward(ctx, 2*time.Minute); err != nil {
				return err
			}
		}
	}
	return st.forward(ctx, 20*time.Minute)
}

func fromLine(screen []fakes.Shown) (n int) {
	for _, s := range screen {
		if s.FromLine {
			n++
		}
	}
	return n
}

// alertForm is an alert: it holds a code to answer with.
var alertForm = regexp.MustCompile(`\bOK ([A-Z0-9]{4,6})\b`)

// alertOn finds the newest alert on a screen.
func alertOn(screen []fakes.Shown) (code string, ok bool) {
	for i := len(screen) - 1; i >= 0; i-- {
		if m := alertForm.FindStringSubmatch(screen[i].Text); screen[i].FromLine && m != nil {
			return m[1], true
		}
	}
	return "", false
}
