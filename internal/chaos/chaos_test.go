package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/devstack"
	"pulang/internal/store"
)

var (
	stack   *devstack.Stack
	program string // pulang, built once
)

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	version, err := devstack.VersionOf(store.Migrations)
	if err != nil {
		panic(err)
	}
	dir, err := os.MkdirTemp("", "pulang-chaos-test-")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program = filepath.Join(dir, "pulang")
	return devstack.Main(m, devstack.Options{Migrate: store.Migrate, Version: version}, func(s *devstack.Stack) { stack = s })
}

// TestEveryPromiseHoldsUnderChaos is the short version of make chaos: each fault about
// once, with one process and with three side by side. A failure prints its seed.
func TestEveryPromiseHoldsUnderChaos(t *testing.T) {
	t.Parallel()
	if err := build(t.Context(), program); err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())%1e9 + 1 // #nosec G115 -- a plan of its own for every run
	for _, processes := range []int{1, 3} {
		t.Run(fmt.Sprintf("%d", processes), func(t *testing.T) {
			t.Parallel()
			report, err := chaos(t.Context(), stack, options{Seed: seed, For: 15 * time.Second, Processes: processes, Program: program,
				Hurry: true, Now: time.Now, Say: func(string) {}})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("again: go run ./internal/chaos -hurry -for 15s -processes %d -seed %d\n%s", processes, seed, report)
			if len(report.Findings) > 0 {
				t.Errorf("promises were broken, see the table (seed %d)", seed)
			}
		})
	}
}

func TestASeedIsAPlan(t *testing.T) {
	t.Parallel()
	one, again, other := newPlan(7, time.Minute, 3), newPlan(7, time.Minute, 3), newPlan(8, time.Minute, 3)
	if !reflect.DeepEqual(one, again) {
		t.Error("the same seed made two plans")
	}
	if reflect.DeepEqual(one.Lines, other.Lines) || reflect.DeepEqual(one.Strikes, other.Strikes) {
		t.Error("two seeds made one plan")
	}
	danger := 0
	for i, line := range one.Lines {
		if line.Danger {
			danger++
		}
		if i > 0 && line.At < one.Lines[i-1].At {
			t.Fatal("the lines are not in order")
		}
	}
	if len(one.Lines) < 300 || danger < 30 {
		t.Errorf("a minute has %d lines, %d of danger: too quiet", len(one.Lines), danger)
	}
}

func TestEveryFaultHasItsTurn(t *testing.T) {
	t.Parallel()
	for length, least := range map[time.Duration]time.Duration{30 * time.Second: 0, 10 * time.Minute: time.Hour} {
		seen := map[string]bool{}
		for _, s := range newPlan(3, length, 3).Strikes {
			seen[s.Fault] = true
		}
		for _, f := range faults {
			if !seen[f.Name] && f.Least <= least {
				t.Errorf("%q never happens in %s", f.Name, length)
			}
		}
	}
}

func TestAPhoneIsComparedWithTheLetters(t *testing.T) {
	t.Parallel()
	sent := func(body string) due { return due{casefile.Hide(body), 1, 1} }
	marked := func(body string, most int) due { return due{casefile.Hide(body), 1, most} }
	unknown := func(body string, most int) due { return due{casefile.Hide(body), 0, most} }
	for name, c := range map[string]struct {
		letters []due
		screen  string
		says    string
	}{
		"as sent":                           {[]due{sent("a"), sent("b")}, "a b", ""},
		"nothing":                           {nil, "", ""},
		"the same words twice, of two":      {[]due{sent("a"), sent("a")}, "a a", ""},
		"marked, and twice":                 {[]due{marked("a", 2), sent("b")}, "a a b", ""},
		"marked, and once":                  {[]due{marked("a", 2), sent("b")}, "a b", ""},
		"given up, and there":               {[]due{unknown("a", 3), sent("b")}, "a b", ""},
		"given up, and not there":           {[]due{unknown("a", 3), sent("a")}, "a", ""},
		"lost":                              {[]due{sent("a"), sent("b")}, "b", "1 replies are lost, 0 were said once too often"},
		"twice":                             {[]due{sent("a"), sent("b")}, "a a b", "0 replies are lost, 1 were said once too often"},
		"more often than it was tried":      {[]due{marked("a", 2)}, "a a a", "0 replies are lost, 1 were said once too often"},
		"nobody said that":                  {[]due{sent("a")}, "a x", "0 replies are lost, 1 were said once too often"},
		"backwards":                         {[]due{sent("a"), sent("b")}, "b a", "replies are out of order"},
		"a marked one again, behind others": {[]due{marked("a", 2), sent("b")}, "a b a", "replies are out of order"},
	} {
		var screen []casefile.Private
		for _, word := range strings.Fields(c.screen) {
			screen = append(screen, casefile.Hide(word))
		}
		if got := compare(c.letters, screen); got != c.says {
			t.Errorf("%s: %q, want %q", name, got, c.says)
		}
	}
}

func TestAReportSaysWhatWasBroken(t *testing.T) {
	t.Parallel()
	r := &Report{}
	r.row("messages in", "%d", 7)
	if said := r.String(); !strings.Contains(said, "| messages in | 7 |") || !strings.Contains(said, "Every promise was kept") {
		t.Errorf("nothing broken: %s", said)
	}
	for i := range 9 {
		r.find("LOST", "message %d", i)
	}
	said := r.String()
	if !strings.Contains(said, "9 x LOST") || strings.Count(said, "message ") != mostDetails || strings.Contains(said, "kept") {
		t.Errorf("nine lost: %s", said)
	}
}

func TestAWrongFlagIsStatus2(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	if status := run([]string{"-sede", "1"}, &out, &errs, time.Now); status != 2 || !strings.Contains(errs.String(), "-seed") {
		t.Errorf("status %d: %s", status, errs.String())
	}
}
