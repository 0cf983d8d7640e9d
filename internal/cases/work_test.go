package cases

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

const day = 24 * time.Hour

// delivered lets every letter of the line arrive.
func (p *person) delivered() {
	p.Helper()
	if _, err := p.SQL().Exec(p.Context(), `UPDATE outbox SET state = 'sent' WHERE state = 'queued' AND conversation_id IS NOT NULL`); err != nil {
		p.Fatal(err)
	}
}

// over says, as a supervisor, that the danger is over.
func (p *person) over() {
	p.Helper()
	p.does(p.DangerOver(p.Context(), p.siti, p.Ref, p.open().Case.Version, "sudah di rumah"))
}

// does fails the test unless an act was done.
func (h *house) does(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// quiet is somebody whose case is in nobody's way.
func (h *house) quiet(ref string, facts ...casefile.Fact) *person {
	h.Helper()
	return h.writes(ref, "telegram", facts...)
}

// obstacles are what stands in the way of closing the case.
func (p *person) obstacles() []Why {
	p.Helper()
	var open []Why
	for _, o := range p.open().Checklist {
		open = append(open, o.Why)
	}
	return open
}

func TestACaseIsGivenToWhoMayHaveIt(t *testing.T) {
	h := newHouse(t)
	rina := h.quiet("AAA111")
	ani := h.Member("ani", access.CaseWorker, func(s *store.Staff) { s.Team = "timur" })
	auditor := h.Member("sri", access.Auditor)
	none := Holding{Team: store.MainTeam}
	wants(t, h.Assign(t.Context(), h.budi, rina.Ref, none, "nobody", store.MainTeam, ""), NobodyNamed)
	wants(t, h.Assign(t.Context(), h.budi, rina.Ref, none, "", "barat", ""), NobodyNamed)
	wants(t, h.Assign(t.Context(), h.budi, rina.Ref, none, "sri", store.MainTeam, ""), NotForThem)
	wants(t, h.Assign(t.Context(), h.budi, rina.Ref, Holding{Staff: ani.ID, Team: store.MainTeam}, "ani", store.MainTeam, ""), Changed)
	if _, err := h.Open(t.Context(), ani, rina.Ref); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("another team's: %v", err)
	}
	h.does(h.Assign(t.Context(), h.budi, rina.Ref, none, "ani", store.MainTeam, "dia bisa bahasa Jawa"))
	v, err := h.Open(t.Context(), ani, rina.Ref)
	if err != nil || v.Case.AssignedTo != ani.ID || v.Case.Work != store.WorkGoing {
		t.Fatalf("whoever it is given to does not have it: %v, %v, %v", v.Case.AssignedTo, v.Case.Work, err)
	}
	if steps := v.Steps[casefile.ID{}]; len(steps) != 1 || !steps[0].Reason.Is("dia bisa bahasa Jawa") {
		t.Errorf("the reason is not kept: %v", steps)
	}
	wants(t, h.Assign(t.Context(), h.siti, rina.Ref, none, "", store.MainTeam, ""), Changed) // as it stood before
	h.does(h.Exclude(t.Context(), h.siti, rina.Ref, "ani", "saudaranya"))
	if got := rina.open().Case.AssignedTo; !got.IsZero() {
		t.Error("whom it is kept from still has it")
	}
	if err := h.Assign(t.Context(), auditor, rina.Ref, none, "", store.MainTeam, ""); !errors.Is(err, access.ErrDenied) {
		t.Errorf("an auditor gives cases away: %v", err)
	}
	wants(t, h.Assign(t.Context(), h.budi, rina.Ref, none, "ani", store.MainTeam, ""), NotForThem)
}

