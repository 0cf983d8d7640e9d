package cases

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/hear"
	"pulang/internal/store"
)

// misfits fails unless a spelling was not added for this reason.
func misfits(t *testing.T, err error, why hear.Misfit) {
	t.Helper()
	var misfit *Misfit
	if !errors.As(err, &misfit) || misfit.Why != why {
		t.Errorf("got %v, want a misfit: %s", err, why)
	}
}

// spellings are those that stand and those that were withdrawn, as lines.
func (h *house) spellings(who access.Staff) []string {
	h.Helper()
	book, err := h.Spellings(h.Context(), who)
	if err != nil {
		h.Fatal(err)
	}
	var lines []string
	for _, a := range book.Aliases {
		lines = append(lines, fmt.Sprint(a.Spelling, " = ", a.Place, " by ", book.Names[a.AddedBy].Reveal(), " ", book.Names[a.WithdrawnBy].Reveal()))
	}
	return lines
}

func TestASpellingIsAddedAndWithdrawnByName(t *testing.T) {
	h := newHouse(t)
	ctx, adi := t.Context(), h.Member("adi", access.Administrator)
	if err := h.AddSpelling(ctx, h.siti, "  QWELU ", "Myawaddy"); err != nil {
		t.Fatal(err)
	}
	h.Forward(time.Minute)
	misfits(t, h.AddSpelling(ctx, adi, "qwelu", "Myawaddy"), hear.KnownAlready)
	misfits(t, h.AddSpelling(ctx, adi, "qwelu", "Bavet"), hear.OtherPlace)
	misfits(t, h.AddSpelling(ctx, adi, "disekap", "Bavet"), hear.SpokenOf)
	same(t, "standing", h.spellings(adi), []string{"qwelu = Myawaddy by siti "})
	book, _ := h.Spellings(ctx, adi)
	id := book.Aliases[0].ID
	if err := h.WithdrawSpelling(ctx, adi, id); err != nil {
		t.Fatal(err)
	}
	wants(t, h.WithdrawSpelling(ctx, h.siti, id), Changed)
	same(t, "withdrawn", h.spellings(adi), []string{"qwelu = Myawaddy by siti adi"})
	if err := h.AddSpelling(ctx, adi, "qwelu", "Bavet"); err != nil {
		t.Error(err) // what was withdrawn may mean another place
	}
	var audited []string
	h.Tx(func(tx *store.Tx) error {
		found, err := tx.AuditRecords(ctx, store.AuditFilter{Action: "place", Limit: 10})
		for _, r := range found {
			audited = append(audited, r.Login+" "+r.Action+" "+r.Detail.Reveal())
		}
		return err
	})
	same(t, "audit", audited, []string{"adi place.alias_added qwelu = Bavet", "adi place.alias_withdrawn qwelu = Myawaddy", "siti place.alias_added qwelu = Myawaddy"})
}

func TestOnlyWhoKeepsPlacesSeesOrChangesThem(t *testing.T) {
	h := newHouse(t)
	for _, who := range []access.Staff{h.budi, h.Member("ani", access.Auditor), h.Member("worker", access.CaseWorker)} {
		_, err := h.Spellings(t.Context(), who)
		for _, err := range []error{err, h.AddSpelling(t.Context(), who, "qwelu", "Bavet"), h.WithdrawSpelling(t.Context(), who, casefile.NewID(h.Bed.Now()))} {
			if !errors.Is(err, access.ErrDenied) {
				t.Errorf("%s: %v", who.Role, err)
			}
		}
	}
	same(t, "spellings", h.spellings(h.siti), nil)
}

func TestThereIsAnEndToSpellings(t *testing.T) {
	h := newHouse(t)
	h.Tx(func(tx *store.Tx) error {
		for i := range MostAliases {
			a := store.PlaceAlias{ID: casefile.NewID(h.Bed.Now()), Spelling: fmt.Sprintf("qwelu%d", i), Place: "Bavet", AddedBy: h.siti.ID, AddedAt: h.Bed.Now()}
			if err := tx.AddPlaceAlias(t.Context(), a); err != nil {
				return err
			}
		}
		return nil
	})
	misfits(t, h.AddSpelling(t.Context(), h.siti, "xwabo", "Bavet"), TooMany)
}
