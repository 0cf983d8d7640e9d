package bot

import (
	"context"
	"encoding/json"
	"time"

	"pulang/flows"
	"pulang/internal/casefile"
	"pulang/internal/escalation"
	"pulang/internal/store"
)

// afterCommit is what happens once a transaction is committed, and only then.
type afterCommit struct {
	lost       []casefile.ID // their hot sessions are of turns that never were
	sessions   map[casefile.ID]casefile.Session
	presses    []pressed
	departures []departure // replies that leave now
	letters    bool        // something else was queued
	elsewhere  bool        // a lane was busy: the sweep looks again
	turns      int
}

// pressed is a button whose press the provider wants acknowledged.
type pressed struct {
	channel casefile.ChannelName
	item    Arrived
}

// committed does what follows a commit.
func (l *Line) committed(ctx context.Context, after afterCommit) {
	l.takeOff(ctx, after.departures)
	for _, id := range after.lost {
		l.sessions.Forget(ctx, id)
	}
	l.sessions.SaveAll(ctx, after.sessions)
	l.metrics.turns.Add(float64(after.turns))
	if after.letters {
		l.deliver.Wake()
	}
	if after.elsewhere {
		l.sweep.Wake()
	}
	l.thankForPresses(ctx, after.presses)
	l.changed()
}

// write writes the turns of a batch in the caller's transaction: the messages they
// answer, the facts, the cases, the escalations and their alerts, then the replies,
// and the checkpoints behind the fence. It goes step by step through all of them, so
// that one step of many people is one statement, and every alert is ahead of every
// reply.
func (l *Line) write(ctx context.Context, tx *store.Tx, after *afterCommit, turns ...turn) error {
	if err := l.releaseHeld(ctx, tx, turns, after); err != nil {
		return err
	}
	if err := eachTurn(ctx, tx, turns, after, l.writeTurn, l.writeCase, l.writeEscalation); err != nil {
		return err
	}
	if err := l.writeReplies(ctx, tx, turns, after); err != nil {
		return err
	}
	return eachTurn(ctx, tx, turns, after, l.writeWatches, l.writeTakeover, l.writeCheckpoint)
}

