package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/spool"
	"pulang/internal/store"
)

// While the database is away, what a provider would not repeat is kept in the spool
// and answered 200. The drain takes it up again, in order, through the same door as
// everything else. Taking something twice changes nothing: provider ids see to that.

// spools reports whether what arrives on a channel may go to the spool: its provider
// does not repeat, and there is a spool.
func (l *Line) spools(name casefile.ChannelName) bool {
	return l.spool != nil && !l.traits(name).Repeats
}

// spooled is what the spool keeps of an Arrived besides its private parts.
type spooled struct {
	Channel    casefile.ChannelName `json:"channel"`
	ProviderID string               `json:"provider_id"`
	Kind       casefile.MessageKind `json:"kind"`
	Note       Note                 `json:"note,omitempty"`
	Order      int64                `json:"order,omitempty"`
	MessageRef string               `json:"message_ref,omitempty"`
	Lang       casefile.Lang        `json:"lang,omitempty"`
	Country    string               `json:"country,omitempty"`
	SentAt     time.Time            `json:"sent_at,omitzero"`
	Status     Status               `json:"status,omitzero"`
	Press      Press                `json:"press,omitzero"`
}

// privateParts are the private parts of an Arrived, in the order of the spool.
func (a *Arrived) privateParts() []*casefile.Private {
	return []*casefile.Private{&a.From, &a.Text, &a.Media, &a.MovedTo, &a.Raw}
}

// keep puts one webhook into the spool and returns when it is on the disk.
func (l *Line) keep(items []Arrived) error {
	plain := make([]spooled, len(items))
	var private []casefile.Private
	for i, a := range items {
		plain[i] = spooled{a.Channel, a.ProviderID, a.Kind, a.Note, a.Order, a.MessageRef, a.Lang, a.Country, a.SentAt, a.Status, a.Press}
		for _, part := range a.privateParts() {
			private = append(private, *part)
		}
	}
	data, err := json.Marshal(plain)
	if err != nil {
		return fmt.Errorf("keep in the spool: %w", err)
	}
	if err := l.spool.Put(data, private); err != nil {
		return err
	}
	l.drain.Wake()
	return nil
}

// errOddRecord says that a record of the spool is none of ours.
var errOddRecord = errors.New("a record of the spool makes no sense")

// unkeep reads what keep wrote. What it says was received when it was kept.
func unkeep(r spool.Record) ([]Arrived, error) {
	var plain []spooled
	if err := json.Unmarshal(r.Plain, &plain); err != nil {
		return nil, errOddRecord
	}
	items := make([]Arrived, len(plain))
	private := r.Private
	for i, p := range plain {
		items[i] = Arrived{
			Channel: p.Channel, ProviderID: p.ProviderID, Kind: p.Kind, Note: p.Note, Order: p.Order, MessageRef: p.MessageRef,
			Lang: p.Lang, Country: p.Country, SentAt: p.SentAt, Status: p.Status, Press: p.Press, ReceivedAt: r.At,
		}
		for _, part := range items[i].privateParts() {
			if len(private) == 0 {
				return nil, errOddRecord
			}
			*part, private = private[0], private[1:]
		}
	}
	return items, nil
}

// drainOnce takes up the oldest of what waits in the spool.
func (l *Line) drainOnce(ctx context.Context) (more bool, err error) {
	l.tellAside(ctx)
	records, err := l.spool.Next(maxBatch)
	if err != nil || len(records) == 0 {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	began := l.now()
	err = l.takeUp(ctx, records)
	l.learn(began, err)
	if away(err) {
		return false, nil // the next tick looks again: a loop that slows down would come late
	}
	return err == nil, err
}

// takeUp takes a batch in its order. When it fails, each record is stored alone and
// the sweep answers, so that a poisonous one hurts nobody else's.
func (l *Line) takeUp(ctx context.Context, records []spool.Record) error {
	var all []Arrived
	whole := true
	for _, r := range records {
		items, err := unkeep(r)
		whole = whole && err == nil
		all = append(all, items...)
	}
	if whole {
		err := safely(func() error { return l.takeAll(ctx, all) })
		if err == nil {
			l.spool.Done(records[len(records)-1])
			return nil
		}
		if away(err) || ctx.Err() != nil {
			return err
		}
		l.log.Warn("a batch of the spool failed; taking it one by one", "count", len(all), "error", err)
	}
	defer l.sweep.Wake()
	for _, r := range records {
		if err := l.takeUpAlone(ctx, r); err != nil {
			return err
		}
		l.spool.Done(r)
	}
	return nil
}

// meetsFor is how long one record may meet others, again and again, before it is laid
// aside.
const meetsFor = 2 * time.Minute

// meeting is a record that met others, and since when.
type meeting struct {
	record casefile.ID
	since  time.Time
}

// takeUpAlone stores one record; one that keeps failing is laid aside, where it waits
// for a person. An error means that it is to be taken up again: the database is away, or
// the record only met others (two transactions, newer keys, a forgetting).
func (l *Line) takeUpAlone(ctx context.Context, r spool.Record) error {
	items, err := unkeep(r)
	for try := 0; try < maxAttempts && !errors.Is(err, errOddRecord); try++ {
		err = safely(func() error { return l.storeOnly(ctx, items) })
		if err == nil || away(err) || ctx.Err() != nil {
			return err
		}
	}
	if now := l.now(); errors.Is(err, store.ErrStale) {
		if l.met.record != r.ID {
			l.met = meeting{r.ID, now}
		}
		if now.Sub(l.met.since) < meetsFor {
			return err
		}
	}
	l.log.Error("a message in the spool cannot be stored and is laid aside; a person must look at it", "record", r.ID.String(), "error", err)
	return l.spool.SetAside(r)
}

// away reports whether an error means that nothing can be stored now.
func away(err error) bool {
	return errors.Is(err, store.ErrAway) || errors.Is(err, ErrNotOpen) || errors.Is(err, context.DeadlineExceeded)
}

// tellAside raises an alarm when more lies aside in the spool's folder than before.
func (l *Line) tellAside(ctx context.Context) {
	n := l.spool.Aside()
	if n <= l.aside {
		l.aside = n
		return
	}
	ctx, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	err := l.store.InTx(ctx, func(tx *store.Tx) error {
		return tx.RaiseAlarm(ctx, store.AlarmSpool, casefile.ID{}, casefile.ID{}, l.now())
	})
	if err == nil {
		l.log.Error("damaged or refused messages lie aside in the spool's folder; a person must look at them", "count", n)
		l.aside = n
		l.changed()
	}
}

// Keep looks after the spool's files: those of dead processes, and the keys they are
// under. An error means that a key is still under an older one: see rekey.Reader.
func (l *Line) Keep() error {
	if l.spool == nil {
		return nil
	}
	return l.spool.Tend()
}

// Spooling reports an error unless what arrives on some channel would be kept while
// the database is away.
func (l *Line) Spooling() error {
	if !slices.ContainsFunc(l.channels, func(c Channel) bool { return l.spools(c.Name()) }) {
		return errNoSpool
	}
	return l.spool.Check()
}

var errNoSpool = errors.New("no spool for any channel")
