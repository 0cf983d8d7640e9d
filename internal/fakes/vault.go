package fakes

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
)

// Vault is the transit engine of a HashiCorp Vault on loopback, with one key named
// pulang. It is as strict as the real one about tokens, paths and bodies, and its
// ciphertexts are bound to their associated data.
type Vault struct {
	server *httptest.Server
	token  string
	key    cipher.AEAD
	asked  atomic.Int64
	sealed atomic.Bool
}

// NewVault starts one that knows a token. Call Close in the end.
func NewVault(token string) *Vault {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails since Go 1.24
	block, _ := aes.NewCipher(raw)
	gcm, _ := cipher.NewGCM(block) // 32 bytes are a key
	v := &Vault{token: token, key: gcm}
	v.server = httptest.NewTLSServer(v)
	return v
}

// Close stops it.
func (v *Vault) Close() { v.server.Close() }

// KeyURI is the address of its key, for KEYSET_KMS_URI.
func (v *Vault) KeyURI() string {
	return "hcvault://" + strings.TrimPrefix(v.server.URL, "https://") + "/transit/keys/pulang"
}

// WriteCACert writes the authority of its certificate to a file, for VAULT_CACERT.
func (v *Vault) WriteCACert(path string) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: v.server.Certificate().Raw}), 0o600)
}

// Asked is how many requests came.
func (v *Vault) Asked() int { return int(v.asked.Load()) }

// Seal makes it answer that it is sealed, as after a restart, or lets it work again.
func (v *Vault) Seal(on bool) { v.sealed.Store(on) }

// ServeHTTP answers /v1/transit/encrypt/pulang and /v1/transit/decrypt/pulang.
func (v *Vault) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.asked.Add(1)
	var in struct {
		Plaintext  *string `json:"plaintext"`
		Ciphertext *string `json:"ciphertext"`
		Data       []byte  `json:"associated_data"`
	}
	body := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	body.DisallowUnknownFields()
	action, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/v1/transit/"), "/")
	switch {
	case v.sealed.Load():
		vaultRefuses(w, http.StatusServiceUnavailable, "Vault is sealed")
	case r.Header.Get("X-Vault-Token") != v.token:
		vaultRefuses(w, http.StatusForbidden, "permission denied")
	case !strings.HasPrefix(r.URL.Path, "/v1/transit/") || (action != "encrypt" && action != "decrypt"):
		vaultRefuses(w, http.StatusNotFound, "no handler for route")
	case r.Method != http.MethodPut && r.Method != http.MethodPost:
		vaultRefuses(w, http.StatusMethodNotAllowed, "unsupported operation")
	case name != "pulang":
		vaultRefuses(w, http.StatusBadRequest, "encryption key not found")
	case body.Decode(&in) != nil:
		vaultRefuses(w, http.StatusBadRequest, "failed to parse JSON input")
	case action == "encrypt" && in.Plaintext != nil:
		v.encrypt(w, *in.Plaintext, in.Data)
	case action == "decrypt" && in.Ciphertext != nil:
		v.decrypt(w, *in.Ciphertext, in.Data)
	default:
		vaultRefuses(w, http.StatusBadRequest, "missing plaintext or ciphertext to process")
	}
}

func (v *Vault) encrypt(w http.ResponseWriter, text string, data []byte) {
	plain, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		vaultRefuses(w, http.StatusBadRequest, "failed to base64-decode plaintext")
		return
	}
	nonce := make([]byte, v.key.NonceSize())
	_, _ = rand.Read(nonce)
	vaultSays(w, "ciphertext", "vault:v1:"+base64.StdEncoding.EncodeToString(v.key.Seal(nonce, nonce, plain, data)))
}

func (v *Vault) decrypt(w http.ResponseWriter, text string, data []byte) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "vault:v1:"))
	if err != nil || !strings.HasPrefix(text, "vault:v1:") || len(raw) < v.key.NonceSize() {
		vaultRefuses(w, http.StatusBadRequest, "invalid ciphertext: no prefix")
		return
	}
	plain, err := v.key.Open(nil, raw[:v.key.NonceSize()], raw[v.key.NonceSize():], data)
	if err != nil {
		vaultRefuses(w, http.StatusBadRequest, "cipher: message authentication failed")
		return
	}
	vaultSays(w, "plaintext", base64.StdEncoding.EncodeToString(plain))
}

func vaultSays(w http.ResponseWriter, name, value string) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"data": map[string]any{name: value, "key_version": 1}})
}

func vaultRefuses(w http.ResponseWriter, status int, why string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []string{why}})
}
