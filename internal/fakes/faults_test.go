package fakes

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot"
)

func sendTo(ctx context.Context, b *bench, chat int64) error {
	_, err := b.client.SendMessage(ctx, &bot.SendMessageParams{ChatID: chat, Text: "halo"})
	return err
}

func TestFaultsHappenAsOftenAndWhereTheyShould(t *testing.T) {
	t.Parallel()
	b := newBench(t, TelegramOptions{}, nil)
	b.Chat(1, "A")
	b.Chat(2, "B")
	b.Fail(2, Fault{Method: "sendMessage", Recipient: "1", Status: 429, RetryAfter: 5})
	var many *bot.TooManyRequestsError
	for _, c := range []struct {
		chat int64
		bad  bool
	}{{2, false}, {1, true}, {2, false}, {1, true}, {1, false}} {
		err := sendTo(t.Context(), b, c.chat)
		if c.bad != (err != nil) || (c.bad && (!errors.As(err, &many) || many.RetryAfter != 5)) {
			t.Errorf("chat %d: %v, want a fault: %v", c.chat, err, c.bad)
		}
	}
	b.Fail(-1, Fault{Status: 502, Body: "<html>Bad Gateway</html>"})
	for range 3 {
		if err := sendTo(t.Context(), b, 1); err == nil || !strings.Contains(err.Error(), "<html>") {
			t.Errorf("a proxy's page: %v", err)
		}
	}
	b.Heal()
	if err := sendTo(t.Context(), b, 1); err != nil {
		t.Errorf("after Heal: %v", err)
	}
	var statuses []int
	for _, c := range b.Calls() {
		if c.Recipient == "1" {
			statuses = append(statuses, c.Status)
		}
	}
	if !slices.Equal(statuses, []int{429, 429, 200, 502, 502, 502, 200}) {
		t.Errorf("the calls to chat 1 were answered %v", statuses)
	}
	none(t, b.Violations())
}

func TestACutConnectionMayOrMayNotHaveDelivered(t *testing.T) {
	t.Parallel()
	b := newBench(t, TelegramOptions{}, nil)
	a := b.Chat(1, "A")
	b.Fail(1, Fault{ResetBeforeAccepting: true})
	if err := sendTo(t.Context(), b, 1); err == nil || len(a.Shows()) != 0 {
		t.Errorf("cut before: %v, the phone shows %v", err, a.Shows())
	}
	b.Fail(1, Fault{ResetAfterAccepting: true})
	if err := sendTo(t.Context(), b, 1); err == nil || len(a.Shows()) != 1 {
		t.Errorf("cut after: %v, the phone shows %v", err, a.Shows())
	}
}

func TestHangingEndsWithTheCallerTheReleaseOrTheFake(t *testing.T) {
	t.Parallel()
	b := newBench(t, TelegramOptions{}, nil)
	a := b.Chat(1, "A")
	b.Fail(1, Fault{Hang: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := sendTo(ctx, b, 1); !errors.Is(err, context.DeadlineExceeded) || len(a.Shows()) != 0 {
		t.Errorf("a caller who gave up: %v, the phone shows %v", err, a.Shows())
	}
	b.Fail(1, Fault{Hang: time.Hour, ResetAfterAccepting: true})
	ctx, cancel = context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := sendTo(ctx, b, 1); !errors.Is(err, context.DeadlineExceeded) || len(a.Shows()) != 1 {
		t.Errorf("a caller who gave up after it was accepted: %v, the phone shows %v", err, a.Shows())
	}
	release, done := make(chan struct{}), make(chan error)
	b.Fail(1, Fault{Release: release})
	go func() { done <- sendTo(t.Context(), b, 1) }()
	close(release)
	if err := <-done; err != nil || len(a.Shows()) != 2 {
		t.Errorf("released: %v, the phone shows %v", err, a.Shows())
	}
	b.Fail(1, Fault{Hang: time.Hour})
	before := len(b.Calls())
	go func() { done <- sendTo(t.Context(), b, 1) }()
	if err := b.WaitCalls(soon(t), func(c []Call) bool { return len(c) > before }); err != nil {
		t.Fatal(err)
	}
	b.Close()
	if err := <-done; err == nil {
		t.Error("a call that hung at the end succeeded")
	}
}

func TestWaitIsWokenByWhatIsShown(t *testing.T) {
	t.Parallel()
	b := newBench(t, TelegramOptions{}, nil)
	a := b.Chat(1, "A")
	waiting, done := make(chan struct{}), make(chan error)
	go func() {
		told := false
		done <- a.Wait(soon(t), func(s []Shown) bool {
			if !told {
				told = true
				close(waiting)
			}
			return len(s) == 1
		})
	}()
	<-waiting
	if err := sendTo(t.Context(), b, 1); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	if err := a.Wait(ctx, func([]Shown) bool { return false }); err == nil || err.Error() != "enough" {
		t.Errorf("Wait at the end of its context: %v", err)
	}
}
