package fakes

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// bench is a Telegram with the real client library speaking to it.
type bench struct {
	*Telegram
	client *bot.Bot
	hook   *hook
}

func newBench(t *testing.T, o TelegramOptions, h *hook) *bench {
	t.Helper()
	o.Now = noon
	if h != nil {
		o.WebhookURL, o.Secret = "https://pulang.example/webhooks/telegram", "rahasia"
		o.TargetBase = h.URL
	}
	tg := NewTelegram(o)
	if err := tg.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tg.Close)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client, err := bot.New(tg.Token(), bot.WithServerURL(tg.URL()),
		bot.WithHTTPClient(time.Second, &http.Client{Transport: transport}))
	if err != nil {
		t.Fatalf("the client's getMe: %v", err)
	}
	return &bench{Telegram: tg, client: client, hook: h}
}

// update reads a delivered update with the library's models.
func (b *bench) update(t *testing.T, n int) models.Update {
	t.Helper()
	bodies := b.hook.got()
	if len(bodies) <= n {
		t.Fatalf("only %d updates arrived", len(bodies))
	}
	var u models.Update
	if err := json.Unmarshal([]byte(bodies[n]), &u); err != nil {
		t.Fatalf("update %d: %v\n%s", n, err, bodies[n])
	}
	return u
}

func buttons(rows ...models.InlineKeyboardButton) models.InlineKeyboardMarkup {
	return models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{rows}}
}

func TestAConversationThroughTheRealClient(t *testing.T) {
	t.Parallel()
	b := newBench(t, TelegramOptions{}, newHook(t, nil))
	rina := b.Chat(7001, "Rina")
	rina.Says("/start abc")
	rina.Says("tolong")
	if err := b.Settled(soon(t)); err != nil {
		t.Fatal(err)
	}
	first, second := b.update(t, 0), b.update(t, 1)
	if second.ID != first.ID+1 || first.Message.ID != 1 || second.Message.Text != "tolong" || second.Message.Chat.ID != 7001 ||
		second.Message.From.FirstName != "Rina" || second.Message.From.LanguageCode != "id" || second.Message.Date != int(noon().Unix()) ||
		len(first.Message.Entities) != 1 || second.Message.Chat.Type != models.ChatTypePrivate {
		t.Errorf("updates %+v and %+v", first, second)
	}
	if got := b.hook.headers[0].Get("X-Telegram-Bot-Api-Secret-Token"); got != "rahasia" {
		t.Errorf("the secret that arrived is %q", got)
	}
	sent, err := b.client.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: int64(7001), Text: "Apakah aman?",
		ReplyMarkup: buttons(models.InlineKeyboardButton{Text: "Ya", CallbackData: "safe:yes"}, models.InlineKeyboardButton{Text: "Tidak", CallbackData: "safe:no"})})
	if err != nil || sent.ID != 3 || sent.Text != "Apakah aman?" {
		t.Fatalf("sent %+v, error %v", sent, err)
	}
	if err := rina.Presses("Tidak"); err != nil {
		t.Fatal(err)
	}
	if err := b.Settled(soon(t)); err != nil {
		t.Fatal(err)
	}
	press := b.update(t, 2).CallbackQuery
	if press == nil || press.Data != "safe:no" || press.From.ID != 7001 || press.Message.Message.ID != sent.ID || b.Unanswered() != 1 {
		t.Fatalf("press %+v, %d unanswered", press, b.Unanswered())
	}
	if _, err := b.client.AnswerCallbackQuery(t.Context(), &bot.AnswerCallbackQueryParams{CallbackQueryID: press.ID}); err != nil || b.Unanswered() != 0 {
		t.Errorf("answering the press: %v, %d unanswered", err, b.Unanswered())
	}
	if _, err := b.client.EditMessageReplyMarkup(t.Context(), &bot.EditMessageReplyMarkupParams{ChatID: int64(7001), MessageID: sent.ID}); err != nil {
		t.Errorf("taking the buttons away: %v", err)
	}
	if err := rina.Presses("Tidak"); err == nil {
		t.Error("a button that is gone can be pressed")
	}
	if _, err := b.client.DeleteMessages(t.Context(), &bot.DeleteMessagesParams{ChatID: int64(7001), MessageIDs: []int{2, 3}}); err != nil {
		t.Errorf("deleting: %v", err)
	}
	shown := rina.Shows()
	if !slices.Equal(texts(shown), []string{"/start abc", "tolong", "Apakah aman?"}) || shown[0].Deleted || !shown[1].Deleted ||
		!shown[2].Deleted || !shown[2].FromLine || !shown[2].Edited {
		t.Errorf("the phone shows %+v", shown)
	}
	none(t, b.Violations())
}

