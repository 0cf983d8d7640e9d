package bot

import (
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
	ear        *hear.Ear
	book       *locales.Book
	channels   []Channel
	byName     map[casefile.ChannelName]Channel
	escalation *escalation.Escalation
	now        func() time.Time
	log        *slog.Logger
	publicURL  string
	alarm      Alarm
	metrics    *metrics

	intake  chan *arrival
	intakes sync.WaitGroup
	loops   []*loop.Runner
	sweep   *loop.Runner
	deliver *loop.Runner
	ladder  *loop.Runner

	sending  chan struct{} // one token for each message being handed to a provider
	flights  sync.WaitGroup
	settling chan store.Settlement
	settler  sync.WaitGroup
	behind   atomic.Bool // endings are known that are not written down yet

	mu       sync.Mutex
	watchers map[int]func()
	nextID   int
	stopped  bool
	receives sync.WaitGroup
}

// New makes a line. It starts nothing.
func New(o Options) (*Line, error) {
	if len(o.Channels) == 0 {
		return nil, errors.New("no channel is configured: set the TELEGRAM_ or the TWILIO_ settings")
	}
	l := &Line{
		store: o.Store, sessions: o.Sessions, ear: o.Ear, book: o.Book, channels: o.Channels,
		byName: map[casefile.ChannelName]Channel{}, now: o.Now, log: o.Log, publicURL: o.PublicURL, alarm: o.Alarm,
		metrics: newMetrics(o.Metrics), intake: make(chan *arrival, maxBatch*4),
		sending: make(chan struct{}, maxFlights), settling: make(chan store.Settlement, maxFlights),
		watchers: map[int]func(){},
	}
	for _, c := range o.Channels {
		if _, twice := l.byName[c.Name()]; twice {
			return nil, fmt.Errorf("channel %s is configured twice", c.Name())
		}
		l.byName[c.Name()] = c
	}
	l.escalation = l.newEscalation(o.Zone)
	l.sweep = l.loop("turns", time.Second, l.sweepOnce)
	l.deliver = l.loop("delivery", time.Second, l.deliverOnce)
	l.ladder = l.loop("ladder", time.Second, l.climbOnce)
	l.loops = []*loop.Runner{l.sweep, l.ladder, l.loop("watches", time.Second, l.watchOnce), l.deliver}
	return l, nil
}

func (l *Line) loop(name string, every time.Duration, work func(context.Context) (bool, error)) *loop.Runner {
	return loop.New(loop.Loop{Name: name, Every: every, Work: work, OnError: func(err error) {
		l.metrics.failures.WithLabelValues(name).Inc()
		l.log.Error("loop failed; it tries again by itself", "loop", name, "error", err)
	}})
}

// Start starts the loops and the intake. The context ends nothing by itself: Stop
// does.
func (l *Line) Start(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
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

// Ready reports an error unless a message can be accepted.
func (l *Line) Ready(ctx context.Context) error { return l.store.Ping(ctx) }

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
