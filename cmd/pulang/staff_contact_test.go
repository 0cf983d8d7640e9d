package main

import (
	"strings"
	"testing"
)

func TestALostPhoneHearsNothingMoreAndTheNextOneIsLinked(t *testing.T) {
	t.Parallel()
	env := installed(t)
	count := func(channel string) int {
		return one[int](t, env, `SELECT count(*)::int FROM staff_addresses a JOIN staff s ON s.id = a.staff_id WHERE s.login = 'rani' AND a.channel = '`+channel+`'`)
	}
	for _, args := range [][]string{
		{"staff", "add", "--login=rani", "--name=Rani", "--phone=+62 812 1234 5678"},
		{"staff", "add", "--login=sari", "--name=Sari", "--phone=+62 812 1234 5679"},
		{"staff", "add", "--login=gone", "--name=Gone"},
		{"staff", "disable", "gone"},
	} {
		if got := pulang(t, env, "", args...); got.code != 0 {
			t.Fatalf("%v: %+v", args, got)
		}
	}
	sqlOf(t, env)(`INSERT INTO staff_addresses (id, staff_id, channel, address_index, address_sealed, created_at)
		SELECT gen_random_uuid(), id, 'telegram', '\x00', '\x00', created_at FROM staff WHERE login = 'rani'`)
	old := one[[]byte](t, env, `SELECT link_code_hash FROM staff WHERE login = 'rani'`)
	got := pulang(t, env, "", "staff", "contact", "rani", "--no-phone", "--new-link")
	if got.code != 0 || !strings.Contains(got.out, "send LINK ") {
		t.Errorf("lost: %+v", got)
	}
	if count("sms") != 0 || count("telegram") != 0 {
		t.Error("the lost phone still hears alerts")
	}
	if fresh := one[[]byte](t, env, `SELECT link_code_hash FROM staff WHERE login = 'rani'`); string(fresh) == string(old) {
		t.Error("the old link code still works")
	}
	if got := pulang(t, env, "", "staff", "contact", "rani", "--phone=0812 1234 5670"); got.code != 0 || count("sms") != 1 {
		t.Errorf("a new number: %+v", got)
	}
	if got := pulang(t, env, "", "staff", "contact", "gone", "--no-phone"); got.code != 0 {
		t.Errorf("the number of somebody who left: %+v", got)
	}
	if got := pulang(t, env, "", "staff", "add", "--login=budi", "--name=Budi", "--lang="); got.code != 1 || !strings.Contains(got.err, "--lang is empty") {
		t.Errorf("no language: %+v", got)
	}
	for says, args := range map[string][]string{
		"say what changes":       {"rani"},
		"already somebody's":     {"rani", "--phone=+6281212345679"},
		"not a phone number":     {"rani", "--phone=12"},
		"nobody with the login":  {"nobody", "--new-link"},
		"gone is disabled":       {"gone", "--new-link"},
		"can't be used together": {"rani", "--phone=+6281212345671", "--no-phone"},
	} {
		if got := pulang(t, env, "", append([]string{"staff", "contact"}, args...)...); got.code == 0 || !strings.Contains(got.err, says) {
			t.Errorf("%v: want %q, got %+v", args, says, got)
		}
	}
	if got := pulang(t, env, "", "audit", "list"); strings.Count(got.out, "staff.contact") != 3 {
		t.Errorf("the audit: %+v", got)
	}
}
