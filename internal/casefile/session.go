package casefile

import "time"

// SessionVersion is the layout of the Session that this binary writes. A session
// of an older layout is read, and goes on at the first question not answered yet.
const SessionVersion = 1

// Stage is where a conversation stands.
type Stage string

// The stages: a conversation opens with the opening line, asks, and is done. A
// closed one sends nothing until the person writes again.
const (
	StageNew     Stage = "new"     // nothing was sent yet
	StageOpening Stage = "opening" // the opening line is waiting for its answer
	StageAsking  Stage = "asking"  // a question is waiting for its answer
	StageHuman   Stage = "human"   // a person was asked for; hear still listens
	StageDone    Stage = "done"    // the flow ran to its end
	StageClosed  Stage = "closed"  // unsafe, quiet or stopped: silent until the next message
)

// Session is where one conversation stands. It is sealed in Redis and, as the
// checkpoint, in Postgres in the commit of each turn.
type Session struct {
	Version  int
	Turn     int // the number of turns taken; the fence
	Stage    Stage
	Lang     Lang // the language spoken; empty until known
	Flow     Flow
	Asking   Key   // the question waiting for its answer
	Since    int   // the turn that put this question: buttons of earlier turns answer nothing now
	Unread   int   // answers in a row that could not be read
	Asked    []Key // questions put, in order; a question is put once, unless rephrased
	Facts    Facts
	Reporter Reporter  // as heard or answered
	LastIn   time.Time // when the person last wrote
	Opened   time.Time // when the opening line was last answered, or skipped
	Nobody   time.Time // when "nobody else reads this phone" was answered
	Privacy  bool      // the privacy text was said
	Short    bool      // the short flow (rule 4)
}

// Watched reports whether the phone counts as watched at the moment now: always,
// unless "nobody" was the last answer about it and was given less than 15 minutes
// ago in this conversation (rule 15).
func (s Session) Watched(now time.Time) bool {
	if !s.Facts.LatestIs(DeviceWatched, "nobody") {
		return true
	}
	return s.Nobody.IsZero() || now.Sub(s.Nobody) >= AnswerWindow
}

// Policy is what the address of this session allows at the moment now, as far as
// the conversation knows; unreachable is the channel's own word.
func (s Session) Policy(unreachable bool, now time.Time) Policy {
	p := Policy{LastIn: s.LastIn, Unreachable: unreachable, Watched: s.Watched(now)}
	if s.Stage == StageClosed {
		p.Unsafe = s.Facts.LatestIs(SafeNow, "no")
		p.Quiet = !p.Unsafe
	}
	for _, value := range []string{"any_time", "message", "call", "hours", "morning", "midday", "afternoon", "evening"} {
		if s.Facts.LatestIs(Recontact, value) {
			p.Recontact = value
		}
	}
	return p
}
