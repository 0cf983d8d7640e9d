package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/hear"
	"pulang/internal/seal"
	"pulang/internal/store"
)

// chunk is how many stored people are made at a time.
const chunk = 20_000

// storedAgo is when the stored people wrote: long enough that a return opens anew,
// not so long that anything is closed or forgotten meanwhile.
const storedAgo = 3 * 24 * time.Hour

// filler are the rows beside conversations and cases: as many and as large as the
// line leaves behind, but their sealed bytes open for nobody. The line never reads
// them: it reads what waits, and the checkpoint. $1 is how many people, $2 when they
// wrote, $3 noise. The audit's rows count as chained, with hashes that are none.
func filler(facts int) []string {
	people, twice := ` FROM generate_series(0, $1::int - 1) i`, ` FROM generate_series(0, $1::int - 1) i, generate_series(1, 2) m`
	given := ` WHERE $2::timestamptz IS NOT NULL AND $3::bytea IS NOT NULL` // every statement takes all three
	one, many := idOf(0), idOf(1)
	return []string{
		`INSERT INTO case_conversations (case_id, conversation_id) SELECT ` + one + `, ` + one + people + given,
		`INSERT INTO messages (id, channel, provider_id, conversation_id, kind, message_ref, provider_order, state, turn, text_sealed, raw_sealed, sent_at, received_at)
		 SELECT ` + many + `, 'telegram', 'stored-' || i || '-' || m, ` + one + `, 'text', m::text, m, 'taken', m, ` + noise(60) + `, ` + noise(330) + `, $2, $2` + twice,
		`INSERT INTO turns (conversation_id, turn, at) SELECT ` + one + `, m, $2` + twice + given,
		`INSERT INTO facts (id, conversation_id, turn, position, fact_sealed, at)
		 SELECT ` + many + `, ` + one + `, 1, m - 1, ` + noise(130) + `, $2` + people + fmt.Sprintf(`, generate_series(1, %d) m`, facts),
		`INSERT INTO outbox (id, conversation_id, channel, purpose, priority, turn, body_sealed, state, attempts, not_before, message_ref, queued_at, sent_at, settled_at)
		 SELECT ` + many + `, ` + one + `, 'telegram', 'answer', 5, m, ` + noise(220) + `, 'sent', 1, $2, 'stored-' || i || '-' || m, $2, $2, $2` + twice,
		`INSERT INTO audit (id, at, actor_kind, actor_id, action, case_id, conversation_id, chained_seq, hash)
		 SELECT ` + one + `, $2, 'person', ` + one + `, 'case.opened', ` + one + `, ` + one + `, i + 1, ` + noise(32) + people,
		`INSERT INTO escalations (id, case_id, urgency, state, started_at, ended_at, ended_why)
		 SELECT ` + one + `, ` + one + `, 'high', 'ended', $2, $2, 'closed' FROM generate_series(0, $1::int - 1, 10) i` + given,
		`INSERT INTO alerts (escalation_id, staff_id, code, first_rung, last_queued_at, last_channel)
		 SELECT ` + one + `, (SELECT id FROM staff ORDER BY login LIMIT 1), upper(lpad(to_hex(i), 6, '0')), 0, $2, 'telegram' FROM generate_series(0, $1::int - 1, 10) i` + given,
	}
}

// idOf is SQL for the id of stored row i; with m, for one of several.
func idOf(many int) string {
	if many == 0 {
		return `('01900000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid`
	}
	return `('01900000-0000-7000-80' || lpad(to_hex(m), 2, '0') || '-' || lpad(to_hex(i), 12, '0'))::uuid`
}

// noise is SQL for n bytes that mean nothing: a piece of $3, another one in each row.
func noise(n int) string { return fmt.Sprintf(`substring($3::bytea, 1 + i %% %d, %d)`, noiseSize-n, n) }

// noiseSize is how much noise is made.
const noiseSize = 16 << 10

// storedID is idOf in Go.
func storedID(i int) (id casefile.ID) {
	copy(id[:], []byte{0x01, 0x90, 0, 0, 0, 0, 0x70, 0, 0x80, 0})
	binary.BigEndian.PutUint32(id[12:], uint32(i)) // #nosec G115 -- fewer than a billion
	return id
}

// seed stores people who wrote days ago, each with a case. Foreign keys and triggers
// are not asked, row by row, for what is made to fit.
func (h *house) seed(ctx context.Context, stored int) error {
	if stored == 0 {
		return nil
	}
	h.bench.tell("storing %d cases", stored)
	ear, err := hear.New()
	if err != nil {
		return err
	}
	at := h.bench.now().Add(-storedAgo)
	_, end := rehearse(ear, scripts[0][:2], at)
	var errs [2]error
	var both sync.WaitGroup
	both.Go(func() { errs[0] = h.seedPeople(ctx, stored, end, at) })
	both.Go(func() { errs[1] = h.seedFiller(ctx, stored, len(end.Facts), at) })
	both.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	for _, last := range []string{`VACUUM ANALYZE`, `CHECKPOINT`} {
		if _, err := h.pool.Exec(ctx, last); err != nil {
			return err
		}
	}
	return nil
}

