package cases

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/gsm7"
	"pulang/internal/store"
)

func named(offers []Offer) (names []string) {
	for _, o := range offers {
		names = append(names, o.Name)
	}
	return names
}

func TestAWatchedPhoneIsOfferedOnlyWhatGivesNothingAway(t *testing.T) {
	h := newHouse(t)
	watched, free := h.writes("AAA111", "sms", locked), h.writes("BBB222", "sms", locked, nobodyElse)
	few, all := rinaOffers(watched), rinaOffers(free)
	if len(few) < 3 || len(all) < len(few)+3 {
		t.Fatalf("offered are %v and %v", named(few), named(all))
	}
	for _, o := range few {
		if !o.Disguised {
			t.Errorf("%s is offered for a watched phone", o.Name)
		}
	}
	for _, o := range all {
		for _, lang := range h.Book.Langs() {
			body := strings.ReplaceAll(o.Bodies[lang], "{name}", strings.Repeat("n", longestName))
			if o.Titles[lang] == "" || body == "" || !gsm7.OneSegment(body) || strings.ContainsAny(body, "{}") {
				t.Errorf("%s in %s: %q, %q", o.Name, lang, o.Titles[lang], body)
			}
		}
	}
	if _, err := h.Insert(t.Context(), h.budi, watched.Ref, casefile.ID{}, "no_money", "id", "", "Budi"); err == nil {
		t.Error("a telling reply is put in for a watched phone")
	}
}

func rinaOffers(p *person) []Offer { return p.openAs(p.budi).Offers }

func TestACannedReplyIsPutBehindWhatWasTyped(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	before := rina.said()
	text, err := h.Insert(t.Context(), h.budi, rina.Ref, casefile.ID{}, "received", "id", "Halo. ", "Budi")
	if err != nil || text != "Halo.\nIni Budi. Pesanmu sudah kubaca semua." {
		t.Errorf("got %q, %v", text, err)
	}
	if a := rina.openAs(h.budi); !a.Reply.Is(text) {
		t.Error("it is not in the composer")
	}
	same(t, "nothing is sent", rina.said(), before)
	for _, c := range [][2]string{{"received", "xx"}, {"nothing", "id"}, {"", ""}} {
		_, err := h.Insert(t.Context(), h.budi, rina.Ref, casefile.ID{}, c[0], c[1], "Halo", "Budi")
		wants(t, err, NoSuchReply)
	}
}

func texts(id, en string) map[string]store.CannedText {
	return map[string]store.CannedText{"id": {Title: "Judul", Body: id}, "en": {Title: "Title", Body: en}}
}

func TestACannedReplyTakesTwoPeople(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	id, err := h.ProposeCanned(t.Context(), h.siti, "sudah_makan", true, texts("Sudah makan?", "Have you eaten?"))
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(named(rinaOffers(rina)), "sudah_makan") {
		t.Error("a proposal is offered")
	}
	_, err = h.ProposeCanned(t.Context(), h.budi, "sudah_makan", true, texts("Makan?", "Eaten?"))
	wants(t, err, Changed)
	wants(t, h.ApproveCanned(t.Context(), h.siti, id), SecondPerson)
	ani := h.Member("ani", access.Supervisor)
	if err := h.ApproveCanned(t.Context(), h.budi, id); err != access.ErrDenied {
		t.Errorf("a duty officer approves: %v", err)
	}
	if err := h.ApproveCanned(t.Context(), ani, id); err != nil {
		t.Fatal(err)
	}
	wants(t, h.RefuseCanned(t.Context(), ani, id), Changed)
	if text, err := h.Insert(t.Context(), h.budi, rina.Ref, casefile.ID{}, "sudah_makan", "en", "", "Budi"); err != nil || text != "Have you eaten?" {
		t.Errorf("got %q, %v", text, err)
	}
	h.Forward(time.Minute)
	wants(t, h.RetireCanned(t.Context(), ani, "sudah_makan", "read before"), Changed)
	if err := h.RetireCanned(t.Context(), ani, "sudah_makan", h.markOf(ani, "sudah_makan")); err != nil {
		t.Fatal(err)
	}
	wants(t, h.RetireCanned(t.Context(), ani, "sudah_makan", h.markOf(ani, "sudah_makan")), NoSuchReply)
	if slices.Contains(named(rinaOffers(rina)), "sudah_makan") {
		t.Error("a retired one is offered")
	}
	var audited []string
	h.Tx(func(tx *store.Tx) error {
		records, err := tx.AuditRecords(t.Context(), store.AuditFilter{Limit: 100})
		for _, r := range slices.Backward(records) {
			if strings.HasPrefix(r.Action, "canned.") {
				audited = append(audited, r.Action)
			}
		}
		return err
	})
	same(t, "the audit", audited, []string{"canned.proposed", "canned.approved", "canned.retired"})
}

