package devstack

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// OwnRedis starts one more Redis for the caller alone, who may flush it, kill
// it with stop, or fill it. It takes some ten milliseconds.
func (s *Stack) OwnRedis(ctx context.Context) (redisURL string, stop func(), err error) {
	path, err := s.options.redisServer()
	if err != nil {
		if s.options.NeedRedisServer {
			return "", nil, fmt.Errorf("devstack: %w", err)
		}
		s.options.Log("Redis is not installed: using the one built in")
		return inProcessRedis()
	}
	s.options.Log("starting Redis from " + path)
	for try := 1; ; try++ {
		redisURL, p, err := s.startRedis(ctx, path)
		if err == nil {
			return redisURL, sync.OnceFunc(p.stop), nil
		}
		if p == nil {
			return "", nil, fmt.Errorf("devstack: %w", err)
		}
		said := p.said()
		p.stop()
		if try == tries || !strings.Contains(said, "in use") {
			return "", nil, fmt.Errorf("devstack: Redis did not start: %w\n%s", err, said)
		}
	}
}

// startRedis runs a server that keeps nothing on disk. Its password is in a
// file, since arguments are visible to everyone on the machine.
func (s *Stack) startRedis(ctx context.Context, path string) (string, *process, error) {
	home, err := s.keeper.home("redis-" + random(8))
	if err != nil {
		return "", nil, err
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	password, file := random(24), filepath.Join(home, "redis.conf")
	settings := fmt.Sprintf("bind 127.0.0.1\nport %d\nrequirepass %s\nsave \"\"\nappendonly no\ndir %q\ndaemonize no\n",
		port, password, home)
	if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
		return "", nil, err
	}
	if err := s.keeper.give(file); err != nil {
		return "", nil, err
	}
	p, err := s.keeper.start("redis", syscall.SIGKILL, s.keeper.command(home, path, file))
	if err != nil {
		return "", nil, err
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	err = p.ready(ctx, func(ctx context.Context) error { return pingRedis(ctx, address, password) })
	return redisAddress(address, password), p, err
}

// redisAddress is the URL of database 0.
func redisAddress(address, password string) string {
	return (&url.URL{Scheme: "redis", User: url.UserPassword("", password), Host: address, Path: "/0"}).String()
}

// pingTime is how long one ping may take. A server that is not scheduled for so long is
// asked again: one connection must not use up the whole time of a start.
const pingTime = 2 * time.Second

// pingRedis signs in and asks once, in Redis's inline form. While nobody listens yet, a
// dial may be given the very port it calls as its own, and then it talks to itself.
func pingRedis(ctx context.Context, address, password string) error {
	ctx, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if conn.LocalAddr().String() == conn.RemoteAddr().String() {
		return errors.New("nobody listens yet")
	}
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	if _, err := fmt.Fprintf(conn, "AUTH %s\r\nPING\r\n", password); err != nil {
		return err
	}
	lines := bufio.NewScanner(conn)
	for _, want := range []string{"+OK", "+PONG"} {
		if !lines.Scan() {
			return fmt.Errorf("no answer from Redis: %w", cmp.Or(lines.Err(), io.EOF))
		}
		if lines.Text() != want {
			return errors.New("not our Redis")
		}
	}
	return nil
}

// inProcessRedis is the substitute. Its clock stands still by itself, so a
// ticker moves it; keys expire within a second of their time.
func inProcessRedis() (string, func(), error) {
	m := miniredis.NewMiniRedis()
	password := random(24)
	m.RequireAuth(password)
	if err := m.StartAddr("127.0.0.1:0"); err != nil {
		return "", nil, fmt.Errorf("devstack: start the built-in Redis: %w", err)
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				m.FastForward(time.Second)
			case <-quit:
				return
			}
		}
	}()
	return redisAddress(m.Addr(), password), sync.OnceFunc(func() {
		close(quit)
		<-done
		m.Close()
	}), nil
}
