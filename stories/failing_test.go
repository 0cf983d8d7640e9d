package stories

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"pulang/internal/casefile"
	"pulang/internal/fakes"
)

// corrupt makes the checkpoint of one chat unreadable, and lets Redis forget it.
func (h *house) corrupt(t *testing.T, conversation string) {
	t.Helper()
	o, err := redis.ParseURL(h.redisURL)
	check(t, err)
	client := redis.NewClient(o)
	defer func() { _ = client.Close() }()
	_, err = h.db.Exec(t.Context(), `UPDATE conversations SET checkpoint_sealed = sha256('x') WHERE id = $1`, conversation)
	check(t, err)
	check(t, client.FlushAll(t.Context()).Err())
}

// newest is the id of the conversation that began last.
func (h *house) newest(t *testing.T) (id string) {
	t.Helper()
	check(t, h.db.QueryRow(t.Context(), `SELECT id::text FROM conversations ORDER BY id DESC LIMIT 1`).Scan(&id))
	return id
}

func ownRedis(t *testing.T) func(*house) {
	return func(h *house) { h.redisURL = stack.Redis(t) }
}

func TestPeopleWhoseTurnFailsDoNotStandInFrontOfOthers(t *testing.T) {
	t.Parallel()
	h := openWith(t, ownRedis(t))
	const many = 120 // more than are listed at once
	_, err := h.db.Exec(t.Context(), `
		CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poison'; END $$;
		CREATE TRIGGER refuse BEFORE UPDATE ON messages FOR EACH ROW WHEN (OLD.provider_id LIKE 'bad%') EXECUTE FUNCTION refuse()`)
	check(t, err) // neither their turn nor setting them aside goes well, ever
	_, err = h.db.Exec(t.Context(), `
		WITH bad AS (
			INSERT INTO conversations (id, channel, address_index, address_sealed, wrapped_key, created_at)
			SELECT gen_random_uuid(), 'telegram', sha256(n::text::bytea), 'x', 'x', $1 FROM generate_series(1, $2::int) n RETURNING id)
		INSERT INTO messages (id, conversation_id, channel, provider_id, kind, state, received_at)
		SELECT gen_random_uuid(), id, 'telegram', 'bad' || id, 'text', 'waiting', $1 FROM bad`, h.clock.Now(), many)
	check(t, err)
	rina := h.Telegram("Rina", 1001)
	rina.Says("halo").Hears("Pesanmu masuk")
	// what no webhook answered is found behind all of them
	_, err = h.db.Exec(t.Context(), `UPDATE messages SET state = 'waiting', turn = NULL WHERE provider_id NOT LIKE 'bad%'`)
	check(t, err)
	h.line.Wake()
	rina.Hears("")
	if n := h.count(`SELECT count(*) FROM messages WHERE state = 'waiting'`); n != many {
		t.Errorf("%d messages wait, want the %d that are refused", n, many)
	}
}

func TestAWatchThatFailsIsPutOffAndOthersAreLookedAt(t *testing.T) {
	t.Parallel()
	h := openWith(t, ownRedis(t))
	budi := h.Staff("budi", staffing{chat: 9001})
	rina := h.Telegram("Rina", 1001)
	rina.Says("tolong").Hears("Pesanmu masuk")
	h.Settle()
	bad := h.newest(t)
	sari := h.Telegram("Sari", 1002)
	sari.Says("tolong").Hears("Pesanmu masuk")
	h.Settle()
	h.corrupt(t, bad)
	h.Forward(5 * time.Minute)
	budi.Hears("KRITIS") // sari's silence
	h.Settle()           // so nothing that is due is left
	if n := h.count(`SELECT count(*) FROM watches WHERE conversation_id = $1 AND due_at = $2`, bad, h.clock.Now().Add(time.Minute)); n != 1 {
		t.Error("the watch that failed was not put off by a minute")
	}
	if n := h.count(`SELECT count(*) FROM alarms WHERE kind = 'failing' AND conversation_id = $1`, bad); n != 1 {
		t.Errorf("%d alarms about it, want 1", n)
	}
}

