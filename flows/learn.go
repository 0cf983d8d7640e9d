package flows

import (
	"slices"
	"time"

	"pulang/internal/casefile"
)

// learnAll learns from everything that was spoken, in order. In an opening turn
// no question is in sight, so a bare digit answers nothing; what was told in
// words is kept all the same.
func (t *turn) learnAll(opening bool) {
	for _, r := range t.in.Readings {
		if !r.Kind.IsSpoken() {
			continue
		}
		t.speaks(r)
		for _, d := range r.Dangers {
			t.learnDanger(r, d)
		}
		for _, f := range r.Facts {
			t.hear(r, f, f.Phrase)
		}
		t.learnPlace(r)
		for _, a := range r.Answers {
			t.learnAnswer(r, a, opening)
		}
		t.learnRest(r)
		t.writes(r)
		t.learnDemand(r)
	}
}

// paysOthers reports whether a message asks whether to pay somebody who demands money.
// "Bayar gak?" asks what we charge, until others demanded money.
func (t *turn) paysOthers(r casefile.Reading) bool {
	demanded := t.s.Facts.Has(casefile.Ransom, "unpaid", "paid") || t.s.Facts.Has(casefile.Control, "must_pay")
	return !r.AsksToPay.IsEmpty() && (!r.Price || demanded)
}

// learnDemand learns from a question whether to pay that money is demanded. Of an
// enquirer, of somebody back home and of whoever is not known it says less: there a
// person reads what is asked, and nothing alerts.
func (t *turn) learnDemand(r casefile.Reading) {
	if !t.paysOthers(r) {
		return
	}
	switch t.flow() {
	case casefile.FlowVictim, casefile.FlowFamily, casefile.FlowWitness:
		t.hear(r, casefile.Fact{Key: casefile.Ransom, Value: casefile.Hide("unpaid")}, r.AsksToPay)
	default:
		t.hear(r, casefile.Fact{Key: casefile.HumanAsked, Value: casefile.Hide("yes")}, r.AsksToPay)
	}
}

// implied is what a danger means when hear names no facts for it, so that no
// danger is ever heard without being learned.
var implied = map[casefile.DangerKind]casefile.Fact{
	casefile.Confinement:    {Key: casefile.Freedom, Value: casefile.Hide("locked")},
	casefile.ViolenceHeard:  {Key: casefile.Violence, Value: casefile.Hide("beaten")},
	casefile.SoldOrMoved:    {Key: casefile.Moving, Value: casefile.Hide("moved")},
	casefile.RansomHeard:    {Key: casefile.Ransom, Value: casefile.Hide("unpaid")},
	casefile.FineToLeave:    {Key: casefile.Control, Value: casefile.Hide("must_pay")},
	casefile.Flight:         {Key: casefile.Freedom, Value: casefile.Hide("running")},
	casefile.Medical:        {Key: casefile.Health, Value: casefile.Hide("injured")},
	casefile.SelfHarmHeard:  {Key: casefile.SelfHarm, Value: casefile.Hide("yes")},
	casefile.ChildExploited: {Key: casefile.Child, Value: casefile.Hide("exploited")},
	casefile.BareCry:        {Key: casefile.Cry, Value: casefile.Hide("yes")},
}

func (t *turn) learnDanger(r casefile.Reading, d casefile.Danger) {
	if f, ok := implied[d.Kind]; ok && len(d.Facts) == 0 {
		t.hear(r, f, d.Phrase)
	}
	for _, f := range d.Facts {
		t.hear(r, f, d.Phrase)
	}
}

// hear learns what was understood in free text. Told again is told: it deserves
// thanks, not a rephrase.
func (t *turn) hear(r casefile.Reading, f casefile.Fact, phrase casefile.Private) {
	f.How, f.From, f.At = casefile.Heard, r.Message, t.in.Now
	if f.Phrase.IsEmpty() {
		f.Phrase = phrase
	}
	asked := f.Is(casefile.SafeNow, "no") // each time: it holds until they write again
	t.unsafe = t.unsafe || asked
	t.learn(f, asked)
	t.heard++
}

