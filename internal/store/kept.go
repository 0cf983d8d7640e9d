package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
)

// Kept is that somebody keeps a case past its time: nothing of it is forgotten before
// that day. Why stands among its steps.
type Kept struct {
	Case  casefile.ID
	Ref   string
	Until time.Time // zero: nobody keeps it
	At    time.Time
	By    casefile.ID
}

// KeepCase keeps a case that is not forgotten until a moment; the zero time lets it go.
func (t *Tx) KeepCase(_ context.Context, id casefile.ID, until time.Time, by casefile.ID, now time.Time) error {
	if until.IsZero() {
		by, now = casefile.ID{}, time.Time{}
	}
	t.later("keep case", 1, `
		UPDATE cases SET kept_until = $2, kept_by = $3, kept_at = $4, version = version + 1
		WHERE id = $1 AND forgotten_at IS NULL`, id, when(until), by, when(now))
	return nil
}

const keptColumns = `SELECT k.id, k.ref, k.kept_until, k.kept_at, k.kept_by FROM cases k WHERE `

// KeptOf reads whether somebody keeps a case.
func (t *Tx) KeptOf(ctx context.Context, id casefile.ID) (Kept, error) {
	found, err := t.kept(ctx, keptColumns+`k.id = $1`, id)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Kept{}, err
	}
	return found[0], nil
}

// KeptCases reads the cases that somebody keeps, those that end first first.
func (t *Tx) KeptCases(ctx context.Context, limit int) ([]Kept, error) {
	return t.kept(ctx, keptColumns+`k.kept_at IS NOT NULL ORDER BY k.kept_until, k.id LIMIT $1`, limit)
}

func (t *Tx) kept(ctx context.Context, sql string, args ...any) ([]Kept, error) {
	var found []Kept
	err := t.query(ctx, "read kept cases", func(rows pgx.Rows) error {
		var k Kept
		err := rows.Scan(&k.Case, &k.Ref, clock{&k.Until}, clock{&k.At}, &k.By)
		found = append(found, k)
		return err
	}, sql, args...)
	return found, err
}

// LetGo ends what was kept until a moment that is over, and returns which cases.
func (t *Tx) LetGo(ctx context.Context, now time.Time, limit int) ([]casefile.ID, error) {
	return t.ids(ctx, "let kept cases go", `
		UPDATE cases SET kept_until = NULL, kept_at = NULL, kept_by = NULL, version = version + 1
		WHERE id = ANY(ARRAY(SELECT k.id FROM cases k WHERE k.kept_at IS NOT NULL AND k.kept_until <= $1 ORDER BY k.kept_until LIMIT $2))
		RETURNING id`, now, limit)
}

// ChosenTerm is how long the deployment keeps a kind, and who chose it when.
type ChosenTerm struct {
	Days int
	By   casefile.ID
	At   time.Time
}

// ChosenTerms are the terms that the deployment chose, by kind.
func (t *Tx) ChosenTerms(ctx context.Context) (map[casefile.Kind]ChosenTerm, error) {
	chosen := map[casefile.Kind]ChosenTerm{}
	err := t.query(ctx, "read terms", func(rows pgx.Rows) error {
		var kind casefile.Kind
		var c ChosenTerm
		err := rows.Scan(&kind, &c.Days, &c.By, clock{&c.At})
		chosen[kind] = c
		return err
	}, `SELECT kind, days, set_by, set_at FROM retention_overrides`)
	return chosen, err
}

// LockTerms keeps others from changing a term until the transaction ends: two who
// choose at once follow each other.
func (t *Tx) LockTerms(ctx context.Context) error {
	_, err := t.exec(ctx, "lock terms", `LOCK TABLE retention_overrides IN SHARE ROW EXCLUSIVE MODE`)
	return err
}

// LastRun is what forgetting did last with a kind of data.
type LastRun struct {
	RanAt  time.Time
	Went   int // how many, when something last went
	WentAt time.Time
	Soon   int // how many were due within a week, at RanAt
}

// oneRun is how long what went counts as one run: it goes in small batches.
const oneRun = 10 * time.Minute

// NotCounted stands where a run did not count what is due soon: what was counted before
// stays.
const NotCounted = -1

// NoteRun writes down that n of a kind went, and how many are due soon.
func (t *Tx) NoteRun(_ context.Context, kind casefile.Kind, n, soon int, now time.Time) error {
	t.later("note run", 1, `
		INSERT INTO retention_runs AS r (kind, ran_at, went, went_at, soon)
		VALUES ($1, $2, $3::int, CASE WHEN $3::int > 0 THEN $2::timestamptz END, greatest($4::int, 0))
		ON CONFLICT (kind) DO UPDATE SET ran_at = $2, soon = CASE WHEN $4::int < 0 THEN r.soon ELSE $4::int END,
		       went = CASE WHEN $3::int = 0 THEN r.went WHEN r.went_at > $5 THEN r.went + $3::int ELSE $3::int END,
		       went_at = CASE WHEN $3::int = 0 THEN r.went_at ELSE $2 END`, string(kind), now, n, soon, now.Add(-oneRun))
	return nil
}

// LastRuns are what forgetting did last, by kind.
func (t *Tx) LastRuns(ctx context.Context) (map[casefile.Kind]LastRun, error) {
	runs := map[casefile.Kind]LastRun{}
	err := t.query(ctx, "read runs", func(rows pgx.Rows) error {
		var kind casefile.Kind
		var r LastRun
		err := rows.Scan(&kind, clock{&r.RanAt}, &r.Went, clock{&r.WentAt}, &r.Soon)
		runs[kind] = r
		return err
	}, `SELECT kind, ran_at, went, went_at, soon FROM retention_runs`)
	return runs, err
}
