package hear

import (
	"context"
	"strings"
	"testing"
	"time"

	"pulang/internal/casefile"
)

func facts(r casefile.Reading) casefile.Facts {
	all := casefile.Facts{}
	for _, d := range r.Dangers {
		all = append(all, d.Facts...)
	}
	return append(all, r.Facts...)
}

func TestPlaceTraps(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		// everyday words that look like places
		"saya disekap, tak bisa keluar, tak ada makanan": "", "kulo boten saget medal, dikunci": "", "KK saya ditahan bos, saya disekap": "",
		"PP ke pabrik dijaga satpam bersenjata": "", "saya asli palu, disekap bos": "", "kucing saya hilang, saya disekap": "", "saya tidak aman, disekap": "",
		"kena pasal apa kalau saya disekap": "", "di kampung saya ada yang disekap": "", "bos China pukul saya": "", "orang cina sekap kami": "", "kami dihukum lari di lapangan medan": "",
		// and the places themselves
		"saya disekap di boten laos": "Boten", "disekap di kk park": "KK Park", "di provinsi tak, saya lari dari bos": "Provinsi Tak", "kami disekap di cina": "Tiongkok", "saya di kuching dipukul majikan": "Kuching",
		"kami di medan, di poipet, disekap": "Poipet", "disekap di amman": "Amman", "disekap di medan": "Medan",
		// promised, origin, passed through
		"dijanjikan Thailand ternyata Myanmar, paspor diambil dan saya disekap":    "Myanmar",
		"promised a job in thailand, now in myanmar, locked in":                    "Myanmar",
		"saya dari sukabumi disekap di myawaddy":                                   "Myawaddy",
		"anak saya asal Medan disekap di Poipet":                                   "Poipet",
		"transit bangkok lalu mae sot, sekarang di shwe kokko dipukuli":            "Shwe Kokko",
		"katanya kerja di bangkok, sampai di kamboja paspor diambil, kami disekap": "Kamboja",
		"kami disekap di sihanoukville kamboja":                                    "Sihanoukville",
		"keluarga saya di Indramayu, saya disekap di Laos":                         "Laos",
		"saya di bavet, besok mau dijual ke myawaddy":                              "Bavet",
		// the same place by many names
		"disekap di kampong som": "Sihanoukville", "disekap di SHV": "Sihanoukville", "disekap di xigang": "Sihanoukville",
		"disekap di laogai": "Laukkaing", "disekap di kokang": "Laukkaing", "disekap di kings romans": "Segitiga Emas", "disekap di gtsez": "Segitiga Emas", "disekap di chrey thom": "Chrey Thum",
		// misspelt and joined
		"dskp d myawadi": "Myawaddy", "disekap dimyawaddy": "Myawaddy", "disekap di sihanokvile": "Sihanoukville", "disekap di poi pet": "Poipet", "disekap di maesot": "Mae Sot", "disekap di MYAWADDYY": "Myawaddy",
		"disekap di ｍｙａｗａｄｄｙ": "Myawaddy", "disekap di Myаwaddy": "Myawaddy", "disekap di las pinas": "Las Piñas", "disekap di O' Smach": "O'Smach",
	} {
		h := ear(t).Line(text)
		got := ""
		if h.Place != nil {
			got = h.Place.Name
		}
		if got != want {
			t.Errorf("%q: place %q, want %q", text, got, want)
		}
	}
}

func TestPromisedAndOriginAreKeptAsFacts(t *testing.T) {
	t.Parallel()
	r := read(t, "saya dari sukabumi, dijanjikan thailand ternyata myanmar, disekap", "")
	f := facts(r)
	for key, want := range map[casefile.Key]string{casefile.Place: "Myanmar", casefile.Country: "MM", casefile.Promised: "Thailand", casefile.Origin: "Sukabumi", casefile.Deceived: "yes"} {
		if !f.Has(key, want) {
			t.Errorf("no fact %s=%s", key, want)
		}
	}
}

