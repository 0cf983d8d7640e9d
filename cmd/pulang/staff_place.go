package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// errAgency says which agencies there are.
var errAgency = fmt.Errorf("--agency must be one of %v, ngo:NAME or state:NAME, in small letters", access.Agencies)

// isAgency reports whether a flag names an agency; empty is our own.
func isAgency(flag string) bool {
	_, ok := access.ParseAgency(flag)
	return ok || flag == ""
}

// staffPlaceCommand says where somebody belongs. What is not given stays.
type staffPlaceCommand struct {
	Login    string `arg:"" help:"Whom."`
	Team     string `help:"The team whose cases they work on."`
	Agency   string `help:"Who sends them; see staff add."`
	Children string `enum:"yes,no," default:"" help:"yes: trained for children; no: not."`
}

// Run moves them, from their next page and the next alert on.
func (c staffPlaceCommand) Run(ctx context.Context, w world) error {
	switch {
	case c.Team == "" && c.Agency == "" && c.Children == "":
		return errors.New("say what changes: --team, --agency or --children")
	case c.Team != "" && !teamForm.MatchString(c.Team):
		return errors.New("--team must be small letters, digits, dots, lines or dashes")
	case !isAgency(c.Agency):
		return errAgency
	}
	return withStore(ctx, w, func(_ settings, db *store.Store) error {
		var placed store.Staff
		err := db.InTx(ctx, func(tx *store.Tx) error {
			member, err := tx.StaffByLogin(ctx, c.Login)
			if err != nil {
				return err
			}
			placed = member
			placed.Team, placed.Agency = cmp.Or(c.Team, member.Team), cmp.Or(access.Agency(c.Agency), member.Agency)
			if c.Children != "" {
				placed.Children = c.Children == "yes"
			}
			if err := tx.PlaceStaff(ctx, placed.ID, placed.Team, placed.Agency, placed.Children); err != nil {
				return err
			}
			return tx.Audit(ctx, store.Entry{At: w.now(), Actor: casefile.System("command"), Action: "staff.placed", Detail: casefile.Hide(c.Login)})
		})
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("there is nobody with the login %s; see: pulang staff list", c.Login)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "%s: team %s, agency %s, children %s. It holds from their next page on.\n", c.Login, placed.Team, placed.Agency,
			map[bool]string{true: "yes", false: "no"}[placed.Children])
		return err
	})
}
