package flows

import (
	"slices"
	"time"

	"pulang/internal/casefile"
)

// flow is the conversation this is. Whoever would not say who they are is
// treated as a possible victim.
func (t *turn) flow() casefile.Flow { return flowOf(t.s) }

func flowOf(s casefile.Session) casefile.Flow {
	if flow := casefile.FlowOf(s.Reporter); flow != "" {
		return flow
	}
	if slices.Contains(Names(), s.Flow) {
		return s.Flow
	}
	if s.Facts.Knows(casefile.Who) {
		return casefile.FlowVictim
	}
	return ""
}

// paused reports whether so long has passed since they last wrote that somebody
// else may hold the phone (rule 12).
func paused(s casefile.Session, now time.Time) bool {
	return now.Sub(s.LastIn) >= casefile.AnswerWindow
}

// disguised reports whether every text must be from the disguised pack (rule 15).
// A possible victim is disguised until they said, less than 15 minutes ago, that
// nobody else reads the phone, also once they say that it is about somebody else:
// another hand may hold the phone. The others write from home, and are disguised
// only when the opening line was not answered with yes, or something they said
// makes the phone or themselves unsafe.
func disguised(s casefile.Session, now time.Time) bool {
	switch {
	case s.Opened.IsZero(), s.Stage == casefile.StageOpening:
		return true
	case !s.Watched(now):
		return false
	case s.Facts.Knows(casefile.DeviceWatched), !s.Facts.LatestIs(casefile.SafeNow, "yes"):
		return true
	case flowOf(s) == "" || flowOf(s) == casefile.FlowVictim || s.Facts.Has(casefile.Who, "victim"):
		return true
	}
	return s.Facts.Has(casefile.SelfSafe, "unsafe", "unsure")
}

func (t *turn) disguised() bool { return disguised(t.s, t.in.Now) }

// look is the view that conditions get.
func look(s casefile.Session, now time.Time, short bool, urgency func() casefile.Urgency) view {
	v := view{facts: s.Facts, lang: s.Lang, watched: disguised(s, now), urgency: urgency}
	phone := s.Facts.Knows(casefile.DeviceWatched)
	v.expired = s.Facts.LatestIs(casefile.DeviceWatched, "nobody") && s.Watched(now) && !phoneTaken(s)
	v.short = short || v.watched && phone && !v.expired
	return v
}

func (t *turn) view() view { return look(t.s, t.in.Now, t.in.Short, t.judge) }

// judge is escalation's judgement of the facts known now.
func (t *turn) judge() casefile.Urgency {
	if !t.judged && t.in.Urgency != nil {
		t.urgency = t.in.Urgency(t.s.Facts)
	}
	t.judged = true
	return t.urgency
}

// find is the question a session remembers by this name: the one that applies,
// when a flow has several. A name that no release knows any more finds nothing.
func (t *turn) find(name casefile.Key) (node, bool) { return find(list(t.flow()), name, t.view()) }

func find(nodes []node, name casefile.Key, v view) (node, bool) {
	var found node
	for _, n := range nodes {
		if n.id() != name || name == "" {
			continue
		}
		if found.key == "" || n.when == nil || n.when(v) {
			found = n
		}
		if n.when == nil || n.when(v) {
			break
		}
	}
	return found, found.key != ""
}

// speaks takes up the language of a message. A language that was chosen stays; a
// digit, or a word or two, changes nothing that is known.
func (t *turn) speaks(r casefile.Reading) {
	if t.s.Facts.Has(casefile.Language, "id", "en") {
		return
	}
	switch {
	case (r.Lang == casefile.Indonesian || r.Lang == casefile.English) && (t.s.Lang == "" || !r.Choice && !r.Empty && !r.Faint):
		t.s.Lang = r.Lang
	case t.s.Lang != "":
	case r.Lang == casefile.Mixed:
		t.s.Lang = casefile.Indonesian
	case t.in.Hint == casefile.Indonesian || t.in.Hint == casefile.English:
		t.s.Lang = t.in.Hint
	}
}

// speak is a language that was chosen.
func (t *turn) speak(value casefile.Private) {
	for _, option := range language.question(false).Options {
		if value.Is(option) {
			t.s.Lang = casefile.Lang(option)
		}
	}
}

// writes takes up who seems to be writing, until they say so themselves.
func (t *turn) writes(r casefile.Reading) {
	heard := casefile.FlowOf(r.Reporter) != "" && !(r.Price && r.Reporter == casefile.Info && len(r.Facts) == 0) // "is this real?" is about us
	switch now := casefile.FlowOf(t.s.Reporter); {
	case !heard && now == "" && r.Reporter == casefile.Spam:
		t.s.Reporter = casefile.Spam
	case heard && (now == "" || now == casefile.FlowInfo && r.Reporter != casefile.Info && tells(r)):
		t.s.Reporter = r.Reporter
		t.learn(casefile.Fact{Key: casefile.Who, Value: casefile.Hide(string(r.Reporter)), How: casefile.Heard, From: r.Message}, false)
	}
}

