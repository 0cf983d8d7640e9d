package flows

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"pulang/internal/casefile"
	"pulang/locales"
)

// Transcript is a conversation as people would read it on their phones: with the
// risky answers and with the safe ones, on a phone that nobody else reads and on
// one that others may read, and by SMS; then every question in both wordings.
// Each part is played by Step itself. A text that is missing shows as such.
func Transcript(flow casefile.Flow, lang string, book *locales.Book) string {
	d := &drawing{flow: flow, lang: lang, book: book}
	fmt.Fprintf(&d.b, "The conversation %q in %q\n", flow, lang)
	for _, s := range scenes {
		if s.only == nil || slices.Contains(s.only, flow) {
			d.play(s)
		}
	}
	if flow == casefile.FlowAll {
		d.exits()
	}
	d.catalogue()
	return d.b.String()
}

// scene is one way through a conversation.
type scene struct {
	title string
	only  []casefile.Flow
	sms   bool
	phone string // the answer about who else reads the phone
	risky bool
	child bool
	mute  bool // the first message is in no language we know
}

var scenes = []scene{
	{title: "nobody else reads the phone, the risky answers", phone: "nobody", risky: true},
	{title: "nobody else reads the phone, the safe answers", phone: "nobody"},
	{title: "others may read the phone, the risky answers", phone: "yes", risky: true, only: Names()},
	{title: "others may read the phone, the safe answers", phone: "yes", only: Names()},
	{title: "by SMS, the risky answers", phone: "sometimes", risky: true, sms: true},
	{title: "by SMS, the safe answers", phone: "sometimes", sms: true},
	{title: "no language could be told", phone: "nobody", mute: true, only: []casefile.Flow{casefile.FlowAll}},
	{title: "a child, nobody else reads the phone", phone: "nobody", child: true, only: []casefile.Flow{casefile.FlowVictim, casefile.FlowReturnee}},
}

// risks are the risky answers that are not the first one; safes are the meanings
// that tell of no risk, the first that a question has. A question without any is
// answered with its last option.
var (
	risks = map[casefile.Key]string{
		casefile.Freedom: "locked", casefile.SelfSafe: "unsafe", casefile.AgeBand: "adult", casefile.LastContact: "months",
		casefile.Recontact: "only_me", casefile.Violence: "abused", casefile.ForcedWork: "online", casefile.ContactSafe: "watched",
	}
	safes = []string{"no", "none", "nothing", "free", "adult", "safe", "later", "not_watched", "only_me", "anyone", "nobody"}
)

// drawing plays scenes and writes down what is said.
type drawing struct {
	flow  casefile.Flow
	lang  string
	book  *locales.Book
	b     strings.Builder
	scene scene
	s     casefile.Session
	now   time.Time
}

// playing is when the scenes take place; a conversation takes minutes.
var playing = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func (d *drawing) play(s scene) {
	d.scene, d.s, d.now = s, casefile.Session{}, playing
	fmt.Fprintf(&d.b, "\n== %s ==\n\n", s.title)
	if !s.sms && s.phone == "yes" && d.flow != casefile.FlowVictim && d.flow != casefile.FlowAll {
		d.b.WriteString("(the opening line is skipped, so that the phone counts as watched)\n")
	}
	first := casefile.Reading{Kind: casefile.KindText, Lang: casefile.Lang(d.lang), Reporter: reporterOf(d.flow)}
	if s.mute {
		first.Lang = casefile.LangUnknown
	}
	effects := d.says("...", first)
	for range 2 * fullLimit {
		pending := Hearing(d.s, d.now).Pending
		if pending.Key == "" || !asks(effects) {
			return
		}
		if d.flow == casefile.FlowAll && d.s.Flow != "" {
			fmt.Fprintf(&d.b, "(goes on as %s)\n", d.s.Flow)
			return
		}
		d.now = d.now.Add(20 * time.Second)
		typed, answer := d.reply(pending)
		effects = d.says(typed, casefile.Reading{
			Kind: casefile.KindText, Lang: casefile.LangUnknown, Choice: true, Answers: []casefile.Answer{answer},
		})
	}
}

func reporterOf(flow casefile.Flow) casefile.Reporter {
	if flow == casefile.FlowAll {
		return casefile.ReporterUnknown
	}
	return casefile.Reporter(flow)
}

func asks(effects []Effect) bool {
	return slices.ContainsFunc(effects, func(e Effect) bool { say, ok := e.(Say); return ok && say.Question != "" })
}

// reply is what the person of the scene types, and how it is heard.
func (d *drawing) reply(q casefile.Question) (string, casefile.Answer) {
	a := casefile.Answer{Key: q.Key, Pending: true}
	if q.Digitless {
		typed := "Myawaddy"
		if q.Open == casefile.OpenTime {
			typed = "6"
		}
		a.Typed = casefile.Hide(typed)
		return typed, a
	}
	at := d.choose(q)
	if at < 0 {
		a.Skip = true
		return "0", a
	}
	a.Values = []string{q.Options[at]}
	return fmt.Sprintf("%d  (%s)", at+1, q.Options[at]), a
}

