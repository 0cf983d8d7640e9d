// Package console is the staff's web pages: sign in, see the queue, read a case,
// answer it, close it. Rendered on the server; the small script only refreshes what
// changed and counts letters, and everything works without it.
//
// It promises that every page but the door asks for a session and a permission
// (routes is the list, and a test walks it with every role), that nothing typed is
// lost when something is refused, that no page asks another host for anything, and
// that a person's number is shown only when it is asked for, and that a case that is
// not reached looks like one that does not exist.
// It leaves what may be done to cases, who is who to signin, and words to locales.
package console

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/guard"
	"pulang/internal/retention"
	"pulang/internal/signin"
	"pulang/internal/store"
	"pulang/locales"
)

//go:embed pages/*.html
var pageFiles embed.FS

//go:embed static
var staticFiles embed.FS

// maxBody is the most a form may send.
const maxBody = 64 << 10

// Options are what the console works with.
type Options struct {
	Cases     *cases.Desk
	SignIn    *signin.SignIn
	Book      *locales.Book
	Now       func() time.Time
	Zone      *time.Location // of the times shown; nil: UTC
	Log       *slog.Logger
	PublicURL string // decides on secure cookies and HSTS
	// Forget forgets closed cases; nil: the page only explains.
	Forget *retention.Forgetter
	// FrameAncestors is who may frame the pages, as CSP has it; empty: 'none'.
	FrameAncestors string
	// Changed calls tell after every change, until cancel is called; nil: pages look
	// by themselves.
	Changed func(tell func()) (cancel func())
}

type console struct {
	Options
	pages   map[string]page
	secure  bool // cookies need https
	streams streams
}

// route is one line of the list: who may come, and what they get.
type route struct {
	pattern string
	need    access.Permission
	serve   func(*console, *visit) error
}

