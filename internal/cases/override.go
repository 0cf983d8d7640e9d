package cases

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// OverrideHolds is how long a second person has to decide about an override, and how
// long what is said under it may take to leave.
const OverrideHolds = 15 * time.Minute

// textHello is what goes first to somebody we write to first. It says nothing.
const textHello = "line.hello"

// What staff do about overrides, as the audit calls it.
const (
	actionOverrideAsked     = "override.asked"
	actionOverrideAlone     = "override.alone"
	actionOverrideConfirmed = "override.confirmed"
	actionOverrideRefused   = "override.refused"
	actionOverrideWithdrawn = "override.withdrawn"
)

// Asking is a wish to write where the contact policy says no.
type Asking struct {
	ID     casefile.ID // names it, so that a form sent twice asks once
	In     casefile.ID // the conversation it was written for, as Said.In
	Text   string
	Reason string
	First  string    // store.HelloFirst or store.WordsFirst
	Heard  time.Time // the person's last message, as it was read
}

// AskOverride writes to the person although the gate says no, with a reason (rule 13).
// To a phone that is watched or borrowed, as far as anybody knows, and to somebody who
// wished for silence, a second named person confirms it before anything is sent; waits
// says so. Only who took over may ask.
func (d *Desk) AskOverride(ctx context.Context, who access.Staff, ref string, ask Asking) (waits bool, err error) {
	err = d.do(ctx, who, access.Override, ref, func(a *act) error {
		draft, err := d.mayAsk(a, ask)
		if err != nil {
			return err
		}
		if err := a.roomForOverride(ctx); err != nil {
			return err
		}
		judged, err := assessmentOf(a.file.Case)
		if err != nil {
			return err
		}
		o := store.Override{ID: ask.ID, Case: a.file.ID, Conversation: a.lane.ID, First: ask.First, State: store.OverrideAlone,
			Text: casefile.Hide(ask.Text), Reason: casefile.Hide(strings.TrimSpace(ask.Reason)), HeardAt: a.lane.LastIn,
			AskedBy: a.who.ID, AskedAt: a.now, DecidedBy: a.who.ID, DecidedAt: a.now, Until: a.now.Add(OverrideHolds)}
		if waits = takesTwo(a.lane, judged); waits {
			o.State, o.DecidedBy, o.DecidedAt = store.OverrideWaiting, casefile.ID{}, time.Time{}
		}
		if err := a.AddOverride(ctx, o, a.lane.Key); err != nil {
			return err
		}
		if err := a.DropDraft(ctx, a.who.ID, store.ReplyDraft, a.lane.ID); err != nil {
			return err
		}
		if waits {
			return a.record(ctx, actionOverrideAsked, o.First)
		}
		if err := d.sayOverride(ctx, a, o, draft); err != nil {
			return err
		}
		return a.record(ctx, actionOverrideAlone, o.First)
	})
	if errors.Is(err, store.ErrConflict) {
		return waits, nil // asked already
	}
	return waits, err
}

// mayAsk refuses what is not to be asked, and makes letters of the rest.
func (d *Desk) mayAsk(a *act, ask Asking) (Draft, error) {
	switch {
	case a.file.Closed:
		return Draft{}, refuse(IsClosed)
	case moved(ask.In, a.lane.ID):
		return Draft{}, refuse(Moved)
	case a.lane.TakenBy.IsZero():
		return Draft{}, refuse(NotTaken)
	case a.lane.TakenBy != a.who.ID:
		return Draft{}, &Refused{Why: TakenByOther, By: a.lane.TakenBy}
	case strings.TrimSpace(ask.Reason) == "":
		return Draft{}, refuse(NoReason)
	case a.lane.Unreachable:
		return Draft{}, refuse(Unreachable)
	case !ask.Heard.Equal(a.lane.LastIn), ask.First != store.HelloFirst && ask.First != store.WordsFirst:
		return Draft{}, refuse(Changed)
	}
	if verdict, _ := casefile.MayWrite(a.lane.Session.Policy(false, a.now), casefile.ForAnswer, a.now); verdict == casefile.Send {
		return Draft{}, refuse(NotNeeded)
	}
	return prepareReply(ask.Text, d.OneSegment(a.lane.Channel))
}

