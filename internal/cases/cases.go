// Package cases is what staff can do with a case: see the queue, read, take over,
// reply, hand back, lower, close, note, acknowledge.
//
// It promises that every act asks the tables of access first, for what the role may
// and whether the case is reached, names its actor and is audited in the same
// transaction; that a case kept from somebody is to them one that does not exist; that everything said to a person goes
// through the contact gate and the outbox; and that an act on a case that changed
// meanwhile is refused and shown, never overwritten. What cannot be done comes back
// as *Refused with a reason in our own word.
//
// It leaves pages to the console, sending to bot, and who is woken to escalation.
// Lanes are locked before cases, and cases before escalations, as a turn does.
package cases

import (
	"context"
	"errors"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/store"
	"pulang/locales"
)

// Options are what the desk works with.
type Options struct {
	Store      *store.Store
	Escalation *escalation.Escalation
	Book       *locales.Book
	Now        func() time.Time
	// OneSegment reports whether a channel's texts travel as SMS.
	OneSegment func(casefile.ChannelName) bool
	// Changed is called after every commit that changed something. It may be nil.
	Changed func()
}

// Desk is where staff work. Make one with New.
type Desk struct{ Options }

// New makes a desk.
func New(o Options) *Desk {
	if o.Changed == nil {
		o.Changed = func() {}
	}
	if o.OneSegment == nil {
		o.OneSegment = func(casefile.ChannelName) bool { return false }
	}
	return &Desk{o}
}

// Why is the reason for a refusal, in our own word; the console has a sentence for
// each.
type Why string

// The reasons.
const (
	Changed       Why = "changed"        // the case changed since it was read
	IsClosed      Why = "closed"         // the case is closed
	NotTaken      Why = "not_taken"      // take over first
	TakenByOther  Why = "taken_by_other" // a colleague answers
	NoReason      Why = "no_reason"      // a reason is needed
	NothingToSay  Why = "empty"          // nothing was written
	TooLong       Why = "too_long"       // more than the channel takes
	AccountNumber Why = "account_number" // eight digits or more (rule 29)
	NotGSM        Why = "not_gsm"        // letters an SMS would not carry
	Unreachable   Why = "unreachable"    // the person cannot be reached on this channel
	NotLower      Why = "not_lower"      // the urgency is not lower than it stands
	Unread        Why = "unread"         // messages wait that no turn has read
	Unanswered    Why = "unanswered"     // an escalation is not acknowledged
	AlarmStands   Why = "alarm"          // an alarm about this case is not cleared
	NothingWaits  Why = "nothing_waits"  // no escalation waits for an acknowledgement
	Damaged       Why = "damaged"        // the key of the conversation does not open: it can be acknowledged and closed
	NobodyNamed   Why = "nobody_named"   // no such colleague or agency, or nothing would change for them
)

// Refused says that an act was not done, and why.
type Refused struct {
	Why  Why
	By   casefile.ID // with TakenByOther: the colleague
	What string      // with NotGSM: the letters; with AccountNumber: nothing, on purpose
}

// Error names the reason.
func (r *Refused) Error() string { return "refused: " + string(r.Why) }

func refuse(why Why) error { return &Refused{Why: why} }

// act is one thing a member of staff does to a case: the case and its lane, locked,
// in a transaction.
type act struct {
	*store.Tx
	who  access.Staff
	file store.Folder
	lane store.Conversation // the conversation staff answer in
	now  time.Time
}

// do locks the lane of a case that a member of staff reaches, and works on it in one
// transaction.
func (d *Desk) do(ctx context.Context, who access.Staff, need access.Permission, ref string, work func(*act) error) error {
	err := d.inReach(ctx, who, need, ref, func(tx *store.Tx, me access.Staff) error {
		before, err := tx.CaseByRef(ctx, ref)
		if err != nil {
			return err
		}
		a := &act{Tx: tx, who: me, now: d.Now()}
		a.lane, err = tx.LockLane(ctx, latest(before.Conversations).ID)
		switch {
		case errors.Is(err, store.ErrDamaged) && need != access.CloseCase && need != access.Acknowledge:
			return refuse(Damaged)
		case err != nil && !errors.Is(err, store.ErrDamaged):
			return err
		}
		if a.file, err = tx.CaseByRef(ctx, ref); err != nil { // again: a turn may have ended meanwhile
			return err
		}
		walls, err := tx.WallsOf(ctx, a.file.ID)
		if err != nil {
			return err
		}
		if walls.Keep(me) { // and it may have named their agency
			return store.ErrNotFound
		}
		return work(a)
	})
	if err == nil {
		d.Changed()
	}
	return err
}

// record audits the act.
func (a *act) record(ctx context.Context, action string, detail string) error {
	return a.Audit(ctx, store.Entry{At: a.now, Actor: a.who.Actor(), Action: action,
		Case: a.file.ID, Conversation: a.lane.ID, Detail: casefile.Hide(detail)})
}

// note keeps a reason, or a note, under the key of the conversation. Where that is
// damaged, what was written stands in the audit.
func (a *act) note(ctx context.Context, kind store.NoteKind, text string) error {
	if a.lane.Damaged {
		return a.record(ctx, actionNoted, text)
	}
	return a.AddNote(ctx, store.Note{ID: casefile.NewID(a.now), Case: a.file.ID, Conversation: a.lane.ID,
		Staff: a.who.ID, Kind: kind, Text: casefile.Hide(text), At: a.now}, a.lane.Key)
}

// latest is the conversation of a case that was written in last: the one staff
// answer in.
func latest(of []store.Conversation) store.Conversation {
	var last store.Conversation
	for _, c := range of {
		if last.ID.IsZero() || c.LastIn.After(last.LastIn) {
			last = c
		}
	}
	return last
}
