package cases

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/store"
)

var (
	locked  = fact(casefile.Freedom, "locked")
	beaten  = fact(casefile.Violence, "beaten")
	nobody  = fact(casefile.DeviceWatched, "nobody")
	unsafe  = fact(casefile.SafeNow, "no")
	pending = fact(casefile.Control, "pay_held")
)

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

func TestTakeoverIsAnnouncedInDisguiseOnAWatchedPhone(t *testing.T) {
	h := newHouse(t)
	watched, free := h.writes("AAA111", "sms", locked), h.writes("BBB222", "telegram", locked, nobody)
	watched.take(h.budi)
	free.take(h.budi)
	same(t, "watched", watched.said(), []string{"queued answer: Halo, ini Budi. Sekarang bukan otomatis lagi."})
	same(t, "not watched", free.said(), []string{"queued answer: " + mustText(h, "all.takeover", map[string]string{"name": "Budi"})})
	if v := free.open(); v.Lane.TakenBy != h.budi.ID || v.Letters[0].WrittenBy != h.budi.ID {
		t.Error("the line was not silenced in budi's name")
	}
}

func mustText(h *house, key string, vars map[string]string) string {
	h.Helper()
	text, err := h.Book.Text("id", key, vars)
	if err != nil {
		h.Fatal(err)
	}
	return text
}

func TestALateTakeoverIsHeldAndDroppedWithTheHandBack(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	h.Forward(casefile.AnswerWindow)
	rina.take(h.budi)
	same(t, "held", rina.said(), []string{"held held: Halo, ini Budi. Sekarang bukan otomatis lagi."})
	if err := h.HandBack(t.Context(), h.budi, rina.Ref); err != nil {
		t.Fatal(err)
	}
	same(t, "handed back", rina.said(), []string{"dropped held: Halo, ini Budi. Sekarang bukan otomatis lagi."})
	if !rina.open().Lane.TakenBy.IsZero() {
		t.Error("the line is still silent")
	}
}

func TestTakingOverIsNeverSilentlyRepeated(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	rina.take(h.budi)
	rina.take(h.budi) // pressed twice: said once
	if got := rina.said(); len(got) != 1 {
		t.Errorf("announced %d times", len(got))
	}
	wants(t, h.Take(t.Context(), h.siti, rina.Ref, casefile.ID{}, "Siti"), TakenByOther)
	wants(t, h.HandBack(t.Context(), h.siti, rina.Ref), TakenByOther)
	if err := h.Take(t.Context(), h.siti, rina.Ref, h.budi.ID, "Siti"); err != nil {
		t.Errorf("siti saw that budi answers and takes over from him: %v", err)
	}
	wants(t, replyOf(rina, h.budi, "halo"), TakenByOther)
}

func replyOf(p *person, who access.Staff, text string) error {
	_, err := p.Reply(p.Context(), who, p.Ref, Said{ID: casefile.NewID(p.Now()), Text: text})
	return err
}

func TestReplyIsAnAnswerForFifteenMinutesAndHeldAfterwards(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", locked)
	wants(t, replyOf(rina, h.budi, "halo"), NotTaken)
	rina.take(h.budi)
	h.Forward(casefile.AnswerWindow - time.Second)
	sent, err := h.Reply(t.Context(), h.budi, rina.Ref, Said{ID: casefile.NewID(h.Now()), Text: "Kami di sini."})
	if err != nil || sent != (Sent{Letters: 1}) {
		t.Fatalf("within the window: %+v, %v", sent, err)
	}
	h.Forward(time.Second)
	sent, err = h.Reply(t.Context(), h.budi, rina.Ref, Said{ID: casefile.NewID(h.Now()), Text: "Masih di sini."})
	if err != nil || sent != (Sent{Letters: 1, Held: true, Reason: casefile.ReasonLate}) {
		t.Fatalf("after the window: %+v, %v", sent, err)
	}
	same(t, "said", rina.said()[1:], []string{"queued answer: Kami di sini.", "held held: Masih di sini."})
}

