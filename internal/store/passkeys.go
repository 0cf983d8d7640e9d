package store

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// Passkey is one key of a member of staff. Credential is what signin keeps of it:
// bytes the store seals and does not read.
type Passkey struct {
	ID           casefile.ID
	Staff        casefile.ID
	CredentialID []byte // only its hash is stored; empty when read
	Credential   []byte
	Name         casefile.Private // what its owner calls it
	CreatedAt    time.Time
	UsedAt       time.Time // zero: never
	CopiedAt     time.Time // not zero: its counter went backwards, it opens nothing
}

func passkeyPlace(column string, id casefile.ID) seal.Place {
	return seal.Place{Table: "passkeys", Column: column, Row: id}
}

func credentialHash(id []byte) []byte {
	sum := sha256.Sum256(id)
	return sum[:]
}

// AddPasskey stores a passkey. ErrConflict, at the next Flush, when the credential
// is known already.
func (t *Tx) AddPasskey(_ context.Context, p Passkey) error {
	credential, err := t.keys.Own().Seal(passkeyPlace("credential", p.ID), p.Credential)
	if err != nil {
		return err
	}
	name, err := t.keys.Own().SealText(passkeyPlace("name", p.ID), p.Name)
	if err != nil {
		return err
	}
	t.later("add passkey", 1, `
		INSERT INTO passkeys (id, staff_id, credential_hash, credential_sealed, name_sealed, created_at)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		p.ID, p.Staff, credentialHash(p.CredentialID), credential, name, p.CreatedAt)
	return nil
}

// Passkeys reads the passkeys of a member of staff that are not revoked, oldest
// first, copied ones too.
func (t *Tx) Passkeys(ctx context.Context, staff casefile.ID) ([]Passkey, error) {
	var found []Passkey
	err := t.query(ctx, "read passkeys", func(rows pgx.Rows) error {
		p := Passkey{Staff: staff}
		var credential, name []byte
		err := rows.Scan(&p.ID, &credential, &name, &p.CreatedAt, clock{&p.UsedAt}, clock{&p.CopiedAt})
		if err != nil {
			return err
		}
		if p.Credential, err = t.keys.Own().Open(passkeyPlace("credential", p.ID), credential); err != nil {
			return err
		}
		p.Name, err = t.keys.Own().OpenText(passkeyPlace("name", p.ID), name)
		found = append(found, p)
		return err
	}, `
		SELECT id, credential_sealed, name_sealed, created_at, used_at, copied_at
		FROM passkeys WHERE staff_id = $1 AND revoked_at IS NULL ORDER BY created_at, id`, staff)
	return found, err
}

// UsePasskey keeps what a sign-in changed of a passkey: its counter and its flags.
// ErrStale, at the next Flush, when it was revoked or copied meanwhile.
func (t *Tx) UsePasskey(_ context.Context, id casefile.ID, credential []byte, now time.Time) error {
	sealed, err := t.keys.Own().Seal(passkeyPlace("credential", id), credential)
	if err != nil {
		return err
	}
	t.later("use passkey", 1, `
		UPDATE passkeys SET credential_sealed = $2, used_at = $3
		WHERE id = $1 AND revoked_at IS NULL AND copied_at IS NULL`, id, sealed, now)
	return nil
}

// NoteCopiedPasskey marks a passkey that may exist twice: it opens nothing any more.
func (t *Tx) NoteCopiedPasskey(_ context.Context, id casefile.ID, now time.Time) error {
	t.later("note copied passkey", anyRows, `
		UPDATE passkeys SET copied_at = coalesce(copied_at, $2) WHERE id = $1`, id, now)
	return nil
}

// RevokePasskey takes a passkey away from its owner; ErrNotFound when they have no
// such passkey.
func (t *Tx) RevokePasskey(ctx context.Context, staff, id casefile.ID, now time.Time) error {
	n, err := t.exec(ctx, "revoke passkey", `
		UPDATE passkeys SET revoked_at = $3 WHERE id = $1 AND staff_id = $2 AND revoked_at IS NULL`, id, staff, now)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return err
}

// RevokePasskeys takes every passkey away from a member of staff.
func (t *Tx) RevokePasskeys(_ context.Context, staff casefile.ID, now time.Time) error {
	t.later("revoke passkeys", anyRows, `
		UPDATE passkeys SET revoked_at = $2 WHERE staff_id = $1 AND revoked_at IS NULL`, staff, now)
	return nil
}

// SetRecoveryCodes replaces the recovery codes of a member of staff, used ones too.
func (t *Tx) SetRecoveryCodes(_ context.Context, staff casefile.ID, hashes [][]byte, now time.Time) error {
	t.later("forget recovery codes", anyRows, `DELETE FROM recovery_codes WHERE staff_id = $1`, staff)
	t.later("set recovery codes", int64(len(hashes)), `
		INSERT INTO recovery_codes (staff_id, code_hash, created_at) SELECT $1, h, $3 FROM unnest($2::bytea[]) AS h`,
		staff, hashes, now)
	return nil
}

// UseRecoveryCode uses a code up and reports whether it was good.
func (t *Tx) UseRecoveryCode(ctx context.Context, staff casefile.ID, hash []byte, now time.Time) (bool, error) {
	n, err := t.exec(ctx, "use recovery code", `
		UPDATE recovery_codes SET used_at = $3 WHERE staff_id = $1 AND code_hash = $2 AND used_at IS NULL`, staff, hash, now)
	return n == 1, err
}

// RecoveryCodesLeft counts the codes that are still good.
func (t *Tx) RecoveryCodesLeft(ctx context.Context, staff casefile.ID) (n int, err error) {
	err = t.row(ctx, "count recovery codes", `
		SELECT count(*) FROM recovery_codes WHERE staff_id = $1 AND used_at IS NULL`, []any{staff}, &n)
	return n, err
}

// Challenge is what a browser was asked and has not answered.
type Challenge struct {
	ID        casefile.ID
	Hash      []byte      // of the token that the browser hands back
	Kind      string      // enrol, passkey, confirm or oidc
	Staff     casefile.ID // zero: whoever answers
	Asked     []byte      // sealed; the store does not read it
	ExpiresAt time.Time
}

func challengePlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "signin_challenges", Column: "asked", Row: id}
}

// Ask stores a challenge, and sweeps those that nobody answered in time.
func (t *Tx) Ask(_ context.Context, c Challenge, now time.Time) error {
	sealed, err := t.keys.Own().Seal(challengePlace(c.ID), c.Asked)
	if err != nil {
		return err
	}
	t.later("forget challenges", anyRows, `DELETE FROM signin_challenges WHERE expires_at <= $1`, now)
	t.later("store challenge", 1, `
		INSERT INTO signin_challenges (token_hash, id, kind, staff_id, asked_sealed, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6)`, c.Hash, c.ID, c.Kind, c.Staff, sealed, c.ExpiresAt)
	return nil
}

// TakeChallenge takes a challenge away: whoever answers it second finds nothing.
// ErrNotFound when there is none of that kind, or it is too old.
func (t *Tx) TakeChallenge(ctx context.Context, hash []byte, kind string, now time.Time) (Challenge, error) {
	c := Challenge{Hash: hash, Kind: kind}
	var sealed []byte
	err := t.row(ctx, "take challenge", `
		DELETE FROM signin_challenges WHERE token_hash = $1 AND kind = $2 AND expires_at > $3
		RETURNING id, staff_id, asked_sealed, expires_at`, []any{hash, kind, now},
		&c.ID, &c.Staff, &sealed, clock{&c.ExpiresAt})
	if err != nil {
		return Challenge{}, err
	}
	c.Asked, err = t.keys.Own().Open(challengePlace(c.ID), sealed)
	return c, err
}
