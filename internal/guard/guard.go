// Package guard is what every listener does for every request, whatever is asked
// for: the headers that keep a browser from doing harm, the methods that exist, the
// one name the console answers to, and what becomes of a panic (this file); how slow,
// how long and how many clients may be (server.go).
//
// It promises that no answer leaves without the headers, a refusal and a broken page
// included; that a handler may make a header stricter or more open, but only by
// saying so; and that a panic ends one request, never the process, and is logged
// without a word of what was being read.
// It leaves who may see what to the handlers behind it, and forged forms to the
// console. What net/http refuses before it calls a handler (a request that is no
// HTTP, a header too long) it answers itself, in plain words and without headers.
package guard

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
)

// Policy is the content policy of an answer that shows nothing and loads nothing.
const Policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// hsts holds browsers to https for two years.
const hsts = "max-age=63072000; includeSubDomains"

// headers go on every answer, before the handler that may change them.
var headers = map[string]string{
	"Content-Security-Policy":           Policy,
	"X-Content-Type-Options":            "nosniff",
	"X-Frame-Options":                   "DENY", // for browsers that know no frame-ancestors
	"X-Permitted-Cross-Domain-Policies": "none",
	"Referrer-Policy":                   "no-referrer",
	"Cross-Origin-Opener-Policy":        "same-origin",
	"Cross-Origin-Resource-Policy":      "same-origin",
	"Permissions-Policy":                "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), midi=(), payment=(), usb=()",
	"X-Robots-Tag":                      "noindex, nofollow",
	"Cache-Control":                     noStore,
}

const noStore = "no-store"

// methods are all that anything here answers to.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost}

// Options say how a handler is guarded.
type Options struct {
	Log    *slog.Logger
	Secure bool // reached by https: browsers are told to stay there
}

// Handler guards next. It goes outside of everything else.
func Handler(next http.Handler, o Options) http.Handler {
	inner := Recover(next, o.Log, func(w http.ResponseWriter, _ *http.Request) {
		say(w, http.StatusInternalServerError, "this went wrong on our side; try again")
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		Headers(w.Header(), o.Secure)
		if !slices.Contains(methods, r.Method) {
			NotAllowed(w, methods...)
			return
		}
		inner.ServeHTTP(w, r)
	})
}

// Headers sets the headers of every answer; secure says whether browsers are to stay
// with https.
func Headers(h http.Header, secure bool) {
	for name, value := range headers {
		h.Set(name, value)
	}
	if secure {
		h.Set("Strict-Transport-Security", hsts)
	}
}

// NotAllowed answers a method that something is not asked by, with those it is.
func NotAllowed(w http.ResponseWriter, allowed ...string) {
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	say(w, http.StatusMethodNotAllowed, "this cannot be asked for in this way")
}

// OnlyAs serves next under the host of publicURL alone. A name that somebody else
// made lead here gets nothing: a page of theirs could read ours through it.
func OnlyAs(publicURL string, next http.Handler) http.Handler {
	own := hostOf(publicURL)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if scheme, _, _ := strings.Cut(publicURL, ":"); hostOf(scheme+"://"+r.Host) != own || own == "" {
			say(w, http.StatusMisdirectedRequest, "nothing is served under this host name: use the address of PUBLIC_URL, and let the web server in front pass the Host header on")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hostOf is the host and port of an address, in small letters, without a port that
// its scheme implies; empty when it has none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return ""
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	switch port := u.Port(); {
	case port == "", port == "443" && u.Scheme == "https", port == "80" && u.Scheme == "http":
		return host
	default:
		return net.JoinHostPort(host, port)
	}
}

// Recover serves next and, when it panics, broken in its place. When part of the
// answer has gone already the connection is cut off, so that nobody takes it for
// whole. http.ErrAbortHandler is passed on, as net/http expects.
func Recover(next http.Handler, log *slog.Logger, broken http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		watched := &writer{ResponseWriter: w}
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			// The value could hold what somebody wrote, and so could a stack with its
			// arguments: only its kind and the places are told.
			log.ErrorContext(r.Context(), "a request panicked", "route", r.Pattern, "kind", fmt.Sprintf("%T", v), "at", places())
			if watched.started {
				panic(http.ErrAbortHandler)
			}
			broken(w, r)
		}()
		next.ServeHTTP(watched, r)
	})
}

// places are the functions and lines that led to a panic, without arguments.
func places() string {
	const deepest, skipped = 12, 4 // Callers, places, the deferred function and the panic itself
	pcs := make([]uintptr, deepest)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(skipped, pcs)])
	var at []string
	for {
		frame, more := frames.Next()
		at = append(at, fmt.Sprintf("%s:%d", frame.Function, frame.Line))
		if !more {
			return strings.Join(at, " ")
		}
	}
}

// writer notes whether an answer has begun.
type writer struct {
	http.ResponseWriter
	started bool
}

// WriteHeader begins the answer. net/http takes "no-store" off what it refuses
// itself, such as a part of a file that is not there; here it is put back.
func (w *writer) WriteHeader(status int) {
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", noStore)
	}
	if status == http.StatusRequestEntityTooLarge {
		w.Header().Set("Connection", "close") // what is left of the body is not read
	}
	w.started = w.started || status >= http.StatusOK
	w.ResponseWriter.WriteHeader(status)
}

// Write begins the answer too.
func (w *writer) Write(b []byte) (int, error) {
	w.started = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets an http.ResponseController reach the connection.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n")
}
