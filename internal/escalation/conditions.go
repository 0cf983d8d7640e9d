package escalation

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"pulang/internal/casefile"
)

// The language the rules are written in. A Condition looks at the facts of one
// report and answers two things: whether it holds, and which facts (by their
// positions) make it hold. Adding a fact can make a condition hold, never undo
// one: nothing here can be negated except who is writing. That is why urgency
// only rises by itself.

// Condition is one readable test on the facts of a report.
type Condition struct {
	says  string // in words, for docs/rules.md
	means string // what a named condition stands for
	parts int    // how many parts it was joined from; decides on brackets
	stage int    // 0 looks at facts, 1 at rules of stage 0, 2 at the urgency so far
	needs keys   // it cannot hold before one of these is told; none: it can
	found func(*look) (because []int, holds bool)
}

// on says whether c holds, and which facts make it hold. Most of the policy speaks of
// what this person did not tell, so that is passed over first.
func (c Condition) on(l *look) (because []int, holds bool) {
	if c.needs != 0 && c.needs&l.told == 0 {
		return nil, false
	}
	return c.found(l)
}

// look is what a condition sees.
type look struct {
	facts casefile.Facts
	told  keys // of the facts
	about About
	fired []Fired // the rules of earlier stages
}

// is holds when any fact, at any time, says one of values of key.
func is(key casefile.Key, values ...string) Condition {
	says := string(key) + " = " + strings.Join(values, "/")
	return Condition{says: says, needs: keyOf(key), found: func(l *look) ([]int, bool) {
		at := l.facts.Saying(key, values...)
		return at, len(at) > 0
	}}
}

// known holds when key was answered or heard with any meaning at all.
func known(key casefile.Key) Condition { return knownBut(key) }

// knownBut holds when key was answered or heard with a meaning besides these.
func knownBut(key casefile.Key, besides ...string) Condition {
	says := string(key) + " is known"
	if len(besides) > 0 {
		says += ", and not " + strings.Join(besides, " or ")
	}
	return which(says, key, func(f casefile.Fact) bool {
		return f.How != casefile.Skipped && !f.Value.IsEmpty() && !slices.ContainsFunc(besides, f.Value.Is)
	})
}

// heard holds when somebody wrote it in their own words, and did not only pick it
// from a list of answers.
func heard(key casefile.Key, values ...string) Condition {
	says := "wrote of " + string(key) + " = " + strings.Join(values, "/")
	return which(says, key, func(f casefile.Fact) bool {
		return f.How == casefile.Heard && slices.ContainsFunc(values, f.Value.Is)
	})
}

// skipped holds when the person chose not to answer key.
func skipped(key casefile.Key) Condition {
	return which(string(key)+" was skipped", key, func(f casefile.Fact) bool { return f.How == casefile.Skipped })
}

// atLeastPeople holds when a count heard is n or more, for n from 2 to 10.
// A count is written in digits without leading zeros, so two digits are ten.
func atLeastPeople(n int) Condition {
	says := string(casefile.Count) + " is " + strconv.Itoa(n) + " or more"
	return which(says, casefile.Count, func(f casefile.Fact) bool {
		if f.Value.Len() >= 2 {
			return true
		}
		for i := n; i < 10; i++ {
			if f.Value.Is(strconv.Itoa(i)) {
				return true
			}
		}
		return false
	})
}

// due holds when a time was heard that comes within d of when it was said.
func due(d time.Duration) Condition {
	says := string(casefile.DeadlineAt) + " within " + strconv.Itoa(int(d.Hours())) + " hours"
	return which(says, casefile.DeadlineAt, func(f casefile.Fact) bool { return f.DueWithin(d) })
}

// which holds when any fact of key passes the test.
func which(says string, key casefile.Key, passes func(casefile.Fact) bool) Condition {
	return Condition{says: says, needs: keyOf(key), found: func(l *look) ([]int, bool) {
		var at []int
		for i, f := range l.facts {
			if f.Key == key && passes(f) {
				at = append(at, i)
			}
		}
		return at, len(at) > 0
	}}
}

