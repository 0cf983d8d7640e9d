package hear

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pulang/internal/casefile"
)

// compiledRule is a rule ready to be looked for.
type compiledRule struct {
	rule
	pattern pattern
	unless  []int
	means   []meaning
}

type meaning struct {
	key   casefile.Key
	value string
}

// learnRules compiles the tables of rules and checks every meaning against
// the dictionary.
func (e *Ear) learnRules() error {
	for _, list := range []struct {
		from []rule
		to   *[]compiledRule
	}{{dangerRules, &e.rules}, {circumstanceRules, &e.rules}, {factRules, &e.facts}} {
		for _, r := range list.from {
			c, err := e.compileRule(r)
			if err != nil {
				return err
			}
			*list.to = append(*list.to, c)
		}
	}
	for _, text := range slices.Concat(falseFriends, circumstanceFriends) {
		p, err := compile(text, e.concepts)
		if err != nil {
			return err
		}
		e.friends = append(e.friends, p)
	}
	return nil
}

func (e *Ear) compileRule(r rule) (compiledRule, error) {
	c := compiledRule{rule: r}
	var err error
	if c.pattern, err = compile(r.when, e.concepts); err != nil {
		return c, err
	}
	for name := range strings.FieldsSeq(r.unless) {
		n, ok := e.concepts[name]
		if !ok {
			return c, fmt.Errorf("hear: rule %q: unknown concept %q", r.when, name)
		}
		c.unless = append(c.unless, n)
	}
	for pair := range strings.FieldsSeq(r.facts) {
		key, value, _ := strings.Cut(pair, "=")
		entry, ok := casefile.Lookup(casefile.Key(key))
		if !ok || entry.Values != nil && !slices.Contains(entry.Values, value) {
			return c, fmt.Errorf("hear: rule %q: the dictionary has no %s", r.when, pair)
		}
		c.means = append(c.means, meaning{casefile.Key(key), value})
	}
	return c, nil
}

// mute covers the words of false friends.
func (e *Ear) mute(s *sighting) {
	for _, p := range e.friends {
		for _, x := range s.find(p) {
			for i := x.a; i < x.b; i++ {
				s.mute[i] = true
			}
		}
	}
}

// found is one rule that matched, and where.
type found struct {
	*compiledRule
	at      span
	subject person
}

// dangers lists the rules of danger that hold. Hints count only when two of them
// mean different things, or beside a plain danger.
func (e *Ear) dangers(s *sighting) []found {
	var out []found
	for i := range e.rules {
		r := &e.rules[i]
		for _, at := range s.find(r.pattern) {
			if e.holds(s, r, at) {
				out = append(out, found{r, at, e.subject(s, at)})
				break // one place is enough for a rule
			}
		}
	}
	out = e.inContext(s, out)
	if strong(out) || e.worrying(s, out) {
		return out
	}
	return e.cry(s)
}

func strong(all []found) bool {
	for i, f := range all {
		if f.weight >= plain {
			return true
		}
		for _, g := range all[:i] {
			if f.rule.facts != g.rule.facts && !f.at.overlaps(g.at) {
				return true
			}
		}
	}
	return false
}

// disputes are the policies of hints that are also told of ordinary work: a kept
// passport, unpaid wages, a penalty.
var disputes = set("H6", "M1", "M7", "H3")

// worrying reports whether a hint of hurt, fear, guards or flight stands beside
// somebody who has power over the person, or a place abroad, and nothing is asked.
func (e *Ear) worrying(s *sighting, all []found) bool {
	if e.has(s, "question", "offer", "info_words", "askif", "trade", "goods") || !e.has(s, "captor", "hub", "insider") {
		return false
	}
	return slices.ContainsFunc(all, func(f found) bool { return !disputes[f.policy] })
}

// holds reports whether a match stands: not undone by a "not" before it, and
// without words close by that make it something else.
func (e *Ear) holds(s *sighting, r *compiledRule, at span) bool {
	if !r.firm && (s.negated(at) || e.negatedWithin(s, r, at)) {
		return false
	}
	for _, n := range r.unless {
		for _, x := range s.at[n] {
			if x.a >= at.a && x.b <= at.b {
				continue // the rule's own words
			}
			if s.between(min(x.b, at.b), max(x.a, at.a), false) <= 4 {
				return false
			}
		}
	}
	return true
}

// negations undo what follows; jangan ("do not!") does not.
var negations = set("tidak", "bukan", "belum", "not", "never", "no", "bukannya", "cannot", "without", "tanpa", "nobody")

