package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/store"
)

// shutPage stands in place of a case that is not reached: another team's, an old one,
// one that is kept from this member of staff, or one that does not exist. Nothing on
// it tells which.
type shutPage struct {
	Ref     string
	Reason  string // what was typed
	Problem string // key below console.shut; empty: nothing was tried
}

// inReach serves a page about a case only to those who reach it. The acts ask by
// themselves as well.
func (c *console) inReach(v *visit, to route) error {
	ref := v.r.PathValue("ref")
	stream, glass := strings.HasSuffix(to.pattern, "/events"), strings.HasSuffix(to.pattern, "/glass")
	var err error
	if ref != "" && !stream && !glass {
		err = c.Cases.MayReach(v.ctx(), v.staff.Staff, to.need, ref)
	}
	if err == nil {
		err = to.serve(c, v)
	}
	notThere := errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrForgotten)
	if notThere && ref != "" && !stream && v.staff.May(access.BreakGlass) {
		page := shutPage{Ref: ref, Reason: typed(v.r)}
		if glass {
			page.Problem = "not_opened"
		}
		c.show(v, http.StatusNotFound, "shut", page)
		return nil
	}
	return err
}

// breakGlass opens a case with a reason. Where no reason opens it, the page is the
// same as before.
func (c *console) breakGlass(v *visit) error {
	ref := v.r.PathValue("ref")
	err := c.Cases.BreakGlass(v.ctx(), v.staff.Staff, ref, v.r.PostFormValue("reason"))
	var refused *cases.Refused
	if errors.As(err, &refused) {
		c.show(v, http.StatusUnprocessableEntity, "shut", shutPage{Ref: ref, Problem: string(refused.Why)})
		return nil
	}
	if err != nil {
		return err
	}
	http.Redirect(v.w, v.r, "/cases/"+url.PathEscape(ref), http.StatusSeeOther)
	return nil
}

func (c *console) exclude(v *visit) error {
	err := c.Cases.Exclude(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), v.r.PostFormValue("whom"), v.r.PostFormValue("reason"))
	return c.ended(v, err, "excluded", "exclude-reason", wrote(v, "exclude"))
}

func (c *console) lift(v *visit) error {
	err := c.Cases.Lift(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), v.r.PostFormValue("whom"), v.r.PostFormValue("reason"))
	return c.ended(v, err, "lifted", "lift-reason", wrote(v, "lift"))
}

// whom is somebody a case can be kept from: an agency (key below console.agency), or a
// colleague by login and working name.
type whom struct {
	Value, Agency, Name string
}

// wallRow is one line of whom the case is kept from, or was.
type wallRow struct {
	Kind, Agency, Name, By, Reason string
	At                             time.Time
}

// wallsPage is the part of the case page about who sees the case.
type wallsPage struct {
	Rows  []wallRow
	Kept  []whom // whom it is kept from now
	Open  []whom // whom it could be kept from
	Glass []wallRow
}

// agencyKey names an agency among the texts; "ngo:x" and "state:x" name themselves.
func agencyKey(subject string) (key, name string) {
	if _, custom, ok := strings.Cut(subject, ":"); ok {
		return "", custom
	}
	return subject, ""
}

func wallsOf(v cases.View, me casefile.ID) wallsPage {
	var p wallsPage
	people := map[string]whom{}
	agencies := []string{access.Official}
	for _, a := range access.Agencies {
		agencies = append(agencies, string(a))
	}
	for _, s := range v.Colleagues {
		people[store.StaffSubject(s.ID)] = whom{Value: s.Login, Name: v.Names[s.ID].Reveal()}
		agencies = append(agencies, string(s.Agency))
	}
	slices.Sort(agencies)
	for _, a := range slices.Compact(agencies) {
		if a == string(access.Own) || slices.Contains(v.Kept, a) {
			continue
		}
		p.Open = append(p.Open, whomOf(a, people))
	}
	for _, s := range v.Colleagues {
		if subject := store.StaffSubject(s.ID); s.ID != me && !s.Disabled && !slices.Contains(v.Kept, subject) {
			p.Open = append(p.Open, people[subject])
		}
	}
	for _, subject := range v.Kept {
		p.Kept = append(p.Kept, whomOf(subject, people))
	}
	for _, w := range v.Walls {
		if w.Subject != "" {
			about := whomOf(w.Subject, people)
			p.Rows = append(p.Rows, wallRow{Kind: string(w.Kind), Agency: about.Agency, Name: about.Name,
				By: v.Names[w.Staff].Reveal(), Reason: w.Reason.Reveal(), At: w.At})
		}
	}
	for _, g := range v.Glass {
		p.Glass = append(p.Glass, wallRow{By: v.Names[g.Staff].Reveal(), Reason: g.Reason.Reveal(), At: g.At})
	}
	return p
}

func whomOf(subject string, people map[string]whom) whom {
	if one, ok := people[subject]; ok {
		return one
	}
	key, name := agencyKey(subject)
	return whom{Value: subject, Agency: key, Name: name}
}
