package escalation

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// atMost is how often one person hears of one escalation on one channel.
const atMost = time.Minute

// alerting is one round of alerts.
type alerting struct {
	rung    int
	besides []casefile.ID // who hears besides the rung
	first   bool          // the escalation is new: nobody was alerted for it
	other   bool          // on the other channel than the last time
	news    bool          // somebody must hear who has not just been told: climb until then
	now     time.Time
}

// climb alerts the rung whose turn it is and says which one is next.
func (e *Escalation) climb(ctx context.Context, tx *store.Tx, x store.Escalation, a alerting) error {
	a.other = Last(x.Urgency, a.rung) && x.Rounds > 0
	rung, err := e.alert(ctx, tx, x, a)
	if err != nil {
		return err
	}
	next, due, ok := Next(x.Urgency, rung, e.local(a.now))
	if !ok {
		return fmt.Errorf("climb: %s has no ladder", x.Urgency)
	}
	if Last(x.Urgency, rung) {
		x.Rounds++
	}
	x.Rung, x.DueAt = next, due
	if err := tx.MoveEscalation(ctx, x); err != nil {
		return err
	}
	return tx.Audit(ctx, store.Entry{At: a.now, Actor: casefile.System("ladder"), Action: "escalation.alerted", Case: x.Case,
		Detail: casefile.Hide(fmt.Sprintf("rung %d", rung))})
}

// alert puts one round of alerts into the outbox and returns the rung that heard:
// a rung with nobody in it is climbed over at once.
func (e *Escalation) alert(ctx context.Context, tx *store.Tx, x store.Escalation, a alerting) (int, error) {
	rung, hearers, err := e.hearers(ctx, tx, x, a)
	if err != nil {
		return rung, err
	}
	if len(hearers) == 0 {
		return rung, tx.RaiseAlarm(ctx, store.AlarmNobodyReachable, x.Case, casefile.ID{}, a.now)
	}
	a.rung = rung
	told, err := e.tell(ctx, tx, x, hearers, a)
	if err == nil && told == 0 && a.news && !Last(x.Urgency, rung) {
		a.rung++
		return e.alert(ctx, tx, x, a)
	}
	return rung, err
}

// hearers finds who hears, from a rung upwards, and who hears besides. Nobody hears
// of a case that is kept from them; a rung that is empty for that is climbed over as
// well, and an alarm says so.
func (e *Escalation) hearers(ctx context.Context, tx *store.Tx, x store.Escalation, a alerting) (int, []store.Hearer, error) {
	walls, err := tx.WallsOf(ctx, x.Case)
	if err != nil {
		return a.rung, nil, err
	}
	for rung := a.rung; ; rung++ {
		step, _ := Rung(x.Urgency, rung)
		group := groupOf(step.Who, x)
		group.Walls = walls
		found, err := e.hear(ctx, tx, group)
		if err != nil {
			return rung, nil, err
		}
		if len(found) == 0 {
			if err := e.walledRung(ctx, tx, x, group, a.now); err != nil {
				return rung, nil, err
			}
		}
		if len(found) > 0 || Last(x.Urgency, rung) {
			found, err = e.withBesides(ctx, tx, found, a.besides, walls)
			return rung, found, err
		}
		if err := e.nobodyOnDuty(ctx, tx, x, a.now); err != nil {
			return rung, nil, err
		}
	}
}

func (e *Escalation) withBesides(ctx context.Context, tx *store.Tx, found []store.Hearer, besides []casefile.ID, walls access.Walls) ([]store.Hearer, error) {
	if len(besides) == 0 {
		return found, nil
	}
	others, err := e.hear(ctx, tx, store.Hearers{Besides: besides, Walls: walls})
	for _, other := range others {
		if !slices.ContainsFunc(found, func(h store.Hearer) bool { return h.Staff == other.Staff }) {
			found = append(found, other)
		}
	}
	return found, err
}

// groupOf is a group of the ladder as the store finds it.
func groupOf(who Who, x store.Escalation) store.Hearers {
	switch who {
	case Team:
		return store.Hearers{OnDuty: true, Team: x.Team, Speaking: string(x.Lang)}
	case OnDuty:
		return store.Hearers{OnDuty: true}
	case Supervisors:
		return store.Hearers{OnDuty: true, Supervisors: true}
	}
	return store.Hearers{Everybody: true}
}

// hear finds people, with only those channels that can carry an alert, the
// preferred one first and one that failed last.
func (e *Escalation) hear(ctx context.Context, tx *store.Tx, group store.Hearers) ([]store.Hearer, error) {
	found, err := tx.Hear(ctx, group)
	if err != nil || len(e.Channels) == 0 {
		return found, err
	}
	for i := range found {
		found[i].Working, found[i].Failing = e.usable(found[i].Working), e.usable(found[i].Failing)
	}
	return slices.DeleteFunc(found, func(h store.Hearer) bool { return len(h.Working)+len(h.Failing) == 0 }), nil
}

func (e *Escalation) usable(channels []casefile.ChannelName) []casefile.ChannelName {
	var usable []casefile.ChannelName
	for _, c := range e.Channels {
		if slices.Contains(channels, c) {
			usable = append(usable, c)
		}
	}
	return usable
}

// nobodyOnDuty raises the alarm when it is so.
func (e *Escalation) nobodyOnDuty(ctx context.Context, tx *store.Tx, x store.Escalation, now time.Time) error {
	onDuty, err := e.hear(ctx, tx, store.Hearers{OnDuty: true})
	if err != nil || len(onDuty) > 0 {
		return err
	}
	return tx.RaiseAlarm(ctx, store.AlarmNobodyOnDuty, x.Case, casefile.ID{}, now)
}

