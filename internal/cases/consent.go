package cases

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

const (
	actionConsent  = "consent.recorded"
	actionTookBack = "consent.withdrawn"
)

// textConsent is the sentence somebody is asked in (rule 21).
const textConsent = "all.consent_share"

// How an answer reached us.
const (
	ByMessage = "message"
	ByVoice   = "voice"
)

// Asked is one answer to whether we may speak of somebody to an agency.
type Asked struct {
	Person casefile.ID   // of the group; zero: whoever writes to us
	To     string        // id in the directory
	Answer string        // one of store.ConsentAnswers
	Lang   casefile.Lang // they were asked in
	How    string        // ByMessage or ByVoice
}

// Question is the sentence to ask in, and its version: it changes with every letter of
// the text.
func (d *Desk) Question(lang casefile.Lang, agency string) (text, version string, err error) {
	if text, err = d.Book.Text(string(lang), textConsent, map[string]string{"agency": agency}); err != nil {
		return "", "", err
	}
	plain, err := d.Book.Text(string(lang), textConsent, map[string]string{"agency": "-"})
	sum := sha256.Sum256([]byte(plain))
	return text, textConsent + "@" + hex.EncodeToString(sum[:4]), err
}

// RecordConsent writes down what somebody answered, with the version and the language
// of the question. A no or a later is recorded as well: nobody is asked twice, and
// neither costs them any help.
func (d *Desk) RecordConsent(ctx context.Context, who access.Staff, ref string, q Asked) error {
	return d.working(ctx, who, access.Refer, ref, func(a *act) error {
		if !slices.Contains(store.ConsentAnswers, q.Answer) || !slices.Contains([]string{ByMessage, ByVoice}, q.How) {
			return refuse(NothingChosen)
		}
		if _, err := a.about(ctx, q.Person); err != nil {
			return err
		}
		to, err := d.recipient(ctx, a, q.To)
		if err != nil {
			return err
		}
		_, version, err := d.Question(q.Lang, to.In(string(q.Lang)))
		if err != nil {
			return refuse(NothingChosen)
		}
		c := store.Consent{ID: casefile.NewID(a.now), Case: a.file.ID, Conversation: a.lane.ID, Person: q.Person, Staff: a.who.ID, At: a.now,
			Answer: q.Answer, To: to.ID, Name: to.In(string(q.Lang)), Text: version, Lang: q.Lang, How: q.How}
		if err := a.AddConsent(ctx, c, a.lane.Key); err != nil {
			return err
		}
		return a.step(ctx, actionConsent, c.ID, "", q.Answer)
	})
}

// WithdrawConsent writes down that somebody took back what they agreed to (rule 22):
// nothing more is shared about them from now on. What is only proposed is revoked;
// what was sent stands on the page until somebody told that agency.
func (d *Desk) WithdrawConsent(ctx context.Context, who access.Staff, ref string, person casefile.ID) error {
	return d.workingOver(ctx, who, access.Refer, ref, func(a *act) error {
		if _, err := a.about(ctx, person); err != nil {
			return err
		}
		c := store.Consent{ID: casefile.NewID(a.now), Case: a.file.ID, Conversation: a.lane.ID, Person: person, Staff: a.who.ID, At: a.now,
			Answer: store.ConsentWithdrawn}
		if err := a.AddConsent(ctx, c, a.lane.Key); err != nil {
			return err
		}
		referrals, err := a.CaseReferrals(ctx, a.file.ID)
		if err != nil {
			return err
		}
		for _, r := range referrals {
			if r.State != store.ReferralProposed || r.Person != person && !person.IsZero() {
				continue
			}
			r.State, r.EndedAt = store.ReferralRevoked, a.now
			if err := a.MoveReferral(ctx, r); err != nil {
				return err
			}
			if err := a.step(ctx, actionReferralRevoked, r.ID, "", ""); err != nil {
				return err
			}
		}
		return a.step(ctx, actionTookBack, c.ID, "", "")
	})
}

// about reads who something is about: a person of the group that stands there, or
// whoever writes.
func (a *act) about(ctx context.Context, person casefile.ID) (subject, error) {
	assessment, err := assessmentOf(a.file.Case)
	s := subject{facts: a.lane.Session.Facts, flow: a.file.Flow, flags: assessment.Flags}
	if err != nil || person.IsZero() {
		return s, err
	}
	people, err := a.CasePeople(ctx, a.file.ID)
	if err != nil {
		return s, err
	}
	i := slices.IndexFunc(people, func(p store.Stub) bool { return p.ID == person && !p.Removed })
	if i < 0 {
		return s, refuse(Gone)
	}
	s.stub = &people[i]
	return s, nil
}

// consents reads what was agreed to in a case, with what they wrote since: a message
// that says nothing but that it is taken back counts at once, before anybody writes it
// down. wrote is when that was; zero: they did not.
func consents(ctx context.Context, tx *store.Tx, file store.Folder) (all []store.Consent, wrote time.Time, err error) {
	if all, err = tx.CaseConsents(ctx, file.ID); err != nil || len(all) == 0 {
		return all, wrote, err
	}
	for _, lane := range file.Conversations {
		since := all[len(all)-1].At
		if lane.Damaged {
			continue
		}
		words, err := tx.ShortMessages(ctx, lane, since)
		if err != nil {
			return nil, wrote, err
		}
		for _, w := range words {
			if w.Text.Withdraws() && w.ReceivedAt.After(wrote) {
				wrote = w.ReceivedAt
			}
		}
	}
	if !wrote.IsZero() {
		all = append(all, store.Consent{Case: file.ID, Answer: store.ConsentWithdrawn, At: wrote})
	}
	return all, wrote, nil
}

// recipient finds an agency of the directory that may be asked, and refuses one the
// report is kept from.
func (d *Desk) recipient(ctx context.Context, a *act, id string) (Recipient, error) {
	all, err := d.recipients(ctx, a.Tx)
	if err != nil {
		return Recipient{}, err
	}
	i := slices.IndexFunc(all, func(r Recipient) bool { return r.ID == id && strings.TrimSpace(id) != "" })
	if i < 0 {
		return Recipient{}, refuse(NothingChosen)
	}
	kept, err := keptFrom(ctx, a.Tx, a.file.ID, all[i].By())
	if err == nil && kept {
		err = refuse(Walled)
	}
	return all[i], err
}

// keptFrom reports whether a report is kept from an agency.
func keptFrom(ctx context.Context, tx *store.Tx, caseID casefile.ID, agency access.Agency) (bool, error) {
	walls, err := tx.WallsOf(ctx, caseID)
	return walls.Keep(access.Staff{Agency: agency}), err
}
