package fakes

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is the time at which these tests happen.
func noon() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }

// soon bounds what waits for a signal.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// hook is a line's webhook that keeps what arrives.
type hook struct {
	*httptest.Server
	mu       sync.Mutex
	bodies   []string
	headers  []http.Header
	answer   func(n int, w http.ResponseWriter) // n counts from 1; nil: 200
	inFlight int
	most     int
}

func newHook(t *testing.T, answer func(n int, w http.ResponseWriter)) *hook {
	t.Helper()
	h := &hook{answer: answer}
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Close)
	return h
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	h.bodies = append(h.bodies, string(body))
	h.headers = append(h.headers, r.Header.Clone())
	n := len(h.bodies)
	h.inFlight++
	h.most = max(h.most, h.inFlight)
	h.mu.Unlock()
	if h.answer != nil {
		h.answer(n, w)
	}
	h.mu.Lock()
	h.inFlight--
	h.mu.Unlock()
}

func (h *hook) got() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.bodies)
}

// none asserts that no rule was broken.
func none(t *testing.T, violations []string) {
	t.Helper()
	if len(violations) > 0 {
		t.Errorf("violations: %q", violations)
	}
}

func texts(shown []Shown) []string {
	var all []string
	for _, s := range shown {
		all = append(all, s.Text)
	}
	return all
}
