package spool

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"pulang/internal/casefile"
)

// The endings of the files' names.
const (
	spooled = ".spool"
	aside   = ".aside"
	begun   = ".new" // a file that is being made
)

// Tend takes over the files of dead processes, and wraps the data keys anew when
// the keyset turned over: before that is done, nobody may drop its older keys. It is
// to be called every second or so.
func (s *Spool) Tend() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	_, _ = s.keys.Refresh() // an unreadable keyset changes nothing, and whoever watches it says so
	return errors.Join(s.adopt(), s.rewrap())
}

// create begins a file of this process. Another process that tends the folder in this
// very moment may clear it away before it is locked; then it is begun again.
func (s *Spool) create() (f *file, err error) {
	for range 3 {
		if f, err = s.begin(); err == nil {
			return f, nil
		}
	}
	return nil, err
}

// begin makes a file. It shows under its name only when it is locked and its key is
// on the disk.
func (s *Spool) begin() (_ *file, err error) {
	f := &file{id: casefile.NewID(s.now())}
	if f.key, f.wrapped, err = s.keys.NewDataKey(f.id); err != nil {
		return nil, err
	}
	f.path = filepath.Join(s.dir, f.id.String()+spooled)
	made := filepath.Join(s.dir, f.id.String()+begun)
	if f.disk, err = os.OpenFile(made, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return nil, fmt.Errorf("begin a file of the spool: %w", reason(err))
	}
	if err = lock(f.disk); err == nil {
		err = f.append(line('k', f.id, f.wrapped))
	}
	if err == nil {
		err = os.Rename(made, f.path)
	}
	if err == nil {
		err = syncFolder(s.dir)
	}
	if err != nil {
		_ = os.Remove(made)
		_ = os.Remove(f.path)
		return nil, errors.Join(fmt.Errorf("begin a file of the spool: %w", reason(err)), f.disk.Close())
	}
	f.at = f.size
	return f, nil
}

// remove destroys a file, and with it its data key.
func (s *Spool) remove(f *file) {
	_ = os.Remove(f.path) // one that stays is taken up once more, which changes nothing
	_ = syncFolder(s.dir)
	_ = f.disk.Close()
	s.files = slices.DeleteFunc(s.files, func(one *file) bool { return one == f })
	if s.last == f {
		s.last = nil
	}
}

// adopt takes over what belongs to nobody.
func (s *Spool) adopt() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("read the spool's folder: %w", reason(err))
	}
	var errs []error
	for _, e := range entries {
		path := filepath.Join(s.dir, e.Name())
		if slices.ContainsFunc(s.files, func(f *file) bool { return f.path == path }) {
			continue
		}
		switch filepath.Ext(path) {
		case spooled:
			errs = append(errs, s.takeOver(path))
		case begun:
			dropBegun(path)
		}
	}
	slices.SortStableFunc(s.files, func(a, b *file) int { return strings.Compare(a.path, b.path) })
	return errors.Join(errs...)
}

// takeOver opens a file whose process is dead; one that is locked is left alone. A
// file that no key opens is laid aside as it is.
func (s *Spool) takeOver(path string) error {
	f, err := grab(path)
	if f == nil {
		return err
	}
	info, err := f.disk.Stat()
	if err != nil {
		return errors.Join(reason(err), f.disk.Close())
	}
	opens, err := f.scan(s.keys, info.Size())
	switch {
	case err != nil:
		return errors.Join(err, f.disk.Close())
	case !opens && f.size > 0:
		err = os.Rename(path, strings.TrimSuffix(path, spooled)+aside)
		return errors.Join(err, syncFolder(s.dir), f.disk.Close())
	case len(f.waiting) == 0:
		s.remove(f)
		return nil
	}
	s.files = append(s.files, f)
	return nil
}

// grab opens and locks a file; nil when somebody has it, or it is gone.
func grab(path string) (*file, error) {
	disk, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open a file of the spool: %w", reason(err))
	}
	if err := lock(disk); err != nil { // its process lives
		return nil, disk.Close()
	}
	named, err := os.Stat(path)
	if opened, wrong := disk.Stat(); err != nil || wrong != nil || !os.SameFile(named, opened) {
		return nil, disk.Close() // it was destroyed or renamed between the two
	}
	return &file{path: path, disk: disk}, nil
}

// dropBegun removes a file whose process died while making it: nothing is in it.
func dropBegun(path string) {
	if f, err := grab(path); err == nil && f != nil {
		_ = os.Remove(path)
		_ = f.disk.Close()
	}
}

