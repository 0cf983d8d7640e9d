package stories

import (
	"bytes"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"

	"pulang/bot"
	"pulang/bot/sms"
	"pulang/bot/telegram"
	"pulang/internal/casefile"
	"pulang/internal/fakes"
)

// stumbling is a channel over which the line stumbles so many times while it decides
// what to answer there.
type stumbling struct {
	bot.Channel
	times *atomic.Int64
}

func (s stumbling) Traits() bot.Traits {
	if bytes.Contains(debug.Stack(), []byte(").decide(")) && s.times.Add(-1) >= 0 {
		panic("stumbled")
	}
	return s.Channel.Traits()
}

// stumblesOnSMS opens a house whose line stumbles so many times over people who write by
// SMS, and over nobody else.
func stumblesOnSMS(t *testing.T, times int64) *house {
	t.Helper()
	var left atomic.Int64
	left.Store(times)
	return openWith(t, func(h *house) {
		h.clumsy = func(c bot.Channel) bot.Channel {
			if c.Name() == sms.Name {
				return stumbling{c, &left}
			}
			return c
		}
	})
}

// oneBatch is what three people wrote at once: the one in the middle, by SMS, in two parts.
func oneBatch() []bot.Arrived {
	return []bot.Arrived{
		{Channel: telegram.Name, ProviderID: "7001", Kind: casefile.KindText, From: casefile.Hide("1001"), Text: casefile.Hide("halo")},
		{Channel: sms.Name, ProviderID: "SM7001", Kind: casefile.KindText, From: casefile.Hide("+12025550144"), Text: casefile.Hide("tolong saya")},
		{Channel: sms.Name, ProviderID: "SM7002", Kind: casefile.KindText, From: casefile.Hide("+12025550144"), Text: casefile.Hide("disekap, dipukuli")},
		{Channel: telegram.Name, ProviderID: "7002", Kind: casefile.KindText, From: casefile.Hide("1002"), Text: casefile.Hide("halo")},
	}
}

func TestATurnThatFailsInABatchKeepsItsMessagesAndHoldsUpNobody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		stumbles int64
		hears    string
		state    string
		attempts int
		told     string // who tells staff of it
	}{
		"it goes well alone":        {1, "Pesanmu masuk", "taken", 0, `escalations WHERE urgency = 'critical'`},
		"it fails every time alone": {4, "Sebentar ya.", "set_aside", 3, `alarms WHERE kind = 'set_aside'`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := stumblesOnSMS(t, c.stumbles)
			rina, sari, dewi := h.Telegram("Rina", 1001), h.SMS("Sari", "+12025550144"), h.Telegram("Dewi", 1002)
			check(t, h.line.Receive(t.Context(), oneBatch())) // 200: the provider repeats nothing of it
			rina.Hears("Pesanmu masuk")
			dewi.Hears("Pesanmu masuk")
			sari.Hears(c.hears)
			h.Settle()
			logs := h.logs.String()
			if !strings.Contains(logs, "a turn failed; it is taken again alone") || strings.Contains(logs, "batch failed") {
				t.Error("the others were not answered by the batch itself")
			}
			if n := h.count(`SELECT count(*) FROM messages m JOIN conversations c ON c.id = m.conversation_id
				WHERE c.channel = 'sms' AND m.state = $1 AND m.attempts = $2 AND m.text_sealed IS NOT NULL`, c.state, c.attempts); n != 2 {
				t.Errorf("%d of both parts of her message are %s after %d attempts of their own", n, c.state, c.attempts)
			}
			if n := h.count(`SELECT count(*) FROM ` + c.told); n != 1 {
				t.Errorf("%d %s, want 1", n, c.told)
			}
			check(t, h.line.Receive(t.Context(), oneBatch())) // it is repeated all the same
			rina.HearsNothing()
			sari.HearsNothing()
			if n := h.count(`SELECT count(*) FROM messages WHERE kind = 'text'`); n != 4 {
				t.Errorf("%d messages are kept, want each once", n)
			}
		})
	}
}

func TestOnlyTheFirstReplyOfATurnLeavesWithIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina := h.Telegram("Rina", 1001)
	rina.Says("mau tanya lowongan kerja di kamboja aman tidak").Hears("Pesanmu masuk")
	h.Settle()
	before := len(rina.Said())
	release := make(chan struct{})
	h.telegram.Fail(1, fakes.Fault{Method: "sendMessage", Recipient: "1001", Release: release})
	rina.Answers("1")
	h.until("the first reply is with the provider", func() bool {
		return h.count(`SELECT count(*) FROM outbox WHERE turn = 2 AND position = 0 AND state = 'claimed' AND attempts = 1`) == 1
	})
	said := h.count(`SELECT count(*) FROM outbox WHERE turn = 2`)
	if said < 2 {
		t.Fatalf("the turn has %d replies, want several", said)
	}
	h.line.Wake() // what could leave now would
	if n := h.count(`SELECT count(*) FROM outbox WHERE turn = 2 AND position > 0 AND state = 'queued' AND attempts = 0`); n != said-1 {
		t.Errorf("%d of %d replies wait until it is known that the first arrived:\n%s", n, said-1, h.table(`SELECT position, state, attempts FROM outbox WHERE turn = 2`))
	}
	close(release)
	h.Settle()
	if n := len(rina.Said()) - before; n != said {
		t.Errorf("%d replies were said, want %d, each once", n, said)
	}
}
