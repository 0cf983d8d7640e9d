package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/hear"
	"pulang/internal/loop"
	"pulang/internal/session"
	"pulang/internal/spool"
	"pulang/internal/store"
	"pulang/locales"
)

// Options is what the line is made of. All of it is required but Alarm and
// Metrics.
type Options struct {
	Store     *store.Store
	Sessions  *session.Sessions
	Ear       *hear.Ear
	Book      *locales.Book
	Channels  []Channel
	Now       func() time.Time
	Log       *slog.Logger
	PublicURL string         // of the console; alerts link to it
	Zone      *time.Location // of the staff: nobody is woken at night for what can wait; nil: UTC
	Alarm     Alarm
	Metrics   prometheus.Registerer
	Spool     *spool.Spool // keeps what nobody repeats while the database is away; nil: none

	// AlertsPerMinute is how many messages of alerts one address of staff gets in a
	// minute; 0: 20. More alerts are told together.
	AlertsPerMinute int
	// Unpaced sends as fast as it can: for tests whose clock stands still.
	Unpaced bool
}

// Alarm is who hears when everything else fails; empty parts are not used.
type Alarm struct {
	TelegramChat casefile.Private
	SMSTo        casefile.Private
}

// Line is the line at work. New makes it, Start starts its loops, Stop ends them.
type Line struct {
	store      *store.Store
	sessions   *session.Sessions
	listed     *hear.Ear                // hears the places of the list
	ear        atomic.Pointer[hear.Ear] // and their spellings that staff added
	spellings  []hear.Spelling          // these; only their loop touches it
	book       *locales.Book
	channels   []Channel
	byName     map[casefile.ChannelName]Channel
	escalation *escalation.Escalation
	now        func() time.Time
	log        *slog.Logger
	publicURL  string
	phone      phone
	metrics    *metrics
	spool      *spool.Spool // nil: none
	aside      int          // files aside that were told; only the drain touches it
	met        meeting      // of the record at the head of the spool; only the drain touches it
	outage     outage

	intake    chan *arrival
	intakes   sync.WaitGroup
	gathering sync.Mutex    // held by the worker that makes the next batch
	taking    chan struct{} // one token for each batch under way
	loops     []*loop.Runner
	sweep     *loop.Runner
	deliver   runways
	ladder    *loop.Runner
	fetches   *fetches     // of the files that people sent
	drain     *loop.Runner // of the spool
	watch     *loop.Runner // of an outage; it runs before the line is open, too

	limits     *session.Limits // nil: none are kept
	alertEvery time.Duration   // between messages of alerts to one address, when there are many
	flights    sync.WaitGroup
	settling   chan store.Settlement
	settler    sync.WaitGroup
	behind     atomic.Bool  // endings are known that are not written down yet
	cutOff     atomic.Bool  // the last look for claims that are over failed
	backAt     atomic.Int64 // when one succeeded after that, in unix nanoseconds

	mu       sync.Mutex
	watchers map[int]func()
	nextID   int
	opened   bool
	stopped  bool
	receives sync.WaitGroup
}

// New makes a line. It starts nothing.
func New(o Options) (*Line, error) {
	if len(o.Channels) == 0 {
		return nil, errors.New("no channel is configured: set the TELEGRAM_ or the TWILIO_ settings")
	}
	l := &Line{
		store: o.Store, sessions: o.Sessions, listed: o.Ear, book: o.Book, channels: o.Channels,
		byName: map[casefile.ChannelName]Channel{}, now: o.Now, log: o.Log, publicURL: o.PublicURL, phone: phone{o.Channels, o.Book, o.Alarm, o.Now},
		metrics: newMetrics(o.Metrics), intake: make(chan *arrival, maxBatch*4), taking: make(chan struct{}, atOnce),
		settling:   make(chan store.Settlement, maxFlights),
		watchers:   map[int]func(){},
		spool:      o.Spool,
		alertEvery: time.Minute / time.Duration(max(1, cmp.Or(o.AlertsPerMinute, alertsPerMinute)-alone)),
	}
	for _, c := range o.Channels {
		if _, twice := l.byName[c.Name()]; twice {
			return nil, fmt.Errorf("channel %s is configured twice", c.Name())
		}
		l.byName[c.Name()] = c
	}
	l.ear.Store(o.Ear)
	l.escalation = l.newEscalation(o.Zone)
	l.sweep = l.loop("turns", time.Second, l.sweepOnce)
	if !o.Unpaced {
		l.limits = session.NewLimits(o.Sessions, o.Now)
	}
	for _, c := range o.Channels {
		l.deliver = append(l.deliver, l.newRunway(c, "delivery "+string(c.Name())))
	}
	l.ladder = l.loop("ladder", time.Second, l.climbOnce)
	l.loops = []*loop.Runner{l.sweep, l.ladder, l.loop("watches", time.Second, l.watchOnce), l.loop("alarms", time.Second, l.alarmOnce), l.newRunway(nil, "delivery").loop}
	for _, r := range l.deliver {
		l.loops = append(l.loops, r.loop)
	}
	l.fetches = newFetches()
	l.loops = append(l.loops, l.loop("media", time.Second, l.fetchOnce))
	l.loops = append(l.loops, l.loop("spellings", respellEvery, l.respellOnce))
	l.drain = l.loop("spool", time.Second, l.drainOnce)
	if l.spool != nil {
		l.loops = append(l.loops, l.drain)
	}
	l.watch = l.loop("outage", time.Second, l.outageOnce)
	l.loops = append(l.loops, l.watch)
	return l, nil
}

