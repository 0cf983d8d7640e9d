package fakes

import (
	"encoding/json"
	"net/url"
	"reflect"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// markup is what hangs on a message.
type markup struct {
	inline   [][]Button
	keyboard [][]Button
	remove   bool
	raw      json.RawMessage
}

// same compares what a person can see and press.
func (m markup) same(o markup) bool { return reflect.DeepEqual(m.inline, o.inline) }

// recipient finds the chat and says why nothing can be sent to it.
func (t *Telegram) recipient(f fields) (*telegramChat, *apiError) {
	if f["chat_id"] == "" {
		return nil, badRequest("chat_id is empty")
	}
	id, ok := f.integer("chat_id")
	if !ok {
		return nil, badRequest("chat not found")
	}
	chat := t.chats[id]
	switch {
	case chat == nil:
		return nil, badRequest("chat not found")
	case chat.id != id:
		return nil, &apiError{code: 400, description: "Bad Request: group chat was upgraded to a supergroup chat",
			parameters: map[string]any{"migrate_to_chat_id": chat.id}}
	case chat.blocked:
		return nil, &apiError{code: 403, description: "Forbidden: bot was blocked by the user"}
	}
	return chat, nil
}

// checkMessage checks the text and the markup of a message.
func (t *Telegram) checkMessage(f fields) (markup, *apiError) {
	text := f["text"]
	switch {
	case !utf8.ValidString(text):
		return markup{}, badRequest("strings must be encoded in UTF-8")
	case strings.TrimSpace(text) == "":
		return markup{}, badRequest("message text is empty")
	case len(utf16.Encode([]rune(text))) > 4096:
		return markup{}, badRequest("message is too long")
	case f["parse_mode"] != "":
		return markup{}, badRequest("parse_mode is not part of this Telegram: the line sends plain text")
	}
	return readMarkup(f["reply_markup"])
}

// rawButton is a button of either kind as it is sent.
type rawButton struct {
	Text         string `json:"text"`
	CallbackData string `json:"callback_data"`
	URL          string `json:"url"`
	CopyText     struct {
		Text string `json:"text"`
	} `json:"copy_text"`
	SwitchInlineQuery string          `json:"switch_inline_query"`
	WebApp            json.RawMessage `json:"web_app"`
	LoginURL          json.RawMessage `json:"login_url"`
}

// readMarkup reads and checks reply_markup, which may be missing.
func readMarkup(raw string) (markup, *apiError) {
	if raw == "" {
		return markup{}, nil
	}
	var m struct {
		Inline   [][]rawButton       `json:"inline_keyboard"`
		Keyboard [][]json.RawMessage `json:"keyboard"`
		Remove   bool                `json:"remove_keyboard"`
		Force    bool                `json:"force_reply"`
	}
	if json.Unmarshal([]byte(raw), &m) != nil {
		return markup{}, badRequest("can't parse reply keyboard markup JSON object")
	}
	if m.Inline == nil && m.Keyboard == nil && !m.Remove && !m.Force {
		return markup{}, badRequest("object expected as reply markup")
	}
	result := markup{remove: m.Remove, raw: json.RawMessage(raw)}
	var refused *apiError
	if result.inline, refused = readInline(m.Inline); refused != nil {
		return markup{}, refused
	}
	for _, row := range m.Keyboard {
		var line []Button
		for _, key := range row {
			text, refused := keyText(key)
			if refused != nil {
				return markup{}, refused
			}
			line = append(line, Button{Text: text})
		}
		result.keyboard = append(result.keyboard, line)
	}
	return result, nil
}

// readInline reads and checks the rows of an inline keyboard.
func readInline(rows [][]rawButton) (result [][]Button, refused *apiError) {
	for _, row := range rows {
		var line []Button
		for _, b := range row {
			if refused := checkInline(b); refused != nil {
				return nil, refused
			}
			line = append(line, Button{Text: b.Text, Data: b.CallbackData, URL: b.URL})
		}
		if len(line) > 8 {
			return nil, badRequest("more than 8 buttons in a row cannot be read")
		}
		result = append(result, line)
	}
	if len(result) > 100 {
		return nil, badRequest("reply markup is too long")
	}
	return result, nil
}

// checkInline checks one inline button. The client library adds an empty
// copy_text to every button; Telegram ignores it beside another action.
func checkInline(b rawButton) *apiError {
	if b.Text == "" {
		return badRequest("field \"text\" must be non-empty in the inline keyboard button")
	}
	actions := 0
	for _, set := range []bool{b.CallbackData != "", b.URL != "", b.CopyText.Text != "", b.SwitchInlineQuery != "",
		b.WebApp != nil, b.LoginURL != nil} {
		if set {
			actions++
		}
	}
	switch {
	case actions == 0:
		return badRequest("Text buttons are unallowed in the inline keyboard")
	case actions > 1:
		return badRequest("an inline button has exactly one action")
	case len(b.CallbackData) > 64:
		return badRequest("BUTTON_DATA_INVALID")
	case b.WebApp != nil || b.LoginURL != nil || b.SwitchInlineQuery != "":
		return badRequest("this kind of button is not part of this Telegram")
	case b.URL != "":
		return checkButtonURL(b.URL)
	}
	return nil
}

// checkButtonURL refuses what Telegram refuses; a button that leads to
// loopback too, which the real one does not accept, is allowed for the demo.
func checkButtonURL(address string) *apiError {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "tg") || u.Host == "" {
		return badRequest("inline keyboard button URL is invalid: Wrong HTTP URL")
	}
	if !loopback(u) && u.Scheme != "tg" && !strings.Contains(u.Hostname(), ".") {
		return badRequest("inline keyboard button URL is invalid: Wrong HTTP URL")
	}
	return nil
}

// keyText is the text of a reply keyboard's key, which may be a plain string.
func keyText(raw json.RawMessage) (string, *apiError) {
	var text string
	var key struct {
		Text string `json:"text"`
	}
	if json.Unmarshal(raw, &text) == nil {
		key.Text = text
	} else if json.Unmarshal(raw, &key) != nil {
		return "", badRequest("can't parse keyboard button")
	}
	if key.Text == "" {
		return "", badRequest("keyboard button text must be non-empty")
	}
	return key.Text, nil
}
