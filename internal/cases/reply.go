package cases

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/directory"
	"pulang/internal/gsm7"
	"pulang/internal/store"
)

// How much one reply may be: of SMS the person reads in parts, and of a chat
// message what the providers take.
const (
	MostSegments = 6
	MostLetters  = 3500
)

// Draft is a reply as it would travel.
type Draft struct {
	Parts []string // one letter each
}

// account finds what may be the number of an account or a card: eight digits or
// more in any script, also in groups (rule 29).
var account = regexp.MustCompile(`\p{Nd}(?:[ .\-]?\p{Nd}){7}`)

// Prepare makes letters of a text, or refuses it. On SMS it is folded into the GSM
// alphabet and split between words. numbers are those of the directory that may be told.
func Prepare(text string, oneSegment bool, numbers ...string) (Draft, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch {
	case text == "":
		return Draft{}, refuse(NothingToSay)
	case account.MatchString(directory.Without(text, numbers)):
		return Draft{}, refuse(AccountNumber)
	case !oneSegment && utf8.RuneCountInString(text) > MostLetters:
		return Draft{}, refuse(TooLong)
	case !oneSegment:
		return Draft{Parts: []string{text}}, nil
	}
	text = gsm7.Fold(text)
	if odd := outside(text); odd != "" {
		return Draft{}, &Refused{Why: NotGSM, What: odd}
	}
	parts := split(text)
	if len(parts) > MostSegments {
		return Draft{}, refuse(TooLong)
	}
	return Draft{Parts: parts}, nil
}

// Segments is as how many SMS a text would travel; zero when it would not.
func Segments(text string) int {
	text = gsm7.Fold(strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")))
	if outside(text) != "" {
		return 0
	}
	return len(split(text))
}

// internal finds what is written to colleagues and not to the person: a note begins
// like this.
var internal = regexp.MustCompile(`(?i)^(catatan|note|internal|untuk (tim|petugas)|for (the )?(team|staff))\s*:`)

// prepareReply is Prepare for what somebody typed to a person: what reads like a note
// to colleagues is refused.
func prepareReply(text string, oneSegment bool, numbers ...string) (Draft, error) {
	if internal.MatchString(strings.TrimSpace(text)) {
		return Draft{}, refuse(Internal)
	}
	return Prepare(text, oneSegment, numbers...)
}

// outside lists the letters an SMS would not carry, each once and at most ten.
func outside(text string) string {
	var odd strings.Builder
	for _, r := range text {
		if _, ok := gsm7.Septets(string(r)); !ok && !strings.ContainsRune(odd.String(), r) && utf8.RuneCountInString(odd.String()) < 10 {
			odd.WriteRune(r)
		}
	}
	return odd.String()
}

// split cuts a text into SMS, between words where it can.
func split(text string) []string {
	var parts []string
	for text != "" {
		part := longest(text)
		parts = append(parts, strings.TrimSpace(part))
		text = strings.TrimSpace(text[len(part):])
	}
	return parts
}

// longest is the most of the beginning of a text that fits one SMS, up to the last
// space or line end in it.
func longest(text string) string {
	end, space := 0, 0
	for at, r := range text {
		next := at + utf8.RuneLen(r)
		if !gsm7.OneSegment(text[:next]) {
			if space > 0 {
				return text[:space]
			}
			return text[:end]
		}
		if r == ' ' || r == '\n' {
			space = next
		}
		end = next
	}
	return text
}

// Sent says what became of a reply.
type Sent struct {
	Letters int
	Held    bool   // kept until the person writes again
	Reason  string // the gate's word for why it is held
}

// Said is a reply as somebody typed it.
type Said struct {
	ID   casefile.ID // names the reply, so that a form sent twice says it once
	In   casefile.ID // the conversation it was written for; zero: the one staff answer in
	Text string
	// Shown is Answering.Shown of the page it was typed on: what was read as kept is not
	// sent at once, and what was written for the person's own phone not to a watched one.
	// Empty: nothing was shown.
	Shown string
}

// Reply says something to the person: at once as an answer, or held until they write
// again. Only who took over may reply.
func (d *Desk) Reply(ctx context.Context, who access.Staff, ref string, said Said) (sent Sent, err error) {
	err = d.do(ctx, who, access.Reply, ref, func(a *act) error {
		switch {
		case a.file.Closed:
			return refuse(IsClosed)
		case moved(said.In, a.lane.ID):
			return refuse(Moved)
		case a.lane.TakenBy.IsZero():
			return refuse(NotTaken)
		case a.lane.TakenBy != who.ID:
			return &Refused{Why: TakenByOther, By: a.lane.TakenBy}
		}
		numbers, err := d.tellable(ctx, a.Tx, a.lane, said.Text, a.now)
		if err != nil {
			return err
		}
		draft, err := prepareReply(said.Text, d.OneSegment(a.lane.Channel), numbers...)
		if err != nil {
			return err
		}
		letter := a.letter(said.ID)
		switch {
		case letter.State == "denied":
			return refuse(Unreachable)
		case turned(said.Shown, shownNow(a.lane, a.now)):
			return refuse(Turned)
		}
		sent = Sent{Letters: len(draft.Parts), Held: letter.State == "held", Reason: letter.Reason}
		return a.say(ctx, letter, draft)
	})
	if errors.Is(err, store.ErrConflict) {
		return sent, nil // said already
	}
	return sent, err
}

// turned reports whether what may be said is not any more what was shown. A phone
// that turned out to be the person's own is no reason to ask again.
func turned(shown, now string) bool {
	return shown != "" && shown != now && now != string(casefile.Send)+"-free" || shown == string(casefile.Hold) && now != shown
}

// moved reports whether replies go to another conversation than the one something was
// written for: what was said to one phone is not said to another.
func moved(in, now casefile.ID) bool { return !in.IsZero() && in != now }

// say queues a reply, and what was typed is typed no more.
func (a *act) say(ctx context.Context, letter store.Letter, draft Draft) error {
	if err := a.queue(ctx, letter, draft); err != nil {
		return err
	}
	if err := a.DropDraft(ctx, a.who.ID, store.ReplyDraft, a.lane.ID); err != nil {
		return err
	}
	action := actionReplied
	if letter.State == "held" {
		action = actionHeld
	}
	return a.record(ctx, action, "")
}

// queue queues the parts of a reply, in order.
func (a *act) queue(ctx context.Context, letter store.Letter, draft Draft) error {
	for i, part := range draft.Parts {
		if i > 0 {
			letter.ID = casefile.NewID(a.now)
		}
		letter.Position, letter.Body = i, casefile.Hide(part)
		if err := a.Queue(ctx, letter, a.lane.Key); err != nil {
			return err
		}
	}
	return a.StaffWrote(ctx, a.lane.ID, a.now)
}
