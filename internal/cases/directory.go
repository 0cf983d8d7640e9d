package cases

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/directory"
	"pulang/internal/store"
)

// What staff do with the directory, as the audit calls it.
const (
	actionDirectoryProposed  = "directory.proposed"
	actionDirectoryConfirmed = "directory.confirmed"
	actionDirectoryRefused   = "directory.refused"
	actionDirectoryWithdrawn = "directory.withdrawn"
)

// The reasons for which the directory is not changed, and for which a number is not
// told.
const (
	NoNumber      Why = "no_number"      // there is none to confirm
	LastNumber    Why = "last_number"    // the central entry: it is replaced, never taken away
	BadEntry      Why = "bad_entry"      // What names the field and the reason, see directory.Wrong
	NotProposed   Why = "not_proposed"   // nothing is proposed
	TellingNumber Why = "telling_number" // a number, on a phone that may be watched
)

// directoryNow is the directory as it stands.
func (d *Desk) directoryNow(ctx context.Context, tx *store.Tx) ([]directory.Standing, error) {
	shipped, err := d.institutions()
	if err != nil {
		return nil, err
	}
	revisions, err := tx.Revisions(ctx)
	return directory.Stand(shipped, revisions), err
}

// Directory reads the institutions, with what became of each, and who did it.
func (d *Desk) Directory(ctx context.Context, who access.Staff) (all []directory.Standing, names Names, err error) {
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		if _, err := memberOf(ctx, tx, who, access.ReadDirectory); err != nil {
			return err
		}
		if all, err = d.directoryNow(ctx, tx); err != nil {
			return err
		}
		staff, err := tx.AllStaff(ctx)
		names = namesOf(staff)
		return err
	})
	return all, names, err
}

// tellable are the numbers that may be told to somebody on a phone: none where it may
// be watched, because a number tells what it is for (rule 15).
func (d *Desk) tellable(ctx context.Context, tx *store.Tx, lane store.Conversation, text string, now time.Time) ([]string, error) {
	if !account.MatchString(text) {
		return nil, nil
	}
	all, err := d.directoryNow(ctx, tx)
	if err != nil {
		return nil, err
	}
	numbers := directory.Tellable(all, now)
	if lane.Session.Watched(now) {
		if directory.Without(text, numbers) != text {
			return nil, refuse(TellingNumber)
		}
		return nil, nil
	}
	return numbers, nil
}

// ProposeInstitution writes an entry down; one without an id is new, and is given one.
// version is the one that was read, 0 of a new one. What was confirmed before is told
// until somebody else confirms this.
func (d *Desk) ProposeInstitution(ctx context.Context, who access.Staff, version int, e directory.Entry) error {
	if e.ID == "" {
		e.ID = directory.NewID(e, d.Now())
	}
	e, err := directory.Check(e)
	var wrong *directory.Wrong
	if errors.As(err, &wrong) {
		return &Refused{Why: BadEntry, What: wrong.Field + " " + wrong.Why}
	}
	agency, known := access.ParseAgency(e.Agency)
	if !known || agency == access.Own {
		return &Refused{Why: BadEntry, What: "agency " + directory.OddLetters}
	}
	if why := d.whenChecked(e); why != "" {
		return &Refused{Why: BadEntry, What: "checked_on " + directory.NoDay}
	}
	return d.onInstitution(ctx, who, access.EditDirectory, actionDirectoryProposed, e.ID, version, func(s directory.Standing, r *directory.Revision) error {
		r.Entry, r.State = e, directory.Proposed
		return nil
	})
}

// whenChecked refuses a day that is not here yet.
func (d *Desk) whenChecked(e directory.Entry) Why {
	if e.Checked().IsZero() || e.Checked().After(d.Now().Add(24*time.Hour)) { // somewhere it is tomorrow
		return BadDate
	}
	return ""
}

