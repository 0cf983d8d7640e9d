package locales

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pulang/internal/gsm7"
)

// longest is every variable at its longest: what is promised to whoever fills it.
var longest = map[string]string{
	"agency":  strings.Repeat("a", 22),
	"name":    strings.Repeat("n", 22),
	"code":    "K7Q2",
	"urgency": "CRITICAL",
	"minutes": "10080",
	"count":   "9999",
	"link":    "https://" + strings.Repeat("l", 52),
	"what":    strings.Repeat("w", 60),
}

func book(t *testing.T) *Book {
	t.Helper()
	b, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// spoken are the keys of what is said by message; the console's are pages.
func spoken(b *Book) []string {
	return slices.DeleteFunc(b.Keys(), func(key string) bool { return strings.HasPrefix(key, "console.") })
}

// each calls check with every text of every language, variables at their longest.
func each(t *testing.T, b *Book, check func(lang, key, text string)) {
	t.Helper()
	for _, lang := range b.Langs() {
		for _, key := range spoken(b) {
			text, err := b.Text(lang, key, longest)
			if err != nil {
				t.Errorf("write %s in %s.toml: %v", key, lang, err)
				continue
			}
			check(lang, key, text)
		}
	}
}

func TestEveryLanguageHasEveryKey(t *testing.T) {
	t.Parallel()
	b := book(t)
	if got := b.Langs(); !slices.Contains(got, "id") || !slices.Contains(got, "en") {
		t.Fatalf("languages are %v, want id and en at least", got)
	}
	for _, lang := range b.Langs() {
		for _, key := range b.Keys() {
			if !b.Has(lang, key) {
				t.Errorf("%s.toml lacks %s: %s", lang, key, b.Note("en", key))
			}
		}
	}
}

func TestEveryTextHasTheSameVariablesInEveryLanguage(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, key := range b.Keys() {
		want := variables(t, b, "en", key)
		for _, lang := range b.Langs() {
			if got := variables(t, b, lang, key); !slices.Equal(got, want) {
				t.Errorf("%s in %s.toml has the variables %v, want %v as in en.toml", key, lang, got, want)
			}
		}
	}
}

// variables asks for the text again and again, with one more variable each time.
func variables(t *testing.T, b *Book, lang, key string) []string {
	t.Helper()
	have := map[string]string{}
	for {
		_, err := b.Text(lang, key, have)
		if !errors.Is(err, ErrNoVariable) {
			return slices.Sorted(maps.Keys(have))
		}
		name := regexp.MustCompile(`\{(\w+)\}: `).FindStringSubmatch(err.Error())
		if name == nil || have[name[1]] != "" {
			t.Fatalf("%s in %s.toml has a broken variable: %v", key, lang, err)
		}
		have[name[1]] = "x"
	}
}

func TestEveryTextRendersWhole(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, key := range spoken(b) {
		for _, name := range variables(t, b, "en", key) {
			if _, known := longest[name]; !known {
				t.Errorf("%s: say in this test how long {%s} may be", key, name)
			}
		}
	}
	each(t, b, func(lang, key, text string) {
		if strings.ContainsAny(text, "{}<>") || strings.Contains(text, "no value") {
			t.Errorf("%s in %s.toml comes out as %q", key, lang, text)
		}
		if text != strings.TrimSpace(text) || strings.Contains(text, "  ") {
			t.Errorf("%s in %s.toml has stray spaces: %q", key, lang, text)
		}
	})
}

func TestEveryTextIsOneSMS(t *testing.T) {
	t.Parallel()
	each(t, book(t), func(lang, key, text string) {
		if !gsm7.OneSegment(text) {
			n, ok := gsm7.Septets(text)
			t.Errorf("%s in %s.toml needs %d septets (GSM-7: %v), at most 160: %q", key, lang, n, ok, text)
		}
	})
}

func TestATextIsWholeOrAnError(t *testing.T) {
	t.Parallel()
	b := book(t)
	if text, err := b.Text("en", "disguised.takeover", map[string]string{"name": "{code}"}); err != nil ||
		text != "Hi, this is {code}. Not automatic any more." {
		t.Errorf("a name with braces became %q, %v", text, err)
	}
	for _, c := range []struct {
		lang, key string
		vars      map[string]string
		want      error
	}{
		{"xx", "all.safe_now", nil, ErrNoLanguage},
		{"en", "all.no_such_key", nil, ErrNoText},
		{"en", "disguised.takeover", nil, ErrNoVariable},
		{"en", "disguised.takeover", map[string]string{"names": "Sari"}, ErrNoVariable},
	} {
		if text, err := b.Text(c.lang, c.key, c.vars); !errors.Is(err, c.want) || text != "" {
			t.Errorf("Text(%s, %s, %v) = %q, %v; want no text and %v", c.lang, c.key, c.vars, text, err, c.want)
		}
	}
}

func TestABrokenFileIsRefused(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"no note":     "[all.hello]\nother = \"Halo\"\n",
		"no words":    "[all.hello]\ndescription = \"for everybody\"\n",
		"not toml":    "[all.hello\n",
		"written two": "[all.hello]\ndescription = \"a\"\nother = \"b\"\n[all.hello]\ndescription = \"a\"\nother = \"b\"\n",
	} {
		if _, err := open(fstest.MapFS{"id.toml": {Data: []byte(content)}}); err == nil {
			t.Errorf("%s: a broken file was accepted", name)
		}
	}
	if _, err := open(fstest.MapFS{}); err == nil {
		t.Error("a book without a language was opened")
	}
}
