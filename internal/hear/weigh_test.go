package hear

import (
	"testing"

	"pulang/internal/casefile"
)

// TestDangerIsHeardWithoutItsWords: no rule has words for these.
func TestDangerIsHeardWithoutItsWords(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"paspor dipegang bos, pintu dijaga, yang ga tembus target ga ikut makan",
		"gerbangnya ada yang jaga, kami dihitung tiap malam sebelum tidur",
		"they count us every night and the man at the gate keeps all our phones",
		"hp cuma boleh 5 menit, dia berdiri di sebelah saya dengarin semua",
	} {
		r := read(t, text, "")
		if !r.HasDanger() {
			t.Errorf("%q is not heard as danger", text)
		}
		for _, d := range r.Dangers {
			if d.Kind == casefile.Doubt && (d.Phrase.IsEmpty() || len(d.Facts) != 1 || d.Facts[0].Key != casefile.Doubted) {
				t.Errorf("%q: the doubt is not explained: %+v", text, d)
			}
		}
	}
}

// TestEverydayMattersAreNoDanger: rules have words for these, and the whole message
// says that they mean something else.
func TestEverydayMattersAreNoDanger(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"kucing tetangga dikurung di kandang karena suka kabur, ada yang mau adopsi?",
		"nonton film semalem serem, tokohnya dikurung terus dipukulin penjahat",
		"the boss fight in this game is killing me, i died like ten times",
	} {
		if r := read(t, text, ""); r.HasDanger() {
			t.Errorf("%q is heard as danger: %v", text, r.Dangers)
		}
	}
}

// TestWantingToDieIsNeverEveryday, however the message reads.
func TestWantingToDieIsNeverEveryday(t *testing.T) {
	t.Parallel()
	w := weighed{opines: true, danger: 0}
	dying := found{compiledRule: &compiledRule{rule: rule{kind: casefile.SelfHarmHeard}}}
	cry := found{compiledRule: &cryRule}
	beaten := found{compiledRule: &compiledRule{rule: rule{kind: casefile.ViolenceHeard, weight: always}}}
	if got := w.everyday([]found{dying, beaten, cry}); len(got) != 2 || got[0].kind != casefile.SelfHarmHeard || got[1].kind != casefile.BareCry {
		t.Errorf("left of wanting to die, a blow and a cry: %v", got)
	}
	w.danger = everydayBelow
	if got := w.everyday([]found{beaten}); len(got) != 1 {
		t.Error("what may be danger was taken for everyday")
	}
	w = weighed{opines: false}
	if got := w.everyday([]found{beaten}); len(got) != 1 {
		t.Error("a few words were weighed")
	}
}

// TestABlowBesideAPriceOfFreedomIsNeverEveryday: it reads like asking what something costs.
func TestABlowBesideAPriceOfFreedomIsNeverEveryday(t *testing.T) {
	t.Parallel()
	for text, danger := range map[string]bool{
		"kami disandera, bayar berapa biar bebas": true, "they keep us hostage, how much is it to be free": true,
		"kami dipukuli. bayar berapa biar bebas?": true, "kami dipukuli, bayar berapa biar bebas": true,
		"bayar berapa biar bebas iklan di aplikasi?": false,
	} {
		if r := read(t, text, ""); r.HasDanger() != danger {
			t.Errorf("%q: danger %v, want %v", text, r.HasDanger(), danger)
		}
	}
}

// TestAShortDenialIsNoDoubt, and a long message may deny one thing and tell another.
func TestAShortDenialIsNoDoubt(t *testing.T) {
	t.Parallel()
	for text, danger := range map[string]bool{
		"saya tidak dipukul": false, "i am not locked in": false, "kami ga disekap kok kak": false,
		"saya tidak dipukul tapi pintu dikunci dari luar dan penjaga bawa senjata": true,
	} {
		if r := read(t, text, ""); r.HasDanger() != danger {
			t.Errorf("%q: danger %v, want %v", text, r.HasDanger(), danger)
		}
	}
}

// TestWhoWritesIsSaidOnlyWhereItIsSure: elsewhere the rules say, or a question asks.
func TestWhoWritesIsSaidOnlyWhereItIsSure(t *testing.T) {
	t.Parallel()
	e := ear(t)
	for _, text := range []string{"ini gimana ya caranya kak", "mohon dibantu infonya ya"} {
		s := e.look(text)
		e.compute(s)
		w := e.weigh(s, casefile.Hearing{})
		told, guess := e.writer(s, nil, w)
		byRules, _ := e.reporter(s, nil)
		if best := e.model.writer(w.signs, true); best.likely < sureAt && told != byRules || guess != best.who {
			t.Errorf("%q: told %s, guess %s; the model says %+v", text, told, guess, best)
		}
	}
}

// TestAComplaintBesideADangerHidesNothing: wages, passports and polite questions are
// what people begin with.
func TestAComplaintBesideADangerHidesNothing(t *testing.T) {
	t.Parallel()
	for _, complaint := range []string{"gaji belum dibayar 3 bulan", "mau tanya min", "visa turis, paspor ditahan", "contract 2 years", "uang dipotong terus"} {
		for _, danger := range []string{"saya disekap", "tiap hari dipukuli mandor", "kami dikunci dari luar", "locked in room and beaten"} {
			for _, text := range []string{complaint + ", " + danger, danger + ", " + complaint} {
				if r := read(t, text, ""); !r.HasDanger() {
					t.Errorf("%q is not heard as danger", text)
				}
			}
		}
	}
}
