package bot

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// keenChannel takes everything, and counts.
type keenChannel struct {
	Channel
	sent *int
}

func (c keenChannel) Send(context.Context, Outgoing) (Receipt, error) {
	*c.sent++
	return Receipt{}, nil
}

func TestAProcessThatSleptDoesNotSendWhatSomebodyElseMaySend(t *testing.T) {
	t.Parallel()
	now, sent := time.Unix(0, 0), 0
	l := &Line{byName: map[casefile.ChannelName]Channel{"keen": keenChannel{sent: &sent}}, metrics: newMetrics(nil), now: func() time.Time { return now }}
	p := parcel{letter: store.Letter{Channel: "keen", Attempts: 1}, until: now.Add(lease)}
	now = now.Add(lease - sendLimit + time.Second)
	if ends := l.send(t.Context(), p); sent != 0 || ends[0].State != "queued" || !ends[0].NotTried {
		t.Errorf("sent %d times and ended %+v, want it put back unsent", sent, ends[0])
	}
	now = now.Add(-2 * time.Second)
	if ends := l.send(t.Context(), p); sent != 1 || ends[0].State != "sent" {
		t.Errorf("sent %d times and ended %+v, want it sent", sent, ends[0])
	}
}

func TestAFloodOfAlertsIsPaced(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	every := 3 * time.Second
	for _, c := range []struct {
		name    string
		recent  store.Recent
		waiting int
		single  int
		wait    time.Duration
	}{
		{"a quiet night", store.Recent{}, 2, 2, 0},
		{"many at once", store.Recent{}, 9, 3, every},
		{"the third in a minute", store.Recent{Messages: 2, Last: now}, 1, 1, 0},
		{"the fourth waits a little", store.Recent{Messages: 3, Last: now.Add(-time.Second)}, 4, 0, 2 * time.Second},
		{"and is told with the others", store.Recent{Messages: 3, Last: now.Add(-every)}, 4, 0, 0},
		{"long after", store.Recent{Messages: 19, Last: now.Add(-50 * time.Second)}, 100, 0, 0},
	} {
		if single, wait := paceAlerts(c.recent, c.waiting, every, now); single != c.single || wait != c.wait {
			t.Errorf("%s: %d alone and the rest after %s, want %d and %s", c.name, single, wait, c.single, c.wait)
		}
	}
}

// brokenChannel is a channel whose client panics with what it was given.
type brokenChannel struct{ Channel }

func (brokenChannel) Send(_ context.Context, m Outgoing) (Receipt, error) { panic(m.Text.Reveal()) }

func TestAChannelThatPanicsEndsOneLetterAndSaysNothingOfIt(t *testing.T) {
	t.Parallel()
	var logs bytes.Buffer
	l := &Line{
		byName: map[casefile.ChannelName]Channel{"broken": brokenChannel{}}, metrics: newMetrics(nil),
		now: func() time.Time { return time.Unix(0, 0) }, log: slog.New(slog.NewTextHandler(&logs, nil)),
	}
	p := parcel{letter: store.Letter{Channel: "broken", Attempts: 1}, out: Outgoing{Text: casefile.Hide("canarina")}}
	p.until = l.now().Add(lease)
	if ends := l.send(t.Context(), p); len(ends) != 1 || ends[0].State != "unknown" || ends[0].Reason != "panic" {
		t.Errorf("ended %+v, want one that is unknown", ends)
	}
	if logged := logs.String(); !strings.Contains(logged, "panicked") || strings.Contains(logged, "canarina") {
		t.Errorf("logged %q", logged)
	}
}

func TestWhatMayHaveArrivedStaysMarkedWhenTheNextTryIsRefused(t *testing.T) {
	t.Parallel()
	l := &Line{now: func() time.Time { return time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC) }}
	for name, c := range map[string]struct {
		unknown bool
		state   string
		want    bool
	}{
		"looked at again later": {true, "unknown", false},
		"handed over, refused":  {true, "queued", true},
		"never unknown":         {false, "queued", false},
	} {
		if got := l.again(parcel{letter: store.Letter{Unknown: c.unknown}}, c.state, "http_500", time.Second).PerhapsTwice; got != c.want {
			t.Errorf("%s: marked %v, want %v", name, got, c.want)
		}
	}
}
