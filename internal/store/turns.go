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
	t.later("note turn", 1, `
		INSERT INTO turns (conversation_id, turn, at, silence) VALUES ($1, $2, $3, $4)`,
		conversation, turn, at, silence)
	return nil
}

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
	t.later("learn fact", 1, `
		INSERT INTO facts (id, conversation_id, turn, position, fact_sealed, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		id, c.ID, turn, position, sealed, f.At)
	return t.wallHeard(ctx, c, f)
}

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
