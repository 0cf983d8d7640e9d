package fakes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// TelegramPhone is a person's (or a group's) Telegram.
type TelegramPhone struct {
	t    *Telegram
	chat *telegramChat
}

// Chat is the private chat of a person; the same id is the same phone.
func (t *Telegram) Chat(id int64, firstName string) *TelegramPhone {
	return t.phone(&telegramChat{id: id, title: firstName, language: "id"})
}

// Group is a group the bot is in; one member writes for all.
func (t *Telegram) Group(id int64, title string) *TelegramPhone {
	return t.phone(&telegramChat{id: id, title: title, group: true, language: "id"})
}

// phone finds the chat or makes it.
func (t *Telegram) phone(chat *telegramChat) *TelegramPhone {
	t.mu.Lock()
	defer t.mu.Unlock()
	if old := t.chats[chat.id]; old != nil {
		return &TelegramPhone{t: t, chat: old}
	}
	t.chats[chat.id] = chat
	return &TelegramPhone{t: t, chat: chat}
}

// ID is the chat id, the new one after a migration.
func (p *TelegramPhone) ID() int64 {
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	return p.chat.id
}

// Speaks sets the language of the app, as each message tells it; "id" at first.
func (p *TelegramPhone) Speaks(code string) {
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	p.chat.language = code
}

// writes puts something on the screen and tells the bot.
func (p *TelegramPhone) writes(kind, text string, content map[string]any) (messageID int) {
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	m := p.chat.add(Shown{Kind: kind, Text: text, At: p.t.options.Now()})
	m.content = content
	p.t.happen("message", p.chat.id, p.t.message(p.chat, m))
	p.t.bell.ring()
	return m.MessageID
}

// Says sends a text and returns its message id; a text beyond 4,096 UTF-16
// units goes as several messages, as the app does it, and the last id counts.
func (p *TelegramPhone) Says(text string) (messageID int) {
	units := utf16.Encode([]rune(text))
	for len(units) > 4096 {
		cut := 4096
		if utf16.IsSurrogate(rune(units[cut])) && utf16.IsSurrogate(rune(units[cut-1])) && units[cut] >= 0xDC00 {
			cut--
		}
		p.writes("text", string(utf16.Decode(units[:cut])), nil)
		units = units[cut:]
	}
	return p.writes("text", string(utf16.Decode(units)), nil)
}

// Presses the newest button with this label or data. A key of a reply
// keyboard sends its text. The error says that there is no such button.
func (p *TelegramPhone) Presses(label string) error {
	p.t.mu.Lock()
	var keyboard [][]Button
	for _, m := range slices.Backward(p.chat.screen) {
		if m.Deleted || !m.FromLine {
			continue
		}
		for _, b := range slices.Concat(m.markup.inline...) {
			if b.Data != "" && (b.Text == label || b.Data == label) {
				p.press(m, b)
				p.t.mu.Unlock()
				return nil
			}
		}
		if keyboard == nil && (m.markup.keyboard != nil || m.markup.remove) {
			keyboard = slices.Clip(m.markup.keyboard)
			if keyboard == nil {
				keyboard = [][]Button{}
			}
		}
	}
	p.t.mu.Unlock()
	if slices.Contains(slices.Concat(keyboard...), Button{Text: label}) {
		p.Says(label)
		return nil
	}
	return fmt.Errorf("fakes: the phone shows no button %q", label)
}

// press sends a callback query. The caller holds the lock.
func (p *TelegramPhone) press(m *screenMessage, b Button) {
	p.t.serial++
	id := strconv.Itoa(400000000 + p.t.serial)
	p.t.queries[id] = false
	p.t.happen("callback_query", p.chat.id, map[string]any{"id": id, "from": p.chat.user(), "chat_instance": "-" + id,
		"message": p.t.message(p.chat, m), "data": b.Data})
}

// Unanswered counts the presses whose button still shows its clock, because
// nobody has answered the callback query.
func (t *Telegram) Unanswered() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for _, answered := range t.queries {
		if !answered {
			n++
		}
	}
	return n
}

// Edits changes an own message.
func (p *TelegramPhone) Edits(messageID int, text string) error {
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	m := p.chat.find(messageID)
	if m == nil || m.FromLine || m.Deleted {
		return errors.New("fakes: there is no own message of that id")
	}
	m.Text, m.Edited = text, true
	j := p.t.message(p.chat, m)
	j["edit_date"] = p.t.options.Now().Unix()
	p.t.happen("edited_message", p.chat.id, j)
	p.t.bell.ring()
	return nil
}

// File sets what getFile and its download give for an id.
func (t *Telegram) File(fileID string, data []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.files[fileID] = slices.Clone(data)
}

// file describes a file, and makes one up unless File has set it.
func (t *Telegram) file(id string) map[string]any {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.files[id] == nil {
		t.files[id] = []byte("invented content of " + id)
	}
	return map[string]any{"file_id": id, "file_unique_id": "u" + id, "file_size": len(t.files[id])}
}

// with adds to a description.
func with(j map[string]any, name string, value any) map[string]any {
	j[name] = value
	return j
}

