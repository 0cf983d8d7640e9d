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
	"pulang/internal/store"
)

// queuePage is the queue as it is shown.
type queuePage struct {
	Alarms       []alarmRow
	Unconfirmed  []unconfirmedRow
	Counts       []count
	Waiting      string // how many cases wait, for the title; empty: none
	NobodyOnDuty bool
	Rings        []row // those whose alert nobody has answered
	Rows         []row // the others
	Filter       filter
	Next, First  string // addresses of the next page and of the first; empty: there is none
	Page, Events string // addresses: of this page, and of what tells that it changed
	MayTake      bool   // take the next case
	MaySearch    bool
	Problem      string // key below console.refused
	Odd          string // what of the address was not understood
}

// unconfirmedRow is a message that waits for a second person to look at it.
type unconfirmedRow struct {
	Ref, By string
	Until   time.Time
}

type count struct {
	Urgency string
	N       string
}

type alarmRow struct {
	ID    string
	Kind  string
	Ref   string
	At    time.Time
	Times int
	Link  bool // this role may open the case
	Clear bool // and may say that it was dealt with
}

// row is one case of the queue.
type row struct {
	Ref     string
	Link    bool // this role may open it
	Urgency string
	Now     bool // the person is writing now
	Watched bool
	Flags   []string
	Country string
	Flow    string
	Channel string
	Since   time.Time
	LastIn  time.Time
	State   string // key below console.queue.state
	By      string // who holds it
	// Of what is not in the queue: until when it was put off, and since when it is closed.
	Until, ClosedAt time.Time
}

func (c *console) queue(v *visit) error { return c.showQueue(v, http.StatusOK, "") }

// showQueue shows the part of the queue that the address asks for.
func (c *console) showQueue(v *visit, status int, problem string) error {
	q, asked, odd, err := c.listOf(v)
	if err != nil {
		return err
	}
	page := queuePage{NobodyOnDuty: q.NobodyOnDuty, Filter: filterOf(asked, q.Teams), Page: at("/", asked), Problem: problem,
		Odd: oddWords(odd), MayTake: v.staff.May(access.Acknowledge), MaySearch: v.staff.May(access.RevealIdentity)}
	if q.Next != "" {
		page.Next = at("/", asked, "after", q.Next)
	}
	if asked.Get(fieldAfter) != "" {
		page.First = at("/", asked, "after", "")
	}
	page.Events = at("/events", asked, "mark", short(q.Mark))
	for _, a := range q.Alarms {
		page.Alarms = append(page.Alarms, alarmRowOf(a, v))
	}
	for _, u := range q.Unconfirmed {
		page.Unconfirmed = append(page.Unconfirmed, unconfirmedRow{u.Ref, q.Names[u.Staff].Reveal(), u.Until})
	}
	page.count(q)
	for _, line := range q.Lines {
		to := &page.Rows
		if line.Rings() {
			to = &page.Rings
		}
		*to = append(*to, rowOf(line, q.Names, v.staff.May(access.ReadCase)))
	}
	c.show(v, status, "queue", page)
	return nil
}

// listOf reads the part of the queue that the address asks for. What is not known here, or
// not any more, is left out, and odd names it.
func (c *console) listOf(v *visit) (q cases.Queue, asked url.Values, odd []string, err error) {
	for asked, odd = queryOf(v.r.URL.Query()); ; {
		q, err = c.Cases.List(v.ctx(), v.staff.Staff, askOf(asked))
		without := ""
		switch team := asked.Get(fieldTeam); {
		case errors.Is(err, cases.ErrBadPlace):
			without = fieldAfter
		case err == nil && team != "" && !slices.ContainsFunc(q.Teams, func(t store.Team) bool { return t.Word == team }):
			without = fieldTeam
		default:
			return q, asked, odd, err
		}
		asked.Del(without)
		odd = append(odd, without)
	}
}

// count says how many wait, exactly or as "1000+".
func (p *queuePage) count(q cases.Queue) {
	waiting, more := 0, ""
	for _, u := range []casefile.Urgency{casefile.Critical, casefile.High, casefile.Medium, casefile.Low} {
		n := q.Counts[u]
		waiting += min(n, cases.CountedTo)
		shown := strconv.Itoa(n)
		if n > cases.CountedTo {
			shown, more = strconv.Itoa(cases.CountedTo)+"+", "+"
		}
		if n > 0 {
			p.Counts = append(p.Counts, count{u.String(), shown})
		}
	}
	if waiting > 0 {
		p.Waiting = strconv.Itoa(waiting) + more
	}
}

