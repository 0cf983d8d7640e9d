package signin

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// proof takes the first step.
func (h *house) proof() string {
	h.Helper()
	proof, err := h.door.Password(h.Context(), "budi", h.enrol.Password, home)
	if err != nil {
		h.Fatal(err)
	}
	return proof
}

func TestARecoveryCodeTakesThePlaceOfThePhoneOnce(t *testing.T) {
	h := newHouse(t)
	if len(h.enrol.Recovery) != recoveryCodes {
		t.Fatalf("enrolled with %d recovery codes", len(h.enrol.Recovery))
	}
	typed := " " + strings.ToUpper(strings.ReplaceAll(h.enrol.Recovery[0], "-", " "))
	opened, err := h.door.Recovery(t.Context(), h.proof(), typed, home)
	if err != nil {
		t.Fatal(err)
	}
	account, err := h.door.Account(t.Context(), opened.Token)
	if err != nil || account.Codes != recoveryCodes-1 || account.Sessions[0].Method != "recovery" {
		t.Errorf("account %+v: %v", account, err)
	}
	if _, err := h.door.Recovery(t.Context(), h.proof(), h.enrol.Recovery[0], home); !errors.Is(err, ErrWrong) {
		t.Errorf("the code was used twice: %v", err)
	}
	if _, err := h.door.Recovery(t.Context(), h.proof(), h.enrol.Recovery[1], home); err != nil {
		t.Errorf("another code: %v", err)
	}
}

func TestARecoveryCodeAloneOpensNothing(t *testing.T) {
	h := newHouse(t)
	for _, proof := range []string{"", h.budi.String() + ".", h.budi.String() + "." + h.enrol.Recovery[0]} {
		if _, err := h.door.Recovery(t.Context(), proof, h.enrol.Recovery[0], home); !errors.Is(err, ErrStartOver) {
			t.Errorf("a recovery code without a password: %v", err)
		}
	}
	_, sitis := h.add("siti")
	if _, err := h.door.Recovery(t.Context(), h.proof(), sitis.Recovery[0], home); !errors.Is(err, ErrWrong) {
		t.Errorf("siti's code opened for budi: %v", err)
	}
	if _, err := h.door.Code(t.Context(), h.proof(), h.enrol.Recovery[0], home); !errors.Is(err, ErrWrong) {
		t.Errorf("a recovery code passed for six digits: %v", err)
	}
}

func TestTwoTabsWithOneRecoveryCodeOpenOnce(t *testing.T) {
	h := newHouse(t)
	proof := h.proof()
	h.opensOnce("one recovery code", func() (Opened, error) { return h.door.Recovery(t.Context(), proof, h.enrol.Recovery[3], home) })
}

func TestEverySignInVoidsTheProofsBeforeIt(t *testing.T) {
	h, key, _ := keyed(t)
	first, second := h.proof(), h.proof()
	if _, err := h.door.Recovery(t.Context(), first, h.enrol.Recovery[0], home); err != nil {
		t.Fatal(err)
	}
	for _, proof := range []string{first, second} {
		if _, err := h.door.Recovery(t.Context(), proof, h.enrol.Recovery[1], home); !errors.Is(err, ErrStartOver) {
			t.Errorf("a proof outlived a recovery code: %v", err)
		}
	}
	third := h.proof()
	asked := h.asks()
	if _, err := h.door.Passkey(t.Context(), asked.Token, key.answers(asked), home); err != nil {
		t.Fatal(err)
	}
	if _, err := h.door.Code(t.Context(), third, h.code(h.Now().Add(30*time.Second)), home); !errors.Is(err, ErrStartOver) {
		t.Errorf("a proof outlived a passkey: %v", err)
	}
}

