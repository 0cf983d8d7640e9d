package casefile

import (
	"testing"
	"time"
)

// TestAnOverrideOpensTheGateForWhatStaffSay: named members of staff decided, and
// nothing but an address that cannot be reached is stronger.
func TestAnOverrideOpensTheGateForWhatStaffSay(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		policy  Policy
		purpose Purpose
		want    Verdict
	}{
		"a late answer":          {Policy{LastIn: now.Add(-time.Hour)}, ForAnswer, Send},
		"contact, phone watched": {Policy{LastIn: now.Add(-time.Hour), Watched: true}, ForContact, Send},
		"after quiet":            {Policy{LastIn: now, Quiet: true}, ForAnswer, Send},
		"after unsafe":           {Policy{LastIn: now, Unsafe: true}, ForAnswer, Send},
		"who cannot be reached":  {Policy{LastIn: now, Unreachable: true}, ForAnswer, Deny},
		"who never wrote":        {Policy{}, ForContact, Send},
	} {
		row.policy.Overridden = true
		if got, why := MayWrite(row.policy, row.purpose, now); got != row.want || why == "" {
			t.Errorf("%s: %s (%s), want %s", name, got, why, row.want)
		}
		row.policy.Overridden = false
		if got, _ := MayWrite(row.policy, row.purpose, now); got == Send {
			t.Errorf("%s: the gate lets it go by itself, so nothing was overridden", name)
		}
	}
}

// TestRule13AWatchedPhoneTakesTwo: a second named person is asked for, unless all we
// know says that nobody else reads the phone and that the person wished for no silence.
func TestRule13AWatchedPhoneTakesTwo(t *testing.T) {
	t.Parallel()
	said := func(flow Flow, pairs ...string) Session {
		s := Session{Flow: flow, Stage: StageAsking}
		for i := 0; i < len(pairs); i += 2 {
			s.Facts = append(s.Facts, Fact{Key: Key(pairs[i]), Value: Hide(pairs[i+1])})
		}
		return s
	}
	closed := said(FlowVictim, "device_watched", "nobody")
	closed.Stage = StageClosed
	for name, row := range map[string]struct {
		session Session
		two     bool
	}{
		"nothing is known":                  {said(FlowVictim), true},
		"watched":                           {said(FlowVictim, "device_watched", "yes"), true},
		"sometimes":                         {said(FlowVictim, "device_watched", "sometimes"), true},
		"borrowed":                          {said(FlowVictim, "device_watched", "borrowed"), true},
		"borrowed, also of a family":        {said(FlowFamily, "safe_now", "yes", "device_watched", "borrowed"), true},
		"nobody":                            {said(FlowVictim, "device_watched", "nobody"), false},
		"nobody, and then sometimes":        {said(FlowVictim, "device_watched", "nobody", "device_watched", "sometimes"), true},
		"nobody, and not safe":              {said(FlowVictim, "device_watched", "nobody", "safe_now", "no"), true},
		"nobody, and it was not me":         {said(FlowVictim, "device_watched", "nobody", "retraction", "yes"), true},
		"nobody, and asked for quiet":       {closed, true},
		"a family at home":                  {said(FlowFamily, "safe_now", "yes"), false},
		"a family that never answered":      {said(FlowFamily), true},
		"a witness who may be in danger":    {said(FlowWitness, "safe_now", "yes", "self_safe", "unsure"), true},
		"a witness who is safe":             {said(FlowWitness, "safe_now", "yes", "self_safe", "safe"), false},
		"somebody of whom nobody knows who": {said("", "safe_now", "yes"), true},
	} {
		if got := row.session.TakesTwo(); got != row.two {
			t.Errorf("%s: takes two is %v, want %v", name, got, row.two)
		}
	}
}
