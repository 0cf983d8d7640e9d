package flows

import (
	"slices"

	"pulang/internal/casefile"
)

// Step takes one turn: all that a person wrote since we last answered. It is
// pure, it never panics, and s is left as it was. The turn number is not its
// business: the line counts turns, and fences on the count.
func Step(s casefile.Session, in Input) (casefile.Session, []Effect) {
	t := begin(s, in)
	if !slices.ContainsFunc(in.Readings, func(r casefile.Reading) bool { return r.Kind.IsSpoken() }) {
		t.silence(SilentNothingSaid)
		return t.end()
	}
	opening := t.mustOpen()
	t.pending, t.asking = t.find(t.s.Asking)
	t.asking = t.asking && !opening
	t.learnAll(opening)
	t.s.LastIn = in.Now
	t.decide(opening)
	return t.end()
}

// turn is one turn being taken.
type turn struct {
	in       Input
	s        casefile.Session
	pending  node // the question that was waiting when the turn began
	asking   bool // whether there was one
	answered bool // ... and whether it was answered or skipped
	safe     bool // the opening line was answered, skipped, or spoken past
	unsafe   bool // ... with "do not reply"
	told     bool // danger was answered in this turn
	ransom   bool // a demand for money was learned in this turn
	heard    int  // things understood in this turn, beside the answer to the question
	learned  []Effect
	acts     []Effect
	said     []Effect

	judged  bool // urgency is worked out at most once for the same facts
	urgency casefile.Urgency
}

// begin copies what the turn may change. Clipping makes the first append move
// the slice, so that the caller's session stays as it is.
func begin(s casefile.Session, in Input) *turn {
	s.Asked, s.Facts = slices.Clip(s.Asked), slices.Clip(s.Facts)
	s.Version = casefile.SessionVersion
	return &turn{in: in, s: s}
}

// end puts the effects in their order: what was learned, what must be done, what
// is said.
func (t *turn) end() (casefile.Session, []Effect) {
	v := t.view()
	t.s.Short = v.short
	t.s.Flow = t.flow()
	return t.s, slices.Concat(t.learned, t.acts, t.said)
}

// mustOpen reports whether the opening line comes first: nothing was said yet,
// we were told to be silent, or the phone may have changed hands (rule 12). A
// late answer to the opening line itself needs no second one: it would protect
// nobody, and whoever can write only now and then would never get past it.
func (t *turn) mustOpen() bool {
	switch t.s.Stage {
	case casefile.StageNew, casefile.StageClosed, "":
		return true
	case casefile.StageOpening:
		return t.paused() && !t.answersOpening()
	}
	return t.paused()
}

// paused reports whether 15 minutes have passed since they last wrote.
func (t *turn) paused() bool { return paused(t.s, t.in.Now) }

func (t *turn) answersOpening() bool {
	for _, r := range t.in.Readings {
		for _, a := range r.Answers {
			if r.Kind.IsSpoken() && a.Key == casefile.SafeNow && len(a.Values) > 0 {
				return true
			}
		}
	}
	return false
}

// decide says what follows from what was learned.
func (t *turn) decide(opening bool) {
	command := t.command()
	switch {
	case t.unsafe:
		t.hush(WhyUnsafe)
	case command == casefile.QuietCommand:
		t.hush(WhyQuiet)
	case command == casefile.StopCommand:
		t.hush(WhyStop)
	case t.in.Human:
		t.attend(opening, command)
	case opening:
		t.reopen(command)
	default:
		t.converse(command)
	}
}

// converse is a turn in the middle of a conversation.
func (t *turn) converse(command casefile.Command) {
	if t.exit(command) || t.aside() {
		return
	}
	switch t.s.Stage {
	case casefile.StageHuman, casefile.StageDone:
		t.wait()
	case casefile.StageOpening:
		t.pass()
		t.reassure()
		t.proceed()
	default:
		t.answer()
	}
}

// pass notes that the opening line is behind us. Whoever wrote past it is
// treated as one who said yes, in the disguised pack.
func (t *turn) pass() {
	if !t.safe {
		t.learn(casefile.Fact{Key: casefile.SafeNow, How: casefile.Skipped}, true)
	}
	t.s.Opened = t.in.Now
	t.s.Stage, t.s.Asking, t.s.Unread = casefile.StageAsking, "", 0
}

// reassure says that a person was asked for, when they asked before anything else
// could be said. The questions go on: they tell that person what is needed.
func (t *turn) reassure() {
	asked, ok := t.s.Facts.Latest(casefile.HumanAsked)
	if ok && asked.Value.Is("yes") && !t.in.Short && len(t.s.Asked) == 0 {
		t.state("all.human", "disguised.human")
	}
}

// answer is a turn while a question waits for its answer.
func (t *turn) answer() {
	selfHarm, urgent := t.selfHarm()
	switch {
	case t.asking && t.pending.key == casefile.SelfHarmAsk: // asked once, whatever the answer
		if !t.answered {
			t.learn(casefile.Fact{Key: casefile.SelfHarmAsk, How: casefile.Skipped}, true)
		}
		t.handOver(WhySelfHarm)
	case urgent:
		t.put(selfHarm)
	case t.settled():
		t.proceed()
	case t.onlyMedia():
		t.thank("all.media")
	case t.heard > 0:
		t.thank("all.ack")
	case t.s.Unread == 0 && slices.ContainsFunc(t.in.Readings, func(r casefile.Reading) bool { return r.Feeling || r.Sentence }):
		t.s.Unread++ // "aku takut", or something told, is thanked for once; after that a person reads it
		t.thank("all.ack")
	default:
		t.unread()
	}
}

