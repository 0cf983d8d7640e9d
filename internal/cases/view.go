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
	Facts       casefile.Facts // of the conversation shown, whole: with the words that said each
	Notes       []store.Note
	Escalations []store.Escalation // oldest first
	Alarms      []Alarm            // about this case
	Names       Names
	Walls       []store.Wall  // whom it is kept from, oldest first
	Kept        []string      // of these, the subjects it is kept from now
	Answering   Answering     // what the composer shows
	Glass       []store.Glass // who opened it without reaching it
	Colleagues  []store.Staff // who else there is
	Media       []Medium      // what people sent besides words, oldest first
	Pressed     bool          // what access.Fields covers is shown
	Pressure    []Pressure    // signs that somebody else decides what is written, newest first
	Thread
	Casework
	Recent     []Event // the newest of the timeline, without what was said
	Watched    bool    // the phone counts as watched or borrowed
	Writing    bool    // the person wrote less than 15 minutes ago
	Verdict    casefile.Verdict
	Reason     string // the gate's word for the verdict
	OneSegment bool   // replies travel as SMS
	Mark       string // changes when the page would
	Now        time.Time
}

// viewAgain is how long one look at a case lasts: a page that refreshes itself is
// still the same look.
const viewAgain = 5 * time.Minute

// Open reads a case with the newest of what was said, and what access.Fields covers
// covered. The look is audited, and the case counts as seen.
func (d *Desk) Open(ctx context.Context, who access.Staff, ref string) (View, error) {
	return d.OpenAt(ctx, who, ref, Look{})
}

// OpenAt is Open at another place: an older stretch, or another conversation of the case.
func (d *Desk) OpenAt(ctx context.Context, who access.Staff, ref string, look Look) (View, error) {
	return d.open(ctx, who, access.ReadCase, ref, look, actionViewed)
}

// Reveal is Open with everything shown that the member of staff may see, because they
// asked for it. The press is audited in the same transaction, and holds for this view.
func (d *Desk) Reveal(ctx context.Context, who access.Staff, ref string) (View, error) {
	return d.RevealAt(ctx, who, ref, Look{})
}

// RevealAt is Reveal at another place.
func (d *Desk) RevealAt(ctx context.Context, who access.Staff, ref string, look Look) (View, error) {
	return d.open(ctx, who, access.RevealIdentity, ref, look, actionViewed, actionRevealed)
}

// open reads a case for somebody who may need it, and audits it as these actions. Who
// needs RevealIdentity gets it uncovered.
func (d *Desk) open(ctx context.Context, who access.Staff, need access.Permission, ref string, look Look, as ...string) (View, error) {
	var v View
	err := d.inReach(ctx, who, need, ref, func(tx *store.Tx, me access.Staff) error {
		v = View{Now: d.Now(), Pressed: need == access.RevealIdentity}
		file, err := tx.CaseByRef(ctx, ref)
		if err != nil {
			return err
		}
		v.Case, v.Lane = file.Case, answered(file)
		v.choose(file, look)
		if v.Assessment, err = assessmentOf(file.Case); err != nil {
			return err
		}
		for _, read := range []func(context.Context, *store.Tx, store.Folder) error{v.conversation, v.said, v.pressure, v.work, v.media, v.doors} {
			if err := read(ctx, tx, file); err != nil {
				return err
			}
		}
		if v.Alarms, err = d.alarmsFor(ctx, tx, me); err != nil {
			return err
		}
		v.Alarms = slices.DeleteFunc(v.Alarms, func(a Alarm) bool { return a.Case != file.ID })
		if err := v.seen(ctx, tx, me, as); err != nil { // before the checklist asks who opened what
			return err
		}
		if err := d.answering(ctx, tx, me, file, &v); err != nil {
			return err
		}
		if err := d.casework(ctx, tx, me, file, &v); err != nil {
			return err
		}
		if v.Recent, err = d.recent(ctx, tx, me, file); err != nil {
			return err
		}
		v.cover(me)
		v.coverMedia(me)
		v.Casework.cover(me, v.Pressed)
		return nil
	})
	v.OneSegment = d.OneSegment(v.Lane.Channel)
	return v, err
}

