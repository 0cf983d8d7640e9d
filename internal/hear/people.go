package hear

import (
	"slices"
	"strings"

	"pulang/internal/casefile"
)

// Words that tell how many people there are, or that a number is no such thing.
var (
	ofUs = map[string]int{
		"berdua": 2, "bertiga": 3, "berempat": 4, "berlima": 5, "berenam": 6, "bertujuh": 7, "berdelapan": 8, "bersembilan": 9, "bersepuluh": 10, "bersebelas": 11,
	}
	labels      = set("lantai", "lt", "floor", "blok", "block", "gedung", "building", "nomor", "no", "tower", "unit", "jam", "pukul", "tgl", "tanggal")
	rooms       = set("kamar", "kmr", "room")
	denials     = set("bukan", "not")
	we          = set("kami", "kita", "ada", "we", "are", "there")
	plainPeople = set("orang", "wni", "people", "persons", "indonesians", "of")
	aroundCount = set("bukan", "tapi", "tetapi", "melainkan", "kami", "kita", "ada", "total", "totalnya", "jumlah", "jumlahnya", "semua", "semuanya", "maaf", "eh", "sekitar", "kira", "kak", "min", "but", "not", "we", "are", "there", "about", "sorry")
)

// howMany finds how many people need help: "kami 11 orang", "20 org WNI", "kami
// berlima". A number that is taken back ("bukan 5 orang tapi 7") is passed over, and so
// is one: "satu orang pingsan" does not say that there is nobody else.
func (e *Ear) howMany(s *sighting, note noter) []casefile.Fact {
	for i := 0; i < len(s.words); i++ {
		n, end, _ := e.heads(s, i)
		if end == 0 {
			continue
		}
		if n > 1 && !s.denied(i) {
			phrase := s.phrase(span{i, end})
			return []casefile.Fact{note.fact(casefile.Count, digits(n), phrase), note.fact(casefile.People, band(n), phrase)}
		}
		i = end - 1
	}
	return nil
}

// heads reads a number of people that begins at word i: where it ends, and the word
// it counts. The end is 0 where there is none.
func (e *Ear) heads(s *sighting, i int) (n, end int, noun string) {
	w := s.words[i]
	if n := ofUs[w.base]; n > 0 {
		return n, i + 1, ""
	}
	if rest, ok := strings.CutPrefix(w.base, "ber"); ok {
		switch n, end := s.composed(i + 1); {
		case rest == "" && n > 1 && n <= 500 && s.word(i+1).pause == flowing:
			return n, end, ""
		case allDigits([]byte(rest)) && atoi(rest) > 1 && atoi(rest) <= 500:
			return atoi(rest), i + 1, ""
		}
	}
	n, end = s.composed(i)
	if n < 1 || n > 5000 || s.labelled(i, end) || w.num >= 0 && e.priced(s, i) {
		return 0, 0, ""
	}
	for _, x := range e.says(s, "counted") {
		if x.a == end && s.words[end].pause == flowing {
			return n, x.b, s.words[end].is
		}
	}
	return 0, 0, ""
}

// composed reads the number that begins at word i, "dua puluh lima" and "20an" too,
// and where it ends; -1 for no number.
func (s *sighting) composed(i int) (n, end int) {
	w, end := s.word(i), i+1
	if n = number(w); w.is == "seratus" {
		n = 100
	}
	if n < 0 {
		return -1, i
	}
	below := 0 // what may follow is smaller than this
	if next := s.word(end); next.pause == flowing && n < 10 {
		switch next.is {
		case "belas":
			n, end = n+10, end+1
		case "puluh", "puluhan":
			n, end, below = n*10, end+1, 10
		case "ratus", "ratusan":
			n, end, below = n*100, end+1, 100
		}
	}
	if w.is == "seratus" {
		below = 100
	}
	if more := s.word(end); below > 0 && more.pause == flowing && more.num < 0 {
		if rest, to := s.composed(end); rest > 0 && rest < below {
			n, end = n+rest, to
		}
	}
	if s.word(end).base == "an" && s.word(end).pause == flowing {
		end++ // "20an": about twenty
	}
	return n, end
}

// labelled reports whether a number names a room, a floor or an hour: "kamar 7 orang
// nya galak", "jam 6 orang datang". "Satu kamar 7 orang" counts.
func (s *sighting) labelled(i, end int) bool {
	before := s.word(i - 1)
	switch {
	case s.word(i).pause != flowing:
		return false
	case rooms[before.base]:
		return s.word(end+1).base == "nya" && s.word(end+1).pause == flowing || s.word(end).base == "orangnya"
	}
	return labels[before.base]
}

// denied reports whether a "not" stands before a number: "bukan 5", "bukan kami berlima".
func (s *sighting) denied(i int) bool {
	k := i - 1
	if we[s.word(k).is] {
		k--
	}
	return k >= 0 && denials[s.words[k].is] && s.words[i].pause == flowing && s.words[k+1].pause == flowing
}

// onlyCounts reports whether a text says how many people there are, and nothing else.
func (e *Ear) onlyCounts(s *sighting) bool {
	counts := false
	for i := 0; i < len(s.words); i++ {
		_, end, noun := e.heads(s, i)
		switch {
		case end > 0 && (noun == "" || plainPeople[noun]):
			counts, i = true, end-1
		case !aroundCount[s.words[i].is]:
			return false
		}
	}
	return counts
}

// readPeople reads a number where it was asked how many they are.
func (d *reader) readPeople() []string {
	said := slices.IndexFunc(d.r.Facts, func(f casefile.Fact) bool { return f.Key == casefile.Count })
	if said >= 0 {
		return []string{band(atoi(d.r.Facts[said].Value.Reveal()))}
	}
	for i := 0; i < len(d.s.words); i++ {
		n, end := d.s.composed(i)
		unit := d.s.word(end).is
		switch {
		case n < 1 || n > 100000 || d.s.denied(i) || d.s.labelled(i, end) || moneyWords[unit] || dayWords[unit]:
		default:
			return []string{band(n)}
		}
		i = max(i, end-1)
	}
	return nil
}
