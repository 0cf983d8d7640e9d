package cases

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

var nobodyElse = fact(casefile.DeviceWatched, "nobody")

// ask asks to write against the gate, as a form of this moment would.
func (p *person) ask(who access.Staff, text, first string) (casefile.ID, bool, error) {
	p.Helper()
	id := casefile.NewID(p.Now())
	waits, err := p.AskOverride(p.Context(), who, p.Ref, Asking{ID: id, Text: text, Reason: "razia besok", First: first, Heard: p.open().Answering.Heard})
	return id, waits, err
}

// asks is ask that must succeed and wait.
func (p *person) asks(who access.Staff, text, first string) casefile.ID {
	p.Helper()
	id, waits, err := p.ask(who, text, first)
	if err != nil || !waits {
		p.Fatalf("asking: waits %v, %v", waits, err)
	}
	return id
}

// late is somebody who wrote, was taken over by budi, and fell silent.
func (h *house) late(ref string, facts ...casefile.Fact) *person {
	h.Helper()
	p := h.writes(ref, "sms", facts...)
	p.take(h.budi)
	h.Forward(casefile.AnswerWindow)
	return p
}

func TestRule13AWatchedPhoneWaitsForASecondPerson(t *testing.T) {
	h := newHouse(t)
	rina := h.late("AAA111", locked)
	before := rina.said()
	id := rina.asks(h.budi, "Besok jangan ikut.", store.WordsFirst)
	same(t, "nothing is sent", rina.said(), before)
	wants(t, h.ConfirmOverride(t.Context(), h.budi, rina.Ref, id), SecondPerson)
	wants(t, h.RefuseOverride(t.Context(), h.budi, rina.Ref, id), SecondPerson)
	same(t, "still nothing", rina.said(), before)
	if err := h.ConfirmOverride(t.Context(), h.siti, rina.Ref, id); err != nil {
		t.Fatal(err)
	}
	same(t, "confirmed", rina.said(), append(slices.Clone(before), "queued answer: Besok jangan ikut."))
	letters := rina.open().Letters
	if last := letters[len(letters)-1]; last.Override != id || last.WrittenBy != h.budi.ID {
		t.Errorf("the letter names override %v, writer %v", last.Override, last.WrittenBy)
	}
	wants(t, h.ConfirmOverride(t.Context(), h.siti, rina.Ref, id), OverrideOver)
	wants(t, h.WithdrawOverride(t.Context(), h.budi, rina.Ref, id), OverrideOver)
	if got := rina.actions(); !slices.Contains(got, "override.asked") || !slices.Contains(got, "override.confirmed") {
		t.Errorf("the audit says %q", got)
	}
}

func TestOnlyTheHelloGoesFirst(t *testing.T) {
	h := newHouse(t)
	rina := h.late("AAA111", locked)
	before := rina.said()
	id := rina.asks(h.budi, "Besok jangan ikut.", store.HelloFirst)
	if err := h.ConfirmOverride(t.Context(), h.siti, rina.Ref, id); err != nil {
		t.Fatal(err)
	}
	same(t, "confirmed", rina.said(), append(slices.Clone(before),
		"queued contact: "+mustText(h, "line.hello", nil), "held held: Besok jangan ikut."))
	for _, l := range rina.open().Letters {
		if l.Override == id && (l.TextKey != "line.hello" || !l.WrittenBy.IsZero()) {
			t.Errorf("%s leaves under the override", l.State)
		}
	}
}

func TestOneNamedPersonIsEnoughForAPhoneNobodyElseReads(t *testing.T) {
	h := newHouse(t)
	rina := h.late("AAA111", locked, nobodyElse)
	before := rina.said()
	_, waits, err := rina.ask(h.budi, "Besok jangan ikut.", store.WordsFirst)
	if err != nil || waits {
		t.Fatalf("waits %v, %v", waits, err)
	}
	same(t, "sent", rina.said(), append(slices.Clone(before), "queued answer: Besok jangan ikut."))
	if got := rina.actions(); got[len(got)-2] != "override.alone" && got[len(got)-1] != "override.alone" {
		t.Errorf("the audit ends with %q", got)
	}
	over := rina.open().Answering.Overrides
	if len(over) != 1 || over[0].State != store.OverrideAlone || over[0].DecidedBy != h.budi.ID {
		t.Errorf("it is kept as %+v", over)
	}
}

