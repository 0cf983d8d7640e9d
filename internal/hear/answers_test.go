package hear

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pulang/internal/casefile"
)

// noon is a Thursday, 05:00 UTC: noon in Jakarta, Bangkok and Phnom Penh.
var noon = time.Date(2026, 3, 5, 5, 0, 0, 0, time.UTC)

func question(t *testing.T, flow casefile.Flow, key casefile.Key) casefile.Question {
	t.Helper()
	if key == "" {
		return casefile.Question{}
	}
	q, ok := casefile.QuestionOf(flow, key)
	if !ok {
		t.Fatalf("no question %s in %s", key, flow)
	}
	return q
}

func read(t *testing.T, text string, flow casefile.Flow, keys ...casefile.Key) casefile.Reading {
	t.Helper()
	h := casefile.Hearing{Now: noon}
	for i, k := range keys {
		if i == 0 {
			h.Pending = question(t, flow, k)
			continue
		}
		h.Open = append(h.Open, question(t, flow, k))
	}
	return ear(t).Read(casefile.NewID(noon), casefile.KindText, casefile.Hide(text), h)
}

// said writes the answers of a reading as "key=value+value ...".
func said(r casefile.Reading) string {
	var out []string
	for _, a := range r.Answers {
		v := strings.Join(a.Values, "+")
		switch {
		case a.Skip:
			v = "SKIP"
		case a.Unread:
			v = "UNREAD"
		case v == "" && !a.Typed.IsEmpty():
			v = "~" + a.Typed.Reveal()
		}
		out = append(out, string(a.Key)+"="+v)
	}
	return strings.Join(out, " ")
}

