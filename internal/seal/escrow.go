package seal

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/secretsharing"
)

// An escrow is a copy of the keyset that nobody can open alone: the keyset is
// encrypted under a fresh secret, the secret is split (Shamir), and each share is
// encrypted to its holder. Both the copy and the shares are age files; a holder opens
// theirs with the age program, anywhere, and needs none of ours.

// Holder is somebody who keeps a share.
type Holder struct {
	Name string
	key  age.Recipient
	text string // the key as it was given
}

// holdersMost keeps an escrow to a number of people who can know each other.
const holdersMost = 20

// ParseHolder reads NAME=age1...
func ParseHolder(text string) (Holder, error) {
	name, key, ok := strings.Cut(text, "=")
	if !ok || !isPlainName(name) {
		return Holder{}, errors.New("a holder is written NAME=age1..., the name in small letters, digits, dots or dashes")
	}
	recipients, err := age.ParseRecipients(strings.NewReader(key))
	if err != nil || len(recipients) != 1 {
		return Holder{}, fmt.Errorf("the key of %s is not an age key: it begins with age1 and is made with age-keygen", name)
	}
	return Holder{Name: name, key: recipients[0], text: key}, nil
}

func isPlainName(name string) bool {
	return name != "" && len(name) <= 40 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == "" && !strings.HasPrefix(name, ".")
}

// Escrow is what is to be kept: where no one person can reach Threshold shares.
type Escrow struct {
	Fingerprint string            // of the keyset in it
	Threshold   int               // shares that are needed
	Keyset      []byte            // age, armored; needs the shares
	Shares      map[string][]byte // by holder: age, armored, for that holder alone
}

var shamir = group.Ristretto255

// MakeEscrow makes an escrow of the keyset, of which any threshold holders together
// can restore it and fewer learn nothing.
func (k *Keys) MakeEscrow(holders []Holder, threshold int, now time.Time) (Escrow, error) {
	if err := checkHolders(holders, threshold); err != nil {
		return Escrow{}, err
	}
	r := k.ring.Load()
	plain, err := r.marshal(nil) // without the KMS: it may be what was lost
	if err != nil {
		return Escrow{}, err
	}
	secret := shamir.RandomNonZeroScalar(rand.Reader)
	e := Escrow{Fingerprint: r.fingerprint(), Threshold: threshold, Shares: map[string][]byte{}}
	pass, err := passOf(secret, e.Fingerprint)
	if err != nil {
		return Escrow{}, err
	}
	recipient, err := age.NewScryptRecipient(pass)
	if err != nil {
		return Escrow{}, fmt.Errorf("make escrow: %w", err)
	}
	recipient.SetWorkFactor(scryptWork)
	if e.Keyset, err = lockAway(plain, recipient); err != nil {
		return Escrow{}, err
	}
	split := secretsharing.New(rand.Reader, uint(threshold-1), secret).Share(uint(len(holders)))
	for i, h := range holders {
		s := share{holder: h.Name, number: i + 1, of: len(holders), threshold: threshold, fingerprint: e.Fingerprint, made: now, value: split[i].Value}
		text, err := s.text()
		if err != nil {
			return Escrow{}, err
		}
		if e.Shares[h.Name], err = lockAway(text, h.key); err != nil {
			return Escrow{}, err
		}
	}
	return e, nil
}

func checkHolders(holders []Holder, threshold int) error {
	switch {
	case len(holders) > holdersMost:
		return fmt.Errorf("an escrow has at most %d holders", holdersMost)
	case threshold < 2:
		return errors.New("the threshold must be 2 or more: with 1, each holder alone could read everything")
	case threshold > len(holders):
		return fmt.Errorf("the threshold is %d, but there are only %d holders: nobody could restore", threshold, len(holders))
	}
	names, keys := map[string]bool{}, map[string]bool{}
	for _, h := range holders {
		if names[h.Name] || keys[h.text] {
			return fmt.Errorf("the holder %s, or their key, is named twice: one person would hold two shares", h.Name)
		}
		names[h.Name], keys[h.text] = true, true
	}
	return nil
}

// scryptWork is low: what it stretches is a random secret of 252 bits, not a word.
const scryptWork = 10

// passOf is what the keyset in an escrow is encrypted with.
func passOf(secret group.Scalar, fingerprint string) (string, error) {
	raw, err := secret.MarshalBinary()
	if err != nil {
		return "", fmt.Errorf("make escrow: %w", err)
	}
	pass, err := hkdf.Key(sha256.New, raw, []byte(fingerprint), "pulang keyset escrow", 32)
	if err != nil {
		return "", fmt.Errorf("make escrow: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(pass), nil
}

// lockAway encrypts with age, armored.
func lockAway(plain []byte, to age.Recipient) ([]byte, error) {
	var out bytes.Buffer
	armored := armor.NewWriter(&out)
	w, err := age.Encrypt(armored, to)
	if err == nil {
		_, err = w.Write(plain)
	}
	if err == nil {
		err = errors.Join(w.Close(), armored.Close())
	}
	if err != nil {
		return nil, fmt.Errorf("make escrow: %w", err)
	}
	return out.Bytes(), nil
}

// isLocked tells an age file.
func isLocked(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(body), []byte(armor.Header))
}

func unlock(body []byte, with ...age.Identity) ([]byte, error) {
	r, err := age.Decrypt(armor.NewReader(bytes.NewReader(bytes.TrimSpace(body))), with...)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// OpenShare reads a share that its holder opened, or opens it with the holder's
// identity, an age identity file. Without one identities is nil.
func OpenShare(body, identities []byte) (Share, error) {
	if isLocked(body) {
		if len(identities) == 0 {
			return Share{}, errors.New("it is still encrypted: its holder opens it with `age -d`, or give their identity")
		}
		with, err := age.ParseIdentities(bytes.NewReader(identities))
		if err != nil {
			return Share{}, errors.New("the identity is not an age identity file")
		}
		if body, err = unlock(body, with...); err != nil {
			return Share{}, errors.New("it does not open with this identity: it is somebody else's share, or damaged")
		}
	}
	s, err := parseShare(body)
	return Share{s}, err
}

// Restore opens an escrow with shares and writes the keyset file, sealed by kms
// unless that is nil. It never overwrites a file. It returns the fingerprint.
func Restore(escrow []byte, shares []Share, path string, kms *KMS) (fingerprint string, err error) {
	r, err := reunite(escrow, shares)
	if err != nil {
		return "", err
	}
	if err := createWith(path, r, kms); err != nil {
		return "", err
	}
	return r.fingerprint(), nil
}

func reunite(escrow []byte, shares []Share) (*ring, error) {
	whole, err := fitting(shares)
	if err != nil {
		return nil, err
	}
	secret, err := secretsharing.Recover(uint(shares[0].threshold-1), whole)
	if err != nil {
		return nil, errors.New("these shares do not make a whole")
	}
	pass, err := passOf(secret, shares[0].fingerprint)
	if err != nil {
		return nil, err
	}
	identity, err := age.NewScryptIdentity(pass)
	if err != nil {
		return nil, errors.New("these shares do not make a whole")
	}
	plain, err := unlock(escrow, identity)
	if err != nil {
		return nil, errors.New("these shares do not open this escrow: they belong to another one, or the file is damaged")
	}
	r, err := parse(plain, nil)
	if err != nil {
		return nil, err
	}
	if r.fingerprint() != shares[0].fingerprint {
		return nil, errors.New("the escrow holds another keyset than the shares say")
	}
	return r, nil
}