// between a negation and its verb these may stand.
var negationFillers = set("pernah", "ada", "yang", "lagi", "being", "been", "sampai", "be", "sedang", "ikut", "any", "longer", "is", "was", "a")

// negated reports whether a "not" stands right before a span; "kalau tidak
// dijual" (if not, sold) is no such thing.
func (s *sighting) negated(at span) bool {
	for i := at.a - 1; i >= 0 && i >= at.a-3; i-- {
		if s.words[i+1].pause != flowing {
			return false
		}
		w := s.words[i].is
		if negations[w] {
			before := s.word(i - 1).is
			return before != "kalau" && before != "if" && before != "atau"
		}
		if !negationFillers[w] {
			return false
		}
	}
	return false
}

// persons are the concepts of people, which a "not" before them leaves alone.
var persons = set("me", "us", "kin", "own_kin", "friend", "people", "they", "captor")

// negatedWithin finds the "not" of "saya tidak dipukul": right before a part of
// the match that is no person.
func (e *Ear) negatedWithin(s *sighting, r *compiledRule, at span) bool {
	for i := at.a + 1; i < at.b; i++ {
		if !negations[s.words[i-1].is] && !(negationFillers[s.words[i-1].is] && i-2 >= at.a && negations[s.words[i-2].is]) {
			continue
		}
		for _, st := range r.pattern {
			for _, c := range st.anyOf {
				if !persons[e.names[c]] && slices.ContainsFunc(s.at[c], func(x span) bool { return x.a == i }) {
					return true
				}
			}
		}
	}
	return false
}

// inContext drops dangers that are only told of: in a film, in the question of
// somebody with an offer, or in the past of somebody who came home.
func (e *Ear) inContext(s *sighting, all []found) []found {
	story := e.has(s, "fiction", "laugh")
	asking := e.has(s, "info_words", "offer", "askif") && (e.has(s, "question") || strings.Contains(s.text, "?"))
	home := e.cameHome(s) && !e.has(s, "still")
	return slices.DeleteFunc(all, func(f found) bool {
		concerned := f.subject == self || f.subject == relative || f.subject == acquaintance
		switch {
		case f.weight == always && !story:
			return false
		case story && !concerned, asking && !concerned && !e.has(s, "now", "still"):
			return true
		case f.kind == casefile.ChildExploited && f.subject == self && len(all) == 1 && e.has(s, "wants"):
			return true // a child who asks about a job, home and safe (M7)
		case home && f.subject != relative:
			return over[f.kind] && !f.threatens() && !e.again(s, f.at)
		}
		return false
	})
}

// wishes before "pulang dari" say that the person has not come home yet.
var wishes = set("mau", "ingin", "bisa", "minta", "bantu", "cara", "mohon", "tidak", "belum", "boleh", "kapan", "harus", "agar", "supaya", "want", "to", "not", "cannot", "kalau", "if", "saat", "tolong")

// cameHome reports whether the text says that somebody is back.
func (e *Ear) cameHome(s *sighting) bool {
	if len(s.find(e.patterns["backdate"])) > 0 || len(s.find(e.patterns["backnow"])) > 0 {
		return true
	}
	for _, x := range e.says(s, "back") {
		if !wishes[s.word(x.a-1).is] {
			return true
		}
	}
	return false
}

// over are the kinds that coming home ends. Threats, wounds and wanting to die
// come home too.
var over = map[casefile.DangerKind]bool{
	casefile.Confinement: true, casefile.SoldOrMoved: true, casefile.Flight: true, casefile.FineToLeave: true,
	casefile.ViolenceHeard: true, casefile.BareCry: true, casefile.ChildExploited: true, casefile.RansomHeard: true,
}

// againWithin is how many words before a danger a "but" or "now" is about it; bygone are
// words for where, or when, it was.
const againWithin = 4

var bygone = set("sana", "disana", "situ", "disitu", "dulu", "dulunya", "pernah", "waktu", "saat", "selama", "there", "then", "had", "when")

// again reports whether a danger is of now although somebody came home: "sudah pulang tapi
// dikurung agen". What is told of the past is over.
func (e *Ear) again(s *sighting, at span) bool {
	if e.has(s, "past", "past_time") {
		return false
	}
	for k := at.a - 1; k >= max(0, at.a-againWithin) && s.words[k+1].pause == flowing; k-- {
		if bygone[s.words[k].is] {
			return false
		}
		if turning[s.words[k].is] {
			return true
		}
	}
	return false
}

