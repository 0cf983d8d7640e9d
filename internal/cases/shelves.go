package cases

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/store"
)

// Listing says which cases a list is of.
type Listing string

// The lists. The queue is the zero value.
const (
	Waiting   Listing = ""
	Snoozed   Listing = "snoozed"
	ClosedOff Listing = "closed"
)

// Ask says which part of a list somebody wants to see. What is zero does not matter.
type Ask struct {
	List    Listing
	Urgency *casefile.Urgency
	Country *string // empty: not known
	Flow    *casefile.Flow
	Team    *string
	Mine    bool   // they were given it, or answer
	Nobody  bool   // nobody looks after it
	After   string // Queue.Next of the page before
}

const (
	// pool is how many cases are weighed at a time. The order of rule 61 holds within it.
	pool = 100
	// mostPools is how many pools a page looks through: whoever may see few of many is
	// shown a shorter page and can go on.
	mostPools = 20
	// mostWriting is how many people who write now are looked at for the place in front.
	mostWriting = 100
)

// urgencies are what a list is ordered by first.
var urgencies = []casefile.Urgency{casefile.Critical, casefile.High, casefile.Medium, casefile.Low}

// step is one shelf of a list, of one urgency or of all.
type step struct {
	shelf   store.Shelf
	urgency *casefile.Urgency
	writing bool // only people writing now on a watched phone
}

// place is where a page begins: behind one case of the pool that begins at a spot.
type place struct {
	step int
	pool store.Spot
	seen casefile.ID
}

func (p place) String() string {
	return strings.Join([]string{strconv.Itoa(p.step), strconv.FormatInt(p.pool.At.UnixMicro(), 10), p.pool.ID.String(), p.seen.String()}, ".")
}

func parsePlace(text string) (p place, err error) {
	if text == "" {
		return p, nil
	}
	parts := strings.Split(text, ".")
	if len(parts) != 4 {
		return p, ErrBadPlace
	}
	at, err1 := strconv.ParseInt(parts[1], 10, 64)
	if p.step, err = strconv.Atoi(parts[0]); err != nil || err1 != nil || p.step < 0 {
		return p, ErrBadPlace
	}
	var err2 error
	p.pool.ID, err1 = casefile.ParseID(parts[2])
	p.seen, err2 = casefile.ParseID(parts[3])
	if err1 != nil || err2 != nil {
		return p, ErrBadPlace
	}
	if begin := (time.Time{}).UnixMicro(); at != begin {
		p.pool.At = time.UnixMicro(at).UTC()
	}
	return p, nil
}

// reader reads lists for one member of staff.
type reader struct {
	*store.Tx
	d     *Desk
	me    access.Staff
	now   time.Time
	ask   Ask
	look  store.Look
	steps []step
	front []weighed     // who writes now on a watched phone, in order
	known bool          // front was looked for
	kept  []casefile.ID // from one of our own, by hand; nil: nobody has looked
	// what was weighed already
	weighed map[casefile.ID]weighed
}

// seesAll reports whether a list is not narrowed to somebody's team.
func seesAll(me access.Staff) bool {
	return me.Role == access.Supervisor || !me.May(access.ReadCase)
}

func (d *Desk) reader(ctx context.Context, tx *store.Tx, me access.Staff, ask Ask) (*reader, error) {
	r := &reader{Tx: tx, d: d, me: me, now: d.Now(), ask: ask, weighed: map[casefile.ID]weighed{}}
	r.look = store.Look{Country: ask.Country, Flow: ask.Flow, Team: ask.Team, Nobody: ask.Nobody, Now: r.now, Limit: pool}
	if ask.Mine && ask.List == ClosedOff {
		r.look.AssignedTo = me.ID
	} else if ask.Mine {
		mine, err := tx.InHandOf(ctx, me.ID)
		if err != nil {
			return nil, err
		}
		r.look.Only = mine
	}
	if !seesAll(me) {
		besides, err := tx.Needed(ctx, me.ID, me.Team, r.now)
		if err != nil {
			return nil, err
		}
		r.look.Within = &store.Within{Team: me.Team, Besides: besides}
		r.look.ClosedAfter = r.now.Add(-access.OldAfter)
	}
	r.steps = stepsOf(ask, me)
	return r, nil
}

func stepsOf(ask Ask, me access.Staff) (steps []step) {
	switch ask.List {
	case Snoozed:
		return []step{{shelf: store.ShelfSnoozed, urgency: ask.Urgency}}
	case ClosedOff:
		return []step{{shelf: store.ShelfClosed, urgency: ask.Urgency}}
	}
	var asked []casefile.Urgency
	for _, u := range urgencies {
		if ask.Urgency == nil || *ask.Urgency == u {
			asked = append(asked, u)
		}
	}
	for i := range asked {
		steps = append(steps, step{shelf: store.ShelfRinging, urgency: &asked[i]})
	}
	if me.May(access.ReadCase) {
		steps = append(steps, step{shelf: store.ShelfOpen, urgency: ask.Urgency, writing: true})
	}
	for i := range asked {
		steps = append(steps, step{shelf: store.ShelfOpen, urgency: &asked[i]})
	}
	return steps
}

// keepSteps leaves out the shelves that are not wanted.
func (r *reader) keepSteps(wanted func(step) bool) {
	r.steps = slices.DeleteFunc(r.steps, func(s step) bool { return !wanted(s) })
}

// page reads the lines of a page, and where the next one begins.
func (r *reader) page(ctx context.Context, from place) (lines []Line, next string, err error) {
	shown, end, err := r.gather(ctx, from)
	if err != nil || len(shown) == 0 {
		return nil, end, err
	}
	lines, err = r.lines(ctx, shown)
	return lines, end, err
}