func TestOneAnswerToOneQuestion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flow casefile.Flow
		key  casefile.Key
		text string
		want string
	}{
		{"victim", "danger_now", "1", "yes"}, {"victim", "danger_now", "1.", "yes"}, {"victim", "danger_now", " 2 ", "no"}, {"victim", "danger_now", "3!", "unsure"},
		{"victim", "danger_now", "no 2", "no"}, {"victim", "danger_now", "satu", "yes"}, {"victim", "danger_now", "jawab 1 kak", "yes"}, {"victim", "danger_now", "pilih nomor 3", "unsure"},
		{"victim", "danger_now", "ya", "yes"}, {"victim", "danger_now", "iya kak", "yes"}, {"victim", "danger_now", "y", "yes"}, {"victim", "danger_now", "YES", "yes"},
		{"victim", "danger_now", "tdk", "no"}, {"victim", "danger_now", "gak", "no"}, {"victim", "danger_now", "ga", "no"}, {"victim", "danger_now", "nggak ada", "no"}, {"victim", "danger_now", "no", "no"},
		{"victim", "danger_now", "tidak tahu", "unsure"}, {"victim", "danger_now", "gatau", "unsure"}, {"victim", "danger_now", "not sure", "unsure"}, {"victim", "danger_now", "gawat", "yes"},
		{"victim", "danger_now", "iya, saya takut sekali", "yes"}, {"victim", "danger_now", "4", "UNREAD"}, {"victim", "danger_now", "12", "UNREAD"}, {"victim", "danger_now", "xyzzy", "UNREAD"},
		{"victim", "danger_now", "1 2", "UNREAD"}, {"victim", "danger_now", "1 1", "yes"}, {"victim", "danger_now", "2 hari ga makan", "UNREAD"},
		{"victim", "danger_now", "0", "SKIP"}, {"victim", "danger_now", "skip", "SKIP"}, {"victim", "danger_now", "lewati", "SKIP"}, {"victim", "danger_now", "lewat", "SKIP"},
		{"victim", "device_watched", "pinjam", "borrowed"}, {"victim", "device_watched", "tidak ada", "nobody"}, {"victim", "device_watched", "nobody", "nobody"}, {"victim", "device_watched", "kadang", "sometimes"},
		{"victim", "device_watched", "ini hp pinjam", "borrowed"}, {"victim", "country", "myanmar", "MM"}, {"victim", "country", "di myawady", "MM"}, {"victim", "country", "1", "MM"}, {"victim", "country", "saya di dubai", "AE"},
		{"victim", "country", "di kapal", "other"}, {"victim", "country", "pulau kecil", "~pulau kecil"}, {"victim", "country", "tidak tahu", "unknown"}, {"victim", "country", "malaysia", "MY"},
		{"victim", "freedom", "dikunci", "locked"}, {"victim", "freedom", "ga bisa", "locked"}, {"victim", "freedom", "lagi sembunyi", "running"}, {"victim", "freedom", "harus izin", "escorted"}, {"victim", "freedom", "2", "locked"},
		{"victim", "age_band", "17", "under18"}, {"victim", "age_band", "17 tahun", "under18"}, {"victim", "age_band", "23 th", "adult"}, {"victim", "age_band", "di bawah 18", "under18"}, {"victim", "age_band", "1", "under18"}, {"victim", "age_band", "umur 25", "adult"},
		{"victim", "violence", "13", "beaten+threatened"}, {"victim", "violence", "1 3", "beaten+threatened"}, {"victim", "violence", "1,2", "beaten+abused"}, {"victim", "violence", "1 dan 3", "beaten+threatened"}, {"victim", "violence", "14", "beaten"},
		{"victim", "violence", "tidak ada", "none"}, {"victim", "violence", "dipukul", "beaten"}, {"victim", "violence", "15", "UNREAD"}, {"victim", "control", "paspor dan gaji", "passport_kept+pay_held"}, {"victim", "control", "passport", "passport_kept"},
		{"victim", "recontact", "jam 9 malam", "hours"}, {"victim", "recontact", "saya saja", "only_me"}, {"victim", "recontact", "you may any time", "any_time"}, {"victim", "people", "sendiri", "one"}, {"victim", "people", "kami 11 orang", "many"}, {"victim", "people", "7", "few"},
		{"victim", "people", "kami berlima", "few"}, {"victim", "people", "ber 6", "few"}, {"victim", "people", "ber12", "many"}, {"victim", "people", "dua puluh orang", "many"}, {"victim", "people", "dua puluh", "many"}, {"victim", "people", "20an orang", "many"},
		{"victim", "people", "bukan 5 orang tapi 12 orang", "many"}, {"victim", "people", "bukan 5 tapi 12", "many"}, {"victim", "people", "kamar 7 orang nya galak", "UNREAD"},
		{"witness", "people", "20", "many"}, {"witness", "people", "20 orang", "many"}, {"witness", "people", "3", "many"}, {"witness", "self_safe", "aman", "safe"}, {"witness", "recontact", "boleh", "message"},
		{"returnee", "recontact", "malam", "evening"}, {"returnee", "recontact", "jam 9 malam", "evening"}, {"returnee", "danger_now", "4", "self_harm"}, {"returnee", "needs", "1 5", "documents+wages"},
		{"family", "age_band", "dia 15 tahun", "under18"}, {"family", "ransom", "belum dibayar", "unpaid"}, {"family", "last_contact", "seminggu", "weeks"}, {"family", "reported_to", "belum", "nobody"}, {"family", "reported_to", "polisi dan kbri", "police+mission"},
		{"all", "safe_now", "bisa", "yes"}, {"all", "safe_now", "jangan", "no"}, {"all", "safe_now", "jangan balas dulu", "no"}, {"all", "safe_now", "1", "yes"}, {"all", "language", "english", "en"}, {"all", "language", "bahasa indonesia", "id"}, {"all", "language", "2", "en"},
		{"all", "who", "saya sendiri", "victim"}, {"all", "who", "adik saya", "family"}, {"all", "who", "mau tanya saja", "info"}, {"all", "who", "info", "info"}, {"all", "danger_who", "saya", "me"}, {"all", "danger_who", "teman saya", "other"},
		{"all", "deadline", "besok", "tomorrow"}, {"all", "deadline", "besok jam 6", "tomorrow"}, {"all", "deadline", "jam 6 sore", "today"}, {"all", "deadline", "malam ini", "today"}, {"all", "deadline", "now", "now"},
		{"info", "departure", "minggu ini", "this_week"}, {"info", "offer_signs", "visa turis", "tourist_visa"},
	} {
		r := read(t, c.text, c.flow, c.key)
		if got, want := said(r), string(c.key)+"="+c.want; got != want {
			t.Errorf("%s asked %s: %q is read as %q, want %q (command %q)", c.flow, c.key, c.text, got, want, r.Command)
		}
		if len(r.Answers) == 1 && !r.Answers[0].Pending {
			t.Errorf("%q answers the question just asked, but is not marked pending", c.text)
		}
	}
}

