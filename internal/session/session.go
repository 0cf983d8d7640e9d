// Package session keeps hot sessions in Redis: sealed values under blind keys, with
// a time to live. It is the only package that speaks Redis.
//
// It promises that Redis may forget everything, or be away, at any moment: nothing
// is only here. Every session is also the checkpoint of its turn in Postgres, and a
// session from here is believed only when its turn number is the one Postgres
// holds. A stale session never overwrites a newer one. Failing is not an error for
// the caller: what is not found here is read from Postgres.
package session

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

const (
	timeToLive = 24 * time.Hour
	timeout    = 250 * time.Millisecond
	// pause is how long Redis is left alone after it failed, so that a dead Redis
	// costs one timeout now and then instead of one for every message.
	pause = 2 * time.Second
	// buffer is the bytes a connection reads or writes at once. A session has some 500;
	// the library's own 32 KiB, twice for each connection, would lie there unused.
	buffer = 4 << 10
)

// Sessions is the hot store.
type Sessions struct {
	client *redis.Client
	keys   *seal.Keys
	now    func() time.Time
	away   atomic.Int64 // do not try before this moment, in unix nanoseconds
}

// silent keeps the client library from logging by itself: its lines name the server.
type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

var silence = sync.OnceFunc(func() { redis.SetLogger(silent{}) })

// Open connects lazily: a Redis that is away only makes conversations slower.
func Open(url string, keys *seal.Keys, now func() time.Time) (*Sessions, error) {
	silence()
	o, err := redis.ParseURL(url)
	if err != nil {
		return nil, errors.New("REDIS_URL is not a Redis URL; it looks like redis://localhost:6379/0")
	}
	client := redis.NewClient(&redis.Options{
		Network: o.Network, Addr: o.Addr, Username: o.Username, Password: o.Password, DB: o.DB, TLSConfig: o.TLSConfig,
		ReadBufferSize: buffer, WriteBufferSize: buffer,
		ContextTimeoutEnabled: true, MaxRetries: -1, // a retried write could come late and be written twice
		DialTimeout: timeout, ReadTimeout: timeout, WriteTimeout: timeout, PoolTimeout: timeout,
	})
	return &Sessions{client: client, keys: keys, now: now}, nil
}

// Close closes every connection.
func (s *Sessions) Close() error { return s.client.Close() }

// Ping reports whether Redis answers, without its words: an error of Redis may hold
// its address and user.
func (s *Sessions) Ping(ctx context.Context) error {
	if err := s.client.Ping(ctx).Err(); err != nil {
		return errors.New("redis does not answer")
	}
	return nil
}