func TestFalseFriendsAreNotDanger(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"tolong info lowongan", "rumah dijual", "dikurung hujan", "disiksa deadline", "ditembak cowok", "target ga tembus dimarahi bos", "kucing disekap tetangga",
		"the movie about scam compound is scary", "trapped in traffic", "akun saya dikunci", "mobil saya terkunci", "motor dijual cepat", "nonton film orang disekap dan dibunuh",
		"tolong kirim ulang paketnya", "anjing dirantai", "dying of laughter", "killing time in traffic lol", "tiketnya sold out", "tidak disekap lagi, sudah pulang", "saya tidak dipukul", "i am not locked in",
		"mau resign tapi HR bilang ada penalty", "Stop", "hapus", "1", "aman", "halo", "apakah budi hartono pernah lapor kesini?", "ganti bahasa indonesia", "salah kirim",
	} {
		if h := ear(t).Line(text); h.Danger {
			t.Errorf("%q is heard as danger: %q", text, h.Reasons)
		}
	}
}

func TestDangerInEverySpelling(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"saya disekap", "sy dskp", "sya d sekap", "saya di sekap", "SAYA DISEKAP!!!", "s4ya d1sekap", "sayaaa disekaaap", "saya dis\u200bek\u200bap", "sаya disеkap", "ｓａｙａ ｄｉｓｅｋａｐ", "saya disekp", "sy diskeap", "saya DiSeKaP",
		"sy dgmbok", "kmi drntai", "d siksa trus", "di siksa trus", "dsiksa bos", "sy dpukul bos", "aq dipukulin", "gw digebukin", "ane disetrum", "abdi dipala", "inyong dikunci", "kulo dipunsiksa, tulungi kulo", "tulung", "tulungan abdi", "wes ora kuat ning kene", "aku disekap neng omah",
		"dikurungan", "paspor2 diambil hp diambil ga boleh keluar", "tmn2 sy dipukulin", "tlg", "help", "HELP ME", "please help", "tolong pak bu", "di\u00adsekap", "disiksa2 terus",
	} {
		if h := ear(t).Line(text); !h.Danger {
			t.Errorf("%q is not heard as danger", text)
		}
	}
}

func TestWhatADangerMeans(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"saya disekap bos":                                   "freedom=locked",
		"paspor dipegang bos, pintu dijaga":                  "control=passport_kept freedom=locked",
		"kami mau dipindah malam ini":                        "moving=moved deadline=today",
		"saya dipukul tiap hari":                             "violence=beaten",
		"mereka sedang dipukul sekarang":                     "acute=violence_now violence=beaten",
		"sudah 3 hari tidak dikasih makan":                   "deprived=starved",
		"saya mau mati saja":                                 "self_harm=yes",
		"saya 15 tahun dipaksa kerja di karaoke":             "child=exploited child=yes",
		"adik saya diculik minta tebusan 50 juta besok":      "ransom=unpaid ransom_when=today_or_tomorrow deadline=tomorrow",
		"bos ancam mau bunuh saya":                           "threat=kill violence=threatened",
		"tolong":                                             "cry=yes",
		"kami 11 orang disekap":                              "count=11 people=many freedom=locked",
		"kami lari dan sembunyi di hutan":                    "freedom=running",
		"saya diborgol di ranjang":                           "deprived=tied freedom=locked",
		"bos bilang besok saya dijual":                       "moving=sold deadline=tomorrow",
		"dua jam lagi dipindah":                              "moving=moved deadline=today",
		"jumat ini harus bayar 50jt kalau tidak dibunuh":     "threat=kill control=must_pay deadline=tomorrow",
		"saya dipaksa melayani tamu":                         "forced_work=sex violence=abused",
		"harus bayar 3000 usd baru boleh pulang":             "control=must_pay",
		"saya ditahan polisi imigrasi":                       "freedom=detained",
		"hp pinjam, saya disekap":                            "device_watched=borrowed",
		"dipaksa scam, saya disekap":                         "forced_work=online",
		"they sent a video of him beaten, want 8000 dollars": "proof=violence ransom=unpaid",
	} {
		f := facts(read(t, text, ""))
		for pair := range strings.FieldsSeq(want) {
			key, value, _ := strings.Cut(pair, "=")
			if !f.Has(casefile.Key(key), value) {
				t.Errorf("%q does not mean %s", text, pair)
			}
		}
	}
}

