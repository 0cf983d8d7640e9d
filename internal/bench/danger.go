package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"pulang/internal/casefile"
)

// surge is how many messages arrive in a second while dangers are timed, and
// oneIn how many of them are one danger.
const (
	surge = 200
	oneIn = 10
)

// told is how long after the last message an alert may still come before it counts as
// never told.
const told = 30 * time.Second

// danger lets messages arrive at a steady rate, whether the line keeps up or not, and
// times each danger from the moment its message was due until somebody of staff was
// handed the message that tells of it, by itself or together with others.
func (b *bench) danger(ctx context.Context, f *figures) error {
	h, err := b.openHouse(ctx, "danger", 1000)
	if err != nil {
		return err
	}
	defer h.close()
	b.tell("%d messages a second, one in %d a danger", surge, oneIn)
	if _, err := h.closed(ctx, 16, time.Second); err != nil { // connections, and people in the middle of their conversations
		return err
	}
	cries, t, err := h.arrive(ctx, b.plan.window)
	if err != nil {
		return err
	}
	took, untold, err := h.alertTimes(ctx, cries)
	if err != nil {
		return err
	}
	f.DangerP50, f.DangerP99, f.DangerRate = percentile(took, 50), percentile(took, 99), float64(surge)
	f.DangerTold, f.DangerUntold = len(took), untold
	b.tell("danger to alert: p50 %.0f ms, p99 %.0f ms; %d told, %d not; %d replies, %d refused, %d unanswered",
		f.DangerP50, f.DangerP99, len(took), untold, len(t.turns), t.refused, t.unanswered)
	return nil
}

// arrive is the steady rate. It returns when each danger was due, by who told of it.
func (h *house) arrive(ctx context.Context, window time.Duration) (map[string]time.Time, *tally, error) {
	var t tally
	var open sync.WaitGroup
	cries := map[string]time.Time{}
	wires := make(chan *wire, 256)
	desperate := &crowd{providers: h.bench.providers, base: h.crowd.base + crowdSize/2, oneIn: 1, only: cry}
	from := h.bench.now()
	for n := range int(window.Seconds() * surge) {
		due := from.Add(time.Duration(n) * time.Second / surge)
		if err := wait(ctx, due.Sub(h.bench.now())); err != nil {
			return nil, nil, err
		}
		writing := h.crowd
		if n%oneIn == 0 {
			writing = desperate
		}
		p := writing.next(due)
		if n%oneIn == 0 {
			cries[p.address] = due
		}
		open.Go(func() {
			w := &wire{host: h.hooks.host}
			select {
			case w = <-wires:
			default:
			}
			_ = h.writes(ctx, writing, p, w, due, &t) // what goes wrong is counted
			select {
			case wires <- w:
			default:
				w.close()
			}
		})
	}
	open.Wait()
	return cries, &t, nil
}

// alertTimes is how long each danger took to reach somebody, and how many never did.
func (h *house) alertTimes(ctx context.Context, cries map[string]time.Time) (took []time.Duration, untold int, err error) {
	due := map[string]time.Time{} // by blind index
	for who, at := range cries {
		channel := casefile.ChannelName("telegram")
		if who[0] == '+' {
			channel = "sms"
		}
		ix, err := h.bench.keys.AddressIndex(casefile.Address{Channel: channel, ID: casefile.Hide(who)})
		if err != nil {
			return nil, 0, err
		}
		due[string(ix.Slots[0])] = at
	}
	until := h.bench.now().Add(told)
	for {
		first, err := h.firstAlerts(ctx, due)
		if err != nil {
			return nil, 0, err
		}
		if len(first) == len(due) || h.bench.now().After(until) {
			for who, at := range first {
				took = append(took, at.Sub(due[who]))
			}
			return took, len(due) - len(first), nil
		}
		if err := wait(ctx, 200*time.Millisecond); err != nil {
			return nil, 0, err
		}
	}
}

// firstAlerts reads which message told of which danger, and asks the providers when
// they were handed it.
func (h *house) firstAlerts(ctx context.Context, due map[string]time.Time) (map[string]time.Time, error) {
	indexes := make([][]byte, 0, len(due))
	for who := range due {
		indexes = append(indexes, []byte(who))
	}
	rows, err := h.pool.Query(ctx, `
		SELECT c.address_index, o.message_ref
		FROM conversations c
		JOIN case_conversations cc ON cc.conversation_id = c.id
		JOIN escalations e ON e.case_id = cc.case_id
		JOIN outbox o ON o.escalation_id = e.id AND o.purpose = 'alert' AND o.message_ref <> ''
		WHERE c.address_index = ANY($1)`, indexes)
	if err != nil {
		return nil, fmt.Errorf("read alerts: %w", err)
	}
	defer rows.Close()
	first := map[string]time.Time{}
	for rows.Next() {
		var who []byte
		var ref string
		if err := rows.Scan(&who, &ref); err != nil {
			return nil, err
		}
		at, known := h.bench.providers.told(ref)
		if before, ok := first[string(who)]; known && (!ok || at.Before(before)) {
			first[string(who)] = at
		}
	}
	return first, rows.Err()
}
