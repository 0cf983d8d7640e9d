package telegram

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"unicode/utf8"

	"pulang/internal/casefile"
)

// FuzzParse: every body has an answer that the line can store.
func FuzzParse(f *testing.F) {
	for _, k := range append(append(messageKinds(), oddKinds()...), updateKinds()...) {
		f.Add(k.Delivery.Body)
	}
	f.Add([]byte(`{"update_id":1,"message":null}`))
	f.Add([]byte(`{"update_id":1,"my_chat_member":{"new_chat_member":null}}`))
	f.Add([]byte(`{"update_id":1,"callback_query":{"message":null,"data":"a:7:1"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		a := read(body)
		if a.Channel != Name || a.ProviderID == "" || len(a.ProviderID) > 60 || a.Kind == "" {
			t.Fatalf("cannot be stored: channel %q, name %q, kind %q", a.Channel, a.ProviderID, a.Kind)
		}
		if again := read(body); again != a {
			t.Fatal("the same body is read in two ways")
		}
		if !a.Raw.Is(string(body)) {
			t.Fatal("raw bytes were not kept")
		}
		for name, s := range map[string]string{
			"text": a.Text.Reveal(), "media": a.Media.Reveal(), "data": a.Press.Data, "query": a.Press.Query,
			"name": a.ProviderID, "ref": a.MessageRef,
		} {
			if !utf8.ValidString(s) {
				t.Fatalf("%s is no UTF-8", name)
			}
		}
		if a.Kind == casefile.KindUnreadable && a.From != (casefile.Private{}) {
			t.Fatal("unreadable, yet from somebody")
		}
	})
}

// FuzzForged: a guessed secret is nobody's.
func FuzzForged(f *testing.F) {
	c, err := Open(Settings{Token: "123456:abc", Secret: testSecret, APIURL: "http://127.0.0.1:1"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("")
	f.Add(testSecret + "x")
	f.Add(testSecret[:len(testSecret)-1])
	f.Fuzz(func(t *testing.T, secret string) {
		r := httptest.NewRequest(http.MethodPost, "/webhooks/telegram", nil)
		r.Header["X-Telegram-Bot-Api-Secret-Token"] = []string{secret}
		if err := c.Routes()[0].Check(r); (err == nil) != (secret == testSecret) {
			t.Errorf("%q: %v", secret, err)
		}
	})
}
