package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestDoctorSaysWhichCasesNobodyCouldOpen(t *testing.T) {
	t.Parallel()
	env := installed(t)
	if got := pulang(t, env, "", "staff", "teams", "add", "north"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
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

func TestDoctorTellsOfDamagedKeys(t *testing.T) {
	t.Parallel()
	env := installed(t)
	if got := pulang(t, env, "", "doctor"); !strings.Contains(got.out, "every data key that was used opens") {
		t.Errorf("without one: %s", got.out)
	}
	db, err := pgx.Connect(t.Context(), env["DATABASE_URL"])
	if err == nil {
		_, err = db.Exec(t.Context(), `
			INSERT INTO conversations (id, channel, address_sealed, wrapped_key, created_at, damaged_at)
			VALUES (gen_random_uuid(), 'sms', 'x', 'x', now(), now())`)
		err = errors.Join(err, db.Close(t.Context()))
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := pulang(t, env, "", "doctor"); !strings.Contains(got.out, "NOT WELL: the data key of 1 does not open") {
		t.Errorf("with one: %s", got.out)
	}
}