// routes are all pages behind the door.
var routes = []route{
	{"GET /{$}", access.SeeQueue, (*console).queue},
	{"POST /queue/next", access.Acknowledge, (*console).takeNext},
	{"POST /queue/search", access.RevealIdentity, (*console).search},
	{"GET /audit", access.ReadAudit, (*console).audit},
	{"GET /events", access.SeeQueue, (*console).events},
	{"GET /a/{code}", access.ReadCase, (*console).alert},
	{"GET /cases/{ref}", access.ReadCase, (*console).file},
	{"GET /cases/{ref}/events", access.ReadCase, (*console).events},
	{"POST /cases/{ref}/reveal", access.RevealIdentity, (*console).reveal},
	{"GET /cases/{ref}/timeline", access.ReadCase, (*console).timeline},
	{"GET /cases/{ref}/print", access.Print, (*console).print},
	{"POST /cases/{ref}/print", access.RevealIdentity, (*console).printRevealed},
	{"POST /cases/{ref}/answer-in", access.TakeOver, (*console).answerIn},
	{"POST /cases/{ref}/acknowledge", access.Acknowledge, (*console).acknowledge},
	{"POST /cases/{ref}/take", access.TakeOver, (*console).take},
	{"POST /cases/{ref}/hand-back", access.TakeOver, (*console).handBack},
	{"POST /cases/{ref}/reply", access.Reply, (*console).reply},
	{"POST /cases/{ref}/draft", access.Reply, (*console).draft},
	{"POST /cases/{ref}/canned", access.Reply, (*console).insertCanned},
	{"POST /cases/{ref}/override", access.Override, (*console).askOverride},
	{"POST /cases/{ref}/override/{id}/confirm", access.Confirm, (*console).confirmOverride},
	{"POST /cases/{ref}/override/{id}/refuse", access.Confirm, (*console).refuseOverride},
	{"POST /cases/{ref}/override/{id}/withdraw", access.Override, (*console).withdrawOverride},
	{"POST /cases/{ref}/note", access.WriteNote, (*console).note},
	{"POST /cases/{ref}/lower", access.Lower, (*console).lower},
	{"POST /cases/{ref}/close", access.CloseCase, (*console).close},
	{"POST /cases/{ref}/media/{id}/show", access.SeeMedia, (*console).showPicture},
	{"POST /cases/{ref}/media/{id}/again", access.SeeMedia, (*console).fetchAgain},
	{"POST /cases/{ref}/original", access.TakeMedia, (*console).takeOriginal},
	{"GET /tasks", access.ReadCase, (*console).tasks},
	{"POST /cases/{ref}/assign", access.Assign, (*console).assign},
	{"POST /cases/{ref}/status", access.WorkOn, (*console).status},
	{"POST /cases/{ref}/snooze", access.WorkOn, (*console).snooze},
	{"POST /cases/{ref}/wake", access.WorkOn, (*console).wake},
	{"POST /cases/{ref}/danger-over", access.Lower, (*console).dangerOver},
	{"POST /cases/{ref}/tip", access.WorkOn, (*console).tip},
	{"POST /cases/{ref}/reopen", access.ReopenCase, (*console).reopen},
	{"POST /cases/{ref}/take-back", access.Reply, (*console).takeBack},
	{"POST /cases/{ref}/tasks", access.WorkOn, (*console).addTask},
	{"POST /cases/{ref}/tasks/{id}", access.WorkOn, (*console).task},
	{"POST /cases/{ref}/people", access.WorkOn, (*console).addPerson},
	{"POST /cases/{ref}/people/{id}", access.WorkOn, (*console).person},
	{"POST /cases/{ref}/links", access.LinkCases, (*console).addLink},
	{"POST /cases/{ref}/links/{id}", access.LinkCases, (*console).link},
	{"POST /cases/{ref}/consent", access.Refer, (*console).consent},
	{"POST /cases/{ref}/referrals", access.Refer, (*console).refer},
	{"POST /cases/{ref}/referrals/{id}", access.Refer, (*console).referral},
	{"POST /cases/{ref}/referrals/{id}/approve", access.ApproveSharing, (*console).approve},
	{"POST /cases/{ref}/glass", access.BreakGlass, (*console).breakGlass},
	{"POST /cases/{ref}/exclude", access.Exclude, (*console).exclude},
	{"POST /cases/{ref}/lift", access.Lift, (*console).lift},
	{"GET /cases/{ref}/forget", access.Forget, (*console).forgetting},
	{"POST /cases/{ref}/forget", access.Forget, (*console).forget},
	{"POST /cases/{ref}/keep", access.KeepCase, (*console).keepCase},
	{"POST /cases/{ref}/let-go", access.KeepCase, (*console).letGo},
	{"POST /alarms/{id}/clear", access.ClearAlarm, (*console).clearAlarm},
	{"GET /overview", access.SeeOverview, (*console).overview},
	{"GET /overview/print", access.SeeOverview, (*console).printOverview},
	{"GET /overview/export", access.SeeOverview, (*console).exportOverview},
	{"GET /directory", access.ReadDirectory, (*console).directory},
	{"GET /new-institution", access.EditDirectory, (*console).newInstitution},
	{"POST /directory", access.EditDirectory, (*console).addInstitution},
	{"GET /directory/{id}", access.ReadDirectory, (*console).institution},
	{"POST /directory/{id}", access.EditDirectory, (*console).editInstitution},
	{"POST /directory/{id}/confirm", access.CheckDirectory, (*console).confirmInstitution},
	{"POST /directory/{id}/refuse", access.CheckDirectory, (*console).refuseInstitution},
	{"POST /directory/{id}/withdraw", access.CheckDirectory, (*console).withdrawInstitution},
	{"GET /staff", access.ManageStaff, (*console).staffList},
	{"POST /staff", access.ManageStaff, (*console).hire},
	{"GET /staff/{login}", access.ManageStaff, (*console).member},
	{"POST /staff/{login}/post", access.ManageStaff, (*console).moveMember},
	{"POST /staff/{login}/duty", access.ManageStaff, (*console).memberDuty},
	{"POST /staff/{login}/disable", access.ManageStaff, (*console).disableMember},
	{"POST /staff/{login}/enable", access.ManageStaff, (*console).enableMember},
	{"POST /staff/{login}/reset", access.ManageStaff, (*console).resetMember},
	{"POST /staff/{login}/link", access.ManageStaff, (*console).relinkMember},
	{"POST /staff/{login}/phone", access.ManageStaff, (*console).phoneOfMember},
	{"GET /teams", access.ManageTeams, (*console).teams},
	{"POST /teams", access.ManageTeams, (*console).addTeam},
	{"POST /teams/{word}/rename", access.ManageTeams, (*console).renameTeam},
	{"POST /teams/{word}/retire", access.ManageTeams, (*console).retireTeam},
	{"POST /teams/{word}/restore", access.ManageTeams, (*console).restoreTeam},
	{"GET /roles", access.SeeRoles, (*console).roles},
	{"GET /retention", access.SeeRetention, (*console).retention},
	{"POST /retention/{kind}", access.Forget, (*console).changeTerm},
	{"GET /canned", access.ProposeCanned, (*console).canned},
	{"POST /canned", access.ProposeCanned, (*console).proposeCanned},
	{"POST /canned/{id}/approve", access.ApproveCanned, (*console).approveCanned},
	{"POST /canned/{id}/refuse", access.ApproveCanned, (*console).refuseCanned},
	{"POST /canned/retire", access.ApproveCanned, (*console).retireCanned},
	{"GET /places", access.KeepPlaces, (*console).places},
	{"POST /places", access.KeepPlaces, (*console).addSpelling},
	{"POST /places/{id}/withdraw", access.KeepPlaces, (*console).withdrawSpelling},
	{"GET /keys", access.OwnAccount, (*console).keys},
	{"GET /me", access.OwnAccount, (*console).me},
	{"POST /me/confirm", access.OwnAccount, (*console).confirmCode},
	{"POST /me/confirm/ask", access.OwnAccount, (*console).askConfirm},
	{"POST /me/confirm/passkey", access.OwnAccount, (*console).confirmPasskey},
	{"POST /me/passkeys", access.OwnAccount, (*console).addPasskey},
	{"POST /me/passkeys/ask", access.OwnAccount, (*console).askNewPasskey},
	{"POST /me/passkeys/{id}/remove", access.OwnAccount, (*console).removePasskey},
	{"POST /me/codes", access.OwnAccount, (*console).newCodes},
	{"POST /me/sessions/end-others", access.OwnAccount, (*console).endOtherSessions},
	{"POST /me/sessions/{id}/end", access.OwnAccount, (*console).endSession},
	{"POST /me/colleagues/{login}/end", access.ManageStaff, (*console).endColleague},
}

