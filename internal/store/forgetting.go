package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
)

// The reasons why something is not forgotten now.
var (
	ErrOpenCase  = errors.New("the case is open")
	ErrInHand    = errors.New("something of it is still in hand") // messages nobody read, a letter on its way
	ErrKept      = errors.New("somebody keeps the case")
	ErrForgotten = fmt.Errorf("conversation is forgotten: %w", ErrNotFound) // its key is destroyed
)

// ForgetWhy says why a conversation was forgotten.
type ForgetWhy string

// The reasons, as the schema names them.
const (
	ForgetDue     ForgetWhy = "due"      // its time was over
	ForgetByStaff ForgetWhy = "by_staff" // a named person did it, perhaps because the person asked
	ForgetAgain   ForgetWhy = "replayed" // a restored backup had brought it back
)

// Forgetting is what a forgetting says of itself.
type Forgetting struct {
	Why   ForgetWhy
	Actor casefile.Actor
	At    time.Time
	// Echoes is since when arrived messages leave their number behind, without words:
	// a provider may repeat them.
	Echoes time.Time
}

// Tombstone is what is left of a conversation, for the ledger.
type Tombstone struct {
	Conversation casefile.ID
	Case         casefile.ID // zero: it had none
	At           time.Time
	Why          ForgetWhy
}

// ForgetCase forgets a closed case: it destroys the keys of its conversations, but for
// those that another open or kept case needs, and deletes their words. It returns the
// tombstones; none when everything was forgotten before. ErrOpenCase, ErrKept, ErrInHand
// or ErrNotFound when it may not be.
func (t *Tx) ForgetCase(ctx context.Context, caseID casefile.ID, f Forgetting) ([]Tombstone, error) {
	lanes, err := t.lockToForget(ctx, caseID)
	if err != nil {
		return nil, err
	}
	var open, kept bool
	if err := t.row(ctx, "lock case to forget", `
		SELECT status = 'open', kept_at IS NOT NULL FROM cases WHERE id = $1 FOR UPDATE`, []any{caseID}, &open, &kept); err != nil {
		return nil, err
	}
	switch {
	case open:
		return nil, ErrOpenCase
	case kept:
		return nil, ErrKept
	}
	if err := t.nothingInHand(ctx, lanes); err != nil {
		return nil, err
	}
	if err := t.destroy(ctx, lanes, f); err != nil {
		return nil, err
	}
	t.emptyCase(caseID, f.At)
	return tombstones(lanes, caseID, f), t.Flush(ctx)
}

// lockToForget locks the conversations of a case that may be forgotten with it. The
// lock waits for whoever is storing a message of theirs at this moment.
func (t *Tx) lockToForget(ctx context.Context, caseID casefile.ID) ([]casefile.ID, error) {
	return t.ids(ctx, "lock conversations to forget", `
		SELECT c.id
		FROM conversations c JOIN case_conversations cc ON cc.conversation_id = c.id
		WHERE cc.case_id = $1 AND c.forgotten_at IS NULL
		  AND NOT EXISTS (
			SELECT 1 FROM case_conversations other JOIN cases k ON k.id = other.case_id
			WHERE other.conversation_id = c.id AND other.case_id <> $1 AND (k.status = 'open' OR k.kept_at IS NOT NULL))
		ORDER BY c.id
		FOR UPDATE OF c`, caseID)
}

// nothingInHand reports ErrInHand while a message waits for its turn, a letter is on
// its way, or an alarm stands that nobody saw to.
func (t *Tx) nothingInHand(ctx context.Context, lanes []casefile.ID) error {
	var busy bool
	err := t.row(ctx, "look for what is in hand", `
		SELECT EXISTS (SELECT 1 FROM messages WHERE conversation_id = ANY($1) AND state = 'waiting')
		    OR EXISTS (SELECT 1 FROM alarms WHERE conversation_id = ANY($1) AND cleared_at IS NULL)
		    OR EXISTS (SELECT 1 FROM outbox WHERE conversation_id = ANY($1) AND state IN ('queued', 'claimed', 'unknown'))`,
		[]any{uuids(lanes)}, &busy)
	if err == nil && busy {
		return ErrInHand
	}
	return err
}

