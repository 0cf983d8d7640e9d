package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/fakes"
	"pulang/internal/seal"
	"pulang/internal/store"
	"pulang/locales"
)

// checkPeople compares every phone with what the line says it told them.
func (h *house) checkPeople(ctx context.Context, r *Report) error {
	keys, err := seal.OpenFile(filepath.Join(h.dir, "keyset"), nil)
	if err != nil {
		return err
	}
	db, err := store.Open(store.Options{URL: h.dbURL, Keys: keys, Pool: 2})
	if err != nil {
		return err
	}
	defer db.Close()
	alerts, err := h.readAlerts(ctx)
	if err != nil {
		return err
	}
	outages, err := outageWords()
	if err != nil {
		return err
	}
	var firstReplies, alarms []time.Duration
	people, static := 0, 0
	for i, p := range h.phones {
		lane, letters, err := lettersTo(ctx, db, p.address())
		if errors.Is(err, store.ErrNotFound) {
			continue // nothing of theirs was accepted; checkMessages knows
		}
		if err != nil {
			return err
		}
		people++
		screen, spoken := heardBy(p.shows(), outages)
		static += spoken
		if wrong := compare(dueOf(letters), screen); wrong != "" {
			r.find("a phone shows other replies than were sent", "person %d on %s (conversation %s): %s\n%s", i, p.address().Channel, lane.ID, wrong, side(letters, screen))
		}
		if wait, ok := firstReply(p.shows()); ok {
			firstReplies = append(firstReplies, wait)
		}
		wait, err := h.checkDanger(ctx, r, p, lane.ID, alerts)
		if err != nil {
			return err
		}
		if wait > 0 {
			alarms = append(alarms, wait)
		}
	}
	var conversations int
	if err := h.db.QueryRow(ctx, `SELECT count(*) FROM conversations`).Scan(&conversations); err != nil {
		return err
	}
	if conversations != people {
		r.find("somebody has two conversations", "%d conversations of %d people", conversations, people)
	}
	r.row("static replies while nothing could be stored", "%d", static)
	r.row("from a first message to the first reply on the phone", "%s", spread(firstReplies))
	r.row("from a danger message to an alert on a phone of staff", "%s (%d people)", spread(alarms), len(alarms))
	return nil
}

// lettersTo reads everything said, or meant to be said, to somebody.
func lettersTo(ctx context.Context, db *store.Store, to casefile.Address) (lane store.Conversation, letters []store.Letter, err error) {
	err = db.InTx(ctx, func(tx *store.Tx) error {
		found, err := tx.FindConversations(ctx, []casefile.Address{to})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return store.ErrNotFound
		}
		if lane, err = tx.Conversation(ctx, found[0].ID); err != nil {
			return err
		}
		letters, err = tx.ConversationLetters(ctx, lane)
		return err
	})
	return lane, letters, err
}

// dueOf says how often each letter may be on the phone: once when it was sent, more
// often when it is marked, perhaps when it was not.
func dueOf(letters []store.Letter) (all []due) {
	for _, l := range letters {
		one := due{body: l.Body, least: 0, most: l.Attempts}
		if l.State == "sent" || l.State == "delivered" {
			one.least = 1
			if !l.PerhapsTwice {
				one.most = 1
			}
		}
		all = append(all, one)
	}
	return all
}

// outageWords are the replies that no letter stands for: said from memory while nothing
// can be stored.
func outageWords() (map[string]bool, error) {
	book, err := locales.Open()
	if err != nil {
		return nil, err
	}
	words := map[string]bool{}
	for _, lang := range book.Langs() {
		for _, key := range []string{"line.outage", "line.outage_both", "line.outage_kept", "line.outage_kept_both"} {
			text, err := book.Text(lang, key, nil)
			if err != nil {
				return nil, err
			}
			words[text] = true
		}
	}
	return words, nil
}

// heardBy is what the line said on a screen, and how many static replies there are
// besides.
func heardBy(shows []fakes.Shown, outages map[string]bool) (heard []casefile.Private, static int) {
	for _, s := range shows {
		switch {
		case !s.FromLine:
		case outages[s.Text]:
			static++
		default:
			heard = append(heard, casefile.Hide(s.Text))
		}
	}
	return heard, static
}

// side puts the letters and the screen side by side, each text under a number of its
// own: enough to see what happened, without a word of it.
func side(letters []store.Letter, screen []casefile.Private) string {
	names := map[casefile.Private]int{}
	name := func(text casefile.Private) int {
		if _, known := names[text]; !known {
			names[text] = len(names) + 1
		}
		return names[text]
	}
	var b strings.Builder
	for _, l := range letters {
		fmt.Fprintf(&b, "        letter %s, turn %d: text %d, %s %s, tried %d times, marked %v\n", l.ID, l.Turn, name(l.Body), l.State, l.Reason, l.Attempts, l.PerhapsTwice)
	}
	b.WriteString("        screen:")
	for _, text := range screen {
		fmt.Fprintf(&b, " %d", name(text))
	}
	return b.String()
}

