package store

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// The errors a caller decides by.
var (
	ErrAway     = errors.New("database is away")              // not reached: try again later
	ErrStale    = errors.New("somebody else was there first") // a fence did not hold
	ErrNotFound = errors.New("no such row")
	ErrConflict = errors.New("exists already")
)

// Error is what Postgres said, reduced to its code: its message and detail hold
// values of rows and go no further.
type Error struct {
	Op         string
	Code       string // SQLSTATE
	Constraint string
}

// Error names the operation, the code and the constraint.
func (e *Error) Error() string {
	if e.Constraint != "" {
		return fmt.Sprintf("%s: postgres %s (%s)", e.Op, e.Code, e.Constraint)
	}
	return fmt.Sprintf("%s: postgres %s", e.Op, e.Code)
}

// Is lets errors.Is find the meaning of a code.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrConflict:
		return e.Code == "23505"
	case ErrStale:
		// Two transactions met, and one of them is taken again; or the conversation was
		// forgotten in this moment, and looking again finds none.
		return e.Code == "40P01" || e.Code == "40001" || e.Code == "P0404"
	case ErrAway:
		return isAwayCode(e.Code)
	}
	return false
}

// isAwayCode knows the codes that mean "not now": shutdown, too many connections,
// read-only standby, disk full, cancelled by timeout.
func isAwayCode(code string) bool {
	switch code {
	case "57P01", "57P02", "57P03", "53300", "53100", "53200", "25006", "57014":
		return true
	}
	return len(code) == 5 && code[:2] == "08"
}

// wrong turns an error of the driver into one of ours.
func wrong(op string, err error) error {
	if err == nil {
		return nil
	}
	var ours *Error
	var pg *pgconn.PgError
	var network net.Error
	var connecting *pgconn.ConnectError
	switch {
	case errors.As(err, &ours), errors.Is(err, ErrStale), errors.Is(err, ErrAway), errors.Is(err, ErrNotFound),
		errors.Is(err, seal.ErrSealed), errors.Is(err, casefile.ErrBadID): // ours: they say nothing of the value
		return err
	case errors.Is(err, pgx.ErrNoRows):
		return fmt.Errorf("%s: %w", op, ErrNotFound)
	case errors.As(err, &pg):
		return &Error{Op: op, Code: pg.Code, Constraint: pg.ConstraintName}
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%s: %w", op, context.Canceled)
	case errors.As(err, &connecting), errors.As(err, &network), errors.Is(err, context.DeadlineExceeded), pgconn.SafeToRetry(err), pgconn.Timeout(err):
		return fmt.Errorf("%s: %w", op, ErrAway)
	case errors.Is(err, pgx.ErrTxCommitRollback):
		return fmt.Errorf("%s: transaction was rolled back", op)
	case errors.Is(err, pgx.ErrTxClosed):
		return fmt.Errorf("%s: %w", op, ErrAway)
	}
	return fmt.Errorf("%s: %w", op, classify(err))
}

// classify keeps an unknown error's kind but not its words. A connection that broke
// in mid-flight has no typed error in the driver, so what is not known is "away":
// the provider repeats, and nothing is lost by trying again.
func classify(err error) error {
	var scan pgx.ScanArgError
	if errors.As(err, &scan) {
		return fmt.Errorf("column %d does not fit", scan.ColumnIndex)
	}
	return ErrAway
}
