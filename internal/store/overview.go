package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
)

// What supervisors see over all cases: counts and times, nothing that was said. Each
// statement walks an index along the time it asks for, or stops at MostOpen rows, so
// that a million cases of other times cost nothing.

// MostOpen is up to how many open cases of one urgency are counted.
const MostOpen = 1000

// Counted is how many cases of one kind began in one span.
type Counted struct {
	Span    int // which one, from 0
	Urgency casefile.Urgency
	Country string
	Flow    casefile.Flow
	N       int
}

// CountCases counts the cases that staff had to look at, by the span they began in:
// bounds[i] to bounds[i+1]. Without those in except.
func (t *Tx) CountCases(ctx context.Context, bounds []time.Time, except []casefile.ID) ([]Counted, error) {
	var found []Counted
	err := t.query(ctx, "count cases", func(rows pgx.Rows) error {
		var c Counted
		var urgency string
		err := rows.Scan(&c.Span, &urgency, &c.Country, &c.Flow, &c.N)
		c.Urgency, _ = casefile.ParseUrgency(urgency) // the schema knows no others
		c.Span--
		found = append(found, c)
		return err
	}, `
		SELECT width_bucket(k.opened_at, $1::timestamptz[]), k.urgency, k.country, k.flow, count(*)
		FROM cases k
		WHERE k.queued_at IS NOT NULL AND k.opened_at >= $2 AND k.opened_at < $3 AND k.id <> ALL($4)
		GROUP BY 1, 2, 3, 4`, bounds, bounds[0], bounds[len(bounds)-1], uuids(except))
	return found, err
}

// Waited is how long people waited for a person.
type Waited struct {
	Urgency casefile.Urgency
	N       int           // so many did
	Half    time.Duration // half of them no longer than this
	Most    time.Duration // nine in ten no longer than this
}

// WaitedForLook is how long cases that began in a span were in the queue before
// somebody opened them; those that nobody has opened are not counted.
func (t *Tx) WaitedForLook(ctx context.Context, from, to time.Time, except []casefile.ID) ([]Waited, error) {
	return t.waited(ctx, "measure first looks", `
		SELECT k.urgency, count(*), percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY greatest(0, extract(epoch FROM k.first_viewed_at - k.queued_at)))
		FROM cases k
		WHERE k.queued_at IS NOT NULL AND k.opened_at >= $1 AND k.opened_at < $2 AND k.first_viewed_at IS NOT NULL AND k.id <> ALL($3)
		GROUP BY k.urgency`, from, to, uuids(except))
}

// WaitedForAnswer is how long alerts of a span climbed before somebody answered them.
func (t *Tx) WaitedForAnswer(ctx context.Context, from, to time.Time, except []casefile.ID) ([]Waited, error) {
	return t.waited(ctx, "measure answers to alerts", `
		SELECT e.urgency, count(*), percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY greatest(0, extract(epoch FROM e.acknowledged_at - e.started_at)))
		FROM escalations e
		WHERE e.started_at >= $1 AND e.started_at < $2 AND e.acknowledged_at IS NOT NULL AND e.case_id <> ALL($3)
		GROUP BY e.urgency`, from, to, uuids(except))
}

func (t *Tx) waited(ctx context.Context, op, sql string, args ...any) ([]Waited, error) {
	var found []Waited
	err := t.query(ctx, op, func(rows pgx.Rows) error {
		var w Waited
		var urgency string
		var seconds []float64
		err := rows.Scan(&urgency, &w.N, &seconds)
		w.Urgency, _ = casefile.ParseUrgency(urgency)
		if len(seconds) == 2 {
			w.Half, w.Most = time.Duration(seconds[0]*float64(time.Second)), time.Duration(seconds[1]*float64(time.Second))
		}
		found = append(found, w)
		return err
	}, sql, args...)
	return found, err
}

// OpenNow is how the queue stands for one urgency. N is MostOpen+1 when there are more.
type OpenNow struct {
	Urgency  casefile.Urgency
	N        int
	Nobody   int       // nobody was given it, answers, or has answered its alert
	Unopened int       // nobody has looked at it
	Oldest   time.Time // since when the oldest of these waits; zero: none does
	Climbing int       // an alert waits for an answer
	Alert    time.Time // since when the oldest of these climbs
}

