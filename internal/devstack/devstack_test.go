package devstack

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"
)

const asChild = "PULANG_DEVSTACK_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(asChild) != "" {
		os.Exit(child())
	}
	goleak.VerifyTestMain(m)
}

// child is this test program started once more: it starts a stack, says what
// it has, and waits to be killed.
func child() int {
	s, err := Start(context.Background(), options())
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(s.Dir)
	fmt.Println(s.DatabaseURL)
	fmt.Println(s.RedisURL)
	_, _ = io.Copy(io.Discard, os.Stdin)
	s.Stop()
	return 0
}

func options() Options {
	return Options{Version: "v1", Migrate: func(ctx context.Context, databaseURL string) error {
		conn, err := pgx.Connect(ctx, databaseURL)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, "CREATE TABLE notes (note text); INSERT INTO notes VALUES ('from the template')")
		return err
	}}
}

func start(t *testing.T, o Options) *Stack {
	t.Helper()
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

func connect(t *testing.T, databaseURL string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// ask returns a single text from the database.
func ask(t *testing.T, conn *pgx.Conn, query string) (answer string) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), query).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return answer
}

func redisClient(t *testing.T, redisURL string) *redis.Client {
	t.Helper()
	o, err := redis.ParseURL(redisURL)
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(o)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestAStackIsMigratedClonableAndLeavesNothing(t *testing.T) {
	t.Parallel()
	s := start(t, options())
	main := connect(t, s.DatabaseURL)
	if got := ask(t, main, "SELECT string_agg(note, ',') FROM notes"); got != "from the template" {
		t.Errorf("the first database holds %q", got)
	}
	for setting, want := range map[string]string{"fsync": "off", "listen_addresses": "127.0.0.1", "jit": "off", "max_connections": "200"} {
		if got := ask(t, main, "SHOW "+setting); got != want {
			t.Errorf("%s is %s, want %s", setting, got, want)
		}
	}
	var wait sync.WaitGroup
	for i := range 4 {
		wait.Go(func() {
			address, drop, err := s.Clone(t.Context(), "Clone/"+strconv.Itoa(i))
			if err != nil {
				t.Error(err)
				return
			}
			conn := connect(t, address)
			if _, err := conn.Exec(t.Context(), "INSERT INTO notes VALUES ('mine')"); err != nil {
				t.Error(err)
			}
			if got := ask(t, conn, "SELECT count(*)::text FROM notes"); got != "2" {
				t.Errorf("clone %d holds %s notes, want 2", i, got)
			}
			drop() // though somebody is connected
			if err := conn.Ping(t.Context()); err == nil {
				t.Error("a dropped database still answers")
			}
		})
	}
	wait.Wait()
	c := redisClient(t, s.RedisURL)
	if err := c.Set(t.Context(), s.Prefix("a")+"k", "v", time.Minute).Err(); err != nil {
		t.Error(err)
	}
	s.Stop()
	s.Stop()
	gone(t, s.Dir, s.DatabaseURL, s.RedisURL)
}

func TestTwoStacksSideBySideNeverMeet(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	for p := parent; p != "/"; p = filepath.Dir(p) { // root's test directories are closed to others
		if strings.HasPrefix(p, os.TempDir()+"/") {
			_ = os.Chmod(p, 0o755)
		}
	}
	stacks := make([]*Stack, 2)
	var wait sync.WaitGroup
	for i := range stacks {
		wait.Go(func() {
			s, err := Start(t.Context(), Options{Dir: parent, Durable: i == 1, NeedRedisServer: true})
			if err != nil {
				t.Error(err)
				return
			}
			stacks[i] = s
		})
	}
	wait.Wait()
	for _, s := range stacks {
		if s == nil {
			t.FailNow()
		}
		t.Cleanup(s.Stop)
	}
	if got := ask(t, connect(t, stacks[1].DatabaseURL), "SHOW fsync"); got != "on" {
		t.Errorf("a durable stack has fsync %s", got)
	}
	stacks[0].Stop()
	if err := connect(t, stacks[1].DatabaseURL).Ping(t.Context()); err != nil {
		t.Errorf("stopping one stack disturbed the other: %v", err)
	}
	if err := redisClient(t, stacks[1].RedisURL).Ping(t.Context()).Err(); err != nil {
		t.Errorf("stopping one stack disturbed the other: %v", err)
	}
	stacks[1].Stop()
	if left, _ := os.ReadDir(parent); len(left) != 0 {
		t.Errorf("%d directories are left", len(left))
	}
}

func TestStrangersOnThisMachineAreKeptOut(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	u, _ := url.Parse(s.DatabaseURL)
	u.User = url.User("pulang")
	if err := pingPostgres(t.Context(), u.String()); err == nil {
		t.Error("Postgres lets in whoever asks")
	}
	r, _ := url.Parse(s.RedisURL)
	if err := redisClient(t, "redis://"+r.Host).Ping(t.Context()).Err(); err == nil {
		t.Error("Redis lets in whoever asks")
	}
}

func TestEachTestMayFlushItsOwnRedis(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	shared, own := redisClient(t, s.RedisURL), redisClient(t, s.Redis(t))
	for _, c := range []*redis.Client{shared, own} {
		if err := c.Set(t.Context(), "k", "v", 0).Err(); err != nil {
			t.Fatal(err)
		}
	}
	if err := own.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	if n := shared.Exists(t.Context(), "k").Val(); n != 1 {
		t.Error("flushing one Redis emptied the other")
	}
}

func TestTheBuiltInRedisLocksAndForgetsInTime(t *testing.T) {
	t.Parallel()
	address, stop, err := inProcessRedis()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	u, _ := url.Parse(address)
	if redisClient(t, "redis://"+u.Host).Ping(t.Context()).Err() == nil {
		t.Error("it lets in whoever asks")
	}
	c := redisClient(t, address)
	if err := c.Set(t.Context(), "k", "v", time.Second).Err(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the key expires", func() bool { return c.Exists(t.Context(), "k").Val() == 0 })
}

func TestAKilledProcessLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asChild+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var said []string
	for len(said) < 3 && lines.Scan() {
		said = append(said, lines.Text())
	}
	if len(said) < 3 {
		t.Fatalf("the child said %q", said)
	}
	if err := connect(t, said[1]).Ping(t.Context()); err != nil {
		t.Fatalf("the child's Postgres does not answer: %v", err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	gone(t, said[0], said[1], said[2])
}

// gone waits until the servers do not listen and the directory is removed.
func gone(t *testing.T, dir string, urls ...string) {
	t.Helper()
	for _, address := range urls {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, u.Scheme+" is gone", func() bool {
			conn, err := net.Dial("tcp", u.Host)
			if err == nil {
				_ = conn.Close()
			}
			return err != nil
		})
	}
	eventually(t, "the directory is gone", func() bool {
		_, err := os.Stat(dir)
		return os.IsNotExist(err)
	})
}

// eventually asks another process's doing again and again, for 20 seconds.
func eventually(t *testing.T, claim string, holds func() bool) {
	t.Helper()
	tick, end := time.NewTicker(20*time.Millisecond), time.After(20*time.Second)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-end:
			t.Errorf("not so after 20 seconds: %s", claim)
			return
		}
	}
}

