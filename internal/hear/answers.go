package hear

import (
	"fmt"
	"slices"
	"strings"

	"pulang/internal/casefile"
)

// options are the words that answer questions: by key, then by the words in
// standard spelling, the meanings they may have. Key "*" is for every question.
type options map[casefile.Key]map[string][]string

func (e *Ear) learnOptions() error {
	e.options = options{}
	for _, lex := range lexicons {
		entries, err := table(lex.answers, ":")
		if err != nil {
			return err
		}
		for _, line := range entries {
			key, value, ok := strings.Cut(line.name, " ")
			if !ok {
				return fmt.Errorf("hear: answers: %q needs a key and a meaning", line.name)
			}
			words := e.options[casefile.Key(key)]
			if words == nil {
				words = map[string][]string{}
				e.options[casefile.Key(key)] = words
			}
			for _, item := range line.items {
				standard := strings.Join(e.standard(item), " ")
				if !slices.Contains(words[standard], value) {
					words[standard] = append(words[standard], value)
				}
			}
		}
	}
	return nil
}

// reader reads the answers in one text.
type reader struct {
	e      *Ear
	s      *sighting
	h      casefile.Hearing
	r      casefile.Reading
	digits []digit
	next   int // the first word after the digits
	// pure is true while nothing but answers was read
	pure      bool
	answers   []casefile.Answer
	note      noter
	facts     []casefile.Fact // what an answer says besides: the hour of a deadline
	corrected bool            // the text corrects the answer before
}

type digit struct {
	text string
	at   span
}

// answers reads what a text answers: the pending question first, then the other
// open ones.
func (e *Ear) answers(s *sighting, h casefile.Hearing, r casefile.Reading, note noter) *reader {
	d := &reader{e: e, s: s, h: h, r: r, note: note}
	d.leadingDigits()
	switch {
	case h.Pending.Key == "":
		d.pure = len(s.words) > 0 && d.next == len(s.words) && len(d.digits) > 0
	case strings.HasPrefix(strings.TrimSpace(s.text), "/"):
	case d.correction():
	default:
		used := d.pending()
		d.others(used)
	}
	return d
}

// lead are words before a digit that mean nothing: "no 2", "pilih 1", "jawab 3".
var lead = set("nomor", "no", "pilih", "pilihan", "jawab", "jawaban", "jawabannya", "yang", "number", "option", "answer", "saya", "opsi", "ya", "i", "choose", "dan", "and", "itu", "angka", "my", "is", "maaf", "oke", "ok", "tolong")

// countable are words after a number that make it a count, not an option.
var countable = set("hari", "orang", "bulan", "tahun", "jam", "minggu", "juta", "ribu", "lantai", "anak", "perempuan", "cewek", "cowok", "wni", "kali", "teman", "days", "day", "weeks",
	"week", "months", "month", "years", "year", "hours", "hour", "people", "girls", "boys", "men", "women", "million", "thousand", "dollars", "usd", "malam", "menit", "tki", "yo", "km",
	"rupiah", "persen", "kg", "meter", "am", "pm", "pagi", "siang", "sore", "friends", "workers", "times", "th", "of", "indonesians", "pekerja", "laki", "girl", "boy", "korban", "baht", "man", "woman")

// leadingDigits collects the digits a text starts with.
func (d *reader) leadingDigits() {
	i := 0
	for i < len(d.s.words) {
		w := d.s.words[i]
		next := d.s.word(i + 1)
		_, end := d.s.composed(i)
		composed := end > i+1 // "dua puluh" is no 2
		switch {
		case w.num >= 0 && !composed && !(next.pause == flowing && countable[next.is]):
			if len(d.digits) > 0 && w.pause == sentence && next.pause == flowing && next.num < 0 && i+1 < len(d.s.words) {
				return
			}
			d.digits = append(d.digits, digit{w.base, span{i, i + 1}})
			d.next = i + 1
		case number(w) > 0 && w.num < 0 && number(w) <= 9 && !composed && len(d.s.words) <= 3 && !countable[next.is]:
			d.digits = append(d.digits, digit{digits(number(w)), span{i, i + 1}})
			d.next = i + 1
		case lead[w.is] || lead[w.base]:
		default:
			return
		}
		i++
	}
	if len(d.digits) > 0 {
		d.next = len(d.s.words)
	}
}

func (d *reader) add(q casefile.Question, values []string, typed string, at span, pending bool) {
	d.answers = append(d.answers, casefile.Answer{
		Key: q.Key, Values: values, Typed: casefile.Hide(typed), Phrase: casefile.Hide(d.s.phrase(at)), Pending: pending,
	})
}

