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
	s, wrong := readSettings(w.getenv)
	wrong = append(wrong, s.check()...)
	if err := wrong.err(); err != nil {
		return err
	}
	log := w.logger()
	db, err := openStorage(ctx, s)
	if err != nil {
		return err
	}
	defer db.Close()
	p, err := assemble(s, db, w.now, log, "")
	if err != nil {
		return err
	}
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
// hand are finished, then the connections go.
func (p *program) serve(ctx context.Context, handler http.Handler, public, metrics net.Listener) error {
	p.keys.Start(context.WithoutCancel(ctx)) // until Stop: whoever still writes must know the newest keys
	forgetting := p.startForgetting(ctx)
	p.line.Start(ctx)
	p.audit.Start(context.WithoutCancel(ctx)) // until Stop: the last pass comes after everything else
	failed := make(chan error, 2)
	server, inside := guard.NewServer(p.guarded(handler), guard.Public, p.log), guard.NewServer(p.guarded(p.metricsHandler()), guard.Inside, p.log)
	run := func(s *http.Server, l net.Listener, most int) {
		if err := guard.Serve(s, l, most); err != nil {
			failed <- fmt.Errorf("listen on %s: %w", l.Addr(), err)
		}
	}
	go run(server, public, guard.Public.Connections)
	inward := "nowhere"
	if metrics != nil {
		inward = metrics.Addr().String()
		go run(inside, metrics, guard.Inside.Connections)
	}
	fetching, stopFetching := context.WithCancel(ctx)
	var fetchers sync.WaitGroup
	for _, c := range p.channels {
		if t, ok := c.(*telegram.Telegram); ok {
			fetchers.Go(func() { p.receiveFrom(fetching, t) })
		}
	}
	p.log.Info("the line is open", "listen", public.Addr().String(), "metrics", inward, "channels", len(p.channels), "version", version)

	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	p.log.Info("stopping: finishing what is in hand")
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	p.close()
	stopFetching()
	err = errors.Join(err, shutDown(limit, server))
	fetchers.Wait()
	err = errors.Join(err, p.line.Stop(limit), shutDown(limit, inside))
	for _, c := range p.channels {
		if c, ok := c.(interface{ Close() }); ok {
			c.Close()
		}
	}
	err = errors.Join(err, forgetting.Stop(limit))
	err = errors.Join(err, p.audit.Stop(limit)) // after all who write entries
	err = errors.Join(err, p.keys.Stop(limit))  // and after all who write anything
	err = errors.Join(err, p.sessions.Close())
	p.log.Info("stopped")
	return err
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
