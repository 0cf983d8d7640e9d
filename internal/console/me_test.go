package console

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	cdpauth "github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/signin"
)

// deedsOnMe is what the page of one's own account leaves in the audit.
func (h *house) deedsOnMe(boss *officer) []deed {
	post := func(path string, form url.Values) func() *answer {
		return func() *answer { return boss.posts(path, form) }
	}
	nobody := casefile.NewID(h.Now()).String()
	return []deed{
		{"GET /keys", func() *answer { return boss.gets("/keys") }, 200, ""},
		{"GET /me", func() *answer { return boss.gets("/me") }, 200, ""},
		{"POST /me/confirm", func() *answer {
			h.Forward(time.Minute)
			return boss.posts("/me/confirm", url.Values{"code": {totpAt(h.T, boss)}})
		}, 303, "staff.confirmed"},
		{"POST /me/confirm/ask", post("/me/confirm/ask", nil), 200, ""},
		{"POST /me/confirm/passkey", post("/me/confirm/passkey", nil), 422, ""},
		{"POST /me/passkeys/ask", post("/me/passkeys/ask", nil), 200, ""},
		{"POST /me/passkeys", post("/me/passkeys", nil), 422, ""},
		{"POST /me/passkeys/{id}/remove", post("/me/passkeys/"+nobody+"/remove", nil), 404, ""},
		{"POST /me/codes", post("/me/codes", nil), 200, "staff.recovery_codes_made"},
		{"POST /me/sessions/end-others", post("/me/sessions/end-others", nil), 303, "staff.other_sessions_ended"},
		{"POST /me/sessions/{id}/end", post("/me/sessions/"+nobody+"/end", nil), 404, ""},
		{"POST /me/colleagues/{login}/end", func() *answer {
			h.hires("rani", access.DutyOfficer, "en")
			return boss.posts("/me/colleagues/rani/end", nil)
		}, 303, "staff.sessions_ended"},
	}
}

func TestRecoveryCodesAreShownOnce(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	page := budi.posts("/me/codes", nil).is(http.StatusOK).shows("Your new recovery codes", "shown once")
	codes := regexp.MustCompile(`\b[a-z2-9]{4}(-[a-z2-9]{4}){3}\b`).FindAllString(text(page.body), -1)
	if len(codes) != 10 {
		t.Fatalf("%d codes are shown", len(codes))
	}
	budi.gets("/me").is(http.StatusOK).hides(codes...)
	budi.posts("/sign-out", nil)
	first := budi.posts("/sign-in", url.Values{"login": {"budi"}, "password": {budi.enrol.Password}, "next": {"/me"}}).is(http.StatusOK)
	form := url.Values{"proof": {first.field("proof")}, "next": {"/me"}, "code": {budi.enrol.Recovery[0]}}
	budi.posts("/sign-in/recovery", form, "Accept-Language", "en").is(http.StatusUnauthorized).shows("That recovery code does not match")
	form.Set("code", codes[0])
	if at := budi.posts("/sign-in/recovery", form).is(http.StatusSeeOther).header.Get("Location"); at != "/me" {
		t.Errorf("a recovery code leads to %q", at)
	}
	budi.gets("/me").shows("Recovery codes left: 9 of 10", "recovery code")
}

func TestKeysAndCodesAskAgainWhoItIs(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	budi.gets("/me").shows("Keys and codes can be changed for 5 more minutes", "Make ten new codes")
	h.Forward(signin.ConfirmLife)
	budi.gets("/me").shows("To add or remove a passkey").hides("Make ten new codes")
	budi.posts("/me/codes", nil).is(http.StatusUnprocessableEntity).shows("Make sure first that it is you").hides("shown once")
	budi.posts("/me/passkeys/ask", nil).is(http.StatusConflict)
	budi.posts("/me/confirm", url.Values{"code": {"12"}}).is(http.StatusUnprocessableEntity).shows("That does not match")
	budi.posts("/me/confirm", url.Values{"code": {totpAt(t, budi)}}).is(http.StatusSeeOther)
	budi.posts("/me/codes", nil).is(http.StatusOK).shows("shown once")
	for range 6 {
		budi.posts("/me/confirm", url.Values{"code": {"12"}})
	}
	budi.posts("/me/confirm", url.Values{"code": {"12"}}).is(http.StatusTooManyRequests).shows("Too many attempts")
}

