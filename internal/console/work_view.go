package console

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/store"
)

// jobPage is the part of the case page about how the case is worked on.
type jobPage struct {
	Status              string
	Statuses            []string
	Holder, HolderName  string // id and working name of whose the case is; empty: nobody's
	Team, TeamTitle     string
	Teams               []store.Team
	Colleagues          []choice // who may be given work, by login
	SnoozedUntil        time.Time
	Snoozes             []int // hours the urgency allows
	Checklist           []obstacleRow
	Tip                 bool   // a tip is not decided
	TipState            string // what was decided, or empty
	Tips                []string
	Steps               []stepRow // of the case itself
	Tasks               []taskRow
	People              []personRow
	Count               string // how many people there are, as it was told
	Ages, States        []string
	Links               []linkRow
	LinkKinds           []store.LinkKind
	Mentioned           []string // references that stand in what people wrote
	Consents            []consentRow
	Withdrew            time.Time // they wrote that they take it back
	Referrals           []referralRow
	Recipients, Subject []choice // agencies, and who it may be about
	Fields              []string
	Answers             []string
	Child, Weigh        bool
	FirstDay            string   // the first day that may be chosen
	Asks                []choice // the question for consent, in each language
}

// choice is one line of a list to choose from.
type choice struct {
	Value, Name string
	Dim         bool // it can be planned with, and not used yet
}

// obstacleRow is one thing that stands in the way, with where to see to it.
type obstacleRow struct {
	Key   string // below console.refused
	N     int
	For   string
	Talks []int // the conversations it is about; empty: there is one
}

// stepRow is one thing staff did, with their reason.
type stepRow struct {
	Action, By, Reason string
	At                 time.Time
}

type taskRow struct {
	ID, Ref, Text string
	Whose, Login  string // working name and login; empty: the team's
	State         string
	Day           string // as a date field takes it
	DueAt         time.Time
	Late, Mine    bool
	Version       int
	Steps         []stepRow
}

type personRow struct {
	ID, Name, Place, Note, Age, State string
	N, Version                        int
	Removed                           bool
	Steps                             []stepRow
}

type linkRow struct {
	ID, Ref, Urgency, Flow, Country string
	Kind, State                     string
	Closed, Second                  bool // another one must confirm it
	LastIn                          time.Time
	Version                         int
	Steps                           []stepRow
}

type consentRow struct {
	About, To, Answer, Lang, How, Text, By string
	At                                     time.Time
}

type referralRow struct {
	ID, To, About, State, Basis     string
	Purpose, Weighed, Approval      string
	By, ApprovedBy, Why, Wish       string
	Fields                          []string
	At, DueAt, SentAt               time.Time
	Day                             string
	Late, Child, Lives, May, Closed bool // May: this member of staff may decide
	Version                         int
	Steps                           []stepRow
}

// anchors are where to see to what stands in the way of closing a case.
var anchors = map[cases.Why]string{
	cases.TakenByOther: "composer", cases.OpenDanger: "closing", cases.Unread: "thread", cases.Unopened: "thread", cases.Unanswered: "filehead", cases.AlarmStands: "filehead",
	cases.Unsent: "thread", cases.HeldReply: "closing", cases.OpenReferral: "referrals", cases.OpenTask: "tasks", cases.OpenLink: "links",
	cases.TipUndecided: "tip",
}

func obstaclesOf(open []cases.Obstacle) []obstacleRow {
	var rows []obstacleRow
	for _, o := range open {
		rows = append(rows, obstacleRow{Key: string(o.Why), N: o.N, For: anchors[o.Why], Talks: o.Talks})
	}
	return rows
}

// snoozes are the hours a case may be put off for; the urgency allows the first ones.
var snoozes = []int{2, 8, 24, 3 * 24, 7 * 24, 14 * 24, 30 * 24}

// jobOf is how a case is worked on, as it is shown.
func (c *console) jobOf(v cases.View, me access.Staff, lang string) jobPage {
	n := naming{v.Names, v.Casework.Steps}
	p := jobPage{
		Status: string(v.Case.Work), Team: v.Case.Team, TeamTitle: titleOf(v.Teams, v.Case.Team), Teams: v.Teams, SnoozedUntil: v.Case.SnoozedUntil,
		Checklist: obstaclesOf(v.Checklist), Tip: v.Tip, TipState: string(v.Case.Tip), Steps: n.steps(casefile.ID{}),
		Ages: store.AgeBands, States: store.PersonStates, LinkKinds: store.LinkKinds, Mentioned: v.Mentioned, Fields: cases.Shareable,
		Answers: store.ConsentAnswers, Child: v.Casework.Child, Weigh: v.Weigh, Withdrew: v.Withdrew, FirstDay: c.dayOf(v.Now),
	}
	for _, w := range store.Works {
		p.Statuses = append(p.Statuses, string(w))
	}
	for _, t := range store.Tips {
		p.Tips = append(p.Tips, string(t))
	}
	if !v.Case.AssignedTo.IsZero() {
		p.Holder, p.HolderName = v.Case.AssignedTo.String(), n.name(v.Case.AssignedTo)
	}
	for _, s := range v.Colleagues {
		if s.As().May(access.WorkOn) {
			p.Colleagues = append(p.Colleagues, choice{Value: s.Login, Name: n.name(s.ID)})
		}
	}
	for _, h := range snoozes {
		if time.Duration(h)*time.Hour <= cases.LongestSnooze(v.Case.Urgency) {
			p.Snoozes = append(p.Snoozes, h)
		}
	}
	for _, k := range v.Casework.Tasks {
		p.Tasks = append(p.Tasks, c.taskOf(k, n, v.Colleagues, me.ID))
	}
	p.people(v, n)
	p.links(v, n, me)
	c.referring(&p, v, n, me, lang)
	return p
}