func TestEveryOtherMethodTakesWhatTheClientSends(t *testing.T) {
	t.Parallel()
	b := newBench(t, TelegramOptions{}, newHook(t, nil))
	ctx := t.Context()
	b.Chat(7001, "Rina").Says("halo")
	if err := b.Settled(soon(t)); err != nil {
		t.Fatal(err)
	}
	sent, err := b.client.SendMessage(ctx, &bot.SendMessageParams{ChatID: "7001", Text: "a", LinkPreviewOptions: &models.LinkPreviewOptions{IsDisabled: bot.True()},
		ReplyMarkup: models.ReplyKeyboardMarkup{Keyboard: [][]models.KeyboardButton{{{Text: "Ya"}}}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Chat(7001, "").Presses("Ya"); err != nil {
		t.Error(err)
	}
	calls := map[string]func() error{
		"edit text": func() error {
			_, err := b.client.EditMessageText(ctx, &bot.EditMessageTextParams{ChatID: 7001, MessageID: sent.ID, Text: "b"})
			return err
		},
		"delete": func() error {
			_, err := b.client.DeleteMessage(ctx, &bot.DeleteMessageParams{ChatID: 7001, MessageID: 1})
			return err
		},
		"commands": func() error {
			_, err := b.client.SetMyCommands(ctx, &bot.SetMyCommandsParams{LanguageCode: "id",
				Commands: []models.BotCommand{{Command: "bantuan", Description: "minta bantuan"}}})
			return err
		},
		"typing": func() error {
			_, err := b.client.SendChatAction(ctx, &bot.SendChatActionParams{ChatID: 7001, Action: models.ChatActionTyping})
			return err
		},
		"webhook": func() error {
			_, err := b.client.SetWebhook(ctx, &bot.SetWebhookParams{URL: "https://pulang.example/webhooks/telegram", SecretToken: "lain_rahasia",
				AllowedUpdates: []string{"message", "callback_query", "edited_message"}})
			return err
		},
		"webhook info": func() error {
			info, err := b.client.GetWebhookInfo(ctx)
			if err == nil && info.URL == "" {
				err = errors.New("no URL in it")
			}
			return err
		},
	}
	for name, call := range calls {
		if err := call(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.client.DeleteWebhook(ctx, &bot.DeleteWebhookParams{DropPendingUpdates: true}); err != nil {
		t.Error(err)
	}
	none(t, b.Violations())
}

func TestWhatTelegramRefusesIsRefusedAndRemembered(t *testing.T) {
	t.Parallel()
	b := newBench(t, TelegramOptions{}, nil)
	b.Chat(7001, "Rina")
	send := func(chat any, text string, markup models.ReplyMarkup) error {
		_, err := b.client.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: chat, Text: text, ReplyMarkup: markup})
		return err
	}
	if err := send(7001, strings.Repeat("😀", 2048), buttons(models.InlineKeyboardButton{Text: "x", CallbackData: strings.Repeat("d", 64)})); err != nil {
		t.Errorf("the largest message is refused: %v", err)
	}
	none(t, b.Violations())
	bad := map[string]func() error{
		"no such chat": func() error { return send(9, "a", nil) },
		"empty":        func() error { return send(7001, "  \n", nil) },
		"4097 units":   func() error { return send(7001, strings.Repeat("😀", 2048)+"a", nil) },
		"broken UTF-8": func() error { return send(7001, "a\xff", nil) },
		"65 bytes": func() error {
			return send(7001, "a", buttons(models.InlineKeyboardButton{Text: "x", CallbackData: strings.Repeat("d", 65)}))
		},
		"no action": func() error { return send(7001, "a", buttons(models.InlineKeyboardButton{Text: "x"})) },
		"two actions": func() error {
			return send(7001, "a", buttons(models.InlineKeyboardButton{Text: "x", CallbackData: "d", URL: "https://a.example"}))
		},
		"no button text": func() error { return send(7001, "a", buttons(models.InlineKeyboardButton{CallbackData: "d"})) },
		"bad URL": func() error {
			return send(7001, "a", buttons(models.InlineKeyboardButton{Text: "x", URL: "console/cases"}))
		},
		"parse mode": func() error {
			_, err := b.client.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: 7001, Text: "a", ParseMode: models.ParseModeHTML})
			return err
		},
		"unknown query": func() error {
			_, err := b.client.AnswerCallbackQuery(t.Context(), &bot.AnswerCallbackQueryParams{CallbackQueryID: "1"})
			return err
		},
		"another's message": func() error {
			id := b.Chat(7001, "").Says("mine")
			_, err := b.client.EditMessageText(t.Context(), &bot.EditMessageTextParams{ChatID: 7001, MessageID: id, Text: "yours"})
			return err
		},
		"insecure webhook": func() error {
			_, err := b.client.SetWebhook(t.Context(), &bot.SetWebhookParams{URL: "http://pulang.example/"})
			return err
		},
		"command": func() error {
			_, err := b.client.SetMyCommands(t.Context(), &bot.SetMyCommandsParams{Commands: []models.BotCommand{{Command: "Bantuan!", Description: "x"}}})
			return err
		},
	}
	for name, call := range bad {
		before := len(b.Violations())
		if err := call(); !errors.Is(err, bot.ErrorBadRequest) {
			t.Errorf("%s: %v, want bad request", name, err)
		}
		if len(b.Violations()) != before+1 {
			t.Errorf("%s: not remembered as a violation", name)
		}
	}
	if _, err := b.client.SendDice(t.Context(), &bot.SendDiceParams{ChatID: 7001}); !errors.Is(err, bot.ErrorNotFound) {
		t.Errorf("a method that is not here: %v", err)
	}
	stranger, err := bot.New("1:wrong", bot.WithServerURL(b.URL()), bot.WithSkipGetMe())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.GetMe(t.Context()); !errors.Is(err, bot.ErrorUnauthorized) {
		t.Errorf("a wrong token: %v", err)
	}
	http.DefaultClient.CloseIdleConnections()
	for _, v := range b.Violations() {
		if strings.Contains(v, b.Token()) {
			t.Errorf("a violation shows the token: %s", v)
		}
	}
}

func TestBlockingAndMigratingAreNoViolations(t *testing.T) {
	t.Parallel()
	b := newBench(t, TelegramOptions{}, newHook(t, nil))
	send := func(chat int64) error {
		_, err := b.client.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: chat, Text: "a"})
		return err
	}
	rina, team := b.Chat(7001, "Rina"), b.Group(-500, "Tim")
	rina.Blocks()
	if err := send(7001); !errors.Is(err, bot.ErrorForbidden) || !strings.Contains(err.Error(), "bot was blocked by the user") {
		t.Errorf("sending to who has blocked: %v", err)
	}
	rina.Unblocks()
	if err := send(7001); err != nil {
		t.Errorf("sending to who has unblocked: %v", err)
	}
	team.Says("halo")
	team.MigratesTo(-1001234567890)
	var migrated *bot.MigrateError
	if err := send(-500); !errors.As(err, &migrated) || migrated.MigrateToChatID != -1001234567890 || team.ID() != -1001234567890 {
		t.Errorf("sending to the old id: %v", err)
	}
	if err := send(team.ID()); err != nil {
		t.Errorf("sending to the new id: %v", err)
	}
	if err := b.Settled(soon(t)); err != nil {
		t.Fatal(err)
	}
	if u := b.update(t, 0); u.MyChatMember == nil || u.MyChatMember.NewChatMember.Type != models.ChatMemberTypeBanned {
		t.Errorf("blocking was told as %s", b.hook.got()[0])
	}
	if u := b.update(t, 3); u.Message.MigrateToChatID != -1001234567890 || u.Message.Chat.ID != -500 {
		t.Errorf("migrating was told as %s", b.hook.got()[3])
	}
	none(t, b.Violations())
}

