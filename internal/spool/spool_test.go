package spool

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

var noon = time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func fresh(t *testing.T) *seal.Keys {
	t.Helper()
	keys, err := seal.New()
	check(t, err)
	return keys
}

// openIn opens a spool that is closed at the end of the test.
func openIn(t *testing.T, dir string, keys *seal.Keys) *Spool {
	t.Helper()
	s, err := Open(Options{Dir: dir, Keys: keys, Now: func() time.Time { return noon }})
	check(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func put(t *testing.T, s *Spool, words ...string) {
	t.Helper()
	for _, word := range words {
		check(t, s.Put([]byte(word), []casefile.Private{casefile.Hide("private " + word), {}}))
	}
}

// takes takes up what there is and says it in its order.
func takes(t *testing.T, s *Spool) (words []string) {
	t.Helper()
	for {
		records, err := s.Next(2)
		check(t, err)
		if len(records) == 0 {
			return words
		}
		for _, r := range records {
			if len(r.Private) != 2 || !r.Private[0].Is("private "+string(r.Plain)) || !r.Private[1].IsEmpty() || !r.At.Equal(noon) {
				t.Errorf("%s came back as another: %d private parts, at %s", r.Plain, len(r.Private), r.At)
			}
			words = append(words, string(r.Plain))
			s.Done(r)
		}
	}
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("handed out %v, want %v", got, want)
	}
}

func found(t *testing.T, dir string) Found {
	t.Helper()
	f, err := Look(dir)
	check(t, err)
	return f
}

func TestWhatWasPutIsHandedOutInOrderUntilItIsDone(t *testing.T) {
	t.Parallel()
	dir, keys := t.TempDir(), fresh(t)
	s := openIn(t, dir, keys)
	put(t, s, "a", "b", "c", "d")
	first, err := s.Next(3)
	check(t, err)
	if len(first) != 3 {
		t.Fatalf("%d records, want 3", len(first))
	}
	s.Done(first[1]) // a and b
	if n, size, oldest := s.Waiting(); n != 2 || size <= 0 || !oldest.Equal(noon) {
		t.Errorf("%d wait in %d bytes since %s, want 2 since noon", n, size, oldest)
	}
	put(t, s, "e")
	same(t, takes(t, s), "c", "d", "e")
	if n, size, oldest := s.Waiting(); n != 0 || size != 0 || !oldest.IsZero() || s.Holds() {
		t.Errorf("%d wait in %d bytes since %s, want none", n, size, oldest)
	}
	if f := found(t, dir); f != (Found{}) {
		t.Errorf("the folder still holds %+v", f)
	}
	put(t, s, "f")
	same(t, takes(t, s), "f")
}

func TestWhatIsNotDoneIsHandedOutAgainAfterARestart(t *testing.T) {
	t.Parallel()
	dir, keys := t.TempDir(), fresh(t)
	s := openIn(t, dir, keys)
	put(t, s, "a", "b", "c")
	records, err := s.Next(1)
	check(t, err)
	s.Done(records[0])
	check(t, s.Close())
	if err := s.Put([]byte("late"), nil); !errors.Is(err, ErrClosed) {
		t.Errorf("a put after the close: %v", err)
	}
	again := openIn(t, dir, keys)
	if n, _, oldest := again.Waiting(); n != 3 || oldest.Sub(noon).Abs() > time.Second {
		t.Errorf("%d wait since %s, want 3 since noon", n, oldest)
	}
	same(t, takes(t, again), "a", "b", "c") // a once more: taking it twice does no harm
}

func TestOldFilesComeFirst(t *testing.T) {
	t.Parallel()
	dir, keys, now := t.TempDir(), fresh(t), noon
	var all []string
	for i := range 3 {
		s, err := Open(Options{Dir: dir, Keys: keys, Now: func() time.Time { return now }})
		check(t, err)
		all = append(all, strconv.Itoa(i))
		check(t, s.Put([]byte(strconv.Itoa(i)), nil))
		s.last = nil // as when the file is long
		now = now.Add(time.Second)
		check(t, s.Close())
	}
	s := openIn(t, dir, keys)
	var got []string
	for range all {
		records, err := s.Next(10)
		check(t, err)
		got = append(got, string(records[0].Plain))
		s.Done(records[0])
	}
	same(t, got, all...)
}

func TestTheFilesOfTheLivingAreLeftToThem(t *testing.T) {
	t.Parallel()
	dir, keys := t.TempDir(), fresh(t)
	living, other := openIn(t, dir, keys), openIn(t, dir, keys)
	put(t, living, "a")
	check(t, other.Tend())
	same(t, takes(t, other))
	if n, err := Orphans(dir); n != 0 || err != nil {
		t.Errorf("%d orphans (%v), and everybody lives", n, err)
	}
	check(t, living.Close()) // as when its process dies
	if n, err := Orphans(dir); n != 1 || err != nil {
		t.Errorf("%d orphans (%v), want 1", n, err)
	}
	check(t, other.Tend())
	same(t, takes(t, other), "a")
}

// only is the one file of a folder.
func only(t *testing.T, dir string) string {
	t.Helper()
	return onlyNamed(t, dir, spooled)
}

// onlyAside is the one file of a folder that was laid aside.
func onlyAside(t *testing.T, dir string) string {
	t.Helper()
	return onlyNamed(t, dir, aside)
}

func onlyNamed(t *testing.T, dir, ending string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"+ending))
	check(t, err)
	if len(names) != 1 {
		t.Fatalf("%d files *%s, want 1", len(names), ending)
	}
	return names[0]
}

func TestALineThatWasCutShortIsNeverRead(t *testing.T) {
	t.Parallel()
	keys := fresh(t)
	whole := t.TempDir()
	s := openIn(t, whole, keys)
	put(t, s, "a", "b")
	check(t, s.Close())
	data, err := os.ReadFile(only(t, whole))
	check(t, err)
	end := bytes.LastIndexByte(data[:len(data)-1], '\n') + 1 // where b begins
	for cut := end; cut < len(data); cut += 7 {
		dir := t.TempDir()
		check(t, os.WriteFile(filepath.Join(dir, "x"+spooled), data[:cut], 0o600))
		s := openIn(t, dir, keys)
		same(t, takes(t, s), "a")
		if f := found(t, dir); f != (Found{}) {
			t.Errorf("cut at %d: the folder still holds %+v", cut, f)
		}
	}
}

func TestADamagedLineIsLaidAsideAndHoldsUpNobody(t *testing.T) {
	t.Parallel()
	keys := fresh(t)
	whole := t.TempDir()
	s := openIn(t, whole, keys)
	put(t, s, "a", "b", "c")
	check(t, s.Close())
	data, err := os.ReadFile(only(t, whole))
	check(t, err)
	lines := bytes.SplitAfter(data, []byte("\n"))
	start := len(lines[0]) + len(lines[1])
	for at := start; at < start+len(lines[2])-1; at += 11 {
		dir := t.TempDir()
		damaged := slices.Clone(data)
		damaged[at] ^= 1
		check(t, os.WriteFile(filepath.Join(dir, "x"+spooled), damaged, 0o600))
		s := openIn(t, dir, keys)
		same(t, takes(t, s), "a", "c")
		if f := found(t, dir); f.Aside < 1 || f.Files != 0 {
			t.Errorf("byte %d: the folder holds %+v, want it aside", at, f)
		}
	}
}

func TestAFileThatNoKeyOpensIsLaidAsideWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openIn(t, dir, fresh(t))
	put(t, s, "a")
	check(t, s.Close())
	before, err := os.ReadFile(only(t, dir))
	check(t, err)
	stranger := openIn(t, dir, fresh(t))
	same(t, takes(t, stranger))
	if after, err := os.ReadFile(onlyAside(t, dir)); err != nil || !bytes.Equal(before, after) {
		t.Errorf("it is not what it was (%v)", err)
	}
}

