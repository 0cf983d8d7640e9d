package hear

import (
	"testing"

	"pulang/internal/casefile"
)

// placeOf is the place an Ear hears in a text; empty: none.
func placeOf(e *Ear, text string) string {
	if r := e.Read(casefile.ID{}, casefile.KindText, casefile.Hide(text), casefile.Hearing{}); r.Place != nil {
		return r.Place.Name
	}
	return ""
}

func TestAnAddedSpellingIsHeardAndNoMisspellingOfIt(t *testing.T) {
	t.Parallel()
	plain := ear(t)
	added := plain.With([]Spelling{{"qwelu", "Myawaddy"}, {"blok wijaya", "KK Park"}, {"gedung biru", "Bavet"}, {"zzzz", "No Such Place"}})
	for text, want := range map[string]string{
		"saya disekap di qwelu": "Myawaddy", "saya diqwelu tolong": "Myawaddy", "TOLONG SAYA DI QWELU": "Myawaddy",
		"tolong saya di qwelo": "", "tolong saya di qwlu": "",
		"kami ditahan di Blok Wijaya": "KK Park", "kami ditahan di blok wijay": "",
		"kami ditahan di gedung biru": "Bavet", "ada gedung biru besar": "",
		"saya di zzzz": "", "saya disekap di kk park": "KK Park",
	} {
		if got := placeOf(added, text); got != want {
			t.Errorf("%q is heard as %q, want %q", text, got, want)
		}
		if got := placeOf(plain, text); got != "" && got != "KK Park" {
			t.Errorf("%q is heard as %q by the Ear nothing was added to", text, got)
		}
	}
}

func TestASpellingThatMayMeanElseDoesNotFit(t *testing.T) {
	t.Parallel()
	e := ear(t).With([]Spelling{{"qwelu", "Myawaddy"}})
	for _, c := range []struct {
		text, place string
		want        Misfit
		what        string
	}{
		{"xwabo", "Nowhere", NoSuchPlace, ""},
		{"xwa", "Myawaddy", TooShort, ""},
		{"x w a 1 2 3", "Myawaddy", TooShort, ""},
		{"", "Myawaddy", TooShort, ""},
		{"dekat xwabo yang ada banyak orang", "Myawaddy", TooLong, ""},
		{"myawadi", "Myawaddy", KnownAlready, "Myawaddy"},
		{"Qwelu", "Myawaddy", KnownAlready, "Myawaddy"},
		{"qwelu", "Bavet", OtherPlace, "Myawaddy"},
		{"bangkok xwabo", "Bavet", OtherPlace, "Bangkok"},
		{"medan", "Bavet", OtherPlace, "Medan"},
		{"kucing", "Bavet", CommonWord, ""},
		{"pagi", "Bavet", CommonWord, "pagi"},
		{"siang2", "Bavet", CommonWord, "siang"},
		{"dskp", "Bavet", SpokenOf, "dskp"},
		{"disekap", "Bavet", SpokenOf, "disekap"},
		{"rumah penjara", "Bavet", SpokenOf, "penjara"},
		{"hapus", "Bavet", SpokenOf, ""},
		{"polisi", "Bavet", SpokenOf, ""},
		{"xwabo", "Bavet", "", ""},
		{"xwabo compound", "Bavet", "", ""},
		{"Blok Wijaya", "Bavet", "", ""},
	} {
		got, what := e.Fit(Spelling{Folded(c.text), c.place})
		if got != c.want || c.what != "" && what != c.what {
			t.Errorf("%q for %s: %q (%s), want %q (%s)", c.text, c.place, got, what, c.want, c.what)
		}
	}
}

// TestEveryPlaceOfTheListTakesASpelling: what staff choose from is what can be heard.
func TestEveryPlaceOfTheListTakesASpelling(t *testing.T) {
	t.Parallel()
	e := ear(t)
	places := e.Places()
	for _, p := range places {
		if got := placeOf(e.With([]Spelling{{"qwelu", p.Name}}), "saya disekap di qwelu"); got != p.Name {
			t.Errorf("a spelling of %s is heard as %q", p.Name, got)
		}
	}
	if len(places) < 100 {
		t.Errorf("%d places", len(places))
	}
}
