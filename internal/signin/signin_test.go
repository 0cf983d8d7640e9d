package signin

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/devstack"
	"pulang/internal/devstack/testbed"
	"pulang/internal/store"
)

var stack *devstack.Stack

func TestMain(m *testing.M) { os.Exit(testbed.Main(m, &stack)) }

// house is a testbed with one member of staff, and its door.
type house struct {
	*testbed.Bed
	door   *SignIn
	budi   casefile.ID
	enrol  Enrolment
	mu     sync.Mutex
	waited int
}

var home = From{Source: "192.0.2.1"}

func newHouse(t *testing.T) *house {
	t.Parallel()
	h := &house{Bed: testbed.Open(t, stack, testbed.Options{})}
	h.door = New(Options{Store: h.Store, Now: h.Now, PublicURL: "https://line.example", Wait: func(context.Context, time.Duration) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.waited++
		return nil
	}})
	h.budi, h.enrol = h.add("budi")
	return h
}

func (h *house) add(login string) (id casefile.ID, e Enrolment) {
	h.Helper()
	id = h.Member(login, access.DutyOfficer, func(s *store.Staff) { s.Name, s.Lang = casefile.Hide("Budi"), "en" }).ID
	h.Tx(func(tx *store.Tx) (err error) {
		e, err = Enrol(h.Context(), tx, id, casefile.System("command"), h.Now())
		return err
	})
	return id, e
}

// scan reads one row past the store.
func (h *house) scan(to any, sql string, args ...any) {
	h.Helper()
	if err := h.SQL().QueryRow(h.Context(), sql, args...).Scan(to); err != nil {
		h.Fatal(err)
	}
}

// colleague adds somebody who is signed in.
func (h *house) colleague(login string) (Opened, casefile.ID) {
	h.Helper()
	id, enrol := h.add(login)
	proof, err := h.door.Password(h.Context(), login, enrol.Password, home)
	if err != nil {
		h.Fatal(err)
	}
	code, err := totp.GenerateCode(enrol.Secret, h.Now())
	if err != nil {
		h.Fatal(err)
	}
	opened, err := h.door.Code(h.Context(), proof, code, home)
	if err != nil {
		h.Fatal(err)
	}
	return opened, id
}

func (h *house) code(at time.Time) string {
	h.Helper()
	code, err := totp.GenerateCode(h.enrol.Secret, at)
	if err != nil {
		h.Fatal(err)
	}
	return code
}

// enters signs in and must succeed.
func (h *house) enters(from From) Opened {
	h.Helper()
	proof, err := h.door.Password(h.Context(), "budi", h.enrol.Password, from)
	if err != nil {
		h.Fatalf("password: %v", err)
	}
	opened, err := h.door.Code(h.Context(), proof, h.code(h.Now()), from)
	if err != nil {
		h.Fatalf("code: %v", err)
	}
	return opened
}

// opensOnce does the same four times at once: one of them may open a session.
func (h *house) opensOnce(what string, enter func() (Opened, error)) {
	h.Helper()
	results := make(chan error)
	for range 4 {
		go func() {
			_, err := enter()
			results <- err
		}()
	}
	opened := 0
	for range 4 {
		if err := <-results; err == nil {
			opened++
		}
	}
	if opened != 1 {
		h.Errorf("%s opened %d sessions", what, opened)
	}
}

// slowsGuesses guesses thirty times at the second step. The password is known, and
// every guess comes from another source.
func (h *house) slowsGuesses(at string, guess func(proof string, from From) (Opened, error)) {
	h.Helper()
	refused := 0
	for i := range 30 {
		from := From{Source: fmt.Sprint("198.51.100.", i)}
		proof, err := h.door.Password(h.Context(), "budi", h.enrol.Password, from)
		if err != nil {
			h.Fatal(err)
		}
		var slow *SlowDown
		if _, err := guess(proof, from); errors.As(err, &slow) {
			refused++
		} else if !errors.Is(err, ErrWrong) {
			h.Fatalf("guess %d: %v", i, err)
		}
	}
	if refused != 20 {
		h.Errorf("refused %d of 30 guesses at %s, want all after the tenth", refused, at)
	}
}

func (h *house) guess(login string, from From) error {
	_, err := h.door.Password(h.Context(), login, "wrong", from)
	return err
}

func TestStaffSignInWithPasswordAndCode(t *testing.T) {
	h := newHouse(t)
	opened := h.enters(home)
	staff, err := h.door.Who(t.Context(), opened.Token)
	if err != nil {
		t.Fatal(err)
	}
	if staff.ID != h.budi || staff.Role != "duty_officer" || staff.Login != "budi" || !staff.Name.Is("Budi") || staff.Lang != "en" {
		t.Errorf("signed in as %+v", staff)
	}
	if !strings.HasPrefix(h.enrol.URL, "otpauth://totp/Pulang:budi?") || len(h.enrol.Password) != 19 {
		t.Errorf("enrolment: %d letters, %s", len(h.enrol.Password), strings.Split(h.enrol.URL, "?")[0])
	}
}

