package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// MediumState is where a file that somebody sent stands.
//
//	waiting -> fetching -> kept
//	           fetching -> waiting    again later
//	           fetching -> failed     a member of staff may want it tried again: waiting
type MediumState string

// The states, as drawn above and enforced by the schema.
const (
	MediumWaiting  MediumState = "waiting"
	MediumFetching MediumState = "fetching"
	MediumKept     MediumState = "kept"
	MediumFailed   MediumState = "failed"
)

// Medium is one file that somebody sent: a photo, a voice, a document.
type Medium struct {
	ID           casefile.ID
	Message      casefile.ID
	Conversation casefile.ID
	Channel      casefile.ChannelName
	Position     int
	State        MediumState
	Reason       string // our own word for why it is not kept yet
	Attempts     int
	Due          time.Time // when it is tried next; zero when it is kept or given up
	Claim        casefile.ID
	Ref          casefile.Private // what the channel fetches it by
	Name         casefile.Private // what the sender calls it; empty when nothing
	About        Original
	Blur         []byte // a picture too small to recognise anybody; nil: there is none
	KeptAt       time.Time
	Key          seal.Key // of its conversation

	// Of the message it came with.
	Kind casefile.MessageKind
	Sent time.Time
	Read MessageState // Taken: a turn has read its words
}

// Original is what is known of a file that is kept.
type Original struct {
	Type   string `json:"type"` // the kind of data by its first bytes, as a media type
	Size   int    `json:"size"`
	SHA256 []byte `json:"sha256"`
}

func mediaPlace(column string, id casefile.ID) seal.Place {
	return seal.Place{Table: "media", Column: column, Row: id}
}

// Unlooked is a message that came with something, of which nobody has looked yet which
// files it speaks of.
type Unlooked struct {
	Message, Conversation casefile.ID
	Channel               casefile.ChannelName
	Media                 casefile.Private
	Key                   seal.Key
}

// UnlookedMedia locks such messages, those that came first, once a turn has read them:
// nothing here makes a turn wait. Rows and conversations that somebody holds are left
// for the next time.
func (t *Tx) UnlookedMedia(ctx context.Context, channels []casefile.ChannelName, limit int, now time.Time) ([]Unlooked, error) {
	var found []Unlooked
	var damaged []casefile.ID
	err := t.query(ctx, "find new media", func(rows pgx.Rows) error {
		var u Unlooked
		var sealed, wrapped []byte
		err := rows.Scan(&u.Message, &u.Conversation, &u.Channel, &sealed, &wrapped)
		if err != nil {
			return err
		}
		if u.Key, err = t.keys.Unwrap(u.Conversation, wrapped); err != nil {
			damaged = append(damaged, u.Conversation)
			return nil
		}
		u.Media, err = u.Key.OpenText(messagePlace("media", u.Message), sealed)
		found = append(found, u)
		return err
	}, `
		SELECT m.id, m.conversation_id, m.channel, m.media_sealed, c.wrapped_key
		FROM messages m JOIN conversations c ON c.id = m.conversation_id
		WHERE m.media_sealed IS NOT NULL AND m.media_noted_at IS NULL AND m.conversation_id IS NOT NULL AND m.state <> 'waiting'
		  AND m.channel = ANY($2) AND c.wrapped_key IS NOT NULL AND c.damaged_at IS NULL
		ORDER BY m.arrival LIMIT $1
		FOR NO KEY UPDATE OF m SKIP LOCKED
		FOR KEY SHARE OF c SKIP LOCKED`, limit, channels)
	if err != nil {
		return nil, err
	}
	return found, t.Damage(ctx, damaged, now)
}

// NewMedium is a file a message speaks of.
type NewMedium struct {
	Ref, Name casefile.Private
	Refused   string // our own word for why it is not even tried; empty: it is
}

