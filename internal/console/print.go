package console

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"pulang/internal/access"
	"pulang/internal/cases"
)

// printPage is a case as it goes on paper.
type printPage struct {
	filePage
	By      string // working name of who made it
	At      time.Time
	Covered bool
}

// print shows a case for paper, covered. Making the page is audited; the printing
// itself is the browser's.
func (c *console) print(v *visit) error { return c.paper(v, c.Cases.Print) }

// printRevealed is print with what is covered shown: the press is audited before.
func (c *console) printRevealed(v *visit) error { return c.paper(v, c.Cases.PrintRevealed) }

func (c *console) paper(v *visit, read func(context.Context, access.Staff, string, cases.Look) (cases.View, error)) error {
	look, err := lookOf(v.r)
	if err != nil {
		return err
	}
	view, err := read(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), look)
	if err != nil {
		return err
	}
	if !view.Case.Forgotten.IsZero() {
		return c.showForget(v, view, http.StatusOK, forgetPage{})
	}
	page := printPage{filePage: pageOf(view, v.staff.ID), By: v.staff.Name.Reveal(), At: view.Now, Covered: !view.Pressed}
	page.Identity = view.Shown.Address.Reveal() // empty, unless this is the audited press
	page.May, v.words.full = mayOf(v), true
	c.show(v, http.StatusOK, "print", page)
	return nil
}

// OnPaper reports whether nothing on the page can be opened any more.
func (p printPage) OnPaper() bool { return true }

// Earlier leads to paper of the stretch before; empty: there is none.
func (p printPage) Earlier() string {
	if p.Older == "" {
		return ""
	}
	return "/cases/" + url.PathEscape(p.Ref) + "/print" + query(p.Talk, p.Older)
}
