package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// Entry is one line of the audit: who did what, when, to which case. Detail is
// sealed under the line's own key and says only what the action's name does not.
type Entry struct {
	At           time.Time
	Actor        casefile.Actor
	Action       string // "escalation.acknowledged", "case.viewed", ...
	Case         casefile.ID
	Conversation casefile.ID
	Detail       casefile.Private
}

func auditPlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "audit", Column: "detail", Row: id}
}

// Audit writes an entry in the caller's transaction. ErrMissingActor without an
// actor.
func (t *Tx) Audit(_ context.Context, e Entry) error {
	if err := e.Actor.Valid(); err != nil {
		return err
	}
	id := casefile.NewID(e.At)
	detail, err := t.keys.Own().SealText(auditPlace(id), e.Detail)
	if err != nil {
		return err
	}
	t.rows(addEntry, id, id, e.At, string(e.Actor.Kind), e.Actor.ID, e.Actor.Part, e.Action, e.Case, e.Conversation, detail)
	return nil
}

var addEntry = &many{rank: 8, op: "audit", exact: true, sql: `
	INSERT INTO audit (id, at, actor_kind, actor_id, actor_part, action, case_id, conversation_id, detail_sealed)
	SELECT w.id, w.at, w.actor_kind, w.actor_id, w.actor_part, w.action, w.case_id, w.conversation_id, w.detail
	FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::uuid[], $9::bytea[])
	     AS w (id, at, actor_kind, actor_id, actor_part, action, case_id, conversation_id, detail)`}

// Record is an entry of the audit with what a reader wants beside it.
type Record struct {
	Entry
	Seq        int64  // pages go by it
	Login      string // of the actor; empty: not staff
	Ref        string // of the case; empty: none
	Unreadable bool   // the detail does not open
}

// AuditFilter says which entries to read; what is zero does not matter.
type AuditFilter struct {
	Actor  casefile.ID
	Case   casefile.ID
	Action string        // this one, or those whose name begins so up to a dot: "case"
	Before int64         // older than this Seq
	Except []casefile.ID // nothing about these cases
	Limit  int
}

// openDetail opens the detail of an entry. One that somebody changed is unreadable, and
// the rest of the entry is still worth reading.
func (t *Tx) openDetail(r *Record, id casefile.ID, sealed []byte) {
	var err error
	r.Detail, err = t.keys.Own().OpenText(auditPlace(id), sealed)
	r.Unreadable = err != nil
}

// AuditRecords reads entries, newest first.
func (t *Tx) AuditRecords(ctx context.Context, f AuditFilter) ([]Record, error) {
	var found []Record
	err := t.query(ctx, "read audit", func(rows pgx.Rows) error {
		var r Record
		var id casefile.ID
		var detail []byte
		err := rows.Scan(&r.Seq, &id, clock{&r.At}, &r.Actor.Kind, &r.Actor.ID, &r.Actor.Part, &r.Action, &r.Case, &r.Conversation, &detail, &r.Login, &r.Ref)
		if err != nil {
			return err
		}
		t.openDetail(&r, id, detail)
		found = append(found, r)
		return nil
	}, `
		SELECT a.seq, a.id, a.at, a.actor_kind, a.actor_id, a.actor_part, a.action, a.case_id, a.conversation_id, a.detail_sealed,
		       coalesce(s.login, ''), coalesce(k.ref, '')
		FROM audit a
		LEFT JOIN staff s ON s.id = a.actor_id AND a.actor_kind = 'staff'
		LEFT JOIN cases k ON k.id = a.case_id
		WHERE ($1::uuid IS NULL OR a.actor_id = $1) AND ($2::uuid IS NULL OR a.case_id = $2)
		  AND ($3 = '' OR a.action = $3 OR starts_with(a.action, $3 || '.'))
		  AND ($4 = 0 OR a.seq < $4) AND isfinite(a.at)
		  AND (a.case_id IS NULL OR a.case_id <> ALL($6))
		ORDER BY a.seq DESC LIMIT $5`, f.Actor, f.Case, f.Action, f.Before, f.Limit, uuids(f.Except))
	return found, err
}

// Audited reports whether an actor did this since a moment, to this case (the zero
// ID: to none) and this conversation of it (the zero ID: to any). It looks at the newest thousand things they did: for a moment that is
// minutes away, and not through the years of somebody who works here.
func (t *Tx) Audited(ctx context.Context, actor casefile.Actor, action string, caseID, conversation casefile.ID, since time.Time) (did bool, err error) {
	err = t.row(ctx, "look into audit", `
		SELECT EXISTS (SELECT 1 FROM (SELECT action, case_id, conversation_id, at FROM audit WHERE actor_id = $1 ORDER BY seq DESC LIMIT 1000) a
		               WHERE a.action = $2 AND a.case_id IS NOT DISTINCT FROM $3 AND a.at > $4
		                 AND ($5::uuid IS NULL OR a.conversation_id = $5))`,
		[]any{actor.ID, action, caseID, since, conversation}, &did)
	return did, err
}

// CaseID is the case that staff call by this ref; ErrNotFound when there is none.
func (t *Tx) CaseID(ctx context.Context, ref string) (id casefile.ID, err error) {
	err = t.row(ctx, "find case", `SELECT id FROM cases WHERE ref = $1`, []any{ref}, &id)
	return id, err
}
