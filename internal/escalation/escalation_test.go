package escalation

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

func TestNobodyAnswersAndTheLadderIsClimbed(t *testing.T) {
	h := newHouse(t)
	h.team()
	if !h.learns("danger_now=yes") {
		t.Fatal("danger did not alert")
	}
	h.alerted("budi/telegram") // the team that speaks Rina's language
	h.forward(4 * time.Minute)
	h.alerted()
	h.forward(time.Minute)
	h.alerted("budi/telegram", "sari/telegram", "joko/sms")
	h.forward(2 * time.Minute)
	h.alerted("budi/telegram", "sari/telegram", "joko/sms", "dewi/telegram")
	h.forward(2 * time.Minute)
	h.alerted("budi/telegram", "sari/telegram", "joko/sms", "dewi/telegram", "agus/telegram")
	h.forward(time.Minute) // the last rung repeats, on the other channel where there is one
	h.alerted("budi/sms", "sari/telegram", "joko/sms", "dewi/telegram", "agus/telegram")
	h.forward(time.Minute)
	h.alerted("budi/telegram", "sari/telegram", "joko/sms", "dewi/telegram", "agus/telegram")
}

func TestTheLastRungRepeatsWithoutACapAndAtMostOnceAMinute(t *testing.T) {
	h := newHouse(t)
	h.joins("budi", "on", "telegram")
	h.learns("danger_now=yes")
	h.forward(10 * time.Minute)
	h.alerted(slices.Repeat([]string{"budi/telegram"}, 5)...)
	h.forward(30 * time.Minute)
	h.alerted(slices.Repeat([]string{"budi/telegram"}, 30)...)
}

func TestAnAcknowledgementStopsTheLadder(t *testing.T) {
	h := newHouse(t)
	h.team()
	h.learns("danger_now=yes")
	h.forward(5 * time.Minute)
	ack := h.says("budi", h.codeOf("budi"))
	h.wants(ack.Outcome, Accepted)
	if ack.By != h.staff["budi"] || ack.Case != h.kase || ack.Urgency != casefile.Critical || !ack.Expires.Equal(h.now.Add(10*time.Minute)) || len(ack.Others) != 2 {
		t.Errorf("acknowledged %+v", ack)
	}
	h.alerted("budi/telegram", "budi/telegram", "sari/telegram", "joko/sms")
	h.forward(9 * time.Minute)
	h.alerted()
	h.nothingOnItsWay()
	if h.audited("escalation.acknowledged") != 1 {
		t.Error("the acknowledgement is not in the audit")
	}
}

func TestAnAcknowledgementSaidTwiceIsOne(t *testing.T) {
	h := newHouse(t)
	h.team()
	h.learns("danger_now=yes")
	h.forward(5 * time.Minute)
	code, sari := h.codeOf("budi"), h.codeOf("sari")
	h.wants(h.says("budi", code).Outcome, Accepted)
	h.wants(h.says("budi", code).Outcome, AlreadyYours)
	late := h.says("sari", sari)
	h.wants(late.Outcome, AlreadyTaken)
	if late.By != h.staff["budi"] {
		t.Error("sari is not told who holds it")
	}
	if h.audited("escalation.acknowledged") != 1 {
		t.Error("one acknowledgement was audited twice")
	}
}

func TestAnAcknowledgementWithoutAnAnswerExpires(t *testing.T) {
	h := newHouse(t)
	h.team()
	h.learns("danger_now=yes")
	h.alerted("budi/telegram")
	code := h.codeOf("budi")
	h.wants(h.says("budi", code).Outcome, Accepted)
	h.tx(func(ctx context.Context, tx *store.Tx) error {
		_, err := h.ladder.SetDuty(ctx, tx, h.staff["budi"], false, casefile.ByStaff(h.staff["budi"]), h.now)
		return err
	})
	h.forward(10 * time.Minute)
	h.alerted("budi/telegram", "sari/telegram", "joko/sms") // the next rung, and budi, who held it
	h.wants(h.says("budi", code).Outcome, CodeUsed)         // it was used; he has a new one
	h.wants(h.says("budi", h.codeOf("budi")).Outcome, Accepted)
}

