package devstack

import (
	"context"
	"fmt"
	"net/url"
	"os"
)

// The servers that all test packages of one run share. withstack sets them.
const (
	sharedDatabase = "PULANG_TEST_DATABASE_URL"
	sharedRedis    = "PULANG_TEST_REDIS_URL"
)

// TB is what a test must offer; *testing.T and *testing.B do.
type TB interface {
	Helper()
	Name() string
	Cleanup(func())
	Fatalf(format string, args ...any)
	Context() context.Context
}

// Main runs a package's tests with a stack, for TestMain:
//
//	func TestMain(m *testing.M) {
//		os.Exit(devstack.Main(m, options, func(s *devstack.Stack) { stack = s }))
//	}
//
// It uses the shared servers when both PULANG_TEST_DATABASE_URL and
// PULANG_TEST_REDIS_URL are set, and starts its own otherwise, so that a
// package can be tested alone on a machine with nothing running. A missing
// server fails the package; no test is skipped.
func Main(m interface{ Run() int }, o Options, use func(*Stack)) int {
	s, err := Open(context.Background(), o)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer s.Stop()
	use(s)
	return m.Run()
}

// Open returns the shared servers as a Stack, or starts a private one; see Main.
func Open(ctx context.Context, o Options) (*Stack, error) {
	database, redis := os.Getenv(sharedDatabase), os.Getenv(sharedRedis)
	if database == "" && redis == "" {
		return Start(ctx, o)
	}
	if u, err := url.Parse(database); database == "" || redis == "" || err != nil || u.Scheme == "" {
		return nil, fmt.Errorf("devstack: %s and %s must be URLs and set together", sharedDatabase, sharedRedis)
	}
	s, err := prepare(o)
	if err != nil {
		return nil, err
	}
	s.admin, s.RedisURL = database, redis
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	if err := s.prepareDatabases(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// Environment is what a test process needs to share this stack's servers.
func (s *Stack) Environment() []string {
	return []string{sharedDatabase + "=" + s.admin, sharedRedis + "=" + s.RedisURL}
}

// Database clones a database for one test and drops it in the end.
func (s *Stack) Database(t TB) (databaseURL string) {
	t.Helper()
	databaseURL, drop, err := s.Clone(t.Context(), t.Name())
	if err != nil {
		t.Fatalf("%v", err)
	}
	t.Cleanup(drop)
	return databaseURL
}

// Redis starts a Redis for one test and stops it in the end.
func (s *Stack) Redis(t TB) (redisURL string) {
	t.Helper()
	redisURL, stop, err := s.OwnRedis(t.Context())
	if err != nil {
		t.Fatalf("%v", err)
	}
	t.Cleanup(stop)
	return redisURL
}