// firstReply is how long somebody waited for the first word.
func firstReply(shows []fakes.Shown) (time.Duration, bool) {
	for _, s := range shows {
		if s.FromLine {
			return s.At.Sub(shows[0].At), true
		}
	}
	return 0, false
}

// dangerTurn is a turn that took a message of danger, and what the tables say of it.
type dangerTurn struct {
	turn         int
	at, wrote    time.Time
	opened       bool // an escalation began in its commit
	repeated     bool // one that climbs already alerted once more in its commit
	learned      bool // it learned a fact
	lives        bool // an escalation of HIGH or CRITICAL lived in its case
	acknowledged bool // somebody acknowledged one since
}

// wrong says what is wrong with what the turn decided, and with what phones of staff showed
// since; empty: nothing. The first danger of a conversation must alert in its commit,
// whatever was known before, and so must any that brings something new; who says the same
// again may find staff awake.
func (d dangerTurn) wrong(first bool, rang func(from time.Time) bool) string {
	switch {
	case !d.opened && !d.repeated && (first || d.learned || !d.lives):
		return "danger was heard and no escalation was committed with it"
	case d.opened && !rang(d.at), d.repeated && !d.acknowledged && !rang(d.at.Add(-time.Minute)): // nobody is told twice in a minute
		return "danger was heard and no phone of staff rang"
	}
	return ""
}

// dangerTurns are the turns that took what somebody wrote of danger, as far as it was
// accepted, in their order.
func (h *house) dangerTurns(ctx context.Context, p *phone, lane casefile.ID) (all []dangerTurn, err error) {
	for _, w := range p.wrote {
		if !w.danger {
			continue
		}
		d := dangerTurn{wrote: w.at}
		err := h.db.QueryRow(ctx, `
			SELECT t.turn, t.at,
			       EXISTS (SELECT FROM audit a WHERE a.conversation_id = $1 AND a.at = t.at AND a.action IN ('escalation.opened', 'escalation.renewed')),
			       EXISTS (SELECT FROM audit a WHERE a.conversation_id = $1 AND a.at = t.at AND a.action = 'escalation.repeated'),
			       EXISTS (SELECT FROM facts f WHERE f.conversation_id = $1 AND f.turn = t.turn),
			       EXISTS (SELECT FROM escalations e WHERE e.case_id = cc.case_id AND e.urgency IN ('high', 'critical')
			               AND e.started_at <= (SELECT max(u.at) FROM turns u WHERE u.conversation_id = $1 AND u.turn <= t.turn) -- the clock of a process that was held up is behind
			               AND (e.ended_at IS NULL OR e.ended_at >= t.at)),
			       EXISTS (SELECT FROM audit a WHERE a.case_id = cc.case_id AND a.at >= t.at AND a.action = 'escalation.acknowledged')
			FROM messages m JOIN turns t ON t.conversation_id = m.conversation_id AND t.turn = m.turn
			LEFT JOIN case_conversations cc ON cc.conversation_id = m.conversation_id
			WHERE m.conversation_id = $1 AND m.message_ref = $2 AND m.kind = $3`, lane.String(), w.ref, string(casefile.KindText)).Scan(
			&d.turn, &d.at, &d.opened, &d.repeated, &d.learned, &d.lives, &d.acknowledged)
		if isNoRows(err) {
			continue // not accepted
		}
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	slices.SortStableFunc(all, func(a, b dangerTurn) int { return cmp.Compare(a.turn, b.turn) })
	return all, nil
}

// checkDanger asks of every message of danger that was accepted whether staff were alerted
// in the commit of its turn, and whether a phone of staff showed it. It gives how long that
// took the first time; 0: they wrote of none that was accepted.
func (h *house) checkDanger(ctx context.Context, r *Report, p *phone, lane casefile.ID, alerts alertBook) (wait time.Duration, err error) {
	turns, err := h.dangerTurns(ctx, p, lane)
	if err != nil || len(turns) == 0 {
		return 0, err
	}
	for _, d := range turns {
		rang := func(from time.Time) bool { _, ok := alerts.rang(lane, from); return ok }
		if wrong := d.wrong(d.turn == turns[0].turn, rang); wrong != "" {
			r.find(wrong, "conversation %s, turn %d", lane, d.turn)
		}
	}
	seen, ok := alerts.rang(lane, turns[0].at)
	if !ok {
		return 0, nil
	}
	return seen.Sub(turns[0].wrote), nil
}
