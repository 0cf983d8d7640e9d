// Package locales holds every word a person or a member of staff reads, one
// TOML file per language, each with notes for translators.
//
// It promises that a text comes out whole or not at all: an unknown language, a
// missing key and a missing variable are errors, never an empty place in a
// sentence. The files are part of the binary.
//
// It leaves to others which text to say, to whom and when (flows, bot), and
// how many SMS a text costs (gsm7; a test here counts).
package locales

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
)

//go:embed *.toml
var files embed.FS

// The errors of Text. Which key and which variable is in the wrapping error; the
// values of variables never are.
var (
	ErrNoLanguage = errors.New("no such language")
	ErrNoText     = errors.New("no such text")
	ErrNoVariable = errors.New("variable is missing")
)

// Book is all texts in all languages. It is safe for use by several goroutines.
type Book struct {
	langs map[string]*words
}

// words is one language. The console's texts, nine in ten of all, are read when
// somebody first opens it: until then they would only take memory.
type words struct {
	spoken  texts
	console func() (texts, error)
}

// texts is some texts of one language.
type texts struct {
	localizer *i18n.Localizer
	notes     map[string]string // by key
}

// Open reads the embedded files. It fails when one cannot be read, when a
// language is written twice, or when a text has no note for translators.
func Open() (*Book, error) { return open(files) }

func open(from fs.FS) (*Book, error) {
	names, err := fs.Glob(from, "*.toml")
	if err != nil {
		return nil, fmt.Errorf("list languages: %w", err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("list languages: %w", ErrNoLanguage)
	}
	book := &Book{langs: make(map[string]*words)}
	for _, name := range names {
		if err := book.add(from, name); err != nil {
			return nil, fmt.Errorf("read texts %s: %w", name, err)
		}
	}
	return book, nil
}

// add reads one file, whole, and keeps what is spoken.
func (b *Book) add(from fs.FS, name string) error {
	lang := strings.TrimSuffix(name, ".toml")
	tag, err := language.Parse(lang)
	if err != nil {
		return err
	}
	spoken, err := read(from, name, tag, func(key string) bool { return !ofConsole(key) })
	if err != nil {
		return err
	}
	b.langs[lang] = &words{spoken, sync.OnceValues(func() (texts, error) { return read(from, name, tag, ofConsole) })}
	return nil
}

func ofConsole(key string) bool { return strings.HasPrefix(key, "console.") }

// read reads one file into a bundle of its own, so that no language ever falls back
// to another in the middle of a conversation. It keeps the texts that are wanted, and
// nothing else of the file.
func read(from fs.FS, name string, tag language.Tag, wanted func(key string) bool) (texts, error) {
	raw, err := fs.ReadFile(from, name)
	if err != nil {
		return texts{}, err
	}
	file, err := i18n.ParseMessageFileBytes(raw, name, map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal})
	if err != nil {
		return texts{}, err
	}
	bundle, notes := i18n.NewBundle(tag), make(map[string]string)
	for _, m := range file.Messages {
		if m.Description == "" || m.Other == "" {
			return texts{}, fmt.Errorf("%s: a text needs words and a note for translators", m.ID)
		}
		if !wanted(m.ID) {
			continue
		}
		key := strings.Clone(m.ID)
		notes[key] = strings.Clone(m.Description)
		if err := bundle.AddMessages(tag, &i18n.Message{ID: key, Other: strings.Clone(m.Other)}); err != nil {
			return texts{}, err
		}
	}
	return texts{i18n.NewLocalizer(bundle, tag.String()), notes}, nil
}

// of is the texts among which key is.
func (w *words) of(key string) (texts, error) {
	if ofConsole(key) {
		return w.console()
	}
	return w.spoken, nil
}

// Text is the text of key in lang, with the variables of vars filled in. It
// returns ErrNoLanguage, ErrNoText or ErrNoVariable, and then no text.
func (b *Book) Text(lang, key string, vars map[string]string) (string, error) {
	w, ok := b.langs[lang]
	if !ok {
		return "", fmt.Errorf("text %s in %q: %w", key, lang, ErrNoLanguage)
	}
	t, err := w.of(key)
	if err != nil {
		return "", fmt.Errorf("text %s in %s: %w", key, lang, err)
	}
	if _, ok := t.notes[key]; !ok {
		return "", fmt.Errorf("text %s in %s: %w", key, lang, ErrNoText)
	}
	if vars == nil {
		vars = map[string]string{} // go-i18n would hand over a nil without its type
	}
	text, err := t.localizer.Localize(&i18n.LocalizeConfig{
		MessageID: key, TemplateData: vars, TemplateParser: braces{},
	})
	if err != nil {
		return "", fmt.Errorf("text %s in %s: %w", key, lang, err)
	}
	return text, nil
}

// Has reports whether lang has a text for key.
func (b *Book) Has(lang, key string) bool { _, ok := b.find(lang, key); return ok }

// Note is what a translator is told about key; empty when lang lacks it.
func (b *Book) Note(lang, key string) string { note, _ := b.find(lang, key); return note }

func (b *Book) find(lang, key string) (note string, found bool) {
	w, ok := b.langs[lang]
	if !ok {
		return "", false
	}
	t, err := w.of(key)
	if err != nil {
		return "", false // cannot be: the same file was read at the start
	}
	note, found = t.notes[key]
	return note, found
}

// Langs are the languages, sorted.
func (b *Book) Langs() []string { return slices.Sorted(maps.Keys(b.langs)) }

// Keys are the keys that any language has, sorted.
func (b *Book) Keys() []string {
	var all []string
	for _, w := range b.langs {
		all = slices.AppendSeq(all, maps.Keys(w.spoken.notes))
		if console, err := w.console(); err == nil {
			all = slices.AppendSeq(all, maps.Keys(console.notes))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// braces fills {name}: plain enough for a translator, and unlike text/template
// it has no way to print that a value is missing.
type braces struct{}

// Cacheable reports that a parsed text may be kept: it holds no state.
func (braces) Cacheable() bool { return true }

// Parse keeps the text; there is nothing to compile.
func (braces) Parse(text, _, _ string) (template.ParsedTemplate, error) { return filled(text), nil }

type filled string

// Execute puts the variables in, each once and none of them read again, so that
// a name with a brace in it stays a name.
func (text filled) Execute(data any) (string, error) {
	vars, _ := data.(map[string]string)
	var out strings.Builder
	rest := string(text)
	for {
		before, after, found := strings.Cut(rest, "{")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		name, tail, closed := strings.Cut(after, "}")
		value, known := vars[name]
		if !closed || !known {
			return "", fmt.Errorf("{%s}: %w", name, ErrNoVariable)
		}
		out.WriteString(value)
		rest = tail
	}
}
