package store_test

import (
	"context"
	"sync"
	"testing"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

func TestAlarmsOfEverybodyDoNotMeetOnTheWay(t *testing.T) {
	t.Parallel()
	d := open(t)
	kinds := []store.AlarmKind{store.AlarmNobodyOnDuty, store.AlarmNobodyReachable}
	d.must(func(ctx context.Context, tx *store.Tx) error { // both stand already: one row each, for everybody
		for _, kind := range kinds {
			if err := tx.RaiseAlarm(ctx, kind, casefile.ID{}, casefile.ID{}, noon); err != nil {
				return err
			}
		}
		return nil
	})
	var wait, half sync.WaitGroup
	half.Add(2)
	for n := range 2 { // one raises them in this order, the other in that
		wait.Go(func() {
			err := d.tx(func(ctx context.Context, tx *store.Tx) error {
				if err := tx.RaiseAlarm(ctx, kinds[n], casefile.ID{}, casefile.ID{}, noon); err != nil {
					return err
				}
				err := tx.Flush(ctx)
				half.Done()
				half.Wait()
				if err != nil {
					return err
				}
				return tx.RaiseAlarm(ctx, kinds[1-n], casefile.ID{}, casefile.ID{}, noon)
			})
			if err != nil {
				t.Errorf("transaction %d: %v", n, err)
			}
		})
	}
	wait.Wait()
	d.must(func(ctx context.Context, tx *store.Tx) error {
		alarms, err := tx.Alarms(ctx)
		if len(alarms) != 2 || alarms[0].Times != 3 || alarms[1].Times != 3 {
			t.Errorf("alarms are %+v, want both, three times each", alarms)
		}
		return err
	})
}
