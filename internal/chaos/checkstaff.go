package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/fakes"
)

func isNoRows(err error) bool { return errors.Is(err, pgx.ErrNoRows) }

// screens are the messages of the line on the phones of staff, by whose phone it is and the
// provider's name of the message.
type screens map[string]fakes.Shown

func (h *house) screens() screens {
	all := screens{}
	for _, s := range h.staff {
		for _, shown := range s.telegram.Shows() {
			if shown.FromLine {
				all[phoneOf(s.login, "telegram")+number(shown.MessageID)] = shown
			}
		}
		for _, shown := range s.sms.Shows() {
			if shown.FromLine {
				all[phoneOf(s.login, "sms")+shown.SID] = shown
			}
		}
	}
	return all
}

func phoneOf(login, channel string) string { return login + " " + channel + " " }

// alert is a letter that the line says was sent: in which message of the provider, and about
// whom.
type alert struct {
	login, channel, ref string
	escalation          string
	lane                casefile.ID
	queued              time.Time
	codes               []string // every code that was ever theirs for it
	sharing             int      // how many alerts are said to be in that message
}

// wrong says what is wrong with the message that an alert is said to have been sent in;
// empty: it says its code, alone or first of many, or is one that tells of many, and it came
// after there was something to tell.
func (a alert) wrong(shown fakes.Shown, there bool) string {
	if !there {
		return "an alert that was sent is not on the phone"
	}
	found, together := alertForm.FindStringSubmatch(shown.Text), many.MatchString(shown.Text)
	switch {
	case shown.At.Before(a.queued):
		return "an alert is said to be in a message that was older"
	case together:
		return ""
	case found == nil || !slices.Contains(a.codes, found[1]):
		return "an alert is said to be in a message about something else"
	case a.sharing > 1:
		return "a message about one alert is taken for several"
	}
	return ""
}

// sentAlerts reads what the line says it told staff. The times of Postgres end with
// microseconds, those of a phone do not, so that nothing seems older than it is.
func (h *house) sentAlerts(ctx context.Context) ([]alert, error) {
	rows, err := h.db.Query(ctx, `
		SELECT s.login, o.channel, o.message_ref, o.escalation_id::text, cc.conversation_id, o.queued_at,
		       array(SELECT a.code FROM alerts a WHERE a.escalation_id = o.escalation_id AND a.staff_id = o.staff_id
		             UNION SELECT c.code FROM spent_codes c WHERE c.escalation_id = o.escalation_id AND c.staff_id = o.staff_id),
		       count(*) OVER (PARTITION BY o.staff_id, o.channel, o.message_ref)
		FROM outbox o JOIN staff s ON s.id = o.staff_id
		JOIN escalations e ON e.id = o.escalation_id JOIN case_conversations cc ON cc.case_id = e.case_id
		WHERE o.purpose = 'alert' AND o.state IN ('sent', 'delivered')
		ORDER BY o.seq`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (a alert, err error) {
		err = row.Scan(&a.login, &a.channel, &a.ref, &a.escalation, &a.lane, &a.queued, &a.codes, &a.sharing)
		return a, err
	})
}

// alertBook is when phones of staff showed something about somebody.
type alertBook map[casefile.ID][]time.Time

// rang is when a phone of staff first showed something about somebody from a moment on.
func (b alertBook) rang(lane casefile.ID, from time.Time) (first time.Time, ok bool) {
	for _, at := range b[lane] {
		if !at.Before(from) && (!ok || at.Before(first)) {
			first, ok = at, true
		}
	}
	return first, ok
}

// readAlerts reads which code belongs to whom, and looks at every phone of staff: for each
// code, and for each message that told of alerts whose codes it does not say.
func (h *house) readAlerts(ctx context.Context) (alertBook, error) {
	b := alertBook{}
	rows, err := h.db.Query(ctx, `
		SELECT a.code, cc.conversation_id
		FROM (SELECT code, escalation_id FROM alerts UNION SELECT code, escalation_id FROM spent_codes) a
		JOIN escalations e ON e.id = a.escalation_id JOIN case_conversations cc ON cc.case_id = e.case_id`)
	if err != nil {
		return nil, err
	}
	lanes := map[string]casefile.ID{}
	var code string
	var lane casefile.ID
	if _, err := pgx.ForEachRow(rows, []any{&code, &lane}, func() error { lanes[code] = lane; return nil }); err != nil {
		return nil, err
	}
	screens := h.screens()
	for _, shown := range screens {
		if found := alertForm.FindStringSubmatch(shown.Text); found != nil {
			b[lanes[found[1]]] = append(b[lanes[found[1]]], shown.At)
		}
	}
	sent, err := h.sentAlerts(ctx)
	for _, a := range sent {
		if shown, there := screens[phoneOf(a.login, a.channel)+a.ref]; a.wrong(shown, there) == "" {
			b[a.lane] = append(b[a.lane], shown.At)
		}
	}
	return b, err
}

// told is the alerts of one escalation to one phone: how many may say its code.
type told struct {
	login, channel, escalation string
	most                       int
	codes                      []string
}

// checkStaff compares the phones of staff with the alerts that were sent: each is in the
// message it is said to be in, and none is there once too often.
func (h *house) checkStaff(ctx context.Context, r *Report) error {
	sent, err := h.sentAlerts(ctx)
	if err != nil {
		return err
	}
	screens := h.screens()
	for _, a := range sent {
		shown, there := screens[phoneOf(a.login, a.channel)+a.ref]
		if wrong := a.wrong(shown, there); wrong != "" {
			r.find(wrong, "escalation %s, by %s", a.escalation, a.channel)
		}
	}
	return h.checkTwice(ctx, r)
}

// checkTwice counts how often each code is on the phones.
func (h *house) checkTwice(ctx context.Context, r *Report) error {
	rows, err := h.db.Query(ctx, `
		SELECT s.login, o.channel, o.escalation_id::text,
		       sum(CASE WHEN o.state IN ('sent', 'delivered') AND NOT o.perhaps_twice THEN 1 ELSE o.attempts END),
		       array(SELECT a.code FROM alerts a WHERE a.escalation_id = o.escalation_id AND a.staff_id = o.staff_id
		             UNION SELECT c.code FROM spent_codes c WHERE c.escalation_id = o.escalation_id AND c.staff_id = o.staff_id)
		FROM outbox o JOIN staff s ON s.id = o.staff_id
		WHERE o.purpose = 'alert'
		GROUP BY s.login, o.channel, o.escalation_id, o.staff_id`)
	if err != nil {
		return err
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t told, err error) {
		err = row.Scan(&t.login, &t.channel, &t.escalation, &t.most, &t.codes)
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
			n += seen[phoneOf(t.login, t.channel)+code]
			delete(seen, phoneOf(t.login, t.channel)+code)
		}
		if shown += n; n > t.most {
			r.find("an alert came twice and is not marked", "escalation %s: %d times, at most %d", t.escalation, n, t.most)
		}
	}
	for range seen {
		r.find("a phone of staff shows a code that was never theirs", "once or more")
	}
	r.row("alerts on phones of staff", "%d", shown)
	return nil
}

// alertsOnPhones counts alerts by whose phone it is and code.
func (h *house) alertsOnPhones() map[string]int {
	seen := map[string]int{}
	for _, s := range h.staff {
		for channel, shows := range map[string][]fakes.Shown{"telegram": s.telegram.Shows(), "sms": s.sms.Shows()} {
			for _, code := range codesOn(shows) {
				seen[phoneOf(s.login, channel)+code]++
			}
		}
	}
	return seen
}
