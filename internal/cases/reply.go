package cases

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"pulang/internal/access"
	"pulang/internal/casefile"
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
// alphabet and split between words.
func Prepare(text string, oneSegment bool) (Draft, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch {
	case text == "":
		return Draft{}, refuse(NothingToSay)
	case account.MatchString(text):
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

// Reply says something to the person: at once as an answer, or held until they
// write again. id names the reply, so that a form sent twice says it once. Only
// who took over may reply.
func (d *Desk) Reply(ctx context.Context, who access.Staff, ref string, id casefile.ID, text string) (sent Sent, err error) {
	err = d.do(ctx, who, access.Reply, ref, func(a *act) error {
		switch {
		case a.file.Closed:
			return refuse(IsClosed)
		case a.lane.TakenBy.IsZero():
			return refuse(NotTaken)
		case a.lane.TakenBy != who.ID:
			return &Refused{Why: TakenByOther, By: a.lane.TakenBy}
		}
		draft, err := Prepare(text, d.OneSegment(a.lane.Channel))
		if err != nil {
			return err
		}
		letter := a.letter(id)
		if letter.State == "denied" {
			return refuse(Unreachable)
		}
		sent = Sent{Letters: len(draft.Parts), Held: letter.State == "held", Reason: letter.Reason}
		return a.say(ctx, letter, draft)
	})
	if errors.Is(err, store.ErrConflict) {
		return sent, nil // said already
	}
	return sent, err
}

// say queues the parts of a reply, in order.
func (a *act) say(ctx context.Context, letter store.Letter, draft Draft) error {
	for i, part := range draft.Parts {
		if i > 0 {
			letter.ID = casefile.NewID(a.now)
		}
		letter.Position, letter.Body = i, casefile.Hide(part)
		if err := a.Queue(ctx, letter, a.lane.Key); err != nil {
			return err
		}
	}
	if err := a.StaffWrote(ctx, a.lane.ID, a.now); err != nil {
		return err
	}
	action := actionReplied
	if letter.State == "held" {
		action = actionHeld
	}
	return a.record(ctx, action, "")
}
