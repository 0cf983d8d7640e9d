// Package store keeps everything in Postgres. It is the only package that speaks
// SQL: one file per family of tables, one statement per method, columns named,
// time as an argument.
//
// It promises that private values are sealed before they leave the process and are
// opened only after they came back, that every write happens in a Tx, and that no
// error carries a value of a row: Postgres puts them into its messages.
// It leaves deciding to the floors above.
//
// How to write a store file: methods hang on *Tx and take ctx first. Read with
// t.query / t.row, write with t.exec, or with t.later when the result is not needed
// before the commit, and with t.rows what a batch writes for each of its people: what
// is queued travels in one round trip at Flush (InTx flushes before it commits). Every error goes through wrong(). Every write that
// somebody decided is followed by t.Audit in the same transaction.
package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// Migrations are the numbered, forward-only changes of the schema.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Options says how to reach Postgres. Zero durations mean the defaults.
type Options struct {
	URL            string
	Pool           int           // connections at most; default 16
	ConnectTimeout time.Duration // default 5s; libpq's own default is none
	StatementLimit time.Duration // default 10s
	Keys           *seal.Keys
}

// Store is the database.
type Store struct {
	pool *pgxpool.Pool
	keys *seal.Keys
}

// idleConnection is after how long without use a connection is given back: those of a
// surge cost memory here and some megabytes each in Postgres.
const idleConnection = 2 * time.Minute

// preparedStatements is how many statements a connection keeps prepared: all that the
// line uses, with room for the console's. The place for each is taken when it connects.
const preparedStatements = 128

// Open connects lazily: a database that is down shows at the first use, as ErrAway.
func Open(o Options) (*Store, error) {
	config, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, errors.New("DATABASE_URL is not a Postgres URL; it looks like postgres://user:password@host:5432/name")
	}
	config.MaxConns = int32(orDefault(o.Pool, 16)) // #nosec G115 -- set by our own code
	config.MaxConnIdleTime = idleConnection
	config.ConnConfig.StatementCacheCapacity = preparedStatements
	config.ConnConfig.ConnectTimeout = orDefault(o.ConnectTimeout, 5*time.Second)
	limit := orDefault(o.StatementLimit, 10*time.Second)
	config.ConnConfig.RuntimeParams["statement_timeout"] = fmt.Sprint(limit.Milliseconds())
	config.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = fmt.Sprint(limit.Milliseconds())
	config.ConnConfig.RuntimeParams["application_name"] = "pulang"
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", wrong("connect", err))
	}
	return &Store{pool: pool, keys: o.Keys}, nil
}

func orDefault[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}

// Close closes every connection.
func (s *Store) Close() { s.pool.Close() }

// Keys is the opened keyset the store seals with.
func (s *Store) Keys() *seal.Keys { return s.keys }

// Ping reports ErrAway unless the database answers.
func (s *Store) Ping(ctx context.Context) error { return wrong("ping", s.pool.Ping(ctx)) }

// Tx is one transaction. It is not for concurrent use.
type Tx struct {
	tx     pgx.Tx
	keys   *seal.Keys
	writes []*write           // wait for the next Flush, see bulk.go
	open   map[*many]*write   // those of writes that take another row
	stage  int                // of the writes that are queued next
	alarms map[raised]raising // written at the end
	wrote  bool               // something is written in it, see fenceKeys
}

// Keys is the opened keyset.
func (t *Tx) Keys() *seal.Keys { return t.keys }

// InTx runs work in a transaction: committed when work returns nil, rolled back
// otherwise. No provider may be called inside it.
func (s *Store) InTx(ctx context.Context, work func(*Tx) error) error {
	return s.in(ctx, pgx.TxOptions{}, work)
}

// InBatch is InTx for the line's own transactions, which find all their rows by key:
// Postgres plans each statement once, and always by its index. Left to itself it plans
// those that take arrays anew each time, because it cannot know that they are short
// (a quarter of the time of a turn), or keeps a plan that reads whole tables from the
// days when they were small. It is not for statements that look for anything else.
func (s *Store) InBatch(ctx context.Context, work func(*Tx) error) error {
	return s.in(ctx, pgx.TxOptions{BeginQuery: byKey}, work)
}

const byKey = `begin; SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true),
	set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`

