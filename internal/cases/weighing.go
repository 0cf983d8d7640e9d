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

func (m *memory) of(id casefile.ID, version int64) (judgement, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	j, known := m.cases[id]
	return j, known && j.version == version
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
	ids := make([]casefile.ID, len(spots))
	for i, at := range spots {
		ids[i] = at.ID
	}
	walls, err := r.walls(ctx, ids)
	if err != nil {
		return err
	}
	known, err := r.judge(ctx, spots)
	if err != nil {
		return err
	}
	var whole []casefile.ID
	for _, at := range spots {
		j := known[at.ID]
		file := access.File{Team: at.Team, Child: j.child, ClosedAt: at.ClosedAt, Climbing: s.shelf == store.ShelfRinging, Walls: walls(at.ID)}
		w := weighed{store.Stand{ID: at.ID, Ref: at.Ref, Urgency: at.Urgency, File: file}, j.flags, access.Listed(r.me, file, r.now)}
		r.weighed[at.ID] = w
		if !w.listed && !file.Walls.Keep(r.me) && !seesAll(r.me) {
			whole = append(whole, at.ID)
		}
	}
	return r.weighWhole(ctx, whole)
}

// judge is what cases were judged to be; those that changed since are opened.
func (r *reader) judge(ctx context.Context, spots []store.Spot) (map[casefile.ID]judgement, error) {
	known := make(map[casefile.ID]judgement, len(spots))
	var fresh []casefile.ID
	for _, at := range spots {
		j, ok := r.d.judged.of(at.ID, at.Version)
		if known[at.ID] = j; !ok {
			fresh = append(fresh, at.ID)
		}
	}
	if len(fresh) == 0 {
		return known, nil
	}
	glances, err := r.Glances(ctx, fresh)
	if err != nil {
		return nil, err
	}
	for id, s := range glances {
		a, err := assessmentOf(store.Case{ID: id, Assessment: s.Assessment})
		if err != nil {
			return nil, err
		}
		j := judgement{s.Version, s.File.Child || slices.Contains(a.Flags, escalation.FlagChild), a.Flags}
		r.d.judged.keep(id, j)
		known[id] = j
	}
	return known, nil
}

// weighWhole weighs cases with everything that opens one to somebody.
func (r *reader) weighWhole(ctx context.Context, ids []casefile.ID) error {
	if len(ids) == 0 {
		return nil
	}
	stands, err := r.StandsOf(ctx, r.me.ID, ids)
	if err != nil {
		return err
	}
	for _, s := range stands {
		file, err := fileOf(s)
		if err != nil {
			return err
		}
		w := r.weighed[s.ID]
		w.listed = access.Listed(r.me, file, r.now)
		r.weighed[s.ID] = w
	}
	return nil
}

// walls is whom cases are kept from, as far as it is about the reader: nothing that is
// heard keeps out our own, and of what was done by hand there is little.
func (r *reader) walls(ctx context.Context, ids []casefile.ID) (func(casefile.ID) access.Walls, error) {
	if r.me.Agency != access.Own {
		walls, err := r.Walls(ctx, ids...)
		return func(id casefile.ID) access.Walls { return store.Standing(walls[id]) }, err
	}
	if r.kept == nil {
		kept, err := r.KeptFrom(ctx, r.me, r.ask.List != ClosedOff)
		if err != nil {
			return nil, err
		}
		r.kept = map[casefile.ID]bool{}
		for _, id := range kept {
			r.kept[id] = true
		}
	}
	return func(id casefile.ID) (w access.Walls) {
		if r.kept[id] {
			w.Staff = []casefile.ID{r.me.ID}
		}
		return w
	}, nil
}

// count counts what stands in the queue of the reader, up to CountedTo of each urgency.
func (r *reader) count(ctx context.Context, counts map[casefile.Urgency]int) error {
	if r.ask.List != Waiting {
		return nil
	}
	for _, s := range r.steps {
		if s.writing || counts[*s.urgency] > CountedTo {
			continue
		}
		n, err := r.tally(ctx, s, CountedTo+1-counts[*s.urgency])
		if err != nil {
			return err
		}
		if n > 0 {
			counts[*s.urgency] += n
		}
	}
	return nil
}

// tally counts a shelf. For those for whom nothing but a hand keeps a case out of the
// list, no case has to be opened for it.
func (r *reader) tally(ctx context.Context, s step, limit int) (int, error) {
	spots, err := r.spots(ctx, s, store.Spot{}, limit)
	if err != nil || len(spots) == 0 {
		return 0, err
	}
	if !seesAll(r.me) || r.me.Agency != access.Own {
		found, err := r.listed(ctx, s, spots)
		return len(found), err
	}
	walls, err := r.walls(ctx, nil)
	return len(slices.DeleteFunc(spots, func(s store.Spot) bool { return err == nil && walls(s.ID).Keep(r.me) })), err
}
