package stories

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"pulang/bot"
	"pulang/bot/telegram"
	"pulang/internal/casefile"
	"pulang/internal/fakes"
	"pulang/internal/store"
)

func TestRepeatingWhatAProviderSendsChangesNothing(t *testing.T) {
	t.Parallel()
	for _, channel := range []string{"telegram", "sms"} {
		t.Run(channel, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			budi := h.Staff("budi", staffing{chat: 9001})
			h.telegram.Redeliver(true, true)
			h.twilio.Redeliver(true, true)
			p := h.Telegram("Rina", 1001)
			if channel == "sms" {
				p = h.SMS("Rina", "+12025550144")
			}
			p.Says("tolong saya disekap, dipukuli").Hears("Pesanmu masuk")
			p.Answers("1").Hears("HP ini suka").HearsNothing()
			budi.Hears("Balas OK")
			h.Settle()
			for what, want := range map[string]int{"conversations": 1, "cases": 1, "turns": 2, "escalations": 1} {
				if got := h.count(`SELECT count(*) FROM ` + what); got != want {
					t.Errorf("%d %s, want %d", got, what, want)
				}
			}
			if got := h.count(`SELECT count(*) FROM outbox WHERE purpose = 'answer'`); got != 2 {
				t.Errorf("%d replies, want 2", got)
			}
		})
	}
}

func TestRedisMayForgetInMidConversation(t *testing.T) {
	t.Parallel()
	h := openWith(t, func(h *house) { h.redisURL = stack.Redis(t) })
	rina := h.Telegram("Rina", 1001)
	rina.Says("paspor saya dipegang bos").Hears("Pesanmu masuk")
	rina.Answers("1").Hears("Gimana keadaanmu")
	h.Settle()
	o, err := redis.ParseURL(h.redisURL)
	check(t, err)
	client := redis.NewClient(o)
	defer func() { _ = client.Close() }()
	if n := client.DBSize(t.Context()).Val(); n != 1 {
		t.Fatalf("Redis holds %d keys, want the session", n)
	}
	check(t, client.FlushAll(t.Context()).Err())
	rina.Answers("2").Hears("HP ini suka dibuka")
	rina.Answers("3").Hears("Kamu di negara mana")
}

func TestAStaleSessionInRedisIsNotBelieved(t *testing.T) {
	t.Parallel()
	h := openWith(t, func(h *house) { h.redisURL = stack.Redis(t) })
	rina := h.Telegram("Rina", 1001)
	rina.Says("paspor saya dipegang bos").Hears("Pesanmu masuk")
	h.Settle()
	o, err := redis.ParseURL(h.redisURL)
	check(t, err)
	client := redis.NewClient(o)
	defer func() { _ = client.Close() }()
	key := client.Keys(t.Context(), "*").Val()[0]
	old := client.Get(t.Context(), key).Val()
	rina.Answers("1").Hears("Gimana keadaanmu")
	h.Settle()
	check(t, client.Set(t.Context(), key, old, time.Hour).Err())
	rina.Answers("2").Hears("HP ini suka dibuka") // the old session would say the opening line's next question again
}

func TestRedisMayBeAway(t *testing.T) {
	t.Parallel()
	var stop func()
	h := openWith(t, func(h *house) {
		url, end, err := stack.OwnRedis(t.Context())
		check(t, err)
		h.redisURL, stop = url, end
		t.Cleanup(end)
	})
	budi := h.Staff("budi", staffing{chat: 9001})
	rina := h.Telegram("Rina", 1001)
	rina.Says("paspor saya dipegang bos").Hears("Pesanmu masuk")
	stop()
	rina.Answers("1").Hears("Gimana keadaanmu")
	rina.Answers("2").Hears("HP ini suka dibuka")
	sari := h.Telegram("Sari", 1002) // whom Redis has never seen
	sari.Says(plea).Hears("Pesanmu masuk")
	budi.Hears("KRITIS").Acknowledges().Hears("Tercatat")
	h.Settle()
	if n := h.count(`SELECT count(*) FROM turns`); n != 4 {
		t.Errorf("%d turns were taken, want one for each message", n)
	}
}

