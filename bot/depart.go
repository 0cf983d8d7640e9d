package bot

import (
	"context"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// Most replies leave with their turn: they are rows of the outbox like all others, but
// claimed already by the process that takes the turn, and handed to the provider as
// soon as the turn is committed. That saves a claim, which is a transaction of its own.
// It is for a first reply that nothing goes ahead of: an alert, a reply to danger, or
// anything said earlier to the same person. What finds no place on the runway, or has
// to wait for its rate, is queued like the rest. A process that dies leaves a claim,
// which expires like any other.

// departure is a reply that leaves with its turn.
type departure struct {
	runway  *runway
	parcel  parcel
	session casefile.Session // by which the gate is asked once more
}

// said is what one turn says.
type said struct {
	turn    *turn
	letters []store.Letter
}

// depart decides which letters leave with their turns, and claims them: it fills in the
// letters, which the caller queues.
func (l *Line) depart(ctx context.Context, all []said, now time.Time, after *afterCommit) {
	claim := casefile.NewID(now)
	for _, r := range l.deliver {
		var parcels []parcel
		var of []said
		for _, s := range all {
			if s.turn.lane.Channel == r.channel.Name() && s.first() && r.seat(now) {
				parcels, of = append(parcels, s.parcel(claim, now)), append(of, s)
			}
		}
		for i, wait := range l.clearance(ctx, r, parcels, now) {
			if wait.For > 0 {
				r.leave(0, 1)
				of[i].letters[0].NotBefore = now.Add(wait.For)
				r.comeBack(wait.For)
				continue
			}
			of[i].letters[0] = parcels[i].letter
			after.departures = append(after.departures, departure{r, parcels[i], of[i].turn.session})
		}
	}
}

// first reports whether nothing goes ahead of the first letter of a turn.
func (s said) first() bool {
	return s.turn.silent && !s.turn.danger && !s.turn.lane.Unreachable && len(s.letters) > 0 && s.letters[0].State == ""
}

// parcel is the first letter of a turn, claimed.
func (s said) parcel(claim casefile.ID, now time.Time) parcel {
	letter := s.letters[0]
	letter.Claim, letter.State, letter.Attempts, letter.ClaimedUntil = claim, "claimed", 1, now.Add(lease)
	out := Outgoing{Delivery: letter.ID, To: s.turn.lane.Address, Text: letter.Body, Buttons: digitButtons(letter)}
	return parcel{letter: letter, out: out, since: now, until: letter.ClaimedUntil}
}

// takeOff hands the replies of committed turns to their providers. Each asks the gate
// once more: the commit may have taken its time.
func (l *Line) takeOff(ctx context.Context, departures []departure) {
	now := l.now()
	for _, d := range departures {
		if verdict, why := casefile.MayWrite(d.session.Policy(false, now), d.parcel.letter.Purpose, now); verdict != casefile.Send {
			d.parcel.over = stopped(d.parcel.letter, verdict, why, now)
		}
		l.fly(ctx, d.runway, d.parcel)
	}
}

// ground gives up the places of turns that were not committed, or of which nobody knows
// whether they were: then their letters, if they are there, go the ordinary way.
func (l *Line) ground(departures []departure) {
	for _, d := range departures {
		d.runway.leave(0, 1)
		l.flights.Go(func() { l.settling <- l.untried(d.parcel, "its turn may not be committed", 0) })
	}
}
