package casefile

import (
	"fmt"
	"strings"
)

// FactsPage is docs/facts.md: every kind of fact, why we ask, how long we keep it.
func FactsPage() string {
	var b strings.Builder
	b.WriteString(`# What Pulang learns, and why

This page is made from internal/casefile/dictionary.go; change it there. Facts are kept as meanings, sealed, and never asked for without a use.
What is never asked: names, identity or passport numbers, employers' bank details, sexual details, what somebody was made to do, names of perpetrators.
How long: days after the case is closed. Forgetting itself is not built yet.

| fact | meanings | why | kept |
|---|---|---|---|
`)
	for _, e := range Dictionary {
		meanings := strings.Join(e.Values, ", ")
		if meanings == "" {
			meanings = "*open*"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %d |\n", e.Key, meanings, e.Why, e.Forget)
	}
	return b.String()
}
