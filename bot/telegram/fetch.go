package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"pulang/bot"
	"pulang/internal/casefile"
)

// Files are the files of a message: one, or none for a place, a contact, or a sticker,
// which is nobody's own.
func (t *Telegram) Files(media casefile.Private) []bot.File {
	var ref reference
	if json.Unmarshal([]byte(media.Reveal()), &ref) != nil || ref.FileID == "" || ref.Type == "sticker" {
		return nil
	}
	return []bot.File{{Ref: casefile.Hide(ref.FileID), Name: casefile.Hide(ref.Name), Size: ref.Size}}
}

// pathForm is how Telegram names a file on its server.
var pathForm = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9_./-]{0,255}$`)

// Fetch gets a file: Telegram is asked where it lies, which it says for an hour. The
// address holds the token, so nothing of it goes into an error.
func (t *Telegram) Fetch(ctx context.Context, ref casefile.Private) ([]byte, error) {
	var found *models.File
	trip, err := t.call(ctx, func(ctx context.Context, api *tg.Bot) (err error) {
		found, err = api.GetFile(ctx, &tg.GetFileParams{FileID: ref.Reveal()})
		return err
	})
	switch {
	case errors.Is(err, tg.ErrorBadRequest) && strings.Contains(strings.ToLower(err.Error()), "too big"):
		return nil, refused(bot.TooLarge)
	case errors.Is(err, tg.ErrorBadRequest): // "temporarily unavailable", says Telegram of what is gone too
		return nil, &bot.SendError{Outcome: bot.Retry, Class: "unavailable"}
	case err != nil:
		return nil, outcome(trip, err)
	case found == nil || !pathForm.MatchString(found.FilePath) || strings.Contains(found.FilePath, ".."):
		return nil, &bot.SendError{Outcome: bot.Retry, Class: "answer_unreadable"}
	}
	got, err := bot.Get(ctx, t.base, t.apiURL+"/file/bot"+t.token+"/"+found.FilePath, nil)
	if err != nil {
		return nil, err
	}
	return got.File()
}