// buries writes the tombstones, before anything is counted away.
const buries = `
	INSERT INTO forgotten (conversation_id, case_id, at, why, actor_kind, actor_id, turns, messages, letters, facts, notes, first_at, last_in_at)
	SELECT c.id, (SELECT cc.case_id FROM case_conversations cc WHERE cc.conversation_id = c.id LIMIT 1), $2, $3, $4, $5, c.turn,
	       (SELECT count(*) FROM messages m WHERE m.conversation_id = c.id),
	       (SELECT count(*) FROM outbox o WHERE o.conversation_id = c.id),
	       (SELECT count(*) FROM facts f WHERE f.conversation_id = c.id),
	       (SELECT count(*) FROM case_notes n WHERE n.conversation_id = c.id),
	       c.created_at, c.last_in_at
	FROM conversations c WHERE c.id = ANY($1)
	ON CONFLICT (conversation_id) DO UPDATE SET ledgered_at = NULL`

// forgottenCases are the cases of conversations that are forgotten.
const forgottenCases = `SELECT cc.case_id FROM case_conversations cc WHERE cc.conversation_id = ANY($1)`

// words are what is deleted with a conversation. Its turns go too: when somebody
// wrote, line by line, tells more than a count.
var words = []string{
	`DELETE FROM facts WHERE conversation_id = ANY($1)`,
	`DELETE FROM case_notes WHERE conversation_id = ANY($1)`,
	`DELETE FROM outbox WHERE conversation_id = ANY($1)`,
	`DELETE FROM drafts WHERE conversation_id = ANY($1)`,
	`DELETE FROM watches WHERE conversation_id = ANY($1)`,
	`DELETE FROM turns WHERE conversation_id = ANY($1)`,
	`DELETE FROM case_steps WHERE conversation_id = ANY($1)`,
	`DELETE FROM tasks WHERE conversation_id = ANY($1)`,
	`DELETE FROM referrals WHERE case_id IN (` + forgottenCases + `)`, // they may name a person that another conversation sealed
	`DELETE FROM consents WHERE case_id IN (` + forgottenCases + `)`,
	`DELETE FROM case_people WHERE case_id IN (` + forgottenCases + `)`,
	`DELETE FROM case_links WHERE case_a IN (` + forgottenCases + `) OR case_b IN (` + forgottenCases + `)`,
	`DELETE FROM media_taken WHERE conversation_id = ANY($1)`,
	`DELETE FROM media_chunks WHERE conversation_id = ANY($1)`,
	`DELETE FROM media WHERE conversation_id = ANY($1)`,
	// That somebody was kept out, or broke in, stays without whom and why: a wall that
	// does not open keeps out everybody it may be about.
	`UPDATE walls SET subject_sealed = '', reason_sealed = NULL WHERE conversation_id = ANY($1)`,
	`UPDATE glass SET reason_sealed = '' WHERE conversation_id = ANY($1)`,
	// That somebody wrote against the contact policy stays as well, without the words.
	`UPDATE overrides SET text_sealed = NULL, reason_sealed = NULL WHERE conversation_id = ANY($1)`,
}

