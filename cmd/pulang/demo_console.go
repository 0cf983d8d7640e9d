package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/pquerna/otp/totp"

	"pulang/internal/casefile"
	"pulang/internal/console"
	"pulang/internal/signin"
	"pulang/internal/store"
)

// session gives a valid console session of the demo's officer: the one there is,
// or, when it ended (the clock jumps), a new one.
func (st *stage) session(ctx context.Context) (string, error) {
	st.entering.Lock()
	defer st.entering.Unlock()
	_, err := st.door.Who(ctx, st.token)
	if errors.Is(err, signin.ErrSignedOut) {
		st.token, err = st.signIn(ctx)
	}
	return st.token, err
}

// signIn signs the officer in as they would do it. They get a new password and a
// new authenticator first, because no code is accepted twice.
func (st *stage) signIn(ctx context.Context) (token string, err error) {
	var enrolment signin.Enrolment
	err = st.store.InTx(ctx, func(tx *store.Tx) error {
		enrolment, err = signin.Enrol(ctx, tx, st.officer.ID, casefile.System("demo"), st.clock.Now())
		return err
	})
	if err != nil {
		return "", err
	}
	proof, err := st.door.Password(ctx, st.login, enrolment.Password, signin.From{})
	if err != nil {
		return "", err
	}
	code, err := totp.GenerateCode(enrolment.Secret, st.clock.Now())
	if err != nil {
		return "", fmt.Errorf("make code: %w", err)
	}
	opened, err := st.door.Code(ctx, proof, code, signin.From{})
	return opened.Token, err
}

// signedIn hands every visit of the console the officer's session. It is what makes
// the demo a demo, and the reason why it listens on this machine only.
func (st *stage) signedIn(program http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, err := st.session(r.Context())
		if err != nil {
			failed(w, http.StatusInternalServerError, err)
			return
		}
		r.Header.Set("Cookie", (&http.Cookie{Name: console.CookieName(st.url), Value: token}).String()) // #nosec G124 -- a request's cookie has no attributes
		seen := &witness{ResponseWriter: w, status: http.StatusOK}
		program.ServeHTTP(seen, r)
		st.noteVisit(r, seen.status)
	})
}

// witness remembers how a visit was answered.
type witness struct {
	http.ResponseWriter
	status int
}

// WriteHeader keeps the status.
func (w *witness) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets event streams flush.
func (w *witness) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// noteVisit ticks off what the newcomer did in the console.
func (st *stage) noteVisit(r *http.Request, status int) {
	st.seen.mu.Lock()
	defer st.seen.mu.Unlock()
	switch {
	case r.Method == http.MethodGet && status == http.StatusOK && strings.HasPrefix(r.URL.Path, "/cases/") && !strings.HasSuffix(r.URL.Path, "/events"):
		st.seen.read = true
	case r.Method == http.MethodPost && status == http.StatusSeeOther && strings.HasSuffix(r.URL.Path, "/reply"):
		st.seen.answered = true
	default:
		return
	}
	st.changed.ring()
}
