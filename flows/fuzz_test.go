package flows

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/locales"
)

// dice turns the fuzzer's bytes into choices; when they run out, always 0.
type dice []byte

func (d *dice) roll(n int) int {
	if len(*d) == 0 || n == 0 {
		return 0
	}
	b := (*d)[0]
	*d = (*d)[1:]
	return int(b) % n
}

func (d *dice) yes() bool { return d.roll(4) == 1 }

func pick[T any](d *dice, from ...T) T { return from[d.roll(len(from))] }

func (d *dice) fact() casefile.Fact {
	entry := casefile.Dictionary[d.roll(len(casefile.Dictionary))]
	value := "something"
	if entry.Values != nil {
		value = entry.Values[d.roll(len(entry.Values))]
	}
	return fact(entry.Key, value)
}

func (d *dice) answer(pending casefile.Question) casefile.Answer {
	q := casefile.Questions[d.roll(len(casefile.Questions))]
	a := casefile.Answer{Key: q.Key}
	if pending.Key != "" && !d.yes() {
		q, a = pending, casefile.Answer{Key: pending.Key, Pending: true}
	}
	switch d.roll(5) {
	case 0:
		a.Unread = true
	case 1:
		a.Skip = true
	case 2:
		a.Typed = casefile.Hide("typed")
	default:
		for i := range q.Options {
			if d.yes() || i == 0 {
				a.Values = append(a.Values, q.Options[d.roll(len(q.Options))])
			}
		}
	}
	return a
}

func (d *dice) reading(pending casefile.Question) casefile.Reading {
	r := casefile.Reading{
		Kind: pick(d, casefile.KindText, casefile.KindText, casefile.KindText, casefile.KindPress, casefile.KindEdit, casefile.KindPhoto,
			casefile.KindLocation, casefile.KindUnreadable, casefile.KindBlocked, casefile.KindStatus),
		Lang: pick(d, casefile.Indonesian, casefile.English, casefile.Mixed, casefile.LangUnknown, ""),
		Reporter: pick(d, casefile.ReporterUnknown, casefile.Victim, casefile.Family, casefile.Witness, casefile.Returnee, casefile.Info,
			casefile.Spam, ""),
		Retracts: d.roll(12) == 1, Oracle: d.roll(12) == 1, Price: d.roll(12) == 1, Empty: d.roll(12) == 1, Choice: d.yes(),
	}
	if d.roll(5) == 1 {
		r.Command = pick(d, commands...)
	}
	for d.yes() && len(r.Dangers) < 3 {
		danger := casefile.Danger{Kind: pick(d, casefile.Confinement, casefile.SoldOrMoved, casefile.SelfHarmHeard, casefile.BareCry, "strange")}
		for d.yes() && len(danger.Facts) < 3 {
			danger.Facts = append(danger.Facts, d.fact())
		}
		r.Dangers = append(r.Dangers, danger)
	}
	for d.yes() && len(r.Facts) < 4 {
		r.Facts = append(r.Facts, d.fact())
	}
	for d.roll(2) == 1 && len(r.Answers) < 4 {
		r.Answers = append(r.Answers, d.answer(pending))
	}
	if d.yes() {
		r.Place = &casefile.PlaceHeard{Name: "Myawaddy", Country: pick(d, "MM", "")}
	}
	if d.roll(12) == 1 {
		r.AsksToPay = casefile.Hide("transfer gk ya")
	}
	return r
}

var commands = []casefile.Command{
	casefile.HelpCommand, casefile.HumanCommand, casefile.StopCommand, casefile.QuietCommand, casefile.LangCommand,
	casefile.BackCommand, casefile.WipeCommand, casefile.ForgetCommand,
}

