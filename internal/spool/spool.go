// Package spool keeps what arrived while the database is away, for channels whose
// provider does not ask twice.
//
// It promises that what Put accepted is on the disk, sealed, and is handed out again
// in the order of the puts until Done says that it is kept elsewhere, also after the
// process was killed; that a line which a crash or a full disk cut short was never
// accepted and is never read; and that a line which was damaged later is laid aside
// in a file of its own, where it neither vanishes nor holds up those behind it. A
// record may be handed out twice, when a process dies between keeping it elsewhere
// and Done: taking it twice must do no harm.
//
// A folder may be shared by several processes. Each writes files of its own, under a
// lock that ends with the process; whoever tends the folder next takes over the files
// of the dead. Each file has a data key of its own, wrapped in its first line as the
// key of a conversation is wrapped in its row; it is destroyed with the file.
//
//	NAME.spool   k FILE-ID WRAPPED-KEY SUM         again when the keys turn over
//	             r RECORD-ID SEALED-RECORD SUM     one for each Put
//	NAME.aside   the same form: what could not be read or taken, for a person to look
//	             at. Named NAME.spool again, it is tried again.
//
// It leaves to others what a record means, when it is written and who takes it up.
package spool

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// What Put and Check refuse besides what the disk says.
var (
	// ErrFull says that the folder holds as much as it may.
	ErrFull = errors.New("the spool is full")
	// ErrClosed says that the spool was closed.
	ErrClosed = errors.New("the spool is closed")
)

// DefaultMost is how many bytes wait in a folder at most, unless Options says
// otherwise: about a hundred thousand text messages.
const DefaultMost = 256 << 20

// rollAt is how long a file grows before the next is begun, so that what is taken up
// leaves the disk while more comes in.
const rollAt = 4 << 20

// Options is what a spool is made of.
type Options struct {
	Dir  string // made when it is not there, for this user alone
	Keys *seal.Keys
	Now  func() time.Time
	Most int64 // bytes that may wait in the folder, of all processes; 0: DefaultMost
}

// Record is what was put once.
type Record struct {
	ID      casefile.ID
	At      time.Time          // when it was put
	Plain   []byte             // what the caller wrote about it; sealed all the same
	Private []casefile.Private // its private parts, as they were put
	file    *file
	end     int64 // where the record ends in the file
	line    []byte
}

// Spool is one process's part of a folder. It is for concurrent use, but only one
// goroutine may take records up.
type Spool struct {
	dir  string
	keys *seal.Keys
	now  func() time.Time
	most int64

	mu     sync.Mutex
	asides int64   // the generation of the keys at which what lies aside was last looked at; -1: never
	files  []*file // oldest first; all locked by this process
	last   *file   // the one that is written to; nil: the next Put makes one
	closed bool
}

// Open makes the folder when it is not there, looks whether it can be written, and
// takes over what dead processes left.
func Open(o Options) (*Spool, error) {
	if o.Dir == "" {
		return nil, errors.New("no folder is given for the spool")
	}
	s := &Spool{dir: o.Dir, keys: o.Keys, now: o.Now, most: o.Most, asides: -1}
	if s.most == 0 {
		s.most = DefaultMost
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("the spool's folder cannot be made: %w", reason(err))
	}
	if err := Probe(o.Dir); err != nil && !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, syscall.EDQUOT) {
		return nil, err // of a full disk something can still be taken up
	}
	return s, s.Tend()
}

// Put keeps one record and returns when it is on the disk. After an error it is not
// kept: ErrFull, ErrClosed, or what the disk says.
func (s *Spool) Put(plain []byte, private []casefile.Private) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	f := s.last
	if f == nil {
		var err error
		if f, err = s.create(); err != nil {
			return err
		}
		s.files, s.last = append(s.files, f), f
	}
	now := s.now()
	id := casefile.NewID(now)
	line, err := f.seal(id, now, plain, private)
	if err != nil {
		return err
	}
	if holds := s.bytes(); holds+int64(len(line)) > s.most {
		return fmt.Errorf("%w: it holds %d bytes", ErrFull, holds)
	}
	if err := f.append(line); err != nil {
		s.last = nil // what is behind its end is in doubt: the next put begins a new file
		return err
	}
	f.waiting = append(f.waiting, mark{f.size, now})
	if f.size >= rollAt {
		s.last = nil
	}
	return nil
}

// Next hands out the oldest records that are not done, at most so many, all of one
// file. Lines that cannot be read are laid aside. None: nothing waits here.
func (s *Spool) Next(most int) ([]Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range slices.Clone(s.files) {
		records, err := s.read(f, most)
		if err != nil || len(records) > 0 {
			return records, err
		}
		if len(f.waiting) == 0 && !f.kept {
			s.remove(f)
		}
	}
	return nil, nil
}

// Done says that a record, and those handed out before it, are kept elsewhere. A
// file whose records are all done is destroyed.
func (s *Spool) Done(r Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.files, r.file) { // closed meanwhile
		return
	}
	r.file.done(r.end)
	if len(r.file.waiting) == 0 && !r.file.kept {
		s.remove(r.file)
	}
}

// SetAside lays a record aside that could not be taken, in a file of its own. It
// still has to be Done.
func (s *Spool) SetAside(r Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.layAside(r.file, r.ID, r.line)
}

// Holds reports whether something waits here.
func (s *Spool) Holds() bool {
	messages, _, _ := s.Waiting()
	return messages > 0
}

// Waiting is how many records wait in this process's files, in how many bytes, and
// since when the oldest does; zero when none.
func (s *Spool) Waiting() (messages int, bytes int64, oldest time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.files {
		if len(f.waiting) == 0 {
			continue
		}
		messages += len(f.waiting)
		bytes += f.size - f.at
		if since := f.waiting[0].since; oldest.IsZero() || since.Before(oldest) {
			oldest = since
		}
	}
	return messages, bytes, oldest
}

// Check reports an error unless a record could be put now.
func (s *Spool) Check() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	if holds := s.bytes(); holds >= s.most {
		return fmt.Errorf("%w: it holds %d bytes", ErrFull, holds)
	}
	return Probe(s.dir)
}

// Close lets the files go: whoever tends the folder next takes them over.
func (s *Spool) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, f := range s.files {
		errs = append(errs, f.disk.Close())
	}
	s.files, s.last, s.closed = nil, nil, true
	return errors.Join(errs...)
}

// reason is the system's own word, without the path.
func reason(err error) error {
	var word syscall.Errno
	if errors.As(err, &word) {
		return word
	}
	return err
}
