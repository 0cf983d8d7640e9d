package stories

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/redis/go-redis/v9"

	"pulang/internal/devstack"
	"pulang/internal/fakes"
	"pulang/internal/store"
)

// spot is one place that is searched.
type spot struct {
	name  string
	data  []byte
	raw   bool            // a machine's own file: looked at as it is, too large to be unpacked
	known map[string]bool // names of the canaries that belong here: a reply is said to the person it is for
}

// outsiders is what libraries log by themselves, in every story.
var outsiders lockedBuffer

// wiretap is a Postgres that writes every statement and every parameter into its log,
// and the Redis servers beside it: the most careless operator there can be.
var wiretap struct {
	once  sync.Once
	stack *devstack.Stack
	err   error
}

func tapped(t *testing.T) *devstack.Stack {
	t.Helper()
	wiretap.once.Do(func() {
		version, err := devstack.VersionOf(store.Migrations)
		if err == nil {
			wiretap.stack, err = devstack.Start(context.WithoutCancel(t.Context()),
				devstack.Options{Migrate: store.Migrate, Version: version, NeedRedisServer: true})
		}
		if err == nil {
			err = careless(context.WithoutCancel(t.Context()), wiretap.stack.DatabaseURL)
		}
		wiretap.err = err
	})
	check(t, wiretap.err)
	return wiretap.stack
}

func stopWiretap() {
	if wiretap.stack != nil {
		wiretap.stack.Stop()
	}
}

// careless makes Postgres log all it is told.
func careless(ctx context.Context, databaseURL string) error {
	conn, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, setting := range []string{"log_statement = 'all'", "log_min_error_statement = 'error'", "log_min_messages = 'notice'",
		"log_parameter_max_length = -1", "log_parameter_max_length_on_error = -1", "log_error_verbosity = 'verbose'"} {
		if _, err := conn.Exec(ctx, "ALTER ROLE CURRENT_USER SET "+setting); err != nil {
			return err
		}
	}
	return nil
}

// monitor writes down every command a Redis is given.
func monitor(t *testing.T, redisURL string) *lockedBuffer {
	t.Helper()
	u, err := url.Parse(redisURL)
	check(t, err)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", u.Host)
	check(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	password, _ := u.User.Password()
	_, err = fmt.Fprintf(conn, "AUTH %s\r\nMONITOR\r\n", password)
	check(t, err)
	lines := bufio.NewReader(conn)
	for range 2 {
		if line, err := lines.ReadString('\n'); err != nil || !strings.HasPrefix(line, "+OK") {
			t.Fatalf("Redis does not let us listen: %q, %v", line, err)
		}
	}
	heard := &lockedBuffer{}
	go func() { _, _ = io.Copy(heard, lines) }()
	return heard
}

// road writes down where the line goes at its providers. The line's own token is in
// the path at Telegram, and nowhere else.
type road struct {
	token string
	next  http.RoundTripper
	lockedBuffer
}

func (r *road) RoundTrip(q *http.Request) (*http.Response, error) {
	u := *q.URL
	if query := u.Query(); q.Method == http.MethodGet && strings.HasSuffix(u.Path, "/Messages.json") && query.Has("To") {
		query.Del("To") // whose messages Twilio is asked for: it has no other way to be asked
		u.RawQuery = query.Encode()
	}
	_, _ = fmt.Fprintf(r, "%s %s\n", q.Method, strings.Replace(u.String(), "/bot"+r.token, "/bot", 1))
	for name, values := range q.Header {
		if name != "Authorization" { // Twilio's own way in
			_, _ = fmt.Fprintf(r, "%s: %s\n", name, values)
		}
	}
	return r.next.RoundTrip(q)
}

// postgresSpots are the plain and the sealed columns of every table there is, the
// files of the database with its log of changes, and what the server logged. A table
// that is new is searched without being named here.
func postgresSpots(t *testing.T, db *pgx.Conn, dir string) []spot {
	t.Helper()
	ctx := t.Context()
	rows, err := db.Query(ctx, `
		SELECT c.table_schema, c.table_name, c.column_name
		  FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
		 WHERE t.table_type = 'BASE TABLE' AND c.table_schema NOT IN ('pg_catalog', 'information_schema')
		 ORDER BY 1, 2, c.ordinal_position`)
	check(t, err)
	type column struct{ Schema, Table, Column string }
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
	check(t, err)
	var spots []spot
	for _, c := range columns {
		var out bytes.Buffer
		_, err := db.PgConn().CopyTo(ctx, &out, fmt.Sprintf("COPY %s (%s) TO STDOUT",
			pgx.Identifier{c.Schema, c.Table}.Sanitize(), pgx.Identifier{c.Column}.Sanitize()))
		check(t, err)
		spots = append(spots, spot{name: "column " + c.Table + "." + c.Column, data: out.Bytes()})
	}
	if len(spots) < 100 {
		t.Fatalf("only %d columns were found: the schema was not read", len(spots))
	}
	_, err = db.Exec(ctx, "CHECKPOINT")
	check(t, err)
	var oid string
	check(t, db.QueryRow(ctx, "SELECT oid::text FROM pg_database WHERE datname = current_database()").Scan(&oid))
	data := filepath.Join(dir, "postgres", "data")
	spots = append(spots, files(t, "database file", filepath.Join(data, "base", oid), true)...)
	spots = append(spots, files(t, "write-ahead log", filepath.Join(data, "pg_wal"), true)...)
	logs, err := filepath.Glob(filepath.Join(dir, "postgres-*.log"))
	check(t, err)
	if len(logs) != 1 {
		t.Fatalf("Postgres has %d logs, want one", len(logs))
	}
	said, err := os.ReadFile(logs[0])
	check(t, err)
	if !bytes.Contains(said, []byte("INSERT INTO messages")) {
		t.Fatal("Postgres did not log statements: the careless operator is missing")
	}
	return append(spots, spot{name: "Postgres's log", data: said})
}

// files is everything below a folder.
func files(t *testing.T, what, dir string, raw bool) []spot {
	t.Helper()
	var spots []spot
	check(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		spots = append(spots, spot{name: what + " " + name, data: data, raw: raw})
		return err
	}))
	return spots
}

