package signin

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// issuer is a small OIDC provider on loopback, strict about what it is asked: the
// client, its secret, the way back, PKCE, and each code once. What it says of the
// person is in claims.
type issuer struct {
	*testing.T
	*httptest.Server
	signer jose.Signer
	keys   jose.JSONWebKeySet
	now    func() time.Time
	claims map[string]any
	codes  map[string]url.Values // what each code was given for
}

func newIssuer(t *testing.T, now func() time.Time) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public := jose.JSONWebKey{Key: key.Public(), KeyID: "one", Algorithm: "RS256", Use: "sig"}
	i := &issuer{T: t, now: now, keys: jose.JSONWebKeySet{Keys: []jose.JSONWebKey{public}}, codes: map[string]url.Values{}, claims: map[string]any{}}
	i.signer, err = jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: "one"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		i.writes(w, map[string]any{"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token",
			"jwks_uri": i.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) { i.writes(w, i.keys) })
	mux.HandleFunc("POST /token", i.token)
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) writes(w http.ResponseWriter, what any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(what)
}

// authorizes is the browser at the provider: it comes back with a state and a code.
func (i *issuer) authorizes(to string) (state, code string) {
	i.Helper()
	at, err := url.Parse(to)
	if err != nil || !strings.HasPrefix(to, i.URL+"/authorize?") {
		i.Fatalf("sent to %q", to)
	}
	asked := at.Query()
	for name, want := range map[string]string{"client_id": "pulang", "response_type": "code", "redirect_uri": "https://line.example" + BackPath,
		"scope": "openid", "code_challenge_method": "S256"} {
		if asked.Get(name) != want {
			i.Errorf("asked the provider with %s %q, want %q", name, asked.Get(name), want)
		}
	}
	code = random()
	i.codes[code] = asked
	return asked.Get("state"), code
}

