package casefile

import (
	"fmt"
	"strings"
)

// FactsPage is docs/facts.md: every kind of fact, why we ask, and how long each kind
// of data is kept.
func FactsPage() string {
	var b strings.Builder
	b.WriteString(`# What Pulang learns, and why

This page is made from internal/casefile/dictionary.go; change it there. Facts are kept as meanings, sealed, and never asked for without a use.
What is never asked: names, identity or passport numbers, employers' bank details, sexual details, what somebody was made to do, names of perpetrators.
How long: days after the case is closed; the table below says it of every other kind of data. Nothing of an open case is ever forgotten.

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
	b.WriteString(`
## How long everything is kept

This table is internal/casefile/retention.go. A deployment may choose another number of days for a kind, up to the longest: ` + "`pulang forget keep KIND DAYS`" + `.
What becomes of a person's words when their time is over: the key that seals them is destroyed (docs/operator.md, "Forgetting").

| kind | what | days | since | longest | why it is kept |
|---|---|---|---|---|---|
`)
	for _, k := range Kept {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", k.Kind, k.What, k.Days.words("for good"), k.Since, k.Longest.words("fixed"), k.Why)
	}
	return b.String()
}

// words is a number of days, or what none means.
func (p Period) words(none string) string {
	if p == 0 {
		return none
	}
	return fmt.Sprint(int(p))
}
