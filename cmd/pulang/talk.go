package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"pulang/flows"
	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/hear"
	"pulang/locales"
)

type talkCommand struct {
	Lang   string `help:"Language of the phone: id or en." default:"id" enum:"id,en"`
	SMS    bool   `name:"sms" help:"As by SMS: the short conversation, no buttons."`
	Script string `help:"Read what the person writes from a file, one message per line." type:"existingfile"`
}

// talk is one conversation in memory: hear, Step, the rules and the words, and
// nothing else of the line.
type talk struct {
	ear     *hear.Ear
	book    *locales.Book
	sms     bool
	hint    casefile.Lang
	session casefile.Session
	urgency casefile.Urgency
	out     io.Writer
	dim     func(string) string
}

// Run converses until the input ends.
func (c talkCommand) Run(ctx context.Context, w world) error {
	ear, err := hear.New()
	if err != nil {
		return err
	}
	book, err := locales.Open()
	if err != nil {
		return err
	}
	in, echo := w.stdin, false
	if c.Script != "" {
		file, err := os.Open(c.Script)
		if err != nil {
			return fmt.Errorf("read script: %w", err)
		}
		defer func() { _ = file.Close() }()
		in, echo = file, true
	}
	t := &talk{ear: ear, book: book, sms: c.SMS, hint: casefile.Lang(c.Lang), out: w.stdout, dim: dimmer(w.stdout)}
	t.note("Write as a person in need would. Nothing is stored or sent. Ctrl-D ends.")
	return t.converse(ctx, in, echo, w.now)
}

func (t *talk) converse(ctx context.Context, in io.Reader, echo bool, now func() time.Time) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, longestText)
	for ctx.Err() == nil {
		_, _ = fmt.Fprint(t.out, "> ")
		if !lines.Scan() {
			break
		}
		if echo {
			_, _ = fmt.Fprintln(t.out, lines.Text())
		}
		if err := t.turn(casefile.Hide(lines.Text()), now()); err != nil {
			return err
		}
	}
	_, _ = fmt.Fprintln(t.out)
	return lines.Err()
}

// turn takes one message and shows what follows from it.
func (t *talk) turn(text casefile.Private, now time.Time) error {
	hearing := flows.Hearing(t.session, now)
	if hearing.Hint == "" {
		hearing.Hint = t.hint
	}
	known := len(t.session.Facts)
	before := t.urgency
	reading := t.ear.Read(casefile.NewID(now), casefile.KindText, text, hearing)
	session, effects := flows.Step(t.session, flows.Input{
		Now: now, Short: t.sms, Readings: []casefile.Reading{reading}, Hint: t.hint,
		Urgency: func(facts casefile.Facts) casefile.Urgency { return t.assess(t.session, facts).Urgency },
	})
	session.Turn++
	is := t.assess(session, session.Facts)
	t.session, t.urgency = session, is.Urgency
	if is.Urgency > before || is.HasNewDanger(known) {
		t.note("staff would be alerted: %s, %s", strings.ToUpper(is.Urgency.String()), strings.Join(rulesOf(is), " "))
	}
	return t.show(effects)
}

func (t *talk) assess(s casefile.Session, facts casefile.Facts) escalation.Assessment {
	return escalation.Assess(facts, escalation.About{Reporter: s.Reporter, Flow: s.Flow, Stands: t.urgency})
}

func rulesOf(a escalation.Assessment) []string {
	names := make([]string, len(a.Fired))
	for i, f := range a.Fired {
		names[i] = f.Rule
	}
	return names
}

// show prints the effects as the person would see them, and what they would not
// see in dim lines.
func (t *talk) show(effects []flows.Effect) error {
	for _, effect := range effects {
		switch e := effect.(type) {
		case flows.Say:
			if err := t.say(e); err != nil {
				return err
			}
		case flows.Learn:
			t.note("learned: %s", e.Fact.Key)
		case flows.HandOver:
			t.note("a person of the team is asked for: %s", e.Why)
		case flows.Hush:
			t.note("nothing is sent until they write again: %s", e.Why)
		case flows.Wipe:
			t.note("they asked for this conversation to be deleted")
		case flows.Silence:
			t.note("no reply: %s", e.Why)
		}
	}
	return nil
}

func (t *talk) say(s flows.Say) error {
	key := s.Text
	if t.sms && t.book.Has(string(s.Lang), "sms."+key) {
		key = "sms." + key
	}
	text, err := t.book.Text(string(s.Lang), key, s.Vars)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(t.out, "%s\n", text)
	if t.sms || s.Digits == 0 {
		return nil
	}
	var buttons strings.Builder
	for digit := range s.Digits {
		buttons.WriteString("[" + strconv.Itoa(digit+1) + "] ")
	}
	_, _ = fmt.Fprintf(t.out, "%s\n", strings.TrimSpace(buttons.String()))
	return nil
}

func (t *talk) note(format string, args ...any) {
	_, _ = fmt.Fprintln(t.out, t.dim("  "+fmt.Sprintf(format, args...)))
}

// dimmer dims a line on a terminal, and leaves it alone elsewhere.
func dimmer(out io.Writer) func(string) string {
	if file, ok := out.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return func(s string) string { return "\x1b[2m" + s + "\x1b[0m" }
		}
	}
	return func(s string) string { return s }
}
