package console

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// These tests are what a stranger, or a careless script, tries on the console.

func TestOddAddressesAreNoPages(t *testing.T) {
	h := newHouse(t)
	h.writes("AAA111", "sms", "tolong", locked)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	for _, path := range []string{"/a/%00", "/a/%ff", "/cases/%00", "/cases/AAA111%0d%0aX-Odd:%20yes", "/cases/%C2%85", "/static/%2e", "/static/%2e%2e", "/static/..%2fconsole.go", "/static/index.html", "/static/none"} {
		budi.gets(path, "Accept-Language", "en").is(http.StatusNotFound).shows("There is no such page")
	}
	budi.gets("/static/console.css").is(http.StatusOK)
	if said := h.log.String(); said != "" {
		t.Errorf("odd addresses fill the log: %s", said)
	}
}

func TestControlCharactersAreNotPassedOn(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "telegram", "tolong", locked)
	budi := h.hires("budi", access.DutyOfficer, "en")
	budi.posts("/sign-in", url.Values{"login": {"bu\x00di\xff"}, "password": {"x"}}).is(http.StatusUnauthorized)
	budi.signsIn()
	budi.posts("/cases/AAA111/take", url.Values{}).is(http.StatusSeeOther)
	id := casefile.NewID(h.Now()).String()
	budi.posts("/cases/AAA111/reply", url.Values{"id": {id}, "text": {"Kami\x00 baca\x1b[31m\xff\r\nsemua"}}).is(http.StatusSeeOther)
	rina.hears("Kami baca[31m\nsemua", "queued")
}

func TestMarkupAndTurnedTextStayText(t *testing.T) {
	h := newHouse(t)
	const evil = `</p><script>alert(1)</script>"'{{.}}`
	turned := heard(casefile.Freedom, "locked", "\u202Edskp")
	h.writes("AAA111", "telegram", evil, turned)
	siti := h.hires("siti", access.Supervisor, "en")
	h.Tx(func(tx *store.Tx) error {
		return tx.AddStaff(t.Context(), store.Staff{ID: casefile.NewID(h.Now()), Login: "eve", Name: casefile.Hide("<b>Eve</b>"),
			Role: "auditor", Team: "main", Languages: []string{"id"}, Lang: "en", CreatedAt: h.Now()})
	})
	siti.signsIn()
	siti.posts("/cases/AAA111/note", url.Values{"note": {evil}}).is(http.StatusSeeOther)
	page := siti.gets("/cases/AAA111").is(http.StatusOK)
	if strings.Contains(page.body, "<script>alert") || strings.Count(page.body, "&lt;script&gt;alert(1)&lt;/script&gt;") != 2 {
		t.Error("what was written is not shown as text, once in the thread and once in the notes")
	}
	if n := strings.Count(page.body, "\u202E"); n == 0 || n != strings.Count(page.body, "<q dir=\"auto\">\u202E") {
		t.Errorf("a text that turns the line round is not kept apart from the words beside it, in %d places", n)
	}
}

func TestANewSignInEndsTheOldSessionOfTheBrowser(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	old := budi.http.Jar.Cookies(mustParse(t, h.server.URL))
	h.Forward(time.Minute)
	budi.signsIn().gets("/").is(http.StatusOK)
	for _, cookie := range old {
		if cookie.Name == sessionCookie {
			if _, err := h.door.Who(t.Context(), cookie.Value); err == nil {
				t.Error("the session of before still opens the console")
			}
		}
	}
}

func TestABrowserCannotBringItsOwnSession(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en")
	budi.http.Jar.SetCookies(mustParse(t, h.server.URL), []*http.Cookie{{Name: sessionCookie, Value: "chosen-by-eve", Path: "/"}})
	budi.signsIn().gets("/").is(http.StatusOK)
	if _, err := h.door.Who(t.Context(), "chosen-by-eve"); err == nil {
		t.Error("a session that somebody else chose became good by signing in")
	}
}

func TestAHouseholdOfAddressesIsOneSource(t *testing.T) {
	t.Parallel()
	c := &console{}
	for _, one := range []struct{ remote, forwarded, want string }{
		{"203.0.113.7:1", "", "203.0.113.7"},
		{"203.0.113.7:1", "198.51.100.1", "203.0.113.7"}, // a stranger's word on themselves
		{"127.0.0.1:1", "198.51.100.9, 203.0.113.7", "203.0.113.7"},
		{"127.0.0.1:1", "198.51.100.9\n203.0.113.7", "203.0.113.7"}, // the proxy adds a line of its own
		{"10.0.0.2:1", "nonsense", "10.0.0.2"},
		{"[2001:db8:1:2:3:4:5:6]:1", "", "2001:db8:1:2::/64"},
		{"127.0.0.1:1", "2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"},
	} {
		r := &http.Request{RemoteAddr: one.remote, Header: http.Header{}}
		if one.forwarded != "" {
			for line := range strings.SplitSeq(one.forwarded, "\n") {
				r.Header.Add("X-Forwarded-For", line)
			}
		}
		if got := c.from(r).Source; got != one.want {
			t.Errorf("%s by way of %q counts as %s, want %s", one.remote, one.forwarded, got, one.want)
		}
	}
}

func TestStreamsAreCountedForEachMemberOfStaff(t *testing.T) {
	h := newHouse(t)
	budi := h.hires("budi", access.DutyOfficer, "en").signsIn()
	siti := h.hires("siti", access.Supervisor, "en").signsIn()
	open := func(o *officer) *http.Response {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.server.URL+"/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := o.http.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = response.Body.Close() })
		return response
	}
	first := open(budi)
	for range mostStreams - 1 {
		if got := open(budi).StatusCode; got != http.StatusOK {
			t.Fatalf("a stream within the limit got %d", got)
		}
	}
	if got := open(budi).StatusCode; got != http.StatusTooManyRequests {
		t.Errorf("one stream too many got %d", got)
	}
	if got := open(siti).StatusCode; got != http.StatusOK {
		t.Errorf("a colleague's first stream got %d", got)
	}
	budi.gets("/").is(http.StatusOK) // the pages themselves go on
	_ = first.Body.Close()
	tick, deadline := time.NewTicker(10*time.Millisecond), time.After(20*time.Second)
	defer tick.Stop()
	for open(budi).StatusCode != http.StatusOK {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("a page was closed, and its stream still counts")
		}
	}
}

func TestAStreamThatIsClosedIsCountedNoMore(t *testing.T) {
	t.Parallel()
	s := streams{open: map[casefile.ID]int{}}
	me := casefile.NewID(time.Unix(1, 0))
	for range mostStreams {
		s.enter(me)
	}
	if s.enter(me) {
		t.Error("one too many was let in")
	}
	s.leave(me)
	if !s.enter(me) {
		t.Error("the place of a closed stream is not given away")
	}
	for range mostStreams {
		s.leave(me)
	}
	if len(s.open) != 0 {
		t.Error("somebody without streams is remembered")
	}
}

func TestABrowserThatDoesNotReadLosesItsStream(t *testing.T) {
	t.Parallel()
	over := make(chan struct{})
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		defer close(over)
		stream := http.NewResponseController(w)
		_ = stream.SetWriteDeadline(time.Time{})
		for say(w, stream, strings.Repeat("x", 1<<20), ".", 50*time.Millisecond) {
		}
	})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	deaf, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = deaf.Close() }()
	if _, err := deaf.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	select {
	case <-over:
	case <-time.After(20 * time.Second):
		t.Error("whoever does not read holds the stream for ever")
	}
}
