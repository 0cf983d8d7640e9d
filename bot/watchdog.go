package bot

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pulang/internal/loop"
	"pulang/internal/store"
	"pulang/locales"
)

const (
	// looksEvery is how often the watchdog looks.
	looksEvery = 10 * time.Second
	// lookLimit is how long the database may take to say what is late.
	lookLimit = 5 * time.Second
	// saysAgain is how often it is told again that a limit is crossed.
	saysAgain = 30 * time.Minute
	// calm is how long everything must be well before it is told to be over.
	calm = time.Minute
	// beatsEvery is how often the heartbeat is sent.
	beatsEvery = time.Minute
)

// sight is what the watchdog saw at one look.
type sight struct {
	health  store.Health  // as it was when the database last answered
	blind   bool          // the database did not answer now
	away    time.Duration // since when it does not
	waiting int           // messages in the spool
	bytes   int64
	spooled time.Duration // the oldest of them
	aside   int           // records the spool could not read
}

// limit is how late something may be before people are told.
type limit struct {
	kind string        // names its texts, staff.alarm_ and staff.over_, and its row
	most time.Duration // crossed when it is longer
	here bool          // of this process alone: what others told of it says nothing
	late func(sight) time.Duration
}

// limits are everything that is watched. A person waits behind each of them.
var limits = []limit{
	{"unanswered", 2 * time.Minute, false, func(s sight) time.Duration { return s.health.Unanswered }},
	{"undelivered", 5 * time.Minute, false, func(s sight) time.Duration { return s.health.Undelivered }},
	{"unclimbed", 2 * time.Minute, false, func(s sight) time.Duration { return s.health.Unclimbed }},
	{"unwatched", 2 * time.Minute, false, func(s sight) time.Duration { return s.health.Unwatched }},
	{"database", 30 * time.Second, true, func(s sight) time.Duration { return s.away }},
	{"spool", time.Minute, true, func(s sight) time.Duration { return s.spooled }},
	{"aside", 0, true, func(s sight) time.Duration { return time.Duration(s.aside) }}, // one is too many
}

// Waiting is a spool as the watchdog looks at it.
type Waiting interface {
	// Waiting is how many messages wait, in how many bytes, and since when.
	Waiting() (messages int, bytes int64, oldest time.Time)
	// Aside is how many records are laid aside because they cannot be read.
	Aside() int
}

// WatchdogOptions is what a Watchdog is made of. All of it is required but Spool,
// Heartbeat, Client, Metrics and Alarm.
type WatchdogOptions struct {
	Store     *store.Store
	Channels  []Channel
	Book      *locales.Book
	Alarm     Alarm
	Now       func() time.Time
	Log       *slog.Logger
	Metrics   prometheus.Registerer
	Spool     Waiting      // nil: there is none
	Heartbeat string       // called once a minute while all is well; empty: nowhere
	Client    *http.Client // for the heartbeat; nil: one of its own
}

// Watchdog looks whether anybody waits too long, and tells the alarm addresses when
// somebody does. It needs neither the outbox nor Redis, and tells of a database that is
// away without it. What it can't tell is that it is dead itself: for that the heartbeat
// goes somewhere outside, which alarms when it stops.
//
// It tells each kind when its limit is crossed, again every half hour while it stands,
// and once when it is over. Processes that share a database tell it once between them.
type Watchdog struct {
	o     WatchdogOptions
	phone phone
	gauge watchMetrics
	loop  *loop.Runner

	mu       sync.Mutex // one look at a time
	health   store.Health
	awayFrom time.Time // when the database was last seen, or the watchdog began
	standing map[string]*standing
	beatAt   time.Time
}

// standing is a limit that is crossed, as this process knows it.
type standing struct {
	began  time.Time
	calmAt time.Time // since when it is not; zero: it is
	toldAt time.Time // by whomever; zero: nobody was reached
	claim  bool      // telling that it is over is this process's part
}

