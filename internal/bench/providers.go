package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// providers is a Telegram and a Twilio that take everything at once. They keep
// nothing but when each message to staff was handed over.
type providers struct {
	now    func() time.Time
	server *http.Server
	url    string
	serial atomic.Int64

	mu     sync.RWMutex
	people map[string]*person
	staff  map[string]time.Time // our id of a message to staff -> when it was handed over
}

// openProviders serves on a free port of 127.0.0.1.
func openProviders(now func() time.Time) (*providers, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &providers{now: now, url: "http://" + l.Addr().String(), people: map[string]*person{}, staff: map[string]time.Time{}}
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: limit}
	go func() { _ = p.server.Serve(l) }()
	return p, nil
}

func (p *providers) close() { _ = p.server.Close() }

// meet makes somebody known, so that they hear what is said to them.
func (p *providers) meet(one *person) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.people[one.address] = one
}

// ServeHTTP takes a call to either API.
func (p *providers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	at := p.now() // handed over: we have all of it
	if err != nil {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if strings.HasPrefix(r.URL.Path, "/bot") {
		p.telegram(w, r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:], body, at)
		return
	}
	p.twilio(w, r.Method, body, at)
}

func (p *providers) telegram(w io.Writer, method string, body []byte, at time.Time) {
	switch method {
	case "sendMessage":
		chat := part(body, "chat_id")
		id := p.serial.Add(1)
		p.heard(chat, strconv.FormatInt(id, 10), at)
		fmt.Fprintf(w, `{"ok":true,"result":{"message_id":%d,"date":%d,"chat":{"id":%s,"type":"private"}}}`, id, at.Unix(), chat)
	case "getMe":
		_, _ = io.WriteString(w, `{"ok":true,"result":{"id":700000001,"is_bot":true,"first_name":"Bench","username":"bench_bot"}}`)
	default:
		_, _ = io.WriteString(w, `{"ok":true,"result":true}`)
	}
}

// part finds a field of a multipart form without parsing all of it.
func part(body []byte, name string) string {
	_, rest, found := bytes.Cut(body, []byte(`name="`+name+`"`))
	if !found {
		return ""
	}
	_, rest, _ = bytes.Cut(rest, []byte("\r\n\r\n"))
	value, _, _ := bytes.Cut(rest, []byte("\r\n--"))
	return string(value)
}

func (p *providers) twilio(w http.ResponseWriter, method string, body []byte, at time.Time) {
	if method != http.MethodPost {
		_, _ = io.WriteString(w, `{"messages":[],"page":0,"page_size":1}`)
		return
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	sid := fmt.Sprintf("SM%032x", p.serial.Add(1)+1<<40)
	p.heard(form.Get("To"), sid, at)
	w.WriteHeader(http.StatusCreated)
	fmt.Fprintf(w, `{"sid":%q,"status":"queued","to":%q,"from":%q}`, sid, form.Get("To"), twilioFrom)
}

// heard rings the phone.
func (p *providers) heard(address, ref string, at time.Time) {
	p.mu.RLock()
	one := p.people[address]
	p.mu.RUnlock()
	switch {
	case one == nil:
	case one.staff:
		p.mu.Lock()
		p.staff[ref] = at
		p.mu.Unlock()
	default:
		one.hears(at)
	}
}

// told is when a message to staff was handed over.
func (p *providers) told(ref string) (time.Time, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	at, ok := p.staff[ref]
	return at, ok
}
