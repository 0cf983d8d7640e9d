package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// warmUp comes before each window: connections are opened, and the first of those
// who began go on.
const warmUp = 2 * time.Second

// patience is how long a worker waits for a reply before its turn counts as never
// answered.
const patience = 20 * time.Second

// turn is one that was measured.
type turn struct {
	began, ended time.Time
}

// tally is what the workers of one window saw.
type tally struct {
	mu         sync.Mutex
	turns      []turn
	refused    int // webhooks not answered 200
	unanswered int
}

func (t *tally) add(one turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.turns = append(t.turns, one)
}

func (t *tally) count(of *int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*of++
}

// converse lets one person write their next line, and waits for the reply.
func (h *house) converse(ctx context.Context, w *wire, t *tally) error {
	p := h.crowd.next(h.bench.now())
	return h.writes(ctx, h.crowd, p, w, time.Time{}, t)
}

// writes is one message and its reply. It began when it was due; the zero time: when
// it was sent.
func (h *house) writes(ctx context.Context, from *crowd, p *person, w *wire, due time.Time, t *tally) error {
	p.expects()
	request := h.hooks.webhook(p, p.script[p.step], h.bench.now())
	sent := h.bench.now()
	began := due
	if due.IsZero() {
		began = sent
	}
	status, err := w.hand(request, sent)
	if err != nil || status != 200 {
		t.count(&t.refused)
		return nil
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case at := <-p.reply:
		t.add(turn{began, at})
		from.back(p, at)
	case <-timer.C:
		t.count(&t.unanswered)
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// closed runs a closed loop: concurrency people write, and each place is taken by
// the next as soon as one has heard their reply.
func (h *house) closed(ctx context.Context, concurrency int, window time.Duration) (result, error) {
	var t tally
	var workers sync.WaitGroup
	working, stop := context.WithCancel(ctx)
	defer stop()
	for range concurrency {
		workers.Go(func() {
			w := &wire{host: h.hooks.host}
			defer w.close()
			for working.Err() == nil {
				if err := h.converse(ctx, w, &t); err != nil {
					return
				}
			}
		})
	}
	if err := wait(ctx, min(warmUp, window)); err != nil {
		return result{}, err
	}
	from, cpu, err := h.mark(ctx)
	if err != nil {
		return result{}, err
	}
	if err := wait(ctx, window); err != nil {
		return result{}, err
	}
	to, spent, err := h.mark(ctx)
	stop()
	workers.Wait()
	if err != nil {
		return result{}, err
	}
	r := t.result(from, to)
	r.Concurrency = concurrency
	if n := r.TurnsPerSecond * to.Sub(from).Seconds(); n > 0 {
		r.CPU = (spent.line - cpu.line) / n * 1000
		r.PostgresCPU = (spent.postgres - cpu.postgres) / n * 1000
		r.BenchCPU = (spent.bench - cpu.bench) / n * 1000
	}
	return r, h.settled(ctx)
}

// mark is the time, and how much of the processors each part has used by then.
func (h *house) mark(ctx context.Context) (time.Time, used, error) {
	u, err := h.used(ctx)
	return h.bench.now(), u, err
}

// nowAndThen lets one person at a time write, with pauses: what an idle line does.
func (h *house) nowAndThen(ctx context.Context, every, window time.Duration) (result, error) {
	var t tally
	w := &wire{host: h.hooks.host}
	defer w.close()
	from := h.bench.now()
	for h.bench.now().Sub(from) < window {
		if err := wait(ctx, every); err != nil {
			return result{}, err
		}
		if err := h.converse(ctx, w, &t); err != nil {
			return result{}, err
		}
	}
	r := t.result(from, h.bench.now())
	r.Concurrency = 1
	return r, nil
}

// settled waits until nothing is left to be said: a reply that is still owed must not
// fall into the next window.
func (h *house) settled(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		var left int
		err := h.pool.QueryRow(ctx, `
			SELECT (SELECT count(*) FROM outbox WHERE state = 'claimed' OR state = 'queued' AND conversation_id IS NOT NULL) +
			       (SELECT count(*) FROM messages WHERE state = 'waiting')`).Scan(&left)
		if err != nil {
			return fmt.Errorf("wait until all is said: %w", err)
		}
		if left == 0 {
			return nil
		}
		if wait(ctx, 50*time.Millisecond) != nil {
			return fmt.Errorf("%d letters and messages still wait after a minute", left)
		}
	}
}

// result is what was seen between two moments.
func (t *tally) result(from, to time.Time) result {
	t.mu.Lock()
	defer t.mu.Unlock()
	var took []time.Duration
	for _, one := range t.turns {
		if !one.ended.Before(from) && !one.ended.After(to) {
			took = append(took, one.ended.Sub(one.began))
		}
	}
	return result{
		TurnsPerSecond: float64(len(took)) / to.Sub(from).Seconds(),
		P50:            percentile(took, 50), P99: percentile(took, 99),
		Refused: t.refused, Unanswered: t.unanswered,
	}
}

// percentile is in milliseconds; it sorts what it is given.
func percentile(took []time.Duration, percent int) float64 {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	at := min(len(took)-1, len(took)*percent/100)
	return float64(took[at].Microseconds()) / 1000
}

// wait lets time pass.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return errors.Join(errors.New("stopped"), ctx.Err())
	}
}

// floor is how many single rows are inserted and committed in a second, by as many
// at the same time.
func (h *house) floor(ctx context.Context, concurrency int, window time.Duration) (float64, error) {
	now := h.bench.now
	var total int
	var failed error
	var mu sync.Mutex
	var workers sync.WaitGroup
	if err := h.warmPool(ctx, concurrency); err != nil {
		return 0, err
	}
	from := now()
	for range concurrency {
		workers.Go(func() {
			n := 0
			var err error
			for err == nil && now().Sub(from) < window {
				if _, err = h.pool.Exec(ctx, `INSERT INTO bench_floor (text, at) VALUES ($1, $2)`, cry, now()); err == nil {
					n++
				}
			}
			mu.Lock()
			defer mu.Unlock()
			total += n
			failed = errors.Join(failed, err)
		})
	}
	workers.Wait()
	return float64(total) / now().Sub(from).Seconds(), failed
}

// warmPool opens the connections before anything is counted.
func (h *house) warmPool(ctx context.Context, n int) error {
	for range n {
		c, err := h.pool.Acquire(ctx)
		if err != nil {
			return err
		}
		defer c.Release()
	}
	return nil
}
