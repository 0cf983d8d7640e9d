package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// Turn notes that a turn was taken; silence is the named reason when nothing was
// said. A turn number is used once per conversation: ErrConflict otherwise.
func (t *Tx) Turn(_ context.Context, conversation casefile.ID, turn int, at time.Time, silence string) error {
	t.rows(noteTurn, conversation, conversation, turn, at, silence)
	return nil
}

var noteTurn = &many{rank: 3, op: "note turn", exact: true, sql: `
	INSERT INTO turns (conversation_id, turn, at, silence)
	SELECT w.conversation_id, w.turn, w.at, w.silence
	FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::text[]) AS w (conversation_id, turn, at, silence)`}

// LearnFact keeps one fact at its position in the report, and with an agency that is
// named the wall against it.
func (t *Tx) LearnFact(ctx context.Context, c Conversation, turn, position int, f casefile.Fact) error {
	id := casefile.NewID(f.At)
	plain, err := seal.EncodeFact(f)
	if err != nil {
		return err
	}
	sealed, err := c.Key.Seal(factPlace(id), plain)
	if err != nil {
		return err
	}
	t.rows(learnFact, id, id, c.ID, turn, position, sealed, f.At)
	return t.wallHeard(ctx, c, f)
}

var learnFact = &many{rank: 3, op: "learn fact", exact: true, sql: `
	INSERT INTO facts (id, conversation_id, turn, position, fact_sealed, at)
	SELECT w.id, w.conversation_id, w.turn, w.position, w.fact_sealed, w.at
	FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::int[], $5::bytea[], $6::timestamptz[]) AS w (id, conversation_id, turn, position, fact_sealed, at)`}

// Facts reads the report of a conversation, whole: with the words that said each.
func (t *Tx) Facts(ctx context.Context, c Conversation) (casefile.Facts, error) {
	var facts casefile.Facts
	err := t.query(ctx, "read facts", func(rows pgx.Rows) error {
		var id casefile.ID
		var sealed []byte
		if err := rows.Scan(&id, &sealed); err != nil {
			return err
		}
		plain, err := c.Key.Open(factPlace(id), sealed)
		if err != nil {
			return err
		}
		f, err := seal.DecodeFact(plain)
		facts = append(facts, f)
		return err
	}, `
		SELECT id, fact_sealed FROM facts WHERE conversation_id = $1 ORDER BY position`, c.ID)
	return facts, err
}
