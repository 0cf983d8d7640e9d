package bot

import (
	"context"
	"errors"
	"net/http"
	"time"

	"pulang/internal/casefile"
)

// Channel is a way to reach people: one folder under bot/, one value of this
// interface. Adapters authenticate, parse and send; words and policy are not
// theirs. Every adapter passes bottest.TestChannel.
type Channel interface {
	// Name is the channel's name as stored: "telegram", "sms".
	Name() casefile.ChannelName
	// Traits says what the channel can do, as data.
	Traits() Traits
	// Routes are the webhooks the provider calls.
	Routes() []Route
	// Send hands one message to the provider. A non-nil error is always a
	// *SendError, in our words only.
	Send(ctx context.Context, m Outgoing) (Receipt, error)
	// Find looks for a message whose sending ended unknown, so that it is not sent
	// twice. ErrCannotFind when the provider has no way to tell.
	Find(ctx context.Context, m Outgoing, since time.Time) (receipt Receipt, found bool, err error)
}

// Traits is what a channel can do.
type Traits struct {
	Buttons    bool // digits can be pressed instead of typed
	CostsThem  bool // each message costs the person: the short flow (rule 4)
	OneSegment bool // texts are SMS: GSM-7, one segment
	MaxText    int  // longest text, in characters
	// PerSecond is how many messages a second the provider takes from us, over all
	// addresses; PerAddress is the least time between two to the same address.
	PerSecond  int
	PerAddress time.Duration
	// PerGroupMinute is how many messages a minute a group takes, for a channel that
	// has groups: one with a method IsGroup(casefile.Private) bool.
	PerGroupMinute int
	Finds          bool // Find can tell whether a message was sent
	Reports        bool // the provider says later what became of a message
	// Repeats says that the provider repeats by itself, for hours, what was not
	// answered 200. What would not be repeated goes to the spool.
	Repeats bool
}

// Route is one webhook of a channel.
type Route struct {
	Pattern string // for http.ServeMux: "POST /webhooks/telegram"
	// Check looks at the headers before the body is read; nil when the proof is in
	// the body. ErrForged answers 401.
	Check func(r *http.Request) error
	// MaxBody is the largest body that is read, in bytes; 0: 1 MiB. A proof that is
	// in the body comes after the reading: until then the body is anybody's, and
	// the room for many of them must be small.
	MaxBody int64
	// Parse proves and parses a body of at most 1 MiB. ErrForged answers 403. A
	// body with a good proof is never an error: what cannot be decoded comes back
	// as one Arrived of KindUnreadable.
	Parse func(r *http.Request, body []byte) ([]Arrived, error)
}

// ErrForged says that a webhook did not come from the provider.
var ErrForged = errors.New("webhook is not from the provider")

// ErrCannotFind says that a channel has no way to look a sent message up.
var ErrCannotFind = errors.New("channel cannot look up sent messages")

// Arrived is one thing a provider delivered, parsed.
type Arrived struct {
	Channel    casefile.ChannelName
	ProviderID string // names the delivery, once per provider: update_id, MessageSid
	Kind       casefile.MessageKind
	From       casefile.Private // chat id or E.164 number; empty when it is nobody's
	Text       casefile.Private // words, caption, or the digit of a pressed button
	Note       Note             // our own word on an odd one
	Order      int64            // the provider's order among one person's messages; 0 when it has none
	MessageRef string           // the provider's id of the message itself, for edits and deletion
	Media      casefile.Private // the reference of a photo, a voice, a place, a contact, as JSON
	MovedTo    casefile.Private // with KindMigrated: the new address
	Lang       casefile.Lang    // the channel's hint; empty when it gives none
	Country    string           // ISO country of a phone number; empty when there is none
	SentAt     time.Time        // by the provider's clock; zero when not told
	ReceivedAt time.Time        // when the spool kept it; zero: it arrives now
	Status     Status           // with KindStatus
	Press      Press            // with KindPress
	Raw        casefile.Private // the raw bytes, kept sealed
}

// Note is our own word on a message that is not quite like others.
type Note string

// The notes.
const (
	NoteForwarded    Note = "forwarded"
	NoteGroup        Note = "group"         // written in a group: From is the group
	NoteLiveLocation Note = "live_location" // a place that moves by itself: kept, not answered
	NoteOptedOut     Note = "opted_out"     // the provider cuts the line at this word
	NoteOptedIn      Note = "opted_in"      // ... and opens it again at this one
)

// Press is a pressed button.
type Press struct {
	Data  string // what Button.Data said
	Turn  int    // the turn that asked, when it is the button of a question
	Query string // what the provider wants to hear back, so that the button stops spinning
}

// Status is the provider's word on a delivery it accepted earlier.
type Status struct {
	MessageRef string  // the provider's id of our message
	Outcome    Outcome // Sent (on its way), Delivered, Refused, Unreachable
	Class      string  // our word for what happened
}

// Receive takes what arrived; the webhook answers 200 only after it returns nil.
type Receive func(ctx context.Context, batch []Arrived) error

// Outgoing is one message to hand to a provider.
type Outgoing struct {
	Delivery casefile.ID // names the attempt's row; used as the provider's reference where it takes one
	To       casefile.Private
	Text     casefile.Private
	Buttons  []Button // one row of neutral labels; empty: none
	Others   []string // references of other messages to this address: Find takes none of them
}

// Button is one button: a neutral label and data of at most 64 bytes.
type Button struct {
	Label string
	Data  string
}

// Receipt is what the provider answered.
type Receipt struct {
	MessageRef string // the provider's id of our message
}

// ending is a receipt, and what else the line learned while sending.
type ending struct {
	Receipt
	found       bool // looked up at the provider: it was sent once
	unreachable bool
}

// Outcome is how handing a message to a provider ended.
type Outcome string

// The outcomes. Only Sent and Delivered come without an error.
const (
	Sent        Outcome = "sent"
	Delivered   Outcome = "delivered"
	Retry       Outcome = "retry"       // try again later: 5xx, no connection
	Slow        Outcome = "slow"        // too many: wait After, this lane only
	Refused     Outcome = "refused"     // will never be taken: a person looks at it
	Unreachable Outcome = "unreachable" // blocked us, opted out, no such number
	Moved       Outcome = "moved"       // the address is now MovedTo
	Unknown     Outcome = "unknown"     // perhaps sent: reconcile before resending
)

// SendError is a provider's answer in our words. It never holds the provider's
// text, an address or a token.
type SendError struct {
	Outcome Outcome
	After   time.Duration    // with Slow and Retry; zero: the caller's own backoff
	Wide    bool             // with Slow: the provider takes no more from us at all, not only to this address
	MovedTo casefile.Private // with Moved
	Class   string           // our word: "timeout", "blocked", "opted_out", "http_500"
}

// Error is the outcome and the class.
func (e *SendError) Error() string { return "send: " + string(e.Outcome) + " (" + e.Class + ")" }