func TestOneMessageAnswersManyQuestions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		keys []casefile.Key
		want string
	}{
		{"1 2 myawaddy paspor ditahan", []casefile.Key{"danger_now", "device_watched", "country", "freedom", "control"}, "danger_now=yes device_watched=sometimes country=MM control=passport_kept"},
		{"1 2", []casefile.Key{"danger_now", "device_watched", "country"}, "danger_now=yes device_watched=sometimes"},
		{"1 4 di poipet, dikunci", []casefile.Key{"danger_now", "device_watched", "country", "freedom"}, "danger_now=yes device_watched=borrowed country=KH freedom=locked"},
		{"kami disekap di bavet, paspor ditahan", []casefile.Key{"danger_now", "country", "freedom", "control"}, "danger_now=UNREAD country=KH freedom=locked control=passport_kept"},
		{"13", []casefile.Key{"violence", "health"}, "violence=beaten+threatened"},
	} {
		r := read(t, c.text, casefile.FlowVictim, c.keys...)
		if got := said(r); got != c.want {
			t.Errorf("%q is read as %q, want %q", c.text, got, c.want)
		}
	}
}

func TestAChoiceIsNothingButAnAnswer(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"1": true, "1 2": true, "ya": true, "ya kak": true, "0": true, "no 2": true,
		"1 paspor ditahan bos": false, "saya disekap": false, "halo": false, "apa maksudnya?": false,
	} {
		if r := read(t, text, casefile.FlowVictim, "danger_now", "device_watched"); r.Choice != want {
			t.Errorf("%q: choice %v, want %v", text, r.Choice, want)
		}
	}
}

func TestDangerIsHeardInAnAnswer(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"1 tolong saya dipukul", "2 tapi bos bilang besok saya dijual", "saya tidak tahu, kami disekap"} {
		if r := read(t, text, casefile.FlowVictim, "danger_now"); !r.HasDanger() {
			t.Errorf("%q: no danger heard", text)
		}
	}
}

func TestExitsAreHeardTypedBadly(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]casefile.Command{
		"BANTUAN": casefile.HelpCommand, "?": casefile.HelpCommand, "/help": casefile.HelpCommand, "info": casefile.HelpCommand, "menu": casefile.HelpCommand,
		"MANUSIA": casefile.HumanCommand, "manusa": casefile.HumanCommand, "orang": casefile.HumanCommand, "human": casefile.HumanCommand, "staff": casefile.HumanCommand, "mau bicara sama petugas": casefile.HumanCommand, "can i talk to a human": casefile.HumanCommand,
		"stop": casefile.StopCommand, "berhenti": casefile.StopCommand, "brhenti": casefile.StopCommand, "/stop": casefile.StopCommand, "STOP.": casefile.StopCommand,
		"diam": casefile.QuietCommand, "quiet": casefile.QuietCommand, "bahasa": casefile.LangCommand, "bhs": casefile.LangCommand, "language": casefile.LangCommand, "/language": casefile.LangCommand,
		"hapus": casefile.WipeCommand, "haps": casefile.WipeCommand, "delet": casefile.WipeCommand, "delete": casefile.WipeCommand, "hapus chat": casefile.WipeCommand, "/delete@pulang_bot": casefile.WipeCommand,
		"kembali": casefile.BackCommand, "back": casefile.BackCommand,
		// never within a sentence, and never a cry
		"help": "", "tolong": "", "/start": "", "tolong stop mereka memukul saya": "", "saya tidak bisa kembali ke indonesia": "", "jangan hapus": "", "ada orang di luar": "", "bos suruh kami diam terus dipukul": "",
		"stop dia mau bunuh saya": "", "bantuan hukum": "", "satu": "", "1": "", "ya": "", "bank": "", "barang": "",
	} {
		if r := read(t, text, casefile.FlowVictim, "danger_now"); r.Command != want {
			t.Errorf("%q: command %q, want %q", text, r.Command, want)
		}
	}
}

