// Package seal encrypts what people say, and finds an address again without
// knowing it.
//
// One keyset file holds four kinds of key: the key-encryption key that wraps one
// data key per conversation; the line's own key, for staff and for what belongs to
// nobody; the key of sessions in Redis; and the keys of the blind index, of which
// two may live at once. The file may itself be sealed by a key of a KMS, which is
// asked when the file is read and at no other time. While keys turn over the file
// changes, and Refresh takes up the change without a stop.
//
// It promises that every sealed value is bound to its table, column and row, so
// that a value moved elsewhere does not open, and that destroying a conversation's
// wrapped key makes all its words unreadable. It leaves to the operator where the
// file lives and who holds a copy (escrow.go splits one among named people): without
// it nothing opens again. When keys turn over is decided by internal/rekey.
package seal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"

	"pulang/internal/casefile"
)

// ErrSealed is returned for anything that does not open: the wrong key, a value
// moved from another row, or bytes that were changed. It says no more on purpose.
var ErrSealed = errors.New("sealed value does not open")

// Keys is the opened keyset. It is for concurrent use; Refresh may change what is
// in it at any moment, and each method works with all of the old or all of the new.
type Keys struct {
	ring   atomic.Pointer[ring]
	source source
	mu     sync.Mutex // held while the file is read or changed
}

// New makes a fresh keyset in memory: for tests, the demo, and Create.
func New() (*Keys, error) {
	r, err := newRing()
	if err != nil {
		return nil, err
	}
	return holding(r), nil
}

func holding(r *ring) *Keys {
	k := &Keys{}
	k.ring.Store(r)
	return k
}

// Generation counts the changes of the keyset since it was made; 0 before the first
// rotation. What a higher generation seals, a lower one may not be able to open.
func (k *Keys) Generation() int64 { return k.ring.Load().generation }

// Phase is where the rotation of the keys stands.
func (k *Keys) Phase() Phase { return k.ring.Load().phase }

// Place is where a sealed value lives. It is bound to the value: sealed text moved
// to another table, column or row does not open.
type Place struct {
	Table, Column string
	Row           casefile.ID
}

func (p Place) bytes() []byte { return []byte(p.Table + "." + p.Column + ":" + p.Row.String()) }

// Key seals and opens values of one owner.
type Key struct {
	aead  tink.AEAD
	newer func() tink.AEAD // what to try when a value does not open; nil, or giving nil: nothing
}

// Own is the line's own key: staff, and what belongs to no conversation.
func (k *Keys) Own() Key { return k.key(func(r *ring) tink.AEAD { return r.own }) }

// Session is the key of sealed values in Redis.
func (k *Keys) Session() Key { return k.key(func(r *ring) tink.AEAD { return r.session }) }

func (k *Keys) key(of func(*ring) tink.AEAD) Key {
	used := k.ring.Load()
	return Key{of(used), func() tink.AEAD {
		if r := k.newerThan(used); r != nil {
			return of(r)
		}
		return nil
	}}
}

// newerThan looks whether the file has changed since a ring was loaded: a process
// that was asleep meets values of keys it has not read yet. Nil: there is none.
func (k *Keys) newerThan(used *ring) *ring {
	if k.ring.Load() == used {
		_, _ = k.Refresh() // an unreadable file changes nothing, and whoever watches it says so
	}
	if r := k.ring.Load(); r != used {
		return r
	}
	return nil
}

const dataKeySize = 32

// NewDataKey makes the data key of a conversation and wraps it for storing.
func (k *Keys) NewDataKey(conversation casefile.ID) (Key, []byte, error) {
	raw := make([]byte, dataKeySize)
	_, _ = rand.Read(raw) // never fails since Go 1.24
	wrapped, err := k.ring.Load().kek.Encrypt(raw, wrapPlace(conversation).bytes())
	if err != nil {
		return Key{}, nil, fmt.Errorf("wrap data key: %w", err)
	}
	key, err := dataKey(raw)
	return key, wrapped, err
}

// Unwrap opens the data key of a conversation.
func (k *Keys) Unwrap(conversation casefile.ID, wrapped []byte) (Key, error) {
	raw, err := k.unwrap(conversation, wrapped)
	if err != nil {
		return Key{}, err
	}
	return dataKey(raw)
}

