package escalation

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// StaffVerb is what a member of staff wants of the line by text or button.
type StaffVerb string

// The verbs. NoVerb: it was not a command.
const (
	NoVerb   StaffVerb = ""
	SayOK    StaffVerb = "ok"       // OK CODE; without a code, Code is empty
	PressOK  StaffVerb = "press_ok" // the button under an alert; never read from a text
	SayOn    StaffVerb = "on"       // ON
	SayOff   StaffVerb = "off"      // OFF
	SayLink  StaffVerb = "link"     // LINK CODE, also /start CODE
	linkSize           = 8
)

// StaffCommand is a text of staff, read.
type StaffCommand struct {
	Verb StaffVerb
	Code string // capitals and digits, without spaces or dashes
}

// ParseStaff reads what a member of staff wrote or pressed: "OK K7Q2", "ok:k7q2",
// "on", "/off", "LINK ABCD-EFGH". Anything else is NoVerb. It is pure.
func ParseStaff(text string) StaffCommand {
	words := strings.FieldsFunc(strings.ToUpper(text), func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if len(words) == 0 || len(words) > 9 {
		return StaffCommand{}
	}
	code := strings.Join(words[1:], "")
	switch words[0] {
	case "OK", "OKE", "OKAY":
		if code == "" || isCode(code, 4, 6) {
			return StaffCommand{Verb: SayOK, Code: code}
		}
		if isCode(words[1], 4, 6) { // "OK K7Q2 siap"
			return StaffCommand{Verb: SayOK, Code: words[1]}
		}
	case "ON":
		if code == "" {
			return StaffCommand{Verb: SayOn}
		}
	case "OFF":
		if code == "" {
			return StaffCommand{Verb: SayOff}
		}
	case "LINK", "START":
		if isCode(code, linkSize, linkSize) {
			return StaffCommand{Verb: SayLink, Code: code}
		}
	default:
		if glued, ok := strings.CutPrefix(words[0], "OK"); ok && code == "" && isCode(glued, 4, 6) {
			return StaffCommand{Verb: SayOK, Code: glued}
		}
	}
	return StaffCommand{}
}

func isCode(s string, shortest, longest int) bool {
	return len(s) >= shortest && len(s) <= longest &&
		!strings.ContainsFunc(s, func(r rune) bool { return !strings.ContainsRune(codeAlphabet, r) })
}

// SetDuty puts a member of staff on or off duty and reports whether that changed
// anything.
func (e *Escalation) SetDuty(ctx context.Context, tx *store.Tx, staff casefile.ID, on bool, by casefile.Actor, now time.Time) (changed bool, err error) {
	changed, err = tx.SetDuty(ctx, staff, on, now)
	if err != nil || !changed {
		return false, err
	}
	action := "staff.off_duty"
	if on {
		action = "staff.on_duty"
	}
	return true, tx.Audit(ctx, store.Entry{At: now, Actor: by, Action: action, Detail: casefile.Hide(staff.String())})
}

// LinkLasts is how long a link code is good for.
const LinkLasts = 24 * time.Hour

// NewLinkCode makes the one-time code with which a member of staff links an
// address by writing LINK and the code from it. Only a keyed hash is stored; an
// earlier code stops working.
func (e *Escalation) NewLinkCode(ctx context.Context, tx *store.Tx, staff casefile.ID, by casefile.Actor, now time.Time) (string, error) {
	code := newCode(linkSize)
	if err := tx.SetLinkCode(ctx, staff, casefile.Hide(code), now.Add(LinkLasts)); err != nil {
		return "", err
	}
	err := tx.Audit(ctx, store.Entry{At: now, Actor: by, Action: "staff.link_code", Detail: casefile.Hide(staff.String())})
	return code[:linkSize/2] + "-" + code[linkSize/2:], err
}

// Link spends a link code written from an address: it belongs to that member of
// staff from now on. False for a code that is not valid, or an address that is a
// colleague's: whoever wrote it is a person like any other.
func (e *Escalation) Link(ctx context.Context, tx *store.Tx, code string, from casefile.Address, now time.Time) (staff casefile.ID, ok bool, err error) {
	err = tx.Savepoint(ctx, func(inner *store.Tx) error {
		if staff, err = inner.UseLinkCode(ctx, casefile.Hide(code), now); err != nil {
			return err
		}
		if err := inner.SetStaffAddress(ctx, staff, from, now); err != nil {
			return err
		}
		return inner.Audit(ctx, store.Entry{At: now, Actor: casefile.ByStaff(staff), Action: "staff.linked", Detail: casefile.Hide(string(from.Channel))})
	})
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrConflict) {
		return casefile.ID{}, false, nil
	}
	return staff, err == nil, err
}
