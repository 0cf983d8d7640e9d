package hear

import (
	"slices"
	"strconv"
)

// Words that turn a number into something else than an option.
var (
	dayWords   = set("hari", "days", "day", "malam", "nights")
	weekWords  = set("minggu", "weeks", "week", "bulan", "months", "month")
	hourWords  = set("jam", "hours", "hour", "hrs")
	yearWords  = set("tahun", "years", "year", "yo", "yrs", "yr", "yold", "y")
	ageWords   = set("umur", "usia", "umurnya", "aged", "age", "berumur", "berusia", "umurku")
	whose      = set("saya", "dia", "adik", "anak", "masih", "baru", "nya", "is", "kami", "her", "only")
	aged       = set("am", "is", "she", "he", "was", "only", "masih", "still", "just", "adik", "daughter", "son", "sister", "brother", "niece", "nephew", "keponakan", "cousin", "sepupu")
	moneyWords = set("juta", "ribu", "rupiah", "dollar", "dollars", "usd", "dolar", "baht", "usdt", "miliar", "ringgit", "k", "million", "thousand", "m", "milyar", "yuan")
	numberWord = map[string]int{
		"satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9, "sepuluh": 10,
		"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
		"siji": 1, "loro": 2, "telu": 3, "papat": 4, "sebelas": 11, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "duabelas": 12,
		"berdua": 2, "bertiga": 3, "berempat": 4, "berlima": 5, "berenam": 6, "bertujuh": 7, "fourteen": 14, "sixteen": 16, "seventeen": 17, "thirteen": 13,
	}
)

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// number gives the value of a word, in digits or letters; -1 for no number.
func number(w word) int {
	if w.num >= 0 {
		return w.num
	}
	if n, ok := numberWord[w.is]; ok {
		return n
	}
	if n, ok := numberWord[w.base]; ok {
		return n
	}
	return -1
}

// word i, or a word that is nothing.
func (s *sighting) word(i int) word {
	if i < 0 || i >= len(s.words) {
		return word{num: -1, pause: sentence}
	}
	return s.words[i]
}

// numbers counts the words that are numbers.
func (s *sighting) numbers() int {
	n := 0
	for _, w := range s.words {
		if w.num >= 0 {
			n++
		}
	}
	return n
}

// count adds the concepts that numbers stand for.
func (e *Ear) count(s *sighting) {
	add := func(concept string, a, b int) {
		n := e.concepts[concept]
		s.at[n] = append(s.at[n], span{a, b})
	}
	for i, w := range s.words {
		n := number(w)
		if n < 0 {
			continue
		}
		next := s.word(i + 1)
		unit := next.is
		if next.pause == sentence {
			unit = ""
		}
		switch {
		case yearWords[unit] && n >= 4 && n <= 17 && !e.lapse(s, i):
			add("young_age", i, i+2)
		case ageWords[s.word(i-1).base] && n >= 4 && n <= 17:
			add("young_age", i-1, i+1)
		case ageWords[s.word(i-2).base] && whose[s.word(i-1).is] && n >= 4 && n <= 17: // umur saya 15
			add("young_age", i-2, i+1)
		case aged[s.word(i-1).is] && n >= 8 && n <= 17 && !countable[unit]:
			add("young_age", i-1, i+1)
		case dayWords[unit], weekWords[unit]:
			add("number_of_days", i, i+2)
		case hourWords[unit] && n >= 12 && n <= 22 && s.word(i-1).is != "jam":
			add("overtime", i, i+2)
		case moneyWords[unit]:
			add("money", i, i+2)
			add("sum", i, i+2)
		case w.sep == '$' || n >= 1000 && n < 1<<30 && (n < 1990 || n > 2040):
			add("money", i, i+1)
			add("sum", i, i+1)
		case n >= 2005 && n <= 2040:
			add("past_time", i, i+1)
		}
	}
}

// hubs marks the places abroad that are named. A name of several words is a name
// and nothing else: "Poi Pet" is no pet.
func (e *Ear) hubs(s *sighting) {
	n := e.concepts["hub"]
	for _, m := range e.places.find(e, s) {
		for c := range s.at {
			if m.words.b-m.words.a > 1 {
				s.at[c] = slices.DeleteFunc(s.at[c], func(x span) bool { return x.a >= m.words.a && x.b <= m.words.b })
			}
		}
		if !m.at.origin {
			s.at[n] = append(s.at[n], m.words)
		}
	}
}

// dying takes "bunuh" out of "bunuh diri": whoever wants to die was not threatened
// with death.
func (e *Ear) dying(s *sighting) {
	kill := e.concepts["kill"]
	for _, wish := range e.says(s, "die_wish") {
		s.at[kill] = slices.DeleteFunc(s.at[kill], func(x span) bool { return x.a >= wish.a && x.b <= wish.b })
	}
}

// disguises takes the dogs that guard people out of the animals, and the fields
// people hide in out of the things that are sold.
func (e *Ear) disguises(s *sighting) {
	remove := func(from, what string) {
		n := e.concepts[from]
		for _, taken := range e.says(s, what) {
			s.at[n] = slices.DeleteFunc(s.at[n], func(x span) bool { return x.overlaps(taken) })
		}
	}
	remove("animal", "guarddog")
	if !e.has(s, "sell") {
		remove("thing", "wild")
	}
}

// lapse reports whether a number of years is a stretch of time, not an age:
// "kerja 5 tahun", "5 years ago", "kontrak 2 tahun".
func (e *Ear) lapse(s *sighting, i int) bool {
	switch s.word(i + 2).is {
	case "lalu", "ago", "kontrak", "lagi":
		return true
	}
	switch s.word(i - 1).is {
	case "kontrak", "kerja", "selama", "for", "sudah", "contract", "penjara", "after", "lebih", "sejak":
		return true
	}
	return number(s.words[i]) < 9 && !ageWords[s.word(i-1).base] && s.word(i+2).is != "old"
}

// digits writes a count.
func digits(n int) string { return strconv.Itoa(n) }
