package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"pulang/internal/audit"
	"pulang/internal/casefile"
	"pulang/internal/ledger"
	"pulang/internal/store"
)

type auditCommand struct {
	Verify   auditVerifyCommand   `cmd:"" help:"Check the whole chain, also against the heads kept outside the database."`
	List     auditListCommand     `cmd:"" help:"List who did what, newest first. Details are shown in the console alone."`
	Restored auditRestoredCommand `cmd:"" help:"Say that a backup was put back, after verify has told what it cost."`
}

// openLedger opens the ledger of LEDGER_DIR; nil without the setting.
func openLedger(s settings) (*ledger.Ledger, error) {
	if s.LedgerDir == "" {
		return nil, nil
	}
	l, err := ledger.Open(s.LedgerDir)
	if err != nil {
		return nil, fmt.Errorf("LEDGER_DIR: %w", err)
	}
	return l, nil
}

// tryLedger says whether the ledger can be used.
func (s settings) tryLedger(context.Context) (string, error) {
	if _, err := os.Stat(s.LedgerDir); errors.Is(err, fs.ErrNotExist) {
		return "LEDGER_DIR is not there; serve makes it when it starts. If it should hold the ledgers already, look for a mistyped path or a disk that is not mounted", nil
	}
	l, err := ledger.Open(s.LedgerDir)
	if err == nil {
		_, err = l.Lines(audit.Heads)
	}
	return "can be written", err
}

type auditVerifyCommand struct {
	Head []string `help:"A head kept elsewhere, in a log or on paper, as NUMBER:HASH. May be given again." placeholder:"NUMBER:HASH"`
}

// errAudit makes the exit status tell what was printed.
var errAudit = errors.New("the audit is not what it was; see above")

// Run checks the audit and prints what it found, without anything private.
func (c auditVerifyCommand) Run(ctx context.Context, w world) error {
	var known []audit.Head
	for _, text := range c.Head {
		head, err := audit.ParseHead(strings.Replace(text, ":", " ", 1))
		if err != nil {
			return errors.New("--head is a number, a colon and 64 hexadecimal digits, as serve logs them")
		}
		known = append(known, head)
	}
	return withStore(ctx, w, func(s settings, db *store.Store) error {
		outside, err := openLedger(s)
		if err != nil {
			return err
		}
		result, err := audit.Check{Store: db, Ledger: outside, Known: known}.Verify(ctx)
		if err != nil {
			return err
		}
		printResult(w.stdout, result, outside != nil)
		if len(result.Findings) > 0 {
			return errAudit
		}
		return nil
	})
}

// mostFindings is how many findings are printed; the rest are counted.
const mostFindings = 50

// printResult says in plain words what verify saw.
func printResult(out io.Writer, r audit.Result, hasLedger bool) {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format+"\n", args...) }
	for i, f := range r.Findings {
		if i == mostFindings {
			say("... and %d more findings", len(r.Findings)-mostFindings)
			break
		}
		say("FOUND    %s", sentence(f))
	}
	if r.Rows > 0 {
		say("chained  %d rows, numbers %d to %d", r.Rows, r.First, r.Head.Seq)
		say("head     %d:%s", r.Head.Seq, hex.EncodeToString(r.Head.Hash))
	} else {
		say("chained  no rows")
	}
	if r.Root.Seq > 0 {
		say("pruned   rows up to number %d, on %s", r.Root.Seq, exactTime(r.Root.At))
	}
	for _, mark := range r.Restored {
		say("restored a backup was put back: marked on %s; what was chained after number %d before that is lost", exactTime(mark.At), mark.Seq)
	}
	switch {
	case r.Heads > 0:
		say("compared with %d heads kept outside the database, the newest of number %d", r.Heads, r.Newest.Seq)
	case !hasLedger:
		say("compared with no head: LEDGER_DIR is not set. Somebody who owns the database could have cut rows off the end, or made the whole chain anew")
	default:
		say("compared with no head: none was kept yet")
	}
	if r.Tail > 0 {
		say("waiting  %d rows are not chained yet, the oldest of %s; serve chains within a second, so look whether it runs if that was long ago", r.Tail, exactTime(r.Oldest))
	}
	if len(r.Findings) == 0 {
		say("nothing wrong was found")
	}
}

func exactTime(at time.Time) string {
	if at.IsZero() {
		return "an unknown time"
	}
	return at.UTC().Format("2006-01-02 15:04:05 UTC")
}

