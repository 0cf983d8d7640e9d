package console

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
)

// hrefs are the links of a page, by their words.
func (a *answer) hrefs() map[string]string {
	out := map[string]string{}
	for _, found := range regexp.MustCompile(`(?s)<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>`).FindAllStringSubmatch(a.body, -1) {
		out[strings.TrimSpace(text(found[2]))] = strings.ReplaceAll(found[1], "&amp;", "&")
	}
	return out
}

// follows opens a link of a page.
func (o *officer) follows(a *answer, words string) *answer {
	o.Helper()
	to := a.hrefs()[words]
	if to == "" {
		o.Fatalf("%s has no link %q: %v", a.what, words, a.hrefs())
	}
	return o.gets(to).is(http.StatusOK)
}

func TestALongConversationIsReadPageByPage(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", "pertama sekali", locked)
	for i := range cases.ThreadSize {
		rina.Says(fmt.Sprintf("lanjut %d.", i))
	}
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	page := budi.gets("/cases/AAA111").is(http.StatusOK)
	page.shows("lanjut 99.", "Earlier messages").hides("pertama sekali", "This is an older part")
	older := budi.follows(page, "Earlier messages")
	older.shows("pertama sekali", "This is an older part").hides("lanjut 0.", "Earlier messages")
	if !strings.Contains(older.body, `data-page="/cases/AAA111?before=`) {
		t.Error("a refresh would lead away from the older part")
	}
	revealed := budi.posts("/cases/AAA111/reveal", formOf("before", older.field("before"))).is(http.StatusOK)
	revealed.shows("pertama sekali", rina.number)
	budi.follows(older, "Go to the newest messages").shows("lanjut 99.")
	budi.gets("/cases/AAA111?before=nonsense").is(http.StatusBadRequest)
	budi.gets("/cases/AAA111?conversation=x").is(http.StatusBadRequest)
}

func TestAnEditedMessageShowsWhatItWasAtFirst(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", "tolong", locked)
	rina.Edits("saya dikunci", "saya baik saja")
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	budi.gets("/cases/AAA111").shows("Changed their message saya baik saja At first: saya dikunci", "changed later")
}

func TestTheSentenceBehindARuleLeadsToItsMessage(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "telegram", "aku dskp di kamar", locked)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	page := budi.gets("/cases/AAA111").is(http.StatusOK)
	links := regexp.MustCompile(`<a class="source" href="#(m-[0-9a-f-]+)"><q dir="auto">dskp</q></a>`).FindAllStringSubmatch(page.body, -1)
	if len(links) < 2 || !strings.Contains(page.body, `id="`+links[0][1]+`"`) {
		t.Errorf("rule and fact do not lead to the message: %q", links)
	}
}

func TestConversationsOfACaseStandSideBySide(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", "dari telegram", locked)
	h.Forward(time.Minute)
	second := h.writes("BBB222", "sms", "dari hp lain")
	if _, err := h.SQL().Exec(t.Context(), `
		UPDATE case_conversations SET case_id = (SELECT id FROM cases WHERE ref = 'AAA111') WHERE conversation_id = $1`, second.Lane); err != nil {
		t.Fatal(err)
	}
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	page := budi.gets("/cases/AAA111").shows("1. Telegram", "2. SMS", "replies go here", "dari hp lain").hides("dari telegram", "Replies go to another one")
	first := budi.gets("/cases/AAA111?conversation=1").shows("dari telegram", "Replies go to another one", "Reply in conversation 1").hides("dari hp lain")
	if strings.Contains(first.body, `action="/cases/AAA111/take"`) {
		t.Error("beside a conversation that nobody answers in stands a composer")
	}
	stale := formOf("id", rina.Lane.String(), "version", "0")
	budi.posts("/cases/AAA111/answer-in", stale).is(http.StatusConflict)
	budi.posts("/cases/AAA111/answer-in", formOf("id", rina.Lane.String(), "version", first.field("version"))).is(http.StatusSeeOther)
	now := budi.gets("/cases/AAA111").shows("dari telegram", "They wrote last in conversation 2 (SMS)").hides("dari hp lain")
	if now.what == page.what && now.body == page.body {
		t.Error("nothing changed")
	}
	if did := budi.entries(); did[len(did)-1] != "conversation.chosen AAA111" && did[len(did)-2] != "conversation.chosen AAA111" {
		t.Errorf("audited: %q", did)
	}
}

func TestTheStripSaysWhatIsKnownOfWhoWrites(t *testing.T) {
	h := newHouse(t)
	h.writes("SAME11", "telegram", "tolong", locked)
	h.writes("BORR11", "telegram", "tolong", locked, answered(casefile.DeviceWatched, "borrowed"))
	took := heard(casefile.Retraction, "yes", "salah nomor")
	h.writes("TOOK11", "telegram", "salah nomor", locked, took)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	budi.gets("/cases/SAME11").shows("The same number That is not proof of the same person")
	budi.gets("/cases/BORR11").shows("A borrowed phone Its owner may be the one who reads")
	budi.gets("/cases/TOOK11").shows("Perhaps under pressure Assume somebody reads along. Do not lower the urgency", "Under pressure? Seen", "salah nomor")
	h.Forward(25 * time.Hour)
	siti := h.hires("siti", access.Supervisor, "id").signsIn()
	siti.gets("/cases/SAME11").shows("Lama tidak menulis HP bisa sudah di tangan orang lain")
	siti.gets("/cases/TOOK11").shows("Mungkin di bawah tekanan")
}
