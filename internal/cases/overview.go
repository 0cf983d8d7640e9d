package cases

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

const actionExported = "overview.exported"

// CoverageSpan is how far back it is shown who was on duty.
const CoverageSpan = 7 * 24 * time.Hour

// Figures are counts and times of the cases that began in a span. Within the team they
// are exact; what leaves it is made with Leaving.
type Figures struct {
	Days      []time.Time // bounds: the last is the end
	Total     int
	ByUrgency []Share
	ByCountry []Share // the most first; the key "" is: nobody knows
	ByFlow    []Share
	ByDay     []Share        // the key is the place in Days
	Looks     []store.Waited // from the queue to the first look
	Answers   []store.Waited // from the alert to whoever answered it
	Withheld  bool           // too few to leave the team in any form
}

// Overview is how the line does, for those who lead it.
type Overview struct {
	Figures
	Open     []store.OpenNow
	Channels []store.ChannelNow
	OnDuty   []OnDuty
	Coverage []Watch
}

// OnDuty is somebody who answers now.
type OnDuty struct {
	Name  casefile.Private
	Team  string
	Since time.Time
}

// Overview counts the cases that began within the bounds of days, and says how the
// line does now. What is kept from them is not counted.
func (d *Desk) Overview(ctx context.Context, who access.Staff, days []time.Time) (o Overview, err error) {
	now := d.Now()
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		o = Overview{}
		me, err := memberOf(ctx, tx, who, access.SeeOverview)
		if err != nil {
			return err
		}
		kept, err := tx.KeptFrom(ctx, me, false)
		if err != nil {
			return err
		}
		if o.Figures, err = figures(ctx, tx, days, kept); err != nil {
			return err
		}
		if o.Open, err = tx.OpenCases(ctx, kept); err != nil {
			return err
		}
		if me.Agency == access.Own { // it counts everything, also what is kept from others
			if o.Channels, err = tx.Channels(ctx, now.Add(-24*time.Hour), now.Add(-time.Hour)); err != nil {
				return err
			}
		}
		return o.covered(ctx, tx, now)
	})
	return o, err
}

// covered reads who is on duty, and who was.
func (o *Overview) covered(ctx context.Context, tx *store.Tx, now time.Time) error {
	staff, err := tx.AllStaff(ctx)
	if err != nil {
		return err
	}
	changes, err := tx.DutyChanges(ctx, now.Add(-CoverageSpan))
	if err != nil {
		return err
	}
	var on, answers []casefile.ID
	for _, s := range staff {
		if !access.May(access.Role(s.Role), access.Reply) {
			continue
		}
		answers = append(answers, s.ID)
		if s.OnDuty && !s.Disabled {
			on = append(on, s.ID)
			o.OnDuty = append(o.OnDuty, OnDuty{s.Name, s.Team, s.DutyChangedAt})
		}
	}
	changes = slices.DeleteFunc(changes, func(c store.DutyChange) bool { return !slices.Contains(answers, c.Staff) })
	o.Coverage = coverage(on, changes, now.Add(-CoverageSpan), now)
	return nil
}

// Leaving are the figures of whole days, as they may leave the team: what is below
// Fewest is hidden. That they were taken is audited; span says which.
func (d *Desk) Leaving(ctx context.Context, who access.Staff, days []time.Time, span string) (f Figures, err error) {
	now := d.Now()
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, access.SeeOverview)
		if err != nil {
			return err
		}
		kept, err := tx.KeptFrom(ctx, me, false)
		if err != nil {
			return err
		}
		if f, err = figures(ctx, tx, days, kept); err != nil {
			return err
		}
		f = f.suppressed()
		return tx.Audit(ctx, store.Entry{At: now, Actor: me.Actor(), Action: actionExported, Detail: casefile.Hide(span)})
	})
	return f, err
}

// suppressed is what of figures may leave the team.
func (f Figures) suppressed() Figures {
	// In an order that says nothing of how many there are.
	slices.SortFunc(f.ByCountry, func(a, b Share) int { return cmp.Compare(a.Key, b.Key) })
	f.Withheld = f.Total < Fewest
	for _, table := range []*[]Share{&f.ByUrgency, &f.ByCountry, &f.ByFlow, &f.ByDay} {
		hidden, fine := Suppress(*table)
		*table, f.Withheld = hidden, f.Withheld || !fine
	}
	// No times beside a line that is hidden.
	few := func(w store.Waited) bool {
		return w.N < Fewest || slices.ContainsFunc(f.ByUrgency, func(s Share) bool { return s.Hidden && s.Key == w.Urgency.String() })
	}
	f.Looks, f.Answers = slices.DeleteFunc(f.Looks, few), slices.DeleteFunc(f.Answers, few)
	if f.Withheld {
		return Figures{Days: f.Days, Withheld: true}
	}
	return f
}

// urgencies and flows in the order they are shown.
var (
	urgenciesShown = []casefile.Urgency{casefile.Critical, casefile.High, casefile.Medium, casefile.Low}
	flowsShown     = []casefile.Flow{casefile.FlowVictim, casefile.FlowFamily, casefile.FlowWitness, casefile.FlowReturnee, casefile.FlowInfo, ""}
)

func figures(ctx context.Context, tx *store.Tx, days []time.Time, kept []casefile.ID) (f Figures, err error) {
	counted, err := tx.CountCases(ctx, days, kept)
	if err != nil {
		return f, err
	}
	from, to := days[0], days[len(days)-1]
	f = tally(days, counted)
	if f.Looks, err = tx.WaitedForLook(ctx, from, to, kept); err != nil {
		return f, err
	}
	if f.Answers, err = tx.WaitedForAnswer(ctx, from, to, kept); err != nil {
		return f, err
	}
	byUrgency := func(a, b store.Waited) int { return cmp.Compare(b.Urgency, a.Urgency) }
	slices.SortFunc(f.Looks, byUrgency)
	slices.SortFunc(f.Answers, byUrgency)
	return f, nil
}

// tally adds up what was counted, once for each way to look at it.
func tally(days []time.Time, counted []store.Counted) Figures {
	f := Figures{Days: days}
	urgency, flow, country := map[casefile.Urgency]int{}, map[casefile.Flow]int{}, map[string]int{}
	day := make([]int, len(days)-1)
	for _, c := range counted {
		f.Total += c.N
		urgency[c.Urgency] += c.N
		flow[c.Flow] += c.N
		country[c.Country] += c.N
		day[c.Span] += c.N
	}
	for _, u := range urgenciesShown {
		f.ByUrgency = append(f.ByUrgency, Share{Key: u.String(), N: urgency[u]})
	}
	for _, one := range flowsShown {
		f.ByFlow = append(f.ByFlow, Share{Key: string(one), N: flow[one]})
	}
	for code, n := range country {
		f.ByCountry = append(f.ByCountry, Share{Key: code, N: n})
	}
	slices.SortFunc(f.ByCountry, func(a, b Share) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Key, b.Key)) })
	for i, n := range day {
		f.ByDay = append(f.ByDay, Share{Key: strconv.Itoa(i), N: n})
	}
	return f
}
