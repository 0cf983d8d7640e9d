package stories

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"pulang/bot"
	"pulang/bot/sms"
	"pulang/bot/telegram"
	"pulang/internal/casefile"
	"pulang/internal/fakes"
)

// reaches waits until so many calls to an address have arrived.
func (h *house) reaches(wait func(context.Context, func([]fakes.Call) bool) error, to string, n int) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	err := wait(ctx, func(calls []fakes.Call) bool { return callsTo(calls, to) >= n })
	if err != nil {
		h.t.Fatalf("fewer than %d messages for %s reached the provider", n, to)
	}
}

func callsTo(calls []fakes.Call, to string) (n int) {
	for _, c := range calls {
		if c.Recipient == to && (c.Method == "create" || c.Method == "sendMessage") {
			n++
		}
	}
	return n
}

func TestAProviderThatHangsHoldsUpNoOtherChannelAndNoDanger(t *testing.T) {
	t.Parallel()
	h := open(t)
	release := make(chan struct{})
	h.twilio.Fail(-1, fakes.Fault{Method: "create", Release: release})
	const many = 60 // more than there are places
	for i := range many {
		h.twilio.Phone(fmt.Sprintf("+1202555%04d", 200+i)).Says("halo")
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	check(t, h.twilio.WaitCalls(ctx, func(calls []fakes.Call) bool { return len(calls) >= 40 }))
	h.Telegram("Rina", 1001).Says("halo").Hears("Pesanmu masuk")
	sari := h.SMS("Sari", "+12025550144")
	sari.write("tolong saya disekap, dipukuli")
	h.reaches(h.twilio.WaitCalls, "+12025550144", 1)
	if n := len(h.twilio.Calls()); n > 64 {
		t.Errorf("%d messages are in the provider's hands, want at most 64", n)
	} else if n >= many {
		t.Errorf("all %d messages fit: the reserve was not needed", n)
	}
	h.twilio.Heal()
	close(release)
	sari.Hears("Pesanmu masuk")
}

func TestTooManyIsToldOfOneLaneAndOnlyThatLaneWaits(t *testing.T) {
	t.Parallel()
	h := openWith(t, func(h *house) { h.paced = true })
	rina, sari := h.Telegram("Rina", 1001), h.Telegram("Sari", 1002)
	h.telegram.Fail(1, fakes.Fault{Method: "sendMessage", Recipient: "1001", Status: 429, RetryAfter: 30})
	rina.Says("halo").HearsNothing()
	sari.Says("halo").Hears("Pesanmu masuk")
	h.Forward(20 * time.Second)
	h.Settle()
	if n := callsTo(h.telegram.Calls(), "1001"); n != 1 {
		t.Errorf("the provider was asked %d times within the time it asked for, want once", n)
	}
	h.Forward(11 * time.Second)
	rina.Hears("Pesanmu masuk").HearsNothing()
}

func TestASecondAlertToAPhoneThatIsFullIsNotTried(t *testing.T) {
	t.Parallel()
	h := openWith(t, func(h *house) { h.paced = true })
	budi := h.Staff("budi", staffing{chat: 9001})
	h.telegram.Fail(1, fakes.Fault{Method: "sendMessage", Recipient: "9001", Status: 429, RetryAfter: 30})
	h.Telegram("Rina", 1001).Says("tolong saya disekap, dipukuli").Hears("Pesanmu masuk")
	h.reaches(h.telegram.WaitCalls, "9001", 1)
	h.Telegram("Sari", 1002).Says("tolong saya disekap, dipukuli").Hears("Pesanmu masuk")
	h.Settle()
	if n := callsTo(h.telegram.Calls(), "9001"); n != 1 {
		t.Errorf("a phone its provider wants left alone was tried %d times, want once", n)
	}
	h.Forward(31 * time.Second)
	budi.Hears("Balas OK", "Balas OK")
}

func TestEveryChannelIsWrittenToAtItsOwnRate(t *testing.T) {
	t.Parallel()
	h := openWith(t, func(h *house) { h.paced = true })
	const many = 30
	for i := range many {
		h.telegram.Chat(int64(2001+i), "Orang").Says("halo")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	sent := func() int { return h.count(`SELECT count(*) FROM outbox WHERE state = 'sent'`) }
	h.awaits(ctx, `SELECT (count(*) = 30)::int FROM turns`)
	h.awaits(ctx, `SELECT (count(*) >= 3)::int FROM outbox WHERE state = 'sent'`)
	if n := sent(); n > 5 {
		t.Errorf("%d messages left at once, want a short burst", n)
	}
	h.clock.Forward(500 * time.Millisecond)
	h.line.Wake()
	h.Telegram("Rina", 1001).Says("tolong saya disekap, dipukuli").Hears("Pesanmu masuk") // ahead of the others, at once
	if n := sent(); n > 5+13 {
		t.Errorf("%d messages left within half a second, want at most those of the rate and a burst", n)
	}
	for sent() < many+1 && ctx.Err() == nil {
		h.clock.Forward(100 * time.Millisecond)
		h.line.Wake()
		select {
		case <-h.changed:
		case <-time.After(50 * time.Millisecond): // nothing may be due yet
		}
	}
	if n := sent(); n != many+1 {
		t.Errorf("%d messages sent in the end, want all %d", n, many+1)
	}
	if n := h.count(`SELECT count(*) FROM outbox WHERE attempts <> 1`); n != 0 {
		t.Errorf("%d letters count their waiting as an attempt", n)
	}
}

func TestTwilioMayFailInEveryWayAndThePersonHearsOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault   fakes.Fault
		unknown bool // nobody knows whether it left, until the provider is asked; it says no
	}{
		"429 with time":    {fakes.Fault{Method: "create", Status: 429, RetryAfter: 3}, false},
		"429 without time": {fakes.Fault{Method: "create", Status: 429}, false},
		"500":              {fakes.Fault{Method: "create", Status: 500}, false},
		"HTML":             {fakes.Fault{Method: "create", Status: 502, Body: "<html>Bad Gateway</html>"}, false},
		"reset before":     {fakes.Fault{Method: "create", ResetBeforeAccepting: true}, true},
		"reset after":      {fakes.Fault{Method: "create", ResetAfterAccepting: true}, false},
		"hanging":          {fakes.Fault{Method: "create", Hang: time.Minute}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := openWith(t, func(h *house) {
				impatient := h.transport.(*http.Transport).Clone()
				impatient.ResponseHeaderTimeout = 300 * time.Millisecond
				h.transport = impatient
			})
			sari := h.SMS("Sari", "+12025550144")
			h.twilio.Fail(1, c.fault)
			sari.Says("halo")
			for range 4 {
				h.Forward(10 * time.Second)
			}
			sari.Hears("Pesanmu masuk").HearsNothing()
			if twice := h.count(`SELECT count(*) FROM outbox WHERE perhaps_twice`) == 1; twice != c.unknown {
				t.Errorf("marked as perhaps twice: %v, want %v", twice, c.unknown)
			}
		})
	}
}

