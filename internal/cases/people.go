package cases

import (
	"context"
	"slices"
	"strings"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

const (
	actionPersonAdded   = "person.added"
	actionPersonChanged = "person.changed"
	actionPersonRemoved = "person.removed"
)

// MostPeople is how many people of a group are written down one by one. A report of
// more keeps its number; nobody can look after a thousand lines.
const MostPeople = 200

// Known is what is known of one person of a group.
type Known struct {
	Name, Place, Note string
	Age               string // one of store.AgeBands
	State             string // one of store.PersonStates
}

func (k Known) stub() (store.Stub, error) {
	if !slices.Contains(store.AgeBands, k.Age) || !slices.Contains(store.PersonStates, k.State) {
		return store.Stub{}, refuse(NothingChosen)
	}
	text := func(s string) casefile.Private { return casefile.Hide(strings.TrimSpace(s)) }
	return store.Stub{Name: text(k.Name), Place: text(k.Place), Note: text(k.Note), Age: k.Age, State: k.State}, nil
}

// AddPerson writes down one person of the group a report is about. All of it may be
// unknown. The case stays one case, and the number that was told stays as it is.
func (d *Desk) AddPerson(ctx context.Context, who access.Staff, ref string, known Known) error {
	return d.working(ctx, who, access.WorkOn, ref, func(a *act) error {
		stub, err := known.stub()
		if err != nil {
			return err
		}
		people, err := a.CasePeople(ctx, a.file.ID)
		if err != nil {
			return err
		}
		if len(people) >= MostPeople {
			return refuse(TooLong)
		}
		stub.ID, stub.Case, stub.Conversation, stub.At = casefile.NewID(a.now), a.file.ID, a.lane.ID, a.now
		if err := a.AddStub(ctx, stub, a.lane.Key); err != nil {
			return err
		}
		if err := a.group(ctx, append(people, stub)); err != nil {
			return err
		}
		return a.step(ctx, actionPersonAdded, stub.ID, "", "")
	})
}

// ChangePerson writes what is known of a person now. version is the one that was read.
func (d *Desk) ChangePerson(ctx context.Context, who access.Staff, ref string, id casefile.ID, version int, known Known) error {
	return d.person(ctx, who, ref, id, version, actionPersonChanged, "", func(was store.Stub) (store.Stub, error) {
		stub, err := known.stub()
		stub.ID, stub.Case, stub.Version = was.ID, was.Case, was.Version
		return stub, err
	})
}

// RemovePerson takes off a person who was written down by mistake or twice, with a
// reason. Their line and their number stay, crossed out.
func (d *Desk) RemovePerson(ctx context.Context, who access.Staff, ref string, id casefile.ID, version int, reason string) error {
	reason = strings.TrimSpace(reason)
	return d.person(ctx, who, ref, id, version, actionPersonRemoved, reason, func(was store.Stub) (store.Stub, error) {
		if reason == "" {
			return was, refuse(NoReason)
		}
		was.Removed = true
		return was, nil
	})
}

func (d *Desk) person(ctx context.Context, who access.Staff, ref string, id casefile.ID, version int, action, reason string,
	change func(store.Stub) (store.Stub, error)) error {
	return d.working(ctx, who, access.WorkOn, ref, func(a *act) error {
		people, err := a.CasePeople(ctx, a.file.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(people, func(s store.Stub) bool { return s.ID == id && !s.Removed })
		switch {
		case i < 0:
			return refuse(Gone)
		case people[i].Version != version:
			return refuse(Changed)
		}
		stub, err := change(people[i])
		if err != nil {
			return err
		}
		stub.Conversation = a.lane.ID
		if err := a.ChangeStub(ctx, stub, a.lane.Key); err != nil {
			return err
		}
		people[i] = stub
		if err := a.group(ctx, people); err != nil {
			return err
		}
		return a.step(ctx, action, id, reason, "")
	})
}

// group writes what the people of a case mean for who reaches it.
func (a *act) group(ctx context.Context, people []store.Stub) error {
	child := slices.ContainsFunc(people, func(s store.Stub) bool { return !s.Removed && s.Age == ageChild })
	return a.SetGroup(ctx, a.file.ID, child, a.lane.Key)
}

// ageChild is the age band of somebody under 18.
const ageChild = "under18"