// NoteMedia writes down which files a message speaks of, and that somebody looked.
func (t *Tx) NoteMedia(_ context.Context, of Unlooked, files []NewMedium, now time.Time) error {
	t.later("note media of message", 1, `
		UPDATE messages SET media_noted_at = $2 WHERE id = $1 AND media_noted_at IS NULL`, of.Message, now)
	for i, f := range files {
		id := casefile.NewID(now)
		ref, err := of.Key.SealText(mediaPlace("ref", id), f.Ref)
		if err != nil {
			return err
		}
		name, err := of.Key.SealText(mediaPlace("name", id), f.Name)
		if err != nil {
			return err
		}
		state, due := MediumWaiting, now
		if f.Refused != "" {
			state, due = MediumFailed, time.Time{}
		}
		t.later("note medium", 1, `
			INSERT INTO media (id, message_id, conversation_id, position, state, reason, due_at, ref_sealed, name_sealed, noted_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			id, of.Message, of.Conversation, i, string(state), f.Refused, when(due), ref, name, now)
	}
	return nil
}

// ClaimMedia takes files to fetch, those that are due first, until a moment. What
// somebody took and did not settle by then is taken again.
func (t *Tx) ClaimMedia(ctx context.Context, channels []casefile.ChannelName, limit int, now, until time.Time) ([]Medium, error) {
	claim := casefile.NewID(now)
	var claimed []Medium
	var damaged []casefile.ID
	err := t.query(ctx, "claim media", func(rows pgx.Rows) error {
		m := Medium{State: MediumFetching, Claim: claim}
		var ref, wrapped []byte
		err := rows.Scan(&m.ID, &m.Message, &m.Conversation, &m.Channel, &m.Attempts, &ref, &wrapped)
		if err != nil {
			return err
		}
		if m.Key, err = t.keys.Unwrap(m.Conversation, wrapped); err != nil {
			damaged = append(damaged, m.Conversation)
			return nil
		}
		m.Ref, err = m.Key.OpenText(mediaPlace("ref", m.ID), ref)
		claimed = append(claimed, m)
		return err
	}, `
		UPDATE media d SET state = 'fetching', claim = $1, due_at = $2, attempts = d.attempts + 1
		FROM conversations c
		WHERE c.id = d.conversation_id AND d.id IN (
			SELECT x.id FROM media x JOIN conversations y ON y.id = x.conversation_id
			WHERE x.state IN ('waiting', 'fetching') AND x.due_at <= $3 AND y.channel = ANY($5)
			  AND y.wrapped_key IS NOT NULL AND y.damaged_at IS NULL
			ORDER BY x.due_at, x.id LIMIT $4
			FOR UPDATE OF x SKIP LOCKED)
		RETURNING d.id, d.message_id, d.conversation_id, c.channel, d.attempts, d.ref_sealed, c.wrapped_key`,
		claim, until, now, limit, channels)
	if err != nil {
		return nil, err
	}
	return claimed, t.Damage(ctx, damaged, now)
}

// MediumLater puts a file back until a moment, because it could not be fetched; the
// zero time gives it up. ErrStale when somebody else has it by now.
func (t *Tx) MediumLater(_ context.Context, m Medium, reason string, again time.Time) error {
	state := MediumWaiting
	if again.IsZero() {
		state = MediumFailed
	}
	t.later("put off medium", 1, `
		UPDATE media SET state = $3, reason = $4, due_at = $5, claim = NULL
		WHERE id = $1 AND claim = $2`, m.ID, m.Claim, string(state), reason, when(again))
	return nil
}

// RetryMedium lets a file that was given up be fetched again. It reports whether there
// was one.
func (t *Tx) RetryMedium(ctx context.Context, id casefile.ID, now time.Time) (bool, error) {
	n, err := t.exec(ctx, "retry medium", `
		UPDATE media SET state = 'waiting', reason = '', attempts = 0, due_at = $2
		WHERE id = $1 AND state = 'failed'`, id, now)
	return n == 1, err
}

const mediumColumns = `
	d.id, d.message_id, d.conversation_id, d.position, d.state, d.reason, d.attempts, d.due_at, d.name_sealed, d.about_sealed, d.blur_sealed,
	d.kept_at, m.kind, m.received_at, m.state`

// CaseMedia reads what people sent in the conversations of a case, oldest first,
// without the originals.
func (t *Tx) CaseMedia(ctx context.Context, f Folder) ([]Medium, error) {
	lanes := map[casefile.ID]Conversation{}
	ids := make([]casefile.ID, 0, len(f.Conversations))
	for _, c := range f.Conversations {
		lanes[c.ID] = c
		if !c.Damaged && !c.Forgotten {
			ids = append(ids, c.ID)
		}
	}
	var all []Medium
	err := t.query(ctx, "read media of case", func(rows pgx.Rows) error {
		m, err := scanMedium(rows, lanes)
		all = append(all, m)
		return err
	}, `
		SELECT`+mediumColumns+`
		FROM media d JOIN messages m ON m.id = d.message_id
		WHERE d.conversation_id = ANY($1)
		ORDER BY m.arrival, d.position`, uuids(ids))
	return all, err
}

func scanMedium(rows pgx.Rows, lanes map[casefile.ID]Conversation) (Medium, error) {
	var m Medium
	var name, about, blur []byte
	err := rows.Scan(&m.ID, &m.Message, &m.Conversation, &m.Position, &m.State, &m.Reason, &m.Attempts, clock{&m.Due}, &name, &about, &blur,
		clock{&m.KeptAt}, &m.Kind, clock{&m.Sent}, &m.Read)
	if err != nil {
		return m, err
	}
	lane := lanes[m.Conversation]
	m.Channel, m.Key = lane.Channel, lane.Key
	if m.Name, err = m.Key.OpenText(mediaPlace("name", m.ID), name); err != nil {
		return m, err
	}
	if m.Blur, err = m.Key.Open(mediaPlace("blur", m.ID), blur); err != nil {
		return m, err
	}
	m.About, err = openAbout(m, about)
	return m, err
}
