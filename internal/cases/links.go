package cases

import (
	"context"
	"slices"
	"strings"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

const (
	actionLinkProposed  = "link.proposed"
	actionLinkConfirmed = "link.confirmed"
	actionLinkDeclined  = "link.declined"
	actionLinkUndone    = "link.undone"
)

// Linked is a link of a case, with what is shown of the other one.
type Linked struct {
	store.CaseLink
	Case store.Case // the other one
}

// linked reads the links of a case to cases that somebody reaches. Another one is not
// there for them: that two reports belong together tells of both.
func (d *Desk) linked(ctx context.Context, tx *store.Tx, me access.Staff, caseID casefile.ID) ([]Linked, error) {
	links, err := tx.CaseLinks(ctx, caseID)
	if err != nil || len(links) == 0 {
		return nil, err
	}
	var others []casefile.ID
	for _, l := range links {
		others = append(others, l.Other)
	}
	stands, err := tx.StandsOf(ctx, me.ID, others)
	if err != nil {
		return nil, err
	}
	var reached []casefile.ID
	for _, s := range stands {
		file, err := fileOf(s)
		if err != nil {
			return nil, err
		}
		if verdict, _ := access.Reach(me, file, d.Now()); verdict == access.Reached {
			reached = append(reached, s.ID)
		}
	}
	folders, err := tx.CasesByID(ctx, reached)
	var out []Linked
	for _, l := range links {
		if i := slices.IndexFunc(folders, func(f store.Folder) bool { return f.ID == l.Other }); i >= 0 {
			out = append(out, Linked{CaseLink: l, Case: folders[i].Case})
		}
	}
	return out, err
}

// ProposeLink proposes that a case hangs together with another one, with a reason.
// Whoever proposes must reach both; one they do not reach is to them none at all.
// Nothing is merged: each case stays what it is, and the link can be undone.
func (d *Desk) ProposeLink(ctx context.Context, who access.Staff, ref, other string, kind store.LinkKind, reason string) error {
	reason, other = strings.TrimSpace(reason), strings.ToUpper(strings.TrimSpace(other))
	return d.workingOver(ctx, who, access.LinkCases, ref, func(a *act) error {
		switch {
		case !slices.Contains(store.LinkKinds, kind):
			return refuse(NothingChosen)
		case reason == "":
			return refuse(NoReason)
		}
		verdict, err := d.weigh(ctx, a.Tx, a.who, other)
		if err != nil {
			return err
		}
		if verdict != access.Reached || other == a.file.Ref {
			return refuse(NoSuchCase)
		}
		id, err := a.CaseID(ctx, other)
		if err != nil {
			return err
		}
		l := store.CaseLink{ID: casefile.NewID(a.now), Other: id, Kind: kind, ProposedBy: a.who.ID, At: a.now}
		if err := a.Tx.ProposeLink(ctx, l, a.file.ID); err != nil {
			return err
		}
		return a.step(ctx, actionLinkProposed, l.ID, reason, string(kind)+" "+other)
	})
}

// linkMoves are what may be done to a link: from where, to where.
var linkMoves = map[store.LinkState]struct {
	from   store.LinkState
	action string
}{
	store.LinkConfirmed: {store.LinkProposed, actionLinkConfirmed},
	store.LinkDeclined:  {store.LinkProposed, actionLinkDeclined},
	store.LinkUndone:    {store.LinkConfirmed, actionLinkUndone},
}

// DecideLink confirms or declines a proposed link, or undoes a confirmed one, with a
// reason. Only a second person confirms what somebody proposed, or a supervisor.
func (d *Desk) DecideLink(ctx context.Context, who access.Staff, ref string, id casefile.ID, version int, to store.LinkState, reason string) error {
	reason = strings.TrimSpace(reason)
	return d.workingOver(ctx, who, access.LinkCases, ref, func(a *act) error {
		linked, err := d.linked(ctx, a.Tx, a.who, a.file.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(linked, func(l Linked) bool { return l.ID == id })
		move, known := linkMoves[to]
		switch {
		case i < 0:
			return refuse(Gone)
		case !known:
			return refuse(NothingChosen)
		case linked[i].Version != version || linked[i].State != move.from:
			return refuse(Changed)
		case reason == "":
			return refuse(NoReason)
		case to == store.LinkConfirmed && linked[i].ProposedBy == a.who.ID && a.who.Role != access.Supervisor:
			return refuse(SecondPerson)
		}
		if err := a.Tx.DecideLink(ctx, id, version, to, a.who.ID); err != nil {
			return err
		}
		return a.step(ctx, move.action, id, reason, string(linked[i].Kind)+" "+linked[i].Case.Ref)
	})
}
