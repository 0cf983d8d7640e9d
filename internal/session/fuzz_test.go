package session

import (
	"bytes"
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// FuzzOpen: whatever Redis gives back, a session opens only when it is the one that
// was put there, at its turn.
func FuzzOpen(f *testing.F) {
	keys, err := seal.New()
	if err != nil {
		f.Fatal(err)
	}
	s := &Sessions{keys: keys}
	id := casefile.NewID(time.Unix(1, 0))
	good, err := s.seal(id, casefile.Session{Version: 1, Turn: 7})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:8])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, value []byte) {
		if got, ok := s.open(id, value); ok && (!bytes.Equal(value, good) || got.Turn != 7) {
			t.Errorf("%x opens as turn %d", value, got.Turn)
		}
	})
}
