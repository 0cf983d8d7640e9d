// Package loop runs work until none is left, on a tick or when woken.
//
// It is for everything that happens behind the line: delivering, climbing,
// sweeping. It promises that there is one way to start and stop such work;
// that a wake-up is never lost, also when it comes in the middle of a pass or
// of a back-off; that an error or a panic slows the loop and never ends it;
// and that stopping finishes the pass in hand.
//
// It leaves to others what the work is, what is written about its errors, and
// correctness when two processes run the same loop: a tick is a convenience,
// rows in the database are the truth.
package loop

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"time"
)

// The waits after errors: doubling from the first to the last.
const (
	firstBackoff = time.Second
	lastBackoff  = 30 * time.Second
)

// Loop says what to run and how often.
type Loop struct {
	// Name is how errors call this loop.
	Name string
	// Every is the time between passes when nobody wakes the loop. Zero or
	// less: only Start and Wake cause a pass (and the back-off after an error).
	Every time.Duration
	// Work does one pass. It returns true when there may be more to do at
	// once. Its context ends when Start's does, or when Stop's runs out.
	Work func(ctx context.Context) (more bool, err error)
	// OnError hears each error of Work, and a *PanicError for a panic. It is
	// called by the loop itself, so it should be quick. Nil: nobody hears.
	OnError func(err error)
	// After is the clock of the waits; nil means time.After.
	After func(time.Duration) <-chan time.Time
}

// PanicError is a panic of the work, without what it said: a panic's value
// may hold anything, also what a person told us.
type PanicError struct {
	Loop  string // the loop's name
	Type  string // the Go type of the panic's value
	Where string // function and line that panicked
}

// Error names the loop, the type and the place.
func (e *PanicError) Error() string {
	return fmt.Sprintf("loop %s: panic (%s) in %s", e.Loop, e.Type, e.Where)
}

// Runner is a Loop that can be started, woken and stopped.
type Runner struct {
	loop Loop
	wake chan struct{} // holds at most one wake-up; a pass takes it before it looks for work
	quit chan struct{} // closed by Stop
	done chan struct{} // closed when the last pass is over

	mu      sync.Mutex
	cancel  context.CancelFunc // ends the context of the work; nil before Start
	stopped bool
}

// New prepares the loop; nothing runs before Start. It panics without Work.
func New(l Loop) *Runner {
	if l.Work == nil {
		panic("loop " + l.Name + ": no work given")
	}
	if l.After == nil {
		l.After = time.After
	}
	if l.OnError == nil {
		l.OnError = func(error) {}
	}
	return &Runner{loop: l, wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{})}
}

// Start runs the first pass at once, and then on every tick and wake-up until
// Stop is called or ctx ends. A second Start, or one after Stop, does nothing.
func (r *Runner) Start(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cancel != nil || r.stopped {
		return
	}
	work, cancel := context.WithCancel(ctx)
	r.cancel = cancel
	go r.run(work)
}

// Wake asks for a pass that starts after this call. It never blocks; many
// wake-ups before that pass are one.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Stop asks the loop to end, lets the pass in hand finish, and returns when it
// has. If ctx ends first, the context of the work is cancelled and Stop
// returns the cause without waiting longer. Stopping twice is fine.
func (r *Runner) Stop(ctx context.Context) error {
	r.mu.Lock()
	if !r.stopped {
		r.stopped = true
		close(r.quit)
	}
	cancel := r.cancel
	r.mu.Unlock()
	if cancel == nil {
		return nil
	}
	defer cancel()
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stop loop %s: %w", r.loop.Name, context.Cause(ctx))
	}
}

// run is the loop itself.
func (r *Runner) run(ctx context.Context) {
	defer close(r.done)
	errors := 0
	for !r.ended(ctx) {
		// Taken before the pass, so that a wake-up during it causes another.
		select {
		case <-r.wake:
		default:
		}
		more, err := r.pass(ctx)
		switch {
		case err != nil:
			errors++
			r.loop.OnError(err)
		case more:
			errors = 0
			continue
		default:
			errors = 0
		}
		r.wait(ctx, r.pause(errors))
	}
}

// ended says whether no further pass may begin.
func (r *Runner) ended(ctx context.Context) bool {
	select {
	case <-r.quit:
		return true
	case <-ctx.Done():
		return true
	default:
		return false
	}
}

// wait returns on a tick, a wake-up or the end; zero or less waits without a
// tick.
func (r *Runner) wait(ctx context.Context, d time.Duration) {
	var tick <-chan time.Time
	if d > 0 {
		tick = r.loop.After(d)
	}
	select {
	case <-tick:
	case <-r.wake:
	case <-r.quit:
	case <-ctx.Done():
	}
}

// pause is the time to the next pass after so many errors in a row. Half of a
// back-off is random, so that many processes do not come back in step.
func (r *Runner) pause(errors int) time.Duration {
	if errors == 0 {
		return r.loop.Every
	}
	d := firstBackoff
	if r.loop.Every > 0 {
		d = min(d, r.loop.Every)
	}
	for i := 1; i < errors && d < lastBackoff; i++ {
		d *= 2
	}
	d = min(d, lastBackoff)
	return d/2 + rand.N(d/2+1) // #nosec G404 -- spreads work over time; nobody gains by guessing
}

// pass does one piece of work and turns a panic into an error.
func (r *Runner) pass(ctx context.Context) (more bool, err error) {
	defer func() {
		if v := recover(); v != nil {
			more, err = false, &PanicError{Loop: r.loop.Name, Type: fmt.Sprintf("%T", v), Where: panicSite()}
		}
	}()
	return r.loop.Work(ctx)
}

// panicSite names the first function below the runtime that is on the stack
// of a recovered panic.
func panicSite() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		f, more := frames.Next()
		if f.Function != "" && !strings.HasPrefix(f.Function, "runtime.") {
			return fmt.Sprintf("%s:%d", f.Function, f.Line)
		}
		if !more {
			return "unknown"
		}
	}
}
