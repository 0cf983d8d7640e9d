package redact

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"
)

type answered struct{ status int }

func (a answered) Error() string   { return "The 'To' number +6281234567890 is not valid" }
func (a answered) StatusCode() int { return a.status }

func TestProviderClassifiesAndForgets(t *testing.T) {
	t.Parallel()
	const canary = "https://api.example/bot123:secret/sendMessage?to=+6281234567890"
	wrap := func(err error) error { return &url.Error{Op: "Post", URL: canary, Err: err} }
	cases := []struct {
		err    error
		want   Error
		unsent bool
	}{
		{wrap(context.DeadlineExceeded), Error{Class: ClassTimeout}, false},
		{wrap(&net.OpError{Op: "read", Err: &timeout{}}), Error{Class: ClassTimeout}, false},
		{wrap(context.Canceled), Error{Class: ClassCanceled}, false},
		{wrap(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), Error{Class: ClassRefused}, true},
		{wrap(&net.OpError{Op: "read", Err: syscall.ECONNRESET}), Error{Class: ClassReset}, false},
		{wrap(io.EOF), Error{Class: ClassReset}, false},
		{wrap(io.ErrUnexpectedEOF), Error{Class: ClassReset}, false},
		{wrap(&net.DNSError{Err: "no such host", Name: canary, IsTimeout: true}), Error{Class: ClassDNS}, true},
		{wrap(x509.HostnameError{Host: canary, Certificate: &x509.Certificate{}}), Error{Class: ClassTLS}, true},
		{wrap(tls.RecordHeaderError{Msg: canary}), Error{Class: ClassTLS}, true},
		{fmt.Errorf("send: %w", answered{429}), Error{Class: ClassHTTP, Status: 429}, false},
		{errors.New(canary), Error{Class: ClassOther}, false},
		{fmt.Errorf("again: %w", HTTP(503)), Error{Class: ClassHTTP, Status: 503}, false},
	}
	for _, c := range cases {
		got := Provider(c.err)
		var e Error
		if !errors.As(got, &e) || e != c.want || e.Unsent() != c.unsent {
			t.Errorf("Provider(%T) = %#v, unsent %v; want %#v, %v", errors.Unwrap(c.err), got, e.Unsent(), c.want, c.unsent)
		}
		text := fmt.Sprintf("%v %+v %#v", got, got, got)
		if strings.Contains(text, "62812") || strings.Contains(text, "secret") || errors.Unwrap(got) != nil {
			t.Errorf("the original is still there: %s", text)
		}
	}
	if Provider(nil) != nil {
		t.Error("Provider(nil) is an error")
	}
}

type timeout struct{}

func (*timeout) Error() string { return "+6281234567890" }
func (*timeout) Timeout() bool { return true }

func TestProviderReadsRealNetworkErrors(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	release := make(chan struct{})
	mux.HandleFunc("/hang", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("/cut", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(release) })
	secure := httptest.NewTLSServer(mux)
	secure.Config.ErrorLog = nil
	t.Cleanup(secure.Close)
	closed := httptest.NewServer(mux)
	closed.Close()

	for address, row := range map[string]struct {
		want    string
		timeout time.Duration
	}{
		server.URL + "/hang": {ClassTimeout, 200 * time.Millisecond},
		server.URL + "/cut":  {ClassReset, time.Minute},
		secure.URL:           {ClassTLS, time.Minute},
		closed.URL:           {ClassRefused, time.Minute},
	} {
		client := &http.Client{Timeout: row.timeout, Transport: &http.Transport{DisableKeepAlives: true}}
		_, err := client.Get(address)
		var e Error
		if !errors.As(Provider(err), &e) || e.Class != row.want {
			t.Errorf("%s: %v, want %s", strings.TrimPrefix(address, server.URL), e, row.want)
		}
	}
}
