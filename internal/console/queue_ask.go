package console

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/store"
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

// field is something an address may ask of the queue, and what it may say.
type field struct {
	name  string
	takes func(string) bool
}

var fields = []field{
	{fieldList, oneOf(listNames)},
	{fieldUrgency, oneOf(urgencyNames)},
	{fieldCountry, isCountry},
	{fieldFlow, oneOf(flowNames)},
	{fieldTeam, isShort},
	{fieldWho, oneOf(whoNames)},
	{fieldAfter, isShort},
}

func oneOf(names []string) func(string) bool {
	return func(v string) bool { return slices.Contains(names, v) }
}

// twoLetters is how a country is written: two letters.
var twoLetters = regexp.MustCompile(`^[A-Z]{2}$`)

func isCountry(v string) bool { return v == notKnown || twoLetters.MatchString(v) }

func isShort(v string) bool { return !unprintable(v) && len(v) <= 300 }

// askOf reads which part of the queue an address means, of what queryOf kept of it.
func askOf(asked url.Values) (ask cases.Ask) {
	value := func(field string) *string {
		v := asked.Get(field)
		if v == "" {
			return nil
		}
		v = known(v)
		return &v
	}
	if v := value(fieldUrgency); v != nil {
		u, _ := casefile.ParseUrgency(*v) // queryOf left no other word
		ask.Urgency = &u
	}
	if v := value(fieldFlow); v != nil {
		flow := casefile.Flow(*v)
		ask.Flow = &flow
	}
	ask.Country, ask.Team = value(fieldCountry), value(fieldTeam)
	ask.Mine, ask.Nobody = asked.Get(fieldWho) == "mine", asked.Get(fieldWho) == "nobody"
	ask.List, ask.After = cases.Listing(asked.Get(fieldList)), asked.Get(fieldAfter)
	return ask
}

func known(v string) string {
	if v == notKnown {
		return ""
	}
	return v
}

// queryOf keeps of an address what says which part of the queue it means. odd names what
// is none of ours, so that it can be said: nobody takes the whole queue for what they
// asked for.
func queryOf(query url.Values) (asked url.Values, odd []string) {
	asked = url.Values{}
	for _, f := range fields {
		switch v := query.Get(f.name); {
		case v == "":
		case f.takes(v):
			asked.Set(f.name, v)
		default:
			odd = append(odd, f.name)
		}
	}
	for name := range query {
		if !slices.ContainsFunc(fields, func(f field) bool { return f.name == name }) && !slices.Contains(besides, name) {
			odd = append(odd, name)
		}
	}
	slices.Sort(odd)
	return asked, odd
}

// besides are what stands in the addresses of the queue and its stream and asks for
// nothing.
var besides = []string{"mark"}

// oddWords is what an address asked for in vain, as it is told: not much, and nothing
// that could pass for a word of ours.
func oddWords(odd []string) string {
	const most, longest = 5, 20
	var shown []string
	for _, name := range odd[:min(len(odd), most)] {
		if utf8.RuneCountInString(name) > longest || unprintable(name) {
			name = "…"
		}
		shown = append(shown, name+"=")
	}
	return strings.Join(shown, ", ")
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
	Fields []choiceOf
	List   string // key below console.queue.list
	Set    bool   // something is narrowed
}

// choiceOf is one choice of the filter.
type choiceOf struct {
	Name    string // key below console.queue.field
	Words   string // of each choice: a key below console; empty: Titles has them
	Choices []string
	Titles  map[string]string
	Chosen  string
}

func filterOf(asked url.Values, teams []store.Team) filter {
	f := filter{List: asked.Get(fieldList)}
	countries := countryNames
	if c := asked.Get(fieldCountry); c != "" && !slices.Contains(countries, c) {
		countries = append([]string{c}, countries...)
	}
	add := func(name, words string, choices []string) {
		f.Fields = append(f.Fields, choiceOf{Name: name, Words: words, Choices: choices, Chosen: asked.Get(name)})
		f.Set = f.Set || asked.Get(name) != ""
	}
	add(fieldList, "queue.list", listNames)
	add(fieldUrgency, "urgency", urgencyNames)
	add(fieldCountry, "country", countries)
	add(fieldFlow, "flow", flowNames)
	add(fieldWho, "queue.who", whoNames)
	if len(teams) > 1 || asked.Get(fieldTeam) != "" {
		titles, words := map[string]string{}, make([]string, len(teams))
		for i, t := range teams {
			titles[t.Word], words[i] = t.Title, t.Word
		}
		add(fieldTeam, "", words)
		f.Fields[len(f.Fields)-1].Titles = titles
	}
	return f
}
