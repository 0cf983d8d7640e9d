package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/bot"
	"pulang/bot/telegram"
	"pulang/internal/casefile"
	"pulang/internal/fakes"
)

// planted is what is left of a run that never was: tables with one person in them, whose
// case climbs, and the phone of one member of staff.
type planted struct {
	*house
	t                        *testing.T
	lane, file, climbs, whom casefile.ID
	at                       time.Time // when the person wrote
	line                     bot.Channel
}

func plant(t *testing.T) *planted {
	t.Helper()
	at := time.Now().Add(-time.Minute).Truncate(time.Microsecond)
	p := &planted{house: &house{options: options{Now: time.Now}}, t: t, at: at,
		lane: casefile.NewID(at), file: casefile.NewID(at), climbs: casefile.NewID(at), whom: casefile.NewID(at)}
	var err error
	p.db, err = pgx.Connect(t.Context(), stack.Database(t))
	p.must(err)
	t.Cleanup(func() { _ = p.db.Close(context.WithoutCancel(t.Context())) })
	p.telegram = fakes.NewTelegram(fakes.TelegramOptions{WebhookURL: publicURL + "/webhooks/telegram", Secret: "planted", TargetBase: "http://127.0.0.1:1", Now: time.Now})
	p.twilio = fakes.NewTwilio(fakes.TwilioOptions{From: lineNumber, TargetBase: "http://127.0.0.1:1", Now: time.Now})
	p.must(p.telegram.Start())
	t.Cleanup(p.telegram.Close)
	p.line, err = telegram.Open(telegram.Settings{Token: p.telegram.Token(), Secret: "planted", APIURL: p.telegram.URL()})
	p.must(err)
	budi := &colleague{login: "budi", telegram: p.telegram.Chat(6_090_000_001, "budi"), sms: p.twilio.Phone("+628110000001")}
	budi.telegram.Says("halo") // a bot may not write first
	p.staff = []*colleague{budi}
	p.exec(`INSERT INTO staff (id, login, name_sealed, role, created_at) VALUES ($1, 'budi', 'x', 'supervisor', $2)`, p.whom, at)
	p.exec(`INSERT INTO conversations (id, channel, address_index, address_sealed, wrapped_key, turn, created_at) VALUES ($1, 'telegram', 'x', 'x', 'x', 1, $2)`, p.lane, at)
	p.exec(`INSERT INTO cases (id, ref, status, urgency, opened_at) VALUES ($1, 'R', 'open', 'critical', $2)`, p.file, at)
	p.exec(`INSERT INTO case_conversations (case_id, conversation_id) VALUES ($1, $2)`, p.file, p.lane)
	p.exec(`INSERT INTO escalations (id, case_id, urgency, state, due_at, started_at) VALUES ($1, $2, 'critical', 'climbing', $4, $3)`,
		p.climbs, p.file, at, at.Add(time.Hour))
	p.exec(`INSERT INTO alerts (escalation_id, staff_id, code, first_rung, last_queued_at, last_channel) VALUES ($1, $2, 'K7Q2', 0, $3, 'telegram')`,
		p.climbs, p.whom, at)
	return p
}

func (p *planted) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *planted) exec(sql string, args ...any) {
	p.t.Helper()
	_, err := p.db.Exec(p.t.Context(), sql, args...)
	p.must(err)
}

// rings shows a message of the line on the phone of staff, and gives its name.
func (p *planted) rings(text string) (ref string) {
	p.t.Helper()
	receipt, err := p.line.Send(p.t.Context(), bot.Outgoing{Delivery: casefile.NewID(p.at), To: casefile.Hide("6090000001"), Text: casefile.Hide(text)})
	p.must(err)
	return receipt.MessageRef
}

// sent plants an alert of the escalation that the line says was sent in a message.
func (p *planted) sent(ref string, queued time.Time) {
	p.letter(`'alert'`, `'sent'`, queued)
	p.exec(`UPDATE outbox SET message_ref = $1, attempts = 1, sent_at = $2 WHERE state = 'sent' AND message_ref = ''`, ref, queued)
}

