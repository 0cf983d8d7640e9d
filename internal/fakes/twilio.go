package fakes

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" // #nosec G505 -- Twilio signs with HMAC-SHA1
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// TwilioOptions say which account and number this Twilio knows.
type TwilioOptions struct {
	// AccountSID and AuthToken let a caller in; empty: invented ones.
	AccountSID, AuthToken string
	// From is the line's number (E.164) or messaging service (MG...). Empty:
	// an invented number.
	From string
	// Number is the number people write to; empty: From, or an invented one
	// when From is a messaging service.
	Number string
	// MessageURL and StatusURL are the line's webhooks under the public
	// address that signatures are made for. With StatusURL empty, the one
	// that a message asks for is used.
	MessageURL, StatusURL string
	// TargetBase is where webhooks are really posted to when the public
	// address leads nowhere: its scheme and host are replaced.
	TargetBase string
	// Segments counts the parts of a text and says whether it needs UCS-2;
	// give gsm7.Segments. Nil: every text counts as one part.
	Segments func(text string) (parts int, ucs2 bool)
	// Strict refuses a body of more than one part, or in UCS-2.
	Strict bool
	// OptOutReply is what Twilio itself answers to STOP; empty: nothing.
	OptOutReply string
	// Attempts is how often a webhook is tried; 0 means once, as with Twilio.
	Attempts int
	// RetryEvery is the time between tries; 0 means 50 ms.
	RetryEvery time.Duration
	// Parallel is how many webhooks go out at a time, of different phones;
	// 0 means 4.
	Parallel int
	// Now is the clock of everything that is shown or sent. Needed.
	Now func() time.Time
}

// Twilio is the fake; an http.Handler, or with Start a server of its own.
type Twilio struct {
	*desk
	*courier
	options TwilioOptions
	server  server
	bell    *bell

	mu       sync.Mutex
	signWith string
	messages []*sms // oldest first, both directions
	phones   map[string]*SMSPhone
	files    map[string][]byte // by the path they are asked for
	serial   int
}

// sms is a message resource.
type sms struct {
	sid, from, to, body string
	service             string // messaging service, if any
	callback            string
	inbound             bool
	parts               int
	status              string
	errorCode           int
	created, updated    time.Time
}

// NewTwilio makes a Twilio without messages.
func NewTwilio(o TwilioOptions) *Twilio {
	if o.Now == nil {
		panic("fakes: TwilioOptions.Now is missing")
	}
	fill := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	fill(&o.AccountSID, "AC00000000000000000000000000000001")
	fill(&o.AuthToken, "0f0e0d0c0b0a09080706050403020100")
	fill(&o.From, "+15005550006")
	fill(&o.Number, o.From)
	if !e164.MatchString(o.Number) {
		o.Number = "+15005550006"
	}
	if o.Segments == nil {
		o.Segments = func(string) (int, bool) { return 1, false }
	}
	if o.RetryEvery == 0 {
		o.RetryEvery = 50 * time.Millisecond
	}
	if o.Parallel == 0 {
		o.Parallel = 4
	}
	b := &bell{}
	return &Twilio{
		desk:    &desk{closing: make(chan struct{}), changed: b},
		courier: newCourier(o.Parallel, max(1, o.Attempts), o.RetryEvery, b),
		options: o, bell: b, signWith: o.AuthToken, phones: map[string]*SMSPhone{},
	}
}

// Start serves on a free port of 127.0.0.1, see URL.
func (t *Twilio) Start() error { return t.server.start(t) }

// URL is what to give as TWILIO_API_URL; empty before Start.
func (t *Twilio) URL() string { return t.server.address() }

// Options are those given, with what was invented.
func (t *Twilio) Options() TwilioOptions { return t.options }

// SignWith signs webhooks with another auth token from now on: the one the
// line is to accept after a rotation, or a wrong one.
func (t *Twilio) SignWith(authToken string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.signWith = authToken
}

