package console

import (
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/pquerna/otp/totp"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/devstack"
	"pulang/internal/devstack/testbed"
	"pulang/internal/devstack/testbed/judged"
	"pulang/internal/escalation"
	"pulang/internal/retention"
	"pulang/internal/signin"
	"pulang/internal/store"
	"pulang/locales"
)

var stack *devstack.Stack

func TestMain(m *testing.M) { os.Exit(testbed.Main(m, &stack)) }

// house is the console on a testbed, reached over loopback.
type house struct {
	*testbed.Bed
	desk   *cases.Desk
	door   *signin.SignIn
	server *httptest.Server
	log    *strings.Builder
	mu     sync.Mutex
	tell   map[int]func()
	codes  int
}

// newHouse opens the console; change may change its options.
func newHouse(t *testing.T, change ...func(*Options)) *house {
	t.Parallel()
	book, err := locales.Open()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{Bed: testbed.Open(t, stack, testbed.Options{}), log: &strings.Builder{}, tell: map[int]func(){}}
	h.desk = cases.New(cases.Options{Store: h.Store, Escalation: &escalation.Escalation{Store: h.Store}, Book: book, Now: h.Now,
		OneSegment: func(c casefile.ChannelName) bool { return c == "sms" }, Changed: h.changed, Phone: numberOf})
	h.door = signin.New(signin.Options{Store: h.Store, Now: h.Now, PublicURL: "https://line.example"})
	options := Options{Cases: h.desk, SignIn: h.door, Book: book, Now: h.Now, PublicURL: "http://127.0.0.1",
		Log: slog.New(slog.NewTextHandler(h.log, nil)), Changed: h.watch}
	options.Forget = retention.New(retention.Options{Store: h.Store, Now: h.Now, Log: options.Log})
	for _, c := range change {
		c(&options)
	}
	handler, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	h.server = httptest.NewServer(handler)
	t.Cleanup(h.server.Close)
	return h
}

func (h *house) changed() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, tell := range h.tell {
		tell()
	}
}

func (h *house) watch(tell func()) (cancel func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	id := len(h.tell)
	h.tell[id] = tell
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.tell, id)
	}
}

// numberOf takes numbers that begin with a plus.
func numberOf(typed string) (casefile.Private, bool) {
	typed = strings.ReplaceAll(typed, " ", "")
	return casefile.Hide(typed), strings.HasPrefix(typed, "+62")
}

// officer is a member of staff with a browser of their own.
type officer struct {
	*house
	id    casefile.ID
	role  access.Role
	enrol signin.Enrolment
	login string
	http  *http.Client
}

// hires adds a member of staff, who has not signed in.
func (h *house) hires(login string, role access.Role, lang casefile.Lang) *officer {
	h.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.Fatal(err)
	}
	member := h.Member(login, role, func(s *store.Staff) {
		s.Name, s.Lang = casefile.Hide(strings.ToUpper(login[:1])+login[1:]), lang
	})
	o := &officer{house: h, id: member.ID, role: role, login: login}
	o.http = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	h.Tx(func(tx *store.Tx) error {
		if _, err := tx.SetDuty(h.Context(), o.id, true, h.Now()); err != nil {
			return err
		}
		o.enrol, err = signin.Enrol(h.Context(), tx, o.id, casefile.System("command"), h.Now())
		return err
	})
	return o
}

// signsIn goes through both pages of the door as a browser does.
func (o *officer) signsIn() *officer {
	o.Helper()
	page := o.posts("/sign-in", url.Values{"login": {o.login}, "password": {o.enrol.Password}, "next": {"/"}}).is(http.StatusOK)
	o.posts("/sign-in/code", url.Values{"proof": {page.field("proof")}, "code": {totpAt(o.T, o)}, "next": {"/"}}).is(http.StatusSeeOther)
	return o
}