// tells reports whether a message holds enough to say that whoever asked about an
// offer is somebody else after all: the name of a company does not, nor does an answer.
func tells(r casefile.Reading) bool {
	answers := len(r.Answers) > 0 && r.Answers[0].Pending && !r.Answers[0].Unread
	return r.HasDanger() || len(r.Facts) > 0 || !r.Faint && !answers
}

// onlyMedia reports whether pictures or the like came, and no word.
func (t *turn) onlyMedia() bool {
	media := false
	for _, r := range t.in.Readings {
		media = media || r.Kind.IsMedia()
		if r.Kind.IsSpoken() && !r.Kind.IsMedia() {
			return false
		}
	}
	return media
}

// put asks a question.
func (t *turn) put(n node) {
	t.s.Stage, t.s.Asking, t.s.Unread = casefile.StageAsking, n.id(), 0
	if !slices.Contains(t.s.Asked, n.id()) {
		t.s.Asked = append(t.s.Asked, n.id())
	}
	t.ask(n)
}

// repeat asks the waiting question again.
func (t *turn) repeat() { t.ask(t.pending) }

func (t *turn) ask(n node) {
	watched := t.disguised()
	t.say(Say{Text: n.wording(watched), Question: n.key, Digits: n.digits(watched)})
}

// remark says one thing before the next question, where the phone allows it: the
// most important one, so that nobody has to read much.
func (t *turn) remark(next node) {
	if t.disguised() || next.key == casefile.SelfHarmAsk {
		return
	}
	flow := t.flow()
	thanks := string(flow) + ".thanks"
	switch {
	case flow == casefile.FlowFamily && (t.ransom || t.safe && t.s.Facts.Has(casefile.Ransom, "unpaid", "paid")):
		t.say(Say{Text: "family.ransom_said"})
	case t.privacyDue(flow):
		t.s.Privacy = true
		t.say(Say{Text: "all.privacy"})
	case t.in.Short:
	case t.told:
		t.say(Say{Text: "all.told"})
	case flow != casefile.FlowVictim && flow != "" && t.first():
		t.say(Say{Text: thanks})
	}
}

// privacyDue: once, as soon as the phone allows it (rule 21).
func (t *turn) privacyDue(flow casefile.Flow) bool {
	switch {
	case t.s.Privacy || t.told || flow == casefile.FlowInfo || flow == "":
		return false
	case flow == casefile.FlowVictim:
		return true
	}
	return dangerTold(t.view())
}

// first reports whether the next question is the first one of its flow.
func (t *turn) first() bool {
	return !slices.ContainsFunc(t.s.Asked, func(key casefile.Key) bool {
		return key != casefile.Language && key != casefile.DangerWho && key != casefile.Who
	})
}

// thank acknowledges what was told before the question is repeated. Where each
// text costs, the question alone is enough.
func (t *turn) thank(normal string) {
	if !t.in.Short {
		t.state(normal, "disguised.ack")
	}
	t.repeat()
}

// state says the normal text, or the disguised one.
func (t *turn) state(normal, masked string) {
	text := normal
	if t.disguised() {
		text = masked
	}
	t.say(Say{Text: text})
}

// unpaid are the texts that would be untrue where the sender pays for each SMS.
var unpaid = []string{"all.oracle", "all.price", "family.ransom"}

func (t *turn) say(say Say) {
	if t.in.Short && slices.Contains(unpaid, say.Text) {
		say.Text = "sms." + say.Text
	}
	say.Lang = t.s.Lang
	if say.Lang == "" {
		say.Lang = casefile.Indonesian
	}
	t.said = append(t.said, say)
}

func (t *turn) silence(why string) { t.said = append(t.said, Silence{Why: why}) }

// last is the question before the waiting one, which "no, I meant" corrects.
func last(s casefile.Session, v view) casefile.Question {
	at := slices.Index(s.Asked, s.Asking)
	if at < 1 {
		return casefile.Question{}
	}
	n, ok := find(list(flowOf(s)), s.Asked[at-1], v)
	if !ok || n.free || n.key == s.Asking {
		return casefile.Question{}
	}
	return n.question(v.watched)
}

// Hearing is what hear should listen for in the next message: the question that
// is waiting, in the digits of its words on this phone, and the other open
// questions. Where the opening line comes first, no question is in sight.
func Hearing(s casefile.Session, now time.Time) casefile.Hearing {
	h := casefile.Hearing{Hint: s.Lang, Now: now, Country: s.Facts.CountryCode()}
	v := look(s, now, s.Short, func() casefile.Urgency { return casefile.Low })
	switch s.Stage {
	case casefile.StageOpening:
		h.Pending, _ = casefile.QuestionOf(casefile.FlowAll, casefile.SafeNow)
	case casefile.StageAsking:
		n, ok := find(list(flowOf(s)), s.Asking, v)
		if !ok || paused(s, now) {
			return h
		}
		h.Pending = n.question(v.watched)
		h.Last = last(s, v)
	default:
		return h
	}
	for _, n := range list(flowOf(s)) {
		if n.open(v) && n.key != h.Pending.Key && n.key != casefile.SelfHarmAsk {
			h.Open = append(h.Open, n.question(v.watched))
		}
	}
	return h
}
