package fakes

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Fault is what goes wrong with an API call. Of Status, ResetBeforeAccepting
// and ResetAfterAccepting give at most one; with none, the call succeeds late.
type Fault struct {
	// Method and Recipient limit the fault to some calls; empty: any. They
	// are those of Call.
	Method, Recipient string
	// Status is answered instead of doing the work.
	Status int
	// RetryAfter in seconds goes with Status, in the header and, for
	// Telegram, in the body. 0: absent.
	RetryAfter int
	// Body replaces the error body, for instance by a proxy's HTML.
	Body string
	// Hang is the time before the answer, and Release ends it early. A
	// caller who goes away while it hangs has not been served, except with
	// ResetAfterAccepting.
	Hang    time.Duration
	Release <-chan struct{}
	// ResetBeforeAccepting cuts the connection and does nothing.
	ResetBeforeAccepting bool
	// ResetAfterAccepting does the work, hangs if it should, and then cuts
	// the connection: the caller cannot know the outcome.
	ResetAfterAccepting bool
}

// armed is a fault that is still to happen some times; less than 0: always.
type armed struct {
	left  int
	fault Fault
}

// answer is what an API says.
type answer struct {
	status     int
	retryAfter int
	body       []byte
	html       bool
	location   string // where it leads on
	then       func() // runs when the answer has been written; may be nil
}

// desk is where calls arrive, for both APIs: it keeps the record, and lets
// faults happen.
type desk struct {
	mu         sync.Mutex
	calls      []*Call
	violations []string
	faults     []*armed
	closing    chan struct{} // closed when the fake closes, so that nothing hangs on
	closed     sync.Once
	changed    *bell
}

// Fail makes the next n matching API calls go wrong; n below 0 means all of
// them until Heal. Faults are used up in the order they were given.
func (d *desk) Fail(n int, f Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = append(d.faults, &armed{left: n, fault: f})
}

// Heal takes back every fault that has not happened.
func (d *desk) Heal() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = nil
}

// Calls are all requests so far, in the order they arrived.
func (d *desk) Calls() []Call {
	d.mu.Lock()
	defer d.mu.Unlock()
	calls := make([]Call, len(d.calls))
	for i, c := range d.calls {
		calls[i] = *c
		calls[i].Fields = maps.Clone(c.Fields)
	}
	return calls
}

// WaitCalls returns when the calls are as wanted, or with the cause when ctx
// ends. A call counts from its arrival, also while it hangs.
func (d *desk) WaitCalls(ctx context.Context, wanted func([]Call) bool) error {
	return d.changed.wait(ctx, func() bool { return wanted(d.Calls()) })
}

// Violations are the rules of the real API that were broken, in our words and
// without what people wrote. A test ends by asserting that there are none.
func (d *desk) Violations() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.violations...)
}

// violate remembers a broken rule.
func (d *desk) violate(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.violations = append(d.violations, fmt.Sprintf(format, args...))
}

// close lets go of whoever hangs.
func (d *desk) close() { d.closed.Do(func() { close(d.closing) }) }

// serve records the call and answers it with what work returns, or with the
// fault that is due; failure words a fault as this API does.
func (d *desk) serve(w http.ResponseWriter, r *http.Request, call Call, work func() answer, failure func(Fault) answer) {
	kept, fault := d.note(call)
	d.changed.ring()
	defer d.changed.ring()
	switch {
	case fault == nil:
		d.write(w, kept, work())
	case fault.ResetAfterAccepting:
		a := work()
		d.hang(r, *fault)
		cut(w)
		if a.then != nil {
			a.then()
		}
	case !d.hang(r, *fault):
	case fault.ResetBeforeAccepting:
		cut(w)
	case fault.Status != 0:
		d.write(w, kept, failure(*fault))
	default:
		d.write(w, kept, work())
	}
}

// note keeps the call and takes the first fault that matches it.
func (d *desk) note(call Call) (*Call, *Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls = append(d.calls, &call)
	for i, a := range d.faults {
		f := a.fault
		if (f.Method != "" && f.Method != call.Method) || (f.Recipient != "" && f.Recipient != call.Recipient) {
			continue
		}
		if a.left--; a.left == 0 {
			d.faults = append(d.faults[:i:i], d.faults[i+1:]...)
		}
		return &call, &f
	}
	return &call, nil
}

// hang waits as the fault says; false: the caller has gone or the fake closes.
func (d *desk) hang(r *http.Request, f Fault) bool {
	if f.Hang == 0 && f.Release == nil {
		return true
	}
	var over <-chan time.Time
	if f.Hang > 0 {
		over = time.After(f.Hang)
	}
	select {
	case <-over:
	case <-f.Release:
	case <-r.Context().Done():
		return false
	case <-d.closing:
		return false
	}
	return true
}

// write sends the answer and keeps its status.
func (d *desk) write(w http.ResponseWriter, call *Call, a answer) {
	d.mu.Lock()
	call.Status = a.status
	d.mu.Unlock()
	kind := "application/json"
	if a.html {
		kind = "text/html; charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	if a.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(a.retryAfter))
	}
	if a.location != "" {
		w.Header().Set("Location", a.location)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
	if a.then != nil {
		_ = http.NewResponseController(w).Flush()
		a.then()
	}
}

// cut resets the connection as a failing network does.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
