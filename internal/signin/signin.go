// Package signin lets staff into the console: a password, then a code from their
// own phone, then a session.
//
// It promises that no step is skipped or replayed (the proof of the first step is
// sealed, lasts five minutes and dies with the next code; no code is accepted
// twice), that a session is known only by the hash of its token and ends at once
// when it is revoked or its owner disabled, that guessing is slowed (limits.go)
// in a way that locks no colleague out, and that an unknown login costs the same
// time and gives the same answer as a wrong password.
// It leaves cookies and pages to the console, and what a role may do to access.
package signin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// How long things last.
const (
	SessionLife = 12 * time.Hour
	SessionIdle = 30 * time.Minute
	StepLife    = 5 * time.Minute // from the password to the code
	DeviceLife  = 90 * 24 * time.Hour
)

// The errors a page decides by. See also SlowDown.
var (
	ErrWrong     = errors.New("login, password or code is wrong")
	ErrStartOver = errors.New("the first step is too old, start over")
	ErrSignedOut = errors.New("not signed in")
)

// SlowDown says that too many attempts failed, and how long to wait.
type SlowDown struct{ Wait time.Duration }

// Error says how long to wait.
func (s *SlowDown) Error() string {
	return fmt.Sprintf("too many failed attempts, wait %s", s.Wait.Round(time.Second))
}

// Options are what sign-in works with.
type Options struct {
	Store *store.Store
	Now   func() time.Time
	// Wait pauses an attempt on a login that many sources are guessing at. Nil: a
	// timer that ends with the context.
	Wait func(context.Context, time.Duration) error
}

// SignIn is the door of the console. Make one with New.
type SignIn struct {
	store   *store.Store
	now     func() time.Time
	wait    func(context.Context, time.Duration) error
	hashing chan struct{} // one password at a time: each takes 19 MiB
}

// New makes the door.
func New(o Options) *SignIn {
	if o.Wait == nil {
		o.Wait = pause
	}
	return &SignIn{store: o.Store, now: o.Now, wait: o.Wait, hashing: make(chan struct{}, 1)}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Staff is a signed-in member of staff.
type Staff struct {
	access.Staff
	Login string
	Name  casefile.Private // working name
	Lang  casefile.Lang    // of the pages
	Until time.Time        // when the session ends at the latest
}

// From says where an attempt comes from.
type From struct {
	Source string // the address of the client, as far as the console knows
	Device string // the device cookie, when the browser has one
}

// Password is the first step. It returns the sealed proof to hand back with the
// code. ErrWrong, *SlowDown, or an error of the store.
func (s *SignIn) Password(ctx context.Context, login, password string, from From) (proof string, err error) {
	login = strings.ToLower(strings.TrimSpace(login))
	if err := s.delay(ctx, login); err != nil {
		return "", err
	}
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	known, who, err := s.admit(ctx, login, from)
	if err != nil {
		return "", err
	}
	matches := verify(known.PasswordHash, password)
	if !matches || known.Disabled || known.TOTP == "" {
		return "", s.failed(ctx, known, who)
	}
	return s.proof(known)
}

// Opened is what a complete sign-in gives to the browser.
type Opened struct {
	Token  string // of the session
	Device string // proves that this browser has been signed in before
	Staff  Staff
}

// Code is the second step: the proof of the first, and the six digits.
// ErrStartOver, ErrWrong, *SlowDown, or an error of the store.
func (s *SignIn) Code(ctx context.Context, proof, code string, from From) (Opened, error) {
	id, sealed, err := splitProof(proof)
	if err != nil {
		return Opened{}, err
	}
	var opened Opened
	wrong := false
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		known, err := tx.CredentialsOf(ctx, id) // locked: two codes are never judged at once
		if errors.Is(err, store.ErrNotFound) {
			return ErrStartOver
		} else if err != nil {
			return err
		}
		if err := s.openProof(known, sealed); err != nil {
			return err
		}
		who, err := s.bucketsOf(known.Login, known, from)
		if err != nil {
			return err
		}
		if err := s.slow(ctx, tx, who.forCode()); err != nil {
			return err
		}
		step, ok := acceptedStep(known, code, s.now())
		if !ok {
			wrong = true
			return s.count(ctx, tx, known, who.afterCode())
		}
		opened, err = s.open(ctx, tx, known, step)
		return err
	})
	if err == nil && wrong {
		err = ErrWrong
	}
	return opened, err
}

// open accepts the code and starts the session, in the caller's transaction.
func (s *SignIn) open(ctx context.Context, tx *store.Tx, known store.Credentials, step int64) (Opened, error) {
	now := s.now()
	token := random()
	until := now.Add(SessionLife)
	if err := tx.AcceptStep(ctx, known.Staff, step, now); err != nil {
		return Opened{}, err
	}
	if err := tx.StartStaffSession(ctx, hash(token), known.Staff, now, until); err != nil {
		return Opened{}, err
	}
	// Whoever comes sweeps: sessions that ended, and failures that no longer count.
	if err := tx.ForgetStaffSessions(ctx, now.Add(-window)); err != nil {
		return Opened{}, err
	}
	staff := Staff{Staff: access.Staff{ID: known.Staff, Role: access.Role(known.Role)},
		Login: known.Login, Name: known.Name, Lang: known.Lang, Until: until}
	if err := tx.Audit(ctx, store.Entry{At: now, Actor: staff.Actor(), Action: "staff.signed_in"}); err != nil {
		return Opened{}, err
	}
	device, err := s.device(known)
	return Opened{Token: token, Device: device, Staff: staff}, err
}

// Who is the member of staff of a session, which counts as used. ErrSignedOut when
// the session expired, idled too long, was revoked, or its owner is disabled.
func (s *SignIn) Who(ctx context.Context, token string) (Staff, error) {
	return s.look(ctx, token, true)
}

// Still is Who without using the session: for a page that waits by itself.
func (s *SignIn) Still(ctx context.Context, token string) (Staff, error) {
	return s.look(ctx, token, false)
}

func (s *SignIn) look(ctx context.Context, token string, use bool) (Staff, error) {
	if token == "" {
		return Staff{}, ErrSignedOut
	}
	now := s.now()
	var session store.StaffSession
	err := s.store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		session, err = tx.StaffSession(ctx, hash(token))
		if err != nil {
			return err
		}
		if !now.Before(session.ExpiresAt) || now.Sub(session.SeenAt) >= SessionIdle {
			return ErrSignedOut
		}
		if use && now.Sub(session.SeenAt) >= time.Minute { // one write a minute is exact enough
			return tx.SeeStaffSession(ctx, session.Hash, now)
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return Staff{}, ErrSignedOut
	}
	if err != nil {
		return Staff{}, err
	}
	return Staff{Staff: access.Staff{ID: session.Staff, Role: access.Role(session.Role)},
		Login: session.Login, Name: session.Name, Lang: session.Lang, Until: session.ExpiresAt}, nil
}

// Out ends a session. One that has ended already is fine.
func (s *SignIn) Out(ctx context.Context, token string) error {
	staff, err := s.Still(ctx, token)
	if errors.Is(err, ErrSignedOut) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.RevokeStaffSession(ctx, hash(token), s.now()); err != nil {
			return err
		}
		return tx.Audit(ctx, store.Entry{At: s.now(), Actor: staff.Actor(), Action: "staff.signed_out"})
	})
}

// random is 32 bytes nobody can guess, as text.
func random() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(raw)
}

// hash is what is stored of a token. It has 256 random bits, so a plain hash is
// enough.
func hash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
