package main

import (
	"fmt"
	"slices"

	"pulang/flows"
	"pulang/internal/casefile"
	"pulang/locales"
)

type flowsCommand struct {
	Draw flowsDrawCommand `cmd:"" help:"Print each conversation as a diagram (Mermaid) and as a transcript."`
}

type flowsDrawCommand struct {
	Flow string `arg:"" optional:"" help:"Only this one: all (the opening), victim, family, witness, returnee or info."`
	Lang string `help:"Transcripts in this language only."`
}

// Run draws the conversations.
func (c flowsDrawCommand) Run(w world) error {
	book, err := locales.Open()
	if err != nil {
		return err
	}
	drawn, langs := flows.Conversations(), book.Langs()
	if c.Flow != "" {
		if !slices.Contains(drawn, casefile.Flow(c.Flow)) {
			return fmt.Errorf("there is no conversation %q; there are %v", c.Flow, drawn)
		}
		drawn = []casefile.Flow{casefile.Flow(c.Flow)}
	}
	if c.Lang != "" {
		if !slices.Contains(langs, c.Lang) {
			return fmt.Errorf("there is no language %q; there are %v", c.Lang, langs)
		}
		langs = []string{c.Lang}
	}
	for _, flow := range drawn {
		if _, err := fmt.Fprintf(w.stdout, "# %s\n\n```mermaid\n%s```\n", flow, flows.Mermaid(flow)); err != nil {
			return err
		}
		for _, lang := range langs {
			if _, err := fmt.Fprintf(w.stdout, "\n## %s, %s\n\n```text\n%s```\n", flow, lang, flows.Transcript(flow, lang, book)); err != nil {
				return err
			}
		}
	}
	return nil
}
