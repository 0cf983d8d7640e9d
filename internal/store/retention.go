package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// isEnquiry holds for a case that never was one of danger or of need.
const isEnquiry = `(k.urgency = 'low' AND k.lowered_at IS NULL AND (k.queued_at IS NULL OR k.flow = 'info')
	AND NOT EXISTS (SELECT 1 FROM escalations e WHERE e.case_id = k.id))`

// inHandNow is the conversations of which something is not over yet, see nothingInHand:
// they are few. They are not listed, or those that nobody sees to would stand before
// all others for ever.
const inHandNow = `(
	SELECT m.conversation_id FROM messages m WHERE m.state = 'waiting'
	UNION ALL SELECT a.conversation_id FROM alarms a WHERE a.cleared_at IS NULL AND a.conversation_id IS NOT NULL
	UNION ALL SELECT o.conversation_id FROM outbox o WHERE o.state IN ('queued', 'claimed', 'unknown') AND o.conversation_id IS NOT NULL)`

const casesDue = `
	FROM cases k
	WHERE k.status = 'closed' AND k.forgotten_at IS NULL AND k.kept_at IS NULL AND ` + isEnquiry + ` = $1 AND k.closed_at < $2
	  AND k.id NOT IN (
		SELECT cc.case_id FROM case_conversations cc JOIN conversations c ON c.id = cc.conversation_id
		WHERE c.forgotten_at IS NULL AND c.id IN ` + inHandNow + `)`

// CasesDue lists closed cases whose time is over and of which nothing is in hand,
// longest closed first: enquiries, or all the others.
func (t *Tx) CasesDue(ctx context.Context, enquiries bool, closedBefore time.Time, limit int) ([]casefile.ID, error) {
	return t.ids(ctx, "list cases to forget", `
		SELECT k.id`+casesDue+` ORDER BY k.closed_at, k.id LIMIT $3`, enquiries, closedBefore, limit)
}

// CountCasesDue counts them.
func (t *Tx) CountCasesDue(ctx context.Context, enquiries bool, closedBefore time.Time) (n int, err error) {
	err = t.row(ctx, "count cases to forget", `SELECT count(*)`+casesDue, []any{enquiries, closedBefore}, &n)
	return n, err
}

const strays = `
	FROM conversations c
	WHERE c.forgotten_at IS NULL AND c.created_at < $1 AND c.id NOT IN ` + inHandNow + `
	  AND NOT EXISTS (SELECT 1 FROM case_conversations cc WHERE cc.conversation_id = c.id)`

// StraysDue lists conversations that never got a case and began before a moment.
func (t *Tx) StraysDue(ctx context.Context, before time.Time, limit int) ([]casefile.ID, error) {
	return t.ids(ctx, "list stray conversations", `SELECT c.id`+strays+` ORDER BY c.created_at, c.id LIMIT $2`, before, limit)
}

// CountStraysDue counts them.
func (t *Tx) CountStraysDue(ctx context.Context, before time.Time) (n int, err error) {
	err = t.row(ctx, "count stray conversations", `SELECT count(*)`+strays, []any{before}, &n)
	return n, err
}

const untouched = `
	FROM cases k
	WHERE k.status = 'open' AND k.queued_at IS NULL AND coalesce(k.last_in_at, k.opened_at) < $1
	  AND NOT EXISTS (SELECT 1 FROM escalations e WHERE e.case_id = k.id AND e.state <> 'ended')
	  AND NOT EXISTS (
		SELECT 1 FROM case_conversations cc JOIN conversations c ON c.id = cc.conversation_id
		WHERE cc.case_id = k.id AND (c.taken_by IS NOT NULL
		   OR EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.state = 'waiting')
		   OR EXISTS (SELECT 1 FROM alarms a WHERE a.conversation_id = c.id AND a.cleared_at IS NULL)))`

// Untouched lists open cases that never entered the staff queue and in which nobody
// wrote since a moment.
func (t *Tx) Untouched(ctx context.Context, before time.Time, limit int) ([]casefile.ID, error) {
	return t.ids(ctx, "list untouched cases", `SELECT k.id`+untouched+` ORDER BY k.id LIMIT $2`, before, limit)
}

// CountUntouched counts them.
func (t *Tx) CountUntouched(ctx context.Context, before time.Time) (n int, err error) {
	err = t.row(ctx, "count untouched cases", `SELECT count(*)`+untouched, []any{before}, &n)
	return n, err
}

// CloseUntouched closes such a case, unless somebody writes in it at this moment. It
// reports whether it did. The case opens again when the person writes.
func (t *Tx) CloseUntouched(ctx context.Context, id casefile.ID, before, now time.Time) (bool, error) {
	if _, err := t.ids(ctx, "lock lanes of untouched case", `
		SELECT c.id FROM conversations c JOIN case_conversations cc ON cc.conversation_id = c.id
		WHERE cc.case_id = $1 ORDER BY c.id
		FOR NO KEY UPDATE OF c`, id); err != nil {
		return false, err
	}
	n, err := t.exec(ctx, "close untouched case", `
		UPDATE cases SET status = 'closed', closed_at = $2, version = version + 1
		WHERE id IN (SELECT k.id`+untouched+` AND k.id = $3)`, before, now, id)
	return n == 1, err
}

