package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"

	"pulang/internal/devstack"
	"pulang/internal/fakes"
	"pulang/internal/spool"
	"pulang/internal/store"
)

// town is an installation whose database can be cut off, with a Twilio and phones.
type town struct {
	t      *testing.T
	env    map[string]string
	proxy  *toxiproxy.Proxy
	twilio *fakes.Twilio
	sid    int
	db     *pgx.Conn // straight to the database
}

func newTown(t *testing.T, env map[string]string) *town {
	t.Helper()
	at, err := url.Parse(env["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.WithoutCancel(t.Context())
	db, err := pgx.Connect(ctx, env["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(ctx) })
	proxy := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "postgres", "127.0.0.1:0", at.Host)
	if err := proxy.Start(); err != nil { // so that it has a port of its own
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	at.Host = proxy.Listen
	twilio := fakes.NewTwilio(fakes.TwilioOptions{From: "+12025550100", Now: time.Now})
	if err := twilio.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(twilio.Close)
	o := twilio.Options()
	return &town{t: t, proxy: proxy, twilio: twilio, db: db, env: with(env, "DATABASE_URL", at.String(), "SPOOL_DIR", filepath.Join(t.TempDir(), "spool"),
		"TWILIO_ACCOUNT_SID", o.AccountSID, "TWILIO_AUTH_TOKEN", o.AuthToken, "TWILIO_FROM", o.From, "TWILIO_API_URL", twilio.URL())}
}

// sms posts a signed message of a person, and gives the status; 0 without an answer.
func (o *town) sms(s *served, from, text string) int {
	o.t.Helper()
	o.sid++
	form := url.Values{"MessageSid": {fmt.Sprintf("SM%032x", o.sid)}, "From": {from}, "To": {"+12025550100"}, "Body": {text}}
	req, err := http.NewRequest(http.MethodPost, s.url+"/webhooks/twilio/message", strings.NewReader(form.Encode()))
	if err != nil {
		o.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Twilio-Signature", fakes.Signature(o.env["TWILIO_AUTH_TOKEN"], o.env["PUBLIC_URL"]+"/webhooks/twilio/message", form))
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

// taken is what has its turn, in order, as the numbers of the messages.
func (o *town) taken() (sids []int) {
	o.t.Helper()
	rows, err := o.db.Query(context.WithoutCancel(o.t.Context()), `SELECT provider_id FROM messages WHERE kind = 'text' AND state = 'taken' ORDER BY arrival`)
	if err != nil {
		o.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var sid string
		var n int
		if err := rows.Scan(&sid); err != nil {
			o.t.Fatal(err)
		}
		if _, err := fmt.Sscanf(sid, "SM%x", &n); err != nil {
			o.t.Fatal(err)
		}
		sids = append(sids, n)
	}
	return sids
}

func (o *town) wantTaken(s *served, want ...int) {
	o.t.Helper()
	s.eventually("everything accepted has its turn", func() bool { return len(o.taken()) >= len(want) })
	if got := o.taken(); fmt.Sprint(got) != fmt.Sprint(want) {
		o.t.Errorf("taken %v, want %v", got, want)
	}
	s.eventually("the spool is empty", func() bool {
		found, err := spool.Look(o.env["SPOOL_DIR"])
		return err == nil && found == spool.Found{}
	})
}

// kill ends a process as a power cut does.
func (s *served) kill() {
	_ = s.cmd.Process.Kill()
	<-s.done
}

func TestServeStartsWithoutItsDatabaseAndLosesNothing(t *testing.T) {
	t.Parallel()
	o := newTown(t, installed(t))
	o.proxy.Stop()
	const sari = "+12025550144"
	first := serveUntil(t, o.env, "waiting for the database")
	if status, body := get(t, first.url+"/healthz"); status != 200 || body != "alive\n" {
		t.Errorf("/healthz: %d %q", status, body)
	}
	if status, body := get(t, first.url+"/readyz"); status != 200 || !strings.Contains(body, "spool") {
		t.Errorf("/readyz: %d %q", status, body)
	}
	if status, body := frontPage(t, first); status != 503 || !strings.Contains(body, "Sementara tidak bisa dibuka") || !strings.Contains(body, "Not open right now") {
		t.Errorf("the console: %d %q", status, body)
	}
	if status := first.webhook(o.env["TELEGRAM_WEBHOOK_SECRET"], 7000, make(chan struct{}, 1)); status != 503 {
		t.Errorf("Telegram gets %d, want 503: it repeats", status)
	}
	for _, text := range []string{"halo", "1"} {
		if status := o.sms(first, sari, text); status != 200 {
			t.Fatalf("an SMS gets %d: %s", status, first.said())
		}
	}
	first.kill()
	second := serveUntil(t, o.env, "waiting for the database")
	if status := o.sms(second, sari, "2"); status != 200 {
		t.Fatalf("an SMS gets %d: %s", status, second.said())
	}
	if err := o.proxy.Start(); err != nil {
		t.Fatal(err)
	}
	second.eventually("the line is open", func() bool { return strings.Contains(second.said(), "the line is open") })
	o.wantTaken(second, 1, 2, 3)
	if status, body := get(t, second.url+"/readyz"); status != 200 || body != "ready\n" {
		t.Errorf("/readyz when it is over: %d %q", status, body)
	}
	if status, body := frontPage(t, second); status == 503 || strings.Contains(body, "Not open right now") {
		t.Errorf("the console when it is over: %d", status)
	}
	if err := second.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := second.ends(); code != 0 {
		t.Errorf("SIGTERM ended with %d: %s", code, second.said())
	}
}

// frontPage is the front page of the staff, by its own name, without following.
func frontPage(t *testing.T, s *served) (int, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, s.url+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "line.example"
	answer, err := http.DefaultTransport.RoundTrip(req)
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

func TestAWaitingServeStopsAtOnceAndRefusesAnOldSchema(t *testing.T) {
	t.Parallel()
	o := newTown(t, installed(t))
	o.proxy.Stop()
	s := serveUntil(t, o.env, "waiting for the database")
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := s.ends(); code != 0 {
		t.Errorf("SIGTERM ended with %d: %s", code, s.said())
	}
	s = serveUntil(t, o.env, "waiting for the database")
	if _, err := o.db.Exec(t.Context(), `DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)`); err != nil {
		t.Fatal(err)
	}
	if err := o.proxy.Start(); err != nil {
		t.Fatal(err)
	}
	if code := s.ends(); code != 1 || !strings.Contains(s.said(), "pulang migrate") {
		t.Errorf("with an old schema it ended with %d: %s", code, s.said())
	}
}

func TestWithoutASpoolServeNeedsItsDatabase(t *testing.T) {
	t.Parallel()
	env := with(installed(t), "DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
	if got := pulang(t, env, "", "serve"); got.code != 1 || !strings.Contains(got.err, "the database does not answer") {
		t.Errorf("got %+v", got)
	}
}

// postgresProcesses are the server's processes, the first one first.
func postgresProcesses(t *testing.T, db *pgx.Conn) []int {
	t.Helper()
	var folder string
	if err := db.QueryRow(t.Context(), `SHOW data_directory`).Scan(&folder); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(folder, "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	var first int
	if _, err := fmt.Sscan(string(data), &first); err != nil {
		t.Fatal(err)
	}
	all := []int{first}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it ended
		}
		_, rest, _ := strings.Cut(string(stat), ") ")
		var state string
		var parent, pid int
		if _, err := fmt.Sscan(rest, &state, &parent); err == nil && parent == first {
			_, _ = fmt.Sscan(string(stat), &pid)
			all = append(all, pid)
		}
	}
	return all
}

func TestAStoppedPostgresAndAKillLoseNothing(t *testing.T) {
	t.Parallel()
	version, err := devstack.VersionOf(store.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	own, err := devstack.Start(t.Context(), devstack.Options{Migrate: store.Migrate, Version: version})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(own.Stop)
	o := newTown(t, with(installed(t), "DATABASE_URL", own.DatabaseURL))
	a, b := serve(t, o.env), serve(t, o.env) // two on one folder
	if status := o.sms(a, "+12025550144", "halo"); status != 200 {
		t.Fatalf("an SMS gets %d: %s", status, a.said())
	}
	a.eventually("it has its turn", func() bool { return len(o.taken()) == 1 })
	stopped := postgresProcesses(t, o.db)
	for _, pid := range stopped {
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
	}
	carryOn := func() {
		for _, pid := range stopped {
			_ = syscall.Kill(pid, syscall.SIGCONT)
		}
	}
	t.Cleanup(carryOn)
	for _, text := range []string{"1", "2", "3"} {
		if status := o.sms(a, "+12025550144", text); status != 200 {
			t.Fatalf("an SMS gets %d: %s", status, a.said())
		}
	}
	a.kill()
	carryOn()
	o.wantTaken(b, 1, 2, 3, 4) // the other process takes over what the dead one kept
}

func TestDoctorTellsOfTheSpool(t *testing.T) {
	t.Parallel()
	o := newTown(t, installed(t))
	dir := o.env["SPOOL_DIR"]
	says := func(env map[string]string, want string) {
		t.Helper()
		if got := pulang(t, env, "", "doctor"); !strings.Contains(got.out, want) {
			t.Errorf("doctor does not say %q:\n%s", want, got.out)
		}
	}
	says(with(o.env, "SPOOL_DIR", ""), "an SMS that arrives while the database is away is answered 503")
	says(o.env, "SPOOL_DIR is not there; serve makes it")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	says(o.env, "can be written; 0 files (0 bytes) wait")
	o.proxy.Stop()
	s := serveUntil(t, o.env, "waiting for the database")
	if status := o.sms(s, "+12025550144", "halo"); status != 200 {
		t.Fatalf("an SMS gets %d", status)
	}
	says(o.env, "can be written; 1 files")
	s.kill()
	says(o.env, "1 of them for the next serve on this folder to take them up")
	if err := o.proxy.Start(); err != nil {
		t.Fatal(err)
	}
	if got := pulang(t, o.env, "", "keys", "rotate"); got.code != 1 || !strings.Contains(got.err, "messages wait in SPOOL_DIR") {
		t.Errorf("the keys turn although nobody looks after the spool: %+v", got)
	}
	names, _ := filepath.Glob(filepath.Join(dir, "*.spool"))
	if len(names) != 1 {
		t.Fatalf("%d files, want 1", len(names))
	}
	if err := os.Rename(names[0], filepath.Join(dir, "x.aside")); err != nil {
		t.Fatal(err)
	}
	says(o.env, "1 files lie aside in SPOOL_DIR")
	says(with(o.env, "SPOOL_DIR", "/proc"), "NOT WELL: SPOOL_DIR: ")
}

func TestWithoutDatabaseAndDiskTheProviderIsAskedToComeAgain(t *testing.T) {
	t.Parallel()
	o := newTown(t, installed(t))
	o.proxy.Stop()
	s := serveUntil(t, o.env, "waiting for the database")
	dir := o.env["SPOOL_DIR"]
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Rename(dir, dir+".gone"))
	must(os.WriteFile(dir, nil, 0o600)) // nothing can be written there now
	if status, body := get(t, s.url+"/readyz"); status != 503 || body != "the database does not answer\n" {
		t.Errorf("/readyz: %d %q, want 503: a balancer turns elsewhere", status, body)
	}
	if status, _ := get(t, s.url+"/healthz"); status != 200 {
		t.Errorf("/healthz: %d, and it lives", status)
	}
	if status := o.sms(s, "+12025550144", "halo"); status != 503 {
		t.Errorf("an SMS that can be kept nowhere gets %d, want 503", status)
	}
	must(os.Remove(dir))
	must(os.Rename(dir+".gone", dir))
	if status, body := get(t, s.url+"/readyz"); status != 200 || !strings.Contains(body, "spool") {
		t.Errorf("/readyz with a disk again: %d %q", status, body)
	}
	if status := o.sms(s, "+12025550144", "halo"); status != 200 {
		t.Errorf("an SMS with a disk again gets %d", status)
	}
	must(o.proxy.Start())
	o.wantTaken(s, 2)
}
