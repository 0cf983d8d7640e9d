package main

import (
	"context"
	"runtime/debug"
	"testing"
	"time"
)

// It changes a setting of the whole process, so it does not run beside others.
func TestGarbageIsCollectedEarlyOnlyWhileLittleHappens(t *testing.T) {
	before := debug.SetGCPercent(busyGarbage)
	t.Cleanup(func() { debug.SetGCPercent(before) })
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); tidy(ctx, 20*time.Millisecond) }()
	is := func() int { now := debug.SetGCPercent(calmGarbage); debug.SetGCPercent(now); return now }
	until(t, "calm", func() bool { return is() == calmGarbage })
	var kept []byte
	until(t, "busy", func() bool { kept = make([]byte, 1<<20); return is() == busyGarbage })
	_ = kept
	until(t, "calm again", func() bool { return is() == calmGarbage })
	stop()
	<-ended
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for !holds() {
		if ctx.Err() != nil {
			t.Fatalf("it does not become %s", what)
		}
	}
}
