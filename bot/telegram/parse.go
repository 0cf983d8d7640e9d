package telegram

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"pulang/bot"
	"pulang/internal/casefile"
)

// check compares the secret in constant time. Both sides are hashed first, so
// that not even the length of ours can be measured.
func (t *Telegram) check(r *http.Request) error {
	got := sha256.Sum256([]byte(r.Header.Get("X-Telegram-Bot-Api-Secret-Token")))
	want := sha256.Sum256([]byte(t.secret))
	if t.secret == "" || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
		return bot.ErrForged
	}
	return nil
}

// parse reads the body of a webhook: always one update. It asks for the secret
// again, because a route without its Check must not be an open door.
func (t *Telegram) parse(r *http.Request, body []byte) ([]bot.Arrived, error) {
	if err := t.check(r); err != nil {
		return nil, err
	}
	return []bot.Arrived{bot.NameUnreadable(t.token, read(body))}, nil
}

// read turns one update into what arrived. It has an answer for every input.
func read(body []byte) bot.Arrived {
	a := bot.Arrived{Channel: Name, Raw: casefile.Hide(string(body))}
	u, ok := decodeUpdate(body)
	if !ok {
		sum := sha256.Sum256(body)
		a.Kind, a.ProviderID = casefile.KindUnreadable, "hash:"+hex.EncodeToString(sum[:16])
		return a
	}
	a.ProviderID = strconv.FormatInt(u.ID, 10)
	switch {
	case u.Message != nil:
		readMessage(&a, u.Message)
		if a.Kind == casefile.KindUnknown && emptyText(body) {
			a.Kind = casefile.KindText
		}
	case u.EditedMessage != nil:
		readEdit(&a, u.EditedMessage)
	case u.CallbackQuery != nil:
		readPress(&a, u.CallbackQuery)
	case u.MyChatMember != nil:
		readMembership(&a, u.MyChatMember)
	default:
		a.Kind = casefile.KindUnknown
	}
	return a
}

// readMessage reads something a person sent, or a group's notice.
func readMessage(a *bot.Arrived, m *models.Message) {
	readChat(a, m.Chat)
	if a.Note == "" && m.ForwardOrigin != nil {
		a.Note = bot.NoteForwarded
	}
	if m.From != nil {
		a.Lang = lang(m.From.LanguageCode)
	}
	a.Order = int64(m.ID)
	a.MessageRef = strconv.Itoa(m.ID)
	a.SentAt = moment(m.Date)
	if m.MigrateToChatID != 0 {
		a.Kind, a.MovedTo = casefile.KindMigrated, hideID(m.MigrateToChatID)
		return
	}
	kind, text, ref := content(m)
	a.Kind, a.Text, a.Media = kind, casefile.Hide(text), ref.hidden()
}

// readEdit reads a changed message. A shared live location arrives as one edit
// after another; the note lets the line tell them from changed words.
func readEdit(a *bot.Arrived, m *models.Message) {
	readMessage(a, m)
	a.Kind = casefile.KindEdit
	if m.EditDate != 0 {
		a.SentAt = moment(m.EditDate)
	}
	if m.Location != nil && a.Note == "" {
		a.Note = bot.NoteLiveLocation
	}
}

// readPress reads a pressed button. The message it hangs on is ours, and gives
// the chat; when Telegram has forgotten it, the one who pressed is the chat.
func readPress(a *bot.Arrived, q *models.CallbackQuery) {
	a.Kind = casefile.KindPress
	a.From, a.Lang = hideID(q.From.ID), lang(q.From.LanguageCode)
	a.Press = bot.Press{Data: printable(q.Data, maxData), Query: printable(q.ID, 64)}
	if n, turn, ok := digit(q.Data); ok {
		a.Text, a.Press.Turn = casefile.Hide(n), turn
	}
	var chat models.Chat
	var id int
	switch {
	case q.Message.Message != nil:
		chat, id = q.Message.Message.Chat, q.Message.Message.ID
	case q.Message.InaccessibleMessage != nil:
		chat, id = q.Message.InaccessibleMessage.Chat, q.Message.InaccessibleMessage.MessageID
	}
	if chat.ID == 0 {
		return
	}
	readChat(a, chat)
	a.Order, a.MessageRef = int64(id), strconv.Itoa(id)
}

// readMembership reads that a person blocked us, or came back.
func readMembership(a *bot.Arrived, m *models.ChatMemberUpdated) {
	readChat(a, m.Chat)
	a.SentAt, a.Lang = moment(m.Date), lang(m.From.LanguageCode)
	switch m.NewChatMember.Type {
	case models.ChatMemberTypeBanned, models.ChatMemberTypeLeft:
		a.Kind = casefile.KindBlocked
	case models.ChatMemberTypeMember, models.ChatMemberTypeAdministrator, models.ChatMemberTypeOwner:
		a.Kind = casefile.KindUnblocked
	default:
		a.Kind = casefile.KindUnknown
	}
}

// readChat notes who it is from. In a group everybody can read along, and the
// chat id is nobody's own.
func readChat(a *bot.Arrived, chat models.Chat) {
	a.From = hideID(chat.ID)
	if chat.Type != models.ChatTypePrivate && chat.Type != "" || chat.ID < 0 {
		a.Note = bot.NoteGroup
	}
}

// digit is what a button of a question stands for: "a:7:2" is "2", asked in turn 7.
func digit(data string) (n string, turn int, ok bool) {
	rest, ok := strings.CutPrefix(data, "a:")
	asked, n, two := strings.Cut(rest, ":")
	if !ok || !two || !digits(asked, 9) || !digits(n, 2) {
		return "", 0, false
	}
	turn, err := strconv.Atoi(asked)
	return n, turn, err == nil
}

// digits reports whether s is a number of at most so many digits.
func digits(s string, most int) bool {
	return s != "" && len(s) <= most && strings.Trim(s, "0123456789") == ""
}

// printable keeps what comes back from a person's device from carrying anything
// but plain characters into our columns; we only ever send such data.
func printable(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
	return s[:min(len(s), limit)]
}

// lang is the language of the person's app. Old Android phones say "in" for
// Indonesian.
func lang(code string) casefile.Lang {
	short, _, _ := strings.Cut(strings.ToLower(code), "-")
	switch short {
	case "id", "in":
		return casefile.Indonesian
	case "en":
		return casefile.English
	}
	return ""
}

// hideID hides a chat id; 0 is nobody.
func hideID(id int64) casefile.Private {
	if id == 0 {
		return casefile.Private{}
	}
	return casefile.Hide(strconv.FormatInt(id, 10))
}

// moment is Telegram's time; zero when it told none.
func moment(seconds int) time.Time {
	if seconds <= 0 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}
