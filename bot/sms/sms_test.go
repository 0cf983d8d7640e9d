package sms

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pulang/bot"
	"pulang/bot/bottest"
	"pulang/internal/casefile"
	"pulang/internal/fakes"
	"pulang/internal/gsm7"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is the channel between a fake Twilio and a server with its webhooks.
type rig struct {
	fake  *fakes.Twilio
	phone *fakes.SMSPhone
	c     *SMS

	mu  sync.Mutex
	got []bot.Arrived // what the webhooks let in
}

// newRig makes both; from is a number or a messaging service.
func newRig(t *testing.T, from string) *rig {
	t.Helper()
	r := &rig{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { r.serve(w, req) }))
	t.Cleanup(server.Close)
	r.fake = fakes.NewTwilio(fakes.TwilioOptions{
		AccountSID: testAccount, AuthToken: testToken, From: from, TargetBase: server.URL,
		MessageURL: testPublic + messagePath, Segments: gsm7.Segments, Strict: true,
		Now: func() time.Time { return time.Date(2026, 9, 21, 12, 0, 0, 0, time.UTC) },
	})
	if err := r.fake.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.fake.Close)
	r.phone = r.fake.Phone(testNumber)
	c, err := Open(Settings{
		AccountSID: testAccount, AuthToken: testToken, AuthTokenPrevious: testPrevious, From: from,
		APIURL: r.fake.URL(), PublicURL: testPublic + "/", Transport: bottest.LocalOnly(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	r.c = c
	return r
}

// serve is the webhook's side of the line: check, read, parse.
func (r *rig) serve(w http.ResponseWriter, req *http.Request) {
	for _, route := range r.c.Routes() {
		if route.Pattern != req.Method+" "+req.URL.Path {
			continue
		}
		body, err := io.ReadAll(req.Body)
		batch, forged := route.Parse(req, body)
		if route.Check(req) != nil || err != nil || forged != nil {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.got = append(r.got, batch...)
		return
	}
	w.WriteHeader(http.StatusNotFound)
}

// arrived is what the webhooks let in, once nothing is on its way.
func (r *rig) arrived(t *testing.T) []bot.Arrived {
	t.Helper()
	if err := r.fake.Settled(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// send sends a text to the test number.
func (r *rig) send(t *testing.T, text string) (bot.Receipt, error) {
	t.Helper()
	return r.c.Send(t.Context(), bot.Outgoing{To: casefile.Hide(testNumber), Text: casefile.Hide(text)})
}

func TestChannel(t *testing.T) {
	t.Parallel()
	for name, from := range map[string]string{"FromANumber": testFrom, "FromAService": testService} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bottest.TestChannel(t, suite(from))
		})
	}
}

func suite(from string) bottest.Suite {
	form := message(nil)
	tampered := signedBy(testToken, form)
	tampered.Body = []byte(message(url.Values{"Body": {"lain"}}).Encode())
	appended := signedBy(testToken, form)
	appended.Body = append(slices.Clone(appended.Body), "&Extra=1"...)
	otherRoute := signedBy(testToken, form)
	otherRoute.Route = statusRoute
	noForm := signedBy(testToken, form)
	noForm.Body = []byte("%zz")
	return bottest.Suite{
		Open: func(t *testing.T) (bot.Channel, bottest.Provider) {
			r := newRig(t, from)
			return r.c, bottest.Provider{Fake: r.fake, Phone: r.phone}
		},
		Person: testNumber, Show: casefile.Private.Reveal,
		Text: said,
		Genuine: func(body []byte) bottest.Delivery {
			read, _ := url.ParseQuery(string(body))
			return call(messageRoute, fakes.Signature(testToken, testPublic+messagePath, read), string(body))
		},
		AlsoGenuine: map[string]bottest.Delivery{
			"previous token": signedBy(testPrevious, form),
			"signed over the address with its port": call(messageRoute,
				fakes.Signature(testToken, testPublic+":443"+messagePath, form), form.Encode()),
		},
		Forged: map[string]bottest.Delivery{
			"wrong token":          signedBy("c0ffeec0ffeec0ffeec0ffeec0ffee99", form),
			"empty token":          signedBy("", form),
			"no signature":         call(messageRoute, "", form.Encode()),
			"blank signature":      call(messageRoute, " ", form.Encode()),
			"signature of nothing": call(messageRoute, fakes.Signature(testToken, testPublic+messagePath, nil), form.Encode()),
			"another address":      call(messageRoute, fakes.Signature(testToken, "https://evil.example"+messagePath, form), form.Encode()),
			"changed body":         tampered,
			"added field":          appended,
			"replayed to status":   otherRoute,
			"no form":              noForm,
			"no body":              call(messageRoute, fakes.Signature(testToken, testPublic+messagePath, form), ""),
		},
		Garbage: []string{"MessageSid=SM1&From=%2B62&Body=x", "MessageSid=" + testSID, "From=%2B6281234567890&Body=x",
			"MessageSid=" + strings.Repeat("A", 5000) + "&From=1", "MessageSid=" + testSID + "%00&From=1"},
		Kinds:   slices.Concat(messageKinds(), statusKinds()),
		Send:    "create",
		Answers: answers(),
		Never:   []bottest.Fault{bottest.Migrated},
		Secrets: []string{testToken, testPrevious, testAccount, strings.TrimPrefix(testNumber, "+"), "127.0.0.1", "twilio.com"},
	}
}

// answers is how Twilio words its faults. A number does not move: there is no Migrated.
func answers() map[bottest.Fault]fakes.Fault {
	says := func(status, code, after int) fakes.Fault {
		return fakes.Fault{Status: status, RetryAfter: after, Body: fmt.Sprintf(
			`{"code":%d,"message":"%s to %s","status":%d,"more_info":"https://www.twilio.com/docs"}`, code, bottest.Words, testNumber, status)}
	}
	return map[bottest.Fault]fakes.Fault{
		bottest.TooMany:        says(429, 20429, bottest.Waited),
		bottest.TooManyNoHint:  says(429, 20429, 0),
		bottest.ServerError:    says(500, 20500, 0),
		bottest.GoneAway:       says(400, 21610, 0),
		bottest.NoSuchPerson:   says(400, 21211, 0),
		bottest.RefusedMessage: says(400, 21606, 0),
		bottest.WrongToken:     says(401, 20003, 0),
	}
}

func TestWhatAPhoneSaysArrivesWithItsSignature(t *testing.T) {
	t.Parallel()
	r := newRig(t, testFrom)
	sid := r.phone.Says("tolong 'saya' + \"adik\" & %41 😭")
	r.fake.SignWith(testPrevious)
	r.phone.SendsMedia("image/jpeg", "https://m.example/1", "")
	r.fake.SignWith("0123456789abcdef0123456789abcdef")
	r.phone.Says("palsu")
	got := r.arrived(t)
	if len(got) != 2 || got[0].ProviderID != sid || !got[0].Text.Is("tolong 'saya' + \"adik\" & %41 😭") || got[1].Kind != casefile.KindPhoto {
		t.Errorf("%d messages let in, want the first two as they were sent", len(got))
	}
}

func TestTheFateOfAMessageComesBack(t *testing.T) {
	t.Parallel()
	r := newRig(t, testService)
	r.phone.Outcomes(fakes.Outcome{Statuses: []string{"queued", "sent", "undelivered"}, ErrorCode: 30003})
	receipt, err := r.send(t, "halo")
	if err != nil {
		t.Fatal(err)
	}
	var fates []string
	for _, a := range r.arrived(t) {
		if a.Kind != casefile.KindStatus || a.Status.MessageRef != receipt.MessageRef || !a.From.IsEmpty() {
			t.Errorf("a %q on message %q came back, want a status on %q from nobody", a.Kind, a.Status.MessageRef, receipt.MessageRef)
		}
		fates = append(fates, string(a.Status.Outcome)+" "+a.Status.Class)
	}
	if want := []string{"sent queued", "sent sent", "unreachable phone_off"}; !slices.Equal(fates, want) {
		t.Errorf("fates %q, want %q", fates, want)
	}
	if call := r.fake.Calls()[0].Fields; call["StatusCallback"] != testPublic+statusPath || call["ValidityPeriod"] != "900" || call["MessagingServiceSid"] != testService || call["From"] != "" {
		t.Errorf("sent with %v", call)
	}
}

func TestOneSegmentAndNoMore(t *testing.T) {
	t.Parallel()
	r := newRig(t, testFrom)
	for name, text := range map[string]string{
		"161 characters":           strings.Repeat("a", 161),
		"160 with one that is two": strings.Repeat("a", 159) + "€",
		"71 with an emoji":         strings.Repeat("a", 69) + "😭",
	} {
		var wrong *bot.SendError
		if _, err := r.send(t, text); !errors.As(err, &wrong) || wrong.Outcome != bot.Refused || wrong.Class != "too_long" {
			t.Errorf("%s: %v, want refused as too long", name, err)
		}
	}
	if n := len(r.fake.Calls()); n != 0 {
		t.Errorf("%d calls reached Twilio", n)
	}
	if _, err := r.send(t, strings.Repeat("a", 158)+"€"); err != nil {
		t.Errorf("160 septets: %v", err)
	}
}

func TestTwiliosCodesHaveOutcomes(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]bot.SendError{
		21610: {Outcome: bot.Unreachable, Class: "opted_out"},
		21614: {Outcome: bot.Unreachable, Class: "not_mobile"},
		21408: {Outcome: bot.Unreachable, Class: "country_not_enabled"},
		21611: {Outcome: bot.Slow, Class: "queue_full", Wide: true},
		21606: {Outcome: bot.Refused, Class: "code_21606"},
	} {
		r := newRig(t, testFrom)
		r.phone.Refuses(code)
		_, err := r.send(t, "halo")
		var wrong *bot.SendError
		if !errors.As(err, &wrong) || *wrong != want {
			t.Errorf("%d: %v, want %v", code, err, &want)
		}
	}
	r := newRig(t, testFrom)
	r.fake.Fail(1, fakes.Fault{Status: 403, Body: `{"error":"captive portal"}`})
	_, err := r.send(t, "halo")
	var wrong *bot.SendError
	if !errors.As(err, &wrong) || wrong.Outcome != bot.Retry {
		t.Errorf("a proxy's 403: %v, want retry", err)
	}
}

func TestOptedOutNumberIsUnreachableUntilItReturns(t *testing.T) {
	t.Parallel()
	r := newRig(t, testFrom)
	r.phone.Says("STOP")
	_, err := r.send(t, "halo")
	var wrong *bot.SendError
	if !errors.As(err, &wrong) || wrong.Class != "opted_out" {
		t.Errorf("after STOP: %v, want opted_out", err)
	}
	r.phone.Says("START")
	if _, err := r.send(t, "halo"); err != nil {
		t.Errorf("after START: %v", err)
	}
	var notes []string
	for _, a := range r.arrived(t) {
		if a.Kind == casefile.KindText {
			notes = append(notes, string(a.Note))
		}
	}
	if want := []string{"opted_out", "opted_in"}; !slices.Equal(notes, want) {
		t.Errorf("notes %q, want %q", notes, want)
	}
}

func TestFindTellsOurMessageFromOthers(t *testing.T) {
	t.Parallel()
	for _, from := range []string{testFrom, testService} {
		r := newRig(t, from)
		at := r.fake.Options().Now()
		r.phone.Says("sama") // their own words are not our message
		look := func(text string, since time.Time) (string, bool) {
			receipt, found, err := r.c.Find(t.Context(), bot.Outgoing{To: casefile.Hide(testNumber), Text: casefile.Hide(text)}, since)
			if err != nil {
				t.Fatalf("find: %v", err)
			}
			return receipt.MessageRef, found
		}
		if _, found := look("sama", at); found {
			t.Error("found a message that came from the person")
		}
		receipt, err := r.send(t, "sama")
		if err != nil {
			t.Fatal(err)
		}
		if ref, found := look("sama", at); !found || ref != receipt.MessageRef {
			t.Errorf("found %v %q, want %q", found, ref, receipt.MessageRef)
		}
		if _, found := look("lain", at); found {
			t.Error("found other words")
		}
		if _, found := look("sama", at.Add(time.Minute)); found {
			t.Error("found an older message with the same words")
		}
	}
}

func TestHalfConfiguredIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	good := Settings{AccountSID: testAccount, AuthToken: testToken, From: testFrom, PublicURL: testPublic}
	for name, c := range map[string]struct {
		change func(*Settings)
		reason string
	}{
		"complete":            {func(*Settings) {}, ""},
		"service":             {func(s *Settings) { s.From = testService }, ""},
		"previous token":      {func(s *Settings) { s.AuthTokenPrevious = testPrevious }, ""},
		"empty token":         {func(s *Settings) { s.AuthToken = "" }, "TWILIO_AUTH_TOKEN is empty"},
		"blank token":         {func(s *Settings) { s.AuthToken = "                    " }, "TWILIO_AUTH_TOKEN"},
		"token with newline":  {func(s *Settings) { s.AuthToken += "\n" }, "TWILIO_AUTH_TOKEN"},
		"only the previous":   {func(s *Settings) { s.AuthToken, s.AuthTokenPrevious = "", testPrevious }, "TWILIO_AUTH_TOKEN is empty"},
		"blank previous":      {func(s *Settings) { s.AuthTokenPrevious = " " }, "TWILIO_AUTH_TOKEN_PREVIOUS"},
		"no account":          {func(s *Settings) { s.AccountSID = "" }, "TWILIO_ACCOUNT_SID"},
		"a key for account":   {func(s *Settings) { s.AccountSID = "SKcafe0000000000000000000000000001" }, "TWILIO_ACCOUNT_SID"},
		"no sender":           {func(s *Settings) { s.From = "" }, "TWILIO_FROM"},
		"a name as sender":    {func(s *Settings) { s.From = "PULANG" }, "TWILIO_FROM"},
		"local number":        {func(s *Settings) { s.From = "0812345" }, "TWILIO_FROM"},
		"no public address":   {func(s *Settings) { s.PublicURL = "" }, "PUBLIC_URL is not set"},
		"public with query":   {func(s *Settings) { s.PublicURL += "/?a=1" }, "PUBLIC_URL"},
		"public without host": {func(s *Settings) { s.PublicURL = "pulang.example" }, "PUBLIC_URL"},
		"odd API":             {func(s *Settings) { s.APIURL = "ftp://x" }, "TWILIO_API_URL"},
	} {
		s := good
		c.change(&s)
		channel, err := Open(s)
		if err == nil {
			channel.Close()
		}
		bottest.Opening(t, name, err, c.reason, testToken, testAccount)
	}
	if (Settings{PublicURL: testPublic, APIURL: "x"}).Given() || !(Settings{From: "x"}).Given() || !(Settings{AuthTokenPrevious: "x"}).Given() {
		t.Error("Given does not tell a channel that is off from one half set up")
	}
}
