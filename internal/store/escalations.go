package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
)

// EscalationState is where an escalation stands; the schema draws the machine.
type EscalationState string

// The states.
const (
	Climbing     EscalationState = "climbing"
	Acknowledged EscalationState = "acknowledged"
	Ended        EscalationState = "ended"
)

// Escalation is one climb up a ladder. At most one lives per case.
type Escalation struct {
	ID             casefile.ID
	Case           casefile.ID
	Urgency        casefile.Urgency
	State          EscalationState
	Rung           int       // the rung that hears at DueAt
	Rounds         int       // how often the last rung has heard
	DueAt          time.Time // climbing: the next rung hears; acknowledged: the acknowledgement expires
	StartedAt      time.Time // since when somebody waits
	AcknowledgedBy casefile.ID
	AcknowledgedAt time.Time
	EndedAt        time.Time
	EndedWhy       string

	// Read from the case, never written.
	Ref        string
	Team       string
	Lang       casefile.Lang
	CaseClosed bool
}

const escalationColumns = `
	e.id, e.case_id, e.urgency, e.state, e.rung, e.rounds, e.due_at, e.started_at, e.acknowledged_by, e.acknowledged_at,
	e.ended_at, e.ended_why, k.ref, k.team, k.lang, k.status = 'closed'`

// reading is query or aside.
type reading func(ctx context.Context, op string, scan func(pgx.Rows) error, sql string, args ...any) error

func (t *Tx) escalations(ctx context.Context, op, sql string, args ...any) ([]Escalation, error) {
	return escalations(ctx, t.query, op, sql, args...)
}

func escalations(ctx context.Context, read reading, op, sql string, args ...any) ([]Escalation, error) {
	var found []Escalation
	err := read(ctx, op, func(rows pgx.Rows) error {
		var e Escalation
		var urgency string
		err := rows.Scan(&e.ID, &e.Case, &urgency, &e.State, &e.Rung, &e.Rounds, clock{&e.DueAt}, clock{&e.StartedAt},
			&e.AcknowledgedBy, clock{&e.AcknowledgedAt}, clock{&e.EndedAt}, &e.EndedWhy, &e.Ref, &e.Team, &e.Lang, &e.CaseClosed)
		e.Urgency, _ = casefile.ParseUrgency(urgency) // the schema allows no other word
		found = append(found, e)
		return err
	}, sql, args...)
	return found, err
}

func (t *Tx) oneEscalation(ctx context.Context, op, sql string, args ...any) (Escalation, error) {
	return oneEscalation(ctx, t.query, op, sql, args...)
}

func oneEscalation(ctx context.Context, read reading, op, sql string, args ...any) (Escalation, error) {
	found, err := escalations(ctx, read, op, sql, args...)
	switch {
	case err != nil:
		return Escalation{}, err
	case len(found) == 0:
		return Escalation{}, ErrNotFound
	}
	return found[0], nil
}

// OpenEscalation stores a new escalation. ErrConflict, at the next Flush, when
// another one lives for the case.
func (t *Tx) OpenEscalation(_ context.Context, e Escalation) error {
	t.rows(openEscalation, e.Case, e.ID, e.Case, e.Urgency.String(), string(e.State), e.Rung, e.Rounds, when(e.DueAt), e.StartedAt)
	return nil
}

var openEscalation = &many{rank: 4, op: "open escalation", exact: true, sql: `
	INSERT INTO escalations (id, case_id, urgency, state, rung, rounds, due_at, started_at)
	SELECT w.id, w.case_id, w.urgency, w.state, w.rung, w.rounds, w.due_at, w.started_at
	FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::int[], $6::int[], $7::timestamptz[], $8::timestamptz[])
	     AS w (id, case_id, urgency, state, rung, rounds, due_at, started_at)`}

// LiveEscalation locks the escalation that lives for a case; ErrNotFound when none
// does.
func (t *Tx) LiveEscalation(ctx context.Context, caseID casefile.ID) (Escalation, error) {
	if t.waits(openEscalation, caseID) || t.waits(moveEscalation, caseID) {
		if err := t.Flush(ctx); err != nil {
			return Escalation{}, err
		}
	}
	return oneEscalation(ctx, t.aside, "lock live escalation", `
		SELECT`+escalationColumns+`
		FROM escalations e JOIN cases k ON k.id = e.case_id
		WHERE e.case_id = $1 AND e.state <> 'ended'
		FOR UPDATE OF e`, caseID)
}