func TestADamagedKeyBeginsAnewAndThePersonIsAnswered(t *testing.T) {
	t.Parallel()
	h := openWatched(t, ownRedis(t), plainDog)
	budi := h.Staff("budi", staffing{chat: 9001})
	rina := h.Telegram("Rina", 1001)
	rina.Says("paspor saya dipegang bos").Hears("Pesanmu masuk")
	h.Settle()
	bad := h.newest(t)
	_, err := h.db.Exec(t.Context(), `UPDATE conversations SET wrapped_key = overlay(wrapped_key placing '\x00' from 20) WHERE id = $1`, bad)
	check(t, err)
	rina.Says("tolong saya disekap, dipukuli").Hears("Pesanmu masuk")
	budi.Hears("KRITIS")
	rina.Answers("1").Hears("HP ini suka")
	h.pager.Hears("Kunci sebuah percakapan rusak")
	h.Settle()
	for what, want := range map[string]int{
		`conversations WHERE damaged_at IS NOT NULL AND address_index IS NULL AND address_index_next IS NULL AND wrapped_key IS NOT NULL`: 1,
		`conversations WHERE damaged_at IS NULL`: 1,
		`cases`:                                  2,
		`cases WHERE queued_at IS NOT NULL AND status = 'open'`: 2,
		`alarms WHERE kind = 'damaged' AND times = 1`:           1,
		`messages WHERE state = 'taken'`:                        3,
		`audit WHERE action = 'conversation.damaged'`:           1,
		`watches WHERE conversation_id = '` + bad + `'`:         0,
	} {
		if got := h.count(`SELECT count(*) FROM ` + what); got != want {
			t.Errorf("%s: %d, want %d", what, got, want)
		}
	}
	if health, err := h.store.Health(t.Context(), h.clock.Now()); err != nil || health.Damaged != 1 {
		t.Errorf("health tells of %d damaged conversations, want 1 (%v)", health.Damaged, err)
	}
}

func TestWhatWaitsUnderADamagedKeyIsSetAside(t *testing.T) {
	t.Parallel()
	h := openWith(t, ownRedis(t))
	rina := h.Telegram("Rina", 1001)
	rina.Says("paspor saya dipegang bos").Hears("Pesanmu masuk")
	h.Settle()
	tx, err := h.db.Begin(t.Context())
	check(t, err)
	_, err = tx.Exec(t.Context(), `UPDATE conversations SET wrapped_key = sha256('x')`)
	check(t, err)
	_, err = tx.Exec(t.Context(), `
		INSERT INTO messages (id, conversation_id, channel, provider_id, kind, state, received_at)
		SELECT $1, id, channel, 'waits', 'text', 'waiting', $2 FROM conversations`, casefile.NewID(h.clock.Now()), h.clock.Now())
	check(t, errors.Join(err, tx.Commit(t.Context())))
	h.Settle()
	if n := h.count(`SELECT count(*) FROM messages WHERE state = 'set_aside' AND attempts = 0`); n != 1 {
		t.Errorf("%d messages set aside at once, want 1", n)
	}
	if n := h.count(`SELECT count(*) FROM alarms WHERE kind = 'damaged'`); n != 1 {
		t.Errorf("%d alarms about it, want 1", n)
	}
}

// TestAnAddressThatMovedAfterItsKeyIsGoneHoldsUpNobody: the provider says that the
// address moved, and its conversation cannot be opened any more.
func TestAnAddressThatMovedAfterItsKeyIsGoneHoldsUpNobody(t *testing.T) {
	t.Parallel()
	h := open(t)
	release := make(chan struct{})
	h.telegram.Fail(1, fakes.Fault{Recipient: "-4001", Status: http.StatusBadRequest, Hang: time.Minute, Release: release,
		Body: `{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1004001}}`})
	h.telegram.Group(-4001, "Keluarga").Says("halo")
	h.until("the reply is on its way", func() bool { return len(h.telegram.Calls()) == 1 })
	_, err := h.db.Exec(t.Context(), `UPDATE conversations SET wrapped_key = '\x01'`)
	check(t, err)
	close(release)
	h.until("the reply has ended", func() bool { return h.count(`SELECT count(*) FROM outbox WHERE state = 'failed'`) == 1 })
	if n := h.count(`SELECT count(*) FROM alarms WHERE kind = 'unreachable'`); n != 1 {
		t.Errorf("%d alarms say that nobody is behind the address any more, want 1", n)
	}
	if logs := h.logs.String(); strings.Contains(logs, "not written down yet") {
		t.Error("the settling stood still for it")
	}
}

func TestAWatchThatTakesTooLongIsPutOff(t *testing.T) {
	t.Parallel()
	h := openWatched(t, asIs, plainDog)
	h.Telegram("Rina", 1001).Says("tolong").Hears("Pesanmu masuk")
	h.Settle()
	letGo := h.hold(t) // somebody sits on the lane
	h.clock.Forward(6 * time.Minute)
	h.until("the watch rests and stands as an alarm", func() bool {
		return h.count(`SELECT count(*) FROM alarms WHERE kind = 'failing'`) == 1 && h.count(`SELECT count(*) FROM watches WHERE due_at <= $1`, h.clock.Now()) == 0
	})
	letGo()
	h.Forward(time.Minute)
	h.Settle()
	if n := h.count(`SELECT count(*) FROM escalations WHERE urgency = 'critical' AND state = 'climbing'`); n != 1 {
		t.Errorf("%d critical escalations after the lane was free, want the one of her silence", n)
	}
}