func (i *issuer) token(w http.ResponseWriter, r *http.Request) {
	id, secret, ok := r.BasicAuth()
	asked, known := i.codes[r.PostFormValue("code")]
	delete(i.codes, r.PostFormValue("code"))
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !ok || id != "pulang" || secret != "secret" || !known || r.PostFormValue("redirect_uri") != asked.Get("redirect_uri") ||
		b64(sum[:]) != asked.Get("code_challenge") {
		w.WriteHeader(http.StatusBadRequest)
		i.writes(w, map[string]any{"error": "invalid_grant", "error_description": "canary-of-the-provider"})
		return
	}
	claims := map[string]any{"iss": i.URL, "aud": "pulang", "sub": "subject-7", "nonce": asked.Get("nonce"),
		"iat": i.now().Unix(), "exp": i.now().Add(time.Minute).Unix()}
	maps.Copy(claims, i.claims)
	plain, _ := json.Marshal(claims)
	signed, err := i.signer.Sign(plain)
	if err != nil {
		i.Error(err)
		return
	}
	raw, _ := signed.CompactSerialize()
	i.writes(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": raw})
}

// withOIDC is a house whose door knows a provider; budi is linked.
func withOIDC(t *testing.T) (*house, *issuer) {
	h := newHouse(t)
	i := newIssuer(t, h.Now)
	o := OIDC{Issuer: i.URL, ClientID: "pulang", ClientSecret: "secret"}
	h.door = New(Options{Store: h.Store, Now: h.Now, PublicURL: "https://line.example/", OIDC: o})
	h.Tx(func(tx *store.Tx) error {
		return LinkOIDC(t.Context(), tx, h.budi, o, "subject-7", casefile.System("command"), h.Now())
	})
	return h, i
}

// away goes to the provider and comes back.
func (h *house) away(i *issuer) (token, state, code string) {
	h.Helper()
	to, token, err := h.door.AskOIDC(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	state, code = i.authorizes(to)
	return token, state, code
}

func TestTheOrganisationsSignInTakesThePlaceOfThePassword(t *testing.T) {
	h, i := withOIDC(t)
	token, state, code := h.away(i)
	opened, proof, err := h.door.OIDC(t.Context(), token, state, code, home)
	if err != nil || opened.Token != "" || proof == "" {
		t.Fatalf("without a second factor of the provider it opened at once, or not at all: %v", err)
	}
	if opened, err = h.door.Code(t.Context(), proof, h.code(h.Now()), home); err != nil {
		t.Fatal(err)
	}
	account, err := h.door.Account(t.Context(), opened.Token)
	if err != nil || account.Sessions[0].Method != "oidc" {
		t.Errorf("account %+v: %v", account, err)
	}
}

func TestAProviderThatAskedForTwoFactorsIsEnough(t *testing.T) {
	h, i := withOIDC(t)
	i.claims["amr"] = []string{"pwd", "mfa"}
	token, state, code := h.away(i)
	opened, _, err := h.door.OIDC(t.Context(), token, state, code, home)
	if err != nil {
		t.Fatal(err)
	}
	staff, err := h.door.Who(t.Context(), opened.Token)
	if err != nil || staff.ID != h.budi {
		t.Fatalf("signed in as %+v: %v", staff, err)
	}
	if _, err := h.door.NewRecoveryCodes(t.Context(), opened.Token); !errors.Is(err, ErrConfirm) {
		t.Errorf("a factor of the provider changed our codes: %v", err)
	}
}

func TestComingBackFromTheProviderHappensOnce(t *testing.T) {
	h, i := withOIDC(t)
	token, state, code := h.away(i)
	if _, _, err := h.door.OIDC(t.Context(), token, state, code, home); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.door.OIDC(t.Context(), token, state, code, home); !errors.Is(err, ErrStartOver) {
		t.Errorf("the same way back twice: %v", err)
	}
}

func TestOnlyTheBrowserThatWentAwayComesBack(t *testing.T) {
	h, i := withOIDC(t)
	token, state, _ := h.away(i)
	_, evesState, evesCode := h.away(i) // eve's own sign-in, which she wants budi's browser to end
	for name, way := range map[string][3]string{
		"without a cookie":      {"", evesState, evesCode},
		"with another cookie":   {random(), evesState, evesCode},
		"with a strange state":  {token, evesState, evesCode},
		"after a strange state": {token, state, evesCode}, // the challenge is used up by then, or the code is not for it
	} {
		if opened, proof, err := h.door.OIDC(t.Context(), way[0], way[1], way[2], home); err == nil || opened.Token != "" || proof != "" {
			t.Errorf("came back %s", name)
		}
	}
	alone, _, right := h.away(i)
	if _, _, err := h.door.OIDC(t.Context(), alone, evesState, right, home); !errors.Is(err, ErrStartOver) {
		t.Errorf("all is right but the state: %v", err)
	}
	late, state, code := h.away(i)
	h.Forward(StepLife)
	if _, _, err := h.door.OIDC(t.Context(), late, state, code, home); !errors.Is(err, ErrStartOver) {
		t.Errorf("five minutes late: %v", err)
	}
}

func TestACodeOfSomebodyElsesAttemptIsNoGood(t *testing.T) {
	h, i := withOIDC(t)
	_, _, stolen := h.away(i)
	token, state, _ := h.away(i)
	if _, _, err := h.door.OIDC(t.Context(), token, state, stolen, home); !errors.Is(err, ErrProviderAway) {
		t.Errorf("a code that was given for another verifier: %v", err)
	}
}

func TestWhatTheProviderSaysMustHold(t *testing.T) {
	h, i := withOIDC(t)
	for name, claims := range map[string]map[string]any{
		"made for another client":  {"aud": "other"},
		"of another issuer":        {"iss": "https://evil.test"},
		"for another browser":      {"nonce": "other"},
		"for no browser":           {"nonce": ""},
		"that is over":             {"exp": h.Now().Add(-time.Minute).Unix()},
		"about nobody":             {"sub": ""},
		"authorised for another":   {"aud": []string{"pulang", "other"}, "azp": "other"},
		"about somebody not known": {"sub": "subject-8", "email": "budi", "preferred_username": "budi"},
	} {
		i.claims = claims
		token, state, code := h.away(i)
		opened, proof, err := h.door.OIDC(t.Context(), token, state, code, home)
		if err == nil || opened.Token != "" || proof != "" {
			t.Errorf("a token %s opened", name)
		}
		want := ErrProviderAway
		if claims["sub"] == "subject-8" {
			want = ErrNotLinked
		}
		if !errors.Is(err, want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("a token %s: %v", name, err)
		}
	}
	other := newIssuer(t, h.Now)
	i.claims, i.signer = map[string]any{}, other.signer
	token, state, code := h.away(i)
	if _, _, err := h.door.OIDC(t.Context(), token, state, code, home); !errors.Is(err, ErrProviderAway) {
		t.Errorf("a token signed by a stranger: %v", err)
	}
}

func TestALinkIsOnePersonsAndEnds(t *testing.T) {
	h, i := withOIDC(t)
	o := OIDC{Issuer: i.URL}
	siti, _ := h.add("siti")
	err := h.Store.InTx(t.Context(), func(tx *store.Tx) error {
		return LinkOIDC(t.Context(), tx, siti, o, "subject-7", casefile.System("command"), h.Now())
	})
	if !errors.Is(err, store.ErrConflict) {
		t.Errorf("one subject is linked to two: %v", err)
	}
	var rows string
	h.scan(&rows, `SELECT string_agg(f::text, '') FROM staff f`)
	if strings.Contains(rows, "subject-7") {
		t.Error("the subject is in the database in plain")
	}
	h.Tx(func(tx *store.Tx) error { return tx.DisableStaff(t.Context(), h.budi, h.Now()) })
	token, state, code := h.away(i)
	if _, _, err := h.door.OIDC(t.Context(), token, state, code, home); !errors.Is(err, ErrNotLinked) {
		t.Errorf("a disabled member: %v", err)
	}
	h.Tx(func(tx *store.Tx) error {
		if err := LinkOIDC(t.Context(), tx, h.budi, o, "", casefile.System("command"), h.Now()); err != nil {
			return err
		}
		return LinkOIDC(t.Context(), tx, siti, o, "subject-7", casefile.System("command"), h.Now())
	})
	token, state, code = h.away(i)
	if _, proof, err := h.door.OIDC(t.Context(), token, state, code, home); err != nil || !strings.HasPrefix(proof, siti.String()) {
		t.Errorf("a link that moved to siti: %v", err)
	}
	if h.audited("staff.oidc_linked") != 2 || h.audited("staff.oidc_unlinked") != 1 {
		t.Error("links are not in the audit")
	}
}

func TestTheConsoleStartsWhileTheProviderIsAway(t *testing.T) {
	h := newHouse(t)
	door := New(Options{Store: h.Store, Now: h.Now, OIDC: OIDC{Issuer: "http://127.0.0.1:1", ClientID: "pulang", ClientSecret: "secret"}})
	if _, _, err := door.AskOIDC(t.Context()); !errors.Is(err, ErrProviderAway) {
		t.Errorf("a provider that is away: %v", err)
	}
	if _, _, err := h.door.AskOIDC(t.Context()); !errors.Is(err, ErrNoOIDC) || h.door.HasOIDC() {
		t.Errorf("no provider at all: %v", err)
	}
}