func TestAChildsCaseGoesToWhoIsTrained(t *testing.T) {
	h := newHouse(t)
	rina := h.quiet("AAA111", fact(casefile.AgeBand, "under18"))
	h.Member("ani", access.CaseWorker)
	h.Member("eko", access.CaseWorker, func(s *store.Staff) { s.Children = true })
	give := func(login string) error {
		return h.Assign(t.Context(), h.siti, rina.Ref, Holding{Team: store.MainTeam}, login, store.MainTeam, "")
	}
	wants(t, give("ani"), NotForThem)
	h.does(give("eko"))
}

func TestWhatIsPutOffComesBack(t *testing.T) {
	h := newHouse(t)
	rina := h.quiet("AAA111")
	snooze := func(p *person, d time.Duration, why string) error {
		return h.Snooze(t.Context(), h.budi, p.Ref, p.open().Case.Version, h.Now().Add(d), why)
	}
	wants(t, snooze(rina, day, " "), NoReason)
	wants(t, snooze(rina, -time.Hour, "x"), BadDate)
	wants(t, snooze(rina, 31*day, "x"), TooFar)
	wants(t, h.Snooze(t.Context(), h.budi, rina.Ref, 0, h.Now().Add(day), "x"), Changed)
	h.does(snooze(rina, 3*day, "menunggu paspor"))
	if until := rina.open().Case.SnoozedUntil; !until.Equal(h.Now().Add(3 * day)) {
		t.Errorf("put off until %v", until)
	}
	rina.Says("halo lagi")
	if !rina.open().Case.SnoozedUntil.IsZero() {
		t.Error("they wrote, and the case stays away")
	}
	h.does(snooze(rina, day, "besok"))
	h.does(h.Wake(t.Context(), h.budi, rina.Ref))
	if !rina.open().Case.SnoozedUntil.IsZero() {
		t.Error("woken, and still put off")
	}
	rina.Receives("satu lagi")
	wants(t, snooze(rina, day, "x"), Unread)
	urgent := h.writes("BBB222", "sms", locked)
	wants(t, snooze(urgent, day/2, "x"), map[casefile.Urgency]Why{casefile.Critical: OpenDanger, casefile.High: Unanswered}[urgent.open().Case.Urgency])
}

func TestTheStateOfWorkIsNotOverwritten(t *testing.T) {
	h := newHouse(t)
	rina := h.quiet("AAA111")
	h.does(h.SetWork(t.Context(), h.budi, rina.Ref, store.WorkNew, store.WorkDone))
	wants(t, h.SetWork(t.Context(), h.siti, rina.Ref, store.WorkNew, store.WorkWaiting), Changed)
	rina.Says("masih ada lagi")
	if got := rina.open().Case.Work; got != store.WorkGoing {
		t.Errorf("they wrote again, and it is %q", got)
	}
}

