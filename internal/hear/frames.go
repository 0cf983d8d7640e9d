package hear

import (
	"slices"

	"pulang/internal/casefile"
)

// What is said right around a place, in standard spelling. Each set is one way in
// which a place that is named is not the place of need, or is for certain.
var (
	noPlace  = set("bukan", "tidak", "not", "sanes", "dudu", "isnt", "longer")
	inside   = set("di", "ke", "in", "at", "nang", "e", "lagi")
	onTo     = set("ke", "ka", "to", "for", "k", "maring", "into", "across")
	outOf    = set("dari", "from", "saking", "sekang", "ti", "deri", "tina")
	notHere  = set("orang", "lelaki", "laki", "laki2", "pria", "cowok", "bule", "bendera", "kapal", "ship", "flag", "bahasa", "artis", "film")
	offices  = set("kbri", "kjri", "konjen", "kedubes", "kedutaan", "embassy", "consulate", "konsulat")
	homeward = set("pulang", "balik", "kembali", "mudik", "mulih", "wangsul", "bali", "dipulangkan", "dideportasi", "pulkam", "babalik", "buliak", "home", "back", "returned", "return", "came")
	formerly = set("pernah", "mantan", "bekas", "eks", "ex", "exs", "former", "formerly")
	contract = set("kontrak", "contract")
	ended    = set("after", "setelah", "sesudah", "since")
	longing  = set("mau", "ingin", "pengen", "kepengin", "hoyong", "minta", "biar", "supaya", "bisa", "cara", "boleh", "tidak", "belum", "susah", "want", "wants", "how", "tiket", "kapan", "besok", "nanti", "akan", "tunggu", "menunggu", "nunggu")
	onwards  = set("dibawa", "naik", "lanjut", "terus", "terbang", "dipindah", "dipindahkan", "taken", "driven", "moved")
	static   = set("di", "in", "at", "nang", "neng", "ning", "e")
	intents  = set("mau", "akan", "bakal", "besok", "lusa", "nanti", "rencana", "tiket", "ajak", "mengajak", "ngajak", "diajak", "ngajakin", "nunggu", "menunggu", "tunggu",
		"pamit", "izin", "handak", "hendak", "hoyong", "pengen", "ingin", "kepengin", "invites", "invite", "invited", "wants", "want", "plans", "planning", "going", "tomorrow", "mw", "mo", "pgn", "rekrut", "merekrut", "ngerekrut", "ngirim", "mengirim", "ngerem", "recruiting", "recruit")
	work     = set("kerja", "bekerja", "bisnis", "work", "working", "job", "bagawi", "kerjo", "karajo", "magang")
	done     = set("sudah", "telah", "kemarin", "tadi", "lapor", "melapor", "laporan", "tanya", "already", "report", "bantu", "tolong", "help", "sampai", "dulu", "dulunya", "waktu", "went")
	unsure   = set("apa", "atau", "ato", "or", "entah", "utawa")
	present  = set("sekarang", "masih", "lagi", "now", "still", "currently", "posisi", "lokasi", "sedang")
	stays    = set("pelabuhan", "penampungan", "kos", "kost", "kosan", "kontrakan", "hotel", "dermaga", "terminal", "ruko", "gudang", "makelar", "mess", "asrama", "shelter", "losmen", "port", "harbour", "harbor", "boarding")
	ways     = set("lewat", "via", "melalui", "through", "liwat", "ngalangkungan")
	hearsay  = set("katanya", "bilangnya", "dibilang", "kabarnya", "konon")
	adverts  = set("iklan", "loker", "flyer", "brosur", "poster", "ads", "jobs", "job", "info")
	arrivals = set("sampai", "nyampe", "tiba", "sampe", "arrived", "ternyata", "setibanya", "sesampainya", "mendarat", "arrival", "landed")
	children = set("anak", "putra", "putri")
	bridges  = set("di", "saya", "kami", "aku", "orang", "tua", "ibu", "bapak", "dia", "asli", "asal", "dari", "from", "in", "my", "kota", "desa", "kampung", "nya", "rumah", "kabupaten", "daerah")
)

