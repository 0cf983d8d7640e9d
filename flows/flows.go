// Package flows is what the line asks and says: every conversation as data, and
// one pure function that decides each turn.
//
// A conversation is a list of questions with the condition for each. The next
// one is the first that applies, is not known yet and may be asked on this
// phone; so a session never holds a position that a release could move, and what
// was heard in passing is never asked again. Step takes a session and what was
// heard in one turn, and returns the session after it and the effects: what was
// learned, what to say, who is needed. It never sends, stores, waits or looks at
// a clock, never panics, and never changes the session it was given.
//
// It promises that danger is learned in every state, that the exits (help, a
// person, quiet, stop, language, back, delete, forget) hold in every state, that a text
// carries at most one question, and that whoever spoke gets a reply or a silence
// with a named reason.
//
// It leaves to others: understanding text (hear), judging danger (escalation,
// handed in as Input.Urgency), the words themselves (locales), whether a reply
// may still be sent (casefile.MayWrite), and the turn number (the line's fence).
package flows

import (
	"time"

	"pulang/internal/casefile"
)

// Input is what one turn brings.
type Input struct {
	Now      time.Time
	Short    bool                                  // each reply costs the person (SMS): the short flow
	Readings []casefile.Reading                    // all messages of the turn, in order
	Human    bool                                  // staff took over: learn, ask nothing
	Hint     casefile.Lang                         // what the channel says of their language; empty when it does not
	Urgency  func(casefile.Facts) casefile.Urgency // escalation's judgement; nil counts as Low
}

// Effect is one thing a turn leads to. The set is closed: Learn, Wipe, HandOver,
// Hush, Say and Silence, in this order within a turn.
type Effect interface{ effect() }

// Learn is a fact for the case. The same facts are in the returned session.
type Learn struct{ Fact casefile.Fact }

// Say is one text to the person.
type Say struct {
	Text     string // a key of locales
	Vars     map[string]string
	Lang     casefile.Lang
	Question casefile.Key // what it asks; empty for a statement
	Digits   int          // how many neutral buttons, "1" to "n"; 0 for none
}

// HandOver asks for a person; Why is one of the Why constants.
type HandOver struct{ Why string }

// Hush says that nothing may be sent until the person writes again.
type Hush struct{ Why string }

// Wipe says that the person asked for the conversation to be deleted.
type Wipe struct{}

// Silence is the reason why a turn says nothing.
type Silence struct{ Why string }

// These close the set; nobody ever calls them.
func (Learn) effect()    {}
func (Say) effect()      {}
func (HandOver) effect() {}
func (Hush) effect()     {}
func (Wipe) effect()     {}
func (Silence) effect()  {}

// The reasons for HandOver.
const (
	WhyAsked      = "asked"      // they asked for a person
	WhyUnreadable = "unreadable" // two answers in a row could not be read
	WhyFlowEnd    = "flow_end"   // the questions are done
	WhySelfHarm   = "self_harm"  // they were asked about ending their life
)

// The reasons for Hush.
const (
	WhyUnsafe = "unsafe" // they said it is not safe to be answered
	WhyQuiet  = "quiet"
	WhyStop   = "stop"
)

// The reasons for Silence.
const (
	SilentNothingSaid = "nothing was said to us"
	SilentStaff       = "staff are answering"
	SilentWaiting     = "a person will read it"
)

// The most questions of a conversation (rule 4).
const (
	fullLimit  = 10
	shortLimit = 5
)

// node is one question of a flow.
type node struct {
	key     casefile.Key    // the meaning it asks for
	name    casefile.Key    // how a session remembers it; empty: key
	flow    casefile.Flow   // whose question it is
	text    string          // its words when they are not "<flow>.<key>"
	options []string        // its meanings when they are not those of the question
	mask    string          // its disguised words; empty: not asked on a watched phone
	masked  int             // how many digits the disguised words offer; 0: open
	when    func(view) bool // nil: always
	done    func(view) bool // nil: something is known of key
	label   string          // when, in words, for the drawings
	short   bool            // part of the short flow
	keep    bool            // room is kept for it
	free    bool            // does not count towards the limit
}

// id is the name by which a session remembers the question.
func (n node) id() casefile.Key {
	if n.name != "" {
		return n.name
	}
	return n.key
}

// view is what conditions may look at.
type view struct {
	facts   casefile.Facts
	lang    casefile.Lang
	watched bool // the disguised pack is on
	expired bool // "nobody reads this phone" was answered too long ago
	short   bool
	urgency func() casefile.Urgency
}

// open reports whether the question applies, is not known and may be asked.
func (n node) open(v view) bool {
	switch {
	case v.watched && n.mask == "", v.short && !n.short, n.when != nil && !n.when(v):
		return false
	case n.done != nil:
		return !n.done(v)
	}
	return !v.facts.Knows(n.key)
}

// wording is the locale key of the question's words in the pack that is on.
func (n node) wording(watched bool) string {
	switch {
	case watched && n.mask != "":
		return n.mask
	case n.text != "":
		return n.text
	}
	return string(n.flow) + "." + string(n.key)
}

// question is what hear should listen for: the meanings in the order of the
// digits that the words in this pack offer.
func (n node) question(watched bool) casefile.Question {
	q, _ := casefile.QuestionOf(n.flow, n.key)
	q.Key = n.key
	if n.options != nil {
		q.Options, q.Multi, q.None = n.options, false, ""
	}
	switch {
	case !watched || n.mask == "" || n.key == casefile.AgeBand: // a number is an age, also a small one
	case n.masked == 0:
		q.Digitless = true
	default:
		q.Options = q.Options[:n.masked]
	}
	return q
}

// digits is how many buttons the words in this pack offer.
func (n node) digits(watched bool) int {
	if watched && n.mask != "" {
		return n.masked
	}
	return len(n.question(false).Options)
}

// list is the questions of a flow in the order of asking; the empty flow is the
// one for whoever has not told who they are.
func list(flow casefile.Flow) []node {
	switch flow {
	case casefile.FlowVictim:
		return victim
	case casefile.FlowFamily:
		return family
	case casefile.FlowWitness:
		return witness
	case casefile.FlowReturnee:
		return returnee
	case casefile.FlowInfo:
		return info
	}
	return opening
}

// Names are the flows that have questions of their own, in the order of the
// answers to "who is this about?".
func Names() []casefile.Flow {
	return []casefile.Flow{
		casefile.FlowVictim, casefile.FlowFamily, casefile.FlowWitness, casefile.FlowReturnee, casefile.FlowInfo,
	}
}

// with puts the questions that every flow begins with before its own.
func with(own ...node) []node { return append([]node{language, selfHarmAsk}, own...) }
