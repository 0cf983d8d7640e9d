package signin

import (
	"context"
	"errors"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// Account is what a member of staff sees of their own sign-in.
type Account struct {
	Passkeys []Key
	Codes    int // recovery codes that are still good
	Sessions []Session
	// Colleagues are the others who are signed in, for those who keep accounts.
	Colleagues map[string]int // login: open sessions
}

// Key is one passkey.
type Key struct {
	ID        casefile.ID
	Name      casefile.Private
	CreatedAt time.Time
	UsedAt    time.Time // zero: never
	Copied    bool      // may exist twice: opens nothing
	Synced    bool      // its maker keeps a copy elsewhere
}

// Session is one signed-in browser.
type Session struct {
	ID        casefile.ID
	This      bool   // the one that asks
	Method    string // password, recovery, passkey or oidc
	From      casefile.Private
	CreatedAt time.Time
	SeenAt    time.Time
}

// Account reads the keys, codes and sessions of the member of staff whose session
// it is. ErrSignedOut, or an error of the store.
func (s *SignIn) Account(ctx context.Context, session string) (Account, error) {
	var account Account
	now := s.now()
	err := s.store.InTx(ctx, func(tx *store.Tx) error {
		found, err := s.session(ctx, tx, session)
		if err != nil {
			return err
		}
		if account.Passkeys, err = keysOf(ctx, tx, found.Staff); err != nil {
			return err
		}
		if account.Codes, err = tx.RecoveryCodesLeft(ctx, found.Staff); err != nil {
			return err
		}
		if account.Sessions, err = s.sessionsOf(ctx, tx, found); err != nil {
			return err
		}
		if !staffOf(found).May(access.ManageStaff) {
			return nil
		}
		account.Colleagues, err = tx.SignedIn(ctx, now.Add(-SessionIdle), now)
		delete(account.Colleagues, found.Login)
		return err
	})
	return account, err
}

func (s *SignIn) sessionsOf(ctx context.Context, tx *store.Tx, asking store.StaffSession) ([]Session, error) {
	now := s.now()
	open, err := tx.StaffSessions(ctx, asking.Staff, now.Add(-SessionIdle), now)
	sessions := make([]Session, len(open))
	for i, one := range open {
		sessions[i] = Session{ID: one.ID, This: one.ID == asking.ID, Method: one.Method, From: one.From, CreatedAt: one.CreatedAt, SeenAt: one.SeenAt}
	}
	return sessions, err
}

// EndSession ends one session of the member of staff, at once. store.ErrNotFound
// when they have no such session.
func (s *SignIn) EndSession(ctx context.Context, staff Staff, id casefile.ID) error {
	return s.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.EndStaffSession(ctx, staff.ID, id, s.now()); err != nil {
			return err
		}
		return tx.Audit(ctx, store.Entry{At: s.now(), Actor: staff.Actor(), Action: "staff.session_ended"})
	})
}

// EndOtherSessions ends every session of the member of staff but the one that asks.
func (s *SignIn) EndOtherSessions(ctx context.Context, staff Staff, session string) error {
	return s.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.EndOtherStaffSessions(ctx, staff.ID, hash(session), s.now()); err != nil {
			return err
		}
		return tx.Audit(ctx, store.Entry{At: s.now(), Actor: staff.Actor(), Action: "staff.other_sessions_ended"})
	})
}

// EndColleague ends every session of a colleague, at once: their phone or laptop is
// in other hands. They may sign in again; who must not is disabled. by needs
// access.ManageStaff, and whom an agency sends ends only the sessions of their own agency,
// else access.ErrDenied; store.ErrNotFound when nobody has the login.
func (s *SignIn) EndColleague(ctx context.Context, by access.Staff, login string) error {
	if err := by.Check(access.ManageStaff); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Tx) error {
		me, err := tx.StaffByID(ctx, by.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		member, err := tx.StaffByLogin(ctx, login)
		switch {
		case me.As().Check(access.ManageStaff) != nil:
			return access.ErrDenied
		case err != nil:
			return err
		case me.Agency != access.Own && me.Agency != member.Agency:
			return access.ErrDenied
		}
		return EndSessions(ctx, tx, login, by.Actor(), s.now())
	})
}

// EndSessions ends every session of a login, in the caller's transaction.
// store.ErrNotFound when nobody has it.
func EndSessions(ctx context.Context, tx *store.Tx, login string, by casefile.Actor, now time.Time) error {
	known, err := tx.CredentialsByLogin(ctx, login)
	if err != nil {
		return err
	}
	if err := tx.RevokeStaffSessions(ctx, known.Staff, now); err != nil {
		return err
	}
	return tx.Audit(ctx, store.Entry{At: now, Actor: by, Action: "staff.sessions_ended", Detail: casefile.Hide(login)})
}
