package signin

import (
	"context"
	"crypto/sha256"
	"strings"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// recoveryCodes is how many codes somebody has at a time.
const recoveryCodes = 10

// newRecoveryCodes replaces the codes of a member of staff, in the caller's
// transaction.
func newRecoveryCodes(ctx context.Context, tx *store.Tx, staff casefile.ID, now time.Time) ([]string, error) {
	codes, hashes := make([]string, recoveryCodes), make([][]byte, recoveryCodes)
	for i := range codes {
		codes[i] = newPassword()
		hashes[i] = recoveryHash(staff, codes[i])
	}
	return codes, tx.SetRecoveryCodes(ctx, staff, hashes, now)
}

// recoveryHash is what is stored of a code. It has 79 random bits, so a plain hash
// is enough. How the groups are written does not matter.
func recoveryHash(staff casefile.ID, code string) []byte {
	typed := strings.Map(func(letter rune) rune {
		if strings.ContainsRune(letters, letter) {
			return letter
		}
		return -1
	}, strings.ToLower(code))
	sum := sha256.Sum256([]byte("recovery\x00" + staff.String() + "\x00" + typed))
	return sum[:]
}

// Recovery is the second step without a phone: the proof of the first, and one of
// the recovery codes, which is used up. Guessing is slowed as it is for codes.
// ErrStartOver, ErrWrong, *SlowDown, or an error of the store.
func (s *SignIn) Recovery(ctx context.Context, proof, code string, from From) (Opened, error) {
	return s.second(ctx, proof, from, func(ctx context.Context, tx *store.Tx, known store.Credentials) (entry, bool, error) {
		ok, err := tx.UseRecoveryCode(ctx, known.Staff, recoveryHash(known.Staff, code), s.now())
		return entry{method: byRecovery, confirmed: true, from: from}, ok, err
	})
}

// NewRecoveryCodes replaces the codes of the member of staff whose session it is.
// They are shown once. ErrSignedOut; ErrConfirm without a fresh second factor.
func (s *SignIn) NewRecoveryCodes(ctx context.Context, session string) (codes []string, err error) {
	err = s.fresh(ctx, session, func(tx *store.Tx, staff Staff) error {
		if codes, err = newRecoveryCodes(ctx, tx, staff.ID, s.now()); err != nil {
			return err
		}
		return tx.Audit(ctx, store.Entry{At: s.now(), Actor: staff.Actor(), Action: "staff.recovery_codes_made"})
	})
	return codes, err
}
