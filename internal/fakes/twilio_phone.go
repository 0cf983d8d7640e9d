package fakes

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// SMSPhone is a person's phone with a number.
type SMSPhone struct {
	t        *Twilio
	number   string
	screen   []Shown
	stopped  bool // STOP was sent, START not yet
	refusal  int
	outcomes []Outcome
}

// Outcome is what becomes of an accepted message.
type Outcome struct {
	// Statuses are reported in this order. The phone shows the message only
	// when "delivered" is among them.
	Statuses []string
	// ErrorCode goes with "failed" and "undelivered".
	ErrorCode int
}

// delivered is what becomes of a message by default.
var delivered = Outcome{Statuses: []string{"queued", "sent", "delivered"}}

// Phone is the phone with this number (E.164); the same number is the same
// phone.
func (t *Twilio) Phone(number string) *SMSPhone {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.phoneOf(number)
}

// phoneOf finds the phone or makes it. The caller holds the lock.
func (t *Twilio) phoneOf(number string) *SMSPhone {
	p := t.phones[number]
	if p == nil {
		p = &SMSPhone{t: t, number: number}
		t.phones[number] = p
	}
	return p
}

// Number is the phone's number.
func (p *SMSPhone) Number() string { return p.number }

// show puts something on the screen. The caller holds the lock.
func (p *SMSPhone) show(s Shown) { p.screen = append(p.screen, s) }

// Outcomes sets what becomes of the next messages to this phone, one each.
func (p *SMSPhone) Outcomes(next ...Outcome) {
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	p.outcomes = append(p.outcomes, next...)
}

// nextOutcome takes one. The caller holds the lock.
func (p *SMSPhone) nextOutcome() Outcome {
	if len(p.outcomes) == 0 {
		return delivered
	}
	o := p.outcomes[0]
	p.outcomes = p.outcomes[1:]
	return o
}

// Refuses makes the API refuse every message to this phone with Twilio's error
// code, such as 21211, 21408 or 21614; 0 ends it.
func (p *SMSPhone) Refuses(code int) {
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	p.refusal = code
}

// Twilio's own words for leaving and coming back; a message is one of them
// only as a whole.
var (
	stopWords  = []string{"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
	startWords = []string{"START", "UNSTOP", "YES"}
)

// Says sends a text and returns its MessageSid. A long one arrives as one
// webhook, since Twilio joins the parts. After STOP nothing more can be sent
// to the phone (21610) until START; both still reach the line.
func (p *SMSPhone) Says(text string) (messageSID string) { return p.says(text, nil) }

// SendsMedia sends a picture or another file, by MMS.
func (p *SMSPhone) SendsMedia(contentType, mediaURL, text string) (messageSID string) {
	return p.says(text, url.Values{"NumMedia": {"1"}, "MediaContentType0": {contentType}, "MediaUrl0": {mediaURL}})
}

// says shows, keeps and delivers a message, with the extra fields.
func (p *SMSPhone) says(text string, extra url.Values) string {
	t := p.t
	t.mu.Lock()
	defer t.mu.Unlock()
	kind := "SM"
	if extra != nil {
		kind = "MM"
	}
	m := &sms{sid: t.sid(kind), from: p.number, to: t.options.Number, body: text, inbound: true, status: "received",
		created: t.options.Now(), updated: t.options.Now()}
	m.parts, _ = t.options.Segments(text)
	m.parts = max(1, m.parts)
	t.messages = append(t.messages, m)
	p.show(Shown{SID: m.sid, Kind: "text", Text: text, At: m.created})
	p.optOut(text)
	t.webhook("message "+m.sid, p.number, t.options.MessageURL, t.inboundForm(m, extra), t.reply(p.number))
	t.bell.ring()
	return m.sid
}

// optOut acts on Twilio's own words. The caller holds the lock.
func (p *SMSPhone) optOut(text string) {
	word := strings.ToUpper(strings.TrimSpace(text))
	switch {
	case slices.Contains(stopWords, word):
		p.stopped = true
		if p.t.options.OptOutReply != "" {
			p.show(Shown{FromLine: true, Kind: "text", Text: p.t.options.OptOutReply, At: p.t.options.Now()})
		}
	case slices.Contains(startWords, word):
		p.stopped = false
	}
}

// inboundForm has all the fields that Twilio sends.
func (t *Twilio) inboundForm(m *sms, extra url.Values) url.Values {
	form := url.Values{
		"MessageSid": {m.sid}, "SmsSid": {m.sid}, "SmsMessageSid": {m.sid}, "AccountSid": {t.options.AccountSID},
		"ApiVersion": {"2010-04-01"}, "SmsStatus": {"received"}, "From": {m.from}, "To": {m.to}, "Body": {m.body},
		"NumMedia": {"0"}, "NumSegments": {strconv.Itoa(m.parts)},
		"FromCountry": {""}, "FromState": {""}, "FromCity": {""}, "FromZip": {""},
		"ToCountry": {""}, "ToState": {""}, "ToCity": {""}, "ToZip": {""},
	}
	if strings.HasPrefix(t.options.From, "MG") {
		form.Set("MessagingServiceSid", t.options.From)
	}
	for name, values := range extra {
		form[name] = values
	}
	return form
}

// Shows is everything on the screen, oldest first.
func (p *SMSPhone) Shows() []Shown {
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	return slices.Clone(p.screen)
}

// Wait returns when the screen is as wanted, or with the cause when ctx ends.
func (p *SMSPhone) Wait(ctx context.Context, wanted func([]Shown) bool) error {
	return p.t.bell.wait(ctx, func() bool { return wanted(p.Shows()) })
}
