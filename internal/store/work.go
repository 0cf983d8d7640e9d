package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// Work says how far staff are with an open case.
type Work string

// The states of work.
const (
	WorkNew     Work = "new"
	WorkGoing   Work = "working"
	WorkWaiting Work = "waiting" // for somebody outside
	WorkDone    Work = "done"    // nothing is left but to close it
)

// Works is every state of work, in order.
var Works = []Work{WorkNew, WorkGoing, WorkWaiting, WorkDone}

// Tip says what became of what a witness told.
type Tip string

// The decisions about a tip. There is no "false": it may be the one piece that is
// missing next month.
const (
	TipUndecided Tip = ""
	TipPassedOn  Tip = "passed_on"
	TipKept      Tip = "kept"       // beside another case, or for the next one
	TipNotEnough Tip = "not_enough" // nobody can act on it yet
)

// Tips is every decision.
var Tips = []Tip{TipPassedOn, TipKept, TipNotEnough}

// CaseWork is how staff work on a case.
type CaseWork struct {
	Work         Work
	AssignedTo   casefile.ID // zero: nobody
	SnoozedUntil time.Time   // zero: it is in the queue
	Tip          Tip
	TipAt        time.Time
	DangerOverAt time.Time // a named person said that the danger is over; zero: nobody did
}

// SetWork moves a case from one state of work to another. ErrStale when it is not in
// the first one, or is closed.
func (t *Tx) SetWork(_ context.Context, id casefile.ID, from, to Work) error {
	t.later("set work of case", 1, `
		UPDATE cases SET work = $3, version = version + 1
		WHERE id = $1 AND work = $2 AND status = 'open'`, id, string(from), string(to))
	return nil
}

// StartWork notes that somebody began with a case. One that was begun stays as it is.
func (t *Tx) StartWork(_ context.Context, id casefile.ID) error {
	t.later("start work on case", anyRows, `
		UPDATE cases SET work = 'working', version = version + 1
		WHERE id = $1 AND work = 'new' AND status = 'open'`, id)
	return nil
}

// AssignCase gives an open case to a member of staff (zero: to nobody) and to a team.
// Whoever gets a new one has begun.
func (t *Tx) AssignCase(_ context.Context, id, staff casefile.ID, team string, now time.Time) error {
	var since time.Time
	if !staff.IsZero() {
		since = now
	}
	t.later("assign case", 1, `
		UPDATE cases
		SET assigned_to = $2, assigned_at = $3, team = $4, version = version + 1,
		    work = CASE WHEN work = 'new' AND $3::timestamptz IS NOT NULL THEN 'working' ELSE work END
		WHERE id = $1 AND status = 'open'`, id, staff, when(since), team)
	return nil
}

// TakeWorkFrom takes a case, and tasks of it, from members of staff it is kept from
// now. The tasks are the team's then.
func (t *Tx) TakeWorkFrom(_ context.Context, caseID casefile.ID, staff []casefile.ID) error {
	t.later("take case from staff", anyRows, `
		UPDATE cases SET assigned_to = NULL, assigned_at = NULL, version = version + 1
		WHERE id = $1 AND assigned_to = ANY($2)`, caseID, uuids(staff))
	t.later("take tasks from staff", anyRows, `
		UPDATE tasks SET staff_id = NULL, version = version + 1
		WHERE case_id = $1 AND staff_id = ANY($2) AND state = 'open'`, caseID, uuids(staff))
	return nil
}

// SnoozeCase takes an open case out of the queue until a moment; the zero time puts
// it back.
func (t *Tx) SnoozeCase(_ context.Context, id casefile.ID, until time.Time) error {
	t.later("snooze case", 1, `
		UPDATE cases SET snoozed_until = $2, version = version + 1
		WHERE id = $1 AND status = 'open'`, id, when(until))
	return nil
}

// DecideTip writes down what became of what a witness told.
func (t *Tx) DecideTip(_ context.Context, id casefile.ID, tip Tip, now time.Time) error {
	t.later("decide tip", 1, `
		UPDATE cases SET tip = $2, tip_at = $3, version = version + 1
		WHERE id = $1 AND status = 'open'`, id, string(tip), now)
	return nil
}