func TestHowManyTheyAre(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"kami berlima": "5", "kami berdua disekap": "2", "bertiga": "3", "ber 6": "6", "kami ber-6 disekap": "6", "kami ber6": "6", "berdelapan": "8", "dua puluh orang": "20", "kami dua puluh lima orang disekap": "25",
		"20an orang": "20", "20-an orang disekap": "20", "dua belas orang": "12", "kami sebelas orang": "11", "seratus orang": "100", "dua ratus orang": "200", "5-10 orang": "10", "sekitar 20 orang": "20",
		"bukan 5 orang tapi 7 orang": "7", "kami disekap bukan 5 orang tapi 7 orang": "7", "bukan kami berlima tapi bertujuh": "7", "bukan 5 orang": "", "bukan cuma 5 orang": "5", "kami 5 orang bukan 7 orang": "5",
		"kamar 7 orang nya galak": "", "kamar 7 orangnya galak": "", "jam 6 orang datang": "", "lantai 3 orang disekap": "", "satu kamar 7 orang": "7", "50 juta orang": "",
	} {
		r := read(t, text, "")
		f, ok := facts(r).Latest(casefile.Count)
		if got := f.Value.Reveal(); got != want || ok != (want != "") {
			t.Errorf("%q: count %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"bukan 5 orang tapi 7 orang", "kami berlima", "maaf bukan lima orang tapi tujuh orang kak"} {
		if r := read(t, text, ""); r.HasDanger() {
			t.Errorf("%q says how many, and is heard as %s", text, r.Dangers[0].Kind)
		}
	}
}

func TestADeadlineIsATimeWithItsDoubt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"besok jam 6 dipindah":                         "2026-03-06T06:00:00+07:00 ?",
		"besok jam 6 sore kami mau dipindah":           "2026-03-06T18:00:00+07:00 ?",
		"malam ini jam 9 kami dipindah":                "2026-03-05T21:00:00+07:00 ?",
		"di myawaddy, besok jam 06.30 kami mau dijual": "2026-03-06T06:30:00+06:30 ?",
		"2 jam lagi kami mau dijual":                   "2026-03-05T14:00:00+07:00 ?",
		"they will sell us tomorrow at 7 am":           "2026-03-06T07:00:00+07:00 ?",
		"besok kami mau dipindah":                      "",
		"dua jam lagi dipindah":                        "2026-03-05T14:00:00+07:00 ?",
		"30 menit lagi kami dibawa":                    "2026-03-05T12:30:00+07:00 ?",
		"tgl 25 dipindah ke laos":                      "2026-03-25T00:00:00+07:00 ?",
		"tanggal 3 kami mau dijual":                    "2026-04-03T00:00:00+07:00 ?",
		"tgl 1 april jam 6 kami mau dijual":            "2026-04-01T06:00:00+07:00 ?",
		"tgl 1 februari kami mau dijual":               "",
		"tgl 25 maret 2026 pagi kami mau dijual":       "2026-03-25T06:00:00+07:00 ?",
		"tgl 31 feb kami mau dijual":                   "",
		"tgl 3 kemarin dipindah ke laos":               "",
		"lusa pagi dipindah":                           "2026-03-07T06:00:00+07:00 ?",
		"lusa malam kami mau dipindah":                 "2026-03-07T18:00:00+07:00 ?",
	} {
		f, ok := facts(read(t, text, "")).Latest(casefile.DeadlineAt)
		if got := f.Value.Reveal(); got != want || ok != (want != "") {
			t.Errorf("%q: deadline %q, want %q", text, got, want)
		}
	}
}

