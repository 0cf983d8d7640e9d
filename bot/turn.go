package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"pulang/flows"
	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/store"
)

// turn is one answer to everything a person has waiting, decided and not yet
// written.
type turn struct {
	lane     store.Conversation
	file     store.Case // zero ID: the case is opened by this turn
	messages []store.Message
	session  casefile.Session
	learned  casefile.Facts // what this turn added; it starts at position len(lane.Session.Facts)
	effects  []flows.Effect
	danger   bool // danger was heard in this turn
	silent   bool // nothing said earlier is still to be sent: the reply may leave with its turn
	was, is  escalation.Assessment
	now      time.Time
}

// lockLanes locks those of the conversations whose lane is free. Lanes are row locks:
// they end with the transaction, also when the process dies.
func (l *Line) lockLanes(ctx context.Context, tx *store.Tx, ids []casefile.ID, after *afterCommit) ([]store.Conversation, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	hot := l.sessions.Load(ctx, ids)
	lanes, err := tx.LockLanes(ctx, ids, hot)
	if err != nil {
		return nil, err
	}
	for _, lane := range lanes {
		if hot[lane.ID].Turn > lane.Turn { // of turns that Postgres lost: a restored backup, a failover
			after.lost = append(after.lost, lane.ID)
		}
	}
	after.elsewhere = after.elsewhere || len(lanes) < len(ids)
	return lanes, nil
}

// answerPeople takes a turn in each of the locked lanes: for what waits there, and for
// what has just arrived and is not stored yet.
func (l *Line) answerPeople(ctx context.Context, tx *store.Tx, lanes []store.Conversation, arrived map[casefile.ID][]store.Message, now time.Time, after *afterCommit) error {
	lanes, err := withoutDamaged(ctx, tx, lanes, now)
	if err != nil || len(lanes) == 0 {
		return err
	}
	waiting, err := tx.WaitingMessages(ctx, lanes)
	if err != nil {
		return err
	}
	join(waiting, arrived)
	files, err := tx.CasesOf(ctx, lanes)
	if err != nil {
		return err
	}
	owed, err := tx.Owed(ctx, lanesOf(waiting))
	if err != nil {
		return err
	}
	turns := make([]turn, 0, len(lanes))
	for _, lane := range lanes {
		if len(waiting[lane.ID]) == 0 {
			continue
		}
		t, err := l.decide(lane, files[lane.ID], waiting[lane.ID], now)
		switch {
		case err != nil && len(lanes) == 1:
			return err
		case err != nil: // the others are answered now, and the sweep takes this one alone
			l.log.Warn("a turn failed; it is taken again alone", "conversation", lane.ID.String(), "error", err)
			after.elsewhere = true
			if err := storeNew(ctx, tx, lane, arrived[lane.ID]); err != nil {
				return err
			}
			continue
		}
		t.silent = !owed[lane.ID]
		turns = append(turns, t)
	}
	if len(turns) == 0 {
		return nil
	}
	return l.write(ctx, tx, after, turns...)
}

// join puts what has just arrived to what waits, in the provider's order.
func join(waiting, arrived map[casefile.ID][]store.Message) {
	for id, messages := range arrived {
		all := append(waiting[id], messages...)
		slices.SortStableFunc(all, func(a, b store.Message) int { return cmp.Compare(a.Order, b.Order) })
		waiting[id] = all
	}
}

// storeNew stores those of the messages of a held lane that are not stored yet, as they
// stand.
func storeNew(ctx context.Context, tx *store.Tx, lane store.Conversation, messages []store.Message) error {
	for _, m := range messages {
		if m.Arrival > 0 {
			continue
		}
		if err := tx.StoreNew(ctx, m, lane.Key); err != nil {
			return err
		}
	}
	return nil
}

func lanesOf(waiting map[casefile.ID][]store.Message) (ids []casefile.ID) {
	for id := range waiting {
		ids = append(ids, id)
	}
	return ids
}

// withoutDamaged notes which of the lanes have a data key that does not open: nobody can
// read what waits in them, and it is set aside.
func withoutDamaged(ctx context.Context, tx *store.Tx, lanes []store.Conversation, now time.Time) ([]store.Conversation, error) {
	var damaged []casefile.ID
	for _, lane := range lanes {
		if lane.Damaged {
			damaged = append(damaged, lane.ID)
		}
	}
	return slices.DeleteFunc(lanes, func(lane store.Conversation) bool { return lane.Damaged }), tx.Damage(ctx, damaged, now)
}

