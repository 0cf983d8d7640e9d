package cases

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// sourcesOf are the lists of the timeline. Of one moment what stands earlier comes
// first.
func sourcesOf(ctx context.Context, tx *store.Tx, file store.Folder, w Wanted) []source {
	stretch := func(key int64, limit int) store.Stretch {
		return store.Stretch{Oldest: w.Oldest, Key: key, Limit: limit}
	}
	actions := actionsOf(w)
	return []source{
		{w.wants(EventMessage), func(p Place, n int) ([]keyed, error) {
			return ofEach(file, w.Oldest, n, func(c store.Conversation) ([]keyed, error) {
				found, err := tx.MessagesOf(ctx, c, stretch(p.Messages, n))
				return keysOf(found, messageEvent), err
			})
		}, func(p *Place, e keyed) { p.Messages = e.key }},
		{w.wants(EventAnswer), func(p Place, n int) ([]keyed, error) {
			return ofEach(file, w.Oldest, n, func(c store.Conversation) ([]keyed, error) {
				found, err := tx.LettersOf(ctx, c, stretch(p.Letters, n))
				return keysOf(found, letterEvent), err
			})
		}, func(p *Place, e keyed) { p.Letters = e.key }},
		{w.wants(EventAlert), func(p Place, n int) ([]keyed, error) {
			found, err := tx.AlertsOfCase(ctx, file.ID, stretch(p.Alerts, n))
			return keysOf(found, alertEvent), err
		}, func(p *Place, e keyed) { p.Alerts = e.key }},
		{w.wants(EventAlert) || w.wants(EventView) || w.wants(EventChange), func(p Place, n int) ([]keyed, error) {
			found, err := tx.RecordsOf(ctx, file.ID, stretch(p.Records, n), actions)
			return keysOf(found, recordEvent), err
		}, func(p *Place, e keyed) { p.Records = e.key }},
		{w.wants(EventNote), func(p Place, n int) ([]keyed, error) {
			found, err := tx.NotesOf(ctx, file, w.Oldest, p.Note, n)
			return keysOf(found, noteEvent), err
		}, func(p *Place, e keyed) { p.Note = e.note }},
	}
}

// actionsOf says which actions of the audit are wanted: those that begin so, and those
// that do not.
func actionsOf(w Wanted) store.Actions {
	a := store.Actions{Bare: told}
	for _, r := range recorded {
		if w.wants(EventChange) && !w.wants(r.Kind) {
			a.Except = append(a.Except, r.Names...)
		}
		if !w.wants(EventChange) && w.wants(r.Kind) {
			a.Only = append(a.Only, r.Names...)
		}
	}
	return a
}

// ofEach reads a list of every conversation that opens, in one order of keys.
func ofEach(file store.Folder, oldest bool, limit int, read func(store.Conversation) ([]keyed, error)) ([]keyed, error) {
	var all []keyed
	for _, c := range file.Conversations {
		if c.Damaged || c.Forgotten {
			continue
		}
		found, err := read(c)
		if err != nil {
			return nil, err
		}
		for i := range found {
			found[i].Channel = c.Channel
		}
		all = append(all, found...)
	}
	slices.SortFunc(all, func(a, b keyed) int {
		if oldest {
			return cmp.Compare(a.key, b.key)
		}
		return cmp.Compare(b.key, a.key)
	})
	return all[:min(limit, len(all))], nil
}

func keysOf[T any](list []T, event func(T) keyed) []keyed {
	out := make([]keyed, len(list))
	for i, one := range list {
		out[i] = event(one)
	}
	return out
}

func messageEvent(m store.Message) keyed {
	e := Event{Kind: EventMessage, At: m.ReceivedAt, Actor: casefile.ByPerson(m.Conversation), Text: m.Text}
	if m.Kind != casefile.KindText {
		e.What = string(m.Kind)
	}
	switch m.State {
	case store.Waiting, store.SetAside:
		e.State = string(m.State)
	}
	e.unread = m.State != store.Taken
	return keyed{Event: e, key: m.Arrival}
}

func letterEvent(l store.Letter) keyed {
	e := Event{Kind: EventAnswer, At: saidAt(l), Actor: casefile.System("line"), Text: l.Body, State: l.State, Twice: l.PerhapsTwice}
	if !l.WrittenBy.IsZero() && l.TextKey == "" {
		e.Actor = casefile.ByStaff(l.WrittenBy)
	}
	return keyed{Event: e, key: l.Seq}
}

func alertEvent(l store.Letter) keyed {
	return keyed{Event: Event{Kind: EventAlert, At: saidAt(l), Actor: casefile.ByStaff(l.Staff), State: l.State, Channel: l.Channel, Twice: l.PerhapsTwice},
		key: l.Seq}
}

func recordEvent(r store.Record) keyed {
	kind := EventChange
	for _, k := range recorded {
		if slices.ContainsFunc(k.Names, func(name string) bool { return strings.HasPrefix(r.Action, name) }) {
			kind = k.Kind
		}
	}
	return keyed{Event: Event{Kind: kind, At: r.At, Actor: r.Actor, What: r.Action, Detail: r.Detail}, key: r.Seq}
}

func noteEvent(n store.Note) keyed {
	return keyed{Event: Event{Kind: EventNote, At: n.At, Actor: casefile.ByStaff(n.Staff), What: string(n.Kind), Text: n.Text}, note: n.ID}
}

// cover covers an event. The timeline has no press: what is covered is shown on the
// page of the case.
func (e *Event) cover(me access.Staff) {
	if e.unread && me.Agency != access.Own {
		e.Text = casefile.Private{} // no turn has read it, and it may name their agency
	}
	e.Text, e.Detail = e.Text.Covered(), e.Detail.Covered()
}
