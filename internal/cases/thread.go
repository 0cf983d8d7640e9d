package cases

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// ThreadSize is how much of what was said a page of a case shows.
const ThreadSize = 100

// Look is where a page of a case looks.
type Look struct {
	Conversation int   // the how-manieth of the case, from 1; 0: the one staff answer in
	Before       Place // older than these; zero: the newest
	Most         int   // so many messages and letters; 0: ThreadSize
}

// Thread is a stretch of what was said in one conversation of a case.
type Thread struct {
	Conversations []store.Conversation // of the case, oldest first
	Shown         store.Conversation   // the one whose words stand here
	Messages      []store.Message      // oldest first
	Letters       []store.Letter       // oldest first; what is held only beside the newest
	Edits         []store.Message      // to what was changed: the edits, and what it was at first
	Judged        casefile.Facts       // what the assessment counts by: of the conversation written in last
	Older         bool                 // there is more before it
	Place         Place                // where it begins, for the page before it
	Look          Look
}

// Place is a place in the lists that a page deals out together: the last key it took of
// each. Zero: it took nothing of that list yet.
type Place struct {
	Messages, Letters, Alerts, Records int64
	Note                               casefile.ID
}

// String writes a place as a link carries it.
func (p Place) String() string {
	if p == (Place{}) {
		return ""
	}
	var parts []string
	for _, key := range []int64{p.Messages, p.Letters, p.Alerts, p.Records} {
		parts = append(parts, strconv.FormatInt(key, 36))
	}
	if !p.Note.IsZero() {
		parts = append(parts, p.Note.String())
	}
	return strings.Join(parts, ".")
}

// ParsePlace reads what String wrote; false for anything else.
func ParsePlace(text string) (p Place, ok bool) {
	if text == "" {
		return p, true
	}
	parts := strings.Split(text, ".")
	if len(parts) != 4 && len(parts) != 5 {
		return Place{}, false
	}
	for i, to := range []*int64{&p.Messages, &p.Letters, &p.Alerts, &p.Records} {
		var err error
		if *to, err = strconv.ParseInt(parts[i], 36, 64); err != nil || *to < 0 {
			return Place{}, false
		}
	}
	if len(parts) == 5 {
		var err error
		if p.Note, err = casefile.ParseID(parts[4]); err != nil {
			return Place{}, false
		}
	}
	return p, true
}

