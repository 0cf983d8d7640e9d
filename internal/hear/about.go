package hear

import (
	"slices"

	"pulang/internal/casefile"
)

// Who a message is about, where it says that it is not the writer: "bukan saya, teman
// saya". It corrects what was understood before, and takes nothing back.

var (
	denying   = set("bukan", "not")
	writers   = set("saya", "me")
	strangers = set("tetangga", "warga", "neighbour", "neighbor", "stranger", "coworker")

	// alike say that it is the writer too: "bukan saya saja, teman saya juga".
	alike = set("saja", "sendiri", "only", "alone")

	// sending are words of writing and of handling a phone: "bukan saya, adik saya yang
	// main hp" takes it back after all.
	sending = set("kirim", "mengirim", "dikirim", "ngirim", "main", "mainan", "mainin", "pencet", "kepencet", "ketik", "ngetik", "nulis", "menulis", "iseng", "chat",
		"pakai", "pegang", "megang", "lapor", "sent", "send", "typed", "typing", "played", "playing", "wrote", "texted", "using")
)

// aboutWithin is how many words after "bukan saya" still say who it is.
const aboutWithin = 6

// about finds whom a message is about when it says that it is not the writer; "" when
// it says no such thing, or takes something back besides.
func (e *Ear) about(s *sighting) (who casefile.Reporter, at span) {
	i := 0
	for i < len(s.words) && (!denying[s.words[i].is] || !writers[s.word(i+1).is] || s.words[i+1].pause != flowing) {
		i++
	}
	if i == len(s.words) || alike[s.word(i+2).is] || slices.ContainsFunc(s.words, func(w word) bool { return sending[w.is] || sending[w.base] }) {
		return "", span{}
	}
	said := span{i, i + 2}
	if slices.ContainsFunc(e.says(s, "retract"), func(x span) bool { return !x.overlaps(said) }) {
		return "", span{}
	}
	for _, k := range slices.Concat([]int{i - 1, i - 2}, indexes(s.words)[min(i+2, len(s.words)):min(i+2+aboutWithin, len(s.words))]) {
		if k < 0 {
			continue
		}
		switch e.personAt(s, k) {
		case relative:
			return casefile.Family, said.join(span{k, k + 1})
		case acquaintance:
			if strangers[s.words[k].is] {
				return casefile.Witness, said.join(span{k, k + 1})
			}
			return casefile.Family, said.join(span{k, k + 1}) // "family or friend", as the question has it
		}
	}
	return "", span{}
}

// readAbout answers who is writing and who is in danger by it.
func (d *reader) readAbout(q casefile.Question) []string {
	who, _ := d.e.about(d.s)
	switch {
	case who == "":
	case q.Key == casefile.Who:
		return []string{string(who)}
	case q.Key == casefile.DangerWho:
		return []string{"other"}
	}
	return nil
}

// namesWho answers who is writing whatever question is waiting, where a message says
// that it is not about the writer.
func (e *Ear) namesWho(s *sighting, h casefile.Hearing, r *casefile.Reading) {
	who, at := e.about(s)
	if who == "" || h.Pending.Key == "" || slices.ContainsFunc(r.Answers, func(a casefile.Answer) bool { return a.Key == casefile.Who }) {
		return
	}
	r.Answers = append(r.Answers, casefile.Answer{Key: casefile.Who, Values: []string{string(who)}, Phrase: casefile.Hide(s.phrase(at))})
}
