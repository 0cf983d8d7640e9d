package spool

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"strconv"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// file is one file of the spool, locked by this process.
type file struct {
	path    string
	disk    *os.File
	id      casefile.ID
	key     seal.Key
	wrapped []byte // the data key, as the newest line has it
	size    int64  // the end of the last whole line; what is behind it was not accepted
	at      int64  // up to here everything is done
	waiting []mark // what is behind at, in its order
	kept    bool   // something in it could be laid aside nowhere: it stays on the disk
}

// mark is one record that waits.
type mark struct {
	end   int64 // where its line ends
	since time.Time
}

// body is a record before it is sealed.
type body struct {
	At      int64    `json:"t"` // unix milliseconds
	Plain   []byte   `json:"p"`
	Private [][]byte `json:"s"` // sealed one by one
}

func place(column string, id casefile.ID) seal.Place {
	return seal.Place{Table: "spool", Column: column, Row: id}
}

func privatePlace(n int, id casefile.ID) seal.Place { return place("private"+strconv.Itoa(n), id) }

// seal makes the line of a record.
func (f *file) seal(id casefile.ID, at time.Time, plain []byte, private []casefile.Private) ([]byte, error) {
	b := body{At: at.UnixMilli(), Plain: plain}
	for n, one := range private {
		sealed, err := f.key.SealText(privatePlace(n, id), one)
		if err != nil {
			return nil, err
		}
		b.Private = append(b.Private, sealed)
	}
	whole, err := json.Marshal(b)
	if err != nil {
		return nil, fmt.Errorf("write a record: %w", err)
	}
	sealed, err := f.key.Seal(place("record", id), whole)
	if err != nil {
		return nil, err
	}
	return line('r', id, sealed), nil
}

// open reads what seal made.
func (f *file) open(id casefile.ID, sealed []byte) (Record, error) {
	whole, err := f.key.Open(place("record", id), sealed)
	if err != nil {
		return Record{}, err
	}
	var b body
	if err := json.Unmarshal(whole, &b); err != nil {
		return Record{}, fmt.Errorf("read a record: %w", seal.ErrSealed)
	}
	r := Record{ID: id, At: time.UnixMilli(b.At).UTC(), Plain: b.Plain, file: f}
	for n, one := range b.Private {
		text, err := f.key.OpenText(privatePlace(n, id), one)
		if err != nil {
			return Record{}, err
		}
		r.Private = append(r.Private, text)
	}
	return r, nil
}

// append writes a line behind the others, and returns when it is on the disk. After
// an error the line is taken away again as well as that goes.
func (f *file) append(line []byte) error {
	_, err := f.disk.WriteAt(line, f.size)
	if err == nil {
		err = f.disk.Sync()
	}
	if err != nil {
		_ = f.disk.Truncate(f.size) // a line that stays is torn, or was never answered: both do no harm
		return fmt.Errorf("write the spool: %w", reason(err))
	}
	f.size += int64(len(line))
	return nil
}

// done moves over a record, and over those before it.
func (f *file) done(end int64) {
	f.at = max(f.at, end)
	for len(f.waiting) > 0 && f.waiting[0].end <= f.at {
		f.waiting = f.waiting[1:]
	}
}

// sums catch what a disk changes.
var sums = crc32.MakeTable(crc32.Castagnoli)

// line is one line: what it is, of what, the bytes, and a sum over all of it.
func line(kind byte, id casefile.ID, data []byte) []byte {
	text := fmt.Appendf(nil, "%c %s %s ", kind, id, base64.StdEncoding.EncodeToString(data))
	return fmt.Appendf(text, "%08x\n", crc32.Checksum(text, sums))
}

var errDamaged = errors.New("a line of the spool is damaged")

// parse reads a line, with or without its end.
func parse(text []byte) (kind byte, id casefile.ID, data []byte, err error) {
	parts := bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte(" "))
	if len(parts) != 4 || len(parts[0]) != 1 || len(parts[3]) != 8 {
		return 0, id, nil, errDamaged
	}
	sum, err := strconv.ParseUint(string(parts[3]), 16, 32)
	summed := text[:len(parts[0])+len(parts[1])+len(parts[2])+3]
	if err != nil || uint32(sum) != crc32.Checksum(summed, sums) { // #nosec G115 -- 32 bits were parsed
		return 0, id, nil, errDamaged
	}
	if id, err = casefile.ParseID(string(parts[1])); err != nil {
		return 0, id, nil, errDamaged
	}
	if data, err = base64.StdEncoding.DecodeString(string(parts[2])); err != nil {
		return 0, id, nil, errDamaged
	}
	return parts[0][0], id, data, nil
}

// madeAt is the moment in an id, which tells without a key how long a record waits.
func madeAt(id casefile.ID) time.Time {
	var ms int64
	for _, b := range id[:6] {
		ms = ms<<8 | int64(b)
	}
	return time.UnixMilli(ms).UTC()
}
