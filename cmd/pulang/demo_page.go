package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"pulang/internal/fakes"
)

//go:embed demo
var demoFiles embed.FS

// pageFiles are what the page asks for; page.html is only its mould.
var pageFiles = []string{"icon.svg", "page.css", "page.js"}

// pagePolicy lets the demo page use its own files and show the console, no more.
const pagePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// progress is what the newcomer has done so far and no screen tells.
type progress struct {
	mu             sync.Mutex
	read, answered bool
}

// handler serves the demo page beside the program, which stays as it is but for
// one thing: the console may be shown inside the page, already signed in.
func (st *stage) handler(program http.Handler) http.Handler {
	files, err := fs.Sub(demoFiles, "demo")
	if err != nil {
		panic("demo: " + err.Error()) // the folder is part of the program
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /demo/{file}", func(w http.ResponseWriter, r *http.Request) {
		if name := r.PathValue("file"); slices.Contains(pageFiles, name) {
			http.ServeFileFS(w, r, files, name) // #nosec G703 -- one of pageFiles
			return
		}
		http.NotFound(w, r)
	})
	mux.HandleFunc("GET /demo", st.page(template.Must(template.ParseFS(files, "page.html"))))
	mux.HandleFunc("GET /demo/events", st.events)
	mux.HandleFunc("POST /demo/say", st.act(st.say))
	mux.HandleFunc("POST /demo/press", st.act(st.press))
	mux.HandleFunc("POST /demo/clock", st.act(st.moveClock))
	mux.Handle("/", st.signedIn(program))
	own := http.NewCrossOriginProtection().Handler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/webhooks/"): // from the providers, who prove themselves
			program.ServeHTTP(w, r)
		case "http://"+r.Host != st.url: // a name somebody made lead here, or localhost
			st.elsewhere(w, r)
		case strings.HasPrefix(r.URL.Path, "/demo"):
			w.Header().Set("Content-Security-Policy", pagePolicy)
			w.Header().Set("X-Content-Type-Options", "nosniff")
			w.Header().Set("Cache-Control", "no-store")
			own.ServeHTTP(w, r)
		default:
			mux.ServeHTTP(w, r)
		}
	})
}

// elsewhere sends a visitor to the demo's one name. Whoever reaches the demo is
// signed in, so a foreign site must not be able to read it under a name of its own.
func (st *stage) elsewhere(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		failed(w, http.StatusMisdirectedRequest, errors.New("the demo answers to "+st.url+" only"))
		return
	}
	http.Redirect(w, r, st.url+"/demo", http.StatusSeeOther)
}

func (st *stage) page(shape *template.Template) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		var body bytes.Buffer
		if err := shape.Execute(&body, map[string]any{"Phones": st.phones, "Steps": steps}); err != nil {
			failed(w, http.StatusInternalServerError, err)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = body.WriteTo(w)
	}
}

// step is one line of "try this".
type step struct {
	ID, Title, Hint string
}

var steps = []step{
	{"write", "Write as Rina", "Press the first line under her phone."},
	{"alert", "See the alert", "A code and a link on Dewi's phone, never the story."},
	{"climb", "Ignore it", "Move the clock 5 minutes: Budi hears too."},
	{"ack", "Acknowledge", "Press OK on Dewi's phone, or text OK CODE from Budi's."},
	{"read", "Read the case", "Open the link in the alert."},
	{"answer", "Take over and answer", "In the case: take over, then reply. Rina sees it."},
}

// scene is everything the page shows, sent whole after every change.
type scene struct {
	Clock  string            `json:"clock"`
	Phones map[string][]line `json:"phones"`
	Done   []string          `json:"done"`
}

// line is one bubble.
type line struct {
	Mine    bool     `json:"mine"`
	Text    string   `json:"text"`
	Gloss   string   `json:"gloss,omitempty"`
	At      string   `json:"at"`
	Buttons []string `json:"buttons,omitempty"`
}

