package cases

import (
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"pulang/internal/access"
)

// TestTheOverviewCountsItsMonthAmongManyCases stores cases over three years
// (OVERVIEW_CASES of them; a few thousand otherwise), looks at a month of them, and says
// how long that took.
func TestTheOverviewCountsItsMonthAmongManyCases(t *testing.T) {
	h := newHouse(t)
	many := 3000
	if n, err := strconv.Atoi(os.Getenv("OVERVIEW_CASES")); err == nil {
		many = n
	}
	if _, err := h.SQL().Exec(t.Context(), `
		INSERT INTO cases (id, ref, status, urgency, country, flow, queued_at, opened_at, first_viewed_at, closed_at)
		SELECT gen_random_uuid(), 'S' || i, CASE WHEN i % 5 = 0 THEN 'open' ELSE 'closed' END,
		       (ARRAY['low', 'medium', 'high', 'critical'])[1 + i % 4], (ARRAY['MM', 'KH', 'LA', ''])[1 + i % 4], 'victim', at, at, at + interval '9 minutes',
		       CASE WHEN i % 5 = 0 THEN NULL ELSE at + interval '1 day' END
		FROM (SELECT i, $1::timestamptz - i * (interval '3 years' / $2::float8) AS at FROM generate_series(1, $2::int) i) x`, h.Now(), many); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SQL().Exec(t.Context(), `ANALYZE cases`); err != nil {
		t.Fatal(err)
	}
	siti := h.Member("dewi", access.Supervisor)
	var took []time.Duration
	clock := time.Now
	for range 20 {
		began := clock()
		o, err := h.Overview(t.Context(), siti, h.days(30))
		if err != nil || o.Total < many*29/1096-1 || o.Total > many*30/1096+1 {
			t.Fatalf("%d cases in a month of %d in three years: %v", o.Total, many, err)
		}
		took = append(took, clock().Sub(began))
	}
	slices.Sort(took)
	t.Logf("%d cases: half within %v, all but one within %v", many, took[10], took[18])
}
