package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"pulang/internal/access"
	"pulang/internal/cases"
	"pulang/internal/store"
)

// errAgency says which agencies there are.
var errAgency = fmt.Errorf("--agency must be one of %v, ngo:NAME or state:NAME, in small letters", access.Agencies)

// staffPlaceCommand says what somebody may do and where they belong. What is not given stays.
type staffPlaceCommand struct {
	Login    string `arg:"" help:"Whom."`
	Role     string `help:"What they may do; see staff add."`
	Team     string `help:"The team whose cases they work on."`
	Agency   string `help:"Who sends them; see staff add."`
	Children string `enum:"yes,no," default:"" help:"yes: trained for children; no: not."`
}

// Run moves them, from their next page and the next alert on.
func (c staffPlaceCommand) Run(ctx context.Context, w world) error {
	if c.Role == "" && c.Team == "" && c.Agency == "" && c.Children == "" {
		return errors.New("say what changes: --role, --team, --agency or --children")
	}
	return withStore(ctx, w, func(_ settings, db *store.Store) error {
		var post cases.Post
		err := withMember(ctx, db, c.Login, func(tx *store.Tx, member store.Staff) error {
			post = cases.Post{Role: access.Role(cmp.Or(c.Role, member.Role)), Team: cmp.Or(c.Team, member.Team),
				Agency: cmp.Or(access.Agency(c.Agency), member.Agency), Children: member.Children}
			if c.Children != "" {
				post.Children = c.Children == "yes"
			}
			if err := wrongFlag(post.Wrong(), c.Role); err != nil {
				return err
			}
			return inWords(clerk(tx, w.now()).Move(ctx, member, post))
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "%s: role %s, team %s, agency %s, children %s. It holds from their next page on.\n", c.Login, post.Role, post.Team, post.Agency,
			map[bool]string{true: "yes", false: "no"}[post.Children])
		return err
	})
}
