package escalation

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"pulang/internal/casefile"
)

// TestPassingOverWhatWasNotToldChangesNoAnswer: with every key told, nothing is passed over.
func TestPassingOverWhatWasNotToldChangesNoAnswer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := look{about: anyAbout(t)}
		for i := range rapid.IntRange(0, 12).Draw(t, "facts") {
			l.facts = append(l.facts, anyFact(t, i))
		}
		patient := l
		l.told, patient.told = keysOf(l.facts), ^keys(0)
		fire(&l)
		fire(&patient)
		if !reflect.DeepEqual(l.fired, patient.fired) {
			t.Fatalf("fires %+v, want %+v", l.fired, patient.fired)
		}
		for _, s := range signs {
			if holds(&l, s.When) != holds(&patient, s.When) {
				t.Fatalf("sign %d is passed over", s.ILO)
			}
		}
		for _, f := range flags {
			if holds(&l, f.When) != holds(&patient, f.When) {
				t.Fatalf("flag %s is passed over", f.Name)
			}
		}
	})
}

// BenchmarkAssess is what the rules cost in every turn of somebody who has told a lot.
func BenchmarkAssess(b *testing.B) {
	fs := facts("safe_now=yes", "danger_now=no", "device_watched=nobody", "country=MM", "freedom=locked", "age_band=adult",
		"violence=beaten", "health=none", "who=victim", "place=Myawaddy", "hardship=overtime", "threat=sell")
	about := About{Reporter: casefile.Victim, Flow: casefile.FlowVictim}
	b.ReportAllocs()
	for b.Loop() {
		Assess(fs, about)
	}
}
