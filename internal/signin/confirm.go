package signin

import (
	"context"

	"github.com/go-webauthn/webauthn/webauthn"

	"pulang/internal/store"
)

// fresh does something that only a session may that proved a second factor within
// ConfirmLife. ErrSignedOut, ErrConfirm, or what work returns.
func (s *SignIn) fresh(ctx context.Context, session string, work func(*store.Tx, Staff) error) error {
	return s.store.InTx(ctx, func(tx *store.Tx) error {
		found, err := s.session(ctx, tx, session)
		if err != nil {
			return err
		}
		staff := staffOf(found)
		if !s.now().Before(staff.Fresh) {
			return ErrConfirm
		}
		return work(tx, staff)
	})
}

// ConfirmCode proves the second factor again, in a session, with the six digits of
// the authenticator. ErrSignedOut, ErrWrong, *SlowDown, or an error of the store.
func (s *SignIn) ConfirmCode(ctx context.Context, session, code string, from From) error {
	wrong := false
	err := s.store.InTx(ctx, func(tx *store.Tx) error {
		found, err := s.session(ctx, tx, session)
		if err != nil {
			return err
		}
		known, err := tx.CredentialsOf(ctx, found.Staff) // locked: two codes are never judged at once
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
		step, ok := acceptedStep(known, code, s.now())
		if !ok {
			wrong = true
			return s.count(ctx, tx, known, who.afterCode())
		}
		if err := tx.AcceptStep(ctx, known.Staff, step, s.now()); err != nil {
			return err
		}
		return s.confirmed(ctx, tx, found)
	})
	if err == nil && wrong {
		err = ErrWrong
	}
	return err
}

// confirmed notes the proof in the session, in the caller's transaction.
func (s *SignIn) confirmed(ctx context.Context, tx *store.Tx, session store.StaffSession) error {
	if err := tx.ConfirmStaffSession(ctx, session.Hash, s.now()); err != nil {
		return err
	}
	return tx.Audit(ctx, store.Entry{At: s.now(), Actor: staffOf(session).Actor(), Action: "staff.confirmed"})
}

// AskConfirm begins to prove the second factor again, in a session, with a passkey.
// ErrSignedOut, ErrNoPasskey, or an error of the store.
func (s *SignIn) AskConfirm(ctx context.Context, session string) (asked Ceremony, err error) {
	if s.party == nil {
		return Ceremony{}, ErrNoPasskey
	}
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		found, err := s.session(ctx, tx, session)
		if err != nil {
			return err
		}
		asked, err = s.askWhich(ctx, tx, toConfirm, found.Staff)
		return err
	})
	return asked, err
}

// ConfirmPasskey proves the second factor again with a passkey of the one whose
// session it is. ErrSignedOut, ErrStartOver, ErrWrong, ErrCopied, or an error of the
// store.
func (s *SignIn) ConfirmPasskey(ctx context.Context, session, token, answer string) error {
	if s.party == nil {
		return ErrNoPasskey
	}
	var asked webauthn.SessionData
	by, err := s.answered(ctx, token, toConfirm, &asked)
	if err != nil {
		return err
	}
	said, owner, err := readAnswer(answer)
	if err != nil {
		return err
	}
	var refused error
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		found, err := s.session(ctx, tx, session)
		if err != nil {
			return err
		}
		if found.Staff != by || found.Staff != owner {
			return ErrWrong
		}
		known, err := tx.CredentialsOf(ctx, owner)
		if err != nil {
			return err
		}
		if refused, err = s.judge(ctx, tx, known, asked, said); err != nil || refused != nil {
			return err
		}
		return s.confirmed(ctx, tx, found)
	})
	if err == nil {
		err = refused
	}
	return err
}
