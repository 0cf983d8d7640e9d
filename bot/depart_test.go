package bot

import (
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

func TestThereIsAlwaysAPlaceForDanger(t *testing.T) {
	t.Parallel()
	r, now := &runway{}, time.Unix(1000, 0)
	if urgent, ordinary := r.board(now); urgent != reserved || ordinary != (maxFlights-reserved)/2 {
		t.Errorf("a claim takes %d places for what is urgent and %d others, want %d and half of the rest", urgent, ordinary, reserved)
	}
	for r.seat(now) {
	}
	if r.flying() != maxFlights {
		t.Errorf("%d places are taken, want all %d", r.flying(), maxFlights)
	}
	r.leave(reserved, 0)
	if r.seat(now) {
		t.Error("a reply that is not urgent took one of the last places")
	}
	if urgent, ordinary := r.board(now); urgent != reserved || ordinary != 0 {
		t.Errorf("a claim takes %d and %d places, want the %d that are kept and no other", urgent, ordinary, reserved)
	}
	if !r.blocked.Load() {
		t.Error("what found no place is not looked for when something lands")
	}
	r.leave(reserved, 1)
	r.full.Store(now.Add(time.Second).UnixNano())
	if r.seat(now) {
		t.Error("a reply leaves though its provider is full")
	}
}

// departing is a line with one runway and one reply that is about to leave.
func departing(now time.Time, sent *int) (*Line, *runway, departure) {
	l := &Line{byName: map[casefile.ChannelName]Channel{"keen": keenChannel{sent: sent}}, metrics: newMetrics(nil),
		now: func() time.Time { return now }, settling: make(chan store.Settlement, 1)}
	r := &runway{}
	r.seat(now)
	letter := store.Letter{Channel: "keen", Purpose: casefile.ForAnswer, Priority: store.InItsTurn, Attempts: 1}
	return l, r, departure{r, parcel{letter: letter, until: now.Add(lease)}, casefile.Session{LastIn: now}}
}

func TestAReplyThatLeavesWithItsTurnAsksTheGateOnceMore(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		since time.Duration
		sent  int
		state string
	}{
		"at once":               {0, 1, "sent"},
		"a commit of a quarter": {casefile.AnswerWindow, 0, "dropped"},
	} {
		now, sent := time.Unix(1000, 0), 0
		l, r, d := departing(now, &sent)
		d.session.LastIn = now.Add(-c.since)
		l.takeOff(t.Context(), []departure{d})
		if end := <-l.settling; sent != c.sent || end.State != c.state {
			t.Errorf("%s: sent %d times and ended %q, want %d and %q", name, sent, end.State, c.sent, c.state)
		}
		if r.flying() != 0 {
			t.Errorf("%s: its place is still taken", name)
		}
	}
}

func TestATurnThatMayNotBeCommittedSendsNothingAndKeepsNoPlace(t *testing.T) {
	t.Parallel()
	now, sent := time.Unix(1000, 0), 0
	l, r, d := departing(now, &sent)
	l.ground([]departure{d})
	if end := <-l.settling; sent != 0 || end.State != "queued" || !end.NotTried {
		t.Errorf("sent %d times and ended %+v, want it put back untried", sent, end)
	}
	if r.flying() != 0 {
		t.Error("its place is still taken")
	}
}
