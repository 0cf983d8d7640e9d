package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/fakes"
)

func isNoRows(err error) bool { return errors.Is(err, pgx.ErrNoRows) }

// alertBook is what the phones of staff showed of each conversation.
type alertBook struct {
	lanes map[string]casefile.ID // by code
	seen  map[casefile.ID]time.Time
}

// firstSeen is when the first alert about somebody was on a phone of staff.
func (b alertBook) firstSeen(lane casefile.ID) (time.Time, bool) {
	at, ok := b.seen[lane]
	return at, ok
}

// readAlerts reads which code belongs to whom, and looks at every phone of staff.
func (h *house) readAlerts(ctx context.Context) (alertBook, error) {
	b := alertBook{lanes: map[string]casefile.ID{}, seen: map[casefile.ID]time.Time{}}
	rows, err := h.db.Query(ctx, `
		SELECT a.code, cc.conversation_id
		FROM (SELECT code, escalation_id FROM alerts UNION SELECT code, escalation_id FROM spent_codes) a
		JOIN escalations e ON e.id = a.escalation_id JOIN case_conversations cc ON cc.case_id = e.case_id`)
	if err != nil {
		return b, err
	}
	defer rows.Close()
	for rows.Next() {
		var code string
		var lane casefile.ID
		if err := rows.Scan(&code, &lane); err != nil {
			return b, err
		}
		b.lanes[code] = lane
	}
	if err := rows.Err(); err != nil {
		return b, err
	}
	for _, s := range h.staff {
		for _, shown := range append(s.telegram.Shows(), s.sms.Shows()...) {
			found := alertForm.FindStringSubmatch(shown.Text)
			if !shown.FromLine || found == nil {
				continue
			}
			lane := b.lanes[found[1]]
			if first, ok := b.seen[lane]; !ok || shown.At.Before(first) {
				b.seen[lane] = shown.At
			}
		}
	}
	return b, h.readTogether(ctx, &b)
}

// inOneMessage are the letters of an alert that told of several: they have one message
// of the provider.
const inOneMessage = `EXISTS (
	SELECT 1 FROM outbox x
	WHERE x.channel = o.channel AND x.message_ref = o.message_ref AND x.message_ref <> '' AND x.id <> o.id AND x.staff_id = o.staff_id)`

// readTogether looks for the message that each alert was told in which went together
// with others: the newest of its kind on that phone when it was settled.
func (h *house) readTogether(ctx context.Context, b *alertBook) error {
	rows, err := h.db.Query(ctx, `
		SELECT s.login, o.channel, o.sent_at, cc.conversation_id
		FROM outbox o JOIN staff s ON s.id = o.staff_id
		JOIN escalations e ON e.id = o.escalation_id JOIN case_conversations cc ON cc.case_id = e.case_id
		WHERE o.purpose = 'alert' AND o.sent_at IS NOT NULL AND `+inOneMessage)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var login, channel string
		var settled time.Time
		var lane casefile.ID
		if err := rows.Scan(&login, &channel, &settled, &lane); err != nil {
			return err
		}
		at, ok := h.toldTogether(login, channel, settled)
		if !ok {
			continue // checkDanger says so when nothing else told of them
		}
		if first, known := b.seen[lane]; !known || at.Before(first) {
			b.seen[lane] = at
		}
	}
	return rows.Err()
}

// toldTogether is when somebody's phone last told of many alerts, at a moment.
func (h *house) toldTogether(login, channel string, by time.Time) (at time.Time, ok bool) {
	for _, s := range h.staff {
		if s.login != login {
			continue
		}
		shows := s.telegram.Shows()
		if channel == "sms" {
			shows = s.sms.Shows()
		}
		for _, shown := range shows {
			if shown.FromLine && many.MatchString(shown.Text) && !shown.At.After(by.Add(time.Second)) {
				at, ok = shown.At, true
			}
		}
	}
	return at, ok
}

// told is the alerts of one escalation to one phone: how many may be on it.
type told struct {
	login, channel, escalation string
	least, most                int
	codes                      []string
	lookedUp                   *time.Time // the newest that was found at the provider, not sent anew
}

// checkStaff compares the phones of staff with the alerts that were sent.
func (h *house) checkStaff(ctx context.Context, r *Report) error {
	rows, err := h.db.Query(ctx, `
		SELECT s.login, o.channel, o.escalation_id::text,
		       count(*) FILTER (WHERE o.state IN ('sent', 'delivered') AND NOT o.several),
		       sum(CASE WHEN o.state IN ('sent', 'delivered') AND NOT o.perhaps_twice AND NOT o.several THEN 1 ELSE o.attempts END),
		       array(SELECT a.code FROM alerts a WHERE a.escalation_id = o.escalation_id AND a.staff_id = o.staff_id
		             UNION SELECT c.code FROM spent_codes c WHERE c.escalation_id = o.escalation_id AND c.staff_id = o.staff_id),
		       max(o.sent_at) FILTER (WHERE o.state IN ('sent', 'delivered') AND o.attempts > 1 AND NOT o.perhaps_twice)
		FROM (SELECT o.*, `+inOneMessage+` AS several FROM outbox o WHERE o.purpose = 'alert') o
		JOIN staff s ON s.id = o.staff_id
		GROUP BY s.login, o.channel, o.escalation_id, o.staff_id`)
	if err != nil {
		return err
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (told, error) {
		var t told
		err := row.Scan(&t.login, &t.channel, &t.escalation, &t.least, &t.most, &t.codes, &t.lookedUp)
		return t, err
	})
	if err != nil {
		return err
	}
	seen := h.alertsOnPhones()
	shown := 0
	for _, t := range all {
		n := 0
		for _, code := range t.codes {
			n += seen[t.login+" "+t.channel+" "+code]
		}
		shown += n
		if n < t.least && t.lookedUp != nil {
			if _, together := h.toldTogether(t.login, t.channel, *t.lookedUp); together {
				n++ // it went with others whose letters were sent anew since
			}
		}
		if n < t.least {
			r.find("an alert that was sent is not on the phone", "escalation %s: %d of %d", t.escalation, n, t.least)
		}
		if n > t.most {
			r.find("an alert came twice and is not marked", "escalation %s: %d times, at most %d", t.escalation, n, t.most)
		}
	}
	r.row("alerts on phones of staff", "%d", shown)
	return nil
}

// alertsOnPhones counts alerts by login, channel and code.
func (h *house) alertsOnPhones() map[string]int {
	seen := map[string]int{}
	for _, s := range h.staff {
		for channel, shows := range map[string][]fakes.Shown{"telegram": s.telegram.Shows(), "sms": s.sms.Shows()} {
			for _, code := range codesOn(shows) {
				seen[fmt.Sprintf("%s %s %s", s.login, channel, code)]++
			}
		}
	}
	return seen
}
