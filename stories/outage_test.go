package stories

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"pulang/internal/spool"
)

// wire is the line's way to the database, which a story can cut.
type wire struct {
	h     *house
	proxy *toxiproxy.Proxy
	dir   string // of the spool
}

// outage is a house whose line has a spool, and a wire to the database.
func outage(t *testing.T, most int64) (*house, *wire) {
	t.Helper()
	w := &wire{dir: t.TempDir()}
	h := openWith(t, func(h *house) {
		at, err := url.Parse(h.dbURL)
		check(t, err)
		w.proxy = toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "postgres", "127.0.0.1:0", at.Host)
		check(t, w.proxy.Start())
		t.Cleanup(w.proxy.Stop)
		at.Host = w.proxy.Listen
		h.lineDB = at.String()
		h.spool, err = spool.Open(spool.Options{Dir: w.dir, Keys: h.keys, Now: h.clock.Now, Most: most})
		check(t, err)
		t.Cleanup(func() { _ = h.spool.Close() })
	})
	w.h = h
	return h, w
}

// cut ends every connection and refuses new ones, as when the server is gone.
func (w *wire) cut() { w.proxy.Stop() }

// hang lets nothing through any more, as when the server is stopped or the net is.
func (w *wire) hang() {
	w.h.t.Helper()
	for _, stream := range []string{"upstream", "downstream"} {
		_, err := w.proxy.Toxics.AddToxicJson(strings.NewReader(fmt.Sprintf(`{"type":"timeout","stream":%q,"attributes":{"timeout":0}}`, stream)))
		check(w.h.t, err)
	}
}

// mend makes the database reachable again.
func (w *wire) mend() {
	w.h.t.Helper()
	w.proxy.Toxics.ResetToxics(w.h.t.Context())
	w.proxy.Stop() // connections that hung are broken
	check(w.h.t, w.proxy.Start())
	w.h.line.Wake()
}

// accepted waits until every SMS webhook has its answer.
func (w *wire) accepted() {
	w.h.t.Helper()
	check(w.h.t, w.h.twilio.Settled(w.h.t.Context()))
}

// waits is how many records are in the spool.
func (w *wire) waits() int {
	n, _, _ := w.h.spool.Waiting()
	return n
}

// told moves the clock past the first seconds of the outage.
func (w *wire) told() {
	w.h.clock.Forward(6 * time.Second)
	w.h.line.Wake()
}

const (
	outageID   = "sedang ada gangguan"
	outageEN   = "something is not working"
	outageBoth = "Automatic: something is not working"
)

func TestAnSMSOutlivesAnOutageInOrderAndOnce(t *testing.T) {
	t.Parallel()
	for name, breaks := range map[string]func(*wire){"cut": (*wire).cut, "hanging": (*wire).hang} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, w := outage(t, 0)
			budi := h.Staff("budi", staffing{chat: 9001})
			sari := h.SMS("Sari", "+12025550144")
			sari.Says("halo").Hears("Pesanmu masuk")
			h.Settle()
			h.twilio.Redeliver(true, true)
			breaks(w)
			began := h.clock.Now()
			for _, text := range []string{"1", "tolong saya disekap", "di lantai dua"} {
				sari.write(text)
				w.accepted()
			}
			if n := w.waits(); n != 9 { // each came three times
				t.Errorf("%d wait in the spool, want 9", n)
			}
			if n := h.count(`SELECT count(*) FROM messages WHERE channel = 'sms' AND kind = 'text'`); n != 1 {
				t.Errorf("%d messages are stored while the database is away, want 1", n)
			}
			h.clock.Forward(2 * time.Minute)
			w.mend()
			sari.write("mereka datang") // behind what waits
			budi.Hears("Balas OK")
			h.until("nothing waits in the spool", func() bool { return w.waits() == 0 })
			h.Settle()
			if n := h.count(`SELECT count(*) FROM messages WHERE channel = 'sms' AND kind = 'text' AND state = 'taken'`); n != 5 {
				t.Errorf("%d messages have their turn, want 5", n)
			}
			if n := h.count(`SELECT count(*) FROM messages WHERE received_at = $1 AND kind = 'text'`, began); n != 4 {
				t.Errorf("%d messages say that they came when they came, want 4 (the first came then, too)", n)
			}
			w.inOrder("halo", "1", "tolong saya disekap", "di lantai dua", "mereka datang")
			if n := h.count(`SELECT count(*) FROM cases`); n != 1 {
				t.Errorf("%d cases, want 1", n)
			}
		})
	}
}

