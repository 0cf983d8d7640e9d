package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"pulang/internal/cases"
	"pulang/internal/devstack"
	"pulang/internal/fakes"
	"pulang/internal/gsm7"
	"pulang/internal/redact"
	"pulang/internal/seal"
	"pulang/internal/signin"
	"pulang/internal/store"
	"pulang/locales"
)

// clock is the real one, moved forward.
type clock struct {
	real  func() time.Time
	ahead atomic.Int64
}

// Now is the moment everything in the demo lives in.
func (c *clock) Now() time.Time { return c.real().Add(time.Duration(c.ahead.Load())) }

func (c *clock) forward(d time.Duration) { c.ahead.Add(int64(d)) }

// stage is the demo: private servers, fake providers, invented people, and the
// program as serve runs it.
type stage struct {
	url      string
	clock    *clock
	listener net.Listener
	stack    *devstack.Stack
	store    *store.Store
	telegram *fakes.Telegram
	twilio   *fakes.Twilio
	program  *program
	book     *locales.Book
	door     *signin.SignIn
	phones   []*phone
	gloss    map[string]string // Indonesian text -> English, for those who read only that
	changed  *board
	seen     progress

	entering sync.Mutex
	officer  cases.Papers // who the page's console belongs to
	login    string
	token    string
}

// openStage starts the servers and puts the program together. It takes the listener
// over.
func openStage(ctx context.Context, l net.Listener, w world) (_ *stage, err error) {
	st := &stage{url: "http://" + l.Addr().String(), clock: &clock{real: w.now}, listener: l, changed: newBoard()}
	defer func() {
		if err != nil {
			st.close()
		}
	}()
	version, err := devstack.VersionOf(store.Migrations)
	if err != nil {
		return nil, err
	}
	st.stack, err = devstack.Start(ctx, devstack.Options{Migrate: store.Migrate, Version: version, Log: func(said string) {
		_, _ = fmt.Fprintln(w.stderr, "demo:", said)
	}})
	if err != nil {
		return nil, err
	}
	keys, err := seal.New() // in memory: with the demo, everything said in it is gone
	if err != nil {
		return nil, err
	}
	if st.store, err = store.Open(store.Options{URL: st.stack.DatabaseURL, Keys: keys}); err != nil {
		return nil, err
	}
	if st.book, err = locales.Open(); err != nil {
		return nil, err
	}
	if err := st.openProviders(); err != nil {
		return nil, err
	}
	st.gloss = glossary(st.book)
	for _, p := range st.phones {
		for _, c := range p.Chips {
			if c.Gloss != "" {
				st.gloss[c.Text] = c.Gloss
			}
		}
	}
	st.door = signin.New(signin.Options{Store: st.store, Now: st.clock.Now})
	log := slog.New(redact.NewHandler(slog.NewJSONHandler(w.stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	st.program, err = assemble(st.settings(), st.store, st.clock.Now, log, "'self'")
	return st, err
}

// openProviders starts the fake Telegram and the fake Twilio, and gives everybody
// a phone.
func (st *stage) openProviders() error {
	st.telegram = fakes.NewTelegram(fakes.TelegramOptions{Now: st.clock.Now, MaxConnections: 4})
	st.twilio = fakes.NewTwilio(fakes.TwilioOptions{
		Now: st.clock.Now, Segments: gsm7.Segments, Strict: true,
		MessageURL: st.url + "/webhooks/twilio/message",
	})
	if err := errors.Join(st.telegram.Start(), st.twilio.Start()); err != nil {
		return err
	}
	st.phones = st.givePhones()
	return nil
}

// settings are those of a real installation, with the fakes' addresses.
func (st *stage) settings() settings {
	twilio := st.twilio.Options()
	return settings{
		PublicURL: st.url, RedisURL: st.stack.RedisURL, DefaultRegion: "ID",
		TelegramToken: st.telegram.Token(), TelegramSecret: "demo-secret", TelegramAPI: st.telegram.URL(),
		TwilioAccount: twilio.AccountSID, TwilioToken: twilio.AuthToken, TwilioFrom: twilio.From, TwilioAPI: st.twilio.URL(),
	}
}

// run serves until ctx ends or use returns. The people come first.
func (st *stage) run(ctx context.Context, use func(context.Context) error) error {
	if err := st.seedStaff(ctx); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	listener := st.listener
	st.listener = nil // serve closes it
	var watchers sync.WaitGroup
	go func() { served <- st.program.serve(ctx, st.handler(st.program.handler()), listener, nil) }()
	cancel := st.program.line.Changed(st.changed.ring)
	defer cancel()
	err := st.seed(ctx)
	if err == nil {
		st.watchScreens(ctx, &watchers)
		err = use(ctx)
	}
	stop()
	err = errors.Join(err, <-served)
	watchers.Wait()
	return err
}

// close stops what was started. It may be called on a stage that is half open.
func (st *stage) close() {
	if st.listener != nil {
		_ = st.listener.Close()
	}
	if st.telegram != nil {
		st.telegram.Close()
	}
	if st.twilio != nil {
		st.twilio.Close()
	}
	if st.store != nil {
		st.store.Close()
	}
	if st.stack != nil {
		st.stack.Stop()
	}
}

// forward moves the clock and lets everything look at it. Deliveries in hand are
// waited for: a jump would end their leases, and what they carry would be sent twice.
func (st *stage) forward(ctx context.Context, d time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, seedTime)
	defer cancel()
	for {
		var busy int
		rung := st.changed.rung() // before we look, so that no end of a delivery is missed
		err := st.store.InTx(ctx, func(tx *store.Tx) (err error) {
			busy, err = tx.InHand(ctx)
			return err
		})
		if err != nil {
			return fmt.Errorf("move the clock: %w", err)
		}
		if busy == 0 {
			break
		}
		select {
		case <-rung: // a delivery that ends changes something
		case <-ctx.Done():
			return fmt.Errorf("move the clock: %w", ctx.Err())
		}
	}
	st.clock.forward(d)
	st.program.line.Wake()
	st.changed.ring()
	return nil
}

// board tells everybody who watches that something has changed.
type board struct {
	mu   sync.Mutex
	next chan struct{}
}

func newBoard() *board { return &board{next: make(chan struct{})} }

func (b *board) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.next)
	b.next = make(chan struct{})
}

// rung is closed at the next change.
func (b *board) rung() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.next
}

// watchScreens rings the board whenever a phone shows something else.
func (st *stage) watchScreens(ctx context.Context, wait *sync.WaitGroup) {
	for _, one := range []*phone{st.phone("rina"), st.phone("ana")} { // one of each provider: its bell rings for all
		wait.Go(func() {
			before := ""
			for ctx.Err() == nil {
				_ = one.wait(ctx, func([]fakes.Shown) bool {
					now := st.fingerprint()
					changed := now != before
					before = now
					return changed
				})
				st.changed.ring()
			}
		})
	}
}

// glossary finds the English words of every Indonesian text without variables.
func glossary(book *locales.Book) map[string]string {
	gloss := map[string]string{}
	for _, key := range book.Keys() {
		id, err1 := book.Text("id", key, nil)
		en, err2 := book.Text("en", key, nil)
		if err1 == nil && err2 == nil && id != en {
			gloss[id] = en
		}
	}
	return gloss
}

// failed answers an error in plain text.
func failed(w http.ResponseWriter, status int, err error) { http.Error(w, err.Error(), status) }
