package flows

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"pulang/locales"
)

var update = flag.Bool("update", false, "write the conversations of flows/testdata again")

// TestEveryConversationIsAsWritten compares each conversation with the file that
// people have read and agreed to.
func TestEveryConversationIsAsWritten(t *testing.T) {
	t.Parallel()
	book, err := locales.Open()
	if err != nil {
		t.Fatal(err)
	}
	written := map[string]bool{}
	for _, flow := range Conversations() {
		golden(t, string(flow)+".mmd", Mermaid(flow))
		written[string(flow)+".mmd"] = true
		for _, lang := range book.Langs() {
			golden(t, string(flow)+"."+lang+".txt", Transcript(flow, lang, book))
			written[string(flow)+"."+lang+".txt"] = true
		}
	}
	kept, err := filepath.Glob(filepath.Join("testdata", "*.*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range kept {
		if !written[filepath.Base(file)] {
			t.Errorf("%s is a conversation that nobody holds any more", file)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Errorf("a conversation was never agreed to: %v; read it, and run the test with -update", err)
		return
	}
	if got == string(want) {
		return
	}
	line, i := 1, 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		if got[i] == '\n' {
			line++
		}
		i++
	}
	t.Errorf("%s differs from line %d on (%d bytes, want %d); read it, and run the test with -update", path, line, len(got), len(want))
}

// TestNoConversationMissesAText: a drawing names a text that is missing.
func TestNoConversationMissesAText(t *testing.T) {
	t.Parallel()
	book, err := locales.Open()
	if err != nil {
		t.Fatal(err)
	}
	d := drawing{lang: book.Langs()[0], book: book}
	if got := d.text("no.such.text"); got != "[missing: no.such.text]" {
		t.Errorf("a missing text shows as %q", got)
	}
	for _, flow := range Conversations() {
		for _, n := range list(flow) {
			for _, watched := range []bool{false, true} {
				for _, lang := range book.Langs() {
					if !book.Has(lang, n.wording(watched)) {
						t.Errorf("%s of %s has no words in %s: %s", n.id(), flow, lang, n.wording(watched))
					}
				}
			}
		}
	}
}
