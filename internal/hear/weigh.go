package hear

import (
	"slices"

	"pulang/internal/casefile"
)

const (
	// doubtAt is the likelihood from which the model's word alone is a doubt: a danger
	// without a rule. Chosen by cross-validation on messages the rules were not made
	// by (docs/hear.md): lower finds more dangers and wakes staff more often for nothing.
	doubtAt = 0.45
	// everydayBelow is the likelihood under which what a rule heard is taken for an
	// everyday matter: "dikurung hujan". Low, because a complaint about wages beside a
	// plain danger weighs little of danger.
	everydayBelow = 0.04
	// sureAt is the likelihood from which the model says who is writing; below it the
	// rules say, and where they can't, the person is asked.
	sureAt = 0.75
	// fewestWords is the fewest words the model has an opinion on in a first message;
	// fewestInAnswer while a question is open, where short texts are mostly answers.
	fewestWords, fewestInAnswer = 4, 6
	// doubtPhrase is how many words the model gives as its reason, at most.
	doubtPhrase = 6
	// shortDenial is the longest text in which a danger that is denied ("saya tidak
	// dipukul") is taken for all that is said.
	shortDenial = 7
)

// weighed is what the model thinks of a message.
type weighed struct {
	signs  []sign
	danger float64 // likelihood
	opines bool    // has enough words to go by
	worded bool    // ... also when numbers are left out, which it has not learned
}

// weigh asks the model.
func (e *Ear) weigh(s *sighting, h casefile.Hearing) weighed {
	signs := e.signsOf(s)
	few := fewestWords
	if h.Pending.Key != "" {
		few = fewestInAnswer
	}
	return weighed{signs: signs, danger: e.model.ofDanger(signs), opines: len(s.words) >= few, worded: len(s.words)-s.numbers() >= few}
}

// everyday drops what rules heard in a message that reads like an everyday matter.
// Words of wanting to die, cries, and being held by police or immigration stand, and so
// does a blow beside what freedom costs.
func (w weighed) everyday(all []found) []found {
	if !w.opines || w.danger >= everydayBelow || beatenForMoney(all) {
		return all
	}
	return slices.DeleteFunc(all, func(f found) bool {
		return f.kind != casefile.SelfHarmHeard && f.kind != casefile.BareCry && f.policy != "H11"
	})
}

// beatenForMoney reports whether a message tells of a blow and of money to be free: "kami
// dipukuli, bayar berapa biar bebas" reads like asking what something costs.
func beatenForMoney(all []found) bool {
	blow := slices.ContainsFunc(all, func(f found) bool { return f.kind == casefile.ViolenceHeard && f.weight != hint })
	return blow && slices.ContainsFunc(all, func(f found) bool { return f.kind == casefile.RansomHeard || f.kind == casefile.FineToLeave })
}

var hostages = set("disandera", "menyandera", "sandera", "penyanderaan", "hostage", "hostages")

// namesHostages reports whether a message has a word that no everyday matter has: "kami
// disandera, bayar berapa biar bebas" reads like asking what something costs, too.
func (s *sighting) namesHostages() bool {
	return slices.ContainsFunc(s.words, func(w word) bool { return hostages[w.is] || hostages[w.base] })
}

// doubts gives the words that sound like danger although no rule says why.
func (e *Ear) doubts(s *sighting, w weighed) (phrase string, doubts bool) {
	if !w.worded || w.danger < doubtAt || len(s.words) <= shortDenial && e.denied(s) {
		return "", false
	}
	n := min(len(s.words), longestWeighed)
	return s.phrase(window(e.model.danger.perWord(w.signs, n), doubtPhrase)), true
}

// denied reports whether a danger is named and undone by a "not".
func (e *Ear) denied(s *sighting) bool {
	for i := range e.rules {
		r := &e.rules[i]
		for _, at := range s.find(r.pattern) {
			if !r.firm && (s.negated(at) || e.negatedWithin(s, r, at)) {
				return true
			}
		}
	}
	return false
}

// doubtful adds the model's doubt to a reading in which the rules heard no danger.
// It has no opinion on answers, exits, probes, retractions and pure choices.
func (e *Ear) doubtful(r *casefile.Reading, s *sighting, w weighed, note noter) {
	answered := len(r.Answers) > 0 && r.Answers[0].Pending && !r.Answers[0].Unread
	if r.HasDanger() || r.Command != casefile.NoCommand || r.Choice || r.Oracle || r.Retracts || answered {
		return
	}
	phrase, ok := e.doubts(s, w)
	if !ok {
		return
	}
	r.Dangers = []casefile.Danger{{Kind: casefile.Doubt, Phrase: casefile.Hide(phrase), Rule: "DANGER",
		Facts: []casefile.Fact{note.fact(casefile.Doubted, "yes", phrase)}}}
}

// writer says who is writing: told, by their word ("bukan saya, adik saya"), else by the
// model where it is sure, else by the rules, which may leave it open so that a question
// asks; and the best guess. Danger rules out information and spam.
func (e *Ear) writer(s *sighting, found []found, w weighed) (told, guess casefile.Reporter) {
	told, guess = e.weighWriter(s, found, w)
	if who, _ := e.about(s); who != "" {
		told = who
	} else if told == casefile.Family && e.maybeAddressed(s) {
		told = casefile.ReporterUnknown
	}
	return told, guess
}

func (e *Ear) weighWriter(s *sighting, found []found, w weighed) (told, guess casefile.Reporter) {
	byRules, points := e.reporter(s, found)
	told = byRules
	if (told == casefile.Family || told == casefile.Victim && len(found) == 0) && points < weakWriter {
		told = casefile.ReporterUnknown
	}
	if !w.opines {
		return told, byRules
	}
	best := e.model.writer(w.signs, len(found) == 0 && w.danger < doubtAt)
	if best.likely >= sureAt || best.who == byRules {
		return best.who, best.who
	}
	return told, best.who
}
