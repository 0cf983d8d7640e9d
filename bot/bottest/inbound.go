package bottest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pulang/bot"
	"pulang/internal/casefile"
)

func (s Suite) forgedIsRefused(t *testing.T) {
	t.Parallel()
	c, _ := s.Open(t)
	if len(s.Forged) < 3 {
		t.Fatalf("the suite names %d forgeries; give at least a wrong proof, an empty one and none", len(s.Forged))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Forged)) {
		batch, err := deliver(t, c, s.Forged[name])
		if !errors.Is(err, bot.ErrForged) {
			t.Errorf("%s: got %v, want ErrForged", name, err)
		}
		if len(batch) != 0 {
			t.Errorf("%s: %d messages came through a forged webhook", name, len(batch))
		}
	}
}

func (s Suite) genuineIsAccepted(t *testing.T) {
	t.Parallel()
	c, _ := s.Open(t)
	if a := arrived(t, c, s.Text("halo", 1)); a.Kind != casefile.KindText || !a.Text.Is("halo") || a.From.IsEmpty() {
		t.Errorf("a plain message arrived as %q, text kept: %v, sender kept: %v", a.Kind, a.Text.Is("halo"), !a.From.IsEmpty())
	}
	for _, name := range slices.Sorted(maps.Keys(s.AlsoGenuine)) {
		if a := arrived(t, c, s.AlsoGenuine[name]); a.Kind == casefile.KindUnreadable {
			t.Errorf("%s: arrived unreadable", name)
		}
	}
}

func (s Suite) garbageIsKept(t *testing.T) {
	t.Parallel()
	c, _ := s.Open(t)
	common := []string{"", " ", "{", "}", "{}", "[]", "null", "0", `"x"`, "a=b&c", "\x00", "\xff\xfe", strings.Repeat("[", 20000)}
	seen := map[string]string{}
	for _, body := range append(common, s.Garbage...) {
		short := fmt.Sprintf("%.20q", body)
		a := arrived(t, c, s.Genuine([]byte(body)))
		if a.Kind != casefile.KindUnreadable {
			t.Errorf("body %s: kind %q, want unreadable", short, a.Kind)
		}
		if again := arrived(t, c, s.Genuine([]byte(body))); again.ProviderID != a.ProviderID {
			t.Errorf("body %s: named %q, repeated %q", short, a.ProviderID, again.ProviderID)
		}
		if other, taken := seen[a.ProviderID]; taken {
			t.Errorf("bodies %s and %s have the same name", short, other)
		}
		seen[a.ProviderID] = short
	}
}

func (s Suite) repeatedDelivery(t *testing.T) {
	t.Parallel()
	c, _ := s.Open(t)
	first, again, next := arrived(t, c, s.Text("satu", 1)), arrived(t, c, s.Text("satu", 1)), arrived(t, c, s.Text("satu", 2))
	if first != again {
		t.Error("the same delivery was parsed in two ways")
	}
	if first.ProviderID == next.ProviderID {
		t.Errorf("two messages with the same words have one name, %q", first.ProviderID)
	}
	if first.From != next.From {
		t.Error("two messages of one person came from two")
	}
	if s.Ordered && first.Order >= next.Order {
		t.Errorf("order %d then %d, want rising", first.Order, next.Order)
	}
}

func (s Suite) everyKind(t *testing.T) {
	t.Parallel()
	c, _ := s.Open(t)
	for _, k := range s.Kinds {
		got := arrived(t, c, k.Delivery)
		want := k.Want
		want.Channel, want.Raw = c.Name(), got.Raw
		if got == want {
			continue
		}
		t.Errorf("%s: not what it means:%s", k.Name, s.differences(got, want))
	}
}

// differences names the fields that differ.
func (s Suite) differences(got, want bot.Arrived) string {
	var b strings.Builder
	field := func(name string, got, want any) {
		if got == want {
			return
		}
		if p, ok := got.(casefile.Private); ok {
			got, want = s.Show(p), s.Show(want.(casefile.Private))
		}
		fmt.Fprintf(&b, "\n    %s: got %v, want %v", name, got, want)
	}
	field("ProviderID", got.ProviderID, want.ProviderID)
	field("Kind", got.Kind, want.Kind)
	field("From", got.From, want.From)
	field("Text", got.Text, want.Text)
	field("Note", got.Note, want.Note)
	field("Order", got.Order, want.Order)
	field("MessageRef", got.MessageRef, want.MessageRef)
	field("Media", got.Media, want.Media)
	field("MovedTo", got.MovedTo, want.MovedTo)
	field("Lang", got.Lang, want.Lang)
	field("SentAt", got.SentAt, want.SentAt)
	field("Status", got.Status, want.Status)
	field("Press", got.Press, want.Press)
	return b.String()
}

// OddTexts are texts that must arrive as they were written, by what is odd about
// them.
func OddTexts() map[string]string {
	return map[string]string{
		"empty":            "",
		"space only":       "   ",
		"4096 characters":  strings.Repeat("tolong a", 512),
		"emoji only":       "😭🙏🏽👨‍👩‍👧",
		"right to left":    "ساعدوني \u202eمن فضلك\u202c",
		"zero width":       "to\u200blo\u200dng\ufeff",
		"control":          "tolong\x00\x01\x07\x1b[31m\r\n\tsaya",
		"quotes":           `"tolong" 'saya' \ & <b> %zz + ;`,
		"private use":      "\ue000\U000F0000",
		"combining":        strings.Repeat("e\u0301\u0323", 50),
		"looks like JSON":  `{"update_id":1}`,
		"looks like forms": "From=%2B1&Body=x",
		"thai":             "ช่วยด้วย",
	}
}

func (s Suite) oddTexts(t *testing.T) {
	t.Parallel()
	c, _ := s.Open(t)
	n := 100
	for name, text := range OddTexts() {
		n++
		a := arrived(t, c, s.Text(text, n))
		if a.Kind != casefile.KindText || !a.Text.Is(text) {
			t.Errorf("%s: arrived as %q with text %q", name, a.Kind, s.Show(a.Text))
		}
	}
	a := arrived(t, c, s.Text("tolong \xff\xc3\x28 saya", 99))
	text := s.Show(a.Text)
	if a.Kind != casefile.KindText || !utf8.ValidString(text) ||
		!strings.HasPrefix(text, "tolong ") || !strings.HasSuffix(text, " saya") {
		t.Errorf("invalid UTF-8: arrived as %q with text %q", a.Kind, text)
	}
}

func (s Suite) largeBodies(t *testing.T) {
	t.Parallel()
	c, _ := s.Open(t)
	text := strings.Repeat("tolong ", 1<<20/8)
	if a := arrived(t, c, s.Text(text, 1)); a.Kind != casefile.KindText || !a.Text.Is(text) {
		t.Errorf("a text of %d bytes arrived as %q with %d", len(text), a.Kind, a.Text.Len())
	}
	if a := arrived(t, c, s.Genuine(make([]byte, 1<<20))); a.Kind != casefile.KindUnreadable {
		t.Errorf("a mebibyte of zeros arrived as %q", a.Kind)
	}
}
