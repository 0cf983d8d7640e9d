package session

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"pulang/internal/casefile"
	"pulang/internal/devstack"
	"pulang/internal/seal"
)

var stack *devstack.Stack

func TestMain(m *testing.M) {
	os.Exit(devstack.Main(m, devstack.Options{}, func(s *devstack.Stack) { stack = s }))
}

func open(t *testing.T, url string) *Sessions {
	t.Helper()
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(url, keys, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func at(turn int, asking casefile.Key) casefile.Session {
	return casefile.Session{Version: 1, Turn: turn, Asking: asking}
}

func TestAStaleSessionNeverOverwritesANewerOne(t *testing.T) {
	t.Parallel()
	s := open(t, stack.RedisURL)
	id := casefile.NewID(time.Now())
	for _, step := range []struct {
		session casefile.Session
		written bool
		want    casefile.Key
	}{
		{at(2, casefile.Freedom), true, casefile.Freedom},
		{at(1, casefile.Country), false, casefile.Freedom},
		{at(2, casefile.Country), false, casefile.Freedom},
		{at(300, casefile.Health), true, casefile.Health},
		{at(299, casefile.Country), false, casefile.Health},
	} {
		if got := s.Save(t.Context(), id, step.session); got != step.written {
			t.Errorf("saving turn %d: written %v, want %v", step.session.Turn, got, step.written)
		}
		if got := s.Load(t.Context(), []casefile.ID{id})[id].Asking; got != step.want {
			t.Errorf("after turn %d: %q, want %q", step.session.Turn, got, step.want)
		}
	}
}

func TestRedisHoldsNothingReadable(t *testing.T) {
	t.Parallel()
	url := stack.Redis(t)
	s := open(t, url)
	id := casefile.NewID(time.Now())
	session := at(1, casefile.Freedom)
	session.Facts = casefile.Facts{{Key: casefile.Place, Value: casefile.Hide("canary-place")}}
	s.Save(t.Context(), id, session)
	o, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(o)
	defer func() { _ = client.Close() }()
	keys := client.Keys(t.Context(), "*").Val()
	if len(keys) != 1 {
		t.Fatalf("%d keys, want 1", len(keys))
	}
	dump := keys[0] + client.Get(t.Context(), keys[0]).Val()
	for _, canary := range []string{"canary-place", "freedom", id.String()} {
		if strings.Contains(dump, canary) {
			t.Errorf("%s can be read in Redis", canary)
		}
	}
	if ttl := client.TTL(t.Context(), keys[0]).Val(); ttl <= 0 || ttl > timeToLive {
		t.Errorf("time to live is %s", ttl)
	}
}

func TestAnotherConversationsValueDoesNotOpen(t *testing.T) {
	t.Parallel()
	s := open(t, stack.Redis(t))
	rina, sari := casefile.NewID(time.Now()), casefile.NewID(time.Now())
	s.Save(t.Context(), rina, at(1, casefile.Freedom))
	moved, err := s.client.Get(t.Context(), s.key(rina)).Result()
	if err != nil {
		t.Fatal(err)
	}
	s.client.Set(t.Context(), s.key(sari), moved, 0)
	if got := s.Load(t.Context(), []casefile.ID{sari}); len(got) != 0 {
		t.Error("a value moved to another conversation was believed")
	}
}

func TestRedisMayBeAwayAndComesBack(t *testing.T) {
	t.Parallel()
	url, stop, err := stack.OwnRedis(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	s, err := Open(url, keys, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	id := casefile.NewID(now)
	s.Save(t.Context(), id, at(1, casefile.Freedom))
	stop()
	if got := s.Load(t.Context(), []casefile.ID{id}); len(got) != 0 || s.Save(t.Context(), id, at(2, casefile.Country)) {
		t.Error("a Redis that is away must be missed, not believed")
	}
	if err := s.Ping(t.Context()); err == nil || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("ping: %v", err)
	}
	if !s.isAway() {
		t.Error("a Redis that failed must be left alone for a while")
	}
	now = now.Add(pause + time.Millisecond)
	if s.isAway() {
		t.Error("after the pause it must be tried again")
	}
}

func TestAWrongURLIsRefusedWithoutRepeatingIt(t *testing.T) {
	t.Parallel()
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open("http://user:canary@host", keys, time.Now); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("wrong URL: %v", err)
	}
}

func TestForgettingFindsWhatEveryLivingKeyHid(t *testing.T) {
	t.Parallel()
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s, err := Open(stack.RedisURL, keys, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	conversation := casefile.NewID(now)
	for i, step := range []func() error{func() error { return nil }, keys.Introduce, keys.Promote} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
		if !s.Save(t.Context(), conversation, casefile.Session{Turn: i + 1, Stage: casefile.StageAsking}) {
			t.Fatal("not saved")
		}
	}
	all := s.everyKey(conversation)
	if n, err := s.client.Exists(t.Context(), all[0]).Result(); len(all) != 2 || n != 1 || err != nil {
		t.Fatalf("%d keys, the first holds %d, %v", len(all), n, err)
	}
	s.Forget(t.Context(), conversation)
	for _, key := range all {
		if n, err := s.client.Exists(t.Context(), key).Result(); n != 0 || err != nil {
			t.Errorf("a session is left under a key of a rotation (%v)", err)
		}
	}
}
