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
	"sync"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/directory"
	"pulang/internal/escalation"
	"pulang/internal/hear"
	"pulang/internal/store"
	"pulang/locales"
)

// Options are what the desk works with.
type Options struct {
	Store      *store.Store
	Escalation *escalation.Escalation
	Book       *locales.Book
	Now        func() time.Time
	// Ear weighs the spellings of places that staff want to add: the one the line was
	// made with. Nil: one is made when it is needed.
	Ear *hear.Ear
	// OneSegment reports whether a channel's texts travel as SMS.
	OneSegment func(casefile.ChannelName) bool
	// Addresses are what a typed number or chat may mean, on every channel there is. Nil:
	// people are not found by it.
	Addresses func(typed string) []casefile.Address
	// Phone reads a number that staff typed for a colleague, into E.164. Nil: none is
	// taken.
	Phone func(typed string) (casefile.Private, bool)
	// Changed is called after every commit that changed something. It may be nil.
	Changed func()
}

// Desk is where staff work. Make one with New.
type Desk struct {
	Options
	drawing chan struct{} // one picture is drawn at a time: it takes memory
	// institutions reads the directory that is shipped, once.
	institutions func() ([]directory.Entry, error)
	ear          func() (*hear.Ear, error)
	judged       memory // for lists
}

// New makes a desk.
func New(o Options) *Desk {
	if o.Changed == nil {
		o.Changed = func() {}
	}
	if o.OneSegment == nil {
		o.OneSegment = func(casefile.ChannelName) bool { return false }
	}
	ear := sync.OnceValues(hear.New)
	if o.Ear != nil {
		ear = func() (*hear.Ear, error) { return o.Ear, nil }
	}
	return &Desk{Options: o, drawing: make(chan struct{}, 1), institutions: sync.OnceValues(directory.Shipped), ear: ear}
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
	Turned        Why = "turned"         // what may be said changed since the page was read
	Internal      Why = "internal"       // it reads like a note to colleagues
	NotNeeded     Why = "not_needed"     // no override is needed: the gate allows it
	OverrideWaits Why = "override_waits" // an override of this conversation waits already
	OverrideOver  Why = "override_over"  // the override cannot be decided any more
	NoSuchReply   Why = "no_such_reply"  // the canned reply is not offered here
	Unfit         Why = "unfit"          // a canned reply breaks a rule; What says which
	NobodyNamed   Why = "nobody_named"   // no such colleague or agency, or nothing would change for them
	QueueEmpty    Why = "queue_empty"    // nothing waits for somebody to take it

	Moved         Why = "moved"          // replies go to another conversation than the one that was read
	Unopened      Why = "unopened"       // they wrote in a conversation that nobody has opened since
	OpenDanger    Why = "open_danger"    // it is urgent, and nobody has said that the danger is over
	Unsent        Why = "unsent"         // a letter to the person is on its way
	HeldReply     Why = "held_reply"     // a reply waits until the person writes
	OpenReferral  Why = "open_referral"  // a referral is not over
	OpenTask      Why = "open_task"      // a task is not over
	OpenLink      Why = "open_link"      // a proposed link is not decided
	TipUndecided  Why = "tip_undecided"  // nobody said what becomes of what a witness told
	NotForThem    Why = "not_for_them"   // the case is kept from the colleague, or a child's and they are not trained for it
	BadDate       Why = "bad_date"       // no day, or one that is over
	TooFar        Why = "too_far"        // later than the urgency allows
	NothingChosen Why = "nothing_chosen" // a choice is missing
	NoSuchCase    Why = "no_such_case"   // the other case is not there, for them
	SecondPerson  Why = "second_person"  // somebody else must decide this
	Gone          Why = "gone"           // the line of the page is not there any more
	Walled        Why = "walled"         // the report is kept from that agency
	Withdrawn     Why = "withdrawn"      // they withdrew what they had agreed to
	NoConsent     Why = "no_consent"     // nobody agreed to it
	NeedsLead     Why = "needs_lead"     // about a child: a supervisor decides, with somebody trained for children
	NotWeighed    Why = "not_weighed"    // the risk of sharing is not written down
	NotConfirmed  Why = "not_confirmed"  // the directory's entry is not confirmed, or stale

	NotKept Why = "not_kept" // nobody keeps the case
)

// Refused says that an act was not done, and why.
type Refused struct {
	Why  Why
	By   casefile.ID // with TakenByOther: the colleague
	What string      // with NotGSM: the letters; with Unfit: the rule; with AccountNumber: nothing, on purpose
	N    int         // with TooFar: the days that are allowed
	Open []Obstacle  // of a case that is not closed: all that stands in the way
}

// Error names the reason.
func (r *Refused) Error() string { return "refused: " + string(r.Why) }

func refuse(why Why) error { return &Refused{Why: why} }

// whyOf is the reason of a refusal; empty for any other error.
func whyOf(err error) Why {
	var refused *Refused
	if errors.As(err, &refused) {
		return refused.Why
	}
	return ""
}

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
	return d.doDamaged(ctx, who, need, ref, need == access.CloseCase || need == access.Acknowledge, work)
}

// doDamaged is do where the conversation may be one whose key does not open.
func (d *Desk) doDamaged(ctx context.Context, who access.Staff, need access.Permission, ref string, damaged bool, work func(*act) error) error {
	err := d.inReach(ctx, who, need, ref, func(tx *store.Tx, me access.Staff) error {
		before, err := tx.CaseByRef(ctx, ref)
		if err != nil {
			return err
		}
		a := &act{Tx: tx, who: me, now: d.Now()}
		a.lane, err = tx.LockLane(ctx, answered(before).ID)
		switch {
		case errors.Is(err, store.ErrDamaged) && !damaged:
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

// record audits the act. What was typed for it is typed no more.
func (a *act) record(ctx context.Context, action string, detail string) error {
	if err := a.sent(ctx, action, casefile.ID{}); err != nil {
		return err
	}
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

// answered is the conversation staff answer in: the one somebody chose, or else the
// one that was written in last.
func answered(f store.Folder) store.Conversation {
	for _, c := range f.Conversations {
		if c.ID == f.AnswerIn && !c.Forgotten {
			return c
		}
	}
	return latest(f.Conversations)
}

// latest is the conversation that was written in last.
func latest(of []store.Conversation) store.Conversation {
	var last store.Conversation
	for _, c := range of {
		if last.ID.IsZero() || c.LastIn.After(last.LastIn) {
			last = c
		}
	}
	return last
}
