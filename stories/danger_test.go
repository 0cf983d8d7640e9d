// Package stories plays whole conversations against the whole program: real
// webhooks, real Postgres, real Redis, and phones that show what the line said.
package stories

import (
	"testing"
	"time"
)

func TestDangerInTheFirstMessageAlertsBeforeAnyQuestion(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	rina := h.Telegram("Rina", 1001)

	rina.Says("tlg sy dskp d myawadi psport d ambil bos")
	rina.Hears("Pesanmu masuk")
	budi.Hears("Balas OK")
	alerts := h.count(`SELECT count(*) FROM outbox a JOIN outbox r ON r.conversation_id IS NOT NULL WHERE a.purpose = 'alert' AND a.seq < r.seq AND a.priority < r.priority`)
	if alerts != 1 {
		t.Errorf("%d alerts stand ahead of the reply, want 1", alerts)
	}
	budi.Acknowledges().Hears("Tercatat")
	h.Forward(soon)
	budi.HearsNothing()
}

func TestAnIgnoredAlertClimbsUntilSomebodyAnswers(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	ani := h.Staff("ani", staffing{role: "supervisor", number: "+12025550111", offDuty: true})
	sari := h.SMS("Sari", "+12025550144")

	sari.Says("we are locked in, they beat us every day, no food, myawaddy")
	sari.Hears("We have your message")
	budi.Hears("KRITIS")
	ani.HearsNothing()
	h.Forward(5 * time.Minute)
	budi.Hears("KRITIS")
	h.Forward(2 * time.Minute)
	ani.Hears("KRITIS")
	budi.Hears("7 mnt")
	ani.Acknowledges().Hears("Tercatat")
	h.Forward(2 * time.Minute)
	budi.HearsNothing()
}
