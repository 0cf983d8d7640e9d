package stories

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"

	"pulang/bot"
	"pulang/internal/casefile"
	"pulang/internal/fakes"
	"pulang/internal/store"
	"pulang/locales"
)

// watched is a house whose alarm addresses are phones, with a watchdog.
type watched struct {
	*house
	pager *phone // Telegram
	sms   *phone
	dog   *bot.Watchdog
}

const (
	pagerChat   = "9777"
	pagerNumber = "+12025550177"
)

// openWatched opens a house with a watchdog that only looks when the story asks it to.
func openWatched(t *testing.T, change func(*house), options func(*bot.WatchdogOptions)) *watched {
	t.Helper()
	h := openWith(t, func(h *house) {
		h.alarm = bot.Alarm{TelegramChat: casefile.Hide(pagerChat), SMSTo: casefile.Hide(pagerNumber)}
		h.telegram.Chat(9777, "pager") // before the line tells it of anything
		h.twilio.Phone(pagerNumber)
		change(h)
	})
	w := &watched{house: h, pager: h.Telegram("pager", 9777), sms: h.SMS("pager", pagerNumber)}
	w.dog = w.another(h.store, options)
	return w
}

// another is the watchdog of one more process.
func (w *watched) another(db *store.Store, options func(*bot.WatchdogOptions)) *bot.Watchdog {
	w.t.Helper()
	book, err := locales.Open()
	check(w.t, err)
	o := bot.WatchdogOptions{Store: db, Channels: w.channels, Book: book, Alarm: w.alarm, Now: w.clock.Now,
		Log: slog.New(slog.NewJSONHandler(w.logs, nil))}
	options(&o)
	return bot.NewWatchdog(o)
}

// look lets a watchdog look now.
func (w *watched) look(dogs ...*bot.Watchdog) {
	w.t.Helper()
	for _, dog := range dogs {
		dog.Look(w.t.Context())
	}
}

// told counts the texts on a phone that hold these words.
func (p *phone) told(words string) (n int) {
	for _, said := range p.Said() {
		if strings.Contains(said, words) {
			n++
		}
	}
	return n
}

func asIs(*house)                   {}
func plainDog(*bot.WatchdogOptions) {}

// proxied leads to a server through a proxy that can be taken away.
func proxied(t *testing.T, address string) (through string, cut func(), heal func()) {
	t.Helper()
	u, err := url.Parse(address)
	check(t, err)
	proxy := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), t.Name(), "127.0.0.1:0", u.Host)
	check(t, proxy.Start())
	t.Cleanup(proxy.Stop)
	u.Host = proxy.Listen
	return u.String(), proxy.Stop, func() { check(t, proxy.Start()) }
}

func TestADeadDatabaseAndADeadRedisAreToldAllTheSame(t *testing.T) {
	t.Parallel()
	var cut, heal, stopRedis func()
	h := openWatched(t, func(h *house) {
		h.dbURL, cut, heal = proxied(t, h.dbURL)
		var err error
		h.redisURL, stopRedis, err = stack.OwnRedis(t.Context())
		check(t, err)
		t.Cleanup(stopRedis)
	}, plainDog)
	h.look(h.dog)
	h.Settle()
	cut()
	stopRedis()
	h.clock.Forward(20 * time.Second)
	h.look(h.dog) // a failover takes as long
	h.clock.Forward(20 * time.Second)
	h.look(h.dog)
	h.pager.Hears("Database tidak menjawab")
	h.sms.Hears("Database tidak menjawab")
	for range 20 { // each of them a minute later
		h.clock.Forward(time.Minute)
		h.look(h.dog)
	}
	if n := h.pager.told("Database tidak menjawab"); n != 1 {
		t.Errorf("told %d times in 20 minutes, want once", n)
	}
	h.clock.Forward(10 * time.Minute)
	h.look(h.dog)
	if n := h.pager.told("Database tidak menjawab"); n != 2 {
		t.Errorf("told %d times in half an hour, want twice", n)
	}
	heal()
	h.look(h.dog)
	h.clock.Forward(90 * time.Second)
	h.look(h.dog)
	h.pager.Hears("Sudah pulih: database")
	h.clock.Forward(time.Hour)
	h.look(h.dog)
	if n := h.pager.told("Sudah pulih"); n != 1 {
		t.Errorf("told %d times that it is over, want once", n)
	}
}

