package bot

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/store"
)

// newEscalation wires the ladder to the line: its channels, and the alarm that
// needs neither the outbox nor anybody on duty.
func (l *Line) newEscalation(zone *time.Location) *escalation.Escalation {
	names := make([]casefile.ChannelName, len(l.channels))
	for i, c := range l.channels {
		names[i] = c.Name()
	}
	return &escalation.Escalation{Store: l.store, Channels: names, Alarm: l.soundAlarm, Zone: zone, Failed: func(err error) {
		l.metrics.items.WithLabelValues("ladder").Inc()
		l.log.Error("one of many failed; the others go on", "loop", "ladder", "error", err)
	}}
}

// Escalation is the ladder the line climbs with, for the console.
func (l *Line) Escalation() *escalation.Escalation { return l.escalation }

// climbOnce lets the clock climb: due escalations, and duty.
func (l *Line) climbOnce(ctx context.Context) (bool, error) {
	more, err := l.escalation.Tick(ctx, l.now())
	l.deliver.Wake()
	return more, err
}

// knowStaff finds the staff among the writers. A stranger who writes a valid link
// code is staff from this message on; one with a wrong code is a person like any
// other, and learns nothing.
func (l *Line) knowStaff(ctx context.Context, tx *store.Tx, addresses []casefile.Address, items []Arrived, w *writers, now time.Time) error {
	staff, err := tx.FindStaff(ctx, addresses)
	if err != nil {
		return err
	}
	w.staff = staff
	if err := believe(ctx, tx, items, w, now); err != nil {
		return err
	}
	for _, item := range items {
		a := addressOf(item)
		if _, known := w.staff[a]; known || item.Kind != casefile.KindText || item.Note == NoteGroup || item.Text.Len() > 40 {
			continue // a group is nobody: whoever is in it could acknowledge in one person's name
		}
		command := staffCommand(item)
		if command.Verb != escalation.SayLink {
			continue
		}
		id, ok, err := l.escalation.Link(ctx, tx, command.Code, a, now)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if w.staff[a], err = tx.StaffByID(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// believe decides about addresses that somebody typed for a member of staff. One that
// speaks as staff is theirs from then on. From any other nobody is silenced by a slip of
// the finger: whoever writes from it is heard like everybody.
func believe(ctx context.Context, tx *store.Tx, items []Arrived, w *writers, now time.Time) error {
	for a, s := range w.staff {
		if !s.Unproven {
			continue
		}
		proven, err := speaksAsStaff(ctx, tx, s, a, items)
		if err != nil {
			return err
		}
		if !proven {
			delete(w.staff, a)
			continue
		}
		if err := tx.ProveStaffAddress(ctx, s.ID, a.Channel, now); err != nil {
			return err
		}
	}
	return nil
}

// speaksAsStaff reports whether what came from an address is what only staff write: ON,
// OFF, or the code of an alert of theirs. Any other code proves nothing: "ok kmrn" has
// the form of one.
func speaksAsStaff(ctx context.Context, tx *store.Tx, who store.Staff, from casefile.Address, items []Arrived) (bool, error) {
	for _, item := range items {
		if addressOf(item) != from || !item.Kind.IsSpoken() || item.Text.Len() > 40 {
			continue
		}
		switch c := staffCommand(item); {
		case c.Verb == escalation.SayOn || c.Verb == escalation.SayOff:
			return true, nil
		case c.Code != "" && (c.Verb == escalation.SayOK || c.Verb == escalation.PressOK):
			_, err := tx.AlertByCode(ctx, who.ID, c.Code)
			if err == nil || !errors.Is(err, store.ErrNotFound) {
				return err == nil, err
			}
		}
	}
	return false, nil
}

// staffCommand reads what a member of staff typed or pressed. It is the one place
// of the line that looks into a text, and it looks for four words only.
func staffCommand(item Arrived) escalation.StaffCommand {
	if code, pressed := strings.CutPrefix(item.Press.Data, "ok:"); pressed {
		return escalation.StaffCommand{Verb: escalation.PressOK, Code: code}
	}
	return escalation.ParseStaff(item.Text.Reveal())
}

// hearStaff does what a member of staff asks by text or button, and answers them.
func (l *Line) hearStaff(ctx context.Context, tx *store.Tx, who store.Staff, item Arrived, now time.Time, after *afterCommit) error {
	switch item.Kind {
	case casefile.KindBlocked:
		return tx.StaffAddressFailed(ctx, who.ID, item.Channel, now)
	case casefile.KindUnblocked:
		return tx.StaffAddressFailed(ctx, who.ID, item.Channel, time.Time{})
	}
	if !item.Kind.IsSpoken() {
		return nil
	}
	key, vars, err := l.obey(ctx, tx, who, staffCommand(item), now)
	if err != nil {
		return err
	}
	return l.tellStaff(ctx, tx, who, item.Channel, key, vars, now, after)
}

// obey does one command and says which text answers it.
func (l *Line) obey(ctx context.Context, tx *store.Tx, who store.Staff, c escalation.StaffCommand, now time.Time) (key string, vars map[string]string, err error) {
	switch c.Verb {
	case escalation.SayOK:
		if c.Code == "" {
			return "staff.help", nil, nil // it names no alert, and is no guess at one
		}
		return l.acknowledge(ctx, tx, who, c.Code, l.escalation.Acknowledge, now)
	case escalation.PressOK:
		return l.acknowledge(ctx, tx, who, c.Code, l.escalation.AcknowledgePressed, now)
	case escalation.SayOn:
		_, err = l.escalation.SetDuty(ctx, tx, who.ID, true, casefile.ByStaff(who.ID), now)
		return "staff.on", nil, err
	case escalation.SayOff:
		_, err = l.escalation.SetDuty(ctx, tx, who.ID, false, casefile.ByStaff(who.ID), now)
		return "staff.off", nil, err
	case escalation.SayLink:
		return "staff.linked", map[string]string{"name": who.Login}, nil // only a link that worked makes its writer staff
	}
	return "staff.help", nil, nil
}

func (l *Line) acknowledge(ctx context.Context, tx *store.Tx, who store.Staff, code string,
	use func(context.Context, *store.Tx, casefile.ID, string, time.Time) (escalation.Ack, error), now time.Time) (string, map[string]string, error) {
	ack, err := use(ctx, tx, who.ID, code, now)
	if err != nil {
		return "", nil, err
	}
	vars := map[string]string{"code": code, "link": l.publicURL + "/a/" + code}
	switch ack.Outcome {
	case escalation.Accepted, escalation.AlreadyYours:
		return "staff.acknowledged", vars, nil
	case escalation.TooManyGuesses:
		return "staff.too_many_guesses", nil, nil
	case escalation.CodeUsed:
		vars["code"] = ack.Code
		return "staff.expired", vars, nil
	case escalation.AlreadyTaken:
		by, err := tx.StaffByID(ctx, ack.By)
		vars["name"] = by.Login
		return "staff.already", vars, err
	}
	return "staff.unknown_code", nil, nil
}

// tellStaff queues an answer to a member of staff on the channel they wrote on.
func (l *Line) tellStaff(ctx context.Context, tx *store.Tx, who store.Staff, channel casefile.ChannelName, key string, vars map[string]string, now time.Time, after *afterCommit) error {
	body, err := l.words(channel, string(who.Lang), key, vars)
	if err != nil {
		return err
	}
	after.letters = true
	return tx.Queue(ctx, store.Letter{
		ID: casefile.NewID(now), Staff: who.ID, Channel: channel, Purpose: casefile.ForStaff,
		Priority: store.DangerFirst, Body: body, QueuedAt: now,
	}, tx.Keys().Own())
}

// thankForPresses stops buttons from spinning and takes them off the answered
// question, so that the history of a watched phone holds no list of choices. It is
// a courtesy: nothing depends on it.
func (l *Line) thankForPresses(ctx context.Context, presses []pressed) {
	type buttons interface {
		Answered(ctx context.Context, query string) error
		ClearButtons(ctx context.Context, chat casefile.Private, messageRef string) error
	}
	for _, p := range presses {
		channel, ok := l.byName[p.channel].(buttons)
		if !ok {
			continue
		}
		l.flights.Go(func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendLimit)
			defer cancel()
			err := channel.Answered(ctx, p.item.Press.Query)
			err = errors.Join(err, channel.ClearButtons(ctx, p.item.From, p.item.MessageRef))
			if err != nil {
				l.metrics.deliveries.WithLabelValues(string(p.channel), "press_not_answered").Inc()
			}
		})
	}
}

// alarmOnce tells the alarm addresses of alarms that stand. It has a loop of its own: a
// provider that hangs keeps nobody from climbing.
func (l *Line) alarmOnce(ctx context.Context) (bool, error) {
	return false, l.escalation.TellAlarms(ctx, l.now())
}

// soundAlarm tells the alarm addresses directly, past the outbox.
func (l *Line) soundAlarm(ctx context.Context, a store.Alarm) error {
	l.log.Error("alarm", "kind", string(a.Kind), "times", a.Times)
	if l.phone.silent() {
		return nil
	}
	count := ""
	err := l.store.InTx(ctx, func(tx *store.Tx) error {
		n, err := tx.Climbing(ctx)
		count = strconv.Itoa(n)
		return err
	})
	if err != nil {
		return err
	}
	return l.phone.tell(ctx, alarmKey(a.Kind), map[string]string{"count": count})
}

// alarmKey names the text that tells of an alarm.
func alarmKey(kind store.AlarmKind) string {
	if kind == store.AlarmNobodyOnDuty {
		return "staff.nobody_on_duty"
	}
	return "staff.alarm_" + string(kind)
}