// inOrder asks that what Sari wrote was taken in this order.
func (w *wire) inOrder(want ...string) {
	w.h.t.Helper()
	sids := map[string]string{}
	for _, m := range w.h.twilio.Phone("+12025550144").Shows() {
		sids[m.SID] = m.Text
	}
	rows, err := w.h.db.Query(w.h.t.Context(), `SELECT provider_id FROM messages WHERE kind = 'text' AND channel = 'sms' ORDER BY turn, arrival`)
	check(w.h.t, err)
	defer rows.Close()
	var got []string
	for rows.Next() {
		var sid string
		check(w.h.t, rows.Scan(&sid))
		got = append(got, sids[sid])
	}
	if !slices.Equal(got, want) {
		w.h.t.Errorf("taken in the order %q, want %q", got, want)
	}
}

func TestTelegramRepeatsWhatAnOutageRefused(t *testing.T) {
	t.Parallel()
	h, w := outage(t, 0)
	rina := h.Telegram("Rina", 1001)
	w.cut()
	rina.Says("halo")
	status := h.post(t, "/webhooks/telegram", `{"update_id":991,"message":{"message_id":5,"date":1,"chat":{"id":1002,"type":"private"},"text":"halo"}}`,
		map[string]string{"X-Telegram-Bot-Api-Secret-Token": "story-secret", "Content-Type": "application/json"})
	if status != http.StatusServiceUnavailable || w.waits() != 0 {
		t.Errorf("status %d and %d in the spool, want 503 and none", status, w.waits())
	}
	w.mend()
	rina.Hears("Pesanmu masuk")
	h.Settle()
	if n := h.count(`SELECT count(*) FROM messages WHERE kind = 'text'`); n != 1 {
		t.Errorf("%d messages stored, want 1", n)
	}
}

func TestRule39OneHarmlessLinePerPersonAndOutage(t *testing.T) {
	t.Parallel()
	h, w := outage(t, 0)
	budi := h.Staff("budi", staffing{chat: 9001})
	h.Settle()
	h.Forward(11 * time.Minute) // the addresses of staff are read now and then
	h.SMS("Eko", "+12025550150").Says("halo").Hears("Pesanmu masuk")
	h.Settle()
	w.cut()
	sari, joe := h.SMS("Sari", "+12025550144"), h.SMS("Joe", "+12025550145")
	who := h.SMS("Who", "+12025550146")
	no, quiet := h.SMS("No", "+12025550147"), h.SMS("Quiet", "+12025550148")
	rina := h.Telegram("Rina", 1001)
	sari.Says("tolong saya disekap di sini")
	joe.Says("please help me, they locked us in a room")
	who.Says("???")
	no.Says("2") // "do not reply", after an opening line
	quiet.Says("diam")
	rina.Says("halo kak")
	budi.phone.Says("ON")
	w.accepted()
	h.line.Wake()
	silent := []*phone{no, quiet, budi.phone}
	for _, p := range append(silent, sari, joe, who, rina) {
		p.saidNothing()
	}
	w.told()
	sari.Hears(outageID)
	joe.Hears(outageEN)
	who.Hears(outageBoth)
	rina.Hears(outageID)
	for _, p := range []*phone{sari, joe, who, rina} {
		p.write("halo?")
	}
	w.accepted()
	w.told()
	w.told()
	for _, p := range silent {
		p.saidNothing()
	}
	w.mend()
	sari.Hears("Pesanmu masuk")
	rina.Hears("Pesanmu masuk")
	h.Settle()
	for _, p := range []*phone{sari, joe, who, rina} {
		n := 0
		for _, text := range p.Said() {
			if strings.Contains(text, outageID) || strings.Contains(text, outageEN) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s heard of the outage %d times, want once:\n%s", p.name, n, p.Screen())
		}
	}
	w.cut()
	sari.Says("masih di sana?")
	w.accepted()
	w.told()
	sari.Hears(outageID) // another outage
	w.mend()
}

