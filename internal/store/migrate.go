package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Migrate brings the schema of the database at url up to date. Several processes
// may call it at once: one works, the others wait.
func Migrate(ctx context.Context, url string) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("DATABASE_URL is not a Postgres URL")
	}
	db := stdlib.OpenDB(*config)
	defer func() { _ = db.Close() }()
	provider, err := newMigrator(db)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", wrong("migrate", err))
	}
	return nil
}

func newMigrator(db *sql.DB) (*goose.Provider, error) {
	dir, err := fs.Sub(Migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("open migrations: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, fmt.Errorf("make migration lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, dir, goose.WithSessionLocker(locker))
	if err != nil {
		return nil, fmt.Errorf("open migrations: %w", err)
	}
	return provider, nil
}

// Pending reports how many migrations the database still needs.
func Pending(ctx context.Context, url string) (int, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return 0, fmt.Errorf("DATABASE_URL is not a Postgres URL")
	}
	db := stdlib.OpenDB(*config)
	defer func() { _ = db.Close() }()
	provider, err := newMigrator(db)
	if err != nil {
		return 0, err
	}
	pending, err := provider.HasPending(ctx)
	if err != nil {
		return 0, wrong("look at migrations", err)
	}
	if !pending {
		return 0, nil
	}
	current, target, err := provider.GetVersions(ctx)
	return int(target - current), wrong("look at migrations", err)
}
