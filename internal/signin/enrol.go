package signin

import (
	"context"
	"fmt"
	"time"

	"github.com/pquerna/otp/totp"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// Enrolment is what a new member of staff is handed once, on paper or by voice.
// It is stored nowhere else in this form.
type Enrolment struct {
	Password string
	URL      string   // otpauth://..., for the QR code of an authenticator
	Secret   string   // the same secret, for typing
	Recovery []string // codes for the day the phone is gone, each good once
}

// Enrol gives a member of staff a new password, a new TOTP secret and new recovery
// codes, takes their passkeys away and ends every session they have: for a new
// member, or one who lost their phone. It is part of the caller's transaction.
// store.ErrNotFound when there is no such staff.
func Enrol(ctx context.Context, tx *store.Tx, staff casefile.ID, by casefile.Actor, now time.Time) (Enrolment, error) {
	known, err := tx.CredentialsOf(ctx, staff)
	if err != nil {
		return Enrolment{}, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Pulang", AccountName: known.Login, Period: stepSeconds})
	if err != nil {
		return Enrolment{}, fmt.Errorf("make totp secret: %w", err)
	}
	password := newPassword()
	if err := tx.SetCredentials(ctx, staff, hashPassword(password), key.Secret()); err != nil {
		return Enrolment{}, err
	}
	recovery, err := newRecoveryCodes(ctx, tx, staff, now)
	if err != nil {
		return Enrolment{}, err
	}
	if err := tx.RevokePasskeys(ctx, staff, now); err != nil {
		return Enrolment{}, err
	}
	if err := tx.RevokeStaffSessions(ctx, staff, now); err != nil {
		return Enrolment{}, err
	}
	entry := store.Entry{At: now, Actor: by, Action: "staff.enrolled", Detail: casefile.Hide(known.Login)}
	return Enrolment{Password: password, URL: key.URL(), Secret: key.Secret(), Recovery: recovery}, tx.Audit(ctx, entry)
}
