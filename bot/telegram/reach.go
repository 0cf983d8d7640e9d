package telegram

import (
	"context"

	tg "github.com/go-telegram/bot"
)

// Reach reports whether Telegram answers and knows the token, in our words. It
// changes nothing, and is for pulang doctor.
func (t *Telegram) Reach(ctx context.Context) error {
	trip, err := t.call(ctx, func(ctx context.Context, api *tg.Bot) error {
		_, err := api.GetMe(ctx)
		return err
	})
	if trip.Status == 401 || trip.Status == 404 {
		return ErrToken
	}
	return ours(trip, err)
}
