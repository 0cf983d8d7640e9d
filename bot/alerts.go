package bot

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// A person who is woken by a hundred messages reads none of them. So one address of
// staff gets a few alerts by themselves; when more come within the minute, all that
// wait are told in one message, now and then.
const (
	// alone is how many alerts within a minute go each by itself.
	alone = 3
	// mostTogether is how many alerts one message may stand for. It is more than ever
	// wait for one person: whatever is left for the next message makes a new danger
	// wait behind old ones.
	mostTogether = 2000
	// alertsPerMinute is how many messages of alerts one address gets in any minute,
	// unless Options says otherwise.
	alertsPerMinute = 20
)

// paceAlerts says of waiting alerts to one address how many go each by itself now, and
// how long the rest waits to be told together; 0: they are told now.
func paceAlerts(recent store.Recent, waiting int, every time.Duration, now time.Time) (single int, wait time.Duration) {
	single = min(waiting, max(0, alone-recent.Messages))
	switch {
	case single == waiting:
		return single, 0
	case single > 0:
		return single, every
	}
	return 0, max(0, every-now.Sub(recent.Last))
}

// alerts prepares the alerts of a claim: those that are answered or said by a newer
// letter are dropped, the others are told one by one or together.
func (p *preparing) alerts(ctx context.Context, letters []store.Letter, reaches map[store.To]store.Reach) error {
	if len(letters) == 0 {
		return nil
	}
	views, letters, err := p.live(ctx, letters)
	if err != nil {
		return err
	}
	waiting := map[store.To][]store.Letter{}
	var to []store.To
	for _, letter := range letters {
		who := store.To{Staff: letter.Staff, Channel: letter.Channel}
		if p.look(letter, reaches[who]) {
			continue
		}
		if len(waiting[who]) == 0 {
			to = append(to, who)
		}
		waiting[who] = append(waiting[who], letter)
	}
	if len(to) == 0 {
		return nil
	}
	recent, err := p.tx.RecentAlerts(ctx, to, letters[0].Claim, p.now.Add(-time.Minute), lease)
	if err != nil {
		return err
	}
	for _, who := range to {
		if err := p.tell(ctx, who, reaches[who], waiting[who], views, recent[who]); err != nil {
			return err
		}
	}
	return nil
}

// live reads what alerts say, and settles those that nobody needs any more.
func (p *preparing) live(ctx context.Context, letters []store.Letter) (map[casefile.ID]store.AlertView, []store.Letter, error) {
	views, err := p.tx.AlertsOf(ctx, letters)
	if err != nil {
		return nil, nil, err
	}
	var live []store.Letter
	for _, letter := range letters {
		if _, ok := views[letter.ID]; ok {
			live = append(live, letter)
			continue
		}
		p.stops = append(p.stops, p.line.ended(parcel{letter: letter}, "dropped", "acknowledged meanwhile, or a newer one follows", ending{}))
	}
	slices.SortFunc(live, func(a, b store.Letter) int {
		va, vb := views[a.ID], views[b.ID]
		return cmp.Or(cmp.Compare(vb.Urgency, va.Urgency), va.StartedAt.Compare(vb.StartedAt), cmp.Compare(a.Seq, b.Seq))
	})
	return views, live, nil
}

// look prepares to ask the provider for an alert of which nobody knows whether it
// arrived, in the words in which it left; false when there is nothing to ask for.
func (p *preparing) look(letter store.Letter, to store.Reach) bool {
	body := p.bodies[letter.ID]
	if !letter.Unknown || body == nil || !p.runway.channel.Traits().Finds {
		return false
	}
	text, err := store.OpenBody(p.tx.Keys().Own(), letter.ID, body)
	if err != nil {
		return false // it is told again
	}
	p.put(parcel{letter: letter, out: Outgoing{To: to.Address, Text: text}, looking: true})
	return true
}

