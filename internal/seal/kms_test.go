package seal

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pulang/internal/casefile"
	"pulang/internal/fakes"
)

const vaultToken = "hvs.canary-of-the-token"

// vault is a Vault on loopback, and the KMS key in it.
func vault(t *testing.T) (*fakes.Vault, *KMS, string) {
	t.Helper()
	v := fakes.NewVault(vaultToken)
	t.Cleanup(v.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := v.WriteCACert(ca); err != nil {
		t.Fatal(err)
	}
	return v, kmsAt(t, v.KeyURI(), vaultToken, ca), ca
}

func kmsAt(t *testing.T, uri, token, ca string) *KMS {
	t.Helper()
	kms, err := OpenKMS(uri, Vault{Token: token, CACert: ca})
	if err != nil {
		t.Fatal(err)
	}
	return kms
}

func TestAKMSSealsTheFileAndIsAskedOnlyWhenItIsRead(t *testing.T) {
	t.Parallel()
	v, kms, _ := vault(t)
	path := filepath.Join(t.TempDir(), "keyset")
	if err := Create(path, kms); err != nil {
		t.Fatal(err)
	}
	made, err := OpenFile(path, kms)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := made.ring.Load().marshal(nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(plain, []byte(`"value"`)) || bytes.Contains(body, []byte(`"value"`)) || !bytes.Contains(body, []byte("encryptedKeyset")) {
		t.Errorf("the file is not sealed (%v)", err)
	}
	asked := v.Asked()
	at := Place{"staff", "name", casefile.NewID(now)}
	sealed, err := made.Own().Seal(at, []byte("Dewi"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := made.Refresh(); err != nil || v.Asked() != asked {
		t.Errorf("it asked the KMS without need (%v)", err)
	}
	if err := made.Introduce(); err != nil {
		t.Fatal(err)
	}
	if err := made.Promote(); err != nil {
		t.Fatal(err)
	}
	v.Seal(true)
	if _, err := made.Own().Open(at, sealed); err != nil {
		t.Errorf("a KMS that is away stops what is open: %v", err)
	}
	v.Seal(false)
	again, err := OpenFile(path, kms)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := again.Own().Open(at, sealed); err != nil || string(plain) != "Dewi" || again.Phase() != Promoted {
		t.Errorf("after a rotation: %v", err)
	}
}

func TestAKMSThatDoesNotOpenIsNamedWithoutItsWords(t *testing.T) {
	t.Parallel()
	v, kms, ca := vault(t)
	path := filepath.Join(t.TempDir(), "keyset")
	if err := Create(path, kms); err != nil {
		t.Fatal(err)
	}
	plain := filepath.Join(t.TempDir(), "plain")
	if err := Create(plain, nil); err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	other, otherKMS, _ := vault(t)
	moved := filepath.Join(t.TempDir(), "moved")
	if err := os.WriteFile(moved, bytes.ReplaceAll(body, []byte(v.KeyURI()), []byte(other.KeyURI())), 0o600); err != nil {
		t.Fatal(err)
	}
	swapped := filepath.Join(t.TempDir(), "swapped")
	text := strings.NewReplacer(`"key_encryption"`, `"own"`, `"own"`, `"key_encryption"`).Replace(string(body))
	if err := os.WriteFile(swapped, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, wrong := range map[string]struct {
		path string
		kms  *KMS
		says string
	}{
		"no KMS set":      {path, nil, "set KEYSET_KMS_URI"},
		"a plain file":    {plain, kms, "no KMS seals this file"},
		"another key":     {path, otherKMS, "KEYSET_KMS_URI is another key"},
		"another's words": {moved, otherKMS, "sealed by another key, or changed"},
		"exchanged parts": {swapped, kms, "sealed by another key, or changed"},
		"a wrong token":   {path, kmsAt(t, v.KeyURI(), "hvs.wrong", ca), "VAULT_TOKEN ran out"},
		"not trusted":     {path, kmsAt(t, v.KeyURI(), vaultToken, ""), "does not answer"},
	} {
		if _, err := OpenFile(wrong.path, wrong.kms); err == nil || !strings.Contains(err.Error(), wrong.says) || strings.Contains(err.Error(), "hvs.") {
			t.Errorf("%s: %v, want %q", name, err, wrong.says)
		}
	}
	v.Seal(true)
	if _, err := OpenFile(path, kms); err == nil || !strings.Contains(err.Error(), "KMS is sealed") {
		t.Errorf("a sealed Vault: %v", err)
	}
	v.Seal(false)
	unknown := kmsAt(t, strings.Replace(v.KeyURI(), "/transit/", "/elsewhere/", 1), vaultToken, ca)
	if err := Create(filepath.Join(t.TempDir(), "k"), unknown); err == nil || !strings.Contains(err.Error(), "knows no such key") {
		t.Errorf("an unknown mount: %v", err)
	}
}

func TestHalfAKMSIsRefused(t *testing.T) {
	t.Parallel()
	const good = "hcvault://vault.example:8200/transit/keys/pulang"
	for _, wrong := range []struct {
		uri  string
		with Vault
		says string
	}{
		{good, Vault{}, "VAULT_TOKEN is not"},
		{good, Vault{Token: "t", CACert: "/nowhere"}, "VAULT_CACERT"},
		{"https://vault.example/transit/keys/pulang", Vault{Token: "t"}, "looks like hcvault://"},
		{"hcvault:///transit/keys/pulang", Vault{Token: "t"}, "looks like hcvault://"},
		{"hcvault://user:canary@vault.example/transit/keys/pulang", Vault{Token: "t"}, "looks like hcvault://"},
		{"hcvault://vault.example/transit/pulang", Vault{Token: "t"}, "/transit/keys/pulang"},
	} {
		if _, err := OpenKMS(wrong.uri, wrong.with); err == nil || !strings.Contains(err.Error(), wrong.says) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v, want %q", wrong.uri, err, wrong.says)
		}
	}
}
