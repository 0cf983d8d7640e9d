package cases

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// forms are the names of the forms that somebody typed into, as they stand for them.
func (p *person) forms(who access.Staff) []string {
	p.Helper()
	var names []string
	for form := range p.openAs(who).Forms {
		names = append(names, string(form))
	}
	slices.Sort(names)
	return names
}

func TestSendingAFormEndsItsDraftAndNoOther(t *testing.T) {
	h := newHouse(t)
	rina := h.quiet("AAA111")
	h.does(h.AddTask(t.Context(), h.siti, rina.Ref, "telepon", "", h.Now().Add(day)))
	task := rina.open().Tasks[0]
	row := store.DraftKind("task/" + task.ID.String())
	typed := []store.DraftKind{"snooze", "task", row, "exclude", "lower"}
	for _, form := range typed {
		rina.types(h.budi, form, `{"reason":"tunggu"}`)
		rina.types(h.siti, form, `{"reason":"punya siti"}`)
	}
	version := func() int64 { return rina.open().Case.Version }
	left := maps.Collect(func(yield func(store.DraftKind, bool) bool) {
		for _, form := range typed {
			yield(form, true)
		}
	})
	for _, act := range []struct {
		form store.DraftKind
		do   func() error
	}{
		{"snooze", func() error {
			return h.Snooze(t.Context(), h.budi, rina.Ref, version(), h.Now().Add(time.Hour), "tunggu")
		}},
		{"task", func() error { return h.AddTask(t.Context(), h.budi, rina.Ref, "dua", "", h.Now().Add(day)) }},
		{row, func() error {
			return h.EndTask(t.Context(), h.budi, rina.Ref, task.ID, task.Version, store.TaskDropped, "tunggu")
		}},
		{"exclude", func() error { return h.Exclude(t.Context(), h.budi, rina.Ref, "military", "tunggu") }},
	} {
		h.does(act.do())
		delete(left, act.form)
		want := []string{}
		for form := range left {
			want = append(want, string(form))
		}
		slices.Sort(want)
		if got := rina.forms(h.budi); !slices.Equal(got, want) {
			t.Errorf("after %s budi has %q, want %q", act.form, got, want)
		}
	}
	if got := rina.forms(h.siti); len(got) != len(typed) {
		t.Errorf("what budi sent took siti's: she has %q", got)
	}
}

// TestARefusedFormKeepsItsDraft: nothing was sent.
func TestARefusedFormKeepsItsDraft(t *testing.T) {
	h := newHouse(t)
	rina := h.quiet("AAA111")
	rina.types(h.budi, "lower", `{"reason":"tampak tenang"}`)
	wants(t, h.Lower(t.Context(), h.budi, rina.Ref, 0, casefile.Low, "tampak tenang"), Changed)
	if got := rina.openAs(h.budi).Forms["lower"]; !got.Is(`{"reason":"tampak tenang"}`) {
		t.Error("the draft is gone")
	}
}

func TestFormsAreNamedAsThePageNamesThem(t *testing.T) {
	row := casefile.NewID(time.Unix(1, 0)).String()
	for name, want := range map[string]bool{"snooze": true, "forget": true, "override": true, "task": true, "task/" + row: true, "approve/" + row: true,
		"approve": false, "snooze/" + row: false, "reply": false, "note": false, "": false, "x": false, "task/": false, "task/x": false,
		"task/" + strings.ToUpper(row): false, "task/" + row + "/" + row: false} {
		if _, known := FormOf(name); known != want {
			t.Errorf("%q: %v", name, known)
		}
	}
}

// TestAFormIsOfTheCaseAndAReplyOfItsConversation, also when staff answer elsewhere by now.
func TestAFormIsOfTheCaseAndAReplyOfItsConversation(t *testing.T) {
	h := newHouse(t)
	rina := h.writes("AAA111", "sms", nobody)
	rina.types(h.budi, store.ReplyDraft, "Kami di sini")
	rina.types(h.budi, "snooze", `{"reason":"tunggu"}`)
	h.Forward(time.Minute)
	other := h.writes("BBB222", "telegram", nobody)
	rina.beside(other) // they wrote there last, so staff answer there
	if a := rina.openAs(h.budi); a.Reply.Is("Kami di sini") || len(a.Forms) != 1 {
		t.Errorf("in the other conversation stands a reply, or the form is lost: %d", len(a.Forms))
	}
	h.does(h.Draft(t.Context(), h.budi, rina.Ref, Typed{Texts: map[store.DraftKind]string{"snooze": ""}}))
	if got := rina.forms(h.budi); len(got) != 0 {
		t.Errorf("an emptied form comes back: %q", got)
	}
}
