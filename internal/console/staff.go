package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/cases"
	"pulang/internal/qr"
	"pulang/internal/signin"
	"pulang/internal/store"
)

// staffPage is the list of all staff, with the form for a new one.
type staffPage struct {
	Rows    []memberRow
	Form    hiringForm
	Fresh   bool // accounts may be changed now
	Types   bool // they may type a number for alerts
	Problem *staffProblem
	Papers  *papersShown
}

// memberRow is a member of staff as they are shown.
type memberRow struct {
	Login, Name, Role, Team, Agency, Mark string
	Langs                                 []string
	Children, OnDuty, Disabled            bool
	Yours, Keeps, You, Answers            bool
	TeamTitle                             string
	Phone                                 string // key below console.staff.phone: none, failing, known
	PhoneSince                            time.Time
}

// staffProblem says what was not done, and which field to mend.
type staffProblem struct{ Why, Field string }

// papersShown are papers, in the one answer that shows them.
type papersShown struct {
	Login string
	signin.Enrolment
	Link string
	Code *qr.Code // what an authenticator reads; nil: there is none
}

// hiringForm is a member of staff as they are typed.
type hiringForm struct {
	Login, Name, Langs string
	Phone              string
	OnDuty             bool
	Post               postForm
}

// postForm is a role and a place as they are typed, with what there is to choose.
type postForm struct {
	Role, Team, Agency string
	Children           bool
	Roles, Agencies    []string
	Teams              []store.Team
	Bad                string // the field to mend
}

// spoken are the choices of languages; the first of each is how we speak to them.
var spoken = []string{"id", "id,en", "en", "en,id"}

// Words are the name of a choice of languages among the texts.
func (hiringForm) Words(choice string) string {
	return "staff.lang." + strings.ReplaceAll(choice, ",", "_")
}

// Spoken are the choices of languages.
func (hiringForm) Spoken() []string { return spoken }

func (c *console) staffList(v *visit) error {
	return c.showStaff(v, http.StatusOK, staffPage{Form: hiringForm{Langs: spoken[0], Post: postForm{
		Role: string(access.DutyOfficer), Team: store.MainTeam}}})
}

// showStaff fills in who there is and writes the list.
func (c *console) showStaff(v *visit, status int, page staffPage) error {
	all, err := c.Cases.Staff(v.ctx(), v.staff.Staff)
	if err != nil {
		return err
	}
	teams, err := c.Cases.Teams(v.ctx(), v.staff.Staff)
	if err != nil {
		return err
	}
	for _, m := range all {
		page.Rows = append(page.Rows, memberRowOf(m, teams))
		if m.You && page.Form.Post.Agency == "" {
			page.Form.Post.Agency = string(m.Agency)
		}
	}
	page.Fresh, page.Types = c.fresh(v), v.staff.Agency == access.Own
	page.Form.Post = choicesFor(all, teams, page.Form.Post)
	if page.Problem != nil {
		page.Form.Post.Bad = page.Problem.Field
	}
	c.show(v, status, "staff", page)
	return nil
}

// fresh reports whether the session proved its second factor a moment ago.
func (c *console) fresh(v *visit) bool { return c.Now().Before(v.staff.Fresh) }

func memberRowOf(m cases.Member, teams []store.Team) memberRow {
	row := memberRow{Login: m.Login, Name: m.Name.Reveal(), Role: m.Role, Team: m.Team, Agency: string(m.Agency), Mark: m.Mark, Langs: m.Languages,
		Children: m.Children, OnDuty: m.OnDuty, Disabled: m.Disabled, Yours: m.Yours, Keeps: m.Keeps, You: m.You,
		Answers: access.May(access.Role(m.Role), access.Acknowledge), TeamTitle: titleOf(teams, m.Team), Phone: "none"}
	for _, contact := range m.Contacts {
		if contact.Channel != cases.TextChannel {
			continue
		}
		row.Phone, row.PhoneSince = "known", contact.Since
		if !contact.Proven {
			row.Phone = "unproven"
		}
		if contact.Failing {
			row.Phone = "failing"
		}
	}
	return row
}

