package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
)

// Shelf is a part of the lists of staff. Each has an order of its own, by which it is
// read on from where a page ended.
type Shelf string

// The shelves. A case stands on one of them, or on none: from before it enters the
// queue, and after it was forgotten.
const (
	ShelfRinging Shelf = "ringing" // an alert waits for an answer; by how long
	ShelfOpen    Shelf = "open"    // the others of the queue; the oldest first
	ShelfSnoozed Shelf = "snoozed" // put off; what comes back first is first
	ShelfClosed  Shelf = "closed"  // the last closed first
)

// ShelfQueue is for counting: the open shelf with those of its cases that ring, which
// need not be told apart one by one.
const ShelfQueue Shelf = "queue"

// Spot is where a case stands on a shelf, and what is plain of it.
type Spot struct {
	At       time.Time
	ID       casefile.ID
	Ref      string
	Urgency  casefile.Urgency
	Team     string
	ClosedAt time.Time
	Version  int64
}

// Look says which cases of a shelf to read. What is nil or zero does not matter.
type Look struct {
	Urgency       *casefile.Urgency
	Country       *string
	Flow          *casefile.Flow
	Team          *string
	AssignedTo    casefile.ID
	Nobody        bool          // nobody was given it, answers, or has answered its alert
	Only          []casefile.ID // nil: any
	ClosedAfter   time.Time
	Within        *Within
	After         Spot // behind this one
	Limit         int
	Now           time.Time
	WritingSince  time.Time // only of people who wrote after this
	NotQueued     bool      // only what does not stand on ShelfQueue
	outsideOfTeam bool
}

// Within narrows a look to a team and to some cases besides.
type Within struct {
	Team    string
	Besides []casefile.ID
}

// clauses gathers what a look asks for. A question mark stands for the next argument.
type clauses struct {
	sql  []string
	args []any
}

func (c *clauses) and(sql string, args ...any) {
	for _, a := range args {
		sql = strings.Replace(sql, "?", c.arg(a), 1)
	}
	c.sql = append(c.sql, sql)
}

// arg adds an argument and says how it is written.
func (c *clauses) arg(a any) string {
	c.args = append(c.args, a)
	return "$" + strconv.Itoa(len(c.args))
}

// shelves are what stands on each, its key, and how it is read on: each is a walk
// along one index.
var shelves = map[Shelf]struct{ from, key, where, after, order string }{
	ShelfRinging: {`escalations e JOIN cases k ON k.id = e.case_id`, `e.started_at`,
		`e.state = 'climbing' AND k.status = 'open'`, `(e.started_at, k.id) > (?, ?)`, `e.started_at, k.id`},
	ShelfOpen: {`cases k`, `k.queued_at`, `k.status = 'open' AND k.queued_at IS NOT NULL AND ` + notClimbing,
		`(k.queued_at, k.id) > (?, ?)`, `k.queued_at, k.id`},
	ShelfQueue: {`cases k`, `k.queued_at`, `k.status = 'open' AND k.queued_at IS NOT NULL`,
		`(k.queued_at, k.id) > (?, ?)`, `k.queued_at, k.id`},
	ShelfSnoozed: {`cases k`, `k.snoozed_until`, `k.status = 'open' AND k.snoozed_until IS NOT NULL AND ` + notClimbing,
		`(k.snoozed_until, k.id) > (?, ?)`, `k.snoozed_until, k.id`},
	ShelfClosed: {`cases k`, `k.closed_at`, `k.status = 'closed' AND k.forgotten_at IS NULL`,
		`(k.closed_at, k.id) < (?, ?)`, `k.closed_at DESC, k.id DESC`},
}

const notClimbing = `NOT EXISTS (SELECT 1 FROM escalations e WHERE e.case_id = k.id AND e.state = 'climbing')`

// Shelve reads where cases stand on a shelf, in its order.
func (t *Tx) Shelve(ctx context.Context, s Shelf, l Look) ([]Spot, error) {
	var spots []Spot
	walks := l.walks()
	for _, walk := range walks {
		found, err := t.shelve(ctx, s, walk)
		if err != nil || len(walks) == 1 {
			return found, err
		}
		spots = append(spots, found...)
	}
	slices.SortFunc(spots, func(a, b Spot) int {
		if s == ShelfClosed {
			a, b = b, a
		}
		if by := a.At.Compare(b.At); by != 0 {
			return by
		}
		return slices.Compare(a.ID[:], b.ID[:])
	})
	return spots[:min(len(spots), l.Limit)], nil
}

