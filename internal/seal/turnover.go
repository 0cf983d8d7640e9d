package seal

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/tink-crypto/tink-go/v2/keyset"
)

// Phase is where the rotation of the keys stands. The file says it, so that whoever
// comes after a crash carries on at the right place:
//
//	steady -> introduced -> promoted -> retired -> steady
type Phase string

// The phases.
const (
	Steady     Phase = ""           // no rotation
	Introduced Phase = "introduced" // new keys can be read with, and the old ones still seal
	Promoted   Phase = "promoted"   // the new keys seal, and the old ones still open
	Retired    Phase = "retired"    // the old keys are gone
)

// PerRotation is how many generations one rotation takes.
const PerRotation = 4

func (p Phase) known() bool {
	return slices.Contains([]Phase{Steady, Introduced, Promoted, Retired}, p)
}

// ErrPhase says that a step does not follow on the one before.
var ErrPhase = errors.New("the rotation of the keys is at another step")

// Introduce adds a new key of every kind, which only opens.
func (k *Keys) Introduce() error {
	return k.step(Steady, Introduced, func(next *ring, now *ring) error {
		for _, one := range kinds {
			if err := rework(one.of(&next.handles), func(m *keyset.Manager) error {
				_, err := m.Add(one.template())
				return err
			}); err != nil {
				return err
			}
		}
		next.slots = map[uint32]int{newest(now.handles.index): slotOf(now), newest(next.handles.index): 1 - slotOf(now)}
		return nil
	})
}

// Promote makes the introduced keys those that seal.
func (k *Keys) Promote() error {
	return k.step(Introduced, Promoted, func(next *ring, _ *ring) error {
		for _, one := range kinds {
			if err := rework(one.of(&next.handles), func(m *keyset.Manager) error {
				return m.SetPrimary(newest(*one.of(&next.handles)))
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Retire drops the keys of before. Of the line's own keys those stay for opening whose
// prefix is in keepOwn.
func (k *Keys) Retire(keepOwn [][]byte) error {
	return k.step(Promoted, Retired, func(next *ring, _ *ring) error {
		for _, one := range kinds {
			h := one.of(&next.handles)
			keep := [][]byte{}
			if h == &next.handles.own {
				keep = keepOwn
			}
			if err := rework(h, func(m *keyset.Manager) error { return dropOld(m, *h, keep) }); err != nil {
				return err
			}
		}
		current := newest(next.handles.index)
		next.slots = map[uint32]int{current: next.slots[current]}
		return nil
	})
}

// Finish ends the rotation: nothing is left to do for the keys that are gone.
func (k *Keys) Finish() error {
	return k.step(Retired, Steady, func(*ring, *ring) error { return nil })
}

// step changes the keyset from one phase to the next, in the file first.
func (k *Keys) step(from, to Phase, change func(next, now *ring) error) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	unlock, err := k.source.lock()
	if err != nil {
		return err
	}
	defer unlock()
	now := k.ring.Load()
	if k.source.path != "" {
		if changed, err := k.refresh(); err != nil {
			return err
		} else if changed && k.ring.Load().generation != now.generation { // what the caller decided by is not so any more
			return ErrPhase
		}
		now = k.ring.Load()
	}
	if now.phase != from {
		return ErrPhase
	}
	next := &ring{handles: now.handles, generation: now.generation + 1, phase: to, slots: maps.Clone(now.slots)}
	if err := change(next, now); err != nil {
		return err
	}
	if err := next.open(); err != nil {
		return err
	}
	if k.source.path != "" {
		if err := k.source.replace(next); err != nil {
			return err
		}
		if k.source.seen, err = os.Stat(k.source.path); err != nil {
			return fmt.Errorf("read keyset file: %w", err)
		}
	}
	k.ring.Store(next)
	return nil
}

// lock keeps other processes from changing the file. The folder is what is locked,
// because the file itself is replaced.
func (s source) lock() (unlock func(), err error) {
	if s.path == "" {
		return func() {}, nil
	}
	path, err := filepath.EvalSymlinks(s.path)
	if err != nil {
		return nil, fmt.Errorf("find the keyset file: %w", err)
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("open the folder of the keyset file: %w", err)
	}
	if err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("lock the folder of the keyset file: %w", err), folder.Close())
	}
	return func() { _ = folder.Close() }, nil // closing lets the lock go
}

// rework changes a keyset; what h points to is replaced.
func rework(h **keyset.Handle, change func(*keyset.Manager) error) error {
	m := keyset.NewManagerFromHandle(*h)
	err := change(m)
	if err == nil {
		*h, err = m.Handle()
	}
	if err != nil {
		return fmt.Errorf("change keyset: %w", err)
	}
	return nil
}

// newest is the id of the key that was added last.
func newest(h *keyset.Handle) uint32 {
	all := h.KeysetInfo().KeyInfo
	return all[len(all)-1].KeyId
}

func slotOf(r *ring) int { return r.slots[r.handles.index.KeysetInfo().PrimaryKeyId] }

func dropOld(m *keyset.Manager, h *keyset.Handle, keep [][]byte) error {
	info := h.KeysetInfo()
	for _, key := range info.KeyInfo {
		kept := slices.ContainsFunc(keep, func(prefix []byte) bool { return slices.Equal(prefix, prefixOf(key.KeyId)) })
		if key.KeyId == info.PrimaryKeyId || kept {
			continue
		}
		if err := m.Delete(key.KeyId); err != nil {
			return err
		}
	}
	return nil
}
