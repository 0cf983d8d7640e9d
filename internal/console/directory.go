package console

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/directory"
	"pulang/internal/store"
)

// directoryPage is the directory as it is shown.
type directoryPage struct {
	In   []countryOf // by where the office is
	Told []toldRow   // what may be told, by where somebody is
	Edit bool        // they may write one down
	Old  bool        // the central number was checked too long ago
	Days int         // how long a check is good for
	Done string
}

// countryOf is the institutions of a country; first stands the one for everybody.
type countryOf struct {
	Country string // empty: for everybody, wherever they are
	Name    string
	Rows    []institution
}

// institution is an entry as it is shown.
type institution struct {
	ID, Name, Agency, Country string
	Serves                    []string
	State                     string // below console.directory.state
	Numbers                   []shownNumber
	Local, Hours, Web, Mark   string
	Checked, Source           string
	Stale, Usable, Central    bool
}

// shownNumber is a number as people write it.
type shownNumber struct{ Number, Kind, Desk string }

// toldRow is what may be told to somebody in a country.
type toldRow struct {
	Country string // empty: any other
	Numbers []toldNumber
}

type toldNumber struct{ Name, Number string }

func (c *console) directory(v *visit) error {
	all, _, err := c.Cases.Directory(v.ctx(), v.staff.Staff)
	if err != nil {
		return err
	}
	now := c.Now()
	page := directoryPage{Edit: v.staff.May(access.EditDirectory), Done: v.wasDone(doneToDirectory),
		Days: int(directory.StaleAfter / (24 * time.Hour))}
	var rows []institution
	for _, s := range all {
		if s.State() == directory.Withdrawn && !page.Edit {
			continue
		}
		row := institutionOf(s, s.Now(), v.words.Lang, now)
		rows = append(rows, row)
		page.Old = page.Old || row.Central && s.Good != nil && s.Good.Stale(now)
	}
	page.In = byCountry(rows, v.words)
	page.Told = toldBy(all, v.words, now)
	c.show(v, http.StatusOK, "directory", page)
	return nil
}

// byCountry puts institutions together by where they are, under the names of the countries
// and in their order: what stood side by side by its two letters, AE and ID, looked as if
// Dubai were in Indonesia. What may be used stands first in each.
func byCountry(rows []institution, w words) []countryOf {
	in := map[string]*countryOf{}
	for _, row := range rows {
		country := row.Country
		if row.Central {
			country = ""
		}
		if in[country] == nil {
			in[country] = &countryOf{Country: country, Name: w.Country(country)}
		}
		in[country].Rows = append(in[country].Rows, row)
	}
	var all []countryOf
	for _, one := range in {
		slices.SortStableFunc(one.Rows, func(a, b institution) int { return before(a.Usable, b.Usable) })
		all = append(all, *one)
	}
	slices.SortFunc(all, func(a, b countryOf) int {
		return cmp.Or(before(a.Country == "", b.Country == ""), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Country, b.Country))
	})
	return all
}

// Country is the name of a country: its two letters where there is no other.
func (w words) Country(code string) string {
	name, err := w.Or("country."+code, code)
	if err != nil {
		return code
	}
	return name
}

