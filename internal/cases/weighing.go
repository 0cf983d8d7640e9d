package cases

import (
	"context"
	"slices"
	"sync"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/store"
)

// judgement is what a version of a case was judged to be, as far as lists go by it.
type judgement struct {
	version int64
	child   bool
	flags   []string
}

// mostJudged is how many cases are remembered: a queue of many, in a few megabytes.
const mostJudged = 50_000

// memory remembers how cases were judged, so that a list does not open every case it
// counts, each time. A case that changed has another version and is opened again.
type memory struct {
	mu    sync.Mutex
	cases map[casefile.ID]judgement
}

// of is how cases were judged, in their order, and which of them are not known as they are
// now.
func (m *memory) of(marks []store.Mark) (known []judgement, fresh []casefile.ID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known = make([]judgement, len(marks))
	for i, at := range marks {
		if j, there := m.cases[at.ID]; there && j.version == at.Version {
			known[i] = j
		} else {
			fresh = append(fresh, at.ID)
		}
	}
	return known, fresh
}

func (m *memory) keep(id casefile.ID, j judgement) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cases == nil || len(m.cases) >= mostJudged {
		m.cases = map[casefile.ID]judgement{}
	}
	m.cases[id] = j
}

// weighed is a case of a list, and whether it stands in the list of the reader.
type weighed struct {
	store.Stand
	flags  []string
	listed bool
}

// listed weighs cases, and returns those that stand in the list of the reader.
func (r *reader) listed(ctx context.Context, s step, spots []store.Spot) (found []weighed, err error) {
	var fresh []store.Spot
	for _, at := range spots {
		if _, known := r.weighed[at.ID]; !known {
			fresh = append(fresh, at)
		}
	}
	if err := r.weigh(ctx, s, fresh); err != nil {
		return nil, err
	}
	for _, at := range spots {
		if w := r.weighed[at.ID]; w.listed {
			found = append(found, w)
		}
	}
	return found, nil
}

// weigh weighs cases: by what is known of them, and those that this does not list once
// more, whole.
func (r *reader) weigh(ctx context.Context, s step, spots []store.Spot) error {
	if len(spots) == 0 {
		return nil
	}
	marks := make([]store.Mark, len(spots))
	for i, at := range spots {
		marks[i] = store.Mark{ID: at.ID, Version: at.Version}
	}
	walls, err := r.walls(ctx, marks)
	if err != nil {
		return err
	}
	known, err := r.judge(ctx, marks)
	if err != nil {
		return err
	}
	var whole []casefile.ID
	for i, at := range spots {
		file := access.File{Team: at.Team, Child: known[i].child, ClosedAt: at.ClosedAt, Climbing: s.shelf == store.ShelfRinging, Walls: walls(at.ID)}
		w := weighed{store.Stand{ID: at.ID, Ref: at.Ref, Urgency: at.Urgency, File: file}, known[i].flags, access.Listed(r.me, file, r.now)}
		r.weighed[at.ID] = w
		if !w.listed && r.mayNeed(file) {
			whole = append(whole, at.ID)
		}
	}
	return r.weighWhole(ctx, whole)
}

// mayNeed reports whether a case that is not listed for the reader may be when all is
// weighed that opens one to somebody.
func (r *reader) mayNeed(file access.File) bool { return !file.Walls.Keep(r.me) && !seesAll(r.me) }

// judge is what cases were judged to be, in their order; those that changed since are
// opened.
func (r *reader) judge(ctx context.Context, marks []store.Mark) ([]judgement, error) {
	known, fresh := r.d.judged.of(marks)
	if len(fresh) == 0 {
		return known, nil
	}
	glances, err := r.Glances(ctx, fresh)
	if err != nil {
		return nil, err
	}
	judged := make(map[casefile.ID]judgement, len(fresh))
	for id, s := range glances {
		a, err := assessmentOf(store.Case{ID: id, Assessment: s.Assessment})
		if err != nil {
			return nil, err
		}
		j := judgement{s.Version, s.File.Child || slices.Contains(a.Flags, escalation.FlagChild), a.Flags}
		r.d.judged.keep(id, j)
		judged[id] = j
	}
	for i, at := range marks {
		if j, opened := judged[at.ID]; opened {
			known[i] = j
		}
	}
	return known, nil
}

// weighWhole weighs cases with everything that opens one to somebody.
func (r *reader) weighWhole(ctx context.Context, ids []casefile.ID) error {
	stands, err := r.listedWhole(ctx, ids)
	for _, s := range stands {
		w := r.weighed[s.ID]
		w.listed = true
		r.weighed[s.ID] = w
	}
	return err
}

