package signin

import (
	"encoding/base64"
	"strings"
	"testing"

	"pulang/internal/casefile"
)

// FuzzParsePHC: whatever stands in the database, checking a password is done with
// costs that a machine can bear, and an empty sum matches nobody.
func FuzzParsePHC(f *testing.F) {
	f.Add(hashPassword("x"))
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$c3VtLXN1bS1zdW0tc3Vt")
	f.Add("$argon2id$v=19$m=4294967295,t=1,p=255$$")
	f.Fuzz(func(t *testing.T, phc string) {
		h, ok := parsePHC(phc)
		if !ok {
			return
		}
		if h.memory > 1<<20 || h.passes < 1 || h.passes > 20 || h.lanes < 1 || len(h.salt) < 8 || len(h.sum) < 16 {
			t.Errorf("%q is taken: %d KiB, %d passes, %d lanes, salt of %d, sum of %d", phc, h.memory, h.passes, h.lanes, len(h.salt), len(h.sum))
		}
		if !strings.HasPrefix(phc, "$argon2id$v=19$") || strings.Count(phc, "$") != 5 {
			t.Errorf("%q is no argon2id", phc)
		}
	})
}

// FuzzSplitProof: the proof of the first step names one member of staff or nobody.
func FuzzSplitProof(f *testing.F) {
	f.Add("01900000-0000-7000-8000-000000000000." + base64.RawURLEncoding.EncodeToString([]byte("sealed")))
	f.Add(".")
	f.Add("01900000-0000-7000-8000-000000000000")
	f.Fuzz(func(t *testing.T, proof string) {
		id, sealed, err := splitProof(proof)
		if err != nil && (id != casefile.ID{} || sealed != "") {
			t.Errorf("%q is refused and names somebody all the same", proof)
		}
		if err == nil && !strings.EqualFold(strings.TrimSuffix(proof, "."+sealed), id.String()) && !strings.EqualFold(proof, id.String()) {
			t.Errorf("%q names %s", proof, id)
		}
	})
}

// FuzzReadAnswer: what a browser says is a passkey's answer never brings the door
// down, and names a member of staff or is refused.
func FuzzReadAnswer(f *testing.F) {
	f.Add(`{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","userHandle":"AA"}}`)
	f.Add(`{}`)
	f.Fuzz(func(t *testing.T, answer string) {
		parsed, staff, err := readAnswer(answer)
		if err == nil && (parsed == nil || staff.IsZero()) {
			t.Errorf("%q is taken and names nobody", answer)
		}
	})
}
