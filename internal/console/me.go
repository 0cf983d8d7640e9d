package console

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/signin"
)

// mePage is what a member of staff sees of their own sign-in.
type mePage struct {
	Keys       []myKey
	Sessions   []mySession
	Codes      int // recovery codes that are still good
	Colleagues []colleague
	Manages    bool // may end a colleague's sessions
	Passkeys   bool // there are passkeys at this address
	Fresh      bool // keys and codes may be changed now
	Minutes    int  // for how long
	NewCodes   []string
	Done       string // key below console.me.done
	Wrong      string // key below console.me
	Wait       int    // minutes, with "slow"
}

// myKey is a passkey with the name its owner gave it.
type myKey struct {
	signin.Key
	Label string
}

// mySession is a session with the browser and the network it was opened from.
type mySession struct {
	signin.Session
	Place string
}

// colleague is somebody else who is signed in.
type colleague struct {
	Login    string
	Sessions int
}

// doneOnMe are the things that may have been done before the page is shown.
var doneOnMe = []string{"confirmed", "added", "removed", "ended", "ended_others", "ended_colleague"}

func (c *console) me(v *visit) error {
	return c.showMe(v, http.StatusOK, mePage{Done: v.wasDone(doneOnMe)})
}

// showMe fills in what stands and writes the page.
func (c *console) showMe(v *visit, status int, page mePage) error {
	account, err := c.SignIn.Account(v.ctx(), c.cookie(v.r, sessionCookie))
	if err != nil {
		return err
	}
	now := c.Now()
	page.Codes, page.Passkeys, page.Manages = account.Codes, c.SignIn.Passkeys(), v.staff.May(access.ManageStaff)
	page.Fresh = page.Fresh || now.Before(v.staff.Fresh)
	page.Minutes = max(1, int((v.staff.Fresh.Sub(now)+time.Minute-1)/time.Minute))
	for _, key := range account.Passkeys {
		page.Keys = append(page.Keys, myKey{Key: key, Label: key.Name.Reveal()})
	}
	for _, session := range account.Sessions {
		page.Sessions = append(page.Sessions, mySession{Session: session, Place: session.From.Reveal()})
	}
	for _, login := range slices.Sorted(maps.Keys(account.Colleagues)) {
		page.Colleagues = append(page.Colleagues, colleague{Login: login, Sessions: account.Colleagues[login]})
	}
	c.show(v, status, "me", page)
	return nil
}

// refusedOnMe shows the page again with what to do.
func (c *console) refusedOnMe(v *visit, err error) error {
	var slow *signin.SlowDown
	page, status := mePage{}, http.StatusUnprocessableEntity
	switch {
	case errors.As(err, &slow):
		page.Wrong, status = "slow", http.StatusTooManyRequests
		page.Wait = int((slow.Wait + time.Minute - 1) / time.Minute)
	case errors.Is(err, signin.ErrConfirm):
		page.Wrong = "confirm_first"
	case errors.Is(err, signin.ErrStartOver), errors.Is(err, signin.ErrNoPasskey):
		page.Wrong = "start_over"
	case errors.Is(err, signin.ErrCopied):
		page.Wrong = "copied"
	case errors.Is(err, signin.ErrWrong):
		page.Wrong = "wrong"
	default:
		return err
	}
	return c.showMe(v, status, page)
}

// didOnMe goes back to the page, or says why it was refused.
func (c *console) didOnMe(v *visit, done string, err error) error {
	if err != nil {
		return c.refusedOnMe(v, err)
	}
	http.Redirect(v.w, v.r, "/me?done="+done, http.StatusSeeOther)
	return nil
}

func (c *console) confirmCode(v *visit) error {
	err := c.SignIn.ConfirmCode(v.ctx(), c.cookie(v.r, sessionCookie), v.r.PostFormValue("code"), c.from(v.r))
	return c.didOnMe(v, "confirmed", err)
}

func (c *console) confirmPasskey(v *visit) error {
	err := c.SignIn.ConfirmPasskey(v.ctx(), c.cookie(v.r, sessionCookie), v.r.PostFormValue("token"), v.r.PostFormValue("answer"))
	return c.didOnMe(v, "confirmed", err)
}

// askConfirm and askNewPasskey are asked by the script, which shows the answer to
// the browser's own dialog.
func (c *console) askConfirm(v *visit) error {
	asked, err := c.SignIn.AskConfirm(v.ctx(), c.cookie(v.r, sessionCookie))
	return c.asks(v.w, asked, err)
}

func (c *console) askNewPasskey(v *visit) error {
	asked, err := c.SignIn.AskNewPasskey(v.ctx(), c.cookie(v.r, sessionCookie))
	return c.asks(v.w, asked, err)
}

// asks writes a ceremony for the script; a refusal is a plain status.
func (c *console) asks(w http.ResponseWriter, asked signin.Ceremony, err error) error {
	switch {
	case errors.Is(err, signin.ErrConfirm), errors.Is(err, signin.ErrNoPasskey):
		w.WriteHeader(http.StatusConflict)
		return nil
	case err != nil:
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(map[string]any{"token": asked.Token, "options": asked.Options})
}

// longestKeyName is how long the name of a passkey may be, in bytes.
const longestKeyName = 60

func (c *console) addPasskey(v *visit) error {
	name := v.r.PostFormValue("name")
	if len(name) > longestKeyName {
		name = strings.ToValidUTF8(name[:longestKeyName], "")
	}
	err := c.SignIn.AddPasskey(v.ctx(), c.cookie(v.r, sessionCookie), v.r.PostFormValue("token"), v.r.PostFormValue("answer"), name)
	return c.didOnMe(v, "added", err)
}

func (c *console) removePasskey(v *visit) error {
	id, err := casefile.ParseID(v.r.PathValue("id"))
	if err != nil {
		return errBadForm
	}
	return c.didOnMe(v, "removed", c.SignIn.RemovePasskey(v.ctx(), c.cookie(v.r, sessionCookie), id))
}

// newCodes shows the codes in the answer itself: they are shown once, and no page
// has them afterwards.
func (c *console) newCodes(v *visit) error {
	codes, err := c.SignIn.NewRecoveryCodes(v.ctx(), c.cookie(v.r, sessionCookie))
	if err != nil {
		return c.refusedOnMe(v, err)
	}
	return c.showMe(v, http.StatusOK, mePage{NewCodes: codes})
}

func (c *console) endSession(v *visit) error {
	id, err := casefile.ParseID(v.r.PathValue("id"))
	if err != nil {
		return errBadForm
	}
	return c.didOnMe(v, "ended", c.SignIn.EndSession(v.ctx(), v.staff, id))
}

func (c *console) endOtherSessions(v *visit) error {
	return c.didOnMe(v, "ended_others", c.SignIn.EndOtherSessions(v.ctx(), v.staff, c.cookie(v.r, sessionCookie)))
}

func (c *console) endColleague(v *visit) error {
	return c.didOnMe(v, "ended_colleague", c.SignIn.EndColleague(v.ctx(), v.staff.Staff, v.r.PathValue("login")))
}
