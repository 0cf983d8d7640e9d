package signin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// A passkey is never slowed down: nothing about it can be guessed, and whoever is
// being guessed at must have one door that stays open.

// relyingParty is what passkeys are bound to: the host of the console, and its
// origin. Nil where the rules of WebAuthn allow none: an IP address, or a name
// without a dot that is not localhost.
func relyingParty(publicURL string) *webauthn.WebAuthn {
	at, err := url.Parse(publicURL)
	if err != nil || at.Hostname() == "" {
		return nil
	}
	party, err := webauthn.New(&webauthn.Config{
		RPID: at.Hostname(), RPDisplayName: "Pulang", RPOrigins: []string{at.Scheme + "://" + at.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil
	}
	return party
}

// Passkeys reports whether there are passkeys at this address.
func (s *SignIn) Passkeys() bool { return s.party != nil }

// Ceremony is what a browser is to ask its owner's key.
type Ceremony struct {
	Token   string          // comes back with the answer, once
	Options json.RawMessage // for navigator.credentials
}

// The kinds of challenges, as stored.
const (
	toEnrol   = "enrol"
	toEnter   = "passkey"
	toConfirm = "confirm"
	toOIDC    = "oidc"
)

// keyring is a member of staff as the webauthn library sees them: by an id and a
// login, without the name that persons know.
type keyring struct {
	staff       casefile.ID
	login       string
	stored      []store.Passkey
	credentials []webauthn.Credential
}

func (k keyring) WebAuthnID() []byte                         { return k.staff[:] }
func (k keyring) WebAuthnName() string                       { return k.login }
func (k keyring) WebAuthnDisplayName() string                { return k.login }
func (k keyring) WebAuthnCredentials() []webauthn.Credential { return k.credentials }

func readKeyring(ctx context.Context, tx *store.Tx, staff casefile.ID, login string) (keyring, error) {
	ring := keyring{staff: staff, login: login}
	var err error
	if ring.stored, err = tx.Passkeys(ctx, staff); err != nil {
		return keyring{}, err
	}
	ring.credentials = make([]webauthn.Credential, len(ring.stored))
	for i, p := range ring.stored {
		if err := json.Unmarshal(p.Credential, &ring.credentials[i]); err != nil {
			return keyring{}, errors.New("read passkey: not as it was written")
		}
	}
	return ring, nil
}

// keysOf are the passkeys of a member of staff as they see them.
func keysOf(ctx context.Context, tx *store.Tx, staff casefile.ID) ([]Key, error) {
	ring, err := readKeyring(ctx, tx, staff, "")
	keys := make([]Key, len(ring.stored))
	for i, p := range ring.stored {
		keys[i] = Key{ID: p.ID, Name: p.Name, CreatedAt: p.CreatedAt, UsedAt: p.UsedAt,
			Copied: !p.CopiedAt.IsZero(), Synced: ring.credentials[i].Flags.BackupEligible}
	}
	return keys, err
}

// ask stores what was asked and gives the browser the token to answer with.
func (s *SignIn) ask(ctx context.Context, tx *store.Tx, kind string, staff casefile.ID, asked any) (token string, err error) {
	plain, err := json.Marshal(asked)
	if err != nil {
		return "", fmt.Errorf("write challenge: %w", err)
	}
	token, now := random(), s.now()
	return token, tx.Ask(ctx, store.Challenge{ID: casefile.NewID(now), Hash: hash(token), Kind: kind, Staff: staff,
		Asked: plain, ExpiresAt: now.Add(StepLife)}, now)
}

// answered takes a challenge away in a transaction of its own: also a wrong answer
// uses it up. ErrStartOver when there is none.
func (s *SignIn) answered(ctx context.Context, token, kind string, asked any) (by casefile.ID, err error) {
	var c store.Challenge
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		c, err = tx.TakeChallenge(ctx, hash(token), kind, s.now())
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return casefile.ID{}, ErrStartOver
	}
	if err != nil {
		return casefile.ID{}, err
	}
	if err := json.Unmarshal(c.Asked, asked); err != nil {
		return casefile.ID{}, ErrStartOver // written by another release
	}
	return c.Staff, nil
}

// AskPasskey begins a sign-in with whatever passkey the browser has for us.
// ErrNoPasskey, or an error of the store.
func (s *SignIn) AskPasskey(ctx context.Context) (asked Ceremony, err error) {
	if s.party == nil {
		return Ceremony{}, ErrNoPasskey
	}
	err = s.store.InTx(ctx, func(tx *store.Tx) (err error) {
		asked, err = s.askWhich(ctx, tx, toEnter, casefile.ID{})
		return err
	})
	return asked, err
}

func (s *SignIn) askWhich(ctx context.Context, tx *store.Tx, kind string, staff casefile.ID) (Ceremony, error) {
	options, asked, err := s.party.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Ceremony{}, fmt.Errorf("ask for a passkey: %w", scrub(err))
	}
	return s.ceremony(ctx, tx, kind, staff, options.Response, asked)
}

