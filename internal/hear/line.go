package hear

import (
	"time"

	"pulang/internal/casefile"
)

// Heard is what `pulang hear` prints of one text, as JSON.
type Heard struct {
	Lang     string      `json:"lang"`
	Danger   bool        `json:"danger"`
	Reasons  []string    `json:"reasons"`
	Place    *HeardPlace `json:"place"`
	Reporter string      `json:"reporter"`
}

// HeardPlace is a place of places.csv as `pulang hear` prints it.
type HeardPlace struct {
	Name    string `json:"name"`
	Country string `json:"country"`
}

// Line hears one text by itself, as a first message. Unlike Read it names a
// reporter for a text that says nothing about one, as people who label messages
// do: a bare cry is a victim's, a greeting or a digit is information. Reasons are
// words of the text.
func (e *Ear) Line(text string) Heard {
	r, who := e.read(casefile.ID{}, casefile.KindText, casefile.Hide(text), casefile.Hearing{Now: time.Unix(0, 0)})
	out := Heard{Lang: string(r.Lang), Danger: r.HasDanger(), Reasons: []string{}, Reporter: string(who)}
	for _, d := range r.Dangers {
		out.Reasons = append(out.Reasons, d.Phrase.Reveal())
	}
	if r.Place != nil {
		out.Place = &HeardPlace{r.Place.Name, r.Place.Country}
	}
	if who == casefile.ReporterUnknown {
		switch {
		case out.Danger:
			out.Reporter = string(casefile.Victim)
		case !r.Empty:
			out.Reporter = string(casefile.Info)
		}
	}
	return out
}