func (t *turn) learnPlace(r casefile.Reading) {
	if r.Place == nil {
		return
	}
	t.hear(r, casefile.Fact{Key: casefile.Place, Value: casefile.Hide(r.Place.Name)}, r.Place.Phrase)
	if r.Place.Country != "" {
		t.hear(r, casefile.Fact{Key: casefile.Country, Value: casefile.Hide(r.Place.Country)}, r.Place.Phrase)
	}
}

// learnRest learns what is not wording: a command, a retraction, something sent.
func (t *turn) learnRest(r casefile.Reading) {
	note := func(key casefile.Key, value string, how casefile.How) {
		t.learn(casefile.Fact{Key: key, Value: casefile.Hide(value), How: how, From: r.Message}, false)
	}
	switch r.Command {
	case casefile.HumanCommand:
		note(casefile.HumanAsked, "yes", casefile.Noted)
	case casefile.QuietCommand:
		note(casefile.Quieted, "quiet", casefile.Noted)
	case casefile.StopCommand:
		note(casefile.Quieted, "stop", casefile.Noted)
	case casefile.WipeCommand:
		note(casefile.WipeAsked, "yes", casefile.Noted)
	case casefile.ForgetCommand:
		note(casefile.ForgetAsked, "yes", casefile.Noted)
	}
	if r.Retracts {
		note(casefile.Retraction, "yes", casefile.Heard)
	}
	if r.Kind.IsMedia() {
		note(casefile.SharedMedia, string(r.Kind), casefile.Noted)
	}
}

// learnAnswer learns an answer to a question. An edit answers nothing: it
// changes an older message, and a digit in it may be about an older question.
func (t *turn) learnAnswer(r casefile.Reading, a casefile.Answer, opening bool) {
	waiting := t.waitsFor(a.Key)
	switch {
	case a.Unread, waiting && asksUs(r, a), a.Key == casefile.SafeNow && (!waiting || wantsNoReply(r)), a.Key == casefile.Language && r.Command == casefile.LangCommand:
		return
	case opening && (r.Choice || a.Skip), r.Kind == casefile.KindEdit && (waiting || r.Choice):
		return
	case a.Skip:
		t.answers(r, a, casefile.Private{}, casefile.Skipped, waiting)
		return
	}
	how := casefile.Answered
	if opening {
		how = casefile.Heard // told before it was asked
	}
	for _, value := range a.Values {
		// Nobody can say that a phone is safe before being asked about it.
		if a.Key != casefile.DeviceWatched || waiting || value != "nobody" {
			t.answers(r, a, casefile.Hide(value), how, waiting)
		}
	}
	switch {
	case len(a.Values) > 0 || a.Typed.IsEmpty():
	case a.Key == casefile.Recontact:
		a.Phrase = a.Typed
		t.answers(r, a, casefile.Hide("hours"), how, waiting)
	default:
		t.answers(r, a, a.Typed, how, waiting)
	}
}

// asksUs reports whether what was typed at an open question is a question to us, such
// as who we are, or takes something back: that is no place, and is answered.
func asksUs(r casefile.Reading, a casefile.Answer) bool {
	return (r.Price || r.Retracts || !r.AsksToPay.IsEmpty()) && !a.Skip && len(a.Values) == 0 && !a.Typed.IsEmpty()
}

// wantsNoReply reports whether a message says in words that we must not answer.
// Then a "yes" beside it is about something else.
func wantsNoReply(r casefile.Reading) bool {
	return slices.ContainsFunc(r.Facts, func(f casefile.Fact) bool { return f.Is(casefile.SafeNow, "no") })
}

// waitsFor reports whether key is what the waiting question asks.
func (t *turn) waitsFor(key casefile.Key) bool {
	if t.s.Stage == casefile.StageOpening {
		return key == casefile.SafeNow
	}
	return t.asking && t.pending.key == key
}

