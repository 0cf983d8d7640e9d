// Package fakes is a Telegram and a Twilio on loopback, and the phones of the
// people behind them: for the demo, the benchmark and the tests.
//
// The line speaks to them through the same HTTP and the same client libraries
// as to the real ones, and they write to its webhooks as the real ones do. So
// they promise to be strict: what the real API refuses is refused with its
// words and remembered as a violation (Violations); the same ids repeat where
// the real ones do; signatures and secrets are real. They can also be as
// unkind as the real ones: answer 429 or HTML, hang, cut the connection after
// accepting (Fail), deliver a webhook twice, before and after it was answered
// (Redeliver), or late and in another order (Hold, Release). Nothing here
// waits by sleeping: Wait and Settled are woken by what happens.
//
// They leave out what the line does not use, on purpose: a method that is not
// here is answered 404 and is a violation, so that nobody believes it tested.
// Text of parse_mode is one of these.
package fakes

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Shown is one thing on a phone's screen.
type Shown struct {
	MessageID int    // Telegram's id, which repeats between chats; 0 on SMS
	SID       string // Twilio's id; empty on Telegram
	FromLine  bool   // true: the line wrote it; false: the phone's owner did
	Kind      string // text, photo, voice, document, location, contact or other
	Text      string // the text or caption
	Buttons   [][]Button
	At        time.Time
	Edited    bool
	Deleted   bool // it is on the screen no more
}

// Button is an inline button, or with empty Data and URL a key of a reply keyboard.
type Button struct{ Text, Data, URL string }

// Call is one request that reached an API, also a refused one.
type Call struct {
	At        time.Time
	Method    string            // Telegram's method name; for Twilio "create", "list" or "fetch"
	Recipient string            // chat id or phone number; empty when there is none
	Fields    map[string]string // what was sent
	Status    int               // the HTTP status answered; 0: not yet, or cut off
}

// bell wakes everyone who waits for a change.
type bell struct {
	mu sync.Mutex
	ch chan struct{}
}

// ring says that something has changed.
func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch != nil {
		close(b.ch)
		b.ch = nil
	}
}

// next is closed by the next ring.
func (b *bell) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch == nil {
		b.ch = make(chan struct{})
	}
	return b.ch
}

// wait returns nil as soon as the condition holds, else the cause of ctx's end.
func (b *bell) wait(ctx context.Context, holds func() bool) error {
	for {
		next := b.next()
		if holds() {
			return nil
		}
		select {
		case <-next:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// server is an http.Server on a free port of 127.0.0.1.
type server struct {
	mu   sync.Mutex
	http *http.Server
	url  string
	done chan struct{}
}

// start listens and serves; the error names no secret.
func (s *server) start(h http.Handler) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.http != nil {
		return errors.New("fakes: started twice")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("fakes: listen on 127.0.0.1: %w", err)
	}
	s.http = &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	s.url = "http://" + l.Addr().String()
	s.done = make(chan struct{})
	go func() {
		defer close(s.done)
		_ = s.http.Serve(l)
	}()
	return nil
}

// address is empty before start.
func (s *server) address() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.url
}

// close cuts every connection and waits for the listener's end.
func (s *server) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.http != nil {
		_ = s.http.Close()
		<-s.done
	}
}
