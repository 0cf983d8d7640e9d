package console

import (
	"context"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"pulang/internal/signin"
)

// The cookies, without the prefix that https gives them.
const (
	sessionCookie = "pulang"
	deviceCookie  = "pulang-device"
	awayCookie    = "pulang-away" // while the browser is at the organisation's own sign-in
)

// cookieName is the name of a cookie: under https it is bound to this host.
func cookieName(secure bool, name string) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

// CookieName is the name of the session cookie where the console is reached at
// publicURL.
func CookieName(publicURL string) string {
	return cookieName(strings.HasPrefix(publicURL, "https://"), sessionCookie)
}

func (c *console) cookie(r *http.Request, name string) string {
	found, err := r.Cookie(cookieName(c.secure, name))
	if err != nil {
		return ""
	}
	return found.Value
}

// give sets a cookie. Lax, not Strict: the link in an alert must find a session.
func (c *console) give(w http.ResponseWriter, name, value string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{Name: cookieName(c.secure, name), Value: value, Path: "/", MaxAge: int(life.Seconds()), // #nosec G124 -- Secure wherever there is https
		Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// doorPage is the sign-in page, at one of its two steps.
type doorPage struct {
	Login string
	Proof string // not empty: the second step
	Next  string
	Wrong string // key below console.door
	Wait  int    // minutes, with "slow"

	Passkeys bool // there are passkeys at this address
	Provider bool // the organisation has a sign-in of its own
}

func doorTo(next string) string {
	if next == "/" {
		return "/sign-in"
	}
	return "/sign-in?next=" + url.QueryEscape(next)
}

// local is a page of ours to go on to; anything else is the queue.
func local(next string) string {
	u, err := url.Parse(next)
	clean := err == nil && u.Scheme == "" && u.Host == "" && u.User == nil && strings.HasPrefix(next, "/") &&
		!strings.HasPrefix(next, "//") && !strings.ContainsAny(next, "\\\r\n\t") && path.Clean(u.Path) == u.Path
	if !clean || strings.HasPrefix(next, "/sign-") {
		return "/"
	}
	return next
}

func (c *console) door(w http.ResponseWriter, r *http.Request) {
	c.showDoor(w, r, http.StatusOK, doorPage{Next: local(r.URL.Query().Get("next"))})
}

func (c *console) showDoor(w http.ResponseWriter, r *http.Request, status int, page doorPage) {
	page.Passkeys, page.Provider = c.SignIn.Passkeys(), c.SignIn.HasOIDC()
	c.render(w, c.wordsOf(r), status, "door", page)
}

func (c *console) password(w http.ResponseWriter, r *http.Request) {
	if err := parseForm(r); err != nil {
		c.problem(w, r, c.wordsOf(r), err)
		return
	}
	page := doorPage{Login: strings.TrimSpace(r.PostFormValue("login")), Next: local(r.PostFormValue("next"))}
	proof, err := c.SignIn.Password(r.Context(), page.Login, strings.TrimSpace(r.PostFormValue("password")), c.from(r))
	if err != nil {
		c.refusedAtDoor(w, r, page, err)
		return
	}
	page.Proof = proof
	c.showDoor(w, r, http.StatusOK, page)
}

func (c *console) code(w http.ResponseWriter, r *http.Request) {
	c.second(w, r, "", c.SignIn.Code)
}

func (c *console) recovery(w http.ResponseWriter, r *http.Request) {
	c.second(w, r, "wrong_recovery", c.SignIn.Recovery)
}

// second takes the second step, one way or the other. wrong is what to say of a
// wrong answer, when it is not a code.
func (c *console) second(w http.ResponseWriter, r *http.Request, wrong string,
	step func(ctx context.Context, proof, code string, from signin.From) (signin.Opened, error)) {
	if err := parseForm(r); err != nil {
		c.problem(w, r, c.wordsOf(r), err)
		return
	}
	page := doorPage{Proof: r.PostFormValue("proof"), Next: local(r.PostFormValue("next"))}
	opened, err := step(r.Context(), page.Proof, r.PostFormValue("code"), c.from(r))
	if errors.Is(err, signin.ErrWrong) && wrong != "" {
		page.Wrong = wrong
	}
	if err != nil {
		c.refusedAtDoor(w, r, page, err)
		return
	}
	c.enter(w, r, opened, page.Next)
}

// enter gives the browser its session, ends the one it had, and goes on.
func (c *console) enter(w http.ResponseWriter, r *http.Request, opened signin.Opened, next string) {
	if err := c.SignIn.Out(r.Context(), c.cookie(r, sessionCookie)); err != nil {
		c.problem(w, r, c.wordsOf(r), err)
		return
	}
	c.give(w, sessionCookie, opened.Token, signin.SessionLife)
	c.give(w, deviceCookie, opened.Device, signin.DeviceLife)
	http.Redirect(w, r, next, http.StatusSeeOther) // #nosec G710 -- next went through local
}

// askPasskey is asked by the script of the door.
func (c *console) askPasskey(w http.ResponseWriter, r *http.Request) {
	asked, err := c.SignIn.AskPasskey(r.Context())
	if err := c.asks(w, asked, err); err != nil {
		c.problem(w, r, c.wordsOf(r), err)
	}
}

func (c *console) passkey(w http.ResponseWriter, r *http.Request) {
	if err := parseForm(r); err != nil {
		c.problem(w, r, c.wordsOf(r), err)
		return
	}
	page := doorPage{Next: local(r.PostFormValue("next"))}
	opened, err := c.SignIn.Passkey(r.Context(), r.PostFormValue("token"), r.PostFormValue("answer"), c.from(r))
	switch {
	case errors.Is(err, signin.ErrWrong), errors.Is(err, signin.ErrNoPasskey):
		page.Wrong = "wrong_passkey"
	case errors.Is(err, signin.ErrCopied):
		page.Wrong = "copied"
	}
	if err != nil {
		c.refusedAtDoor(w, r, page, err)
		return
	}
	c.enter(w, r, opened, page.Next)
}

// toProvider sends the browser to the organisation's own sign-in. The cookie is what
// only this browser can bring back, with the page it wanted.
func (c *console) toProvider(w http.ResponseWriter, r *http.Request) {
	to, token, err := c.SignIn.AskOIDC(r.Context())
	if err != nil {
		c.refusedAtDoor(w, r, doorPage{Next: "/"}, err)
		return
	}
	next := base64.RawURLEncoding.EncodeToString([]byte(local(r.URL.Query().Get("next"))))
	c.give(w, awayCookie, token+"."+next, signin.StepLife)
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// fromProvider is where the browser comes back to. What the provider says when it
// refuses is not shown: it is not ours.
func (c *console) fromProvider(w http.ResponseWriter, r *http.Request) {
	token, wanted, _ := strings.Cut(c.cookie(r, awayCookie), ".")
	page, _ := base64.RawURLEncoding.DecodeString(wanted)
	next := local(string(page))
	c.give(w, awayCookie, "", -time.Second)
	query := r.URL.Query()
	opened, proof, err := c.SignIn.OIDC(r.Context(), token, query.Get("state"), query.Get("code"), c.from(r))
	switch {
	case err != nil:
		c.refusedAtDoor(w, r, doorPage{Next: next}, err)
	case proof != "":
		c.showDoor(w, r, http.StatusOK, doorPage{Proof: proof, Next: next})
	default:
		c.enter(w, r, opened, next)
	}
}

// refusedAtDoor shows the same step again with what to do, and keeps what was typed
// except the secret.
func (c *console) refusedAtDoor(w http.ResponseWriter, r *http.Request, page doorPage, err error) {
	var slow *signin.SlowDown
	status := http.StatusUnauthorized
	switch {
	case errors.As(err, &slow):
		page.Wrong, status = "slow", http.StatusTooManyRequests
		page.Wait = int((slow.Wait + time.Minute - 1) / time.Minute)
	case page.Wrong != "": // said already
	case errors.Is(err, signin.ErrNotLinked):
		page.Wrong = "not_linked"
	case errors.Is(err, signin.ErrProviderAway):
		page.Wrong, status = "provider_away", http.StatusBadGateway
	case errors.Is(err, signin.ErrNoOIDC):
		c.nothingHere(w, r)
		return
	case errors.Is(err, signin.ErrWrong) && page.Proof != "":
		page.Wrong = "wrong_code"
	case errors.Is(err, signin.ErrWrong):
		page.Wrong = "wrong"
	case errors.Is(err, signin.ErrStartOver):
		page.Wrong, page.Proof = "start_over", ""
	default:
		c.problem(w, r, c.wordsOf(r), err)
		return
	}
	c.showDoor(w, r, status, page)
}

func (c *console) signOut(w http.ResponseWriter, r *http.Request) {
	if err := c.SignIn.Out(r.Context(), c.cookie(r, sessionCookie)); err != nil {
		c.problem(w, r, c.wordsOf(r), err)
		return
	}
	c.give(w, sessionCookie, "", -time.Second)
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

// from says where an attempt comes from. Behind a proxy of our own, which is then
// the neighbour of this process, the last hop it names counts; what a client wrote
// there itself stands further to the left. Whoever has one address of IPv6 has
// billions of them, so there the network of a household counts.
func (c *console) from(r *http.Request) signin.From {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if ip := net.ParseIP(host); ip != nil && (ip.IsLoopback() || ip.IsPrivate()) {
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",") // some proxies add a line of their own
		if last := net.ParseIP(strings.TrimSpace(hops[len(hops)-1])); last != nil {
			host = last.String()
		}
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.Unmap().Is6() {
		if network, err := ip.WithZone("").Prefix(64); err == nil {
			host = network.String()
		}
	}
	return signin.From{Source: host, Device: c.cookie(r, deviceCookie), Agent: browserOf(r.UserAgent())}
}

// The names a browser and a system go by in the header, the more telling one first.
var (
	browsers = []string{"Edg", "OPR", "SamsungBrowser", "Firefox", "FxiOS", "Chrome", "CriOS", "Safari"}
	systems  = []string{"Android", "iPhone", "iPad", "Windows", "Macintosh", "CrOS", "Linux"}
)

// browserOf is what somebody recognises their own browser by: two words of ours, and
// nothing else of what the browser wrote.
func browserOf(agent string) string {
	var words []string
	for _, names := range [][]string{browsers, systems} {
		if i := slices.IndexFunc(names, func(name string) bool { return strings.Contains(agent, name) }); i >= 0 {
			words = append(words, names[i])
		}
	}
	return strings.Join(words, ", ")
}