func TestNoStepIsSkipped(t *testing.T) {
	h := newHouse(t)
	if _, err := h.door.Code(t.Context(), h.budi.String()+".", h.code(h.Now()), home); !errors.Is(err, ErrStartOver) {
		t.Errorf("a code without a password: %v", err)
	}
	if _, err := h.door.Code(t.Context(), "", h.code(h.Now()), home); !errors.Is(err, ErrStartOver) {
		t.Errorf("a code without anything: %v", err)
	}
	siti, _ := h.add("siti")
	proof, err := h.door.Password(t.Context(), "budi", h.enrol.Password, home)
	if err != nil {
		t.Fatal(err)
	}
	_, sealed, _ := strings.Cut(proof, ".")
	if _, err := h.door.Code(t.Context(), siti.String()+"."+sealed, h.code(h.Now()), home); !errors.Is(err, ErrStartOver) {
		t.Errorf("the proof of one opened for another: %v", err)
	}
	h.Forward(StepLife)
	if _, err := h.door.Code(t.Context(), proof, h.code(h.Now()), home); !errors.Is(err, ErrStartOver) {
		t.Errorf("an old proof: %v", err)
	}
}

func TestTheSameCodeNeverOpensTwice(t *testing.T) {
	h := newHouse(t)
	proof, err := h.door.Password(t.Context(), "budi", h.enrol.Password, home)
	if err != nil {
		t.Fatal(err)
	}
	code := h.code(h.Now())
	if _, err := h.door.Code(t.Context(), proof, code, home); err != nil {
		t.Fatal(err)
	}
	if _, err := h.door.Code(t.Context(), proof, code, home); !errors.Is(err, ErrStartOver) {
		t.Errorf("the proof was used twice: %v", err)
	}
	again, err := h.door.Password(t.Context(), "budi", h.enrol.Password, home)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.door.Code(t.Context(), again, code, home); !errors.Is(err, ErrWrong) {
		t.Errorf("the code was used twice: %v", err)
	}
	before := h.code(h.Now().Add(-30 * time.Second))
	if _, err := h.door.Code(t.Context(), again, before, home); !errors.Is(err, ErrWrong) {
		t.Errorf("an older code after a newer one: %v", err)
	}
	if _, err := h.door.Code(t.Context(), again, h.code(h.Now().Add(30*time.Second)), home); err != nil {
		t.Errorf("the next code of a fast clock: %v", err)
	}
}

func TestACodeTooFarAwayIsWrong(t *testing.T) {
	h := newHouse(t)
	proof, err := h.door.Password(t.Context(), "budi", h.enrol.Password, home)
	if err != nil {
		t.Fatal(err)
	}
	for _, off := range []time.Duration{-time.Minute, time.Minute, time.Hour} {
		if _, err := h.door.Code(t.Context(), proof, h.code(h.Now().Add(off)), home); !errors.Is(err, ErrWrong) {
			t.Errorf("code %s off: %v", off, err)
		}
	}
}

func TestTwoTabsWithOneCodeOpenOnce(t *testing.T) {
	h := newHouse(t)
	proof, err := h.door.Password(t.Context(), "budi", h.enrol.Password, home)
	if err != nil {
		t.Fatal(err)
	}
	code := h.code(h.Now())
	h.opensOnce("one code", func() (Opened, error) { return h.door.Code(t.Context(), proof, code, home) })
}

func TestASessionEnds(t *testing.T) {
	for name, end := range map[string]func(*house, Opened){
		"when idle": func(h *house, _ Opened) { h.Forward(SessionIdle) },
		"by signing out": func(h *house, o Opened) {
			if err := h.door.Out(h.Context(), o.Token); err != nil {
				h.Fatal(err)
			}
		},
		"when its owner is disabled": func(h *house, _ Opened) {
			h.Tx(func(tx *store.Tx) error { return tx.DisableStaff(h.Context(), h.budi, h.Now()) })
		},
		"when its owner is enrolled anew": func(h *house, _ Opened) {
			h.Tx(func(tx *store.Tx) error {
				_, err := Enrol(h.Context(), tx, h.budi, casefile.System("command"), h.Now())
				return err
			})
		},
		"after its life": func(h *house, o Opened) {
			for range int(SessionLife / (20 * time.Minute)) {
				if _, err := h.door.Who(h.Context(), o.Token); err != nil {
					h.Fatalf("ended early: %v", err)
				}
				h.Forward(20 * time.Minute)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			opened := h.enters(home)
			end(h, opened)
			if _, err := h.door.Who(t.Context(), opened.Token); !errors.Is(err, ErrSignedOut) {
				t.Errorf("still in: %v", err)
			}
		})
	}
}

func TestASignInForgetsWhatIsOver(t *testing.T) {
	h := newHouse(t)
	h.enters(home)
	_ = h.guess("budi", home)
	h.Forward(SessionLife + window + time.Second)
	_ = h.guess("budi", home)
	h.enters(From{Source: "192.0.2.9"})
	conn := h.SQL()
	for table, want := range map[string]int{"staff_sessions": 1, "signin_failures": 3} { // the last guess still counts: door, login, source
		var n int
		if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil || n != want {
			t.Errorf("%s has %d rows, want %d (%v)", table, n, want, err)
		}
	}
}

