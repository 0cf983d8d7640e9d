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

// Working a case, as the audit and the steps of the case call it.
const (
	actionAssigned  = "case.assigned"
	actionStatus    = "case.status"
	actionSnoozed   = "case.snoozed"
	actionWoken     = "case.woken"
	actionTip       = "tip.decided"
	actionReopened  = "case.reopened"
	actionTakenBack = "reply.taken_back"
	actionOver      = "danger.over"
)

// working is do for those who work on a case: an act on what somebody else changed in
// this moment is refused as Changed. A closed case is refused, unless over allows it.
func (d *Desk) working(ctx context.Context, who access.Staff, need access.Permission, ref string, work func(*act) error) error {
	return d.workingOver(ctx, who, need, ref, func(a *act) error {
		if a.file.Closed {
			return refuse(IsClosed)
		}
		return work(a)
	})
}

// workingOver is working on a case that may be closed.
func (d *Desk) workingOver(ctx context.Context, who access.Staff, need access.Permission, ref string, work func(*act) error) error {
	err := d.do(ctx, who, need, ref, work)
	if errors.Is(err, store.ErrStale) || errors.Is(err, store.ErrConflict) {
		return refuse(Changed)
	}
	return err
}

// step writes down what was done and why, and audits it.
func (a *act) step(ctx context.Context, action string, about casefile.ID, reason, detail string) error {
	err := a.AddStep(ctx, store.Step{ID: casefile.NewID(a.now), Case: a.file.ID, Conversation: a.lane.ID, About: about, Kind: action,
		Staff: a.who.ID, Reason: casefile.Hide(reason), At: a.now}, a.lane.Key)
	if err != nil {
		return err
	}
	if err := a.sent(ctx, action, about); err != nil {
		return err
	}
	return a.record(ctx, action, detail)
}

// Holding is whose a case is, as it was read: what an assignment changes.
type Holding struct {
	Staff casefile.ID // zero: nobody's
	Team  string
}

// Assign gives a case to a colleague, by login (empty: to nobody), and to a team.
// What somebody else changed since was is refused. A colleague gets only what they may
// see: never what is kept from them, and a child's case only when they are trained for it.
func (d *Desk) Assign(ctx context.Context, who access.Staff, ref string, was Holding, login, team, reason string) error {
	return d.working(ctx, who, access.Assign, ref, func(a *act) error {
		if (Holding{a.file.AssignedTo, a.file.Team}) != was {
			return refuse(Changed)
		}
		staff, err := a.AllStaff(ctx)
		if err != nil {
			return err
		}
		if team != was.Team {
			if err := a.JoinTeam(ctx, team); errors.Is(err, store.ErrNotFound) {
				return refuse(NobodyNamed)
			} else if err != nil {
				return err
			}
		}
		var to casefile.ID
		if login != "" {
			if to, err = a.colleague(ctx, d, staff, login); err != nil {
				return err
			}
		}
		if (Holding{to, team}) == was {
			return nil
		}
		if err := a.AssignCase(ctx, a.file.ID, to, team, a.now); err != nil {
			return err
		}
		return a.step(ctx, actionAssigned, casefile.ID{}, strings.TrimSpace(reason), strings.TrimSpace(login+" "+team))
	})
}

// colleague finds somebody who may be given work of this case.
func (a *act) colleague(ctx context.Context, d *Desk, staff []store.Staff, login string) (casefile.ID, error) {
	i := slices.IndexFunc(staff, func(s store.Staff) bool { return s.Login == login })
	if i < 0 || staff[i].Disabled {
		return casefile.ID{}, refuse(NobodyNamed)
	}
	may, err := d.mayWork(ctx, a.Tx, a.file.ID, staff[i].As())
	if err == nil && !may {
		err = refuse(NotForThem)
	}
	return staff[i].ID, err
}

// mayWork reports whether a case may be given to somebody.
func (d *Desk) mayWork(ctx context.Context, tx *store.Tx, caseID casefile.ID, to access.Staff) (bool, error) {
	stands, err := tx.StandsOf(ctx, to.ID, []casefile.ID{caseID})
	if err != nil || len(stands) == 0 {
		return false, err
	}
	file, err := fileOf(stands[0])
	if err != nil || !to.May(access.WorkOn) || file.Walls.Keep(to) {
		return false, err
	}
	return !file.Child || to.Children || to.Role == access.Supervisor, nil
}

// SetWork says how far a case is. was is what the page showed.
func (d *Desk) SetWork(ctx context.Context, who access.Staff, ref string, was, to store.Work) error {
	return d.working(ctx, who, access.WorkOn, ref, func(a *act) error {
		switch {
		case a.file.Work != was:
			return refuse(Changed)
		case was == to:
			return nil
		}
		if err := a.Tx.SetWork(ctx, a.file.ID, was, to); err != nil {
			return err
		}
		return a.step(ctx, actionStatus, casefile.ID{}, "", string(was)+" to "+string(to))
	})
}

// longestSnooze is how long a case of an urgency may be put off. A critical one may
// not be.
var longestSnooze = map[casefile.Urgency]time.Duration{
	casefile.High:   24 * time.Hour,
	casefile.Medium: 7 * 24 * time.Hour,
	casefile.Low:    30 * 24 * time.Hour,
}

