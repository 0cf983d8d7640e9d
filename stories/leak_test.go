package stories

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pulang/bot"
	"pulang/bot/sms"
	"pulang/bot/telegram"
	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/fakes"
	"pulang/internal/seal"
	"pulang/internal/session"
	"pulang/internal/store"
)

// guarded is a house in which everything that is said and given is a canary, on
// servers that write everything down.
type guarded struct {
	*house
	*seeds
	road   *road
	redis  *lockedBuffer
	mood   atomic.Pointer[string] // in which call the channels panic; nil: in none
	panics string                 // what they say then
	errs   []error
	extra  []spot
	people map[string]map[string]bool // address at a provider -> what may be said to it
	staff  []*member
}

// sealed opens such a house.
func sealed(t *testing.T) *guarded {
	t.Helper()
	g := &guarded{seeds: newSeeds(t.Name()), people: map[string]map[string]bool{}}
	g.panics = "over " + g.word("value of a panic")
	keyset := filepath.Join(t.TempDir(), "keyset")
	check(t, seal.Create(keyset, nil))
	g.house = openWith(t, func(h *house) {
		var err error
		h.keys, err = seal.OpenFile(keyset, nil)
		check(t, err)
		own := tapped(t)
		h.dbURL = own.Database(t)
		redisURL, stop, err := own.OwnRedis(t.Context())
		check(t, err)
		t.Cleanup(stop)
		h.redisURL = redisURL
		g.redis = monitor(t, redisURL)
		g.road = &road{token: h.telegram.Token(), next: loopback}
		h.transport = g.road
		h.clumsy = func(c bot.Channel) bot.Channel { return &clumsy{c, g} }
	})
	g.keep("bot token", g.telegram.Token(), secret)
	g.keep("webhook secret", "story-secret", secret)
	g.keep("Twilio token", g.twilio.Options().AuthToken, secret)
	for i, key := range keysIn(t, keyset) {
		g.keep(fmt.Sprintf("key %d of the keyset", i), key, secret)
	}
	return g
}

var keyValue = regexp.MustCompile(`"value":\s*"([A-Za-z0-9+/=]{20,})"`)

// keysIn are the keys of a keyset file, as they stand there and as the 32 bytes they
// are.
func keysIn(t *testing.T, file string) []string {
	t.Helper()
	body, err := os.ReadFile(file)
	check(t, err)
	var found []string
	for _, m := range keyValue.FindAllSubmatch(body, -1) {
		raw, err := base64.StdEncoding.DecodeString(string(m[1]))
		check(t, err)
		found = append(found, string(m[1]), string(raw[len(raw)-32:]))
	}
	if len(found) < 8 {
		t.Fatalf("%d keys found in the keyset file, want those of four kinds", len(found)/2)
	}
	return found
}

// clumsy is a channel that panics over what it was handed.
type clumsy struct {
	bot.Channel
	g *guarded
}

func (c *clumsy) trip(at string) {
	if mood := c.g.mood.Load(); mood != nil && *mood == at {
		panic(c.g.panics)
	}
}

func (c *clumsy) Traits() bot.Traits {
	c.trip("traits")
	if !bytes.Contains(debug.Stack(), []byte(").decide(")) {
		c.trip("traits, while writing")
	}
	return c.Channel.Traits()
}

func (c *clumsy) Send(ctx context.Context, m bot.Outgoing) (bot.Receipt, error) {
	c.trip("send")
	receipt, err := c.Channel.Send(ctx, m)
	c.g.note(err)
	return receipt, err
}

func (c *clumsy) Find(ctx context.Context, m bot.Outgoing, since time.Time) (bot.Receipt, bool, error) {
	c.trip("find")
	receipt, found, err := c.Channel.Find(ctx, m, since)
	c.g.note(err)
	return receipt, found, err
}

func (c *clumsy) Files(reference casefile.Private) []bot.File {
	c.trip("files")
	return c.Channel.(bot.Fetcher).Files(reference)
}

func (c *clumsy) Fetch(ctx context.Context, ref casefile.Private) ([]byte, error) {
	c.trip("fetch")
	data, err := c.Channel.(bot.Fetcher).Fetch(ctx, ref)
	c.g.note(err)
	return data, err
}

