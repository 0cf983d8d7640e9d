// Package ledger keeps short lines in files outside the database, so that what the
// database says can be held against something it cannot change: the heads of the
// audit's chain, and the tombstones of what was forgotten.
//
// It promises that a line which Append accepted is on the disk whole and stays;
// that lines are only ever added, so the folder may be write-once or the files
// append-only (chattr +a); that several processes may append at once; and that a
// line which a crash cut short is never read as a line.
//
// It leaves to others what a line means, and to keep everything private out of it:
// the lines are plain text, for somebody to read with their own eyes.
package ledger

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"
)

// MaxLine is how long a line may be, in bytes.
const MaxLine = 4096

// What Append and Open refuse.
var (
	// ErrHeld says that somebody held the ledger for longer than anybody waits: a
	// process that is stopped in the middle of a line, or another program.
	ErrHeld    = errors.New("somebody holds the ledger's lock")
	ErrBadName = errors.New("a ledger's name is small letters, digits and dashes")
	ErrBadLine = errors.New("a ledger's line is 1 to 4096 bytes of text without control characters")
)

// torn ends a line that a crash cut short: no accepted line holds this character.
const torn = "\x18"

// How long a lock is waited for, and how often it is tried.
const (
	patience = 5 * time.Second
	eachTry  = 10 * time.Millisecond
)

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

// Ledger is a folder of ledgers. It may be used by many goroutines and processes.
type Ledger struct {
	dir string
}

// Open makes the folder when it is not there (for this user alone) and checks that
// it can be written.
func Open(dir string) (*Ledger, error) {
	if dir == "" {
		return nil, errors.New("no folder is given for the ledger")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the ledger's folder cannot be made: %w", reason(err))
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("the ledger's folder cannot be read: %w", reason(err))
	}
	if !info.IsDir() {
		return nil, errors.New("the ledger's folder is a file")
	}
	const writeAndSearch = 0x2 | 0x1
	if err := syscall.Access(dir, writeAndSearch); err != nil {
		return nil, fmt.Errorf("the ledger's folder cannot be written: %w", err)
	}
	return &Ledger{dir: dir}, nil
}

// Append adds one line to the ledger called name and returns when it is on the
// disk. ErrBadName, ErrBadLine, ErrHeld; any other error means that the line may or may not
// be there, so appending it again must do no harm.
func (l *Ledger) Append(name, line string) (err error) {
	switch {
	case !nameForm.MatchString(name):
		return ErrBadName
	case line == "" || len(line) > MaxLine || !utf8.ValidString(line) || strings.ContainsFunc(line, unicode.IsControl):
		return ErrBadLine
	}
	file, err := os.OpenFile(l.path(name), os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("open ledger %s: %w", name, reason(err))
	}
	defer func() { err = errors.Join(err, file.Close()) }() // closing also unlocks
	if err := lock(file, syscall.LOCK_EX); err != nil {
		return fmt.Errorf("lock ledger %s: %w", name, err)
	}
	size, cut, err := ending(file)
	if err != nil {
		return fmt.Errorf("read ledger %s: %w", name, reason(err))
	}
	whole := line + "\n"
	if cut { // somebody died in the middle of a line: it ends here, and counts for nothing
		whole = torn + "\n" + whole
	}
	if _, err := file.WriteString(whole); err != nil {
		return fmt.Errorf("write ledger %s: %w", name, reason(err))
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("write ledger %s: %w", name, reason(err))
	}
	if size > 0 {
		return nil
	}
	return l.syncFolder()
}

// Lines is every line of the ledger called name, oldest first; none when it was
// never written.
func (l *Ledger) Lines(name string) ([]string, error) {
	var all []string
	err := l.Each(name, func(line string) error {
		all = append(all, line)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Each calls do with every line of the ledger called name, oldest first, and stops
// at its first error. ErrBadName, ErrHeld, or what do said.
func (l *Ledger) Each(name string, do func(line string) error) (err error) {
	if !nameForm.MatchString(name) {
		return ErrBadName
	}
	file, err := os.Open(l.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open ledger %s: %w", name, reason(err))
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	// How far to read is settled under the lock; reading on would make others wait.
	if err := lock(file, syscall.LOCK_SH); err != nil {
		return fmt.Errorf("lock ledger %s: %w", name, err)
	}
	size, _, err := ending(file)
	if err != nil {
		return fmt.Errorf("read ledger %s: %w", name, reason(err))
	}
	if err := lock(file, syscall.LOCK_UN); err != nil {
		return fmt.Errorf("unlock ledger %s: %w", name, err)
	}
	return read(name, io.NewSectionReader(file, 0, size), do)
}

// read hands out whole lines: ended, and not ended by torn.
func read(name string, from io.Reader, do func(line string) error) error {
	in := bufio.NewReader(from)
	for {
		line, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return nil // what is left was never ended
		}
		if err != nil {
			return fmt.Errorf("read ledger %s: %w", name, reason(err))
		}
		line = strings.TrimSuffix(line, "\n")
		if strings.HasSuffix(line, torn) {
			continue
		}
		if err := do(line); err != nil {
			return err
		}
	}
}

func (l *Ledger) path(name string) string { return filepath.Join(l.dir, name+".ledger") }

// ending says how long the file is and whether its last line was cut short.
func ending(file *os.File) (size int64, cut bool, err error) {
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return 0, false, err
	}
	last := make([]byte, 1)
	if _, err := file.ReadAt(last, info.Size()-1); err != nil {
		return 0, false, err
	}
	return info.Size(), last[0] != '\n', nil
}

// syncFolder makes a new file's name survive a power cut.
func (l *Ledger) syncFolder() (err error) {
	folder, err := os.Open(l.dir)
	if err != nil {
		return fmt.Errorf("open the ledger's folder: %w", reason(err))
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	if err := folder.Sync(); err != nil {
		return fmt.Errorf("write the ledger's folder: %w", reason(err))
	}
	return nil
}

// Has reports whether the ledger called name is there and holds anything.
func (l *Ledger) Has(name string) bool {
	info, err := os.Stat(l.path(name))
	return err == nil && info.Size() > 0
}

// lock takes or gives back the file's lock, which also holds between goroutines
// because each opened the file for itself. It waits, but not for ever: whoever appends
// must not stop with somebody else.
func lock(file *os.File, how int) error {
	for range patience / eachTry {
		err := syscall.Flock(int(file.Fd()), how|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) && !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		<-time.After(eachTry)
	}
	return ErrHeld
}

// reason is the system's own word, without the path: where the ledger is stays out
// of logs.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