func TestRetractionsOracleAndPrice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text                    string
		retracts, oracle, price bool
	}{
		{"salah kirim", true, false, false}, {"bukan saya yg kirim", true, false, false}, {"it was not me", true, false, false}, {"wrong number sorry", true, false, false}, {"maaf itu anak saya yang main hp", true, false, false},
		{"apakah budi hartono pernah lapor kesini?", false, true, false}, {"is my brother safe", false, true, false}, {"cek nama siti", false, true, false}, {"adik saya sudah chat ke nomor ini belum", false, true, false},
		{"bayar berapa", false, false, true}, {"is this real", false, false, true}, {"gratis ga", false, false, true}, {"saya disekap", false, false, false}, {"saya salah kirim uang ke agen", false, false, false},
	} {
		r := read(t, c.text, "")
		if r.Retracts != c.retracts || r.Oracle != c.oracle || r.Price != c.price {
			t.Errorf("%q: retracts %v oracle %v price %v, want %v %v %v", c.text, r.Retracts, r.Oracle, r.Price, c.retracts, c.oracle, c.price)
		}
		if c.retracts && !facts(r).Has(casefile.Retraction, "yes") {
			t.Errorf("%q: no fact of the retraction", c.text)
		}
	}
}

func TestARetractionHidesNoDanger(t *testing.T) {
	t.Parallel()
	if r := read(t, "salah kirim, tapi tolong saya disekap", ""); !r.HasDanger() || !r.Retracts {
		t.Errorf("danger %v retracts %v, want both", r.HasDanger(), r.Retracts)
	}
}

func TestAGreetingNamesNobody(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"halo", "tolong", "1", "p", "help"} {
		if r := read(t, text, ""); r.Reporter != casefile.ReporterUnknown {
			t.Errorf("%q: reporter %s, want unknown, so that a question asks", text, r.Reporter)
		}
	}
}

func TestReasonsAreWordsOfTheText(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"sample.csv", "dev.csv", "test.csv"} {
		for _, l := range corpus(t, name) {
			r := read(t, l.text, "")
			for _, d := range r.Dangers {
				if p := d.Phrase.Reveal(); p == "" || !strings.Contains(l.text, p) {
					t.Errorf("%s: reason %q is not in %q", name, p, l.text)
				}
				if d.Rule == "" || len(d.Facts) == 0 {
					t.Errorf("%s: %q has a danger without a rule or a meaning", name, l.text)
				}
			}
		}
	}
}

func TestEveryMeaningIsInTheDictionary(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"sample.csv", "dev.csv", "test.csv"} {
		for _, l := range corpus(t, name) {
			for _, f := range facts(read(t, l.text, "")) {
				entry, ok := casefile.Lookup(f.Key)
				if !ok {
					t.Fatalf("%q: no key %s in the dictionary", l.text, f.Key)
				}
				if f.Key != casefile.Country && entry.Values != nil && !has(entry.Values, f.Value.Reveal()) {
					t.Errorf("%q: %s has no value %q", l.text, f.Key, f.Value.Reveal())
				}
				if f.How != casefile.Heard || f.Phrase.IsEmpty() {
					t.Errorf("%q: fact %s says neither how nor by which words", l.text, f.Key)
				}
			}
		}
	}
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func TestAnEarIsSharedByMany(t *testing.T) {
	t.Parallel()
	e := ear(t)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	done := make(chan bool)
	for range 8 {
		go func() {
			ok := true
			for range 50 {
				ok = ok && e.Line("tlg sy dskp d myawadi").Danger
			}
			done <- ok
		}()
	}
	for range 8 {
		select {
		case ok := <-done:
			if !ok {
				t.Error("danger not heard when many read at once")
			}
		case <-ctx.Done():
			t.Fatal("reading takes too long")
		}
	}
}
