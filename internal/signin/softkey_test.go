package signin

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"pulang/internal/casefile"
)

// The flags of an authenticator.
const (
	userPresent  = 0x01
	userVerified = 0x04
	backedUp     = 0x08 // may be kept elsewhere too
	attested     = 0x40
)

// softKey is an authenticator in memory, which does as it is told: also what a real
// one would refuse.
type softKey struct {
	*testing.T
	id      []byte
	handle  []byte
	key     *ecdsa.PrivateKey
	counter uint32
	flags   byte
	host    string
	origin  string
	does    string // the type it writes; empty: the right one
}

func newSoftKey(t *testing.T, owner casefile.ID) *softKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 32)
	_, _ = rand.Read(id)
	return &softKey{T: t, id: id, handle: owner[:], key: key, counter: 1, flags: userPresent | userVerified,
		host: "line.example", origin: "https://line.example"}
}

// copied is the same key once more.
func (k *softKey) copied() *softKey { c := *k; return &c }

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func (k *softKey) authData(more ...byte) []byte {
	host := sha256.Sum256([]byte(k.host))
	flags := k.flags
	if len(more) > 0 {
		flags |= attested
	}
	data := append(host[:], flags)
	data = binary.BigEndian.AppendUint32(data, k.counter)
	return append(data, more...)
}

func (k *softKey) clientData(kind string, challenge string) []byte {
	k.Helper()
	if k.does != "" {
		kind = k.does
	}
	data, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": k.origin, "crossOrigin": false})
	if err != nil {
		k.Fatal(err)
	}
	return data
}

// challenge is what a ceremony asks.
func challengeOf(t *testing.T, asked Ceremony) string {
	t.Helper()
	var options struct {
		Challenge string `json:"challenge"`
	}
	if err := json.Unmarshal(asked.Options, &options); err != nil || len(options.Challenge) < 22 {
		t.Fatalf("the options hold no challenge: %v", err)
	}
	return options.Challenge
}

// makes is the answer to a ceremony that asks for a new passkey.
func (k *softKey) makes(asked Ceremony) string {
	k.Helper()
	point, err := k.key.PublicKey.Bytes()
	if err != nil {
		k.Fatal(err)
	}
	cose := append([]byte{0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32}, point[1:33]...)
	cose = append(append(cose, 0x22, 0x58, 32), point[33:]...)
	more := append(make([]byte, 16), 0, byte(len(k.id)))
	data := k.authData(append(append(more, k.id...), cose...)...)
	object := append([]byte{0xa3, 0x63}, "fmt\x64none\x67attStmt\xa0\x68authData\x58"...)
	object = append(append(object, byte(len(data))), data...)
	return k.wire(map[string]any{"clientDataJSON": b64(k.clientData("webauthn.create", challengeOf(k.T, asked))),
		"attestationObject": b64(object), "transports": []string{"internal"}})
}

// answers is the answer to a ceremony that asks who it is.
func (k *softKey) answers(asked Ceremony) string {
	k.Helper()
	return k.answersTo(challengeOf(k.T, asked))
}

func (k *softKey) answersTo(challenge string) string {
	k.Helper()
	k.counter++
	data, client := k.authData(), k.clientData("webauthn.get", challenge)
	said := sha256.Sum256(client)
	sum := sha256.Sum256(append(append([]byte{}, data...), said[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, k.key, sum[:])
	if err != nil {
		k.Fatal(err)
	}
	return k.wire(map[string]any{"clientDataJSON": b64(client), "authenticatorData": b64(data),
		"signature": b64(signature), "userHandle": b64(k.handle)})
}

func (k *softKey) wire(response map[string]any) string {
	k.Helper()
	out, err := json.Marshal(map[string]any{"id": b64(k.id), "rawId": b64(k.id), "type": "public-key",
		"response": response, "clientExtensionResults": map[string]any{}})
	if err != nil {
		k.Fatal(err)
	}
	return string(out)
}
