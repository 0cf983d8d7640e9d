package cases

import (
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

const (
	// QueueSize is how many cases a page of the queue shows.
	QueueSize = 50
	// CountedTo is how far the cases of an urgency are counted; CountedTo+1 means more.
	CountedTo = 1000
)

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

// Rings reports whether an alert about the case waits for an answer.
func (l Line) Rings() bool { return l.Escalation.State == store.Climbing }

// Queue is what waits.
type Queue struct {
	Alarms       []Alarm
	Unconfirmed  []Unconfirmed // what waits for them as the second person
	Lines        []Line        // those that ring first
	Counts       map[casefile.Urgency]int
	Next         string // Ask.After of the next page; empty: there is none
	NobodyOnDuty bool
	Names        Names
	Teams        []store.Team // to choose from, for those who see more than their own
	Mark         string       // changes when the page does
}

// Alarm is something that needs a person, with the case it is about.
type Alarm struct {
	store.Alarm
	Ref   string // empty: about no case
	Clear bool   // this member of staff may say that it was seen to
}

// Names are the working names of staff, by id.
type Names map[casefile.ID]casefile.Private

// Queue reads the first page of the whole queue.
func (d *Desk) Queue(ctx context.Context, who access.Staff) (Queue, error) {
	return d.List(ctx, who, Ask{})
}

// List reads a page of the queue, of what was put off, or of what is closed. First
// stands what rings: the most urgent, then whoever waits longest. Then follows rule 61:
// people writing now on a watched phone, then by urgency, then children, medical,
// deadlines, and the oldest. Only what access.Listed lists for them stands in it, or is
// counted.
func (d *Desk) List(ctx context.Context, who access.Staff, ask Ask) (Queue, error) {
	var q Queue
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, access.SeeQueue)
		if err != nil {
			return err
		}
		from, err := beginning(tx, me, ask.After)
		if err != nil {
			return err
		}
		q = Queue{}
		r, err := d.reader(ctx, tx, me, ask)
		if err != nil {
			return err
		}
		if q.Lines, q.Next, err = r.page(ctx, from); err != nil {
			return err
		}
		if q.Next, err = sealEnd(tx, me, listQueue, q.Next); err != nil {
			return err
		}
		if q.Counts, err = r.count(ctx); err != nil {
			return err
		}
		return d.surroundings(ctx, tx, me, &q)
	})
	q.Mark = q.mark()
	return q, err
}

// listQueue names the ends of pages of the queue.
const listQueue = "queue"

// beginning is where a page begins, of how the one before ended.
func beginning(tx *store.Tx, me access.Staff, after string) (place, error) {
	end, err := openEnd(tx, me, listQueue, after)
	if err != nil {
		return place{}, err
	}
	return parsePlace(end)
}

// surroundings reads what stands beside the queue.
func (d *Desk) surroundings(ctx context.Context, tx *store.Tx, me access.Staff, q *Queue) (err error) {
	if q.Alarms, err = d.alarmsFor(ctx, tx, me); err != nil {
		return err
	}
	if q.Unconfirmed, err = d.unconfirmed(ctx, tx, me); err != nil {
		return err
	}
	staff, err := tx.AllStaff(ctx)
	if err != nil {
		return err
	}
	q.Names, q.NobodyOnDuty = namesOf(staff), !slices.ContainsFunc(staff, func(s store.Staff) bool {
		return s.OnDuty && !s.Disabled && access.May(access.Role(s.Role), access.Reply)
	})
	if seesAll(me) {
		q.Teams, err = tx.TeamTitles(ctx)
	}
	return err
}

// ListMark is a text that changes when a page of the queue does. A case that is kept
// from them changes nothing in it.
func (d *Desk) ListMark(ctx context.Context, who access.Staff, ask Ask) (string, error) {
	q, err := d.List(ctx, who, ask)
	return q.Mark, err
}

// mark is made of everything a page shows, but of the time it was made.
func (q Queue) mark() string {
	mark := fmt.Sprint(q.NobodyOnDuty, q.Next != "", q.Counts, q.Unconfirmed)
	for _, a := range q.Alarms {
		if a.Kind == store.AlarmNobodyOnDuty || a.Kind == store.AlarmNobodyReachable {
			a.Times = 1 // it is told anew every minute
		}
		mark += fmt.Sprint("/", a.ID, a.Times, a.Ref, a.Clear)
	}
	for _, l := range q.Lines {
		mark += fmt.Sprint("/", l.Case.ID, l.Case.Version, l.Case.ViewedAt.IsZero(), l.Escalation.ID, l.Escalation.State,
			l.Escalation.AcknowledgedBy, l.TakenBy, l.Writing, l.Watched, l.Flags)
	}
	return mark
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
	line.Watched, line.Flags = lane.Session.Watched(now), flagsOf(assessment, f.Conversations)
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
