package store

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"pulang/internal/casefile"
)

// many is a write that a batch makes for each of its people: its rows travel as
// columns, and Postgres runs it once. sql reads them with unnest, in the order in
// which they were queued.
//
// Between two single writes (later) those of many are put into the order of rank,
// whatever order they were queued in: what others refer to comes first. So the rows of
// two different ones must not be about the same, unless the lower rank belongs first.
type many struct {
	rank  int
	op    string
	exact bool // each row must touch one row, otherwise ErrStale
	sql   string
}

// write is one statement that waits for the next Flush.
type write struct {
	stage, rank int // the order: see many
	op          string
	want        int64 // rows it must touch, or anyRows
	stale       error // what it means when it did not; nil: ErrStale
	sql         string
	args        []any        // of a single one
	cols        [][]any      // of many: its columns
	keys        map[any]bool // of many: what its rows are about
}

// rows queues one row of a write that is made for many. It joins those that wait for
// the same statement, unless something else (later) was queued behind them: that may
// count on the order. key names the row that is touched; the same one twice makes a
// second statement, because in one only the first would count.
func (t *Tx) rows(m *many, key any, values ...any) {
	t.wrote = true
	w := t.open[m]
	if w == nil || w.keys[key] {
		w = &write{stage: t.stage, rank: m.rank, op: m.op, want: anyRows, sql: m.sql, cols: make([][]any, len(values)), keys: map[any]bool{}}
		if m.exact {
			w.want = 0
		}
		t.writes = append(t.writes, w)
		if t.open == nil {
			t.open = map[*many]*write{}
		}
		t.open[m] = w
	}
	w.keys[key] = true
	if m.exact {
		w.want++
	}
	for i, v := range values {
		if id, ok := v.(casefile.ID); ok {
			v = pgtype.UUID{Bytes: id, Valid: !id.IsZero()}
		}
		w.cols[i] = append(w.cols[i], v)
	}
}

// later queues a write for the next Flush; rows is how many rows it must touch, or
// anyRows. A fence that does not hold is ErrStale.
func (t *Tx) later(op string, rows int64, sql string, args ...any) {
	t.wrote = true
	t.single(&write{op: op, want: rows, sql: sql, args: args})
}

// single queues one write behind everything queued so far, and ahead of everything
// that follows.
func (t *Tx) single(w *write) {
	t.barrier()
	w.stage = t.stage
	t.writes = append(t.writes, w)
	t.barrier()
}

func (t *Tx) barrier() {
	t.stage++
	t.open = nil
}

// waits reports whether a row of m is queued that is about key.
func (t *Tx) waits(m *many, key any) bool {
	return slices.ContainsFunc(t.writes, func(w *write) bool { return w.sql == m.sql && w.keys[key] })
}

// gathers reports whether all that is queued are writes of many.
func (t *Tx) gathers() bool {
	return !slices.ContainsFunc(t.writes, func(w *write) bool { return w.cols == nil })
}

const anyRows = -1

// Flush sends everything queued, in one round trip.
func (t *Tx) Flush(ctx context.Context) error {
	if len(t.writes) == 0 {
		return nil
	}
	batch := &pgx.Batch{}
	slices.SortStableFunc(t.writes, func(a, b *write) int { return cmp.Or(cmp.Compare(a.stage, b.stage), cmp.Compare(a.rank, b.rank)) })
	for _, w := range t.writes {
		args := w.args
		for _, column := range w.cols {
			args = append(args, column)
		}
		batch.Queue(w.sql, args...).Exec(func(tag pgconn.CommandTag) error {
			if w.want != anyRows && tag.RowsAffected() != w.want {
				return fmt.Errorf("%s: %w", w.op, orDefault(w.stale, ErrStale))
			}
			return nil
		})
	}
	t.writes, t.open = nil, nil
	return wrong("write", t.tx.SendBatch(ctx, batch).Close())
}

// raised is an alarm to be written at the end of a transaction. Alarms that are about
// nobody are one row for everybody: whoever touched it in the middle of a batch held
// up all others until the commit, and met them on the way (a deadlock). So they come
// last, in one order.
type raised struct {
	kind         AlarmKind
	conversation casefile.ID
}

type raising struct {
	caseID casefile.ID
	at     time.Time
	times  int
}

// RaiseAlarm raises an alarm, or counts it again when it stands already. It is
// written at the end of the transaction.
func (t *Tx) RaiseAlarm(_ context.Context, kind AlarmKind, caseID, conversation casefile.ID, now time.Time) error {
	t.wrote = true
	t.raise(raised{kind, conversation}, raising{caseID, now, 1})
	return nil
}

func (t *Tx) raise(what raised, r raising) {
	if t.alarms == nil {
		t.alarms = map[raised]raising{}
	}
	before := t.alarms[what]
	if before.times > 0 {
		r.caseID = before.caseID // the first one told which case, as it would in a row of its own
	}
	r.times += before.times
	t.alarms[what] = r
}

var raiseAlarms = &many{op: "raise alarm", exact: true, sql: `
	INSERT INTO alarms (id, kind, case_id, conversation_id, at, last_at, times)
	SELECT w.id, w.kind, w.case_id, w.conversation_id, w.at, w.at, w.times
	FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::timestamptz[], $6::int[]) AS w (id, kind, case_id, conversation_id, at, times)
	ON CONFLICT (kind, coalesce(conversation_id, '00000000-0000-0000-0000-000000000000'::uuid)) WHERE cleared_at IS NULL
	DO UPDATE SET last_at = excluded.last_at, times = alarms.times + excluded.times`}

// writeAlarms queues what was raised.
func (t *Tx) writeAlarms() {
	if len(t.alarms) == 0 {
		return
	}
	all := make([]raised, 0, len(t.alarms))
	for what := range t.alarms {
		all = append(all, what)
	}
	slices.SortFunc(all, func(a, b raised) int {
		if a.kind != b.kind {
			return bytes.Compare([]byte(a.kind), []byte(b.kind))
		}
		return bytes.Compare(a.conversation[:], b.conversation[:])
	})
	t.barrier() // behind everything else
	for _, what := range all {
		r := t.alarms[what]
		t.rows(raiseAlarms, what, casefile.NewID(r.at), string(what.kind), r.caseID, what.conversation, r.at, r.times)
	}
	t.alarms = nil
}
