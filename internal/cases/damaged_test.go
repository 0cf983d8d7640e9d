package cases

import (
	"slices"
	"testing"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

func TestADamagedCaseIsSeenAndCanBeClosed(t *testing.T) {
	h := newHouse(t)
	rina, sari := h.writes("AAA111", "sms", locked), h.writes("BBB222", "telegram", locked)
	if err := h.Note(t.Context(), h.budi, rina.Ref, "dia menunggu"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SQL().Exec(t.Context(), `UPDATE conversations SET wrapped_key = overlay(wrapped_key placing '\x00' from 20) WHERE id = $1`, rina.Lane); err != nil {
		t.Fatal(err)
	}
	h.Tx(func(tx *store.Tx) error { return tx.Damage(t.Context(), []casefile.ID{rina.Lane}, h.Now()) })

	queue, err := h.Queue(t.Context(), h.budi)
	if err != nil || len(queue.Lines) != 2 {
		t.Fatalf("the queue shows %d cases, want both (%v)", len(queue.Lines), err)
	}
	if !slices.ContainsFunc(queue.Alarms, func(a Alarm) bool { return a.Kind == store.AlarmDamaged && a.Ref == rina.Ref }) {
		t.Errorf("no alarm in the queue names the case: %+v", queue.Alarms)
	}
	v := rina.open()
	if len(v.Messages)+len(v.Facts) != 0 || len(v.Notes) != 1 || v.Verdict != casefile.Deny {
		t.Errorf("the page shows %d messages, %d facts, %d notes and may write: %s", len(v.Messages), len(v.Facts), len(v.Notes), v.Verdict)
	}
	wants(t, h.Note(t.Context(), h.budi, rina.Ref, "x"), Damaged)
	wants(t, h.Take(t.Context(), h.budi, rina.Ref, casefile.ID{}, "Budi"), Damaged)
	if _, err := h.Acknowledge(t.Context(), h.budi, rina.Ref); err != nil {
		t.Fatal(err)
	}
	for _, alarm := range rina.open().Alarms {
		if err := h.ClearAlarm(t.Context(), h.budi, alarm.ID); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Close(t.Context(), h.budi, rina.Ref, rina.open().Case.Version, "tidak terbaca lagi"); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(rina.history(), func(e store.Record) bool { return e.Action == actionNoted && e.Detail.Is("tidak terbaca lagi") }) {
		t.Error("the reason for closing is not in the audit")
	}
	if !rina.open().Case.Closed || sari.open().Case.Closed {
		t.Error("not the damaged one alone was closed")
	}
}
