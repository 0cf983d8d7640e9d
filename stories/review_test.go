package stories

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"pulang/internal/casefile"
	"pulang/internal/fakes"
	"pulang/internal/store"
)

// exec runs a statement with the story's database.
func (h *house) exec(sql string, args ...any) {
	h.t.Helper()
	_, err := h.db.Exec(h.t.Context(), sql, args...)
	check(h.t, err)
}

// lastConversation is the conversation that was opened last.
func (h *house) lastConversation() casefile.ID {
	h.t.Helper()
	var id casefile.ID
	check(h.t, h.db.QueryRow(h.t.Context(), `SELECT id FROM conversations ORDER BY created_at DESC, id DESC LIMIT 1`).Scan(&id))
	return id
}

// spoil makes a sealed column of everything that is stored from now on unreadable,
// for one conversation.
func (h *house) spoil(table, column string, conversation casefile.ID) {
	h.t.Helper()
	h.exec(fmt.Sprintf(`
		CREATE FUNCTION spoil_%[1]s() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF NEW.conversation_id = '%[3]s' THEN NEW.%[2]s = '\x00'; END IF; RETURN NEW; END $$;
		CREATE TRIGGER spoil BEFORE INSERT ON %[1]s FOR EACH ROW EXECUTE FUNCTION spoil_%[1]s()`, table, column, conversation))
}

func TestALetterThatDoesNotOpenHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	rina, sari := h.Telegram("Rina", 1001), h.Telegram("Sari", 1002)
	rina.Says("halo").Hears("Pesanmu masuk")
	h.Settle()
	h.spoil("outbox", "body_sealed", h.lastConversation())
	h.telegram.Fail(1, fakes.Fault{Method: "sendMessage", Recipient: "1001", Status: 500}) // what left with its turn is opened from its row now
	rina.Says("1")
	h.Settle()
	h.Forward(5 * time.Second)
	rina.HearsNothing()
	sari.Says(plea).Hears("Pesanmu masuk")
	budi.Hears("KRITIS")
	if n := h.count(`SELECT count(*) FROM alarms WHERE kind = 'undelivered' AND case_id IS NOT NULL`); n != 1 {
		t.Errorf("%d alarms about the reply that could not be sent, want 1", n)
	}
}

func TestAnAlertWithoutWordsClimbsAndHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.Staff("budi", staffing{chat: 9001})
	h.exec(`UPDATE staff SET lang = 'xx'`)
	ani := h.Staff("ani", staffing{role: "supervisor", number: "+12025550112", offDuty: true})
	h.Telegram("Rina", 1001).Says(plea).Hears("Pesanmu masuk")
	ani.Hears("KRITIS") // the clock has not moved
}

func TestAnEndingWhoseConsequencesFailHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.exec(`
		CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF NEW.kind = 'undelivered' THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END $$;
		CREATE TRIGGER refuse BEFORE INSERT ON alarms FOR EACH ROW EXECUTE FUNCTION refuse()`)
	h.telegram.Fail(1, fakes.Fault{Method: "sendMessage", Recipient: "1001", Status: 400})
	h.Telegram("Rina", 1001).Says("halo")
	sari := h.Telegram("Sari", 1002)
	sari.Says("paspor saya dipegang bos").Hears("Pesanmu masuk")
	sari.Says("1").Hears("Gimana keadaanmu") // only after the ending of the line before it is written down
	h.Settle()
	if n := h.count(`SELECT count(*) FROM outbox WHERE state = 'failed'`); n != 1 {
		t.Errorf("%d failed letters are written down, want Rina's", n)
	}
}

func TestAnOldButtonAnswersNothingThatIsAskedNow(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina := h.Telegram("Rina", 1001)
	rina.Says("paspor saya dipegang bos").Hears("Pesanmu masuk")
	rina.Says("1").Hears("Gimana keadaanmu") // typed: the buttons of the opening line stay
	rina.Says("2").Hears("HP ini suka dibuka")
	h.Settle()
	facts := h.count(`SELECT count(*) FROM facts`)
	rina.Presses("a:2:1") // of the question about danger
	h.Settle()
	if n := h.count(`SELECT count(*) FROM facts`); n != facts {
		t.Errorf("a press on an old question was learned as %d facts", n-facts)
	}
	rina.Presses("a:1:2").HearsNothingLike("Kamu di negara mana") // "do not reply", to the opening line
	if n := h.count(`SELECT count(*) FROM turns WHERE silence <> ''`); n != 0 {
		t.Error("a press on the old opening line silenced the line")
	}
}

