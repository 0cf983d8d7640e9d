package bot

import (
	"context"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/session"
	"pulang/internal/store"
)

// Most replies leave with their turn: they are rows of the outbox like all others, but
// claimed already by the process that takes the turn, and handed to the provider as
// soon as the turn is committed, one after the other. That saves their claims, which are
// transactions of their own. It is for what nothing goes ahead of: an alert, a reply to
// danger, or anything said earlier to the same person. What finds no place on the
// runway, or has to wait for its rate, is queued like the rest, and so is what would
// come behind it. A process that dies leaves claims, which expire like any other.

// departure is what one turn says, leaving with it: one place of the runway, one message
// after the other.
type departure struct {
	runway  *runway
	parcels []parcel
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
			if s.turn.lane.Channel == r.channel.Name() && s.leads() && r.seat(now) {
				ready := s.parcels(claim, now)
				parcels, of = append(parcels, ready...), append(of, s)
			}
		}
		waits := l.clearance(ctx, r, parcels, now)
		for _, s := range of {
			n := s.ready()
			if d := s.cleared(r, parcels[:n], waits[:n], now); len(d.parcels) > 0 {
				after.departures = append(after.departures, d)
			} else {
				r.leave(0, 1)
			}
			parcels, waits = parcels[n:], waits[n:]
		}
	}
}

// leads reports whether nothing goes ahead of what a turn says.
func (s said) leads() bool {
	return s.turn.silent && !s.turn.danger && !s.turn.lane.Unreachable && s.ready() > 0
}

// ready is how many letters may leave one after the other, from the first.
func (s said) ready() (n int) {
	for n < len(s.letters) && s.letters[n].State == "" {
		n++
	}
	return n
}

// parcels are the letters of a turn that are ready, claimed.
func (s said) parcels(claim casefile.ID, now time.Time) (all []parcel) {
	for _, letter := range s.letters[:s.ready()] {
		letter.Claim, letter.State, letter.Attempts, letter.ClaimedUntil = claim, "claimed", 1, now.Add(lease)
		out := Outgoing{Delivery: letter.ID, To: s.turn.lane.Address, Text: letter.Body, Buttons: digitButtons(letter)}
		all = append(all, parcel{letter: letter, out: out, since: now, until: letter.ClaimedUntil})
	}
	return all
}

// cleared is the departure of what the rates let go, up to the first that has to wait.
func (s said) cleared(r *runway, parcels []parcel, waits []session.Wait, now time.Time) departure {
	d := departure{runway: r, session: s.turn.session}
	for i, p := range parcels {
		if waits[i].For > 0 {
			s.letters[i].NotBefore = now.Add(waits[i].For)
			r.comeBack(waits[i].For)
			break
		}
		s.letters[i] = p.letter
		d.parcels = append(d.parcels, p)
	}
	return d
}

// takeOff hands the replies of committed turns to their providers.
func (l *Line) takeOff(ctx context.Context, departures []departure) {
	for _, d := range departures {
		l.flights.Go(func() { l.flyInOrder(context.WithoutCancel(ctx), d) })
	}
}

// flyInOrder sends what a turn says, each after the one before has arrived. It asks the
// gate once more: the commit may have taken its time. What comes behind one that did not
// arrive is put back.
func (l *Line) flyInOrder(ctx context.Context, d departure) {
	var ends []store.Settlement
	arrived := true
	for _, p := range d.parcels {
		if !arrived {
			ends = append(ends, l.untried(p, "waits for the one before", 0))
			continue
		}
		now := l.now()
		if verdict, why := casefile.MayWrite(d.session.Policy(false, now), p.letter.Purpose, now); verdict != casefile.Send {
			p.over = stopped(p.letter, verdict, why, now)
		}
		sent := l.send(ctx, p)
		arrived = len(sent) == 1 && sent[0].State == "sent"
		ends = append(ends, sent...)
	}
	d.runway.leave(0, 1) // before it is settled, which may wake this runway
	for _, end := range ends {
		l.settling <- end
	}
}

// ground gives up the places of turns that were not committed, or of which nobody knows
// whether they were: then their letters, if they are there, go the ordinary way.
func (l *Line) ground(departures []departure) {
	for _, d := range departures {
		d.runway.leave(0, 1)
		for _, p := range d.parcels {
			l.flights.Go(func() { l.settling <- l.untried(p, "its turn may not be committed", 0) })
		}
	}
}
