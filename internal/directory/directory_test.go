package directory

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// office is an entry that staff could write.
func office(change ...func(*Entry)) Entry {
	e := Entry{ID: "kbri-bangkok", Agency: "mission", Name: map[string]string{"id": "Kedutaan di Bangkok", "en": "Embassy in Bangkok"},
		Country: "TH", Serves: []string{"TH"}, Numbers: []Number{{E164: "+66929031103", Kind: Phone}}, Source: "called", CheckedOn: "2026-02-01"}
	for _, c := range change {
		c(&e)
	}
	return e
}

func numbered(numbers ...string) func(*Entry) {
	return func(e *Entry) {
		e.Numbers = nil
		for _, n := range numbers {
			e.Numbers = append(e.Numbers, Number{E164: n, Kind: Phone})
		}
	}
}

// The hotline of Bangkok was printed with the prefix of Singapore by four newspapers.
func TestANumberRingsWhereTheOfficeIs(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"+65929031103":    NoNumber,   // as they printed it
		"+6591234567":     OtherPlace, // a good number of Singapore
		"+6281290070027":  OtherPlace,
		"+66929031103":    "",
		"092 903 1103":    "", // as it is written in Thailand
		"+66 92 903-1103": "",
		"929031103#12":    NoNumber,
		"110":             NoNumber,
		"":                NoNumber,
	} {
		got, err := Check(office(numbered(number)))
		var wrong *Wrong
		switch {
		case want == "" && (err != nil || got.Numbers[0].E164 != "+66929031103"):
			t.Errorf("%q becomes %v, %v", number, got.Numbers, err)
		case want != "" && (!errors.As(err, &wrong) || wrong.Why != want || wrong.Field != "number_1"):
			t.Errorf("%q: %v, want %s", number, err, want)
		}
	}
}

func TestAnEntryIsTakenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]struct {
		change      func(*Entry)
		field, want string
	}{
		"no name":       {func(e *Entry) { e.Name = map[string]string{"id": "Kedutaan"} }, "name_en", Missing},
		"long name":     {func(e *Entry) { e.Name["id"] = strings.Repeat("a", longestName+1) }, "name_id", TooLong},
		"no source":     {func(e *Entry) { e.Source = " " }, "source", Missing},
		"control":       {func(e *Entry) { e.Source = "a\x1bb" }, "source", OddLetters},
		"no country":    {func(e *Entry) { e.Country = "XX" }, "country", NoCountry},
		"serves nobody": {func(e *Entry) { e.Serves = nil }, "serves", Missing},
		"serves XX":     {func(e *Entry) { e.Serves = []string{"XX"} }, "serves", NoCountry},
		"no day":        {func(e *Entry) { e.CheckedOn = "yesterday" }, "checked_on", NoDay},
		"three numbers": {numbered("+66929031103", "+66961923237", "+6623901234"), "number_1", ManyOfThem},
		"one twice":     {numbered("+66929031103", "092 903 1103"), "number_2", Twice},
		"odd kind":      {func(e *Entry) { e.Numbers[0].Kind = "fax" }, "number_1", OddLetters},
		"odd id":        {func(e *Entry) { e.ID = "KBRI!" }, "id", OddLetters},
		"odd local":     {func(e *Entry) { e.Local = "call us" }, "local", NoNumber},
		"odd web":       {func(e *Entry) { e.Web = "javascript:alert(1)" }, "web", OddLetters},
	} {
		var wrong *Wrong
		if _, err := Check(office(bad.change)); !errors.As(err, &wrong) || wrong.Field != bad.field || wrong.Why != bad.want {
			t.Errorf("%s: %v, want %s %s", name, err, bad.field, bad.want)
		}
	}
}

