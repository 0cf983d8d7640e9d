package cases

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// team reads one team of the list.
func (h *house) team(word string) store.Team {
	h.Helper()
	teams, err := h.Teams(h.Context(), h.siti)
	if err != nil {
		h.Fatal(err)
	}
	i := slices.IndexFunc(teams, func(t store.Team) bool { return t.Word == word })
	if i < 0 {
		h.Fatalf("there is no team %s", word)
	}
	return teams[i]
}

// clerk keeps accounts as the commands do.
func (h *house) clerk(work func(Clerk) error) error {
	return h.Bed.Store.InTx(h.Context(), func(tx *store.Tx) error {
		return work(Clerk{Tx: tx, By: casefile.System("command"), Now: h.Bed.Now()})
	})
}

// TestNobodyAndNoCaseIsLeftInARetiredTeam walks a team from its beginning to its end.
func TestNobodyAndNoCaseIsLeftInARetiredTeam(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	rina := h.writes("AAA111", "telegram")
	was := Holding{Team: store.MainTeam}
	wants(t, h.Assign(ctx, h.siti, "AAA111", was, "", "batam", ""), NobodyNamed)
	if err := h.AddTeam(ctx, h.siti, "batam", " Kantor Batam "); err != nil {
		t.Fatal(err)
	}
	wants(t, h.AddTeam(ctx, h.siti, "batam", "Lagi"), TeamTaken)
	wants(t, h.AddTeam(ctx, h.siti, "A B", "x"), BadWord)
	wants(t, h.AddTeam(ctx, h.siti, "ab", "\u202e"), BadTitle)
	if err := h.AddTeam(ctx, h.budi, "timur", "Timur"); !errors.Is(err, access.ErrDenied) {
		t.Errorf("an officer: %v", err)
	}
	rani := h.Member("rani", access.CaseWorker)
	mark := func() string {
		all, err := h.Staff(ctx, h.siti)
		if err != nil {
			t.Fatal(err)
		}
		return all[slices.IndexFunc(all, func(m Member) bool { return m.ID == rani.ID })].Mark
	}
	move := func(team string) error {
		return h.Move(ctx, h.siti, "rani", mark(), Post{Role: access.CaseWorker, Team: team, Agency: access.Own})
	}
	if err := errors.Join(move("batam"), h.Assign(ctx, h.siti, "AAA111", was, "", "batam", "")); err != nil {
		t.Fatal(err)
	}
	wants(t, h.RetireTeam(ctx, h.siti, "batam", 1), TeamStaffed)
	if err := move(store.MainTeam); err != nil {
		t.Fatal(err)
	}
	wants(t, h.RetireTeam(ctx, h.siti, "batam", 1), TeamOfCases)
	if _, err := h.SQL().Exec(ctx, `UPDATE cases SET status = 'closed', closed_at = opened_at WHERE ref = 'AAA111'`); err != nil {
		t.Fatal(err)
	}
	if err := h.RenameTeam(ctx, h.siti, "batam", 1, "Batam"); err != nil {
		t.Fatal(err)
	}
	wants(t, h.RetireTeam(ctx, h.siti, "batam", 1), Changed)
	if err := h.RetireTeam(ctx, h.siti, "batam", 2); err != nil {
		t.Fatal(err)
	}
	if got := h.team("batam"); !got.Retired() || got.Title != "Batam" || got.Staff != 0 {
		t.Errorf("the team: %+v", got)
	}
	if got := rina.open().Case.Team; got != store.MainTeam {
		t.Errorf("its closed case is of team %s", got)
	}
	var refused *Refused
	if err := move("batam"); !errors.As(err, &refused) || refused.Why != BadStaff || refused.What != "team" {
		t.Errorf("into a retired team: %v", err)
	}
	wants(t, h.RetireTeam(ctx, h.siti, store.MainTeam, h.team(store.MainTeam).Version), TeamIsMain)
	if err := h.RestoreTeam(ctx, h.siti, "batam", 3); err != nil || move("batam") != nil {
		t.Errorf("brought back: %v", err)
	}
}

