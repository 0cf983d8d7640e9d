package cases

import (
	"context"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// Casework is how staff work on a case: what is left to do, the people in it, and
// with whom it hangs together.
type Casework struct {
	Checklist  []Obstacle   // what stands in the way of closing it; empty: nothing
	Tip        bool         // there is a tip, and nobody has decided about it
	Teams      []store.Team // that a case may be given to
	Tasks      []store.Task
	People     []store.Stub
	Linked     []Linked
	Mentioned  []string // references of other cases that stand in what people wrote, and are not linked
	Consents   []store.Consent
	Withdrew   time.Time // when they wrote that they take it back, and nobody has written it down; zero: they did not
	Referrals  []Shared
	Recipients []Recipient // agencies that may be asked
	Steps      map[casefile.ID][]store.Step
	Child      bool // whoever writes is under 18
	Weigh      bool // somebody near may have a hand in it: the risk is written down before anything is shared
}

// Shared is a referral with what stands in the way of sending it.
type Shared struct {
	store.Referral
	Child bool // it is about somebody under 18
	Why   Why  // it cannot be sent now; empty: it can
}

// casework reads how a case is worked on.
func (d *Desk) casework(ctx context.Context, tx *store.Tx, me access.Staff, file store.Folder, v *View) (err error) {
	w := &v.Casework
	w.Tip = tipUndecided(file.Case)
	if w.Teams, err = tx.TeamTitles(ctx); err != nil {
		return err
	}
	if w.Checklist, err = d.checklist(ctx, tx, me, file); err != nil {
		return err
	}
	if w.Tasks, err = tx.CaseTasks(ctx, file.ID); err != nil {
		return err
	}
	if w.People, err = tx.CasePeople(ctx, file.ID); err != nil {
		return err
	}
	if w.Linked, err = d.linked(ctx, tx, me, file.ID); err != nil {
		return err
	}
	if w.Mentioned, err = d.mentioned(ctx, tx, me, v); err != nil {
		return err
	}
	if err := w.steps(ctx, tx, file.ID); err != nil {
		return err
	}
	return d.referring(ctx, tx, file, v)
}

// steps reads what was done and why, by what it is about; the zero id is the case
// itself. Of links only what is about those that are shown.
func (w *Casework) steps(ctx context.Context, tx *store.Tx, caseID casefile.ID) error {
	var links []casefile.ID
	for _, l := range w.Linked {
		links = append(links, l.ID)
	}
	steps, err := tx.CaseSteps(ctx, caseID, links)
	w.Steps = map[casefile.ID][]store.Step{}
	for _, s := range steps {
		w.Steps[s.About] = append(w.Steps[s.About], s)
	}
	return err
}

// referring reads what was agreed to and who is asked, and weighs each that is not
// sent yet.
func (d *Desk) referring(ctx context.Context, tx *store.Tx, file store.Folder, v *View) (err error) {
	w, a := &v.Casework, &act{Tx: tx, file: file, lane: v.Lane, now: v.Now}
	if w.Consents, w.Withdrew, err = consents(ctx, tx, file); err != nil {
		return err
	}
	all, err := d.recipients(ctx, tx)
	if err != nil {
		return err
	}
	for _, r := range all {
		kept, err := keptFrom(ctx, tx, file.ID, r.By())
		if err != nil {
			return err
		}
		if !kept {
			w.Recipients = append(w.Recipients, r)
		}
	}
	who, err := a.about(ctx, casefile.ID{})
	if err != nil {
		return err
	}
	w.Child, w.Weigh = aboutChild(who), mustWeigh(nil, who.flags)
	referrals, err := tx.CaseReferrals(ctx, file.ID)
	if err != nil {
		return err
	}
	for _, r := range referrals {
		shared := Shared{Referral: r, Child: w.Child}
		for _, p := range w.People {
			if p.ID == r.Person {
				shared.Child = p.Age == ageChild
			}
		}
		if r.State == store.ReferralProposed {
			if _, err := d.basis(ctx, a, r); err != nil {
				if shared.Why = whyOf(err); shared.Why == "" {
					return err
				}
			}
		}
		w.Referrals = append(w.Referrals, shared)
	}
	return nil
}

// cover covers what this member of staff does not see of it now.
func (w *Casework) cover(me access.Staff, pressed bool) {
	shown := me.MaySee(access.FieldDigits, pressed) && me.MaySee(access.FieldNames, pressed)
	if shown && me.MaySee(access.FieldExact, pressed) {
		return
	}
	for i := range w.Tasks {
		w.Tasks[i].Text = w.Tasks[i].Text.Covered()
	}
	for i := range w.People {
		p := &w.People[i]
		p.Name, p.Place, p.Note = p.Name.Cover(), p.Place.Covered(), p.Note.Covered()
	}
	for i := range w.Referrals {
		r := &w.Referrals[i]
		r.Purpose, r.Weighed, r.Approval = r.Purpose.Covered(), r.Weighed.Covered(), r.Approval.Covered()
	}
	for _, steps := range w.Steps {
		for i := range steps {
			steps[i].Reason = steps[i].Reason.Covered()
		}
	}
}
