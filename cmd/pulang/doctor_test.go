package main

import (
	"strings"
	"testing"
)

func TestDoctorSaysWhichCasesNobodyCouldOpen(t *testing.T) {
	t.Parallel()
	env := installed(t)
	for _, step := range []struct {
		add  []string
		want string
	}{
		{nil, "no supervisor of our own"},
		{[]string{"--login=sari", "--name=Sari", "--team=north"}, "nobody works in team main"},
		{[]string{"--login=tono", "--name=Tono", "--role=supervisor", "--agency=police"}, "no supervisor of our own"},
		{[]string{"--login=rani", "--name=Rani", "--role=supervisor"}, "nobody is trained for children's cases"},
		{[]string{"--login=dewi", "--name=Dewi", "--children"}, "somebody can open every case"},
	} {
		if step.add != nil {
			if got := pulang(t, env, "", append([]string{"staff", "add"}, step.add...)...); got.code != 0 {
				t.Fatalf("%v: %+v", step.add, got)
			}
		}
		if got := pulang(t, env, "", "doctor"); !strings.Contains(got.out, step.want) {
			t.Errorf("after %v doctor does not say %q:\n%s", step.add, step.want, got.out)
		}
	}
}
