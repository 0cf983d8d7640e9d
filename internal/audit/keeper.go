package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/ledger"
	"pulang/internal/loop"
	"pulang/internal/store"
)

// How often things happen, and how much at once.
const (
	every      = time.Second
	anchorEach = time.Minute
	pruneEach  = 24 * time.Hour
	batch      = 1000
)

// Kept is how long the audit is kept unless Options say otherwise: longer than
// anything it tells of.
const Kept = 10 * 365 * 24 * time.Hour

// Options are what a Keeper works with.
type Options struct {
	Store  *store.Store
	Ledger *ledger.Ledger // nil: heads go to the log
	Now    func() time.Time
	Log    *slog.Logger
	Keep   time.Duration // of chained rows; zero: Kept
}

// Keeper chains, keeps heads and prunes, for as long as the program serves. Make
// one with New; every process has one, and they take turns by themselves.
type Keeper struct {
	Options
	loop *loop.Runner

	// Only the loop touches what follows, and Stop after the loop has ended.
	remembers bool       // the ledger was read
	seen      store.Link // the head as this process knows it
	anchored  int64      // the newest place that was kept outside
	anchorAt  time.Time
	pruneAt   time.Time
	loose     bool // the ledger gave trouble when it was last used
	judged    bool // whether it does was told to the alarms by this process
}

// New makes a Keeper; nothing runs before Start.
func New(o Options) *Keeper {
	if o.Keep == 0 {
		o.Keep = Kept
	}
	k := &Keeper{Options: o}
	k.loop = loop.New(loop.Loop{Name: "audit", Every: every, Work: k.Pass, OnError: func(err error) {
		o.Log.Error("the audit is not chained at the moment; it is tried again", "error", err)
	}})
	return k
}

// Start begins to chain.
func (k *Keeper) Start(ctx context.Context) { k.loop.Start(ctx) }

// Stop ends the loop, chains what was written until now, and keeps the last head.
func (k *Keeper) Stop(ctx context.Context) error {
	if err := k.loop.Stop(ctx); err != nil {
		return err
	}
	for {
		more, err := k.Pass(ctx)
		if err != nil {
			return fmt.Errorf("chain the rest of the audit: %w", err)
		}
		if !more {
			return k.anchor(ctx, true)
		}
	}
}

// Pass chains what waits, keeps the head when it is time, and prunes once a day.
// more: there may be more to chain at once.
func (k *Keeper) Pass(ctx context.Context) (more bool, err error) {
	if err := k.remember(ctx); err != nil {
		return false, err
	}
	if more, err = k.chain(ctx); err != nil || more {
		return more, err
	}
	if err := k.anchor(ctx, false); err != nil {
		return false, err
	}
	return k.prune(ctx)
}

// remember takes up the newest head of the ledger: what happened to the chain while
// no process looked is noticed at the first pass. A ledger that can't be read stops
// nothing; it is an alarm, and read again.
func (k *Keeper) remember(ctx context.Context) error {
	if k.remembers || k.Ledger == nil {
		return nil
	}
	err := k.readHeads()
	k.remembers = err == nil
	if err == nil && k.anchored == 0 {
		if err := k.vanished(ctx); err != nil {
			return err
		}
	}
	return k.kept(ctx, err)
}

// readHeads finds the last head that is kept outside.
func (k *Keeper) readHeads() error {
	return k.Ledger.Each(Heads, func(line string) error {
		if head, err := ParseHead(line); err == nil && (head.Seq > k.seen.Seq || head.Restored) {
			k.seen, k.anchored = head.Link, head.Seq
		}
		return nil // a line that is no head is for Verify to name
	})
}

// vanished raises the alarm when the ledger holds no head although heads were kept in
// it: a folder that is gone is made anew by whoever opens it, and looks like a first
// start. Keeping heads goes on in the new one.
func (k *Keeper) vanished(ctx context.Context) error {
	return k.Store.InTx(ctx, func(tx *store.Tx) error {
		known, err := tx.AnchoredTo(ctx)
		if known = max(known, k.anchored); err != nil || known == 0 {
			return err
		}
		if k.Ledger.Has(Heads) { // another process kept the first one between the two looks
			return k.readHeads()
		}
		k.Log.Error("the ledger's heads are gone: find out who took them away, then run pulang audit verify", "setting", "LEDGER_DIR", "kept_to", known)
		return tx.RaiseAlarm(ctx, store.AlarmAuditBroken, casefile.ID{}, casefile.ID{}, k.Now())
	})
}