// conversation reads how the person is and what may be said to them, in the
// conversation staff answer in.
func (v *View) conversation(_ context.Context, _ *store.Tx, _ store.Folder) error {
	if v.Lane.Damaged { // nothing of it can be read; its alarm stands on the page
		v.Verdict, v.Reason = casefile.Deny, casefile.ReasonUnreachable
		return nil
	}
	v.Watched = v.Lane.Session.Watched(v.Now)
	v.Writing = writing(v.Lane, v.Now)
	policy := v.Lane.Session.Policy(v.Lane.Unreachable, v.Now)
	v.Verdict, v.Reason = casefile.MayWrite(policy, casefile.ForAnswer, v.Now)
	return nil
}

func (v *View) work(ctx context.Context, tx *store.Tx, file store.Folder) (err error) {
	if v.Notes, err = tx.CaseNotes(ctx, file); err != nil {
		return err
	}
	v.Escalations, err = tx.CaseEscalations(ctx, file.ID)
	return err
}

// doors reads who else there is, and whom the case is kept from.
func (v *View) doors(ctx context.Context, tx *store.Tx, file store.Folder) error {
	walls, err := tx.Walls(ctx, file.ID)
	if err != nil {
		return err
	}
	v.Walls = walls[file.ID]
	standing := store.Standing(v.Walls)
	v.Kept = standing.Named
	for _, id := range standing.Staff {
		v.Kept = append(v.Kept, store.StaffSubject(id))
	}
	if v.Glass, err = tx.BrokenGlass(ctx, file); err != nil {
		return err
	}
	if v.Colleagues, err = tx.AllStaff(ctx); err != nil {
		return err
	}
	v.Names = namesOf(v.Colleagues)
	v.Mark, err = tx.CaseMark(ctx, file.Ref)
	return err
}

// seen audits what was done: a look at a conversation once for as long as it lasts,
// everything else each time.
func (v *View) seen(ctx context.Context, tx *store.Tx, who access.Staff, as []string) error {
	if err := tx.SeeCase(ctx, v.Case.ID, v.Now); err != nil {
		return err
	}
	for _, action := range as {
		if action == actionViewed {
			again, err := tx.Audited(ctx, who.Actor(), actionViewed, v.Case.ID, v.Shown.ID, v.lastLook())
			if err != nil {
				return err
			}
			if again {
				continue
			}
		}
		err := tx.Audit(ctx, store.Entry{At: v.Now, Actor: who.Actor(), Action: action, Case: v.Case.ID, Conversation: v.Shown.ID})
		if err != nil {
			return err
		}
	}
	return nil
}

// lastLook is since when a look at the conversation shown is the same one. Beside the
// one staff answer in, which they see all the time, it ends when the person writes: only
// so is it known that somebody has read what stands there.
func (v *View) lastLook() time.Time {
	since := v.Now.Add(-viewAgain)
	if v.Shown.ID != v.Lane.ID && v.Shown.LastIn.After(since) {
		return v.Shown.LastIn.Add(-time.Microsecond)
	}
	return since
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
// the case: nothing of it is read, and nothing recorded.
func (d *Desk) Mark(ctx context.Context, who access.Staff, ref string) (mark string, err error) {
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, access.ReadCase)
		if err != nil {
			return err
		}
		verdict, err := d.weigh(ctx, tx, me, ref)
		if err == nil && verdict != access.Reached {
			err = store.ErrNotFound
		}
		if err != nil {
			return err
		}
		mark, err = tx.CaseMark(ctx, ref)
		return err
	})
	return mark, err
}

// RefOfCode is the case an alert's link means; store.ErrNotFound for any other code,
// and for the code of a case that is kept from them.
func (d *Desk) RefOfCode(ctx context.Context, who access.Staff, code string) (ref string, err error) {
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, access.ReadCase)
		if err != nil {
			return err
		}
		found, err := tx.CaseRefOfCode(ctx, code)
		if err != nil {
			return err
		}
		verdict, err := d.weigh(ctx, tx, me, found)
		if err == nil && verdict == access.Never {
			err = store.ErrNotFound
		}
		ref = found
		return err
	})
	if err != nil {
		return "", err
	}
	return ref, nil
}
