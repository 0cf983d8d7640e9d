package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twilio/twilio-go/client"

	"pulang/internal/casefile"
	"pulang/internal/devstack"
	"pulang/internal/hear"
	"pulang/internal/store"
)

// TestTheBenchMeasuresTheRealProgram runs it whole against a real pulang serve, with
// short windows and few cases, and reads the JSON an operator gets.
func TestTheBenchMeasuresTheRealProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	program, out := filepath.Join(dir, "pulang"), filepath.Join(dir, "out.json")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "pulang/cmd/pulang")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, said)
	}
	p, err := readPlan([]string{"-pulang", program}, func(name string) string {
		return map[string]string{"BENCH_SECONDS": "0.5", "BENCH_OUT": out}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	p.open, p.stored, p.rounds = 30, []int{10, 20}, 1
	var table bytes.Buffer
	if err := p.measure(t.Context(), &table, io.Discard, time.Now); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var f figures
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Runs) != len(concurrencies) {
		t.Fatalf("%d runs, want one for each concurrency", len(f.Runs))
	}
	for _, r := range f.Runs {
		if r.TurnsPerSecond <= 0 || r.FloorCommits <= r.TurnsPerSecond || r.P50 <= 0 || r.P99 < r.P50 || r.CPU <= 0 || r.Refused+r.Unanswered > 0 {
			t.Errorf("concurrency %d: %+v", r.Concurrency, r)
		}
	}
	if f.DangerTold == 0 || f.DangerUntold > 0 || f.DangerP99 < f.DangerP50 || f.DangerP50 <= 0 {
		t.Errorf("%d dangers were told, %d not, p50 %.1f ms, p99 %.1f ms", f.DangerTold, f.DangerUntold, f.DangerP50, f.DangerP99)
	}
	if f.Conversations < 30 || f.ResidentMiB < 5 || f.ResidentMost < f.ResidentMiB/2 || f.RedisBytes < 100 || f.RedisBytes > 10_000 {
		t.Errorf("%d conversations, %.1f MiB, %.0f bytes in Redis for each", f.Conversations, f.ResidentMiB, f.RedisBytes)
	}
	if f.ByCases["10"] <= 0 || f.ByCases["20"] <= 0 || len(f.CaseWindows["20"]) != 1 {
		t.Errorf("turns a second by cases: %v", f.ByCases)
	}
	if len(f.Pages) < 2*13 || f.PageCases != 20 || slices.ContainsFunc(f.Pages, func(p pageTime) bool { return p.P50 <= 0 || p.P95 < p.P50 }) {
		t.Errorf("pages of the console: %+v", f.Pages)
	}
	if f.IdleReplyP50 <= 0 || f.StepMicros <= 0 {
		t.Errorf("idle %.1f ms, step %.1f us", f.IdleReplyP50, f.StepMicros)
	}
	for _, name := range []string{`"turns_per_second"`, `"floor_commits_per_second"`, `"ratio"`, `"reply_p50_ms"`, `"reply_p99_ms"`, `"cpu_seconds_per_1000_turns"`, `"danger_to_alert_p99_ms"`,
		`"resident_mib"`, `"resident_most_mib"`, `"redis_bytes_per_conversation"`, `"turns_per_second_by_cases"`, `"console_pages"`} {
		if !bytes.Contains(data, []byte(name)) {
			t.Errorf("the JSON has no %s", name)
		}
	}
	if !strings.Contains(table.String(), "full turns for one floor commit") {
		t.Errorf("the table has no ratio:\n%s", table.String())
	}
}