// redisSpots are every key, its value, and the snapshot on the disk.
func redisSpots(t *testing.T, redisURL string) []spot {
	t.Helper()
	ctx := t.Context()
	o, err := redis.ParseURL(redisURL)
	check(t, err)
	client := redis.NewClient(o)
	defer func() { _ = client.Close() }()
	keys, err := client.Keys(ctx, "*").Result()
	check(t, err)
	spots := []spot{{name: "keys of Redis", data: []byte(strings.Join(keys, "\n"))}}
	for _, key := range keys {
		for _, read := range [][]any{{"GET", key}, {"HGETALL", key}, {"LRANGE", key, 0, -1}, {"SMEMBERS", key}, {"ZRANGE", key, 0, -1}, {"XRANGE", key, "-", "+"}} {
			value, err := client.Do(ctx, read...).Result()
			if err == nil { // the others do not fit the key's type
				spots = append(spots, spot{name: "value of Redis", data: fmt.Append(nil, value)})
			}
		}
	}
	check(t, client.ConfigSet(ctx, "rdbcompression", "no").Err())
	check(t, client.Save(ctx).Err())
	where, err := client.ConfigGet(ctx, "dir").Result()
	check(t, err)
	snapshot, err := os.ReadFile(filepath.Join(where["dir"], "dump.rdb"))
	check(t, err)
	return append(spots, spot{name: "snapshot of Redis", data: snapshot})
}

// metricsSpot is what /metrics says.
func (h *house) metricsSpot() spot {
	w := httptest.NewRecorder()
	promhttp.HandlerFor(h.metrics, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if !strings.Contains(w.Body.String(), "pulang_turns_total") {
		h.t.Fatal("/metrics says nothing")
	}
	return spot{name: "/metrics", data: w.Body.Bytes()}
}

// providerSpots are the calls at the providers, those to staff apart from those to
// people. own names, for an address, the canaries that may be said to it.
func providerSpots(calls []fakes.Call, channel string, own func(recipient string) map[string]bool) []spot {
	var spots []spot
	for _, c := range calls {
		var fields []string
		for name, value := range c.Fields {
			fields = append(fields, name+"="+value)
		}
		spots = append(spots, spot{name: "call " + c.Method + " at " + channel, data: []byte(strings.Join(fields, "\n")), known: own(c.Recipient)})
	}
	return spots
}

// leaks is every canary in every spot where it does not belong.
func leaks(canaries []canary, spots []spot) []finding {
	s := newSearcher(canaries)
	var found []finding
	for _, at := range spots {
		search := s.search
		if at.raw {
			search = s.look
		}
		for _, f := range search(at.name, at.data) {
			if !at.known[f.canary.name] {
				found = append(found, f)
			}
		}
	}
	return found
}

// noLeaks fails for each finding, once for a canary and a spot.
func noLeaks(t *testing.T, found []finding) {
	t.Helper()
	said := map[string]bool{}
	for _, f := range found {
		if id := f.where + f.canary.name; !said[id] {
			said[id] = true
			t.Errorf("LEAK: %s", f)
		}
	}
}
