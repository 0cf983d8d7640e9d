package cases

import (
	"context"
	"strings"
	"unicode/utf8"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// LongestDraft is the most of a text that is kept for its writer.
const LongestDraft = 4000

// Typed is what stands in a form that was not sent.
type Typed struct {
	// In is the conversation it is written for: its draft is no other's. Zero: the one
	// staff answer in.
	In casefile.ID
	// Reply names the reply it is of, as Said.ID does; zero when there is none: a draft
	// that was on its way while its reply was sent is not kept.
	Reply casefile.ID
	Texts map[store.DraftKind]string
}

func (t Typed) lane(file store.Folder) store.Conversation {
	for _, c := range file.Conversations {
		if c.ID == t.In {
			return c
		}
	}
	return answered(file)
}

// Draft keeps what a member of staff typed, for themselves, until it is sent or its
// time is over. An empty text leaves nothing. Nobody else reads it; that somebody is
// writing a reply is what colleagues see. It is no act: nothing was said yet, and it
// stands in no audit.
func (d *Desk) Draft(ctx context.Context, who access.Staff, ref string, typed Typed) error {
	began := false
	err := d.inReach(ctx, who, access.Reply, ref, func(tx *store.Tx, me access.Staff) error {
		file, err := tx.CaseByRef(ctx, ref)
		if err != nil {
			return err
		}
		lane := typed.lane(file)
		if lane.Damaged || lane.Forgotten {
			return refuse(Damaged)
		}
		if said, err := tx.SaidAlready(ctx, typed.Reply); err != nil || said {
			return err
		}
		before, err := tx.DraftsOf(ctx, lane, me.ID)
		if err != nil {
			return err
		}
		now := d.Now()
		began = typed.Texts[store.ReplyDraft] != ""
		for _, draft := range before {
			began = began && (draft.Kind != store.ReplyDraft || now.Sub(draft.TouchedAt) >= TypingFor)
		}
		for kind, text := range typed.Texts {
			draft := store.Draft{Conversation: lane.ID, Staff: me.ID, Kind: kind, TouchedAt: now}
			if err := keep(ctx, tx, draft, text, lane); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && began {
		d.Changed() // colleagues are told that somebody began; not of every letter
	}
	return err
}

// keep keeps a draft, or removes it when nothing is left of it.
func keep(ctx context.Context, tx *store.Tx, draft store.Draft, text string, lane store.Conversation) error {
	switch {
	case strings.TrimSpace(text) == "":
		return tx.DropDraft(ctx, draft.Conversation, draft.Staff, draft.Kind)
	case utf8.RuneCountInString(text) > LongestDraft:
		return refuse(TooLong)
	}
	draft.Text = casefile.Hide(text)
	return tx.KeepDraft(ctx, draft, lane.Key)
}
