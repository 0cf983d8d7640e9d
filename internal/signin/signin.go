// Package signin lets staff into the console: with a passkey; or with a password
// and then a code from their own phone, or a recovery code; or, where it is set up,
// through the organisation's own sign-in (OIDC). Each ends in a session.
//
// It promises that no step is skipped or replayed (the proof of the first step is
// sealed, lasts five minutes and dies with the next sign-in; no code is accepted
// twice; a challenge is answered once, right or wrong), that a session is known
// only by the hash of its token and ends at once when it is revoked or its owner
// disabled, that keys and codes change only in a session that proved a second
// factor lately, that guessing is slowed (limits.go) in a way that locks no
// colleague out, and that an unknown login costs the same time and gives the same
// answer as a wrong password.
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

	"github.com/go-webauthn/webauthn/webauthn"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// How long things last.
const (
	SessionLife = 12 * time.Hour
	SessionIdle = 30 * time.Minute
	StepLife    = 5 * time.Minute // from the password to the code, from a question to its answer
	ConfirmLife = 5 * time.Minute // how long a second factor allows to change keys and codes
	DeviceLife  = 90 * 24 * time.Hour
)

// The errors a page decides by. See also SlowDown.
var (
	ErrWrong     = errors.New("login, password or code is wrong")
	ErrStartOver = errors.New("the first step is too old, start over")
	ErrSignedOut = errors.New("not signed in")
	ErrConfirm   = errors.New("a second factor must be proven first")
	ErrCopied    = errors.New("the passkey may exist twice, it opens nothing any more")
	ErrNoPasskey = errors.New("passkeys do not work at this address")
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
	// PublicURL is where staff reach the console. Its host is what passkeys are bound
	// to; without a host name (an IP address, or nothing) there are no passkeys.
	PublicURL string
	// OIDC is the organisation's own sign-in; the zero value: there is none.
	OIDC OIDC
}

// SignIn is the door of the console. Make one with New.
type SignIn struct {
	store   *store.Store
	now     func() time.Time
	wait    func(context.Context, time.Duration) error
	hashing chan struct{}      // one password at a time: each takes 19 MiB
	party   *webauthn.WebAuthn // nil: no passkeys
	oidc    *provider          // nil: no OIDC
}

// New makes the door.
func New(o Options) *SignIn {
	if o.Wait == nil {
		o.Wait = pause
	}
	return &SignIn{store: o.Store, now: o.Now, wait: o.Wait, hashing: make(chan struct{}, 1),
		party: relyingParty(o.PublicURL), oidc: newProvider(o.OIDC, o.PublicURL, o.Now)}
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
	Fresh time.Time        // until when keys and codes may be changed; zero: not
}

// From says where an attempt comes from.
type From struct {
	Source string // the address of the client, as far as the console knows
	Device string // the device cookie, when the browser has one
	Agent  string // what the browser is, in a few words
}

// session is how a session remembers where it was opened.
func (f From) session() casefile.Private {
	return casefile.Hide(strings.Trim(f.Agent+" · "+f.Source, " ·"))
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
	return s.proof(known, "")
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
	return s.second(ctx, proof, from, func(_ context.Context, _ *store.Tx, known store.Credentials) (entry, bool, error) {
		step, ok := acceptedStep(known, code, s.now())
		return entry{method: byPassword, step: step, confirmed: true, from: from}, ok, nil
	})
}

// second judges what comes after the first step, under a lock on the credentials:
// two answers are never judged at once.
func (s *SignIn) second(ctx context.Context, proof string, from From,
	judge func(context.Context, *store.Tx, store.Credentials) (entry, bool, error)) (Opened, error) {
	id, sealed, err := splitProof(proof)
	if err != nil {
		return Opened{}, err
	}
	var opened Opened
	wrong := false
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		known, err := tx.CredentialsOf(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return ErrStartOver
		} else if err != nil {
			return err
		}
		first, err := s.openProof(known, sealed)
		if err != nil {
			return err
		}
		who, err := s.bucketsOf(known.Login, known, from)
		if err != nil {
			return err
		}
		if err := s.slow(ctx, tx, who.forCode()); err != nil {
			return err
		}
		how, ok, err := judge(ctx, tx, known)
		if err != nil {
			return err
		}
		if !ok {
			wrong = true
			return s.count(ctx, tx, known, who.afterCode())
		}
		if how.method == byPassword && first.Via != "" {
			how.method = first.Via
		}
		opened, err = s.open(ctx, tx, known, how)
		return err
	})
	if err == nil && wrong {
		err = ErrWrong
	}
	return opened, err
}