func TestAnAnswerMakesAnAcknowledgementGood(t *testing.T) {
	h := newHouse(t)
	h.team()
	h.learns("danger_now=yes")
	h.alerted("budi/telegram")
	h.wants(h.says("budi", h.codeOf("budi")).Outcome, Accepted)
	h.forward(3 * time.Minute)
	h.opensAndAnswers("budi")
	h.jump(time.Hour)
	h.alerted()
	if _, ok := h.live(); ok {
		t.Error("the escalation still lives after it was answered")
	}
}

func TestAnAnswerOfYesterdayMakesNothingGood(t *testing.T) {
	h := newHouse(t)
	h.team()
	h.opensAndAnswers("budi")
	h.jump(time.Hour)
	h.learns("danger_now=yes")
	h.alerted("budi/telegram")
	h.wants(h.says("budi", h.codeOf("budi")).Outcome, Accepted)
	h.forward(10 * time.Minute)
	h.alerted("budi/telegram", "sari/telegram", "joko/sms")
}

func TestNewDangerAlertsAgainOnAnAcknowledgedCase(t *testing.T) {
	h := newHouse(t)
	h.team()
	h.learns("danger_now=yes")
	h.alerted("budi/telegram")
	old := h.codeOf("budi")
	h.wants(h.says("budi", old).Outcome, Accepted)
	h.forward(2 * time.Minute)
	h.learns("recruiter=friend") // no danger
	h.alerted()
	h.tx(func(ctx context.Context, tx *store.Tx) error { // who holds the case hears of it, also off duty
		_, err := h.ladder.SetDuty(ctx, tx, h.staff["budi"], false, casefile.ByStaff(h.staff["budi"]), h.now)
		return err
	})
	h.joins("ina", "on", "telegram")
	if !h.learns("freedom=locked") {
		t.Error("new danger did not alert")
	}
	h.alerted("budi/telegram", "ina/telegram")
	if fresh := h.codeOf("budi"); fresh == old {
		t.Error("new danger has the code that was used")
	}
	h.wants(h.says("budi", old).Outcome, Over)
	h.forward(5 * time.Minute)
	h.alerted("ina/telegram", "sari/telegram", "joko/sms")
}

func TestNewDangerNeverWakesFewerPeople(t *testing.T) {
	h := newHouse(t)
	h.team()
	h.learns("freedom=locked") // HIGH
	h.alerted("budi/telegram")
	h.forward(30 * time.Minute)
	h.alerted("budi/telegram", "sari/telegram", "joko/sms")
	h.forward(5 * time.Minute)
	since, _ := h.live()
	h.learns("violence=beaten") // CRITICAL: those who heard last hear again
	h.alerted("budi/telegram", "sari/telegram", "joko/sms")
	now, _ := h.live()
	if now.Urgency != casefile.Critical || !now.StartedAt.Equal(since.StartedAt) {
		t.Errorf("escalation %v waits since %v; Rina has waited since %v", now.Urgency, now.StartedAt, since.StartedAt)
	}
	h.learns("health=injured") // within the same minute nobody is woken twice
	h.alerted()
	h.forward(time.Minute)
	h.learns("moving=sold")
	h.alerted("budi/telegram", "sari/telegram", "joko/sms")
}

func TestNobodyOnDutyIsAnAlarm(t *testing.T) {
	h := newHouse(t)
	h.joins("dewi", "role=supervisor", "telegram")
	h.joins("agus", "telegram")
	h.learns("danger_now=yes")
	h.alerted("dewi/telegram") // at once, not after the rungs with nobody in them
	h.tx(func(ctx context.Context, tx *store.Tx) error {
		standing, err := tx.Alarms(ctx)
		if len(standing) != 1 || standing[0].Kind != store.AlarmNobodyOnDuty || standing[0].Case != h.kase {
			t.Errorf("alarms in the commit of the danger: %v", standing)
		}
		return err
	})
	h.tick()
	if !slices.Equal(h.alarms, []store.AlarmKind{store.AlarmNobodyOnDuty}) {
		t.Fatalf("alarms told: %v", h.alarms)
	}
	h.jump(29 * time.Minute)
	if len(h.alarms) != 1 {
		t.Errorf("the alarm was told %d times in half an hour", len(h.alarms))
	}
	h.jump(2 * time.Minute)
	if len(h.alarms) != 2 {
		t.Error("the alarm stands and is not told again")
	}
	h.tx(func(ctx context.Context, tx *store.Tx) error {
		_, err := h.ladder.SetDuty(ctx, tx, h.staff["agus"], true, casefile.ByStaff(h.staff["agus"]), h.now)
		return err
	})
	h.jump(time.Hour)
	if len(h.alarms) != 2 {
		t.Error("the alarm is told although agus is on duty")
	}
}