func TestSomebodyElsesHandTakesTwoOnAnyPhone(t *testing.T) {
	h := newHouse(t)
	rina := h.late("AAA111", locked, nobodyElse, fact(casefile.Retraction, "yes"))
	if !rina.open().Answering.TakesTwo {
		t.Error("after a retraction one person is enough")
	}
	rina.asks(h.budi, "Besok jangan ikut.", store.WordsFirst)
}

func TestAnOverrideIsOverWhenThePersonWritesOrNobodyDecides(t *testing.T) {
	h := newHouse(t)
	rina := h.late("AAA111", locked)
	id := rina.asks(h.budi, "Besok jangan ikut.", store.WordsFirst)
	_, _, err := rina.ask(h.budi, "Satu lagi.", store.WordsFirst)
	wants(t, err, OverrideWaits)
	h.Forward(time.Minute)
	rina.Says("masih ada?")
	wants(t, h.ConfirmOverride(t.Context(), h.siti, rina.Ref, id), OverrideOver)
	v := rina.open()
	if v.Answering.Waiting != nil || !v.Answering.Reply.Is("Besok jangan ikut.") {
		t.Error("it still waits, or the words are lost")
	}
	h.Forward(casefile.AnswerWindow)
	id = rina.asks(h.budi, "Besok jangan ikut.", store.WordsFirst)
	if states := rina.open().Answering.Overrides; states[0].State != store.OverrideLapsed {
		t.Errorf("the first one is %s", states[0].State)
	}
	h.Forward(OverrideHolds)
	wants(t, h.ConfirmOverride(t.Context(), h.siti, rina.Ref, id), OverrideOver)
	if v := rina.open(); v.Answering.Waiting != nil || !v.Answering.Reply.Is("Besok jangan ikut.") {
		t.Error("after its time it still waits, or the words are lost")
	}
}

func TestRefusedAndWithdrawnWordsGoBackToTheirWriter(t *testing.T) {
	h := newHouse(t)
	rina := h.late("AAA111", locked)
	before := rina.said()
	for name, end := range map[string]func(casefile.ID) error{
		"refused":   func(id casefile.ID) error { return h.RefuseOverride(t.Context(), h.siti, rina.Ref, id) },
		"withdrawn": func(id casefile.ID) error { return h.WithdrawOverride(t.Context(), h.budi, rina.Ref, id) },
	} {
		id := rina.asks(h.budi, "Besok jangan ikut.", store.WordsFirst)
		if v := rina.open(); !v.Answering.Reply.IsEmpty() || v.Answering.Waiting == nil || v.Answering.Waiting.ID != id {
			t.Errorf("%s: before, the draft or the request is wrong", name)
		}
		if err := end(id); err != nil {
			t.Fatal(err)
		}
		if v := rina.open(); !v.Answering.Reply.Is("Besok jangan ikut.") || v.Answering.Waiting != nil {
			t.Errorf("%s: the words are not back, or it still waits", name)
		}
		if v := rina.openAs(h.siti); len(v.Typing) != 0 {
			t.Errorf("%s: a colleague reads that somebody is typing", name)
		}
		h.Forward(time.Second)
	}
	same(t, "nothing was sent", rina.said(), before)
	wants(t, h.WithdrawOverride(t.Context(), h.siti, rina.Ref, rina.asks(h.budi, "x", store.HelloFirst)), TakenByOther)
}

func TestWhoTakesOverEndsWhatAColleagueAskedFor(t *testing.T) {
	h := newHouse(t)
	rina := h.late("AAA111", locked)
	id := rina.asks(h.budi, "Besok jangan ikut.", store.WordsFirst)
	if err := h.Take(t.Context(), h.siti, rina.Ref, h.budi.ID, "Siti"); err != nil {
		t.Fatal(err)
	}
	ani := h.Member("ani", access.Supervisor)
	wants(t, h.ConfirmOverride(t.Context(), ani, rina.Ref, id), OverrideOver)
	if v := rina.open(); !v.Answering.Reply.Is("Besok jangan ikut.") {
		t.Error("the words are lost")
	}
}

