package hear

import "testing"

// ruled reports whether a rule hears danger, without the model.
func ruled(e *Ear, text string) bool {
	s := e.look(text)
	e.count(s)
	e.hubs(s)
	e.dying(s)
	e.disguises(s)
	e.mute(s)
	return len(e.dangers(s)) > 0
}

func TestCircumstancesAreHeardByRule(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"telapak kaki dipukul pake pipa tiap ga closing", "jari kelingking gw dipotong krn ga closing", "tangan saya melepuh dikasih air panas sama nyonya",
		"tiap malem anak majikan ngetok kamar saya", "he says if i tell anyone my son will disappear", "temen gw dilempar dr balkon",
		"kalo besok ga ada kabar anggap aku udah dibawa", "yg dipanggil ke lantai 5 ga ada yg balik", "they took my friend last night, her bed is empty", "captain threw a man overboard",
		"anjing penjaga dilepas klo malem jd ga ada yg berani kluar", "udah 5 bulan ga pernah liat luar gedung", "boss said pay 3000 usd or stay forever", "boss keeps my phone at night",
		"gw di kolong kasur, mereka di luar pintu", "nginep di masjid takut ditemukan", "tadi manjat pager skrg di kebun singkong", "kaki busuk udah ada belatung ga diobatin",
		"gunting udah di tangan", "udah nulis surat buat mama, titip adik ya", "ga oleh metu, ono sing njogo nggowo pentung", "umur saya 15 kerja di karaoke dikasih pil",
		"kakang kuring ditahan di kamboja, menta duit 50 juta mun hayang balik", "plis siapa aja angkat", "answer me please",
	} {
		if !ruled(ear(t), text) {
			t.Errorf("%q: no rule hears danger", text)
		}
	}
}

func TestEverydayCircumstancesAreQuiet(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"tolong dong pesanan saya belum datang juga", "hati gw ditawan sama dia bang", "semalem main ml dibantai terus, rank turun", "drama korea yang disiksa mertua judulnya apa",
		"my flight got cancelled stuck in bangkok", "kaki pegel abis lari pagi 10k", "bos masuk ruang meeting telat lagi", "minum obat semua tapi batuk ga sembuh2", "mau nyusul bapak ke pasar",
		"anjing gw kabur dari rumah, ada yg liat?", "truk sayur ditutup terpal lewat tol malam hari", "jaga adik baik2 ya", "battery is low on my laptop", "kucing melahirkan di bawah kasur",
		"employer deducts too much for food in hong kong", "majikan baik, gaji lancar, mau tanya cara transfer uang",
	} {
		if ruled(ear(t), text) {
			t.Errorf("%q is heard as danger", text)
		}
	}
}

func TestPlacesAsTheyAreSaid(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"kmbja. dijaga. ga bs kluar": "Kamboja", "disekap di miawadi": "Myawaddy", "disekap di poypeth": "Poipet", "disekap di xigang": "Sihanoukville",
		"hp disita, ini hp orang myanmar, dikunci": "", "ada rumah di tanjungbalai, 30 orang dikunci": "Tanjungbalai",
	} {
		got := ""
		if h := ear(t).Line(text); h.Place != nil {
			got = h.Place.Name
		}
		if got != want {
			t.Errorf("%q: place %q, want %q", text, got, want)
		}
	}
}
