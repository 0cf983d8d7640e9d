package bottest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"

	"pulang/bot"
	"pulang/internal/casefile"
	"pulang/internal/fakes"
)

// Fault is something a provider does instead of taking a message.
type Fault string

// The faults. Each is for the next call only.
const (
	TooMany        Fault = "429 with a time to wait"
	TooManyNoHint  Fault = "429 without a time to wait"
	ServerError    Fault = "500 in the provider's form"
	HTMLPage       Fault = "502 with a page of HTML"
	HTMLPageOK     Fault = "200 with a page of HTML"
	NoAnswer       Fault = "no answer, nothing taken"
	TakenNoAnswer  Fault = "message taken, connection reset"
	GoneAway       Fault = "person blocked us or opted out"
	NoSuchPerson   Fault = "no such chat or number"
	RefusedMessage Fault = "a message the provider will never take"
	WrongToken     Fault = "our credentials are not accepted"
	Migrated       Fault = "chat has moved"
)

// Words are what the fake's errors say; none of it may come out of a channel.
const Words = "canary words of the provider"

// Waited is the time to wait that a TooMany fault asks for, in seconds.
const Waited = 7

// Provider is the fake behind a channel, with the phone of the suite's person.
type Provider struct {
	Fake interface {
		Fail(n int, f fakes.Fault)
		Violations() []string
		Close()
	}
	Phone interface{ Shows() []fakes.Shown }
}

// taken are the texts the provider has accepted so far, oldest first. A rule of the
// provider that was broken on the way fails the test.
func (p Provider) taken(t *testing.T) (texts []string) {
	t.Helper()
	for _, m := range p.Phone.Shows() {
		texts = append(texts, m.Text)
	}
	if broken := p.Fake.Violations(); len(broken) > 0 {
		t.Errorf("broke the provider's rules: %q", broken)
	}
	return texts
}

// Delivery is a webhook call as the provider makes it.
type Delivery struct {
	Route  string // pattern of the route it goes to
	Header http.Header
	Body   []byte
}

// Suite is what TestChannel needs to know about a channel. Open is called for
// each test, so that all of them run beside each other.
type Suite struct {
	Open   func(t *testing.T) (bot.Channel, Provider)
	Person string // an address the fake provider knows
	// Show prints a private value in a failure: casefile.Private.Reveal, which only
	// a test may give away.
	Show func(casefile.Private) string

	// Text is the genuine delivery of a person's n-th message. The text may be any
	// bytes at all.
	Text func(text string, n int) Delivery
	// Genuine signs any body for the first route.
	Genuine func(body []byte) Delivery
	// AlsoGenuine are deliveries proved in other allowed ways: by name.
	AlsoGenuine map[string]Delivery
	// Forged are deliveries that must be refused: by what is wrong with them.
	Forged map[string]Delivery
	// Garbage are bodies beyond the suite's own that nobody can read.
	Garbage []string
	// Kinds are the provider's payloads with what must come of them, without Raw.
	Kinds []Kind
	// Ordered: Arrived.Order rises with a person's messages.
	Ordered bool
	// Send is the provider's name, in the fake, of the call that sends a message.
	Send string
	// Answers are the faults that each provider words in its own way. All but those of
	// its own are needed (see common) unless Never names them.
	Answers map[Fault]fakes.Fault
	// Never are the faults this provider cannot have.
	Never []Fault
	// Secrets may never be in an error: tokens, addresses, the fake's own words.
	Secrets []string
}

// Kind is one payload and what it means.
type Kind struct {
	Name     string
	Delivery Delivery
	Want     bot.Arrived
}

// TestChannel is the conformance suite.
func TestChannel(t *testing.T, s Suite) {
	t.Run("ForgedIsRefused", s.forgedIsRefused)
	t.Run("GenuineIsAccepted", s.genuineIsAccepted)
	t.Run("GarbageIsKeptAsUnreadable", s.garbageIsKept)
	t.Run("RepeatedDeliveryHasTheSameName", s.repeatedDelivery)
	t.Run("EveryKindIsUnderstood", s.everyKind)
	t.Run("OddTextsArrive", s.oddTexts)
	t.Run("LargeBodiesAreRead", s.largeBodies)
	t.Run("MessagesAreSent", s.messagesAreSent)
	t.Run("WhatCannotBeSentNeverLeaves", s.unsendable)
	t.Run("EveryFaultHasItsOutcome", s.faults)
	t.Run("ProviderDownIsRetried", s.providerDown)
	t.Run("CancelledIsNeverSilent", s.cancelled)
}

// deliver does what the webhook does with a call: check, read, parse.
func deliver(t *testing.T, c bot.Channel, d Delivery) ([]bot.Arrived, error) {
	t.Helper()
	route := routeOf(t, c, d.Route)
	req, err := http.NewRequest(http.MethodPost, "http://127.0.0.1/webhook", bytes.NewReader(d.Body))
	if err != nil {
		t.Fatalf("make request: %v", err)
	}
	req.Header = d.Header.Clone()
	if route.Check != nil {
		if err := route.Check(req); err != nil {
			return nil, err
		}
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		t.Fatalf("read request: %v", err)
	}
	return route.Parse(req, body)
}

// arrived is deliver for a delivery that must be one thing from this channel.
func arrived(t *testing.T, c bot.Channel, d Delivery) bot.Arrived {
	t.Helper()
	batch, err := deliver(t, c, d)
	if err != nil {
		t.Fatalf("genuine delivery refused: %v", err)
	}
	if len(batch) != 1 {
		t.Fatalf("one delivery became %d, want 1", len(batch))
	}
	a := batch[0]
	if a.Channel != c.Name() {
		t.Errorf("arrived on channel %q, want %q", a.Channel, c.Name())
	}
	if a.ProviderID == "" || len(a.ProviderID) > 100 {
		t.Errorf("delivery has no usable name: %q", a.ProviderID)
	}
	if !a.Raw.Is(string(d.Body)) {
		t.Error("the raw bytes were not kept as they came")
	}
	return a
}

func routeOf(t *testing.T, c bot.Channel, pattern string) bot.Route {
	t.Helper()
	for _, r := range c.Routes() {
		if r.Pattern == pattern {
			return r
		}
	}
	t.Fatalf("channel has no route %q", pattern)
	return bot.Route{}
}

// sendError is the error as every channel must give it.
func sendError(t *testing.T, err error) *bot.SendError {
	t.Helper()
	var wrong *bot.SendError
	if !errors.As(err, &wrong) {
		t.Fatalf("Send gave %T, want *bot.SendError", err)
	}
	if wrong.Class == "" {
		t.Error("SendError has no class")
	}
	return wrong
}
