package guard

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

var quiet = slog.New(slog.DiscardHandler)

// quick are limits that a test can wait for.
var quick = Limits{Header: 100 * time.Millisecond, Read: 200 * time.Millisecond, Write: 200 * time.Millisecond, Idle: time.Minute, HeaderBytes: 1 << 10, Connections: 8}

// open serves a handler on loopback.
func open(t *testing.T, h http.Handler, l Limits, watch ...func(net.Conn, http.ConnState)) (address string, server *http.Server) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server = NewServer(h, l, quiet)
	for _, w := range watch {
		server.ConnState = w
	}
	over := make(chan error, 1)
	go func() { over <- Serve(server, listener, l.Connections) }()
	t.Cleanup(func() {
		_ = server.Close()
		if err := <-over; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	return listener.Addr().String(), server
}

// dial connects, for 20 seconds at most.
func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

func ask(t *testing.T, c net.Conn, request string) *http.Response {
	t.Helper()
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	_, _ = io.Copy(io.Discard, response.Body) // a refusal may be cut off after its status
	return response
}

// isCutOff waits until the other side ends the connection.
func isCutOff(t *testing.T, c net.Conn, what string) {
	t.Helper()
	var late net.Error
	if _, err := io.Copy(io.Discard, c); errors.As(err, &late) && late.Timeout() {
		t.Errorf("%s holds its connection", what)
	}
}

var fine = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "fine") })

func TestEveryAnswerHasTheHeaders(t *testing.T) {
	t.Parallel()
	for what, h := range map[string]http.Handler{
		"a page":          fine,
		"nothing":         http.NotFoundHandler(),
		"an error":        http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusTeapot) }),
		"a panic":         http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("canary") }),
		"no-store undone": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Del("Cache-Control"); w.WriteHeader(416) }),
	} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"} {
			w := httptest.NewRecorder()
			Handler(h, Options{Log: quiet, Secure: true}).ServeHTTP(w, httptest.NewRequest(method, "https://line.example/x", nil))
			for name, want := range headers {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s, %s: %s is %q, want %q", what, method, name, got, want)
				}
			}
			if w.Header().Get("Strict-Transport-Security") != hsts {
				t.Errorf("%s, %s: browsers are not held to https", what, method)
			}
			known := method == "GET" || method == "HEAD" || method == "POST"
			if refused := w.Code == http.StatusMethodNotAllowed; refused == known || (refused && w.Header().Get("Allow") != "GET, HEAD, POST") {
				t.Errorf("%s: %s is answered %d", what, method, w.Code)
			}
		}
	}
	w := httptest.NewRecorder()
	Handler(fine, Options{Log: quiet}).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Header().Get("Strict-Transport-Security") != "" {
		t.Error("browsers are sent to https where there is none")
	}
}

func TestTheConsoleAnswersToItsOwnNameOnly(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		public, host string
		status       int
	}{
		{"https://line.example", "line.example", 200},
		{"https://line.example", "LINE.example:443", 200},
		{"https://line.example", "line.example.", 200},
		{"http://127.0.0.1:8080", "127.0.0.1:8080", 200},
		{"http://localhost", "localhost:80", 200},
		{"http://[::1]:8080", "[::1]:8080", 200},
		{"https://line.example", "line.example:80", 421},
		{"https://line.example", "line.example:8443", 421},
		{"https://line.example", "evil.example", 421},
		{"https://line.example", "line.example.evil.example", 421},
		{"https://line.example", "", 421},
		{"https://line.example", "evil.example@line.example", 421},
		{"https://line.example", "line.example/x", 421},
		{"https://line.example", "line.example?x", 421},
		{"https://line.example", "127.0.0.1:8080", 421},
		{"", "", 421},
		{"", "line.example", 421},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = one.host
		r.Header.Set("X-Forwarded-Host", "line.example") // anybody's word
		OnlyAs(one.public, fine).ServeHTTP(w, r)
		if w.Code != one.status {
			t.Errorf("%q, asked as %q, answers %d, want %d", one.public, one.host, w.Code, one.status)
		}
	}
}