// LongestSnooze is how long a case of an urgency may be put off; 0: not at all.
func LongestSnooze(u casefile.Urgency) time.Duration { return longestSnooze[u] }

// Snooze takes a case out of the queue until a moment, with a reason. It comes back by
// itself then, and as soon as they write or danger is heard. What waits for an answer
// now cannot be put off.
func (d *Desk) Snooze(ctx context.Context, who access.Staff, ref string, version int64, until time.Time, reason string) error {
	reason = strings.TrimSpace(reason)
	return d.working(ctx, who, access.WorkOn, ref, func(a *act) error {
		switch limit := longestSnooze[a.file.Urgency]; {
		case a.file.Version != version:
			return refuse(Changed)
		case reason == "":
			return refuse(NoReason)
		case limit == 0:
			return refuse(OpenDanger)
		case !until.After(a.now):
			return refuse(BadDate)
		case until.Sub(a.now) > limit:
			return &Refused{Why: TooFar, N: int(limit / (24 * time.Hour))}
		}
		talks, err := a.LooseTalks(ctx, a.file.ID, looks)
		if err != nil {
			return err
		}
		waits, err := d.waits(ctx, a.Tx, a.file, talks)
		if err != nil {
			return err
		}
		if len(waits) > 0 {
			return &Refused{Why: waits[0].Why, Open: waits}
		}
		if err := a.SnoozeCase(ctx, a.file.ID, until); err != nil {
			return err
		}
		return a.step(ctx, actionSnoozed, casefile.ID{}, reason, until.UTC().Format(time.DateOnly))
	})
}

// Wake puts a case back into the queue.
func (d *Desk) Wake(ctx context.Context, who access.Staff, ref string) error {
	return d.working(ctx, who, access.WorkOn, ref, func(a *act) error {
		if a.file.SnoozedUntil.IsZero() {
			return nil
		}
		if err := a.SnoozeCase(ctx, a.file.ID, time.Time{}); err != nil {
			return err
		}
		return a.step(ctx, actionWoken, casefile.ID{}, "", "")
	})
}

// DecideTip says what became of what a witness told, with a reason. version is the
// one that was read: what came in later was not weighed.
func (d *Desk) DecideTip(ctx context.Context, who access.Staff, ref string, version int64, tip store.Tip, reason string) error {
	reason = strings.TrimSpace(reason)
	return d.working(ctx, who, access.WorkOn, ref, func(a *act) error {
		switch {
		case a.file.Version != version:
			return refuse(Changed)
		case reason == "":
			return refuse(NoReason)
		case !slices.Contains(store.Tips, tip):
			return refuse(NothingChosen)
		}
		if err := a.Tx.DecideTip(ctx, a.file.ID, tip, a.now); err != nil {
			return err
		}
		return a.step(ctx, actionTip, casefile.ID{}, reason, string(tip))
	})
}

// DangerOver says that the danger of a case is over, with a reason. version is the one
// that was read: what came in later was not weighed. The urgency stays as it is; an
// urgent case is closed only after this.
func (d *Desk) DangerOver(ctx context.Context, who access.Staff, ref string, version int64, reason string) error {
	reason = strings.TrimSpace(reason)
	return d.working(ctx, who, access.Lower, ref, func(a *act) error {
		switch {
		case a.file.Version != version:
			return refuse(Changed)
		case reason == "":
			return refuse(NoReason)
		}
		if err := a.Tx.DangerOver(ctx, a.file.ID, a.now); err != nil {
			return err
		}
		return a.step(ctx, actionOver, casefile.ID{}, reason, "")
	})
}

// TakeBackHeld takes back the replies that wait until the person writes again: they
// are not said any more. A case with such a reply is not closed.
func (d *Desk) TakeBackHeld(ctx context.Context, who access.Staff, ref string) error {
	return d.working(ctx, who, access.Reply, ref, func(a *act) error {
		if !a.lane.TakenBy.IsZero() && a.lane.TakenBy != a.who.ID {
			return &Refused{Why: TakenByOther, By: a.lane.TakenBy}
		}
		n, err := a.Tx.TakeBackHeld(ctx, a.file.ID, a.now)
		if err != nil || n == 0 {
			return err
		}
		return a.step(ctx, actionTakenBack, casefile.ID{}, "", "")
	})
}

// Reopen opens a closed case again, with a reason. version is the one that was read.
func (d *Desk) Reopen(ctx context.Context, who access.Staff, ref string, version int64, reason string) error {
	reason = strings.TrimSpace(reason)
	return d.workingOver(ctx, who, access.ReopenCase, ref, func(a *act) error {
		switch {
		case !a.file.Closed:
			return nil
		case a.file.Version != version:
			return refuse(Changed)
		case reason == "":
			return refuse(NoReason)
		}
		if err := a.ReopenCase(ctx, a.file.ID, version, a.now); err != nil {
			return err
		}
		return a.step(ctx, actionReopened, casefile.ID{}, reason, "")
	})
}
