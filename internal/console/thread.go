package console

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/escalation"
	"pulang/internal/store"
)

// bubble is one thing said, in either direction.
type bubble struct {
	From  string // person, line, staff
	Who   string // working name, with staff
	Text  string
	Kind  string // key below console.kind; empty: plain text
	State string // key below console.state; empty: nothing to say
	Why   string // our word for the state
	Gate  string // key below console.gate, where the reason is the gate's
	Twice bool
	// Against is true of what was sent although the contact policy said no.
	Against bool
	// Shared is a place or a contact that was sent, on the page that answers the press.
	Shared string
	At     time.Time
	ID     string // of a message, for links to it
	// Before is what an edited message said at first; Changed, that it was edited later.
	Before  string
	Edit    bool
	Changed bool
	// Alone is true when the bubble before is from somebody else, or long ago.
	Alone bool
}

// threadOf is the conversation in the order it happened. What is held comes last:
// it has not been said.
func threadOf(v cases.View) []bubble {
	var thread, held []bubble
	for _, m := range v.Messages {
		thread = append(thread, heardBubble(m).edited(m, v.Edits))
	}
	for _, l := range v.Letters {
		b := saidBubble(l, v.Names)
		if l.State == "held" {
			held = append(held, b)
			continue
		}
		thread = append(thread, b)
	}
	slices.SortStableFunc(thread, func(a, b bubble) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(direction(a), direction(b)))
	})
	thread = append(thread, held...)
	for i := range thread {
		thread[i].Alone = i == 0 || thread[i-1].From != thread[i].From || thread[i-1].Who != thread[i].Who ||
			thread[i].At.Sub(thread[i-1].At) > 5*time.Minute
	}
	return thread
}

// direction puts what a person said before the answer of the same moment.
func direction(b bubble) int {
	if b.From == "person" {
		return 0
	}
	return 1
}

func heardBubble(m store.Message) bubble {
	b := bubble{From: "person", Text: m.Text.Reveal(), At: m.ReceivedAt, Shared: sharedOf(m), ID: m.ID.String()}
	if m.Kind != casefile.KindText {
		b.Kind = string(m.Kind)
	}
	switch m.State {
	case store.Waiting:
		b.State = "waiting"
	case store.SetAside:
		b.State = "set_aside"
	}
	if b.Text == "" && b.Kind == "" {
		b.Kind = "empty"
	}
	return b
}

// edited sets an edit beside what it changed: both are shown, and both say so.
func (b bubble) edited(m store.Message, sides []store.Message) bubble {
	for _, side := range sides {
		switch {
		case side.Ref != m.Ref || side.ID == m.ID:
		case m.Kind == casefile.KindEdit && side.Kind != casefile.KindEdit:
			b.Edit, b.Before = true, side.Text.Reveal()
		case m.Kind != casefile.KindEdit && side.Kind == casefile.KindEdit:
			b.Changed = true
		}
	}
	return b
}

// sharedOf is a shared place or contact in words. Other media have none: the view
// holds no reference of them.
func sharedOf(m store.Message) string {
	var ref struct {
		Name, Address, Phone string
		Lat, Lon             *float64
	}
	if m.Media.IsEmpty() || json.Unmarshal([]byte(m.Media.Reveal()), &ref) != nil {
		return ""
	}
	parts := []string{ref.Name, ref.Phone, ref.Address}
	if ref.Lat != nil && ref.Lon != nil {
		parts = append(parts, fmt.Sprintf("%.6f, %.6f", *ref.Lat, *ref.Lon))
	}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " · ")
}

func saidBubble(l store.Letter, names cases.Names) bubble {
	b := bubble{From: "line", Text: l.Body.Reveal(), State: l.State, Twice: l.PerhapsTwice, Against: !l.Override.IsZero(), At: l.QueuedAt, Gate: gateKeys[l.Reason]}
	if b.Gate == "" && l.Reason != l.State {
		b.Why = l.Reason
	}
	if !l.SentAt.IsZero() {
		b.At = l.SentAt
	}
	if !l.WrittenBy.IsZero() && l.TextKey == "" {
		b.From, b.Who = "staff", names[l.WrittenBy].Reveal()
	}
	return b
}