func TestNobodyOnDutyIsAnAlarmAlsoWhileNobodyWrites(t *testing.T) {
	h := newHouse(t)
	h.joins("budi", "on", "telegram")
	h.tick()
	if len(h.alarms) != 0 {
		t.Errorf("alarms told: %v", h.alarms)
	}
	h.tx(func(ctx context.Context, tx *store.Tx) error {
		_, err := h.ladder.SetDuty(ctx, tx, h.staff["budi"], false, casefile.ByStaff(h.staff["budi"]), h.now)
		return err
	})
	h.broken = true
	if _, err := h.ladder.Tick(t.Context(), h.now); err != nil {
		t.Fatal(err)
	}
	if err := h.ladder.TellAlarms(t.Context(), h.now); err == nil {
		t.Error("an alarm that reached nobody is not an error")
	}
	h.broken = false
	h.forward(time.Minute)
	if !slices.Equal(h.alarms, []store.AlarmKind{store.AlarmNobodyOnDuty}) {
		t.Errorf("alarms told: %v; one that failed must be told at the next tick", h.alarms)
	}
}

func TestNobodyToAlertAtAllIsAnAlarmAndTheLadderGoesOn(t *testing.T) {
	h := newHouse(t)
	h.learns("danger_now=yes")
	h.alerted()
	h.tick()
	if !slices.Contains(h.alarms, store.AlarmNobodyReachable) {
		t.Errorf("alarms told: %v", h.alarms)
	}
	h.joins("budi", "on", "telegram")
	h.forward(time.Minute)
	h.alerted("budi/telegram")
}

func TestAFailedDeliveryClimbsAtOnceAndTriesTheOtherChannel(t *testing.T) {
	h := newHouse(t)
	h.team()
	h.learns("danger_now=yes")
	h.alerted("budi/telegram")
	x, _ := h.live()
	fails := func(name string) {
		t.Helper()
		h.tx(func(ctx context.Context, tx *store.Tx) error {
			return h.ladder.DeliveryFailed(ctx, tx, x.ID, h.staff[name], h.now)
		})
	}
	h.now = h.now.Add(5 * time.Second)
	fails("budi")
	h.alerted("budi/sms", "sari/telegram", "joko/sms")
	fails("budi") // both of his failed now: nothing left to try in this minute
	h.alerted("dewi/telegram")
	fails("dewi")
	h.alerted("agus/telegram")
	due, _ := h.live()
	h.now = h.now.Add(30 * time.Second)
	fails("agus") // the last rung: it repeats by the clock, and no failure puts that off
	h.alerted()
	if x, _ := h.live(); !x.DueAt.Equal(due.DueAt) {
		t.Error("a failure on the last rung moved the repeat")
	}
	h.forward(time.Minute)
	h.alerted("budi/telegram", "sari/telegram", "joko/sms", "dewi/telegram", "agus/telegram")
}

func TestAFailedDeliveryOfAnAcknowledgedAlertWakesNobody(t *testing.T) {
	h := newHouse(t)
	h.team()
	h.learns("danger_now=yes")
	h.alerted("budi/telegram")
	x, _ := h.live()
	h.wants(h.says("budi", h.codeOf("budi")).Outcome, Accepted)
	h.tx(func(ctx context.Context, tx *store.Tx) error {
		return h.ladder.DeliveryFailed(ctx, tx, x.ID, h.staff["budi"], h.now)
	})
	h.alerted()
}

func TestAUsedCodeDoesNotWorkAgainAfterItExpired(t *testing.T) {
	h := newHouse(t)
	h.team()
	h.learns("danger_now=yes")
	code := h.codeOf("budi")
	h.wants(h.says("budi", code).Outcome, Accepted)
	if _, err := h.sql.Exec(t.Context(), `DELETE FROM staff_addresses WHERE staff_id = $1`, h.staff["budi"]); err != nil {
		t.Fatal(err) // so that no newer code reaches him
	}
	h.jump(10 * time.Minute)
	h.wants(h.says("budi", code).Outcome, CodeUsed)
}

