package stories

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/jackc/pgx/v5"
	"github.com/pquerna/otp/totp"

	"pulang/internal/fakes"
	"pulang/internal/gsm7"
)

// host is a machine on which pulang is installed, with a secret in every setting.
type host struct {
	t        *testing.T
	*seeds   // its canaries
	program  string
	dir      string // where everything it writes goes
	env      map[string]string
	telegram *fakes.Telegram
	twilio   *fakes.Twilio
	redis    *lockedBuffer
	logs     lockedBuffer // of serve, with what the runtime says at its end
	said     []spot       // what the other commands printed
}

// install builds the program and sets everything up as an operator does.
func install(t *testing.T) *host {
	t.Helper()
	m := &host{t: t, seeds: newSeeds(t.Name()), dir: t.TempDir()}
	m.program = filepath.Join(t.TempDir(), "pulang")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", m.program, "pulang/cmd/pulang").CombinedOutput(); err != nil {
		t.Fatalf("pulang does not build: %v\n%s", err, out)
	}
	own := tapped(t)
	redisURL, stop, err := own.OwnRedis(t.Context())
	check(t, err)
	t.Cleanup(stop)
	m.redis = monitor(t, redisURL)
	m.env = map[string]string{
		"PATH": os.Getenv("PATH"), "DATABASE_URL": own.Database(t), "REDIS_URL": redisURL, "PUBLIC_URL": publicURL,
		"LISTEN_ADDR": freeAddress(t), "METRICS_ADDR": freeAddress(t), "KEYSET_FILE": filepath.Join(m.dir, "keyset"),
		"LEDGER_DIR": m.folder("ledger"), "SPOOL_DIR": m.folder("spool"), "TZ": "Asia/Jakarta",
		"TELEGRAM_WEBHOOK_SECRET": m.token("webhook secret"), "TWILIO_AUTH_TOKEN": m.hexToken("Twilio token"), "TWILIO_AUTH_TOKEN_PREVIOUS": m.hexToken("previous Twilio token"),
		"TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001", "TWILIO_FROM": lineNumber,
		"ALARM_TELEGRAM_CHAT": fmt.Sprint(m.chat("chat id of the alarm")), "ALARM_SMS_TO": m.phone("number of the alarm"),
		"HEARTBEAT_URL": "http://127.0.0.1:1/" + m.token("heartbeat"),
	}
	for _, setting := range []string{"DATABASE_URL", "REDIS_URL"} {
		u, err := url.Parse(m.env[setting])
		check(t, err)
		password, _ := u.User.Password()
		m.keep("password in "+setting, password, secret)
	}
	m.startProviders()
	m.runs(0, "keys", "new", m.env["KEYSET_FILE"])
	for i, key := range keysIn(t, m.env["KEYSET_FILE"]) {
		m.keep(fmt.Sprintf("key %d of the keyset", i), key, secret)
	}
	return m
}

func (m *host) folder(name string) string {
	dir := filepath.Join(m.dir, name)
	check(m.t, os.Mkdir(dir, 0o700))
	return dir
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	check(t, err)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func (m *host) startProviders() {
	target := "http://" + m.env["LISTEN_ADDR"]
	m.telegram = fakes.NewTelegram(fakes.TelegramOptions{Token: "700000001:" + m.token("bot token"), TargetBase: target,
		MaxConnections: 8, RetryEvery: 20 * time.Millisecond, Now: time.Now})
	check(m.t, m.telegram.Start())
	m.twilio = fakes.NewTwilio(fakes.TwilioOptions{AccountSID: m.env["TWILIO_ACCOUNT_SID"], AuthToken: m.env["TWILIO_AUTH_TOKEN"], From: lineNumber,
		MessageURL: publicURL + "/webhooks/twilio/message", StatusURL: publicURL + "/webhooks/twilio/status", TargetBase: target,
		Segments: gsm7.Segments, Strict: true, Attempts: 5, RetryEvery: 20 * time.Millisecond, Now: time.Now})
	check(m.t, m.twilio.Start())
	m.t.Cleanup(m.telegram.Close)
	m.t.Cleanup(m.twilio.Close)
	m.env["TELEGRAM_BOT_TOKEN"], m.env["TELEGRAM_API_URL"], m.env["TWILIO_API_URL"] = m.telegram.Token(), m.telegram.URL(), m.twilio.URL()
}

func (m *host) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, m.program, args...) // #nosec G204 -- built above
	cmd.Dir = m.dir
	for name, value := range m.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// runs runs a command to its end. What it prints is searched too, without the secrets
