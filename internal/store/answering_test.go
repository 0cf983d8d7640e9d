package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// answering is a conversation with a case, and two members of staff.
type answering struct {
	db
	lane       store.Conversation
	file       casefile.ID
	budi, siti casefile.ID
}

func answers(t *testing.T) answering {
	t.Helper()
	t.Parallel()
	d := open(t)
	a := answering{db: d, file: casefile.NewID(noon)}
	a.budi, a.siti = d.bed.Member("budi", access.DutyOfficer).ID, d.bed.Member("siti", access.Supervisor).ID
	lane := d.rina()
	d.must(func(ctx context.Context, tx *store.Tx) (err error) {
		if a.lane, err = tx.Conversation(ctx, lane.ID); err != nil {
			return err
		}
		return tx.OpenCase(ctx, store.Case{ID: a.file, Ref: "RINA1", Lang: "id", Team: "main", OpenedAt: noon, LastIn: noon}, a.lane)
	})
	return a
}

func (a answering) override(change func(*store.Override)) error {
	o := store.Override{ID: casefile.NewID(noon), Case: a.file, Conversation: a.lane.ID, First: store.WordsFirst, State: store.OverrideWaiting,
		Text: casefile.Hide("besok"), Reason: casefile.Hide("razia"), HeardAt: noon, AskedBy: a.budi, AskedAt: noon, Until: noon.Add(time.Minute)}
	change(&o)
	return a.tx(func(ctx context.Context, tx *store.Tx) error { return tx.AddOverride(ctx, o, a.lane.Key) })
}

// TestNobodyConfirmsTheirOwnOverride: the schema knows no second person who is the first.
func TestNobodyConfirmsTheirOwnOverride(t *testing.T) {
	a := answers(t)
	for name, change := range map[string]func(*store.Override){
		"confirmed by who asked": func(o *store.Override) { o.State, o.DecidedBy, o.DecidedAt = store.OverrideConfirmed, a.budi, noon },
		"refused by who asked":   func(o *store.Override) { o.State, o.DecidedBy, o.DecidedAt = store.OverrideRefused, a.budi, noon },
		"confirmed by nobody":    func(o *store.Override) { o.State, o.DecidedAt = store.OverrideConfirmed, noon },
		"alone by another":       func(o *store.Override) { o.State, o.DecidedBy, o.DecidedAt = store.OverrideAlone, a.siti, noon },
		"decided and waiting":    func(o *store.Override) { o.DecidedBy, o.DecidedAt = a.siti, noon },
		"over before it began":   func(o *store.Override) { o.Until = noon },
		"an unknown way":         func(o *store.Override) { o.First = "loud" },
	} {
		var wrong *store.Error
		if err := a.override(change); !errors.As(err, &wrong) || wrong.Code != "23514" {
			t.Errorf("%s: the schema says %v", name, err)
		}
	}
	if err := a.override(func(*store.Override) {}); err != nil {
		t.Errorf("one that waits: %v", err)
	}
	if err := a.override(func(*store.Override) {}); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a second one that waits: %v, want ErrConflict", err)
	}
}

// TestAnOverrideStandsWhileNothingWasHeard: neither before it is decided, nor after its
// time, nor once the person wrote.
func TestAnOverrideStandsWhileNothingWasHeard(t *testing.T) {
	t.Parallel()
	good := store.Override{State: store.OverrideConfirmed, HeardAt: noon, Until: noon.Add(time.Minute)}
	if !good.Stands(noon, noon) || !(store.Override{State: store.OverrideAlone, HeardAt: noon, Until: noon.Add(1)}).Stands(noon, noon) {
		t.Error("a decided one does not stand")
	}
	for name, o := range map[string]store.Override{
		"none":             {},
		"waiting":          {State: store.OverrideWaiting, HeardAt: noon, Until: noon.Add(time.Minute)},
		"refused":          {State: store.OverrideRefused, HeardAt: noon, Until: noon.Add(time.Minute)},
		"too late":         {State: store.OverrideConfirmed, HeardAt: noon, Until: noon},
		"they wrote since": {State: store.OverrideConfirmed, HeardAt: noon.Add(-time.Second), Until: noon.Add(time.Minute)},
	} {
		if o.Stands(noon, noon) {
			t.Errorf("%s: it stands", name)
		}
	}
}