func TestTheChecklistNamesAllThatIsLeft(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	other := h.quiet("BBB222")
	rina.take(h.budi)
	rina.delivered()
	h.Forward(20 * time.Minute) // what is written now is held
	h.does(replyOf(rina, h.budi, "Kami di sini."))
	rina.Says("iya")
	h.Forward(20 * time.Minute)
	h.does(replyOf(rina, h.budi, "Kami masih di sini."))
	rina.delivered()
	h.does(h.AddTask(t.Context(), h.budi, rina.Ref, "telepon KBRI", "budi", h.Now().Add(day)))
	h.does(h.ProposeLink(t.Context(), h.budi, rina.Ref, other.Ref, store.SameGroup, "menyebut gedung yang sama"))
	h.does(h.ProposeReferral(t.Context(), h.budi, rina.Ref, proposal(h, "situation")))
	want := []Why{OpenDanger, HeldReply, OpenReferral, OpenTask, OpenLink}
	if got := rina.obstacles(); !slices.Equal(got, want) {
		t.Fatalf("in the way: %v, want %v", got, want)
	}
	err := h.Close(t.Context(), h.budi, rina.Ref, rina.open().Case.Version, "selesai")
	var refused *Refused
	if !errors.As(err, &refused) || len(refused.Open) != len(want) {
		t.Fatalf("the refusal does not name all of it: %v", err)
	}
	v := rina.open()
	rina.over()
	h.does(h.TakeBackHeld(t.Context(), h.budi, rina.Ref))
	h.does(h.EndTask(t.Context(), h.budi, rina.Ref, v.Tasks[0].ID, v.Tasks[0].Version, store.TaskDone, ""))
	h.does(h.DecideLink(t.Context(), h.siti, rina.Ref, v.Linked[0].ID, v.Linked[0].Version, store.LinkConfirmed, "sama"))
	h.does(h.MoveReferral(t.Context(), h.budi, rina.Ref, v.Referrals[0].ID, v.Referrals[0].Version, store.ReferralRevoked, "tidak perlu"))
	if got := rina.obstacles(); got != nil {
		t.Fatalf("still in the way: %v", got)
	}
	h.does(h.Close(t.Context(), h.budi, rina.Ref, rina.open().Case.Version, "selesai"))
	wants(t, h.AddTask(t.Context(), h.budi, rina.Ref, "x", "", h.Now().Add(day)), IsClosed)
	wants(t, h.Reopen(t.Context(), h.budi, rina.Ref, rina.open().Case.Version, ""), NoReason)
	h.does(h.Reopen(t.Context(), h.budi, rina.Ref, rina.open().Case.Version, "ibunya menelepon"))
	if c := rina.open().Case; c.Closed || c.Work != store.WorkGoing || c.QueuedAt.IsZero() {
		t.Errorf("opened again: closed %v, %s, in the queue %v", c.Closed, c.Work, !c.QueuedAt.IsZero())
	}
}

func TestDangerThatComesBackIsOpenAgain(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", locked)
	was := rina.open().Case.Urgency
	rina.over()
	if slices.Contains(rina.obstacles(), OpenDanger) || rina.open().Case.Urgency != was {
		t.Errorf("in the way: %v, urgency %s, was %s", rina.obstacles(), rina.open().Case.Urgency, was)
	}
	h.Forward(time.Minute)
	rina.Says("mereka balik")
	if !slices.Contains(rina.obstacles(), OpenDanger) {
		t.Error("they wrote again, and nobody looks whether the danger is over")
	}
	wants(t, h.DangerOver(t.Context(), h.budi, rina.Ref, rina.open().Case.Version-1, "x"), Changed)
	wants(t, h.DangerOver(t.Context(), h.budi, rina.Ref, rina.open().Case.Version, " "), NoReason)
}

func TestATipIsDecidedBeforeItsCaseIsClosed(t *testing.T) {
	h := newHouse(t)
	rina := h.quiet("AAA111")
	flow := func() {
		if _, err := h.SQL().Exec(t.Context(), `UPDATE cases SET flow = 'witness' WHERE ref = 'AAA111'`); err != nil {
			t.Fatal(err)
		}
	}
	flow()
	wants(t, h.Close(t.Context(), h.budi, rina.Ref, rina.open().Case.Version, "selesai"), TipUndecided)
	decide := func(tip store.Tip, why string) error {
		return h.DecideTip(t.Context(), h.budi, rina.Ref, rina.open().Case.Version, tip, why)
	}
	wants(t, decide("false", "x"), NothingChosen)
	wants(t, decide(store.TipKept, ""), NoReason)
	h.does(decide(store.TipKept, "belum ada yang lain"))
	if got := rina.obstacles(); got != nil {
		t.Fatalf("in the way: %v", got)
	}
	h.Forward(time.Minute)
	rina.Says("saya lihat lagi")
	flow()
	if !slices.Equal(rina.obstacles(), []Why{TipUndecided}) {
		t.Errorf("they told more, and in the way is %v", rina.obstacles())
	}
}