func (s *SignIn) ceremony(ctx context.Context, tx *store.Tx, kind string, staff casefile.ID, options any, asked *webauthn.SessionData) (Ceremony, error) {
	wire, err := json.Marshal(options)
	if err != nil {
		return Ceremony{}, fmt.Errorf("write passkey options: %w", err)
	}
	token, err := s.ask(ctx, tx, kind, staff, asked)
	return Ceremony{Token: token, Options: wire}, err
}

// scrub keeps what the library says about an answer away from the log: it quotes it.
func scrub(error) error { return errors.New("webauthn refuses") }

// Passkey ends the sign-in: one step, since a passkey is a thing somebody has that
// knows its owner by finger, face or PIN. ErrStartOver, ErrWrong, ErrCopied, or an
// error of the store.
func (s *SignIn) Passkey(ctx context.Context, token, answer string, from From) (Opened, error) {
	if s.party == nil {
		return Opened{}, ErrNoPasskey
	}
	var asked webauthn.SessionData
	if _, err := s.answered(ctx, token, toEnter, &asked); err != nil {
		return Opened{}, err
	}
	said, owner, err := readAnswer(answer)
	if err != nil {
		return Opened{}, err
	}
	var opened Opened
	var refused error
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		known, err := tx.CredentialsOf(ctx, owner) // locked: a counter is judged and kept in one piece
		if errors.Is(err, store.ErrNotFound) || err == nil && known.Disabled {
			return ErrWrong
		} else if err != nil {
			return err
		}
		if refused, err = s.judge(ctx, tx, known, asked, said); err != nil || refused != nil {
			return err
		}
		opened, err = s.open(ctx, tx, known, entry{method: byPasskey, confirmed: true, from: from})
		return err
	})
	if err == nil {
		err = refused
	}
	return opened, err
}

// readAnswer reads what a browser answered, and whose key it says it is.
func readAnswer(answer string) (*protocol.ParsedCredentialAssertionData, casefile.ID, error) {
	said, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil || len(said.Response.UserHandle) != len(casefile.ID{}) {
		return nil, casefile.ID{}, ErrWrong
	}
	return said, casefile.ID(said.Response.UserHandle), nil
}

// judge verifies an answer and keeps what it changed, in the caller's transaction.
// refused is for the person; what was noted about it is to be committed.
func (s *SignIn) judge(ctx context.Context, tx *store.Tx, known store.Credentials, asked webauthn.SessionData,
	said *protocol.ParsedCredentialAssertionData) (refused, err error) {
	ring, err := readKeyring(ctx, tx, known.Staff, known.Login)
	if err != nil {
		return nil, err
	}
	at := ring.find(said.RawID)
	if at < 0 {
		return ErrWrong, nil
	}
	_, credential, invalid := s.party.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return ring, nil }, asked, said)
	key, now := ring.stored[at], s.now()
	switch {
	case invalid != nil:
		return ErrWrong, tx.Audit(ctx, store.Entry{At: now, Actor: casefile.System("signin"),
			Action: "staff.signin_failed", Detail: casefile.Hide(known.Login)})
	case !key.CopiedAt.IsZero():
		return ErrCopied, nil
	case credential.Authenticator.CloneWarning:
		return ErrCopied, s.noteCopied(ctx, tx, key, known.Login)
	}
	kept, err := json.Marshal(credential)
	if err != nil {
		return nil, fmt.Errorf("write passkey: %w", err)
	}
	return nil, tx.UsePasskey(ctx, key.ID, kept, now)
}

// find is which of the passkeys has an id; -1: none.
func (k keyring) find(id []byte) int {
	for i, c := range k.credentials {
		if string(c.ID) == string(id) {
			return i
		}
	}
	return -1
}

// noteCopied takes a passkey out of use whose counter went backwards, and tells
// those who look after the line.
func (s *SignIn) noteCopied(ctx context.Context, tx *store.Tx, key store.Passkey, login string) error {
	now := s.now()
	if err := tx.NoteCopiedPasskey(ctx, key.ID, now); err != nil {
		return err
	}
	if err := tx.RaiseAlarm(ctx, store.AlarmCopiedKey, casefile.ID{}, casefile.ID{}, now); err != nil {
		return err
	}
	return tx.Audit(ctx, store.Entry{At: now, Actor: casefile.System("signin"), Action: "staff.passkey_copied", Detail: casefile.Hide(login)})
}