// sentence says what a finding means.
func sentence(f audit.Finding) string {
	rows := fmt.Sprintf("rows %d to %d", f.From, f.To)
	if f.From == f.To {
		rows = fmt.Sprintf("row %d", f.From)
	}
	switch f.Kind {
	case audit.Changed:
		return rows + " is not the row that was chained there: it was edited, moved or put in, or its neighbour's hash was; it says it is of " + exactTime(f.At)
	case audit.Removed:
		return rows + ": removed; the next row is of " + exactTime(f.At)
	case audit.Cut:
		return rows + ": removed from the end; a head of " + exactTime(f.At) + " knew them. If a backup was put back, this is what it cost: see pulang audit restored"
	case audit.Rewritten:
		return rows + ": at least one of them was changed and the chain made anew; it fits together, but not with the heads kept outside. If a backup was put back, see pulang audit restored"
	case audit.Early:
		return fmt.Sprintf("rows up to %d were pruned on %s, before their time", f.To, exactTime(f.At))
	case audit.Unkept:
		return "the ledger holds no head of this chain: it was taken away, or LEDGER_DIR names another folder"
	case audit.Illegible:
		return fmt.Sprintf("line %d of the ledger is no head: somebody changed it", f.From)
	}
	return string(f.Kind) + " " + rows
}

type auditListCommand struct {
	Case   string `help:"Only what was done to this case, by its reference."`
	Staff  string `help:"Only what this member of staff did, by their login."`
	Action string `help:"Only this action, or a group of them: case.viewed, or case."`
	Limit  int    `default:"50" help:"How many, at most."`
}

// Run lists the audit. What is printed holds no detail of a case.
func (c auditListCommand) Run(ctx context.Context, w world) error {
	if c.Limit < 1 || c.Limit > 10_000 {
		return errors.New("--limit is 1 to 10000")
	}
	return withStore(ctx, w, func(_ settings, db *store.Store) error {
		var records []store.Record
		err := db.InTx(ctx, func(tx *store.Tx) error {
			filter, err := c.filter(ctx, tx)
			if err != nil {
				return err
			}
			if records, err = tx.AuditRecords(ctx, filter); err != nil {
				return err
			}
			return tx.Audit(ctx, store.Entry{At: w.now(), Actor: casefile.System("command"), Action: "audit.viewed", Case: filter.Case})
		})
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(table, "TIME\tWHO\tACTION\tCASE")
		for _, r := range records {
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", exactTime(r.At), whoOf(r), r.Action, r.Ref)
		}
		return table.Flush()
	})
}

// filter finds whom and what the flags mean.
func (c auditListCommand) filter(ctx context.Context, tx *store.Tx) (store.AuditFilter, error) {
	filter := store.AuditFilter{Action: c.Action, Limit: c.Limit}
	if c.Staff != "" {
		member, err := tx.StaffByLogin(ctx, c.Staff)
		if errors.Is(err, store.ErrNotFound) {
			return filter, fmt.Errorf("there is nobody with the login %s; see: pulang staff list", c.Staff)
		} else if err != nil {
			return filter, err
		}
		filter.Actor = member.ID
	}
	if ref := strings.ToUpper(c.Case); ref != "" {
		id, err := tx.CaseID(ctx, ref)
		if errors.Is(err, store.ErrNotFound) {
			return filter, fmt.Errorf("there is no case %s", ref)
		} else if err != nil {
			return filter, err
		}
		filter.Case = id
	}
	return filter, nil
}

// whoOf names an actor: staff by their login, the program by its part.
func whoOf(r store.Record) string {
	switch r.Actor.Kind {
	case casefile.ActorStaff:
		return r.Login
	case casefile.ActorPerson:
		return "the person"
	}
	return "(" + r.Actor.Part + ")"
}

type auditRestoredCommand struct {
	Reason string `required:"" help:"What happened, for those who read the audit."`
}

// Run marks in the ledger that a backup was put back.
func (c auditRestoredCommand) Run(ctx context.Context, w world) error {
	return withStore(ctx, w, func(s settings, db *store.Store) error {
		outside, err := openLedger(s)
		if err != nil {
			return err
		}
		if outside == nil {
			return errors.New("LEDGER_DIR is not set, so nothing outside the database knows what was there before: there is nothing to mark")
		}
		now := w.now()
		head, err := audit.Check{Store: db, Ledger: outside}.MarkRestored(ctx, store.Entry{
			At: now, Actor: casefile.System("command"), Action: "audit.restored", Detail: casefile.Hide(c.Reason)}, now)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "Marked. Entries after number %d, as they were kept before, count as lost; verify compares with what comes from now on.\n", head.Seq)
		return err
	})
}
