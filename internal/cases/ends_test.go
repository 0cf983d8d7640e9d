package cases

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// tells reports whether the end of a page names a case: as it stands, or encoded.
func tells(end string, id casefile.ID, at time.Time) bool {
	plain, _ := base64.RawURLEncoding.DecodeString(end)
	for _, text := range []string{end, string(plain)} {
		for _, mark := range []string{id.String(), string(id[:]), fmt.Sprint(at.UnixMicro()), at.UTC().Format(time.RFC3339)} {
			if strings.Contains(text, mark) {
				return true
			}
		}
	}
	return false
}

// TestTheEndOfAPageNamesNoCaseThatIsKeptFromItsReader: a piece of a list is a hundred
// cases, and the last of them is kept from budi.
func TestTheEndOfAPageNamesNoCaseThatIsKeptFromItsReader(t *testing.T) {
	h := newHouse(t)
	refs := h.stored(2*pool+10, "HI", "open", "high", "MM", "main")
	var kept []store.Stand
	for _, at := range []int{pool - 1, 2*pool - 1} {
		h.Tx(func(tx *store.Tx) error {
			found, err := tx.StandOfRef(t.Context(), h.budi.ID, refs[at])
			kept = append(kept, found...)
			return err
		})
		if err := h.Exclude(t.Context(), h.siti, refs[at], "budi", "saudara"); err != nil {
			t.Fatal(err)
		}
	}
	var want, got []string
	for i, ref := range refs {
		if i != pool-1 && i != 2*pool-1 {
			want = append(want, ref)
		}
	}
	ask := Ask{}
	for pages := 0; pages == 0 || ask.After != ""; pages++ {
		q, err := h.List(t.Context(), h.budi, ask)
		if err != nil {
			t.Fatal(err)
		}
		got, ask.After = append(got, refsOf(q.Lines)...), q.Next
		for i, s := range kept {
			at := h.Now().Add(-time.Duration(len(refs)-(pool*(i+1)-1)) * time.Minute)
			if tells(ask.After, s.ID, at) {
				t.Errorf("the end of page %d names %s", pages+1, s.Ref)
			}
		}
		if pages == 1 {
			if _, err := h.List(t.Context(), h.siti, ask); !errors.Is(err, ErrBadPlace) {
				t.Errorf("a colleague's end of a page: %v", err)
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d of %d cases, or not in their order", len(got), len(want))
	}
}

func TestTheEndOfAPartOfTasksNamesNoCaseThatIsKeptFromItsReader(t *testing.T) {
	h := newHouse(t)
	agus := h.hire("agus", access.DutyOfficer, of(access.Police))
	kept, open := h.writes("AAA111", "sms", nobody, heard("police")), h.writes("BBB222", "sms", nobody)
	adds := func(p *person, n int, at time.Duration) (last store.Task) {
		v := p.open()
		h.Tx(func(tx *store.Tx) error {
			lane, err := tx.LockLane(t.Context(), v.Lane.ID)
			for i := range n {
				last = store.Task{ID: casefile.NewID(h.Now()), Case: v.Case.ID, Conversation: lane.ID, Text: casefile.Hide("x"),
					DueAt: h.Now().Add(at + time.Duration(i)*time.Second), AddedBy: h.siti.ID, At: h.Now()}
				err = errors.Join(err, tx.AddTask(t.Context(), last, lane.Key))
			}
			return errors.Join(err, tx.Audit(t.Context(), store.Entry{At: h.Now(), Actor: casefile.System("test"), Action: "test.tasks"}))
		})
		return last
	}
	last := adds(kept, mostParts*TaskPage, time.Hour)
	adds(open, 3, 24*time.Hour)
	list, err := h.Tasks(t.Context(), agus, TasksTeam, "")
	if err != nil || len(list.Tasks) != 0 || list.Next == "" || tells(list.Next, last.ID, last.DueAt) {
		t.Fatalf("%d tasks, then %q, %v", len(list.Tasks), list.Next, err)
	}
	if list, err = h.Tasks(t.Context(), agus, TasksTeam, list.Next); err != nil || len(list.Tasks) != 3 || list.Next != "" {
		t.Errorf("the next part: %d tasks, then %q, %v", len(list.Tasks), list.Next, err)
	}
	if _, err := h.Tasks(t.Context(), agus, TasksTeam, "x"); !errors.Is(err, ErrBadPlace) {
		t.Errorf("an end of nobody's: %v", err)
	}
}
