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

// events is a stream that says "changed" whenever the queue, or the case, would
// look different. It carries nothing else. It ends with the session, and reading it
// does not keep the session alive.
func (c *console) events(v *visit) error {
	if !c.streams.enter(v.staff.ID) {
		return errManyStreams
	}
	defer c.streams.leave(v.staff.ID)
	ref := v.r.PathValue("ref")
	mark := func() (string, error) {
		if ref == "" {
			mark, err := c.Cases.QueueMark(v.ctx(), v.staff.Staff)
			return short(mark), err
		}
		mark, err := c.Cases.Mark(v.ctx(), v.staff.Staff, ref)
		return short(mark), err
	}
	now, err := mark()
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
	if !say(v.w, stream, "ready", tellWithin) || (seen != "" && seen != now && !say(v.w, stream, "changed", tellWithin)) {
		return nil
	}
	c.watch(v, stream, told, now, mark)
	return nil
}

func (c *console) watch(v *visit, stream *http.ResponseController, told <-chan struct{}, seen string, mark func() (string, error)) {
	look, tick := time.NewTicker(lookEvery), time.NewTicker(tickEvery)
	defer look.Stop()
	defer tick.Stop()
	for {
		due := false
		select {
		case <-v.ctx().Done():
			return
		case <-told:
		case <-look.C:
		case <-tick.C:
			due = true
		}
		if _, err := c.SignIn.Still(v.ctx(), c.cookie(v.r, sessionCookie)); err != nil {
			say(v.w, stream, "ended", tellWithin)
			return
		}
		now, err := mark()
		if err != nil {
			return // the browser connects again, and is told what is wrong then
		}
		if (now != seen || due) && !say(v.w, stream, "changed", tellWithin) {
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
func say(w http.ResponseWriter, stream *http.ResponseController, event string, within time.Duration) bool {
	late := time.AfterFunc(within, func() { _ = stream.SetWriteDeadline(time.Unix(1, 0)) })
	_, err := fmt.Fprintf(w, "event: %s\ndata: .\n\n", event)
	if err == nil {
		err = stream.Flush()
	}
	return late.Stop() && err == nil
}