func TestReplyWaitsForSomebodyWhoIsNotSafe(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", locked, unsafe)
	h.Tx(func(tx *store.Tx) error {
		lane, err := tx.LockLane(t.Context(), rina.Lane)
		if err != nil {
			return err
		}
		s := lane.Session
		s.Turn, s.Stage = s.Turn+1, casefile.StageClosed
		return tx.Checkpoint(t.Context(), lane, s)
	})
	rina.take(h.budi)
	sent, err := h.Reply(t.Context(), h.budi, rina.Ref, Said{ID: casefile.NewID(h.Now()), Text: "Kami di sini."})
	if err != nil || !sent.Held || sent.Reason != casefile.ReasonUnsafe {
		t.Errorf("got %+v, %v", sent, err)
	}
	h.Tx(func(tx *store.Tx) error { return tx.SetUnreachable(t.Context(), rina.Lane, h.Now()) })
	wants(t, replyOf(rina, h.budi, "halo"), Unreachable)
}

func TestAFormSentTwiceSaysItOnce(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", locked)
	rina.take(h.budi)
	id := casefile.NewID(h.Now())
	for range 2 {
		if _, err := h.Reply(t.Context(), h.budi, rina.Ref, Said{ID: id, Text: "Kami di sini."}); err != nil {
			t.Fatal(err)
		}
	}
	if got := rina.said(); len(got) != 2 {
		t.Errorf("said %q", got)
	}
}

func TestAnSMSIsFoldedSplitAndRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("kami membaca semua pesanmu ", 12) // 324 letters
	for _, c := range []struct {
		name, text string
		sms        bool
		parts      int
		why        Why
	}{
		{"plain", "Kami di sini.", true, 1, ""},
		{"curly quotes are folded", "Kami \u201cdi sini\u201d \u2026", true, 1, ""},
		{"an emoji is refused on SMS", "Kami di sini \U0001F600", true, 0, NotGSM},
		{"an emoji is fine in a chat", "Kami di sini \U0001F600", false, 1, ""},
		{"long is split on SMS", long, true, 3, ""},
		{"long is one in a chat", long, false, 1, ""},
		{"a word longer than an SMS is cut", strings.Repeat("a", 170), true, 2, ""},
		{"far too long for SMS", strings.Repeat(long, 4), true, 0, TooLong},
		{"far too long for a chat", strings.Repeat(long, 12), false, 0, TooLong},
		{"nothing", " \r\n ", true, 0, NothingToSay},
		{"an account number", "kirim ke 1234567890", false, 0, AccountNumber},
		{"a card in groups", "4111 1111 1111 1111", true, 0, AccountNumber},
		{"with dashes", "12-34-56-78", true, 0, AccountNumber},
		{"in other digits", "\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668", false, 0, AccountNumber},
		{"seven digits are a time and a date", "jam 21.30 tgl 1", true, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			draft, err := Prepare(c.text, c.sms)
			if c.why != "" {
				wants(t, err, c.why)
				return
			}
			if err != nil || len(draft.Parts) != c.parts {
				t.Fatalf("%d parts, %v; want %d", len(draft.Parts), err, c.parts)
			}
			whole := strings.Join(strings.Fields(strings.Join(draft.Parts, " ")), " ")
			if c.sms && c.name == "long is split on SMS" && whole != strings.TrimSpace(long) {
				t.Errorf("split lost words: %q", whole)
			}
		})
	}
}

func TestRefusedAccountNumberIsNotRepeatedInTheError(t *testing.T) {
	t.Parallel()
	_, err := Prepare("1234567890", true)
	var refused *Refused
	if !errors.As(err, &refused) || refused.What != "" || strings.ContainsAny(err.Error(), "0123456789") {
		t.Errorf("the error tells the number: %v", err)
	}
}