func (st *stage) look() scene {
	s := scene{Clock: st.clock.Now().Format("Mon 15:04"), Phones: map[string][]line{}, Done: st.done()}
	for _, p := range st.phones {
		lines := []line{}
		for _, shown := range p.shows() {
			if !shown.Deleted {
				lines = append(lines, st.bubble(shown))
			}
		}
		s.Phones[p.ID] = lines
	}
	return s
}

func (st *stage) bubble(s fakes.Shown) line {
	l := line{Mine: !s.FromLine, Text: s.Text, Gloss: st.gloss[s.Text], At: s.At.Format("15:04")}
	if l.Text == "" {
		l.Text = "[" + s.Kind + "]"
	}
	for _, row := range s.Buttons {
		for _, b := range row {
			l.Buttons = append(l.Buttons, b.Text)
		}
	}
	return l
}

// done are the steps that were done, whatever the order.
func (st *stage) done() []string {
	done := []string{}
	note := func(id string, holds bool) {
		if holds {
			done = append(done, id)
		}
	}
	wrote := func(id string) bool {
		return slices.ContainsFunc(st.phone(id).shows(), func(s fakes.Shown) bool { return !s.FromLine })
	}
	_, dewi := alertOn(st.phone("dewi").shows())
	_, budi := alertOn(st.phone("budi").shows())
	note("write", wrote("rina") || wrote("ana"))
	note("alert", dewi)
	note("climb", budi)
	note("ack", st.acknowledged())
	st.seen.mu.Lock()
	defer st.seen.mu.Unlock()
	note("read", st.seen.read)
	note("answer", st.seen.answered)
	return done
}

// acknowledged says that some staff phone shows the line's confirmation.
func (st *stage) acknowledged() bool {
	said, err := st.book.Text("en", "staff.acknowledged", map[string]string{"code": "|", "link": "|"})
	if err != nil {
		return false
	}
	words, _, _ := strings.Cut(said, "|")
	for _, id := range []string{"dewi", "budi"} {
		if slices.ContainsFunc(st.phone(id).shows(), func(s fakes.Shown) bool { return s.FromLine && strings.HasPrefix(s.Text, words) }) {
			return true
		}
	}
	return false
}

// events sends the scene, now and after every change, until the page goes.
func (st *stage) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	stream := http.NewResponseController(w)
	_ = stream.SetWriteDeadline(time.Time{}) // the server's limit is for answers that end
	tick := time.NewTicker(10 * time.Second) // the clock on the page, and a sign of life
	defer tick.Stop()
	for {
		next := st.changed.rung() // before looking, so that no change is missed
		data, err := json.Marshal(st.look())
		if err != nil {
			return
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", data); err != nil || stream.Flush() != nil {
			return
		}
		select {
		case <-next:
		case <-tick.C:
		case <-r.Context().Done():
			return
		case <-st.program.closing.Done():
			return
		}
	}
}

// asked is what the page asks for.
type asked struct {
	Phone   string `json:"phone"`
	Text    string `json:"text"`
	Minutes int    `json:"minutes"`
}

// act answers a request of the page: 204, or 400 with the reason.
func (st *stage) act(do func(context.Context, asked) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var a asked
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&a); err != nil {
			failed(w, http.StatusBadRequest, errors.New("not understood"))
			return
		}
		if err := do(r.Context(), a); err != nil {
			failed(w, http.StatusBadRequest, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

var errNoPhone = errors.New("there is no such phone")

func (st *stage) say(_ context.Context, a asked) error {
	p := st.phone(a.Phone)
	if p == nil || strings.TrimSpace(a.Text) == "" {
		return errNoPhone
	}
	p.says(a.Text)
	return nil
}

func (st *stage) press(_ context.Context, a asked) error {
	p := st.phone(a.Phone)
	if p == nil {
		return errNoPhone
	}
	return p.press(a.Text)
}

// farthest is how far the clock goes at once.
const farthest = 24 * 60

func (st *stage) moveClock(ctx context.Context, a asked) error {
	if a.Minutes < 1 || a.Minutes > farthest {
		return errors.New("the clock goes forward by " + strconv.Itoa(farthest) + " minutes at most")
	}
	return st.forward(ctx, time.Duration(a.Minutes)*time.Minute)
}
