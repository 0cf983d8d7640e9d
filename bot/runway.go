package bot

import (
	"context"
	"sync/atomic"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/loop"
	"pulang/internal/session"
)

const (
	// maxFlights is how many messages are in one provider's hands at once. The last
	// reserved of them are for alerts and replies to danger: a provider that is slow
	// to answer holds up what can wait first.
	maxFlights = 64
	reserved   = 16
	// addressBurst is how many messages one address may get at once after a rest.
	addressBurst = 3
)

// runway is where the letters of one channel leave from. Each has places and a loop
// of its own, so that a provider that hangs holds up no other channel.
type runway struct {
	channel Channel // nil: letters of channels that are not configured, which leave from nowhere
	rate    session.Rate
	loop    *loop.Runner
	flying  atomic.Int32
	full    atomic.Int64 // until then the provider takes nothing ordinary, in unix nanoseconds
}

func (l *Line) newRunway(channel Channel, name string) *runway {
	r := &runway{channel: channel}
	if channel != nil {
		r.rate = session.RateOf(channel.Name(), channel.Traits().PerSecond)
	}
	work := func(ctx context.Context) (bool, error) { return l.deliverOnce(ctx, r) }
	if channel == nil {
		work = l.clearUp
	}
	r.loop = l.loop(name, time.Second, work)
	return r
}

// runways are those of the channels that are configured.
type runways []*runway

// Wake makes each look for letters now.
func (all runways) Wake() {
	for _, r := range all {
		r.loop.Wake()
	}
}

// of is the runway of a channel; nil when it is not configured.
func (all runways) of(name casefile.ChannelName) *runway {
	for _, r := range all {
		if r.channel.Name() == name {
			return r
		}
	}
	return nil
}

// free is how many letters may leave now: so many urgent ones, and so many others.
// Not more than the provider takes at once are claimed, because what it would not
// take has to be put back.
func (r *runway) free(now time.Time) (urgent, ordinary int) {
	flying := int(r.flying.Load())
	ordinary = min(max(0, maxFlights-reserved-flying), maxBatch)
	if now.UnixNano() < r.full.Load() {
		ordinary = 0
	}
	if r.rate.Every > 0 {
		ordinary = min(ordinary, r.rate.Burst-r.rate.Reserve)
	}
	return max(0, maxFlights-flying-ordinary), ordinary
}

// paceOf is how fast one address of a channel may be written to.
func paceOf(c Channel, to casefile.Private) time.Duration {
	traits := c.Traits()
	groups, ok := c.(interface {
		IsGroup(to casefile.Private) bool
	})
	if ok && traits.PerGroupMinute > addressBurst && groups.IsGroup(to) {
		return time.Minute / time.Duration(traits.PerGroupMinute-addressBurst)
	}
	return traits.PerAddress
}

// clearance asks the rates of a channel for parcels that are ready to leave, urgent
// ones first, and returns how long each still has to wait. It tells the runway when
// the channel itself is full.
func (l *Line) clearance(ctx context.Context, r *runway, parcels []parcel, now time.Time) []session.Wait {
	waits := make([]session.Wait, len(parcels))
	if l.limits == nil {
		return waits
	}
	var asks []session.Ask
	var asking []int
	for _, urgent := range []bool{true, false} {
		for i, p := range parcels {
			if p.over.State != "" || p.looking || urgent != p.urgent() {
				continue
			}
			asking = append(asking, i)
			asks = append(asks, session.Ask{To: p.out.To, Urgent: urgent, Every: paceOf(r.channel, p.out.To), Burst: addressBurst})
		}
	}
	if r.rate.Every == 0 && r.channel.Traits().PerAddress == 0 {
		return waits
	}
	for n, wait := range l.limits.Take(ctx, r.rate, asks) {
		waits[asking[n]] = wait
		if wait.Wide && !asks[n].Urgent {
			r.full.Store(now.Add(wait.For).UnixNano())
		}
	}
	return waits
}

// comeBack wakes the runway when something that waits for its turn may leave.
func (r *runway) comeBack(wait time.Duration) {
	if wait > 0 {
		time.AfterFunc(max(wait, 10*time.Millisecond), r.loop.Wake)
	}
}
