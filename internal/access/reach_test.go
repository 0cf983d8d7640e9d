package access

import (
	"flag"
	"os"
	"slices"
	"testing"
	"time"

	"pulang/internal/casefile"
)

var update = flag.Bool("update", false, "write docs/access.md anew")

var now = time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)

// member is somebody of our own, of the main team.
func member(role Role, change ...func(*Staff)) Staff {
	s := Staff{ID: casefile.ID{1}, Role: role, Team: "main", Agency: Own}
	for _, c := range change {
		c(&s)
	}
	return s
}

func from(a Agency) func(*Staff)    { return func(s *Staff) { s.Agency = a } }
func team(name string) func(*Staff) { return func(s *Staff) { s.Team = name } }
func onDuty(s *Staff)               { s.OnDuty = true }
func children(s *Staff)             { s.Children = true }

// TestEveryRuleOfReach has a row for each rule, and for each way around it that
// must stay closed.
func TestEveryRuleOfReach(t *testing.T) {
	t.Parallel()
	mine := File{Team: "main"}
	theirs := File{Team: "batam"}
	with := func(f File, change func(*File)) File { change(&f); return f }
	police := func(f *File) { f.Walls = Walls{Named: []string{"police"}} }
	everything := func(f *File) { f.Climbing, f.Needed, f.Glass = true, true, now.Add(time.Hour) }
	old := func(f *File) { f.ClosedAt = now.Add(-OldAfter - time.Second) }
	child := func(f *File) { f.Child = true }
	for _, c := range []struct {
		name string
		who  Staff
		file File
		want Verdict
		rule string
	}{
		{"a policeman, of a report that names the police", member(DutyOfficer, from(Police)), with(mine, police), Never, "conflict"},
		{"also a supervisor", member(Supervisor, from(Police)), with(mine, police), Never, "conflict"},
		{"also alerted, on duty, with a reason", member(DutyOfficer, from(Police), onDuty), with(with(mine, police), everything), Never, "conflict"},
		{"our own, of a report that names the police", member(CaseWorker), with(mine, police), Reached, "team"},
		{"an embassy, of a report that names the ministry", member(CaseWorker, from(Mission)), with(mine, func(f *File) { f.Walls.Named = []string{"kemlu"} }), Never, "conflict"},
		{"immigration, of a report that names the police", member(CaseWorker, from(Immigration)), with(mine, police), Reached, "team"},
		{"any ministry, where an officer is named and no agency", member(CaseWorker, from("state:kpppa")), with(mine, func(f *File) { f.Walls.Named = []string{Official} }), Never, "conflict"},
		{"an aid group is no officer", member(CaseWorker, from("ngo:migrant-care")), with(mine, func(f *File) { f.Walls.Named = []string{Official} }), Reached, "team"},
		{"an aid group kept out by hand", member(CaseWorker, from("ngo:migrant-care")), with(mine, func(f *File) { f.Walls.Named = []string{"ngo:migrant-care"} }), Never, "conflict"},
		{"a colleague kept out by hand", member(Supervisor), with(mine, func(f *File) { f.Walls.Staff = []casefile.ID{{1}} }), Never, "conflict"},
		{"another agency, when the walls cannot be read", member(CaseWorker, from("ngo:x")), with(mine, func(f *File) { f.Walls.Unreadable = true }), Never, "conflict"},
		{"nobody's agency, when the walls cannot be read", member(CaseWorker, from("")), with(mine, func(f *File) { f.Walls.Unreadable = true }), Never, "conflict"},
		{"ours, when the walls cannot be read", member(CaseWorker), with(mine, func(f *File) { f.Walls.Unreadable = true }), Reached, "team"},
		{"an administrator", member(Administrator), with(mine, everything), Never, "role"},
		{"an auditor", member(Auditor), mine, Never, "role"},
		{"an unknown role", member("boss"), with(mine, everything), Never, "role"},
		{"a supervisor, of another team's child, long closed", member(Supervisor), with(with(theirs, child), old), Reached, "supervisor"},
		{"a reason opens another team's case", member(CaseWorker), with(theirs, func(f *File) { f.Glass = now.Add(time.Second) }), Reached, "glass"},
		{"a reason opens an old case", member(CaseWorker), with(with(mine, old), func(f *File) { f.Glass = now.Add(time.Second) }), Reached, "glass"},
		{"a reason ends", member(CaseWorker), with(theirs, func(f *File) { f.Glass = now }), Shut, "other_team"},
		{"thirty days after closing it is shut", member(CaseWorker), with(mine, old), Shut, "old"},
		{"also to whoever worked on it", member(DutyOfficer, onDuty), with(with(mine, old), func(f *File) { f.Needed, f.Climbing = true, true }), Shut, "old"},
		{"until then it is not", member(CaseWorker), with(mine, func(f *File) { f.ClosedAt = now.Add(-OldAfter) }), Reached, "team"},
		{"a duty officer of another team, while the alert waits", member(DutyOfficer), with(with(theirs, child), func(f *File) { f.Climbing = true }), Reached, "emergency"},
		{"anybody on duty, while the alert waits", member(CaseWorker, onDuty), with(theirs, func(f *File) { f.Climbing = true }), Reached, "emergency"},
		{"a case worker off duty, while the alert waits", member(CaseWorker), with(theirs, func(f *File) { f.Climbing = true }), Shut, "other_team"},
		{"whoever was alerted", member(CaseWorker, team("batam")), with(with(mine, child), func(f *File) { f.Needed = true }), Reached, "need"},
		{"a child, of the team", member(CaseWorker), with(mine, child), Shut, "child"},
		{"a child, for those who are trained", member(CaseWorker, children), with(mine, child), Reached, "team"},
		{"being trained opens no other team's", member(CaseWorker, children), with(theirs, child), Shut, "other_team"},
		{"the team's own", member(DutyOfficer), mine, Reached, "team"},
		{"another team's", member(DutyOfficer), theirs, Shut, "other_team"},
		{"no team is not everybody's", member(DutyOfficer, team("")), File{}, Shut, "other_team"},
		{"nobody", Staff{Role: Supervisor, Team: "main", Agency: Own}, mine, Never, "nobody"},
	} {
		if got, rule := Reach(c.who, c.file, now); got != c.want || rule != c.rule {
			t.Errorf("%s: %s by %s, want %s by %s", c.name, got, rule, c.want, c.rule)
		}
	}
}