// OpenCases says how the queue stands, without the cases in except.
func (t *Tx) OpenCases(ctx context.Context, except []casefile.ID) ([]OpenNow, error) {
	var found []OpenNow
	err := t.query(ctx, "count open cases", func(rows pgx.Rows) error {
		var o OpenNow
		var urgency string
		err := rows.Scan(&urgency, &o.N, &o.Nobody, &o.Unopened, clock{&o.Oldest}, &o.Climbing, clock{&o.Alert})
		o.Urgency, _ = casefile.ParseUrgency(urgency)
		found = append(found, o)
		return err
	}, `
		SELECT u.urgency, o.n, o.nobody, o.unopened, o.oldest, a.n, a.oldest
		FROM unnest(ARRAY['critical', 'high', 'medium', 'low']) WITH ORDINALITY AS u (urgency, place)
		CROSS JOIN LATERAL (
			SELECT count(*) AS n,
			       count(*) FILTER (WHERE q.assigned_to IS NULL
			           AND NOT EXISTS (SELECT 1 FROM case_conversations cc JOIN conversations c ON c.id = cc.conversation_id
			                           WHERE cc.case_id = q.id AND c.taken_by IS NOT NULL)
			           AND NOT EXISTS (SELECT 1 FROM escalations x WHERE x.case_id = q.id AND x.state = 'acknowledged')) AS nobody,
			       count(*) FILTER (WHERE q.first_viewed_at IS NULL) AS unopened,
			       min(q.queued_at) FILTER (WHERE q.first_viewed_at IS NULL) AS oldest
			FROM (SELECT k.id, k.assigned_to, k.first_viewed_at, k.queued_at FROM cases k
			      WHERE k.status = 'open' AND k.queued_at IS NOT NULL AND k.urgency = u.urgency AND k.id <> ALL($1)
			      ORDER BY k.queued_at LIMIT $2) q) o
		CROSS JOIN LATERAL (
			SELECT count(*) AS n, min(c.started_at) AS oldest
			FROM (SELECT e.started_at FROM escalations e JOIN cases k ON k.id = e.case_id
			      WHERE e.state = 'climbing' AND k.urgency = u.urgency AND e.case_id <> ALL($1)
			      ORDER BY e.started_at LIMIT $2) c) a
		ORDER BY u.place`, uuids(except), MostOpen+1)
	return found, err
}

// DutyChange is that somebody went on duty, or off.
type DutyChange struct {
	Staff casefile.ID
	On    bool
	At    time.Time
}

// DutyChanges reads who went on and off duty since a moment, the newest first, as the
// audit has it.
func (t *Tx) DutyChanges(ctx context.Context, since time.Time) ([]DutyChange, error) {
	var found []DutyChange
	err := t.query(ctx, "read changes of duty", func(rows pgx.Rows) error {
		var c DutyChange
		var id casefile.ID
		var detail []byte
		if err := rows.Scan(&id, &c.On, clock{&c.At}, &detail); err != nil {
			return err
		}
		whom, err := t.keys.Own().Open(auditPlace(id), detail)
		if err == nil {
			c.Staff, err = casefile.ParseID(string(whom))
		}
		if err == nil { // one that does not open says nothing of anybody
			found = append(found, c)
		}
		return nil
	}, `
		SELECT a.id, a.action = 'staff.on_duty', a.at, a.detail_sealed
		FROM audit a
		WHERE a.action IN ('staff.on_duty', 'staff.off_duty') AND a.at >= $1 AND isfinite(a.at)
		ORDER BY a.at DESC, a.seq DESC`, since)
	return found, err
}

// ChannelNow is how a channel does.
type ChannelNow struct {
	Channel  casefile.ChannelName
	Waiting  int       // messages that nobody was answered to
	Oldest   time.Time // when the first of these arrived
	Unsent   int       // letters on their way
	Letter   time.Time // since when the first of these waits
	Failed   int       // letters that did not arrive, since the moment
	Heard    int       // messages of the last hour
	HeardAll bool      // there were more than are counted
}

// mostHeard is up to how many messages of an hour are counted.
const mostHeard = 5000

// Channels says how each channel does: what waits now, what failed since a moment, and
// what was heard since another.
func (t *Tx) Channels(ctx context.Context, failedSince, heardSince time.Time) ([]ChannelNow, error) {
	byName := map[casefile.ChannelName]*ChannelNow{}
	var names []casefile.ChannelName
	channel := func(name casefile.ChannelName) *ChannelNow {
		if byName[name] == nil {
			byName[name], names = &ChannelNow{Channel: name}, append(names, name)
		}
		return byName[name]
	}
	err := t.query(ctx, "look at channels", func(rows pgx.Rows) error {
		var name casefile.ChannelName
		var what string
		var n int
		var oldest time.Time
		err := rows.Scan(&name, &what, &n, clock{&oldest})
		c := channel(name)
		switch what {
		case "waiting":
			c.Waiting, c.Oldest = n, oldest
		case "unsent":
			c.Unsent, c.Letter = n, oldest
		case "failed":
			c.Failed = n
		case "heard":
			c.Heard, c.HeardAll = n, n >= mostHeard
		}
		return err
	}, `
		SELECT m.channel, 'waiting', count(*), min(m.received_at) FROM messages m WHERE m.state = 'waiting' GROUP BY m.channel
		UNION ALL
		SELECT o.channel, 'unsent', count(*), min(o.queued_at) FROM outbox o WHERE o.state IN ('queued', 'claimed', 'unknown') GROUP BY o.channel
		UNION ALL
		SELECT o.channel, 'failed', count(*), NULL FROM outbox o WHERE o.state = 'failed' AND o.settled_at >= $1 GROUP BY o.channel
		UNION ALL
		SELECT h.channel, 'heard', count(*), NULL
		FROM (SELECT m.channel FROM messages m WHERE m.id >= $2 AND m.conversation_id IS NOT NULL LIMIT $3) h GROUP BY h.channel
		ORDER BY 1, 2`, failedSince, idFrom(heardSince), mostHeard)
	var all []ChannelNow
	for _, name := range names {
		all = append(all, *byName[name])
	}
	return all, err
}

// idFrom is the least id that casefile.NewID makes at a time: ids are in the order of
// their times.
func idFrom(at time.Time) casefile.ID {
	id := casefile.NewID(at)
	clear(id[6:])
	return id
}
