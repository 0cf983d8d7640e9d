package flows

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// person is somebody writing to the line, on one phone, with the clock in hand.
type person struct {
	t       *testing.T
	s       casefile.Session
	now     time.Time
	short   bool
	human   bool
	urgency func(casefile.Facts) casefile.Urgency
	turn    []Effect // of the last turn
	n       byte
}

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func newPerson(t *testing.T) *person {
	t.Helper()
	return &person{t: t, now: noon, urgency: judge}
}

// judge stands in for escalation: danger told is critical, confinement is high.
func judge(facts casefile.Facts) casefile.Urgency {
	switch {
	case facts.Has(casefile.DangerNow, "yes") || facts.Has(casefile.DangerWho, "me", "other") || facts.Has(casefile.SelfHarm, "yes"):
		return casefile.Critical
	case facts.Has(casefile.Freedom, "locked") || facts.Has(casefile.Violence, "beaten", "abused") || facts.Has(casefile.Departure, "on_the_way"):
		return casefile.High
	}
	return casefile.Low
}

// sends takes a turn with these readings; the session is checked to be the
// caller's own, and only a copy made of its parts goes on.
func (p *person) sends(readings ...casefile.Reading) *person {
	p.t.Helper()
	for i := range readings {
		p.n++
		readings[i].Message = casefile.ID{15: p.n}
		if readings[i].Kind == "" {
			readings[i].Kind = casefile.KindText
		}
	}
	before := snapshot(p.s)
	next, effects := Step(p.s, Input{Now: p.now, Short: p.short, Human: p.human, Readings: readings, Urgency: p.urgency})
	if snapshot(p.s) != before {
		p.t.Fatal("Step changed the session it was given")
	}
	p.s, p.turn = p.rebuilt(next), effects
	return p
}

// rebuilt is the session as storage gives it back: no shared memory, no hidden
// state, and of each fact only its meaning.
func (p *person) rebuilt(s casefile.Session) casefile.Session {
	p.t.Helper()
	raw, err := seal.EncodeSession(s)
	if err != nil {
		p.t.Fatal(err)
	}
	again, err := seal.DecodeSession(raw)
	if err != nil {
		p.t.Fatal(err)
	}
	return again
}

func snapshot(s casefile.Session) string {
	var b strings.Builder
	facts, asked := s.Facts[:cap(s.Facts)], s.Asked[:cap(s.Asked)]
	for _, f := range facts {
		fmt.Fprintf(&b, "%s=%s/%s ", f.Key, f.Value.Reveal(), f.How)
	}
	s.Facts, s.Asked = nil, nil
	return fmt.Sprintf("%+v %v %s", s, asked, b.String())
}

// first is a first message in free Indonesian, from this reporter.
func (p *person) first(who casefile.Reporter, facts ...casefile.Fact) *person {
	p.t.Helper()
	return p.sends(told(who, facts...))
}

// told is free text that says these facts.
func told(who casefile.Reporter, facts ...casefile.Fact) casefile.Reading {
	return casefile.Reading{Lang: casefile.Indonesian, Reporter: who, Facts: facts}
}

// danger is free text in which danger was heard.
func danger(kind casefile.DangerKind, facts ...casefile.Fact) casefile.Reading {
	return casefile.Reading{
		Lang: casefile.Indonesian, Reporter: casefile.ReporterUnknown,
		Dangers: []casefile.Danger{{Kind: kind, Phrase: casefile.Hide("kata-kata"), Facts: facts}},
	}
}

func fact(key casefile.Key, value string) casefile.Fact {
	return casefile.Fact{Key: key, Value: casefile.Hide(value)}
}

func command(c casefile.Command) casefile.Reading {
	return casefile.Reading{Kind: casefile.KindText, Lang: casefile.Indonesian, Command: c}
}

