package access

import "time"

// Verdict says whether a member of staff reaches a case.
type Verdict string

// The verdicts.
const (
	Reached Verdict = "reached" // listed, and open
	Shut    Verdict = "shut"    // not listed; opens with a written reason
	Never   Verdict = "never"   // there is no such case, for them
)

const (
	// OldAfter is how long after closing a case is only a supervisor's.
	OldAfter = 30 * 24 * time.Hour
	// GlassHolds is how long a case stays open to somebody who gave a reason.
	GlassHolds = 4 * time.Hour
)

// File is what Reach weighs of a case.
type File struct {
	Team     string
	Child    bool      // a person under 18 is in it
	ClosedAt time.Time // zero: open
	Climbing bool      // an alert waits for an answer
	Needed   bool      // this member was alerted, has answered the alert, took over, or has the case or a task of it
	Glass    time.Time // until when it is open to them by a reason they gave
	Walls    Walls
}

// Rule is one line of who reaches what.
type Rule struct {
	Name    string
	Verdict Verdict
	Says    string // when it holds, for docs/access.md
	Why     string
	holds   func(Staff, File, time.Time) bool
}

// Rules are asked in this order; the first one that holds decides.
var Rules = []Rule{
	{"conflict", Never, "the report names their agency, or they are kept out by hand", "what is said about an agency never reaches it; no reason opens it",
		func(s Staff, f File, _ time.Time) bool { return f.Walls.Keep(s) }},
	{"role", Never, "their role reads no case", "only those who help read what was said",
		func(s Staff, _ File, _ time.Time) bool { return !s.May(ReadCase) }},
	{"supervisor", Reached, "they are a supervisor", "somebody must be able to look at every case",
		func(s Staff, _ File, _ time.Time) bool { return s.Role == Supervisor }},
	{"glass", Reached, "they gave a reason, at most 4 hours ago", "no rule may keep help from a person",
		func(_ Staff, f File, now time.Time) bool { return now.Before(f.Glass) }},
	{"old", Shut, "the case was closed more than 30 days ago", "what is over is looked up, not browsed",
		func(_ Staff, f File, now time.Time) bool {
			return !f.ClosedAt.IsZero() && now.Sub(f.ClosedAt) > OldAfter
		}},
	{"emergency", Reached, "an alert waits for an answer, and they are a duty officer or on duty", "an emergency is never locked out",
		func(s Staff, f File, _ time.Time) bool { return f.Climbing && (s.Role == DutyOfficer || s.OnDuty) }},
	{"need", Reached, "they were alerted, answered the alert, took over, or the case or a task of it is theirs", "whoever is asked to help can",
		func(_ Staff, f File, _ time.Time) bool { return f.Needed }},
	{"child", Shut, "a child is in it, and they are not marked for children", "children are led by those who are trained for it",
		func(s Staff, f File, _ time.Time) bool { return f.Child && !s.Children }},
	{"team", Reached, "it is a case of their team", "a team knows its cases",
		func(s Staff, f File, _ time.Time) bool { return s.Team != "" && s.Team == f.Team }},
	{"other_team", Shut, "it is a case of another team", "nobody reads what they do not need",
		func(Staff, File, time.Time) bool { return true }},
}

// Reach says whether a member of staff reaches a case, and by which rule. Nobody
// reaches nothing.
func Reach(s Staff, f File, now time.Time) (Verdict, string) {
	if s.ID.IsZero() {
		return Never, "nobody"
	}
	for _, r := range Rules {
		if r.holds(s, f, now) {
			return r.Verdict, r.Name
		}
	}
	return Never, "no rule" // the last rule always holds; without it nothing would open
}

// Listed reports whether a case stands in somebody's queue: what they reach, and for
// roles that read no case every one that is not kept from them.
func Listed(s Staff, f File, now time.Time) bool {
	if !s.May(SeeQueue) || f.Walls.Keep(s) {
		return false
	}
	verdict, _ := Reach(s, f, now)
	return verdict == Reached || !s.May(ReadCase)
}
