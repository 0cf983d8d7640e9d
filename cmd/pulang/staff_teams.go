package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"pulang/internal/cases"
	"pulang/internal/store"
)

// staffTeamsCommand keeps the list of teams, by the code of the console's page.
type staffTeamsCommand struct {
	List    teamsListCommand    `cmd:"" help:"Show the teams, who is in them, and which are retired."`
	Add     teamsAddCommand     `cmd:"" help:"Put a team on the list."`
	Rename  teamsRenameCommand  `cmd:"" help:"Change what people call a team; its word stays."`
	Retire  teamsRetireCommand  `cmd:"" help:"Take a team out of use. Nobody may be in it, and no open case its."`
	Restore teamsRestoreCommand `cmd:"" help:"Bring a retired team back."`
}

// errTeam says where the teams are listed.
var errTeam = errors.New("--team must be on the list of teams: see pulang staff teams list, and pulang staff teams add")

// teamWords say what an operator does about a refusal.
var teamWords = map[cases.Why]string{
	cases.BadWord:     "the word of a team is 1 to 40 small letters, digits, dots, underscores or dashes",
	cases.BadTitle:    "the title must be 1 to 60 characters that can be seen",
	cases.TeamTaken:   "that word is on the list already; see: pulang staff teams list",
	cases.TeamIsMain:  "team " + store.MainTeam + " stays: every new case begins there",
	cases.TeamOfCases: "open cases are its; assign them to another team in the console, or close them, first",
	cases.TeamRetired: "their team is retired; bring it back first with: pulang staff teams restore TEAM",
	cases.PhoneTaken:  errPhoneTaken.Error(),
}

// inWords is what an operator reads of a refusal of the desk.
func inWords(err error) error {
	var refused *cases.Refused
	if !errors.As(err, &refused) {
		return err
	}
	switch words, known := teamWords[refused.Why]; {
	case known:
		return errors.New(words)
	case refused.Why == cases.TeamStaffed:
		return fmt.Errorf("members of staff in it: %d; put them into another team first, with: pulang staff place LOGIN --team TEAM", refused.N)
	case refused.Why == cases.BadStaff && refused.What == "team":
		return errTeam
	}
	return err
}

type teamsListCommand struct{}

// Run prints the list.
func (teamsListCommand) Run(ctx context.Context, w world) error {
	return withStore(ctx, w, func(_ settings, db *store.Store) error {
		var teams []store.Team
		err := db.InTx(ctx, func(tx *store.Tx) (err error) {
			teams, err = tx.Teams(ctx)
			return err
		})
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(table, "TEAM\tTITLE\tSTAFF\tOPEN CASES\tSTATE")
		yes, state := map[bool]string{true: "yes", false: "-"}, map[bool]string{true: "retired", false: "in use"}
		for _, t := range teams {
			_, _ = fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\n", t.Word, t.Title, t.Staff, yes[t.Cases], state[t.Retired()])
		}
		return table.Flush()
	})
}

type teamsAddCommand struct {
	Team  string `arg:"" help:"Its word, which staff and cases are marked with: small letters, digits, . _ -"`
	Title string `help:"What people call it; the word, when nothing else is said."`
}

// Run adds it.
func (c teamsAddCommand) Run(ctx context.Context, w world) error {
	return withStore(ctx, w, func(_ settings, db *store.Store) error {
		err := db.InTx(ctx, func(tx *store.Tx) error { return clerk(tx, w.now()).AddTeam(ctx, c.Team, cmp.Or(c.Title, c.Team)) })
		if err != nil {
			return inWords(err)
		}
		_, err = fmt.Fprintf(w.stdout, "Team %s is on the list.\n", c.Team)
		return err
	})
}

type teamsRenameCommand struct {
	Team  string `arg:"" help:"Its word."`
	Title string `arg:"" help:"What people call it from now on."`
}

// Run renames it.
func (c teamsRenameCommand) Run(ctx context.Context, w world) error {
	return onTeam(ctx, w, c.Team, "is called something else now", func(k cases.Clerk, t store.Team) error { return k.RenameTeam(ctx, t, c.Title) })
}

type teamsRetireCommand struct {
	Team string `arg:"" help:"Its word."`
}

// Run retires it.
func (c teamsRetireCommand) Run(ctx context.Context, w world) error {
	return onTeam(ctx, w, c.Team, "is retired; its closed cases are those of team "+store.MainTeam, func(k cases.Clerk, t store.Team) error { return k.RetireTeam(ctx, t) })
}

type teamsRestoreCommand struct {
	Team string `arg:"" help:"Its word."`
}

// Run brings it back.
func (c teamsRestoreCommand) Run(ctx context.Context, w world) error {
	return onTeam(ctx, w, c.Team, "is in use", func(k cases.Clerk, t store.Team) error { return k.RestoreTeam(ctx, t) })
}

// onTeam does something to a team, in one transaction, and says that it was done.
func onTeam(ctx context.Context, w world, word, done string, work func(cases.Clerk, store.Team) error) error {
	return withStore(ctx, w, func(_ settings, db *store.Store) error {
		err := db.InTx(ctx, func(tx *store.Tx) error {
			team, err := tx.LockTeam(ctx, word)
			if err != nil {
				return err
			}
			return work(clerk(tx, w.now()), team)
		})
		switch {
		case errors.Is(err, store.ErrNotFound):
			return fmt.Errorf("there is no team %s; see: pulang staff teams list", word)
		case err != nil:
			return inWords(err)
		}
		_, err = fmt.Fprintf(w.stdout, "Team %s %s.\n", word, done)
		return err
	})
}