// session is any session at all, also one that no release ever wrote.
func (d *dice) session() casefile.Session {
	if d.yes() {
		return casefile.Session{}
	}
	s := casefile.Session{
		Version: d.roll(3), Lang: pick(d, casefile.Indonesian, casefile.English, casefile.Lang("")),
		Stage: pick(d, casefile.StageNew, casefile.StageOpening, casefile.StageAsking, casefile.StageHuman, casefile.StageDone,
			casefile.StageClosed, casefile.Stage("resting")),
		Reporter: pick(d, casefile.Victim, casefile.Family, casefile.Witness, casefile.Returnee, casefile.Info, casefile.Spam, casefile.Reporter("")),
		Asking:   casefile.Dictionary[d.roll(len(casefile.Dictionary))].Key,
		Unread:   d.roll(4), LastIn: noon.Add(-time.Duration(d.roll(40)) * time.Minute),
		Privacy: d.yes(), Short: d.yes(),
	}
	if d.yes() {
		s.Asking = "witness.danger_now"
	}
	if !d.yes() {
		s.Opened = noon.Add(-time.Duration(d.roll(40)) * time.Minute)
	}
	for d.roll(3) > 0 && len(s.Asked) < 12 {
		s.Asked = append(s.Asked, casefile.Dictionary[d.roll(len(casefile.Dictionary))].Key)
	}
	for d.roll(3) > 0 && len(s.Facts) < 20 {
		f := d.fact()
		f.How = pick(d, casefile.Answered, casefile.Heard, casefile.Skipped)
		s.Facts = append(s.Facts, f)
		if f.Is(casefile.DeviceWatched, "nobody") {
			s.Nobody = noon.Add(-time.Duration(d.roll(20)) * time.Minute)
		}
	}
	return s
}

func FuzzStep(f *testing.F) {
	book, err := locales.Open()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{})
	f.Add([]byte{1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0})
	for seed := range 64 {
		raw := make([]byte, 300)
		for i := range raw {
			raw[i] = byte(i*i*7 + i*(seed+3)*13 + seed*31 + i>>3*seed)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d := dice(raw)
		s, now := d.session(), noon
		for turn := 0; turn < 12 && (turn == 0 || len(d) > 0); turn++ {
			now = now.Add(time.Duration(d.roll(20)) * time.Minute)
			in := Input{Now: now, Short: d.yes(), Human: d.yes(), Urgency: judge, Hint: pick(&d, "", casefile.English)}
			for n := d.roll(3) + 1; n > 0; n-- {
				in.Readings = append(in.Readings, d.reading(Hearing(s, now).Pending))
			}
			before := snapshot(s)
			next, effects := Step(s, in)
			if snapshot(s) != before {
				t.Fatal("Step changed the session it was given")
			}
			checkTurn(t, book, s, in, next, effects)
			for _, c := range commands {
				checkExit(t, next, in, c)
			}
			s = next
		}
	})
}

// checkTurn is what must hold for every turn in every state.
func checkTurn(t *testing.T, book *locales.Book, s casefile.Session, in Input, next casefile.Session, effects []Effect) {
	t.Helper()
	var learned casefile.Facts
	questions, replies := 0, 0
	hushed := slices.ContainsFunc(effects, func(e Effect) bool { _, ok := e.(Hush); return ok })
	for _, effect := range effects {
		switch e := effect.(type) {
		case Learn:
			learned = append(learned, e.Fact)
		case Say:
			replies++
			if e.Question != "" {
				questions++
			}
			checkSay(t, book, spokenIn(s, next, learned, in), in, e)
		case Silence:
			replies++
			if e.Why == "" {
				t.Error("silent without a reason")
			}
		case Hush:
			replies++
		}
	}
	if replies == 0 || questions > 1 || hushed && replies > 1 {
		t.Errorf("%d replies, %d questions, hushed %v: %+v", replies, questions, hushed, effects)
	}
	if want := slices.Concat(s.Facts, learned); !slices.Equal(next.Facts, want) {
		t.Errorf("the session holds %d facts, want the %d of before and the %d learned", len(next.Facts), len(s.Facts), len(learned))
	}
	for _, r := range in.Readings {
		if !r.Kind.IsSpoken() {
			continue
		}
		for _, d := range r.Dangers {
			for _, f := range d.Facts {
				if !next.Facts.Knows(f.Key) || !slices.ContainsFunc(next.Facts, func(g casefile.Fact) bool { return g.Key == f.Key && g.Value == f.Value }) {
					t.Errorf("danger %s was heard in stage %q and not learned", f.Key, s.Stage)
				}
			}
			if _, ok := implied[d.Kind]; ok && len(d.Facts) == 0 && !next.Facts.Knows(implied[d.Kind].Key) {
				t.Errorf("a danger without facts (%s) was heard in stage %q and not learned", d.Kind, s.Stage)
			}
		}
	}
}