// TestADraftIsItsWritersAlone: one for each member of staff, conversation and kind, and
// sealed so that it opens nowhere else.
func TestADraftIsItsWritersAlone(t *testing.T) {
	a := answers(t)
	keep := func(staff casefile.ID, kind store.DraftKind, text string, at time.Time) {
		t.Helper()
		a.must(func(ctx context.Context, tx *store.Tx) error {
			return tx.KeepDraft(ctx, store.Draft{Conversation: a.lane.ID, Staff: staff, Kind: kind, Text: casefile.Hide(text), TouchedAt: at}, a.lane.Key)
		})
	}
	keep(a.budi, store.ReplyDraft, "satu", noon)
	keep(a.budi, store.ReplyDraft, "satu dua", noon.Add(time.Second))
	keep(a.budi, store.NoteDraft, "catatan", noon)
	keep(a.siti, store.ReplyDraft, "tiga", noon.Add(-time.Minute))
	a.must(func(ctx context.Context, tx *store.Tx) error {
		mine, err := tx.DraftsOf(ctx, a.budi, a.lane)
		if len(mine) != 2 || !mine[0].Text.Is("catatan") || !mine[1].Text.Is("satu dua") {
			t.Errorf("budi finds %d drafts", len(mine))
		}
		typing, err2 := tx.Typing(ctx, a.lane.ID, a.siti, noon.Add(-time.Minute))
		if len(typing) != 1 || typing[0] != a.budi {
			t.Errorf("siti sees %v typing", typing)
		}
		idle, err3 := tx.Typing(ctx, a.lane.ID, a.budi, noon.Add(-time.Minute))
		if len(idle) != 0 {
			t.Errorf("budi sees %v typing, who stopped a minute ago", idle)
		}
		return errors.Join(err, err2, err3)
	})
	if n := a.count(`SELECT count(*) FROM drafts WHERE text_sealed LIKE '%satu%'::bytea`); n != 0 {
		t.Error("a draft is there in plain")
	}
	moved := a.tx(func(ctx context.Context, tx *store.Tx) error {
		other := a.lane
		other.ID = casefile.NewID(noon)
		_, err := tx.DraftsOf(ctx, a.budi, other)
		return err
	})
	if moved != nil {
		t.Errorf("a conversation without drafts: %v", moved)
	}
}

// TestACannedReplyIsApprovedBySomebodyElse: the schema says so too, and knows one
// approved reply of a name.
func TestACannedReplyIsApprovedBySomebodyElse(t *testing.T) {
	a := answers(t)
	add := func(c store.Canned) error {
		return a.tx(func(ctx context.Context, tx *store.Tx) error { return tx.AddCanned(ctx, c) })
	}
	proposed := store.Canned{ID: casefile.NewID(noon), Name: "waiting", State: store.CannedProposed, ProposedBy: a.budi, ProposedAt: noon,
		Texts: map[string]store.CannedText{"id": {Title: "Tunggu", Body: "Sebentar."}, "en": {Title: "Wait", Body: "One moment."}}}
	if err := add(proposed); err != nil {
		t.Fatal(err)
	}
	again := proposed
	again.ID = casefile.NewID(noon)
	if err := add(again); !errors.Is(err, store.ErrConflict) {
		t.Errorf("two proposals of one name: %v", err)
	}
	decide := func(id, by casefile.ID) error {
		return a.tx(func(ctx context.Context, tx *store.Tx) error {
			return tx.DecideCanned(ctx, id, store.CannedApproved, by, noon)
		})
	}
	if err := decide(proposed.ID, a.budi); err == nil {
		t.Error("who proposed it approved it")
	}
	if err := decide(proposed.ID, a.siti); err != nil {
		t.Fatal(err)
	}
	if err := decide(proposed.ID, a.siti); !errors.Is(err, store.ErrStale) {
		t.Errorf("approved twice: %v", err)
	}
	again.State, again.DecidedBy, again.DecidedAt = store.CannedApproved, a.siti, noon
	if err := add(again); !errors.Is(err, store.ErrConflict) {
		t.Errorf("two approved ones of one name: %v", err)
	}
	a.must(func(ctx context.Context, tx *store.Tx) error {
		now, err := tx.CannedNow(ctx)
		if len(now) != 1 || len(now[0].Texts) != 2 || now[0].Texts["en"].Body != "One moment." {
			t.Errorf("offered are %+v", now)
		}
		return err
	})
}
