package console

import (
	"net/http"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/store"
)

// queuePage is the queue as it is shown.
type queuePage struct {
	Alarms       []alarmRow
	Counts       []count
	Waiting      int // how many cases wait, for the title
	More         int // cases beyond those shown
	NobodyOnDuty bool
	Rows         []row
	Notice       *notice
	Mark         string // names what is shown
}

type count struct {
	Urgency string
	N       int
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
	Unseen  bool
}

func (c *console) queue(v *visit) error {
	q, err := c.Cases.Queue(v.ctx(), v.staff.Staff)
	if err != nil {
		return err
	}
	page := queuePage{NobodyOnDuty: q.NobodyOnDuty, Notice: noticeOf(v.r), Mark: short(q.Mark)}
	for _, a := range q.Alarms {
		page.Alarms = append(page.Alarms, alarmRowOf(a, v))
	}
	for _, u := range []casefile.Urgency{casefile.Critical, casefile.High, casefile.Medium, casefile.Low} {
		page.Counts = append(page.Counts, count{u.String(), q.Counts[u]})
		page.Waiting += q.Counts[u]
	}
	page.More = page.Waiting - len(q.Lines)
	for _, line := range q.Lines {
		page.Rows = append(page.Rows, rowOf(line, q.Names, v.staff.May(access.ReadCase)))
	}
	c.show(v, http.StatusOK, "queue", page)
	return nil
}

func (c *console) show(v *visit, status int, name string, page any) {
	c.renderScreen(v.w, screen{W: v.words, Staff: v.staff.Login, Audit: v.staff.May(access.ReadAudit), Page: page}, status, name)
}

func alarmRowOf(a cases.Alarm, v *visit) alarmRow {
	return alarmRow{ID: a.ID.String(), Kind: string(a.Kind), Ref: a.Ref, At: a.At, Times: a.Times,
		Link: a.Ref != "" && v.staff.May(access.ReadCase), Clear: a.Clear}
}

func rowOf(l cases.Line, names cases.Names, link bool) row {
	r := row{Ref: l.Case.Ref, Link: link, Urgency: l.Case.Urgency.String(), Now: l.Writing, Watched: l.Watched, Flags: l.Flags,
		Country: l.Case.Country, Flow: string(l.Case.Flow), Channel: string(l.Channel), Since: l.Since, LastIn: l.Case.LastIn,
		Unseen: l.Case.ViewedAt.IsZero()}
	switch {
	case !l.TakenBy.IsZero():
		r.State, r.By = "answering", names[l.TakenBy].Reveal()
	case l.Escalation.State == store.Climbing:
		r.State = "unanswered"
	case l.Escalation.State == store.Acknowledged:
		r.State, r.By = "acknowledged", names[l.Escalation.AcknowledgedBy].Reveal()
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
