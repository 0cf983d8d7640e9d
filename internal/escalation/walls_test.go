package escalation

import (
	"context"
	"slices"
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// accuses puts up a wall as the line does when a report names an agency.
func (h *house) accuses(agency string, takenBy ...string) (handedBack bool) {
	h.t.Helper()
	var holder casefile.ID
	for _, name := range takenBy {
		holder = h.staff[name]
	}
	h.tx(func(ctx context.Context, tx *store.Tx) (err error) {
		wall := store.Wall{ID: casefile.NewID(h.now), Conversation: h.rina.ID, Kind: store.WallHeard, Subject: agency, At: h.now}
		if err := tx.AddWall(ctx, wall, h.rina.Key); err != nil {
			return err
		}
		if !holder.IsZero() {
			if err := tx.TakeOver(ctx, h.rina.ID, holder, h.now); err != nil {
				return err
			}
		}
		now := Assess(h.facts, h.about)
		handedBack, err = h.ladder.Wall(ctx, tx, h.change(now, now, len(h.facts)), holder)
		return err
	})
	return handedBack
}

func (h *house) alarmed(kind store.AlarmKind) (n int) {
	h.t.Helper()
	h.tx(func(ctx context.Context, tx *store.Tx) error {
		standing, err := tx.Alarms(ctx)
		for _, a := range standing {
			if a.Kind == kind && a.Case == h.kase {
				n++
			}
		}
		return err
	})
	return n
}

func TestNoRungWakesThoseTheReportNames(t *testing.T) {
	h := newHouse(t)
	h.team()
	h.joins("rudi", "on", "telegram", "agency=police")
	h.joins("yono", "role=supervisor", "telegram", "agency=police")
	h.joins("lina", "on", "telegram", "agency=kemlu")
	h.accuses("police")
	h.learns("danger_now=yes")
	h.alerted("budi/telegram", "lina/telegram")
	h.forward(5 * time.Minute)
	h.alerted("budi/telegram", "sari/telegram", "joko/sms", "lina/telegram")
	h.forward(5 * time.Minute) // supervisors, everybody, everybody again
	h.alerted("budi/telegram", "sari/telegram", "joko/sms", "dewi/telegram", "lina/telegram",
		"budi/telegram", "sari/telegram", "joko/sms", "dewi/telegram", "agus/telegram", "lina/telegram",
		"budi/sms", "sari/telegram", "joko/sms", "dewi/telegram", "agus/telegram", "lina/telegram")
	if h.alarmed(store.AlarmWalled) != 0 {
		t.Error("an alarm, and somebody of every rung heard")
	}
}

// TestARungThatIsKeptOutIsClimbedOverAtOnce: the alert still reaches somebody, and an
// alarm says how.
func TestARungThatIsKeptOutIsClimbedOverAtOnce(t *testing.T) {
	h := newHouse(t)
	h.joins("rudi", "on", "telegram", "agency=police")
	h.joins("dewi", "role=supervisor", "telegram")
	h.joins("yono", "role=supervisor", "telegram", "agency=police")
	h.accuses("police")
	if !h.learns("danger_now=yes") {
		t.Fatal("not raised")
	}
	h.alerted("dewi/telegram")
	if h.alarmed(store.AlarmWalled) != 1 {
		t.Error("no alarm says that everybody on duty is kept out")
	}
}

func TestWhenEverybodyIsKeptOutTheAlarmStands(t *testing.T) {
	h := newHouse(t)
	h.joins("rudi", "on", "telegram", "agency=police")
	h.accuses("police")
	h.learns("danger_now=yes")
	h.alerted()
	if h.alarmed(store.AlarmWalled) != 1 || h.alarmed(store.AlarmNobodyReachable) != 1 {
		t.Error("nobody may hear, and no alarm stands")
	}
}

// TestWhoeverHoldsItLosesItWhenTheirAgencyIsNamed: an alert on its way, the code in
// their hand, the acknowledgement, the takeover.
func TestWhoeverHoldsItLosesItWhenTheirAgencyIsNamed(t *testing.T) {
	h := newHouse(t)
	h.joins("rudi", "on", "telegram", "agency=police")
	h.joins("budi", "on", "sms")
	h.learns("danger_now=yes")
	h.alerted("budi/sms", "rudi/telegram")
	code := h.codeOf("rudi")
	h.wants(h.says("rudi", code).Outcome, Accepted)
	h.forward(2 * time.Minute)
	if !h.accuses("police", "rudi") {
		t.Error("the person still talks to him")
	}
	h.alerted("budi/sms")
	if x, ok := h.live(); !ok || x.State != store.Climbing {
		t.Error("his acknowledgement still holds")
	}
	h.wants(h.says("rudi", code).Outcome, NoSuchCode)
	h.wants(h.says("rudi", "ZZZZ").Outcome, NoSuchCode)
	if h.audited("takeover.walled") != 1 || h.audited("alert.wrong_code") != 2 {
		t.Error("not audited, or his code is counted another way than a wrong one")
	}
	if h.accuses("police", "budi") {
		t.Error("the line was taken from somebody it is not kept from")
	}
}

// TestAnAlertOnItsWayToThemIsDropped: what is queued and not sent yet.
func TestAnAlertOnItsWayToThemIsDropped(t *testing.T) {
	h := newHouse(t)
	h.joins("rudi", "on", "telegram", "agency=police")
	h.learns("danger_now=yes")
	h.alerted("rudi/telegram")
	h.accuses("police")
	h.nothingOnItsWay()
}

// TestAnAlertThatOnlyTheyHeardGoesOnAtOnce: what was said to nobody but those the report
// names now is said to nobody. The next rung does not wait for its time.
func TestAnAlertThatOnlyTheyHeardGoesOnAtOnce(t *testing.T) {
	h := newHouse(t)
	h.joins("rudi", "on", "telegram", "agency=police")
	h.joins("sari", "on", "telegram", "team=batam")
	h.learns("danger_now=yes")
	h.alerted("rudi/telegram")
	h.forward(time.Minute)
	h.accuses("police")
	h.alerted("sari/telegram")
	h.accuses("police") // told again: sari knows
	h.alerted()
	if x, ok := h.live(); !ok || x.State != store.Climbing {
		t.Error("it does not climb")
	}
}

// TestOthersWhoHeardAreNotWokenAgain because somebody else is kept out now.
func TestOthersWhoHeardAreNotWokenAgain(t *testing.T) {
	h := newHouse(t)
	h.joins("rudi", "on", "telegram", "agency=police")
	h.joins("budi", "on", "sms")
	h.learns("danger_now=yes")
	h.alerted("budi/sms", "rudi/telegram")
	h.forward(time.Minute)
	h.accuses("police")
	h.alerted()
}

// TestTheAlarmIsToldWhileAllWhoAreOnDutyAreKeptOut: that somebody is on duty helps
// nobody in a case that they may not hear of.
func TestTheAlarmIsToldWhileAllWhoAreOnDutyAreKeptOut(t *testing.T) {
	h := newHouse(t)
	h.joins("rudi", "on", "telegram", "agency=police")
	h.accuses("police")
	h.learns("danger_now=yes")
	h.tick()
	if !slices.Contains(h.alarms, store.AlarmNobodyReachable) || h.alarmed(store.AlarmNobodyReachable) != 1 {
		t.Error("nobody can help, and nobody outside is told")
	}
	h.joins("dewi", "role=supervisor", "telegram")
	h.forward(2 * time.Minute)
	if h.alarmed(store.AlarmNobodyReachable) != 0 {
		t.Error("dewi hears, and the alarm stands")
	}
}
