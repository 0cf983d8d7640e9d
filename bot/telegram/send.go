package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"pulang/bot"
	"pulang/internal/casefile"
)

// Telegram's limits.
const (
	maxText = 4096 // UTF-16 units of a message: an emoji counts two
	maxData = 64   // bytes of a button's data
	maxRow  = 8    // buttons beside each other
)

// keyboard and key are inline buttons as they go out. The library's own button
// always carries an empty copy_text, which makes it a button of two kinds.
type (
	keyboard struct {
		Rows [][]key `json:"inline_keyboard"`
	}
	key struct {
		Text string `json:"text"`
		Data string `json:"callback_data"`
	}
)

// Send hands one message to Telegram, with link previews off: a preview would
// fetch the address from a watched phone.
func (t *Telegram) Send(ctx context.Context, m bot.Outgoing) (bot.Receipt, error) {
	params, wrong := message(m)
	if wrong != nil {
		return bot.Receipt{}, wrong
	}
	trip, err := t.call(ctx, func(ctx context.Context, api *tg.Bot) error {
		_, err := api.SendMessage(ctx, params)
		return err
	})
	// The library fails on an answer its models cannot read, though the message
	// is with the person by then. So the answer is read for the one thing we need.
	if receipt, ok := accepted(trip); ok {
		return receipt, nil
	}
	return bot.Receipt{}, outcome(trip, err)
}

// message is what is sent, or why it cannot be.
func message(m bot.Outgoing) (*tg.SendMessageParams, *bot.SendError) {
	chat, err := strconv.ParseInt(m.To.Reveal(), 10, 64)
	if err != nil || chat == 0 {
		return nil, refused("bad_address")
	}
	text := strings.ToValidUTF8(m.Text.Reveal(), "\uFFFD")
	switch {
	case strings.TrimSpace(text) == "":
		return nil, refused("empty")
	case len(utf16.Encode([]rune(text))) > maxText:
		return nil, refused("too_long")
	}
	params := &tg.SendMessageParams{
		ChatID: chat, Text: text,
		LinkPreviewOptions: &models.LinkPreviewOptions{IsDisabled: tg.True()},
	}
	if len(m.Buttons) == 0 {
		return params, nil
	}
	rows, ok := buttons(m.Buttons)
	if !ok {
		return nil, refused("bad_button")
	}
	params.ReplyMarkup = keyboard{Rows: rows}
	return params, nil
}

// buttons lays out the buttons, in as few rows as Telegram shows whole. False:
// one of them has no label, or data Telegram would not take.
func buttons(list []bot.Button) ([][]key, bool) {
	var rows [][]key
	for i, b := range list {
		if b.Label == "" || b.Data == "" || len(b.Data) > maxData {
			return nil, false
		}
		if i%maxRow == 0 {
			rows = append(rows, nil)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], key{Text: b.Label, Data: b.Data})
	}
	return rows, true
}

func refused(class string) *bot.SendError {
	return &bot.SendError{Outcome: bot.Refused, Class: class}
}

// accepted reads the receipt from a good answer.
func accepted(trip *bot.Trip) (bot.Receipt, bool) {
	if trip.Status != http.StatusOK {
		return bot.Receipt{}, false
	}
	var answer struct {
		OK     bool `json:"ok"`
		Result struct {
			ID int64 `json:"message_id"`
		} `json:"result"`
	}
	if json.Unmarshal(trip.Body, &answer) != nil || !answer.OK || answer.Result.ID == 0 {
		return bot.Receipt{}, false
	}
	return bot.Receipt{MessageRef: strconv.FormatInt(answer.Result.ID, 10)}, true
}

// gone are the words of a 400 that mean there is nobody to send to.
var gone = []string{"chat not found", "user not found", "peer_id_invalid", "user is deactivated", "bot was kicked", "chat was deleted"}

