package signin

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// OIDC is the organisation's own sign-in. It takes the place of the password, never
// of being known: it opens for those only whose subject an administrator linked, and
// unless it says that it asked for more than one factor, the six digits follow.
type OIDC struct {
	Issuer       string // https://..., as it names itself
	ClientID     string
	ClientSecret string
}

// Given reports whether there is one.
func (o OIDC) Given() bool { return o.Issuer != "" && o.ClientID != "" && o.ClientSecret != "" }

// BackPath is where the organisation's sign-in sends the browser back to, below
// PublicURL.
const BackPath = "/sign-in/oidc/back"

// The errors of this way in.
var (
	ErrNoOIDC       = errors.New("there is no sign-in of the organisation")
	ErrProviderAway = errors.New("the sign-in of the organisation does not answer, or not as it should")
	ErrNotLinked    = errors.New("the account of the organisation is linked to nobody here")
)

// providerPatience is how long the provider may take for one answer.
const providerPatience = 10 * time.Second

// provider is the organisation's sign-in, looked up when it is first needed: the
// console must start while it is away.
type provider struct {
	given  OIDC
	back   string
	now    func() time.Time
	client *http.Client
	mu     sync.Mutex
	known  *oidc.Provider
}

func newProvider(o OIDC, publicURL string, now func() time.Time) *provider {
	if !o.Given() {
		return nil
	}
	return &provider{given: o, back: strings.TrimRight(publicURL, "/") + BackPath, now: now, client: &http.Client{Timeout: providerPatience}}
}

// HasOIDC reports whether the organisation's own sign-in is set up.
func (s *SignIn) HasOIDC() bool { return s.oidc != nil }

// ReachOIDC looks the provider up: for the doctor. ErrNoOIDC or ErrProviderAway.
func (s *SignIn) ReachOIDC(ctx context.Context) error {
	if s.oidc == nil {
		return ErrNoOIDC
	}
	_, _, err := s.oidc.look(ctx)
	return err
}

// look finds the provider, and what is said to it.
func (p *provider) look(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		known, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.given.Issuer)
		if err != nil {
			return nil, nil, ErrProviderAway // its own words go no further
		}
		p.known = known
	}
	return p.known, &oauth2.Config{ClientID: p.given.ClientID, ClientSecret: p.given.ClientSecret,
		Endpoint: p.known.Endpoint(), RedirectURL: p.back, Scopes: []string{oidc.ScopeOpenID}}, nil
}

// sentAway is what we remember of a browser that went to the provider.
type sentAway struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"` // of PKCE
}

// AskOIDC says where to send the browser, and the token its cookie keeps meanwhile:
// only the browser that asked may come back. ErrNoOIDC, ErrProviderAway, or an error
// of the store.
func (s *SignIn) AskOIDC(ctx context.Context) (to, token string, err error) {
	if s.oidc == nil {
		return "", "", ErrNoOIDC
	}
	_, config, err := s.oidc.look(ctx)
	if err != nil {
		return "", "", err
	}
	away := sentAway{State: random(), Nonce: random(), Verifier: oauth2.GenerateVerifier()}
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		token, err = s.ask(ctx, tx, toOIDC, casefile.ID{}, away)
		return err
	})
	return config.AuthCodeURL(away.State, oidc.Nonce(away.Nonce), oauth2.S256ChallengeOption(away.Verifier)), token, err
}

// OIDC ends the provider's part: the browser came back with a state and a code. It
// gives a session or, where the provider did not ask for a second factor, the proof
// to hand to Code. ErrNoOIDC, ErrStartOver, ErrProviderAway, ErrNotLinked, or an error
// of the store.
func (s *SignIn) OIDC(ctx context.Context, token, state, code string, from From) (opened Opened, proof string, err error) {
	if s.oidc == nil {
		return Opened{}, "", ErrNoOIDC
	}
	var away sentAway
	if _, err := s.answered(ctx, token, toOIDC, &away); err != nil {
		return Opened{}, "", err
	}
	if subtle.ConstantTimeCompare([]byte(away.State), []byte(state)) != 1 {
		return Opened{}, "", ErrStartOver
	}
	who, err := s.oidc.ask(ctx, code, away)
	if err != nil {
		return Opened{}, "", err
	}
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		opened, proof, err = s.linked(ctx, tx, who, from)
		return err
	})
	return opened, proof, err
}