func TestALanguageIsChosenByName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"english": "en", "bahasa inggris": "en", "ganti bahasa indonesia": "id", "English please": "en", "can you speak english?": "en", "bisa bahasa inggris ga": "en", "bahasa indonesia": "id",
	} {
		r := read(t, text, casefile.FlowVictim, "danger_now")
		if r.Command != casefile.LangCommand || said(r) != "language="+want {
			t.Errorf("%q: command %q, answers %q, want the language %s", text, r.Command, said(r), want)
		}
	}
}

func TestEveryOptionOfEveryQuestionHasWords(t *testing.T) {
	t.Parallel()
	e := ear(t)
	for _, q := range casefile.Questions {
		for _, o := range q.Options {
			if q.Key == casefile.Country && o != "other" && o != "unknown" {
				continue // places
			}
			found := false
			for _, key := range []casefile.Key{q.Key, "*"} {
				for _, values := range e.options[key] {
					found = found || slices.Contains(values, o)
				}
			}
			if !found {
				t.Errorf("%s/%s: no word for %q", q.Flow, q.Key, o)
			}
		}
	}
}

func TestATimeIsReadWhereATimeIsAsked(t *testing.T) {
	t.Parallel()
	asked := question(t, "all", casefile.DeadlineWhen)
	asked.Digitless = true
	// Noon on a Thursday.
	for text, want := range map[string]string{
		"3": "today 2026-03-05T15:00:00+07:00 ?", "11": "today 2026-03-05T23:00:00+07:00 ?", "besok jam 6": "tomorrow 2026-03-06T06:00:00+07:00 ?",
		"6 pagi": "tomorrow 2026-03-06T06:00:00+07:00 ?", "15.30": "today 2026-03-05T15:30:00+07:00 ?", "1530": "today 2026-03-05T15:30:00+07:00 ?",
		"setengah 5 sore": "today 2026-03-05T16:30:00+07:00 ?", "30 menit lagi": "today 2026-03-05T12:30:00+07:00 ?", "sejam lagi": "today 2026-03-05T13:00:00+07:00 ?",
		"lusa jam 5": "unsure 2026-03-07T05:00:00+07:00 ?", "hari sabtu": "unsure 2026-03-07T00:00:00+07:00 ?", "3 hari lagi": "unsure 2026-03-08T00:00:00+07:00 ?",
		"lusa pagi": "unsure 2026-03-07T06:00:00+07:00 ?", "dua jam lagi": "today 2026-03-05T14:00:00+07:00 ?", "tgl 25": "unsure 2026-03-25T00:00:00+07:00 ?", "tanggal 6 jam 5 pagi": "tomorrow 2026-03-06T05:00:00+07:00 ?",
		"jumat ini": "tomorrow", "9 malam": "today 2026-03-05T21:00:00+07:00 ?",
		// other numbers are no hour
		"kami 5 orang": "UNREAD", "5 orang": "UNREAD", "ber 6": "UNREAD", "20an orang": "UNREAD", "umur 16": "UNREAD", "bayar 5 juta": "UNREAD", "kamar 7": "UNREAD", "kami 5 orang, jam 6": "today 2026-03-05T18:00:00+07:00 ?",
		"nanti malam": "today", "sesuk": "tomorrow", "pagi": "tomorrow", "malam": "today", "saiki": "now", "ga tau": "unsure", "0": "SKIP", "halo": "UNREAD", "99": "UNREAD",
	} {
		h := casefile.Hearing{Now: noon, Pending: asked, Open: []casefile.Question{question(t, "victim", casefile.DeviceWatched)}}
		r := ear(t).Read(casefile.NewID(noon), casefile.KindText, casefile.Hide(text), h)
		got := strings.TrimPrefix(said(r), "deadline=")
		for _, f := range r.Facts {
			if f.Key == casefile.DeadlineAt {
				got += " " + f.Value.Reveal()
			}
		}
		if got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}

func TestThePlaceOfBeforeSaysTheHour(t *testing.T) {
	t.Parallel()
	h := casefile.Hearing{Now: noon, Pending: question(t, "all", casefile.DeadlineWhen), Country: "PH"}
	r := ear(t).Read(casefile.NewID(noon), casefile.KindText, casefile.Hide("besok jam 6"), h)
	if !slices.ContainsFunc(r.Facts, func(f casefile.Fact) bool { return f.Is(casefile.DeadlineAt, "2026-03-06T06:00:00+08:00 ?") }) {
		t.Errorf("heard %+v", r.Facts)
	}
}

func TestOthersTimesAreReadAsTheirMeanings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flow casefile.Flow
		key  casefile.Key
		text string
		want string
	}{
		{"family", "ransom_when", "besok jam 5 sore", "today_or_tomorrow"}, {"family", "ransom_when", "lusa", "this_week"},
		{"info", "departure", "lusa pagi", "this_week"}, {"info", "departure", "hari senin", "this_week"},
		{"victim", "danger_now", "👍", "yes"}, {"victim", "danger_now", "❌", "no"}, {"victim", "danger_now", "🤷", "unsure"}, {"victim", "danger_now", "1️⃣", "yes"},
		{"victim", "danger_now", "maaf ya", "UNREAD"}, {"victim", "danger_now", "heueuh", "yes"}, {"victim", "danger_now", "ya kak", "yes"},
		{"family", "country", "belum", "UNREAD"}, {"victim", "country", "besok", "UNREAD"},
	} {
		if got := said(read(t, c.text, c.flow, c.key)); got != string(c.key)+"="+c.want {
			t.Errorf("%s asked %s: %q is read as %q, want %q", c.flow, c.key, c.text, got, c.want)
		}
	}
}

