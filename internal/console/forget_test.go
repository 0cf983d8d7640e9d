package console

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/retention"
	"pulang/internal/store"
)

// forgets gives the console of a house a forgetter, without a ledger.
func forgets(h **house) func(*Options) {
	return func(o *Options) {
		o.Forget = retention.New(retention.Options{Store: o.Cases.Store, Now: func() time.Time { return (*h).Now() }, Log: o.Log})
	}
}

// TestASupervisorForgetsAClosedCaseWithASecondLook walks the whole way on the pages.
func TestASupervisorForgetsAClosedCaseWithASecondLook(t *testing.T) {
	var h *house
	h = newHouse(t, forgets(&h))
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	rina := h.writes("RINA1", "telegram", "hapus data saya yang di gudang merah", answered(casefile.ForgetAsked, "yes"), answered(casefile.Freedom, "locked"))

	siti.gets("/cases/RINA1").is(http.StatusOK).shows("asked to be forgotten", "Forget what this case holds")
	budi.gets("/cases/RINA1").is(http.StatusOK).hides("Forget what this case holds")
	budi.gets("/cases/RINA1/forget").is(http.StatusForbidden)
	budi.posts("/cases/RINA1/forget", url.Values{"typed": {"RINA1"}, "reason": {"x"}}).is(http.StatusForbidden)

	open := siti.gets("/cases/RINA1/forget").is(http.StatusOK).
		shows("This person asked us to delete their data", "Somebody else may hold the phone", "What goes", "What stays, and why",
			"Law 27/2022", "Ask your lawyer", "This case is open")
	open.hides(`name="typed"`)
	siti.posts("/cases/RINA1/forget", url.Values{"typed": {"RINA1"}, "reason": {"asked"}}).is(http.StatusConflict).shows("the case is open")

	rina.closes(siti.id)
	siti.gets("/cases/RINA1/forget").is(http.StatusOK).shows("Type RINA1 once more", "Forget it for good")
	siti.posts("/cases/RINA1/forget", url.Values{"typed": {"RINA2"}, "reason": {"they asked us"}}).is(http.StatusUnprocessableEntity).
		shows("the reference you typed is another one", "they asked us")
	siti.posts("/cases/RINA1/forget", url.Values{"typed": {"RINA1"}, "reason": {" "}}).is(http.StatusUnprocessableEntity).shows("write the reason")
	siti.gets("/cases/RINA1").is(http.StatusOK).shows("gudang merah")

	done := siti.posts("/cases/RINA1/forget", url.Values{"typed": {"rina1"}, "reason": {"they asked us"}}).is(http.StatusSeeOther)
	if to := done.header.Get("Location"); to != "/cases/RINA1" {
		t.Errorf("afterwards it leads to %q", to)
	}
	for _, path := range []string{"/cases/RINA1", "/cases/RINA1/forget"} {
		siti.gets(path).is(http.StatusOK).shows("What this case held is forgotten", "By Siti", "what the case held was forgotten").hides("gudang merah", `name="typed"`)
	}
	siti.posts("/cases/RINA1/forget", url.Values{"typed": {"RINA1"}, "reason": {"again"}}).is(http.StatusConflict).shows("was forgotten before")
	siti.posts("/cases/RINA1/note", url.Values{"note": {"x"}}).is(http.StatusNotFound)
	siti.gets("/").is(http.StatusOK)
}

// closes closes the case as a member of staff would, with everything about it ended.
func (p *person) closes(by casefile.ID) {
	p.Helper()
	p.Tx(func(tx *store.Tx) error {
		file, err := tx.CaseByRef(p.Context(), p.Ref)
		if err != nil {
			return err
		}
		if err := p.desk.Escalation.End(p.Context(), tx, file.ID, "closed", casefile.System("test"), p.Now()); err != nil {
			return err
		}
		if err := tx.CloseCase(p.Context(), file.ID, file.Version, p.Now()); err != nil {
			return err
		}
		alarms, err := tx.Alarms(p.Context())
		for _, a := range alarms {
			if err := tx.ClearAlarm(p.Context(), a.ID, by, p.Now()); err != nil {
				return err
			}
		}
		return err
	})
}
