package escalation

import (
	"fmt"
	"slices"
	"strings"

	"pulang/internal/casefile"
)

// vocabulary is every named condition, in the order the page explains them.
var vocabulary = []Condition{
	danger, confined, heldBack, violence, sexual, threat, passport, wages, isolated, deceived, fine, ransom,
	atWork, minor, child, soon, lostTrack, group, crowd, indicator, unclear, asked, act, means, purpose,
}

// RulesPage renders the policy as Markdown: docs/rules.md, for the people who
// own it. A test keeps that file equal to this.
func RulesPage() string {
	var b strings.Builder
	b.WriteString(`# The rules

This page is made from internal/escalation/rules.go; change the rules there.

The highest rule that holds decides how urgent a report is. Unknown or skipped never lowers. Urgency rises by itself;
only a named member of staff lowers it, with a reason, and afterwards only what is learned later raises it again.
A second line of the same rule ends in a letter (C1b). ILO: the indicators of forced labour, 1 to 11.
`)
	for _, level := range []casefile.Urgency{casefile.Critical, casefile.High, casefile.Medium} {
		fmt.Fprintf(&b, "\n## %s\n\n| rule | why | when | ILO |\n|---|---|---|---|\n", upper(level))
		for _, r := range Rules {
			if r.Level == level {
				fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.ID, r.Why, r.When.says, numbers(r.ILO))
			}
		}
	}
	b.WriteString("\nLOW is everything else: information, prevention, services for returnees.\n")
	b.WriteString("\n## The words of the rules\n\n| word | means |\n|---|---|\n")
	for _, c := range vocabulary {
		fmt.Fprintf(&b, "| %s | %s |\n", c.says, c.means)
	}
	b.WriteString("\n## The ILO indicators\n\n| ILO | when |\n|---|---|\n")
	for _, s := range signs {
		fmt.Fprintf(&b, "| %d | %s |\n", s.ILO, s.When.says)
	}
	b.WriteString("\n## The flags staff see\n\n| flag | when |\n|---|---|\n")
	for _, f := range flags {
		fmt.Fprintf(&b, "| %s | %s |\n", f.Name, f.When.says)
	}
	b.WriteString(ladderPage())
	return b.String()
}

func numbers(ns []int) string {
	words := make([]string, len(ns))
	for i, n := range slices.Sorted(slices.Values(ns)) {
		words[i] = fmt.Sprint(n)
	}
	return strings.Join(words, ", ")
}