// that it is there to hand out, which the caller takes from what is returned.
func (m *host) runs(status int, args ...string) string {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(m.t.Context(), time.Minute)
	defer cancel()
	cmd := m.command(ctx, args...)
	out, _ := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != status {
		m.t.Errorf("pulang %s: status %d, want %d:\n%s", strings.Join(args, " "), got, status, out)
	}
	m.said = append(m.said, spot{name: "what pulang " + strings.Join(args[:min(2, len(args))], " ") + " prints", data: out})
	return string(out)
}

// serves starts the line and waits until it is open.
func (m *host) serves() *exec.Cmd {
	m.t.Helper()
	cmd := m.command(context.WithoutCancel(m.t.Context()), "serve")
	cmd.Stdout, cmd.Stderr = &m.logs, &m.logs
	check(m.t, cmd.Start())
	m.t.Cleanup(func() { _ = cmd.Process.Kill() })
	m.until("the line is open", func() bool { return strings.Contains(m.logs.String(), "the line is open") })
	m.until("the webhook is set", func() bool { return called(m.telegram.Calls(), "setWebhook") })
	return cmd
}

func called(calls []fakes.Call, method string) bool {
	for _, c := range calls {
		if c.Method == method && c.Status == http.StatusOK {
			return true
		}
	}
	return false
}

// until asks again and again.
func (m *host) until(claim string, holds func() bool) {
	m.t.Helper()
	deadline, tick := time.After(2*patience), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			m.t.Fatalf("not so in time: %s\n%s", claim, m.logs.String())
		}
	}
}

// hears waits until a phone shows these words of the line.
func (m *host) hears(p *fakes.TelegramPhone, words string) string {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(m.t.Context(), 2*patience)
	defer cancel()
	var text string
	err := p.Wait(ctx, func(shows []fakes.Shown) bool {
		at := heard(shows, 0, words)
		if at >= 0 {
			text = shows[at].Text
		}
		return at >= 0
	})
	if err != nil {
		m.t.Fatalf("nobody said %q: %+v\n%s", words, p.Shows(), m.logs.String())
	}
	return text
}

// browser is a colleague's, behind the web server that ends https.
type browser struct {
	m       *host
	cookies map[string]string
	page    string // the last one, as it came
	at      string // where it is
}

// opens gets a page, or sends a form, and follows where it leads.
func (b *browser) opens(method, path string, form url.Values) int {
	b.m.t.Helper()
	for range 5 {
		req, err := http.NewRequestWithContext(b.m.t.Context(), method, "http://"+b.m.env["LISTEN_ADDR"]+path, strings.NewReader(form.Encode()))
		check(b.m.t, err)
		req.Host = strings.TrimPrefix(publicURL, "https://")
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		for name, value := range b.cookies {
			req.AddCookie(&http.Cookie{Name: name, Value: value}) // #nosec G124 -- a request's cookie has no attributes
		}
		answer, err := http.DefaultTransport.RoundTrip(req)
		check(b.m.t, err)
		body, err := io.ReadAll(answer.Body)
		check(b.m.t, err)
		_ = answer.Body.Close()
		for _, c := range answer.Cookies() {
			b.cookies[c.Name] = c.Value
			if len(c.Value) >= 20 {
				b.m.keep("cookie "+c.Name, c.Value, secret)
			}
		}
		b.page, b.at = string(body), path
		if answer.StatusCode != http.StatusSeeOther {
			return answer.StatusCode
		}
		method, path, form = http.MethodGet, answer.Header.Get("Location"), nil
	}
	b.m.t.Fatalf("%s leads in a circle", b.at)
	return 0
}