func TestUrgencyIsLoweredOnlyByHandWithAReasonOnWhatWasRead(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked, beaten)
	v := rina.open()
	lower := func(version int64, to casefile.Urgency, why string) error {
		return h.Lower(t.Context(), h.budi, rina.Ref, version, to, why)
	}
	wants(t, lower(v.Case.Version, casefile.Medium, "  "), NoReason)
	wants(t, lower(v.Case.Version, casefile.Critical, "x"), NotLower)
	rina.Says("mereka mau datang", pending)
	wants(t, lower(v.Case.Version, casefile.Medium, "sudah aman"), Changed)
	v = rina.open()
	if v.Case.Urgency != casefile.Critical {
		t.Fatalf("urgency %s", v.Case.Urgency)
	}
	if err := lower(v.Case.Version, casefile.Medium, "sudah aman"); err != nil {
		t.Fatal(err)
	}
	v = rina.open()
	if v.Case.Urgency != casefile.Medium || v.Case.LoweredTo != casefile.Medium {
		t.Errorf("urgency %s", v.Case.Urgency)
	}
	if _, live := v.Live(); live {
		t.Error("the escalation still climbs")
	}
	last := v.Notes[len(v.Notes)-1]
	if last.Kind != store.Lowered || !last.Text.Is("sudah aman") || last.Staff != h.budi.ID {
		t.Errorf("reason not kept: %+v", last)
	}
	h.Forward(time.Minute)
	rina.Says("mereka memukul lagi", beaten)
	v = rina.open()
	if _, live := v.Live(); v.Case.Urgency != casefile.Critical || !live {
		t.Errorf("a later danger did not raise it again: %s", v.Case.Urgency)
	}
}

func TestACaseClosesOnlyWhenNothingWaits(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	closing := func(why string) error {
		return h.Close(t.Context(), h.budi, rina.Ref, rina.open().Case.Version, why)
	}
	wants(t, closing(""), NoReason)
	wants(t, closing("selesai"), Unanswered)
	if _, err := h.Acknowledge(t.Context(), h.budi, rina.Ref); err != nil {
		t.Fatal(err)
	}
	waiting := rina.Receives("satu lagi")
	wants(t, closing("selesai"), Unread)
	h.Tx(func(tx *store.Tx) error { return tx.TakeMessages(t.Context(), 2, []casefile.ID{waiting}) })
	caseID := rina.open().Case.ID
	h.Tx(func(tx *store.Tx) error {
		return tx.RaiseAlarm(t.Context(), store.AlarmSetAside, caseID, rina.Lane, h.Now())
	})
	wants(t, closing("selesai"), AlarmStands)
	for _, alarm := range rina.open().Alarms {
		if err := h.ClearAlarm(t.Context(), h.budi, alarm.ID); err != nil {
			t.Fatal(err)
		}
	}
	rina.take(h.siti)
	wants(t, closing("selesai"), TakenByOther)
	if err := h.HandBack(t.Context(), h.siti, rina.Ref); err != nil {
		t.Fatal(err)
	}
	wants(t, h.Close(t.Context(), h.budi, rina.Ref, rina.open().Case.Version-1, "selesai"), Changed)
	wants(t, closing("selesai"), OpenDanger)
	rina.over()
	wants(t, closing("selesai"), Unsent) // that somebody took over, and handed back
	rina.delivered()
	if err := closing("selesai"); err != nil {
		t.Fatal(err)
	}
	wants(t, h.Take(t.Context(), h.budi, rina.Ref, casefile.ID{}, "Budi"), IsClosed)
	wants(t, h.Lower(t.Context(), h.budi, rina.Ref, rina.open().Case.Version, casefile.Low, "x"), IsClosed)
	rina.Says("saya kembali")
	if rina.open().Case.Closed {
		t.Error("whoever writes again is not heard")
	}
}

func TestAcknowledgingNamesWhoWasFirst(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	ack, err := h.Acknowledge(t.Context(), h.budi, rina.Ref)
	if err != nil || ack.Outcome != escalation.Accepted {
		t.Fatal(ack, err)
	}
	if ack, err = h.Acknowledge(t.Context(), h.budi, rina.Ref); err != nil || ack.Outcome != escalation.AlreadyYours {
		t.Errorf("again: %v, %v", ack.Outcome, err)
	}
	_, err = h.Acknowledge(t.Context(), h.siti, rina.Ref)
	var refused *Refused
	if wants(t, err, TakenByOther); !errors.As(err, &refused) || refused.By != h.budi.ID {
		t.Errorf("who was first is not named: %v", err)
	}
	calm := h.writes("CCC333", "sms")
	_, err = h.Acknowledge(t.Context(), h.budi, calm.Ref)
	wants(t, err, NothingWaits)
}