func TestAButtonOfTheWaitingQuestionStaysGoodWhenItIsRepeated(t *testing.T) {
	t.Parallel()
	h := open(t)
	chat := h.telegram.Chat(1001, "Rina")
	rina := h.Telegram("Rina", 1001)
	rina.Says("paspor saya dipegang bos").Hears("Pesanmu masuk")
	rina.Says("1").Hears("Gimana keadaanmu")
	chat.SendsPhoto("photo-1", "")
	h.Settle()
	rina.Presses("a:2:2").Hears("HP ini suka dibuka")
}

func TestPressingTwiceAnswersOneQuestion(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina := h.Telegram("Rina", 1001)
	rina.Says("paspor saya dipegang bos").Hears("Pesanmu masuk")
	check(t, rina.press("1"))
	check(t, rina.press("1"))
	rina.Hears("Gimana keadaanmu")
	h.Settle()
	if n := h.count(`SELECT count(*) FROM escalations`); n != 0 {
		t.Error("the second press on the opening line was read as an answer about danger")
	}
}

func TestAMessageIsStoredWhileItsLaneIsHeld(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina := h.Telegram("Rina", 1001)
	rina.Says("halo").Hears("Pesanmu masuk")
	h.Settle()
	lane := h.lastConversation()
	held, let, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- h.store.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.LockLane(t.Context(), lane)
			close(held)
			<-let
			return err
		})
	}()
	<-held
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second) // a webhook that waits for a lane gives up after ten
	defer cancel()
	rina.Says("1")
	err := h.telegram.Settled(ctx) // answered 200
	close(let)
	check(t, <-done)
	if err != nil {
		t.Error("the webhook waited for somebody else's lane")
	}
	rina.Hears("Ada yang lagi gawat")
}

func TestSilenceDoesNotReopenAClosedCase(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	h.Telegram("Rina", 1001).Says("paspor saya dipegang bos").Hears("Pesanmu masuk")
	shift := budi.Console()
	view, err := shift.desk.Open(t.Context(), shift.who, shift.ref())
	check(t, err)
	_, err = shift.desk.Acknowledge(t.Context(), shift.who, shift.ref())
	if err != nil {
		t.Logf("nothing to acknowledge: %v", err)
	}
	check(t, shift.ends(view, "salah kirim"))
	h.Forward(20 * time.Minute)
	h.Settle()
	if n := h.count(`SELECT count(*) FROM cases WHERE status = 'closed'`); n != 1 {
		t.Error("a silence opened the closed case")
	}
}

func TestDangerToldAgainIsHeardWhenNobodyLooksAnyMore(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	rina := h.Telegram("Rina", 1001)
	rina.Says(plea).Hears("Pesanmu masuk")
	budi.Hears("Balas OK").Acknowledges().Hears("Tercatat")
	rina.Says(plea) // past the opening line, which is something new
	budi.Hears("Balas OK").Acknowledges().Hears("Tercatat")
	rina.Says(plea)
	budi.HearsNothing() // somebody holds it
	shift := budi.Console()
	view, err := shift.desk.Open(t.Context(), shift.who, shift.ref())
	check(t, err)
	check(t, shift.ends(view, "sudah aman"))
	h.Forward(48 * time.Hour)
	budi.mark = len(budi.set.Shows())
	rina.Says(plea).Hears("Pesanmu masuk")
	budi.Hears("KRITIS")
}

func TestTwoTransactionsThatMetAreNoReasonToSetAside(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.exec(`
		CREATE SEQUENCE met;
		CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF nextval('met') <= 4 THEN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END IF; RETURN NEW; END $$;
		CREATE TRIGGER meet BEFORE INSERT ON turns FOR EACH ROW EXECUTE FUNCTION meet()`)
	h.Telegram("Rina", 1001).Says("halo").Hears("Pesanmu masuk")
	if n := h.count(`SELECT count(*) FROM alarms`) - h.count(`SELECT count(*) FROM alarms WHERE kind = 'nobody_on_duty'`); n != 0 {
		t.Error("the message was set aside")
	}
}

func TestALinkCodeInAGroupLinksNobody(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{number: "+12025550113"})
	var code string
	check(t, h.store.InTx(t.Context(), func(tx *store.Tx) (err error) {
		code, err = h.line.Escalation().NewLinkCode(t.Context(), tx, budi.id, casefile.System("test"), h.clock.Now())
		return err
	}))
	h.telegram.Group(-4001, "Tim").Says("LINK " + code)
	h.Settle()
	if n := h.count(`SELECT count(*) FROM staff_addresses WHERE channel = 'telegram'`); n != 0 {
		t.Error("a group became a member of staff: anybody in it could acknowledge")
	}
	h.Telegram("budi", 9001).Says("LINK " + code).Hears("terhubung")
}