const toTrim = `
	FROM conversations c
	JOIN case_conversations cc ON cc.conversation_id = c.id
	JOIN cases k ON k.id = cc.case_id
	WHERE k.status = 'closed' AND k.closed_at < $1 AND c.forgotten_at IS NULL AND c.damaged_at IS NULL
	  AND NOT EXISTS (
		SELECT 1 FROM case_conversations other JOIN cases o ON o.id = other.case_id
		WHERE other.conversation_id = c.id AND (o.status = 'open' OR o.kept_at IS NOT NULL))
	  AND (c.facts_trimmed_at IS NULL OR c.facts_trimmed_at < k.closed_at)`

// LanesToTrim lists conversations of closed cases whose facts with a shorter life are
// due.
func (t *Tx) LanesToTrim(ctx context.Context, closedBefore time.Time, limit int) ([]casefile.ID, error) {
	return t.ids(ctx, "list facts to empty", `SELECT c.id`+toTrim+` ORDER BY k.closed_at, c.id LIMIT $2`, closedBefore, limit)
}

// CountLanesToTrim counts them.
func (t *Tx) CountLanesToTrim(ctx context.Context, closedBefore time.Time) (n int, err error) {
	err = t.row(ctx, "count facts to empty", `SELECT count(*)`+toTrim, []any{closedBefore}, &n)
	return n, err
}

// TrimFacts empties the facts of a conversation that short says: their place stays,
// because rules point to facts by place, and their meaning goes, in the report and in
// the checkpoint. It returns how many; nothing is done when the case is open again, or
// kept.
func (t *Tx) TrimFacts(ctx context.Context, id casefile.ID, short func(casefile.Key) bool, now time.Time) (int, error) {
	lane, err := t.LockLane(ctx, id)
	if err != nil {
		return 0, err
	}
	var open bool
	err = t.row(ctx, "look whether a case is open", `
		SELECT EXISTS (
			SELECT 1 FROM case_conversations cc JOIN cases k ON k.id = cc.case_id
			WHERE cc.conversation_id = $1 AND (k.status = 'open' OR k.kept_at IS NOT NULL))`, []any{id}, &open)
	if err != nil || open {
		return 0, err
	}
	n, err := t.trimRows(ctx, lane, short)
	if err != nil {
		return 0, err
	}
	for i, f := range lane.Session.Facts {
		if short(f.Key) {
			lane.Session.Facts[i] = emptied(f)
		}
	}
	plain, err := seal.EncodeSession(lane.Session)
	if err != nil {
		return 0, err
	}
	sealed, err := lane.Key.Seal(checkpointPlace(id), plain)
	if err != nil {
		return 0, err
	}
	t.later("empty facts of checkpoint", 1, `
		UPDATE conversations SET checkpoint_sealed = CASE WHEN checkpoint_sealed IS NULL THEN NULL ELSE $2::bytea END, facts_trimmed_at = $3
		WHERE id = $1`, id, sealed, now)
	return n, t.Flush(ctx)
}

func (t *Tx) trimRows(ctx context.Context, lane Conversation, short func(casefile.Key) bool) (n int, err error) {
	var ids []casefile.ID
	var sealed [][]byte
	err = t.query(ctx, "read facts to empty", func(rows pgx.Rows) error {
		var id casefile.ID
		var was []byte
		if err := rows.Scan(&id, &was); err != nil {
			return err
		}
		plain, err := lane.Key.Open(factPlace(id), was)
		if err != nil {
			return err
		}
		f, err := seal.DecodeFact(plain)
		if err != nil || !short(f.Key) || f.Value.IsEmpty() {
			return err
		}
		if plain, err = seal.EncodeFact(emptied(f)); err != nil {
			return err
		}
		again, err := lane.Key.Seal(factPlace(id), plain)
		ids, sealed = append(ids, id), append(sealed, again)
		return err
	}, `
		SELECT id, fact_sealed FROM facts WHERE conversation_id = $1 ORDER BY position`, lane.ID)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	t.later("empty facts", int64(len(ids)), `
		UPDATE facts f SET fact_sealed = w.sealed FROM unnest($1::uuid[], $2::bytea[]) AS w (id, sealed) WHERE f.id = w.id`, uuids(ids), sealed)
	return len(ids), nil
}

func factPlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "facts", Column: "fact", Row: id}
}

// emptied is a fact of which only its kind is left, as if it had been skipped.
func emptied(f casefile.Fact) casefile.Fact {
	return casefile.Fact{Key: f.Key, How: casefile.Skipped, At: f.At}
}

// old is rows that go by their age alone: $1 is the moment before which they do.
type old struct{ table, where string }