// chain gives waiting rows their places, if no other process does.
func (k *Keeper) chain(ctx context.Context) (more bool, err error) {
	head, leads := store.Link{}, false
	err = k.Store.InTx(ctx, func(tx *store.Tx) error {
		if leads, err = tx.LeadAudit(ctx); err != nil || !leads {
			return err
		}
		if head, err = tx.AuditHead(ctx); err != nil {
			return err
		}
		if err := k.recall(ctx, tx, head); err != nil {
			return err
		}
		rows, err := tx.UnchainedAudit(ctx, batch)
		if err != nil || len(rows) == 0 {
			return err
		}
		more = len(rows) == batch
		head = linkAfter(head, rows)
		return tx.ChainAudit(ctx, rows)
	})
	if err == nil && leads {
		k.seen = head
	}
	return more && err == nil, err
}

// linkAfter fills the links of rows that follow a head, and returns the last.
func linkAfter(head store.Link, rows []store.AuditRow) store.Link {
	for i := range rows {
		before := head.Hash
		if head.Seq == 0 {
			before = beginning
		}
		head = store.Link{Seq: head.Seq + 1, Hash: Hash(before, head.Seq+1, rows[i].Fields)}
		rows[i].Link = head
	}
	return head
}

// recall compares the chain with the head this process remembers. A chain that
// went back, or another one, is an alarm; chaining goes on, because what happens
// now must be held fast all the same.
func (k *Keeper) recall(ctx context.Context, tx *store.Tx, head store.Link) error {
	if k.seen.Seq == 0 {
		return nil
	}
	link, err := tx.AuditLink(ctx, k.seen.Seq)
	if errors.Is(err, store.ErrNotFound) {
		root, rootErr := tx.LastAuditRoot(ctx)
		if rootErr != nil {
			return rootErr
		}
		if root.Seq > k.seen.Seq { // pruned
			return nil
		}
		err = nil
	}
	if err != nil || bytes.Equal(link.Hash, k.seen.Hash) {
		return err
	}
	k.Log.Error("the audit is not what it was: run pulang audit verify", "remembered", k.seen.Seq, "found", head.Seq)
	return tx.RaiseAlarm(ctx, store.AlarmAuditBroken, casefile.ID{}, casefile.ID{}, k.Now())
}

// anchor keeps the head outside the database when it moved: once a minute, or at
// once when last.
func (k *Keeper) anchor(ctx context.Context, last bool) error {
	now := k.Now()
	if k.seen.Seq == k.anchored || (!last && now.Sub(k.anchorAt) < anchorEach) {
		return nil
	}
	head := Head{Link: k.seen, At: now}
	if k.Ledger == nil {
		k.Log.Info("audit head", "head", head.String())
		k.anchored, k.anchorAt = head.Seq, now
		return k.kept(ctx, nil)
	}
	if k.anchored > 0 && !k.Ledger.Has(Heads) {
		if err := k.vanished(ctx); err != nil {
			return err
		}
	}
	trouble := k.Ledger.Append(Heads, head.String())
	if trouble == nil {
		k.anchored, k.anchorAt = head.Seq, now
		if err := k.Store.InTx(ctx, func(tx *store.Tx) error { return tx.Anchored(ctx, head.Seq, now) }); err != nil {
			return err
		}
	}
	return k.kept(ctx, trouble)
}

// kept raises an alarm when the ledger gives trouble, and ends it when it does no
// more. Trouble is no error of the pass: chaining goes on at its pace.
func (k *Keeper) kept(ctx context.Context, trouble error) error {
	loose := trouble != nil
	if k.judged && loose == k.loose {
		return nil
	}
	err := k.Store.InTx(ctx, func(tx *store.Tx) error {
		if trouble == nil {
			return tx.AlarmOver(ctx, store.AlarmAuditLoose, k.Now())
		}
		return tx.RaiseAlarm(ctx, store.AlarmAuditLoose, casefile.ID{}, casefile.ID{}, k.Now())
	})
	if err != nil {
		return err
	}
	if k.judged, k.loose = true, loose; loose {
		k.Log.Error("the ledger gives trouble: heads of the audit are not kept outside the database", "setting", "LEDGER_DIR", "error", trouble)
	}
	return nil
}

// prune deletes what is older than it is kept.
func (k *Keeper) prune(ctx context.Context) (more bool, err error) {
	now := k.Now()
	if now.Sub(k.pruneAt) < pruneEach {
		return false, nil
	}
	var gone int64
	err = k.Store.InTx(ctx, func(tx *store.Tx) error {
		if leads, err := tx.LeadAudit(ctx); err != nil || !leads {
			return err
		}
		if gone, err = tx.PruneAudit(ctx, now.Add(-k.Keep), now, batch); err != nil || gone == 0 {
			return err
		}
		return tx.Audit(ctx, store.Entry{At: now, Actor: casefile.System("audit"), Action: "audit.pruned",
			Detail: casefile.Hide(strconv.FormatInt(gone, 10))})
	})
	if err == nil && gone < batch {
		k.pruneAt = now
	}
	return gone == batch && err == nil, err
}