// What is shipped is what was found in print, number by number. A new number needs a
// source; an officer's own phone, and what has no source, is not here.
func TestOnlyWhatWasPublishedIsShipped(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"kemlu": {"+6281290070027"}, "kbri-yangon": {"+9595037055"}, "kbri-bangkok": {"+66929031103"},
		"kbri-phnom-penh": {"+85512813282", "+85561844661"}, "kbri-vientiane": nil, "kbri-manila": {"+639173198470"},
		"kjri-songkhla": nil, "kjri-dubai": nil, "kbri-kuala-lumpur": nil, "kbri-hanoi": nil,
		"kp2mi": {"+622129244800", "+628118080141"}, "sapa129": {"+628111129129"}, "lpsk": {"+6285770010048"}, "polri": nil,
		"kemensos": nil, "iom": {"+622157951275"}, "sbmi": nil, "migrant-care": {"+622127808211"},
	}
	all, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		numbers, known := want[e.ID]
		var got []string
		for _, n := range e.Numbers {
			got = append(got, n.E164)
		}
		if !known || !slices.Equal(got, numbers) {
			t.Errorf("%s ships %v, want %v", e.ID, got, numbers)
		}
		if agency, ok := access.ParseAgency(e.Agency); !ok || agency == access.Own {
			t.Errorf("%s: %q is no agency that access knows", e.ID, e.Agency)
		}
		if (e.Mark == "missing" || e.Mark == "check") != (len(e.Numbers) == 0) {
			t.Errorf("%s is marked %q with %d numbers", e.ID, e.Mark, len(e.Numbers))
		}
		if e.Confirmed != (e.ID == "kemlu") {
			t.Errorf("%s ships confirmed: %v; only the Foreign Ministry does", e.ID, e.Confirmed)
		}
		delete(want, e.ID)
	}
	if len(want) > 0 {
		t.Errorf("not shipped: %v", want)
	}
}

func TestABadFileIsNotRead(t *testing.T) {
	t.Parallel()
	const good = `[[institution]]
id = "kemlu"
agency = "kemlu"
country = "ID"
serves = ["*"]
central = true
confirmed = true
source = "print"
checked_on = "2024-08-06"
name = { id = "Kementerian", en = "Ministry" }
numbers = [{ e164 = "+6281290070027", kind = "phone" }]
`
	if all, err := read(good); err != nil || len(all) != 1 {
		t.Fatalf("the good file: %v", err)
	}
	for name, text := range map[string]string{
		"foreign number":     strings.Replace(good, "+6281290070027", "+65929031103", 1),
		"unknown field":      good + "phone = \"1\"\n",
		"twice":              good + good,
		"no central":         strings.Replace(strings.Replace(good, "central = true\n", "", 1), "confirmed = true\n", "", 1),
		"confirmed, no rank": strings.Replace(good, "central = true\n", "", 1),
		"nothing":            "",
		"not a file":         "[[",
	} {
		if _, err := read(text); err == nil {
			t.Errorf("%s: read", name)
		}
	}
}

// stand is what became of two entries: the central one, and the office of Bangkok.
func stand(revisions ...Revision) []Standing {
	central := office(func(e *Entry) {
		e.ID, e.Country, e.Serves, e.Central, e.Confirmed, e.CheckedOn = "kemlu", "ID", []string{Anywhere}, true, true, "2024-08-06"
		e.Numbers = []Number{{E164: "+6281290070027", Kind: Phone}}
	})
	return Stand([]Entry{central, office()}, revisions)
}

func revision(version int, state State, e Entry) Revision {
	return Revision{Entry: e, Version: version, State: state, By: casefile.ID{1}, At: noon}
}

func told(all []Standing, country string, now time.Time) string {
	var numbers []string
	for _, o := range Offer(all, country, now) {
		numbers = append(numbers, o.Number.E164)
	}
	return strings.Join(numbers, " ")
}

