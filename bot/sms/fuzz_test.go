package sms

import (
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
