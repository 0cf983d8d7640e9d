package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/fakes"
	"pulang/internal/guard"
)

// served is a pulang serve in a process of its own.
type served struct {
	t      *testing.T
	cmd    *exec.Cmd
	url    string // of the line and the console
	inside string // of the metrics
	mu     sync.Mutex
	logs   []string
	done   chan struct{}
}

// serve starts the program and waits until the line is open.
func serve(t *testing.T, env map[string]string) *served {
	t.Helper()
	return serveUntil(t, env, "the line is open")
}

// serveUntil starts the program and waits until it says something, and where it listens.
func serveUntil(t *testing.T, env map[string]string, says string) *served {
	t.Helper()
	s := &served{t: t, cmd: exec.Command(os.Args[0], "serve"), done: make(chan struct{})}
	s.cmd.Env = []string{asProgram + "=1", "PATH=" + os.Getenv("PATH"), "GOCOVERDIR=" + t.TempDir()}
	for name, value := range env {
		s.cmd.Env = append(s.cmd.Env, name+"="+value)
	}
	errs, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	open := make(chan [2]string, 1)
	go s.read(errs, says, open)
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		<-s.done
	})
	select {
	case at := <-open:
		s.url, s.inside = "http://"+at[0], "http://"+at[1]
	case <-s.done:
		t.Fatalf("serve ended: %s", s.said())
	case <-time.After(30 * time.Second):
		t.Fatalf("serve does not open: %s", s.said())
	}
	return s
}

func (s *served) read(errs io.Reader, says string, open chan<- [2]string) {
	defer close(s.done)
	lines := bufio.NewScanner(errs)
	for lines.Scan() {
		s.mu.Lock()
		s.logs = append(s.logs, lines.Text())
		s.mu.Unlock()
		var entry struct{ Msg, Listen, Metrics string }
		if json.Unmarshal(lines.Bytes(), &entry) == nil && entry.Msg == says {
			select {
			case open <- [2]string{entry.Listen, entry.Metrics}:
			default: // said before
			}
		}
	}
}

func (s *served) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.logs, "\n")
}

// eventually asks again and again, for 20 seconds.
func (s *served) eventually(claim string, holds func() bool) {
	s.t.Helper()
	tick, deadline := time.NewTicker(5*time.Millisecond), time.After(20*time.Second)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			s.t.Fatalf("not so after 20 seconds: %s\n%s", claim, s.said())
		}
	}
}

// ends waits for the end and gives the exit status.
func (s *served) ends() int {
	s.t.Helper()
	select {
	case <-s.done:
	case <-time.After(30 * time.Second):
		s.t.Fatalf("serve does not end: %s", s.said())
	}
	_ = s.cmd.Wait()
	return s.cmd.ProcessState.ExitCode()
}

// get is the status and the body of a page.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// withTelegram is an installed environment whose Telegram is a fake.
func withTelegram(t *testing.T) (*fakes.Telegram, map[string]string) {
	t.Helper()
	telegram := fakes.NewTelegram(fakes.TelegramOptions{Now: time.Now})
	if err := telegram.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(telegram.Close)
	return telegram, with(installed(t), "TELEGRAM_API_URL", telegram.URL(), "TELEGRAM_BOT_TOKEN", telegram.Token(), "TELEGRAM_POLLING", "true")
}