func TestANumberThatCannotBeReachedLeavesItsCaseOpenAndStaffAreTold(t *testing.T) {
	t.Parallel()
	for name, goesWrong := range map[string]func(*fakes.SMSPhone){
		"opted out":      func(p *fakes.SMSPhone) { p.Refuses(21610) },
		"no such number": func(p *fakes.SMSPhone) { p.Refuses(21211) },
		"not a mobile":   func(p *fakes.SMSPhone) { p.Refuses(21614) },
		"told afterwards": func(p *fakes.SMSPhone) {
			p.Outcomes(fakes.Outcome{Statuses: []string{"sent", "undelivered"}, ErrorCode: 30005})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			sari := h.SMS("Sari", "+12025550144")
			sari.Says("paspor saya dipegang bos").Hears("Pesanmu masuk")
			goesWrong(h.twilio.Phone("+12025550144"))
			sari.Answers("1").HearsNothing()
			h.Settle() // also what the provider says afterwards
			for what, query := range map[string]string{
				"channels marked unreachable": `SELECT count(*) FROM conversations WHERE unreachable_at IS NOT NULL`,
				"alarms for staff":            `SELECT count(*) FROM alarms WHERE kind = 'unreachable' AND cleared_at IS NULL`,
				"open cases in the queue":     `SELECT count(*) FROM cases WHERE status = 'open' AND queued_at IS NOT NULL`,
				"letters that failed":         `SELECT count(*) FROM outbox WHERE state = 'failed'`,
			} {
				if n := h.count(query); n != 1 {
					t.Errorf("%d %s, want 1", n, what)
				}
			}
		})
	}
}

