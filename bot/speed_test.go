package bot_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"pulang/bot"
	"pulang/internal/casefile"
	"pulang/internal/devstack"
	"pulang/internal/hear"
	"pulang/internal/seal"
	"pulang/internal/session"
	"pulang/internal/store"
	"pulang/locales"
)

// quickPhones is a channel that takes everything at once, and tells whoever waits for
// an answer: the benchmark measures the line, not a provider.
type quickPhones struct {
	mu      sync.Mutex
	waiting map[casefile.Private]chan struct{}
	sent    atomic.Int64
}

func (*quickPhones) Name() casefile.ChannelName { return "telegram" }

func (*quickPhones) Traits() bot.Traits {
	return bot.Traits{Buttons: true, MaxText: 4096, PerSecond: 1_000_000}
}

func (*quickPhones) Routes() []bot.Route { return nil }

func (q *quickPhones) Send(_ context.Context, m bot.Outgoing) (bot.Receipt, error) {
	n := q.sent.Add(1)
	q.mu.Lock()
	defer q.mu.Unlock()
	if heard := q.waiting[m.To]; heard != nil {
		select {
		case heard <- struct{}{}:
		default:
		}
	}
	return bot.Receipt{MessageRef: strconv.FormatInt(n, 10)}, nil
}

func (*quickPhones) Find(context.Context, bot.Outgoing, time.Time) (bot.Receipt, bool, error) {
	return bot.Receipt{}, false, bot.ErrCannotFind
}

// phone gives a new person a phone.
func (q *quickPhones) phone(n int64) (casefile.Private, chan struct{}) {
	address, heard := casefile.Hide(strconv.FormatInt(700_000_000+n, 10)), make(chan struct{}, 8)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting[address] = heard
	return address, heard
}

func (q *quickPhones) away(address casefile.Private) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.waiting, address)
}

// speedy is a line with quick phones on a database of its own.
type speedy struct {
	line   *bot.Line
	phones *quickPhones
	url    string
	next   atomic.Int64
	logs   *logbook
}