// naming gives people their working names, and rows their steps.
type naming struct {
	names cases.Names
	all   map[casefile.ID][]store.Step
}

func (n naming) name(id casefile.ID) string { return n.names[id].Reveal() }

func (n naming) steps(about casefile.ID) []stepRow {
	var rows []stepRow
	for _, s := range n.all[about] {
		rows = append(rows, stepRow{Action: strings.ReplaceAll(s.Kind, ".", "_"), By: n.name(s.Staff), Reason: s.Reason.Reveal(), At: s.At})
	}
	return rows
}

func (c *console) taskOf(k store.Task, n naming, staff []store.Staff, me casefile.ID) taskRow {
	row := taskRow{ID: k.ID.String(), Ref: k.Ref, Text: k.Text.Reveal(), Whose: n.name(k.Staff), State: string(k.State), DueAt: k.DueAt,
		Day: c.dayOf(k.DueAt), Late: k.State == store.TaskOpen && !k.DueAt.After(c.Now()), Mine: k.Staff == me, Version: k.Version, Steps: n.steps(k.ID)}
	if i := slices.IndexFunc(staff, func(s store.Staff) bool { return s.ID == k.Staff }); i >= 0 {
		row.Login = staff[i].Login
	}
	return row
}

func (p *jobPage) people(v cases.View, n naming) {
	if count, ok := v.Facts.Latest(casefile.Count); ok {
		p.Count = count.Value.Reveal()
	}
	for _, s := range v.People {
		p.People = append(p.People, personRow{ID: s.ID.String(), Name: s.Name.Reveal(), Place: s.Place.Reveal(), Note: s.Note.Reveal(), Age: s.Age,
			State: s.State, N: s.Position, Version: s.Version, Removed: s.Removed, Steps: n.steps(s.ID)})
		if !s.Removed {
			p.Subject = append(p.Subject, choice{Value: s.ID.String(), Name: strconv.Itoa(s.Position)})
		}
	}
}

func (p *jobPage) links(v cases.View, n naming, me access.Staff) {
	for _, l := range v.Linked {
		p.Links = append(p.Links, linkRow{ID: l.ID.String(), Ref: l.Case.Ref, Urgency: l.Case.Urgency.String(), Flow: string(l.Case.Flow),
			Country: l.Case.Country, Kind: string(l.Kind), State: string(l.State), Closed: l.Case.Closed, LastIn: l.Case.LastIn, Version: l.Version,
			Second: l.ProposedBy == me.ID && me.Role != access.Supervisor, Steps: n.steps(l.ID)})
	}
}

// referring is who was asked to help, and who agreed to it.
func (c *console) referring(p *jobPage, v cases.View, n naming, me access.Staff, lang string) {
	about := func(person casefile.ID) string {
		for _, s := range v.People {
			if s.ID == person {
				return strconv.Itoa(s.Position)
			}
		}
		return ""
	}
	for _, r := range v.Recipients {
		p.Recipients = append(p.Recipients, choice{Value: r.ID, Name: r.In(lang), Dim: !r.Usable})
	}
	for _, l := range c.Book.Langs() {
		if text, _, err := c.Cases.Question(casefile.Lang(l), "…"); err == nil {
			p.Asks = append(p.Asks, choice{Value: l, Name: text})
		}
	}
	for _, a := range v.Consents {
		if a.ID.IsZero() {
			continue // they wrote it, and nobody has written it down: it stands above the list
		}
		p.Consents = append(p.Consents, consentRow{About: about(a.Person), To: a.Name, Answer: a.Answer, Lang: string(a.Lang), How: a.How,
			Text: a.Text, By: n.name(a.Staff), At: a.At})
	}
	for _, r := range v.Referrals {
		p.Referrals = append(p.Referrals, referralRow{ID: r.ID.String(), To: r.Plan.Name, About: about(r.Person), State: string(r.State), Basis: string(r.Basis),
			Purpose: r.Purpose.Reveal(), Weighed: r.Weighed.Reveal(), Approval: r.Approval.Reveal(), By: n.name(r.ProposedBy), ApprovedBy: n.name(r.ApprovedBy),
			Why: string(r.Why), Wish: r.Plan.Wish, Fields: r.Plan.Fields, At: r.At, DueAt: r.DueAt, SentAt: r.SentAt, Day: c.dayOf(r.DueAt),
			Late: r.Lives() && !r.DueAt.After(v.Now), Child: r.Child, Lives: r.Lives(), Closed: v.Case.Closed, Version: r.Version, Steps: n.steps(r.ID),
			May: me.May(access.ApproveSharing) && (!r.Child || r.ProposedBy != me.ID)})
	}
}

// dayOf is the day of a moment as a date field takes it.
func (c *console) dayOf(at time.Time) string { return at.In(c.Zone).Format(time.DateOnly) }

// knownForm are the fields about a person of the group: what is known, or was typed.
type knownForm struct {
	Job   jobPage
	Form  form
	In    string    // the form
	At    string    // begins the ids of its fields
	Known personRow // as it stands
}

// Knowing are the fields to change a person of the group.
func (p filePage) Knowing(in, id string, row personRow) knownForm {
	return knownForm{Job: p.Job, Form: p.Form, In: in, At: id + "-", Known: row}
}

// Unknown are the fields to add one.
func (p filePage) Unknown() knownForm {
	return knownForm{Job: p.Job, Form: p.Form, In: "person", At: "person-", Known: personRow{Age: store.AgeBands[0], State: store.PersonUnknown}}
}

// chosen is a list with what was chosen.
type chosen struct {
	List   []choice
	Chosen string
}

// Choose hands a list what was chosen of it.
func (jobPage) Choose(list []choice, value string) chosen { return chosen{list, value} }
