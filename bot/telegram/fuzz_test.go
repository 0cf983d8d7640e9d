package telegram

import (
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