// How a session was opened, as stored.
const (
	byPassword = "password"
	byRecovery = "recovery"
	byPasskey  = "passkey"
	byOIDC     = "oidc"
)

// entry is a complete sign-in.
type entry struct {
	method    string
	step      int64 // of the accepted code; 0: none was asked
	confirmed bool  // a second factor of ours was proven
	from      From
}

// open starts the session, in the caller's transaction.
func (s *SignIn) open(ctx context.Context, tx *store.Tx, known store.Credentials, how entry) (Opened, error) {
	now := s.now()
	token := random()
	until := now.Add(SessionLife)
	if how.step > 0 {
		if err := tx.AcceptStep(ctx, known.Staff, how.step, now); err != nil {
			return Opened{}, err
		}
	}
	if err := tx.CountSignin(ctx, known.Staff); err != nil {
		return Opened{}, err
	}
	session := store.StaffSession{ID: casefile.NewID(now), Hash: hash(token), Staff: known.Staff, Method: how.method,
		From: how.from.session(), CreatedAt: now, ExpiresAt: until}
	if how.confirmed {
		session.ConfirmedAt = now
	}
	if err := tx.StartStaffSession(ctx, session); err != nil {
		return Opened{}, err
	}
	// Whoever comes sweeps: sessions that ended, and failures that no longer count.
	if err := tx.ForgetStaffSessions(ctx, now.Add(-window)); err != nil {
		return Opened{}, err
	}
	staff := Staff{Staff: access.Staff{ID: known.Staff, Role: access.Role(known.Role)},
		Login: known.Login, Name: known.Name, Lang: known.Lang, Until: until}
	entry := store.Entry{At: now, Actor: staff.Actor(), Action: "staff.signed_in", Detail: casefile.Hide(how.method)}
	if err := tx.Audit(ctx, entry); err != nil {
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
	now := s.now()
	var session store.StaffSession
	err := s.store.InTx(ctx, func(tx *store.Tx) (err error) {
		if session, err = s.session(ctx, tx, token); err != nil {
			return err
		}
		if use && now.Sub(session.SeenAt) >= time.Minute { // one write a minute is exact enough
			return tx.SeeStaffSession(ctx, session.Hash, now)
		}
		return nil
	})
	if err != nil {
		return Staff{}, err
	}
	return staffOf(session), nil
}

// session finds the session of a token, which is neither over nor idle; else
// ErrSignedOut.
func (s *SignIn) session(ctx context.Context, tx *store.Tx, token string) (store.StaffSession, error) {
	if token == "" {
		return store.StaffSession{}, ErrSignedOut
	}
	now := s.now()
	session, err := tx.StaffSession(ctx, hash(token))
	if errors.Is(err, store.ErrNotFound) {
		return store.StaffSession{}, ErrSignedOut
	}
	if err == nil && (!now.Before(session.ExpiresAt) || now.Sub(session.SeenAt) >= SessionIdle) {
		err = ErrSignedOut
	}
	return session, err
}

func staffOf(session store.StaffSession) Staff {
	staff := Staff{Staff: access.Staff{ID: session.Staff, Role: access.Role(session.Role), Agency: session.Agency},
		Login: session.Login, Name: session.Name, Lang: session.Lang, Until: session.ExpiresAt}
	if !session.ConfirmedAt.IsZero() {
		staff.Fresh = session.ConfirmedAt.Add(ConfirmLife)
	}
	return staff
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
