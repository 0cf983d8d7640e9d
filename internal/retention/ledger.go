package retention

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// toLedger writes the tombstones to the ledger that it does not hold yet. A process
// killed between the two writes a line twice, which says nothing else than once.
func (f *Forgetter) toLedger(ctx context.Context, now time.Time) error {
	if f.o.Ledger == nil {
		return nil
	}
	for {
		var stones []store.Tombstone
		err := f.o.Store.InTx(ctx, func(tx *store.Tx) (err error) {
			stones, err = tx.Unledgered(ctx, batch)
			return err
		})
		if err != nil || len(stones) == 0 {
			return err
		}
		ids := make([]casefile.ID, len(stones))
		for i, s := range stones {
			ids[i] = s.Conversation
			if err := f.o.Ledger.Append(tombstonesLedger, lineOf(s)); err != nil {
				return err
			}
		}
		err = f.o.Store.InTx(ctx, func(tx *store.Tx) error { return tx.Ledgered(ctx, ids, now) })
		if err != nil {
			return err
		}
	}
}

// lineOf is a tombstone as the ledger holds it: a version, ids, a time and a word.
func lineOf(s store.Tombstone) string {
	return fmt.Sprintf("1 %s %s %s %s", s.Conversation, s.Case, s.At.UTC().Format(time.RFC3339Nano), s.Why)
}

// stoneOf reads what lineOf wrote.
func stoneOf(line string) (s store.Tombstone, err error) {
	parts := strings.Split(line, " ")
	if len(parts) != 5 || parts[0] != "1" {
		return s, errLine
	}
	if s.Conversation, err = casefile.ParseID(parts[1]); err != nil || s.Conversation.IsZero() {
		return s, errLine
	}
	if s.Case, err = casefile.ParseID(parts[2]); err != nil {
		return s, errLine
	}
	if s.At, err = time.Parse(time.RFC3339Nano, parts[3]); err != nil {
		return s, errLine
	}
	s.Why = store.ForgetWhy(parts[4])
	return s, nil
}

// errLine says that a line of the ledger is none of ours. It does not hold the line.
var errLine = fmt.Errorf("a line of the ledger %q is not a tombstone", tombstonesLedger)

// Replay is what playing the ledger did.
type Replay struct {
	Stones     int // tombstones in the ledger
	Again      int // were back, and are forgotten again
	WroteAgain int // were back, and the person wrote in them since: kept, and an alarm stands
	Unreadable int // lines that are no tombstones
}

// Replay plays the ledger over the database: what a restored backup brought back is
// forgotten again. It comes before the line opens. Without a ledger it does nothing.
// A line that cannot be read is counted and passed over, so that one bad line does
// not bring back everything after it.
func (f *Forgetter) Replay(ctx context.Context) (done Replay, err error) {
	if f.o.Ledger == nil {
		return done, nil
	}
	lines, err := f.o.Ledger.Lines(tombstonesLedger)
	if err != nil {
		return done, err
	}
	now := f.o.Now()
	due, err := f.deadlines(ctx, now)
	if err != nil {
		return done, err
	}
	back, err := f.back(ctx, lines, &done)
	if err != nil {
		return done, err
	}
	for _, stone := range back {
		what, err := f.again(ctx, stone, store.Forgetting{Why: store.ForgetAgain, Actor: casefile.System(part), At: now, Echoes: due[casefile.KeptEchoes]})
		if err != nil {
			return done, err
		}
		switch what {
		case store.GoneAgain:
			done.Again++
		case store.WroteAgain:
			done.WroteAgain++
		}
	}
	if done.Again > 0 {
		return done, f.after(ctx, now)
	}
	return done, nil
}

// back reads the tombstones and finds those whose conversation is there and not
// forgotten: of years of them that is almost none, and the line waits for this.
func (f *Forgetter) back(ctx context.Context, lines []string, done *Replay) (back []store.Tombstone, err error) {
	const atOnce = 1000
	for some := range slices.Chunk(lines, atOnce) {
		stones := map[casefile.ID]store.Tombstone{}
		for _, line := range some {
			stone, err := stoneOf(line)
			if err != nil {
				done.Unreadable++
				continue
			}
			done.Stones++
			stones[stone.Conversation] = stone
		}
		alive, err := f.list(ctx, func(tx *store.Tx) ([]casefile.ID, error) {
			return tx.NotForgotten(ctx, slices.Collect(maps.Keys(stones)))
		})
		if err != nil {
			return nil, err
		}
		for _, id := range alive {
			back = append(back, stones[id])
		}
	}
	return back, nil
}

// again plays one tombstone.
func (f *Forgetter) again(ctx context.Context, stone store.Tombstone, how store.Forgetting) (what store.Replayed, err error) {
	_, err = f.shred(ctx, func(tx *store.Tx) ([]store.Tombstone, error) {
		what, err = tx.Replay(ctx, stone, how)
		switch {
		case err != nil || what == store.WasGone:
			return nil, err
		case what == store.WroteAgain:
			return nil, cameBack(ctx, tx, stone.Conversation, how.At)
		}
		return []store.Tombstone{stone}, tx.Audit(ctx, store.Entry{At: how.At, Actor: how.Actor, Action: actionAgain,
			Case: stone.Case, Conversation: stone.Conversation})
	})
	return what, err
}

// cameBack raises the alarm about a conversation that is back and alive.
func cameBack(ctx context.Context, tx *store.Tx, conversation casefile.ID, now time.Time) error {
	caseID, err := tx.CaseOf(ctx, conversation) // not the tombstone's: this database may not know that one
	if err != nil {
		return err
	}
	return tx.RaiseAlarm(ctx, store.AlarmCameBack, caseID, conversation, now)
}