// slowToTell is a channel whose answer comes after everything else that its provider
// says about the message.
type slowToTell struct {
	bot.Channel
	until func(context.Context) error
}

func (c slowToTell) Send(ctx context.Context, m bot.Outgoing) (bot.Receipt, error) {
	receipt, err := c.Channel.Send(ctx, m)
	return receipt, slowErr(err, c.until(ctx))
}

// slowErr is the channel's error, or the test's.
func slowErr(err, waiting error) error {
	if err != nil {
		return err
	}
	return waiting
}

func TestAStatusMayComeBeforeOurOwnNote(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		outcome fakes.Outcome
		state   string
		alarms  int
	}{
		"delivered":       {fakes.Outcome{Statuses: []string{"queued", "sent", "delivered"}}, "delivered", 0},
		"in bad order":    {fakes.Outcome{Statuses: []string{"delivered", "sent", "queued"}}, "delivered", 0},
		"never backwards": {fakes.Outcome{Statuses: []string{"delivered", "undelivered"}, ErrorCode: 30008}, "delivered", 0},
		"unreachable":     {fakes.Outcome{Statuses: []string{"undelivered", "sent"}, ErrorCode: 30005}, "failed", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := openWith(t, func(h *house) {
				h.clumsy = func(c bot.Channel) bot.Channel {
					if c.Name() != sms.Name {
						return c
					}
					return slowToTell{c, h.twilio.Settled}
				}
			})
			h.twilio.Phone("+12025550144").Outcomes(c.outcome)
			h.SMS("Sari", "+12025550144").Says("halo")
			h.Settle()
			h.Settle() // also what the provider says afterwards
			if n := h.count(`SELECT count(*) FROM outbox WHERE state = $1`, c.state); n != 1 {
				t.Errorf("%d letters are %s, want 1", n, c.state)
			}
			if n := h.count(`SELECT count(*) FROM alarms WHERE kind = 'unreachable'`); n != c.alarms {
				t.Errorf("%d alarms, want %d", n, c.alarms)
			}
			if n := h.count(`SELECT count(*) FROM early_statuses`); n != 0 {
				t.Errorf("%d early statuses are left", n)
			}
		})
	}
}

func TestAnAlertBySMSOfUnknownOutcomeIsLookedUpInTheWordsItLeftIn(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]fakes.Fault{
		"it arrived":    {Method: "create", Recipient: "+12025550190", ResetAfterAccepting: true},
		"it never left": {Method: "create", Recipient: "+12025550190", ResetBeforeAccepting: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			budi := h.Staff("budi", staffing{number: "+12025550190"})
			h.twilio.Fail(1, fault)
			h.Telegram("Rina", 1001).Says("tolong").Hears("Pesanmu masuk")
			h.reaches(h.twilio.WaitCalls, "+12025550190", 1)
			h.Forward(70 * time.Second) // the waiting time in the alert is another by now
			budi.Hears("Balas OK").HearsNothing()
			if n := h.count(`SELECT count(*) FROM outbox WHERE purpose = 'alert' AND state IN ('sent', 'delivered')`); n != 1 {
				t.Errorf("%d alerts are known as sent, want 1", n)
			}
			arrived := name == "it arrived"
			if said := budi.Said()[0]; strings.Contains(said, " 0 mnt") != arrived {
				t.Errorf("the waiting time is not that of the moment it left: %q", said)
			}
			if n := h.count(`SELECT count(*) FROM outbox WHERE perhaps_twice`); (n == 0) != arrived {
				t.Errorf("%d alerts are marked as perhaps sent twice", n)
			}
		})
	}
}

func TestTheSameWordsSaidTwiceAreTwoMessages(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{number: "+12025550190"})
	budi.Says("ON").Hears("Kamu sekarang bertugas")
	h.Settle()
	h.twilio.Fail(1, fakes.Fault{Method: "create", ResetBeforeAccepting: true})
	budi.Says("ON")
	h.Forward(10 * time.Second) // it is looked up; what is found is the first one
	budi.Hears("Kamu sekarang bertugas").HearsNothing()
	if n := h.count(`SELECT count(DISTINCT message_ref) FROM outbox WHERE staff_id IS NOT NULL`); n != 2 {
		t.Errorf("%d messages to the phone, want 2", n)
	}
}