// quickly runs work in a transaction without foreign keys, triggers and the wait for
// the disk.
func (h *house) quickly(ctx context.Context, work func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL session_replication_role = replica; SET LOCAL synchronous_commit = off`); err != nil {
			return err
		}
		return work(tx)
	})
}

func (h *house) seedFiller(ctx context.Context, stored, facts int, at time.Time) error {
	hiss := make([]byte, noiseSize)
	_, _ = rand.Read(hiss)
	for _, sql := range filler(facts) {
		err := h.quickly(ctx, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, sql, stored, at, hiss)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

var (
	conversationColumns = []string{"id", "channel", "address_index", "address_index_next", "address_sealed", "wrapped_key", "turn", "checkpoint_sealed", "lang", "flow", "last_in_at", "created_at"}
	caseColumns         = []string{"id", "ref", "status", "urgency", "country", "team", "flow", "assessment_sealed", "queued_at", "last_in_at", "opened_at", "closed_at"}
)

// seedPeople stores conversations and cases, sealed so that the line reads them.
func (h *house) seedPeople(ctx context.Context, stored int, end casefile.Session, at time.Time) error {
	checkpoint, err := seal.EncodeSession(end)
	if err != nil {
		return err
	}
	judged, err := assessment(end)
	if err != nil {
		return err
	}
	for first := 0; first < stored; first += chunk {
		var conversations, cases [][]any
		for i := first; i < min(first+chunk, stored); i++ {
			c, k, err := h.storedPerson(i, end, checkpoint, judged, at)
			if err != nil {
				return err
			}
			conversations, cases = append(conversations, c), append(cases, k)
		}
		err := h.quickly(ctx, func(tx pgx.Tx) error {
			_, err1 := tx.CopyFrom(ctx, pgx.Identifier{"conversations"}, conversationColumns, pgx.CopyFromRows(conversations))
			_, err2 := tx.CopyFrom(ctx, pgx.Identifier{"cases"}, caseColumns, pgx.CopyFromRows(cases))
			return errors.Join(err1, err2)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// storedPerson is the row of one conversation and that of its case. Four cases of
// five are closed.
func (h *house) storedPerson(i int, end casefile.Session, checkpoint, judged []byte, at time.Time) (conversation, kase []any, err error) {
	id := storedID(i)
	keys := h.bench.keys
	key, wrapped, err := keys.NewDataKey(id)
	if err != nil {
		return nil, nil, err
	}
	to := casefile.Address{Channel: "telegram", ID: casefile.Hide(address(i, false))}
	ix, err := keys.AddressIndex(to)
	if err != nil {
		return nil, nil, err
	}
	place := func(table, column string) seal.Place { return seal.Place{Table: table, Column: column, Row: id} }
	sealedAddress, err1 := key.SealText(place("conversations", "address"), to.ID)
	sealedCheckpoint, err2 := key.Seal(place("conversations", "checkpoint"), checkpoint)
	sealedAssessment, err3 := key.Seal(place("cases", "assessment"), judged)
	of := kindOf(i)
	status, queued, closed := "closed", any(at.Add(spread(i))), any(at.Add(time.Hour+spread(i)))
	if i%5 == 0 {
		status, closed = "open", nil
	}
	uuid := [16]byte(id)
	conversation = []any{uuid, "telegram", ix.Slots[0], ix.Slots[1], sealedAddress, wrapped, int64(end.Turn), sealedCheckpoint, "id", string(end.Flow), at, at}
	kase = []any{uuid, fmt.Sprintf("S%07X", i), status, of.urgency, of.country, of.team, string(end.Flow), sealedAssessment, queued, at, at, closed}
	return conversation, kase, errors.Join(err1, err2, err3)
}

// kind is what the lists of staff tell cases apart by.
type kind struct{ urgency, country, team string }

// kindOf is the kind of stored row i: most are not urgent, most are in a few countries
// and nearly all are of the team that everybody is in. It goes by a number that has
// nothing to do with who is open.
func kindOf(i int) kind {
	n := int(uint32(i) * 2654435761 >> 8) // #nosec G115 -- to mix, not to keep
	k := kind{"low", []string{"MM", "KH", "LA", "TH", ""}[n%5], store.MainTeam}
	switch p := n % 200; {
	case p < 1:
		k.urgency = "critical"
	case p < 11:
		k.urgency = "high"
	case p < 31:
		k.urgency = "medium"
	}
	if n/1000%1000 == 0 {
		k.country = "BY"
	}
	if n/1000%20 == 1 {
		k.team = "timur"
	}
	return k
}

// spread keeps what was stored at once from having happened at once.
func spread(i int) time.Duration { return time.Duration(i) * 100 * time.Millisecond }
