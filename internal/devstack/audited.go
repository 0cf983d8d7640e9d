package devstack

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Unaudited watches a database from now on. The function it returns lists the tables
// with rows that were written since, by transactions that wrote nothing into the
// audit: Postgres keeps with each row the transaction that wrote it. Tables in
// except are left out; what was deleted leaves no trace, and a savepoint counts as a
// transaction of its own.
func Unaudited(t TB, url string) func(except ...string) []string {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	db, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatalf("devstack: connect: %v", err)
	}
	t.Cleanup(func() { _ = db.Close(ctx) })
	var since int64
	if err := db.QueryRow(ctx, `SELECT txid_current()`).Scan(&since); err != nil {
		t.Fatalf("devstack: read transaction: %v", err)
	}
	return func(except ...string) []string {
		t.Helper()
		rows, err := db.Query(ctx, `
			SELECT tablename FROM pg_tables
			WHERE schemaname = 'public' AND tablename NOT IN ('audit', 'audit_roots', 'goose_db_version') ORDER BY tablename`)
		if err != nil {
			t.Fatalf("devstack: list tables: %v", err)
		}
		tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatalf("devstack: list tables: %v", err)
		}
		var found []string
		for _, table := range tables {
			var n int
			err := db.QueryRow(ctx, `
				SELECT count(*) FROM `+pgx.Identifier{table}.Sanitize()+` x
				WHERE x.xmin::text::bigint > $1 AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.xmin = x.xmin)`, since).Scan(&n)
			if err != nil {
				t.Fatalf("devstack: look at %s: %v", table, err)
			}
			if n > 0 && !slices.Contains(except, table) {
				found = append(found, fmt.Sprintf("%s: %d rows", table, n))
			}
		}
		return found
	}
}
