package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

const (
	// sendLimit is how long one provider call may take; lease is longer, so that a
	// claim only expires when its process died or slept. What a process had in hand
	// when it was killed waits that long, so it is no longer than it must be.
	sendLimit = 15 * time.Second
	lease     = 30 * time.Second
	// lookAfter is how long an unknown outcome rests before it is looked up: the
	// provider's own list is not instant.
	lookAfter = 5 * time.Second
	// maxSends is how often a plain question is sent when nobody knows whether it
	// arrived: once, and once more.
	maxSends = 2
	// ownersFirst is how long claims are left alone after the database was away: who had
	// them was as cut off as we were, and writes down first what they know.
	ownersFirst = 2 * settleEvery
)

// parcel is what one message of a provider carries: a claimed letter, opened and
// addressed, or several alerts to one member of staff.
type parcel struct {
	letter  store.Letter
	others  []store.Letter // alerts told in the same message
	out     Outgoing
	since   time.Time
	until   time.Time        // its claim ends: whoever slept that long does not send it
	looking bool             // an alert of which nobody knows whether it arrived; out is what was said
	over    store.Settlement // with a state: it failed before it could be sent
}

func (p parcel) urgent() bool { return p.letter.Priority <= store.DangerFirst }

// each is a settlement for every letter in a parcel.
func (p parcel) each(s store.Settlement) []store.Settlement {
	all := []store.Settlement{s}
	if len(p.others) > 0 && s.State == "sent" {
		all[0].Reason = store.ToldForSeveral
	}
	for _, letter := range p.others {
		one := s
		one.Letter, one.Claim, one.Of = letter.ID, letter.Claim, letter
		if s.State == "sent" {
			one.Reason, one.PerhapsTwice = store.ToldTogether, letter.Unknown
		}
		all = append(all, one)
	}
	return all
}

// deliverOnce claims what is due on a channel, asks the gate once more, and hands it
// to the provider. Nothing is locked while a provider is called.
func (l *Line) deliverOnce(ctx context.Context, r *runway) (more bool, err error) {
	urgent, ordinary := r.board(l.now())
	if urgent+ordinary == 0 {
		return false, nil // a landing wakes this loop again
	}
	claimed, err := l.claim(ctx, r, urgent, ordinary)
	for _, p := range claimed.parcels {
		if err != nil {
			break
		}
		if p.urgent() {
			urgent--
		} else {
			ordinary--
		}
		l.fly(ctx, r, p)
	}
	r.leave(urgent, ordinary)
	if err != nil {
		return false, err
	}
	if claimed.letters > 0 {
		r.expects.Store(false)
	} else if r.expects.Swap(false) {
		r.blocked.Store(true) // what was queued waits behind something that is on its way
	}
	r.comeBack(claimed.wait)
	return claimed.letters > 0, nil
}

// fly hands a parcel that has its place to the provider, and sees it settled.
func (l *Line) fly(ctx context.Context, r *runway, p parcel) {
	l.flights.Go(func() {
		ends := l.send(context.WithoutCancel(ctx), p)
		if p.urgent() { // before it is settled, which may wake this runway
			r.leave(1, 0)
		} else {
			r.leave(0, 1)
		}
		for _, end := range ends {
			l.settling <- end
		}
	})
}

// clearUp finds what has no runway: claims whose process died, and letters of
// channels that are no longer configured.
func (l *Line) clearUp(ctx context.Context) (more bool, err error) {
	now := l.now()
	names := make([]casefile.ChannelName, len(l.channels))
	for i, c := range l.channels {
		names[i] = c.Name()
	}
	var expired int64
	var letters []store.Letter
	err = l.store.InTx(ctx, func(tx *store.Tx) (err error) {
		if l.mayExpire(now) {
			if expired, err = tx.ExpireClaims(ctx, now); err != nil {
				return err
			}
		}
		letters, _, err = tx.ClaimLetters(ctx, store.Claiming{Claim: casefile.NewID(now), Channels: names, Others: true,
			Urgent: maxBatch, Ordinary: maxBatch, Lease: lease, Now: now})
		return err
	})
	if err != nil {
		l.cutOff.Store(true)
		return false, err
	}
	if l.cutOff.Swap(false) {
		l.backAt.Store(now.UnixNano())
	}
	for _, letter := range letters {
		l.settling <- l.ended(parcel{letter: letter}, "failed", "channel is not configured", ending{})
	}
	if expired > 0 {
		l.deliver.Wake()
	}
	return len(letters) > 0, nil
}

// mayExpire reports whether a claim that is over means that its process is gone: what
// somebody knows and could not write down yet is not unknown.
func (l *Line) mayExpire(now time.Time) bool {
	return !l.behind.Load() && !l.cutOff.Load() && now.Sub(time.Unix(0, l.backAt.Load())) >= ownersFirst
}

