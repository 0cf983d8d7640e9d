package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/devstack"
	"pulang/internal/fakes"
	"pulang/internal/gsm7"
)

// options say what run to do.
type options struct {
	Seed      uint64
	For       time.Duration
	Processes int
	Program   string // empty: built
	Keep      bool   // keep the folder with the logs
	Hurry     bool   // let the leases of dead processes end at once instead of waiting for them
	Now       func() time.Time
	Say       func(string)
}

// house is everything that runs.
type house struct {
	options
	plan      Plan
	dir       string
	program   string
	env       []string // of every command, with the database as it is
	dbURL     string
	redisURL  string
	telegram  *fakes.Telegram
	twilio    *fakes.Twilio
	front     *front
	processes []*process
	staff     []*colleague
	phones    []*phone // of the people in the plan
	db        *pgx.Conn
	begun     time.Time
	last      []func() // what close does, last first
}

const (
	publicURL  = "https://line.example"
	lineNumber = "+12025550100"
	alarmChat  = 6_099_999_999
)

// chaos does one run on the servers of a stack and reports. The error is of a run that
// could not be done; broken promises are in the report.
func chaos(ctx context.Context, stack *devstack.Stack, o options) (*Report, error) {
	h := &house{options: o, plan: newPlan(o.Seed, o.For, o.Processes)}
	defer h.close()
	if err := h.open(ctx, stack); err != nil {
		return nil, err
	}
	h.Say("people write, and faults strike")
	h.live(ctx)
	h.Say("everything heals")
	if err := h.heal(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return h.report(ctx, err.Error())
	}
	return h.report(ctx, "")
}

func (h *house) close() {
	for _, p := range h.processes {
		if p.awake != nil {
			p.retire(syscall.SIGKILL)
		}
	}
	for i := len(h.last) - 1; i >= 0; i-- {
		h.last[i]()
	}
}

func (h *house) atClose(do func()) { h.last = append(h.last, do) }

// open starts everything and waits until the line is open.
func (h *house) open(ctx context.Context, stack *devstack.Stack) (err error) {
	if h.dir, err = os.MkdirTemp("", "pulang-chaos-"); err != nil {
		return err
	}
	if h.Keep {
		h.Say("the logs are in " + h.dir)
	} else {
		h.atClose(func() { _ = os.RemoveAll(h.dir) })
	}
	if h.program = h.Program; h.program == "" {
		h.program = filepath.Join(h.dir, "pulang")
		if err := build(ctx, h.program); err != nil {
			return err
		}
	}
	steps := []func(context.Context, *devstack.Stack) error{h.openServers, h.openProcesses, h.openProviders, h.openStaff, h.startProcesses}
	for _, step := range steps {
		if err := step(ctx, stack); err != nil {
			return err
		}
	}
	return nil
}

// openServers takes a database and a Redis of its own.
func (h *house) openServers(ctx context.Context, stack *devstack.Stack) (err error) {
	var drop, stop func()
	if h.dbURL, drop, err = stack.Clone(ctx, "chaos"); err != nil {
		return err
	}
	h.atClose(drop)
	if h.redisURL, stop, err = stack.OwnRedis(ctx); err != nil {
		return err
	}
	h.atClose(stop)
	if h.db, err = pgx.Connect(ctx, h.dbURL); err != nil {
		return errors.New("chaos: the database does not answer")
	}
	h.atClose(func() { _ = h.db.Close(context.WithoutCancel(ctx)) })
	return nil
}

// openProcesses gives each process its address, its log and its own ways to the servers.
func (h *house) openProcesses(ctx context.Context, _ *devstack.Stack) error {
	shared := newProxies()
	var backends []string
	for i := range h.Processes {
		p := &process{program: h.program}
		var err error
		if p.address, err = freeAddress(h.Seed); err != nil {
			return err
		}
		if p.log, err = os.Create(h.logOf(i)); err != nil {
			return err
		}
		h.atClose(func() { _ = p.log.Close() })
		var database, redis string
		if p.postgres, database, err = through(shared, fmt.Sprintf("postgres %d", i), h.dbURL); err != nil {
			return err
		}
		h.atClose(p.postgres.Stop)
		if p.redis, redis, err = through(shared, fmt.Sprintf("redis %d", i), h.redisURL); err != nil {
			return err
		}
		h.atClose(p.redis.Stop)
		p.env = []string{"DATABASE_URL=" + database, "REDIS_URL=" + redis, "LISTEN_ADDR=" + p.address}
		h.processes, backends = append(h.processes, p), append(backends, p.address)
	}
	h.front = newFront(backends)
	return nil
}

func (h *house) logOf(i int) string { return filepath.Join(h.dir, fmt.Sprintf("serve-%d.log", i)) }

