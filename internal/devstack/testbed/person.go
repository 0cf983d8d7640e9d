package testbed

import (
	"context"

	"pulang/internal/casefile"
	"pulang/internal/seal"
	"pulang/internal/store"
)

// Person is somebody who writes, without a provider and without the line.
type Person struct {
	Ref     string      // of their case
	Lane    casefile.ID // their conversation
	Address casefile.Address
	Session casefile.Session // where it stood after the last turn

	// File keeps the case in each turn: it opens it in the first.
	File func(context.Context, *store.Tx, *Turn) error
	// Shape changes each message before it is stored. Nil: it stays a plain text.
	Shape func(*store.Message)

	bed *Bed
}

// Turn is a turn that is being written.
type Turn struct {
	Ref     string
	Lane    store.Conversation // locked, as it stood before
	Message store.Message
	Session casefile.Session // as it will be
	Known   int              // so many of the session's facts were known before
}

// Person starts a conversation. Nothing was said yet, and there is no case. Set File
// before they speak.
func (b *Bed) Person(ref string, address casefile.Address) *Person {
	b.Helper()
	return &Person{Ref: ref, Lane: b.Starts(address).ID, Address: address, bed: b}
}

// Says takes one turn as the line does: a message is stored and taken, its facts are
// learned, the case is kept, and the session is written down.
func (p *Person) Says(text string, facts ...casefile.Fact) {
	p.bed.Helper()
	ctx, now := p.bed.Context(), p.bed.Now()
	p.bed.Tx(func(tx *store.Tx) error {
		lane, err := tx.LockLane(ctx, p.Lane)
		if err != nil {
			return err
		}
		turn := &Turn{Ref: p.Ref, Lane: lane, Message: p.Message(text), Session: lane.Session, Known: len(lane.Session.Facts)}
		s := &turn.Session
		s.Version, s.Turn, s.Stage = casefile.SessionVersion, lane.Turn+1, casefile.StageAsking
		s.Lang, s.Flow, s.LastIn = casefile.Indonesian, casefile.FlowVictim, now
		if err := take(ctx, tx, turn); err != nil {
			return err
		}
		if err := learn(ctx, tx, turn, facts); err != nil {
			return err
		}
		if err := p.File(ctx, tx, turn); err != nil {
			return err
		}
		if !lane.TakenBy.IsZero() {
			if err := tx.PersonWrote(ctx, p.Lane, now); err != nil {
				return err
			}
		}
		p.Session = turn.Session
		return tx.Checkpoint(ctx, lane, turn.Session)
	})
}

// Receives stores a message that no turn takes.
func (p *Person) Receives(text string) casefile.ID {
	p.bed.Helper()
	m := p.Message(text)
	p.Stores(m)
	return m.ID
}

// Stores stores messages that no turn takes, as they are.
func (p *Person) Stores(messages ...store.Message) {
	p.bed.Helper()
	p.bed.Tx(func(tx *store.Tx) error {
		lane, err := tx.Conversation(p.bed.Context(), p.Lane)
		if err != nil {
			return err
		}
		_, err = tx.StoreMessages(p.bed.Context(), messages, KeysOf(lane))
		return err
	})
}

// Edits changes a message later: it is stored as it was at first and as it is now.
func (p *Person) Edits(was, is string) {
	p.bed.Helper()
	first, edit := p.Message(was), p.Message(is)
	first.Ref, edit.Ref, edit.Kind = "77", "77", casefile.KindEdit
	p.Stores(first, edit)
}

// KeysOf is the key of a conversation, as StoreMessages wants it.
func KeysOf(lane store.Conversation) map[casefile.ID]seal.Key {
	return map[casefile.ID]seal.Key{lane.ID: lane.Key}
}

// Message is what the person writes, not stored yet.
func (p *Person) Message(text string) store.Message {
	id := casefile.NewID(p.bed.Now())
	m := store.Message{ID: id, Channel: p.Address.Channel, ProviderID: id.String(), Conversation: p.Lane,
		Kind: casefile.KindText, State: store.Waiting, Text: casefile.Hide(text), ReceivedAt: p.bed.Now()}
	if p.Shape != nil {
		p.Shape(&m)
	}
	return m
}

// take stores the message of a turn and takes it.
func take(ctx context.Context, tx *store.Tx, t *Turn) error {
	if _, err := tx.StoreMessages(ctx, []store.Message{t.Message}, KeysOf(t.Lane)); err != nil {
		return err
	}
	if err := tx.Turn(ctx, t.Lane.ID, t.Session.Turn, t.Message.ReceivedAt, ""); err != nil {
		return err
	}
	return tx.TakeMessages(ctx, t.Session.Turn, []casefile.ID{t.Message.ID})
}

// learn learns what the message of a turn told.
func learn(ctx context.Context, tx *store.Tx, t *Turn, facts []casefile.Fact) error {
	for i, f := range facts {
		f.At, f.From = t.Message.ReceivedAt, t.Message.ID
		if f.Is(casefile.DeviceWatched, "nobody") {
			t.Session.Nobody = f.At
		}
		if err := tx.LearnFact(ctx, t.Lane, t.Session.Turn, t.Known+i, f); err != nil {
			return err
		}
		t.Session.Facts = append(t.Session.Facts, f)
	}
	return nil
}
