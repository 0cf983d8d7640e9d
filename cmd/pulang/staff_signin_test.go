package main

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/pquerna/otp/totp"

	"pulang/internal/seal"
	"pulang/internal/signin"
	"pulang/internal/store"
)

// door is the door of an installation.
func door(t *testing.T, env map[string]string) *signin.SignIn {
	t.Helper()
	keys, err := seal.OpenFile(env["KEYSET_FILE"], nil)
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(store.Options{URL: env["DATABASE_URL"], Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return signin.New(signin.Options{Store: db, Now: time.Now, Wait: func(context.Context, time.Duration) error { return nil }})
}

var (
	passwordLine = regexp.MustCompile(`Password +(\S+)`)
	secretLine   = regexp.MustCompile(`or type the secret +(\S+)`)
	recoveryCode = regexp.MustCompile(`(?m)^ +(?:Recovery codes +)?([a-z2-9]{4}(?:-[a-z2-9]{4}){3})$`)
)

// enters signs in with what a command printed: with the six digits, or, when which is
// not negative, with that recovery code.
func enters(t *testing.T, door *signin.SignIn, login, printed string, which int) (signin.Opened, error) {
	t.Helper()
	password, secret, codes := passwordLine.FindStringSubmatch(printed), secretLine.FindStringSubmatch(printed), recoveryCode.FindAllStringSubmatch(printed, -1)
	if password == nil || secret == nil || len(codes) != 10 {
		t.Fatalf("printed %d recovery codes:\n%s", len(codes), printed)
	}
	proof, err := door.Password(t.Context(), login, password[1], signin.From{Source: "192.0.2.1"})
	if err != nil {
		return signin.Opened{}, err
	}
	if which >= 0 {
		return door.Recovery(t.Context(), proof, codes[which][1], signin.From{})
	}
	code, err := totp.GenerateCode(secret[1], time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return door.Code(t.Context(), proof, code, signin.From{})
}

// one reads one value past the store.
func one[T any](t *testing.T, env map[string]string, sql string) (value T) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), env["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if err := conn.QueryRow(t.Context(), sql).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestTheFirstAdministratorSignsInWithWhatWasPrinted(t *testing.T) {
	t.Parallel()
	env := installed(t)
	added := pulang(t, env, "", "staff", "add", "--login=dewi", "--name=Dewi", "--role=administrator")
	if added.code != 0 {
		t.Fatalf("got %+v", added)
	}
	opened, err := enters(t, door(t, env), "dewi", added.out, -1)
	if err != nil || opened.Staff.Role != "administrator" {
		t.Errorf("signed in as %+v: %v", opened.Staff, err)
	}
	if _, err := enters(t, door(t, env), "dewi", added.out, 0); err != nil {
		t.Errorf("with a recovery code: %v", err)
	}
}

func TestAResetEndsEverythingOldAndGivesAllNew(t *testing.T) {
	t.Parallel()
	env := installed(t)
	added := pulang(t, env, "", "staff", "add", "--login=rani", "--name=Rani")
	front := door(t, env)
	opened, err := enters(t, front, "rani", added.out, -1)
	if err != nil {
		t.Fatal(err)
	}
	reset := pulang(t, env, "", "staff", "reset", "rani")
	if reset.code != 0 {
		t.Fatalf("got %+v", reset)
	}
	if _, err := front.Who(t.Context(), opened.Token); !errors.Is(err, signin.ErrSignedOut) {
		t.Errorf("a session outlived the reset: %v", err)
	}
	for which := range 2 {
		if _, err := enters(t, front, "rani", added.out, which-1); !errors.Is(err, signin.ErrWrong) {
			t.Errorf("the old papers still open: %v", err)
		}
	}
	mixed := passwordLine.FindString(reset.out) + "\n" + secretLine.FindString(reset.out) + "\n"
	for _, code := range recoveryCode.FindAllString(added.out, -1) {
		mixed += code + "\n"
	}
	if _, err := enters(t, front, "rani", mixed, 0); !errors.Is(err, signin.ErrWrong) {
		t.Errorf("an old recovery code with the new password: %v", err)
	}
	if _, err := enters(t, front, "rani", reset.out, -1); err != nil {
		t.Errorf("the new papers: %v", err)
	}
	if n := one[int](t, env, `SELECT count(*) FROM audit WHERE action = 'staff.reset'`); n != 1 {
		t.Errorf("the reset stands in the audit %d times", n)
	}
	if got := pulang(t, env, "", "staff", "reset", "nobody"); got.code != 1 || !strings.Contains(got.err, "nobody with the login") {
		t.Errorf("got %+v", got)
	}
	pulang(t, env, "", "staff", "disable", "rani")
	if got := pulang(t, env, "", "staff", "reset", "rani"); got.code != 1 || !strings.Contains(got.err, "is disabled") {
		t.Errorf("a reset brings back who was disabled: %+v", got)
	}
	back := pulang(t, env, "", "staff", "enable", "rani")
	if _, err := enters(t, front, "rani", back.out, -1); err != nil || !strings.Contains(back.out, "send LINK ") {
		t.Errorf("who was taken back: %+v: %v", back, err)
	}
	if _, err := enters(t, front, "rani", reset.out, 1); !errors.Is(err, signin.ErrWrong) {
		t.Errorf("who was taken back has the old papers: %v", err)
	}
	if got := pulang(t, env, "", "staff", "enable", "rani"); got.code != 1 || !strings.Contains(got.err, "is not disabled") {
		t.Errorf("enabled twice: %+v", got)
	}
}

func TestSessionsAreListedAndRevokedFromTheMachine(t *testing.T) {
	t.Parallel()
	env := installed(t)
	added := pulang(t, env, "", "staff", "add", "--login=rani", "--name=Rani")
	front := door(t, env)
	opened, err := enters(t, front, "rani", added.out, -1)
	if err != nil {
		t.Fatal(err)
	}
	if got := pulang(t, env, "", "staff", "sessions", "rani"); got.code != 0 || !strings.Contains(got.out, "by password, since") || !strings.Contains(got.out, "1 sessions of rani: open") {
		t.Errorf("got %+v", got)
	}
	if _, err := front.Who(t.Context(), opened.Token); err != nil {
		t.Errorf("looking ended it: %v", err)
	}
	if got := pulang(t, env, "", "staff", "sessions", "rani", "--revoke"); got.code != 0 || !strings.Contains(got.out, "1 sessions of rani: ended") {
		t.Errorf("got %+v", got)
	}
	if _, err := front.Who(t.Context(), opened.Token); !errors.Is(err, signin.ErrSignedOut) {
		t.Errorf("a revoked session: %v", err)
	}
	if n := one[int](t, env, `SELECT count(*) FROM audit WHERE action = 'staff.sessions_ended'`); n != 1 {
		t.Errorf("it stands in the audit %d times", n)
	}
}

func TestStaffAreLinkedToTheOrganisationBySubject(t *testing.T) {
	t.Parallel()
	env := with(installed(t), "OIDC_ISSUER", "https://id.example", "OIDC_CLIENT_ID", "pulang", "OIDC_CLIENT_SECRET", "x")
	linked := `SELECT count(*) FROM staff WHERE oidc_sealed IS NOT NULL`
	for _, step := range []struct {
		args  []string
		fails string
		links int
	}{
		{[]string{"add", "--login=rani", "--name=Rani", "--oidc=subject-7"}, "", 1},
		{[]string{"add", "--login=sari", "--name=Sari"}, "", 1},
		{[]string{"link-oidc", "sari", "subject-7"}, "linked to somebody else", 1},
		{[]string{"link-oidc", "sari", "subject-8"}, "", 2},
		{[]string{"link-oidc", "sari"}, "name the subject", 2},
		{[]string{"link-oidc", "sari", "subject-8", "--remove"}, "name the subject", 2},
		{[]string{"link-oidc", "rani", "--remove"}, "", 1},
		{[]string{"link-oidc", "nobody", "subject-9"}, "nobody with the login", 1},
	} {
		got := pulang(t, env, "", append([]string{"staff"}, step.args...)...)
		if (got.code != 0) != (step.fails != "") || !strings.Contains(got.err, step.fails) || strings.Contains(got.out, "subject-") {
			t.Errorf("%v: got %+v", step.args, got)
		}
		if n := one[int](t, env, linked); n != step.links {
			t.Errorf("after %v %d are linked, want %d", step.args, n, step.links)
		}
	}
	without := with(env, "OIDC_ISSUER", "", "OIDC_CLIENT_ID", "", "OIDC_CLIENT_SECRET", "")
	if got := pulang(t, without, "", "staff", "add", "--login=budi", "--name=Budi", "--oidc=subject-9"); got.code != 1 || !strings.Contains(got.err, "set OIDC_ISSUER") {
		t.Errorf("linked to nothing: %+v", got)
	}
	if list := pulang(t, without, "", "staff", "list"); strings.Contains(list.out, "budi") {
		t.Error("who could not be linked was added all the same")
	}
}
