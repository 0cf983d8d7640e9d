package bot

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// settle writes how deliveries ended, as many as there are in one commit. While
// the database is away it keeps trying: what a provider took must not be sent twice
// only because nobody wrote it down.
func (l *Line) settle(ctx context.Context) {
	for first := range l.settling {
		batch := l.landed(first)
		for attempt := 1; ; attempt++ {
			var err error
			batch, err = l.writeDown(ctx, batch)
			if err == nil || attempt == settleAttempts {
				break
			}
			l.behind.Store(true)
			l.log.Warn("deliveries not written down yet", "count", len(batch), "error", err)
			pause(ctx, settleEvery)
		}
		l.behind.Store(false)
		l.changed()
	}
}

// patienceToLand is how long what landed waits for others that are on their way: the
// endings of many are one commit. Nobody waits for it but the next letter of the same
// person.
const patienceToLand = 5 * time.Millisecond

// landed gathers the endings that are known, and those that come in a moment.
func (l *Line) landed(first store.Settlement) []store.Settlement {
	batch := []store.Settlement{first}
	late := time.NewTimer(patienceToLand)
	defer late.Stop()
	for len(batch) < 2*maxFlights {
		if len(l.settling) == 0 && l.deliver.flying() == 0 {
			return batch
		}
		select {
		case next, open := <-l.settling:
			if !open {
				return batch
			}
			batch = append(batch, next)
		case <-late.C:
			return batch
		}
	}
	return batch
}

// wakeFor wakes the runways where something may leave now that could not before: the
// next letter of the same person, what found no place, and what follows from an ending
// that is not a good one.
func (l *Line) wakeFor(settled []store.Settlement) {
	for _, r := range l.deliver {
		here := func(s store.Settlement) bool { return s.Of.Channel == r.channel.Name() }
		if !slices.ContainsFunc(settled, here) {
			continue
		}
		waits := func(s store.Settlement) bool { return here(s) && s.Followed }
		if r.blocked.Swap(false) || slices.ContainsFunc(settled, waits) {
			r.loop.Wake()
		}
	}
	if slices.ContainsFunc(settled, func(s store.Settlement) bool { return s.State != "sent" }) {
		l.deliver.Wake()
	}
}

// settleAttempts, one every settleEvery, bounds how long a settlement is kept in
// memory: two minutes and the time the attempts take. After that the claim expires,
// and the outcome counts as unknown.
const (
	settleAttempts = 60
	settleEvery    = 2 * time.Second
)

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// writeDown settles a batch and returns what is still to be written. When the batch
// fails for a reason of its own, each is settled alone, and one whose consequences
// cannot be drawn is at least written down: it must not hold up the others.
func (l *Line) writeDown(ctx context.Context, batch []store.Settlement) (left []store.Settlement, err error) {
	err = l.settleBatch(ctx, batch, l.follow)
	if err == nil || errors.Is(err, store.ErrAway) {
		return batch, err
	}
	err = nil
	for _, s := range batch {
		one := []store.Settlement{s}
		failed := l.settleBatch(ctx, one, l.follow)
		if spoiled(failed) || errors.As(failed, new(*store.Error)) && !notNow(failed) {
			l.log.Error("a delivery is written down without its consequences", "letter", s.Letter.String(), "error", failed)
			failed = l.settleBatch(ctx, one, func(context.Context, *store.Tx, store.Settlement) error { return nil })
		}
		if failed != nil {
			left, err = append(left, s), errors.Join(err, failed)
		}
	}
	return left, err
}

// notNow reports whether the same may go well a moment later.
func notNow(err error) bool { return errors.Is(err, store.ErrAway) || errors.Is(err, store.ErrStale) }

// following does what an ending asks for besides writing it down.
type following func(context.Context, *store.Tx, store.Settlement) error

// settleBatch settles in one commit: letters to persons first, because lanes are
// locked before escalations.
func (l *Line) settleBatch(ctx context.Context, batch []store.Settlement, follow following) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	batch = slices.Clone(batch)
	slices.SortStableFunc(batch, func(a, b store.Settlement) int {
		return cmp.Or(slices.Compare(b.Of.Conversation[:], a.Of.Conversation[:]), slices.Compare(a.Of.Staff[:], b.Of.Staff[:]))
	})
	settled := batch
	err := l.store.InBatch(ctx, func(tx *store.Tx) error {
		batch := slices.Clone(settled)
		for i := range batch {
			if err := l.move(ctx, tx, &batch[i]); err != nil {
				return err
			}
		}
		refs := l.reportedRefs(batch)
		for _, r := range refs {
			if err := tx.LockRefs(ctx, r.channel, r.refs); err != nil {
				return err
			}
		}
		done, err := tx.Settle(ctx, batch)
		if err != nil {
			return err
		}
		copy(settled, batch)
		batch = slices.DeleteFunc(batch, func(s store.Settlement) bool { return !done[s.Letter] || s.NotTried })
		for _, s := range batch {
			if err := follow(ctx, tx, s); err != nil {
				return err
			}
		}
		if err := tx.StaffAddressesWork(ctx, reached(batch)); err != nil {
			return err
		}
		return l.early(ctx, tx, refs, follow)
	})
	if err == nil {
		l.wakeFor(settled)
	}
	return err
}

