package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"pulang/internal/casefile"
)

func number[T int | int64](n T) string { return strconv.FormatInt(int64(n), 10) }

// report stops the line and asks whether every promise was kept; stuck is what never
// came to an end.
func (h *house) report(ctx context.Context, stuck string) (*Report, error) {
	r := &Report{}
	if stuck != "" {
		r.find("something never came to an end", "%s", stuck)
	}
	r.row("seed", "%d", h.Seed)
	r.row("processes", "%d, for %s", h.Processes, h.For)
	h.countFaults(r)
	for i, p := range h.processes {
		if status := p.retire(syscall.SIGTERM); status != 0 {
			r.find("a stop in order fails", "process %d ended with status %d", i, status)
		}
	}
	checks := []func(context.Context, *Report) error{h.checkMessages, h.checkTurns, h.checkPeople, h.checkStaff, h.checkAudit, h.checkLogs}
	for _, check := range checks {
		if err := check(ctx, r); err != nil {
			return nil, fmt.Errorf("check the run: %w", err)
		}
	}
	for _, v := range append(h.telegram.Violations(), h.twilio.Violations()...) {
		r.find("a provider would refuse", "%s", v)
	}
	return r, nil
}

// countFaults says how much went wrong.
func (h *house) countFaults(r *Report) {
	kinds, kills, ends := map[string]int{}, 0, 0
	for _, s := range h.plan.Strikes {
		kinds[s.Fault]++
	}
	for i, p := range h.processes {
		p.mu.Lock()
		kills += p.kills
		ends += len(p.ends)
		for _, how := range p.ends {
			if how != "1" {
				r.find("a process broke down by itself", "process %d ended with status %s", i, how)
			}
		}
		p.mu.Unlock()
	}
	r.row("faults", "%d, of %d kinds", len(h.plan.Strikes), len(kinds))
	r.row("processes killed", "%d times; ended by themselves with an error and started again: %d", kills, ends)
}

// said is a message by its name at the provider, and whether the provider was answered
// 200 for it.
type said struct{ channel, id string }

// delivered is what the providers delivered of messages, and how often in all.
func (h *house) delivered() (accepted map[said]bool, tries int) {
	accepted = map[said]bool{}
	for _, d := range append(h.telegram.Deliveries(), h.twilio.Deliveries()...) {
		kind, id, _ := strings.Cut(d.Name, " ")
		channel := map[string]string{"update": "telegram", "message": "sms"}[kind]
		if channel == "" {
			continue // the carriers' word on ours
		}
		tries += len(d.Statuses)
		accepted[said{channel, id}] = slices.ContainsFunc(d.Statuses, func(status int) bool { return status/100 == 2 })
	}
	return accepted, tries
}

// checkMessages: what was accepted is stored, once, and has its turn.
func (h *house) checkMessages(ctx context.Context, r *Report) error {
	accepted, tries := h.delivered()
	stored, states := map[said]bool{}, map[string]int{}
	rows, err := h.db.Query(ctx, `SELECT channel, provider_id, state FROM messages WHERE kind <> $1`, string(casefile.KindStatus))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var one said
		var state string
		if err := rows.Scan(&one.channel, &one.id, &state); err != nil {
			return err
		}
		if _, known := accepted[one]; !known {
			r.find("a message is stored that nobody sent", "%s, kept as %s", one.channel, state)
		}
		stored[one] = true
		states[state]++
	}
	in, refused, repeated := 0, 0, tries-len(accepted)
	for one, yes := range accepted {
		switch {
		case yes && !stored[one]:
			r.find("LOST: a message was answered 200 and is not stored", "%s %s", one.channel, one.id)
		case !yes && one.channel == "telegram":
			r.find("Telegram still repeats a message", "%s", one.id)
		case !yes:
			refused++
		}
		if yes {
			in++
		}
	}
	for _, state := range []string{"waiting", "set_aside"} {
		if states[state] > 0 {
			r.find("messages have no turn", "%d are %s", states[state], state)
		}
	}
	r.row("messages in, answered 200", "%d; deliveries repeated: %d", in, repeated)
	r.row("SMS not answered 200, so not accepted", "%d", refused)
	return rows.Err()
}

