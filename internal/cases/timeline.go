package cases

import (
	"context"
	"slices"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// TimelineSize is how many events a page of the timeline shows.
const TimelineSize = 50

// recentSize is how many of them stand on the page of a case.
const recentSize = 12

// EventKind is a kind of event, by which the timeline is filtered.
type EventKind string

// The kinds of event.
const (
	EventMessage EventKind = "message" // of the person
	EventAnswer  EventKind = "answer"  // of the line, or of staff
	EventAlert   EventKind = "alert"   // to staff, and what became of it
	EventView    EventKind = "view"    // who read, uncovered, printed, broke in
	EventNote    EventKind = "note"    // notes, and reasons
	EventChange  EventKind = "change"  // everything else that was done
)

// EventKinds is every kind, as a page offers them.
var EventKinds = []EventKind{EventMessage, EventAnswer, EventAlert, EventView, EventNote, EventChange}

// recorded are the kinds that stand in the audit, with the beginnings of their
// actions. What begins with none of these is a change.
var recorded = []struct {
	Kind  EventKind
	Names []string
}{
	{EventAlert, []string{"escalation."}},
	{EventView, []string{actionViewed, actionRevealed, actionPrinted, "glass.", "media."}},
}

// told are the actions of which the timeline shows what was written instead.
var told = []string{actionReplied, actionHeld, actionNoted}

// Event is one line of the timeline.
type Event struct {
	Kind    EventKind
	At      time.Time
	Actor   casefile.Actor   // who did it; of an alert, whom it woke
	What    string           // the audit's action, the kind of a note or of a message; empty: plain words
	Text    casefile.Private // what was said or written
	Detail  casefile.Private // the audit's detail
	State   string           // of a letter
	Channel casefile.ChannelName
	Twice   bool // perhaps it arrived twice
	unread  bool // a message that no turn has taken
}

// Timeline is a stretch of everything that happened in a case: messages, answers,
// alerts, views, notes and changes, in one order of time.
type Timeline struct {
	Case   store.Case
	Events []Event
	More   bool
	Place  Place // where the next page goes on
	Names  Names
	Now    time.Time
}

// Wanted says which stretch of the timeline.
type Wanted struct {
	Kinds  []EventKind // none: all
	Oldest bool        // oldest first
	From   Place
	Most   int
}

func (w Wanted) wants(kind EventKind) bool {
	return len(w.Kinds) == 0 || slices.Contains(w.Kinds, kind)
}

// Timeline reads a stretch of the timeline, with what access.Fields covers covered.
// It is a look at the case, and audited as one.
func (d *Desk) Timeline(ctx context.Context, who access.Staff, ref string, w Wanted) (Timeline, error) {
	var line Timeline
	err := d.inReach(ctx, who, access.ReadCase, ref, func(tx *store.Tx, me access.Staff) error {
		file, err := tx.CaseByRef(ctx, ref)
		if err != nil {
			return err
		}
		look := View{Case: file.Case, Lane: answered(file), Now: d.Now(), Thread: Thread{Shown: answered(file)}}
		if err := look.seen(ctx, tx, me, []string{actionViewed}); err != nil {
			return err
		}
		if line, err = eventsOf(ctx, tx, file, w); err != nil {
			return err
		}
		if line.Events, err = d.withReasons(ctx, tx, me, file.ID, line.Events); err != nil {
			return err
		}
		for i := range line.Events {
			line.Events[i].cover(me)
		}
		line.Case, line.Now = file.Case, d.Now()
		staff, err := tx.AllStaff(ctx)
		line.Names = namesOf(staff)
		return err
	})
	return line, err
}

// recent is the newest of the timeline for the page of a case, where what was said
// stands beside it.
func (d *Desk) recent(ctx context.Context, tx *store.Tx, me access.Staff, file store.Folder) ([]Event, error) {
	line, err := eventsOf(ctx, tx, file, Wanted{Kinds: []EventKind{EventAlert, EventView, EventChange}, Most: recentSize})
	if err != nil {
		return nil, err
	}
	return d.withReasons(ctx, tx, me, file.ID, line.Events)
}

// keyed is an event with its key in the list it comes from.
type keyed struct {
	Event
	key  int64
	note casefile.ID
}

// source is one of the lists the timeline is dealt from.
type source struct {
	wanted bool
	read   func(from Place, limit int) ([]keyed, error)
	took   func(*Place, keyed) // notes how far the list was read
}

// eventsOf deals the stretch from its lists.
func eventsOf(ctx context.Context, tx *store.Tx, file store.Folder, w Wanted) (Timeline, error) {
	line := Timeline{Place: w.From}
	sources := sourcesOf(ctx, tx, file, w)
	lists, times := make([][]keyed, len(sources)), make([][]time.Time, len(sources))
	for i, s := range sources {
		if !s.wanted {
			continue
		}
		var err error
		if lists[i], err = s.read(w.From, w.Most+1); err != nil {
			return line, err
		}
		times[i] = timesOf(lists[i], func(e keyed) time.Time { return e.At })
	}
	for i, n := range share(w.Most, w.Oldest, times...) {
		line.More = line.More || n < len(lists[i])
		if n > 0 {
			sources[i].took(&line.Place, lists[i][n-1])
		}
		for _, e := range lists[i][:n] {
			line.Events = append(line.Events, e.Event)
		}
	}
	slices.SortStableFunc(line.Events, func(a, b Event) int {
		if w.Oldest {
			return a.At.Compare(b.At)
		}
		return b.At.Compare(a.At)
	})
	line.Events = together(line.Events)
	return line, nil
}

// reasonFor says which note is the reason for which action.
var reasonFor = map[string]string{string(store.Lowered): actionLowered, string(store.Closed): actionClosed}

// together makes one event of a change and the reason that was written with it.
func together(events []Event) []Event {
	var out []Event
	for _, e := range events {
		i := slices.IndexFunc(out, func(c Event) bool {
			return e.Kind == EventNote && c.Kind == EventChange && c.At.Equal(e.At) && c.Actor == e.Actor && c.What == reasonFor[e.What]
		})
		if i >= 0 {
			out[i].Text = e.Text
			continue
		}
		out = append(out, e)
	}
	return out
}