// decide hears, steps and judges. It is pure, and it turns a panic into an error that says nothing of what was being read.
func (l *Line) decide(lane store.Conversation, file store.Case, messages []store.Message, now time.Time) (t turn, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("turn of conversation %s panicked (%T)", lane.ID, r)
		}
	}()
	hearing := flows.Hearing(lane.Session, now)
	if hearing.Hint == "" {
		hearing.Hint = lane.Lang
	}
	readings := make([]casefile.Reading, len(messages))
	danger := false
	for i, m := range messages {
		readings[i] = l.ear.Load().Read(m.ID, kindOf(m, lane.Session), m.Text, hearing)
		danger = danger || readings[i].HasDanger()
	}
	judge := judging(lane, file)
	session, effects := flows.Step(lane.Session, flows.Input{
		Now: now, Hint: lane.Lang, Short: l.traits(lane.Channel).CostsThem, Readings: readings, Human: !lane.TakenBy.IsZero(),
		Urgency: func(facts casefile.Facts) casefile.Urgency { return judge(lane.Session, facts).Urgency },
	})
	session.Turn = lane.Turn + 1
	session.Version = casefile.SessionVersion
	if written := lastReceived(messages); written.Before(session.LastIn) {
		session.LastIn = written // it waited in the spool: the quarter of an hour for answers began when it came
	}
	if now := flows.Hearing(session, now).Pending; now.Key != hearing.Pending.Key || !slices.Equal(now.Options, hearing.Pending.Options) {
		session.Since = session.Turn
	}
	return turn{
		lane: lane, file: file, messages: messages, session: session, effects: effects, danger: danger, now: now,
		learned: session.Facts[len(lane.Session.Facts):],
		was:     judge(lane.Session, lane.Session.Facts), is: judge(session, session.Facts),
	}, nil
}

// lastReceived is when the newest of some messages came.
func lastReceived(messages []store.Message) time.Time {
	var last time.Time
	for _, m := range messages {
		if m.ReceivedAt.After(last) {
			last = m.ReceivedAt
		}
	}
	return last
}

// kindOf is how a message is heard. The button of an older question is heard like a
// change of an older message: its digit answers nothing that is asked now.
func kindOf(m store.Message, s casefile.Session) casefile.MessageKind {
	if m.Kind == casefile.KindPress && m.AnswersTurn < s.Since {
		return casefile.KindEdit
	}
	return m.Kind
}

// judging is escalation.Assess with what is known of this case: where staff lowered
// it to, and where it stands.
func judging(lane store.Conversation, file store.Case) func(casefile.Session, casefile.Facts) escalation.Assessment {
	return func(s casefile.Session, facts casefile.Facts) escalation.Assessment {
		return escalation.Assess(facts, escalation.About{
			Reporter: s.Reporter, Flow: s.Flow, NumberCountry: lane.NumberCountry,
			Stands: file.Urgency, LoweredTo: file.LoweredTo, LoweredAt: file.LoweredAt,
		})
	}
}

func (l *Line) traits(name casefile.ChannelName) Traits {
	if c, ok := l.byName[name]; ok {
		return c.Traits()
	}
	return Traits{}
}

// sweepOnce takes turns that nobody else takes: after a busy lane, a failed batch,
// or a restart. Each person is answered alone, so that one cannot hurt another, and one
// pass comes to everybody: those whose turn fails do not stand in front of the others.
func (l *Line) sweepOnce(ctx context.Context) (more bool, err error) {
	const atOnce, inOnePass = 50, 500
	var seen []casefile.ID
	answered := 0
	for len(seen) < inOnePass {
		var ids []casefile.ID
		err = l.store.InTx(ctx, func(tx *store.Tx) (err error) {
			ids, err = tx.ConversationsWaiting(ctx, seen, atOnce)
			return err
		})
		if err != nil || len(ids) == 0 {
			return false, err
		}
		seen = append(seen, ids...)
		done, err := eachAlone(ctx, l, "turns", ids, l.turnAlone)
		if answered += done; err != nil || len(ids) < atOnce {
			return false, err
		}
	}
	return answered > 0, nil
}

// maxAttempts is how often the turn of one person may fail before its messages are
// set aside for staff.
const maxAttempts = 3