var (
	formTag   = regexp.MustCompile(`(?s)<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>`)
	hiddenTag = regexp.MustCompile(`<input[^>]*type="hidden"[^>]*>`)
	attribute = regexp.MustCompile(`(name|value)="([^"]*)"`)
)

// sends fills in the form of the page that leads to action.
func (b *browser) sends(action string, typed map[string]string) int {
	b.m.t.Helper()
	for _, f := range formTag.FindAllStringSubmatch(b.page, -1) {
		if html.UnescapeString(f[1]) != action {
			continue
		}
		form := url.Values{}
		for _, input := range hiddenTag.FindAllString(f[2], -1) {
			var name, value string
			for _, a := range attribute.FindAllStringSubmatch(input, -1) {
				if a[1] == "name" {
					name = a[2]
				} else {
					value = html.UnescapeString(a[2])
				}
			}
			form.Set(name, value)
		}
		for name, value := range typed {
			form.Set(name, value)
		}
		return b.opens(http.MethodPost, action, form)
	}
	b.m.t.Fatalf("%s has no form that leads to %s:\n%s", b.at, action, b.page)
	return 0
}

// does sends a form and asks that it went well.
func (b *browser) does(action string, typed map[string]string) {
	b.m.t.Helper()
	if status := b.sends(action, typed); status != http.StatusOK {
		b.m.t.Errorf("%s: status %d\n%s", action, status, b.page)
	}
}

// newcomer is a member of staff that `pulang staff add` made.
type newcomer struct {
	login, password, secret, link string
	chat                          *fakes.TelegramPhone
}

var (
	passwordLine = regexp.MustCompile(`(?m)^\s*Password:?\s+(\S+)`)
	otpLine      = regexp.MustCompile(`otpauth://\S+`)
	linkLine     = regexp.MustCompile(`send LINK (\S+)`)
)

// adds makes a member of staff, and canaries of everything about them.
func (m *host) adds(login, role string) newcomer {
	m.t.Helper()
	name := m.word("name of " + login)
	out := m.runs(0, "staff", "add", "--login="+login, "--name="+name, "--role="+role, "--phone="+m.phone("number of "+login), "--on-duty")
	m.said = m.said[:len(m.said)-1] // it hands out secrets, once
	find := func(what string, form *regexp.Regexp) string {
		found := form.FindStringSubmatch(out)
		if len(found) == 0 {
			m.t.Fatalf("staff add says no %s", what)
		}
		return found[len(found)-1]
	}
	n := newcomer{login: login, password: m.keep("password of "+login, find("password", passwordLine), secret), link: find("link code", linkLine)}
	u, err := url.Parse(find("authenticator", otpLine))
	check(m.t, err)
	n.secret = m.keep("authenticator of "+login, u.Query().Get("secret"), secret)
	n.chat = m.telegram.Chat(m.chat("chat id of "+login), m.word("Telegram name of "+login))
	return n
}

// signsIn goes through the door, once wrongly.
func (m *host) signsIn(n newcomer) *browser {
	m.t.Helper()
	b := &browser{m: m, cookies: map[string]string{}}
	b.opens(http.MethodGet, "/sign-in", nil)
	b.sends("/sign-in", map[string]string{"login": n.login, "password": m.token("wrong password")})
	b.opens(http.MethodGet, "/sign-in?next=/"+m.word("where to go next"), nil)
	b.does("/sign-in", map[string]string{"login": n.login, "password": n.password})
	code, err := totp.GenerateCode(n.secret, time.Now())
	check(m.t, err)
	b.sends("/sign-in/code", map[string]string{"code": code})
	if status := b.opens(http.MethodGet, "/", nil); status != http.StatusOK || strings.Contains(b.page, `action="/sign-in"`) {
		m.t.Fatalf("%s is not signed in: status %d\n%s", n.login, status, b.page)
	}
	return b
}

