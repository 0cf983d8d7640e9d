package stories

import (
	"strings"
	"testing"
	"time"

	"pulang/bot/sms"
	"pulang/internal/casefile"
	"pulang/internal/fakes"
	"pulang/internal/store"
)

const plea = "tolong saya disekap di myawaddy, dipukuli tiap hari"

func TestAnAcknowledgementIsIdempotentAndNamed(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	citra := h.Staff("citra", staffing{number: "+12025550111"})
	h.Telegram("Rina", 1001).Says(plea).Hears("Pesanmu masuk")
	budi.Hears("Balas OK")
	citra.Hears("Balas OK")
	if budi.Code() == citra.Code() {
		t.Fatal("two people got the same code")
	}
	citra.Says("OK " + budi.Code()).Hears("Kode itu tidak ada")
	citra.Says("ok" + strings.ToLower(citra.Code())).Hears("Tercatat")
	citra.Says("OK " + citra.Code()).Hears("Tercatat")
	budi.Acknowledges().Hears("sudah ditangani")
	if n := h.count(`SELECT count(*) FROM audit WHERE action = 'escalation.acknowledged'`); n != 1 {
		t.Errorf("%d acknowledgements in the audit, want 1", n)
	}
}

func TestAnAcknowledgementExpiresUnlessTheCaseIsAnswered(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	h.Telegram("Rina", 1001).Says(plea).Hears("Pesanmu masuk")
	budi.Hears("Balas OK").Acknowledges().Hears("Tercatat")
	h.Forward(10 * time.Minute)
	budi.Hears("KRITIS")
}

func TestGuessingCodesIsLimited(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{number: "+12025550111"})
	for range 5 {
		budi.Says("OK K7Q3").Hears("Kode itu tidak ada")
	}
	budi.Says("OK K7Q3").Hears("Terlalu banyak")
}

func TestAFailedAlertClimbsAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.Staff("budi", staffing{chat: 9001})
	ani := h.Staff("ani", staffing{role: "supervisor", number: "+12025550112", offDuty: true})
	h.telegram.Chat(9001, "budi").Blocks()
	h.Settle()
	h.Telegram("Rina", 1001).Says(plea).Hears("Pesanmu masuk")
	ani.Hears("KRITIS") // the clock has not moved
}

func TestAnAlertThatTheProviderRefusesClimbsAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.Staff("budi", staffing{number: "+12025550113"})
	ani := h.Staff("ani", staffing{role: "supervisor", chat: 9002, offDuty: true})
	h.twilio.Fail(-1, fakes.Fault{Method: "create", Recipient: "+12025550113", Status: 500})
	h.Telegram("Rina", 1001).Says(plea).Hears("Pesanmu masuk")
	ani.Hears("KRITIS")
	h.twilio.Heal()
}

func TestTheLastRungRepeatsOnTheOtherChannel(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001, number: "+12025550113"})
	h.Telegram("Rina", 1001).Says(plea).Hears("Pesanmu masuk")
	budi.Hears("KRITIS")
	for range 12 {
		h.Forward(time.Minute)
	}
	h.Settle()
	onTelegram, onSMS := len(budi.Said()), len(budi.text.Said())
	if onSMS < 1 || onTelegram < 3 {
		t.Errorf("%d alerts on Telegram and %d by SMS; the last rung must use both", onTelegram, onSMS)
	}
	if onTelegram+onSMS > 10 {
		t.Errorf("%d alerts in 12 minutes: more than one a minute on the last rung", onTelegram+onSMS)
	}
}

func TestNewDangerOnAnAcknowledgedCaseAlertsAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	rina := h.Telegram("Rina", 1001)
	rina.Says("saya dikunci di kamar sama bos").Hears("Pesanmu masuk")
	budi.Hears("Balas OK").Acknowledges().Hears("Tercatat")
	rina.Says("besok kami mau dijual ke perusahaan lain")
	budi.Hears("KRITIS")
}

func TestABareCryIsHighAtOnceAndCriticalAfterFiveMinutesOfSilence(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	rina := h.Telegram("Rina", 1001)
	rina.Says("tolong").Hears("Pesanmu masuk")
	budi.Hears("TINGGI")
	h.Forward(5 * time.Minute)
	budi.Hears("KRITIS")
	rina.HearsNothing()
}

