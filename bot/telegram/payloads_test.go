package telegram

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"pulang/bot"
	"pulang/bot/bottest"
	"pulang/internal/casefile"
)

// What the tests' bot is called with. Nothing here exists.
const (
	testToken  = "700100200:canary-token_AAE7xxxxxxxxxxxxxxxxxxxxxxxxxx"
	testSecret = "canary-secret_0123456789"
	testChat   = "555000111"
)

const route = "POST /webhooks/telegram"

// posted is a webhook call with a secret.
func posted(secret string, body string) bottest.Delivery {
	h := http.Header{"Content-Type": {"application/json"}}
	if secret != "" {
		h.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	}
	return bottest.Delivery{Route: route, Header: h, Body: []byte(body)}
}

// said is a person's n-th text message, its bytes in the JSON as they are.
func said(text string, n int) bottest.Delivery {
	return posted(testSecret, fmt.Sprintf(`{"update_id":%d,"message":%s}`, 9000+n, inPrivate(n, `"text":"`+quote(text)+`"`)))
}

// inPrivate is a private message with the given content.
func inPrivate(id int, content string) string {
	return fmt.Sprintf(`{"message_id":%d,"date":1790000000,`+
		`"from":{"id":555000111,"is_bot":false,"first_name":"Rina","language_code":"id"},`+
		`"chat":{"id":555000111,"type":"private","first_name":"Rina"},%s}`, id, content)
}