// DangerOver writes down that a named person says that the danger is over.
func (t *Tx) DangerOver(_ context.Context, id casefile.ID, now time.Time) error {
	t.later("write that danger is over", 1, `
		UPDATE cases SET danger_over_at = $2, version = version + 1
		WHERE id = $1 AND status = 'open'`, id, now)
	return nil
}

// ReopenCase opens a closed case again, in the queue. ErrStale when it changed since
// version, is open, or was forgotten.
func (t *Tx) ReopenCase(_ context.Context, id casefile.ID, version int64, now time.Time) error {
	t.later("reopen case", 1, `
		UPDATE cases
		SET status = 'open', closed_at = NULL, work = 'working', queued_at = coalesce(queued_at, $3), version = version + 1
		WHERE id = $1 AND version = $2 AND status = 'closed' AND forgotten_at IS NULL`, id, version, now)
	return nil
}

// Loose is what is not finished about a case, besides its conversations.
type Loose struct {
	Referrals int
	Tasks     int
}

// LooseTalk is what is not finished in one conversation of a case.
type LooseTalk struct {
	Conversation casefile.ID
	Waiting      int  // messages no turn has read
	Unsent       int  // letters on their way
	Held         int  // replies of staff that wait until the person writes
	Unopened     bool // they wrote in it, and nobody has opened it since
}

// LooseTalks counts what is not finished in each conversation of a case, oldest first.
// looks are the actions of the audit by which a conversation is opened.
func (t *Tx) LooseTalks(ctx context.Context, caseID casefile.ID, looks []string) ([]LooseTalk, error) {
	var all []LooseTalk
	err := t.query(ctx, "count what is not finished in conversations", func(rows pgx.Rows) error {
		var l LooseTalk
		err := rows.Scan(&l.Conversation, &l.Waiting, &l.Unsent, &l.Held, &l.Unopened)
		all = append(all, l)
		return err
	}, `
		SELECT c.id,
		       (SELECT count(*) FROM messages m WHERE m.conversation_id = c.id AND m.state = 'waiting'),
		       (SELECT count(*) FROM outbox o WHERE o.conversation_id = c.id AND o.state IN ('queued', 'claimed', 'unknown')),
		       (SELECT count(*) FROM outbox o WHERE o.conversation_id = c.id AND o.state = 'held' AND o.written_by IS NOT NULL AND o.text_key = ''),
		       c.last_in_at IS NOT NULL AND NOT EXISTS (
		           SELECT 1 FROM audit a
		           WHERE a.case_id = cc.case_id AND a.conversation_id = c.id AND a.action = ANY($2) AND a.at >= c.last_in_at)
		FROM case_conversations cc JOIN conversations c ON c.id = cc.conversation_id
		WHERE cc.case_id = $1
		ORDER BY c.created_at, c.id`, caseID, looks)
	return all, err
}

// Loose counts what is not finished about a case.
func (t *Tx) Loose(ctx context.Context, caseID casefile.ID) (l Loose, err error) {
	err = t.row(ctx, "count what is not finished", `
		SELECT (SELECT count(*) FROM referrals r WHERE r.case_id = $1 AND r.state IN ('proposed', 'sent', 'accepted')),
		       (SELECT count(*) FROM tasks k WHERE k.case_id = $1 AND k.state = 'open')`,
		[]any{caseID}, &l.Referrals, &l.Tasks)
	return l, err
}

// TakeBackHeld takes the replies of staff that are held out of the outbox, and
// returns how many there were.
func (t *Tx) TakeBackHeld(ctx context.Context, caseID casefile.ID, now time.Time) (int64, error) {
	return t.exec(ctx, "take back held replies", `
		UPDATE outbox SET state = 'dropped', reason = 'taken back', settled_at = $2
		WHERE conversation_id IN (SELECT cc.conversation_id FROM case_conversations cc WHERE cc.case_id = $1)
		  AND state = 'held' AND written_by IS NOT NULL AND text_key = ''`, caseID, now)
}

// Step is one thing staff did with a case, with their reason.
type Step struct {
	ID           casefile.ID
	Case         casefile.ID
	Conversation casefile.ID // its key seals the reason
	About        casefile.ID // the row it is about; zero: the case itself
	Kind         string      // as the audit calls it
	Staff        casefile.ID
	Reason       casefile.Private // may be empty
	At           time.Time
}

func stepPlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "case_steps", Column: "reason", Row: id}
}

