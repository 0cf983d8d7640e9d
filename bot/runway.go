package bot

import (
	"context"
	"sync"
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
	full    atomic.Int64 // until then the provider takes nothing ordinary, in unix nanoseconds
	expects atomic.Bool  // letters were queued that no pass has found yet
	blocked atomic.Bool  // the next landing is to be followed by a pass

	mu       sync.Mutex
	urgent   int // places taken by alerts and replies to danger
	ordinary int // places taken by others
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
		r.expects.Store(true)
		r.loop.Wake()
	}
}

// flying is how many places are taken on all of them.
func (all runways) flying() (n int) {
	for _, r := range all {
		n += r.flying()
	}
	return n
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

// free is how many ordinary letters may leave now. Not more than the provider takes at
// once, because what it would not take has to be put back. The caller holds the lock.
func (r *runway) free(now time.Time) int {
	if now.UnixNano() < r.full.Load() {
		return 0
	}
	n := max(0, min(maxFlights-reserved-r.ordinary, maxFlights-r.ordinary-r.urgent))
	if r.rate.Every > 0 {
		n = min(n, r.rate.Burst-r.rate.Reserve)
	}
	return n
}

// board takes the places for a claim: so many urgent letters, and so many others. Of
// those that are free for others it takes half, so that replies can leave with their
// turns meanwhile (depart.go).
func (r *runway) board(now time.Time) (urgent, ordinary int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ordinary = (r.free(now) + 1) / 2
	urgent = max(0, min(reserved, maxFlights-r.urgent-r.ordinary-ordinary))
	r.urgent, r.ordinary = r.urgent+urgent, r.ordinary+ordinary
	if ordinary == 0 {
		r.blocked.Store(true)
	}
	return urgent, ordinary
}

// seat takes one ordinary place, when one is free.
func (r *runway) seat(now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.free(now) == 0 {
		return false
	}
	r.ordinary++
	return true
}

// leave gives places back.
func (r *runway) leave(urgent, ordinary int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.urgent, r.ordinary = r.urgent-urgent, r.ordinary-ordinary
}

// flying is how many places are taken.
func (r *runway) flying() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.urgent + r.ordinary
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

// paceFor is how fast a parcel's address may be written to. Alerts come a fifth sooner:
// ALERTS_PER_MINUTE keeps their number far below what an address takes in a minute, and
// the newest danger should not wait out the whole second of the one before.
func paceFor(c Channel, p parcel) time.Duration {
	pace := paceOf(c, p.out.To)
	if p.letter.Purpose == casefile.ForAlert {
		pace -= pace / 5
	}
	return pace
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
			asks = append(asks, session.Ask{To: p.out.To, Urgent: urgent, Every: paceFor(r.channel, p), Burst: addressBurst})
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
