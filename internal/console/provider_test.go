package console

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/signin"
	"pulang/internal/store"
)

// provider is an organisation's sign-in that lets everybody in as subject-7, for the
// nonce it was last asked with.
func provider(t *testing.T, now func() time.Time, nonce *string) *httptest.Server {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		answer := any(map[string]any{"issuer": server.URL, "authorization_endpoint": server.URL + "/authorize", "token_endpoint": server.URL + "/token",
			"jwks_uri": server.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}})
		switch r.URL.Path {
		case "/keys":
			answer = jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), Algorithm: "RS256"}}}
		case "/token":
			claims, _ := json.Marshal(map[string]any{"iss": server.URL, "aud": "pulang", "sub": "subject-7", "nonce": *nonce, "exp": now().Add(time.Minute).Unix()})
			signed, err := signer.Sign(claims)
			if err != nil {
				t.Error(err)
				return
			}
			raw, _ := signed.CompactSerialize()
			answer = map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": raw}
		}
		_ = json.NewEncoder(w).Encode(answer)
	}))
	t.Cleanup(server.Close)
	return server
}

func TestTheWayThroughTheOrganisationComesBackToThePageThatWasWanted(t *testing.T) {
	var nonce string
	var issuer string
	h := newHouse(t, func(o *Options) {
		issuer = provider(t, o.Now, &nonce).URL
		o.PublicURL = "http://127.0.0.1"
	})
	link := signin.OIDC{Issuer: issuer, ClientID: "pulang", ClientSecret: "x"}
	*h.door = *signin.New(signin.Options{Store: h.Store, Now: h.Now, PublicURL: "http://127.0.0.1", OIDC: link})
	budi := h.hires("budi", access.DutyOfficer, "en")
	h.Tx(func(tx *store.Tx) error {
		return signin.LinkOIDC(t.Context(), tx, budi.id, link, "subject-7", casefile.System("test"), h.Now())
	})
	budi.gets("/sign-in?next=/cases/AAA111", "Accept-Language", "en").shows("Sign in with the organisation account")
	away := func() url.Values {
		to := budi.gets("/sign-in/oidc?next=/cases/AAA111").is(http.StatusSeeOther).header.Get("Location")
		if !strings.HasPrefix(to, issuer+"/authorize?") {
			t.Fatalf("sent to %q", to)
		}
		nonce = mustParse(t, to).Query().Get("nonce")
		return mustParse(t, to).Query()
	}
	state := away().Get("state")
	back := signin.BackPath + "?code=x&state=" + url.QueryEscape(state)
	eve := *budi
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	eve.http = &http.Client{Jar: jar, CheckRedirect: budi.http.CheckRedirect}
	eve.gets(back, "Accept-Language", "en").is(http.StatusUnauthorized).shows("The first step is too old")
	page := budi.gets(back).is(http.StatusOK)
	form := url.Values{"proof": {page.field("proof")}, "next": {page.field("next")}, "code": {totpAt(t, budi)}}
	if at := budi.posts("/sign-in/code", form).is(http.StatusSeeOther).header.Get("Location"); at != "/cases/AAA111" {
		t.Errorf("it ends at %q", at)
	}
	budi.gets(back).is(http.StatusUnauthorized)
	away()
	budi.gets(signin.BackPath + "?error=access_denied&error_description=canary-of-the-provider").is(http.StatusUnauthorized).hides("canary")
	if said := h.log.String(); said != "" {
		t.Errorf("it fills the log: %s", said)
	}
}
