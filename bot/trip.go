package bot

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"pulang/internal/redact"
)

// maxAnswer caps what is read of a provider's answer: a hundred long updates
// fit, a stream without an end does not.
const maxAnswer = 8 << 20

// Trip is one request to a provider, and a note of how far it came. The
// providers' clients fold everything that goes wrong into one error text; from
// that text nobody can tell whether the message left us, and that decides
// whether it may be sent again. So an adapter makes a Trip for each call, gives
// it to the client as its transport, and asks it afterwards. Not reused.
type Trip struct {
	Base    http.RoundTripper // the shared transport underneath
	Ctx     context.Context   // for clients that take none; nil: the request's own
	BaseURL *url.URL          // goes in place of the client's scheme and host; nil: as they are

	Status     int           // the provider's HTTP status; 0: no answer came
	Body       []byte        // the answer
	RetryAfter time.Duration // from the header, when it was in seconds

	reached atomic.Bool // a connection was there, so something may have left
}

// NewTransport is what an adapter reaches its provider through: the standard
// transport, with a connection kept for each message that may be on its way.
func NewTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 32
	return t
}

// RoundTrip makes the call and notes how far it came.
func (t *Trip) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if t.Ctx != nil {
		ctx = t.Ctx
	}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { t.reached.Store(true) },
	})
	out := req.Clone(ctx)
	if err := whole(out); err != nil {
		return nil, err
	}
	if t.BaseURL != nil {
		out.URL.Scheme, out.URL.Host = t.BaseURL.Scheme, t.BaseURL.Host
		out.URL.Path = strings.TrimSuffix(t.BaseURL.Path, "/") + out.URL.Path
		out.Host = ""
	}
	resp, err := t.Base.RoundTrip(out)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	t.Body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	t.Status = resp.StatusCode
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
		t.RetryAfter = time.Duration(s) * time.Second
	}
	resp.Body = io.NopCloser(bytes.NewReader(t.Body))
	return resp, nil
}

// whole reads a streamed body to its end first. A request that can be replayed
// from memory is repeated by the transport when an idle connection turned out
// to be closed, which is the one case where nothing has left for certain.
func whole(req *http.Request) error {
	if req.Body == nil || req.GetBody != nil {
		return nil
	}
	data, err := io.ReadAll(req.Body)
	_ = req.Body.Close()
	if err != nil {
		return fmt.Errorf("read request: %w", err)
	}
	req.ContentLength = int64(len(data))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
	req.Body, _ = req.GetBody()
	return nil
}

// Wrong says how the call ended, for everything that is not the provider's own
// well-formed word on the message: too many, a broken or foreign answer, no
// answer. The error is only asked for its class.
func (t *Trip) Wrong(err error) *SendError {
	switch {
	case t.Status == http.StatusTooManyRequests:
		return &SendError{Outcome: Slow, After: t.RetryAfter, Class: "too_many"}
	case t.Status >= 300:
		return &SendError{Outcome: Retry, After: t.RetryAfter, Class: fmt.Sprintf("http_%d", t.Status)}
	case t.Status != 0:
		return &SendError{Outcome: Unknown, Class: "answer_unreadable"}
	}
	class, unsent := networkClass(err)
	if unsent || !t.reached.Load() {
		return &SendError{Outcome: Retry, Class: class}
	}
	return &SendError{Outcome: Unknown, Class: class}
}

// networkClass is the class of a network error in one word, and whether it
// proves that nothing was sent.
func networkClass(err error) (class string, unsent bool) {
	ours, ok := redact.Provider(err).(redact.Error)
	if !ok {
		return redact.ClassOther, false
	}
	return strings.ReplaceAll(ours.Class, " ", "_"), ours.Unsent()
}
