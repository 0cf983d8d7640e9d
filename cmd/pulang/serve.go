package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"pulang/bot"
	"pulang/bot/sms"
	"pulang/bot/telegram"
	"pulang/internal/guard"
	"pulang/internal/loop"
)

type serveCommand struct{}

// stopTime is how long a stop may take. What is not finished by then waits in its
// row and is taken up by the next process.
const stopTime = 20 * time.Second

// answerTime is how much of it the requests in hand may take: a webhook waits ten
// seconds for its commit.
const answerTime = 12 * time.Second

// Run serves until ctx ends, and then stops in order.
func (serveCommand) Run(ctx context.Context, w world) error {
	if w.getenv("GOGC") == "" {
		tidying, stop := context.WithCancel(ctx)
		defer stop()
		go tidy(tidying, looksEvery)
	}
	s, wrong := readSettings(w.getenv)
	wrong = append(wrong, s.check()...)
	if err := wrong.err(); err != nil {
		return err
	}
	log := w.logger()
	db, waiting, err := openOrAwait(ctx, s)
	if err != nil {
		return err
	}
	defer db.Close()
	p, err := assemble(s, db, w.now, log, "")
	if err != nil {
		return err
	}
	p.waiting.Store(waiting)
	if err := p.reachProviders(ctx); err != nil {
		return errors.Join(err, p.sessions.Close())
	}
	if err := p.sessions.Ping(ctx); err != nil {
		log.Warn("Redis does not answer; conversations are slower until it does", "setting", "REDIS_URL")
	}
	public, err := listen(ctx, s.ListenAddr)
	if err != nil {
		return errors.Join(fmt.Errorf("LISTEN_ADDR: %w", err), p.sessions.Close())
	}
	metrics, err := listen(ctx, s.MetricsAddr)
	if err != nil {
		return errors.Join(fmt.Errorf("METRICS_ADDR: %w", err), public.Close(), p.sessions.Close())
	}
	return p.serve(ctx, p.handler(), public, metrics)
}

// errWrongToken is what an operator does about a token that Telegram does not know.
var errWrongToken = errors.New("TELEGRAM_BOT_TOKEN is not accepted by Telegram: copy it again from BotFather, whole, or make a new one there with /token" +
	" (and if TELEGRAM_API_URL is set, look whether it leads to Telegram)")

// reachProviders asks each provider once. A token that Telegram does not know is
// refused, because nobody would be heard; that a provider is away, or that Twilio
// refuses us, is only said, because the other channel must open all the same.
func (p *program) reachProviders(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answers := make([]error, len(p.channels))
	var asking sync.WaitGroup
	for i, c := range p.channels {
		if c, ok := c.(interface{ Reach(context.Context) error }); ok {
			asking.Go(func() { answers[i] = c.Reach(ctx) })
		}
	}
	asking.Wait()
	for i, err := range answers {
		switch name := string(p.channels[i].Name()); {
		case errors.Is(err, telegram.ErrToken):
			return errWrongToken
		case errors.Is(err, sms.ErrAccount):
			p.log.Error("Twilio does not accept TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN: no SMS leaves until they are put right and the program is started again", "channel", name)
		case err != nil && ctx.Err() != context.Canceled:
			p.log.Warn("a provider is not reached; it is tried again", "channel", name, "error", err)
		}
	}
	return nil
}

