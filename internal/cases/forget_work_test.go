package cases

import (
	"testing"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

func TestForgettingTakesTheWorkWithIt(t *testing.T) {
	h := newHouse(t)
	rina, dewi := h.quiet("AAA111"), h.quiet("BBB222")
	h.does(h.AddPerson(t.Context(), h.budi, rina.Ref, Known{Name: "Dewi", Age: "adult", State: store.PersonHeld}))
	what := proposal(h, "situation")
	what.Person = rina.open().People[0].ID
	r := rina.proposed(h.budi, what)
	h.does(h.RecordConsent(t.Context(), h.budi, rina.Ref, Asked{Person: what.Person, To: "kemlu", Answer: store.ConsentNo, Lang: "id", How: ByVoice}))
	h.does(h.MoveReferral(t.Context(), h.budi, rina.Ref, r.ID, r.Version, store.ReferralRevoked, "tidak mau"))
	h.does(h.AddTask(t.Context(), h.budi, rina.Ref, "telepon", "", h.Now().Add(day)))
	k := rina.open().Tasks[0]
	h.does(h.EndTask(t.Context(), h.budi, rina.Ref, k.ID, k.Version, store.TaskDone, ""))
	h.does(h.ProposeLink(t.Context(), h.siti, rina.Ref, dewi.Ref, store.SameGroup, "sama"))
	l := rina.open().Linked[0]
	h.does(h.DecideLink(t.Context(), h.siti, rina.Ref, l.ID, l.Version, store.LinkConfirmed, "sama"))
	h.does(h.Close(t.Context(), h.siti, rina.Ref, rina.open().Case.Version, "selesai"))
	id := rina.open().Case.ID
	h.does(h.Store.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.ForgetCase(t.Context(), id, store.Forgetting{Why: store.ForgetDue, Actor: casefile.System("retention"), At: h.Now(), Echoes: h.Now()})
		return err
	}))
	for _, table := range []string{"case_steps", "case_people", "consents", "referrals", "tasks", "case_links"} {
		var n int
		if err := h.SQL().QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s: %d rows are left, %v", table, n, err)
		}
	}
	var left bool
	if err := h.SQL().QueryRow(t.Context(), `SELECT group_sealed IS NOT NULL FROM cases WHERE id = $1`, id).Scan(&left); err != nil || left {
		t.Errorf("whether a child was in the group is left: %v", err)
	}
	if len(dewi.open().Linked) != 0 {
		t.Error("the other case still names the forgotten one")
	}
}
