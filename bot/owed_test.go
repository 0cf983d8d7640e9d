package bot_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/bot"
)

func TestNothingLeavesAheadOfWhatIsStillToBeSaid(t *testing.T) {
	t.Parallel()
	s := openSpeedy(t, stack, stack.Database(t))
	all := people(s, 1)
	s.everybody(t, all, "mau tanya lowongan kerja di kamboja aman tidak")
	waitUntil(t, s.url, `SELECT count(*)::int FROM outbox WHERE state = 'sent' AND conversation_id IS NOT NULL`)
	db, err := pgx.Connect(t.Context(), s.url)
	must(t, err)
	defer db.Close(t.Context())
	_, err = db.Exec(t.Context(), `UPDATE outbox SET state = 'unknown', not_before = $1`, time.Now().Add(time.Hour))
	must(t, err)
	must(t, s.line.Receive(t.Context(), []bot.Arrived{s.says(all[0], "1")}))
	// An ordinary reply, which would leave with its turn otherwise.
	if n := ask(t, s.url, `SELECT count(*)::int FROM outbox WHERE state = 'queued' AND turn = 2 AND position = 0 AND priority = 5`); n == 0 {
		t.Error("the second reply left while nobody knew what became of the first")
	}
	_, err = db.Exec(t.Context(), `UPDATE outbox SET state = 'sent' WHERE state = 'unknown'`)
	must(t, err)
	waitUntil(t, s.url, `SELECT count(*)::int FROM outbox WHERE state = 'sent' AND turn = 2`)
}
