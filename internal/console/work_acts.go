package console

import (
	"strconv"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/store"
)

// wrote is what was typed into one of the forms of the work on a case. in names the
// form; of a form that stands on the page more than once, with the row it belongs to.
func wrote(v *visit, in string) form {
	typed := form{In: in, Said: map[string]string{}}
	for name, values := range v.r.PostForm {
		typed.Said[name] = strings.Join(values, " ")
	}
	return typed
}

// Typed is what was typed into a field of a form that was refused, or not sent.
func (f form) Typed(in, name string) string {
	if f.In == in {
		return f.Said[name]
	}
	return f.Kept[in][name]
}

// Has reports whether anything was typed into a form that was refused, or not sent.
func (f form) Has(in string) bool { return f.In == in || f.Kept[in] != nil }

// Read is the version of a row that was read when something was typed that stands in its
// form again: what a colleague changed since is shown first, and not overwritten.
func (f form) Read(in string, now int) string {
	if version := f.Kept[in]["version"]; version != "" && f.In != in {
		return version
	}
	return strconv.Itoa(now)
}

// Chose reports whether a box of a list was ticked in a form that was refused, or not sent.
func (f form) Chose(in, name, value string) bool {
	for _, chosen := range strings.Fields(f.Typed(in, name)) {
		if chosen == value {
			return true
		}
	}
	return false
}

// day reads the end of a day from a date field; the zero time where there is none.
func (c *console) day(v *visit, name string) time.Time {
	day, err := time.ParseInLocation(time.DateOnly, v.r.PostFormValue(name), c.Zone)
	if err != nil {
		return time.Time{}
	}
	return day.AddDate(0, 0, 1).Add(-time.Second)
}

// rowOfForm reads which row a form is about, and the version of it that was read.
func rowOfForm(v *visit) (id casefile.ID, version int, err error) {
	if id, err = casefile.ParseID(v.r.PathValue("id")); err != nil {
		return id, 0, errBadForm
	}
	if version, err = strconv.Atoi(v.r.PostFormValue("version")); err != nil {
		return id, 0, errBadForm
	}
	return id, version, nil
}

// idOr reads an id from a field; empty is the zero id.
func idOr(v *visit, name string) (casefile.ID, error) {
	text := v.r.PostFormValue(name)
	if text == "" {
		return casefile.ID{}, nil
	}
	id, err := casefile.ParseID(text)
	if err != nil {
		return id, errBadForm
	}
	return id, nil
}

// endedAway is ended for what may take the case away from whoever does it: it is another
// team's now, or nothing but a task opened it to them, or a child is in it. They come to
// the queue, and are not asked why they want the case.
func (c *console) endedAway(v *visit, err error, key, field string, typed form) error {
	if err == nil && c.Cases.MayReach(v.ctx(), v.staff.Staff, access.ReadCase, v.r.PathValue("ref")) != nil {
		return c.gone(v)
	}
	return c.ended(v, err, key, field, typed)
}

func (c *console) assign(v *visit) error {
	holder, err := idOr(v, "holder")
	if err != nil {
		return err
	}
	ref, was := v.r.PathValue("ref"), cases.Holding{Staff: holder, Team: v.r.PostFormValue("was")}
	err = c.Cases.Assign(v.ctx(), v.staff.Staff, ref, was, v.r.PostFormValue("to"), v.r.PostFormValue("team"), v.r.PostFormValue("reason"))
	return c.endedAway(v, err, "assigned", "assign", wrote(v, "assign"))
}

func (c *console) status(v *visit) error {
	err := c.Cases.SetWork(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), store.Work(v.r.PostFormValue("was")), store.Work(v.r.PostFormValue("to")))
	return c.ended(v, err, "status", "work", wrote(v, "status"))
}

func (c *console) snooze(v *visit) error {
	version, err := c.version(v)
	if err != nil {
		return err
	}
	hours, _ := strconv.Atoi(v.r.PostFormValue("hours")) // none is no time
	until := c.Now().Add(time.Duration(hours) * time.Hour)
	err = c.Cases.Snooze(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), version, until, v.r.PostFormValue("reason"))
	return c.ended(v, err, "snoozed", "snooze", wrote(v, "snooze"))
}

func (c *console) wake(v *visit) error {
	err := c.Cases.Wake(v.ctx(), v.staff.Staff, v.r.PathValue("ref"))
	return c.ended(v, err, "woken", "work", form{})
}

func (c *console) tip(v *visit) error {
	version, err := c.version(v)
	if err != nil {
		return err
	}
	err = c.Cases.DecideTip(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), version, store.Tip(v.r.PostFormValue("tip")), v.r.PostFormValue("reason"))
	return c.ended(v, err, "tip", "tip", wrote(v, "tip"))
}

func (c *console) dangerOver(v *visit) error {
	version, err := c.version(v)
	if err != nil {
		return err
	}
	err = c.Cases.DangerOver(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), version, v.r.PostFormValue("reason"))
	return c.ended(v, err, "danger_over", "over-reason", wrote(v, "over"))
}

func (c *console) reopen(v *visit) error {
	version, err := c.version(v)
	if err != nil {
		return err
	}
	err = c.Cases.Reopen(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), version, v.r.PostFormValue("reason"))
	return c.ended(v, err, "reopened", "reopen-reason", wrote(v, "reopen"))
}