// choicesFor are the teams there are, and the roles and agencies that whoever looks
// may give.
func choicesFor(all []cases.Member, teams []store.Team, form postForm) postForm {
	for _, t := range teams {
		if !t.Retired() {
			form.Teams = append(form.Teams, t)
		}
	}
	i := slices.IndexFunc(all, func(m cases.Member) bool { return m.You })
	if i < 0 {
		return form
	}
	me := all[i].As()
	for _, role := range access.Roles {
		if cases.Gives(me, role, me.Agency) {
			form.Roles = append(form.Roles, string(role))
		}
	}
	if !slices.Contains(form.Roles, form.Role) && len(form.Roles) > 0 {
		form.Role = form.Roles[0]
	}
	for _, agency := range access.Agencies {
		if cases.Gives(me, me.Role, agency) {
			form.Agencies = append(form.Agencies, string(agency))
		}
	}
	return form
}

func (c *console) hire(v *visit) error {
	form := typedHiring(v)
	if !c.fresh(v) {
		return c.showStaff(v, http.StatusUnprocessableEntity, staffPage{Form: form, Problem: &staffProblem{Why: "confirm_first"}})
	}
	papers, err := c.Cases.Hire(v.ctx(), v.staff.Staff, cases.Hiring{Login: form.Login, Name: form.Name, Post: form.Post.post(),
		Langs: strings.Split(form.Langs, ","), OnDuty: form.OnDuty}, form.Phone)
	if problem, status := staffRefusal(err); problem != nil {
		return c.showStaff(v, status, staffPage{Form: form, Problem: problem})
	}
	if err != nil {
		return err
	}
	return c.showStaff(v, http.StatusOK, staffPage{Form: hiringForm{Langs: spoken[0], Post: form.Post}, Papers: shownPapers(form.Login, papers)})
}

// shownPapers are papers with the code an authenticator reads; one that cannot be drawn
// is left out, for the secret stands there as text.
func shownPapers(login string, papers cases.Papers) *papersShown {
	shown := &papersShown{login, papers.SignIn, papers.Link, nil}
	if code, err := qr.Draw(papers.SignIn.URL); err == nil {
		shown.Code = &code
	}
	return shown
}

func typedHiring(v *visit) hiringForm {
	get := func(name string) string { return strings.TrimSpace(v.r.PostFormValue(name)) }
	return hiringForm{Login: strings.ToLower(get("login")), Name: get("name"), Langs: get("langs"), Phone: get("phone"), OnDuty: get("on_duty") == "yes", Post: typedPost(v)}
}

func typedPost(v *visit) postForm {
	get := func(name string) string { return strings.ToLower(strings.TrimSpace(v.r.PostFormValue(name))) }
	return postForm{Role: get("role"), Team: get("team"), Agency: get("agency"), Children: get("children") == "yes"}
}

func (f postForm) post() cases.Post {
	return cases.Post{Role: access.Role(f.Role), Team: f.Team, Agency: access.Agency(f.Agency), Children: f.Children}
}

// memberPage is one account, and what can be done with it.
type memberPage struct {
	Member  memberRow
	Form    postForm
	Fresh   bool
	Types   bool // they may type a number for alerts
	Problem *staffProblem
	Papers  *papersShown
	Done    string
	Phone   string // as typed
}

// doneToStaff are the things that may have been done before the page is shown.
var doneToStaff = []string{"moved", "duty", "disabled", "phone"}

func (c *console) member(v *visit) error {
	return c.showMember(v, http.StatusOK, nil, memberPage{Done: v.wasDone(doneToStaff)})
}

// showMember fills in how the account stands and writes the page; typed is what was
// not taken.
func (c *console) showMember(v *visit, status int, typed *postForm, page memberPage) error {
	all, err := c.Cases.Staff(v.ctx(), v.staff.Staff)
	if err != nil {
		return err
	}
	teams, err := c.Cases.Teams(v.ctx(), v.staff.Staff)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(m cases.Member) bool { return m.Login == v.r.PathValue("login") })
	if i < 0 {
		return store.ErrNotFound
	}
	page.Member, page.Fresh, page.Types = memberRowOf(all[i], teams), c.fresh(v), v.staff.Agency == access.Own
	if typed == nil {
		typed = &postForm{Role: page.Member.Role, Team: page.Member.Team, Agency: page.Member.Agency, Children: page.Member.Children}
	}
	page.Form = choicesFor(all, teams, *typed)
	if page.Problem != nil {
		page.Form.Bad = page.Problem.Field
	}
	c.show(v, status, "member", page)
	return nil
}

