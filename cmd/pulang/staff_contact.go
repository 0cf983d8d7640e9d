package main

import (
	"context"
	"errors"
	"fmt"

	"pulang/bot/sms"
	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/store"
)

// staffContactCommand says where alerts reach somebody: for a new number, for a phone
// that was lost, and for a code that was not used in time.
type staffContactCommand struct {
	Login   string `arg:"" help:"Whom."`
	Phone   string `help:"Number for alerts by SMS, with country code, in place of the one they had." xor:"phone"`
	NoPhone bool   `help:"No alerts by SMS any more." xor:"phone"`
	NewLink bool   `help:"Unlink their Telegram at once, and print a code to link one."`
}

// Run changes it, at once: what waits for the old place does not go there.
func (c staffContactCommand) Run(ctx context.Context, w world) error {
	if c.Phone == "" && !c.NoPhone && !c.NewLink {
		return errors.New("say what changes: --phone, --no-phone or --new-link")
	}
	return withStore(ctx, w, func(s settings, db *store.Store) error {
		if c.Phone != "" {
			number, err := phoneNumber(c.Phone, s.DefaultRegion)
			if err != nil {
				return fmt.Errorf("--phone is %w", err)
			}
			c.Phone = number
		}
		var link string
		err := withMember(ctx, db, c.Login, func(tx *store.Tx, member store.Staff) (err error) {
			if member.Disabled && (c.Phone != "" || c.NewLink) { // their number may be a colleague's now
				return fmt.Errorf("%s is disabled and hears no alerts; nothing was changed", c.Login)
			}
			link, err = c.change(ctx, tx, member, w)
			return err
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "Changed where alerts reach %s.\n", c.Login)
		if link != "" && err == nil {
			_, err = fmt.Fprintf(w.stdout, "No Telegram is linked now. To link one: send LINK %s to the line's bot within %d hours\n", link, int(escalation.LinkLasts.Hours()))
		}
		return err
	})
}

// change is part of one transaction, with its entry in the audit.
func (c staffContactCommand) change(ctx context.Context, tx *store.Tx, member store.Staff, w world) (link string, err error) {
	now := w.now()
	switch {
	case c.Phone != "":
		err = tx.SetStaffAddress(ctx, member.ID, casefile.Address{Channel: sms.Name, ID: casefile.Hide(c.Phone)}, now)
		if errors.Is(err, store.ErrConflict) {
			err = errPhoneTaken
		}
	case c.NoPhone:
		err = tx.RemoveStaffAddress(ctx, member.ID, sms.Name)
	}
	switch {
	case err != nil:
		return "", err
	case c.NewLink:
		return clerk(tx, now).Relink(ctx, member) // and audits it
	}
	return "", tx.Audit(ctx, store.Entry{At: now, Actor: byCommand(), Action: "staff.contact", Detail: casefile.Hide(c.Login)})
}
