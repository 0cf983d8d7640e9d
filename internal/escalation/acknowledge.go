package escalation

import (
	"context"
	"errors"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/store"
)

// The limit on wrong codes of one member of staff.
const (
	maxGuesses  = 5
	guessWindow = 10 * time.Minute
)

// Outcome is what became of an acknowledgement.
type Outcome string

// The outcomes. None of them is an error: the transaction is committed all the
// same, so that a wrong code counts as a guess.
const (
	Accepted       Outcome = "accepted"         // theirs, from now on
	AlreadyYours   Outcome = "already_yours"    // said twice
	AlreadyTaken   Outcome = "already_taken"    // somebody else was first
	Over           Outcome = "over"             // ended, or renewed under a new code
	CodeUsed       Outcome = "code_used"        // it expired since; a newer code was sent
	NoSuchCode     Outcome = "no_such_code"     // not a code of theirs
	TooManyGuesses Outcome = "too_many_guesses" // wait ten minutes, or use the console
)

// Ack is the answer to an acknowledgement.
type Ack struct {
	Outcome    Outcome
	Escalation casefile.ID
	Case       casefile.ID
	Ref        string
	Urgency    casefile.Urgency
	Code       string        // with CodeUsed: the code they were sent last
	By         casefile.ID   // who holds it
	Expires    time.Time     // when it stops holding, unless the case was opened and answered
	Others     []casefile.ID // who was alerted besides, once accepted
}

// Acknowledge takes a code that a member of staff typed. It is idempotent. Only the
// person whose code it is can use it.
func (e *Escalation) Acknowledge(ctx context.Context, tx *store.Tx, staff casefile.ID, code string, now time.Time) (Ack, error) {
	guesses, err := tx.Guesses(ctx, staff, now.Add(-guessWindow))
	if err != nil {
		return Ack{}, err
	}
	if guesses >= maxGuesses {
		return Ack{Outcome: TooManyGuesses}, nil
	}
	return e.AcknowledgePressed(ctx, tx, staff, code, now)
}

// AcknowledgePressed is the same for the button under an alert. What we put there
// ourselves is no guess, so that it works also after too many wrong codes.
func (e *Escalation) AcknowledgePressed(ctx context.Context, tx *store.Tx, staff casefile.ID, code string, now time.Time) (Ack, error) {
	alert, err := tx.AlertByCode(ctx, staff, code)
	if errors.Is(err, store.ErrNotFound) {
		return Ack{Outcome: NoSuchCode}, e.guessed(ctx, tx, staff, now)
	}
	if err != nil {
		return Ack{}, err
	}
	x, err := tx.LockEscalation(ctx, alert.Escalation)
	if err != nil {
		return Ack{}, err
	}
	// They may have been alerted before the report named their agency. From then on
	// their code is like any that never was.
	kept, err := keptFrom(ctx, tx, staff, x.Case)
	if err != nil {
		return Ack{}, err
	}
	if kept {
		return Ack{Outcome: NoSuchCode}, e.guessed(ctx, tx, staff, now)
	}
	if x.State == store.Climbing && (!alert.AcknowledgedAt.IsZero() || alert.Code != code) {
		ack := ackOf(x, CodeUsed)
		ack.Code = alert.Code
		return ack, nil
	}
	return e.acknowledge(ctx, tx, x, staff, now)
}

func (e *Escalation) guessed(ctx context.Context, tx *store.Tx, staff casefile.ID, now time.Time) error {
	if err := tx.NoteGuess(ctx, staff, now); err != nil {
		return err
	}
	if err := tx.ForgetGuesses(ctx, now.Add(-24*time.Hour)); err != nil {
		return err
	}
	return tx.Audit(ctx, store.Entry{At: now, Actor: casefile.ByStaff(staff), Action: "alert.wrong_code"})
}

// AcknowledgeCase is the same through the console: any signed-in member of staff
// who may see the case. Over when nothing is being escalated.
func (e *Escalation) AcknowledgeCase(ctx context.Context, tx *store.Tx, staff, caseID casefile.ID, now time.Time) (Ack, error) {
	x, err := tx.LiveEscalation(ctx, caseID)
	if errors.Is(err, store.ErrNotFound) {
		return Ack{Outcome: Over, Case: caseID}, nil
	}
	if err != nil {
		return Ack{}, err
	}
	return e.acknowledge(ctx, tx, x, staff, now)
}

func (e *Escalation) acknowledge(ctx context.Context, tx *store.Tx, x store.Escalation, staff casefile.ID, now time.Time) (Ack, error) {
	switch {
	case x.State == store.Ended:
		return ackOf(x, Over), nil
	case x.State == store.Acknowledged && x.AcknowledgedBy == staff:
		return ackOf(x, AlreadyYours), nil
	case x.State == store.Acknowledged:
		return ackOf(x, AlreadyTaken), nil
	}
	x.State, x.AcknowledgedBy, x.AcknowledgedAt, x.DueAt = store.Acknowledged, staff, now, AckExpires(x.Urgency, now)
	if err := tx.MoveEscalation(ctx, x); err != nil {
		return Ack{}, err
	}
	if err := tx.UseCode(ctx, x.ID, staff, now); err != nil {
		return Ack{}, err
	}
	if err := tx.DropAlerts(ctx, x.ID, "acknowledged", now); err != nil {
		return Ack{}, err
	}
	err := tx.Audit(ctx, store.Entry{At: now, Actor: casefile.ByStaff(staff), Action: "escalation.acknowledged", Case: x.Case})
	if err != nil {
		return Ack{}, err
	}
	ack := ackOf(x, Accepted)
	alerts, err := tx.Alerts(ctx, x.ID)
	for _, a := range alerts {
		if a.Staff != staff {
			ack.Others = append(ack.Others, a.Staff)
		}
	}
	return ack, err
}

func ackOf(x store.Escalation, outcome Outcome) Ack {
	ack := Ack{Outcome: outcome, Escalation: x.ID, Case: x.Case, Ref: x.Ref, Urgency: x.Urgency, By: x.AcknowledgedBy}
	if x.State == store.Acknowledged {
		ack.Expires = x.DueAt
	}
	return ack
}
