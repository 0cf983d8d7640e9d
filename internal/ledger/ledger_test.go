package ledger

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// TestMain lets the test program be one of several that append.
func TestMain(m *testing.M) {
	if dir := os.Getenv("LEDGER_TEST_DIR"); dir != "" {
		os.Exit(appendMany(dir, os.Getenv("LEDGER_TEST_WHO")))
	}
	os.Exit(m.Run())
}

const each = 50

func appendMany(dir, who string) int {
	l, err := Open(dir)
	for i := range each {
		if err == nil {
			err = l.Append("heads", fmt.Sprintf("%s %d", who, i))
		}
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func open(t *testing.T) (*Ledger, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "deep", "ledger")
	l, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return l, dir
}

func lines(t *testing.T, l *Ledger, name string) []string {
	t.Helper()
	got, err := l.Lines(name)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestWhatWasAppendedIsReadBackInOrder(t *testing.T) {
	t.Parallel()
	l, dir := open(t)
	if got := lines(t, l, "heads"); got != nil {
		t.Errorf("a ledger never written holds %q", got)
	}
	want := []string{"1 aa", "2 bb — dua", strings.Repeat("x", MaxLine)}
	for _, line := range want {
		if err := l.Append("heads", line); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Append("forgotten", "another"); err != nil {
		t.Fatal(err)
	}
	again, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := lines(t, again, "heads"); !slices.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
	info, err := os.Stat(filepath.Join(dir, "heads.ledger"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v (%v), want one for its owner alone", info.Mode(), err)
	}
}

func TestBadNamesAndLinesAreRefused(t *testing.T) {
	t.Parallel()
	l, dir := open(t)
	for _, name := range []string{"", "../heads", "a/b", "Heads", "-a", "a.b", strings.Repeat("a", 41)} {
		if err := l.Append(name, "x"); !errors.Is(err, ErrBadName) {
			t.Errorf("Append to %q: %v, want ErrBadName", name, err)
		}
		if _, err := l.Lines(name); !errors.Is(err, ErrBadName) {
			t.Errorf("Lines of %q: %v, want ErrBadName", name, err)
		}
	}
	for _, line := range []string{"", "two\nlines", "cr\r", "zero\x00", "cut" + torn, "\xff", strings.Repeat("x", MaxLine+1)} {
		if err := l.Append("heads", line); !errors.Is(err, ErrBadLine) {
			t.Errorf("Append of %q: %v, want ErrBadLine", line, err)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("what was refused left %d files (%v)", len(entries), err)
	}
}

func TestALineCutShortIsNeverRead(t *testing.T) {
	t.Parallel()
	l, dir := open(t)
	if err := l.Append("heads", "1 whole"); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(filepath.Join(dir, "heads.ledger"), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("2 cut sho"); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if got := lines(t, l, "heads"); !slices.Equal(got, []string{"1 whole"}) {
		t.Errorf("after the crash: %q", got)
	}
	if err := l.Append("heads", "3 after"); err != nil {
		t.Fatal(err)
	}
	if got := lines(t, l, "heads"); !slices.Equal(got, []string{"1 whole", "3 after"}) {
		t.Errorf("after the next line: %q", got)
	}
}

func TestManyProcessesAppendWithoutMixingLines(t *testing.T) {
	t.Parallel()
	l, dir := open(t)
	var group sync.WaitGroup
	for _, who := range []string{"a", "b", "c"} {
		group.Go(func() {
			other := exec.Command(os.Args[0])
			other.Env = append(os.Environ(), "LEDGER_TEST_DIR="+dir, "LEDGER_TEST_WHO="+who)
			if out, err := other.CombinedOutput(); err != nil {
				t.Errorf("process %s: %v %s", who, err, out)
			}
		})
		group.Go(func() {
			if appendMany(dir, "inside-"+who) != 0 {
				t.Errorf("goroutine %s failed", who)
			}
		})
	}
	group.Wait()
	next := map[string]int{}
	for _, line := range lines(t, l, "heads") {
		var who string
		var n int
		if _, err := fmt.Sscanf(line, "%s %d", &who, &n); err != nil || n != next[who] {
			t.Fatalf("line %q: want number %d (%v)", line, next[who], err)
		}
		next[who]++
	}
	for who, n := range next {
		if n != each {
			t.Errorf("%s has %d lines, want %d", who, n, each)
		}
	}
	if len(next) != 6 {
		t.Errorf("%d writers are in the ledger, want 6", len(next))
	}
}

func TestAFolderThatCannotBeUsedIsRefusedAtOpen(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"", file, filepath.Join(file, "below")} {
		if _, err := Open(dir); err == nil {
			t.Errorf("Open(%q) opened", dir)
		} else if dir != "" && strings.Contains(err.Error(), dir) {
			t.Errorf("the error names the place: %v", err)
		}
	}
}

func TestEachStopsAtTheFirstError(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	for _, line := range []string{"a", "b", "c"} {
		if err := l.Append("heads", line); err != nil {
			t.Fatal(err)
		}
	}
	stop := errors.New("stop")
	var seen []string
	err := l.Each("heads", func(line string) error {
		seen = append(seen, line)
		if line == "b" {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || !slices.Equal(seen, []string{"a", "b"}) {
		t.Errorf("saw %q, %v", seen, err)
	}
}

func FuzzLines(f *testing.F) {
	f.Add("1 aa\n2 bb\n", "x")
	f.Add("cut", "next")
	f.Add("a"+torn+"\nb\n\n\x00", "y z")
	f.Fuzz(func(t *testing.T, before, line string) {
		l, dir := open(t)
		if err := os.WriteFile(filepath.Join(dir, "heads.ledger"), []byte(before), 0o600); err != nil {
			t.Fatal(err)
		}
		old, err := l.Lines("heads")
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Append("heads", line); errors.Is(err, ErrBadLine) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		got, err := l.Lines("heads")
		if err != nil || !slices.Equal(got, append(old, line)) {
			t.Errorf("after %q: %q, %v; want the old lines and the new one", before, got, err)
		}
	})
}

// held is a ledger with one line, whose lock somebody else holds until letGo.
func held(t *testing.T) (l *Ledger, letGo func()) {
	t.Helper()
	l, dir := open(t)
	if err := l.Append("heads", "1"); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(filepath.Join(dir, "heads.ledger"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	if err := lock(file, syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	return l, func() {
		if err := lock(file, syscall.LOCK_UN); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAppendWaitsForItsTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, letGo := held(t)
		done := make(chan error, 1)
		go func() { done <- l.Append("heads", "2") }()
		synctest.Wait() // it is between two tries
		select {
		case err := <-done:
			t.Fatalf("Append did not wait (%v)", err)
		default:
		}
		letGo()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if got := lines(t, l, "heads"); !slices.Equal(got, []string{"1", "2"}) {
			t.Errorf("%q", got)
		}
	})
}

func TestNobodyWaitsForALockForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, letGo := held(t)
		began := time.Now()
		if err := l.Append("heads", "2"); !errors.Is(err, ErrHeld) {
			t.Errorf("Append: %v, want ErrHeld", err)
		}
		if _, err := l.Lines("heads"); !errors.Is(err, ErrHeld) {
			t.Errorf("Lines: %v, want ErrHeld", err)
		}
		if waited := time.Since(began); waited != 2*patience {
			t.Errorf("they waited %v, want %v", waited, 2*patience)
		}
		letGo()
		if got := lines(t, l, "heads"); !slices.Equal(got, []string{"1"}) {
			t.Errorf("%q; the line that was refused must not be there", got)
		}
	})
}