func TestADueEscalationIsClaimedByOneProcess(t *testing.T) {
	h := newHouse(t)
	h.team()
	h.learns("danger_now=yes")
	h.now = h.now.Add(5 * time.Minute)
	h.tx(func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.DueEscalation(ctx, nil, h.now); err != nil {
			return err
		}
		h.tx(func(ctx context.Context, other *store.Tx) error {
			if _, err := other.DueEscalation(ctx, nil, h.now); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("claimed twice at once (%v)", err)
			}
			return nil
		})
		return nil
	})
}

func TestMediumWaitsInTheQueueAndWakesNobodyAtNight(t *testing.T) {
	h := newHouse(t)
	h.team()
	if h.learns("forced_work=online") {
		t.Error("a MEDIUM one alerted at once")
	}
	h.jump(19*time.Hour + 30*time.Minute) // noon + 12 h is midnight; 7:30 in the morning
	h.alerted()
	h.jump(30 * time.Minute)
	h.alerted("budi/telegram")
}

func TestDangerOnAMediumCaseAlertsAtOnce(t *testing.T) {
	h := newHouse(t)
	h.team()
	h.learns("forced_work=online")
	h.learns("freedom=locked")
	h.alerted("budi/telegram")
	if x, _ := h.live(); x.Urgency != casefile.High {
		t.Errorf("escalated as %v, want high", x.Urgency)
	}
}

func TestHeardDangerAlertsWhateverTheFactsSay(t *testing.T) {
	h := newHouse(t)
	h.team()
	low := Assess(nil, victim)
	h.tx(func(ctx context.Context, tx *store.Tx) error {
		c := h.change(low, low, 0)
		c.Danger = true
		raised, err := h.ladder.Raise(ctx, tx, c)
		if !raised {
			t.Error("danger did not alert")
		}
		return err
	})
	h.alerted("budi/telegram")
}

func TestNothingNewAlertsNobody(t *testing.T) {
	h := newHouse(t)
	h.team()
	if h.learns("language=id") || h.learns("departure=later") {
		t.Error("information alerted staff")
	}
	h.jump(time.Hour)
	h.alerted()
	if _, ok := h.live(); ok {
		t.Error("a LOW report is escalated")
	}
}

func TestWrongCodesAreLimited(t *testing.T) {
	h := newHouse(t)
	h.team()
	h.learns("danger_now=yes")
	h.forward(5 * time.Minute)
	budi := h.codeOf("budi")
	for range 5 {
		h.wants(h.says("sari", budi).Outcome, NoSuchCode) // a colleague's code is not hers
	}
	h.wants(h.says("sari", h.codeOf("sari")).Outcome, TooManyGuesses)
	h.forward(9 * time.Minute)
	h.wants(h.says("sari", h.codeOf("sari")).Outcome, TooManyGuesses)
	h.wants(h.says("joko", h.codeOf("joko")).Outcome, Accepted) // others are not hurt
	h.forward(time.Minute)
	h.wants(h.says("sari", h.codeOf("sari")).Outcome, AlreadyTaken)
	if h.audited("alert.wrong_code") != 5 {
		t.Error("wrong codes are not in the audit")
	}
}

func TestAcknowledgingInTheConsole(t *testing.T) {
	h := newHouse(t)
	h.team()
	acknowledge := func(name string) (ack Ack) {
		h.tx(func(ctx context.Context, tx *store.Tx) (err error) {
			ack, err = h.ladder.AcknowledgeCase(ctx, tx, h.staff[name], h.kase, h.now)
			return err
		})
		return ack
	}
	h.wants(acknowledge("agus").Outcome, Over)
	h.learns("danger_now=yes")
	h.wants(acknowledge("agus").Outcome, Accepted) // he was not alerted, but he is signed in
	h.wants(acknowledge("agus").Outcome, AlreadyYours)
	h.wants(h.says("budi", h.codeOf("budi")).Outcome, AlreadyTaken)
}

func TestLoweringOrClosingEndsTheLadder(t *testing.T) {
	h := newHouse(t)
	h.team()
	h.learns("danger_now=yes")
	h.alerted("budi/telegram")
	h.tx(func(ctx context.Context, tx *store.Tx) error {
		return h.ladder.End(ctx, tx, h.kase, "lowered", casefile.ByStaff(h.staff["budi"]), h.now)
	})
	h.nothingOnItsWay()
	h.jump(time.Hour)
	h.alerted()
	if h.audited("escalation.ended") != 1 {
		t.Error("the end is not in the audit")
	}
	h.learns("freedom=locked")
	h.alerted("budi/telegram")
	if _, err := h.sql.Exec(t.Context(), `UPDATE cases SET status = 'closed', closed_at = $2 WHERE id = $1`, h.kase, h.now); err != nil {
		t.Fatal(err)
	}
	h.jump(time.Hour)
	h.alerted()
}

