package hear

import (
	"slices"
	"strings"

	"pulang/internal/casefile"
)

// exits are the commands that hold in every state, by the whole message.
type exits struct {
	whole map[string]exit
	words []string // one-word commands, which may be misspelt
	// forget are the phrases that ask us to forget, which may be misspelt too.
	forget [][]string
	known  map[string]tongue
}

type exit struct {
	command  casefile.Command
	language casefile.Lang
}

// slashes are the commands as Telegram writes them.
var slashes = map[string]casefile.Command{
	"/help": casefile.HelpCommand, "/bantuan": casefile.HelpCommand, "/menu": casefile.HelpCommand, "/info": casefile.HelpCommand,
	"/stop": casefile.StopCommand, "/berhenti": casefile.StopCommand, "/language": casefile.LangCommand, "/bahasa": casefile.LangCommand,
	"/human": casefile.HumanCommand, "/manusia": casefile.HumanCommand, "/quiet": casefile.QuietCommand, "/diam": casefile.QuietCommand,
	"/forget": casefile.ForgetCommand, "/lupakan": casefile.ForgetCommand,
	"/delete": casefile.WipeCommand, "/hapus": casefile.WipeCommand, "/back": casefile.BackCommand, "/kembali": casefile.BackCommand,
}

func (e *Ear) learnExits() error {
	e.exits = exits{whole: map[string]exit{}, known: e.vocabulary.known}
	for _, lex := range lexicons {
		entries, err := table(lex.commands, ":")
		if err != nil {
			return err
		}
		for _, line := range entries {
			command, language, _ := strings.Cut(line.name, " ")
			for _, item := range line.items {
				x := exit{casefile.Command(command), casefile.Lang(language)}
				e.exits.whole[strings.Join(bases(split(item)), " ")] = x
				e.exits.whole[strings.Join(e.standard(item), " ")] = x
				if x.command == casefile.ForgetCommand {
					e.exits.forget = append(e.exits.forget, bases(split(item)), e.standard(item))
				} else if !strings.Contains(item, " ") && len(item) >= 4 {
					e.exits.words = append(e.exits.words, item)
				}
			}
		}
	}
	return nil
}

func bases(words []word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.base
	}
	return out
}

// maxExit is how many words a command may have; a longer text is never one.
const maxExit = 8

// of finds the command a whole message is. A word that answers the pending
// question is an answer, not a command.
func (x exits) of(s *sighting, h casefile.Hearing) (casefile.Command, casefile.Lang) {
	text := strings.TrimSpace(s.text)
	if strings.Trim(text, "?") == "" && text != "" {
		return casefile.HelpCommand, ""
	}
	if strings.HasPrefix(text, "/") {
		name, _, _ := strings.Cut(strings.ToLower(strings.Fields(text)[0]), "@")
		return slashes[name], ""
	}
	if len(s.words) == 0 || len(s.words) > maxExit {
		return casefile.NoCommand, ""
	}
	base := strings.Join(bases(s.words), " ")
	found, ok := x.whole[base]
	if !ok {
		found, ok = x.whole[standardOf(s.words)]
	}
	if !ok {
		found, ok = x.whole[strings.Join(bases(plainly(s.words)), " ")]
	}
	if !ok {
		found, ok = x.whole[standardOf(plainly(s.words))]
	}
	if !ok && len(s.words) == 1 {
		found, ok = x.misspelt(base)
	}
	if !ok && len(s.words) > 1 {
		found, ok = x.forgets(request(s.words))
	}
	if !ok || answersPending(found, base, h) {
		return casefile.NoCommand, ""
	}
	return found.command, found.language
}

// command finds the command a message is. What asks for help, for a person, or to go
// back answers the question it was typed at where it is one of its answers: "agent" to
// who offered the job, "boleh telepon" to how we may write again.
func (e *Ear) command(s *sighting, h casefile.Hearing) (casefile.Command, casefile.Lang) {
	command, language := e.exits.of(s, h)
	switch command {
	case casefile.HelpCommand, casefile.HumanCommand, casefile.BackCommand:
		if !strings.HasPrefix(strings.TrimSpace(s.text), "/") && e.own(h.Pending, s.words) != nil {
			return casefile.NoCommand, ""
		}
	}
	return command, language
}

// polite are words before and after a command that add nothing to it.
var polite = set("sorry", "maaf", "halo", "hai", "hi", "hello", "kak", "kakak", "min", "admin", "pak", "bu", "mas", "mbak", "bang", "please", "ya", "dong", "eh")

// plainly leaves the polite words away.
func plainly(words []word) []word {
	for len(words) > 1 && (polite[words[0].is] || polite[words[0].base]) {
		words = words[1:]
	}
	for len(words) > 1 && (polite[words[len(words)-1].is] || polite[words[len(words)-1].base]) {
		words = words[:len(words)-1]
	}
	return words
}