// listedWhole are those of some cases that are listed when everything is weighed.
func (r *reader) listedWhole(ctx context.Context, ids []casefile.ID) (listed []store.Stand, err error) {
	stands, err := r.StandsOf(ctx, r.me.ID, ids)
	if err != nil {
		return nil, err
	}
	for _, s := range stands {
		file, err := fileOf(s)
		if err != nil {
			return nil, err
		}
		if access.Listed(r.me, file, r.now) {
			listed = append(listed, s)
		}
	}
	return listed, nil
}

// walls is whom cases are kept from, as far as it is about the reader: nothing that is
// heard keeps out our own, and of what was done by hand there is little.
func (r *reader) walls(ctx context.Context, of []store.Mark) (func(casefile.ID) access.Walls, error) {
	if r.me.Agency != access.Own {
		ids := make([]casefile.ID, len(of))
		for i, at := range of {
			ids[i] = at.ID
		}
		walls, err := r.Walls(ctx, ids...)
		return func(id casefile.ID) access.Walls { return store.Standing(walls[id]) }, err
	}
	kept, err := r.keptOut(ctx)
	if err != nil {
		return nil, err
	}
	return func(id casefile.ID) (w access.Walls) {
		if slices.Contains(kept, id) {
			w.Staff = []casefile.ID{r.me.ID}
		}
		return w
	}, nil
}

// keptOut are the cases that are kept from one of our own by hand.
func (r *reader) keptOut(ctx context.Context) (kept []casefile.ID, err error) {
	if r.kept == nil {
		r.kept, err = r.KeptFrom(ctx, r.me, r.ask.List != ClosedOff)
	}
	return r.kept, err
}

// count counts what stands in the queue of the reader, up to CountedTo of each urgency.
// For those for whom nothing but a hand keeps a case out of the list, the database
// counts; for others every case is weighed.
func (r *reader) count(ctx context.Context) (map[casefile.Urgency]int, error) {
	counts := map[casefile.Urgency]int{}
	if r.ask.List != Waiting {
		return counts, nil
	}
	of := urgencies
	if r.ask.Urgency != nil {
		of = []casefile.Urgency{*r.ask.Urgency}
	}
	var err error
	if seesAll(r.me) && r.me.Agency == access.Own {
		err = r.countAll(ctx, of, counts)
	} else {
		err = r.countListed(ctx, of, counts)
	}
	for u, n := range counts {
		counts[u] = min(n, CountedTo+1)
	}
	return counts, err
}

// countAll counts all but what is kept from the reader by hand.
func (r *reader) countAll(ctx context.Context, of []casefile.Urgency, counts map[casefile.Urgency]int) error {
	kept, err := r.keptOut(ctx)
	if err != nil {
		return err
	}
	queued, beside := r.look, r.look
	queued.Limit, beside.Limit, beside.NotQueued = CountedTo+1, CountedTo+1, true
	for shelf, look := range map[store.Shelf]store.Look{store.ShelfQueue: queued, store.ShelfRinging: beside} {
		found, err := r.Tally(ctx, shelf, look, of, kept)
		if err != nil {
			return err
		}
		for u, n := range found {
			counts[u] += n
		}
	}
	return nil
}

// countListed weighs every case: those that ring, and the others of the queue.
func (r *reader) countListed(ctx context.Context, of []casefile.Urgency, counts map[casefile.Urgency]int) error {
	rings := map[casefile.ID]bool{}
	for _, shelf := range []store.Shelf{store.ShelfRinging, store.ShelfQueue} {
		look := r.within(shelf)
		look.Limit = CountedTo + 1
		marks, err := r.Marks(ctx, shelf, look, of)
		if err != nil {
			return err
		}
		marks = slices.DeleteFunc(marks, func(at store.Mark) bool { return rings[at.ID] })
		if err := r.tally(ctx, marks, shelf == store.ShelfRinging, counts); err != nil {
			return err
		}
		for _, at := range marks {
			if shelf == store.ShelfRinging {
				rings[at.ID] = true
			}
		}
	}
	return nil
}

// tally counts those of some cases that are listed for the reader.
func (r *reader) tally(ctx context.Context, marks []store.Mark, ringing bool, counts map[casefile.Urgency]int) error {
	if len(marks) == 0 {
		return nil
	}
	walls, err := r.walls(ctx, marks)
	if err != nil {
		return err
	}
	known, err := r.judge(ctx, marks)
	if err != nil {
		return err
	}
	var whole []casefile.ID
	for i, at := range marks {
		file := access.File{Team: at.Team, Child: known[i].child, Climbing: ringing, Walls: walls(at.ID)}
		switch {
		case access.Listed(r.me, file, r.now):
			counts[at.Urgency]++
		case r.mayNeed(file):
			whole = append(whole, at.ID)
		}
	}
	listed, err := r.listedWhole(ctx, whole)
	for _, s := range listed {
		counts[s.Urgency]++
	}
	return err
}
