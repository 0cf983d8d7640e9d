package main

import (
	"context"
	"fmt"

	"pulang/internal/store"
)

type migrateCommand struct{}

// Run brings the database to the newest schema. Running it twice, or in two places
// at once, is harmless.
func (migrateCommand) Run(ctx context.Context, w world) error {
	s, wrong := readSettings(w.getenv)
	if s.DatabaseURL == "" {
		wrong.say("DATABASE_URL is not set; it looks like postgres://user:password@host:5432/name")
	}
	if err := wrong.err(); err != nil {
		return err
	}
	pending, err := store.Pending(ctx, s.DatabaseURL)
	if err != nil {
		return databaseTrouble(err)
	}
	if err := store.Migrate(ctx, s.DatabaseURL); err != nil {
		return databaseTrouble(err)
	}
	_, err = fmt.Fprintf(w.stdout, "The database is up to date (migrations applied now: %d).\n", pending)
	return err
}
