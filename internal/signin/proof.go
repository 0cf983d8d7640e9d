package signin

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"pulang/internal/casefile"
	"pulang/internal/seal"
	"pulang/internal/store"
)

// The seconds a code lives, and how many codes before and after now are taken: a
// phone's clock may be half a minute off.
const (
	stepSeconds = 30
	skew        = 1
)

// acceptedStep is the time step whose code this is. A step that was accepted
// before, or an older one, is not: a code read over a shoulder opens nothing.
func acceptedStep(known store.Credentials, code string, now time.Time) (int64, bool) {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	current := now.Unix() / stepSeconds
	for step := current - skew; step <= current+skew; step++ {
		valid, err := hotp.ValidateCustom(code, uint64(step), known.TOTP, hotp.ValidateOpts{ // #nosec G115 -- a count of half minutes since 1970
			Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && valid && step > known.LastStep {
			return step, true
		}
	}
	return 0, false
}

// proven is what the first step proves. It names the credentials it was made with,
// the last accepted step and how often its owner had signed in, so that the next
// sign-in of any kind, or a new password, voids it.
type proven struct {
	At       int64  `json:"t"`
	LastStep int64  `json:"s"`
	Signins  int64  `json:"n"`
	Mark     []byte `json:"m"`
	Via      string `json:"v,omitempty"` // byOIDC when it was not the password
}

// mark names a set of credentials without giving them away.
func mark(known store.Credentials) []byte {
	sum := sha256.Sum256([]byte(known.PasswordHash + "\x00" + known.TOTP))
	return sum[:16]
}

func stepPlace(staff casefile.ID) seal.Place {
	return seal.Place{Table: "staff", Column: "signin_step", Row: staff}
}

func devicePlace(staff casefile.ID) seal.Place {
	return seal.Place{Table: "staff", Column: "signin_device", Row: staff}
}

func (s *SignIn) proof(known store.Credentials, via string) (string, error) {
	sealed, err := s.sealProven(stepPlace(known.Staff), known, via)
	return known.Staff.String() + "." + sealed, err
}

func (s *SignIn) sealProven(at seal.Place, known store.Credentials, via string) (string, error) {
	plain, err := json.Marshal(proven{At: s.now().Unix(), LastStep: known.LastStep, Signins: known.Signins, Mark: mark(known), Via: via})
	if err != nil {
		return "", err
	}
	sealed, err := s.store.Keys().Own().Seal(at, plain)
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

func splitProof(proof string) (casefile.ID, string, error) {
	name, sealed, _ := strings.Cut(proof, ".")
	id, err := casefile.ParseID(name)
	if err != nil {
		return casefile.ID{}, "", ErrStartOver
	}
	return id, sealed, nil
}

// openProof reports ErrStartOver unless the first step was taken lately by this
// member of staff, who is not disabled and has not signed in since.
func (s *SignIn) openProof(known store.Credentials, sealed string) (proven, error) {
	p, ok := s.openProven(stepPlace(known.Staff), known, sealed, StepLife)
	if !ok || known.Disabled || p.LastStep != known.LastStep || p.Signins != known.Signins {
		return proven{}, ErrStartOver
	}
	return p, nil
}

func (s *SignIn) openProven(at seal.Place, known store.Credentials, sealed string, life time.Duration) (proven, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(raw) == 0 {
		return proven{}, false
	}
	plain, err := s.store.Keys().Own().Open(at, raw)
	if err != nil {
		return proven{}, false
	}
	var p proven
	if err := json.Unmarshal(plain, &p); err != nil {
		return proven{}, false
	}
	age := s.now().Sub(time.Unix(p.At, 0))
	return p, string(p.Mark) == string(mark(known)) && age < life
}

// device makes the cookie that tells a browser that has signed in before.
func (s *SignIn) device(known store.Credentials) (string, error) {
	return s.sealProven(devicePlace(known.Staff), known, "")
}

// isDevice reports whether the browser has signed in as this member of staff, and
// which of their sign-ins it was.
func (s *SignIn) isDevice(known store.Credentials, cookie string) (which int64, ok bool) {
	if known.Staff.IsZero() || cookie == "" {
		return 0, false
	}
	p, ok := s.openProven(devicePlace(known.Staff), known, cookie, DeviceLife)
	return p.Signins, ok
}
