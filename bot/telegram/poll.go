package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	tg "github.com/go-telegram/bot"

	"pulang/bot"
)

// The waits between attempts while Telegram or our storage is away.
const (
	firstPause = time.Second
	lastPause  = 30 * time.Second
)

// storeTimeout bounds the storing of one batch of updates.
const storeTimeout = 30 * time.Second

// ErrToken says that Telegram does not know the token. Only a restart with
// another one helps, so polling ends with it.
var ErrToken = errors.New("telegram does not accept the bot token")

// Poll fetches updates until ctx ends, and then returns nil. An update is
// confirmed to Telegram - the offset moves past it - only after receive has
// stored it: receive returning an error means the same updates come again. It
// deletes the webhook first, because Telegram refuses to poll beside one.
func (t *Telegram) Poll(ctx context.Context, receive bot.Receive) error {
	wait := firstPause
	failed := func(err error) {
		if ctx.Err() != nil {
			return // told to stop
		}
		var told *bot.SendError
		if errors.As(err, &told) && told.After > wait {
			wait = told.After
		}
		t.pause(ctx, wait)
		wait = min(2*wait, lastPause)
	}
	var offset int64
	webhook := true
	for ctx.Err() == nil {
		if webhook {
			err := t.deleteWebhook(ctx)
			if errors.Is(err, ErrToken) {
				return err
			}
			if err != nil {
				failed(err)
				continue
			}
			webhook = false
		}
		next, err := t.fetch(ctx, offset, receive)
		switch {
		case errors.Is(err, ErrToken):
			return err
		case err != nil:
			webhook = errors.Is(err, errConflict) // somebody set one meanwhile
			failed(err)
		default:
			offset, wait = next, firstPause
		}
	}
	return nil
}

// errConflict says that a webhook is set, or somebody else polls.
var errConflict = errors.New("another reader of the updates")

// fetch gets the next updates and has them stored. The offset it returns may be
// used only because they are.
func (t *Telegram) fetch(ctx context.Context, offset int64, receive bot.Receive) (int64, error) {
	updates, err := t.getUpdates(ctx, offset)
	if err != nil || len(updates) == 0 {
		return offset, err
	}
	first := offset
	batch := make([]bot.Arrived, len(updates))
	for i, raw := range updates {
		batch[i] = bot.NameUnreadable(t.token, read(raw))
		var u struct {
			ID int64 `json:"update_id"`
		}
		if json.Unmarshal(raw, &u) == nil && u.ID > 0 && u.ID >= offset {
			offset = u.ID + 1
		}
	}
	// What is being stored when we are told to stop is stored to the end.
	storing, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	if err := receive(storing, batch); err != nil {
		return first, fmt.Errorf("store updates: %w", err)
	}
	if offset == first {
		return first, errors.New("updates without numbers") // wait, or they come again at once
	}
	return offset, nil
}

// getUpdates asks for the updates as they are, undecoded: in the library one
// update its models cannot read fails the other ninety-nine too.
func (t *Telegram) getUpdates(ctx context.Context, offset int64) ([]json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, t.pollHold+sendTimeout)
	defer cancel()
	ask, err := json.Marshal(map[string]any{
		"offset": offset, "limit": 100, "timeout": int(t.pollHold / time.Second), "allowed_updates": allowedUpdates(),
	})
	if err != nil {
		return nil, fmt.Errorf("ask for updates: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.apiURL+"/bot"+t.token+"/getUpdates", bytes.NewReader(ask))
	if err != nil {
		return nil, errors.New("ask for updates: address is malformed") // the error would hold the token
	}
	req.Header.Set("Content-Type", "application/json")
	trip := &bot.Trip{Base: t.base}
	resp, err := client(trip).Do(req)
	if err != nil {
		return nil, trip.Wrong(err)
	}
	_ = resp.Body.Close()
	var answer struct {
		OK     bool              `json:"ok"`
		Code   int               `json:"error_code"`
		Result []json.RawMessage `json:"result"`
		Params struct {
			After int `json:"retry_after"`
		} `json:"parameters"`
	}
	err = json.Unmarshal(trip.Body, &answer)
	switch {
	case err == nil && answer.OK:
		return answer.Result, nil
	case err == nil && (answer.Code == http.StatusUnauthorized || answer.Code == http.StatusNotFound):
		return nil, ErrToken
	case err == nil && answer.Code == http.StatusConflict:
		return nil, errConflict
	}
	wrong := trip.Wrong(err)
	wrong.After = max(wrong.After, time.Duration(answer.Params.After)*time.Second)
	return nil, wrong
}

// deleteWebhook removes the webhook, keeping the updates that wait behind it.
func (t *Telegram) deleteWebhook(ctx context.Context) error {
	trip, err := t.call(ctx, func(ctx context.Context, api *tg.Bot) error {
		_, err := api.DeleteWebhook(ctx, &tg.DeleteWebhookParams{})
		return err
	})
	if errors.Is(err, tg.ErrorUnauthorized) || errors.Is(err, tg.ErrorNotFound) {
		return ErrToken
	}
	return ours(trip, err)
}
