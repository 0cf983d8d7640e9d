// Package hear understands what frightened people write: spelling, language,
// danger, who is writing, places, times, and answers to the questions that are
// open. It is what stands between "tlg sy dskp d myawadi" and an alert.
//
// It works in steps, of which a protection officer can read all but the last:
//
//  1. split and vocabulary turn a text into words in standard spelling: shorthand,
//     dropped vowels, split prefixes, stretched letters, look-alikes.
//  2. The lexicons, one file per language, say which words stand for which
//     concept: "disekap", "dikurung" and "locked up" are all confine.
//  3. The rules say which concepts near each other mean danger, or a fact, and
//     what each supports. They are the same for all languages.
//  4. The falseFriends say what only sounds like danger: "rumah dijual".
//  5. Where no rule heard danger, a small model trained on labelled messages may add
//     a doubt (model.go), and says which words made it doubt.
//
// It promises to be pure and safe for use by many at once, to answer for any bytes
// at all within milliseconds, never to panic, and to give for every danger the
// words of the original text that made it think so. When in doubt it hears danger.
//
// It leaves to others what follows from a danger (internal/escalation), what is
// asked next (flows), and everything about who the person was before this message.
package hear

import (
	"fmt"
	"slices"
	"strings"

	"pulang/internal/casefile"
)

// Ear hears. It is made once by New, never changes, and is shared by all.
type Ear struct {
	vocabulary *vocabulary
	concepts   map[string]int      // the number of each concept
	names      []string            // of the concepts, by number
	phrases    map[string][]phrase // by first word
	rules      []compiledRule      // of danger
	facts      []compiledRule      // of facts that are no danger
	friends    []pattern           // false friends
	reporters  []compiledVote
	patterns   map[string]pattern // used by name in the code
	places     *gazetteer
	options    options
	agencies   map[string][]naming // by first word
	exits      exits
	model      *model
	signs      []uint32 // of the concepts, by number
}

