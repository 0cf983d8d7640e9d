package bot_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/bot"
	"pulang/internal/casefile"
	"pulang/internal/devstack"
	"pulang/internal/devstack/testbed"
)

var stack *devstack.Stack

func TestMain(m *testing.M) { os.Exit(testbed.Main(m, &stack)) }

// sniffer is between the line and Postgres, and counts statements.
type sniffer struct{ statements atomic.Int64 }

// count copies what a client says, and counts its Execute and Query messages.
func (s *sniffer) count(to io.Writer, from io.Reader) error {
	started := false
	for {
		head := make([]byte, 4, 5)
		if started {
			head = head[:5]
		}
		if _, err := io.ReadFull(from, head); err != nil {
			return err
		}
		if started && (head[0] == 'E' || head[0] == 'Q') {
			s.statements.Add(1)
		}
		length := head[len(head)-4:]
		body := make([]byte, (int(length[0])<<24|int(length[1])<<16|int(length[2])<<8|int(length[3]))-4)
		if _, err := io.ReadFull(from, body); err != nil {
			return err
		}
		started = true
		if _, err := to.Write(append(head, body...)); err != nil {
			return err
		}
	}
}

// listen puts the sniffer before a database and returns the URL to use.
func (s *sniffer) listen(t *testing.T, databaseURL string) string {
	t.Helper()
	u, err := url.Parse(databaseURL)
	must(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	server := u.Host
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer client.Close()
				back, err := net.Dial("tcp", server)
				if err != nil {
					return
				}
				defer back.Close()
				go func() { _, _ = io.Copy(client, back) }()
				_ = s.count(back, client)
			}()
		}
	}()
	u.Host = l.Addr().String()
	return u.String()
}

// everybody says the same, in one batch.
func (s *speedy) everybody(t *testing.T, people []casefile.Private, text string) {
	t.Helper()
	batch := make([]bot.Arrived, len(people))
	for i, from := range people {
		batch[i] = s.says(from, text)
	}
	must(t, s.line.Receive(t.Context(), batch))
}

func people(s *speedy, n int) []casefile.Private {
	all := make([]casefile.Private, n)
	for i := range all {
		all[i], _ = s.phones.phone(int64(i))
	}
	return all
}

// ask reads one number from the database.
func ask(t *testing.T, databaseURL, query string) (n int) {
	t.Helper()
	db, err := pgx.Connect(t.Context(), databaseURL)
	must(t, err)
	defer func() { _ = db.Close(context.WithoutCancel(t.Context())) }()
	must(t, db.QueryRow(t.Context(), query).Scan(&n))
	return n
}

func TestABatchCostsAsManyStatementsAsOnePerson(t *testing.T) {
	t.Parallel()
	var sniffed sniffer
	direct := stack.Database(t)
	s := openSpeedy(t, stack, sniffed.listen(t, direct))
	count := func(people []casefile.Private, text string) int64 {
		waitUntil(t, direct, `SELECT (count(*) = 0)::int FROM outbox WHERE state IN ('queued', 'claimed')`)
		before := sniffed.statements.Load()
		s.everybody(t, people, text)
		return sniffed.statements.Load() - before
	}
	all := people(s, 33)
	count(all, "halo") // the first turn of a case is another one
	// The loops look at something meanwhile, the more often the slower the machine is, and
	// the first replies may leave: so the least of three counts. What a batch costs must not
	// grow with its people.
	least := func(people []casefile.Private) int64 {
		return min(count(people, "saya mau tanya"), count(people, "saya mau tanya"), count(people, "saya mau tanya"))
	}
	one, many := least(all[:1]), least(all[1:])
	if many > one+8 {
		t.Errorf("a batch of 32 people took %d statements, one person %d", many, one)
	}
	t.Logf("one person %d, 32 people %d statements", one, many)
	// Danger needs to know who hears, which is asked for each of them; their writes are
	// one statement each all the same.
	if danger := count(all[1:], "tolong saya dipukul, saya takut dibunuh"); danger > many+32*6 {
		t.Logf("one person %d, 32 people %d, 32 dangers %d statements", one, many, danger)
		t.Errorf("a batch of 32 dangers took %d statements, without danger %d", danger, many)
	}
}

func TestOnePersonIsHeardInTheirOrder(t *testing.T) {
	t.Parallel()
	s := openSpeedy(t, stack, stack.Database(t))
	from, _ := s.phones.phone(1)
	for name, order := range map[string]func(n int) (id string, order int64){
		"the provider has an order and ids without one": func(n int) (string, int64) { return fmt.Sprintf("a%02d", 50-n), int64(n) },
		"only the order of arrival":                     func(n int) (string, int64) { return fmt.Sprintf("b%02d", 50-n), 0 },
	} {
		var batch []bot.Arrived
		for n := range 5 {
			item := s.says(from, fmt.Sprintf("%s: number %d", name[:4], n))
			item.ProviderID, item.Order = order(n)
			batch = append(batch, item)
		}
		must(t, s.line.Receive(t.Context(), batch))
	}
	// provider_id falls as n rises, so a row that follows another with a greater id was
	// stored behind it.
	n := ask(t, s.url, `
		SELECT count(*)::int FROM messages a JOIN messages b ON b.conversation_id = a.conversation_id AND left(b.provider_id, 1) = left(a.provider_id, 1)
		WHERE (a.provider_order, a.arrival) < (b.provider_order, b.arrival) AND a.provider_id < b.provider_id`)
	if n != 0 {
		t.Errorf("%d pairs of one person's messages are in another order than they came", n)
	}
}

func TestABatchThatHangsHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	s := openSpeedy(t, stack, stack.Database(t))
	all := people(s, 3)
	s.everybody(t, all, "halo")
	db, err := pgx.Connect(t.Context(), s.url)
	must(t, err)
	t.Cleanup(func() { _ = db.Close(context.WithoutCancel(t.Context())) })
	blocked, err := db.Begin(t.Context()) // two webhooks that somebody else is storing just now
	must(t, err)
	hanging := []bot.Arrived{s.says(all[0], "satu"), s.says(all[1], "dua")}
	for _, item := range hanging {
		_, err = blocked.Exec(t.Context(), `
			INSERT INTO messages (id, channel, provider_id, kind, state, received_at) VALUES (gen_random_uuid(), 'telegram', $1, 'text', 'noted', $2)`,
			item.ProviderID, time.Now())
		must(t, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	for n, item := range hanging {
		wait.Go(func() {
			if err := s.line.Receive(ctx, []bot.Arrived{item}); err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
		waitUntil(t, s.url, fmt.Sprintf(`SELECT (count(*) > %d)::int FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`, n))
	}
	s.everybody(t, all[2:], "tiga")
	cancel()
	must(t, blocked.Rollback(t.Context()))
	wait.Wait()
}

// waitUntil asks, for half a minute, until the answer is not 0 any more.
func waitUntil(t *testing.T, databaseURL, query string) {
	t.Helper()
	tick, late := time.NewTicker(5*time.Millisecond), time.After(30*time.Second)
	defer tick.Stop()
	for ask(t, databaseURL, query) == 0 {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("it did not happen: %s", query)
		}
	}
}