// before orders what holds before what does not.
func before(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func institutionOf(s directory.Standing, e directory.Entry, lang string, now time.Time) institution {
	row := institution{ID: e.ID, Name: e.In(lang), Agency: e.Agency, Country: e.Country, Serves: e.Serves, State: string(s.State()),
		Local: e.Local, Hours: e.Hours, Web: e.Web, Mark: e.Mark, Checked: e.CheckedOn, Source: e.Source,
		Stale: e.Stale(now), Usable: s.Usable(now), Central: e.Central}
	for _, n := range e.Numbers {
		row.Numbers = append(row.Numbers, shownNumber{directory.Readable(n.E164), n.Kind, n.Desk})
	}
	return row
}

// toldBy is what may be told, for each country that an entry is for.
func toldBy(all []directory.Standing, w words, now time.Time) []toldRow {
	countries := map[string]bool{}
	for _, s := range all {
		for _, country := range s.Latest.Serves {
			countries[country] = country != directory.Anywhere
		}
	}
	var rows []toldRow
	for country, one := range countries {
		if one {
			rows = append(rows, toldIn(all, country, w.Lang, now))
		}
	}
	slices.SortFunc(rows, func(a, b toldRow) int { return cmp.Compare(w.Country(a.Country), w.Country(b.Country)) })
	return append(rows, toldIn(all, "", w.Lang, now))
}

func toldIn(all []directory.Standing, country, lang string, now time.Time) toldRow {
	row := toldRow{Country: country}
	for _, o := range directory.Offer(all, country, now) {
		row.Numbers = append(row.Numbers, toldNumber{o.Entry.In(lang), directory.Readable(o.Number.E164)})
	}
	return row
}

// institutionPage is one entry, what became of it, and what can be done with it.
type institutionPage struct {
	Now     institution // as it was last confirmed, or as it stands
	Next    *institution
	History []revisionRow
	Edit    *entryForm // nil: they may not
	Check   bool       // they may confirm, refuse, withdraw
	Mine    bool       // they proposed it themselves
	New     bool
	Version int
	Today   string
	Typed   checkForm
	Problem *directoryProblem
	Done    string
}

// revisionRow is one step of an entry.
type revisionRow struct {
	At         time.Time
	State, Who string
	Entry      institution
	Note       string
	Shipped    bool
}

// directoryProblem says what was not done, and which field to mend.
type directoryProblem struct{ Why, Field, What string }

// checkForm is what was typed to decide about an entry.
type checkForm struct{ Day, How, Reason string }

func (c *console) institution(v *visit) error {
	return c.institutionWith(v, http.StatusOK, nil, checkForm{}, nil)
}

// institutionWith shows an entry, with what was typed and what stands in the way.
func (c *console) institutionWith(v *visit, status int, edit *entryForm, typed checkForm, problem *directoryProblem) error {
	all, names, err := c.Cases.Directory(v.ctx(), v.staff.Staff)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(s directory.Standing) bool { return s.Latest.ID == v.r.PathValue("id") })
	if i < 0 {
		return store.ErrNotFound
	}
	s, now, lang := all[i], c.Now(), v.words.Lang
	page := institutionPage{Check: v.staff.May(access.CheckDirectory), Version: s.Latest.Version, Typed: typed, Problem: problem,
		Done: v.wasDone(doneToDirectory), Today: directory.Day(now.In(c.Zone))}
	page.Now = institutionOf(s, s.Now(), lang, now)
	if s.Latest.State == directory.Proposed {
		next := institutionOf(s, s.Latest.Entry, lang, now)
		page.Next, page.Mine = &next, s.Latest.By == v.staff.ID
	}
	for _, r := range slices.Backward(s.History) {
		page.History = append(page.History, revisionRow{At: r.At, State: string(r.State), Who: names[r.By].Reveal(), Note: r.Note.Reveal(),
			Entry: institutionOf(s, r.Entry, lang, now), Shipped: r.By == casefile.ID{}})
	}
	if v.staff.May(access.EditDirectory) {
		if page.Edit = edit; edit == nil {
			page.Edit = formOfEntry(s.Latest.Entry, v.words)
		}
		page.Edit.Version = s.Latest.Version
	}
	c.show(v, status, "institution", page)
	return nil
}

// newInstitution is the form for an entry that is not there yet.
func (c *console) newInstitution(v *visit) error {
	form := formOfEntry(directory.Entry{CheckedOn: directory.Day(c.Now().In(c.Zone))}, v.words)
	c.show(v, http.StatusOK, "institution", institutionPage{New: true, Edit: form})
	return nil
}

func (c *console) addInstitution(v *visit) error {
	form := typedEntry(v)
	err := c.Cases.ProposeInstitution(v.ctx(), v.staff.Staff, 0, form.entry(""))
	if problem, status := directoryRefusal(err); problem != nil {
		c.show(v, status, "institution", institutionPage{New: true, Edit: form, Problem: problem})
		return nil
	}
	if err != nil {
		return err
	}
	http.Redirect(v.w, v.r, "/directory?done=proposed", http.StatusSeeOther)
	return nil
}

func (c *console) editInstitution(v *visit) error {
	form := typedEntry(v)
	version, err := c.version(v)
	if err != nil {
		return err
	}
	err = c.Cases.ProposeInstitution(v.ctx(), v.staff.Staff, int(version), form.entry(v.r.PathValue("id")))
	return c.afterDirectory(v, err, "proposed", form, checkForm{})
}

func (c *console) confirmInstitution(v *visit) error {
	typed := checkForm{Day: v.r.PostFormValue("day"), How: v.r.PostFormValue("how")}
	return c.decide(v, "confirmed", typed, func(version int) error {
		return c.Cases.ConfirmInstitution(v.ctx(), v.staff.Staff, v.r.PathValue("id"), version, typed.Day, typed.How)
	})
}

func (c *console) refuseInstitution(v *visit) error {
	typed := checkForm{Reason: v.r.PostFormValue("reason")}
	return c.decide(v, "refused", typed, func(version int) error {
		return c.Cases.RefuseInstitution(v.ctx(), v.staff.Staff, v.r.PathValue("id"), version, typed.Reason)
	})
}

func (c *console) withdrawInstitution(v *visit) error {
	typed := checkForm{Reason: v.r.PostFormValue("reason")}
	return c.decide(v, "withdrawn", typed, func(version int) error {
		return c.Cases.WithdrawInstitution(v.ctx(), v.staff.Staff, v.r.PathValue("id"), version, typed.Reason)
	})
}

func (c *console) decide(v *visit, done string, typed checkForm, act func(version int) error) error {
	version, err := c.version(v)
	if err != nil {
		return err
	}
	return c.afterDirectory(v, act(int(version)), done, nil, typed)
}