func TestAPanicEndsOneRequestAndTellsNothing(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	const canary = "canary-628123456789"
	mux := http.NewServeMux()
	mux.HandleFunc("GET /cases/{ref}", func(_ http.ResponseWriter, r *http.Request) {
		panic(fmt.Errorf("cannot read %s", canary+r.PathValue("ref")))
	})
	mux.HandleFunc("GET /nil", func(http.ResponseWriter, *http.Request) { var none *http.Cookie; none.Value = canary })
	address, _ := open(t, Handler(mux, Options{Log: slog.New(slog.NewTextHandler(&log, nil))}), Public)
	c := dial(t, address)
	for path, kind := range map[string]string{"/cases/" + canary: `route="GET /cases/{ref}" kind=*errors.errorString`, "/nil": `route="GET /nil" kind=runtime.`} {
		response := ask(t, c, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n") // the connection goes on
		if response.StatusCode != http.StatusInternalServerError {
			t.Errorf("a panic is answered %d", response.StatusCode)
		}
		said := log.String()
		if !strings.Contains(said, kind) || !strings.Contains(said, "guard.TestAPanicEndsOneRequestAndTellsNothing") {
			t.Errorf("the log does not say what happened and where, %s: %s", kind, said)
		}
		if strings.Contains(said, "canary") || strings.Contains(said, "6281") {
			t.Errorf("the log tells what was being read: %s", said)
		}
		log.Reset()
	}
}

func TestAHalfAnswerIsCutOff(t *testing.T) {
	t.Parallel()
	address, _ := open(t, Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 8<<10))
		panic("too late")
	}), Options{Log: quiet}), Public)
	response, err := http.Get("http://" + address)
	if err == nil {
		defer func() { _ = response.Body.Close() }()
		_, err = io.Copy(io.Discard, response.Body)
	}
	if err == nil {
		t.Error("half an answer passes for a whole one")
	}
	for what, v := range map[string]error{"an abort": http.ErrAbortHandler} {
		func() {
			defer func() {
				if recover() != v {
					t.Errorf("%s is not passed on", what)
				}
			}()
			Recover(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(v) }), quiet, nil).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		}()
	}
}

func TestAStreamReachesItsConnection(t *testing.T) {
	t.Parallel()
	told := make(chan error, 2)
	address, _ := open(t, Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stream := http.NewResponseController(w)
		told <- errors.Join(stream.SetWriteDeadline(time.Time{}), stream.SetReadDeadline(time.Time{}))
		_, _ = io.WriteString(w, "event")
		told <- stream.Flush()
		<-r.Context().Done()
	}), Options{Log: quiet}), quick)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	word := make([]byte, 5)
	if _, err := io.ReadFull(response.Body, word); err != nil || string(word) != "event" {
		t.Errorf("heard %q (%v) while the stream is open", word, err)
	}
	for range 2 {
		if err := <-told; err != nil {
			t.Error(err)
		}
	}
}

func TestSlowClientsAreCutOff(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", 32<<20)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /read", func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	wrote := make(chan error, 1)
	mux.HandleFunc("GET /big", func(w http.ResponseWriter, _ *http.Request) {
		_, err := io.WriteString(w, big)
		wrote <- err
	})
	address, _ := open(t, Handler(mux, Options{Log: quiet}), quick)
	for what, begins := range map[string]string{
		"a header that does not end": "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"no request at all":          "",
		"a body that does not end":   "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx",
		"a chunk that does not end":  "POST /read HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\nx",
	} {
		c := dial(t, address)
		if _, err := io.WriteString(c, begins); err != nil {
			t.Fatal(err)
		}
		isCutOff(t, c, what)
	}
	deaf := dial(t, address)
	if _, err := io.WriteString(deaf, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-wrote:
		if err == nil {
			t.Error("whoever does not read gets everything all the same")
		}
	case <-time.After(20 * time.Second):
		t.Error("whoever does not read holds a request for ever")
	}
}

func TestADripOfBytesBuysNoTime(t *testing.T) {
	t.Parallel()
	address, _ := open(t, fine, quick)
	c := dial(t, address)
	over := make(chan struct{})
	go func() {
		defer close(over)
		_, _ = io.Copy(io.Discard, c)
	}()
	drip := time.NewTicker(10 * time.Millisecond)
	defer drip.Stop()
	_, _ = io.WriteString(c, "GET / HTTP/1.1\r\n")
	for {
		select {
		case <-over:
			return
		case <-drip.C:
			_, _ = io.WriteString(c, "X: y\r\n")
		case <-time.After(20 * time.Second):
			t.Fatal("a byte now and then holds a connection for ever")
		}
	}
}

func TestALongHeaderIsRefused(t *testing.T) {
	t.Parallel()
	address, _ := open(t, fine, quick)
	for what, header := range map[string]string{
		"one line":   "X-Long: " + strings.Repeat("x", 8<<10) + "\r\n",
		"many lines": strings.Repeat("X: y\r\n", 2<<10),
	} {
		if got := ask(t, dial(t, address), "GET / HTTP/1.1\r\nHost: x\r\n"+header+"\r\n").StatusCode; got != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%s: %d", what, got)
		}
	}
	if got := ask(t, dial(t, address), "GET /"+strings.Repeat("x", 8<<10)+" HTTP/1.1\r\nHost: x\r\n\r\n").StatusCode; got != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a long address: %d", got)
	}
}

