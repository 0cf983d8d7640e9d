package flows

import (
	"slices"
	"time"

	"pulang/internal/casefile"
)

// What is true in every state: a person may ask for help, for a person, for
// quiet, for another language, to go back, to delete, wherever they are.

// command is the exit asked for in this turn. In a burst the one that protects
// most counts: silence before everything, then the deletion, then a person.
func (t *turn) command() casefile.Command {
	order := []casefile.Command{
		casefile.QuietCommand, casefile.StopCommand, casefile.WipeCommand, casefile.ForgetCommand, casefile.HumanCommand,
		casefile.LangCommand, casefile.HelpCommand, casefile.BackCommand,
	}
	for _, command := range order {
		for _, r := range t.in.Readings {
			if r.Command == command && r.Kind.IsSpoken() {
				return command
			}
		}
	}
	return casefile.NoCommand
}

// exit does what a command asks in a conversation; false when there was none.
func (t *turn) exit(command casefile.Command) bool {
	switch command {
	case casefile.WipeCommand:
		t.wipe()
	case casefile.ForgetCommand:
		t.forget()
	case casefile.HumanCommand:
		t.handOver(WhyAsked)
	case casefile.LangCommand:
		t.changeLanguage()
	case casefile.HelpCommand:
		t.state("all.help", "disguised.help")
		t.goOn()
	case casefile.BackCommand:
		t.back()
	default:
		return false
	}
	return true
}

// aside answers what is neither an answer nor a command; false when there was
// nothing of the kind.
func (t *turn) aside() bool {
	has := func(is func(casefile.Reading) bool) bool { return slices.ContainsFunc(t.in.Readings, is) }
	switch {
	case t.takesBack():
		t.say(Say{Text: "disguised.close"}) // one harmless line; nothing is lowered (rule 18)
		t.shut()
	case has(func(r casefile.Reading) bool { return r.Oracle }):
		t.say(Say{Text: "all.oracle"}) // the same for everybody, on every phone (rule 24)
		t.goOn()
	case has(t.paysOthers):
		t.payment()
		t.goOn()
	case has(func(r casefile.Reading) bool { return r.Price }) && !t.answered:
		t.price()
		t.ransom = false // said just now
		t.goOn()
	default:
		return false
	}
	return true
}

// price answers what it costs. The opening line, which is next in the opening, says it all.
func (t *turn) price() {
	if t.s.Stage != casefile.StageOpening || t.safe {
		t.state("all.price", "disguised.price")
	}
}

// payment answers whether to pay those who demand money: never yes or no, and a person
// will advise (rules 7 and 30). A family is told what to keep; a victim never is.
func (t *turn) payment() {
	t.ransom = false // said just now
	switch t.flow() {
	case casefile.FlowFamily:
		t.state("family.ransom_said", "disguised.pay")
	case casefile.FlowInfo:
		t.state("info.pay", "disguised.pay")
	default:
		t.state("all.pay", "disguised.pay")
	}
}

// takesBack reports whether they said that it was a mistake, or not them.
func (t *turn) takesBack() bool {
	return slices.ContainsFunc(t.in.Readings, func(r casefile.Reading) bool { return r.Retracts })
}

// hush ends the turn without a word. Their next message meets the opening line.
func (t *turn) hush(why string) {
	t.acts = append(t.acts, Hush{Why: why})
	if slices.ContainsFunc(t.in.Readings, func(r casefile.Reading) bool { return r.Command == casefile.WipeCommand }) {
		t.acts = append(t.acts, Wipe{})
	}
	t.s.Stage, t.s.Asking, t.s.Unread = casefile.StageClosed, "", 0
	t.s.Opened = time.Time{}
}

func (t *turn) wipe() {
	t.acts = append(t.acts, Wipe{})
	t.state("all.delete", "disguised.close")
	t.shut()
}

// forget takes the request to forget what we hold. It promises nothing: a person
// reads it, and does it only once the case is closed. It wipes nothing, because the
// chat on the phone is another thing, and whoever holds the phone sees the same
// harmless line as after any other end.
func (t *turn) forget() {
	t.state("all.forget", "disguised.close")
	t.shut()
}

// shut makes their next message meet the opening line: whoever deletes or takes
// back may be about to hand over the phone, and then no question may show.
func (t *turn) shut() {
	t.s.Stage, t.s.Asking, t.s.Unread = casefile.StageNew, "", 0
	t.s.Opened, t.s.Nobody = time.Time{}, time.Time{}
}

// handOver asks for a person and says so kindly, without a time (rule 8).
func (t *turn) handOver(why string) {
	t.needPerson(why)
	switch why {
	case WhySelfHarm:
		t.state("all.self_harm_human", "disguised.self_harm_human")
	case WhyFlowEnd:
		t.state("all.close", "disguised.human")
	default:
		t.state("all.human", "disguised.human")
	}
	t.s.Stage, t.s.Asking, t.s.Unread = casefile.StageHuman, "", 0
	if why == WhyFlowEnd {
		t.s.Stage = casefile.StageDone
	}
}

// needPerson puts the need of a person on record.
func (t *turn) needPerson(why string) {
	t.acts = append(t.acts, HandOver{Why: why})
	if why != WhyAsked { // that one is learned from the command
		t.learn(casefile.Fact{Key: casefile.HumanAsked, Value: casefile.Hide(why), How: casefile.Noted}, false)
	}
}

