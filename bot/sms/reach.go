package sms

import (
	"context"
	"errors"

	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// ErrAccount says that Twilio does not accept the account SID with the token.
var ErrAccount = errors.New("twilio does not accept the account and its token")

// Reach reports whether Twilio answers and accepts the token, in our words. It
// asks for one message of the account's list, changes nothing, and is for pulang
// doctor.
func (c *SMS) Reach(ctx context.Context) error {
	trip, err := c.call(ctx, func(s *api.ApiService) error {
		_, err := s.PageMessage((&api.ListMessageParams{}).SetPageSize(1), "", "")
		return err
	})
	switch {
	case trip.Status == 401 || trip.Status == 403 || trip.Status == 404:
		return ErrAccount
	case err != nil || trip.Status >= 300:
		return outcome(trip, err)
	}
	return nil
}