// serve runs everything until ctx ends or a listener fails, and then stops in the
// reverse order: first nothing new is accepted, then the turns and deliveries in
// hand are finished, then the connections go. While the program waits for the
// database, only the listeners are open.
func (p *program) serve(ctx context.Context, handler http.Handler, public, metrics net.Listener) error {
	doors := p.doors(handler, public, metrics)
	p.watchdog.Start(ctx)
	var err error
	if p.waiting.Load() {
		doors.open()
		p.line.Await(ctx)
		p.log.Info("waiting for the database", "listen", doors.public, "metrics", doors.inward, "channels", len(p.channels), "version", version)
		err = p.await(ctx, doors.failed)
	}
	var forgetting *loop.Runner
	var fetchers sync.WaitGroup
	fetching, stopFetching := context.WithCancel(ctx)
	defer stopFetching()
	if err == nil && ctx.Err() == nil {
		p.keys.Start(context.WithoutCancel(ctx)) // until Stop: whoever still writes must know the newest keys
		forgetting = p.startForgetting(ctx)
		p.line.Start(ctx)
		p.audit.Start(context.WithoutCancel(ctx)) // until Stop: the last pass comes after everything else
		doors.open()
		p.waiting.Store(false)
		for _, c := range p.channels {
			if t, ok := c.(*telegram.Telegram); ok {
				fetchers.Go(func() { p.receiveFrom(fetching, t) })
			}
		}
		p.log.Info("the line is open", "listen", doors.public, "metrics", doors.inward, "channels", len(p.channels), "version", version)
		select {
		case <-ctx.Done():
		case err = <-doors.failed:
		}
	}
	p.log.Info("stopping: finishing what is in hand")
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	p.close()
	stopFetching()
	err = errors.Join(err, shutDown(limit, doors.server))
	fetchers.Wait()
	err = errors.Join(err, p.line.Stop(limit), p.watchdog.Stop(limit), shutDown(limit, doors.inside))
	err = errors.Join(err, p.stop(limit, forgetting))
	p.log.Info("stopped")
	return err
}

// stop ends what is behind the line. Without forgetting the line was never open, and
// most of it never started.
func (p *program) stop(ctx context.Context, forgetting *loop.Runner) (err error) {
	for _, c := range p.channels {
		if c, ok := c.(interface{ Close() }); ok {
			c.Close()
		}
	}
	if forgetting != nil {
		err = errors.Join(err, forgetting.Stop(ctx))
		err = errors.Join(err, p.audit.Stop(ctx)) // after all who write entries
		err = errors.Join(err, p.keys.Stop(ctx))  // and after all who write anything
	}
	if p.spool != nil {
		err = errors.Join(err, p.spool.Close())
	}
	return errors.Join(err, p.sessions.Close())
}

// doors are the listeners and who answers at them.
type doors struct {
	server, inside *http.Server
	public, inward string // where they listen; inward is for the metrics, or nowhere
	open           func() // once; calling it again does nothing
	failed         chan error
}

// doors makes the servers of both listeners; nobody answers before open.
func (p *program) doors(handler http.Handler, public, metrics net.Listener) doors {
	d := doors{
		server: guard.NewServer(p.guarded(handler), guard.Public, p.log), inside: guard.NewServer(p.guarded(p.metricsHandler()), guard.Inside, p.log),
		public: public.Addr().String(), inward: "nowhere", failed: make(chan error, 2),
	}
	if metrics != nil {
		d.inward = metrics.Addr().String()
	}
	run := func(s *http.Server, l net.Listener, most int) {
		if err := guard.Serve(s, l, most); err != nil {
			d.failed <- fmt.Errorf("listen on %s: %w", l.Addr(), err)
		}
	}
	d.open = sync.OnceFunc(func() {
		go run(d.server, public, guard.Public.Connections)
		if metrics != nil {
			go run(d.inside, metrics, guard.Inside.Connections)
		}
	})
	return d
}

// shutDown lets the requests in hand end, and cuts off what does not: a client that
// dawdles must not use up the time in which the line ends its turns.
func shutDown(ctx context.Context, server *http.Server) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("stop: some connections were cut off: %w", err), server.Close())
	}
	return nil
}

// receiveFrom lets Telegram's messages come: by polling, or by telling Telegram
// where the webhook is. While Telegram is away it tries again, less and less often.
func (p *program) receiveFrom(ctx context.Context, t *telegram.Telegram) {
	if t.Polling() {
		for {
			err := t.Poll(ctx, bot.Receive(p.line.Receive))
			if err == nil || ctx.Err() != nil {
				return
			}
			p.log.Error("nothing arrives from Telegram until this is put right; trying again", "error", err, "after", time.Minute.String())
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Minute):
			}
		}
	}
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		err := t.SetWebhook(ctx, p.settings.PublicURL)
		if err == nil || ctx.Err() != nil {
			return
		}
		p.log.Error("Telegram does not take the webhook; trying again", "error", err, "after", wait.String())
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}
