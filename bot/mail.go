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

// mail is what arrived in one batch: who wrote it, and each as the row it becomes.
type mail struct {
	people   writers
	items    []Arrived
	messages []store.Message // of the item at the same place
}

// speakers are the conversations in which something was said.
func (m mail) speakers() (ids []casefile.ID) {
	for _, message := range m.messages {
		if message.State == store.Waiting {
			ids = append(ids, message.Conversation)
		}
	}
	slices.SortFunc(ids, func(a, b casefile.ID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(ids)
}

// sort finds out who wrote what arrived, and puts it into an order that is the same for
// everybody.
func (l *Line) sort(ctx context.Context, tx *store.Tx, arrived []Arrived, now time.Time) (mail, error) {
	items := slices.Clone(arrived)
	slices.SortStableFunc(items, func(a, b Arrived) int { // one order for everybody, so that batches do not deadlock
		return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.ProviderID, b.ProviderID))
	})
	people, err := l.whoWrote(ctx, tx, items, now)
	if err != nil {
		return mail{}, err
	}
	all := mail{people: people, items: inTheirOrder(arrived, people)}
	all.messages = make([]store.Message, len(all.items))
	for i, item := range all.items {
		all.messages[i] = toMessage(item, people, now)
	}
	return all, nil
}

// file stores what arrived, each provider id once, and does what needs no turn. What
// was said in a lane that is held is only looked up: when it is new it comes back, and
// is stored with the turn that takes it, as one row that is written once.
func (l *Line) file(ctx context.Context, tx *store.Tx, all mail, lanes []store.Conversation, now time.Time, after *afterCommit) (map[casefile.ID][]store.Message, error) {
	held := map[casefile.ID]*store.Conversation{}
	for i := range lanes {
		if !lanes[i].Damaged {
			held[lanes[i].ID] = &lanes[i]
		}
	}
	var here, others []store.Message
	for _, m := range all.messages {
		if held[m.Conversation] != nil && m.State == store.Waiting {
			here = append(here, m)
		} else {
			others = append(others, m)
		}
	}
	fresh, err := tx.NewMessages(ctx, here)
	if err != nil {
		return nil, err
	}
	stored, err := tx.StoreMessages(ctx, others, all.people.keys())
	if err != nil {
		return nil, err
	}
	arrived := map[casefile.ID][]store.Message{}
	for _, m := range here {
		if fresh[m.ID] {
			stored[m.ID] = true
			arrived[m.Conversation] = append(arrived[m.Conversation], m)
		}
	}
	return arrived, l.handle(ctx, tx, all, stored, held, now, after)
}

// inTheirOrder sorts what arrived by person, in an order that is the same for every
// batch (two that store the same must not wait for each other), and leaves what one
// person sent as it came: a provider's ids need not rise. What is nobody's goes by id.
func inTheirOrder(arrived []Arrived, people writers) []Arrived {
	items := slices.Clone(arrived)
	slices.SortStableFunc(items, func(a, b Arrived) int {
		one, other := people.conversations[addressOf(a)].ID, people.conversations[addressOf(b)].ID
		if one == other && one.IsZero() {
			return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.ProviderID, b.ProviderID))
		}
		return slices.Compare(one[:], other[:])
	})
	return items
}

// handle does for each new message what its kind asks for.
func (l *Line) handle(ctx context.Context, tx *store.Tx, all mail, stored map[casefile.ID]bool, held map[casefile.ID]*store.Conversation,
	now time.Time, after *afterCommit) error {
	for i, m := range all.messages {
		item := all.items[i]
		if !stored[m.ID] {
			l.metrics.repeated.Inc()
			continue
		}
		if q := item.Press.Query; q != "" {
			after.presses = append(after.presses, pressed{m.Channel, item})
		}
		switch {
		case m.State == store.Waiting:
			if err := l.optedOut(ctx, tx, item, m, now); err != nil {
				return err
			}
		case !m.Staff.IsZero():
			if err := l.hearStaff(ctx, tx, all.people.staff[addressOf(item)], item, now, after); err != nil {
				return err
			}
		default:
			if err := l.note(ctx, tx, item, m, now); err != nil {
				return err
			}
		}
		if lane := held[m.Conversation]; lane != nil {
			lane.Unreachable = reachableAfter(item, lane.Unreachable)
		}
	}
	return nil
}

// reachableAfter is whether a person is out of reach after what a provider delivered,
// for a lane that was read before.
func reachableAfter(item Arrived, before bool) (unreachable bool) {
	switch {
	case item.Note == NoteOptedOut || item.Kind == casefile.KindBlocked:
		return true
	case item.Note == NoteOptedIn || item.Kind == casefile.KindUnblocked:
		return false
	}
	return before
}

// note handles what nobody has to answer: a status, a block, a new address, a body
// nobody can read.
func (l *Line) note(ctx context.Context, tx *store.Tx, item Arrived, m store.Message, now time.Time) error {
	switch item.Kind {
	case casefile.KindStatus:
		return l.noteStatus(ctx, tx, item, now)
	case casefile.KindUnreadable:
		return tx.RaiseAlarm(ctx, store.AlarmUnreadable, casefile.ID{}, m.Conversation, now)
	}
	if m.Conversation.IsZero() {
		return nil
	}
	switch item.Kind {
	case casefile.KindBlocked:
		return l.unreachable(ctx, tx, m.Conversation, now)
	case casefile.KindUnblocked:
		return tx.SetUnreachable(ctx, m.Conversation, time.Time{})
	case casefile.KindMigrated:
		_, err := l.migrate(ctx, tx, m.Conversation, item.MovedTo)
		return err
	}
	return nil
}

// optedOut minds the words at which a provider itself cuts the line, or opens it
// again: after STOP nothing more arrives, whoever wrote it.
func (l *Line) optedOut(ctx context.Context, tx *store.Tx, item Arrived, m store.Message, now time.Time) error {
	switch item.Note {
	case NoteOptedOut:
		return l.unreachable(ctx, tx, m.Conversation, now)
	case NoteOptedIn:
		return tx.SetUnreachable(ctx, m.Conversation, time.Time{})
	}
	return nil
}

// migrate gives a conversation its new address. It reports whether it could: an
// address that wrote before the notice came has a conversation of its own, and one whose
// key is gone has no address any more.
func (l *Line) migrate(ctx context.Context, tx *store.Tx, conversation casefile.ID, to casefile.Private) (moved bool, err error) {
	c, err := tx.Conversation(ctx, conversation)
	if errors.Is(err, store.ErrForgotten) || errors.Is(err, store.ErrDamaged) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	err = tx.Savepoint(ctx, func(inner *store.Tx) error { return inner.MoveAddress(ctx, c, to) })
	if errors.Is(err, store.ErrConflict) {
		return false, nil
	}
	return err == nil, err
}
