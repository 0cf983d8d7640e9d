package casefile

import "time"

// AnswerWindow is how long after a person's last message the line, or staff, may
// still answer (rules 12, 13 and 15).
const AnswerWindow = 15 * time.Minute

// TakeoverLapse is how long a person who writes during a takeover waits for a line of
// staff before the line hears again and the next rung is told (rule 38).
const TakeoverLapse = 10 * time.Minute

// Purpose is why something is said to a person (rule 13).
type Purpose string

// The purposes. Alert and StaffNote go to staff, not to persons.
const (
	ForAnswer  Purpose = "answer"  // the line or staff answers within the window
	ForHeld    Purpose = "held"    // a later answer, kept until they write again
	ForContact Purpose = "contact" // we write first
	ForAlert   Purpose = "alert"   // to staff
	ForStaff   Purpose = "staff"   // to staff: anything that is not an alert
)

// Policy is what an address allows, as data of the address.
type Policy struct {
	LastIn      time.Time // the person's last message; zero: never
	Unsafe      bool      // safe_now = no, until their next message
	Quiet       bool      // QUIET or STOP, until their next message
	Unreachable bool      // blocked us, or opted out at the provider
	Watched     bool      // counts as watched or borrowed
	Recontact   string    // value of the recontact fact; empty means only_me
	Hours       string    // when Recontact names hours, as the person put it
	Overridden  bool      // named members of staff decided to write all the same, and nothing was heard since
}

// Verdict is what the gate says.
type Verdict string

// The verdicts.
const (
	Send Verdict = "send"
	Hold Verdict = "hold" // keep it sealed until they write again
	Deny Verdict = "deny" // never; show staff the reason
)

// The reasons the gate gives, in our own words.
const (
	ReasonOK          = "ok"
	ReasonUnsafe      = "said it is not safe to be answered"
	ReasonQuiet       = "asked for quiet"
	ReasonUnreachable = "channel is unreachable"
	ReasonLate        = "last message is 15 minutes old or older"
	ReasonPolicy      = "only they write first"
	ReasonWatched     = "phone may be watched"
	ReasonOverridden  = "staff decided to write all the same"
)

// MayWrite is the gate of promise 7: whether something may be said to an address
// at the moment now. It is asked when a message is queued and again just before
// it is sent.
func MayWrite(p Policy, purpose Purpose, now time.Time) (Verdict, string) {
	if purpose == ForAlert || purpose == ForStaff {
		return Send, ReasonOK
	}
	switch {
	case p.Unreachable:
		return Deny, ReasonUnreachable
	case p.Overridden:
		return Send, ReasonOverridden
	case p.Unsafe:
		return Hold, ReasonUnsafe
	case p.Quiet:
		return Hold, ReasonQuiet
	}
	if purpose == ForContact {
		return mayContact(p)
	}
	if p.LastIn.IsZero() || now.Sub(p.LastIn) >= AnswerWindow {
		return Hold, ReasonLate
	}
	return Send, ReasonOK
}

// mayContact is the part of the gate for writing first: denied unless the person
// allowed it and the phone is not watched. Allowed hours need a person to check
// the time zone, so they are held for staff rather than guessed.
func mayContact(p Policy) (Verdict, string) {
	if p.Watched {
		return Deny, ReasonWatched
	}
	switch p.Recontact {
	case "any_time", "message", "call":
		return Send, ReasonOK
	}
	return Deny, ReasonPolicy
}
