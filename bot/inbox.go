package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/seal"
	"pulang/internal/store"
)

const (
	// maxBatch is how many deliveries share one commit. Under load the webhooks of
	// many people wait together; a single one waits for nobody.
	maxBatch = 64
	// intakeWorkers is how many batches may be under way at once; usually it is
	// atOnce, so that what arrives meanwhile gathers in one batch. When one of them
	// hangs (a lock, a slow database), the next starts after patienceToGather.
	intakeWorkers    = 4
	atOnce           = 2
	patienceToGather = 100 * time.Millisecond
)

// ErrStopping says that the line is shutting down: the provider repeats.
var ErrStopping = errors.New("line is stopping")

// arrival is one webhook waiting for its commit.
type arrival struct {
	items []Arrived
	done  chan error
}

// ErrNotOpen says that the line is not open yet, because the database is away.
var ErrNotOpen = errors.New("line is not open yet")

// Receive takes what a provider delivered. It returns nil only after everything of
// it is committed; any error means that the provider must repeat.
func (l *Line) Receive(ctx context.Context, items []Arrived) error {
	began := l.now()
	err := l.receive(ctx, items)
	l.learn(began, err)
	if away(err) && len(items) > 0 && l.traits(items[0].Channel).Repeats {
		l.meet(items, true)
	}
	return err
}

func (l *Line) receive(ctx context.Context, items []Arrived) error {
	l.mu.Lock()
	if l.stopped || !l.opened {
		defer l.mu.Unlock()
		if l.stopped {
			return ErrStopping
		}
		return ErrNotOpen
	}
	l.receives.Add(1)
	l.mu.Unlock()
	defer l.receives.Done()
	a := &arrival{items: items, done: make(chan error, 1)}
	select {
	case l.intake <- a:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-a.done:
		return err
	case <-ctx.Done():
		return ctx.Err() // it may be committed all the same; repeating changes nothing
	}
}

// takeIn works off the intake: whatever waits goes into one batch.
func (l *Line) takeIn(ctx context.Context) {
	for {
		batch, done := l.gather()
		if len(batch) == 0 {
			return
		}
		l.takeBatch(ctx, batch, done)
	}
}

// gather waits for the first that arrives, then for its turn, and takes everybody who
// came meanwhile along. One worker gathers at a time: a message that several of them
// held in their hands would be several commits. Nobody is left when it returns none.
func (l *Line) gather() (batch []*arrival, done func()) {
	l.gathering.Lock()
	defer l.gathering.Unlock()
	first, open := <-l.intake
	if !open {
		return nil, nil
	}
	done = func() {}
	late := time.NewTimer(patienceToGather)
	defer late.Stop()
	select {
	case l.taking <- struct{}{}:
		done = func() { <-l.taking }
	case <-late.C:
	}
	batch = []*arrival{first}
	for len(batch) < maxBatch {
		select {
		case next, open := <-l.intake:
			if !open {
				return batch, done
			}
			batch = append(batch, next)
		default:
			return batch, done
		}
	}
	return batch, done
}

// takeBatch commits a batch. One that fails is retried one by one, so that a
// poisonous message hurts nobody else's. committed is called as soon as the next batch
// may begin.
func (l *Line) takeBatch(ctx context.Context, batch []*arrival, committed func()) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var all []Arrived
	for _, a := range batch {
		all = append(all, a.items...)
	}
	var after afterCommit
	err := safely(func() (err error) {
		after, err = l.commitAll(ctx, all)
		return err
	})
	committed()
	if err == nil {
		if failed := safely(func() error { l.committed(ctx, after); return nil }); failed != nil {
			l.log.Error("what follows a commit failed", "error", failed)
		}
	}
	if err == nil || errors.Is(err, store.ErrAway) || ctx.Err() != nil {
		for _, a := range batch {
			a.done <- err
		}
		return
	}
	l.log.Warn("batch failed; taking its messages one by one", "count", len(all), "error", err)
	for _, a := range batch {
		a.done <- safely(func() error { return l.storeOnly(ctx, a.items) })
	}
	l.sweep.Wake()
}

// safely turns a panic into an error that says nothing of what was being read: one
// message must not end the process, and with it everybody else's.
func safely(work func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("taking messages panicked (%T)", r)
		}
	}()
	return work()
}

// takeAll stores a batch and answers the people in it.
func (l *Line) takeAll(ctx context.Context, items []Arrived) error {
	after, err := l.commitAll(ctx, items)
	if err == nil {
		l.committed(ctx, after)
	}
	return err
}

// commitAll is takeAll up to the commit, in one transaction.
func (l *Line) commitAll(ctx context.Context, items []Arrived) (after afterCommit, err error) {
	now, done := l.now(), false
	defer func() {
		if !done {
			l.ground(after.departures)
		}
	}()
	err = l.store.InBatch(ctx, func(tx *store.Tx) error {
		after = afterCommit{}
		all, err := l.sort(ctx, tx, items, now)
		if err != nil {
			return err
		}
		lanes, err := l.lockLanes(ctx, tx, all.speakers(), &after)
		if err != nil {
			return err
		}
		fresh, err := l.file(ctx, tx, all, lanes, now, &after)
		if err != nil {
			return err
		}
		return l.answerPeople(ctx, tx, lanes, fresh, now, &after)
	})
	done = err == nil
	return after, err
}

