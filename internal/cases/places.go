package cases

import (
	"context"
	"errors"
	"slices"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/hear"
	"pulang/internal/store"
)

// What staff do about the spellings of places, as the audit calls it.
const (
	actionAliasAdded     = "place.alias_added"
	actionAliasWithdrawn = "place.alias_withdrawn"
)

// MostAliases is how many spellings may stand: each is looked for in every message.
const MostAliases = 500

// shownWithdrawn is how many spellings that were taken away a page shows.
const shownWithdrawn = 50

// Misfit says that a spelling is not added, and why.
type Misfit struct {
	Why  hear.Misfit // or TooMany
	What string      // the place or the word it is about; may be empty
}

// TooMany is the misfit of one spelling too many.
const TooMany hear.Misfit = "too_many"

// Error names the reason.
func (m *Misfit) Error() string { return "spelling is not added: " + string(m.Why) }

// PlaceBook is what there is of places and of their spellings.
type PlaceBook struct {
	Places  []hear.Place       // by country
	Aliases []store.PlaceAlias // those that stand, by place; then the newest that were withdrawn
	Names   Names
}

// Spellings reads the places and what staff added to them.
func (d *Desk) Spellings(ctx context.Context, who access.Staff) (book PlaceBook, err error) {
	ear, err := d.ear()
	if err != nil {
		return book, err
	}
	book.Places = ear.Places()
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		if _, err := memberOf(ctx, tx, who, access.KeepPlaces); err != nil {
			return err
		}
		if book.Aliases, err = tx.PlaceAliases(ctx, shownWithdrawn); err != nil {
			return err
		}
		staff, err := tx.AllStaff(ctx)
		book.Names = namesOf(staff)
		return err
	})
	return book, err
}

// AddSpelling makes a spelling be heard as a place of the list. One that is short, an
// everyday word, what danger is told with, or another place is refused as *Misfit. The
// line hears it within a minute, in every process.
func (d *Desk) AddSpelling(ctx context.Context, who access.Staff, text, place string) error {
	ear, err := d.ear()
	if err != nil {
		return err
	}
	spelling := hear.Spelling{Text: hear.Folded(text), Place: place}
	err = d.onSpelling(ctx, who, actionAliasAdded, func(tx *store.Tx, me access.Staff) (string, error) {
		standing, err := tx.PlaceAliases(ctx, 0)
		if err != nil {
			return "", err
		}
		if len(standing) >= MostAliases {
			return "", &Misfit{Why: TooMany}
		}
		if why, what := ear.With(SpellingsOf(standing)).Fit(spelling); why != "" {
			return "", &Misfit{why, what}
		}
		return spelling.Text + " = " + place, tx.AddPlaceAlias(ctx, store.PlaceAlias{ID: casefile.NewID(d.Now()), Spelling: spelling.Text, Place: place,
			AddedBy: me.ID, AddedAt: d.Now()})
	})
	if errors.Is(err, store.ErrConflict) {
		return &Misfit{hear.KnownAlready, place} // a colleague added it in this moment
	}
	return err
}

// WithdrawSpelling takes a spelling away. Who added and who withdrew it stays.
func (d *Desk) WithdrawSpelling(ctx context.Context, who access.Staff, id casefile.ID) error {
	err := d.onSpelling(ctx, who, actionAliasWithdrawn, func(tx *store.Tx, me access.Staff) (string, error) {
		standing, err := tx.PlaceAliases(ctx, 0)
		if err != nil {
			return "", err
		}
		i := slices.IndexFunc(standing, func(a store.PlaceAlias) bool { return a.ID == id })
		if i < 0 {
			return "", refuse(Changed)
		}
		return standing[i].Spelling + " = " + standing[i].Place, tx.WithdrawPlaceAlias(ctx, id, me.ID, d.Now())
	})
	if errors.Is(err, store.ErrStale) {
		return refuse(Changed)
	}
	return err
}

// onSpelling does something to a spelling, and audits what work says of it.
func (d *Desk) onSpelling(ctx context.Context, who access.Staff, action string, work func(*store.Tx, access.Staff) (string, error)) error {
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, access.KeepPlaces)
		if err != nil {
			return err
		}
		detail, err := work(tx, me)
		if err != nil {
			return err
		}
		return tx.Audit(ctx, store.Entry{At: d.Now(), Actor: me.Actor(), Action: action, Detail: casefile.Hide(detail)})
	})
	if err == nil {
		d.Changed()
	}
	return err
}

// SpellingsOf are the spellings that stand, as an Ear takes them.
func SpellingsOf(aliases []store.PlaceAlias) (all []hear.Spelling) {
	for _, a := range aliases {
		if a.Stands() {
			all = append(all, hear.Spelling{Text: a.Spelling, Place: a.Place})
		}
	}
	return all
}
