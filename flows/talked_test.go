package flows

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/hear"
)

// talker is somebody whose very words are heard: hear, the flows and the rules of
// escalation together, as `pulang talk` has them.
type talker struct {
	t       *testing.T
	ear     *hear.Ear
	s       casefile.Session
	now     time.Time
	short   bool
	urgency casefile.Urgency
	turn    []Effect
}

func newTalker(t *testing.T) *talker {
	t.Helper()
	ear, err := hear.New()
	if err != nil {
		t.Fatal(err)
	}
	return &talker{t: t, ear: ear, now: noon}
}

// writes takes a turn for each text.
func (p *talker) writes(texts ...string) *talker {
	p.t.Helper()
	for _, text := range texts {
		p.now = p.now.Add(20 * time.Second)
		h := Hearing(p.s, p.now)
		r := p.ear.Read(casefile.NewID(p.now), casefile.KindText, casefile.Hide(text), h)
		assess := func(facts casefile.Facts, s casefile.Session) casefile.Urgency {
			return escalation.Assess(facts, escalation.About{Reporter: s.Reporter, Flow: s.Flow, Stands: p.urgency}).Urgency
		}
		before := p.s
		p.s, p.turn = Step(p.s, Input{
			Now: p.now, Short: p.short, Hint: casefile.Indonesian, Readings: []casefile.Reading{r},
			Urgency: func(facts casefile.Facts) casefile.Urgency { return assess(facts, before) },
		})
		p.urgency = assess(p.s.Facts, p.s)
	}
	return p
}

// hears checks the texts of the last turn.
func (p *talker) hears(keys ...string) *talker {
	p.t.Helper()
	var got []string
	for _, e := range p.turn {
		if say, ok := e.(Say); ok {
			got = append(got, say.Text)
		}
	}
	if !slices.Equal(got, keys) {
		p.t.Errorf("hears %q, want %q", got, keys)
	}
	return p
}

// knows checks that the newest fact of a key says this, or begins with it.
func (p *talker) knows(key casefile.Key, value string) *talker {
	p.t.Helper()
	if f, ok := p.s.Facts.Latest(key); !ok || !strings.HasPrefix(f.Value.Reveal(), value) {
		p.t.Errorf("%s is %q (known %v), want %q", key, f.Value.Reveal(), ok, value)
	}
	return p
}

func (p *talker) stands(want casefile.Urgency) *talker {
	p.t.Helper()
	if p.urgency != want {
		p.t.Errorf("the case stands %s, want %s", p.urgency, want)
	}
	return p
}

func TestTalkTheHourOfADeadlineIsKept(t *testing.T) {
	t.Parallel()
	// Noon UTC is 19:00 in Jakarta, where the zone is assumed to be.
	for typed, want := range map[string][2]string{
		"3":                {"tomorrow", "2026-03-05T03:00:00+07:00 ?"},
		"9":                {"today", "2026-03-04T21:00:00+07:00 ?"},
		"besok jam 6":      {"tomorrow", "2026-03-05T06:00:00+07:00 ?"},
		"besok 5 sore":     {"tomorrow", "2026-03-05T17:00:00+07:00 ?"},
		"21.30":            {"today", "2026-03-04T21:30:00+07:00 ?"},
		"2 jam lagi":       {"today", "2026-03-04T21:01:00+07:00 ?"},
		"tomorrow at 5 pm": {"tomorrow", "2026-03-05T17:00:00+07:00 ?"},
	} {
		p := newTalker(t).writes("sy mau dipindah", "1").hears("disguised.deadline").writes(typed)
		p.hears("disguised.device_watched").knows(casefile.DeadlineWhen, want[0]).knows(casefile.DeadlineAt, want[1])
		if p.s.Facts.Knows(casefile.DeviceWatched) {
			t.Errorf("%q also answered the question about the phone", typed)
		}
	}
	newTalker(t).writes("sy mau dipindah", "1", "malam ini").hears("disguised.device_watched").knows(casefile.DeadlineWhen, "today")
	newTalker(t).writes("sy mau dipindah", "1", "ga tau").hears("disguised.device_watched").knows(casefile.DeadlineWhen, "unsure")
	// The zone is the one of the country they named before.
	newTalker(t).writes("saya di myawaddy mau dipindah", "1", "besok jam 6").knows(casefile.DeadlineAt, "2026-03-05T06:00:00+06:30 ?")
}

