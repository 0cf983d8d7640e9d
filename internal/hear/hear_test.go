package hear

import (
	"sync"
	"testing"
)

// sharedEar is made once: an Ear never changes and is safe for all.
var sharedEar = sync.OnceValues(New)

func ear(t testing.TB) *Ear {
	t.Helper()
	e, err := sharedEar()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestNewCompilesEveryTable(t *testing.T) { ear(t) }
