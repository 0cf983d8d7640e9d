package bot

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"pulang/internal/casefile"
)

const (
	// maxBody is the largest webhook body, unless a route says less. Telegram and Twilio send a few kilobytes.
	maxBody = 1 << 20
	// patience is how long a webhook waits for its commit before it asks the
	// provider to repeat. Twilio gives up after 15 s.
	patience = 10 * time.Second
	// keepAfter is how long it waits before it goes to the spool instead.
	keepAfter = 5 * time.Second
)

// Mount hangs the webhooks of every channel into mux.
func (l *Line) Mount(mux *http.ServeMux) {
	for _, channel := range l.channels {
		for _, route := range channel.Routes() {
			mux.Handle(route.Pattern, l.webhook(channel.Name(), route))
		}
	}
}

// webhook answers one route: proof first, then the body, then the inbox; 200 only
// after the commit.
func (l *Line) webhook(name casefile.ChannelName, route Route) http.Handler {
	most := cmp.Or(route.MaxBody, maxBody)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if route.Check != nil {
			if err := route.Check(r); err != nil {
				l.refuse(w, name, http.StatusUnauthorized, "forged")
				return
			}
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			l.refuse(w, name, http.StatusRequestEntityTooLarge, "too_large")
			return
		case err != nil:
			l.refuse(w, name, http.StatusBadRequest, "cut_off")
			return
		}
		batch, err := route.Parse(r, body)
		if err != nil {
			l.refuse(w, name, http.StatusForbidden, "forged")
			return
		}
		l.answer(w, r, name, batch)
	})
}

func (l *Line) answer(w http.ResponseWriter, r *http.Request, name casefile.ChannelName, batch []Arrived) {
	became := "stored"
	if !l.spools(name) {
		if l.commit(r.Context(), patience, batch) != nil {
			became = "not_stored"
		}
	} else {
		became = l.storeOrKeep(r.Context(), batch)
	}
	if became == "not_stored" {
		w.Header().Set("Retry-After", "5")
		l.refuse(w, name, http.StatusServiceUnavailable, became)
		return
	}
	l.metrics.webhooks.WithLabelValues(string(name), became).Inc()
	w.WriteHeader(http.StatusOK)
}

func (l *Line) commit(ctx context.Context, limit time.Duration, batch []Arrived) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return l.Receive(ctx, batch)
}

// storeOrKeep is for providers that do not repeat: what cannot be stored is kept in
// the spool. While something waits there, what comes after it waits behind it, so that
// one person's messages stay in their order. It says what became of it.
func (l *Line) storeOrKeep(ctx context.Context, batch []Arrived) string {
	if l.spool.Holds() && l.keep(batch) == nil {
		l.meet(batch, true)
		return "spooled"
	}
	if l.commit(ctx, keepAfter, batch) == nil {
		return "stored"
	}
	if err := l.keep(batch); err != nil {
		l.log.Error("a message is lost unless its provider repeats it: it can be neither stored nor kept in the spool", "error", err)
		l.meet(batch, false)
		return "not_stored"
	}
	l.meet(batch, true)
	return "spooled"
}

// refuse answers without a body: who forges learns nothing.
func (l *Line) refuse(w http.ResponseWriter, name casefile.ChannelName, status int, why string) {
	l.metrics.webhooks.WithLabelValues(string(name), why).Inc()
	w.WriteHeader(status)
}
