package main

import (
	"bufio"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// These tests ask the program itself, over its own listeners, what a stranger or a
// careless script would ask.

// visitor is how the program is reached in these tests: by its name, whatever the
// address.
type visitor struct {
	t      *testing.T
	base   string
	host   string
	cookie string
	client *http.Client
}

func visits(t *testing.T, base string) *visitor {
	return &visitor{t: t, base: base, host: "line.example", client: &http.Client{
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is a whole answer.
type answer struct {
	*http.Response
	body string
}

func (v *visitor) asks(method, path, body string, headers ...string) answer {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.base+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Host = v.host
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if v.cookie != "" {
		r.Header.Set("Cookie", v.cookie)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := v.client.Do(r)
	if err != nil {
		v.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = response.Body.Close() }()
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		return answer{response, ""} // it does not end
	}
	read, err := io.ReadAll(response.Body)
	if err != nil && response.StatusCode < 400 { // who is refused may be cut off after it is said
		v.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{response, string(read)}
}

var pathForm = regexp.MustCompile(`^(?:(?:GET|POST|PUT|PATCH|DELETE|HEAD) )?(/[A-Za-z0-9{}$./_-]*)$`)

// everyPath finds each path that a route could be for: every text of the code that
// looks like one, whoever registers it and how.
func everyPath(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	for _, dir := range []string{".", "../../bot", "../../internal/console", "../../internal/guard"} {
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
					if value, err := strconv.Unquote(text.Value); err == nil && pathForm.MatchString(value) {
						found[pathForm.FindStringSubmatch(value)[1]] = true
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	all := map[string]bool{}
	for path := range found {
		path = strings.NewReplacer("{$}", "", "{file}", "console.css", "{code}", "K7Q2", "{ref}", "AAA111").Replace(path)
		all[regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(path, "1")] = true
	}
	for _, path := range []string{"/none", "/static/", "/static", "/static/none", "/static/..%2fconsole.go", "/cases/", "/debug/", "/debug/pprof/", "/debug/vars", "/debug/requests",
		"/metrics", "/.git/config", "/.env", "/server-status", "/webhooks/", "/webhooks/none", "/%00", "//evil.example", "/a/../../etc/passwd", "/robots.txt", "/favicon.ico"} {
		all[path] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// wellDressed says what an answer lacks. Every answer of every listener has these,
// refusals and errors included.
func (v *visitor) wellDressed(what string, a answer) {
	v.t.Helper()
	for name, want := range map[string]string{
		"X-Content-Type-Options":       "^nosniff$",
		"X-Frame-Options":              "^DENY$",
		"Referrer-Policy":              "^(no-referrer|same-origin)$",
		"Cross-Origin-Opener-Policy":   "^same-origin$",
		"Cross-Origin-Resource-Policy": "^same-origin$",
		"Permissions-Policy":           `camera=\(\).*geolocation=\(\).*microphone=\(\)`,
		"Strict-Transport-Security":    `^max-age=63072000; includeSubDomains$`,
		"Cache-Control":                "^no-store$",
		"Content-Security-Policy":      `^default-src 'none'; ([a-z-]+ '(self|none)'(; )?)+$`, // nothing inline, nobody else
		"X-Robots-Tag":                 "noindex",
		"Server":                       "^$",
		"X-Powered-By":                 "^$",
		"Via":                          "^$",
		"Access-Control-Allow-Origin":  "^$",
	} {
		got := strings.Join(a.Header.Values(name), ", ")
		cached := name == "Cache-Control" && a.StatusCode < 400 && strings.HasPrefix(a.Request.URL.Path, "/static/") && got == "public, max-age=3600"
		if !cached && !regexp.MustCompile(want).MatchString(got) {
			v.t.Errorf("%s (%d): %s is %q", what, a.StatusCode, name, got)
		}
	}
	if csp := a.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'none'") || !strings.Contains(csp, "base-uri 'none'") || !strings.Contains(csp, "form-action '") {
		v.t.Errorf("%s: the policy is %q", what, csp)
	}
	if a.Request.URL.Path != "/metrics" && (strings.Contains(a.body, "go1.") || strings.Contains(a.body, "<pre>\n<a href")) {
		v.t.Errorf("%s lists a folder or tells a version: %.200s", what, a.body)
	}
}

// onBothChannels is an installation that is called by both providers, with metrics.
func onBothChannels(env map[string]string) map[string]string {
	return with(env, "TELEGRAM_POLLING", "", "METRICS_ADDR", "127.0.0.1:0", "TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000001",
		"TWILIO_AUTH_TOKEN", "0123456789abcdef0123456789abcdef", "TWILIO_FROM", "+15005550006", "TWILIO_API_URL", "http://127.0.0.1:1")
}

func TestEveryAnswerOfEveryListenerIsHardened(t *testing.T) {
	t.Parallel()
	_, env := withTelegram(t)
	s := serve(t, onBothChannels(env))
	paths := everyPath(t)
	for _, known := range []string{"/", "/healthz", "/readyz", "/metrics", "/sign-in", "/sign-in/code", "/cases/AAA111", "/a/K7Q2", "/static/console.css", "/webhooks/telegram", "/webhooks/twilio/message", "/webhooks/twilio/status"} {
		if !slices.Contains(paths, known) {
			t.Fatalf("%s was not found in the code: the walk misses routes (%v)", known, paths)
		}
	}
	stranger, member, inside := visits(t, s.url), visits(t, s.url), visits(t, s.inside)
	member.signsIn(env)
	for who, v := range map[string]*visitor{"a stranger": stranger, "a member of staff": member, "inside": inside} {
		for _, path := range paths {
			for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"} {
				if who == "a member of staff" && path == "/sign-out" {
					continue
				}
				a := v.asks(method, path, "")
				v.wellDressed(who+": "+method+" "+path, a)
				if known := method == "GET" || method == "HEAD" || method == "POST"; !known && (a.StatusCode != http.StatusMethodNotAllowed || a.Header.Get("Allow") == "") {
					t.Errorf("%s: %s %s is answered %d", who, method, path, a.StatusCode)
				}
				if a.StatusCode >= 500 {
					t.Errorf("%s: %s %s is answered %d: %.200s", who, method, path, a.StatusCode, a.body)
				}
			}
		}
	}
	for _, odd := range [][]string{{"Range", "bytes=9999999-"}, {"If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"}, {"Accept-Encoding", "gzip"}, {"Cookie", "__Host-pulang=\xff"}, {"Origin", "https://evil.example"}, {"X-HTTP-Method-Override", "DELETE"}} {
		for _, path := range []string{"/static/console.css", "/", "/sign-in"} {
			stranger.wellDressed(path+" with "+odd[0], stranger.asks("GET", path, "", odd...))
			stranger.wellDressed(path+" posted with "+odd[0], stranger.asks("POST", path, "login=x", odd...))
		}
	}
}

// signsIn adds a supervisor to the installation and signs them in.
func (v *visitor) signsIn(env map[string]string) {
	v.t.Helper()
	added := pulang(v.t, env, "", "staff", "add", "--login=rani", "--name=Rani", "--role=supervisor")
	find := func(form, text string) string {
		v.t.Helper()
		found := regexp.MustCompile(form).FindStringSubmatch(text)
		if found == nil {
			v.t.Fatalf("there is no %s in %s", form, text)
		}
		return found[1]
	}
	page := v.asks("POST", "/sign-in", url.Values{"login": {"rani"}, "password": {find(`Password +(\S+)`, added.out)}}.Encode())
	code, err := totp.GenerateCode(find(`secret=([A-Z2-7]+)`, added.out), time.Now())
	if err != nil {
		v.t.Fatal(err)
	}
	in := v.asks("POST", "/sign-in/code", url.Values{"proof": {find(`name="proof" value="([^"]+)"`, page.body)}, "code": {code}}.Encode())
	for _, c := range in.Cookies() {
		if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || !strings.HasPrefix(c.Name, "__Host-") || c.Path != "/" || c.Domain != "" {
			v.t.Errorf("the cookie %s is not tied to this host, https and its pages", c.Name)
		}
		if c.Name == "__Host-pulang" {
			v.cookie = c.Name + "=" + c.Value
		}
	}
	if a := v.asks("GET", "/", ""); a.StatusCode != http.StatusOK {
		v.t.Fatalf("signing in led to %d: %s", a.StatusCode, in.body)
	}
}

func TestWhatIsServedWhere(t *testing.T) {
	t.Parallel()
	_, env := withTelegram(t)
	s := serve(t, onBothChannels(env))
	public, inside := visits(t, s.url), visits(t, s.inside)
	const secret = "X-Telegram-Bot-Api-Secret-Token"
	for _, one := range []struct {
		v            *visitor
		host         string
		method, path string
		status       int
	}{
		{public, "line.example", "GET", "/sign-in", 200},
		{public, "line.example:443", "GET", "/sign-in", 200},
		{public, "evil.example", "GET", "/sign-in", 421},
		{public, "127.0.0.1", "GET", "/", 421},
		{public, "evil.example", "GET", "/static/console.css", 421},
		{public, "evil.example", "POST", "/sign-in", 421},
		{public, "10.0.0.7:8080", "GET", "/healthz", 200}, // a health check knows no name
		{public, "10.0.0.7:8080", "GET", "/readyz", 200},
		{public, "evil.example", "POST", "/webhooks/telegram", 401}, // the proof decides
		{public, "line.example", "GET", "/webhooks/telegram", 405},
		{public, "line.example", "POST", "/webhooks/sign-in", 404},
		{public, "line.example", "POST", "/healthz", 405},
		{public, "line.example", "GET", "/sign-out", 405},
		{public, "line.example", "GET", "/cases/AAA111/reply", 405},
		{public, "line.example", "GET", "/metrics", 404},
		{public, "line.example", "GET", "/debug/pprof/", 404},
		{public, "line.example", "GET", "/debug/vars", 404},
		{public, "line.example", "GET", "/static/", 404},
		{inside, "10.0.0.7", "GET", "/metrics", 200},
		{inside, "10.0.0.7", "POST", "/metrics", 405},
		{inside, "10.0.0.7", "GET", "/", 404},
		{inside, "10.0.0.7", "GET", "/sign-in", 404},
		{inside, "10.0.0.7", "GET", "/debug/pprof/", 404},
		{inside, "10.0.0.7", "GET", "/debug/vars", 404},
	} {
		one.v.host = one.host
		if got := one.v.asks(one.method, one.path, "").StatusCode; got != one.status {
			t.Errorf("%s %s as %s is answered %d, want %d", one.method, one.path, one.host, got, one.status)
		}
	}
	public.host = "line.example"
	for what, one := range map[string]struct {
		path, body, header, value string
		status                    int
	}{
		"a form beyond its size":           {"/sign-in", "login=" + strings.Repeat("x", 64<<10), "X", "y", 413},
		"a webhook beyond its size":        {"/webhooks/telegram", strings.Repeat(" ", 1<<20+1), secret, env["TELEGRAM_WEBHOOK_SECRET"], 413},
		"a stranger's large webhook":       {"/webhooks/telegram", strings.Repeat(" ", 64<<10), secret, "guessed", 401},
		"an SMS without a signature":       {"/webhooks/twilio/message", "Body=x", "X", "y", 401},
		"an SMS that somebody made up":     {"/webhooks/twilio/message", "Body=x", "X-Twilio-Signature", "guessed", 403},
		"an unproven SMS beyond its size":  {"/webhooks/twilio/message", "Body=" + strings.Repeat("x", 64<<10), "X-Twilio-Signature", "guessed", 413},
		"a status beyond its size":         {"/webhooks/twilio/status", "Body=" + strings.Repeat("x", 64<<10), "X-Twilio-Signature", "guessed", 413},
		"a header beyond its size":         {"/sign-in", "", "X-Long", strings.Repeat("x", 24<<10), 431},
		"a cookie beyond its size":         {"/", "", "Cookie", "__Host-pulang=" + strings.Repeat("x", 24<<10), 431},
		"a cookie of odd letters":          {"/sign-in", "", "Cookie", "__Host-pulang=\xff;;=", 401},
		"another site's form":              {"/sign-in", "login=x", "Origin", "https://evil.example", 403},
		"a form that a browser sends over": {"/sign-in", "login=x", "Sec-Fetch-Site", "cross-site", 403},
	} {
		if got := public.asks("POST", one.path, one.body, one.header, one.value).StatusCode; got != one.status {
			t.Errorf("%s is answered %d, want %d", what, got, one.status)
		}
	}
}

// slowClients is how many dawdlers the program must bear.
const slowClients = 200

func TestSlowClientsDoNotKeepOthersOut(t *testing.T) {
	t.Parallel()
	_, env := withTelegram(t)
	s := serve(t, env)
	at := strings.TrimPrefix(s.url, "http://")
	var slow []net.Conn
	for i := range slowClients {
		c, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		if i%2 == 0 { // the others say nothing at all
			if _, err := io.WriteString(c, "POST /webhooks/telegram HTTP/1.1\r\nHost: line.example\r\nX-Slow: "); err != nil {
				t.Fatal(err)
			}
		}
		slow = append(slow, c)
	}
	if a := visits(t, s.url).asks("GET", "/sign-in", ""); a.StatusCode != http.StatusOK {
		t.Errorf("beside %d slow clients a page is answered %d", slowClients, a.StatusCode)
	}
	for _, c := range slow {
		if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		var late net.Error
		if _, err := bufio.NewReader(c).WriteTo(io.Discard); errors.As(err, &late) && late.Timeout() {
			t.Fatal("a slow client holds its connection")
		}
	}
	if status, _ := get(t, s.url+"/readyz"); status != http.StatusOK {
		t.Errorf("after them /readyz is %d", status)
	}
}