// share deals the places of a page to lists, by the times at their heads: the newest
// first, or the oldest. It says how many of each list stand on the page. Each list
// keeps its own order, whatever its times say, so that the next page goes on where
// each of them ended and nothing is shown twice, or never.
func share(places int, oldest bool, lists ...[]time.Time) []int {
	taken := make([]int, len(lists))
	for range places {
		best := -1
		for i, list := range lists {
			if taken[i] == len(list) {
				continue
			}
			if best < 0 || ahead(list[taken[i]], lists[best][taken[best]], oldest) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		taken[best]++
	}
	return taken
}

// ahead reports whether what stands further back in the order of lists comes first all
// the same. Of one moment a message comes before its answer.
func ahead(later, best time.Time, oldest bool) bool {
	if oldest {
		return later.Before(best)
	}
	return !later.Before(best)
}

// timesOf are the times of a list.
func timesOf[T any](list []T, at func(T) time.Time) []time.Time {
	times := make([]time.Time, len(list))
	for i, one := range list {
		times[i] = at(one)
	}
	return times
}

func heardAt(m store.Message) time.Time { return m.ReceivedAt }

// saidAt is when a letter was sent, or else written.
func saidAt(l store.Letter) time.Time {
	if !l.SentAt.IsZero() {
		return l.SentAt
	}
	return l.QueuedAt
}

// choose finds the conversation to show: the one asked for, or the one staff answer in.
func (v *View) choose(file store.Folder, look Look) {
	v.Conversations, v.Shown, v.Look = slices.Clone(file.Conversations), v.Lane, look
	if n := look.Conversation; n > 0 && n <= len(file.Conversations) {
		v.Shown = file.Conversations[n-1]
	}
}

// learned reads what was learned in the conversation shown, and in the one that was
// judged.
func (v *View) learned(ctx context.Context, tx *store.Tx, file store.Folder) (err error) {
	last := latest(file.Conversations)
	for _, of := range []struct {
		conversation store.Conversation
		to           *casefile.Facts
	}{{last, &v.Judged}, {v.Shown, &v.Facts}} {
		switch {
		case of.conversation.Damaged || of.conversation.Forgotten: // nothing of it can be read
		case of.to == &v.Facts && last.ID == v.Shown.ID:
			v.Facts = slices.Clone(v.Judged)
		default:
			if *of.to, err = tx.Facts(ctx, of.conversation); err != nil {
				return err
			}
		}
	}
	return nil
}

// said reads a stretch of what was said in the conversation shown.
func (v *View) said(ctx context.Context, tx *store.Tx, file store.Folder) error {
	if err := v.learned(ctx, tx, file); err != nil {
		return err
	}
	if v.Shown.Damaged || v.Shown.Forgotten { // nothing of it can be read; its alarm stands on the page
		return nil
	}
	most, before := v.Look.Most, v.Look.Before
	if most == 0 {
		most = ThreadSize
	}
	messages, err := tx.MessagesOf(ctx, v.Shown, store.Stretch{Key: before.Messages, Limit: most + 1})
	if err != nil {
		return err
	}
	letters, err := tx.SpokenOf(ctx, v.Shown, store.Stretch{Key: before.Letters, Limit: most + 1})
	if err != nil {
		return err
	}
	shares := share(most, false, timesOf(messages, heardAt), timesOf(letters, saidAt))
	v.Older = shares[0] < len(messages) || shares[1] < len(letters)
	v.Messages, v.Letters, v.Place = messages[:shares[0]], letters[:shares[1]], before
	if n := len(v.Messages); n > 0 {
		v.Place.Messages = v.Messages[n-1].Arrival
	}
	if n := len(v.Letters); n > 0 {
		v.Place.Letters = v.Letters[n-1].Seq
	}
	slices.Reverse(v.Messages)
	slices.Reverse(v.Letters)
	return v.beside(ctx, tx)
}

// beside reads what belongs to the stretch and does not stand in it: what is held, when
// it is the newest one, and the other sides of edits.
func (v *View) beside(ctx context.Context, tx *store.Tx) error {
	if v.Look.Before == (Place{}) {
		held, err := tx.HeldOf(ctx, v.Shown)
		if err != nil {
			return err
		}
		v.Letters = append(v.Letters, held...)
	}
	var refs []string
	for _, m := range v.Messages {
		if m.Ref != "" && m.Kind != casefile.KindPress {
			refs = append(refs, m.Ref)
		}
	}
	if len(refs) == 0 {
		return nil
	}
	sides, err := tx.EditsOf(ctx, v.Shown, refs)
	if err != nil {
		return err
	}
	edited := map[string]bool{}
	for _, m := range sides {
		edited[m.Ref] = edited[m.Ref] || m.Kind == casefile.KindEdit
	}
	v.Edits = slices.DeleteFunc(sides, func(m store.Message) bool { return !edited[m.Ref] })
	return nil
}

// AnswerIn makes another conversation of the case the one staff answer in, for
// everybody. version is the one that was read. Whoever answers in the one before hands
// it back, announced; what a colleague answers in is theirs to hand back.
func (d *Desk) AnswerIn(ctx context.Context, who access.Staff, ref string, version int64, conversation casefile.ID) error {
	return d.doDamaged(ctx, who, access.TakeOver, ref, true, func(a *act) error { return d.answerIn(ctx, a, version, conversation) })
}

func (d *Desk) answerIn(ctx context.Context, a *act, version int64, conversation casefile.ID) error {
	i := slices.IndexFunc(a.file.Conversations, func(c store.Conversation) bool { return c.ID == conversation })
	switch {
	case i < 0:
		return store.ErrNotFound
	case a.file.Closed:
		return refuse(IsClosed)
	case a.file.Version != version:
		return refuse(Changed)
	case a.file.Conversations[i].Damaged || a.file.Conversations[i].Forgotten:
		return refuse(Damaged)
	case a.lane.ID == conversation:
		return nil
	case !a.lane.TakenBy.IsZero() && a.lane.TakenBy != a.who.ID:
		return &Refused{Why: TakenByOther, By: a.lane.TakenBy}
	}
	if a.lane.TakenBy == a.who.ID && !a.lane.Damaged {
		if err := d.handBack(ctx, a); err != nil {
			return err
		}
	}
	if err := a.AnswerIn(ctx, a.file.ID, conversation, version); err != nil {
		return err
	}
	a.lane = a.file.Conversations[i]
	return a.record(ctx, actionAnsweredIn, "")
}
