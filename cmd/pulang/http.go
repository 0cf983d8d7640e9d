package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"pulang/internal/guard"
)

// readyTime is how long /readyz waits for the database.
const readyTime = 2 * time.Second

// handler is everything that is served to the outside. Webhooks and console are on
// muxes of their own: the console's protection against forged forms must not see
// webhooks, and nothing of the console is reachable below /webhooks/. The console
// answers to its own name only; a provider or a health check may come by another.
func (p *program) handler() http.Handler {
	webhooks := http.NewServeMux()
	p.line.Mount(webhooks)
	all := http.NewServeMux()
	all.Handle("/webhooks/", webhooks)
	all.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "alive") })
	all.HandleFunc("GET /readyz", p.ready)
	all.Handle("/", guard.OnlyAs(p.settings.PublicURL, p.unlessWaiting(p.untilClosing(p.console))))
	for _, path := range []string{"/healthz", "/readyz"} {
		all.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { guard.NotAllowed(w, http.MethodGet, http.MethodHead) })
	}
	return all
}

// guarded is what every answer of a listener passes through.
func (p *program) guarded(h http.Handler) http.Handler {
	return guard.Handler(h, guard.Options{Log: p.log, Secure: strings.HasPrefix(p.settings.PublicURL, "https://")})
}

// ready says whether a message could be accepted now: stored, or kept in the spool.
// Redis is not asked: it only makes the line quick.
func (p *program) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTime)
	defer cancel()
	switch {
	case p.line.Ready(ctx) == nil:
		say(w, http.StatusOK, "ready")
	case p.line.Spooling() == nil:
		say(w, http.StatusOK, "ready to keep SMS in the spool; the database does not answer")
	default:
		say(w, http.StatusServiceUnavailable, "the database does not answer")
	}
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n")
}

// untilClosing ends event streams when the program stops; a stop waits for every
// other request.
func (p *program) untilClosing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/events") { // whatever the client says it accepts
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			defer context.AfterFunc(p.closing, cancel)()
			r = r.WithContext(ctx)
		}
		next.ServeHTTP(w, r)
	})
}

// metricsHandler serves /metrics, on a listener of its own, and nothing else: no
// profiles and no variables, which hold what is in memory.
func (p *program) metricsHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(p.metrics, promhttp.HandlerOpts{Registry: p.metrics}))
	return mux
}

// listen opens a listener; an empty address opens none.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	if addr == "" {
		return nil, nil
	}
	return (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
}