// ConfirmInstitution says that somebody called on a day, and who answered. It is never
// whoever wrote the entry down.
func (d *Desk) ConfirmInstitution(ctx context.Context, who access.Staff, id string, version int, day, how string) error {
	how = strings.TrimSpace(how)
	if how == "" {
		return refuse(NoReason)
	}
	checked := directory.Entry{CheckedOn: strings.TrimSpace(day)}
	if why := d.whenChecked(checked); why != "" || checked.Stale(d.Now()) {
		return refuse(BadDate)
	}
	return d.onInstitution(ctx, who, access.CheckDirectory, actionDirectoryConfirmed, id, version, func(s directory.Standing, r *directory.Revision) error {
		switch {
		case s.State() == directory.Withdrawn:
			return refuse(Gone)
		case s.Latest.State == directory.Proposed && s.Latest.By == who.ID:
			return refuse(SecondPerson)
		case len(s.Latest.Numbers) == 0:
			return refuse(NoNumber)
		}
		r.State, r.CheckedOn, r.Note, r.Mark = directory.Confirmed, checked.CheckedOn, casefile.Hide(how), ""
		return nil
	})
}

// RefuseInstitution decides against what is proposed: the entry is what it was before.
func (d *Desk) RefuseInstitution(ctx context.Context, who access.Staff, id string, version int, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return refuse(NoReason)
	}
	return d.onInstitution(ctx, who, access.CheckDirectory, actionDirectoryRefused, id, version, func(s directory.Standing, r *directory.Revision) error {
		if s.Latest.State != directory.Proposed {
			return refuse(NotProposed)
		}
		r.Entry, _ = s.Before()
		r.State, r.Note = directory.Refused, casefile.Hide(reason)
		return nil
	})
}

// WithdrawInstitution takes an entry away: it is told to nobody any more, at once. Not
// the central one, which is what is left when nothing else is.
func (d *Desk) WithdrawInstitution(ctx context.Context, who access.Staff, id string, version int, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return refuse(NoReason)
	}
	return d.onInstitution(ctx, who, access.CheckDirectory, actionDirectoryWithdrawn, id, version, func(s directory.Standing, r *directory.Revision) error {
		switch {
		case s.Latest.Central:
			return refuse(LastNumber)
		case s.State() == directory.Withdrawn:
			return refuse(Gone)
		}
		r.State, r.Note = directory.Withdrawn, casefile.Hide(reason)
		return nil
	})
}

// longestNote is how long the note of a check may be.
const longestNote = 1000

// onInstitution writes the next revision of an entry, as change makes it of the last
// one. Whoever read another version is refused, and so is who comes second.
func (d *Desk) onInstitution(ctx context.Context, who access.Staff, need access.Permission, action, id string, version int,
	change func(directory.Standing, *directory.Revision) error) error {
	now := d.Now()
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, need)
		if err != nil {
			return err
		}
		all, err := d.directoryNow(ctx, tx)
		if err != nil {
			return err
		}
		var s directory.Standing
		if i := slices.IndexFunc(all, func(s directory.Standing) bool { return s.Latest.ID == id }); i >= 0 {
			s = all[i]
		} else if need != access.EditDirectory {
			return store.ErrNotFound
		}
		if s.Latest.Version != version {
			return refuse(Changed)
		}
		next := s.Latest
		next.Note = casefile.Private{}
		if err := change(s, &next); err != nil {
			return err
		}
		if next.Note.Len() > longestNote {
			return refuse(TooLong)
		}
		next.Version, next.By, next.At = version+1, me.ID, now
		if err := tx.AddRevision(ctx, next); err != nil {
			return err
		}
		return tx.Audit(ctx, store.Entry{At: now, Actor: me.Actor(), Action: action, Detail: casefile.Hide(fmt.Sprintf("%s %d", id, next.Version))})
	})
	if errors.Is(err, store.ErrConflict) {
		return refuse(Changed)
	}
	if err == nil {
		d.Changed()
	}
	return err
}