// TestStoredPeopleAreReadByTheLine: the line finds them by their address, and what it
// reads of them opens with their key.
func TestStoredPeopleAreReadByTheLine(t *testing.T) {
	t.Parallel()
	version, err := devstack.VersionOf(store.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	stack, err := devstack.Open(t.Context(), devstack.Options{Migrate: store.Migrate, Version: version})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stack.Stop)
	h := storedHouse(t, stack, 50)
	db, err := store.Open(store.Options{URL: h.database, Keys: h.bench.keys})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	who := casefile.Address{Channel: "telegram", ID: casefile.Hide(address(49, false))}
	err = db.InTx(t.Context(), func(tx *store.Tx) error {
		found, err := tx.FindConversations(t.Context(), []casefile.Address{who})
		if err != nil || len(found) != 1 {
			return fmt.Errorf("%d conversations of a stored person: %w", len(found), err)
		}
		c, err := tx.Conversation(t.Context(), found[0].ID)
		if err != nil {
			return err
		}
		if c.Turn != 2 || c.Session.Turn != 2 || len(c.Session.Facts) == 0 || c.Address != who.ID {
			t.Errorf("turn %d, session of turn %d with %d facts", c.Turn, c.Session.Turn, len(c.Session.Facts))
		}
		cases, err := tx.CasesOf(t.Context(), []store.Conversation{c})
		if err == nil && len(cases[c.ID].Assessment) == 0 {
			t.Error("the case of a stored person has no assessment")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string]int{"conversations": 50, "cases": 50, "case_conversations": 50, "messages": 100, "turns": 100, "outbox": 100, "audit": 50, "escalations": 5, "alerts": 5} {
		var n int
		if err := h.pool.QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil || n != want {
			t.Errorf("%s has %d rows, want %d (%v)", table, n, want, err)
		}
	}
}

// storedHouse is a house without a program.
func storedHouse(t *testing.T, stack *devstack.Stack, stored int) *house {
	t.Helper()
	b := &bench{now: time.Now, said: io.Discard, stack: stack}
	if err := b.makeKeys(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	var err error
	if b.providers, err = openProviders(b.now); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.providers.close)
	h := &house{bench: b, database: stack.Database(t)}
	t.Cleanup(h.close)
	for _, do := range []func(context.Context) error{h.connect, h.addStaff, func(ctx context.Context) error { return h.seed(ctx, stored) }} {
		if err := do(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// TestWebhooksAreSignedAsTwilioDoes: by the validator of Twilio's own library.
func TestWebhooksAreSignedAsTwilioDoes(t *testing.T) {
	t.Parallel()
	h := hooks{host: "127.0.0.1:9"}
	raw := h.webhook(&person{address: address(1, true), number: true}, "mau tanya", time.Unix(0, 0))
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.ParseForm(); err != nil {
		t.Fatal(err)
	}
	form := map[string]string{}
	for key := range r.PostForm {
		form[key] = r.PostForm.Get(key)
	}
	validator := client.NewRequestValidator(twilioToken)
	if !validator.Validate("http://"+h.host+r.URL.Path, form, r.Header.Get("X-Twilio-Signature")) {
		t.Error("Twilio's validator does not take the signature")
	}
}

// TestNobodyInTheScriptsIsInDanger: what danger costs is measured by itself. And the
// cry is one.
func TestNobodyInTheScriptsIsInDanger(t *testing.T) {
	t.Parallel()
	ear, err := hear.New()
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC)
	for _, script := range scripts {
		_, end := rehearse(ear, script, noon)
		if a := judge(end, end.Facts); a.Urgency > casefile.Medium || len(a.Danger) > 0 {
			t.Errorf("%q ends %s", script[0], a.Urgency)
		}
	}
	_, end := rehearse(ear, []string{cry}, noon)
	if a := judge(end, end.Facts); a.Urgency != casefile.Critical {
		t.Errorf("the cry is %s", a.Urgency)
	}
}

// TestATurnCountsOnlyInsideItsWindow: by the moment of its reply.
func TestATurnCountsOnlyInsideItsWindow(t *testing.T) {
	t.Parallel()
	at := func(ms int) time.Time { return time.UnixMilli(int64(ms)) }
	var all tally
	for _, end := range []int{900, 1000, 1500, 2000, 2001} {
		all.add(turn{at(end - 100), at(end)})
	}
	r := all.result(at(1000), at(2000))
	if r.TurnsPerSecond != 3 || r.P50 != 100 || r.P99 != 100 {
		t.Errorf("%+v, want 3 turns a second of 100 ms", r)
	}
}

// TestPercentilesAreOfWhatWasSeen: none is made up between two values.
func TestPercentilesAreOfWhatWasSeen(t *testing.T) {
	t.Parallel()
	var took []time.Duration
	for ms := range 100 {
		took = append(took, time.Duration(99-ms)*time.Millisecond)
	}
	if p50, p99 := percentile(slices.Clone(took), 50), percentile(took, 99); p50 != 50 || p99 != 99 {
		t.Errorf("p50 %v, p99 %v, want 50 and 99", p50, p99)
	}
}

// TestAPlanThatMakesNoSenseIsRefused: before anything is started.
func TestAPlanThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	none := func(string) string { return "" }
	if _, err := readPlan([]string{"-only", "line,speed"}, none); err == nil {
		t.Error("a part that does not exist is taken")
	}
	for _, seconds := range []string{"soon", "0", "-1"} {
		if _, err := readPlan(nil, func(string) string { return seconds }); err == nil {
			t.Errorf("BENCH_SECONDS=%s is taken", seconds)
		}
	}
	if p, err := readPlan(nil, none); err != nil || len(p.parts) != len(parts) || p.window != 10*time.Second {
		t.Errorf("by itself: %+v, %v", p, err)
	}
}

// TestNobodyWritesTwiceWithinTheirRest: providers take one message a second for one
// person, and a second one would wait for that.
func TestNobodyWritesTwiceWithinTheirRest(t *testing.T) {
	t.Parallel()
	providers := &providers{people: map[string]*person{}}
	c := &crowd{providers: providers, oneIn: 1 << 30, stored: 2}
	now := time.Unix(1_000_000, 0)
	first := c.next(now)
	c.back(first, now)
	if again := c.next(now.Add(rest - 1)); again == first {
		t.Error("somebody writes again at once")
	}
	if again := c.next(now.Add(rest)); again != first {
		t.Error("who has rested does not go on")
	}
	seen := map[string]bool{}
	for range 100 {
		p := c.next(now)
		if seen[p.address] {
			t.Fatalf("two people share a phone")
		}
		seen[p.address] = true
	}
}
