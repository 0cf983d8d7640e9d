package seal

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// ring is everything one state of the keyset file gives. It never changes; a change
// of the file makes another one.
type ring struct {
	kek        tink.AEAD
	own        tink.AEAD
	session    tink.AEAD
	index      []indexKey
	handles    handles
	generation int64
	phase      Phase
	slots      map[uint32]int // of the index keys, by key id; missing: 0
}

// handles are the four keysets. In each the last key is the newest.
type handles struct{ kek, own, session, index *keyset.Handle }

// indexKey is one key of the blind index.
type indexKey struct {
	prf     prf.PRF
	slot    int
	current bool
}

// kind is one of the four kinds of key.
type kind struct {
	name     string
	template func() *tinkpb.KeyTemplate
	of       func(*handles) **keyset.Handle
}

// kinds are all kinds, in the order of the file.
var kinds = []kind{
	{"key_encryption", aead.AES256GCMKeyTemplate, func(h *handles) **keyset.Handle { return &h.kek }},
	{"own", aead.AES256GCMKeyTemplate, func(h *handles) **keyset.Handle { return &h.own }},
	{"session", aead.AES256GCMKeyTemplate, func(h *handles) **keyset.Handle { return &h.session }},
	{"blind_index", prf.HMACSHA256PRFKeyTemplate, func(h *handles) **keyset.Handle { return &h.index }},
}

// newRing makes fresh keys of every kind.
func newRing() (*ring, error) {
	r := &ring{}
	for _, one := range kinds {
		h, err := keyset.NewHandle(one.template())
		if err != nil {
			return nil, fmt.Errorf("make %s key: %w", one.name, err)
		}
		*one.of(&r.handles) = h
	}
	return r, r.open()
}

// open readies the keys of the handles for use.
func (r *ring) open() error {
	for _, opened := range []struct {
		to   *tink.AEAD
		from *keyset.Handle
	}{{&r.kek, r.handles.kek}, {&r.own, r.handles.own}, {&r.session, r.handles.session}} {
		a, err := aead.New(opened.from)
		if err != nil {
			return fmt.Errorf("open keyset: %w", err)
		}
		*opened.to = a
	}
	set, err := prf.NewPRFSet(r.handles.index)
	if err != nil {
		return fmt.Errorf("open index keys: %w", err)
	}
	taken := map[int]bool{}
	for id, p := range set.PRFs {
		slot := r.slots[id]
		if slot < 0 || slot > 1 || taken[slot] {
			return errors.New("open index keys: two keys in one slot")
		}
		taken[slot] = true
		r.index = append(r.index, indexKey{p, slot, id == set.PrimaryID})
	}
	slices.SortFunc(r.index, func(a, b indexKey) int { return a.slot - b.slot })
	return nil
}

// prefixes are the first five bytes of everything the current key of a keyset seals,
// and of what the older ones sealed: Tink writes there which key it was.
func prefixes(h *keyset.Handle) (current []byte, older [][]byte) {
	info := h.KeysetInfo()
	for _, key := range info.KeyInfo {
		prefix := prefixOf(key.KeyId)
		if key.KeyId == info.PrimaryKeyId {
			current = prefix
		} else {
			older = append(older, prefix)
		}
	}
	return current, older
}

func prefixOf(key uint32) []byte { return binary.BigEndian.AppendUint32([]byte{1}, key) }

// WrapPrefix is how every data key begins that is wrapped under the current
// key-encryption key.
func (k *Keys) WrapPrefix() []byte {
	current, _ := prefixes(k.ring.Load().handles.kek)
	return current
}

// WrapPrefixes are how every data key begins that this keyset can unwrap.
func (k *Keys) WrapPrefixes() [][]byte {
	current, older := prefixes(k.ring.Load().handles.kek)
	return append(older, current)
}

// OwnPrefixes are how values begin that the line's own key sealed: the current one,
// and the earlier ones that are kept for reading.
func (k *Keys) OwnPrefixes() (current []byte, older [][]byte) {
	return prefixes(k.ring.Load().handles.own)
}

// Fingerprint names the keys of the keyset without telling them: equal fingerprints
// mean that the same values open. It changes when a rotation adds or drops keys.
func (k *Keys) Fingerprint() string { return k.ring.Load().fingerprint() }

func (r *ring) fingerprint() string {
	sum := sha256.New()
	_, _ = sum.Write([]byte("pulang keyset\n"))
	for _, one := range kinds {
		material := insecurecleartextkeyset.KeysetMaterial(*one.of(&r.handles))
		keys := slices.Clone(material.GetKey())
		slices.SortFunc(keys, func(a, b *tinkpb.Keyset_Key) int { return int(int64(a.GetKeyId()) - int64(b.GetKeyId())) })
		for _, key := range keys {
			value := sha256.Sum256(key.GetKeyData().GetValue())
			_, _ = fmt.Fprintf(sum, "%s %d %x\n", one.name, key.GetKeyId(), value)
		}
	}
	text := hex.EncodeToString(sum.Sum(nil)[:16])
	var groups []string
	for part := range slices.Chunk([]byte(text), 4) {
		groups = append(groups, string(part))
	}
	return strings.Join(groups, "-")
}
