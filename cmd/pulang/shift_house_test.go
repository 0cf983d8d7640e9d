package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/devstack/testbed"
	"pulang/internal/fakes"
	"pulang/internal/gsm7"
	"pulang/internal/seal"
)

// Whole shifts: a person writes to pulang serve, staff are alerted on their own phones,
// sign in with a real Chromium, and work the case until it is closed.

// watch is how long a shift waits for anything: a loaded machine is slow.
const watch = 40 * time.Second

// hotline is a running pulang serve with its providers, for one shift.
type hotline struct {
	*testing.T
	clock    *testbed.Clock // nil: the wall clock
	now      func() time.Time
	env      map[string]string
	url      string
	telegram *fakes.Telegram
	twilio   *fakes.Twilio
}

// night is three in the morning, wherever the tests run.
var night = time.Date(2026, 3, 2, 3, 4, 0, 0, time.Local)

// newHotline is everything around the program: an empty database, and both providers.
// Without a clock it is a program of the wall clock.
func newHotline(t *testing.T, clock *testbed.Clock) *hotline {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	_ = l.Close()
	h := &hotline{T: t, clock: clock, now: time.Now, url: "http://localhost:" + port}
	if clock != nil {
		h.now = clock.Now
	}
	h.telegram = fakes.NewTelegram(fakes.TelegramOptions{MaxConnections: 4, RetryEvery: 20 * time.Millisecond, Now: h.now})
	h.twilio = fakes.NewTwilio(fakes.TwilioOptions{MessageURL: h.url + "/webhooks/twilio/message", StatusURL: h.url + "/webhooks/twilio/status",
		Segments: gsm7.Segments, Strict: true, Attempts: 5, RetryEvery: 20 * time.Millisecond, Now: h.now})
	keyset := filepath.Join(t.TempDir(), "keyset")
	for _, step := range []func() error{h.telegram.Start, h.twilio.Start, func() error { return seal.Create(keyset, nil) }} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(h.telegram.Close)
	t.Cleanup(h.twilio.Close)
	account := h.twilio.Options()
	h.env = map[string]string{
		"DATABASE_URL": stack.Database(t), "REDIS_URL": stack.RedisURL, "KEYSET_FILE": keyset, "PUBLIC_URL": h.url, "LISTEN_ADDR": "127.0.0.1:" + port,
		"TELEGRAM_BOT_TOKEN": h.telegram.Token(), "TELEGRAM_WEBHOOK_SECRET": "s3cret-s3cret-s3cret", "TELEGRAM_API_URL": h.telegram.URL(),
		"TWILIO_ACCOUNT_SID": account.AccountSID, "TWILIO_AUTH_TOKEN": account.AuthToken, "TWILIO_FROM": account.From, "TWILIO_API_URL": h.twilio.URL(),
	}
	return h
}

// opens serves until the test ends, by the clock of the test.
func (h *hotline) opens() *hotline {
	h.Helper()
	ctx, stop := context.WithCancel(context.Background())
	reads, writes := io.Pipe()
	said, open, ended := &strings.Builder{}, make(chan struct{}), make(chan int, 1)
	read := make(chan struct{})
	go func() {
		defer close(read)
		h.hearsProgram(reads, said, open)
	}()
	go func() {
		ended <- run(ctx, world{args: []string{"serve"}, getenv: func(name string) string { return h.env[name] }, stdin: strings.NewReader(""),
			stdout: writes, stderr: writes, now: h.now})
		_ = writes.Close()
	}()
	h.Cleanup(func() {
		stop()
		code := <-ended
		<-read
		if code != 0 || h.Failed() || strings.Contains(said.String(), `"level":"ERROR"`) {
			h.Errorf("serve ended with %d and said:\n%s", code, said)
		}
		for _, v := range append(h.telegram.Violations(), h.twilio.Violations()...) {
			h.Errorf("a provider would refuse: %s", v)
		}
	})
	select {
	case <-open:
	case <-read:
		h.Fatalf("serve does not open:\n%s", said)
	case <-time.After(watch):
		h.Fatal("serve does not open")
	}
	h.until("Telegram knows the webhook", func() bool { return calls(h.telegram, "setWebhook") > 0 })
	return h
}

// hearsProgram reads what the program logs to its end.
func (h *hotline) hearsProgram(from io.Reader, said *strings.Builder, open chan<- struct{}) {
	lines := json.NewDecoder(from)
	for {
		var raw json.RawMessage
		if err := lines.Decode(&raw); err != nil {
			_, _ = io.Copy(io.Discard, from)
			return
		}
		said.Write(append(raw, '\n'))
		var entry struct{ Msg string }
		if json.Unmarshal(raw, &entry) == nil && entry.Msg == "the line is open" {
			close(open)
		}
	}
}

