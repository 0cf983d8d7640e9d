package casefile

// TakesTwo reports whether writing to this person against the gate takes a second
// named member of staff (rule 13). It does, unless all we know says that nobody else
// reads the phone and that the person wished for no silence: a phone that is watched,
// borrowed or never asked about, somebody who said that it is not safe or asked for
// quiet, and a hand that may be another's all count.
func (s Session) TakesTwo() bool {
	switch {
	case s.Stage == StageClosed, s.Facts.LatestIs(SafeNow, "no"), s.Facts.Knows(Retraction):
		return true
	case s.Facts.Knows(DeviceWatched):
		return !s.Facts.LatestIs(DeviceWatched, "nobody")
	case s.Facts.Has(SelfSafe, "unsafe", "unsure"):
		return true
	}
	switch s.Flow {
	case FlowFamily, FlowWitness, FlowReturnee, FlowInfo: // they write from home (rule 15)
		return !s.Facts.LatestIs(SafeNow, "yes")
	}
	return true
}
