package cases

import (
	"context"
	"errors"
	"slices"
	"strings"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/gsm7"
	"pulang/internal/store"
)

// BreakGlass opens a case to somebody who does not reach it, for access.GlassHolds,
// with a reason. It is recorded, an alarm stands for supervisors, and they are told.
// A case that is kept from them, or does not exist, is store.ErrNotFound: no reason
// opens it.
func (d *Desk) BreakGlass(ctx context.Context, who access.Staff, ref, reason string) error {
	reason = strings.TrimSpace(reason)
	opened := true
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, access.BreakGlass)
		if err != nil {
			return err
		}
		if reason == "" {
			return refuse(NoReason)
		}
		verdict, err := d.weigh(ctx, tx, me, ref)
		if err != nil {
			return err
		}
		switch verdict {
		case access.Reached:
			return nil
		case access.Never:
			opened = false
			return d.notReached(ctx, tx, me, ref)
		}
		return d.breakGlass(ctx, tx, me, ref, reason)
	})
	if err == nil && !opened {
		return store.ErrNotFound
	}
	if err == nil {
		d.Changed()
	}
	return err
}

func (d *Desk) breakGlass(ctx context.Context, tx *store.Tx, me access.Staff, ref, reason string) error {
	now := d.Now()
	file, err := tx.CaseByRef(ctx, ref)
	if err != nil {
		return err
	}
	lane, err := tx.LockLane(ctx, latest(file.Conversations).ID)
	if err != nil {
		return err
	}
	err = tx.BreakGlass(ctx, store.Glass{Case: file.ID, Conversation: lane.ID, Staff: me.ID, Reason: casefile.Hide(reason),
		At: now, Until: now.Add(access.GlassHolds)}, lane.Key)
	if err != nil {
		return err
	}
	if err := tx.Audit(ctx, store.Entry{At: now, Actor: me.Actor(), Action: actionGlass, Case: file.ID, Conversation: lane.ID}); err != nil {
		return err
	}
	if err := tx.RaiseAlarm(ctx, store.AlarmGlass, file.ID, lane.ID, now); err != nil {
		return err
	}
	return d.tellSupervisors(ctx, tx, file.ID)
}

// tellSupervisors tells every supervisor the case is not kept from that a glass was
// broken. The text names neither case nor colleague.
func (d *Desk) tellSupervisors(ctx context.Context, tx *store.Tx, caseID casefile.ID) error {
	walls, err := tx.WallsOf(ctx, caseID)
	if err != nil {
		return err
	}
	hearers, err := tx.Hear(ctx, store.Hearers{Supervisors: true, Walls: walls})
	if err != nil {
		return err
	}
	staff, err := tx.AllStaff(ctx)
	if err != nil {
		return err
	}
	for _, h := range hearers {
		i := slices.IndexFunc(staff, func(s store.Staff) bool { return s.ID == h.Staff })
		channel := slices.Concat(h.Working, h.Failing)[0]
		text, err := d.Book.Text(string(staff[i].Lang), "staff.glass", nil)
		if err != nil {
			return err
		}
		if d.OneSegment(channel) {
			text = gsm7.Fold(text)
		}
		err = tx.Queue(ctx, store.Letter{ID: casefile.NewID(d.Now()), Staff: h.Staff, Channel: channel, Purpose: casefile.ForStaff,
			Priority: store.DangerFirst, TextKey: "staff.glass", Body: casefile.Hide(text), QueuedAt: d.Now()}, tx.Keys().Own())
		if err != nil {
			return err
		}
	}
	return nil
}

// Exclude keeps a colleague (by login) or an agency from a case from now on, with a
// reason: no page, no list, no alert. What they hold of it is taken from them. When no
// supervisor is left who sees the case, an alarm stands.
func (d *Desk) Exclude(ctx context.Context, who access.Staff, ref, subject, reason string) error {
	return d.wall(ctx, who, access.Exclude, ref, subject, reason, store.WallExcluded)
}

// Lift lets somebody see a case again that is kept from them, also an agency that the
// report names, with a reason. An agency named later in another way is kept out anew.
func (d *Desk) Lift(ctx context.Context, who access.Staff, ref, subject, reason string) error {
	return d.wall(ctx, who, access.Lift, ref, subject, reason, store.WallLifted)
}

func (d *Desk) wall(ctx context.Context, who access.Staff, need access.Permission, ref, subject, reason string, kind store.WallKind) error {
	reason = strings.TrimSpace(reason)
	return d.do(ctx, who, need, ref, func(a *act) error {
		if reason == "" {
			return refuse(NoReason)
		}
		whom, err := a.subject(ctx, subject)
		if err != nil {
			return err
		}
		walls, err := a.WallsOf(ctx, a.file.ID)
		if err != nil {
			return err
		}
		if stands(walls, whom) == (kind == store.WallExcluded) {
			return refuse(NobodyNamed) // kept out already, or not kept out
		}
		err = a.AddWall(ctx, store.Wall{ID: casefile.NewID(a.now), Conversation: a.lane.ID, Kind: kind, Subject: whom,
			Reason: casefile.Hide(reason), Staff: a.who.ID, At: a.now}, a.lane.Key)
		if err != nil {
			return err
		}
		action := map[store.WallKind]string{store.WallExcluded: actionExcluded, store.WallLifted: actionLifted}[kind]
		if err := a.record(ctx, action, whom); err != nil || kind == store.WallLifted {
			return err
		}
		if err := a.nobodyLeads(ctx); err != nil {
			return err
		}
		_, err = d.Escalation.Wall(ctx, a.Tx, escalation.Change{Case: a.file.ID, Conversation: a.lane.ID, Team: a.file.Team,
			Lang: a.file.Lang, After: escalation.Assessment{Urgency: a.file.Urgency}, At: a.now}, a.lane.TakenBy)
		return err
	})
}

// nobodyLeads raises an alarm where no supervisor is left who may see the case: nobody
// could let anybody in again, or look at what is done with it. Those who keep accounts
// see the alarm.
func (a *act) nobodyLeads(ctx context.Context) error {
	walls, err := a.WallsOf(ctx, a.file.ID)
	if err != nil {
		return err
	}
	staff, err := a.AllStaff(ctx)
	leads := func(s store.Staff) bool { return s.As().May(access.Lift) && !walls.Keep(s.As()) }
	if err != nil || slices.ContainsFunc(staff, leads) {
		return err
	}
	return a.RaiseAlarm(ctx, store.AlarmWalled, a.file.ID, a.lane.ID, a.now)
}

// subject reads whom an act is about: an agency but our own, or a colleague's login.
// Nobody keeps themselves out, or lets themselves in.
func (a *act) subject(ctx context.Context, text string) (string, error) {
	if agency, ok := access.ParseAgency(text); text == access.Official || ok && agency != access.Own && agency != a.who.Agency {
		return text, nil
	}
	colleague, err := a.StaffByLogin(ctx, text)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && colleague.ID == a.who.ID:
		return "", refuse(NobodyNamed)
	case err != nil:
		return "", err
	}
	return store.StaffSubject(colleague.ID), nil
}

// stands reports whether a case is kept from a subject now.
func stands(w access.Walls, subject string) bool {
	return slices.Contains(w.Named, subject) ||
		slices.ContainsFunc(w.Staff, func(id casefile.ID) bool { return store.StaffSubject(id) == subject })
}
