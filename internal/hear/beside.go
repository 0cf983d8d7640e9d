package hear

import (
	"slices"

	"pulang/internal/casefile"
)

// What is told beside the question: an answer to another one that is open, how long ago
// news came, what money was asked for, who offered the work.

// misplaced reads an answer that is none to the pending question, and by its words one to
// a single other question: "26 thn" at where they may go, "facebook" at what was told.
func (d *reader) misplaced() {
	if len(d.answers) == 0 || !d.answers[0].Unread || len(d.s.words) == 0 || len(d.s.words) > maxMisplaced || d.plainWord() {
		return // a yes or a no belongs to the question that is waiting
	}
	var found []casefile.Answer
	for _, q := range d.h.Open {
		v := d.e.own(q, plainly(d.s.words))
		if v == nil && q.Key == casefile.AgeBand {
			v = d.years()
		}
		if v != nil {
			found = append(found, casefile.Answer{Key: q.Key, Values: v, Phrase: casefile.Hide(d.s.text)})
		}
	}
	if len(found) == 1 {
		d.answers = append(d.answers, found...)
	}
}

// maxMisplaced is the most words of an answer to a question that is not waiting.
const maxMisplaced = 5

// years reads an age that says so: "26 thn", "umur 26".
func (d *reader) years() []string {
	for i, w := range d.s.words {
		years := yearWords[d.s.word(i+1).is] && !d.e.lapse(d.s, i)
		if w.num >= 5 && w.num <= 80 && (years || ageWords[d.s.word(i-1).base]) {
			return []string{ageBand(w.num)}
		}
	}
	return nil
}

// readBeside reads what free text says of some questions.
func (d *reader) readBeside(q casefile.Question) []string {
	var value string
	switch q.Key {
	case casefile.LastContact:
		value = d.since(q.Key == d.h.Pending.Key)
	case casefile.Ransom:
		value = d.demand()
	case casefile.RansomWhen:
		if slices.ContainsFunc(d.s.words, func(w word) bool { return limits[w.is] || limits[w.base] }) {
			return d.readTime(q)
		}
	case casefile.Recruiter:
		value = d.inviter(q)
	case casefile.DeviceWatched:
		if q.Key == d.h.Pending.Key && d.e.has(d.s, "captor", "friend", "people") && slices.ContainsFunc(d.s.words, func(w word) bool { return reading[w.is] || reading[w.base] }) && !d.e.negatedAnywhere(d.s) {
			return []string{"yes"}
		}
	case casefile.Pressure, casefile.LegalStatus, casefile.Others:
		value = d.afterwards(q.Key)
	}
	if v, ok := fits(q, value); ok && value != "" {
		return []string{v}
	}
	return nil
}

var (
	limits   = set("batas", "batasnya", "batasan", "deadline", "tenggat", "terakhirnya", "limit", "latest")
	inviting = set("ngajak", "mengajak", "ajak", "ajakin", "ngajakin", "diajak", "nawarin", "menawarkan", "ditawari", "ditawarin", "nawari", "offered", "invited", "recruited", "direkrut")
	ago      = set("lalu", "ago", "kabar", "kontak", "hilang", "lebih", "last")
)

// since reads how long ago somebody was heard of: "3 minggu yg lalu nelpon". Where that
// was not asked, the words must say so: "22 th" is an age.
func (d *reader) since(asked bool) string {
	if value, _ := d.e.lastHeard(d.s); value != "" {
		return value
	}
	told := asked && len(d.s.words) <= maxMisplaced || slices.ContainsFunc(d.s.words, func(w word) bool { return ago[w.is] || contacts[w.is] })
	for i, w := range d.s.words {
		if value := lapses[w.base]; value != "" && told {
			return value
		}
		days, ok := perUnit[d.s.word(i+1).is]
		if n := number(w); told && ok && n > 0 && n < 100 {
			return silence(n * days)
		}
	}
	return ""
}

// perUnit is how many days a unit of time has.
var perUnit = map[string]int{
	"jam": 0, "hours": 0, "hour": 0, "hari": 1, "day": 1, "days": 1, "minggu": 7, "week": 7, "weeks": 7, "bulan": 30, "month": 30, "months": 30, "tahun": 365, "year": 365, "years": 365,
}

func silence(days int) string {
	switch {
	case days < 1:
		return "today"
	case days < 7:
		return "days"
	case days < 30:
		return "weeks"
	}
	return "months"
}

// demand reads whether money was asked for, and paid: "minta lagi 10jt", "sudah bayar 20 jt".
func (d *reader) demand() string {
	switch demands := append(d.s.find(d.e.patterns["demand"]), d.e.says(d.s, "moneywant")...); {
	case len(demands) > 0 && d.s.negated(demands[0]):
		return "none"
	case len(demands) > 0:
		return "unpaid"
	}
	if len(d.s.find(d.e.patterns["handed"])) > 0 && slices.ContainsFunc(d.s.words, func(w word) bool { return w.is == "sudah" || w.is == "already" || w.is == "paid" }) {
		return "paid"
	}
	return ""
}

// afterwards reads what follows somebody home: a summons that cannot wait, who asks them
// to come back, who was left behind.
func (d *reader) afterwards(key casefile.Key) string {
	has := func(words map[string]bool) bool {
		return slices.ContainsFunc(d.s.words, func(w word) bool { return words[w.is] || words[w.base] })
	}
	switch {
	case key == casefile.LegalStatus && has(summons) && has(police) && d.e.has(d.s, "soon", "now"):
		return "soon"
	case key == casefile.Pressure && has(pressing):
		return "threatened"
	case key == casefile.Pressure && has(luring) && has(returning):
		return "asked_back"
	case key == casefile.Others && has(remaining) && has(yonder) && d.e.has(d.s, "friend", "people"):
		return "yes"
	}
	return ""
}

// negatedAnywhere reports whether a text holds a "not".
func (e *Ear) negatedAnywhere(s *sighting) bool {
	return slices.ContainsFunc(s.words, func(w word) bool { return negations[w.is] })
}

var (
	reading   = set("check", "checks", "checking", "checked", "reads", "read", "look", "looks", "open", "opens", "see", "sees", "cek", "ngecek", "dicek", "periksa", "diperiksa", "meriksa", "lihat", "liat", "buka", "dibuka", "baca", "dibaca", "pegang", "megang")
	summons   = set("panggilan", "dipanggil", "surat", "summons", "summoned", "called")
	police    = set("polisi", "polres", "polda", "polsek", "police")
	pressing  = set("ditagih", "nagih", "menagih", "penagih", "diteror", "neror", "diancam", "ngancam", "threatening", "threatened")
	luring    = set("suruh", "disuruh", "ajak", "diajak", "ngajak", "mengajak", "nawarin", "ditawari", "asked", "asking", "asks", "want")
	returning = set("balik", "kembali", "kerja", "back", "return")
	remaining = set("masih", "still", "ada")
	yonder    = set("sana", "dalam", "there", "inside")
)

// inviter reads who offered the work, where one is named: "tetangga yg ngajak".
func (d *reader) inviter(q casefile.Question) string {
	if !slices.ContainsFunc(d.s.words, func(w word) bool { return inviting[w.is] || inviting[w.base] }) {
		return ""
	}
	var who []string
	for i := range d.s.words {
		if v := d.e.own(q, d.s.words[i:i+1]); v != nil && !slices.Contains(who, v[0]) {
			who = append(who, v[0])
		}
	}
	if len(who) != 1 {
		return ""
	}
	return who[0]
}
