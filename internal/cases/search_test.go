package cases

import (
	"slices"
	"strings"
	"testing"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// finds makes the desk know how addresses are typed: as they are, without spaces.
func (h *house) finds() {
	h.Addresses = func(typed string) []casefile.Address {
		id := casefile.Hide(strings.ReplaceAll(typed, " ", ""))
		return []casefile.Address{{Channel: "sms", ID: id}, {Channel: "telegram", ID: id}}
	}
}

func TestACaseIsFoundByReferenceCodeAndWholeNumber(t *testing.T) {
	h := newHouse(t)
	h.finds()
	rina := h.Person("AAA111", casefile.Address{Channel: "sms", ID: casefile.Hide("+628110001111")})
	rina.File = h.writes("BBB222", "telegram", locked).File
	rina.Says("tolong", locked)
	for typed, want := range map[string][]string{
		"AAA111": {"AAA111"}, " aaa-111 ": {"AAA111"}, "+62 811 0001 111": {"AAA111"}, "+6281100011": nil, "CCC333": nil, "0001111": nil,
		"halo apa kabar": nil,
	} {
		found, err := h.Search(t.Context(), h.budi, typed)
		if err != nil || !slices.Equal(found.Refs, want) {
			t.Errorf("%q finds %q, %v", typed, found.Refs, err)
		}
	}
	_, err := h.Search(t.Context(), h.budi, "  ")
	wants(t, err, NothingToSay)
}

// TestASearchTellsNothingOfWhatIsKeptFromThem compares what is found, and what is
// written down, for a case that is kept from somebody, one that is shut, and none.
func TestASearchTellsNothingOfWhatIsKeptFromThem(t *testing.T) {
	h := newHouse(t)
	h.finds()
	h.writes("AAA111", "sms", locked, heard("police"))
	h.stored(1, "OT", "open", "high", "MM", "timur")
	agus := h.hire("agus", access.CaseWorker, of(access.Police))
	kept, shut, none := Sought{Ref: "AAA111"}, Sought{Ref: "OT000"}, Sought{Ref: "ZZZ999"}
	for typed, want := range map[string]Sought{"AAA111": kept, "OT000": shut, "ZZZ999": none, "+62800AAA111": {}, "+62855 999": {}} {
		found, err := h.Search(t.Context(), agus, typed)
		if err != nil || found.Refs != nil || found.Ref != want.Ref {
			t.Errorf("%q finds %+v, %v", typed, found, err)
		}
	}
	h.Tx(func(tx *store.Tx) error {
		records, err := tx.AuditRecords(t.Context(), store.AuditFilter{Actor: agus.ID, Limit: 100})
		if len(records) != 5 {
			t.Errorf("%d searches are recorded", len(records))
		}
		for _, r := range records {
			if r.Action != actionSearched || r.Ref != "" || r.Detail.Reveal() != soughtRef && r.Detail.Reveal() != soughtNumber {
				t.Errorf("recorded: %s %s %q", r.Action, r.Ref, r.Detail.Reveal())
			}
		}
		return err
	})
	if found, err := h.Search(t.Context(), h.siti, "AAA111"); err != nil || !slices.Equal(found.Refs, []string{"AAA111"}) {
		t.Errorf("a supervisor finds %q, %v", found.Refs, err)
	}
}
