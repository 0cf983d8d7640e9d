package cases

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

func (p *person) types(who access.Staff, kind store.DraftKind, text string) {
	p.Helper()
	if err := p.Draft(p.Context(), who, p.Ref, Typed{Texts: map[store.DraftKind]string{kind: text}}); err != nil {
		p.Fatal(err)
	}
}

func (p *person) openAs(who access.Staff) Answering {
	p.Helper()
	v, err := p.Open(p.Context(), who, p.Ref)
	if err != nil {
		p.Fatal(err)
	}
	return v.Answering
}

func TestWhatWasTypedIsThereAgainForItsWriterAlone(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	rina.types(h.budi, store.ReplyDraft, "Kami di si")
	rina.types(h.budi, store.NoteDraft, "ibunya menelepon")
	if a := rina.openAs(h.budi); !a.Reply.Is("Kami di si") || !a.Note.Is("ibunya menelepon") || len(a.Typing) != 0 {
		t.Error("budi does not find what he typed, or is told that he types himself")
	}
	a := rina.openAs(h.siti)
	if !a.Reply.IsEmpty() || !a.Note.IsEmpty() || !slices.Equal(a.Typing, []casefile.ID{h.budi.ID}) {
		t.Errorf("siti finds a draft that is not hers, or does not see who types: %v", a.Typing)
	}
	h.Forward(TypingFor)
	if a := rina.openAs(h.siti); len(a.Typing) != 0 {
		t.Error("a minute later budi still types")
	}
	rina.types(h.budi, store.ReplyDraft, " \n")
	if a := rina.openAs(h.budi); !a.Reply.IsEmpty() || a.Note.IsEmpty() {
		t.Error("an emptied reply must go, and the note stay")
	}
	wants(t, h.Draft(t.Context(), h.budi, rina.Ref, Typed{Texts: map[store.DraftKind]string{store.ReplyDraft: strings.Repeat("a", LongestDraft+1)}}), TooLong)
}

func TestADraftIsNoActAndTellsColleaguesOnce(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	rina.open()
	actions, changed := rina.actions(), h.changed.Load()
	for range 3 {
		rina.types(h.budi, store.ReplyDraft, "Kami")
	}
	if h.changed.Load() != changed+1 {
		t.Errorf("three drafts told the pages %d times, want once", h.changed.Load()-changed)
	}
	same(t, "the audit", rina.actions(), actions)
	h.Forward(TypingFor)
	rina.types(h.budi, store.ReplyDraft, "Kami di sini")
	if h.changed.Load() != changed+2 {
		t.Error("who begins again after a minute is not told of")
	}
}

func TestSendingEndsTheDraft(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	rina.take(h.budi)
	rina.types(h.budi, store.ReplyDraft, "Kami di sini.")
	rina.types(h.budi, store.NoteDraft, "ibunya menelepon")
	rina.types(h.siti, store.ReplyDraft, "saya juga")
	if err := replyOf(rina, h.budi, "Kami di sini."); err != nil {
		t.Fatal(err)
	}
	if err := h.Note(t.Context(), h.budi, rina.Ref, "ibunya menelepon"); err != nil {
		t.Fatal(err)
	}
	if a := rina.openAs(h.budi); !a.Reply.IsEmpty() || !a.Note.IsEmpty() {
		t.Error("what was sent is still a draft")
	}
	if a := rina.openAs(h.siti); !a.Reply.Is("saya juga") {
		t.Error("budi's sending took siti's draft")
	}
}

func TestADraftThatWasOnItsWayDoesNotComeBack(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	rina.take(h.budi)
	id := casefile.NewID(h.Bed.Now())
	if _, err := h.Reply(t.Context(), h.budi, rina.Ref, Said{ID: id, Text: "Kami di sini."}); err != nil {
		t.Fatal(err)
	}
	late := map[store.DraftKind]string{store.ReplyDraft: "Kami di sini"}
	if err := h.Draft(t.Context(), h.budi, rina.Ref, Typed{Reply: id, Texts: late}); err != nil {
		t.Fatal(err)
	}
	if a := rina.openAs(h.budi); !a.Reply.IsEmpty() {
		t.Error("what was sent stands in the field again")
	}
	if err := h.Draft(t.Context(), h.budi, rina.Ref, Typed{Reply: casefile.NewID(h.Bed.Now()), Texts: late}); err != nil {
		t.Fatal(err)
	}
	if a := rina.openAs(h.budi); a.Reply.IsEmpty() {
		t.Error("a new reply is not kept")
	}
}

