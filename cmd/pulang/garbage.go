package main

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How much garbage may lie in memory, beside a hundred parts that are in use, before it
// is collected (GOGC). While little happens, collecting early costs nothing that anybody
// waits for, and gives the machine some 5 MiB back; while much happens, it would cost the
// line a sixth more work (docs/performance.md).
const (
	calmGarbage = 50
	busyGarbage = 100

	// busyFrom is how many bytes a second a busy line uses anew: some hundred turns.
	busyFrom   = 8 << 20
	looksEvery = 5 * time.Second
)

// garbageAt is how much garbage may lie there when so many bytes are used anew in a second.
func garbageAt(bytesPerSecond float64) int {
	if bytesPerSecond >= busyFrom {
		return busyGarbage
	}
	return calmGarbage
}

// tidy keeps to it until ctx ends.
func tidy(ctx context.Context, every time.Duration) {
	debug.SetGCPercent(calmGarbage)
	used := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(used)
	before := used[0].Value.Uint64()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		metrics.Read(used)
		debug.SetGCPercent(garbageAt(float64(used[0].Value.Uint64()-before) / every.Seconds()))
		before = used[0].Value.Uint64()
	}
}