// Load finds the sessions of conversations. What Redis does not have, or what does
// not open, is missing from the answer.
func (s *Sessions) Load(ctx context.Context, conversations []casefile.ID) map[casefile.ID]casefile.Session {
	found := map[casefile.ID]casefile.Session{}
	if len(conversations) == 0 || s.isAway() {
		return found
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	pipe := s.client.Pipeline()
	gets := make([]*redis.StringCmd, len(conversations))
	for i, id := range conversations {
		gets[i] = pipe.Get(ctx, s.key(id))
	}
	_, err := pipe.Exec(ctx)
	if err != nil && !errors.Is(err, redis.Nil) {
		s.leaveAlone()
	}
	for i, id := range conversations {
		value, err := gets[i].Bytes()
		if err != nil {
			continue
		}
		if session, ok := s.open(id, value); ok {
			found[id] = session
		}
	}
	return found
}

// saveNewer writes a session unless a newer one is there already. The value starts
// with the turn number as 8 big-endian bytes. They are compared as a number: strings
// compare by the locale of the server.
var saveNewer = redis.NewScript(`
	local function turn(value)
		local n = 0
		for i = 1, 8 do n = n * 256 + string.byte(value, i) end
		return n
	end
	local old = redis.call('GETRANGE', KEYS[1], 0, 7)
	if #old == 8 and turn(old) >= turn(ARGV[1]) then return 0 end
	redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
	return 1`)

// Save keeps a session after its turn was committed. It reports whether it was
// written: false when Redis is away or holds a newer one.
func (s *Sessions) Save(ctx context.Context, conversation casefile.ID, session casefile.Session) bool {
	return s.SaveAll(ctx, map[casefile.ID]casefile.Session{conversation: session}) == 1
}

// SaveAll keeps the sessions of a batch, in one round trip, and returns how many were
// written.
func (s *Sessions) SaveAll(ctx context.Context, sessions map[casefile.ID]casefile.Session) (written int) {
	if len(sessions) == 0 || s.isAway() {
		return 0
	}
	values := map[string][]byte{}
	for id, session := range sessions {
		if value, err := s.seal(id, session); err == nil {
			values[s.key(id)] = value
		}
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	written, unknown := s.save(ctx, values, saveNewer.EvalSha)
	if len(unknown) > 0 { // Redis does not know the script yet, or forgot it
		again, _ := s.save(ctx, unknown, saveNewer.Eval)
		written += again
	}
	return written
}

// save writes values in one round trip. It returns how many were written, and those
// for which Redis does not know the script.
func (s *Sessions) save(ctx context.Context, values map[string][]byte,
	run func(context.Context, redis.Scripter, []string, ...any) *redis.Cmd) (written int, unknown map[string][]byte) {
	pipe := s.client.Pipeline()
	saving := map[string]*redis.Cmd{}
	for key, value := range values {
		saving[key] = run(ctx, pipe, []string{key}, value, timeToLive.Milliseconds())
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	unknown = map[string][]byte{}
	for key, cmd := range saving {
		n, err := cmd.Int()
		switch {
		case redis.HasErrorPrefix(err, "NOSCRIPT"):
			unknown[key] = values[key]
		case err != nil:
			s.leaveAlone()
		default:
			written += n
		}
	}
	return written, unknown
}

// Forget removes a session: it is read from the checkpoint next time.
func (s *Sessions) Forget(ctx context.Context, conversation casefile.ID) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for _, key := range s.everyKey(conversation) { // one by one: in a cluster they may live on different nodes
		_ = s.client.Del(ctx, key).Err() // it would be stale, and stale is not believed
	}
}

func (s *Sessions) isAway() bool { return s.now().UnixNano() < s.away.Load() }

func (s *Sessions) leaveAlone() { s.away.Store(s.now().Add(pause).UnixNano()) }

// key is blind: whoever reads Redis cannot tell which conversation it is. The braces
// keep all keys of one conversation on one node of a cluster.
func (s *Sessions) key(conversation casefile.ID) string {
	ix, err := s.keys.BlindIndex("session", casefile.Hide(conversation.String()))
	if err != nil {
		return "pulang:s:{none}" // the index cannot fail once its keys are open; nothing opens from here
	}
	return keyOf(ix.Current)
}

// everyKey is key under each index key that lives: while keys turn over, processes
// may use different ones.
func (s *Sessions) everyKey(conversation casefile.ID) (all []string) {
	ix, err := s.keys.BlindIndex("session", casefile.Hide(conversation.String()))
	if err != nil {
		return nil
	}
	for _, one := range ix.All {
		all = append(all, keyOf(one))
	}
	return all
}

func keyOf(index []byte) string { return "pulang:s:{" + hex.EncodeToString(index) + "}" }

func place(conversation casefile.ID) seal.Place {
	return seal.Place{Table: "redis", Column: "session", Row: conversation}
}

func (s *Sessions) seal(conversation casefile.ID, session casefile.Session) ([]byte, error) {
	plain, err := seal.EncodeSession(session)
	if err != nil {
		return nil, err
	}
	sealed, err := s.keys.Session().Seal(place(conversation), plain)
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint64(nil, uint64(session.Turn)), sealed...), nil // #nosec G115 -- turns count up from 0
}

func (s *Sessions) open(conversation casefile.ID, value []byte) (casefile.Session, bool) {
	if len(value) < 8 {
		return casefile.Session{}, false
	}
	plain, err := s.keys.Session().Open(place(conversation), value[8:])
	if err != nil {
		return casefile.Session{}, false
	}
	session, err := seal.DecodeSession(plain)
	if err != nil || uint64(session.Turn) != binary.BigEndian.Uint64(value) { // #nosec G115 -- turns count up from 0
		return casefile.Session{}, false
	}
	return session, true
}
