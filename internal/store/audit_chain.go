package store

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/jackc/pgx/v5"
)

// AuditRow is a row of the audit as the chain covers it: every column but those of
// the chain, each in the form Postgres sends it in (int8send, uuid_send, ...), nil
// for NULL. A new column of the audit is added here, at the end, and with it a new
// version in internal/audit; a test compares the list with the schema.
type AuditRow struct {
	Fields [][]byte // seq, id, at, actor_kind, actor_id, actor_part, action, case_id, conversation_id, detail_sealed
	Link   Link     // zero: unchained
}

// Link is the place of a row in the chain.
type Link struct {
	Seq  int64  // from 1, without gaps
	Hash []byte // 32 bytes
}

const auditRow = ` int8send(a.seq), uuid_send(a.id), timestamptz_send(a.at), textsend(a.actor_kind), uuid_send(a.actor_id),
	textsend(a.actor_part), textsend(a.action), uuid_send(a.case_id), uuid_send(a.conversation_id), a.detail_sealed,
	coalesce(a.chained_seq, 0), a.hash`

const auditFields = 10

// postgresEpoch is what Postgres counts microseconds from: the year 2000.
const postgresEpoch = 946_684_800 * 1_000_000

// At is when the row says that it happened.
func (r AuditRow) At() time.Time { return time.UnixMicro(whole(r.Fields[2]) + postgresEpoch).UTC() }

// whole reads what int8send and timestamptz_send wrote; NULL, which the schema does
// not allow there, is zero.
func whole(sent []byte) int64 {
	if len(sent) != 8 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(sent)) // #nosec G115 -- the sign travels in the highest bit
}

func (t *Tx) auditRows(ctx context.Context, op, sql string, args ...any) ([]AuditRow, error) {
	var found []AuditRow
	err := t.query(ctx, op, func(rows pgx.Rows) error {
		r := AuditRow{Fields: make([][]byte, auditFields)}
		var into []any
		for i := range r.Fields {
			into = append(into, &r.Fields[i])
		}
		err := rows.Scan(append(into, &r.Link.Seq, &r.Link.Hash)...)
		found = append(found, r)
		return err
	}, sql, args...)
	return found, err
}

// auditLock is the advisory lock of whoever chains or prunes: "audit" in ASCII.
const auditLock = 0x6175646974

// LeadAudit makes this transaction the one that chains, until it ends. False:
// another process does.
func (t *Tx) LeadAudit(ctx context.Context) (leads bool, err error) {
	err = t.row(ctx, "lead audit", `SELECT pg_try_advisory_xact_lock($1)`, []any{int64(auditLock)}, &leads)
	return leads, err
}

// AuditHead is the end of the chain: its last row, or the root when every row was
// pruned. The zero Link is the end of a chain without rows.
func (t *Tx) AuditHead(ctx context.Context) (Link, error) {
	var head Link
	err := t.query(ctx, "read audit head", func(rows pgx.Rows) error { return rows.Scan(&head.Seq, &head.Hash) }, `
		SELECT chained_seq, hash
		FROM ((SELECT a.chained_seq, a.hash FROM audit a WHERE a.chained_seq IS NOT NULL ORDER BY a.chained_seq DESC LIMIT 1)
		      UNION ALL (SELECT r.chained_seq, r.hash FROM audit_roots r ORDER BY r.chained_seq DESC LIMIT 1)) ends
		ORDER BY chained_seq DESC LIMIT 1`)
	return head, err
}

// AuditLink is the link at a place of the chain; ErrNotFound when there is none.
func (t *Tx) AuditLink(ctx context.Context, seq int64) (Link, error) {
	link := Link{Seq: seq}
	err := t.row(ctx, "read audit link", `
		SELECT hash FROM audit WHERE chained_seq = $1
		UNION ALL SELECT hash FROM audit_roots WHERE chained_seq = $1 LIMIT 1`, []any{seq}, &link.Hash)
	return link, err
}

// UnchainedAudit reads rows that no chain holds yet, in the order they were written.
func (t *Tx) UnchainedAudit(ctx context.Context, limit int) ([]AuditRow, error) {
	return t.auditRows(ctx, "read unchained audit", `
		SELECT`+auditRow+`
		FROM audit a WHERE a.chained_seq IS NULL ORDER BY a.seq LIMIT $1`, limit)
}

