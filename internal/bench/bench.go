package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"pulang/internal/devstack"
	"pulang/internal/seal"
	"pulang/internal/store"
)

// concurrencies are how many people write at the same time, each of them waiting
// for the reply.
var concurrencies = []int{1, 16, 64}

// pool is how many connections the line has to Postgres, and the floor too.
const pool = 64

// bench is one run.
type bench struct {
	plan  plan
	now   func() time.Time
	said  io.Writer
	began time.Time

	dir       string
	stack     *devstack.Stack
	keys      *seal.Keys
	keyset    string
	providers *providers
	crowds    int // made so far
}

// tell says what is going on; it takes minutes.
func (b *bench) tell(format string, args ...any) {
	fmt.Fprintf(b.said, "%4.0fs  "+format+"\n", append([]any{b.now().Sub(b.began).Seconds()}, args...)...)
}

// run measures everything that is in the plan.
func (b *bench) run(ctx context.Context) (*figures, error) {
	if err := b.open(ctx); err != nil {
		return nil, err
	}
	defer b.close()
	f := &figures{Machine: machine(), Seconds: b.plan.window.Seconds()}
	for _, part := range []struct {
		name    string
		measure func(context.Context, *figures) error
	}{
		{"line", b.line}, {"danger", b.danger}, {"memory", b.memory}, {"cases", b.cases}, {"pages", b.pages}, {"step", b.step},
	} {
		if !b.plan.parts[part.name] && !(part.name == "line" && b.plan.parts["idle"]) {
			continue
		}
		if err := part.measure(ctx, f); err != nil {
			return nil, fmt.Errorf("%s: %w", part.name, err)
		}
	}
	f.Took = b.now().Sub(b.began).Seconds()
	return f, nil
}

// open starts the servers and the providers, and makes the keys.
func (b *bench) open(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	if _, err := os.Stat(b.plan.pulang); err != nil {
		return fmt.Errorf("%s is not there; make it with: make build", b.plan.pulang)
	}
	if b.dir, err = os.MkdirTemp("", "pulang-bench-"); err != nil {
		return err
	}
	if err := b.makeKeys(b.dir); err != nil {
		return err
	}
	version, err := devstack.VersionOf(store.Migrations)
	if err != nil {
		return err
	}
	b.stack, err = devstack.Start(ctx, devstack.Options{
		Migrate: store.Migrate, Version: version, NeedRedisServer: true, Durable: true,
		Log: func(said string) { b.tell("%s", said) },
	})
	if err != nil {
		return err
	}
	b.providers, err = openProviders(b.now)
	return err
}

// makeKeys makes the keyset of every house.
func (b *bench) makeKeys(dir string) (err error) {
	b.keyset = filepath.Join(dir, "keyset")
	if err := seal.Create(b.keyset, nil); err != nil {
		return err
	}
	b.keys, err = seal.OpenFile(b.keyset, nil)
	return err
}

// close stops what was started. It may be called on what is half open.
func (b *bench) close() {
	if b.providers != nil {
		b.providers.close()
	}
	if b.stack != nil {
		b.stack.Stop()
	}
	_ = os.RemoveAll(b.dir)
}

// line measures turns and the floor at each concurrency, on a house with a thousand
// stored cases; and before that what one person hears while nobody else writes.
func (b *bench) line(ctx context.Context, f *figures) error {
	h, err := b.openHouse(ctx, "line", 1000)
	if err != nil {
		return err
	}
	defer h.close()
	if b.plan.parts["idle"] {
		b.tell("one person now and then")
		r, err := h.nowAndThen(ctx, 200*time.Millisecond, b.plan.window)
		if err != nil {
			return err
		}
		f.IdleReplyP50 = r.P50
	}
	if !b.plan.parts["line"] {
		return nil
	}
	for _, c := range concurrencies {
		r, err := b.besideTheFloor(ctx, h, c)
		if err != nil {
			return err
		}
		b.tell("concurrency %d: %.0f turns a second, floor %.0f, ratio %.3f", c, r.TurnsPerSecond, r.FloorCommits, r.Ratio)
		f.Runs = append(f.Runs, r)
	}
	return nil
}

// besideTheFloor measures the floor, the line, and the floor again.
func (b *bench) besideTheFloor(ctx context.Context, h *house, concurrency int) (result, error) {
	before, err := h.floor(ctx, concurrency, b.plan.window/2)
	if err != nil {
		return result{}, err
	}
	r, err := h.closed(ctx, concurrency, b.plan.window)
	if err != nil {
		return result{}, err
	}
	after, err := h.floor(ctx, concurrency, b.plan.window/2)
	r.FloorCommits = (before + after) / 2
	r.Ratio = r.TurnsPerSecond / r.FloorCommits
	return r, err
}

// machine says what was measured on.
func machine() string {
	return fmt.Sprintf("%s/%s, %d processors, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
}
