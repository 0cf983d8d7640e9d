package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// house is one pulang serve with a database and a Redis of its own.
type house struct {
	bench    *bench
	name     string
	database string
	redisURL string
	hooks    hooks
	inside   string // where /metrics is
	crowd    *crowd
	pool     *pgxpool.Pool
	serving  *exec.Cmd
	done     chan struct{}
	ends     []func()
}

// crowdSize is more people than any house meets, so that the crowds of two never
// share a phone.
const crowdSize = 5_000_000

// openHouse makes a database with stored cases, two members of staff on duty, and a
// pulang serve that is ready.
func (b *bench) openHouse(ctx context.Context, name string, stored int) (_ *house, err error) {
	h := &house{bench: b, name: name}
	defer func() {
		if err != nil {
			h.close()
		}
	}()
	var drop, stopRedis func()
	if h.database, drop, err = b.stack.Clone(ctx, "bench_"+name); err != nil {
		return nil, err
	}
	h.ends = append(h.ends, drop)
	if h.redisURL, stopRedis, err = b.stack.OwnRedis(ctx); err != nil {
		return nil, err
	}
	h.ends = append(h.ends, stopRedis)
	if err := h.connect(ctx); err != nil {
		return nil, err
	}
	if err := h.addStaff(ctx); err != nil {
		return nil, err
	}
	if err := h.seed(ctx, stored); err != nil {
		return nil, fmt.Errorf("store %d cases: %w", stored, err)
	}
	b.crowds++
	h.crowd = &crowd{providers: b.providers, base: b.crowds * crowdSize, oneIn: 4, stored: stored}
	return h, h.serve(ctx)
}

// connect opens the bench's own pool: as large as that of the line.
func (h *house) connect(ctx context.Context) error {
	config, err := pgxpool.ParseConfig(h.database)
	if err != nil {
		return err
	}
	config.MaxConns = pool
	if h.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return err
	}
	h.ends = append(h.ends, h.pool.Close)
	_, err = h.pool.Exec(ctx, `CREATE TABLE bench_floor (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL, at timestamptz NOT NULL)`)
	return err
}

// addStaff puts two people on duty, each on Telegram.
func (h *house) addStaff(ctx context.Context) error {
	s, err := store.Open(store.Options{URL: h.database, Keys: h.bench.keys})
	if err != nil {
		return err
	}
	defer s.Close()
	for i, login := range []string{"budi", "ani"} {
		now := h.bench.now()
		phone := &person{address: strconv.Itoa(9000 + i), staff: true}
		h.bench.providers.meet(phone)
		err := s.InTx(ctx, func(tx *store.Tx) error {
			id := casefile.NewID(now)
			err := tx.AddStaff(ctx, store.Staff{ID: id, Login: login, Name: casefile.Hide(login), Role: "duty_officer",
				Team: store.MainTeam, Languages: []string{"id", "en"}, Lang: casefile.Indonesian, CreatedAt: now})
			if err != nil {
				return err
			}
			if err := tx.SetStaffAddress(ctx, id, casefile.Address{Channel: "telegram", ID: casefile.Hide(phone.address)}, now); err != nil {
				return err
			}
			_, err = tx.SetDuty(ctx, id, true, now)
			return err
		})
		if err != nil {
			return fmt.Errorf("add staff: %w", err)
		}
	}
	return nil
}

// serve starts the program and waits until it is ready.
func (h *house) serve(ctx context.Context) error {
	var err error
	if h.hooks.host, err = freeAddress(); err != nil {
		return err
	}
	if h.inside, err = freeAddress(); err != nil {
		return err
	}
	dir := filepath.Join(h.bench.dir, h.name)
	for _, folder := range []string{"ledger", "spool"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o700); err != nil {
			return err
		}
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(h.bench.plan.pulang, "serve") // #nosec G204 -- the program we measure
	cmd.Env = append(h.environment(dir), "PATH="+os.Getenv("PATH"), "HOME="+dir)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	h.serving, h.done = cmd, make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(h.done)
	}()
	return h.ready(ctx, log.Name())
}

// environment is what an operator sets; the rates are those of an account that may
// send more than the usual one.
func (h *house) environment(dir string) []string {
	b := h.bench
	return []string{
		"LISTEN_ADDR=" + h.hooks.host, "METRICS_ADDR=" + h.inside, "PUBLIC_URL=http://" + h.hooks.host,
		"DATABASE_URL=" + h.database, "DATABASE_POOL=" + strconv.Itoa(pool), "REDIS_URL=" + h.redisURL, "KEYSET_FILE=" + b.keyset,
		"TELEGRAM_BOT_TOKEN=" + telegramToken, "TELEGRAM_WEBHOOK_SECRET=" + telegramSecret, "TELEGRAM_API_URL=" + b.providers.url,
		"TWILIO_ACCOUNT_SID=" + twilioAccount, "TWILIO_AUTH_TOKEN=" + twilioToken, "TWILIO_FROM=" + twilioFrom, "TWILIO_API_URL=" + b.providers.url,
		"TELEGRAM_PER_SECOND=100000", "TWILIO_PER_SECOND=100000", "ALERTS_PER_MINUTE=600",
		"LEDGER_DIR=" + filepath.Join(dir, "ledger"), "SPOOL_DIR=" + filepath.Join(dir, "spool"), "TZ=Asia/Jakarta",
	}
}

// freeAddress is where nobody listens at this moment.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// ready waits until the line takes messages.
func (h *house) ready(ctx context.Context, log string) error {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+h.hooks.host+"/readyz", nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-h.done:
			said, _ := os.ReadFile(log)
			return fmt.Errorf("pulang serve ended:\n%s", said[max(0, len(said)-2000):])
		case <-ctx.Done():
			return errors.New("pulang serve is not ready after a minute")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// gauge reads one of the program's own metrics.
func (h *house) gauge(ctx context.Context, name string) (float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+h.inside+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	lines := bufio.NewScanner(strings.NewReader(string(body)))
	for lines.Scan() {
		if value, found := strings.CutPrefix(lines.Text(), name+" "); found {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, fmt.Errorf("pulang serve has no metric %s", name)
}

// close stops the program in order, and removes what it wrote.
func (h *house) close() {
	if h.serving != nil {
		_ = h.serving.Process.Signal(syscall.SIGTERM)
		select {
		case <-h.done:
		case <-time.After(30 * time.Second):
			_ = h.serving.Process.Kill()
			<-h.done
		}
	}
	for i := len(h.ends) - 1; i >= 0; i-- {
		h.ends[i]()
	}
}