// TestSomebodyComesBackOnlyIntoATeamThatIsThere: a team is retired while its only
// member is away.
func TestSomebodyComesBackOnlyIntoATeamThatIsThere(t *testing.T) {
	h := newHouse(t)
	rani := h.Member("rani", access.CaseWorker, func(s *store.Staff) { s.Team = "batam" })
	member := func() (m store.Staff) {
		h.Tx(func(tx *store.Tx) (err error) { m, err = tx.StaffByID(t.Context(), rani.ID); return err })
		return m
	}
	if err := h.clerk(func(c Clerk) error { return c.Disable(t.Context(), member()) }); err != nil {
		t.Fatal(err)
	}
	if err := h.RetireTeam(t.Context(), h.siti, "batam", 1); err != nil {
		t.Fatal(err)
	}
	wants(t, h.clerk(func(c Clerk) error { _, err := c.Enable(t.Context(), member()); return err }), TeamRetired)
	if err := h.RestoreTeam(t.Context(), h.siti, "batam", 2); err != nil {
		t.Fatal(err)
	}
	if err := h.clerk(func(c Clerk) error { _, err := c.Enable(t.Context(), member()); return err }); err != nil {
		t.Error(err)
	}
}

// TestAnAgencyKeepsNoListOfTeams: through a team one reaches cases.
func TestAnAgencyKeepsNoListOfTeams(t *testing.T) {
	h := newHouse(t)
	pol := h.Member("pol", access.Supervisor, func(s *store.Staff) { s.Agency = access.Police })
	wants(t, h.AddTeam(t.Context(), pol, "batam", "Batam"), NotOwn)
	wants(t, h.RenameTeam(t.Context(), pol, store.MainTeam, 1, "Kita"), NotOwn)
}

// TestACaseIsKeptWithAReasonAndAsItWasRead: open or closed; not for long, and only
// where one reaches it.
func TestACaseIsKeptWithAReasonAndAsItWasRead(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	rina := h.writes("AAA111", "telegram")
	mark := func() string {
		kept, err := h.IsKept(ctx, h.siti, "AAA111")
		if err != nil {
			t.Fatal(err)
		}
		return KeptMark(kept)
	}
	soon, none := h.Bed.Now().AddDate(0, 3, 0), mark()
	wants(t, h.LetGo(ctx, h.siti, "AAA111", none, "selesai"), NotKept)
	wants(t, h.Desk.Keep(ctx, h.siti, "AAA111", none, soon, " "), NoReason)
	wants(t, h.Desk.Keep(ctx, h.siti, "AAA111", none, h.Bed.Now(), "sidang"), BadDate)
	wants(t, h.Desk.Keep(ctx, h.siti, "AAA111", none, h.Bed.Now().AddDate(0, 0, LongestKept+1), "sidang"), TooFar)
	if err := h.Desk.Keep(ctx, h.budi, "AAA111", none, soon, "sidang"); !errors.Is(err, access.ErrDenied) {
		t.Errorf("an officer: %v", err)
	}
	if err := h.Desk.Keep(ctx, h.siti, "BBB222", none, soon, "sidang"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a case that is not there: %v", err)
	}
	if err := h.Desk.Keep(ctx, h.siti, "AAA111", none, soon, "sidang bulan depan"); err != nil {
		t.Fatal(err)
	}
	wants(t, h.Desk.Keep(ctx, h.siti, "AAA111", none, soon, "lagi"), Changed)
	kept, names, err := h.KeptCases(ctx, h.siti)
	if err != nil || len(kept) != 1 || kept[0].Ref != "AAA111" || !kept[0].Until.Equal(soon) || names[kept[0].By].IsEmpty() {
		t.Errorf("the list: %+v, %v", kept, err)
	}
	auditor := h.Member("adi", access.Auditor)
	if kept, _, err := h.KeptCases(ctx, auditor); err != nil || len(kept) != 0 {
		t.Errorf("an auditor sees %+v, %v", kept, err)
	}
	if _, _, err := h.KeptCases(ctx, h.budi); !errors.Is(err, access.ErrDenied) {
		t.Errorf("an officer: %v", err)
	}
	steps := rina.open().Steps[casefile.ID{}]
	if len(steps) != 1 || steps[0].Kind != actionKept || steps[0].Reason.IsEmpty() {
		t.Errorf("the steps: %+v", steps)
	}
	if err := h.Exclude(ctx, h.siti, "AAA111", "police", "oknum"); err != nil {
		t.Fatal(err)
	}
	pol := h.Member("pol", access.Supervisor, func(s *store.Staff) { s.Agency = access.Police })
	if kept, _, err := h.KeptCases(ctx, pol); err != nil || len(kept) != 0 {
		t.Errorf("those it is kept from see %+v, %v", kept, err)
	}
	if err := h.LetGo(ctx, h.siti, "AAA111", mark(), "selesai"); err != nil || mark() != "none" {
		t.Errorf("let go: %v, %s", err, mark())
	}
	if got := strings.Join(rina.actions(), " "); !strings.Contains(got, actionKept) || !strings.HasSuffix(got, actionLetGo) {
		t.Errorf("the audit says %s", got)
	}
}

