package hear

import (
	"slices"
	"strings"
)

// Whether to pay: "transfer gk ya", "should i send the money". Somebody demands money
// of whoever asks it, also where nothing else was told of that.

var (
	// payments are words for handing over money by themselves; a payment by two words
	// is one of a verb and of what, or whom, is paid.
	payments = set("transfer", "tf", "transferin", "mentransfer", "setor", "tebus", "nebus", "menebus", "ditebus")
	paying   = set("kirim", "kirimkan", "kirimin", "dikirim", "bayar", "dibayar", "bayarin", "membayar", "kasih", "dikasih", "send", "sending", "wire", "pay", "paying", "give")
	paid     = set("uang", "duit", "uangnya", "duitnya", "tebusan", "tebusannya", "dendanya", "mereka", "dia", "bosnya", "money", "ransom", "them", "him", "her", "it")

	// weighing are words before a payment that make it a question of what to do, and
	// helping those that do before "i" and "we"; demanding are those that make it
	// somebody's demand, or something done.
	weighing  = set("apa", "apakah", "haruskah", "perlu", "perlukah", "boleh", "bolehkah", "mending", "mendingan", "sebaiknya", "baiknya", "should", "shall")
	helping   = set("do", "can", "must", "may")
	ourselves = set("i", "we")
	demanding = set("minta", "suruh", "disuruh", "nyuruh", "maksa", "dipaksa", "sudah", "habis", "kemarin", "tadi", "cara", "they", "he", "she", "already", "told", "asked", "wants", "want")

	// beside a payment these may stand before the question ends.
	besidePayment = set("saja", "dulu", "sekarang", "uangnya", "duitnya", "uang", "duit", "ke", "mereka", "dia", "kak", "min", "pak", "bu", "itu", "the", "to", "them", "him", "her", "money", "it", "now", "juga", "tebusannya", "tebusan", "ransom")
	closing       = set("ya", "yah", "kak", "min", "pak", "bu", "sih", "dong", "admin", "bang", "mas", "mbak", "nih")
	elsewise      = set("tidak", "jangan", "lapor", "bagaimana", "not", "dont", "wait", "nunggu", "tunggu")

	// figures ask how much, where or how: a question about an order, or about us.
	figures = set("berapa", "mana", "kemana", "kapan", "rekening", "norek", "nomor", "how", "where", "when", "much", "account")
)

// asksToPay finds a question whether to pay whoever demands money. Orders and goods are
// something else.
func (e *Ear) asksToPay(s *sighting) string {
	if e.has(s, "trade", "orders") || slices.ContainsFunc(s.words, func(w word) bool { return figures[w.is] || figures[w.base] }) {
		return ""
	}
	for i := range s.words {
		end := s.payment(i)
		if end == 0 {
			continue
		}
		if b := s.weighed(i, end); b > 0 {
			return s.phrase(span{i, b})
		}
	}
	return ""
}

// payment is where a payment that begins at word i ends; 0 where none does.
func (s *sighting) payment(i int) int {
	w, alone := s.words[i], 0
	switch {
	case payments[w.is], payments[w.base]:
		return i + 1
	case !paying[w.is]:
		return 0
	case w.is == "bayar" || w.is == "pay": // perhaps us: see casefile.Reading.AsksToPay
		alone = i + 1
	}
	for k := i + 1; k <= i+2 && k < len(s.words) && s.words[k].pause == flowing; k++ {
		if paid[s.words[k].is] || paid[s.words[k].base] {
			return k + 1
		}
	}
	return alone
}

// weighed reports whether a payment from word i up to end is weighed up, and where the
// question ends.
func (s *sighting) weighed(i, end int) int {
	asked := false
	for k := i - 1; k >= 0 && k >= i-4 && s.words[k+1].pause != sentence; k-- {
		if demanding[s.words[k].is] {
			return s.unsureAfter(end, false)
		}
		asked = asked || weighing[s.words[k].is] || helping[s.words[k].is] && ourselves[s.words[k+1].is]
	}
	if asked {
		return end
	}
	return s.unsureAfter(end, true)
}

// unsureAfter finds what makes a payment a question behind it: "gk ya", "atau jangan",
// "gimana", a question mark. After a demand ("disuruh transfer") a "not" or a question
// mark is about the demand, unless somebody asks what to do.
func (s *sighting) unsureAfter(k int, free bool) int {
	for k < len(s.words) && s.words[k].pause != sentence && besidePayment[s.words[k].is] {
		k++
	}
	here, next := s.word(k), s.word(k+1)
	ends := func(k int) bool { return k >= len(s.words) || s.words[k].pause == sentence || closing[s.words[k].is] }
	switch {
	case here.is == "bagaimana":
		return k + 1
	case (here.is == "atau" || here.is == "or") && elsewise[next.is]:
		return min(k+2, len(s.words))
	case (here.is == "tidak" || here.is == "jangan") && (ends(k+1) || next.is == "ke"):
		return k + 1
	case free && here.is == "ya" && ends(k+1):
		return k + 1
	case free && k == len(s.words) && strings.HasSuffix(strings.TrimSpace(s.text), "?"):
		return k
	}
	return 0
}
