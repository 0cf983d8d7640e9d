package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
)

// PlaceAlias is a further spelling of a place, as staff added it. It says nothing of
// any person.
type PlaceAlias struct {
	ID          casefile.ID
	Spelling    string // in small plain letters, as it is compared
	Place       string // the name of the place in the list of the program
	AddedBy     casefile.ID
	AddedAt     time.Time
	WithdrawnBy casefile.ID // zero: it stands
	WithdrawnAt time.Time
}

// Stands reports whether the spelling is heard.
func (a PlaceAlias) Stands() bool { return a.WithdrawnAt.IsZero() }

// AddPlaceAlias adds a spelling. ErrConflict, at the next Flush, when it stands already.
func (t *Tx) AddPlaceAlias(_ context.Context, a PlaceAlias) error {
	t.later("add place alias", 1, `
		INSERT INTO place_aliases (id, spelling, place, added_by, added_at)
		VALUES ($1, $2, $3, $4, $5)`, a.ID, a.Spelling, a.Place, a.AddedBy, a.AddedAt)
	return nil
}

// WithdrawPlaceAlias takes a spelling away. ErrStale when it does not stand any more.
func (t *Tx) WithdrawPlaceAlias(_ context.Context, id, by casefile.ID, now time.Time) error {
	t.later("withdraw place alias", 1, `
		UPDATE place_aliases SET withdrawn_by = $2, withdrawn_at = $3
		WHERE id = $1 AND withdrawn_at IS NULL`, id, by, now)
	return nil
}

// PlaceAliases reads the spellings that stand, by place, and after them at most so many
// of those that were withdrawn, newest first.
func (t *Tx) PlaceAliases(ctx context.Context, withdrawn int) ([]PlaceAlias, error) {
	var all []PlaceAlias
	err := t.query(ctx, "read place aliases", func(rows pgx.Rows) error {
		var a PlaceAlias
		err := rows.Scan(&a.ID, &a.Spelling, &a.Place, &a.AddedBy, clock{&a.AddedAt}, &a.WithdrawnBy, clock{&a.WithdrawnAt})
		all = append(all, a)
		return err
	}, `
		SELECT id, spelling, place, added_by, added_at, withdrawn_by, withdrawn_at FROM (
			(SELECT p.*, 0 AS after FROM place_aliases p WHERE p.withdrawn_at IS NULL)
			UNION ALL
			(SELECT p.*, 1 FROM place_aliases p WHERE p.withdrawn_at IS NOT NULL
			 ORDER BY p.withdrawn_at DESC, p.id DESC LIMIT $1)) AS listed
		ORDER BY after, withdrawn_at DESC, place, spelling, id`, withdrawn)
	return all, err
}
