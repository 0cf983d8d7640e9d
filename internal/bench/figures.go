package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// figures is everything that was measured. What was not is left out.
type figures struct {
	Machine string  `json:"machine"`
	Seconds float64 `json:"seconds_per_window"`
	Took    float64 `json:"seconds_in_all"`

	Runs         []result `json:"runs,omitempty"`
	IdleReplyP50 float64  `json:"idle_reply_p50_ms,omitempty"`

	DangerP50    float64 `json:"danger_to_alert_p50_ms,omitempty"`
	DangerP99    float64 `json:"danger_to_alert_p99_ms,omitempty"`
	DangerRate   float64 `json:"danger_messages_per_second,omitempty"`
	DangerTold   int     `json:"dangers_told,omitempty"`
	DangerUntold int     `json:"dangers_never_told"`

	ResidentMiB   float64 `json:"resident_mib,omitempty"`
	ResidentMost  float64 `json:"resident_most_mib,omitempty"` // while 64 at once began them
	Conversations int     `json:"open_conversations,omitempty"`
	RedisBytes    float64 `json:"redis_bytes_per_conversation,omitempty"`

	ByCases     map[string]float64   `json:"turns_per_second_by_cases,omitempty"`
	CaseWindows map[string][]float64 `json:"turns_per_second_by_cases_each,omitempty"`

	Pages     []pageTime `json:"console_pages,omitempty"`
	PageCases int        `json:"console_pages_stored_cases,omitempty"`

	StepMicros float64 `json:"flows_step_us,omitempty"`
	StepAlone  float64 `json:"flows_step_without_judgement_us,omitempty"`
}

// result is one closed loop.
type result struct {
	Concurrency    int     `json:"concurrency"`
	TurnsPerSecond float64 `json:"turns_per_second"`
	FloorCommits   float64 `json:"floor_commits_per_second"`
	Ratio          float64 `json:"ratio"`
	P50            float64 `json:"reply_p50_ms"`
	P99            float64 `json:"reply_p99_ms"`
	CPU            float64 `json:"cpu_seconds_per_1000_turns"`
	PostgresCPU    float64 `json:"postgres_cpu_seconds_per_1000_turns"`
	BenchCPU       float64 `json:"bench_cpu_seconds_per_1000_turns"`
	Refused        int     `json:"refused"`
	Unanswered     int     `json:"unanswered"`
}

// print writes the table.
func (f *figures) print(to io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s; windows of %g s; %.0f s in all\n\n", f.Machine, f.Seconds, f.Took)
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	if len(f.Runs) > 0 {
		fmt.Fprintln(t, "at once\tturns/s\tfloor/s\tratio\tp50 ms\tp99 ms\tCPU s/1000\tPostgres\tbench\trefused\tunanswered\t")
	}
	for _, r := range f.Runs {
		fmt.Fprintf(t, "%d\t%.0f\t%.0f\t%.3f\t%.1f\t%.1f\t%.2f\t%.2f\t%.2f\t%d\t%d\t\n", r.Concurrency, r.TurnsPerSecond, r.FloorCommits, r.Ratio,
			r.P50, r.P99, r.CPU, r.PostgresCPU, r.BenchCPU, r.Refused, r.Unanswered)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(&b)
	t = tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, line := range f.lines() {
		fmt.Fprintf(t, "%s\t%s\t%s\n", line[0], line[1], line[2])
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(to, b.String())
	return err
}

// lines are the single figures, each with its goal.
func (f *figures) lines() (all [][3]string) {
	add := func(there bool, what, figure, goal string) {
		if there {
			all = append(all, [3]string{what, figure, goal})
		}
	}
	for _, r := range f.Runs {
		if r.Concurrency == 64 {
			add(true, "full turns for one floor commit, 64 at once", fmt.Sprintf("%.3f", r.Ratio), "goal: at least 0.2")
		}
	}
	add(f.IdleReplyP50 > 0, "reply to one person, nobody else writes, median", fmt.Sprintf("%.1f ms", f.IdleReplyP50), "goal: 15 ms")
	add(f.DangerRate > 0, fmt.Sprintf("danger to alert, %.0f messages/s, one in ten a danger, p50", f.DangerRate), fmt.Sprintf("%.0f ms", f.DangerP50), "")
	add(f.DangerRate > 0, "  the same, p99", fmt.Sprintf("%.0f ms", f.DangerP99), "goal: 1000 ms")
	add(f.DangerRate > 0, "  told, and never told", fmt.Sprintf("%d, %d", f.DangerTold, f.DangerUntold), "goal: none untold")
	add(f.ResidentMiB > 0, fmt.Sprintf("resident memory, %d conversations open, 20 messages/s", f.Conversations), fmt.Sprintf("%.1f MiB", f.ResidentMiB), "goal: under 64")
	add(f.ResidentMost > 0, "  the most while they began, 64 at once", fmt.Sprintf("%.1f MiB", f.ResidentMost), "")
	add(f.RedisBytes > 0, "Redis, all keys, for each open conversation", fmt.Sprintf("%.0f bytes", f.RedisBytes), "goal: at most 600")
	for _, n := range slices.SortedFunc(maps.Keys(f.ByCases), func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) }) {
		add(true, fmt.Sprintf("turns/s, 64 at once, %s stored cases, median of %d", n, len(f.CaseWindows[n])), fmt.Sprintf("%.0f", f.ByCases[n]), "goal: all within 20 %")
	}
	for _, p := range f.Pages {
		add(true, fmt.Sprintf("console, %d stored cases, %s, as %s, p50 and p95", f.PageCases, p.Page, p.Who), fmt.Sprintf("%.1f and %.1f ms", p.P50, p.P95), "goal: p95 under 100 ms")
	}
	add(f.StepMicros > 0, "flows.Step, with escalation's judgement inside", fmt.Sprintf("%.1f us", f.StepMicros), "goal: under 20")
	add(f.StepAlone > 0, "  the same, without the judgement", fmt.Sprintf("%.1f us", f.StepAlone), "")
	return all
}
