package cases

import (
	"context"
	"errors"
	"slices"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// Obstacle is one thing that must be seen to before a case is closed.
type Obstacle struct {
	Why   Why
	N     int   // how many of them; 0: it is not counted
	Talks []int // the conversations it is about, from 1; empty: the case has one, or it is about the case
}

// looks are what a conversation is opened by, as the audit calls it.
var looks = []string{actionViewed, actionRevealed, actionPrinted}

// checklist names everything that stands in the way of closing a case, in every
// conversation of it: what somebody waits for first. Whoever reads it sees only what
// they may: a proposed link to a case that is not there for them stands in nobody's way.
func (d *Desk) checklist(ctx context.Context, tx *store.Tx, me access.Staff, file store.Folder) ([]Obstacle, error) {
	var open []Obstacle
	if _, theirs := takenByOther(file, me); len(theirs) > 0 {
		open = append(open, Obstacle{Why: TakenByOther, Talks: spoken(file, theirs)})
	}
	talks, err := tx.LooseTalks(ctx, file.ID, looks)
	if err != nil {
		return nil, err
	}
	waits, err := d.waits(ctx, tx, file, talks)
	if err != nil {
		return nil, err
	}
	open = append(open, waits...)
	// Of damaged conversations nobody can say what they were about.
	readable := func(c store.Conversation) bool { return !c.Damaged }
	if dangerOpen(file.Case) && slices.ContainsFunc(file.Conversations, readable) {
		open = append(open, Obstacle{Why: OpenDanger})
	}
	open = append(open, inTalks(file, talks, Unopened, func(l store.LooseTalk) int { return unopened(file, l) })...)
	open = append(open, inTalks(file, talks, Unsent, func(l store.LooseTalk) int { return l.Unsent })...)
	open = append(open, inTalks(file, talks, HeldReply, func(l store.LooseTalk) int { return l.Held })...)
	rest, err := d.unfinished(ctx, tx, me, file)
	open = append(open, rest...)
	if tipUndecided(file.Case) {
		open = append(open, Obstacle{Why: TipUndecided})
	}
	return open, err
}

// unfinished is what is not over of the work on a case.
func (d *Desk) unfinished(ctx context.Context, tx *store.Tx, me access.Staff, file store.Folder) (open []Obstacle, err error) {
	loose, err := tx.Loose(ctx, file.ID)
	if err != nil {
		return nil, err
	}
	linked, err := d.linked(ctx, tx, me, file.ID)
	if err != nil {
		return nil, err
	}
	proposed := 0
	for _, l := range linked {
		if l.State == store.LinkProposed {
			proposed++
		}
	}
	for _, o := range []Obstacle{{Why: OpenReferral, N: loose.Referrals}, {Why: OpenTask, N: loose.Tasks}, {Why: OpenLink, N: proposed}} {
		if o.N > 0 {
			open = append(open, o)
		}
	}
	return open, nil
}

// takenByOther is which colleague answers, and in which conversations one does.
func takenByOther(file store.Folder, me access.Staff) (by casefile.ID, talks []int) {
	for i, c := range file.Conversations {
		if !c.TakenBy.IsZero() && c.TakenBy != me.ID {
			if by.IsZero() {
				by = c.TakenBy
			}
			talks = append(talks, i+1)
		}
	}
	return by, talks
}

// unopened counts a conversation that somebody wrote in and nobody has opened since. The
// one staff answer in stands on the page of whoever closes: its version says what they
// have read.
func unopened(file store.Folder, l store.LooseTalk) int {
	i := slices.IndexFunc(file.Conversations, func(c store.Conversation) bool { return c.ID == l.Conversation })
	if i < 0 || !l.Unopened || file.Conversations[i].Damaged || file.Conversations[i].Forgotten || l.Conversation == answered(file).ID {
		return 0
	}
	return 1
}

// inTalks is one obstacle of all conversations that have it, or none.
func inTalks(file store.Folder, talks []store.LooseTalk, why Why, count func(store.LooseTalk) int) []Obstacle {
	o := Obstacle{Why: why}
	for i, l := range talks {
		if n := count(l); n > 0 {
			o.N, o.Talks = o.N+n, append(o.Talks, i+1)
		}
	}
	if o.N == 0 {
		return nil
	}
	o.Talks = spoken(file, o.Talks)
	return []Obstacle{o}
}

// spoken are the conversations that are named; none where there is only one.
func spoken(file store.Folder, talks []int) []int {
	if len(file.Conversations) == 1 {
		return nil
	}
	return talks
}

// waits is what waits for an answer of staff now: messages no turn has read, an
// escalation nobody acknowledged, an alarm about the case.
func (d *Desk) waits(ctx context.Context, tx *store.Tx, file store.Folder, talks []store.LooseTalk) ([]Obstacle, error) {
	open := inTalks(file, talks, Unread, func(l store.LooseTalk) int { return l.Waiting })
	live, err := tx.LiveEscalation(ctx, file.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if err == nil && live.State == store.Climbing {
		open = append(open, Obstacle{Why: Unanswered})
	}
	standing, err := tx.Alarms(ctx)
	besides := []store.AlarmKind{store.AlarmGlass, store.AlarmWalled} // they say nothing of the person
	about := func(s store.Alarm) bool {
		return slices.ContainsFunc(file.Conversations, func(c store.Conversation) bool { return c.ID == s.Conversation })
	}
	if slices.ContainsFunc(standing, func(s store.Alarm) bool { return about(s) && !slices.Contains(besides, s.Kind) }) {
		open = append(open, Obstacle{Why: AlarmStands})
	}
	return open, err
}

// dangerOpen reports whether a case is urgent, and nobody has said since they last
// wrote that the danger is over. It need not be lowered for that: whoever is in danger
// again finds the case as urgent as it was.
func dangerOpen(c store.Case) bool {
	return c.Urgency >= casefile.High && (c.DangerOverAt.IsZero() || c.LastIn.After(c.DangerOverAt))
}

// tipUndecided reports whether a witness told something, and nobody has said since
// what becomes of it.
func tipUndecided(c store.Case) bool {
	return c.Flow == casefile.FlowWitness && (c.Tip == store.TipUndecided || c.LastIn.After(c.TipAt))
}