func TestATakeoverThatLapsesWakesTheNextRung(t *testing.T) {
	h := newHouse(t)
	h.team()
	h.learns("danger_now=yes")
	h.alerted("budi/telegram")
	h.wants(h.says("budi", h.codeOf("budi")).Outcome, Accepted)
	h.tx(func(ctx context.Context, tx *store.Tx) error {
		now := Assess(h.facts, h.about)
		return h.ladder.Renew(ctx, tx, h.change(now, now, len(h.facts)))
	})
	h.alerted("budi/telegram", "sari/telegram", "joko/sms")
}

func TestTwoProcessesAlertOnce(t *testing.T) {
	h := newHouse(t)
	h.team()
	h.learns("danger_now=yes")
	h.alerted("budi/telegram")
	h.now = h.now.Add(5 * time.Minute)
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if _, err := h.ladder.Tick(t.Context(), h.now); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	h.alerted("budi/telegram", "sari/telegram", "joko/sms")
}

func TestOneBrokenEscalationKeepsNobodyElseWaiting(t *testing.T) {
	h := newHouse(t)
	h.team()
	h.learns("danger_now=yes")
	first := h.kase
	h.rina, h.kase, h.facts = h.secondPerson()
	h.about = victim
	h.learns("danger_now=yes")
	h.alerted("budi/telegram", "budi/telegram")
	// an urgency without a ladder cannot climb
	if _, err := h.sql.Exec(t.Context(), `UPDATE escalations SET urgency = 'low', due_at = due_at - interval '1 hour' WHERE case_id = $1`, first); err != nil {
		t.Fatal(err)
	}
	h.now = h.now.Add(5 * time.Minute)
	var failed []error
	h.ladder.Failed = func(err error) { failed = append(failed, err) }
	h.tick() // the pass itself goes well: the loop behind it does not slow down
	h.alerted("budi/telegram", "sari/telegram", "joko/sms")
	if len(failed) != 1 {
		t.Errorf("reported: %v, want the broken one", failed)
	}
	if want := []store.AlarmKind{store.AlarmFailing}; !slices.Equal(h.alarms, want) {
		t.Errorf("alarms told: %v, want %v", h.alarms, want)
	}
	h.now = h.now.Add(30 * time.Second)
	h.tick()
	if len(failed) != 1 {
		t.Error("the broken one was not put off")
	}
	h.now = h.now.Add(30 * time.Second)
	h.tick()
	if len(failed) != 2 {
		t.Error("the broken one is not tried again after a minute")
	}
}

func (h *house) secondPerson() (store.Conversation, casefile.ID, casefile.Facts) {
	h.t.Helper()
	address := casefile.Address{Channel: "sms", ID: casefile.Hide("+628110000001")}
	var c store.Conversation
	id := casefile.NewID(h.now)
	h.tx(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.StartConversation(ctx, address, casefile.Indonesian, "ID", h.now); err != nil {
			return err
		}
		found, err := tx.FindConversations(ctx, []casefile.Address{address})
		if err != nil {
			return err
		}
		if c, err = tx.LockLane(ctx, found[0].ID); err != nil {
			return err
		}
		return tx.OpenCase(ctx, store.Case{ID: id, Ref: "XT9PQ2", Lang: casefile.Indonesian, Team: store.MainTeam, OpenedAt: h.now}, c)
	})
	return c, id, nil
}

func TestTheAlertIsInTheCommitOfItsDanger(t *testing.T) {
	h := newHouse(t)
	h.team()
	after := Assess(facts("danger_now=yes"), victim)
	err := h.db.InTx(t.Context(), func(tx *store.Tx) error {
		if _, err := h.ladder.Raise(t.Context(), tx, h.change(Assessment{}, after, 0)); err != nil {
			return err
		}
		return context.Canceled
	})
	if err == nil {
		t.Fatal("the turn did not fail")
	}
	h.alerted()
	if _, ok := h.live(); ok {
		t.Error("an escalation of a turn that was never committed")
	}
}
