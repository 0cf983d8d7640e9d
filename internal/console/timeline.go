package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/cases"
)

// eventRow is one line of the timeline.
type eventRow struct {
	Kind     string // key below console.timeline.kind
	At       time.Time
	Who      string // working name; empty: the person, the line, or nobody
	Person   bool   // the person did it
	What     string // key below console.did, console.note or console.kind
	Text     string
	From, To string // urgencies, where one was lowered
	State    string // key below console.state
	Channel  string
	Twice    bool
	Times    int // the same again and again is one line
}

// timelinePage is the timeline as it is shown.
type timelinePage struct {
	Ref, Urgency string
	Kind         string // empty: all
	Kinds        []string
	Oldest       bool
	Rows         []eventRow
	Next, First  string // links; empty: there is none
	Several      bool   // events of more than one channel
}

// rowsOf are events as lines. The same thing done again and again by one person is one
// line, with the newest time.
func rowsOf(events []cases.Event, names cases.Names) []eventRow {
	var rows []eventRow
	for _, e := range events {
		row := eventRow{Kind: string(e.Kind), At: e.At, Who: names[e.Actor.ID].Reveal(), What: strings.ReplaceAll(e.What, ".", "_"),
			Person: e.Actor.Kind == casefile.ActorPerson, Text: e.Text.Reveal(), State: e.State, Channel: string(e.Channel), Twice: e.Twice, Times: 1}
		detail := e.Detail.Reveal()
		if from, to, ok := strings.Cut(detail, " to "); ok && e.What == "case.lowered" {
			row.From, row.To = from, to
		}
		if e.What == "case.noted" { // beside a damaged key it is all that is left of a note
			row.Text = detail
		}
		if n := len(rows); n > 0 && row.again(rows[n-1]) {
			rows[n-1].Times++
			continue
		}
		rows = append(rows, row)
	}
	return rows
}

// again reports whether a line is the one before it, once more.
func (r eventRow) again(before eventRow) bool {
	before.At, before.Times = r.At, r.Times
	return r == before && r.Text == "" && r.Kind != string(cases.EventMessage) && r.Kind != string(cases.EventAnswer)
}

// timeline shows everything that happened in a case, in one order.
func (c *console) timeline(v *visit) error {
	ref, asked := v.r.PathValue("ref"), v.r.URL.Query()
	page := timelinePage{Ref: ref, Kind: asked.Get("kind"), Oldest: asked.Get("order") == "oldest"}
	wanted := cases.Wanted{Oldest: page.Oldest, Most: cases.TimelineSize}
	for _, kind := range cases.EventKinds {
		page.Kinds = append(page.Kinds, string(kind))
	}
	if page.Kind != "" {
		if !slices.Contains(page.Kinds, page.Kind) {
			return errBadForm
		}
		wanted.Kinds = []cases.EventKind{cases.EventKind(page.Kind)}
	}
	var ok bool
	if wanted.From, ok = cases.ParsePlace(asked.Get("from")); !ok {
		return errBadForm
	}
	line, err := c.Cases.Timeline(v.ctx(), v.staff.Staff, ref, wanted)
	if err != nil {
		return err
	}
	page.Urgency, page.Rows = line.Case.Urgency.String(), rowsOf(line.Events, line.Names)
	if line.More {
		page.Next = page.Link(page.Kind, page.Oldest, line.Place.String())
	}
	if asked.Get("from") != "" {
		page.First = page.Link(page.Kind, page.Oldest, "")
	}
	c.show(v, http.StatusOK, "timeline", page)
	return nil
}

// Link leads to a stretch of the timeline.
func (p timelinePage) Link(kind string, oldest bool, from string) string {
	values := url.Values{}
	if kind != "" {
		values.Set("kind", kind)
	}
	if oldest {
		values.Set("order", "oldest")
	}
	if from != "" {
		values.Set("from", from)
	}
	link := "/cases/" + url.PathEscape(p.Ref) + "/timeline"
	if len(values) > 0 {
		link += "?" + values.Encode()
	}
	return link
}