func (c *clumsy) Routes() []bot.Route {
	routes := c.Channel.Routes()
	for i, r := range routes {
		check, parse := r.Check, r.Parse
		if check != nil {
			routes[i].Check = func(r *http.Request) error {
				c.trip("check")
				return check(r)
			}
		}
		routes[i].Parse = func(r *http.Request, body []byte) ([]bot.Arrived, error) {
			c.trip("parse")
			return parse(r, body)
		}
	}
	return routes
}

// note keeps an error to be looked at.
func (g *guarded) note(err error) {
	if err != nil {
		g.logs.mu.Lock()
		defer g.logs.mu.Unlock()
		g.errs = append(g.errs, err)
	}
}

// panicking runs a part of the story in which a call panics.
func (g *guarded) panicking(in string, story func()) {
	g.mood.Store(&in)
	story()
	g.mood.Store(nil)
}

// hires adds a member of staff of whom everything is a canary.
func (g *guarded) hires(login string, s staffing) *member {
	s.name = g.word("name of " + login)
	s.name = strings.ToUpper(s.name[:1]) + s.name[1:]
	m := g.Staff(login, s)
	g.staff = append(g.staff, m)
	return m
}

// knows says that something may be said to an address.
func (g *guarded) knows(address string, what ...string) {
	if g.people[address] == nil {
		g.people[address] = map[string]bool{}
	}
	for _, w := range what {
		g.people[address][w] = true
	}
}

func TestNoCanaryLeavesItsPlace(t *testing.T) {
	t.Parallel()
	g := sealed(t)
	budi, rina := g.rinaIsHelped()
	g.sariWritesBySMS()
	g.telegramSaysOddThings(rina)
	g.providersAnswerBadly(rina, budi)
	g.postgresRefuses(rina)
	g.everythingPanics()
	g.strangersKnock()
	g.errorsAreAskedFor(budi)
	g.Settle()
	g.whatWasHeard()
	noLeaks(t, leaks(g.all, g.spots()))
}

// rinaIsHelped is an ordinary conversation: danger, alerts, a takeover, a reply, notes,
// the urgency lowered, the case closed.
func (g *guarded) rinaIsHelped() (*member, *phone) {
	t := g.t
	budi := g.hires("budi", staffing{chat: g.chat("chat id of staff")})
	ani := g.hires("ani", staffing{role: "supervisor", number: g.phone("number of staff"), offDuty: true})
	chat := g.chat("chat id")
	rina := g.Telegram(g.word("first name"), chat)
	g.knows(fmt.Sprint(chat), "chat id", "name of budi", "reply of staff", "late reply of staff")
	rina.Says("halo, nama saya " + g.word("name in a text") + ", paspor saya dipegang bos").Hears("Pesanmu masuk")
	rina.Says("tolong, saya disekap di myawaddy " + g.accented("text of danger") + " dipukuli tiap hari, umur saya 16 tahun, saya mau bunuh diri, nomor saya " + g.phone("number in a text"))
	budi.Hears("Balas OK")
	for range 4 {
		g.Forward(2 * time.Minute)
	}
	ani.Hears("KRITIS")
	budi.Acknowledges().Hears("Tercatat")
	budi.Says(g.word("chatter of staff")).Hears("OK KODE")
	shift := budi.Console().Takes()
	rina.Hears("Sekarang bukan otomatis lagi.")
	shift.Replies("Kami di sini, " + g.word("reply of staff"))
	rina.Hears("Kami di sini")
	ctx, ref := t.Context(), shift.ref()
	check(t, shift.desk.Note(ctx, shift.who, ref, "catatan "+g.word("note of staff")))
	rina.Says("besok kami dijual ke " + g.word("text during a takeover"))
	budi.Hears("KRITIS").Acknowledges().Hears("Tercatat")
	check(t, shift.desk.HandBack(ctx, shift.who, ref))
	g.Settle()
	g.Forward(16 * time.Minute)
	shift.Takes().Replies("Kami sudah baca, " + g.word("late reply of staff"))
	rina.Says("ini saya lagi, di " + g.word("text after a silence"))
	rina.mark = 0
	g.Settle()
	return budi, rina
}

