package cases

import (
	"slices"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/store"
)

// Shareable is what of a report can be told to an agency, one by one. Pictures and the
// messages as they were written are not on it.
var Shareable = []string{"name", "age", "country", "place", "situation", "health", "documents", "family", "contact"}

// finds are the parts that find a person: before one of them goes out, the risk is
// written down.
var finds = []string{"name", "place", "contact"}

// sharing is what is weighed before anything about somebody goes to an agency.
type sharing struct {
	Kept        bool      // the report is kept from that agency
	Child       bool      // it is about somebody under 18
	Answer      string    // what they last said about this agency; empty: not asked
	WithdrawnAt time.Time // when they last took it back; zero: never
	Basis       store.Basis
	ApprovedAt  time.Time // zero: no supervisor decided
	Confirmed   bool      // the directory's entry may be used
}

// mayShare says on what basis something may be shared, or why it may not. The order
// is the policy: no decision opens a report to an agency it names; what was taken back
// counts until somebody decides anew; a child's answer alone is not enough; and nobody
// is spoken of without their yes, unless their life is in danger.
func mayShare(s sharing) (store.Basis, Why) {
	decided := !s.ApprovedAt.IsZero() && !s.ApprovedAt.Before(s.WithdrawnAt)
	switch {
	case s.Kept:
		return store.NoBasis, Walled
	case !s.Confirmed:
		return store.NoBasis, NotConfirmed
	case decided:
		return s.Basis, ""
	case !s.WithdrawnAt.IsZero():
		return store.NoBasis, Withdrawn
	case s.Child:
		return store.NoBasis, NeedsLead
	case s.Answer == store.ConsentYes:
		return store.ByConsent, ""
	}
	return store.NoBasis, NoConsent
}

// standing is what somebody said about an agency: the last answer, and when they took
// everything back after it. What whoever writes takes back, they take back for all of
// their report.
func standing(consents []store.Consent, person casefile.ID, to string) (answer string, withdrawn time.Time) {
	for _, c := range consents {
		switch {
		case c.Answer == store.ConsentWithdrawn && (c.Person == person || c.Person.IsZero()):
			answer, withdrawn = "", c.At
		case c.Person == person && c.To == to:
			answer, withdrawn = c.Answer, time.Time{}
		}
	}
	return answer, withdrawn
}

// mustWeigh reports whether the risk must be written down before this is shared: when
// it finds the person (rule 25), or when somebody may have a hand in it (rule 26).
func mustWeigh(fields, flags []string) bool {
	return slices.ContainsFunc(finds, func(f string) bool { return slices.Contains(fields, f) }) ||
		slices.Contains(flags, escalation.FlagConflict) || slices.Contains(flags, escalation.FlagCoercion)
}

// aboutChild reports whether somebody a referral is about is under 18: a person of the
// group, or whoever writes.
func aboutChild(v subject) bool {
	if v.stub != nil {
		return v.stub.Age == ageChild
	}
	facts := v.facts
	return facts.LatestIs(casefile.AgeBand, "under18") ||
		v.flow == casefile.FlowVictim && slices.Contains(v.flags, escalation.FlagChild)
}

// subject is who a referral or a consent is about.
type subject struct {
	stub  *store.Stub // nil: whoever writes to us
	facts casefile.Facts
	flow  casefile.Flow
	flags []string
}
