// Package casefile holds the nouns of Pulang: who wrote, what they said, what was
// understood, and how urgent it is. Every other package speaks in these types.
//
// It promises that a Private value never prints, marshals or logs itself, and that
// every decision made here (the contact gate, the order of urgencies) is pure.
// It imports the standard library only, and leaves storing, sealing, hearing and
// deciding to the floors above.
package casefile

import (
	"crypto/rand"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// ID names a row: a UUID of version 7, so that rows made later sort later.
// The zero ID names nothing.
type ID [16]byte

// NewID makes an ID for the moment now. Two IDs made in the same millisecond
// differ in 74 random bits.
func NewID(now time.Time) ID {
	var id ID
	_, _ = rand.Read(id[:]) // crypto/rand.Read never fails since Go 1.24
	ms := uint64(now.UnixMilli())
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i)) // #nosec G115 -- the lowest byte is meant
	}
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}

// IsZero reports whether the ID names nothing.
func (id ID) IsZero() bool { return id == ID{} }

// String writes the ID in the usual form with dashes.
func (id ID) String() string {
	h := hex.EncodeToString(id[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// ErrBadID is returned by ParseID for anything that is not an ID.
var ErrBadID = errors.New("not an id")

// ParseID reads what String wrote.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return ID{}, ErrBadID
	}
	b, err := hex.DecodeString(s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:])
	if err != nil {
		return ID{}, ErrBadID
	}
	copy(id[:], b)
	return id, nil
}

// Value lets the database store an ID; the zero ID is stored as NULL.
func (id ID) Value() (driver.Value, error) {
	if id.IsZero() {
		return nil, nil
	}
	return id.String(), nil
}

// Scan lets the database return an ID; NULL is the zero ID.
func (id *ID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*id = ID{}
		return nil
	case string:
		parsed, err := ParseID(v)
		*id = parsed
		return err
	case []byte:
		if len(v) == 16 {
			copy(id[:], v)
			return nil
		}
		return id.Scan(string(v))
	case [16]byte:
		*id = v
		return nil
	}
	return fmt.Errorf("scan id from %T: %w", src, ErrBadID)
}

// ChannelName names a way to reach people, for example "telegram" or "sms".
// The names themselves live in the channel packages.
type ChannelName string

// Address is one person on one channel: a Telegram chat, a phone number.
type Address struct {
	Channel ChannelName
	ID      Private // chat id, or E.164 number
}

// ActorKind says what sort of actor did something.
type ActorKind string

// The three kinds of actor.
const (
	ActorPerson ActorKind = "person" // the one who writes to the line
	ActorStaff  ActorKind = "staff"  // a named member of staff
	ActorSystem ActorKind = "system" // the line itself; Part says which part
)

// Actor is who did something. Every write names one.
type Actor struct {
	Kind ActorKind
	ID   ID     // conversation or staff member; zero for the system
	Part string // for the system: "turn", "ladder", "delivery", "command", ...
}

// System is the line itself as an actor; part says which part of it.
func System(part string) Actor { return Actor{Kind: ActorSystem, Part: part} }

// ByStaff is a named member of staff as an actor.
func ByStaff(id ID) Actor { return Actor{Kind: ActorStaff, ID: id} }

// ByPerson is the person of a conversation as an actor.
func ByPerson(conversation ID) Actor { return Actor{Kind: ActorPerson, ID: conversation} }

// ErrMissingActor is returned by every write that names no actor.
var ErrMissingActor = errors.New("write without an actor")

// Valid reports ErrMissingActor unless the actor names somebody.
func (a Actor) Valid() error {
	switch {
	case a.Kind == ActorSystem && a.Part != "":
		return nil
	case (a.Kind == ActorStaff || a.Kind == ActorPerson) && !a.ID.IsZero():
		return nil
	}
	return ErrMissingActor
}

// Lang is a language as heard in one message, or spoken in a conversation.
type Lang string

// The languages. Mixed and LangUnknown are only ever heard, never spoken.
const (
	Indonesian  Lang = "id"
	English     Lang = "en"
	Mixed       Lang = "mixed"
	LangUnknown Lang = "unknown"
)

// Reporter is who seems to be writing.
type Reporter string

// The reporters. Relatives and fiances are family; friends, colleagues and
// neighbours are witnesses.
const (
	ReporterUnknown Reporter = "unknown"
	Victim          Reporter = "victim"
	Family          Reporter = "family"
	Witness         Reporter = "witness"
	Returnee        Reporter = "returnee"
	Info            Reporter = "info"
	Spam            Reporter = "spam"
)

// Urgency says how soon a person must look. The order is the order of danger.
type Urgency int

// The urgencies and the first human look they ask for: Critical within 10
// minutes, High within an hour, Medium within a day, Low without one.
const (
	Low Urgency = iota
	Medium
	High
	Critical
)

var urgencyNames = [...]string{"low", "medium", "high", "critical"}

// String names the urgency as it is stored: low, medium, high or critical.
func (u Urgency) String() string {
	if u < Low || u > Critical {
		return "low"
	}
	return urgencyNames[u]
}

// ParseUrgency reads what String wrote; false for anything else.
func ParseUrgency(s string) (Urgency, bool) {
	for i, name := range urgencyNames {
		if s == name {
			return Urgency(i), true
		}
	}
	return Low, false
}
