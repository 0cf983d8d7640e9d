package console

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strings"
	"time"

	"pulang/internal/signin"
)

// The cookies, without the prefix that https gives them.
const (
	sessionCookie = "pulang"
	deviceCookie  = "pulang-device"
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
	http.SetCookie(w, &http.Cookie{Name: cookieName(c.secure, name), Value: value, Path: "/", MaxAge: int(life.Seconds()),
		Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// doorPage is the sign-in page, at one of its two steps.
type doorPage struct {
	Login string
	Proof string // not empty: the second step
	Next  string
	Wrong string // key below console.door
	Wait  int    // minutes, with "slow"
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
	c.render(w, c.wordsOf(r), http.StatusOK, "door", doorPage{Next: local(r.URL.Query().Get("next"))})
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
	c.render(w, c.wordsOf(r), http.StatusOK, "door", page)
}

func (c *console) code(w http.ResponseWriter, r *http.Request) {
	if err := parseForm(r); err != nil {
		c.problem(w, r, c.wordsOf(r), err)
		return
	}
	page := doorPage{Proof: r.PostFormValue("proof"), Next: local(r.PostFormValue("next"))}
	opened, err := c.SignIn.Code(r.Context(), page.Proof, r.PostFormValue("code"), c.from(r))
	if err != nil {
		c.refusedAtDoor(w, r, page, err)
		return
	}
	if err := c.SignIn.Out(r.Context(), c.cookie(r, sessionCookie)); err != nil { // this browser's session of before
		c.problem(w, r, c.wordsOf(r), err)
		return
	}
	c.give(w, sessionCookie, opened.Token, signin.SessionLife)
	c.give(w, deviceCookie, opened.Device, signin.DeviceLife)
	http.Redirect(w, r, page.Next, http.StatusSeeOther)
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
	c.render(w, c.wordsOf(r), status, "door", page)
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
		hops := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
		if last := net.ParseIP(strings.TrimSpace(hops[len(hops)-1])); last != nil {
			host = last.String()
		}
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.Unmap().Is6() {
		if network, err := ip.WithZone("").Prefix(64); err == nil {
			host = network.String()
		}
	}
	return signin.From{Source: host, Device: c.cookie(r, deviceCookie)}
}