// settled reports whether the waiting question needs no answer any more: it was
// answered, it became known in passing, it belongs to the flow of somebody else,
// or this release does not ask it.
func (t *turn) settled() bool {
	if !t.asking || t.answered || !t.pending.open(t.view()) {
		return true
	}
	n, ours := t.find(t.s.Asking)
	return !ours || n.flow != t.pending.flow // their own words for it, once they are somebody else
}

// proceed says what there is to say and asks the next question, or finishes.
func (t *turn) proceed() {
	if t.s.Opened.IsZero() {
		t.openingLine()
		return
	}
	n, ok := t.next()
	if !ok {
		t.finish()
		return
	}
	t.remark(n)
	t.put(n)
}

// next is the first question that applies, is not known, and finds room: the
// last places belong to the questions that must not be lost.
func (t *turn) next() (node, bool) {
	v := t.view()
	nodes := list(t.flow())
	limit := fullLimit
	if v.short {
		limit = shortLimit
	}
	room := limit - t.counted()
	kept := 0
	for _, n := range nodes {
		if n.keep && !n.free && !v.short && n.open(v) {
			kept++
		}
	}
	for _, n := range nodes {
		fits := n.free || n.keep && room > 0 || room > kept || slices.Contains(t.s.Asked, n.id())
		if fits && n.open(v) {
			return n, true
		}
	}
	return node{}, false
}

// counted is how many questions count towards the limit.
func (t *turn) counted() int {
	n := 0
	for _, key := range t.s.Asked {
		if key != casefile.Language && key != casefile.SelfHarmAsk {
			n++
		}
	}
	return n
}

// selfHarm is the question that goes before every other one.
func (t *turn) selfHarm() (node, bool) { return selfHarmAsk, selfHarmAsk.open(t.view()) }

// unread is an answer that could not be read: rephrased once, then a person.
func (t *turn) unread() {
	t.s.Unread++
	if t.s.Unread > 1 {
		t.handOver(WhyUnreadable)
		return
	}
	watched := t.disguised()
	say := Say{Text: "all.rephrase", Question: t.pending.key, Digits: t.pending.digits(watched)}
	switch {
	case t.pending.key == casefile.Language:
		say.Text = t.pending.wording(watched) // in both languages, since none is known
	case watched && say.Digits == 0:
		say.Text = "disguised.rephrase_open"
	case watched:
		say.Text = "disguised.rephrase"
	}
	t.say(say)
}

// wait is a turn while a person is awaited: thanks once, and after that for what is new
// and now and then, so that whoever keeps writing knows that it arrives.
// Danger is answered every time, and self-harm is asked about once.
func (t *turn) wait() {
	selfHarm, urgent := t.selfHarm()
	danger := slices.ContainsFunc(t.in.Readings, casefile.Reading.HasDanger)
	despair := t.s.Facts.Knows(casefile.SelfHarmAsk)
	switch {
	case urgent:
		t.put(selfHarm)
	case despair && (danger || t.thanksDue()):
		t.s.Unread++
		t.state("all.self_harm_wait", "disguised.self_harm_wait")
	case danger:
		t.state("disguised.human", "disguised.human")
	case t.s.Unread > 0 && !t.s.Facts.Knows(casefile.HumanAsked):
		t.handOver(WhyFlowEnd) // an enquiry that goes on needs a person after all
	case !t.thanksDue() && !t.toldNew():
		t.s.Unread++
		t.silence(SilentWaiting)
	case !t.s.Facts.Knows(casefile.HumanAsked):
		t.s.Unread++
		t.state("info.close", "disguised.ack")
	default:
		t.s.Unread++
		t.state("all.ack_human", "disguised.ack")
	}
}

// thanksDue: the first message of somebody who waits, the fourth, and every tenth.
func (t *turn) thanksDue() bool { return t.s.Unread == 3 || t.s.Unread%10 == 0 }

// toldNew reports whether something was learned in this turn from what they wrote.
func (t *turn) toldNew() bool {
	return slices.ContainsFunc(t.learned, func(e Effect) bool {
		l, _ := e.(Learn)
		return l.Fact.How == casefile.Heard
	})
}

// finish ends the questions. An enquiry is answered; everybody else, and an
// enquiry that became urgent, is passed to a person.
func (t *turn) finish() {
	enquiry := t.flow() == casefile.FlowInfo && !t.disguised()
	if enquiry {
		for _, text := range answers(t.s.Facts, t.in.Short) {
			t.say(Say{Text: text})
		}
	}
	if enquiry && t.judge() < casefile.High {
		t.say(Say{Text: "info.close"})
		t.s.Stage, t.s.Asking, t.s.Unread = casefile.StageDone, "", 0
		return
	}
	t.handOver(WhyFlowEnd)
}