func TestVersionOfChangesWithAnyMigration(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, files := range []fstest.MapFS{
		{},
		{"1.sql": {Data: []byte("a")}},
		{"2.sql": {Data: []byte("a")}},
		{"1.sql": {Data: []byte("b")}},
		{"1.sql": {Data: []byte("a")}, "2.sql": {Data: []byte("b")}},
	} {
		v, err := VersionOf(files)
		if err != nil || seen[v] {
			t.Errorf("version %q, error %v: want a new one for each", v, err)
		}
		seen[v] = true
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	o := options()
	o.Version = ""
	if _, err := Start(t.Context(), o); err == nil || !strings.Contains(err.Error(), "Version") {
		t.Errorf("migrations without a version: %v", err)
	}
	if _, err := Start(t.Context(), Options{Dir: "/nowhere/at/all"}); err == nil {
		t.Error("a directory that is not there was accepted")
	}
	if text := install("postgresql", "postgresql@17"); !strings.Contains(text, "install") {
		t.Errorf("install says %q", text)
	}
	o = options()
	o.Migrate = func(context.Context, string) error { return fmt.Errorf("table is bad") }
	if _, err := Start(t.Context(), o); err == nil || !strings.Contains(err.Error(), "table is bad") {
		t.Errorf("a failing migration: %v", err)
	}
}
