package hear

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"pulang/internal/casefile"
)

// evaluatePlaces finds the place of every message of a corpus as if the reporter
// and the danger had been decided as labelled, so that it judges the finding of
// places and nothing else.
func evaluatePlaces(e *Ear, all []labelled) (s score) {
	for _, l := range all {
		place := heardPlace(e, l.text, casefile.Reporter(l.reporter), l.danger)
		switch {
		case l.place != "" && place == l.place:
			s.placed, s.placeRight = s.placed+1, s.placeRight+1
			continue
		case l.place != "":
			s.placed++
		case place != "":
			s.invented++
		default:
			continue
		}
		s.misses = append(s.misses, fmt.Sprintf("%-8s want %-14s got %-12s %s", l.reporter, l.place, place, l.text))
	}
	return s
}

// TestEvalPlaces prints how well places are found, and every miss of the corpora
// the rules are tuned by:
//
//	go test ./internal/hear -run EvalPlaces -v
func TestEvalPlaces(t *testing.T) {
	e := ear(t)
	for _, name := range slices.Concat(taughtBy, heldOut) {
		if _, err := os.Stat("testdata/" + name); err != nil {
			t.Logf("%s is not here", name)
			continue
		}
		s := evaluatePlaces(e, corpus(t, name))
		end := evaluate(e, corpus(t, name))
		t.Logf("%-13s place %.3f of %d, %d invented; end to end %.3f, %d invented", name, ratio(s.placeRight, s.placed), s.placed, s.invented, ratio(end.placeRight, end.placed), end.invented)
		if secret := slices.Contains(heldOut, name); !secret || os.Getenv("HEAR_EVAL") == "all" {
			for _, m := range s.misses {
				t.Log(m)
			}
		}
	}
}

// heardPlace is the place found when the reporter and the danger are as given.
func heardPlace(e *Ear, text string, who casefile.Reporter, danger bool) string {
	seen := e.look(text)
	e.count(seen)
	e.hubs(seen)
	if p := e.placesIn(seen, who, danger).place; p != nil {
		return p.at.name
	}
	return ""
}

// TestPlacesInEverySpelling: each row is a family of spellings.
func TestPlacesInEverySpelling(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		// by their sound
		"saya di kampongsom": "Sihanoukville", "disekap di sianuk vil": "Sihanoukville", "di sihanukfil": "Sihanoukville", "di fnom pen": "", "di punom penh": "Phnom Penh", "di poypet": "Poipet", "di subik": "Subic",
		"di cambodja": "Kamboja", "di tacileik": "Tachileik", "di siem rip": "Siem Reap", "di fietnam": "Vietnam", "di johore": "Johor Bahru", "di cheang rai": "Chiang Rai", "di bafet siti": "Bavet", "di sokabomi": "Sukabumi",
		// a letter off, missing, added or swapped
		"di malyasia": "Malaysia", "di singapurra": "Singapura", "di myawaddi": "Myawaddy", "di vientiene": "Vientiane", "di filiphina": "Filipina", "di pailinn": "Pailin", "di vinetnam": "Vietnam",
		// without vowels
		"dskp d mynmr": "Myanmar", "dskp d kmbj": "Kamboja", "di snglkp": "", "di myawdy": "Myawaddy", "di tailnd": "Thailand", "di pnang": "Penang",
		// digits for letters
		"di k4mb0ja": "Kamboja", "d1 p0ip3t": "Poipet",
		// joined and split, in several words of which one is misspelt
		"di phnompenh": "Phnom Penh", "di hong kng": "Hong Kong", "di si hanouk ville": "Sihanoukville", "di abu dabhi": "Abu Dhabi", "di koh kog": "Koh Kong", "di kuala lumpr": "Kuala Lumpur", "di dara sakur": "Dara Sakor", "di mae sott": "Mae Sot", "di dara resort": "",
		// as it is said, and with letters lost
		"disekap di kk prk": "KK Park", "disekap di kakapark": "KK Park", "di golden tringle": "Segitiga Emas", "disekap di segitiga mas": "Segitiga Emas", "cinta segitiga mas joko": "",
		"tolong saya dis!ksa": "", "tolong! KSA": "Arab Saudi", "kartu kk saya hilang": "",
		// with what hangs on them
		"kekamboja aku dibawa": "Kamboja", "dmyawaddy": "Myawaddy", "poipetnya jauh": "Poipet",
		// a message without spaces
		"tolongsayadisekapdipoipet": "Poipet", "min tolong bantu, sydskpdimyawadi jangan telepon": "Myawaddy", "min tolong bantu, sayasendirilaosan jangan telepon": "",
		// shy names: led to, alone at the end or the start, in capitals, before a place of the same country
		"majikan KL jahat": "Kuala Lumpur", "kontrak KL dipegang bos": "Kuala Lumpur", "kontrak kl dipegang bos": "", "dikunci dari luar. JB": "Johor Bahru", "dikunci dari luar, kl": "Kuala Lumpur", "thai now, locked in": "Thailand", "kami di penampungan btm": "Batam", "angeles pampanga, dikunci": "Angeles", "TOLONG KL BISA JEMPUT": "",
		// everyday words stay words
		"kl bisa jemput saya": "", "saya pnh dipukul": "", "pintu merambat": "", "sapi dikandang": "", "di kandang ayam": "", "di bimbang": "", "orang thai pukul saya": "", "di bendungan": "", "pak bambang pukul saya": "", "bos viet pukul saya": "", "darahnya banyak": "",
		"kakiku bngkak": "", "ada bekasnya": "", "boten.": "", "kawasan ini dijaga": "", "main di kebun kangkung": "", "tangan dikokang senapan": "",
	} {
		if got := heardPlace(ear(t), text, casefile.Victim, true); got != want {
			t.Errorf("%q: place %q, want %q", text, got, want)
		}
	}
}

