package fakes

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// toFake sends what is meant for Twilio to the fake. It reads the whole body,
// since the library never closes that of an error.
type toFake struct {
	base      *url.URL
	transport *http.Transport
}

func (f toFake) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = f.base.Scheme, f.base.Host
	resp, err := f.transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, err
}

const (
	publicMessage = "https://pulang.example/webhooks/twilio/message"
	publicStatus  = "https://pulang.example/webhooks/twilio/status"
	rinasNumber   = "+6281200000001"
)

// line is a Twilio with the real client library speaking to it.
type line struct {
	*Twilio
	api  *api.ApiService
	hook *hook
}

func newLine(t *testing.T, o TwilioOptions, h *hook) *line {
	t.Helper()
	o.Now = noon
	o.MessageURL, o.StatusURL, o.TargetBase = publicMessage, publicStatus, h.URL
	tw := NewTwilio(o)
	if err := tw.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tw.Close)
	base, _ := url.Parse(tw.URL())
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	c := &client.Client{Credentials: client.NewCredentials(tw.Options().AccountSID, tw.Options().AuthToken),
		HTTPClient: &http.Client{Transport: toFake{base, transport}}}
	c.SetAccountSid(tw.Options().AccountSID)
	return &line{Twilio: tw, api: api.NewApiServiceWithClient(c), hook: h}
}

func (l *line) send(to, body string) (*api.ApiV2010Message, error) {
	return l.api.CreateMessage(new(api.CreateMessageParams).SetTo(to).SetFrom(l.Options().From).SetBody(body).SetStatusCallback(publicStatus))
}

// form reads a delivered webhook after checking its signature as the library does.
func (l *line) form(t *testing.T, n int, public, token string) url.Values {
	t.Helper()
	bodies := l.hook.got()
	if len(bodies) <= n {
		t.Fatalf("only %d webhooks arrived", len(bodies))
	}
	validator := client.NewRequestValidator(token)
	if !validator.ValidateBody(public, []byte(bodies[n]), l.hook.headers[n].Get("X-Twilio-Signature")) {
		t.Errorf("the library does not accept the signature of webhook %d", n)
	}
	form, err := url.ParseQuery(bodies[n])
	if err != nil {
		t.Fatal(err)
	}
	return form
}

func TestAnSMSConversationThroughTheRealClient(t *testing.T) {
	t.Parallel()
	l := newLine(t, TwilioOptions{}, newHook(t, nil))
	rina := l.Phone(rinasNumber)
	sid := rina.Says("tolong + bantu & 100% 'ya'")
	if err := l.Settled(soon(t)); err != nil {
		t.Fatal(err)
	}
	in := l.form(t, 0, publicMessage, l.Options().AuthToken)
	for name, want := range map[string]string{"MessageSid": sid, "SmsSid": sid, "From": rinasNumber, "To": l.Options().Number,
		"Body": "tolong + bantu & 100% 'ya'", "NumMedia": "0", "NumSegments": "1", "AccountSid": l.Options().AccountSID} {
		if in.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, in.Get(name), want)
		}
	}
	sent, err := l.send(rinasNumber, "Pesan diterima.")
	if err != nil || *sent.Status != "queued" || !strings.HasPrefix(*sent.Sid, "SM") || len(*sent.Sid) != 34 {
		t.Fatalf("sent %+v, error %v", sent, err)
	}
	if err := l.Settled(soon(t)); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"queued", "sent", "delivered"} {
		f := l.form(t, 1+i, publicStatus, l.Options().AuthToken)
		if f.Get("MessageStatus") != want || f.Get("MessageSid") != *sent.Sid || f.Get("To") != rinasNumber {
			t.Errorf("status callback %d is %v, want %s", i, f, want)
		}
	}
	if got := texts(rina.Shows()); !slices.Equal(got, []string{"tolong + bantu & 100% 'ya'", "Pesan diterima."}) {
		t.Errorf("the phone shows %q", got)
	}
	fetched, err := l.api.FetchMessage(*sent.Sid, nil)
	if err != nil || *fetched.Status != "delivered" || *fetched.Body != "Pesan diterima." {
		t.Errorf("fetched %+v, error %v", fetched, err)
	}
	if _, err := l.api.FetchMessage("SM00", nil); err == nil {
		t.Error("a message that is not there was found")
	}
	none(t, l.Violations())
}

