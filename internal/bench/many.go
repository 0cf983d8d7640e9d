package main

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// oneNowAndThen is how often somebody writes while ten thousand conversations are
// open: every 50 ms is more than a million messages a day.
const oneNowAndThen = 50 * time.Millisecond

// memory lets ten thousand people begin, and measures what that takes: the most that
// the program had resident while 64 at once began, what it has when they are open and
// some 20 messages a second come, and every key in Redis.
func (b *bench) memory(ctx context.Context, f *figures) error {
	h, err := b.openHouse(ctx, "memory", 0)
	if err != nil {
		return err
	}
	defer h.close()
	h.crowd.oneIn = 2 // else it takes twice as long
	b.tell("opening %d conversations", b.plan.open)
	most := 0.0
	for h.crowd.begun() < b.plan.open {
		if _, err := h.closed(ctx, 64, b.plan.window); err != nil {
			return err
		}
		resident, err := h.gauge(ctx, "process_resident_memory_bytes")
		if err != nil {
			return err
		}
		most = max(most, resident/(1<<20))
	}
	if f.Conversations, f.RedisBytes, err = h.redisBytes(ctx); err != nil {
		return err
	}
	f.ResidentMost = most
	if f.ResidentMiB, err = h.residentOpen(ctx); err != nil {
		return err
	}
	b.tell("%d conversations: %.1f MiB resident, %.1f while they began, %.0f bytes in Redis for each", f.Conversations, f.ResidentMiB, most, f.RedisBytes)
	return nil
}

// residentOpen is the resident memory in MiB after eight windows in which people
// write now and then.
func (h *house) residentOpen(ctx context.Context) (float64, error) {
	if _, err := h.nowAndThen(ctx, oneNowAndThen, 8*h.bench.plan.window); err != nil {
		return 0, err
	}
	resident, err := h.gauge(ctx, "process_resident_memory_bytes")
	return resident / (1 << 20), err
}

// redisBytes adds up what Redis says each of its keys takes, whatever they are for,
// and divides by the conversations.
func (h *house) redisBytes(ctx context.Context) (conversations int, each float64, err error) {
	o, err := redis.ParseURL(h.redisURL)
	if err != nil {
		return 0, 0, err
	}
	client := redis.NewClient(o)
	defer client.Close()
	if err := h.pool.QueryRow(ctx, `SELECT count(*) FROM conversations`).Scan(&conversations); err != nil {
		return 0, 0, err
	}
	var total int64
	var cursor uint64
	for {
		keys, next, err := client.Scan(ctx, cursor, "", 1000).Result()
		if err != nil {
			return 0, 0, err
		}
		sizes, err := client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
			for _, key := range keys {
				pipe.MemoryUsage(ctx, key)
			}
			return nil
		})
		if err != nil && !errors.Is(err, redis.Nil) {
			return 0, 0, err
		}
		for _, size := range sizes {
			if n, ok := size.(*redis.IntCmd); ok {
				total += n.Val()
			}
		}
		if cursor = next; cursor == 0 {
			return conversations, float64(total) / float64(max(conversations, 1)), nil
		}
	}
}

// cases measures turns a second over few and many stored cases. Each number has a
// database, a Redis and a program of its own on the same servers.
func (b *bench) cases(ctx context.Context, f *figures) error {
	houses := map[int]*house{}
	for _, n := range b.plan.stored {
		h, err := b.openHouse(ctx, "cases_"+strconv.Itoa(n), n)
		if err != nil {
			return err
		}
		defer h.close()
		houses[n] = h
	}
	f.ByCases, f.CaseWindows = map[string]float64{}, map[string][]float64{}
	for round := range b.plan.rounds {
		for _, n := range b.plan.stored {
			r, err := houses[n].closed(ctx, 64, b.plan.window)
			if err != nil {
				return err
			}
			key := strconv.Itoa(n)
			f.CaseWindows[key] = append(f.CaseWindows[key], r.TurnsPerSecond)
			b.tell("round %d, %d cases: %.0f turns a second", round+1, n, r.TurnsPerSecond)
		}
	}
	for key, each := range f.CaseWindows {
		sorted := slices.Sorted(slices.Values(each))
		f.ByCases[key] = sorted[len(sorted)/2]
	}
	return nil
}
