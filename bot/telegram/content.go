package telegram

import (
	"encoding/json"

	"github.com/go-telegram/bot/models"

	"pulang/internal/casefile"
)

// reference is what is kept of a photo, a voice, a place or a contact: enough to
// fetch or show it later. It is only ever stored sealed.
type reference struct {
	Type     string   `json:"type"`
	FileID   string   `json:"file_id,omitempty"`
	UniqueID string   `json:"unique_id,omitempty"`
	Size     int64    `json:"size,omitempty"`
	Mime     string   `json:"mime,omitempty"`
	Duration int      `json:"duration,omitempty"`
	Name     string   `json:"name,omitempty"`
	Lat      *float64 `json:"lat,omitempty"`
	Lon      *float64 `json:"lon,omitempty"`
	Address  string   `json:"address,omitempty"`
	Phone    string   `json:"phone,omitempty"`
	VCard    string   `json:"vcard,omitempty"`
	Album    string   `json:"album,omitempty"`
}

// hidden is the reference as JSON; empty for none.
func (r *reference) hidden() casefile.Private {
	if r == nil {
		return casefile.Private{}
	}
	data, err := json.Marshal(r)
	if err != nil { // a coordinate that is no number
		return casefile.Hide(`{"type":"` + r.Type + `"}`)
	}
	return casefile.Hide(string(data))
}

// content says what a message holds. A notice of a group, or a kind that came
// after this was written, is unknown: it is kept, and nobody is answered.
func content(m *models.Message) (casefile.MessageKind, string, *reference) {
	if m.Text != "" {
		return casefile.KindText, m.Text, nil
	}
	if kind, ref := file(m); ref != nil {
		ref.Album = m.MediaGroupID
		return kind, m.Caption, ref
	}
	switch {
	case m.Venue != nil:
		ref := place("venue", m.Venue.Location)
		ref.Name, ref.Address = m.Venue.Title, m.Venue.Address
		return casefile.KindLocation, "", ref
	case m.Location != nil:
		return casefile.KindLocation, "", place("location", *m.Location)
	case m.Contact != nil:
		c := m.Contact
		ref := &reference{Type: "contact", Phone: c.PhoneNumber, Name: c.FirstName, VCard: c.VCard}
		if c.LastName != "" {
			ref.Name += " " + c.LastName
		}
		return casefile.KindContact, "", ref
	case m.Dice != nil: // one emoji alone is sent as a die by some apps
		return casefile.KindSticker, m.Dice.Emoji, &reference{Type: "dice"}
	case m.Poll != nil:
		return casefile.KindDocument, m.Poll.Question, &reference{Type: "poll"}
	}
	if kind := oddThing(m); kind != "" {
		return casefile.KindDocument, m.Caption, &reference{Type: kind}
	}
	return casefile.KindUnknown, m.Caption, nil
}

// file is the file in a message; nil when there is none. An animation comes
// with a copy of itself as document, so it is asked for first.
func file(m *models.Message) (casefile.MessageKind, *reference) {
	switch {
	case len(m.Photo) > 0:
		f := m.Photo[len(m.Photo)-1] // the sizes are in rising order
		return casefile.KindPhoto, &reference{Type: "photo", FileID: f.FileID, UniqueID: f.FileUniqueID, Size: int64(f.FileSize)}
	case m.Voice != nil:
		f := m.Voice
		return casefile.KindVoice, &reference{Type: "voice", FileID: f.FileID, UniqueID: f.FileUniqueID, Size: f.FileSize, Mime: f.MimeType, Duration: f.Duration}
	case m.Audio != nil:
		f := m.Audio
		return casefile.KindVoice, &reference{Type: "audio", FileID: f.FileID, UniqueID: f.FileUniqueID, Size: f.FileSize, Mime: f.MimeType, Duration: f.Duration, Name: f.FileName}
	case m.Video != nil:
		f := m.Video
		return casefile.KindVideo, &reference{Type: "video", FileID: f.FileID, UniqueID: f.FileUniqueID, Size: f.FileSize, Mime: f.MimeType, Duration: f.Duration, Name: f.FileName}
	case m.VideoNote != nil:
		f := m.VideoNote
		return casefile.KindVideo, &reference{Type: "video_note", FileID: f.FileID, UniqueID: f.FileUniqueID, Size: int64(f.FileSize), Duration: f.Duration}
	case m.Animation != nil:
		f := m.Animation
		return casefile.KindVideo, &reference{Type: "animation", FileID: f.FileID, UniqueID: f.FileUniqueID, Size: f.FileSize, Mime: f.MimeType, Duration: f.Duration, Name: f.FileName}
	case m.Document != nil:
		f := m.Document
		return casefile.KindDocument, &reference{Type: "document", FileID: f.FileID, UniqueID: f.FileUniqueID, Size: f.FileSize, Mime: f.MimeType, Name: f.FileName}
	case m.Sticker != nil:
		f := m.Sticker
		return casefile.KindSticker, &reference{Type: "sticker", FileID: f.FileID, UniqueID: f.FileUniqueID, Size: int64(f.FileSize), Name: f.Emoji}
	}
	return "", nil
}

// place is the reference of a point on the map.
func place(kind string, l models.Location) *reference {
	return &reference{Type: kind, Lat: &l.Latitude, Lon: &l.Longitude}
}

// oddThing names what a person can send besides words and files. It deserves
// the same answer as a file.
func oddThing(m *models.Message) string {
	switch {
	case m.Story != nil:
		return "story"
	case m.PaidMedia != nil:
		return "paid_media"
	case m.Checklist != nil:
		return "checklist"
	case m.Game != nil:
		return "game"
	case m.Giveaway != nil:
		return "giveaway"
	}
	return ""
}