func TestLookingDoesNotKeepASessionAlive(t *testing.T) {
	h := newHouse(t)
	opened := h.enters(home)
	for range 3 {
		h.Forward(10 * time.Minute)
		_, _ = h.door.Still(t.Context(), opened.Token)
	}
	if _, err := h.door.Still(t.Context(), opened.Token); !errors.Is(err, ErrSignedOut) {
		t.Errorf("a page left open kept the session: %v", err)
	}
}

func TestADisabledMemberGetsNoFurther(t *testing.T) {
	h := newHouse(t)
	proof, err := h.door.Password(t.Context(), "budi", h.enrol.Password, home)
	if err != nil {
		t.Fatal(err)
	}
	h.Tx(func(tx *store.Tx) error { return tx.DisableStaff(t.Context(), h.budi, h.Now()) })
	if _, err := h.door.Code(t.Context(), proof, h.code(h.Now()), home); !errors.Is(err, ErrStartOver) {
		t.Errorf("between the steps: %v", err)
	}
	if _, err := h.door.Password(t.Context(), "budi", h.enrol.Password, home); !errors.Is(err, ErrWrong) {
		t.Errorf("afterwards: %v", err)
	}
}

func TestTheTokenIsStoredNowhere(t *testing.T) {
	h := newHouse(t)
	opened := h.enters(home)
	conn := h.SQL()
	var rows string
	err := conn.QueryRow(t.Context(), `SELECT string_agg(s::text, '') || (SELECT string_agg(f::text, '') FROM staff f) FROM staff_sessions s`).Scan(&rows)
	if err != nil || rows == "" {
		t.Fatal("no rows to look at", err)
	}
	for what, secret := range map[string]string{"token": opened.Token, "password": h.enrol.Password, "totp secret": h.enrol.Secret} {
		if strings.Contains(rows, secret) {
			t.Errorf("the %s is in the database", what)
		}
	}
	if !strings.Contains(rows, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Error("the password is not kept as argon2id with 19 MiB")
	}
}

func TestGuessingIsSlowed(t *testing.T) {
	h := newHouse(t)
	var slow *SlowDown
	for i := range 5 {
		if err := h.guess("budi", home); !errors.Is(err, ErrWrong) {
			t.Fatalf("guess %d: %v", i, err)
		}
	}
	if _, err := h.door.Password(t.Context(), "budi", h.enrol.Password, home); !errors.As(err, &slow) || slow.Wait != firstWait {
		t.Fatalf("sixth attempt: %v", err)
	}
	h.Forward(firstWait)
	if err := h.guess("budi", home); !errors.Is(err, ErrWrong) {
		t.Fatalf("after waiting: %v", err)
	}
	if err := h.guess("budi", home); !errors.As(err, &slow) || slow.Wait != 2*firstWait {
		t.Errorf("the wait does not double: %v", err)
	}
	h.Forward(window)
	h.enters(home)
}

func TestGuessingLocksNoColleagueOut(t *testing.T) {
	h := newHouse(t)
	device := From{Source: "192.0.2.1", Device: h.enters(home).Device}
	h.Forward(time.Minute)
	for i := range 60 { // many sources, among them the colleague's own
		_ = h.guess("budi", From{Source: fmt.Sprint("198.51.100.", i)})
		_ = h.guess("budi", home)
		_ = h.guess(fmt.Sprint("nobody", i), home)
	}
	if h.waited == 0 {
		t.Error("a login guessed at from many sources is not slowed")
	}
	h.enters(device)
	h.Forward(time.Minute)
	if _, err := h.door.Password(t.Context(), "budi", h.enrol.Password, From{Source: "203.0.113.9"}); err != nil {
		t.Errorf("a new place far from the guessing: %v", err)
	}
}

func TestADeviceOfAnotherLoginIsAStranger(t *testing.T) {
	h := newHouse(t)
	h.add("siti")
	budis := From{Source: "192.0.2.1", Device: h.enters(home).Device}
	for range 5 {
		_ = h.guess("siti", budis)
	}
	var slow *SlowDown
	if err := h.guess("siti", home); !errors.As(err, &slow) {
		t.Errorf("a device of budi guesses at siti unseen: %v", err)
	}
}

func TestCodesAreNotGuessed(t *testing.T) {
	h := newHouse(t)
	h.slowsGuesses("the code", func(proof string, from From) (Opened, error) { return h.door.Code(t.Context(), proof, "000000", from) })
}

func TestAnUnknownLoginIsToldNothing(t *testing.T) {
	h := newHouse(t)
	unknown := h.guess("nobody", home)
	wrong := h.guess("budi", home)
	if unknown != wrong || !errors.Is(unknown, ErrWrong) {
		t.Errorf("unknown login: %v, wrong password: %v", unknown, wrong)
	}
	if verify("", "anything") || verify("$argon2id$v=19$m=1$x$y", "anything") {
		t.Error("a hash that is none was matched")
	}
}
