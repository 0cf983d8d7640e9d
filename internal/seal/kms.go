package seal

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/vault/api"
	"github.com/tink-crypto/tink-go-hcvault/v2/integration/hcvault"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// KMS is a key of a key management service that seals the keyset file: whoever
// copies the file alone reads nothing. It is asked when the file is read, and when a
// rotation changes it; a service that is away stops neither the line nor a turn.
type KMS struct {
	uri  string
	aead tink.AEAD
}

// Vault is how a HashiCorp Vault, or an OpenBao, is reached.
type Vault struct {
	Token  string // may encrypt and decrypt with the key, and needs nothing else
	CACert string // file with the authority of its certificate; empty: those of the system
}

const (
	vaultScheme = "hcvault"
	kmsPatience = 10 * time.Second
)

// OpenKMS prepares the KMS key at uri, hcvault://host:port/transit/keys/NAME. It does
// not connect.
func OpenKMS(uri string, v Vault) (*KMS, error) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != vaultScheme || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("KEYSET_KMS_URI is not the address of a key; it looks like hcvault://vault.example:8200/transit/keys/pulang")
	}
	if v.Token == "" {
		return nil, errors.New("KEYSET_KMS_URI is set, but VAULT_TOKEN is not: set both, or neither")
	}
	config := &api.Config{Address: "https://" + u.Host, Timeout: kmsPatience, MaxRetries: 1, HttpClient: api.DefaultConfig().HttpClient}
	config.HttpClient.Timeout = kmsPatience
	if v.CACert != "" {
		if err := config.ConfigureTLS(&api.TLSConfig{CACert: v.CACert}); err != nil {
			return nil, errors.New("VAULT_CACERT is not a file with a certificate")
		}
	}
	client, err := api.NewClient(config)
	if err != nil {
		return nil, errors.New("KEYSET_KMS_URI: the client of Vault does not start; look at the VAULT_ settings")
	}
	client.SetToken(v.Token)
	key, err := hcvault.NewAEAD(u.EscapedPath(), client.Logical())
	if err != nil {
		return nil, errors.New("KEYSET_KMS_URI must end with the mount, /keys/ and the name, such as /transit/keys/pulang")
	}
	return &KMS{uri, key}, nil
}

// URI is the address of the key.
func (m *KMS) URI() string { return m.uri }

// partOf binds a sealed keyset to what it is for.
func partOf(name string) []byte { return []byte("pulang keyset: " + name) }

// fits refuses a file that is sealed by something else than the settings say.
func (m *KMS) fits(sealedBy string) error {
	switch {
	case m == nil && sealedBy == "":
		return nil
	case m == nil:
		return errors.New("it is sealed by a key of a KMS: set KEYSET_KMS_URI to " + sealedBy)
	case sealedBy == "":
		return errors.New("KEYSET_KMS_URI is set, but no KMS seals this file: unset it, or make a sealed copy with `pulang keys escrow` and `pulang keys restore`")
	case sealedBy != m.uri:
		return fmt.Errorf("it is sealed by %s, but KEYSET_KMS_URI is another key", sealedBy)
	}
	return nil
}

// trouble says what an operator does about a KMS that does not open the file. The
// service's own words go no further: they hold addresses, and may hold more.
func (m *KMS) trouble(err error) error {
	var answer *api.ResponseError
	text := err.Error() // Tink does not wrap, so the kind is read from the words of the client
	_ = errors.As(err, &answer)
	code := 0
	if answer != nil {
		code = answer.StatusCode
	}
	said := func(status int) bool {
		return code == status || strings.Contains(text, fmt.Sprintf("Code: %d", status))
	}
	switch {
	case said(http.StatusForbidden):
		return errors.New("the KMS refuses: VAULT_TOKEN ran out, or may not encrypt and decrypt with this key")
	case said(http.StatusNotFound):
		return errors.New("the KMS knows no such key; look at KEYSET_KMS_URI")
	case said(http.StatusBadRequest):
		return errors.New("the KMS does not open this file: it was sealed by another key, or changed")
	case strings.Contains(text, "Code: 503"):
		return errors.New("the KMS is sealed or standing by; unseal it and start again")
	}
	return errors.New("the KMS does not answer; look at KEYSET_KMS_URI, VAULT_CACERT and whether it runs")
}
