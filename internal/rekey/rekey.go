// Package rekey turns the keys over while the line is open.
//
// A rotation goes in steps, and the keyset file says which one is reached:
//
//	introduce   new keys come into the file; every process learns to open with them
//	promote     from now on the new keys seal; every process knows
//	re-encrypt  data keys are wrapped anew, the line's own values sealed anew, the
//	            blind index filled under the new key, a few rows at a time
//	retire      nothing is left under the old keys: they are dropped
//	finish      the old index values are removed
//
// Before each step it waits until every live process has read the file as it is, and
// then declares what is older too old: a transaction of a process that slept through
// it does not commit (store.ErrOldKeys).
//
// It promises that a rotation that is killed anywhere is carried on by the next call,
// that nothing is unreadable at any moment in between, that one address never gets two
// conversations because two processes stood at different steps, and that no key is
// dropped while a row needs it that still opens. It leaves to store how rows are found, to seal how the
// file changes, and to the operator when keys turn over and who holds copies of them.
package rekey

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/seal"
	"pulang/internal/store"
)

const (
	// deadAfter is how long a process may say nothing before nobody waits for it.
	deadAfter = 30 * time.Second
	// look is how often it is looked whether everybody is there.
	look = time.Second
	// grace lets the transactions end that began with the keys of before, so that
	// they need not be done again.
	grace = 2 * time.Second
	// batch is how many rows are rewritten in one transaction, which holds their lanes.
	batch = 50
)

// ErrBusy says that another rotation is under way.
var ErrBusy = errors.New("another rotation is under way; let it end, or stop it and call this again")

// Rotation is what turning the keys over needs.
type Rotation struct {
	Keys  *seal.Keys
	Store *store.Store
	Now   func() time.Time
	After func(time.Duration) <-chan time.Time // the clock of the waits; nil: time.After
	Say   func(string)                         // hears of each step, in words for the operator
	// IntroduceOnly stops when every process can open with the new keys and before
	// anything is sealed with them: the moment to make an escrow of them.
	IntroduceOnly bool
}

// Run turns the keys over, or carries on with a rotation that was begun. It returns
// when the old keys are gone; ErrBusy when somebody else is at it.
func (r Rotation) Run(ctx context.Context) error {
	if r.After == nil {
		r.After = time.After
	}
	err := r.Store.Alone(ctx, r.run)
	if errors.Is(err, store.ErrConflict) {
		return ErrBusy
	}
	return err
}

func (r Rotation) run(ctx context.Context) error {
	if _, err := r.Keys.Refresh(); err != nil {
		return err
	}
	if err := r.catchUp(ctx); err != nil {
		return err
	}
	if r.Keys.Phase() != seal.Steady {
		r.Say(fmt.Sprintf("Carrying on with the rotation that was begun (%s).", r.Keys.Phase()))
	}
	for {
		finished, err := r.step(ctx)
		if finished || err != nil {
			return err
		}
	}
}

