// Command chaos breaks the line on purpose while people write to it, and then asks
// whether every promise was kept.
//
// It builds `pulang serve` and runs one or more of it as processes of their own, on a
// real Postgres and a real Redis, with a Telegram and a Twilio on loopback. A plan
// (plan.go) made from a seed says who writes what and when, and which fault strikes
// when (faults.go): processes are killed and frozen, connections cut, slowed and broken
// off in the middle of a commit, providers refuse, hang and cut off after they
// accepted, webhooks come twice, late, backwards, and lose their answers. In the end
// everything heals, and check.go reads the database and every phone.
//
// It promises to be strict about what a provider or a phone could see, whatever the
// code inside looks like: a message that was answered 200 must have its one turn, a
// reply that was said must be on the phone once and in order, or be marked as perhaps
// twice. The same seed gives the same plan; what the machine makes of it differs a
// little from run to run. It leaves the finer faults, one at a time, to stories.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"os/signal"
	"syscall"
	"time"

	"pulang/internal/devstack"
	"pulang/internal/store"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr, time.Now)) }

// run reads the flags, starts the servers and does one run. The status is 1 when a
// promise was broken or nothing could be run.
func run(args []string, out, errs io.Writer, now func() time.Time) int {
	flags := flag.NewFlagSet("chaos", flag.ContinueOnError)
	flags.SetOutput(errs)
	seed := flags.Uint64("seed", 0, "repeat the plan of this seed; 0: a new one")
	length := flags.Duration("for", 10*time.Minute, "how long faults strike; healing comes after it")
	processes := flags.Int("processes", 3, "how many pulang serve run side by side")
	program := flags.String("program", "", "the pulang to break; empty: built from this tree")
	keep := flags.Bool("keep", false, "keep the logs of the processes, and say where")
	hurry := flags.Bool("hurry", false, "let the leases of dead processes end at once, to heal in seconds instead of minutes")
	if flags.Parse(args) != nil {
		return 2
	}
	if *seed == 0 {
		*seed = rand.Uint64N(1e9) + 1
	}
	log.SetOutput(io.Discard) // what libraries say when we cut them off
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	_, _ = fmt.Fprintf(out, "seed %d: %d processes for %s (again: go run ./internal/chaos -seed %d -for %s -processes %d)\n",
		*seed, *processes, *length, *seed, *length, *processes)
	report, err := once(ctx, options{Seed: *seed, For: *length, Processes: *processes, Program: *program, Keep: *keep, Hurry: *hurry, Now: now,
		Say: func(line string) { _, _ = fmt.Fprintln(errs, line) }})
	if err != nil {
		_, _ = fmt.Fprintln(errs, err)
		return 1
	}
	_, _ = fmt.Fprint(out, report)
	if len(report.Findings) > 0 {
		return 1
	}
	return 0
}

// once starts servers of its own for one run.
func once(ctx context.Context, o options) (*Report, error) {
	version, err := devstack.VersionOf(store.Migrations)
	if err != nil {
		return nil, err
	}
	stack, err := devstack.Start(ctx, devstack.Options{Migrate: store.Migrate, Version: version})
	if err != nil {
		return nil, err
	}
	defer stack.Stop()
	return chaos(ctx, stack, o)
}