// hold takes the lane of everybody, as a process that hangs in the middle of a turn.
func (h *house) hold(t *testing.T) (letGo func()) {
	t.Helper()
	tx, err := h.db.Begin(t.Context())
	check(t, err)
	_, err = tx.Exec(t.Context(), `SELECT id FROM conversations FOR NO KEY UPDATE`)
	check(t, err)
	return func() { check(t, tx.Rollback(t.Context())) }
}

func TestAMessageNobodyTakesIsToldOnceByAllProcesses(t *testing.T) {
	t.Parallel()
	h := openWatched(t, asIs, plainDog)
	rina := h.Telegram("Rina", 1001)
	rina.Says("halo").Hears("Pesanmu masuk")
	h.Settle()
	letGo := h.hold(t)
	other, err := pgx.Connect(t.Context(), h.dbURL)
	check(t, err)
	_, err = other.Exec(t.Context(), `
		INSERT INTO messages (id, conversation_id, channel, provider_id, kind, state, received_at)
		SELECT $1, id, channel, 'stuck', 'text', 'waiting', $2 FROM conversations`, casefile.NewID(h.clock.Now()), h.clock.Now())
	check(t, errors.Join(err, other.Close(t.Context())))
	second := h.another(h.store, plainDog)
	h.look(h.dog, second)
	h.clock.Forward(3 * time.Minute)
	h.look(h.dog, second)
	h.pager.Hears("belum diproses sejak 3 menit")
	h.clock.Forward(time.Minute)
	h.look(second, h.dog)
	letGo()
	h.Settle()
	third := h.another(h.store, plainDog) // began after it was told, and ends it
	h.look(third)
	h.clock.Forward(2 * time.Minute)
	h.look(third)
	h.pager.Hears("Sudah pulih: pesan masuk")
	if n := h.pager.told("belum diproses"); n != 1 {
		t.Errorf("told %d times, want once", n)
	}
	h.clock.Forward(time.Minute)
	h.look(h.dog, third)
	h.clock.Forward(2 * time.Minute)
	h.look(h.dog, third)
	if n := h.pager.told("Sudah pulih"); n != 1 {
		t.Errorf("told %d times that it is over, want once", n)
	}
}

func TestWhatIsLateIsToldByItsName(t *testing.T) {
	t.Parallel()
	h := openWatched(t, asIs, plainDog)
	budi := h.Staff("budi", staffing{chat: 9001})
	h.Telegram("Rina", 1001).Says(plea).Hears("Pesanmu masuk")
	budi.Hears("KRITIS")
	h.Settle()
	stop(t, h.house) // a line that hangs: nothing moves any more
	_, err := h.db.Exec(t.Context(), `INSERT INTO watches (conversation_id, kind, due_at) SELECT id, 'cry', $1 FROM conversations
		ON CONFLICT (conversation_id, kind) DO UPDATE SET due_at = excluded.due_at`, h.clock.Now())
	check(t, err)
	_, err = h.db.Exec(t.Context(), `UPDATE outbox SET state = 'queued', claim = NULL, queued_at = $1 WHERE purpose = 'answer'`, h.clock.Now())
	check(t, err)
	_, err = h.db.Exec(t.Context(), `UPDATE escalations SET due_at = $1 WHERE state <> 'ended'`, h.clock.Now())
	check(t, err)
	h.clock.Forward(3 * time.Minute)
	h.look(h.dog)
	h.pager.Hears("Peringatan petugas terhenti sejak 3 menit")
	h.pager.Hears("yang diam tidak diperiksa sejak 3 menit")
	if n := h.pager.told("belum terkirim"); n != 0 {
		t.Error("a letter may wait for five minutes")
	}
	h.clock.Forward(3 * time.Minute)
	h.look(h.dog)
	h.pager.Hears("belum terkirim sejak 6 menit")
}

// stop stops the line of a house.
func stop(t *testing.T, h *house) {
	t.Helper()
	check(t, h.line.Stop(t.Context()))
}

// fixedSpool is a spool that holds what the story says.
type fixedSpool struct {
	oldest time.Time
	aside  int
}

