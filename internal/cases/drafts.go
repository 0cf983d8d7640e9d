package cases

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

const (
	// LongestDraft is the most of a reply or a note that is kept for its writer.
	LongestDraft = 4000
	// longestForm is the most of another form: some have several long fields.
	longestForm = 12000
)

// The forms of a case whose drafts are kept, besides a reply and a note.
const (
	FormOverride store.DraftKind = "override" // the reason, beside the reply
	FormForget   store.DraftKind = "forget"   // it goes with the case
)

// ends says which form an act ends: what was typed into it was sent. each is true of a
// form that stands on the page for each row.
var ends = map[string]struct {
	form store.DraftKind
	each bool
}{
	actionNoted:            {store.NoteDraft, false},
	actionReplied:          {FormOverride, false}, // of the reply itself, see say
	actionHeld:             {FormOverride, false},
	actionOverrideAsked:    {FormOverride, false},
	actionOverrideAlone:    {FormOverride, false},
	actionLowered:          {"lower", false},
	actionClosed:           {"close", false},
	actionOver:             {"over", false},
	actionReopened:         {"reopen", false},
	actionSnoozed:          {"snooze", false},
	actionTip:              {"tip", false},
	actionAssigned:         {"assign", false},
	actionTaskAdded:        {"task", false},
	actionTaskDone:         {"task", true},
	actionTaskDropped:      {"task", true},
	actionPersonAdded:      {"person", false},
	actionPersonChanged:    {"person", true},
	actionPersonRemoved:    {"person", true},
	actionLinkProposed:     {"link", false},
	actionLinkConfirmed:    {"link", true},
	actionLinkDeclined:     {"link", true},
	actionLinkUndone:       {"link", true},
	actionReferralProposed: {"referral", false},
	actionReferralApproved: {"approve", true},
	actionReferralRefused:  {"referral", true},
	actionReferralRevoked:  {"referral", true},
	actionExcluded:         {"exclude", false},
	actionLifted:           {"lift", false},
	actionOriginalTaken:    {"original", false},
	actionKept:             {"keep", false},
	actionLetGo:            {"letgo", false},
}

// FormOf is the form that a page names, "snooze" or "task/" and the id of the row; false
// when no form of a case has that name.
func FormOf(name string) (store.DraftKind, bool) {
	form, row, each := strings.Cut(name, "/")
	id, err := casefile.ParseID(row)
	if each && (err != nil || id.String() != row) {
		return "", false
	}
	known := name == string(FormForget)
	for _, end := range ends {
		known = known || string(end.form) == form && end.each == each && end.form != store.NoteDraft
	}
	return store.DraftKind(name), known
}

// sent ends the draft of what was done. about is the row of a form that stands there for
// each; of other forms it is zero.
func (a *act) sent(ctx context.Context, action string, about casefile.ID) error {
	end, is := ends[action]
	if !is || end.each == about.IsZero() {
		return nil
	}
	if end.each {
		end.form += store.DraftKind("/" + about.String())
	}
	return a.DropDraft(ctx, a.who.ID, end.form, lanesOf(a.file)...)
}

func lanesOf(file store.Folder) (ids []casefile.ID) {
	for _, c := range file.Conversations {
		ids = append(ids, c.ID)
	}
	return ids
}

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
		before, err := tx.DraftsOf(ctx, me.ID, lane)
		if err != nil {
			return err
		}
		now := d.Now()
		began = typed.Texts[store.ReplyDraft] != "" && !slices.ContainsFunc(before, func(draft store.Draft) bool {
			return draft.Kind == store.ReplyDraft && now.Sub(draft.TouchedAt) < TypingFor
		})
		for kind, text := range typed.Texts {
			draft := store.Draft{Conversation: lane.ID, Staff: me.ID, Kind: kind, TouchedAt: now}
			if err := keep(ctx, tx, draft, text, lane, file); err != nil {
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

// keep keeps a draft, or removes it when nothing is left of it. A reply is kept in its
// conversation, everything else once in the whole case.
func keep(ctx context.Context, tx *store.Tx, draft store.Draft, text string, lane store.Conversation, file store.Folder) error {
	most, in := longestForm, lanesOf(file)
	switch draft.Kind {
	case store.ReplyDraft:
		most, in = LongestDraft, []casefile.ID{lane.ID}
	case store.NoteDraft:
		most = LongestDraft
	}
	switch {
	case strings.TrimSpace(text) == "":
		return tx.DropDraft(ctx, draft.Staff, draft.Kind, in...)
	case utf8.RuneCountInString(text) > most:
		return refuse(TooLong)
	}
	draft.Text = casefile.Hide(text)
	return tx.KeepDraft(ctx, draft, lane.Key)
}
