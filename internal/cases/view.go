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

// View is everything a case page shows.
type View struct {
	Case        store.Case
	Lane        store.Conversation // the conversation staff answer in
	Assessment  escalation.Assessment
	Facts       casefile.Facts // whole: with the words that said each
	Messages    []store.Message
	Letters     []store.Letter
	Notes       []store.Note
	History     []store.Entry
	Escalations []store.Escalation // oldest first
	Alarms      []Alarm            // about this case
	Names       Names
	Watched     bool // the phone counts as watched or borrowed
	Writing     bool // the person wrote less than 15 minutes ago
	Verdict     casefile.Verdict
	Reason      string // the gate's word for the verdict
	OneSegment  bool   // replies travel as SMS
	Mark        string // changes when the page would
	Now         time.Time
}

// viewAgain is how long one look at a case lasts: a page that refreshes itself is
// still the same look.
const viewAgain = 5 * time.Minute

// Open reads a case whole. The look is audited, and the case counts as seen.
func (d *Desk) Open(ctx context.Context, who access.Staff, ref string) (View, error) {
	if err := who.Check(access.ReadCase); err != nil {
		return View{}, err
	}
	var v View
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		v = View{Now: d.Now()}
		file, err := tx.CaseByRef(ctx, ref)
		if err != nil {
			return err
		}
		v.Case, v.Lane = file.Case, latest(file.Conversations)
		if v.Assessment, err = assessmentOf(file.Case); err != nil {
			return err
		}
		for _, read := range []func(context.Context, *store.Tx, store.Folder) error{v.conversation, v.work, v.around} {
			if err := read(ctx, tx, file); err != nil {
				return err
			}
		}
		return v.seen(ctx, tx, who)
	})
	v.OneSegment = d.OneSegment(v.Lane.Channel)
	return v, err
}

func (v *View) conversation(ctx context.Context, tx *store.Tx, _ store.Folder) (err error) {
	if v.Facts, err = tx.Facts(ctx, v.Lane); err != nil {
		return err
	}
	if v.Messages, err = tx.ConversationMessages(ctx, v.Lane); err != nil {
		return err
	}
	v.Letters, err = tx.ConversationLetters(ctx, v.Lane)
	v.Watched = v.Lane.Session.Watched(v.Now)
	v.Writing = writing(v.Lane, v.Now)
	policy := v.Lane.Session.Policy(v.Lane.Unreachable, v.Now)
	v.Verdict, v.Reason = casefile.MayWrite(policy, casefile.ForAnswer, v.Now)
	return err
}

func (v *View) work(ctx context.Context, tx *store.Tx, file store.Folder) (err error) {
	if v.Notes, err = tx.CaseNotes(ctx, file); err != nil {
		return err
	}
	if v.History, err = tx.CaseAudit(ctx, file.ID); err != nil {
		return err
	}
	v.Escalations, err = tx.CaseEscalations(ctx, file.ID)
	return err
}

func (v *View) around(ctx context.Context, tx *store.Tx, file store.Folder) error {
	alarms, err := alarmsOf(ctx, tx)
	if err != nil {
		return err
	}
	v.Alarms = slices.DeleteFunc(alarms, func(a Alarm) bool { return a.Case != file.ID })
	staff, err := tx.AllStaff(ctx)
	if err != nil {
		return err
	}
	v.Names = namesOf(staff)
	v.Mark, err = tx.CaseMark(ctx, file.Ref)
	return err
}

// seen audits the look, once for as long as it lasts.
func (v *View) seen(ctx context.Context, tx *store.Tx, who access.Staff) error {
	if err := tx.SeeCase(ctx, v.Case.ID, v.Now); err != nil {
		return err
	}
	again := slices.ContainsFunc(v.History, func(e store.Entry) bool {
		return e.Action == actionViewed && e.Actor == who.Actor() && v.Now.Sub(e.At) < viewAgain
	})
	if again {
		return nil
	}
	return tx.Audit(ctx, store.Entry{At: v.Now, Actor: who.Actor(), Action: actionViewed, Case: v.Case.ID, Conversation: v.Lane.ID})
}

// Live is the escalation that is not over; false when none is.
func (v View) Live() (store.Escalation, bool) {
	for _, e := range v.Escalations {
		if e.State != store.Ended {
			return e, true
		}
	}
	return store.Escalation{}, false
}

// Mark is a text that changes when the page of a case would. It is not a look at
// the case: nothing of it is read.
func (d *Desk) Mark(ctx context.Context, who access.Staff, ref string) (mark string, err error) {
	if err := who.Check(access.ReadCase); err != nil {
		return "", err
	}
	err = d.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		mark, err = tx.CaseMark(ctx, ref)
		return err
	})
	return mark, err
}

// RefOfCode is the case an alert's link means; store.ErrNotFound for any other code.
func (d *Desk) RefOfCode(ctx context.Context, who access.Staff, code string) (ref string, err error) {
	if err := who.Check(access.ReadCase); err != nil {
		return "", err
	}
	err = d.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		ref, err = tx.CaseRefOfCode(ctx, code)
		return err
	})
	return ref, err
}

// Identity gives the address of the person, because a member of staff asked for it.
// The press is audited.
func (d *Desk) Identity(ctx context.Context, who access.Staff, ref string) (address casefile.Address, err error) {
	err = d.do(ctx, who, access.RevealIdentity, ref, func(a *act) error {
		address = casefile.Address{Channel: a.lane.Channel, ID: a.lane.Address}
		return a.record(ctx, actionRevealed, "")
	})
	return address, err
}