func (s *fixedSpool) Waiting() (int, int64, time.Time) {
	if s.oldest.IsZero() {
		return 0, 0, time.Time{}
	}
	return 3, 900, s.oldest
}

func (s *fixedSpool) Aside() int { return s.aside }

func TestWhatStaysInTheSpoolIsTold(t *testing.T) {
	t.Parallel()
	spool := &fixedSpool{}
	h := openWatched(t, asIs, func(o *bot.WatchdogOptions) { o.Spool = spool })
	h.look(h.dog)
	spool.oldest = h.clock.Now()
	h.clock.Forward(2 * time.Minute)
	h.look(h.dog)
	h.sms.Hears("SMS tertahan di disk sejak 2 menit")
	spool.oldest, spool.aside = time.Time{}, 1
	h.look(h.dog)
	h.sms.Hears("disisihkan")
	h.clock.Forward(2 * time.Minute)
	h.look(h.dog)
	h.sms.Hears("SMS dari disk sudah masuk")
}

func TestTheHeartbeatStopsWhenSomebodyWaits(t *testing.T) {
	t.Parallel()
	var beats atomic.Int64
	status := atomic.Int64{}
	status.Store(http.StatusOK)
	outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/secret-of-the-heartbeat" {
			beats.Add(1)
		}
		w.WriteHeader(int(status.Load()))
	}))
	t.Cleanup(outside.Close)
	spool := &fixedSpool{}
	h := openWatched(t, asIs, func(o *bot.WatchdogOptions) {
		o.Heartbeat, o.Spool = outside.URL+"/secret-of-the-heartbeat", spool
	})
	expect := func(want int64, why string) {
		t.Helper()
		h.look(h.dog)
		if got := beats.Load(); got != want {
			t.Errorf("%s: %d beats, want %d", why, got, want)
		}
	}
	expect(1, "at the start")
	h.clock.Forward(30 * time.Second)
	expect(1, "half a minute later")
	h.clock.Forward(30 * time.Second)
	expect(2, "a minute later")
	spool.oldest = h.clock.Now()
	h.clock.Forward(2 * time.Minute)
	expect(2, "while SMS wait")
	spool.oldest = time.Time{}
	expect(3, "when they are taken up")
	h.clock.Forward(time.Minute)
	h.store.Close()
	expect(3, "without the database")

	outside.Close()
	lone := h.another(h.store, func(o *bot.WatchdogOptions) { o.Heartbeat = outside.URL + "/secret-of-the-heartbeat" })
	h.look(lone)
	if strings.Contains(h.logs.String(), "secret-of-the-heartbeat") {
		t.Error("the address of the heartbeat stands in the log")
	}
}

func TestAHeartbeatThatIsRefusedIsLoggedWithoutItsAddress(t *testing.T) {
	t.Parallel()
	outside := httptest.NewServer(http.NotFoundHandler())
	h := openWatched(t, asIs, func(o *bot.WatchdogOptions) { o.Heartbeat = outside.URL + "/secret-of-the-heartbeat" })
	h.look(h.dog)
	outside.Close()
	h.look(h.dog)
	log := h.logs.String()
	if strings.Count(log, "HEARTBEAT_URL") != 2 || strings.Contains(log, "secret-of-the-heartbeat") || strings.Contains(log, outside.URL) {
		t.Errorf("want two warnings that name the setting and not the address:\n%s", log)
	}
}

func TestAnAlarmThatNobodyHeardIsToldAgain(t *testing.T) {
	t.Parallel()
	spool := &fixedSpool{}
	h := openWatched(t, func(h *house) { h.alarm.SMSTo = casefile.Private{} }, func(o *bot.WatchdogOptions) { o.Spool = spool })
	stop(t, h.house) // it tells of alarms of its own
	h.telegram.Fail(1, fakes.Fault{Method: "sendMessage", Recipient: pagerChat, Status: 500})
	spool.oldest = h.clock.Now()
	h.clock.Forward(2 * time.Minute)
	h.look(h.dog)
	if n := h.pager.told("SMS tertahan"); n != 0 {
		t.Fatal("the fault did not work")
	}
	h.clock.Forward(10 * time.Second)
	h.look(h.dog)
	h.pager.Hears("SMS tertahan")
}