// eachTurn does one step after the other, each for all turns.
func eachTurn(ctx context.Context, tx *store.Tx, turns []turn, after *afterCommit, steps ...func(context.Context, *store.Tx, *turn, *afterCommit) error) error {
	for _, step := range steps {
		for i := range turns {
			if err := step(ctx, tx, &turns[i], after); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *Line) writeCheckpoint(ctx context.Context, tx *store.Tx, t *turn, after *afterCommit) error {
	if after.sessions == nil {
		after.sessions = map[casefile.ID]casefile.Session{}
	}
	after.sessions[t.lane.ID] = t.session
	after.turns++
	return tx.Checkpoint(ctx, t.lane, t.session)
}

// hushed is why nothing is said after a Hush. Whether it was not safe, or only
// unwanted, is theirs, and does not stand in a plain column.
const hushed = "asked for silence"

func (l *Line) writeTurn(ctx context.Context, tx *store.Tx, t *turn, _ *afterCommit) error {
	silence := ""
	for _, e := range t.effects {
		switch e := e.(type) {
		case flows.Silence:
			silence = e.Why
		case flows.Hush:
			silence = hushed
		}
	}
	if err := tx.Turn(ctx, t.lane.ID, t.session.Turn, t.now, silence); err != nil {
		return err
	}
	if err := takeMessages(ctx, tx, t); err != nil {
		return err
	}
	for i, fact := range t.learned {
		if err := tx.LearnFact(ctx, t.lane, t.session.Turn, len(t.lane.Session.Facts)+i, fact); err != nil {
			return err
		}
	}
	return nil
}

// takeMessages gives what was waiting to the turn, and stores what has just arrived as
// taken by it.
func takeMessages(ctx context.Context, tx *store.Tx, t *turn) error {
	var waited []casefile.ID
	for i, m := range t.messages {
		if m.Arrival > 0 {
			waited = append(waited, m.ID)
			continue
		}
		t.messages[i].State, t.messages[i].Turn = store.Taken, t.session.Turn
	}
	if err := tx.TakeMessages(ctx, t.session.Turn, waited); err != nil {
		return err
	}
	return storeNew(ctx, tx, t.lane, t.messages)
}

// writeCase opens the case with the first turn, and keeps it up to date.
func (l *Line) writeCase(ctx context.Context, tx *store.Tx, t *turn, _ *afterCommit) error {
	assessment, err := json.Marshal(t.is)
	if err != nil {
		return err
	}
	opening := t.file.ID.IsZero()
	t.file.Assessment = assessment
	t.file.Urgency = t.is.Urgency
	t.file.Flow, t.file.Lang = t.session.Flow, langOf(t.session)
	t.file.Country = t.session.Facts.CountryCode()
	if len(t.messages) > 0 {
		t.file.LastIn = t.now
	}
	if (t.is.Queue || t.danger) && t.file.QueuedAt.IsZero() {
		t.file.QueuedAt = t.now
	}
	if !opening {
		return tx.UpdateCase(ctx, t.file, t.lane)
	}
	t.file.ID, t.file.OpenedAt, t.file.Team = casefile.NewID(t.now), t.now, store.MainTeam
	t.file.Ref = newRef()
	if err := tx.OpenCase(ctx, t.file, t.lane); err != nil {
		return err
	}
	return tx.Audit(ctx, store.Entry{At: t.now, Actor: casefile.ByPerson(t.lane.ID), Action: "case.opened", Case: t.file.ID, Conversation: t.lane.ID})
}

func langOf(s casefile.Session) casefile.Lang {
	if s.Lang == "" {
		return casefile.Indonesian
	}
	return s.Lang
}

// writeEscalation tells staff in the same commit: when the urgency rose, or a new
// danger was learned.
func (l *Line) writeEscalation(ctx context.Context, tx *store.Tx, t *turn, after *afterCommit) error {
	raised, err := l.escalation.Raise(ctx, tx, escalation.Change{
		Case: t.file.ID, Conversation: t.lane.ID, Team: t.file.Team, Lang: t.file.Lang,
		Before: t.was, After: t.is, Known: len(t.lane.Session.Facts), At: t.now,
		Danger: t.danger && len(t.learned) > 0,
		Again:  t.danger && t.lane.TakenBy.IsZero() && (t.file.LoweredAt.IsZero() || t.file.Closed),
	})
	if raised {
		after.letters = true
		t.danger = true // the reply goes out ahead of other replies, right behind the alert
	}
	if err != nil || !t.learned.Knows(casefile.NamedAgency) {
		return err
	}
	return l.writeWalls(ctx, tx, t, after)
}

// writeWalls takes the case from those whose agency it names since this turn.
func (l *Line) writeWalls(ctx context.Context, tx *store.Tx, t *turn, after *afterCommit) error {
	handedBack, err := l.escalation.Wall(ctx, tx, escalation.Change{
		Case: t.file.ID, Conversation: t.lane.ID, Team: t.file.Team, Lang: t.file.Lang, After: t.is, At: t.now,
	}, t.lane.TakenBy)
	if handedBack {
		t.lane.TakenBy = casefile.ID{}
	}
	after.letters = true
	return err
}

// releaseHeld lets held replies go once the opening line was answered.
func (l *Line) releaseHeld(ctx context.Context, tx *store.Tx, turns []turn, after *afterCommit) error {
	var opened []casefile.ID
	for _, t := range turns {
		if t.session.Opened.Equal(t.now) {
			opened = append(opened, t.lane.ID)
		}
	}
	if len(opened) == 0 {
		return nil
	}
	released, err := tx.ReleaseHeld(ctx, opened, turns[0].now)
	after.letters = after.letters || released > 0
	return err
}

// writeReplies queues what is said, each through the contact gate.
func (l *Line) writeReplies(ctx context.Context, tx *store.Tx, turns []turn, after *afterCommit) error {
	all := make([]said, len(turns))
	for i := range turns {
		letters, err := l.replies(ctx, tx, &turns[i])
		if err != nil {
			return err
		}
		all[i] = said{&turns[i], letters}
	}
	l.depart(ctx, all, turns[0].now, after)
	for _, s := range all {
		for _, letter := range s.letters {
			if err := tx.Queue(ctx, letter, s.turn.lane.Key); err != nil {
				return err
			}
			after.letters = after.letters || letter.Claim.IsZero()
		}
	}
	return nil
}

// replies are what one turn says, in words.
func (l *Line) replies(ctx context.Context, tx *store.Tx, t *turn) (letters []store.Letter, err error) {
	if t.lane.Unreachable && len(t.messages) > 0 && t.session.Stage != casefile.StageClosed {
		t.lane.Unreachable = false // they write, so it is worth trying; the provider says if not
		if err := tx.SetUnreachable(ctx, t.lane.ID, time.Time{}); err != nil {
			return nil, err
		}
	}
	policy := t.session.Policy(t.lane.Unreachable, t.now)
	for _, effect := range t.effects {
		say, ok := effect.(flows.Say)
		if !ok {
			continue
		}
		letter, err := l.letter(t, say, len(letters))
		if err != nil {
			return nil, err
		}
		if verdict, why := casefile.MayWrite(policy, casefile.ForAnswer, t.now); verdict != casefile.Send {
			letter.State, letter.Reason = "dropped", why // only a Hush comes here, and it says nothing
		}
		letters = append(letters, letter)
	}
	return letters, nil
}

// letter renders one reply.
func (l *Line) letter(t *turn, say flows.Say, position int) (store.Letter, error) {
	body, err := l.words(t.lane.Channel, string(say.Lang), say.Text, say.Vars)
	if err != nil {
		return store.Letter{}, err
	}
	priority := store.InItsTurn
	if t.danger {
		priority = store.DangerFirst
	}
	letter := store.Letter{
		ID: casefile.NewID(t.now), Conversation: t.lane.ID, Channel: t.lane.Channel, Purpose: casefile.ForAnswer,
		Priority: priority, Turn: t.session.Turn, Position: position, Body: body, QueuedAt: t.now,
	}
	if l.traits(t.lane.Channel).Buttons {
		letter.Digits = say.Digits
	}
	return letter, nil
}

// writeTakeover notes that the person waits for the member of staff who took over.
func (l *Line) writeTakeover(ctx context.Context, tx *store.Tx, t *turn, _ *afterCommit) error {
	if t.lane.TakenBy.IsZero() || len(t.messages) == 0 {
		return nil
	}
	return tx.PersonWrote(ctx, t.lane.ID, t.now)
}

// writeWatches sets what has to be looked at if the person falls silent now.
func (l *Line) writeWatches(ctx context.Context, tx *store.Tx, t *turn, _ *afterCommit) error {
	if len(t.messages) == 0 {
		return nil
	}
	return tx.SetWatches(ctx, t.lane.ID, watchesAfter(t))
}

// watchesAfter says which silences would matter after this turn, and when.
func watchesAfter(t *turn) map[store.WatchKind]time.Time {
	watches := map[store.WatchKind]time.Time{}
	facts := t.session.Facts
	if !t.lane.TakenBy.IsZero() {
		since := t.lane.PersonWroteAt
		if since.IsZero() {
			since = t.now
		}
		watches[store.WatchTakeover] = since.Add(casefile.TakeoverLapse)
		return watches
	}
	answered := facts.Knows(casefile.DangerNow) || facts.Knows(casefile.DangerWho)
	if facts.Has(casefile.Cry, "yes") && !answered {
		watches[store.WatchCry] = t.now.Add(escalation.SilenceAfterCry)
	}
	if t.session.Reporter != casefile.Info && t.session.Reporter != casefile.Spam && !answered {
		watches[store.WatchFirstMessage] = t.now.Add(escalation.SilenceAfter)
	}
	if t.session.Asking != "" && len(t.is.Indicators)+len(t.is.Fired) > 0 {
		watches[store.WatchIndicator] = t.now.Add(escalation.SilenceAfter)
	}
	return watches
}
