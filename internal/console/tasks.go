package console

import (
	"net/http"
	"net/url"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
)

// tasksPage is the list of what is to be done, by day.
type tasksPage struct {
	Whose  string // key below console.tasks
	Lists  []string
	Days   []taskDay
	Next   string // address of the next part; empty: there is none
	Begins bool   // it is the first part
}

// taskDay is what is to be done until the end of a day.
type taskDay struct {
	At    time.Time // of the first of them
	Late  bool      // these days are over
	Today bool
	Tasks []taskRow
}

// tasks shows the open tasks of the cases somebody reaches: theirs, those of their
// team, and for supervisors those of all.
func (c *console) tasks(v *visit) error {
	lists := []string{cases.TasksMine, cases.TasksTeam}
	if v.staff.Role == access.Supervisor {
		lists = append(lists, cases.TasksAll)
	}
	query := v.r.URL.Query()
	whose := lists[0]
	for _, l := range lists {
		if l == query.Get("whose") {
			whose = l
		}
	}
	after := query.Get("after")
	list, err := c.Cases.Tasks(v.ctx(), v.staff.Staff, whose, after)
	if err != nil {
		return err
	}
	page := tasksPage{Whose: whose, Lists: lists, Days: c.daysOf(list, v.staff.ID), Begins: after == ""}
	if list.Next != "" {
		page.Next = "/tasks?" + url.Values{"whose": {whose}, "after": {list.Next}}.Encode()
	}
	c.show(v, http.StatusOK, "tasks", page)
	return nil
}

// daysOf puts tasks together by day; all days that are over are one.
func (c *console) daysOf(list cases.TaskList, me casefile.ID) []taskDay {
	var days []taskDay
	n := naming{names: list.Names}
	for _, k := range list.Tasks {
		row := c.taskOf(k, n, nil, me)
		last := len(days) - 1
		same := last >= 0 && days[last].Late == row.Late && (row.Late || c.dayOf(days[last].At) == row.Day)
		if !same {
			days = append(days, taskDay{At: k.DueAt, Late: row.Late, Today: row.Day == c.dayOf(c.Now())})
			last++
		}
		days[last].Tasks = append(days[last].Tasks, row)
	}
	return days
}