func (s *Store) in(ctx context.Context, o pgx.TxOptions, work func(*Tx) error) error {
	tx, err := s.pool.BeginTx(ctx, o)
	if err != nil {
		return wrong("begin", err)
	}
	t := &Tx{tx: tx, keys: s.keys}
	generation := s.generation()
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // after a commit this does nothing
	if err := work(t); err != nil {
		return err
	}
	t.writeAlarms()
	t.fenceKeys(generation)
	if err := t.Flush(ctx); err != nil {
		s.wake(err)
		return err
	}
	return wrong("commit", tx.Commit(ctx))
}

// Savepoint runs work so that its failure undoes only its own writes.
func (t *Tx) Savepoint(ctx context.Context, work func(*Tx) error) error {
	if err := t.Flush(ctx); err != nil {
		return err
	}
	inner, err := t.tx.Begin(ctx)
	if err != nil {
		return wrong("savepoint", err)
	}
	sub := &Tx{tx: inner, keys: t.keys}
	err = work(sub)
	if err == nil {
		err = sub.Flush(ctx)
	}
	if err != nil {
		_ = inner.Rollback(ctx)
		return err
	}
	t.wrote = t.wrote || sub.wrote
	for what, r := range sub.alarms {
		t.raise(what, r)
	}
	return wrong("release savepoint", inner.Commit(ctx))
}

// exec writes at once and returns how many rows it touched.
func (t *Tx) exec(ctx context.Context, op, sql string, args ...any) (int64, error) {
	if err := t.Flush(ctx); err != nil {
		return 0, err
	}
	t.wrote = true
	tag, err := t.tx.Exec(ctx, sql, args...)
	return tag.RowsAffected(), wrong(op, err)
}

// query reads many rows; scan is called for each. It sees what was queued before.
func (t *Tx) query(ctx context.Context, op string, scan func(pgx.Rows) error, sql string, args ...any) error {
	if err := t.Flush(ctx); err != nil {
		return err
	}
	return t.aside(ctx, op, scan, sql, args...)
}

// aside is query that does not see the queued rows of many (see bulk.go): for what
// these cannot change, so that a batch can go on gathering them.
func (t *Tx) aside(ctx context.Context, op string, scan func(pgx.Rows) error, sql string, args ...any) error {
	if !t.gathers() {
		if err := t.Flush(ctx); err != nil {
			return err
		}
	}
	t.wrote = t.wrote || !readsOnly(sql)
	rows, err := t.tx.Query(ctx, sql, args...)
	if err != nil {
		return wrong(op, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return wrong(op, err)
		}
	}
	return wrong(op, rows.Err())
}

// row reads one row into dest; ErrNotFound when there is none.
func (t *Tx) row(ctx context.Context, op, sql string, args []any, dest ...any) error {
	if err := t.Flush(ctx); err != nil {
		return err
	}
	t.wrote = t.wrote || !readsOnly(sql)
	return wrong(op, t.tx.QueryRow(ctx, sql, args...).Scan(dest...))
}

// uuids hands ids to Postgres as an array.
func uuids(ids []casefile.ID) []pgtype.UUID {
	out := make([]pgtype.UUID, len(ids))
	for i, id := range ids {
		out[i] = pgtype.UUID{Bytes: id, Valid: !id.IsZero()}
	}
	return out
}

// when hands a time to Postgres; the zero time is NULL.
func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// whens hands times to Postgres as an array.
func whens(ts []time.Time) []*time.Time {
	out := make([]*time.Time, len(ts))
	for i, t := range ts {
		out[i] = when(t)
	}
	return out
}

// clock scans a time that may be NULL into the zero time.
type clock struct{ to *time.Time }

// Scan is for the database.
func (c clock) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*c.to = time.Time{}
	case time.Time:
		*c.to = v.UTC()
	default:
		return fmt.Errorf("scan time from %T", src)
	}
	return nil
}

// ScanTimestamptz is for the database, without a detour by way of any.
func (c clock) ScanTimestamptz(v pgtype.Timestamptz) error {
	if *c.to = (time.Time{}); v.Valid {
		*c.to = v.Time.UTC()
	}
	return nil
}

// mark reads an id as it comes, in bytes: for lists of many, where the detour by way of
// its text takes longer than everything else. NULL is the zero id.
type mark struct{ to *casefile.ID }

// ScanUUID is for the database.
func (m mark) ScanUUID(v pgtype.UUID) error {
	if *m.to = (casefile.ID{}); v.Valid {
		*m.to = v.Bytes
	}
	return nil
}