func TestADatabaseThatIsDownMakesTheProviderRepeat(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina := h.Telegram("Rina", 1001)
	rina.Says("halo").Hears("Pesanmu masuk")
	h.Settle()
	h.store.Close() // every connection is gone, as in an outage
	status := h.post(t, "/webhooks/telegram", `{"update_id":991,"message":{"message_id":5,"date":1,"chat":{"id":1001,"type":"private"},"text":"tolong"}}`,
		map[string]string{"X-Telegram-Bot-Api-Secret-Token": "story-secret", "Content-Type": "application/json"})
	if status != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 503", status)
	}
}

// post sends a webhook by hand.
func (h *house) post(t *testing.T, path, body string, headers map[string]string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.server.URL+path, strings.NewReader(body))
	check(t, err)
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	check(t, err)
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode
}

func TestForgedWebhooksStoreNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	telegram := `{"update_id":1,"message":{"message_id":5,"date":1,"chat":{"id":1001,"type":"private"},"text":"tolong"}}`
	sms := "MessageSid=SM00000000000000000000000000000001&From=%2B12025550144&To=%2B12025550100&Body=tolong"
	for _, forged := range []struct {
		name, path, body string
		headers          map[string]string
		want             int
	}{
		{"wrong secret", "/webhooks/telegram", telegram, map[string]string{"X-Telegram-Bot-Api-Secret-Token": "guess"}, 401},
		{"no secret", "/webhooks/telegram", telegram, nil, 401},
		{"wrong signature", "/webhooks/twilio/message", sms, map[string]string{"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": "Zm9yZ2Vk"}, 403},
		{"no signature", "/webhooks/twilio/status", sms, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, 401},
		{"too large", "/webhooks/telegram", strings.Repeat("x", 1<<20+1), map[string]string{"X-Telegram-Bot-Api-Secret-Token": "story-secret"}, 413},
	} {
		if got := h.post(t, forged.path, forged.body, forged.headers); got != forged.want {
			t.Errorf("%s: status %d, want %d", forged.name, got, forged.want)
		}
	}
	if n := h.count(`SELECT count(*) FROM messages`); n != 0 {
		t.Errorf("%d messages stored, want none", n)
	}
}

func TestAnUnreadableBodyIsKeptWhereStaffSeeIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	status := h.post(t, "/webhooks/telegram", `{"update_id": 12, "mess`, map[string]string{"X-Telegram-Bot-Api-Secret-Token": "story-secret"})
	if status != http.StatusOK {
		t.Errorf("status %d, want 200", status)
	}
	if n := h.count(`SELECT count(*) FROM messages WHERE kind = 'unreadable' AND raw_sealed IS NOT NULL`); n != 1 {
		t.Errorf("%d unreadable messages kept, want 1", n)
	}
	if n := h.count(`SELECT count(*) FROM alarms WHERE kind = 'unreadable'`); n != 1 {
		t.Errorf("%d alarms about it, want 1", n)
	}
}

func TestOddThingsAreAnsweredKindlyAndKept(t *testing.T) {
	t.Parallel()
	odd := map[string]string{
		"very long": strings.Repeat("tolong saya ", 340), "emoji": "\U0001F62D\U0001F62D", "right to left": "\u0645\u0633\u0627\u0639\u062f\u0629",
		"zero width": "\u200b\u200b\u200b", "control": "a\x01\x02\x7fb", "one character": "?",
	}
	for name, text := range odd {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			rina := h.Telegram("Rina", 1001)
			rina.Says(text)
			rina.mark = 0
			rina.Hears("1") // the opening line, in one language or in both
			h.Settle()
			if n := h.count(`SELECT count(*) FROM messages WHERE state = 'taken' AND text_sealed IS NOT NULL`); n == 0 {
				t.Error("the message was not kept")
			}
		})
	}
}

func TestMediaIsKeptAsASealedReference(t *testing.T) {
	t.Parallel()
	h := open(t)
	chat := h.telegram.Chat(1001, "Rina")
	rina := h.Telegram("Rina", 1001)
	rina.Says("halo").Hears("Pesanmu masuk")
	chat.SendsPhoto("photo-1", "")
	chat.SendsVoice("voice-1")
	chat.SendsLocation(16.6891, 98.5089)
	chat.SendsContact("+12025550177", "Bos")
	chat.SendsUnknownUpdate()
	h.Settle()
	if n := h.count(`SELECT count(*) FROM messages WHERE media_sealed IS NOT NULL AND kind IN ('photo', 'voice', 'location', 'contact') AND state = 'taken'`); n != 4 {
		t.Errorf("%d media kept, want 4", n)
	}
	if n := h.count(`SELECT count(*) FROM messages WHERE kind = 'unknown' AND state = 'noted'`); n != 3 {
		t.Errorf("%d unknown updates kept, want 3", n)
	}
}

