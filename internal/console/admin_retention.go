package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/retention"
	"pulang/internal/store"
)

// retentionPage is how long everything stays, what forgetting did last, and the cases
// that somebody keeps.
type retentionPage struct {
	Terms   []termRow
	Kept    []keptRow
	Ran     time.Time // the last run; zero: there was none
	Went    int       // what it took
	Soon    int       // what is due within a week of it
	Counts  bool      // they are told how much went: it counts what is kept from others
	Changes bool      // they may choose terms
	Keeps   bool      // they may keep cases, and let them go
	Fresh   bool      // terms may be changed now
	Problem *termProblem
	Done    string
}

// termRow is one kind of data as it is shown.
type termRow struct {
	Kind, Mark                  string
	Days, Longest, Brings, Went int // Days 0: for good; Longest 0: fixed; Brings: what the program brings
	Soon                        int
	WentAt, Chosen              time.Time // zero: nothing went yet; nobody chose
	By                          string
	Looks                       bool // forgetting looks at it
	Typed, Reason               string
	Open                        bool
}

// keptRow is a case that somebody keeps.
type keptRow struct {
	Ref, Mark, By string
	Until         time.Time
	Reason        string // as typed
	Open          bool
}

// termProblem says what was not done, and about which kind or case.
type termProblem struct {
	Why, About string
	N          int
}

// doneToRetention are the things that may have been done before the page is shown.
var doneToRetention = []string{"changed", "let_go"}

func (c *console) retention(v *visit) error {
	return c.showRetention(v, http.StatusOK, retentionPage{Done: v.wasDone(doneToRetention)}, "", "")
}

// showRetention fills in how things stand and writes the page; days and reason are what
// was typed where the problem is.
func (c *console) showRetention(v *visit, status int, page retentionPage, days, reason string) error {
	if c.Forget == nil {
		return store.ErrNotFound
	}
	terms, err := c.Forget.Terms(v.ctx())
	if err != nil {
		return err
	}
	kept, names, err := c.Cases.KeptCases(v.ctx(), v.staff.Staff)
	if err != nil {
		return err
	}
	about := ""
	if page.Problem != nil {
		about = page.Problem.About
	}
	page.Changes, page.Keeps, page.Fresh = v.staff.May(access.Forget), v.staff.May(access.KeepCase), c.fresh(v)
	page.Counts = v.staff.Agency == access.Own
	for _, t := range terms {
		if !page.Counts {
			t.Run = store.LastRun{}
		}
		row := termRowOf(t, names)
		if row.Kind == about {
			row.Typed, row.Reason, row.Open = days, reason, true
		}
		page.Terms = append(page.Terms, row)
		page.ran(t.Run)
	}
	for _, k := range kept {
		row := keptRow{Ref: k.Ref, Mark: cases.KeptMark(k), By: names[k.By].Reveal(), Until: k.Until}
		if row.Ref == about {
			row.Reason, row.Open = reason, true
		}
		page.Kept = append(page.Kept, row)
	}
	c.show(v, status, "retention", page)
	return nil
}

func termRowOf(t retention.Term, names cases.Names) termRow {
	return termRow{Kind: string(t.Kind), Mark: t.Mark, Days: int(t.Stays), Longest: int(t.Longest), Brings: int(t.Keeping.Days), Went: t.Run.Went, Soon: t.Run.Soon,
		WentAt: t.Run.WentAt, Chosen: t.Chosen, By: names[t.By].Reveal(), Looks: retention.Looks(t.Kind), Typed: strconv.Itoa(int(t.Stays))}
}

// ran adds what the last run did with one kind.
func (p *retentionPage) ran(run store.LastRun) {
	if run.RanAt.After(p.Ran) {
		p.Ran, p.Went = run.RanAt, 0
	}
	if !run.WentAt.IsZero() && run.WentAt.Equal(p.Ran) {
		p.Went += run.Went
	}
	p.Soon += run.Soon
}

// changeTerm chooses how long a kind of data stays.
func (c *console) changeTerm(v *visit) error {
	if c.Forget == nil {
		return store.ErrNotFound
	}
	kind, days, reason := v.r.PathValue("kind"), strings.TrimSpace(v.r.PostFormValue("days")), v.r.PostFormValue("reason")
	if _, known := casefile.KeepingOf(casefile.Kind(kind)); !known {
		return store.ErrNotFound
	}
	if !c.fresh(v) {
		return c.showRetention(v, http.StatusUnprocessableEntity, retentionPage{Problem: &termProblem{"confirm_first", kind, 0}}, days, reason)
	}
	n, err := strconv.Atoi(days)
	if err != nil {
		n = 0 // no number is beyond the limit as well
	}
	err = c.Forget.Keep(v.ctx(), v.staff.Staff, retention.Change{Kind: casefile.Kind(kind), Days: n, Mark: v.r.PostFormValue("mark"), Reason: reason})
	var refused *retention.Refused
	switch {
	case errors.As(err, &refused):
		status := http.StatusUnprocessableEntity
		if refused.Why == retention.TermChanged {
			status = http.StatusConflict
		}
		return c.showRetention(v, status, retentionPage{Problem: &termProblem{string(refused.Why), kind, refused.N}}, days, reason)
	case err != nil:
		return err
	}
	http.Redirect(v.w, v.r, "/retention?done=changed", http.StatusSeeOther)
	return nil
}

// letGo lets a case go that somebody keeps, from the page of the case or of all.
func (c *console) letGo(v *visit) error {
	err := c.Cases.LetGo(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), v.r.PostFormValue("mark"), v.r.PostFormValue("reason"))
	return c.afterKept(v, err, "let_go", "letgo")
}

// keepCase keeps a case past its time.
func (c *console) keepCase(v *visit) error {
	until, err := time.ParseInLocation(time.DateOnly, v.r.PostFormValue("until"), c.Zone)
	if err != nil {
		until = time.Time{} // no day lies ahead
	}
	err = c.Cases.Keep(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), v.r.PostFormValue("mark"), until, v.r.PostFormValue("reason"))
	return c.afterKept(v, err, "kept", "keep")
}

// afterKept is how both end: refused with what was typed, or done.
func (c *console) afterKept(v *visit, err error, done, form string) error {
	ref, all := v.r.PathValue("ref"), v.r.PostFormValue("from") == "all"
	var refused *cases.Refused
	switch {
	case errors.As(err, &refused):
		status := http.StatusUnprocessableEntity
		if slices.Contains([]cases.Why{cases.Changed, cases.NotKept, cases.Damaged}, refused.Why) {
			status = http.StatusConflict
		}
		if all {
			return c.showRetention(v, status, retentionPage{Problem: &termProblem{string(refused.Why), ref, refused.N}}, "", v.r.PostFormValue("reason"))
		}
		return c.forgetWith(v, status, forgetPage{KeptProblem: string(refused.Why), Form: wrote(v, form)})
	case err != nil:
		return err
	case all:
		http.Redirect(v.w, v.r, "/retention?done="+done, http.StatusSeeOther)
	default:
		http.Redirect(v.w, v.r, "/cases/"+url.PathEscape(ref)+"/forget?done="+done, http.StatusSeeOther)
	}
	return nil
}
