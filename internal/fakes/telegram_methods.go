package fakes

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// telegramMethods are the methods the line may use. Each runs under the lock.
var telegramMethods = map[string]func(*Telegram, fields) (any, *apiError){
	"getMe":                  (*Telegram).getMe,
	"setWebhook":             (*Telegram).setWebhook,
	"deleteWebhook":          (*Telegram).deleteWebhook,
	"getWebhookInfo":         (*Telegram).getWebhookInfo,
	"sendMessage":            (*Telegram).sendMessage,
	"editMessageText":        (*Telegram).editMessageText,
	"editMessageReplyMarkup": (*Telegram).editMessageReplyMarkup,
	"answerCallbackQuery":    (*Telegram).answerCallbackQuery,
	"deleteMessage":          (*Telegram).deleteMessage,
	"deleteMessages":         (*Telegram).deleteMessages,
	"getFile":                (*Telegram).getFile,
	"setMyCommands":          (*Telegram).setMyCommands,
	"sendChatAction":         (*Telegram).sendChatAction,
}

// me is the bot as a user.
func (t *Telegram) me() map[string]any {
	id, _, _ := strings.Cut(t.options.Token, ":")
	n, _ := strconv.ParseInt(id, 10, 64)
	return map[string]any{"id": n, "is_bot": true, "first_name": "Pulang", "username": "pulang_fake_bot"}
}

func (t *Telegram) getMe(fields) (any, *apiError) {
	me := t.me()
	me["can_join_groups"], me["can_read_all_group_messages"], me["supports_inline_queries"] = true, false, false
	return me, nil
}

var secretShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

func (t *Telegram) setWebhook(f fields) (any, *apiError) {
	u, err := url.Parse(f["url"])
	if err != nil || (f["url"] != "" && (u.Host == "" || (u.Scheme != "https" && !loopback(u)))) {
		return nil, badRequest("bad webhook: An HTTPS URL must be provided for webhook")
	}
	if f["secret_token"] != "" && !secretShape.MatchString(f["secret_token"]) {
		return nil, badRequest("secret token contains unallowed characters")
	}
	if n, ok := f.integer("max_connections"); f["max_connections"] != "" && (!ok || n < 1 || n > 100) {
		return nil, badRequest("max_connections must be 1 to 100")
	}
	if refused := t.allow(f); refused != nil {
		return nil, refused
	}
	if f["drop_pending_updates"] == "true" {
		t.drop()
	}
	t.point(f["url"], f["secret_token"])
	return true, nil
}

// allow reads allowed_updates; an empty list is the usual ones again.
func (t *Telegram) allow(f fields) *apiError {
	if f["allowed_updates"] == "" {
		return nil
	}
	var kinds []string
	if json.Unmarshal([]byte(f["allowed_updates"]), &kinds) != nil {
		return badRequest("can't parse allowed_updates JSON object")
	}
	t.allowed = kinds
	return nil
}

func (t *Telegram) deleteWebhook(f fields) (any, *apiError) {
	if f["drop_pending_updates"] == "true" {
		t.drop()
	}
	t.point("", "")
	return true, nil
}

func (t *Telegram) getWebhookInfo(fields) (any, *apiError) {
	waiting := len(t.courier.unsettled()) + len(t.pending)
	return map[string]any{"url": t.webhook, "has_custom_certificate": false, "pending_update_count": waiting,
		"max_connections": max(1, t.options.MaxConnections), "allowed_updates": t.allowed}, nil
}

func (t *Telegram) sendMessage(f fields) (any, *apiError) {
	chat, refused := t.recipient(f)
	if refused != nil {
		return nil, refused
	}
	markup, refused := t.checkMessage(f)
	if refused != nil {
		return nil, refused
	}
	if refused := t.limit(chat); refused != nil {
		return nil, refused
	}
	m := chat.add(Shown{FromLine: true, Kind: "text", Text: f["text"], At: t.options.Now()})
	m.markup = markup
	t.bell.ring()
	return t.message(chat, m), nil
}

// limit refuses too many messages to one chat.
func (t *Telegram) limit(chat *telegramChat) *apiError {
	if t.options.PerChatPerMinute == 0 {
		return nil
	}
	now, recent := t.options.Now(), 0
	var oldest time.Time
	for _, m := range slices.Backward(chat.screen) {
		if now.Sub(m.At) >= time.Minute {
			break
		}
		if m.FromLine {
			recent++
			oldest = m.At
		}
	}
	if recent < t.options.PerChatPerMinute {
		return nil
	}
	wait := int(time.Minute-now.Sub(oldest))/int(time.Second) + 1
	return &apiError{code: 429, description: "Too Many Requests: retry after " + strconv.Itoa(wait),
		parameters: map[string]any{"retry_after": wait}}
}

