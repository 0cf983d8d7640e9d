package session

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"pulang/internal/casefile"
)

// standing is a clock that only the test moves.
type standing struct {
	mu  sync.Mutex
	now time.Time
}

func (c *standing) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *standing) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

var clockStart = time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC)

func ask(to string) Ask { return Ask{To: casefile.Hide(to)} }

func TestUrgentMessagesHaveAReserveOfTheChannel(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"shared": stack.Redis(t), "while Redis is away": "redis://127.0.0.1:1/0"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := &standing{now: clockStart}
			limits := NewLimits(open(t, url), clock.Now)
			rate := Rate{Channel: "telegram", Every: 100 * time.Millisecond, Burst: 5, Reserve: 2}
			take := func(urgent bool, n int) (gone int, wait Wait) {
				for i := range n {
					one := ask(fmt.Sprint(i))
					one.Urgent = urgent
					if got := limits.Take(t.Context(), rate, []Ask{one})[0]; got.For > 0 {
						wait = got
					} else {
						gone++
					}
				}
				return gone, wait
			}
			if gone, wait := take(false, 10); gone != 3 || !wait.Wide {
				t.Errorf("%d ordinary messages went (%+v), want 3 and then a full channel", gone, wait)
			}
			if gone, wait := take(true, 10); gone != 2 || wait.For != 100*time.Millisecond {
				t.Errorf("%d urgent messages went and then waited %s, want 2 and 100ms", gone, wait.For)
			}
			clock.forward(200 * time.Millisecond)
			if gone, _ := take(false, 1); gone != 0 {
				t.Error("an ordinary message went before the urgent ones were paid back")
			}
			if gone, _ := take(true, 10); gone != 2 {
				t.Errorf("%d urgent messages went after 200ms, want 2", gone)
			}
			clock.forward(time.Hour)
			if gone, _ := take(false, 10); gone != 3 {
				t.Errorf("%d messages went after a rest, want a burst of 3", gone)
			}
		})
	}
}

func TestOneAddressWaitsAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	clock := &standing{now: clockStart}
	url := stack.Redis(t)
	one, two := NewLimits(open(t, url), clock.Now), NewLimits(open(t, url), clock.Now)
	two.sessions.keys = one.sessions.keys // two processes of one line
	rate := Rate{Channel: "telegram"}
	rina := Ask{To: casefile.Hide("1001"), Every: time.Second, Burst: 2}
	sari := Ask{To: casefile.Hide("1002"), Every: time.Second, Burst: 2}
	got := one.Take(t.Context(), rate, []Ask{rina, rina})
	got = append(got, two.Take(t.Context(), rate, []Ask{rina, sari})...)
	if got[0].For != 0 || got[1].For != 0 || got[2].For != time.Second || got[2].Wide || got[3].For != 0 {
		t.Errorf("waits %+v, want only the third message of one address to wait a second, in every process", got)
	}
	two.Hold(t.Context(), "telegram", sari.To, 7*time.Second)
	if got := one.Take(t.Context(), rate, []Ask{sari}); got[0].For != 7*time.Second {
		t.Errorf("an address its provider wants left alone for 7s waits %s", got[0].For)
	}
	two.Hold(t.Context(), "telegram", casefile.Private{}, 3*time.Second)
	urgent := Ask{To: casefile.Hide("1003"), Urgent: true}
	if got := one.Take(t.Context(), rate, []Ask{ask("1004"), urgent}); got[0].For != 3*time.Second || !got[0].Wide || got[1].For != 0 {
		t.Errorf("a channel that is full: %+v, want the ordinary message to wait 3s and the urgent one to try", got)
	}
}

func TestAClockThatIsAheadStopsNobody(t *testing.T) {
	t.Parallel()
	url := stack.Redis(t)
	behind, ahead := &standing{now: clockStart}, &standing{now: clockStart.Add(time.Hour)}
	one, two := NewLimits(open(t, url), behind.Now), NewLimits(open(t, url), ahead.Now)
	rate := RateOf("telegram", 10)
	for range 5 {
		two.Take(t.Context(), rate, []Ask{ask("1")})
	}
	wait := one.Take(t.Context(), rate, []Ask{ask("2")})[0].For
	if wait > 100*time.Millisecond {
		t.Errorf("one process waits %s for the clock of another", wait)
	}
}

func TestRedisAndTheFallbackCountAlike(t *testing.T) {
	t.Parallel()
	url := stack.Redis(t)
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		clock := &standing{now: clockStart}
		limits := NewLimits(open(t, url), clock.Now)
		rate := Rate{Channel: casefile.ChannelName(fmt.Sprint("c", run)), Every: rapid.SampledFrom([]time.Duration{0, 40 * time.Millisecond}).Draw(rt, "every"), Burst: 5, Reserve: 2}
		for range rapid.IntRange(1, 8).Draw(rt, "passes") {
			clock.forward(time.Duration(rapid.IntRange(0, 200).Draw(rt, "ms")) * time.Millisecond)
			var asks []Ask
			for range rapid.IntRange(1, 6).Draw(rt, "asks") {
				asks = append(asks, Ask{To: casefile.Hide(rapid.SampledFrom([]string{"1", "2"}).Draw(rt, "to")),
					Urgent: rapid.Bool().Draw(rt, "urgent"), Every: 100 * time.Millisecond, Burst: 2})
			}
			keys := []string{limits.key(rate.Channel, casefile.Private{})}
			for _, a := range asks {
				keys = append(keys, limits.key(rate.Channel, a.To))
			}
			now := clock.Now().UnixMicro()
			shared, ok := limits.takeShared(context.WithoutCancel(t.Context()), now, rate, asks, keys)
			alone := limits.takeAlone(now, rate, asks, keys)
			if !ok || fmt.Sprint(shared) != fmt.Sprint(alone) {
				rt.Fatalf("Redis says %v (%v), the fallback %v", shared, ok, alone)
			}
		}
	})
}

func TestTheRatesInRedisNameNobody(t *testing.T) {
	t.Parallel()
	url := stack.Redis(t)
	limits := NewLimits(open(t, url), func() time.Time { return clockStart })
	limits.Take(t.Context(), RateOf("telegram", 25), []Ask{{To: casefile.Hide("canary1001"), Every: time.Second, Burst: 3}})
	o, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(o)
	defer func() { _ = client.Close() }()
	keys := client.Keys(t.Context(), "*").Val()
	if len(keys) != 2 {
		t.Fatalf("%d keys in Redis, want one of the channel and one of the address", len(keys))
	}
	for _, key := range keys {
		value := client.Get(t.Context(), key).Val()
		if strings.Contains(key+value, "canary") || !strings.HasPrefix(key, "pulang:r:{telegram}") {
			t.Errorf("Redis holds %q", key)
		}
		if left := client.PTTL(t.Context(), key).Val(); left <= 0 || left > time.Minute {
			t.Errorf("%q stays for %s, want seconds", key, left)
		}
	}
}
