package session

import (
	"context"
	"encoding/hex"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"pulang/internal/casefile"
)

// Limits keeps how fast providers are written to, over all processes: one rate for
// each channel, one for each address. Both are the generic cell rate algorithm: a
// single moment, up to which everything taken so far is spent. While Redis is away
// each process keeps the rates by itself.
type Limits struct {
	sessions *Sessions
	now      func() time.Time

	mu    sync.Mutex
	cells map[string]cell // by key: what this process knows, and what counts while Redis is away
}

// NewLimits keeps rates in the Redis of sessions. now is the clock they run by.
func NewLimits(s *Sessions, now func() time.Time) *Limits {
	return &Limits{sessions: s, now: now, cells: map[string]cell{}}
}

// Rate is how much a provider takes from us in all.
type Rate struct {
	Channel casefile.ChannelName
	// Every is the least time between two messages in the long run; 0: no limit.
	Every time.Duration
	// Burst is how many may go at once after a rest, and Reserve how many of these only
	// urgent ones may use.
	Burst, Reserve int
}

// RateOf is the rate of a number of messages a second. A burst is a fifth of them, so
// that no second sees many more; two fifths of it are for what is urgent.
func RateOf(channel casefile.ChannelName, perSecond int) Rate {
	if perSecond <= 0 {
		return Rate{Channel: channel}
	}
	burst := max(2, perSecond/5)
	return Rate{Channel: channel, Every: time.Second / time.Duration(perSecond), Burst: burst, Reserve: max(1, burst*2/5)}
}

// Ask is one message that wants to go.
type Ask struct {
	To     casefile.Private
	Urgent bool
	Every  time.Duration // the least time between two to this address in the long run; 0: no limit
	Burst  int           // how many may go to it at once after a rest
}

// Wait is the answer to an Ask.
type Wait struct {
	For  time.Duration // 0: go now, and it is counted
	Wide bool          // the channel is full, not only the address
}

// cell is one rate as it stands: when all that was taken is paid back, and until when
// the provider wants to hear nothing. In microseconds since 1970.
type cell struct{ spent, held int64 }

// wait is how long one more has to wait. A moment far ahead was written by a clock
// that is ahead, and counts as a full cell.
func (c cell) wait(now, every, burst int64, minds bool) int64 {
	wait := int64(0)
	if every > 0 {
		full := every * burst
		wait = max(0, min(max(c.spent, now), now+full)-now-every*(burst-1))
	}
	if minds && c.held > now {
		wait = max(wait, c.held-now)
	}
	return wait
}

// take counts one more.
func (c cell) take(now, every, burst int64) cell {
	if every > 0 {
		c.spent = min(max(c.spent, now), now+every*burst) + every
	}
	return c
}

// takeScript does the same as cell.wait and cell.take, for a channel (the first key)
// and the address of each ask (the others), all at once.
var takeScript = redis.NewScript(`
	local now, every, burst, reserve = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
	local cells = {}
	local function read(key)
		if not cells[key] then
			local spent, held = string.match(redis.call('GET', key) or '', '^(%d+) (%d+)$')
			cells[key] = {spent = tonumber(spent or 0), held = tonumber(held or 0)}
		end
		return cells[key]
	end
	local function wait(c, every, burst, minds)
		local w = 0
		if every > 0 then
			w = math.max(0, math.min(math.max(c.spent, now), now + every * burst) - now - every * (burst - 1))
		end
		if minds and c.held > now then w = math.max(w, c.held - now) end
		return w
	end
	local function take(c, every, burst)
		if every > 0 then
			c.spent = math.min(math.max(c.spent, now), now + every * burst) + every
			c.touched = true
		end
	end
	local answer = {}
	local all = read(KEYS[1])
	for i = 2, #KEYS do
		local at = 5 + (i - 2) * 3
		local urgent, oneEvery, oneBurst = ARGV[at] == '1', tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
		local mine = burst
		if not urgent then mine = burst - reserve end
		local one = read(KEYS[i])
		local wide = wait(all, every, mine, not urgent)
		local here = wait(one, oneEvery, oneBurst, true)
		if wide == 0 and here == 0 then
			take(all, every, burst)
			take(one, oneEvery, oneBurst)
		end
		answer[#answer + 1] = string.format('%.0f', math.max(wide, here))
		answer[#answer + 1] = (wide > here) and '1' or '0'
	end
	for key, c in pairs(cells) do
		if c.touched then
			local keep = math.max(c.spent, c.held) - now
			redis.call('SET', key, string.format('%.0f %.0f', c.spent, c.held), 'PX', math.floor(keep / 1000) + 1000)
		end
	end
	return answer`)