func TestTheQueueListsOnlyWhatIsReached(t *testing.T) {
	t.Parallel()
	walled := File{Team: "main", Walls: Walls{Named: []string{"police"}}}
	for _, c := range []struct {
		name string
		who  Staff
		file File
		want bool
	}{
		{"the team's", member(CaseWorker), File{Team: "main"}, true},
		{"another team's", member(CaseWorker), File{Team: "batam"}, false},
		{"an auditor sees that people wait", member(Auditor), File{Team: "batam", Child: true}, true},
		{"an auditor of the agency it names does not", member(Auditor, from(Police)), walled, false},
		{"an administrator of it neither", member(Administrator, from(Police)), walled, false},
		{"a stranger", member("boss"), File{Team: "main"}, false},
	} {
		if got := Listed(c.who, c.file, now); got != c.want {
			t.Errorf("%s: listed %v", c.name, got)
		}
	}
}

// TestOurOwnIsNeverKeptOutByANamedAgency: otherwise nobody would be left to hear.
func TestOurOwnIsNeverKeptOutByANamedAgency(t *testing.T) {
	t.Parallel()
	w := Walls{Named: []string{"pulang", Official}, Unreadable: true}
	for _, c := range Conflicts {
		w.Named = append(w.Named, c.Named)
		if len(c.From) > 0 && !slices.ContainsFunc(c.From, func(a Agency) bool { return string(a) == c.Named }) {
			t.Errorf("%s is not kept from itself", c.Named)
		}
		for _, a := range c.From {
			if !(Walls{Named: []string{c.Named}}).Keep(member(Supervisor, from(a))) {
				t.Errorf("%s is not kept from %s", c.Named, a)
			}
		}
	}
	if w.Keep(member(DutyOfficer)) {
		t.Error("our own are kept out")
	}
	if !(Walls{}).None() || w.None() || (Walls{Unreadable: true}).None() {
		t.Error("None is wrong")
	}
}

func TestEveryNamedMeaningHasItsConflict(t *testing.T) {
	t.Parallel()
	entry, _ := casefile.Lookup(casefile.NamedAgency)
	var named []string
	for _, c := range Conflicts {
		named = append(named, c.Named)
	}
	if len(named) == 0 || !slices.Equal(entry.Values, named) {
		t.Errorf("the dictionary names %v, conflicts are of %v", entry.Values, named)
	}
}

func TestParseAgency(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"pulang": true, "police": true, "ngo:migrant-care": true, "state:kpppa": true,
		"": false, "ngo:": false, "Police": false, "official": false, "polri": false, "ngo:a b": false} {
		if _, ok := ParseAgency(text); ok != want {
			t.Errorf("ParseAgency(%q) = %v", text, ok)
		}
	}
}

func TestFieldsStayCoveredUntilThePress(t *testing.T) {
	t.Parallel()
	for _, f := range Fields {
		if f.Says == "" || f.Why == "" {
			t.Errorf("%s: say what and why", f.Field)
		}
		if member(CaseWorker).MaySee(f.Field, false) || !Covered(f.Field) {
			t.Errorf("%s is shown without a press", f.Field)
		}
		if got := member(CaseWorker).MaySee(f.Field, true); got != (f.Field != FieldMedia) {
			t.Errorf("%s pressed: %v", f.Field, got)
		}
		if member(Auditor).MaySee(f.Field, true) || member("boss").MaySee(f.Field, true) {
			t.Errorf("%s is shown to somebody who reads no case", f.Field)
		}
	}
	if member(Supervisor).MaySee("secret", true) || !Covered("secret") {
		t.Error("an unknown field is shown")
	}
}

func TestAccessPageIsUpToDate(t *testing.T) {
	t.Parallel()
	const path = "../../docs/access.md"
	if *update {
		if err := os.WriteFile(path, []byte(Page()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(path)
	if err != nil || string(page) != Page() {
		t.Errorf("docs/access.md is not what the tables say (%v); run: go test ./internal/access -update", err)
	}
}