func TestTalkDangerWithoutAMoveIsAskedWhenInDigits(t *testing.T) {
	t.Parallel()
	newTalker(t).writes("1", "1", "1").hears("disguised.deadline_day").writes("1").hears("disguised.device_watched").
		knows(casefile.DeadlineWhen, "now")
	newTalker(t).writes("tolong saya disekap", "1", "1").writes("besok jam 6").knows(casefile.DeadlineWhen, "tomorrow").
		knows(casefile.DeadlineAt, "2026-03-05T06:00:00+07:00 ?")
}

func TestTalkDoNotReplyIsObeyedWhereverItIsWritten(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"jangan balas", "jgn bls dl", "kak jangan dibalas dulu", "do not reply", "ada bos, jangan balas"} {
		for _, before := range [][]string{{}, {"tolong saya disekap"}, {"tolong saya disekap", "1"}, {"tolong saya disekap", "1", "2"}} {
			p := newTalker(t).writes(before...).writes(text).hears()
			if p.s.Stage != casefile.StageClosed || !p.s.Facts.LatestIs(casefile.SafeNow, "no") {
				t.Errorf("%q after %q: stage %q", text, before, p.s.Stage)
			}
			if len(before) > 0 {
				p.stands(casefile.Critical)
			}
			p.writes("halo").hears("all.safe_now")
		}
	}
	// A second time as well, and it is never somebody else's word.
	newTalker(t).writes("tolong saya disekap", "1", "jangan balas", "halo", "1", "jangan balas").hears()
	newTalker(t).writes("tolong saya disekap", "1", "bos bilang jangan balas pesan").hears("disguised.ack", "disguised.danger_now")
}

func TestTalkWaitingAfterSelfHarmIsNeverAnEnquiry(t *testing.T) {
	t.Parallel()
	p := newTalker(t).writes("saya sudah pulang dr kamboja, ditagih terus, pengen mati aja", "1").hears("all.self_harm_ask").stands(casefile.Critical)
	p.writes("2").hears("all.self_harm_human").writes("tidak tau lagi").hears("all.self_harm_wait").writes("halo").hears()
	p.writes("aku mau mati").hears("all.self_harm_wait")
	if !p.s.Facts.Knows(casefile.HumanAsked) {
		t.Error("a person was promised, and nobody is on record as needed")
	}
	newTalker(t).writes("i want to die", "1", "1").hears("disguised.self_harm_human").writes("please").hears("disguised.self_harm_wait")
}

func TestTalkWhatWasSaidIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	borrowed := newTalker(t)
	borrowed.short = true
	borrowed.writes("tolong kami disekap di myawaddy, besok jam 6 mau dipindah, hp ini dipinjam", "1").hears("disguised.recontact")
	newTalker(t).writes("kak tlong sy d krng dlm kamr, ini hp pnjm tmn sbntr", "1", "2").knows(casefile.DeviceWatched, "borrowed").hears("disguised.country")
	child := newTalker(t).writes("aku umur 15 thn kerja di kafe batam dipaksa nemenin tamu", "1", "3", "2").knows(casefile.AgeBand, "under18")
	child.hears("victim.officer_sex").writes("1").hears("victim.health_child")
	newTalker(t).writes("anak saya umur 16 thn 3 minggu tidak ada kabar di kamboja", "1", "3").hears("all.privacy", "family.told")
	newTalker(t).writes("kak besok sy terbang ke kamboja kerja admin, beneran ga ya", "1").hears("info.thanks", "info.offer_signs").
		writes("1 2").stands(casefile.High)
}

func TestTalkACorrectionIsTaken(t *testing.T) {
	t.Parallel()
	p := newTalker(t).writes("saya di kamboja kerja dipaksa", "1", "2").hears("disguised.device_watched")
	p.writes("eh salah, gawat").hears("disguised.ack", "disguised.device_watched").knows(casefile.DangerNow, "yes").stands(casefile.Critical)
	p.writes("3").writes("maksudnya ini hp pinjaman").hears("disguised.ack", "disguised.deadline_day").knows(casefile.DeviceWatched, "borrowed")
	newTalker(t).writes("tolong saya disekap", "1", "2", "sorry i meant 1").knows(casefile.DangerNow, "yes")
	newTalker(t).writes("tolong saya disekap", "1", "2", "eh salah").hears("disguised.danger_now")
}

