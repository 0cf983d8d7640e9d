// Command bench measures the line as it stands in production: a real pulang serve,
// built without the race detector, on a private Postgres that keeps every promise
// (fsync, synchronous_commit and full_page_writes are on) and a private Redis.
//
// This process is everything around it: the people who write, through signed and
// unique webhooks over loopback (crowd.go, hooks.go), and the providers who take
// the replies (providers.go). In the same run it measures the floor, a single row
// inserted and committed through a pool of the same size (floor.go), because
// machines differ and a ratio does not. Stored cases are put there beforehand
// (seed.go), sealed with the keys that pulang serve reads.
//
// It promises that a turn counts only when its reply has been handed to the
// provider, that what is never answered is reported, that every window is long
// after its warm-up, and that pulang serve is run with the settings of an operator
// and nothing made for the bench. The providers here are lean: they take what is
// said and check nothing. That what is said is right is for the tests, with
// internal/fakes, which would need more of the machine than the line itself.
//
// docs/performance.md says how to read the figures.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr, time.Now); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run is main with its world handed in.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer, now func() time.Time) error {
	p, err := readPlan(args, getenv)
	if err != nil {
		return err
	}
	return p.measure(ctx, stdout, stderr, now)
}

// measure runs the plan, prints the table and writes the JSON.
func (p plan) measure(ctx context.Context, stdout, stderr io.Writer, now func() time.Time) error {
	b := &bench{plan: p, now: now, said: stderr, began: now()}
	f, err := b.run(ctx)
	if err != nil {
		return err
	}
	if err := f.print(stdout); err != nil || p.out == "" {
		return err
	}
	data, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(p.out, append(data, '\n'), 0o600)
}

// plan is what to measure.
type plan struct {
	pulang string        // the program
	out    string        // where the figures go as JSON; empty: nowhere
	window time.Duration // of one measurement
	parts  map[string]bool
	open   int   // conversations, while memory is measured
	stored []int // cases, while turns are measured over few and many of them
	rounds int   // how often each: in turn, so that what disturbs the machine disturbs all
}

// parts are what can be measured, in this order.
var parts = []string{"idle", "line", "danger", "memory", "cases", "pages", "step"}

// readPlan reads the arguments, and BENCH_SECONDS and BENCH_OUT.
func readPlan(args []string, getenv func(string) string) (plan, error) {
	p := plan{parts: map[string]bool{}, open: 10_000, stored: []int{1_000, 100_000, 1_000_000}, rounds: 5}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&p.pulang, "pulang", "bin/pulang", "the program to measure")
	only := flags.String("only", "", "measure these parts alone: "+strings.Join(parts, ","))
	most := flags.Int("stored", 0, "store so many cases instead, where many are stored")
	if err := flags.Parse(args); err != nil {
		return p, err
	}
	if *most > 0 {
		p.stored = []int{*most}
	}
	seconds := 10.0
	if given := getenv("BENCH_SECONDS"); given != "" {
		var err error
		if seconds, err = strconv.ParseFloat(given, 64); err != nil || seconds < 0.5 {
			return p, errors.New("BENCH_SECONDS must be a number of seconds, 0.5 or more")
		}
	}
	p.window, p.out = time.Duration(seconds*float64(time.Second)), getenv("BENCH_OUT")
	if *only == "" {
		*only = strings.Join(parts, ",")
	}
	for one := range strings.SplitSeq(*only, ",") {
		p.parts[one] = true
	}
	for one := range p.parts {
		if !contains(parts, one) {
			return p, fmt.Errorf("there is no part %q; there are %s", one, strings.Join(parts, ", "))
		}
	}
	return p, nil
}

func contains(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
}