func TestSessionsAreSeenAndEnded(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	stolen := budi.http.Jar.Cookies(mustParse(t, h.server.URL))
	laptop := &officer{house: h, id: budi.id, role: budi.role, enrol: budi.enrol, login: "budi", http: h.hires("unused", access.DutyOfficer, "en").http}
	h.Forward(time.Minute)
	laptop.signsIn()
	page := laptop.gets("/me", "User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0").shows("password and code", "127.0.0.1", "this one", "End all others")
	page.hides("Colleagues who are signed in")
	end := regexp.MustCompile(`action="(/me/sessions/[^"]+/end)"`).FindAllStringSubmatch(page.body, -1)
	if len(end) != 1 {
		t.Fatalf("%d sessions can be ended, want the other one", len(end))
	}
	laptop.posts(end[0][1], nil).is(http.StatusSeeOther)
	for _, c := range stolen {
		if c.Name == sessionCookie {
			if _, err := h.door.Who(t.Context(), c.Value); err == nil {
				t.Error("the session that was ended still opens the console")
			}
		}
	}
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	siti.gets("/me").shows("Colleagues who are signed in", "budi")
	siti.posts("/me/colleagues/budi/end", nil).is(http.StatusSeeOther)
	laptop.gets("/").is(http.StatusSeeOther)
	laptop.posts("/me/colleagues/siti/end", nil).is(http.StatusUnauthorized)
	siti.gets("/me").hides("/me/colleagues/budi/end").shows("No colleague is signed in")
	siti.posts("/me/colleagues/nobody/end", nil).is(http.StatusNotFound)
}

func TestABrowserIsNamedInOurOwnWords(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36": "Chrome, Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1":   "Safari, iPhone",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0":             "Edg, Windows",
		"<script>alert(1)</script>": "", "": "",
	} {
		if got := browserOf(agent); got != want {
			t.Errorf("browserOf(%q) = %q, want %q", agent, got, want)
		}
	}
}

func TestWhatWasTypedComesBackWhenTheSessionHasEnded(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "sms", "tolong", locked)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	h.Forward(signin.SessionIdle)
	page := budi.posts("/cases/AAA111/reply", url.Values{"text": {"Kami <b>baca</b> semua."}}, "Accept-Language", "en").is(http.StatusUnauthorized)
	page.shows("Kami <b>baca</b> semua.", "Copy it first")
	if strings.Contains(page.body, "<b>baca") {
		t.Error("what was typed became markup")
	}
	budi.posts("/cases/AAA111/take", nil, "Accept-Language", "en").is(http.StatusUnauthorized).hides("Copy it first")
	budi.posts("/cases/AAA111/referrals", url.Values{"text": {"jemput dia di bandara"}, "weighed": {"keluarga mungkin diancam"}}, "Accept-Language", "en").
		is(http.StatusUnauthorized).shows("jemput dia di bandara", "keluarga mungkin diancam")
}

func TestThereIsNoWayToAProviderThatIsNotSetUp(t *testing.T) {
	h := newHouse(t)
	stranger := h.hires("budi", access.DutyOfficer, "en")
	stranger.gets("/sign-in").hides("/sign-in/oidc").shows("Kunci sandi") // hidden until the script finds that the browser has them
	stranger.gets("/sign-in/oidc").is(http.StatusNotFound)
	stranger.gets(signin.BackPath + "?state=x&code=y").is(http.StatusNotFound)
}

// atLocalhost is the console under a name that passkeys work at, with a real browser
// that has an authenticator of its own.
func atLocalhost(t *testing.T) (h *house, at string, ctx context.Context, key cdpauth.AuthenticatorID) {
	var options Options
	h = newHouse(t, func(o *Options) { options = *o })
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	at = "http://localhost:" + port
	h.door = signin.New(signin.Options{Store: h.Store, Now: h.Now, PublicURL: at})
	options.SignIn, options.PublicURL = h.door, at
	handler, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}}
	server.Start()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is not installed; install it with: apt-get install chromium")
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true))...)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		closeTab()
		stop()
		server.CloseClientConnections()
		server.Close()
	})
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	return h, at, ctx, virtualKey(t, ctx)
}