// TestANumberOfAColleagueIsSealedAndSomebodysAlone: as it is typed, it is taken in
// E.164, stands in no plain column, and is nobody else's.
func TestANumberOfAColleagueIsSealedAndSomebodysAlone(t *testing.T) {
	h := newHouse(t)
	h.Desk.Phone = func(typed string) (casefile.Private, bool) {
		return casefile.Hide("+62" + strings.TrimPrefix(typed, "0")), strings.HasPrefix(typed, "08")
	}
	mark := func(login string) string {
		all, err := h.Staff(t.Context(), h.siti)
		if err != nil {
			t.Fatal(err)
		}
		return all[slices.IndexFunc(all, func(m Member) bool { return m.Login == login })].Mark
	}
	set := func(login, typed string) error {
		return h.SetPhone(t.Context(), h.siti, login, mark(login), typed)
	}
	wants(t, set("budi", "12"), BadPhone)
	read := mark("budi")
	if err := set("budi", "0811222333"); err != nil {
		t.Fatal(err)
	}
	wants(t, h.SetPhone(t.Context(), h.siti, "budi", read, ""), Changed)
	wants(t, set("siti", "0811222333"), PhoneTaken)
	h.Tx(func(tx *store.Tx) error {
		addresses, err := tx.StaffAddresses(t.Context(), h.budi.ID)
		if len(addresses) != 1 || addresses[0].Channel != TextChannel || !addresses[0].ID.Is("+62811222333") {
			t.Errorf("alerts reach them at %d places", len(addresses))
		}
		return err
	})
	var row string
	if err := h.SQL().QueryRow(t.Context(), `SELECT a::text || (SELECT string_agg(u::text, '') FROM audit u) FROM staff_addresses a`).Scan(&row); err != nil || strings.Contains(row, "811222333") {
		t.Errorf("the number stands in plain columns: %v", err)
	}
	if err := h.SetPhone(t.Context(), h.budi, "siti", mark("siti"), "0811222334"); !errors.Is(err, access.ErrDenied) {
		t.Errorf("an officer: %v", err)
	}
	adi := h.Member("adi", access.Administrator)
	wants(t, h.SetPhone(t.Context(), adi, "budi", mark("budi"), "0811222334"), NotYours)
	h.Bed.Forward(time.Minute)
	if err := set("budi", ""); err != nil {
		t.Fatal(err)
	}
	if err := set("siti", "0811222333"); err != nil {
		t.Errorf("a number that is free again: %v", err)
	}
}
