package stories

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"pulang/internal/store"
)

// plant is a leak somebody might build in one day: what is done with a canary, and
// where the searcher must find it.
type plant struct {
	name  string
	make  func(s *seeds, name string) string
	do    func(p *plot, told string)
	where string // the beginning of a spot's name
}

// plot is where leaks are planted: a house at work.
type plot struct {
	*guarded
	redis *redis.Client
}

func (p *plot) sql(statement string, args ...any) {
	p.t.Helper()
	_, err := p.db.Exec(p.t.Context(), statement, args...)
	check(p.t, err)
}

func (p *plot) logged(words string) {
	_, _ = p.logs.Write([]byte(`{"level":"DEBUG","msg":"` + words + `"}` + "\n"))
}

func aWord(s *seeds, name string) string   { return s.word(name) }
func aNumber(s *seeds, name string) string { return s.phone(name) }
func aChat(s *seeds, name string) string   { return fmt.Sprint(s.chat(name)) }
func aToken(s *seeds, name string) string  { return s.token(name) }
func aPlace(s *seeds, name string) string  { return fmt.Sprint(s.point(name, 16)) }

var plants = []plant{
	{"a text in a log", aWord, func(p *plot, told string) { p.logged("heard: " + told) }, "the logs"},
	{"half a text in a log", aWord, func(p *plot, told string) { p.logged(fmt.Sprintf("%.40s...", "tolong "+told+" disekap di gedung")) }, "the logs"},
	{"a number with dashes in a log", aNumber, func(p *plot, told string) {
		p.logged("to " + told[:3] + "-" + told[3:6] + "-" + told[6:10] + " " + told[10:])
	}, "the logs"},
	{"the hash of a number in a log", aNumber, func(p *plot, told string) {
		p.logged("who " + hex.EncodeToString(binaryForms(canary{value: told, kind: number})["SHA-256 of "+told]))
	}, "the logs"},
	{"a chat id in a log", aChat, func(p *plot, told string) { p.logged("chat=" + told) }, "the logs"},
	{"a place in a log", aPlace, func(p *plot, told string) { p.logged("near " + told) }, "the logs"},
	{"the bytes of a text in a log", aWord, func(p *plot, told string) { p.logged(fmt.Sprint([]byte(told))) }, "the logs"},
	{"what a library logs", aWord, func(_ *plot, told string) { log.Printf("unexpected update %q", told) }, "what libraries log"},
	{"the text of a panic", aWord, func(p *plot, told string) { p.server.Config.ErrorLog.Printf("http: panic serving: %v", told) }, "the logs"},
	{"a name in an error", aWord, func(p *plot, told string) { p.note(errors.New("no such person: " + told)) }, "an error"},
	{"a number inside a wrapped error", aNumber, func(p *plot, told string) {
		p.note(quiet{fmt.Errorf("send: %w", errors.Join(errors.New("other"), &url.Error{Op: "Post", URL: "https://x/" + told, Err: errors.New("refused")}))})
	}, "an error"},
	{"a field of an error", aWord, func(p *plot, told string) { p.note(quietField{told}) }, "an error"},
	{"a plain column", aWord, func(p *plot, told string) { p.sql(`UPDATE cases SET country = $1`, told) }, "column cases.country"},
	{"a column that is new", aWord, func(p *plot, told string) {
		p.sql(`ALTER TABLE conversations ADD COLUMN nickname text`)
		p.sql(`UPDATE conversations SET nickname = $1`, told)
	}, "column conversations.nickname"},
	{"a table that is new", aNumber, func(p *plot, told string) {
		p.sql(`CREATE TABLE callbacks (id int, payload jsonb)`)
		p.sql(`INSERT INTO callbacks VALUES (1, jsonb_build_object('to', $1::text))`, told)
	}, "column callbacks.payload"},
	{"a schema that is new", aWord, func(p *plot, told string) {
		p.sql(`CREATE SCHEMA reports; CREATE TABLE reports.daily (summary text)`)
		p.sql(`INSERT INTO reports.daily VALUES ($1)`, told)
	}, "column daily.summary"},
	{"a sealed column that is not sealed", aWord, func(p *plot, told string) { p.sql(`UPDATE messages SET text_sealed = $1`, []byte(told)) }, "column messages.text_sealed"},
	{"base64 in a plain column", aWord, func(p *plot, told string) {
		p.sql(`UPDATE outbox SET reason = $1`, base64.StdEncoding.EncodeToString([]byte("to "+told)))
	}, "column outbox.reason"},
	{"a chat id as a number", aChat, func(p *plot, told string) { p.sql(`UPDATE messages SET provider_order = $1::bigint`, told) }, "column messages.provider_order"},
	{"a row that was deleted", aWord, func(p *plot, told string) {
		p.sql(`INSERT INTO callbacks VALUES (2, to_jsonb($1::text))`, told)
		p.sql(`DELETE FROM callbacks WHERE id = 2`)
	}, "database file"},
	{"a value that was rolled back", aWord, func(p *plot, told string) {
		tx, err := p.db.Begin(p.t.Context())
		check(p.t, err)
		_, err = tx.Exec(p.t.Context(), `INSERT INTO callbacks VALUES (3, to_jsonb($1::text))`, told)
		check(p.t, errors.Join(err, tx.Rollback(p.t.Context())))
	}, "write-ahead log"},
	{"a statement with a name in it", aWord, func(p *plot, told string) { p.sql(`SELECT '` + told + `'`) }, "Postgres's log"},
	{"a parameter", aNumber, func(p *plot, told string) { p.sql(`SELECT $1::text`, told) }, "Postgres's log"},
	{"a session in Redis", aWord, func(p *plot, told string) {
		check(p.t, p.redis.Set(p.t.Context(), "hot", `{"said":"`+told+`"}`, time.Hour).Err())
	}, "value of Redis"},
	{"a list in Redis", aNumber, func(p *plot, told string) { check(p.t, p.redis.LPush(p.t.Context(), "queue", told).Err()) }, "value of Redis"},
	{"a key of Redis", aChat, func(p *plot, told string) { check(p.t, p.redis.HSet(p.t.Context(), "chat:"+told, "n", 1).Err()) }, "keys of Redis"},
	{"what was in Redis for a moment", aWord, func(p *plot, told string) {
		check(p.t, p.redis.Set(p.t.Context(), "moment", told, time.Hour).Err())
		check(p.t, p.redis.Del(p.t.Context(), "moment").Err())
	}, "commands of Redis"},
	{"the snapshot of Redis", aWord, func(p *plot, told string) {
		check(p.t, p.redis.Do(p.t.Context(), "SETBIT", "bits", 0, 1).Err())
		check(p.t, p.redis.Do(p.t.Context(), "FUNCTION", "LOAD", "#!lua name=lib\nredis.register_function('f', function() return '"+told+"' end)").Err())
	}, "snapshot of Redis"},
	{"an alert with a number", aNumber, func(p *plot, told string) { p.tell(fmt.Sprint(p.budiChat()), "KRITIS, telepon "+told) }, "what budi is told"},
	{"an alert with a link that tells", aWord, func(p *plot, told string) {
		p.tell(fmt.Sprint(p.budiChat()), publicURL+"/a/K7Q2?who="+base64.RawURLEncoding.EncodeToString([]byte("x"+told)))
	}, "what budi is told"},
	{"a name said to somebody else", aWord, func(p *plot, told string) { p.tell(fmt.Sprint(p.rinaChat()), "Apakah kamu kenal "+told+"?") }, "call sendMessage at Telegram"},
	{"a text in a URL", aWord, func(p *plot, told string) { p.get("/status?note=" + url.QueryEscape("di "+told)) }, "URLs and headers"},
	{"base64 in a URL", aWord, func(p *plot, told string) { p.get("/p/" + base64.URLEncoding.EncodeToString([]byte("ab"+told))) }, "URLs and headers"},
	{"the bot's token in another URL", aToken, func(p *plot, told string) { p.get("/file?token=" + told) }, "URLs and headers"},
	{"a name in a header", aWord, func(p *plot, told string) { p.get("/", "X-Person", told) }, "URLs and headers"},
	{"a label of a metric", aNumber, func(p *plot, told string) {
		vec := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "planted_total", Help: "x"}, []string{"to"})
		p.metrics.MustRegister(vec)
		vec.WithLabelValues(told).Inc()
	}, "/metrics"},
	{"the name of a metric", aWord, func(p *plot, told string) {
		p.metrics.MustRegister(prometheus.NewCounter(prometheus.CounterOpts{Name: "cases_of_" + told, Help: "x"}))
	}, "/metrics"},
}

