package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// How somebody of a group is, as far as we know.
const (
	PersonUnknown = "unknown"
	PersonHeld    = "held"
	PersonHurt    = "hurt"
	PersonMoved   = "moved" // taken somewhere else
	PersonOut     = "out"
	PersonHome    = "home"
	PersonDead    = "dead"
)

// PersonStates is every way of how somebody is.
var PersonStates = []string{PersonUnknown, PersonHeld, PersonHurt, PersonMoved, PersonOut, PersonHome, PersonDead}

// AgeBands are the ages we write down, as the dictionary has them.
var AgeBands = []string{"unknown", "adult", "under18"}

// Stub is one person of the group that a report is about. There may be nothing known
// of them but that they are there.
type Stub struct {
	ID           casefile.ID
	Case         casefile.ID
	Conversation casefile.ID // its key seals the words
	Position     int         // "person 3", for good
	Name, Place  casefile.Private
	Note         casefile.Private
	Age          string // one of AgeBands
	State        string // one of PersonStates
	Removed      bool
	At           time.Time
	Version      int
}

// meaning is what of a stub is no word of anybody, and tells of them all the same.
type meaning struct {
	Age   string `json:"age"`
	State string `json:"state"`
}

func personPlace(id casefile.ID) func(string) seal.Place {
	return func(column string) seal.Place { return seal.Place{Table: "case_people", Column: column, Row: id} }
}

var personTexts = []string{"name", "place", "note"}

func sealStub(s Stub, key seal.Key) (texts [][]byte, means []byte, err error) {
	place := personPlace(s.ID)
	if texts, err = sealTexts(key, place, personTexts, s.Name, s.Place, s.Note); err != nil {
		return nil, nil, err
	}
	means, err = sealJSON(key, place("meaning"), meaning{s.Age, s.State})
	return texts, means, err
}

// AddStub writes a person of a group, with the next number. ErrConflict, at the next
// Flush, when somebody else wrote one in this moment.
func (t *Tx) AddStub(_ context.Context, s Stub, key seal.Key) error {
	texts, means, err := sealStub(s, key)
	if err != nil {
		return err
	}
	t.later("add person of group", 1, `
		INSERT INTO case_people (id, case_id, conversation_id, name_sealed, place_sealed, note_sealed, meaning_sealed, at, position)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, 1 + coalesce(max(p.position), 0) FROM case_people p WHERE p.case_id = $2`,
		s.ID, s.Case, s.Conversation, texts[0], texts[1], texts[2], means, s.At)
	return nil
}

// ChangeStub writes what is known of a person now; their conversation is the one
// whose key is given. ErrStale when it changed since s.Version.
func (t *Tx) ChangeStub(_ context.Context, s Stub, key seal.Key) error {
	texts, means, err := sealStub(s, key)
	if err != nil {
		return err
	}
	t.later("change person of group", 1, `
		UPDATE case_people
		SET conversation_id = $4, name_sealed = $5, place_sealed = $6, note_sealed = $7, meaning_sealed = $8, removed = $9, version = version + 1
		WHERE id = $1 AND case_id = $2 AND version = $3`,
		s.ID, s.Case, s.Version, s.Conversation, texts[0], texts[1], texts[2], means, s.Removed)
	return nil
}

// CasePeople reads the people of a case by their number, also those taken off again.
func (t *Tx) CasePeople(ctx context.Context, caseID casefile.ID) ([]Stub, error) {
	var people []Stub
	open := t.opener()
	err := t.query(ctx, "read people of group", func(rows pgx.Rows) error {
		s := Stub{Case: caseID}
		var name, where, note, means, wrapped []byte
		err := rows.Scan(&s.ID, &s.Conversation, &s.Position, &name, &where, &note, &means, &s.Removed, clock{&s.At}, &s.Version, &wrapped)
		place := personPlace(s.ID)
		texts := open.texts(s.Conversation, wrapped, place, personTexts, name, where, note)
		m := meaning{Age: AgeBands[0], State: PersonUnknown} // what does not open is unknown
		open.json(s.Conversation, wrapped, place("meaning"), means, &m)
		s.Name, s.Place, s.Note, s.Age, s.State = texts[0], texts[1], texts[2], m.Age, m.State
		people = append(people, s)
		return err
	}, `
		SELECT p.id, p.conversation_id, p.position, p.name_sealed, p.place_sealed, p.note_sealed, p.meaning_sealed, p.removed, p.at, p.version,
		       c.wrapped_key
		FROM case_people p JOIN conversations c ON c.id = p.conversation_id
		WHERE p.case_id = $1
		ORDER BY p.position`, caseID)
	return people, err
}

