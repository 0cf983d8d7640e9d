package cases

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// The reasons for which an account is not changed.
const (
	BadStaff   Why = "bad_staff"   // What names the field, see Hiring.Wrong
	LoginTaken Why = "login_taken" // somebody else has it
	NotYours   Why = "not_yours"   // it gives, or opens, more than they may themselves
	Yourself   Why = "yourself"    // nobody changes what they may do, or shuts themselves out
	OffTheLine Why = "off_line"    // the member is disabled
	NoAlerts   Why = "no_alerts"   // their role answers none
	BadPhone   Why = "bad_phone"   // no number one could send to
	PhoneTaken Why = "phone_taken" // it is somebody else's; whose is not said
)

// Member is a member of staff as those who keep accounts see them.
type Member struct {
	store.Staff
	Mark  string // of what was read; who changes it hands it back
	Yours bool   // whoever looks may give what this member has
	Keeps bool   // and may take them off duty, and off the line
	You   bool
	// Contacts are where alerts reach them: on which channels, never the address.
	Contacts []store.Contact
}

// Staff reads all members of staff, by login.
func (d *Desk) Staff(ctx context.Context, who access.Staff) (all []Member, err error) {
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, access.ManageStaff)
		if err != nil {
			return err
		}
		staff, err := tx.AllStaff(ctx)
		if err != nil {
			return err
		}
		contacts, err := tx.StaffContacts(ctx)
		for _, s := range staff {
			all = append(all, Member{Staff: s, Mark: markOf(s, contacts[s.ID]), Yours: gives(me, postOf(s)), Keeps: keeps(me, s.Agency), You: s.ID == me.ID,
				Contacts: contacts[s.ID]})
		}
		return err
	})
	return all, err
}

// Gives reports whether a member of staff may hand somebody this role and agency.
func Gives(me access.Staff, role access.Role, agency access.Agency) bool {
	return gives(me, Post{Role: role, Agency: agency})
}

// gives: nobody gives more than they may themselves, and who is sent by an agency
// only keeps its own accounts: through another's they could pass a wall.
func gives(me access.Staff, p Post) bool {
	they := access.Staff{ID: me.ID, Role: p.Role, Agency: p.Agency}
	for _, row := range access.Table {
		if they.May(row.Permission) && !me.May(row.Permission) {
			return false
		}
	}
	return keeps(me, p.Agency)
}

// keeps: the accounts of an agency are kept by that agency, and by our own.
func keeps(me access.Staff, agency access.Agency) bool {
	return me.Agency == access.Own || me.Agency == agency
}

func postOf(s store.Staff) Post {
	return Post{Role: access.Role(s.Role), Team: s.Team, Agency: s.Agency, Children: s.Children}
}

// markOf changes with everything of an account that is changed here.
func markOf(s store.Staff, contacts []store.Contact) string {
	state := fmt.Appendf(nil, "%s\x00%s\x00%s\x00%t\x00%t\x00%t", s.Role, s.Team, s.Agency, s.Children, s.OnDuty, s.Disabled)
	for _, c := range contacts {
		state = fmt.Appendf(state, "\x00%s\x00%d", c.Channel, c.Since.UnixMicro())
	}
	sum := sha256.Sum256(state)
	return hex.EncodeToString(sum[:8])
}

// Hire adds a member of staff; typed is the number for alerts by SMS, which may be
// empty. The papers are shown once.
func (d *Desk) Hire(ctx context.Context, who access.Staff, h Hiring, typed string) (papers Papers, err error) {
	if field := h.Wrong(); field != "" {
		return Papers{}, &Refused{Why: BadStaff, What: field}
	}
	if typed != "" {
		var ok bool
		if h.Phone, ok = d.phone(typed); !ok {
			return Papers{}, refuse(BadPhone)
		}
	}
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, access.ManageStaff)
		if err != nil {
			return err
		}
		switch {
		case !gives(me, h.Post):
			return refuse(NotYours)
		case typed != "" && me.Agency != access.Own:
			return refuse(NotOwn)
		}
		papers, err = Clerk{Tx: tx, By: me.Actor(), Now: d.Now()}.Hire(ctx, h)
		return err
	})
	if errors.Is(err, store.ErrConflict) {
		return Papers{}, refuse(LoginTaken)
	}
	if err == nil {
		d.Changed()
	}
	return papers, err
}

// Move gives somebody a role, a team, an agency, and says whether they are trained for
// children.
func (d *Desk) Move(ctx context.Context, who access.Staff, login, mark string, to Post) error {
	if field := to.Wrong(); field != "" {
		return &Refused{Why: BadStaff, What: field}
	}
	return d.onStaff(ctx, who, login, mark, func(c Clerk, me access.Staff, member store.Staff) error {
		now := postOf(member)
		switch {
		case member.Disabled:
			return refuse(OffTheLine)
		case member.ID == me.ID && (to.Role != now.Role || to.Agency != now.Agency || to.Children != now.Children):
			return refuse(Yourself)
		case !gives(me, now), !gives(me, to):
			return refuse(NotYours)
		}
		return c.Move(ctx, member, to)
	})
}