func TestAnAddressThatMovedToOneWithAConversationIsLeftAlone(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.telegram.Group(-1004001, "Keluarga")
	group := h.telegram.Group(-4001, "Keluarga")
	group.Says("halo")
	h.Settle()
	old := h.lastConversation()
	h.post(t, "/webhooks/telegram", `{"update_id":770001,"message":{"message_id":5,"date":1,"chat":{"id":-1004001,"type":"supergroup","title":"Keluarga"},"text":"halo"}}`,
		map[string]string{"X-Telegram-Bot-Api-Secret-Token": "story-secret"})
	h.Settle()
	group.MigratesTo(-1004001)
	h.Settle()
	id := casefile.NewID(h.clock.Now())
	check(t, h.store.InTx(t.Context(), func(tx *store.Tx) error {
		lane, err := tx.LockLane(t.Context(), old)
		if err != nil {
			return err
		}
		return tx.Queue(t.Context(), store.Letter{ID: id, Conversation: old, Channel: "telegram", Purpose: casefile.ForAnswer, Priority: store.InItsTurn,
			Body: casefile.Hide("Halo"), QueuedAt: h.clock.Now()}, lane.Key)
	}))
	h.line.Wake()
	h.Settle()
	if n := h.count(`SELECT count(*) FROM outbox WHERE id = $1 AND state = 'failed' AND attempts = 1`, id); n != 1 {
		t.Error("the letter did not end")
	}
}

func TestABareOKIsNoGuess(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{number: "+12025550113"})
	h.Telegram("Rina", 1001).Says(plea).Hears("Pesanmu masuk")
	budi.Hears("Balas OK")
	code := budi.Code()
	for range 6 {
		budi.Says("OK").Hears("OK KODE")
	}
	budi.Says("OK " + code).Hears("Tercatat")
}

func TestTheButtonWorksAfterTooManyWrongCodes(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	h.Telegram("Rina", 1001).Says(plea).Hears("Pesanmu masuk")
	budi.Hears("Balas OK")
	code := budi.Code()
	for range 5 {
		budi.Says("OK K7Q3").Hears("Kode itu tidak ada")
	}
	budi.Says("OK " + code).Hears("Terlalu banyak")
	budi.Presses("ok:" + code).Hears("Tercatat")
}

func TestAReplacedCodeStillLeadsToItsCaseAndIsNoGuess(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	h.Telegram("Rina", 1001).Says(plea).Hears("Pesanmu masuk")
	budi.Hears("Balas OK")
	old := budi.Code()
	budi.Acknowledges().Hears("Tercatat")
	h.Forward(10 * time.Minute) // and the case was not answered
	budi.Hears("KRITIS")
	now := budi.Code()
	for range 6 {
		budi.Says("OK " + old).Hears("Balas OK " + now)
	}
	shift := budi.Console()
	if ref, err := shift.desk.RefOfCode(t.Context(), shift.who, old); err != nil || ref != shift.ref() {
		t.Errorf("the link with the old code leads to %q: %v", ref, err)
	}
	budi.Says("OK " + now).Hears("Tercatat")
}

func TestNoPlainColumnSaysThatItIsNotSafe(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	rina := h.Telegram("Rina", 1001)
	rina.Says(plea).Hears("Pesanmu masuk")
	rina.Presses("2")
	h.Settle()
	if sent := budi.Console().Takes().Replies("Kami di sini."); !sent.Held {
		t.Error("a reply to somebody who is not safe was not held")
	}
	plain := h.table(`SELECT silence FROM turns UNION ALL SELECT reason FROM outbox`)
	if strings.Contains(plain, "safe") {
		t.Errorf("plain columns say what she said:\n%s", plain)
	}
}

// redisTurn is the turn of the only session that Redis holds.
func redisTurn(t *testing.T, client *redis.Client) uint64 {
	t.Helper()
	keys := client.Keys(t.Context(), "*").Val()
	if len(keys) != 1 {
		t.Fatalf("Redis holds %d keys, want the session", len(keys))
	}
	return binary.BigEndian.Uint64([]byte(client.Get(t.Context(), keys[0]).Val()))
}

