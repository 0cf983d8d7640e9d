package signin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// How guessing is slowed. Failures are counted in buckets; each bucket has some
// that are free, and then a wait that doubles with every further one.
//
//	door    one source at one login            refuses
//	source  one source at any login            refuses
//	login   any source at one login            only delays each attempt
//	codes   wrong codes after a right password refuses
//
// A browser that has signed in before (the device cookie) has a door of its own
// and nothing else is asked of it, so whoever guesses from elsewhere, even through
// the same proxy, locks nobody out of the browser they work with.
const (
	window    = 15 * time.Minute // failures older than this are forgotten
	firstWait = 5 * time.Second  // after the last free failure
	mostWait  = 5 * time.Minute
	loginFree = 20
	loginWait = 2 * time.Second
)

// bucket is one count of failures, and how many of them are free.
type bucket struct {
	subject []byte
	free    int
}

// buckets are those of one attempt.
type buckets struct {
	door, source, login, codes bucket
	device                     bool // known browser: only its own door counts
}

func (b buckets) refusing() []bucket {
	if b.device {
		return []bucket{b.door}
	}
	return []bucket{b.door, b.source}
}

func (b buckets) forCode() []bucket {
	if b.device {
		return b.refusing()
	}
	return append(b.refusing(), b.codes)
}

// afterCode is where a wrong code is counted besides.
func (b buckets) afterCode() buckets {
	b.login = b.codes
	return b
}

func (s *SignIn) subject(kind, value string) ([]byte, error) {
	ix, err := s.store.Keys().BlindIndex("signin:"+kind, casefile.Hide(value))
	return ix.Current, err
}

func (s *SignIn) bucketsOf(login string, known store.Credentials, from From) (b buckets, err error) {
	var which int64
	which, b.device = s.isDevice(known, from.Device)
	door := "source\x00" + from.Source + "\x00" + login
	if b.device {
		door = fmt.Sprintf("device\x00%d\x00%s", which, login)
	}
	for _, one := range []struct {
		to          *bucket
		free        int
		kind, value string
	}{
		{&b.door, 5, "door", door},
		{&b.source, 30, "source", from.Source},
		{&b.login, loginFree, "login", login},
		{&b.codes, 10, "codes", login},
	} {
		one.to.free = one.free
		if one.to.subject, err = s.subject(one.kind, one.value); err != nil {
			return buckets{}, err
		}
	}
	return b, nil
}

// delay makes everybody wait a moment at a login that is being guessed at from
// many sources. Nobody is refused for it.
func (s *SignIn) delay(ctx context.Context, login string) error {
	subject, err := s.subject("login", login)
	if err != nil {
		return err
	}
	var failures int
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		failures, _, err = tx.SigninFailures(ctx, subject, s.now().Add(-window))
		return err
	})
	if err != nil || failures < loginFree {
		return err
	}
	return s.wait(ctx, loginWait)
}

// admit reads the credentials of a login, and refuses where too many attempts
// failed. An unknown login is admitted like a known one.
func (s *SignIn) admit(ctx context.Context, login string, from From) (known store.Credentials, who buckets, err error) {
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		known, err = tx.CredentialsByLogin(ctx, login)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if who, err = s.bucketsOf(login, known, from); err != nil {
			return err
		}
		return s.slow(ctx, tx, who.refusing())
	})
	return known, who, err
}

// slow reports *SlowDown while any of the buckets makes the caller wait.
func (s *SignIn) slow(ctx context.Context, tx *store.Tx, asked []bucket) error {
	now := s.now()
	for _, b := range asked {
		failures, last, err := tx.SigninFailures(ctx, b.subject, now.Add(-window))
		if err != nil {
			return err
		}
		if wait := last.Add(waitAfter(failures, b.free)).Sub(now); failures >= b.free && wait > 0 {
			return &SlowDown{Wait: wait}
		}
	}
	return nil
}

// waitAfter is the wait after so many failures.
func waitAfter(failures, free int) time.Duration {
	wait := firstWait
	for range failures - free {
		if wait *= 2; wait >= mostWait {
			return mostWait
		}
	}
	return wait
}

// failed counts a failure in a transaction of its own and returns ErrWrong.
func (s *SignIn) failed(ctx context.Context, known store.Credentials, who buckets) error {
	err := s.store.InTx(ctx, func(tx *store.Tx) error { return s.count(ctx, tx, known, who) })
	if err != nil {
		return err
	}
	return ErrWrong
}

// count counts a failure in the caller's transaction.
func (s *SignIn) count(ctx context.Context, tx *store.Tx, known store.Credentials, who buckets) error {
	now := s.now()
	subjects := [][]byte{who.door.subject, who.login.subject}
	if !who.device {
		subjects = append(subjects, who.source.subject)
	}
	if err := tx.NoteSigninFailure(ctx, subjects, now); err != nil || known.Staff.IsZero() {
		return err
	}
	return tx.Audit(ctx, store.Entry{At: now, Actor: casefile.System("signin"),
		Action: "staff.signin_failed", Detail: casefile.Hide(known.Login)})
}