func TestAReplyIsNotSentUnderAnotherStandingThanWasShown(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked, nobodyElse)
	rina.take(h.budi)
	said := func(text, shown string) error {
		_, err := h.Reply(t.Context(), h.budi, rina.Ref, Said{ID: casefile.NewID(h.Now()), Text: text, Shown: shown})
		return err
	}
	free := rina.openAs(h.budi).Shown
	if err := said("satu", free); err != nil {
		t.Errorf("as shown: %v", err)
	}
	h.Forward(casefile.AnswerWindow)
	wants(t, said("dua", free), Turned) // it would be held now
	held := rina.openAs(h.budi).Shown
	if err := said("dua", held); err != nil {
		t.Errorf("held, as shown: %v", err)
	}
	rina.Says("masih di sini")
	wants(t, said("tiga", held), Turned) // it would be sent at once
	rina.Says("HP pinjam", fact(casefile.DeviceWatched, "borrowed"))
	watched := rina.openAs(h.budi).Shown
	wants(t, said("empat", free), Turned) // others read it now
	rina.Says("tidak ada", nobodyElse)
	if err := said("lima", watched); err != nil {
		t.Errorf("a phone that turned out to be their own: %v", err)
	}
}

func TestANoteIsNotSentByMistake(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", locked)
	rina.take(h.budi)
	before := rina.said()
	for _, text := range []string{"Catatan: ibunya menelepon", " note : he is alone", "INTERNAL: x", "untuk tim: cek"} {
		wants(t, replyOf(rina, h.budi, text), Internal)
	}
	same(t, "nothing was said", rina.said(), before)
	if err := replyOf(rina, h.budi, "Catatanmu kami baca: terima kasih"); err != nil {
		t.Errorf("a sentence that is no note: %v", err)
	}
}

func TestWhoseTakeoverLapsedIsTold(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	rina.take(h.budi)
	if a := rina.openAs(h.budi); !a.LapsesAt.IsZero() || !a.LapsedAt.IsZero() {
		t.Error("nobody waits yet")
	}
	h.Forward(time.Minute)
	rina.Says("halo?")
	due := h.Bed.Now().Add(casefile.TakeoverLapse)
	if a := rina.openAs(h.budi); !a.LapsesAt.Equal(due) {
		t.Errorf("it ends at %v, want %v", a.LapsesAt, due)
	}
	h.Forward(casefile.TakeoverLapse)
	h.Tx(func(tx *store.Tx) error { // as the watch does
		if err := tx.HandBack(t.Context(), rina.Lane); err != nil {
			return err
		}
		file, err := tx.CaseByRef(t.Context(), rina.Ref)
		if err != nil {
			return err
		}
		return tx.Audit(t.Context(), store.Entry{At: h.Bed.Now(), Actor: casefile.System("watch"), Action: "takeover.lapsed", Case: file.ID, Conversation: rina.Lane})
	})
	if a := rina.openAs(h.budi); !a.LapsedAt.Equal(h.Bed.Now()) {
		t.Errorf("budi is told %v", a.LapsedAt)
	}
	if a := rina.openAs(h.siti); !a.LapsedAt.IsZero() {
		t.Error("siti is told of a takeover that was not hers")
	}
	h.Forward(time.Second)
	if err := h.Take(t.Context(), h.siti, rina.Ref, casefile.ID{}, "Siti"); err != nil {
		t.Fatal(err)
	}
	if a := rina.openAs(h.budi); !a.LapsedAt.IsZero() {
		t.Error("budi is still told, though siti answers now")
	}
}