// differ holds when two open facts name different things.
func differ(one, other casefile.Key) Condition {
	says := string(one) + " is not " + string(other)
	return Condition{says: says, needs: keyOf(one), found: func(l *look) ([]int, bool) {
		var at []int
		for i, f := range l.facts {
			for j, g := range l.facts {
				if f.Key == one && g.Key == other && !f.Value.IsEmpty() && !g.Value.IsEmpty() && f.Value != g.Value {
					at = union(at, []int{i, j})
				}
			}
		}
		return at, len(at) > 0
	}}
}

// flow holds when the conversation is of one of these kinds; the empty flow is
// the one where nobody knows yet who writes.
func flow(kinds ...casefile.Flow) Condition {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
		if k == "" {
			names[i] = "not known"
		}
	}
	return Condition{says: "flow: " + strings.Join(names, " or "), found: func(l *look) ([]int, bool) {
		return nil, slices.Contains(kinds, l.about.Flow)
	}}
}

// reporterBut holds unless the one who writes is clearly one of these.
func reporterBut(besides ...casefile.Reporter) Condition {
	names := make([]string, len(besides))
	for i, r := range besides {
		names[i] = string(r)
	}
	return Condition{says: "reporter is not " + strings.Join(names, " or "), found: func(l *look) ([]int, bool) {
		return nil, !slices.Contains(besides, l.about.Reporter)
	}}
}

// numberFrom holds when the phone number belongs to one of these countries.
func numberFrom(countries ...string) Condition {
	return Condition{says: "number of " + strings.Join(countries, " or "), found: func(l *look) ([]int, bool) {
		return nil, slices.Contains(countries, l.about.NumberCountry)
	}}
}

// anyRule holds when another rule of this level or a higher one fired.
func anyRule(level casefile.Urgency) Condition {
	return Condition{says: "any " + upper(level) + " rule", stage: 1, found: func(l *look) ([]int, bool) {
		var at []int
		found := false
		for _, f := range l.fired {
			if f.Level >= level {
				at, found = union(at, f.Because), true
			}
		}
		return at, found
	}}
}

// rule holds when the rule with this id fired.
func rule(id string) Condition {
	return Condition{says: "rule " + id, stage: 2, found: func(l *look) ([]int, bool) {
		i := slices.IndexFunc(l.fired, func(f Fired) bool { return f.Rule == id })
		if i < 0 {
			return nil, false
		}
		return l.fired[i].Because, true
	}}
}

// open holds while the case stands at this level or above.
func open(level casefile.Urgency) Condition {
	says := "the case is " + upper(level) + " or above"
	return Condition{says: says, stage: 2, found: func(l *look) ([]int, bool) {
		return nil, urgencyOf(l.facts, l.about, l.fired) >= level
	}}
}

// all holds when every one of cs does.
func all(cs ...Condition) Condition {
	return join(" **and** ", cs, len(cs))
}

// either holds when one of cs does; it keeps the support of all that do.
func either(cs ...Condition) Condition {
	return join(" or ", cs, 1)
}

// atLeast holds when n of cs do.
func atLeast(n int, cs ...Condition) Condition {
	c := join("; ", cs, n)
	c.says = "any " + strconv.Itoa(n) + " of {" + c.says + "}"
	c.parts = 1
	return c
}

// named gives a condition a name, under which the page explains it once.
func named(name string, c Condition) Condition {
	return Condition{says: "*" + name + "*", means: c.says, stage: c.stage, needs: c.needs, found: c.found}
}

func join(with string, cs []Condition, need int) Condition {
	joined := Condition{parts: len(cs), needs: neededBy(cs, need)}
	says := make([]string, len(cs))
	for i, c := range cs {
		says[i] = c.says
		if c.parts > 1 {
			says[i] = "(" + c.says + ")"
		}
		joined.stage = max(joined.stage, c.stage)
	}
	joined.says = strings.Join(says, with)
	joined.found = func(l *look) ([]int, bool) {
		var at []int
		missing := len(cs) - need // how many may still fail to hold
		for _, c := range cs {
			because, holds := c.on(l)
			switch {
			case holds && at == nil:
				at = because
			case holds:
				at = union(at, because)
			case missing == 0:
				return nil, false
			default:
				missing--
			}
		}
		return at, missing >= 0
	}
	return joined
}

// union is both lists as one, in order and without doubles.
func union(a, b []int) []int {
	both := append(slices.Clone(a), b...)
	slices.Sort(both)
	return slices.Compact(both)
}

func upper(u casefile.Urgency) string { return strings.ToUpper(u.String()) }
