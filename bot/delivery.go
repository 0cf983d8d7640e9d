package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

const (
	// maxFlights is how many messages are in providers' hands at once.
	maxFlights = 64
	// sendLimit is how long one provider call may take; lease is longer, so that a
	// claim only expires when its process died.
	sendLimit = 20 * time.Second
	lease     = time.Minute
	// lookAfter is how long an unknown outcome rests before it is looked up: the
	// provider's own list is not instant.
	lookAfter = 5 * time.Second
	// maxSends is how often a plain question is sent when nobody knows whether it
	// arrived: once, and once more.
	maxSends = 2
)

// parcel is a claimed letter, opened and addressed.
type parcel struct {
	letter store.Letter
	out    Outgoing
	since  time.Time
	over   store.Settlement // with a state: it failed before it could be sent
}

// deliverOnce claims what is due, asks the gate once more, and hands it to the
// providers. Nothing is locked while a provider is called.
func (l *Line) deliverOnce(ctx context.Context) (more bool, err error) {
	free := maxFlights - len(l.sending)
	if free == 0 {
		return false, nil // a landing wakes this loop again
	}
	parcels, stopped, err := l.claim(ctx, min(free, maxBatch/2))
	if err != nil {
		return false, err
	}
	for _, p := range parcels {
		l.sending <- struct{}{}
		l.flights.Go(func() {
			l.settling <- l.send(context.WithoutCancel(ctx), p)
			<-l.sending
		})
	}
	return len(parcels)+stopped > 0, nil
}

// claim claims letters and prepares them. What the gate stops is settled at once.
func (l *Line) claim(ctx context.Context, limit int) (parcels []parcel, stopped int, err error) {
	now := l.now()
	claim := casefile.NewID(now)
	err = l.store.InTx(ctx, func(tx *store.Tx) error {
		parcels, stopped = nil, 0
		if !l.behind.Load() { // what we know and could not write down yet is not unknown
			if _, err := tx.ExpireClaims(ctx, now); err != nil {
				return err
			}
		}
		letters, bodies, err := tx.ClaimLetters(ctx, claim, limit, lease, now)
		if err != nil {
			return err
		}
		for _, letter := range letters {
			p, stop, err := l.prepare(ctx, tx, letter, bodies[letter.ID], now)
			switch {
			case spoiled(err):
				l.log.Error("a letter cannot be opened or put into words", "letter", letter.ID.String(), "error", err)
				stop = l.ended(p, "failed", "cannot be opened or put into words", ending{})
			case err != nil:
				return err
			}
			if stop.State == "" || stop.State == "failed" {
				p.over = stop
				parcels = append(parcels, p)
				continue
			}
			stopped++
			if err := tx.Settle(ctx, []store.Settlement{stop}); err != nil {
				return err
			}
		}
		return nil
	})
	return parcels, stopped, err
}

