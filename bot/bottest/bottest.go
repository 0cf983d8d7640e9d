// Package bottest is what the channels and the line are tested with: the
// conformance suite every channel must pass, and a transport that reaches nothing
// but this machine.
//
// It promises that a channel which passes TestChannel proves who calls, never
// loses a delivery in parsing, names each delivery the same way when it is
// repeated, maps everything a provider can do to one of the line's outcomes, and
// keeps everything private out of its errors.
//
// It leaves to each channel's tests what its provider's payloads look like, and
// to internal/fakes to be strict about what is sent.
package bottest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// LocalOnly is a transport for tests. A connection to anything but loopback is
// refused and fails the test. Its connections are closed when the test ends.
func LocalOnly(t testing.TB) *http.Transport {
	t.Helper()
	var dialer net.Dialer
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			if !loopback(addr) {
				t.Errorf("a test tried to reach the network")
				return nil, fmt.Errorf("dial: tests stay on this machine")
			}
			return dialer.DialContext(ctx, network, addr)
		},
		IdleConnTimeout: 5 * time.Second,
	}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// Opening checks what opening a channel with some settings came to: no error when
// reason is empty, else one that begins with the reason and holds no secret.
func Opening(t testing.TB, settings string, err error, reason string, secrets ...string) {
	t.Helper()
	if reason == "" {
		if err != nil {
			t.Errorf("%s: refused: %v", settings, err)
		}
		return
	}
	if err == nil || !strings.HasPrefix(err.Error(), reason) {
		t.Errorf("%s: got %v, want a reason that begins with %s", settings, err, reason)
		return
	}
	for _, secret := range secrets {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the reason repeats a secret", settings)
		}
	}
}

// loopback says that host:port is on this machine. Names are not looked up:
// looking up is reaching the network.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
