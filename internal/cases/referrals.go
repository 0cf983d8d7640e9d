package cases

import (
	"context"
	"slices"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/seal"
	"pulang/internal/store"
)

const (
	actionReferralProposed = "referral.proposed"
	actionReferralApproved = "referral.approved"
	actionReferralSent     = "referral.sent"
	actionReferralAccepted = "referral.accepted"
	actionReferralRefused  = "referral.refused"
	actionReferralDone     = "referral.done"
	actionReferralRevoked  = "referral.revoked"
	actionReferralMoved    = "referral.moved"
)

// Proposal is somebody outside to be asked for help.
type Proposal struct {
	Person  casefile.ID // of the group; zero: whoever writes to us
	To      string      // id in the directory
	Purpose string      // what they are asked for
	Fields  []string    // what is shared: of Shareable
	Weighed string      // the risk of sharing, and what the person said of it
	Wish    string      // of a child: one of store.ConsentAnswers
	DueAt   time.Time   // when we look again
}

// ProposeReferral writes down whom to ask for help, what for, and what is shared. It
// goes to nobody the report is kept from, and nothing is shared before it is sent.
func (d *Desk) ProposeReferral(ctx context.Context, who access.Staff, ref string, p Proposal) error {
	return d.working(ctx, who, access.Refer, ref, func(a *act) error {
		about, err := a.about(ctx, p.Person)
		if err != nil {
			return err
		}
		if err := p.whole(about, a.who, a.now); err != nil {
			return err
		}
		to, err := d.recipient(ctx, a, p.To)
		if err != nil {
			return err
		}
		r := store.Referral{ID: casefile.NewID(a.now), Case: a.file.ID, Conversation: a.lane.ID, Person: p.Person, ProposedBy: a.who.ID,
			At: a.now, DueAt: p.DueAt, Purpose: casefile.Hide(strings.TrimSpace(p.Purpose)), Weighed: casefile.Hide(strings.TrimSpace(p.Weighed)),
			Plan: store.Plan{To: to.ID, Name: to.In(string(a.file.Lang)), Agency: to.Agency, Fields: p.Fields, Wish: p.Wish}}
		if err := a.Tx.ProposeReferral(ctx, r, a.lane.Key); err != nil {
			return err
		}
		return a.step(ctx, actionReferralProposed, r.ID, "", to.ID)
	})
}

// whole checks that nothing is missing of a proposal.
func (p Proposal) whole(about subject, me access.Staff, now time.Time) error {
	known := func(f string) bool { return slices.Contains(Shareable, f) }
	child := aboutChild(about)
	switch {
	case strings.TrimSpace(p.Purpose) == "":
		return refuse(NothingToSay)
	case len(p.Fields) == 0 || !allOf(p.Fields, known):
		return refuse(NothingChosen)
	case mustWeigh(p.Fields, about.flags) && strings.TrimSpace(p.Weighed) == "":
		return refuse(NotWeighed)
	case child && !slices.Contains(store.ConsentAnswers, p.Wish): // the child's wish is asked (rule 20)
		return refuse(NothingChosen)
	case child && !me.Children && me.Role != access.Supervisor:
		return refuse(NeedsLead)
	}
	return onDay(p.DueAt, now)
}

func allOf(list []string, holds func(string) bool) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return !holds(s) })
}

// ApproveReferral is a supervisor's decision that something may be shared without
// consent, with a reason: because a life is in danger, or, of a child, because it is in
// the child's best interest; that one takes two people, one of them trained for
// children. Nothing approves a referral to an agency the report is kept from.
func (d *Desk) ApproveReferral(ctx context.Context, who access.Staff, ref string, id casefile.ID, version int, reason string) error {
	reason = strings.TrimSpace(reason)
	return d.referral(ctx, who, access.ApproveSharing, ref, id, version, func(a *act, r store.Referral) error {
		about, err := a.about(ctx, r.Person)
		if err != nil {
			return err
		}
		kept, err := keptFrom(ctx, a.Tx, a.file.ID, access.Agency(r.Plan.Agency))
		if err != nil {
			return err
		}
		r.Basis = store.ByDanger
		if aboutChild(about) {
			r.Basis = store.BestInterest
		}
		switch {
		case r.State != store.ReferralProposed:
			return refuse(Changed)
		case reason == "":
			return refuse(NoReason)
		case kept:
			return refuse(Walled)
		}
		if r.Basis == store.BestInterest {
			if err := a.twoForAChild(ctx, r); err != nil {
				return err
			}
		}
		r.Approval, r.ApprovedBy, r.ApprovedAt = casefile.Hide(reason), a.who.ID, a.now
		key, err := a.keyOf(r.Conversation)
		if err != nil {
			return err
		}
		if err := a.Tx.ApproveReferral(ctx, r, key); err != nil {
			return err
		}
		return a.step(ctx, actionReferralApproved, id, "", r.Plan.To+" "+string(r.Basis))
	})
}

