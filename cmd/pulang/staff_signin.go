package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/signin"
	"pulang/internal/store"
)

// printEnrolment writes what a member of staff needs to sign in, once.
func printEnrolment(out io.Writer, e signin.Enrolment) {
	_, _ = fmt.Fprintf(out, "  Password              %s\n  Authenticator         %s\n  or type the secret    %s\n  Recovery codes        %s\n",
		e.Password, e.URL, e.Secret, strings.Join(e.Recovery, "\n                        "))
}

type staffResetCommand struct {
	Login string `arg:"" help:"Whom."`
}

// Run gives somebody a new password, authenticator and recovery codes, and takes
// away every passkey and session they have.
func (c staffResetCommand) Run(ctx context.Context, w world) error {
	return withStore(ctx, w, func(_ settings, db *store.Store) error {
		var enrolment signin.Enrolment
		err := withMember(ctx, db, c.Login, func(tx *store.Tx, member store.Staff) (err error) {
			if member.Disabled {
				return fmt.Errorf("%s is disabled and cannot sign in; nothing was changed", c.Login)
			}
			enrolment, err = clerk(tx, w.now()).Reset(ctx, member)
			return err
		})
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(w.stdout, "Reset %s: every session has ended, every passkey and old code is void.\nThis is shown once; hand it over in person or by voice.\n\n", c.Login)
		printEnrolment(w.stdout, enrolment)
		return nil
	})
}

type staffSessionsCommand struct {
	Login  string `arg:"" help:"Whose."`
	Revoke bool   `help:"End all of them, at once."`
}

// Run lists where somebody is signed in, or ends all of it.
func (c staffSessionsCommand) Run(ctx context.Context, w world) error {
	return withStore(ctx, w, func(_ settings, db *store.Store) error {
		now := w.now()
		var open []store.StaffSession
		err := withMember(ctx, db, c.Login, func(tx *store.Tx, member store.Staff) (err error) {
			if open, err = tx.StaffSessions(ctx, member.ID, now.Add(-signin.SessionIdle), now); err != nil || !c.Revoke {
				return err
			}
			return signin.EndSessions(ctx, tx, c.Login, byCommand(), now)
		})
		if err != nil {
			return err
		}
		for _, one := range open {
			_, _ = fmt.Fprintf(w.stdout, "by %s, since %s, last used %s\n", one.Method, stamp(one.CreatedAt), stamp(one.SeenAt))
		}
		end := "open"
		if c.Revoke {
			end = "ended"
		}
		_, err = fmt.Fprintf(w.stdout, "%d sessions of %s: %s\n", len(open), c.Login, end)
		return err
	})
}

func stamp(at time.Time) string { return at.Local().Format("2006-01-02 15:04") }

type staffLinkOIDCCommand struct {
	Login   string `arg:"" help:"Whom."`
	Subject string `arg:"" optional:"" help:"The subject (sub) that the organisation's sign-in knows them by; never an e-mail address."`
	Remove  bool   `help:"Take the link away."`
}

// Run links somebody to the organisation's own sign-in, or ends that.
func (c staffLinkOIDCCommand) Run(ctx context.Context, w world) error {
	if (c.Subject == "") != c.Remove {
		return errors.New("name the subject to link, or --remove, and not both")
	}
	return withStore(ctx, w, func(s settings, db *store.Store) error {
		err := withMember(ctx, db, c.Login, func(tx *store.Tx, member store.Staff) error {
			return linkOIDC(ctx, tx, s, member.ID, c.Subject, w.now())
		})
		if err != nil {
			return err
		}
		done := "linked"
		if c.Remove {
			done = "not linked any more"
		}
		_, err = fmt.Fprintf(w.stdout, "%s is %s.\n", c.Login, done)
		return err
	})
}

// linkOIDC links a member of staff to a subject; the empty one takes the link away.
func linkOIDC(ctx context.Context, tx *store.Tx, s settings, staff casefile.ID, subject string, now time.Time) error {
	if subject != "" && !s.oidc().Given() {
		return errors.New("there is no sign-in of the organisation to link to; set OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET first")
	}
	err := signin.LinkOIDC(ctx, tx, staff, s.oidc(), subject, byCommand(), now)
	if errors.Is(err, store.ErrConflict) {
		return errors.New("that subject is linked to somebody else")
	}
	return err
}

// withMember does something to a member of staff, in one transaction.
func withMember(ctx context.Context, db *store.Store, login string, work func(*store.Tx, store.Staff) error) error {
	err := db.InTx(ctx, func(tx *store.Tx) error {
		member, err := tx.StaffByLogin(ctx, login)
		if err != nil {
			return err
		}
		return work(tx, member)
	})
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("there is nobody with the login %s; see: pulang staff list", login)
	}
	return err
}

func byCommand() casefile.Actor { return casefile.System("command") }
