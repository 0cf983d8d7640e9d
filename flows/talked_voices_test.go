package flows

import (
	"slices"
	"testing"

	"pulang/internal/casefile"
)

func TestTalkAFrightenedGirlIsNotTakenForARelative(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"kk aku takut", "kak tolongin aku", "kaka sy takut"} {
		p := newTalker(t).writes(text, "boleh")
		if p.s.Flow == casefile.FlowFamily || !disguised(p.s, p.now) {
			t.Errorf("%q: a conversation with a %q, disguised %v", text, p.s.Flow, disguised(p.s, p.now))
		}
	}
	// A "saya" alone does not tell who it is about.
	newTalker(t).writes("min sy mau tny", "1").hears("info.thanks", "info.departure")
	newTalker(t).writes("halo sy rina", "1").hears("disguised.danger_who").writes("3").hears("disguised.who").writes("5").hears("info.thanks", "info.departure")
	newTalker(t).writes("kakak saya hilang di kamboja", "boleh").hears("family.thanks", "family.danger_now")
}

func TestTalkWhatIsToldAtADigitQuestionIsThankedForOnce(t *testing.T) {
	t.Parallel()
	p := newTalker(t).writes("sy ibu nya si Ucok", "iya", "dia kerja di luar negri ga ada kabar").hears("all.ack", "family.danger_now")
	p.writes("Ucok panggilannya nak, nama aslinya lupa").hears("all.human")
	newTalker(t).writes("sy ibu nya si Ucok", "iya", "ucok").hears("all.rephrase")
	newTalker(t).writes("tolong saya disekap", "1", "😭").hears("disguised.ack", "disguised.danger_now")
}

func TestTalkAMotherIsNotAskedWhatSheTold(t *testing.T) {
	t.Parallel()
	p := newTalker(t).writes("anak sy di kamboja ga ada kabar", "1", "3", "22 th").hears("family.last_contact").writes("3 minggu yg lalu nelpon nangis").knows(casefile.LastContact, "weeks")
	p.hears("family.ransom").writes("katanya dikurung ga dikasi makan").stands(casefile.Critical).hears("all.ack", "family.ransom")
	p.writes("mereka minta uang 30jt").hears("family.ransom_said", "family.ransom_when").knows(casefile.Ransom, "unpaid")
	p.writes("besok batasnya").hears("family.recruiter").knows(casefile.RansomWhen, "today_or_tomorrow").writes("tetangga yg ngajak").knows(casefile.Recruiter, "friend")
	if slices.Contains(p.s.Asked, casefile.Told) {
		t.Error("she was asked what she had told")
	}
	// Told out of turn, it is not asked either.
	early := newTalker(t).writes("anak sy di kamboja ga ada kabar", "1", "3").hears("all.privacy", "family.age_band").writes("tetangga yg ngajak").hears("all.ack", "family.age_band")
	early.knows(casefile.Recruiter, "friend")
}

func TestTalkWhoeverWaitsIsThankedForWhatIsNew(t *testing.T) {
	t.Parallel()
	p := newTalker(t).writes("tolong saya disekap", "1", "petugas").hears("disguised.human").writes("ok").hears("disguised.ack").writes("iya").hears()
	p.writes("paspor di bos").hears("disguised.ack").knows(casefile.Control, "passport_kept").writes("org mana").hears("disguised.human")
}

func TestTalkAQuestionToUsInTheOpeningMeetsOneLine(t *testing.T) {
	t.Parallel()
	newTalker(t).writes("tolong saya disekap", "ini siapa?").hears("all.safe_now")
	bySMS := newTalker(t)
	bySMS.short = true
	bySMS.writes("tolong saya disekap", "ini siapa?").hears("all.safe_now").writes("1").hears("disguised.danger_now")
}

func TestTalkTakingBackIsNoPlace(t *testing.T) {
	t.Parallel()
	p := newTalker(t).writes("saya disekap", "1", "2", "1").hears("disguised.country").writes("eh salah kirim").hears("disguised.close")
	if p.s.Facts.Knows(casefile.Country) {
		t.Error("a retraction was taken for a place")
	}
}

func TestTalkAnEnquirerStaysOneByAnswering(t *testing.T) {
	t.Parallel()
	p := newTalker(t).writes("is this job in thailand real?", "1", "next week").hears("info.offer_signs").writes("tourist visa and they pay ticket")
	if p.s.Flow != casefile.FlowInfo {
		t.Errorf("an answer made an enquirer a %s", p.s.Flow)
	}
}

func TestTalkNotKnowingIsAnAnswerEverywhere(t *testing.T) {
	t.Parallel()
	newTalker(t).writes("saya dipaksa kerja di poipet", "1", "2", "ga tau kak").hears("disguised.freedom")
	newTalker(t).writes("saya dipaksa kerja di poipet", "1", "2", "3", "ga inget").hears("victim.age_band")
}

func TestTalkWhoReadsThePhoneIsHeardInWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"bos ad": "yes", "ada orang": "yes", "boss check every day": "yes", "bosnya suka ngecek": "yes", "hp kapten": "borrowed"} {
		p := newTalker(t).writes("saya dipaksa kerja di poipet", "1", "2", text).knows(casefile.DeviceWatched, want)
		if !p.says("disguised.freedom") {
			t.Errorf("%q: %+v", text, p.turn)
		}
	}
	newTalker(t).writes("saya dipaksa kerja di poipet", "1", "gwat").knows(casefile.DangerNow, "yes").stands(casefile.Critical)
}

// TestTalkSafeButBeatenIsNotSafe: a danger in the same words is no "no".
func TestTalkSafeButBeatenIsNotSafe(t *testing.T) {
	t.Parallel()
	p := newTalker(t).writes("saya dipaksa kerja di poipet", "1", "aman tapi dipukul tiap malam").hears("disguised.ack", "disguised.danger_now")
	if p.s.Facts.Knows(casefile.DangerNow) {
		t.Error("who is beaten was taken for safe")
	}
	newTalker(t).writes("saya dipaksa kerja di poipet", "1", "aman tapi bingung").knows(casefile.DangerNow, "no")
}