func TestAnEditKeepsItsOriginal(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	chat := h.telegram.Chat(1001, "Rina")
	rina := h.Telegram("Rina", 1001)
	id := chat.Says("halo")
	rina.mark = 0
	rina.Hears("Pesanmu masuk")
	check(t, chat.Edits(id, "tolong kami disekap"))
	budi.Hears("Balas OK")
	h.Settle()
	if said := h.told(h.lastConversation()); !slices.Equal(said, []string{"text: halo", "edit: tolong kami disekap"}) {
		t.Errorf("%q is kept, want the original and the edit", said)
	}
}

// told is what is kept of a person's words, oldest first.
func (h *house) told(id casefile.ID) (said []string) {
	h.t.Helper()
	check(h.t, h.store.InTx(h.t.Context(), func(tx *store.Tx) error {
		lane, err := tx.Conversation(h.t.Context(), id)
		if err != nil {
			return err
		}
		messages, err := tx.ShortMessages(h.t.Context(), lane, time.Time{})
		for _, m := range messages {
			said = append(said, string(m.Kind)+": "+m.Text.Reveal())
		}
		return err
	}))
	return said
}

func TestABurstIsOneTurn(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina := h.Telegram("Rina", 1001)
	rina.Says("halo").Hears("Pesanmu masuk")
	h.Settle()
	letGo := h.hold(t) // somebody has her lane just now
	for _, part := range []string{"1", "tolong", "kami", "dikunci", "di gedung"} {
		rina.write(part)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	check(t, h.telegram.Settled(ctx)) // all of them were answered 200
	if n := h.count(`SELECT count(*) FROM messages WHERE state = 'waiting'`); n != 5 {
		t.Fatalf("%d messages wait, want the burst", n)
	}
	letGo()
	h.Settle()
	if n := h.count(`SELECT count(*) FROM messages WHERE state = 'taken' AND turn = 2`); n != 5 || h.count(`SELECT count(*) FROM turns`) != 2 {
		t.Errorf("%d messages are answered by one turn, want all 5; the turns:\n%s", n, h.table(`SELECT turn, silence FROM turns`))
	}
	if said := rina.Said(); len(said) != 2 || strings.Contains(said[1], "Pesanmu masuk") {
		t.Errorf("a burst of five is answered by one reply, and %d were said: %q", len(said)-1, said)
	}
}

func TestAPoisonousMessageIsSetAsideAndHurtsNobodyElse(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina, sari := h.Telegram("Rina", 1001), h.Telegram("Sari", 1002)
	rina.Says("halo").Hears("Pesanmu masuk")
	h.Settle()
	// her next message cannot be stored with its turn, and what is stored of it does not open any more
	var id casefile.ID
	check(t, h.db.QueryRow(t.Context(), `SELECT id FROM conversations`).Scan(&id))
	_, err := h.db.Exec(t.Context(), `
		CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF NEW.conversation_id = '`+id.String()+`' THEN
				IF NEW.state = 'taken' THEN RAISE EXCEPTION 'spoilt'; END IF;
				NEW.text_sealed = '\x00';
			END IF;
			RETURN NEW; END $$;
		CREATE TRIGGER spoil BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION spoil()`)
	check(t, err)
	rina.Says("1")
	sari.Says("halo").Hears("Pesanmu masuk")
	rina.Hears("Sebentar ya.")
	h.Settle()
	if n := h.count(`SELECT count(*) FROM messages WHERE state = 'set_aside'`); n != 1 {
		t.Errorf("%d messages set aside, want 1", n)
	}
	if n := h.count(`SELECT count(*) FROM alarms WHERE kind = 'set_aside'`); n != 1 {
		t.Errorf("%d alarms about it, want 1", n)
	}
}

func TestAProviderThatIsSlowOrBrokenIsTriedAgain(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]fakes.Fault{
		"429 with time":    {Method: "sendMessage", Status: 429, RetryAfter: 3},
		"429 without time": {Method: "sendMessage", Status: 429},
		"500":              {Method: "sendMessage", Status: 500},
		"HTML":             {Method: "sendMessage", Status: 502, Body: "<html>Bad Gateway</html>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			rina := h.Telegram("Rina", 1001)
			h.telegram.Fail(2, fault)
			rina.Says("halo")
			for range 4 {
				h.Forward(10 * time.Second)
			}
			rina.Hears("Pesanmu masuk").HearsNothing()
		})
	}
}

