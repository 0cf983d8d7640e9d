package stories

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"pulang/bot"
	"pulang/bot/sms"
	"pulang/bot/telegram"
	"pulang/internal/devstack"
	"pulang/internal/devstack/testbed"
	"pulang/internal/fakes"
	"pulang/internal/gsm7"
	"pulang/internal/guard"
	"pulang/internal/hear"
	"pulang/internal/seal"
	"pulang/internal/session"
	"pulang/internal/spool"
	"pulang/internal/store"
	"pulang/locales"
)

var stack *devstack.Stack

func TestMain(m *testing.M) {
	log.SetOutput(&outsiders) // what libraries log by themselves
	status := testbed.Main(m, &stack)
	stopWiretap()
	os.Exit(status)
}

const (
	patience   = 20 * time.Second // how long a phone is watched before a test gives up
	publicURL  = "https://pulang.example"
	lineNumber = "+12025550100"
)

// noon in Jakarta: a time at which nobody's ladder sleeps.
var noon = time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC)

// house is the whole line with its providers, for one story.
type house struct {
	t        *testing.T
	clock    *testbed.Clock
	telegram *fakes.Telegram
	twilio   *fakes.Twilio
	store    *store.Store
	keys     *seal.Keys
	sessions *session.Sessions
	line     *bot.Line
	server   *httptest.Server
	redisURL string
	dbURL    string
	logs     *lockedBuffer
	changed  chan struct{}
	channels []bot.Channel
	alarm    bot.Alarm
	paced    bool // the rates of the providers are kept, by the story's clock
	db       *pgx.Conn
	lineDB   string       // how the line reaches the database; empty: dbURL
	spool    *spool.Spool // nil: none

	metrics   *prometheus.Registry
	transport http.RoundTripper             // to the providers
	clumsy    func(bot.Channel) bot.Channel // puts something between the line and a channel; nil: nothing
}

// lockedBuffer is where the line logs, at debug level.
type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// loopback refuses to reach anything else.
var loopback http.RoundTripper = &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("a test tried to leave loopback")
	}
	return (&net.Dialer{}).DialContext(ctx, network, address)
}}

// open starts a house: its own database, providers on loopback, a line.
func open(t *testing.T) *house { return openWith(t, func(*house) {}) }

// openWith starts a house with something about it changed before it is built.
func openWith(t *testing.T, change func(*house)) *house {
	t.Helper()
	keys, err := seal.New()
	check(t, err)
	h := &house{t: t, clock: testbed.NewClock(noon), keys: keys, dbURL: stack.Database(t), redisURL: stack.RedisURL,
		logs: &lockedBuffer{}, changed: make(chan struct{}, 1), metrics: prometheus.NewRegistry(), transport: loopback}
	mux := http.NewServeMux()
	h.server = httptest.NewUnstartedServer(guard.Handler(mux, guard.Options{Log: slog.New(slog.NewJSONHandler(h.logs, nil)), Secure: true}))
	h.server.Config.ErrorLog = log.New(h.logs, "", 0)
	h.server.Start()
	t.Cleanup(h.server.Close)
	h.startFakes()
	change(h)
	h.startLine(mux)
	h.db, err = pgx.Connect(t.Context(), h.dbURL)
	check(t, err)
	t.Cleanup(func() { _ = h.db.Close(context.WithoutCancel(t.Context())) })
	t.Cleanup(h.finish)
	return h
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) startFakes() {
	h.telegram = fakes.NewTelegram(fakes.TelegramOptions{
		WebhookURL: publicURL + "/webhooks/telegram", Secret: "story-secret", TargetBase: h.server.URL,
		MaxConnections: 8, RetryEvery: 20 * time.Millisecond, Now: h.clock.Now,
	})
	check(h.t, h.telegram.Start())
	h.twilio = fakes.NewTwilio(fakes.TwilioOptions{
		From: lineNumber, MessageURL: publicURL + "/webhooks/twilio/message", StatusURL: publicURL + "/webhooks/twilio/status",
		TargetBase: h.server.URL, Segments: gsm7.Segments, Strict: true, Attempts: 5, RetryEvery: 20 * time.Millisecond, Now: h.clock.Now,
	})
	check(h.t, h.twilio.Start())
	h.t.Cleanup(h.telegram.Close)
	h.t.Cleanup(h.twilio.Close)
}