// destroy destroys the keys of conversations and deletes what they sealed.
func (t *Tx) destroy(ctx context.Context, lanes []casefile.ID, f Forgetting) error {
	if err := f.Actor.Valid(); err != nil {
		return err
	}
	ids := uuids(lanes)
	t.later("write tombstones", int64(len(lanes)), buries, ids, f.At, string(f.Why), string(f.Actor.Kind), f.Actor.ID)
	for _, sql := range words {
		t.later("delete words", anyRows, sql, ids)
	}
	t.later("delete messages", anyRows, `
		DELETE FROM messages WHERE conversation_id = ANY($1) AND received_at < $2`, ids, f.Echoes)
	t.later("empty messages", anyRows, `
		UPDATE messages
		SET text_sealed = NULL, media_sealed = NULL, raw_sealed = NULL, message_ref = '', provider_order = 0, sent_at = NULL,
		    state = 'noted', turn = NULL
		WHERE conversation_id = ANY($1)`, ids)
	t.later("destroy keys", int64(len(lanes)), `
		UPDATE conversations
		SET wrapped_key = NULL, address_sealed = NULL, address_index = NULL, address_index_next = NULL, checkpoint_sealed = NULL,
		    taken_by = NULL, taken_at = NULL, staff_wrote_at = NULL, person_wrote_at = NULL, number_country = '', forgotten_at = $2
		WHERE id = ANY($1) AND forgotten_at IS NULL`, ids, f.At)
	return t.Flush(ctx)
}

// emptyCase takes from a case what its key sealed. What is plain stays, for the counts.
func (t *Tx) emptyCase(caseID casefile.ID, now time.Time) {
	t.later("delete notes of case", anyRows, `DELETE FROM case_notes WHERE case_id = $1`, caseID)
	t.later("empty case", anyRows, `
		UPDATE cases SET assessment_sealed = NULL, group_sealed = NULL, forgotten_at = $2, version = version + 1
		WHERE id = $1 AND forgotten_at IS NULL`, caseID, now)
}

func tombstones(lanes []casefile.ID, caseID casefile.ID, f Forgetting) []Tombstone {
	stones := make([]Tombstone, len(lanes))
	for i, id := range lanes {
		stones[i] = Tombstone{Conversation: id, Case: caseID, At: f.At, Why: f.Why}
	}
	return stones
}

// ForgetStray forgets a conversation that never got a case, because no turn of it
// ever succeeded. No tombstones when it has one by now.
func (t *Tx) ForgetStray(ctx context.Context, id casefile.ID, f Forgetting) ([]Tombstone, error) {
	lanes, err := t.ids(ctx, "lock stray conversation", `
		SELECT c.id FROM conversations c
		WHERE c.id = $1 AND c.forgotten_at IS NULL
		  AND NOT EXISTS (SELECT 1 FROM case_conversations cc WHERE cc.conversation_id = c.id)
		FOR UPDATE OF c`, id)
	if err != nil || len(lanes) == 0 {
		return nil, err
	}
	if err := t.nothingInHand(ctx, lanes); err != nil {
		return nil, err
	}
	return tombstones(lanes, casefile.ID{}, f), t.destroy(ctx, lanes, f)
}

// Replayed is what became of one tombstone of the ledger.
type Replayed int

// The endings of a tombstone that is played again.
const (
	WasGone    Replayed = iota // forgotten already, or this database never knew it
	GoneAgain                  // it was back, and is forgotten again
	WroteAgain                 // they wrote in it after the tombstone: it is kept, and a person must look
)

// NotForgotten finds which of these conversations this database has, and still knows.
func (t *Tx) NotForgotten(ctx context.Context, conversations []casefile.ID) ([]casefile.ID, error) {
	return t.ids(ctx, "look which are back", `
		SELECT id FROM conversations WHERE id = ANY($1) AND forgotten_at IS NULL ORDER BY id`, uuids(conversations))
}

