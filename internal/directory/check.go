package directory

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// Wrong says which field of an entry cannot be taken, and why.
type Wrong struct {
	Field string // as the form has it: "name_id", "number_1", ...
	Why   string // below console.directory.wrong
}

// Error names the field and the reason.
func (w *Wrong) Error() string { return w.Field + ": " + w.Why }

// The reasons.
const (
	Missing    = "missing"
	TooLong    = "too_long"
	NoNumber   = "no_number"    // not a number that can be called
	OtherPlace = "other_place"  // it rings in another country than the office is in
	NoCountry  = "no_country"   // not a country
	NoDay      = "no_day"       // not a day
	OddLetters = "odd_letters"  // letters that do not belong there
	Twice      = "twice"        // the same number twice
	ManyOfThem = "many_numbers" // more than MostNumbers
)

const (
	longestName = 120
	longestText = 400
)

var (
	idForm    = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,39}$`)
	localForm = regexp.MustCompile(`^[0-9][0-9 -]{1,19}$`)
	webForm   = regexp.MustCompile(`^[a-z0-9.-]{3,80}(/[A-Za-z0-9._/-]{0,80})?$`)
)

// Check is an entry as it is kept: texts trimmed, numbers in E.164. *Wrong names the
// first field that cannot be taken. Whether there is such an agency, the caller knows.
func Check(e Entry) (Entry, error) {
	e.Name = trimmed(e.Name)
	e.Source, e.Local, e.Web = strings.TrimSpace(e.Source), strings.TrimSpace(e.Local), strings.TrimSpace(e.Web)
	switch {
	case !idForm.MatchString(e.ID):
		return e, &Wrong{"id", OddLetters}
	case !IsCountry(e.Country):
		return e, &Wrong{"country", NoCountry}
	case len(e.Serves) == 0:
		return e, &Wrong{"serves", Missing}
	case e.Local != "" && !localForm.MatchString(e.Local):
		return e, &Wrong{"local", NoNumber}
	case e.Web != "" && !webForm.MatchString(e.Web):
		return e, &Wrong{"web", OddLetters}
	case !slices.Contains(Hours, e.Hours):
		return e, &Wrong{"hours", OddLetters}
	case !slices.Contains(Marks, e.Mark):
		return e, &Wrong{"mark", OddLetters}
	case e.Checked().IsZero():
		return e, &Wrong{"checked_on", NoDay}
	}
	if w := checkTexts(e); w != nil {
		return e, w
	}
	for _, country := range e.Serves {
		if country != Anywhere && !IsCountry(country) {
			return e, &Wrong{"serves", NoCountry}
		}
	}
	numbers, w := checkNumbers(e)
	if w != nil {
		return e, w
	}
	e.Numbers = numbers
	return e, nil
}

func trimmed(names map[string]string) map[string]string {
	out := map[string]string{}
	for lang, name := range names {
		out[lang] = strings.TrimSpace(name)
	}
	return out
}

func checkTexts(e Entry) *Wrong {
	for _, text := range []struct {
		field, is string
		most      int
	}{{"name_id", e.Name["id"], longestName}, {"name_en", e.Name["en"], longestName}, {"source", e.Source, longestText}} {
		switch {
		case text.is == "":
			return &Wrong{text.field, Missing}
		case utf8.RuneCountInString(text.is) > text.most:
			return &Wrong{text.field, TooLong}
		case strings.ContainsFunc(text.is, unicode.IsControl):
			return &Wrong{text.field, OddLetters}
		}
	}
	return nil
}

// checkNumbers brings the numbers into E.164, and takes only those that ring where the
// office is.
func checkNumbers(e Entry) ([]Number, *Wrong) {
	var out []Number
	for i, n := range e.Numbers {
		field := "number_" + string(rune('1'+i))
		if i >= MostNumbers {
			return nil, &Wrong{"number_1", ManyOfThem}
		}
		if !slices.Contains(Kinds, n.Kind) || !slices.Contains(Desks, n.Desk) {
			return nil, &Wrong{field, OddLetters}
		}
		e164, why := numberIn(n.E164, e.Country)
		if why != "" {
			return nil, &Wrong{field, why}
		}
		n.E164 = e164
		if slices.ContainsFunc(out, func(o Number) bool { return o.E164 == n.E164 }) {
			return nil, &Wrong{field, Twice}
		}
		out = append(out, n)
	}
	return out, nil
}

// numberIn reads a number as it is written in a country.
func numberIn(typed, country string) (e164, why string) {
	parsed, err := phonenumbers.Parse(typed, country)
	switch {
	case err != nil || !phonenumbers.IsValidNumber(parsed) || parsed.GetExtension() != "":
		return "", NoNumber
	case phonenumbers.GetRegionCodeForNumber(parsed) != country:
		return "", OtherPlace
	}
	return phonenumbers.Format(parsed, phonenumbers.E164), ""
}

// Readable is a number as people write it, with its country code.
func Readable(e164 string) string {
	parsed, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return e164
	}
	return phonenumbers.Format(parsed, phonenumbers.INTERNATIONAL)
}

// IsCountry reports whether there are numbers of such a country, by its two letters.
func IsCountry(code string) bool { return phonenumbers.GetSupportedRegions()[code] }

// Day is a day as an entry has it.
func Day(at time.Time) string { return at.Format(time.DateOnly) }