func TestNobodyOnDutyIsItselfAnAlarm(t *testing.T) {
	t.Parallel()
	h := openWith(t, func(h *house) {
		h.telegram.Chat(9777, "pager")
		h.alarm.TelegramChat = casefile.Hide("9777")
	})
	alarm := h.Telegram("pager", 9777)
	h.Staff("budi", staffing{chat: 9001, offDuty: true})
	h.line.Wake()
	alarm.Hears("Tidak ada yang bertugas")
}

func TestStaffGoOnAndOffDutyByText(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{number: "+12025550113", offDuty: true})
	budi.Says("on").Hears("sekarang bertugas")
	if n := h.count(`SELECT count(*) FROM staff WHERE on_duty`); n != 1 {
		t.Error("budi is not on duty")
	}
	budi.Says("OFF").Hears("tidak bertugas")
	budi.Says("apa kabar").Hears("OK KODE")
	if n := h.count(`SELECT count(*) FROM cases`); n != 0 {
		t.Errorf("staff opened %d cases", n)
	}
}

func TestStaffLinkTheirTelegramByAOneTimeCode(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{number: "+12025550113"})
	var code string
	check(t, h.store.InTx(t.Context(), func(tx *store.Tx) (err error) {
		code, err = h.line.Escalation().NewLinkCode(t.Context(), tx, budi.id, casefile.System("test"), h.clock.Now())
		return err
	}))
	stranger := h.Telegram("stranger", 9100)
	stranger.Says("LINK ABCD2345").Hears("Pesanmu masuk") // a wrong code is a person like any other
	chat := h.Telegram("budi", 9001)
	chat.Says("/start " + code).Hears("terhubung")
	other := h.Telegram("other", 9101)
	other.Says("/start " + code)
	other.mark = 0
	other.Hears("1") // the code is used up
	h.Telegram("Rina", 1001).Says(plea).Hears("Pesanmu masuk")
	chat.Hears("KRITIS")
}

func TestAnAlertSaysNothingOfTheStory(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	h.Telegram("Canarina", 1001).Says("tolong saya canarina disekap di myawaddy").Hears("Pesanmu masuk")
	budi.Hears("Balas OK")
	code := budi.Code() // a code may hold any letters by chance
	for _, said := range budi.Said() {
		said = strings.ReplaceAll(said, code, "")
		for _, word := range []string{"canarina", "Canarina", "yawaddy", "sekap", "1001", "MM"} {
			if strings.Contains(said, word) {
				t.Errorf("the alert says %q: %s", word, said)
			}
		}
	}
}

func TestAGroupThatGetsANewIDGoesOn(t *testing.T) {
	t.Parallel()
	h := open(t)
	group := h.telegram.Group(-4001, "keluarga")
	family := &phone{t: t, h: h, name: "keluarga", set: group, write: func(s string) { group.Says(s) }, press: group.Presses}
	family.Says("anak kami di kamboja tidak ada kabar").Hears("Pesanmu masuk")
	h.Settle()
	group.MigratesTo(-1004001)
	h.Settle() // the notice travels in the old chat, the answer in the new one
	family.Says("1").Hears("Apakah dia dalam bahaya")
	h.Settle()
	if n := h.count(`SELECT count(*) FROM conversations`); n != 1 {
		t.Errorf("%d conversations, want the one that moved", n)
	}
}

func TestATypedNumberSilencesNobodyUntilItSpeaksAsStaff(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	const number = "+12025550147"
	dewi := h.Staff("dewi", staffing{})
	check(t, h.store.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.TypeStaffAddress(t.Context(), dewi.id, casefile.Address{Channel: sms.Name, ID: casefile.Hide(number)}, h.clock.Now())
	}))
	p := h.SMS("Rina", number) // it is hers: somebody mistyped a digit
	p.Says("tolong saya disekap, dipukuli").Hears("Pesanmu masuk")
	budi.Hears("Balas OK")
	h.Settle()
	if n := h.count(`SELECT count(*) FROM cases`); n != 1 {
		t.Errorf("%d cases, want hers", n)
	}
	p.Says("ok kmrn") // not staff, though it has the form of a code
	h.Settle()
	if n := h.count(`SELECT count(*) FROM staff_guesses`); n != 0 {
		t.Errorf("%d wrong codes are counted, want none: she is no staff", n)
	}
	p.Says("ON").Hears("bertugas") // and now it is Dewi's after all
	p.Says("halo").Hears("OK")
	h.Settle()
	if n := h.count(`SELECT count(*) FROM messages WHERE conversation_id IS NOT NULL`); n != 2 {
		t.Errorf("%d messages belong to a conversation, want the two before it spoke as staff", n)
	}
}