// tell queues an alert for each hearer, at most once a minute on each channel, and
// returns how many it queued.
func (e *Escalation) tell(ctx context.Context, tx *store.Tx, x store.Escalation, hearers []store.Hearer, a alerting) (queued int, err error) {
	before, told, err := e.told(ctx, tx, x, a)
	if err != nil {
		return 0, err
	}
	codes, err := freshCodes(ctx, tx, len(hearers))
	if err != nil {
		return 0, err
	}
	for i, h := range hearers {
		last := before[h.Staff]
		channel := channelFor(h, last.LastChannel, a.other)
		if told[store.Told{Staff: h.Staff, Channel: channel}] {
			continue
		}
		code := last.Code
		if code == "" || !last.AcknowledgedAt.IsZero() {
			code = codes[i]
		}
		if err := put(ctx, tx, x.ID, h.Staff, channel, code, a); err != nil {
			return 0, err
		}
		queued++
	}
	return queued, nil
}

// told reads who was alerted before, and where in the last minute.
func (e *Escalation) told(ctx context.Context, tx *store.Tx, x store.Escalation, a alerting) (map[casefile.ID]store.Alert, map[store.Told]bool, error) {
	if a.first {
		return nil, nil, nil
	}
	alerts, err := tx.Alerts(ctx, x.ID)
	if err != nil {
		return nil, nil, err
	}
	before := map[casefile.ID]store.Alert{}
	for _, one := range alerts {
		before[one.Staff] = one
	}
	told, err := tx.ToldSince(ctx, x.ID, a.now.Add(-atMost))
	return before, told, err
}

// channelFor is where somebody is alerted: the first channel that works, or with
// other one they did not hear last on.
func channelFor(h store.Hearer, last casefile.ChannelName, other bool) casefile.ChannelName {
	channels := slices.Concat(h.Working, h.Failing)
	if other && last != "" {
		if i := slices.IndexFunc(channels, func(c casefile.ChannelName) bool { return c != last }); i >= 0 {
			return channels[i]
		}
	}
	return channels[0]
}

func put(ctx context.Context, tx *store.Tx, escalation, staff casefile.ID, channel casefile.ChannelName, code string, a alerting) error {
	err := tx.PutAlert(ctx, store.Alert{Escalation: escalation, Staff: staff, Code: code, FirstRung: a.rung, LastQueuedAt: a.now, LastChannel: channel})
	if err != nil {
		return err
	}
	return tx.Queue(ctx, store.Letter{
		ID: casefile.NewID(a.now), Staff: staff, Escalation: escalation, Channel: channel, Purpose: casefile.ForAlert,
		Priority: store.FirstOfAll, TextKey: "staff.alert", QueuedAt: a.now,
	}, tx.Keys().Own())
}

// DeliveryFailed is told that an alert did not reach somebody: they are tried on
// another channel, and the next rung hears at once that holds anybody who has not
// just been told. On the last rung the ladder
// repeats anyway.
func (e *Escalation) DeliveryFailed(ctx context.Context, tx *store.Tx, escalation, staff casefile.ID, now time.Time) error {
	x, err := tx.LockEscalation(ctx, escalation)
	if err != nil {
		return err
	}
	if x.State != store.Climbing {
		return nil
	}
	if err := e.tryOther(ctx, tx, x, staff, now); err != nil {
		return err
	}
	if x.Rounds > 0 || waking(Ladders[x.Urgency], e.local(now)).After(now) {
		return nil
	}
	return e.climb(ctx, tx, x, alerting{rung: x.Rung, news: true, now: now})
}

func (e *Escalation) tryOther(ctx context.Context, tx *store.Tx, x store.Escalation, staff casefile.ID, now time.Time) error {
	walls, err := tx.WallsOf(ctx, x.Case)
	if err != nil {
		return err
	}
	found, err := e.hear(ctx, tx, store.Hearers{Besides: []casefile.ID{staff}, Walls: walls})
	if err != nil || len(found) == 0 || len(found[0].Working)+len(found[0].Failing) < 2 {
		return err
	}
	_, err = e.tell(ctx, tx, x, found, alerting{rung: reached(x), other: true, now: now})
	return err
}

// codeAlphabet leaves out what is mistaken for something else when it is read at
// night, and the vowels, so that no code is a word.
const codeAlphabet = "23456789CDFGHJKMNPQRTVWXY"

// newCode makes a code of n characters.
func newCode(n int) string {
	code := make([]byte, n)
	for i := range code {
		var b [1]byte
		for {
			_, _ = rand.Read(b[:]) // never fails since Go 1.24
			if int(b[0]) < 256/len(codeAlphabet)*len(codeAlphabet) {
				break // every character is as likely as any other
			}
		}
		code[i] = codeAlphabet[int(b[0])%len(codeAlphabet)]
	}
	return string(code)
}

var errNoCodes = errors.New("every code is taken")

// freshCodes makes n codes that nobody ever had. Four characters are enough for
// years; then they grow. Two processes may make the same one at the same moment:
// the database refuses the second, and its turn is taken again.
func freshCodes(ctx context.Context, tx *store.Tx, n int) ([]string, error) {
	for length := 4; length <= 6; length++ {
		made := map[string]bool{}
		for len(made) < 2*n+6 {
			made[newCode(length)] = true
		}
		candidates := make([]string, 0, len(made))
		for code := range made {
			candidates = append(candidates, code)
		}
		used, err := tx.CodesInUse(ctx, candidates)
		if err != nil {
			return nil, err
		}
		fresh := slices.DeleteFunc(candidates, func(c string) bool { return slices.Contains(used, c) })
		if len(fresh) >= n {
			return fresh[:n], nil
		}
	}
	return nil, errNoCodes
}