// startLine wires the line as serve does, with the story's clock.
func (h *house) startLine(mux *http.ServeMux) {
	t := h.t
	var err error
	h.store, err = store.Open(store.Options{URL: cmp.Or(h.lineDB, h.dbURL), Keys: h.keys, Pool: 8})
	check(t, err)
	t.Cleanup(h.store.Close)
	h.sessions, err = session.Open(h.redisURL, h.keys, time.Now)
	check(t, err)
	t.Cleanup(func() { _ = h.sessions.Close() })
	ear, err := hear.New()
	check(t, err)
	book, err := locales.Open()
	check(t, err)
	tg, err := telegram.Open(telegram.Settings{Token: h.telegram.Token(), Secret: "story-secret", APIURL: h.telegram.URL(), Transport: h.transport})
	check(t, err)
	tw := h.twilio.Options()
	text, err := sms.Open(sms.Settings{AccountSID: tw.AccountSID, AuthToken: tw.AuthToken, From: tw.From, APIURL: h.twilio.URL(), PublicURL: publicURL, Transport: h.transport})
	check(t, err)
	h.channels = []bot.Channel{tg, text}
	if h.clumsy != nil {
		h.channels = []bot.Channel{h.clumsy(tg), h.clumsy(text)}
	}
	h.line, err = bot.New(bot.Options{
		Store: h.store, Sessions: h.sessions, Ear: ear, Book: book, Channels: h.channels, Now: h.clock.Now,
		Log:       slog.New(slog.NewJSONHandler(h.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		PublicURL: publicURL, Alarm: h.alarm, Metrics: h.metrics, Spool: h.spool,
		Unpaced: !h.paced,
	})
	check(t, err)
	h.line.Changed(func() {
		select {
		case h.changed <- struct{}{}:
		default:
		}
	})
	h.line.Mount(mux)
	h.line.Start(t.Context())
}

// finish stops the line and asks whether anything was done that the real providers
// would have refused.
func (h *house) finish() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := h.line.Stop(ctx); err != nil {
		h.t.Errorf("stopping: %v", err)
	}
	for _, v := range append(h.telegram.Violations(), h.twilio.Violations()...) {
		h.t.Errorf("a provider would refuse: %s", v)
	}
	if h.t.Failed() {
		h.t.Logf("the line logged:\n%s", h.logs.String())
		h.t.Logf("the outbox holds:\n%s", h.table(`SELECT purpose, channel, staff_id IS NOT NULL, priority, state, reason, attempts, not_before FROM outbox ORDER BY seq`))
		h.t.Logf("the escalations:\n%s", h.table(`SELECT urgency, state, rung, rounds, due_at, ended_why FROM escalations ORDER BY started_at`))
	}
}

// Forward moves the clock and lets every loop look.
func (h *house) Forward(d time.Duration) {
	h.t.Helper()
	h.Settle()
	h.clock.Forward(d)
	h.line.Wake()
}

// Settle waits until nothing is on its way: every webhook answered, every message
// taken, everything due delivered or climbed.
func (h *house) Settle() {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	check(h.t, h.telegram.Settled(ctx))
	check(h.t, h.twilio.Settled(ctx))
	for {
		open := h.unfinished(ctx)
		if open == "" {
			return
		}
		h.line.Wake()
		select {
		case <-h.changed:
		case <-time.After(100 * time.Millisecond): // a row can become due without a commit
		case <-ctx.Done():
			h.t.Fatalf("still on its way: %s", open)
		}
	}
}

// unfinished names what is still on its way.
func (h *house) unfinished(ctx context.Context) string {
	var letters, messages, escalations, watches, media int
	err := h.db.QueryRow(ctx, `
		SELECT (SELECT count(*) FROM outbox WHERE state IN ('queued', 'claimed', 'unknown') AND not_before <= $1),
		       (SELECT count(*) FROM messages WHERE state = 'waiting'),
		       (SELECT count(*) FROM escalations WHERE state <> 'ended' AND due_at <= $1),
		       (SELECT count(*) FROM watches WHERE due_at <= $1),
		       (SELECT count(*) FROM media WHERE state = 'fetching' OR state = 'waiting' AND due_at <= $1)
		       + (SELECT count(*) FROM messages WHERE media_sealed IS NOT NULL AND media_noted_at IS NULL AND conversation_id IS NOT NULL)`,
		h.clock.Now()).Scan(&letters, &messages, &escalations, &watches, &media)
	check(h.t, err)
	if letters+messages+escalations+watches+media == 0 {
		return ""
	}
	return fmt.Sprintf("%d letters, %d messages, %d escalations, %d watches, %d media", letters, messages, escalations, watches, media)
}

// table is a query's rows as text, for a failed test.
func (h *house) table(query string) string {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	rows, err := h.db.Query(ctx, query)
	if err != nil {
		return err.Error()
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		values, err := rows.Values()
		fmt.Fprintln(&b, values, err)
	}
	return b.String()
}

// count runs a query that counts, with the story's database.
func (h *house) count(query string, args ...any) int {
	h.t.Helper()
	var n int
	check(h.t, h.db.QueryRow(h.t.Context(), query, args...).Scan(&n))
	return n
}