func (t *Tx) shelve(ctx context.Context, s Shelf, l Look) ([]Spot, error) {
	shelf := shelves[s]
	// Planned with what is asked for: a country of three cases is another walk than
	// one of a hundred thousand.
	c := &clauses{}
	c.and(shelf.where)
	l.narrow(c, s)
	if !l.After.At.IsZero() {
		c.and(shelf.after, l.After.At, l.After.ID)
	}
	limit, where := c.arg(l.Limit), strings.Join(c.sql, "\n\t\t  AND ")
	var spots []Spot
	err := t.query(ctx, "read shelf", func(rows pgx.Rows) error {
		var at Spot
		var urgency string
		err := rows.Scan(mark{&at.ID}, clock{&at.At}, &at.Ref, &urgency, &at.Team, clock{&at.ClosedAt}, &at.Version)
		at.Urgency, _ = casefile.ParseUrgency(urgency) // the schema allows no other word
		spots = append(spots, at)
		return err
	}, `
		SELECT k.id, `+shelf.key+`, k.ref, k.urgency, k.team, k.closed_at, k.version
		FROM `+shelf.from+`
		WHERE `+where+`
		ORDER BY `+shelf.order+` LIMIT `+limit, append([]any{pgx.QueryExecModeCacheDescribe}, c.args...)...)
	return spots, err
}

// narrow adds what a look asks for.
func (l Look) narrow(c *clauses, s Shelf) {
	if l.Urgency != nil {
		c.and(`k.urgency = ?`, l.Urgency.String())
	}
	if l.Country != nil {
		c.and(`k.country = ?`, *l.Country)
	}
	if l.Flow != nil {
		c.and(`k.flow = ?`, string(*l.Flow))
	}
	if l.Team != nil {
		c.and(`k.team = ?`, *l.Team)
	}
	if !l.AssignedTo.IsZero() {
		c.and(`k.assigned_to = ?`, l.AssignedTo)
	}
	if l.Only != nil {
		c.and(`k.id = ANY(?)`, uuids(l.Only))
	}
	switch {
	case l.outsideOfTeam:
		c.and(`k.id = ANY(?) AND k.team <> ?`, uuids(l.Within.Besides), l.Within.Team)
	case l.Within != nil:
		c.and(`k.team = ?`, l.Within.Team)
	}
	if l.Nobody {
		c.and(`k.assigned_to IS NULL`)
		c.and(`NOT EXISTS (SELECT 1 FROM case_conversations cc JOIN conversations c ON c.id = cc.conversation_id
		                   WHERE cc.case_id = k.id AND c.taken_by IS NOT NULL)`)
		c.and(`NOT EXISTS (SELECT 1 FROM escalations x WHERE x.case_id = k.id AND x.state = 'acknowledged')`)
	}
	if !l.WritingSince.IsZero() {
		c.and(`k.last_in_at > ?`, l.WritingSince)
		c.and(`k.id IN (SELECT cc.case_id FROM case_conversations cc WHERE cc.conversation_id IN (
		           SELECT w.conversation_id FROM (SELECT r.conversation_id FROM turns r WHERE r.at > ? ORDER BY r.at DESC LIMIT ?) w))`,
			l.WritingSince, mostTurns)
	}
	if l.NotQueued {
		c.and(`(k.queued_at IS NULL OR k.snoozed_until > ?)`, l.Now)
	}
	switch s {
	case ShelfOpen, ShelfQueue:
		c.and(`(k.snoozed_until IS NULL OR k.snoozed_until <= ?)`, l.Now)
	case ShelfSnoozed:
		c.and(`k.snoozed_until > ?`, l.Now)
	case ShelfClosed:
		if !l.ClosedAfter.IsZero() {
			c.and(`k.closed_at > ?`, l.ClosedAfter)
		}
	}
}

// mostTurns is how many turns are looked through for people who write now, and
// mostNeeded how far back somebody's own alerts are.
const (
	mostTurns  = 5000
	mostNeeded = 2000
)

