package stories

import (
	"strings"
	"testing"
	"time"
)

func TestRule12SilenceAndThenTheOpeningLineFirst(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina := h.Telegram("Rina", 1001)
	rina.Says("paspor saya dipegang bos").Hears("Pesanmu masuk")
	rina.Answers("1").Hears("Gimana keadaanmu")
	h.Forward(16 * time.Minute)
	rina.HearsNothing()
	rina.Says("halo lagi").Hears("Pesanmu masuk").HearsNothing()
	rina.Answers("1").Hears("Gimana keadaanmu")
}

func TestRule58DoNotReplyIsObeyedAndAlerts(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	rina := h.Telegram("Rina", 1001)
	rina.Says("saya mau pulang, paspor saya dipegang bos").Hears("Pesanmu masuk")
	rina.Answers("2").HearsNothing()
	budi.Hears("Balas OK")
	rina.Says("halo").Hears("Pesanmu masuk")
}

func TestRule24TheSameReplyWhetherOrNotARecordExists(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.Telegram("Budi Hartono", 1002).Says("saya budi hartono, paspor saya ditahan").Hears("Pesanmu masuk")
	for name, chat := range map[string]int64{"known": 1003, "unknown": 1004} {
		asker := h.Telegram(name, chat)
		asker.Says("apakah " + map[string]string{"known": "budi hartono", "unknown": "joko santoso"}[name] + " pernah lapor kesini?")
		asker.mark = 0
		asker.Hears("1") // the opening line for everybody
		asker.Answers("1")
		h.Settle()
	}
	known, unknown := h.Telegram("known", 1003).Said(), h.Telegram("unknown", 1004).Said()
	if strings.Join(known, "|") != strings.Join(unknown, "|") {
		t.Errorf("the replies differ:\n%v\n%v", known, unknown)
	}
}

func TestExitsWorkInTheMiddle(t *testing.T) {
	t.Parallel()
	for name, exit := range map[string]struct{ says, hears string }{
		"human": {"manusia", "Sebentar ya."}, "human typed badly": {"manusa", "Sebentar ya."},
		"language": {"english", "How are things now"},
		"skip":     {"lewati", "HP ini suka dibuka"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			rina := h.Telegram("Rina", 1001)
			rina.Says("paspor saya dipegang bos").Hears("Pesanmu masuk")
			rina.Answers("1").Hears("Gimana keadaanmu")
			rina.Says(exit.says).Hears(exit.hears)
		})
	}
}

func TestQuietAndStopSayNothingMore(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"DIAM", "STOP", "quiet"} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			rina := h.Telegram("Rina", 1001)
			rina.Says("paspor saya dipegang bos").Hears("Pesanmu masuk")
			rina.Answers("1").Hears("Gimana keadaanmu")
			rina.Says(word).HearsNothing()
			if n := h.count(`SELECT count(*) FROM turns WHERE turn = 3 AND silence = 'asked for silence'`); n != 1 {
				t.Error("nothing is said, and not because they asked for it")
			}
			h.Forward(time.Hour)
			rina.HearsNothing()
			rina.Says("halo").Hears("Pesanmu masuk").HearsNothing() // they wrote again: the opening line, and no more than that
		})
	}
}

func TestAskingForAPersonPutsTheCaseIntoTheQueue(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina := h.Telegram("Rina", 1001)
	rina.Says("halo").Hears("Pesanmu masuk")
	if n := h.count(`SELECT count(*) FROM cases WHERE queued_at IS NULL`); n != 1 {
		t.Errorf("%d cases outside the queue after a greeting, want 1", n)
	}
	rina.Says("mau bicara sama orang").Hears("Sebentar ya.")
	if n := h.count(`SELECT count(*) FROM cases WHERE queued_at IS NOT NULL`); n != 1 {
		t.Errorf("%d cases in the queue, want 1", n)
	}
}

func TestWhoeverAsksWhetherToPayIsAnsweredAndAlertsStaff(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	sari := h.Telegram("Sari", 1001)
	sari.Says("anak saya kerja di kamboja, sy ibunya").Hears("Pesanmu masuk")
	sari.Answers("1").Hears("Apakah dia dalam bahaya")
	budi.HearsNothing()
	sari.Says("transfer gk ya").Hears("Petugas memberi saran").Hears("Apakah dia dalam bahaya")
	budi.Hears("Balas OK")

	rina := h.Telegram("Rina", 1002)
	rina.Says("saya mau pulang, gaji ditahan bos").Hears("Pesanmu masuk")
	rina.Answers("1").Hears("Gimana keadaanmu")
	rina.Says("disuruh tf gmn ya").Hears("Soal itu nanti dijawab orang")
}

func TestNothingPrivateIsLogged(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.Staff("budi", staffing{chat: 9001})
	rina := h.Telegram("Canarina", 100123)
	rina.Says("tolong saya canarina disekap di myawaddy").Hears("Pesanmu masuk")
	h.telegram.Chat(100123, "Canarina").Blocks()
	rina.Says("canarina lagi")
	h.Settle()
	for _, canary := range []string{"canarina", "Canarina", "100123", "yawaddy", h.telegram.Token()} {
		if strings.Contains(h.logs.String(), canary) {
			t.Errorf("the log says %q", canary)
		}
	}
}
