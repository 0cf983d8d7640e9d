package cases

import (
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// TestTheBellRingsAgainForWhomIsAlertedAgain: for everybody when an alert begins, and
// later for those it is sent to.
func TestTheBellRingsAgainForWhomIsAlertedAgain(t *testing.T) {
	h := newHouse(t)
	bell := func(who access.Staff, last Bell) Bell {
		t.Helper()
		got, err := h.Bell(t.Context(), who, last)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := bell(h.budi, Bell{}); got.Waiting != 0 || !got.Newest.IsZero() {
		t.Errorf("nobody waits, and the bell is %+v", got)
	}
	rina := h.writes("AAA111", "sms", fact(casefile.Freedom, "locked"))
	began := h.Bed.Now()
	first := bell(h.budi, Bell{})
	if first.Waiting != 1 || !first.Newest.Equal(began) {
		t.Errorf("an alert began at %s, and the bell is %+v", began, first)
	}
	h.Forward(3 * time.Minute)
	h.Tx(func(tx *store.Tx) error {
		file, err := tx.CaseByRef(t.Context(), rina.Ref)
		if err != nil {
			return err
		}
		live, err := tx.LiveEscalation(t.Context(), file.ID)
		if err != nil {
			return err
		}
		return tx.PutAlert(t.Context(), store.Alert{Escalation: live.ID, Staff: h.budi.ID, Code: "K7Q2", LastQueuedAt: h.Bed.Now(), LastChannel: "sms"})
	})
	if got := bell(h.budi, first); !got.Newest.Equal(h.Bed.Now()) {
		t.Errorf("budi was alerted again, and the bell is %+v", got)
	}
	if got := bell(h.siti, Bell{}); !got.Newest.Equal(began) {
		t.Errorf("siti was not, and her bell is %+v", got)
	}
	if _, err := h.Acknowledge(t.Context(), h.budi, rina.Ref); err != nil {
		t.Fatal(err)
	}
	if got := bell(h.budi, first); got.Waiting != 0 {
		t.Errorf("it was acknowledged, and the bell is %+v", got)
	}
}
