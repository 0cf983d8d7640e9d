// Package telegram is the channel for people who write on Telegram.
//
// It proves that a webhook comes from Telegram, parses updates - pressed at the
// webhook or fetched by long polling - into what the line understands, and hands
// replies to Telegram with neutral buttons.
//
// It promises that no update is lost in parsing: what the models of the client
// library do not know is read by a smaller reader, and what nobody can read comes
// back as unreadable or unknown with its raw bytes. It promises that an error
// never holds the token, a chat id or Telegram's own words, and that polling
// moves its offset only after the updates are stored.
//
// It leaves storing, deciding, words and repeating to the line. The library's own
// webhook handler and poller are not used: they acknowledge before anything is
// stored and log bodies they cannot decode.
package telegram

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	tg "github.com/go-telegram/bot"

	"pulang/bot"
	"pulang/internal/casefile"
)

// Name is how the channel is stored.
const Name casefile.ChannelName = "telegram"

// path is where Telegram posts its updates.
const path = "/webhooks/telegram"

// sendTimeout bounds one call; Telegram answers within a second or is in trouble.
const sendTimeout = 15 * time.Second

// Settings are what an operator gives for this channel.
type Settings struct {
	Token     string            // TELEGRAM_BOT_TOKEN, from BotFather
	Secret    string            // TELEGRAM_WEBHOOK_SECRET: 1-256 of A-Z a-z 0-9 _ -
	APIURL    string            // TELEGRAM_API_URL; empty: Telegram
	Polling   bool              // TELEGRAM_POLLING: fetch updates, for places with no public address
	PerSecond int               // TELEGRAM_PER_SECOND: messages a second that Telegram takes from this bot; 0: 25
	Transport http.RoundTripper // how to reach APIURL; nil: a transport of its own
}

// Given says that the operator wants this channel: without a token, a secret and
// polling it is off, and Open is not called.
func (s Settings) Given() bool { return s.Token != "" || s.Secret != "" || s.Polling }

// Telegram is the channel. Make it with Open.
type Telegram struct {
	token     string
	secret    string
	apiURL    string
	polling   bool
	perSecond int
	base      http.RoundTripper
	pollHold  time.Duration // how long Telegram may hold one getUpdates
	pause     func(ctx context.Context, d time.Duration)
}

var (
	tokenForm  = regexp.MustCompile(`^[0-9]{1,20}:[A-Za-z0-9_-]{1,128}$`)
	secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
)

// Open makes the channel, or says which setting is missing or malformed, without
// repeating its value. It makes no connection.
func Open(s Settings) (*Telegram, error) {
	switch {
	case s.Token == "":
		return nil, errors.New("TELEGRAM_BOT_TOKEN is not set, but other Telegram settings are")
	case !tokenForm.MatchString(s.Token):
		return nil, errors.New("TELEGRAM_BOT_TOKEN does not look like a token (123456:ABC...)")
	case s.Secret == "" && !s.Polling:
		return nil, errors.New("TELEGRAM_WEBHOOK_SECRET is not set: webhooks could be forged (or set TELEGRAM_POLLING)")
	case s.Secret != "" && !secretForm.MatchString(s.Secret):
		return nil, errors.New("TELEGRAM_WEBHOOK_SECRET must be 1 to 256 characters of A-Z, a-z, 0-9, _ and -")
	}
	apiURL, err := baseURL(s.APIURL)
	if err != nil {
		return nil, err
	}
	base := s.Transport
	if base == nil {
		base = bot.NewTransport()
	}
	return &Telegram{
		token: s.Token, secret: s.Secret, apiURL: apiURL, polling: s.Polling, perSecond: s.PerSecond, base: base,
		pollHold: 50 * time.Second, pause: pause,
	}, nil
}

// baseURL checks TELEGRAM_API_URL.
func baseURL(given string) (string, error) {
	if given == "" {
		return "https://api.telegram.org", nil
	}
	u, err := url.Parse(given)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("TELEGRAM_API_URL must be a plain http(s) address, without user or query")
	}
	return strings.TrimRight(given, "/"), nil
}

// Close lets go of idle connections.
func (t *Telegram) Close() {
	if c, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// Name is "telegram".
func (t *Telegram) Name() casefile.ChannelName { return Name }

// Polling says that updates are fetched with Poll and no webhook is served.
func (t *Telegram) Polling() bool { return t.polling }

// Traits are Telegram's published limits with some room: about thirty messages
// a second in all, one a second to a chat and twenty a minute to a group.
func (t *Telegram) Traits() bot.Traits {
	return bot.Traits{Buttons: true, MaxText: maxText, PerSecond: cmp.Or(t.perSecond, 25), PerAddress: time.Second, PerGroupMinute: 20, Repeats: true}
}

// IsGroup reports whether an address is a group: their ids are below zero.
func (t *Telegram) IsGroup(to casefile.Private) bool { return strings.HasPrefix(to.Reveal(), "-") }

// Typed is the address that staff mean by a chat id they typed; false when it is none.
// Telegram tells us no phone numbers and no names that find a chat.
func (*Telegram) Typed(text, _ string) (casefile.Private, bool) {
	text = strings.ReplaceAll(text, " ", "")
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || text != strconv.FormatInt(id, 10) {
		return casefile.Private{}, false
	}
	return casefile.Hide(text), true
}

// Routes is the webhook; none while polling without a secret to check.
func (t *Telegram) Routes() []bot.Route {
	if t.secret == "" {
		return nil
	}
	return []bot.Route{{Pattern: "POST " + path, Check: t.check, Parse: t.parse}}
}

// call runs one method of the API with the library's client over a trip of its own.
func (t *Telegram) call(ctx context.Context, what func(ctx context.Context, api *tg.Bot) error) (*bot.Trip, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	trip := &bot.Trip{Base: t.base}
	api, err := tg.New(t.token,
		tg.WithSkipGetMe(), tg.WithServerURL(t.apiURL), tg.WithHTTPClient(0, client(trip)),
		tg.WithUpdatesChannelCap(0),
		// The library's own handlers write to the log, bodies and all.
		tg.WithErrorsHandler(func(error) {}), tg.WithDebugHandler(func(string, ...any) {}))
	if err != nil {
		return trip, fmt.Errorf("make client: %w", err)
	}
	return trip, what(ctx, api)
}

// client follows no redirects: the token is in the path, and would go along.
func client(trip *bot.Trip) *http.Client {
	return &http.Client{
		Transport:     trip,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
