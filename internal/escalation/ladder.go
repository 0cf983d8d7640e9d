package escalation

import (
	"fmt"
	"strings"
	"time"

	"pulang/internal/casefile"
)

// Who is a group of staff that one rung wakes.
type Who string

// The groups, each wider than the one before. A group that has nobody in it is
// climbed over at once.
const (
	Team        Who = "on duty, in the team, speaking the language"
	OnDuty      Who = "everybody on duty"
	Supervisors Who = "everybody on duty, and all supervisors"
	Everybody   Who = "everybody, also off duty"
)

// RungStep is one rung: who hears, and how long after the raising.
type RungStep struct {
	Who   Who
	After time.Duration
}

// Ladder is how an escalation climbs until a named person acknowledges it.
type Ladder struct {
	Target  time.Duration // the first human look; also how long an acknowledgement holds before the case must be opened and answered
	Rungs   []RungStep
	Repeat  time.Duration // how often the last rung repeats, on the other channel each time; never under a minute, and without a cap
	Daytime bool          // nobody is woken for it at night; it waits in the queue until morning
}

// Ladders is the ladder of each urgency. The second rung hears at half the
// target, and everybody has heard before the target runs out. LOW has none.
var Ladders = map[casefile.Urgency]Ladder{
	casefile.Critical: {Target: 10 * time.Minute, Repeat: time.Minute, Rungs: []RungStep{
		{Team, 0}, {OnDuty, 5 * time.Minute}, {Supervisors, 7 * time.Minute}, {Everybody, 9 * time.Minute}}},
	casefile.High: {Target: time.Hour, Repeat: 5 * time.Minute, Rungs: []RungStep{
		{Team, 0}, {OnDuty, 30 * time.Minute}, {Supervisors, 45 * time.Minute}, {Everybody, 55 * time.Minute}}},
	casefile.Medium: {Target: 24 * time.Hour, Repeat: 6 * time.Hour, Daytime: true, Rungs: []RungStep{
		{Team, 12 * time.Hour}, {Supervisors, 18 * time.Hour}}},
}

// The hours in which a Daytime ladder may wake people, in the time zone of now.
const (
	Morning = 8
	Evening = 20
)

// The silences that are told to the rules: how long after the person's last
// message each is noted as a fact.
const (
	SilenceAfterCry = 5 * time.Minute       // rule 2: a bare cry becomes CRITICAL
	SilenceAfter    = casefile.AnswerWindow // M5, M6: nothing more comes from the line after this
)

// Rung is rung n of an urgency, the last one for any higher n; false when the
// urgency has no ladder.
func Rung(urgency casefile.Urgency, n int) (RungStep, bool) {
	ladder, ok := Ladders[urgency]
	if !ok {
		return RungStep{}, false
	}
	return ladder.Rungs[min(max(n, 0), len(ladder.Rungs)-1)], true
}

// First is when rung 0 of an escalation raised at now hears; false when the
// urgency has no ladder.
func First(urgency casefile.Urgency, now time.Time) (time.Time, bool) {
	step, ok := Rung(urgency, 0)
	if !ok {
		return time.Time{}, false
	}
	return waking(Ladders[urgency], now.Add(step.After)), true
}

// Next says, of an escalation whose rung was just alerted at now, which rung
// hears next and when, if nobody acknowledges. On the last rung it is the same
// rung again. An urgency without a ladder stays where it is: false.
func Next(urgency casefile.Urgency, rung int, now time.Time) (next int, at time.Time, ok bool) {
	ladder, ok := Ladders[urgency]
	if !ok {
		return rung, time.Time{}, false
	}
	last := len(ladder.Rungs) - 1
	if rung >= last {
		return last, waking(ladder, now.Add(max(ladder.Repeat, time.Minute))), true
	}
	rung = max(rung, 0)
	wait := ladder.Rungs[rung+1].After - ladder.Rungs[rung].After
	return rung + 1, waking(ladder, now.Add(wait)), true
}

// Last reports whether the rung is the last one of the urgency.
func Last(urgency casefile.Urgency, rung int) bool {
	return rung >= len(Ladders[urgency].Rungs)-1
}

// AckExpires is when an acknowledgement of now stops holding, unless the case
// was opened and answered by then.
func AckExpires(urgency casefile.Urgency, now time.Time) time.Time {
	return now.Add(Ladders[urgency].Target)
}

// waking moves a moment at night to the morning, for ladders that let people
// sleep.
func waking(ladder Ladder, at time.Time) time.Time {
	if !ladder.Daytime || (at.Hour() >= Morning && at.Hour() < Evening) {
		return at
	}
	morning := time.Date(at.Year(), at.Month(), at.Day(), Morning, 0, 0, 0, at.Location())
	if at.Hour() >= Evening {
		return morning.AddDate(0, 0, 1)
	}
	return morning
}

// ladderPage renders the ladders for docs/rules.md.
func ladderPage() string {
	var b strings.Builder
	b.WriteString("\n## The ladders\n\n| urgency | first look within | rung | who hears | after |\n|---|---|---|---|---|\n")
	for _, urgency := range []casefile.Urgency{casefile.Critical, casefile.High, casefile.Medium} {
		ladder := Ladders[urgency]
		for i, step := range ladder.Rungs {
			fmt.Fprintf(&b, "| %s | %s | %d | %s | %s |\n", upper(urgency), spell(ladder.Target), i, step.Who, spell(step.After))
		}
		night := ""
		if ladder.Daytime {
			night = fmt.Sprintf(", between %d:00 and %d:00", Morning, Evening)
		}
		fmt.Fprintf(&b, "| %s | %s | last | again, on the other channel, without end | every %s%s |\n", upper(urgency), spell(ladder.Target), spell(ladder.Repeat), night)
	}
	return b.String()
}

// spell writes a duration in whole hours or minutes.
func spell(d time.Duration) string {
	switch {
	case d == 0:
		return "at once"
	case d%time.Hour == 0:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d min", int(d.Minutes()))
}