func TestAnUnknownOutcomeOnSMSIsLookedUpBeforeSendingAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	sari := h.SMS("Sari", "+12025550144")
	h.twilio.Fail(1, fakes.Fault{Method: "create", ResetAfterAccepting: true})
	sari.Says("halo").Hears("Pesanmu masuk")
	h.Forward(10 * time.Second)
	sari.HearsNothing()
	if n := h.count(`SELECT count(*) FROM outbox WHERE state IN ('sent', 'delivered') AND NOT perhaps_twice`); n != 1 {
		t.Errorf("%d letters known as sent once, want 1", n)
	}
}

func TestAnUnknownOutcomeOnTelegramIsSentAgainAndMarked(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina := h.Telegram("Rina", 1001)
	h.telegram.Fail(1, fakes.Fault{Method: "sendMessage", ResetAfterAccepting: true})
	rina.Says("halo").Hears("Pesanmu masuk")
	h.Forward(10 * time.Second)
	rina.Hears("Pesanmu masuk").HearsNothing()
	if n := h.count(`SELECT count(*) FROM outbox WHERE state = 'sent' AND perhaps_twice`); n != 1 {
		t.Errorf("%d letters marked as perhaps twice, want 1", n)
	}
}

func TestABlockedBotIsUnreachableAndTheCaseStaysOpen(t *testing.T) {
	t.Parallel()
	h := open(t)
	chat := h.telegram.Chat(1001, "Rina")
	rina := h.Telegram("Rina", 1001)
	rina.Says("paspor saya dipegang bos").Hears("Pesanmu masuk")
	chat.Blocks()
	h.Settle()
	if n := h.count(`SELECT count(*) FROM conversations WHERE unreachable_at IS NOT NULL`); n != 1 {
		t.Error("the conversation is not marked unreachable")
	}
	if n := h.count(`SELECT count(*) FROM cases WHERE status = 'open'`); n != 1 {
		t.Error("the case does not stay open")
	}
	if n := h.count(`SELECT count(*) FROM alarms WHERE kind = 'unreachable'`); n != 1 {
		t.Error("staff are not told")
	}
	chat.Unblocks()
	rina.Says("saya kembali")
	h.Settle()
	if n := h.count(`SELECT count(*) FROM conversations WHERE unreachable_at IS NULL`); n != 1 {
		t.Error("the conversation stays unreachable after they came back")
	}
}