// How people leave a place, and where others are.
var (
	leaving  = set("keluar", "lepas", "kluar", "out")
	quitting = set("escaped", "fled", "left", "ninggalin")
	notYet   = set("to", "cannot", "cant", "trying", "try", "coba", "nyoba", "mencoba", "gagal", "bantu", "tolong", "help", "please", "failed", "could")
	managed  = set("berhasil", "managed")
	enters   = set("dimasukin", "dimasukkan", "dimasukan", "diselundupin", "diselundupkan", "smuggled", "masuk")
	mates    = set("teman", "teman2", "kawan", "kawan2", "rekan", "friend", "friends", "roommate", "temannya")
	selves   = set("saya", "aku", "kami", "kita", "we", "us", "me", "i", "dan", "sama", "bareng", "bersama", "and", "with", "dengan")
	dates    = set("tgl", "tanggal")
	ifs      = set("kalau", "jika", "if", "bila")
	soon     = set("besok", "lusa", "nanti", "tonight", "tomorrow")
	elapsed  = set("kemarin", "lalu", "tadi", "sudah", "barusan", "semalam", "yesterday", "already", "ago", "last", "sekarang", "now")
	contrast = set("tapi", "tetapi", "but", "melainkan", "instead")
	slips    = set("eh", "salah", "ralat", "maksud", "maksudnya", "maksudku", "koreksi", "correction", "mean", "meant", "typo", "sorry")
	mends    = set("di", "ke", "in", "at", "saya", "i", "bukan", "not", "maaf", "ketik", "tulis", "no", "wait", "its", "it", "is", "yang", "benar")
)

// dwellings before a home town.
var dwellings = set("rumah", "kampung", "desa", "kota")

// framed reads what stands right before and after a place, which is surer than the
// cues further off.
func (e *Ear) framed(s *sighting, all []mention, i int, who casefile.Reporter, danger bool) (role, bool) {
	m := all[i]
	a := m.words.a
	before := func(k int) string {
		if a-k < 0 || s.cut(a-k+1, a, comma) {
			return ""
		}
		return s.words[a-k].is
	}
	prep := before(1)
	if (prep == "kota" || prep == "negara") && before(2) != "" {
		prep = before(2)
	}
	if r, ok := e.paired(s, all, i, who); ok {
		return r, true
	}
	switch {
	case noPlace[prep], inside[prep] && noPlace[before(2)]:
		return leftRole, true // "bukan Bangkok", "sudah tidak di KK Park"
	case notHere[prep] && !m.at.origin && s.words[a].pause == flowing:
		return leftRole, true // "hp orang Myanmar" says whose, not where
	case e.either(s, all, i):
		return leftRole, true
	case offices[prep] && !m.at.origin && who != casefile.Returnee:
		return nearRole, true
	case outOf[prep] && e.departed(s, m, who), !danger && static[prep] && contract[before(2)] && ended[before(3)]:
		return leftRole, true
	case !m.at.origin && who != casefile.Returnee && (e.fled(s, a, prep) || outOf[prep] && ways[s.word(m.words.b).is]):
		return elsewhereRole, true
	case m.at.origin && who != casefile.Returnee && (homeward[prep] || onTo[prep] && homeward[before(2)]):
		return originRole, true // "mau pulang ke Kupang"
	case m.at.origin && !danger && who != casefile.Returnee && s.any(a-3, a, ways):
		return originRole, true // where the agency is
	case who != casefile.Returnee && e.going(s, a, prep, danger):
		return nextRole, true
	}
	return atRole, false
}

