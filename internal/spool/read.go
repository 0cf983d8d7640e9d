package spool

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// lines calls do with each whole line between two places of a file, and where it
// ends; do says whether to go on.
func lines(from io.ReaderAt, start, end int64, do func(text []byte, end int64) bool) error {
	in, at := bufio.NewReader(io.NewSectionReader(from, start, end-start)), start
	for {
		text, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil // what is left was never ended, and so never accepted
		}
		if err != nil {
			return fmt.Errorf("read the spool: %w", reason(err))
		}
		at += int64(len(text))
		if !do(text, at) {
			return nil
		}
	}
}

// read hands out the next records of a file, and lays aside what is none.
func (s *Spool) read(f *file, most int) ([]Record, error) {
	var records []Record
	err := lines(f.disk, f.at, f.size, func(text []byte, end int64) bool {
		kind, id, data, err := parse(text)
		if err == nil && kind == 'k' {
			return true
		}
		var r Record
		if err == nil {
			r, err = f.open(id, data)
		}
		switch {
		case err == nil:
			r.end, r.line = end, text
			records = append(records, r)
		case len(records) > 0:
			return false // those before it first
		default:
			f.kept = s.layAside(f, casefile.NewID(s.now()), text) != nil || f.kept
			f.done(end)
		}
		return len(records) < most
	})
	return records, err
}

// scan reads a file that another process left: its key, and what waits in it. It
// reports false when no key of it opens.
func (f *file) scan(keys *seal.Keys, size int64) (opens bool, err error) {
	err = lines(f.disk, 0, size, func(text []byte, end int64) bool {
		kind, id, data, err := parse(text)
		f.size = end
		switch {
		case err == nil && kind == 'k':
			if key, err := keys.Unwrap(id, data); err == nil {
				f.id, f.key, f.wrapped, opens = id, key, data, true
			}
		case err == nil:
			f.waiting = append(f.waiting, mark{end, madeAt(id)})
		default: // a damaged line; its moment is the one before
			f.waiting = append(f.waiting, mark{end, f.newest()})
		}
		return true
	})
	return opens, err
}

// newest is the moment of the last record that waits.
func (f *file) newest() time.Time {
	if n := len(f.waiting); n > 0 {
		return f.waiting[n-1].since
	}
	return madeAt(f.id)
}
