package telegram

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pulang/bot"
	"pulang/bot/bottest"
	"pulang/internal/casefile"
	"pulang/internal/fakes"
)

// poller is a running Poll with what it stored.
type poller struct {
	c      *Telegram
	stop   context.CancelFunc
	ended  chan error
	stored chan bot.Arrived // everything receive returned nil for

	mu     sync.Mutex
	fail   int             // so many receives fail first
	failed int             // updates offered to a receive that failed
	pauses []time.Duration // waits after errors
}

// startPoll polls the fake until the test ends. Waits after errors take no time.
func startPoll(t *testing.T, fake *fakes.Telegram, failing int) *poller {
	t.Helper()
	c, err := Open(Settings{Token: testToken, Polling: true, APIURL: fake.URL(), Transport: bottest.LocalOnly(t)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	p := &poller{c: c, stop: stop, ended: make(chan error, 1), stored: make(chan bot.Arrived, 1000), fail: failing}
	c.pause = func(_ context.Context, d time.Duration) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.pauses = append(p.pauses, d)
	}
	go func() { p.ended <- c.Poll(ctx, p.receive) }()
	t.Cleanup(func() { stop(); <-p.ended; c.Close() })
	return p
}

func (p *poller) receive(_ context.Context, batch []bot.Arrived) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail > 0 {
		p.fail--
		p.failed += len(batch)
		return errors.New("database is away")
	}
	for _, a := range batch {
		p.stored <- a
	}
	return nil
}

// next is the next stored message.
func (p *poller) next(t *testing.T) bot.Arrived {
	t.Helper()
	select {
	case a := <-p.stored:
		return a
	case err := <-p.ended:
		p.ended <- err
		t.Fatalf("polling ended: %v", err)
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was stored within 20 s")
	}
	return bot.Arrived{}
}

// offsets are those of all getUpdates so far.
func offsets(fake *fakes.Telegram) []string {
	var all []string
	for _, c := range fake.Calls() {
		if c.Method == "getUpdates" {
			all = append(all, c.Fields["offset"])
		}
	}
	return all
}

func TestPollingStoresBeforeTheOffsetMoves(t *testing.T) {
	t.Parallel()
	fake, phone := newFake(t)
	phone.Says("satu")
	phone.Says("dua")
	p := startPoll(t, fake, 2)
	if first, second := p.next(t), p.next(t); !first.Text.Is("satu") || !second.Text.Is("dua") {
		t.Error("the messages were not stored in their order")
	}
	if err := fake.Settled(t.Context()); err != nil {
		t.Fatal(err)
	}
	phone.Says("tiga")
	if third := p.next(t); !third.Text.Is("tiga") {
		t.Error("the third message was not the next")
	}
	if err := fake.Settled(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(offsets(fake), " ")
	if want := "0 0 0 1003 1004"; got != want {
		t.Errorf("offsets %s, want %s: twice refused, then past both, then past the third", got, want)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed != 4 {
		t.Errorf("%d updates were offered to a storage that was away, want both twice", p.failed)
	}
}

func TestPollingDeletesTheWebhookAndKeepsWhatWaits(t *testing.T) {
	t.Parallel()
	fake, phone := newFake(t)
	fake.SetWebhook("http://127.0.0.1:1/webhooks/telegram", testSecret)
	phone.Says("tertunda")
	p := startPoll(t, fake, 0)
	if a := p.next(t); !a.Text.Is("tertunda") {
		t.Error("what waited behind the webhook was lost")
	}
	if calls := fake.Calls(); calls[0].Method != "deleteWebhook" {
		t.Errorf("first call was %s", calls[0].Method)
	}
	if broken := fake.Violations(); len(broken) != 0 {
		t.Errorf("broke Telegram's rules: %q", broken)
	}
}

func TestPollingOutlivesErrors(t *testing.T) {
	t.Parallel()
	fake, phone := newFake(t)
	fake.Fail(1, fakes.Fault{Method: "deleteWebhook", Status: 500})
	fake.Fail(2, fakes.Fault{Method: "getUpdates", Status: 502, Body: "<html>"})
	fake.Fail(1, fakes.Fault{Method: "getUpdates", Status: 429, RetryAfter: 17})
	fake.Fail(1, fakes.Fault{Method: "getUpdates", ResetBeforeAccepting: true})
	fake.Fail(1, fakes.Fault{Method: "getUpdates", Status: 409})
	phone.Says("halo")
	p := startPoll(t, fake, 0)
	if a := p.next(t); !a.Text.Is("halo") {
		t.Error("stored something else")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	want := "[1s 2s 4s 17s 30s 30s]"
	if got := fmt.Sprint(p.pauses); got != want {
		t.Errorf("waited %s, want %s", got, want)
	}
	if n := strings.Count(methods(fake), "deleteWebhook"); n != 3 {
		t.Errorf("deleted the webhook %d times, want 3: failed, done, and again after a conflict", n)
	}
}

func methods(fake *fakes.Telegram) string {
	var b strings.Builder
	for _, c := range fake.Calls() {
		b.WriteString(c.Method + " ")
	}
	return b.String()
}

func TestPollingEndsWhenTheTokenIsNotAccepted(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"deleteWebhook", "getUpdates"} {
		fake, _ := newFake(t)
		fake.Fail(1, fakes.Fault{Method: method, Status: 401})
		p := startPoll(t, fake, 0)
		err := <-p.ended
		p.ended <- err
		if !errors.Is(err, ErrToken) {
			t.Errorf("%s: ended with %v, want ErrToken", method, err)
		}
	}
}

func TestPollingStopsWithoutAnError(t *testing.T) {
	t.Parallel()
	fake, phone := newFake(t)
	p := startPoll(t, fake, 0)
	phone.Says("halo")
	p.next(t)
	p.stop() // in the middle of a long poll
	err := <-p.ended
	p.ended <- nil
	if err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestOneUnreadableUpdateCostsNoOther(t *testing.T) {
	t.Parallel()
	fake, phone := newFake(t)
	phone.Says("sebelum")
	phone.SendsRaw(`{"update_id":{update_id},"message":{"message_id":2,"date":1790000000,"chat":{"id":555000111,"type":"private"},"text":"tolong","forward_origin":{"type":"of_tomorrow"}}}`)
	phone.SendsRaw(`{"update_id":{update_id},"message":[1,2,3]}`)
	phone.Says("sesudah")
	p := startPoll(t, fake, 0)
	for _, want := range []struct {
		kind casefile.MessageKind
		text string
	}{{casefile.KindText, "sebelum"}, {casefile.KindText, "tolong"}, {casefile.KindUnknown, ""}, {casefile.KindText, "sesudah"}} {
		if a := p.next(t); a.Kind != want.kind || !a.Text.Is(want.text) {
			t.Errorf("stored a %q with text %q, want %q with %q", a.Kind, a.Text.Reveal(), want.kind, want.text)
		}
	}
}

func TestUpdatesWithoutNumbersDoNotSpin(t *testing.T) {
	t.Parallel()
	fake, phone := newFake(t)
	phone.Says("halo")
	fake.Fail(1, fakes.Fault{Method: "getUpdates", Status: 200, Body: `{"ok":true,"result":[{"message":{"text":"x"}}]}`})
	p := startPoll(t, fake, 0)
	if a := p.next(t); a.Kind != casefile.KindUnreadable {
		t.Errorf("stored a %q", a.Kind)
	}
	if a := p.next(t); !a.Text.Is("halo") {
		t.Error("the next update was not the next")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.pauses) != 1 {
		t.Errorf("paused %d times, want once", len(p.pauses))
	}
}