// wrongs are the queries that count what must not be, in the tables.
var wrongs = []struct{ says, query string }{
	{"turns of a conversation have a gap, or one twice", `
		SELECT count(*) FROM conversations c
		WHERE c.turn <> (SELECT count(*) FROM turns t WHERE t.conversation_id = c.id)
		   OR c.turn <> (SELECT coalesce(max(t.turn), 0) FROM turns t WHERE t.conversation_id = c.id)`},
	{"a message belongs to a turn that is not there", `
		SELECT count(*) FROM messages m WHERE m.state = 'taken' AND NOT EXISTS (
			SELECT 1 FROM turns t WHERE t.conversation_id = m.conversation_id AND t.turn = m.turn)`},
	{"a turn answered nothing and names no reason", `
		SELECT count(*) FROM turns t WHERE t.silence = ''
		  AND EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = t.conversation_id AND m.turn = t.turn)
		  AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.conversation_id = t.conversation_id AND o.turn = t.turn)`},
	{"a turn has two answers in one place", `
		SELECT count(*) FROM (SELECT 1 FROM outbox o WHERE o.purpose = 'answer' AND o.conversation_id IS NOT NULL
		GROUP BY o.conversation_id, o.turn, o.position HAVING count(*) > 1) x`},
	{"a reply is of a turn that is not there", `
		SELECT count(*) FROM outbox o WHERE o.purpose = 'answer' AND NOT EXISTS (
			SELECT 1 FROM turns t WHERE t.conversation_id = o.conversation_id AND t.turn = o.turn)`},
	{"facts of a report have a gap", `
		SELECT count(*) FROM (SELECT 1 FROM facts f GROUP BY f.conversation_id HAVING count(*) <> max(f.position) + 1) x`},
	{"a conversation has no case, or two", `
		SELECT count(*) FROM conversations c WHERE c.turn > 0
		  AND (SELECT count(*) FROM case_conversations cc WHERE cc.conversation_id = c.id) <> 1`},
	{"a case belongs to nobody", `
		SELECT count(*) FROM cases c WHERE NOT EXISTS (SELECT 1 FROM case_conversations cc WHERE cc.case_id = c.id)`},
	{"an escalation lives and is due, or has no time", `
		SELECT count(*) FROM escalations e WHERE e.state <> 'ended' AND e.due_at IS NULL`},
	{"a stop in order left a letter in hand", `
		SELECT count(*) FROM outbox o WHERE o.state = 'claimed'`},
	{"a letter was given up for another reason than an unknown outcome", `
		SELECT count(*) FROM outbox o WHERE o.state IN ('failed', 'denied') AND o.reason NOT LIKE 'perhaps sent%'`},
}

// checkTurns asks the tables.
func (h *house) checkTurns(ctx context.Context, r *Report) error {
	for _, wrong := range wrongs {
		var n int
		if err := h.db.QueryRow(ctx, wrong.query).Scan(&n); err != nil {
			return fmt.Errorf("%s: %w", wrong.says, err)
		}
		if n > 0 {
			r.find(wrong.says, "%d", n)
		}
	}
	var turns, replies, alerts, twice, givenUp, cases, escalations int
	err := h.db.QueryRow(ctx, `
		SELECT (SELECT count(*) FROM turns), (SELECT count(*) FROM cases), (SELECT count(*) FROM escalations),
		       count(*) FILTER (WHERE state IN ('sent', 'delivered') AND purpose = 'answer'),
		       count(*) FILTER (WHERE state IN ('sent', 'delivered') AND purpose = 'alert'),
		       count(*) FILTER (WHERE perhaps_twice), count(*) FILTER (WHERE state = 'failed')
		FROM outbox`).Scan(&turns, &cases, &escalations, &replies, &alerts, &twice, &givenUp)
	if err != nil {
		return err
	}
	r.row("turns, cases, escalations", "%d, %d, %d", turns, cases, escalations)
	r.row("replies, alerts sent", "%d, %d; marked as perhaps twice: %d; given up, nobody knows whether they arrived: %d", replies, alerts, twice, givenUp)
	return h.checkDelays(ctx, r)
}

// checkDelays measures inside: how long a stored message waited for its turn.
func (h *house) checkDelays(ctx context.Context, r *Report) error {
	var longest float64
	err := h.db.QueryRow(ctx, `
		SELECT coalesce(max(extract(epoch FROM t.at - m.received_at)), 0)::float8
		FROM messages m JOIN turns t ON t.conversation_id = m.conversation_id AND t.turn = m.turn`).Scan(&longest)
	r.row("longest wait of a stored message for its turn", "%.2fs", longest)
	return err
}

// checkAudit verifies the chain, as an auditor does.
func (h *house) checkAudit(ctx context.Context, r *Report) error {
	if _, err := h.pulang(ctx, "audit", "verify"); err != nil {
		r.find("the audit does not verify", "%v", err)
	}
	return ctx.Err()
}

var (
	longNumber = regexp.MustCompile(`[0-9]{8,}`)
	brokenDown = regexp.MustCompile(`panic|fatal error|DATA RACE`)
	fenceHeld  = regexp.MustCompile(`23505 \((turns_pkey|facts_conversation_id_position_key)\)|(take messages|checkpoint|take turns?|save checkpoints?): somebody else was there first`)
)

// checkLogs looks for what people said, for who they are, and for what the programs
// say of themselves.
func (h *house) checkLogs(_ context.Context, r *Report) error {
	private := map[string]bool{}
	for _, p := range h.plan.People {
		private[number(p.Chat)], private[strings.TrimPrefix(p.Call, "+")] = true, true
	}
	fence := 0
	for i := range h.processes {
		logs, err := os.ReadFile(h.logOf(i))
		if err != nil {
			return err
		}
		if n := bytes.Count(logs, []byte(canary)); n > 0 {
			r.find("what people said is in the logs", "process %d, %d times", i, n)
		}
		for _, digits := range longNumber.FindAll(logs, -1) {
			if private[string(digits)] {
				r.find("who wrote is in the logs", "process %d", i)
				break
			}
		}
		if words := brokenDown.Find(logs); words != nil {
			r.find("a process panicked", "process %d says %q", i, words)
		}
		fence += len(fenceHeld.FindAll(logs, -1))
	}
	if r.row("turns that only the fence stopped", "%d", fence); fence > 0 {
		r.find("two processes took one turn: the lane does not hold", "%d times", fence)
	}
	return nil
}
