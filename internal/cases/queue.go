package cases

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/store"
)

// QueueSize is how many cases a queue shows. The counts beside it are of all.
const QueueSize = 100

// Line is one case of the queue.
type Line struct {
	Case       store.Case
	Escalation store.Escalation // zero ID: none lives
	Channel    casefile.ChannelName
	TakenBy    casefile.ID // staff who answers; zero: the line does
	Writing    bool        // the person wrote less than 15 minutes ago
	Since      time.Time   // since when somebody waits for a person
	// What only those who read cases see; empty for others.
	Watched bool // on a phone that counts as watched or borrowed
	Flags   []string
}

// Queue is what waits.
type Queue struct {
	Alarms       []Alarm
	Lines        []Line
	Counts       map[casefile.Urgency]int
	NobodyOnDuty bool
	Names        Names
	Mark         string // changes when the queue does
}

// Alarm is something that needs a person, with the case it is about.
type Alarm struct {
	store.Alarm
	Ref   string // empty: about no case
	Clear bool   // this member of staff may say that it was seen to
}

// Names are the working names of staff, by id.
type Names map[casefile.ID]casefile.Private

// Queue reads the queue in the order of rule 61: people writing now on a watched
// phone, then by urgency, then children, medical, deadlines, and the oldest. Only what
// access.Listed lists for them stands in it, or is counted.
func (d *Desk) Queue(ctx context.Context, who access.Staff) (Queue, error) {
	now := d.Now()
	var q Queue
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, access.SeeQueue)
		if err != nil {
			return err
		}
		q = Queue{Counts: map[casefile.Urgency]int{}}
		ids, err := q.listed(ctx, tx, me, now)
		if err != nil {
			return err
		}
		folders, err := tx.CasesByID(ctx, ids)
		if err != nil {
			return err
		}
		live, err := tx.LiveEscalations(ctx, ids)
		if err != nil {
			return err
		}
		for _, f := range folders {
			line, err := lineOf(f, live[f.ID], me.May(access.ReadCase), now)
			if err != nil {
				return err
			}
			q.Lines = append(q.Lines, line)
		}
		return d.surroundings(ctx, tx, me, &q)
	})
	slices.SortStableFunc(q.Lines, inOrder)
	return q, err
}

// listed counts the cases that stand in somebody's queue, and returns the first ones.
func (q *Queue) listed(ctx context.Context, tx *store.Tx, me access.Staff, now time.Time) ([]casefile.ID, error) {
	stands, err := tx.StandsOfQueue(ctx, me.ID, now.Add(-casefile.AnswerWindow))
	if err != nil {
		return nil, err
	}
	var ids []casefile.ID
	for _, s := range stands {
		file, err := fileOf(s)
		if err != nil {
			return nil, err
		}
		if !access.Listed(me, file, now) {
			continue
		}
		q.Counts[s.Urgency]++
		if len(ids) < QueueSize {
			ids = append(ids, s.ID)
		}
	}
	return ids, nil
}

// surroundings reads what stands beside the queue.
func (d *Desk) surroundings(ctx context.Context, tx *store.Tx, me access.Staff, q *Queue) (err error) {
	if q.Alarms, err = d.alarmsFor(ctx, tx, me); err != nil {
		return err
	}
	staff, err := tx.AllStaff(ctx)
	if err != nil {
		return err
	}
	q.Names, q.NobodyOnDuty = namesOf(staff), !slices.ContainsFunc(staff, func(s store.Staff) bool {
		return s.OnDuty && !s.Disabled && access.May(access.Role(s.Role), access.Reply)
	})
	q.Mark, err = queueMark(ctx, tx, me)
	return err
}

// QueueMark is a text that changes when the queue does. A case that is kept from them
// changes nothing in it.
func (d *Desk) QueueMark(ctx context.Context, who access.Staff) (mark string, err error) {
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, access.SeeQueue)
		if err != nil {
			return err
		}
		mark, err = queueMark(ctx, tx, me)
		return err
	})
	return mark, err
}

func queueMark(ctx context.Context, tx *store.Tx, me access.Staff) (string, error) {
	kept, err := tx.KeptFrom(ctx, me, false)
	if err != nil {
		return "", err
	}
	return tx.QueueMark(ctx, kept)
}

func namesOf(staff []store.Staff) Names {
	names := Names{}
	for _, s := range staff {
		names[s.ID] = s.Name
	}
	return names
}

func lineOf(f store.Folder, live store.Escalation, reads bool, now time.Time) (Line, error) {
	lane := latest(f.Conversations)
	line := Line{Case: f.Case, Escalation: live, Channel: lane.Channel, TakenBy: lane.TakenBy, Since: f.QueuedAt,
		Writing: writing(lane, now)}
	if !live.ID.IsZero() {
		line.Since = live.StartedAt
	}
	line.Case.Assessment = nil
	if !reads {
		return line, nil
	}
	assessment, err := assessmentOf(f.Case)
	line.Watched, line.Flags = lane.Session.Watched(now), assessment.Flags
	return line, err
}

func writing(lane store.Conversation, now time.Time) bool {
	return !lane.LastIn.IsZero() && now.Sub(lane.LastIn) < casefile.AnswerWindow
}

// assessmentOf reads what the turn judged.
func assessmentOf(c store.Case) (a escalation.Assessment, err error) {
	if c.Assessment == nil {
		return a, nil
	}
	if err := json.Unmarshal(c.Assessment, &a); err != nil {
		return a, fmt.Errorf("assessment of case %s is not readable", c.ID)
	}
	return a, nil
}

// inOrder is rule 61.
func inOrder(a, b Line) int {
	return cmp.Or(
		first(a.Writing && a.Watched, b.Writing && b.Watched),
		cmp.Compare(b.Case.Urgency, a.Case.Urgency),
		first(a.flagged(escalation.FlagChild), b.flagged(escalation.FlagChild)),
		first(a.flagged(escalation.FlagMedical), b.flagged(escalation.FlagMedical)),
		first(a.flagged(escalation.FlagDeadline), b.flagged(escalation.FlagDeadline)),
		a.Since.Compare(b.Since),
		cmp.Compare(a.Case.Ref, b.Case.Ref),
	)
}

func (l Line) flagged(flag string) bool { return slices.Contains(l.Flags, flag) }

// first orders what holds before what does not.
func first(a, b bool) int {
	switch {
	case a && !b:
		return -1
	case b && !a:
		return 1
	}
	return 0
}
