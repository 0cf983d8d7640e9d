package main

import (
	"context"
	"errors"
	"fmt"

	"pulang/internal/store"
)

// openStorage opens the keyset and the database, and refuses a schema that is not
// the newest and a keyset that is not. The caller closes the store.
func openStorage(ctx context.Context, s settings) (*store.Store, error) {
	db, err := openDatabase(ctx, s)
	if err != nil {
		return nil, err
	}
	if err := checkGeneration(ctx, db); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// openDatabase is openStorage with a keyset that may be older than the database.
func openDatabase(ctx context.Context, s settings) (*store.Store, error) {
	keys, err := s.openKeys()
	if err != nil {
		return nil, err
	}
	pending, err := store.Pending(ctx, s.DatabaseURL)
	if err != nil {
		return nil, databaseTrouble(err)
	}
	if pending > 0 {
		return nil, fmt.Errorf("the schema is not the newest (migrations to come: %d); run: pulang migrate", pending)
	}
	return store.Open(store.Options{URL: s.DatabaseURL, Pool: numberOf(s.Pool), Keys: keys})
}

// databaseTrouble says what an operator does about a database that does not let us in.
func databaseTrouble(err error) error {
	var said *store.Error
	errors.As(err, &said)
	switch {
	case said != nil && (said.Code == "28P01" || said.Code == "28000"):
		return errors.New("the database refuses the user or the password of DATABASE_URL")
	case said != nil && said.Code == "3D000":
		return errors.New("the database named in DATABASE_URL does not exist; make it with: createdb")
	case said != nil && said.Code == "42501":
		return errors.New("the user of DATABASE_URL may not work in that database; make it the owner")
	}
	return fmt.Errorf("the database does not answer; look at DATABASE_URL and whether Postgres runs: %w", err)
}

// withStore reads the settings and runs work with the database.
func withStore(ctx context.Context, w world, work func(settings, *store.Store) error) error {
	return withDatabase(ctx, w, openStorage, work)
}

// withDatabase is withStore with another way of opening.
func withDatabase(ctx context.Context, w world, open func(context.Context, settings) (*store.Store, error), work func(settings, *store.Store) error) error {
	s, wrong := readSettings(w.getenv)
	wrong = append(wrong, s.checkStorage()...)
	if err := wrong.err(); err != nil {
		return err
	}
	db, err := open(ctx, s)
	if err != nil {
		return err
	}
	defer db.Close()
	return work(s, db)
}
