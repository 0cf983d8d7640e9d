package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/directory"
	"pulang/internal/seal"
)

func revisionPlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "directory_revisions", Column: "note", Row: id}
}

// AddRevision writes what an entry of the directory is from now on. ErrConflict when
// somebody else wrote that version of it.
func (t *Tx) AddRevision(ctx context.Context, r directory.Revision) error {
	entry, err := json.Marshal(r.Entry)
	if err != nil {
		return err
	}
	id := casefile.NewID(r.At)
	note, err := t.keys.Own().SealText(revisionPlace(id), r.Note)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, "add to directory", `
		INSERT INTO directory_revisions (id, institution, version, state, entry, note_sealed, staff_id, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id, r.ID, r.Version, string(r.State), entry, note, r.By, r.At)
	return err
}

// Revisions reads what staff made of the directory, oldest first of each entry. A note
// that does not open is empty: nothing hangs on it.
func (t *Tx) Revisions(ctx context.Context) ([]directory.Revision, error) {
	var all []directory.Revision
	var entries [][]byte
	err := t.query(ctx, "read directory", func(rows pgx.Rows) error {
		var r directory.Revision
		var id casefile.ID
		var entry, note []byte
		err := rows.Scan(&id, &r.ID, &r.Version, &r.State, &entry, &note, &r.By, clock{&r.At})
		r.Note, _ = t.keys.Own().OpenText(revisionPlace(id), note)
		all, entries = append(all, r), append(entries, entry)
		return err
	}, `
		SELECT r.id, r.institution, r.version, r.state, r.entry, r.note_sealed, r.staff_id, r.at
		FROM directory_revisions r
		ORDER BY r.institution, r.version`)
	for i := range all {
		if err == nil && json.Unmarshal(entries[i], &all[i].Entry) != nil {
			err = fmt.Errorf("version %d of %s in the directory is not readable", all[i].Version, all[i].ID)
		}
	}
	return all, err
}