// NewWatchdog makes a watchdog. A database that it never saw is away since now. It
// starts nothing.
func NewWatchdog(o WatchdogOptions) *Watchdog {
	if o.Client == nil {
		o.Client = &http.Client{Timeout: lookLimit, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	w := &Watchdog{o: o, phone: phone{o.Channels, o.Book, o.Alarm, o.Now}, gauge: newWatchMetrics(o.Metrics),
		awayFrom: o.Now(), standing: map[string]*standing{}}
	w.loop = loop.New(loop.Loop{Name: "watchdog", Every: looksEvery, Work: func(ctx context.Context) (bool, error) {
		w.Look(ctx)
		return false, nil
	}, OnError: func(err error) { o.Log.Error("the watchdog failed; it tries again by itself", "error", err) }})
	return w
}

// Start begins to look. The context ends nothing by itself: Stop does.
func (w *Watchdog) Start(ctx context.Context) { w.loop.Start(context.WithoutCancel(ctx)) }

// Stop ends the look in hand, but waits no longer than ctx.
func (w *Watchdog) Stop(ctx context.Context) error { return w.loop.Stop(ctx) }

// Wake makes it look now.
func (w *Watchdog) Wake() { w.loop.Wake() }

// Look looks once, tells what is to be told, and sends the heartbeat when it is time
// and everything is within its limits.
func (w *Watchdog) Look(ctx context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.o.Now()
	seen := w.see(ctx, now)
	w.gauge.set(seen)
	well := true
	for _, l := range limits {
		if l.late(seen) > l.most {
			well = false
			w.crossed(ctx, l, seen, now)
			continue
		}
		w.within(ctx, l, seen, now)
	}
	if well && !seen.blind {
		w.beat(ctx, now)
	}
}

// see asks the database and the spool.
func (w *Watchdog) see(ctx context.Context, now time.Time) sight {
	var s sight
	limited, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	if health, err := w.o.Store.Health(limited, now); err == nil {
		w.health, w.awayFrom = health, now
	} else {
		s.blind, s.away = true, now.Sub(w.awayFrom)
		w.o.Log.Warn("the watchdog does not see the database", "away_seconds", int(s.away.Seconds()), "error", err)
	}
	s.health = w.health
	if w.o.Spool != nil {
		var oldest time.Time
		if s.waiting, s.bytes, oldest = w.o.Spool.Waiting(); s.waiting > 0 {
			s.spooled = max(0, now.Sub(oldest))
		}
		s.aside = w.o.Spool.Aside()
	}
	return s
}

// crossed tells that a limit is crossed, when it is time to.
func (w *Watchdog) crossed(ctx context.Context, l limit, seen sight, now time.Time) {
	st := w.standing[l.kind]
	if st == nil {
		st = &standing{began: now}
		w.standing[l.kind] = st
		w.o.Log.Error("a limit is crossed", "limit", l.kind, "late_seconds", int(l.late(seen).Seconds()))
	}
	st.calmAt = time.Time{}
	if w.phone.silent() || !st.toldAt.IsZero() && now.Sub(st.toldAt) < saysAgain {
		return
	}
	mine := true
	w.shared(ctx, seen, func(tx *store.Tx) (err error) {
		mine, err = tx.ClaimTelling(ctx, l.kind, now.Add(-saysAgain), now)
		return err
	})
	if !mine {
		st.toldAt = now
		if told, ok := seen.health.Told[l.kind]; ok {
			st.toldAt = told
		}
		return
	}
	minutes := strconv.Itoa(max(1, int(l.late(seen)/time.Minute)))
	if err := w.phone.tell(ctx, "staff.alarm_"+l.kind, map[string]string{"minutes": minutes}); err != nil {
		w.o.Log.Error("nobody heard that a limit is crossed; it is told again", "limit", l.kind, "error", err)
		w.shared(ctx, seen, func(tx *store.Tx) error { return tx.NotTold(ctx, l.kind, now) })
		return
	}
	st.toldAt = now
}

// within tells that it is over, once it has been for a while. What a process told that
// is gone now, another one ends.
func (w *Watchdog) within(ctx context.Context, l limit, seen sight, now time.Time) {
	st := w.standing[l.kind]
	if told, ok := seen.health.Told[l.kind]; st == nil && ok && !l.here && !seen.blind {
		st = &standing{began: told, toldAt: told}
		w.standing[l.kind] = st
	}
	switch {
	case st == nil || seen.blind && !l.here:
		return
	case st.calmAt.IsZero():
		st.calmAt = now
		return
	case now.Sub(st.calmAt) < calm:
		return
	case st.toldAt.IsZero() || w.phone.silent():
		delete(w.standing, l.kind)
		return
	}
	if !st.claim {
		st.claim = true
		w.shared(ctx, seen, func(tx *store.Tx) (err error) {
			st.claim, err = tx.ClaimOver(ctx, l.kind, st.began, now)
			return err
		})
	}
	if st.claim {
		if err := w.phone.tell(ctx, "staff.over_"+l.kind, nil); err != nil {
			return // at the next look
		}
	}
	w.o.Log.Info("a limit is kept again", "limit", l.kind)
	delete(w.standing, l.kind)
}

// shared agrees with other processes in the database, when it is there. Without it each
// process tells for itself: three times is better than never.
func (w *Watchdog) shared(ctx context.Context, seen sight, work func(*store.Tx) error) {
	if seen.blind {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	if err := w.o.Store.InTx(ctx, work); err != nil {
		w.o.Log.Warn("the watchdog tells without asking the others", "error", err)
	}
}

// beat sends the heartbeat, once a minute.
func (w *Watchdog) beat(ctx context.Context, now time.Time) {
	if w.o.Heartbeat == "" || !w.beatAt.IsZero() && now.Sub(w.beatAt) < beatsEvery {
		return
	}
	if err := w.call(ctx); err != nil {
		class, _ := networkClass(err)
		w.o.Log.Warn("the heartbeat is not taken; whoever waits for it will alarm", "setting", "HEARTBEAT_URL", "class", class)
		return
	}
	w.beatAt = now
}

// errNotTaken says that the heartbeat was answered with something else than success.
var errNotTaken = errors.New("heartbeat is not taken")

// call asks for the address, which is a secret and in no error of ours.
func (w *Watchdog) call(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.o.Heartbeat, nil)
	if err != nil {
		return errNotTaken
	}
	answer, err := w.o.Client.Do(req)
	if err != nil {
		return err
	}
	_ = answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return errNotTaken
	}
	return nil
}
