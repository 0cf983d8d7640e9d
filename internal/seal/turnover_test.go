package seal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"pulang/internal/casefile"
)

// onFile is a fresh keyset file and a reading of it.
func onFile(t *testing.T) (string, *Keys) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keyset")
	if err := Create(path, nil); err != nil {
		t.Fatal(err)
	}
	return path, reading(t, path)
}

func reading(t *testing.T, path string) *Keys {
	t.Helper()
	k, err := OpenFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// change takes a step and reports it.
func change(t *testing.T, step func() error) {
	t.Helper()
	if err := step(); err != nil {
		t.Fatal(err)
	}
}

func TestOneStepApartEverythingOpensBothWays(t *testing.T) {
	t.Parallel()
	path, rotating := onFile(t)
	at, conversation := Place{"staff", "name", casefile.NewID(now)}, casefile.NewID(now)
	for i, step := range []func() error{rotating.Introduce, rotating.Promote} {
		behind := reading(t, path)
		behind.source.path = "" // it sleeps: it does not look at the file
		change(t, step)
		for name, pair := range map[string][2]*Keys{"ahead to behind": {rotating, behind}, "behind to ahead": {behind, rotating}} {
			sealed, err := pair[0].Own().Seal(at, []byte("Dewi"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := pair[1].Own().Open(at, sealed); err != nil {
				t.Errorf("step %d, %s: %v", i, name, err)
			}
			_, wrapped, err := pair[0].NewDataKey(conversation)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := pair[1].Unwrap(conversation, wrapped); err != nil {
				t.Errorf("step %d, %s: %v", i, name, err)
			}
		}
		a, _ := behind.BlindIndex("k", casefile.Hide("v"))
		b, _ := rotating.BlindIndex("k", casefile.Hide("v"))
		if !slices.ContainsFunc([]int{0, 1}, func(s int) bool { return a.Slots[s] != nil && bytes.Equal(a.Slots[s], b.Slots[s]) }) {
			t.Errorf("step %d: they have no slot in common", i)
		}
	}
}

func TestTheKeysOfBeforeAreGoneInTheEnd(t *testing.T) {
	t.Parallel()
	path, k := onFile(t)
	at, conversation := Place{"staff", "name", casefile.NewID(now)}, casefile.NewID(now)
	name, _ := k.Own().Seal(at, []byte("Dewi"))
	hot, _ := k.Session().Seal(at, []byte("hot"))
	_, wrapped, _ := k.NewDataKey(conversation)
	old, _ := k.BlindIndex("k", casefile.Hide("v"))
	before := k.Fingerprint()
	change(t, k.Introduce)
	change(t, k.Promote)
	again, err := k.Rewrap(conversation, wrapped)
	if err != nil || !bytes.HasPrefix(again, k.WrapPrefix()) || bytes.HasPrefix(wrapped, k.WrapPrefix()) {
		t.Fatalf("wrapping anew: %v", err)
	}
	current, older := k.OwnPrefixes()
	if len(older) != 1 || !bytes.HasPrefix(name, older[0]) || bytes.Equal(current, older[0]) {
		t.Error("the prefixes do not tell the own keys")
	}
	change(t, func() error { return k.Retire(nil) })
	change(t, k.Finish)
	for _, k := range []*Keys{k, reading(t, path)} {
		for what, open := range map[string]func() error{
			"own":     func() error { _, err := k.Own().Open(at, name); return err },
			"session": func() error { _, err := k.Session().Open(at, hot); return err },
			"wrapped": func() error { _, err := k.Unwrap(conversation, wrapped); return err },
		} {
			if err := open(); !errors.Is(err, ErrSealed) {
				t.Errorf("%s still opens: %v", what, err)
			}
		}
		if _, err := k.Unwrap(conversation, again); err != nil {
			t.Errorf("what was wrapped anew: %v", err)
		}
		ix, _ := k.BlindIndex("k", casefile.Hide("v"))
		if ix.Slots[0] != nil || k.Slot() != 1 || len(ix.All) != 1 || bytes.Equal(ix.Current, old.Current) {
			t.Error("the old index key is still there, or the new one has not the other slot")
		}
		if k.Phase() != Steady || k.Generation() != 4 || k.Fingerprint() == before {
			t.Errorf("%q, generation %d", k.Phase(), k.Generation())
		}
	}
}

func TestASleeperReadsTheFileWhenItMeetsNewerKeys(t *testing.T) {
	t.Parallel()
	path, k := onFile(t)
	forOwn, forData := reading(t, path), reading(t, path)
	held := forOwn.Own() // by somebody, since before it fell asleep
	for _, step := range []func() error{k.Introduce, k.Promote, func() error { return k.Retire(nil) }, k.Finish} {
		change(t, step)
	}
	at, conversation := Place{"staff", "name", casefile.NewID(now)}, casefile.NewID(now)
	sealed, err := k.Own().Seal(at, []byte("Dewi"))
	if err != nil {
		t.Fatal(err)
	}
	_, wrapped, err := k.NewDataKey(conversation)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := held.Open(at, sealed); err != nil || string(plain) != "Dewi" || forOwn.Generation() != k.Generation() {
		t.Errorf("a value of the newer key: %v", err)
	}
	if _, err := forData.Unwrap(conversation, wrapped); err != nil || forData.Generation() != k.Generation() {
		t.Errorf("a data key under the newer key: %v", err)
	}
}

func TestStepsComeInTheirOrder(t *testing.T) {
	t.Parallel()
	k := keys(t)
	steps := []func() error{k.Introduce, k.Promote, func() error { return k.Retire(nil) }, k.Finish}
	for i, right := range steps {
		for j, step := range steps {
			if j != i {
				if err := step(); !errors.Is(err, ErrPhase) {
					t.Errorf("step %d in the place of %d: %v", j, i, err)
				}
			}
		}
		change(t, right)
	}
}

func TestARefreshTakesUpWhatChangedAndNothingElse(t *testing.T) {
	t.Parallel()
	path, k := onFile(t)
	other := reading(t, path)
	first, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if changed, err := other.Refresh(); changed || err != nil {
		t.Errorf("nothing changed: %t, %v", changed, err)
	}
	change(t, k.Introduce)
	if changed, err := other.Refresh(); !changed || err != nil || other.Generation() != 1 {
		t.Errorf("after a change: %t, %v", changed, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %o, %v", info.Mode().Perm(), err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("%d files are left in the folder, %v", len(left), err)
	}
	for name, body := range map[string][]byte{"an older file": first, "a damaged one": []byte(`{"canary`)} {
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
		if changed, err := other.Refresh(); changed || err == nil || other.Generation() != 1 || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %t, %v", name, changed, err)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if changed, err := other.Refresh(); changed || err == nil {
		t.Errorf("no file: %t, %v", changed, err)
	}
	if changed, err := keys(t).Refresh(); changed || err != nil {
		t.Errorf("in memory: %t, %v", changed, err)
	}
}

func TestTwoWhoStepAtOnceTakeOneStep(t *testing.T) {
	t.Parallel()
	path, _ := onFile(t)
	var wg sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		k := reading(t, path)
		wg.Go(func() { errs[i] = k.Introduce() })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !errors.Is(err, ErrPhase) {
			t.Errorf("%v, want ErrPhase", err)
		}
	}
	if won != 1 || reading(t, path).Generation() != 1 {
		t.Errorf("%d of them introduced keys", won)
	}
}

func TestAFileThatWasRotatedIsRefusedByTheReleaseBefore(t *testing.T) {
	t.Parallel()
	path, k := onFile(t)
	first, _ := os.ReadFile(path)
	if !bytes.Contains(first, []byte(`"pulang_keyset": 1`)) {
		t.Error("a fresh file must be one that the release before reads")
	}
	change(t, k.Introduce)
	later, _ := os.ReadFile(path)
	if !bytes.Contains(later, []byte(`"pulang_keyset": 2`)) {
		t.Error("the release before would fill the wrong slot")
	}
}

func TestTheFingerprintIsThatOfTheKeys(t *testing.T) {
	t.Parallel()
	path, k := onFile(t)
	if k.Fingerprint() != reading(t, path).Fingerprint() || k.Fingerprint() == keys(t).Fingerprint() {
		t.Error("equal keys have equal fingerprints, others have not")
	}
	change(t, k.Introduce)
	introduced := k.Fingerprint()
	change(t, k.Promote)
	if k.Fingerprint() != introduced {
		t.Error("an escrow made after introducing must still fit after promoting")
	}
}

// TestWhatAKillLeftIsTakenAway: a step that was killed before its rename leaves a file
// with keys; nobody would ever look for it, and the keys are meant to go.
func TestWhatAKillLeftIsTakenAway(t *testing.T) {
	t.Parallel()
	path, _ := onFile(t)
	target := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, target); err != nil {
		t.Fatal(err)
	}
	k := reading(t, target)
	left, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".new", left, 0o600); err != nil {
		t.Fatal(err)
	}
	change(t, k.Introduce)
	if names, err := os.ReadDir(filepath.Dir(path)); err != nil || len(names) != 1 {
		t.Errorf("%d files are in the folder, %v", len(names), err)
	}
	if is, err := os.Lstat(target); err != nil || is.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link was replaced by a file: %v", err)
	}
	if reading(t, path).Generation() != 1 {
		t.Error("the file the link leads to is the old one")
	}
}