// logbook is where the line logs.
type logbook struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func openSpeedy(t testing.TB, stack *devstack.Stack, url string) *speedy {
	t.Helper()
	keys, err := seal.New()
	must(t, err)
	db, err := store.Open(store.Options{URL: url, Keys: keys, Pool: 64})
	must(t, err)
	t.Cleanup(db.Close)
	sessions, err := session.Open(stack.RedisURL, keys, time.Now)
	must(t, err)
	t.Cleanup(func() { _ = sessions.Close() })
	must(t, db.InTx(t.Context(), func(tx *store.Tx) error { // somebody is on duty, and hears of every danger
		id := casefile.NewID(time.Now())
		member := store.Staff{ID: id, Login: "budi", Name: casefile.Hide("Budi"), Role: "supervisor", Team: store.MainTeam,
			Languages: []string{"id"}, Lang: casefile.Indonesian, CreatedAt: time.Now()}
		if err := tx.AddStaff(t.Context(), member); err != nil {
			return err
		}
		if _, err := tx.SetDuty(t.Context(), id, true, time.Now()); err != nil {
			return err
		}
		return tx.SetStaffAddress(t.Context(), id, casefile.Address{Channel: "telegram", ID: casefile.Hide("5550001")}, time.Now())
	}))
	ear, err := hear.New()
	must(t, err)
	book, err := locales.Open()
	must(t, err)
	s := &speedy{phones: &quickPhones{waiting: map[casefile.Private]chan struct{}{}}, url: url, logs: &logbook{}}
	s.line, err = bot.New(bot.Options{Store: db, Sessions: sessions, Ear: ear, Book: book, Channels: []bot.Channel{s.phones},
		Now: time.Now, Log: slog.New(slog.NewTextHandler(s.logs, nil)), PublicURL: "https://pulang.example", Unpaced: true})
	must(t, err)
	s.line.Start(t.Context())
	t.Cleanup(func() { _ = s.line.Stop(context.Background()) })
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// conversation is what a person of the benchmark says, one turn each.
var conversation = []string{"halo", "saya butuh bantuan", "2", "2", "2", "1", "0", "2"}

// says is one message of one person.
func (s *speedy) says(from casefile.Private, text string) bot.Arrived {
	n := s.next.Add(1)
	return bot.Arrived{Channel: "telegram", ProviderID: fmt.Sprintf("%020d", n), Kind: casefile.KindText, From: from,
		Text: casefile.Hide(text), Order: n, MessageRef: strconv.FormatInt(n, 10), Lang: casefile.Indonesian, SentAt: time.Now(),
		Raw: casefile.Hide(`{"update_id":123456789,"message":{"message_id":1234,"from":{"id":700000001,"first_name":"A","language_code":"id"},"chat":{"id":700000001,"type":"private"},"date":1770000000,"text":"` + text + `"}}`)}
}

// talk is one person after the other, each through a whole conversation, until no
// turn is left to take.
func (s *speedy) talk(b *testing.B, left *atomic.Int64, took func(time.Duration)) {
	for {
		from, heard := s.phones.phone(s.next.Add(1))
		for _, text := range conversation {
			if left.Add(-1) < 0 {
				return
			}
			begun := time.Now()
			if err := s.line.Receive(b.Context(), []bot.Arrived{s.says(from, text)}); err != nil {
				b.Error(err)
				return
			}
			select {
			case <-heard:
			case <-time.After(10 * time.Second):
				b.Error("nobody answered within ten seconds")
				return
			}
			took(time.Since(begun))
		}
		s.phones.away(from)
	}
}

// BenchmarkTheLine takes whole turns: received, decided, committed, and the reply
// handed over. It reports them against the floor, which is single-row commits
// through as many connections on the same database.
func BenchmarkTheLine(b *testing.B) {
	version, err := devstack.VersionOf(store.Migrations)
	must(b, err)
	stack, err := devstack.Start(b.Context(), devstack.Options{Migrate: store.Migrate, Version: version, Durable: true, NeedRedisServer: true})
	must(b, err)
	b.Cleanup(stack.Stop)
	for _, concurrency := range []int{1, 16, 64} {
		b.Run(strconv.Itoa(concurrency), func(b *testing.B) {
			s := openSpeedy(b, stack, stack.Database(b))
			floor := commitsPerSecond(b, s.url, concurrency)
			var mu sync.Mutex
			var all []time.Duration
			var left atomic.Int64
			left.Store(int64(b.N))
			var wait sync.WaitGroup
			before := spent(b, stack)
			b.ResetTimer()
			begun := time.Now()
			for range concurrency {
				wait.Go(func() {
					s.talk(b, &left, func(d time.Duration) {
						mu.Lock()
						defer mu.Unlock()
						all = append(all, d)
					})
				})
			}
			wait.Wait()
			turns := float64(len(all)) / time.Since(begun).Seconds()
			b.StopTimer()
			if len(all) == 0 {
				return
			}
			after := spent(b, stack)
			for name, seconds := range after {
				b.ReportMetric((seconds-before[name])*1e6/float64(len(all)), name+"-us/turn")
			}
			slices.Sort(all)
			b.ReportMetric(turns, "turns/s")
			b.ReportMetric(floor, "commits/s")
			b.ReportMetric(turns/floor, "ratio")
			b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}

// spent is the processor time, in seconds, that we and the servers of a stack have
// used. Unlike turns a second it hardly depends on what else the machine does.
func spent(b *testing.B, stack *devstack.Stack) map[string]float64 {
	b.Helper()
	all := map[string]float64{}
	processes, err := filepath.Glob("/proc/[0-9]*/stat")
	must(b, err)
	servers := map[string]string{strconv.Itoa(os.Getpid()): "line"}
	for round := range 2 { // the second one finds the children of the first
		for _, stat := range processes {
			line, err := os.ReadFile(stat)
			if err != nil {
				continue // it ended
			}
			fields := strings.Fields(string(line[bytes.LastIndexByte(line, ')')+1:]))
			pid, parent := filepath.Base(filepath.Dir(stat)), fields[1]
			if command, _ := os.ReadFile(filepath.Join(filepath.Dir(stat), "cmdline")); servers[pid] == "" && bytes.Contains(command, []byte(stack.Dir)) {
				servers[pid] = map[bool]string{true: "redis", false: "postgres"}[bytes.Contains(command, []byte("redis"))]
			}
			if servers[pid] == "" && servers[parent] == "postgres" {
				servers[pid] = "postgres"
			}
			if name := servers[pid]; round == 1 && name != "" {
				for _, field := range fields[11:13] {
					ticks, _ := strconv.ParseFloat(field, 64)
					all[name] += ticks / 100
				}
			}
		}
	}
	return all
}

// commitsPerSecond is the floor: one row, one commit.
func commitsPerSecond(b *testing.B, url string, concurrency int) float64 {
	config, err := pgxpool.ParseConfig(url)
	must(b, err)
	config.MaxConns = 64
	pool, err := pgxpool.NewWithConfig(b.Context(), config)
	must(b, err)
	defer pool.Close()
	_, err = pool.Exec(b.Context(), `CREATE TABLE floor (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, word text)`)
	must(b, err)
	var n atomic.Int64
	var wait sync.WaitGroup
	begun := time.Now()
	until := begun.Add(2 * time.Second)
	for range concurrency {
		wait.Go(func() {
			for time.Now().Before(until) {
				if _, err := pool.Exec(b.Context(), `INSERT INTO floor (word) VALUES ($1)`, "one row"); err != nil {
					b.Error(err)
					return
				}
				n.Add(1)
			}
		})
	}
	wait.Wait()
	return float64(n.Load()) / time.Since(begun).Seconds()
}