// sleepy is a channel whose process sleeps after the provider took its first message.
type sleepy struct {
	bot.Channel
	slept chan struct{} // closed when it sleeps
	wake  chan struct{} // closed to wake it
	first chan struct{} // holds one until the first message
}

func newSleepy() sleepy {
	s := sleepy{slept: make(chan struct{}), wake: make(chan struct{}), first: make(chan struct{}, 1)}
	s.first <- struct{}{}
	return s
}

func (c sleepy) Send(ctx context.Context, m bot.Outgoing) (bot.Receipt, error) {
	receipt, err := c.Channel.Send(ctx, m)
	select {
	case <-c.first:
		close(c.slept)
		<-c.wake
	default:
	}
	return receipt, err
}

func TestAProcessThatSleepsWhileSendingIsFoundOutAndMarked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		channel casefile.ChannelName
		hears   int
		twice   int
	}{
		"where nobody can be asked":   {telegram.Name, 2, 1},
		"where the provider can tell": {sms.Name, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asleep := newSleepy()
			h := openWith(t, func(h *house) {
				h.clumsy = func(ch bot.Channel) bot.Channel {
					if ch.Name() != c.channel {
						return ch
					}
					asleep.Channel = ch
					return asleep
				}
			})
			p := h.Telegram("Rina", 1001)
			if c.channel == sms.Name {
				p = h.SMS("Rina", "+12025550144")
			}
			p.Says("halo").Hears("Pesanmu masuk")
			<-asleep.slept
			h.clock.Forward(2 * time.Minute) // its claim is over, and somebody else takes the letter up
			h.line.Wake()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			h.awaits(ctx, `SELECT count(*) FROM outbox WHERE state IN ('sent', 'delivered')`)
			close(asleep.wake)
			h.Settle()
			if n := len(p.Said()); n != c.hears {
				t.Errorf("the person hears it %d times, want %d", n, c.hears)
			}
			h.awaits(ctx, fmt.Sprintf(`SELECT count(*) FROM outbox WHERE state IN ('sent', 'delivered') AND perhaps_twice = %v`, c.twice == 1))
		})
	}
}

// awaits waits until a query counts one.
func (h *house) awaits(ctx context.Context, query string) {
	h.t.Helper()
	for h.count(query) != 1 {
		select {
		case <-h.changed:
		case <-time.After(50 * time.Millisecond): // a row may change without telling
		case <-ctx.Done():
			h.t.Fatalf("waited for %s", query)
		}
	}
}