func TestRecoveryCodesAreNotGuessed(t *testing.T) {
	h := newHouse(t)
	device := From{Source: home.Source, Device: h.enters(home).Device}
	h.Forward(time.Minute)
	h.slowsGuesses("a recovery code", func(proof string, from From) (Opened, error) {
		return h.door.Recovery(t.Context(), proof, "aaaa-aaaa-aaaa-aaaa", from)
	})
	proof, err := h.door.Password(t.Context(), "budi", h.enrol.Password, device)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.door.Recovery(t.Context(), proof, h.enrol.Recovery[0], device); err != nil {
		t.Errorf("the guessing locks budi out of the browser they work with: %v", err)
	}
}

func TestNewRecoveryCodesEndTheOldOnes(t *testing.T) {
	h := newHouse(t)
	opened := h.enters(home)
	codes, err := h.door.NewRecoveryCodes(t.Context(), opened.Token)
	if err != nil || len(codes) != recoveryCodes {
		t.Fatalf("%d codes: %v", len(codes), err)
	}
	if _, err := h.door.Recovery(t.Context(), h.proof(), h.enrol.Recovery[0], home); !errors.Is(err, ErrWrong) {
		t.Errorf("an old code after new ones were made: %v", err)
	}
	if _, err := h.door.Recovery(t.Context(), h.proof(), codes[9], home); err != nil {
		t.Errorf("a new code: %v", err)
	}
	var rows string
	h.scan(&rows, `SELECT string_agg(r::text, '') FROM recovery_codes r`)
	for _, code := range codes {
		if rows == "" || strings.Contains(rows, code) || strings.Contains(rows, strings.ReplaceAll(code, "-", "")) {
			t.Fatal("a recovery code is in the database")
		}
	}
}

func TestACodeConfirmsOnce(t *testing.T) {
	h := newHouse(t)
	opened := h.enters(home)
	h.Forward(ConfirmLife)
	code := h.code(h.Now())
	if err := h.door.ConfirmCode(t.Context(), opened.Token, "000000", home); !errors.Is(err, ErrWrong) {
		t.Errorf("a wrong code: %v", err)
	}
	if err := h.door.ConfirmCode(t.Context(), opened.Token, code, home); err != nil {
		t.Fatal(err)
	}
	if err := h.door.ConfirmCode(t.Context(), opened.Token, code, home); !errors.Is(err, ErrWrong) {
		t.Errorf("the code confirmed twice: %v", err)
	}
	if _, err := h.door.Code(t.Context(), h.proof(), code, home); !errors.Is(err, ErrWrong) {
		t.Errorf("the code that confirmed opened a session: %v", err)
	}
	staff, err := h.door.Who(t.Context(), opened.Token)
	if err != nil || !staff.Fresh.Equal(h.Now().Add(ConfirmLife)) {
		t.Errorf("fresh until %v: %v", staff.Fresh, err)
	}
	if err := h.door.ConfirmCode(t.Context(), "stolen", code, home); !errors.Is(err, ErrSignedOut) {
		t.Errorf("confirmed without a session: %v", err)
	}
}

func TestConfirmingIsSlowedLikeSigningIn(t *testing.T) {
	h := newHouse(t)
	opened := h.enters(home)
	var slow *SlowDown
	for i := range 5 {
		if err := h.door.ConfirmCode(t.Context(), opened.Token, "000000", home); !errors.Is(err, ErrWrong) {
			t.Fatalf("guess %d: %v", i, err)
		}
	}
	if err := h.door.ConfirmCode(t.Context(), opened.Token, h.code(h.Now().Add(30*time.Second)), home); !errors.As(err, &slow) {
		t.Errorf("sixth attempt: %v", err)
	}
}

