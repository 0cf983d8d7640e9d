package store

import (
	"bytes"
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
)

// LinkKind says how two cases hang together.
type LinkKind string

// The kinds of link.
const (
	SamePerson LinkKind = "same_person" // one person wrote both
	AboutThem  LinkKind = "about"       // one is a report about who writes in the other
	SameGroup  LinkKind = "same_group"  // they are held, or travel, together
	SamePlace  LinkKind = "same_place"  // the same compound, the same agent
)

// LinkKinds is every kind of link.
var LinkKinds = []LinkKind{SamePerson, AboutThem, SameGroup, SamePlace}

// LinkState says where a link stands.
type LinkState string

// The states of a link.
const (
	LinkProposed  LinkState = "proposed"
	LinkConfirmed LinkState = "confirmed"
	LinkDeclined  LinkState = "declined"
	LinkUndone    LinkState = "undone"
)

// CaseLink joins two cases, seen from one of them.
type CaseLink struct {
	ID         casefile.ID
	Other      casefile.ID // the other case
	Kind       LinkKind
	State      LinkState
	ProposedBy casefile.ID
	DecidedBy  casefile.ID // zero while it is proposed
	At         time.Time
	Version    int
}

// Lives reports whether the link is proposed or confirmed.
func (l CaseLink) Lives() bool { return l.State == LinkProposed || l.State == LinkConfirmed }

// ProposeLink proposes that two cases hang together. ErrConflict, at the next Flush,
// when the same link lives already; ErrStale when one of them was forgotten.
func (t *Tx) ProposeLink(_ context.Context, l CaseLink, of casefile.ID) error {
	a, b := of, l.Other
	if bytes.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	t.later("propose link", 1, `
		INSERT INTO case_links (id, case_a, case_b, kind, state, proposed_by, at)
		SELECT $1, $2, $3, $4, 'proposed', $5, $6
		WHERE (SELECT count(*) FROM cases k WHERE k.id IN ($2, $3) AND k.forgotten_at IS NULL) = 2`,
		l.ID, a, b, string(l.Kind), l.ProposedBy, l.At)
	return nil
}

// DecideLink moves a link on. ErrStale when it changed since version.
func (t *Tx) DecideLink(_ context.Context, id casefile.ID, version int, to LinkState, by casefile.ID) error {
	t.later("decide link", 1, `
		UPDATE case_links SET state = $3, decided_by = $4, version = version + 1
		WHERE id = $1 AND version = $2 AND state IN ('proposed', 'confirmed')`, id, version, string(to), by)
	return nil
}

// CaseLinks reads the links of a case, oldest first.
func (t *Tx) CaseLinks(ctx context.Context, caseID casefile.ID) ([]CaseLink, error) {
	var links []CaseLink
	err := t.query(ctx, "read links", func(rows pgx.Rows) error {
		var l CaseLink
		err := rows.Scan(&l.ID, &l.Other, &l.Kind, &l.State, &l.ProposedBy, &l.DecidedBy, clock{&l.At}, &l.Version)
		links = append(links, l)
		return err
	}, `
		SELECT id, CASE WHEN case_a = $1 THEN case_b ELSE case_a END, kind, state, proposed_by, decided_by, at, version
		FROM case_links WHERE case_a = $1 OR case_b = $1
		ORDER BY at, id`, caseID)
	return links, err
}

// RefsAmong are those of the words that are references of cases. It says of none what
// is in it.
func (t *Tx) RefsAmong(ctx context.Context, words []string) (refs []string, err error) {
	err = t.query(ctx, "look for references", func(rows pgx.Rows) error {
		var ref string
		err := rows.Scan(&ref)
		refs = append(refs, ref)
		return err
	}, `SELECT ref FROM cases WHERE ref = ANY($1) AND forgotten_at IS NULL ORDER BY ref`, words)
	return refs, err
}
