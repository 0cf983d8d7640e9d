package bottest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"pulang/bot"
	"pulang/internal/casefile"
	"pulang/internal/fakes"
)

// patience bounds a call to a provider that does not answer.
const patience = 400 * time.Millisecond

// long ago, for Find: everything in a test is younger.
var longAgo = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// outgoing is a message to the suite's person.
func (s Suite) outgoing(text string) bot.Outgoing {
	return bot.Outgoing{Delivery: casefile.NewID(longAgo), To: casefile.Hide(s.Person), Text: casefile.Hide(text)}
}

func (s Suite) messagesAreSent(t *testing.T) {
	t.Parallel()
	c, provider := s.Open(t)
	m := s.outgoing("Pesan diterima. Layanan ini gratis.")
	first, err := c.Send(t.Context(), m)
	if err != nil {
		t.Fatalf("send: %v", err)
	}
	m.Buttons = []bot.Button{{Label: "1", Data: "a:7:1"}, {Label: "2", Data: "a:7:2"}}
	m.Text = casefile.Hide("Oke.")
	second, err := c.Send(t.Context(), m)
	if err != nil {
		t.Fatalf("send with buttons: %v", err)
	}
	if first.MessageRef == "" || first.MessageRef == second.MessageRef {
		t.Errorf("receipts %q and %q, want two different ones", first.MessageRef, second.MessageRef)
	}
	longest := strings.Repeat("a", c.Traits().MaxText)
	if _, err := c.Send(t.Context(), s.outgoing(longest)); err != nil {
		t.Errorf("the longest text: %v", err)
	}
	want := []string{"Pesan diterima. Layanan ini gratis.", "Oke.", longest}
	if got := provider.taken(t); !equal(got, want) {
		t.Errorf("provider took %q, want %q", got, want)
	}
}

func equal(a, b []string) bool {
	return len(a) == len(b) && strings.Join(a, "\x00") == strings.Join(b, "\x00")
}

func (s Suite) unsendable(t *testing.T) {
	t.Parallel()
	c, provider := s.Open(t)
	long := s.outgoing(strings.Repeat("a", c.Traits().MaxText+1))
	nobody, odd := s.outgoing("halo"), s.outgoing("halo")
	nobody.To, odd.To = casefile.Private{}, casefile.Hide("rahasia")
	for name, m := range map[string]bot.Outgoing{
		"empty text": s.outgoing(""), "blank text": s.outgoing(" \n"), "too long": long,
		"no address": nobody, "an address of another kind": odd,
	} {
		_, err := c.Send(t.Context(), m)
		wrong := sendError(t, err)
		if wrong.Outcome != bot.Refused && wrong.Outcome != bot.Unreachable {
			t.Errorf("%s: outcome %q, want refused or unreachable", name, wrong.Outcome)
		}
		s.keepsSecrets(t, err, "rahasia", "halo")
	}
	if got := provider.taken(t); len(got) != 0 {
		t.Errorf("%d messages left that never could", len(got))
	}
}

// endings are the faults with how each must end.
var endings = []struct {
	fault   Fault
	outcome bot.Outcome
	after   time.Duration
}{
	{TooMany, bot.Slow, Waited * time.Second},
	{TooManyNoHint, bot.Slow, 0},
	{ServerError, bot.Retry, 0},
	{HTMLPage, bot.Retry, 0},
	{HTMLPageOK, bot.Unknown, 0},
	{NoAnswer, bot.Unknown, 0},
	{TakenNoAnswer, bot.Unknown, 0},
	{GoneAway, bot.Unreachable, 0},
	{NoSuchPerson, bot.Unreachable, 0},
	{RefusedMessage, bot.Refused, 0},
	{WrongToken, bot.Retry, 0},
	{Migrated, bot.Moved, 0},
}

// common are the faults that look the same whoever has them.
func (s Suite) common() map[Fault]fakes.Fault {
	page := "<html>" + Words + " " + s.Person + "</html>"
	return map[Fault]fakes.Fault{
		HTMLPage:      {Status: http.StatusBadGateway, Body: page},
		HTMLPageOK:    {Status: http.StatusOK, Body: page},
		NoAnswer:      {Hang: time.Minute},
		TakenNoAnswer: {ResetAfterAccepting: true},
	}
}