// sariWritesBySMS fills every field that Twilio knows, and some that it does not.
func (g *guarded) sariWritesBySMS() {
	number := g.phone("number")
	g.knows(number, "number")
	sari := g.SMS("Sari", number)
	sari.Says("tolong, anak saya " + g.word("text by SMS") + " di kamboja").Hears("1")
	phone := g.twilio.Phone(number)
	phone.SendsFile("text/plain", []byte("catatan "+g.word("words of a file by MMS")), g.word("caption of a file"))
	phone.SendsMedia("image/"+g.word("media type"), "https://media.example/"+g.word("media URL"), g.word("caption by SMS"))
	form := url.Values{"MessageSid": {"SM00000000000000000000000000000077"}, "From": {number}, "To": {lineNumber},
		"Body": {"saya di " + g.accented("text by raw SMS")}, "ProfileName": {g.word("profile name")}, "FromCity": {g.word("city")}, "FromZip": {"12110"},
		"AddOns": {`{"caller":"` + g.word("caller name") + `"}`}, "Latitude": {fmt.Sprint(g.point("latitude by SMS", -6))}}
	g.signed("/webhooks/twilio/message", form, http.StatusOK)
	g.signed("/webhooks/twilio/status", url.Values{"MessageSid": {"SM00000000000000000000000000000078"}, "MessageStatus": {"undelivered"},
		"To": {number}, "ErrorMessage": {"cannot reach " + number + " " + g.word("error text of a status")}}, http.StatusOK)
	g.signed("/webhooks/twilio/message", url.Values{"From": {number}, "Body": {g.word("text of a broken SMS")}}, http.StatusOK)
	g.signed("/webhooks/twilio/message", url.Values{"MessageSid": {g.word("odd message id")}, "From": {"whatsapp:" + number}, "Body": {g.word("text of another broken SMS")}}, http.StatusOK)
	g.Settle()
}

// signed sends what Twilio would have signed.
func (g *guarded) signed(path string, form url.Values, want int) {
	g.t.Helper()
	status := g.post(g.t, path, form.Encode(), map[string]string{"Content-Type": "application/x-www-form-urlencoded",
		"X-Twilio-Signature": fakes.Signature(g.twilio.Options().AuthToken, publicURL+path, form)})
	if status != want {
		g.t.Errorf("%s: status %d, want %d", path, status, want)
	}
}

