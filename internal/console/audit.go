package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/store"
)

// auditPage is the audit as it is shown.
type auditPage struct {
	Staff, Case, Action string // as typed
	Wrong               string // key below console.audit; empty: the filter fits
	Rows                []auditRow
	Older               string // address of the next page; empty: there is none
	Newest              bool   // no page before this one
}

// auditRow is one thing that was done.
type auditRow struct {
	At     time.Time
	Who    string // login; empty: nobody of staff
	Person bool   // the person who writes did it
	Part   string // of the program, which did it
	Key    string // of the words below console.did
	Action string
	Ref    string
	Link   bool // this role may open cases
	Detail string
	Sealed bool // the detail does not open
}

func (c *console) audit(v *visit) error {
	asked := v.r.URL.Query()
	q := cases.AuditQuery{Login: asked.Get("staff"), Ref: asked.Get("case"), Action: asked.Get("action")}
	if text := asked.Get("before"); text != "" {
		before, err := strconv.ParseInt(text, 10, 64)
		if err != nil || before < 1 {
			return errBadForm
		}
		q.Before = before
	}
	for _, typed := range []string{q.Login, q.Ref, q.Action} {
		if unprintable(typed) {
			return errBadForm
		}
	}
	found, err := c.Cases.Audit(v.ctx(), v.staff.Staff, q)
	if err != nil {
		return err
	}
	page := auditPage{Staff: q.Login, Case: q.Ref, Action: q.Action, Newest: q.Before == 0}
	switch {
	case found.Nobody:
		page.Wrong = "nobody"
	case found.NoCase:
		page.Wrong = "no_case"
	}
	for _, r := range found.Records {
		page.Rows = append(page.Rows, auditRowOf(r, found.Logins, v.staff.May(access.ReadCase)))
	}
	if found.Older > 0 {
		asked.Set("before", strconv.FormatInt(found.Older, 10))
		page.Older = "/audit?" + url.Values(asked).Encode()
	}
	c.show(v, http.StatusOK, "audit", page)
	return nil
}

func auditRowOf(r store.Record, logins map[casefile.ID]string, link bool) auditRow {
	row := auditRow{At: r.At, Who: r.Login, Action: r.Action, Key: strings.ReplaceAll(r.Action, ".", "_"), Ref: r.Ref, Link: link,
		Detail: r.Detail.Reveal(), Sealed: r.Unreadable}
	// Some details name a member of staff by their id, those of walls as their subject.
	if id, err := casefile.ParseID(strings.TrimPrefix(row.Detail, "staff:")); err == nil && logins[id] != "" {
		row.Detail = logins[id]
	}
	switch r.Actor.Kind {
	case casefile.ActorPerson:
		row.Person = true
	case casefile.ActorSystem:
		row.Part = r.Actor.Part
	}
	return row
}

// Exact is a time to the second, with its date: for what is read years later.
func (w words) Exact(at time.Time) string { return at.In(w.c.Zone).Format("2006-01-02 15:04:05") }