// storeOnly stores messages without answering: the sweep answers them alone.
func (l *Line) storeOnly(ctx context.Context, items []Arrived) error {
	now := l.now()
	var after afterCommit
	err := l.store.InBatch(ctx, func(tx *store.Tx) error {
		after = afterCommit{}
		all, err := l.sort(ctx, tx, items, now)
		if err != nil {
			return err
		}
		_, err = l.file(ctx, tx, all, nil, now, &after)
		return err
	})
	if err != nil {
		return err
	}
	l.committed(ctx, after)
	return nil
}

func addressOf(a Arrived) casefile.Address { return casefile.Address{Channel: a.Channel, ID: a.From} }

func toMessage(a Arrived, people writers, now time.Time) store.Message {
	m := store.Message{
		ID: casefile.NewID(now), Channel: a.Channel, ProviderID: a.ProviderID, Kind: a.Kind, Ref: a.MessageRef,
		Order: a.Order, AnswersTurn: a.Press.Turn, State: store.Recorded, Text: a.Text, Media: a.Media, Raw: a.Raw, SentAt: a.SentAt, ReceivedAt: now,
	}
	if !a.ReceivedAt.IsZero() {
		m.ReceivedAt = a.ReceivedAt
	}
	if s, ok := people.staff[addressOf(a)]; ok {
		m.Staff = s.ID
		return m
	}
	if c, ok := people.conversations[addressOf(a)]; ok {
		m.Conversation = c.ID
		if a.Kind.IsSpoken() && a.Note != NoteLiveLocation {
			m.State = store.Waiting
		}
	}
	return m
}

// hint is what a channel tells of an address besides the words.
type hint struct {
	lang    casefile.Lang
	country string
}

// writers are the people of a batch: staff are known first, and open no case.
type writers struct {
	staff         map[casefile.Address]store.Staff
	conversations map[casefile.Address]store.Found
}

// keys are the data keys of the conversations.
func (w writers) keys() map[casefile.ID]seal.Key {
	keys := make(map[casefile.ID]seal.Key, len(w.conversations))
	for _, c := range w.conversations {
		keys[c.ID] = c.Key
	}
	return keys
}

// whoWrote finds who is behind each address, and starts a conversation for those
// who write for the first time.
func (l *Line) whoWrote(ctx context.Context, tx *store.Tx, items []Arrived, now time.Time) (writers, error) {
	hints := map[casefile.Address]hint{}
	speaks := map[casefile.Address]bool{}
	var addresses []casefile.Address
	for _, item := range items {
		a := addressOf(item)
		if item.From.IsEmpty() {
			continue
		}
		if _, seen := speaks[a]; !seen {
			addresses = append(addresses, a)
		}
		speaks[a] = speaks[a] || item.Kind.IsSpoken()
		hints[a] = hint{cmp.Or(hints[a].lang, item.Lang), cmp.Or(hints[a].country, item.Country)}
	}
	w := writers{staff: map[casefile.Address]store.Staff{}, conversations: map[casefile.Address]store.Found{}}
	if len(addresses) == 0 {
		return w, nil
	}
	if err := l.knowStaff(ctx, tx, addresses, items, &w, now); err != nil {
		return w, err
	}
	addresses = slices.DeleteFunc(addresses, func(a casefile.Address) bool { _, staff := w.staff[a]; return staff })
	if err := findInto(ctx, tx, addresses, w, now); err != nil {
		return w, err
	}
	return w, startMissing(ctx, tx, addresses, speaks, hints, w, now)
}

// findInto finds the conversations of addresses. One whose data key does not open is
// noted as damaged and counts as none: its address begins anew, and is answered.
func findInto(ctx context.Context, tx *store.Tx, addresses []casefile.Address, w writers, now time.Time) error {
	found, err := tx.FindConversations(ctx, addresses)
	if err != nil {
		return err
	}
	var damaged []casefile.ID
	for _, f := range found {
		if f.Damaged {
			damaged = append(damaged, f.ID)
			continue
		}
		w.conversations[f.Address] = f
	}
	return tx.Damage(ctx, damaged, now)
}

func startMissing(ctx context.Context, tx *store.Tx, addresses []casefile.Address, speaks map[casefile.Address]bool,
	hints map[casefile.Address]hint, w writers, now time.Time) error {
	var missing []casefile.Address
	for _, a := range addresses {
		if _, known := w.conversations[a]; !known && speaks[a] {
			missing = append(missing, a)
		}
	}
	for _, a := range missing {
		if err := tx.StartConversation(ctx, a, cmp.Or(hints[a].lang, casefile.Indonesian), hints[a].country, now); err != nil {
			return err
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return findInto(ctx, tx, missing, w, now)
}
