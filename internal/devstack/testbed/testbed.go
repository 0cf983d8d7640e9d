// Package testbed is what the tests of several packages stand on: a database of
// their own with the store open on it, a clock that only the test moves, members of
// staff, and people who write. Each package's tests build their own house on it.
//
// It promises that two tests never share a row; that time stands still until
// somebody moves it; and that a turn is written as the line writes it, in one
// transaction and through the store's own methods, so that a rule of the store holds
// in a test too.
//
// It leaves to the caller what the person said means: Person.File keeps the case
// (testbed/judged does it by the rules), because the packages that judge are tested
// here as well. Only tests may import it; internal/floors says so.
package testbed

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/devstack"
	"pulang/internal/seal"
	"pulang/internal/store"
)

// Morning is when tests begin that do not mind: ten o'clock in Jakarta.
var Morning = time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)

// Main runs a package's tests with migrated databases and sets stack, for TestMain:
//
//	func TestMain(m *testing.M) { os.Exit(testbed.Main(m, &stack)) }
func Main(m *testing.M, stack **devstack.Stack) (status int) {
	version, err := devstack.VersionOf(store.Migrations)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return devstack.Main(m, devstack.Options{Migrate: store.Migrate, Version: version}, func(s *devstack.Stack) { *stack = s })
}

// Clock is the time of a test; only the test moves it.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock shows a time.
func NewClock(at time.Time) *Clock { return &Clock{now: at} }

// Now is what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Forward moves the clock.
func (c *Clock) Forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Options say how a test begins. The zero value is good.
type Options struct {
	At   time.Time // what the clock shows; zero: Morning
	Pool int       // connections at most; 0: as many as the store takes by itself
}

// Bed is a test with a database, a store and a clock.
type Bed struct {
	*testing.T
	Store *store.Store
	Keys  *seal.Keys
	URL   string // of the database

	pool  int
	clock *Clock
}

// Open makes a bed. Everything is closed when the test ends.
func Open(t *testing.T, stack *devstack.Stack, o Options) *Bed {
	t.Helper()
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	if o.At.IsZero() {
		o.At = Morning
	}
	b := &Bed{T: t, Keys: keys, pool: o.Pool, clock: NewClock(o.At)}
	b.Opens(stack.Database(t))
	return b
}

// Opens opens the store on another database, as after a restore.
func (b *Bed) Opens(url string) {
	b.Helper()
	opened, err := store.Open(store.Options{URL: url, Keys: b.Keys, Pool: b.pool})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(opened.Close)
	b.Store, b.URL = opened, url
}

// SQL is a new connection past the store, to look at rows and to break them.
func (b *Bed) SQL() *pgx.Conn {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), b.URL)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close(context.WithoutCancel(b.Context())) })
	return conn
}

// Now is the clock. It is handed to whatever is tested.
func (b *Bed) Now() time.Time { return b.clock.Now() }

// Forward moves the clock.
func (b *Bed) Forward(d time.Duration) { b.clock.Forward(d) }

// Tx does work in one transaction, which must succeed.
func (b *Bed) Tx(work func(*store.Tx) error) {
	b.Helper()
	if err := b.Store.InTx(b.Context(), work); err != nil {
		b.Fatal(err)
	}
}

// Member adds a member of staff of the main team, who is off duty and has no way to
// sign in. change may change the row before it is written.
func (b *Bed) Member(login string, role access.Role, change ...func(*store.Staff)) access.Staff {
	b.Helper()
	s := store.Staff{ID: casefile.NewID(b.Now()), Login: login, Name: casefile.Hide(login), Role: string(role),
		Team: store.MainTeam, Languages: []string{"id"}, Lang: casefile.Indonesian, CreatedAt: b.Now()}
	for _, c := range change {
		c(&s)
	}
	b.Tx(func(tx *store.Tx) error { return tx.AddStaff(b.Context(), s) })
	return access.Staff{ID: s.ID, Role: role}
}

// Starts starts the conversation with an address that never wrote before.
func (b *Bed) Starts(address casefile.Address) store.Found {
	b.Helper()
	var found []store.Found
	b.Tx(func(tx *store.Tx) (err error) {
		if err := tx.StartConversation(b.Context(), address, casefile.Indonesian, "", b.Now()); err != nil {
			return err
		}
		found, err = tx.FindConversations(b.Context(), []casefile.Address{address})
		return err
	})
	if len(found) != 1 || found[0].Address != address {
		b.Fatalf("found %d conversations, want the one that was started", len(found))
	}
	return found[0]
}