// answers are all faults of this provider. Each is either there or declared never to
// happen: none is left out by oversight.
func (s Suite) answers(t *testing.T) map[Fault]fakes.Fault {
	t.Helper()
	all := s.common()
	maps.Copy(all, s.Answers)
	for _, e := range endings {
		if _, there := all[e.fault]; there == slices.Contains(s.Never, e.fault) {
			t.Errorf("%s: either Answers says how the provider words it, or Never says that it cannot happen", e.fault)
		}
	}
	return all
}

func (s Suite) faults(t *testing.T) {
	t.Parallel()
	answers := s.answers(t)
	for _, e := range endings {
		fault, can := answers[e.fault]
		if !can {
			continue
		}
		fault.Method = s.Send
		t.Run(string(e.fault), func(t *testing.T) {
			t.Parallel()
			c, provider := s.Open(t)
			provider.Fake.Fail(1, fault)
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			m := s.outgoing("kata rahasia")
			_, err := c.Send(ctx, m)
			wrong := sendError(t, err)
			if wrong.Outcome != e.outcome || wrong.After != e.after {
				t.Errorf("ended %q (%s) after %v, want %q after %v", wrong.Outcome, wrong.Class, wrong.After, e.outcome, e.after)
			}
			if (wrong.Outcome == bot.Moved) == wrong.MovedTo.IsEmpty() {
				t.Errorf("ended %q, new address given: %v", wrong.Outcome, !wrong.MovedTo.IsEmpty())
			}
			s.keepsSecrets(t, err, "kata rahasia")
			s.recovers(t, c, provider, e.fault, m)
		})
	}
}

// recovers checks that a fault is over with its call, and that a message whose
// fate is unknown can be looked up where the provider allows it.
func (s Suite) recovers(t *testing.T, c bot.Channel, provider Provider, fault Fault, m bot.Outgoing) {
	t.Helper()
	taken := len(provider.taken(t))
	if want := map[bool]int{true: 1, false: 0}[fault == TakenNoAnswer]; taken != want {
		t.Fatalf("provider has taken %d messages, want %d: one call must be one request", taken, want)
	}
	_, found, err := c.Find(t.Context(), m, longAgo)
	if !errors.Is(err, bot.ErrCannotFind) && (err != nil || found != (taken == 1)) {
		t.Errorf("Find: found %v, error %v; provider has %d", found, err, taken)
	}
	receipt, err := c.Send(t.Context(), m)
	if err != nil || receipt.MessageRef == "" {
		t.Errorf("the next attempt: %v", err)
	}
}

func (s Suite) providerDown(t *testing.T) {
	t.Parallel()
	c, provider := s.Open(t)
	provider.Fake.Close()
	m := s.outgoing("kata rahasia")
	_, err := c.Send(t.Context(), m)
	if wrong := sendError(t, err); wrong.Outcome != bot.Retry {
		t.Errorf("ended %q (%s), want retry: nothing can have left", wrong.Outcome, wrong.Class)
	}
	s.keepsSecrets(t, err, "kata rahasia")
	_, found, err := c.Find(t.Context(), m, longAgo)
	if err == nil || found {
		t.Error("Find claims to know while the provider is down")
	}
	s.keepsSecrets(t, err, "kata rahasia")
}

func (s Suite) cancelled(t *testing.T) {
	t.Parallel()
	c, provider := s.Open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.Send(ctx, s.outgoing("halo"))
	if wrong := sendError(t, err); wrong.Outcome != bot.Retry {
		t.Errorf("ended %q (%s), want retry: it was stopped before it left", wrong.Outcome, wrong.Class)
	}
	if len(provider.taken(t)) != 0 {
		t.Error("a cancelled message was sent")
	}
}

// keepsSecrets prints an error in every way and looks for what must not be there.
func (s Suite) keepsSecrets(t *testing.T, err error, more ...string) {
	t.Helper()
	printed := fmt.Sprintf("%v|%+v|%#v|%s|%q", err, err, err, err, err)
	for e := err; e != nil; e = errors.Unwrap(e) {
		printed += fmt.Sprintf("|%#v", e)
	}
	for _, secret := range append(append(more, Words), s.Secrets...) {
		if secret != "" && strings.Contains(printed, secret) {
			t.Errorf("an error holds a secret (%d characters)", len(secret))
		}
	}
	if strings.Contains(printed, s.Person) {
		t.Error("an error holds the person's address")
	}
}
