package escalation

import (
	"slices"
	"time"

	"pulang/internal/casefile"
)

// About is what the rules need to know besides the facts.
type About struct {
	Reporter      casefile.Reporter
	Flow          casefile.Flow
	NumberCountry string           // ISO country of the phone number; empty when there is none
	Stands        casefile.Urgency // where the case stands; it never falls by itself
	LoweredTo     casefile.Urgency // where a named member of staff lowered it to
	LoweredAt     time.Time        // when; zero: never lowered
}

// Fired is a rule that holds, with the facts that make it hold.
type Fired struct {
	Rule    string
	Level   casefile.Urgency
	Because []int // positions in the facts, rising
}

// Finding is one part of the Palermo line. There is no "no": that a thing was
// not told does not mean that it did not happen (rule 60).
type Finding string

// The findings.
const (
	Unknown Finding = "unknown"
	Yes     Finding = "yes"
)

// Palermo is the line staff read: how much of act, means and purpose is told.
type Palermo string

// The lines: "indikasi kuat", "indikasi sebagian", "belum cukup data".
const (
	Strong    Palermo = "strong"
	Partial   Palermo = "partial"
	NotEnough Palermo = "not_enough"
)

// Assessment is what the rules say of a report. Everything in it but the
// urgency tells something about the person, so it is stored sealed.
type Assessment struct {
	Urgency             casefile.Urgency
	Fired               []Fired // in the order of Rules
	Indicators          []int   // of the 11 of the ILO, rising
	Act, Means, Purpose Finding
	Palermo             Palermo
	Flags               []string
	Queue               bool  // it enters the staff queue
	Danger              []int // positions of the facts that are danger
}

// Assess applies Rules to the facts of one report. It is pure, and more facts
// never make it less urgent. After a lowering, a rule raises again only with a
// fact learned later; it is listed all the same.
func Assess(facts casefile.Facts, about About) Assessment {
	l := &look{facts: facts, told: keysOf(facts), about: about}
	fire(l)
	a := Assessment{
		Urgency: urgencyOf(facts, about, l.fired),
		Fired:   l.fired,
		Act:     finding(l, act), Means: finding(l, means), Purpose: finding(l, purpose),
		Danger: dangers(l),
	}
	for _, s := range signs {
		if holds(l, s.When) {
			a.Indicators = append(a.Indicators, s.ILO)
		}
	}
	for _, f := range flags {
		if holds(l, f.When) {
			a.Flags = append(a.Flags, f.Name)
		}
	}
	a.Palermo = palermo(a, holds(l, minor))
	a.Queue = a.Urgency >= casefile.Medium || holds(l, indicator) || holds(l, unclear) || holds(l, asked)
	return a
}

// HasNewDanger reports whether any danger fact is among those learned after the
// first known ones.
func (a Assessment) HasNewDanger(known int) bool {
	return slices.ContainsFunc(a.Danger, func(at int) bool { return at >= known })
}

// fire finds the rules that hold, stage by stage: rules about facts, then rules
// about those, then rules about the urgency they give.
func fire(l *look) {
	var fired []Fired
	for stage := range 3 {
		for _, r := range Rules {
			if r.When.stage != stage {
				continue
			}
			if because, holds := r.When.on(l); holds {
				fired = append(fired, Fired{Rule: r.ID, Level: r.Level, Because: because})
			}
		}
		l.fired = slices.Clone(fired)
	}
	slices.SortFunc(l.fired, func(a, b Fired) int { return place(a.Rule) - place(b.Rule) })
}

// place is the line of Rules that a rule stands on; -1 when there is none.
func place(id string) int {
	return slices.IndexFunc(Rules, func(r Rule) bool { return r.ID == id })
}

// urgencyOf is the highest rule that counts, and never less than where staff
// lowered the case to or where it stands.
func urgencyOf(facts casefile.Facts, about About, fired []Fired) casefile.Urgency {
	urgency := max(about.LoweredTo, about.Stands)
	for _, f := range fired {
		if counts(facts, about, f) {
			urgency = max(urgency, f.Level)
		}
	}
	return urgency
}

// counts reports whether a fired rule may raise: after a lowering, only with a
// fact that whoever lowered the case could not know.
func counts(facts casefile.Facts, about About, f Fired) bool {
	return about.LoweredAt.IsZero() || slices.ContainsFunc(f.Because, func(at int) bool {
		return facts[at].At.After(about.LoweredAt)
	})
}

// dangers is where the danger facts stand. "Not safe", and on an urgent case
// taking it back or asking for quiet, are danger as well.
func dangers(l *look) []int {
	at, _ := danger.on(l)
	for _, f := range l.fired {
		if f.Rule == "H14" || f.Rule == "H15" {
			at = union(at, f.Because)
		}
	}
	return at
}

func holds(l *look, c Condition) bool {
	_, holds := c.on(l)
	return holds
}

func finding(l *look, c Condition) Finding {
	if holds(l, c) {
		return Yes
	}
	return Unknown
}

// palermo joins the three findings; for a child no means are needed.
func palermo(a Assessment, child bool) Palermo {
	switch {
	case a.Act == Yes && a.Purpose == Yes && (a.Means == Yes || child):
		return Strong
	case a.Act == Yes || a.Means == Yes || a.Purpose == Yes:
		return Partial
	}
	return NotEnough
}