// New compiles the lexicons, the rules and the places. An error means that a
// table in this package is wrong, and names the line.
func New() (*Ear, error) {
	e := &Ear{vocabulary: newVocabulary(), concepts: map[string]int{}, phrases: map[string][]phrase{}, patterns: map[string]pattern{}}
	for _, build := range []func() error{
		e.learnWords, e.learnConcepts, e.learnRules, e.learnPatterns, e.learnReporters, e.learnPlaces, e.learnOptions, e.learnExits, e.learnAgencies, e.learnModel,
	} {
		if err := build(); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// computed are the concepts that numbers stand for; see numbers.go.
var computed = []string{"young_age", "number_of_days", "overtime", "past_time", "money", "sum", "hub", "shortly"}

// learnWords fills the vocabulary: common words, spellings, and every word of
// every concept.
func (e *Ear) learnWords() error {
	for _, lex := range lexicons {
		for w := range strings.FieldsSeq(lex.common) {
			e.vocabulary.addKnown(w, lex.lang)
		}
	}
	for _, lex := range lexicons {
		entries, err := table(lex.short, "=")
		if err != nil {
			return err
		}
		for _, line := range entries {
			for spelling := range strings.FieldsSeq(line.name) {
				e.vocabulary.addShort(spelling, strings.Join(line.items, " "), lex.lang)
			}
		}
		if err := e.learnTelling(lex); err != nil {
			return err
		}
	}
	return nil
}

// quiet are the concepts whose words are everyday ones: they are known, but a
// misspelling is not forced into them.
var quiet = map[string]bool{
	"greeting": true, "question": true, "place_prep": true, "from": true, "actual": true, "promise": true, "via": true, "near": true,
	"figurative": true, "thing": true, "junk": true, "advert": true, "fiction": true, "future": true, "household": true, "counted": true,
}

func (e *Ear) learnTelling(lex lexicon) error {
	entries, err := table(lex.concepts, ":")
	if err != nil {
		return err
	}
	for _, line := range entries {
		for _, item := range line.items {
			for _, w := range split(item) {
				switch {
				case w.num >= 0, e.isShort(w.base):
				case strings.Contains(item, " ") && e.vocabulary.known[w.base] != 0: // "ketik help" makes help no Indonesian word
				case quiet[line.name] || strings.Contains(item, " "):
					e.vocabulary.addKnown(w.base, lex.lang)
				default:
					e.vocabulary.addTelling(w.base, lex.lang)
				}
			}
		}
	}
	return nil
}

// isShort reports whether a word is a spelling of another; it stays one.
func (e *Ear) isShort(w string) bool {
	_, ok := e.vocabulary.short[w]
	return ok
}

// learnConcepts numbers the concepts and stores their phrases in standard
// spelling.
func (e *Ear) learnConcepts() error {
	for _, name := range computed {
		e.concept(name)
	}
	for _, lex := range lexicons {
		entries, err := table(lex.concepts, ":")
		if err != nil {
			return err
		}
		for _, line := range entries {
			n := e.concept(line.name)
			for _, item := range line.items {
				words := e.standard(item)
				if len(words) == 0 {
					return fmt.Errorf("hear: concept %q has an empty entry", line.name)
				}
				e.phrases[words[0]] = append(e.phrases[words[0]], phrase{words, n})
			}
		}
	}
	return nil
}

func (e *Ear) concept(name string) int {
	n, ok := e.concepts[name]
	if !ok {
		n = len(e.concepts)
		e.concepts[name] = n
		e.names = append(e.names, name)
	}
	return n
}

// standard gives the words of a text in standard spelling.
func (e *Ear) standard(text string) []string {
	var out []string
	for _, w := range e.vocabulary.read(split(text)) {
		out = append(out, w.is)
	}
	return out
}

// compute finds what numbers and other computed concepts stand for.
func (e *Ear) compute(s *sighting) {
	e.count(s)
	e.hubs(s)
	e.dying(s)
	e.disguises(s)
}

// Read understands one message. It is pure: the same text heard at the same time
// with the same questions open gives the same Reading.
func (e *Ear) Read(message casefile.ID, kind casefile.MessageKind, text casefile.Private, h casefile.Hearing) casefile.Reading {
	r, _ := e.read(message, kind, text, h)
	return r
}

// read is Read, and the best guess of who is writing where Read leaves it open.
func (e *Ear) read(message casefile.ID, kind casefile.MessageKind, text casefile.Private, h casefile.Hearing) (r casefile.Reading, guess casefile.Reporter) {
	s := e.look(text.Reveal())
	e.compute(s)
	weight := e.weigh(s, h)
	e.shortly(s)
	e.mute(s)
	r = casefile.Reading{Message: message, Kind: kind, Empty: len(s.words) == 0}
	r.Lang, r.Faint = language(s.words)
	note := noter{message: message, now: h.Now}
	e.asides(&r, s)
	found := e.dangers(s)
	if !s.namesHostages() {
		found = weight.everyday(found)
	}
	r.Reporter, guess = e.writer(s, found, weight)
	places := e.placesIn(s, guess, len(found) > 0 || weight.danger >= doubtAt)
	r.Place = places.need(s)
	r.Dangers = e.dangersHeard(s, found, note, places.zone(h.Country), h.Now)
	r.Facts = append(e.factsHeard(s, note, places, r), e.agenciesNamed(s, h, note)...)
	var language casefile.Lang
	if r.Command, language = e.command(s, h); r.Command != casefile.NoCommand {
		if r.Command == casefile.ForgetCommand { // the whole message: its "tolong" is a please
			r.Dangers = slices.DeleteFunc(r.Dangers, func(d casefile.Danger) bool { return d.Kind == casefile.BareCry })
		}
		r.Choice = false
		if language != "" {
			r.Answers = []casefile.Answer{{Key: casefile.Language, Values: []string{string(language)}, Phrase: text}}
		}
		return r, guess
	}
	if kind == casefile.KindText || kind == casefile.KindPress || kind == casefile.KindEdit {
		d := e.answers(s, h, r, note)
		r.Answers, r.Choice, r.Facts = d.answers, d.pure, append(r.Facts, d.facts...)
		e.namesWho(s, h, &r)
		if d.corrected { // "salah ketik, maksudnya 1" takes nothing back
			r.Retracts = false
			r.Facts = slices.DeleteFunc(r.Facts, func(f casefile.Fact) bool { return f.Key == casefile.Retraction })
		}
	}
	if !e.onlyCounts(s) {
		e.doubtful(&r, s, weight, note)
	}
	return r, guess
}

// asides hears what is neither danger nor an answer.
func (e *Ear) asides(r *casefile.Reading, s *sighting) {
	who, _ := e.about(s)
	r.Retracts = who == "" && len(s.find(e.patterns["retracts"])) > 0
	r.Oracle = len(s.find(e.patterns["oracle"])) > 0
	r.Price = e.has(s, "price")
	r.AsksToPay = casefile.Hide(e.asksToPay(s))
	r.Feeling = e.has(s, "scared", "cryweep", "cant_bear") || strings.ContainsAny(s.text, griefs)
	r.Sentence = len(s.words)-s.numbers() >= sentenceWords
}

// griefs are the pictures of fear and grief.
const griefs = "😭😢😿😞😔🥺😰😨😱😥😓😖😩😫😟🙁☹💔🙏"

// sentenceWords is the fewest words with which something is told.
const sentenceWords = 4
