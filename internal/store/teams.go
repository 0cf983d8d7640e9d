package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Team is a line of the list of teams. Staff and cases are marked with its word, which
// stays; its title is what people call it.
type Team struct {
	Word      string
	Title     string
	RetiredAt time.Time // zero: people work in it
	Version   int
	Staff     int  // who is in it, without those who are disabled
	Cases     bool // an open case is its
}

// Retired reports whether nobody works in the team any more.
func (t Team) Retired() bool { return !t.RetiredAt.IsZero() }

const teamColumns = `
	SELECT m.word, m.title, m.retired_at, m.version,
	       (SELECT count(*) FROM staff s WHERE s.team = m.word AND s.disabled_at IS NULL),
	       EXISTS (SELECT 1 FROM cases k WHERE k.team = m.word AND k.status = 'open')
	FROM teams m`

// Teams reads the list of teams, also the retired ones, by title.
func (t *Tx) Teams(ctx context.Context) ([]Team, error) {
	return t.teams(ctx, teamColumns+` ORDER BY m.title, m.word`)
}

// TeamTitles reads the words and titles of the teams that people work in, by title.
func (t *Tx) TeamTitles(ctx context.Context) ([]Team, error) {
	var found []Team
	err := t.query(ctx, "read titles of teams", func(rows pgx.Rows) error {
		var m Team
		err := rows.Scan(&m.Word, &m.Title)
		found = append(found, m)
		return err
	}, `SELECT word, title FROM teams WHERE retired_at IS NULL ORDER BY title, word`)
	return found, err
}

// LockTeam reads a team and keeps everybody from putting somebody, or a case, into it
// until the transaction ends. ErrNotFound when it is not on the list.
func (t *Tx) LockTeam(ctx context.Context, word string) (Team, error) {
	if err := t.row(ctx, "lock team", `SELECT word FROM teams WHERE word = $1 FOR UPDATE`, []any{word}, new(string)); err != nil {
		return Team{}, err
	}
	found, err := t.teams(ctx, teamColumns+` WHERE m.word = $1`, word)
	if err != nil || len(found) == 0 {
		return Team{}, err
	}
	return found[0], nil
}

// JoinTeam keeps a team from being retired until the transaction ends, in which
// somebody, or a case, is put into it. ErrNotFound when nobody works in it, or it is
// not on the list.
func (t *Tx) JoinTeam(ctx context.Context, word string) error {
	return t.row(ctx, "join team", `
		SELECT word FROM teams WHERE word = $1 AND retired_at IS NULL FOR SHARE`, []any{word}, new(string))
}

func (t *Tx) teams(ctx context.Context, sql string, args ...any) ([]Team, error) {
	var found []Team
	err := t.query(ctx, "read teams", func(rows pgx.Rows) error {
		var m Team
		err := rows.Scan(&m.Word, &m.Title, clock{&m.RetiredAt}, &m.Version, &m.Staff, &m.Cases)
		found = append(found, m)
		return err
	}, sql, args...)
	return found, err
}

// AddTeam puts a team on the list. ErrConflict when its word is there already.
func (t *Tx) AddTeam(ctx context.Context, word, title string) error {
	_, err := t.exec(ctx, "add team", `INSERT INTO teams (word, title) VALUES ($1, $2)`, word, title)
	return err
}

// RenameTeam gives a locked team another title.
func (t *Tx) RenameTeam(_ context.Context, word, title string) error {
	t.later("rename team", 1, `UPDATE teams SET title = $2, version = version + 1 WHERE word = $1`, word, title)
	return nil
}

// RetireTeam takes a locked team out of use; the zero time brings it back. Its closed
// cases become those of the main team, so that one that opens again is somebody's.
func (t *Tx) RetireTeam(_ context.Context, word string, at time.Time) error {
	t.later("retire team", 1, `UPDATE teams SET retired_at = $2, version = version + 1 WHERE word = $1`, word, when(at))
	if !at.IsZero() {
		t.later("hand cases of team over", anyRows, `UPDATE cases SET team = $2, version = version + 1 WHERE team = $1`, word, MainTeam)
	}
	return nil
}