// LockEscalation locks one escalation, also an ended one.
func (t *Tx) LockEscalation(ctx context.Context, id casefile.ID) (Escalation, error) {
	return t.oneEscalation(ctx, "lock escalation", `
		SELECT`+escalationColumns+`
		FROM escalations e JOIN cases k ON k.id = e.case_id
		WHERE e.id = $1
		FOR UPDATE OF e`, id)
}

// DueEscalation locks the escalation that has been due longest, except those to
// skip and those somebody else holds. ErrNotFound when none is due.
func (t *Tx) DueEscalation(ctx context.Context, skip []casefile.ID, now time.Time) (Escalation, error) {
	return t.oneEscalation(ctx, "claim due escalation", `
		SELECT`+escalationColumns+`
		FROM escalations e JOIN cases k ON k.id = e.case_id
		WHERE e.state <> 'ended' AND e.due_at <= $1 AND e.id <> ALL($2)
		ORDER BY e.due_at
		LIMIT 1
		FOR UPDATE OF e SKIP LOCKED`, now, uuids(skip))
}

// CaseEscalations reads every escalation of a case, oldest first.
func (t *Tx) CaseEscalations(ctx context.Context, caseID casefile.ID) ([]Escalation, error) {
	return t.escalations(ctx, "read escalations", `
		SELECT`+escalationColumns+`
		FROM escalations e JOIN cases k ON k.id = e.case_id
		WHERE e.case_id = $1
		ORDER BY e.id`, caseID)
}

// MoveEscalation writes where a locked escalation now stands.
func (t *Tx) MoveEscalation(_ context.Context, e Escalation) error {
	t.rows(moveEscalation, e.Case,
		e.ID, string(e.State), e.Rung, e.Rounds, when(e.DueAt), e.AcknowledgedBy, when(e.AcknowledgedAt), when(e.EndedAt), e.EndedWhy)
	if e.State == Ended {
		t.barrier() // another one may begin to live for the case, and not before
	}
	return nil
}

var moveEscalation = &many{rank: 6, op: "move escalation", exact: true, sql: `
	UPDATE escalations e
	SET state = w.state, rung = w.rung, rounds = w.rounds, due_at = w.due_at, acknowledged_by = w.acknowledged_by,
	    acknowledged_at = w.acknowledged_at, ended_at = w.ended_at, ended_why = w.ended_why
	FROM unnest($1::uuid[], $2::text[], $3::int[], $4::int[], $5::timestamptz[], $6::uuid[], $7::timestamptz[], $8::timestamptz[], $9::text[])
	     AS w (id, state, rung, rounds, due_at, acknowledged_by, acknowledged_at, ended_at, ended_why)
	WHERE e.id = w.id AND e.state <> 'ended'`}

// Answered reports whether staff opened the case and, since the escalation began,
// wrote to the person (also a reply that is held), took over, lowered or closed.
func (t *Tx) Answered(ctx context.Context, e Escalation) (bool, error) {
	var answered bool
	err := t.row(ctx, "look for an answer", `
		SELECT k.first_viewed_at IS NOT NULL AND (
			EXISTS (
				SELECT 1 FROM outbox o JOIN case_conversations cc ON cc.conversation_id = o.conversation_id
				WHERE cc.case_id = k.id AND o.written_by IS NOT NULL AND o.queued_at >= $2)
			OR EXISTS (
				SELECT 1 FROM case_notes n
				WHERE n.case_id = k.id AND n.kind IN ('taken', 'lowered', 'closed') AND n.at >= $2))
		FROM cases k WHERE k.id = $1`, []any{e.Case, e.StartedAt}, &answered)
	return answered, err
}

// Climbing is how many escalations nobody has acknowledged.
func (t *Tx) Climbing(ctx context.Context) (int, error) {
	var n int
	err := t.row(ctx, "count escalations", `SELECT count(*) FROM escalations WHERE state = 'climbing'`, nil, &n)
	return n, err
}