// keyOf is the key of a conversation of the case.
func (a *act) keyOf(conversation casefile.ID) (seal.Key, error) {
	i := slices.IndexFunc(a.file.Conversations, func(c store.Conversation) bool { return c.ID == conversation })
	if i < 0 || a.file.Conversations[i].Damaged {
		return seal.Key{}, refuse(Damaged)
	}
	return a.file.Conversations[i].Key, nil
}

// twoForAChild refuses a decision that one person alone takes, or nobody trained for
// children.
func (a *act) twoForAChild(ctx context.Context, r store.Referral) error {
	if r.ProposedBy == a.who.ID {
		return refuse(SecondPerson)
	}
	first, err := a.StaffByID(ctx, r.ProposedBy)
	if err == nil && !first.Children && !a.who.Children {
		err = refuse(NeedsLead)
	}
	return err
}

// referralMoves are what may be done to a referral: from which states, and how the
// audit calls it.
var referralMoves = map[store.ReferralState]struct {
	from   []store.ReferralState
	action string
	reason bool // it takes one
}{
	store.ReferralSent:     {[]store.ReferralState{store.ReferralProposed}, actionReferralSent, false},
	store.ReferralAccepted: {[]store.ReferralState{store.ReferralSent}, actionReferralAccepted, false},
	store.ReferralRefused:  {[]store.ReferralState{store.ReferralSent}, actionReferralRefused, true},
	store.ReferralDone:     {[]store.ReferralState{store.ReferralAccepted}, actionReferralDone, false},
	store.ReferralRevoked:  {[]store.ReferralState{store.ReferralProposed, store.ReferralSent, store.ReferralAccepted}, actionReferralRevoked, true},
}

// MoveReferral moves a referral on. Sending asks anew, in this moment, whether it may
// be shared: mayShare. The member of staff hands it over; the line itself sends nothing
// to any agency (rule 25).
func (d *Desk) MoveReferral(ctx context.Context, who access.Staff, ref string, id casefile.ID, version int, to store.ReferralState, reason string) error {
	reason = strings.TrimSpace(reason)
	return d.referral(ctx, who, access.Refer, ref, id, version, func(a *act, r store.Referral) error {
		move, known := referralMoves[to]
		switch {
		case !known:
			return refuse(NothingChosen)
		case !slices.Contains(move.from, r.State):
			return refuse(Changed)
		case move.reason && reason == "":
			return refuse(NoReason)
		}
		if to == store.ReferralSent {
			basis, err := d.basis(ctx, a, r)
			if err != nil {
				return err
			}
			r.Basis, r.SentAt = basis, a.now
		}
		if r.State = to; !r.Lives() {
			r.EndedAt = a.now
		}
		if err := a.Tx.MoveReferral(ctx, r); err != nil {
			return err
		}
		return a.step(ctx, move.action, id, reason, strings.TrimSpace(r.Plan.To+" "+string(r.Basis)))
	})
}

// DelayReferral sets the day on which we look again at a referral.
func (d *Desk) DelayReferral(ctx context.Context, who access.Staff, ref string, id casefile.ID, version int, due time.Time) error {
	return d.referral(ctx, who, access.Refer, ref, id, version, func(a *act, r store.Referral) error {
		if !r.Lives() {
			return refuse(Changed)
		}
		if err := onDay(due, a.now); err != nil {
			return err
		}
		r.DueAt = due
		if err := a.Tx.MoveReferral(ctx, r); err != nil {
			return err
		}
		return a.step(ctx, actionReferralMoved, id, "", due.UTC().Format(time.DateOnly))
	})
}

// basis is on what basis a referral may be sent now; refused when on none.
func (d *Desk) basis(ctx context.Context, a *act, r store.Referral) (store.Basis, error) {
	about, err := a.about(ctx, r.Person)
	if err != nil {
		return store.NoBasis, err
	}
	kept, err := keptFrom(ctx, a.Tx, a.file.ID, access.Agency(r.Plan.Agency))
	if err != nil {
		return store.NoBasis, err
	}
	all, _, err := consents(ctx, a.Tx, a.file)
	if err != nil {
		return store.NoBasis, err
	}
	there, err := d.recipients(ctx, a.Tx)
	if err != nil {
		return store.NoBasis, err
	}
	s := sharing{Kept: kept, Child: aboutChild(about), Basis: r.Basis, ApprovedAt: r.ApprovedAt,
		Confirmed: slices.ContainsFunc(there, func(x Recipient) bool { return x.ID == r.Plan.To && x.Usable })}
	s.Answer, s.WithdrawnAt = standing(all, r.Person, r.Plan.To)
	basis, why := mayShare(s)
	if why != "" {
		return basis, refuse(why)
	}
	return basis, nil
}

// referral works on a referral of a case. One that is over may not be moved any more;
// the case may be closed.
func (d *Desk) referral(ctx context.Context, who access.Staff, need access.Permission, ref string, id casefile.ID, version int,
	work func(*act, store.Referral) error) error {
	return d.workingOver(ctx, who, need, ref, func(a *act) error {
		all, err := a.CaseReferrals(ctx, a.file.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(r store.Referral) bool { return r.ID == id })
		switch {
		case i < 0:
			return refuse(Gone)
		case all[i].Version != version:
			return refuse(Changed)
		}
		return work(a, all[i])
	})
}