// takeNext gives whoever presses the case that needs somebody most, and opens it.
func (c *console) takeNext(v *visit) error {
	ref, err := c.Cases.TakeNext(v.ctx(), v.staff.Staff)
	var refused *cases.Refused
	if errors.As(err, &refused) {
		return c.showQueue(v, http.StatusConflict, string(refused.Why))
	}
	if err != nil {
		return err
	}
	http.Redirect(v.w, v.r, "/cases/"+url.PathEscape(ref)+"?done=taken_next#done", http.StatusSeeOther)
	return nil
}

// foundPage is what a search found.
type foundPage struct {
	Typed string
	Refs  []string
	Ref   string // what was typed, when it may be a reference; empty: it was not
	Empty bool   // nothing was typed
}

// search looks for a case by its reference or by the exact number of a person. It is a
// POST, because an address stands in histories and logs, and a number must not.
func (c *console) search(v *visit) error {
	typed := strings.TrimSpace(v.r.PostFormValue("q"))
	found, err := c.Cases.Search(v.ctx(), v.staff.Staff, typed)
	var refused *cases.Refused
	switch {
	case errors.As(err, &refused):
		c.show(v, http.StatusUnprocessableEntity, "found", foundPage{Empty: true})
		return nil
	case err != nil:
		return err
	case len(found.Refs) == 1:
		http.Redirect(v.w, v.r, "/cases/"+url.PathEscape(found.Refs[0]), http.StatusSeeOther)
		return nil
	}
	page := foundPage{Typed: typed, Refs: found.Refs}
	if len(found.Refs) == 0 && v.staff.May(access.BreakGlass) {
		page.Ref = found.Ref
	}
	c.show(v, http.StatusOK, "found", page)
	return nil
}

func alarmRowOf(a cases.Alarm, v *visit) alarmRow {
	return alarmRow{ID: a.ID.String(), Kind: string(a.Kind), Ref: a.Ref, At: a.At, Times: a.Times,
		Link: a.Ref != "" && v.staff.May(access.ReadCase), Clear: a.Clear}
}

func rowOf(l cases.Line, names cases.Names, link bool) row {
	r := row{Ref: l.Case.Ref, Link: link, Urgency: l.Case.Urgency.String(), Now: l.Writing, Watched: l.Watched, Flags: l.Flags,
		Country: l.Case.Country, Flow: string(l.Case.Flow), Channel: string(l.Channel), Since: l.Since, LastIn: l.Case.LastIn,
		Until: l.Case.SnoozedUntil, ClosedAt: l.Case.ClosedAt}
	switch {
	case !l.TakenBy.IsZero() && !l.Rings():
		r.State, r.By = "answering", names[l.TakenBy].Reveal()
	case l.Escalation.State == store.Climbing:
		r.State = "unanswered"
	case l.Escalation.State == store.Acknowledged:
		r.State, r.By = "acknowledged", names[l.Escalation.AcknowledgedBy].Reveal()
	case l.Case.Closed:
		r.State = "closed"
	case !l.Case.AssignedTo.IsZero():
		r.State, r.By = "assigned", names[l.Case.AssignedTo].Reveal()
	default:
		r.State = "waiting"
	}
	return r
}

// alert opens the case an alert's link means.
func (c *console) alert(v *visit) error {
	ref, err := c.Cases.RefOfCode(v.ctx(), v.staff.Staff, v.r.PathValue("code"))
	if err != nil {
		return err
	}
	http.Redirect(v.w, v.r, "/cases/"+ref, http.StatusSeeOther)
	return nil
}

func (c *console) clearAlarm(v *visit) error {
	id, err := casefile.ParseID(v.r.PathValue("id"))
	if err != nil {
		return store.ErrNotFound
	}
	if err := c.Cases.ClearAlarm(v.ctx(), v.staff.Staff, id); err != nil {
		return err
	}
	http.Redirect(v.w, v.r, local(v.r.PostFormValue("next")), http.StatusSeeOther)
	return nil
}