// catchUp brings a keyset that was restored from an escrow made during a rotation to
// the step that the database has reached: it holds the same keys. One from before the
// rotation does not, and is refused.
func (r Rotation) catchUp(ctx context.Context) error {
	oldest, err := r.Store.OldestKeys(ctx)
	if err != nil {
		return err
	}
	for r.Keys.Generation() < oldest {
		if r.Keys.Generation()/seal.PerRotation != oldest/seal.PerRotation {
			return store.ErrOldKeys
		}
		r.Say("The keyset is a copy from this rotation; bringing it to where the database is.")
		switch r.Keys.Phase() {
		case seal.Introduced:
			err = r.Keys.Promote()
		case seal.Promoted:
			_, keep := r.Keys.OwnPrefixes()
			err = r.Keys.Retire(keep)
		default:
			return store.ErrOldKeys
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// step does what the phase asks for, and moves on to the next.
func (r Rotation) step(ctx context.Context) (finished bool, err error) {
	switch r.Keys.Phase() {
	case seal.Steady:
		if err := r.clear(ctx); err != nil { // of a keyset or a database that was restored
			return false, err
		}
		r.Say("Adding new keys to the file.")
		return false, r.Keys.Introduce()
	case seal.Introduced:
		if err := r.everybody(ctx); err != nil {
			return false, err
		}
		if r.IntroduceOnly {
			r.Say("Every process can open with the new keys, and nothing is sealed with them yet.")
			return true, nil
		}
		r.Say("Sealing with the new keys from now on.")
		return false, r.Keys.Promote()
	case seal.Promoted:
		if err := r.everybody(ctx); err != nil {
			return false, err
		}
		return false, r.replaceAll(ctx)
	default: // Retired
		if err := r.everybody(ctx); err != nil {
			return false, err
		}
		if err := r.clear(ctx); err != nil {
			return false, err
		}
		r.Say("Done: the old keys are gone.")
		return true, r.Keys.Finish()
	}
}

// everybody waits until every live process has read the file as it is now, and then
// lets nobody write with what is older.
func (r Rotation) everybody(ctx context.Context) error {
	generation, said := r.Keys.Generation(), ""
	for {
		readers, err := r.Store.KeysReaders(ctx, r.Now().Add(-deadAfter))
		if err != nil {
			return err
		}
		behind := r.behind(readers, generation)
		if len(behind) == 0 {
			break
		}
		if names := strings.Join(behind, ", "); names != said {
			said = names
			r.Say("Waiting until these processes have read the new file: " + names +
				". If one has a copy of the file of its own, copy the file there.")
		}
		if err := r.wait(ctx, look); err != nil {
			return err
		}
	}
	if err := r.wait(ctx, grace); err != nil {
		return err
	}
	for {
		done, err := r.Store.RaiseOldest(ctx, generation, r.Now())
		if done || err != nil {
			return err
		}
		if err := r.wait(ctx, look); err != nil {
			return err
		}
	}
}

func (Rotation) behind(readers []store.KeysReader, generation int64) (names []string) {
	for _, one := range readers {
		if one.Generation < generation {
			names = append(names, one.Name)
		}
	}
	return names
}

// replaceAll re-encrypts until nothing is left under the old keys, and drops them.
func (r Rotation) replaceAll(ctx context.Context) error {
	for said := -1; ; {
		stale, keep, err := r.look(ctx)
		if err != nil {
			return err
		}
		if stale.Left() == 0 {
			if stale.Damaged > 0 {
				r.Say(fmt.Sprintf("Passed over %d conversations whose data key does not open: it is damaged, and no rotation can help it. Their alarms stand in the console.", stale.Damaged))
			}
			r.Say("Nothing is left under the old keys; dropping them.")
			return r.Keys.Retire(keep)
		}
		if said == -1 {
			r.Say(fmt.Sprintf("Re-encrypting: %d keys of conversations, %d values of the line, %d index values.", stale.DataKeys, stale.Own, stale.Slots))
		}
		if said == stale.Left() { // what is left is held by somebody: a moment later it is not
			if err := r.wait(ctx, look); err != nil {
				return err
			}
		}
		said = stale.Left()
		if err := r.reencrypt(ctx); err != nil {
			return err
		}
	}
}

// look counts what is left, and finds which own keys the audit still needs.
func (r Rotation) look(ctx context.Context) (stale store.StaleKeys, keep [][]byte, err error) {
	err = r.Store.InTx(ctx, func(tx *store.Tx) error {
		if stale, err = tx.StaleKeys(ctx); err != nil {
			return err
		}
		keep, err = tx.AuditKeys(ctx)
		return err
	})
	return stale, keep, err
}

// reencrypt passes once over everything.
func (r Rotation) reencrypt(ctx context.Context) error {
	if err := r.pass(ctx, func(tx *store.Tx, ctx context.Context, after casefile.ID, limit int) (store.Rekeyed, error) {
		return tx.RekeyConversations(ctx, after, limit, r.Now())
	}); err != nil {
		return err
	}
	for column := range store.OwnColumns() {
		if err := r.pass(ctx, func(tx *store.Tx, ctx context.Context, after casefile.ID, limit int) (store.Rekeyed, error) {
			return tx.RekeyOwn(ctx, column, after, limit)
		}); err != nil {
			return err
		}
	}
	return r.Store.InTx(ctx, func(tx *store.Tx) error { return tx.FillStaffSlots(ctx) })
}

// clear empties the slots of index keys that are gone.
func (r Rotation) clear(ctx context.Context) error {
	for {
		stale, _, err := r.look(ctx)
		if err != nil || stale.OldSlots == 0 {
			return err
		}
		if err := r.pass(ctx, (*store.Tx).ClearSlots); err != nil {
			return err
		}
		if left, _, err := r.look(ctx); err != nil || left.OldSlots == 0 {
			return err
		}
		if err := r.wait(ctx, look); err != nil {
			return err
		}
	}
}

// pass does batches until the end is reached, each in a transaction of its own.
func (r Rotation) pass(ctx context.Context, do func(*store.Tx, context.Context, casefile.ID, int) (store.Rekeyed, error)) error {
	var after casefile.ID
	for {
		var done store.Rekeyed
		err := r.Store.InTx(ctx, func(tx *store.Tx) (err error) {
			done, err = do(tx, ctx, after, batch)
			return err
		})
		if err != nil {
			return err
		}
		if done.Rows == 0 {
			return nil
		}
		after = done.Last
	}
}

func (r Rotation) wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-r.After(d):
		return nil
	}
}
