package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
)

// CannedState says where a canned reply stands.
type CannedState string

// The states of a canned reply; the schema draws them.
const (
	CannedProposed CannedState = "proposed"
	CannedApproved CannedState = "approved"
	CannedRefused  CannedState = "refused"
	CannedRetired  CannedState = "retired"
)

// CannedText is a canned reply in one language.
type CannedText struct {
	Title string // what staff choose it by
	Body  string // {name} is who answers
}

// Canned is a canned reply that staff wrote: words of ours and of nobody else.
type Canned struct {
	ID         casefile.ID
	Name       string
	Disguised  bool // also for a phone that may be watched
	State      CannedState
	Texts      map[string]CannedText // by language; none where a shipped one was retired
	ProposedBy casefile.ID
	ProposedAt time.Time
	DecidedBy  casefile.ID
	DecidedAt  time.Time
}

func packOf(disguised bool) string {
	if disguised {
		return "disguised"
	}
	return "all"
}

// AddCanned writes a canned reply. ErrConflict when one of its name waits already.
func (t *Tx) AddCanned(ctx context.Context, c Canned) error {
	if _, err := t.exec(ctx, "add canned reply", `
		INSERT INTO canned_replies (id, name, pack, state, proposed_by, proposed_at, decided_by, decided_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		c.ID, c.Name, packOf(c.Disguised), string(c.State), c.ProposedBy, c.ProposedAt, c.DecidedBy, when(c.DecidedAt)); err != nil {
		return err
	}
	for lang, text := range c.Texts {
		t.later("add text of canned reply", 1, `
			INSERT INTO canned_texts (reply_id, lang, title, body) VALUES ($1, $2, $3, $4)`, c.ID, lang, text.Title, text.Body)
	}
	return nil
}

// DecideCanned approves or refuses what is proposed. ErrStale when it is not any more.
func (t *Tx) DecideCanned(_ context.Context, id casefile.ID, state CannedState, by casefile.ID, now time.Time) error {
	t.later("decide canned reply", 1, `
		UPDATE canned_replies SET state = $2, decided_by = $3, decided_at = $4
		WHERE id = $1 AND state = 'proposed'`, id, string(state), by, now)
	return nil
}

// RetireCanned takes the approved reply of a name away, and returns how many there were.
func (t *Tx) RetireCanned(ctx context.Context, name string, by casefile.ID, now time.Time) (int64, error) {
	return t.exec(ctx, "retire canned reply", `
		UPDATE canned_replies SET state = 'retired', decided_by = $2, decided_at = $3
		WHERE name = $1 AND state = 'approved'`, name, by, now)
}

// CannedReplies reads all canned replies of staff, by name, newest first of each.
func (t *Tx) CannedReplies(ctx context.Context) ([]Canned, error) {
	return t.canned(ctx, `true`)
}

// CannedNow reads those that are offered, and the retired ones of names that are not:
// they keep a shipped one from being offered.
func (t *Tx) CannedNow(ctx context.Context) ([]Canned, error) {
	return t.canned(ctx, `r.state = 'approved' OR r.state = 'retired' AND NOT EXISTS (
		SELECT 1 FROM canned_replies stands WHERE stands.name = r.name AND stands.state = 'approved')`)
}

func (t *Tx) canned(ctx context.Context, where string) ([]Canned, error) {
	var found []Canned
	at := map[casefile.ID]int{}
	err := t.query(ctx, "read canned replies", func(rows pgx.Rows) error {
		var c Canned
		var lang, title, body string
		err := rows.Scan(&c.ID, &c.Name, &c.Disguised, &c.State, &c.ProposedBy, clock{&c.ProposedAt}, &c.DecidedBy, clock{&c.DecidedAt},
			&lang, &title, &body)
		i, known := at[c.ID]
		if !known {
			i = len(found)
			at[c.ID], c.Texts = i, map[string]CannedText{}
			found = append(found, c)
		}
		if lang != "" {
			found[i].Texts[lang] = CannedText{title, body}
		}
		return err
	}, `
		SELECT r.id, r.name, r.pack = 'disguised', r.state, r.proposed_by, r.proposed_at, r.decided_by, r.decided_at,
		       coalesce(x.lang, ''), coalesce(x.title, ''), coalesce(x.body, '')
		FROM canned_replies r LEFT JOIN canned_texts x ON x.reply_id = r.id
		WHERE `+where+`
		ORDER BY r.name, r.proposed_at DESC, r.id DESC, x.lang`)
	return found, err
}
