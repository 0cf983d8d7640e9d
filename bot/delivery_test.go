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
	if end := l.send(t.Context(), p); end.State != "unknown" || end.Reason != "panic" {
		t.Errorf("ended %q (%s), want unknown", end.State, end.Reason)
	}
	if logged := logs.String(); !strings.Contains(logged, "panicked") || strings.Contains(logged, "canarina") {
		t.Errorf("logged %q", logged)
	}
}
