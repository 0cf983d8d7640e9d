package hear

import (
	"fmt"
	"slices"

	"pulang/internal/casefile"
)

// naming is one way an agency is named: its words, as they are written or in standard
// spelling.
type naming struct {
	words  []string
	agency string
}

// learnAgencies reads the names of agencies. They add no word to the vocabulary, so
// that nothing else is heard differently for them.
func (e *Ear) learnAgencies() error {
	e.agencies = map[string][]naming{}
	entry, _ := casefile.Lookup(casefile.NamedAgency)
	for _, lex := range lexicons {
		entries, err := table(lex.agencies, ":")
		if err != nil {
			return err
		}
		for _, line := range entries {
			if !slices.Contains(entry.Values, line.name) {
				return fmt.Errorf("hear: %q is no agency of the dictionary", line.name)
			}
			for _, item := range line.items {
				var words []string
				for _, w := range split(item) {
					words = append(words, w.base)
				}
				if len(words) == 0 {
					return fmt.Errorf("hear: agency %q has an empty entry", line.name)
				}
				e.agencies[words[0]] = append(e.agencies[words[0]], naming{words, line.name})
			}
		}
	}
	return nil
}

// reportable are the agencies that "have you reported it?" has answers for.
var reportable = set("police", "mission", "kemlu", "bp2mi", "manpower")

// agencyAt is where one agency is named.
type agencyAt struct {
	agency string
	at     span
}

// agenciesNamed hears which agencies, or officers of them, are named, each once. A
// short answer to "have you reported it?" names nobody; a whole sentence there may
// well accuse somebody, and counts.
func (e *Ear) agenciesNamed(s *sighting, h casefile.Hearing, note noter) []casefile.Fact {
	all := e.agenciesAt(s)
	officer := slices.ContainsFunc(all, func(a agencyAt) bool { return a.agency == anyOfficer })
	mere := h.Pending.Key == casefile.ReportedTo && len(s.words) <= mereAnswer && !officer
	var heard []string
	var out []casefile.Fact
	for _, a := range all {
		switch {
		case slices.Contains(heard, a.agency), mere && reportable[a.agency], a.agency == anyOfficer && besideAnother(a, all):
			continue
		}
		heard = append(heard, a.agency)
		out = append(out, note.fact(casefile.NamedAgency, a.agency, s.phrase(a.at)))
	}
	return out
}

// anyOfficer is somebody's officer, of an agency that is not said.
const anyOfficer = "official"

// besideAnother reports whether an officer is told of together with their agency:
// "oknum polisi" is of the police.
func besideAnother(a agencyAt, all []agencyAt) bool {
	return slices.ContainsFunc(all, func(b agencyAt) bool {
		return b.agency != anyOfficer && b.at.a <= a.at.b+1 && a.at.a <= b.at.b+1
	})
}

func (e *Ear) agenciesAt(s *sighting) []agencyAt {
	var all []agencyAt
	for i := range s.words {
		for _, first := range []string{s.words[i].is, s.words[i].base} {
			for _, n := range e.agencies[first] {
				if end, ok := s.named(i, n.words); ok {
					all = append(all, agencyAt{n.agency, span{i, end}})
				}
			}
		}
	}
	return all
}

// mereAnswer is how many words an answer has that says where one has reported, and
// nothing more: "sudah lapor ke kantor polisi".
const mereAnswer = 6

// named reports whether words stand from word i on in one sentence, as written or in
// standard spelling, and where they end.
func (s *sighting) named(i int, words []string) (int, bool) {
	if i+len(words) > len(s.words) {
		return 0, false
	}
	for k, w := range words {
		here := &s.words[i+k]
		if here.is != w && here.base != w || k > 0 && here.pause == sentence {
			return 0, false
		}
	}
	return i + len(words), true
}