func TestTheInstalledProgramLeaksNothing(t *testing.T) {
	t.Parallel()
	m := install(t)
	budi := m.adds("budi", "supervisor")
	serve := m.serves()
	budi.chat.Says("/start " + budi.link)
	m.hears(budi.chat, "terhubung")
	link := m.people(budi)
	b := m.signsIn(budi)
	ref := m.worksOn(b, link)
	m.strangers(b)
	m.operates(ref)
	again := m.telegram.Chat(m.chat("chat id of another"), m.word("first name of another"))
	again.Says("tolong " + m.word("text after the keys were turned over"))
	m.hears(again, "Pesanmu masuk")
	spots := m.machine(serve)
	check(t, serve.Process.Signal(syscall.SIGQUIT)) // the runtime prints what every goroutine does
	_ = serve.Wait()
	if !strings.Contains(m.logs.String(), "goroutine 1 ") {
		t.Error("the program did not print where it was")
	}
	spots = append(spots, spot{name: "the logs", data: []byte(m.logs.String())})
	noLeaks(t, leaks(m.all, append(spots, m.spots(budi)...)))
}

// people write, on both channels, and alert budi. It returns the link of the alert.
func (m *host) people(budi newcomer) (link string) {
	rina := m.telegram.Chat(m.chat("chat id"), m.word("first name"))
	rina.Says("halo, nama saya " + m.word("name in a text"))
	m.hears(rina, "Pesanmu masuk")
	rina.SendsPhoto(m.token("photo id"), m.accented("caption"))
	rina.SendsLocation(m.point("latitude", 16), m.point("longitude", 98))
	rina.Says("tolong saya disekap di myawaddy " + m.word("text of danger") + " nomor saya " + m.phone("number in a text"))
	rina.SendsRaw(`{"update_id":{update_id}, "message": {"text": "` + m.word("cut off text"))
	alert := m.hears(budi.chat, publicURL)
	to, err := url.Parse(regexp.MustCompile(publicURL + `/a/\S+`).FindString(alert))
	check(m.t, err)
	sari := m.twilio.Phone(m.phone("number"))
	m.twilio.Fail(1, fakes.Fault{Method: "create", Recipient: sari.Number(), Status: 400,
		Body: `{"code":21211,"message":"The 'To' number ` + sari.Number() + ` is not valid: ` + m.word("words of Twilio") + `","status":400}`})
	sari.Says("help, they beat us " + m.word("text by SMS"))
	sari.Says("we are at " + m.word("second text by SMS"))
	ctx, cancel := context.WithTimeout(m.t.Context(), 2*patience)
	defer cancel()
	check(m.t, m.telegram.Settled(ctx))
	check(m.t, m.twilio.Settled(ctx))
	return to.Path
}

// worksOn is a colleague at the console, from the alert's link to the closed case.
func (m *host) worksOn(b *browser, link string) (ref string) {
	m.t.Helper()
	if status := b.opens(http.MethodGet, link, nil); status != http.StatusOK {
		m.t.Fatalf("the alert's link: status %d\n%s", status, b.page)
	}
	path := regexp.MustCompile(`/cases/[A-Z0-9]+`).FindString(b.at)
	if strings.Contains(b.page, path+"/acknowledge") {
		b.does(path+"/acknowledge", nil)
	}
	b.does(path+"/take", nil)
	b.does(path+"/reply", map[string]string{"text": "Kami di sini, " + m.word("reply of staff")})
	b.does(path+"/note", map[string]string{"note": "catatan " + m.word("note of staff") + " telepon " + m.phone("number in a note")})
	b.sends(path+"/reply", map[string]string{"text": "kirim ke rekening 12345678901 " + m.word("reply that is refused")})
	b.opens(http.MethodGet, path, nil)
	b.does(path+"/reveal", nil)
	b.opens(http.MethodGet, path, nil)
	b.does(path+"/hand-back", nil)
	b.casework(path)
	m.until("what is said has left, and the case may be closed", func() bool {
		b.opens(http.MethodGet, path, nil)
		return !strings.Contains(b.page, "Pesan yang masih dalam pengiriman")
	})
	b.does(path+"/close", map[string]string{"reason": "selesai " + m.word("reason to close")})
	for _, page := range []string{"/", "/audit", "/me", path} {
		b.opens(http.MethodGet, page, nil)
	}
	return strings.TrimPrefix(path, "/cases/")
}