func TestAnotherKeysetIsNotTakenUp(t *testing.T) {
	t.Parallel()
	path, k := onFile(t)
	strange, _ := onFile(t)
	body, err := os.ReadFile(strange)
	if err != nil {
		t.Fatal(err)
	}
	was := k.Fingerprint()
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	if changed, err := k.Refresh(); changed || err == nil || k.Fingerprint() != was {
		t.Errorf("the keyset of another line was taken up: %t, %v", changed, err)
	}
}

// TestAStepIsTakenFromWhereItWasDecided: whoever slept between looking and stepping
// looked at another rotation than the one that is under way now.
func TestAStepIsTakenFromWhereItWasDecided(t *testing.T) {
	t.Parallel()
	path, k := onFile(t)
	change(t, k.Introduce)
	change(t, k.Promote)
	slept := reading(t, path) // and finds that nothing is left under the old keys
	for _, step := range []func() error{func() error { return k.Retire(nil) }, k.Finish, k.Introduce, k.Promote} {
		change(t, step)
	}
	_, wrapped, err := slept.NewDataKey(casefile.ID{1}) // of a row that nobody wrapped anew yet
	if err != nil {
		t.Fatal(err)
	}
	if err := slept.Retire(nil); !errors.Is(err, ErrPhase) {
		t.Errorf("it dropped the keys of the next rotation: %v", err)
	}
	if _, err := reading(t, path).Unwrap(casefile.ID{1}, wrapped); err != nil {
		t.Errorf("a row is lost: %v", err)
	}
}
