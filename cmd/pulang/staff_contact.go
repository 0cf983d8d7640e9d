package main

import (
	"context"
	"errors"
	"fmt"

	"pulang/internal/casefile"
	"pulang/internal/cases"
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
	to := cases.Contact{NoPhone: c.NoPhone, NewLink: c.NewLink}
	return withStore(ctx, w, func(s settings, db *store.Store) error {
		if c.Phone != "" {
			number, err := phoneNumber(c.Phone, s.DefaultRegion)
			if err != nil {
				return fmt.Errorf("--phone is %w", err)
			}
			to.Phone = casefile.Hide(number)
		}
		var link string
		err := withMember(ctx, db, c.Login, func(tx *store.Tx, member store.Staff) (err error) {
			if member.Disabled && (c.Phone != "" || c.NewLink) { // their number may be a colleague's now
				return fmt.Errorf("%s is disabled and hears no alerts; nothing was changed", c.Login)
			}
			link, err = clerk(tx, w.now()).Contact(ctx, member, to)
			return inWords(err)
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
