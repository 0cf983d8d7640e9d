package console

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/hear"
)

// placesPage is the spellings of places that staff added, with the form for another one.
type placesPage struct {
	Standing  []spellingRow
	Withdrawn []spellingRow
	Countries []placesOf
	Form      spellingForm
	Problem   *spellingProblem
	Done      string
}

// placesOf are the places of one country, to choose one of.
type placesOf struct {
	Country string
	Names   []string
}

// spellingRow is one spelling as it is shown.
type spellingRow struct {
	ID, Spelling, Place string
	By, WithdrawnBy     string
	At, WithdrawnAt     time.Time
	Lost                bool // this release has no such place: nothing is heard
}

// spellingForm is a spelling as it is typed.
type spellingForm struct{ Spelling, Place string }

// spellingProblem says what was not done, and which place or word stands in the way.
type spellingProblem struct {
	Why, What string
	Form      bool // it is about the form
}

// doneToPlaces are the things that may have been done before the page is shown.
var doneToPlaces = []string{"added", "withdrawn"}

func (c *console) places(v *visit) error {
	return c.showPlaces(v, http.StatusOK, placesPage{Done: v.wasDone(doneToPlaces)})
}

// showPlaces fills in what there is and writes the page.
func (c *console) showPlaces(v *visit, status int, page placesPage) error {
	book, err := c.Cases.Spellings(v.ctx(), v.staff.Staff)
	if err != nil {
		return err
	}
	for _, p := range book.Places {
		if n := len(page.Countries); n == 0 || page.Countries[n-1].Country != p.Country {
			page.Countries = append(page.Countries, placesOf{Country: p.Country})
		}
		last := &page.Countries[len(page.Countries)-1]
		last.Names = append(last.Names, p.Name)
	}
	for _, a := range book.Aliases {
		row := spellingRow{ID: a.ID.String(), Spelling: a.Spelling, Place: a.Place, By: book.Names[a.AddedBy].Reveal(), At: a.AddedAt,
			WithdrawnBy: book.Names[a.WithdrawnBy].Reveal(), WithdrawnAt: a.WithdrawnAt,
			Lost: !slices.ContainsFunc(book.Places, func(p hear.Place) bool { return p.Name == a.Place })}
		if a.Stands() {
			page.Standing = append(page.Standing, row)
		} else {
			page.Withdrawn = append(page.Withdrawn, row)
		}
	}
	c.show(v, status, "places", page)
	return nil
}

func (c *console) addSpelling(v *visit) error {
	form := spellingForm{Spelling: strings.TrimSpace(v.r.PostFormValue("spelling")), Place: v.r.PostFormValue("place")}
	err := c.Cases.AddSpelling(v.ctx(), v.staff.Staff, form.Spelling, form.Place)
	var misfit *cases.Misfit
	if errors.As(err, &misfit) {
		return c.showPlaces(v, http.StatusUnprocessableEntity, placesPage{Form: form, Problem: &spellingProblem{string(misfit.Why), misfit.What, true}})
	}
	if err != nil {
		return err
	}
	http.Redirect(v.w, v.r, "/places?done=added", http.StatusSeeOther)
	return nil
}

func (c *console) withdrawSpelling(v *visit) error {
	id, err := casefile.ParseID(v.r.PathValue("id"))
	if err != nil {
		return errBadForm
	}
	err = c.Cases.WithdrawSpelling(v.ctx(), v.staff.Staff, id)
	var refused *cases.Refused
	if errors.As(err, &refused) {
		return c.showPlaces(v, http.StatusConflict, placesPage{Problem: &spellingProblem{Why: string(refused.Why)}})
	}
	if err != nil {
		return err
	}
	http.Redirect(v.w, v.r, "/places?done=withdrawn", http.StatusSeeOther)
	return nil
}
