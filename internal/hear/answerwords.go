package hear

import (
	"slices"
	"strings"
	"time"

	"pulang/internal/casefile"
)

// read finds the answer to a question in words. pure is true when the text was
// nothing else.
func (d *reader) read(q casefile.Question) (values []string, typed string, pure, ok bool) {
	if v := d.wordOption(q); v != nil {
		return v, d.typedWith(q), true, true
	}
	if v := d.readAbout(q); v != nil {
		return v, "", false, true
	}
	if q.Open == casefile.OpenPlace {
		return d.readPlace(q)
	}
	if v := d.readBeside(q); v != nil {
		return v, "", false, true
	}
	if v := d.readOpen(q); v != nil {
		return v, d.typedWith(q), len(d.s.words) <= 5, true
	}
	if v := d.heardFor(q); v != nil {
		return v, "", false, true
	}
	if v := d.opening(q); v != nil {
		return v, d.typedWith(q), len(d.s.words) <= 6 && !d.r.HasDanger(), true
	}
	return nil, "", false, false
}

// typedWith keeps what was typed where an hour was asked for.
func (d *reader) typedWith(q casefile.Question) string {
	if (q.Open == casefile.OpenHours || q.Open == casefile.OpenTime) && slices.ContainsFunc(d.s.words, func(w word) bool { return w.num >= 0 }) {
		return d.s.phrase(span{0, len(d.s.words)})
	}
	return ""
}

// padding are words around an answer that add nothing to it.
var padding = set("kak", "kakak", "min", "admin", "bapak", "pak", "bu", "ibu", "mas", "mbak", "bang", "halo", "maaf", "sih", "kok", "deh", "lah", "dong", "aja", "saja", "itu", "please", "sir", "madam",
	"terimakasih", "thanks", "thank", "you", "nih", "ini", "iya", "ya", "yes", "di", "pilih", "jawab", "nomor", "oke", "ok", "gan", "sis", "bro", "the", "a", "well", "hmm", "sekali", "banget", "emang", "memang", "hello", "hi", "it", "is", "yg", "yang", "kayaknya", "seperti", "masih")

// courteous words make the "ya" behind them no answer.
var courteous = set("maaf", "sorry", "terimakasih", "makasih", "thanks", "halo", "hello")

// wordOption reads a text that is, but for padding, the word of an option.
func (d *reader) wordOption(q casefile.Question) []string {
	if len(d.s.words) == 0 || len(d.s.words) > 9 {
		return nil
	}
	if v := d.option(q, d.s.words); v != nil {
		return v
	}
	trimmed := d.s.words
	if courteous[trimmed[0].is] && len(trimmed) == 2 && isYes(trimmed[1].is) {
		return nil // "maaf ya", "makasih ya"
	}
	for len(trimmed) > 1 && (padding[trimmed[0].is] || padding[trimmed[0].base]) {
		trimmed = trimmed[1:]
		if v := d.option(q, trimmed); v != nil {
			return v
		}
	}
	for len(trimmed) > 1 && (padding[trimmed[len(trimmed)-1].is] || padding[trimmed[len(trimmed)-1].base]) {
		trimmed = trimmed[:len(trimmed)-1]
		if v := d.option(q, trimmed); v != nil {
			return v
		}
	}
	if q.Multi {
		return d.severalOptions(q, trimmed)
	}
	return nil
}

// option looks words up as an option of a question.
func (d *reader) option(q casefile.Question, words []word) []string {
	return d.e.option(q, words, q.Key, "*")
}

// own looks words up as an option of this question alone, not as a yes or a no.
func (e *Ear) own(q casefile.Question, words []word) []string { return e.option(q, words, q.Key) }

func (e *Ear) option(q casefile.Question, words []word, keys ...casefile.Key) []string {
	for _, spelling := range []string{standardOf(words), strings.Join(bases(words), " ")} {
		for _, key := range keys {
			for _, value := range e.options[key][spelling] {
				if v, ok := fits(q, value); ok {
					return []string{v}
				}
			}
		}
	}
	return nil
}

// fits reports whether a meaning is one of a question, and under which name: a
// plain "no" is the option that excludes the others.
func fits(q casefile.Question, value string) (string, bool) {
	if slices.Contains(q.Options, value) {
		return value, true
	}
	if value == "no" && q.None != "" {
		return q.None, true
	}
	return "", false
}

