package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"pulang/internal/access"
	"pulang/internal/cases"
	"pulang/internal/store"
)

// teamsPage is the list of teams, with the form for another one.
type teamsPage struct {
	InUse, Retired []teamRow
	Word, Title    string // as typed for a new one
	Problem        *teamProblem
	Done           string
	Counts         bool // they are told which teams have cases: it counts what is kept from others
}

// teamRow is one team as it is shown.
type teamRow struct {
	store.Team
	Typed string // the title as typed for it
	Main  bool   // every new case begins there: it stays
}

// teamProblem says what was not done, and to which team; empty: to a new one.
type teamProblem struct {
	Why, Word string
	N         int
}

// doneToTeams are the things that may have been done before the page is shown.
var doneToTeams = []string{"added", "renamed", "retired", "restored"}

func (c *console) teams(v *visit) error {
	return c.showTeams(v, http.StatusOK, teamsPage{Done: v.wasDone(doneToTeams)}, "")
}

// showTeams fills in the list and writes the page; title is what was typed for the team
// the problem names.
func (c *console) showTeams(v *visit, status int, page teamsPage, title string) error {
	teams, err := c.Cases.Teams(v.ctx(), v.staff.Staff)
	if err != nil {
		return err
	}
	for _, t := range teams {
		row := teamRow{Team: t, Typed: t.Title, Main: t.Word == store.MainTeam}
		if page.Problem != nil && page.Problem.Word == t.Word && title != "" {
			row.Typed = title
		}
		if t.Retired() {
			page.Retired = append(page.Retired, row)
		} else {
			page.InUse = append(page.InUse, row)
		}
	}
	page.Counts = v.staff.Agency == access.Own
	c.show(v, status, "teams", page)
	return nil
}

func (c *console) addTeam(v *visit) error {
	word, title := strings.ToLower(strings.TrimSpace(v.r.PostFormValue("word"))), v.r.PostFormValue("title")
	err := c.Cases.AddTeam(v.ctx(), v.staff.Staff, word, title)
	return c.afterTeam(v, err, "added", teamsPage{Word: word, Title: title}, "", "")
}

func (c *console) renameTeam(v *visit) error {
	title := v.r.PostFormValue("title")
	return c.onTeam(v, "renamed", title, func(word string, version int) error {
		return c.Cases.RenameTeam(v.ctx(), v.staff.Staff, word, version, title)
	})
}

func (c *console) retireTeam(v *visit) error {
	return c.onTeam(v, "retired", "", func(word string, version int) error {
		return c.Cases.RetireTeam(v.ctx(), v.staff.Staff, word, version)
	})
}

func (c *console) restoreTeam(v *visit) error {
	return c.onTeam(v, "restored", "", func(word string, version int) error {
		return c.Cases.RestoreTeam(v.ctx(), v.staff.Staff, word, version)
	})
}

// onTeam does something to one team, in the version that was read.
func (c *console) onTeam(v *visit, done, title string, act func(word string, version int) error) error {
	word := v.r.PathValue("word")
	version, err := strconv.Atoi(v.r.PostFormValue("version"))
	if err != nil {
		return errBadForm
	}
	return c.afterTeam(v, act(word, version), done, teamsPage{}, word, title)
}

// afterTeam is how every act on the list ends.
func (c *console) afterTeam(v *visit, err error, done string, typed teamsPage, word, title string) error {
	var refused *cases.Refused
	if errors.As(err, &refused) {
		status := http.StatusUnprocessableEntity
		switch refused.Why {
		case cases.Changed, cases.TeamStaffed, cases.TeamOfCases, cases.TeamTaken:
			status = http.StatusConflict
		}
		typed.Problem = &teamProblem{string(refused.Why), word, refused.N}
		return c.showTeams(v, status, typed, title)
	}
	if err != nil {
		return err
	}
	http.Redirect(v.w, v.r, "/teams?done="+done, http.StatusSeeOther)
	return nil
}

// titleOf is what people call a team; its word where the list does not have it.
func titleOf(teams []store.Team, word string) string {
	i := slices.IndexFunc(teams, func(t store.Team) bool { return t.Word == word })
	if i < 0 {
		return word
	}
	return teams[i].Title
}

// rolesPage is the table of access, in words.
type rolesPage struct {
	Roles []roleRow
	Rows  []permissionRow
	Mine  string
}

// roleRow is a role, with what it may do.
type roleRow struct {
	Role string
	May  []string
	Mine bool
}

// permissionRow is one thing that may be done, and who may.
type permissionRow struct {
	Permission string
	Cells      []permissionCell
}

// permissionCell says whether a role may.
type permissionCell struct {
	Role string
	May  bool
}

// roles shows who may do what, as the table of access says it.
func (c *console) roles(v *visit) error {
	page := rolesPage{Mine: string(v.staff.Role)}
	for _, role := range access.Roles {
		row := roleRow{Role: string(role), Mine: role == v.staff.Role}
		for _, p := range access.Table {
			if access.May(role, p.Permission) {
				row.May = append(row.May, string(p.Permission))
			}
		}
		page.Roles = append(page.Roles, row)
	}
	for _, p := range access.Table {
		row := permissionRow{Permission: string(p.Permission)}
		for _, role := range access.Roles {
			row.Cells = append(row.Cells, permissionCell{string(role), access.May(role, p.Permission)})
		}
		page.Rows = append(page.Rows, row)
	}
	c.show(v, http.StatusOK, "roles", page)
	return nil
}