// AddStep writes a step, sealed under the key of its conversation.
func (t *Tx) AddStep(_ context.Context, s Step, key seal.Key) error {
	reason, err := key.SealText(stepPlace(s.ID), s.Reason)
	if err != nil {
		return err
	}
	t.later("add step", 1, `
		INSERT INTO case_steps (id, case_id, conversation_id, about, kind, staff_id, reason_sealed, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, s.ID, s.Case, s.Conversation, s.About, s.Kind, s.Staff, reason, s.At)
	return nil
}

// CaseSteps reads the steps of a case, and those about rows of others that it shares
// (links), oldest first.
func (t *Tx) CaseSteps(ctx context.Context, caseID casefile.ID, about []casefile.ID) ([]Step, error) {
	return t.steps(ctx, `s.case_id = $1 OR s.about = ANY($2)`, caseID, uuids(about))
}

// StepsBetween reads the steps of a case of a span of time, both ends with it, oldest
// first.
func (t *Tx) StepsBetween(ctx context.Context, caseID casefile.ID, from, to time.Time) ([]Step, error) {
	return t.steps(ctx, `s.case_id = $1 AND s.at BETWEEN $2 AND $3`, caseID, from, to)
}

func (t *Tx) steps(ctx context.Context, where string, args ...any) ([]Step, error) {
	var steps []Step
	opened := t.opener()
	err := t.query(ctx, "read steps", func(rows pgx.Rows) error {
		var s Step
		var reason, wrapped []byte
		err := rows.Scan(&s.ID, &s.Case, &s.Conversation, &s.About, &s.Kind, &s.Staff, &reason, clock{&s.At}, &wrapped)
		s.Reason = opened.text(s.Conversation, wrapped, stepPlace(s.ID), reason)
		steps = append(steps, s)
		return err
	}, `
		SELECT s.id, s.case_id, s.conversation_id, s.about, s.kind, s.staff_id, s.reason_sealed, s.at, c.wrapped_key
		FROM case_steps s JOIN conversations c ON c.id = s.conversation_id
		WHERE `+where+`
		ORDER BY s.seq`, args...)
	return steps, err
}

// opener opens what conversations sealed that come with their wrapped keys. What does
// not open, because its key is damaged or forgotten, is empty.
type opener struct {
	keys *seal.Keys
	open map[casefile.ID]seal.Key
}

func (t *Tx) opener() *opener { return &opener{t.keys, map[casefile.ID]seal.Key{}} }

func (o *opener) key(conversation casefile.ID, wrapped []byte) seal.Key {
	key, known := o.open[conversation]
	if !known && wrapped != nil {
		key, _ = o.keys.Unwrap(conversation, wrapped) // one that does not open, opens nothing
		o.open[conversation] = key
	}
	return key
}

func (o *opener) text(conversation casefile.ID, wrapped []byte, at seal.Place, sealed []byte) casefile.Private {
	text, _ := o.key(conversation, wrapped).OpenText(at, sealed)
	return text
}

// texts opens what sealTexts sealed, in the order of the columns.
func (o *opener) texts(conversation casefile.ID, wrapped []byte, place func(column string) seal.Place, columns []string, sealed ...[]byte) []casefile.Private {
	out := make([]casefile.Private, len(sealed))
	for i, text := range sealed {
		out[i] = o.text(conversation, wrapped, place(columns[i]), text)
	}
	return out
}

// json opens what sealJSON sealed. What does not open, or does not read, leaves v as it is.
func (o *opener) json(conversation casefile.ID, wrapped []byte, at seal.Place, sealed []byte, v any) {
	if plain, err := o.key(conversation, wrapped).Open(at, sealed); err == nil {
		_ = json.Unmarshal(plain, v)
	}
}

// sealTexts seals several texts of one row, in the order of their columns.
func sealTexts(key seal.Key, place func(column string) seal.Place, columns []string, texts ...casefile.Private) ([][]byte, error) {
	out := make([][]byte, len(texts))
	for i, text := range texts {
		var err error
		if out[i], err = key.SealText(place(columns[i]), text); err != nil {
			return nil, err
		}
	}
	return slices.Clip(out), nil
}

// sealJSON seals what is kept as JSON.
func sealJSON(key seal.Key, place seal.Place, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return key.Seal(place, plain)
}