// gather walks the shelves until a page is full.
func (r *reader) gather(ctx context.Context, from place) (shown []weighed, next string, err error) {
	pools := 0
	for ; from.step < len(r.steps); from = (place{step: from.step + 1}) {
		for more := true; more; pools++ {
			var found []weighed
			var end store.Spot
			if pools >= mostPools {
				return shown, from.String(), nil
			}
			if found, end, more, err = r.pool(ctx, r.steps[from.step], from.pool); err != nil {
				return nil, "", err
			}
			// Who is gone meanwhile is not there to go on from: then the pool is shown again.
			for _, s := range found[slices.IndexFunc(found, func(s weighed) bool { return s.ID == from.seen })+1:] {
				if len(shown) == QueueSize {
					return shown, place{from.step, from.pool, from.seen}.String(), nil
				}
				shown = append(shown, s)
				from.seen = s.ID
			}
			if more {
				from.pool, from.seen = end, casefile.ID{}
			}
		}
	}
	return shown, "", nil
}

// pool reads a piece of a shelf: what is listed of it, in order, and where it ends.
func (r *reader) pool(ctx context.Context, s step, from store.Spot) (found []weighed, end store.Spot, more bool, err error) {
	if s.writing {
		found, err = r.inFront(ctx)
		return found, end, false, err
	}
	spots, err := r.spots(ctx, s, from, pool)
	if err != nil || len(spots) == 0 {
		return nil, end, false, err
	}
	found, err = r.listed(ctx, s, spots)
	if err == nil && s.shelf == store.ShelfOpen {
		var front []weighed
		front, err = r.inFront(ctx)
		found = slices.DeleteFunc(found, func(s weighed) bool {
			return slices.ContainsFunc(front, func(f weighed) bool { return f.ID == s.ID })
		})
	}
	if r.me.May(access.ReadCase) && (s.shelf == store.ShelfOpen || s.shelf == store.ShelfRinging) {
		inOrder(found, spots, s.shelf)
	}
	return found, spots[len(spots)-1], len(spots) == pool, err
}

// spots reads where cases stand. An alert that waits is everybody's who is there for
// emergencies.
func (r *reader) spots(ctx context.Context, s step, from store.Spot, limit int) ([]store.Spot, error) {
	look := r.within(s.shelf)
	look.Urgency, look.After, look.Limit = s.urgency, from, limit
	return r.Shelve(ctx, s.shelf, look)
}

// within is what is asked, narrowed to what the reader may reach of a shelf.
func (r *reader) within(shelf store.Shelf) store.Look {
	look := r.look
	if shelf == store.ShelfRinging && (r.me.Role == access.DutyOfficer || r.me.OnDuty) {
		look.Within = nil
	}
	return look
}

// inFront are the people who write now on a watched phone: rule 61 puts them before
// all whose alert was answered.
func (r *reader) inFront(ctx context.Context) ([]weighed, error) {
	if r.known || !r.me.May(access.ReadCase) {
		return r.front, nil
	}
	r.known = true
	look := r.look
	look.WritingSince, look.Limit, look.Urgency = r.now.Add(-casefile.AnswerWindow), mostWriting, r.ask.Urgency
	spots, err := r.Shelve(ctx, store.ShelfOpen, look)
	if err != nil || len(spots) == 0 {
		return nil, err
	}
	stands, err := r.listed(ctx, step{shelf: store.ShelfOpen}, spots)
	if err != nil {
		return nil, err
	}
	lines, err := r.lines(ctx, stands)
	if err != nil {
		return nil, err
	}
	for i, l := range lines {
		if l.Writing && l.Watched {
			r.front = append(r.front, stands[i])
		}
	}
	inOrder(r.front, spots, store.ShelfOpen)
	slices.SortStableFunc(r.front, func(a, b weighed) int { return cmp.Compare(b.Urgency, a.Urgency) })
	return r.front, nil
}

// lines reads what is shown of cases, in their order.
func (r *reader) lines(ctx context.Context, of []weighed) ([]Line, error) {
	ids := make([]casefile.ID, len(of))
	for i, s := range of {
		ids[i] = s.ID
	}
	folders, err := r.CasesByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	live, err := r.LiveEscalations(ctx, ids)
	if err != nil {
		return nil, err
	}
	lines := make([]Line, len(of))
	for _, f := range folders {
		line, err := lineOf(f, live[f.ID], r.me.May(access.ReadCase), r.now)
		if err != nil {
			return nil, err
		}
		lines[slices.Index(ids, f.ID)] = line
	}
	return lines, nil
}

// inOrder sorts a pool of one urgency. Those that ring go by how long somebody waits,
// the others as rule 61 says.
func inOrder(pool []weighed, spots []store.Spot, shelf store.Shelf) {
	since := map[casefile.ID]time.Time{}
	for _, s := range spots {
		since[s.ID] = s.At
	}
	slices.SortStableFunc(pool, func(a, b weighed) int {
		wait := since[a.ID].Compare(since[b.ID])
		if shelf == store.ShelfRinging && wait != 0 {
			return wait
		}
		for _, flag := range []string{escalation.FlagChild, escalation.FlagMedical, escalation.FlagDeadline} {
			if by := first(slices.Contains(a.flags, flag), slices.Contains(b.flags, flag)); by != 0 {
				return by
			}
		}
		return cmp.Or(wait, cmp.Compare(a.Ref, b.Ref))
	})
}

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
