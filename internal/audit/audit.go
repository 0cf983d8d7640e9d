// Package audit chains the audit, keeps the chain's head outside the database, and
// says whether anybody changed it.
//
// Rows are written unchained, in the transaction of what they tell of. A Keeper in
// every process looks each second; whichever holds the lock gives new rows their
// place and hash. A hash covers the one before it and every column of the row,
// details as they are sealed, so forgetting somebody leaves the chain whole.
//
// It promises that Verify finds a chained row that was edited, removed, moved or put
// in, and a chain that was cut off or made anew, as far as heads outside the
// database reach; and that the line never waits for any of it. It can't promise
// anything about a row in the second before it is chained, or, for somebody who
// makes the whole chain anew, about the minute since the last head.
// It leaves SQL to store, files to ledger, and words to those who print a Result.
package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"pulang/internal/store"
)

// Heads is the name of the ledger that keeps heads.
const Heads = "audit-heads"

// version is the first byte of what a hash covers: another way of encoding rows
// gets another number, so that the two can't be taken for each other.
const version = 1

// beginning is what the first row follows.
var beginning = make([]byte, sha256.Size)

// Hash is the hash of a row at a place in the chain. It covers the version, the
// hash before, the place, and each field with its length, so that nothing can be
// moved from one field, or one row, to another.
func Hash(before []byte, place int64, fields [][]byte) []byte {
	h := sha256.New()
	number := func(n uint64) { _, _ = h.Write(binary.BigEndian.AppendUint64(nil, n)) } // a hash takes everything
	_, _ = h.Write([]byte{version})
	number(uint64(len(before)))
	_, _ = h.Write(before)
	number(uint64(place)) // #nosec G115 -- places count from 1
	number(uint64(len(fields)))
	for _, field := range fields {
		if field == nil { // NULL is not the empty text
			_, _ = h.Write([]byte{0})
			continue
		}
		_, _ = h.Write([]byte{1})
		number(uint64(len(field)))
		_, _ = h.Write(field)
	}
	return h.Sum(nil)
}

// Head is the end of the chain as it was kept outside the database.
type Head struct {
	store.Link
	At time.Time // when it was kept
	// Restored: an operator said that a backup was put back, and that the chain goes
	// on from here. What was kept of later places before is not compared any more.
	Restored bool
}

// ErrBadHead is returned for a text that is no head.
var ErrBadHead = errors.New("a head is a number, 64 hexadecimal digits and a time")

const restored = "restored "

// String is the line a ledger keeps.
func (h Head) String() string {
	word := ""
	if h.Restored {
		word = restored
	}
	return word + strconv.FormatInt(h.Seq, 10) + " " + hex.EncodeToString(h.Hash) + " " + h.At.UTC().Format(time.RFC3339)
}

// ParseHead reads what String wrote. The time may be missing: heads are also
// copied by hand.
func ParseHead(line string) (Head, error) {
	var h Head
	line, h.Restored = strings.CutPrefix(line, restored)
	words := strings.Fields(line)
	if len(words) < 2 || len(words) > 3 {
		return Head{}, ErrBadHead
	}
	var err error
	if h.Seq, err = strconv.ParseInt(words[0], 10, 64); err != nil || h.Seq < 0 {
		return Head{}, ErrBadHead
	}
	if h.Hash, err = hex.DecodeString(words[1]); err != nil || len(h.Hash) != sha256.Size {
		return Head{}, ErrBadHead
	}
	if len(words) == 3 {
		if h.At, err = time.Parse(time.RFC3339, words[2]); err != nil {
			return Head{}, ErrBadHead
		}
	}
	return h, nil
}
