package bot

import (
	"context"
	"errors"
	"strconv"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// claimed is what one pass of a runway took up.
type claimed struct {
	parcels []parcel      // ready to leave
	letters int           // how many letters were looked at
	wait    time.Duration // when the first of those put back may leave; 0: none was
}

// claim claims letters of a channel and prepares them. What the gate stops, and what
// has to wait for its turn, is settled in the same transaction.
func (l *Line) claim(ctx context.Context, r *runway, urgent, ordinary int) (done claimed, err error) {
	now := l.now()
	err = l.store.InBatch(ctx, func(tx *store.Tx) error {
		done = claimed{}
		letters, bodies, err := tx.ClaimLetters(ctx, store.Claiming{Claim: casefile.NewID(now), Channels: []casefile.ChannelName{r.channel.Name()},
			Urgent: urgent, Ordinary: ordinary, Lease: lease, Now: now})
		if err != nil || len(letters) == 0 {
			return err
		}
		p := preparing{line: l, tx: tx, runway: r, bodies: bodies, now: now}
		if err := p.prepare(ctx, letters); err != nil {
			return err
		}
		done.letters = len(letters)
		for i, wait := range l.clearance(ctx, r, p.parcels, now) {
			if wait.For == 0 {
				done.parcels = append(done.parcels, p.parcels[i])
				continue
			}
			p.stops = append(p.stops, p.parcels[i].each(l.untried(p.parcels[i], "waits for its turn", wait.For))...)
			done.wait = soonest(done.wait, wait.For)
		}
		done.wait = soonest(done.wait, p.wait)
		if _, err := tx.Settle(ctx, p.stops); err != nil {
			return err
		}
		return p.keepAsSaid(ctx, done.parcels)
	})
	return done, err
}

// soonest is the shorter of two waits; 0 is none.
func soonest(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// preparing opens the letters of one claim: one read for all conversations, one for
// all staff, one for all alerts.
type preparing struct {
	line   *Line
	tx     *store.Tx
	runway *runway
	bodies map[casefile.ID][]byte
	now    time.Time
	// overrides are the decisions of staff under which some of the letters leave.
	overrides map[casefile.ID]store.Override

	parcels []parcel
	stops   []store.Settlement // of letters that do not go
	wait    time.Duration      // until the first of the alerts that were put back
}

func (p *preparing) prepare(ctx context.Context, letters []store.Letter) error {
	var people []casefile.ID
	var staff []store.To
	for _, letter := range letters {
		if letter.Staff.IsZero() {
			people = append(people, letter.Conversation)
		} else {
			staff = append(staff, store.To{Staff: letter.Staff, Channel: letter.Channel})
		}
	}
	lanes, broken, err := p.tx.ConversationsByID(ctx, people)
	if err != nil {
		return err
	}
	if p.overrides, err = p.tx.OverridesByID(ctx, overridesOf(letters)); err != nil {
		return err
	}
	reaches, err := p.tx.StaffReaches(ctx, staff)
	if err != nil {
		return err
	}
	var alerts []store.Letter
	for _, letter := range letters {
		switch to, ok := reaches[store.To{Staff: letter.Staff, Channel: letter.Channel}]; {
		case letter.Staff.IsZero():
			lane, found := lanes[letter.Conversation]
			if broken[letter.Conversation] != nil || lane.Damaged || lane.Forgotten || !found {
				p.spoiled(letter, broken[letter.Conversation])
				continue
			}
			p.toPerson(letter, lane)
		case !ok:
			p.fail(letter, "no address on this channel")
		case letter.Purpose == casefile.ForAlert:
			alerts = append(alerts, letter)
		default:
			text, err := store.OpenBody(p.tx.Keys().Own(), letter.ID, p.bodies[letter.ID])
			p.add(letter, Outgoing{To: to.Address, Text: text}, err)
		}
	}
	if err := p.passOver(ctx); err != nil {
		return err
	}
	return p.alerts(ctx, alerts, reaches)
}

// overridesOf are the overrides that letters name: mostly none.
func overridesOf(letters []store.Letter) (ids []casefile.ID) {
	for _, letter := range letters {
		if !letter.Override.IsZero() {
			ids = append(ids, letter.Override)
		}
	}
	return ids
}

// passOver names, for each letter that the provider will be asked for, the messages
// that are known to be others. Alerts need it not: no two have the same words.
func (p *preparing) passOver(ctx context.Context) error {
	if !p.runway.channel.Traits().Finds {
		return nil
	}
	var asked []casefile.ID
	for _, one := range p.parcels {
		if one.letter.Unknown {
			asked = append(asked, one.letter.ID)
		}
	}
	others, err := p.tx.OthersSent(ctx, asked)
	for i := range p.parcels {
		p.parcels[i].out.Others = others[p.parcels[i].letter.ID]
	}
	return err
}

// toPerson asks the contact gate once more: what is late, unwanted or unsafe by now
// does not go.
func (p *preparing) toPerson(letter store.Letter, lane store.Conversation) {
	policy := lane.Session.Policy(lane.Unreachable, p.now)
	policy.Overridden = p.overrides[letter.Override].Stands(lane.LastIn, p.now)
	if verdict, why := casefile.MayWrite(policy, letter.Purpose, p.now); verdict != casefile.Send {
		p.stops = append(p.stops, stopped(letter, verdict, why, p.now))
		return
	}
	text, err := store.OpenBody(lane.Key, letter.ID, p.bodies[letter.ID])
	p.add(letter, Outgoing{To: lane.Address, Text: text, Buttons: digitButtons(letter)}, err)
}

// add makes a parcel of a letter, unless there are no words for it.
func (p *preparing) add(letter store.Letter, out Outgoing, err error) {
	if err != nil {
		p.spoiled(letter, err)
		return
	}
	p.put(parcel{letter: letter, out: out})
}

// put puts a parcel on the runway.
func (p *preparing) put(one parcel) {
	one.out.Delivery, one.since, one.until = one.letter.ID, one.letter.QueuedAt, p.now.Add(lease)
	p.parcels = append(p.parcels, one)
}

// spoiled ends a letter that does not open, or for which there are no words. It fails
// by itself, and holds up nobody else's.
func (p *preparing) spoiled(letter store.Letter, err error) {
	p.line.log.Error("a letter cannot be opened or put into words", "letter", letter.ID.String(), "error", err)
	p.fail(letter, "cannot be opened or put into words")
}

// fail ends a letter before it leaves; what follows from that is done when it is
// settled.
func (p *preparing) fail(letter store.Letter, why string) {
	one := parcel{letter: letter}
	one.over = p.line.ended(one, "failed", why, ending{})
	p.put(one)
}

// keepAsSaid keeps the words of the alerts that leave now, where the provider can be
// asked for them later.
func (p *preparing) keepAsSaid(ctx context.Context, leaving []parcel) error {
	if !p.runway.channel.Traits().Finds {
		return nil
	}
	said := map[casefile.ID]casefile.Private{}
	for _, one := range leaving {
		if one.letter.Purpose != casefile.ForAlert || one.over.State != "" || one.looking {
			continue
		}
		said[one.letter.ID] = one.out.Text
		for _, other := range one.others {
			said[other.ID] = one.out.Text
		}
	}
	return p.tx.KeepAsSaid(ctx, said)
}

// spoiled reports whether an error is about one letter alone: it does not open, or
// there are no words for it.
func spoiled(err error) bool {
	var postgres *store.Error
	return err != nil && !errors.As(err, &postgres) && !errors.Is(err, store.ErrAway) && !errors.Is(err, store.ErrStale) &&
		!errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
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
	return store.Settlement{Letter: letter.ID, Claim: letter.Claim, State: state, Reason: why, At: now, Of: letter}
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
