package casefile

import "time"

// Reading is what hear understood of one message. It is the only thing flows
// gets to see of a text.
type Reading struct {
	Message  ID
	Kind     MessageKind
	Lang     Lang
	Faint    bool // one word or two tell the language: too few to say that a person changed theirs
	Reporter Reporter
	Dangers  []Danger // empty: no danger heard
	Facts    []Fact   // other facts heard in free text (passport kept, people, place ...); How is Heard
	Answers  []Answer // readings of the open questions, at most one per question, the pending one first
	Place    *PlaceHeard
	Command  Command
	Retracts bool // "wrong number", "it was not me"
	Oracle   bool // asks whether somebody has written here (rule 24)
	Price    bool // asks what it costs, or whether this is real
	Empty    bool // nothing readable: no letters, no digits
	Feeling  bool // tells of fear or grief: it deserves thanks, not "not clear"
	Choice   bool // only an answer: digits, or a word such as "ya"; not free text

	Sentence  bool    // four words or more: something is told, not a digit mistyped
	AsksToPay Private // the words that ask whether to pay somebody who demands money; empty: none. With Price it may be us
}

// HasDanger reports whether any danger was heard.
func (r Reading) HasDanger() bool { return len(r.Dangers) > 0 }

// Danger is one reason for worry heard in a text.
type Danger struct {
	Kind   DangerKind
	Phrase Private // the words of the original text
	Rule   string  // the rule it supports by itself or with others: "C3", "H6"
	Facts  []Fact  // what it means, in the vocabulary of the dictionary
}

// DangerKind is a family of danger wording.
type DangerKind string

// The families.
const (
	Confinement    DangerKind = "confinement"
	ViolenceHeard  DangerKind = "violence"
	SoldOrMoved    DangerKind = "sold_or_moved"
	RansomHeard    DangerKind = "ransom"
	FineToLeave    DangerKind = "fine_to_leave"
	Flight         DangerKind = "flight"
	Medical        DangerKind = "medical"
	SelfHarmHeard  DangerKind = "self_harm"
	ChildExploited DangerKind = "child_exploited"
	BareCry        DangerKind = "cry"
	Doubt          DangerKind = "doubt" // sounds like danger, and no rule says why
)

// PlaceHeard is a place of places.csv named in a text.
type PlaceHeard struct {
	Name    string // canonical name
	Country string // ISO 3166 alpha-2
	Phrase  Private
}

// Answer is a reading of one open question.
type Answer struct {
	Key     Key
	Values  []string // named meanings; empty with Skip or Typed
	Typed   Private  // what was typed, at an open question
	Skip    bool     // 0, lewati, skip
	Unread  bool     // could not be read as an answer to the pending question
	Phrase  Private
	Pending bool // it answers the question that was just asked
}

// Command is an exit that holds in every state.
type Command string

// The commands. NoCommand is the zero value.
const (
	NoCommand    Command = ""
	HelpCommand  Command = "help"     // BANTUAN, HELP, ?
	HumanCommand Command = "human"    // MANUSIA, ORANG, HUMAN, STAFF
	StopCommand  Command = "stop"     // BERHENTI, STOP: stop talking
	QuietCommand Command = "quiet"    // DIAM, QUIET
	LangCommand  Command = "language" // BAHASA, LANGUAGE; with the language in Answers when named
	BackCommand  Command = "back"     // KEMBALI, BACK
	WipeCommand  Command = "delete"   // HAPUS, DELETE

	// ForgetCommand asks us to forget what we hold: "lupakan saya", "hapus data saya".
	// It is another thing than WipeCommand, which clears the phone.
	ForgetCommand Command = "forget"
)

// MessageKind is what sort of thing arrived from a person.
type MessageKind string

// The kinds of message.
const (
	KindText       MessageKind = "text"
	KindPress      MessageKind = "press" // a button; Text holds its digit
	KindEdit       MessageKind = "edit"  // a message changed; the original stays
	KindPhoto      MessageKind = "photo"
	KindVoice      MessageKind = "voice"
	KindVideo      MessageKind = "video"
	KindDocument   MessageKind = "document"
	KindLocation   MessageKind = "location"
	KindContact    MessageKind = "contact"
	KindSticker    MessageKind = "sticker"
	KindUnreadable MessageKind = "unreadable" // the body could not be decoded
	KindUnknown    MessageKind = "unknown"    // a kind of update we do not know
	KindBlocked    MessageKind = "blocked"    // the person blocked us, or opted out
	KindUnblocked  MessageKind = "unblocked"
	KindMigrated   MessageKind = "migrated" // a group got a new id
	KindStatus     MessageKind = "status"   // the provider's word on a delivery
)

// IsMedia reports whether the message carries a reference instead of words.
func (k MessageKind) IsMedia() bool {
	switch k {
	case KindPhoto, KindVoice, KindVideo, KindDocument, KindLocation, KindContact, KindSticker:
		return true
	}
	return false
}

// IsSpoken reports whether the message is something a person said to us, and so
// deserves an answer.
func (k MessageKind) IsSpoken() bool {
	return k == KindText || k == KindPress || k == KindEdit || k.IsMedia()
}

// Hearing is what hear needs to know besides the text.
type Hearing struct {
	Pending Question   // the question just asked; zero Key when none
	Open    []Question // other questions not answered yet, in the order of asking
	Hint    Lang       // what the channel or the conversation speaks
	Country string     // where they are, as an ISO code, for the hour they mean; empty while unknown
	Last    Question   // the question before the pending one, which "no, I meant ..." corrects
	Now     time.Time
}
