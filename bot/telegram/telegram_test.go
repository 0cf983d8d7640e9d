package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pulang/bot"
	"pulang/bot/bottest"
	"pulang/internal/casefile"
	"pulang/internal/fakes"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newFake is a Telegram on loopback that knows the test chat.
func newFake(t *testing.T) (*fakes.Telegram, *fakes.TelegramPhone) {
	t.Helper()
	fake := fakes.NewTelegram(fakes.TelegramOptions{Token: testToken, Now: func() time.Time { return sentAt }})
	if err := fake.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	return fake, fake.Chat(555000111, "Rina")
}

// open is the channel against a fake.
func open(t *testing.T, fake *fakes.Telegram) *Telegram {
	t.Helper()
	c, err := Open(Settings{Token: testToken, Secret: testSecret, APIURL: fake.URL(), Transport: bottest.LocalOnly(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestChannel(t *testing.T) {
	t.Parallel()
	bottest.TestChannel(t, bottest.Suite{
		Open: func(t *testing.T) (bot.Channel, bottest.Provider) {
			fake, phone := newFake(t)
			return open(t, fake), bottest.Provider{Fake: fake, Phone: phone}
		},
		Person: testChat, Show: casefile.Private.Reveal,
		Text:    said,
		Genuine: func(body []byte) bottest.Delivery { return posted(testSecret, string(body)) },
		Forged: map[string]bottest.Delivery{
			"wrong secret":            posted("canary-secret_0123456780", `{"update_id":1}`),
			"empty secret":            posted("", `{"update_id":1}`),
			"beginning of the secret": posted("canary", `{"update_id":1}`),
			"longer secret":           posted(testSecret+"0", `{"update_id":1}`),
			"secret in another case":  posted(strings.ToUpper(testSecret), `{"update_id":1}`),
			"no body either":          posted("", ""),
			"the token instead":       posted(testToken, `{"update_id":1}`),
		},
		Garbage: []string{`{"update_id":0}`, `{"update_id":-4,"message":{}}`, `{"update_id":"7"}`, `{"update_id":1e400}`, `{"message":{"text":"x"}}`, `{"update_id":1}{`},
		Kinds:   slices.Concat(messageKinds(), oddKinds(), updateKinds()),
		Ordered: true,
		Send:    "sendMessage",
		Answers: answers(),
		Secrets: []string{testToken, "AAE7xxx", testSecret, "700100200", "127.0.0.1", "api.telegram.org"},
	})
}

// answers is how Telegram words its faults.
func answers() map[bottest.Fault]fakes.Fault {
	says := func(code int, description, extra string) fakes.Fault {
		return fakes.Fault{Status: code, Body: fmt.Sprintf(`{"ok":false,"error_code":%d,"description":"%s"%s}`, code, description, extra)}
	}
	return map[bottest.Fault]fakes.Fault{
		bottest.TooMany:        says(429, bottest.Words, fmt.Sprintf(`,"parameters":{"retry_after":%d}`, bottest.Waited)),
		bottest.TooManyNoHint:  says(429, bottest.Words, ""),
		bottest.ServerError:    says(500, bottest.Words, ""),
		bottest.GoneAway:       says(403, bottest.Words, ""),
		bottest.NoSuchPerson:   says(400, "Bad Request: chat not found", ""),
		bottest.RefusedMessage: says(400, bottest.Words, ""),
		bottest.WrongToken:     says(401, bottest.Words, ""),
		bottest.Migrated:       says(400, bottest.Words, `,"parameters":{"migrate_to_chat_id":-1009988}`),
	}
}

func TestHalfConfiguredIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	good := Settings{Token: testToken, Secret: testSecret}
	for name, c := range map[string]struct {
		change func(*Settings)
		reason string
	}{
		"complete":            {func(*Settings) {}, ""},
		"longest secret":      {func(s *Settings) { s.Secret = strings.Repeat("a", 256) }, ""},
		"polling":             {func(s *Settings) { s.Secret, s.Polling = "", true }, ""},
		"an API of one's own": {func(s *Settings) { s.APIURL = "http://127.0.0.1:8081/" }, ""},
		"no token":            {func(s *Settings) { s.Token = "" }, "TELEGRAM_BOT_TOKEN"},
		"token with a slash":  {func(s *Settings) { s.Token = "1:a/../b" }, "TELEGRAM_BOT_TOKEN"},
		"token with newline":  {func(s *Settings) { s.Token += "\n" }, "TELEGRAM_BOT_TOKEN"},
		"no secret":           {func(s *Settings) { s.Secret = "" }, "TELEGRAM_WEBHOOK_SECRET"},
		"secret with space":   {func(s *Settings) { s.Secret = "a b" }, "TELEGRAM_WEBHOOK_SECRET"},
		"secret too long":     {func(s *Settings) { s.Secret = strings.Repeat("a", 257) }, "TELEGRAM_WEBHOOK_SECRET"},
		"API without scheme":  {func(s *Settings) { s.APIURL = "api.example" }, "TELEGRAM_API_URL"},
		"API with user":       {func(s *Settings) { s.APIURL = "https://u:canary@api.example" }, "TELEGRAM_API_URL"},
	} {
		s := good
		c.change(&s)
		channel, err := Open(s)
		if err == nil {
			channel.Close()
		}
		bottest.Opening(t, name, err, c.reason, "canary")
	}
	if (Settings{}).Given() || (Settings{APIURL: "https://x.example"}).Given() || !(Settings{Secret: "x"}).Given() || !(Settings{Polling: true}).Given() {
		t.Error("Given does not tell a channel that is off from one half set up")
	}
}

func TestPollingWithoutASecretServesNoWebhook(t *testing.T) {
	t.Parallel()
	c, err := Open(Settings{Token: testToken, Polling: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if routes := c.Routes(); len(routes) != 0 {
		t.Errorf("%d routes without a secret to check", len(routes))
	}
	if _, err := c.parse(&http.Request{Header: http.Header{}}, []byte(`{"update_id":1}`)); !errors.Is(err, bot.ErrForged) {
		t.Errorf("an empty secret opens the door: %v", err)
	}
}

func TestButtonsCarryNothingButLabelAndData(t *testing.T) {
	t.Parallel()
	fake, phone := newFake(t)
	c := open(t, fake)
	m := bot.Outgoing{To: casefile.Hide(testChat), Text: casefile.Hide("Pilih <1> & \"2\"")}
	for i := range 9 {
		m.Buttons = append(m.Buttons, bot.Button{Label: fmt.Sprint(i + 1), Data: fmt.Sprintf("a:7:%d", i+1)})
	}
	if _, err := c.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	sent := fake.Calls()[0].Fields
	var board struct {
		Rows [][]map[string]string `json:"inline_keyboard"`
	}
	if err := json.Unmarshal([]byte(sent["reply_markup"]), &board); err != nil {
		t.Fatalf("keyboard: %v", err)
	}
	if len(board.Rows) != 2 || len(board.Rows[0]) != 8 || len(board.Rows[1]) != 1 {
		t.Errorf("nine buttons in rows %v, want 8 and 1", board.Rows)
	}
	for _, b := range slices.Concat(board.Rows...) {
		if len(b) != 2 || b["text"] == "" || b["callback_data"] != "a:7:"+b["text"] {
			t.Errorf("button sent as %v, want text and callback_data alone", b)
		}
	}
	delete(sent, "reply_markup")
	want := map[string]string{"chat_id": testChat, "text": `Pilih <1> & "2"`, "link_preview_options": `{"is_disabled":true}`}
	if fmt.Sprint(sent) != fmt.Sprint(want) {
		t.Errorf("sent %v, want %v", sent, want)
	}
	if shown := phone.Shows(); len(shown) != 1 || len(shown[0].Buttons) != 2 {
		t.Errorf("phone shows %d messages", len(shown))
	}
	m.Buttons = []bot.Button{{Label: "1", Data: strings.Repeat("x", 65)}}
	var wrong *bot.SendError
	if _, err := c.Send(t.Context(), m); !errors.As(err, &wrong) || wrong.Class != "bad_button" {
		t.Errorf("65 bytes of data: %v, want bad_button", err)
	}
}

// A message the models of the library cannot read is with the person all the
// same; taking it for unknown would send it twice.
func TestAnAnswerOfANewShapeIsStillAReceipt(t *testing.T) {
	t.Parallel()
	fake, _ := newFake(t)
	c := open(t, fake)
	fake.Fail(1, fakes.Fault{Status: 200, Body: `{"ok":true,"result":{"message_id":31,"forward_origin":{"type":"of_tomorrow"}}}`})
	receipt, err := c.Send(t.Context(), bot.Outgoing{To: casefile.Hide(testChat), Text: casefile.Hide("halo")})
	if err != nil || receipt.MessageRef != "31" {
		t.Errorf("got receipt %q and %v, want 31", receipt.MessageRef, err)
	}
}

func TestMigratedGroupIsFoundAtItsNewAddress(t *testing.T) {
	t.Parallel()
	fake, _ := newFake(t)
	c := open(t, fake)
	fake.Group(-5, "Keluarga").MigratesTo(-1000000000005)
	_, err := c.Send(t.Context(), bot.Outgoing{To: casefile.Hide("-5"), Text: casefile.Hide("halo")})
	var wrong *bot.SendError
	if !errors.As(err, &wrong) || wrong.Outcome != bot.Moved || !wrong.MovedTo.Is("-1000000000005") {
		t.Errorf("got %v, want moved", err)
	}
}

func TestPressedButtonsStopSpinningAndGo(t *testing.T) {
	t.Parallel()
	fake, phone := newFake(t)
	c := open(t, fake)
	chat := casefile.Hide(testChat)
	receipt, err := c.Send(t.Context(), bot.Outgoing{To: chat, Text: casefile.Hide("?"), Buttons: []bot.Button{{Label: "1", Data: "a:7:1"}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := phone.Presses("1"); err != nil {
		t.Fatal(err)
	}
	batch := c.fetchOnce(t)
	if len(batch) != 1 || batch[0].MessageRef != receipt.MessageRef || !batch[0].Text.Is("1") {
		t.Fatalf("%d updates; want the press on message %s", len(batch), receipt.MessageRef)
	}
	if err := c.Answered(t.Context(), batch[0].Press.Query); err != nil || fake.Unanswered() != 0 {
		t.Errorf("answered: %v; %d buttons still spin", err, fake.Unanswered())
	}
	for range 2 { // a second time there is nothing to clear, which is no error
		if err := c.ClearButtons(t.Context(), chat, receipt.MessageRef); err != nil {
			t.Errorf("clear: %v", err)
		}
	}
	if shown := phone.Shows(); len(shown[0].Buttons) != 0 {
		t.Error("the buttons are still there")
	}
	var wrong *bot.SendError
	if err := c.Answered(t.Context(), "31337"); !errors.As(err, &wrong) {
		t.Errorf("an old query: %v, want an error in our words", err)
	}
	if err := c.ClearButtons(t.Context(), chat, "x"); !errors.As(err, &wrong) {
		t.Errorf("a reference that is none: %v", err)
	}
}

func TestWebhookIsSetWithItsSecret(t *testing.T) {
	t.Parallel()
	fake, _ := newFake(t)
	c := open(t, fake)
	if err := c.SetWebhook(t.Context(), "https://pulang.example/"); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"url": "https://pulang.example/webhooks/telegram", "secret_token": testSecret, "max_connections": "40",
		"allowed_updates": `["message","edited_message","callback_query","my_chat_member"]`}
	if got := fake.Calls()[0].Fields; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("set with %v, want %v", got, want)
	}
}

// fetchOnce gets the waiting updates.
func (t *Telegram) fetchOnce(test *testing.T) []bot.Arrived {
	test.Helper()
	var got []bot.Arrived
	_, err := t.fetch(test.Context(), 0, func(_ context.Context, batch []bot.Arrived) error {
		got = batch
		return nil
	})
	if err != nil {
		test.Fatalf("fetch: %v", err)
	}
	return got
}