// linked lets in whom the subject is linked to, in the caller's transaction.
func (s *SignIn) linked(ctx context.Context, tx *store.Tx, who subject, from From) (opened Opened, proof string, err error) {
	id, err := tx.StaffByOIDC(ctx, who.link)
	if errors.Is(err, store.ErrNotFound) {
		return Opened{}, "", ErrNotLinked
	} else if err != nil {
		return Opened{}, "", err
	}
	known, err := tx.CredentialsOf(ctx, id)
	switch {
	case err != nil:
		return Opened{}, "", err
	case known.Disabled:
		return Opened{}, "", ErrNotLinked
	case who.factors:
		opened, err = s.open(ctx, tx, known, entry{method: byOIDC, from: from})
		return opened, "", err
	case known.TOTP == "":
		return Opened{}, "", ErrNotLinked
	}
	proof, err = s.proof(known, byOIDC)
	return Opened{}, proof, err
}

// subject is whom the provider speaks of.
type subject struct {
	link    casefile.Private
	factors bool // it asked for more than one factor
}

// Link is how an issuer's subject is stored with a member of staff, sealed.
func (o OIDC) Link(subject string) casefile.Private {
	return casefile.Hide(o.Issuer + "\n" + subject)
}

// ask trades the code for the token that says who it is, and checks all of it:
// signature, issuer, audience, time, and that it was made for this browser.
func (p *provider) ask(ctx context.Context, code string, away sentAway) (subject, error) {
	known, config, err := p.look(ctx)
	if err != nil {
		return subject{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	traded, err := config.Exchange(ctx, code, oauth2.VerifierOption(away.Verifier))
	if err != nil {
		return subject{}, ErrProviderAway
	}
	raw, _ := traded.Extra("id_token").(string)
	said, err := known.VerifierContext(ctx, &oidc.Config{ClientID: p.given.ClientID, Now: p.now}).Verify(ctx, raw)
	if err != nil || said.Subject == "" || subtle.ConstantTimeCompare([]byte(said.Nonce), []byte(away.Nonce)) != 1 {
		return subject{}, ErrProviderAway
	}
	var claims struct {
		Methods []string `json:"amr"`
		Party   string   `json:"azp"`
	}
	if err := said.Claims(&claims); err != nil || claims.Party != "" && claims.Party != p.given.ClientID {
		return subject{}, ErrProviderAway
	}
	return subject{link: p.given.Link(said.Subject), factors: slices.Contains(claims.Methods, "mfa")}, nil
}

// LinkOIDC links a member of staff to a subject of the issuer, in the caller's
// transaction; the empty subject takes the link away. Their sessions go on.
// store.ErrConflict when it is linked to somebody else, store.ErrNotFound when there
// is no such member of staff.
func LinkOIDC(ctx context.Context, tx *store.Tx, staff casefile.ID, o OIDC, subject string, by casefile.Actor, now time.Time) error {
	link, action := o.Link(subject), "staff.oidc_linked"
	if subject == "" {
		link, action = casefile.Private{}, "staff.oidc_unlinked"
	}
	if err := tx.LinkOIDC(ctx, staff, link); err != nil {
		return err
	}
	known, err := tx.CredentialsOf(ctx, staff)
	if err != nil {
		return err
	}
	return tx.Audit(ctx, store.Entry{At: now, Actor: by, Action: action, Detail: casefile.Hide(known.Login)})
}
