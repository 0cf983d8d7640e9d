package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/escalation"
	"pulang/internal/store"
)

type staffCommand struct {
	Add     staffAddCommand     `cmd:"" help:"Add a member of staff; prints their password and codes, once."`
	List    staffListCommand    `cmd:"" help:"List staff, without numbers."`
	Disable staffDisableCommand `cmd:"" help:"Take somebody off the line: no alerts, no sign-in, at once."`
	Enable  staffEnableCommand  `cmd:"" help:"Take somebody back who was disabled; prints a new password and codes, once."`

	Reset    staffResetCommand    `cmd:"" help:"New password, authenticator and recovery codes for somebody who lost theirs; ends their sessions and passkeys."`
	Sessions staffSessionsCommand `cmd:"" help:"Where somebody is signed in, and --revoke to end it."`
	Contact  staffContactCommand  `cmd:"" help:"Say where alerts reach somebody: a new number, a lost phone, a new code to link Telegram."`
	Place    staffPlaceCommand    `cmd:"" help:"Say where somebody belongs: team, agency, children."`
	Teams    staffTeamsCommand    `cmd:"" help:"The list of teams: show it, add, rename, retire and restore one."`
	LinkOIDC staffLinkOIDCCommand `cmd:"" name:"link-oidc" help:"Link somebody to the organisation's own sign-in, by its subject."`
}

type staffAddCommand struct {
	Login  string   `required:"" help:"What they type to sign in: small letters, digits, . _ -"`
	Name   string   `required:"" help:"Working name; persons read it when they take over."`
	Role   string   `default:"duty_officer" help:"duty_officer, case_worker, supervisor, administrator or auditor."`
	Team   string   `default:"main" help:"Team, one of: pulang staff teams list. The first rung of an alert goes to one team."`
	Lang   []string `default:"id" help:"Languages they speak with persons, the first is theirs: id,en."`
	Phone  string   `help:"Number for alerts by SMS, with country code."`
	OnDuty bool     `help:"On duty from now on."`

	Agency   string `default:"pulang" help:"Who sends them: pulang (our own), police, immigration, mission, kemlu, bp2mi, military, manpower, ngo:NAME or state:NAME. A report that names their agency is never shown to them."`
	Children bool   `help:"Trained for children: they reach the cases of children in their team."`

	OIDC string `name:"oidc" help:"The subject (sub) that the organisation's own sign-in knows them by."`
}

// Run adds the member of staff and prints what they need, once.
func (c staffAddCommand) Run(ctx context.Context, w world) error {
	return withStore(ctx, w, func(s settings, db *store.Store) error {
		if c.Phone != "" {
			number, err := phoneNumber(c.Phone, s.DefaultRegion)
			if err != nil {
				return fmt.Errorf("--phone is %w", err)
			}
			c.Phone = number
		}
		made, err := c.add(ctx, db, s, w.now())
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(w.stdout, "Added %s (%s). This is shown once; hand it over in person or by voice.\n\n", c.Login, c.Role)
		printEnrolment(w.stdout, made.SignIn)
		_, err = fmt.Fprintf(w.stdout, `  Link Telegram         send LINK %s to the line's bot within %d hours

They sign in at the console with the login, the password and the six digits of
their authenticator, and add a passkey on the page of their account: from then on
the passkey is enough. A recovery code, each good once, takes the place of the six
digits when the phone is gone.
`, made.Link, int(escalation.LinkLasts.Hours()))
		return err
	})
}

// wrongFlag says what is wrong with a field of a member of staff.
func wrongFlag(field, role string) error {
	switch field {
	case "":
		return nil
	case "login":
		return errors.New("--login must be 2 to 40 small letters, digits, dots, underscores or dashes")
	case "name":
		return errors.New("--name must be 1 to 60 characters that can be seen; persons read it")
	case "role":
		return fmt.Errorf("--role must be one of %v", access.Roles)
	case "team":
		return errTeam
	case "agency":
		return errAgency
	case "on_duty":
		return fmt.Errorf("--on-duty is for those who answer alerts; the role %s reads no case", role)
	}
	return fmt.Errorf("--lang knows %s and %s", casefile.Indonesian, casefile.English)
}

