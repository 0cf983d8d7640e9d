package cases

import (
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/devstack/testbed"
	"pulang/internal/seal"
	"pulang/internal/store"
)

// storeMany writes cases, the newest now and the oldest three years ago.
const storeMany = `
	INSERT INTO cases (id, ref, status, urgency, country, flow, queued_at, opened_at, first_viewed_at, closed_at)
	SELECT gen_random_uuid(), 'S' || i, CASE WHEN i % 5 = 0 THEN 'open' ELSE 'closed' END,
	       (ARRAY['low', 'medium', 'high', 'critical'])[1 + i % 4], (ARRAY['MM', 'KH', 'LA', ''])[1 + i % 4], 'victim', at, at, at + interval '9 minutes',
	       CASE WHEN i % 5 = 0 THEN NULL ELSE at + interval '1 day' END
	FROM (SELECT i, $1::timestamptz - i * (interval '3 years' / $2::float8) AS at FROM generate_series(1, $2::int) i) x`

// BenchmarkOverview looks at a month of three years of cases: OVERVIEW_CASES of them; a
// few thousand otherwise.
func BenchmarkOverview(b *testing.B) {
	many := 3000
	if n, err := strconv.Atoi(os.Getenv("OVERVIEW_CASES")); err == nil {
		many = n
	}
	url, now := stack.Database(b), testbed.Morning
	keys, err := seal.New()
	must(b, err)
	opened, err := store.Open(store.Options{URL: url, Keys: keys})
	must(b, err)
	b.Cleanup(opened.Close)
	dewi := store.Staff{ID: casefile.NewID(now), Login: "dewi", Name: casefile.Hide("Dewi"), Role: string(access.Supervisor),
		Team: store.MainTeam, Languages: []string{"id"}, Lang: casefile.Indonesian, CreatedAt: now}
	must(b, opened.InTx(b.Context(), func(tx *store.Tx) error { return tx.AddStaff(b.Context(), dewi) }))
	conn, err := pgx.Connect(b.Context(), url)
	must(b, err)
	_, err = conn.Exec(b.Context(), storeMany, now, many)
	must(b, err)
	_, err = conn.Exec(b.Context(), `ANALYZE cases`)
	must(b, err)
	must(b, conn.Close(b.Context()))

	desk := New(Options{Store: opened, Now: func() time.Time { return now }})
	for b.Loop() {
		o, err := desk.Overview(b.Context(), access.Staff{ID: dewi.ID, Role: access.Supervisor}, lastDays(now, 30))
		must(b, err)
		if o.Total < many*29/1096-1 || o.Total > many*30/1096+1 {
			b.Fatalf("%d cases in a month of %d in three years", o.Total, many)
		}
	}
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