// roomForOverride refuses a second override of a conversation while one waits, and
// ends one that nobody decided in time.
func (a *act) roomForOverride(ctx context.Context) error {
	all, err := a.CaseOverrides(ctx, a.file)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.Conversation == a.lane.ID && o.Open(a.lane.LastIn, a.now) {
			return &Refused{Why: OverrideWaits, By: o.AskedBy}
		}
	}
	_, err = a.LapseOverrides(ctx, a.lane.ID, a.now)
	return err
}

// endOverrides ends what waits in the conversation, because who answers changed. The
// words go back to where they were typed.
func (a *act) endOverrides(ctx context.Context) error {
	all, err := a.CaseOverrides(ctx, a.file)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.Conversation == a.lane.ID && o.State == store.OverrideWaiting {
			if err := a.giveBack(ctx, o); err != nil {
				return err
			}
		}
	}
	_, err = a.LapseOverrides(ctx, a.lane.ID, a.now)
	return err
}

// giveBack makes a draft of the words of an override, unless their writer typed
// something else meanwhile. Nobody is typing it now.
func (a *act) giveBack(ctx context.Context, o store.Override) error {
	typed, err := a.DraftsOf(ctx, o.AskedBy, a.lane)
	if err != nil || o.Text.IsEmpty() || slices.ContainsFunc(typed, func(d store.Draft) bool { return d.Kind == store.ReplyDraft }) {
		return err
	}
	return a.KeepDraft(ctx, store.Draft{Conversation: a.lane.ID, Staff: o.AskedBy, Kind: store.ReplyDraft, Text: o.Text, TouchedAt: a.now.Add(-TypingFor)}, a.lane.Key)
}

// sayOverride queues what an override lets go: the words themselves, or the line that
// says nothing, with the words held until it is answered.
func (d *Desk) sayOverride(ctx context.Context, a *act, o store.Override, draft Draft) error {
	words := a.letter(casefile.NewID(a.now))
	words.WrittenBy = o.AskedBy
	if o.First == store.WordsFirst {
		words.Purpose, words.State, words.Reason, words.Override = casefile.ForAnswer, "queued", "", o.ID
		return a.queue(ctx, words, draft)
	}
	hello, err := d.Book.Text(string(a.lane.Lang), textHello, nil)
	if err != nil {
		return err
	}
	err = a.Queue(ctx, store.Letter{ID: casefile.NewID(a.now), Conversation: a.lane.ID, Channel: a.lane.Channel, Purpose: casefile.ForContact,
		Priority: store.DangerFirst, State: "queued", Turn: a.lane.Turn, TextKey: textHello, Body: casefile.Hide(hello),
		Override: o.ID, QueuedAt: a.now}, a.lane.Key)
	if err != nil {
		return err
	}
	return a.queue(ctx, words, draft)
}

// ConfirmOverride is the second person: what was asked for is sent, in the name of
// who asked. Never by who asked, and not once the person wrote or the time is over.
func (d *Desk) ConfirmOverride(ctx context.Context, who access.Staff, ref string, id casefile.ID) error {
	return d.decide(ctx, who, access.Confirm, ref, id, func(a *act, o store.Override) error {
		switch {
		case o.AskedBy == a.who.ID:
			return refuse(SecondPerson)
		case a.file.Closed:
			return refuse(IsClosed)
		case a.lane.Unreachable:
			return refuse(Unreachable)
		case a.lane.TakenBy != o.AskedBy:
			return refuse(OverrideOver)
		}
		draft, err := prepareReply(o.Text.Reveal(), d.OneSegment(a.lane.Channel))
		if err != nil {
			return err
		}
		o.Until = a.now.Add(OverrideHolds)
		if err := a.DecideOverride(ctx, o.ID, store.OverrideConfirmed, a.who.ID, a.now, o.Until); err != nil {
			return err
		}
		if err := d.sayOverride(ctx, a, o, draft); err != nil {
			return err
		}
		return a.record(ctx, actionOverrideConfirmed, o.First)
	})
}

