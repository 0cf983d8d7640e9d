package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
)

// joins puts the conversation of another person into the case of this one.
func (p *person) joins(other *person) {
	p.Helper()
	if _, err := p.SQL().Exec(p.Context(), `
		UPDATE case_conversations SET case_id = (SELECT id FROM cases WHERE ref = $1) WHERE conversation_id = $2`, p.Ref, other.Lane); err != nil {
		p.Fatal(err)
	}
}

func TestAReplyWrittenForOnePhoneIsRefusedWhenRepliesGoToAnother(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA222", "telegram", "dari telegram")
	h.Forward(time.Minute)
	second := h.writes("BBB222", "sms", "dari hp lain")
	rina.joins(second)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	budi.posts("/cases/AAA222/take", nil).is(http.StatusSeeOther)
	page := budi.gets("/cases/AAA222").shows("dari hp lain")
	if page.field("in") != second.Lane.String() {
		t.Fatalf("the form is for %q", page.field("in"))
	}
	h.Forward(time.Minute)
	rina.Says("kembali ke telegram") // and now replies go there
	form := formOf("id", page.field("id"), "in", page.field("in"), "shown", page.field("shown"), "text", "Kami baca di HP kedua.")
	budi.posts("/cases/AAA222/reply", form).is(http.StatusConflict).shows("replies go to another conversation of this case now", "Kami baca di HP kedua.")
	form.Set("in", "none of ours")
	budi.posts("/cases/AAA222/reply", form).is(http.StatusBadRequest)
	budi.gets("/cases/AAA222").hides("Kami baca di HP kedua.")
	budi.gets("/cases/AAA222?conversation=2").shows("dari hp lain").hides("Kami baca di HP kedua.")
}

func TestTheStripSaysWhetherPressureWasSeen(t *testing.T) {
	h := newHouse(t)
	took := heard(casefile.Retraction, "yes", "salah nomor 0812 3456 7890")
	rina := h.writes("AAA222", "telegram", "salah nomor", locked, took)
	h.Forward(12 * time.Minute)
	second := h.writes("BBB222", "sms", "tolong", locked)
	second.joins(rina)
	h.writes("CCC222", "sms", "tolong", locked)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	budi.gets("/cases/BBB222").shows("Under pressure? Seen 12 min ago. Assume somebody reads along conversation 1 salah nomor •••••••")
	budi.gets("/cases/CCC222").shows("Under pressure? Nothing seen That is no proof")
	if page := budi.gets("/").body; !strings.Contains(page, "possibly coerced") {
		t.Error("the queue does not say so")
	}
}

func TestWhatStandsInTheWayNamesTheConversation(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA222", "telegram", "dari telegram")
	h.Forward(time.Minute)
	rina.joins(h.writes("BBB222", "sms", "dari hp lain"))
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	page := budi.gets("/cases/AAA222").shows("Written in, and nobody has opened it since 1 conversation 1")
	if !strings.Contains(page.body, `href="?conversation=1#thread"`) {
		t.Error("no way leads there")
	}
	budi.gets("/cases/AAA222?conversation=1").hides("nobody has opened it since")
}

func TestAReferenceInTheirWordsIsOfferedAsALink(t *testing.T) {
	h := newHouse(t)
	h.writes("CCC222", "telegram", "halo")
	h.writes("AAA222", "telegram", "nomor saya CCC222")
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	page := budi.gets("/cases/AAA222").shows("They wrote the reference of another case", "CCC222")
	if page.field("other") != "CCC222" {
		t.Errorf("the form proposes %q", page.field("other"))
	}
}
