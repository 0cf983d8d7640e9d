package cases

import (
	"context"
	"errors"
	"slices"
	"strings"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/store"
)

// memberOf reads who somebody is now: role, team, agency. What their session says of
// it may be hours old.
func memberOf(ctx context.Context, tx *store.Tx, who access.Staff, need access.Permission) (access.Staff, error) {
	if err := who.Check(need); err != nil {
		return access.Staff{}, err
	}
	staff, err := tx.StaffByID(ctx, who.ID)
	if errors.Is(err, store.ErrNotFound) {
		return access.Staff{}, access.ErrDenied
	}
	if err != nil {
		return access.Staff{}, err
	}
	me := staff.As()
	return me, me.Check(need)
}

// inReach works on a case that a member of staff reaches, in one transaction. For a
// case that does not exist, one that is kept from them and one that is shut it does
// the same, and that is recorded: store.ErrNotFound.
func (d *Desk) inReach(ctx context.Context, who access.Staff, need access.Permission, ref string, work func(*store.Tx, access.Staff) error) error {
	reached := false
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, need)
		if err != nil {
			return err
		}
		verdict, err := d.weigh(ctx, tx, me, ref)
		if reached = verdict == access.Reached; err != nil {
			return err
		}
		if !reached {
			return d.notReached(ctx, tx, me, ref)
		}
		return work(tx, me)
	})
	if err == nil && !reached {
		return store.ErrNotFound
	}
	return err
}

// weigh says whether somebody reaches a case; Never when there is none.
func (d *Desk) weigh(ctx context.Context, tx *store.Tx, me access.Staff, ref string) (access.Verdict, error) {
	stands, err := tx.StandOfRef(ctx, me.ID, ref)
	if err != nil || len(stands) == 0 {
		return access.Never, err
	}
	file, err := fileOf(stands[0])
	if err != nil {
		return access.Never, err
	}
	verdict, _ := access.Reach(me, file, d.Now())
	return verdict, nil
}

// longestRef is how much is kept of what somebody typed as a reference.
const longestRef = 20

// notReached records an attempt at a case that is not reached or not there: in the same
// words, so that neither the audit nor the time it takes tells which.
func (d *Desk) notReached(ctx context.Context, tx *store.Tx, me access.Staff, ref string) error {
	return tx.Audit(ctx, store.Entry{At: d.Now(), Actor: me.Actor(), Action: actionNotReached,
		Detail: casefile.Hide(strings.ToValidUTF8(ref[:min(len(ref), longestRef)], ""))})
}

// fileOf is what access weighs of a case.
func fileOf(s store.Stand) (access.File, error) {
	a, err := assessmentOf(store.Case{ID: s.ID, Assessment: s.Assessment})
	s.File.Child = s.File.Child || slices.Contains(a.Flags, escalation.FlagChild)
	return s.File, err
}

// MayReach reports, as an error, whether somebody may do something to a case that they
// reach: nil, access.ErrDenied or store.ErrNotFound. For pages, before they do anything;
// every act asks by itself as well.
func (d *Desk) MayReach(ctx context.Context, who access.Staff, need access.Permission, ref string) error {
	return d.inReach(ctx, who, need, ref, func(*store.Tx, access.Staff) error { return nil })
}

// alarmsFor reads the alarms as somebody may see them: none about a case that is kept
// from them, the reference only where the case is listed for them, and broken glass
// only for those who look into it.
func (d *Desk) alarmsFor(ctx context.Context, tx *store.Tx, me access.Staff) ([]Alarm, error) {
	standing, err := tx.Alarms(ctx)
	if err != nil || len(standing) == 0 {
		return nil, err
	}
	var ids []casefile.ID
	for _, a := range standing {
		if !a.Case.IsZero() {
			ids = append(ids, a.Case)
		}
	}
	stands, err := tx.StandsOf(ctx, me.ID, ids)
	if err != nil {
		return nil, err
	}
	byCase := map[casefile.ID]store.Stand{}
	for _, s := range stands {
		byCase[s.ID] = s
	}
	var alarms []Alarm
	for _, a := range standing {
		stand, known := byCase[a.Case]
		file, err := fileOf(stand)
		if err != nil {
			return nil, err
		}
		if known && file.Walls.Keep(me) || a.Kind == store.AlarmGlass && !me.May(access.ReviewGlass) {
			continue
		}
		out := Alarm{Alarm: a, Clear: mayClear(me, a.Kind)}
		if known && access.Listed(me, file, d.Now()) {
			out.Ref = stand.Ref
		}
		if me.Agency != access.Own && (a.Kind == store.AlarmNobodyOnDuty || a.Kind == store.AlarmNobodyReachable) {
			out.Times = 1 // it counts every case, also those kept from them
		}
		alarms = append(alarms, out)
	}
	return alarms, nil
}

// mayClear reports whether somebody may say that an alarm was seen to. Not whoever
// keeps others out of a case: that is for those of our own who keep accounts.
func mayClear(me access.Staff, kind store.AlarmKind) bool {
	return me.May(access.ClearAlarm) && (kind != store.AlarmWalled || me.May(access.ManageStaff) && me.Agency == access.Own)
}