func TestServeIsAliveReadyAndMeasured(t *testing.T) {
	t.Parallel()
	_, env := withTelegram(t)
	s := serve(t, with(env, "METRICS_ADDR", "127.0.0.1:0"))
	if status, body := get(t, s.url+"/healthz"); status != 200 || body != "alive\n" {
		t.Errorf("/healthz: %d %q", status, body)
	}
	if status, body := get(t, s.url+"/readyz"); status != 200 || body != "ready\n" {
		t.Errorf("/readyz: %d %q", status, body)
	}
	if status, body := get(t, s.inside+"/metrics"); status != 200 || !strings.Contains(body, "go_goroutines") || !strings.Contains(body, "pulang_") {
		t.Errorf("the metrics: %d", status)
	}
	if status, _ := get(t, s.url+"/metrics"); status == 200 {
		t.Error("metrics are served to the public")
	}
	if status, _ := get(t, s.url+"/webhooks/"); status != 404 {
		t.Errorf("below /webhooks/ the console answers: %d", status)
	}
	answer, err := http.Post(s.url+"/webhooks/telegram", "application/json", strings.NewReader(`{"update_id":1}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != 401 {
		t.Errorf("a forged webhook got %d", answer.StatusCode)
	}
	if got := pulang(t, map[string]string{"LISTEN_ADDR": strings.TrimPrefix(s.url, "http://")}, "", "doctor", "--alive"); got.code != 0 {
		t.Errorf("doctor --alive beside it: %+v", got)
	}
	if err := s.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if code := s.ends(); code != 0 {
		t.Errorf("Ctrl-C ended with %d: %s", code, s.said())
	}
	if got := pulang(t, map[string]string{"LISTEN_ADDR": strings.TrimPrefix(s.url, "http://")}, "", "doctor", "--alive"); got.code != 1 {
		t.Errorf("doctor --alive after its end: %+v", got)
	}
}

func TestASigtermFinishesTheDeliveryInHand(t *testing.T) {
	t.Parallel()
	telegram, env := withTelegram(t)
	s := serve(t, env)
	release := make(chan struct{})
	telegram.Fail(1, fakes.Fault{Method: "sendMessage", Release: release})
	rina := telegram.Chat(700001, "Rina")
	rina.Says("halo")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	s.eventually("the reply is being sent", func() bool { return sending(telegram) })
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.eventually("SIGTERM was heard", func() bool { return strings.Contains(s.said(), "stopping") })
	close(release)
	if code := s.ends(); code != 0 {
		t.Errorf("SIGTERM ended with %d: %s", code, s.said())
	}
	if err := rina.Wait(ctx, func(screen []fakes.Shown) bool { return fromLine(screen) == 1 }); err != nil {
		t.Errorf("the reply in hand was not delivered: %v", err)
	}
	conn, err := pgx.Connect(ctx, env["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	var unsettled int
	if err := conn.QueryRow(ctx, `SELECT count(*) FROM outbox WHERE state <> 'sent'`).Scan(&unsettled); err != nil || unsettled != 0 {
		t.Errorf("%d deliveries are not settled (%v)", unsettled, err)
	}
}

// sending says that a message is with the provider and not answered yet.
func sending(telegram *fakes.Telegram) bool {
	for _, call := range telegram.Calls() {
		if call.Method == "sendMessage" && call.Status == 0 {
			return true
		}
	}
	return false
}

func TestServeRefusesADatabaseThatLacksMigrations(t *testing.T) {
	t.Parallel()
	env := installed(t)
	conn, err := pgx.Connect(t.Context(), env["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	if _, err = conn.Exec(t.Context(), `DROP SCHEMA public CASCADE; CREATE SCHEMA public`); err != nil {
		t.Fatal(err)
	}
	_ = conn.Close(t.Context())
	if got := pulang(t, env, "", "serve"); got.code != 1 || !strings.Contains(got.err, "run: pulang migrate") {
		t.Errorf("got %+v", got)
	}
	if got := pulang(t, env, "", "migrate"); got.code != 0 || strings.Contains(got.out, "now: 0") {
		t.Errorf("migrate: %+v", got)
	}
	if got := pulang(t, env, "", "staff", "list"); got.code != 0 {
		t.Errorf("after migrating: %+v", got)
	}
}

func TestServeStartsWithoutRedisAndSaysSo(t *testing.T) {
	t.Parallel()
	_, env := withTelegram(t)
	s := serve(t, with(env, "REDIS_URL", "redis://127.0.0.1:1/0"))
	if status, _ := get(t, s.url+"/readyz"); status != 200 || !strings.Contains(s.said(), "Redis does not answer") {
		t.Errorf("without Redis /readyz is %d: %s", status, s.said())
	}
}

func TestServeRefusesATokenThatTelegramDoesNotKnow(t *testing.T) {
	t.Parallel()
	telegram, env := withTelegram(t)
	for name, wrong := range map[string]map[string]string{
		"polling": with(env, "TELEGRAM_BOT_TOKEN", "1:wrong-canary"),
		"webhook": with(env, "TELEGRAM_BOT_TOKEN", "1:wrong-canary", "TELEGRAM_POLLING", ""),
	} {
		got := pulang(t, wrong, "", "serve")
		if got.code != 1 || !strings.Contains(got.err, "TELEGRAM_BOT_TOKEN is not accepted") || !strings.Contains(got.err, "BotFather") || strings.Contains(got.err, "canary") {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := pulang(t, with(env, "TELEGRAM_BOT_TOKEN", "1:wrong-canary"), "", "doctor"); !strings.Contains(got.out, "TELEGRAM_BOT_TOKEN is not accepted") {
		t.Errorf("doctor: %+v", got)
	}
	for _, call := range telegram.Calls() {
		if call.Method == "getUpdates" || call.Method == "setWebhook" {
			t.Errorf("something was started all the same: %s", call.Method)
		}
	}
}

func TestServeOpensWhileAProviderIsAway(t *testing.T) {
	t.Parallel()
	env := with(installed(t), "TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000001", "TWILIO_AUTH_TOKEN", "0123456789abcdef0123456789abcdef",
		"TWILIO_FROM", "+15005550006")
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	t.Cleanup(refusing.Close)
	s := serve(t, with(env, "TWILIO_API_URL", refusing.URL))
	for _, want := range []string{`a provider is not reached; it is tried again","channel":"telegram"`, "Twilio does not accept TWILIO_ACCOUNT_SID"} {
		if !strings.Contains(s.said(), want) {
			t.Errorf("serve does not say %q: %s", want, s.said())
		}
	}
	if status, _ := get(t, s.url+"/readyz"); status != 200 {
		t.Errorf("/readyz is %d", status)
	}
}

func TestWhatIsWrongWithTheDatabaseIsSaid(t *testing.T) {
	t.Parallel()
	env := installed(t)
	address, err := url.Parse(env["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	stranger, elsewhere := *address, *address
	stranger.User, elsewhere.Path = url.UserPassword("pulang", "pw-canary"), "/nowhere"
	for says, one := range map[string]url.URL{"refuses the user or the password": stranger, "does not exist": elsewhere} {
		for _, command := range []string{"serve", "migrate", "doctor"} {
			got := pulang(t, with(env, "DATABASE_URL", one.String()), "", command)
			if got.code != 1 || !strings.Contains(got.out+got.err, says) || strings.Contains(got.out+got.err, "canary") {
				t.Errorf("%s does not say %q: %+v", command, says, got)
			}
		}
	}
}

// underLoad is how many webhooks are in hand when the program is told to stop.
const underLoad = 50

func TestASigtermUnderLoadAnswersOnlyWhatIsCommitted(t *testing.T) {
	t.Parallel()
	telegram, env := withTelegram(t)
	s := serve(t, with(env, "TELEGRAM_POLLING", "")) // called by webhooks
	s.eventually("the webhook is set", func() bool { return calls(telegram, "setWebhook") > 0 })
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, env["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	held, err := conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := held.Exec(ctx, `LOCK TABLE messages IN EXCLUSIVE MODE`); err != nil { // nothing can be stored
		t.Fatal(err)
	}
	statuses, inside := make(chan int, underLoad), make(chan struct{}, underLoad)
	for i := range underLoad {
		go func() { statuses <- s.webhook(env["TELEGRAM_WEBHOOK_SECRET"], 7000+i, inside) }()
	}
	for range underLoad {
		select {
		case <-inside:
		case <-ctx.Done():
			t.Fatalf("not every webhook got inside: %s", s.said())
		}
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.eventually("SIGTERM was heard", func() bool { return strings.Contains(s.said(), "stopping") })
	if err := held.Rollback(ctx); err != nil {
		t.Fatal(err)
	}
	accepted := 0
	for range underLoad {
		if status := <-statuses; status == http.StatusOK {
			accepted++
		} else {
			t.Errorf("a webhook in hand got %d", status)
		}
	}
	if code := s.ends(); code != 0 {
		t.Errorf("SIGTERM ended with %d: %s", code, s.said())
	}
	var taken int
	if err := conn.QueryRow(ctx, `SELECT count(*) FROM messages WHERE state = 'taken'`).Scan(&taken); err != nil || taken != accepted {
		t.Errorf("%d webhooks were answered 200, and %d messages have their turn (%v)", accepted, taken, err)
	}
}

// calls counts the calls of a method.
func calls(telegram *fakes.Telegram, method string) (n int) {
	for _, call := range telegram.Calls() {
		if call.Method == method {
			n++
		}
	}
	return n
}

// webhook posts a message of somebody's own, and gives the status; 0 without an
// answer. It tells inside when the program asks for the body.
func (s *served) webhook(secret string, who int, inside chan<- struct{}) int {
	update := fmt.Sprintf(`{"update_id":%d,"message":{"message_id":1,"date":1772300000,"chat":{"id":%d,"type":"private"},"from":{"id":%d,"is_bot":false,"first_name":"x"},"text":"halo"}}`, who, who, who)
	req, err := http.NewRequest(http.MethodPost, s.url+"/webhooks/telegram", strings.NewReader(update))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	req.Header.Set("Expect", "100-continue")
	req = req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{Got100Continue: func() { inside <- struct{}{} }}))
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true, ExpectContinueTimeout: time.Minute}}).Do(req)
	if err != nil {
		return 0
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

func TestADawdlerDoesNotHoldUpTheStop(t *testing.T) {
	t.Parallel()
	server := guard.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), guard.Public, slog.New(slog.DiscardHandler))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked, done := make(chan struct{}), make(chan struct{})
	server.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateActive {
			close(asked)
		}
	}
	go func() { _ = server.Serve(l) }()
	go func() {
		defer close(done)
		if answer, err := http.Get("http://" + l.Addr().String()); err == nil {
			_ = answer.Body.Close()
		}
	}()
	<-asked
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := shutDown(ctx, server); err == nil {
		t.Error("a connection was cut off, and nothing is said")
	}
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Error("the dawdler is still connected")
	}
}

func TestAStopEndsEveryStreamWhateverItAccepts(t *testing.T) {
	t.Parallel()
	p := &program{}
	p.closing, p.close = context.WithCancel(t.Context())
	waits := p.untilClosing(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	for _, path := range []string{"/events", "/cases/AAA111/events"} {
		over := make(chan struct{})
		go func() {
			waits.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
			close(over)
		}()
		p.close()
		select {
		case <-over:
		case <-time.After(20 * time.Second):
			t.Errorf("%s holds up the stop", path)
		}
	}
}