// severalOptions reads "paspor dan gaji" at a question with several answers.
func (d *reader) severalOptions(q casefile.Question, words []word) []string {
	var values []string
	start := 0
	flush := func(end int) bool {
		if end <= start {
			return true
		}
		v := d.option(q, words[start:end])
		if v == nil {
			return false
		}
		if !slices.Contains(values, v[0]) {
			values = append(values, v[0])
		}
		return true
	}
	for i, w := range words {
		if w.is == "dan" || w.is == "and" || w.is == "sama" || w.is == "dengan" || w.is == "juga" {
			if !flush(i) {
				return nil
			}
			start = i + 1
		} else if w.pause != flowing && i > start {
			if !flush(i) {
				return nil
			}
			start = i
		}
	}
	if !flush(len(words)) {
		return nil
	}
	return withoutNone(q, values)
}

// readPlace reads a place: a country of the list, another one by its code, or
// what was typed.
func (d *reader) readPlace(q casefile.Question) (values []string, text string, pure, ok bool) {
	whole := d.s.phrase(span{0, len(d.s.words)})
	all := d.e.placesIn(d.s, casefile.ReporterUnknown, true)
	switch {
	case all.place != nil:
		return []string{all.place.at.country}, "", typed(d.s), true
	case d.e.has(d.s, "fishing") && !d.r.HasDanger():
		return []string{"other"}, whole, typed(d.s), true
	case d.plainWord(), d.asks(), d.since(true) != "", d.elsewhere(q):
	case typed(d.s) && !d.r.HasDanger():
		return nil, whole, true, true
	}
	return nil, "", false, false
}

// elsewhere reports whether a text is an answer to another open question: "denger sendiri".
func (d *reader) elsewhere(q casefile.Question) bool {
	return slices.ContainsFunc(d.h.Open, func(o casefile.Question) bool { return o.Key != q.Key && d.e.own(o, plainly(d.s.words)) != nil })
}

// asks reports whether a text is a question to us, which names no place.
func (d *reader) asks() bool {
	return strings.Contains(d.s.text, "?") || slices.ContainsFunc(d.s.words, func(w word) bool { return questionWords[w.is] })
}

var questionWords = set("siapa", "apa", "kapan", "mengapa", "bagaimana", "berapa", "apakah", "who", "what", "why", "when", "how")

// plainWord reports whether a text is a yes, a no or a time, which names no place.
func (d *reader) plainWord() bool {
	_, day := dayWord[standardOf(plainly(d.s.words))]
	if n := len(d.s.words); !day && n == 2 && (d.s.words[1].is == "saja" || d.s.words[1].is == "dulu") {
		_, day = dayWord[d.s.words[0].is]
	}
	return day || len(d.e.options["*"][standardOf(d.s.words)]) > 0
}

// readOpen reads numbers and times where they are asked for.
func (d *reader) readOpen(q casefile.Question) []string {
	switch q.Open {
	case casefile.OpenNumber:
		return d.readNumber(q)
	case casefile.OpenTime:
		return d.readTime(q)
	case casefile.OpenHours:
		return d.readHours(q)
	}
	if q.Key == casefile.RansomWhen || q.Key == casefile.Departure {
		return d.readTime(q)
	}
	return nil
}

// readTime reads a day or an hour where a time was asked for. The hour of a
// deadline is a fact of its own.
func (d *reader) readTime(q casefile.Question) []string {
	if len(d.s.words) > 12 {
		return nil
	}
	m, ok := d.s.moment(0, len(d.s.words), d.h.Now, d.zone(), true)
	if !ok {
		return nil
	}
	if q.Key != casefile.Departure {
		d.facts = m.hour(d.s, d.note)
	}
	week := "later"
	if m.days <= 7 {
		week = "this_week"
	}
	for _, value := range []string{m.value, week} {
		if m.days < 2 && slices.Contains(q.Options, "today_or_tomorrow") {
			value = "today_or_tomorrow"
		}
		if v, ok := fits(q, value); ok {
			return []string{v}
		}
	}
	return nil
}

func (d *reader) readNumber(q casefile.Question) []string {
	switch {
	case len(d.s.words) > 8:
		return nil
	case q.Key == casefile.People:
		return d.readPeople()
	}
	for i, w := range d.s.words {
		n := number(w)
		if n < 1 || n > 100000 {
			continue
		}
		unit := d.s.word(i + 1).is
		if q.Key == casefile.AgeBand && n < 110 && (yearWords[unit] || ageWords[d.s.word(i-1).base] || len(d.s.words) <= 3) {
			return []string{ageBand(n)}
		}
	}
	return nil
}

