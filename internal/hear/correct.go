package hear

import "pulang/internal/casefile"

// corrects are words that take back the answer just given; between them the
// others may stand.
var (
	corrects = set("salah", "maksud", "maksudnya", "maksudku", "ralat", "koreksi", "typo", "meant", "mean", "correction", "wrong", "keliru")
	besides  = set("eh", "maaf", "sorry", "saya", "i", "bukan", "tadi", "harusnya", "itu", "yang", "oh", "jadi", "pencet", "ketik", "pilih", "jawab", "tidak", "no", "not", "oops", "ups", "kak", "min", "aduh")
)

// correction reads "eh salah, gawat" and "sorry, I meant 1" as another answer to
// the question before the pending one.
func (d *reader) correction() bool {
	q := d.h.Last
	i, said := 0, false
	for i < len(d.s.words) && (corrects[d.s.words[i].is] || besides[d.s.words[i].is]) {
		said = said || corrects[d.s.words[i].is]
		i++
	}
	if !said || q.Key == "" || q.Key == d.h.Pending.Key || i == len(d.s.words) {
		return false
	}
	rest := &reader{e: d.e, s: d.e.look(d.s.text[d.s.words[i].from:]), h: casefile.Hearing{Pending: q, Now: d.h.Now, Country: d.h.Country}, note: d.note}
	rest.leadingDigits()
	rest.pending()
	a := rest.answers[0]
	if a.Unread || a.Skip || len(a.Values) == 0 {
		return false
	}
	a.Pending = false
	d.answers = []casefile.Answer{{Key: d.h.Pending.Key, Unread: true, Phrase: a.Phrase, Pending: true}, a}
	d.facts, d.corrected = rest.facts, true
	return true
}