// Replay forgets again what a restored backup brought back. It asks nobody whether
// the case is open: in the backup it may be, and it was closed when it was forgotten.
// Only where the person wrote after the tombstone it is kept.
func (t *Tx) Replay(ctx context.Context, stone Tombstone, f Forgetting) (Replayed, error) {
	lanes, err := t.ids(ctx, "lock conversation to forget again", `
		SELECT id FROM conversations WHERE id = $1 AND forgotten_at IS NULL FOR UPDATE`, stone.Conversation)
	if err != nil || len(lanes) == 0 {
		return WasGone, err
	}
	var wrote bool
	err = t.row(ctx, "look whether they wrote since", `
		SELECT EXISTS (SELECT 1 FROM messages WHERE conversation_id = $1 AND received_at > $2)`,
		[]any{stone.Conversation, stone.At}, &wrote)
	if err != nil || wrote {
		return WroteAgain, err
	}
	caseID, err := t.CaseOf(ctx, stone.Conversation)
	if err != nil {
		return WasGone, err
	}
	if err := t.destroy(ctx, lanes, f); err != nil {
		return WasGone, err
	}
	t.later("end escalation of case", anyRows, `
		UPDATE escalations SET state = 'ended', ended_at = $2, ended_why = 'forgotten', due_at = NULL
		WHERE case_id = $1 AND state <> 'ended'`, caseID, f.At)
	t.later("close case that came back", anyRows, `
		UPDATE cases k SET status = 'closed', closed_at = coalesce(k.closed_at, $2), assessment_sealed = NULL, group_sealed = NULL,
		       kept_until = NULL, kept_at = NULL, kept_by = NULL, version = k.version + 1,
		       forgotten_at = CASE WHEN EXISTS (
				SELECT 1 FROM case_conversations cc JOIN conversations c ON c.id = cc.conversation_id
				WHERE cc.case_id = k.id AND c.forgotten_at IS NULL) THEN NULL ELSE coalesce(k.forgotten_at, $2) END
		WHERE k.id = $1`, caseID, f.At)
	return GoneAgain, t.Flush(ctx)
}

// Unledgered lists tombstones that the ledger does not hold yet, oldest first.
func (t *Tx) Unledgered(ctx context.Context, limit int) ([]Tombstone, error) {
	var stones []Tombstone
	err := t.query(ctx, "list tombstones for the ledger", func(rows pgx.Rows) error {
		var s Tombstone
		err := rows.Scan(&s.Conversation, &s.Case, clock{&s.At}, &s.Why)
		stones = append(stones, s)
		return err
	}, `
		SELECT conversation_id, case_id, at, why FROM forgotten WHERE ledgered_at IS NULL ORDER BY at, conversation_id LIMIT $1`, limit)
	return stones, err
}

// Ledgered notes that the ledger holds tombstones.
func (t *Tx) Ledgered(_ context.Context, conversations []casefile.ID, now time.Time) error {
	t.later("note ledger", anyRows, `
		UPDATE forgotten SET ledgered_at = $2 WHERE conversation_id = ANY($1)`, uuids(conversations), now)
	return nil
}

// TombstonesOf reads what is left of a forgotten case: one line for each conversation.
func (t *Tx) TombstonesOf(ctx context.Context, caseID casefile.ID) ([]Remains, error) {
	var all []Remains
	err := t.query(ctx, "read tombstones of case", func(rows pgx.Rows) error {
		var r Remains
		err := rows.Scan(&r.Conversation, clock{&r.At}, &r.Why, &r.By, &r.Messages, &r.Letters, &r.Facts, &r.Notes)
		r.Case = caseID
		all = append(all, r)
		return err
	}, `
		SELECT conversation_id, at, why, actor_id, messages, letters, facts, notes
		FROM forgotten WHERE case_id = $1 ORDER BY at, conversation_id`, caseID)
	return all, err
}

// Remains is a tombstone with the numbers on it.
type Remains struct {
	Tombstone
	By                              casefile.ID // the member of staff; zero: the line itself
	Messages, Letters, Facts, Notes int
}

// ids reads a list of ids.
func (t *Tx) ids(ctx context.Context, op, sql string, args ...any) ([]casefile.ID, error) {
	var found []casefile.ID
	err := t.query(ctx, op, func(rows pgx.Rows) error {
		var id casefile.ID
		err := rows.Scan(&id)
		found = append(found, id)
		return err
	}, sql, args...)
	return found, err
}