func TestTwoHundredDangersInAMinuteWakeTwoPeopleAndFloodNobody(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	dewi := h.Staff("dewi", staffing{chat: 9002, language: casefile.English})
	const dangers, groups = 200, 20
	for g := range groups {
		for i := range dangers / groups {
			h.telegram.Chat(int64(3001+g*100+i), "Orang").Says("tolong saya disekap, dipukuli")
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		check(t, h.telegram.Settled(ctx))
		cancel()
		h.Forward(3 * time.Second)
	}
	for range 3 {
		h.Forward(4 * time.Second)
	}
	h.Settle()
	for _, who := range []*member{budi, dewi} {
		shows := slices.DeleteFunc(who.set.Shows(), func(s fakes.Shown) bool { return !s.FromLine })
		for i := range shows {
			if i >= alertsAMinute && shows[i].At.Sub(shows[i-alertsAMinute].At) < time.Minute {
				t.Errorf("%s got more than %d messages within a minute", who.login, alertsAMinute)
				break
			}
		}
		last := shows[len(shows)-1]
		if !strings.HasPrefix(last.Text, "200 ") || !strings.HasSuffix(last.Text, publicURL+"/") {
			t.Errorf("%s was told at last: %q, want that 200 wait, and the queue", who.login, last.Text)
		}
		if n := h.count(`SELECT count(DISTINCT escalation_id) FROM outbox WHERE purpose = 'alert' AND state = 'sent' AND staff_id = $1`, who.id); n != dangers {
			t.Errorf("%s was told of %d dangers, alone or with others, want %d", who.login, n, dangers)
		}
	}
	if n := h.count(`SELECT count(*) FROM outbox WHERE purpose = 'alert' AND state = 'sent' AND reason = 'told together'`); n == 0 {
		t.Error("no alert says that it was told with others")
	}
	if n := h.count(`SELECT count(*) FROM escalations WHERE state = 'climbing' AND rung = 1`); n != dangers {
		t.Errorf("%d escalations climb on, want %d", n, dangers)
	}
	budi.Acknowledges().Hears("Tercatat")
	if n := h.count(`SELECT count(*) FROM escalations WHERE state = 'acknowledged'`); n != 1 {
		t.Errorf("%d escalations acknowledged by the code of the most urgent one, want 1", n)
	}
}

// alertsAMinute is how many messages of alerts one phone may get in a minute.
const alertsAMinute = 20

func TestOneMessageTellsOfEverythingThatWaits(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	const dangers = 150
	for i := range dangers {
		h.telegram.Chat(int64(3001+i), "Orang").Says("tolong saya disekap, dipukuli")
	}
	h.Settle()
	h.Forward(4 * time.Second)
	h.Settle()
	shows := slices.DeleteFunc(budi.set.Shows(), func(s fakes.Shown) bool { return !s.FromLine })
	if len(shows) != 4 {
		t.Errorf("budi got %d messages, want three alerts and one for all that wait", len(shows))
	}
	if n := h.count(`SELECT count(DISTINCT escalation_id) FROM outbox WHERE purpose = 'alert' AND state = 'sent' AND staff_id = $1`, budi.id); n != dangers {
		t.Errorf("budi was told of %d dangers, want %d", n, dangers)
	}
}

func TestWhatMayHaveArrivedIsToldWithTheOthersAndNotBehindThem(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	chat := int64(3001)
	dangers := func(n int) {
		for range n {
			h.telegram.Chat(chat, "Orang").Says("tolong saya disekap, dipukuli")
			chat++
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		check(t, h.telegram.Settled(ctx))
	}
	dangers(40)
	h.Settle()
	h.Forward(4 * time.Second)
	h.Settle()
	// a process died while it told of them, and nobody knows whether they arrived
	h.exec(`UPDATE outbox SET state = 'unknown', reason = 'process ended while sending', sent_at = NULL, message_ref = '' WHERE purpose = 'alert' AND reason = 'told together'`)
	if n := h.count(`SELECT count(*) FROM outbox WHERE state = 'unknown'`); n < 20 {
		t.Fatalf("%d alerts of unknown outcome, want most of them", n)
	}
	for range 3 {
		dangers(20)
		h.Forward(3 * time.Second)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	h.awaits(ctx, `SELECT 1 + count(*) FROM outbox WHERE purpose = 'alert' AND state = 'unknown' AND queued_at < (SELECT max(queued_at) FROM outbox)`)
	if n := h.count(`SELECT count(*) FROM outbox WHERE purpose = 'alert' AND perhaps_twice AND staff_id = $1`, budi.id); n < 20 {
		t.Errorf("%d alerts are marked as perhaps told twice, want all that were told again", n)
	}
}

func TestAProcessThatDiedWhileTellingHoldsUpNoNewDanger(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	for i := range 4 {
		h.Telegram("Orang", int64(3001+i)).Says("tolong saya disekap, dipukuli").Hears("Pesanmu masuk")
	}
	h.Settle()
	h.Forward(4 * time.Second)
	h.Settle()
	h.exec(`UPDATE outbox SET state = 'claimed', claim = gen_random_uuid(), claimed_until = $1, sent_at = NULL WHERE purpose = 'alert'`, h.clock.Now().Add(30*time.Second)) // the lease
	before := len(budi.set.Shows())
	h.Telegram("Sari", 4001).Says("tolong saya disekap, dipukuli").Hears("Pesanmu masuk")
	h.clock.Forward(4 * time.Second)
	h.line.Wake()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for len(budi.set.Shows()) == before {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			t.Fatal("a danger waits until the claim of a dead process is over")
		}
	}
	h.clock.Forward(2 * time.Minute) // the claims end
	h.line.Wake()
	h.Forward(10 * time.Second)
}
