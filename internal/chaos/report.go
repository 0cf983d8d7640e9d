package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Report is what a run came to.
type Report struct {
	Rows     []Row
	Findings []Finding
}

// Row is a line of the table.
type Row struct {
	What, Is string
}

// Finding is a promise that was broken.
type Finding struct {
	What   string // which
	Detail string // in ids and counts; never words or addresses
}

func (r *Report) row(what, format string, args ...any) {
	r.Rows = append(r.Rows, Row{what, fmt.Sprintf(format, args...)})
}

func (r *Report) find(what, format string, args ...any) {
	r.Findings = append(r.Findings, Finding{what, fmt.Sprintf(format, args...)})
}

// mostDetails is how many findings of a kind are shown.
const mostDetails = 5

// String is the table, and below it what was found.
func (r *Report) String() string {
	var b strings.Builder
	b.WriteString("\n| | |\n|---|---|\n")
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "| %s | %s |\n", row.What, row.Is)
	}
	if len(r.Findings) == 0 {
		b.WriteString("\nEvery promise was kept.\n")
		return b.String()
	}
	count := map[string]int{}
	for _, f := range r.Findings {
		count[f.What]++
	}
	var kinds []string
	for _, f := range r.Findings {
		if !slices.Contains(kinds, f.What) {
			kinds = append(kinds, f.What)
		}
	}
	b.WriteString("\nBROKEN:\n")
	for _, kind := range kinds {
		fmt.Fprintf(&b, "  %d x %s\n", count[kind], kind)
		shown := 0
		for _, f := range r.Findings {
			if f.What == kind && shown < mostDetails {
				shown++
				fmt.Fprintf(&b, "      %s\n", f.Detail)
			}
		}
	}
	return b.String()
}

// span is a delay as people read it.
func span(d time.Duration) string { return d.Round(10 * time.Millisecond).String() }

// spread is the median and the longest of some delays.
func spread(all []time.Duration) string {
	if len(all) == 0 {
		return "none"
	}
	slices.Sort(all)
	return fmt.Sprintf("half within %s, longest %s", span(all[len(all)/2]), span(all[len(all)-1]))
}
