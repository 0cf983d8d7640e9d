package cases

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

const (
	actionTaskAdded   = "task.added"
	actionTaskMoved   = "task.moved"
	actionTaskDone    = "task.done"
	actionTaskDropped = "task.dropped"
)

const (
	// farthest is how far ahead a day may lie.
	farthest = 2 * 366 * 24 * time.Hour
	// longestTask is how much the text of a task may be.
	longestTask = 500
)

// onDay checks a day: it is not over, and not years ahead.
func onDay(due, now time.Time) error {
	if !due.After(now) || due.Sub(now) > farthest {
		return refuse(BadDate)
	}
	return nil
}

// AddTask writes down something to do until a moment, for a colleague by login (empty:
// for the team of the case).
func (d *Desk) AddTask(ctx context.Context, who access.Staff, ref, text, login string, due time.Time) error {
	text = strings.TrimSpace(text)
	return d.working(ctx, who, access.WorkOn, ref, func(a *act) error {
		switch {
		case text == "":
			return refuse(NothingToSay)
		case utf8.RuneCountInString(text) > longestTask:
			return refuse(TooLong)
		}
		if err := onDay(due, a.now); err != nil {
			return err
		}
		whose, err := a.whose(ctx, d, login)
		if err != nil {
			return err
		}
		k := store.Task{ID: casefile.NewID(a.now), Case: a.file.ID, Conversation: a.lane.ID, Text: casefile.Hide(text), Staff: whose,
			DueAt: due, AddedBy: a.who.ID, At: a.now}
		if err := a.Tx.AddTask(ctx, k, a.lane.Key); err != nil {
			return err
		}
		return a.step(ctx, actionTaskAdded, k.ID, "", login)
	})
}

// whose is the colleague a task is for; zero: the team's.
func (a *act) whose(ctx context.Context, d *Desk, login string) (casefile.ID, error) {
	if login == "" {
		return casefile.ID{}, nil
	}
	staff, err := a.AllStaff(ctx)
	if err != nil {
		return casefile.ID{}, err
	}
	return a.colleague(ctx, d, staff, login)
}

// MoveTask gives a task another day or another colleague. version is the one that was
// read.
func (d *Desk) MoveTask(ctx context.Context, who access.Staff, ref string, id casefile.ID, version int, login string, due time.Time) error {
	return d.task(ctx, who, ref, id, version, func(a *act) error {
		if err := onDay(due, a.now); err != nil {
			return err
		}
		whose, err := a.whose(ctx, d, login)
		if err != nil {
			return err
		}
		if err := a.Tx.MoveTask(ctx, id, version, whose, due); err != nil {
			return err
		}
		return a.step(ctx, actionTaskMoved, id, "", strings.TrimSpace(login+" "+due.UTC().Format(time.DateOnly)))
	})
}

// EndTask says that a task is done, or that it is not needed any more; then with a
// reason.
func (d *Desk) EndTask(ctx context.Context, who access.Staff, ref string, id casefile.ID, version int, to store.TaskState, reason string) error {
	reason = strings.TrimSpace(reason)
	action, known := map[store.TaskState]string{store.TaskDone: actionTaskDone, store.TaskDropped: actionTaskDropped}[to]
	return d.task(ctx, who, ref, id, version, func(a *act) error {
		switch {
		case !known:
			return refuse(NothingChosen)
		case to == store.TaskDropped && reason == "":
			return refuse(NoReason)
		}
		if err := a.Tx.EndTask(ctx, id, version, to, a.who.ID, a.now); err != nil {
			return err
		}
		return a.step(ctx, action, id, reason, "")
	})
}