// changeLanguage switches to the language they named, and repeats the waiting
// question in it. One who named none is asked, or, where no question is waiting,
// gets the next one.
func (t *turn) changeLanguage() {
	named := t.namedLanguage()
	waiting := t.s.Stage == casefile.StageHuman || t.s.Stage == casefile.StageDone
	switch {
	case !named && waiting:
		t.speak(casefile.Hide(t.otherLanguage()))
		fallthrough
	case waiting:
		t.state("all.language_switched", "disguised.language_switched")
	case !named:
		t.put(language)
	default:
		t.goOn()
	}
}

// namedLanguage takes up the language named with the command.
func (t *turn) namedLanguage() bool {
	named := false
	for _, r := range t.in.Readings {
		for _, a := range r.Answers {
			if r.Command != casefile.LangCommand || a.Key != casefile.Language {
				continue
			}
			for _, value := range a.Values {
				t.learn(casefile.Fact{Key: a.Key, Value: casefile.Hide(value), How: casefile.Answered, From: r.Message}, true)
				named = true
			}
		}
	}
	return named
}

// otherLanguage is the one after the language spoken, in the order of asking.
func (t *turn) otherLanguage() string {
	q := language.question(false)
	at := slices.Index(q.Options, string(t.s.Lang))
	return q.Options[(at+1)%len(q.Options)]
}

// back puts the question before the waiting one again. The facts stay: the new
// answer is a later fact, so that a danger once told is never taken back.
func (t *turn) back() {
	if t.s.Stage != casefile.StageAsking {
		t.goOn()
		return
	}
	at := slices.Index(t.s.Asked, t.s.Asking)
	if at < 0 {
		at = len(t.s.Asked)
	}
	for _, key := range slices.Backward(t.s.Asked[:at]) {
		if n, ok := t.find(key); ok && !n.free && (n.mask != "" || !t.disguised()) {
			t.put(n)
			return
		}
	}
	t.goOn()
}

// goOn returns to where the conversation stood.
func (t *turn) goOn() {
	switch t.s.Stage {
	case casefile.StageOpening:
		switch {
		case t.safe:
			t.pass()
			t.proceed()
		case !t.in.Short || len(t.said) == 0:
			t.openingLine()
		}
	case casefile.StageHuman, casefile.StageDone:
		if len(t.said) == 0 {
			t.wait()
		}
	default:
		switch {
		case t.settled():
			t.proceed()
		case !t.in.Short || len(t.said) == 0:
			t.repeat()
		}
	}
}

// reopen is a turn that the opening line answers, whatever was written: to a new
// person, after a pause, and after a silence that was asked for. What was asked
// for is done all the same.
func (t *turn) reopen(command casefile.Command) {
	fresh := !t.s.Facts.Knows(casefile.SafeNow)
	switch command {
	case casefile.WipeCommand:
		t.acts = append(t.acts, Wipe{})
		if !fresh {
			t.say(Say{Text: "disguised.close"})
			t.shut()
			return
		}
	case casefile.ForgetCommand:
		if !fresh {
			t.say(Say{Text: "disguised.close"})
			t.shut()
			return
		}
	case casefile.HumanCommand:
		t.needPerson(WhyAsked)
	case casefile.LangCommand:
		t.namedLanguage()
	}
	if t.s.Stage == casefile.StageNew && !fresh && t.takesBack() {
		t.say(Say{Text: "disguised.close"}) // taken back once more: the same harmless line
		return
	}
	t.openingLine()
}

// openingLine says the one line that is the same for everybody.
func (t *turn) openingLine() {
	text := "all.safe_now"
	if t.s.Lang == "" {
		text = "all.safe_now_both"
	}
	t.s.Stage, t.s.Asking, t.s.Unread = casefile.StageOpening, casefile.SafeNow, 0
	t.s.Opened, t.s.Nobody = time.Time{}, time.Time{} // whoever answers is asked about the phone again
	t.say(Say{Text: text, Question: casefile.SafeNow, Digits: 2})
}

// attend is a turn while staff answer: nothing is asked and nothing is said,
// except what they ask of the line itself. After a silence the opening line comes
// first all the same: the phone may have changed hands, and what staff wrote
// meanwhile is held until it is answered (rules 12 and 13).
func (t *turn) attend(opening bool, command casefile.Command) {
	switch {
	case opening && (command != casefile.WipeCommand && command != casefile.ForgetCommand):
		t.reopen(command)
		return
	case opening:
		t.shut()
	case t.s.Stage == casefile.StageOpening && (t.safe || command == casefile.NoCommand):
		t.pass()
	case t.answered:
		t.s.Asking, t.s.Unread = "", 0
	}
	switch {
	case command == casefile.WipeCommand:
		t.wipe()
	case command == casefile.ForgetCommand:
		t.forget()
	case command == casefile.HelpCommand:
		t.state("all.help", "disguised.help")
	case command == casefile.LangCommand && t.namedLanguage():
		t.state("all.language_switched", "disguised.language_switched")
	case command == casefile.HumanCommand:
		t.acts = append(t.acts, HandOver{Why: WhyAsked})
		t.silence(SilentStaff)
	default:
		t.silence(SilentStaff)
	}
}
