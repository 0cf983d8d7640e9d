package sms

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"unicode/utf8"

	"pulang/bot"
	"pulang/internal/casefile"
)

// FuzzParse: every signed form has an answer that the line can store.
func FuzzParse(f *testing.F) {
	for _, k := range append(messageKinds(), statusKinds()...) {
		f.Add(k.Delivery.Body)
	}
	f.Add([]byte("MessageSid=" + testSID + "&MessageStatus=of_tomorrow"))
	f.Fuzz(func(t *testing.T, body []byte) {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return
		}
		for name, read := range map[string]func(url.Values, []byte) bot.Arrived{"message": readMessage, "status": readStatus} {
			a := read(form, body)
			if a.Channel != Name || a.ProviderID == "" || len(a.ProviderID) > 60 || !utf8.ValidString(a.ProviderID) || a.Kind == "" {
				t.Fatalf("%s cannot be stored: name %q, kind %q", name, a.ProviderID, a.Kind)
			}
			if again := read(form, body); again != a {
				t.Fatalf("%s: the same form is read in two ways", name)
			}
			if !a.Raw.Is(string(body)) {
				t.Fatalf("%s: raw bytes were not kept", name)
			}
			if !utf8.ValidString(a.Text.Reveal()) || !utf8.ValidString(a.Media.Reveal()) || !utf8.ValidString(a.Status.Class) {
				t.Fatalf("%s: text, media or class is no UTF-8", name)
			}
			if a.Kind == casefile.KindUnreadable && !a.From.IsEmpty() {
				t.Fatalf("%s: unreadable, yet from somebody", name)
			}
		}
	})
}

// FuzzNormal: a number that is taken is E.164, and stays the same when it is read
// again, wherever it is read.
func FuzzNormal(f *testing.F) {
	for _, number := range []string{"0812-3456-789", "+62 812 3456 7890", "tel:+628123456789;ext=1", "1-800-FLOWERS", "\u0660\u0661\u0662", "+"} {
		f.Add(number, "ID")
	}
	f.Add("0812345678", "XX")
	f.Fuzz(func(t *testing.T, number, region string) {
		read, err := Normal(number, region)
		if err != nil {
			if !read.IsEmpty() {
				t.Fatalf("%q is refused and given back", number)
			}
			return
		}
		if !numberForm.MatchString(read.Reveal()) {
			t.Fatalf("%q is no E.164", number)
		}
		if again, err := Normal(read.Reveal(), "MM"); err != nil || again != read {
			t.Errorf("%q reads otherwise the second time (%v)", number, err)
		}
	})
}

// FuzzForged: a form with a guessed signature is nobody's.
func FuzzForged(f *testing.F) {
	c, err := Open(Settings{AccountSID: testAccount, AuthToken: testToken, From: testFrom, PublicURL: testPublic})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("From=%2B628123456789&Body=tolong&MessageSid="+testSID), "guessed")
	f.Add([]byte(""), "")
	f.Add([]byte("%zz"), "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	f.Fuzz(func(t *testing.T, body []byte, signature string) {
		for _, route := range c.Routes() {
			r := httptest.NewRequest(http.MethodPost, messagePath, nil)
			r.Header["X-Twilio-Signature"] = []string{signature}
			if _, err := route.Parse(r, body); !errors.Is(err, bot.ErrForged) {
				t.Errorf("%q passes for a signature (%v)", signature, err)
			}
		}
	})
}
