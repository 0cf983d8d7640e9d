package cases

import (
	"context"
	"errors"
	"slices"
	"strings"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// AuditSize is how many entries of the audit a page shows.
const AuditSize = 100

const actionAuditViewed = "audit.viewed"

// AuditQuery says which entries of the audit somebody wants to read.
type AuditQuery struct {
	Login  string // of who did it; empty: anybody
	Ref    string // of the case it was done to; empty: any, or none
	Action string // this one, or a group of them: "case"
	Before int64  // older than this; zero: the newest
}

// AuditPage is a page of the audit, newest first.
type AuditPage struct {
	Records []store.Record
	Logins  map[casefile.ID]string // of staff: some details name a member by their id
	Older   int64                  // Before of the next page; zero: there is none
	Nobody  bool                   // nobody has that login
	NoCase  bool                   // there is no such case, for this reader
}

// Audit reads who did what. What is about cases that are kept from the reader (their
// agency is named in them, or they are kept out by hand) is not there for them.
// Reading is itself audited, once for as long as a look lasts.
func (d *Desk) Audit(ctx context.Context, who access.Staff, q AuditQuery) (page AuditPage, err error) {
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		page = AuditPage{}
		me, err := memberOf(ctx, tx, who, access.ReadAudit)
		if err != nil {
			return err
		}
		filter, err := d.auditFilter(ctx, tx, me, q, &page)
		if err != nil || page.Nobody || page.NoCase {
			return err
		}
		if page.Records, err = tx.AuditRecords(ctx, filter); err != nil {
			return err
		}
		if len(page.Records) > AuditSize {
			page.Records = page.Records[:AuditSize]
			page.Older = page.Records[AuditSize-1].Seq
		}
		hideAttempts(page.Records, me)
		if page.Records, err = withoutLinks(ctx, tx, page.Records, filter.Except); err != nil {
			return err
		}
		if shown := len(page.Records); page.Older > 0 && shown > 0 {
			page.Older = page.Records[shown-1].Seq // not one that is hidden
		}
		staff, err := tx.AllStaff(ctx)
		if err != nil {
			return err
		}
		page.Logins = map[casefile.ID]string{}
		for _, s := range staff {
			page.Logins[s.ID] = s.Login
		}
		return d.auditRead(ctx, tx, who, filter.Case)
	})
	return page, err
}

// auditFilter finds whom and what a query means. One row more than is shown tells
// whether there are older ones.
func (d *Desk) auditFilter(ctx context.Context, tx *store.Tx, me access.Staff, q AuditQuery, page *AuditPage) (store.AuditFilter, error) {
	filter := store.AuditFilter{Action: strings.Trim(strings.TrimSpace(q.Action), "."), Before: q.Before, Limit: AuditSize + 1}
	var err error
	if filter.Except, err = tx.KeptFrom(ctx, me, false); err != nil {
		return filter, err
	}
	if login := strings.ToLower(strings.TrimSpace(q.Login)); login != "" {
		member, err := tx.StaffByLogin(ctx, login)
		if page.Nobody = errors.Is(err, store.ErrNotFound); !page.Nobody && err != nil {
			return filter, err
		}
		filter.Actor = member.ID
	}
	if ref := strings.ToUpper(strings.TrimSpace(q.Ref)); ref != "" {
		filter.Case, err = tx.CaseID(ctx, ref)
		if page.NoCase = errors.Is(err, store.ErrNotFound) || slices.Contains(filter.Except, filter.Case); !page.NoCase && err != nil {
			return filter, err
		}
	}
	return filter, nil
}

// hideAttempts takes out what others typed who did not reach a case: to a reader of
// another agency it could tell of one that is kept from them. Of all attempts, so that
// none tells more than another; what they typed themselves, they know.
func hideAttempts(records []store.Record, me access.Staff) {
	for i, r := range records {
		if me.Agency != access.Own && r.Action == actionNotReached && r.Actor != me.Actor() {
			records[i].Detail = casefile.Private{}
		}
	}
}

// withoutLinks leaves out what was done about links to cases that are kept from the
// reader: it names them, in the audit of a case that is not.
func withoutLinks(ctx context.Context, tx *store.Tx, records []store.Record, kept []casefile.ID) ([]store.Record, error) {
	hidden := map[string]bool{}
	var shown []store.Record
	for _, r := range records {
		if len(kept) == 0 || !strings.HasPrefix(r.Action, "link.") {
			shown = append(shown, r)
			continue
		}
		words := strings.Fields(r.Detail.Reveal()) // the kind of the link, and the other case
		if len(words) != 2 {
			continue
		}
		if _, known := hidden[words[1]]; !known {
			id, err := tx.CaseID(ctx, words[1])
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return nil, err
			}
			hidden[words[1]] = slices.Contains(kept, id)
		}
		if !hidden[words[1]] {
			shown = append(shown, r)
		}
	}
	return shown, nil
}

// auditRead audits the look.
func (d *Desk) auditRead(ctx context.Context, tx *store.Tx, who access.Staff, about casefile.ID) error {
	now := d.Now()
	again, err := tx.Audited(ctx, who.Actor(), actionAuditViewed, about, casefile.ID{}, now.Add(-viewAgain))
	if err != nil || again {
		return err
	}
	return tx.Audit(ctx, store.Entry{At: now, Actor: who.Actor(), Action: actionAuditViewed, Case: about})
}
