package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pulang/internal/devstack"
	"pulang/internal/devstack/testbed"
	"pulang/internal/seal"
)

var stack *devstack.Stack

// asProgram makes this test program be pulang itself, for tests that send signals.
const asProgram = "PULANG_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(testbed.Main(m, &stack))
}

// said is how a run ended.
type said struct {
	code     int
	out, err string
}

// pulang runs the program with an environment.
func pulang(t *testing.T, env map[string]string, stdin string, args ...string) said {
	t.Helper()
	var out, errs bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	code := run(ctx, world{
		args: args, getenv: func(name string) string { return env[name] },
		stdin: strings.NewReader(stdin), stdout: &out, stderr: &errs, now: time.Now,
	})
	return said{code, out.String(), errs.String()}
}

// installed is an environment with a database, a Redis, a keyset and Telegram.
func installed(t *testing.T) map[string]string {
	t.Helper()
	keyset := filepath.Join(t.TempDir(), "keyset")
	if err := seal.Create(keyset, nil); err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"DATABASE_URL": stack.Database(t), "REDIS_URL": stack.RedisURL, "KEYSET_FILE": keyset,
		"PUBLIC_URL": "https://line.example", "LISTEN_ADDR": "127.0.0.1:0",
		"TELEGRAM_BOT_TOKEN": "123456:abc", "TELEGRAM_WEBHOOK_SECRET": "s3cret-s3cret-s3cret",
		"TELEGRAM_API_URL": "http://127.0.0.1:1", // nobody: tests stay on this machine
	}
}

// with is an environment with changes; an empty value takes a setting away.
func with(env map[string]string, changes ...string) map[string]string {
	all := map[string]string{}
	for name, value := range env {
		all[name] = value
	}
	for i := 0; i < len(changes); i += 2 {
		all[changes[i]] = changes[i+1]
	}
	return all
}

func TestHelpListsTheCommands(t *testing.T) {
	t.Parallel()
	got := pulang(t, nil, "", "--help")
	for _, command := range []string{"demo", "talk", "hear", "serve", "migrate", "staff", "flows", "doctor", "keys", "audit", "help", "version"} {
		if got.code != 0 || !strings.Contains(got.out, command) {
			t.Errorf("--help (status %d) does not tell of %s", got.code, command)
		}
	}
}

func TestHelpTellsOfOneCommand(t *testing.T) {
	t.Parallel()
	for _, about := range [][]string{{}, {"serve"}, {"keys"}, {"keys", "rotate"}, {"staff", "add"}, {"help"}} {
		asked, flag := pulang(t, nil, "", append([]string{"help"}, about...)...), pulang(t, nil, "", append(about, "--help")...)
		if asked.code != 0 || asked.out != flag.out || !strings.Contains(asked.out, "Usage: pulang "+strings.Join(about, " ")) {
			t.Errorf("help %v: %+v, want what --help tells:\n%s", about, asked, flag.out)
		}
	}
	if got := pulang(t, nil, "", "help", "sevre"); got.code != 2 || !strings.Contains(got.err, `did you mean "serve"?`) || got.out != "" {
		t.Errorf("help for no command: %+v", got)
	}
}

func TestAnUnknownCommandIsStatus2(t *testing.T) {
	t.Parallel()
	if got := pulang(t, nil, "", "sevre"); got.code != 2 || !strings.Contains(got.err, "pulang --help") {
		t.Errorf("got %+v", got)
	}
}

