package main

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"pulang/flows"
	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/hear"
)

// rehearsed is one step of a conversation, as the line takes it.
type rehearsed struct {
	session casefile.Session // before
	input   flows.Input
}

// rehearse plays a script in memory and returns its steps, and where it ends. What
// stored people left behind is made by it, so that it reads like the real thing.
func rehearse(ear *hear.Ear, script []string, at time.Time) (steps []rehearsed, end casefile.Session) {
	s := casefile.Session{Stage: casefile.StageNew}
	for _, text := range script {
		at = at.Add(time.Minute)
		before := s
		in := flows.Input{Now: at, Hint: casefile.Indonesian,
			Readings: []casefile.Reading{ear.Read(casefile.NewID(at), casefile.KindText, casefile.Hide(text), flows.Hearing(s, at))},
			Urgency:  func(facts casefile.Facts) casefile.Urgency { return judge(before, facts).Urgency },
		}
		steps = append(steps, rehearsed{before, in})
		s, _ = flows.Step(before, in)
		s.Turn, s.Version = before.Turn+1, casefile.SessionVersion
	}
	return steps, s
}

func judge(s casefile.Session, facts casefile.Facts) escalation.Assessment {
	return escalation.Assess(facts, escalation.About{Reporter: s.Reporter, Flow: s.Flow})
}

// assessment is what a case keeps of it.
func assessment(s casefile.Session) ([]byte, error) { return json.Marshal(judge(s, s.Facts)) }

// passes is how often every step is taken.
const passes = 2000

// step measures flows.Step over every line that people write here, danger included,
// with the judgement of escalation inside, as the line calls it; and beside it that
// judgement alone. It is the median pass over all steps: one pass is short enough that
// whatever else runs on the machine seldom falls into it.
func (b *bench) step(_ context.Context, f *figures) error {
	ear, err := hear.New()
	if err != nil {
		return err
	}
	var steps []rehearsed
	for _, script := range append([][]string{{cry, "1", "1"}}, scripts...) {
		played, _ := rehearse(ear, script, b.now())
		steps = append(steps, played...)
	}
	median := func(urgency bool) float64 {
		var took []time.Duration
		for range passes {
			from := b.now()
			for _, s := range steps {
				if !urgency {
					s.input.Urgency = nil // counts as low
				}
				flows.Step(s.session, s.input)
			}
			took = append(took, b.now().Sub(from)/time.Duration(len(steps)))
		}
		slices.Sort(took)
		return float64(took[passes/2].Nanoseconds()) / 1000
	}
	f.StepMicros, f.StepAlone = median(true), median(false)
	b.tell("flows.Step: %.1f us, %.1f us without the judgement", f.StepMicros, f.StepAlone)
	return nil
}
