package flows

import (
	"testing"

	"pulang/internal/casefile"
)

func TestTalkWhoeverAsksAboutAnOfferAndNamesTheCompanyIsNotTakenForAVictim(t *testing.T) {
	t.Parallel()
	const asked = "mau tny ad loker di polandia gaji 25jt tnpa pengalaman, aman gk y"
	newTalker(t).writes(asked, "PT Maju Jaya").hears("disguised.departure").knows(casefile.Who, "info")
	newTalker(t).writes(asked, "iya", "agennya PT Sinar").knows(casefile.Who, "info")
	// Whoever turns out to be there already is heard.
	newTalker(t).writes(asked, "iya", "saya sudah di sana, paspor saya diambil bos").knows(casefile.Who, "victim")
	newTalker(t).writes(asked, "iya", "tolong").stands(casefile.High)
}

func TestTalkMoneyForSomebodyIsARansomInAnyWords(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"anak sy diculik di myanmar, org nya minta 80jt besok hrs transfer",
		"adik saya di kamboja, bos nya minta 50 juta kalo mau pulang. bayar gak ya?",
		"suami sy ditahan di myanmar, mrk minta uang 40jt",
	} {
		p := newTalker(t).writes(text).knows(casefile.Ransom, "unpaid").writes("1")
		if len(p.turn) == 0 || !p.says("family.ransom_said") {
			t.Errorf("%q: the calm words about money are missing: %v", text, p.turn)
		}
		// Whether to pay them is no question about what we charge.
		for _, question := range []string{"harus bayar gak?", "bayar tidak ya, mereka marah"} {
			if q := *p; !q.writes(question).says("family.ransom_said") || q.says("all.price") {
				t.Errorf("%q, then %q: %v", text, question, q.turn)
			}
		}
	}
	// Nobody asked for money: then it is about us.
	newTalker(t).writes("anak saya di kamboja gak ada kabar", "1", "harus bayar gak?").hears("all.price", "family.danger_now")
}

func TestTalkSayingThatItIsSomebodyElseTakesNothingBack(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"bukan saya yg korban", "bukan sy, tetangga", "bukan saya tapi teman saya", "not me, my neighbour", "its not me, its my friend"} {
		p := newTalker(t).writes("tetangga sy kayaknya nyekap orang", "1", text)
		if p.s.Facts.Knows(casefile.Retraction) || p.says("disguised.close") {
			t.Errorf("%q was heard as taking everything back", text)
		}
	}
	// Somebody else besides: who writes is what they were.
	for _, text := range []string{"bukan saya aja, teman saya juga", "bkn aku doang, adik saya juga", "not me only, my friend too", "its not me alone, my friend too"} {
		p := newTalker(t).writes("saya dipaksa kerja di poipet", "1", text).knows(casefile.Who, "victim")
		if p.s.Flow != casefile.FlowVictim || p.s.Facts.Knows(casefile.Retraction) {
			t.Errorf("%q made a victim a %s, or took it back", text, p.s.Flow)
		}
	}
	for _, text := range []string{"bukan saya yang kirim", "maaf bukan saya", "salah kirim", "it was not me"} {
		if p := newTalker(t).writes("tetangga sy kayaknya nyekap orang", "1", text); !p.s.Facts.Knows(casefile.Retraction) {
			t.Errorf("%q was not heard as taking it back", text)
		}
	}
}