// threatens reports whether a danger is one that may follow a person home.
func (f found) threatens() bool {
	return slices.ContainsFunc(f.compiledRule.means, func(m meaning) bool {
		return m.key == casefile.Threat || m == meaning{casefile.Violence, "threatened"}
	})
}

// cryRule is a bare cry for help: nothing but the cry and words around it.
var cryRule = compiledRule{
	rule:  rule{kind: casefile.BareCry, policy: "CRY", weight: plain, facts: "cry=yes"},
	means: []meaning{{casefile.Cry, "yes"}},
}

// cry finds a bare cry for help: every word is the cry, a greeting or a pronoun.
// In a very short text a plea ("please", "angkat") is cry enough.
func (e *Ear) cry(s *sighting) []found {
	cries := append(slices.Clone(e.says(s, "cryword")), e.says(s, "save")...)
	if len(s.words) <= 6 {
		cries = append(cries, e.says(s, "pleading")...)
	}
	if len(cries) == 0 || len(s.words) > 14 {
		return nil
	}
	plainWords := make([]bool, len(s.words))
	for _, x := range append(slices.Clone(e.says(s, "greeting")), cries...) {
		for i := x.a; i < x.b; i++ {
			plainWords[i] = true
		}
	}
	if slices.Contains(plainWords, false) {
		return nil
	}
	return []found{{&cryRule, cries[0], e.subject(s, cries[0])}}
}

// noter writes facts for one message.
type noter struct {
	message casefile.ID
	now     time.Time
}

func (n noter) fact(key casefile.Key, value, phrase string) casefile.Fact {
	return casefile.Fact{Key: key, Value: casefile.Hide(value), How: casefile.Heard, From: n.message, Phrase: casefile.Hide(phrase), At: n.now}
}

// alarming are the meanings that alert by themselves (internal/escalation). What
// is heard as danger always has one of them, so that no danger stays unseen.
var alarming = map[casefile.Key][]string{
	casefile.Acute: {"violence_now", "death_threat", "unconscious_or_dead"}, casefile.SelfHarm: {"yes"}, casefile.Freedom: {"locked", "escorted", "running", "detained"},
	casefile.Violence: {"beaten", "abused", "threatened"}, casefile.ForcedWork: {"sex"}, casefile.Deprived: {"starved", "tied"},
	casefile.Moving: {"sold", "moved", "handed_over", "border"}, casefile.Ransom: {"unpaid", "paid"}, casefile.Control: {"must_pay"},
	casefile.Threat: {"kill", "sell", "harm"}, casefile.Proof: {"violence"}, casefile.Plea: {"yes"}, casefile.Doubted: {"yes"}, casefile.Health: {"injured"},
	casefile.Child: {"exploited"}, casefile.Cry: {"yes"},
}

// alarms reports whether any of the meanings found alerts by itself.
func alarms(all []found) bool {
	return slices.ContainsFunc(all, func(f found) bool {
		return slices.ContainsFunc(f.compiledRule.means, func(m meaning) bool { return slices.Contains(alarming[m.key], m.value) })
	})
}

// dangersHeard writes what was found as dangers, one for each kind and phrase.
func (e *Ear) dangersHeard(s *sighting, all []found, note noter, zone *time.Location, now time.Time) []casefile.Danger {
	var out []casefile.Danger
	for _, f := range all {
		phrase := s.phrase(f.at)
		d := casefile.Danger{Kind: f.kind, Phrase: casefile.Hide(phrase), Rule: f.policy}
		for _, m := range f.compiledRule.means {
			d.Facts = append(d.Facts, note.fact(m.key, m.value, phrase))
		}
		if f.kind == casefile.SoldOrMoved || f.kind == casefile.RansomHeard || f.policy == "C1" {
			d.Facts = append(d.Facts, e.deadline(s, f, note, zone, now)...)
		}
		if i := slices.IndexFunc(out, func(o casefile.Danger) bool { return o.Kind == d.Kind && o.Phrase == d.Phrase }); i >= 0 {
			out[i].Facts = append(out[i].Facts, d.Facts...)
			continue
		}
		out = append(out, d)
	}
	if len(out) > 0 && !alarms(all) {
		out[0].Facts = append(out[0].Facts, note.fact(casefile.Doubted, "yes", s.phrase(all[0].at)))
	}
	return out
}
