package spool

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// asWriter makes this test program put records for as long as it lives.
const asWriter, withKeyset = "SPOOL_TEST_WRITER", "SPOOL_TEST_KEYSET"

func TestMain(m *testing.M) {
	if dir := os.Getenv(asWriter); dir != "" {
		write(dir, os.Getenv(withKeyset))
	}
	os.Exit(m.Run())
}

func write(dir, keyset string) {
	keys, err := seal.OpenFile(keyset, nil)
	if err != nil {
		panic(err)
	}
	s, err := Open(Options{Dir: dir, Keys: keys, Now: time.Now})
	if err != nil {
		panic(err)
	}
	for i := 0; ; i++ {
		if err := s.Put([]byte(strconv.Itoa(i)), []casefile.Private{casefile.Hide("x")}); err != nil {
			panic(err)
		}
		fmt.Println(i) // accepted
	}
}

func TestEveryAcceptedRecordOutlivesAKill(t *testing.T) {
	t.Parallel()
	for n := range 3 {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			dir, path := t.TempDir(), t.TempDir()+"/keyset"
			check(t, seal.Create(path, nil))
			cmd := exec.Command(os.Args[0], "-test.run=^$")
			cmd.Env = append(os.Environ(), asWriter+"="+dir, withKeyset+"="+path)
			out, err := cmd.StdoutPipe()
			check(t, err)
			check(t, cmd.Start())
			accepted := -1
			for lines := bufio.NewScanner(out); lines.Scan(); {
				accepted, err = strconv.Atoi(lines.Text())
				check(t, err)
				if accepted == 40+17*n {
					check(t, cmd.Process.Kill()) // what it still says is read too
				}
			}
			_ = cmd.Wait()
			keys, err := seal.OpenFile(path, nil)
			check(t, err)
			s := openIn(t, dir, keys)
			next := 0
			for {
				records, err := s.Next(16)
				check(t, err)
				if len(records) == 0 {
					break
				}
				for _, r := range records {
					if got := string(r.Plain); got != strconv.Itoa(next) {
						t.Fatalf("got %s, want %d", got, next)
					}
					next++
				}
				s.Done(records[len(records)-1])
			}
			if next <= accepted || next > accepted+2 {
				t.Errorf("%d records, accepted were %d", next, accepted+1)
			}
			if f := found(t, dir); f != (Found{}) {
				t.Errorf("the folder still holds %+v", f)
			}
		})
	}
}

// smallDisk is a disk of its own, of 64 kB. It needs root: without it, run the test
// in a container, or with: unshare -rm go test ./internal/spool
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Fatalf("a small disk cannot be mounted (%v): run the tests as root, in a container", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

func TestAFullDiskRefusesAndKeepsWhatItHas(t *testing.T) {
	t.Parallel()
	dir, keys := smallDisk(t), fresh(t)
	s := openIn(t, dir, keys)
	fill := func() (kept []string) {
		for i := 0; ; i++ {
			word := strconv.Itoa(i)
			err := s.Put([]byte(word), []casefile.Private{casefile.Hide("private " + word), {}})
			if errors.Is(err, syscall.ENOSPC) {
				return kept
			}
			check(t, err)
			if kept = append(kept, word); len(kept) > 5000 {
				t.Fatal("64 kB hold whatever is put")
			}
		}
	}
	kept := fill()
	if len(kept) < 50 {
		t.Fatalf("only %d were kept", len(kept))
	}
	if err := s.Put(nil, nil); err == nil {
		kept = append(kept, "") // a shorter one may fit
	}
	if err := s.Check(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("the disk is full, and Check says %v", err)
	}
	check(t, s.Close()) // as after a kill
	s = openIn(t, dir, keys)
	records, err := s.Next(1 << 10)
	check(t, err)
	if len(records) != len(kept) {
		t.Errorf("%d are handed out, kept were %d", len(records), len(kept))
	}
	s.Done(records[len(records)-1])
	check(t, s.Check())
	same(t, takes(t, s))
	if again := fill(); len(again) < 50 {
		t.Errorf("with room again only %d were kept", len(again))
	}
	if f := found(t, dir); f.Aside != 0 {
		t.Errorf("something was laid aside: %+v", f)
	}
}

func TestADiskThatCannotBeWrittenRefuses(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t)
	check(t, syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	if s, err := Open(Options{Dir: dir, Keys: fresh(t), Now: func() time.Time { return noon }}); !errors.Is(err, syscall.EROFS) {
		t.Errorf("opened on a read-only disk: %v %v", s, err)
	}
	if _, err := Open(Options{Dir: "/dev/null/spool", Keys: fresh(t), Now: func() time.Time { return noon }}); !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("opened below a file: %v", err)
	}
}
