package bot

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// streamed is a body whose length and content cannot be known beforehand.
type streamed struct{ io.Reader }

func TestATripKnowsHowFarItCame(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter)
		want   SendError
	}{
		"too many":      {func(w http.ResponseWriter) { w.Header().Set("Retry-After", "9"); w.WriteHeader(429) }, SendError{Outcome: Slow, After: 9 * time.Second, Class: "too_many"}},
		"broken server": {func(w http.ResponseWriter) { w.WriteHeader(503) }, SendError{Outcome: Retry, Class: "http_503"}},
		"redirect":      {func(w http.ResponseWriter) { w.Header().Set("Location", "/"); w.WriteHeader(302) }, SendError{Outcome: Retry, Class: "http_302"}},
		"odd answer":    {func(w http.ResponseWriter) { w.WriteHeader(200) }, SendError{Outcome: Unknown, Class: "answer_unreadable"}},
		"cut off":       {func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, SendError{Outcome: Unknown, Class: "connection_reset"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if body, _ := io.ReadAll(r.Body); string(body) != "hello" || r.ContentLength != 5 || r.URL.Path != "/under/messages" {
					t.Errorf("request was %q (%d) to %s", body, r.ContentLength, r.URL.Path)
				}
				c.answer(w)
			}))
			defer server.Close()
			trip, err := travel(t, server.URL+"/under/")
			if got := trip.Wrong(err); *got != c.want {
				t.Errorf("ended %+v, want %+v", *got, c.want)
			}
		})
	}
}

func TestNothingLeftWithoutAConnection(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	trip, err := travel(t, server.URL)
	if got := trip.Wrong(err); *got != (SendError{Outcome: Retry, Class: "connection_refused"}) {
		t.Errorf("ended %+v, want retry", *got)
	}
}

func TestATripEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	trip := &Trip{Base: &http.Transport{}, Ctx: ctx}
	req, _ := http.NewRequest(http.MethodGet, "http://127.0.0.1:1/", nil)
	if _, err := trip.RoundTrip(req); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's end", err)
	}
}

// travel posts "hello" to /messages of the provider at base.
func travel(t *testing.T, base string) (*Trip, error) {
	t.Helper()
	to, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	trip := &Trip{Base: transport, BaseURL: to}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://api.invalid/messages", streamed{strings.NewReader("hello")})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := trip.RoundTrip(req)
	if err == nil {
		_ = resp.Body.Close()
	}
	return trip, err
}
