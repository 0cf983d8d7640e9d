package access

import (
	"regexp"
	"slices"
	"strings"

	"pulang/internal/casefile"
)

// Agency is who sends a member of staff.
type Agency string

// The agencies. Others are written "ngo:NAME" or "state:NAME".
const (
	Own         Agency = "pulang" // the hotline itself
	Police      Agency = "police"
	Immigration Agency = "immigration"
	Mission     Agency = "mission" // an embassy or consulate
	Kemlu       Agency = "kemlu"
	BP2MI       Agency = "bp2mi" // today KP2MI
	Military    Agency = "military"
	Manpower    Agency = "manpower"
)

// Agencies is every agency that has a name of its own.
var Agencies = []Agency{Own, Police, Immigration, Mission, Kemlu, BP2MI, Military, Manpower}

var otherAgency = regexp.MustCompile(`^(ngo|state):[a-z0-9][a-z0-9._-]{0,30}$`)

// ParseAgency reads an agency as it is stored; false for anything else.
func ParseAgency(s string) (Agency, bool) {
	a := Agency(s)
	return a, slices.Contains(Agencies, a) || otherAgency.MatchString(s)
}

// Official is named where a report speaks of an officer or official and does not say
// of which agency.
const Official = "official"

// Conflict is one line of who must not see what: a report that names one is kept from
// all of them.
type Conflict struct {
	Named string   // a meaning of the fact named_agency
	From  []Agency // kept from these; empty: from every agency of the state
	Why   string
}

// Conflicts is the whole list. An agency that is not on it is kept out when it is
// named itself.
var Conflicts = []Conflict{
	{string(Police), []Agency{Police}, "colleagues warn colleagues"},
	{string(Immigration), []Agency{Immigration}, "whoever stamps the passports sees who talks"},
	{string(Mission), []Agency{Mission, Kemlu}, "missions are posts of the ministry"},
	{string(Kemlu), []Agency{Kemlu, Mission}, "missions are posts of the ministry"},
	{string(BP2MI), []Agency{BP2MI}, "colleagues warn colleagues"},
	{string(Military), []Agency{Military}, "colleagues warn colleagues"},
	{string(Manpower), []Agency{Manpower}, "offices license the agents that recruit"},
	{Official, nil, "an officer of nobody knows which agency may be anybody's"},
}

// Walls is whom a case is kept from.
type Walls struct {
	Named      []string      // agencies, or Official
	Staff      []casefile.ID // members of staff, by hand
	Unreadable bool          // the walls could not be read: kept from every agency but our own
}

// None reports whether the case is kept from nobody.
func (w Walls) None() bool { return len(w.Named) == 0 && len(w.Staff) == 0 && !w.Unreadable }

// Keep reports whether the case is kept from this member of staff.
func (w Walls) Keep(s Staff) bool {
	if slices.Contains(w.Staff, s.ID) || w.Unreadable && s.Agency != Own {
		return true
	}
	return slices.ContainsFunc(w.Named, func(named string) bool { return inConflict(s.Agency, named) })
}

// inConflict reports whether an agency must not see a report that names named. Our
// own is never in conflict: somebody has to hear.
func inConflict(a Agency, named string) bool {
	if a == Own {
		return false
	}
	i := slices.IndexFunc(Conflicts, func(c Conflict) bool { return c.Named == named })
	switch {
	case i < 0:
		return string(a) == named
	case len(Conflicts[i].From) == 0:
		return !strings.HasPrefix(string(a), "ngo:")
	}
	return slices.Contains(Conflicts[i].From, a)
}