// quiet hides an error's words, but not what it wraps.
type quiet struct{ inner error }

func (quiet) Error() string   { return "not sent" }
func (q quiet) Unwrap() error { return q.inner }

// quietField says nothing, unless it is printed whole.
type quietField struct{ Person string }

func (quietField) Error() string { return "not found" }

func (p *plot) budiChat() int64 { return p.chatOf("chat id of staff") }
func (p *plot) rinaChat() int64 { return p.chatOf("chat id") }

func (p *plot) chatOf(name string) int64 {
	for _, c := range p.all {
		if c.name == name {
			var id int64
			_, err := fmt.Sscan(c.value, &id)
			check(p.t, err)
			return id
		}
	}
	p.t.Fatalf("nobody has the %s", name)
	return 0
}

// tell sends what the line would send, at the provider.
func (p *plot) tell(chat, text string) {
	p.t.Helper()
	answer, err := (&http.Client{Transport: p.road}).PostForm(p.telegram.URL()+"/bot"+p.telegram.Token()+"/sendMessage", url.Values{"chat_id": {chat}, "text": {text}})
	check(p.t, err)
	check(p.t, answer.Body.Close())
}

// get asks for something on the way of the line.
func (p *plot) get(path string, header ...string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.server.URL+path, http.NoBody)
	check(p.t, err)
	if len(header) == 2 {
		req.Header.Set(header[0], header[1])
	}
	answer, err := p.road.RoundTrip(req)
	check(p.t, err)
	check(p.t, answer.Body.Close())
}

