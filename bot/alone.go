package bot

import (
	"context"
	"errors"
	"sync"
	"time"

	"pulang/internal/store"
)

const (
	// handsAtOnce is how many items of a pass are worked on at a time.
	handsAtOnce = 4
	// itemLimit is how long one item may take before the others go on without it.
	itemLimit = 5 * time.Second
)

// eachAlone does something for each item, a few at a time, each with a limit of time of
// its own. One that fails is counted and logged, and stands in nobody's way; only what
// hinders all of them ends the pass, as its error. done is how many went well.
func eachAlone[T any](ctx context.Context, l *Line, name string, items []T, do func(context.Context, T) error) (done int, err error) {
	var mu sync.Mutex
	var hands sync.WaitGroup
	free := make(chan struct{}, handsAtOnce)
	ended := func(failed error) {
		hinders := failed != nil && !errors.Is(failed, store.ErrStale) && l.itemFailed(ctx, name, failed)
		mu.Lock()
		defer mu.Unlock()
		if failed == nil {
			done++
		}
		if hinders {
			err = failed
		}
	}
	for _, item := range items {
		free <- struct{}{}
		mu.Lock()
		stop := err != nil || ctx.Err() != nil
		mu.Unlock()
		if stop {
			<-free
			break
		}
		hands.Go(func() {
			defer func() { <-free }()
			limited, cancel := context.WithTimeout(ctx, itemLimit)
			defer cancel()
			ended(safely(func() error { return do(limited, item) }))
		})
	}
	hands.Wait()
	return done, err
}

// itemFailed counts and logs that one item failed, and reports whether that hinders
// every other one as well.
func (l *Line) itemFailed(ctx context.Context, name string, err error) (hinders bool) {
	if l.store.Hinders(ctx, err) {
		return true
	}
	l.metrics.items.WithLabelValues(name).Inc()
	l.log.Error("one of many failed; the others go on", "loop", name, "error", err)
	return false
}
