package seal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// file is the keyset file: four Tink keysets in JSON. Whoever holds it can read
// everything, so it is made with mode 0600 and refused when others may read it.
type file struct {
	Format  int             `json:"pulang_keyset"`
	Kek     json.RawMessage `json:"key_encryption"`
	Own     json.RawMessage `json:"own"`
	Session json.RawMessage `json:"session"`
	Index   json.RawMessage `json:"blind_index"`
}

const fileFormat = 1

// Create writes a new keyset file. It refuses to overwrite one, because losing a
// keyset loses every word sealed with it.
func Create(path string) error {
	keys, err := New()
	if err != nil {
		return err
	}
	body, err := keys.marshal()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("keyset file %s exists already; it is never overwritten, because everything sealed with it would be lost", path)
	}
	if err != nil {
		return fmt.Errorf("create keyset file: %w", err)
	}
	if _, err = f.Write(body); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// OpenFile reads a keyset file.
func OpenFile(path string) (*Keys, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("keyset file %s does not exist; make one with `pulang keys new`, keep a copy of it in a safe place", path)
	}
	if err != nil {
		return nil, fmt.Errorf("read keyset file: %w", err)
	}
	if info.IsDir() { // what a container makes of a file that was not there
		return nil, fmt.Errorf("keyset file %s is a folder; name the file that `pulang keys new` made", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("keyset file %s may be read by others (mode %04o); run: chmod 600 %s", path, info.Mode().Perm(), path)
	}
	body, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read keyset file: %w", err)
	}
	keys, err := parse(body)
	if err != nil {
		return nil, fmt.Errorf("keyset file %s: %w", path, err)
	}
	return keys, nil
}

func (k *Keys) marshal() ([]byte, error) {
	out := file{Format: fileFormat}
	for _, part := range []struct {
		to   *json.RawMessage
		from *keyset.Handle
	}{{&out.Kek, k.handles.kek}, {&out.Own, k.handles.own}, {&out.Session, k.handles.session}, {&out.Index, k.handles.index}} {
		var buf bytes.Buffer
		if err := insecurecleartextkeyset.Write(part.from, keyset.NewJSONWriter(&buf)); err != nil {
			return nil, fmt.Errorf("write keyset: %w", err)
		}
		*part.to = bytes.TrimSpace(buf.Bytes())
	}
	return json.MarshalIndent(out, "", " ")
}

// errNotKeyset hides the reason: a parser's complaint could quote key material.
var errNotKeyset = errors.New("not a keyset made by `pulang keys new`, or damaged; restore it from your copy")

func parse(body []byte) (*Keys, error) {
	var in file
	if err := json.Unmarshal(body, &in); err != nil || in.Format != fileFormat {
		return nil, errNotKeyset
	}
	var hs handles
	for _, part := range []struct {
		to   **keyset.Handle
		from json.RawMessage
	}{{&hs.kek, in.Kek}, {&hs.own, in.Own}, {&hs.session, in.Session}, {&hs.index, in.Index}} {
		h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(part.from)))
		if err != nil {
			return nil, errNotKeyset
		}
		*part.to = h
	}
	return fromHandles(hs)
}
