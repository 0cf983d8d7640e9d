package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// chunkSize is how much of an original one row holds.
const chunkSize = 1 << 20

func chunkPlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "media_chunks", Column: "chunk", Row: id}
}

// KeepMedium writes the original of a file down, as it came, and what is known of it.
// SHA-256 is reckoned here, over what is sealed. ErrStale when somebody else has the
// file by now, or its conversation was forgotten.
func (t *Tx) KeepMedium(ctx context.Context, m Medium, original []byte, mediaType string, blur []byte, now time.Time) error {
	sum := sha256.Sum256(original)
	about, err := json.Marshal(Original{Type: mediaType, Size: len(original), SHA256: sum[:]})
	if err != nil {
		return fmt.Errorf("keep medium: %w", err)
	}
	sealedAbout, err := m.Key.Seal(mediaPlace("about", m.ID), about)
	if err != nil {
		return err
	}
	sealedBlur, err := m.Key.Seal(mediaPlace("blur", m.ID), blur)
	if err != nil {
		return err
	}
	t.later("keep medium", 1, `
		UPDATE media SET state = 'kept', reason = '', due_at = NULL, claim = NULL, kept_at = $3, about_sealed = $4, blur_sealed = $5
		WHERE id = $1 AND claim = $2`, m.ID, m.Claim, now, sealedAbout, sealedBlur)
	n := 0
	for chunk := range slices.Chunk(original, chunkSize) {
		id := casefile.NewID(now)
		sealed, err := m.Key.Seal(chunkPlace(id), chunk)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, "keep original", `
			INSERT INTO media_chunks (id, media_id, conversation_id, n, chunk_sealed) VALUES ($1, $2, $3, $4, $5)`,
			id, m.ID, m.Conversation, n, sealed)
		if err != nil {
			return err
		}
		n++
	}
	return nil
}

func openAbout(m Medium, sealed []byte) (about Original, err error) {
	plain, err := m.Key.Open(mediaPlace("about", m.ID), sealed)
	if err != nil || plain == nil {
		return about, err
	}
	if json.Unmarshal(plain, &about) != nil {
		return about, fmt.Errorf("about medium %s: %w", m.ID, seal.ErrSealed)
	}
	return about, nil
}

// OriginalOf reads the original of a file that is kept. Pieces that are missing, or in
// another order, are seal.ErrSealed: its SHA-256 is compared.
func (t *Tx) OriginalOf(ctx context.Context, m Medium) ([]byte, error) {
	original := make([]byte, 0, m.About.Size)
	err := t.query(ctx, "read original", func(rows pgx.Rows) error {
		var id casefile.ID
		var sealed []byte
		if err := rows.Scan(&id, &sealed); err != nil {
			return err
		}
		chunk, err := m.Key.Open(chunkPlace(id), sealed)
		original = append(original, chunk...)
		return err
	}, `SELECT id, chunk_sealed FROM media_chunks WHERE media_id = $1 ORDER BY n`, m.ID)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(original); !bytes.Equal(sum[:], m.About.SHA256) {
		return nil, fmt.Errorf("original of medium %s: %w", m.ID, seal.ErrSealed)
	}
	return original, nil
}

// Taking is that somebody took an original out of the line.
type Taking struct {
	ID     casefile.ID
	Medium casefile.ID
	Staff  casefile.ID
	Reason casefile.Private
	At     time.Time
}

func takingPlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "media_taken", Column: "reason", Row: id}
}

// AddTaking writes down who took an original, and why, sealed like the original.
func (t *Tx) AddTaking(_ context.Context, m Medium, by casefile.ID, reason casefile.Private, now time.Time) error {
	id := casefile.NewID(now)
	sealed, err := m.Key.SealText(takingPlace(id), reason)
	if err != nil {
		return err
	}
	t.later("note taking", 1, `
		INSERT INTO media_taken (id, media_id, conversation_id, staff_id, reason_sealed, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		id, m.ID, m.Conversation, by, sealed, now)
	return nil
}

// TakingsOf reads who took the originals of a case, oldest first.
func (t *Tx) TakingsOf(ctx context.Context, media []Medium) ([]Taking, error) {
	keys := map[casefile.ID]seal.Key{}
	ids := make([]casefile.ID, len(media))
	for i, m := range media {
		ids[i], keys[m.ID] = m.ID, m.Key
	}
	var all []Taking
	if len(ids) == 0 {
		return nil, nil
	}
	err := t.query(ctx, "read takings", func(rows pgx.Rows) error {
		var k Taking
		var sealed []byte
		if err := rows.Scan(&k.ID, &k.Medium, &k.Staff, &sealed, clock{&k.At}); err != nil {
			return err
		}
		var err error
		k.Reason, err = keys[k.Medium].OpenText(takingPlace(k.ID), sealed)
		all = append(all, k)
		return err
	}, `SELECT id, media_id, staff_id, reason_sealed, at FROM media_taken WHERE media_id = ANY($1) ORDER BY at, id`, uuids(ids))
	return all, err
}
