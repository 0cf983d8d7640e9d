package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/seal"
	"pulang/internal/store"
)

func TestOfWallsTheLastOneAboutSomebodyCounts(t *testing.T) {
	t.Parallel()
	budi := casefile.ID{7}
	heard := func(s string) store.Wall { return store.Wall{Kind: store.WallHeard, Subject: s} }
	out := func(s string) store.Wall { return store.Wall{Kind: store.WallExcluded, Subject: s} }
	in := func(s string) store.Wall { return store.Wall{Kind: store.WallLifted, Subject: s} }
	for _, c := range []struct {
		name  string
		walls []store.Wall
		want  access.Walls
	}{
		{"none", nil, access.Walls{}},
		{"heard", []store.Wall{heard("police")}, access.Walls{Named: []string{"police"}}},
		{"lifted", []store.Wall{heard("police"), heard("kemlu"), in("police")}, access.Walls{Named: []string{"kemlu"}}},
		{"and heard again", []store.Wall{heard("police"), in("police"), heard("police")}, access.Walls{Named: []string{"police"}}},
		{"a colleague", []store.Wall{out(store.StaffSubject(budi))}, access.Walls{Staff: []casefile.ID{budi}}},
		{"a colleague let in", []store.Wall{out(store.StaffSubject(budi)), in(store.StaffSubject(budi))}, access.Walls{}},
		{"one that does not open keeps everybody out it may be about", []store.Wall{heard(""), in("police")}, access.Walls{Unreadable: true}},
	} {
		got := store.Standing(c.walls)
		if !slices.Equal(got.Named, c.want.Named) || !slices.Equal(got.Staff, c.want.Staff) || got.Unreadable != c.want.Unreadable {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestANamedAgencyIsWalledInTheSameCommit, sealed, and opens only where it was written.
func TestANamedAgencyIsWalledInTheSameCommit(t *testing.T) {
	t.Parallel()
	d := open(t)
	rina := d.rina()
	caseID := casefile.NewID(noon)
	d.must(func(ctx context.Context, tx *store.Tx) error {
		lane, err := tx.LockLane(ctx, rina.ID)
		if err != nil {
			return err
		}
		if err := tx.Turn(ctx, rina.ID, 1, noon, ""); err != nil {
			return err
		}
		for i, f := range []casefile.Fact{
			{Key: casefile.NamedAgency, Value: casefile.Hide("immigration"), At: noon},
			{Key: casefile.NamedAgency, Value: casefile.Hide("nobody we know"), At: noon},
			{Key: casefile.Threat, Value: casefile.Hide("police"), At: noon},
		} {
			if err := tx.LearnFact(ctx, lane, 1, i, f); err != nil {
				return err
			}
		}
		if err := tx.OpenCase(ctx, store.Case{ID: caseID, Ref: "AAA111", Team: "main", Lang: "id", QueuedAt: noon, OpenedAt: noon}, lane); err != nil {
			return err
		}
		return tx.AddWall(ctx, store.Wall{ID: casefile.NewID(noon), Conversation: rina.ID, Kind: store.WallHeard, Subject: "military", At: noon}, lane.Key)
	})
	soldier := access.Staff{ID: casefile.ID{1}, Role: access.Supervisor, Agency: access.Military}
	ours := access.Staff{ID: casefile.ID{2}, Role: access.Supervisor, Agency: access.Own}
	d.must(func(ctx context.Context, tx *store.Tx) error {
		walls, err := tx.WallsOf(ctx, caseID)
		if err != nil || !slices.Equal(walls.Named, []string{"immigration", "military"}) || walls.Unreadable {
			t.Errorf("walls %+v, %v", walls, err)
		}
		for who, want := range map[*access.Staff]int{&soldier: 1, &ours: 0} {
			if kept, err := tx.KeptFrom(ctx, *who, true); err != nil || len(kept) != want {
				t.Errorf("%s: kept from %d cases, %v", who.Agency, len(kept), err)
			}
		}
		stands, err := tx.StandOfRef(ctx, soldier.ID, "AAA111")
		if err != nil || len(stands) != 1 || stands[0].ID != caseID || !stands[0].File.Walls.Keep(soldier) || stands[0].File.Needed {
			t.Errorf("weighed as %+v, %v", stands, err)
		}
		return nil
	})
	if dump := d.dump(); strings.Contains(dump, "immigration") || strings.Contains(dump, "military") || !strings.Contains(dump, "heard") {
		t.Error("the dump tells which agency is named")
	}
	// With other keys nothing opens, and then nobody of an agency gets in.
	strange, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	other, err := store.Open(store.Options{URL: d.url, Keys: strange, Pool: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	err = other.InTx(t.Context(), func(tx *store.Tx) error {
		walls, err := tx.WallsOf(t.Context(), caseID)
		if err != nil || !walls.Unreadable || !walls.Keep(soldier) || walls.Keep(ours) {
			t.Errorf("unreadable walls: %+v, %v", walls, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAGlassHoldsForOneMemberUntilItsTime.
func TestAGlassHoldsForOneMemberUntilItsTime(t *testing.T) {
	t.Parallel()
	d := open(t)
	rina := d.rina()
	caseID, budi, siti := casefile.NewID(noon), casefile.NewID(noon), casefile.NewID(noon)
	d.must(func(ctx context.Context, tx *store.Tx) error {
		for login, id := range map[string]casefile.ID{"budi": budi, "siti": siti} {
			if err := tx.AddStaff(ctx, store.Staff{ID: id, Login: login, Name: casefile.Hide("x"), Role: "case_worker", Team: "main", Lang: "id", Languages: []string{"id"}, CreatedAt: noon}); err != nil {
				return err
			}
		}
		lane, err := tx.LockLane(ctx, rina.ID)
		if err != nil {
			return err
		}
		if err := tx.OpenCase(ctx, store.Case{ID: caseID, Ref: "AAA111", Team: "main", Lang: "id", QueuedAt: noon, OpenedAt: noon}, lane); err != nil {
			return err
		}
		return tx.BreakGlass(ctx, store.Glass{Case: caseID, Conversation: rina.ID, Staff: budi, Reason: casefile.Hide("ibunya menelepon"), At: noon, Until: noon.Add(time.Hour)}, lane.Key)
	})
	d.must(func(ctx context.Context, tx *store.Tx) error {
		for who, until := range map[casefile.ID]time.Time{budi: noon.Add(time.Hour), siti: {}} {
			if stands, err := tx.StandOfRef(ctx, who, "AAA111"); err != nil || !stands[0].File.Glass.Equal(until) {
				t.Errorf("open until %v, %v", stands, err)
			}
		}
		staff, err := tx.StaffByID(ctx, budi)
		if err != nil || staff.Agency != access.Own || staff.As().Agency != access.Own || staff.As().Team != "main" {
			t.Errorf("nobody said who sends budi, and it is %q, %v", staff.Agency, err)
		}
		return err
	})
	if strings.Contains(d.dump(), "ibunya") {
		t.Error("the reason is plain in the database")
	}
}