// telegramSaysOddThings sends media, places, cards, changes, groups, and bodies that
// nobody can read.
func (g *guarded) telegramSaysOddThings(rina *phone) {
	chat := rina.set.(*fakes.TelegramPhone)
	photo, voice, document := g.token("photo id"), g.token("voice id"), g.token("document id")
	g.knows("", "photo id", "voice id", "document id", "raw file id") // Telegram is asked for the file by its id
	g.telegram.File(photo, append([]byte("\xff\xd8\xff\xe1 "), g.word("what the camera wrote")...))
	g.telegram.File(document, []byte("%PDF-1.7 "+g.word("words of a document")))
	chat.SendsPhoto(photo, "foto "+g.accented("caption"))
	chat.SendsVoice(voice)
	chat.SendsDocument(document, g.word("file name")+".pdf", g.word("caption of a document"))
	chat.SendsLocation(g.point("latitude", 16), g.point("longitude", 98))
	chat.SendsContact(g.phone("number of a contact"), g.word("name of a contact"))
	id := chat.Says("tempat " + g.word("text before a change"))
	check(g.t, chat.Edits(id, "tempat "+g.word("text after a change")))
	person := fmt.Sprintf(`{"id":%d,"type":"private","is_bot":false,"first_name":%q,"last_name":%q,"username":%q,"language_code":%q}`,
		chat.ID(), g.word("raw first name"), g.word("last name"), g.word("user name"), g.word("language"))
	frame := `{"update_id":{update_id},"message":{"message_id":%d,"date":1772427600,"chat":` + person + `,"from":` + person + `,%s}}`
	for i, content := range []string{
		fmt.Sprintf(`"venue":{"location":{"latitude":%v,"longitude":%v},"title":%q,"address":%q,"foursquare_id":%q}`,
			g.point("latitude of a venue", 16), g.point("longitude of a venue", 98), g.word("title of a venue"), g.word("address of a venue"), g.token("id of a venue")),
		fmt.Sprintf(`"location":{"latitude":%v,"longitude":%v,"live_period":900}`, g.point("live latitude", 13), g.point("live longitude", 99)),
		fmt.Sprintf(`"text":%q,"forward_origin":{"type":"hidden_user","date":1,"sender_user_name":%q}`, "diteruskan "+g.word("forwarded text"), g.word("name of a forward")),
		fmt.Sprintf(`"text":%q,"forward_origin":{"type":"telepathy","sender":%q}`, "diteruskan "+g.word("text of a new kind"), g.word("sender of a new kind")),
		fmt.Sprintf(`"text":%q,"reply_to_message":{"message_id":1,"date":1,"chat":%s,"text":%q},"quote":{"text":%q,"position":0}`,
			g.word("answering text"), person, g.word("answered text"), g.word("quoted text")),
		fmt.Sprintf(`"text":"lihat ini","entities":[{"type":"text_link","offset":0,"length":5,"url":"https://x.example/%s"}]`, g.token("link")),
		fmt.Sprintf(`"photo":[{"file_id":%q,"file_unique_id":%q,"width":1,"height":1}],"media_group_id":%q`, g.token("raw file id"), g.token("unique file id"), g.word("album")),
		fmt.Sprintf(`"contact":{"phone_number":%q,"first_name":"A","last_name":%q,"user_id":%d,"vcard":"BEGIN:VCARD\nNOTE:%s\nEND:VCARD"}`,
			g.phone("number of a card"), g.word("last name of a card"), g.chat("user id of a card"), g.word("note of a card")),
		fmt.Sprintf(`"teleport":{"to":%q}`, g.word("content not invented yet")),
		fmt.Sprintf(`"text":{"oddly":%q}`, g.word("text that is an object")),
	} {
		chat.SendsRaw(fmt.Sprintf(frame, 7000+i, content))
	}
	chat.SendsRaw(fmt.Sprintf(`{"update_id":{update_id},"edited_message":{"message_id":7001,"date":1,"edit_date":2,"chat":%s,"from":%s,"location":{"latitude":%v,"longitude":%v}}}`,
		person, person, g.point("next live latitude", 13), g.point("next live longitude", 99)))
	chat.SendsRaw(fmt.Sprintf(`{"update_id":{update_id},"callback_query":{"id":"","from":%s,"chat_instance":"1","data":"a:7:%s"}}`, person, g.word("data of a button")))
	chat.SendsRaw(fmt.Sprintf(`{"update_id":{update_id},"teleported_chat":{"to":%q}}`, g.word("unknown update")))
	chat.SendsRaw(`{"update_id":{update_id}, "message": {"text": "` + g.word("cut off text"))
	chat.SendsRaw(g.word("no JSON at all"))
	group := g.telegram.Group(-g.chat("group"), g.word("title of a group"))
	group.Says("anak kami " + g.word("text in a group") + " di kamboja tidak ada kabar")
	g.Settle()
	moved := g.chat("group that moved")
	group.MigratesTo(-1_000_000_000_000 - moved) // a supergroup: -100 and its number
	g.Settle()
}

// providersAnswerBadly lets the providers put our own words into their errors.
func (g *guarded) providersAnswerBadly(rina *phone, budi *member) {
	chat := rina.set.(*fakes.TelegramPhone)
	recipient := fmt.Sprint(chat.ID())
	echo := g.word("words of Telegram") + " " + recipient
	for _, fault := range []fakes.Fault{
		{Status: 400, Body: `{"ok":false,"error_code":400,"description":"Bad Request: chat ` + echo + `"}`},
		{Status: 502, Body: "<html>cannot send to " + echo + "</html>"},
		{Status: 200, Body: "<html>login at " + echo + "</html>"},
		{Status: 500, Body: `{"ok":false,"description":"` + echo + `"}`},
		{Status: 429, RetryAfter: 1},
		{ResetAfterAccepting: true},
		{ResetBeforeAccepting: true},
	} {
		fault.Method, fault.Recipient = "sendMessage", recipient
		g.telegram.Fail(1, fault)
		rina.Says("halo " + g.word("text while Telegram fails"))
		g.Forward(16 * time.Second)
	}
	g.telegram.Heal()
	g.telegram.Fail(2, fakes.Fault{Method: "sendMessage", Recipient: fmt.Sprint(budi.set.(*fakes.TelegramPhone).ID()), Status: 403,
		Body: `{"ok":false,"error_code":403,"description":"Forbidden: ` + g.word("words of Telegram about staff") + `"}`})
	g.Settle()
	for i, fault := range []fakes.Fault{
		{Status: 400, Body: `{"code":21211,"message":"The 'To' number is not valid: %s %s","status":400}`},
		{Status: 400, Body: `{"code":29999,"message":"Not one of ours: %s %s","status":400}`},
		{Status: 503, Body: "<html>%s %s</html>"},
		{Status: 201, Body: `{"sid":"%s %s"}`},
		{ResetAfterAccepting: true},
	} {
		name := fmt.Sprint("number that fails ", i)
		number := g.phone(name)
		g.knows(number, name)
		fault.Method, fault.Recipient = "create", number
		fault.Body = strings.NewReplacer("%s %s", number+" "+g.word("words of Twilio")).Replace(fault.Body)
		g.twilio.Fail(1, fault)
		g.SMS("Sari", number).Says("help me " + g.word("text while Twilio fails"))
		g.Forward(16 * time.Second)
	}
	g.twilio.Heal()
	g.Settle()
	chat.Blocks()
	g.Settle()
	chat.Unblocks()
	g.Settle()
}

