package console

import (
	"encoding/csv"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/cases"
	"pulang/internal/store"
)

// spans are over how many days the overview may look.
var spans = []int{7, 30, 90}

// overviewPage is the overview as it is shown.
type overviewPage struct {
	Spans    []spanLink
	Days     int
	Total    int
	Tables   []shareTable
	Chart    chart
	Looks    []waitRow
	Answers  []waitRow
	Open     []openRow
	Channels []store.ChannelNow
	Counts   bool // they are told how the channels do: it counts what is kept from others
	OnDuty   []dutyRow
	Gaps     []gap
	Hours    []hourCell
	Months   []string // that may leave the team, the newest first
}

type spanLink struct {
	Days    int
	Current bool
}

// shareTable is one way to look at a count.
type shareTable struct {
	Key  string // below console.overview
	Rows []shareRow
}

type shareRow struct {
	Kind, Key string // its word is Kind.Key
	N         int
	Part      int // of the largest, in hundredths
	Hidden    bool
}

// waitRow is how long somebody waited, for one urgency.
type waitRow struct {
	Urgency    string
	N          int
	Half, Most time.Duration
}

type openRow struct {
	Urgency                       string
	N, Nobody, Unopened, Climbing string
	Oldest, Alert                 time.Time
}

type dutyRow struct {
	Name, Team string
	Since      time.Time
}

// gap is some hours in a row with nobody on duty.
type gap struct{ From, To time.Time }

func (c *console) overview(v *visit) error {
	days := 30
	if text := v.r.URL.Query().Get("days"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || !slices.Contains(spans, n) {
			return errBadForm
		}
		days = n
	}
	o, err := c.Cases.Overview(v.ctx(), v.staff.Staff, lastDays(c.Now().In(c.Zone), days))
	if err != nil {
		return err
	}
	page := overviewPage{Days: days, Total: o.Total, Tables: tablesOf(o.Figures), Chart: chartOf(o.Figures), Looks: waitsOf(o.Looks),
		Answers: waitsOf(o.Answers), Channels: o.Channels, Counts: v.staff.Agency == access.Own, Hours: hoursOf(o.Coverage), Gaps: gapsOf(o.Coverage), Months: months(c.Now().In(c.Zone))}
	for _, n := range spans {
		page.Spans = append(page.Spans, spanLink{n, n == days})
	}
	for _, now := range o.Open {
		page.Open = append(page.Open, openRow{now.Urgency.String(), most(now.N), most(now.Nobody), most(now.Unopened), most(now.Climbing), now.Oldest, now.Alert})
	}
	for _, on := range o.OnDuty {
		page.OnDuty = append(page.OnDuty, dutyRow{on.Name.Reveal(), on.Team, on.Since})
	}
	c.show(v, http.StatusOK, "overview", page)
	return nil
}

// most writes a count that stops at store.MostOpen.
func most(n int) string {
	if n > store.MostOpen {
		return strconv.Itoa(store.MostOpen) + "+"
	}
	return strconv.Itoa(n)
}

// lastDays are the bounds of the last n days, today among them.
func lastDays(now time.Time, n int) []time.Time {
	bounds := make([]time.Time, n+1)
	for i := range bounds {
		bounds[i] = time.Date(now.Year(), now.Month(), now.Day()-n+1+i, 0, 0, 0, 0, now.Location())
	}
	return bounds
}

const monthForm = "2006-01"

// mostMonths is how far back figures may leave the team.
const mostMonths = 24

// months are those that are over: only whole months leave the team, so that two exports
// do not tell the difference of a few days.
func months(now time.Time) []string {
	var all []string
	for i := 1; i <= mostMonths; i++ {
		all = append(all, time.Date(now.Year(), now.Month()-time.Month(i), 1, 0, 0, 0, 0, now.Location()).Format(monthForm))
	}
	return all
}

// leaving are the figures of the month that was asked for, as they may leave the team.
func (c *console) leaving(v *visit) (f cases.Figures, month string, err error) {
	month = v.r.URL.Query().Get("month")
	now := c.Now().In(c.Zone)
	if month == "" {
		month = months(now)[0]
	}
	if !slices.Contains(months(now), month) {
		return f, month, errBadForm
	}
	first, err := time.ParseInLocation(monthForm, month, c.Zone)
	if err != nil {
		return f, month, errBadForm
	}
	var days []time.Time
	for day := first; ; day = day.AddDate(0, 0, 1) {
		if days = append(days, day); day.Month() != first.Month() {
			break
		}
	}
	f, err = c.Cases.Leaving(v.ctx(), v.staff.Staff, days, month)
	return f, month, err
}

// leavingPage is what may leave the team, for paper.
type leavingPage struct {
	Month    string
	Months   []string
	Withheld bool
	Fewest   int
	Total    int
	Tables   []shareTable
	Days     []dayRow
	Looks    []waitRow
	Answers  []waitRow
}

type dayRow struct {
	Day    time.Time
	N      int
	Hidden bool
}