// openProviders starts the fakes, and makes the settings of every process.
func (h *house) openProviders(ctx context.Context, _ *devstack.Stack) error {
	target, stop, err := h.front.serve(ctx)
	if err != nil {
		return err
	}
	h.atClose(stop)
	secret := "chaos-webhook-secret-0123456789ab"
	h.telegram = fakes.NewTelegram(fakes.TelegramOptions{WebhookURL: publicURL + "/webhooks/telegram", Secret: secret, TargetBase: target,
		MaxConnections: 40, RetryEvery: 100 * time.Millisecond, Now: h.Now})
	h.twilio = fakes.NewTwilio(fakes.TwilioOptions{From: lineNumber, MessageURL: publicURL + "/webhooks/twilio/message",
		StatusURL: publicURL + "/webhooks/twilio/status", TargetBase: target, Segments: gsm7.Segments, Strict: true,
		Parallel: 40, Now: h.Now})
	if err := errors.Join(h.telegram.Start(), h.twilio.Start()); err != nil {
		return err
	}
	h.atClose(h.telegram.Close)
	h.atClose(h.twilio.Close)
	keyset, ledger, spool := filepath.Join(h.dir, "keyset"), filepath.Join(h.dir, "ledger"), filepath.Join(h.dir, "spool")
	if err := errors.Join(os.Mkdir(ledger, 0o700), os.Mkdir(spool, 0o700)); err != nil {
		return err
	}
	tw := h.twilio.Options()
	h.env = []string{
		"PATH=" + os.Getenv("PATH"), "PUBLIC_URL=" + publicURL, "KEYSET_FILE=" + keyset, "LEDGER_DIR=" + ledger, "SPOOL_DIR=" + spool,
		"TZ=Asia/Jakarta", "TELEGRAM_API_URL=" + h.telegram.URL(), "TELEGRAM_BOT_TOKEN=" + h.telegram.Token(), "TELEGRAM_WEBHOOK_SECRET=" + secret,
		"TWILIO_API_URL=" + h.twilio.URL(), "TWILIO_ACCOUNT_SID=" + tw.AccountSID, "TWILIO_AUTH_TOKEN=" + tw.AuthToken, "TWILIO_FROM=" + tw.From,
		fmt.Sprintf("ALARM_TELEGRAM_CHAT=%d", int64(alarmChat)),
	}
	h.telegram.Chat(alarmChat, "alarm")
	for _, p := range h.processes {
		p.env = append(p.env, h.env...)
	}
	h.env = append(h.env, "DATABASE_URL="+h.dbURL, "REDIS_URL="+h.redisURL)
	_, err = h.pulang(ctx, "keys", "new", keyset)
	return err
}

// pulang runs a command past every fault.
func (h *house) pulang(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, h.program, args...) // #nosec G204 -- built by us
	cmd.Env = h.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("pulang %s: %w\n%s", strings.Join(args[:min(2, len(args))], " "), err, out)
	}
	return string(out), nil
}

var linkCode = regexp.MustCompile(`send LINK (\S+)`)

// openStaff puts three people on duty, with a Telegram and a number each.
func (h *house) openStaff(ctx context.Context, _ *devstack.Stack) error {
	for i, login := range []string{"budi", "sari", "wati"} {
		number := fmt.Sprintf("+62811000%04d", i)
		said, err := h.pulang(ctx, "staff", "add", "--login="+login, "--name="+strings.ToUpper(login[:1])+login[1:],
			"--lang=id,en", "--phone="+number, "--on-duty")
		if err != nil {
			return err
		}
		code := linkCode.FindStringSubmatch(said)
		if code == nil {
			return errors.New("chaos: staff add gives no code to link Telegram")
		}
		h.staff = append(h.staff, &colleague{login: login, telegram: h.telegram.Chat(int64(6_090_000_001+i), login),
			sms: h.twilio.Phone(number), link: code[1]})
	}
	return nil
}

// startProcesses starts the line and links the phones of staff.
func (h *house) startProcesses(ctx context.Context, _ *devstack.Stack) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for _, p := range h.processes {
		p.supervise()
	}
	for _, p := range h.processes {
		if err := p.open(ctx); err != nil {
			return err
		}
	}
	for _, s := range h.staff {
		s.telegram.Says("LINK " + s.link)
		if err := s.telegram.Wait(ctx, func(shows []fakes.Shown) bool { return len(shows) > 1 }); err != nil {
			return fmt.Errorf("chaos: %s is not linked: %w", s.login, err)
		}
	}
	return nil
}

// live lets people write, staff answer and faults strike, as planned.
func (h *house) live(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, h.For)
	defer cancel()
	h.begun = h.Now()
	for _, p := range h.plan.People {
		h.phones = append(h.phones, h.phoneOf(p))
	}
	var all sync.WaitGroup
	all.Go(func() { h.answer(ctx) })
	all.Go(func() {
		for _, s := range h.plan.Strikes {
			if !h.until(ctx, s.At) {
				return
			}
			all.Go(func() { h.strike(ctx, s) })
		}
	})
	all.Go(func() {
		for _, line := range h.plan.Lines {
			if !h.until(ctx, line.At) {
				return
			}
			h.phones[line.Person].says(line)
		}
	})
	all.Wait()
}

// until waits for a moment of the plan; false when the run is over.
func (h *house) until(ctx context.Context, at time.Duration) bool {
	timer := time.NewTimer(at - h.Now().Sub(h.begun))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