// task works on an open task of a case. A task is ended on a closed case as well: the
// case may have been closed by the time.
func (d *Desk) task(ctx context.Context, who access.Staff, ref string, id casefile.ID, version int, work func(*act) error) error {
	return d.workingOver(ctx, who, access.WorkOn, ref, func(a *act) error {
		tasks, err := a.CaseTasks(ctx, a.file.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(tasks, func(k store.Task) bool { return k.ID == id })
		switch {
		case i < 0:
			return refuse(Gone)
		case tasks[i].Version != version || tasks[i].State != store.TaskOpen:
			return refuse(Changed)
		}
		return work(a)
	})
}

// Whose tasks a list shows.
const (
	TasksMine = "mine"
	TasksTeam = "team" // of the cases of one's team
	TasksAll  = "all"  // of every case, for supervisors
)

const (
	// TaskPage is how many tasks a page of them shows.
	TaskPage = 50
	// mostParts is how many parts are read for one page, when nearly all of them are
	// of cases that are not reached.
	mostParts = 20
)

// TaskList is a part of the open tasks of the cases somebody reaches, by day.
type TaskList struct {
	Whose string
	Tasks []store.Task
	Names Names
	Next  string // where the next part begins; empty: there is none
}

// listTasks names the ends of parts of the tasks.
const listTasks = "tasks"

// Tasks lists open tasks after a place in their order. What belongs to a case that is
// not reached is not there. The texts are covered as those of a case. after is
// TaskList.Next of the part before; ErrBadPlace when it is not.
func (d *Desk) Tasks(ctx context.Context, who access.Staff, whose, after string) (list TaskList, err error) {
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, access.ReadCase)
		if err != nil {
			return err
		}
		end, err := openEnd(tx, me, listTasks, after)
		if err != nil {
			return err
		}
		from, err := dueOf(end)
		if err != nil {
			return err
		}
		staff, err := tx.AllStaff(ctx)
		if err != nil {
			return err
		}
		list = TaskList{Whose: whose, Names: namesOf(staff)}
		next, err := d.fill(ctx, tx, me, &list, from)
		if err != nil || next.ID.IsZero() {
			return err
		}
		list.Next, err = sealEnd(tx, me, listTasks, next.At.UTC().Format(time.RFC3339Nano)+"/"+next.ID.String())
		return err
	})
	return list, err
}

// dueOf reads where a part ended.
func dueOf(end string) (due store.Due, err error) {
	if end == "" {
		return due, nil
	}
	at, id, _ := strings.Cut(end, "/")
	if due.At, err = time.Parse(time.RFC3339Nano, at); err != nil {
		return due, ErrBadPlace
	}
	if due.ID, err = casefile.ParseID(id); err != nil {
		return due, ErrBadPlace
	}
	return due, nil
}

// fill reads parts until a page is full, and returns where the next one begins; zero
// when there is none.
func (d *Desk) fill(ctx context.Context, tx *store.Tx, me access.Staff, list *TaskList, after store.Due) (next store.Due, err error) {
	for range mostParts {
		part, err := tasksAfter(ctx, tx, me, list.Whose, after)
		if err != nil {
			return next, err
		}
		end := len(part) < TaskPage
		if !end {
			after = store.Due{At: part[TaskPage-1].DueAt, ID: part[TaskPage-1].ID}
		}
		reached, err := d.reachedTasks(ctx, tx, me, part)
		if err != nil {
			return next, err
		}
		list.Tasks = append(list.Tasks, reached...)
		if len(list.Tasks) >= TaskPage && (!end || len(list.Tasks) > TaskPage) {
			list.Tasks = list.Tasks[:TaskPage]
			return store.Due{At: list.Tasks[TaskPage-1].DueAt, ID: list.Tasks[TaskPage-1].ID}, nil
		}
		if end {
			return next, nil
		}
	}
	return after, nil
}

func tasksAfter(ctx context.Context, tx *store.Tx, me access.Staff, whose string, after store.Due) ([]store.Task, error) {
	switch {
	case whose == TasksAll && me.Role == access.Supervisor:
		return tx.OpenTasks(ctx, casefile.ID{}, "", after, TaskPage)
	case whose == TasksMine:
		return tx.OpenTasks(ctx, me.ID, "", after, TaskPage)
	}
	return tx.OpenTasks(ctx, casefile.ID{}, me.Team, after, TaskPage)
}

// reachedTasks are those of cases that are reached, covered.
func (d *Desk) reachedTasks(ctx context.Context, tx *store.Tx, me access.Staff, tasks []store.Task) ([]store.Task, error) {
	var ids []casefile.ID
	for _, k := range tasks {
		ids = append(ids, k.Case)
	}
	stands, err := tx.StandsOf(ctx, me.ID, ids)
	if err != nil {
		return nil, err
	}
	reached := map[casefile.ID]bool{}
	for _, s := range stands {
		file, err := fileOf(s)
		if err != nil {
			return nil, err
		}
		verdict, _ := access.Reach(me, file, d.Now())
		reached[s.ID] = verdict == access.Reached
	}
	tasks = slices.DeleteFunc(tasks, func(k store.Task) bool { return !reached[k.Case] })
	for i := range tasks {
		tasks[i].Text = tasks[i].Text.Covered()
	}
	return tasks, nil
}