// Take asks for messages of one channel, in their order, and answers each. What may
// go is counted.
func (l *Limits) Take(ctx context.Context, rate Rate, asks []Ask) []Wait {
	if len(asks) == 0 {
		return nil
	}
	now := l.now().UnixMicro()
	keys := []string{l.key(rate.Channel, casefile.Private{})}
	for _, a := range asks {
		keys = append(keys, l.key(rate.Channel, a.To))
	}
	if waits, ok := l.takeShared(ctx, now, rate, asks, keys); ok {
		return waits
	}
	return l.takeAlone(now, rate, asks, keys)
}

func (l *Limits) takeShared(ctx context.Context, now int64, rate Rate, asks []Ask, keys []string) ([]Wait, bool) {
	if l.sessions.isAway() {
		return nil, false
	}
	args := []any{now, rate.Every.Microseconds(), rate.Burst, rate.Reserve}
	for _, a := range asks {
		urgent := 0
		if a.Urgent {
			urgent = 1
		}
		args = append(args, urgent, a.Every.Microseconds(), max(1, a.Burst))
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	said, err := takeScript.Run(ctx, l.sessions.client, keys, args...).Int64Slice()
	if err != nil || len(said) != 2*len(asks) {
		l.sessions.leaveAlone()
		return nil, false
	}
	waits := make([]Wait, len(asks))
	for i := range waits {
		waits[i] = Wait{For: time.Duration(said[2*i]) * time.Microsecond, Wide: said[2*i+1] == 1}
	}
	return waits, true
}

func (l *Limits) takeAlone(now int64, rate Rate, asks []Ask, keys []string) []Wait {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tidy(now)
	waits := make([]Wait, len(asks))
	every, burst := rate.Every.Microseconds(), int64(rate.Burst)
	for i, a := range asks {
		mine := burst
		if !a.Urgent {
			mine -= int64(rate.Reserve)
		}
		oneEvery, oneBurst := a.Every.Microseconds(), int64(max(1, a.Burst))
		all, one := l.cells[keys[0]], l.cells[keys[i+1]]
		wide, here := all.wait(now, every, mine, !a.Urgent), one.wait(now, oneEvery, oneBurst, true)
		if wide == 0 && here == 0 {
			l.cells[keys[0]], l.cells[keys[i+1]] = all.take(now, every, burst), one.take(now, oneEvery, oneBurst)
		}
		waits[i] = Wait{For: time.Duration(max(wide, here)) * time.Microsecond, Wide: wide > here}
	}
	return waits
}

// holdScript lets a key be held until a moment, never for less than before.
var holdScript = redis.NewScript(`
	local now, till = tonumber(ARGV[1]), tonumber(ARGV[2])
	local spent, held = string.match(redis.call('GET', KEYS[1]) or '', '^(%d+) (%d+)$')
	spent, held = tonumber(spent or 0), math.max(tonumber(held or 0), till)
	redis.call('SET', KEYS[1], string.format('%.0f %.0f', spent, held), 'PX', math.floor((math.max(spent, held) - now) / 1000) + 1000)
	return 1`)

// Hold keeps an address quiet for a while, because the provider asked for it; the
// empty address is the whole channel, and there only what is not urgent waits.
func (l *Limits) Hold(ctx context.Context, channel casefile.ChannelName, to casefile.Private, d time.Duration) {
	now := l.now().UnixMicro()
	key, till := l.key(channel, to), now+d.Microseconds()
	l.mu.Lock()
	l.tidy(now)
	c := l.cells[key]
	c.held = max(c.held, till)
	l.cells[key] = c
	l.mu.Unlock()
	if l.sessions.isAway() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := holdScript.Run(ctx, l.sessions.client, []string{key}, now, till).Err(); err != nil {
		l.sessions.leaveAlone()
	}
}

// manyCells is when what is over is thrown out.
const manyCells = 4096

func (l *Limits) tidy(now int64) {
	if len(l.cells) < manyCells {
		return
	}
	for key, c := range l.cells {
		if c.spent <= now && c.held <= now {
			delete(l.cells, key)
		}
	}
}

// key is blind: whoever reads Redis cannot tell whose it is, and two lines on one Redis
// do not share it. The empty address is the whole channel. The braces keep the rates
// of a channel on one node of a cluster, because one script reads many of them.
func (l *Limits) key(channel casefile.ChannelName, to casefile.Private) string {
	name := "pulang:r:{" + string(channel) + "}"
	ix, err := l.sessions.keys.BlindIndex("rate:"+string(channel), to)
	if err != nil {
		return name + ":none" // the index cannot fail once its keys are open
	}
	return name + ":" + hex.EncodeToString(ix.Current)
}
