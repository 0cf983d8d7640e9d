package cases

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// What is done to the list of teams, as the audit calls it.
const (
	actionTeamAdded    = "team.added"
	actionTeamRenamed  = "team.renamed"
	actionTeamRetired  = "team.retired"
	actionTeamRestored = "team.restored"
)

// The reasons for which the list of teams is not changed.
const (
	BadWord     Why = "bad_word"     // no word of a team
	BadTitle    Why = "bad_title"    // nothing one could read, or too long
	TeamTaken   Why = "team_taken"   // the word is on the list, perhaps retired
	TeamIsMain  Why = "team_is_main" // every new case begins there
	TeamStaffed Why = "team_staffed" // N members of staff are in it
	TeamOfCases Why = "team_cases"   // open cases are its
	TeamRetired Why = "team_retired" // nobody works in it any more
	NotOwn      Why = "not_own"      // only our own keep the list, not those whom an agency sends
)

// longestTeamTitle is how long the title of a team may be, in characters.
const longestTeamTitle = 60

// wrongTeam is why a team cannot be called so; empty: it can.
func wrongTeam(word, title string) Why {
	switch {
	case !teamForm.MatchString(word):
		return BadWord
	case title == "" || utf8.RuneCountInString(title) > longestTeamTitle || !utf8.ValidString(title) || strings.ContainsFunc(title, unseen):
		return BadTitle
	}
	return ""
}

// AddTeam puts a team on the list.
func (c Clerk) AddTeam(ctx context.Context, word, title string) error {
	title = strings.TrimSpace(title)
	if why := wrongTeam(word, title); why != "" {
		return refuse(why)
	}
	if err := c.Tx.AddTeam(ctx, word, title); errors.Is(err, store.ErrConflict) {
		return refuse(TeamTaken)
	} else if err != nil {
		return err
	}
	return c.recordTeam(ctx, actionTeamAdded, word+": "+title)
}

// RenameTeam changes what people call a team. The word that staff and cases are marked
// with stays.
func (c Clerk) RenameTeam(ctx context.Context, team store.Team, title string) error {
	title = strings.TrimSpace(title)
	if why := wrongTeam(team.Word, title); why != "" {
		return refuse(why)
	}
	if title == team.Title {
		return nil
	}
	if err := c.Tx.RenameTeam(ctx, team.Word, title); err != nil {
		return err
	}
	return c.recordTeam(ctx, actionTeamRenamed, team.Word+": "+team.Title+" to "+title)
}

// RetireTeam takes a team out of use. Nobody may be in it, and no open case its; its
// closed cases become those of the main team.
func (c Clerk) RetireTeam(ctx context.Context, team store.Team) error {
	switch {
	case team.Retired():
		return nil
	case team.Word == store.MainTeam:
		return refuse(TeamIsMain)
	case team.Staff > 0:
		return &Refused{Why: TeamStaffed, N: team.Staff}
	case team.Cases:
		return refuse(TeamOfCases)
	}
	if err := c.Tx.RetireTeam(ctx, team.Word, c.Now); err != nil {
		return err
	}
	return c.recordTeam(ctx, actionTeamRetired, team.Word)
}

// RestoreTeam brings a retired team back.
func (c Clerk) RestoreTeam(ctx context.Context, team store.Team) error {
	if !team.Retired() {
		return nil
	}
	if err := c.Tx.RetireTeam(ctx, team.Word, time.Time{}); err != nil {
		return err
	}
	return c.recordTeam(ctx, actionTeamRestored, team.Word)
}

func (c Clerk) recordTeam(ctx context.Context, action, detail string) error {
	return c.Tx.Audit(ctx, store.Entry{At: c.Now, Actor: c.By, Action: action, Detail: casefile.Hide(detail)})
}

// joins keeps the team of a post from being retired while somebody is put into it.
func (c Clerk) joins(ctx context.Context, p Post) error {
	if err := c.Tx.JoinTeam(ctx, p.Team); errors.Is(err, store.ErrNotFound) {
		return &Refused{Why: BadStaff, What: "team"}
	} else if err != nil {
		return err
	}
	return nil
}

// Teams reads the list of teams, for those who keep it or who keep accounts.
func (d *Desk) Teams(ctx context.Context, who access.Staff) (teams []store.Team, err error) {
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, access.ManageTeams)
		if err != nil {
			return err
		}
		teams, err = tx.Teams(ctx)
		for i := range teams {
			teams[i].Cases = teams[i].Cases && me.Agency == access.Own // it counts those kept from others
		}
		return err
	})
	return teams, err
}

// AddTeam puts a team on the list.
func (d *Desk) AddTeam(ctx context.Context, who access.Staff, word, title string) error {
	return d.onTeams(ctx, who, func(c Clerk) error { return c.AddTeam(ctx, word, title) })
}

// RenameTeam changes what people call a team. version is the one that was read.
func (d *Desk) RenameTeam(ctx context.Context, who access.Staff, word string, version int, title string) error {
	return d.onTeam(ctx, who, word, version, func(c Clerk, team store.Team) error { return c.RenameTeam(ctx, team, title) })
}

// RetireTeam takes a team out of use. version is the one that was read.
func (d *Desk) RetireTeam(ctx context.Context, who access.Staff, word string, version int) error {
	return d.onTeam(ctx, who, word, version, func(c Clerk, team store.Team) error { return c.RetireTeam(ctx, team) })
}

// RestoreTeam brings a retired team back. version is the one that was read.
func (d *Desk) RestoreTeam(ctx context.Context, who access.Staff, word string, version int) error {
	return d.onTeam(ctx, who, word, version, func(c Clerk, team store.Team) error { return c.RestoreTeam(ctx, team) })
}

// onTeam works on one team, locked. Whoever read another version of it is refused.
func (d *Desk) onTeam(ctx context.Context, who access.Staff, word string, version int, work func(Clerk, store.Team) error) error {
	return d.onTeams(ctx, who, func(c Clerk) error {
		team, err := c.Tx.LockTeam(ctx, word)
		if err != nil {
			return err
		}
		if team.Version != version {
			return refuse(Changed)
		}
		return work(c, team)
	})
}

// onTeams works on the list.
func (d *Desk) onTeams(ctx context.Context, who access.Staff, work func(Clerk) error) error {
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, access.ManageTeams)
		if err != nil {
			return err
		}
		if me.Agency != access.Own {
			return refuse(NotOwn)
		}
		return work(Clerk{Tx: tx, By: me.Actor(), Now: d.Now()})
	})
	if err == nil {
		d.Changed()
	}
	return err
}
