package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// What keeps failing by itself: put off alone, shown to staff, and in nobody's way.

// ErrDamaged says that the data key of a conversation does not open. Its rows are kept
// for the day on which a backup brings the key back.
var ErrDamaged = fmt.Errorf("the data key of a conversation is damaged: %w", seal.ErrSealed)

// Hinders reports whether an error of one item would hinder every other one as well: the
// caller is being stopped, or the database is away. A statement that took too long has
// the code of one that is away; whether it is, is asked.
func (s *Store) Hinders(ctx context.Context, err error) bool {
	if err == nil {
		return false
	}
	return ctx.Err() != nil || errors.Is(err, ErrAway) && s.Ping(ctx) != nil
}

// PutOffWatch looks at a watch again later, because looking at it failed.
func (t *Tx) PutOffWatch(_ context.Context, w Watch, until time.Time) error {
	t.later("put off watch", anyRows, `
		UPDATE watches SET due_at = $3 WHERE conversation_id = $1 AND kind = $2 AND due_at < $3`, w.Conversation, string(w.Kind), until)
	return nil
}

// PutOffEscalation climbs later, because climbing failed. It returns the conversation
// and the case it is about.
func (t *Tx) PutOffEscalation(ctx context.Context, id casefile.ID, until time.Time) (caseID, conversation casefile.ID, err error) {
	err = t.row(ctx, "put off escalation", `
		UPDATE escalations e SET due_at = greatest(e.due_at, $2) WHERE e.id = $1
		RETURNING e.case_id, (SELECT cc.conversation_id FROM case_conversations cc WHERE cc.case_id = e.case_id ORDER BY cc.conversation_id LIMIT 1)`,
		[]any{id, until}, &caseID, &conversation)
	return caseID, conversation, err
}

// Damage notes that the data key of conversations does not open: nobody is led to them
// by their address any more, what waits in them is set aside, an alarm stands, their
// open cases enter the queue, and nothing is watched in them any more. Done twice it
// changes nothing.
func (t *Tx) Damage(ctx context.Context, conversations []casefile.ID, now time.Time) error {
	if len(conversations) == 0 {
		return nil
	}
	var fresh []casefile.ID
	err := t.query(ctx, "note damaged keys", func(rows pgx.Rows) error {
		var id casefile.ID
		err := rows.Scan(&id)
		fresh = append(fresh, id)
		return err
	}, `
		UPDATE conversations SET damaged_at = $2, address_index = NULL, address_index_next = NULL, taken_by = NULL, taken_at = NULL
		WHERE id = ANY($1) AND damaged_at IS NULL AND forgotten_at IS NULL
		RETURNING id`, uuids(conversations), now)
	if err != nil || len(fresh) == 0 {
		return err
	}
	t.later("set damaged messages aside", anyRows, `
		UPDATE messages SET state = 'set_aside' WHERE conversation_id = ANY($1) AND state = 'waiting'`, uuids(fresh))
	t.later("end watches of damaged", anyRows, `DELETE FROM watches WHERE conversation_id = ANY($1)`, uuids(fresh))
	t.later("queue damaged cases", anyRows, `
		UPDATE cases k SET queued_at = coalesce(k.queued_at, $2), version = version + 1
		FROM case_conversations cc WHERE cc.case_id = k.id AND cc.conversation_id = ANY($1) AND k.status = 'open'`, uuids(fresh), now)
	for _, id := range fresh {
		if err := t.RaiseAlarm(ctx, AlarmDamaged, casefile.ID{}, id, now); err != nil {
			return err
		}
		if err := t.Audit(ctx, Entry{At: now, Actor: casefile.System("keys"), Action: "conversation.damaged", Conversation: id}); err != nil {
			return err
		}
	}
	return nil
}

// CountDamaged counts the conversations whose data key does not open.
func (t *Tx) CountDamaged(ctx context.Context) (n int, err error) {
	err = t.row(ctx, "count damaged keys", `SELECT count(*) FROM conversations WHERE damaged_at IS NOT NULL`, nil, &n)
	return n, err
}

// AnchoredTo is the newest place of the audit's chain that was kept outside; zero:
// none ever was.
func (t *Tx) AnchoredTo(ctx context.Context) (seq int64, err error) {
	err = t.row(ctx, "read anchor", `SELECT coalesce(max(seq), 0) FROM audit_anchor`, nil, &seq)
	return seq, err
}

// Anchored notes that the chain was kept outside up to a place.
func (t *Tx) Anchored(_ context.Context, seq int64, now time.Time) error {
	t.later("note anchor", 1, `
		INSERT INTO audit_anchor (single, seq, at) VALUES (true, $1, $2)
		ON CONFLICT (single) DO UPDATE SET seq = greatest(audit_anchor.seq, excluded.seq), at = excluded.at`, seq, now)
	return nil
}