func (k *Keys) unwrap(conversation casefile.ID, wrapped []byte) ([]byte, error) {
	used := k.ring.Load()
	raw, err := used.kek.Decrypt(wrapped, wrapPlace(conversation).bytes())
	if err != nil {
		if r := k.newerThan(used); r != nil {
			raw, err = r.kek.Decrypt(wrapped, wrapPlace(conversation).bytes())
		}
	}
	if err != nil {
		return nil, fmt.Errorf("unwrap data key: %w", ErrSealed)
	}
	return raw, nil
}

// Rewrap wraps a data key anew under the current key-encryption key. The data key
// stays the same, and so do the values sealed with it.
func (k *Keys) Rewrap(conversation casefile.ID, wrapped []byte) ([]byte, error) {
	raw, err := k.unwrap(conversation, wrapped)
	if err != nil {
		return nil, err
	}
	again, err := k.ring.Load().kek.Encrypt(raw, wrapPlace(conversation).bytes())
	if err != nil {
		return nil, fmt.Errorf("wrap data key: %w", err)
	}
	return again, nil
}

func wrapPlace(conversation casefile.ID) Place {
	return Place{"conversations", "wrapped_key", conversation}
}

func dataKey(raw []byte) (Key, error) {
	a, err := subtle.NewAESGCM(raw)
	if err != nil {
		return Key{}, fmt.Errorf("open data key: %w", ErrSealed)
	}
	return Key{aead: a}, nil
}

// Seal encrypts plain for a place. Nothing seals to nothing (nil), so that an
// empty column stays NULL.
func (k Key) Seal(at Place, plain []byte) ([]byte, error) {
	if plain == nil {
		return nil, nil
	}
	if k.aead == nil { // of a forgotten conversation
		return nil, fmt.Errorf("seal %s.%s: %w", at.Table, at.Column, ErrSealed)
	}
	sealed, err := k.aead.Encrypt(plain, at.bytes())
	if err != nil {
		return nil, fmt.Errorf("seal %s.%s: %w", at.Table, at.Column, err)
	}
	return sealed, nil
}

// Open decrypts what Seal made for the same place; nil opens to nil.
func (k Key) Open(at Place, sealed []byte) ([]byte, error) {
	if sealed == nil {
		return nil, nil
	}
	if k.aead == nil {
		return nil, fmt.Errorf("open %s.%s: %w", at.Table, at.Column, ErrSealed)
	}
	plain, err := k.aead.Decrypt(sealed, at.bytes())
	if err != nil && k.newer != nil {
		if newer := k.newer(); newer != nil {
			plain, err = newer.Decrypt(sealed, at.bytes())
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open %s.%s: %w", at.Table, at.Column, ErrSealed)
	}
	return plain, nil
}

// SealText seals a private value; the empty one seals to nil.
func (k Key) SealText(at Place, text casefile.Private) ([]byte, error) {
	if text.IsEmpty() {
		return nil, nil
	}
	return k.Seal(at, []byte(text.Reveal()))
}

// OpenText opens what SealText made.
func (k Key) OpenText(at Place, sealed []byte) (casefile.Private, error) {
	plain, err := k.Open(at, sealed)
	if err != nil {
		return casefile.Private{}, err
	}
	return casefile.Hide(string(plain)), nil
}

const indexSize = 16

// Index is the blind index of a value.
type Index struct {
	Current []byte    // under the current key
	All     [][]byte  // under every key that lives: what an earlier key wrote is found too
	Slots   [2][]byte // by the slot of each key, see Slot; nil where no key lives
}

// AddressIndex is the blind index of an address: the same for the same channel and
// id, and nothing can be told from it without the key.
func (k *Keys) AddressIndex(a casefile.Address) (Index, error) {
	return k.BlindIndex("address:"+string(a.Channel), a.ID)
}

// BlindIndex is the blind index of a value of some kind.
func (k *Keys) BlindIndex(kind string, value casefile.Private) (Index, error) {
	input := []byte(kind + "\x00" + value.Reveal())
	var ix Index
	for _, one := range k.ring.Load().index {
		out, err := one.prf.ComputePRF(input, indexSize)
		if err != nil {
			return Index{}, fmt.Errorf("blind index: %w", err)
		}
		ix.All = append(ix.All, out)
		ix.Slots[one.slot] = out
		if one.current {
			ix.Current = out
		}
	}
	return ix, nil
}

// Slot is the slot of the current index key, 0 or 1. Each key of the blind index has
// one for as long as it lives, and the key that follows it has the other.
func (k *Keys) Slot() int {
	for _, one := range k.ring.Load().index {
		if one.current {
			return one.slot
		}
	}
	return 0
}
