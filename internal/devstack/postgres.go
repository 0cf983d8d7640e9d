package devstack

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// tries is how often a server is started anew when somebody else took the
// free port between our looking and its listening.
const tries = 5

// startPostgres makes a cluster and runs it; it returns the URL of the
// maintenance database.
func (s *Stack) startPostgres(ctx context.Context) (string, error) {
	bin, err := findPostgres()
	if err != nil {
		return "", err
	}
	s.options.Log("starting PostgreSQL from " + bin)
	home, err := s.keeper.home("postgres")
	if err != nil {
		return "", err
	}
	password := random(24)
	if err := s.initdb(bin, home, password); err != nil {
		return "", err
	}
	for try := 1; ; try++ {
		port, err := freePort()
		if err != nil {
			return "", err
		}
		address := (&url.URL{Scheme: "postgres", User: url.UserPassword("pulang", password),
			Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), Path: "/postgres", RawQuery: "sslmode=disable"}).String()
		p, err := s.keeper.start("postgres", s.endPostgres(),
			s.keeper.command(home, filepath.Join(bin, "postgres"), s.postgresArgs(home, port)...))
		if err != nil {
			return "", err
		}
		if err = p.ready(ctx, func(ctx context.Context) error { return pingPostgres(ctx, address) }); err == nil {
			return address, nil
		}
		said := p.said()
		p.stop()
		if try == tries || !strings.Contains(said, "could not bind") {
			return "", fmt.Errorf("PostgreSQL did not start: %w\n%s", err, said)
		}
	}
}

// initdb makes the cluster. The password keeps other users of the machine out.
func (s *Stack) initdb(bin, home, password string) error {
	file := filepath.Join(home, "password")
	if err := os.WriteFile(file, []byte(password+"\n"), 0o600); err != nil {
		return err
	}
	defer os.Remove(file)
	if err := s.keeper.give(file); err != nil {
		return err
	}
	out, err := s.keeper.command(home, filepath.Join(bin, "initdb"), "-D", filepath.Join(home, "data"),
		"-U", "pulang", "--auth=password", "--pwfile="+file, "--encoding=UTF8", "--locale=C",
		"--no-sync", "--no-instructions").CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb in %s: %w\n%s", home, err, lastLines(string(out)))
	}
	return nil
}

// endPostgres ends it in order when what it holds should last, else at once.
func (s *Stack) endPostgres() syscall.Signal {
	if s.options.Durable {
		return syscall.SIGINT
	}
	return syscall.SIGQUIT
}

// postgresArgs are the server's settings. Statements are kept out of its log:
// they hold what people said.
func (s *Stack) postgresArgs(home string, port int) []string {
	settings := []string{
		"listen_addresses=127.0.0.1", "port=" + strconv.Itoa(port), "max_connections=200", "shared_buffers=64MB",
		"jit=off", "timezone=UTC", "log_timezone=UTC", "log_min_error_statement=panic", "log_checkpoints=off",
		"unix_socket_directories=" + socketDir(home),
	}
	if !s.options.Durable {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off",
			"autovacuum=off", "wal_level=minimal", "max_wal_senders=0")
	}
	args := []string{"-D", filepath.Join(home, "data")}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	return args
}

// socketDir is where the server's socket goes; a Unix socket's path has only
// about a hundred bytes, and beyond them loopback must do.
func socketDir(home string) string {
	if len(home) > 80 {
		return ""
	}
	return home
}

// pingPostgres connects once. Only our server knows the password, so a
// stranger on the port is not taken for it.
func pingPostgres(ctx context.Context, address string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// ready asks until the server answers, has ended, or ctx has.
func (p *process) ready(ctx context.Context, ping func(context.Context) error) error {
	for {
		err := ping(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s ended", p.name)
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w", p.name, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// freePort is a port of 127.0.0.1 on which nobody listens at this moment.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port on 127.0.0.1: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