// answers learns one meaning of an answer. The answer to the waiting question is
// always a new fact: it is what they say now.
func (t *turn) answers(r casefile.Reading, a casefile.Answer, value casefile.Private, how casefile.How, waiting bool) {
	f := casefile.Fact{Key: a.Key, Value: value, How: how, From: r.Message, Phrase: a.Phrase, At: t.in.Now}
	if t.learn(f, waiting) && !waiting {
		t.heard++
	}
	if !waiting {
		return
	}
	t.answered = true
	switch {
	case a.Key == casefile.SafeNow:
		t.safe, t.unsafe = true, value.Is("no")
	case a.Key == casefile.DeviceWatched && value.Is("nobody") && how == casefile.Answered && !phoneTaken(t.s):
		t.s.Nobody = t.in.Now
	}
}

// phoneTaken: a phone that is taken or checked cannot be one that nobody reads,
// whatever else is said. In a report about somebody else it is their phone.
func phoneTaken(s casefile.Session) bool {
	switch s.Reporter {
	case casefile.Family, casefile.Witness, casefile.Info, casefile.Returnee:
		return false
	}
	return s.Facts.Has(casefile.Control, "phone_taken")
}

// learn adds a fact, unless it says nothing new; again adds it all the same. It
// reports whether the fact was added.
func (t *turn) learn(f casefile.Fact, again bool) bool {
	if f.Key == "" || (!again && t.known(f)) || (again && t.repeated(f)) {
		return false
	}
	f.At = t.in.Now
	t.s.Facts = append(t.s.Facts, f)
	t.learned = append(t.learned, Learn{Fact: f})
	t.judged = false
	t.follow(f)
	return true
}

// known reports whether the same was learned before in the same way. Of what can
// change (where they are, who reads the phone) only the last word counts.
func (t *turn) known(f casefile.Fact) bool {
	for i := len(t.s.Facts) - 1; i >= 0; i-- {
		g := t.s.Facts[i]
		switch {
		case g.Key != f.Key || g.How != f.How:
		case g.Value == f.Value:
			return true
		case changes(f.Key):
			return false
		}
	}
	return false
}

// repeated reports whether the last answer of this turn to the same question
// was the same: a button pressed twice.
func (t *turn) repeated(f casefile.Fact) bool {
	for i := len(t.learned) - 1; i >= 0; i-- {
		if l, _ := t.learned[i].(Learn); l.Fact.Key == f.Key {
			return l.Fact.Value == f.Value && l.Fact.How == f.How
		}
	}
	return false
}

// changes reports whether a key has one meaning at a time, so that an older
// meaning can come back.
func changes(key casefile.Key) bool {
	asked := false
	for _, q := range casefile.Questions {
		if q.Key == key {
			asked = true
			if q.Multi {
				return false
			}
		}
	}
	entry, _ := casefile.Lookup(key)
	return asked || entry.Values == nil
}

// follow keeps the session in step with a fact.
func (t *turn) follow(f casefile.Fact) {
	switch f.Key {
	case casefile.Who:
		for _, flow := range Names() {
			if f.Value.Is(string(flow)) {
				t.s.Reporter = casefile.Reporter(flow)
			}
		}
	case casefile.DangerWho:
		t.told = t.told || f.Value.Is("me") || f.Value.Is("other")
		if f.Value.Is("me") && casefile.FlowOf(t.s.Reporter) == "" {
			t.learn(casefile.Fact{Key: casefile.Who, Value: casefile.Hide("victim"), How: casefile.Noted, From: f.From}, false)
		}
	case casefile.DangerNow:
		t.told = t.told || f.Value.Is("yes")
	case casefile.Ransom:
		t.ransom = t.ransom || f.Value.Is("unpaid") || f.Value.Is("paid")
	case casefile.Language:
		if f.How == casefile.Answered {
			t.speak(f.Value)
		}
	case casefile.DeviceWatched:
		if !f.Value.Is("nobody") {
			t.s.Nobody = time.Time{}
		}
	case casefile.Control:
		if phoneTaken(t.s) {
			t.s.Nobody = time.Time{}
		}
	}
}
