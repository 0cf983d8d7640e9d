package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/fakes"
)

// play is the scripted conversation of demo --once: from a cry for help to an
// answer, past an alert that nobody hears at first. It fails at the first thing
// that does not happen.
func (st *stage) play(ctx context.Context, out io.Writer) error {
	err := st.playAll(ctx, func(format string, args ...any) { _, _ = fmt.Fprintf(out, "* "+format+"\n", args...) })
	st.printPhones(out)
	if err != nil {
		return err
	}
	if broken := slices.Concat(st.telegram.Violations(), st.twilio.Violations()); len(broken) > 0 {
		return errors.New("a rule of a provider was broken: " + strings.Join(broken, "; "))
	}
	_, err = fmt.Fprintln(out, "\nThe alert came, climbed, was acknowledged, and Rina was answered.")
	return err
}

// onceReply is what Dewi answers.
const onceReply = "Saya Dewi. Kami baca pesanmu. Kamu tidak salah."

func (st *stage) playAll(ctx context.Context, tell func(string, ...any)) error {
	rina, ana, dewi, budi := st.phone("rina"), st.phone("ana"), st.phone("dewi"), st.phone("budi")
	alerted := func(screen []fakes.Shown) bool { _, ok := alertOn(screen); return ok }

	tell("Rina writes on Telegram that she is locked up.")
	rina.says(rina.Chips[0].Text)
	if err := dewi.until(ctx, "an alert", alerted); err != nil {
		return err
	}
	tell("Dewi's phone shows an alert: a code and a link, nothing of the story. Rina has an answer.")
	if err := rina.until(ctx, "an answer", func(screen []fakes.Shown) bool { return fromLine(screen) > 0 }); err != nil {
		return err
	}
	tell("Dewi does not hear it. Five minutes pass, and the other team's officer hears too, by SMS.")
	if err := st.forward(ctx, 5*time.Minute); err != nil {
		return err
	}
	if err := budi.until(ctx, "the alert, one rung higher", alerted); err != nil {
		return err
	}
	code, _ := alertOn(budi.shows())
	tell("Budi texts OK %s.", code)
	budi.says("OK " + code)
	if err := budi.until(ctx, "the acknowledgement", func([]fakes.Shown) bool { return st.acknowledged() }); err != nil {
		return err
	}
	tell("Dewi opens the case in the console, takes over and answers.")
	if err := st.answer(ctx, code, onceReply); err != nil {
		return err
	}
	if err := rina.until(ctx, "Dewi's answer", shows(onceReply)); err != nil {
		return err
	}
	tell("Ana writes by SMS, in English, and is answered in English.")
	ana.says(ana.Chips[0].Text)
	english, err := st.book.Text("en", "all.safe_now", nil)
	if err != nil {
		return err
	}
	return ana.until(ctx, "an answer in English", shows(english))
}

// shows wants a text of the line on a screen.
func shows(text string) func([]fakes.Shown) bool {
	return func(screen []fakes.Shown) bool {
		return slices.ContainsFunc(screen, func(s fakes.Shown) bool { return s.FromLine && strings.Contains(s.Text, text) })
	}
}

// answer does in the console what a member of staff does in a browser: follow the
// link of the alert, take over, reply.
func (st *stage) answer(ctx context.Context, code, text string) error {
	page, err := st.visit(ctx, http.MethodGet, "/a/"+code, nil)
	if err != nil {
		return err
	}
	ref := path.Base(page)
	if _, err := st.visit(ctx, http.MethodPost, "/cases/"+ref+"/take", url.Values{}); err != nil {
		return err
	}
	_, err = st.visit(ctx, http.MethodPost, "/cases/"+ref+"/reply", url.Values{"id": {casefile.NewID(st.clock.Now()).String()}, "text": {text}})
	return err
}

// visit asks for a page of the console and says where it led.
func (st *stage) visit(ctx context.Context, method, to string, form url.Values) (landed string, err error) {
	req, err := http.NewRequestWithContext(ctx, method, st.url+to, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", st.url)
	answer, err := (&http.Client{Timeout: seedTime}).Do(req)
	if err != nil {
		return "", fmt.Errorf("visit the console: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the console answered %d to %s %s", answer.StatusCode, method, to)
	}
	return answer.Request.URL.Path, nil
}

// printPhones prints what each phone shows.
func (st *stage) printPhones(out io.Writer) {
	for _, p := range st.phones {
		_, _ = fmt.Fprintf(out, "\n%s's phone (%s)\n", p.Owner, p.Kind)
		for _, s := range p.shows() {
			who := p.Owner
			if s.FromLine {
				who = "line"
			}
			_, _ = fmt.Fprintf(out, "  %s  %-5s %s\n", s.At.Format("15:04"), who, strings.ReplaceAll(s.Text, "\n", "\n               "))
			for _, row := range s.Buttons {
				for _, b := range row {
					_, _ = fmt.Fprintf(out, "               [%s]\n", b.Text)
				}
			}
		}
	}
}