func TestAPhoneSendsEverythingAPhoneCan(t *testing.T) {
	t.Parallel()
	b := newBench(t, TelegramOptions{}, newHook(t, nil))
	rina := b.Chat(7001, "Rina")
	b.File("p1", []byte("pixels"))
	said := rina.Says("satu")
	rina.SendsPhoto("p1", "ini")
	rina.SendsVoice("v1")
	rina.SendsDocument("d1", "kontrak.pdf", "")
	rina.SendsLocation(16.5, 98.5)
	rina.SendsContact("+6281200000000", "Budi")
	if err := rina.Edits(said, "dua"); err != nil {
		t.Error(err)
	}
	rina.SendsUnknownUpdate()
	rina.SendsRaw(`{"update_id":{update_id},"message":{"message_id":"x"}}`)
	rina.SendsRaw(`{"update_id":`)
	rina.Says(strings.Repeat("😀", 3000))
	if err := b.Settled(soon(t)); err != nil {
		t.Fatal(err)
	}
	photo, voice, document := b.update(t, 1).Message, b.update(t, 2).Message, b.update(t, 3).Message
	if len(photo.Photo) != 2 || photo.Photo[1].FileID != "p1" || photo.Caption != "ini" || voice.Voice.Duration != 7 || document.Document.FileName != "kontrak.pdf" {
		t.Errorf("photo %+v, voice %+v, document %+v", photo, voice, document)
	}
	if l := b.update(t, 4).Message.Location; l == nil || l.Latitude != 16.5 {
		t.Errorf("location %+v", l)
	}
	if c := b.update(t, 5).Message.Contact; c == nil || c.PhoneNumber != "+6281200000000" {
		t.Errorf("contact %+v", c)
	}
	if e := b.update(t, 6).EditedMessage; e == nil || e.ID != said || e.Text != "dua" || e.EditDate == 0 {
		t.Errorf("edit %+v", e)
	}
	bodies := b.hook.got()
	if !strings.Contains(bodies[9], "teleported_chat") || json.Valid([]byte(bodies[11])) || len(bodies) != 14 {
		t.Errorf("%d updates, the odd ones %q", len(bodies), bodies[9:12])
	}
	if n := len([]rune(b.update(t, 12).Message.Text)); n != 2048 {
		t.Errorf("the first part of a long text has %d emoji, want 2048", n)
	}
	file, err := b.client.GetFile(t.Context(), &bot.GetFileParams{FileID: "p1"})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(b.client.FileDownloadLink(file))
	if err != nil {
		t.Fatal(err)
	}
	data, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if string(data) != "pixels" {
		t.Errorf("the file holds %q", data)
	}
	none(t, b.Violations())
}

