package devstack

import (
	"context"
	"errors"
	"net/url"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
)

// These tests change the environment, so they do not run beside others.

type fakeM func() int

func (m fakeM) Run() int { return m() }

func TestProcessesShareServersAndTheTemplate(t *testing.T) {
	s := start(t, Options{})
	for _, pair := range s.Environment() {
		name, value, _ := strings.Cut(pair, "=")
		t.Setenv(name, value)
	}
	var migrated atomic.Int32
	o := options()
	inner := o.Migrate
	o.Migrate = func(ctx context.Context, address string) error { migrated.Add(1); return inner(ctx, address) }

	var first string
	for range 2 {
		status := Main(fakeM(func() int { return 7 }), o, func(user *Stack) {
			if user.RedisURL != s.RedisURL {
				t.Error("it has a Redis of its own")
			}
			first = user.DatabaseURL
			if got := ask(t, connect(t, user.Database(t)), "SELECT note FROM notes"); got != "from the template" {
				t.Errorf("the clone holds %q", got)
			}
		})
		if status != 7 {
			t.Errorf("Main returned %d, want the status of the tests", status)
		}
		if pingPostgres(t.Context(), first) == nil {
			t.Error("the first database of a user is still there after it stopped")
		}
	}
	if n := migrated.Load(); n != 1 {
		t.Errorf("migrated %d times, want once for a version", n)
	}
	o.Version = "v2"
	Main(fakeM(func() int { return 0 }), o, func(*Stack) {})
	if n := migrated.Load(); n != 2 {
		t.Errorf("migrated %d times, want another for another version", n)
	}
	if pingPostgres(t.Context(), s.DatabaseURL) != nil {
		t.Error("a user of the server stopped it")
	}
}

func TestHalfASharedSetupIsRefused(t *testing.T) {
	t.Setenv(sharedDatabase, "postgres://127.0.0.1:1/y")
	t.Setenv(sharedRedis, "")
	if _, err := Open(t.Context(), Options{}); err == nil || !strings.Contains(err.Error(), sharedRedis) {
		t.Errorf("error %v, want the missing name in it", err)
	}
	if status := Main(fakeM(func() int { return 0 }), Options{}, func(*Stack) {}); status == 0 {
		t.Error("tests without a server passed")
	}
}

func TestWithoutRedisInstalledTheBuiltInOneServes(t *testing.T) {
	missing := errors.New("Redis is not installed; " + install("redis-server", "redis"))
	var said []string
	o := Options{Log: func(s string) { said = append(said, s) }, redisServer: func() (string, error) { return "", missing }}
	s := start(t, o)
	if err := redisClient(t, s.RedisURL).Ping(t.Context()).Err(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(strings.Join(said, "\n"), "built in") {
		t.Errorf("it said %q, and not that Redis is the built-in one", said)
	}
	o.NeedRedisServer = true
	if _, err := Start(t.Context(), o); err == nil || !strings.Contains(err.Error(), "install") {
		t.Errorf("error %v, want what to install", err)
	}
}

func TestWithstackPassesOnTheStatusAndTheServers(t *testing.T) {
	program := t.TempDir() + "/withstack"
	if out, err := exec.Command("go", "build", "-o", program, "./withstack").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command(program, "sh", "-c", "echo $PULANG_TEST_DATABASE_URL; echo $PULANG_TEST_REDIS_URL; exit 3").Output()
	if ended, ok := err.(*exec.ExitError); !ok || ended.ExitCode() != 3 {
		t.Fatalf("ended with %v, want status 3", err)
	}
	lines := strings.Fields(string(out))
	if len(lines) != 2 {
		t.Fatalf("the command saw %q", out)
	}
	for i, scheme := range []string{"postgres", "redis"} {
		if u, err := url.Parse(lines[i]); err != nil || u.Scheme != scheme {
			t.Errorf("the command saw %s URL %q", scheme, u)
		}
	}
}