// send hands one parcel to its provider and says how it ended. A client that
// panics ends it with an outcome that nobody knows.
func (l *Line) send(ctx context.Context, p parcel) (ends []store.Settlement) {
	defer func() {
		if r := recover(); r != nil {
			l.log.Error("a channel panicked while sending", "channel", string(p.letter.Channel), "type", fmt.Sprintf("%T", r))
			ends = p.each(l.failed(ctx, p, &SendError{Outcome: Unknown, Class: "panic"}))
		}
	}()
	if p.over.State != "" {
		return p.each(p.over)
	}
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	channel := l.byName[p.letter.Channel]
	if p.letter.Unknown {
		if end, done := l.find(ctx, channel, p); done {
			return p.each(end)
		}
	}
	if l.now().Add(sendLimit).After(p.until) {
		return p.each(l.untried(p, "this process slept", 0)) // somebody else may be sending it
	}
	receipt, err := channel.Send(ctx, p.out)
	if err == nil {
		l.metrics.deliveries.WithLabelValues(string(p.letter.Channel), string(Sent)).Inc()
		return p.each(l.ended(p, "sent", "", ending{Receipt: receipt}))
	}
	return p.each(l.failed(ctx, p, err))
}

// find looks a message up whose sending ended unknown. Where the provider can tell,
// its word counts; where it cannot, a plain question is sent once more and anything
// about danger always, marked as perhaps twice. An alert that never left is put into
// new words before it leaves: its waiting time must be true.
func (l *Line) find(ctx context.Context, channel Channel, p parcel) (store.Settlement, bool) {
	receipt, found, err := channel.Find(ctx, p.out, p.since)
	switch {
	case errors.Is(err, ErrCannotFind):
		if p.letter.Attempts > maxSends && p.letter.Priority > store.DangerFirst {
			return l.ended(p, "failed", "perhaps sent; the provider cannot tell", ending{}), true
		}
		return store.Settlement{}, false
	case err != nil:
		return l.again(p, "unknown", "perhaps sent; not looked up yet", max(lookAfter, backoff(p.letter.Attempts))), true
	case found:
		return l.ended(p, "sent", "", ending{Receipt: receipt, found: true}), true
	case p.looking:
		s := l.untried(p, "never left", 0)
		s.State, s.PerhapsTwice = "queued", true // the provider may have been slow to list it
		return s, true
	}
	return store.Settlement{}, false
}

// failed turns a provider's no into what happens next. One that is told too much is
// left alone for as long as it says: that address, or all that is not urgent.
func (l *Line) failed(ctx context.Context, p parcel, err error) store.Settlement {
	var sendErr *SendError
	if !errors.As(err, &sendErr) {
		sendErr = &SendError{Outcome: Unknown, Class: "other"}
	}
	l.metrics.deliveries.WithLabelValues(string(p.letter.Channel), string(sendErr.Outcome)).Inc()
	switch sendErr.Outcome {
	case Slow:
		wait := max(sendErr.After, backoff(p.letter.Attempts))
		l.slowDown(ctx, p, sendErr.Wide, wait)
		return l.again(p, "queued", sendErr.Class, wait)
	case Retry:
		return l.again(p, "queued", sendErr.Class, max(sendErr.After, backoff(p.letter.Attempts)))
	case Moved:
		s := l.again(p, "queued", sendErr.Class, 0)
		s.MovedTo = sendErr.MovedTo
		return s
	case Unreachable:
		return l.ended(p, "failed", sendErr.Class, ending{unreachable: true})
	case Unknown:
		return l.again(p, "unknown", sendErr.Class, max(lookAfter, backoff(p.letter.Attempts)))
	}
	return l.ended(p, "failed", sendErr.Class, ending{})
}

func (l *Line) slowDown(ctx context.Context, p parcel, wide bool, wait time.Duration) {
	if l.limits == nil {
		return
	}
	l.limits.Hold(ctx, p.letter.Channel, p.out.To, wait)
	if wide {
		l.limits.Hold(ctx, p.letter.Channel, casefile.Private{}, wait)
	}
}

// backoff doubles from one second to one minute.
func backoff(attempts int) time.Duration {
	return min(time.Second<<min(max(attempts-1, 0), 6), time.Minute)
}

func (l *Line) ended(p parcel, state, reason string, e ending) store.Settlement {
	return store.Settlement{
		Letter: p.letter.ID, Claim: p.letter.Claim, State: state, Reason: reason, MessageRef: e.MessageRef,
		PerhapsTwice: p.letter.Unknown && state == "sent" && !e.found, Unreachable: e.unreachable, At: l.now(), Of: p.letter,
	}
}

func (l *Line) again(p parcel, state, reason string, wait time.Duration) store.Settlement {
	now := l.now()
	return store.Settlement{Letter: p.letter.ID, Claim: p.letter.Claim, State: state, Reason: reason, NotBefore: now.Add(wait), At: now, Of: p.letter,
		PerhapsTwice: p.letter.Unknown && state == "queued", // the try before may have arrived, and nobody asks about it again
	}
}

// untried puts a letter back as it was before it was claimed: the provider was not
// asked, so that nothing failed.
func (l *Line) untried(p parcel, reason string, wait time.Duration) store.Settlement {
	state := "queued"
	if p.letter.Unknown {
		state = "unknown"
	}
	s := l.again(p, state, reason, wait)
	s.NotTried = true
	return s
}
