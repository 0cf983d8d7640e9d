package guard

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Limits are what one client, and all of them together, may take of a listener.
type Limits struct {
	Header      time.Duration // until the header has arrived
	Read        time.Duration // until the whole request has
	Write       time.Duration // until the answer has been taken; a stream sets its own
	Idle        time.Duration // between two requests of one connection
	HeaderBytes int           // longest header; net/http adds 4 KiB
	Connections int           // most at once, those that wait for nothing included
}

// Public are the limits where anybody may knock.
var Public = Limits{Header: 5 * time.Second, Read: 15 * time.Second, Write: 30 * time.Second, Idle: time.Minute, HeaderBytes: 16 << 10, Connections: 1024}

// Inside are the limits of the listener that only the operator's machines reach.
var Inside = Limits{Header: 5 * time.Second, Read: 5 * time.Second, Write: 30 * time.Second, Idle: time.Minute, HeaderBytes: 8 << 10, Connections: 32}

// NewServer is a server with limits. Serve runs it.
func NewServer(h http.Handler, l Limits, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:                      h,
		ReadHeaderTimeout:            l.Header,
		ReadTimeout:                  l.Read,
		WriteTimeout:                 l.Write,
		IdleTimeout:                  l.Idle,
		MaxHeaderBytes:               l.HeaderBytes,
		DisableGeneralOptionsHandler: true, // "OPTIONS *" is answered like any other
		ErrorLog:                     slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// Serve serves what comes to listener, most connections at once, until the server is
// shut down; then it returns nil. When all places are taken a new client waits at the
// door, and whoever has kept a connection longest without a request gives up theirs.
func Serve(server *http.Server, listener net.Listener, most int) error {
	r := &room{Listener: listener, places: make(chan struct{}, most), closed: make(chan struct{})}
	before := server.ConnState
	server.ConnState = func(c net.Conn, state http.ConnState) {
		r.state(c, state)
		if before != nil {
			before(c, state)
		}
	}
	if err := server.Serve(r); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// room is a listener with a number of places.
type room struct {
	net.Listener
	places chan struct{} // one in it for each connection
	closed chan struct{}
	once   sync.Once

	mu      sync.Mutex
	idle    []net.Conn // the longest first
	waiting bool       // a client stands at the door
}

// Accept takes the next client in as soon as there is a place.
func (r *room) Accept() (net.Conn, error) {
	c, err := r.Listener.Accept()
	if err != nil {
		return nil, err
	}
	select {
	case r.places <- struct{}{}:
	default:
		r.makeRoom()
		select {
		case r.places <- struct{}{}:
		case <-r.closed:
			return nil, errors.Join(net.ErrClosed, c.Close())
		}
		r.mu.Lock()
		r.waiting = false
		r.mu.Unlock()
	}
	return &seat{Conn: c, leave: func() { <-r.places }}, nil
}

// makeRoom ends the connection that has been idle longest, or the next that will be.
func (r *room) makeRoom() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.idle) == 0 {
		r.waiting = true
		return
	}
	longest := r.idle[0]
	r.idle = r.idle[1:]
	_ = longest.Close()
}

// state keeps the list of idle connections.
func (r *room) state(c net.Conn, state http.ConnState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at := slices.Index(r.idle, c); at >= 0 {
		r.idle = slices.Delete(r.idle, at, at+1)
	}
	if state != http.StateIdle {
		return
	}
	if r.waiting {
		r.waiting = false
		_ = c.Close()
		return
	}
	r.idle = append(r.idle, c)
}

// Close ends the waiting too.
func (r *room) Close() error {
	r.once.Do(func() { close(r.closed) })
	return r.Listener.Close()
}

// seat is a connection that gives its place back, once.
type seat struct {
	net.Conn
	once  sync.Once
	leave func()
}

// Close ends the connection.
func (s *seat) Close() error {
	err := s.Conn.Close()
	s.once.Do(s.leave)
	return err
}
