package console

import (
	"net/url"
	"slices"

	"pulang/internal/casefile"
	"pulang/internal/cases"
)

// The fields of the filter, as an address has them. "none" is what nobody knows yet.
const (
	fieldList, fieldUrgency, fieldCountry, fieldFlow, fieldTeam, fieldWho, fieldAfter = "list", "urgency", "country", "flow", "team", "who", "after"

	notKnown = "none"
)

var (
	urgencyNames = []string{"critical", "high", "medium", "low"}
	flowNames    = []string{"victim", "family", "witness", "returnee", "info", notKnown}
	whoNames     = []string{"mine", "nobody"}
	listNames    = []string{string(cases.Snoozed), string(cases.ClosedOff)}
	// countryNames are offered; another one can stand in an address.
	countryNames = []string{"MM", "KH", "LA", "TH", "PH", "MY", "VN", "ID", "SG", "CN", "TW", "HK", "AE", "SA", "ZA", "BY", notKnown}
)

// askOf reads which part of the queue an address means; errBadForm when it is none of
// ours.
func askOf(query url.Values) (ask cases.Ask, err error) {
	value := func(field string) (string, bool) {
		v := query.Get(field)
		if unprintable(v) || len(v) > 100 {
			err = errBadForm
		}
		return v, v != ""
	}
	one := func(field string, of []string) (string, bool) {
		v, given := value(field)
		if given && !slices.Contains(of, v) {
			err = errBadForm
		}
		return known(v), given
	}
	if v, given := one(fieldUrgency, urgencyNames); given {
		u, _ := casefile.ParseUrgency(v)
		ask.Urgency = &u
	}
	if v, given := value(fieldCountry); given {
		v = known(v)
		ask.Country = &v
	}
	if v, given := one(fieldFlow, flowNames); given {
		flow := casefile.Flow(v)
		ask.Flow = &flow
	}
	if v, given := value(fieldTeam); given {
		ask.Team = &v
	}
	who, _ := one(fieldWho, whoNames)
	ask.Mine, ask.Nobody = who == "mine", who == "nobody"
	list, _ := one(fieldList, listNames)
	ask.List = cases.Listing(list)
	ask.After, _ = value(fieldAfter)
	return ask, err
}

func known(v string) string {
	if v == notKnown {
		return ""
	}
	return v
}

// queryOf keeps of an address what says which part of the queue it means.
func queryOf(query url.Values) url.Values {
	kept := url.Values{}
	for _, field := range []string{fieldList, fieldUrgency, fieldCountry, fieldFlow, fieldTeam, fieldWho, fieldAfter} {
		if v := query.Get(field); v != "" {
			kept.Set(field, v)
		}
	}
	return kept
}

// at is an address with what is asked, and with some of it changed.
func at(path string, asked url.Values, changed ...string) string {
	query := url.Values{}
	for field, values := range asked {
		query[field] = values
	}
	for i := 0; i+1 < len(changed); i += 2 {
		query.Set(changed[i], changed[i+1])
		if changed[i+1] == "" {
			query.Del(changed[i])
		}
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// filter is the filter as it is shown.
type filter struct {
	Fields []field
	List   string // key below console.queue.list
	Set    bool   // something is narrowed
}

// field is one choice of the filter.
type field struct {
	Name    string // key below console.queue.field
	Words   string // of each choice: a key below console; empty: it is data
	Choices []string
	Chosen  string
}

func filterOf(asked url.Values, teams []string) filter {
	f := filter{List: asked.Get(fieldList)}
	countries := countryNames
	if c := asked.Get(fieldCountry); c != "" && !slices.Contains(countries, c) {
		countries = append([]string{c}, countries...)
	}
	add := func(name, words string, choices []string) {
		f.Fields = append(f.Fields, field{name, words, choices, asked.Get(name)})
		f.Set = f.Set || asked.Get(name) != ""
	}
	add(fieldList, "queue.list", listNames)
	add(fieldUrgency, "urgency", urgencyNames)
	add(fieldCountry, "country", countries)
	add(fieldFlow, "flow", flowNames)
	add(fieldWho, "queue.who", whoNames)
	if len(teams) > 1 || asked.Get(fieldTeam) != "" {
		add(fieldTeam, "", teams)
	}
	return f
}
