package loop

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// passes notes when each pass began.
type passes struct{ at []time.Duration }

func (p *passes) since(start time.Time) { p.at = append(p.at, time.Since(start)) }

// forward moves the test's clock and lets what is due then happen.
func forward(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func stop(t *testing.T, r *Runner) {
	t.Helper()
	if err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestRunsUntilNoneIsLeftThenOnTheTick(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start, p, left := time.Now(), &passes{}, 3
		r := New(Loop{Name: "x", Every: time.Minute, Work: func(context.Context) (bool, error) {
			p.since(start)
			left--
			return left > 0, nil
		}})
		r.Start(t.Context())
		r.Start(t.Context())
		forward(150 * time.Second)
		stop(t, r)
		want := []time.Duration{0, 0, 0, time.Minute, 2 * time.Minute}
		if !equal(p.at, want) {
			t.Errorf("passes at %v, want %v", p.at, want)
		}
	})
}

func TestWakeCausesAPassAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start, p := time.Now(), &passes{}
		r := New(Loop{Name: "x", Work: func(context.Context) (bool, error) { p.since(start); return false, nil }})
		r.Start(t.Context())
		forward(time.Hour)
		r.Wake()
		synctest.Wait()
		stop(t, r)
		if want := []time.Duration{0, time.Hour}; !equal(p.at, want) {
			t.Errorf("passes at %v, want %v", p.at, want)
		}
	})
}

func TestAWakeDuringWorkIsNeverLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := 0
		var r *Runner
		r = New(Loop{Name: "x", Work: func(context.Context) (bool, error) {
			n++
			if n <= 3 { // several at once are one more pass, each time
				r.Wake()
				r.Wake()
			}
			return false, nil
		}})
		r.Start(t.Context())
		synctest.Wait()
		stop(t, r)
		if n != 4 {
			t.Errorf("%d passes, want 4", n)
		}
	})
}

func TestErrorsBackOffAndStayInsideTheBounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start, p, heard := time.Now(), &passes{}, 0
		r := New(Loop{Name: "x", Every: time.Hour,
			Work:    func(context.Context) (bool, error) { p.since(start); return true, errors.New("no") },
			OnError: func(error) { heard++ }})
		r.Start(t.Context())
		forward(10 * time.Minute)
		stop(t, r)
		if heard != len(p.at) {
			t.Errorf("%d errors heard of %d", heard, len(p.at))
		}
		if len(p.at) < 20 || len(p.at) > 45 {
			t.Errorf("%d tries in ten minutes, want one every 15 to 30 seconds at the end", len(p.at))
		}
		for i := 1; i < len(p.at); i++ {
			gap, ceiling := p.at[i]-p.at[i-1], min(time.Second<<min(i-1, 10), lastBackoff)
			if gap < ceiling/2 || gap > ceiling {
				t.Errorf("gap %d is %v, want %v to %v", i, gap, ceiling/2, ceiling)
			}
		}
	})
}

func TestAWakeIsHeardDuringABackOffAndSuccessEndsIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start, p, bad := time.Now(), &passes{}, true
		r := New(Loop{Name: "x", Every: 10 * time.Second, Work: func(context.Context) (bool, error) {
			p.since(start)
			if bad {
				return false, errors.New("no")
			}
			return false, nil
		}})
		r.Start(t.Context())
		forward(400 * time.Millisecond)
		bad = false
		r.Wake()
		forward(25 * time.Second)
		stop(t, r)
		want := []time.Duration{0, 400 * time.Millisecond, 10400 * time.Millisecond, 20400 * time.Millisecond}
		if !equal(p.at, want) {
			t.Errorf("passes at %v, want %v", p.at, want)
		}
	})
}

func TestAPanicIsAnErrorWithoutItsContentAndTheLoopGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := 0
		var heard []error
		r := New(Loop{Name: "climb", Every: time.Second,
			Work: func(context.Context) (bool, error) {
				if n++; n == 1 {
					panic("her number is +6281234567890")
				}
				return false, nil
			},
			OnError: func(err error) { heard = append(heard, err) }})
		r.Start(t.Context())
		forward(5 * time.Second)
		stop(t, r)
		if n < 3 || len(heard) != 1 {
			t.Fatalf("%d passes, %d errors; want the loop to go on after one error", n, len(heard))
		}
		var p *PanicError
		if !errors.As(heard[0], &p) || p.Loop != "climb" || p.Type != "string" {
			t.Errorf("heard %#v", heard[0])
		}
		if text := heard[0].Error(); strings.Contains(text, "62812") || !strings.Contains(text, "TestAPanic") {
			t.Errorf("error text %q: want the place and not the content", text)
		}
	})
}

func TestStopFinishesThePassInHand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n, finished := 0, false
		r := New(Loop{Name: "x", Work: func(ctx context.Context) (bool, error) {
			n++
			select {
			case <-time.After(5 * time.Second):
				finished = true
			case <-ctx.Done():
			}
			return true, nil
		}})
		r.Start(t.Context())
		forward(time.Second)
		stop(t, r)
		stop(t, r)
		if n != 1 || !finished {
			t.Errorf("%d passes, finished %v; want the one in hand finished and no other", n, finished)
		}
	})
}

func TestStopGivesUpWithItsContextAndCancelsTheWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cancelled := false
		r := New(Loop{Name: "x", Work: func(ctx context.Context) (bool, error) {
			<-ctx.Done()
			cancelled = true
			return false, ctx.Err()
		}})
		r.Start(context.Background())
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := r.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Stop = %v, want the deadline", err)
		}
		synctest.Wait()
		if !cancelled {
			t.Error("the work was not cancelled")
		}
	})
}

func TestTheEndOfStartsContextEndsTheLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		r := New(Loop{Name: "x", Every: time.Second, Work: func(context.Context) (bool, error) { n++; return false, nil }})
		r.Start(ctx)
		synctest.Wait()
		cancel()
		synctest.Wait()
		r.Wake()
		forward(time.Minute)
		stop(t, r)
		if n != 1 {
			t.Errorf("%d passes, want 1", n)
		}
	})
}

func TestStopBeforeStartAndStartAfterStopDoNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := New(Loop{Name: "x", Work: func(context.Context) (bool, error) { t.Error("worked"); return false, nil }})
		stop(t, r)
		r.Start(t.Context())
		synctest.Wait()
		stop(t, r)
	})
}

func TestTheClockCanBeHandedIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n, tick := 0, make(chan time.Time)
		var asked []time.Duration
		r := New(Loop{Name: "x", Every: time.Minute,
			Work:  func(context.Context) (bool, error) { n++; return false, nil },
			After: func(d time.Duration) <-chan time.Time { asked = append(asked, d); return tick }})
		r.Start(t.Context())
		tick <- time.Time{}
		tick <- time.Time{}
		synctest.Wait()
		stop(t, r)
		if n != 3 || !equal(asked, []time.Duration{time.Minute, time.Minute, time.Minute}) {
			t.Errorf("%d passes, asked for %v", n, asked)
		}
	})
}

func equal(a, b []time.Duration) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
