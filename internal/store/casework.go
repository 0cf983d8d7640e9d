package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// Folder is a case with its conversations, oldest first.
type Folder struct {
	Case
	Conversations []Conversation
}

// CasesByID reads cases whole, in no order.
func (t *Tx) CasesByID(ctx context.Context, ids []casefile.ID) ([]Folder, error) {
	return t.folders(ctx, "read cases of queue", `
		SELECT`+caseColumns+`
		FROM cases k WHERE k.id = ANY($1)`, uuids(ids))
}

// CaseByRef reads a case by what staff call it; ErrNotFound when there is none.
func (t *Tx) CaseByRef(ctx context.Context, ref string) (Folder, error) {
	found, err := t.folders(ctx, "read case", `
		SELECT`+caseColumns+`
		FROM cases k WHERE k.ref = $1`, ref)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Folder{}, err
	}
	return found[0], nil
}

// CaseRefOfCode finds the case an alert's link means. Old codes lead to their case
// as well: the link in somebody's hand should open.
func (t *Tx) CaseRefOfCode(ctx context.Context, code string) (string, error) {
	var ref string
	err := t.row(ctx, "find case of alert", `
		SELECT k.ref FROM (
			SELECT code, escalation_id FROM alerts UNION ALL SELECT code, escalation_id FROM spent_codes) a
		JOIN escalations e ON e.id = a.escalation_id
		JOIN cases k ON k.id = e.case_id
		WHERE a.code = $1`, []any{code}, &ref)
	return ref, err
}

// folders reads cases and what belongs to each. A case is sealed under the key of
// the conversation that wrote it last, so each of its keys is tried.
func (t *Tx) folders(ctx context.Context, op, sql string, args ...any) ([]Folder, error) {
	var found []Folder
	var sealed [][]byte
	err := t.query(ctx, op, func(rows pgx.Rows) error {
		c, assessment, err := scanCase(rows)
		found, sealed = append(found, Folder{Case: c}), append(sealed, assessment)
		return err
	}, sql, args...)
	if err != nil || len(found) == 0 {
		return found, err
	}
	ids := make([]casefile.ID, len(found))
	for i, f := range found {
		ids[i] = f.ID
	}
	conversations, err := t.conversations(ctx, "read conversations of cases", `
		SELECT`+conversationColumns+`
		FROM conversations c JOIN case_conversations cc ON cc.conversation_id = c.id
		WHERE cc.case_id = ANY($1)
		ORDER BY c.created_at, c.id`, uuids(ids))
	if err != nil {
		return nil, err
	}
	byCase := map[casefile.ID][]Conversation{}
	for _, c := range conversations {
		byCase[c.Case] = append(byCase[c.Case], c)
	}
	for i := range found {
		found[i].Conversations = byCase[found[i].ID]
		if found[i].Assessment, err = openAssessment(found[i], sealed[i]); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// openAssessment tries each key. What a damaged one sealed is not known any more.
func openAssessment(f Folder, sealed []byte) (plain []byte, err error) {
	damaged := false
	for _, c := range f.Conversations {
		damaged = damaged || c.Damaged
		if plain, err = c.Key.Open(assessmentPlace(f.ID), sealed); err == nil {
			return plain, nil
		}
	}
	if damaged {
		return nil, nil
	}
	return nil, err
}

// LiveEscalations reads what lives for cases, by case, without locking it.
func (t *Tx) LiveEscalations(ctx context.Context, cases []casefile.ID) (map[casefile.ID]Escalation, error) {
	live, err := t.escalations(ctx, "read live escalations", `
		SELECT`+escalationColumns+`
		FROM escalations e JOIN cases k ON k.id = e.case_id
		WHERE e.case_id = ANY($1) AND e.state <> 'ended'`, uuids(cases))
	byCase := map[casefile.ID]Escalation{}
	for _, e := range live {
		byCase[e.Case] = e
	}
	return byCase, err
}

// SeeCase notes that staff looked at a case for the first time.
func (t *Tx) SeeCase(_ context.Context, id casefile.ID, now time.Time) error {
	t.later("see case", anyRows, `
		UPDATE cases SET first_viewed_at = $2 WHERE id = $1 AND first_viewed_at IS NULL`, id, now)
	return nil
}

// LowerCase writes a lower urgency. ErrStale when the case changed since version,
// or was closed.
func (t *Tx) LowerCase(_ context.Context, id casefile.ID, version int64, to casefile.Urgency, now time.Time) error {
	t.later("lower case", 1, `
		UPDATE cases SET urgency = $3, lowered_to = $3, lowered_at = $4, version = version + 1
		WHERE id = $1 AND version = $2 AND status = 'open'`, id, version, to.String(), now)
	return nil
}

// CloseCase closes a case. ErrStale when it changed since version, or is closed.
func (t *Tx) CloseCase(_ context.Context, id casefile.ID, version int64, now time.Time) error {
	t.later("close case", 1, `
		UPDATE cases SET status = 'closed', closed_at = $3, work = 'done', snoozed_until = NULL, version = version + 1
		WHERE id = $1 AND version = $2 AND status = 'open'`, id, version, now)
	return nil
}

// DropHeld takes announcements of ours that were held out of the outbox: what they
// announced is over.
func (t *Tx) DropHeld(_ context.Context, conversation casefile.ID, textKeys []string, reason string, now time.Time) error {
	t.later("drop held letters", anyRows, `
		UPDATE outbox SET state = 'dropped', reason = $3, settled_at = $4
		WHERE conversation_id = $1 AND text_key = ANY($2) AND state = 'held'`, conversation, textKeys, reason, now)
	return nil
}

// NoteKind says what a note of a case is about.
type NoteKind string

// The kinds of note: a free one, and the reasons for what staff did.
const (
	PlainNote  NoteKind = "note"
	Lowered    NoteKind = "lowered"
	Closed     NoteKind = "closed"
	TakenOver  NoteKind = "taken"
	HandedBack NoteKind = "handed_back"
)

// Note is what a member of staff wrote down about a case.
type Note struct {
	ID           casefile.ID
	Case         casefile.ID
	Conversation casefile.ID // its key seals the text
	Staff        casefile.ID
	Kind         NoteKind
	Text         casefile.Private
	At           time.Time
}

func notePlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "case_notes", Column: "text", Row: id}
}

