package fakes

import (
	"slices"
	"strings"
	"unicode/utf16"
)

// telegramChat is a conversation on the server; the map of chats holds a
// migrated group under both ids.
type telegramChat struct {
	id       int64
	title    string
	group    bool
	language string
	blocked  bool
	lastID   int
	screen   []*screenMessage
}

// screenMessage is a message with what hangs on it.
type screenMessage struct {
	Shown
	markup  markup
	content map[string]any // photo, voice and so on, as the API has them
}

// add puts a message on the screen under the chat's next id.
func (c *telegramChat) add(s Shown) *screenMessage {
	c.lastID++
	s.MessageID = c.lastID
	m := &screenMessage{Shown: s}
	c.screen = append(c.screen, m)
	return m
}

// find returns nil for an id that was never given.
func (c *telegramChat) find(id int) *screenMessage {
	i := slices.IndexFunc(c.screen, func(m *screenMessage) bool { return m.MessageID == id })
	if i < 0 {
		return nil
	}
	return c.screen[i]
}

// user is who writes, and where is the chat, as the API has them.
func (c *telegramChat) user() map[string]any {
	id, name := c.id, c.title
	if c.group {
		id, name = 500000000+(-c.id)%100000000, "Anggota"
	}
	return map[string]any{"id": id, "is_bot": false, "first_name": name, "language_code": c.language}
}

func (c *telegramChat) where() map[string]any {
	switch {
	case c.group && c.id <= -1000000000000:
		return map[string]any{"id": c.id, "type": "supergroup", "title": c.title}
	case c.group:
		return map[string]any{"id": c.id, "type": "group", "title": c.title}
	}
	return map[string]any{"id": c.id, "type": "private", "first_name": c.title}
}

// message is a message as the API has it.
func (t *Telegram) message(c *telegramChat, m *screenMessage) map[string]any {
	from := c.user()
	if m.FromLine {
		from = t.me()
	}
	j := map[string]any{"message_id": m.MessageID, "from": from, "chat": c.where(), "date": m.At.Unix()}
	for name, value := range m.content {
		j[name] = value
	}
	if m.Kind == "text" {
		j["text"] = m.Text
		if command, _, _ := strings.Cut(m.Text, " "); strings.HasPrefix(command, "/") && len(command) > 1 && !m.FromLine {
			j["entities"] = []any{map[string]any{"type": "bot_command", "offset": 0, "length": len(utf16.Encode([]rune(command)))}}
		}
	} else if m.Text != "" {
		j["caption"] = m.Text
	}
	if m.markup.inline != nil {
		j["reply_markup"] = m.markup.raw
	}
	return j
}