func TestACorrectionAnswersTheQuestionBefore(t *testing.T) {
	t.Parallel()
	h := casefile.Hearing{Now: noon, Pending: question(t, "victim", casefile.DeviceWatched), Last: question(t, "victim", casefile.DangerNow)}
	for text, want := range map[string]string{
		"eh salah, gawat": "device_watched=UNREAD danger_now=yes", "sorry i meant 1": "device_watched=UNREAD danger_now=yes", "maksudnya 2 kak": "device_watched=UNREAD danger_now=no",
		"salah ketik, maksud saya gawat": "device_watched=UNREAD danger_now=yes", "2": "device_watched=sometimes", "maaf 2": "device_watched=sometimes",
	} {
		r := ear(t).Read(casefile.NewID(noon), casefile.KindText, casefile.Hide(text), h)
		if got := said(r); got != want || r.Choice != !strings.Contains(want, "UNREAD") {
			t.Errorf("%q is read as %q (choice %v), want %q", text, got, r.Choice, want)
		}
		if r.Retracts && strings.Contains(want, "danger_now") {
			t.Errorf("%q is a correction, and counts as taken back", text)
		}
	}
}

func TestDoNotReplyIsHeardInAnyMessage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"jangan balas": true, "tolong saya disekap, jangan balas dulu": true, "jgn bls dl kak": true, "please do not reply": true, "saya di laos. dont reply": true,
		"bos bilang jangan balas chat siapa pun": false, "jangan lupa balas": false, "he told me do not reply": false,
	} {
		r := read(t, text, casefile.FlowVictim, casefile.DangerNow)
		if got := slices.ContainsFunc(r.Facts, func(f casefile.Fact) bool { return f.Is(casefile.SafeNow, "no") }); got != want {
			t.Errorf("%q: do not reply %v, want %v (command %q)", text, got, want, r.Command)
		}
	}
}

func TestWantingToDieIsNoThreatToKill(t *testing.T) {
	t.Parallel()
	for text, threat := range map[string]bool{
		"pengen bunuh diri": false, "i want to kill myself": false, "bos mau bunuh saya, saya pengen mati": true, "they will kill me, i want to die": true,
	} {
		r := read(t, text, "", "")
		killed, died := false, false
		for _, d := range r.Dangers {
			for _, f := range d.Facts {
				killed = killed || f.Is(casefile.Threat, "kill")
				died = died || f.Is(casefile.SelfHarm, "yes")
			}
		}
		if killed != threat || !died {
			t.Errorf("%q: threat to kill %v, want %v; wanting to die %v", text, killed, threat, died)
		}
	}
}
