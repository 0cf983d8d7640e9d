package fakes

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// TelegramOptions say which bot this Telegram knows.
type TelegramOptions struct {
	// Token is the only one that is let in. Empty: an invented one, see Token.
	Token string
	// WebhookURL and Secret are as after a setWebhook. Without an URL, updates
	// wait for getUpdates or setWebhook.
	WebhookURL, Secret string
	// TargetBase is where webhooks are really posted to when WebhookURL is a
	// public address that leads nowhere: scheme and host of it are replaced.
	TargetBase string
	// MaxConnections is how many chats are delivered to the webhook at a
	// time; 0 means one, so that all updates come strictly in order.
	MaxConnections int
	// RetryEvery is the time before an update that was not taken is repeated;
	// 0 means 50 ms.
	RetryEvery time.Duration
	// PerChatPerMinute refuses more messages to one chat with 429, as the
	// real one does for groups at 20; 0: no limit.
	PerChatPerMinute int
	// Now is the clock of everything that is shown or sent. Needed.
	Now func() time.Time
}

// Telegram is the fake; an http.Handler, or with Start a server of its own.
type Telegram struct {
	*desk
	*courier
	options TelegramOptions
	server  server
	bell    *bell

	mu       sync.Mutex
	webhook  string
	secret   string
	allowed  []string // kinds of update; empty: the usual ones
	chats    map[int64]*telegramChat
	files    map[string][]byte
	queries  map[string]bool // callback queries; true when answered
	updateID int64
	dropped  int64     // updates up to here were dropped
	pending  []*update // in order, while there is no webhook
	poll     chan struct{}
	serial   int
}

// update is one thing that happened, as JSON.
type update struct {
	id   int64
	kind string
	chat int64
	body []byte
}

// NewTelegram makes a Telegram without chats.
func NewTelegram(o TelegramOptions) *Telegram {
	if o.Now == nil {
		panic("fakes: TelegramOptions.Now is missing")
	}
	if o.Token == "" {
		o.Token = "700000001:FAKE-telegram-token-for-the-demo-00"
	}
	if o.RetryEvery == 0 {
		o.RetryEvery = 50 * time.Millisecond
	}
	b := &bell{}
	return &Telegram{
		desk:    &desk{closing: make(chan struct{}), changed: b},
		courier: newCourier(o.MaxConnections, 0, o.RetryEvery, b),
		options: o, bell: b, webhook: o.WebhookURL, secret: o.Secret,
		chats: map[int64]*telegramChat{}, files: map[string][]byte{}, queries: map[string]bool{}, updateID: 1000,
	}
}

// Start serves on a free port of 127.0.0.1, see URL.
func (t *Telegram) Start() error { return t.server.start(t) }

// URL is what to give as TELEGRAM_API_URL; empty before Start.
func (t *Telegram) URL() string { return t.server.address() }

// Token is the bot's token.
func (t *Telegram) Token() string { return t.options.Token }

// Close stops delivering and serving. Updates that are still on their way
// stay unsettled.
func (t *Telegram) Close() {
	t.desk.close()
	t.courier.close()
	t.server.close()
}

// Settled waits until every update has been taken by the webhook (2xx) or
// confirmed by getUpdates.
func (t *Telegram) Settled(ctx context.Context) error {
	err := t.bell.wait(ctx, func() bool { return t.courier.idle() && t.unconfirmed() == 0 })
	if err != nil {
		names := t.courier.unsettled()
		for range t.unconfirmed() {
			names = append(names, "an update not fetched")
		}
		return notSettled(err, names)
	}
	return nil
}

// SetWebhook points the webhook elsewhere, as an operator would.
func (t *Telegram) SetWebhook(address, secret string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.point(address, secret)
}

// point changes the webhook and sends what has been waiting. The caller holds
// the lock.
func (t *Telegram) point(address, secret string) {
	t.webhook, t.secret = address, secret
	if address == "" {
		return
	}
	for _, u := range t.pending {
		t.send(u)
	}
	t.pending = nil
}

// unconfirmed counts what waits for getUpdates.
func (t *Telegram) unconfirmed() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.pending)
}

// usual are the kinds a bot hears of without asking.
func (t *Telegram) hears(kind string) bool {
	if len(t.allowed) > 0 {
		return slices.Contains(t.allowed, kind)
	}
	return kind != "chat_member" && kind != "message_reaction" && kind != "message_reaction_count"
}

// happen makes an update of the kind and sends it on its way. The caller
// holds the lock.
func (t *Telegram) happen(kind string, chat int64, content any) {
	data, err := json.Marshal(map[string]any{"update_id": t.updateID + 1, kind: content})
	if err != nil {
		panic("fakes: " + err.Error()) // our own maps always marshal
	}
	t.happenRaw(kind, chat, data)
}

// happenRaw takes the next update id, which body already holds. The caller
// holds the lock.
func (t *Telegram) happenRaw(kind string, chat int64, body []byte) {
	t.updateID++
	if !t.hears(kind) {
		return
	}
	u := &update{id: t.updateID, kind: kind, chat: chat, body: body}
	if t.webhook == "" {
		t.pending = append(t.pending, u)
		t.bell.ring()
		return
	}
	t.send(u)
}

// send hands an update to the courier. It asks for the webhook at each try,
// since that can change; without one the update waits again. The caller holds
// the lock.
func (t *Telegram) send(u *update) {
	lane := "all"
	if t.options.MaxConnections > 1 {
		lane = strconv.FormatInt(u.chat, 10)
	}
	t.courier.add(fmt.Sprintf("update %d", u.id), &parcel{lane: lane,
		request: func() (*http.Request, error) { return t.request(u) },
		back:    func() { t.takeBack(u) },
	})
}

// request is the webhook for an update.
func (t *Telegram) request(u *update) (*http.Request, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.webhook == "" || u.id <= t.dropped {
		return nil, errWithdrawn
	}
	address, err := reach(t.webhook, t.options.TargetBase)
	if err != nil {
		return nil, errWithdrawn
	}
	req, err := postTo(address, "application/json", u.body)
	if err != nil {
		return nil, errWithdrawn
	}
	if t.secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", t.secret)
	}
	return req, nil
}

// takeBack puts an update among those that wait for getUpdates.
func (t *Telegram) takeBack(u *update) {
	t.mu.Lock()
	defer t.mu.Unlock()
	defer t.bell.ring()
	if u.id <= t.dropped {
		return
	}
	if t.webhook != "" { // it has come back meanwhile
		t.send(u)
		return
	}
	t.pending = append(t.pending, u)
	slices.SortFunc(t.pending, func(a, b *update) int { return int(a.id - b.id) })
}

// drop forgets every update that has not been taken. The caller holds the lock.
func (t *Telegram) drop() { t.dropped, t.pending = t.updateID, nil }
