package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	cdpauth "github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/pquerna/otp/totp"

	"pulang/internal/cases"
	"pulang/internal/devstack/testbed"
	"pulang/locales"
)

// screen is a console in front of a member of staff.
type screen struct {
	h      *hotline
	ctx    context.Context
	book   *locales.Book
	lang   string
	login  string
	papers cases.Papers
	keys   bool // hands that touch nothing but the keyboard
}

// sits opens a browser of their own for somebody of staff.
func (h *hotline) sits(c staffAddCommand, papers cases.Papers, width, height int64, theme string) *screen {
	h.Helper()
	book, err := locales.Open()
	if err != nil {
		h.Fatal(err)
	}
	s := &screen{h: h, ctx: openBrowserFor(h.T).ctx, book: book, lang: c.Lang[0], login: c.Login, papers: papers}
	params := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}}
	s.call("the theme", func() error { _, err := chromedp.Call(s.ctx, emulation.SetEmulatedMedia, params); return err })
	speaks := network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": c.Lang[0]}}
	s.call("the language", func() error { _, err := chromedp.Call(s.ctx, network.SetExtraHTTPHeaders, speaks); return err })
	if width < 600 {
		s.do("the size", chromedp.EmulateViewport(width, height, chromedp.EmulateTouch))
	} else {
		s.do("the size", chromedp.EmulateViewport(width, height))
	}
	return s
}

// withoutScripts turns the scripts of all pages off.
func (s *screen) withoutScripts() *screen {
	s.h.Helper()
	s.call("no scripts", func() error {
		_, err := chromedp.Call(s.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
	return s
}

func (s *screen) call(what string, step func() error) {
	s.h.Helper()
	if err := step(); err != nil {
		s.fails("%s: %v", what, err)
	}
}

// do takes browser steps, and gives up after a while.
func (s *screen) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	s.h.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, watch)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		s.fails("%s: %v", what, err)
	}
}

// fails ends the shift, and leaves a picture and the page behind.
func (s *screen) fails(format string, args ...any) {
	s.h.Helper()
	dir, err := os.MkdirTemp("", "pulang-shift-")
	if err != nil {
		s.h.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(s.ctx, 10*time.Second)
	defer cancel()
	if shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot()); err == nil {
		_ = os.WriteFile(filepath.Join(dir, "page.png"), shot, 0o600)
	}
	page, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.documentElement.outerHTML`))
	_ = os.WriteFile(filepath.Join(dir, "page.html"), []byte(page), 0o600)
	at, _, _ := strings.Cut(page, "\n")
	s.h.Fatalf("%s\nat %s, the page and a picture of it are in %s", fmt.Sprintf(format, args...), at, dir)
}

// is reports whether a script says yes now.
func (s *screen) is(script string) bool {
	ctx, cancel := context.WithTimeout(s.ctx, 5*time.Second)
	defer cancel()
	yes, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!!(`+script+`)`))
	return err == nil && yes // between two pages there is none
}

// sees waits until a script says yes of the page.
func (s *screen) sees(what, script string) {
	s.h.Helper()
	tick, deadline := time.NewTicker(20*time.Millisecond), time.After(watch)
	defer tick.Stop()
	for !s.is(script) {
		select {
		case <-tick.C:
		case <-deadline:
			s.fails("%s does not see %s: %s", s.login, what, script)
		}
	}
}

// reads waits until the page shows these words.
func (s *screen) reads(words string) {
	s.h.Helper()
	s.sees(fmt.Sprintf("%q", words), fmt.Sprintf("document.body.innerText.replace(/\\s+/g, ' ').includes(%q)", words))
}

// word is a text of the console in the language of whoever sits there.
func (s *screen) word(key string) string {
	s.h.Helper()
	text, err := s.book.Text(s.lang, "console."+key, map[string]string{"n": "1"})
	if err != nil {
		s.h.Fatal(err)
	}
	return text
}

// opens goes to a page as by a link.
func (s *screen) opens(path string) {
	s.h.Helper()
	s.do("open "+path, chromedp.Navigate(s.h.url+path))
}

// onward does something that leads to another page, and waits for it.
func (s *screen) onward(act func()) {
	s.h.Helper()
	s.sees("a whole page", `document.readyState === "complete" && (document.documentElement.dataset.left = "yes")`)
	act()
	s.sees("the next page", `document.readyState === "complete" && !document.documentElement.dataset.left`)
}

// reach brings the keyboard to an element, with the Tab key alone.
func (s *screen) reach(css string) {
	s.h.Helper()
	at := fmt.Sprintf("document.activeElement?.matches(%q)", css)
	for range 400 {
		if s.is(at) {
			return
		}
		s.do("Tab", chromedp.KeyEvent(kb.Tab))
	}
	s.fails("the keyboard does not get to %s", css)
}