// saidNothing asks that the line has said nothing since the phone last wrote. It does
// not wait: what must not come is looked for once more at the end.
func (p *phone) saidNothing() {
	p.t.Helper()
	for _, s := range p.set.Shows()[p.mark:] {
		if s.FromLine {
			p.t.Errorf("%s should hear nothing, and sees:\n%s", p.name, p.Screen())
		}
	}
}

func TestWhatWaitedTooLongAlertsAndIsNotAnswered(t *testing.T) {
	t.Parallel()
	h, w := outage(t, 0)
	budi := h.Staff("budi", staffing{chat: 9001})
	h.Settle()
	w.cut()
	sari := h.SMS("Sari", "+12025550144")
	sari.Says("tolong saya disekap, dipukuli")
	w.accepted()
	w.told()
	sari.Hears(outageID)
	h.clock.Forward(20 * time.Minute) // phones change hands
	w.mend()
	budi.Hears("Balas OK")
	sari.HearsNothing()
	sari.Says("halo").Hears("Pesanmu masuk")
}

func TestAPoisonousMessageInTheSpoolHurtsNobodyElse(t *testing.T) {
	t.Parallel()
	h, w := outage(t, 0)
	sari, eko := h.SMS("Sari", "+12025550144"), h.SMS("Eko", "+12025550145")
	sari.Says("halo").Hears("Pesanmu masuk")
	h.Settle()
	w.cut()
	sari.Says("1")
	w.accepted()
	eko.Says("halo")
	w.accepted()
	_, err := h.db.Exec(t.Context(), `
		CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF NEW.conversation_id IN (SELECT id FROM conversations ORDER BY created_at LIMIT 1) THEN RAISE EXCEPTION 'spoiled'; END IF; RETURN NEW; END $$;
		CREATE TRIGGER spoil BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION spoil()`)
	check(t, err)
	w.mend()
	eko.Hears("Pesanmu masuk")
	h.until("an alarm says so", func() bool { return h.count(`SELECT count(*) FROM alarms WHERE kind = 'spool'`) == 1 })
	if found, err := spool.Look(w.dir); err != nil || found.Aside != 1 || found.Files != 0 {
		t.Errorf("the folder holds %+v (%v), want one aside", found, err)
	}
}

// TestAMessageInTheSpoolThatMeetsOthersIsNotLaidAside: it is refused for a while because
// transactions meet, and stored when they do no more; but not for ever.
func TestAMessageInTheSpoolThatMeetsOthersIsNotLaidAside(t *testing.T) {
	t.Parallel()
	for ends, meets := range map[string]int{"taken": 7, "aside": 1 << 30} {
		t.Run(ends, func(t *testing.T) {
			t.Parallel()
			h, w := outage(t, 0)
			sari := h.SMS("Sari", "+12025550144")
			sari.Says("halo").Hears("Pesanmu masuk")
			h.Settle()
			w.cut()
			sari.Says("1")
			w.accepted()
			for _, sql := range []string{
				`CREATE SEQUENCE meets`, // it counts also what is rolled back
				fmt.Sprintf(`CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
					IF nextval('meets') <= %d THEN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END IF; RETURN NEW; END $$`, meets),
				`CREATE TRIGGER meet BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION meet()`,
			} {
				_, err := h.db.Exec(t.Context(), sql)
				check(t, err)
			}
			w.mend()
			if ends == "taken" {
				h.until("it is stored", func() bool { return h.count(`SELECT count(*) FROM messages WHERE state = 'taken'`) == 2 })
				if found, err := spool.Look(w.dir); err != nil || found.Aside != 0 {
					t.Errorf("the folder holds %+v (%v), want none aside", found, err)
				}
				return
			}
			h.until("it was tried often", func() bool { return h.count(`SELECT last_value FROM meets`) > 12 })
			if found, err := spool.Look(w.dir); err != nil || found.Aside != 0 {
				t.Errorf("the folder holds %+v (%v), want none aside yet", found, err)
			}
			h.clock.Forward(3 * time.Minute)
			h.until("an alarm says so", func() bool { return h.count(`SELECT count(*) FROM alarms WHERE kind = 'spool'`) == 1 })
		})
	}
}