func TestWhatIsNoHTTPReachesNoHandler(t *testing.T) {
	t.Parallel()
	address, _ := open(t, Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }), Options{Log: quiet}), Public)
	for what, request := range map[string]string{
		"no host":            "GET / HTTP/1.1\r\n\r\n",
		"two hosts":          "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"two lengths":        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
		"an odd encoding":    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n",
		"a space in a name":  "GET / HTTP/1.1\r\nHost: x\r\nX : y\r\n\r\n",
		"a bare line return": "GET / HTTP/1.1\r\nHost: x\rX: y\r\n\r\n",
		"a later HTTP":       "GET / HTTP/3.0\r\nHost: x\r\n\r\n",
		"HTTP/2 in clear":    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	} {
		if got := ask(t, dial(t, address), request).StatusCode; got == http.StatusTeapot || got < 400 {
			t.Errorf("%s: %d", what, got)
		}
	}
	if got := ask(t, dial(t, address), "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"); got.StatusCode != http.StatusMethodNotAllowed || got.Header.Get("X-Content-Type-Options") == "" {
		t.Errorf("OPTIONS * is answered past the handler: %d", got.StatusCode)
	}
}

func TestAFullHouseMakesRoomForWhoAsks(t *testing.T) {
	t.Parallel()
	few := Public
	few.Connections = 3
	rests := make(chan struct{}, 8)
	address, _ := open(t, fine, few, func(_ net.Conn, state http.ConnState) {
		if state == http.StateIdle {
			rests <- struct{}{}
		}
	})
	const request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
	var idle []net.Conn
	for range few.Connections {
		c := dial(t, address)
		ask(t, c, request)
		<-rests
		idle = append(idle, c)
	}
	for range 2 { // each takes the place of whoever was idle longest
		if got := ask(t, dial(t, address), request).StatusCode; got != http.StatusOK {
			t.Errorf("a new client got %d", got)
		}
	}
	isCutOff(t, idle[0], "whoever was idle longest")
	isCutOff(t, idle[1], "whoever was idle second longest")
	if got := ask(t, idle[2], request).StatusCode; got != http.StatusOK {
		t.Errorf("whoever asked last lost the place: %d", got)
	}
}

func TestNoMoreThanTheMostAreInside(t *testing.T) {
	t.Parallel()
	few := Public
	few.Connections = 2
	var mu sync.Mutex
	inside, most := 0, 0
	entered, leave := make(chan struct{}, 8), make(chan struct{})
	address, _ := open(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		mu.Lock()
		inside++
		most = max(most, inside)
		mu.Unlock()
		entered <- struct{}{}
		<-leave
		mu.Lock()
		inside--
		mu.Unlock()
	}), few)
	statuses := make(chan int, 6)
	for range 6 {
		c := dial(t, address)
		go func() {
			_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			response, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				statuses <- 0
				return
			}
			statuses <- response.StatusCode
		}()
	}
	<-entered
	<-entered
	for range 6 {
		leave <- struct{}{}
	}
	for range 6 {
		if got := <-statuses; got != http.StatusOK {
			t.Errorf("somebody who waited got %d", got)
		}
	}
	if most != few.Connections {
		t.Errorf("%d were inside at once, the most is %d", most, few.Connections)
	}
}

func TestAStopSendsAwayWhoWaitsAtTheDoor(t *testing.T) {
	t.Parallel()
	one := Public
	one.Connections = 1
	entered, leave := make(chan struct{}), make(chan struct{})
	address, server := open(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(entered)
		<-leave
	}), one)
	inside := dial(t, address)
	if _, err := io.WriteString(inside, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-entered
	atTheDoor := dial(t, address)
	stopped := make(chan error, 1)
	go func() { stopped <- server.Shutdown(context.Background()) }()
	isCutOff(t, atTheDoor, "whoever waits at the door of a program that stops")
	close(leave)
	if response, err := http.ReadResponse(bufio.NewReader(inside), nil); err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("whoever was inside got no answer: %v", err)
	}
	if err := <-stopped; err != nil {
		t.Errorf("the stop: %v", err)
	}
}

func TestTheLimitsAreTight(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]Limits{"Public": Public, "Inside": Inside} {
		s := NewServer(fine, l, quiet)
		if s.ReadHeaderTimeout <= 0 || s.ReadHeaderTimeout > 5*time.Second || s.ReadTimeout <= 0 || s.ReadTimeout > 15*time.Second ||
			s.WriteTimeout <= 0 || s.WriteTimeout > 30*time.Second || s.IdleTimeout <= 0 || s.IdleTimeout > 2*time.Minute ||
			s.MaxHeaderBytes <= 0 || s.MaxHeaderBytes > 16<<10 || l.Connections <= 0 || l.Connections > 1024 {
			t.Errorf("%s is too generous: %+v", name, l)
		}
	}
}