// choice is a digit, as hear would read it for the question that is waiting.
func (p *person) choice(digits ...int) casefile.Reading {
	p.t.Helper()
	q := Hearing(p.s, p.now).Pending
	r := casefile.Reading{Choice: true, Lang: casefile.LangUnknown, Reporter: casefile.ReporterUnknown}
	if q.Key == "" {
		return r
	}
	a := casefile.Answer{Key: q.Key, Pending: true, Phrase: casefile.Hide("angka")}
	for _, digit := range digits {
		switch {
		case digit == 0:
			a.Skip = true
		case q.Digitless:
			a.Typed = casefile.Hide("jam 6")
		case digit > len(q.Options):
			a.Unread = true
		default:
			a.Values = append(a.Values, q.Options[digit-1])
		}
	}
	r.Answers = []casefile.Answer{a}
	return r
}

func (p *person) types(digits ...int) *person { p.t.Helper(); return p.sends(p.choice(digits...)) }

// writesUnclear is a text in which nothing is understood.
func (p *person) writesUnclear() *person {
	p.t.Helper()
	q := Hearing(p.s, p.now).Pending
	r := casefile.Reading{Lang: casefile.LangUnknown, Reporter: casefile.ReporterUnknown}
	if q.Key != "" {
		r.Answers = []casefile.Answer{{Key: q.Key, Pending: true, Unread: true}}
	}
	return p.sends(r)
}

func (p *person) waits(d time.Duration) *person { p.now = p.now.Add(d); return p }

// texts are the keys said in the last turn.
func (p *person) texts() []string {
	var keys []string
	for _, e := range p.turn {
		if say, ok := e.(Say); ok {
			keys = append(keys, say.Text)
		}
	}
	return keys
}

// hears checks all that was said in the last turn, in order.
func (p *person) hears(keys ...string) *person {
	p.t.Helper()
	if got := p.texts(); !slices.Equal(got, keys) {
		p.t.Fatalf("hears %q, want %q\nafter %+v", got, keys, p.turn)
	}
	return p
}

// ends checks what the last turn did besides learning and saying.
func (p *person) does(want ...Effect) *person {
	p.t.Helper()
	var got []Effect
	for _, e := range p.turn {
		switch e.(type) {
		case Learn, Say:
		default:
			got = append(got, e)
		}
	}
	if !slices.Equal(got, want) {
		p.t.Fatalf("the turn did %+v, want %+v", got, want)
	}
	return p
}

// taught checks that a fact was learned in the last turn.
func (p *person) taught(key casefile.Key, value string, how casefile.How) *person {
	p.t.Helper()
	for _, e := range p.turn {
		if l, ok := e.(Learn); ok && l.Fact.Is(key, value) && l.Fact.How == how {
			if !slices.ContainsFunc(p.s.Facts, func(f casefile.Fact) bool { return f.Is(key, value) && f.How == how }) {
				p.t.Fatalf("%s=%s was learned and is not in the session", key, value)
			}
			return p
		}
	}
	p.t.Fatalf("%s=%s (%s) was not learned in %+v", key, value, how, p.turn)
	return p
}

// asks is the key the last turn asked about.
func (p *person) asks() casefile.Key {
	for _, e := range p.turn {
		if say, ok := e.(Say); ok && say.Question != "" {
			return say.Question
		}
	}
	return ""
}

// answersAll answers question after question with pick until none is left, and
// returns the keys of the texts that asked.
func (p *person) answersAll(pick func(casefile.Question) int) []string {
	p.t.Helper()
	var asked []string
	for range 40 {
		for _, e := range p.turn {
			if say, ok := e.(Say); ok && say.Question != "" {
				asked = append(asked, say.Text)
			}
		}
		if p.asks() == "" {
			return asked
		}
		q := Hearing(p.s, p.now).Pending
		if q.Key == casefile.SafeNow {
			p.types(1)
			continue
		}
		p.types(pick(q))
	}
	p.t.Fatalf("the questions never end: %q", asked)
	return nil
}