// departed reports whether somebody has left the place after a "dari": "pulang dari
// Arab", "pernah kabur dari Kamboja", "dari Don Mueang dibawa 9 jam". Whoever only
// wants to come home from it is still there.
func (e *Ear) departed(s *sighting, m mention, who casefile.Reporter) bool {
	a := m.words.a
	switch {
	case m.at.origin:
		return false
	case onwards[s.word(m.words.b).is] && s.word(m.words.b).pause == flowing:
		return true
	case who == casefile.Family || who == casefile.Witness:
		return s.any(a-5, a, formerly) || s.any(a-3, a, homeward) && !s.any(a-6, a, longing)
	}
	return s.any(a-3, a, homeward) && s.any(a-6, a, done) && !s.any(a-6, a, longing)
}

// paired reads a place by the one named right before or after it: put right, "di
// Myawaddy eh salah Poipet", or the two ends of a way, "dipindah dari Bavet ke Poipet".
func (e *Ear) paired(s *sighting, all []mention, i int, who casefile.Reporter) (role, bool) {
	if i > 0 {
		switch told, ahead := e.way(s, all[i-1], all[i]); {
		case s.mended(all[i-1], all[i]):
			return actualRole, true
		case told && ahead:
			return nextRole, who != casefile.Returnee
		case told:
			return actualRole, who != casefile.Returnee
		}
	}
	if i+1 < len(all) {
		switch told, ahead := e.way(s, all[i], all[i+1]); {
		case s.mended(all[i], all[i+1]):
			return leftRole, true
		case told && ahead:
			return atRole, who != casefile.Returnee
		case told:
			return elsewhereRole, who != casefile.Returnee
		}
	}
	return atRole, false
}

// mended reports whether place y is said in place of x, which was a slip.
func (s *sighting) mended(x, y mention) bool {
	if y.words.a-x.words.b > 5 {
		return false
	}
	slip := false
	for _, w := range s.words[x.words.b:y.words.a] {
		if !slips[w.is] && !mends[w.is] {
			return false
		}
		slip = slip || slips[w.is]
	}
	return slip
}

// way reports whether a move or a flight from x to y is told, and whether it is still
// to come.
func (e *Ear) way(s *sighting, x, y mention) (told, ahead bool) {
	a := x.words.a
	if y.at.origin || y.words.a-x.words.b != 1 || !onTo[s.words[x.words.b].is] || !outOf[s.word(a-1).is] {
		return false, false
	}
	for k := a - 2; k >= max(0, a-5) && s.words[k+1].pause == flowing; k-- {
		if onwards[s.words[k].is] || e.ends(s, "transfer", k) || e.ends(s, "sell", k) || e.ends(s, "flee", k) {
			return true, s.any(k-4, a, longing) || s.ahead(max(0, k-6), k, y.words.b)
		}
	}
	return false, false
}

// fled reports whether somebody ran from the place at word a: "kabur dari KK Park".
// Whoever only wants to, or cannot, is still there.
func (e *Ear) fled(s *sighting, a int, prep string) bool {
	if !outOf[prep] && !quitting[prep] {
		return false
	}
	for k := a - 1; k >= max(0, a-5) && s.words[k+1].pause == flowing; k-- {
		if quitting[s.words[k].is] || leaving[s.words[k].is] || e.ends(s, "flee", k) {
			return s.any(k-4, k, managed) || !s.any(k-4, k, longing) && !s.any(k-4, k, notYet)
		}
	}
	return false
}

// taken is the role of a place to which, as word k says, somebody was taken or is to
// be. Where a friend was sold, whoever writes is not.
func (e *Ear) taken(s *sighting, k int, m mention, who casefile.Reporter) role {
	switch {
	case e.planned(s, k, m) && s.led(m.words.a, onTo):
		return nextRole
	case who == casefile.Victim && !m.at.origin && e.another(s, k, m.words.a):
		return elsewhereRole
	}
	return actualRole
}

