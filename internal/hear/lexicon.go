package hear

import (
	"fmt"
	"strings"
)

// tongue is a set of languages, as bits.
type tongue uint8

const (
	inIndonesian tongue = 1 << iota
	inEnglish
)

// lexicon is what hear knows of one language. A further language is a further
// lexicon in its own file, listed in lexicons; the rules stay as they are.
type lexicon struct {
	lang tongue // the language a text in these words counts as

	// short lists spellings, one standard form a line: "tlg tlng = tolong".
	// The right side may be several words: "gabisa = tidak bisa".
	short string

	// concepts lists the words of each concept, one concept a line:
	// "passport: paspor, dokumen". An entry may be several words. The same
	// concept may stand on several lines and in several languages.
	concepts string

	// common lists everyday words that carry no concept: they tell the language,
	// and are never taken for a misspelling of something else.
	common string

	// answers lists the words that answer questions, as "key value: words" or,
	// for every question that has the value, "* value: words".
	answers string

	// commands lists the words of the exits, as "command: words".
	commands string

	// agencies lists how agencies and their officers are named, as "agency: words",
	// with the meanings of the fact named_agency. Nothing else is heard by them.
	agencies string
}

// lexicons are the languages we hear.
var lexicons = []lexicon{indonesian, javaneseSundanese, english}

// entry is one line of a table: a name and its words.
type entry struct {
	name  string
	items []string
}

// table reads lines of "name: item, item". Lines that start with # are comments.
func table(text, divider string) ([]entry, error) {
	var out []entry
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, rest, ok := strings.Cut(line, divider)
		if !ok {
			return nil, fmt.Errorf("hear: line without %q: %.40s", divider, line)
		}
		e := entry{name: strings.TrimSpace(name)}
		for item := range strings.SplitSeq(rest, ",") {
			if item = strings.TrimSpace(item); item != "" {
				e.items = append(e.items, item)
			}
		}
		out = append(out, e)
	}
	return out, nil
}
