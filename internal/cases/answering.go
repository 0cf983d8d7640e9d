package cases

import (
	"context"
	"slices"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/store"
)

// TypingFor is how long after their last letter a member of staff counts as typing.
const TypingFor = time.Minute

// Answering is what the composer of a case shows besides the conversation.
type Answering struct {
	Reply, Note casefile.Private // what this member of staff typed and has not sent
	// Forms is what they typed into other forms of the case: JSON, the fields by their names.
	Forms     map[store.DraftKind]casefile.Private
	Typing    []casefile.ID    // who else is writing a reply now
	Shown     string           // what the gate and the phone allow, for Said.Shown
	Heard     time.Time        // the person's last message, for Asking.Heard
	TakesTwo  bool             // an override takes a second person
	LapsesAt  time.Time        // when the takeover ends, because the person waits; zero: nobody waits
	LapsedAt  time.Time        // when this member of staff's takeover ended that way
	Waiting   *store.Override  // what waits for a second person
	Overrides []store.Override // all of the case, oldest first
	Offers    []Offer          // the canned replies that fit the phone
	Met       bool             // the live escalation ends by itself: staff answered since it began
}

// answering reads what the composer shows to somebody.
func (d *Desk) answering(ctx context.Context, tx *store.Tx, me access.Staff, file store.Folder, v *View) (err error) {
	a, lane := &v.Answering, v.Lane
	if x, live := v.Live(); live {
		if a.Met, err = tx.Answered(ctx, x); err != nil {
			return err
		}
	}
	if a.Overrides, err = tx.CaseOverrides(ctx, file); err != nil || lane.Damaged || lane.Forgotten {
		return err
	}
	a.Shown, a.Heard, a.TakesTwo = shownNow(lane, v.Now), lane.LastIn, takesTwo(lane, v.Assessment)
	if err := a.readDrafts(ctx, tx, file, lane, me.ID); err != nil {
		return err
	}
	if a.Typing, err = tx.Typing(ctx, lane.ID, me.ID, v.Now.Add(-TypingFor)); err != nil {
		return err
	}
	a.weighOverrides(lane, me.ID, v.Now)
	switch {
	case !lane.TakenBy.IsZero() && v.Now.Before(lane.PersonWroteAt.Add(casefile.TakeoverLapse)):
		a.LapsesAt = lane.PersonWroteAt.Add(casefile.TakeoverLapse)
	case lane.TakenBy.IsZero():
		if a.LapsedAt, err = tx.LapsedFor(ctx, file.ID, me.ID); err != nil {
			return err
		}
	}
	a.Offers, err = d.offers(ctx, tx, lane, v.Now)
	return err
}

// readDrafts reads what somebody typed. A reply is for the conversation it was written
// in; everything else is for the case.
func (a *Answering) readDrafts(ctx context.Context, tx *store.Tx, file store.Folder, lane store.Conversation, me casefile.ID) error {
	readable := slices.DeleteFunc(slices.Clone(file.Conversations), func(c store.Conversation) bool { return c.Damaged || c.Forgotten })
	drafts, err := tx.DraftsOf(ctx, me, readable...)
	a.Forms = map[store.DraftKind]casefile.Private{}
	for _, draft := range drafts {
		switch {
		case draft.Kind == store.NoteDraft:
			a.Note = draft.Text
		case draft.Kind != store.ReplyDraft:
			a.Forms[draft.Kind] = draft.Text
		case draft.Conversation == lane.ID:
			a.Reply = draft.Text
		}
	}
	return err
}

// weighOverrides finds what waits for a second person. Words that nobody confirmed in
// time go back to where they were typed.
func (a *Answering) weighOverrides(lane store.Conversation, me casefile.ID, now time.Time) {
	for i, o := range a.Overrides {
		switch {
		case o.Conversation != lane.ID || o.State != store.OverrideWaiting:
		case o.Open(lane.LastIn, now):
			a.Waiting = &a.Overrides[i]
		case o.AskedBy == me && a.Reply.IsEmpty():
			a.Reply = o.Text
		}
	}
}

// cover covers in the words of colleagues what is covered in everything else.
func (a *Answering) cover() {
	for i := range a.Overrides {
		a.Overrides[i].Text, a.Overrides[i].Reason = a.Overrides[i].Text.Covered(), a.Overrides[i].Reason.Covered()
	}
}

// shownNow says in one word what may be said to a person now, and who may read it: a
// page that was read under another one is not acted on.
func shownNow(lane store.Conversation, now time.Time) string {
	verdict, _ := casefile.MayWrite(lane.Session.Policy(lane.Unreachable, now), casefile.ForAnswer, now)
	if verdict == casefile.Send && !lane.Session.Watched(now) {
		return string(verdict) + "-free"
	}
	return string(verdict)
}

// takesTwo reports whether an override takes a second person.
func takesTwo(lane store.Conversation, judged escalation.Assessment) bool {
	return lane.Session.TakesTwo() || slices.Contains(judged.Flags, escalation.FlagCoercion)
}
