// Package judged keeps the case of a testbed.Person by the rules, as the line does:
// the facts are assessed, the case enters the queue, and what is dangerous alerts.
//
// It promises that urgency and alerts of a test come from escalation.Assess and
// escalation.Raise and from nothing else. It stands apart from testbed because the
// tests of escalation stand on testbed too. Only tests may import it.
package judged

import (
	"context"
	"encoding/json"

	"pulang/internal/casefile"
	"pulang/internal/devstack/testbed"
	"pulang/internal/escalation"
	"pulang/internal/store"
)

// By is a testbed.Person's File that judges every turn of a victim and raises what
// e finds in it.
func By(e *escalation.Escalation) func(context.Context, *store.Tx, *testbed.Turn) error {
	return func(ctx context.Context, tx *store.Tx, t *testbed.Turn) error {
		files, err := tx.CasesOf(ctx, []store.Conversation{t.Lane})
		if err != nil {
			return err
		}
		file := files[t.Lane.ID]
		about := escalation.About{Reporter: casefile.Victim, Flow: t.Session.Flow,
			Stands: file.Urgency, LoweredTo: file.LoweredTo, LoweredAt: file.LoweredAt}
		was, is := escalation.Assess(t.Session.Facts[:t.Known], about), escalation.Assess(t.Session.Facts, about)
		if file.Assessment, err = json.Marshal(is); err != nil {
			return err
		}
		file.Urgency = is.Urgency
		if err := keep(ctx, tx, t, &file); err != nil {
			return err
		}
		_, err = e.Raise(ctx, tx, escalation.Change{Case: file.ID, Conversation: t.Lane.ID, Team: store.MainTeam, Lang: casefile.Indonesian,
			Before: was, After: is, Known: t.Known, At: t.Message.ReceivedAt})
		return err
	}
}

// keep writes the case, and opens it when there is none.
func keep(ctx context.Context, tx *store.Tx, t *testbed.Turn, file *store.Case) error {
	now := t.Message.ReceivedAt
	file.LastIn, file.QueuedAt, file.Lang, file.Flow = now, now, t.Session.Lang, t.Session.Flow
	file.Country = t.Session.Facts.CountryCode()
	if !file.ID.IsZero() {
		return tx.UpdateCase(ctx, *file, t.Lane)
	}
	file.ID, file.Ref, file.Team, file.OpenedAt = casefile.NewID(now), t.Ref, store.MainTeam, now
	return tx.OpenCase(ctx, *file, t.Lane)
}
