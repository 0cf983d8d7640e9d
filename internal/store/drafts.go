package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// DraftKind says what a draft would become: it is the name of the form, and of a form
// that stands on a page for each row, the row behind a slash.
type DraftKind string

// The kinds of draft whose text is kept as it was typed. Of other forms it is JSON: the
// fields by their names.
const (
	ReplyDraft DraftKind = "reply"
	NoteDraft  DraftKind = "note"
)

// Draft is what a member of staff typed and has not sent.
type Draft struct {
	Conversation casefile.ID
	Staff        casefile.ID
	Kind         DraftKind
	Text         casefile.Private
	TouchedAt    time.Time
}

func draftPlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "drafts", Column: "text", Row: id}
}

// KeepDraft keeps a draft in place of the one before, sealed under the key of its
// conversation.
func (t *Tx) KeepDraft(_ context.Context, d Draft, key seal.Key) error {
	id := casefile.NewID(d.TouchedAt) // a new one each time: what is sealed is bound to it
	sealed, err := key.SealText(draftPlace(id), d.Text)
	if err != nil {
		return err
	}
	t.later("keep draft", anyRows, `
		INSERT INTO drafts (id, conversation_id, staff_id, kind, text_sealed, touched_at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (conversation_id, staff_id, kind) DO UPDATE
		SET id = excluded.id, text_sealed = excluded.text_sealed, touched_at = excluded.touched_at
		WHERE drafts.touched_at <= excluded.touched_at`, id, d.Conversation, d.Staff, string(d.Kind), sealed, d.TouchedAt)
	return nil
}

// DropDraft removes a draft, in whichever of these conversations it was kept: it was
// sent, or nothing is left of it.
func (t *Tx) DropDraft(_ context.Context, staff casefile.ID, kind DraftKind, conversations ...casefile.ID) error {
	t.later("drop draft", anyRows, `
		DELETE FROM drafts WHERE conversation_id = ANY($1) AND staff_id = $2 AND kind = $3`, uuids(conversations), staff, string(kind))
	return nil
}

// SaidAlready reports whether the reply of this name was sent, kept or asked for.
func (t *Tx) SaidAlready(ctx context.Context, reply casefile.ID) (said bool, err error) {
	err = t.row(ctx, "look for a reply", `
		SELECT EXISTS (SELECT 1 FROM outbox WHERE id = $1) OR EXISTS (SELECT 1 FROM overrides WHERE id = $1)`, []any{reply}, &said)
	return said, err
}

// DraftsOf reads what a member of staff typed in conversations, the newest last.
func (t *Tx) DraftsOf(ctx context.Context, staff casefile.ID, in ...Conversation) ([]Draft, error) {
	keys, ids := map[casefile.ID]seal.Key{}, make([]casefile.ID, len(in))
	for i, c := range in {
		keys[c.ID], ids[i] = c.Key, c.ID
	}
	var drafts []Draft
	err := t.query(ctx, "read drafts", func(rows pgx.Rows) error {
		d := Draft{Staff: staff}
		var id casefile.ID
		var sealed []byte
		err := rows.Scan(&id, &d.Conversation, &d.Kind, &sealed, clock{&d.TouchedAt})
		if err == nil {
			d.Text, err = keys[d.Conversation].OpenText(draftPlace(id), sealed)
		}
		drafts = append(drafts, d)
		return err
	}, `
		SELECT id, conversation_id, kind, text_sealed, touched_at FROM drafts
		WHERE conversation_id = ANY($1) AND staff_id = $2
		ORDER BY touched_at, kind`, uuids(ids), staff)
	return drafts, err
}

// Typing lists who else has touched a reply in a conversation since a moment.
func (t *Tx) Typing(ctx context.Context, conversation, but casefile.ID, since time.Time) ([]casefile.ID, error) {
	return t.ids(ctx, "read who is typing", `
		SELECT staff_id FROM drafts
		WHERE conversation_id = $1 AND staff_id <> $2 AND kind = 'reply' AND touched_at > $3
		ORDER BY staff_id`, conversation, but, since)
}
