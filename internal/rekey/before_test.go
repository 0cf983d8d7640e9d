package rekey

import (
	"errors"
	"testing"
	"time"
)

// TestARotationWaitsForWhatMustBeDoneBefore: while a process has something that is still
// under older keys, it does not say that it has the newer ones.
func TestARotationWaitsForWhatMustBeDoneBefore(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1)
	p, rotator := h.process(), h.process()
	h.must(rotator.keys.Introduce())
	heard, undone := 0, errors.New("the disk is full")
	r := NewReader(p.keys, p.Store, func() time.Time { return noon }, "host:7", func(error) { heard++ })
	r.Before(func() error { return undone })
	for _, want := range []int64{0, 1} {
		if more, err := r.pass(t.Context()); more || err != nil {
			t.Fatalf("%t, %v", more, err)
		}
		readers, err := p.KeysReaders(t.Context(), noon)
		if err != nil || len(readers) != 1 || readers[0].Generation != want {
			t.Errorf("it says %+v (%v), want generation %d", readers, err, want)
		}
		undone = nil
	}
	if heard != 1 {
		t.Errorf("the trouble was told %d times, want once", heard)
	}
}
