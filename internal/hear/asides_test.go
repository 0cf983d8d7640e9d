package hear

import (
	"strings"
	"testing"

	"pulang/internal/casefile"
)

func TestWhetherToPayIsHeardInAnyWords(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"transfer gk ya", "transfer ga?", "tf aja gak kak", "saya transfer jangan ya", "kirim uangnya atau jangan", "apa sy transfer aja", "mending kirim uang apa lapor polisi",
		"mereka minta 50 juta, transfer gak ya?", "perlu saya tebus?", "bayar tebusannya ga ya", "bayar mereka atau tidak", "disuruh transfer gmn ya", "mrk minta 40jt hr ini. gmn kl sy tf?", "saya transfer dulu ya kak",
		"should i send the money", "should we pay them?", "do i pay the ransom", "shall i wire the money or not",
	} {
		if r := read(t, text, ""); r.AsksToPay.IsEmpty() {
			t.Errorf("%q is not heard as asking whether to pay", text)
		}
	}
	for _, text := range []string{
		"bayar berapa", "transfer berapa kak", "transfer ke rekening mana?", "belum saya transfer, tidak ada uang", "saya sudah transfer 20 juta", "disuruh transfer besok", "kalau tidak transfer dia dibunuh",
		"gratis tidak", "they want us to send money", "barang sudah dikirim belum", "minta dikirim uang terus", "kami mau ditransfer ke kamboja", "saya tidak bisa transfer",
	} {
		if r := read(t, text, ""); !r.AsksToPay.IsEmpty() {
			t.Errorf("%q is heard as asking whether to pay: %q", text, r.AsksToPay.Reveal())
		}
	}
}

func TestWhatMayBePaidToUsIsAlsoAQuestionOfPrice(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"bayar tidak ya", "harus bayar gak?", "do i have to pay"} {
		if r := read(t, text, ""); r.AsksToPay.IsEmpty() || !r.Price {
			t.Errorf("%q: asks to pay %q, price %v, want both", text, r.AsksToPay.Reveal(), r.Price)
		}
	}
}

func TestWhatIsToldBesideTheQuestionIsHeard(t *testing.T) {
	t.Parallel()
	family := []casefile.Key{casefile.LastContact, casefile.AgeBand, casefile.Ransom, casefile.RansomWhen, casefile.Recruiter}
	for text, want := range map[string]string{
		"3 minggu yg lalu nelpon nangis": "last_contact=weeks", "2 bln": "last_contact=months", "5 hari lalu": "last_contact=days", "setengah jam lalu": "last_contact=UNREAD",
		"22 th": "last_contact=months", // asked for a time, it is one
	} {
		if got := said(read(t, text, casefile.FlowFamily, family[0])); got != want {
			t.Errorf("%q at the last news: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"umur 22 th": "age_band=adult", "mereka minta 30jt": "ransom=unpaid", "they ask 4000 usd, not paid": "ransom=unpaid", "belum ada yg minta uang": "ransom=none", "sudah bayar 20 jt kmrn": "ransom=paid",
		"sudah bayar 20jt, minta lagi 10jt": "ransom=unpaid", "besok katanya batasnya": "ransom_when=today_or_tomorrow", "tetangga yg ngajak": "recruiter=friend", "diajak sepupunya dr fb": "", "ok": "", "facebook": "recruiter=social_media",
	} {
		got := said(read(t, text, casefile.FlowFamily, casefile.Told, family[1], family[2], family[3], family[4]))
		if full := strings.TrimSpace("told=UNREAD " + want); got != full {
			t.Errorf("%q beside another question: %q, want %q", text, got, full)
		}
	}
	for text, want := range map[string]string{
		"ada panggilan polisi besok": "legal_status=soon", "tiap hari ditelp agen suruh balik": "pressure=asked_back", "ditagih trus sm agen": "pressure=threatened", "msh ada 4 tmn di sana": "others=yes",
	} {
		got := said(read(t, text, casefile.FlowReturnee, casefile.Recontact, casefile.Pressure, casefile.LegalStatus, casefile.Others))
		if full := "recontact=UNREAD " + want; got != full {
			t.Errorf("%q of somebody back home: %q, want %q", text, got, full)
		}
	}
}

func TestAnAnswerThatIsAlsoACommandAnswersItsQuestion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flow casefile.Flow
		key  casefile.Key
		text string
		want string
	}{
		{casefile.FlowFamily, casefile.Recontact, "boleh telepon", "recontact=call"}, {casefile.FlowFamily, casefile.Recruiter, "agent", "recruiter=agency"},
		{casefile.FlowVictim, casefile.DeviceWatched, "ada orang", "device_watched=yes"}, {casefile.FlowReturnee, casefile.Pressure, "go back", "pressure=asked_back"},
	} {
		if r := read(t, c.text, c.flow, c.key); said(r) != c.want || r.Command != casefile.NoCommand {
			t.Errorf("%q: command %q, %q, want %q", c.text, r.Command, said(r), c.want)
		}
	}
	for _, text := range []string{"orang", "ORANG", "manusia", "human", "orang mana", "telepon saja"} {
		if r := read(t, text, casefile.FlowVictim, casefile.DeviceWatched); r.Command != casefile.HumanCommand {
			t.Errorf("%q asks for no person", text)
		}
	}
}

