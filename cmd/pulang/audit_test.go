package main

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/jackc/pgx/v5"

	"pulang/internal/devstack"
)

// sqlOf speaks to the database of an environment like somebody who owns it.
func sqlOf(t *testing.T, env map[string]string) func(sql string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	db, err := pgx.Connect(ctx, env["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(ctx) })
	return func(sql string) {
		t.Helper()
		for _, step := range []string{`ALTER TABLE audit DISABLE TRIGGER USER`, sql, `ALTER TABLE audit ENABLE TRIGGER USER`} {
			if _, err := db.Exec(ctx, step); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// served and stopped: everything that was written until now is chained, and its head kept.
func chained(t *testing.T, env map[string]string) {
	t.Helper()
	s := serve(t, env)
	s.eventually("everything is chained", func() bool {
		return !strings.Contains(pulang(t, env, "", "audit", "verify").out, "waiting")
	})
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := s.ends(); code != 0 {
		t.Fatalf("serve ended with %d: %s", code, s.said())
	}
}

var headLine = regexp.MustCompile(`head +(\d+:[0-9a-f]{64})`)

func TestServeChainsTheAuditAndVerifyReadsIt(t *testing.T) {
	t.Parallel()
	_, env := withTelegram(t)
	env = with(env, "LEDGER_DIR", filepath.Join(t.TempDir(), "ledger"))
	if got := pulang(t, env, "", "staff", "add", "--login=rani", "--name=Rani Wulandari", "--on-duty"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	got := pulang(t, env, "", "audit", "verify")
	if got.code != 0 || !strings.Contains(got.out, "chained  no rows") || !strings.Contains(got.out, "rows are not chained yet") {
		t.Errorf("before serve: %+v", got)
	}
	chained(t, env)
	got = pulang(t, env, "", "audit", "verify")
	for _, want := range []string{"nothing wrong was found", "compared with", "heads kept outside"} {
		if got.code != 0 || !strings.Contains(got.out, want) || strings.Contains(got.out, "waiting") {
			t.Errorf("verify lacks %q: %+v", want, got)
		}
	}
	head := headLine.FindStringSubmatch(got.out)
	if head == nil {
		t.Fatalf("no head: %s", got.out)
	}
	// The same without the ledger says what it can't know, and takes a head from paper.
	alone := with(env, "LEDGER_DIR", "")
	if got := pulang(t, alone, "", "audit", "verify"); got.code != 0 || !strings.Contains(got.out, "LEDGER_DIR is not set") {
		t.Errorf("without a ledger: %+v", got)
	}
	if got := pulang(t, alone, "", "audit", "verify", "--head", head[1]); got.code != 0 || !strings.Contains(got.out, "compared with 1 heads") {
		t.Errorf("with a head from paper: %+v", got)
	}
	if got := pulang(t, alone, "", "audit", "verify", "--head", "7"); got.code != 1 || !strings.Contains(got.err, "--head is a number") {
		t.Errorf("with a wrong head: %+v", got)
	}
	sql := sqlOf(t, env)
	sql(`UPDATE audit SET action = 'staff.listed' WHERE chained_seq = 2`)
	if got := pulang(t, env, "", "audit", "verify"); got.code != 1 || !strings.Contains(got.out, "FOUND    row 2 is not the row") || !strings.Contains(got.err, "not what it was") {
		t.Errorf("after an edit: %+v", got)
	}
	sql(`DELETE FROM audit`)
	if got := pulang(t, alone, "", "audit", "verify", "--head", head[1]); got.code != 1 || !strings.Contains(got.out, "removed from the end") {
		t.Errorf("after a head from paper: %+v", got)
	}
	if got := pulang(t, env, "", "audit", "verify"); got.code != 1 || strings.Contains(got.out+got.err, "Wulandari") {
		t.Errorf("after everything was deleted: %+v", got)
	}
}

func TestAuditListNamesWhoDidWhatAndNoDetail(t *testing.T) {
	t.Parallel()
	env := installed(t)
	for _, login := range []string{"rani", "sari"} {
		if got := pulang(t, env, "", "staff", "add", "--login="+login, "--name=Rahasia"); got.code != 0 {
			t.Fatalf("%+v", got)
		}
	}
	got := pulang(t, env, "", "audit", "list")
	if got.code != 0 || strings.Count(got.out, "(command)") < 4 || !strings.Contains(got.out, "staff.added") {
		t.Errorf("%+v", got)
	}
	for _, private := range []string{"Rahasia", "rani", "sari"} { // logins are details here, and shown in the console alone
		if strings.Contains(got.out, private) {
			t.Errorf("the list tells %q:\n%s", private, got.out)
		}
	}
	if got := pulang(t, env, "", "audit", "list", "--action=staff.added", "--limit=1"); strings.Count(got.out, "\n") != 2 {
		t.Errorf("one of an action: %s", got.out)
	}
	if got := pulang(t, env, "", "audit", "list"); !strings.Contains(got.out, "audit.viewed") {
		t.Errorf("reading is not audited: %s", got.out)
	}
	for says, args := range map[string][]string{
		"nobody with the login budi": {"--staff=budi"}, "no case AAA111": {"--case=aaa111"}, "--limit is": {"--limit=0"},
	} {
		if got := pulang(t, env, "", append([]string{"audit", "list"}, args...)...); got.code != 1 || !strings.Contains(got.err, says) {
			t.Errorf("%v: %+v, want %q", args, got, says)
		}
	}
}

func TestARestoredBackupIsSaidOnce(t *testing.T) {
	t.Parallel()
	_, env := withTelegram(t)
	env = with(env, "LEDGER_DIR", filepath.Join(t.TempDir(), "ledger"))
	pulang(t, env, "", "staff", "add", "--login=rani", "--name=Rani")
	chained(t, env)
	if got := pulang(t, env, "", "audit", "restored", "--reason=disk"); got.code != 1 || !strings.Contains(got.err, "nothing was put back") {
		t.Errorf("without a loss: %+v", got)
	}
	sqlOf(t, env)(`DELETE FROM audit WHERE chained_seq >= 2`)
	if got := pulang(t, env, "", "audit", "verify"); got.code != 1 {
		t.Errorf("the loss is not seen: %+v", got)
	}
	if got := pulang(t, env, "", "audit", "restored", "--reason=disk"); got.code != 0 {
		t.Errorf("%+v", got)
	}
	if got := pulang(t, env, "", "audit", "verify"); got.code != 0 || !strings.Contains(got.out, "restored a backup was put back") {
		t.Errorf("after that: %+v", got)
	}
	if got := pulang(t, with(env, "LEDGER_DIR", ""), "", "audit", "restored", "--reason=disk"); got.code != 1 || !strings.Contains(got.err, "LEDGER_DIR is not set") {
		t.Errorf("without a ledger: %+v", got)
	}
}

func TestDoctorTriesTheLedger(t *testing.T) {
	t.Parallel()
	env := installed(t)
	if got := pulang(t, env, "", "doctor"); !strings.Contains(got.out, "heads go to the log alone") {
		t.Errorf("without one: %s", got.out)
	}
	if got := pulang(t, with(env, "LEDGER_DIR", t.TempDir()), "", "doctor"); !strings.Contains(got.out, "can be written") {
		t.Errorf("with one: %s", got.out)
	}
	absent := filepath.Join(t.TempDir(), "ledger")
	if got := pulang(t, with(env, "LEDGER_DIR", absent), "", "doctor"); !strings.Contains(got.out, "LEDGER_DIR is not there") {
		t.Errorf("with a mistyped one: %s", got.out)
	}
	if _, err := os.Stat(absent); err == nil {
		t.Error("doctor made a folder while it only looked")
	}
	got := pulang(t, with(env, "LEDGER_DIR", env["KEYSET_FILE"]), "", "doctor")
	if !strings.Contains(got.out, "NOT WELL: the ledger's folder") {
		t.Errorf("with a file: %s", got.out)
	}
	if got := pulang(t, with(env, "LEDGER_DIR", env["KEYSET_FILE"]), "", "serve"); got.code != 1 || !strings.Contains(got.err, "LEDGER_DIR: ") {
		t.Errorf("serve with a file: %+v", got)
	}
}

// commandsThatWrite are calls of every command that writes to the database, in their
// order, with what the audit holds of it. What it leaves out is the same data in
// another form, or a clock.
var commandsThatWrite = []struct {
	args   string
	action string
	except []string
}{
	{"staff add --login=dewi --name=Dewi --role=supervisor", "staff.added", nil},
	{"staff add --login=rani --name=Rani --phone=+6281112345678 --on-duty", "staff.added", nil},
	{"staff teams add malam", "team.added", nil},
	{"staff teams rename malam Malam", "team.renamed", nil},
	{"staff teams retire malam", "team.retired", nil},
	{"staff teams restore malam", "team.restored", nil},
	{"staff place rani --team=malam", "staff.placed", nil},
	{"staff contact rani --phone=+6281112345679", "staff.contact", nil},
	{"staff reset rani", "staff.reset", nil},
	{"staff sessions rani --revoke", "staff.sessions_ended", nil},
	{"staff disable rani", "staff.disabled", nil},
	{"staff enable rani", "staff.enabled", nil},
	{"forget keep enquiry 20 --by=dewi --reason=diminta", "retention.changed", nil},
	{"audit list", "audit.viewed", nil},
	// Sealing anew says nothing new; a step of the turning is what is decided.
	{"keys rotate", "keys.turned", []string{"staff", "staff_addresses", "conversations", "keyset_state", "keyset_readers"}},
}

// commandsThatDoNot write nothing that somebody decided, or are walked elsewhere.
var commandsThatDoNot = map[string]string{
	"demo": "its own database", "talk": "stores nothing", "hear": "stores nothing", "serve": "the line and the console: TestEveryRouteIsAudited",
	"migrate": "the schema", "flows draw": "stores nothing", "doctor": "looks only", "version": "looks only", "help": "stores nothing",
	"keys new": "a file", "keys fingerprint": "a file", "keys escrow": "files", "keys restore": "a file",
	"staff list": "looks only, at staff", "audit verify": "looks only, at hashes", "audit restored": "TestARestoredBackupIsSaidOnce",
	"staff link-oidc": "needs the organisation's sign-in: internal/signin", "forget policy": "looks only, at periods",
	"teams list": "looks only", "forget hold": "TestACaseIsHeldByCommandToo", "forget let-go": "TestACaseIsHeldByCommandToo",
	"forget due": "internal/retention", "forget case": "internal/retention", "forget replay": "internal/retention",
}

func TestEveryCommandThatWritesIsAudited(t *testing.T) {
	t.Parallel()
	env := installed(t)
	unaudited := devstack.Unaudited(t, env["DATABASE_URL"])
	var except []string // what a command left, the next one finds again
	walked := map[string]bool{}
	for _, c := range commandsThatWrite {
		if got := pulang(t, env, "", strings.Fields(c.args)...); got.code != 0 {
			t.Fatalf("%s: %+v", c.args, got)
		}
		except = append(except, c.except...)
		if found := unaudited(except...); len(found) > 0 {
			t.Errorf("%s wrote without an entry in the same transaction: %q", c.args, found)
		}
		if got := pulang(t, env, "", "audit", "list", "--limit=20"); !strings.Contains(got.out, c.action) {
			t.Errorf("%s: the audit lacks %s:\n%s", c.args, c.action, got.out)
		}
		words := strings.Fields(c.args)
		walked[strings.Join(words[:2], " ")], walked[strings.Join(words[1:min(3, len(words))], " ")] = true, true
	}
	for _, name := range everyCommand(t) {
		if !walked[name] && commandsThatDoNot[name] == "" {
			t.Errorf("pulang %s: call it in commandsThatWrite, or say in commandsThatDoNot why not", name)
		}
	}
}

// everyCommand is the name of every command that can be called.
func everyCommand(t *testing.T) (names []string) {
	t.Helper()
	parser, err := kong.New(&commands{})
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range parser.Model.Leaves(false) {
		name := leaf.Name
		if leaf.Parent != nil && leaf.Parent.Type == kong.CommandNode {
			name = leaf.Parent.Name + " " + name
		}
		names = append(names, name)
	}
	return names
}
