package store

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
)

// WatchKind says what is to be looked at.
type WatchKind string

// The kinds: three silences, and a takeover in which the person waits.
const (
	WatchCry          WatchKind = "cry"
	WatchIndicator    WatchKind = "indicator"
	WatchFirstMessage WatchKind = "first_message"
	WatchTakeover     WatchKind = "takeover"
)

// Watch is something to look at later in one conversation.
type Watch struct {
	Conversation casefile.ID
	Kind         WatchKind
	DueAt        time.Time
}

// SetWatches sets the watches of a conversation, in place of those it had.
func (t *Tx) SetWatches(_ context.Context, conversation casefile.ID, due map[WatchKind]time.Time) error {
	var kept []string
	for _, kind := range watchKinds {
		if at, set := due[kind]; set {
			kept = append(kept, string(kind))
			t.rows(setWatch, Watch{Conversation: conversation, Kind: kind}, conversation, string(kind), at)
		}
	}
	t.rows(dropWatches, conversation, conversation, strings.Join(kept, ","))
	return nil
}

var watchKinds = []WatchKind{WatchCry, WatchIndicator, WatchFirstMessage, WatchTakeover}

var dropWatches = &many{rank: 8, op: "drop watches", sql: `
	DELETE FROM watches d
	USING unnest($1::uuid[], $2::text[]) AS w (conversation_id, kept)
	WHERE d.conversation_id = w.conversation_id AND d.kind <> ALL (string_to_array(w.kept, ','))`}

var setWatch = &many{rank: 8, op: "set watches", exact: true, sql: `
	INSERT INTO watches (conversation_id, kind, due_at)
	SELECT w.conversation_id, w.kind, w.due_at FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS w (conversation_id, kind, due_at)
	ON CONFLICT (conversation_id, kind) DO UPDATE SET due_at = excluded.due_at`}

// DueWatches lists the watches that are due, longest due first. It locks nothing:
// call EndWatch once the lane is held, or PutOffWatch.
func (t *Tx) DueWatches(ctx context.Context, now time.Time, limit int) ([]Watch, error) {
	var due []Watch
	err := t.query(ctx, "list due watches", func(rows pgx.Rows) error {
		var w Watch
		err := rows.Scan(&w.Conversation, &w.Kind, clock{&w.DueAt})
		due = append(due, w)
		return err
	}, `
		SELECT w.conversation_id, w.kind, w.due_at FROM watches w
		WHERE w.due_at <= $1 ORDER BY w.due_at LIMIT $2`, now, limit)
	return due, err
}

// EndWatch ends a due watch and reports whether it was still due: the person may
// have written meanwhile, or another process was first.
func (t *Tx) EndWatch(ctx context.Context, w Watch, now time.Time) (still bool, err error) {
	n, err := t.exec(ctx, "end watch", `
		DELETE FROM watches WHERE conversation_id = $1 AND kind = $2 AND due_at <= $3`, w.Conversation, string(w.Kind), now)
	return n > 0, err
}

// AlarmNobodyReachable says that an escalation found no address at all to alert.
const AlarmNobodyReachable AlarmKind = "nobody_reachable"

// UntoldAlarms marks as told, and returns, the live alarms of these kinds that the
// alarm addresses have not heard of since a moment.
func (t *Tx) UntoldAlarms(ctx context.Context, kinds []AlarmKind, since, now time.Time) ([]Alarm, error) {
	var found []Alarm
	err := t.query(ctx, "claim untold alarms", func(rows pgx.Rows) error {
		var a Alarm
		err := rows.Scan(&a.ID, &a.Kind, &a.Case, &a.Conversation, clock{&a.At}, clock{&a.LastAt}, &a.Times)
		found = append(found, a)
		return err
	}, `
		UPDATE alarms m SET told_at = $3
		WHERE m.id IN (
			SELECT u.id FROM alarms u
			WHERE u.cleared_at IS NULL AND u.kind = ANY($1) AND (u.told_at IS NULL OR u.told_at <= $2)
			FOR UPDATE SKIP LOCKED)
		RETURNING m.id, m.kind, m.case_id, m.conversation_id, m.at, m.last_at, m.times`, kinds, since, now)
	return found, err
}

// AlarmNotTold takes back that an alarm was told: nobody could be reached.
func (t *Tx) AlarmNotTold(_ context.Context, id casefile.ID) error {
	t.later("alarm not told", anyRows, `UPDATE alarms SET told_at = NULL WHERE id = $1`, id)
	return nil
}

// AlarmOver clears every live alarm of a kind: its cause went away.
func (t *Tx) AlarmOver(_ context.Context, kind AlarmKind, now time.Time) error {
	t.later("alarm over", anyRows, `
		UPDATE alarms SET cleared_at = $2 WHERE kind = $1 AND cleared_at IS NULL`, string(kind), now)
	return nil
}
