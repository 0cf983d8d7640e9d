package store

import (
	"context"
	"errors"
	"time"

	"pulang/internal/casefile"
)

// LapsedFor is when the takeover of a member of staff lapsed because the person waited;
// zero when theirs did not, or somebody took over or handed back since.
func (t *Tx) LapsedFor(ctx context.Context, caseID, staff casefile.ID) (at time.Time, err error) {
	err = t.row(ctx, "read lapse of takeover", `
		SELECT a.at FROM audit a
		WHERE a.case_id = $1 AND a.action = 'takeover.lapsed'
		  AND EXISTS (SELECT 1 FROM case_notes n WHERE n.case_id = $1 AND n.kind = 'taken' AND n.staff_id = $2 AND n.at <= a.at
		              AND NOT EXISTS (SELECT 1 FROM case_notes o WHERE o.case_id = $1 AND o.kind = 'taken' AND o.at > n.at AND o.at <= a.at))
		  AND NOT EXISTS (SELECT 1 FROM case_notes n WHERE n.case_id = $1 AND n.kind IN ('taken', 'handed_back') AND n.at > a.at)
		ORDER BY a.seq DESC LIMIT 1`, []any{caseID, staff}, clock{&at})
	if errors.Is(err, ErrNotFound) {
		return time.Time{}, nil
	}
	return at, err
}