// totpAt is the code on the officer's phone.
func totpAt(t *testing.T, o *officer) string {
	t.Helper()
	code, err := totp.GenerateCode(o.enrol.Secret, o.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// answer is a page that came back.
type answer struct {
	*testing.T
	what   string
	status int
	header http.Header
	body   string
}

func (o *officer) does(method, path string, form url.Values, headers ...string) *answer {
	o.Helper()
	request, err := http.NewRequestWithContext(o.Context(), method, o.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		o.Fatal(err)
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := o.http.Do(request)
	if err != nil {
		o.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		o.Fatal(err)
	}
	return &answer{o.T, method + " " + path, response.StatusCode, response.Header, string(body)}
}

func (o *officer) gets(path string, headers ...string) *answer {
	o.Helper()
	return o.does(http.MethodGet, path, nil, headers...)
}

func (o *officer) posts(path string, form url.Values, headers ...string) *answer {
	o.Helper()
	return o.does(http.MethodPost, path, form, headers...)
}

func (a *answer) is(status int) *answer {
	a.Helper()
	if a.status != status {
		a.Fatalf("%s: status %d, want %d\n%s", a.what, a.status, status, text(a.body))
	}
	return a
}

func (a *answer) shows(parts ...string) *answer {
	a.Helper()
	for _, part := range parts {
		if !strings.Contains(text(a.body), part) {
			a.Errorf("%s does not show %q:\n%s", a.what, part, text(a.body))
		}
	}
	return a
}

func (a *answer) hides(parts ...string) *answer {
	a.Helper()
	for _, part := range parts {
		if strings.Contains(a.body, part) || strings.Contains(text(a.body), part) {
			a.Errorf("%s shows %q", a.what, part)
		}
	}
	return a
}

var inputs = regexp.MustCompile(`<input[^>]*>`)

// field is the value of the first input of a name.
func (a *answer) field(name string) string {
	a.Helper()
	for _, input := range inputs.FindAllString(a.body, -1) {
		if strings.Contains(input, `name="`+name+`"`) {
			_, value, _ := strings.Cut(input, `value="`)
			value, _, _ = strings.Cut(value, `"`)
			return value
		}
	}
	a.Fatalf("%s has no field %q", a.what, name)
	return ""
}

var tags = regexp.MustCompile(`(?s)<svg.*?</svg>|<[^>]*>`)
var spaces = regexp.MustCompile(`\s+`)

// text is a page without its markup.
func text(body string) string {
	return spaces.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString(body, " ")), " ")
}

// person is somebody who wrote, with a case.
type person struct {
	*house
	*testbed.Person
	number string
}

func answered(key casefile.Key, value string) casefile.Fact {
	return casefile.Fact{Key: key, Value: casefile.Hide(value), How: casefile.Answered}
}

func heard(key casefile.Key, value, phrase string) casefile.Fact {
	return casefile.Fact{Key: key, Value: casefile.Hide(value), How: casefile.Heard, Phrase: casefile.Hide(phrase)}
}

// writes makes a person write for the first time.
func (h *house) writes(ref string, channel casefile.ChannelName, words string, facts ...casefile.Fact) *person {
	h.Helper()
	number := "+62811" + fmt.Sprintf("%07d", len(ref)*1000+int(ref[0]))
	p := &person{h, h.Person(ref, casefile.Address{Channel: channel, ID: casefile.Hide(number)}), number}
	p.File = judged.By(h.desk.Escalation)
	p.Says(words, facts...)
	return p
}

// hears queues a text of the line, in a state of delivery.
func (p *person) hears(words, state string) {
	p.Helper()
	p.Tx(func(tx *store.Tx) error {
		lane, err := tx.Conversation(p.Context(), p.Lane)
		if err != nil {
			return err
		}
		return tx.Queue(p.Context(), store.Letter{ID: casefile.NewID(p.Now()), Conversation: p.Lane, Channel: p.Address.Channel, Purpose: casefile.ForAnswer,
			Priority: store.InItsTurn, State: state, Body: casefile.Hide(words), QueuedAt: p.Now()}, lane.Key)
	})
}
