package devstack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// templateLock is the advisory lock under which templates are made, in the
// maintenance database of the server.
const templateLock = 0x70756c616e67

// VersionOf is a version for Options: a hash over the names and contents of
// all files, so that any change of a migration makes a new template.
func VersionOf(migrations fs.FS) (string, error) {
	hash := sha256.New()
	err := fs.WalkDir(migrations, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(migrations, path)
		fmt.Fprintf(hash, "%s\x00%d\x00", path, len(data))
		_, _ = hash.Write(data)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read the migrations: %w", err)
	}
	return hex.EncodeToString(hash.Sum(nil))[:16], nil
}

// Clone makes a database from the migrated template and returns its URL, and
// the function that drops it together with whatever is still connected.
func (s *Stack) Clone(ctx context.Context, name string) (databaseURL string, drop func(), err error) {
	name = "t_" + safeName(name) + "_" + random(10)
	s.cloning.Lock()
	defer s.cloning.Unlock()
	err = s.asAdmin(ctx, func(conn *pgx.Conn) error { return createDatabase(ctx, conn, name, s.template) })
	if err != nil {
		return "", nil, fmt.Errorf("devstack: clone a database: %w", err)
	}
	return s.urlOf(name), sync.OnceFunc(func() { s.drop(name) }), nil
}

// drop removes a clone. A server that has gone took it along.
func (s *Stack) drop(name string) {
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	_ = s.asAdmin(ctx, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+quote(name)+" WITH (FORCE)")
		return err
	})
}

// ensureTemplate makes the template of this version unless it is there. It is
// migrated under another name first, so that a template is never half done.
func (s *Stack) ensureTemplate(ctx context.Context) error {
	if s.options.Migrate == nil {
		s.template = "template0"
		return nil
	}
	s.template = "pulang_" + safeName(s.options.Version)
	return s.asAdmin(ctx, func(conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(templateLock)); err != nil {
			return err
		}
		var there bool
		err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", s.template).Scan(&there)
		if err != nil || there {
			return err
		}
		return s.makeTemplate(ctx, conn)
	})
}

// makeTemplate migrates an empty database and closes it to everyone: a single
// connection to a template would keep Postgres from copying it.
func (s *Stack) makeTemplate(ctx context.Context, conn *pgx.Conn) error {
	s.options.Log("preparing the database")
	making := s.template + "_new"
	if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+quote(making)+" WITH (FORCE)"); err != nil {
		return err
	}
	if err := createDatabase(ctx, conn, making, "template0"); err != nil {
		return err
	}
	if err := s.options.Migrate(ctx, s.urlOf(making)); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	err := whileInUse(ctx, func() error {
		_, err := conn.Exec(ctx, "ALTER DATABASE "+quote(making)+" RENAME TO "+quote(s.template))
		return err
	})
	if err != nil {
		return fmt.Errorf("Options.Migrate must close its connections: %w", err)
	}
	_, err = conn.Exec(ctx, "ALTER DATABASE "+quote(s.template)+" ALLOW_CONNECTIONS false")
	return err
}

// createDatabase copies a template.
func createDatabase(ctx context.Context, conn *pgx.Conn, name, template string) error {
	return whileInUse(ctx, func() error {
		_, err := conn.Exec(ctx, "CREATE DATABASE "+quote(name)+" TEMPLATE "+quote(template))
		return err
	})
}

// whileInUse repeats what Postgres refuses because a connection that has just
// been closed is still going away.
func whileInUse(ctx context.Context, do func() error) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for {
		err := do()
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != "55006" {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// asAdmin runs do on a connection to the maintenance database. A lock that do
// takes ends with the connection.
func (s *Stack) asAdmin(ctx context.Context, do func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, s.admin)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return do(conn)
}

// urlOf is the admin URL with another database.
func (s *Stack) urlOf(database string) string {
	u, err := url.Parse(s.admin)
	if err != nil { // it was parsed when the stack was made
		panic("devstack: " + err.Error())
	}
	u.Path = "/" + database
	return u.String()
}

// quote makes an SQL identifier.
func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
