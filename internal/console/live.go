package console

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/cases"
)

// How a waiting page is told: at once when this process changed something, and by
// looking when another one may have.
const (
	lookEvery = 4 * time.Second
	tickEvery = 30 * time.Second // waiting times grow, and proxies close quiet streams
	// tellWithin is how long a browser may leave a word unread before its stream ends.
	tellWithin = 10 * time.Second
	// mostStreams is how many a member of staff may have open; each looks at the
	// database. It is more tabs than anybody reads.
	mostStreams = 24
)

// errManyStreams says that somebody has too many pages open.
var errManyStreams = errors.New("too many open pages")

// streams counts the open streams of each member of staff.
type streams struct {
	mu   sync.Mutex
	open map[casefile.ID]int
}

// enter counts one more; false when it would be too many. leave ends it.
func (s *streams) enter(who casefile.ID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[who] >= mostStreams {
		return false
	}
	s.open[who]++
	return true
}

func (s *streams) leave(who casefile.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[who]--; s.open[who] == 0 {
		delete(s.open, who)
	}
}

// glance is what a stream saw when it last looked.
type glance struct {
	mark string // of the queue, or of the case
	bell cases.Bell
}

// rings is the bell as a stream carries it: how many alerts wait, and since when the
// newest does.
func (g glance) rings() string {
	if g.bell.Waiting == 0 {
		return "0"
	}
	return fmt.Sprintf("%d %d", g.bell.Waiting, g.bell.Newest.UnixMilli())
}

// events is a stream that says "changed" whenever the queue, or the case, would
// look different. With every word it carries how many alerts wait for somebody who may
// acknowledge them, and nothing else. It ends with the session, and reading it does not
// keep the session alive.
func (c *console) events(v *visit) error {
	if !c.streams.enter(v.staff.ID) {
		return errManyStreams
	}
	defer c.streams.leave(v.staff.ID)
	now, err := c.look(v, cases.Bell{})
	if err != nil {
		return err
	}
	told := make(chan struct{}, 1)
	if c.Changed != nil {
		defer c.Changed(func() {
			select {
			case told <- struct{}{}:
			default: // it is going to look anyway
			}
		})()
	}
	if v.r.Method == http.MethodHead { // a stream without a body would hold the connection and say nothing
		v.w.Header().Set("Content-Type", "text/event-stream")
		return nil
	}
	stream := http.NewResponseController(v.w)
	_ = stream.SetWriteDeadline(time.Time{}) // the server's limit is for pages
	_ = stream.SetReadDeadline(time.Time{})
	v.w.Header().Set("Content-Type", "text/event-stream")
	v.w.Header().Set("X-Accel-Buffering", "no")
	// What changed between the making of the page and this moment is told at once.
	seen := v.r.URL.Query().Get("mark")
	if !say(v.w, stream, "ready", now.rings(), tellWithin) ||
		(seen != "" && seen != now.mark && !say(v.w, stream, "changed", now.rings(), tellWithin)) {
		return nil
	}
	c.watch(v, stream, told, now)
	return nil
}

// look reads what the page of a stream would show. last is the bell it knows.
func (c *console) look(v *visit, last cases.Bell) (now glance, err error) {
	if ref := v.r.PathValue("ref"); ref == "" {
		asked, _ := queryOf(v.r.URL.Query())
		now.mark, err = c.Cases.ListMark(v.ctx(), v.staff.Staff, askOf(asked))
	} else {
		now.mark, err = c.Cases.Mark(v.ctx(), v.staff.Staff, ref)
	}
	if err != nil {
		return now, err
	}
	now.mark = short(now.mark)
	now.bell, err = c.Cases.Bell(v.ctx(), v.staff.Staff, last)
	return now, err
}

func (c *console) watch(v *visit, stream *http.ResponseController, told <-chan struct{}, seen glance) {
	look, tick := time.NewTicker(lookEvery), time.NewTicker(tickEvery)
	defer look.Stop()
	defer tick.Stop()
	for {
		due, last := false, seen.bell
		select {
		case <-v.ctx().Done():
			return
		case <-told:
		case <-look.C:
		case <-tick.C:
			due, last = true, cases.Bell{} // roles and walls change without an alert
		}
		if _, err := c.SignIn.Still(v.ctx(), c.cookie(v.r, sessionCookie)); err != nil {
			say(v.w, stream, "ended", "0", tellWithin)
			return
		}
		now, err := c.look(v, last)
		if err != nil {
			return // the browser connects again, and is told what is wrong then
		}
		word := ""
		switch {
		case now.mark != seen.mark || due:
			word = "changed"
		case now.rings() != seen.rings():
			word = "bell"
		}
		if word != "" && !say(v.w, stream, word, now.rings(), tellWithin) {
			return
		}
		seen = now
	}
}

// short is a mark as a page carries it.
func short(mark string) string {
	sum := sha256.Sum256([]byte(mark))
	return hex.EncodeToString(sum[:8])
}

// say tells one word, and reports whether the stream goes on. The timer cuts off a
// browser that does not read: nothing else would end that stream, not even a stop.
func say(w http.ResponseWriter, stream *http.ResponseController, event, data string, within time.Duration) bool {
	late := time.AfterFunc(within, func() { _ = stream.SetWriteDeadline(time.Unix(1, 0)) })
	_, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, data)
	if err == nil {
		err = stream.Flush()
	}
	return late.Stop() && err == nil
}
