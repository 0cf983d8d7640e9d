package main

import (
	"strings"
	"testing"
)

func TestStaffArePlaced(t *testing.T) {
	t.Parallel()
	env := installed(t)
	for _, args := range [][]string{
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
