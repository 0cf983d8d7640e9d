package cases

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// hears makes the line say something, in a state of delivery.
func (p *person) hears(words, state string) {
	p.Helper()
	p.Tx(func(tx *store.Tx) error {
		lane, err := tx.Conversation(p.Context(), p.Lane)
		if err != nil {
			return err
		}
		return tx.Queue(p.Context(), store.Letter{ID: casefile.NewID(p.Bed.Now()), Conversation: p.Lane, Channel: lane.Channel, Purpose: casefile.ForAnswer,
			Priority: store.InItsTurn, State: state, Body: casefile.Hide(words), QueuedAt: p.Bed.Now()}, lane.Key)
	})
}

// beside puts the conversation of another person into the case of this one, as one
// who writes from two phones.
func (p *person) beside(other *person) {
	p.Helper()
	if _, err := p.SQL().Exec(p.Context(), `
		UPDATE case_conversations SET case_id = (SELECT id FROM cases WHERE ref = $1) WHERE conversation_id = $2`, p.Ref, other.Lane); err != nil {
		p.Fatal(err)
	}
}

// words is everything a view shows of what was said, in its order of time.
func (v View) words() []string {
	var out []string
	i, j := 0, 0
	for i < len(v.Messages) || j < len(v.Letters) {
		if j == len(v.Letters) || i < len(v.Messages) && !heardAt(v.Messages[i]).After(saidAt(v.Letters[j])) {
			out = append(out, v.Messages[i].Text.Reveal())
			i++
			continue
		}
		out = append(out, v.Letters[j].Body.Reveal())
		j++
	}
	return out
}

func TestALongConversationIsReadStretchByStretchWithoutGapOrRepeat(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", locked)
	want := []string{"tolong"}
	for i := range 7 {
		h.Forward(time.Minute)
		rina.Says(fmt.Sprint("pesan ", i))
		want = append(want, fmt.Sprint("pesan ", i))
		for j := range i % 3 { // sometimes no answer, sometimes two
			h.Forward(time.Second)
			rina.hears(fmt.Sprint("jawab ", i, j), "sent")
			want = append(want, fmt.Sprint("jawab ", i, j))
		}
	}
	rina.hears("ditahan", "held")
	var got []string
	pages := 0
	for look := (Look{Most: 4}); pages < 20; pages++ {
		v, err := h.OpenAt(t.Context(), h.budi, rina.Ref, look)
		if err != nil {
			t.Fatal(err)
		}
		words := v.words()
		if pages == 0 {
			if n := len(words); words[n-1] != "ditahan" {
				t.Errorf("the newest stretch ends with %q, want what is held", words[n-1])
			} else {
				words = words[:n-1]
			}
		}
		if len(words) > 4 {
			t.Errorf("a stretch has %d, want 4 at most", len(words))
		}
		got = append(words, got...)
		if !v.Older {
			break
		}
		place, ok := ParsePlace(v.Place.String())
		if !ok || place != v.Place {
			t.Fatalf("%q does not read back", v.Place)
		}
		look.Before = place
	}
	same(t, "the whole conversation", got, want)
	if pages < 3 {
		t.Errorf("read in %d pages", pages+1)
	}
}

func TestALateMessageIsNeverSkippedBetweenStretches(t *testing.T) {
	t.Parallel()
	at := func(minutes ...int) (times []time.Time) {
		for _, m := range minutes {
			times = append(times, time.Unix(int64(m)*60, 0))
		}
		return times
	}
	// What was stored last came first by its time: it was spooled. It keeps its place in
	// its own list, so that it stands on one page and on one only.
	messages, letters := at(3, 9, 8), at(7, 6)
	first := share(2, false, messages, letters)
	second := share(3, false, messages[first[0]:], letters[first[1]:])
	if total := first[0] + second[0]; total != len(messages) || first[1]+second[1] != len(letters) {
		t.Errorf("%v and %v: %d of %d messages were dealt", first, second, total, len(messages))
	}
	if got := share(3, true, at(1, 4), at(1, 2, 9)); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("oldest first: %v", got)
	}
	if got := share(3, true, nil, nil); !slices.Equal(got, []int{0, 0}) {
		t.Errorf("of nothing: %v", got)
	}
}

func TestPlacesThatAreNotOursAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"x", "1.2.3", "1.2.3.-4", "1.2.3.4.no", "1.2.3.4.5.6", "zzzzzzzzzzzzzzzzz.1.1.1"} {
		if p, ok := ParsePlace(text); ok {
			t.Errorf("%q was read as %+v", text, p)
		}
	}
	whole := Place{1, 2, 1 << 60, 4, casefile.NewID(time.Unix(1, 0))}
	if p, ok := ParsePlace(whole.String()); !ok || p != whole {
		t.Errorf("%s reads back as %+v", whole, p)
	}
}

func TestAnEditIsShownWithWhatItWasAtFirst(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", locked)
	rina.Edits("saya dikunci", "saya baik saja")
	var sides []string
	for _, m := range rina.open().Edits {
		sides = append(sides, string(m.Kind)+": "+m.Text.Reveal())
	}
	same(t, "both sides", sides, []string{"text: saya dikunci", "edit: saya baik saja"})
}

func TestStaffChooseTheConversationTheyAnswerIn(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", locked)
	h.Forward(time.Minute)
	second := h.writes("BBB222", "sms")
	rina.beside(second)
	v := rina.open()
	if len(v.Conversations) != 2 || v.Lane.ID != second.Lane || v.Shown.ID != second.Lane {
		t.Fatalf("%d conversations, answered in %s", len(v.Conversations), v.Lane.Channel)
	}
	answer := func(who access.Staff, version int64, in casefile.ID) error {
		return h.AnswerIn(t.Context(), who, rina.Ref, version, in)
	}
	wants(t, answer(h.budi, v.Case.Version-1, rina.Lane), Changed)
	if err := answer(h.budi, v.Case.Version, casefile.NewID(h.Bed.Now())); err == nil {
		t.Error("a conversation of nobody was chosen")
	}
	rina.take(h.budi)
	wants(t, answer(h.siti, rina.open().Case.Version, rina.Lane), TakenByOther)
	if err := answer(h.budi, rina.open().Case.Version, rina.Lane); err != nil {
		t.Fatal(err)
	}
	v = rina.open()
	if v.Lane.ID != rina.Lane || !v.Conversations[1].TakenBy.IsZero() {
		t.Errorf("answered in %s; the other is held by %v", v.Lane.Channel, v.Conversations[1].TakenBy)
	}
	rina.take(h.budi)
	if err := replyOf(rina, h.budi, "Kami di sini."); err != nil {
		t.Fatal(err)
	}
	for _, l := range rina.open().Letters {
		if l.Conversation != rina.Lane {
			t.Error("the reply went to the other phone")
		}
	}
	other, err := h.OpenAt(t.Context(), h.budi, rina.Ref, Look{Conversation: 2})
	if err != nil || other.Shown.ID != second.Lane || other.Lane.ID != rina.Lane {
		t.Errorf("looking at the second shows %s, answers in %s (%v)", other.Shown.Channel, other.Lane.Channel, err)
	}
	for _, l := range other.Letters {
		if l.Conversation != second.Lane {
			t.Error("the second conversation shows letters of the first")
		}
	}
}
