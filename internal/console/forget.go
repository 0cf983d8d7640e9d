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
	Problem  string // key below console.forget; empty: nothing was refused

	Kept              time.Time // until when somebody keeps it; zero: nobody does
	KeptBy, KeptMark  string
	FirstDay, LastDay string // that it may be kept until
	KeptProblem       string // key below console.kept
	KeptDone          string // key below console.kept.done
	Form              form   // as typed
}

// leftRow is what is left of one conversation.
type leftRow struct {
	Why, By                         string // the key of why, and the working name of who did it
	Messages, Letters, Facts, Notes int
}

// forgetting shows the page, before anything is done.
func (c *console) forgetting(v *visit) error {
	page := forgetPage{}
	if done := v.r.URL.Query().Get("done"); done == "kept" || done == "let_go" {
		page.KeptDone = done
	}
	return c.forgetWith(v, http.StatusOK, page)
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
		case retention.IsOpen, retention.IsBusy, retention.IsForgotten, retention.IsKept:
			status = http.StatusConflict
		}
		return c.forgetWith(v, status, forgetPage{Form: wrote(v, string(cases.FormForget)), Problem: string(refused.Why)})
	case err != nil:
		return err
	}
	http.Redirect(v.w, v.r, "/cases/"+url.PathEscape(ref), http.StatusSeeOther)
	return nil
}

// forgetWith shows the page with what was typed and what is wrong with it. It is a
// look at the case, and audited as one.
func (c *console) forgetWith(v *visit, status int, page forgetPage) error {
	view, err := c.Cases.Open(v.ctx(), v.staff.Staff, v.r.PathValue("ref"))
	if err != nil {
		return err
	}
	return c.showForget(v, view, status, page)
}

func (c *console) showForget(v *visit, view cases.View, status int, page forgetPage) error {
	page.Ref, page.Mark, page.Closed, page.Done = view.Case.Ref, short(view.Mark), view.Case.Closed, view.Case.Forgotten
	page.Timeline, page.Form.Kept = rowsOf(view.Recent, view.Names), keptIn(view.Answering.Forms)
	if page.Done.IsZero() {
		if err := c.keptIn(v, view, &page); err != nil {
			return err
		}
	}
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

// keptIn fills in whether somebody keeps the case past its time.
func (c *console) keptIn(v *visit, view cases.View, page *forgetPage) error {
	kept, err := c.Cases.IsKept(v.ctx(), v.staff.Staff, view.Case.Ref)
	if err != nil {
		return err
	}
	page.Kept, page.KeptBy, page.KeptMark = kept.Until, view.Names[kept.By].Reveal(), cases.KeptMark(kept)
	page.FirstDay, page.LastDay = c.dayOf(view.Now.AddDate(0, 0, 1)), c.dayOf(view.Now.AddDate(0, 0, cases.LongestKept-1))
	return nil
}