// TestPlacesOfNeed: who names a place, and where the person in need is.
func TestPlacesOfNeed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		who    casefile.Reporter
		danger bool
		text   string
		want   string
	}{
		// not there, or not any more
		{casefile.Victim, true, "ternyata bukan thailand, kami dikunci", ""},
		{casefile.Victim, true, "sudah tidak di KK Park, sekarang di mae sot", "Mae Sot"},
		{casefile.Victim, true, "dari donmuang dibawa 6 jam, dikunci", ""},
		{casefile.Victim, true, "i escaped from kk park, hiding in mae sot", "Mae Sot"},
		{casefile.Family, false, "adik pulang dari arab bulan lalu, gajinya kurang", ""},
		{casefile.Family, false, "adik mau pulang dari arab tapi tidak ada tiket", "Arab Saudi"},
		{casefile.Victim, false, "saya belum bisa pulang dari malaysia", "Malaysia"},
		{casefile.Witness, false, "tetangga pernah kabur dari kamboja, mau cerita", ""},
		{casefile.Returnee, false, "dulu disekap di myawaddy, sekarang di rumah", ""},
		{casefile.Returnee, true, "saya masih di mae sot, nunggu jemputan", "Mae Sot"},
		// still to come
		{casefile.Family, false, "kakak mau berangkat ke kamboja besok", ""},
		{casefile.Family, false, "my cousin wants to go to dubai", ""},
		{casefile.Witness, false, "ada yang ngajak pemuda sini ke laos", ""},
		{casefile.Witness, false, "ada iklan kerja admin di myanmar", ""},
		{casefile.Family, true, "adik berangkat ke kamboja 3 bulan lalu, hilang kontak", "Kamboja"},
		{casefile.Victim, true, "besok mau dijual ka myanmar. sekarang di poipet", "Poipet"},
		{casefile.Family, true, "anak saya di batam menunggu kapal ke johor", "Batam"},
		{casefile.Family, true, "adik diajak kerja di tbilisi, begitu sampai paspornya diambil", "Tbilisi"},
		{casefile.Family, true, "katanya kerja cafe di batam ternyata disuruh temani tamu", ""},
		// whose, not where; one of two; hearsay
		{casefile.Victim, true, "dijual ke laki2 taiwan, sekarang di rumah makelar di singkawang", "Singkawang"},
		{casefile.Family, true, "adik di kapal taiwan dipukul", ""},
		{casefile.Witness, true, "teman diculik ke myanmar atau laos", ""},
		{casefile.Family, false, "katanya di dubai, tidak ada kabar", "Dubai"},
		{casefile.Victim, true, "ibu taunya saya di thailand, padahal saya di laos", "Laos"},
		{casefile.Family, false, "adik mau urus surat ke kbri phnom penh", "Phnom Penh"},
		// home towns, when the person is there, and when not
		{casefile.Witness, true, "saya antar 6 anak muda ke pelabuhan dumai, paspor dipegang", "Dumai"},
		{casefile.Witness, true, "saya jemput mereka dari penampungan di dumai, nangis semua", "Dumai"},
		{casefile.Victim, true, "kami dikunci di penampungan di batam", "Batam"},
		{casefile.Returnee, true, "sudah balik ke sukabumi, calonya datang", "Sukabumi"},
		{casefile.Victim, false, "mau pulang ke kupang tapi paspor mati", ""},
		{casefile.Victim, true, "rumah ibu saya di medan, saya dikunci", ""},
		{casefile.Witness, true, "dinikahkan lewat makcomblang pontianak", ""},
		// fled from: left, unless nothing nearer is known
		{casefile.Victim, true, "i am in mae sot, i ran from kk park", "Mae Sot"},
		{casefile.Victim, true, "di mae sot, kabur dari kk park", "Mae Sot"},
		{casefile.Victim, true, "we r at mae sot, ran from kk park", "Mae Sot"},
		{casefile.Victim, true, "kami di mae sot habis kabur dari shwe kokko", "Mae Sot"},
		{casefile.Family, true, "adik kabur malam2 dari kk park ke mae sot", "Mae Sot"},
		{casefile.Victim, true, "escaped kk park last night, at mae sot", "Mae Sot"},
		{casefile.Victim, true, "kabur dari kk park, sembunyi di hutan", "KK Park"},
		{casefile.Victim, true, "mau kabur dari kk park ke mae sot", "KK Park"},
		{casefile.Victim, true, "susah kabur dari kk park, teman saya di mae sot", "KK Park"},
		// about to be taken there, or taken there
		{casefile.Victim, true, "tonight 9pm they move us to laos", ""},
		{casefile.Victim, true, "tgl 25 dipindah ke laos", ""},
		{casefile.Victim, true, "kami dipindah ke laos besok", ""},
		{casefile.Victim, true, "katanya bayar 80jt atau dipindah paksa ke myanmar", ""},
		{casefile.Victim, true, "kalau tidak bayar dijual ke myanmar", ""},
		{casefile.Victim, true, "tgl 25 kemarin dipindah ke laos", "Laos"},
		{casefile.Victim, true, "they are moving us tonight to myawaddy from poipet", "Poipet"},
		{casefile.Victim, true, "tgl 3 kami dipindah ke laos, sekarang dikunci", "Laos"},
		{casefile.Victim, true, "dipindah dari bavet ke poipet kemarin, dikunci", "Poipet"},
		{casefile.Victim, true, "dipindah dr kk park ke hpalu kemarin", "Hpa Lu"},
		{casefile.Victim, true, "besok dipindah dari bavet ke poipet", "Bavet"},
		{casefile.Victim, true, "dari vietnam lewat hutan dimasukin ke kamboja skrg dikurung", "Kamboja"},
		{casefile.Victim, true, "dari vietnam lewat hutan ke kamboja, dikurung", "Kamboja"},
		{casefile.Victim, true, "kami di kk park, lalu dimasukin ke bavet", "Bavet"},
		// another was taken there
		{casefile.Victim, true, "teman dijual ke cina, saya masih di shwe kokko", "Shwe Kokko"},
		{casefile.Victim, true, "gw di bavet dikurung, temen dijual ke cina", "Bavet"},
		{casefile.Victim, true, "i am in bavet, my friend was sold to china", "Bavet"},
		{casefile.Victim, true, "saya di bavet, lalu saya sama temen dijual ke cina", "Tiongkok"},
		{casefile.Witness, true, "teman dijual ke cina", "Tiongkok"},
		// put right
		{casefile.Info, false, "saya di kamboja, bukan di myanmar", "Kamboja"},
		{casefile.Victim, true, "bukan poipet tapi bavet, dikurung", "Bavet"},
		{casefile.Victim, true, "disekap di myawaddy eh salah poipet", "Poipet"},
		{casefile.Victim, true, "dikunci di poipet eh bukan di bavet", "Bavet"},
		{casefile.Victim, true, "locked in poipet, sorry i mean bavet", "Bavet"},
		// information and spam name no place of need
		{casefile.Info, false, "gaji di phnom penh berapa", ""}, {casefile.Spam, false, "loker di poipet", ""},
	} {
		if got := heardPlace(ear(t), c.text, c.who, c.danger); got != c.want {
			t.Errorf("%s %q: place %q, want %q", c.who, c.text, got, c.want)
		}
	}
}