// strikes presses a letter as a keyboard does: a page that takes it for a command keeps
// it out of the field that is focused then.
func (s *screen) strikes(letter string) {
	s.h.Helper()
	for _, way := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
		event := input.DispatchKeyEventParams{Type: way, Key: letter, Code: "Key" + strings.ToUpper(letter)}
		if way == input.DispatchKeyEventTypeKeyDown {
			event.Text = letter
		}
		s.call("strike "+letter, func() error { _, err := chromedp.Call(s.ctx, input.DispatchKeyEvent, event); return err })
	}
}

// press presses a button, a link or a summary.
func (s *screen) press(css string) {
	s.h.Helper()
	s.sees(css, fmt.Sprintf("document.querySelector(%q)?.checkVisibility()", css))
	if s.keys {
		s.reach(css)
		s.do("press "+css, chromedp.KeyEvent(kb.Enter))
		return
	}
	s.do("press "+css, chromedp.Click(chromedp.CSS(css)))
}

// submit presses what leads to another page.
func (s *screen) submit(css string) {
	s.h.Helper()
	s.onward(func() { s.press(css) })
}

// done submits, and reads that it was done.
func (s *screen) done(css, key string) {
	s.h.Helper()
	s.submit(css)
	s.reads(s.word("done." + key))
}

// focus brings the keyboard to a field.
func (s *screen) focus(css string) {
	s.h.Helper()
	s.sees(css, fmt.Sprintf("document.querySelector(%q)?.checkVisibility()", css))
	if s.keys {
		s.reach(css)
		return
	}
	s.do("focus "+css, chromedp.Focus(chromedp.CSS(css)))
}

// fills types into a field.
func (s *screen) fills(css, text string) {
	s.h.Helper()
	s.focus(css)
	s.do("type into "+css, chromedp.KeyEvent(text))
	s.sees("what was typed", fmt.Sprintf("document.querySelector(%q).value.endsWith(%q)", css, text))
}

// chooses takes a value of a list, with the arrow keys.
func (s *screen) chooses(css, value string) {
	s.h.Helper()
	s.focus(css)
	is := fmt.Sprintf("document.querySelector(%q).value === %q", css, value)
	for range 60 {
		if s.is(is) {
			return
		}
		s.do("arrow", chromedp.KeyEvent(kb.ArrowDown))
	}
	s.fails("the list %s has no %s", css, value)
}

// ticks a box or a radio button.
func (s *screen) ticks(css string) {
	s.h.Helper()
	s.focus(css)
	s.do("tick "+css, chromedp.KeyEvent(" "))
	s.sees("the tick", fmt.Sprintf("document.querySelector(%q).checked", css))
}

// unfolds opens the details in which a form stands.
func (s *screen) unfolds(form string) {
	s.h.Helper()
	s.sees(form, fmt.Sprintf("document.querySelector(%q)", form))
	if s.is(fmt.Sprintf("document.querySelector(%q).closest('details')?.open === false", form)) {
		s.press(fmt.Sprintf("details:has(> %s) > summary", form))
		s.sees("the open form", fmt.Sprintf("document.querySelector(%q).checkVisibility()", form))
	}
}

// signsIn goes through both pages of the door with password and code.
func (s *screen) signsIn() {
	s.h.Helper()
	s.fills("#login", s.login)
	s.fills("#password", s.papers.SignIn.Password)
	s.submit(`form[action="/sign-in"] button`)
	s.fills("#code", s.code())
	s.submit(`form[action="/sign-in/code"] button`)
	s.sees("their name", fmt.Sprintf("document.querySelector('.login')?.textContent === %q", s.login))
}

// code is what their authenticator shows.
func (s *screen) code() string {
	s.h.Helper()
	code, err := totp.GenerateCode(s.papers.SignIn.Secret, s.h.now())
	if err != nil {
		s.h.Fatal(err)
	}
	return code
}

// ownsAKey gives the browser an authenticator that knows its owner.
func (s *screen) ownsAKey() {
	s.h.Helper()
	s.call("webauthn", func() error {
		_, err := chromedp.Call(s.ctx, cdpauth.Enable, cdpauth.EnableParams{})
		return err
	})
	options := &cdpauth.VirtualAuthenticatorOptions{Protocol: cdpauth.AuthenticatorProtocolCtap2, Transport: cdpauth.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}
	s.call("an authenticator", func() error {
		_, err := chromedp.Call(s.ctx, cdpauth.AddVirtualAuthenticator, cdpauth.AddVirtualAuthenticatorParams{Options: options})
		return err
	})
}

// picture keeps what the screen shows, from the part that css names on.
func (s *screen) picture(name, css string) {
	s.h.Helper()
	s.is(fmt.Sprintf("document.activeElement.blur(), document.querySelector(%q).scrollIntoView({block: 'start'}), scrollBy(0, -12), true", css))
	shot, err := chromedp.Run(s.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		s.fails("picture: %v", err)
	}
	dir := s.h.ArtifactDir()
	if *screenshots {
		dir = filepath.Join("..", "..", "docs", "img")
	}
	testbed.Picture(s.h.T, filepath.Join(dir, name), shot)
}
