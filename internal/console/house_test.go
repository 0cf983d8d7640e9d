package console

import (
	"context"
	"encoding/json"
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
	"time"

	"github.com/pquerna/otp/totp"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/devstack"
	"pulang/internal/escalation"
	"pulang/internal/seal"
	"pulang/internal/signin"
	"pulang/internal/store"
	"pulang/locales"
)

var stack *devstack.Stack

func TestMain(m *testing.M) {
	version, err := devstack.VersionOf(store.Migrations)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(devstack.Main(m, devstack.Options{Migrate: store.Migrate, Version: version},
		func(s *devstack.Stack) { stack = s }))
}

// house is the console on a database of its own, reached over loopback.
type house struct {
	*testing.T
	store  *store.Store
	url    string // of the database
	desk   *cases.Desk
	door   *signin.SignIn
	server *httptest.Server
	log    *strings.Builder
	mu     sync.Mutex
	at     time.Time
	tell   map[int]func()
	codes  int
}

// newHouse opens the console; change may change its options.
func newHouse(t *testing.T, change ...func(*Options)) *house {
	t.Parallel()
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	at := stack.Database(t)
	db, err := store.Open(store.Options{URL: at, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	book, err := locales.Open()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{T: t, store: db, url: at, log: &strings.Builder{}, at: time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC), tell: map[int]func(){}}
	h.desk = cases.New(cases.Options{Store: db, Escalation: &escalation.Escalation{Store: db}, Book: book, Now: h.now,
		OneSegment: func(c casefile.ChannelName) bool { return c == "sms" }, Changed: h.changed})
	h.door = signin.New(signin.Options{Store: db, Now: h.now, PublicURL: "https://line.example"})
	options := Options{Cases: h.desk, SignIn: h.door, Book: book, Now: h.now, PublicURL: "http://127.0.0.1",
		Log: slog.New(slog.NewTextHandler(h.log, nil)), Changed: h.watch}
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

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *house) forward(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
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

func (h *house) tx(work func(*store.Tx) error) {
	h.Helper()
	if err := h.store.InTx(h.Context(), work); err != nil {
		h.Fatal(err)
	}
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
	o := &officer{house: h, id: casefile.NewID(h.now()), role: role, login: login}
	o.http = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	h.tx(func(tx *store.Tx) error {
		err := tx.AddStaff(h.Context(), store.Staff{ID: o.id, Login: login, Name: casefile.Hide(strings.ToUpper(login[:1]) + login[1:]),
			Role: string(role), Team: "main", Languages: []string{"id"}, Lang: lang, CreatedAt: h.now()})
		if err != nil {
			return err
		}
		if _, err := tx.SetDuty(h.Context(), o.id, true, h.now()); err != nil {
			return err
		}
		o.enrol, err = signin.Enrol(h.Context(), tx, o.id, casefile.System("command"), h.now())
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
	code, err := totp.GenerateCode(o.enrol.Secret, o.now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func keysOf(lane store.Conversation) map[casefile.ID]seal.Key {
	return map[casefile.ID]seal.Key{lane.ID: lane.Key}
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
	ref     string
	lane    casefile.ID
	number  string
	channel casefile.ChannelName
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
	p := &person{house: h, ref: ref, number: "+62811" + fmt.Sprintf("%07d", len(ref)*1000+int(ref[0])), channel: channel}
	address := casefile.Address{Channel: channel, ID: casefile.Hide(p.number)}
	h.tx(func(tx *store.Tx) error {
		if err := tx.StartConversation(h.Context(), address, "id", "", h.now()); err != nil {
			return err
		}
		found, err := tx.FindConversations(h.Context(), []casefile.Address{address})
		if err == nil {
			p.lane = found[0].ID
		}
		return err
	})
	p.says(words, facts...)
	return p
}

// says takes one turn as the line does, with an answer of the line.
func (p *person) says(words string, facts ...casefile.Fact) {
	p.Helper()
	p.tx(func(tx *store.Tx) error {
		lane, err := tx.LockLane(p.Context(), p.lane)
		if err != nil {
			return err
		}
		message := store.Message{ID: casefile.NewID(p.now()), Channel: p.channel, ProviderID: casefile.NewID(p.now()).String(),
			Conversation: p.lane, Kind: casefile.KindText, State: store.Waiting, Text: casefile.Hide(words), ReceivedAt: p.now()}
		if _, err := tx.StoreMessages(p.Context(), []store.Message{message}, map[casefile.ID]seal.Key{p.lane: lane.Key}); err != nil {
			return err
		}
		return p.turn(p.Context(), tx, lane, message, facts)
	})
}

func (p *person) turn(ctx context.Context, tx *store.Tx, lane store.Conversation, message store.Message, facts casefile.Facts) error {
	s := lane.Session
	s.Turn, s.Stage, s.Lang, s.Flow, s.LastIn = lane.Turn+1, casefile.StageAsking, "id", casefile.FlowVictim, p.now()
	if err := tx.Turn(ctx, p.lane, s.Turn, p.now(), ""); err != nil {
		return err
	}
	if err := tx.TakeMessages(ctx, s.Turn, []casefile.ID{message.ID}); err != nil {
		return err
	}
	before := s.Facts
	for i, f := range facts {
		f.At, f.From = p.now(), message.ID
		if f.Is(casefile.DeviceWatched, "nobody") {
			s.Nobody = p.now()
		}
		if err := tx.LearnFact(ctx, lane, s.Turn, len(before)+i, f); err != nil {
			return err
		}
		s.Facts = append(s.Facts, f)
	}
	if err := p.files(ctx, tx, lane, s, before); err != nil {
		return err
	}
	return tx.Checkpoint(ctx, lane, s)
}

// files judges and keeps the case.
func (p *person) files(ctx context.Context, tx *store.Tx, lane store.Conversation, s casefile.Session, before casefile.Facts) error {
	files, err := tx.CasesOf(ctx, []store.Conversation{lane})
	if err != nil {
		return err
	}
	file := files[p.lane]
	about := escalation.About{Reporter: casefile.Victim, Flow: s.Flow, Stands: file.Urgency, LoweredTo: file.LoweredTo, LoweredAt: file.LoweredAt}
	was, is := escalation.Assess(before, about), escalation.Assess(s.Facts, about)
	if file.Assessment, err = json.Marshal(is); err != nil {
		return err
	}
	file.Urgency, file.LastIn, file.QueuedAt, file.Lang, file.Flow = is.Urgency, p.now(), p.now(), "id", s.Flow
	if f, ok := s.Facts.Latest(casefile.Country); ok {
		file.Country = f.Value.Reveal()
	}
	if file.ID.IsZero() {
		file.ID, file.Ref, file.Team, file.OpenedAt = casefile.NewID(p.now()), p.ref, "main", p.now()
		err = tx.OpenCase(ctx, file, lane)
	} else {
		err = tx.UpdateCase(ctx, file, lane)
	}
	if err != nil {
		return err
	}
	_, err = p.desk.Escalation.Raise(ctx, tx, escalation.Change{Case: file.ID, Conversation: p.lane, Team: "main", Lang: "id",
		Before: was, After: is, Known: len(before), At: p.now()})
	return err
}

// hears queues a text of the line, in a state of delivery.
func (p *person) hears(words, state string) {
	p.Helper()
	p.tx(func(tx *store.Tx) error {
		lane, err := tx.Conversation(p.Context(), p.lane)
		if err != nil {
			return err
		}
		return tx.Queue(p.Context(), store.Letter{ID: casefile.NewID(p.now()), Conversation: p.lane, Channel: p.channel, Purpose: casefile.ForAnswer,
			Priority: store.InItsTurn, State: state, Body: casefile.Hide(words), QueuedAt: p.now()}, lane.Key)
	})
}