func TestStoppingFinishesTheTurnInHand(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina := h.Telegram("Rina", 1001)
	rina.Says("halo").Hears("Pesanmu masuk")
	h.Settle()
	letGo := h.blocks(t, "992")
	update := func(id string) string {
		return `{"update_id":` + id + `,"message":{"message_id":6,"date":1,"chat":{"id":1001,"type":"private"},"text":"1"}}`
	}
	secret := map[string]string{"X-Telegram-Bot-Api-Secret-Token": "story-secret"}
	inHand, stopped := make(chan int, 1), make(chan error, 1)
	go func() {
		defer close(inHand)
		inHand <- h.post(t, "/webhooks/telegram", update("992"), secret)
	}()
	h.until("the turn is in hand", func() bool {
		return h.count(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`) > 0
	})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	go func() { stopped <- h.line.Stop(ctx) }()
	h.until("what comes now is refused", func() bool {
		return h.post(t, "/webhooks/telegram", update("993"), secret) == http.StatusServiceUnavailable
	})
	letGo()
	if status := <-inHand; status != http.StatusOK {
		t.Errorf("what was in hand is answered %d", status)
	}
	check(t, <-stopped)
	if n := h.count(`SELECT count(*) FROM messages WHERE provider_id = '992' AND state = 'taken' AND turn = 2`); n != 1 {
		t.Error("what was in hand has no turn")
	}
	rina.Hears("Ada yang lagi gawat")
	if n := h.count(`SELECT count(*) FROM messages WHERE state = 'waiting'`) + h.count(`SELECT count(*) FROM outbox WHERE state <> 'sent'`); n != 0 {
		t.Errorf("%d things were left in hand", n)
	}
}

// blocks lets nobody store one update of Telegram: somebody else is doing so just now.
func (h *house) blocks(t *testing.T, update string) (letGo func()) {
	t.Helper()
	db, err := pgx.Connect(t.Context(), h.dbURL)
	check(t, err)
	t.Cleanup(func() { _ = db.Close(context.WithoutCancel(t.Context())) })
	tx, err := db.Begin(t.Context())
	check(t, err)
	_, err = tx.Exec(t.Context(), `
		INSERT INTO messages (id, channel, provider_id, kind, state, received_at) VALUES (gen_random_uuid(), 'telegram', $1, 'text', 'noted', $2)`,
		update, h.clock.Now())
	check(t, err)
	return func() { check(t, tx.Rollback(t.Context())) }
}

func TestStopOnSMSIsObeyedAndStaffAreTold(t *testing.T) {
	t.Parallel()
	h := open(t)
	sari := h.SMS("Sari", "+12025550144")
	sari.Says("my passport is kept by the boss").Hears("We have your message")
	sari.Says("STOP").HearsNothing()
	if n := h.count(`SELECT count(*) FROM conversations WHERE unreachable_at IS NOT NULL`); n != 1 {
		t.Error("the conversation is not marked unreachable")
	}
	if n := h.count(`SELECT count(*) FROM alarms WHERE kind = 'unreachable'`); n != 1 {
		t.Error("staff are not told")
	}
	sari.Says("START").Hears("We have your message")
	if n := h.count(`SELECT count(*) FROM cases WHERE status = 'open'`); n != 1 {
		t.Error("the case does not stay open")
	}
}

func TestAPressedQuestionLosesItsButtons(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina := h.Telegram("Rina", 1001)
	rina.Says("paspor saya dipegang bos").Hears("Pesanmu masuk")
	rina.Presses("1").Hears("Gimana keadaanmu")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	err := rina.set.Wait(ctx, func(shows []fakes.Shown) bool { return len(shows) > 1 && len(shows[1].Buttons) == 0 })
	if err != nil || h.telegram.Unanswered() != 0 {
		t.Errorf("the answered question still shows its buttons, or its clock:\n%s", rina.Screen())
	}
}

func TestALongPollStoresBeforeTheOffsetMoves(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.telegram.SetWebhook("", "")
	tg, err := telegram.Open(telegram.Settings{Token: h.telegram.Token(), APIURL: h.telegram.URL(), Polling: true, Transport: loopback})
	check(t, err)
	rina := h.Telegram("Rina", 1001)
	rina.Says("tolong")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	refusals := 2
	go func() {
		done <- tg.Poll(ctx, func(ctx context.Context, batch []bot.Arrived) error {
			if refusals--; refusals >= 0 {
				return store.ErrAway // not stored: the same update must come again
			}
			return h.line.Receive(ctx, batch)
		})
	}()
	rina.Hears("Pesanmu masuk")
	cancel()
	<-done
	if n := h.count(`SELECT count(*) FROM messages`); n != 1 {
		t.Errorf("%d messages stored, want 1", n)
	}
}

func TestWhatCouldNotBeSaidInTimeIsNotSaidLater(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina := h.Telegram("Rina", 1001)
	h.telegram.Fail(-1, fakes.Fault{Method: "sendMessage", Recipient: "1001", Status: 500})
	rina.Says("halo")
	h.Settle()
	h.Forward(16 * time.Minute) // the phone may have changed hands
	h.telegram.Heal()
	h.Forward(2 * time.Minute)
	rina.HearsNothing()
	if n := h.count(`SELECT count(*) FROM outbox WHERE state = 'dropped' AND reason <> ''`); n != 1 {
		t.Errorf("%d letters dropped with a reason, want 1", n)
	}
	rina.Says("halo").Hears("Pesanmu masuk")
}