// outcome turns what went wrong into one of the line's outcomes. The library's
// error is compared and read here, and goes no further.
func outcome(trip *bot.Trip, err error) *bot.SendError {
	var many *tg.TooManyRequestsError
	var migrated *tg.MigrateError
	switch {
	case errors.As(err, &many):
		return &bot.SendError{Outcome: bot.Slow, After: time.Duration(many.RetryAfter) * time.Second, Class: "too_many"}
	case errors.As(err, &migrated):
		to := casefile.Hide(strconv.Itoa(migrated.MigrateToChatID))
		return &bot.SendError{Outcome: bot.Moved, MovedTo: to, Class: "group_migrated"}
	case errors.Is(err, tg.ErrorForbidden):
		return &bot.SendError{Outcome: bot.Unreachable, Class: "blocked"}
	case errors.Is(err, tg.ErrorUnauthorized), errors.Is(err, tg.ErrorNotFound):
		return &bot.SendError{Outcome: bot.Retry, Class: "token"}
	case errors.Is(err, tg.ErrorBadRequest):
		if nobody(err) {
			return &bot.SendError{Outcome: bot.Unreachable, Class: "chat_not_found"}
		}
		return refused("http_400")
	}
	return trip.Wrong(err)
}

// nobody says that a 400 means there is nobody to send to.
func nobody(err error) bool {
	words := strings.ToLower(err.Error())
	for _, w := range gone {
		if strings.Contains(words, w) {
			return true
		}
	}
	return false
}

// Find cannot: a bot has no way to look a sent message up.
func (t *Telegram) Find(context.Context, bot.Outgoing, time.Time) (bot.Receipt, bool, error) {
	return bot.Receipt{}, false, bot.ErrCannotFind
}

// Answered stops a pressed button from spinning. It is best effort: a query is
// forgotten by Telegram within minutes, and nothing depends on it.
func (t *Telegram) Answered(ctx context.Context, query string) error {
	trip, err := t.call(ctx, func(ctx context.Context, api *tg.Bot) error {
		_, err := api.AnswerCallbackQuery(ctx, &tg.AnswerCallbackQueryParams{CallbackQueryID: query})
		return err
	})
	return ours(trip, err)
}

// ClearButtons takes the buttons off an answered question, so that the history
// of a watched phone holds no list of choices. Buttons already gone are no error.
func (t *Telegram) ClearButtons(ctx context.Context, chat casefile.Private, messageRef string) error {
	id, errChat := strconv.ParseInt(chat.Reveal(), 10, 64)
	ref, errRef := strconv.Atoi(messageRef)
	if errChat != nil || errRef != nil {
		return refused("bad_address")
	}
	trip, err := t.call(ctx, func(ctx context.Context, api *tg.Bot) error {
		_, err := api.EditMessageReplyMarkup(ctx, &tg.EditMessageReplyMarkupParams{
			ChatID: id, MessageID: ref, ReplyMarkup: keyboard{Rows: [][]key{}},
		})
		return err
	})
	if err != nil && strings.Contains(err.Error(), "message is not modified") {
		return nil
	}
	return ours(trip, err)
}

// SetWebhook tells Telegram where to post updates, what to send and the secret
// to prove itself with. publicURL is this program's address as Telegram sees it.
func (t *Telegram) SetWebhook(ctx context.Context, publicURL string) error {
	if t.secret == "" {
		return errors.New("TELEGRAM_WEBHOOK_SECRET is not set: no webhook without it")
	}
	trip, err := t.call(ctx, func(ctx context.Context, api *tg.Bot) error {
		_, err := api.SetWebhook(ctx, &tg.SetWebhookParams{
			URL: strings.TrimRight(publicURL, "/") + path, SecretToken: t.secret,
			AllowedUpdates: allowedUpdates(), MaxConnections: 40,
		})
		return err
	})
	return ours(trip, err)
}

// allowedUpdates are the kinds the line has a use for; Telegram sends no others.
func allowedUpdates() []string {
	return []string{
		models.AllowedUpdateMessage, models.AllowedUpdateEditedMessage,
		models.AllowedUpdateCallbackQuery, models.AllowedUpdateMyChatMember,
	}
}

// ours is nil, or the error in our words.
func ours(trip *bot.Trip, err error) error {
	if err == nil {
		return nil
	}
	return outcome(trip, err)
}