func TestAnOverrideIsAskedOnlyWhereTheGateSaysWait(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	_, _, err := rina.ask(h.budi, "halo", store.WordsFirst)
	wants(t, err, NotTaken)
	rina.take(h.budi)
	_, _, err = rina.ask(h.budi, "halo", store.WordsFirst)
	wants(t, err, NotNeeded)
	_, _, err = rina.ask(h.siti, "halo", store.WordsFirst)
	wants(t, err, TakenByOther)
	h.Forward(casefile.AnswerWindow)
	_, _, err = rina.ask(h.budi, "kirim ke 12345678", store.WordsFirst)
	wants(t, err, AccountNumber)
	_, _, err = rina.ask(h.budi, "catatan: dia sendirian", store.WordsFirst)
	wants(t, err, Internal)
	_, _, err = rina.ask(h.budi, "halo", "shouting")
	wants(t, err, Changed)
	heard := rina.open().Answering.Heard
	_, err = h.AskOverride(t.Context(), h.budi, rina.Ref, Asking{ID: casefile.NewID(h.Now()), Text: "halo", Reason: " ", First: store.WordsFirst, Heard: heard})
	wants(t, err, NoReason)
	_, err = h.AskOverride(t.Context(), h.budi, rina.Ref, Asking{ID: casefile.NewID(h.Now()), Text: "halo", Reason: "x", First: store.WordsFirst, Heard: heard.Add(-time.Second)})
	wants(t, err, Changed)
	h.Tx(func(tx *store.Tx) error { return tx.SetUnreachable(t.Context(), rina.Lane, h.Now()) })
	_, _, err = rina.ask(h.budi, "halo", store.WordsFirst)
	wants(t, err, Unreachable)
}

func TestAFormSentTwiceAsksOnce(t *testing.T) {
	h := newHouse(t)
	rina := h.late("AAA111", locked, nobodyElse)
	ask := Asking{ID: casefile.NewID(h.Now()), Text: "halo", Reason: "x", First: store.WordsFirst, Heard: rina.open().Answering.Heard}
	before := len(rina.said())
	for range 2 {
		if _, err := h.AskOverride(t.Context(), h.budi, rina.Ref, ask); err != nil {
			t.Fatal(err)
		}
	}
	if got := rina.said(); len(got) != before+1 {
		t.Errorf("said %q", got)
	}
}

// TestTheQueueNamesWhoNeedsASecondPerson: to whoever may be it and sees the case, while
// it can be decided.
func TestTheQueueNamesWhoNeedsASecondPerson(t *testing.T) {
	h := newHouse(t)
	rina := h.late("AAA111", locked)
	rina.asks(h.budi, "Besok jangan ikut.", store.WordsFirst)
	police := h.Member("polisi", access.DutyOfficer, func(s *store.Staff) { s.Agency = "police" })
	walled := h.Member("di.luar", access.CaseWorker)
	if err := h.Exclude(t.Context(), h.siti, rina.Ref, "di.luar", "kerabat"); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		who  access.Staff
		want int
	}{
		"who asked": {h.budi, 0}, "a supervisor": {h.siti, 1}, "an auditor": {h.Member("ani", access.Auditor), 0},
		"who is kept out": {walled, 0}, "another duty officer": {police, 1},
	} {
		q, err := h.Queue(t.Context(), row.who)
		if err != nil || len(q.Unconfirmed) != row.want {
			t.Errorf("%s: sees %+v, %v", name, q.Unconfirmed, err)
		}
	}
	q, _ := h.Queue(t.Context(), h.siti)
	if len(q.Unconfirmed) == 1 && (q.Unconfirmed[0].Ref != "AAA111" || q.Unconfirmed[0].Staff != h.budi.ID) {
		t.Errorf("it names %+v", q.Unconfirmed[0])
	}
	mark := q.Mark
	h.Forward(OverrideHolds)
	if q, _ = h.Queue(t.Context(), h.siti); len(q.Unconfirmed) != 0 || q.Mark == mark {
		t.Error("after its time it is still named, or the mark does not tell")
	}
}

func TestTheSecondPersonReadsTheWordsCovered(t *testing.T) {
	h := newHouse(t)
	rina := h.late("AAA111", locked)
	rina.asks(h.budi, "Nama saya Rina Wulandari", store.WordsFirst)
	v, err := h.Open(t.Context(), h.siti, rina.Ref)
	if err != nil || v.Answering.Waiting == nil || v.Answering.Waiting.Text.Is("Nama saya Rina Wulandari") {
		t.Errorf("uncovered before the press, or not there: %v", err)
	}
	if v, err = h.Reveal(t.Context(), h.siti, rina.Ref); err != nil || !v.Answering.Waiting.Text.Is("Nama saya Rina Wulandari") {
		t.Errorf("covered after the press: %v", err)
	}
	if errors.Is(err, store.ErrNotFound) {
		t.Error("not reached")
	}
}
