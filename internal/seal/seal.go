// Package seal encrypts what people say, and finds an address again without
// knowing it.
//
// One keyset file holds four kinds of key: the key-encryption key that wraps one
// data key per conversation; the line's own key, for staff and for what belongs to
// nobody; the key of sessions in Redis; and the keys of the blind index, of which
// two versions may live at once. The file is read once at start.
//
// It promises that every sealed value is bound to its table, column and row, so
// that a value moved elsewhere does not open, and that destroying a conversation's
// wrapped key makes all its words unreadable. It leaves to the operator where the
// file lives and who holds a copy: without it nothing opens again.
package seal

import (
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"

	"pulang/internal/casefile"
)

// ErrSealed is returned for anything that does not open: the wrong key, a value
// moved from another row, or bytes that were changed. It says no more on purpose.
var ErrSealed = errors.New("sealed value does not open")

// Keys is the opened keyset.
type Keys struct {
	kek     tink.AEAD
	own     tink.AEAD
	session tink.AEAD
	index   *prf.Set
	handles handles
}

type handles struct{ kek, own, session, index *keyset.Handle }

// New makes a fresh keyset in memory: for tests, the demo, and Create.
func New() (*Keys, error) {
	var hs handles
	for _, made := range []struct {
		to   **keyset.Handle
		what string
	}{{&hs.kek, "kek"}, {&hs.own, "own"}, {&hs.session, "session"}} {
		h, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
		if err != nil {
			return nil, fmt.Errorf("make %s key: %w", made.what, err)
		}
		*made.to = h
	}
	h, err := keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make index key: %w", err)
	}
	hs.index = h
	return fromHandles(hs)
}

func fromHandles(hs handles) (*Keys, error) {
	k := &Keys{handles: hs}
	for _, opened := range []struct {
		to   *tink.AEAD
		from *keyset.Handle
	}{{&k.kek, hs.kek}, {&k.own, hs.own}, {&k.session, hs.session}} {
		a, err := aead.New(opened.from)
		if err != nil {
			return nil, fmt.Errorf("open keyset: %w", err)
		}
		*opened.to = a
	}
	set, err := prf.NewPRFSet(hs.index)
	if err != nil {
		return nil, fmt.Errorf("open index keys: %w", err)
	}
	k.index = set
	return k, nil
}

// Place is where a sealed value lives. It is bound to the value: sealed text moved
// to another table, column or row does not open.
type Place struct {
	Table, Column string
	Row           casefile.ID
}

func (p Place) bytes() []byte { return []byte(p.Table + "." + p.Column + ":" + p.Row.String()) }

// Key seals and opens values of one owner.
type Key struct{ aead tink.AEAD }

// Own is the line's own key: staff, and what belongs to no conversation.
func (k *Keys) Own() Key { return Key{k.own} }

// Session is the key of sealed values in Redis.
func (k *Keys) Session() Key { return Key{k.session} }

const dataKeySize = 32

// NewDataKey makes the data key of a conversation and wraps it for storing.
func (k *Keys) NewDataKey(conversation casefile.ID) (Key, []byte, error) {
	raw := make([]byte, dataKeySize)
	_, _ = rand.Read(raw) // never fails since Go 1.24
	wrapped, err := k.kek.Encrypt(raw, wrapPlace(conversation).bytes())
	if err != nil {
		return Key{}, nil, fmt.Errorf("wrap data key: %w", err)
	}
	key, err := dataKey(raw)
	return key, wrapped, err
}

// Unwrap opens the data key of a conversation.
func (k *Keys) Unwrap(conversation casefile.ID, wrapped []byte) (Key, error) {
	raw, err := k.kek.Decrypt(wrapped, wrapPlace(conversation).bytes())
	if err != nil {
		return Key{}, fmt.Errorf("unwrap data key: %w", ErrSealed)
	}
	return dataKey(raw)
}

func wrapPlace(conversation casefile.ID) Place {
	return Place{"conversations", "wrapped_key", conversation}
}

func dataKey(raw []byte) (Key, error) {
	a, err := subtle.NewAESGCM(raw)
	if err != nil {
		return Key{}, fmt.Errorf("open data key: %w", ErrSealed)
	}
	return Key{a}, nil
}

// Seal encrypts plain for a place. Nothing seals to nothing (nil), so that an
// empty column stays NULL.
func (k Key) Seal(at Place, plain []byte) ([]byte, error) {
	if plain == nil {
		return nil, nil
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
	plain, err := k.aead.Decrypt(sealed, at.bytes())
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

// Index is the blind index of a value under the current key, and under every key
// that still lives: a row written before a rotation is found by the older one.
type Index struct {
	Current []byte
	All     [][]byte
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
	for id, p := range k.index.PRFs {
		out, err := p.ComputePRF(input, indexSize)
		if err != nil {
			return Index{}, fmt.Errorf("blind index: %w", err)
		}
		ix.All = append(ix.All, out)
		if id == k.index.PrimaryID {
			ix.Current = out
		}
	}
	return ix, nil
}