// TestAShippedReplyIsReplacedOrTakenAway under its own name, and comes back only as
// somebody approves it anew.
func TestAShippedReplyIsReplacedOrTakenAway(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	ani := h.Member("ani", access.Supervisor)
	shipped := len(rinaOffers(rina))
	if err := h.RetireCanned(t.Context(), h.siti, "received", h.markOf(h.siti, "received")); err != nil {
		t.Fatal(err)
	}
	if got := rinaOffers(rina); len(got) != shipped-1 || slices.Contains(named(got), "received") {
		t.Errorf("taken away, and offered are %v", named(got))
	}
	h.Forward(time.Minute)
	for _, body := range []string{"Ini {name}. Sudah kubaca.", "Ini {name}. Semua sudah kubaca."} {
		id, err := h.ProposeCanned(t.Context(), h.budi, "received", true, texts(body, "It is {name}. I have read it."))
		if err != nil {
			t.Fatal(err)
		}
		if err := h.ApproveCanned(t.Context(), ani, id); err != nil {
			t.Fatal(err)
		}
		want := strings.ReplaceAll(body, "{name}", "Budi")
		if text, err := h.Insert(t.Context(), h.budi, rina.Ref, casefile.ID{}, "received", "id", "", "Budi"); err != nil || text != want {
			t.Errorf("got %q, %v, want %q", text, err, want)
		}
		if len(rinaOffers(rina)) != shipped {
			t.Error("one name is offered twice")
		}
		h.Forward(time.Minute)
	}
	book, err := h.Canned(t.Context(), ani)
	if err != nil || len(book.Written) != 3 || len(book.Offered) <= shipped || book.Names[h.budi.ID] == (casefile.Private{}) {
		t.Errorf("the book has %d written and %d offered, %v", len(book.Written), len(book.Offered), err)
	}
}

func TestAnUnfitCannedReplyIsRefusedWithItsRule(t *testing.T) {
	h := newHouse(t)
	for name, row := range map[string]struct {
		id, en, what string
		disguised    bool
	}{
		"rule 5":         {"Kenapa kamu pergi?", "How are you?", "id: 5:", false},
		"rule 6":         {"Halo.", "We guarantee it.", "en: 6:", false},
		"rule 7":         {"Kabur saja.", "Hello.", "id: 7:", false},
		"rule 15":        {"Petugas sudah baca.", "Hello.", "id: 15:", true},
		"rule 29":        {"Kirim ke 12345678.", "Hello.", "id: 29", false},
		"rule 45":        {"Hubungi KBRI.", "Hello.", "id: 45:", false},
		"two SMS":        {strings.Repeat("halo ", 33), "Hello.", "id: 1 SMS", false},
		"a long name":    {strings.Repeat("halo ", 28) + "ini {name}", "Hello.", "id: 1 SMS", false},
		"a variable":     {"Halo {nama}.", "Hello.", "id: {name}", false},
		"no english":     {"Halo.", "", "en: empty", false},
		"not GSM":        {"Halo \U0001F600", "Hello.", "id: tone:", false},
		"an exclamation": {"Halo!", "Hello.", "id: tone:", false},
	} {
		_, err := h.ProposeCanned(t.Context(), h.budi, "percobaan", row.disguised, texts(row.id, row.en))
		wants(t, err, Unfit)
		if refused, ok := err.(*Refused); !ok || !strings.HasPrefix(refused.What, row.what) {
			t.Errorf("%s: %+v, want %q", name, err, row.what)
		}
	}
	for _, name := range []string{"", "A", "dua kata", "x", "../x"} {
		_, err := h.ProposeCanned(t.Context(), h.budi, name, false, texts("Halo.", "Hello."))
		wants(t, err, Unfit)
	}
	if _, err := h.ProposeCanned(t.Context(), h.Member("ani", access.Auditor), "percobaan", false, texts("Halo.", "Hello.")); err != access.ErrDenied {
		t.Errorf("an auditor proposes: %v", err)
	}
}

// markOf is the mark of a canned reply that is offered; empty: there is none.
func (h *house) markOf(who access.Staff, name string) string {
	h.Helper()
	book, err := h.Canned(h.Context(), who)
	if err != nil {
		h.Fatal(err)
	}
	if i := slices.IndexFunc(book.Offered, func(o Offer) bool { return o.Name == name }); i >= 0 {
		return book.Offered[i].Mark()
	}
	return ""
}
