package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// TaskState says where a task stands.
type TaskState string

// The states of a task.
const (
	TaskOpen    TaskState = "open"
	TaskDone    TaskState = "done"
	TaskDropped TaskState = "dropped" // it is not needed any more
)

// Task is something to do about a case until a day.
type Task struct {
	ID           casefile.ID
	Case         casefile.ID
	Ref          string      // of the case
	Conversation casefile.ID // its key seals the text
	Text         casefile.Private
	Staff        casefile.ID // whose; zero: of the case's team
	State        TaskState
	DueAt        time.Time
	AddedBy      casefile.ID
	At           time.Time
	EndedBy      casefile.ID
	EndedAt      time.Time
	Version      int
}

func taskPlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "tasks", Column: "text", Row: id}
}

// AddTask writes a task.
func (t *Tx) AddTask(_ context.Context, k Task, key seal.Key) error {
	text, err := key.SealText(taskPlace(k.ID), k.Text)
	if err != nil {
		return err
	}
	t.later("add task", 1, `
		INSERT INTO tasks (id, case_id, conversation_id, text_sealed, staff_id, state, due_at, added_by, at)
		VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8)`,
		k.ID, k.Case, k.Conversation, text, k.Staff, k.DueAt, k.AddedBy, k.At)
	return nil
}

// EndTask ends a task: done, or dropped. ErrStale when it changed since version.
func (t *Tx) EndTask(_ context.Context, id casefile.ID, version int, to TaskState, by casefile.ID, now time.Time) error {
	t.later("end task", 1, `
		UPDATE tasks SET state = $3, ended_by = $4, ended_at = $5, version = version + 1
		WHERE id = $1 AND version = $2 AND state = 'open'`, id, version, string(to), by, now)
	return nil
}

// MoveTask gives a task another day and another holder. ErrStale when it changed
// since version.
func (t *Tx) MoveTask(_ context.Context, id casefile.ID, version int, staff casefile.ID, due time.Time) error {
	t.later("move task", 1, `
		UPDATE tasks SET staff_id = $3, due_at = $4, version = version + 1
		WHERE id = $1 AND version = $2 AND state = 'open'`, id, version, staff, due)
	return nil
}

const taskColumns = `
	w.id, w.case_id, k.ref, w.conversation_id, w.text_sealed, w.staff_id, w.state, w.due_at, w.added_by, w.at, w.ended_by, w.ended_at, w.version,
	c.wrapped_key
	FROM tasks w JOIN cases k ON k.id = w.case_id JOIN conversations c ON c.id = w.conversation_id`

func (t *Tx) tasks(ctx context.Context, op, sql string, args ...any) ([]Task, error) {
	var all []Task
	open := t.opener()
	err := t.query(ctx, op, func(rows pgx.Rows) error {
		var k Task
		var text, wrapped []byte
		err := rows.Scan(&k.ID, &k.Case, &k.Ref, &k.Conversation, &text, &k.Staff, &k.State, clock{&k.DueAt}, &k.AddedBy, clock{&k.At},
			&k.EndedBy, clock{&k.EndedAt}, &k.Version, &wrapped)
		k.Text = open.text(k.Conversation, wrapped, taskPlace(k.ID), text)
		all = append(all, k)
		return err
	}, sql, args...)
	return all, err
}

// CaseTasks reads the tasks of a case: the open ones by day, then the others.
func (t *Tx) CaseTasks(ctx context.Context, caseID casefile.ID) ([]Task, error) {
	return t.tasks(ctx, "read tasks of case", `
		SELECT`+taskColumns+`
		WHERE w.case_id = $1
		ORDER BY w.state <> 'open', w.due_at, w.id`, caseID)
}

// Due names a place in the order of tasks: a moment, and the task there.
type Due struct {
	At time.Time
	ID casefile.ID
}

// OpenTasks reads open tasks after a place in their order, by day: with staff only
// theirs, with a team only those of its cases.
func (t *Tx) OpenTasks(ctx context.Context, staff casefile.ID, team string, after Due, limit int) ([]Task, error) {
	return t.tasks(ctx, "read open tasks", `
		SELECT`+taskColumns+`
		WHERE w.state = 'open' AND (w.due_at, w.id) > ($3, $4)
		  AND ($1::uuid IS NULL OR w.staff_id = $1) AND ($2 = '' OR k.team = $2)
		ORDER BY w.due_at, w.id LIMIT $5`, staff, team, after.At, beyond(after.ID), limit)
}