func (c *console) moveMember(v *visit) error {
	form := typedPost(v)
	return c.onMember(v, &form, "moved", func(login, mark string) (*cases.Papers, error) {
		return nil, c.Cases.Move(v.ctx(), v.staff.Staff, login, mark, form.post())
	})
}

func (c *console) memberDuty(v *visit) error {
	return c.onMember(v, nil, "duty", func(login, mark string) (*cases.Papers, error) {
		return nil, c.Cases.Duty(v.ctx(), v.staff.Staff, login, mark, v.r.PostFormValue("on") == "yes")
	})
}

func (c *console) disableMember(v *visit) error {
	return c.onMember(v, nil, "disabled", func(login, mark string) (*cases.Papers, error) {
		return nil, c.Cases.Disable(v.ctx(), v.staff.Staff, login, mark)
	})
}

// phoneOfMember takes another number for alerts by SMS, or none. What was typed comes
// back on the page that refuses it, and on no other.
func (c *console) phoneOfMember(v *visit) error {
	typed := strings.TrimSpace(v.r.PostFormValue("phone"))
	remove := v.r.PostFormValue("remove") == "yes"
	if remove {
		typed = ""
	}
	if !c.fresh(v) {
		return c.showMember(v, http.StatusUnprocessableEntity, nil, memberPage{Problem: &staffProblem{Why: "confirm_first"}, Phone: typed})
	}
	login := v.r.PathValue("login")
	var err error = &cases.Refused{Why: cases.BadPhone}
	if remove || typed != "" {
		err = c.Cases.SetPhone(v.ctx(), v.staff.Staff, login, v.r.PostFormValue("mark"), typed)
	}
	if problem, status := staffRefusal(err); problem != nil {
		return c.showMember(v, status, nil, memberPage{Problem: problem, Phone: typed})
	}
	if err != nil {
		return err
	}
	http.Redirect(v.w, v.r, "/staff/"+url.PathEscape(login)+"?done=phone", http.StatusSeeOther)
	return nil
}

func (c *console) enableMember(v *visit) error { return c.papersFor(v, c.Cases.Enable) }
func (c *console) resetMember(v *visit) error  { return c.papersFor(v, c.Cases.Reset) }
func (c *console) relinkMember(v *visit) error { return c.papersFor(v, c.Cases.Relink) }

// paperwork is an act that makes papers.
type paperwork func(ctx context.Context, who access.Staff, login, mark string) (cases.Papers, error)

// papersFor does what makes papers.
func (c *console) papersFor(v *visit, act paperwork) error {
	return c.onMember(v, nil, "", func(login, mark string) (*cases.Papers, error) {
		papers, err := act(v.ctx(), v.staff.Staff, login, mark)
		return &papers, err
	})
}

// onMember does something to an account: done, with the papers it made, or refused with
// what was typed. Papers are shown in the answer itself; no page has them afterwards.
func (c *console) onMember(v *visit, typed *postForm, done string, act func(login, mark string) (*cases.Papers, error)) error {
	if !c.fresh(v) {
		return c.showMember(v, http.StatusUnprocessableEntity, typed, memberPage{Problem: &staffProblem{Why: "confirm_first"}})
	}
	login := v.r.PathValue("login")
	papers, err := act(login, v.r.PostFormValue("mark"))
	if problem, status := staffRefusal(err); problem != nil {
		return c.showMember(v, status, typed, memberPage{Problem: problem})
	}
	switch {
	case err != nil:
		return err
	case papers != nil:
		return c.showMember(v, http.StatusOK, nil, memberPage{Papers: shownPapers(login, *papers)})
	}
	http.Redirect(v.w, v.r, "/staff/"+url.PathEscape(login)+"?done="+done, http.StatusSeeOther)
	return nil
}

// staffRefusal is what stands in the way, nil when nothing does.
func staffRefusal(err error) (*staffProblem, int) {
	var refused *cases.Refused
	if !errors.As(err, &refused) {
		return nil, 0
	}
	problem, status := &staffProblem{Why: string(refused.Why)}, http.StatusUnprocessableEntity
	switch refused.Why {
	case cases.Changed:
		status = http.StatusConflict
	case cases.BadStaff:
		problem.Field = refused.What
	case cases.LoginTaken:
		problem.Field = "login"
	case cases.BadPhone, cases.PhoneTaken, cases.NotOwn:
		problem.Field = "phone"
	}
	return problem, status
}