func TestTalkWhoeverAsksWhetherToPayIsAnsweredAndSeen(t *testing.T) {
	t.Parallel()
	const mother = "anak saya di kamboja, bos nya tidak boleh dihubungi"
	newTalker(t).writes(mother, "1", "transfer gk ya").hears("family.ransom_said", "family.danger_now").writes("2").hears("all.privacy", "family.ransom_when").knows(casefile.Ransom, "unpaid").stands(casefile.High)
	// Again, by SMS, and while a person is awaited.
	newTalker(t).writes(mother, "1", "transfer gk ya", "2", "jadi transfer ga kak").hears("family.ransom_said", "family.ransom_when")
	bySMS := newTalker(t)
	bySMS.short = true
	bySMS.writes(mother, "1", "transfer gk ya").hears("family.ransom_said").writes("2").hears("all.privacy", "family.ransom_when")
	newTalker(t).writes(mother, "1", "petugas", "tf aja gak").hears("family.ransom_said").stands(casefile.High)
	// A victim on a phone others read learns nothing else by it.
	newTalker(t).writes("saya di myawaddy kerja dipaksa", "1", "disuruh transfer gmn ya").hears("disguised.pay", "disguised.danger_now").stands(casefile.High)
	// No place is taken from it.
	where := newTalker(t).writes("saya disekap", "1", "2", "1").hears("disguised.country").writes("tf aja gak ya").hears("disguised.pay", "disguised.country")
	if where.s.Facts.Knows(casefile.Country) {
		t.Error("a question whether to pay was taken for a place")
	}
	// Nobody is held: a person reads it, and nothing alerts.
	newTalker(t).writes("ada lowongan kerja di polandia, agen minta 5 juta. benar gak?", "1", "transfer gak ya").hears("info.pay", "info.departure").
		knows(casefile.HumanAsked, "yes").stands(casefile.Low)
	newTalker(t).writes("transfer gk ya").hears("all.safe_now").writes("1").hears("disguised.human", "disguised.danger_who").stands(casefile.Low)
}

func TestTalkItIsAboutSomebodyElseAfterAll(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"bukan saya, teman saya", "bkn sy tmn sy", "not me, my friend"} {
		p := newTalker(t).writes("tolong disekap di kamboja", "1").hears("disguised.danger_now").writes(text).knows(casefile.Who, "family")
		// In the words for a relative, and disguised until the phone is known.
		if p.s.Flow != casefile.FlowFamily {
			t.Errorf("%q: the conversation is still a %s's", text, p.s.Flow)
		}
		p.hears("disguised.family_danger_now").stands(casefile.High).writes("1").writes("4").hears("disguised.device_watched").writes("3").hears("all.privacy", "family.age_band")
	}
	newTalker(t).writes("halo", "1", "bukan saya, teman saya").knows(casefile.DangerWho, "other").knows(casefile.Who, "family").stands(casefile.Critical)
	newTalker(t).writes("halo", "1", "3", "bukan saya, adik saya").knows(casefile.Who, "family").hears("all.privacy", "family.age_band")
}

func TestTalkSoldIsNotAskedForTheHour(t *testing.T) {
	t.Parallel()
	newTalker(t).writes("saya sudah dijual ke myanmar bulan lalu", "1").hears("disguised.deadline_day").writes("4").
		hears("disguised.device_watched").knows(casefile.DeadlineWhen, "unsure").stands(casefile.Critical)
	newTalker(t).writes("saya mau dijual ke bos lain", "1").hears("disguised.deadline")
	newTalker(t).writes("sy mau dipindah", "1").hears("disguised.deadline")
}

func TestTalkAQuestionToUsIsNoPlace(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"km siapa", "ini siapa", "who are you"} {
		p := newTalker(t).writes("kk tlg sy dikrng di gdng ini hp dpinjm tmn", "1", "1", "2").hears("disguised.country").writes(text)
		p.hears("disguised.price", "disguised.country").writes("myawadi").knows(casefile.Country, "MM")
	}
}

func TestTalkDeletionWithoutItsVowelsIsHeard(t *testing.T) {
	t.Parallel()
	newTalker(t).writes("saya disekap", "hps").hears("disguised.close")
	newTalker(t).writes("saya disekap", "1", "hps chat").hears("disguised.close")
}

// says reports whether the last turn holds this text.
func (p *talker) says(key string) bool {
	for _, e := range p.turn {
		if say, ok := e.(Say); ok && say.Text == key {
			return true
		}
	}
	return false
}