// refsOf are the provider's references of messages of one channel.
type refsOf struct {
	channel casefile.ChannelName
	refs    []string
}

// reportedRefs are those of what was sent by channels whose provider says later what
// became of it.
func (l *Line) reportedRefs(batch []store.Settlement) (all []refsOf) {
	for _, c := range l.channels {
		if !c.Traits().Reports {
			continue
		}
		of := refsOf{channel: c.Name()}
		for _, s := range batch {
			if s.State == "sent" && s.MessageRef != "" && s.Of.Channel == of.channel {
				of.refs = append(of.refs, s.MessageRef)
			}
		}
		if len(of.refs) > 0 {
			all = append(all, of)
		}
	}
	return all
}

// early does what a provider said of messages before we had written down that they
// were sent.
func (l *Line) early(ctx context.Context, tx *store.Tx, refs []refsOf, follow following) error {
	for _, r := range refs {
		statuses, err := tx.EarlyStatuses(ctx, r.channel, r.refs)
		if err != nil {
			return err
		}
		for _, s := range statuses {
			if err := l.fate(ctx, tx, r.channel, s, follow); err != nil {
				return err
			}
		}
	}
	return nil
}

// fate writes down what became of a message, and does what follows for each letter in
// it.
func (l *Line) fate(ctx context.Context, tx *store.Tx, channel casefile.ChannelName, s store.Status, follow following) error {
	letters, err := tx.NoteStatus(ctx, channel, s)
	if err != nil {
		return err
	}
	for _, letter := range letters {
		err := follow(ctx, tx, store.Settlement{Letter: letter.ID, State: s.State, Unreachable: s.Unreachable, At: s.At, Of: letter})
		if err != nil {
			return err
		}
	}
	return nil
}

// reached are the staff whose addresses took a message.
func reached(batch []store.Settlement) (to []store.To) {
	for _, s := range batch {
		if s.State == "sent" && !s.Of.Staff.IsZero() {
			to = append(to, store.To{Staff: s.Of.Staff, Channel: s.Of.Channel})
		}
	}
	return to
}

// move follows an address that moved. When the new one has a conversation of its
// own, or the address is a colleague's, nobody is behind the old one any more.
func (l *Line) move(ctx context.Context, tx *store.Tx, s *store.Settlement) error {
	if s.MovedTo.IsEmpty() {
		return nil
	}
	moved := false
	if !s.Of.Conversation.IsZero() {
		var err error
		if moved, err = l.migrate(ctx, tx, s.Of.Conversation, s.MovedTo); err != nil {
			return err
		}
	}
	if !moved {
		s.State, s.NotBefore, s.Unreachable = "failed", time.Time{}, true
	}
	return nil
}

// follow does what an ending asks for besides writing it down. An address of staff
// that does not reach its owner is tried last from then on.
func (l *Line) follow(ctx context.Context, tx *store.Tx, s store.Settlement) error {
	if !s.Of.Staff.IsZero() && s.Unreachable {
		if err := tx.StaffAddressFailed(ctx, s.Of.Staff, s.Of.Channel, s.At); err != nil {
			return err
		}
	}
	if s.Of.Purpose == casefile.ForAlert {
		if s.State == "failed" || s.State == "queued" || s.State == "unknown" {
			return l.escalation.DeliveryFailed(ctx, tx, s.Of.Escalation, s.Of.Staff, s.At)
		}
		return nil
	}
	if s.State != "failed" || s.Of.Conversation.IsZero() {
		return nil
	}
	if s.Unreachable {
		return l.unreachable(ctx, tx, s.Of.Conversation, s.At)
	}
	return l.undelivered(ctx, tx, s.Of.Conversation, s.At)
}

// unreachable marks a channel as unreachable and tells staff; the case stays open.
func (l *Line) unreachable(ctx context.Context, tx *store.Tx, conversation casefile.ID, now time.Time) error {
	if err := tx.SetUnreachable(ctx, conversation, now); err != nil {
		return err
	}
	file, err := tx.CaseOf(ctx, conversation)
	if err != nil {
		return err
	}
	return tx.RaiseAlarm(ctx, store.AlarmUnreachable, file, conversation, now)
}

func (l *Line) undelivered(ctx context.Context, tx *store.Tx, conversation casefile.ID, now time.Time) error {
	file, err := tx.CaseOf(ctx, conversation)
	if err != nil {
		return err
	}
	return tx.RaiseAlarm(ctx, store.AlarmUndelivered, file, conversation, now)
}

// noteStatus writes down what a provider says later of a message it took.
func (l *Line) noteStatus(ctx context.Context, tx *store.Tx, item Arrived, now time.Time) error {
	state := map[Outcome]string{Delivered: "delivered", Sent: "sent", Refused: "failed", Unreachable: "failed"}[item.Status.Outcome]
	if state == "" || state == "sent" {
		return nil
	}
	if err := tx.LockRefs(ctx, item.Channel, []string{item.Status.MessageRef}); err != nil {
		return err
	}
	return l.fate(ctx, tx, item.Channel, store.Status{MessageRef: item.Status.MessageRef, State: state, Reason: item.Status.Class,
		Unreachable: item.Status.Outcome == Unreachable, At: now}, l.follow)
}
