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
	keys    *seal.Keys
	store   *store.Store
	process casefile.ID
	name    string
	now     func() time.Time
	onError func(error)
	before  func() error // see Before; nil: nothing
	said    string       // the trouble with the file that was told last; only the loop touches it
	saidAt  time.Time    // and when
}

// NewReader prepares it for a process with a name that the operator recognises:
// machine and process number. onError hears what goes wrong; nothing stops then, and
// the keys stay as they were.
func NewReader(keys *seal.Keys, db *store.Store, now func() time.Time, name string, onError func(error)) *Reader {
	r := &Reader{keys: keys, store: db, process: casefile.NewID(now()), name: name, now: now, onError: onError}
	r.runner = loop.New(loop.Loop{Name: "keys", Every: time.Second, OnError: onError, Work: r.pass})
	return r
}

// pass reads the file, and says so in the database. A file that cannot be read is no
// error of the pass: a loop that slows down would look dead to a rotation, which would
// go on without this process, and then it could write nothing any more.
func (r *Reader) pass(ctx context.Context) (more bool, err error) {
	now := r.now()
	_, unread := r.keys.Refresh()
	generation := r.keys.Generation()
	if r.before != nil {
		if undone := r.before(); undone != nil {
			unread = errors.Join(unread, undone)
			generation-- // whatever the rotation waits for, this process is not there yet
		}
	}
	r.trouble(unread, now)
	return false, r.store.SeeKeys(ctx, store.KeysReader{Process: r.process, Name: r.name, Generation: generation}, now)
}

// Before says what has to be done with newer keys before a rotation hears that this
// process has them: what is sealed outside the database must be under them first. An
// error makes the rotation wait. It is called every second, and before Start.
func (r *Reader) Before(work func() error) { r.before = work }

// trouble tells what is wrong with the file: at once, and then now and then.
func (r *Reader) trouble(err error, now time.Time) {
	said := ""
	if err != nil {
		said = err.Error()
	}
	if err != nil && (said != r.said || now.Sub(r.saidAt) >= deadAfter) {
		r.onError(err)
		r.saidAt = now
	}
	r.said = said
}

// Start looks at once, and then every second.
func (r *Reader) Start(ctx context.Context) { r.runner.Start(ctx) }

// Stop ends it, and says that nobody needs to wait for this process.
func (r *Reader) Stop(ctx context.Context) error {
	return errors.Join(r.runner.Stop(ctx), r.store.LeaveKeys(ctx, r.process))
}