// letter plants a letter: an alert to staff, or an answer to the person.
func (p *planted) letter(purpose, state string, queued time.Time) {
	p.t.Helper()
	to := `NULL::uuid, '` + p.whom.String() + `'::uuid, '` + p.climbs.String() + `'::uuid`
	if !strings.Contains(purpose, "alert") {
		to = `'` + p.lane.String() + `'::uuid, NULL::uuid, NULL::uuid`
	}
	p.exec(`INSERT INTO outbox (id, conversation_id, staff_id, escalation_id, channel, purpose, priority, turn, state, not_before, queued_at)
		SELECT $1, `+to+`, 'telegram', `+purpose+`, 0, 1, `+state+`, $2, $2`, casefile.NewID(queued), queued)
}

// found runs a check and gives what it found.
func (p *planted) found(check func(context.Context, *Report) error) string {
	p.t.Helper()
	r := &Report{}
	p.must(check(p.t.Context(), r))
	var all []string
	for _, f := range r.Findings {
		all = append(all, f.What)
	}
	return strings.Join(all, "; ")
}

const (
	aloneIn    = "K7Q2 KRITIS. Menunggu 0 mnt. Balas OK K7Q2 untuk menangani."
	togetherIn = "3 peringatan menunggu. Paling mendesak: Z9Z9 KRITIS, 2 mnt. Balas OK Z9Z9 untuk menangani."
	somebody   = "Z9Z9 TINGGI. Menunggu 0 mnt. Balas OK Z9Z9 untuk menangani."
)

