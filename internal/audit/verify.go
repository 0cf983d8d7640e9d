package audit

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"sort"
	"time"

	"pulang/internal/ledger"
	"pulang/internal/store"
)

// Kind is what is wrong with a part of the audit.
type Kind string

// The kinds of finding.
const (
	Changed   Kind = "changed"   // not the row that was chained here: edited, moved, or put in
	Removed   Kind = "removed"   // rows are gone from the middle, or from the beginning without a root
	Cut       Kind = "cut"       // rows that a head knew are gone from the end
	Rewritten Kind = "rewritten" // the chain fits together, but it is not the one that a head knew
	Early     Kind = "early"     // pruned rows that were younger than they are kept
	Unkept    Kind = "unkept"    // a ledger is there, and no head is in it
	Illegible Kind = "illegible" // a line of the ledger is no head; From is its number
)

// Finding is one thing that is wrong: places From to To of the chain.
type Finding struct {
	Kind     Kind
	From, To int64
	At       time.Time // of the first row it is about, as far as that is known
}

// Result is what Verify saw.
type Result struct {
	Findings []Finding
	Rows     int64           // chained rows that were read
	First    int64           // the place of the first of them; 0: none
	Head     store.Link      // the end of the chain
	Root     store.AuditRoot // where it begins, when its oldest rows were pruned
	Heads    int             // heads it was compared with
	Newest   Head            // the newest of them
	Restored []Head          // where an operator said that a backup was put back
	Tail     int             // rows not chained yet
	Oldest   time.Time       // of the tail
}

// Check says what to compare the chain with.
type Check struct {
	Store  *store.Store
	Ledger *ledger.Ledger // nil: none
	Known  []Head         // heads known from elsewhere: a log, a sheet of paper
	Keep   time.Duration  // how long rows are kept; zero: Kept
}

// Verify reads the whole chain, as it is at one moment, and compares it with every
// head that was kept. It changes nothing and may run beside serve.
func (c Check) Verify(ctx context.Context) (Result, error) {
	if c.Keep == 0 {
		c.Keep = Kept
	}
	v := verifier{Check: c, heads: map[int64][]Head{}}
	if err := v.readHeads(); err != nil {
		return Result{}, err
	}
	err := c.Store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.AsOfNow(ctx); err != nil {
			return err
		}
		return v.walk(ctx, tx)
	})
	if err != nil {
		return Result{}, err
	}
	v.ending()
	return v.Result, nil
}

// verifier is one walk along the chain.
type verifier struct {
	Check
	Result
	heads map[int64][]Head
	good  int64 // the newest place where a head fits
}

func (v *verifier) found(kind Kind, from, to int64, at time.Time) {
	v.Findings = append(v.Findings, Finding{Kind: kind, From: from, To: to, At: at})
}