// Rule 28: what nobody confirmed, or confirmed too long ago, is told to nobody; then
// the central number is what is left.
func TestOnlyWhatIsConfirmedAndFreshIsTold(t *testing.T) {
	t.Parallel()
	const central, bangkok, other = "+6281290070027", "+66929031103", "+66961923237"
	proposed := revision(2, Proposed, office(numbered(other)))
	confirmed := revision(1, Confirmed, office())
	for name, c := range map[string]struct {
		all  []Standing
		at   time.Time
		want string
	}{
		"as it is shipped":          {stand(), noon, central},
		"proposed":                  {stand(revision(1, Proposed, office())), noon, central},
		"confirmed":                 {stand(confirmed), noon, bangkok},
		"the last good day":         {stand(confirmed), office().Checked().Add(StaleAfter), bangkok},
		"stale":                     {stand(confirmed), office().Checked().Add(StaleAfter + time.Hour), central},
		"another one is proposed":   {stand(confirmed, proposed), noon, bangkok},
		"and confirmed":             {stand(confirmed, proposed, revision(3, Confirmed, office(numbered(other)))), noon, other},
		"and refused":               {stand(confirmed, proposed, revision(3, Refused, office())), noon, bangkok},
		"withdrawn":                 {stand(confirmed, revision(2, Withdrawn, office())), noon, central},
		"withdrawn, proposed again": {stand(confirmed, revision(2, Withdrawn, office()), revision(3, Proposed, office())), noon, central},
	} {
		if got := told(c.all, "TH", c.at); got != c.want {
			t.Errorf("%s: told %q, want %q", name, got, c.want)
		}
		if got := told(c.all, "KH", c.at); got != central {
			t.Errorf("%s: in Cambodia told %q, want the central number", name, got)
		}
		if got := told(c.all, "", c.at); got != central {
			t.Errorf("%s: where nobody knows, told %q", name, got)
		}
	}
}

func TestNobodyIsToldMoreThanTwoNumbers(t *testing.T) {
	t.Parallel()
	second := office(func(e *Entry) { e.ID = "songkhla"; e.Numbers = []Number{{E164: "+6674311544", Kind: Phone}} })
	all := stand(revision(1, Confirmed, office(numbered("+66929031103", "+66961923237"))), revision(1, Confirmed, second))
	if got := told(all, "TH", noon); got != "+66929031103 +6674311544" {
		t.Errorf("told %q, want the first number of each office", got)
	}
}

func TestARefusedProposalLeavesTheEntryAsItWas(t *testing.T) {
	t.Parallel()
	was := stand(revision(1, Proposed, office(numbered("+66961923237"))))[1]
	before, there := was.Before()
	if !there || before.Numbers[0].E164 != "+66929031103" {
		t.Errorf("before the proposal it was %v", before)
	}
	if got := stand(revision(1, Proposed, office()), revision(2, Refused, office()))[1].State(); got != Unconfirmed {
		t.Errorf("a refused change of what is shipped leaves it %s", got)
	}
	fresh := office(func(e *Entry) { e.ID = "new" })
	if got := stand(revision(1, Proposed, fresh), revision(2, Refused, fresh))[2].State(); got != Withdrawn {
		t.Errorf("a new entry that was refused is %s", got)
	}
	central := func(e *Entry) { e.Central = true }
	all := stand(revision(1, Confirmed, office(central)), revision(1, Confirmed, office(central, func(e *Entry) { e.ID = "new" })))
	if all[1].Latest.Central || all[2].Latest.Central {
		t.Error("staff made an entry central")
	}
}

func TestNumbersOfTheDirectoryAreTakenOutOfAText(t *testing.T) {
	t.Parallel()
	const number = "+6281290070027"
	for text, want := range map[string]string{
		"Hubungi +6281290070027.":         "Hubungi ;.",
		"Hubungi +62 812-9007-0027":       "Hubungi ;",
		"+6281290070027":                  ";",
		"+6281290070027, +62812 90070027": ";, ;",
		"+62812900700271":                 "+62812900700271",  // goes on
		"+6281290070027 8":                "+6281290070027 8", // perhaps goes on
		"6281290070027":                   "6281290070027",    // without its plus
		"081290070027":                    "081290070027",     // without its country
		"+628129007002":                   "+628129007002",
		"+66 +6281290070027":              "+66 ;",
		"":                                "",
	} {
		if got := Without(text, []string{number}); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func FuzzWithoutOnlyTakesNumbersOut(f *testing.F) {
	for _, s := range []string{"+6281290070027", "+62 812", "1 +62-812 90070027 9", "++6281290070027"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		left := Without(text, []string{"+6281290070027"})
		digits := func(s string) (n int) {
			for _, r := range s {
				if r >= '0' && r <= '9' {
					n++
				}
			}
			return n
		}
		if gone := digits(text) - digits(left); gone%13 != 0 || gone < 0 {
			t.Errorf("%q lost %d digits, not whole numbers", text, gone)
		}
	})
}