// tell tells one member of staff on one channel, most urgent first.
func (p *preparing) tell(ctx context.Context, who store.To, to store.Reach, letters []store.Letter, views map[casefile.ID]store.AlertView, recent store.Recent) error {
	single, wait := paceAlerts(recent, len(letters), p.line.alertEvery, p.now)
	for _, letter := range letters[:single] {
		p.alert(letter, to, views[letter.ID])
	}
	rest := letters[single:]
	if len(rest) == 0 {
		return nil
	}
	if wait == 0 {
		return p.together(ctx, who, to, rest, views)
	}
	for _, letter := range rest {
		later := p.line.untried(parcel{letter: letter}, "waits to be told with others", 0)
		later.NotBefore = p.now.Add(wait) // the same moment for all of them: none is always behind the others
		p.stops = append(p.stops, later)
	}
	p.wait = soonest(p.wait, wait)
	return p.tx.DeferAlerts(ctx, who, p.now.Add(wait))
}

// together tells all alerts that wait for somebody in one message; one alone is told
// as it is. Those of which nobody knows whether they arrived are among them where the
// provider cannot be asked: left to their own turn they would stand behind every new one.
func (p *preparing) together(ctx context.Context, who store.To, to store.Reach, letters []store.Letter, views map[casefile.ID]store.AlertView) error {
	more, err := p.tx.ClaimWaiting(ctx, who, letters[0].Claim, p.now.Add(lease), !p.runway.channel.Traits().Finds, mostTogether)
	if err != nil {
		return err
	}
	if len(more) > 0 {
		if views, letters, err = p.live(ctx, append(letters, more...)); err != nil {
			return err
		}
	}
	if len(letters) < 2 {
		for _, letter := range letters {
			p.alert(letter, to, views[letter.ID])
		}
		return nil
	}
	waiting, err := p.tx.AlertsWaiting(ctx, []casefile.ID{who.Staff})
	if err != nil {
		return err
	}
	first := views[letters[0].ID]
	text, err := p.line.alertText(who.Channel, to.Lang, "staff.alerts_together", first, map[string]string{
		"count": strconv.Itoa(max(len(letters), waiting[who.Staff])), "link": p.line.publicURL + "/",
	}, p.now)
	if err != nil {
		for _, letter := range letters {
			p.spoiled(letter, err)
		}
		return nil
	}
	p.put(parcel{letter: letters[0], others: letters[1:], out: Outgoing{To: to.Address, Text: text, Buttons: p.take(first)}})
	return nil
}

// alert makes a parcel of one alert. It is rendered now, so that the waiting time in
// it is true.
func (p *preparing) alert(letter store.Letter, to store.Reach, alert store.AlertView) {
	key := "staff.alert"
	if letter.Unknown || letter.PerhapsTwice {
		key = "staff.alert_twice"
	}
	text, err := p.line.alertText(letter.Channel, to.Lang, key, alert, nil, p.now)
	p.add(letter, Outgoing{To: to.Address, Text: text, Buttons: p.take(alert)}, err)
}

// take is the button that takes a case.
func (p *preparing) take(alert store.AlertView) []Button {
	if !p.runway.channel.Traits().Buttons {
		return nil
	}
	return []Button{{Label: "OK " + alert.Code, Data: "ok:" + alert.Code}}
}

// alertText is everything an alert may say: code, urgency, waiting time, link; and
// with others, how many wait.
func (l *Line) alertText(channel casefile.ChannelName, lang casefile.Lang, key string, a store.AlertView, besides map[string]string, now time.Time) (casefile.Private, error) {
	urgency, err := l.book.Text(string(lang), "staff.urgency_"+a.Urgency.String(), nil)
	if err != nil {
		return casefile.Private{}, err
	}
	vars := map[string]string{"code": a.Code, "urgency": urgency, "minutes": strconv.Itoa(minutes(a.StartedAt, now)), "link": l.publicURL + "/a/" + a.Code}
	for name, value := range besides {
		vars[name] = value
	}
	return l.words(channel, string(lang), key, vars)
}
