package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/access"
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
	Signins      int64  // how often they signed in completely
	Disabled     bool
}

const credentialColumns = `
	f.id, f.login, f.name_sealed, f.role, f.lang, coalesce(f.password_hash, ''), f.totp_sealed, f.totp_last_step, f.signins, f.disabled_at IS NOT NULL` // #nosec G101 -- names of columns

func totpPlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "staff", Column: "totp", Row: id}
}

func (t *Tx) credentials(ctx context.Context, sql string, arg any) (Credentials, error) {
	var c Credentials
	err := t.query(ctx, "read credentials", func(rows pgx.Rows) error {
		var name, totp []byte
		err := rows.Scan(&c.Staff, &c.Login, &name, &c.Role, &c.Lang, &c.PasswordHash, &totp, &c.LastStep, &c.Signins, &c.Disabled)
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

// CountSignin counts a complete sign-in: what was proven before it is void.
func (t *Tx) CountSignin(_ context.Context, staff casefile.ID) error {
	t.later("count sign-in", 1, `UPDATE staff SET signins = signins + 1 WHERE id = $1`, staff)
	return nil
}

// StaffSession is a signed-in browser.
type StaffSession struct {
	ID          casefile.ID // names it on a page
	Hash        []byte      // of the token; the token itself is nowhere
	Staff       casefile.ID
	Login       string
	Name        casefile.Private
	Role        string
	Agency      access.Agency
	Lang        casefile.Lang
	Method      string           // password, recovery, passkey or oidc
	From        casefile.Private // browser and network, when it was opened
	CreatedAt   time.Time
	SeenAt      time.Time
	ConfirmedAt time.Time // when a second factor of ours was last proven in it; zero: never
	ExpiresAt   time.Time
}

func sessionFromPlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "staff_sessions", Column: "from", Row: id}
}

// StartStaffSession stores a session; what it needs are ID, Hash, Staff, Method,
// From, CreatedAt, ConfirmedAt and ExpiresAt.
func (t *Tx) StartStaffSession(_ context.Context, s StaffSession) error {
	from, err := t.keys.Own().SealText(sessionFromPlace(s.ID), s.From)
	if err != nil {
		return err
	}
	t.later("start staff session", 1, `
		INSERT INTO staff_sessions (id, token_hash, staff_id, method, from_sealed, created_at, seen_at, confirmed_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8)`,
		s.ID, s.Hash, s.Staff, s.Method, from, s.CreatedAt, when(s.ConfirmedAt), s.ExpiresAt)
	return nil
}

// StaffSession finds a session that is neither revoked nor a disabled member's.
// Whether it expired is the caller's to judge. ErrNotFound when there is none.
func (t *Tx) StaffSession(ctx context.Context, hash []byte) (StaffSession, error) {
	s := StaffSession{Hash: hash}
	var name []byte
	err := t.row(ctx, "read staff session", `
		SELECT w.id, f.id, f.login, f.name_sealed, f.role, f.agency, f.lang, w.method, w.created_at, w.seen_at, w.confirmed_at, w.expires_at
		FROM staff_sessions w JOIN staff f ON f.id = w.staff_id
		WHERE w.token_hash = $1 AND w.revoked_at IS NULL AND f.disabled_at IS NULL`, []any{hash},
		&s.ID, &s.Staff, &s.Login, &name, &s.Role, &s.Agency, &s.Lang, &s.Method, clock{&s.CreatedAt}, clock{&s.SeenAt}, clock{&s.ConfirmedAt}, clock{&s.ExpiresAt})
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

// ConfirmStaffSession notes that a second factor was proven in a session just now.
func (t *Tx) ConfirmStaffSession(_ context.Context, hash []byte, now time.Time) error {
	t.later("confirm staff session", 1, `
		UPDATE staff_sessions SET confirmed_at = $2 WHERE token_hash = $1 AND revoked_at IS NULL`, hash, now)
	return nil
}

// StaffSessions lists the sessions of a member of staff that were used since a
// moment and have not ended at now, the one used last first.
func (t *Tx) StaffSessions(ctx context.Context, staff casefile.ID, since, now time.Time) ([]StaffSession, error) {
	var found []StaffSession
	err := t.query(ctx, "list staff sessions", func(rows pgx.Rows) error {
		s := StaffSession{Staff: staff}
		var from []byte
		err := rows.Scan(&s.ID, &s.Hash, &s.Method, &from, clock{&s.CreatedAt}, clock{&s.SeenAt}, clock{&s.ConfirmedAt}, clock{&s.ExpiresAt})
		if err != nil {
			return err
		}
		s.From, err = t.keys.Own().OpenText(sessionFromPlace(s.ID), from)
		found = append(found, s)
		return err
	}, `
		SELECT id, token_hash, method, from_sealed, created_at, seen_at, confirmed_at, expires_at
		FROM staff_sessions
		WHERE staff_id = $1 AND revoked_at IS NULL AND seen_at > $2 AND expires_at > $3
		ORDER BY seen_at DESC, id`, staff, since, now)
	return found, err
}

// SignedIn counts the sessions that are open, by login: used since a moment, and
// not ended at now.
func (t *Tx) SignedIn(ctx context.Context, since, now time.Time) (map[string]int, error) {
	open := map[string]int{}
	err := t.query(ctx, "count staff sessions", func(rows pgx.Rows) error {
		var login string
		var n int
		err := rows.Scan(&login, &n)
		open[login] = n
		return err
	}, `
		SELECT f.login, count(*)
		FROM staff_sessions w JOIN staff f ON f.id = w.staff_id
		WHERE w.revoked_at IS NULL AND f.disabled_at IS NULL AND w.seen_at > $1 AND w.expires_at > $2
		GROUP BY f.login`, since, now)
	return open, err
}

// EndStaffSession ends a session of a member of staff by the name it has on a page;
// ErrNotFound when they have no such session, or it ended already.
func (t *Tx) EndStaffSession(ctx context.Context, staff, id casefile.ID, now time.Time) error {
	n, err := t.exec(ctx, "end staff session", `
		UPDATE staff_sessions SET revoked_at = $3 WHERE id = $2 AND staff_id = $1 AND revoked_at IS NULL`, staff, id, now)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return err
}

// EndOtherStaffSessions ends every session of a member of staff but one.
func (t *Tx) EndOtherStaffSessions(_ context.Context, staff casefile.ID, but []byte, now time.Time) error {
	t.later("end other staff sessions", anyRows, `
		UPDATE staff_sessions SET revoked_at = $3 WHERE staff_id = $1 AND token_hash <> $2 AND revoked_at IS NULL`, staff, but, now)
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

func oidcPlace(staff casefile.ID) seal.Place {
	return seal.Place{Table: "staff", Column: "oidc", Row: staff}
}

// LinkOIDC says under which issuer and subject a member of staff is known; the
// empty link takes it away. ErrConflict when it is linked to somebody else,
// ErrNotFound when there is no such member of staff.
func (t *Tx) LinkOIDC(ctx context.Context, staff casefile.ID, link casefile.Private) error {
	if _, err := t.exec(ctx, "lock staff", `LOCK TABLE staff IN SHARE ROW EXCLUSIVE MODE`); err != nil {
		return err // two links at once would not see each other
	}
	if owner, err := t.StaffByOIDC(ctx, link); err == nil && owner != staff {
		return ErrConflict
	} else if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	sealed, err := t.keys.Own().SealText(oidcPlace(staff), link)
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, "link oidc", `UPDATE staff SET oidc_sealed = $2 WHERE id = $1`, staff, sealed)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return err
}

// StaffByOIDC finds whom an issuer's subject was linked to, disabled or not;
// ErrNotFound for nobody. The links are sealed and few, so each is opened.
func (t *Tx) StaffByOIDC(ctx context.Context, link casefile.Private) (casefile.ID, error) {
	var owner casefile.ID
	err := t.query(ctx, "find oidc link", func(rows pgx.Rows) error {
		var id casefile.ID
		var sealed []byte
		if err := rows.Scan(&id, &sealed); err != nil {
			return err
		}
		known, err := t.keys.Own().OpenText(oidcPlace(id), sealed)
		if err == nil && known == link && !link.IsEmpty() {
			owner = id
		}
		return err
	}, `SELECT id, oidc_sealed FROM staff WHERE oidc_sealed IS NOT NULL`)
	if err == nil && owner.IsZero() {
		err = ErrNotFound
	}
	return owner, err
}
