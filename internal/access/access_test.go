package access

import (
	"errors"
	"slices"
	"testing"

	"pulang/internal/casefile"
)

var all = []Permission{SeeQueue, ReadCase, RevealIdentity, Print, Acknowledge, TakeOver, Reply, Override, Confirm, WriteNote, Lower, CloseCase, ReopenCase, Assign, WorkOn, LinkCases, Refer, ApproveSharing, ClearAlarm, SeeMedia, TakeMedia, BreakGlass, ReviewGlass, Exclude, Lift, Forget, KeepCase, SeeRetention, OwnAccount, ProposeCanned, ApproveCanned, ReadDirectory, EditDirectory, CheckDirectory, KeepPlaces, SeeOverview, ManageStaff, ManageTeams, SeeRoles, ReadAudit}

func TestEveryPermissionStandsInTheTableOnce(t *testing.T) {
	t.Parallel()
	var listed []Permission
	for _, row := range Table {
		listed = append(listed, row.Permission)
		if len(row.Roles) == 0 || row.Why == "" {
			t.Errorf("%s: say who has it and why", row.Permission)
		}
	}
	if !slices.Equal(listed, all) {
		t.Errorf("table lists %v, want %v", listed, all)
	}
}

// TestWhoReadsNoCaseActsOnNone writes the policy down a second time, by role.
func TestWhoReadsNoCaseActsOnNone(t *testing.T) {
	t.Parallel()
	help := []Permission{SeeQueue, ReadCase, RevealIdentity, Print, Acknowledge, TakeOver, Reply, Override, Confirm, WriteNote, Lower, CloseCase, ReopenCase, Assign, WorkOn, LinkCases, Refer, ClearAlarm, SeeMedia, TakeMedia, BreakGlass, Exclude, OwnAccount, ProposeCanned, ReadDirectory, EditDirectory, SeeRoles}
	want := map[Role][]Permission{
		DutyOfficer:   help,
		CaseWorker:    help,
		Supervisor:    append(slices.Clone(help), ApproveSharing, ReviewGlass, Lift, Forget, KeepCase, SeeRetention, ManageTeams, ApproveCanned, CheckDirectory, KeepPlaces, SeeOverview, ManageStaff, ReadAudit),
		Administrator: {SeeQueue, SeeRetention, ManageTeams, SeeRoles, ClearAlarm, OwnAccount, ProposeCanned, ReadDirectory, KeepPlaces, ManageStaff, ReadAudit},
		Auditor:       {SeeQueue, SeeRetention, SeeRoles, OwnAccount, ReadDirectory, ReadAudit},
		"stranger":    nil,
		"":            nil,
	}
	for role, allowed := range want {
		for _, p := range all {
			if got := May(role, p); got != slices.Contains(allowed, p) {
				t.Errorf("May(%q, %s) = %v", role, p, got)
			}
		}
	}
}

func TestNobodyMayDoNothing(t *testing.T) {
	t.Parallel()
	nobody := Staff{Role: Supervisor}
	if nobody.May(SeeQueue) || !errors.Is(nobody.Check(SeeQueue), casefile.ErrMissingActor) {
		t.Error("a role without a person was let in")
	}
	budi := Staff{ID: casefile.ID{1}, Role: Auditor}
	if err := budi.Check(Reply); !errors.Is(err, ErrDenied) {
		t.Errorf("an auditor replies: %v", err)
	}
	if err := budi.Check(SeeQueue); err != nil {
		t.Errorf("an auditor sees the queue: %v", err)
	}
}

// TestWhomAnAgencySendsDecidesNothingForAll: also in the role that may do most; and a
// session that does not know yet who sends somebody is asked again by every act.
func TestWhomAnAgencySendsDecidesNothingForAll(t *testing.T) {
	t.Parallel()
	for _, p := range all {
		ours := slices.Contains([]Permission{Lift, Forget, KeepCase, ApproveSharing, ApproveCanned, CheckDirectory, KeepPlaces}, p)
		for agency, want := range map[Agency]bool{Own: true, "": true, Police: !ours, "ngo:rumah": !ours} {
			who := Staff{ID: casefile.ID{1}, Role: Supervisor, Agency: agency}
			if who.May(p) != want || (who.Check(p) == nil) != want {
				t.Errorf("a supervisor of %q may %s: %v", agency, p, !want)
			}
		}
	}
}