func TestAnAlertIsInTheMessageItIsSaidToBeIn(t *testing.T) {
	t.Parallel()
	never := "; a phone of staff shows a code that was never theirs"
	for name, c := range map[string]struct {
		done func(p *planted)
		want string
	}{
		"by itself": {func(p *planted) { p.sent(p.rings(aloneIn), p.at) }, ""},
		"again, and marked so": {func(p *planted) {
			p.sent(p.rings(strings.ReplaceAll(aloneIn, "Balas", "Mungkin dua kali. Balas")), p.at)
		}, ""},
		"nothing was sent":       {func(*planted) {}, ""},
		"it waits":               {func(p *planted) { p.letter(`'alert'`, `'queued'`, p.at) }, ""},
		"it is nowhere":          {func(p *planted) { p.sent("4711", p.at) }, "an alert that was sent is not on the phone"},
		"it has no message":      {func(p *planted) { p.sent("", p.at) }, "an alert that was sent is not on the phone"},
		"something else":         {func(p *planted) { p.sent(p.rings("Tercatat."), p.at) }, "an alert is said to be in a message about something else"},
		"the alert of another":   {func(p *planted) { p.sent(p.rings(somebody), p.at) }, "an alert is said to be in a message about something else" + never},
		"an older one":           {func(p *planted) { p.sent(p.rings(aloneIn), time.Now().Add(time.Second)) }, "an alert is said to be in a message that was older"},
		"an older one for many":  {func(p *planted) { p.sent(p.rings(togetherIn), time.Now().Add(time.Second)) }, "an alert is said to be in a message that was older" + never},
		"two in one, about one":  {func(p *planted) { ref := p.rings(aloneIn); p.sent(ref, p.at); p.sent(ref, p.at) }, strings.Repeat("; a message about one alert is taken for several", 2)[2:]},
		"twice on the phone":     {func(p *planted) { p.rings(aloneIn); p.sent(p.rings(aloneIn), p.at) }, "an alert came twice and is not marked"},
		"a code nobody was told": {func(p *planted) { p.rings(somebody) }, never[2:]},
		"told together": {func(p *planted) {
			p.exec(`UPDATE alerts SET code = 'Z9Z9'`)
			p.sent(p.rings(togetherIn), p.at)
		}, ""},
		"told together, behind another": {func(p *planted) {
			ref := p.rings(togetherIn)
			p.sent(ref, p.at)
			p.exec(`INSERT INTO spent_codes (code, escalation_id, staff_id) VALUES ('Z9Z9', $1, $2)`, p.climbs, p.whom)
			p.sent(ref, p.at)
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := plant(t)
			c.done(p)
			if got := p.found(p.checkStaff); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

func TestDangerIsFollowedToThePhonesOfStaff(t *testing.T) {
	t.Parallel()
	const unheard, silent = "danger was heard and no escalation was committed with it", "danger was heard and no phone of staff rang"
	raised := func(p *planted, action string, at time.Time) {
		p.exec(`INSERT INTO audit (id, at, actor_kind, actor_part, action, case_id, conversation_id) VALUES ($1, $2, 'system', 'rules', $3, $4, $5)`,
			casefile.NewID(at), at, action, p.file, p.lane)
	}
	acknowledged := func(p *planted, at time.Time) {
		p.exec(`INSERT INTO audit (id, at, actor_kind, actor_id, action, case_id) VALUES ($1, $2, 'staff', $3, 'escalation.acknowledged', $4)`,
			casefile.NewID(at), at, p.whom, p.file)
	}
	rang := func(p *planted) { p.sent(p.rings(aloneIn), p.at) }
	earlier := func(p *planted) { p.exec(`UPDATE escalations SET started_at = $1`, p.at.Add(-time.Hour)) }
	for name, c := range map[string]struct {
		done func(p *planted)
		want string
	}{
		"alerted":         {func(p *planted) { raised(p, "escalation.opened", p.at); rang(p) }, ""},
		"alerted anew":    {func(p *planted) { earlier(p); raised(p, "escalation.renewed", p.at); rang(p) }, ""},
		"alerted again":   {func(p *planted) { earlier(p); raised(p, "escalation.repeated", p.at); rang(p) }, ""},
		"nothing decided": {func(*planted) {}, unheard},
		"nothing decided, while one climbs since before": {func(p *planted) { earlier(p); rang(p) }, unheard},
		"alerted an hour later":                          {func(p *planted) { raised(p, "escalation.opened", p.at.Add(time.Hour)); rang(p) }, unheard},
		"another ended before": {func(p *planted) {
			p.exec(`UPDATE escalations SET state = 'ended', ended_at = $1`, p.at.Add(-time.Hour))
		}, unheard},
		"no phone rang":                                {func(p *planted) { raised(p, "escalation.opened", p.at) }, silent},
		"a phone rang before only":                     {func(p *planted) { rang(p); p.turnAt(time.Now()); raised(p, "escalation.opened", p.at) }, silent},
		"a phone rang a moment before it was repeated": {func(p *planted) { rang(p); p.turnAt(time.Now()); raised(p, "escalation.repeated", p.at) }, ""},
		"a phone rang long before it was repeated": {func(p *planted) {
			rang(p)
			p.turnAt(time.Now().Add(2 * time.Minute))
			raised(p, "escalation.repeated", p.at)
		}, silent},
		"repeated, and somebody said that they look at it": {func(p *planted) { raised(p, "escalation.repeated", p.at); acknowledged(p, p.at.Add(time.Second)) }, ""},
		"repeated, and somebody looked at it before":       {func(p *planted) { raised(p, "escalation.repeated", p.at); acknowledged(p, p.at.Add(-time.Second)) }, silent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := plant(t)
			p.hears(1, "31", p.at)
			c.done(p)
			if got := p.found(p.dangerOf("31")); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// TestDangerThatIsToldAgainIsFollowed: what may be heard without a new alert, and what not.
func TestDangerThatIsToldAgainIsFollowed(t *testing.T) {
	t.Parallel()
	const unheard = "danger was heard and no escalation was committed with it"
	for name, c := range map[string]struct {
		done func(p *planted, at time.Time)
		want string
	}{
		"the same again, while somebody is woken for it": {func(*planted, time.Time) {}, ""},
		"the same again, and nobody is woken for it": {func(p *planted, at time.Time) {
			p.exec(`UPDATE escalations SET state = 'ended', ended_at = $1, due_at = NULL`, at.Add(-time.Second))
		}, unheard},
		"the same again, and somebody is woken for something small": {func(p *planted, at time.Time) { p.exec(`UPDATE escalations SET urgency = 'medium'`) }, unheard},
		"something new": {func(p *planted, at time.Time) {
			p.exec(`INSERT INTO facts (id, conversation_id, turn, position, fact_sealed, at) VALUES ($1, $2, 2, 0, 'x', $3)`, casefile.NewID(at), p.lane, at)
		}, unheard},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := plant(t)
			p.hears(1, "31", p.at)
			p.exec(`INSERT INTO audit (id, at, actor_kind, actor_part, action, case_id, conversation_id) VALUES ($1, $2, 'system', 'rules', 'escalation.opened', $3, $4)`,
				casefile.NewID(p.at), p.at, p.file, p.lane)
			p.sent(p.rings(aloneIn), p.at)
			again := p.at.Add(10 * time.Second)
			p.hears(2, "32", again)
			c.done(p, again)
			if got := p.found(p.dangerOf("32", "31", "33")); got != c.want { // as they were written, not as they came; the last one never did
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// hears plants a turn and its message.
func (p *planted) hears(turn int, ref string, at time.Time) {
	p.t.Helper()
	p.exec(`INSERT INTO turns (conversation_id, turn, at) VALUES ($1, $2, $3)`, p.lane, turn, at)
	p.exec(`INSERT INTO messages (id, channel, provider_id, conversation_id, kind, message_ref, state, turn, received_at)
		VALUES ($1, 'telegram', $2, $3, 'text', $2, 'taken', $4, $5)`, casefile.NewID(at), ref, p.lane, turn, at)
}

// turnAt moves the turn of the person to another time.
func (p *planted) turnAt(at time.Time) {
	p.at = at.Truncate(time.Microsecond)
	p.exec(`UPDATE turns SET at = $1`, p.at)
}

// dangerOf is checkDanger for somebody who wrote these messages, all of danger.
func (p *planted) dangerOf(refs ...string) func(context.Context, *Report) error {
	person := &phone{}
	for _, ref := range refs {
		person.wrote = append(person.wrote, written{ref, true, p.at})
	}
	return func(ctx context.Context, r *Report) error {
		alerts, err := p.readAlerts(ctx)
		if err != nil {
			return err
		}
		_, err = p.checkDanger(ctx, r, person, p.lane, alerts)
		return err
	}
}

func TestWhatIsLeftIsSeen(t *testing.T) {
	t.Parallel()
	soon, ago := time.Now().Add(-time.Second), time.Now().Add(-fresh-time.Second)
	for name, c := range map[string]struct {
		done     func(p *planted)
		old, all string // what is left that is not fresh, and at all
	}{
		"nothing":          {func(*planted) {}, "", ""},
		"a message":        {func(p *planted) { p.hears(1, "31", soon); p.exec(`UPDATE messages SET state = 'waiting', turn = NULL`) }, "1 messages,", "1 messages,"},
		"a reply":          {func(p *planted) { p.letter(`'answer'`, `'queued'`, soon) }, " 1 letters,", " 1 letters,"},
		"a silence":        {func(p *planted) { p.exec(`INSERT INTO watches VALUES ($1, 'cry', $2)`, p.lane, soon) }, " 1 watches", " 1 watches"},
		"a fresh alert":    {func(p *planted) { p.letter(`'alert'`, `'queued'`, soon) }, "", " 1 alerts,"},
		"an old alert":     {func(p *planted) { p.letter(`'alert'`, `'unknown'`, ago) }, " 1 alerts,", " 1 alerts,"},
		"a fresh rung":     {func(p *planted) { p.exec(`UPDATE escalations SET due_at = $1`, soon) }, "", " 1 escalations,"},
		"an old rung":      {func(p *planted) { p.exec(`UPDATE escalations SET due_at = $1`, ago) }, " 1 escalations,", " 1 escalations,"},
		"a rung of others": {func(p *planted) { p.exec(`UPDATE escalations SET due_at = $1`, time.Now().Add(time.Minute)) }, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := plant(t)
			c.done(p)
			for by, want := range map[time.Time]string{time.Now().Add(-fresh): c.old, time.Now(): c.all} {
				left, err := p.left(t.Context(), by)
				p.must(err)
				if (left == "") != (want == "") || !strings.Contains(left, want) {
					t.Errorf("by %s ago %q is left, want %q", time.Since(by).Round(time.Second), left, want)
				}
			}
		})
	}
}

// TestAFreshAlertThatNeverLeavesIsNotQuiet: what is fresh when all else is over has to come
// to an end all the same.
func TestAFreshAlertThatNeverLeavesIsNotQuiet(t *testing.T) {
	t.Parallel()
	p := plant(t)
	p.letter(`'alert'`, `'queued'`, time.Now())
	p.must(p.calm(t.Context(), time.Minute, func() time.Time { return time.Now().Add(-fresh) }))
	err := p.calm(t.Context(), time.Second, time.Now)
	if err == nil || !strings.Contains(err.Error(), " 1 alerts,") {
		t.Errorf("an alert waits, and the end says %v", err)
	}
}
