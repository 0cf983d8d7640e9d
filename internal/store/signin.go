package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// Credentials is what a member of staff signs in with.
type Credentials struct {
	Staff        casefile.ID
	Login        string
	Name         casefile.Private
	Role         string
	Lang         casefile.Lang
	PasswordHash string // PHC string; empty: was never enrolled
	TOTP         string // the secret, base32; sealed in its column
	LastStep     int64  // the last time step whose code was accepted
	Disabled     bool
}

const credentialColumns = `
	f.id, f.login, f.name_sealed, f.role, f.lang, coalesce(f.password_hash, ''), f.totp_sealed, f.totp_last_step, f.disabled_at IS NOT NULL`

func totpPlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "staff", Column: "totp", Row: id}
}

func (t *Tx) credentials(ctx context.Context, sql string, arg any) (Credentials, error) {
	var c Credentials
	err := t.query(ctx, "read credentials", func(rows pgx.Rows) error {
		var name, totp []byte
		err := rows.Scan(&c.Staff, &c.Login, &name, &c.Role, &c.Lang, &c.PasswordHash, &totp, &c.LastStep, &c.Disabled)
		if err != nil {
			return err
		}
		if c.Name, err = t.keys.Own().OpenText(staffNamePlace(c.Staff), name); err != nil {
			return err
		}
		secret, err := t.keys.Own().Open(totpPlace(c.Staff), totp)
		c.TOTP = string(secret)
		return err
	}, sql, arg)
	if err == nil && c.Staff.IsZero() {
		err = ErrNotFound
	}
	return c, err
}

// CredentialsByLogin reads what a login signs in with; ErrNotFound when nobody has it.
func (t *Tx) CredentialsByLogin(ctx context.Context, login string) (Credentials, error) {
	return t.credentials(ctx, `SELECT`+credentialColumns+` FROM staff f WHERE f.login = $1`, login)
}

// CredentialsOf reads what a member of staff signs in with, and keeps them from
// changing until the transaction ends.
func (t *Tx) CredentialsOf(ctx context.Context, staff casefile.ID) (Credentials, error) {
	return t.credentials(ctx, `SELECT`+credentialColumns+` FROM staff f WHERE f.id = $1 FOR UPDATE`, staff)
}

// SetCredentials gives a member of staff a new password and a new TOTP secret.
func (t *Tx) SetCredentials(ctx context.Context, staff casefile.ID, passwordHash, totp string) error {
	sealed, err := t.keys.Own().Seal(totpPlace(staff), []byte(totp))
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, "set credentials", `
		UPDATE staff SET password_hash = $2, totp_sealed = $3, totp_last_step = 0, totp_confirmed_at = NULL
		WHERE id = $1`, staff, passwordHash, sealed)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return err
}

// AcceptStep notes the time step of an accepted code. ErrStale when that step, or
// a later one, was accepted before: the same code never opens twice.
func (t *Tx) AcceptStep(_ context.Context, staff casefile.ID, step int64, now time.Time) error {
	t.later("accept code", 1, `
		UPDATE staff SET totp_last_step = $2, totp_confirmed_at = coalesce(totp_confirmed_at, $3)
		WHERE id = $1 AND totp_last_step < $2`, staff, step, now)
	return nil
}

// StaffSession is a signed-in browser.
type StaffSession struct {
	Hash      []byte // of the token; the token itself is nowhere
	Staff     casefile.ID
	Login     string
	Name      casefile.Private
	Role      string
	Lang      casefile.Lang
	SeenAt    time.Time
	ExpiresAt time.Time
}

// StartStaffSession stores a session.
func (t *Tx) StartStaffSession(_ context.Context, hash []byte, staff casefile.ID, now, expires time.Time) error {
	t.later("start staff session", 1, `
		INSERT INTO staff_sessions (token_hash, staff_id, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $3, $4)`,
		hash, staff, now, expires)
	return nil
}

// StaffSession finds a session that is neither revoked nor a disabled member's.
// Whether it expired is the caller's to judge. ErrNotFound when there is none.
func (t *Tx) StaffSession(ctx context.Context, hash []byte) (StaffSession, error) {
	s := StaffSession{Hash: hash}
	var name []byte
	err := t.row(ctx, "read staff session", `
		SELECT f.id, f.login, f.name_sealed, f.role, f.lang, w.seen_at, w.expires_at
		FROM staff_sessions w JOIN staff f ON f.id = w.staff_id
		WHERE w.token_hash = $1 AND w.revoked_at IS NULL AND f.disabled_at IS NULL`, []any{hash},
		&s.Staff, &s.Login, &name, &s.Role, &s.Lang, clock{&s.SeenAt}, clock{&s.ExpiresAt})
	if err != nil {
		return StaffSession{}, err
	}
	s.Name, err = t.keys.Own().OpenText(staffNamePlace(s.Staff), name)
	return s, err
}

// SeeStaffSession notes that a session was used.
func (t *Tx) SeeStaffSession(_ context.Context, hash []byte, now time.Time) error {
	t.later("see staff session", anyRows, `
		UPDATE staff_sessions SET seen_at = $2 WHERE token_hash = $1 AND seen_at < $2`, hash, now)
	return nil
}

// RevokeStaffSession ends one session; ending it twice is fine.
func (t *Tx) RevokeStaffSession(_ context.Context, hash []byte, now time.Time) error {
	t.later("revoke staff session", anyRows, `
		UPDATE staff_sessions SET revoked_at = $2 WHERE token_hash = $1 AND revoked_at IS NULL`, hash, now)
	return nil
}

// RevokeStaffSessions ends every session of a member of staff.
func (t *Tx) RevokeStaffSessions(_ context.Context, staff casefile.ID, now time.Time) error {
	t.later("revoke staff sessions", anyRows, `
		UPDATE staff_sessions SET revoked_at = $2 WHERE staff_id = $1 AND revoked_at IS NULL`, staff, now)
	return nil
}

// ForgetStaffSessions deletes what expired before a moment, and failures as old.
func (t *Tx) ForgetStaffSessions(_ context.Context, before time.Time) error {
	t.later("forget staff sessions", anyRows, `DELETE FROM staff_sessions WHERE expires_at < $1`, before)
	t.later("forget failures", anyRows, `DELETE FROM signin_failures WHERE at < $1`, before)
	return nil
}

// NoteSigninFailure counts a failed sign-in against subjects, which are keyed hashes.
func (t *Tx) NoteSigninFailure(_ context.Context, subjects [][]byte, now time.Time) error {
	t.later("note failed sign-in", int64(len(subjects)), `
		INSERT INTO signin_failures (subject, at) SELECT s, $2 FROM unnest($1::bytea[]) AS s`, subjects, now)
	return nil
}

// SigninFailures counts the failures of a subject since a moment, and says when the
// last one was.
func (t *Tx) SigninFailures(ctx context.Context, subject []byte, since time.Time) (n int, last time.Time, err error) {
	err = t.row(ctx, "count failed sign-ins", `
		SELECT count(*), max(at) FROM signin_failures WHERE subject = $1 AND at >= $2`,
		[]any{subject, since}, &n, clock{&last})
	return n, last, err
}