func TestAPlantedLeakIsCaught(t *testing.T) {
	t.Parallel()
	g := sealed(t)
	budi := g.hires("budi", staffing{chat: g.chat("chat id of staff")})
	chat := g.chat("chat id")
	g.knows(fmt.Sprint(chat), "chat id")
	g.Telegram(g.word("first name"), chat).Says("tolong saya disekap " + g.word("text")).Hears("Pesanmu masuk")
	budi.Hears("Balas OK")
	g.Settle()
	for range 20 { // spots asks that there are errors to look at
		g.note(store.ErrAway)
	}
	noLeaks(t, leaks(g.all, g.spots())) // before anything is planted
	o, err := redis.ParseURL(g.redisURL)
	check(t, err)
	p := &plot{guarded: g, redis: redis.NewClient(o)}
	defer func() { _ = p.redis.Close() }()
	for _, leak := range plants {
		leak.do(p, leak.make(g.seeds, leak.name))
	}
	found := leaks(g.all, g.spots())
	for _, leak := range plants {
		caught := false
		for _, f := range found {
			caught = caught || f.canary.name == leak.name && strings.HasPrefix(f.where, leak.where)
		}
		if !caught {
			t.Errorf("%s was planted and is not found in %s", leak.name, leak.where)
		}
	}
	for _, f := range found {
		if !planted(f.canary.name) {
			t.Errorf("nothing of the kind was planted: %s", f)
		}
	}
}

func planted(name string) bool {
	for _, leak := range plants {
		if leak.name == name {
			return true
		}
	}
	return false
}
