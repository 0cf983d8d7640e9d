package signin

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// asks begins a sign-in with a passkey.
func (h *house) asks() Ceremony {
	h.Helper()
	asked, err := h.door.AskPasskey(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	return asked
}

// adds gives budi a passkey, in a session.
func (h *house) adds(session string, key *softKey) {
	h.Helper()
	asked, err := h.door.AskNewPasskey(h.Context(), session)
	if err != nil {
		h.Fatalf("ask for a new passkey: %v", err)
	}
	if err := h.door.AddPasskey(h.Context(), session, asked.Token, key.makes(asked), "phone"); err != nil {
		h.Fatalf("add the passkey: %v", err)
	}
}

// keyed is budi with a passkey and a session.
func keyed(t *testing.T) (*house, *softKey, Opened) {
	h := newHouse(t)
	opened := h.enters(home)
	key := newSoftKey(t, h.budi)
	h.adds(opened.Token, key)
	return h, key, opened
}

// audited counts the rows of an action.
func (h *house) audited(action string) (n int) {
	h.Helper()
	h.scan(&n, `SELECT count(*) FROM audit WHERE action = $1`, action)
	return n
}

func TestAPasskeyIsAWholeSignIn(t *testing.T) {
	h, key, _ := keyed(t)
	asked := h.asks()
	opened, err := h.door.Passkey(t.Context(), asked.Token, key.answers(asked), home)
	if err != nil {
		t.Fatal(err)
	}
	staff, err := h.door.Who(t.Context(), opened.Token)
	if err != nil || staff.ID != h.budi {
		t.Fatalf("signed in as %+v: %v", staff, err)
	}
	var options struct {
		Host             string `json:"rpId"`
		UserVerification string `json:"userVerification"`
		AllowCredentials []any  `json:"allowCredentials"`
	}
	if err := json.Unmarshal(asked.Options, &options); err != nil || options.Host != "line.example" || options.UserVerification != "required" || options.AllowCredentials != nil {
		t.Errorf("a stranger is asked %s", asked.Options)
	}
	if h.audited("staff.passkey_added") != 1 || h.audited("staff.signed_in") != 2 {
		t.Error("adding the passkey, or signing in with it, is not in the audit")
	}
}

func TestANewPasskeyMustKnowItsOwnerAndStayOnItsDevice(t *testing.T) {
	h := newHouse(t)
	opened := h.enters(home)
	asked, err := h.door.AskNewPasskey(t.Context(), opened.Token)
	if err != nil {
		t.Fatal(err)
	}
	var options struct {
		Selection struct {
			ResidentKey      string `json:"residentKey"`
			UserVerification string `json:"userVerification"`
		} `json:"authenticatorSelection"`
		User struct {
			Name        string `json:"name"`
			DisplayName string `json:"displayName"`
		} `json:"user"`
	}
	if err := json.Unmarshal(asked.Options, &options); err != nil {
		t.Fatal(err)
	}
	if options.Selection.ResidentKey != "required" || options.Selection.UserVerification != "required" || options.User.Name != "budi" || options.User.DisplayName != "budi" {
		t.Errorf("asked for %+v", options)
	}
	unsure := newSoftKey(t, h.budi)
	unsure.flags = userPresent
	if err := h.door.AddPasskey(t.Context(), opened.Token, asked.Token, unsure.makes(asked), ""); !errors.Is(err, ErrWrong) {
		t.Errorf("a key that does not ask who holds it was added: %v", err)
	}
}

func TestAPasskeysAnswerIsTakenOnce(t *testing.T) {
	h, key, _ := keyed(t)
	asked := h.asks()
	answer := key.answers(asked)
	if _, err := h.door.Passkey(t.Context(), asked.Token, answer, home); err != nil {
		t.Fatal(err)
	}
	if _, err := h.door.Passkey(t.Context(), asked.Token, answer, home); !errors.Is(err, ErrStartOver) {
		t.Errorf("the same answer opened twice: %v", err)
	}
	if _, err := h.door.Passkey(t.Context(), h.asks().Token, answer, home); !errors.Is(err, ErrWrong) {
		t.Errorf("an old answer to a new question: %v", err)
	}
}

func TestTwoTabsWithOneAnswerOpenOnce(t *testing.T) {
	h, key, _ := keyed(t)
	asked := h.asks()
	answer := key.answers(asked)
	h.opensOnce("one answer", func() (Opened, error) { return h.door.Passkey(t.Context(), asked.Token, answer, home) })
}

func TestAPasskeyAnswersOnlyWhatWasAsked(t *testing.T) {
	h, key, _ := keyed(t)
	siti, _ := h.add("siti")
	other := newSoftKey(t, h.budi)
	for name, make := range map[string]func(k *softKey, asked Ceremony) string{
		"at another origin":       func(k *softKey, a Ceremony) string { k.origin = "https://line.example.evil.test"; return k.answers(a) },
		"at a sister's origin":    func(k *softKey, a Ceremony) string { k.origin = "https://www.line.example"; return k.answers(a) },
		"over http":               func(k *softKey, a Ceremony) string { k.origin = "http://line.example"; return k.answers(a) },
		"for another host":        func(k *softKey, a Ceremony) string { k.host = "evil.test"; return k.answers(a) },
		"without asking who":      func(k *softKey, a Ceremony) string { k.flags = userPresent; return k.answers(a) },
		"without anybody there":   func(k *softKey, a Ceremony) string { k.flags = userVerified; return k.answers(a) },
		"that suddenly is synced": func(k *softKey, a Ceremony) string { k.flags |= backedUp; return k.answers(a) },
		"to another challenge":    func(k *softKey, _ Ceremony) string { return k.answersTo(challengeOf(t, h.asks())) },
		"to a challenge chosen": func(k *softKey, _ Ceremony) string {
			return k.answersTo(b64([]byte("0123456789abcdef0123456789abcdef")))
		},
		"meant for enrolment":   func(k *softKey, a Ceremony) string { k.does = "webauthn.create"; return k.answers(a) },
		"signed by another key": func(k *softKey, a Ceremony) string { k.key = other.key; return k.answers(a) },
		"with an unknown id":    func(k *softKey, a Ceremony) string { k.id = other.id; return k.answers(a) },
		"as a colleague":        func(k *softKey, a Ceremony) string { k.handle = siti[:]; return k.answers(a) },
		"as nobody":             func(k *softKey, a Ceremony) string { k.handle = nil; return k.answers(a) },
		"as a stranger": func(k *softKey, a Ceremony) string {
			id := casefile.NewID(h.Now())
			k.handle = id[:]
			return k.answers(a)
		},
		"that is no JSON":  func(*softKey, Ceremony) string { return "{" },
		"that is empty":    func(*softKey, Ceremony) string { return "" },
		"that makes a key": func(k *softKey, a Ceremony) string { return k.makes(a) },
	} {
		asked := h.asks()
		if _, err := h.door.Passkey(t.Context(), asked.Token, make(key.copied(), asked), home); !errors.Is(err, ErrWrong) {
			t.Errorf("an answer %s: %v", name, err)
		}
		if _, err := h.door.Passkey(t.Context(), asked.Token, key.copied().answers(asked), home); !errors.Is(err, ErrStartOver) {
			t.Errorf("an answer %s leaves the challenge to be answered again: %v", name, err)
		}
	}
	if h.audited("staff.signin_failed") == 0 {
		t.Error("failed answers of a known passkey are not in the audit")
	}
}

func TestAQuestionIsForgotten(t *testing.T) {
	h, key, opened := keyed(t)
	asked := h.asks()
	answer := key.answers(asked)
	if _, err := h.door.Passkey(t.Context(), "", answer, home); !errors.Is(err, ErrStartOver) {
		t.Errorf("an answer to nothing: %v", err)
	}
	confirm, err := h.door.AskConfirm(t.Context(), opened.Token)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.door.Passkey(t.Context(), confirm.Token, key.answers(confirm), home); !errors.Is(err, ErrStartOver) {
		t.Errorf("the answer to another kind of question opened: %v", err)
	}
	h.Forward(StepLife)
	if _, err := h.door.Passkey(t.Context(), asked.Token, answer, home); !errors.Is(err, ErrStartOver) {
		t.Errorf("an answer five minutes late: %v", err)
	}
	h.asks()
	var n int
	h.scan(&n, `SELECT count(*) FROM signin_challenges`)
	if n != 1 {
		t.Errorf("%d questions are kept, want the one that can still be answered", n)
	}
}

func TestKeysAndCodesNeedAFreshSecondFactor(t *testing.T) {
	h, key, opened := keyed(t)
	account, err := h.door.Account(t.Context(), opened.Token)
	if err != nil || len(account.Passkeys) != 1 {
		t.Fatalf("account %+v: %v", account, err)
	}
	begun, err := h.door.AskNewPasskey(t.Context(), opened.Token)
	if err != nil {
		t.Fatal(err)
	}
	h.Forward(ConfirmLife)
	begunLate := newSoftKey(t, h.budi)
	attempts := map[string]func() error{
		"asking for a new passkey": func() error { _, err := h.door.AskNewPasskey(t.Context(), opened.Token); return err },
		"new recovery codes":       func() error { _, err := h.door.NewRecoveryCodes(t.Context(), opened.Token); return err },
		"removing a passkey":       func() error { return h.door.RemovePasskey(t.Context(), opened.Token, account.Passkeys[0].ID) },
	}
	for what, try := range attempts {
		if err := try(); !errors.Is(err, ErrConfirm) {
			t.Errorf("%s without proving who it is: %v", what, err)
		}
	}
	if err := h.door.AddPasskey(t.Context(), opened.Token, begun.Token, begunLate.makes(begun), ""); err == nil {
		t.Error("a passkey was added that was begun before and ended too late")
	}
	asked, err := h.door.AskConfirm(t.Context(), opened.Token)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.door.ConfirmPasskey(t.Context(), opened.Token, asked.Token, key.answers(asked)); err != nil {
		t.Fatalf("confirm with the passkey: %v", err)
	}
	for what, try := range attempts {
		if err := try(); err != nil {
			t.Errorf("%s right after proving who it is: %v", what, err)
		}
	}
}

func TestTheFactorMustBeFreshWhenTheKeyIsAddedToo(t *testing.T) {
	h := newHouse(t)
	opened := h.enters(home)
	h.Forward(ConfirmLife - time.Minute)
	asked, err := h.door.AskNewPasskey(t.Context(), opened.Token)
	if err != nil {
		t.Fatal(err)
	}
	h.Forward(2 * time.Minute)
	if err := h.door.AddPasskey(t.Context(), opened.Token, asked.Token, newSoftKey(t, h.budi).makes(asked), ""); !errors.Is(err, ErrConfirm) {
		t.Errorf("added after the factor was no longer fresh: %v", err)
	}
}

func TestOnesQuestionIsNotAnotherOnes(t *testing.T) {
	h, key, budis := keyed(t)
	sitis, siti := h.colleague("siti")
	begun, err := h.door.AskNewPasskey(t.Context(), budis.Token)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.door.AddPasskey(t.Context(), sitis.Token, begun.Token, newSoftKey(t, siti).makes(begun), ""); !errors.Is(err, ErrWrong) {
		t.Errorf("budi's question made siti a passkey: %v", err)
	}
	asked, err := h.door.AskConfirm(t.Context(), sitis.Token)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.door.ConfirmPasskey(t.Context(), sitis.Token, asked.Token, key.answers(asked)); !errors.Is(err, ErrWrong) {
		t.Errorf("budi's passkey confirmed siti: %v", err)
	}
	begun, err = h.door.AskNewPasskey(t.Context(), budis.Token)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.door.AddPasskey(t.Context(), budis.Token, begun.Token, key.makes(begun), ""); !errors.Is(err, ErrWrong) {
		t.Errorf("the same passkey was added twice: %v", err)
	}
}

func TestACopiedPasskeyOpensNothing(t *testing.T) {
	h, key, _ := keyed(t)
	thief := key.copied()
	for range 3 {
		asked := h.asks()
		if _, err := h.door.Passkey(t.Context(), asked.Token, key.answers(asked), home); err != nil {
			t.Fatal(err)
		}
	}
	asked := h.asks()
	if _, err := h.door.Passkey(t.Context(), asked.Token, thief.answers(asked), home); !errors.Is(err, ErrCopied) {
		t.Errorf("a counter that went backwards: %v", err)
	}
	asked = h.asks()
	if _, err := h.door.Passkey(t.Context(), asked.Token, key.answers(asked), home); !errors.Is(err, ErrCopied) {
		t.Errorf("a passkey that exists twice still opens: %v", err)
	}
	var alarms int
	h.scan(&alarms, `SELECT count(*) FROM alarms WHERE kind = 'copied_key'`)
	if alarms != 1 || h.audited("staff.passkey_copied") != 1 {
		t.Errorf("%d alarms tell of the copy", alarms)
	}
	h.Forward(time.Minute)
	h.enters(home)
}

func TestASyncedPasskeyWithoutACounterIsNoCopy(t *testing.T) {
	h := newHouse(t)
	opened := h.enters(home)
	key := newSoftKey(t, h.budi)
	key.counter, key.flags = 0, key.flags|backedUp
	h.adds(opened.Token, key)
	for range 2 {
		asked := h.asks()
		one := key.copied()
		one.counter-- // answers counts up to 0 again
		if _, err := h.door.Passkey(t.Context(), asked.Token, one.answers(asked), home); err != nil {
			t.Fatal(err)
		}
	}
	account, err := h.door.Account(t.Context(), opened.Token)
	if err != nil || len(account.Passkeys) != 1 || !account.Passkeys[0].Synced || account.Passkeys[0].Copied {
		t.Errorf("account %+v: %v", account.Passkeys, err)
	}
}

func TestAPasskeyEnds(t *testing.T) {
	for name, end := range map[string]func(*house, Opened){
		"when it is removed": func(h *house, o Opened) {
			account, err := h.door.Account(h.Context(), o.Token)
			if err != nil {
				h.Fatal(err)
			}
			if err := h.door.RemovePasskey(h.Context(), o.Token, account.Passkeys[0].ID); err != nil {
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
	} {
		t.Run(name, func(t *testing.T) {
			h, key, opened := keyed(t)
			asked := h.asks()
			end(h, opened)
			if _, err := h.door.Passkey(t.Context(), asked.Token, key.answers(asked), home); !errors.Is(err, ErrWrong) {
				t.Errorf("it still opens: %v", err)
			}
		})
	}
}

func TestSomebodyElsesPasskeyIsNotRemoved(t *testing.T) {
	h, _, budis := keyed(t)
	account, err := h.door.Account(t.Context(), budis.Token)
	if err != nil {
		t.Fatal(err)
	}
	sitis, _ := h.colleague("siti")
	if err := h.door.RemovePasskey(t.Context(), sitis.Token, account.Passkeys[0].ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("siti removed budi's passkey: %v", err)
	}
}

func TestGuessingLeavesThePasskeyDoorOpen(t *testing.T) {
	h, key, _ := keyed(t)
	for i := range 60 {
		_ = h.guess("budi", From{Source: fmt.Sprint("198.51.100.", i)})
		_ = h.guess("budi", home)
		asked := h.asks()
		wrong := key.copied()
		wrong.origin = "https://evil.test"
		_, _ = h.door.Passkey(t.Context(), asked.Token, wrong.answers(asked), home)
	}
	asked := h.asks()
	if _, err := h.door.Passkey(t.Context(), asked.Token, key.answers(asked), home); err != nil {
		t.Errorf("whoever is guessed at is locked out of their passkey: %v", err)
	}
}

func TestPasskeysNeedAHostName(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]bool{"https://line.example": true, "http://localhost:8080": true, "http://127.0.0.1:8080": false,
		"https://[2001:db8::1]": false, "": false, "https://intranet": false, "::": false} {
		if got := New(Options{PublicURL: at}).Passkeys(); got != want {
			t.Errorf("passkeys at %q: %v", at, got)
		}
	}
	door := New(Options{PublicURL: "http://127.0.0.1"})
	if _, err := door.AskPasskey(t.Context()); !errors.Is(err, ErrNoPasskey) {
		t.Errorf("a passkey was asked for where there are none: %v", err)
	}
	if _, err := door.Passkey(t.Context(), "x", "{}", home); !errors.Is(err, ErrNoPasskey) {
		t.Errorf("an answer where there are none: %v", err)
	}
}

func TestWhatAKeySaidStaysOutOfErrors(t *testing.T) {
	h, key, _ := keyed(t)
	asked := h.asks()
	key.origin = "https://canary-origin.test"
	_, err := h.door.Passkey(t.Context(), asked.Token, key.answers(asked), home)
	if err == nil || strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), "canary") {
		t.Errorf("the error quotes the browser: %v", err)
	}
}