// RefuseOverride is the second person saying no. Nothing is sent.
func (d *Desk) RefuseOverride(ctx context.Context, who access.Staff, ref string, id casefile.ID) error {
	return d.decide(ctx, who, access.Confirm, ref, id, func(a *act, o store.Override) error {
		if o.AskedBy == a.who.ID {
			return refuse(SecondPerson)
		}
		return a.endOverride(ctx, o, store.OverrideRefused, actionOverrideRefused)
	})
}

// WithdrawOverride takes one's own wish back. Nothing is sent.
func (d *Desk) WithdrawOverride(ctx context.Context, who access.Staff, ref string, id casefile.ID) error {
	return d.decide(ctx, who, access.Override, ref, id, func(a *act, o store.Override) error {
		if o.AskedBy != a.who.ID {
			return &Refused{Why: TakenByOther, By: o.AskedBy}
		}
		return a.endOverride(ctx, o, store.OverrideWithdrawn, actionOverrideWithdrawn)
	})
}

// endOverride ends one without anything being sent; the words go back to who typed them.
func (a *act) endOverride(ctx context.Context, o store.Override, state store.OverrideState, action string) error {
	if err := a.giveBack(ctx, o); err != nil {
		return err
	}
	if err := a.DecideOverride(ctx, o.ID, state, a.who.ID, a.now, o.Until); err != nil {
		return err
	}
	return a.record(ctx, action, "")
}

// decide works on an override that still waits in the conversation staff answer in.
func (d *Desk) decide(ctx context.Context, who access.Staff, need access.Permission, ref string, id casefile.ID, work func(*act, store.Override) error) error {
	return d.do(ctx, who, need, ref, func(a *act) error {
		all, err := a.CaseOverrides(ctx, a.file)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(o store.Override) bool { return o.ID == id })
		if i < 0 {
			return refuse(Gone)
		}
		if o := all[i]; o.Conversation != a.lane.ID || !o.Open(a.lane.LastIn, a.now) {
			return refuse(OverrideOver)
		}
		return work(a, all[i])
	})
}

// Unconfirmed is an override that waits for a second person, as the queue shows it.
type Unconfirmed struct {
	Ref   string
	Staff casefile.ID // who asks
	Until time.Time
}

// unconfirmed lists the overrides that somebody may decide about: those of cases that are
// listed for them, and that they did not ask for themselves.
func (d *Desk) unconfirmed(ctx context.Context, tx *store.Tx, me access.Staff) ([]Unconfirmed, error) {
	if !me.May(access.Confirm) {
		return nil, nil
	}
	waiting, err := tx.OverridesWaiting(ctx, d.Now())
	if err != nil || len(waiting) == 0 {
		return nil, err
	}
	var ids []casefile.ID
	for _, o := range waiting {
		ids = append(ids, o.Case)
	}
	stands, err := tx.StandsOf(ctx, me.ID, ids)
	if err != nil {
		return nil, err
	}
	var all []Unconfirmed
	for _, o := range waiting {
		i := slices.IndexFunc(stands, func(s store.Stand) bool { return s.ID == o.Case })
		if i < 0 || o.AskedBy == me.ID {
			continue
		}
		file, err := fileOf(stands[i])
		if err != nil {
			return nil, err
		}
		if access.Listed(me, file, d.Now()) {
			all = append(all, Unconfirmed{Ref: stands[i].Ref, Staff: o.AskedBy, Until: o.Until})
		}
	}
	return all, nil
}
