package sms

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"

	"pulang/bot"
	"pulang/internal/gsm7"
)

// validity is how long a message may wait at Twilio. The line stops speaking by
// itself a quarter of an hour after the person's last word, because phones change
// hands; a queue at Twilio must not speak for it hours later.
const validity = 15 * time.Minute

// clockSlack allows for Twilio's clock, which tells whole seconds and is not ours.
const clockSlack = 5 * time.Second

// Send hands one message to Twilio. A text that would take more than one segment
// is refused before it leaves.
func (c *SMS) Send(ctx context.Context, m bot.Outgoing) (bot.Receipt, error) {
	to, text := m.To.Reveal(), body(m)
	switch n, _ := gsm7.Segments(text); {
	case !numberForm.MatchString(to):
		return bot.Receipt{}, &bot.SendError{Outcome: bot.Unreachable, Class: "not_a_number"}
	case strings.TrimSpace(text) == "":
		return bot.Receipt{}, &bot.SendError{Outcome: bot.Refused, Class: "empty"}
	case n > 1:
		return bot.Receipt{}, &bot.SendError{Outcome: bot.Refused, Class: "too_long"}
	}
	params := (&api.CreateMessageParams{}).SetTo(to).SetBody(text).
		SetStatusCallback(c.publicURL + statusPath).SetValidityPeriod(int(validity / time.Second))
	if c.service() {
		params.SetMessagingServiceSid(c.from)
	} else {
		params.SetFrom(c.from)
	}
	var sent *api.ApiV2010Message
	trip, err := c.call(ctx, func(s *api.ApiService) (err error) {
		sent, err = s.CreateMessage(params)
		return err
	})
	if err != nil || trip.Status >= 300 || sent == nil || sent.Sid == nil || !sidForm.MatchString(*sent.Sid) {
		return bot.Receipt{}, outcome(trip, err)
	}
	return bot.Receipt{MessageRef: *sent.Sid}, nil
}

// service says that we send through a messaging service, which picks the number.
func (c *SMS) service() bool { return strings.HasPrefix(c.from, "MG") }

// body is the text as it goes out.
func body(m bot.Outgoing) string { return strings.ToValidUTF8(m.Text.Reveal(), "?") }

// outcome turns what went wrong into one of the line's outcomes. Twilio's error
// holds the number; its code is looked up here, and the rest goes no further.
func outcome(trip *bot.Trip, err error) *bot.SendError {
	var said *client.TwilioRestError
	if !errors.As(err, &said) || trip.Status < 400 || trip.Status >= 500 {
		return trip.Wrong(err)
	}
	if end, known := codes[said.Code]; known {
		wrong := &bot.SendError{Outcome: end.outcome, Class: end.class}
		if end.outcome == bot.Slow { // these are told of the account and of the number we send from
			wrong.After, wrong.Wide = trip.RetryAfter, true
		}
		return wrong
	}
	switch {
	case trip.Status == http.StatusTooManyRequests:
		return trip.Wrong(err)
	case trip.Status == http.StatusUnauthorized:
		return &bot.SendError{Outcome: bot.Retry, Class: "token"}
	case said.Code == 0: // some proxy's JSON, not Twilio's
		return &bot.SendError{Outcome: bot.Retry, Class: "http_" + strconv.Itoa(trip.Status)}
	}
	return &bot.SendError{Outcome: bot.Refused, Class: "code_" + strconv.Itoa(said.Code)}
}

// Find looks in Twilio's list for a message whose sending ended without an
// answer: to the same number, with the same words, not older than since. One that
// failed at the carrier is found too: it was taken, and its status says the rest.
// The same words may have gone there before: what is known to be another message is
// passed over.
// The dates are compared here and not by Twilio, whose filter knows only when a
// message went on its way, and would hide one that still waits in its queue.
func (c *SMS) Find(ctx context.Context, m bot.Outgoing, since time.Time) (bot.Receipt, bool, error) {
	since = since.Add(-clockSlack)
	params := (&api.ListMessageParams{}).SetTo(m.To.Reveal()).SetPageSize(100)
	if !c.service() {
		params.SetFrom(c.from)
	}
	var page *api.ListMessageResponse
	trip, err := c.call(ctx, func(s *api.ApiService) (err error) {
		page, err = s.PageMessage(params, "", "")
		return err
	})
	if err != nil || trip.Status >= 300 || page == nil {
		return bot.Receipt{}, false, outcome(trip, err)
	}
	want := strings.TrimSpace(body(m))
	for _, found := range page.Messages {
		if found.Sid != nil && !slices.Contains(m.Others, *found.Sid) && found.Body != nil && strings.TrimSpace(*found.Body) == want && !before(found, since) {
			return bot.Receipt{MessageRef: *found.Sid}, true, nil
		}
	}
	return bot.Receipt{}, false, nil
}

// before says that a listed message was made before the moment. One without a
// readable date is not.
func before(m api.ApiV2010Message, moment time.Time) bool {
	if m.DateCreated == nil {
		return false
	}
	made, err := time.Parse(time.RFC1123Z, *m.DateCreated)
	return err == nil && made.Before(moment)
}
