package seal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// file is the keyset file: four Tink keysets in JSON. Whoever holds one that no KMS
// seals can read everything, so it is made with mode 0600 and refused when others
// may read it.
type file struct {
	Format     int             `json:"pulang_keyset"`
	Generation int64           `json:"generation,omitempty"`
	Phase      Phase           `json:"phase,omitempty"`
	Slots      map[uint32]int  `json:"index_slots,omitempty"`
	SealedBy   string          `json:"sealed_by,omitempty"` // the URI of the KMS key; empty: nothing seals it
	Kek        json.RawMessage `json:"key_encryption"`
	Own        json.RawMessage `json:"own"`
	Session    json.RawMessage `json:"session"`
	Index      json.RawMessage `json:"blind_index"`
}

// A file that was never rotated and is not sealed has the first format; any other
// has the second, which releases that know neither refuse instead of misreading it.
const (
	firstFormat  = 1
	secondFormat = 2
)

func (f *file) parts() []*json.RawMessage {
	return []*json.RawMessage{&f.Kek, &f.Own, &f.Session, &f.Index} // in the order of kinds
}

// source is where keys came from; the zero source is memory.
type source struct {
	path string
	kms  *KMS
	seen fs.FileInfo // of the file as it was read
}

// Create writes a new keyset file, sealed by kms unless that is nil. It refuses to
// overwrite one, because losing a keyset loses every word sealed with it.
func Create(path string, kms *KMS) error {
	r, err := newRing()
	if err != nil {
		return err
	}
	return createWith(path, r, kms)
}

func createWith(path string, r *ring, kms *KMS) error {
	body, err := r.marshal(kms)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // #nosec G304 -- the operator names the file
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("keyset file %s exists already; it is never overwritten, because everything sealed with it would be lost", path)
	}
	if err != nil {
		return fmt.Errorf("create keyset file: %w", err)
	}
	if _, err = f.Write(body); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close(), syncFolder(filepath.Dir(path)))
}

// OpenFile reads a keyset file that is sealed by kms; nil when nothing seals it.
func OpenFile(path string, kms *KMS) (*Keys, error) {
	k := &Keys{source: source{path: path, kms: kms}}
	r, info, err := k.source.read()
	if err != nil {
		return nil, err
	}
	k.source.seen = info
	k.ring.Store(r)
	return k, nil
}

