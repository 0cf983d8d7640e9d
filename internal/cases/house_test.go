package cases

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/devstack"
	"pulang/internal/escalation"
	"pulang/internal/seal"
	"pulang/internal/store"
	"pulang/locales"
)

var stack *devstack.Stack

func TestMain(m *testing.M) {
	version, err := devstack.VersionOf(store.Migrations)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(devstack.Main(m, devstack.Options{Migrate: store.Migrate, Version: version},
		func(s *devstack.Stack) { stack = s }))
}

// house is a database of its own, a desk, two officers and a clock.
type house struct {
	*testing.T
	*Desk
	mu         sync.Mutex
	at         time.Time
	changed    int
	budi, siti access.Staff
}

func newHouse(t *testing.T) *house {
	t.Parallel()
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(store.Options{URL: stack.Database(t), Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	book, err := locales.Open()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{T: t, at: time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)}
	h.Desk = New(Options{Store: db, Escalation: &escalation.Escalation{Store: db}, Book: book, Now: h.now,
		OneSegment: func(c casefile.ChannelName) bool { return c == "sms" }, Changed: func() { h.changed++ }})
	h.budi, h.siti = h.member("budi", access.DutyOfficer), h.member("siti", access.Supervisor)
	return h
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *house) forward(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

func (h *house) tx(work func(*store.Tx) error) {
	h.Helper()
	if err := h.Store.InTx(h.Context(), work); err != nil {
		h.Fatal(err)
	}
}

func (h *house) member(login string, role access.Role) access.Staff {
	h.Helper()
	id := casefile.NewID(h.now())
	h.tx(func(tx *store.Tx) error {
		return tx.AddStaff(h.Context(), store.Staff{ID: id, Login: login, Name: casefile.Hide(login), Role: string(role),
			Team: "main", Languages: []string{"id"}, Lang: "id", CreatedAt: h.now()})
	})
	return access.Staff{ID: id, Role: role}
}

// person is somebody who wrote, with a case.
type person struct {
	*house
	ref     string
	lane    casefile.ID
	number  string
	session casefile.Session
	channel casefile.ChannelName
}

// fact is what somebody answered.
func fact(key casefile.Key, value string) casefile.Fact {
	return casefile.Fact{Key: key, Value: casefile.Hide(value), How: casefile.Answered}
}

// writes makes a person write for the first time: a turn as the line takes it, with
// its case and its escalation.
func (h *house) writes(ref string, channel casefile.ChannelName, facts ...casefile.Fact) *person {
	h.Helper()
	p := &person{house: h, ref: ref, number: "+62800" + ref, channel: channel}
	address := casefile.Address{Channel: channel, ID: casefile.Hide(p.number)}
	h.tx(func(tx *store.Tx) error {
		if err := tx.StartConversation(h.Context(), address, "id", "", h.now()); err != nil {
			return err
		}
		found, err := tx.FindConversations(h.Context(), []casefile.Address{address})
		if err != nil {
			return err
		}
		p.lane = found[0].ID
		return nil
	})
	p.says("tolong", facts...)
	return p
}

// says takes one turn.
func (p *person) says(text string, facts ...casefile.Fact) {
	p.Helper()
	ctx := p.Context()
	p.tx(func(tx *store.Tx) error {
		lane, err := tx.LockLane(ctx, p.lane)
		if err != nil {
			return err
		}
		message := store.Message{ID: casefile.NewID(p.now()), Channel: p.channel, ProviderID: casefile.NewID(p.now()).String(),
			Conversation: p.lane, Kind: casefile.KindText, State: store.Waiting, Text: casefile.Hide(text), ReceivedAt: p.now()}
		if _, err := tx.StoreMessages(ctx, []store.Message{message}, map[casefile.ID]seal.Key{p.lane: lane.Key}); err != nil {
			return err
		}
		s := lane.Session
		s.Turn, s.Stage, s.Lang, s.Flow, s.LastIn = lane.Turn+1, casefile.StageAsking, "id", casefile.FlowVictim, p.now()
		if err := tx.Turn(ctx, p.lane, s.Turn, p.now(), ""); err != nil {
			return err
		}
		if err := tx.TakeMessages(ctx, s.Turn, []casefile.ID{message.ID}); err != nil {
			return err
		}
		about := escalation.About{Reporter: casefile.Victim, Flow: casefile.FlowVictim}
		files, err := tx.CasesOf(ctx, []store.Conversation{lane})
		if err != nil {
			return err
		}
		file, known := files[p.lane]
		about.Stands, about.LoweredTo, about.LoweredAt = file.Urgency, file.LoweredTo, file.LoweredAt
		before := escalation.Assess(s.Facts, about)
		already := len(s.Facts)
		for i, f := range facts {
			f.At, f.From = p.now(), message.ID
			if f.Is(casefile.DeviceWatched, "nobody") {
				s.Nobody = p.now()
			}
			if err := tx.LearnFact(ctx, lane, s.Turn, already+i, f); err != nil {
				return err
			}
			s.Facts = append(s.Facts, f)
		}
		after := escalation.Assess(s.Facts, about)
		if file.Assessment, err = json.Marshal(after); err != nil {
			return err
		}
		file.Urgency, file.LastIn, file.QueuedAt, file.Lang, file.Flow = after.Urgency, p.now(), p.now(), "id", casefile.FlowVictim
		if !known {
			file.ID, file.Ref, file.Team, file.OpenedAt = casefile.NewID(p.now()), p.ref, "main", p.now()
			err = tx.OpenCase(ctx, file, lane)
		} else {
			err = tx.UpdateCase(ctx, file, lane)
		}
		if err != nil {
			return err
		}
		if _, err := p.Escalation.Raise(ctx, tx, escalation.Change{Case: file.ID, Conversation: p.lane, Team: "main", Lang: "id",
			Before: before, After: after, Known: already, At: p.now()}); err != nil {
			return err
		}
		if !lane.TakenBy.IsZero() {
			if err := tx.PersonWrote(ctx, p.lane, p.now()); err != nil {
				return err
			}
		}
		p.session = s
		return tx.Checkpoint(ctx, lane, s)
	})
}

// receives stores a message that no turn takes.
func (p *person) receives(text string) casefile.ID {
	p.Helper()
	id := casefile.NewID(p.now())
	p.tx(func(tx *store.Tx) error {
		lane, err := tx.Conversation(p.Context(), p.lane)
		if err != nil {
			return err
		}
		_, err = tx.StoreMessages(p.Context(), []store.Message{{ID: id, Channel: p.channel, ProviderID: id.String(), Conversation: p.lane,
			Kind: casefile.KindText, State: store.Waiting, Text: casefile.Hide(text), ReceivedAt: p.now()}},
			map[casefile.ID]seal.Key{p.lane: lane.Key})
		return err
	})
	return id
}

// open opens the case as budi.
func (p *person) open() View {
	p.Helper()
	v, err := p.Open(p.Context(), p.budi, p.ref)
	if err != nil {
		p.Fatal(err)
	}
	return v
}

func (p *person) take(who access.Staff) {
	p.Helper()
	if err := p.Take(p.Context(), who, p.ref, casefile.ID{}, "Budi"); err != nil {
		p.Fatal(err)
	}
}

// said is the letters of the conversation: state, purpose and text.
func (p *person) said() []string {
	p.Helper()
	var out []string
	for _, l := range p.open().Letters {
		out = append(out, fmt.Sprintf("%s %s: %s", l.State, l.Purpose, l.Body.Reveal()))
	}
	return out
}

// actions is what the audit says of the case.
func (p *person) actions() []string {
	p.Helper()
	var out []string
	for _, e := range p.open().History {
		out = append(out, e.Action)
	}
	return out
}

func wants(t *testing.T, err error, why Why) {
	t.Helper()
	var refused *Refused
	if !errors.As(err, &refused) || refused.Why != why {
		t.Errorf("got %v, want refused: %s", err, why)
	}
}

func keysOf(lane store.Conversation) map[casefile.ID]seal.Key {
	return map[casefile.ID]seal.Key{lane.ID: lane.Key}
}