// spoiled reports whether an error is about one letter alone: it does not open, or
// there are no words for it. It fails by itself, and holds up nobody else's.
func spoiled(err error) bool {
	var postgres *store.Error
	return err != nil && !errors.As(err, &postgres) && !errors.Is(err, store.ErrAway) && !errors.Is(err, store.ErrStale) &&
		!errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

// prepare opens a letter and finds where it goes; a settlement with a state means
// that it does not go.
func (l *Line) prepare(ctx context.Context, tx *store.Tx, letter store.Letter, body []byte, now time.Time) (parcel, store.Settlement, error) {
	p := parcel{letter: letter, since: letter.QueuedAt, out: Outgoing{Delivery: letter.ID}}
	if !letter.Staff.IsZero() {
		return l.prepareStaff(ctx, tx, p, body, now)
	}
	lane, err := tx.Conversation(ctx, letter.Conversation)
	if err != nil {
		return p, store.Settlement{}, err
	}
	policy := lane.Session.Policy(lane.Unreachable, now)
	if verdict, why := casefile.MayWrite(policy, letter.Purpose, now); verdict != casefile.Send {
		return p, stopped(letter, verdict, why, now), nil
	}
	p.out.To = lane.Address
	p.out.Text, err = store.OpenBody(lane.Key, letter.ID, body)
	p.out.Buttons = digitButtons(letter)
	return p, store.Settlement{}, err
}

// stopped is what the gate's no means: what staff wrote is kept until the person
// writes again; the line's own late words are dropped, because the opening line
// comes first then anyway (rule 12).
func stopped(letter store.Letter, verdict casefile.Verdict, why string, now time.Time) store.Settlement {
	state := "denied"
	if verdict == casefile.Hold {
		state = "held"
		if letter.WrittenBy.IsZero() {
			state = "dropped"
		}
	}
	return store.Settlement{Letter: letter.ID, Claim: letter.Claim, State: state, Reason: why, At: now}
}

// digitButtons are neutral: they say a digit and nothing else. The data names the
// turn, so that a press on an old message is known for what it is.
func digitButtons(letter store.Letter) []Button {
	var buttons []Button
	for n := 1; n <= letter.Digits; n++ {
		digit := strconv.Itoa(n)
		buttons = append(buttons, Button{Label: digit, Data: "a:" + strconv.Itoa(letter.Turn) + ":" + digit})
	}
	return buttons
}

// prepareStaff addresses a letter to staff. An alert is rendered now, so that the
// waiting time in it is true.
func (l *Line) prepareStaff(ctx context.Context, tx *store.Tx, p parcel, body []byte, now time.Time) (parcel, store.Settlement, error) {
	to, ok, err := tx.StaffReach(ctx, p.letter.Staff, p.letter.Channel)
	if err != nil {
		return p, store.Settlement{}, err
	}
	if !ok {
		return p, l.ended(p, "failed", "no address on this channel", ending{}), nil
	}
	p.out.To = to.Address
	if p.letter.Purpose != casefile.ForAlert {
		p.out.Text, err = store.OpenBody(tx.Keys().Own(), p.letter.ID, body)
		return p, store.Settlement{}, err
	}
	alert, live, err := tx.AlertOf(ctx, p.letter)
	if err != nil {
		return p, store.Settlement{}, err
	}
	if !live {
		return p, l.ended(p, "dropped", "acknowledged meanwhile, or a newer one follows", ending{}), nil
	}
	key := "staff.alert"
	if p.letter.Unknown || p.letter.PerhapsTwice {
		key = "staff.alert_twice"
	}
	p.out.Text, err = l.alertText(p.letter.Channel, to.Lang, key, alert, now)
	if l.traits(p.letter.Channel).Buttons {
		p.out.Buttons = []Button{{Label: "OK " + alert.Code, Data: "ok:" + alert.Code}}
	}
	return p, store.Settlement{}, err
}

// alertText is everything an alert may say: code, urgency, waiting time, link.
func (l *Line) alertText(channel casefile.ChannelName, lang casefile.Lang, key string, a store.AlertView, now time.Time) (casefile.Private, error) {
	urgency, err := l.book.Text(string(lang), "staff.urgency_"+a.Urgency.String(), nil)
	if err != nil {
		return casefile.Private{}, err
	}
	return l.words(channel, string(lang), key, map[string]string{
		"code": a.Code, "urgency": urgency, "minutes": strconv.Itoa(minutes(a.StartedAt, now)), "link": l.publicURL + "/a/" + a.Code,
	})
}

// send hands one parcel to its provider and says how it ended. A client that
// panics ends it with an outcome that nobody knows.
func (l *Line) send(ctx context.Context, p parcel) (end store.Settlement) {
	defer func() {
		if r := recover(); r != nil {
			l.log.Error("a channel panicked while sending", "channel", string(p.letter.Channel), "type", fmt.Sprintf("%T", r))
			end = l.failed(p, &SendError{Outcome: Unknown, Class: "panic"})
		}
	}()
	if p.over.State != "" {
		return p.over
	}
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	channel, ok := l.byName[p.letter.Channel]
	if !ok {
		return l.ended(p, "failed", "channel is not configured", ending{})
	}
	if p.letter.Unknown {
		if end, done := l.find(ctx, channel, p); done {
			return end
		}
	}
	receipt, err := channel.Send(ctx, p.out)
	if err == nil {
		l.metrics.deliveries.WithLabelValues(string(p.letter.Channel), string(Sent)).Inc()
		return l.ended(p, "sent", "", ending{Receipt: receipt})
	}
	return l.failed(p, err)
}

// find looks a message up whose sending ended unknown. Where the provider can tell,
// its word counts; where it cannot, a plain question is sent once more and anything
// about danger always, marked as perhaps twice.
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
	}
	return store.Settlement{}, false
}

// failed turns a provider's no into what happens next.
func (l *Line) failed(p parcel, err error) store.Settlement {
	var sendErr *SendError
	if !errors.As(err, &sendErr) {
		sendErr = &SendError{Outcome: Unknown, Class: "other"}
	}
	l.metrics.deliveries.WithLabelValues(string(p.letter.Channel), string(sendErr.Outcome)).Inc()
	switch sendErr.Outcome {
	case Slow, Retry:
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
	return store.Settlement{Letter: p.letter.ID, Claim: p.letter.Claim, State: state, Reason: reason, NotBefore: now.Add(wait), At: now, Of: p.letter}
}