// sweeps are the rows of each kind that go by their age.
var sweeps = map[casefile.Kind][]old{
	casefile.KeptEchoes: {{"messages x", `x.received_at < $1 AND EXISTS (
		SELECT 1 FROM conversations c WHERE c.id = x.conversation_id AND c.forgotten_at IS NOT NULL)`}},
	casefile.KeptNobodys: {{"messages x", `x.conversation_id IS NULL AND x.received_at < $1`}},
	casefile.KeptStaffLetters: {{"outbox x", `x.staff_id IS NOT NULL AND x.queued_at < $1 AND x.state NOT IN ('queued', 'claimed', 'unknown')
		AND NOT EXISTS (SELECT 1 FROM escalations e WHERE e.id = x.escalation_id AND e.state <> 'ended')`}},
	casefile.KeptAlarms: {{"alarms x", `x.cleared_at < $1`}},
	casefile.KeptSpentCodes: {{"spent_codes x", `EXISTS (
		SELECT 1 FROM escalations e WHERE e.id = x.escalation_id AND e.ended_at < $1)`}},
	casefile.KeptDrafts:     {{"drafts x", `x.touched_at < $1`}},
	casefile.KeptGuesses:    {{"staff_guesses x", `x.at < $1`}},
	casefile.KeptSignIns:    {{"staff_sessions x", `x.expires_at < $1`}},
	casefile.KeptFailures:   {{"signin_failures x", `x.at < $1`}},
	casefile.KeptChallenges: {{"signin_challenges x", `x.expires_at < $1`}},
	casefile.KeptStatuses:   {{"early_statuses x", `x.at < $1`}},
	casefile.KeptOldKeys:    {{"passkeys x", `x.revoked_at < $1`}, {"recovery_codes x", `x.used_at < $1`}},
}

// Sweeps reports whether a kind of data goes by its age alone, row by row.
func Sweeps(kind casefile.Kind) bool { return len(sweeps[kind]) > 0 }

// Sweep deletes rows of a kind that are older than a moment, at most limit of each
// table, and returns how many.
func (t *Tx) Sweep(ctx context.Context, kind casefile.Kind, before time.Time, limit int) (gone int, err error) {
	for _, o := range sweeps[kind] {
		n, err := t.exec(ctx, "delete what is old", fmt.Sprintf(
			`DELETE FROM %s WHERE x.ctid = ANY(ARRAY(SELECT x.ctid FROM %s WHERE %s LIMIT $2))`, o.table, o.table, o.where), before, limit)
		if err != nil {
			return gone, err
		}
		gone += int(n)
	}
	return gone, nil
}

// CountSweep counts what Sweep would delete without a limit.
func (t *Tx) CountSweep(ctx context.Context, kind casefile.Kind, before time.Time) (all int, err error) {
	for _, o := range sweeps[kind] {
		var n int
		if err := t.row(ctx, "count what is old", fmt.Sprintf(`SELECT count(*) FROM %s WHERE %s`, o.table, o.where), []any{before}, &n); err != nil {
			return all, err
		}
		all += n
	}
	return all, nil
}

const rawDue = `
	FROM messages m
	WHERE m.raw_sealed IS NOT NULL AND m.received_at < $1 AND m.state IN ('taken', 'noted')
	  AND EXISTS (SELECT 1 FROM case_conversations cc WHERE cc.conversation_id = m.conversation_id)
	  AND NOT EXISTS (
		SELECT 1 FROM case_conversations cc JOIN cases k ON k.id = cc.case_id
		WHERE cc.conversation_id = m.conversation_id AND (k.status = 'open' OR k.kept_at IS NOT NULL))`

// ForgetRaw empties the provider's own bytes of messages of closed cases, at most
// limit, and returns how many.
func (t *Tx) ForgetRaw(ctx context.Context, before time.Time, limit int) (int, error) {
	n, err := t.exec(ctx, "empty raw bodies", `
		UPDATE messages SET raw_sealed = NULL WHERE id = ANY(ARRAY(SELECT m.id`+rawDue+` LIMIT $2))`, before, limit)
	return int(n), err
}

// CountRaw counts them.
func (t *Tx) CountRaw(ctx context.Context, before time.Time) (n int, err error) {
	err = t.row(ctx, "count raw bodies", `SELECT count(*)`+rawDue, []any{before}, &n)
	return n, err
}

// SetRetention keeps a kind for so many days.
func (t *Tx) SetRetention(_ context.Context, kind casefile.Kind, days int, by casefile.ID, now time.Time) error {
	t.later("set retention", 1, `
		INSERT INTO retention_overrides (kind, days, set_by, set_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (kind) DO UPDATE SET days = excluded.days, set_by = excluded.set_by, set_at = excluded.set_at`,
		string(kind), days, by, now)
	return nil
}

// Vacuum takes what was deleted or overwritten out of the tables in which keys and
// words stood: until then the old version of a row still holds the key. It stands
// outside every transaction, and may take minutes.
func (s *Store) Vacuum(ctx context.Context) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return wrong("vacuum", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `SET statement_timeout = 0`); err != nil {
		return wrong("vacuum", err)
	}
	_, err = conn.Exec(ctx, `VACUUM conversations, messages, facts, case_notes, outbox, cases, drafts, overrides, media, media_chunks, media_taken`)
	if _, reset := conn.Exec(context.WithoutCancel(ctx), `RESET statement_timeout`); err == nil {
		err = reset
	}
	return wrong("vacuum", err)
}
