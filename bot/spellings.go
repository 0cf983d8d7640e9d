package bot

import (
	"context"
	"slices"
	"time"

	"pulang/internal/hear"
	"pulang/internal/store"
)

// respellEvery is how often a process looks for spellings of places that staff added
// or took away: within a minute all of them hear the same.
const respellEvery = 20 * time.Second

// respellOnce reads the spellings anew and hears with them from the next message on. It
// is no part of any turn. While the database is away, the last known ones are heard.
func (l *Line) respellOnce(ctx context.Context) (more bool, err error) {
	var aliases []store.PlaceAlias
	err = l.store.InTx(ctx, func(tx *store.Tx) (err error) {
		aliases, err = tx.PlaceAliases(ctx, 0)
		return err
	})
	if err != nil {
		return false, err
	}
	spellings := make([]hear.Spelling, len(aliases))
	for i, a := range aliases {
		spellings[i] = hear.Spelling{Text: a.Spelling, Place: a.Place}
	}
	if slices.Equal(spellings, l.spellings) {
		return false, nil
	}
	l.spellings = spellings
	l.ear.Store(l.listed.With(spellings))
	l.metrics.spellings.Set(float64(len(spellings)))
	return false, nil
}
