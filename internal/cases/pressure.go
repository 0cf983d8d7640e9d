package cases

import (
	"context"
	"slices"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/store"
)

// Pressure is a sign, in one conversation of a case, that somebody else decides what is
// written: they took back what they had said.
type Pressure struct {
	Talk  int              // the conversation, from 1
	At    time.Time        // when it was last seen
	Words casefile.Private // that said it
}

// pressureOn finds the signs in every conversation of a case, newest first: whoever
// writes from a second phone does not undo what was seen on the first.
func pressureOn(conversations []store.Conversation) (all []Pressure) {
	for i, c := range conversations {
		if f, ok := c.Session.Facts.Latest(casefile.Retraction); ok && !c.Damaged && !c.Forgotten {
			all = append(all, Pressure{Talk: i + 1, At: f.At})
		}
	}
	slices.SortStableFunc(all, func(a, b Pressure) int { return b.At.Compare(a.At) })
	return all
}

// pressure reads the signs with the words that told them: the checkpoint has none.
func (v *View) pressure(ctx context.Context, tx *store.Tx, file store.Folder) error {
	v.Pressure = pressureOn(file.Conversations)
	for i := range v.Pressure {
		p := &v.Pressure[i]
		facts, err := tx.Facts(ctx, file.Conversations[p.Talk-1])
		if err != nil {
			return err
		}
		if f, ok := facts.Latest(casefile.Retraction); ok {
			p.At, p.Words = f.At, f.Phrase
		}
	}
	return nil
}

// flagsOf are the flags of a case as a list shows them: those of the assessment, and
// pressure wherever it was seen.
func flagsOf(judged escalation.Assessment, conversations []store.Conversation) []string {
	if len(pressureOn(conversations)) == 0 || slices.Contains(judged.Flags, escalation.FlagCoercion) {
		return judged.Flags
	}
	return append([]string{escalation.FlagCoercion}, judged.Flags...)
}