// afterDirectory is how every act on an entry ends: done, refused with what was typed,
// or a problem.
func (c *console) afterDirectory(v *visit, err error, done string, form *entryForm, typed checkForm) error {
	if problem, status := directoryRefusal(err); problem != nil {
		return c.institutionWith(v, status, form, typed, problem)
	}
	if err != nil {
		return err
	}
	http.Redirect(v.w, v.r, "/directory/"+url.PathEscape(v.r.PathValue("id"))+"?done="+done, http.StatusSeeOther)
	return nil
}

func directoryRefusal(err error) (*directoryProblem, int) {
	var refused *cases.Refused
	if !errors.As(err, &refused) {
		return nil, 0
	}
	status := http.StatusUnprocessableEntity
	if refused.Why == cases.Changed || refused.Why == cases.Gone || refused.Why == cases.NotProposed {
		status = http.StatusConflict
	}
	problem := &directoryProblem{Why: string(refused.Why)}
	if refused.Why == cases.BadEntry {
		problem.Field, problem.What, _ = strings.Cut(refused.What, " ")
	}
	return problem, status
}

// doneToDirectory are the things that may have been done before the page is shown.
var doneToDirectory = []string{"proposed", "confirmed", "refused", "withdrawn"}

// inputField is one field of a form, for a page.
type inputField struct {
	W                 words
	Name, Value, Kind string
	Bad               bool
}

// Field is one field of a form; bad is the one to mend.
func (w words) Field(name, value, bad, kind string) inputField {
	return inputField{w, name, value, kind, bad == name}
}

// entryForm is an entry as it is typed.
type entryForm struct {
	NameID, NameEN, Agency, Country, Serves string
	Numbers                                 []numberForm
	Local, Hours, Web, Source, CheckedOn    string
	Version                                 int
	Agencies                                []string
	W                                       words
}

type numberForm struct {
	N                  int
	Number, Kind, Desk string
}

// Kinds, Desks and Times are what the form offers.
func (numberForm) Kinds() []string { return directory.Kinds }

// Desks are which desk a number may reach.
func (numberForm) Desks() []string { return directory.Desks }

// Times are when an office may answer.
func (entryForm) Times() []string { return directory.Hours }

func formOfEntry(e directory.Entry, w words) *entryForm {
	f := &entryForm{NameID: e.Name["id"], NameEN: e.Name["en"], Agency: e.Agency, Country: e.Country, Serves: strings.Join(e.Serves, " "),
		Local: e.Local, Hours: e.Hours, Web: e.Web, Source: e.Source, CheckedOn: e.CheckedOn, W: w, Agencies: agencyChoices()}
	for i := range directory.MostNumbers {
		n := numberForm{N: i + 1, Kind: directory.Phone}
		if i < len(e.Numbers) {
			n.Number, n.Kind, n.Desk = directory.Readable(e.Numbers[i].E164), e.Numbers[i].Kind, e.Numbers[i].Desk
		}
		f.Numbers = append(f.Numbers, n)
	}
	return f
}

func agencyChoices() []string {
	var names []string
	for _, a := range access.Agencies {
		if a != access.Own {
			names = append(names, string(a))
		}
	}
	return names
}

func typedEntry(v *visit) *entryForm {
	get := func(name string) string { return strings.TrimSpace(v.r.PostFormValue(name)) }
	f := &entryForm{NameID: get("name_id"), NameEN: get("name_en"), Agency: strings.ToLower(get("agency")), Country: strings.ToUpper(get("country")),
		Serves: strings.ToUpper(get("serves")), Local: get("local"), Hours: get("hours"), Web: get("web"), Source: get("source"),
		CheckedOn: get("checked_on"), W: v.words, Agencies: agencyChoices()}
	for i := 1; i <= directory.MostNumbers; i++ {
		n := strconv.Itoa(i)
		f.Numbers = append(f.Numbers, numberForm{i, get("number_" + n), get("kind_" + n), get("desk_" + n)})
	}
	return f
}

// entry is what was typed, as an entry; the directory says what is wrong with it.
func (f *entryForm) entry(id string) directory.Entry {
	e := directory.Entry{ID: id, Agency: f.Agency, Name: map[string]string{"id": f.NameID, "en": f.NameEN}, Country: f.Country,
		Serves: strings.FieldsFunc(f.Serves, func(r rune) bool { return r == ' ' || r == ',' || r == ';' }), Local: f.Local, Hours: f.Hours,
		Web: strings.TrimPrefix(strings.TrimPrefix(f.Web, "https://"), "http://"), Source: f.Source, CheckedOn: f.CheckedOn}
	for _, n := range f.Numbers {
		if n.Number != "" {
			e.Numbers = append(e.Numbers, directory.Number{E164: n.Number, Kind: n.Kind, Desk: n.Desk})
		}
	}
	return e
}