// postgresRefuses lets Postgres put values into its errors, as constraints do.
func (g *guarded) postgresRefuses(rina *phone) {
	says := g.word("words of Postgres")
	_, err := g.db.Exec(g.t.Context(), `
		CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			RAISE EXCEPTION 'invalid: `+says+`' USING DETAIL = 'Failing row contains (`+says+`).', HINT = '`+says+`', ERRCODE = '23514'; END $$;
		CREATE TRIGGER trouble BEFORE INSERT ON turns FOR EACH ROW EXECUTE FUNCTION trouble()`)
	check(g.t, err)
	rina.Says("tolong " + g.word("text that cannot be answered"))
	g.Settle()
	_, err = g.db.Exec(g.t.Context(), `DROP TRIGGER trouble ON turns; DROP FUNCTION trouble()`)
	check(g.t, err)
	if n := g.count(`SELECT count(*) FROM messages WHERE state = 'set_aside'`); n == 0 {
		g.t.Error("Postgres refused nothing: the story did not happen")
	}
	g.note(g.store.InTx(g.t.Context(), func(tx *store.Tx) error {
		return tx.AddStaff(g.t.Context(), store.Staff{ID: casefile.NewID(g.clock.Now()), Login: "budi", Name: casefile.Hide(g.word("name of a second budi")),
			Role: "duty_officer", Team: store.MainTeam, Lang: casefile.Indonesian, CreatedAt: g.clock.Now()})
	}))
	g.note(g.store.InTx(g.t.Context(), func(tx *store.Tx) error {
		return tx.AddStaff(g.t.Context(), store.Staff{ID: casefile.NewID(g.clock.Now()), Login: "x " + g.word("login that does not fit"),
			Role: "duty_officer", Team: store.MainTeam, Lang: casefile.Indonesian, CreatedAt: g.clock.Now()})
	}))
}

// everythingPanics lets each call of a channel panic with a canary in its value.
func (g *guarded) everythingPanics() {
	for _, in := range []string{"traits", "traits, while writing", "send", "check", "parse"} {
		someone := g.Telegram(g.word("first name"), g.chat("chat id of somebody"))
		g.panicking(in, func() {
			mark := len(g.logs.String())
			someone.Says("halo " + g.word("text while "+in+" panics"))
			deadline := time.Now().Add(patience)
			for !strings.Contains(g.logs.String()[mark:], "panic") && time.Now().Before(deadline) {
				g.line.Wake()
				<-time.After(5 * time.Millisecond)
			}
			if !strings.Contains(g.logs.String()[mark:], "panic") {
				g.t.Errorf("%s panicked, and nothing is logged", in)
			}
		})
		g.Settle()
		g.Forward(10 * time.Second)
	}
}