// readHeads reads the ledger. After a backup was put back, heads of later places
// belong to a chain that is no more.
func (v *verifier) readHeads() error {
	var kept []Head
	if v.Ledger != nil {
		line := int64(0)
		err := v.Ledger.Each(Heads, func(text string) error {
			line++
			head, err := ParseHead(text)
			if err != nil {
				v.found(Illegible, line, line, time.Time{})
				return nil
			}
			if head.Restored {
				v.Restored = append(v.Restored, head)
				kept = slices.DeleteFunc(kept, func(h Head) bool { return h.Seq > head.Seq })
			}
			kept = append(kept, head)
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, head := range append(kept, v.Known...) {
		if head.Seq > 0 { // place 0 is the beginning, before any row
			v.heads[head.Seq] = append(v.heads[head.Seq], head)
			v.Heads++
		}
		if head.Seq > v.Newest.Seq {
			v.Newest = head
		}
	}
	return nil
}

// walk goes along the chain from its beginning.
func (v *verifier) walk(ctx context.Context, tx *store.Tx) (err error) {
	if v.Root, err = tx.LastAuditRoot(ctx); err != nil {
		return err
	}
	v.Head = store.Link{Hash: beginning}
	if v.Root.Seq > 0 {
		v.Head = v.Root.Link
		v.judgeRoot()
	}
	for {
		rows, err := tx.ChainedAudit(ctx, v.Head.Seq, batch)
		if err != nil {
			return err
		}
		for _, row := range rows {
			v.step(row)
		}
		if len(rows) < batch {
			break
		}
	}
	v.Tail, v.Oldest, err = tx.AuditTail(ctx)
	return err
}

// judgeRoot compares the root with heads, and its age with theirs: a row after a
// head was chained after that head was kept, give or take a day.
func (v *verifier) judgeRoot() {
	v.compare(v.Root.Link, v.Root.At)
	latest := v.Root.At.Add(24*time.Hour - v.Keep)
	for seq, heads := range v.heads {
		young := func(h Head) bool { return !h.Restored && h.At.After(latest) }
		if seq < v.Root.Seq && slices.ContainsFunc(heads, young) {
			v.found(Early, v.Root.Seq, v.Root.Seq, v.Root.At)
			return
		}
	}
}

// step judges one row. After a gap the hash before is not known, so the row is
// taken as it stands: the gap is the finding.
func (v *verifier) step(row store.AuditRow) {
	v.Rows++
	if v.First == 0 {
		v.First = row.Link.Seq
	}
	expected := v.Head.Seq + 1
	switch {
	case row.Link.Seq > expected:
		v.found(Removed, expected, row.Link.Seq-1, row.At())
	case !bytes.Equal(row.Link.Hash, Hash(v.Head.Hash, row.Link.Seq, row.Fields)):
		v.found(Changed, row.Link.Seq, row.Link.Seq, row.At())
	}
	v.Head = row.Link // from here on as it is stored, so that one change is one finding
	v.compare(row.Link, row.At())
}

// compare holds a place against the heads kept of it.
func (v *verifier) compare(link store.Link, at time.Time) {
	for _, head := range v.heads[link.Seq] {
		if bytes.Equal(head.Hash, link.Hash) {
			v.good = link.Seq
			continue
		}
		// One chain made anew fits no head after that: it is one finding.
		if n := len(v.Findings); n > 0 && v.Findings[n-1].Kind == Rewritten && v.Findings[n-1].From == v.good+1 {
			v.Findings[n-1].To = link.Seq
		} else {
			v.found(Rewritten, v.good+1, link.Seq, at)
		}
	}
}

// ending judges what only shows at the end.
func (v *verifier) ending() {
	if v.Newest.Seq > v.Head.Seq {
		v.found(Cut, v.Head.Seq+1, v.Newest.Seq, v.Newest.At)
	}
	if v.Ledger != nil && v.Heads+len(v.Restored) == 0 && v.Head.Seq > 0 {
		v.found(Unkept, 0, 0, time.Time{})
	}
}

// ErrNothingBack is returned by MarkRestored when the chain reaches as far as every
// head that was kept.
var ErrNothingBack = errors.New("the audit reaches as far as every head that was kept: nothing was put back")

// MarkRestored keeps in the ledger that a backup was put back, on an operator's word:
// heads kept before that, of places after the last one that still fits, are not
// compared any more. What was lost stays lost, and the mark stays in the ledger for
// everybody to see. entry is written into the audit.
func (c Check) MarkRestored(ctx context.Context, entry store.Entry, now time.Time) (Head, error) {
	if c.Ledger == nil {
		return Head{}, errors.New("no ledger is there to mark it in")
	}
	v := verifier{Check: c, heads: map[int64][]Head{}}
	if err := v.readHeads(); err != nil {
		return Head{}, err
	}
	head := Head{At: now, Restored: true}
	err := c.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		if head.Link, err = v.common(ctx, tx); err != nil {
			return err
		}
		return tx.Audit(ctx, entry)
	})
	if err != nil {
		return Head{}, err
	}
	return head, c.Ledger.Append(Heads, head.String())
}

// common is the newest head that the chain still holds. Each hash covers all before
// it, so where one head fits, all earlier ones do.
func (v *verifier) common(ctx context.Context, tx *store.Tx) (store.Link, error) {
	root, failed := tx.LastAuditRoot(ctx)
	last := store.Link{Hash: beginning}
	if root.Seq > 0 {
		last = root.Link
	}
	places := slices.DeleteFunc(slices.Sorted(maps.Keys(v.heads)), func(at int64) bool { return at <= root.Seq })
	unfit := sort.Search(len(places), func(i int) bool {
		link, err := tx.AuditLink(ctx, places[i])
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			failed = err
		}
		return slices.ContainsFunc(v.heads[places[i]], func(h Head) bool { return !bytes.Equal(h.Hash, link.Hash) })
	})
	switch {
	case failed != nil:
		return store.Link{}, failed
	case unfit == len(places):
		return store.Link{}, ErrNothingBack
	case unfit > 0:
		last = v.heads[places[unfit-1]][0].Link
	}
	return last, nil
}