func TestReconcilingFindsWhatWasAccepted(t *testing.T) {
	t.Parallel()
	l := newLine(t, TwilioOptions{}, newHook(t, nil))
	l.Fail(1, Fault{ResetAfterAccepting: true})
	if _, err := l.send(rinasNumber, "satu"); err == nil {
		t.Fatal("a cut connection gave no error")
	}
	for _, body := range []string{"dua", "tiga"} {
		if _, err := l.send(rinasNumber, body); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.send("+6281200000002", "lain"); err != nil {
		t.Fatal(err)
	}
	l.Phone(rinasNumber).Says("dari Rina")
	list := func(p *api.ListMessageParams) (bodies []string) {
		t.Helper()
		found, err := l.api.ListMessage(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range found {
			bodies = append(bodies, *m.Body)
		}
		return bodies
	}
	to := func() *api.ListMessageParams { return new(api.ListMessageParams).SetTo(rinasNumber) }
	want := []string{"tiga", "dua", "satu"}
	for name, p := range map[string]*api.ListMessageParams{
		"all":        to(),
		"in pages":   to().SetPageSize(2),
		"since then": to().SetDateSentAfter(noon()),
		"that day":   to().SetDateSentAfter(noon().Add(-time.Hour)).SetDateSentBefore(noon().Add(time.Hour)),
		"from us":    to().SetFrom(l.Options().From),
	} {
		if got := list(p); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := list(to().SetDateSentAfter(noon().Add(time.Second))); len(got) != 0 {
		t.Errorf("later than all: %q", got)
	}
	if got := list(new(api.ListMessageParams).SetFrom(rinasNumber)); !slices.Equal(got, []string{"dari Rina"}) {
		t.Errorf("from Rina: %q", got)
	}
	if err := l.Settled(soon(t)); err != nil {
		t.Error(err)
	}
	none(t, l.Violations())
}

func TestWhatTwilioRefusesIsRefusedWithItsCode(t *testing.T) {
	t.Parallel()
	parts := func(s string) (int, bool) { return 1 + len(s)/161, strings.Contains(s, "😀") }
	l := newLine(t, TwilioOptions{Strict: true, Segments: parts}, newHook(t, nil))
	params := func() *api.CreateMessageParams {
		return new(api.CreateMessageParams).SetTo(rinasNumber).SetFrom(l.Options().From).SetBody("a")
	}
	for name, c := range map[string]struct {
		p    *api.CreateMessageParams
		code int
	}{
		"no To":       {new(api.CreateMessageParams).SetFrom(l.Options().From).SetBody("a"), 21604},
		"local To":    {params().SetTo("081200000001"), 21211},
		"no From":     {new(api.CreateMessageParams).SetTo(rinasNumber).SetBody("a"), 21603},
		"other From":  {params().SetFrom("+15005550001"), 21606},
		"no Body":     {params().SetBody(" "), 21602},
		"two parts":   {params().SetBody(strings.Repeat("a", 161)), 21617},
		"UCS-2":       {params().SetBody("😀"), 21617},
		"to ourself":  {params().SetTo(l.Options().From), 21266},
		"other place": {params().SetStatusCallback("https://elsewhere.example/"), 21609},
	} {
		before := len(l.Violations())
		var refused *client.TwilioRestError
		if _, err := l.api.CreateMessage(c.p); !errors.As(err, &refused) || refused.Code != c.code || refused.Status != 400 {
			t.Errorf("%s: %v, want %d", name, err, c.code)
		}
		if len(l.Violations()) != before+1 {
			t.Errorf("%s: not remembered as a violation", name)
		}
	}
	if n := len(l.Phone(rinasNumber).Shows()); n != 0 {
		t.Errorf("the phone shows %d refused messages", n)
	}
	for _, v := range l.Violations() {
		if strings.Contains(v, "62812") {
			t.Errorf("a violation shows a number: %s", v)
		}
	}
}

func TestAWrongLoginIsRefused(t *testing.T) {
	t.Parallel()
	h := newHook(t, nil)
	l := newLine(t, TwilioOptions{AuthToken: "right"}, h)
	base, _ := url.Parse(l.URL())
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	c := &client.Client{Credentials: client.NewCredentials(l.Options().AccountSID, "wrong"), HTTPClient: &http.Client{Transport: toFake{base, transport}}}
	c.SetAccountSid(l.Options().AccountSID)
	var refused *client.TwilioRestError
	_, err := api.NewApiServiceWithClient(c).CreateMessage(new(api.CreateMessageParams).SetTo(rinasNumber).SetFrom(l.Options().From).SetBody("a"))
	if !errors.As(err, &refused) || refused.Code != 20003 || refused.Status != 401 || len(l.Violations()) != 1 {
		t.Errorf("error %v, violations %q", err, l.Violations())
	}
}

func TestPhonesRefuseStopAndFail(t *testing.T) {
	t.Parallel()
	l := newLine(t, TwilioOptions{}, newHook(t, nil))
	rina := l.Phone(rinasNumber)
	code := func() int {
		var refused *client.TwilioRestError
		if _, err := l.send(rinasNumber, "halo"); errors.As(err, &refused) {
			return refused.Code
		}
		return 0
	}
	rina.Refuses(21408)
	if got := code(); got != 21408 {
		t.Errorf("a refused region: %d", got)
	}
	rina.Refuses(0)
	rina.Says(" stop ")
	if got := code(); got != 21610 {
		t.Errorf("after STOP: %d", got)
	}
	rina.Says("start")
	rina.Says("jangan stop")
	if got := code(); got != 0 {
		t.Errorf("after START: %d", got)
	}
	rina.Outcomes(Outcome{Statuses: []string{"undelivered", "sent"}, ErrorCode: 30005})
	before := len(rina.Shows())
	sent, err := l.send(rinasNumber, "hilang")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Settled(soon(t)); err != nil {
		t.Fatal(err)
	}
	m, err := l.api.FetchMessage(*sent.Sid, nil)
	if err != nil || *m.Status != "undelivered" || *m.ErrorCode != 30005 || len(rina.Shows()) != before {
		t.Errorf("message %+v, error %v, the phone shows %d things", m, err, len(rina.Shows()))
	}
	var told []string
	for i := range l.hook.got() {
		if strings.Contains(l.hook.got()[i], *sent.Sid) {
			f := l.form(t, i, publicStatus, l.Options().AuthToken)
			told = append(told, f.Get("MessageStatus")+f.Get("ErrorCode"))
		}
	}
	if !slices.Equal(told, []string{"undelivered30005", "sent"}) {
		t.Errorf("the callbacks were %q, want them in the order asked for", told)
	}
	none(t, l.Violations())
}

func TestALostWebhookIsNotRepeatedButCanBeMadeTo(t *testing.T) {
	t.Parallel()
	down := func(n int, w http.ResponseWriter) {
		if n == 1 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}
	l := newLine(t, TwilioOptions{}, newHook(t, down))
	l.Phone(rinasNumber).Says("satu")
	if err := l.Settled(soon(t)); err != nil {
		t.Fatal(err)
	}
	if lost := l.Lost(); len(lost) != 1 || !slices.Equal(lost[0].Statuses, []int{500}) {
		t.Errorf("lost %+v", lost)
	}
	l = newLine(t, TwilioOptions{Attempts: 3, RetryEvery: time.Millisecond}, newHook(t, down))
	l.Redeliver(false, true)
	l.Phone(rinasNumber).Says("satu")
	if err := l.Settled(soon(t)); err != nil {
		t.Fatal(err)
	}
	if d := l.Deliveries(); len(l.Lost()) != 0 || !slices.Equal(d[0].Statuses, []int{500, 200, 200}) {
		t.Errorf("deliveries %+v", d)
	}
}

func TestTheSigningTokenCanTurnOver(t *testing.T) {
	t.Parallel()
	l := newLine(t, TwilioOptions{}, newHook(t, nil))
	l.SignWith("the0next0token")
	l.Phone(rinasNumber).Says("satu")
	if err := l.Settled(soon(t)); err != nil {
		t.Fatal(err)
	}
	l.form(t, 0, publicMessage, "the0next0token")
}

func TestTwiMLAnswersReachThePhone(t *testing.T) {
	t.Parallel()
	l := newLine(t, TwilioOptions{}, newHook(t, func(n int, w http.ResponseWriter) {
		switch n {
		case 1:
			w.Header().Set("Content-Type", "text/xml")
			_, _ = w.Write([]byte(`<?xml version="1.0"?><Response><Message>Sebentar.</Message></Response>`))
		case 2:
			w.Header().Set("Content-Type", "text/plain")
			_, _ = w.Write([]byte("ok"))
		}
	}))
	rina := l.Phone(rinasNumber)
	rina.Says("satu")
	if err := rina.Wait(soon(t), func(s []Shown) bool { return len(s) == 2 && s[1].Text == "Sebentar." }); err != nil {
		t.Error(err)
	}
	none(t, l.Violations())
	rina.SendsMedia("image/jpeg", "https://media.example/1", "dua")
	if err := l.Settled(soon(t)); err != nil {
		t.Fatal(err)
	}
	if v := l.Violations(); len(v) != 1 || !strings.Contains(v[0], "12300") {
		t.Errorf("violations %q, want the content type", v)
	}
	if f := l.form(t, 1, publicMessage, l.Options().AuthToken); f.Get("NumMedia") != "1" || f.Get("MediaUrl0") == "" {
		t.Errorf("the picture came as %v", f)
	}
}

func TestAMessagingServiceSendsForTheNumber(t *testing.T) {
	t.Parallel()
	service := "MG00000000000000000000000000000001"
	l := newLine(t, TwilioOptions{From: service, Number: "+15005550007"}, newHook(t, nil))
	sent, err := l.api.CreateMessage(new(api.CreateMessageParams).SetTo(rinasNumber).SetMessagingServiceSid(service).SetBody("a"))
	if err != nil || *sent.Status != "accepted" || *sent.From != "+15005550007" || *sent.MessagingServiceSid != service {
		t.Errorf("sent %+v, error %v", sent, err)
	}
	if err := l.Settled(soon(t)); err != nil {
		t.Error(err)
	}
	none(t, l.Violations())
}