func TestASessionOfTurnsThatPostgresLostIsForgotten(t *testing.T) {
	t.Parallel()
	h := openWith(t, func(h *house) { h.redisURL = stack.Redis(t) })
	o, err := redis.ParseURL(h.redisURL)
	check(t, err)
	client := redis.NewClient(o)
	t.Cleanup(func() { _ = client.Close() })
	rina := h.Telegram("Rina", 1001)
	rina.Says("paspor saya dipegang bos").Hears("Pesanmu masuk")
	h.Settle()
	h.exec(`CREATE TABLE backup AS SELECT id, turn, checkpoint_sealed FROM conversations`)
	rina.Says("1").Hears("Gimana keadaanmu")
	rina.Says("2").Hears("HP ini suka dibuka")
	rina.Says("3").Hears("Kamu di negara mana")
	h.Settle()
	h.exec(`UPDATE conversations c SET turn = b.turn, checkpoint_sealed = b.checkpoint_sealed FROM backup b WHERE b.id = c.id`)
	h.exec(`DELETE FROM facts WHERE turn > 1`)
	h.exec(`DELETE FROM messages WHERE turn > 1`)
	h.exec(`DELETE FROM turns WHERE turn > 1`)
	rina.Says("1").Hears("Gimana keadaanmu")
	h.Settle()
	if turn := redisTurn(t, client); turn != 2 {
		t.Errorf("Redis holds turn %d, which Postgres lost; want 2", turn)
	}
}

func TestStoppingWaitsNoLongerThanItMay(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina := h.Telegram("Rina", 1001)
	release := make(chan struct{})
	h.telegram.Fail(1, fakes.Fault{Method: "sendMessage", Hang: time.Minute, Release: release})
	rina.Says("halo")
	for h.count(`SELECT count(*) FROM outbox WHERE state = 'claimed'`) == 0 {
		select {
		case <-h.changed:
		case <-time.After(50 * time.Millisecond): // a claim is no commit of a turn
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	started := time.Now()
	err := h.line.Stop(ctx)
	if took := time.Since(started); err == nil || took > 3*time.Second {
		t.Errorf("stopping took %v and said %v", took.Round(time.Millisecond), err)
	}
	close(release)
}

func TestAlertsThatPiledUpAreSaidOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	h.telegram.Fail(-1, fakes.Fault{Method: "sendMessage", Recipient: "9001", Status: 500})
	h.Telegram("Rina", 1001).Says(plea).Hears("Pesanmu masuk")
	for range 15 {
		h.Forward(time.Minute)
	}
	h.Settle()
	h.telegram.Heal()
	h.Forward(time.Minute)
	budi.Hears("KRITIS")
	h.Settle()
	if n := len(budi.Said()); n > 2 {
		t.Errorf("%d alerts at once when Telegram came back", n)
	}
	if n := h.count(`SELECT count(*) FROM outbox WHERE purpose = 'alert'`); n < 5 {
		t.Errorf("only %d alerts were queued: the ladder stood still", n)
	}
}

func TestAnUncertainReplyToDangerIsNotRepeatedWithoutRest(t *testing.T) {
	t.Parallel()
	h := open(t)
	rina := h.Telegram("Rina", 1001)
	h.telegram.Fail(-1, fakes.Fault{Method: "sendMessage", Recipient: "1001", ResetAfterAccepting: true})
	rina.Says(plea)
	for range 48 {
		h.Forward(5 * time.Second)
	}
	h.Settle()
	h.telegram.Heal()
	if n := len(rina.Said()); n < 3 || n > 10 {
		t.Errorf("the same line was sent %d times in four minutes", n)
	}
}

func TestANumberOfACountryWherePeopleAreHeldCounts(t *testing.T) {
	t.Parallel()
	h := open(t)
	budi := h.Staff("budi", staffing{chat: 9001})
	sari := h.SMS("Sari", "+959421234567")
	sari.Says("halo").Hears("Pesanmu masuk")
	h.Forward(15 * time.Minute)
	budi.Hears("TINGGI") // rule M6b: a first message, then silence
	if n := h.count(`SELECT count(*) FROM conversations WHERE number_country = 'MM'`); n != 1 {
		t.Error("the country of the number is not known")
	}
}

func TestASatellitePhoneIsHeard(t *testing.T) {
	t.Parallel()
	h := open(t)
	form := "MessageSid=SM00000000000000000000000000000009&From=%2B881612345678&To=%2B12025550100&Body=tolong"
	signature := fakes.Signature(h.twilio.Options().AuthToken, publicURL+"/webhooks/twilio/message", map[string][]string{
		"MessageSid": {"SM00000000000000000000000000000009"}, "From": {"+881612345678"}, "To": {lineNumber}, "Body": {"tolong"}})
	status := h.post(t, "/webhooks/twilio/message", form, map[string]string{"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature})
	if status != http.StatusOK {
		t.Errorf("status %d, want 200", status)
	}
}

// HearsNothingLike waits until nothing is on its way and asks that these words were
// not said since.
func (p *phone) HearsNothingLike(words string) *phone {
	p.t.Helper()
	p.h.Settle()
	for _, s := range p.set.Shows()[p.mark:] {
		if s.FromLine && strings.Contains(s.Text, words) {
			p.t.Fatalf("%s should not hear %q:\n%s", p.name, words, p.Screen())
		}
	}
	return p
}
