package telegram

import (
	"encoding/json"
	"fmt"

	"github.com/go-telegram/bot/models"
)

// decodeUpdate reads an update with the library's models, or, when they fail on
// some part of it, with a smaller reader. The models refuse a whole message for
// one new kind of forward, and the plea in it would be lost. False: nobody can
// read it, or it has no number.
func decodeUpdate(body []byte) (models.Update, bool) {
	var u models.Update
	if decode(body, &u) == nil {
		return u, u.ID > 0
	}
	u = models.Update{}
	fields := object(body)
	take(fields, "update_id", &u.ID)
	if u.ID <= 0 {
		return u, false
	}
	u.Message = smallMessage(fields["message"])
	u.EditedMessage = smallMessage(fields["edited_message"])
	u.CallbackQuery = smallPress(fields["callback_query"])
	u.MyChatMember = smallMembership(fields["my_chat_member"])
	return u, true
}

// smallMessage reads the parts of a message the line has a use for, each by
// itself, so that one it cannot read does not cost the others.
func smallMessage(data json.RawMessage) *models.Message {
	fields := object(data)
	if fields == nil {
		return nil
	}
	m := &models.Message{}
	for name, into := range map[string]any{
		"message_id": &m.ID, "date": &m.Date, "edit_date": &m.EditDate, "chat": &m.Chat, "from": &m.From,
		"text": &m.Text, "caption": &m.Caption, "photo": &m.Photo, "voice": &m.Voice, "audio": &m.Audio,
		"video": &m.Video, "video_note": &m.VideoNote, "animation": &m.Animation, "document": &m.Document,
		"sticker": &m.Sticker, "venue": &m.Venue, "location": &m.Location, "contact": &m.Contact,
		"dice": &m.Dice, "migrate_to_chat_id": &m.MigrateToChatID, "media_group_id": &m.MediaGroupID,
	} {
		take(fields, name, into)
	}
	if _, forwarded := fields["forward_origin"]; forwarded {
		m.ForwardOrigin = &models.MessageOrigin{}
	}
	return m
}

// smallPress reads who pressed what, and where it hangs.
func smallPress(data json.RawMessage) *models.CallbackQuery {
	fields := object(data)
	if fields == nil {
		return nil
	}
	q := &models.CallbackQuery{}
	take(fields, "id", &q.ID)
	take(fields, "from", &q.From)
	take(fields, "data", &q.Data)
	q.Message.Message = smallMessage(fields["message"])
	return q
}

// smallMembership reads whose chat it is and how we stand there now.
func smallMembership(data json.RawMessage) *models.ChatMemberUpdated {
	fields := object(data)
	if fields == nil {
		return nil
	}
	m := &models.ChatMemberUpdated{}
	take(fields, "chat", &m.Chat)
	take(fields, "from", &m.From)
	take(fields, "date", &m.Date)
	take(object(fields["new_chat_member"]), "status", &m.NewChatMember.Type)
	return m
}

// emptyText says that a message has a text with nothing in it, which is another
// thing than having none. The models do not tell these apart.
func emptyText(body []byte) bool {
	_, has := object(object(body)["message"])["text"]
	return has
}

// object is a JSON object by its fields; nil when it is none.
func object(data []byte) map[string]json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil {
		return nil
	}
	return fields
}

// take reads one field; what cannot be read stays as far as it was read.
func take(fields map[string]json.RawMessage, name string, into any) {
	if v, ok := fields[name]; ok {
		_ = decode(v, into)
	}
}

// decode is json.Unmarshal for models we did not write: one that panics on a
// shape its author did not think of is an error like any other.
func decode(data []byte, into any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("model of %T panicked", into)
		}
	}()
	return json.Unmarshal(data, into)
}