// checkSay is what must hold for every text.
func checkSay(t *testing.T, book *locales.Book, s casefile.Session, in Input, say Say) {
	t.Helper()
	for _, lang := range book.Langs() {
		text, err := book.Text(lang, say.Text, say.Vars)
		if err != nil {
			t.Error(err)
		}
		for n := 1; n <= say.Digits; n++ {
			if !strings.Contains(text, string(rune('0'+n))+" ") && !strings.HasSuffix(say.Text, "rephrase") {
				t.Errorf("%s has %d buttons, and its text in %s does not say what %d means: %q", say.Text, say.Digits, lang, n, text)
			}
		}
	}
	if say.Lang != casefile.Indonesian && say.Lang != casefile.English {
		t.Errorf("%s is said in %q", say.Text, say.Lang)
	}
	harmless := []string{"all.safe_now", "all.safe_now_both", "all.language", "all.oracle", "sms.all.oracle"}
	if disguised(s, in.Now) && !strings.HasPrefix(say.Text, "disguised.") && !slices.Contains(harmless, say.Text) {
		t.Errorf("%s was said on a phone that others may read (stage %q, flow %q)", say.Text, s.Stage, s.Flow)
	}
}

// spokenIn is the session a turn spoke in. A turn that shuts it (a deletion, a request
// to be forgotten, a retraction) does so after it spoke, and what it said was for the
// phone as it was then.
func spokenIn(s, next casefile.Session, learned casefile.Facts, in Input) casefile.Session {
	if next.Stage != casefile.StageNew {
		return next
	}
	s.Facts, s.Flow = next.Facts, next.Flow
	if learned.LatestIs(casefile.SafeNow, "yes") && s.Stage == casefile.StageOpening {
		s.Stage, s.Opened = casefile.StageAsking, in.Now
	}
	if learned.LatestIs(casefile.DeviceWatched, "nobody") {
		s.Nobody = in.Now
	}
	return s
}

// checkExit is that an exit works on whatever a turn left behind.
func checkExit(t *testing.T, s casefile.Session, in Input, c casefile.Command) {
	t.Helper()
	in.Readings = []casefile.Reading{command(c)}
	_, effects := Step(s, in)
	is := func(want Effect) bool { return slices.Contains(effects, want) }
	says := slices.ContainsFunc(effects, func(e Effect) bool { _, ok := e.(Say); return ok })
	ok := true
	switch c {
	case casefile.QuietCommand:
		ok = is(Hush{WhyQuiet}) && !says
	case casefile.StopCommand:
		ok = is(Hush{WhyStop}) && !says
	case casefile.WipeCommand:
		ok = is(Wipe{}) && says
	case casefile.ForgetCommand: // taken once, answered each time, and nothing is wiped
		ok = says && !is(Wipe{})
	case casefile.HumanCommand:
		ok = is(HandOver{WhyAsked}) && (says || in.Human)
	case casefile.HelpCommand:
		ok = says
	default:
		ok = says || is(Silence{SilentStaff}) || is(Silence{SilentWaiting})
	}
	if in.Human && (c == casefile.HelpCommand || c == casefile.WipeCommand || c == casefile.ForgetCommand) {
		ok = ok && says
	}
	if !ok {
		t.Errorf("%s does not work in stage %q (takeover %v): %+v", c, s.Stage, in.Human, effects)
	}
}