func standardOf(words []word) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.is
	}
	return strings.Join(out, " ")
}

// misspelt reads "haps", "delet", "manusa": one letter off, and no other word.
func (x exits) misspelt(s string) (exit, bool) {
	if _, known := x.known[s]; known || len(s) < 4 {
		return exit{}, false
	}
	for _, w := range x.words {
		if d := len(w) - len(s); d >= -1 && d <= 1 && len(w) >= 5 && oneOff(s, w) || d == 0 && len(w) == 4 && swapped(s, w) {
			return x.whole[w], true
		}
	}
	return exit{}, false
}

// beginnings are the words a request begins with, the longer ones first. No "you" and no
// "not" stands alone among them: "you forgot me" and "do not forget me" ask for nothing.
var beginnings = [][]string{
	{"i", "want", "you", "to"}, {"i", "would", "like", "you", "to"}, {"i", "want", "to"}, {"i", "would", "like", "to"}, {"i", "need", "you", "to"},
	{"can", "you"}, {"could", "you"}, {"would", "you"}, {"can", "u"}, {"just"}, {"apa", "bisa"}, {"apakah", "bisa"}, {"bisa"}, {"bisakah"}, {"boleh"},
	{"saya", "mau"}, {"saya", "ingin"}, {"saya", "minta"}, {"saya", "mohon"}, {"aku", "mau"}, {"aku", "ingin"}, {"aku", "minta"},
	{"mau"}, {"ingin"}, {"minta"}, {"mohon"}, {"tolong"}, {"segera"},
}

// idle are words that a request holds without meaning anything else by them.
var idle = set("saja", "aja", "aj", "dong", "deh", "sekarang", "segera", "now", "sekalian", "please", "pls", "plz", "immediately", "asap", "terima", "kasih", "makasih", "thanks", "thank")

// request leaves away what is only asking: "bisa tolong hapus aja data saya sekarang"
// asks what "hapus data saya" does. What is left still has to be a whole phrase.
func request(words []word) []word {
	words = plainly(words)
	for again := true; again; {
		again = false
		for _, begin := range beginnings {
			if len(words) > len(begin)+1 && slices.Equal(bases(words[:len(begin)]), begin) ||
				len(words) > len(begin)+1 && slices.Equal(strings.Fields(standardOf(words[:len(begin)])), begin) {
				words, again = plainly(words[len(begin):]), true
				break
			}
		}
	}
	var left []word
	for i, w := range words {
		if i == 0 || !idle[w.base] && !idle[w.is] {
			left = append(left, w)
		}
	}
	return plainly(left)
}

// forgets reads "lupakn saya" and "delete my dta": a whole phrase that asks us to
// forget, each word of it as it is or one letter off. Only these phrases are read so
// freely: nothing is done at once because of them, a person reads the request.
func (x exits) forgets(words []word) (exit, bool) {
	for _, phrase := range x.forget {
		if len(phrase) == len(words) && !slices.ContainsFunc(indexes(words), func(i int) bool { return !nearly(words[i], phrase[i]) }) {
			return exit{command: casefile.ForgetCommand}, true
		}
	}
	return exit{}, false
}

func indexes(words []word) []int {
	all := make([]int, len(words))
	for i := range all {
		all[i] = i
	}
	return all
}

// mistakable are words one letter beside one of a request, that say something else:
// "lupakan saja" is "never mind", and "lupakan kamu" is about somebody else.
var mistakable = set("saja", "kamu", "salah", "sama", "sara", "daya", "raya", "jaya", "maya", "dana", "mata", "nada", "date", "dad", "care", "cash", "face", "forgot", "kata", "rapor")

// nearly reports whether a word is meant: as it is, one letter off, or without its
// vowels ("hps"). Short words are meant to the letter.
func nearly(w word, meant string) bool {
	if w.base == meant || w.is == meant || len(w.base) >= 3 && w.base == withoutVowels(meant) {
		return true
	}
	d := len(meant) - len(w.base)
	return len(meant) >= 4 && !mistakable[w.base] && d >= -1 && d <= 1 && (oneOff(w.base, meant) || d == 0 && swapped(w.base, meant))
}

func withoutVowels(s string) string {
	return strings.Map(func(letter rune) rune {
		if strings.ContainsRune("aeiou", letter) {
			return -1
		}
		return letter
	}, s)
}

// swapped reports whether two words differ by two neighbouring letters swapped.
func swapped(a, b string) bool {
	for i := 0; i+1 < len(a); i++ {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		}
	}
	return false
}

// answersPending reports whether a word is an answer where it was typed: a
// language at the language question, "info" at the question who writes.
func answersPending(found exit, base string, h casefile.Hearing) bool {
	switch h.Pending.Key {
	case casefile.Language:
		return found.command == casefile.LangCommand && found.language != "" || base == "bahasa"
	case casefile.Who:
		return base == "info" || base == "orang" || base == "person"
	}
	return false
}