// strangersKnock asks for what a careless server shows, with canaries in every part of
// the request.
func (g *guarded) strangersKnock() {
	in := func(where string) string { return g.word("request: " + where) }
	var shown strings.Builder
	for _, path := range []string{"/debug/pprof/", "/debug/pprof/heap", "/debug/pprof/goroutine?debug=2", "/debug/vars", "/debug/requests", "/metrics", "/", "/healthz",
		"/.env", "/.git/config", "/webhooks/", "/webhooks/telegram", "/webhooks/telegram/" + in("path"), "/webhooks/twilio/message?q=" + in("query")} {
		for _, method := range []string{http.MethodGet, http.MethodPost, "QUERY"} {
			req, err := http.NewRequestWithContext(g.t.Context(), method, g.server.URL+path, strings.NewReader(in("body")))
			check(g.t, err)
			req.Header.Set("Cookie", "pulang="+in("cookie"))
			req.Header.Set("User-Agent", in("agent"))
			req.Header.Set("X-Telegram-Bot-Api-Secret-Token", in("secret"))
			req.Header.Set("X-Twilio-Signature", in("signature"))
			req.Header.Set("Referer", "https://x.example/"+in("referer"))
			answer, err := http.DefaultTransport.RoundTrip(req)
			check(g.t, err)
			body, err := io.ReadAll(answer.Body)
			check(g.t, errors.Join(err, answer.Body.Close()))
			if strings.HasPrefix(path, "/debug") && answer.StatusCode/100 == 2 {
				g.t.Errorf("%s %s is answered %d", method, path, answer.StatusCode)
			}
			fmt.Fprintf(&shown, "%s %v %s\n", path, answer.Header, body)
		}
	}
	asked := map[string]bool{}
	for _, c := range g.all {
		asked[c.name] = strings.HasPrefix(c.name, "request: ") // an answer may name the path it was asked for
	}
	g.extra = append(g.extra, spot{name: "what strangers are shown", data: []byte(shown.String()), known: asked})
}

// errorsAreAskedFor hands canaries to what refuses them.
func (g *guarded) errorsAreAskedFor(budi *member) {
	ctx, shift := g.t.Context(), budi.Console()
	password := g.token("password in a URL")
	away, err := store.Open(store.Options{URL: "postgres://pulang:" + password + "@127.0.0.1:1/pulang", Keys: g.keys, ConnectTimeout: time.Second})
	check(g.t, err)
	g.note(away.Ping(ctx))
	g.note(store.Migrate(ctx, "postgres://pulang:"+password+"@127.0.0.1:1/pulang"))
	away.Close()
	_, err = store.Open(store.Options{URL: "postgres://pulang:" + password + "@/%zz"})
	g.note(err)
	sessions, err := session.Open("redis://:"+password+"@127.0.0.1:1/0", g.keys, g.clock.Now)
	check(g.t, err)
	g.note(sessions.Ping(ctx))
	check(g.t, sessions.Close())
	_, err = session.Open("red is://:"+password, g.keys, g.clock.Now)
	g.note(err)
	_, err = telegram.Open(telegram.Settings{Token: g.token("token of the wrong form"), Secret: "x"})
	g.note(err)
	_, err = telegram.Open(telegram.Settings{Token: "1:abc", Secret: "s", APIURL: "https://u:" + g.token("password of an API") + "@x.example"})
	g.note(err)
	_, err = sms.Open(sms.Settings{AccountSID: g.token("wrong account"), AuthToken: g.token("wrong auth token"), From: g.phone("wrong sender"), PublicURL: publicURL})
	g.note(err)
	file := filepath.Join(g.t.TempDir(), "keyset")
	check(g.t, os.WriteFile(file, []byte(`{"pulang_keyset":1,"key_encryption":"`+g.token("damaged key")+`"}`), 0o600))
	_, err = seal.OpenFile(file, nil)
	g.note(err)
	_, err = casefile.ParseID(g.word("not an id"))
	g.note(err)
	_, err = shift.desk.Open(ctx, shift.who, g.word("not a case"))
	g.note(err)
	_, err = shift.desk.RefOfCode(ctx, shift.who, g.word("not a code"))
	g.note(err)
	ref := shift.ref()
	_, err = shift.desk.Reply(ctx, shift.who, ref, cases.Said{ID: casefile.NewID(g.clock.Now()), Text: "kirim ke 1234567890123 " + g.word("reply that is refused")})
	g.note(err)
	g.note(shift.desk.Note(ctx, shift.who, ref, strings.Repeat("x", 9000)+g.word("note that is too long")))
	_, err = json.Marshal(bot.Arrived{Text: casefile.Hide(g.word("text marshalled"))})
	g.note(err)
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	gone := g.chat("chat id given up")
	g.telegram.Chat(gone, "gone") // it may be stored, and answered, all the same
	g.note(g.line.Receive(canceled, []bot.Arrived{{Channel: telegram.Name, ProviderID: "5", Kind: casefile.KindText,
		From: casefile.Hide(fmt.Sprint(gone)), Text: casefile.Hide(g.word("text given up"))}}))
}