func TestWhatWasLaidAsideCanBeTriedAgain(t *testing.T) {
	t.Parallel()
	dir, keys := t.TempDir(), fresh(t)
	s := openIn(t, dir, keys)
	put(t, s, "a", "b")
	records, err := s.Next(1)
	check(t, err)
	check(t, s.SetAside(records[0]))
	s.Done(records[0])
	same(t, takes(t, s), "b")
	check(t, os.Rename(onlyAside(t, dir), filepath.Join(dir, "again"+spooled)))
	check(t, s.Tend())
	same(t, takes(t, s), "a")
}

func TestALineOfAnotherFileDoesNotOpen(t *testing.T) {
	t.Parallel()
	keys := fresh(t)
	one, two := t.TempDir(), t.TempDir()
	a, b := openIn(t, one, keys), openIn(t, two, keys)
	put(t, a, "a")
	put(t, b, "b")
	check(t, errors.Join(a.Close(), b.Close()))
	from, err := os.ReadFile(only(t, one))
	check(t, err)
	disk, err := os.OpenFile(only(t, two), os.O_APPEND|os.O_WRONLY, 0)
	check(t, err)
	_, err = disk.Write(bytes.SplitAfter(from, []byte("\n"))[1])
	check(t, errors.Join(err, disk.Close()))
	same(t, takes(t, openIn(t, two, keys)), "b")
	if f := found(t, two); f.Aside != 1 {
		t.Errorf("%+v, want the foreign line aside", f)
	}
}