// until lets the line look again and again, until something holds.
func (h *house) until(claim string, holds func() bool) {
	h.t.Helper()
	deadline, tick := time.After(patience), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for !holds() {
		h.line.Wake()
		select {
		case <-tick.C:
		case <-deadline:
			h.t.Fatalf("not so in time: %s", claim)
		}
	}
}

func TestAFullSpoolMakesTheProviderTryAgain(t *testing.T) {
	t.Parallel()
	h, w := outage(t, 1)
	w.cut()
	h.twilio.Phone("+12025550144").Says("tolong")
	w.accepted()
	if lost := h.twilio.Lost(); len(lost) != 1 || len(lost[0].Statuses) != 5 || lost[0].Statuses[4] != http.StatusServiceUnavailable {
		t.Errorf("lost %+v, want one after five attempts", lost)
	}
	w.mend()
	h.Settle()
	if n := h.count(`SELECT count(*) FROM messages`); n != 0 {
		t.Errorf("%d messages, and none was accepted", n)
	}
}

func TestAStatusOutlivesAnOutage(t *testing.T) {
	t.Parallel()
	h, w := outage(t, 0)
	sari := h.SMS("Sari", "+12025550144")
	h.twilio.Hold()
	sari.Says("halo")
	h.twilio.Release(nil)
	sari.Hears("Pesanmu masuk")
	h.twilio.Hold() // the statuses
	h.line.Wake()
	w.cut()
	h.twilio.Release(nil)
	w.accepted()
	w.mend()
	h.until("the reply counts as delivered", func() bool {
		return h.count(`SELECT count(*) FROM outbox WHERE purpose = 'answer' AND state = 'delivered'`) == 1
	})
}

func TestAfterAnOutageWhoeverHadALetterWritesDownFirstWhatTheyKnow(t *testing.T) {
	t.Parallel()
	h, w := outage(t, 0)
	sari := h.SMS("Sari", "+12025550144")
	sari.Says("halo").Hears("Pesanmu masuk")
	h.Settle()
	// another process sent it, and the database went away before it could write that down
	h.exec(`UPDATE outbox SET state = 'claimed', claim = gen_random_uuid(), claimed_until = $1, sent_at = NULL`, h.clock.Now().Add(30*time.Second)) // the lease
	claimed := func() int { return h.count(`SELECT count(*) FROM outbox WHERE state = 'claimed'`) }
	had := claimed()
	if had == 0 {
		t.Fatal("nothing is claimed")
	}
	w.cut()
	failed := func() bool { return strings.Contains(h.logs.String(), `"loop":"delivery"`) }
	h.until("the look for claims that are over fails", failed)
	h.clock.Forward(time.Minute)
	w.mend()
	h.Telegram("Rina", 1001).Says("halo").Hears("Pesanmu masuk") // the database is back
	woken := 0
	h.until("everything was woken often", func() bool { woken++; return woken > 50 || claimed() < had })
	if n := claimed(); n != had {
		t.Errorf("%d claims stand, want all %d: their process may be about to write down that they were sent", n, had)
	}
	h.until("a claim whose process is gone ends", func() bool { h.clock.Forward(time.Second); return claimed() == 0 })
}
