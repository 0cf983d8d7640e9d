package cases

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/signin"
	"pulang/internal/store"
)

// What is done to accounts of staff, as the audit calls it.
const (
	actionStaffAdded    = "staff.added"
	actionStaffDisabled = "staff.disabled"
	actionStaffEnabled  = "staff.enabled"
	actionStaffPlaced   = "staff.placed"
	actionStaffReset    = "staff.reset"
	actionStaffContact  = "staff.contact"
)

const (
	// linkedChannel is the channel on which a one-time code links an address.
	linkedChannel casefile.ChannelName = "telegram"
	// TextChannel is the channel of phone numbers.
	TextChannel casefile.ChannelName = "sms"
)

// Clerk keeps accounts of staff, in one transaction, and audits it: for the console's
// desk, which asks first who may, and for the commands of whoever runs the machine.
type Clerk struct {
	Tx  *store.Tx
	By  casefile.Actor
	Now time.Time
}

// Hiring is a member of staff to be.
type Hiring struct {
	Login  string
	Name   string // working name
	Post   Post
	Langs  []string // what they speak, theirs first
	OnDuty bool
	Phone  casefile.Private // in E.164, for alerts by SMS; may be empty
}

// Post is what somebody may do, and where they belong.
type Post struct {
	Role     access.Role
	Team     string
	Agency   access.Agency
	Children bool
}

// Papers are what somebody is handed once; nothing of it is stored in this form.
type Papers struct {
	ID     casefile.ID
	SignIn signin.Enrolment
	Link   string // the code that links a Telegram chat
}

var (
	loginForm = regexp.MustCompile(`^[a-z0-9._-]{2,40}$`)
	teamForm  = regexp.MustCompile(`^[a-z0-9._-]{1,40}$`)
)

// longestWorkingName is how long a working name may be, in bytes.
const longestWorkingName = 60

// Wrong names the first field that cannot be: login, name, role, team, agency, lang or
// on_duty; empty: none.
func (h Hiring) Wrong() string {
	switch {
	case !loginForm.MatchString(h.Login) || strings.Trim(h.Login, ".") == "": // a path of the console ends with it
		return "login"
	case strings.TrimSpace(h.Name) == "" || len(h.Name) > longestWorkingName || !utf8.ValidString(h.Name) || strings.ContainsFunc(h.Name, unseen):
		return "name"
	case h.Post.Wrong() != "":
		return h.Post.Wrong()
	case len(h.Langs) == 0 || slices.ContainsFunc(h.Langs, unspoken):
		return "lang"
	case h.OnDuty && !access.May(h.Post.Role, access.Acknowledge):
		return "on_duty"
	}
	return ""
}

// Wrong names the first field that cannot be: role, team or agency; empty: none.
func (p Post) Wrong() string {
	_, known := access.ParseAgency(string(p.Agency))
	switch {
	case !slices.Contains(access.Roles, p.Role):
		return "role"
	case !teamForm.MatchString(p.Team):
		return "team"
	case !known:
		return "agency"
	}
	return ""
}

// unseen are control characters, and those that turn a line round or take no room.
func unseen(letter rune) bool { return unicode.IsControl(letter) || unicode.Is(unicode.Cf, letter) }

func unspoken(lang string) bool {
	return lang != string(casefile.Indonesian) && lang != string(casefile.English)
}

// Hire adds a member of staff. store.ErrConflict when the login is taken.
func (c Clerk) Hire(ctx context.Context, h Hiring) (Papers, error) {
	if err := c.joins(ctx, h.Post); err != nil {
		return Papers{}, err
	}
	papers := Papers{ID: casefile.NewID(c.Now)}
	member := store.Staff{ID: papers.ID, Login: h.Login, Name: casefile.Hide(strings.TrimSpace(h.Name)), Role: string(h.Post.Role), Team: h.Post.Team,
		Languages: h.Langs, Lang: casefile.Lang(h.Langs[0]), CreatedAt: c.Now, Agency: h.Post.Agency, Children: h.Post.Children}
	if err := c.Tx.AddStaff(ctx, member); err != nil {
		return Papers{}, err
	}
	if err := c.Tx.Flush(ctx); err != nil {
		return Papers{}, err
	}
	if h.OnDuty {
		if err := c.Duty(ctx, member, true); err != nil {
			return Papers{}, err
		}
	}
	if !h.Phone.IsEmpty() {
		if err := c.phone(ctx, member, h.Phone); err != nil {
			return Papers{}, err
		}
	}
	if err := c.hand(ctx, &papers); err != nil {
		return Papers{}, err
	}
	return papers, c.record(ctx, actionStaffAdded, member)
}

// hand makes the papers.
func (c Clerk) hand(ctx context.Context, papers *Papers) (err error) {
	if papers.Link, err = c.ladder().NewLinkCode(ctx, c.Tx, papers.ID, c.By, c.Now); err != nil {
		return err
	}
	papers.SignIn, err = signin.Enrol(ctx, c.Tx, papers.ID, c.By, c.Now)
	return err
}