// New makes the console.
func New(o Options) (http.Handler, error) {
	if o.FrameAncestors == "" {
		o.FrameAncestors = "'none'"
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	c := &console{Options: o, pages: pagesByName(), secure: strings.HasPrefix(o.PublicURL, "https://"), streams: streams{open: map[casefile.ID]int{}}}
	mux := http.NewServeMux()
	for _, r := range routes {
		mux.HandleFunc(r.pattern, c.behindTheDoor(r))
	}
	mux.HandleFunc("GET /sign-in", c.door)
	mux.HandleFunc("POST /sign-in", c.password)
	mux.HandleFunc("POST /sign-in/code", c.code)
	mux.HandleFunc("POST /sign-in/recovery", c.recovery)
	mux.HandleFunc("POST /sign-in/ask", c.askPasskey)
	mux.HandleFunc("POST /sign-in/passkey", c.passkey)
	mux.HandleFunc("GET /sign-in/oidc", c.toProvider)
	mux.HandleFunc("GET "+signin.BackPath, c.fromProvider)
	mux.HandleFunc("POST /sign-out", c.signOut)
	static, err := fs.Sub(staticFiles, "static")
	if err != nil {
		return nil, err
	}
	mux.HandleFunc("GET /static/{file}", func(w http.ResponseWriter, r *http.Request) {
		if info, err := fs.Stat(static, r.PathValue("file")); err != nil || info.IsDir() { // ".." is no valid name either
			c.nothingHere(w, r)
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=3600")
		http.ServeFileFS(w, r, static, r.PathValue("file")) // #nosec G703 -- an embedded folder, and only files that Stat found in it
	})
	mux.HandleFunc("/", c.otherwise(mux))
	protected := http.NewCrossOriginProtection()
	protected.SetDenyHandler(http.HandlerFunc(c.foreign))
	return c.hardened(protected.Handler(mux)), nil
}

// hardened puts the headers on everything and a limit on bodies, and answers a page
// that panics with one that says so.
func (c *console) hardened(next http.Handler) http.Handler {
	policy := "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors " + c.FrameAncestors
	next = guard.Recover(next, c.Log, func(w http.ResponseWriter, r *http.Request) {
		c.render(w, c.wordsOf(r), http.StatusInternalServerError, "problem", problemPage{What: "failed", Link: "/"})
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		guard.Headers(h, c.secure)
		h.Set("Content-Security-Policy", policy)
		h.Set("Referrer-Policy", "same-origin") // "no-referrer" would blank the Origin of our own forms
		if c.FrameAncestors != "'none'" {
			h.Del("X-Frame-Options") // it cannot say who may
		}
		if unprintable(r.URL.Path) {
			c.nothingHere(w, r)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}

// otherwise answers what no route is for: a page that is asked for by the wrong
// method is there all the same.
func (c *console) otherwise(mux *http.ServeMux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			as := r.Clone(r.Context())
			as.Method = method
			if _, pattern := mux.Handler(as); pattern != "/" {
				w.Header().Set("Allow", method)
				c.render(w, c.wordsOf(r), http.StatusMethodNotAllowed, "problem", problemPage{What: "not_found", Link: "/"})
				return
			}
		}
		c.nothingHere(w, r)
	}
}

// visit is one request of a signed-in member of staff.
type visit struct {
	w     http.ResponseWriter
	r     *http.Request
	staff signin.Staff
	words words
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// behindTheDoor serves a route to those who are signed in and may have it.
func (c *console) behindTheDoor(to route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		staff, err := c.who(r, to)
		switch {
		case errors.Is(err, signin.ErrSignedOut):
			c.stranger(w, r)
			return
		case err != nil:
			c.problem(w, r, c.wordsOf(r), err)
			return
		}
		v := &visit{w: w, r: r, staff: staff, words: c.wordsIn(string(staff.Lang))}
		err = staff.Check(to.need)
		if err == nil && r.Method == http.MethodPost {
			err = parseForm(r)
		}
		if err == nil {
			err = c.inReach(v, to)
		}
		if what, status := c.wrong(r, err); status != 0 {
			c.show(v, status, "problem", problemPage{What: what, Link: "/", Typed: typed(r)})
		}
	}
}

// who reads the session. A stream that waits by itself does not use it.
func (c *console) who(r *http.Request, to route) (signin.Staff, error) {
	token := c.cookie(r, sessionCookie)
	if strings.HasSuffix(to.pattern, "/events") || r.Header.Get("X-Refresh") != "" {
		return c.SignIn.Still(r.Context(), token)
	}
	return c.SignIn.Who(r.Context(), token)
}

// stranger sends somebody without a session to the door; a script that asks gets a
// plain no.
func (c *console) stranger(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && r.Header.Get("X-Refresh") == "" && !strings.HasSuffix(r.URL.Path, "/events") {
		http.Redirect(w, r, doorTo(r.URL.RequestURI()), http.StatusSeeOther) // #nosec G710 -- always to /sign-in; where it leads on is for local
		return
	}
	c.render(w, c.wordsOf(r), http.StatusUnauthorized, "problem", problemPage{What: "signed_out", Link: "/sign-in", Typed: typed(r)})
}

// problemPage says what went wrong and what to do next.
type problemPage struct {
	What  string // key below console.problem
	Link  string
	Typed string // what was written and not taken, so that it is not lost
}

// problem answers an error at the door.
func (c *console) problem(w http.ResponseWriter, r *http.Request, words words, err error) {
	if what, status := c.wrong(r, err); status != 0 {
		c.render(w, words, status, "problem", problemPage{What: what, Link: "/", Typed: typed(r)})
	}
}

// wrong is which page an error is, zero for none. What it was goes into the log in our
// own words; the person who reads the page is told what to do.
func (c *console) wrong(r *http.Request, err error) (what string, status int) {
	what, status = "failed", http.StatusInternalServerError
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return "", 0 // or nobody is there to read it
	case errors.Is(err, access.ErrDenied):
		what, status = "denied", http.StatusForbidden
	case errors.Is(err, store.ErrNotFound):
		what, status = "not_found", http.StatusNotFound
	case errors.As(err, &tooLarge):
		what, status = "too_large", http.StatusRequestEntityTooLarge
	case errors.Is(err, errBadForm), errors.Is(err, cases.ErrBadPlace):
		what, status = "bad_form", http.StatusBadRequest
	case errors.Is(err, errManyStreams):
		what, status = "failed", http.StatusTooManyRequests
	case errors.Is(err, store.ErrAway):
		what, status = "away", http.StatusServiceUnavailable
	}
	if status >= http.StatusInternalServerError {
		c.Log.ErrorContext(r.Context(), "page failed", "route", r.Pattern, "error", err)
	}
	return what, status
}

func (c *console) nothingHere(w http.ResponseWriter, r *http.Request) {
	c.render(w, c.wordsOf(r), http.StatusNotFound, "problem", problemPage{What: "not_found", Link: "/"})
}

func (c *console) foreign(w http.ResponseWriter, r *http.Request) {
	c.render(w, c.wordsOf(r), http.StatusForbidden, "problem", problemPage{What: "foreign", Link: "/"})
}

// screen is what every page gets.
type screen struct {
	W     words
	Staff string // login of who is signed in; empty: nobody
	Nav   []navLink
	// Beside are the pages of administration that stand beside this one.
	Beside []navLink
	Rings  bool // they hear of alerts that wait
	Page   any
}

// render writes a whole page or, when it can't, nothing of it.
func (c *console) render(w http.ResponseWriter, words words, status int, page string, data any) {
	c.renderScreen(w, screen{W: words, Page: data}, status, page)
}

func (c *console) renderScreen(w http.ResponseWriter, shown screen, status int, page string) {
	var out bytes.Buffer
	if err := c.pages[page].execute(&out, shown); err != nil {
		c.Log.Error("page did not render", "page", page, "error", err)
		sorry, _ := shown.W.T("problem.failed") // nothing is left to say when this fails too
		http.Error(w, sorry, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = out.WriteTo(w)
}