func TestEveryActNamesItsActor(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	rina.take(h.budi)
	steps := []error{
		replyOf(rina, h.budi, "Kami di sini."),
		h.Note(t.Context(), h.budi, rina.Ref, "ibunya menelepon"),
		h.HandBack(t.Context(), h.budi, rina.Ref),
		h.Lower(t.Context(), h.budi, rina.Ref, rina.open().Case.Version, casefile.Low, "keliru"),
	}
	if _, err := h.Reveal(t.Context(), h.budi, rina.Ref); err != nil {
		t.Error(err)
	}
	rina.delivered()
	steps = append(steps, h.Close(t.Context(), h.budi, rina.Ref, rina.open().Case.Version, "selesai"))
	if err := errors.Join(steps...); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range rina.history() {
		if e.Actor == h.budi.Actor() {
			got = append(got, e.Action)
		} else if e.Actor.Kind == casefile.ActorStaff {
			t.Errorf("%s by somebody else", e.Action)
		}
	}
	same(t, "acts of budi", got, []string{"escalation.acknowledged", "conversation.taken", "reply.queued", "case.noted",
		"conversation.handed_back", "case.viewed", "escalation.ended", "case.lowered", "identity.revealed", "case.closed"})
	if h.changed.Load() != 6 {
		t.Errorf("pages were told of %d changes, want 6", h.changed.Load())
	}
}

func TestALookIsAuditedOnceAsLongAsItLasts(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	for range 3 {
		rina.open()
		h.Forward(time.Minute)
	}
	h.Forward(viewAgain)
	rina.open()
	if _, err := h.Open(t.Context(), h.siti, rina.Ref); err != nil {
		t.Fatal(err)
	}
	views := 0
	for _, action := range rina.actions() {
		if action == "case.viewed" {
			views++
		}
	}
	if views != 3 {
		t.Errorf("%d looks audited, want two of budi and one of siti", views)
	}
	if rina.open().Case.ViewedAt.IsZero() {
		t.Error("the case does not count as opened")
	}
}

func TestWhatTheRoleDoesNotAllowIsNotDone(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	ctx := t.Context()
	acts := map[access.Permission]func(access.Staff) error{
		access.SeeQueue:       func(s access.Staff) error { _, err := h.Queue(ctx, s); return err },
		access.ReadCase:       func(s access.Staff) error { _, err := h.Open(ctx, s, rina.Ref); return err },
		access.RevealIdentity: func(s access.Staff) error { _, err := h.Reveal(ctx, s, rina.Ref); return err },
		access.Acknowledge:    func(s access.Staff) error { _, err := h.Acknowledge(ctx, s, rina.Ref); return err },
		access.TakeOver:       func(s access.Staff) error { return h.Take(ctx, s, rina.Ref, casefile.ID{}, "X") },
		access.Reply:          func(s access.Staff) error { return replyOf(rina, s, "halo") },
		access.WriteNote:      func(s access.Staff) error { return h.Note(ctx, s, rina.Ref, "x") },
		access.Lower:          func(s access.Staff) error { return h.Lower(ctx, s, rina.Ref, 1, casefile.Low, "x") },
		access.CloseCase:      func(s access.Staff) error { return h.Close(ctx, s, rina.Ref, 1, "x") },
		access.ClearAlarm:     func(s access.Staff) error { return h.ClearAlarm(ctx, s, casefile.ID{}) },
		access.BreakGlass:     func(s access.Staff) error { return h.BreakGlass(ctx, s, rina.Ref, "x") },
		access.Exclude:        func(s access.Staff) error { return h.Exclude(ctx, s, rina.Ref, "police", "x") },
		access.Lift:           func(s access.Staff) error { return h.Lift(ctx, s, rina.Ref, "police", "x") },
	}
	for _, role := range append(slices.Clone(access.Roles), "stranger") {
		who := access.Staff{ID: casefile.ID{9}, Role: role}
		for permission, act := range acts {
			if access.May(role, permission) {
				continue
			}
			if err := act(who); !errors.Is(err, access.ErrDenied) {
				t.Errorf("%s does %s: %v", role, permission, err)
			}
		}
	}
	for permission, act := range acts {
		if err := act(access.Staff{Role: access.Supervisor}); !errors.Is(err, casefile.ErrMissingActor) {
			t.Errorf("nobody does %s: %v", permission, err)
		}
	}
}

