package casefile

import (
	"slices"
	"strings"
	"time"
)

// Key names a kind of fact: a row of the dictionary.
type Key string

// How says how we know a fact.
type How string

// The ways of knowing.
const (
	Answered How = "answered" // the person answered the question
	Heard    How = "heard"    // hear understood it in free text
	Skipped  How = "skipped"  // the person chose not to say; Value is empty
	Noted    How = "noted"    // the line noted it itself (silence, a command)
)

// Fact is one thing learned, as a meaning and never as the digit typed.
type Fact struct {
	Key    Key
	Value  Private // a named meaning ("locked"); at an open question, what was typed
	How    How
	From   ID      // the message it came from; zero when Noted
	Phrase Private // the words that say it, when Heard
	At     time.Time
}

// Is reports whether the fact says value of key.
func (f Fact) Is(key Key, value string) bool { return f.Key == key && f.Value.Is(value) }

// DueWithin reports whether the fact is a time (RFC 3339 first, its doubt after a
// space) at most d after it was learned. A time that can't be read counts as
// near: a deadline was heard, and the unknown never lowers.
func (f Fact) DueWithin(d time.Duration) bool {
	text, _, _ := strings.Cut(f.Value.Reveal(), " ")
	at, err := time.Parse(time.RFC3339, text)
	return err != nil || at.Sub(f.At) <= d
}

// Facts is everything learned in a report, oldest first. It only ever grows:
// a correction is a later fact.
type Facts []Fact

// Has reports whether any fact, at any time, says one of values of key.
func (fs Facts) Has(key Key, values ...string) bool { return len(fs.Saying(key, values...)) > 0 }

// Saying lists the positions of the facts that say one of values of key.
func (fs Facts) Saying(key Key, values ...string) []int {
	var at []int
	for i, f := range fs {
		if f.Key == key && slices.ContainsFunc(values, f.Value.Is) {
			at = append(at, i)
		}
	}
	return at
}

// Knows reports whether key was answered, heard or skipped.
func (fs Facts) Knows(key Key) bool {
	return slices.ContainsFunc(fs, func(f Fact) bool { return f.Key == key })
}

// Latest is the newest fact of key.
func (fs Facts) Latest(key Key) (Fact, bool) {
	for i := len(fs) - 1; i >= 0; i-- {
		if fs[i].Key == key {
			return fs[i], true
		}
	}
	return Fact{}, false
}

// LatestIs reports whether the newest fact of key says value.
func (fs Facts) LatestIs(key Key, value string) bool {
	f, ok := fs.Latest(key)
	return ok && f.Value.Is(value)
}

// CountryCode is the country of need as an ISO 3166 code, the one exact thing about
// a place that may stand in plain columns; empty while unknown or not a code.
func (fs Facts) CountryCode() string {
	f, ok := fs.Latest(Country)
	if !ok {
		return ""
	}
	code := f.Value.Reveal()
	if len(code) != 2 || code[0] < 'A' || code[0] > 'Z' || code[1] < 'A' || code[1] > 'Z' {
		return ""
	}
	return code
}

// Entry is one row of the dictionary of facts: what may be learned, why it is
// asked, and when it is forgotten.
type Entry struct {
	Key    Key
	Values []string // the named meanings; nil when the value is open text
	Why    string   // why we ask, for staff and for the person who asks us
	Forget Period   // how long after the case is closed
}

// Period is how long a kind of fact is kept after its case is closed, in days.
type Period int

// Periods of keeping; retention turns them into dates, by the table Kept.
const (
	YearAfterClose  Period = 365
	MonthAfterClose Period = 30
)

// Lookup finds a key in the Dictionary; false when the key is unknown.
func Lookup(key Key) (Entry, bool) {
	i := slices.IndexFunc(Dictionary, func(e Entry) bool { return e.Key == key })
	if i < 0 {
		return Entry{}, false
	}
	return Dictionary[i], true
}