// Duty puts somebody on or off duty.
func (d *Desk) Duty(ctx context.Context, who access.Staff, login, mark string, on bool) error {
	return d.onStaff(ctx, who, login, mark, func(c Clerk, me access.Staff, member store.Staff) error {
		switch {
		case member.Disabled:
			return refuse(OffTheLine)
		case !keeps(me, member.Agency):
			return refuse(NotYours)
		case on && !access.May(access.Role(member.Role), access.Acknowledge):
			return refuse(NoAlerts)
		}
		return c.Duty(ctx, member, on)
	})
}

// Disable takes somebody off the line, at once. It gives nobody anything, so whoever
// keeps accounts may do it to everybody but themselves; whom an agency sends only to its
// own, or they could leave nobody there who hears what is said of it.
func (d *Desk) Disable(ctx context.Context, who access.Staff, login, mark string) error {
	return d.onStaff(ctx, who, login, mark, func(c Clerk, me access.Staff, member store.Staff) error {
		switch {
		case member.ID == me.ID:
			return refuse(Yourself)
		case !keeps(me, member.Agency):
			return refuse(NotYours)
		}
		return c.Disable(ctx, member)
	})
}

// Enable takes somebody back, with new papers.
func (d *Desk) Enable(ctx context.Context, who access.Staff, login, mark string) (papers Papers, err error) {
	err = d.onStaff(ctx, who, login, mark, func(c Clerk, me access.Staff, member store.Staff) (err error) {
		switch {
		case !member.Disabled:
			return refuse(Changed)
		case !gives(me, postOf(member)):
			return refuse(NotYours)
		}
		papers, err = c.Enable(ctx, member)
		return err
	})
	return papers, err
}

// Reset replaces everything somebody signs in with. Not one's own: that is done on the
// page of one's account, with what one still has.
func (d *Desk) Reset(ctx context.Context, who access.Staff, login, mark string) (papers Papers, err error) {
	err = d.onStaff(ctx, who, login, mark, func(c Clerk, me access.Staff, member store.Staff) (err error) {
		switch {
		case member.Disabled:
			return refuse(OffTheLine)
		case member.ID == me.ID:
			return refuse(Yourself)
		case !gives(me, postOf(member)):
			return refuse(NotYours)
		}
		papers.ID = member.ID
		papers.SignIn, err = c.Reset(ctx, member)
		return err
	})
	return papers, err
}

// Relink unlinks somebody's Telegram and makes the code that links another.
func (d *Desk) Relink(ctx context.Context, who access.Staff, login, mark string) (papers Papers, err error) {
	err = d.onStaff(ctx, who, login, mark, func(c Clerk, me access.Staff, member store.Staff) (err error) {
		switch {
		case member.Disabled:
			return refuse(OffTheLine)
		case !gives(me, postOf(member)):
			return refuse(NotYours)
		}
		papers.ID = member.ID
		papers.Link, err = c.Contact(ctx, member, Contact{NewLink: true})
		return err
	})
	return papers, err
}

// SetPhone sends somebody's alerts by SMS to another number, as it was typed; the empty
// one ends that. The number is shown on no page afterwards. Whoever writes from it is
// heard as a colleague, so only our own type one: whom an agency sends proves theirs with
// a link code.
func (d *Desk) SetPhone(ctx context.Context, who access.Staff, login, mark, typed string) error {
	to := Contact{NoPhone: typed == ""}
	if typed != "" {
		var ok bool
		if to.Phone, ok = d.phone(typed); !ok {
			return refuse(BadPhone)
		}
	}
	return d.onStaff(ctx, who, login, mark, func(c Clerk, me access.Staff, member store.Staff) error {
		switch {
		case member.Disabled && !to.NoPhone: // their number may be a colleague's now
			return refuse(OffTheLine)
		case !gives(me, postOf(member)):
			return refuse(NotYours)
		case !to.NoPhone && me.Agency != access.Own:
			return refuse(NotOwn)
		}
		_, err := c.Contact(ctx, member, to)
		return err
	})
}

// phone reads a number as it was typed.
func (d *Desk) phone(typed string) (casefile.Private, bool) {
	if d.Phone == nil {
		return casefile.Private{}, false
	}
	return d.Phone(typed)
}

// onStaff works on one account, locked. Whoever read another state of it is refused.
func (d *Desk) onStaff(ctx context.Context, who access.Staff, login, mark string, work func(Clerk, access.Staff, store.Staff) error) error {
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, access.ManageStaff)
		if err != nil {
			return err
		}
		member, err := tx.LockStaff(ctx, login)
		if err != nil {
			return err
		}
		contacts, err := tx.StaffContacts(ctx)
		if err != nil {
			return err
		}
		if mark != markOf(member, contacts[member.ID]) {
			return refuse(Changed)
		}
		return work(Clerk{Tx: tx, By: me.Actor(), Now: d.Now()}, me, member)
	})
	if err == nil {
		d.Changed()
	}
	return err
}
