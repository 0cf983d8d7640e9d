package stories

import (
	"context"
	"regexp"
)

// casework writes down all that can be written down about a case, and ends it again,
// so that the case can be closed.
func (b *browser) casework(path string) {
	b.m.t.Helper()
	m := b.m
	day := ""
	if found := regexp.MustCompile(`name="due" min="([0-9-]+)"`).FindStringSubmatch(b.page); found != nil {
		day = found[1]
	}
	row := func(kind string) string {
		return regexp.MustCompile(regexp.QuoteMeta(path) + "/" + kind + "/[0-9a-f-]{36}").FindString(b.page)
	}
	b.does(path+"/tasks", map[string]string{"text": "telepon " + m.word("text of a task"), "due": day})
	b.opens("GET", "/tasks", nil)
	b.opens("GET", path, nil)
	b.does(row("tasks"), map[string]string{"to": "dropped", "reason": m.word("reason to drop a task")})
	b.does(path+"/people", map[string]string{"name": m.word("name in a group"), "place": m.word("place in a group"), "note": m.phone("number in a group"),
		"age": "adult", "state": "held"})
	b.does(row("people"), map[string]string{"do": "remove", "reason": m.word("reason to take off")})
	b.does(path+"/referrals", map[string]string{"to": "kemlu", "text": "jemput " + m.word("purpose of a referral"), "field": "place",
		"weighed": m.word("risk of a referral"), "due": day})
	b.does(row("referrals"), map[string]string{"to": "revoked", "reason": m.word("reason to revoke")})
	b.does(path+"/consent", map[string]string{"answer": "withdrawn"})
	b.does(path+"/danger-over", map[string]string{"reason": m.word("reason that danger is over")})
	ctx, cancel := context.WithTimeout(m.t.Context(), 2*patience)
	defer cancel()
	check(m.t, m.telegram.Settled(ctx))
	check(m.t, m.twilio.Settled(ctx))
	b.opens("GET", path, nil)
}
