package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf8"

	"pulang/bot/sms"
	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/signin"
	"pulang/internal/store"
)

type staffCommand struct {
	Add     staffAddCommand     `cmd:"" help:"Add a member of staff; prints their password and codes, once."`
	List    staffListCommand    `cmd:"" help:"List staff, without numbers."`
	Disable staffDisableCommand `cmd:"" help:"Take somebody off the line: no alerts, no sign-in, at once."`

	Reset    staffResetCommand    `cmd:"" help:"New password, authenticator and recovery codes for somebody who lost theirs; ends their sessions and passkeys."`
	Sessions staffSessionsCommand `cmd:"" help:"Where somebody is signed in, and --revoke to end it."`
	Contact  staffContactCommand  `cmd:"" help:"Say where alerts reach somebody: a new number, a lost phone, a new code to link Telegram."`
	Place    staffPlaceCommand    `cmd:"" help:"Say where somebody belongs: team, agency, children."`
	LinkOIDC staffLinkOIDCCommand `cmd:"" name:"link-oidc" help:"Link somebody to the organisation's own sign-in, by its subject."`
}

type staffAddCommand struct {
	Login  string   `required:"" help:"What they type to sign in: small letters, digits, . _ -"`
	Name   string   `required:"" help:"Working name; persons read it when they take over."`
	Role   string   `default:"duty_officer" help:"duty_officer, case_worker, supervisor, administrator or auditor."`
	Team   string   `default:"main" help:"Team; the first rung of an alert goes to one team."`
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
		printEnrolment(w.stdout, made.enrolment)
		_, err = fmt.Fprintf(w.stdout, `  Link Telegram         send LINK %s to the line's bot within %d hours

They sign in at the console with the login, the password and the six digits of
their authenticator, and add a passkey on the page of their account: from then on
the passkey is enough. A recovery code, each good once, takes the place of the six
digits when the phone is gone.
`, made.link, int(escalation.LinkLasts.Hours()))
		return err
	})
}

// newStaff is what adding gives: nothing of it is stored in this form.
type newStaff struct {
	id        casefile.ID
	enrolment signin.Enrolment
	link      string // the one-time code that links a Telegram chat
}

var (
	loginForm = regexp.MustCompile(`^[a-z0-9._-]{2,40}$`)
	teamForm  = regexp.MustCompile(`^[a-z0-9._-]{1,40}$`)
)

// check says what is wrong with the flags.
func (c staffAddCommand) check() error {
	switch {
	case !loginForm.MatchString(c.Login):
		return errors.New("--login must be 2 to 40 small letters, digits, dots, lines or dashes")
	case strings.TrimSpace(c.Name) == "" || len(c.Name) > 60 || !utf8.ValidString(c.Name) || strings.ContainsFunc(c.Name, unseen):
		return errors.New("--name must be 1 to 60 characters that can be seen; persons read it")
	case !slices.Contains(access.Roles, access.Role(c.Role)):
		return fmt.Errorf("--role must be one of %v", access.Roles)
	case !teamForm.MatchString(c.Team):
		return errors.New("--team must be small letters, digits, dots, lines or dashes")
	case !isAgency(c.Agency):
		return errAgency
	case len(c.Lang) == 0:
		return errors.New("--lang is empty; it knows id and en")
	case c.OnDuty && !access.May(access.Role(c.Role), access.Acknowledge):
		return fmt.Errorf("--on-duty is for those who answer alerts; the role %s reads no case", c.Role)
	}
	for _, lang := range c.Lang {
		if lang != string(casefile.Indonesian) && lang != string(casefile.English) {
			return fmt.Errorf("--lang knows %s and %s", casefile.Indonesian, casefile.English)
		}
	}
	return nil
}

// errPhoneTaken does not say whose it is.
var errPhoneTaken = errors.New("that phone number is already somebody's; take it from them first, with: pulang staff contact LOGIN --no-phone")

// unseen are control characters, and those that turn a line round or take no room.
func unseen(letter rune) bool { return unicode.IsControl(letter) || unicode.Is(unicode.Cf, letter) }

// add writes everything in one transaction.
func (c staffAddCommand) add(ctx context.Context, db *store.Store, s settings, now time.Time) (made newStaff, err error) {
	if err := c.check(); err != nil {
		return newStaff{}, err
	}
	by := casefile.System("command")
	made = newStaff{id: casefile.NewID(now)}
	var ladder escalation.Escalation // none of what it needs to climb is needed here
	err = db.InTx(ctx, func(tx *store.Tx) error {
		member := store.Staff{
			ID: made.id, Login: c.Login, Name: casefile.Hide(c.Name), Role: c.Role, Team: c.Team,
			Languages: c.Lang, Lang: casefile.Lang(c.Lang[0]), CreatedAt: now,
			Agency: access.Agency(c.Agency), Children: c.Children,
		}
		if err := tx.AddStaff(ctx, member); err != nil {
			return err
		}
		if err := tx.Flush(ctx); err != nil {
			return err
		}
		if c.Phone != "" {
			address := casefile.Address{Channel: sms.Name, ID: casefile.Hide(c.Phone)}
			if err := tx.SetStaffAddress(ctx, made.id, address, now); errors.Is(err, store.ErrConflict) {
				return errPhoneTaken
			} else if err != nil {
				return err
			}
		}
		if c.OnDuty {
			if _, err := ladder.SetDuty(ctx, tx, made.id, true, by, now); err != nil {
				return err
			}
		}
		if made.link, err = ladder.NewLinkCode(ctx, tx, made.id, by, now); err != nil {
			return err
		}
		if made.enrolment, err = signin.Enrol(ctx, tx, made.id, by, now); err != nil {
			return err
		}
		if c.OIDC != "" {
			if err := linkOIDC(ctx, tx, s, made.id, c.OIDC, now); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, store.Entry{At: now, Actor: by, Action: "staff.added", Detail: casefile.Hide(c.Login)})
	})
	if errors.Is(err, store.ErrConflict) {
		err = fmt.Errorf("there is already somebody with the login %s", c.Login)
	}
	return made, err
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
		now := w.now()
		err := db.InTx(ctx, func(tx *store.Tx) error {
			member, err := tx.StaffByLogin(ctx, c.Login)
			if err != nil {
				return err
			}
			if err := tx.DisableStaff(ctx, member.ID, now); err != nil {
				return err
			}
			if err := tx.RevokeStaffSessions(ctx, member.ID, now); err != nil {
				return err
			}
			return tx.Audit(ctx, store.Entry{At: now, Actor: casefile.System("command"), Action: "staff.disabled", Detail: casefile.Hide(c.Login)})
		})
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("there is nobody with the login %s; see: pulang staff list", c.Login)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "%s hears no alerts and cannot sign in any more.\n", c.Login)
		return err
	})
}
