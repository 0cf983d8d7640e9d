package directory

import (
	"slices"
	"strings"
	"time"

	"pulang/internal/casefile"
)

// State says where an entry stands.
//
//	shipped -> confirmed | proposed | withdrawn
//	proposed -> confirmed | refused | proposed | withdrawn      what was confirmed before stands meanwhile
//	refused -> proposed | confirmed | withdrawn                 it is what it was before the proposal
//	confirmed -> confirmed (called again) | proposed | withdrawn
//	withdrawn -> proposed
type State string

// The states.
const (
	Unconfirmed State = "shipped"   // nobody of ours has looked at it
	Proposed    State = "proposed"  // somebody of staff wrote it down
	Confirmed   State = "confirmed" // a supervisor called, and somebody answered
	Refused     State = "refused"   // and somebody else decided against it; see Standing.State
	Withdrawn   State = "withdrawn" // not any more
)

// Revision is an entry as it was at one time. Version 0 is what is shipped.
type Revision struct {
	Entry
	Version int
	State   State
	By      casefile.ID      // of staff; zero: it is shipped
	At      time.Time        // zero: it is shipped
	Note    casefile.Private // how it was checked, or why it went: it may name who answered
}

// Standing is an entry with all that became of it.
type Standing struct {
	Latest  Revision
	Good    *Revision // the last one that was confirmed, unless it was withdrawn since
	History []Revision
}

// Stand puts what staff did on top of what is shipped. Revisions come oldest first.
func Stand(shipped []Entry, revisions []Revision) []Standing {
	var all []Standing
	at := map[string]int{}
	for _, e := range shipped {
		state := Unconfirmed
		if e.Confirmed {
			state = Confirmed
		}
		at[e.ID] = len(all)
		all = append(all, Standing{}.then(Revision{Entry: e, State: state}))
	}
	for _, r := range revisions {
		i, known := at[r.ID]
		if !known {
			i = len(all)
			at[r.ID], all = i, append(all, Standing{})
			r.Central = false // only what is shipped is
		}
		all[i] = all[i].then(r)
	}
	return all
}

func (s Standing) then(r Revision) Standing {
	if len(s.History) > 0 { // what the central entry is, nobody edits
		r.Central = s.History[0].Central
	}
	s.Latest, s.History = r, append(slices.Clip(s.History), r)
	switch r.State {
	case Confirmed:
		s.Good = &r
	case Withdrawn:
		s.Good = nil
	}
	return s
}

// State is where the entry stands. What is left after a refusal is what was there before.
func (s Standing) State() State {
	if s.Latest.State != Refused {
		return s.Latest.State
	}
	return s.before().State
}

// Now is the entry as it counts: as it was last confirmed, or else as it was before
// anything was proposed. Only of one that is new it is what is proposed.
func (s Standing) Now() Entry {
	if s.Good != nil {
		return s.Good.Entry
	}
	if was, there := s.Before(); there {
		return was
	}
	return s.Latest.Entry
}

// Before is the entry as it was before what is proposed now; false when nothing was.
func (s Standing) Before() (Entry, bool) {
	was := s.before()
	return was.Entry, was.State != Withdrawn
}

// before is the last revision that was not proposed and not refused: of an entry that
// never was anything else, one that is withdrawn.
func (s Standing) before() Revision {
	for _, r := range slices.Backward(s.History) {
		if r.State != Proposed && r.State != Refused {
			return r
		}
	}
	return Revision{Entry: s.Latest.Entry, State: Withdrawn}
}

// Usable reports whether somebody may be sent there: it is confirmed, and was checked
// not long ago. The central entry stays usable when its check is old: it is what is
// left when nothing else is.
func (s Standing) Usable(now time.Time) bool {
	return s.Good != nil && (s.Good.Central || !s.Good.Stale(now))
}

// Told is a number that may be told to a person, with whose it is.
type Told struct {
	Entry  Entry
	Number Number
}

// Offer is what may be told to somebody who is in a country (empty: nobody knows
// where): at most MostNumbers, of confirmed entries that were checked lately, those for
// that country first and one of each before a second. When there is none, the central
// number alone.
func Offer(all []Standing, country string, now time.Time) []Told {
	var first, second []Told
	for _, s := range all {
		if !s.Usable(now) || s.Good.Central || country == "" || !s.Good.Helps(country) {
			continue
		}
		for i, n := range s.Good.Numbers {
			if i == 0 {
				first = append(first, Told{s.Good.Entry, n})
			} else {
				second = append(second, Told{s.Good.Entry, n})
			}
		}
	}
	if told := append(first, second...); len(told) > 0 {
		return told[:min(len(told), MostNumbers)]
	}
	for _, s := range all {
		if s.Good != nil && s.Good.Central && len(s.Good.Numbers) > 0 {
			return []Told{{s.Good.Entry, s.Good.Numbers[0]}}
		}
	}
	return nil
}

// Tellable are all numbers that may be told to somebody somewhere, in E.164.
func Tellable(all []Standing, now time.Time) []string {
	var numbers []string
	for _, s := range all {
		if !s.Usable(now) {
			continue
		}
		for _, n := range s.Good.Numbers {
			numbers = append(numbers, n.E164)
		}
	}
	return numbers
}

// Without is a text without the numbers that may be told, each written with its
// country code. What is left of digits is somebody else's.
func Without(text string, numbers []string) string {
	for _, n := range numbers {
		text = withoutOne(text, n)
	}
	return text
}

// between are the signs that people put into a number.
const between = " .-()"

// withoutOne takes a number out where it stands whole: with its plus, and no digit
// before or behind it.
func withoutOne(text, e164 string) string {
	for from := 0; ; {
		at := strings.IndexByte(text[from:], '+')
		if at < 0 {
			return text
		}
		at += from
		if end := matches(text[at:], e164); end > 0 {
			text = text[:at] + ";" + text[at+end:] // which joins no digits
		}
		from = at + 1
	}
}

// matches is how many bytes of a text a number takes at its beginning; 0: it is not
// there, or goes on.
func matches(text, e164 string) int {
	n := 0
	for i := range len(text) {
		switch c := text[i]; {
		case n < len(e164) && c == e164[n]:
			if n++; n == len(e164) {
				if goesOn(text[i+1:]) {
					return 0
				}
				return i + 1
			}
		case n > 0 && strings.IndexByte(between, c) >= 0:
		default:
			return 0
		}
	}
	return 0
}

// goesOn reports whether more digits follow in the same group or behind one sign.
func goesOn(rest string) bool {
	if rest != "" && strings.IndexByte(between, rest[0]) >= 0 {
		rest = rest[1:]
	}
	return rest != "" && rest[0] >= '0' && rest[0] <= '9'
}
