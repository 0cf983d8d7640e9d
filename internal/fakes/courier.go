package fakes

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Delivery is one webhook and how it was answered.
type Delivery struct {
	Name     string // what was delivered: "update 12", "message SM...", "status sent SM..."
	Statuses []int  // every answer in order, repeats included; 0: no answer at all
	Settled  bool   // no further attempt will be made
}

// errWithdrawn means that a delivery is to be made no more, or otherwise.
var errWithdrawn = errors.New("withdrawn")

// parcel is a webhook on its way.
type parcel struct {
	lane    string // parcels of a lane go one after the other
	request func() (*http.Request, error)
	took    func(answer *http.Response, body []byte) // sees each 2xx; may be nil
	back    func()                                   // it was withdrawn; may be nil
	record  *Delivery
}

// courier delivers webhooks: lanes side by side, each lane in order.
type courier struct {
	parallel int           // lanes at a time
	attempts int           // tries of one parcel; 0: until it is taken
	every    time.Duration // between two tries
	changed  *bell
	client   *http.Client
	ctx      context.Context
	cancel   context.CancelFunc
	wait     sync.WaitGroup

	mu            sync.Mutex
	lanes         map[string][]*parcel // a lane is here while it has parcels
	ready         []string             // lanes nobody works on
	active        int
	holding       bool
	held          []*parcel
	before, after bool
	records       []*Delivery
	open          int // records not settled, and what is expected
}

// newCourier delivers to anybody.
func newCourier(parallel, attempts int, every time.Duration, changed *bell) *courier {
	c := &courier{parallel: max(1, parallel), attempts: attempts, every: every, changed: changed, lanes: map[string][]*parcel{},
		client: &http.Client{Timeout: 60 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: max(2, parallel)},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c
}

// Redeliver makes each webhook arrive twice: with before, the second one is
// sent beside the first, while that is still unanswered; with after, once
// more when the first has been taken.
func (c *courier) Redeliver(before, after bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.before, c.after = before, after
}

// Hold keeps webhooks back from now on.
func (c *courier) Hold() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.holding = true
}

// Release delivers what was held, in the order that reorder makes of it in
// place (slices.Reverse, say); nil keeps the order.
func (c *courier) Release(reorder func([]Delivery)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.holding = false
	byName := map[string]*parcel{}
	order := make([]Delivery, 0, len(c.held))
	for _, p := range c.held {
		byName[p.record.Name] = p
		order = append(order, *p.record)
	}
	if reorder != nil {
		reorder(order)
	}
	c.held = nil
	for _, d := range order {
		p := byName[d.Name]
		if reorder != nil {
			p.lane = "released" // one after the other, in the order asked for
		}
		c.enqueue(p)
	}
}

// Deliveries are all webhooks so far, oldest first.
func (c *courier) Deliveries() []Delivery {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]Delivery, len(c.records))
	for i, r := range c.records {
		all[i] = *r
		all[i].Statuses = append([]int(nil), r.Statuses...)
	}
	return all
}

// expect announces n webhooks more, or fewer, so that nothing counts as settled
// between an answer and the webhooks that follow it.
func (c *courier) expect(n int) {
	c.mu.Lock()
	c.open += n
	c.mu.Unlock()
	c.changed.ring()
}

// idle says that every webhook is settled.
func (c *courier) idle() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open == 0
}

// unsettled names what is still on its way.
func (c *courier) unsettled() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var names []string
	for _, r := range c.records {
		if !r.Settled {
			names = append(names, r.Name)
		}
	}
	return names
}

// add takes a parcel in.
func (c *courier) add(name string, p *parcel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p.record = &Delivery{Name: name}
	c.records = append(c.records, p.record)
	c.open++
	if c.holding {
		c.held = append(c.held, p)
		return
	}
	c.enqueue(p)
}