// ChainedAudit reads the chain after a place, in its order.
func (t *Tx) ChainedAudit(ctx context.Context, after int64, limit int) ([]AuditRow, error) {
	return t.auditRows(ctx, "read chained audit", `
		SELECT`+auditRow+`
		FROM audit a WHERE a.chained_seq > $1 ORDER BY a.chained_seq LIMIT $2`, after, limit)
}

// ChainAudit gives unchained rows their places. ErrStale when one of them has a
// place already.
func (t *Tx) ChainAudit(_ context.Context, rows []AuditRow) error {
	seqs, places, hashes := make([]int64, len(rows)), make([]int64, len(rows)), make([][]byte, len(rows))
	for i, r := range rows {
		seqs[i], places[i], hashes[i] = whole(r.Fields[0]), r.Link.Seq, r.Link.Hash
	}
	t.later("chain audit", int64(len(rows)), `
		UPDATE audit a SET chained_seq = n.place, hash = n.hash
		FROM unnest($1::bigint[], $2::bigint[], $3::bytea[]) AS n(seq, place, hash)
		WHERE a.seq = n.seq AND a.chained_seq IS NULL`, seqs, places, hashes)
	return nil
}

// AuditTail counts the rows that no chain holds yet, and says when the oldest of
// them happened; the zero time when there is none.
func (t *Tx) AuditTail(ctx context.Context) (n int, oldest time.Time, err error) {
	err = t.row(ctx, "count unchained audit", `
		SELECT count(*), min(at) FROM audit WHERE chained_seq IS NULL AND isfinite(at)`, nil, &n, clock{&oldest})
	return n, oldest, err
}

// AuditRoot is where the chain begins since its oldest rows were pruned.
type AuditRoot struct {
	Link
	At time.Time // of the pruning
}

// LastAuditRoot is the newest root; the zero AuditRoot when nothing was ever pruned.
func (t *Tx) LastAuditRoot(ctx context.Context) (AuditRoot, error) {
	var root AuditRoot
	err := t.query(ctx, "read audit root", func(rows pgx.Rows) error {
		return rows.Scan(&root.Seq, &root.Hash, clock{&root.At})
	}, `
		SELECT chained_seq, hash, at FROM audit_roots ORDER BY chained_seq DESC LIMIT 1`)
	return root, err
}

// PruneAudit deletes the beginning of the chain up to the first row that happened
// at or after before, at most limit rows, and leaves a root in its place. The newest
// row always stays. It returns how many rows went. The caller leads.
func (t *Tx) PruneAudit(ctx context.Context, before, now time.Time, limit int) (int64, error) {
	var last Link
	err := t.query(ctx, "look for old audit", func(rows pgx.Rows) error { return rows.Scan(&last.Seq, &last.Hash) }, `
		SELECT old.chained_seq, old.hash
		FROM (SELECT a.chained_seq, a.hash, bool_and(a.at < $1) OVER (ORDER BY a.chained_seq) AS past
		      FROM (SELECT chained_seq, hash, at FROM audit WHERE chained_seq IS NOT NULL ORDER BY chained_seq LIMIT $2) a) old
		WHERE old.past AND old.chained_seq < (SELECT max(chained_seq) FROM audit)
		ORDER BY old.chained_seq DESC LIMIT 1`, before, limit)
	if err != nil || last.Seq == 0 {
		return 0, err
	}
	if _, err := t.exec(ctx, "leave audit root", `
		INSERT INTO audit_roots (chained_seq, hash, at) VALUES ($1, $2, $3)`, last.Seq, last.Hash, now); err != nil {
		return 0, err
	}
	return t.exec(ctx, "prune audit", `DELETE FROM audit WHERE chained_seq <= $1`, last.Seq)
}

// AsOfNow makes the rest of this transaction read the database as it is at this
// moment, and write nothing. It must come first.
func (t *Tx) AsOfNow(ctx context.Context) error {
	_, err := t.exec(ctx, "read as of now", `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`)
	return err
}