func (c *console) takeBack(v *visit) error {
	err := c.Cases.TakeBackHeld(v.ctx(), v.staff.Staff, v.r.PathValue("ref"))
	return c.ended(v, err, "taken_back", "closing", form{})
}

func (c *console) addTask(v *visit) error {
	err := c.Cases.AddTask(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), v.r.PostFormValue("text"), v.r.PostFormValue("to"), c.day(v, "due"))
	return c.ended(v, err, "task_added", "task-text", wrote(v, "task"))
}

func (c *console) task(v *visit) error {
	id, version, err := rowOfForm(v)
	if err != nil {
		return err
	}
	ref, to := v.r.PathValue("ref"), v.r.PostFormValue("to")
	if to == "move" {
		err = c.Cases.MoveTask(v.ctx(), v.staff.Staff, ref, id, version, v.r.PostFormValue("whose"), c.day(v, "due"))
	} else {
		err = c.Cases.EndTask(v.ctx(), v.staff.Staff, ref, id, version, store.TaskState(to), v.r.PostFormValue("reason"))
	}
	return c.endedAway(v, err, "task_changed", "tasks", wrote(v, "task/"+id.String()))
}

func knownOf(v *visit) cases.Known {
	return cases.Known{Name: v.r.PostFormValue("name"), Place: v.r.PostFormValue("place"), Note: v.r.PostFormValue("note"),
		Age: v.r.PostFormValue("age"), State: v.r.PostFormValue("state")}
}

func (c *console) addPerson(v *visit) error {
	err := c.Cases.AddPerson(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), knownOf(v))
	return c.endedAway(v, err, "person_added", "person-name", wrote(v, "person"))
}

func (c *console) person(v *visit) error {
	id, version, err := rowOfForm(v)
	if err != nil {
		return err
	}
	ref := v.r.PathValue("ref")
	if v.r.PostFormValue("do") == "remove" {
		err = c.Cases.RemovePerson(v.ctx(), v.staff.Staff, ref, id, version, v.r.PostFormValue("reason"))
	} else {
		err = c.Cases.ChangePerson(v.ctx(), v.staff.Staff, ref, id, version, knownOf(v))
	}
	return c.endedAway(v, err, "person_changed", "people", wrote(v, "person/"+id.String()))
}

func (c *console) addLink(v *visit) error {
	err := c.Cases.ProposeLink(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), v.r.PostFormValue("other"), store.LinkKind(v.r.PostFormValue("kind")),
		v.r.PostFormValue("reason"))
	return c.ended(v, err, "link_proposed", "link-other", wrote(v, "link"))
}

func (c *console) link(v *visit) error {
	id, version, err := rowOfForm(v)
	if err != nil {
		return err
	}
	err = c.Cases.DecideLink(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), id, version, store.LinkState(v.r.PostFormValue("to")), v.r.PostFormValue("reason"))
	return c.ended(v, err, "link_decided", "links", wrote(v, "link/"+id.String()))
}

func (c *console) consent(v *visit) error {
	person, err := idOr(v, "person")
	if err != nil {
		return err
	}
	ref := v.r.PathValue("ref")
	if v.r.PostFormValue("answer") == store.ConsentWithdrawn {
		err = c.Cases.WithdrawConsent(v.ctx(), v.staff.Staff, ref, person)
		return c.ended(v, err, "consent_withdrawn", "consents", wrote(v, "withdraw"))
	}
	err = c.Cases.RecordConsent(v.ctx(), v.staff.Staff, ref, cases.Asked{Person: person, To: v.r.PostFormValue("to"), Answer: v.r.PostFormValue("answer"),
		Lang: casefile.Lang(v.r.PostFormValue("lang")), How: v.r.PostFormValue("how")})
	return c.ended(v, err, "consent_recorded", "consent-to", wrote(v, "consent"))
}

func (c *console) refer(v *visit) error {
	person, err := idOr(v, "person")
	if err != nil {
		return err
	}
	err = c.Cases.ProposeReferral(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), cases.Proposal{Person: person, To: v.r.PostFormValue("to"),
		Purpose: v.r.PostFormValue("text"), Fields: v.r.PostForm["field"], Weighed: v.r.PostFormValue("weighed"), Wish: v.r.PostFormValue("wish"),
		DueAt: c.day(v, "due")})
	return c.ended(v, err, "referral_proposed", "referral-to", wrote(v, "referral"))
}

func (c *console) referral(v *visit) error {
	id, version, err := rowOfForm(v)
	if err != nil {
		return err
	}
	ref, to := v.r.PathValue("ref"), v.r.PostFormValue("to")
	if to == "delay" {
		err = c.Cases.DelayReferral(v.ctx(), v.staff.Staff, ref, id, version, c.day(v, "due"))
	} else {
		err = c.Cases.MoveReferral(v.ctx(), v.staff.Staff, ref, id, version, store.ReferralState(to), v.r.PostFormValue("reason"))
	}
	return c.ended(v, err, "referral_changed", "referrals", wrote(v, "referral/"+id.String()))
}

func (c *console) approve(v *visit) error {
	id, version, err := rowOfForm(v)
	if err != nil {
		return err
	}
	err = c.Cases.ApproveReferral(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), id, version, v.r.PostFormValue("reason"))
	return c.ended(v, err, "referral_approved", "referrals", wrote(v, "approve/"+id.String()))
}