// quote escapes what JSON demands and leaves all other bytes alone.
func quote(text string) string {
	var b strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < 0x20:
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// sentAt is the date of every payload.
var sentAt = time.Unix(1790000000, 0).UTC()

// from is what every private message of the payloads has in common.
func from(update string, kind casefile.MessageKind) bot.Arrived {
	return bot.Arrived{
		ProviderID: update, Kind: kind, From: casefile.Hide(testChat), Order: 7, MessageRef: "7",
		Lang: casefile.Indonesian, SentAt: sentAt,
	}
}

// inMessage is a kind that is a private message, number 7, of update 1.
func inMessage(name, content string, kind casefile.MessageKind, text, media string) bottest.Kind {
	want := from("1", kind)
	want.Text, want.Media = casefile.Hide(text), casefile.Hide(media)
	return bottest.Kind{Name: name, Want: want,
		Delivery: posted(testSecret, `{"update_id":1,"message":`+inPrivate(7, content)+`}`)}
}

// inUpdate is a kind that is an update of its own.
func inUpdate(name, update string, want bot.Arrived) bottest.Kind {
	return bottest.Kind{Name: name, Want: want, Delivery: posted(testSecret, update)}
}

func with(a bot.Arrived, change func(*bot.Arrived)) bot.Arrived {
	change(&a)
	return a
}

// messageKinds are the things a person can send.
func messageKinds() []bottest.Kind {
	return []bottest.Kind{
		inMessage("text", `"text":"tolong saya"`, casefile.KindText, "tolong saya", ""),
		inMessage("start with a payload", `"text":"/start poster-7","entities":[{"type":"bot_command","offset":0,"length":6}]`, casefile.KindText, "/start poster-7", ""),
		inMessage("photo", `"photo":[{"file_id":"s","file_unique_id":"us","width":90,"height":90,"file_size":900},{"file_id":"L","file_unique_id":"uL","width":900,"height":900,"file_size":90000}],"caption":"paspor saya","media_group_id":"77"`,
			casefile.KindPhoto, "paspor saya", `{"type":"photo","file_id":"L","unique_id":"uL","size":90000,"album":"77"}`),
		inMessage("voice", `"voice":{"file_id":"v","file_unique_id":"uv","duration":12,"mime_type":"audio/ogg","file_size":3000}`,
			casefile.KindVoice, "", `{"type":"voice","file_id":"v","unique_id":"uv","size":3000,"mime":"audio/ogg","duration":12}`),
		inMessage("audio", `"audio":{"file_id":"v","file_unique_id":"uv","duration":12,"file_name":"rekaman.mp3"}`,
			casefile.KindVoice, "", `{"type":"audio","file_id":"v","unique_id":"uv","duration":12,"name":"rekaman.mp3"}`),
		inMessage("video", `"video":{"file_id":"w","file_unique_id":"uw","width":1,"height":1,"duration":3,"mime_type":"video/mp4","file_size":5000000000}`,
			casefile.KindVideo, "", `{"type":"video","file_id":"w","unique_id":"uw","size":5000000000,"mime":"video/mp4","duration":3}`),
		inMessage("round video", `"video_note":{"file_id":"w","file_unique_id":"uw","length":240,"duration":3}`,
			casefile.KindVideo, "", `{"type":"video_note","file_id":"w","unique_id":"uw","duration":3}`),
		inMessage("animation", `"animation":{"file_id":"g","file_unique_id":"ug","width":1,"height":1,"duration":2},"document":{"file_id":"g","file_unique_id":"ug"}`,
			casefile.KindVideo, "", `{"type":"animation","file_id":"g","unique_id":"ug","duration":2}`),
		inMessage("document", `"document":{"file_id":"d","file_unique_id":"ud","file_name":"kontrak.pdf","mime_type":"application/pdf","file_size":10},"caption":"ini kontraknya"`,
			casefile.KindDocument, "ini kontraknya", `{"type":"document","file_id":"d","unique_id":"ud","size":10,"mime":"application/pdf","name":"kontrak.pdf"}`),
		inMessage("sticker", `"sticker":{"file_id":"k","file_unique_id":"uk","type":"regular","width":1,"height":1,"is_animated":false,"is_video":false,"emoji":"😭"}`,
			casefile.KindSticker, "", `{"type":"sticker","file_id":"k","unique_id":"uk","name":"😭"}`),
		inMessage("location", `"location":{"latitude":16.6894,"longitude":98.5089}`,
			casefile.KindLocation, "", `{"type":"location","lat":16.6894,"lon":98.5089}`),
		inMessage("location on the equator", `"location":{"latitude":0,"longitude":0}`,
			casefile.KindLocation, "", `{"type":"location","lat":0,"lon":0}`),
		inMessage("venue", `"venue":{"location":{"latitude":1.5,"longitude":2.5},"title":"Hotel","address":"Jl. 1"},"location":{"latitude":1.5,"longitude":2.5}`,
			casefile.KindLocation, "", `{"type":"venue","name":"Hotel","lat":1.5,"lon":2.5,"address":"Jl. 1"}`),
		inMessage("contact", `"contact":{"phone_number":"+628111","first_name":"Budi","last_name":"S","user_id":9,"vcard":"BEGIN:VCARD"}`,
			casefile.KindContact, "", `{"type":"contact","name":"Budi S","phone":"+628111","vcard":"BEGIN:VCARD"}`),
		inMessage("one emoji as a die", `"dice":{"emoji":"🎯","value":3}`, casefile.KindSticker, "🎯", `{"type":"dice"}`),
		inMessage("poll", `"poll":{"id":"1","question":"tolong?","options":[],"total_voter_count":0,"is_closed":false,"is_anonymous":true,"type":"regular","allows_multiple_answers":false}`,
			casefile.KindDocument, "tolong?", `{"type":"poll"}`),
		inMessage("story", `"story":{"chat":{"id":1,"type":"private"},"id":3}`, casefile.KindDocument, "", `{"type":"story"}`),
		inMessage("a notice", `"pinned_message":{"message_id":3,"date":1790000000,"chat":{"id":555000111,"type":"private"}}`, casefile.KindUnknown, "", ""),
		inMessage("content of tomorrow", `"hologram":{"file_id":"h"}`, casefile.KindUnknown, "", ""),
	}
}

// oddKinds are messages the models of the library refuse, or parts of them.
func oddKinds() []bottest.Kind {
	newForward := inMessage("forward of a new kind", `"text":"tolong saya","forward_origin":{"type":"of_tomorrow","date":1}`, casefile.KindText, "tolong saya", "")
	newForward.Want.Note = "forwarded"
	oldForward := inMessage("forward", `"text":"baca","forward_origin":{"type":"hidden_user","date":1,"sender_user_name":"X"}`, casefile.KindText, "baca", "")
	oldForward.Want.Note = "forwarded"
	return []bottest.Kind{
		newForward, oldForward,
		inMessage("entities of another shape", `"text":"tolong","entities":{"a":1}`, casefile.KindText, "tolong", ""),
		inMessage("photo of a broken video", `"video":7,"photo":[{"file_id":"L","file_unique_id":"uL"}],"caption":"ini"`, casefile.KindPhoto, "ini", `{"type":"photo","file_id":"L","unique_id":"uL"}`),
		inUpdate("a press under an unreadable message",
			`{"update_id":1,"callback_query":{"id":"42","from":{"id":555000111,"language_code":"id"},"data":"a:7:2","message":{"message_id":7,"date":5,"chat":{"id":555000111,"type":"private"},"forward_origin":{"type":"x"}}}}`,
			with(from("1", casefile.KindPress), func(a *bot.Arrived) {
				a.Text, a.Press, a.SentAt = casefile.Hide("2"), bot.Press{Data: "a:7:2", Query: "42", Turn: 7}, time.Time{}
			})),
		inUpdate("a membership of a new kind",
			`{"update_id":1,"my_chat_member":{"chat":{"id":555000111,"type":"private"},"from":{"id":555000111,"language_code":"id"},"date":1790000000,"old_chat_member":{"status":"of_tomorrow"},"new_chat_member":{"status":"kicked","until_date":0}}}`,
			with(from("1", casefile.KindBlocked), func(a *bot.Arrived) { a.Order, a.MessageRef = 0, "" })),
		inUpdate("nothing but a number", `{"update_id":1}`, bot.Arrived{ProviderID: "1", Kind: casefile.KindUnknown}),
		inUpdate("a message that is none", `{"update_id":1,"message":"x"}`, bot.Arrived{ProviderID: "1", Kind: casefile.KindUnknown}),
		inUpdate("an update of tomorrow", `{"update_id":1,"thought":{"id":5}}`, bot.Arrived{ProviderID: "1", Kind: casefile.KindUnknown}),
	}
}

// updateKinds are the updates that are no plain message.
func updateKinds() []bottest.Kind {
	member := func(status string) string {
		return `{"update_id":1,"my_chat_member":{"chat":{"id":555000111,"type":"private"},"from":{"id":555000111,"is_bot":false,"first_name":"R","language_code":"en-GB"},"date":1790000000,` +
			`"old_chat_member":{"status":"member","user":{"id":1,"is_bot":true,"first_name":"b"}},"new_chat_member":{"status":"` + status + `","user":{"id":1,"is_bot":true,"first_name":"b"}}}}`
	}
	inGroup := `"chat":{"id":-1001,"type":"supergroup","title":"Keluarga"}`
	membership := func(kind casefile.MessageKind) bot.Arrived {
		return bot.Arrived{ProviderID: "1", Kind: kind, From: casefile.Hide(testChat), Lang: casefile.English, SentAt: sentAt}
	}
	press := func(data string) string {
		return `{"update_id":1,"callback_query":{"id":"4242","from":{"id":555000111,"is_bot":false,"first_name":"R","language_code":"in"},"chat_instance":"-3","data":"` + data + `","message":` + inPrivate(7, `"text":"?"`) + `}}`
	}
	pressed := func(digit, data string) bot.Arrived {
		return with(from("1", casefile.KindPress), func(a *bot.Arrived) {
			a.Text, a.SentAt, a.Press = casefile.Hide(digit), time.Time{}, bot.Press{Data: data, Query: "4242"}
			if digit != "" {
				a.Press.Turn = 7
			}
		})
	}
	return []bottest.Kind{
		inUpdate("edited", `{"update_id":1,"edited_message":`+inPrivate(7, `"edit_date":1790000060,"text":"jangan"`)+`}`,
			with(from("1", casefile.KindEdit), func(a *bot.Arrived) { a.Text, a.SentAt = casefile.Hide("jangan"), sentAt.Add(time.Minute) })),
		inUpdate("moving live location", `{"update_id":1,"edited_message":`+inPrivate(7, `"location":{"latitude":1.5,"longitude":2.5,"live_period":60}`)+`}`,
			with(from("1", casefile.KindEdit), func(a *bot.Arrived) {
				a.Media, a.Note = casefile.Hide(`{"type":"location","lat":1.5,"lon":2.5}`), "live_location"
			})),
		inUpdate("pressed", press("a:7:2"), pressed("2", "a:7:2")),
		inUpdate("pressed ten", press("a:7:10"), pressed("10", "a:7:10")),
		inUpdate("pressed without a turn", press("a:2"), pressed("", "a:2")),
		inUpdate("pressed with a turn too long", press("a:1234567890:2"), pressed("", "a:1234567890:2")),
		inUpdate("pressed by staff", press("ok:K7Q2"), pressed("", "ok:K7Q2")),
		inUpdate("pressed with forged data", press(`a:7:2\u0000\n'; é`), pressed("", "a:7:2'; ")),
		inUpdate("pressed under an old message",
			`{"update_id":1,"callback_query":{"id":"4242","from":{"id":555000111,"language_code":"id"},"data":"a:7:1","message":{"message_id":7,"date":0,"chat":{"id":555000111,"type":"private"}}}}`, pressed("1", "a:7:1")),
		inUpdate("pressed under nothing",
			`{"update_id":1,"callback_query":{"id":"4242","from":{"id":555000111,"language_code":"id"},"data":"a:7:1"}}`,
			with(pressed("1", "a:7:1"), func(a *bot.Arrived) { a.Order, a.MessageRef = 0, "" })),
		inUpdate("blocked", member("kicked"), membership(casefile.KindBlocked)),
		inUpdate("unblocked", member("member"), membership(casefile.KindUnblocked)),
		inUpdate("restricted", member("restricted"), membership(casefile.KindUnknown)),
		inUpdate("group message", `{"update_id":1,"message":{"message_id":7,"date":1790000000,"from":{"id":5,"is_bot":false,"first_name":"R"},`+inGroup+`,"text":"halo"}}`,
			bot.Arrived{ProviderID: "1", Kind: casefile.KindText, From: casefile.Hide("-1001"), Text: casefile.Hide("halo"), Note: "group", Order: 7, MessageRef: "7", SentAt: sentAt}),
		inUpdate("group migrated", `{"update_id":1,"message":{"message_id":7,"date":1790000000,"chat":{"id":-5,"type":"group","title":"x"},"migrate_to_chat_id":-1001}}`,
			bot.Arrived{ProviderID: "1", Kind: casefile.KindMigrated, From: casefile.Hide("-5"), MovedTo: casefile.Hide("-1001"), Note: "group", Order: 7, MessageRef: "7", SentAt: sentAt}),
		inUpdate("channel post", `{"update_id":1,"channel_post":{"message_id":7,"date":1790000000,"chat":{"id":-9,"type":"channel"},"text":"x"}}`, bot.Arrived{ProviderID: "1", Kind: casefile.KindUnknown}),
	}
}