// rewrap wraps data keys anew that are under an older key-encryption key: of this
// process's files, and of what lies aside.
func (s *Spool) rewrap() error {
	generation, current := s.keys.Generation(), s.keys.WrapPrefix()
	var errs []error
	for _, f := range s.files {
		if bytes.HasPrefix(f.wrapped, current) {
			continue
		}
		wrapped, err := s.keys.Rewrap(f.id, f.wrapped)
		if err == nil {
			err = f.append(line('k', f.id, wrapped))
		}
		if err == nil {
			f.wrapped = wrapped
		}
		errs = append(errs, err)
	}
	if s.asides != generation {
		err := s.rewrapAsides(current)
		if err == nil {
			s.asides = generation
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (s *Spool) rewrapAsides(current []byte) error {
	names, err := filepath.Glob(filepath.Join(s.dir, "*"+aside))
	if err != nil {
		return fmt.Errorf("read the spool's folder: %w", err)
	}
	var errs []error
	for _, path := range names {
		f, err := grab(path)
		if f == nil {
			errs = append(errs, err)
			continue
		}
		info, err := f.disk.Stat()
		opens := false
		if err == nil {
			opens, err = f.scan(s.keys, info.Size())
		}
		if err == nil && opens && !bytes.HasPrefix(f.wrapped, current) {
			var wrapped []byte
			if wrapped, err = s.keys.Rewrap(f.id, f.wrapped); err == nil {
				err = f.append(line('k', f.id, wrapped))
			}
		}
		errs = append(errs, err, f.disk.Close())
	}
	return errors.Join(errs...)
}

// layAside keeps a line in a file of its own, beside the key that may open it.
func (s *Spool) layAside(f *file, name casefile.ID, text []byte) error {
	whole := append(line('k', f.id, f.wrapped), text...)
	made := filepath.Join(s.dir, name.String()+begun)
	disk, err := os.OpenFile(made, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("lay aside: %w", reason(err))
	}
	if err = lock(disk); err == nil {
		_, err = disk.Write(whole)
	}
	if err == nil {
		err = disk.Sync()
	}
	if err == nil {
		err = os.Rename(made, strings.TrimSuffix(made, begun)+aside)
	}
	if err == nil {
		err = syncFolder(s.dir)
	}
	if err != nil {
		_ = os.Remove(made)
		err = fmt.Errorf("lay aside: %w", reason(err))
	}
	return errors.Join(err, disk.Close())
}

// bytes is how much waits in the folder, of all processes.
func (s *Spool) bytes() int64 {
	found, _ := Look(s.dir) // what cannot be read cannot be written either, and that is said then
	return found.Bytes
}

// Found is what a folder holds.
type Found struct {
	Files int
	Bytes int64
	Aside int // files that a person has to look at
}

// Look counts what a folder holds, and changes nothing.
func Look(dir string) (Found, error) {
	var found Found
	entries, err := os.ReadDir(dir)
	if err != nil {
		return found, fmt.Errorf("read the spool's folder: %w", reason(err))
	}
	for _, e := range entries {
		switch filepath.Ext(e.Name()) {
		case aside:
			found.Aside++
		case spooled:
			found.Files++
			if info, err := e.Info(); err == nil {
				found.Bytes += info.Size()
			}
		}
	}
	return found, nil
}

// Aside is how many files of the folder a person has to look at.
func (s *Spool) Aside() int {
	found, _ := Look(s.dir) // what cannot be read is said when it is written
	return found.Aside
}

// Orphans counts the files of a folder whose process is dead: the next that tends
// the folder takes them over.
func Orphans(dir string) (n int, err error) {
	names, err := filepath.Glob(filepath.Join(dir, "*"+spooled))
	for _, path := range names {
		if f, err := grab(path); err == nil && f != nil {
			n++
			_ = f.disk.Close()
		}
	}
	return n, err
}

// lock takes a file's lock, which ends with the process, without waiting.
func lock(disk *os.File) error {
	return syscall.Flock(int(disk.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// syncFolder makes names survive a power cut.
func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return reason(err)
	}
	return errors.Join(reason(folder.Sync()), folder.Close())
}

// Probe writes a block into the folder and takes it away again.
func Probe(dir string) error {
	disk, err := os.CreateTemp(dir, "probe-*"+begun)
	if err != nil {
		return fmt.Errorf("the spool's folder cannot be written: %w", reason(err))
	}
	_, err = disk.Write(make([]byte, 4096))
	if err == nil {
		err = disk.Sync()
	}
	_ = os.Remove(disk.Name())
	err = errors.Join(err, disk.Close())
	if err != nil {
		return fmt.Errorf("the spool's folder cannot be written: %w", reason(err))
	}
	return nil
}
