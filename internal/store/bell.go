package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
)

// MostRinging is how many unanswered alerts are read for a page; more are not counted.
const MostRinging = 99

// Ringing is a case whose alert nobody has acknowledged.
type Ringing struct {
	Case casefile.ID
	At   time.Time // when it began, or when the member of staff was last alerted
}

// Ringing reads what rings for a member of staff, the newest first. What may be shown
// of it to them is for the caller.
func (t *Tx) Ringing(ctx context.Context, staff casefile.ID) ([]Ringing, error) {
	var found []Ringing
	err := t.query(ctx, "look at alerts", func(rows pgx.Rows) error {
		var r Ringing
		err := rows.Scan(&r.Case, clock{&r.At})
		found = append(found, r)
		return err
	}, `
		SELECT e.case_id, greatest(e.started_at,
			(SELECT a.last_queued_at FROM alerts a WHERE a.escalation_id = e.id AND a.staff_id = $1)) AS at
		FROM escalations e WHERE e.state = 'climbing' ORDER BY at DESC, e.case_id LIMIT $2`, staff, MostRinging)
	return found, err
}
