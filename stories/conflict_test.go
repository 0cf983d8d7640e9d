package stories

import (
	"errors"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/store"
)

// sent says which agency sends a member of staff.
func (m *member) sent(agency access.Agency) *member {
	m.t.Helper()
	h := m.phone.h
	check(m.t, h.store.InTx(m.t.Context(), func(tx *store.Tx) error {
		return tx.PlaceStaff(m.t.Context(), m.id, store.MainTeam, agency, false)
	}))
	return m
}

// TestAReportThatNamesThePoliceNeverWakesThePolice: from the first message, up the
// whole ladder, and at the console.
func TestAReportThatNamesThePoliceNeverWakesThePolice(t *testing.T) {
	t.Parallel()
	h := open(t)
	agus := h.Staff("agus", staffing{chat: 9001, role: "supervisor"}).sent(access.Police)
	budi := h.Staff("budi", staffing{chat: 9002})
	rina := h.Telegram("Rina", 1001)
	rina.Says(plea + ", polisi jaga pintunya").Hears("Pesanmu masuk")
	budi.Hears("KRITIS")
	for range 12 {
		h.Forward(time.Minute)
	}
	budi.Hears("12 mnt")
	agus.HearsNothing()
	at := agus.Console()
	at.who.Role = access.Supervisor
	if q, err := at.desk.Queue(t.Context(), at.who); err != nil || len(q.Lines)+len(q.Counts)+len(q.Alarms) > 0 {
		t.Errorf("his queue has %d cases, %v", len(q.Lines), err)
	}
	if _, err := at.desk.Open(t.Context(), at.who, at.ref()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("he opens it: %v", err)
	}
}

// TestWhoeverTookOverLosesItWhenTheirAgencyIsNamed: in the middle of a conversation.
func TestWhoeverTookOverLosesItWhenTheirAgencyIsNamed(t *testing.T) {
	t.Parallel()
	h := open(t)
	agus := h.Staff("agus", staffing{chat: 9001}).sent(access.Police)
	budi := h.Staff("budi", staffing{chat: 9002})
	rina := h.Telegram("Rina", 1001)
	rina.Says(plea).Hears("Pesanmu masuk")
	agus.Hears("KRITIS")
	budi.Hears("KRITIS")
	code := agus.Code()
	agus.Acknowledges().Hears("Tercatat")
	agus.Console().Takes()
	rina.Hears("Halo, ini agus")
	rina.Says("bukan petugas ya? polisi yang antar kami ke sini")
	budi.Hears("KRITIS")
	h.Settle()
	if n := h.count(`SELECT count(*) FROM conversations WHERE taken_by IS NOT NULL`); n != 0 {
		t.Error("she still writes with him")
	}
	agus.Says("OK " + code).Hears("Kode itu tidak ada")
	h.Forward(time.Minute)
	agus.HearsNothing()
}
