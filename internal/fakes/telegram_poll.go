package fakes

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

// getUpdates gives the updates from offset on, and forgets those before it.
// It waits up to timeout seconds for the first.
func (t *Telegram) getUpdates(ctx context.Context, f fields) (any, *apiError) {
	offset, _ := f.integer("offset")
	limit, ok := f.integer("limit")
	if !ok || limit < 1 || limit > 100 {
		limit = 100
	}
	seconds, _ := f.integer("timeout")
	t.mu.Lock()
	if t.webhook != "" {
		t.mu.Unlock()
		t.violate("getUpdates while a webhook is active")
		return nil, &apiError{code: 409, description: "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"}
	}
	if refused := t.allow(f); refused != nil {
		t.mu.Unlock()
		t.violate("getUpdates: %s", refused.description)
		return nil, refused
	}
	mine := make(chan struct{})
	if t.poll != nil {
		close(t.poll) // the newest caller wins
	}
	t.poll = mine
	t.confirm(offset)
	t.mu.Unlock()
	t.bell.ring()
	return t.await(ctx, mine, int(limit), time.Duration(seconds)*time.Second)
}

// confirm forgets the updates before offset; a negative one counts from the
// end. The caller holds the lock.
func (t *Telegram) confirm(offset int64) {
	if offset < 0 {
		t.pending = t.pending[max(0, len(t.pending)+int(offset)):]
		return
	}
	t.pending = slices.DeleteFunc(t.pending, func(u *update) bool { return u.id < offset })
}

// await is the waiting of getUpdates.
func (t *Telegram) await(ctx context.Context, mine chan struct{}, limit int, timeout time.Duration) (any, *apiError) {
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.poll == mine {
			t.poll = nil
		}
	}()
	over := time.After(timeout)
	for {
		next := t.bell.next()
		found := []json.RawMessage{}
		t.mu.Lock()
		for _, u := range t.pending[:min(limit, len(t.pending))] {
			found = append(found, u.body)
		}
		t.mu.Unlock()
		if len(found) > 0 || timeout == 0 {
			return found, nil
		}
		select {
		case <-next:
		case <-mine:
			return nil, &apiError{code: 409, description: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}
		case <-over:
			return found, nil
		case <-t.desk.closing:
			return found, nil
		case <-ctx.Done():
			return found, nil
		}
	}
}