// SendsPhoto sends a photo in the two sizes that Telegram makes of it.
func (p *TelegramPhone) SendsPhoto(fileID, caption string) (messageID int) {
	small := with(with(p.t.file(fileID+"-small"), "width", 90), "height", 67)
	large := with(with(p.t.file(fileID), "width", 1280), "height", 960)
	return p.writes("photo", caption, map[string]any{"photo": []any{small, large}})
}

// SendsVoice sends a voice message of seven seconds.
func (p *TelegramPhone) SendsVoice(fileID string) (messageID int) {
	return p.writes("voice", "", map[string]any{"voice": with(with(p.t.file(fileID), "duration", 7), "mime_type", "audio/ogg")})
}

// SendsDocument sends a file under its name.
func (p *TelegramPhone) SendsDocument(fileID, name, caption string) (messageID int) {
	return p.writes("document", caption, map[string]any{"document": with(with(p.t.file(fileID), "file_name", name), "mime_type", "application/octet-stream")})
}

// SendsLocation shares a point.
func (p *TelegramPhone) SendsLocation(latitude, longitude float64) (messageID int) {
	return p.writes("location", "", map[string]any{"location": map[string]any{"latitude": latitude, "longitude": longitude}})
}

// SendsContact shares a number out of the phone's book.
func (p *TelegramPhone) SendsContact(number, name string) (messageID int) {
	return p.writes("contact", "", map[string]any{"contact": map[string]any{"phone_number": number, "first_name": name}})
}

// SendsRaw delivers a body as it is, with {update_id} filled in; it may be
// broken JSON.
func (p *TelegramPhone) SendsRaw(body string) {
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	body = strings.ReplaceAll(body, "{update_id}", strconv.FormatInt(p.t.updateID+1, 10))
	kind := "raw"
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(body), &object) == nil {
		for name := range object {
			if name != "update_id" {
				kind = name
			}
		}
	}
	if kind == "raw" && len(p.t.allowed) > 0 { // broken bodies pass the filter
		kind = p.t.allowed[0]
	}
	p.t.happenRaw(kind, p.chat.id, []byte(body))
}

// SendsUnknownUpdate delivers three kinds of update a line has no use for,
// one of them not invented yet.
func (p *TelegramPhone) SendsUnknownUpdate() {
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	p.t.happen("poll_answer", p.chat.id, map[string]any{"poll_id": "5", "user": p.chat.user(), "option_ids": []int{0}})
	p.t.happen("deleted_business_messages", p.chat.id, map[string]any{"business_connection_id": "b1", "chat": p.chat.where(), "message_ids": []int{1}})
	p.t.happen("teleported_chat", p.chat.id, map[string]any{"user": p.chat.user(), "to": map[string]any{"moon": true}})
}

// Blocks stops the bot; it hears of it by my_chat_member.
func (p *TelegramPhone) Blocks() { p.member(true, "member", "kicked") }

// Unblocks lets the bot write again.
func (p *TelegramPhone) Unblocks() { p.member(false, "kicked", "member") }

// member changes what the bot is in the chat.
func (p *TelegramPhone) member(blocked bool, before, after string) {
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	p.chat.blocked = blocked
	status := func(s string) map[string]any {
		m := map[string]any{"user": p.t.me(), "status": s}
		if s == "kicked" {
			m["until_date"] = 0
		}
		return m
	}
	p.t.happen("my_chat_member", p.chat.id, map[string]any{"chat": p.chat.where(), "from": p.chat.user(),
		"date": p.t.options.Now().Unix(), "old_chat_member": status(before), "new_chat_member": status(after)})
}

// MigratesTo makes the group a supergroup with a new id, whose message ids
// begin anew. The old id answers with the new one from now on.
func (p *TelegramPhone) MigratesTo(id int64) {
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	old, oldPlace, at := p.chat.id, p.chat.where(), p.t.options.Now().Unix()
	p.chat.lastID++
	p.t.happen("message", old, map[string]any{"message_id": p.chat.lastID, "from": p.chat.user(), "chat": oldPlace, "date": at, "migrate_to_chat_id": id})
	p.chat.id, p.chat.lastID = id, 1
	p.t.chats[id] = p.chat
	p.t.happen("message", id, map[string]any{"message_id": 1, "from": p.chat.user(), "chat": p.chat.where(), "date": at, "migrate_from_chat_id": old})
	for _, m := range p.chat.screen { // history is not addressable by the new ids
		m.MessageID = -m.MessageID
	}
}

// Shows is everything on the screen, oldest first, deleted things too.
func (p *TelegramPhone) Shows() []Shown {
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	shown := make([]Shown, len(p.chat.screen))
	for i, m := range p.chat.screen {
		shown[i] = m.Shown
		for _, row := range append(slices.Clip(m.markup.inline), m.markup.keyboard...) {
			shown[i].Buttons = append(shown[i].Buttons, slices.Clone(row))
		}
	}
	return shown
}

// Wait returns when the screen is as wanted, or with the cause when ctx ends.
func (p *TelegramPhone) Wait(ctx context.Context, wanted func([]Shown) bool) error {
	return p.t.bell.wait(ctx, func() bool { return wanted(p.Shows()) })
}