func TestQueueFollowsRule61(t *testing.T) {
	h := newHouse(t)
	h.writes("OLDHI1", "sms", locked, nobody)
	h.Forward(time.Minute)
	h.writes("NEWHI2", "sms", locked, nobody)
	h.writes("CHILD3", "sms", locked, nobody, fact(casefile.AgeBand, "under18")) // confined child: critical
	h.writes("CRIT04", "sms", locked, beaten, nobody)
	h.writes("MEDIC5", "sms", fact(casefile.Health, "injured"), nobody)
	h.Forward(20 * time.Minute)
	h.writes("FREEW6", "telegram", fact(casefile.ForcedWork, "online"), nobody) // writing now, not watched: medium
	h.writes("WATCH7", "telegram", fact(casefile.ForcedWork, "online"))         // writing now, watched: medium
	h.writes("CALM08", "sms")
	q, err := h.Queue(t.Context(), h.budi)
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, l := range q.Lines {
		order = append(order, l.Case.Ref)
	}
	same(t, "order", order, []string{"CHILD3", "CRIT04", "OLDHI1", "MEDIC5", "NEWHI2", "FREEW6", // their alerts wait
		"WATCH7", "CALM08"})
	if !q.NobodyOnDuty {
		t.Error("nobody is on duty, and the queue does not say so")
	}
}

func TestTheQueueTellsAnAuditorNothingSealed(t *testing.T) {
	h := newHouse(t)
	h.writes("CHILD3", "sms", locked, fact(casefile.AgeBand, "under18"))
	q, err := h.Queue(t.Context(), h.Member("ani", access.Auditor))
	if err != nil {
		t.Fatal(err)
	}
	if l := q.Lines[0]; l.Watched || l.Flags != nil || l.Case.Assessment != nil {
		t.Errorf("an auditor learns %v, %v", l.Watched, l.Flags)
	}
	q, err = h.Queue(t.Context(), h.budi)
	if err != nil || !q.Lines[0].Watched || !slices.Contains(q.Lines[0].Flags, escalation.FlagChild) {
		t.Errorf("budi does not see the child: %v, %v", q.Lines[0].Flags, err)
	}
}

func TestMarksChangeWithWhatThePagesShow(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", locked)
	rina.open()
	marks := func() (string, string) {
		queue, err := h.ListMark(t.Context(), h.budi, Ask{})
		if err != nil {
			t.Fatal(err)
		}
		one, err := h.Mark(t.Context(), h.budi, rina.Ref)
		if err != nil {
			t.Fatal(err)
		}
		return queue, one
	}
	queue, one := marks()
	if q, o := marks(); q != queue || o != one {
		t.Error("marks change by themselves")
	}
	rina.take(h.budi)
	q2, o2 := marks()
	if o2 == one || q2 == queue {
		t.Error("a takeover does not change the marks")
	}
	if err := replyOf(rina, h.budi, "halo"); err != nil {
		t.Fatal(err)
	}
	if _, o3 := marks(); o3 == o2 {
		t.Error("a reply does not change the case's mark")
	}
	rina.Says("halo juga")
	if q4, _ := marks(); q4 == q2 {
		t.Error("a message does not change the queue's mark")
	}
}

// TestACaseIsClosedOnce: the same press again changes nothing, and somebody else's reason
// is refused rather than dropped.
func TestACaseIsClosedOnce(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram")
	h.does(h.Close(t.Context(), h.budi, rina.Ref, rina.open().Case.Version, "selesai"))
	version := rina.open().Case.Version
	h.does(h.Close(t.Context(), h.budi, rina.Ref, version, "selesai"))
	wants(t, h.Close(t.Context(), h.budi, rina.Ref, version, "sudah pulang"), IsClosed)
	wants(t, h.Close(t.Context(), h.siti, rina.Ref, version, "selesai"), IsClosed)
}
