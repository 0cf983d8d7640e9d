package cases

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/directory"
	"pulang/internal/store"
)

const bangkokNumber = "+66929031103"

// entry is one institution as it stands.
func (h *house) entry(id string) directory.Standing {
	h.Helper()
	all, _, err := h.Directory(h.Context(), h.siti)
	if err != nil {
		h.Fatal(err)
	}
	for _, s := range all {
		if s.Latest.ID == id {
			return s
		}
	}
	h.Fatalf("%s is not in the directory", id)
	return directory.Standing{}
}

// mayAsk are the ids of what a case may be referred to.
func (h *house) mayAsk() string {
	h.Helper()
	var ids []string
	h.Tx(func(tx *store.Tx) error {
		all, err := h.recipients(h.Context(), tx)
		ids = nil
		for _, r := range all {
			if r.Usable {
				ids = append(ids, r.ID)
			}
		}
		return err
	})
	return strings.Join(ids, " ")
}

func (h *house) good(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func TestAnInstitutionIsUsedOnceASupervisorConfirmedItAndUntilTheCheckIsOld(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	if got := h.mayAsk(); got != "kemlu" {
		t.Fatalf("as it is shipped one may ask %q, want the Foreign Ministry alone", got)
	}
	wants(t, h.ConfirmInstitution(ctx, h.siti, "kbri-bangkok", 0, "2026-02-28", " "), NoReason)
	wants(t, h.ConfirmInstitution(ctx, h.siti, "kbri-bangkok", 0, "2026-03-05", "besok"), BadDate)
	wants(t, h.ConfirmInstitution(ctx, h.siti, "kbri-bangkok", 0, "2025-03-01", "dulu"), BadDate)
	wants(t, h.ConfirmInstitution(ctx, h.siti, "sbmi", 0, "2026-02-28", "tidak ada nomor"), NoNumber)
	if err := h.ConfirmInstitution(ctx, h.budi, "kbri-bangkok", 0, "2026-02-28", "diangkat"); !errors.Is(err, access.ErrDenied) {
		t.Errorf("a duty officer confirms: %v", err)
	}
	h.good(h.ConfirmInstitution(ctx, h.siti, "kbri-bangkok", 0, "2026-02-28", "diangkat oleh petugas jaga"))
	wants(t, h.ConfirmInstitution(ctx, h.siti, "kbri-bangkok", 0, "2026-02-28", "dua kali"), Changed)
	if got := h.mayAsk(); got != "kemlu kbri-bangkok" {
		t.Errorf("one may ask %q", got)
	}
	if s := h.entry("kbri-bangkok"); s.Latest.CheckedOn != "2026-02-28" || s.Latest.By != h.siti.ID || !s.Latest.Note.Is("diangkat oleh petugas jaga") {
		t.Errorf("the check is written down as %+v", s.Latest)
	}
	h.Forward(directory.StaleAfter)
	if got := h.mayAsk(); got != "kemlu" {
		t.Errorf("half a year later one may ask %q: the check is old", got)
	}
}

func TestWhoWroteANumberDownDoesNotConfirmIt(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	dewi := h.Member("dewi", access.Supervisor)
	h.good(h.ConfirmInstitution(ctx, h.siti, "kbri-bangkok", 0, "2026-02-28", "diangkat"))
	e := h.entry("kbri-bangkok").Latest.Entry
	e.Numbers = []directory.Number{{E164: "096 192 3237", Kind: directory.Phone}}
	h.good(h.ProposeInstitution(ctx, h.siti, 1, e))
	wants(t, h.ProposeInstitution(ctx, h.budi, 1, e), Changed)
	wants(t, h.ConfirmInstitution(ctx, h.siti, "kbri-bangkok", 2, "2026-03-01", "saya yakin"), SecondPerson)
	if s := h.entry("kbri-bangkok"); s.Good.Numbers[0].E164 != bangkokNumber || !s.Usable(h.Now()) {
		t.Error("a proposal took the place of what was confirmed")
	}
	h.good(h.ConfirmInstitution(ctx, dewi, "kbri-bangkok", 2, "2026-03-01", "diangkat"))
	if s := h.entry("kbri-bangkok"); s.Good.Numbers[0].E164 != "+66961923237" {
		t.Errorf("confirmed is %v", s.Good.Numbers)
	}
	h.good(h.ProposeInstitution(ctx, h.budi, 3, e))
	wants(t, h.RefuseInstitution(ctx, h.siti, "kbri-bangkok", 4, ""), NoReason)
	h.good(h.RefuseInstitution(ctx, h.siti, "kbri-bangkok", 4, "nomor pribadi"))
	wants(t, h.RefuseInstitution(ctx, h.siti, "kbri-bangkok", 5, "lagi"), NotProposed)
	h.good(h.WithdrawInstitution(ctx, h.siti, "kbri-bangkok", 5, "tidak diangkat lagi"))
	wants(t, h.ConfirmInstitution(ctx, dewi, "kbri-bangkok", 6, "2026-03-01", "diangkat"), Gone)
	wants(t, h.WithdrawInstitution(ctx, h.siti, "kemlu", 0, "salah"), LastNumber)
	if got := h.mayAsk(); got != "kemlu" {
		t.Errorf("one may ask %q", got)
	}
}

func TestANumberThatRingsElsewhereIsNotWrittenDown(t *testing.T) {
	h := newHouse(t)
	e := h.entry("kbri-bangkok").Latest.Entry
	for number, want := range map[string]string{"+65929031103": "number_1 no_number", "+6591234567": "number_1 other_place"} {
		e.Numbers = []directory.Number{{E164: number, Kind: directory.Phone}}
		err := h.ProposeInstitution(t.Context(), h.budi, 0, e)
		var refused *Refused
		if !errors.As(err, &refused) || refused.Why != BadEntry || refused.What != want {
			t.Errorf("%s: %v, want %s", number, err, want)
		}
	}
	e.Agency = string(access.Own)
	wants(t, h.ProposeInstitution(t.Context(), h.budi, 0, e), BadEntry)
	if s := h.entry("kbri-bangkok"); len(s.History) != 1 {
		t.Error("something was written")
	}
}

func TestANewInstitutionHasAnIDOfItsOwn(t *testing.T) {
	h := newHouse(t)
	e := h.entry("lpsk").Latest.Entry
	e.ID, e.Central, e.Name = "", true, map[string]string{"id": "Rumah Aman", "en": "Safe House!"}
	h.good(h.ProposeInstitution(t.Context(), h.budi, 0, e))
	h.Forward(time.Second)
	h.good(h.ProposeInstitution(t.Context(), h.budi, 0, e))
	all, _, err := h.Directory(t.Context(), h.budi)
	h.good(err)
	if n := len(all); !strings.HasPrefix(all[n-1].Latest.ID, "safe-house-") || all[n-1].Latest.ID == all[n-2].Latest.ID || all[n-1].Latest.Central {
		t.Errorf("new entries are %q and %q", all[n-2].Latest.ID, all[n-1].Latest.ID)
	}
}

// Rules 28 and 29: of long numbers only those of the directory pass, and none to a
// phone that may be watched.
func TestOnlyNumbersOfTheDirectoryAreTold(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	rina := h.writes("AAA111", "telegram", fact(casefile.DeviceWatched, "nobody"))
	rina.take(h.budi)
	says := func(p *person, text string) error {
		_, err := h.Reply(ctx, h.budi, p.Ref, Said{ID: casefile.NewID(h.Now()), Text: text})
		return err
	}
	wants(t, says(rina, "Hubungi "+bangkokNumber), AccountNumber)
	h.good(h.ConfirmInstitution(ctx, h.siti, "kbri-bangkok", 0, "2026-02-28", "diangkat"))
	h.good(says(rina, "Hubungi +66 92-903-1103 atau +6281290070027"))
	wants(t, says(rina, "Hubungi "+bangkokNumber+" rekening 1234567890"), AccountNumber)
	wants(t, says(rina, "Hubungi 0929031103"), AccountNumber)
	if got := strings.Join(rina.said(), "\n"); strings.Count(got, "Hubungi") != 1 || strings.Contains(got, "rekening") {
		t.Errorf("said: %s", got)
	}
	watched := h.writes("BBB222", "telegram", fact(casefile.DeviceWatched, "sometimes"))
	watched.take(h.budi)
	wants(t, says(watched, "Hubungi "+bangkokNumber), TellingNumber)
	wants(t, says(watched, "rekening 1234567890"), AccountNumber)
}

func TestTheDirectoryIsAuditedAndItsNotesAreSealed(t *testing.T) {
	h := newHouse(t)
	h.good(h.ConfirmInstitution(t.Context(), h.siti, "kbri-bangkok", 0, "2026-02-28", "diangkat oleh Pak Canary"))
	var records []store.Record
	h.Tx(func(tx *store.Tx) (err error) {
		records, err = tx.AuditRecords(t.Context(), store.AuditFilter{Actor: h.siti.ID, Limit: 10})
		return err
	})
	if len(records) != 1 || records[0].Action != "directory.confirmed" || !records[0].Detail.Is("kbri-bangkok 1") {
		t.Errorf("the audit says %+v", records)
	}
	var row string
	if err := h.SQL().QueryRow(t.Context(), `SELECT row_to_json(r)::text FROM directory_revisions r`).Scan(&row); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(row, "Canary") || !strings.Contains(row, bangkokNumber) {
		t.Errorf("the row reads %s", row)
	}
}