// ladder needs none of what it climbs with.
func (Clerk) ladder() *escalation.Escalation { return &escalation.Escalation{} }

// Disable takes somebody off the line: no alerts, no sign-in, at once.
func (c Clerk) Disable(ctx context.Context, member store.Staff) error {
	if err := c.Tx.DisableStaff(ctx, member.ID, c.Now); err != nil {
		return err
	}
	if err := c.Tx.RevokeStaffSessions(ctx, member.ID, c.Now); err != nil {
		return err
	}
	return c.record(ctx, actionStaffDisabled, member)
}

// Enable takes somebody back: with new papers, off duty, and without the addresses
// they had, which may be in other hands.
func (c Clerk) Enable(ctx context.Context, member store.Staff) (Papers, error) {
	papers := Papers{ID: member.ID}
	if err := c.Tx.JoinTeam(ctx, member.Team); errors.Is(err, store.ErrNotFound) {
		return Papers{}, refuse(TeamRetired)
	} else if err != nil {
		return Papers{}, err
	}
	if err := c.Tx.EnableStaff(ctx, member.ID); err != nil {
		return Papers{}, err
	}
	addresses, err := c.Tx.StaffAddresses(ctx, member.ID)
	if err != nil {
		return Papers{}, err
	}
	for _, a := range addresses {
		if err := c.Tx.RemoveStaffAddress(ctx, member.ID, a.Channel); err != nil {
			return Papers{}, err
		}
	}
	if err := c.hand(ctx, &papers); err != nil {
		return Papers{}, err
	}
	return papers, c.record(ctx, actionStaffEnabled, member)
}

// Reset replaces everything somebody signs in with, and ends their sessions.
func (c Clerk) Reset(ctx context.Context, member store.Staff) (signin.Enrolment, error) {
	enrolment, err := signin.Enrol(ctx, c.Tx, member.ID, c.By, c.Now)
	if err != nil {
		return signin.Enrolment{}, err
	}
	return enrolment, c.record(ctx, actionStaffReset, member)
}

// Contact is what changes of where alerts reach somebody.
type Contact struct {
	Phone   casefile.Private // in E.164, for alerts by SMS; empty: it stays
	NoPhone bool             // no alerts by SMS any more
	NewLink bool             // unlink their Telegram, and make the code that links another
}

// Contact changes where alerts reach somebody, at once: what waits for the old place
// does not go there. It returns the code that links a Telegram chat, if one was asked
// for.
func (c Clerk) Contact(ctx context.Context, member store.Staff, to Contact) (link string, err error) {
	switch {
	case !to.Phone.IsEmpty():
		err = c.phone(ctx, member, to.Phone)
	case to.NoPhone:
		err = c.Tx.RemoveStaffAddress(ctx, member.ID, TextChannel)
	}
	if err == nil && to.NewLink {
		link, err = c.relink(ctx, member)
	}
	if err != nil {
		return "", err
	}
	return link, c.record(ctx, actionStaffContact, member)
}

func (c Clerk) relink(ctx context.Context, member store.Staff) (string, error) {
	if err := c.Tx.RemoveStaffAddress(ctx, member.ID, linkedChannel); err != nil {
		return "", err
	}
	return c.ladder().NewLinkCode(ctx, c.Tx, member.ID, c.By, c.Now)
}

func (c Clerk) phone(ctx context.Context, member store.Staff, number casefile.Private) error {
	err := c.Tx.TypeStaffAddress(ctx, member.ID, casefile.Address{Channel: TextChannel, ID: number}, c.Now)
	if errors.Is(err, store.ErrConflict) {
		return refuse(PhoneTaken)
	}
	return err
}

// Move gives somebody a role and a place. Whose new role answers no alerts goes off
// duty.
func (c Clerk) Move(ctx context.Context, member store.Staff, to Post) error {
	if err := c.joins(ctx, to); err != nil {
		return err
	}
	if err := c.Tx.PlaceStaff(ctx, member.ID, to.Team, to.Agency, to.Children); err != nil {
		return err
	}
	if string(to.Role) != member.Role {
		if err := c.Tx.SetRole(ctx, member.ID, string(to.Role)); err != nil {
			return err
		}
	}
	if member.OnDuty && !access.May(to.Role, access.Acknowledge) {
		if err := c.Duty(ctx, member, false); err != nil {
			return err
		}
	}
	return c.record(ctx, actionStaffPlaced, member)
}

// Duty puts somebody on or off duty, and audits it when that changes anything.
func (c Clerk) Duty(ctx context.Context, member store.Staff, on bool) error {
	_, err := c.ladder().SetDuty(ctx, c.Tx, member.ID, on, c.By, c.Now)
	return err
}

func (c Clerk) record(ctx context.Context, action string, member store.Staff) error {
	return c.Tx.Audit(ctx, store.Entry{At: c.Now, Actor: c.By, Action: action, Detail: casefile.Hide(member.Login)})
}