func TestTalkWhoeverTakesBackMeetsTheOpeningLine(t *testing.T) {
	t.Parallel()
	p := newTalker(t).writes("tolong saya disekap", "1", "salah kirim, bukan saya").hears("disguised.close").stands(casefile.High)
	p.writes("salah kirim kak").hears("disguised.close").writes("maaf ya").hears("all.safe_now").writes("1").hears("disguised.danger_now")
	newTalker(t).writes("tolong saya disekap", "1", "hapus").hears("disguised.close").writes("halo").hears("all.safe_now")
}

func TestTalkAReturneeWhoIsHoundedIsAReturnee(t *testing.T) {
	t.Parallel()
	newTalker(t).writes("sy sdh pulang dr myanmar tp diteror DC datang ke rumah trus").stands(casefile.High).
		writes("1").hears("returnee.thanks", "returnee.danger_now")
}

func TestTalkTheQuestionFollowsWhoTheyTurnOutToBe(t *testing.T) {
	t.Parallel()
	p := newTalker(t).writes("mau bicara dengan orang", "1").hears("disguised.human", "disguised.danger_who")
	p.writes("saya disekap").hears("disguised.danger_now").writes("petugas mana").hears("disguised.human")
	newTalker(t).writes("ini beneran gratis? bayar berapa", "1").hears("disguised.danger_who")
	newTalker(t).writes("kak aku msh 16 thn mau kerja ke malaysia boleh gak", "1").stands(casefile.Medium).hears("info.thanks", "info.departure")
}

func TestTalkWhoeverIsAboutToLeaveIsHeardAsSuch(t *testing.T) {
	t.Parallel()
	newTalker(t).writes("sy nanti malam terbang ke bangkok terus lanjut ke poipet kerja judol", "1").hears("info.thanks", "info.offer_signs")
	newTalker(t).writes("saya udh di bandara soetta mau berangkat ke kamboja, paspor dipegang agen").stands(casefile.High).
		knows(casefile.Departure, "on_the_way")
}

func TestTalkFearIsThankedForAndThenReadByAPerson(t *testing.T) {
	t.Parallel()
	newTalker(t).writes("halo", "1", "3", "1", "1", "aku takut").hears("disguised.ack", "disguised.freedom").writes("takut kak").
		hears("disguised.human")
}

func TestTalkAMotherIsNotAskedForTheLastNewsAgain(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"pak tolong anak sy di myanmar, kemarin telp nangis minta dijemput": "days", "anak saya di laos, tadi chat minta tolong": "today", "anak saya sudah 3 minggu tidak ada kabar di kamboja": "weeks",
		"anak saya sebulan ga ada kabar di kamboja": "months", "seminggu lebih suami saya ga bisa dihubungi di laos": "weeks",
	} {
		newTalker(t).writes(text).knows(casefile.LastContact, want)
	}
	never := newTalker(t).writes("anak saya di laos, sejak kemarin tidak ada kabar")
	if never.s.Facts.LatestIs(casefile.LastContact, "today") {
		t.Error("no news since yesterday was heard as news")
	}
}

func TestTalkAWordOrTwoOfAnotherLanguageSwitchesNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		first, then string
		want        casefile.Lang
	}{
		{"saya disekap di kamboja", "thanks", casefile.Indonesian}, {"saya disekap di kamboja", "help", casefile.Indonesian}, {"saya disekap di kamboja", "please", casefile.Indonesian},
		{"saya disekap di kamboja", "help me", casefile.Indonesian}, {"saya disekap di kamboja", "stop", casefile.Indonesian}, {"saya disekap di kamboja", "thank you", casefile.Indonesian},
		{"saya disekap di kamboja", "they locked the door, we are not free", casefile.English}, {"saya disekap di kamboja", "english", casefile.English},
		{"they locked us in a room", "tolong", casefile.English}, {"they locked us in a room", "terima kasih", casefile.English}, {"they locked us in a room", "iya", casefile.English},
		{"they locked us in a room", "kami disekap, paspor diambil bos", casefile.Indonesian}, {"they locked us in a room", "bahasa indonesia", casefile.Indonesian},
		// what comes first may be one word
		{"help", "1", casefile.English}, {"tolong", "1", casefile.Indonesian}, {"👋", "1", casefile.Indonesian},
	} {
		if p := newTalker(t).writes(c.first, c.then); p.s.Lang != c.want {
			t.Errorf("%q, then %q: answered in %q, want %q", c.first, c.then, p.s.Lang, c.want)
		}
	}
}