// pending reads the answer to the pending question, and returns how many of the
// leading digits it took.
func (d *reader) pending() (used int) {
	q := d.h.Pending
	if len(d.digits) > 0 {
		if used = d.byDigits(q); used > 0 {
			return used
		}
	}
	whole := span{0, len(d.s.words)}
	if d.skipped() {
		d.answers = append(d.answers, casefile.Answer{Key: q.Key, Skip: true, Phrase: casefile.Hide(d.s.phrase(whole)), Pending: true})
		d.pure = true
		return 0
	}
	if values, typed, pure, ok := d.read(q); ok {
		d.add(q, values, typed, whole, true)
		d.pure = pure
		if q.Digitless || q.Open == casefile.OpenTime {
			return len(d.digits) // a number here is an hour or part of a name, not the next answer
		}
		return 0
	}
	d.answers = append(d.answers, casefile.Answer{Key: q.Key, Unread: true, Phrase: casefile.Hide(d.s.phrase(whole)), Pending: true})
	return len(d.digits)
}

// byDigits reads the digits for the pending question: all of them at a question
// with several answers, else the first.
func (d *reader) byDigits(q casefile.Question) (used int) {
	onlyDigits := d.next == len(d.s.words)
	if q.Multi {
		values, skip, ok := multi(q, d.digits)
		if !ok {
			return 0
		}
		at := span{d.digits[0].at.a, d.digits[len(d.digits)-1].at.b}
		d.answers = append(d.answers, casefile.Answer{Key: q.Key, Values: values, Skip: skip, Phrase: casefile.Hide(d.s.phrase(at)), Pending: true})
		d.pure = onlyDigits
		return len(d.digits)
	}
	first := d.digits[0]
	if !onlyDigits && q.Open == casefile.OpenHours && d.s.word(first.at.b).is == "jam" {
		return 0
	}
	values, skip, ok := single(q, first.text)
	if !ok || len(d.digits) > 1 && len(d.h.Open) == 0 && !same(d.digits) {
		return 0
	}
	d.answers = append(d.answers, casefile.Answer{Key: q.Key, Values: values, Skip: skip, Phrase: casefile.Hide(d.s.phrase(first.at)), Pending: true})
	d.pure = onlyDigits
	return 1
}

func same(all []digit) bool {
	return !slices.ContainsFunc(all, func(x digit) bool { return x.text != all[0].text })
}

// single reads one number at a question with one answer: an option, 0, or, where
// a number is asked for, an age or a count.
func single(q casefile.Question, text string) (values []string, skip, ok bool) {
	n := number(word{base: text, is: text, num: atoi(text)})
	switch {
	case n == 0:
		return nil, true, true
	case n >= 1 && n <= len(q.Options) && !q.Digitless:
		return q.Options[n-1 : n : n], false, true
	case q.Open == casefile.OpenNumber && q.Key == casefile.AgeBand && n >= 3 && n < 110:
		return []string{ageBand(n)}, false, true
	case q.Open == casefile.OpenNumber && q.Key == casefile.People && n > len(q.Options) && n < 100000:
		return []string{band(n)}, false, true
	}
	return nil, false, false
}

func ageBand(n int) string {
	if n < 18 {
		return "under18"
	}
	return "adult"
}

func atoi(s string) int {
	n := 0
	for _, c := range []byte(s) {
		if !isDigit(c) || n > 1<<20 {
			return 1 << 30
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// multi reads digits at a question with several answers: "1 3", "13", "1,3". The
// option that excludes the others gives way to them: the risky answer counts.
func multi(q casefile.Question, all []digit) (values []string, skip, ok bool) {
	for _, x := range all {
		for _, c := range []byte(x.text) {
			n := int(c - '0')
			if n == 0 && len(all) == 1 && len(x.text) == 1 {
				return nil, true, true
			}
			if n < 1 || n > len(q.Options) {
				return nil, false, false
			}
			if v := q.Options[n-1]; !slices.Contains(values, v) {
				values = append(values, v)
			}
		}
	}
	return withoutNone(q, values), false, len(values) > 0
}

func withoutNone(q casefile.Question, values []string) []string {
	if q.None == "" || len(values) < 2 {
		return values
	}
	return slices.DeleteFunc(values, func(v string) bool { return v == q.None })
}

// skipped reports whether the whole text is a word for skipping, or says that they do not
// know where that is none of the answers.
func (d *reader) skipped() bool {
	q := d.h.Pending
	asked := slices.Contains(q.Options, "unsure") || slices.Contains(q.Options, "unknown") || q.Open != casefile.OpenNone
	words := plainly(d.s.words)
	for _, spelling := range []string{standardOf(words), strings.Join(bases(words), " ")} {
		meant := d.e.options["*"][spelling]
		if slices.Contains(meant, "skip") || !asked && slices.Contains(meant, "unknown") && d.option(q, words) == nil {
			return true
		}
	}
	return false
}
