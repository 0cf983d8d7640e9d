package cases

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/store"
)

// twoPhones is a quiet case of somebody who writes from two phones: staff answer in the
// second, which was written in last.
func (h *house) twoPhones() (first, second *person) {
	h.Helper()
	first = h.quiet("AAA222")
	h.Forward(time.Minute)
	second = h.writes("BBB222", "sms")
	first.beside(second)
	first.delivered()
	h.Forward(time.Minute)
	return first, second
}

// standing are the obstacles that speak of conversations, as lines.
func (p *person) standing() []string {
	p.Helper()
	var lines []string
	for _, o := range p.open().Checklist {
		if len(o.Talks) > 0 {
			lines = append(lines, fmt.Sprint(o.Why, " ", o.N, " ", o.Talks))
		}
	}
	return lines
}

func (p *person) reads(conversation int) View {
	p.Helper()
	v, err := p.OpenAt(p.Context(), p.budi, p.Ref, Look{Conversation: conversation})
	if err != nil {
		p.Fatal(err)
	}
	return v
}

func TestACaseIsNotClosedOverAConversationNobodyLooksAt(t *testing.T) {
	h := newHouse(t)
	first, second := h.twoPhones()
	for _, in := range []*person{first, second} { // the second, whoever writes
		h.does(h.AnswerIn(t.Context(), h.budi, first.Ref, first.open().Case.Version, in.Lane))
	}
	h.Forward(time.Second)
	first.Says("halo lagi")
	h.Forward(time.Second)
	same(t, "nobody opened the first", first.standing(), []string{"unopened 1 [1]"})
	first.reads(1)
	same(t, "it was opened", first.standing(), nil)
	h.Forward(time.Second)
	first.reads(1) // the same look: nothing was written since
	h.Forward(time.Second)
	first.Says("masih di sini")
	h.Forward(time.Second)
	same(t, "they wrote in the first since", first.standing(), []string{"unopened 1 [1]"})
	first.reads(1)
	same(t, "that was read", first.standing(), nil)
	first.hears("ditahan untuk nanti", "queued")
	first.Receives("satu lagi")
	same(t, "what waits in the first", first.standing(), []string{"unread 1 [1]", "unsent 1 [1]"})
	wants(t, h.Close(t.Context(), h.budi, first.Ref, first.open().Case.Version, "selesai"), Unread)
}

func TestHeldRepliesOfEveryConversationKeepACaseOpen(t *testing.T) {
	h := newHouse(t)
	first, _ := h.twoPhones()
	first.reads(1)
	if err := h.AnswerIn(t.Context(), h.budi, first.Ref, first.open().Case.Version, first.Lane); err != nil {
		t.Fatal(err)
	}
	first.take(h.budi)
	h.Forward(casefile.AnswerWindow)
	if err := replyOf(first, h.budi, "Nanti kami tulis."); err != nil {
		t.Fatal(err)
	}
	second := first.open().Conversations[1].ID
	if err := h.AnswerIn(t.Context(), h.budi, first.Ref, first.open().Case.Version, second); err != nil {
		t.Fatal(err)
	}
	first.delivered()
	if got := first.standing(); !slices.Contains(got, "held_reply 1 [1]") {
		t.Errorf("a reply is held in the first, and what stands in the way is %q", got)
	}
}

func TestAColleagueInAnotherConversationKeepsACaseOpen(t *testing.T) {
	h := newHouse(t)
	first, _ := h.twoPhones()
	first.take(h.siti) // answers in the second
	h.does(h.AnswerIn(t.Context(), h.siti, first.Ref, first.open().Case.Version, first.Lane))
	first.take(h.budi)
	if _, err := first.SQL().Exec(t.Context(), `UPDATE conversations SET taken_by = $1, taken_at = $2 WHERE id = $3`,
		h.siti.ID, h.Bed.Now(), first.open().Conversations[1].ID); err != nil {
		t.Fatal(err)
	}
	first.reads(2)
	first.delivered()
	same(t, "siti answers in the second", first.standing(), []string{"taken_by_other 0 [2]"})
	err := h.Close(t.Context(), h.budi, first.Ref, first.open().Case.Version, "selesai")
	wants(t, err, TakenByOther)
	h.does(h.HandBack(t.Context(), h.budi, first.Ref))
	first.take(h.siti) // in both now
	first.delivered()
	h.does(h.Close(t.Context(), h.siti, first.Ref, first.open().Case.Version, "selesai"))
	for _, c := range first.open().Conversations {
		if !c.TakenBy.IsZero() {
			t.Errorf("the case is closed, and somebody answers by %s", c.Channel)
		}
	}
}

