package escalation

import (
	"testing"
	"time"

	"pulang/internal/casefile"
)

func TestLadderOf(t *testing.T) {
	t.Parallel()
	// who hears when, in minutes after the raising, if nobody ever answers
	cases := map[casefile.Urgency][]struct {
		minute int
		who    Who
	}{
		casefile.Critical: {{0, Team}, {5, OnDuty}, {7, Supervisors}, {9, Everybody}, {10, Everybody}, {11, Everybody}, {12, Everybody}},
		casefile.High:     {{0, Team}, {30, OnDuty}, {45, Supervisors}, {55, Everybody}, {60, Everybody}, {65, Everybody}},
		casefile.Medium:   {{12 * 60, Team}, {18 * 60, Supervisors}, {31 * 60, Supervisors}},
	}
	raised := time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC)
	for urgency, want := range cases {
		rung := 0
		at, ok := First(urgency, raised)
		for _, w := range want {
			if !ok || !at.Equal(raised.Add(time.Duration(w.minute)*time.Minute)) {
				t.Fatalf("%v: rung %d at %v, want minute %d", urgency, rung, at.Sub(raised), w.minute)
			}
			if step, _ := Rung(urgency, rung); step.Who != w.who {
				t.Fatalf("%v: minute %d wakes %q, want %q", urgency, w.minute, step.Who, w.who)
			}
			rung, at, ok = Next(urgency, rung, at)
		}
	}
}

func TestLowHasNoLadder(t *testing.T) {
	t.Parallel()
	if _, ok := First(casefile.Low, start); ok {
		t.Error("LOW wakes somebody")
	}
	if _, _, ok := Next(casefile.Low, 0, start); ok {
		t.Error("LOW climbs")
	}
	if _, ok := Rung(casefile.Low, 0); ok {
		t.Error("LOW has a rung")
	}
}

func TestEverybodyHasHeardBeforeTheTargetRunsOut(t *testing.T) {
	t.Parallel()
	for urgency, ladder := range Ladders {
		last := ladder.Rungs[len(ladder.Rungs)-1]
		if last.After >= ladder.Target {
			t.Errorf("%v: the last rung hears after %v, the target is %v", urgency, last.After, ladder.Target)
		}
		if ladder.Repeat < time.Minute {
			t.Errorf("%v repeats every %v: never under a minute", urgency, ladder.Repeat)
		}
		for i, step := range ladder.Rungs[1:] {
			if step.After <= ladder.Rungs[i].After {
				t.Errorf("%v: rung %d hears no later than the one before", urgency, i+1)
			}
		}
		if urgency >= casefile.High && (ladder.Daytime || ladder.Rungs[0].After != 0 || ladder.Rungs[1].After != ladder.Target/2 || last.Who != Everybody) {
			t.Errorf("%v must wake the team at once, day and night, the next at half the target, and in the end everybody", urgency)
		}
		if got := AckExpires(urgency, start).Sub(start); got != ladder.Target {
			t.Errorf("%v: an acknowledgement holds %v, want %v", urgency, got, ladder.Target)
		}
	}
}

func TestMediumLetsPeopleSleep(t *testing.T) {
	t.Parallel()
	jakarta := time.FixedZone("WIB", 7*3600)
	for _, c := range []struct{ raised, heard time.Time }{
		{time.Date(2026, 3, 1, 10, 0, 0, 0, jakarta), time.Date(2026, 3, 2, 8, 0, 0, 0, jakarta)},
		{time.Date(2026, 3, 1, 23, 0, 0, 0, jakarta), time.Date(2026, 3, 2, 11, 0, 0, 0, jakarta)},
		{time.Date(2026, 3, 1, 14, 0, 0, 0, jakarta), time.Date(2026, 3, 2, 8, 0, 0, 0, jakarta)},
	} {
		if at, _ := First(casefile.Medium, c.raised); !at.Equal(c.heard) {
			t.Errorf("raised %v: heard %v, want %v", c.raised, at, c.heard)
		}
	}
}
