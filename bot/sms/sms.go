// Package sms is the channel for people who write text messages, through Twilio.
//
// It proves that a webhook comes from Twilio by its signature, parses messages
// and the carriers' word on ours into what the line understands, and hands
// replies to Twilio, each within one segment.
//
// It promises that no signed webhook is ever an error: what cannot be read comes
// back as unreadable. It promises that a text longer than one segment never
// leaves, because the person pays for each part; that a sending without an answer
// is reported as unknown and can be looked up with Find; and that an error never
// holds a number, a token or Twilio's own words.
//
// It leaves storing, deciding, words and repeating to the line, and to the
// operator to know where Twilio can receive at all (not in Indonesia or Thailand).
package sms

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"

	"pulang/bot"
	"pulang/internal/casefile"
)

// Name is how the channel is stored.
const Name casefile.ChannelName = "sms"

// Where Twilio posts messages, and its word on ours.
const (
	messagePath = "/webhooks/twilio/message"
	statusPath  = "/webhooks/twilio/status"
)

// maxBody is the largest webhook that is read. The longest message, 1600 characters
// of four bytes, is 20 kB in a form.
const maxBody = 64 << 10

// sendTimeout bounds one call to Twilio.
const sendTimeout = 15 * time.Second

// Settings are what an operator gives for this channel.
type Settings struct {
	AccountSID        string            // TWILIO_ACCOUNT_SID: AC and 32 hex digits
	AuthToken         string            // TWILIO_AUTH_TOKEN
	AuthTokenPrevious string            // TWILIO_AUTH_TOKEN_PREVIOUS, while tokens change
	From              string            // TWILIO_FROM: a number as +..., or a messaging service MG...
	APIURL            string            // TWILIO_API_URL; empty: Twilio
	PublicURL         string            // PUBLIC_URL: this program as Twilio sees it; signatures are over it
	PerSecond         int               // TWILIO_PER_SECOND: messages a second that Twilio takes; 0: 10
	Transport         http.RoundTripper // how to reach APIURL; nil: a transport of its own
}

// Given says that the operator wants this channel: without any of Twilio's own
// settings it is off, and Open is not called.
func (s Settings) Given() bool {
	return s.AccountSID != "" || s.AuthToken != "" || s.AuthTokenPrevious != "" || s.From != ""
}

// SMS is the channel. Make it with Open.
type SMS struct {
	accountSID string
	authToken  string
	tokens     []string // whose signatures are good
	from       string
	apiURL     *url.URL
	publicURL  string
	perSecond  int
	base       http.RoundTripper
}

var (
	accountForm = regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`)
	serviceForm = regexp.MustCompile(`^MG[0-9a-fA-F]{32}$`)
	tokenForm   = regexp.MustCompile(`^[0-9A-Za-z]{16,128}$`)
	numberForm  = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
)

// Open makes the channel, or says which setting is missing or malformed, without
// repeating its value. It makes no connection.
func Open(s Settings) (*SMS, error) {
	public, err := plainURL("PUBLIC_URL", s.PublicURL)
	switch {
	case s.AuthToken == "":
		return nil, errors.New("TWILIO_AUTH_TOKEN is empty: signatures made with an empty token could be forged by anyone")
	case !tokenForm.MatchString(s.AuthToken):
		return nil, errors.New("TWILIO_AUTH_TOKEN is not 16 to 128 letters and digits")
	case s.AuthTokenPrevious != "" && !tokenForm.MatchString(s.AuthTokenPrevious):
		return nil, errors.New("TWILIO_AUTH_TOKEN_PREVIOUS is not 16 to 128 letters and digits")
	case !accountForm.MatchString(s.AccountSID):
		return nil, errors.New("TWILIO_ACCOUNT_SID must be AC and 32 hex digits")
	case !numberForm.MatchString(s.From) && !serviceForm.MatchString(s.From):
		return nil, errors.New("TWILIO_FROM must be a number as +628..., or a messaging service (MG and 32 hex digits)")
	case s.PublicURL == "":
		return nil, errors.New("PUBLIC_URL is not set: Twilio signs it, and calls it with the fate of each message")
	case err != nil:
		return nil, err
	}
	c := &SMS{
		accountSID: s.AccountSID, authToken: s.AuthToken, tokens: []string{s.AuthToken},
		from: s.From, publicURL: strings.TrimRight(public.String(), "/"), perSecond: s.PerSecond, base: s.Transport,
	}
	if s.AuthTokenPrevious != "" {
		c.tokens = append(c.tokens, s.AuthTokenPrevious)
	}
	if s.APIURL != "" {
		if c.apiURL, err = plainURL("TWILIO_API_URL", s.APIURL); err != nil {
			return nil, err
		}
	}
	if c.base == nil {
		c.base = bot.NewTransport()
	}
	return c, nil
}

// plainURL reads a setting that must be an address and nothing more: with a
// query, Twilio's validator fails some good signatures.
func plainURL(name, given string) (*url.URL, error) {
	u, err := url.Parse(given)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New(name + " must be a plain http(s) address, without user or query")
	}
	return u, nil
}

// Close lets go of idle connections.
func (c *SMS) Close() {
	if idle, ok := c.base.(interface{ CloseIdleConnections() }); ok {
		idle.CloseIdleConnections()
	}
}

// Name is "sms".
func (c *SMS) Name() casefile.ChannelName { return Name }

// Traits say that every message costs the person and must fit one segment.
func (c *SMS) Traits() bot.Traits {
	return bot.Traits{CostsThem: true, OneSegment: true, MaxText: 160, PerSecond: cmp.Or(c.perSecond, 10), PerAddress: time.Second, Finds: true, Reports: true}
}

// Routes are the two webhooks. The signature covers the body, so Check only
// turns away what carries none, before its body is read.
func (c *SMS) Routes() []bot.Route {
	return []bot.Route{
		{Pattern: "POST " + messagePath, Check: carriesSignature, MaxBody: maxBody, Parse: c.parseMessage},
		{Pattern: "POST " + statusPath, Check: carriesSignature, MaxBody: maxBody, Parse: c.parseStatus},
	}
}

// call runs one method of Twilio's API over a trip of its own. Twilio's client
// takes no context, so the trip brings it, with the timeout.
func (c *SMS) call(ctx context.Context, what func(*api.ApiService) error) (*bot.Trip, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	trip := &bot.Trip{Base: c.base, Ctx: ctx, BaseURL: c.apiURL}
	twilio := &client.Client{
		Credentials: client.NewCredentials(c.accountSID, c.authToken),
		HTTPClient: &http.Client{
			Transport:     trip,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	twilio.SetAccountSid(c.accountSID)
	// Not NewRequestHandler: it reads the edge and region from the environment.
	return trip, what(api.NewApiService(&client.RequestHandler{Client: twilio}))
}
