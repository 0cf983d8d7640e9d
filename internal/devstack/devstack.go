// Package devstack is a private Postgres and a private Redis: for the demo,
// the benchmark and the tests, so that a newcomer needs no running service
// and no set-up.
//
// It promises that what it starts belongs to it alone - a fresh directory,
// free ports on 127.0.0.1, passwords made for the occasion - so that two of
// them never meet; that it runs the servers as an unprivileged user when
// started as root, as Postgres insists; that it stops only what it started,
// and that nothing stays behind even when this process is killed, because a
// watchdog outlives it; and that every error says what to install or do.
//
// The servers' programs come from the machine (find.go). Where Redis is not
// installed an in-process one takes its place, unless the caller needs the
// real one. Migrations are handed in: this package knows no table of ours.
//
// Tests share one Postgres when PULANG_TEST_DATABASE_URL names it (see Main),
// and each test owns a database cloned from a migrated template.
package devstack

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"time"
)

// startTime is how long a server may take until it answers.
const startTime = 60 * time.Second

// Options say what to start. The zero value is good for a test without tables.
type Options struct {
	// Dir is where the stack makes its own directory; empty means os.TempDir().
	// Started as root, the unprivileged user must be able to reach it.
	Dir string
	// Migrate brings an empty database to the newest schema. It must close
	// its connections before it returns. Nil: databases stay empty.
	Migrate func(ctx context.Context, databaseURL string) error
	// Version names the state of the migrations (see VersionOf): processes
	// that share a server share the template of a version. Needed with Migrate.
	Version string
	// NeedRedisServer refuses the in-process substitute for Redis.
	NeedRedisServer bool
	// Durable makes Postgres keep its promises across a crash, as in
	// production. Tests leave it off; the benchmark turns it on.
	Durable bool
	// Log hears in plain words what is being started. Nil: silence.
	Log func(string)

	redisServer func() (path string, err error) // tests change it; nil: findRedis
}

// Stack is what was started.
type Stack struct {
	// DatabaseURL is a migrated database.
	DatabaseURL string
	// RedisURL may be shared with other processes: never flush it, see OwnRedis.
	RedisURL string
	// Dir holds everything the stack writes; Stop removes it.
	Dir string

	options  Options
	admin    string // URL of the maintenance database
	template string // name of the database that Clone copies
	keeper   *keeper
	cloning  sync.Mutex
	stop     sync.Once
	last     []func() // what Stop does before the servers go, last first
}

// Start starts both servers, prepares the template and a first database, and
// returns when they answer. Call Stop in the end, also after a panic. ctx
// bounds the starting only.
func Start(ctx context.Context, o Options) (*Stack, error) {
	s, err := prepare(o)
	if err != nil {
		return nil, err
	}
	if err := s.start(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// prepare makes the directory and its watchdog.
func prepare(o Options) (*Stack, error) {
	if o.Migrate != nil && o.Version == "" {
		return nil, fmt.Errorf("devstack: Options.Migrate needs Options.Version")
	}
	if o.Log == nil {
		o.Log = func(string) {}
	}
	if o.redisServer == nil {
		o.redisServer = findRedis
	}
	k, err := newKeeper(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("devstack: %w", err)
	}
	return &Stack{Dir: k.dir, options: o, keeper: k}, nil
}

// start brings everything up; the caller stops the stack after an error.
func (s *Stack) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	var err error
	if s.admin, err = s.startPostgres(ctx); err != nil {
		return fmt.Errorf("devstack: %w", err)
	}
	var stopRedis func()
	if s.RedisURL, stopRedis, err = s.OwnRedis(ctx); err != nil {
		return err
	}
	s.last = append(s.last, stopRedis)
	return s.prepareDatabases(ctx)
}

// prepareDatabases makes the template and the first database.
func (s *Stack) prepareDatabases(ctx context.Context) error {
	if err := s.ensureTemplate(ctx); err != nil {
		return fmt.Errorf("devstack: %w", err)
	}
	url, drop, err := s.Clone(ctx, "main")
	if err != nil {
		return err
	}
	s.DatabaseURL = url
	if !s.keeper.owns("postgres") { // else it goes with the server
		s.last = append(s.last, drop)
	}
	return nil
}

// Stop stops the servers this stack started and removes its directory. On a
// server it only uses, it drops its first database. Stopping twice is fine.
func (s *Stack) Stop() {
	s.stop.Do(func() {
		for i := len(s.last) - 1; i >= 0; i-- {
			s.last[i]()
		}
		s.keeper.close()
	})
}

// Prefix returns a prefix for keys in a shared Redis that nobody else has,
// for tests that never flush.
func (s *Stack) Prefix(name string) string {
	return "{" + safeName(name) + "_" + random(8) + "}:"
}

// random is n characters nobody can guess.
func random(n int) string { return strings.ToLower(rand.Text() + rand.Text())[:n] }

// safeName keeps what Postgres and Redis take in a name without quoting.
func safeName(name string) string {
	name = strings.Map(func(r rune) rune {
		if (r >= 'a' && r <= 'z') || (r >= '0' && r <= '9') {
			return r
		}
		return '_'
	}, strings.ToLower(name))
	return name[:min(len(name), 30)]
}
