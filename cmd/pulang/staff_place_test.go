package main

import (
	"strings"
	"testing"
)

func TestStaffArePlaced(t *testing.T) {
	t.Parallel()
	env := installed(t)
	for _, args := range [][]string{
		{"staff", "teams", "add", "jkt"},
		{"staff", "teams", "add", "batam", "--title=Kantor Batam"},
		{"staff", "add", "--login=rani", "--name=Rani", "--agency=kemlu", "--children", "--team=jkt"},
		{"staff", "add", "--login=sari", "--name=Sari"},
		{"staff", "place", "sari", "--agency=ngo:migrant-care", "--children=yes"},
		{"staff", "place", "rani", "--team=batam", "--children=no"},
		{"staff", "add", "--login=budi", "--name=Budi", "--on-duty"},
		{"staff", "place", "budi", "--role=auditor"},
	} {
		if got := pulang(t, env, "", args...); got.code != 0 {
			t.Fatalf("%v: %+v", args, got)
		}
	}
	list := strings.Join(strings.Fields(pulang(t, env, "", "staff", "list").out), " ")
	for _, want := range []string{"rani duty_officer batam kemlu - id", "sari duty_officer main ngo:migrant-care yes id", "budi auditor main pulang - id off duty"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q: %s", want, list)
		}
	}
	for says, args := range map[string][]string{
		"say what changes":       {"rani"},
		"--agency must be":       {"rani", "--agency=Polri"},
		"--role must be":         {"rani", "--role=chief"},
		"--team must be":         {"rani", "--team=A B"},
		"on the list of teams":   {"rani", "--team=bandung"},
		"nobody with the login":  {"nobody", "--team=main"},
		"--children must be one": {"rani", "--children=maybe"},
	} {
		if got := pulang(t, env, "", append([]string{"staff", "place"}, args...)...); got.code == 0 || !strings.Contains(got.err, says) {
			t.Errorf("%v: want %q, got %+v", args, says, got)
		}
	}
	if got := pulang(t, env, "", "audit", "list"); strings.Count(got.out, "staff.placed") != 3 {
		t.Errorf("the audit: %+v", got)
	}
}

// TestTheListOfTeamsIsKeptByCommandToo: from its beginning to its end, with what is
// refused and what to do about it.
func TestTheListOfTeamsIsKeptByCommandToo(t *testing.T) {
	t.Parallel()
	env := installed(t)
	teams := func(args ...string) said { return pulang(t, env, "", append([]string{"staff", "teams"}, args...)...) }
	does := func(args ...string) {
		t.Helper()
		if got := pulang(t, env, "", args...); got.code != 0 {
			t.Fatalf("%v: %+v", args, got)
		}
	}
	refuses := func(says string, args ...string) {
		t.Helper()
		if got := teams(args...); got.code == 0 || !strings.Contains(got.err, says) {
			t.Errorf("%v: want %q, got %+v", args, says, got)
		}
	}
	does("staff", "teams", "add", "batam", "--title=Kantor Batam")
	does("staff", "add", "--login=rani", "--name=Rani", "--team=batam")
	refuses("on the list already", "add", "batam")
	refuses("small letters", "add", "A B")
	refuses("members of staff in it: 1", "retire", "batam")
	refuses("every new case begins there", "retire", "main")
	refuses("there is no team bandung", "rename", "bandung", "Bandung")
	does("staff", "disable", "rani")
	does("staff", "teams", "rename", "batam", "Batam Raya")
	does("staff", "teams", "retire", "batam")
	list := strings.Join(strings.Fields(teams("list").out), " ")
	if !strings.Contains(list, "batam Batam Raya 0 - retired") || !strings.Contains(list, "main main 0 - in use") {
		t.Errorf("the list: %s", list)
	}
	if got := pulang(t, env, "", "staff", "enable", "rani"); got.code == 0 || !strings.Contains(got.err, "teams restore") {
		t.Errorf("back into a retired team: %+v", got)
	}
	does("staff", "teams", "restore", "batam")
	does("staff", "enable", "rani")
}