func TestWhatIsNoPlaceIsNotTakenForOne(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"nanti aja", "gak ada yg buka hp", "ini nomor apa? siapa kalian", "2 hari lalu", "denger sendiri"} {
		if got, _, _ := strings.Cut(said(read(t, text, casefile.FlowWitness, casefile.Country, casefile.Basis)), " "); got != "country=UNREAD" {
			t.Errorf("%q: %q", text, got)
		}
	}
	if got := said(read(t, "dekat pasar baru", casefile.FlowVictim, casefile.Country)); got != "country=~dekat pasar baru" {
		t.Errorf("a place that nobody knows: %q", got)
	}
}

func TestWhoGotOutAndWhoWasTrickedIsHeard(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"halo kak sy udah keluar dr kk park skrg di mae sot, ga punya paspor": "freedom=out", "we got out of kk park, now in mae sot": "freedom=out",
		"sy kerja scam di poipet, ditipu, gaji ga dikasih, mau pulang": "deceived=yes", "i was tricked, i am in myawaddy": "deceived=yes",
	} {
		key, value, _ := strings.Cut(want, "=")
		if f := facts(read(t, text, "")); !f.Has(casefile.Key(key), value) {
			t.Errorf("%q does not mean %s", text, want)
		}
	}
	for _, text := range []string{"sudah keluar uang 20 juta buat ke kamboja", "belum bisa keluar dari kk park", "bisa keluar dari kk park ga"} {
		if f := facts(read(t, text, "")); f.Has(casefile.Freedom, "out") {
			t.Errorf("%q means freedom=out", text)
		}
	}
	for _, text := range []string{"one girl is pregnant and bleeding", "ada 1 orang pingsan"} {
		if f := facts(read(t, text, "")); f.Knows(casefile.Count) {
			t.Errorf("%q: one of them was counted as all", text)
		}
	}
}

func TestAPlainYesOrNoAnswersNothingElse(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"iya", "ga", "ga ada", "yes", "no", "tidak"} {
		got := said(read(t, text, casefile.FlowFamily, casefile.LastContact, casefile.ContactSafe, casefile.Ransom, casefile.Told, casefile.ReportedTo))
		if got != "last_contact=UNREAD" {
			t.Errorf("%q at the last news: %q", text, got)
		}
	}
	for _, text := range []string{"iya", "ada", "yes"} {
		if got := said(read(t, text, casefile.FlowAll, casefile.DangerWho)); got != "danger_who=me" {
			t.Errorf("%q to whether anybody is in danger: %q", text, got)
		}
	}
}

func TestWhoeverCameHomeIsNotOnTheRun(t *testing.T) {
	t.Parallel()
	if f := facts(read(t, "i escaped from myanmar, now home in manila", "")); f.Knows(casefile.Freedom) {
		t.Error("somebody at home was heard as on the run")
	}
	if f := facts(read(t, "i escaped from the compound, hiding near mae sot", "")); !f.Has(casefile.Freedom, "running") {
		t.Error("somebody on the run was not heard as such")
	}
}

func TestPregnancyMeansWhatTheRulesSay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"saya hamil 7 bulan": "health=pregnant", "saya hamil, dikunci, tetap disuruh kerja": "health=pregnant", "saya dikunci, ketuban pecah": "health=injured", "i am locked in and my water broke": "health=injured",
		"saya dikunci mau melahirkan": "health=injured", "saya dikunci, hamil, pendarahan": "health=injured",
	} {
		f := facts(read(t, text, ""))
		if key, value, _ := strings.Cut(want, "="); !f.Has(casefile.Key(key), value) || value == "pregnant" && f.Has(casefile.Health, "injured") {
			t.Errorf("%q does not mean %s alone", text, want)
		}
	}
}

func TestItIsAboutSomebodyElse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"bukan saya, teman saya": "who=family", "bkn sy tmn sy": "who=family", "bukan aku. adik saya": "who=family", "bukan saya yg disekap, kakak saya": "who=family", "teman saya bukan saya": "who=family",
		"bukan sy, tetangga": "who=witness", "not me, my friend": "who=family", "its not me its my brother": "who=family",
	} {
		r := read(t, text, casefile.FlowVictim, casefile.DangerNow, casefile.DeviceWatched)
		if got := said(r); got != "danger_now=UNREAD "+want || r.Retracts {
			t.Errorf("%q at another question: %q, retracts %v, want %q", text, got, r.Retracts, want)
		}
		if got := said(read(t, text, casefile.FlowAll, casefile.Who)); got != want {
			t.Errorf("%q at the question who writes: %q, want %q", text, got, want)
		}
		if got := said(read(t, text, casefile.FlowAll, casefile.DangerWho, casefile.Who)); got != "danger_who=other "+want {
			t.Errorf("%q at the question who is in danger: %q", text, got)
		}
	}
	for _, text := range []string{"bukan saya", "bukan saya yang kirim, adik saya", "bukan sy, anak saya yg main hp", "salah kirim, bukan saya, teman saya", "it was not me, my kid was playing"} {
		if r := read(t, text, casefile.FlowVictim, casefile.DangerNow); !r.Retracts {
			t.Errorf("%q takes nothing back", text)
		}
	}
}

func TestACodeIsNoDoubt(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"ini kode saya 12345678", "kode saya 48 20 31 77", "my code is 4820 3177"} {
		if h := ear(t).Line(text); h.Danger {
			t.Errorf("%q is heard as danger: %q", text, h.Reasons)
		}
	}
}
