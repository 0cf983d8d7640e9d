package signin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// AskNewPasskey begins to add a passkey. ErrSignedOut, ErrConfirm without a fresh
// second factor, ErrNoPasskey, or an error of the store.
func (s *SignIn) AskNewPasskey(ctx context.Context, session string) (made Ceremony, err error) {
	if s.party == nil {
		return Ceremony{}, ErrNoPasskey
	}
	err = s.fresh(ctx, session, func(tx *store.Tx, staff Staff) error {
		ring, err := readKeyring(ctx, tx, staff.ID, staff.Login)
		if err != nil {
			return err
		}
		have := make([]protocol.CredentialDescriptor, len(ring.credentials))
		for i, c := range ring.credentials {
			have[i] = c.Descriptor()
		}
		options, asked, err := s.party.BeginRegistration(ring, webauthn.WithExclusions(have))
		if err != nil {
			return fmt.Errorf("ask for a new passkey: %w", scrub(err))
		}
		made, err = s.ceremony(ctx, tx, toEnrol, staff.ID, options.Response, asked)
		return err
	})
	return made, err
}

// mostKeys is how many passkeys somebody may have.
const mostKeys = 10

// AddPasskey adds the passkey that the browser made. ErrSignedOut, ErrConfirm,
// ErrStartOver, ErrWrong (also when it is known already, or there are too many), or
// an error of the store.
func (s *SignIn) AddPasskey(ctx context.Context, session, token, answer, name string) error {
	if s.party == nil {
		return ErrNoPasskey
	}
	var asked webauthn.SessionData
	by, err := s.answered(ctx, token, toEnrol, &asked)
	if err != nil {
		return err
	}
	said, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return ErrWrong
	}
	err = s.fresh(ctx, session, func(tx *store.Tx, staff Staff) error {
		ring, err := readKeyring(ctx, tx, staff.ID, staff.Login)
		if err != nil {
			return err
		}
		if staff.ID != by || len(ring.stored) >= mostKeys {
			return ErrWrong
		}
		credential, err := s.party.CreateCredential(ring, asked, said)
		if err != nil {
			return ErrWrong
		}
		return s.keep(ctx, tx, staff, credential, name)
	})
	if errors.Is(err, store.ErrConflict) {
		err = ErrWrong
	}
	return err
}

// keep stores a new passkey, in the caller's transaction.
func (s *SignIn) keep(ctx context.Context, tx *store.Tx, staff Staff, credential *webauthn.Credential, name string) error {
	kept, err := json.Marshal(credential)
	if err != nil {
		return fmt.Errorf("write passkey: %w", err)
	}
	now := s.now()
	if err := tx.AddPasskey(ctx, store.Passkey{ID: casefile.NewID(now), Staff: staff.ID, CredentialID: credential.ID,
		Credential: kept, Name: casefile.Hide(strings.TrimSpace(name)), CreatedAt: now}); err != nil {
		return err
	}
	return tx.Audit(ctx, store.Entry{At: now, Actor: staff.Actor(), Action: "staff.passkey_added"})
}

// RemovePasskey takes a passkey away from the member of staff whose session it is.
// ErrSignedOut, ErrConfirm, store.ErrNotFound, or an error of the store.
func (s *SignIn) RemovePasskey(ctx context.Context, session string, id casefile.ID) error {
	return s.fresh(ctx, session, func(tx *store.Tx, staff Staff) error {
		if err := tx.RevokePasskey(ctx, staff.ID, id, s.now()); err != nil {
			return err
		}
		return tx.Audit(ctx, store.Entry{At: s.now(), Actor: staff.Actor(), Action: "staff.passkey_removed"})
	})
}
