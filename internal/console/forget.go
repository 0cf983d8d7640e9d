package console

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/retention"
	"pulang/internal/store"
)

// forgetPage says what forgetting a case takes and leaves, and why; of a case that is
// forgotten, it shows the numbers that are left.
type forgetPage struct {
	Ref      string
	Mark     string
	Closed   bool
	Asked    time.Time // when the person asked for it; zero: they did not
	Done     time.Time // when it was forgotten; zero: it is not
	Left     []leftRow
	Timeline []eventRow
	Reason   string // as typed
	Problem  string // key below console.forget; empty: nothing was refused
}

// leftRow is what is left of one conversation.
type leftRow struct {
	Why, By                         string // the key of why, and the working name of who did it
	Messages, Letters, Facts, Notes int
}

// forgetting shows the page, before anything is done.
func (c *console) forgetting(v *visit) error {
	return c.forgetWith(v, http.StatusOK, "", "")
}

// forget does it, when the reference was typed a second time.
func (c *console) forget(v *visit) error {
	if c.Forget == nil {
		return store.ErrNotFound
	}
	ref, reason := v.r.PathValue("ref"), v.r.PostFormValue("reason")
	err := c.Forget.Case(v.ctx(), v.staff.Staff, ref, v.r.PostFormValue("typed"), reason)
	var refused *retention.Refused
	switch {
	case errors.As(err, &refused):
		status := http.StatusUnprocessableEntity
		switch refused.Why {
		case retention.IsOpen, retention.IsBusy, retention.IsForgotten:
			status = http.StatusConflict
		}
		return c.forgetWith(v, status, reason, string(refused.Why))
	case err != nil:
		return err
	}
	http.Redirect(v.w, v.r, "/cases/"+url.PathEscape(ref), http.StatusSeeOther)
	return nil
}

// forgetWith shows the page with what was typed and what is wrong with it. It is a
// look at the case, and audited as one.
func (c *console) forgetWith(v *visit, status int, reason, problem string) error {
	view, err := c.Cases.Open(v.ctx(), v.staff.Staff, v.r.PathValue("ref"))
	if err != nil {
		return err
	}
	return c.showForget(v, view, status, reason, problem)
}

func (c *console) showForget(v *visit, view cases.View, status int, reason, problem string) error {
	page := forgetPage{Ref: view.Case.Ref, Mark: short(view.Mark), Closed: view.Case.Closed, Done: view.Case.Forgotten,
		Timeline: rowsOf(view.Recent, view.Names), Reason: reason, Problem: problem}
	if asked, ok := view.Facts.Latest(casefile.ForgetAsked); ok {
		page.Asked = asked.At
	}
	if c.Forget != nil && !page.Done.IsZero() {
		left, err := c.Forget.Remains(v.ctx(), view.Case.ID)
		if err != nil {
			return err
		}
		for _, r := range left {
			page.Left = append(page.Left, leftRow{"why_" + string(r.Why), view.Names[r.By].Reveal(), r.Messages, r.Letters, r.Facts, r.Notes})
		}
	}
	c.show(v, status, "forget", page)
	return nil
}
