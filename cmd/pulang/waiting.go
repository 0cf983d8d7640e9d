package main

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"time"

	"pulang/internal/store"
)

// With a spool, serve starts although the database is away: SMS are kept, Telegram is
// asked to repeat, people are told, and the console says what is the matter. The line
// opens on the same listeners when the database is there.

// waitEvery is how often a waiting program looks whether the database is there.
const waitEvery = time.Second

// openOrAwait is openStorage. When the database is away and there is a spool, it is
// opened unseen, and the line has to wait for it.
func openOrAwait(ctx context.Context, s settings) (db *store.Store, waiting bool, err error) {
	if s.SpoolDir == "" {
		db, err = openStorage(ctx, s)
		return db, false, err
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	db, err = openStorage(limited, s)
	if err == nil || ctx.Err() != nil || !errors.Is(err, store.ErrAway) {
		return db, false, err
	}
	keys, err := s.openKeys()
	if err != nil {
		return nil, false, err
	}
	db, err = store.Open(store.Options{URL: s.DatabaseURL, Pool: numberOf(s.Pool), Keys: keys})
	return db, true, err
}

// await returns when the database is there and can be used, when ctx ends, or with the
// reason why it never can be; also with what failed says of the listeners.
func (p *program) await(ctx context.Context, failed <-chan error) error {
	p.log.Error("the database does not answer: the line waits for it, and keeps in the spool what nobody repeats", "setting", "DATABASE_URL")
	tick := time.NewTicker(waitEvery)
	defer tick.Stop()
	for {
		err := p.tryStorage(ctx)
		if err == nil || !errors.Is(err, store.ErrAway) && ctx.Err() == nil {
			return err
		}
		select {
		case <-tick.C:
		case err := <-failed:
			return err
		case <-ctx.Done():
			return nil
		}
	}
}

// tryStorage opens the database once as a start does, with all its refusals.
func (p *program) tryStorage(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	db, err := openStorage(ctx, p.settings)
	if err == nil {
		db.Close()
	}
	return err
}

// unlessWaiting serves one static page in the place of everything else while the
// program waits for the database.
func (p *program) unlessWaiting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !p.waiting.Load() {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Retry-After", "10")
		w.WriteHeader(http.StatusServiceUnavailable)
		_ = awayPage.Execute(w, p.awayWords())
	})
}

// awayWords are the words of the page in one language.
type awayWords struct{ Lang, Title, Text string }

// awayWords reads them in every language: nobody is signed in, so nobody's is known.
// They are read when they are first needed: to read one word of the console reads all.
func (p *program) awayWords() (all []awayWords) {
	for _, lang := range p.book.Langs() {
		title, _ := p.book.Text(lang, "console.away.title", nil) // a test shows the page whole
		text, _ := p.book.Text(lang, "console.away.text", nil)
		all = append(all, awayWords{lang, title, text})
	}
	return all
}

var awayPage = template.Must(template.New("away").Parse(`<!doctype html>
<html lang="id"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="10"><title>503</title></head>
<body>{{range .}}<section lang="{{.Lang}}"><h1>{{.Title}}</h1><p>{{.Text}}</p></section>{{end}}</body></html>
`))