func TestUpdatesRepeatInOrderUntilTheyAreTaken(t *testing.T) {
	t.Parallel()
	h := newHook(t, func(n int, w http.ResponseWriter) {
		if n < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	b := newBench(t, TelegramOptions{RetryEvery: time.Millisecond}, h)
	b.Chat(1, "A").Says("satu")
	b.Chat(2, "B").Says("dua")
	if err := b.Settled(soon(t)); err != nil {
		t.Fatal(err)
	}
	d := b.Deliveries()
	if len(d) != 2 || !slices.Equal(d[0].Statuses, []int{503, 503, 200}) || !slices.Equal(d[1].Statuses, []int{200}) {
		t.Errorf("deliveries %+v", d)
	}
	if bodies := h.got(); bodies[0] != bodies[2] || !strings.Contains(bodies[3], "dua") {
		t.Errorf("the second update overtook the first: %q", bodies)
	}
	if a, z := b.update(t, 0).Message.ID, b.update(t, 3).Message.ID; a != 1 || z != 1 {
		t.Errorf("message ids %d and %d: they repeat between chats", a, z)
	}
}

func TestEachWebhookCanArriveTwiceBeforeAndAfterItsAnswer(t *testing.T) {
	t.Parallel()
	both := make(chan struct{})
	h := newHook(t, func(n int, _ http.ResponseWriter) {
		if n == 2 {
			close(both)
		}
		<-both // nobody is answered before the second one has arrived
	})
	b := newBench(t, TelegramOptions{}, h)
	b.Redeliver(true, true)
	b.Chat(1, "A").Says("satu")
	if err := b.Settled(soon(t)); err != nil {
		t.Fatal(err)
	}
	bodies := h.got()
	if len(bodies) != 3 || bodies[0] != bodies[1] || bodies[1] != bodies[2] || h.most != 2 {
		t.Errorf("%d deliveries, %d at a time; want three of the same, two at a time", len(bodies), h.most)
	}
}

func TestWebhooksCanBeHeldAndReordered(t *testing.T) {
	t.Parallel()
	b := newBench(t, TelegramOptions{MaxConnections: 8}, newHook(t, nil))
	rina := b.Chat(1, "A")
	b.Hold()
	for _, text := range []string{"satu", "dua", "tiga"} {
		rina.Says(text)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := b.Settled(ctx); err == nil || !strings.Contains(err.Error(), "3 webhooks") {
		t.Errorf("held webhooks count as settled: %v", err)
	}
	b.Release(slices.Reverse)
	if err := b.Settled(soon(t)); err != nil {
		t.Fatal(err)
	}
	if a, z := b.update(t, 0).Message.Text, b.update(t, 2).Message.Text; a != "tiga" || z != "satu" {
		t.Errorf("first %q, last %q", a, z)
	}
}

func TestManyChatsAreDeliveredSideBySideEachInOrder(t *testing.T) {
	t.Parallel()
	both := make(chan struct{})
	h := newHook(t, func(n int, _ http.ResponseWriter) {
		if n == 2 {
			close(both)
		}
		if n <= 2 {
			<-both
		}
	})
	b := newBench(t, TelegramOptions{MaxConnections: 2}, h)
	for i := range 20 {
		b.Chat(int64(i%4), "A").Says(strconv.Itoa(i))
	}
	if err := b.Settled(soon(t)); err != nil {
		t.Fatal(err)
	}
	last := map[int64]int{}
	for i := range 20 {
		m := b.update(t, i).Message
		if m.ID != last[m.Chat.ID]+1 {
			t.Errorf("chat %d: message %d after %d", m.Chat.ID, m.ID, last[m.Chat.ID])
		}
		last[m.Chat.ID] = m.ID
	}
	if h.most != 2 {
		t.Errorf("%d at a time, want 2", h.most)
	}
}

func TestPollingKeepsUpdatesUntilAHigherOffset(t *testing.T) {
	t.Parallel()
	b := newBench(t, TelegramOptions{}, nil)
	rina := b.Chat(1, "A")
	rina.Says("satu")
	rina.Says("dua")
	poll := func(query string) []models.Update {
		t.Helper()
		resp, err := http.Get(b.URL() + "/bot" + b.Token() + "/getUpdates?" + query)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var body struct{ Result []models.Update }
		if err := json.NewDecoder(resp.Body).Decode(&body); err != nil || resp.StatusCode != 200 {
			t.Fatalf("status %d, error %v", resp.StatusCode, err)
		}
		return body.Result
	}
	first := poll("limit=1")
	if again := poll("limit=100"); len(first) != 1 || len(again) != 2 || again[0].ID != first[0].ID {
		t.Errorf("unconfirmed updates are not given again: %d, %d", len(first), len(again))
	}
	if rest := poll("offset=" + strconv.FormatInt(first[0].ID+1, 10)); len(rest) != 1 || rest[0].Message.Text != "dua" {
		t.Errorf("an offset one higher gave %+v, want what comes after", rest)
	}
	next := "timeout=10&offset=" + strconv.FormatInt(first[0].ID+2, 10)
	arrived := make(chan []models.Update)
	go func() { arrived <- poll(next) }()
	if err := b.bell.wait(soon(t), func() bool { return b.unconfirmed() == 0 }); err != nil {
		t.Fatal(err)
	}
	rina.Says("tiga")
	if got := <-arrived; len(got) != 1 || got[0].Message.Text != "tiga" {
		t.Errorf("the waiting poll got %+v", got)
	}
	poll("offset=" + strconv.FormatInt(first[0].ID+3, 10))
	if err := b.Settled(soon(t)); err != nil {
		t.Error(err)
	}
	http.DefaultClient.CloseIdleConnections()
	none(t, b.Violations())
}

func TestUpdatesMoveBetweenPollingAndWebhook(t *testing.T) {
	t.Parallel()
	bad := newHook(t, func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) })
	good := newHook(t, nil)
	b := newBench(t, TelegramOptions{RetryEvery: time.Millisecond}, nil)
	b.SetWebhook(bad.URL, "")
	b.Chat(1, "A").Says("satu")
	if err := b.bell.wait(soon(t), func() bool { return len(bad.got()) > 1 }); err != nil {
		t.Fatal(err)
	}
	if _, err := b.client.DeleteWebhook(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := b.bell.wait(soon(t), func() bool { return b.unconfirmed() == 1 }); err != nil {
		t.Fatal("the update did not come back")
	}
	if _, err := b.client.SetWebhook(t.Context(), &bot.SetWebhookParams{URL: good.URL}); err != nil {
		t.Fatal(err)
	}
	if err := b.Settled(soon(t)); err != nil || len(good.got()) != 1 {
		t.Errorf("the new webhook got %q, error %v", good.got(), err)
	}
	b.SetWebhook(bad.URL, "")
	b.Chat(1, "A").Says("dua")
	if _, err := b.client.DeleteWebhook(t.Context(), &bot.DeleteWebhookParams{DropPendingUpdates: true}); err != nil {
		t.Fatal(err)
	}
	if err := b.Settled(soon(t)); err != nil || b.unconfirmed() != 0 {
		t.Errorf("a dropped update is still there: %v", err)
	}
}

func TestOverloadIsToldWithTheTimeToWait(t *testing.T) {
	t.Parallel()
	b := newBench(t, TelegramOptions{PerChatPerMinute: 2}, nil)
	b.Chat(1, "A")
	var err error
	for range 3 {
		_, err = b.client.SendMessage(t.Context(), &bot.SendMessageParams{ChatID: 1, Text: "a"})
	}
	var many *bot.TooManyRequestsError
	if !errors.As(err, &many) || many.RetryAfter < 1 || many.RetryAfter > 61 {
		t.Errorf("the third message in a minute: %v", err)
	}
}
