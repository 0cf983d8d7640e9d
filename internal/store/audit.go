package store

import (
	"context"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// Entry is one line of the audit: who did what, when, to which case. Detail is
// sealed under the line's own key and says only what the action's name does not.
type Entry struct {
	At           time.Time
	Actor        casefile.Actor
	Action       string // "escalation.acknowledged", "case.viewed", ...
	Case         casefile.ID
	Conversation casefile.ID
	Detail       casefile.Private
}

// Audit writes an entry in the caller's transaction. ErrMissingActor without an
// actor.
func (t *Tx) Audit(_ context.Context, e Entry) error {
	if err := e.Actor.Valid(); err != nil {
		return err
	}
	id := casefile.NewID(e.At)
	detail, err := t.keys.Own().SealText(seal.Place{Table: "audit", Column: "detail", Row: id}, e.Detail)
	if err != nil {
		return err
	}
	t.later("audit", 1, `
		INSERT INTO audit (id, at, actor_kind, actor_id, actor_part, action, case_id, conversation_id, detail_sealed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		id, e.At, string(e.Actor.Kind), e.Actor.ID, e.Actor.Part, e.Action, e.Case, e.Conversation, detail)
	return nil
}