// strangers ask for what a careless server shows.
func (m *host) strangers(b *browser) {
	in := func(where string) string { return m.word("request: " + where) }
	var shown bytes.Buffer
	for _, base := range []string{"LISTEN_ADDR", "METRICS_ADDR"} {
		for _, path := range []string{"/debug/pprof/", "/debug/pprof/heap", "/debug/pprof/goroutine?debug=2", "/debug/vars", "/metrics", "/healthz", "/readyz", "/.env",
			"/cases/" + in("case"), "/a/" + in("code"), "/sign-in?next=/" + in("query"), "/static/", "/static/../" + in("file"), "/webhooks/telegram", "/" + in("path")} {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				req, err := http.NewRequestWithContext(m.t.Context(), method, "http://"+m.env[base]+path, strings.NewReader("x="+in("body")))
				check(m.t, err)
				req.Host = strings.TrimPrefix(publicURL, "https://")
				for _, name := range []string{"Cookie", "User-Agent", "Referer", "X-Forwarded-For", "X-Telegram-Bot-Api-Secret-Token", "X-Twilio-Signature", "Authorization"} {
					req.Header.Set(name, in(name))
				}
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				answer, err := http.DefaultTransport.RoundTrip(req)
				check(m.t, err)
				body, _ := io.ReadAll(answer.Body)
				_ = answer.Body.Close()
				if strings.HasPrefix(path, "/debug") && answer.StatusCode/100 == 2 {
					m.t.Errorf("%s %s at %s is answered %d", method, path, base, answer.StatusCode)
				}
				fmt.Fprintf(&shown, "%s %s %v %s\n", base, path, answer.Header, body)
			}
		}
	}
	m.said = append(m.said, spot{name: "what strangers are shown", data: shown.Bytes(), known: m.named("request: ")})
	for _, odd := range []string{"/cases/" + in("case of a colleague"), "/a/" + in("code of a colleague"), "/audit?staff=" + in("filter"), "/?" + in("query of a colleague")} {
		b.opens(http.MethodGet, odd, nil)
	}
}

// named are the canaries whose name begins so.
func (s *seeds) named(beginning string) map[string]bool {
	names := map[string]bool{}
	for _, c := range s.all {
		names[c.name] = strings.HasPrefix(c.name, beginning)
	}
	return names
}

// operates runs what an operator runs, beside the running line: looking, turning the
// keys over, splitting a copy of them, forgetting the case.
func (m *host) operates(ref string) {
	m.t.Helper()
	m.runs(0, "doctor")
	m.runs(0, "staff", "list")
	m.runs(0, "keys", "fingerprint")
	m.runs(0, "keys", "rotate")
	for i, key := range keysIn(m.t, m.env["KEYSET_FILE"]) {
		m.keep(fmt.Sprintf("key %d of the new keyset", i), key, secret)
	}
	escrow := []string{"keys", "escrow", "--threshold=2", "--out=" + filepath.Join(m.dir, "escrow")}
	for _, holder := range []string{"ani", "budi", "citra"} {
		identity, err := age.GenerateX25519Identity()
		check(m.t, err)
		escrow = append(escrow, "--holder="+holder+"="+identity.Recipient().String())
	}
	m.runs(0, escrow...)
	m.runs(0, "audit", "verify")
	m.runs(0, "audit", "list")
	m.runs(0, "forget", "policy")
	m.runs(0, "forget", "due", "--dry-run")
	wrapped := m.wrappedKeys(ref)
	if len(wrapped) == 0 {
		m.t.Error("the case has no key that could be destroyed")
	}
	m.runs(0, "forget", "case", ref, "--by=budi", "--reason=selesai")
	m.runs(0, "forget", "replay")
	m.runs(0, "audit", "verify")
	for _, key := range wrapped {
		m.keep("destroyed key", key, secret)
	}
}