// shown waits until the page shows a text.
func shown(t *testing.T, ctx context.Context, words string) {
	t.Helper()
	quoted, err := json.Marshal(words)
	if err != nil {
		t.Fatal(err)
	}
	limited, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for limited.Err() == nil {
		if _, err = chromedp.Run(limited, chromedp.Poll[bool](`document.body.innerText.includes(`+string(quoted)+`)`)); err == nil {
			return
		} // the page went on to the next one meanwhile: look there
	}
	body, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + " " + document.body.innerText`))
	t.Fatalf("the page does not show %q: %v\n%s", words, err, body)
}

// virtualKey gives the tab an authenticator that knows its owner.
func virtualKey(t *testing.T, ctx context.Context) cdpauth.AuthenticatorID {
	t.Helper()
	if _, err := chromedp.Call(ctx, cdpauth.Enable, cdpauth.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	yes := true
	made, err := chromedp.Call(ctx, cdpauth.AddVirtualAuthenticator, cdpauth.AddVirtualAuthenticatorParams{Options: &cdpauth.VirtualAuthenticatorOptions{
		Protocol: cdpauth.AuthenticatorProtocolCtap2, Transport: cdpauth.AuthenticatorTransportInternal,
		HasResidentKey: yes, HasUserVerification: yes, IsUserVerified: yes, AutomaticPresenceSimulation: yes}})
	if err != nil {
		t.Fatal(err)
	}
	return made.AuthenticatorID
}

// entersAt signs an officer in by hand, in a tab of a browser.
func (o *officer) entersAt(ctx context.Context, at, next string) {
	o.Helper()
	err := chromedp.Do(ctx, chromedp.Navigate(at+"/sign-in?next="+url.QueryEscape(next)),
		chromedp.WaitVisible(chromedp.CSS("#password")),
		chromedp.SendKeys(chromedp.CSS("#login"), o.login),
		chromedp.SendKeys(chromedp.CSS("#password"), o.enrol.Password+"\r"),
		chromedp.WaitVisible(chromedp.CSS("#code")),
		chromedp.SendKeys(chromedp.CSS("#code"), totpAt(o.T, o)+"\r"))
	if err != nil {
		o.Fatal(err)
	}
	shown(o.T, ctx, "Sign out")
}

func click(t *testing.T, ctx context.Context, css string) {
	t.Helper()
	limited, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(limited, chromedp.WaitVisible(chromedp.CSS(css)), chromedp.Click(chromedp.CSS(css))); err != nil {
		t.Fatalf("press %s: %v", css, err)
	}
}

func TestAPasskeyIsAddedAndSignsInInARealBrowser(t *testing.T) {
	h, at, ctx, key := atLocalhost(t)
	budi := h.hires("budi", access.DutyOfficer, "en")
	budi.entersAt(ctx, at, "/me")
	if err := chromedp.Do(ctx, chromedp.WaitVisible(chromedp.CSS("#name")), chromedp.SendKeys(chromedp.CSS("#name"), "office phone")); err != nil {
		t.Fatal(err)
	}
	click(t, ctx, "[data-make] button")
	shown(t, ctx, "The passkey was added.")
	shown(t, ctx, "office phone")
	click(t, ctx, "[data-make] button") // the same device again: the browser refuses
	shown(t, ctx, "No passkey was made.")
	held, err := chromedp.Call(ctx, cdpauth.GetCredentials, cdpauth.GetCredentialsParams{AuthenticatorID: key})
	if err != nil || len(held.Credentials) != 1 || !held.Credentials[0].IsResidentCredential || held.Credentials[0].RpID != "localhost" ||
		string(held.Credentials[0].UserHandle) != string(budi.id[:]) {
		t.Fatalf("the authenticator holds %+v: %v", held.Credentials, err)
	}
	click(t, ctx, ".who button")
	click(t, ctx, `[data-passkey="/sign-in/ask"] button`)
	shown(t, ctx, "Sign out")
	if err := chromedp.Do(ctx, chromedp.Navigate(at+"/me")); err != nil {
		t.Fatal(err)
	}
	shown(t, ctx, "passkey · since")
	h.Forward(signin.ConfirmLife)
	if err := chromedp.Do(ctx, chromedp.Navigate(at+"/me")); err != nil {
		t.Fatal(err)
	}
	click(t, ctx, `[data-passkey="/me/confirm/ask"] button`)
	shown(t, ctx, "Confirmed.")
	click(t, ctx, ".who button")
	if _, err := chromedp.Call(ctx, cdpauth.SetUserVerified, cdpauth.SetUserVerifiedParams{AuthenticatorID: key, IsUserVerified: false}); err != nil {
		t.Fatal(err)
	}
	click(t, ctx, `[data-passkey="/sign-in/ask"] button`) // somebody else's finger
	shown(t, ctx, "The passkey could not be read.")
	if said := h.log.String(); said != "" {
		t.Errorf("it fills the log: %s", said)
	}
}

func TestAPageLocksAndKeepsWhatWasTypedForItsOwner(t *testing.T) {
	h, at, ctx, _ := atLocalhost(t)
	h.writes("AAA111", "sms", "mereka mengunci pintu", locked)
	budi, siti := h.hires("budi", access.DutyOfficer, "en"), h.hires("siti", access.Supervisor, "en")
	budi.entersAt(ctx, at, "/cases/AAA111")
	click(t, ctx, `form[action="/cases/AAA111/take"] button`)
	if err := chromedp.Do(ctx, chromedp.WaitVisible(chromedp.CSS("#text")), chromedp.SendKeys(chromedp.CSS("#text"), "kami membaca semua")); err != nil {
		t.Fatal(err)
	}
	away := func() {
		h.Forward(signin.SessionIdle)
		h.changed()
		shown(t, ctx, "This page was locked")
		if evaluate[bool](t, ctx, `document.body.innerHTML.includes("mengunci pintu") || document.getElementById("main").checkVisibility()`) {
			t.Error("a locked page still holds what the person said, or shows it")
		}
	}
	beside, closeBeside := chromedp.NewContext(ctx)
	defer closeBeside()
	away()
	budi.entersAt(beside, at, "/")
	evaluate[bool](t, ctx, `window.dispatchEvent(new Event("focus"))`)
	shown(t, ctx, "mereka mengunci pintu")
	if !evaluate[bool](t, ctx, `document.getElementById("text").value === "kami membaca semua" && document.getElementById("text").checkVisibility()`) {
		t.Error("what was typed is lost")
	}
	away()
	siti.entersAt(beside, at, "/")
	evaluate[bool](t, ctx, `window.dispatchEvent(new Event("focus"))`)
	shown(t, ctx, "siti")
	if evaluate[bool](t, ctx, `[...document.querySelectorAll("textarea")].some(t => t.value.includes("membaca"))`) {
		t.Error("siti was shown what budi typed")
	}
}