// enqueue puts a parcel into its lane. The caller holds the lock.
func (c *courier) enqueue(p *parcel) {
	if len(c.lanes[p.lane]) == 0 {
		c.ready = append(c.ready, p.lane)
	}
	c.lanes[p.lane] = append(c.lanes[p.lane], p)
	c.pump()
}

// pump sends out as many lanes as may go. The caller holds the lock.
func (c *courier) pump() {
	for c.active < c.parallel && len(c.ready) > 0 && c.ctx.Err() == nil {
		lane := c.ready[0]
		c.ready = c.ready[1:]
		p := c.lanes[lane][0]
		c.active++
		c.wait.Go(func() {
			c.deliver(p)
			c.mu.Lock()
			defer c.mu.Unlock()
			c.active--
			if c.lanes[lane] = c.lanes[lane][1:]; len(c.lanes[lane]) > 0 {
				c.ready = append(c.ready, lane)
			} else {
				delete(c.lanes, lane)
			}
			c.pump()
		})
	}
}

// deliver tries until the parcel is taken, withdrawn or given up.
func (c *courier) deliver(p *parcel) {
	for try := 1; ; try++ {
		taken, err := c.hand(p)
		if errors.Is(err, errWithdrawn) {
			if p.back != nil {
				p.back()
			}
			c.settle(p)
			return
		}
		if taken || (c.attempts > 0 && try >= c.attempts) {
			c.settle(p)
			return
		}
		select {
		case <-time.After(c.every):
		case <-c.ctx.Done():
			return
		}
	}
}

// hand makes one try, with the repeats that are asked for.
func (c *courier) hand(p *parcel) (taken bool, err error) {
	c.mu.Lock()
	before, after := c.before, c.after
	c.mu.Unlock()
	var twin sync.WaitGroup
	if before {
		twin.Go(func() { _, _ = c.post(p) })
	}
	taken, err = c.post(p)
	twin.Wait()
	if taken && after {
		_, _ = c.post(p)
	}
	return taken, err
}

// post sends it once and keeps the answer.
func (c *courier) post(p *parcel) (taken bool, err error) {
	req, err := p.request()
	if err != nil {
		return false, err
	}
	status := 0
	resp, err := c.client.Do(req.WithContext(c.ctx))
	var body []byte
	if err == nil {
		body, _ = io.ReadAll(io.LimitReader(resp.Body, 1<<20))
		_ = resp.Body.Close()
		status = resp.StatusCode
	}
	c.mu.Lock()
	p.record.Statuses = append(p.record.Statuses, status)
	c.mu.Unlock()
	taken = status/100 == 2
	if taken && p.took != nil {
		p.took(resp, body)
	}
	c.changed.ring()
	return taken, nil
}

// settle marks the parcel as done with.
func (c *courier) settle(p *parcel) {
	c.mu.Lock()
	p.record.Settled = true
	c.open--
	c.mu.Unlock()
	c.changed.ring()
}

// close stops delivering; what is on its way stays unsettled.
func (c *courier) close() {
	c.mu.Lock()
	c.cancel() // under the lock: pump starts nothing after it
	c.mu.Unlock()
	c.wait.Wait()
	c.client.CloseIdleConnections()
}

// notSettled is the error of Settled, which names what it waited for.
func notSettled(err error, names []string) error {
	return fmt.Errorf("fakes: %d webhooks are not settled (%s): %w", len(names), strings.Join(names[:min(len(names), 5)], ", "), err)
}

// reach is where a public URL is really posted to: the same path at target,
// or the URL itself when target is empty.
func reach(public, target string) (string, error) {
	u, err := url.Parse(public)
	if err != nil || target == "" {
		return public, err
	}
	t, err := url.Parse(target)
	if err != nil {
		return "", err
	}
	u.Scheme, u.Host = t.Scheme, t.Host
	return u.String(), nil
}

// postTo builds a POST.
func postTo(address, contentType string, body []byte) (*http.Request, error) {
	req, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", contentType)
	return req, nil
}