// wrappedKeys are the keys under which the words of a case are sealed, as they stand
// in the database.
func (m *host) wrappedKeys(ref string) []string {
	conn, err := pgx.Connect(m.t.Context(), m.env["DATABASE_URL"])
	check(m.t, err)
	defer func() { _ = conn.Close(context.WithoutCancel(m.t.Context())) }()
	rows, err := conn.Query(m.t.Context(), `SELECT wrapped_key FROM conversations JOIN case_conversations ON conversation_id = conversations.id
		JOIN cases ON cases.id = case_id WHERE ref = $1`, ref)
	check(m.t, err)
	keys, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	check(m.t, err)
	var out []string
	for _, key := range keys {
		out = append(out, string(key))
	}
	return out
}

// machine is what others see of the running process.
func (m *host) machine(serve *exec.Cmd) []spot {
	m.t.Helper()
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", serve.Process.Pid))
	if err != nil {
		line = []byte(serve.String()) // not a Linux
	}
	return []spot{{name: "the command line", data: line}}
}

// spots is everywhere a thief could look.
func (m *host) spots(staff newcomer) []spot {
	t := m.t
	spots := append(m.said, spot{name: "commands of Redis", data: []byte(m.redis.String())})
	var told strings.Builder
	for _, s := range staff.chat.Shows() {
		if s.FromLine {
			fmt.Fprintf(&told, "%s %v\n", s.Text, s.Buttons)
		}
	}
	spots = append(spots, spot{name: "what staff are told", data: []byte(told.String())})
	recipients := map[string]map[string]bool{"": {"photo id": true}} // Telegram is asked for the file by its id
	for _, c := range m.all {
		if c.kind == number {
			recipients[c.value] = map[string]bool{c.name: true}
			if c.name == "chat id" {
				recipients[c.value] = map[string]bool{c.name: true, "reply of staff": true, "name of budi": true}
			}
		}
	}
	own := func(to string) map[string]bool { return recipients[to] }
	spots = append(spots, providerSpots(without(m.telegram.Calls(), "setWebhook"), "Telegram", own)...) // that tells Telegram the secret
	spots = append(spots, providerSpots(m.twilio.Calls(), "Twilio", own)...)
	spots = append(spots, redisSpots(t, m.env["REDIS_URL"])...)
	for _, s := range files(t, "file of the program", m.dir, false) {
		if !strings.HasSuffix(s.name, "keyset") {
			spots = append(spots, s)
		}
	}
	conn, err := pgx.Connect(t.Context(), m.env["DATABASE_URL"])
	check(t, err)
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	typed := m.named("request: ")
	for _, s := range postgresSpots(t, conn, tapped(t).Dir) {
		switch {
		case s.name == "Postgres's log":
			s.known = with(typed, "destroyed key") // the address somebody typed, asked for as a case; the key when it was new
		case s.raw:
			s.known = map[string]bool{"destroyed key": true} // until it is overwritten: docs/operator.md tells
		}
		spots = append(spots, s)
	}
	return spots
}

func without(calls []fakes.Call, method string) []fakes.Call {
	var rest []fakes.Call
	for _, c := range calls {
		if c.Method != method {
			rest = append(rest, c)
		}
	}
	return rest
}