func TestSessionsAreListedAndEndAtOnce(t *testing.T) {
	h := newHouse(t)
	first := h.enters(From{Source: "192.0.2.1", Agent: "Firefox, Android"})
	h.Forward(time.Minute)
	second := h.enters(From{Source: "192.0.2.2"})
	staff, err := h.door.Who(t.Context(), second.Token)
	if err != nil {
		t.Fatal(err)
	}
	account, err := h.door.Account(t.Context(), second.Token)
	if err != nil || len(account.Sessions) != 2 || !account.Sessions[0].This || account.Sessions[1].This {
		t.Fatalf("sessions %+v: %v", account.Sessions, err)
	}
	if !account.Sessions[1].From.Is("Firefox, Android · 192.0.2.1") || account.Colleagues != nil {
		t.Errorf("listed as %+v", account)
	}
	if err := h.door.EndSession(t.Context(), staff, account.Sessions[1].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.door.Who(t.Context(), first.Token); !errors.Is(err, ErrSignedOut) {
		t.Errorf("an ended session: %v", err)
	}
	if err := h.door.EndSession(t.Context(), staff, account.Sessions[1].ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("ended twice: %v", err)
	}
	sitis, _ := h.colleague("siti")
	siti, err := h.door.Who(t.Context(), sitis.Token)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.door.EndSession(t.Context(), siti, account.Sessions[0].ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("siti ended budi's session by its name: %v", err)
	}
	h.Forward(time.Minute)
	third := h.enters(home)
	if err := h.door.EndOtherSessions(t.Context(), staff, third.Token); err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]error{second.Token: ErrSignedOut, third.Token: nil, sitis.Token: nil} {
		if _, err := h.door.Who(t.Context(), token); !errors.Is(err, want) {
			t.Errorf("after ending the others: %v, want %v", err, want)
		}
	}
	if h.audited("staff.session_ended") != 1 || h.audited("staff.other_sessions_ended") != 1 {
		t.Error("ending sessions is not in the audit")
	}
}

func TestAnIdleSessionIsNotListed(t *testing.T) {
	h := newHouse(t)
	h.enters(home)
	h.Forward(SessionIdle)
	now := h.enters(From{Source: "192.0.2.2"})
	account, err := h.door.Account(t.Context(), now.Token)
	if err != nil || len(account.Sessions) != 1 {
		t.Errorf("%d sessions are listed, want the open one: %v", len(account.Sessions), err)
	}
}

func TestWhoKeepsAccountsEndsAColleaguesSessions(t *testing.T) {
	h := newHouse(t)
	budis := h.enters(home)
	for role, want := range map[access.Role]error{access.DutyOfficer: access.ErrDenied, access.CaseWorker: access.ErrDenied, access.Auditor: access.ErrDenied, "stranger": access.ErrDenied} {
		by := access.Staff{ID: casefile.NewID(h.Now()), Role: role}
		if err := h.door.EndColleague(t.Context(), by, "budi"); !errors.Is(err, want) {
			t.Errorf("%s: %v", role, err)
		}
	}
	if _, err := h.door.Who(t.Context(), budis.Token); err != nil {
		t.Fatalf("ended by somebody who may not: %v", err)
	}
	for _, role := range []access.Role{access.Supervisor, access.Administrator} {
		h.Forward(time.Minute)
		open := h.enters(home)
		by := h.Member("keeps-"+string(role), role)
		sent := h.Member("sent-"+string(role), role, func(s *store.Staff) { s.Agency = access.Police })
		if err := h.door.EndColleague(t.Context(), sent, "budi"); !errors.Is(err, access.ErrDenied) {
			t.Errorf("%s of the police: %v", role, err)
		}
		if err := h.door.EndColleague(t.Context(), by, "budi"); err != nil {
			t.Fatalf("%s: %v", role, err)
		}
		if _, err := h.door.Who(t.Context(), open.Token); !errors.Is(err, ErrSignedOut) {
			t.Errorf("%s ended it, but: %v", role, err)
		}
		if err := h.door.EndColleague(t.Context(), by, "nobody"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("nobody's sessions: %v", err)
		}
	}
	if h.audited("staff.sessions_ended") != 2 {
		t.Error("ending a colleague's sessions is not in the audit")
	}
}