// hiring is the member of staff that the flags describe.
func (c staffAddCommand) hiring() cases.Hiring {
	post := cases.Post{Role: access.Role(c.Role), Team: c.Team, Agency: cmp.Or(access.Agency(c.Agency), access.Own), Children: c.Children}
	return cases.Hiring{Login: c.Login, Name: c.Name, Post: post, Langs: c.Lang, OnDuty: c.OnDuty, Phone: casefile.Hide(c.Phone)}
}

// errPhoneTaken does not say whose it is.
var errPhoneTaken = errors.New("that phone number is already somebody's; take it from them first, with: pulang staff contact LOGIN --no-phone")

// add writes everything in one transaction.
func (c staffAddCommand) add(ctx context.Context, db *store.Store, s settings, now time.Time) (papers cases.Papers, err error) {
	if len(c.Lang) == 0 {
		return cases.Papers{}, errors.New("--lang is empty; it knows id and en")
	}
	hiring := c.hiring()
	if err := wrongFlag(hiring.Wrong(), c.Role); err != nil {
		return cases.Papers{}, err
	}
	err = db.InTx(ctx, func(tx *store.Tx) (err error) {
		if papers, err = clerk(tx, now).Hire(ctx, hiring); err != nil {
			return inWords(err)
		}
		if c.OIDC != "" {
			return linkOIDC(ctx, tx, s, papers.ID, c.OIDC, now)
		}
		return nil
	})
	if errors.Is(err, store.ErrConflict) {
		err = fmt.Errorf("there is already somebody with the login %s", c.Login)
	}
	return papers, err
}

// clerk keeps accounts as the console does, for whoever runs the machine.
func clerk(tx *store.Tx, now time.Time) cases.Clerk {
	return cases.Clerk{Tx: tx, By: byCommand(), Now: now}
}

type staffListCommand struct{}

// Run lists staff.
func (staffListCommand) Run(ctx context.Context, w world) error {
	return withStore(ctx, w, func(_ settings, db *store.Store) error {
		var all []store.Staff
		err := db.InTx(ctx, func(tx *store.Tx) (err error) {
			all, err = tx.AllStaff(ctx)
			return err
		})
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(table, "LOGIN\tROLE\tTEAM\tAGENCY\tCHILDREN\tLANGUAGES\tDUTY")
		for _, s := range all {
			duty := map[bool]string{true: "on duty", false: "off duty"}[s.OnDuty]
			if s.Disabled {
				duty = "disabled"
			}
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.Login, s.Role, s.Team, s.Agency, map[bool]string{true: "yes", false: "-"}[s.Children], strings.Join(s.Languages, ","), duty)
		}
		return table.Flush()
	})
}

type staffDisableCommand struct {
	Login string `arg:"" help:"Whom."`
}

// Run disables a member of staff and ends their sessions.
func (c staffDisableCommand) Run(ctx context.Context, w world) error {
	return withStore(ctx, w, func(_ settings, db *store.Store) error {
		err := withMember(ctx, db, c.Login, func(tx *store.Tx, member store.Staff) error {
			return clerk(tx, w.now()).Disable(ctx, member)
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "%s hears no alerts and cannot sign in any more.\n", c.Login)
		return err
	})
}

type staffEnableCommand struct {
	Login string `arg:"" help:"Whom."`
}

// Run takes somebody back, with new papers.
func (c staffEnableCommand) Run(ctx context.Context, w world) error {
	return withStore(ctx, w, func(_ settings, db *store.Store) error {
		var papers cases.Papers
		err := withMember(ctx, db, c.Login, func(tx *store.Tx, member store.Staff) (err error) {
			if !member.Disabled {
				return fmt.Errorf("%s is not disabled; nothing was changed", c.Login)
			}
			papers, err = clerk(tx, w.now()).Enable(ctx, member)
			return inWords(err)
		})
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(w.stdout, "Enabled %s, off duty. This is shown once; hand it over in person or by voice.\n\n", c.Login)
		printEnrolment(w.stdout, papers.SignIn)
		_, err = fmt.Fprintf(w.stdout, "  Link Telegram         send LINK %s to the line's bot within %d hours\n", papers.Link, int(escalation.LinkLasts.Hours()))
		return err
	})
}