// Glances weighs cases for a list: without what only opens further ones to somebody
// (need, glass) and without walls. It is StandsOf for many, at a fraction of the work.
func (t *Tx) Glances(ctx context.Context, cases []casefile.ID) (map[casefile.ID]Stand, error) {
	found := make(map[casefile.ID]Stand, len(cases))
	err := t.query(ctx, "glance at cases", func(rows pgx.Rows) error {
		var s Stand
		var urgency string
		var assessment, group, wrapped []byte
		var lane casefile.ID
		err := rows.Scan(&s.ID, &s.Ref, &urgency, &s.File.Team, clock{&s.File.ClosedAt}, &s.File.Climbing, &s.Version, &assessment, &group, &lane, &wrapped)
		if before, again := found[s.ID]; again { // one row for each conversation
			s = before
		}
		s.Urgency, _ = casefile.ParseUrgency(urgency) // the schema allows no other word
		if err == nil {
			t.openStand(&s, assessment, group, lane, wrapped)
		}
		found[s.ID] = s
		return err
	}, `
		SELECT k.id, k.ref, k.urgency, k.team, k.closed_at,
			EXISTS (SELECT 1 FROM escalations e WHERE e.case_id = k.id AND e.state = 'climbing'),
			k.version, k.assessment_sealed, k.group_sealed, c.id, c.wrapped_key
		FROM cases k
		LEFT JOIN case_conversations cc ON cc.case_id = k.id
		LEFT JOIN conversations c ON c.id = cc.conversation_id
		WHERE k.id = ANY($1)`, uuids(cases))
	return found, err
}

// Needed lists the cases that a member of staff has to do with and that are not of
// their team: they were alerted, answered the alert, took over, were given it or a task
// of it, or opened it with a reason. It looks at the newest of each, and is for lists;
// whether somebody reaches a case is weighed case by case.
func (t *Tx) Needed(ctx context.Context, staff casefile.ID, team string, now time.Time) ([]casefile.ID, error) {
	var ids []casefile.ID
	err := t.query(ctx, "read cases of staff", func(rows pgx.Rows) error {
		var id casefile.ID
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}, `
		SELECT k.id FROM cases k
		WHERE k.team <> $2 AND k.forgotten_at IS NULL AND k.id IN (
			SELECT e.case_id FROM (SELECT a.escalation_id FROM alerts a WHERE a.staff_id = $1 ORDER BY a.escalation_id DESC LIMIT $4) mine
			JOIN escalations e ON e.id = mine.escalation_id
			UNION (SELECT e.case_id FROM escalations e WHERE e.acknowledged_by = $1 ORDER BY e.id DESC LIMIT $4)
			UNION (SELECT n.case_id FROM case_notes n WHERE n.staff_id = $1 AND n.kind = 'taken' ORDER BY n.id DESC LIMIT $4)
			UNION SELECT cc.case_id FROM conversations c JOIN case_conversations cc ON cc.conversation_id = c.id WHERE c.taken_by = $1
			UNION SELECT o.id FROM cases o WHERE o.assigned_to = $1 AND o.status = 'open'
			UNION SELECT w.case_id FROM tasks w WHERE w.staff_id = $1 AND w.state = 'open'
			UNION SELECT g.case_id FROM glass g WHERE g.staff_id = $1 AND g.until > $3)`, staff, team, now, mostNeeded)
	return ids, err
}

// InHandOf lists the open cases that a member of staff was given, or answers in.
func (t *Tx) InHandOf(ctx context.Context, staff casefile.ID) ([]casefile.ID, error) {
	ids := []casefile.ID{}
	err := t.query(ctx, "read cases in hand", func(rows pgx.Rows) error {
		var id casefile.ID
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}, `
		SELECT k.id FROM cases k WHERE k.assigned_to = $1 AND k.status = 'open'
		UNION
		SELECT cc.case_id FROM conversations c JOIN case_conversations cc ON cc.conversation_id = c.id WHERE c.taken_by = $1`, staff)
	return ids, err
}

// CasesOfAddresses finds the cases of people by their addresses.
func (t *Tx) CasesOfAddresses(ctx context.Context, addresses []casefile.Address) ([]casefile.ID, error) {
	found, err := t.FindConversations(ctx, addresses)
	if err != nil {
		return nil, err
	}
	var ids []casefile.ID
	for _, f := range found {
		id, err := t.CaseOf(ctx, f.ID)
		if err != nil {
			return nil, err
		}
		if !id.IsZero() && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}