// partNames are the parts of a day as the returnee's question has them.
var partNames = map[string]string{
	"pagi": "morning", "morning": "morning", "siang": "midday", "midday": "midday", "noon": "midday", "sore": "afternoon", "afternoon": "afternoon",
	"malam": "evening", "evening": "evening", "night": "evening",
}

func (d *reader) readHours(q casefile.Question) []string {
	for i, w := range d.s.words {
		if part, ok := partNames[w.is]; ok && slices.Contains(q.Options, part) {
			return []string{part}
		}
		hour := (w.is == "jam" || w.is == "pukul" || w.is == "after" || w.is == "at") && d.s.word(i+1).num >= 0
		if (hour || partNames[w.is] != "") && slices.Contains(q.Options, "hours") {
			return []string{"hours"}
		}
	}
	return nil
}

// heardFor takes what was heard in free text as the answer to a question.
func (d *reader) heardFor(q casefile.Question) []string {
	var values []string
	take := func(f casefile.Fact) {
		i := slices.IndexFunc(q.Options, f.Value.Is)
		if f.Key == q.Key && i >= 0 && !slices.Contains(values, q.Options[i]) {
			values = append(values, q.Options[i])
		}
	}
	for _, danger := range d.r.Dangers {
		for _, f := range danger.Facts {
			take(f)
		}
	}
	for _, f := range d.r.Facts {
		take(f)
	}
	if len(values) > 1 && !q.Multi {
		return values[:1]
	}
	return withoutNone(q, values)
}

// opening reads an answer a sentence begins with: "iya, saya takut".
func (d *reader) opening(q casefile.Question) []string {
	for n := min(4, len(d.s.words)-1); n >= 1; n-- {
		rest := d.s.words[n]
		if n == 1 && rest.pause == flowing && negations[d.s.words[0].is] {
			continue // "tidak dikasih makan" is no "no"
		}
		if v := d.option(q, d.s.words[:n]); v != nil && (rest.pause != flowing || n >= 2 || isYes(d.s.words[0].is) || turning[rest.is] && !d.r.HasDanger()) {
			return v
		}
	}
	return nil
}

// turning are words with which a sentence goes on after an answer: "aman tapi bingung",
// but not "aman tapi dipukul".
var turning = set("tapi", "tetapi", "cuma", "sekarang", "but", "now", "though")

func isYes(s string) bool { return s == "ya" || s == "iya" || s == "yes" || s == "iyah" || s == "yeah" }

// zone is the time zone assumed for the place of this text.
func (d *reader) zone() *time.Location {
	return d.e.placesIn(d.s, casefile.ReporterUnknown, true).zone(d.h.Country)
}

// others reads answers to the questions that are open besides the pending one:
// further digits in their order, and what was heard.
func (d *reader) others(used int) {
	rest := d.digits[min(used, len(d.digits)):]
	if len(d.answers) > 0 && d.answers[0].Unread {
		rest = nil
	}
	d.misplaced()
	for _, q := range d.h.Open {
		if slices.ContainsFunc(d.answers, func(a casefile.Answer) bool { return a.Key == q.Key }) {
			continue
		}
		if len(rest) > 0 {
			values, skip, ok := single(q, rest[0].text)
			if q.Multi {
				values, skip, ok = multi(q, rest[:1])
			}
			if ok {
				d.answers = append(d.answers, casefile.Answer{Key: q.Key, Values: values, Skip: skip, Phrase: casefile.Hide(d.s.phrase(rest[0].at))})
				rest = rest[1:]
				continue
			}
			rest = nil // out of step: no digit after it can be trusted
			d.pure = false
		}
		d.heardAnswer(q)
	}
}

// heardAnswer adds what free text says of an open question.
func (d *reader) heardAnswer(q casefile.Question) {
	if q.Open == casefile.OpenPlace {
		if p := d.e.placesIn(d.s, casefile.ReporterUnknown, true).place; p != nil {
			d.add(q, []string{p.at.country}, "", p.words, false)
		}
		return
	}
	v := d.heardFor(q)
	if v == nil {
		v = d.readBeside(q)
	}
	if v != nil {
		d.add(q, v, "", span{0, len(d.s.words)}, false)
	}
}