// spots is everywhere a thief could look.
func (g *guarded) spots() []spot {
	t := g.t
	t.Helper()
	g.logs.mu.Lock()
	errs := g.errs
	g.logs.mu.Unlock()
	if len(errs) < 15 {
		t.Errorf("only %d errors were seen: the story did not happen", len(errs))
	}
	spots := []spot{}
	for _, err := range errs {
		spots = append(spots, spot{name: fmt.Sprintf("an error (%T)", err), data: allOf(err)})
	}
	spots = append(spots, spot{name: "the logs", data: []byte(g.logs.String())}, spot{name: "what libraries log", data: []byte(outsiders.String())},
		spot{name: "commands of Redis", data: []byte(g.redis.String())}, spot{name: "URLs and headers at providers", data: []byte(g.road.String())}, g.metricsSpot())
	for _, m := range g.staff {
		for _, p := range []*phone{m.phone, m.text} {
			if p == nil {
				continue
			}
			var said strings.Builder
			for _, s := range p.set.Shows() {
				if s.FromLine {
					fmt.Fprintf(&said, "%s %v\n", s.Text, s.Buttons)
				}
			}
			spots = append(spots, spot{name: "what " + m.login + " is told", data: []byte(said.String())})
		}
	}
	own := func(recipient string) map[string]bool {
		known := g.people[recipient]
		for _, c := range g.all {
			if c.kind == number && (strings.HasSuffix(recipient, c.value)) { // whom to send it to
				known = with(known, c.name)
			}
		}
		return known
	}
	spots = append(spots, g.extra...)
	spots = append(spots, providerSpots(g.telegram.Calls(), "Telegram", own)...)
	spots = append(spots, providerSpots(g.twilio.Calls(), "Twilio", own)...)
	spots = append(spots, redisSpots(t, g.redisURL)...)
	for _, s := range postgresSpots(t, g.db, tapped(t).Dir) {
		// What Postgres said itself, and what a colleague put into an address: neither is a person's.
		s.known = map[string]bool{"words of Postgres": true, "login that does not fit": true, "not a case": true, "not a code": true}
		spots = append(spots, s)
	}
	return spots
}

func with(known map[string]bool, name string) map[string]bool {
	out := map[string]bool{name: true}
	for k := range known {
		out[k] = true
	}
	return out
}

// allOf is an error in every way of printing, with everything it wraps.
func allOf(err error) []byte {
	out := fmt.Appendf(nil, "%v\n%+v\n%#v\n%q\n%s\n%x\n", err, err, err, err, err, err)
	if data, failed := json.Marshal(err); failed == nil {
		out = append(out, data...)
	}
	switch inner := err.(type) {
	case interface{ Unwrap() error }:
		if next := inner.Unwrap(); next != nil {
			out = append(out, allOf(next)...)
		}
	case interface{ Unwrap() []error }:
		for _, next := range inner.Unwrap() {
			out = append(out, allOf(next)...)
		}
	}
	return out
}

// whatWasHeard makes canaries of what the line made of rina's words: places, the
// phrases that tell of danger, and their meanings. Nobody may read from a stolen disk
// that somebody is a child, or wants to die.
func (g *guarded) whatWasHeard() {
	ctx := g.t.Context()
	var id casefile.ID
	check(g.t, g.db.QueryRow(ctx, `SELECT id FROM conversations ORDER BY created_at, id LIMIT 1`).Scan(&id))
	check(g.t, g.store.InTx(ctx, func(tx *store.Tx) error {
		c, err := tx.Conversation(ctx, id)
		for key, value := range map[casefile.Key]string{casefile.Control: "passport_kept", casefile.AgeBand: "under18", casefile.SelfHarm: "yes", casefile.Place: "Myawaddy"} {
			if !c.Session.Facts.Has(key, value) {
				g.t.Errorf("%s %s was not heard: the story did not happen", key, value)
			}
		}
		return err
	}))
	for _, told := range []string{"myawaddy", "dipegang bos", "disekap", "dipukuli", "bunuh diri", "16 tahun", "passport_kept", "under18", "self_harm"} {
		g.keep("heard: "+told, told, word)
	}
}