func (t *Telegram) editMessageText(f fields) (any, *apiError) {
	chat, m, refused := t.own(f, "edit")
	if refused != nil {
		return nil, refused
	}
	markup, refused := t.checkMessage(f)
	if refused != nil {
		return nil, refused
	}
	if m.Text == f["text"] && m.markup.same(markup) {
		return nil, notModified()
	}
	m.Text, m.markup, m.Edited = f["text"], markup, true
	t.bell.ring()
	return t.message(chat, m), nil
}

func (t *Telegram) editMessageReplyMarkup(f fields) (any, *apiError) {
	chat, m, refused := t.own(f, "edit")
	if refused != nil {
		return nil, refused
	}
	markup, refused := readMarkup(f["reply_markup"])
	if refused != nil {
		return nil, refused
	}
	if m.markup.same(markup) {
		return nil, notModified()
	}
	m.markup, m.Edited = markup, true
	t.bell.ring()
	return t.message(chat, m), nil
}

// notModified is no violation: a repeated edit looks like this.
func notModified() *apiError {
	return &apiError{code: 400, description: "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"}
}

// own finds a message of the line that is still on the screen.
func (t *Telegram) own(f fields, verb string) (*telegramChat, *screenMessage, *apiError) {
	chat, refused := t.recipient(f)
	if refused != nil {
		return nil, nil, refused
	}
	id, ok := f.integer("message_id")
	if !ok {
		return nil, nil, badRequest("message identifier is not specified")
	}
	m := chat.find(int(id))
	switch {
	case m == nil || m.Deleted:
		return nil, nil, &apiError{code: 400, description: "Bad Request: message to " + verb + " not found", violation: m == nil}
	case !m.FromLine && verb == "edit":
		return nil, nil, badRequest("message can't be edited")
	}
	return chat, m, nil
}

func (t *Telegram) answerCallbackQuery(f fields) (any, *apiError) {
	if _, known := t.queries[f["callback_query_id"]]; !known {
		return nil, badRequest("query is too old and response timeout expired or query ID is invalid")
	}
	if len(utf16.Encode([]rune(f["text"]))) > 200 {
		return nil, badRequest("MESSAGE_TOO_LONG")
	}
	t.queries[f["callback_query_id"]] = true
	t.bell.ring()
	return true, nil
}

func (t *Telegram) deleteMessage(f fields) (any, *apiError) {
	_, m, refused := t.own(f, "delete")
	if refused != nil {
		return nil, refused
	}
	if t.options.Now().Sub(m.At) > 48*time.Hour {
		return nil, &apiError{code: 400, description: "Bad Request: message can't be deleted for everyone"}
	}
	m.Deleted = true
	t.bell.ring()
	return true, nil
}

// deleteMessages skips, as the real one does, those that are not there.
func (t *Telegram) deleteMessages(f fields) (any, *apiError) {
	chat, refused := t.recipient(f)
	if refused != nil {
		return nil, refused
	}
	var ids []int
	if json.Unmarshal([]byte(f["message_ids"]), &ids) != nil || len(ids) < 1 || len(ids) > 100 {
		return nil, badRequest("message identifiers are not specified or more than 100")
	}
	for _, id := range ids {
		if m := chat.find(id); m != nil {
			m.Deleted = true
		}
	}
	t.bell.ring()
	return true, nil
}

func (t *Telegram) getFile(f fields) (any, *apiError) {
	id := f["file_id"]
	data, ok := t.files[id]
	if !ok {
		// No rule is broken: files go away.
		return nil, &apiError{code: 400, description: "Bad Request: wrong file_id or the file is temporarily unavailable"}
	}
	if len(data) > 20<<20 {
		return nil, &apiError{code: 400, description: "Bad Request: file is too big"}
	}
	return map[string]any{"file_id": id, "file_unique_id": "u" + id, "file_size": len(data), "file_path": filePath(id)}, nil
}

var commandShape = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

func (t *Telegram) setMyCommands(f fields) (any, *apiError) {
	var commands []struct{ Command, Description string }
	if json.Unmarshal([]byte(f["commands"]), &commands) != nil || len(commands) > 100 {
		return nil, badRequest("can't parse commands")
	}
	for _, c := range commands {
		if !commandShape.MatchString(c.Command) {
			return nil, badRequest("BOT_COMMAND_INVALID")
		}
		if n := len([]rune(c.Description)); n < 1 || n > 256 {
			return nil, badRequest("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	return true, nil
}

var chatActions = []string{"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
	"upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note"}

func (t *Telegram) sendChatAction(f fields) (any, *apiError) {
	if _, refused := t.recipient(f); refused != nil {
		return nil, refused
	}
	if !slices.Contains(chatActions, f["action"]) {
		return nil, badRequest("wrong parameter action in request")
	}
	return true, nil
}
