package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"pulang/bot"
	"pulang/internal/audit"
	"pulang/internal/casefile"
	"pulang/internal/hear"
	"pulang/internal/ledger"
	"pulang/internal/rekey"
	"pulang/internal/retention"
	"pulang/internal/seal"
	"pulang/internal/session"
	"pulang/internal/spool"
	"pulang/internal/store"
	"pulang/locales"
)

// program is everything, put together and not started.
type program struct {
	settings settings
	log      *slog.Logger
	store    *store.Store
	sessions *session.Sessions
	channels []bot.Channel
	line     *bot.Line
	watchdog *bot.Watchdog
	ledger   *ledger.Ledger // nil: none
	audit    *audit.Keeper
	forget   *retention.Forgetter
	ear      *hear.Ear
	book     *locales.Book
	keys     *rekey.Reader
	console  http.Handler
	metrics  *prometheus.Registry
	spool    *spool.Spool    // nil: none
	waiting  atomic.Bool     // for the database; only the spool takes messages
	closing  context.Context // ends when the program stops: for what would wait for ever
	close    context.CancelFunc
}

// assemble puts the program together around an open database. It makes no
// connection; what cannot be reached shows later. frames is for the console.
func assemble(s settings, db *store.Store, now func() time.Time, log *slog.Logger, frames string) (*program, error) {
	p := &program{settings: s, log: log, store: db, metrics: prometheus.NewRegistry()}
	p.closing, p.close = context.WithCancel(context.Background())
	p.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	ear, err := hear.New()
	p.ear = ear
	if err != nil {
		return nil, err
	}
	book, err := locales.Open()
	if err != nil {
		return nil, err
	}
	p.book = book
	if p.sessions, err = session.Open(s.RedisURL, db.Keys(), now); err != nil {
		return nil, err
	}
	if p.channels, err = openChannels(s); err != nil {
		return nil, errors.Join(err, p.sessions.Close())
	}
	if p.spool, err = openSpool(s, db.Keys(), now); err != nil {
		return nil, errors.Join(err, p.sessions.Close())
	}
	p.line, err = bot.New(bot.Options{
		Store: db, Sessions: p.sessions, Ear: ear, Book: book, Channels: p.channels, Now: now, Log: log,
		PublicURL: s.PublicURL, Zone: time.Local, Alarm: alarmOf(s), Metrics: p.metrics, Spool: p.spool,
		AlertsPerMinute: numberOf(s.AlertRate),
	})
	if err != nil {
		return nil, errors.Join(err, p.sessions.Close())
	}
	p.watchdog = openWatchdog(p, book, now)
	if p.ledger, err = openLedger(s); err != nil {
		return nil, errors.Join(err, p.sessions.Close())
	}
	p.keys = rekey.NewReader(db.Keys(), db, now, processName(), func(err error) {
		log.Warn("the keyset is not read anew; if it is being rotated, the rotation waits for this process", "error", err)
	})
	p.keys.Before(p.line.Keep)
	p.forget = retention.New(retention.Options{Store: db, Sessions: p.sessions, Ledger: p.ledger, Now: now, Log: log, Changed: p.line.Wake})
	p.audit = audit.New(audit.Options{Store: db, Ledger: p.ledger, Now: now, Log: log})
	if p.console, err = openConsole(p, book, now, frames); err != nil {
		return nil, errors.Join(err, p.sessions.Close())
	}
	return p, nil
}

// openWatchdog makes what watches the line, and tells when somebody waits too long.
func openWatchdog(p *program, book *locales.Book, now func() time.Time) *bot.Watchdog {
	o := bot.WatchdogOptions{
		Store: p.store, Channels: p.channels, Book: book, Alarm: alarmOf(p.settings), Now: now, Log: p.log,
		Metrics: p.metrics, Heartbeat: p.settings.HeartbeatURL,
	}
	if p.spool != nil {
		o.Spool = p.spool
	}
	return bot.NewWatchdog(o)
}

// openSpool opens the folder of the spool; nil when none is set.
func openSpool(s settings, keys *seal.Keys, now func() time.Time) (*spool.Spool, error) {
	if s.SpoolDir == "" {
		return nil, nil
	}
	one, err := spool.Open(spool.Options{Dir: s.SpoolDir, Keys: keys, Now: now, Most: int64(numberOf(s.SpoolMost))})
	if err != nil {
		return nil, fmt.Errorf("SPOOL_DIR: %w", err)
	}
	return one, nil
}

// openChannels opens every channel that has settings.
func openChannels(s settings) ([]bot.Channel, error) {
	var open []bot.Channel
	for _, c := range channels {
		if !c.given(s) {
			continue
		}
		one, err := c.open(s)
		if err != nil {
			return nil, err
		}
		open = append(open, one)
	}
	return open, nil
}

// alarmOf is who hears when everything else fails.
func alarmOf(s settings) bot.Alarm {
	alarm := bot.Alarm{TelegramChat: casefile.Hide(s.AlarmChat)}
	if number, err := phoneNumber(s.AlarmSMS, s.DefaultRegion); err == nil {
		alarm.SMSTo = casefile.Hide(number)
	}
	return alarm
}