// factRow is one kind of fact with its newest meaning, and what was said before.
type factRow struct {
	Key    string
	Values []string // keys below console.value, or open text
	Open   bool     // the values are what was typed
	How    string
	Phrase string
	From   string // the message it was said in, when it stands on the page
	At     time.Time
	Older  bool // something else was said of it before
}

// factsOf are the facts by kind, in the order they were first learned. A correction
// stands first; several meanings of one moment stand together.
func factsOf(v cases.View) []factRow {
	var rows []factRow
	at := map[casefile.Key]int{}
	for _, f := range v.Facts {
		i, known := at[f.Key]
		if !known {
			at[f.Key], i = len(rows), len(rows)
			rows = append(rows, factRow{Key: string(f.Key)})
		}
		row := &rows[i]
		if known && !f.At.Equal(row.At) {
			row.Older = row.Older || len(row.Values) > 0
			row.Values = nil
		}
		row.Open = isOpen(f)
		row.How, row.At, row.Phrase, row.From = string(f.How), f.At, f.Phrase.Reveal(), onPage(v, f)
		if value := f.Value.Reveal(); value != "" && !slices.Contains(row.Values, value) {
			row.Values = append(row.Values, value)
		}
	}
	return rows
}

// onPage is the message a fact was said in, when the page shows it.
func onPage(v cases.View, f casefile.Fact) string {
	if slices.ContainsFunc(v.Messages, func(m store.Message) bool { return m.ID == f.From }) {
		return f.From.String()
	}
	return ""
}

func isOpen(f casefile.Fact) bool {
	entry, ok := casefile.Lookup(f.Key)
	return !ok || entry.Values == nil || !slices.ContainsFunc(entry.Values, f.Value.Is)
}

// firedRow is a rule that holds, and what makes it hold.
type firedRow struct {
	Rule, Level string
	Why         string // in English: for a rule the texts do not know
	ILO         []int
	Because     []because
	Below       bool // the case is more urgent than this
}

// Leading are the rules at the level the case has reached, and Below those under it.
// Where none is at its level, the highest lead.
func (p filePage) Leading() []firedRow { return p.firedThat(false) }
func (p filePage) Below() []firedRow   { return p.firedThat(true) }

// OnPaper reports whether nothing on the page can be opened any more.
func (p filePage) OnPaper() bool { return false }

func (p filePage) firedThat(below bool) (rows []firedRow) {
	for _, row := range p.Fired {
		if row.Below == below {
			rows = append(rows, row)
		}
	}
	return rows
}

type because struct {
	Key, Value, Phrase string
	From               string // the message it was said in, when it stands on the page
	Open               bool
}

func firedOf(v cases.View) []firedRow {
	var rows []firedRow
	level := casefile.Low
	for _, f := range v.Assessment.Fired {
		level = max(level, min(f.Level, v.Case.Urgency))
	}
	for _, f := range v.Assessment.Fired {
		row := firedRow{Rule: f.Rule, Level: f.Level.String(), Below: f.Level < level}
		if i := slices.IndexFunc(escalation.Rules, func(r escalation.Rule) bool { return r.ID == f.Rule }); i >= 0 {
			row.Why, row.ILO = escalation.Rules[i].Why, escalation.Rules[i].ILO
		}
		for _, at := range f.Because {
			if at < 0 || at >= len(v.Judged) {
				continue // judged by a newer turn than these facts
			}
			fact := v.Judged[at]
			row.Because = append(row.Because, because{string(fact.Key), fact.Value.Reveal(), fact.Phrase.Reveal(), onPage(v, fact), isOpen(fact)})
		}
		rows = append(rows, row)
	}
	return rows
}
