package spool

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pulang/internal/seal"
)

// keyset is a keyset file and how to open it.
func keyset(t *testing.T) func() *seal.Keys {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keyset")
	check(t, seal.Create(path, nil))
	return func() *seal.Keys {
		keys, err := seal.OpenFile(path, nil)
		check(t, err)
		return keys
	}
}

func TestAWaitingSpoolOutlivesTheTurningOfTheKeys(t *testing.T) {
	t.Parallel()
	open := keyset(t)
	dir := t.TempDir()
	s := openIn(t, dir, open())
	put(t, s, "aside", "b")
	records, err := s.Next(1)
	check(t, err)
	check(t, s.SetAside(records[0]))
	s.Done(records[0])
	rotation := open() // another process
	for _, step := range []func() error{rotation.Introduce, rotation.Promote, func() error { return rotation.Retire(nil) }, rotation.Finish} {
		check(t, s.Tend()) // as every second
		put(t, s, "c")
		check(t, step())
	}
	check(t, s.Tend())
	check(t, s.Close())
	again := openIn(t, dir, open())
	same(t, takes(t, again), "aside", "b", "c", "c", "c", "c")
	check(t, os.Rename(onlyAside(t, dir), filepath.Join(dir, "again"+spooled)))
	check(t, again.Tend())
	same(t, takes(t, again), "aside")
}

func TestTendFailsUntilTheKeysAreWrappedAnew(t *testing.T) {
	t.Parallel()
	open := keyset(t)
	s := openIn(t, t.TempDir(), open())
	put(t, s, "a")
	rotation := open()
	check(t, rotation.Introduce())
	check(t, rotation.Promote())
	disk := s.files[0].disk
	shut, err := os.Open(s.files[0].path) // cannot be written
	check(t, err)
	s.files[0].disk = shut
	if err := s.Tend(); err == nil {
		t.Error("the key is still wrapped under the older one, and Tend says nothing")
	}
	s.files[0].disk = disk
	check(t, shut.Close())
	check(t, s.Tend())
	if !bytes.HasPrefix(s.files[0].wrapped, rotation.WrapPrefix()) {
		t.Error("the key is still wrapped under the older one")
	}
}

func TestEachFileHasAKeyOfItsOwn(t *testing.T) {
	t.Parallel()
	keys := fresh(t)
	a, b := openIn(t, t.TempDir(), keys), openIn(t, t.TempDir(), keys)
	put(t, a, "a")
	put(t, b, "b")
	sealed, err := a.files[0].seal(a.files[0].id, noon, []byte("x"), nil)
	check(t, err)
	_, id, data, err := parse(sealed)
	check(t, err)
	if _, err := a.files[0].open(id, data); err != nil {
		t.Errorf("its own: %v", err)
	}
	if _, err := b.files[0].open(id, data); err == nil {
		t.Error("another file's key opens it")
	}
	if got := madeAt(a.files[0].id); got.Sub(noon).Abs() > time.Millisecond {
		t.Errorf("its id says %s", got)
	}
}