// Refresh reads the file again if it changed, and reports whether it did. After an
// error the keys stay as they were. A keyset in memory never changes by itself.
func (k *Keys) Refresh() (changed bool, err error) {
	if k.source.path == "" {
		return false, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.refresh()
}

// refresh is Refresh for whoever holds the lock.
func (k *Keys) refresh() (bool, error) {
	info, err := os.Stat(k.source.path)
	if err == nil && k.source.isSeen(info) {
		return false, nil
	}
	r, info, err := k.source.read()
	if err != nil {
		return false, err
	}
	if err := k.follows(r); err != nil {
		return false, err
	}
	k.source.seen = info
	k.ring.Store(r)
	return true, nil
}

// follows refuses a file that cannot have come from the one that was read: an older
// copy, or the keyset of another line. What is sealed with those would be lost as soon
// as the right file is back.
func (k *Keys) follows(r *ring) error {
	now := k.ring.Load()
	switch {
	case r.generation < now.generation:
		return fmt.Errorf("keyset file %s is of generation %d, and %d was read from it before: put the newer file back", k.source.path, r.generation, now.generation)
	case r.generation == now.generation && r.fingerprint() != now.fingerprint():
		return fmt.Errorf("keyset file %s is another keyset than the one that was read from it before: put the right file back", k.source.path)
	}
	return nil
}

func (s source) isSeen(info fs.FileInfo) bool {
	return s.seen != nil && os.SameFile(s.seen, info) && s.seen.ModTime().Equal(info.ModTime()) && s.seen.Size() == info.Size()
}

// read reads the file and what is known of it.
func (s source) read() (*ring, fs.FileInfo, error) {
	info, err := os.Stat(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("keyset file %s does not exist; make one with `pulang keys new`, keep a copy of it in a safe place", s.path)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read keyset file: %w", err)
	}
	if info.IsDir() { // what a container makes of a file that was not there
		return nil, nil, fmt.Errorf("keyset file %s is a folder; name the file that `pulang keys new` made", s.path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, nil, fmt.Errorf("keyset file %s may be read by others (mode %04o); run: chmod 600 %s", s.path, info.Mode().Perm(), s.path)
	}
	body, err := os.ReadFile(s.path)
	if err != nil {
		return nil, nil, fmt.Errorf("read keyset file: %w", err)
	}
	r, err := parse(body, s.kms)
	if err != nil {
		return nil, nil, fmt.Errorf("keyset file %s: %w", s.path, err)
	}
	return r, info, nil
}

// marshal writes a ring as the file holds it, sealed by kms unless that is nil.
func (r *ring) marshal(kms *KMS) ([]byte, error) {
	out := file{Format: firstFormat, Generation: r.generation, Phase: r.phase, Slots: r.slots}
	if kms != nil {
		out.SealedBy = kms.uri
	}
	if kms != nil || r.generation > 0 {
		out.Format = secondFormat
	}
	for i, to := range out.parts() {
		body, err := kms.write(kinds[i].name, *kinds[i].of(&r.handles))
		if err != nil {
			return nil, err
		}
		*to = body
	}
	return json.MarshalIndent(out, "", " ")
}

// errNotKeyset hides the reason: a parser's complaint could quote key material.
var errNotKeyset = errors.New("not a keyset made by `pulang keys new`, or damaged; restore it from your copy")

func parse(body []byte, kms *KMS) (*ring, error) {
	var in file
	if err := json.Unmarshal(body, &in); err != nil || (in.Format != firstFormat && in.Format != secondFormat) || !in.Phase.known() || in.Generation < 0 {
		return nil, errNotKeyset
	}
	if err := kms.fits(in.SealedBy); err != nil {
		return nil, err
	}
	r := &ring{generation: in.Generation, phase: in.Phase, slots: in.Slots}
	for i, from := range in.parts() {
		h, err := kms.read(kinds[i].name, *from)
		if err != nil {
			return nil, err
		}
		*kinds[i].of(&r.handles) = h
	}
	if err := r.open(); err != nil {
		return nil, errNotKeyset
	}
	return r, nil
}

// write is one keyset as the file holds it.
func (m *KMS) write(name string, h *keyset.Handle) (json.RawMessage, error) {
	var buf bytes.Buffer
	if m == nil {
		if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&buf)); err != nil {
			return nil, fmt.Errorf("write keyset: %w", err)
		}
	} else if err := h.WriteWithAssociatedData(keyset.NewJSONWriter(&buf), m.aead, partOf(name)); err != nil {
		return nil, m.trouble(err)
	}
	return bytes.TrimSpace(buf.Bytes()), nil
}

// read reads what write wrote.
func (m *KMS) read(name string, body json.RawMessage) (*keyset.Handle, error) {
	reader := keyset.NewJSONReader(bytes.NewReader(body))
	if m == nil {
		h, err := insecurecleartextkeyset.Read(reader)
		if err != nil {
			return nil, errNotKeyset
		}
		return h, nil
	}
	h, err := keyset.ReadWithAssociatedData(reader, m.aead, partOf(name))
	if err != nil {
		return nil, m.trouble(err)
	}
	return h, nil
}

// replace puts a ring in the place of the file: whole or not at all, whatever stops
// the machine. Owner and mode stay, so that whoever read the old one reads the new.
func (s *source) replace(r *ring) error {
	body, err := r.marshal(s.kms)
	if err != nil {
		return err
	}
	path, err := filepath.EvalSymlinks(s.path) // a link stays one, and the keys stay on the disk it leads to
	if err != nil {
		return fmt.Errorf("change keyset file: %w", err)
	}
	// The name is always the same: what a kill leaves here holds keys, and the next step
	// must take it away. The lock of the folder keeps others from it.
	_ = os.Remove(path + ".new")
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // #nosec G304 -- the operator names the file
	if err != nil {
		return fmt.Errorf("change keyset file: its folder must be writable: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // after the rename there is nothing of that name
	if owner, ok := s.seen.Sys().(*syscall.Stat_t); ok && int(owner.Uid) != os.Getuid() {
		err = f.Chown(int(owner.Uid), int(owner.Gid))
	}
	if err == nil {
		_, err = f.Write(body)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("change keyset file: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("change keyset file: in a container, mount its folder and not the file: %w", err)
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes a new name in a folder survive a crash.
func syncFolder(path string) error {
	folder, err := os.Open(path) // #nosec G304 -- the operator names the file
	if err != nil {
		return fmt.Errorf("open the folder of the keyset file: %w", err)
	}
	return errors.Join(folder.Sync(), folder.Close())
}
