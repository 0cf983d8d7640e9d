package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"
	"time"
)

// front is the load balancer before the processes. One that is not there is passed
// over; once a request was handed over, it is never repeated.
type front struct {
	backends []string
	inner    *http.Transport

	mu     sync.Mutex
	turn   int
	losing int // how many answers are still to be lost
}

func newFront(backends []string) *front {
	return &front{backends: backends, inner: &http.Transport{
		DialContext:           (&net.Dialer{Timeout: time.Second}).DialContext,
		ResponseHeaderTimeout: 12 * time.Second, // Twilio gives up after 15
		DisableKeepAlives:     true,             // else the client repeats a request by itself
	}}
}

// lose makes the next n answers vanish on their way back.
func (f *front) lose(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.losing = n
}

func (f *front) loses() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.losing == 0 {
		return false
	}
	f.losing--
	return true
}

// next is where to begin with a request.
func (f *front) next() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.turn++
	return f.turn
}

// RoundTrip hands a request to the first backend that takes the connection.
func (f *front) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 2<<20))
	if err != nil {
		return nil, err
	}
	first := f.next()
	for i := range f.backends {
		r.URL.Host = f.backends[(first+i)%len(f.backends)]
		r.Body = io.NopCloser(bytes.NewReader(body))
		var answer *http.Response
		answer, err = f.inner.RoundTrip(r)
		var dial *net.OpError
		if errors.As(err, &dial) && dial.Op == "dial" {
			continue
		}
		return answer, err
	}
	return nil, err
}

// handler is the front as a server.
func (f *front) handler() http.Handler {
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.Out.URL.Scheme = "http"; r.Out.URL.Host = "line" },
		Transport: f, ErrorLog: log.New(io.Discard, "", 0),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
		ModifyResponse: func(answer *http.Response) error {
			if f.loses() {
				_ = answer.Body.Close()
				panic(http.ErrAbortHandler)
			}
			return nil
		},
	}
	return proxy
}

// serve listens until the returned function is called.
func (f *front) serve(ctx context.Context) (url string, stop func(), err error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: f.handler(), ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	return "http://" + l.Addr().String(), func() {
		_ = server.Close()
		<-done
		f.inner.CloseIdleConnections()
	}, nil
}