// turnLimit is how long it may take; what is left of itemLimit is for setting it aside.
const turnLimit = 3 * time.Second

// turnAlone takes the turn of one person. A failure is counted, also one of a turn that
// takes too long while the database answers others.
func (l *Line) turnAlone(pass context.Context, id casefile.ID) error {
	ctx, cancel := context.WithTimeout(pass, turnLimit)
	defer cancel()
	now := l.now()
	after, err := l.answerAlone(ctx, id, now)
	if err == nil {
		after.elsewhere = false // whoever holds the lane now, the next tick looks again
		l.committed(ctx, after)
		return nil
	}
	brokeOff := errors.Is(err, store.ErrAway) && ctx.Err() == nil // a connection, before the turn's time was up: no fault of its messages
	if errors.Is(err, store.ErrStale) || brokeOff || l.store.Hinders(pass, err) {
		l.sessions.Forget(pass, id)
		return err
	}
	return errors.Join(err, l.setAside(pass, id, now))
}

// answerAlone takes and commits the turn of one person.
func (l *Line) answerAlone(ctx context.Context, id casefile.ID, now time.Time) (after afterCommit, err error) {
	done := false
	defer func() {
		if !done {
			l.ground(after.departures)
		}
	}()
	err = l.store.InBatch(ctx, func(tx *store.Tx) error {
		after = afterCommit{}
		lanes, err := l.lockLanes(ctx, tx, []casefile.ID{id}, &after)
		if err != nil {
			return err
		}
		return l.answerPeople(ctx, tx, lanes, nil, now, &after)
	})
	done = err == nil
	return after, err
}

// setAside counts the failure. At the limit the messages are kept where staff see
// them, an alarm stands, the case enters the queue, and the person is offered a
// person: the last two only if their conversation can still be read.
func (l *Line) setAside(ctx context.Context, id casefile.ID, now time.Time) error {
	l.sessions.Forget(ctx, id)
	var aside int64
	err := l.store.InTx(ctx, func(tx *store.Tx) (err error) {
		if aside, err = tx.FailMessages(ctx, id, maxAttempts); err != nil || aside == 0 {
			return err
		}
		return tx.RaiseAlarm(ctx, store.AlarmSetAside, casefile.ID{}, id, now)
	})
	if err != nil || aside == 0 {
		return err
	}
	l.log.Error("messages set aside; a person must look at them", "conversation", id.String(), "count", aside)
	var after afterCommit
	err = l.store.InTx(ctx, func(tx *store.Tx) error {
		after = afterCommit{}
		lane, err := tx.LockLane(ctx, id)
		if err != nil {
			return err
		}
		files, err := tx.CasesOf(ctx, []store.Conversation{lane})
		if err != nil {
			return err
		}
		return l.offerPerson(ctx, tx, lane, files[id], now, &after)
	})
	if err == nil {
		l.committed(ctx, after)
	}
	l.changed()
	return err
}

// offerPerson is the turn taken in place of one that kept failing: it learns that a
// person is needed, tells staff, and says so in the disguised words.
func (l *Line) offerPerson(ctx context.Context, tx *store.Tx, lane store.Conversation, file store.Case, now time.Time, after *afterCommit) error {
	t := l.noted(lane, file, casefile.HumanAsked, "unreadable", now)
	t.session.Stage = casefile.StageHuman
	t.session.LastIn = now
	t.effects = []flows.Effect{flows.Say{Text: "disguised.human", Lang: spokenIn(lane)}}
	return l.write(ctx, tx, after, t)
}

// noted is a turn without a message: the line itself noted a fact.
func (l *Line) noted(lane store.Conversation, file store.Case, key casefile.Key, value string, now time.Time) turn {
	session := lane.Session
	fact := casefile.Fact{Key: key, Value: casefile.Hide(value), How: casefile.Noted, At: now}
	session.Facts = append(session.Facts[:len(session.Facts):len(session.Facts)], fact)
	session.Turn = lane.Turn + 1
	session.Version = casefile.SessionVersion
	judge := judging(lane, file)
	return turn{lane: lane, file: file, session: session, learned: casefile.Facts{fact}, now: now,
		was: judge(lane.Session, lane.Session.Facts), is: judge(session, session.Facts)}
}

func spokenIn(lane store.Conversation) casefile.Lang {
	if lane.Session.Lang != "" {
		return lane.Session.Lang
	}
	return lane.Lang
}
