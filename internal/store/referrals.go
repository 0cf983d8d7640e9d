package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/seal"
)

// ReferralState says where a referral stands.
type ReferralState string

// The states of a referral.
const (
	ReferralProposed ReferralState = "proposed"
	ReferralSent     ReferralState = "sent"
	ReferralAccepted ReferralState = "accepted"
	ReferralRefused  ReferralState = "refused"
	ReferralDone     ReferralState = "done"
	ReferralRevoked  ReferralState = "revoked"
)

// Basis says why something may be shared.
type Basis string

// The bases: they agreed; a life is in danger; the best interest of a child. The last
// two are a supervisor's to decide.
const (
	NoBasis      Basis = ""
	ByConsent    Basis = "consent"
	ByDanger     Basis = "danger"
	BestInterest Basis = "best_interest"
)

// Referral is somebody outside who is asked to help.
type Referral struct {
	ID           casefile.ID
	Case         casefile.ID
	Conversation casefile.ID // its key seals the words
	Person       casefile.ID // of the group; zero: whoever writes to us
	State        ReferralState
	Basis        Basis
	Plan         Plan
	Purpose      casefile.Private
	Weighed      casefile.Private // the risk of sharing, and what the person said of it
	Approval     casefile.Private // why a supervisor decided
	ProposedBy   casefile.ID
	ApprovedBy   casefile.ID
	ApprovedAt   time.Time
	At, DueAt    time.Time
	SentAt       time.Time
	EndedAt      time.Time
	Version      int
}

// Plan is to whom, and what is shared.
type Plan struct {
	To     string   `json:"to"`     // id in the directory
	Name   string   `json:"name"`   // as the directory had it
	Agency string   `json:"agency"` // as access has it
	Fields []string `json:"fields"`
	Wish   string   `json:"wish,omitempty"` // of a child: one of ConsentAnswers
}

// Lives reports whether the referral is not over.
func (r Referral) Lives() bool {
	return r.State == ReferralProposed || r.State == ReferralSent || r.State == ReferralAccepted
}

func referralPlace(id casefile.ID) func(string) seal.Place {
	return func(column string) seal.Place { return seal.Place{Table: "referrals", Column: column, Row: id} }
}

var referralTexts = []string{"purpose", "weighed", "approval"}

// ProposeReferral writes a referral that is not sent yet.
func (t *Tx) ProposeReferral(_ context.Context, r Referral, key seal.Key) error {
	place := referralPlace(r.ID)
	plan, err := sealJSON(key, place("plan"), r.Plan)
	if err != nil {
		return err
	}
	texts, err := sealTexts(key, place, referralTexts[:2], r.Purpose, r.Weighed) // it is approved later
	if err != nil {
		return err
	}
	t.later("propose referral", 1, `
		INSERT INTO referrals (id, case_id, conversation_id, person_id, state, plan_sealed, purpose_sealed, weighed_sealed, proposed_by, at, due_at)
		VALUES ($1, $2, $3, $4, 'proposed', $5, $6, $7, $8, $9, $10)`,
		r.ID, r.Case, r.Conversation, r.Person, plan, texts[0], texts[1], r.ProposedBy, r.At, r.DueAt)
	return nil
}

// ApproveReferral writes that a supervisor decided that it may be sent. The reason is
// sealed under the key of the referral's own conversation. ErrStale when it changed
// since r.Version, or was sent.
func (t *Tx) ApproveReferral(_ context.Context, r Referral, key seal.Key) error {
	approval, err := key.SealText(referralPlace(r.ID)("approval"), r.Approval)
	if err != nil {
		return err
	}
	t.later("approve referral", 1, `
		UPDATE referrals SET basis = $3, approval_sealed = $4, approved_by = $5, approved_at = $6, version = version + 1
		WHERE id = $1 AND version = $2 AND state = 'proposed'`,
		r.ID, r.Version, string(r.Basis), approval, r.ApprovedBy, r.ApprovedAt)
	return nil
}

// MoveReferral moves a referral on to r.State, with the times that belong to it.
// ErrStale when it changed since r.Version.
func (t *Tx) MoveReferral(_ context.Context, r Referral) error {
	t.later("move referral", 1, `
		UPDATE referrals SET state = $3, basis = $4, due_at = $5, sent_at = $6, ended_at = $7, version = version + 1
		WHERE id = $1 AND version = $2 AND state IN ('proposed', 'sent', 'accepted')`,
		r.ID, r.Version, string(r.State), string(r.Basis), r.DueAt, when(r.SentAt), when(r.EndedAt))
	return nil
}

// CaseReferrals reads the referrals of a case, newest first.
func (t *Tx) CaseReferrals(ctx context.Context, caseID casefile.ID) ([]Referral, error) {
	var all []Referral
	open := t.opener()
	err := t.query(ctx, "read referrals", func(rows pgx.Rows) error {
		r := Referral{Case: caseID}
		var plan, purpose, weighed, approval, wrapped []byte
		err := rows.Scan(&r.ID, &r.Conversation, &r.Person, &r.State, &r.Basis, &plan, &purpose, &weighed, &approval, &r.ProposedBy,
			&r.ApprovedBy, clock{&r.ApprovedAt}, clock{&r.At}, clock{&r.DueAt}, clock{&r.SentAt}, clock{&r.EndedAt}, &r.Version, &wrapped)
		place := referralPlace(r.ID)
		texts := open.texts(r.Conversation, wrapped, place, referralTexts, purpose, weighed, approval)
		r.Purpose, r.Weighed, r.Approval = texts[0], texts[1], texts[2]
		open.json(r.Conversation, wrapped, place("plan"), plan, &r.Plan) // one that does not open names nobody, and is sent to nobody
		all = append(all, r)
		return err
	}, `
		SELECT r.id, r.conversation_id, r.person_id, r.state, r.basis, r.plan_sealed, r.purpose_sealed, r.weighed_sealed, r.approval_sealed,
		       r.proposed_by, r.approved_by, r.approved_at, r.at, r.due_at, r.sent_at, r.ended_at, r.version, c.wrapped_key
		FROM referrals r JOIN conversations c ON c.id = r.conversation_id
		WHERE r.case_id = $1
		ORDER BY r.at DESC, r.id DESC`, caseID)
	return all, err
}