func (l *Line) loop(name string, every time.Duration, work func(context.Context) (bool, error)) *loop.Runner {
	return loop.New(loop.Loop{Name: name, Every: every, Work: work, OnError: func(err error) {
		l.metrics.failures.WithLabelValues(name).Inc()
		l.log.Error("loop failed; it tries again by itself", "loop", name, "error", err)
	}})
}

// Await is for a start while the database is away: until Start, every message is
// refused, or kept in the spool, and the people who write are told.
func (l *Line) Await(ctx context.Context) { l.watch.Start(context.WithoutCancel(ctx)) }

func (l *Line) isOpen() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.opened
}

// Start starts the loops and the intake. The context ends nothing by itself: Stop
// does.
func (l *Line) Start(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	l.mu.Lock()
	l.opened = true
	l.mu.Unlock()
	for range intakeWorkers {
		l.intakes.Go(func() { l.takeIn(ctx) })
	}
	l.settler.Go(func() { l.settle(ctx) })
	for _, runner := range l.loops {
		runner.Start(ctx)
	}
}

// Stop finishes the turns and the deliveries in hand, and ends the loops. It waits
// no longer than ctx. Nothing is lost when it cannot: what is not finished waits in
// its row.
func (l *Line) Stop(ctx context.Context) error {
	l.mu.Lock()
	already := l.stopped
	l.stopped = true
	l.mu.Unlock()
	if already {
		return nil
	}
	if err := within(ctx, l.receives.Wait); err != nil {
		return errors.Join(err, l.stopLoops(ctx)) // somebody may still put into the intake: it stays open
	}
	close(l.intake)
	err := errors.Join(within(ctx, l.intakes.Wait), l.stopLoops(ctx))
	if err == nil {
		err = within(ctx, l.flights.Wait)
	}
	if err != nil {
		return err // something may still be settled: its channel stays open
	}
	close(l.settling)
	return within(ctx, l.settler.Wait)
}

func (l *Line) stopLoops(ctx context.Context) error {
	l.fetches.stop()
	var errs []error
	for _, runner := range l.loops {
		errs = append(errs, runner.Stop(ctx))
	}
	return errors.Join(errs...)
}

// within waits until something is over, but no longer than ctx.
func within(ctx context.Context, wait func()) error {
	over := make(chan struct{})
	go func() {
		wait()
		close(over)
	}()
	select {
	case <-over:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stop the line: %w", context.Cause(ctx))
	}
}

// Wake makes every loop look now: after the clock of a demo was moved.
func (l *Line) Wake() {
	for _, runner := range l.loops {
		runner.Wake()
	}
}

// Ready reports an error unless a message can be stored.
func (l *Line) Ready(ctx context.Context) error {
	if !l.isOpen() {
		return ErrNotOpen
	}
	return l.store.Ping(ctx)
}

// Changed calls tell after every commit, until cancel is called. tell must not
// block.
func (l *Line) Changed(tell func()) (cancel func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	id := l.nextID
	l.nextID++
	l.watchers[id] = tell
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.watchers, id)
	}
}

func (l *Line) changed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, tell := range l.watchers {
		tell()
	}
}