// Close stops delivering and serving.
func (t *Twilio) Close() {
	t.desk.close()
	t.courier.close()
	t.server.close()
}

// Settled waits until no webhook is on its way. Twilio gives up on one that
// was not taken, so look at Lost too.
func (t *Twilio) Settled(ctx context.Context) error {
	if err := t.bell.wait(ctx, t.courier.idle); err != nil {
		return notSettled(err, t.courier.unsettled())
	}
	return nil
}

// Lost are the webhooks that were given up.
func (t *Twilio) Lost() []Delivery {
	return slices.DeleteFunc(t.Deliveries(), func(d Delivery) bool {
		return !d.Settled || slices.ContainsFunc(d.Statuses, func(s int) bool { return s/100 == 2 })
	})
}

// sid makes the next id. The caller holds the lock.
func (t *Twilio) sid(kind string) string {
	t.serial++
	return fmt.Sprintf("%s%032x", kind, 0xf0000000+t.serial)
}

// Signature is what Twilio sends as X-Twilio-Signature: an HMAC over the
// public URL and the sorted parameters.
func Signature(authToken, publicURL string, form url.Values) string {
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	var text strings.Builder
	text.WriteString(publicURL)
	for _, name := range names {
		for _, value := range form[name] {
			text.WriteString(name + value)
		}
	}
	mac := hmac.New(sha1.New, []byte(authToken))
	mac.Write([]byte(text.String()))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// webhook sends a signed form. The caller holds the lock.
func (t *Twilio) webhook(name, lane, public string, form url.Values, took func(*http.Response, []byte)) {
	if public == "" {
		return
	}
	signature := Signature(t.signWith, public, form)
	t.courier.add(name, &parcel{lane: lane, took: took, request: func() (*http.Request, error) {
		address, err := reach(public, t.options.TargetBase)
		if err != nil {
			return nil, errWithdrawn
		}
		req, err := postTo(address, "application/x-www-form-urlencoded; charset=utf-8", []byte(form.Encode()))
		if err != nil {
			return nil, errWithdrawn
		}
		req.Header.Set("X-Twilio-Signature", signature)
		req.Header.Set("User-Agent", "TwilioProxy/1.1")
		return req, nil
	}})
}

// reply reads the TwiML that a webhook was answered with: messages in it go to
// the person like any other.
func (t *Twilio) reply(to string) func(*http.Response, []byte) {
	return func(resp *http.Response, body []byte) {
		if len(strings.TrimSpace(string(body))) == 0 {
			return
		}
		if kind := resp.Header.Get("Content-Type"); !strings.Contains(kind, "xml") {
			t.violate("12300: a webhook was answered with content type %q", kind)
			return
		}
		var twiml struct {
			XMLName  xml.Name `xml:"Response"`
			Messages []struct {
				Text string `xml:",chardata"`
				Body string `xml:"Body"`
			} `xml:"Message"`
		}
		if err := xml.Unmarshal(body, &twiml); err != nil {
			t.violate("12100: a webhook was answered with what is no TwiML")
			return
		}
		for _, m := range twiml.Messages {
			text := strings.TrimSpace(m.Text + m.Body)
			t.mu.Lock()
			t.accept(&sms{from: t.options.Number, to: to, body: text})
			t.mu.Unlock()
		}
	}
}

// twilioError is the body of an error, as the API has it.
func twilioError(status, code int, message string) answer {
	data, _ := json.Marshal(map[string]any{"code": code, "message": message, "status": status,
		"more_info": fmt.Sprintf("https://www.twilio.com/docs/errors/%d", code)})
	return answer{status: status, body: data}
}

// twilioFault words a fault as Twilio, or the proxy before it, does.
func twilioFault(f Fault) answer {
	if f.Body != "" {
		return answer{status: f.Status, body: []byte(f.Body), html: true, retryAfter: f.RetryAfter}
	}
	code := 20000 + f.Status%1000
	a := twilioError(f.Status, code, http.StatusText(f.Status))
	a.retryAfter = f.RetryAfter
	return a
}
