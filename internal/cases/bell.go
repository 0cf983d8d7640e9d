package cases

import (
	"context"
	"fmt"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// Bell is what an open page knows of alerts that nobody has acknowledged.
type Bell struct {
	Waiting int       // cases that stand in one's queue; not more than store.MostRinging
	Newest  time.Time // when the last of them began, or alerted oneself again

	mark string // of everything it was made of
}

// Bell counts what rings for somebody who may acknowledge it; for everybody else
// nothing rings, and neither does a case that is kept from them. last is what they
// were told before: it comes back while nothing changed, without weighing every case
// again. The zero Bell asks for all.
func (d *Desk) Bell(ctx context.Context, who access.Staff, last Bell) (Bell, error) {
	bell := last
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		me, err := memberOf(ctx, tx, who, access.SeeQueue)
		if err != nil || !me.May(access.Acknowledge) {
			bell = Bell{}
			return err
		}
		ringing, err := tx.Ringing(ctx, me.ID)
		if err != nil {
			return err
		}
		if mark := fmt.Sprint(ringing); mark != last.mark {
			bell, err = d.rings(ctx, tx, me, ringing)
			bell.mark = mark
		}
		return err
	})
	return bell, err
}

func (d *Desk) rings(ctx context.Context, tx *store.Tx, me access.Staff, ringing []store.Ringing) (bell Bell, err error) {
	if len(ringing) == 0 {
		return bell, nil
	}
	at, ids := map[casefile.ID]time.Time{}, make([]casefile.ID, 0, len(ringing))
	for _, r := range ringing {
		at[r.Case], ids = r.At, append(ids, r.Case)
	}
	stands, err := tx.StandsOf(ctx, me.ID, ids)
	if err != nil {
		return bell, err
	}
	for _, s := range stands {
		file, err := fileOf(s)
		if err != nil {
			return Bell{}, err
		}
		if !access.Listed(me, file, d.Now()) {
			continue
		}
		bell.Waiting++
		if newest := at[s.ID]; newest.After(bell.Newest) {
			bell.Newest = newest
		}
	}
	return bell, nil
}
