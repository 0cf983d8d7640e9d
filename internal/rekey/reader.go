package rekey

import (
	"context"
	"errors"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/loop"
	"pulang/internal/seal"
	"pulang/internal/store"
)

// Reader keeps a process at the newest keys, and tells a rotation so.
type Reader struct {
	runner  *loop.Runner
	store   *store.Store
	process casefile.ID
}

// NewReader prepares it for a process with a name that the operator recognises:
// machine and process number. onError hears what goes wrong; nothing stops then, and
// the keys stay as they were.
func NewReader(keys *seal.Keys, db *store.Store, now func() time.Time, name string, onError func(error)) *Reader {
	r := &Reader{store: db, process: casefile.NewID(now())}
	r.runner = loop.New(loop.Loop{Name: "keys", Every: time.Second, OnError: onError, Work: func(ctx context.Context) (bool, error) {
		_, unread := keys.Refresh()
		seen := db.SeeKeys(ctx, store.KeysReader{Process: r.process, Name: name, Generation: keys.Generation()}, now())
		return false, errors.Join(unread, seen)
	}})
	return r
}

// Start looks at once, and then every second.
func (r *Reader) Start(ctx context.Context) { r.runner.Start(ctx) }

// Stop ends it, and says that nobody needs to wait for this process.
func (r *Reader) Stop(ctx context.Context) error {
	return errors.Join(r.runner.Stop(ctx), r.store.LeaveKeys(ctx, r.process))
}
