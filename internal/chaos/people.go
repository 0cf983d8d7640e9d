package main

import (
	"context"
	"regexp"
	"time"

	"pulang/bot/sms"
	"pulang/bot/telegram"
	"pulang/internal/casefile"
	"pulang/internal/fakes"
)

// phone is a person of the plan with what they wrote.
type phone struct {
	person   Person
	telegram *fakes.TelegramPhone // or
	sms      *fakes.SMSPhone
	wrote    []written
}

// written is one thing somebody wrote, by the provider's id of the message; empty for
// a press, whose id the phone does not know.
type written struct {
	ref    string
	danger bool
	at     time.Time
}

func (h *house) phoneOf(p Person) *phone {
	if p.SMS {
		return &phone{person: p, sms: h.twilio.Phone(p.Call)}
	}
	return &phone{person: p, telegram: h.telegram.Chat(p.Chat, p.Name)}
}

// says does one line of the plan.
func (p *phone) says(l Line) {
	if p.sms != nil {
		sid := p.sms.Says(l.Text)
		p.wrote = append(p.wrote, written{sid, l.Danger, p.newest()})
		return
	}
	if l.Press && p.telegram.Presses(l.Text) == nil {
		p.wrote = append(p.wrote, written{})
		return
	}
	ref := number(p.telegram.Says(l.Text))
	p.wrote = append(p.wrote, written{ref, l.Danger, p.newest()})
}

func (p *phone) shows() []fakes.Shown {
	if p.sms != nil {
		return p.sms.Shows()
	}
	return p.telegram.Shows()
}

// newest is when the newest own message was written.
func (p *phone) newest() time.Time {
	shows := p.shows()
	for i := len(shows) - 1; i >= 0; i-- {
		if !shows[i].FromLine {
			return shows[i].At
		}
	}
	return time.Time{}
}

// address is who they are to the line.
func (p *phone) address() casefile.Address {
	if p.sms != nil {
		return casefile.Address{Channel: sms.Name, ID: casefile.Hide(p.person.Call)}
	}
	return casefile.Address{Channel: telegram.Name, ID: casefile.Hide(number(p.person.Chat))}
}

// colleague is a member of staff on duty.
type colleague struct {
	login    string
	telegram *fakes.TelegramPhone
	sms      *fakes.SMSPhone
	link     string
}

// alertForm is an alert on a phone of staff: its code and its urgency, alone or as the
// most urgent of many.
var alertForm = regexp.MustCompile(`^(?:\d+ peringatan menunggu\. Paling mendesak: )?([A-Z0-9]{4,6}) (?:KRITIS|TINGGI|SEDANG|RENDAH)[.,]`)

// many is how an alert begins that tells of others too.
var many = regexp.MustCompile(`^\d+ peringatan menunggu`)

// answer lets staff acknowledge most of what they see, by button or by text, until ctx
// ends: a code that ends in a letter from A to M is left to climb.
func (h *house) answer(ctx context.Context) {
	done := map[string]bool{}
	tick := time.NewTicker(700 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		for i, s := range h.staff {
			for _, code := range codesOn(s.telegram.Shows()) {
				if done[code] || code[len(code)-1] >= 'A' && code[len(code)-1] <= 'M' {
					continue
				}
				done[code] = true
				if i%2 == 0 {
					_ = s.telegram.Presses("ok:" + code) // the button may have gone meanwhile
				} else {
					s.sms.Says("OK " + code)
				}
			}
		}
	}
}

// codesOn are the codes of the alerts on a screen, oldest first.
func codesOn(shows []fakes.Shown) (codes []string) {
	for _, s := range shows {
		if found := alertForm.FindStringSubmatch(s.Text); s.FromLine && found != nil {
			codes = append(codes, found[1])
		}
	}
	return codes
}