func (c *console) printOverview(v *visit) error {
	f, month, err := c.leaving(v)
	if err != nil {
		return err
	}
	page := leavingPage{Month: month, Months: months(c.Now().In(c.Zone)), Withheld: f.Withheld, Fewest: cases.Fewest, Total: f.Total,
		Looks: waitsOf(f.Looks), Answers: waitsOf(f.Answers)}
	if !f.Withheld {
		page.Tables, page.Days = tablesOf(f), daysOf(f)
	}
	c.show(v, http.StatusOK, "figures", page)
	return nil
}

func daysOf(f cases.Figures) []dayRow {
	var rows []dayRow
	for i, s := range f.ByDay {
		rows = append(rows, dayRow{f.Days[i], s.N, s.Hidden})
	}
	return rows
}

// exportOverview is what may leave the team, for a spreadsheet.
func (c *console) exportOverview(v *visit) error {
	f, month, err := c.leaving(v)
	if err != nil {
		return err
	}
	rows, err := csvOf(f, month, v.words)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.w.Header().Set("Content-Disposition", `attachment; filename="pulang-`+month+`.csv"`)
	v.w.Header().Set("Cache-Control", "no-store")
	out := csv.NewWriter(v.w)
	for _, row := range rows {
		for i := range row {
			row[i] = defused(row[i])
		}
		_ = out.Write(row) // an error here is somebody who went away
	}
	out.Flush()
	return nil
}

// defused is a cell that no spreadsheet takes for a formula.
func defused(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func csvOf(f cases.Figures, month string, w words) (rows [][]string, err error) {
	var errs []error
	text := func(key string, pairs ...any) string {
		said, err := w.T(key, pairs...)
		errs = append(errs, err)
		return said
	}
	under := text("overview.under", "n", cases.Fewest)
	n := func(count int, hidden bool) string {
		if hidden {
			return under
		}
		return strconv.Itoa(count)
	}
	rows = [][]string{{"Pulang", month}, {text("overview.suppressed", "n", cases.Fewest)}}
	if f.Withheld {
		return append(rows, []string{text("overview.withheld", "n", cases.Fewest)}), errors.Join(errs...)
	}
	rows = append(rows, []string{text("overview.total"), strconv.Itoa(f.Total)})
	for _, table := range tablesOf(f) {
		for _, r := range table.Rows {
			word, err := w.Share(r)
			errs = append(errs, err)
			rows = append(rows, []string{text("overview." + table.Key), word, n(r.N, r.Hidden)})
		}
	}
	for _, d := range daysOf(f) {
		rows = append(rows, []string{text("overview.by_day"), d.Day.Format(time.DateOnly), n(d.N, d.Hidden)})
	}
	for _, wait := range f.Looks {
		rows = append(rows, []string{text("overview.looks_seconds"), text("urgency." + wait.Urgency.String()), seconds(wait.Half), seconds(wait.Most)})
	}
	for _, wait := range f.Answers {
		rows = append(rows, []string{text("overview.answers_seconds"), text("urgency." + wait.Urgency.String()), seconds(wait.Half), seconds(wait.Most)})
	}
	return rows, errors.Join(errs...)
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d.Seconds())) }

// tablesOf are the ways to look at a count.
func tablesOf(f cases.Figures) []shareTable {
	return []shareTable{
		{"by_urgency", sharesOf("urgency", f.ByUrgency)}, {"by_country", sharesOf("country", f.ByCountry)}, {"by_flow", sharesOf("flow", f.ByFlow)},
	}
}

func sharesOf(kind string, shares []cases.Share) []shareRow {
	largest := 1
	for _, s := range shares {
		if !s.Hidden {
			largest = max(largest, s.N)
		}
	}
	var rows []shareRow
	for _, s := range shares {
		row := shareRow{Kind: kind, Key: s.Key, Hidden: s.Hidden}
		if !s.Hidden {
			row.N, row.Part = s.N, (s.N*100+largest-1)/largest
		}
		rows = append(rows, row)
	}
	return rows
}

// Share is what a line of a count is called.
func (w words) Share(r shareRow) (string, error) {
	if r.Key == "" {
		return w.T(r.Kind + ".unknown")
	}
	return w.Or(r.Kind+"."+r.Key, r.Key)
}

func waitsOf(waits []store.Waited) []waitRow {
	var rows []waitRow
	for _, w := range waits {
		rows = append(rows, waitRow{w.Urgency.String(), w.N, w.Half, w.Most})
	}
	return rows
}

// Lasting is how long something took.
func (w words) Lasting(d time.Duration) (string, error) { return w.For(w.now.Add(-d)) }

// ShortDay is a day without its year.
func (w words) ShortDay(at time.Time) string { return at.In(w.c.Zone).Format(w.days("02/01", "2 Jan")) }

// Hour is an hour of a day.
func (w words) Hour(at time.Time) string {
	return at.In(w.c.Zone).Format(w.days("02/01", "2 Jan") + " 15:04")
}