func TestAReplyGoesToNoOtherPhoneThanItWasWrittenFor(t *testing.T) {
	h := newHouse(t)
	first, second := h.twoPhones()
	first.take(h.budi)
	say := func(in casefile.ID) error {
		_, err := h.Reply(t.Context(), h.budi, first.Ref, Said{ID: casefile.NewID(h.Bed.Now()), In: in, Text: "Kami di sini."})
		return err
	}
	wants(t, say(first.Lane), Moved)
	h.does(say(second.Lane))
	wants(t, say(first.Lane), Moved)
	h.does(h.AnswerIn(t.Context(), h.budi, first.Ref, first.open().Case.Version, first.Lane))
	wants(t, say(second.Lane), Moved) // and before anything else is said of it
	_, err := h.Insert(t.Context(), h.budi, first.Ref, second.Lane, "received", "id", "Halo", "Budi")
	wants(t, err, Moved)
	_, err = h.AskOverride(t.Context(), h.budi, first.Ref, Asking{ID: casefile.NewID(h.Bed.Now()), In: second.Lane, Text: "halo", Reason: "x", First: store.WordsFirst})
	wants(t, err, Moved)
	h.does(h.Draft(t.Context(), h.budi, first.Ref, Typed{In: second.Lane, Texts: map[store.DraftKind]string{store.ReplyDraft: "untuk HP kedua"}}))
	if got := first.open().Answering.Reply; !got.IsEmpty() {
		t.Errorf("what was typed for the second phone stands in the field for the first: %q", got.Reveal())
	}
	h.does(h.AnswerIn(t.Context(), h.budi, first.Ref, first.open().Case.Version, second.Lane))
	if got := first.open().Answering.Reply.Reveal(); got != "untuk HP kedua" {
		t.Errorf("what was typed for the second phone is %q", got)
	}
}

func TestTheTimelineSaysWhyEachStepWasDone(t *testing.T) {
	h := newHouse(t)
	rina := h.quiet("AAA222")
	version := rina.open().Case.Version
	h.does(h.Snooze(t.Context(), h.budi, rina.Ref, version, h.Bed.Now().Add(time.Hour), "menunggu kakaknya di 0812 3456 7890"))
	h.Forward(time.Minute)
	h.does(h.Assign(t.Context(), h.budi, rina.Ref, Holding{Team: store.MainTeam}, "budi", store.MainTeam, "saya kenal tempatnya"))
	want := []string{"change case.assigned saya kenal tempatnya", "change case.snoozed menunggu kakaknya di •••••••"}
	same(t, "the timeline", rina.timeline(Wanted{Kinds: []EventKind{EventChange}, Most: 2}).told(), want)
	var recent []string
	for _, e := range rina.open().Recent {
		if e.Kind == EventChange && !e.Text.IsEmpty() {
			recent = append(recent, "change "+e.What+" "+e.Text.Reveal())
		}
	}
	same(t, "the page of the case", recent, want)
}

func TestTheTimelineIsSilentAboutALinkToACaseThatIsNotThere(t *testing.T) {
	h := newHouse(t)
	rina, dewi := h.quiet("AAA222"), h.quiet("CCC222")
	h.does(h.ProposeLink(t.Context(), h.siti, rina.Ref, dewi.Ref, store.SameGroup, "satu mobil"))
	links := func() (lines []string) {
		for _, line := range rina.timeline(Wanted{Most: 50}).told() {
			if strings.Contains(line, "link.") {
				lines = append(lines, line)
			}
		}
		return lines
	}
	same(t, "while both are reached", links(), []string{"change link.proposed satu mobil"})
	h.does(h.Exclude(t.Context(), h.siti, dewi.Ref, "budi", "keluarga"))
	same(t, "once the other is kept from them", links(), nil)
}

func TestPressureIsSeenInEveryConversationAndInTheQueue(t *testing.T) {
	h := newHouse(t)
	first := h.writes("AAA222", "telegram", locked, fact(casefile.Retraction, "yes"))
	h.Forward(time.Minute)
	second := h.writes("BBB222", "sms", locked)
	second.beside(first)
	v := second.open()
	if v.Lane.ID != second.Lane || len(v.Pressure) != 1 || v.Pressure[0].Talk != 1 {
		t.Fatalf("in the second of two phones pressure is %+v", v.Pressure)
	}
	q, err := h.Queue(t.Context(), h.budi)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(q.Lines, func(l Line) bool { return l.Case.Ref == second.Ref })
	if i < 0 || !slices.Contains(q.Lines[i].Flags, escalation.FlagCoercion) {
		t.Error("the queue does not say so")
	}
	if quiet := h.writes("CCC222", "sms", locked).open(); len(quiet.Pressure) > 0 {
		t.Error("pressure is seen where nobody took anything back")
	}
}

func TestAReferenceSomebodyWritesIsOfferedAsALinkToWhoReachesBoth(t *testing.T) {
	h := newHouse(t)
	dewi := h.quiet("CCC222")
	rina := h.quiet("AAA222")
	rina.Says("nomor saya ccc222, bukan ZZZ999; AAA222 kasus ini")
	same(t, "offered", rina.open().Mentioned, []string{"CCC222"})
	h.does(h.Exclude(t.Context(), h.siti, dewi.Ref, "budi", "keluarga"))
	same(t, "to who does not reach it", rina.open().Mentioned, nil)
	v, err := h.Open(t.Context(), h.siti, rina.Ref)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "to a supervisor", v.Mentioned, []string{"CCC222"})
	h.does(h.ProposeLink(t.Context(), h.siti, rina.Ref, dewi.Ref, store.SamePerson, "ia menulis nomornya"))
	if v, err = h.Open(t.Context(), h.siti, rina.Ref); err != nil || len(v.Mentioned) > 0 {
		t.Errorf("linked already, and offered: %q (%v)", v.Mentioned, err)
	}
}