func TestVersionPrintsIt(t *testing.T) {
	t.Parallel()
	if got := pulang(t, nil, "", "version"); got.out != version+"\n" || got.code != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestKeysNewMakesOneAndNeverOverwrites(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keyset")
	if got := pulang(t, nil, "", "keys", "new", file); got.code != 0 {
		t.Fatalf("got %+v", got)
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seal.OpenFile(file, nil); err != nil {
		t.Error(err)
	}
	got := pulang(t, nil, "", "keys", "new", file)
	after, _ := os.ReadFile(file)
	if got.code != 1 || !bytes.Equal(before, after) || !strings.Contains(got.err, "never overwritten") {
		t.Errorf("the second time: %+v", got)
	}
}

func TestHearAnswersEachLineWithOneObject(t *testing.T) {
	t.Parallel()
	got := pulang(t, nil, "tolong saya disekap di KK Park\n\nis this job real?\n", "hear")
	lines := strings.Split(strings.TrimSuffix(got.out, "\n"), "\n")
	if got.code != 0 || len(lines) != 3 {
		t.Fatalf("three lines gave %+v", got)
	}
	for _, want := range []string{`{"lang":"id","danger":true,"reasons":["`, `"disekap"`, `"place":{"name":"KK Park","country":"MM"},"reporter":"victim"}`} {
		if !strings.Contains(lines[0], want) {
			t.Errorf("danger:\n got %s\nwant %s in it", lines[0], want)
		}
	}
	if want := `{"lang":"unknown","danger":false,"reasons":[],"place":null,"reporter":"unknown"}`; lines[1] != want {
		t.Errorf("nothing:\n got %s\nwant %s", lines[1], want)
	}
}

func TestHearReadsTheBeginningOfALineOfAnyLength(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	danger := "tolong saya disekap di KK Park "
	for name, long := range map[string]string{
		"over the limit": danger + strings.Repeat("a ", size), "at the limit": danger + strings.Repeat("a", size-len(danger)),
		"no words": danger + strings.Repeat("\x00\xff", 2*size),
	} {
		for _, end := range []string{"\n", "\r\n", ""} {
			got := pulang(t, nil, "halo\n"+long+"\nis this job real?\n"+long+end, "hear")
			lines := strings.Split(strings.TrimSuffix(got.out, "\n"), "\n")
			if got.code != 0 || len(lines) != 4 {
				t.Fatalf("%s, ended by %q: exit %d and %d objects for four lines: %s", name, end, got.code, len(lines), got.err)
			}
			for i, want := range []string{`"danger":false`, `"KK Park"`, `"lang":"en"`, `"KK Park"`} {
				if !strings.Contains(lines[i], want) {
					t.Errorf("%s, line %d: got %.200s, want %s in it", name, i+1, lines[i], want)
				}
			}
		}
	}
}

func TestTalkShowsRepliesAndWhoWouldBeAlerted(t *testing.T) {
	t.Parallel()
	script := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(script, []byte("tolong saya disekap dan dipukuli\nbisa\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := pulang(t, nil, "", "talk", "--script", script)
	for _, want := range []string{"> tolong saya disekap", "staff would be alerted: CRITICAL, C3", "Pesanmu masuk.", "[1] [2]", "> bisa"} {
		if got.code != 0 || !strings.Contains(got.out, want) {
			t.Errorf("the conversation lacks %q:\n%s%s", want, got.out, got.err)
		}
	}
	if strings.Contains(got.out, "\x1b[") {
		t.Error("colours are for terminals")
	}
	if bySMS := pulang(t, nil, "help me\n", "talk", "--sms", "--lang", "en"); strings.Contains(bySMS.out, "[1]") || !strings.Contains(bySMS.out, "We have your message.") {
		t.Errorf("by SMS: %+v", bySMS)
	}
}

func TestMigrateBringsAnEmptyDatabaseUp(t *testing.T) {
	t.Parallel()
	env := installed(t)
	got := pulang(t, env, "", "migrate") // a clone is up to date already
	if got.code != 0 || !strings.Contains(got.out, "up to date (migrations applied now: 0)") {
		t.Errorf("got %+v", got)
	}
	if got := pulang(t, with(env, "DATABASE_URL", ""), "", "migrate"); got.code != 1 || !strings.Contains(got.err, "DATABASE_URL is not set") {
		t.Errorf("without a database: %+v", got)
	}
}

func TestStaffAreAddedListedAndDisabled(t *testing.T) {
	t.Parallel()
	env := installed(t)
	added := pulang(t, env, "", "staff", "add", "--login=rani", "--name=Rani", "--role=supervisor", "--lang=id,en", "--phone=+62 811-1234-5678", "--on-duty")
	for _, want := range []string{"Password ", "otpauth://totp/", "send LINK "} {
		if added.code != 0 || !strings.Contains(added.out, want) {
			t.Fatalf("adding does not give %q: %+v", want, added)
		}
	}
	if list := pulang(t, env, "", "staff", "list"); !strings.Contains(list.out, "rani   supervisor  main  pulang  -         id,en      on duty") {
		t.Errorf("the list: %+v", list)
	}
	for _, wrong := range []struct {
		says string
		args []string
	}{
		{"already somebody with the login rani", []string{"--login=rani", "--name=R"}},
		{"already somebody's", []string{"--login=sari", "--name=S", "--phone=+6281112345678"}},
		{"--phone is not a phone number", []string{"--login=sari", "--name=S", "--phone=12"}},
		{"--login must be", []string{"--login=S S", "--name=S"}},
		{"--role must be one of", []string{"--login=sari", "--name=S", "--role=boss"}},
		{"--lang knows id and en", []string{"--login=sari", "--name=S", "--lang=fr"}},
		{"--team must be", []string{"--login=sari", "--name=S", "--team=A B"}},
		{"--agency must be one of", []string{"--login=sari", "--name=S", "--agency=Polri"}},
		{"--name must be", []string{"--login=sari", "--name= "}},
		{"--name must be", []string{"--login=sari", "--name=Sari\u202Eiras"}},
		{"--name must be", []string{"--login=sari", "--name=Sa\x1b[31mri"}},
		{"--on-duty is for those who answer", []string{"--login=sari", "--name=S", "--role=administrator", "--on-duty"}},
	} {
		if got := pulang(t, env, "", append([]string{"staff", "add"}, wrong.args...)...); got.code != 1 || !strings.Contains(got.err, wrong.says) {
			t.Errorf("%v: want %q, got %+v", wrong.args, wrong.says, got)
		}
	}
	if got := pulang(t, env, "", "staff", "disable", "rani"); got.code != 0 {
		t.Errorf("disable: %+v", got)
	}
	if list := pulang(t, env, "", "staff", "list"); !strings.Contains(list.out, "disabled") || strings.Contains(list.out, "sari") {
		t.Errorf("after disabling: %+v", list)
	}
	if got := pulang(t, env, "", "staff", "disable", "nobody"); got.code != 1 || !strings.Contains(got.err, "nobody with the login") {
		t.Errorf("disabling a stranger: %+v", got)
	}
}

func TestFlowsDrawPrintsDiagramAndTranscripts(t *testing.T) {
	t.Parallel()
	got := pulang(t, nil, "", "flows", "draw")
	for _, want := range []string{"# all", "# victim", "# info", "```mermaid\nflowchart", "## victim, id", "## victim, en", "We have your message."} {
		if got.code != 0 || !strings.Contains(got.out, want) {
			t.Errorf("the drawing lacks %q", want)
		}
	}
	one := pulang(t, nil, "", "flows", "draw", "info", "--lang=en")
	if one.code != 0 || strings.Contains(one.out, "victim, ") || strings.Contains(one.out, "info, id") || !strings.Contains(one.out, "## info, en") {
		t.Errorf("one conversation in one language: %+v", one)
	}
	if wrong := pulang(t, nil, "", "flows", "draw", "weather"); wrong.code != 1 || !strings.Contains(wrong.err, `no conversation "weather"`) {
		t.Errorf("an unknown conversation: %+v", wrong)
	}
	if wrong := pulang(t, nil, "", "flows", "draw", "--lang=fr"); wrong.code != 1 || !strings.Contains(wrong.err, `no language "fr"`) {
		t.Errorf("an unknown language: %+v", wrong)
	}
}
