package store

import (
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// What a case gathers over the months is read in stretches: each list has a key that
// only grows, so that a page costs the same at its beginning and at its end.

// Stretch is a piece of such a list: what lies before a key, newest first, or behind
// it, oldest first.
type Stretch struct {
	Oldest bool  // oldest first
	Key    int64 // zero: from the end
	Limit  int
}

// cut is the stretch as the end of a statement; its two arguments follow what is
// numbered below first.
func (s Stretch) cut(column string, first int) string {
	compare, order := "<", "DESC"
	if s.Oldest {
		compare, order = ">", "ASC"
	}
	return fmt.Sprintf("%s %s $%d ORDER BY %s %s LIMIT $%d", column, compare, first, column, order, first+1)
}

func (s Stretch) key() int64 {
	if s.Key == 0 && !s.Oldest {
		return math.MaxInt64
	}
	return s.Key
}

// MessagesOf reads a stretch of what a conversation received.
func (t *Tx) MessagesOf(ctx context.Context, c Conversation, s Stretch) ([]Message, error) {
	return t.messagesIn(ctx, "read stretch of messages", c, `m.conversation_id = $1 AND `+s.cut("m.arrival", 2), s.key(), s.Limit)
}

// EditsOf reads the other sides of edits: to the references of some messages, the
// edits of them and what they were at first.
func (t *Tx) EditsOf(ctx context.Context, c Conversation, refs []string) ([]Message, error) {
	return t.messagesIn(ctx, "read edits", c, `
		m.conversation_id = $1 AND m.message_ref = ANY($2) AND m.kind <> 'press' ORDER BY m.arrival`, refs)
}

func (t *Tx) messagesIn(ctx context.Context, op string, c Conversation, where string, args ...any) ([]Message, error) {
	var found []Message
	err := t.query(ctx, op, func(rows pgx.Rows) error {
		m, err := scanMessage(rows, func(casefile.ID) seal.Key { return c.Key })
		found = append(found, m)
		return err
	}, `
		SELECT`+messageColumns+`
		FROM messages m WHERE `+where, append([]any{c.ID}, args...)...)
	return found, err
}

// LettersOf reads a stretch of what was said in a conversation, or was to be said.
func (t *Tx) LettersOf(ctx context.Context, c Conversation, s Stretch) ([]Letter, error) {
	return t.lettersIn(ctx, "read stretch of letters", c, `o.conversation_id = $1 AND `+s.cut("o.seq", 2), s.key(), s.Limit)
}

// SpokenOf is LettersOf without what is held: that has not been said, however long ago
// it was written.
func (t *Tx) SpokenOf(ctx context.Context, c Conversation, s Stretch) ([]Letter, error) {
	return t.lettersIn(ctx, "read stretch of what was said", c, `o.conversation_id = $1 AND o.state <> 'held' AND `+s.cut("o.seq", 2),
		s.key(), s.Limit)
}

// HeldOf reads what is held in a conversation, oldest first.
func (t *Tx) HeldOf(ctx context.Context, c Conversation) ([]Letter, error) {
	return t.lettersIn(ctx, "read held letters", c, `o.conversation_id = $1 AND o.state = 'held' ORDER BY o.seq`)
}

func (t *Tx) lettersIn(ctx context.Context, op string, c Conversation, where string, args ...any) ([]Letter, error) {
	var found []Letter
	err := t.query(ctx, op, func(rows pgx.Rows) error {
		l, body, err := scanLetter(rows)
		if err == nil {
			l.Body, err = OpenBody(c.Key, l.ID, body)
		}
		found = append(found, l)
		return err
	}, `
		SELECT`+letterColumns+`
		FROM outbox o WHERE `+where, append([]any{c.ID}, args...)...)
	return found, err
}

// AlertsOfCase reads a stretch of the alerts to staff about a case. What they said is
// not kept: a code, an urgency, a waiting time.
func (t *Tx) AlertsOfCase(ctx context.Context, caseID casefile.ID, s Stretch) ([]Letter, error) {
	var found []Letter
	err := t.query(ctx, "read stretch of alerts", func(rows pgx.Rows) error {
		l, _, err := scanLetter(rows)
		found = append(found, l)
		return err
	}, `
		SELECT`+letterColumns+`
		FROM outbox o
		WHERE o.escalation_id IN (SELECT e.id FROM escalations e WHERE e.case_id = $1) AND o.purpose = 'alert'
		  AND `+s.cut("o.seq", 2), caseID, s.key(), s.Limit)
	return found, err
}

// Actions says which actions of the audit are read, by how their names begin.
type Actions struct {
	Only   []string // none: all
	Except []string
	Bare   []string // left out as well, where they say no more than their name
}

// RecordsOf reads a stretch of the audit of a case.
func (t *Tx) RecordsOf(ctx context.Context, caseID casefile.ID, s Stretch, a Actions) ([]Record, error) {
	var found []Record
	err := t.query(ctx, "read stretch of audit", func(rows pgx.Rows) error {
		var id casefile.ID
		var detail []byte
		r := Record{Entry: Entry{Case: caseID}}
		err := rows.Scan(&r.Seq, &id, clock{&r.At}, &r.Actor.Kind, &r.Actor.ID, &r.Actor.Part, &r.Action, &r.Conversation, &detail)
		if err != nil {
			return err
		}
		t.openDetail(&r, id, detail)
		found = append(found, r)
		return nil
	}, `
		SELECT a.seq, a.id, a.at, a.actor_kind, a.actor_id, a.actor_part, a.action, a.conversation_id, a.detail_sealed
		FROM audit a
		WHERE a.case_id = $1 AND isfinite(a.at)
		  AND (cardinality($2::text[]) = 0 OR EXISTS (SELECT 1 FROM unnest($2::text[]) p WHERE starts_with(a.action, p)))
		  AND NOT EXISTS (SELECT 1 FROM unnest($3::text[]) p WHERE starts_with(a.action, p))
		  AND (a.detail_sealed IS NOT NULL OR NOT EXISTS (SELECT 1 FROM unnest($4::text[]) p WHERE starts_with(a.action, p)))
		  AND `+s.cut("a.seq", 5), caseID, some(a.Only), some(a.Except), some(a.Bare), s.key(), s.Limit)
	return found, err
}

// some hands a list to Postgres that may be empty and is never NULL.
func some(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// NotesOf reads a stretch of the notes of a case that say something, by their ids,
// which grow with time. before or behind is the last one read; zero: from the end.
func (t *Tx) NotesOf(ctx context.Context, f Folder, oldest bool, last casefile.ID, limit int) ([]Note, error) {
	compare, order := "<", "DESC"
	if oldest {
		compare, order = ">", "ASC"
	}
	return t.notes(ctx, "read stretch of notes", f, `
		n.case_id = $1 AND n.kind NOT IN ('taken', 'handed_back') AND ($2::uuid IS NULL OR n.id `+compare+` $2)
		ORDER BY n.id `+order+` LIMIT $3`, last, limit)
}

// AnswerIn makes a conversation of a case the one staff answer in. ErrStale when the
// case changed since version.
func (t *Tx) AnswerIn(_ context.Context, caseID, conversation casefile.ID, version int64) error {
	t.later("choose conversation", 1, `
		UPDATE cases SET answer_in = $2, version = version + 1 WHERE id = $1 AND version = $3`, caseID, conversation, version)
	return nil
}
