package cases

import (
	"context"
	"unicode/utf8"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/gsm7"
	"pulang/internal/store"
)

// The texts that announce who answers, and the longest working name they hold.
const (
	textTaken      = "takeover"
	textHandedBack = "handback"
	longestName    = 22
)

var takenTexts = []string{"all." + textTaken, "disguised." + textTaken}

// Acknowledge says that this member of staff looks after the case now. The outcome
// names who holds it when somebody else was first.
func (d *Desk) Acknowledge(ctx context.Context, who access.Staff, ref string) (ack escalation.Ack, err error) {
	err = d.do(ctx, who, access.Acknowledge, ref, func(a *act) error {
		ack, err = d.Escalation.AcknowledgeCase(ctx, a.Tx, who.ID, a.file.ID, a.now)
		return err
	})
	switch {
	case err != nil:
		return escalation.Ack{}, err
	case ack.Outcome == escalation.AlreadyTaken:
		return ack, &Refused{Why: TakenByOther, By: ack.By}
	case ack.Outcome == escalation.Over:
		return ack, refuse(NothingWaits)
	}
	return ack, nil
}

// Take makes this member of staff the one who answers: announced to the person
// under their working name, and the line falls silent. holder is who answered when
// the page was read (zero: the line); when that changed, the takeover is refused
// and shown. Taking over acknowledges the escalation as well.
func (d *Desk) Take(ctx context.Context, who access.Staff, ref string, holder casefile.ID, workingName string) error {
	return d.do(ctx, who, access.TakeOver, ref, func(a *act) error {
		switch {
		case a.file.Closed:
			return refuse(IsClosed)
		case a.lane.TakenBy == who.ID:
			return nil
		case a.lane.TakenBy != holder && !a.lane.TakenBy.IsZero():
			return &Refused{Why: TakenByOther, By: a.lane.TakenBy}
		}
		if err := a.TakeOver(ctx, a.lane.ID, who.ID, a.now); err != nil {
			return err
		}
		if err := a.StartWork(ctx, a.file.ID); err != nil {
			return err
		}
		if err := a.note(ctx, store.TakenOver, ""); err != nil {
			return err
		}
		if err := a.endOverrides(ctx); err != nil {
			return err
		}
		if err := a.DropHeld(ctx, a.lane.ID, takenTexts, "somebody else answers now", a.now); err != nil {
			return err
		}
		if err := d.announce(ctx, a, textTaken, map[string]string{"name": shortName(workingName)}); err != nil {
			return err
		}
		if _, err := d.Escalation.AcknowledgeCase(ctx, a.Tx, who.ID, a.file.ID, a.now); err != nil {
			return err
		}
		return a.record(ctx, actionTaken, "")
	})
}

// HandBack lets the line answer again, announced. Only who answers can hand back.
func (d *Desk) HandBack(ctx context.Context, who access.Staff, ref string) error {
	return d.do(ctx, who, access.TakeOver, ref, func(a *act) error {
		switch {
		case a.lane.TakenBy.IsZero():
			return nil
		case a.lane.TakenBy != who.ID:
			return &Refused{Why: TakenByOther, By: a.lane.TakenBy}
		}
		return d.handBack(ctx, a)
	})
}

func (d *Desk) handBack(ctx context.Context, a *act) error {
	if err := a.Tx.HandBack(ctx, a.lane.ID); err != nil {
		return err
	}
	if err := a.note(ctx, store.HandedBack, ""); err != nil {
		return err
	}
	if err := a.endOverrides(ctx); err != nil {
		return err
	}
	if err := a.DropHeld(ctx, a.lane.ID, takenTexts, "handed back", a.now); err != nil {
		return err
	}
	if err := d.announce(ctx, a, textHandedBack, nil); err != nil {
		return err
	}
	return a.record(ctx, actionHandedBack, "")
}

// announce tells the person who answers now, in the words of the pack their phone
// allows. A takeover they can't hear now waits with the held replies; a hand-back
// they can't hear is not said, because they find the line answering anyway.
func (d *Desk) announce(ctx context.Context, a *act, text string, vars map[string]string) error {
	letter := a.letter(casefile.NewID(a.now))
	if letter.State == "denied" || (letter.State == "held" && text == textHandedBack) {
		return nil
	}
	pack := "all."
	if a.lane.Session.Watched(a.now) {
		pack = "disguised."
	}
	words, err := d.Book.Text(string(a.lane.Lang), pack+text, vars)
	if err != nil {
		return err
	}
	letter.TextKey, letter.Body = pack+text, casefile.Hide(words)
	return a.Queue(ctx, letter, a.lane.Key)
}

// letter is something this member of staff says, as the gate allows it now: queued
// as an answer, held, or denied.
func (a *act) letter(id casefile.ID) store.Letter {
	letter := store.Letter{ID: id, Conversation: a.lane.ID, WrittenBy: a.who.ID, Channel: a.lane.Channel,
		Purpose: casefile.ForAnswer, Priority: store.DangerFirst, State: "queued", Turn: a.lane.Turn, QueuedAt: a.now}
	policy := a.lane.Session.Policy(a.lane.Unreachable, a.now)
	switch verdict, reason := casefile.MayWrite(policy, casefile.ForAnswer, a.now); verdict {
	case casefile.Hold:
		letter.Purpose, letter.State, letter.Reason = casefile.ForHeld, "held", reason
	case casefile.Deny:
		letter.State, letter.Reason = "denied", reason
	}
	return letter
}

// shortName is a working name as an SMS takes it, cut between letters.
func shortName(name string) string {
	name = gsm7.Fold(name)
	for utf8.RuneCountInString(name) > longestName {
		_, last := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-last]
	}
	return name
}
