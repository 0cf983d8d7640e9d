package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// Case is a report staff work on.
type Case struct {
	ID         casefile.ID
	Ref        string // what staff call it
	Closed     bool
	Urgency    casefile.Urgency
	QueuedAt   time.Time // entered the staff queue; zero: not yet
	Country    string
	Flow       casefile.Flow
	Lang       casefile.Lang
	Team       string
	LoweredTo  casefile.Urgency
	LoweredAt  time.Time // zero: never lowered
	Assessment []byte    // what escalation encoded, opened; nil before the first
	LastIn     time.Time
	OpenedAt   time.Time
	ViewedAt   time.Time
	ClosedAt   time.Time
	Forgotten  time.Time // its words are gone; zero: they are not
	Version    int64
	AnswerIn   casefile.ID // the conversation staff chose to answer in; zero: nobody chose
	CaseWork
}

func assessmentPlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "cases", Column: "assessment", Row: id}
}

// OpenCase opens the case of a conversation.
func (t *Tx) OpenCase(_ context.Context, c Case, conversation Conversation) error {
	sealed, err := conversation.Key.Seal(assessmentPlace(c.ID), c.Assessment)
	if err != nil {
		return err
	}
	t.rows(openCase, c.ID, c.ID, c.Ref, c.Urgency.String(), when(c.QueuedAt), c.Country, string(c.Flow), string(c.Lang), c.Team,
		sealed, when(c.LastIn), c.OpenedAt)
	t.rows(linkCase, c.ID, c.ID, conversation.ID)
	return nil
}

var openCase = &many{rank: 1, op: "open case", exact: true, sql: `
	INSERT INTO cases (id, ref, status, urgency, queued_at, country, flow, lang, team, assessment_sealed, last_in_at, opened_at)
	SELECT w.id, w.ref, 'open', w.urgency, w.queued_at, w.country, w.flow, w.lang, w.team, w.sealed, w.last_in_at, w.opened_at
	FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bytea[],
	            $10::timestamptz[], $11::timestamptz[])
	     AS w (id, ref, urgency, queued_at, country, flow, lang, team, sealed, last_in_at, opened_at)`}

var linkCase = &many{rank: 2, op: "link case", exact: true, sql: `
	INSERT INTO case_conversations (case_id, conversation_id)
	SELECT w.case_id, w.conversation_id FROM unnest($1::uuid[], $2::uuid[]) AS w (case_id, conversation_id)`}

// UpdateCase writes what a turn changed. A closed case opens again: whoever writes
// is heard. What was put off is there again, and what was done is in work. Its urgency
// is the caller's to judge (only staff lower it).
func (t *Tx) UpdateCase(_ context.Context, c Case, conversation Conversation) error {
	sealed, err := conversation.Key.Seal(assessmentPlace(c.ID), c.Assessment)
	if err != nil {
		return err
	}
	t.rows(updateCase, c.ID, c.ID, c.Urgency.String(), when(c.QueuedAt), c.Country, string(c.Flow), string(c.Lang), sealed, when(c.LastIn))
	return nil
}

var updateCase = &many{rank: 3, op: "update case", exact: true, sql: `
	UPDATE cases k
	SET status = 'open', closed_at = NULL, urgency = w.urgency, queued_at = coalesce(k.queued_at, w.queued_at),
	    country = CASE WHEN w.country = '' THEN k.country ELSE w.country END, flow = w.flow, lang = w.lang,
	    assessment_sealed = w.sealed, last_in_at = coalesce(w.last_in_at, k.last_in_at), version = k.version + 1,
	    work = CASE WHEN k.work = 'done' THEN 'working' ELSE k.work END, snoozed_until = NULL
	FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::timestamptz[])
	     AS w (id, urgency, queued_at, country, flow, lang, sealed, last_in_at)
	WHERE k.id = w.id`}

const caseColumns = `
	k.id, k.ref, k.status = 'closed', k.urgency, k.queued_at, k.country, k.flow, k.lang, k.team,
	coalesce(k.lowered_to, 'low'), k.lowered_at, k.assessment_sealed, k.last_in_at, k.opened_at, k.first_viewed_at, k.closed_at, k.forgotten_at, k.version,
	k.work, k.assigned_to, k.snoozed_until, k.tip, k.tip_at, k.danger_over_at, k.answer_in`

func scanCase(rows pgx.Rows, more ...any) (c Case, sealed []byte, err error) {
	var urgency, lowered string
	err = rows.Scan(append([]any{&c.ID, &c.Ref, &c.Closed, &urgency, clock{&c.QueuedAt}, &c.Country, &c.Flow, &c.Lang, &c.Team,
		&lowered, clock{&c.LoweredAt}, &sealed, clock{&c.LastIn}, clock{&c.OpenedAt}, clock{&c.ViewedAt}, clock{&c.ClosedAt}, clock{&c.Forgotten}, &c.Version,
		&c.Work, &c.AssignedTo, clock{&c.SnoozedUntil}, &c.Tip, clock{&c.TipAt}, clock{&c.DangerOverAt}, &c.AnswerIn}, more...)...)
	c.Urgency, _ = casefile.ParseUrgency(urgency) // the schema allows no other word
	c.LoweredTo, _ = casefile.ParseUrgency(lowered)
	return c, sealed, err
}

// CasesOf reads the cases of conversations, by conversation. The lanes must be
// locked by the caller when it means to write them. It does not go by the case that was
// read with the lane: a lane that was let go in the moment in which it was locked tells
// its newest turn, and a case as it was before.
func (t *Tx) CasesOf(ctx context.Context, of []Conversation) (map[casefile.ID]Case, error) {
	lanes := map[casefile.ID]Conversation{}
	var ids []casefile.ID
	for _, c := range of {
		if c.Turn > 0 || !c.Case.IsZero() { // else it has none: the first turn opens it
			lanes[c.ID] = c
			ids = append(ids, c.ID)
		}
	}
	cases := map[casefile.ID]Case{}
	if len(ids) == 0 {
		return cases, nil
	}
	err := t.query(ctx, "read cases", func(rows pgx.Rows) error {
		var conversation casefile.ID
		c, sealed, err := scanCase(rows, &conversation)
		if err != nil {
			return err
		}
		if c.Assessment, err = lanes[conversation].Key.Open(assessmentPlace(c.ID), sealed); err != nil {
			return err
		}
		cases[conversation] = c
		return nil
	}, `
		SELECT`+caseColumns+`, cc.conversation_id
		FROM case_conversations cc JOIN cases k ON k.id = cc.case_id
		WHERE cc.conversation_id = ANY($1)`, uuids(ids))
	return cases, err
}
