package console

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/store"
)

// cannedPage is the canned replies, with the form for another one.
type cannedPage struct {
	Waiting []cannedRow // proposed, nobody decided yet
	Offered []cannedRow
	Form    cannedForm
	Decides bool // they may approve, refuse, take away
	Problem *cannedProblem
	Done    string
}

// cannedRow is one canned reply as it is shown.
type cannedRow struct {
	ID, Name, Mark     string
	Disguised, Shipped bool
	Mine               bool // they proposed it themselves
	Who                string
	At                 time.Time
	Texts              []cannedText
}

// cannedText is a canned reply in one language.
type cannedText struct{ Lang, Title, Body string }

// cannedForm is a canned reply as it is typed.
type cannedForm struct {
	Name      string
	Disguised bool
	Texts     []cannedText
}

// cannedProblem says what was not done, and which rule stands in the way.
type cannedProblem struct{ Why, What string }

// doneToCanned are the things that may have been done before the page is shown.
var doneToCanned = []string{"proposed", "approved", "refused", "retired"}

func (c *console) canned(v *visit) error {
	return c.showCanned(v, http.StatusOK, cannedPage{Done: v.wasDone(doneToCanned)})
}

// showCanned fills in what there is and writes the page.
func (c *console) showCanned(v *visit, status int, page cannedPage) error {
	book, err := c.Cases.Canned(v.ctx(), v.staff.Staff)
	if err != nil {
		return err
	}
	page.Decides = v.staff.May(access.ApproveCanned)
	for _, o := range book.Offered {
		row := cannedRow{Name: o.Name, Mark: o.Mark(), Disguised: o.Disguised, Shipped: o.Shipped}
		for _, lang := range c.Book.Langs() {
			row.Texts = append(row.Texts, cannedText{lang, o.Titles[lang], o.Bodies[lang]})
		}
		page.Offered = append(page.Offered, row)
	}
	for _, w := range book.Written {
		if w.State != store.CannedProposed {
			continue
		}
		row := cannedRow{ID: w.ID.String(), Name: w.Name, Disguised: w.Disguised, Mine: w.ProposedBy == v.staff.ID,
			Who: book.Names[w.ProposedBy].Reveal(), At: w.ProposedAt}
		for _, lang := range c.Book.Langs() {
			row.Texts = append(row.Texts, cannedText{lang, w.Texts[lang].Title, w.Texts[lang].Body})
		}
		page.Waiting = append(page.Waiting, row)
	}
	if page.Form.Texts == nil {
		for _, lang := range c.Book.Langs() {
			page.Form.Texts = append(page.Form.Texts, cannedText{Lang: lang})
		}
	}
	c.show(v, status, "canned", page)
	return nil
}

func (c *console) proposeCanned(v *visit) error {
	get := func(name string) string { return strings.TrimSpace(v.r.PostFormValue(name)) }
	form, texts := cannedForm{Name: strings.ToLower(get("name")), Disguised: get("disguised") == "yes"}, map[string]store.CannedText{}
	for _, lang := range c.Book.Langs() {
		text := cannedText{lang, get("title_" + lang), get("body_" + lang)}
		form.Texts, texts[lang] = append(form.Texts, text), store.CannedText{Title: text.Title, Body: text.Body}
	}
	_, err := c.Cases.ProposeCanned(v.ctx(), v.staff.Staff, form.Name, form.Disguised, texts)
	return c.afterCanned(v, err, "proposed", form)
}

func (c *console) approveCanned(v *visit) error {
	return c.decideCanned(v, "approved", func(id casefile.ID) error { return c.Cases.ApproveCanned(v.ctx(), v.staff.Staff, id) })
}

func (c *console) refuseCanned(v *visit) error {
	return c.decideCanned(v, "refused", func(id casefile.ID) error { return c.Cases.RefuseCanned(v.ctx(), v.staff.Staff, id) })
}

func (c *console) decideCanned(v *visit, done string, act func(casefile.ID) error) error {
	id, err := casefile.ParseID(v.r.PathValue("id"))
	if err != nil {
		return errBadForm
	}
	return c.afterCanned(v, act(id), done, cannedForm{})
}

func (c *console) retireCanned(v *visit) error {
	err := c.Cases.RetireCanned(v.ctx(), v.staff.Staff, v.r.PostFormValue("name"), v.r.PostFormValue("mark"))
	return c.afterCanned(v, err, "retired", cannedForm{})
}

// afterCanned is how every act on a canned reply ends.
func (c *console) afterCanned(v *visit, err error, done string, form cannedForm) error {
	var refused *cases.Refused
	if errors.As(err, &refused) {
		status := http.StatusUnprocessableEntity
		if refused.Why == cases.Changed || refused.Why == cases.NoSuchReply {
			status = http.StatusConflict
		}
		return c.showCanned(v, status, cannedPage{Form: form, Problem: &cannedProblem{string(refused.Why), refused.What}})
	}
	if err != nil {
		return err
	}
	http.Redirect(v.w, v.r, "/canned?done="+done, http.StatusSeeOther)
	return nil
}