func TestTasksAreListedByDayForThoseWhoReachThem(t *testing.T) {
	h := newHouse(t)
	ani := h.Member("ani", access.CaseWorker, func(s *store.Staff) { s.Team = "timur" })
	rina, kept := h.quiet("AAA111"), h.quiet("BBB222")
	add := func(p *person, text, login string, days int) {
		t.Helper()
		h.does(h.AddTask(t.Context(), h.siti, p.Ref, text, login, h.Now().Add(time.Duration(days)*day)))
	}
	add(rina, "dua", "budi", 2)
	add(rina, "satu, telepon 081234567890", "", 1)
	add(kept, "tiga", "budi", 3)
	wants(t, h.AddTask(t.Context(), h.siti, rina.Ref, "x", "", h.Now()), BadDate)
	wants(t, h.AddTask(t.Context(), h.siti, rina.Ref, strings.Repeat("x", 501), "", h.Now().Add(day)), TooLong)
	list := func(who access.Staff, whose string) (texts []string) {
		t.Helper()
		found, err := h.Tasks(t.Context(), who, whose, "")
		h.does(err)
		for _, k := range found.Tasks {
			texts = append(texts, k.Text.Reveal())
		}
		return texts
	}
	covered := "satu, telepon •••••••"
	for _, c := range []struct {
		who   access.Staff
		whose string
		want  []string
	}{{h.budi, TasksMine, []string{"dua", "tiga"}}, {h.budi, TasksTeam, []string{covered, "dua", "tiga"}},
		{h.siti, TasksAll, []string{covered, "dua", "tiga"}}, {ani, TasksTeam, nil}, {ani, TasksAll, nil}} {
		if got := list(c.who, c.whose); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.whose, got, c.want)
		}
	}
	h.does(h.Exclude(t.Context(), h.siti, kept.Ref, "budi", "saudara"))
	if got := list(h.budi, TasksTeam); !slices.Equal(got, []string{covered, "dua"}) {
		t.Errorf("with one case kept from them: %v", got)
	}
	k := rina.open().Tasks[1]
	h.does(h.MoveTask(t.Context(), h.budi, rina.Ref, k.ID, k.Version, "", h.Now().Add(5*day)))
	wants(t, h.EndTask(t.Context(), h.budi, rina.Ref, k.ID, k.Version, store.TaskDone, ""), Changed)
	wants(t, h.EndTask(t.Context(), h.budi, rina.Ref, casefile.ID{9}, 1, store.TaskDone, ""), Gone)
	wants(t, h.EndTask(t.Context(), h.budi, rina.Ref, k.ID, k.Version+1, store.TaskDropped, ""), NoReason)
	h.does(h.EndTask(t.Context(), h.budi, rina.Ref, k.ID, k.Version+1, store.TaskDropped, "sudah"))
}

func TestAPageOfTasksGoesOnWhereItEnded(t *testing.T) {
	h := newHouse(t)
	rina := h.quiet("AAA111")
	v := rina.open()
	h.does(h.Store.InTx(t.Context(), func(tx *store.Tx) error {
		lane, err := tx.LockLane(t.Context(), v.Lane.ID)
		for i := range 2*TaskPage + 3 {
			k := store.Task{ID: casefile.NewID(h.Now()), Case: v.Case.ID, Conversation: lane.ID, Text: casefile.Hide("x"), DueAt: h.Now().Add(time.Duration(i/3) * time.Hour),
				AddedBy: h.siti.ID, At: h.Now()}
			err = errors.Join(err, tx.AddTask(t.Context(), k, lane.Key))
		}
		return errors.Join(err, tx.Audit(t.Context(), store.Entry{At: h.Now(), Actor: casefile.System("test"), Action: "test.tasks"}))
	}))
	seen, after, pages := map[casefile.ID]bool{}, "", 0
	for ; pages == 0 || after != ""; pages++ {
		list, err := h.Tasks(context.Background(), h.budi, TasksTeam, after)
		h.does(err)
		for _, k := range list.Tasks {
			seen[k.ID] = true
		}
		after = list.Next
	}
	if len(seen) != 2*TaskPage+3 || pages != 3 {
		t.Errorf("%d tasks on %d pages", len(seen), pages)
	}
}