// choose is the option the person of the scene takes; -1 skips.
func (d *drawing) choose(q casefile.Question) int {
	want := risks[q.Key]
	writesFromHome := d.flow != casefile.FlowVictim && d.flow != casefile.FlowAll
	switch {
	case q.Key == casefile.SafeNow && d.scene.phone == "yes" && writesFromHome:
		return -1
	case q.Key == casefile.SafeNow:
		return 0
	case q.Key == casefile.DeviceWatched:
		want = d.scene.phone
	case q.Key == casefile.AgeBand && d.scene.child:
		want = "under18"
	case !d.scene.risky:
		for _, safe := range safes {
			if at := slices.Index(q.Options, safe); at >= 0 {
				return at
			}
		}
		return len(q.Options) - 1
	}
	return max(0, slices.Index(q.Options, want))
}

// says takes one turn and writes it down.
func (d *drawing) says(typed string, r casefile.Reading) []Effect {
	fmt.Fprintf(&d.b, "> %s\n", typed)
	next, effects := Step(d.s, Input{Now: d.now, Short: d.scene.sms, Readings: []casefile.Reading{r}, Urgency: guessed})
	d.s = next
	for _, e := range effects {
		switch e := e.(type) {
		case Say:
			fmt.Fprintf(&d.b, "  %s\n", d.text(e.Text))
		case HandOver:
			fmt.Fprintf(&d.b, "  [a person is asked for: %s]\n", e.Why)
		case Hush:
			fmt.Fprintf(&d.b, "  [nothing more until they write again: %s]\n", e.Why)
		case Wipe:
			d.b.WriteString("  [the conversation is to be deleted]\n")
		case Silence:
			fmt.Fprintf(&d.b, "  [no reply: %s]\n", e.Why)
		case Learn:
		}
	}
	return effects
}

// guessed stands in for escalation's judgement, which a drawing cannot reach.
func guessed(facts casefile.Facts) casefile.Urgency {
	if facts.Has(casefile.DangerNow, "yes") || facts.Has(casefile.Freedom, "locked") || facts.Has(casefile.Departure, "on_the_way") {
		return casefile.High
	}
	return casefile.Low
}

func (d *drawing) text(key string) string {
	text, err := d.book.Text(d.lang, key, nil)
	if err != nil {
		return "[missing: " + key + "]"
	}
	return strings.ReplaceAll(text, "\n", " / ")
}

// exits shows what holds in every state, in the middle of a conversation.
func (d *drawing) exits() {
	for _, who := range []casefile.Reporter{casefile.Family, casefile.Victim} {
		fmt.Fprintf(&d.b, "\n== in the middle of the conversation %q ==\n\n", who)
		for _, c := range []struct {
			typed string
			r     casefile.Reading
			later time.Duration
		}{
			{typed: "help", r: casefile.Reading{Command: casefile.HelpCommand}},
			{typed: "a person", r: casefile.Reading{Command: casefile.HumanCommand}},
			{typed: "quiet", r: casefile.Reading{Command: casefile.QuietCommand}},
			{typed: "stop", r: casefile.Reading{Command: casefile.StopCommand}},
			{typed: "language", r: casefile.Reading{Command: casefile.LangCommand}},
			{typed: "back", r: casefile.Reading{Command: casefile.BackCommand}},
			{typed: "delete", r: casefile.Reading{Command: casefile.WipeCommand}},
			{typed: "forget me", r: casefile.Reading{Command: casefile.ForgetCommand}},
			{typed: "wrong number, it was not me", r: casefile.Reading{Retracts: true}},
			{typed: "has my brother written to you?", r: casefile.Reading{Oracle: true}},
			{typed: "what does it cost?", r: casefile.Reading{Price: true}},
			{typed: "(a photo)", r: casefile.Reading{Kind: casefile.KindPhoto}},
			{typed: "(a message that could not be decoded)", r: casefile.Reading{Kind: casefile.KindUnreadable}},
			{typed: "(something that cannot be read)"},
			{typed: "1  (20 minutes later)", later: 20 * time.Minute},
		} {
			d.interrupt(who, c.later)
			c.r.Kind = cmp.Or(c.r.Kind, casefile.KindText)
			d.says(c.typed, c.r)
		}
	}
}

// interrupt plays the turns before the one to show, unseen.
func (d *drawing) interrupt(who casefile.Reporter, later time.Duration) {
	d.s, d.now, d.scene = casefile.Session{}, playing, scene{}
	yes := casefile.Answer{Key: casefile.SafeNow, Values: []string{"yes"}, Pending: true}
	for _, unseen := range []casefile.Reading{{Lang: casefile.Lang(d.lang), Reporter: who}, {Choice: true, Answers: []casefile.Answer{yes}}} {
		unseen.Kind = casefile.KindText
		d.s, _ = Step(d.s, Input{Now: d.now, Readings: []casefile.Reading{unseen}})
	}
	d.now = d.now.Add(later)
}

// catalogue lists every question, with its condition and both wordings.
func (d *drawing) catalogue() {
	d.b.WriteString("\n== every question ==\n")
	for _, n := range list(d.flow) {
		fmt.Fprintf(&d.b, "\n%s: %s\n", n.id(), meanings(n.question(false)))
		if n.label != "" {
			fmt.Fprintf(&d.b, "  only if: %s\n", n.label)
		}
		fmt.Fprintf(&d.b, "  normal:    %s\n", d.text(n.wording(false)))
		if n.mask != "" {
			fmt.Fprintf(&d.b, "  disguised: %s\n", d.text(n.mask))
		}
	}
}