func TestNothingOfItIsReadable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openIn(t, dir, fresh(t))
	put(t, s, "canary-plain", "canary-other")
	data, err := os.ReadFile(only(t, dir))
	check(t, err)
	if bytes.Contains(data, []byte("canary")) || bytes.Contains(data, []byte("Y2FuYXJ5")) {
		t.Error("what was put can be read on the disk")
	}
	if info, err := os.Stat(only(t, dir)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is open to others: %v %v", info.Mode(), err)
	}
}

func TestAFullSpoolRefuses(t *testing.T) {
	t.Parallel()
	dir, keys := t.TempDir(), fresh(t)
	s, err := Open(Options{Dir: dir, Keys: keys, Now: func() time.Time { return noon }, Most: 3000})
	check(t, err)
	defer func() { _ = s.Close() }()
	other := openIn(t, dir, keys)
	var kept []string
	for i := 0; ; i++ {
		err := s.Put([]byte(strconv.Itoa(i)), []casefile.Private{casefile.Hide("private " + strconv.Itoa(i)), {}})
		if errors.Is(err, ErrFull) {
			break
		}
		check(t, err)
		kept = append(kept, strconv.Itoa(i))
		if i > 100 {
			t.Fatal("it never refuses")
		}
	}
	if len(kept) == 0 || found(t, dir).Bytes > 3000 {
		t.Errorf("%d kept in %d bytes", len(kept), found(t, dir).Bytes)
	}
	same(t, takes(t, s), kept...)
	check(t, s.Check())
	put(t, other, slices.Repeat([]string{"x"}, len(kept)+1)...) // the folder is full for everybody
	if err := s.Put(nil, nil); !errors.Is(err, ErrFull) {
		t.Errorf("while others fill the folder: %v", err)
	}
	if err := s.Check(); !errors.Is(err, ErrFull) {
		t.Errorf("Check says %v", err)
	}
}

func TestManyPutWhileOneTakes(t *testing.T) {
	t.Parallel()
	s := openIn(t, t.TempDir(), fresh(t))
	const people, each = 8, 20
	var writers sync.WaitGroup
	for p := range people {
		writers.Go(func() {
			for i := range each {
				word := fmt.Sprintf("%d-%02d", p, i)
				if err := s.Put([]byte(word), []casefile.Private{casefile.Hide("private " + word), {}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	over := make(chan struct{})
	go func() { writers.Wait(); close(over) }()
	var got []string
	for done := false; !done; {
		select {
		case <-over:
			done = true
		default:
		}
		got = append(got, takes(t, s)...)
	}
	if len(got) != people*each {
		t.Errorf("%d taken, want %d", len(got), people*each)
	}
	last := map[byte]string{}
	for _, word := range got {
		if word <= last[word[0]] {
			t.Errorf("%s came after %s", word, last[word[0]])
		}
		last[word[0]] = word
	}
}
