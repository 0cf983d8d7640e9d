package cases

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/devstack"
	"pulang/internal/devstack/testbed"
	"pulang/internal/devstack/testbed/judged"
	"pulang/internal/escalation"
	"pulang/internal/store"
	"pulang/locales"
)

var stack *devstack.Stack

func TestMain(m *testing.M) { os.Exit(testbed.Main(m, &stack)) }

// house is a desk on a testbed, with two officers.
type house struct {
	*testbed.Bed
	*Desk
	changed    atomic.Int32 // two may act at once
	budi, siti access.Staff
}

func newHouse(t *testing.T) *house {
	t.Parallel()
	book, err := locales.Open()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{Bed: testbed.Open(t, stack, testbed.Options{})}
	h.Desk = New(Options{Store: h.Bed.Store, Escalation: &escalation.Escalation{Store: h.Bed.Store}, Book: book, Now: h.Bed.Now,
		OneSegment: func(c casefile.ChannelName) bool { return c == "sms" }, Changed: func() { h.changed.Add(1) }})
	h.budi, h.siti = h.Member("budi", access.DutyOfficer), h.Member("siti", access.Supervisor)
	return h
}

// person is somebody who wrote, with a case.
type person struct {
	*house
	*testbed.Person
}

// fact is what somebody answered.
func fact(key casefile.Key, value string) casefile.Fact {
	return casefile.Fact{Key: key, Value: casefile.Hide(value), How: casefile.Answered}
}

// writes makes a person write for the first time: a turn as the line takes it, with
// its case and its escalation.
func (h *house) writes(ref string, channel casefile.ChannelName, facts ...casefile.Fact) *person {
	h.Helper()
	p := &person{h, h.Person(ref, casefile.Address{Channel: channel, ID: casefile.Hide("+62800" + ref)})}
	p.File = judged.By(h.Escalation)
	p.Says("tolong", facts...)
	return p
}

// open opens the case as budi.
func (p *person) open() View {
	p.Helper()
	v, err := p.Open(p.Context(), p.budi, p.Ref)
	if err != nil {
		p.Fatal(err)
	}
	return v
}

func (p *person) take(who access.Staff) {
	p.Helper()
	if err := p.Take(p.Context(), who, p.Ref, casefile.ID{}, "Budi"); err != nil {
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
	for _, e := range p.history() {
		out = append(out, e.Action)
	}
	return out
}

// history is the audit of the case, oldest first. Reading it is no look at the case.
func (p *person) history() (entries []store.Record) {
	p.Helper()
	p.Tx(func(tx *store.Tx) error {
		file, err := tx.CaseByRef(p.Context(), p.Ref)
		if err != nil {
			return err
		}
		entries, err = tx.RecordsOf(p.Context(), file.ID, store.Stretch{Oldest: true, Limit: 1000}, store.Actions{})
		return err
	})
	return entries
}

func wants(t *testing.T, err error, why Why) {
	t.Helper()
	var refused *Refused
	if !errors.As(err, &refused) || refused.Why != why {
		t.Errorf("got %v, want refused: %s", err, why)
	}
}