// group is what of its people decides who reaches a case. It is written as soon as
// there are any, so that being there tells nothing.
type group struct {
	Child bool `json:"child"`
}

func groupPlace(caseID casefile.ID) seal.Place {
	return seal.Place{Table: "cases", Column: "group", Row: caseID}
}

// SetGroup writes whether a child is among the people of a case.
func (t *Tx) SetGroup(_ context.Context, caseID casefile.ID, child bool, key seal.Key) error {
	sealed, err := sealJSON(key, groupPlace(caseID), group{child})
	if err != nil {
		return err
	}
	t.later("set group of case", 1, `
		UPDATE cases SET group_sealed = $2, version = version + 1 WHERE id = $1`, caseID, sealed)
	return nil
}

// childInGroup opens what SetGroup wrote, with one of the keys of the case.
func childInGroup(key seal.Key, caseID casefile.ID, sealed []byte) bool {
	var g group
	plain, err := key.Open(groupPlace(caseID), sealed)
	return err == nil && plain != nil && json.Unmarshal(plain, &g) == nil && g.Child
}

// The answers to whether we may speak of somebody to an agency.
const (
	ConsentYes       = "yes"
	ConsentNo        = "no"
	ConsentLater     = "later"
	ConsentWithdrawn = "withdrawn" // of everything
)

// ConsentAnswers are the answers to the question.
var ConsentAnswers = []string{ConsentYes, ConsentNo, ConsentLater}

// Consent is what somebody said about being spoken of to an agency.
type Consent struct {
	ID           casefile.ID   `json:"-"`
	Case         casefile.ID   `json:"-"`
	Conversation casefile.ID   `json:"-"` // its key seals the rest
	Person       casefile.ID   `json:"-"` // of the group; zero: whoever writes to us
	Staff        casefile.ID   `json:"-"` // who asked, or wrote it down
	At           time.Time     `json:"-"`
	Answer       string        `json:"answer"`
	To           string        `json:"to,omitempty"` // id in the directory; empty: a withdrawal, of everything
	Text         string        `json:"text,omitempty"`
	Lang         casefile.Lang `json:"lang,omitempty"`
	How          string        `json:"how,omitempty"`
	Name         string        `json:"name,omitempty"` // of the agency, as it was said
}

func consentPlace(id casefile.ID) seal.Place {
	return seal.Place{Table: "consents", Column: "told", Row: id}
}

// AddConsent writes what somebody said. Nothing is ever taken away: the last one counts.
func (t *Tx) AddConsent(_ context.Context, c Consent, key seal.Key) error {
	sealed, err := sealJSON(key, consentPlace(c.ID), c)
	if err != nil {
		return err
	}
	t.later("add consent", 1, `
		INSERT INTO consents (id, case_id, conversation_id, person_id, told_sealed, staff_id, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, c.ID, c.Case, c.Conversation, c.Person, sealed, c.Staff, c.At)
	return nil
}

// CaseConsents reads what people of a case said, oldest first. One that does not open
// has no answer, and counts as none.
func (t *Tx) CaseConsents(ctx context.Context, caseID casefile.ID) ([]Consent, error) {
	var all []Consent
	open := t.opener()
	err := t.query(ctx, "read consents", func(rows pgx.Rows) error {
		c := Consent{Case: caseID}
		var told, wrapped []byte
		err := rows.Scan(&c.ID, &c.Conversation, &c.Person, &told, &c.Staff, clock{&c.At}, &wrapped)
		open.json(c.Conversation, wrapped, consentPlace(c.ID), told, &c) // without an answer it allows nothing
		all = append(all, c)
		return err
	}, `
		SELECT n.id, n.conversation_id, n.person_id, n.told_sealed, n.staff_id, n.at, c.wrapped_key
		FROM consents n JOIN conversations c ON c.id = n.conversation_id
		WHERE n.case_id = $1
		ORDER BY n.seq`, caseID)
	return all, err
}

// shortest is how many sealed bytes a message has at most that may be a command.
const shortest = 160

// ShortMessages reads the short messages of a conversation that arrived after a
// moment, oldest first.
func (t *Tx) ShortMessages(ctx context.Context, c Conversation, after time.Time) ([]Message, error) {
	return t.messagesIn(ctx, "read short messages", c, `
		m.conversation_id = $1 AND m.received_at > $2 AND octet_length(m.text_sealed) <= $3 ORDER BY m.arrival`, after, shortest)
}
