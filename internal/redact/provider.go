package redact

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

// The classes of a provider's error. Closed set; HTTP answers are ClassHTTP
// with the status beside it.
const (
	ClassTimeout  = "timeout"
	ClassCanceled = "canceled"
	ClassRefused  = "connection refused"
	ClassReset    = "connection reset"
	ClassTLS      = "tls"
	ClassDNS      = "dns"
	ClassHTTP     = "http status"
	ClassOther    = "other"
)

// Error is a provider's error in our words. It holds nothing of the original,
// neither its text nor the error itself.
type Error struct {
	Class  string // one of the Class constants
	Status int    // the HTTP status when Class is ClassHTTP, else 0
}

// Error gives the class, and the status where there is one.
func (e Error) Error() string {
	if e.Class == ClassHTTP {
		return fmt.Sprintf("provider: http status %d", e.Status)
	}
	return "provider: " + e.Class
}

// Unsent says that the provider certainly never received the request, so that
// sending it again cannot say something twice. A timeout, a reset or an
// unknown error leaves the outcome open and is false.
func (e Error) Unsent() bool {
	return e.Class == ClassRefused || e.Class == ClassDNS || e.Class == ClassTLS
}

// HTTP is the error for an answer with this status, for adapters whose client
// gives the status as a field.
func HTTP(status int) Error { return Error{Class: ClassHTTP, Status: status} }

// Provider turns an error of a provider, its client or the network into an
// Error. Every adapter passes its errors through here, once, and drops the
// original. It returns nil for nil.
func Provider(err error) error {
	if err == nil {
		return nil
	}
	var ours Error
	if errors.As(err, &ours) {
		return ours
	}
	var answer interface{ StatusCode() int }
	if errors.As(err, &answer) {
		return HTTP(answer.StatusCode())
	}
	return Error{Class: classOf(err)}
}

// classOf asks the most telling question first: a look-up that timed out is
// dns, a handshake on a refused connection is refused.
func classOf(err error) string {
	var dns *net.DNSError
	var network net.Error
	switch {
	case errors.As(err, &dns):
		return ClassDNS
	case errors.Is(err, syscall.ECONNREFUSED):
		return ClassRefused
	case isTLS(err):
		return ClassTLS
	case errors.Is(err, context.Canceled):
		return ClassCanceled
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &network) && network.Timeout():
		return ClassTimeout
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return ClassReset
	}
	return ClassOther
}

// isTLS says that the two sides did not come to trust each other. An alert is
// left out: the other side can send one after it has read the request.
func isTLS(err error) bool {
	var (
		record   tls.RecordHeaderError
		verify   *tls.CertificateVerificationError
		unknown  x509.UnknownAuthorityError
		hostname x509.HostnameError
		invalid  x509.CertificateInvalidError
	)
	return errors.As(err, &record) || errors.As(err, &verify) || errors.As(err, &unknown) ||
		errors.As(err, &hostname) || errors.As(err, &invalid)
}
