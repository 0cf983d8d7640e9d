package devstack

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"
)

// EmptyRedis makes a Redis forget everything, as a restart without a disk does. Only
// for one from OwnRedis: a shared one holds the keys of others.
func EmptyRedis(ctx context.Context, redisURL string) error {
	u, err := url.Parse(redisURL)
	if err != nil {
		return errors.New("devstack: not a Redis URL")
	}
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", u.Host)
	if err != nil {
		return fmt.Errorf("devstack: %w", err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(deadlineOf(ctx))
	password, _ := u.User.Password()
	if _, err := fmt.Fprintf(conn, "AUTH %s\r\nFLUSHALL\r\n", password); err != nil {
		return fmt.Errorf("devstack: %w", err)
	}
	lines := bufio.NewScanner(conn)
	for range 2 {
		if !lines.Scan() || lines.Text() != "+OK" {
			return errors.New("devstack: Redis does not forget")
		}
	}
	return nil
}

// deadlineOf is the end of ctx; the zero time when it has none.
func deadlineOf(ctx context.Context) time.Time {
	deadline, _ := ctx.Deadline()
	return deadline
}