// AddNote writes a note, sealed under the key of its conversation. The text may be
// empty where the kind says enough.
func (t *Tx) AddNote(_ context.Context, n Note, key seal.Key) error {
	text, err := key.SealText(notePlace(n.ID), n.Text)
	if err != nil {
		return err
	}
	if text == nil {
		if text, err = key.Seal(notePlace(n.ID), []byte{}); err != nil {
			return err
		}
	}
	t.later("add note", 1, `
		INSERT INTO case_notes (id, case_id, conversation_id, staff_id, kind, text_sealed, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, n.ID, n.Case, n.Conversation, n.Staff, string(n.Kind), text, n.At)
	return nil
}

// CaseNotes reads the notes of a case, oldest first.
func (t *Tx) CaseNotes(ctx context.Context, f Folder) ([]Note, error) {
	return t.notes(ctx, "read notes", f, `n.case_id = $1 ORDER BY n.at, n.id`)
}

func (t *Tx) notes(ctx context.Context, op string, f Folder, where string, args ...any) ([]Note, error) {
	keys, damaged := map[casefile.ID]seal.Key{}, map[casefile.ID]bool{}
	for _, c := range f.Conversations {
		keys[c.ID], damaged[c.ID] = c.Key, c.Damaged
	}
	var notes []Note
	err := t.query(ctx, op, func(rows pgx.Rows) error {
		n := Note{Case: f.ID}
		var sealed []byte
		if err := rows.Scan(&n.ID, &n.Conversation, &n.Staff, &n.Kind, &sealed, clock{&n.At}); err != nil {
			return err
		}
		var err error
		n.Text, err = keys[n.Conversation].OpenText(notePlace(n.ID), sealed)
		if damaged[n.Conversation] {
			err = nil // that it was written, when and by whom, is what is left of it
		}
		notes = append(notes, n)
		return err
	}, `
		SELECT n.id, n.conversation_id, n.staff_id, n.kind, n.text_sealed, n.at
		FROM case_notes n WHERE `+where, append([]any{f.ID}, args...)...)
	return notes, err
}

// CaseMark is a text that changes when anything a case page shows does.
func (t *Tx) CaseMark(ctx context.Context, ref string) (string, error) {
	var mark string
	err := t.row(ctx, "look at case", `
		SELECT concat_ws('/', k.version,
			(SELECT concat_ws('.', max(m.arrival), count(*) FILTER (WHERE m.state = 'taken'))
			 FROM messages m JOIN case_conversations cc ON cc.conversation_id = m.conversation_id WHERE cc.case_id = k.id),
			(SELECT concat_ws('.', max(o.seq), max(o.settled_at), string_agg(DISTINCT o.state, ','))
			 FROM outbox o JOIN case_conversations cc ON cc.conversation_id = o.conversation_id WHERE cc.case_id = k.id),
			(SELECT string_agg(c.taken_by::text, ',')
			 FROM conversations c JOIN case_conversations cc ON cc.conversation_id = c.id WHERE cc.case_id = k.id),
			(SELECT concat_ws('.', count(*), max(e.state), max(e.rung), max(e.rounds)) FROM escalations e WHERE e.case_id = k.id),
			(SELECT count(*) FROM case_notes n WHERE n.case_id = k.id),
			(SELECT concat_ws('.', count(*), count(d.kept_at), count(d.due_at), max(d.kept_at))
			 FROM media d JOIN case_conversations cc ON cc.conversation_id = d.conversation_id WHERE cc.case_id = k.id),
			(SELECT concat_ws('.', string_agg(d.staff_id::text, ',' ORDER BY d.staff_id), max(date_trunc('minute', d.touched_at)))
			 FROM drafts d JOIN case_conversations cc ON cc.conversation_id = d.conversation_id WHERE cc.case_id = k.id AND d.kind = 'reply'),
			(SELECT concat_ws('.', count(*), max(w.decided_at)) FROM overrides w WHERE w.case_id = k.id),
			(SELECT max(s.seq) FROM case_steps s WHERE s.case_id = k.id),
			(SELECT sum(l.version) FROM case_links l WHERE k.id IN (l.case_a, l.case_b)))
		FROM cases k WHERE k.ref = $1`, []any{ref}, &mark)
	return mark, err
}