// another reports whether it is a friend who was sold or moved to the place at word a.
func (e *Ear) another(s *sighting, k, a int) bool {
	verb := -1
	for ; k >= max(0, a-8) && s.words[k+1].pause == flowing; k-- {
		switch {
		case verb < 0 && (e.ends(s, "sell", k) || e.ends(s, "transfer", k)):
			verb = k
		case verb >= 0 && mates[s.words[k].is]:
			return !s.any(verb+1, a, selves) && (s.words[k].pause != flowing || !s.any(k-1, k, selves))
		}
	}
	return false
}

// ahead reports whether the move told at word k is dated to come: a date stands
// before it, from word from on, or "besok" after it, up to what follows the place that
// ends before word b.
func (s *sighting) ahead(from, k, b int) bool {
	for x := k + 1; x < min(b+2, len(s.words)) && s.words[x].pause == flowing; x++ {
		if soon[s.words[x].is] {
			return true
		}
	}
	for x := from; x < k; x++ {
		if dates[s.words[x].is] && s.words[x+1].num > 0 && !s.any(x-2, k, elapsed) {
			return !slices.ContainsFunc(s.words[b:min(b+4, len(s.words))], func(w word) bool { return elapsed[w.is] })
		}
		w, next := s.words[x].is, s.words[x+1].is
		if w == "malam" && next == "ini" || ifs[w] && noPlace[next] && !s.cut(x+1, k, comma) || unsure[w] && x >= k-2 {
			return true // "kalau tidak bayar dijual ke", "bayar atau dipindah ke"
		}
	}
	return false
}

// parted reports whether the word between two places sets the second against the
// first, which is not where they are.
func (s *sighting) parted(x, y mention) bool {
	word := s.words[y.words.a-1].is
	return y.words.a > x.words.b && (x.role == leftRole && contrast[word] || (x.role == leftRole || x.role == elsewhereRole) && onTo[word])
}

// flows reports whether no pause stands after word a up to, and with, word b.
func (s *sighting) flows(a, b int) bool { return b-a <= 2 && !s.cut(a+1, b, comma) }

// either reports whether a place is one of two that somebody cannot decide between.
func (e *Ear) either(s *sighting, all []mention, i int) bool {
	between := func(x, y mention) bool {
		return y.words.a-x.words.b == 1 && unsure[s.words[x.words.b].is] && x.at.country != y.at.country
	}
	return i > 0 && between(all[i-1], all[i]) || i+1 < len(all) && between(all[i], all[i+1])
}

// going reports whether the place before word a is where somebody means to go: "mau
// ke Kamboja", "tiket ke Bangkok", "ngajak kerja di Laos".
func (e *Ear) going(s *sighting, a int, prep string, danger bool) bool {
	const reach = 6
	switch {
	case onTo[prep]:
	case !danger && static[prep] && s.any(a-4, a, work):
	default:
		return false
	}
	for k := a - 1; k >= max(0, a-1-reach) && s.words[k+1].pause == flowing; k-- {
		switch w := s.words[k].is; {
		case done[w]:
			return false
		case intents[w]:
			return !s.any(k-3, k, done)
		}
	}
	return false
}

// cut reports whether a pause so long stands before one of the words from a up to,
// and with, b.
func (s *sighting) cut(a, b int, p pause) bool {
	for k := max(a, 1); k <= b && k < len(s.words); k++ {
		if s.words[k].pause >= p {
			return true
		}
	}
	return false
}

// any reports whether one of the words from a up to b is of a set, in the sentence
// of b.
func (s *sighting) any(a, b int, of map[string]bool) bool {
	for k := b - 1; k >= max(a, 0) && s.words[k+1].pause != sentence; k-- {
		if of[s.words[k].is] {
			return true
		}
	}
	return false
}

// led reports whether one of the two words before word a is of a set.
func (s *sighting) led(a int, by map[string]bool) bool { return s.any(a-2, a, by) }

// bridged reports whether all words from a up to b belong to "rumah ibu saya di".
func (s *sighting) bridged(a, b int) bool {
	for k := a; k < b; k++ {
		if !bridges[s.words[k].is] {
			return false
		}
	}
	return true
}
