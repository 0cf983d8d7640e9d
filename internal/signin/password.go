package signin

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of a password: argon2id with 19 MiB, two passes, one lane.
const (
	memoryKiB = 19 * 1024
	passes    = 2
	lanes     = 1
	saltSize  = 16
	hashSize  = 32
)

// hashPassword makes the PHC string of a password.
func hashPassword(password string) string {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails since Go 1.24
	sum := argon2.IDKey([]byte(password), salt, passes, memoryKiB, lanes, hashSize)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memoryKiB, passes, lanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum))
}

// verify compares a password with a PHC string, in the same time whether or not
// there is one: an unknown login must not answer sooner.
func verify(phc, password string) bool {
	stored, ok := parsePHC(phc)
	if !ok {
		stored = phcHash{salt: make([]byte, saltSize), sum: make([]byte, hashSize), memory: memoryKiB, passes: passes, lanes: lanes}
	}
	sum := argon2.IDKey([]byte(password), stored.salt, stored.passes, stored.memory, stored.lanes, uint32(len(stored.sum))) // #nosec G115 -- a few dozen bytes
	return subtle.ConstantTimeCompare(sum, stored.sum) == 1 && ok
}

type phcHash struct {
	salt, sum      []byte
	memory, passes uint32
	lanes          uint8
}

// parsePHC reads what hashPassword wrote, also with other costs of argon2id: they
// may be raised later without locking anybody out.
func parsePHC(phc string) (phcHash, bool) {
	part := strings.Split(phc, "$")
	if len(part) != 6 || part[0] != "" || part[1] != "argon2id" || part[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phcHash{}, false
	}
	var h phcHash
	if _, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.lanes); err != nil {
		return phcHash{}, false
	}
	var err error
	if h.salt, err = base64.RawStdEncoding.DecodeString(part[4]); err != nil {
		return phcHash{}, false
	}
	if h.sum, err = base64.RawStdEncoding.DecodeString(part[5]); err != nil {
		return phcHash{}, false
	}
	sane := h.memory <= 1<<20 && h.passes >= 1 && h.passes <= 20 && h.lanes >= 1 && len(h.salt) >= 8 && len(h.sum) >= 16
	return h, sane
}

// The letters of a made-up password: none that is taken for another.
const letters = "abcdefghjkmnpqrstuvwxyz23456789"

// newPassword is four groups of four letters, 79 bits: it is typed once from a
// paper, and kept by a password manager.
func newPassword() string {
	groups := make([]string, 4)
	for i := range groups {
		for range 4 {
			groups[i] += string(letters[below(len(letters))])
		}
	}
	return strings.Join(groups, "-")
}

// below is a random number from 0 to n-1, each as likely, for n up to 256.
func below(n int) int {
	limit := 256 - 256%n
	one := make([]byte, 1)
	for {
		_, _ = rand.Read(one) // never fails since Go 1.24
		if int(one[0]) < limit {
			return int(one[0]) % n
		}
	}
}
