package store

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
)

// Mark is a case that stands on a shelf, as far as counting needs to know it.
type Mark struct {
	ID      casefile.ID
	Urgency casefile.Urgency
	Team    string
	Version int64
}

// Marks lists what stands on a shelf, of each of these urgencies up to the limit of the
// look. It is Shelve for counting: one statement for all urgencies, and of each case no
// more than a handful of bytes.
func (t *Tx) Marks(ctx context.Context, s Shelf, l Look, of []casefile.Urgency) ([]Mark, error) {
	var marks []Mark
	read := func(rows pgx.Rows) error {
		var m Mark
		var urgency string
		err := rows.Scan(&urgency, mark{&m.ID}, &m.Team, &m.Version)
		m.Urgency, _ = casefile.ParseUrgency(urgency) // the schema allows no other word
		marks = append(marks, m)
		return err
	}
	for _, walk := range l.walks() {
		each, args := walk.ofEach(s, `k.id, k.team, k.version`, of, nil)
		err := t.query(ctx, "mark shelf", read, `
			SELECT u.urgency, x.id, x.team, x.version
			FROM unnest($1::text[]) AS u (urgency), LATERAL (`+each+`) x`, args...)
		if err != nil {
			return nil, err
		}
	}
	return marks, nil
}

// Tally counts what stands on a shelf, of each of these urgencies up to the limit of the
// look, without some cases.
func (t *Tx) Tally(ctx context.Context, s Shelf, l Look, of []casefile.Urgency, but []casefile.ID) (map[casefile.Urgency]int, error) {
	counts := map[casefile.Urgency]int{}
	read := func(rows pgx.Rows) error {
		var urgency string
		var n int
		err := rows.Scan(&urgency, &n)
		if u, ok := casefile.ParseUrgency(urgency); ok && n > 0 {
			counts[u] += n
		}
		return err
	}
	for _, walk := range l.walks() {
		each, args := walk.ofEach(s, `1`, of, but)
		err := t.query(ctx, "count shelf", read, `
			SELECT u.urgency, (SELECT count(*) FROM (`+each+`) x)
			FROM unnest($1::text[]) AS u (urgency)`, args...)
		if err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// walks are the looks that a look is made of: each goes along its own index; one with an
// OR would walk along everybody's.
func (l Look) walks() []Look {
	if l.Within == nil || len(l.Within.Besides) == 0 {
		return []Look{l}
	}
	team, others := l, l
	team.Within, others.outsideOfTeam = &Within{Team: l.Within.Team}, true
	return []Look{team, others}
}

// ofEach is a walk along a shelf for the urgency of each row of u, and the arguments of
// a statement whose first is all urgencies.
func (l Look) ofEach(s Shelf, columns string, of []casefile.Urgency, but []casefile.ID) (sql string, args []any) {
	words := make([]string, len(of))
	for i, u := range of {
		words[i] = u.String()
	}
	c := &clauses{}
	c.arg(words)
	shelf := shelves[s]
	c.and(shelf.where)
	c.and(`k.urgency = u.urgency`)
	l.narrow(c, s)
	if len(but) > 0 {
		c.and(`k.id <> ALL (?)`, uuids(but))
	}
	limit := c.arg(l.Limit)
	return `
			SELECT ` + columns + `
			FROM ` + shelf.from + `
			WHERE ` + strings.Join(c.sql, "\n\t\t\t  AND ") + `
			ORDER BY ` + shelf.order + ` LIMIT ` + limit, append([]any{pgx.QueryExecModeCacheDescribe}, c.args...)
}