// until asks again and again whether something has come true.
func (h *hotline) until(claim string, holds func() bool) {
	h.Helper()
	tick, deadline := time.NewTicker(10*time.Millisecond), time.After(watch)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			h.Fatalf("not so in %s: %s", watch, claim)
		}
	}
}

// hires adds a member of staff as the command does, and returns their papers.
func (h *hotline) hires(c staffAddCommand) (papers cases.Papers) {
	h.Helper()
	s, wrong := readSettings(func(name string) string { return h.env[name] })
	if err := wrong.err(); err != nil {
		h.Fatal(err)
	}
	db, err := openStorage(h.Context(), s)
	if err != nil {
		h.Fatal(err)
	}
	defer db.Close()
	if papers, err = c.add(h.Context(), db, s, h.now()); err != nil {
		h.Fatal(err)
	}
	return papers
}

// settles waits until no message, letter or rung is on its way, and moves the clock.
func (h *hotline) settles(forward time.Duration) {
	h.Helper()
	ctx, cancel := context.WithTimeout(h.Context(), watch)
	defer cancel()
	if err := h.telegram.Settled(ctx); err != nil {
		h.Fatal(err)
	}
	if err := h.twilio.Settled(ctx); err != nil {
		h.Fatal(err)
	}
	h.until("nothing is on its way", func() bool {
		return count(h.T, h.env["DATABASE_URL"], `SELECT (SELECT count(*) FROM outbox WHERE state IN ('queued', 'claimed', 'unknown')) + (SELECT count(*) FROM messages WHERE state = 'waiting')`) == 0
	})
	if forward > 0 {
		h.clock.Forward(forward)
	}
}

// handset is somebody's phone.
type handset struct {
	h     *hotline
	owner string
	shows func() []fakes.Shown
	wait  func(context.Context, func([]fakes.Shown) bool) error
	says  func(string)
	mark  int // what was read of the screen
}

func (h *hotline) chat(owner string, id int64) *handset {
	p := h.telegram.Chat(id, owner)
	return &handset{h: h, owner: owner, shows: p.Shows, wait: p.Wait, says: func(text string) { p.Says(text) }}
}

func (h *hotline) mobile(owner, number string) *handset {
	p := h.twilio.Phone(number)
	return &handset{h: h, owner: owner, shows: p.Shows, wait: p.Wait, says: func(text string) { p.Says(text) }}
}

// writes sends a text.
func (p *handset) writes(text string) {
	p.mark = len(p.shows())
	p.says(text)
}

// hears waits until the line has said something that holds these words, and returns it.
func (p *handset) hears(words string) (text string) {
	p.h.Helper()
	ctx, cancel := context.WithTimeout(p.h.Context(), watch)
	defer cancel()
	err := p.wait(ctx, func(screen []fakes.Shown) bool {
		for i := p.mark; i < len(screen); i++ {
			if screen[i].FromLine && strings.Contains(screen[i].Text, words) {
				text, p.mark = screen[i].Text, i+1
				return true
			}
		}
		return false
	})
	if err != nil {
		p.h.Fatalf("%s waits for %q and sees %+v", p.owner, words, p.shows())
	}
	return text
}

// hearsNothing asks, once nothing is on its way, that the line said nothing more.
func (p *handset) hearsNothing() {
	p.h.Helper()
	p.h.settles(0)
	for _, s := range p.shows()[p.mark:] {
		if s.FromLine {
			p.h.Errorf("%s should hear nothing more, and hears %q", p.owner, s.Text)
		}
	}
}

// alerted waits for an alert, asks that it carries nothing of the story, and returns
// where its link leads.
func (p *handset) alerted(story ...string) (path string) {
	p.h.Helper()
	text := p.hears("/a/")
	_, path, _ = strings.Cut(text, p.h.url)
	path = strings.Fields(path)[0]
	carries := strings.ToLower(strings.ReplaceAll(text, strings.TrimPrefix(path, "/a/"), ""))
	for _, word := range story {
		if strings.Contains(carries, strings.ToLower(word)) {
			p.h.Errorf("the alert on %s's phone carries %q: %s", p.owner, word, text)
		}
	}
	return path
}

// both are the languages that staff of the shifts speak; theirs is the first.
func both(first casefile.Lang) []string {
	if first == casefile.English {
		return []string{"en", "id"}
	}
	return []string{"id", "en"}
}
